#include "trace/nst_format.h"

#define INT32(field)                                                                               \
    {                                                                                              \
        NS_NST_INT32, offsetof(ns_record, field)                                                   \
    }
#define INT64(field)                                                                               \
    {                                                                                              \
        NS_NST_INT64, offsetof(ns_record, field)                                                   \
    }
#define BOOL(field)                                                                                \
    {                                                                                              \
        NS_NST_BOOL, offsetof(ns_record, field)                                                    \
    }
#define STRING(field)                                                                              \
    {                                                                                              \
        NS_NST_STRING, offsetof(ns_record, field)                                                  \
    }

const char ns_nst_magic[NS_NST_MAGIC] = {'n', 's', 'i', 'm', '.', 'n', 's', 't'};

static const ns_nst_field alloc_site[] = {
    STRING(alloc_site.name),
    STRING(alloc_site.script),
    INT32(alloc_site.line),
    INT64(alloc_site.bytes),
};

static const ns_nst_field jit_function[] = {
    INT64(jit_function.id),
    STRING(jit_function.name),
    STRING(jit_function.script),
    INT32(jit_function.line),
    INT64(jit_function.bytecode_size),
    INT64(jit_function.calls),
    INT64(jit_function.bytecodes),
    INT64(jit_function.back_edges),
    STRING(jit_function.tier),
    STRING(jit_function.not_optimized),
    INT64(jit_function.optimizations),
    INT64(jit_function.deopts),
    INT64(jit_function.ignition_ns),
    INT64(jit_function.sparkplug_ns),
    INT64(jit_function.maglev_ns),
    INT64(jit_function.turbofan_ns),
};

static const ns_nst_field jit_event[] = {
    INT64(jit_event.function_id),      STRING(jit_event.kind),
    STRING(jit_event.from_tier),       STRING(jit_event.to_tier),
    STRING(jit_event.reason),          STRING(jit_event.site),
    STRING(jit_event.detail),          STRING(jit_event.caller),
    INT64(jit_event.site_function_id), INT32(jit_event.bytecode_offset),
    INT32(jit_event.opt_id),           BOOL(jit_event.osr),
    INT64(jit_event.prepare_ns),       INT64(jit_event.execute_ns),
    INT64(jit_event.finalize_ns),
};

static const ns_nst_field ic_site[] = {
    INT64(ic_site.function_id), INT32(ic_site.offset), INT32(ic_site.line), INT32(ic_site.column),
    STRING(ic_site.kind),       STRING(ic_site.state), INT64(ic_site.hits), INT32(ic_site.shapes),
};

// The value's bits; its time is an operand, as that of jit_event.
static const ns_nst_field sample[] = {STRING(sample.metric), INT64(sample.value)};

#define TABLE(name)                                                                                \
    *count = (int)(sizeof(name) / sizeof(name)[0]);                                                \
    return (name)

const ns_nst_field *ns_nst_fields(ns_rec_type type, int *count)
{
    switch (type) {
    case NS_REC_ALLOC_SITE:
        TABLE(alloc_site);
    case NS_REC_JIT_FUNCTION:
        TABLE(jit_function);
    case NS_REC_JIT_EVENT:
        TABLE(jit_event);
    case NS_REC_IC_SITE:
        TABLE(ic_site);
    case NS_REC_SAMPLE:
        TABLE(sample);
    default:
        *count = 0;
        return NULL;
    }
}

const char *ns_nst_operands(ns_nst_op op)
{
    static const char *const operands[] = {
#define X(name, letters) letters,
        NS_NST_OPS(X)
#undef X
    };
    return operands[op];
}

int ns_nst_compare_deaths(const void *a, const void *b)
{
    const ns_nst_death *x = a, *y = b;
    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    if (x->cohort != y->cohort)
        return x->cohort < y->cohort ? -1 : 1;
    return x->place - y->place;
}

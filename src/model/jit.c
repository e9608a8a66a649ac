// The JIT model's life, and functions as they come.
#include "model/jit.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/jit_internal.h"

enum { ps_per_ns = 1000 };

void jit_charge(ns_jit *jit, double ns)
{
    jit->probe->cost += (uint64_t)(ns * ps_per_ns);
}

void jit_charge_parser(ns_jit *jit, double ns)
{
    jit_charge(jit, ns);
    jit->parser_cost += (uint64_t)(ns * ps_per_ns);
}

void jit_charge_compiler(ns_jit *jit, double ns)
{
    jit_charge(jit, ns);
    jit->compiler_cost += (uint64_t)(ns * ps_per_ns);
}

// -- Code -----------------------------------------------------------------------------------------

jit_code *jit_new_code(ns_jit *jit, jit_function *owner, ns_function *function, ns_tier tier)
{
    jit_code *code = ns_calloc(1, sizeof *code);
    ns_compiled *compiled = code ? jit->probe->ops->new_code(jit->probe, function, tier) : NULL;
    if (!compiled) {
        ns_free(code);
        jit->failed = true;
        return NULL;
    }
    *code = (jit_code){
        .owner = owner, .compiled = compiled, .root = code, .osr = NS_INSN_NO_TARGET, .opt_id = -1};
    compiled->model = code;
    return code;
}

void jit_free_assumptions(jit_code *code)
{
    ns_free(code->assumed);
    ns_free(code->method);
    ns_free(code->constant);
    ns_free(code->peeled);
    ns_free(code->spread);
    ns_free(code->late);
    ns_free(code->name);
    ns_free(code->stable);
    code->assumed = NULL;
    code->method = NULL;
    code->constant = NULL;
    code->peeled = NULL;
    code->spread = NULL;
    code->late = NULL;
    code->name = NULL;
    code->stable = NULL;
}

void jit_settle(jit_code *code)
{
    uint64_t cost = code->compiled->cost;
    code->owner->tier_cost[code->compiled->tier] += cost - code->settled;
    code->owner->jit->tier_cost[code->compiled->tier] += cost - code->settled;
    code->settled = cost;
}

void jit_rebase(jit_code *code)
{
    ns_compiled *compiled = code->compiled;
    jit_settle(code);
    const jit_function *f = compiled->function->model;
    if (f && f->base && f->base != compiled) {
        memcpy(compiled->packed, f->base->packed,
               compiled->function->bytecode_size * sizeof *compiled->packed);
        f->jit->probe->ops->priced(f->jit->probe, compiled);
        compiled->tier = f->base->tier;
        compiled->weight = f->base->weight;
        code->owner = compiled->function->model;
    }
    ns_free(compiled->inlined);
    compiled->inlined = NULL;
    ns_free(compiled->removed);
    compiled->removed = NULL;
    ns_free(compiled->boxed);
    compiled->boxed = NULL;
}

// -- Functions ------------------------------------------------------------------------------------

static void free_function(jit_function *f)
{
    for (ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        jit_code *code = compiled->model;
        if (code)
            jit_free_assumptions(code);
        ns_free(code);
        compiled->model = NULL;
        compiled->weight = NULL;
    }
    jit_end_watches(f);
    f->function->model = NULL;
    ns_free(f->weight);
    ns_free(f->loops);
    ns_free(f);
}

static jit_function *new_function(ns_jit *jit, ns_function *function)
{
    jit_function *f = ns_calloc(1, sizeof *f);
    jit_code *base = ns_calloc(1, sizeof *base);
    if (!f || !base) {
        ns_free(f);
        ns_free(base);
        return NULL;
    }
    *f = (jit_function){.jit = jit, .function = function, .base = function->codes};
    *base = (jit_code){.owner = f,
                       .compiled = f->base,
                       .root = base,
                       .osr = NS_INSN_NO_TARGET,
                       .opt_id = -1,
                       .settled = f->base->cost};
    f->base->model = base;
    function->model = f;
    if (!jit_measure(f)) {
        free_function(f);
        return NULL;
    }
    f->base->weight = f->weight;
    jit_set_budget(f);
    return f;
}

jit_function *jit_of(ns_jit *jit, ns_function *function)
{
    jit_function *f = function->model;
    if (!f && function->codes) {
        f = new_function(jit, function);
        if (!f)
            jit->failed = true;
    }
    return f;
}

// Functions of Node's own: their text is not at hand.
static bool is_builtin(const ns_function *function)
{
    return strncmp(function->script, "node:", 5) == 0;
}

// What is parsed for the first time makes the functions in it known, each with the pre-parser's
// notes; what was pre-parsed before has them. Scripts and what is evaluated were parsed as they
// came.
static double parse_cost(const jit_function *f, bool parsed)
{
    const jit_costs *costs = &f->jit->costs;
    if (parsed)
        return costs->compile_inner * (double)f->function->inner;
    return costs->parse_char * (is_builtin(f->function) ? costs->source_byte * (double)f->size
                                                        : (double)f->function->own_source);
}

void jit_charge_compilation(const jit_function *f, bool parsed)
{
    const jit_costs *costs = &f->jit->costs;
    jit_charge_parser(f->jit, parse_cost(f, parsed) + costs->compile_function +
                                  costs->compile_byte * (double)f->size);
}

void ns_jit_code_cache(ns_jit *jit, uint64_t bytes, bool made)
{
    const jit_costs *costs = &jit->costs;
    jit_charge_parser(jit,
                      (double)bytes * (made ? costs->cache_write_byte : costs->cache_read_byte));
}

// Lazy compilation: the pre-parser has seen the text of the function, which is parsed now for good,
// without the functions within it, and bytecode is made. So it is with functions of Node's own: its
// snapshot has the bytecode of those that ran when it was made (src/node_snapshotable.cc,
// FunctionCodeHandling::kKeep), and its code cache of what is compiled with a module
// (src/node_builtins.cc, BuiltinLoader::CompileAllBuiltins).
static void first_call(void *opaque, ns_function *function)
{
    ns_jit *jit = opaque;
    jit_function *f = jit_of(jit, function);
    if (!f)
        return;
    if (!function->cached)
        jit_charge_compilation(f, function->eager);
    if (jit->flags.always_sparkplug && f->base->tier == NS_TIER_IGNITION) // Compiler::Compile
        jit_compile_baseline(f);
    if (!jit->flags.lazy_feedback_allocation && !f->vector) {
        jit_attach_vector(f);
        jit_set_budget(f);
    }
}

// -- Life -----------------------------------------------------------------------------------------

int ns_jit_new(ns_jit **out, const ns_jit_options *options, ns_err *err)
{
    ns_jit *jit = ns_calloc(1, sizeof *jit);
    *out = NULL;
    if (!jit)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    jit->options = *options;
    jit->probe = options->probe;
    if (jit_read_flags(&jit->flags, options->flags, err) != NS_OK) {
        ns_free(jit);
        return err->code;
    }
    jit_read_costs(&jit->costs, options->profile);
    jit->probe->regexp_interpret_all = jit->flags.regexp_interpret_all;
    jit->probe->regexp_ticks = jit->flags.regexp_tier_up ? (int)jit->flags.regexp_tier_up_ticks : 0;
    *out = jit;
    return NS_OK;
}

int ns_jit_start(ns_jit *jit, ns_err *err)
{
    ns_probe *probe = jit->probe;
    assert(!jit->started);
    jit->started = true;
    for (uint32_t id = 1; id <= probe->ops->function_count(probe); id++) {
        ns_function *function = probe->ops->function(probe, id);
        if (function->slots)
            probe->ops->clear_feedback(probe, function);
        if (!jit_of(jit, function))
            return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    ns_probe_hooks *hooks = &probe->hooks;
    hooks->jit = jit;
    hooks->first_call = first_call;
    hooks->called = jit_called;
    hooks->tick = jit_tick;
    hooks->feedback = jit_feedback;
    hooks->field = jit_field;
    hooks->missed = jit_missed;
    hooks->unstable = jit_unstable;
    hooks->looked_up = jit_looked_up;
    hooks->prototype = jit_prototype_changed;
    jit_start_samples(jit);
    return NS_OK;
}

static void leave_hooks(ns_jit *jit)
{
    ns_probe_hooks *hooks = &jit->probe->hooks;
    hooks->first_call = NULL;
    hooks->called = NULL;
    hooks->tick = NULL;
    hooks->feedback = NULL;
    hooks->field = NULL;
    hooks->missed = NULL;
    hooks->unstable = NULL;
    hooks->looked_up = NULL;
    hooks->prototype = NULL;
}

void ns_jit_finish(ns_jit *jit)
{
    if (!jit->started)
        return;
    leave_hooks(jit);
    for (uint32_t id = 1; id <= jit->probe->ops->function_count(jit->probe); id++) {
        ns_function *function = jit->probe->ops->function(jit->probe, id);
        if (function->model)
            jit_end_watches(function->model);
    }
    jit_sample(jit);
    jit_emit_functions(jit);
}

void ns_jit_free(ns_jit *jit)
{
    if (!jit)
        return;
    leave_hooks(jit);
    jit_free_jobs(jit);
    jit_free_lookups(jit);
    jit_free_tierups(jit);
    for (uint32_t id = 1; id <= jit->probe->ops->function_count(jit->probe); id++) {
        ns_function *function = jit->probe->ops->function(jit->probe, id);
        if (function->model)
            free_function(function->model);
    }
    ns_free(jit);
}

bool ns_jit_busy(const ns_jit *jit)
{
    return jit->jobs != NULL;
}

bool ns_jit_failed(const ns_jit *jit)
{
    return jit->failed;
}

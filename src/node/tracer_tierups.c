// Compilations on helper threads, and what JavaScript would cost were their code installed earlier
// or later.
#include "node/tracer_private.h"

void ns_tracer_set_shifts(ns_tracer *t, void (*shifts)(void *opaque), void *opaque)
{
    if (!t)
        return;
    t->shifts = shifts;
    t->shifts_opaque = opaque;
}

void tracer_take_shifts(ns_tracer *t)
{
    if (t->shifts)
        t->shifts(t->shifts_opaque);
}

void ns_tracer_shift(ns_tracer *t, const ns_jit_shift *shift)
{
    if (!t->host.open || shift->number >= t->trace.compilation_count)
        return;
    tracer_put_op(t, NS_OP_SHIFT);
    tracer_put(t, shift->number);
    tracer_put(t, shift->back);
    tracer_put(t, shift->age);
    tracer_put(t, ns_nst_zigzag(shift->cpu));
    tracer_put(t, ns_nst_zigzag(shift->bytes));
    t->dirty = true;
}

void ns_tracer_compilation(ns_tracer *t, const ns_jit_compilation *compilation)
{
    if (!t)
        return;
    while (compilation->number >= t->trace.compilation_count) {
        if (!tracer_grow(t, &t->compilations, t->trace.compilation_count, &t->compilation_capacity,
                         sizeof *t->compilations))
            return;
        t->compilations[t->trace.compilation_count++] = (ns_nst_compilation){0};
    }
    ns_nst_compilation *to = &t->compilations[compilation->number];
    to->demand = compilation->demand;
    to->after = compilation->after;
    to->checks = compilation->checks;
    to->function = compilation->function;
    to->maglev = compilation->maglev;
    ns_tracer_op1(t, NS_OP_JIT_JOB, compilation->number);
}

void ns_tracer_installs(ns_tracer *t, uint32_t number, bool begins)
{
    if (t && number < t->trace.compilation_count)
        t->installing = begins ? number + 1 : 0;
}

void tracer_installed(ns_tracer *t, uint32_t record, ns_time after)
{
    ns_nst_compilation *of = &t->compilations[t->installing - 1];
    if (of->record_count == 0)
        of->first_record = record;
    of->record_count++;
    of->record_delay = after;
}

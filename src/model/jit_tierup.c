// Where the end of a compilation matters: what JavaScript costs until it comes, and would cost if
// it came earlier; what it costs then, and would cost if it came later. A replay with other cores
// or other threads beside the compiler's installs code when its own job ends (docs/trace.md).
//
// The engine keeps the sums (ns_compiled.twin), from when a compilation begins until some time
// after its code was installed.
#include "base/alloc.h"
#include "model/jit_internal.h"

// A compilation can take this many times as long in a replay, or this much longer.
enum { TIMES_LONGER = 16 };
#define LONGER (200 * NS_MS)
enum { PS_PER_NS = 1000, WORD_BYTES = 8 };

static void set_twin(jit_tierup *t, ns_compiled *code, ns_compiled *twin, bool back)
{
    if (!code->twin)
        t->jit->probe->twins++;
    code->twin = twin;
    code->tierup = &t->shifts;
    code->back = back;
}

static void clear_twin(jit_tierup *t, ns_compiled *code)
{
    if (!code->twin || code->tierup != &t->shifts)
        return;
    code->twin = NULL;
    t->jit->probe->twins--;
}

static void end(jit_tierup *t)
{
    if (!t->open)
        return;
    t->open = false;
    clear_twin(t, t->from);
    clear_twin(t, t->to);
}

void jit_tierup_begin(jit_job *job)
{
    jit_function *f = job->function;
    ns_jit *jit = f->jit;
    if (!jit->options.shifted)
        return;
    jit_tierup *t = ns_calloc(1, sizeof *t);
    if (!t) {
        jit->failed = true;
        return;
    }
    bool osr = job->code->osr != NS_INSN_NO_TARGET;
    bool maglev = f->optimized && f->optimized->compiled->tier == NS_TIER_MAGLEV;
    *t = (jit_tierup){.shifts.osr = osr,
                      .jit = jit,
                      .number = jit->tierup_count++,
                      .open = true,
                      .from = !osr     ? f->function->code
                              : maglev ? f->optimized->compiled
                                       : f->base,
                      .to = job->code->compiled,
                      .begun = jit->options.now(jit->options.opaque)};
    // What is compiled for a loop waits for what is compiled for the function's calls.
    if (osr && f->tierup && f->tierup->installed)
        t->after = f->tierup;
    f->tierup = t;
    job->code->tierup = t;
    t->next = jit->tierups;
    jit->tierups = t;
    set_twin(t, t->from, t->to, false);
}

void jit_tierup_submitted(const jit_job *job)
{
    const jit_tierup *t = job->code->tierup;
    const ns_jit *jit = job->jit;
    if (!t)
        return;
    ns_jit_compilation compilation = {.number = t->number,
                                      .demand = job->execute,
                                      .function = job->function->function->id,
                                      .maglev = job->code->compiled->tier == NS_TIER_MAGLEV};
    if (t->after) {
        compilation.after = t->after->number + 1;
        compilation.checks = jit->probe->checks - t->after->installed_at;
    }
    jit->options.submitted(jit->options.opaque, &compilation);
}

void jit_tierup_installs(const jit_job *job, bool begins)
{
    const jit_tierup *t = job->code->tierup;
    if (t)
        job->jit->options.installs(job->jit->options.opaque, t->number, begins);
}

void jit_tierup_installed(jit_code *code)
{
    jit_tierup *t = code->tierup;
    if (!t)
        return;
    t->installed = t->shifts.there = true;
    t->installed_at = t->jit->probe->checks;
    ns_time now = t->jit->options.now(t->jit->options.opaque);
    ns_time longer = (now - t->begun) * TIMES_LONGER;
    t->until = now + (longer > LONGER ? longer : LONGER);
    clear_twin(t, t->from);
    set_twin(t, t->to, t->from, true);
}

void jit_tierup_end(const jit_code *code)
{
    if (code->tierup)
        end(code->tierup);
}

static void tell(jit_tierup *t, const ns_shift *shift)
{
    int64_t cost = shift->cost + t->rest[shift->back];
    ns_jit_shift out = {.number = t->number,
                        .back = shift->back,
                        .age = t->jit->probe->checks - shift->began,
                        .cpu = cost / PS_PER_NS,
                        .bytes = shift->words * WORD_BYTES};
    t->rest[shift->back] = cost % PS_PER_NS;
    if (out.cpu != 0 || out.bytes != 0)
        t->jit->options.shifted(t->jit->options.opaque, &out);
}

void ns_jit_shifts(ns_jit *jit)
{
    if (!jit->probe->shifted)
        return;
    jit->probe->shifted = false;
    ns_time now = jit->options.now(jit->options.opaque);
    for (jit_tierup *t = jit->tierups; t; t = t->next) {
        if (t->open && t->installed && now > t->until)
            end(t);
        for (uint32_t i = 0; t->open && i < t->shifts.count; i++)
            tell(t, &t->shifts.shifts[i]);
        t->shifts.count = 0;
    }
}

void jit_free_tierups(ns_jit *jit)
{
    jit->probe->twins = 0;
    for (jit_tierup *t = jit->tierups, *next; t; t = next) {
        next = t->next;
        end(t);
        ns_free(t);
    }
    jit->tierups = NULL;
}

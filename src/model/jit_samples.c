// Time by tier over time: samples of the CPU time that was spent in each tier so far, in the parser
// and the generator of bytecode, in the compilers on the JavaScript thread, and in all the rest,
// the builtins.
//
// A sample walks over all code, so there is one per millisecond of JavaScript at first, and one per
// two, four ... milliseconds later: their number grows with the logarithm of a run's length.
#include "model/jit_internal.h"

enum { SAMPLES_PER_STEP = 256 };
#define FIRST_STEP UINT64_C(1000000000) // cost units: 1 ms

static const char *const metrics[NS_TIERS] = {"tier.ignition", "tier.sparkplug", "tier.maglev",
                                              "tier.turbofan"};

static void settle_all(ns_jit *jit)
{
    const ns_probe *probe = jit->probe;
    uint32_t count = probe->ops->function_count(probe);
    for (uint32_t id = 1; id <= count; id++) {
        const ns_function *function = probe->ops->function(probe, id);
        if (!function->model)
            continue;
        for (ns_compiled *compiled = function->codes; compiled; compiled = compiled->next)
            jit_settle(compiled->model);
    }
}

static double whole_ns(uint64_t cost)
{
    uint64_t ns = cost / 1000;
    return (double)ns;
}

static void emit(ns_jit *jit)
{
    ns_record record = {.type = NS_REC_SAMPLE};
    record.sample.t_ns = jit->options.now(jit->options.opaque);
    uint64_t tiers = 0;
    for (int tier = 0; tier < NS_TIERS; tier++) {
        if (tier == NS_TIER_MAGLEV && !jit->flags.maglev)
            continue;
        record.sample.metric = metrics[tier];
        record.sample.value = whole_ns(jit->tier_cost[tier]);
        ns_emit(jit->options.sink, &record);
        tiers += jit->tier_cost[tier];
    }
    // The probe's sum may lag behind those of the code by what runs now.
    uint64_t parser = jit->parser_cost + jit->probe->parsed - jit->start_parsed;
    uint64_t all = jit->probe->cost - jit->start_cost, known = tiers + parser + jit->compiler_cost;
    uint64_t other = all > known ? all - known : 0;
    jit->other_cost = other > jit->other_cost ? other : jit->other_cost;
    const struct {
        const char *metric;
        uint64_t cost;
    } rest[] = {{"tier.builtins", jit->other_cost},
                {"tier.parser", parser},
                {"tier.compilers", jit->compiler_cost}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        record.sample.metric = rest[i].metric;
        record.sample.value = whole_ns(rest[i].cost);
        ns_emit(jit->options.sink, &record);
    }
}

void jit_sample(ns_jit *jit)
{
    if (jit->options.sink) {
        settle_all(jit);
        emit(jit);
    }
    if (++jit->sample_count % SAMPLES_PER_STEP == 0)
        jit->sample_every *= 2;
    jit->sample_at = jit->probe->cost + jit->sample_every;
}

void jit_start_samples(ns_jit *jit)
{
    jit->sample_every = FIRST_STEP;
    jit->sample_at = jit->probe->cost + FIRST_STEP;
    jit->start_cost = jit->probe->cost;
    jit->start_parsed = jit->probe->parsed;
}

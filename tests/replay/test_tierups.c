// Replays of a made-up trace: a compilation, and JavaScript whose cost hangs on whether its code is
// there.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "replay/replay.h"

enum { US = 1000, STEPS = 20, SLOW = 100 * US, FAST = 10 * US };

typedef struct story {
    ns_nst_compilation compilations[2];
    uint32_t compilation_count;
    uint64_t number; // of the compilation that the steps tell of
    int installed;   // the step before which the run installed its code
    int together;    // steps that one activation takes
    int second;      // the step before which the second job comes; 0: never
} story;

typedef struct seen {
    ns_sink sink;
    int64_t compiled; // when; -1: never
} seen;

static void see(ns_sink *sink, const ns_record *record)
{
    seen *to = (seen *)sink;
    if (record->type == NS_REC_JIT_EVENT && strcmp(record->jit_event.kind, "compiled") == 0)
        to->compiled = record->jit_event.t_ns;
}

static void put(ns_buf *ops, const uint64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ns_nst_put(ops, values[i]);
}
#define PUT(ops, ...)                                                                              \
    put(ops, (const uint64_t[]){__VA_ARGS__},                                                      \
        sizeof(const uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))

// Steps of work of a main script, each with a stack check behind it.
static void tell(ns_buf *ops, const story *s)
{
    PUT(ops, NS_OP_JIT_JOB, 0, NS_OP_CHECK);
    for (int step = 0; step < STEPS; step++) {
        bool there = step >= s->installed;
        uint64_t age = (uint64_t)(step % s->together);
        if (s->second && step == s->second)
            PUT(ops, NS_OP_JIT_JOB, 1, NS_OP_CHECK);
        PUT(ops, NS_OP_SHIFT, s->number, there, age,
            ns_nst_zigzag(there ? SLOW - FAST : FAST - SLOW), ns_nst_zigzag(0));
        PUT(ops, NS_OP_SYNC, there ? FAST : SLOW, NS_OP_CHECK);
    }
    PUT(ops, NS_OP_END);
}

// How long it takes; `compiled`: when the records of the first compilation came.
static int64_t replay(const story *s, int64_t *compiled)
{
    ns_buf ops = {0};
    tell(&ops, s);
    const ns_nst_unit unit = {.length = ops.len};
    const ns_record records[] = {
        {.type = NS_REC_JIT_EVENT, .jit_event = {.kind = "compiled", .opt_id = 0}}};
    const ns_nst trace = {.nsim_version = "1",
                          .workload = "",
                          .unsupported = "",
                          .status = "ok",
                          .units = &unit,
                          .unit_count = 1,
                          .cohorts = 1,
                          .records = records,
                          .record_count = 1,
                          .first_last = 1,
                          .compilations = s->compilations,
                          .compilation_count = s->compilation_count,
                          .ops = (const uint8_t *)ops.data,
                          .ops_size = ops.len};
    ns_workload *workload;
    ns_err err = {0};
    const char *const sets[] = {"machine.cores=2", NULL};
    cr_assert(eq(int, ns_workload_load(&workload, NSIM_SOURCE "/workloads/order.yaml", sets, &err),
                 NS_OK),
              "%s", err.msg);
    seen to = {.sink.emit = see, .compiled = -1};
    ns_run_result result;
    const ns_replay_options options = {.sink = &to.sink};
    cr_assert(eq(int, ns_replay_run(&trace, workload, &options, &result, &err), NS_OK), "%s",
              err.msg);
    cr_expect(eq(str, (char *)result.status, "ok"));
    ns_workload_free(workload);
    ns_buf_free(&ops);
    *compiled = to.compiled;
    return result.virtual_ns;
}

static void expect_about(int64_t value, int64_t wanted)
{
    enum { LOOSE = 30 * US }; // switches of cores, what the loop takes
    cr_expect(value >= wanted - LOOSE && value <= wanted + LOOSE, "%lld, expected about %lld",
              (long long)value, (long long)wanted);
}

static story one(int64_t demand, int installed)
{
    return (story){.compilations = {{.demand = demand, .record_count = 1}},
                   .compilation_count = 1,
                   .installed = installed,
                   .together = 1};
}

Test(tierups, a_job_that_ends_as_it_did_changes_nothing)
{
    int64_t compiled;
    story s = one(450 * US, 5);
    expect_about(replay(&s, &compiled), 5 * SLOW + 15 * FAST);
    expect_about(compiled, 5 * SLOW);
}

Test(tierups, code_that_is_there_earlier_makes_the_rest_cheap)
{
    int64_t compiled;
    story s = one(150 * US, 10);
    expect_about(replay(&s, &compiled), 2 * SLOW + 18 * FAST);
    expect_about(compiled, 2 * SLOW);
}

// The steps that were cheap are divided: the code comes in the middle of one.
Test(tierups, code_that_is_there_later_is_missed_until_then)
{
    int64_t compiled;
    story s = one(750 * US, 5);
    expect_about(replay(&s, &compiled), 750 * US + FAST / 2 + 12 * FAST);
    expect_about(compiled, 750 * US);
}

// Three steps of one activation: it began before the code was there.
Test(tierups, an_activation_goes_on_in_its_code)
{
    int64_t compiled;
    story s = one(50 * US, 12);
    s.together = 3;
    // The job for its loop takes as long as the function's, and comes too late for it.
    expect_about(replay(&s, &compiled), 3 * SLOW + 17 * FAST);
    expect_about(compiled, SLOW);
}

// Code for a loop is asked for once that for calls is there.
Test(tierups, what_is_compiled_for_a_loop_waits_for_its_function)
{
    int64_t compiled;
    story s = {.compilations = {{.demand = 500 * US, .record_count = 1},
                                {.demand = 300 * US, .after = 1, .checks = 1}},
               .compilation_count = 2,
               .number = 1,
               .installed = 4,
               .together = 1,
               .second = 2};
    // Its job comes a check or two, 20 us each, after the first one's end.
    expect_about(replay(&s, &compiled), 850 * US + 12 * FAST);
    expect_about(compiled, 500 * US);
}

Test(tierups, code_that_never_comes_is_missed_all_the_time)
{
    int64_t compiled;
    story s = one(NS_SEC, 5);
    expect_about(replay(&s, &compiled), STEPS * SLOW);
    cr_expect(eq(i64, compiled, -1));
}

// Collections wait for threads that compile: which, how long, and what becomes of those.
#include "model/safepoint.h"

#include "machine.h"

enum { JOBS = 6 };
#define UNIT (10 * NS_MS)
#define REACH (10 * NS_US)

// The profile's shares are replaced: graph 40%, early 10%, linearization 10%, backend 30%, assembly
// 10%.
typedef struct fixture {
    ns_sim *sim;
    ns_cpu *cpu;
    ns_profile *profile;
    ns_thread *main;
    ns_safepoint safepoint;
    ns_compile_job job[JOBS];
    ns_time done[JOBS]; // when it ended; 0: not yet
    void (*body)(struct fixture *f);
} fixture;

static void compiled(ns_compile_job *job)
{
    fixture *f = job->data;
    f->done[job - f->job] = ns_sim_now(f->sim);
}

static void body(ns_thread *thread, void *arg)
{
    (void)thread;
    fixture *f = arg;
    f->body(f);
}

static void run(fixture *f, int cores, void (*what)(fixture *f))
{
    *f = (fixture){.body = what};
    must(ns_sim_new(&f->sim, &(ns_sim_options){.seed = 1}, NULL));
    ns_cpu_options cpu = {.cores = cores, .speed = 1, .quantum = 3 * NS_MS};
    must(ns_cpu_new(&f->cpu, f->sim, &cpu, NULL));
    must(ns_profile_load(&f->profile, "default", NULL));
    must(ns_thread_new(&f->main, f->sim, f->cpu, "main", 1 << 16, body, f, NULL));
    ns_safepoint_init(&f->safepoint, f->cpu, f->main, f->profile);
    const double share[] = {0.4, 0.1, 0.1, 0.3, 0.1};
    for (size_t i = 0; i < sizeof share / sizeof share[0]; i++)
        f->safepoint.share[i] = share[i];
    f->safepoint.reach = REACH;
    ns_thread_start(f->main);
    ns_sim_run(f->sim, NS_NEVER);
    cr_assert(ns_thread_done(f->main));
    ns_thread_free(f->main);
    ns_profile_free(f->profile);
    ns_cpu_free(f->cpu);
    ns_sim_free(f->sim);
}

static void submit(fixture *f, int i, ns_time demand, bool maglev)
{
    static const char *const names[JOBS] = {"a", "b", "c", "d", "e", "f"};
    ns_compile_init(&f->job[i], compiled, f, names[i]);
    ns_compile_submit(&f->safepoint, &f->job[i], demand, maglev);
}

static void work(fixture *f, ns_time cpu)
{
    ns_thread_charge(f->main, cpu);
    ns_thread_sync(f->main);
}

// What was waited for, and how long; the collection takes `length`.
static ns_time collect(fixture *f, ns_time length, const char **function)
{
    ns_time start = ns_sim_now(f->sim);
    *function = ns_safepoint_enter(&f->safepoint);
    ns_time end = ns_sim_now(f->sim);
    work(f, length);
    ns_safepoint_leave(&f->safepoint);
    return end - start;
}

static void alone(fixture *f)
{
    const char *function;
    cr_expect(eq(i64, collect(f, NS_MS, &function), 0));
    cr_expect_null(function);
}

Test(safepoint, nothing_compiles)
{
    fixture f;
    run(&f, 1, alone);
}

static void beside(fixture *f)
{
    const char *function;
    submit(f, 0, UNIT, false);
    work(f, NS_MS);
    cr_expect(eq(i64, collect(f, 2 * NS_MS, &function), REACH));
    cr_expect(eq(str, (char *)function, "a"));
    work(f, UNIT);
}

Test(safepoint, a_thread_that_has_a_core_stops_at_its_next_tick_and_goes_on_behind_the_collection)
{
    fixture f;
    run(&f, 2, beside);
    cr_expect(eq(i64, f.done[0], UNIT + 2 * NS_MS)); // that it stood still
}

static void parked(fixture *f)
{
    const char *function;
    submit(f, 0, UNIT, false);
    work(f, 7 * NS_MS); // in its backend, until 9 ms
    cr_expect(eq(i64, collect(f, 4 * NS_MS, &function), 0));
    cr_expect_null(function);
    work(f, UNIT);
}

Test(safepoint, a_parked_thread_works_on_until_it_would_touch_the_heap)
{
    fixture f;
    run(&f, 2, parked);
    cr_expect(eq(i64, f.done[0], 12 * NS_MS)); // 11 ms, when the collection ends, and its assembly
}

static void cut_off(fixture *f)
{
    const char *function;
    submit(f, 0, UNIT, true);
    submit(f, 1, UNIT, true);
    work(f, 4 * NS_MS);
    ns_time wait = collect(f, 0, &function);
    // Main gives up its core: both have a tick's length of it, and main is behind them.
    cr_expect(gt(i64, wait, 0));
    cr_expect(le(i64, wait, 2 * REACH));
    work(f, 4 * UNIT);
}

Test(safepoint, threads_without_a_core_are_waited_for)
{
    fixture f;
    run(&f, 1, cut_off);
    cr_expect(gt(i64, f.done[0], 0));
    cr_expect(gt(i64, f.done[1], 0));
}

static void behind_parked(fixture *f)
{
    // a is parked, with the only core free of main; b has none and is not parked.
    const char *function;
    submit(f, 0, UNIT, false);
    work(f, 6500 * NS_US); // one core: a has had 6 ms when main ends at 12.5 ms
    submit(f, 1, UNIT, false);
    ns_time wait = collect(f, 0, &function);
    cr_expect(gt(i64, wait, NS_MS), "waited %lld", (long long)wait);
    cr_expect(eq(str, (char *)function, "b"));
    work(f, 4 * UNIT);
}

Test(safepoint, a_parked_thread_takes_the_core_that_another_one_needs_to_stop)
{
    fixture f;
    run(&f, 1, behind_parked);
}

static void withdrawn(fixture *f)
{
    const char *function;
    submit(f, 0, UNIT, false);
    submit(f, 1, UNIT, false);
    work(f, NS_MS);
    ns_compile_withdraw(&f->job[0]);
    ns_compile_withdraw(&f->job[0]);
    cr_expect(eq(i64, collect(f, NS_MS, &function), REACH));
    cr_expect(eq(str, (char *)function, "b"));
    work(f, 2 * UNIT);
}

Test(safepoint, a_job_that_was_withdrawn_is_not_waited_for)
{
    fixture f;
    run(&f, 4, withdrawn);
    cr_expect(eq(i64, f.done[0], 0));
    cr_expect(eq(i64, f.done[1], UNIT + NS_MS));
}

static void again(fixture *f)
{
    const char *function;
    submit(f, 0, UNIT + 1, false); // parts that are no round numbers
    for (int i = 0; i < 30; i++) {
        collect(f, 3 * NS_US, &function);
        work(f, 50 * NS_US);
    }
    work(f, 2 * UNIT);
}

Test(safepoint, what_is_cut_off_is_served_later_to_the_last_ns)
{
    fixture f;
    run(&f, 2, again);
    cr_expect(eq(i64, f.job[0].cpu.demanded, UNIT + 1));
    cr_expect(eq(i64, f.done[0], UNIT + 1 + 30 * 3 * NS_US));
}

static void owed(fixture *f)
{
    // Two cores: main has had 3 ms of one when the collection ends, a 2 ms of the other, b nothing.
    const char *function;
    submit(f, 0, UNIT, true);
    submit(f, 1, UNIT, true);
    work(f, 2 * NS_MS);
    ns_safepoint_enter(&f->safepoint);
    work(f, NS_MS);
    ns_time before = ns_sim_now(f->sim);
    function = ns_safepoint_leave(&f->safepoint);
    ns_time wait = ns_sim_now(f->sim) - before;
    cr_expect_not_null(function);
    cr_expect(eq(i64, wait, 3 * NS_MS)); // a turn
    // Now a has had 5 ms, b and main 3 ms.
    ns_safepoint_enter(&f->safepoint);
    before = ns_sim_now(f->sim);
    function = ns_safepoint_leave(&f->safepoint);
    cr_expect_null(function);
    cr_expect(eq(i64, ns_sim_now(f->sim), before));
    work(f, 2 * UNIT);
}

Test(safepoint, threads_that_have_had_less_than_main_push_it_out_of_its_core)
{
    fixture f;
    run(&f, 2, owed);
}

static void free_core(fixture *f)
{
    submit(f, 0, UNIT, true);
    work(f, 2 * NS_MS);
    ns_safepoint_enter(&f->safepoint);
    work(f, NS_MS);
    cr_expect_null(ns_safepoint_leave(&f->safepoint));
    work(f, UNIT);
}

Test(safepoint, nobody_is_pushed_out_while_there_is_a_core)
{
    fixture f;
    run(&f, 2, free_core);
}

static void many(fixture *f)
{
    f->safepoint.threads = 4;
    for (int i = 0; i < JOBS; i++)
        submit(f, i, UNIT, false);
    ns_compile_withdraw(&f->job[4]); // it waits
    cr_expect(f->job[3].begun && !f->job[5].begun);
    work(f, UNIT / 2);
    const char *function; // what waits for a thread holds up nobody
    cr_expect(eq(i64, collect(f, 0, &function), REACH));
    work(f, 3 * UNIT);
}

Test(safepoint, jobs_wait_for_one_of_four_threads)
{
    fixture f;
    run(&f, 8, many);
    cr_expect(eq(i64, f.done[3], UNIT));
    cr_expect(eq(i64, f.done[4], 0));
    cr_expect(eq(i64, f.done[5], 2 * UNIT));
}

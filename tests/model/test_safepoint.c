// Collections wait for threads that compile: which, how long, and what becomes of those.
#include "model/safepoint.h"

#include "machine.h"

enum { JOBS = 6 };
#define UNIT (10 * NS_MS)
#define REACH (10 * NS_US)
#define TICK (4 * NS_MS)

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

static void run_balanced(fixture *f, int cores, double balanced, void (*what)(fixture *f))
{
    *f = (fixture){.body = what};
    must(ns_sim_new(&f->sim, &(ns_sim_options){.seed = 1}, NULL));
    ns_cpu_options cpu = {
        .cores = cores, .speed = 1, .quantum = 3 * NS_MS, .tick = TICK, .balanced = balanced};
    must(ns_cpu_new(&f->cpu, f->sim, &cpu, NULL));
    must(ns_profile_load(&f->profile, "default", NULL));
    must(ns_thread_new(&f->main, f->sim, f->cpu, "main", 1 << 16, body, f, NULL));
    ns_safepoint_init(&f->safepoint, f->cpu, f->main, f->profile);
    const double share[] = {0.4, 0.1, 0.1, 0.3, 0.1};
    for (size_t i = 0; i < sizeof share / sizeof share[0]; i++)
        f->safepoint.share[i] = share[i];
    f->safepoint.beside = f->safepoint.comes = f->safepoint.leaves = 0;
    f->safepoint.reach = REACH;
    ns_thread_start(f->main);
    ns_sim_run(f->sim, NS_NEVER);
    cr_assert(ns_thread_done(f->main));
    ns_thread_free(f->main);
    ns_profile_free(f->profile);
    ns_cpu_free(f->cpu);
    ns_sim_free(f->sim);
}

static void run(fixture *f, int cores, void (*what)(fixture *f))
{
    run_balanced(f, cores, 0, what);
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
    // a is parked, and next at the only core; b has none and is not parked.
    const char *function;
    submit(f, 0, 9 * NS_MS, false); // a 0-3 and 6-9 ms: in its backend from 5.4 to 8.1
    work(f, 3500 * NS_US);          // main 3-6, 9-9.5
    submit(f, 1, UNIT, false);
    ns_time wait = collect(f, 0, &function);
    cr_expect(eq(i64, wait, 2100 * NS_US + REACH));
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
    cr_expect(eq(i64, f.safepoint.thread[0].cpu.demanded, UNIT + 1));
    cr_expect(eq(i64, f.done[0], UNIT + 1 + 30 * 3 * NS_US));
}

// How long main has no core when threads go on; NULL in `function`: it has one.
static ns_time leave(fixture *f, const char **function)
{
    ns_time before = ns_sim_now(f->sim);
    *function = ns_safepoint_leave(&f->safepoint);
    return ns_sim_now(f->sim) - before;
}

// Job `i` is taken by the thread of this number, which begins at main's core.
static void submit_beside(fixture *f, int i, ns_time demand, bool maglev)
{
    f->safepoint.beside = 1;
    submit(f, i, demand, maglev);
    f->safepoint.beside = 0;
}

static void piled(fixture *f)
{
    // Both wait at the other core: b for a turn, and main for b. Main is not pushed out, though
    // both have had less than it.
    const char *function;
    work(f, NS_MS);
    submit(f, 0, UNIT, true); // a: 1-4, b: 4-8 ms
    submit(f, 1, UNIT, true);
    cr_expect(eq(int, f->safepoint.thread[0].cpu.home, 1));
    cr_expect(eq(int, f->safepoint.thread[1].cpu.home, 1));
    work(f, 2 * NS_MS);
    f->safepoint.thread[0].main_before = f->safepoint.thread[1].main_before = -UNIT;
    cr_expect(eq(i64, collect(f, NS_MS, &function), 2 * REACH)); // a stops, and leaves it to b
    cr_expect(eq(str, (char *)function, "b"));
    ns_safepoint_enter(&f->safepoint);
    cr_expect(eq(i64, leave(f, &function), 0));
    cr_expect_null(function);
    work(f, 4 * UNIT);
}

Test(safepoint, threads_wait_at_the_core_without_main)
{
    fixture f;
    run(&f, 2, piled);
}

static void taken(fixture *f)
{
    // The thread takes main's core, and main waits there, until the other core looks for work.
    f->safepoint.threads = 1;
    submit_beside(f, 0, UNIT, true);
    work(f, NS_MS);
    cr_expect(eq(i64, ns_sim_now(f->sim), TICK + NS_MS));
    cr_expect(eq(int, ns_thread_core(f->main), 1));
    work(f, 2 * UNIT);
    // The next time the thread wakes up where it ran, which is not main's core any more.
    submit(f, 0, UNIT, true);
    cr_expect(eq(int, ns_thread_core(f->main), 1));
    cr_expect(eq(int, f->safepoint.thread[0].cpu.home, 0));
    work(f, 2 * UNIT);
}

Test(safepoint, a_core_that_is_idle_takes_what_waits_at_mains_when_it_ticks)
{
    fixture f;
    run_balanced(&f, 2, 1, taken);
    cr_expect(eq(i64, f.done[0], 2 * UNIT + TICK + NS_MS + UNIT));
}

// Of `wakes` wake-ups those at main's core, and those that are not where the thread ran last.
static void count_wakes(fixture *f, int wakes, int *at_main, int *moved)
{
    f->safepoint.threads = 1;
    *at_main = *moved = 0;
    for (int i = 0; i < wakes; i++) {
        int last = f->safepoint.thread[0].cpu.last_core;
        submit(f, 0, NS_US, true);
        int core = f->safepoint.thread[0].cpu.home;
        *at_main += core == ns_thread_core(f->main);
        *moved += i > 0 && core != last;
        work(f, NS_MS);
    }
}

static void moves(fixture *f)
{
    // A chain of two states: in the long run it is at main's core for comes / (comes + leaves).
    int at_main, moved;
    f->safepoint.comes = 0.1;
    f->safepoint.leaves = 0.3;
    count_wakes(f, 20000, &at_main, &moved);
    cr_expect_float_eq(at_main / 20000., 0.25, 0.02);
    cr_expect_float_eq(moved / 20000., 2 * 0.25 * 0.3, 0.02);
}

Test(safepoint, threads_come_to_mains_core_and_leave_it_at_wake_ups)
{
    fixture f;
    run(&f, 2, moves);
}

static void stays_away(fixture *f)
{
    int at_main, moved;
    f->safepoint.beside = f->safepoint.comes = 1;
    count_wakes(f, 3, &at_main, &moved);
    cr_expect(eq(int, at_main, 0));
}

Test(safepoint, of_more_than_two_cores_there_is_another_than_mains)
{
    fixture f;
    run(&f, 3, stays_away);
}

static void owed(fixture *f)
{
    const char *function;
    submit(f, 0, 20 * UNIT, true); // at the other core
    submit_beside(f, 1, 5 * UNIT, true);
    work(f, NS_MS); // b 0-4 ms, main 4-5
    cr_expect(eq(i64, ns_sim_now(f->sim), TICK + NS_MS));
    // Main has had less than b: it stays. Entering costs it its turn, and b a tick.
    cr_expect(eq(str, (char *)ns_safepoint_enter(&f->safepoint), "b"));
    cr_expect(eq(i64, ns_sim_now(f->sim), TICK + NS_MS + REACH));
    cr_expect(eq(i64, leave(f, &function), 0));
    cr_expect_null(function);
    // It has had more when it has worked for as long and longer, 4.02 ms less the ms from before.
    f->safepoint.thread[1].main_before -= UNIT;
    ns_safepoint_enter(&f->safepoint);
    ns_time now = ns_sim_now(f->sim);
    ns_time turn = (now + 3 * NS_MS + TICK - 1) / TICK * TICK - now;
    cr_expect(eq(i64, leave(f, &function), turn));
    cr_expect(eq(str, (char *)function, "b"));
    work(f, 60 * UNIT);
}

Test(safepoint, a_thread_at_mains_core_that_has_had_less_pushes_it_out)
{
    fixture f;
    run(&f, 2, owed);
}

// a runs at the other core; b waits at main's and is parked for 1 ms more. It takes that core when
// main sleeps until a has stopped. `more` is CPU that main has had besides since b woke up.
static ns_time wait_beside_parked(fixture *f, ns_time more)
{
    const char *function;
    submit(f, 0, 20 * UNIT, true);
    submit_beside(f, 1, 18 * NS_MS, false); // 0-4, 8-12 ms: graph 7.2, early 0.8 of 1.8
    work(f, 5 * NS_MS);                     // 4-8, 12-13
    cr_expect(eq(i64, ns_sim_now(f->sim), 13 * NS_MS));
    f->safepoint.thread[1].main_before -= more;
    ns_time wait = collect(f, 0, &function);
    cr_expect(eq(str, (char *)function, "a"));
    work(f, 60 * UNIT);
    return wait;
}

static void has_had_more(fixture *f)
{
    cr_expect(eq(i64, wait_beside_parked(f, 0), REACH));
}

Test(safepoint, main_that_wakes_up_pushes_out_a_thread_that_has_had_more)
{
    fixture f;
    run(&f, 2, has_had_more);
}

static void has_had_less(fixture *f)
{
    cr_expect(eq(i64, wait_beside_parked(f, UNIT), NS_MS));
}

Test(safepoint, main_waits_at_its_core_for_a_thread_that_has_had_less)
{
    fixture f;
    run(&f, 2, has_had_less);
}

static void next_one(fixture *f)
{
    f->safepoint.threads = 1;
    submit(f, 0, UNIT, true);
    submit(f, 1, UNIT, true);
    work(f, NS_MS);
    ns_compile_withdraw(&f->job[0]);
    cr_expect(eq(int, f->safepoint.thread[0].cpu.home, 1));
    work(f, 2 * UNIT);
}

Test(safepoint, a_thread_takes_its_next_job_where_it_is)
{
    fixture f;
    run(&f, 2, next_one);
    cr_expect(eq(i64, f.done[1], UNIT + NS_MS));
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
    cr_expect(f->job[3].thread && !f->job[5].thread);
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

#include "machine.h"

typedef struct demand {
    ns_cpu_job job;
    ns_cpu *cpu;
    ns_sim *sim;
    ns_time end;
    int again; // submissions still to come
    ns_time size;
} demand;

static void served(ns_cpu_job *job)
{
    demand *d = job->data;
    d->end = ns_sim_now(d->sim);
    if (d->again-- > 0)
        ns_cpu_submit(d->cpu, job, d->size);
}

typedef struct cores {
    ns_sim *sim;
    ns_cpu *cpu;
} cores;

static cores make(ns_cpu_options options)
{
    cores c;
    must(ns_sim_new(&c.sim, &(ns_sim_options){.seed = 1}, NULL));
    must(ns_cpu_new(&c.cpu, c.sim, &options, NULL));
    return c;
}

static void destroy(cores *c)
{
    ns_cpu_free(c->cpu);
    ns_sim_free(c->sim);
}

static void submit(cores *c, demand *d, ns_time size, int again)
{
    *d = (demand){.cpu = c->cpu, .sim = c->sim, .size = size, .again = again};
    ns_cpu_job_init(&d->job, served, d);
    ns_cpu_submit(c->cpu, &d->job, size);
}

Test(cpu, eight_threads_on_two_cores_are_no_faster_than_two)
{
    ns_time last[9] = {0};
    for (int threads = 1; threads <= 8; threads *= 2) {
        cores c = make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = NS_MS});
        demand d[8];
        for (int i = 0; i < threads; i++) // 80 ms of work in all
            submit(&c, &d[i], 80 * NS_MS / threads, 0);
        ns_sim_run(c.sim, NS_NEVER);
        for (int i = 0; i < threads; i++)
            if (d[i].end > last[threads])
                last[threads] = d[i].end;
        destroy(&c);
    }
    cr_assert(eq(i64, last[1], 80 * NS_MS));
    cr_assert(eq(i64, last[2], 40 * NS_MS));
    cr_assert(eq(i64, last[4], 40 * NS_MS));
    cr_assert(eq(i64, last[8], 40 * NS_MS));
}

Test(cpu, shares_are_equal_within_a_quantum)
{
    cores c = make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = NS_MS});
    demand d[5];
    for (int i = 0; i < 5; i++)
        submit(&c, &d[i], NS_SEC, 0);
    ns_sim_run(c.sim, 500 * NS_MS); // 1 s of service for 5 threads: 200 ms each
    for (int i = 0; i < 5; i++) {
        ns_cpu_withdraw(c.cpu, &d[i].job);
        ns_time got = NS_SEC - d[i].job.left;
        cr_assert(ge(i64, got, 199 * NS_MS), "thread %d", i);
        cr_assert(le(i64, got, 201 * NS_MS), "thread %d", i);
    }
    destroy(&c);
}

Test(cpu, round_robin_ends_demands_as_a_table_by_hand_says)
{
    // One core, quantum 2 ms, switches 0.1 ms. A (5 ms), B (3 ms) and C (2 ms) come at 0:
    // A 0.1-2.1, B 2.2-4.2, C 4.3-6.3 (done), A 6.4-8.4, B 8.5-9.5 (done), A 9.6-10.6 (done).
    cores c = make(
        (ns_cpu_options){.cores = 1, .speed = 1, .quantum = 2 * NS_MS, .switch_cost = NS_MS / 10});
    demand a, b, d;
    submit(&c, &a, 5 * NS_MS, 0);
    submit(&c, &b, 3 * NS_MS, 0);
    submit(&c, &d, 2 * NS_MS, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, d.end, 6300 * NS_US));
    cr_assert(eq(i64, b.end, 9500 * NS_US));
    cr_assert(eq(i64, a.end, 10600 * NS_US));
    ns_cpu_stats stats;
    ns_cpu_get_stats(c.cpu, &stats);
    cr_assert(eq(u64, stats.switches, 6));
    cr_assert(eq(i64, stats.switching, 600 * NS_US));
    cr_assert(eq(i64, stats.busy, 10 * NS_MS));
    cr_assert(ieee_ulp_eq(dbl, stats.utilization, 1.0, 4));
    // waiting: 2 threads until 8.4 - except that C leaves at 6.3 - then 1 until 9.5
    double area = 2 * 6.3 + 1 * (9.5 - 6.3);
    cr_assert(epsilon_eq(dbl, stats.runnable, area / 10.6, 1e-9));
    destroy(&c);
}

Test(cpu, a_thread_alone_is_neither_switched_nor_interrupted)
{
    cores c =
        make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_MS, .switch_cost = 10 * NS_US});
    demand d;
    submit(&c, &d, 100 * NS_MS, 9);
    uint64_t events = ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, d.end, 1000 * NS_MS + 10 * NS_US));
    cr_assert(eq(u64, events, 10));
    ns_cpu_stats stats;
    ns_cpu_get_stats(c.cpu, &stats);
    cr_assert(eq(u64, stats.switches, 1));
    destroy(&c);
}

// A thread that always comes back with demands of just a quantum must not keep others out.
Test(cpu, demands_that_end_with_the_turn_do_not_starve_others)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_MS});
    demand greedy, other;
    submit(&c, &greedy, NS_MS, 100);
    submit(&c, &other, NS_MS, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, other.end, 2 * NS_MS));
    destroy(&c);
}

Test(cpu, a_newcomer_waits_for_the_rest_of_a_renewed_turn)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = 2 * NS_MS});
    demand longer, other;
    submit(&c, &longer, 100 * NS_MS, 0);
    ns_sim_run(c.sim, 51 * NS_MS); // 1 ms into its 26th turn
    submit(&c, &other, NS_MS, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, other.end, 53 * NS_MS));
    cr_assert(eq(i64, longer.end, 101 * NS_MS));
    destroy(&c);
}

// The queue is empty again before the turn of the other core's job ends: its job goes on
// undisturbed.
Test(cpu, a_turn_ends_only_if_someone_waits_by_then)
{
    cores c = make(
        (ns_cpu_options){.cores = 2, .speed = 1, .quantum = 2 * NS_MS, .switch_cost = 100 * NS_US});
    demand longer, shorter, third;
    submit(&c, &longer, 10 * NS_MS, 0);
    submit(&c, &shorter, NS_MS, 0);
    submit(&c, &third, NS_MS, 0);
    ns_sim_run(c.sim, 5050 * NS_US);
    cr_assert(eq(i64, shorter.end, 1100 * NS_US));
    cr_assert(eq(i64, third.end, 2200 * NS_US));
    ns_cpu_stats stats;
    ns_cpu_get_stats(c.cpu, &stats); // in the middle of a slice
    cr_assert(eq(i64, stats.switching, 300 * NS_US));
    cr_assert(eq(i64, stats.busy, (4950 + 2000) * NS_US));
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, longer.end, 10100 * NS_US));
    ns_cpu_get_stats(c.cpu, &stats);
    cr_assert(eq(u64, stats.switches, 3));
    destroy(&c);
}

// A job that withdraws itself when it is served, and another that takes its core at that instant.
static void withdraw_and_submit(ns_cpu_job *job)
{
    demand *d = job->data;
    d->end = ns_sim_now(d->sim);
    ns_cpu_withdraw(d->cpu, job);
    ns_cpu_submit(d->cpu, &(d + 1)->job, NS_MS);
}

Test(cpu, a_core_that_is_given_away_in_done_is_not_given_twice)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_SEC});
    demand d[3] = {{.cpu = c.cpu, .sim = c.sim}, {.cpu = c.cpu, .sim = c.sim}};
    ns_cpu_job_init(&d[0].job, withdraw_and_submit, &d[0]);
    ns_cpu_job_init(&d[1].job, served, &d[1]);
    ns_cpu_submit(c.cpu, &d[0].job, NS_MS);
    submit(&c, &d[2], NS_MS, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, d[0].end, NS_MS));
    cr_assert(eq(i64, d[1].end, 2 * NS_MS));
    cr_assert(eq(i64, d[2].end, 3 * NS_MS));
    destroy(&c);
}

Test(cpu, speed_divides_demands_without_drift)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 3, .quantum = NS_MS});
    demand d;
    submit(&c, &d, 10, 299999); // 3,000,000 ns of demand in steps of 10
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(all(ge(i64, d.end, 1000000 - 1), le(i64, d.end, 1000000)));
    cr_assert(eq(i64, d.job.demanded, 3000000));
    destroy(&c);
}

Test(cpu, options_out_of_range_are_refused)
{
    ns_sim *sim;
    must(ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL));
    const ns_cpu_options bad[] = {{.cores = 0, .speed = 1, .quantum = 1},
                                  {.cores = 1025, .speed = 1, .quantum = 1},
                                  {.cores = 1, .speed = 0, .quantum = 1},
                                  {.cores = 1, .speed = -1, .quantum = 1},
                                  {.cores = 1, .speed = 0.0 / 0.0, .quantum = 1},
                                  {.cores = 1, .speed = 1, .quantum = 0},
                                  {.cores = 1, .speed = 1, .quantum = 1, .switch_cost = -1},
                                  {.cores = 1, .speed = 1, .quantum = 1, .tick = -1},
                                  {.cores = 1, .speed = 1, .quantum = 1, .balanced = 1.5},
                                  {.cores = 1, .speed = 1, .quantum = 1, .balanced = 0.0 / 0.0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ns_cpu *cpu;
        ns_err err = {0};
        cr_assert(eq(int, ns_cpu_new(&cpu, sim, &bad[i], &err), NS_EINVAL));
        cr_assert(ne(chr, err.msg[0], '\0'));
    }
    ns_sim_free(sim);
}

Test(cpu, a_withdrawn_job_frees_its_core_at_once)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_SEC});
    demand a, b, d;
    submit(&c, &a, 100 * NS_MS, 0);
    submit(&c, &b, 10 * NS_MS, 0);
    submit(&c, &d, 10 * NS_MS, 0);
    ns_sim_run(c.sim, 5 * NS_MS);
    ns_cpu_withdraw(c.cpu, &b.job); // from the queue
    ns_cpu_withdraw(c.cpu, &a.job); // from the core
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, d.end, 15 * NS_MS));
    cr_assert(eq(i64, a.end, 0));
    cr_assert(eq(i64, b.end, 0));
    destroy(&c);
}

// The job waits at this core.
static void submit_at(cores *c, demand *d, int home, ns_time size)
{
    *d = (demand){.cpu = c->cpu, .sim = c->sim, .size = size};
    ns_cpu_job_init(&d->job, served, d);
    d->job.home = d->job.last_core = home;
    ns_cpu_submit(c->cpu, &d->job, size);
}

Test(cpu, a_job_waits_at_its_home_until_another_core_is_idle_at_a_tick)
{
    // Core 0: A 0-10 ms. B waits there though core 1 is idle, and goes to that at 4 ms.
    cores c = make((ns_cpu_options){
        .cores = 2, .speed = 1, .quantum = 20 * NS_MS, .tick = 4 * NS_MS, .balanced = 1});
    demand a, b;
    submit_at(&c, &a, 0, 10 * NS_MS);
    ns_sim_run(c.sim, NS_MS);
    submit_at(&c, &b, 0, 3 * NS_MS);
    ns_cpu_stats stats;
    ns_sim_run(c.sim, 3 * NS_MS);
    ns_cpu_get_stats(c.cpu, &stats);
    cr_assert(epsilon_eq(dbl, stats.runnable, 2.0 / 3, 1e-9));
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, a.end, 10 * NS_MS));
    cr_assert(eq(i64, b.end, 7 * NS_MS));
    cr_assert(eq(int, b.job.last_core, 1));
    cr_assert(eq(int, b.job.home, -1)); // as it has no demand any more
    destroy(&c);
}

Test(cpu, without_ticks_no_core_takes_what_waits_at_another)
{
    cores c = make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = 20 * NS_MS, .balanced = 1});
    demand a, b;
    submit_at(&c, &a, 0, 10 * NS_MS);
    submit_at(&c, &b, 0, 3 * NS_MS);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, b.end, 13 * NS_MS));
    destroy(&c);
}

// At core 0 A runs and B waits, at core 1 D runs: B goes there at a tick, by the chance.
Test(cpu, a_core_for_which_nobody_waits_takes_one_from_another_by_chance)
{
    cores c = make((ns_cpu_options){
        .cores = 2, .speed = 1, .quantum = 100000 * NS_MS, .tick = 4 * NS_MS, .balanced = 0.25});
    enum { ROUNDS = 2000 };
    demand a, b, d;
    submit_at(&c, &a, 0, 5 * ROUNDS * NS_MS);
    submit_at(&c, &d, 1, 5 * ROUNDS * NS_MS);
    int moved = 0;
    for (int i = 0; i < ROUNDS; i++) {
        submit_at(&c, &b, 0, NS_MS);
        ns_sim_run(c.sim, (4 * i + 5) * NS_MS); // a tick
        moved += b.job.home == 1;
        ns_cpu_withdraw(c.cpu, &b.job);
    }
    cr_assert(epsilon_eq(dbl, moved / (double)ROUNDS, 0.25, 0.03));
    ns_cpu_withdraw(c.cpu, &a.job);
    ns_cpu_withdraw(c.cpu, &d.job);
    destroy(&c);
}

Test(cpu, a_core_takes_what_waits_at_it_before_any_tick_and_nothing_of_others)
{
    // Core 0: A 0-9; core 1: B 0-2, then C, whose home it is, though D came first. D, at home at
    // core 0, goes to core 1 at the tick, 4 ms, and waits there for C, until 5.
    cores c = make((ns_cpu_options){
        .cores = 2, .speed = 1, .quantum = 20 * NS_MS, .tick = 4 * NS_MS, .balanced = 1});
    demand a, b, d, e;
    submit_at(&c, &a, 0, 9 * NS_MS);
    submit_at(&c, &b, 1, 2 * NS_MS);
    submit_at(&c, &d, 0, NS_MS);
    submit_at(&c, &e, 1, 3 * NS_MS);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, e.end, 5 * NS_MS));
    cr_assert(eq(i64, d.end, 6 * NS_MS));
    cr_assert(eq(i64, a.end, 9 * NS_MS));
    destroy(&c);
}

Test(cpu, a_job_without_a_home_waits_for_the_first_free_core)
{
    cores c =
        make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = 20 * NS_MS, .tick = 4 * NS_MS});
    demand a, b, d;
    submit_at(&c, &a, 0, 9 * NS_MS);
    submit_at(&c, &b, 1, 2 * NS_MS);
    submit(&c, &d, NS_MS, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, d.end, 3 * NS_MS));
    destroy(&c);
}

Test(cpu, turns_at_a_core_that_is_somebodys_home_end_at_ticks)
{
    // Quantum 3 ms: A 0-4 ms, B 4-8, A 8-10, B 10-12. Core 1 has work, and takes nothing.
    cores c =
        make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = 3 * NS_MS, .tick = 4 * NS_MS});
    demand a, b, d;
    submit(&c, &a, 6 * NS_MS, 0);
    a.job.stays = true;
    submit_at(&c, &d, 1, 20 * NS_MS);
    submit_at(&c, &b, 0, 6 * NS_MS);
    ns_sim_run(c.sim, 5 * NS_MS);
    cr_assert(eq(int, a.job.home, 0));
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, a.end, 10 * NS_MS));
    cr_assert(eq(i64, b.end, 12 * NS_MS));
    cr_assert(eq(i64, d.end, 20 * NS_MS));
    destroy(&c);
}

Test(cpu, one_without_a_home_goes_where_a_core_is_free_when_its_turn_ends)
{
    // Core 0: A 0-4 ms, then B; core 1 is free at 5 ms, and A goes on there.
    cores c =
        make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = 3 * NS_MS, .tick = 4 * NS_MS});
    demand a, b, d;
    submit(&c, &a, 6 * NS_MS, 0);
    submit_at(&c, &d, 1, 5 * NS_MS);
    submit_at(&c, &b, 0, 6 * NS_MS);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, a.end, 7 * NS_MS));
    cr_assert(eq(int, a.job.last_core, 1));
    cr_assert(eq(i64, b.end, 10 * NS_MS));
    destroy(&c);
}

Test(cpu, of_more_than_two_cores_an_idle_one_is_found_at_once)
{
    cores c =
        make((ns_cpu_options){.cores = 3, .speed = 1, .quantum = 20 * NS_MS, .tick = 4 * NS_MS});
    demand a, b;
    submit_at(&c, &a, 0, 10 * NS_MS);
    submit_at(&c, &b, 0, 3 * NS_MS);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, b.end, 3 * NS_MS));
    destroy(&c);
}

Test(cpu, a_core_that_is_preempted_takes_what_waits_for_it)
{
    cores c = make((ns_cpu_options){
        .cores = 2, .speed = 1, .quantum = 20 * NS_MS, .switch_cost = 0, .tick = 4 * NS_MS});
    demand a, b, d;
    submit_at(&c, &a, 0, 10 * NS_MS);
    submit_at(&c, &d, 1, 30 * NS_MS);
    ns_sim_run(c.sim, NS_MS);
    ns_cpu_preempt(c.cpu, 0); // nobody waits for it
    ns_sim_run(c.sim, 2 * NS_MS);
    submit_at(&c, &b, 0, 3 * NS_MS);
    ns_cpu_preempt(c.cpu, 1); // nor for this one
    ns_cpu_preempt(c.cpu, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, b.end, 5 * NS_MS));
    cr_assert(eq(i64, a.end, 13 * NS_MS));
    cr_assert(eq(i64, d.end, 30 * NS_MS));
    destroy(&c);
}

Test(cpu, a_job_that_is_withdrawn_has_no_home_and_leaves_the_counts)
{
    cores c =
        make((ns_cpu_options){.cores = 2, .speed = 1, .quantum = 20 * NS_MS, .tick = 4 * NS_MS});
    demand a, b;
    submit_at(&c, &a, 0, 10 * NS_MS);
    submit_at(&c, &b, 0, 10 * NS_MS);
    ns_sim_run(c.sim, NS_MS);
    ns_cpu_withdraw(c.cpu, &b.job);
    cr_assert(eq(int, b.job.home, -1));
    uint64_t events = ns_sim_run(c.sim, NS_NEVER); // the tick, and A's end
    cr_assert(eq(u64, events, 2));
    cr_assert(eq(i64, a.end, 10 * NS_MS));
    destroy(&c);
}

// As long as no job has a home there are no ticks.
Test(cpu, the_tick_changes_nothing_without_homes)
{
    ns_time end[2][5];
    for (int ticks = 0; ticks < 2; ticks++) {
        cores c = make((ns_cpu_options){.cores = 2,
                                        .speed = 1.7,
                                        .quantum = 3 * NS_MS,
                                        .switch_cost = 500,
                                        .tick = ticks * 4 * NS_MS});
        demand d[5];
        for (int i = 0; i < 5; i++)
            submit(&c, &d[i], (5 + 7 * i) * NS_MS, 3);
        ns_sim_run(c.sim, NS_NEVER);
        for (int i = 0; i < 5; i++)
            end[ticks][i] = d[i].end;
        destroy(&c);
    }
    for (int i = 0; i < 5; i++)
        cr_assert(eq(i64, end[0][i], end[1][i]));
}

// Threads.

typedef struct spinner {
    ns_thread *thread;
    ns_sim *sim;
    ns_time slice, end;
    int slices;
} spinner;

static void spin(ns_thread *thread, void *arg)
{
    spinner *s = arg;
    for (int i = 0; i < s->slices; i++) {
        ns_thread_charge(thread, s->slice);
        ns_thread_sync(thread);
    }
    s->end = ns_sim_now(s->sim);
}

Test(thread, competes_with_jobs_on_equal_terms)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_MS});
    spinner s = {.sim = c.sim, .slice = 100 * NS_US, .slices = 100}; // 10 ms
    must(ns_thread_new(&s.thread, c.sim, c.cpu, "t", STACK, spin, &s, NULL));
    ns_thread_start(s.thread);
    demand d;
    submit(&c, &d, 10 * NS_MS, 0);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, s.end, 19 * NS_MS)); // its tenth turn is the 19th of 20
    cr_assert(eq(i64, d.end, 20 * NS_MS));
    cr_assert(eq(i64, ns_thread_cpu(s.thread), 10 * NS_MS));
    ns_thread_free(s.thread);
    destroy(&c);
}

static void tick(ns_sim *sim, ns_event *event)
{
    int *left = event->data;
    if ((*left)-- > 0)
        ns_sim_after(sim, event, 7, NS_CLASS_DEVICE);
}

// The fast path of sync must end at the same times as the way through the event queue, to which an
// event every 7 ns forces every sync.
Test(thread, the_fast_path_gives_the_same_times)
{
    ns_time end[2];
    uint64_t switches[2];
    for (int busy = 0; busy < 2; busy++) {
        cores c = make(
            (ns_cpu_options){.cores = 2, .speed = 1.7, .quantum = 10 * NS_US, .switch_cost = 500});
        spinner s[3];
        for (int i = 0; i < 3; i++) {
            s[i] = (spinner){.sim = c.sim, .slice = 137 + 31 * i, .slices = 500};
            must(ns_thread_new(&s[i].thread, c.sim, c.cpu, "t", STACK, spin, &s[i], NULL));
            ns_thread_start(s[i].thread);
        }
        ns_event noise;
        int left = 100000;
        ns_event_init(&noise, tick, &left);
        if (busy)
            ns_sim_at(c.sim, &noise, 0, NS_CLASS_DEVICE);
        ns_sim_run(c.sim, NS_NEVER);
        ns_cpu_stats stats;
        ns_cpu_get_stats(c.cpu, &stats);
        end[busy] = s[0].end * 1000000 + s[1].end * 1000 + s[2].end;
        switches[busy] = stats.switches;
        for (int i = 0; i < 3; i++)
            ns_thread_free(s[i].thread);
        destroy(&c);
    }
    cr_assert(eq(i64, end[0], end[1]));
    cr_assert(eq(u64, switches[0], switches[1]));
}

typedef struct sleeper {
    ns_sim *sim;
    ns_thread *thread;
    ns_time woke[4];
    bool by_wake[4];
} sleeper;

static void sleep_a_few_times(ns_thread *thread, void *arg)
{
    sleeper *s = arg;
    ns_thread_charge(thread, NS_MS);
    s->by_wake[0] = ns_thread_sleep_until(thread, 5 * NS_MS); // the time comes
    s->woke[0] = ns_sim_now(s->sim);
    s->by_wake[1] = ns_thread_sleep_until(thread, 50 * NS_MS); // woken at 10 ms
    s->woke[1] = ns_sim_now(s->sim);
    ns_thread_charge(thread, 10 * NS_MS); // woken at 15 ms, while it runs
    ns_thread_sync(thread);
    ns_thread_block(thread); // returns at once
    s->woke[2] = ns_sim_now(s->sim);
    ns_thread_suspend(thread, NULL,
                      NULL); // a wake-up at 30 ms does not end it, resume at 40 ms does
    s->woke[3] = ns_sim_now(s->sim);
    s->by_wake[3] = ns_thread_sleep_until(thread, NS_SEC); // the remembered one
}

static void wake_it(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_thread_wake(((sleeper *)event->data)->thread);
}

static void resume_it(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_thread_resume(((sleeper *)event->data)->thread);
}

Test(thread, sleeps_blocks_and_remembers_wake_ups)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_MS});
    sleeper s = {.sim = c.sim};
    must(ns_thread_new(&s.thread, c.sim, c.cpu, "t", STACK, sleep_a_few_times, &s, NULL));
    ns_thread_start(s.thread);
    const ns_time wakes[] = {10 * NS_MS, 15 * NS_MS, 30 * NS_MS};
    ns_event event[4];
    for (int i = 0; i < 3; i++) {
        ns_event_init(&event[i], wake_it, &s);
        ns_sim_at(c.sim, &event[i], wakes[i], NS_CLASS_DEVICE);
    }
    ns_event_init(&event[3], resume_it, &s);
    ns_sim_at(c.sim, &event[3], 40 * NS_MS, NS_CLASS_DEVICE);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(ns_thread_done(s.thread));
    cr_assert(eq(i64, s.woke[0], 5 * NS_MS));
    cr_assert(not(s.by_wake[0]));
    cr_assert(eq(i64, s.woke[1], 10 * NS_MS));
    cr_assert(s.by_wake[1]);
    cr_assert(eq(i64, s.woke[2], 20 * NS_MS));
    cr_assert(eq(i64, s.woke[3], 40 * NS_MS));
    cr_assert(s.by_wake[3]);
    cr_assert(eq(i64, ns_sim_now(c.sim), 40 * NS_MS));
    ns_thread_free(s.thread);
    destroy(&c);
}

static void sleep_among_events(ns_thread *thread, void *arg)
{
    sleeper *s = arg;
    s->by_wake[0] = ns_thread_sleep_until(thread, 5 * NS_MS); // beside events that are not its own
    s->woke[0] = ns_sim_now(s->sim);
    s->by_wake[1] = ns_thread_sleep_until(thread, 10 * NS_MS); // woken just then
    s->woke[1] = ns_sim_now(s->sim);
    s->by_wake[2] = ns_thread_sleep_until(thread, 10 * NS_MS); // that wake-up is used up
    s->by_wake[3] = ns_thread_sleep_until(thread, 20 * NS_MS);
    s->woke[3] = ns_sim_now(s->sim);
}

Test(thread, sleeps_on_while_others_have_events)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = NS_MS});
    sleeper s = {.sim = c.sim};
    ns_event noise, wake;
    int left = 20 * 1000 * 1000 / 7;
    must(ns_thread_new(&s.thread, c.sim, c.cpu, "sleeper", STACK, sleep_among_events, &s, NULL));
    cr_assert(eq(str, (char *)ns_thread_name(s.thread), "sleeper"));
    ns_thread_start(s.thread);
    ns_event_init(&noise, tick, &left);
    ns_sim_at(c.sim, &noise, 0, NS_CLASS_DEVICE);
    ns_event_init(&wake, wake_it, &s);
    ns_sim_at(c.sim, &wake, 10 * NS_MS, NS_CLASS_DEVICE);
    ns_sim_run(c.sim, NS_NEVER);
    cr_assert(eq(i64, s.woke[0], 5 * NS_MS));
    cr_assert(not(s.by_wake[0]));
    cr_assert(eq(i64, s.woke[1], 10 * NS_MS));
    cr_assert(s.by_wake[1]);
    cr_assert(not(s.by_wake[2]));
    cr_assert(eq(i64, s.woke[3], 20 * NS_MS));
    cr_assert(not(s.by_wake[3]));
    ns_thread_free(s.thread);
    destroy(&c);
}

static int make_everything(void)
{
    ns_sim *sim = NULL;
    ns_cpu *cpu = NULL;
    ns_thread *thread = NULL;
    int result = ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL);
    if (result == NS_OK)
        result =
            ns_cpu_new(&cpu, sim, &(ns_cpu_options){.cores = 4, .speed = 1, .quantum = 1}, NULL);
    if (result == NS_OK)
        result = ns_thread_new(&thread, sim, cpu, "t", STACK, spin, NULL, NULL);
    ns_thread_free(thread);
    ns_cpu_free(cpu);
    ns_sim_free(sim);
    return result;
}

Test(cpu, every_failed_allocation_is_reported)
{
    fail_every_allocation(make_everything);
}

Test(cpu, a_demand_is_cut_where_it_stands)
{
    // One core, quantum 2 ms: A 0-2, B 2-4, A 4-... At 5 ms A has had 3 ms of 10, B 2 of 10.
    cores c = make((ns_cpu_options){.cores = 1, .speed = 1, .quantum = 2 * NS_MS});
    demand a, b;
    submit(&c, &a, 10 * NS_MS, 0);
    submit(&c, &b, 10 * NS_MS, 0);
    ns_sim_run(c.sim, 5 * NS_MS);
    cr_expect(eq(i64, ns_cpu_cut(c.cpu, &a.job, NS_MS / 2), 6500 * NS_US));
    cr_expect(eq(i64, ns_cpu_cut(c.cpu, &b.job, 20 * NS_MS), 0));
    cr_expect(eq(i64, ns_cpu_cut(c.cpu, &b.job, NS_MS), 7 * NS_MS));
    ns_sim_run(c.sim, NS_NEVER);
    cr_expect(eq(i64, a.end, 5500 * NS_US));
    cr_expect(eq(i64, b.end, 6500 * NS_US));
    cr_expect(eq(i64, a.job.demanded, 3500 * NS_US));
    cr_expect(eq(i64, b.job.demanded, 3 * NS_MS));
    destroy(&c);
}

Test(cpu, what_is_cut_off_is_in_ns_of_speed_1)
{
    cores c = make((ns_cpu_options){.cores = 1, .speed = 2, .quantum = 2 * NS_MS});
    demand a;
    submit(&c, &a, 10 * NS_MS, 0);
    ns_sim_run(c.sim, NS_MS); // 2 ms are served
    cr_expect(eq(i64, ns_cpu_cut(c.cpu, &a.job, 3 * NS_MS), 5 * NS_MS));
    ns_sim_run(c.sim, NS_NEVER);
    cr_expect(eq(i64, a.end, 2500 * NS_US));
    destroy(&c);
}

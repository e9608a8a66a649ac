#include "machine.h"

#include <math.h>

#include "queueing.h"
#include "sim/dist.h"
#include "sim/random.h"
#include "sim/stats.h"

// A task with fixed demands, that logs its start and its callback.
typedef struct work {
    ns_task task;
    machine *m;
    ns_pool *pool;
    const char *name;
    ns_demand demand;
    int status, again;
    ns_time begun, done;
} work;

static void begin(ns_task *task, ns_demand *demand)
{
    work *w = task->data;
    w->begun = ns_sim_now(w->m->sim);
    *demand = w->demand;
}

static void end(ns_task *task, int status)
{
    work *w = task->data;
    w->status = status;
    w->done = ns_sim_now(w->m->sim);
    if (w->name)
        machine_log(w->m, "%s%s", w->name, status ? "!" : "");
    if (w->again-- > 0)
        ns_pool_submit(w->pool, task);
}

static void prepare(machine *m, ns_pool *pool, work *w, const char *name, ns_demand demand,
                    bool slow)
{
    *w = (work){.m = m, .pool = pool, .name = name, .demand = demand};
    w->task = (ns_task){.name = "test",
                        .slow = slow,
                        .kind = slow ? NS_TASK_DNS : NS_TASK_CRYPTO,
                        .work = begin,
                        .done = end,
                        .data = w};
}

static void submit(machine *m, ns_pool *pool, work *w, const char *name, ns_demand demand,
                   bool slow)
{
    prepare(m, pool, w, name, demand, slow);
    ns_pool_submit(pool, &w->task);
}

static ns_pool *make_pool(machine *m, int threads, ns_sink *sink)
{
    ns_pool *pool;
    must(ns_pool_new(&pool, m->sim, m->cpu, NULL, m->loop, &(ns_pool_options){.threads = threads},
                     sink, NULL));
    return pool;
}

static ns_demand cpu(ns_time time)
{
    return (ns_demand){.cpu = time};
}
static ns_demand wait(ns_time time)
{
    return (ns_demand){.wait = time};
}

static void run_body(int cores, void (*body)(machine *m), const char *expected)
{
    machine m;
    machine_init(&m, cores, NULL, NULL, body);
    machine_run(&m);
    assert_log(&m, expected);
    machine_free(&m);
}

// Five tasks of 100 ms on four threads and eight cores: four end at 100 ms, the fifth at 200.
static void saturation(machine *m)
{
    ns_pool *pool = make_pool(m, 0, NULL);
    work w[5];
    for (int i = 0; i < 5; i++)
        submit(m, pool, &w[i], (const char *[]){"a", "b", "c", "d", "e"}[i], cpu(100 * NS_MS),
               false);
    ns_pool_stats stats;
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    for (int i = 0; i < 5; i++)
        cr_assert(eq(i64, w[i].done, i < 4 ? 100 * NS_MS : 200 * NS_MS));
    cr_assert(eq(i64, w[4].task.start, 100 * NS_MS));
    ns_pool_get_stats(pool, &stats);
    cr_assert(eq(int, stats.threads, 4));
    cr_assert(eq(u64, stats.completed, 5));
    cr_assert(all(eq(int, stats.busy, 0), eq(int, stats.queued, 0)));
    cr_assert(epsilon_eq(dbl, stats.utilization, 500.0 / 800, 1e-12));
    cr_assert(epsilon_eq(dbl, stats.full_share, 0.5, 1e-12));
    ns_pool_free(pool);
}

Test(pool, four_threads_by_default_and_first_come_first_served)
{
    run_body(8, saturation, "a b c d e ");
}

// A device or fixed wait holds its thread, but no core.
static void waits_hold_threads(machine *m)
{
    ns_pool *pool = make_pool(m, 2, NULL);
    work w[4];
    for (int i = 0; i < 4; i++)
        submit(m, pool, &w[i], "w", (ns_demand){.cpu = 10 * NS_MS, .wait = 100 * NS_MS}, false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    // one core: the CPU parts of two tasks share it
    // on one core, in turns of 3 ms: a's 10 ms of CPU end at 19, b's at 20
    cr_assert(eq(i64, w[0].task.end, 119 * NS_MS));
    cr_assert(eq(i64, w[0].task.waited, 100 * NS_MS));
    cr_assert(eq(i64, w[2].begun, 119 * NS_MS));
    // then c has the core for its turn, for which the loop waits, and b's thread after it
    cr_assert(eq(i64, w[0].done, 122 * NS_MS));
    cr_assert(eq(i64, w[1].task.end, 122 * NS_MS));
    ns_pool_free(pool);
}

Test(pool, a_waiting_task_holds_its_thread_but_no_core)
{
    run_body(1, waits_hold_threads, "w w w w ");
}

// Slow I/O may hold (4 + 1) / 2 = 2 threads; other work passes it.
static void slow_limit(machine *m)
{
    ns_pool *pool = make_pool(m, 4, NULL);
    work slow[4], fast[2];
    for (int i = 0; i < 4; i++)
        submit(m, pool, &slow[i], "s", wait(100 * NS_MS), true);
    for (int i = 0; i < 2; i++)
        submit(m, pool, &fast[i], "f", wait(10 * NS_MS), false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(eq(i64, fast[1].done, 10 * NS_MS));
    cr_assert(eq(i64, slow[1].done, 100 * NS_MS));
    cr_assert(eq(i64, slow[2].begun, 100 * NS_MS));
    cr_assert(eq(i64, slow[3].done, 200 * NS_MS));
    ns_pool_free(pool);
}

Test(pool, slow_io_holds_at_most_half_of_the_threads)
{
    run_body(8, slow_limit, "f f s s s s ");
}

// A thread that finds the marker with other work behind it, and may not take slow I/O, puts it
// back.
static void marker_goes_back(machine *m)
{
    ns_pool *pool = make_pool(m, 4, NULL);
    work slow[3], fast[3];
    for (int i = 0; i < 3; i++)
        submit(m, pool, &slow[i], "s", wait(100 * NS_MS), true);
    ns_thread_charge(m->main, NS_MS);
    ns_thread_sync(m->main); // two have begun, and the marker is all there is in the queue
    for (int i = 0; i < 3; i++)
        submit(m, pool, &fast[i], "f", wait(10 * NS_MS), false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(eq(i64, fast[1].done, 11 * NS_MS));
    cr_assert(eq(i64, fast[2].done, 21 * NS_MS));
    cr_assert(eq(i64, slow[2].begun, 100 * NS_MS));
    ns_pool_free(pool);
}

Test(pool, slow_io_at_its_limit_does_not_block_the_queue)
{
    run_body(8, marker_goes_back, "f f f s s s ");
}

static void slow_single(machine *m)
{
    ns_pool *pool = make_pool(m, 1, NULL);
    work s[2], f;
    submit(m, pool, &s[0], "s", wait(10 * NS_MS), true);
    submit(m, pool, &s[1], "s", wait(10 * NS_MS), true);
    submit(m, pool, &f, "f", wait(10 * NS_MS), false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    ns_pool_free(pool);
}

// The marker of the second slow task goes to the end of the queue when the first is taken.
Test(pool, slow_io_goes_to_the_back_of_the_queue)
{
    run_body(8, slow_single, "s f s ");
}

static void cancelling(machine *m)
{
    ns_pool *pool = make_pool(m, 1, NULL);
    work a, b, c, d;
    submit(m, pool, &a, "a", cpu(10 * NS_MS), false);
    submit(m, pool, &b, "b", cpu(10 * NS_MS), false);
    submit(m, pool, &c, "c", cpu(10 * NS_MS), true);
    submit(m, pool, &d, "d", cpu(10 * NS_MS), false);
    ns_thread_charge(m->main, NS_MS);
    ns_thread_sync(m->main); // the thread has taken a
    cr_assert(not(ns_pool_cancel(pool, &a.task)));
    cr_assert(ns_pool_cancel(pool, &b.task));
    cr_assert(not(ns_pool_cancel(pool, &b.task)));
    cr_assert(ns_pool_cancel(pool, &c.task)); // its marker stays, and is skipped
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(not(ns_pool_cancel(pool, &d.task)));
    cr_assert(eq(int, b.status, -1));
    cr_assert(eq(int, b.task.thread, -1));
    cr_assert(eq(i64, b.begun, 0));
    cr_assert(eq(i64, d.done, 20 * NS_MS));
    cr_assert(not(ns_loop_alive(m->loop)));
    ns_pool_free(pool);
}

Test(pool, cancels_what_no_thread_has_taken)
{
    run_body(2, cancelling, "b! c! a d ");
}

// One wake-up of the loop delivers all that finished while it was busy.
typedef struct counting_sink {
    ns_sink sink;
    int events, tasks;
    ns_rec_pool_task last;
} counting_sink;

static void count_records(ns_sink *sink, const ns_record *record)
{
    counting_sink *s = (counting_sink *)sink;
    s->events += record->type == NS_REC_POLLER_EVENT;
    if (record->type == NS_REC_POOL_TASK) {
        s->tasks++;
        s->last = record->pool_task;
    }
}

static void one_wake_up(machine *m)
{
    counting_sink *sink = m->data;
    ns_pool *pool = make_pool(m, 4, &sink->sink);
    work w[4];
    for (int i = 0; i < 4; i++) {
        prepare(m, pool, &w[i], "w", cpu((4 - i) * NS_MS), false);
        w[i].task.callback_id = 70 + i;
        w[i].task.request_id = 80 + i;
        ns_pool_submit(pool, &w[i].task);
    }
    ns_thread_charge(m->main, 50 * NS_MS); // JavaScript
    ns_thread_sync(m->main);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    ns_loop_metrics metrics = ns_loop_get_metrics(m->loop);
    cr_assert(eq(u64, metrics.events, 4));
    cr_assert(eq(u64, metrics.events_waiting, 4));
    ns_pool_free(pool);
}

Test(pool, one_wake_up_delivers_all_that_is_finished)
{
    machine m;
    counting_sink sink = {.sink.emit = count_records};
    machine_init(&m, 8, NULL, &(ns_loop_options){.sink = &sink.sink}, one_wake_up);
    m.data = &sink;
    machine_run(&m);
    cr_assert(eq(int, sink.events, 1));
    cr_assert(eq(int, sink.tasks, 4));
    // the last in order of completion is the first that was submitted
    cr_assert(eq(i64, sink.last.id, 1));
    cr_assert(eq(str, (char *)sink.last.kind, "crypto"));
    cr_assert(eq(i64, sink.last.submit_ns, 0));
    cr_assert(eq(i64, sink.last.start_ns, 0));
    cr_assert(eq(i64, sink.last.end_ns, 4 * NS_MS));
    cr_assert(eq(i64, sink.last.done_ns, 50 * NS_MS));
    cr_assert(eq(i64, sink.last.cpu_ns, 4 * NS_MS));
    cr_assert(eq(i64, sink.last.callback_id, 70));
    cr_assert(eq(i64, sink.last.request_id, 80));
    machine_free(&m);
}

// libuv makes the pool's async with the loop, so it comes before any other.
typedef struct named_async {
    ns_async async;
    machine *m;
} named_async;

static void log_async(ns_async *async)
{
    machine_log(((named_async *)async)->m, "async");
    ns_handle_close(&async->handle, NULL);
}

static void async_order(machine *m)
{
    named_async a = {.m = m};
    ns_async_init(m->loop, &a.async, log_async);
    ns_pool *pool = make_pool(m, 4, NULL);
    work w;
    submit(m, pool, &w, "task", cpu(NS_MS), false);
    ns_async_send(&a.async);
    ns_thread_charge(m->main, 5 * NS_MS);
    ns_thread_sync(m->main);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    ns_pool_free(pool);
}

Test(pool, finished_tasks_come_before_other_asyncs)
{
    run_body(2, async_order, "task async ");
}

static void costs(machine *m)
{
    ns_pool *pool;
    must(ns_pool_new(&pool, m->sim, m->cpu, NULL, m->loop,
                     &(ns_pool_options){.threads = 2,
                                        .wakeup = 30 * NS_US,
                                        .signal = 2 * NS_US,
                                        .thread_start = 100 * NS_US,
                                        .overhead = 5 * NS_US},
                     NULL, NULL));
    work a, b;
    submit(m, pool, &a, "a", cpu(NS_MS), false);
    cr_assert(eq(i64, ns_sim_now(m->sim), 200 * NS_US)); // two threads were made
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(eq(i64, a.task.submit, 0));
    cr_assert(eq(i64, a.begun, 230 * NS_US));
    cr_assert(eq(i64, a.done, 1235 * NS_US));
    submit(m, pool, &b, "b", cpu(NS_MS), false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(eq(i64, b.done - b.task.submit, 1035 * NS_US));
    cr_assert(eq(i64, ns_thread_cpu(m->main), 204 * NS_US)); // two threads, two signals
    ns_pool_free(pool);
}

Test(pool, threads_start_at_the_first_task_and_costs_are_paid)
{
    run_body(8, costs, "a b ");
}

// The disk.

static ns_disk *disk;

static void reading(machine *m)
{
    ns_pool *pool;
    ns_pool_options options = {.threads = 2};
    must(ns_pool_new(&pool, m->sim, m->cpu, disk, m->loop, &options, NULL, NULL));
    work first, again, both, last;
    ns_demand demand = {
        .cpu = NS_MS, .disk = {.kind = NS_DISK_READ, .file = 1, .bytes = 1000}, .wait = 5 * NS_MS};
    submit(m, pool, &first, "read", demand, false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    ns_time device = first.task.waited - 5 * NS_MS;
    cr_assert(gt(i64, device, 10 * NS_US));
    cr_assert(eq(i64, first.done, 6 * NS_MS + device));
    ns_time begin = ns_sim_now(m->sim);
    submit(m, pool, &again, "cached", demand, false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(eq(i64, again.done - begin, 6 * NS_MS));
    demand = (ns_demand){.disk = {.kind = NS_DISK_READ, .file = 2, .bytes = 1000}};
    submit(m, pool, &both, "uncached", demand, false);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(gt(i64, both.task.waited, 10 * NS_US));
    // freed with a task at the disk
    demand.disk.file = 3;
    submit(m, pool, &last, "never", demand, false);
    ns_thread_charge(m->main, NS_US);
    ns_thread_sync(m->main);
    ns_disk_stats stats;
    ns_disk_get_stats(disk, &stats);
    cr_assert(eq(u64, stats.operations, 4));
    ns_pool_free(pool);
}

Test(pool, a_task_waits_for_the_disk)
{
    machine m;
    ns_profile *profile;
    must(ns_profile_load(&profile, "default", NULL));
    machine_init(&m, 2, NULL, NULL, reading);
    must(ns_disk_new(&disk, m.sim, profile, "nvme", 1 << 20, NULL));
    machine_run(&m);
    assert_log(&m, "read cached uncached ");
    ns_pool_options options = {0};
    ns_pool_read_costs(&options, profile);
    cr_assert(all(gt(i64, options.wakeup, 0), gt(i64, options.signal, 0),
                  gt(i64, options.thread_start, 0), gt(i64, options.overhead, 0)));
    ns_disk_free(disk);
    machine_free(&m);
    ns_profile_free(profile);
}

// Queueing: exponential or constant demands, Poisson arrivals, cores without limit.

enum { ARRIVALS = 200000 };

typedef struct queueing {
    machine m;
    ns_pool *pool;
    ns_dist service, between;
    ns_stream service_stream, arrival_stream;
    int arrived, live;
    ns_event arrival;
    work *free;
    ns_moments waits[20]; // of batches
    work *works;
} queueing;

static void queue_work(ns_task *task, ns_demand *demand)
{
    queueing *q = task->data;
    ns_draw draw = ns_stream_op(q->service_stream, (uint64_t)task->id);
    demand->cpu = (ns_time)ns_dist_draw(&q->service, &draw);
}

static void queue_done(ns_task *task, int status)
{
    (void)status;
    queueing *q = task->data;
    int batch = (int)((task->id - 1) * 20 / ARRIVALS);
    ns_moments_add(&q->waits[batch], (double)(task->start - task->submit));
    work *w = (work *)task;
    q->live--;
    w->demand.wait = (ns_time)(intptr_t)q->free;
    q->free = w;
}

static void arrive(ns_sim *sim, ns_event *event)
{
    queueing *q = event->data;
    work *w = q->free;
    cr_assert(w != NULL, "more than 10,000 tasks in the pool");
    q->free = (work *)(intptr_t)w->demand.wait;
    *w = (work){.task = {.work = queue_work, .done = queue_done, .data = q}};
    q->live++;
    ns_pool_submit(q->pool, &w->task);
    if (++q->arrived < ARRIVALS) {
        ns_draw draw = ns_stream_op(q->arrival_stream, (uint64_t)q->arrived);
        ns_sim_after(sim, event, (ns_time)ns_dist_draw(&q->between, &draw), NS_CLASS_ARRIVAL);
    }
}

static void queue_main(machine *m)
{
    queueing *q = (queueing *)m;
    ns_loop_req_register(m->loop); // until all have come
    while (q->arrived < ARRIVALS || q->live > 0)
        ns_loop_run(m->loop, NS_RUN_ONCE);
    ns_loop_req_unregister(m->loop);
}

// The mean wait in queue of a pool of `threads`, of 1 ms tasks at the given load, and half of its
// confidence interval from the means of 20 batches.
static double mean_wait(int threads, double load, bool constant, double *half_width)
{
    queueing *q = ns_calloc(1, sizeof *q);
    machine_init(&q->m, 64, NULL, NULL, queue_main);
    q->pool = make_pool(&q->m, threads, NULL);
    double service = 1e6;
    must(constant ? ns_dist_constant(&q->service, service, NULL)
                  : ns_dist_exponential(&q->service, service, NULL));
    must(ns_dist_exponential(&q->between, service / (load * threads), NULL));
    q->service_stream = ns_stream_make(7, "pool", "service");
    q->arrival_stream = ns_stream_make(7, "load", "arrivals");
    q->works = ns_calloc(10000, sizeof *q->works);
    for (int i = 0; i < 10000; i++) {
        q->works[i].demand.wait = (ns_time)(intptr_t)q->free;
        q->free = &q->works[i];
    }
    ns_event_init(&q->arrival, arrive, q);
    ns_sim_at(q->m.sim, &q->arrival, 0, NS_CLASS_ARRIVAL);
    failing none = {.fail_at = 0};
    ns_set_allocator(failing_realloc, &none);
    machine_run(&q->m);
    ns_set_allocator(NULL, NULL);
    cr_assert(
        le(long, none.calls, 2)); // a run of any length takes none but the event queue's, once
    ns_moments means = {0};
    for (int i = 0; i < 20; i++)
        ns_moments_add(&means, q->waits[i].mean);
    *half_width = ns_moments_ci95(&means);
    ns_pool_free(q->pool);
    machine_free(&q->m);
    ns_free(q->works);
    ns_free(q);
    return means.mean;
}

Test(pool, mean_wait_of_an_mmc_queue)
{
    const struct {
        int threads;
        double load;
    } points[] = {{1, 0.5}, {2, 0.7}, {4, 0.5}, {4, 0.8}, {8, 0.8}, {16, 0.9}};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double half, expected = 1e6 * erlang_c_wait(points[i].threads, points[i].load);
        double wait_ns = mean_wait(points[i].threads, points[i].load, false, &half);
        // 1.5 intervals: six comparisons, each to hold in all but about 3 of 1,000 seeds
        cr_assert(lt(dbl, fabs(wait_ns - expected), 1.5 * half),
                  "%d threads at %g: %g, expected %g", points[i].threads, points[i].load, wait_ns,
                  expected);
        cr_assert(lt(dbl, half, 0.25 * expected), "the interval is too wide to mean much");
    }
}

// The mean wait of M/D/c in units of the service time. Whoever is in service leaves within one
// service time, so the number present obeys N(t + 1) = max(N(t) - c, 0) + Poisson(load c): iterate
// its distribution to the stationary one, and use Little's law.
static double mdc_wait(int c, double load)
{
    enum { STATES = 300, ROUNDS = 2000 };
    static double now[STATES], next[STATES], poisson[STATES];
    poisson[0] = exp(-load * c);
    for (int k = 1; k < STATES; k++)
        poisson[k] = poisson[k - 1] * load * c / k;
    memset(now, 0, sizeof now);
    now[0] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        memset(next, 0, sizeof next);
        for (int n = 0; n < STATES; n++)
            for (int left = n > c ? n - c : 0, k = 0; left + k < STATES && k < 60; k++)
                next[left + k] += now[n] * poisson[k];
        memcpy(now, next, sizeof now);
    }
    double queue = 0;
    for (int n = c + 1; n < STATES; n++)
        queue += (n - c) * now[n];
    return queue / (load * c);
}

Test(pool, mean_wait_of_an_mdc_queue)
{
    cr_assert(epsilon_eq(dbl, mdc_wait(1, 0.8), 0.8 / (2 * 0.2), 1e-6)); // Pollaczek-Khinchine
    const struct {
        int threads;
        double load;
    } points[] = {{1, 0.5}, {1, 0.8}, {2, 0.8}, {4, 0.8}, {4, 0.9}};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double half, expected = 1e6 * mdc_wait(points[i].threads, points[i].load);
        double wait_ns = mean_wait(points[i].threads, points[i].load, true, &half);
        cr_assert(lt(dbl, fabs(wait_ns - expected), 1.5 * half),
                  "%d threads at %g: %g, expected %g", points[i].threads, points[i].load, wait_ns,
                  expected);
        cr_assert(lt(dbl, half, 0.25 * expected), "the interval is too wide to mean much");
    }
}

static int make_pool_and_loop(void)
{
    ns_sim *sim = NULL;
    ns_cpu *c = NULL;
    ns_loop *loop = NULL;
    ns_pool *pool = NULL;
    int result = ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL);
    if (result == NS_OK)
        result = ns_cpu_new(&c, sim, &(ns_cpu_options){.cores = 1, .speed = 1, .quantum = 1}, NULL);
    if (result == NS_OK)
        result = ns_loop_new(&loop, sim, NULL, &(ns_loop_options){0}, NULL);
    if (result == NS_OK)
        result = ns_pool_new(&pool, sim, c, NULL, loop, &(ns_pool_options){0}, NULL, NULL);
    ns_pool_free(pool);
    ns_loop_free(loop);
    ns_cpu_free(c);
    ns_sim_free(sim);
    return result;
}

Test(pool, every_failed_allocation_is_reported)
{
    fail_every_allocation(make_pool_and_loop);
}

Test(pool, sizes_out_of_range_are_refused)
{
    machine m;
    machine_init(&m, 1, NULL, NULL, NULL);
    const int bad[] = {-1, 1025};
    for (int i = 0; i < 2; i++) {
        ns_pool *pool;
        ns_err err = {0};
        cr_assert(eq(int,
                     ns_pool_new(&pool, m.sim, m.cpu, NULL, m.loop,
                                 &(ns_pool_options){.threads = bad[i]}, NULL, &err),
                     NS_EINVAL));
        cr_assert(ne(chr, err.msg[0], '\0'));
    }
    machine_free(&m);
}

// The models together: a loop, a pool, a disk and cores under a random load. A run must repeat
// exactly, wherever memory lies, and its accounts must agree with each other under any order of
// ties.
#include "machine.h"

#include "model/disk.h"
#include "sim/random.h"

enum { TASKS = 3000 };

typedef struct whole whole;
typedef struct chore {
    ns_task task;
    whole *w;
} chore;

struct whole {
    machine m;
    ns_sink sink;
    ns_profile *profile;
    ns_disk *disk;
    ns_pool *pool;
    ns_timer timer;
    chore chores[TASKS];
    int started, done;
    ns_time pool_cpu, pool_wait;
    uint64_t hash; // of all records
};

typedef struct outcome {
    uint64_t hash, digest;
    ns_time end;
    int done;
} outcome;

static void mix(whole *w, int64_t value)
{
    w->hash = (w->hash ^ (uint64_t)value) * UINT64_C(0x9e3779b97f4a7c15);
    w->hash ^= w->hash >> 29;
}

static void on_record(ns_sink *sink, const ns_record *record)
{
    whole *w = ns_list_entry(sink, whole, sink);
    mix(w, record->type);
    if (record->type == NS_REC_POOL_TASK) {
        const ns_rec_pool_task *t = &record->pool_task;
        cr_assert(all(le(i64, t->submit_ns, t->start_ns), le(i64, t->start_ns, t->end_ns),
                      le(i64, t->end_ns, t->done_ns)));
        cr_assert(ge(i64, t->end_ns - t->start_ns, t->cpu_ns * 10 / 13 + t->wait_ns - 1));
        const int64_t fields[] = {t->id,     t->submit_ns, t->start_ns,
                                  t->end_ns, t->done_ns,   t->thread};
        for (int i = 0; i < 6; i++)
            mix(w, fields[i]);
    } else if (record->type == NS_REC_POLLER_EVENT) {
        mix(w, record->poller_event.t_ns);
    } else {
        mix(w, record->loop_iteration.start_ns);
    }
}

static void chore_work(ns_task *task, ns_demand *demand)
{
    whole *w = ((chore *)task)->w;
    ns_draw draw = ns_stream_op(ns_stream_make(1, "whole", "demand"), (uint64_t)task->id);
    demand->cpu = (ns_time)ns_draw_below(&draw, 300) * NS_US;
    if (ns_draw_below(&draw, 2))
        demand->disk = (ns_disk_op){.kind = (ns_disk_kind)(1 + ns_draw_below(&draw, 4)),
                                    .file = ns_draw_below(&draw, 200),
                                    .offset = (int64_t)ns_draw_below(&draw, 100000),
                                    .bytes = (int64_t)ns_draw_below(&draw, 100000)};
    if (ns_draw_below(&draw, 4) == 0)
        demand->wait = (ns_time)ns_draw_below(&draw, 1000) * NS_US;
    w->pool_cpu += demand->cpu;
}

static void chore_done(ns_task *task, int status)
{
    whole *w = ((chore *)task)->w;
    ns_draw draw = ns_stream_op(ns_stream_make(1, "whole", "callback"), (uint64_t)task->id);
    w->done++;
    w->pool_wait += status ? 0 : task->waited;
    ns_thread_charge(w->m.main, (ns_time)ns_draw_below(&draw, 200) * NS_US);
    if (ns_draw_below(&draw, 3) == 0) {
        ns_disk_op op = {.kind = NS_DISK_READ, .file = ns_draw_below(&draw, 200), .bytes = 5000};
        ns_disk_wait(w->disk, w->m.main, &op);
    }
}

static void submit_some(ns_timer *timer)
{
    whole *w = timer->handle.data;
    ns_draw draw = ns_stream_op(ns_stream_make(1, "whole", "arrivals"), (uint64_t)w->started);
    for (uint64_t n = 1 + ns_draw_below(&draw, 8); n > 0 && w->started < TASKS; n--) {
        chore *c = &w->chores[w->started++];
        *c = (chore){.w = w,
                     .task = {.work = chore_work,
                              .done = chore_done,
                              .name = "chore",
                              .slow = ns_draw_below(&draw, 3) == 0}};
        ns_pool_submit(w->pool, &c->task);
        if (ns_draw_below(&draw, 10) == 0)
            ns_pool_cancel(w->pool, &w->chores[ns_draw_below(&draw, (uint64_t)w->started)].task);
    }
    if (w->started < TASKS)
        ns_timer_start(timer, submit_some, 1 + ns_draw_below(&draw, 3), 0);
}

static void whole_main(machine *m)
{
    whole *w = (whole *)m;
    ns_timer_init(m->loop, &w->timer);
    w->timer.handle.data = w;
    ns_timer_start(&w->timer, submit_some, 1, 0);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

static outcome run(ns_sim_options options, ns_poller_kind poller)
{
    whole *w = ns_calloc(1, sizeof *w);
    machine *m = &w->m;
    ns_cpu_options cpu = {.cores = 3, .speed = 1.3, .quantum = 100 * NS_US, .switch_cost = NS_US};
    w->sink.emit = on_record;
    must(ns_profile_load(&w->profile, "default", NULL));
    must(ns_sim_new(&m->sim, &options, NULL));
    must(ns_cpu_new(&m->cpu, m->sim, &cpu, NULL));
    m->body = whole_main;
    must(ns_thread_new(&m->main, m->sim, m->cpu, "main", STACK, machine_main, m, NULL));
    must(ns_loop_new(&m->loop, m->sim, m->main,
                     &(ns_loop_options){.poller = poller, .profile = w->profile, .sink = &w->sink},
                     NULL));
    must(ns_disk_new(&w->disk, m->sim, w->profile, "ssd", 2 << 20, NULL));
    ns_pool_options pool = {.threads = 5};
    ns_pool_read_costs(&pool, w->profile);
    must(ns_pool_new(&w->pool, m->sim, m->cpu, w->disk, m->loop, &pool, &w->sink, NULL));
    machine_run(m);

    // All CPU that was asked for was served, and nothing else: 1.3 ns of demand for each ns.
    ns_cpu_stats cpu_stats;
    ns_cpu_get_stats(m->cpu, &cpu_stats);
    ns_pool_stats pool_stats;
    ns_pool_get_stats(w->pool, &pool_stats);
    cr_assert(eq(int, w->done, TASKS));
    cr_assert(all(eq(int, pool_stats.busy, 0), eq(int, pool_stats.queued, 0)));
    uint64_t taken = 0;
    for (int i = 0; i < TASKS; i++)
        taken += w->chores[i].task.thread >= 0;
    ns_time demand = ns_thread_cpu(m->main) + w->pool_cpu + (ns_time)taken * pool.overhead;
    double served = (double)cpu_stats.busy * 1.3;
    cr_assert(epsilon_eq(dbl, served, (double)demand, 1e-5 * (double)demand));

    ns_sim_stats sim_stats;
    ns_sim_get_stats(m->sim, &sim_stats);
    outcome o = {w->hash, sim_stats.digest, ns_sim_now(m->sim), w->done};
    ns_pool_free(w->pool);
    ns_thread_free(m->main);
    m->main = NULL;
    ns_disk_free(w->disk);
    ns_profile_free(w->profile);
    machine_free(m);
    ns_free(w);
    return o;
}

Test(machine, a_run_repeats_exactly)
{
    for (int poller = NS_POLLER_EPOLL; poller <= NS_POLLER_IOCP; poller++) {
        outcome first = run((ns_sim_options){.seed = 1}, (ns_poller_kind)poller);
        void *in_the_way = malloc(123457);
        outcome second = run((ns_sim_options){.seed = 1}, (ns_poller_kind)poller);
        free(in_the_way);
        cr_assert(eq(u64, first.hash, second.hash));
        cr_assert(eq(u64, first.digest, second.digest));
        cr_assert(eq(i64, first.end, second.end));
        outcome other = run((ns_sim_options){.seed = 2}, (ns_poller_kind)poller);
        cr_assert(ne(u64, first.hash, other.hash)); // the disk draws other latencies
    }
}

Test(machine, accounts_agree_whatever_the_order_of_ties)
{
    for (uint64_t order = 1; order <= 5; order++)
        run((ns_sim_options){.seed = 1, .shuffle_ties = true, .shuffle_seed = order},
            NS_POLLER_EPOLL);
}

#include "model/threadpool.h"

#include <assert.h>

#include "base/alloc.h"
#include "model/loop_internal.h"
#include "sim/stats.h"

enum { DEFAULT_THREADS = 4, MAX_THREADS = 1024 };

enum task_state {
    TASK_IDLE,
    TASK_QUEUED,
    TASK_TAKEN,
    TASK_FINISHED,
    TASK_CANCELLED,
};

typedef struct worker {
    ns_pool *pool;
    int index;
    ns_list link;      // in pool->idle, while it waits for the condition variable
    ns_event wakeup;   // the signal on its way; or the fixed wait of its task
    ns_cpu_job job;    // looking for a task, its CPU demand, or its way back from a wait
    ns_task *task;     // NULL: looking for one
    bool slow;         // the task counts as slow I/O
    ns_time wait_from; // when its task began to wait
    enum { STEP_CPU, STEP_DEVICE, STEP_WAIT, STEP_POST } step;
    ns_disk_request request;
} worker;

struct ns_pool {
    ns_sim *sim;
    ns_cpu *cpu;
    ns_disk *disk;
    ns_loop *loop;
    ns_sink *sink;
    ns_pool_options options;
    ns_list queue;    // tasks, and the marker
    ns_list slow;     // slow tasks, for all of which the marker stands
    ns_list marker;   // run_slow_work_message
    ns_list finished; // the loop's wq
    ns_list idle;     // workers, the longest idle first
    ns_async async;   // the loop's wq_async
    int slow_running;
    bool started;
    int busy, queued;
    uint64_t submitted, completed;
    ns_gauge busy_gauge, full_gauge;
    worker worker[];
};

const char *ns_task_kind_name(ns_task_kind kind)
{
    static const char *const names[] = {[NS_TASK_FS] = "fs",
                                        [NS_TASK_DNS] = "dns",
                                        [NS_TASK_CRYPTO] = "crypto",
                                        [NS_TASK_ZLIB] = "zlib",
                                        [NS_TASK_OTHER] = "other"};
    assert(kind >= 0 && kind < NS_TASK_KINDS);
    return names[kind];
}

static void task_wait_over(worker *w);

static void worker_woken(ns_sim *sim, ns_event *event)
{
    (void)sim;
    worker *w = event->data;
    if (w->task)
        task_wait_over(w);
    else
        ns_cpu_submit(w->pool->cpu, &w->job, 0);
}

static void device_done(ns_disk_request *request)
{
    task_wait_over(request->data);
}

static void worker_run(ns_cpu_job *job);
static void deliver(ns_async *async);

int ns_pool_new(ns_pool **out, ns_sim *sim, ns_cpu *cpu, ns_disk *disk, ns_loop *loop,
                const ns_pool_options *options, ns_sink *sink, ns_err *err)
{
    int threads = options->threads ? options->threads : DEFAULT_THREADS;
    if (threads < 1 || threads > MAX_THREADS)
        return ns_fail(err, NS_EINVAL, "threads of the pool: found %d, expected 1 to %d", threads,
                       MAX_THREADS);
    ns_pool *pool = ns_calloc(1, sizeof *pool + (size_t)threads * sizeof(worker));
    if (!pool)
        return ns_fail(err, NS_ENOMEM, "no memory for a pool of %d threads", threads);
    pool->sim = sim;
    pool->cpu = cpu;
    pool->disk = disk;
    pool->loop = loop;
    pool->sink = sink;
    pool->options = *options;
    pool->options.threads = threads;
    ns_list_init(&pool->queue);
    ns_list_init(&pool->slow);
    ns_list_init(&pool->finished);
    ns_list_init(&pool->idle);
    for (int i = 0; i < threads; i++) {
        worker *w = &pool->worker[i];
        w->pool = pool;
        w->index = i;
        ns_event_init(&w->wakeup, worker_woken, w);
        ns_cpu_job_init(&w->job, worker_run, w);
        w->request.done = device_done;
        w->request.data = w;
    }
    ns_async_init(loop, &pool->async, deliver);
    ns_async_make_first(&pool->async); // uv_loop_init makes wq_async before anything else
    ns_handle_unref(&pool->async.handle);
    pool->async.handle.data = pool;
    pool->async.source = "pool";
    *out = pool;
    return NS_OK;
}

void ns_pool_read_costs(ns_pool_options *options, const ns_profile *profile)
{
    options->wakeup = ns_profile_ns(profile, "pool.wakeup");
    options->signal = ns_profile_ns(profile, "pool.signal");
    options->thread_start = ns_profile_ns(profile, "pool.thread_start");
    options->overhead = ns_profile_ns(profile, "pool.overhead");
}

void ns_pool_free(ns_pool *pool)
{
    if (!pool)
        return;
    for (int i = 0; i < pool->options.threads; i++) {
        worker *w = &pool->worker[i];
        ns_sim_cancel(pool->sim, &w->wakeup);
        ns_cpu_withdraw(pool->cpu, &w->job);
        if (w->task && w->step == STEP_DEVICE)
            ns_disk_cancel(pool->disk, &w->request);
    }
    ns_async_detach(&pool->async);
    ns_free(pool);
}

static void set_busy(ns_pool *pool, int change)
{
    ns_time now = ns_sim_now(pool->sim);
    pool->busy += change;
    ns_gauge_set(&pool->busy_gauge, now, pool->busy);
    ns_gauge_set(&pool->full_gauge, now, pool->busy == pool->options.threads ? 1 : 0);
}

static bool at_slow_limit(const ns_pool *pool)
{
    return pool->slow_running >= (pool->options.threads + 1) / 2;
}

// uv_cond_signal: the thread that has waited longest. False if none waits.
static bool signal_worker(ns_pool *pool)
{
    ns_list *node = ns_list_pop(&pool->idle);
    if (!node)
        return false;
    worker *w = ns_list_entry(node, worker, link);
    ns_sim_after(pool->sim, &w->wakeup, pool->options.wakeup, NS_CLASS_DEVICE);
    return true;
}

// The next task as worker() of threadpool.c picks it; NULL when this thread has to wait.
static ns_task *pick_task(ns_pool *pool, bool *slow)
{
    for (;;) {
        ns_list *first = pool->queue.next;
        bool only_marker = first == &pool->marker && first->next == &pool->queue;
        if (first == &pool->queue || (only_marker && at_slow_limit(pool)))
            return NULL;
        ns_list_remove(first);
        *slow = first == &pool->marker;
        if (!*slow)
            return ns_list_entry(first, ns_task, link);
        if (at_slow_limit(pool)) {
            ns_list_push_back(&pool->queue, first); // after all the other work
            continue;
        }
        ns_list *node = ns_list_pop(&pool->slow);
        if (!node)
            continue; // what it stood for was cancelled
        if (!ns_list_empty(&pool->slow)) {
            ns_list_push_back(&pool->queue, &pool->marker);
            signal_worker(pool);
        }
        return ns_list_entry(node, ns_task, link);
    }
}

// The thread is on a core and looks for work: its turn goes on with the task, or it goes to sleep.
static void take_task(worker *w)
{
    ns_pool *pool = w->pool;
    ns_task *task = pick_task(pool, &w->slow);
    if (!task) {
        ns_list_push_back(&pool->idle, &w->link);
        return;
    }
    pool->queued--;
    pool->slow_running += w->slow;
    set_busy(pool, 1);
    w->task = task;
    w->step = STEP_CPU;
    task->state = TASK_TAKEN;
    task->thread = w->index;
    task->start = ns_sim_now(pool->sim);
    task->demand = (ns_demand){0};
    task->work(task, &task->demand);
    assert(task->demand.cpu >= 0 && task->demand.wait >= 0);
    ns_cpu_submit(pool->cpu, &w->job, task->demand.cpu + pool->options.overhead);
}

static void finish_task(ns_pool *pool, ns_task *task)
{
    task->end = ns_sim_now(pool->sim);
    ns_list_push_back(&pool->finished, &task->link);
    ns_async_send(&pool->async);
}

static bool begin_device(worker *w)
{
    ns_pool *pool = w->pool;
    const ns_disk_op *op = &w->task->demand.disk;
    if (op->kind == NS_DISK_NONE)
        return false;
    assert(pool->disk);
    w->request.op = *op;
    return ns_disk_submit(pool->disk, &w->request);
}

// Start what the task has to wait for next, from w->step on. False when there is nothing more.
static bool begin_wait(worker *w)
{
    ns_task *task = w->task;
    w->wait_from = ns_sim_now(w->pool->sim);
    if (w->step == STEP_CPU) {
        w->step = STEP_DEVICE;
        if (begin_device(w))
            return true;
    }
    if (w->step == STEP_DEVICE) {
        w->step = STEP_WAIT;
        if (task->demand.wait > 0) {
            ns_sim_after(w->pool->sim, &w->wakeup, task->demand.wait, NS_CLASS_DEVICE);
            return true;
        }
    }
    w->step = STEP_POST;
    return false;
}

static void task_wait_over(worker *w)
{
    w->task->waited += ns_sim_now(w->pool->sim) - w->wait_from;
    if (!begin_wait(w))
        ns_cpu_submit(w->pool->cpu, &w->job, 0); // it needs a core again to go on
}

static void worker_run(ns_cpu_job *job)
{
    worker *w = job->data;
    ns_pool *pool = w->pool;
    if (w->task) {
        if (w->step != STEP_POST && begin_wait(w))
            return;
        ns_task *task = w->task;
        w->task = NULL;
        set_busy(pool, -1);
        pool->slow_running -= w->slow;
        task->state = TASK_FINISHED;
        finish_task(pool, task);
    }
    take_task(w);
}

// init_threads: the submitting thread creates all of them.
static void start_threads(ns_pool *pool)
{
    pool->started = true;
    for (int i = 0; i < pool->options.threads; i++)
        ns_list_push_back(&pool->idle, &pool->worker[i].link);
    set_busy(pool, 0);
    ns_thread *thread = ns_loop_thread(pool->loop);
    if (thread && ns_thread_executing(thread)) {
        ns_thread_charge(thread, pool->options.thread_start * pool->options.threads);
        ns_thread_sync(thread);
    }
}

// Queue a task. True if that woke a thread.
static bool post(ns_pool *pool, ns_task *task)
{
    if (!task->slow) {
        ns_list_push_back(&pool->queue, &task->link);
    } else {
        ns_list_push_back(&pool->slow, &task->link);
        if (ns_list_linked(&pool->marker))
            return false; // whoever takes the first of them sees to the others
        ns_list_push_back(&pool->queue, &pool->marker);
    }
    return signal_worker(pool);
}

void ns_pool_submit(ns_pool *pool, ns_task *task)
{
    assert(task->work && task->done);
    ns_thread *thread = ns_loop_thread(pool->loop);
    bool on_thread = thread && ns_thread_executing(thread);
    if (on_thread)
        ns_thread_sync(thread);
    task->pool = pool;
    task->id = (int64_t)++pool->submitted;
    task->state = TASK_QUEUED;
    task->thread = -1;
    task->submit = ns_sim_now(pool->sim);
    task->waited = 0;
    task->link = (ns_list){0};
    if (!pool->started)
        start_threads(pool);
    ns_loop_req_register(pool->loop);
    pool->queued++;
    if (post(pool, task) && on_thread)
        ns_thread_charge(thread, pool->options.signal);
}

bool ns_pool_cancel(ns_pool *pool, ns_task *task)
{
    if (task->state != TASK_QUEUED)
        return false;
    assert(task->pool == pool);
    pool->queued--;
    ns_list_remove(&task->link);
    task->state = TASK_CANCELLED;
    task->start = ns_sim_now(pool->sim);
    task->demand = (ns_demand){0};
    finish_task(pool, task);
    return true;
}

static void emit_task(ns_pool *pool, const ns_task *task)
{
    ns_emit(pool->sink, &(ns_record){.type = NS_REC_POOL_TASK,
                                     .pool_task = {.id = task->id,
                                                   .kind = ns_task_kind_name(task->kind),
                                                   .name = task->name,
                                                   .submit_ns = task->submit,
                                                   .start_ns = task->start,
                                                   .end_ns = task->end,
                                                   .done_ns = task->done_at,
                                                   .thread = task->thread,
                                                   .cpu_ns = task->demand.cpu,
                                                   .wait_ns = task->waited,
                                                   .callback_id = task->callback_id,
                                                   .request_id = task->request_id}});
}

// uv__work_done: one wake-up delivers all that is finished by then.
static void deliver(ns_async *async)
{
    ns_pool *pool = async->handle.data;
    ns_loop *loop = pool->loop;
    ns_list finished, *node;
    ns_list_move(&pool->finished, &finished);
    uint64_t delivered = 0;
    while ((node = ns_list_pop(&finished))) {
        ns_task *task = ns_list_entry(node, ns_task, link);
        int status = task->state == TASK_CANCELLED ? -1 : 0;
        ns_thread_sync(ns_loop_thread(loop));
        task->done_at = ns_sim_now(pool->sim);
        task->state = TASK_IDLE;
        emit_task(pool, task);
        pool->completed++;
        delivered++;
        ns_loop_req_unregister(loop);
        task->done(task, status);
    }
    if (delivered > 1)
        ns_loop_count_events(loop, delivered - 1);
}

void ns_pool_get_stats(const ns_pool *pool, ns_pool_stats *out)
{
    *out = (ns_pool_stats){.threads = pool->started ? pool->options.threads : 0,
                           .busy = pool->busy,
                           .queued = pool->queued,
                           .submitted = pool->submitted,
                           .completed = pool->completed};
    if (!pool->started)
        return;
    ns_time now = ns_sim_now(pool->sim);
    out->utilization = ns_gauge_average(&pool->busy_gauge, now) / pool->options.threads;
    out->full_share = ns_gauge_average(&pool->full_gauge, now);
    out->span = pool->busy_gauge.started ? now - pool->busy_gauge.start : 0;
    out->busy_time = (ns_time)(ns_gauge_average(&pool->busy_gauge, now) * (double)out->span + 0.5);
    out->full_time = (ns_time)(out->full_share * (double)out->span + 0.5);
}

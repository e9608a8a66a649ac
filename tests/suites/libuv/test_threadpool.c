// Tasks of both kinds, slow I/O and other, on a pool of one thread, some of them cancelled: libuv
// and the model must run them in the same order, and report them in the same order. The first task
// holds the thread until the others are submitted and cancelled.
#include <stdlib.h>
#include <uv.h>

#include "machine.h"
#include "sim/random.h"

enum { FIRST = 40, TASKS = 2 * FIRST, PROGRAMS = 300 };

// libuv's own entry to its pool, as uv_queue_work has no slow kind.
enum uv__work_kind { UV__WORK_CPU, UV__WORK_FAST_IO, UV__WORK_SLOW_IO };
void uv__work_submit(uv_loop_t *loop, struct uv__work *work, enum uv__work_kind kind,
                     void (*work_cb)(struct uv__work *), void (*done_cb)(struct uv__work *, int));

typedef struct program program;
typedef struct backend {
    void (*submit)(program *p, int i);
    bool (*cancel)(program *p, int i);
    void (*wait_until_taken)(program *p); // the first task, by the thread
} backend;

struct program {
    const backend *b;
    bool slow[TASKS], cancel[FIRST];
    ns_buf ran, done; // the thread writes one and the loop the other
    int left;
    uv_loop_t uv;
    uv_timer_t alive;
    uv_sem_t taken, gate;
    uv_work_t requests[TASKS];
    machine m;
    ns_pool *pool;
    ns_task tasks[TASKS];
};

static program *new_program(const backend *b, uint64_t seed)
{
    program *p = ns_calloc(1, sizeof *p);
    ns_draw draw = ns_stream_op(ns_stream_make(seed, "pool", "program"), 0);
    uint64_t slow = ns_draw_below(&draw, 101), cancel = ns_draw_below(&draw, 101);
    for (int i = 1; i < TASKS; i++)
        p->slow[i] = ns_draw_below(&draw, 100) < slow;
    for (int i = 1; i < FIRST; i++)
        p->cancel[i] = ns_draw_below(&draw, 100) < cancel;
    p->b = b;
    p->left = TASKS;
    return p;
}

// Some more come after the cancelling, which may have left a marker with nothing behind it.
static void submit_all(program *p)
{
    p->b->submit(p, 0);
    p->b->wait_until_taken(p);
    for (int i = 1; i < FIRST; i++)
        p->b->submit(p, i);
    for (int i = 1; i < FIRST; i++)
        if (p->cancel[i])
            cr_assert(p->b->cancel(p, i));
    for (int i = FIRST; i < TASKS; i++)
        p->b->submit(p, i);
    cr_assert(not(p->b->cancel(p, 0)));
}

static void report(program *p, int i, int status)
{
    ns_buf_printf(&p->done, "%c%d ", status ? '!' : '=', i);
    p->left--;
}

static char *finish(program *p)
{
    cr_assert(eq(int, p->left, 0));
    ns_buf_printf(&p->ran, "| %s", p->done.data);
    char *log = ns_buf_take(&p->ran);
    ns_buf_free(&p->done);
    ns_free(p);
    return log;
}

// libuv.

static void uv_run_task(struct uv__work *work)
{
    uv_work_t *request = ns_list_entry(work, uv_work_t, work_req);
    program *p = request->data;
    int i = (int)(request - p->requests);
    if (i == 0) {
        uv_sem_post(&p->taken);
        uv_sem_wait(&p->gate);
    }
    ns_buf_printf(&p->ran, "%d ", i);
}

static void uv_task_done(struct uv__work *work, int status)
{
    uv_work_t *request = ns_list_entry(work, uv_work_t, work_req);
    program *p = request->data;
    report(p, (int)(request - p->requests), status);
    if (p->left == 0)
        uv_timer_stop(&p->alive);
}

static void real_submit(program *p, int i)
{
    uv_work_t *request = &p->requests[i];
    request->data = p;
    request->type = UV_WORK;
    request->loop = &p->uv;
    uv__work_submit(&p->uv, &request->work_req, p->slow[i] ? UV__WORK_SLOW_IO : UV__WORK_CPU,
                    uv_run_task, uv_task_done);
}

static bool real_cancel(program *p, int i)
{
    return uv_cancel((uv_req_t *)&p->requests[i]) == 0;
}

static void real_wait(program *p)
{
    uv_sem_wait(&p->taken);
}

static const backend real = {real_submit, real_cancel, real_wait};

static void never(uv_timer_t *timer)
{
    (void)timer;
}

static char *run_real(uint64_t seed)
{
    program *p = new_program(&real, seed);
    cr_assert(eq(int, uv_loop_init(&p->uv), 0));
    uv_sem_init(&p->taken, 0);
    uv_sem_init(&p->gate, 0);
    uv_timer_init(&p->uv, &p->alive);
    uv_timer_start(&p->alive, never, 1000000, 0);
    submit_all(p);
    uv_sem_post(&p->gate);
    uv_run(&p->uv, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&p->alive, NULL);
    uv_run(&p->uv, UV_RUN_DEFAULT);
    cr_assert(eq(int, uv_loop_close(&p->uv), 0));
    uv_sem_destroy(&p->taken);
    uv_sem_destroy(&p->gate);
    return finish(p);
}

// The model.

static void model_run_task(ns_task *task, ns_demand *demand)
{
    program *p = task->data;
    int i = (int)(task - p->tasks);
    if (i == 0)
        demand->wait = NS_SEC;
    ns_buf_printf(&p->ran, "%d ", i);
}

static void model_task_done(ns_task *task, int status)
{
    program *p = task->data;
    report(p, (int)(task - p->tasks), status);
}

static void model_submit(program *p, int i)
{
    p->tasks[i] = (ns_task){.work = model_run_task,
                            .done = model_task_done,
                            .data = p,
                            .slow = p->slow[i],
                            .name = "t"};
    ns_pool_submit(p->pool, &p->tasks[i]);
}

static bool model_cancel(program *p, int i)
{
    return ns_pool_cancel(p->pool, &p->tasks[i]);
}

static void model_wait(program *p)
{
    ns_thread_charge(p->m.main, NS_MS);
    ns_thread_sync(p->m.main);
    cr_assert(eq(str, p->ran.data, "0 "));
}

static const backend model = {model_submit, model_cancel, model_wait};

static void model_main(machine *m)
{
    submit_all(m->data);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

static char *run_model(uint64_t seed)
{
    program *p = new_program(&model, seed);
    machine_init(&p->m, 2, NULL, NULL, model_main);
    p->m.data = p;
    must(ns_pool_new(&p->pool, p->m.sim, p->m.cpu, NULL, p->m.loop,
                     &(ns_pool_options){.threads = 1}, NULL, NULL));
    machine_run(&p->m);
    ns_pool_free(p->pool);
    machine_free(&p->m);
    return finish(p);
}

Test(libuv_pool, runs_and_reports_tasks_in_the_same_order)
{
    setenv("UV_THREADPOOL_SIZE", "1", 1);
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        char *expected = run_real(seed), *found = run_model(seed);
        cr_assert(eq(str, found, expected), "program %llu", (unsigned long long)seed);
        ns_free(expected);
        ns_free(found);
    }
}

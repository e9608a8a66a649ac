// Tasks of the thread pool on behalf of a wrap (node::ThreadPoolWork), and the pool itself.
#include <stdlib.h>

#include "load/requests.h"
#include "node/env_private.h"
#include "node/tracer.h"

// What node.threadpool: auto stands for; 0: libuv's default.
static int pool_size(ns_env *env)
{
    // The program may have set process.env before the first use, as with the real pool.
    JSContext *ctx = env->ctx;
    JSValue environment = JS_GetPropertyStr(ctx, env->priv->process, "env");
    JSValue value = JS_GetPropertyStr(ctx, environment, "UV_THREADPOOL_SIZE");
    int size = 0;
    if (JS_IsString(value)) {
        const char *text = JS_ToCString(ctx, value);
        size = text ? atoi(text) : 0;
        JS_FreeCString(ctx, text);
        if (size == 0)
            size = 1; // threadpool.c: a value that is no number gives one thread
        if (size > 1024)
            size = 1024;
    }
    JS_FreeValue(ctx, value);
    JS_FreeValue(ctx, environment);
    return size < 0 ? 1024 : size; // unsigned in threadpool.c
}

ns_pool *ns_env_pool(ns_env *env)
{
    if (env->pool)
        return env->pool;
    int chosen = env->workload->threadpool, size = pool_size(env);
    ns_pool_options options = {.threads = chosen ? chosen : size};
    ns_tracer_pool_threads(env->tracer, size);
    ns_pool_read_costs(&options, env->profile);
    ns_pool_new(&env->pool, env->sim, env->cpu, env->disk, env->loop, &options, env->options->sink,
                &env->priv->error);
    return env->pool;
}

static void work_done(ns_task *task, int status)
{
    ns_work *work = (ns_work *)task;
    ns_wrap *wrap = work->wrap;
    ns_env *env = wrap->env;
    if (env->priv->requests)
        ns_requests_task(env->priv->requests, task);
    ns_tracer_open_spawn(env->tracer, work->spawn);
    // `after` may submit the same work again, and free it.
    JSValue object = JS_DupValue(env->ctx, wrap->object);
    ns_wrap_release(wrap);
    work->after(work, status);
    JS_FreeValue(env->ctx, object);
    ns_tracer_close(env->tracer);
}

// The task's own work, watched.
static void traced_work(ns_task *task, ns_demand *demand)
{
    const ns_work *work = (const ns_work *)task;
    ns_tracer *tracer = work->wrap->env->tracer;
    ns_tracer_task_begin(tracer, work->spawn);
    work->compute(task, demand);
    ns_tracer_task_end(tracer, demand);
}

void ns_work_submit(ns_env *env, ns_work *work)
{
    ns_env_sync(env);
    work->task.done = work_done;
    work->task.callback_id = env->callback_id;
    work->task.request_id = env->request_id;
    ns_wrap_hold(work->wrap);
    ns_pool *pool = ns_env_pool(env);
    if (env->tracer) {
        if (work->task.work != traced_work)
            work->compute = work->task.work;
        work->task.work = traced_work;
        work->spawn = ns_tracer_submit(env->tracer, &work->task);
    }
    if (pool)
        ns_pool_submit(pool, &work->task);
}

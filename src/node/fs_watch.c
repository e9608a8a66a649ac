// StatWatcher, behind fs.watchFile (source: src/node_stat_watcher.cc, deps/uv/src/fs-poll.c): a
// stat on the pool every interval, whose answer is compared with the last one.
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/fs_req.h"
#include "node/tracer.h"

typedef struct watcher watcher;

// A stat that may be in flight when its watcher is closed (struct poll_ctx).
typedef struct poll {
    ns_task task; // first
    ns_env *env;
    watcher *watcher; // NULL: it is gone
    ns_fs_op op;
} poll;

struct watcher {
    ns_handle_wrap base;
    ns_handle handle;
    ns_timer timer;
    bool bigint, in_flight;
    uint64_t interval, started; // ms
    poll *poll;                 // NULL until it is started
    int seen;                   // 0: nothing, 1: `last` holds, negative: that error was told
    ns_stat last;
};

static void poll_free(poll *p)
{
    ns_fs_op_clear(p->env->ctx, &p->op);
    ns_free(p);
}

static void run_stat(ns_task *task, ns_demand *demand)
{
    poll *p = (poll *)task;
    ns_fs_op_run(p->env, &p->env->fs->costs, &p->op, demand);
}

// statbuf_eq: times of access do not count.
static bool same(const ns_stat *a, const ns_stat *b)
{
    return a->ctime == b->ctime && a->mtime == b->mtime && a->birthtime == b->birthtime &&
           a->size == b->size && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
           a->ino == b->ino && a->dev == b->dev;
}

static void tell(watcher *w, int status, const ns_stat *now)
{
    ns_env *env = w->base.wrap.env;
    JSValue array = ns_fs_fill_stats(env, now, w->bigint, false);
    JS_FreeValue(env->ctx, ns_fs_fill_stats(env, &w->last, w->bigint, true));
    JSValueConst argv[] = {JS_NewInt32(env->ctx, status), array};
    JS_FreeValue(env->ctx, ns_make_callback_name(&w->base.wrap, "onchange", 2, argv));
    JS_FreeValue(env->ctx, array);
}

static void start_stat(ns_timer *timer);

static void compare(watcher *w, const ns_fs_op *op)
{
    static const ns_stat none;
    if (op->result < 0) {
        bool told = w->seen == op->result;
        w->seen = (int)op->result;
        if (!told)
            tell(w, (int)op->result, &none);
        return;
    }
    ns_stat now = op->stat;
    bool changed = w->seen < 0 || (w->seen > 0 && !same(&w->last, &now));
    w->seen = 1;
    if (changed)
        tell(w, 0, &now);
    w->last = now;
}

static void stat_done(ns_task *task, int status)
{
    poll *p = (poll *)task;
    watcher *w = p->watcher;
    if (!w) {
        poll_free(p);
        return;
    }
    w->in_flight = false;
    ns_wrap_hold(&w->base.wrap);
    if (status == 0 && !w->base.wrap.env->exiting && !ns_handle_closing(&w->handle))
        compare(w, &p->op);
    if (ns_handle_closing(&w->handle) || w->base.wrap.env->exiting)
        return;
    uint64_t late = (ns_loop_now(w->handle.loop) - w->started) % w->interval;
    ns_timer_start(&w->timer, start_stat, w->interval - late, 0);
}

static void start_stat(ns_timer *timer)
{
    watcher *w = timer->handle.data;
    ns_env *env = w->base.wrap.env;
    poll *p = w->poll;
    w->started = ns_loop_now(w->handle.loop);
    w->in_flight = true;
    p->task = (ns_task){.kind = NS_TASK_FS,
                        .name = ns_fs_task_name(NS_FS_STAT),
                        .work = run_stat,
                        .done = stat_done,
                        .callback_id = env->callback_id,
                        .request_id = env->request_id};
    ns_env_sync(env);
    ns_pool_submit(ns_env_pool(env), &p->task);
}

static void watcher_closed(ns_wrap *wrap)
{
    watcher *w = (watcher *)wrap;
    ns_timer_stop(&w->timer);
    if (w->poll) {
        w->poll->watcher = NULL;
        if (!w->in_flight)
            poll_free(w->poll);
    }
    w->poll = NULL;
}

static void watcher_free(ns_wrap *wrap)
{
    watcher_closed(wrap); // of an environment that ends while it is open
    ns_free(wrap);
}

static int watcher_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                             JSValueConst *argv)
{
    watcher *w = ns_calloc(1, sizeof *w);
    if (!w) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    w->bigint = ns_arg_bool(ctx, ns_arg(argc, argv, 0));
    w->base.handle = &w->handle;
    w->base.wrap.free = watcher_free;
    ns_handle_init(env->loop, &w->handle, NS_HANDLE_OTHER);
    ns_timer_init(env->loop, &w->timer);
    ns_handle_unref(&w->timer.handle);
    w->timer.handle.data = w;
    ns_wrap_init(&w->base.wrap, env, object, NS_PROVIDER_STATWATCHER);
    w->base.wrap.closed = watcher_closed;
    return 0;
}

// start(path, interval)
static JSValue watcher_start(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    watcher *w = wrap && wrap->provider == NS_PROVIDER_STATWATCHER ? (watcher *)wrap : NULL;
    int64_t interval;
    if (!w || !w->base.handle || w->poll)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 1), &interval))
        return JS_EXCEPTION;
    poll *p = ns_calloc(1, sizeof *p);
    if (!p)
        return JS_ThrowOutOfMemory(ctx);
    *p = (poll){.env = wrap->env, .watcher = w, .op = {.kind = NS_FS_STAT}};
    if (!ns_fs_path_arg(ctx, ns_arg(argc, argv, 0), &p->op.path)) {
        ns_free(p);
        return JS_EXCEPTION;
    }
    ns_tracer_unsupported(wrap->env->tracer, "fs.watchFile");
    w->poll = p;
    w->interval = interval > 0 ? (uint64_t)interval : 1;
    ns_handle_start(&w->handle);
    ns_wrap_hold(wrap);
    start_stat(&w->timer);
    return JS_UNDEFINED;
}

int ns_fs_init_watcher(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def methods[] = {{"start", watcher_start, 0}};
    static const ns_class_def def = {.name = "StatWatcher",
                                     .construct = watcher_construct,
                                     .methods = methods,
                                     .method_count = 1,
                                     .async = true,
                                     .handle = true};
    return ns_set(ctx, target, "StatWatcher", ns_new_class(env, ctx, &def));
}

// One libuv timer under Node's timer lists, immediates by a check and an idle handle (source:
// node's src/timers.cc and env.cc), and the immediates of C code.
#include "base/alloc.h"
#include "node/env_private.h"
#include "node/heap.h"
#include "node/tracer.h"

static uint64_t now_ms(ns_env *env)
{
    ns_loop_update_time(env->loop);
    return ns_loop_now(env->loop) - env->priv->timer_base;
}

static void run_timers(ns_timer *timer);

static void schedule(ns_env *env, int64_t duration)
{
    ns_timer_start(&env->priv->timer, run_timers, duration > 0 ? (uint64_t)duration : 1, 0);
}

static void run_timers(ns_timer *timer)
{
    ns_env *env = timer->handle.data;
    ns_env_private *p = env->priv;
    if (env->exiting)
        return;
    ns_scope scope;
    ns_scope_open_ids(&scope, env, p->process, 0, 0, false);
    ns_env_sync(env);
    JSValue argument = JS_NewFloat64(env->ctx, (double)now_ms(env));
    ns_tracer_round(env->tracer);
    JSValue result;
    bool failed;
    do {
        failed = false;
        JSValueConst argv[] = {argument};
        result = ns_call_top(env, p->timers_callback, p->process, 1, argv, &failed);
    } while (failed && !env->exiting);
    double expiry = 0;
    JS_ToFloat64(env->ctx, &expiry, result);
    JS_FreeValue(env->ctx, result);
    ns_tracer_refs(env->tracer);
    ns_tracer_op(env->tracer, NS_OP_TIMERS_DONE);
    if (!env->exiting && expiry != 0) {
        double absolute = expiry < 0 ? -expiry : expiry;
        schedule(env, (int64_t)absolute - (int64_t)(ns_loop_now(env->loop) - p->timer_base));
        if (expiry > 0)
            ns_handle_ref(&p->timer.handle);
        else
            ns_handle_unref(&p->timer.handle);
    } else if (!env->exiting) {
        ns_handle_unref(&p->timer.handle);
    }
    ns_scope_close(&scope);
    ns_tracer_close(env->tracer);
}

static void idle(ns_watcher *watcher)
{
    // Only there to keep the loop from blocking in poll.
}

void ns_toggle_immediate_ref(ns_env *env, bool ref)
{
    if (ref)
        ns_watcher_start(&env->priv->immediate_idle, idle);
    else
        ns_watcher_stop(&env->priv->immediate_idle);
}

// Environment::RunAndClearNativeImmediates: an object for the scope, in each turn.
static void run_native_immediates(ns_env *env)
{
    enum { OBJECT_WORDS = 7 }; // {}
    ns_env_private *p = env->priv;
    if (!p->immediates) {
        ns_env_heap_garbage(env, OBJECT_WORDS);
        return;
    }
    ns_scope scope;
    JSValue object = JS_NewObject(env->ctx);
    ns_scope_open_ids(&scope, env, object, 0, 0, false);
    JS_FreeValue(env->ctx, object);
    while (p->immediates) {
        ns_native_immediate *head = p->immediates;
        p->immediates = head->next;
        if (!p->immediates)
            p->immediates_tail = &p->immediates;
        ns_tracer_close(env->tracer);
        ns_tracer_open_spawn(env->tracer, head->spawn);
        if (head->ref)
            p->immediate_info[NS_IMMEDIATE_REFS]--;
        if (!env->exiting)
            head->fn(env, head->data);
        ns_free(head);
    }
    if (p->immediate_info[NS_IMMEDIATE_REFS] == 0)
        ns_toggle_immediate_ref(env, false);
    ns_tracer_op(env->tracer, NS_OP_NATIVES_DONE);
    ns_scope_close(&scope);
    ns_tracer_close(env->tracer);
}

static void check_immediate(ns_watcher *watcher)
{
    ns_env *env = watcher->handle.data;
    ns_env_private *p = env->priv;
    run_native_immediates(env);
    if (p->immediate_info[NS_IMMEDIATE_COUNT] == 0 || env->exiting)
        return;
    ns_tracer_round(env->tracer);
    do {
        JSValue result =
            ns_make_callback_ids(env, p->process, p->immediate_callback, 0, NULL, 0, 0, NULL, 0);
        JS_FreeValue(env->ctx, result);
        if (p->immediate_info[NS_IMMEDIATE_OUTSTANDING])
            ns_tracer_op(env->tracer, NS_OP_OUTSTANDING);
    } while (p->immediate_info[NS_IMMEDIATE_OUTSTANDING] && !env->exiting);
    if (p->immediate_info[NS_IMMEDIATE_REFS] == 0)
        ns_toggle_immediate_ref(env, false);
    ns_tracer_close(env->tracer);
}

int ns_env_set_immediate(ns_env *env, void (*fn)(ns_env *env, void *data), void *data, bool ref)
{
    ns_env_private *p = env->priv;
    ns_native_immediate *immediate = ns_malloc(sizeof *immediate);
    if (!immediate)
        return -1;
    *immediate = (ns_native_immediate){
        .fn = fn,
        .data = data,
        .ref = ref,
        .spawn = ns_tracer_spawn(env->tracer, NS_NST_NATIVE, NS_OP_NATIVE),
    };
    *p->immediates_tail = immediate;
    p->immediates_tail = &immediate->next;
    if (ref && p->immediate_info[NS_IMMEDIATE_REFS]++ == 0)
        ns_toggle_immediate_ref(env, true);
    return 0;
}

int ns_timers_init(ns_env *env)
{
    ns_env_private *p = env->priv;
    p->immediate_callback = p->timers_callback = JS_UNDEFINED;
    p->immediates_tail = &p->immediates;
    p->timer_base = ns_loop_now(env->loop);
    ns_timer_init(env->loop, &p->timer);
    ns_watcher_init(env->loop, &p->immediate_check, NS_HANDLE_CHECK);
    ns_watcher_init(env->loop, &p->immediate_idle, NS_HANDLE_IDLE);
    p->timer.handle.data = p->immediate_check.handle.data = p->immediate_idle.handle.data = env;
    ns_watcher_start(&p->immediate_check, check_immediate);
    ns_handle_unref(&p->immediate_check.handle);
    if (env->tracer)
        ns_timers_trace(env);
    return 0;
}

void ns_timers_free(ns_env *env)
{
    ns_env_private *p = env->priv;
    while (p->immediates) {
        ns_native_immediate *head = p->immediates;
        p->immediates = head->next;
        ns_free(head);
    }
    JS_FreeValue(env->ctx, p->immediate_callback);
    JS_FreeValue(env->ctx, p->timers_callback);
}

// -- internalBinding('timers') --------------------------------------------------------------------

static JSValue setup_timers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    JS_FreeValue(ctx, p->immediate_callback);
    JS_FreeValue(ctx, p->timers_callback);
    p->immediate_callback = JS_DupValue(ctx, argv[0]);
    p->timers_callback = JS_DupValue(ctx, argv[1]);
    return JS_UNDEFINED;
}

static JSValue get_libuv_now(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_env_sync(env);
    ns_tracer_op(env->tracer, NS_OP_UPDATE_TIME);
    JSValue now = JS_NewInt64(ctx, (int64_t)now_ms(env));
    if (env->priv->timer_starts)
        ns_tracer_timer(env->tracer, env->priv->timer_starts, env->priv->timer_starts_ms, false);
    env->priv->timer_starts = 0;
    return now;
}

static JSValue schedule_timer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t duration;
    if (!ns_arg_int(ctx, argv[0], &duration))
        return JS_EXCEPTION;
    schedule(ns_env_of(ctx), duration);
    return JS_UNDEFINED;
}

static JSValue toggle_timer_ref(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_handle *handle = &ns_env_of(ctx)->priv->timer.handle;
    if (ns_arg_bool(ctx, argv[0]))
        ns_handle_ref(handle);
    else
        ns_handle_unref(handle);
    ns_tracer_refs(ns_env_of(ctx)->tracer);
    return JS_UNDEFINED;
}

static JSValue toggle_immediate_ref(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_toggle_immediate_ref(ns_env_of(ctx), ns_arg_bool(ctx, argv[0]));
    return JS_UNDEFINED;
}

static const ns_fn_def functions[] = {
    {"setupTimers", setup_timers, 2},
    {"getLibuvNow", get_libuv_now, 0},
    {"scheduleTimer", schedule_timer, 1},
    {"toggleTimerRef", toggle_timer_ref, 1},
    {"toggleImmediateRef", toggle_immediate_ref, 1},
};

NS_BINDING(timers)
{
    ns_env_private *p = env->priv;
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    ns_set(ctx, target, "immediateInfo",
           ns_new_uint32_array(ctx, p->immediate_info, NS_IMMEDIATE_FIELDS));
    return ns_set(ctx, target, "timeoutInfo", ns_new_int32_array(ctx, p->timeout_info, 1));
}

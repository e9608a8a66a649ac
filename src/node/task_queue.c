// internalBinding('task_queue'): ticks, microtasks and rejections (source: src/node_task_queue.cc).
#include "node/env_private.h"

static JSValue enqueue(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return ns_enqueue_microtask(ctx, argv[0]) < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue set_tick_callback(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    JS_FreeValue(ctx, p->tick_callback);
    p->tick_callback = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static JSValue run_microtasks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_drain_microtasks(env);
    return env->exiting ? ns_throw_termination(ctx) : JS_UNDEFINED;
}

static JSValue set_reject_callback(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    JS_FreeValue(ctx, p->promise_reject);
    p->promise_reject = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static bool assigned_id(ns_env *env, JSValueConst promise, ns_symbol symbol, double *out)
{
    JSValue value = JS_GetProperty(env->ctx, promise, ns_env_symbol_atom(env, symbol));
    bool is_number = JS_IsNumber(value);
    if (is_number)
        JS_ToFloat64(env->ctx, out, value);
    JS_FreeValue(env->ctx, value);
    return is_number;
}

static void rejected(JSContext *ctx, ns_reject_event event, JSValueConst promise,
                     JSValueConst value, void *opaque)
{
    ns_env *env = opaque;
    ns_env_private *p = env->priv;
    if (env->exiting || !JS_IsFunction(ctx, p->promise_reject))
        return;
    double id = 0, trigger = 0;
    bool pushed = assigned_id(env, promise, NS_SYM_async_id_symbol, &id) &&
                  assigned_id(env, promise, NS_SYM_trigger_async_id_symbol, &trigger);
    if (pushed)
        ns_hooks_push(env, id, trigger, promise);
    JSValueConst argv[] = {JS_NewInt32(ctx, event), promise,
                           event == NS_REJECT_HANDLER_ADDED ? JS_UNDEFINED : value};
    // The callback runs in the middle of a promise operation: what it throws is not that
    // operation's.
    JSValue pending = JS_HasException(ctx) ? JS_GetException(ctx) : JS_UNINITIALIZED;
    JSValue result = JS_Call(ctx, p->promise_reject, JS_UNDEFINED, 3, argv);
    if (JS_IsException(result))
        ns_print_exception(env, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
    if (!JS_IsUninitialized(pending))
        JS_Throw(ctx, pending);
    if (pushed && p->id_fields[NS_ID_EXECUTION] == id)
        ns_hooks_pop(env, id);
}

static const ns_fn_def functions[] = {
    {"enqueueMicrotask", enqueue, 1},
    {"setTickCallback", set_tick_callback, 1},
    {"runMicrotasks", run_microtasks, 0},
    {"setPromiseRejectCallback", set_reject_callback, 1},
};

NS_BINDING(task_queue)
{
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    ns_set_promise_reject(ctx, rejected, env);
    ns_set(ctx, target, "tickInfo", ns_new_uint8_array(ctx, env->priv->tick_info, NS_TICK_FIELDS));
    JSValue events = JS_NewObject(ctx);
    ns_set_int(ctx, events, "kPromiseRejectWithNoHandler", NS_REJECT_NO_HANDLER);
    ns_set_int(ctx, events, "kPromiseHandlerAddedAfterReject", NS_REJECT_HANDLER_ADDED);
    ns_set_int(ctx, events, "kPromiseRejectAfterResolved", NS_REJECT_AFTER_RESOLVED);
    ns_set_int(ctx, events, "kPromiseResolveAfterResolved", NS_RESOLVE_AFTER_RESOLVED);
    return ns_set(ctx, target, "promiseRejectEvents", events);
}

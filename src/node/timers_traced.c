// Where Node's library starts and clears Timeouts and Immediates, told to the tracer. They live in
// lists of JavaScript's own: the calls of its functions are watched.
#include <math.h>
#include <string.h>

#include "node/env_private.h"
#include "node/tracer.h"

static const char timers[] = "node:timers", internal[] = "node:internal/timers";

static uintptr_t object_of(JSValueConst value)
{
    return JS_IsObject(value) ? (uintptr_t)JS_VALUE_GET_PTR(value) : 0;
}

// insert(item, msecs, start): without `start` it asks for the time, and starts then.
static void inserted(ns_env *env)
{
    JSContext *ctx = env->ctx;
    uintptr_t item = object_of(ns_entered_argument(ctx, 0));
    double ms = 0;
    if (JS_IsNumber(ns_entered_argument(ctx, 1)))
        JS_ToFloat64(ctx, &ms, ns_entered_argument(ctx, 1));
    if (JS_IsUndefined(ns_entered_argument(ctx, 2))) {
        env->priv->timer_starts = item;
        env->priv->timer_starts_ms = ms;
    } else {
        ns_tracer_timer(env->tracer, item, ms, true);
    }
}

// initAsyncResource(resource, type), which the constructor of Immediate calls.
static void made_resource(ns_env *env)
{
    const char *type = JS_ToCString(env->ctx, ns_entered_argument(env->ctx, 1));
    if (type && strcmp(type, "Immediate") == 0)
        ns_tracer_immediate(env->tracer, object_of(ns_entered_argument(env->ctx, 0)));
    JS_FreeCString(env->ctx, type);
}

static void unenrolling(ns_env *env)
{
    env->priv->timer_clears = object_of(ns_entered_argument(env->ctx, 0));
    env->priv->timer_clears_refs = env->priv->timeout_info[0];
}

static void unenrolled(ns_env *env)
{
    bool refed = env->priv->timeout_info[0] < env->priv->timer_clears_refs;
    ns_tracer_timer_clear(env->tracer, env->priv->timer_clears, refed);
}

static void cleared_immediate(ns_env *env)
{
    ns_tracer_immediate_clear(env->tracer, object_of(ns_entered_argument(env->ctx, 0)));
}

static const struct {
    const char *script, *name;
    void (*entered)(ns_env *env), (*left)(ns_env *env);
} watched[] = {
    {internal, "insert", inserted, NULL},
    {internal, "initAsyncResource", made_resource, NULL},
    {timers, "unenroll", unenrolling, unenrolled},
    {timers, "clearImmediate", cleared_immediate, NULL},
};
enum { WATCHED = sizeof watched / sizeof watched[0] };

static int find(const ns_function *function)
{
    for (int i = 0; i < WATCHED; i++)
        if (strcmp(function->name, watched[i].name) == 0 &&
            strcmp(function->script, watched[i].script) == 0)
            return i;
    return WATCHED;
}

static void made(void *opaque, ns_function *function)
{
    ns_env *env = opaque;
    if (function->name && function->script && find(function) < WATCHED)
        ns_probe_trace_calls(ns_engine_probe(env->engine), function);
}

static void entered(void *opaque, ns_function *function)
{
    int at = find(function);
    if (at < WATCHED && watched[at].entered)
        watched[at].entered(opaque);
}

static void left(void *opaque, ns_function *function)
{
    int at = find(function);
    if (at < WATCHED && watched[at].left)
        watched[at].left(opaque);
}

void ns_timers_trace(ns_env *env)
{
    ns_probe_hooks *hooks = &ns_engine_probe(env->engine)->hooks;
    hooks->tracer = env;
    hooks->made = made;
    hooks->entered = entered;
    hooks->left = left;
    ns_tracer_watch_refs(env->tracer, env->priv->timeout_info,
                         env->priv->immediate_info + NS_IMMEDIATE_REFS);
    ns_tracer_set_accrued(env->tracer, ns_env_accrued, env);
}

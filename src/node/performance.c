#include "node/performance.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"
#include "node/histogram.h"

static const double ns_per_ms = 1e6;

void ns_performance_mark(ns_env *env, ns_milestone milestone)
{
    if (env->performance)
        env->performance->milestones[milestone] = (double)ns_env_hrtime(env);
}

static JSValue setup_observers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_performance *p = ns_env_of(ctx)->performance;
    JS_FreeValue(ctx, p->callback);
    p->callback = JS_DupValue(ctx, ns_arg(argc, argv, 0));
    return JS_UNDEFINED;
}

// -- Garbage collection ---------------------------------------------------------------------------

typedef struct gc_entry {
    ns_gc_kind kind;
    int flags;
    double start, duration; // ms
} gc_entry;

static JSValue gc_details(JSContext *ctx, const gc_entry *entry)
{
    JSValue details = JS_NewObject(ctx);
    if (JS_IsException(details) || ns_set_int(ctx, details, "kind", entry->kind) < 0 ||
        ns_set_int(ctx, details, "flags", entry->flags) < 0) {
        JS_FreeValue(ctx, details);
        return JS_EXCEPTION;
    }
    return details;
}

static void notify_gc(ns_env *env, void *data)
{
    gc_entry *entry = data;
    ns_performance *p = env->performance;
    JSContext *ctx = env->ctx;
    if (p && p->observers[NS_ENTRY_GC] && JS_IsFunction(ctx, p->callback)) {
        JSValue args[5] = {JS_NewString(ctx, "gc"), JS_NewString(ctx, "gc"),
                           JS_NewFloat64(ctx, entry->start), JS_NewFloat64(ctx, entry->duration),
                           gc_details(ctx, entry)};
        JSValue global = JS_GetGlobalObject(ctx);
        JSValue result =
            ns_make_callback_ids(env, global, p->callback, 5, args, 0, 0, "gc", env->request_id);
        JS_FreeValue(ctx, result);
        JS_FreeValue(ctx, global);
        for (int i = 0; i < 5; i++)
            JS_FreeValue(ctx, args[i]);
    }
    ns_free(entry);
}

void ns_performance_gc(ns_env *env, ns_gc_kind kind, int flags, int64_t start, int64_t duration)
{
    ns_performance *p = env->performance;
    if (!p || !p->gc_tracking || !p->observers[NS_ENTRY_GC])
        return;
    gc_entry *entry = ns_malloc(sizeof *entry);
    if (!entry)
        return; // an observer misses an entry; the run goes on
    double origin = p->milestones[NS_MILESTONE_TIME_ORIGIN];
    *entry =
        (gc_entry){kind, flags, ((double)start - origin) / ns_per_ms, (double)duration / ns_per_ms};
    if (ns_env_set_immediate(env, notify_gc, entry, false) < 0)
        ns_free(entry);
}

static JSValue track_gc(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int on)
{
    ns_env_of(ctx)->performance->gc_tracking = on;
    return JS_UNDEFINED;
}

// -- Spans ----------------------------------------------------------------------------------------
//
// performance.measure is JavaScript that calls no binding. To record its spans, the module that has
// it is given a `measure` that passes the call on and reads the entry that comes back. The program
// sees no difference, but for the time of three getters.

static void record_span(ns_env *env, JSValueConst entry)
{
    JSContext *ctx = env->ctx;
    JSValue name = JS_GetPropertyStr(ctx, entry, "name");
    JSValue start = JS_GetPropertyStr(ctx, entry, "startTime");
    JSValue duration = JS_GetPropertyStr(ctx, entry, "duration");
    const char *text = JS_IsString(name) ? JS_ToCString(ctx, name) : NULL;
    double from = 0, length = 0;
    if (text && JS_ToFloat64(ctx, &from, start) == 0 && JS_ToFloat64(ctx, &length, duration) == 0) {
        char metric[80];
        int64_t boot = ns_env_hrtime_now(env) - ns_sim_now(env->sim);
        int64_t origin = env->priv->time_origin - boot;
        snprintf(metric, sizeof metric, "measure.%s", text);
        ns_record row = {.type = NS_REC_SAMPLE};
        row.sample = (ns_rec_sample){origin + llround((from + length) * ns_per_ms), metric,
                                     (double)llround(length * ns_per_ms)};
        ns_emit(&env->priv->record_sink, &row);
    }
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, name);
    JS_FreeValue(ctx, start);
    JS_FreeValue(ctx, duration);
}

static JSValue measure(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                       JSValue *data)
{
    JSValue entry = JS_Call(ctx, data[0], self, argc, argv);
    if (!JS_IsException(entry))
        record_span(ns_env_of(ctx), entry);
    return entry;
}

// (exports, require, module, ...) of the module: run it, and put the other `measure` in its place.
static JSValue load_module(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int magic, JSValue *data)
{
    JSValue result = JS_Call(ctx, data[0], self, argc, argv);
    if (JS_IsException(result))
        return result;
    JSValue exports = JS_GetPropertyStr(ctx, ns_arg(argc, argv, 2), "exports");
    JSValue original = JS_GetPropertyStr(ctx, exports, "measure");
    JSValue watched = JS_IsFunction(ctx, original)
                          ? JS_NewCFunctionData(ctx, measure, 3, 0, 1, &original)
                          : JS_UNDEFINED;
    if (!JS_IsUndefined(watched))
        JS_SetPropertyStr(ctx, exports, "measure", watched);
    JS_FreeValue(ctx, original);
    JS_FreeValue(ctx, exports);
    return result;
}

JSValue ns_performance_watch(JSContext *ctx, JSValue module)
{
    if (JS_IsException(module))
        return module;
    JSValue loader = JS_NewCFunctionData(ctx, load_module, 6, 0, 1, &module);
    JS_FreeValue(ctx, module);
    return loader;
}

// -- The rest -------------------------------------------------------------------------------------

// notify(type, entry): to the observers, if there are any of that type
static JSValue notify(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const char *const types[NS_ENTRY_TYPES] = {"gc", "http", "http2", "net", "dns"};
    ns_performance *p = ns_env_of(ctx)->performance;
    const char *type = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    if (!type)
        return JS_EXCEPTION;
    JSValue result = JS_UNDEFINED;
    for (int i = 0; i < NS_ENTRY_TYPES; i++)
        if (p->observers[i] && strcmp(types[i], type) == 0) {
            JSValueConst entry = ns_arg(argc, argv, 1);
            result = JS_Call(ctx, p->callback, JS_UNDEFINED, 1, &entry);
        }
    JS_FreeCString(ctx, type);
    if (JS_IsException(result))
        return result;
    JS_FreeValue(ctx, result);
    return JS_UNDEFINED;
}

static JSValue loop_idle_time(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewFloat64(ctx, (double)ns_loop_idle_time(ns_env_of(ctx)->loop) / ns_per_ms);
}

static JSValue uv_metrics_info(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_loop_metrics metrics = ns_loop_get_metrics(ns_env_of(ctx)->loop);
    const uint64_t values[] = {metrics.loop_count, metrics.events, metrics.events_waiting};
    JSValue array = JS_NewArray(ctx);
    for (uint32_t i = 0; i < 3 && !JS_IsException(array); i++)
        if (JS_SetPropertyUint32(ctx, array, i, JS_NewInt64(ctx, (int64_t)values[i])) < 0) {
            JS_FreeValue(ctx, array);
            array = JS_EXCEPTION;
        }
    return array;
}

static JSValue create_eld_histogram(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_CallConstructor(ctx, ns_env_of(ctx)->performance->interval_histogram, argc, argv);
}

static JSValue mark_bootstrap_complete(JSContext *ctx, JSValueConst self, int argc,
                                       JSValueConst *argv)
{
    ns_performance_mark(ns_env_of(ctx), NS_MILESTONE_BOOTSTRAP_COMPLETE);
    return JS_UNDEFINED;
}

// Milliseconds since the process started.
static JSValue now(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    int64_t since = ns_env_hrtime(env) - env->priv->time_origin;
    return JS_NewFloat64(ctx, (double)since / ns_per_ms);
}

// -- The binding ----------------------------------------------------------------------------------

static void free_performance(ns_env *env, void *data)
{
    ns_performance *p = data;
    JS_FreeValue(env->ctx, p->callback);
    JS_FreeValue(env->ctx, p->histogram);
    JS_FreeValue(env->ctx, p->interval_histogram);
    env->performance = NULL;
}

// The arrays that JavaScript sees lie in the state, so it is freed with them.
static void free_state(JSRuntime *rt, void *opaque, void *memory)
{
    ns_performance *p = opaque;
    if (memory == p->milestones)
        ns_free(p);
}

static int init_state(ns_env *env, JSContext *ctx)
{
    ns_performance *p = ns_calloc(1, sizeof *p);
    if (!p) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    for (int i = 0; i < NS_MILESTONES; i++)
        p->milestones[i] = -1;
    double origin = (double)env->priv->time_origin;
    p->milestones[NS_MILESTONE_TIME_ORIGIN] = origin;
    // Node's start is one charge, made later: these milestones lie within it.
    double bootstrap = ns_profile_get(env->profile, "node.bootstrap");
    p->milestones[NS_MILESTONE_NODE_START] =
        origin + bootstrap * ns_profile_get(env->profile, "performance.node_start");
    p->milestones[NS_MILESTONE_V8_START] =
        origin + bootstrap * ns_profile_get(env->profile, "performance.v8_start");
    p->milestones[NS_MILESTONE_ENVIRONMENT] =
        origin + bootstrap * ns_profile_get(env->profile, "performance.environment");
    int64_t since = ns_env_hrtime(env) - env->priv->time_origin;
    int64_t timestamp = ns_env_wall_us(env) - since / 1000;
    p->milestones[NS_MILESTONE_TIME_ORIGIN_TIMESTAMP] = (double)timestamp;
    p->callback = JS_UNDEFINED;
    p->histogram = ns_new_histogram_class(env);
    p->interval_histogram = ns_new_interval_histogram_class(env);
    env->performance = p;
    if (ns_env_at_exit(env, free_performance, p) < 0) {
        free_performance(env, p);
        ns_free(p);
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    return JS_IsException(p->histogram) || JS_IsException(p->interval_histogram) ? -1 : 0;
}

static int set_array(JSContext *ctx, JSValueConst target, const char *name, void *memory,
                     size_t size, ns_performance *p, JSTypedArrayEnum type)
{
    JSValue buffer = JS_NewArrayBuffer(ctx, memory, size, free_state, p, false);
    if (JS_IsException(buffer))
        return -1;
    JSValue array = JS_NewTypedArray(ctx, 1, &buffer, type);
    JS_FreeValue(ctx, buffer);
    return ns_set(ctx, target, name, array);
}

static int set_constants(JSContext *ctx, JSValueConst target)
{
    static const struct {
        const char *name;
        int value, flags;
    } constants[] = {
#define VISIBLE(name, value) {"NODE_PERFORMANCE_" name, value, JS_PROP_ENUMERABLE}
#define HIDDEN(name, value)                                                                        \
    {                                                                                              \
        "NODE_PERFORMANCE_" name, value, 0                                                         \
    }
        VISIBLE("GC_MAJOR", NS_GC_MAJOR),
        VISIBLE("GC_MINOR", NS_GC_MINOR),
        VISIBLE("GC_INCREMENTAL", NS_GC_INCREMENTAL),
        VISIBLE("GC_WEAKCB", NS_GC_WEAK_CALLBACKS),
        VISIBLE("GC_FLAGS_NO", 0),
        VISIBLE("GC_FLAGS_CONSTRUCT_RETAINED", 2),
        VISIBLE("GC_FLAGS_FORCED", 4),
        VISIBLE("GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING", 8),
        VISIBLE("GC_FLAGS_ALL_AVAILABLE_GARBAGE", 16),
        VISIBLE("GC_FLAGS_ALL_EXTERNAL_MEMORY", 32),
        VISIBLE("GC_FLAGS_SCHEDULE_IDLE", 64),
        HIDDEN("ENTRY_TYPE_GC", NS_ENTRY_GC),
        HIDDEN("ENTRY_TYPE_HTTP", NS_ENTRY_HTTP),
        HIDDEN("ENTRY_TYPE_HTTP2", NS_ENTRY_HTTP2),
        HIDDEN("ENTRY_TYPE_NET", NS_ENTRY_NET),
        HIDDEN("ENTRY_TYPE_DNS", NS_ENTRY_DNS),
        HIDDEN("MILESTONE_TIME_ORIGIN_TIMESTAMP", NS_MILESTONE_TIME_ORIGIN_TIMESTAMP),
        HIDDEN("MILESTONE_TIME_ORIGIN", NS_MILESTONE_TIME_ORIGIN),
        HIDDEN("MILESTONE_ENVIRONMENT", NS_MILESTONE_ENVIRONMENT),
        HIDDEN("MILESTONE_NODE_START", NS_MILESTONE_NODE_START),
        HIDDEN("MILESTONE_V8_START", NS_MILESTONE_V8_START),
        HIDDEN("MILESTONE_LOOP_START", NS_MILESTONE_LOOP_START),
        HIDDEN("MILESTONE_LOOP_EXIT", NS_MILESTONE_LOOP_EXIT),
        HIDDEN("MILESTONE_BOOTSTRAP_COMPLETE", NS_MILESTONE_BOOTSTRAP_COMPLETE),
#undef VISIBLE
#undef HIDDEN
    };
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (JS_IsException(object) ||
            JS_DefinePropertyValueStr(ctx, object, constants[i].name,
                                      JS_NewInt32(ctx, constants[i].value),
                                      constants[i].flags) < 0) {
            JS_FreeValue(ctx, object);
            return -1;
        }
    return JS_DefinePropertyValueStr(ctx, target, "constants", object, JS_PROP_ENUMERABLE) < 0 ? -1
                                                                                               : 0;
}

NS_BINDING(performance)
{
    static const ns_fn_def fns[] = {
        {"setupObservers", setup_observers, 0},
        {"notify", notify, 0},
        {"loopIdleTime", loop_idle_time, 0},
        {"createELDHistogram", create_eld_histogram, 0},
        {"markBootstrapComplete", mark_bootstrap_complete, 0},
        {"uvMetricsInfo", uv_metrics_info, 0},
        {"now", now, 0},
    };
    if (!env->performance && init_state(env, ctx) < 0)
        return -1;
    ns_performance *p = env->performance;
    if (ns_set(ctx, target, "Histogram", JS_DupValue(ctx, p->histogram)) < 0 ||
        NS_SET_FNS(ctx, target, fns) < 0 ||
        ns_set(ctx, target, "installGarbageCollectionTracking",
               JS_NewCFunctionMagic(ctx, track_gc, "installGarbageCollectionTracking", 0,
                                    JS_CFUNC_generic_magic, true)) < 0 ||
        ns_set(ctx, target, "removeGarbageCollectionTracking",
               JS_NewCFunctionMagic(ctx, track_gc, "removeGarbageCollectionTracking", 0,
                                    JS_CFUNC_generic_magic, false)) < 0 ||
        set_array(ctx, target, "observerCounts", p->observers, sizeof p->observers, p,
                  JS_TYPED_ARRAY_UINT32) < 0 ||
        set_array(ctx, target, "milestones", p->milestones, sizeof p->milestones, p,
                  JS_TYPED_ARRAY_FLOAT64) < 0)
        return -1;
    return set_constants(ctx, target);
}

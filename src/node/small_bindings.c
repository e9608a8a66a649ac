// Bindings whose whole behaviour is small: no snapshot is built, no trace category is on, no signal
// arrives, no terminal is there, permissions are all given.
#include <errno.h>

#include "base/alloc.h"
#include "node/env_private.h"

static JSValue ignore(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_UNDEFINED;
}

static JSValue yes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_TRUE;
}

static JSValue no(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_FALSE;
}

NS_BINDING(mksnapshot)
{
    static const ns_fn_def functions[] = {
        {"setSerializeCallback", ignore, 1},
        {"setDeserializeCallback", ignore, 1},
        {"setDeserializeMainFunction", ignore, 1},
    };
    static uint8_t building[1];
    if (NS_SET_FNS(ctx, target, functions) < 0 ||
        ns_set_missing(ctx, target, "runEmbedderPreload", "snapshots") < 0 ||
        ns_set_missing(ctx, target, "compileSerializeMain", "snapshots") < 0)
        return -1;
    ns_set_str(ctx, target, "anonymousMainPath", "__node_anonymous_main");
    return ns_set(ctx, target, "isBuildingSnapshotBuffer", ns_new_uint8_array(ctx, building, 1));
}

NS_BINDING(permission)
{
    return ns_set_fn(ctx, target, "has", yes, 2);
}

// process.report: its settings are kept; no report is ever written.
static JSValue get_setting(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int magic, JSValue *data)
{
    return JS_GetPropertyUint32(ctx, data[0], (uint32_t)magic);
}

static JSValue set_setting(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int magic, JSValue *data)
{
    JSValue value = JS_DupValue(ctx, argv[0]);
    return JS_SetPropertyUint32(ctx, data[0], (uint32_t)magic, value) < 0 ? JS_EXCEPTION
                                                                          : JS_UNDEFINED;
}

NS_BINDING(report)
{
    static const struct {
        const char *get, *set, *text; // text NULL: a boolean
    } settings[] = {
        {"getCompact", "setCompact", NULL},
        {"getExcludeNetwork", "setExcludeNetwork", NULL},
        {"getDirectory", "setDirectory", ""},
        {"getFilename", "setFilename", ""},
        {"getSignal", "setSignal", "SIGUSR2"},
        {"shouldReportOnFatalError", "setReportOnFatalError", NULL},
        {"shouldReportOnSignal", "setReportOnSignal", NULL},
        {"shouldReportOnUncaughtException", "setReportOnUncaughtException", NULL},
    };
    JSValue values = JS_NewArray(ctx);
    int status = 0;
    for (int i = 0; status == 0 && i < 8; i++) {
        const char *text = settings[i].text;
        JS_SetPropertyUint32(ctx, values, (uint32_t)i, text ? JS_NewString(ctx, text) : JS_FALSE);
        JSValueConst data[] = {values};
        status |= ns_set(ctx, target, settings[i].get,
                         JS_NewCFunctionData(ctx, get_setting, 0, i, 1, data));
        status |= ns_set(ctx, target, settings[i].set,
                         JS_NewCFunctionData(ctx, set_setting, 1, i, 1, data));
    }
    JS_FreeValue(ctx, values);
    return status < 0 || ns_set_missing(ctx, target, "writeReport", "process.report") < 0 ||
                   ns_set_missing(ctx, target, "getReport", "process.report") < 0
               ? -1
               : 0;
}

// There is no program to start: a spawn fails as on a system without the call.
static JSValue spawn_sync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue result = JS_NewObject(ctx);
    ns_set_int(ctx, result, "pid", 0);
    ns_set(ctx, result, "status", JS_NULL);
    ns_set(ctx, result, "signal", JS_NULL);
    ns_set(ctx, result, "output", JS_NULL);
    ns_set_int(ctx, result, "error", -ENOSYS);
    return result;
}

NS_BINDING(spawn_sync)
{
    return ns_set_fn(ctx, target, "spawn", spawn_sync, 1);
}

// The engine has no WebAssembly that would ask for the implementation.
NS_BINDING(wasm_web_api)
{
    return ns_set_fn(ctx, target, "setImplementation", ignore, 1);
}

// -- trace_events ---------------------------------------------------------------------------------

static JSValue category_buffer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static uint8_t off[1];
    return ns_new_uint8_array(ctx, off, 1);
}

NS_BINDING(trace_events)
{
    static const ns_fn_def functions[] = {
        {"getEnabledCategories", ignore, 0},
        {"setTraceCategoryStateUpdateHandler", ignore, 1},
        {"getCategoryEnabledBuffer", category_buffer, 1},
        {"isTraceCategoryEnabled", no, 1},
        {"trace", ignore, 5},
    };
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    ns_set(ctx, target, "available", JS_FALSE);
    return ns_set_missing(ctx, target, "CategorySet", "trace events");
}

NS_BINDING(tty_wrap)
{
    return ns_set_fn(ctx, target, "isTTY", no, 1) < 0
               ? -1
               : ns_set_missing(ctx, target, "TTY", "a terminal (tty_wrap)");
}

// -- signal_wrap: handlers may be installed; no signal is ever delivered --------------------------

typedef struct signal_wrap {
    ns_handle_wrap base;
    ns_handle handle;
} signal_wrap;

static void signal_free(ns_wrap *wrap)
{
    signal_wrap *s = (signal_wrap *)wrap;
    if (ns_handle_active(&s->handle))
        ns_handle_stop(&s->handle);
    ns_free(s);
}

static int signal_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    signal_wrap *s = ns_calloc(1, sizeof *s);
    if (!s) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    ns_handle_init(env->loop, &s->handle, NS_HANDLE_OTHER);
    s->base.handle = &s->handle;
    s->base.wrap.free = signal_free;
    ns_wrap_init(&s->base.wrap, env, object, NS_PROVIDER_SIGNALWRAP);
    return 0;
}

static JSValue signal_start(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    signal_wrap *s = (signal_wrap *)ns_wrap_of(self);
    if (!s)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    ns_handle_start(&s->handle);
    return JS_NewInt32(ctx, 0);
}

static JSValue signal_stop(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    signal_wrap *s = (signal_wrap *)ns_wrap_of(self);
    if (!s)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    ns_handle_stop(&s->handle);
    return JS_NewInt32(ctx, 0);
}

NS_BINDING(signal_wrap)
{
    static const ns_fn_def methods[] = {{"start", signal_start, 1}, {"stop", signal_stop, 0}};
    static const ns_class_def def = {.name = "Signal",
                                     .construct = signal_construct,
                                     .methods = methods,
                                     .method_count = 2,
                                     .async = true,
                                     .handle = true};
    return ns_set(ctx, target, "Signal", ns_new_class(env, ctx, &def));
}

NS_BINDING(worker)
{
    static const char *const limits[] = {"kMaxYoungGenerationSizeMb", "kMaxOldGenerationSizeMb",
                                         "kCodeRangeSizeMb", "kStackSizeMb",
                                         "kTotalResourceLimitCount"};
    for (int i = 0; i < 5; i++)
        ns_set_int(ctx, target, limits[i], i);
    ns_set_fn(ctx, target, "getEnvMessagePort", ignore, 0);
    ns_set_int(ctx, target, "threadId", 0);
    ns_set(ctx, target, "isMainThread", JS_TRUE);
    ns_set(ctx, target, "ownsProcessState", JS_TRUE);
    static double resource_limits[4] = {0};
    ns_set(ctx, target, "resourceLimits", ns_new_float64_array(ctx, resource_limits, 4));
    return ns_set_missing(ctx, target, "Worker", "worker_threads.Worker");
}

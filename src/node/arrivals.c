#include "node/arrivals.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/suggest.h"
#include "load/load.h"
#include "node/env_private.h"
#include "node/tracer.h"

struct ns_arrivals {
    ns_env *env;
    ns_load *load;
};

static const ns_arrival *class_of(const ns_env *env, const ns_load_request *request)
{
    return &env->workload->arrivals[request->cls];
}

static const ns_load_request *request_of(ns_env *env, int64_t id)
{
    return env->priv->arrivals ? ns_load_find(env->priv->arrivals->load, id) : NULL;
}

static void finish(ns_env *env, int64_t id, const char *status)
{
    ns_env_sync(env);
    ns_tracer_request_end(env->tracer, id, status);
    ns_load_finish(env->priv->arrivals->load, id, status);
}

// The callback of a request, and the reactions to its promise. data: id.
static JSValue settle(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                      JSValue *data)
{
    ns_env *env = ns_env_of(ctx);
    int64_t id;
    JS_ToInt64(ctx, &id, data[0]);
    if (!request_of(env, id))
        return JS_UNDEFINED;
    bool error =
        magic == 2 || (magic == 0 && argc > 0 && !JS_IsNull(argv[0]) && !JS_IsUndefined(argv[0]));
    finish(env, id, error ? "error" : "ok");
    return JS_UNDEFINED;
}

static JSValue settler(JSContext *ctx, int64_t id, int magic)
{
    JSValue data = JS_NewInt64(ctx, id);
    return JS_NewCFunctionData(ctx, settle, 2, magic, 1, &data);
}

static JSValue request_object(ns_env *env, const ns_load_request *r)
{
    JSContext *ctx = env->ctx;
    const ns_arrival *class = class_of(env, r);
    JSValue request = JS_NewObject(ctx), params = JS_NewObject(ctx);
    ns_set_str(ctx, request, "class", class->name);
    ns_set_int(ctx, request, "id", r->index);
    ns_draw draw = ns_load_params(env->priv->arrivals->load, r);
    for (int i = 0; i < class->param_count; i++)
        ns_set(ctx, params, class->params[i].name,
               JS_NewFloat64(ctx, ns_dist_draw(&class->params[i].dist, &draw)));
    ns_set(ctx, request, "params", params);
    return request;
}

// What the main script exports: a CommonJS module's exports, or a module's namespace.
static JSValue exports_of(ns_env *env)
{
    JSContext *ctx = env->ctx;
    JSValue main_module = JS_GetPropertyStr(ctx, env->priv->process, "mainModule");
    JSValue exports = JS_UNDEFINED;
    if (JS_IsObject(main_module))
        exports = JS_GetPropertyStr(ctx, main_module, "exports");
    JS_FreeValue(ctx, main_module);
    return JS_IsUndefined(exports) ? ns_main_namespace(env) : exports;
}

// The exported function whose name is nearest to `wanted`: freed with ns_free; NULL: none is near.
static char *near_function(ns_env *env, JSValueConst exports, const char *wanted)
{
    JSContext *ctx = env->ctx;
    JSPropertyEnum *names = NULL;
    uint32_t count = 0;
    char *best = NULL;
    ns_suggest near = {.word = wanted};
    if (!JS_IsObject(exports) ||
        JS_GetOwnPropertyNames(ctx, &names, &count, exports, JS_GPN_STRING_MASK) < 0)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        JSValue value = JS_GetProperty(ctx, exports, names[i].atom);
        const char *name = JS_AtomToCString(ctx, names[i].atom), *before = near.best;
        if (JS_IsException(value))
            JS_FreeValue(ctx, JS_GetException(ctx)); // of a getter
        else if (name && JS_IsFunction(ctx, value))
            ns_suggest_offer(&near, name);
        if (near.best != before) {
            ns_free(best);
            near.best = best = ns_strdup(name);
        }
        JS_FreeCString(ctx, name);
        JS_FreeValue(ctx, value);
        JS_FreeAtom(ctx, names[i].atom);
    }
    js_free(ctx, names);
    return best;
}

static void no_function(ns_env *env, const ns_arrival *class, JSValueConst exports)
{
    ns_err *err = &env->priv->error;
    ns_buf key = {0};
    char *near = near_function(env, exports, class->function);
    ns_fail(err, NS_EINVAL, "found \"%s\", expected a function that %s exports%s%s%s",
            class->function, env->priv->main_script, near ? "; did you mean \"" : "",
            near ? near : "", near ? "\"?" : "");
    ns_buf_printf(&key, "arrivals.%s.function", class->name);
    ns_workload_blame(env->workload, key.failed ? "arrivals" : key.data, err);
    ns_buf_free(&key);
    ns_free(near);
    env->priv->status = "no function for arrivals";
    ns_env_exit(env, 2);
}

// The outcome of a call: a promise is waited for; a function that takes no callback has ended.
static void take_result(ns_env *env, int64_t id, JSValue result, bool takes_callback)
{
    JSContext *ctx = env->ctx;
    JSValue then = JS_IsObject(result) ? JS_GetPropertyStr(ctx, result, "then") : JS_UNDEFINED;
    if (JS_IsFunction(ctx, then)) {
        JSValue handlers[] = {settler(ctx, id, 1), settler(ctx, id, 2)};
        JS_FreeValue(ctx, JS_Call(ctx, then, result, 2, (JSValueConst *)handlers));
        JS_FreeValue(ctx, handlers[0]);
        JS_FreeValue(ctx, handlers[1]);
    } else if (!takes_callback && request_of(env, id)) {
        finish(env, id, "ok");
    }
    JS_FreeValue(ctx, then);
}

// Calls the function inside the scope of one callback, so that the promise has its reactions before
// the first microtask runs.
static JSValue serve(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                     JSValue *data)
{
    ns_env *env = ns_env_of(ctx);
    int64_t id, length = 0;
    JS_ToInt64(ctx, &id, data[0]);
    const ns_load_request *r = request_of(env, id);
    if (!r)
        return JS_UNDEFINED;
    JSValue value = JS_GetPropertyStr(ctx, data[1], "length");
    JS_ToInt64(ctx, &length, value);
    JS_FreeValue(ctx, value);
    JSValue args[] = {request_object(env, r), settler(ctx, id, 0)};
    JSValue result = JS_Call(ctx, data[1], self, 2, (JSValueConst *)args);
    JS_FreeValue(ctx, args[0]);
    JS_FreeValue(ctx, args[1]);
    if (JS_IsException(result)) {
        if (request_of(env, id))
            finish(env, id, "error");
        return result;
    }
    if (request_of(env, id))
        take_result(env, id, result, length >= 2);
    JS_FreeValue(ctx, result);
    return JS_UNDEFINED;
}

static void deliver(void *opaque, const ns_load_request *r)
{
    ns_env *env = opaque;
    JSContext *ctx = env->ctx;
    const ns_arrival *class = class_of(env, r);
    int64_t id = r->id;
    if (env->exiting)
        return;
    JSValue exports = exports_of(env);
    JSValue fn =
        JS_IsObject(exports) ? JS_GetPropertyStr(ctx, exports, class->function) : JS_UNDEFINED;
    if (!JS_IsFunction(ctx, fn)) {
        no_function(env, class, exports);
    } else {
        ns_request_start(env->priv->requests, id);
        ns_tracer_open_request(env->tracer, id, r->cls, r->order);
        JSValue data[] = {JS_NewInt64(ctx, id), fn};
        JSValue server = JS_NewCFunctionData(ctx, serve, 0, 0, 2, data);
        double async_id = ns_hooks_new_id(env);
        ns_hooks_emit_init(env, exports, "REQUEST", async_id, 0);
        JS_FreeValue(ctx, ns_make_callback_as(env, exports, server, fn, async_id, "REQUEST", id));
        JS_FreeValue(ctx, server);
    }
    JS_FreeValue(ctx, fn);
    JS_FreeValue(ctx, exports);
    ns_tracer_close(env->tracer);
}

int ns_arrivals_start(ns_arrivals **out, ns_env *env, ns_err *err)
{
    *out = NULL;
    if (env->workload->arrival_count == 0)
        return NS_OK;
    ns_arrivals *a = ns_calloc(1, sizeof *a);
    if (!a)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    ns_env_sync(env);
    ns_tracer_op(env->tracer, NS_OP_START);
    a->env = env;
    const ns_load_options options = {.sim = env->sim,
                                     .loop = env->loop,
                                     .requests = env->priv->requests,
                                     .workload = env->workload,
                                     .deliver = deliver,
                                     .opaque = env};
    *out = a;
    return ns_load_start(&a->load, &options, err);
}

void ns_arrivals_free(ns_arrivals *a)
{
    if (!a)
        return;
    ns_load_free(a->load);
    ns_free(a);
}

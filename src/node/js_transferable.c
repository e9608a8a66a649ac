// JSTransferable: objects of JavaScript that say themselves how messages take them, through methods
// under symbols (source: src/node_messaging.cc, lib/internal/worker/js_transferable.js).
#include "base/alloc.h"
#include "node/args.h"
#include "node/message.h"
#include "node/messaging.h"
#include "node/symbols.h"

typedef struct js_data {
    ns_transfer_data base;
    JSValue info, data; // "module:Constructor", and what its [kDeserialize] gets
} js_data;

static JSValue method_of(ns_wrap *wrap, ns_symbol symbol)
{
    ns_env *env = wrap->env;
    return JS_GetProperty(env->ctx, wrap->object, ns_env_symbol_atom(env, symbol));
}

static ns_transfer_mode mode(ns_wrap *wrap)
{
    ns_env *env = wrap->env;
    JSAtom atom = ns_env_symbol_atom(env, NS_SYM_messaging_clone_symbol);
    int cloneable = JS_HasProperty(env->ctx, wrap->object, atom);
    if (cloneable < 0) {
        JS_FreeValue(env->ctx, JS_GetException(env->ctx));
        return NS_UNTRANSFERABLE;
    }
    return cloneable ? NS_CLONEABLE : NS_TRANSFERABLE;
}

static void free_data(ns_env *env, ns_transfer_data *base)
{
    js_data *data = (js_data *)base;
    JS_FreeValue(env->ctx, data->info);
    JS_FreeValue(env->ctx, data->data);
    ns_free(data);
}

static JSValue deserialize(ns_env *env, ns_transfer_data *base)
{
    js_data *data = (js_data *)base;
    return JS_Call(env->ctx, env->messaging->create_object, JS_NULL, 1,
                   (JSValueConst *)&data->info);
}

static int finish_write(ns_env *env, ns_transfer_data *base, ns_writer *writer)
{
    js_data *data = (js_data *)base;
    int status = ns_write_value(writer, data->data);
    JS_FreeValue(env->ctx, data->data);
    data->data = JS_UNDEFINED;
    return status;
}

// Data of { data, deserializeInfo }, which this takes over.
static ns_transfer_data *data_of(ns_env *env, JSValue result)
{
    js_data *data = ns_malloc(sizeof *data);
    if (!data) {
        JS_ThrowOutOfMemory(env->ctx);
        JS_FreeValue(env->ctx, result);
        return NULL;
    }
    data->base = (ns_transfer_data){deserialize, finish_write, free_data};
    data->data = JS_GetPropertyStr(env->ctx, result, "data");
    JSValue info = JS_IsException(data->data)
                       ? JS_EXCEPTION
                       : JS_GetPropertyStr(env->ctx, result, "deserializeInfo");
    data->info = JS_IsException(info) ? info : JS_ToString(env->ctx, info);
    JS_FreeValue(env->ctx, info);
    JS_FreeValue(env->ctx, result);
    if (!JS_IsException(data->info))
        return &data->base;
    free_data(env, &data->base);
    return NULL;
}

// The result of this[symbol]() as data; NULL when there is no such method, or it threw.
static ns_transfer_data *call(ns_wrap *wrap, ns_symbol symbol)
{
    ns_env *env = wrap->env;
    JSValue method = method_of(wrap, symbol);
    if (!JS_IsFunction(env->ctx, method)) {
        JS_FreeValue(env->ctx, method);
        return NULL;
    }
    JSValue result = JS_Call(env->ctx, method, wrap->object, 0, NULL);
    JS_FreeValue(env->ctx, method);
    if (JS_IsObject(result))
        return data_of(env, result);
    JS_FreeValue(env->ctx, result);
    return NULL;
}

static ns_transfer_data *transfer(ns_wrap *wrap)
{
    return call(wrap, NS_SYM_messaging_transfer_symbol);
}

static ns_transfer_data *clone(ns_wrap *wrap)
{
    return call(wrap, NS_SYM_messaging_clone_symbol);
}

static JSValue nested(ns_wrap *wrap)
{
    ns_env *env = wrap->env;
    JSValue method = method_of(wrap, NS_SYM_messaging_transfer_list_symbol);
    if (!JS_IsFunction(env->ctx, method))
        return method;
    JSValue list = JS_Call(env->ctx, method, wrap->object, 0, NULL);
    JS_FreeValue(env->ctx, method);
    return list;
}

static int finish_read(ns_wrap *wrap, ns_reader *reader)
{
    ns_env *env = wrap->env;
    JSValue data = ns_read_value(reader);
    if (JS_IsException(data))
        return -1;
    JSValue method = method_of(wrap, NS_SYM_messaging_deserialize_symbol);
    JSValue result = method;
    if (JS_IsFunction(env->ctx, method)) {
        result = JS_Call(env->ctx, method, wrap->object, 1, &data);
        JS_FreeValue(env->ctx, method);
    }
    JS_FreeValue(env->ctx, data);
    int status = JS_IsException(result) ? -1 : 0;
    JS_FreeValue(env->ctx, result);
    return status;
}

const ns_transfer_ops ns_js_transferable_ops = {mode, transfer, clone, nested, finish_read};

static int construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_calloc(1, sizeof *wrap);
    if (!wrap) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    ns_wrap_init(wrap, env, object, NS_PROVIDER_NONE);
    wrap->transfer = &ns_js_transferable_ops;
    return 0;
}

JSValue ns_new_js_transferable_class(ns_env *env)
{
    static const ns_class_def def = {.name = "JSTransferable", .construct = construct};
    return ns_new_class(env, env->ctx, &def);
}

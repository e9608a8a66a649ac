// internalBinding('messaging') (source: src/node_messaging.cc).
#include "node/messaging.h"

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"

static JSValue set_create_object(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_messaging *m = ns_env_of(ctx)->messaging;
    JS_FreeValue(ctx, m->create_object);
    m->create_object = JS_DupValue(ctx, ns_arg(argc, argv, 0));
    return JS_UNDEFINED;
}

// structuredClone(value, options): a message to itself
static JSValue structured_clone(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_transfer_list list = {0};
    JSValueConst options = ns_arg(argc, argv, 1);
    if (argc == 0)
        return ns_throw_code(ctx, "TypeError", "ERR_MISSING_ARGS",
                             "The value argument must be specified");
    if (!JS_IsNull(options) && !JS_IsUndefined(options)) {
        if (!JS_IsObject(options))
            return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                                 "The options argument must be either an object or undefined");
        JSValue transfer = JS_GetPropertyStr(ctx, options, "transfer");
        bool ok = !JS_IsException(transfer) && ns_transfer_list_of(ctx, transfer, &list);
        JS_FreeValue(ctx, transfer);
        if (!ok)
            return JS_EXCEPTION;
    }
    ns_message *message = ns_message_new(env, argv[0], &list, JS_UNDEFINED);
    ns_transfer_list_free(ctx, &list);
    if (!message)
        return JS_EXCEPTION;
    JSValue value = ns_message_read(env, message, NULL);
    ns_message_release(env, message);
    return value;
}

static JSValue message_channel(JSContext *ctx, JSValueConst new_target, int argc,
                               JSValueConst *argv)
{
    if (JS_IsUndefined(new_target))
        return ns_throw_code(ctx, "TypeError", "ERR_CONSTRUCT_CALL_REQUIRED",
                             "Cannot call constructor without `new`");
    JSValue prototype = JS_GetPropertyStr(ctx, new_target, "prototype");
    JSValue object = JS_IsException(prototype) ? prototype : JS_NewObjectProto(ctx, prototype);
    JS_FreeValue(ctx, prototype);
    if (JS_IsException(object) || !JS_IsException(ns_new_message_channel(ns_env_of(ctx), object)))
        return object;
    JS_FreeValue(ctx, object);
    return JS_EXCEPTION;
}

static void free_messaging(ns_env *env, void *data)
{
    ns_messaging *m = data;
    ns_ports_free(env);
    JS_FreeValue(env->ctx, m->create_object);
    JS_FreeValue(env->ctx, m->port_constructor);
    JS_FreeValue(env->ctx, m->emit_message);
    ns_free(m);
    env->messaging = NULL;
}

static int init_state(ns_env *env, JSContext *ctx)
{
    ns_messaging *m = ns_malloc(sizeof *m);
    if (!m) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    m->create_object = JS_UNDEFINED;
    m->groups = NULL;
    m->port_constructor = ns_new_port_class(env);
    m->emit_message = JS_GetPropertyStr(ctx, env->priv->exports, "emitMessage");
    env->messaging = m;
    if (ns_env_at_exit(env, free_messaging, m) == 0)
        return JS_IsException(m->port_constructor) ? -1 : 0;
    free_messaging(env, m);
    JS_ThrowOutOfMemory(ctx);
    return -1;
}

NS_BINDING(messaging)
{
    static const ns_fn_def fns[] = {
        {"setDeserializerCreateObjectFunction", set_create_object, 0},
        {"structuredClone", structured_clone, 0},
    };
    if (!env->messaging && init_state(env, ctx) < 0)
        return -1;
    JSValue channel = JS_NewCFunction2(ctx, message_channel, "MessageChannel", 0,
                                       JS_CFUNC_constructor_or_func, 0);
    JSValue prototype = JS_NewObject(ctx);
    if (!JS_IsException(channel) && !JS_IsException(prototype))
        JS_SetConstructor(ctx, channel, prototype);
    JS_FreeValue(ctx, prototype);
    if (ns_set(ctx, target, "MessageChannel", channel) < 0 ||
        ns_set(ctx, target, "JSTransferable", ns_new_js_transferable_class(env)) < 0 ||
        ns_set(ctx, target, "MessagePort", JS_DupValue(ctx, env->messaging->port_constructor)) <
            0 ||
        ns_ports_set(ctx, target) < 0 || NS_SET_FNS(ctx, target, fns) < 0)
        return -1;
    return ns_set(ctx, target, "DOMException",
                  JS_GetPropertyStr(ctx, env->priv->exports, "DOMException"));
}

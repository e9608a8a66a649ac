// JavaScript objects with a C side: node::BaseObject, AsyncWrap, HandleWrap, ReqWrap.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"

static void finalize(JSRuntime *rt, JSValue value)
{
    JSClassID id = 0;
    ns_wrap *wrap = JS_GetAnyOpaque(value, &id);
    if (!wrap)
        return;
    ns_env *env = wrap->env;
    assert(!wrap->held);
    if (wrap->prev)
        wrap->prev->next = wrap->next;
    else
        env->priv->wraps = wrap->next;
    if (wrap->next)
        wrap->next->prev = wrap->prev;
    if (wrap->provider != NS_PROVIDER_NONE)
        ns_hooks_queue_destroy(env, wrap->async_id);
    if (wrap->free)
        wrap->free(wrap);
    else
        ns_free(wrap);
}

static void mark(JSRuntime *rt, JSValueConst value, JS_MarkFunc *mark_func)
{
    JSClassID id = 0;
    ns_wrap *wrap = JS_GetAnyOpaque(value, &id);
    if (wrap && wrap->mark)
        wrap->mark(wrap, rt, mark_func);
}

// QuickJS numbers classes for the whole process; each runtime registers this one.
static JSClassID wrap_class_id;

static int ensure_class(ns_env *env)
{
    static const JSClassDef def = {"Object", .finalizer = finalize, .gc_mark = mark};
    ns_env_private *p = env->priv;
    if (p->wrap_class)
        return 0;
    p->wrap_class = JS_NewClassID(&wrap_class_id);
    return JS_NewClass(JS_GetRuntime(env->ctx), p->wrap_class, &def);
}

void ns_wrap_init(ns_wrap *wrap, ns_env *env, JSValueConst object, ns_provider provider)
{
    ns_env_private *p = env->priv;
    wrap->env = env;
    wrap->object = object;
    wrap->held = false;
    wrap->provider = provider;
    wrap->closed = NULL;
    wrap->transfer = NULL;
    wrap->request_id = env->request_id;
    wrap->callback_id = env->callback_id;
    wrap->prev = NULL;
    wrap->next = p->wraps;
    if (p->wraps)
        p->wraps->prev = wrap;
    p->wraps = wrap;
    JS_SetOpaque(object, wrap);
    if (provider == NS_PROVIDER_NONE)
        return;
    wrap->async_id = ns_hooks_new_id(env);
    wrap->trigger_async_id = ns_hooks_default_trigger(env);
    ns_hooks_emit_init(env, object, ns_provider_name(provider), wrap->async_id,
                       wrap->trigger_async_id);
}

ns_wrap *ns_wrap_of(JSValueConst object)
{
    JSClassID id = 0;
    ns_wrap *wrap = JS_GetAnyOpaque(object, &id);
    return wrap && id == wrap_class_id ? wrap : NULL;
}

ns_wrap *ns_wrap_find(ns_env *env, JSValueConst value)
{
    JSClassID id = 0;
    void *opaque = JS_IsObject(value) ? JS_GetAnyOpaque(value, &id) : NULL;
    return id != 0 && id == env->priv->wrap_class ? opaque : NULL;
}

void ns_wrap_hold(ns_wrap *wrap)
{
    if (wrap->held)
        return;
    wrap->held = true;
    JS_DupValue(wrap->env->ctx, wrap->object);
}

void ns_wrap_release(ns_wrap *wrap)
{
    if (!wrap->held)
        return;
    wrap->held = false;
    JS_FreeValue(wrap->env->ctx, wrap->object);
}

// -- Classes --------------------------------------------------------------------------------------

static JSValue construct(JSContext *ctx, JSValueConst new_target, int argc, JSValueConst *argv,
                         int magic)
{
    ns_env *env = ns_env_of(ctx);
    const ns_class_def *def = env->priv->classes[magic];
    if (def->internal)
        return ns_throw_code(ctx, "TypeError", "ERR_CONSTRUCT_CALL_INVALID",
                             "Constructor cannot be called");
    if (JS_IsUndefined(new_target))
        return ns_throw_code(ctx, "TypeError", "ERR_CONSTRUCT_CALL_REQUIRED",
                             "Class constructor %s cannot be invoked without 'new'", def->name);
    JSValue prototype = JS_GetPropertyStr(ctx, new_target, "prototype");
    if (JS_IsException(prototype))
        return prototype;
    JSValue object = JS_NewObjectProtoClass(ctx, prototype, env->priv->wrap_class);
    JS_FreeValue(ctx, prototype);
    if (JS_IsException(object))
        return object;
    JS_SetOpaque(object, NULL);
    if (def->construct && def->construct(env, ctx, object, argc, argv) < 0) {
        JS_FreeValue(ctx, object);
        return JS_EXCEPTION;
    }
    return object;
}

static JSValue get_async_id(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    return JS_NewFloat64(ctx, wrap ? wrap->async_id : -1);
}

static JSValue get_provider_type(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    return JS_NewInt32(ctx, wrap ? (int)wrap->provider : 0);
}

// AsyncReset(resource, executionAsyncId): the object is used for another operation.
static JSValue async_reset(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    if (!wrap)
        return JS_UNDEFINED;
    ns_env *env = wrap->env;
    ns_hooks_queue_destroy(env, wrap->async_id);
    wrap->async_id = ns_hooks_new_id(env);
    wrap->trigger_async_id = ns_hooks_default_trigger(env);
    wrap->request_id = env->request_id;
    wrap->callback_id = env->callback_id;
    JSValueConst resource = argc > 0 && JS_IsObject(argv[0]) ? argv[0] : self;
    ns_hooks_emit_init(env, resource, ns_provider_name(wrap->provider), wrap->async_id,
                       wrap->trigger_async_id);
    return JS_UNDEFINED;
}

static ns_handle_wrap *handle_of(JSContext *ctx, JSValueConst self)
{
    return (ns_handle_wrap *)ns_wrap_find(ns_env_of(ctx), self);
}

// What V8 throws when a method's receiver is not of its class.
static JSValue illegal(JSContext *ctx)
{
    return JS_ThrowTypeError(ctx, "Illegal invocation");
}

static JSValue handle_ref(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_handle_wrap *wrap = handle_of(ctx, self);
    if (!wrap)
        return illegal(ctx);
    if (wrap->handle && !ns_handle_closing(wrap->handle))
        ns_handle_ref(wrap->handle);
    return JS_UNDEFINED;
}

static JSValue handle_unref(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_handle_wrap *wrap = handle_of(ctx, self);
    if (!wrap)
        return illegal(ctx);
    if (wrap->handle && !ns_handle_closing(wrap->handle))
        ns_handle_unref(wrap->handle);
    return JS_UNDEFINED;
}

// undefined once the handle is closed.
static JSValue handle_has_ref(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_handle_wrap *wrap = handle_of(ctx, self);
    if (!wrap)
        return illegal(ctx);
    return wrap->handle ? JS_NewBool(ctx, ns_handle_has_ref(wrap->handle)) : JS_UNDEFINED;
}

static void handle_closed(ns_handle *handle)
{
    ns_handle_wrap *wrap = handle->data;
    ns_env *env = wrap->wrap.env;
    wrap->handle = NULL;
    if (wrap->wrap.closed)
        wrap->wrap.closed(&wrap->wrap);
    if (!env->exiting) {
        JSAtom atom = ns_env_symbol_atom(env, NS_SYM_handle_onclose);
        JSValue fn = JS_GetProperty(env->ctx, wrap->wrap.object, atom);
        if (JS_IsFunction(env->ctx, fn))
            JS_FreeValue(env->ctx, ns_make_callback(&wrap->wrap, fn, 0, NULL));
        JS_FreeValue(env->ctx, fn);
    }
    ns_wrap_release(&wrap->wrap);
}

static JSValue handle_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_handle_wrap *wrap = handle_of(ctx, self);
    if (!wrap)
        return illegal(ctx);
    if (!wrap->handle || ns_handle_closing(wrap->handle))
        return JS_UNDEFINED;
    if (argc > 0 && JS_IsFunction(ctx, argv[0])) {
        JSAtom atom = ns_env_symbol_atom(wrap->wrap.env, NS_SYM_handle_onclose);
        if (JS_SetProperty(ctx, self, atom, JS_DupValue(ctx, argv[0])) < 0)
            return JS_EXCEPTION;
    }
    ns_handle_wrap_close(wrap);
    return JS_UNDEFINED;
}

void ns_handle_wrap_close(ns_handle_wrap *wrap)
{
    if (!wrap->handle || ns_handle_closing(wrap->handle))
        return;
    wrap->handle->data = wrap;
    ns_wrap_hold(&wrap->wrap);
    ns_handle_close(wrap->handle, handle_closed);
}

JSValue ns_new_instance(ns_env *env, JSValueConst constructor)
{
    JSValue prototype = JS_GetPropertyStr(env->ctx, constructor, "prototype");
    if (JS_IsException(prototype))
        return prototype;
    JSValue object = JS_NewObjectProtoClass(env->ctx, prototype, env->priv->wrap_class);
    JS_FreeValue(env->ctx, prototype);
    if (!JS_IsException(object))
        JS_SetOpaque(object, NULL);
    return object;
}

static void free_prototypes(ns_env *env, void *data)
{
    ns_env_private *p = env->priv;
    JS_FreeValue(env->ctx, p->async_prototype);
    JS_FreeValue(env->ctx, p->handle_prototype);
    p->async_prototype = p->handle_prototype = JS_UNDEFINED;
}

// AsyncWrap.prototype and HandleWrap.prototype: parents of the classes' own, as in Node, whose
// library takes some classes out of that chain.
static int ensure_prototypes(ns_env *env)
{
    static const ns_fn_def async_methods[] = {
        {"getAsyncId", get_async_id, 0},
        {"asyncReset", async_reset, 0},
        {"getProviderType", get_provider_type, 0},
    };
    static const ns_fn_def handle_methods[] = {
        {"close", handle_close, 0},
        {"hasRef", handle_has_ref, 0},
        {"ref", handle_ref, 0},
        {"unref", handle_unref, 0},
    };
    ns_env_private *p = env->priv;
    JSContext *ctx = env->ctx;
    if (JS_IsObject(p->handle_prototype))
        return 0;
    p->async_prototype = JS_NewObject(ctx);
    p->handle_prototype = JS_NewObjectProto(ctx, p->async_prototype);
    if (JS_IsException(p->handle_prototype) || ns_env_at_exit(env, free_prototypes, NULL) < 0 ||
        NS_SET_FNS(ctx, p->async_prototype, async_methods) < 0)
        return -1;
    return NS_SET_FNS(ctx, p->handle_prototype, handle_methods);
}

// A class definition that the constructor finds by its index.
static int keep_class(ns_env *env, const ns_class_def *def)
{
    ns_env_private *p = env->priv;
    ns_class_def **classes = ns_realloc(p->classes, (size_t)(p->class_count + 1) * sizeof(void *));
    ns_class_def *copy = ns_malloc(sizeof *copy);
    if (classes)
        p->classes = classes;
    if (!classes || !copy) {
        ns_free(copy);
        JS_ThrowOutOfMemory(env->ctx);
        return -1;
    }
    *copy = *def;
    classes[p->class_count] = copy;
    return p->class_count++;
}

JSValue ns_new_class(ns_env *env, JSContext *ctx, const ns_class_def *def)
{
    ns_env_private *p = env->priv;
    if (ensure_class(env) < 0 || ensure_prototypes(env) < 0)
        return JS_EXCEPTION;
    int magic = keep_class(env, def);
    if (magic < 0)
        return JS_EXCEPTION;
    JSValue constructor = JS_NewCFunctionMagic(ctx, construct, def->name, 0,
                                               JS_CFUNC_constructor_or_func_magic, magic);
    JSValue prototype = def->handle  ? JS_NewObjectProto(ctx, p->handle_prototype)
                        : def->async ? JS_NewObjectProto(ctx, p->async_prototype)
                                     : JS_NewObject(ctx);
    int failed = ns_set_fns(ctx, prototype, def->methods, def->method_count);
    JS_SetConstructor(ctx, constructor, prototype);
    JS_FreeValue(ctx, prototype);
    if (failed) {
        JS_FreeValue(ctx, constructor);
        return JS_EXCEPTION;
    }
    return constructor;
}

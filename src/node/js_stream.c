// internalBinding('js_stream'): a stream whose ends are in JavaScript (source: src/js_stream.cc).
// TLS uses it, which nsim does not have: of a JSStream there is only the External of its C side.
#include "base/alloc.h"
#include "node/args.h"
#include "node/external.h"

static void free_external(ns_wrap *wrap)
{
    ns_free(wrap);
}

JSValue ns_new_external(ns_env *env)
{
    JSContext *ctx = env->ctx;
    static const ns_class_def def = {.name = "External"};
    ns_wrap *wrap = ns_calloc(1, sizeof *wrap);
    JSValue constructor = wrap ? ns_new_class(env, ctx, &def) : JS_ThrowOutOfMemory(ctx);
    JSValue object = JS_IsException(constructor) ? constructor : ns_new_instance(env, constructor);
    JS_FreeValue(ctx, constructor);
    if (JS_IsException(object) || JS_SetPrototype(ctx, object, JS_NULL) < 0) {
        ns_free(wrap);
        return JS_EXCEPTION;
    }
    wrap->free = free_external;
    ns_wrap_init(wrap, env, object, NS_PROVIDER_NONE);
    return object;
}

bool ns_is_external(ns_env *env, JSValueConst value)
{
    ns_wrap *wrap = ns_wrap_find(env, value);
    return wrap && wrap->free == free_external;
}

static JSValue external_stream(JSContext *ctx, JSValueConst self)
{
    return ns_new_external(ns_env_of(ctx));
}

static int construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_calloc(1, sizeof *wrap);
    if (!wrap) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    ns_wrap_init(wrap, env, object, NS_PROVIDER_JSSTREAM);
    return 0;
}

NS_BINDING(js_stream)
{
    static const char *const missing[] = {"finishWrite", "finishShutdown", "readBuffer", "emitEOF",
                                          "readStart",   "readStop",       "shutdown",   "writev",
                                          "writeBuffer", "writeUtf8String"};
    static const JSCFunctionListEntry getters[] = {
        JS_CGETSET_DEF("_externalStream", external_stream, NULL)};
    static const ns_class_def def = {.name = "JSStream", .construct = construct, .async = true};
    JSValue constructor = ns_new_class(env, ctx, &def);
    if (JS_IsException(constructor))
        return -1;
    JSValue prototype = JS_GetPropertyStr(ctx, constructor, "prototype");
    JS_SetPropertyFunctionList(ctx, prototype, getters, 1);
    int status = 0;
    for (size_t i = 0; i < sizeof missing / sizeof missing[0] && status == 0; i++)
        status = ns_set_missing(ctx, prototype, missing[i], "JSStream (js_stream)");
    JS_FreeValue(ctx, prototype);
    return ns_set(ctx, target, "JSStream", constructor) < 0 ? -1 : status;
}

// internalBinding('uv'): libuv's error numbers, names and messages (source: src/uv.cc).
#include <stdio.h>

#include "node/args.h"
#include "node/uv_errors.h"

static JSValue errname(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    int32_t number;
    if (JS_ToInt32(ctx, &number, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    for (int i = 0; i < ns_uv_error_count; i++)
        if (ns_uv_errors[i].number == number)
            return JS_NewString(ctx, ns_uv_errors[i].name);
    char text[48];
    snprintf(text, sizeof text, "Unknown system error %d", number);
    return JS_NewString(ctx, text);
}

// [name, message]
static JSValue pair(JSContext *ctx, const ns_uv_error *error)
{
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array))
        return array;
    if (JS_SetPropertyUint32(ctx, array, 0, JS_NewString(ctx, error->name)) < 0 ||
        JS_SetPropertyUint32(ctx, array, 1, JS_NewString(ctx, error->message)) < 0) {
        JS_FreeValue(ctx, array);
        return JS_EXCEPTION;
    }
    return array;
}

// A Map from number to [name, message]: made from an array of entries by the Map constructor.
static JSValue get_error_map(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    JSValue entries = JS_NewArray(ctx);
    if (JS_IsException(entries))
        return entries;
    for (int i = 0; i < ns_uv_error_count; i++) {
        JSValue entry = JS_NewArray(ctx);
        if (JS_IsException(entry) ||
            JS_SetPropertyUint32(ctx, entry, 0, JS_NewInt32(ctx, ns_uv_errors[i].number)) < 0 ||
            JS_SetPropertyUint32(ctx, entry, 1, pair(ctx, &ns_uv_errors[i])) < 0 ||
            JS_SetPropertyUint32(ctx, entries, (uint32_t)i, entry) < 0) {
            JS_FreeValue(ctx, entries);
            return JS_EXCEPTION;
        }
    }
    JSValue constructor = ns_env_primordial(ns_env_of(ctx), "Map");
    JSValue map = JS_CallConstructor(ctx, constructor, 1, &entries);
    JS_FreeValue(ctx, constructor);
    JS_FreeValue(ctx, entries);
    return map;
}

NS_BINDING(uv)
{
    if (ns_set(ctx, target, "errname",
               JS_NewCFunction2(ctx, errname, "errname", 0, JS_CFUNC_constructor_or_func, 0)) < 0)
        return -1;
    for (int i = 0; i < ns_uv_error_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "UV_%s", ns_uv_errors[i].name);
        if (JS_DefinePropertyValueStr(ctx, target, name, JS_NewInt32(ctx, ns_uv_errors[i].number),
                                      JS_PROP_ENUMERABLE) < 0)
            return -1;
    }
    return ns_set_fn(ctx, target, "getErrorMap", get_error_map, 0);
}

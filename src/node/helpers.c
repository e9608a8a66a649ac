// Small helpers of the bindings: properties, functions, arguments, typed arrays over C memory.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"

int ns_set(JSContext *ctx, JSValueConst object, const char *name, JSValue value)
{
    if (JS_IsException(value))
        return -1;
    return JS_DefinePropertyValueStr(ctx, object, name, value, JS_PROP_C_W_E) < 0 ? -1 : 0;
}

int ns_set_int(JSContext *ctx, JSValueConst object, const char *name, int64_t value)
{
    return ns_set(ctx, object, name, JS_NewInt64(ctx, value));
}

int ns_set_str(JSContext *ctx, JSValueConst object, const char *name, const char *value)
{
    return ns_set(ctx, object, name, JS_NewString(ctx, value));
}

int ns_set_fn(JSContext *ctx, JSValueConst object, const char *name, JSCFunction *fn, int argc)
{
    return ns_set(ctx, object, name, JS_NewCFunction(ctx, fn, name, argc));
}

int ns_set_fns(JSContext *ctx, JSValueConst object, const ns_fn_def *defs, int count)
{
    for (int i = 0; i < count; i++)
        if (ns_set_fn(ctx, object, defs[i].name, defs[i].fn, defs[i].argc) < 0)
            return -1;
    return 0;
}

JSValue ns_throw_missing(JSContext *ctx, const char *what)
{
    return ns_throw_code(ctx, "Error", "ERR_NSIM_NOT_MODELLED", "nsim does not model %s yet", what);
}

static JSValue missing(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                       int magic, JSValue *data)
{
    const char *what = JS_ToCString(ctx, data[0]);
    if (!what)
        return JS_EXCEPTION;
    JSValue result = ns_throw_missing(ctx, what);
    JS_FreeCString(ctx, what);
    return result;
}

int ns_set_missing(JSContext *ctx, JSValueConst object, const char *name, const char *what)
{
    JSValue text = JS_NewString(ctx, what);
    JSValue fn = JS_NewCFunctionData(ctx, missing, 0, 0, 1, &text);
    JS_FreeValue(ctx, text);
    // Lib extends and decorates the prototypes of classes that it may never use.
    JSValue prototype = JS_NewObject(ctx);
    if (!JS_IsException(fn) && !JS_IsException(prototype)) {
        JS_SetConstructorBit(ctx, fn, 1);
        JS_SetConstructor(ctx, fn, prototype);
    }
    JS_FreeValue(ctx, prototype);
    return ns_set(ctx, object, name, fn);
}

bool ns_arg_int(JSContext *ctx, JSValueConst value, int64_t *out)
{
    return JS_ToInt64(ctx, out, value) == 0;
}

bool ns_arg_double(JSContext *ctx, JSValueConst value, double *out)
{
    return JS_ToFloat64(ctx, out, value) == 0;
}

static JSValue array_over(JSContext *ctx, void *memory, size_t bytes, JSTypedArrayEnum type)
{
    JSValue buffer = JS_NewArrayBuffer(ctx, memory, bytes, NULL, NULL, 0);
    if (JS_IsException(buffer))
        return buffer;
    JSValueConst args[] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
    JSValue array = JS_NewTypedArray(ctx, 3, args, type);
    JS_FreeValue(ctx, buffer);
    return array;
}

JSValue ns_new_uint32_array(JSContext *ctx, uint32_t *memory, size_t count)
{
    return array_over(ctx, memory, count * sizeof *memory, JS_TYPED_ARRAY_UINT32);
}

JSValue ns_new_int32_array(JSContext *ctx, int32_t *memory, size_t count)
{
    return array_over(ctx, memory, count * sizeof *memory, JS_TYPED_ARRAY_INT32);
}

JSValue ns_new_uint8_array(JSContext *ctx, uint8_t *memory, size_t count)
{
    return array_over(ctx, memory, count, JS_TYPED_ARRAY_UINT8);
}

JSValue ns_new_float64_array(JSContext *ctx, double *memory, size_t count)
{
    return array_over(ctx, memory, count * sizeof *memory, JS_TYPED_ARRAY_FLOAT64);
}

JSValue ns_new_bigint64_array(JSContext *ctx, int64_t *memory, size_t count)
{
    return array_over(ctx, memory, count * sizeof *memory, JS_TYPED_ARRAY_BIG_INT64);
}

JSValue ns_throw_code(JSContext *ctx, const char *type, const char *code, const char *fmt, ...)
{
    char message[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);

    JSValue global = JS_GetGlobalObject(ctx);
    JSValue constructor = JS_GetPropertyStr(ctx, global, type);
    JS_FreeValue(ctx, global);
    JSValue text = JS_NewString(ctx, message);
    JSValueConst argv[] = {text};
    JSValue error = JS_CallConstructor(ctx, constructor, 1, argv);
    JS_FreeValue(ctx, constructor);
    JS_FreeValue(ctx, text);
    if (JS_IsException(error))
        return error;
    if (ns_set_str(ctx, error, "code", code) < 0) {
        JS_FreeValue(ctx, error);
        return JS_EXCEPTION;
    }
    return JS_Throw(ctx, error);
}

JSValue ns_env_primordial(ns_env *env, const char *name)
{
    return JS_GetPropertyStr(env->ctx, env->priv->primordials, name);
}

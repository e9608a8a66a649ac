#include "node/args.h"

#include <math.h>

bool ns_arg_bytes(JSContext *ctx, JSValueConst value, uint8_t **data, size_t *size)
{
    const uint32_t kinds = NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW | NS_KIND_ARRAY_BUFFER |
                           NS_KIND_SHARED_ARRAY_BUFFER;
    *data = NULL;
    *size = 0;
    if (ns_bytes(ctx, value, data, size) || (ns_value_kinds(ctx, value) & kinds))
        return true;
    ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
    return false;
}

bool ns_arg_index(JSContext *ctx, JSValueConst value, size_t def, size_t *out)
{
    double number;
    if (JS_IsUndefined(value)) {
        *out = def;
        return true;
    }
    if (JS_ToFloat64(ctx, &number, value) < 0)
        return false;
    number = isnan(number) ? 0 : trunc(number);
    if (number < 0) {
        ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "Index out of range");
        return false;
    }
    *out = number < 0x1p62 ? (size_t)number : (size_t)1 << 62;
    return true;
}

int ns_hide(JSContext *ctx, JSValueConst holder, JSValue value)
{
    JSValue key = ns_new_private_symbol(ctx, "node:kept");
    if (JS_IsException(key)) {
        JS_FreeValue(ctx, value);
        return -1;
    }
    JSAtom atom = JS_ValueToAtom(ctx, key);
    JS_FreeValue(ctx, key);
    if (atom == JS_ATOM_NULL) {
        JS_FreeValue(ctx, value);
        return -1;
    }
    int status = JS_SetProperty(ctx, holder, atom, value);
    JS_FreeAtom(ctx, atom);
    return status < 0 ? -1 : 0;
}

JSValue ns_primordial_call(JSContext *ctx, const char *name, int argc, JSValueConst *argv)
{
    JSValue fn = ns_env_primordial(ns_env_of(ctx), name);
    if (JS_IsException(fn))
        return fn;
    JSValue result = JS_Call(ctx, fn, JS_UNDEFINED, argc, argv);
    JS_FreeValue(ctx, fn);
    return result;
}

JSValue ns_primordial_new(JSContext *ctx, const char *name, int argc, JSValueConst *argv)
{
    JSValue constructor = ns_env_primordial(ns_env_of(ctx), name);
    if (JS_IsException(constructor))
        return constructor;
    JSValue result = JS_CallConstructor(ctx, constructor, argc, argv);
    JS_FreeValue(ctx, constructor);
    return result;
}

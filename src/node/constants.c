// internalBinding('constants'): Linux' numbers (source: src/node_constants.cc). The table is made
// by tools/make-constants.
#include <string.h>

#include "node/constants_table.h"
#include "node/env.h"

static const struct {
    const char *group, *name;
    double value;
} constants[] = {
#define X(group, name, value) {#group, #name, value},
    NS_CONSTANTS(X)
#undef X
};

static int fill(JSContext *ctx, JSValueConst object, const char *group)
{
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (strcmp(constants[i].group, group) != 0)
            continue;
        double value = constants[i].value;
        JSValue number = value == (double)(int32_t)value ? JS_NewInt32(ctx, (int32_t)value)
                                                         : JS_NewFloat64(ctx, value);
        if (JS_DefinePropertyValueStr(ctx, object, constants[i].name, number, JS_PROP_ENUMERABLE) <
            0)
            return -1;
    }
    return 0;
}

// A new object without a prototype under `name`; borrowed, JS_EXCEPTION when memory is short.
static JSValueConst add(JSContext *ctx, JSValueConst target, const char *name)
{
    JSValue object = JS_NewObjectProto(ctx, JS_NULL);
    if (JS_IsException(object))
        return object;
    if (ns_set(ctx, target, name, JS_DupValue(ctx, object)) < 0 || fill(ctx, object, name) < 0) {
        JS_FreeValue(ctx, object);
        return JS_EXCEPTION;
    }
    JS_FreeValue(ctx, object); // the target holds it
    return object;
}

NS_BINDING(constants)
{
    static const char *const os_parts[] = {"dlopen", "errno", "signals", "priority"};
    static const char *const parts[] = {"fs", "crypto", "zlib", "trace"};
    JSValueConst os = add(ctx, target, "os");
    if (JS_IsException(os))
        return -1;
    for (size_t i = 0; i < sizeof os_parts / sizeof os_parts[0]; i++)
        if (JS_IsException(add(ctx, os, os_parts[i])))
            return -1;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        JSValueConst object = add(ctx, target, parts[i]);
        if (JS_IsException(object))
            return -1;
        if (strcmp(parts[i], "crypto") == 0 &&
            JS_DefinePropertyValueStr(ctx, object, "defaultCoreCipherList",
                                      JS_NewString(ctx, NS_defaultCoreCipherList),
                                      JS_PROP_ENUMERABLE) < 0)
            return -1;
    }
    return 0;
}

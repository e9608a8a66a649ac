// engine.h's host half on the programs golden/host_*.js, beside what the real node printed.
#include "golden.h"

static JSValue host; // the object `host` of the programs, borrowed
static JSValue reject_callback;

static void on_reject(JSContext *ctx, ns_reject_event event, JSValueConst promise,
                      JSValueConst value, void *opaque)
{
    JSValueConst argv[] = {JS_NewInt32(ctx, (int)event), promise, value};
    JS_FreeValue(ctx, JS_Call(ctx, reject_callback, JS_UNDEFINED, 3, argv));
}

static JSValue host_on_reject(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    reject_callback = JS_DupValue(ctx, argv[0]);
    ns_set_promise_reject(ctx, on_reject, NULL);
    return JS_UNDEFINED;
}

static JSValue host_set_promise_hooks(JSContext *ctx, JSValueConst self, int argc,
                                      JSValueConst *argv)
{
    ns_set_promise_hooks(ctx, argv[0], argv[1], argv[2], argv[3]);
    return JS_UNDEFINED;
}

static JSValue host_constructor_name(JSContext *ctx, JSValueConst self, int argc,
                                     JSValueConst *argv)
{
    return ns_constructor_name(ctx, argv[0]);
}

static JSValue host_proxy_details(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue target, handler;
    if (!ns_proxy_details(ctx, argv[0], &target, &handler))
        return JS_UNDEFINED;
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, target);
    JS_SetPropertyUint32(ctx, pair, 1, handler);
    return pair;
}

// node's binding: the entries, or [entries, is_key_value] for iterators and maps alike.
static JSValue host_preview_entries(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    bool pairs;
    JSValue entries = ns_preview_entries(ctx, argv[0], &pairs);
    if (!JS_IsObject(entries))
        return entries;
    JSValue result = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, result, 0, entries);
    JS_SetPropertyUint32(ctx, result, 1, JS_NewBool(ctx, pairs));
    return result;
}

static JSValue host_own_non_index(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return ns_own_non_index(ctx, argv[0], !JS_ToBool(ctx, argv[1]));
}

// The names of node's binding `types`, in the alphabet's order.
static JSValue host_kinds(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const struct {
        const char *name;
        uint32_t bits;
    } names[] = {
        {"isAnyArrayBuffer", NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER},
        {"isArgumentsObject", NS_KIND_ARGUMENTS},
        {"isArrayBuffer", NS_KIND_ARRAY_BUFFER},
        {"isAsyncFunction", NS_KIND_ASYNC_FUNCTION},
        {"isBigIntObject", NS_KIND_BIGINT_OBJECT},
        {"isBooleanObject", NS_KIND_BOOLEAN_OBJECT},
        {"isBoxedPrimitive", NS_KIND_BIGINT_OBJECT | NS_KIND_BOOLEAN_OBJECT |
                                 NS_KIND_NUMBER_OBJECT | NS_KIND_STRING_OBJECT |
                                 NS_KIND_SYMBOL_OBJECT},
        {"isDataView", NS_KIND_DATA_VIEW},
        {"isDate", NS_KIND_DATE},
        {"isExternal", NS_KIND_EXTERNAL},
        {"isGeneratorFunction", NS_KIND_GENERATOR_FUNCTION},
        {"isGeneratorObject", NS_KIND_GENERATOR_OBJECT},
        {"isMap", NS_KIND_MAP},
        {"isMapIterator", NS_KIND_MAP_ITERATOR},
        {"isModuleNamespaceObject", NS_KIND_MODULE_NAMESPACE},
        {"isNativeError", NS_KIND_NATIVE_ERROR},
        {"isNumberObject", NS_KIND_NUMBER_OBJECT},
        {"isPromise", NS_KIND_PROMISE},
        {"isProxy", NS_KIND_PROXY},
        {"isRegExp", NS_KIND_REGEXP},
        {"isSet", NS_KIND_SET},
        {"isSetIterator", NS_KIND_SET_ITERATOR},
        {"isSharedArrayBuffer", NS_KIND_SHARED_ARRAY_BUFFER},
        {"isStringObject", NS_KIND_STRING_OBJECT},
        {"isSymbolObject", NS_KIND_SYMBOL_OBJECT},
        {"isWeakMap", NS_KIND_WEAK_MAP},
        {"isWeakSet", NS_KIND_WEAK_SET},
    };
    uint32_t kinds = ns_value_kinds(ctx, argv[0]), count = 0;
    JSValue list = JS_NewArray(ctx);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (kinds & names[i].bits)
            JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, names[i].name));
    return list;
}

// compile(code, file, line, column, params)
static JSValue host_compile(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *params[8];
    int line, column, count = 0;
    size_t length;
    JS_ToInt32(ctx, &line, argv[2]);
    JS_ToInt32(ctx, &column, argv[3]);
    JSValue size = JS_GetPropertyStr(ctx, argv[4], "length");
    JS_ToInt32(ctx, &count, size);
    for (int i = 0; i < count; i++) {
        JSValue param = JS_GetPropertyUint32(ctx, argv[4], (uint32_t)i);
        params[i] = JS_ToCString(ctx, param);
        JS_FreeValue(ctx, param);
    }
    const char *code = JS_ToCStringLen(ctx, &length, argv[0]), *file = JS_ToCString(ctx, argv[1]);
    JSValue fn =
        ns_compile_function(ctx, code, length, file, line, column, params, count, JS_UNDEFINED);
    for (int i = 0; i < count; i++)
        JS_FreeCString(ctx, params[i]);
    JS_FreeCString(ctx, code);
    JS_FreeCString(ctx, file);
    return fn;
}

static void add_host(JSContext *ctx)
{
    static const struct {
        const char *name;
        JSCFunction *fn;
    } functions[] = {
        {"onReject", host_on_reject},
        {"setPromiseHooks", host_set_promise_hooks},
        {"constructorName", host_constructor_name},
        {"proxyDetails", host_proxy_details},
        {"previewEntries", host_preview_entries},
        {"ownNonIndex", host_own_non_index},
        {"kinds", host_kinds},
        {"compile", host_compile},
    };
    host = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        JS_SetPropertyStr(ctx, host, functions[i].name,
                          JS_NewCFunction(ctx, functions[i].fn, functions[i].name, 5));
    JS_SetPropertyStr(ctx, host, "privateSymbol", ns_new_private_symbol(ctx, "private"));
    JSValue global = JS_GetGlobalObject(ctx);
    JS_SetPropertyStr(ctx, global, "host", host);
    JS_FreeValue(ctx, global);
}

static void run_steps(JSContext *ctx)
{
    JSValue global = JS_GetGlobalObject(ctx), steps = JS_GetPropertyStr(ctx, global, "steps");
    JSValue size = JS_GetPropertyStr(ctx, steps, "length");
    int count = 0;
    JS_ToInt32(ctx, &count, size);
    cr_expect_gt(count, 0);
    for (int i = 0; i < count; i++) {
        JSValue step = JS_GetPropertyUint32(ctx, steps, (uint32_t)i);
        JSValue value = JS_Call(ctx, step, JS_UNDEFINED, 0, NULL);
        if (JS_IsException(value))
            print_uncaught(ctx);
        while (ns_run_microtasks(ctx) < 0)
            print_uncaught(ctx);
        JS_FreeValue(ctx, value);
        JS_FreeValue(ctx, step);
    }
    JS_FreeValue(ctx, steps);
    JS_FreeValue(ctx, global);
}

static void check(const char *name)
{
    ns_engine *engine = golden_engine();
    JSContext *ctx = ns_engine_context(engine);
    reject_callback = JS_UNDEFINED;
    add_host(ctx);
    golden_load(ctx, name);
    run_steps(ctx);
    JS_FreeValue(ctx, reject_callback);
    ns_engine_free(engine);
    golden_check(name);
}

Test(host, order)
{
    check("host_order");
}

Test(host, random_programs)
{
    check("host_random");
}

Test(host, hooks)
{
    check("host_hooks");
}

Test(host, rejections)
{
    check("host_reject");
}

Test(host, objects)
{
    check("host_objects");
}

Test(host, compile)
{
    check("host_compile");
}

Test(host, builtins)
{
    check("host_builtins");
}

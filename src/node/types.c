// internalBinding('types'): what a value is (source: src/node_types.cc).
#include "node/args.h"
#include "node/external.h"

static const struct {
    const char *name;
    uint32_t kinds;
} tests[] = {
    {"isExternal", NS_KIND_EXTERNAL},
    {"isDate", NS_KIND_DATE},
    {"isArgumentsObject", NS_KIND_ARGUMENTS},
    {"isBigIntObject", NS_KIND_BIGINT_OBJECT},
    {"isBooleanObject", NS_KIND_BOOLEAN_OBJECT},
    {"isNumberObject", NS_KIND_NUMBER_OBJECT},
    {"isStringObject", NS_KIND_STRING_OBJECT},
    {"isSymbolObject", NS_KIND_SYMBOL_OBJECT},
    {"isNativeError", NS_KIND_NATIVE_ERROR},
    {"isRegExp", NS_KIND_REGEXP},
    {"isAsyncFunction", NS_KIND_ASYNC_FUNCTION},
    {"isGeneratorFunction", NS_KIND_GENERATOR_FUNCTION},
    {"isGeneratorObject", NS_KIND_GENERATOR_OBJECT},
    {"isPromise", NS_KIND_PROMISE},
    {"isMap", NS_KIND_MAP},
    {"isSet", NS_KIND_SET},
    {"isMapIterator", NS_KIND_MAP_ITERATOR},
    {"isSetIterator", NS_KIND_SET_ITERATOR},
    {"isWeakMap", NS_KIND_WEAK_MAP},
    {"isWeakSet", NS_KIND_WEAK_SET},
    {"isArrayBuffer", NS_KIND_ARRAY_BUFFER},
    {"isDataView", NS_KIND_DATA_VIEW},
    {"isSharedArrayBuffer", NS_KIND_SHARED_ARRAY_BUFFER},
    {"isProxy", NS_KIND_PROXY},
    {"isModuleNamespaceObject", NS_KIND_MODULE_NAMESPACE},
    {"isAnyArrayBuffer", NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER},
    {"isBoxedPrimitive", NS_KIND_NUMBER_OBJECT | NS_KIND_STRING_OBJECT | NS_KIND_BOOLEAN_OBJECT |
                             NS_KIND_BIGINT_OBJECT | NS_KIND_SYMBOL_OBJECT},
};

// `index` is the test's place in the table.
static JSValue is_kind(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                       int index)
{
    if (tests[index].kinds == NS_KIND_EXTERNAL)
        return JS_NewBool(ctx, argc > 0 && ns_is_external(ns_env_of(ctx), argv[0]));
    return JS_NewBool(ctx, argc > 0 && JS_IsObject(argv[0]) &&
                               (ns_value_kinds(ctx, argv[0]) & tests[index].kinds) != 0);
}

NS_BINDING(types)
{
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        if (ns_set(ctx, target, tests[i].name,
                   JS_NewCFunctionMagic(ctx, is_kind, tests[i].name, 0, JS_CFUNC_generic_magic,
                                        (int)i)) < 0)
            return -1;
    return 0;
}

// The process object before Node's own bootstrap fills it: versions, platform, release, env.
#include <string.h>

#include "node/env_private.h"
#include "node/node_version.h"

JSValue ns_process_versions(JSContext *ctx)
{
    static const char *const versions[][2] = {
        {"node", &NS_NODE_VERSION[1]},
        {"acorn", "8.14.0"},
        {"ada", "2.9.2"},
        {"ares", "1.34.5"},
        {"brotli", "1.1.0"},
        {"cjs_module_lexer", "1.4.1"},
        {"llhttp", "8.1.2"},
        {"modules", "115"},
        {"napi", "9"},
        {"nghttp2", "1.61.0"},
        {"openssl", "3.0.16"},
        {"simdutf", "6.0.3"},
        {"undici", "6.21.2"},
        {"uv", "1.46.0"},
        {"uvwasi", "0.0.21"},
        {"v8", "11.3.244.8-node.26"},
        {"zlib", "1.3.0.1-motley-82a5fec"},
    };
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        JS_DefinePropertyValueStr(ctx, object, versions[i][0], JS_NewString(ctx, versions[i][1]),
                                  JS_PROP_ENUMERABLE);
    return object;
}

// -- process.env: a map of strings ----------------------------------------------------------------

static JSValue *store_of(JSValueConst object)
{
    JSClassID id = 0;
    return JS_GetAnyOpaque(object, &id);
}

static int env_get_own(JSContext *ctx, JSPropertyDescriptor *desc, JSValueConst object, JSAtom name)
{
    enum { CALLS = 5 }; // the interceptor's, under a lock, and a text is made
    ns_charge_work(ctx, NS_WORK_BINDING, CALLS);
    return JS_GetOwnProperty(ctx, desc, *store_of(object), name);
}

static int env_names(JSContext *ctx, JSPropertyEnum **names, uint32_t *count, JSValueConst object)
{
    return JS_GetOwnPropertyNames(ctx, names, count, *store_of(object),
                                  JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK);
}

static int env_delete(JSContext *ctx, JSValueConst object, JSAtom name)
{
    return JS_DeleteProperty(ctx, *store_of(object), name, 0);
}

static int env_define(JSContext *ctx, JSValueConst object, JSAtom name, JSValueConst value,
                      JSValueConst getter, JSValueConst setter, int flags)
{
    const int all = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE | JS_PROP_ENUMERABLE;
    if (flags & (JS_PROP_HAS_GET | JS_PROP_HAS_SET)) {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
                      "'process.env' does not accept an accessor(getter/setter) descriptor");
        return -1;
    }
    const int given = JS_PROP_HAS_CONFIGURABLE | JS_PROP_HAS_WRITABLE | JS_PROP_HAS_ENUMERABLE;
    if ((flags & given) == given && (flags & all) != all) {
        ns_throw_code(
            ctx, "TypeError", "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
            "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
        return -1;
    }
    JSValue key = JS_AtomToValue(ctx, name);
    bool symbol = JS_IsSymbol(key);
    JS_FreeValue(ctx, key);
    if (symbol) {
        JS_ThrowTypeError(ctx, "Cannot convert a Symbol value to a string");
        return -1;
    }
    JSValue text = JS_ToString(ctx, value);
    if (JS_IsException(text))
        return -1;
    return JS_DefinePropertyValue(ctx, *store_of(object), name, text, all);
}

static void env_finalize(JSRuntime *rt, JSValue object)
{
    JSValue *store = store_of(object);
    JS_FreeValueRT(rt, *store);
    js_free_rt(rt, store);
}

static void env_mark(JSRuntime *rt, JSValueConst object, JS_MarkFunc *mark)
{
    JSValue *store = store_of(object);
    if (store)
        JS_MarkValue(rt, *store, mark);
}

static JSValue new_environment(ns_env *env)
{
    static JSClassExoticMethods exotic = {
        .get_own_property = env_get_own,
        .get_own_property_names = env_names,
        .delete_property = env_delete,
        .define_own_property = env_define,
    };
    static const JSClassDef def = {"Object", .finalizer = env_finalize, .gc_mark = env_mark,
                                   .exotic = &exotic};
    JSContext *ctx = env->ctx;
    JSClassID id = 0;
    JS_NewClassID(&id);
    JSValue *store = js_malloc(ctx, sizeof *store);
    if (!store || JS_NewClass(JS_GetRuntime(ctx), id, &def) < 0)
        return JS_EXCEPTION;
    *store = JS_NewObjectProto(ctx, JS_NULL);
    for (const char *const *entry = env->workload->env; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals)
            continue;
        JSAtom name = JS_NewAtomLen(ctx, *entry, (size_t)(equals - *entry));
        JS_DefinePropertyValue(ctx, *store, name, JS_NewString(ctx, equals + 1), JS_PROP_C_W_E);
        JS_FreeAtom(ctx, name);
    }
    JSValue prototype = JS_NewObject(ctx);
    JSValue object = JS_NewObjectProtoClass(ctx, prototype, id);
    JS_FreeValue(ctx, prototype);
    JS_SetOpaque(object, store);
    return object;
}

JSValue ns_process_new(ns_env *env)
{
    ns_env_private *p = env->priv;
    JSContext *ctx = env->ctx;
    JSValue constructor = JS_NewCFunction2(ctx, NULL, "process", 0, JS_CFUNC_generic, 0);
    JSValue prototype = JS_NewObject(ctx);
    JS_SetConstructor(ctx, constructor, prototype);
    JS_FreeValue(ctx, constructor);
    JSValue process = JS_NewObjectProto(ctx, prototype);
    JS_FreeValue(ctx, prototype);
    ns_set_str(ctx, process, "version", NS_NODE_VERSION);
    ns_set(ctx, process, "versions", ns_process_versions(ctx));
    ns_set_str(ctx, process, "arch", "x64");
    ns_set_str(ctx, process, "platform", "linux");
    JSValue release = JS_NewObject(ctx);
    ns_set_str(ctx, release, "name", "node");
    ns_set_str(ctx, release, "lts", "Iron");
    ns_set(ctx, process, "release", release);
    ns_set(ctx, process, "env", new_environment(env));
    ns_set_str(ctx, process, "title", "node");
    ns_set(ctx, process, "argv", JS_NewArray(ctx));
    ns_set(ctx, process, "execArgv", JS_NewArray(ctx));
    p->exit_info[NS_EXIT_EXITING] = 0;
    JSValue info = ns_new_int32_array(ctx, p->exit_info, NS_EXIT_FIELDS);
    JSAtom atom = ns_env_private_atom(env, NS_PRIV_exit_info_private_symbol);
    JS_DefinePropertyValue(ctx, process, atom, info, JS_PROP_C_W_E);
    return process;
}

// internalBinding('builtins'): Node's own library, from the bytecode embedded in the executable.
#include <stdlib.h>
#include <string.h>

#include "node/env_private.h"
#include "node/nodelib.h"
#include "node/performance.h"

static int by_id(const void *key, const void *entry)
{
    return strcmp(key, ((const ns_builtin *)entry)->id);
}

static const ns_builtin *find(const char *id)
{
    return bsearch(id, ns_builtins, (size_t)ns_builtin_count, sizeof ns_builtins[0], by_id);
}

const char *ns_builtin_text(const char *id, size_t *size)
{
    const ns_builtin *found = find(id);
    if (!found)
        return NULL;
    *size = found->text_size;
    return (const char *)ns_builtin_data + found->text;
}

JSValue ns_builtin_function(JSContext *ctx, const char *id)
{
    const ns_builtin *found = find(id);
    if (!found)
        return JS_ThrowReferenceError(ctx, "No such built-in module: %s", id);
    JSValue code =
        JS_ReadObject(ctx, ns_builtin_data + found->code, found->code_size, JS_READ_OBJ_BYTECODE);
    JSValue fn = JS_IsException(code) ? code : JS_EvalFunction(ctx, code);
    if (!JS_IsException(fn)) // of the functions within it the cache has no code
        ns_code_cache_applies(ctx, fn, (const uint8_t[]){true}, 1);
    return fn;
}

// What is not in the snapshot comes from the code cache in node's binary (src/node_builtins.cc,
// LookupAndCompile), which is read as a whole.
static void charge_load(JSContext *ctx, const char *id)
{
    const ns_builtin *found = find(id);
    ns_env *env = ns_env_of(ctx);
    if (found)
        ns_env_charge(env, ns_profile_ns(env->profile, "node.builtin") +
                               (ns_time)(ns_profile_get(env->profile, "node.builtin_char") *
                                         (double)found->text_size));
}

static JSValue compile_function(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *id = JS_ToCString(ctx, argv[0]);
    if (!id)
        return JS_EXCEPTION;
    JSValue fn = ns_builtin_function(ctx, id);
    charge_load(ctx, id);
    if (strcmp(id, "internal/perf/usertiming") == 0)
        fn = ns_performance_watch(ctx, fn);
    JS_FreeCString(ctx, id);
    return fn;
}

static JSValue set_internal_loaders(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    p->internal_binding = JS_DupValue(ctx, argv[0]);
    p->require = JS_DupValue(ctx, argv[1]);
    return JS_UNDEFINED;
}

static JSValue has_cached(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_TRUE;
}

static JSValue get_natives(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue natives = JS_NewObject(ctx);
    for (int i = 0; i < ns_builtin_count; i++) {
        const ns_builtin *b = &ns_builtins[i];
        ns_set(ctx, natives, b->id,
               JS_NewStringLen(ctx, (const char *)ns_builtin_data + b->text, b->text_size));
    }
    return natives;
}

NS_BINDING(builtins)
{
    static const ns_fn_def functions[] = {
        {"compileFunction", compile_function, 1},
        {"setInternalLoaders", set_internal_loaders, 2},
        {"hasCachedBuiltins", has_cached, 0},
    };
    // What is in node's own config.gypi matters to programs only through these.
    static const char config[] =
        "{\"target_defaults\":{\"cflags\":[],\"default_configuration\":\"Release\",\"defines\":[],"
        "\"include_dirs\":[],\"libraries\":[]},\"variables\":{\"v8_enable_i18n_support\":0,"
        "\"node_shared\":false,\"napi_build_version\":\"9\",\"v8_enable_webassembly\":0,"
        "\"node_builtin_shareable_builtins\":[]}}";
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    JSValue ids = JS_NewArray(ctx);
    for (int i = 0; i < ns_builtin_count; i++)
        JS_SetPropertyUint32(ctx, ids, (uint32_t)i, JS_NewString(ctx, ns_builtins[i].id));
    ns_set(ctx, target, "builtinIds", ids);
    JSValue getter = JS_NewCFunction2(ctx, get_natives, "natives", 0, JS_CFUNC_generic, 0);
    JSAtom atom = JS_NewAtom(ctx, "natives");
    JS_DefinePropertyGetSet(ctx, target, atom, getter, JS_UNDEFINED,
                            JS_PROP_ENUMERABLE | JS_PROP_CONFIGURABLE);
    JS_FreeAtom(ctx, atom);
    ns_set(ctx, target, "builtinCategories", JS_NewObject(ctx));
    return ns_set_str(ctx, target, "config", config);
}

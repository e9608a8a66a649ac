// internalBinding('contextify'): compiling source text in the main context (source: node's
// src/node_contextify.cc), and further contexts (vm.createContext).
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/code_cache.h"
#include "node/env_private.h"

static const char *const cjs_params[] = {"exports", "require", "module", "__filename", "__dirname"};
enum { cjs_param_count = sizeof cjs_params / sizeof cjs_params[0] };

// `//# sourceMappingURL=` of the last line that has one, undefined without.
static JSValue source_map_url(JSContext *ctx, const char *code)
{
    static const char marker[] = "//# sourceMappingURL=";
    const char *found = NULL;
    for (const char *at = code; (at = strstr(at, marker)); at += sizeof marker - 1)
        found = at + sizeof marker - 1;
    if (!found)
        return JS_UNDEFINED;
    return JS_NewStringLen(ctx, found, strcspn(found, " \t\r\n'\""));
}

static bool message_is_esm(const char *message)
{
    static const char *const esm_syntax[] = {
        "Cannot use import statement outside a module",
        "Unexpected token 'export'",
        "Cannot use 'import.meta' outside a module",
    };
    for (size_t i = 0; i < sizeof esm_syntax / sizeof esm_syntax[0]; i++)
        if (strstr(message, esm_syntax[i]))
            return true;
    return false;
}

// What throws in a CommonJS module but may be right in an ES module.
static bool message_is_cjs_only(const char *message)
{
    static const char *const cjs_only[] = {
        "Identifier 'module' has already been declared",
        "Identifier 'exports' has already been declared",
        "Identifier 'require' has already been declared",
        "Identifier '__filename' has already been declared",
        "Identifier '__dirname' has already been declared",
        "await is only valid in async functions and the top level bodies of modules",
    };
    for (size_t i = 0; i < sizeof cjs_only / sizeof cjs_only[0]; i++)
        if (strstr(message, cjs_only[i]))
            return true;
    return false;
}

static bool parses_as_module(JSContext *ctx, const char *code, size_t len, const char *filename)
{
    if (ns_module_compile(ctx, code, len, filename, 0, 0, JS_UNDEFINED))
        return true;
    JS_FreeValue(ctx, JS_GetException(ctx));
    return false;
}

// Whether code that failed to parse as CommonJS with `error` is an ES module.
static bool retry_as_esm(JSContext *ctx, JSValueConst error, const char *code, size_t len,
                         const char *filename)
{
    JSValue value = JS_GetPropertyStr(ctx, error, "message");
    const char *message = JS_ToCString(ctx, value);
    bool esm = message && message_is_esm(message);
    if (!esm && message && message_is_cjs_only(message))
        esm = parses_as_module(ctx, code, len, filename);
    JS_FreeCString(ctx, message);
    JS_FreeValue(ctx, value);
    return esm;
}

static JSValue compile_cjs(ns_env *env, const char *code, size_t len, const char *filename,
                           bool params)
{
    JSValueConst hdo = ns_env_symbol(env, NS_SYM_vm_dynamic_import_default_internal);
    return ns_compile_function(env->ctx, code, len, filename, 0, 0, cjs_params,
                               params ? cjs_param_count : 0, hdo);
}

// compileFunctionForCJSLoader(code, filename, isSeaMain, shouldDetectModule)
static JSValue compile_for_cjs(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, argv[0]);
    const char *filename = JS_ToCString(ctx, argv[1]);
    JSValue result = JS_EXCEPTION;
    if (code && filename) {
        bool can_be_esm = false;
        JSValue fn = compile_cjs(env, code, len, filename, true);
        if (JS_IsException(fn)) {
            JSValue error = JS_GetException(ctx);
            can_be_esm = retry_as_esm(ctx, error, code, len, filename);
            if (can_be_esm && ns_arg_bool(ctx, argv[3])) {
                JS_FreeValue(ctx, error);
                fn = JS_UNDEFINED;
            } else {
                ns_decorate_error(env, error);
                JS_Throw(ctx, error);
            }
        }
        if (!JS_IsException(fn)) {
            result = JS_NewObject(ctx);
            ns_set(ctx, result, "cachedDataRejected", JS_FALSE);
            ns_set(ctx, result, "sourceMapURL", source_map_url(ctx, code));
            ns_set(ctx, result, "canParseAsESM", JS_NewBool(ctx, can_be_esm));
            ns_set(ctx, result, "function", fn);
        }
    }
    JS_FreeCString(ctx, code);
    JS_FreeCString(ctx, filename);
    return result;
}

// containsModuleSyntax(code, filename[, resourceName, cjsVar])
static JSValue contains_module_syntax(JSContext *ctx, JSValueConst self, int argc,
                                      JSValueConst *argv)
{
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, argv[0]);
    const char *filename = JS_ToCString(ctx, argv[1]);
    bool result = false;
    if (code && filename) {
        bool params = argc < 4 || JS_IsUndefined(argv[3]);
        JSValue fn = compile_cjs(ns_env_of(ctx), code, len, filename, params);
        if (JS_IsException(fn)) {
            JSValue error = JS_GetException(ctx);
            result = retry_as_esm(ctx, error, code, len, filename);
            JS_FreeValue(ctx, error);
        }
        JS_FreeValue(ctx, fn);
    }
    JS_FreeCString(ctx, code);
    JS_FreeCString(ctx, filename);
    return JS_NewBool(ctx, result);
}

// shouldRetryAsESM(code, filename)
static JSValue should_retry(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return contains_module_syntax(ctx, self, argc < 2 ? argc : 2, argv);
}

static int64_t array_length(JSContext *ctx, JSValueConst list)
{
    JSValue value = JS_GetPropertyStr(ctx, list, "length");
    int64_t length = 0;
    JS_ToInt64(ctx, &length, value);
    JS_FreeValue(ctx, value);
    return length;
}

static const char **string_list(JSContext *ctx, JSValueConst list, int *count)
{
    *count = 0;
    if (!JS_IsObject(list))
        return NULL;
    int64_t length = array_length(ctx, list);
    const char **strings = ns_calloc((size_t)length + 1, sizeof *strings);
    for (int64_t i = 0; strings && i < length; i++) {
        JSValue item = JS_GetPropertyUint32(ctx, list, (uint32_t)i);
        strings[(*count)++] = JS_ToCString(ctx, item);
        JS_FreeValue(ctx, item);
    }
    return strings;
}

// -- Contexts -------------------------------------------------------------------------------------

typedef struct context_wrap {
    ns_wrap wrap;
    JSContext *realm;
} context_wrap;

static void context_free(ns_wrap *wrap)
{
    context_wrap *c = (context_wrap *)wrap;
    if (c->realm)
        ns_context_free(c->realm);
    ns_free(c);
}

static void context_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    context_wrap *c = (context_wrap *)wrap;
    if (c->realm)
        ns_context_mark(rt, c->realm, mark);
}

// The realm of a contextified object; the main one for undefined and null. NULL with an exception
// pending for anything else.
static JSContext *realm_of(JSContext *ctx, JSValueConst object)
{
    ns_env *env = ns_env_of(ctx);
    if (!JS_IsObject(object))
        return env->ctx;
    JSAtom atom = ns_env_private_atom(env, NS_PRIV_contextify_context_private_symbol);
    JSValue holder = JS_GetProperty(ctx, object, atom);
    context_wrap *c = (context_wrap *)ns_wrap_find(env, holder);
    JS_FreeValue(ctx, holder);
    if (!c || c->wrap.free != context_free) {
        JS_ThrowTypeError(ctx, "not a contextified object");
        return NULL;
    }
    return c->realm;
}

// makeContext(contextObject | vm_context_no_contextify, name, origin, strings, wasm, ownMicrotasks,
// id)
static JSValue make_context(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    bool vanilla = argc > 0 && !JS_IsObject(argv[0]);
    JSContext *realm = ns_context_new(env->ctx, vanilla ? JS_UNDEFINED : argv[0]);
    context_wrap *c = realm ? ns_calloc(1, sizeof *c) : NULL;
    JSValue holder = c ? JS_NewObjectClass(ctx, (int)env->priv->wrap_class) : JS_EXCEPTION;
    if (JS_IsException(holder)) {
        ns_free(c);
        if (realm)
            ns_context_free(realm);
        return JS_ThrowOutOfMemory(ctx);
    }
    c->realm = realm;
    c->wrap.free = context_free;
    c->wrap.mark = context_mark;
    ns_wrap_init(&c->wrap, env, holder, NS_PROVIDER_NONE);
    JSValue target = vanilla ? JS_GetGlobalObject(realm) : JS_DupValue(ctx, argv[0]);
    JSAtom atom = ns_env_private_atom(env, NS_PRIV_contextify_context_private_symbol);
    JS_DefinePropertyValue(ctx, target, atom, holder, JS_PROP_C_W_E);
    if (argc > 6)
        JS_DefinePropertyValue(ctx, target,
                               ns_env_private_atom(env, NS_PRIV_host_defined_option_symbol),
                               JS_DupValue(ctx, argv[6]), JS_PROP_C_W_E);
    return target;
}

// compileFunction(code, filename, lineOffset, columnOffset, cachedData, produceCachedData,
//                 parsingContext, contextExtensions, params, hostDefinedOptionId)
static JSValue compile_function(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    int64_t line, column, extensions = 0;
    JSContext *realm = argc > 6 ? realm_of(ctx, argv[6]) : NULL;
    if (argc < 10 || !realm || !ns_arg_int(ctx, argv[2], &line) ||
        !ns_arg_int(ctx, argv[3], &column))
        return JS_EXCEPTION;
    if (JS_IsObject(argv[7]))
        extensions = array_length(ctx, argv[7]);
    if (extensions > 0)
        return ns_throw_missing(ctx, "vm.compileFunction with contextExtensions");
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, argv[0]);
    const char *filename = JS_ToCString(ctx, argv[1]);
    int count;
    const char **params = string_list(ctx, argv[8], &count);
    JSValue fn = JS_EXCEPTION;
    ns_code_cache_use cache = {0};
    if (code && filename && ns_code_cache_read(env, realm, argv[4], len, &cache))
        fn = ns_compile_function(realm, code, len, filename, (int)line, (int)column, params, count,
                                 argv[9]);
    JSValue result = JS_EXCEPTION;
    if (JS_IsException(fn)) {
        ns_free(cache.compiled);
        JSValue error = JS_GetException(ctx);
        ns_decorate_error(env, error);
        JS_Throw(ctx, error);
    } else {
        result = JS_NewObject(ctx);
        JS_DefinePropertyValue(ctx, fn,
                               ns_env_private_atom(env, NS_PRIV_host_defined_option_symbol),
                               JS_DupValue(ctx, argv[9]), JS_PROP_C_W_E);
        ns_set(ctx, result, "function", fn);
        ns_set(ctx, result, "sourceMapURL", source_map_url(ctx, code));
        if (ns_code_cache_done(env, realm, result, fn, &cache, ns_arg_bool(ctx, argv[5]), len) <
            0) {
            JS_FreeValue(ctx, result);
            result = JS_EXCEPTION;
        }
    }
    for (int i = 0; i < count; i++)
        JS_FreeCString(ctx, params[i]);
    ns_free(params);
    JS_FreeCString(ctx, code);
    JS_FreeCString(ctx, filename);
    return result;
}

// -- ContextifyScript -----------------------------------------------------------------------------

typedef struct script {
    ns_wrap wrap;
    JSValue run;            // a function that runs it in the realm that it was compiled in first
    JSContext *realm;       // that realm
    JSValue code, filename; // to compile it in others
    JSValue symbol;
    size_t length; // of the code, in bytes
    int line, column;
} script;

static void script_free(ns_wrap *wrap)
{
    script *s = (script *)wrap;
    JSValue values[] = {s->run, s->code, s->filename, s->symbol};
    for (int i = 0; i < 4; i++)
        JS_FreeValue(wrap->env->ctx, values[i]);
    ns_free(wrap);
}

static void script_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    JS_MarkValue(rt, ((script *)wrap)->run, mark);
}

// new ContextifyScript(code, filename, lineOffset, columnOffset, cachedData, produceCachedData,
//                      parsingContext, hostDefinedOptionId)
static int script_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    int64_t line = 0, column = 0;
    JSContext *realm = argc > 6 ? realm_of(ctx, argv[6]) : env->ctx;
    if (argc < 2 || !realm || (argc > 2 && !ns_arg_int(ctx, argv[2], &line)) ||
        (argc > 3 && !ns_arg_int(ctx, argv[3], &column)))
        return -1;
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, argv[0]);
    const char *filename = JS_ToCString(ctx, argv[1]);
    JSValueConst missing = ns_env_symbol(env, NS_SYM_vm_dynamic_import_missing_flag);
    JSValue symbol = JS_DupValue(ctx, argc > 7 && JS_IsSymbol(argv[7]) ? argv[7] : missing);
    JSValue run = JS_EXCEPTION;
    ns_code_cache_use cache = {0};
    if (code && filename && ns_code_cache_read(env, realm, ns_arg(argc, argv, 4), len, &cache))
        run = ns_compile_script(realm, code, len, filename, (int)line, (int)column, symbol);
    int status = -1;
    if (JS_IsException(run)) {
        ns_free(cache.compiled);
        JSValue error = JS_GetException(ctx);
        ns_decorate_error(env, error);
        JS_Throw(ctx, error);
    } else {
        script *s = ns_calloc(1, sizeof *s);
        if (s) {
            s->run = run;
            s->realm = realm;
            s->code = JS_DupValue(ctx, argv[0]);
            s->filename = JS_DupValue(ctx, argv[1]);
            s->symbol = JS_DupValue(ctx, symbol);
            s->length = len;
            s->line = (int)line;
            s->column = (int)column;
            s->wrap.free = script_free;
            s->wrap.mark = script_mark;
            ns_wrap_init(&s->wrap, env, object, NS_PROVIDER_NONE);
            JS_DefinePropertyValue(ctx, object,
                                   ns_env_private_atom(env, NS_PRIV_host_defined_option_symbol),
                                   JS_DupValue(ctx, symbol), JS_PROP_C_W_E);
            status = ns_code_cache_done(env, realm, object, run, &cache,
                                        ns_arg_bool(ctx, ns_arg(argc, argv, 5)), len);
            if (status >= 0)
                status = ns_set(ctx, object, "sourceMapURL", source_map_url(ctx, code));
        } else {
            ns_free(cache.compiled);
            JS_FreeValue(ctx, run);
            JS_ThrowOutOfMemory(ctx);
        }
    }
    JS_FreeValue(ctx, symbol);
    JS_FreeCString(ctx, code);
    JS_FreeCString(ctx, filename);
    return status;
}

static JSValue run_in(JSContext *realm, const script *s)
{
    if (realm == s->realm)
        return JS_Call(realm, s->run, JS_UNDEFINED, 0, NULL);
    size_t len;
    const char *code = JS_ToCStringLen(realm, &len, s->code);
    const char *filename = JS_ToCString(realm, s->filename);
    JSValue run = JS_EXCEPTION, result = JS_EXCEPTION;
    if (code && filename)
        run = ns_compile_script(realm, code, len, filename, s->line, s->column, s->symbol);
    if (!JS_IsException(run))
        result = JS_Call(realm, run, JS_UNDEFINED, 0, NULL);
    JS_FreeValue(realm, run);
    JS_FreeCString(realm, code);
    JS_FreeCString(realm, filename);
    return result;
}

// runInContext(context | null, timeout, displayErrors, breakOnSigint, breakOnFirstLine)
static JSValue script_run(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    script *s = (script *)ns_wrap_of(self);
    if (!s)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    JSContext *realm = realm_of(ctx, argc > 0 ? argv[0] : JS_NULL);
    if (!realm)
        return JS_EXCEPTION;
    JSValue result = run_in(realm, s);
    if (JS_IsException(result) && argc > 2 && ns_arg_bool(ctx, argv[2])) {
        JSValue error = JS_GetException(ctx);
        if (!ns_is_termination(ctx, error))
            ns_decorate_error(ns_env_of(ctx), error);
        JS_Throw(ctx, error);
    }
    return result;
}

static JSValue script_cached_data(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const script *s = (const script *)ns_wrap_of(self);
    if (!s)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    return ns_code_cache_make(ns_env_of(ctx), s->run, s->length);
}

static JSValue no_sigint(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_FALSE;
}

NS_BINDING(contextify)
{
    static const ns_fn_def functions[] = {
        {"compileFunction", compile_function, 10},
        {"compileFunctionForCJSLoader", compile_for_cjs, 4},
        {"containsModuleSyntax", contains_module_syntax, 4},
        {"shouldRetryAsESM", should_retry, 2},
        {"startSigintWatchdog", no_sigint, 0},
        {"stopSigintWatchdog", no_sigint, 0},
        {"watchdogHasPendingSigint", no_sigint, 0},
    };
    static const ns_fn_def methods[] = {{"createCachedData", script_cached_data, 0},
                                        {"runInContext", script_run, 5}};
    static const ns_class_def script_class = {.name = "ContextifyScript",
                                              .construct = script_construct,
                                              .methods = methods,
                                              .method_count = 2};
    if (NS_SET_FNS(ctx, target, functions) < 0 ||
        ns_set(ctx, target, "ContextifyScript", ns_new_class(env, ctx, &script_class)) < 0 ||
        ns_set_fn(ctx, target, "makeContext", make_context, 7) < 0 ||
        ns_set_missing(ctx, target, "measureMemory", "vm.measureMemory") < 0)
        return -1;
    static const char *const modes[2][3] = {{"mode", "SUMMARY", "DETAILED"},
                                            {"execution", "DEFAULT", "EAGER"}};
    JSValue measure = JS_NewObject(ctx);
    for (int i = 0; i < 2; i++) {
        JSValue object = JS_NewObject(ctx);
        ns_set_int(ctx, object, modes[i][1], 0);
        ns_set_int(ctx, object, modes[i][2], 1);
        ns_set(ctx, measure, modes[i][0], object);
    }
    JSValue constants = JS_NewObject(ctx);
    ns_set(ctx, constants, "measureMemory", measure);
    return ns_set(ctx, target, "constants", constants);
}

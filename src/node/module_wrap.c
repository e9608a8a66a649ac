// internalBinding('module_wrap'): ECMAScript modules (source: node's src/module_wrap.cc). Node's
// own loader resolves and links; the engine instantiates and evaluates.
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"

typedef struct module_wrap {
    ns_wrap wrap;
    ns_module *module;
    JSValue host_defined, evaluate; // the symbol; of a synthetic module, its evaluation callback
    struct module_wrap *next;
} module_wrap;

typedef struct module_state {
    module_wrap *first;
    JSValue import_callback, meta_callback;
} module_state;

static module_state *state_of(ns_env *env)
{
    return env->priv->modules;
}

static module_wrap *wrap_of_module(ns_env *env, ns_module *module)
{
    for (module_wrap *w = state_of(env)->first; w; w = w->next)
        if (w->module == module)
            return w;
    return NULL;
}

static module_wrap *self_of(JSContext *ctx, JSValueConst self)
{
    module_wrap *w = (module_wrap *)ns_wrap_of(self);
    if (!w)
        JS_ThrowTypeError(ctx, "Illegal invocation");
    return w;
}

static void wrap_free(ns_wrap *wrap)
{
    module_wrap *w = (module_wrap *)wrap;
    module_wrap **link = &state_of(wrap->env)->first;
    while (*link && *link != w)
        link = &(*link)->next;
    if (*link)
        *link = w->next;
    JS_FreeValue(wrap->env->ctx, w->host_defined);
    JS_FreeValue(wrap->env->ctx, w->evaluate);
    ns_free(w);
}

static void wrap_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    JS_MarkValue(rt, ((module_wrap *)wrap)->evaluate, mark);
}

// A synthetic module's steps: the callback, with the ModuleWrap as `this`, sets the exports.
static int run_synthetic(JSContext *ctx, ns_module *module, void *opaque)
{
    module_wrap *w = wrap_of_module(opaque, module);
    if (!w)
        return 0;
    JSValue result = JS_Call(ctx, w->evaluate, w->wrap.object, 0, NULL);
    bool failed = JS_IsException(result);
    JS_FreeValue(ctx, result);
    return failed ? -1 : 0;
}

static ns_module *make_synthetic(ns_env *env, const char *url, JSValueConst list)
{
    JSContext *ctx = env->ctx;
    JSValue value = JS_GetPropertyStr(ctx, list, "length");
    uint32_t count = 0;
    JS_ToUint32(ctx, &count, value);
    JS_FreeValue(ctx, value);
    const char **names = ns_calloc((size_t)count + 1, sizeof *names);
    if (!names) {
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        JSValue name = JS_GetPropertyUint32(ctx, list, i);
        names[i] = JS_ToCString(ctx, name);
        JS_FreeValue(ctx, name);
    }
    ns_module *module = ns_module_synthetic(ctx, url, names, (int)count, run_synthetic, env);
    for (uint32_t i = 0; i < count; i++)
        JS_FreeCString(ctx, names[i]);
    ns_free(names);
    return module;
}

static ns_module *make_source(ns_env *env, const char *url, int argc, JSValueConst *argv,
                              JSValueConst symbol)
{
    JSContext *ctx = env->ctx;
    int64_t line = 0, column = 0;
    if (argc < 5 || !ns_arg_int(ctx, argv[3], &line) || !ns_arg_int(ctx, argv[4], &column))
        return NULL;
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, argv[2]);
    if (!code)
        return NULL;
    ns_module *module = ns_module_compile(ctx, code, len, url, (int)line, (int)column, symbol);
    JS_FreeCString(ctx, code);
    if (!module) {
        JSValue error = JS_GetException(ctx);
        ns_append_exception_line(env, error, false);
        JS_Throw(ctx, error);
    }
    return module;
}

// new ModuleWrap(url, context, source, lineOffset, columnOffset[, cachedData | idSymbol])
// new ModuleWrap(url, context, exportNames, evaluationCallback)
static int construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc, JSValueConst *argv)
{
    if (argc < 4 || !JS_IsUndefined(argv[1])) {
        ns_throw_missing(ctx, "a module in another context");
        return -1;
    }
    const char *url = JS_ToCString(ctx, argv[0]);
    if (!url)
        return -1;
    bool synthetic = JS_IsArray(ctx, argv[2]) > 0;
    JSValue symbol = JS_UNDEFINED;
    if (!synthetic) {
        symbol = argc > 5 && JS_IsSymbol(argv[5]) ? JS_DupValue(ctx, argv[5])
                                                  : ns_env_new_symbol(ctx, url);
        JS_DefinePropertyValue(ctx, object,
                               ns_env_private_atom(env, NS_PRIV_host_defined_option_symbol),
                               JS_DupValue(ctx, symbol), JS_PROP_C_W_E);
    }
    ns_module *module =
        synthetic ? make_synthetic(env, url, argv[2]) : make_source(env, url, argc, argv, symbol);
    JS_FreeCString(ctx, url);
    module_wrap *w = module ? ns_calloc(1, sizeof *w) : NULL;
    if (!w) {
        JS_FreeValue(ctx, symbol);
        if (module)
            JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    w->module = module;
    w->host_defined = symbol;
    w->evaluate = synthetic ? JS_DupValue(ctx, argv[3]) : JS_UNDEFINED;
    w->wrap.free = wrap_free;
    w->wrap.mark = wrap_mark;
    w->next = state_of(env)->first;
    state_of(env)->first = w;
    ns_wrap_init(&w->wrap, env, object, NS_PROVIDER_NONE);
    JS_DefinePropertyValueStr(ctx, object, "url", JS_DupValue(ctx, argv[0]), JS_PROP_ENUMERABLE);
    return ns_set(ctx, object, "sourceMapURL", JS_UNDEFINED);
}

static JSValue get_requests(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    JSValue list = JS_NewArray(ctx);
    int count = ns_module_request_count(w->module);
    for (int i = 0; i < count; i++) {
        JSValue request = JS_NewObjectProto(ctx, JS_NULL);
        ns_set(ctx, request, "specifier", ns_module_request_value(ctx, w->module, i));
        ns_set(ctx, request, "attributes", ns_module_request_attributes(ctx, w->module, i));
        JS_SetPropertyUint32(ctx, list, (uint32_t)i, request);
    }
    return list;
}

// link(specifiers, moduleWraps): both arrays in the order of the requests, duplicates included.
static JSValue link_(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    if (!w || argc < 2)
        return JS_EXCEPTION;
    JSValue length = JS_GetPropertyStr(ctx, argv[0], "length");
    uint32_t given = 0;
    JS_ToUint32(ctx, &given, length);
    int count = ns_module_request_count(w->module);
    for (int i = 0; i < count; i++) {
        JSValue wanted = ns_module_request_value(ctx, w->module, i);
        const char *name = JS_ToCString(ctx, wanted);
        for (uint32_t j = 0; name && j < given; j++) {
            JSValue specifier = JS_GetPropertyUint32(ctx, argv[0], j);
            const char *text = JS_ToCString(ctx, specifier);
            JSValue target = JS_GetPropertyUint32(ctx, argv[1], j);
            module_wrap *t = (module_wrap *)ns_wrap_of(target);
            bool match = text && t && strcmp(text, name) == 0;
            if (match)
                ns_module_link(w->module, i, t->module);
            JS_FreeCString(ctx, text);
            JS_FreeValue(ctx, specifier);
            JS_FreeValue(ctx, target);
            if (match)
                break;
        }
        JS_FreeCString(ctx, name);
        JS_FreeValue(ctx, wanted);
    }
    return JS_UNDEFINED;
}

static int do_instantiate(JSContext *ctx, module_wrap *w)
{
    if (ns_module_get_status(w->module) != NS_MODULE_UNINSTANTIATED)
        return 0;
    if (ns_module_instantiate(ctx, w->module) == 0)
        return 0;
    JSValue error = JS_GetException(ctx);
    ns_append_exception_line(w->wrap.env, error, false);
    JS_Throw(ctx, error);
    return -1;
}

static JSValue instantiate(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    return !w || do_instantiate(ctx, w) < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue instantiate_sync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    if (!w || do_instantiate(ctx, w) < 0)
        return JS_EXCEPTION;
    return JS_NewBool(ctx, ns_module_is_async(w->module));
}

static JSValue evaluate(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    return w ? ns_module_evaluate(ctx, w->module) : JS_EXCEPTION;
}

static JSValue throw_if_rejected(JSContext *ctx, JSValueConst promise)
{
    ns_env *env = ns_env_of(ctx);
    if (JS_PromiseState(ctx, promise) != JS_PROMISE_REJECTED)
        return JS_UNDEFINED;
    JSValueConst args[] = {JS_NewInt32(ctx, NS_REJECT_HANDLER_ADDED), promise, JS_UNDEFINED};
    JS_FreeValue(ctx, JS_Call(ctx, env->priv->promise_reject, JS_UNDEFINED, 3, args));
    JSValue error = JS_PromiseResult(ctx, promise);
    ns_append_exception_line(env, error, false);
    return JS_Throw(ctx, error);
}

static JSValue evaluate_sync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    JSValue promise = ns_module_evaluate(ctx, w->module);
    if (JS_IsException(promise))
        return promise;
    JSValue rejected = throw_if_rejected(ctx, promise);
    bool pending = JS_PromiseState(ctx, promise) == JS_PROMISE_PENDING;
    JS_FreeValue(ctx, promise);
    if (JS_IsException(rejected))
        return rejected;
    if (pending || ns_module_is_async(w->module))
        return ns_throw_code(ctx, "Error", "ERR_REQUIRE_ASYNC_MODULE",
                             "require() cannot be used on an ESM graph with top-level await. Use "
                             "import() instead. To see where the top-level await comes from, use "
                             "--experimental-print-required-tla.");
    return ns_module_namespace(ctx, w->module);
}

static JSValue get_namespace(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    if (ns_module_get_status(w->module) < NS_MODULE_INSTANTIATED)
        return ns_throw_code(ctx, "Error", "ERR_MODULE_NOT_INSTANTIATED",
                             "cannot get namespace, module has not been instantiated");
    return ns_module_namespace(ctx, w->module);
}

static JSValue get_status(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    return w ? JS_NewInt32(ctx, ns_module_get_status(w->module)) : JS_EXCEPTION;
}

static JSValue get_error(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    return w ? ns_module_error(ctx, w->module) : JS_EXCEPTION;
}

static JSValue get_static_specifiers(JSContext *ctx, JSValueConst self, int argc,
                                     JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    JSValue list = JS_NewArray(ctx);
    int count = ns_module_request_count(w->module);
    for (int i = 0; i < count; i++)
        JS_SetPropertyUint32(ctx, list, (uint32_t)i, ns_module_request_value(ctx, w->module, i));
    return list;
}

static JSValue set_export(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    module_wrap *w = self_of(ctx, self);
    const char *name = w && argc > 1 ? JS_ToCString(ctx, argv[0]) : NULL;
    if (!name)
        return JS_EXCEPTION;
    int status = ns_module_set_export(ctx, w->module, name, argv[1]);
    JS_FreeCString(ctx, name);
    return status < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

JSValue ns_main_namespace(ns_env *env)
{
    JSContext *ctx = env->ctx;
    if (!state_of(env))
        return JS_UNDEFINED;
    for (module_wrap *w = state_of(env)->first; w; w = w->next) {
        JSValue value = JS_GetPropertyStr(ctx, w->wrap.object, "url");
        const char *url = JS_ToCString(ctx, value);
        bool is_main =
            url && strncmp(url, "file://", 7) == 0 && strcmp(url + 7, env->priv->main_script) == 0;
        JS_FreeCString(ctx, url);
        JS_FreeValue(ctx, value);
        if (is_main && ns_module_get_status(w->module) >= NS_MODULE_INSTANTIATED)
            return ns_module_namespace(ctx, w->module);
    }
    return JS_UNDEFINED;
}

// -- Hooks ----------------------------------------------------------------------------------------

static JSValue import_dynamically(JSContext *ctx, JSValueConst host_defined, JSValueConst specifier,
                                  JSValueConst attributes, JSValueConst referrer_name)
{
    ns_env *env = ns_env_of(ctx);
    JSValue none = JS_NewObjectProto(ctx, JS_NULL);
    JSValueConst missing = ns_env_symbol(env, NS_SYM_vm_dynamic_import_missing_flag);
    JSValueConst argv[] = {JS_IsSymbol(host_defined) ? host_defined : missing, specifier,
                           JS_IsObject(attributes) ? attributes : none, referrer_name};
    JSValue result = JS_Call(ctx, state_of(env)->import_callback, JS_UNDEFINED, 4, argv);
    JS_FreeValue(ctx, none);
    return result;
}

static void initialize_meta(JSContext *ctx, ns_module *module, JSValueConst meta)
{
    ns_env *env = ns_env_of(ctx);
    module_wrap *w = wrap_of_module(env, module);
    if (!w || !JS_IsFunction(ctx, state_of(env)->meta_callback))
        return;
    JSValueConst argv[] = {w->host_defined, meta, w->wrap.object};
    JSValue result = JS_Call(ctx, state_of(env)->meta_callback, JS_UNDEFINED, 3, argv);
    if (JS_IsException(result))
        JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
}

static void keep(JSContext *ctx, JSValue *slot, JSValueConst value)
{
    JSValue old = *slot;
    *slot = JS_DupValue(ctx, value);
    JS_FreeValue(ctx, old);
}

static JSValue set_import(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    keep(ctx, &state_of(ns_env_of(ctx))->import_callback, argv[0]);
    ns_set_module_hooks(ctx, import_dynamically, initialize_meta);
    return JS_UNDEFINED;
}

static JSValue set_meta(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    keep(ctx, &state_of(ns_env_of(ctx))->meta_callback, argv[0]);
    return JS_UNDEFINED;
}

static JSValue throw_if_promise_rejected(JSContext *ctx, JSValueConst self, int argc,
                                         JSValueConst *argv)
{
    return throw_if_rejected(ctx, argv[0]);
}

// createRequiredModuleFacade(wrap): a module that re-exports another's bindings and adds
// __esModule.
static JSValue create_facade(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const char code[] = "export * from 'original'; export { default } from 'original'; "
                               "export const __esModule = true;";
    module_wrap *w = self_of(ctx, argv[0]);
    if (!w)
        return JS_EXCEPTION;
    ns_module *facade =
        ns_module_compile(ctx, code, sizeof code - 1, "node:internal/require_module_default_facade",
                          0, 0, JS_UNDEFINED);
    if (!facade)
        return JS_EXCEPTION;
    for (int i = 0; i < ns_module_request_count(facade); i++)
        ns_module_link(facade, i, w->module);
    if (ns_module_instantiate(ctx, facade) < 0)
        return JS_EXCEPTION;
    JSValue promise = ns_module_evaluate(ctx, facade);
    if (JS_IsException(promise))
        return promise;
    JS_FreeValue(ctx, promise);
    return ns_module_namespace(ctx, facade);
}

static void cleanup(ns_env *env, void *data)
{
    module_state *state = data;
    JS_FreeValue(env->ctx, state->import_callback);
    JS_FreeValue(env->ctx, state->meta_callback);
}

NS_BINDING(module_wrap)
{
    static const ns_fn_def methods[] = {
        {"link", link_, 2},
        {"getModuleRequests", get_requests, 0},
        {"instantiateSync", instantiate_sync, 0},
        {"evaluateSync", evaluate_sync, 0},
        {"getNamespaceSync", get_namespace, 0},
        {"instantiate", instantiate, 0},
        {"evaluate", evaluate, 2},
        {"setExport", set_export, 2},
        {"getStaticDependencySpecifiers", get_static_specifiers, 0},
        {"getNamespace", get_namespace, 0},
        {"getStatus", get_status, 0},
        {"getError", get_error, 0},
    };
    static const ns_fn_def functions[] = {
        {"setImportModuleDynamicallyCallback", set_import, 1},
        {"setInitializeImportMetaObjectCallback", set_meta, 1},
        {"createRequiredModuleFacade", create_facade, 1},
        {"throwIfPromiseRejected", throw_if_promise_rejected, 1},
    };
    static const char *const statuses[] = {"kUninstantiated", "kInstantiating", "kInstantiated",
                                           "kEvaluating",     "kEvaluated",     "kErrored"};
    static const ns_class_def def = {.name = "ModuleWrap",
                                     .construct = construct,
                                     .methods = methods,
                                     .method_count = sizeof methods / sizeof methods[0]};
    module_state *state = ns_calloc(1, sizeof *state);
    if (!state) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    state->import_callback = state->meta_callback = JS_UNDEFINED;
    env->priv->modules = state;
    if (ns_env_at_exit(env, cleanup, state) < 0 || NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    for (int i = 0; i < 6; i++)
        ns_set_int(ctx, target, statuses[i], i);
    return ns_set(ctx, target, "ModuleWrap", ns_new_class(env, ctx, &def));
}

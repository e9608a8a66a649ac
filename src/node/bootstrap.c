// Node's own bootstrap (source: node's src/node_realm.cc, api/environment.cc, node.cc), from
// embedded bytecode: per-context scripts, the realm, node itself, the web interfaces, the switches
// of a main thread, and then the main script.
#include <string.h>

#include <string.h>

#include "node/env_private.h"
#include "node/heap.h"

static JSValue get_internal_binding(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *name = JS_ToCString(ctx, argv[0]);
    if (!name)
        return JS_EXCEPTION;
    JSValue target = JS_NewObject(ctx);
    if (ns_bindings_load(ns_env_of(ctx), target, name) < 0) {
        JS_FreeValue(ctx, target);
        target = JS_EXCEPTION;
    }
    JS_FreeCString(ctx, name);
    return target;
}

static JSValue get_linked_binding(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return ns_throw_code(ctx, "Error", "ERR_INVALID_MODULE", "No such binding");
}

static int call_builtin(ns_env *env, const char *id, int argc, JSValueConst *argv)
{
    JSValue fn = ns_builtin_function(env->ctx, id);
    if (JS_IsException(fn))
        return -1;
    JSValue result = JS_Call(env->ctx, fn, JS_UNDEFINED, argc, argv);
    JS_FreeValue(env->ctx, fn);
    if (JS_IsException(result))
        return -1;
    JS_FreeValue(env->ctx, result);
    return 0;
}

static int per_context(ns_env *env)
{
    static const char *const scripts[] = {"internal/per_context/primordials",
                                          "internal/per_context/domexception",
                                          "internal/per_context/messageport"};
    ns_env_private *p = env->priv;
    JSContext *ctx = env->ctx;
    p->primordials = JS_NewObjectProto(ctx, JS_NULL);
    p->exports = JS_NewObject(ctx);
    ns_set(ctx, p->exports, "primordials", JS_DupValue(ctx, p->primordials));
    JSValue private_symbols = JS_NewObject(ctx);
    JSValue symbols = JS_NewObject(ctx);
    int status = ns_symbols_fill_private(env, private_symbols) | ns_symbols_fill(env, symbols);
    JSValueConst argv[] = {p->exports, p->primordials, private_symbols, symbols};
    for (size_t i = 0; status == 0 && i < sizeof scripts / sizeof scripts[0]; i++)
        status = call_builtin(env, scripts[i], 4, argv);
    JS_FreeValue(ctx, private_symbols);
    JS_FreeValue(ctx, symbols);
    return status;
}

// Callbacks of FinalizationRegistry, each a task of its own (source: V8's
// FinalizationRegistryCleanupTask on the platform's foreground runner).
static void run_cleanup(ns_env *env, void *data)
{
    while (!env->exiting && ns_cleanup_pending(env->ctx)) {
        ns_scope scope;
        ns_scope_open_ids(&scope, env, env->priv->process, 0, 0, true);
        if (ns_run_cleanup(env->ctx) < 0) {
            ns_uncaught(env);
            scope.failed = true;
        }
        ns_scope_close(&scope);
    }
}

int ns_env_post_cleanup(ns_env *env)
{
    if (!ns_cleanup_pending(env->ctx))
        return 0;
    return ns_env_set_immediate(env, run_cleanup, NULL, false);
}

static JSValue gc(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_heap_collect_all(ns_env_of(ctx));
    return JS_UNDEFINED;
}

// V8's --expose-gc.
static int expose_gc(ns_env *env)
{
    int status = 0;
    for (const char *const *flag = env->workload->flags; flag && *flag; flag++) {
        if (strcmp(*flag, "--expose-gc") != 0 && strcmp(*flag, "--expose_gc") != 0)
            continue;
        JSValue global = JS_GetGlobalObject(env->ctx);
        JSValue fn = JS_NewCFunction(env->ctx, gc, "gc", 0);
        status = JS_DefinePropertyValueStr(env->ctx, global, "gc", fn,
                                           JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
        JS_FreeValue(env->ctx, global);
    }
    return status < 0 ? -1 : 0;
}

int ns_bootstrap(ns_env *env)
{
    static const char *const scripts[] = {
        "internal/bootstrap/node",
        "internal/bootstrap/web/exposed-wildcard",
        "internal/bootstrap/web/exposed-window-or-worker",
        "internal/bootstrap/switches/is_main_thread",
        "internal/bootstrap/switches/does_own_process_state",
    };
    ns_env_private *p = env->priv;
    JSContext *ctx = env->ctx;
    if (per_context(env) < 0 || expose_gc(env) < 0)
        return -1;
    p->process = ns_process_new(env);
    JSValue linked = JS_NewCFunction(ctx, get_linked_binding, "getLinkedBinding", 1);
    JSValue internal = JS_NewCFunction(ctx, get_internal_binding, "getInternalBinding", 1);
    JSValueConst realm[] = {p->process, linked, internal, p->primordials};
    int status = call_builtin(env, "internal/bootstrap/realm", 4, realm);
    JS_FreeValue(ctx, linked);
    JS_FreeValue(ctx, internal);
    JSValueConst argv[] = {p->process, p->require, p->internal_binding, p->primordials};
    for (size_t i = 0; status == 0 && i < sizeof scripts / sizeof scripts[0]; i++)
        status = call_builtin(env, scripts[i], 4, argv);
    return status;
}

int ns_run_main(ns_env *env)
{
    ns_env_private *p = env->priv;
    JSValue resource = JS_NewObject(env->ctx);
    ns_scope scope;
    ns_scope_open_ids(&scope, env, resource, 1, 0, true);
    JS_FreeValue(env->ctx, resource);
    ns_rec_callback record;
    ns_record_begin(env, &record, NS_PHASE_MAIN, "MAIN", JS_UNDEFINED, JS_UNDEFINED);
    record.script = p->main_script;
    JSValueConst argv[] = {p->process, p->require, p->internal_binding, p->primordials};
    if (call_builtin(env, "internal/main/run_main_module", 4, argv) < 0) {
        scope.failed = true;
        ns_uncaught(env);
    }
    ns_record_end(env, &record);
    env->callback_id = 0;
    ns_scope_close(&scope);
    return env->exiting ? -1 : 0;
}

int ns_process_emit(ns_env *env, const char *event, int code)
{
    JSContext *ctx = env->ctx;
    ns_env_private *p = env->priv;
    JSValue emit = JS_GetPropertyStr(ctx, p->process, "emit");
    JSValue name = JS_NewString(ctx, event);
    JSValueConst argv[] = {name, JS_NewInt32(ctx, code)};
    ns_scope scope; // MakeCallback with the process object and no async context
    ns_scope_open_ids(&scope, env, p->process, 0, 0, false);
    ns_rec_callback record;
    ns_record_begin(env, &record, NS_PHASE_EXIT, event, JS_UNDEFINED, JS_UNDEFINED);
    if (!scope.failed)
        JS_FreeValue(ctx, ns_call_top(env, emit, p->process, 2, argv, &scope.failed));
    ns_record_end(env, &record);
    env->callback_id = 0;
    int status = scope.failed ? -1 : 0;
    ns_scope_close(&scope);
    JS_FreeValue(ctx, name);
    JS_FreeValue(ctx, emit);
    return status;
}

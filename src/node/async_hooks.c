// The native half of async_hooks (source: node's src/async_wrap.cc and env.cc): the stack of async
// contexts, shared with JavaScript through typed arrays, and the hooks' dispatch.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"

static const char *const provider_names[] = {
#define X(name) #name,
    NS_PROVIDERS(X)
#undef X
};

const char *ns_provider_name(ns_provider provider)
{
    return provider_names[provider];
}

// JavaScript reads async_ids_stack of the binding whenever it pushes or pops a context by itself:
// an accessor there tells when the callback of a Timeout, an Immediate or a TickObject begins and
// ends, with no change to Node's library.
static JSValue id_stack_get(JSContext *ctx, JSValueConst self)
{
    ns_env *env = ns_env_of(ctx);
    ns_env_private *p = env->priv;
    if (p->running) {
        JSValue length = JS_GetProperty(ctx, p->resources, p->atom_length);
        uint32_t resources = 0;
        JS_ToUint32(ctx, &resources, length);
        JS_FreeValue(ctx, length);
        if (resources > p->hook_fields[NS_HOOK_STACK_LENGTH])
            ns_rows_push(env);
        else
            ns_rows_pop(env);
    }
    return JS_DupValue(ctx, p->id_stack_array);
}

static int grow(ns_env *env)
{
    ns_env_private *p = env->priv;
    size_t capacity = p->id_stack_capacity ? p->id_stack_capacity * 3 : 16;
    double *stack = ns_calloc(capacity * 2, sizeof *stack);
    void **retired = ns_realloc(p->retired, (p->retired_count + 1) * sizeof *retired);
    if (retired)
        p->retired = retired;
    if (!stack || !retired) {
        ns_free(stack);
        JS_ThrowOutOfMemory(env->ctx);
        return -1;
    }
    if (p->id_stack) {
        memcpy(stack, p->id_stack, p->id_stack_capacity * 2 * sizeof *stack);
        JS_FreeValue(env->ctx, p->id_stack_array);
    }
    p->retired[p->retired_count++] = stack; // all are freed at the end
    p->id_stack = stack;
    p->id_stack_capacity = capacity;
    p->id_stack_array = ns_new_float64_array(env->ctx, stack, capacity * 2);
    return JS_IsException(p->id_stack_array) ? -1 : 0;
}

int ns_hooks_init(ns_env *env)
{
    ns_env_private *p = env->priv;
    p->id_fields[NS_ID_COUNTER] = 1;
    p->id_fields[NS_ID_DEFAULT_TRIGGER] = -1;
    p->hook_fields[NS_HOOK_CHECK] = 1;
    p->id_stack_array = JS_UNDEFINED;
    JSValue *values[] = {&p->async_binding, &p->hook_init,    &p->hook_before,
                         &p->hook_after,    &p->hook_destroy, &p->hook_promise_resolve,
                         &p->trampoline};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        *values[i] = JS_UNDEFINED;
    for (int i = 0; i < 4; i++)
        p->promise_hooks[i] = JS_UNDEFINED;
    p->resources = JS_NewArray(env->ctx);
    return JS_IsException(p->resources) ? -1 : grow(env);
}

void ns_hooks_free(ns_env *env)
{
    ns_env_private *p = env->priv;
    JSValue values[] = {p->id_stack_array, p->async_binding,        p->resources,
                        p->hook_init,      p->hook_before,          p->hook_after,
                        p->hook_destroy,   p->hook_promise_resolve, p->trampoline};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        JS_FreeValue(env->ctx, values[i]);
    for (int i = 0; i < 4; i++)
        JS_FreeValue(env->ctx, p->promise_hooks[i]);
    for (size_t i = 0; i < p->native_capacity; i++)
        JS_FreeValue(env->ctx, p->native_resources[i]);
    ns_free(p->native_resources);
    p->native_resources = NULL;
    p->native_capacity = 0;
}

double ns_hooks_new_id(ns_env *env)
{
    return env->priv->id_fields[NS_ID_COUNTER] += 1;
}

double ns_hooks_default_trigger(ns_env *env)
{
    ns_env_private *p = env->priv;
    double id = p->id_fields[NS_ID_DEFAULT_TRIGGER];
    return id < 0 ? p->id_fields[NS_ID_EXECUTION] : id;
}

static void set_native_resource(ns_env *env, size_t depth, JSValueConst resource)
{
    ns_env_private *p = env->priv;
    if (depth >= p->native_capacity) {
        size_t capacity = p->native_capacity ? p->native_capacity * 2 : 16;
        while (capacity <= depth)
            capacity *= 2;
        JSValue *grown = ns_realloc(p->native_resources, capacity * sizeof *grown);
        if (!grown)
            return; // executionAsyncResource() then gives an empty object
        for (size_t i = p->native_capacity; i < capacity; i++)
            grown[i] = JS_UNDEFINED;
        p->native_resources = grown;
        p->native_capacity = capacity;
    }
    JSValue old = p->native_resources[depth];
    p->native_resources[depth] = JS_DupValue(env->ctx, resource);
    JS_FreeValue(env->ctx, old);
}

void ns_hooks_push(ns_env *env, double async_id, double trigger_id, JSValueConst resource)
{
    ns_env_private *p = env->priv;
    size_t depth = p->hook_fields[NS_HOOK_STACK_LENGTH];
    if (depth >= p->id_stack_capacity && grow(env) < 0)
        return;
    p->id_stack[2 * depth] = p->id_fields[NS_ID_EXECUTION];
    p->id_stack[2 * depth + 1] = p->id_fields[NS_ID_TRIGGER];
    p->hook_fields[NS_HOOK_STACK_LENGTH]++;
    p->id_fields[NS_ID_EXECUTION] = async_id;
    p->id_fields[NS_ID_TRIGGER] = trigger_id;
    if (!JS_IsUndefined(resource))
        set_native_resource(env, depth, resource);
}

// AsyncHooks::pop_async_context. The array loses its elements when it becomes empty.
static void shorten_resources(ns_env *env, uint32_t depth)
{
    ns_env_private *p = env->priv;
    JSValue value = JS_GetProperty(env->ctx, p->resources, p->atom_length);
    uint32_t length = 0;
    JS_ToUint32(env->ctx, &length, value);
    JS_FreeValue(env->ctx, value);
    if (length > depth)
        JS_SetProperty(env->ctx, p->resources, p->atom_length, JS_NewUint32(env->ctx, depth));
}

bool ns_hooks_pop(ns_env *env, double async_id)
{
    ns_env_private *p = env->priv;
    if (p->hook_fields[NS_HOOK_STACK_LENGTH] == 0)
        return false;
    size_t depth = --p->hook_fields[NS_HOOK_STACK_LENGTH];
    p->id_fields[NS_ID_EXECUTION] = p->id_stack[2 * depth];
    p->id_fields[NS_ID_TRIGGER] = p->id_stack[2 * depth + 1];
    if (depth < p->native_capacity)
        set_native_resource(env, depth, JS_UNDEFINED);
    shorten_resources(env, (uint32_t)depth);
    ns_rows_unwind(env, (uint32_t)depth);
    return depth > 0;
}

void ns_hooks_clear(ns_env *env)
{
    ns_env_private *p = env->priv;
    p->id_fields[NS_ID_EXECUTION] = 0;
    p->id_fields[NS_ID_TRIGGER] = 0;
    p->hook_fields[NS_HOOK_STACK_LENGTH] = 0;
    for (size_t i = 0; i < p->native_capacity; i++)
        set_native_resource(env, i, JS_UNDEFINED);
    JS_SetProperty(env->ctx, p->resources, p->atom_length, JS_NewInt32(env->ctx, 0));
    ns_rows_unwind(env, 0);
}

static void emit(ns_env *env, int field, JSValueConst fn, int argc, JSValueConst *argv)
{
    ns_env_private *p = env->priv;
    if (p->hook_fields[field] == 0 || env->exiting)
        return;
    JSValue result = JS_Call(env->ctx, fn, JS_UNDEFINED, argc, argv);
    if (JS_IsException(result))
        ns_uncaught(env);
    JS_FreeValue(env->ctx, result);
}

static void emit_id(ns_env *env, int field, JSValueConst fn, double async_id)
{
    JSValue id = JS_NewFloat64(env->ctx, async_id);
    JSValueConst argv[] = {id};
    emit(env, field, fn, 1, argv);
}

void ns_hooks_emit_before(ns_env *env, double async_id)
{
    emit_id(env, NS_HOOK_BEFORE, env->priv->hook_before, async_id);
}

void ns_hooks_emit_after(ns_env *env, double async_id)
{
    emit_id(env, NS_HOOK_AFTER, env->priv->hook_after, async_id);
}

void ns_hooks_emit_init(ns_env *env, JSValueConst resource, const char *type, double async_id,
                        double trigger_id)
{
    if (env->priv->hook_fields[NS_HOOK_INIT] == 0 || env->exiting)
        return;
    JSValue name = JS_NewString(env->ctx, type);
    JSValueConst argv[] = {JS_NewFloat64(env->ctx, async_id), name,
                           JS_NewFloat64(env->ctx, trigger_id), resource};
    emit(env, NS_HOOK_INIT, env->priv->hook_init, 4, argv);
    JS_FreeValue(env->ctx, name);
}

static void destroy_immediate(ns_env *env, void *data)
{
    ns_hooks_run_destroys(env);
}

void ns_hooks_queue_destroy(ns_env *env, double async_id)
{
    ns_env_private *p = env->priv;
    if (p->hook_fields[NS_HOOK_DESTROY] == 0 || env->exiting)
        return;
    if (p->destroy_count == p->destroy_capacity) {
        size_t capacity = p->destroy_capacity ? p->destroy_capacity * 2 : 64;
        double *ids = ns_realloc(p->destroy_ids, capacity * sizeof *ids);
        if (!ids)
            return;
        p->destroy_ids = ids;
        p->destroy_capacity = capacity;
    }
    if (p->destroy_count == 0)
        ns_env_set_immediate(env, destroy_immediate, NULL, false);
    p->destroy_ids[p->destroy_count++] = async_id;
}

void ns_hooks_run_destroys(ns_env *env)
{
    ns_env_private *p = env->priv;
    while (p->destroy_count && !env->exiting) {
        double *ids = p->destroy_ids;
        size_t count = p->destroy_count;
        p->destroy_ids = NULL;
        p->destroy_count = p->destroy_capacity = 0;
        for (size_t i = 0; i < count && !env->exiting; i++)
            emit_id(env, NS_HOOK_DESTROY, p->hook_destroy, ids[i]);
        ns_free(ids);
    }
}

// -- internalBinding('async_wrap') ----------------------------------------------------------------

static void replace(JSContext *ctx, JSValue *slot, JSValue value)
{
    JSValue old = *slot;
    *slot = value;
    JS_FreeValue(ctx, old);
}

static JSValue setup_hooks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    replace(ctx, &p->hook_init, JS_GetPropertyStr(ctx, argv[0], "init"));
    replace(ctx, &p->hook_before, JS_GetPropertyStr(ctx, argv[0], "before"));
    replace(ctx, &p->hook_after, JS_GetPropertyStr(ctx, argv[0], "after"));
    replace(ctx, &p->hook_destroy, JS_GetPropertyStr(ctx, argv[0], "destroy"));
    replace(ctx, &p->hook_promise_resolve, JS_GetPropertyStr(ctx, argv[0], "promise_resolve"));
    return JS_UNDEFINED;
}

static JSValue set_trampoline(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    bool set = argc > 0 && JS_IsFunction(ctx, argv[0]);
    replace(ctx, &p->trampoline, set ? JS_DupValue(ctx, argv[0]) : JS_UNDEFINED);
    return JS_UNDEFINED;
}

static JSValue push_context(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double async_id, trigger_id;
    if (!ns_arg_double(ctx, argv[0], &async_id) || !ns_arg_double(ctx, argv[1], &trigger_id))
        return JS_EXCEPTION;
    ns_hooks_push(ns_env_of(ctx), async_id, trigger_id, JS_UNDEFINED);
    return JS_UNDEFINED;
}

static JSValue pop_context(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double async_id;
    if (!ns_arg_double(ctx, argv[0], &async_id))
        return JS_EXCEPTION;
    return JS_NewBool(ctx, ns_hooks_pop(ns_env_of(ctx), async_id));
}

static JSValue execution_resource(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    int64_t index;
    if (!ns_arg_int(ctx, argv[0], &index))
        return JS_EXCEPTION;
    if (index < 0 || (size_t)index >= p->native_capacity)
        return JS_UNDEFINED;
    return JS_DupValue(ctx, p->native_resources[index]);
}

static JSValue clear_stack(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_hooks_clear(ns_env_of(ctx));
    return JS_UNDEFINED;
}

static JSValue queue_destroy(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double id;
    if (!ns_arg_double(ctx, argv[0], &id))
        return JS_EXCEPTION;
    ns_hooks_queue_destroy(ns_env_of(ctx), id);
    return JS_UNDEFINED;
}

// What a promise hook throws is uncaught (source: PerIsolateMessageListener of src/node_errors.cc).
static void on_message(JSContext *ctx, JSValueConst exception, void *opaque)
{
    ns_trigger_uncaught(opaque, JS_DupValue(ctx, exception), false);
}

static JSValue set_promise_hooks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    JSValueConst hooks[4];
    for (int i = 0; i < 4; i++) {
        hooks[i] = i < argc && JS_IsFunction(ctx, argv[i]) ? argv[i] : JS_UNDEFINED;
        replace(ctx, &p->promise_hooks[i], JS_DupValue(ctx, hooks[i]));
    }
    ns_set_promise_hooks(ctx, hooks[0], hooks[1], hooks[2], hooks[3]);
    ns_set_message_listener(ctx, on_message, ns_env_of(ctx));
    return JS_UNDEFINED;
}

static JSValue get_promise_hooks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    JSValue array = JS_NewArray(ctx);
    for (uint32_t i = 0; i < 4; i++)
        JS_SetPropertyUint32(ctx, array, i, JS_DupValue(ctx, p->promise_hooks[i]));
    return array;
}

// registerDestroyHook(object, asyncId[, {destroyed}]): emits destroy when the object dies. A wrap
// that only the object holds (through a private symbol) tells when.
typedef struct destroy_watch {
    ns_wrap wrap;
    double id;
    JSValue bag;
} destroy_watch;

static void watch_free(ns_wrap *wrap)
{
    destroy_watch *watch = (destroy_watch *)wrap;
    JSContext *ctx = wrap->env->ctx;
    bool destroyed = false;
    if (JS_IsObject(watch->bag) && !wrap->env->exiting) {
        JSValue value = JS_GetPropertyStr(ctx, watch->bag, "destroyed");
        destroyed = JS_ToBool(ctx, value) == 1;
        JS_FreeValue(ctx, value);
    }
    if (!destroyed)
        ns_hooks_queue_destroy(wrap->env, watch->id);
    JS_FreeValue(ctx, watch->bag);
    ns_free(watch);
}

static void watch_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark_func)
{
    JS_MarkValue(rt, ((destroy_watch *)wrap)->bag, mark_func);
}

static JSValue register_destroy(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    double id;
    if (argc < 2 || !ns_arg_double(ctx, argv[1], &id))
        return JS_EXCEPTION;
    JSValue holder = JS_NewObjectClass(ctx, (int)env->priv->wrap_class);
    destroy_watch *watch = ns_calloc(1, sizeof *watch);
    if (JS_IsException(holder) || !watch) {
        ns_free(watch);
        return JS_ThrowOutOfMemory(ctx);
    }
    watch->id = id;
    watch->bag = argc > 2 ? JS_DupValue(ctx, argv[2]) : JS_UNDEFINED;
    watch->wrap.free = watch_free;
    watch->wrap.mark = watch_mark;
    ns_wrap_init(&watch->wrap, env, holder, NS_PROVIDER_NONE);
    JSValue key = ns_new_private_symbol(ctx, "nsim:destroyWatch");
    JSAtom atom = JS_ValueToAtom(ctx, key);
    JS_FreeValue(ctx, key);
    int status = JS_DefinePropertyValue(ctx, argv[0], atom, holder, 0);
    JS_FreeAtom(ctx, atom);
    return status < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static const ns_fn_def functions[] = {
    {"setupHooks", setup_hooks, 1},
    {"setCallbackTrampoline", set_trampoline, 1},
    {"pushAsyncContext", push_context, 3},
    {"popAsyncContext", pop_context, 1},
    {"executionAsyncResource", execution_resource, 1},
    {"clearAsyncIdStack", clear_stack, 0},
    {"queueDestroyAsyncId", queue_destroy, 1},
    {"setPromiseHooks", set_promise_hooks, 4},
    {"getPromiseHooks", get_promise_hooks, 0},
    {"registerDestroyHook", register_destroy, 3},
};

static int set_constants(JSContext *ctx, JSValueConst target)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"kInit", NS_HOOK_INIT},
        {"kBefore", NS_HOOK_BEFORE},
        {"kAfter", NS_HOOK_AFTER},
        {"kDestroy", NS_HOOK_DESTROY},
        {"kPromiseResolve", NS_HOOK_PROMISE_RESOLVE},
        {"kTotals", NS_HOOK_TOTALS},
        {"kCheck", NS_HOOK_CHECK},
        {"kExecutionAsyncId", NS_ID_EXECUTION},
        {"kTriggerAsyncId", NS_ID_TRIGGER},
        {"kAsyncIdCounter", NS_ID_COUNTER},
        {"kDefaultTriggerAsyncId", NS_ID_DEFAULT_TRIGGER},
        {"kUsesExecutionAsyncResource", NS_HOOK_USES_EXECUTION_RESOURCE},
        {"kStackLength", NS_HOOK_STACK_LENGTH},
    };
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        ns_set_int(ctx, object, constants[i].name, constants[i].value);
    if (ns_set(ctx, target, "constants", object) < 0)
        return -1;
    JSValue providers = JS_NewObject(ctx);
    for (int i = 0; i < NS_PROVIDER_COUNT; i++)
        ns_set_int(ctx, providers, provider_names[i], i);
    return ns_set(ctx, target, "Providers", providers);
}

NS_BINDING(async_wrap)
{
    ns_env_private *p = env->priv;
    replace(ctx, &p->async_binding, JS_DupValue(ctx, target));
    JSAtom atom = JS_NewAtom(ctx, "async_ids_stack");
    JSCFunctionType getter = {.getter = id_stack_get};
    JSValue get =
        JS_NewCFunction2(ctx, getter.generic, "get async_ids_stack", 0, JS_CFUNC_getter, 0);
    ns_uncharged(get); // Node has a property there
    int status = JS_DefinePropertyGetSet(ctx, target, atom, get, JS_UNDEFINED,
                                         JS_PROP_ENUMERABLE | JS_PROP_CONFIGURABLE);
    JS_FreeAtom(ctx, atom);
    if (status < 0 || NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    ns_set(ctx, target, "async_hook_fields",
           ns_new_uint32_array(ctx, p->hook_fields, NS_HOOK_FIELDS));
    ns_set(ctx, target, "async_id_fields", ns_new_float64_array(ctx, p->id_fields, NS_ID_FIELDS));
    ns_set(ctx, target, "execution_async_resources", JS_DupValue(ctx, p->resources));
    return set_constants(ctx, target);
}

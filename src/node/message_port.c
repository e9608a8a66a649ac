// MessagePort, MessageChannel and broadcast channels (source: src/node_messaging.cc). A port's
// queue, its data, outlives the object: it travels when the port is transferred.
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"
#include "node/messaging.h"
#include "node/tracer.h"

typedef struct queued {
    ns_message *message;
    struct queued *next;
} queued;

typedef struct port port;
typedef struct port_data {
    ns_transfer_data base; // what travels
    ns_env *env;
    port *owner; // NULL while it travels
    queued *head, **tail;
    size_t count;
    struct ns_port_group *group;
    struct port_data *next; // in the group, in the order of joining
} port_data;

// Ports that get each other's messages: two of a channel, or all of a broadcast channel's name.
typedef struct ns_port_group {
    port_data *members;
    int count;
    char *name; // NULL: a channel
    struct ns_port_group *next;
} ns_port_group;

struct port {
    ns_handle_wrap wrap;
    ns_async async;
    port_data *data; // NULL once closed or transferred
    bool receiving;
};

// -- Queues and groups ----------------------------------------------------------------------------

static void trigger(port *p)
{
    if (p->wrap.handle && !ns_handle_closing(p->wrap.handle))
        ns_async_send(&p->async);
}

// Takes a reference over; a message that cannot be queued for want of memory is lost.
static bool enqueue(port_data *data, ns_message *message)
{
    queued *item = message ? ns_malloc(sizeof *item) : NULL;
    if (!item) {
        if (message)
            ns_message_release(data->env, message);
        return false;
    }
    *item = (queued){message, NULL};
    *data->tail = item;
    data->tail = &item->next;
    data->count++;
    if (data->owner)
        trigger(data->owner);
    return true;
}

static ns_message *dequeue(port_data *data)
{
    queued *item = data->head;
    ns_message *message = item->message;
    data->head = item->next;
    if (!data->head)
        data->tail = &data->head;
    data->count--;
    ns_free(item);
    return message;
}

static void join(ns_port_group *group, port_data *data)
{
    port_data **at = &group->members;
    assert(!data->group);
    while (*at)
        at = &(*at)->next;
    *at = data;
    data->next = NULL;
    data->group = group;
    group->count++;
}

static void free_group(ns_env *env, ns_port_group *group)
{
    ns_port_group **at = &env->messaging->groups;
    while (group->name && *at != group)
        at = &(*at)->next;
    if (group->name)
        *at = group->next;
    ns_free(group->name);
    ns_free(group);
}

// Leave the group; the last port of a channel learns that it is alone.
static void leave(port_data *data)
{
    ns_port_group *group = data->group;
    if (!group)
        return;
    port_data **at = &group->members;
    while (*at != data)
        at = &(*at)->next;
    *at = data->next;
    data->group = NULL;
    group->count--;
    enqueue(data, ns_message_new_close());
    if (group->count == 1 && !group->name)
        enqueue(group->members, ns_message_new_close());
    if (group->count == 0)
        free_group(data->env, group);
}

static void free_data(ns_env *env, ns_transfer_data *base)
{
    port_data *data = (port_data *)base;
    leave(data);
    while (data->head)
        ns_message_release(env, dequeue(data));
    ns_free(data);
}

static JSValue deserialize(ns_env *env, ns_transfer_data *base);

static port_data *new_data(ns_env *env)
{
    port_data *data = ns_calloc(1, sizeof *data);
    if (!data) {
        JS_ThrowOutOfMemory(env->ctx);
        return NULL;
    }
    data->base = (ns_transfer_data){deserialize, NULL, free_data};
    data->env = env;
    data->tail = &data->head;
    return data;
}

// -- Ports ----------------------------------------------------------------------------------------

static port *port_of(ns_env *env, JSValueConst value)
{
    ns_wrap *wrap = ns_wrap_find(env, value);
    return wrap && wrap->provider == NS_PROVIDER_MESSAGEPORT ? (port *)wrap : NULL;
}

static bool is_detached(const port *p)
{
    return !p->data || !p->wrap.handle || ns_handle_closing(p->wrap.handle);
}

bool ns_is_message_port(ns_env *env, JSValueConst value, bool *detached)
{
    port *p = port_of(env, value);
    *detached = p && is_detached(p);
    return p != NULL;
}

static port_data *detach(port *p)
{
    port_data *data = p->data;
    data->owner = NULL;
    p->data = NULL;
    return data;
}

static void closed(ns_wrap *wrap)
{
    port *p = (port *)wrap;
    if (p->data)
        free_data(wrap->env, &detach(p)->base);
}

static void free_port(ns_wrap *wrap)
{
    port *p = (port *)wrap;
    assert(!p->data || wrap->env->exiting);
    if (p->wrap.handle) // the run ends with the port open: the loop outlives it
        ns_async_detach(&p->async);
    ns_free(p);
}

static ns_transfer_mode mode(ns_wrap *wrap)
{
    return is_detached((port *)wrap) ? NS_UNTRANSFERABLE : NS_TRANSFERABLE;
}

static ns_transfer_data *transfer(ns_wrap *wrap)
{
    port *p = (port *)wrap;
    ns_handle_wrap_close(&p->wrap);
    return &detach(p)->base;
}

static const ns_transfer_ops port_ops = {.mode = mode, .transfer = transfer};

static void on_async(ns_async *async);

// A new port object; with `data`, the port that it belonged to before. Takes `data` over.
static port *new_port(ns_env *env, port_data *data)
{
    JSContext *ctx = env->ctx;
    port *p = ns_calloc(1, sizeof *p);
    JSValue object = p ? ns_new_instance(env, env->messaging->port_constructor) : JS_EXCEPTION;
    if (!data)
        data = new_data(env);
    if (JS_IsException(object) || !data) {
        JS_FreeValue(ctx, object);
        if (data)
            free_data(env, &data->base);
        ns_free(p);
        return NULL;
    }
    ns_tracer_unsupported(env->tracer, "a MessagePort");
    ns_async_init(env->loop, &p->async, on_async);
    p->wrap.handle = &p->async.handle;
    ns_handle_unref(p->wrap.handle); // as the init hook sees it: not yet initialized
    p->wrap.wrap.free = free_port;
    p->data = data;
    data->owner = p;
    ns_wrap_init(&p->wrap.wrap, env, object, NS_PROVIDER_MESSAGEPORT);
    ns_handle_ref(p->wrap.handle);
    p->wrap.wrap.closed = closed;
    p->wrap.wrap.transfer = &port_ops;
    ns_wrap_hold(&p->wrap.wrap); // an open handle
    JSValue init = JS_GetProperty(ctx, object, ns_env_symbol_atom(env, NS_SYM_oninit));
    JSValue result = JS_IsFunction(ctx, init) ? JS_Call(ctx, init, object, 0, NULL) : JS_UNDEFINED;
    bool failed = JS_IsException(init) || JS_IsException(result);
    JS_FreeValue(ctx, init);
    JS_FreeValue(ctx, result);
    if (failed)
        ns_handle_wrap_close(&p->wrap);
    else if (data->head)
        trigger(p);
    JS_FreeValue(ctx, object); // held by the wrap
    return failed ? NULL : p;
}

static JSValue deserialize(ns_env *env, ns_transfer_data *base)
{
    port_data *data = (port_data *)base;
    // The message frees what it gave away: leave it an empty shell.
    port_data *own = new_data(env);
    if (!own)
        return JS_EXCEPTION;
    *own = *data;
    own->tail = own->head ? data->tail : &own->head;
    if (own->group) {
        port_data **at = &own->group->members;
        while (*at != data)
            at = &(*at)->next;
        *at = own;
    }
    data->group = NULL;
    data->head = NULL;
    data->tail = &data->head;
    port *p = new_port(env, own);
    return p ? JS_DupValue(env->ctx, p->wrap.wrap.object) : JS_EXCEPTION;
}

// -- Receiving ------------------------------------------------------------------------------------

// The next value. JS_UNINITIALIZED when there is none to give.
static JSValue receive(port *p, bool force, JSValue *ports)
{
    port_data *data = p->data;
    ns_env *env = data->env;
    if (!data->head || (!p->receiving && !force && !data->head->message->close))
        return JS_UNINITIALIZED;
    ns_message *message = dequeue(data);
    JSValue value = JS_UNINITIALIZED;
    if (message->close)
        ns_handle_wrap_close(&p->wrap);
    else
        value = ns_message_read(env, message, ports);
    ns_message_release(env, message);
    return value;
}

static void emit(port *p, JSValueConst value, JSValueConst ports, const char *type)
{
    ns_env *env = p->wrap.wrap.env;
    JSValue args[3] = {value, ports, JS_NewString(env->ctx, type)};
    JS_FreeValue(env->ctx, ns_make_callback(&p->wrap.wrap, env->messaging->emit_message, 3, args));
    JS_FreeValue(env->ctx, args[2]);
}

// Emit what is queued. In a callback of the loop, no more than was there at its start, and 1,000,
// so that two ports that answer each other do not starve the loop.
static void on_message(port *p, bool force)
{
    ns_env *env = p->wrap.wrap.env;
    JSContext *ctx = env->ctx;
    if (is_detached(p))
        return;
    size_t limit = p->data->count > 1000 ? p->data->count : 1000;
    JS_DupValue(ctx, p->wrap.wrap.object); // a callback may close the port
    JSValueConst object = p->wrap.wrap.object;
    while (p->data && !env->exiting) {
        if (!force && limit-- == 0) {
            trigger(p);
            break;
        }
        JSValue ports = JS_UNDEFINED;
        JSValue value = receive(p, force, &ports);
        if (JS_IsUninitialized(value))
            break;
        bool failed = JS_IsException(value);
        if (failed)
            value = JS_GetException(ctx);
        emit(p, value, failed ? JS_UNDEFINED : ports, failed ? "messageerror" : "message");
        JS_FreeValue(ctx, value);
        JS_FreeValue(ctx, ports);
        if (failed) {
            if (p->data)
                trigger(p);
            break;
        }
    }
    JS_FreeValue(ctx, object);
}

static void on_async(ns_async *async)
{
    on_message((port *)((char *)async - offsetof(port, async)), false);
}

// -- Posting --------------------------------------------------------------------------------------

static void warn(ns_env *env, const char *text)
{
    JSContext *ctx = env->ctx;
    JSValue message = JS_NewString(ctx, text);
    JSAtom name = JS_NewAtom(ctx, "emitWarning");
    JSValue result = JS_Invoke(ctx, env->priv->process, name, 1, &message);
    JS_FreeAtom(ctx, name);
    JS_FreeValue(ctx, message);
    if (JS_IsException(result))
        JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
}

// Hand a message to the others of the group: undefined when it went to none.
static JSValue dispatch(port_data *source, ns_message *message)
{
    ns_port_group *group = source->group;
    if (!group)
        return JS_UNDEFINED;
    if (group->count <= 1)
        return JS_FALSE;
    if (group->count > 2 && message->transfer_count > 0)
        return JS_UNDEFINED;
    for (port_data *to = group->members; to; to = to->next) {
        if (to == source)
            continue;
        for (uint32_t i = 0; i < message->transfer_count; i++)
            if (message->transfers[i] == &to->base) {
                warn(source->env, "The target port was posted to itself, and the communication "
                                  "channel was lost");
                return JS_TRUE;
            }
        message->references++;
        enqueue(to, message);
    }
    return JS_TRUE;
}

static JSValue post_message(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_transfer_list list;
    if (argc == 0)
        return ns_throw_code(ctx, "TypeError", "ERR_MISSING_ARGS",
                             "Not enough arguments to MessagePort.postMessage");
    if (!ns_transfer_list_of(ctx, ns_arg(argc, argv, 1), &list))
        return JS_EXCEPTION;
    ns_message *message = ns_message_new(env, argv[0], &list, self);
    ns_transfer_list_free(ctx, &list);
    if (!message)
        return JS_EXCEPTION;
    port *p = port_of(env, self);
    JSValue result = p && !is_detached(p) ? dispatch(p->data, message) : JS_UNDEFINED;
    ns_message_release(env, message);
    return result;
}

static JSValue start(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    port *p = port_of(ns_env_of(ctx), self);
    if (p && p->data) {
        p->receiving = true;
        if (p->data->head)
            trigger(p);
    }
    return JS_UNDEFINED;
}

// -- Functions of the binding ---------------------------------------------------------------------

static JSValue stop(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    port *p = port_of(ns_env_of(ctx), ns_arg(argc, argv, 0));
    if (p && p->data)
        p->receiving = false;
    return JS_UNDEFINED;
}

static JSValue check(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewBool(ctx, port_of(ns_env_of(ctx), ns_arg(argc, argv, 0)) != NULL);
}

static JSValue drain(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    port *p = port_of(ns_env_of(ctx), ns_arg(argc, argv, 0));
    if (p)
        on_message(p, true);
    return JS_UNDEFINED;
}

static JSValue receive_message(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    port *p = port_of(env, ns_arg(argc, argv, 0));
    if (!p)
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "The \"port\" argument must be a MessagePort instance");
    JSValue value = p->data ? receive(p, true, NULL) : JS_UNINITIALIZED;
    if (!JS_IsUninitialized(value))
        return value;
    return JS_DupValue(ctx, ns_env_symbol(env, NS_SYM_no_message_symbol));
}

// moveMessagePortToContext(port, context): nsim has no further contexts, so none can be given.
static JSValue move_to_context(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    port *p = port_of(ns_env_of(ctx), ns_arg(argc, argv, 0));
    if (!p)
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "The \"port\" argument must be a MessagePort instance");
    if (!p->wrap.handle || ns_handle_closing(p->wrap.handle))
        return ns_throw_code(ctx, "Error", "ERR_CLOSED_MESSAGE_PORT",
                             "Cannot send data on closed MessagePort");
    return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "Invalid context argument");
}

static ns_port_group *named_group(ns_env *env, const char *name)
{
    ns_port_group *group = env->messaging->groups;
    while (group && strcmp(group->name, name) != 0)
        group = group->next;
    if (group)
        return group;
    group = ns_calloc(1, sizeof *group);
    char *copy = ns_strdup(name);
    if (!group || !copy) {
        ns_free(group);
        ns_free(copy);
        return NULL;
    }
    group->name = copy;
    group->next = env->messaging->groups;
    env->messaging->groups = group;
    return group;
}

static JSValue broadcast_channel(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    const char *name = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    port *p = name ? new_port(env, NULL) : NULL;
    ns_port_group *group = p ? named_group(env, name) : NULL;
    JS_FreeCString(ctx, name);
    if (!group)
        return p ? JS_ThrowOutOfMemory(ctx) : JS_EXCEPTION;
    join(group, p->data);
    return JS_DupValue(ctx, p->wrap.wrap.object);
}

JSValue ns_new_message_channel(ns_env *env, JSValueConst object)
{
    JSContext *ctx = env->ctx;
    ns_port_group *group = ns_calloc(1, sizeof *group);
    port *first = group ? new_port(env, NULL) : NULL;
    port *second = first ? new_port(env, NULL) : NULL;
    if (!second) {
        if (first)
            ns_handle_wrap_close(&first->wrap);
        ns_free(group);
        return JS_HasException(ctx) ? JS_EXCEPTION : JS_ThrowOutOfMemory(ctx);
    }
    join(group, first->data);
    join(group, second->data);
    if (ns_set(ctx, object, "port1", JS_DupValue(ctx, first->wrap.wrap.object)) < 0 ||
        ns_set(ctx, object, "port2", JS_DupValue(ctx, second->wrap.wrap.object)) < 0)
        return JS_EXCEPTION;
    return JS_UNDEFINED;
}

JSValue ns_new_port_class(ns_env *env)
{
    static const ns_fn_def methods[] = {{"postMessage", post_message, 0}, {"start", start, 0}};
    static const ns_class_def def = {.name = "MessagePort",
                                     .methods = methods,
                                     .method_count = 2,
                                     .async = true,
                                     .handle = true,
                                     .internal = true};
    return ns_new_class(env, env->ctx, &def);
}

int ns_ports_set(JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def fns[] = {
        {"stopMessagePort", stop, 0},
        {"checkMessagePort", check, 0},
        {"drainMessagePort", drain, 0},
        {"receiveMessageOnPort", receive_message, 0},
        {"moveMessagePortToContext", move_to_context, 0},
        {"broadcastChannel", broadcast_channel, 0},
    };
    return NS_SET_FNS(ctx, target, fns);
}

// Messages hold values: they must go before the engine does.
void ns_ports_free(ns_env *env)
{
    for (ns_wrap *wrap = env->priv->wraps; wrap; wrap = wrap->next)
        if (wrap->provider == NS_PROVIDER_MESSAGEPORT)
            closed(wrap);
}

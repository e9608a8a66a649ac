#include "node/arrivals.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"
#include "node/requests.h"
#include "sim/fmath.h"
#include "sim/random.h"

typedef struct load load;

// One request on its way to its function, or a user of a closed loop.
typedef struct customer {
    load *load;
    ns_poll_event event;
    ns_event timer; // a user who thinks
    int64_t id, index;
    ns_time arrival;
    bool reusable; // a user: not freed when its request ends
    struct customer *next;
} customer;

struct load { // one class
    ns_arrivals *all;
    const ns_arrival *class;
    ns_handle handle; // keeps the loop alive, as a listening socket does
    ns_event next;
    double clock; // s since the start, of the next arrival
    int64_t made, open, burst_left;
    bool exhausted;
    ns_stream gaps, thinks, params;
    customer *customers; // all that are not freed
};

struct ns_arrivals {
    ns_env *env;
    ns_time start;
    load *loads;
    int count;
};

// -- When the next request comes ------------------------------------------------------------------

static double gap(load *l, int64_t operation)
{
    ns_draw draw = ns_stream_op(l->gaps, (uint64_t)operation);
    return -ns_log(ns_draw_unit(&draw)) / l->class->rate;
}

// The time of request number `made`, from the start; NS_NEVER when there is none.
static ns_time next_time(load *l)
{
    const ns_arrival *c = l->class;
    if (c->count && l->made >= c->count)
        return NS_NEVER;
    double at = 0;
    switch (c->process) {
    case NS_ARRIVAL_POISSON:
        at = l->clock += gap(l, l->made);
        break;
    case NS_ARRIVAL_CONSTANT:
        at = (double)(l->made + 1) / c->rate;
        break;
    case NS_ARRIVAL_BURSTY:
        if (l->burst_left == 0) {
            l->clock += gap(l, l->made);
            l->burst_left = c->burst;
        }
        l->burst_left--;
        at = l->clock;
        break;
    case NS_ARRIVAL_TRACE:
        if (l->made >= c->trace_count)
            return NS_NEVER;
        return c->trace[l->made];
    case NS_ARRIVAL_CLOSED:
        return NS_NEVER;
    }
    ns_time time = (ns_time)(at * 1e9 + 0.5);
    return c->duration && time > c->duration ? NS_NEVER : time;
}

static void check_finished(load *l)
{
    if (l->exhausted && l->open == 0 && ns_handle_active(&l->handle))
        ns_handle_stop(&l->handle);
}

// -- Serving --------------------------------------------------------------------------------------

static void release(customer *c)
{
    customer **link = &c->load->customers;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    ns_free(c);
}

static void send(customer *c);

static void think_done(ns_sim *sim, ns_event *event)
{
    send(event->data);
}

// A user got the answer: think, then ask again.
static void think(customer *c)
{
    load *l = c->load;
    ns_time now = ns_sim_now(l->all->env->sim) - l->all->start;
    ns_draw draw = ns_stream_op(l->thinks, (uint64_t)c->id);
    ns_time pause = (ns_time)ns_dist_draw(&l->class->think, &draw);
    bool more = (!l->class->count || l->made < l->class->count) &&
                (!l->class->duration || now + pause <= l->class->duration);
    if (more) {
        l->made++;
        ns_sim_after(l->all->env->sim, &c->timer, pause, NS_CLASS_ARRIVAL);
    } else {
        l->open--;
        release(c);
    }
}

static void finish(customer *c, const char *status)
{
    load *l = c->load;
    ns_request_end(l->all->env->priv->requests, c->id, status);
    if (c->reusable) {
        think(c);
    } else {
        l->open--;
        release(c);
    }
    l->exhausted |= l->class->process == NS_ARRIVAL_CLOSED && l->open == 0;
    check_finished(l);
}

static customer *customer_of(ns_env *env, int64_t id)
{
    if (!ns_request_open(env->priv->requests, id))
        return NULL;
    ns_arrivals *a = env->priv->arrivals;
    for (int i = 0; a && i < a->count; i++)
        for (customer *c = a->loads[i].customers; c; c = c->next)
            if (c->id == id)
                return c;
    return NULL;
}

// The callback of a request, and the reactions to its promise. data: id, and whether it is a
// rejection.
static JSValue settle(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                      JSValue *data)
{
    ns_env *env = ns_env_of(ctx);
    int64_t id;
    JS_ToInt64(ctx, &id, data[0]);
    customer *c = customer_of(env, id);
    if (!c)
        return JS_UNDEFINED;
    bool error =
        magic == 2 || (magic == 0 && argc > 0 && !JS_IsNull(argv[0]) && !JS_IsUndefined(argv[0]));
    finish(c, error ? "error" : "ok");
    return JS_UNDEFINED;
}

static JSValue settler(JSContext *ctx, int64_t id, int magic)
{
    JSValue data = JS_NewInt64(ctx, id);
    return JS_NewCFunctionData(ctx, settle, 2, magic, 1, &data);
}

static JSValue request_object(JSContext *ctx, const customer *c)
{
    const ns_arrival *class = c->load->class;
    JSValue request = JS_NewObject(ctx), params = JS_NewObject(ctx);
    ns_set_str(ctx, request, "class", class->name);
    ns_set_int(ctx, request, "id", c->index);
    ns_draw draw = ns_stream_op(c->load->params, (uint64_t)c->index);
    for (int i = 0; i < class->param_count; i++)
        ns_set(ctx, params, class->params[i].name,
               JS_NewFloat64(ctx, ns_dist_draw(&class->params[i].dist, &draw)));
    ns_set(ctx, request, "params", params);
    return request;
}

// What the main script exports: a CommonJS module's exports, or a module's namespace.
static JSValue exports_of(ns_env *env)
{
    JSContext *ctx = env->ctx;
    JSValue main_module = JS_GetPropertyStr(ctx, env->priv->process, "mainModule");
    JSValue exports = JS_UNDEFINED;
    if (JS_IsObject(main_module))
        exports = JS_GetPropertyStr(ctx, main_module, "exports");
    JS_FreeValue(ctx, main_module);
    return JS_IsUndefined(exports) ? ns_main_namespace(env) : exports;
}

static void no_function(load *l)
{
    ns_env *env = l->all->env;
    ns_fail(&env->priv->error, NS_EINVAL, "arrivals.%s: %s exports no function '%s'",
            l->class->name, env->priv->main_script, l->class->function);
    env->priv->status = "no function for arrivals";
    ns_env_exit(env, 2);
}

// The outcome of a call: a promise is waited for; a function that takes no callback has ended.
static void take_result(customer *c, JSValue result, bool takes_callback)
{
    ns_env *env = c->load->all->env;
    JSContext *ctx = env->ctx;
    int64_t id = c->id;
    JSValue then = JS_IsObject(result) ? JS_GetPropertyStr(ctx, result, "then") : JS_UNDEFINED;
    if (JS_IsFunction(ctx, then)) {
        JSValue handlers[] = {settler(ctx, id, 1), settler(ctx, id, 2)};
        JS_FreeValue(ctx, JS_Call(ctx, then, result, 2, (JSValueConst *)handlers));
        JS_FreeValue(ctx, handlers[0]);
        JS_FreeValue(ctx, handlers[1]);
    } else if (!takes_callback && ns_request_open(env->priv->requests, id)) {
        finish(c, "ok");
    }
    JS_FreeValue(ctx, then);
}

// Calls the function inside the scope of one callback, so that the promise has its reactions before
// the first microtask runs.
static JSValue serve(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                     JSValue *data)
{
    ns_env *env = ns_env_of(ctx);
    int64_t id, length = 0;
    JS_ToInt64(ctx, &id, data[0]);
    customer *c = customer_of(env, id);
    if (!c)
        return JS_UNDEFINED;
    JSValue value = JS_GetPropertyStr(ctx, data[1], "length");
    JS_ToInt64(ctx, &length, value);
    JS_FreeValue(ctx, value);
    JSValue args[] = {request_object(ctx, c), settler(ctx, id, 0)};
    JSValue result = JS_Call(ctx, data[1], self, 2, (JSValueConst *)args);
    JS_FreeValue(ctx, args[0]);
    JS_FreeValue(ctx, args[1]);
    if (JS_IsException(result)) {
        if (ns_request_open(env->priv->requests, id))
            finish(c, "error");
        return result;
    }
    if (ns_request_open(env->priv->requests, id))
        take_result(c, result, length >= 2);
    JS_FreeValue(ctx, result);
    return JS_UNDEFINED;
}

static void deliver(ns_poll_event *event)
{
    customer *c = event->data;
    load *l = c->load;
    ns_env *env = l->all->env;
    JSContext *ctx = env->ctx;
    if (env->exiting)
        return;
    JSValue exports = exports_of(env);
    JSValue fn =
        JS_IsObject(exports) ? JS_GetPropertyStr(ctx, exports, l->class->function) : JS_UNDEFINED;
    if (!JS_IsFunction(ctx, fn)) {
        no_function(l);
    } else {
        ns_request_start(env->priv->requests, c->id);
        JSValue data[] = {JS_NewInt64(ctx, c->id), fn};
        JSValue server = JS_NewCFunctionData(ctx, serve, 0, 0, 2, data);
        double async_id = ns_hooks_new_id(env);
        ns_hooks_emit_init(env, exports, "REQUEST", async_id, 0);
        JS_FreeValue(ctx,
                     ns_make_callback_as(env, exports, server, fn, async_id, "REQUEST", c->id));
        JS_FreeValue(ctx, server);
    }
    JS_FreeValue(ctx, fn);
    JS_FreeValue(ctx, exports);
}

static void send(customer *c)
{
    load *l = c->load;
    ns_env *env = l->all->env;
    ns_time now = ns_sim_now(env->sim);
    c->arrival = now;
    c->index = l->made - 1;
    c->id = ns_request_begin(env->priv->requests, l->class->name, now,
                             now - l->all->start < l->class->warmup);
    c->event = (ns_poll_event){.cb = deliver, .data = c, .source = "arrival"};
    ns_loop_post(env->loop, &c->event);
}

static customer *new_customer(load *l)
{
    customer *c = ns_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->load = l;
    c->next = l->customers;
    l->customers = c;
    l->open++;
    ns_event_init(&c->timer, think_done, c);
    return c;
}

static void schedule(load *l)
{
    ns_time at = next_time(l);
    if (at == NS_NEVER) {
        l->exhausted = true;
        check_finished(l);
    } else {
        ns_sim_at(l->all->env->sim, &l->next, l->all->start + at, NS_CLASS_ARRIVAL);
    }
}

static void arrive(ns_sim *sim, ns_event *event)
{
    load *l = event->data;
    customer *c = new_customer(l);
    l->made++;
    if (c)
        send(c);
    schedule(l);
}

// -- Making and unmaking --------------------------------------------------------------------------

static void start_load(load *l)
{
    const ns_arrival *c = l->class;
    ns_env *env = l->all->env;
    uint64_t seed = env->workload->seed;
    l->gaps = ns_stream_make(seed, c->name, "arrival gap");
    l->thinks = ns_stream_make(seed, c->name, "think time");
    l->params = ns_stream_make(seed, c->name, "parameters");
    ns_handle_init(env->loop, &l->handle, NS_HANDLE_OTHER);
    ns_handle_start(&l->handle);
    ns_event_init(&l->next, arrive, l);
    if (c->process != NS_ARRIVAL_CLOSED) {
        schedule(l);
        return;
    }
    for (int64_t i = 0; i < c->users && (!c->count || l->made < c->count); i++) {
        customer *user = new_customer(l);
        if (!user)
            break;
        user->reusable = true;
        l->made++;
        // Users come one by one over one think time, not all at once.
        ns_draw draw = ns_stream_op(l->thinks, UINT64_MAX - (uint64_t)i);
        ns_time wait = (ns_time)(ns_dist_draw(&c->think, &draw) * ns_draw_unit(&draw));
        ns_sim_after(env->sim, &user->timer, wait, NS_CLASS_ARRIVAL);
    }
}

int ns_arrivals_start(ns_arrivals **out, ns_env *env, ns_err *err)
{
    const ns_workload *w = env->workload;
    *out = NULL;
    if (w->arrival_count == 0)
        return 0;
    ns_arrivals *a = ns_calloc(1, sizeof *a);
    if (a)
        a->loads = ns_calloc((size_t)w->arrival_count, sizeof *a->loads);
    if (!a || !a->loads) {
        ns_free(a);
        return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    ns_env_sync(env);
    a->env = env;
    a->start = ns_sim_now(env->sim);
    a->count = w->arrival_count;
    *out = a;
    for (int i = 0; i < a->count; i++) {
        a->loads[i].all = a;
        a->loads[i].class = &w->arrivals[i];
        start_load(&a->loads[i]);
    }
    return 0;
}

void ns_arrivals_free(ns_arrivals *a)
{
    if (!a)
        return;
    ns_sim *sim = a->env->sim;
    for (int i = 0; i < a->count; i++) {
        load *l = &a->loads[i];
        ns_sim_cancel(sim, &l->next);
        while (l->customers) {
            ns_sim_cancel(sim, &l->customers->timer);
            release(l->customers);
        }
    }
    ns_free(a->loads);
    ns_free(a);
}

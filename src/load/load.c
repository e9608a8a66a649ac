#include "load/load.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/fmath.h"

typedef struct load load;

// One request on its way to its receiver, or a user of a closed loop.
typedef struct customer {
    load *load;
    ns_load_request request;
    ns_poll_event event;
    ns_event timer;               // a user who thinks
    bool reusable;                // a user: not freed when its request ends
    struct customer *next, *prev; // of its class
    struct customer *next_open;   // of the requests in the same place of the table
} customer;

struct load { // one class
    ns_load *all;
    const ns_arrival *class;
    ns_handle handle; // keeps the loop alive, as a listening socket does
    ns_event next;
    double clock; // s since the start, of the next arrival
    int64_t made, sent, open, burst_left;
    bool exhausted;
    ns_stream gaps, thinks, params;
    customer *customers; // all that are not freed
};

enum { TABLE = 1024 };

struct ns_load {
    ns_load_options options;
    ns_time start;
    load *loads;
    int count;
    customer *open[TABLE]; // by id
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

static customer *find(const ns_load *all, int64_t id)
{
    customer *c = all->open[(uint64_t)id % TABLE];
    while (c && c->request.id != id)
        c = c->next_open;
    return c;
}

static void close_request(customer *c)
{
    customer **link = &c->load->all->open[(uint64_t)c->request.id % TABLE];
    while (*link && *link != c)
        link = &(*link)->next_open;
    if (*link)
        *link = c->next_open;
    c->request.id = 0;
}

static void release(customer *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->load->customers = c->next;
    if (c->next)
        c->next->prev = c->prev;
    ns_free(c);
}

static void send(customer *c);

static void think_done(ns_sim *sim, ns_event *event)
{
    send(event->data);
}

// A user got the answer: think, then ask again.
static void think(customer *c, int64_t id)
{
    load *l = c->load;
    ns_sim *sim = l->all->options.sim;
    ns_time now = ns_sim_now(sim) - l->all->start;
    ns_draw draw = ns_stream_op(l->thinks, (uint64_t)id);
    ns_time pause = (ns_time)ns_dist_draw(&l->class->think, &draw);
    bool more = (!l->class->count || l->made < l->class->count) &&
                (!l->class->duration || now + pause <= l->class->duration);
    if (more) {
        l->made++;
        ns_sim_after(sim, &c->timer, pause, NS_CLASS_ARRIVAL);
    } else {
        l->open--;
        release(c);
    }
}

void ns_load_finish(ns_load *all, int64_t id, const char *status)
{
    customer *c = find(all, id);
    if (!c)
        return;
    load *l = c->load;
    ns_request_end(all->options.requests, id, status);
    close_request(c);
    if (c->reusable) {
        think(c, id);
    } else {
        l->open--;
        release(c);
    }
    l->exhausted |= l->class->process == NS_ARRIVAL_CLOSED && l->open == 0;
    check_finished(l);
}

const ns_load_request *ns_load_find(const ns_load *all, int64_t id)
{
    const customer *c = find(all, id);
    return c ? &c->request : NULL;
}

ns_draw ns_load_params(const ns_load *all, const ns_load_request *request)
{
    return ns_stream_op(all->loads[request->cls].params, (uint64_t)request->index);
}

static void deliver(ns_poll_event *event)
{
    const customer *c = event->data;
    const ns_load_options *options = &c->load->all->options;
    options->deliver(options->opaque, &c->request);
}

static void send(customer *c)
{
    load *l = c->load;
    ns_load *all = l->all;
    ns_time now = ns_sim_now(all->options.sim);
    c->request = (ns_load_request){.id = ns_request_begin(all->options.requests, l->class->name,
                                                          now, now - all->start < l->class->warmup),
                                   .index = l->made - 1,
                                   .order = l->sent++,
                                   .cls = (int)(l - all->loads)};
    customer **place = &all->open[(uint64_t)c->request.id % TABLE];
    c->next_open = *place;
    *place = c;
    c->event = (ns_poll_event){.cb = deliver, .data = c, .source = "arrival"};
    ns_loop_post(all->options.loop, &c->event);
}

static customer *new_customer(load *l)
{
    customer *c = ns_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->load = l;
    c->next = l->customers;
    if (c->next)
        c->next->prev = c;
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
        ns_sim_at(l->all->options.sim, &l->next, l->all->start + at, NS_CLASS_ARRIVAL);
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
    const ns_load_options *options = &l->all->options;
    uint64_t seed = options->workload->seed;
    l->gaps = ns_stream_make(seed, c->name, "arrival gap");
    l->thinks = ns_stream_make(seed, c->name, "think time");
    l->params = ns_stream_make(seed, c->name, "parameters");
    ns_handle_init(options->loop, &l->handle, NS_HANDLE_OTHER);
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
        ns_sim_after(options->sim, &user->timer, wait, NS_CLASS_ARRIVAL);
    }
}

int ns_load_start(ns_load **out, const ns_load_options *options, ns_err *err)
{
    const ns_workload *w = options->workload;
    *out = NULL;
    ns_load *all = ns_calloc(1, sizeof *all);
    if (all)
        all->loads = ns_calloc((size_t)w->arrival_count, sizeof *all->loads);
    if (!all || !all->loads) {
        ns_free(all);
        return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    all->options = *options;
    all->start = ns_sim_now(options->sim);
    all->count = w->arrival_count;
    *out = all;
    for (int i = 0; i < all->count; i++) {
        all->loads[i].all = all;
        all->loads[i].class = &w->arrivals[i];
        start_load(&all->loads[i]);
    }
    return NS_OK;
}

void ns_load_free(ns_load *all)
{
    if (!all)
        return;
    for (int i = 0; i < all->count; i++) {
        load *l = &all->loads[i];
        ns_sim_cancel(all->options.sim, &l->next);
        while (l->customers) {
            ns_sim_cancel(all->options.sim, &l->customers->timer);
            ns_loop_unpost(all->options.loop, &l->customers->event);
            release(l->customers);
        }
    }
    ns_free(all->loads);
    ns_free(all);
}

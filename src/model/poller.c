// The poll phase: what the loop sees of epoll, kqueue and I/O completion ports (source:
// deps/uv/src, unix/linux.c, unix/kqueue.c, win/core.c and win/req-inl.h).
#include <assert.h>

#include "model/loop_internal.h"

enum {
    UNIX_BATCH = 1024, // events per call, also of kqueue
    UNIX_CALLS = 48,   // calls per iteration while batches are full
    IOCP_BATCH = 128
};

void ns_loop_post(ns_loop *loop, ns_poll_event *event)
{
    event->ready = ns_sim_now(loop->sim);
    ns_list_push_back(&loop->ready, &event->link);
    if (loop->blocked && !ns_event_pending(&loop->wakeup))
        ns_sim_after(loop->sim, &loop->wakeup, loop->costs.wakeup, NS_CLASS_DEVICE);
}

void ns_loop_woken(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_loop *loop = event->data;
    ns_thread_wake(loop->thread);
}

void ns_loop_unpost(ns_loop *loop, ns_poll_event *event)
{
    (void)loop;
    if (ns_list_linked(&event->link))
        ns_list_remove(&event->link);
}

void ns_loop_emit_poller_event(ns_loop *loop, const char *source, ns_time ready)
{
    ns_emit(loop->sink, &(ns_record){.type = NS_REC_POLLER_EVENT,
                                     .poller_event = {.t_ns = ns_sim_now(loop->sim),
                                                      .iteration = loop->record.seq,
                                                      .source = source,
                                                      .ready_ns = ready}});
}

// uv__metrics_update_idle_time
void ns_loop_update_idle_time(ns_loop *loop)
{
    if (!loop->metering)
        return;
    loop->metering = false;
    loop->idle_time += ns_sim_now(loop->sim) - loop->entry_time;
}

// When a call with this timeout returns if nothing comes: the kernel's timer has slack, and on
// Windows a tick.
static ns_time deadline(const ns_loop *loop, int64_t timeout)
{
    if (timeout < 0)
        return NS_NEVER;
    const ns_loop_costs *costs = &loop->costs;
    ns_time span = timeout * NS_MS;
    ns_time slack = (ns_time)(costs->slack_ratio * (double)span);
    if (slack > costs->slack_max)
        slack = costs->slack_max;
    if (slack < costs->slack)
        slack = costs->slack;
    ns_time at = ns_sim_now(loop->sim) + span + slack;
    if (costs->tick > 0)
        at = (at + costs->tick - 1) / costs->tick * costs->tick;
    return at + costs->wakeup;
}

static void wait_for_event(ns_loop *loop, int64_t timeout)
{
    ns_time at = deadline(loop, timeout);
    ns_loop_charge(loop, loop->costs.block);
    ns_thread_sync(loop->thread);
    ns_time begin = ns_sim_now(loop->sim);
    loop->blocked = true;
    bool in_time = true;
    while (in_time && ns_list_empty(&loop->ready)) {
        if (at == NS_NEVER)
            ns_thread_block(loop->thread);
        else
            in_time = ns_thread_sleep_until(loop->thread, at);
    }
    loop->blocked = false;
    ns_sim_cancel(loop->sim, &loop->wakeup);
    loop->record.poll_wait_ns += ns_sim_now(loop->sim) - begin;
}

// One call of the kernel: take at most `max` events, waiting up to `timeout` ms for the first.
// Returns their number.
static int take_events(ns_loop *loop, int64_t timeout, int max, ns_list *batch)
{
    loop->poll_waits = timeout != 0;
    if (timeout != 0) {
        loop->metering = true;
        loop->entry_time = ns_sim_now(loop->sim);
    }
    ns_loop_charge(loop, loop->costs.call);
    ns_thread_sync(loop->thread);
    if (timeout != 0 && ns_list_empty(&loop->ready))
        wait_for_event(loop, timeout);
    int taken = 0;
    ns_list *node;
    while (taken < max && (node = ns_list_pop(&loop->ready))) {
        ns_list_push_back(batch, node);
        taken++;
    }
    return taken;
}

static void deliver(ns_loop *loop, ns_poll_event *event)
{
    ns_loop_charge(loop, loop->costs.event);
    ns_thread_sync(loop->thread);
    if (event->source) // an async writes its own record
        ns_loop_emit_poller_event(loop, event->source, event->ready);
    event->cb(event);
}

static int deliver_batch(ns_loop *loop, ns_list *batch)
{
    int delivered = 0;
    ns_list *node;
    while ((node = ns_list_pop(batch))) { // a callback may take others out
        ns_loop_update_idle_time(loop);
        deliver(loop, ns_list_entry(node, ns_poll_event, link));
        delivered++;
    }
    return delivered;
}

// uv__io_poll of linux.c and of kqueue.c, which differ in nothing that a program could notice but
// the kernel's costs. As idle time is measured, the first call does not wait.
static void poll_unix(ns_loop *loop, int64_t timeout)
{
    uint64_t base = loop->time;
    int64_t wait = 0, left = timeout;
    bool first = true;
    ns_list batch;
    ns_list_init(&batch);
    for (int calls = UNIX_CALLS;;) {
        int taken = take_events(loop, wait, UNIX_BATCH, &batch);
        ns_loop_update_time(loop);
        if (taken > 0) {
            int delivered = deliver_batch(loop, &batch);
            loop->metrics.events += (uint64_t)delivered;
            if (first) {
                loop->metrics.events_waiting += (uint64_t)delivered;
                wait = timeout;
                first = false;
            }
            if (delivered > 0) {
                if (taken < UNIX_BATCH || --calls == 0)
                    return;
                wait = 0;
                continue;
            }
        } else if (first) {
            wait = timeout;
            first = false;
        }
        if (wait == 0)
            return;
        if (wait > 0) {
            left -= (int64_t)(loop->time - base);
            if (left <= 0)
                return;
            wait = left;
        }
    }
}

// uv__poll of win/core.c: what was taken is handled by uv__process_reqs, after this has returned.
static void poll_iocp(ns_loop *loop, int64_t timeout)
{
    uint64_t until = loop->time + (uint64_t)timeout;
    int64_t wait = 0;
    for (;;) {
        int taken = take_events(loop, wait, IOCP_BATCH, &loop->completions);
        ns_loop_update_idle_time(loop);
        ns_loop_count_events(loop, (uint64_t)taken);
        if (taken > 0 || timeout != 0)
            ns_loop_update_time(loop);
        if (taken > 0 || timeout == 0)
            return;
        wait = timeout;
        if (timeout > 0) {
            if (loop->time >= until)
                return;
            wait = (int64_t)(until - loop->time);
        }
    }
}

void ns_loop_poll(ns_loop *loop, int64_t timeout)
{
    loop->phase = NS_PHASE_POLL;
    if (loop->poller == NS_POLLER_IOCP)
        poll_iocp(loop, timeout);
    else
        poll_unix(loop, timeout);
}

void ns_loop_feed(ns_loop *loop, ns_pending *pending)
{
    if (!ns_list_linked(&pending->link))
        ns_list_push_back(&loop->pending, &pending->link);
}

void ns_loop_unfeed(ns_loop *loop, ns_pending *pending)
{
    (void)loop;
    if (ns_list_linked(&pending->link))
        ns_list_remove(&pending->link);
}

bool ns_loop_has_pending(const ns_loop *loop)
{
    return !ns_list_empty(&loop->pending) || !ns_list_empty(&loop->completions);
}

// uv__run_pending, or uv__process_reqs: what was fed before the poll comes before what the poll
// took.
void ns_loop_run_pending(ns_loop *loop)
{
    ns_list fed, completions, *node;
    ns_list_move(&loop->pending, &fed);
    ns_list_move(&loop->completions, &completions);
    loop->phase = NS_PHASE_PENDING;
    while ((node = ns_list_pop(&fed))) {
        ns_pending *pending = ns_list_entry(node, ns_pending, link);
        pending->cb(pending);
    }
    loop->phase = NS_PHASE_POLL;
    while ((node = ns_list_pop(&completions)))
        deliver(loop, ns_list_entry(node, ns_poll_event, link));
}

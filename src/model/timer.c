// Timers (source: deps/uv/src/timer.c). libuv keeps them in a binary heap, here they are in a
// pairing heap, which needs no memory of its own either; (timeout, start_id) is a total order, so
// the two give the same sequence.
#include <assert.h>

#include "model/loop_internal.h"

static bool less(const ns_timer *a, const ns_timer *b)
{
    if (a->timeout != b->timeout)
        return a->timeout < b->timeout;
    return a->start_id < b->start_id;
}

static void attach(ns_timer **place, ns_timer *timer)
{
    *place = timer;
    if (timer)
        timer->link = place;
}

// Join two heaps, either of which may be NULL. The result's `next` and `link` are not set.
static ns_timer *merge(ns_timer *a, ns_timer *b)
{
    if (!a || !b)
        return a ? a : b;
    if (less(b, a)) {
        ns_timer *swap = a;
        a = b;
        b = swap;
    }
    attach(&b->next, a->child);
    attach(&a->child, b);
    return a;
}

// Join a list of siblings: in pairs from the left, then all of these from the right.
static ns_timer *merge_siblings(ns_timer *first)
{
    ns_timer *pairs = NULL;
    while (first) {
        ns_timer *a = first, *b = a->next;
        first = b ? b->next : NULL;
        ns_timer *pair = merge(a, b);
        pair->next = pairs;
        pairs = pair;
    }
    ns_timer *root = NULL;
    while (pairs) {
        ns_timer *pair = pairs;
        pairs = pair->next;
        root = merge(root, pair);
    }
    return root;
}

static void set_root(ns_loop *loop, ns_timer *root)
{
    if (root)
        root->next = NULL;
    attach(&loop->timers, root);
}

static void insert(ns_loop *loop, ns_timer *timer)
{
    timer->child = timer->next = NULL;
    set_root(loop, merge(loop->timers, timer));
}

static void remove_timer(ns_loop *loop, ns_timer *timer)
{
    attach(timer->link, timer->next);
    ns_timer *rest = merge_siblings(timer->child);
    set_root(loop, merge(loop->timers, rest));
    timer->child = timer->next = NULL;
    timer->link = NULL;
}

void ns_timer_init(ns_loop *loop, ns_timer *timer)
{
    ns_handle_init(loop, &timer->handle, NS_HANDLE_TIMER);
    timer->cb = NULL;
    timer->timeout = timer->repeat = 0;
    timer->child = timer->next = NULL;
    timer->link = NULL;
}

void ns_timer_start(ns_timer *timer, ns_timer_cb cb, uint64_t timeout_ms, uint64_t repeat_ms)
{
    ns_loop *loop = timer->handle.loop;
    assert(cb);
    if (ns_handle_closing(&timer->handle))
        return; // UV_EINVAL
    ns_timer_stop(timer);
    if (__builtin_add_overflow(loop->time, timeout_ms, &timer->timeout))
        timer->timeout = UINT64_MAX;
    timer->cb = cb;
    timer->repeat = repeat_ms;
    timer->start_id = loop->timer_counter++;
    insert(loop, timer);
    ns_handle_start(&timer->handle);
}

void ns_timer_stop(ns_timer *timer)
{
    if (!ns_handle_active(&timer->handle))
        return;
    remove_timer(timer->handle.loop, timer);
    ns_handle_stop(&timer->handle);
}

void ns_timer_again(ns_timer *timer)
{
    if (timer->cb && timer->repeat > 0)
        ns_timer_start(timer, timer->cb, timer->repeat, timer->repeat);
}

void ns_timer_set_repeat(ns_timer *timer, uint64_t repeat_ms)
{
    timer->repeat = repeat_ms;
}

uint64_t ns_timer_due_in(const ns_timer *timer)
{
    uint64_t now = timer->handle.loop->time;
    return timer->timeout > now ? timer->timeout - now : 0;
}

int64_t ns_loop_next_timeout(const ns_loop *loop)
{
    if (!loop->timers)
        return -1;
    uint64_t due = ns_timer_due_in(loop->timers);
    return due < INT32_MAX ? (int64_t)due : INT32_MAX;
}

void ns_loop_run_timers(ns_loop *loop)
{
    loop->phase = NS_PHASE_TIMERS;
    while (loop->timers && loop->timers->timeout <= loop->time) {
        ns_timer *timer = loop->timers;
        ns_loop_charge(loop, loop->costs.timer);
        ns_timer_stop(timer);
        ns_timer_again(timer);
        timer->cb(timer);
    }
}

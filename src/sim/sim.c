// The clock and the event queue: a 4-ary heap of the caller's events.
#include "sim/sim.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

struct ns_sim {
    ns_time now;
    ns_time until;
    uint64_t seq;
    ns_event **heap;
    size_t count, capacity;
    bool stopped;
    ns_sim_options options;
    ns_sim_stats stats;
    ns_time last_time;
    uint8_t last_cls;
};

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static bool before(const ns_event *a, const ns_event *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->cls != b->cls)
        return a->cls < b->cls;
    return a->order < b->order;
}

int ns_sim_new(ns_sim **out, const ns_sim_options *options, ns_err *err)
{
    ns_sim *sim = ns_calloc(1, sizeof *sim);
    *out = sim;
    if (!sim)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    sim->capacity = 1024;
    sim->heap = ns_malloc(sim->capacity * sizeof *sim->heap);
    if (!sim->heap) {
        ns_free(sim);
        *out = NULL;
        return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    if (options)
        sim->options = *options;
    sim->last_time = -1;
    return NS_OK;
}

void ns_sim_free(ns_sim *sim)
{
    if (!sim)
        return;
    ns_free(sim->heap);
    ns_free(sim);
}

ns_time ns_sim_now(const ns_sim *sim)
{
    return sim->now;
}

uint64_t ns_sim_seed(const ns_sim *sim)
{
    return sim->options.seed;
}

static void place(ns_sim *sim, ns_event *event, size_t at)
{
    sim->heap[at] = event;
    event->slot = (uint32_t)at;
}

static void sift_up(ns_sim *sim, ns_event *event, size_t at)
{
    while (at > 0) {
        size_t parent = (at - 1) / 4;
        if (!before(event, sim->heap[parent]))
            break;
        place(sim, sim->heap[parent], at);
        at = parent;
    }
    place(sim, event, at);
}

static void sift_down(ns_sim *sim, ns_event *event, size_t at)
{
    for (;;) {
        size_t first = at * 4 + 1, best = first;
        if (first >= sim->count)
            break;
        size_t end = first + 4 < sim->count ? first + 4 : sim->count;
        for (size_t i = first + 1; i < end; i++)
            if (before(sim->heap[i], sim->heap[best]))
                best = i;
        if (!before(sim->heap[best], event))
            break;
        place(sim, sim->heap[best], at);
        at = best;
    }
    place(sim, event, at);
}

static void take(ns_sim *sim, size_t at)
{
    ns_event *last = sim->heap[--sim->count];
    sim->heap[at]->pending = false;
    if (at == sim->count)
        return;
    if (at > 0 && before(last, sim->heap[(at - 1) / 4]))
        sift_up(sim, last, at);
    else
        sift_down(sim, last, at);
}

void ns_sim_at(ns_sim *sim, ns_event *event, ns_time at, ns_class cls)
{
    assert(!event->pending && at >= sim->now);
    if (sim->count == sim->capacity) {
        ns_event **heap = ns_realloc(sim->heap, sim->capacity * 2 * sizeof *heap);
        assert(heap);
        sim->heap = heap;
        sim->capacity *= 2;
    }
    event->time = at;
    event->cls = (uint8_t)cls;
    event->order = sim->seq++;
    if (sim->options.shuffle_ties)
        event->order = mix(event->order ^ mix(sim->options.shuffle_seed));
    event->pending = true;
    sift_up(sim, event, sim->count++);
    if (sim->count > sim->stats.max_pending)
        sim->stats.max_pending = sim->count;
}

void ns_sim_after(ns_sim *sim, ns_event *event, ns_time delay, ns_class cls)
{
    assert(delay >= 0);
    ns_sim_at(sim, event, sim->now + delay, cls);
}

void ns_sim_cancel(ns_sim *sim, ns_event *event)
{
    if (event->pending)
        take(sim, event->slot);
}

ns_time ns_sim_next(ns_sim *sim)
{
    return sim->count ? sim->heap[0]->time : NS_NEVER;
}

bool ns_sim_advance(ns_sim *sim, ns_time to)
{
    if (to > sim->until || sim->stopped || (sim->count && sim->heap[0]->time <= to))
        return false;
    sim->now = to;
    sim->stats.advances++;
    return true;
}

uint64_t ns_sim_run(ns_sim *sim, ns_time until)
{
    uint64_t ran = 0;
    sim->until = until;
    sim->stopped = false;
    while (!sim->stopped && sim->count && sim->heap[0]->time <= until) {
        ns_event *event = sim->heap[0];
        take(sim, 0);
        sim->now = event->time;
        if (event->time == sim->last_time && event->cls == sim->last_cls)
            sim->stats.ties++;
        sim->last_time = event->time;
        sim->last_cls = event->cls;
        sim->stats.digest =
            mix(sim->stats.digest ^ mix((uint64_t)event->time ^ ((uint64_t)event->cls << 60)));
        ran++;
        sim->stats.events++;
        event->fn(sim, event);
    }
    if (!sim->stopped && sim->now < until && until < NS_NEVER - 1)
        sim->now = until;
    return ran;
}

void ns_sim_stop(ns_sim *sim)
{
    sim->stopped = true;
}

void ns_sim_get_stats(const ns_sim *sim, ns_sim_stats *out)
{
    *out = sim->stats;
}

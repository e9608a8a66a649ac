// The clock: events of the queue in their order, one digest over all of them.
#include "sim/sim.h"

#include <assert.h>

#include "base/alloc.h"
#include "sim/queue.h"
#include "sim/random.h"

enum { CLASS_SHIFT = 56 };

struct ns_sim {
    ns_time now;
    ns_time until; // of the ns_sim_run that is under way
    uint64_t seq;
    bool stopped;
    ns_sim_options options;
    ns_sim_stats stats;
    ns_time last_time;
    uint64_t last_cls;
    ns_queue queue;
};

// A bijection of the numbers below 2^56, so that shuffled orders stay different from each other.
static uint64_t shuffle(uint64_t seq, uint64_t key)
{
    const uint64_t mask = (UINT64_C(1) << CLASS_SHIFT) - 1;
    uint64_t x = seq;
    for (int round = 0; round < 3; round++) {
        x = (x ^ ns_mix64(key + (uint64_t)round)) & mask;
        x = x * UINT64_C(0xbf58476d1ce4e5b9) & mask;
        x ^= x >> 29;
    }
    return x;
}

int ns_sim_new(ns_sim **out, const ns_sim_options *options, ns_err *err)
{
    ns_sim *sim = ns_calloc(1, sizeof *sim);
    *out = sim;
    if (!sim)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    int rc = ns_queue_init(&sim->queue, err);
    if (rc != NS_OK) {
        ns_free(sim);
        *out = NULL;
        return rc;
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
    ns_queue_free(&sim->queue);
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

void ns_sim_at(ns_sim *sim, ns_event *event, ns_time at, ns_class cls)
{
    assert(!event->pending && at >= sim->now && at < NS_NEVER);
    uint64_t seq = sim->seq++;
    if (sim->options.shuffle_ties)
        seq = shuffle(seq, sim->options.shuffle_seed);
    event->time = at;
    event->order = (uint64_t)cls << CLASS_SHIFT | seq;
    event->pending = true;
    ns_queue_push(&sim->queue, event);
    if (sim->queue.count > sim->stats.max_pending)
        sim->stats.max_pending = sim->queue.count;
}

void ns_sim_after(ns_sim *sim, ns_event *event, ns_time delay, ns_class cls)
{
    assert(delay >= 0 && delay < NS_NEVER - sim->now);
    ns_sim_at(sim, event, sim->now + delay, cls);
}

void ns_sim_cancel(ns_sim *sim, ns_event *event)
{
    if (!event->pending)
        return;
    event->pending = false;
    ns_queue_remove(&sim->queue, event);
}

ns_time ns_sim_next(ns_sim *sim)
{
    const ns_event *event = ns_queue_first(&sim->queue);
    return event ? event->time : NS_NEVER;
}

bool ns_sim_advance(ns_sim *sim, ns_time to)
{
    assert(to >= sim->now);
    if (to > sim->until || sim->stopped || ns_sim_next(sim) <= to)
        return false;
    sim->now = to;
    sim->stats.advances++;
    return true;
}

static void count_event(ns_sim *sim, const ns_event *event)
{
    uint64_t cls = event->order >> CLASS_SHIFT;
    if (event->time == sim->last_time && cls == sim->last_cls)
        sim->stats.ties++;
    sim->last_time = event->time;
    sim->last_cls = cls;
    sim->stats.digest = ns_mix64(sim->stats.digest ^ ns_mix64((uint64_t)event->time ^ cls << 60));
    sim->stats.events++;
}

uint64_t ns_sim_run(ns_sim *sim, ns_time until)
{
    uint64_t before = sim->stats.events;
    sim->until = until;
    sim->stopped = false;
    while (!sim->stopped) {
        ns_event *event = ns_queue_pop(&sim->queue, until);
        if (!event)
            break;
        event->pending = false;
        sim->now = event->time;
        count_event(sim, event);
        event->fn(sim, event);
    }
    if (!sim->stopped && sim->now < until && until < NS_NEVER - 1)
        sim->now = until;
    return sim->stats.events - before;
}

bool ns_sim_idle(const ns_sim *sim)
{
    return sim->queue.count == 0;
}

void ns_sim_stop(ns_sim *sim)
{
    sim->stopped = true;
}

void ns_sim_get_stats(const ns_sim *sim, ns_sim_stats *out)
{
    *out = sim->stats;
}

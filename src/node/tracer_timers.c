// Node's timers and immediates in a trace: what is started and cleared, and which unit runs when
// one of them is due. How many of them run in one round is for a replay to find out.
#include "node/tracer_private.h"

// -- What keeps the loop alive --------------------------------------------------------------------

void ns_tracer_watch_refs(ns_tracer *t, const int32_t *timers, const uint32_t *immediates)
{
    if (!t)
        return;
    t->timer_refs = timers;
    t->immediate_refs = immediates;
}

static void flush(ns_buf *ops, ns_nst_op op, int64_t now, int64_t *seen)
{
    if (now == *seen)
        return;
    ns_nst_put(ops, op);
    ns_nst_put(ops, ns_nst_zigzag(now - *seen));
    *seen = now;
}

void tracer_flush_refs(ns_tracer *t)
{
    ns_buf *ops = tracer_ops(t);
    if (!ops || !t->timer_refs || t->keep_refs)
        return;
    flush(ops, NS_OP_TIMER_REFS, *t->timer_refs, &t->seen_timer_refs);
    flush(ops, NS_OP_IMMEDIATE_REFS, *t->immediate_refs, &t->seen_immediate_refs);
}

void ns_tracer_refs(ns_tracer *t)
{
    if (t)
        tracer_flush_refs(t);
}

// -- Starting and clearing ------------------------------------------------------------------------

static void keep(ns_tracer *t, uintptr_t object, int64_t spawn)
{
    if (!t->failed && !tracer_keep(&t->timers, object, (uint32_t)spawn))
        t->failed = true;
}

void ns_tracer_timer(ns_tracer *t, uintptr_t timeout, double ms, bool repeats)
{
    uint32_t before;
    if (!t || t->failed)
        return;
    ns_nst_spawn spawn = {
        .kind = NS_NST_TIMER, .ms = (int32_t)ms, .repeats = repeats, .chain = t->trace.spawn_count};
    if (tracer_look_up(&t->timers, timeout, &before))
        spawn.chain = t->spawns[before].chain;
    int64_t number = tracer_new_spawn(t, &spawn);
    ns_tracer_op1(t, NS_OP_TIMER, (uint64_t)number);
    keep(t, timeout, number);
}

void ns_tracer_timer_clear(ns_tracer *t, uintptr_t timeout, bool refed)
{
    uint32_t spawn;
    if (!t || t->failed || !tracer_look_up(&t->timers, timeout, &spawn))
        return;
    ns_tracer_op2(t, NS_OP_TIMER_CLEAR, t->spawns[spawn].chain, refed);
    tracer_forget(&t->timers, timeout);
}

void ns_tracer_immediate(ns_tracer *t, uintptr_t immediate)
{
    if (t)
        keep(t, immediate, ns_tracer_spawn(t, NS_NST_IMMEDIATE, NS_OP_IMMEDIATE));
}

void ns_tracer_immediate_clear(ns_tracer *t, uintptr_t immediate)
{
    uint32_t spawn;
    if (!t || t->failed || !tracer_look_up(&t->timers, immediate, &spawn))
        return;
    ns_tracer_op1(t, NS_OP_IMMEDIATE_CLEAR, spawn);
    tracer_forget(&t->timers, immediate);
}

// -- Rounds ---------------------------------------------------------------------------------------

void ns_tracer_round(ns_tracer *t)
{
    if (!t || t->failed)
        return;
    tracer_open_unit(t, 0, 0);
    t->round = t->unclaimed = true;
}

// A Timeout that has run and was not started again is over.
static void end_firing(ns_tracer *t)
{
    uint32_t spawn;
    if (t->firing && tracer_look_up(&t->timers, t->firing, &spawn) && spawn == t->firing_spawn)
        tracer_forget(&t->timers, t->firing);
    t->firing = 0;
}

// The unit that the round began with is the callback's.
static void claim(ns_tracer *t, uint32_t spawn)
{
    int64_t tree = t->spawn_trees[spawn];
    uint32_t *last = tracer_last_of_tree(t, tree);
    if (!last)
        return;
    t->unclaimed = false;
    t->host.tree = tree;
    t->units[t->host.unit].tree = (uint32_t)tree;
    t->parents[t->host.unit] = t->spawn_origins[spawn];
    *last = t->host.unit + 1;
}

void ns_tracer_callback(ns_tracer *t, uintptr_t object)
{
    uint32_t spawn;
    if (!t || t->failed || !t->round || !tracer_look_up(&t->timers, object, &spawn))
        return;
    end_firing(t);
    if (t->unclaimed) {
        claim(t, spawn);
    } else {
        t->keep_refs = true; // an Immediate has lost its own already
        tracer_close_unit(t);
        t->keep_refs = false;
        tracer_open_unit(t, t->spawn_trees[spawn], t->spawn_origins[spawn]);
    }
    t->spawns[spawn].unit = t->host.unit + 1;
    if (t->spawns[spawn].kind == NS_NST_TIMER) {
        t->firing = object;
        t->firing_spawn = spawn;
    } else {
        tracer_forget(&t->timers, object);
    }
}

void tracer_end_round(ns_tracer *t)
{
    end_firing(t);
    if (t->unclaimed &&
        tracer_grow(t, &t->firings, t->trace.firing_count, &t->firing_capacity, sizeof *t->firings))
        t->firings[t->trace.firing_count++] = t->host.unit;
    t->round = t->unclaimed = false;
}

// Timers of a replay: the lists that Node keeps above its one libuv timer, one for each duration,
// and the queue of these lists (source: node's lib/internal/timers.js, src/env.cc). Which Timeouts
// run in one round is found out anew; what each of them does is its unit.
#include <stdlib.h>

#include "base/alloc.h"
#include "replay/replay_private.h"

// -- The queue of lists ---------------------------------------------------------------------------

static bool less(const replay_list *a, const replay_list *b)
{
    return a->expiry != b->expiry ? a->expiry < b->expiry : a->id < b->id;
}

static void place(replay_timers *t, replay_list *list, size_t at)
{
    t->heap[at] = list;
    list->position = at;
}

static void sift(replay_timers *t, replay_list *list, size_t at)
{
    while (at > 0 && less(list, t->heap[(at - 1) / 2])) {
        place(t, t->heap[(at - 1) / 2], at);
        at = (at - 1) / 2;
    }
    for (size_t child; (child = 2 * at + 1) < t->count; at = child) {
        if (child + 1 < t->count && less(t->heap[child + 1], t->heap[child]))
            child++;
        if (!less(t->heap[child], list))
            break;
        place(t, t->heap[child], at);
    }
    place(t, list, at);
}

static replay_list **slot_of(replay_timers *t, int32_t ms)
{
    replay_list **slot = &t->table[(uint32_t)ms % REPLAY_LISTS];
    while (*slot && (*slot)->ms != ms)
        slot = &(*slot)->next;
    return slot;
}

static replay_list *add_list(ns_replay *r, int32_t ms, int64_t expiry)
{
    replay_timers *t = &r->timers;
    if (t->count == t->capacity) {
        size_t capacity = t->capacity ? t->capacity * 2 : 16;
        replay_list **heap = ns_realloc(t->heap, capacity * sizeof(replay_list *));
        if (!heap)
            return NULL;
        t->heap = heap;
        t->capacity = capacity;
    }
    replay_list *list = ns_calloc(1, sizeof *list);
    if (!list)
        return NULL;
    list->ms = ms;
    list->expiry = expiry;
    list->id = t->next_id++;
    ns_list_init(&list->timers);
    *slot_of(t, ms) = list;
    sift(t, list, t->count++);
    return list;
}

static void remove_list(replay_timers *t, replay_list *list)
{
    replay_list **slot = slot_of(t, list->ms), *last = t->heap[--t->count];
    *slot = list->next;
    if (last != list)
        sift(t, last, list->position);
    if (t->list == list)
        t->list = NULL;
    ns_free(list);
}

// -- Timeouts -------------------------------------------------------------------------------------

// Where the Timeout that is due of a chain is kept.
static replay_timer **active(ns_replay *r, replay_tree *tree, uint32_t chain)
{
    if (!tree->copy)
        return &r->timers.active[chain];
    replay_timer **at = &tree->copy->timers;
    while (*at && (*at)->spawn->chain != chain)
        at = &(*at)->next;
    return at;
}

// The same in a copy for what it puts off or clears: a Timeout that another request has started is
// the recorded one.
static replay_timer **shared(ns_replay *r, replay_tree *tree, uint32_t chain)
{
    replay_timer **at = active(r, tree, chain);
    return *at || !tree->copy || !r->timers.active[chain] ? at : &r->timers.active[chain];
}

static void detach(ns_replay *r, replay_timer *timer)
{
    replay_timer **at = active(r, timer->tree, timer->spawn->chain);
    *at = timer->next;
    ns_list_remove(&timer->link);
    if (r->timers.due == timer)
        r->timers.due = NULL;
    replay_release(timer->tree);
    ns_free(timer);
}

static void fired(ns_timer *timer);

static void schedule(ns_replay *r, int64_t ms)
{
    ns_timer_start(&r->timers.timer, fired, ms > 0 ? (uint64_t)ms : 1, 0);
}

void replay_timer_start(ns_replay *r, replay_tree *tree, uint32_t spawn)
{
    replay_timers *t = &r->timers;
    const ns_nst_spawn *of = &r->trace->spawns[spawn];
    int64_t start = of->repeats ? t->clock : (int64_t)ns_loop_now(r->machine.loop);
    replay_list *list = *slot_of(t, of->ms);
    replay_timer *timer = ns_calloc(1, sizeof *timer);
    if (timer && !list) {
        list = add_list(r, of->ms, start + of->ms);
        if (list && t->next_expiry > list->expiry) {
            schedule(r, of->ms);
            t->next_expiry = list->expiry;
        }
    }
    if (!timer || !list) {
        ns_free(timer);
        replay_no_memory(r);
        return;
    }
    bool first = of == &r->trace->spawns[of->chain];
    replay_timer **at =
        first || of->repeats ? active(r, tree, of->chain) : shared(r, tree, of->chain);
    replay_hold(tree);
    if (*at) { // it was due, and is put off
        if (tree->copy && !(*at)->tree->copy) {
            replay_release(tree);
            tree = (*at)->tree;
        }
        detach(r, *at);
    }
    *timer = (replay_timer){.tree = tree, .spawn = of, .start = start, .list = list};
    ns_list_push_back(&list->timers, &timer->link);
    at = active(r, tree, of->chain);
    timer->next = *at;
    *at = timer;
}

void replay_timer_clear(ns_replay *r, replay_tree *tree, uint32_t chain, bool refed)
{
    replay_timers *t = &r->timers;
    replay_timer *timer = *shared(r, tree, chain);
    int32_t ms = timer ? timer->spawn->ms : r->trace->spawns[chain].ms;
    if (timer)
        detach(r, timer);
    replay_list *list = *slot_of(t, ms);
    if (refed && list && ns_list_empty(&list->timers))
        remove_list(t, list);
}

void replay_timer_refs(ns_replay *r, int64_t more)
{
    replay_timers *t = &r->timers;
    bool before = t->refs > 0;
    t->refs += more;
    if (t->refs > 0 && !before)
        ns_handle_ref(&t->timer.handle);
    else if (t->refs <= 0 && before)
        ns_handle_unref(&t->timer.handle);
}

// -- Rounds ---------------------------------------------------------------------------------------

// What Node does between the end of a callback and the ticks after it: it looks for what is next,
// first in the list at hand (listOnTimeout), else in the queue of lists (processTimers).
static void look_on(replay_timers *t)
{
    if (t->list) {
        replay_list *list = t->list;
        if (!ns_list_empty(&list->timers)) {
            replay_timer *first = ns_list_entry(list->timers.next, replay_timer, link);
            if (t->now - first->start >= list->ms) {
                t->due = first;
                return;
            }
            int64_t expiry = first->start + list->ms;
            list->expiry = expiry > t->now + 1 ? expiry : t->now + 1;
            list->id = t->next_id++;
            sift(t, list, list->position);
        } else {
            remove_list(t, list);
        }
        t->list = NULL;
    }
    if (t->count == 0) {
        t->ended = true;
    } else if (t->heap[0]->expiry > t->now) {
        t->next_expiry = t->heap[0]->expiry;
        t->ended = true;
    } else {
        t->list = t->heap[0];
    }
}

void replay_row_ended(ns_replay *r)
{
    replay_timers *t = &r->timers;
    if (!t->row_open || r->row_count != t->row_depth)
        return;
    t->row_open = false;
    look_on(t);
}

// The next round is set up where Node does it: before the ticks after the last callback.
void replay_timers_done(ns_replay *r)
{
    replay_timers *t = &r->timers;
    if (!t->firing || !t->ended || t->done)
        return;
    t->done = true;
    if (t->count > 0 && !r->exiting)
        schedule(r, t->next_expiry - (int64_t)ns_loop_now(r->machine.loop));
    if (t->count > 0 && t->refs > 0)
        ns_handle_ref(&t->timer.handle);
    else
        ns_handle_unref(&t->timer.handle);
}

// False: nothing did, as it was never run; a Timeout without a callback.
static bool run_due(ns_replay *r)
{
    replay_timers *t = &r->timers;
    t->runs = *t->due;
    replay_hold(t->runs.tree);
    detach(r, t->due);
    uint32_t unit = t->runs.spawn->unit;
    t->row_open = true;
    t->row_depth = r->row_count;
    t->clock_wanted = true;
    if (unit)
        replay_run(r, t->runs.tree, unit - 1);
    t->clock_wanted = false;
    if (t->row_open)
        look_on(t);
    t->row_open = false;
    replay_release(t->runs.tree);
    return unit != 0;
}

static void fired(ns_timer *timer)
{
    ns_replay *r = timer->handle.data;
    replay_timers *t = &r->timers;
    if (r->exiting)
        return;
    replay_sync(r);
    ns_loop_update_time(r->machine.loop);
    t->now = (int64_t)ns_loop_now(r->machine.loop);
    t->next_expiry = INT64_MAX;
    t->firing = true;
    t->ended = t->done = false;
    look_on(t);
    bool ran = false;
    while (!t->ended && !r->exiting) {
        if (t->due)
            ran |= run_due(r);
        else
            look_on(t);
    }
    t->list = NULL;
    t->due = NULL;
    if (!ran && !r->exiting && t->firings < r->trace->firing_count)
        replay_run(r, &r->trees[0], r->trace->firings[t->firings++]);
    replay_timers_done(r);
    t->firing = false;
}

void replay_time_updated(ns_replay *r)
{
    if (!r->timers.clock_wanted)
        return;
    r->timers.clock = (int64_t)ns_loop_now(r->machine.loop);
    r->timers.clock_wanted = false;
}

void replay_timer_late(ns_replay *r)
{
    const replay_timer *runs = &r->timers.runs;
    if (!r->timers.firing || r->row_count == 0 || !runs->spawn)
        return;
    int64_t start = r->rows[r->row_count - 1].record.start_ns;
    int64_t due = (runs->start + runs->spawn->ms) * NS_MS;
    ns_record row = {.type = NS_REC_SAMPLE};
    row.sample = (ns_rec_sample){start, "timer.late", (double)(start - due)};
    ns_emit(r->options.sink, &row);
}

// -- Making and unmaking --------------------------------------------------------------------------

int replay_timers_start(ns_replay *r, ns_err *err)
{
    replay_timers *t = &r->timers;
    t->next_expiry = INT64_MAX;
    ns_timer_init(r->machine.loop, &t->timer);
    t->timer.handle.data = r;
    t->active = ns_calloc((size_t)r->trace->spawn_count + 1, sizeof(replay_timer *));
    return t->active ? NS_OK : ns_fail(err, NS_ENOMEM, "out of memory");
}

void replay_timers_free(ns_replay *r)
{
    replay_timers *t = &r->timers;
    for (size_t i = 0; i < t->count; i++) {
        for (ns_list *link; (link = ns_list_pop(&t->heap[i]->timers));)
            ns_free(ns_list_entry(link, replay_timer, link));
        ns_free(t->heap[i]);
    }
    ns_free(t->heap);
    ns_free(t->active);
}

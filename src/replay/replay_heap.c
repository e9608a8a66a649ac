// The heap of a replay: births and deaths come in sums, by cohorts.
#include "base/alloc.h"
#include "replay/replay_private.h"

static void collected(void *opaque, const ns_heap_gc *gc)
{
    ns_replay *r = opaque;
    if (r->requests)
        ns_requests_pause(r->requests, gc->start, gc->end);
}

// As a budget of 0 in a run: what is due comes at the next point.
static void request(void *opaque)
{
    ((ns_replay *)opaque)->requested = true;
}

// What the recorded collection found at this place.
static void find_dead(void *opaque, bool young)
{
    ns_replay *r = opaque;
    ns_nst_cursor *c = r->cursor;
    if (c && *c->at == NS_OP_CYCLES) {
        c->at++;
        replay_cycles(r, r->current, c);
        while (*c->at == NS_OP_GC_RECORD) {
            c->at++;
            replay_record(r, r->current, c);
        }
    }
    ns_heap_clamp(r->heap);
}

int replay_heap_start(ns_replay *r, ns_err *err)
{
    const ns_heap_options options = {
        .profile = r->machine.profile,
        .sink = r->options.sink,
        .memory = r->workload->machine.memory,
        .flags = r->workload->flags,
        .request = request,
        .find_dead = find_dead,
        .collected = collected,
        .opaque = r,
    };
    return ns_heap_new(&r->heap, r->machine.sim, r->machine.cpu, &options, err);
}

static void die(ns_replay *r, uint64_t place, uint32_t birth, int64_t count)
{
    if (place == NS_NST_OBJECTS)
        ns_heap_add_object_deaths(r->heap, birth, count);
    else if (place == NS_NST_HELD)
        ns_heap_add_held(r->heap, birth, count, 0);
    else if (place == NS_NST_HELD_OBJECTS)
        ns_heap_add_held(r->heap, birth, 0, count);
    else
        ns_heap_add_deaths(r->heap, (ns_heap_place)place, birth, count);
}

// The same of an operation, which may have to be taken back.
static void die_now(ns_replay *r, uint64_t place, uint32_t birth, int64_t count)
{
    if (r->death_count == r->death_capacity) {
        size_t capacity = r->death_capacity ? r->death_capacity * 2 : 64;
        replay_death *deaths = ns_realloc(r->deaths, capacity * sizeof *deaths);
        if (!deaths) {
            replay_no_memory(r);
            return;
        }
        r->deaths = deaths;
        r->death_capacity = capacity;
    }
    r->deaths[r->death_count++] = (replay_death){place, birth, count};
    die(r, place, birth, count);
}

// What dies before it is born, as the units come in another order, dies at its birth; if that never
// comes, it was never there.
static void die_early(ns_replay *r, replay_cohort *cohort, uint64_t place, int64_t count)
{
    replay_early *early = ns_malloc(sizeof *early);
    if (!early) {
        replay_no_memory(r);
        return;
    }
    *early = (replay_early){.place = place, .count = count, .next = cohort->early};
    cohort->early = early;
}

static void born(ns_replay *r, replay_cohort *cohort)
{
    uint32_t epoch = ns_heap_epoch(r->heap);
    cohort->birth = epoch + 1;
    for (replay_early *early = cohort->early, *next; early; early = next) {
        next = early->next;
        die(r, early->place, epoch, early->count);
        ns_free(early);
    }
    cohort->early = NULL;
}

// In a copy: its own, or what another request has left, for which one of another copy stands. More
// than copies have left does not die.
static void die_in_copy(ns_replay *r, replay_copy *copy, uint32_t cohort, uint64_t place,
                        int64_t count)
{
    const uint32_t *own = replay_copy_birth(copy, cohort);
    uint32_t birth = own ? *own : r->cohorts[cohort].birth;
    uint64_t kind = place == NS_NST_HELD           ? NS_PLACE_YOUNG
                    : place == NS_NST_HELD_OBJECTS ? NS_NST_OBJECTS
                                                   : place;
    if (!birth)
        return;
    if (!own && count > r->orphans[kind])
        count = r->orphans[kind];
    r->orphans[kind] -= count;
    if (count != 0)
        die_now(r, place, birth - 1, count);
}

static void deaths(ns_replay *r, replay_tree *tree, uint32_t cohort, ns_nst_cursor *c)
{
    r->death_count = 0;
    for (uint64_t left = ns_nst_get(c); left > 0; left--) {
        uint64_t place = ns_nst_get(c);
        uint32_t number = cohort - (uint32_t)ns_nst_get(c);
        replay_cohort *from = &r->cohorts[number];
        int64_t count = ns_nst_get_signed(c);
        if (tree->copy)
            die_in_copy(r, tree->copy, number, place, count);
        else if (from->birth)
            die_now(r, place, from->birth - 1, count);
        else
            die_early(r, from, place, count);
    }
}

void replay_heap_free(ns_replay *r)
{
    for (uint32_t i = 0; r->cohorts && i < r->trace->cohorts; i++)
        for (replay_early *early = r->cohorts[i].early, *next; early; early = next) {
            next = early->next;
            ns_free(early);
        }
    ns_free(r->cohorts);
    ns_free(r->deaths);
    ns_heap_free(r->heap);
}

void replay_births(ns_replay *r, replay_tree *tree, ns_nst_cursor *c)
{
    uint32_t cohort = (uint32_t)ns_nst_get(c);
    int64_t young = ns_nst_get_signed(c), back = (int64_t)ns_nst_get(c);
    int64_t live = ns_nst_get_signed(c), objects = ns_nst_get_signed(c);
    int64_t old = (int64_t)ns_nst_get(c);
    ns_heap_add_births(r->heap, young + back, live, objects, old);
    if (back > 0)
        ns_heap_add_births(r->heap, -back, 0, 0, 0);
    int64_t since = r->recent.since_point + (young > 0 ? young : 0);
    r->recent = (replay_recent){&r->cohorts[cohort].birth, young, live, objects, since};
    uint32_t *copied = tree->copy ? replay_copy_birth(tree->copy, cohort) : NULL;
    if (copied) {
        *copied = ns_heap_epoch(r->heap) + 1;
        r->recent.birth = copied;
        r->orphans[NS_PLACE_YOUNG] += live;
        r->orphans[NS_NST_OBJECTS] += objects;
        r->orphans[NS_PLACE_OLD] += old;
    } else {
        born(r, &r->cohorts[cohort]);
    }
    for (uint64_t left = ns_nst_get(c); left > 0; left--) {
        ns_heap_place place = (ns_heap_place)ns_nst_get(c);
        int64_t bytes = (int64_t)ns_nst_get(c);
        // A large one has a cohort of its own (ns_tracer_born).
        uint32_t birth = ns_heap_add_piece(r->heap, place, bytes) + 1;
        if (copied) {
            *copied = birth;
            r->orphans[place] += bytes;
        } else {
            r->cohorts[cohort].birth = birth;
        }
    }
    deaths(r, tree, cohort, c);
}

void replay_cycles(ns_replay *r, replay_tree *tree, ns_nst_cursor *c)
{
    uint32_t cohort = (uint32_t)ns_nst_get(c);
    deaths(r, tree, cohort, c);
}

static bool out_of_memory(ns_replay *r)
{
    bool out = ns_heap_out_of_memory(r->heap) != NULL;
    if (out && !r->exiting)
        replay_exit(r, 134, "out of memory");
    return out;
}

// The collection of a run comes right behind the allocation that does not fit. Here it comes at a
// point: what did not fit is put off until it is over, `tail` bytes aside, between which and the
// point the run could not have collected either. Where the recorded run did collect (its CYCLES
// follow), so much was allocated then.
static int64_t put_off(const ns_replay *r, int64_t tail)
{
    bool recorded = r->cursor && *r->cursor->at == NS_OP_CYCLES;
    int64_t late = recorded ? 0 : ns_heap_overshoot(r->heap);
    late = late < r->recent.since_point ? late : r->recent.since_point;
    return late > tail ? late : 0;
}

// Take back the last operation on the heap (sign -1), or do it again.
static void redo(ns_replay *r, int sign)
{
    ns_heap_add_births(r->heap, 0, sign * r->recent.live, sign * r->recent.objects, 0);
    for (size_t i = 0; i < r->death_count; i++)
        die(r, r->deaths[i].place, r->deaths[i].birth, sign * r->deaths[i].count);
}

static bool collect(ns_replay *r, int64_t tail)
{
    if (!ns_heap_due(r->heap))
        return false;
    int64_t late = put_off(r, tail);
    if (late == 0) {
        ns_heap_collect(r->heap, r->machine.thread);
        return out_of_memory(r);
    }
    // What the last operation did comes when the larger part of what it allocated does.
    bool after = r->recent.birth && late * 2 > r->recent.last;
    ns_heap_add_births(r->heap, -late, 0, 0, 0);
    if (after)
        redo(r, -1);
    ns_heap_collect(r->heap, r->machine.thread);
    ns_heap_add_births(r->heap, late, 0, 0, 0);
    if (after) {
        redo(r, 1);
        *r->recent.birth = ns_heap_epoch(r->heap) + 1;
    }
    return out_of_memory(r);
}

bool replay_check(ns_replay *r, int64_t tail)
{
    r->requested = false;
    bool out = collect(r, tail);
    r->recent = (replay_recent){0};
    return out;
}

void replay_point(ns_replay *r, ns_nst_cursor *c)
{
    int64_t tail = (int64_t)ns_nst_get(c);
    ns_time demand = (ns_time)ns_nst_get(c);
    if (r->requested) {
        r->requested = false;
        replay_charge(r, demand);
        r->ahead += demand;
        replay_sync(r);
        collect(r, tail);
    }
    r->recent = (replay_recent){0};
}

void replay_tasks(ns_replay *r, int64_t tail, bool drain)
{
    if (r->exiting)
        return;
    collect(r, tail);
    r->recent = (replay_recent){0};
    ns_heap_run_tasks(r->heap, r->machine.thread, drain);
    out_of_memory(r);
}

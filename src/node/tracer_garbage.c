// Cyclic garbage. The run finds it when it collects; a replay collects at other times, so the trace
// tells by when it was garbage. What a collection finds became that since the one before. As a rule
// what was born first also dies first: deaths are spread over that time in the order of births.
//
// Where the collections of the run lie far apart, garbage is looked for in between, and nothing is
// done to it; that costs as much as a collection, so it waits until as much was allocated.
#include <stdlib.h>

#include "node/tracer_private.h"

enum {
    LEAST = 128 * 1024, // bytes that are allocated between two looks; and for each object of the
    EACH = 64,          // last one
    SHARE = 256         // what was garbage of the bytes, less than which nobody looks
};

void ns_tracer_set_find(ns_tracer *t, ns_tracer_find *find, void *opaque)
{
    if (!t)
        return;
    t->garbage.find = find;
    t->garbage.opaque = opaque;
    t->garbage.next = LEAST;
}

// -- By when --------------------------------------------------------------------------------------

static int64_t weight(const tracer_cohort *cohort)
{
    int64_t bytes = cohort->dead[NS_PLACE_YOUNG] + cohort->dead[NS_NST_HELD];
    return bytes > 0 ? bytes : 1;
}

static void tell(ns_tracer *t, uint32_t when, uint32_t cohort)
{
    tracer_cohort *of = &t->cohorts[cohort];
    for (int place = 0; place < NS_NST_DEATHS; place++) {
        if (of->dead[place] == 0)
            continue;
        if (!tracer_grow(t, &t->deaths, t->trace.death_count, &t->death_capacity,
                         sizeof *t->deaths))
            return;
        t->deaths[t->trace.death_count++] = (ns_nst_death){
            .when = when, .cohort = cohort, .place = (uint8_t)place, .count = of->dead[place]};
    }
    *of = (tracer_cohort){.garbage = when + 1};
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The first cohort behind the two collections that a cohort has lived through as young.
static uint32_t old_from(const ns_tracer *t, uint32_t cohort)
{
    const tracer_garbage *g = &t->garbage;
    size_t low = 0, high = g->collection_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->collections[middle] <= cohort)
            low = middle + 1;
        else
            high = middle;
    }
    return low + 1 < g->collection_count ? g->collections[low + 1] : 0;
}

// What is dead of `count` cohorts became garbage since cohort `from`, inclusive.
static void spread(ns_tracer *t, const uint32_t *cohorts, uint32_t count, uint32_t from)
{
    uint32_t last = t->cohort - 1;
    from = from < last ? from : last;
    int64_t sum = 0, before = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += weight(&t->cohorts[cohorts[i]]);
    for (uint32_t i = 0; i < count && !t->failed; i++) {
        int64_t bytes = weight(&t->cohorts[cohorts[i]]);
        double part = ((double)before + (double)bytes / 2) / (double)sum;
        uint32_t when = from + (uint32_t)(part * ((double)last - from + 1));
        uint32_t least = old_from(t, cohorts[i]);
        least = least > cohorts[i] ? least : cohorts[i];
        tell(t, when > least ? when : least, cohorts[i]);
        before += bytes;
    }
}

// `found`: what is garbage of the old generation, too, which came since the last time that was.
static void found_garbage(ns_tracer *t, bool all)
{
    tracer_garbage *g = &t->garbage;
    uint32_t old = 0;
    if (t->cohort == 0 || t->failed)
        return;
    qsort(t->touched, t->touched_count, sizeof *t->touched, ascending);
    while (all && old < t->touched_count && t->touched[old] < g->old)
        old++;
    spread(t, t->touched, old, g->full);
    spread(t, t->touched + old, t->touched_count - old, g->last);
    t->touched_count = 0;
    g->last = t->cohort;
    g->since = 0;
}

// -- Finding it -----------------------------------------------------------------------------------

void ns_tracer_garbage(ns_tracer *t, const ns_life *life)
{
    uint32_t cohort;
    int64_t bytes;
    if (!life) { // what is freed now hangs on it
        found_garbage(t, false);
        return;
    }
    if (t->failed || !tracer_look_up(&t->lives, (uintptr_t)life, &cohort) ||
        cohort == TRACER_GARBAGE)
        return;
    ns_heap_place place = ns_heap_life(life, &bytes);
    if (place == NS_PLACE_OLD) // what a literal made would be young in another run
        place = NS_PLACE_YOUNG;
    tracer_die(t, cohort, (int)place, bytes);
    if (place == NS_PLACE_YOUNG && bytes > 0)
        tracer_die(t, cohort, NS_NST_OBJECTS, 1);
    t->garbage.found += bytes;
    t->failed |= !tracer_keep(&t->lives, (uintptr_t)life, TRACER_GARBAGE);
}

// What hung on garbage is that since the same time as what was born together with it, if that was
// found since the last collection.
static void tell_rest(ns_tracer *t)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < t->touched_count; i++) {
        uint32_t cohort = t->touched[i], when = t->cohorts[cohort].garbage;
        if (when > t->garbage.young)
            tell(t, when - 1, cohort);
        else
            t->touched[left++] = cohort;
    }
    t->touched_count = left;
}

static void look(ns_tracer *t)
{
    tracer_garbage *g = &t->garbage;
    size_t objects = g->find(g->opaque);
    g->next = (int64_t)objects * EACH > LEAST ? (int64_t)objects * EACH : LEAST;
    g->allocated += g->since;
    found_garbage(t, false);
}

void tracer_look_for_garbage(ns_tracer *t)
{
    const tracer_garbage *g = &t->garbage;
    if (g->find && g->since >= g->next && !g->none && t->touched_count == 0)
        look(t);
}

void ns_tracer_last_garbage(ns_tracer *t)
{
    if (!t || !t->garbage.find)
        return;
    tracer_flush_heap(t);
    if (t->touched_count == 0)
        look(t);
}

void ns_tracer_found_dead(ns_tracer *t, bool all)
{
    if (!t)
        return;
    tracer_garbage *g = &t->garbage;
    ns_buf *ops = tracer_ops(t);
    if (!ops || t->failed)
        return;
    ns_nst_put(ops, NS_OP_CYCLES); // right behind what collected
    for (uint32_t i = 0; i < t->touched_count; i++)
        for (int place = 0; place < NS_NST_PLACES; place++)
            g->found += t->cohorts[t->touched[i]].dead[place];
    g->none = g->found * SHARE < g->allocated + g->since;
    g->found = g->allocated = 0;
    g->next = LEAST;
    if (!all)
        tell_rest(t);
    found_garbage(t, all);
    g->old = g->young;
    g->young = g->last;
    if (tracer_grow(t, &g->collections, g->collection_count, &g->collection_capacity,
                    sizeof *g->collections))
        g->collections[g->collection_count++] = t->cohort;
    if (all)
        g->full = g->last;
}

void tracer_sort_deaths(ns_tracer *t)
{
    qsort(t->deaths, t->trace.death_count, sizeof *t->deaths, ns_nst_compare_deaths);
}

// Allocations and deaths that are reported in sums.
#include <assert.h>

#include "model/heap_internal.h"

static uint32_t age_of(const ns_heap *heap, uint32_t birth)
{
    return (heap->epoch - birth) & ((1u << NS_EPOCH_BITS) - 1);
}

void ns_heap_add_births(ns_heap *heap, int64_t young, int64_t live, int64_t objects, int64_t old)
{
    heap->young_live[0] += live;
    heap->young_objects[0] += objects;
    heap->old_live += old;
    if (old > 0)
        ns_heap_count_old(heap, old);
    if (young != 0)
        ns_heap_count_young(heap, young);
}

uint32_t ns_heap_add_piece(ns_heap *heap, ns_heap_place place, int64_t bytes)
{
    if (place == NS_PLACE_LARGE) {
        if (ns_heap_count_large(heap, bytes))
            return heap->epoch + 1;
    } else {
        assert(place == NS_PLACE_EXTERNAL);
        heap->external_live[0] += bytes;
        ns_heap_count_external(heap, bytes);
    }
    return heap->epoch;
}

void ns_heap_add_deaths(ns_heap *heap, ns_heap_place place, uint32_t birth, int64_t bytes)
{
    int64_t *live = ns_heap_live(heap, place, birth);
    // The collection that a large object calls for comes before what happens now.
    if ((heap->scavenge_due || heap->behind) && !heap->finding && live == &heap->large_young_live)
        heap->large_dying += bytes;
    else
        *live -= bytes;
}

void ns_heap_add_object_deaths(ns_heap *heap, uint32_t birth, int64_t objects)
{
    uint32_t age = age_of(heap, birth);
    if (age < 2)
        heap->young_objects[age] -= objects;
}

void ns_heap_add_held(ns_heap *heap, uint32_t birth, int64_t bytes, int64_t objects)
{
    uint32_t age = age_of(heap, birth);
    if (age < 2) {
        heap->young_held[age] += bytes;
        heap->young_objects_held[age] += objects;
    } else {
        heap->old_live -= bytes;
    }
}

void ns_heap_add_mementos(ns_heap *heap, uint16_t site, uint32_t made)
{
    heap->literals[site - 1].created += made;
    heap->literals[site - 1].alive += made;
}

void ns_heap_add_memento_deaths(ns_heap *heap, uint16_t site, uint32_t birth, int64_t count)
{
    uint32_t *alive = &heap->literals[site - 1].alive;
    if (age_of(heap, birth) == 0)
        *alive = count < (int64_t)*alive ? (uint32_t)(*alive - count) : 0;
}

bool ns_heap_tenures(const ns_heap *heap, uint16_t site)
{
    return heap->literals[site - 1].decision == NS_TENURE;
}

static void clamp(int64_t *sum)
{
    if (*sum < 0)
        *sum = 0;
}

void ns_heap_clamp(ns_heap *heap)
{
    for (int age = 0; age < 2; age++) {
        clamp(&heap->young_live[age]);
        clamp(&heap->young_objects[age]);
        clamp(&heap->external_live[age]);
        if (heap->young_held[age] > heap->young_live[age])
            heap->young_held[age] = heap->young_live[age];
        clamp(&heap->young_held[age]);
    }
    clamp(&heap->old_live);
    clamp(&heap->large_young_live);
    clamp(&heap->large_live);
    clamp(&heap->external_old_live);
    if (heap->old_held > heap->old_live)
        heap->old_held = heap->old_live;
    clamp(&heap->old_held);
}

int64_t ns_heap_overshoot(const ns_heap *heap)
{
    int64_t area = ns_heap_semi_area(heap);
    return heap->scavenge_due && heap->new_used > area ? heap->new_used - area : 0;
}

uint32_t ns_heap_epoch(const ns_heap *heap)
{
    return heap->epoch;
}

uint64_t ns_heap_steps(const ns_heap *heap)
{
    return heap->step_calls;
}

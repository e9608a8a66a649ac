// Allocation in new space: where its pages end, and what comes behind the scavenge that is due
// (sources: new-spaces.cc, large-spaces.cc; Heap::AllocateRawWithLightRetrySlowPath).
//
// V8 collects when an object does not fit, and allocates it then. Here the collection has to wait
// for the next call or back-edge: what is allocated until then is born in the next epoch, and what
// dies is alive for the scavenge.
#include <assert.h>

#include "model/heap_internal.h"

enum { PARKING_THRESHOLD = 4 * 1024 }; // kAllocationBufferParkingThreshold

void ns_heap_open_new_space(ns_heap *heap)
{
    heap->behind = false;
    heap->parked_count = 0;
    heap->new_end = ns_heap_semi_area(heap);
    ns_heap_pages_watch(heap);
}

void ns_heap_call_for_scavenge(ns_heap *heap)
{
    heap->scavenge_due = heap->behind = true;
    heap->new_end = -1;
    ns_heap_request(heap);
}

// SemiSpaceNewSpace::AddFreshPage: a rest that is worth it is kept for later.
static void next_page(ns_heap *heap, int64_t rest)
{
    if (rest >= PARKING_THRESHOLD && heap->parked_count < NS_HEAP_PARKED)
        heap->parked[heap->parked_count++] = (int32_t)rest;
    heap->page_ends += rest;
    ns_heap_count_young(heap, rest);
}

// SemiSpaceNewSpace::AddParkedAllocationBuffer: the page moves to the end of the list.
static bool take_parked(ns_heap *heap, int64_t bytes)
{
    for (int i = 0; i < heap->parked_count; i++) {
        int64_t size = heap->parked[i];
        if (bytes > size)
            continue;
        for (heap->parked_count--; i < heap->parked_count; i++)
            heap->parked[i] = heap->parked[i + 1];
        int64_t start = heap->new_end - size, back = heap->new_used - start;
        heap->page_ends -= back;
        heap->new_counter -= back;
        heap->new_used = start;
        return true;
    }
    return false;
}

bool ns_heap_make_room(ns_heap *heap, int64_t bytes)
{
    if (heap->behind)
        return false;
    int64_t rest = NS_HEAP_PAGE_AREA - heap->new_used % NS_HEAP_PAGE_AREA;
    if (bytes <= rest && heap->new_used + bytes <= heap->new_end)
        return true;
    if (heap->new_used + rest + bytes <= heap->new_end) {
        next_page(heap, rest);
        return true;
    }
    if (take_parked(heap, bytes))
        return true;
    ns_heap_call_for_scavenge(heap);
    return false;
}

void ns_heap_count_behind(ns_heap *heap, int64_t bytes)
{
    heap->next.used += bytes;
    ns_heap_count_step(heap, bytes);
}

void ns_heap_count_garbage(ns_heap *heap, int64_t bytes)
{
    if (heap->new_used + bytes <= heap->new_end) {
        ns_heap_count_young(heap, bytes);
    } else if (bytes <= NS_HEAP_PAGE / 2) {
        if (ns_heap_make_room(heap, bytes))
            ns_heap_count_young(heap, bytes);
        else
            ns_heap_count_behind(heap, bytes);
    } else { // of many objects
        int64_t left = heap->behind ? 0 : heap->new_end - heap->new_used;
        if (!heap->behind)
            ns_heap_call_for_scavenge(heap);
        ns_heap_count_young(heap, left);
        ns_heap_count_behind(heap, bytes - left);
    }
}

void ns_heap_dies_behind(ns_heap *heap, uint32_t age, int64_t bytes, int objects)
{
    assert(age < 2);
    heap->young_dying[age] += bytes;
    heap->young_objects_dying[age] += objects;
}

// By age: a mark-compact makes everything old, and what was born behind it looks as if it had
// survived one collection.
void ns_heap_allocate_behind(ns_heap *heap, ns_heap_gc_kind kind)
{
    bool full = kind == NS_HEAP_MARK_COMPACT;
    int64_t dying = heap->young_dying[0], objects = heap->young_objects_dying[0];
    heap->old_live -= heap->young_dying[1] + (full ? dying : 0);
    heap->young_live[1] -= full ? 0 : dying;
    heap->young_objects[1] -= full ? 0 : objects;
    heap->young_dying[0] = heap->young_dying[1] = 0;
    heap->young_objects_dying[0] = heap->young_objects_dying[1] = 0;
    heap->new_used += heap->next.used;
    heap->new_counter += heap->next.used;
    heap->young_live[full] += heap->next.live;
    heap->young_objects[full] += heap->next.objects;
    *(full ? &heap->large_live : &heap->large_young_live) += heap->next.large_live;
    *(full ? &heap->large_used : &heap->large_young_used) += heap->next.large_used;
    heap->next = (ns_heap_next){0};
    ns_heap_open_new_space(heap);
    // More than new space holds, at once.
    if (heap->new_used > heap->new_end)
        ns_heap_call_for_scavenge(heap);
}

// Page faults. The kernel gives memory when it is written to for the first time: it finds a page
// and clears it, which takes about as long as copying what comes to lie there. V8 commits
// semi-spaces and pages of old space without writing to them, so a collection pays this while the
// heap grows, and no more once its semi-spaces are as large as they will be (Linux: mm/memory.c,
// do_anonymous_page; SemiSpace::Commit, MemoryAllocator::AllocatePage).
#include "model/heap_internal.h"

static int64_t touch(int64_t *touched, int64_t used)
{
    int64_t first = used > *touched ? used - *touched : 0;
    *touched += first;
    return first;
}

void ns_heap_pages_used(ns_heap *heap)
{
    touch(&heap->semi_touched[0], heap->new_used);
    touch(&heap->old_touched, heap->old_used);
}

int64_t ns_heap_pages_scavenged(ns_heap *heap, int64_t copied)
{
    int64_t first =
        touch(&heap->semi_touched[1], copied) + touch(&heap->old_touched, heap->old_used);
    int64_t from = heap->semi_touched[0];
    heap->semi_touched[0] = heap->semi_touched[1];
    heap->semi_touched[1] = from;
    return first;
}

// Pages that are empty are given back; the others hold what lives (Sweeper, Unmapper).
void ns_heap_pages_compacted(ns_heap *heap)
{
    heap->old_touched = heap->old_committed;
}

// The other semi-space is given back (Heap::UncommitFromSpace).
void ns_heap_pages_shrunk(ns_heap *heap)
{
    heap->semi_touched[1] = 0;
    if (heap->semi_touched[0] > heap->semi_capacity)
        heap->semi_touched[0] = heap->semi_capacity;
}

// Page faults. The kernel gives memory when it is written to for the first time: it finds a page
// and clears it, which takes about as long as copying what comes to lie there. V8 commits
// semi-spaces and pages of old space without writing to them, so whoever comes first pays this: the
// program in new space, a collection where it copies to. Once the semi-spaces are as large as they
// will be, and each was full, nobody does (Linux: mm/memory.c, do_anonymous_page;
// SemiSpace::Commit, MemoryAllocator::AllocatePage).
#include "model/heap_internal.h"

// The program pays at a call or a back-edge, as it meets its collections: a replay has these, too.
enum { FAULTS_AT_ONCE = 4 };

static int64_t touch(int64_t *touched, int64_t used)
{
    int64_t first = used > *touched ? used - *touched : 0;
    *touched += first;
    return first;
}

void ns_heap_pages_watch(ns_heap *heap)
{
    int64_t area = ns_heap_semi_area(heap);
    heap->new_watch = heap->semi_touched[0] < area ? heap->semi_touched[0] : area;
}

void ns_heap_pages_entered(ns_heap *heap)
{
    int64_t fresh = heap->new_used - heap->semi_touched[0];
    if (fresh <= 0 || heap->new_used > ns_heap_semi_area(heap)) // which a replay takes back
        return;
    int64_t pages = (fresh + NS_HEAP_OS_PAGE - 1) / NS_HEAP_OS_PAGE;
    heap->semi_touched[0] += pages * NS_HEAP_OS_PAGE;
    ns_heap_pages_watch(heap);
    heap->faults_due += pages;
    if (heap->faults_due >= FAULTS_AT_ONCE)
        ns_heap_request(heap);
}

bool ns_heap_charge_faults(ns_heap *heap, ns_thread *thread)
{
    if (heap->faults_due == 0)
        return false;
    ns_time time = (ns_time)((double)heap->faults_due * heap->costs.page_fault + 0.5);
    heap->faults_due = 0;
    heap->fault_time += time;
    ns_thread_charge(thread, time);
    ns_thread_sync(thread);
    return true;
}

void ns_heap_pages_used(ns_heap *heap)
{
    ns_heap_pages_entered(heap);
    touch(&heap->old_touched, heap->old_used);
}

static void swap(ns_heap *heap)
{
    int64_t from = heap->semi_touched[0];
    heap->semi_touched[0] = heap->semi_touched[1];
    heap->semi_touched[1] = from;
}

int64_t ns_heap_pages_scavenged(ns_heap *heap, int64_t copied)
{
    int64_t first =
        touch(&heap->semi_touched[1], copied) + touch(&heap->old_touched, heap->old_used);
    swap(heap);
    return first;
}

// Of old space, pages that are empty are given back; the others hold what lives (Sweeper,
// Unmapper). The program goes on in the other semi-space (SemiSpaceNewSpace::EvacuatePrologue).
void ns_heap_pages_compacted(ns_heap *heap)
{
    swap(heap);
    heap->old_touched = heap->old_committed;
}

// The other semi-space is given back (Heap::UncommitFromSpace).
void ns_heap_pages_shrunk(ns_heap *heap)
{
    heap->semi_touched[1] = 0;
    if (heap->semi_touched[0] > heap->semi_capacity)
        heap->semi_touched[0] = heap->semi_capacity;
}

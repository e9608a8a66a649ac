// What is due, and doing it: at a call or a back-edge, at the end of a turn of the loop, by gc().
#include "model/heap_internal.h"

bool ns_heap_due(const ns_heap *heap)
{
    return heap->scavenge_due || heap->full_due || heap->step_due > 0 ||
           (heap->marking && heap->marked);
}

void ns_heap_find_dead(ns_heap *heap, bool young)
{
    heap->finding = true;
    heap->options.find_dead(heap->options.opaque, young);
    heap->finding = false;
}

// Heap::SelectGarbageCollector
static void collect_young(ns_heap *heap, ns_thread *thread, const char *reason)
{
    if (!ns_heap_can_expand_old(heap, heap->new_used))
        ns_heap_mark_compact(heap, thread, reason, "scavenge might not succeed");
    else
        ns_heap_scavenge(heap, thread, reason);
}

// Heap::ShouldExpandOldGenerationOnSlowAllocation at a limit that is used up: not where marking
// cannot begin, with little in the old generation. The allocation fails then, and what it does not
// find is collected at once (Heap::AllocateRawWithRetryOrFailSlowPath).
static bool may_go_on(const ns_heap *heap)
{
    return heap->marking || ns_heap_may_mark(heap);
}

void ns_heap_collect(ns_heap *heap, ns_thread *thread)
{
    if (heap->collecting || heap->fatal)
        return;
    heap->collecting = true;
    if (heap->step_due > 0) {
        ns_time step = heap->step_due;
        heap->step_due = 0;
        ns_heap_pause(heap, thread, (double)step, 0, 0);
        heap->gc_time += ns_cpu_time(heap->cpu, step);
    }
    if (heap->marking && heap->marked)
        ns_heap_mark_compact(heap, thread, "finalize incremental marking via stack guard",
                             "GC in old space requested");
    if (heap->full_due) {
        bool external = heap->external_due;
        heap->full_due = heap->external_due = false;
        const char *reason = external ? "external memory pressure" : "allocation limit";
        if (external && heap->external_used > heap->external_low + heap->flags.max_old / 2)
            ns_heap_mark_compact(heap, thread, reason, "GC in old space requested");
        else if (!ns_heap_can_expand_old(heap, 0) || (!external && !may_go_on(heap)))
            ns_heap_mark_compact(heap, thread, "allocation failure", "GC in old space requested");
        else if (!heap->marking)
            ns_heap_start_marking(heap, thread, reason);
    }
    while (heap->scavenge_due && !heap->fatal) {
        const char *reason = heap->external_due ? "external memory pressure" : "allocation failure";
        heap->scavenge_due = heap->external_due = false;
        collect_young(heap, thread, reason);
    }
    heap->collecting = false;
}

void ns_heap_collect_all(ns_heap *heap, ns_thread *thread)
{
    if (heap->collecting || heap->fatal)
        return;
    heap->collecting = true;
    ns_heap_mark_compact(heap, thread, "testing", "GC in old space requested");
    heap->collecting = heap->full_due = heap->external_due = false;
}

void ns_heap_run_tasks(ns_heap *heap, ns_thread *thread, bool drain)
{
    if (heap->collecting || heap->fatal)
        return;
    heap->collecting = true;
    if (ns_heap_scavenge_task_due(heap)) {
        heap->scavenge_due = heap->external_due = false;
        collect_young(heap, thread, "task");
    }
    if (heap->task_due && !heap->marking && !heap->fatal) {
        heap->task_due = false;
        ns_heap_start_marking(heap, thread, "task");
    }
    if (drain && heap->marking && !heap->fatal)
        ns_heap_wait_for_marking(heap, thread);
    bool waited = ns_sim_now(heap->sim) - heap->marking_start >= heap->costs.marking_wait;
    if (heap->marking && !heap->fatal && (heap->marked || waited || drain))
        ns_heap_mark_compact(heap, thread, "finalize incremental marking via task",
                             "GC in old space requested");
    heap->collecting = false;
}

const char *ns_heap_out_of_memory(const ns_heap *heap)
{
    return heap->fatal;
}

ns_time ns_heap_gc_time(const ns_heap *heap)
{
    return heap->gc_time;
}

uint64_t ns_heap_mark_compacts(const ns_heap *heap)
{
    return heap->mark_compacts_done;
}

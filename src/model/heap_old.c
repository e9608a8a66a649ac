// The old generation: its limit, and the mark-compact collector (sources: heap.cc,
// heap-controller.cc, mark-compact.cc).
#include "model/heap_internal.h"

// -- The memory controller ------------------------------------------------------------------------

// BaseControllerTrait
static const double min_factor = 1.1, max_small_factor = 2.0, min_small_factor = 1.3,
                    high_factor = 4.0, target_utilization = 0.97;
static const int64_t controller_min = 256 * NS_HEAP_MIB, controller_max = 2048 * NS_HEAP_MIB;
static const int64_t growing_step = 8 * NS_HEAP_MIB; // MinimumAllocationLimitGrowingStep

// MemoryController::MaxGrowingFactor
static double most_growth(int64_t max_old)
{
    if (max_old >= controller_max)
        return high_factor;
    if (max_old < controller_min)
        max_old = controller_min;
    return (double)(max_old - controller_min) * (max_small_factor - min_small_factor) /
               (double)(controller_max - controller_min) +
           min_small_factor;
}

// MemoryController::DynamicGrowingFactor
static double growing_factor(const ns_heap *heap)
{
    double most = most_growth(heap->flags.max_old);
    if (heap->flags.growing_percent > 0)
        return 1 + heap->flags.growing_percent / 100;
    double collector = ns_heap_mark_compact_speed(heap), mutator = ns_heap_old_throughput(heap);
    if (collector == 0 || mutator == 0)
        return most;
    double a = collector / mutator * (1 - target_utilization), b = a - target_utilization;
    double factor = a < b * most ? a / b : most;
    return factor < min_factor ? min_factor : factor;
}

// MemoryController::CalculateAllocationLimit
static int64_t next_limit(const ns_heap *heap)
{
    int64_t size = ns_heap_old_size(heap);
    int64_t grown = (int64_t)((double)size * growing_factor(heap));
    int64_t limit =
        (grown > size + growing_step ? grown : size + growing_step) + ns_heap_semi_area(heap);
    if (heap->flags.old_configured && limit < heap->initial_limit)
        limit = heap->initial_limit; // min_old_generation_size_
    int64_t halfway = (size + heap->flags.max_old) / 2;
    return limit < halfway ? limit : halfway;
}

void ns_heap_configure_initial_limit(ns_heap *heap)
{
    double survival = ns_heap_average_survival(heap);
    if (heap->old_configured || survival < 0)
        return;
    int64_t limit = (int64_t)((double)heap->old_limit * (survival / 100));
    if (limit < ns_heap_old_size(heap) + growing_step)
        limit = ns_heap_old_size(heap) + growing_step;
    if (limit < heap->old_limit)
        heap->old_limit = limit;
    else
        heap->old_configured = true;
}

// Heap::CheckIneffectiveMarkCompact
static void check_ineffective(ns_heap *heap)
{
    enum { MOST = 4 };
    bool ineffective = (double)ns_heap_old_size(heap) >= 0.8 * (double)heap->flags.max_old &&
                       ns_heap_average_mu(heap) < 0.4;
    heap->ineffective = ineffective ? heap->ineffective + 1 : 0;
    if (heap->ineffective == MOST)
        heap->fatal = "Ineffective mark-compacts near heap limit";
}

void ns_heap_recompute_limits(ns_heap *heap, ns_heap_gc_kind kind)
{
    if (kind == NS_HEAP_MARK_COMPACT) {
        heap->external_low = heap->external_used;
        heap->old_limit = next_limit(heap);
        check_ineffective(heap);
    } else if (heap->old_configured && ns_heap_low_young_rate(heap)) {
        int64_t limit = next_limit(heap);
        if (limit < heap->old_limit)
            heap->old_limit = limit;
    }
}

int64_t ns_heap_old_available(const ns_heap *heap)
{
    int64_t used = ns_heap_old_size(heap) + ns_heap_external_since_gc(heap);
    return heap->old_limit > used ? heap->old_limit - used : 0;
}

// Heap::CanExpandOldGeneration, by the pages that are held.
bool ns_heap_can_expand_old(const ns_heap *heap, int64_t bytes)
{
    int64_t capacity = heap->old_committed + heap->code_used + heap->large_used;
    return capacity + bytes <= heap->flags.max_old;
}

bool ns_heap_limit_overshot(const ns_heap *heap)
{
    int64_t used = ns_heap_old_size(heap) + ns_heap_external_since_gc(heap);
    int64_t overshoot = used - heap->old_limit, margin = heap->old_limit / 2;
    if (overshoot <= 0)
        return false;
    if (margin < 32 * NS_HEAP_MIB)
        margin = 32 * NS_HEAP_MIB;
    int64_t halfway = (heap->flags.max_old - heap->old_limit) / 2;
    return overshoot >= (margin < halfway ? margin : halfway);
}

// -- Mark-compact ---------------------------------------------------------------------------------

// Everything that lives is old: young survivors are evacuated to old space
// (AlwaysPromoteYoung::kYes).
static void promote_all(ns_heap *heap)
{
    heap->epoch += 2;
    heap->old_live -= heap->old_held;
    heap->young_live[0] -= heap->young_held[0];
    heap->young_live[1] -= heap->young_held[1];
    heap->old_held = heap->young_held[0] = heap->young_held[1] = 0;
    heap->young_objects_held[0] = heap->young_objects_held[1] = 0;
    heap->young_objects[0] = heap->young_objects[1] = 0;
    heap->old_live += heap->young_live[0] + heap->young_live[1];
    heap->young_live[0] = heap->young_live[1] = heap->promoted_early = 0;
    heap->large_live += heap->large_young_live - heap->large_dying;
    heap->large_young_live = heap->large_dying = 0;
    heap->external_old_live += heap->external_live[0] + heap->external_live[1];
    heap->external_live[0] = heap->external_live[1] = 0;
    heap->new_used = heap->large_young_used = 0;
    heap->old_used = heap->start_old + heap->old_live;
    heap->large_used = heap->start_large + heap->large_live;
    heap->external_used = heap->external_old_live;
    heap->external_young = 0;
    heap->old_committed = 0;
    ns_heap_commit_old(heap);
}

static int helpers(const ns_heap *heap)
{
    return heap->flags.parallel_compaction ? heap->flags.workers : 0;
}

void ns_heap_mark_compact(ns_heap *heap, ns_thread *thread, const char *reason, const char *detail)
{
    ns_heap_event event;
    ns_heap_find_dead(heap, false);
    ns_heap_event_begin(heap, thread, &event, NS_HEAP_MARK_COMPACT, reason, detail ? detail : "");
    ns_heap_complete_buffers(heap, thread);
    bool marking = heap->marking;
    ns_heap_stop_marking(heap);
    int64_t marked = marking ? heap->marking_done : 0;
    int64_t young =
        heap->young_live[0] + heap->young_live[1] - heap->young_held[0] - heap->young_held[1];
    int64_t start_young = heap->new_used + heap->large_young_used;
    heap->old_counter += young + heap->large_young_live;
    double stores = ns_heap_request_sweep(heap, ns_heap_free_stores(heap, true));
    promote_all(heap);
    ns_heap_pages_compacted(heap);
    event.promoted = event.survived = young;
    int64_t live = ns_heap_old_size(heap);
    event.marked = live - (marked < live ? marked : live);
    const ns_heap_costs *costs = &heap->costs;
    int count = helpers(heap) + 1;
    double work = (double)young * costs->evacuate_byte + (double)event.marked * costs->mark_byte;
    double share = count > 1 ? work * costs->mark_sharing / count : work;
    ns_heap_pause(heap, thread, costs->compact_base + stores + share, count - 1, share);
    ns_heap_start_buffers(heap);
    heap->mark_compacts_done++;
    if (start_young > 0)
        ns_heap_add_survival(heap, 100 * (double)young / (double)start_young);
    heap->old_configured = true;
    heap->old_at_last_gc = live;
    // V8 takes the new limit before it knows how long the collection took.
    ns_heap_recompute_limits(heap, NS_HEAP_MARK_COMPACT);
    ns_heap_event_end(heap, thread, &event);
    ns_heap_start_sweeping(heap);
    heap->scavenge_due = heap->full_due = heap->task_due = heap->external_due = false;
    ns_heap_allocate_behind(heap, NS_HEAP_MARK_COMPACT);
    if (!ns_heap_can_expand_old(heap, 0))
        heap->fatal = "Reached heap limit";
}

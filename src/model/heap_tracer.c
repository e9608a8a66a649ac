// What V8's GCTracer keeps, because rules depend on it: speeds, survival, mutator utilization; and
// the records of collections (source: gc-tracer.cc).
#include <string.h>

#include "model/heap_internal.h"

static const double max_speed = 1024.0 * 1024 * 1024, min_speed = 1;
static const double time_frame_ms = 5000;             // kThroughputTimeFrameMs
static const double conservative_speed = 200000;      // kConservativeGcSpeedInBytesPerMillisecond
static const double incremental_default = 128 * 1024; // kConservativeSpeedInBytesPerMillisecond

static double now_ms(const ns_heap *heap)
{
    return (double)ns_sim_now(heap->sim) / NS_MS;
}

// -- Speeds ---------------------------------------------------------------------------------------

static void push(ns_heap_ring *ring, double bytes, double ms)
{
    ring->bytes[ring->next] = bytes;
    ring->ms[ring->next] = ms;
    ring->next = (ring->next + 1) % NS_HEAP_RING;
    if (ring->count < NS_HEAP_RING)
        ring->count++;
}

// GCTracer::AverageSpeed: from the latest entry backwards, until `frame` ms are covered; 0: all.
static double average_speed(const ns_heap_ring *ring, double frame)
{
    double bytes = 0, ms = 0;
    for (int i = 0; i < ring->count; i++) {
        int at = (ring->next - 1 - i + NS_HEAP_RING) % NS_HEAP_RING;
        if (frame != 0 && ms >= frame)
            break;
        bytes += ring->bytes[at];
        ms += ring->ms[at];
    }
    if (ms == 0)
        return 0;
    double speed = bytes / ms;
    return speed > max_speed ? max_speed : speed < min_speed ? min_speed : speed;
}

double ns_heap_allocation_throughput(const ns_heap *heap)
{
    return average_speed(&heap->new_allocations, time_frame_ms) +
           average_speed(&heap->old_allocations, time_frame_ms);
}

double ns_heap_old_throughput(const ns_heap *heap)
{
    return average_speed(&heap->old_allocations, time_frame_ms);
}

// GCTracer::CombinedMarkCompactSpeedInBytesPerMillisecond
double ns_heap_mark_compact_speed(const ns_heap *heap)
{
    const double least = 0.5;
    double speed = average_speed(&heap->mark_compacts, 0);
    if (speed > 0)
        return speed;
    double marking = heap->marking_speed != 0 ? heap->marking_speed : incremental_default;
    double final = average_speed(&heap->incremental_mark_compacts, 0);
    return marking < least || final < least ? 0 : marking * final / (marking + final);
}

// Heap::HasLowYoungGenerationAllocationRate
bool ns_heap_low_young_rate(const ns_heap *heap)
{
    double mutator = average_speed(&heap->new_allocations, 0);
    double collector = average_speed(&heap->minor_survived, 0);
    if (mutator == 0)
        return false;
    if (collector == 0)
        collector = conservative_speed;
    return collector / (mutator + collector) > 0.993;
}

void ns_heap_add_survival(ns_heap *heap, double percent)
{
    heap->survival_ratios[heap->survival_next] = percent;
    heap->survival_next = (heap->survival_next + 1) % NS_HEAP_RING;
    if (heap->survival_count < NS_HEAP_RING)
        heap->survival_count++;
}

// -1 when there was no collection yet.
double ns_heap_average_survival(const ns_heap *heap)
{
    double sum = 0;
    for (int i = 0; i < heap->survival_count; i++)
        sum += heap->survival_ratios[i];
    return heap->survival_count ? sum / heap->survival_count : -1;
}

double ns_heap_average_mu(const ns_heap *heap)
{
    double total = heap->average_mark_compact + heap->average_mutator;
    return total == 0 ? 1 : heap->average_mutator / total;
}

// GCTracer::RecordMutatorUtilization
static void record_utilization(ns_heap *heap, double end, double duration)
{
    if (heap->mark_compact_end == 0) {
        heap->mark_compact_end = end;
        return;
    }
    double total = end - heap->mark_compact_end, mutator = total - duration;
    if (heap->average_mark_compact == 0 && heap->average_mutator == 0) {
        heap->average_mark_compact = duration;
        heap->average_mutator = mutator;
    } else {
        heap->average_mark_compact = (heap->average_mark_compact + duration) / 2;
        heap->average_mutator = (heap->average_mutator + mutator) / 2;
    }
    heap->current_mu = total != 0 ? mutator / total : 0;
    heap->mark_compact_end = end;
}

// -- Events ---------------------------------------------------------------------------------------

static void sample_allocation(ns_heap *heap)
{
    double now = now_ms(heap);
    if (heap->allocation_ms >= 0 && now > heap->allocation_ms) {
        double ms = now - heap->allocation_ms;
        push(&heap->new_allocations, (double)(heap->new_counter - heap->new_counter_sampled), ms);
        push(&heap->old_allocations, (double)(heap->old_counter - heap->old_counter_sampled), ms);
    }
    heap->new_counter_sampled = heap->new_counter;
    heap->old_counter_sampled = heap->old_counter;
}

// Heap::PerformGarbageCollection: the SafepointScope.
static void enter_safepoint(ns_heap *heap, ns_thread *thread, ns_heap_event *event)
{
    if (!heap->options.safepoint)
        return;
    ns_thread_sync(thread);
    event->start = ns_sim_now(heap->sim);
    const char *function = ns_safepoint_enter(heap->options.safepoint);
    if (!function)
        return;
    event->to_safepoint = ns_sim_now(heap->sim) - event->start;
    event->compiled = *function ? function : "(anonymous)";
}

void ns_heap_event_begin(ns_heap *heap, ns_thread *thread, ns_heap_event *event,
                         ns_heap_gc_kind kind, const char *reason, const char *detail)
{
    sample_allocation(heap);
    *event = (ns_heap_event){
        .kind = kind,
        .reason = reason,
        .detail = detail,
        .start = ns_sim_now(heap->sim),
        .compiled = "",
        .before = ns_heap_size_of_objects(heap),
        .committed_before = ns_heap_committed(heap),
    };
    ns_heap_emit_samples(heap);
    heap->concurrent_time = heap->marking ? heap->concurrent_time : 0;
    enter_safepoint(heap, thread, event);
}

static void emit_event(ns_heap *heap, const ns_heap_event *event, bool incremental, ns_time end)
{
    ns_record row = {
        .type = NS_REC_GC_EVENT,
        .gc_event =
            {
                .kind = event->kind == NS_HEAP_SCAVENGE ? "scavenge" : "mark-compact",
                .reason = event->reason,
                .detail = event->detail,
                .start_ns = event->start,
                .pause_ns = end - event->start,
                .to_safepoint_ns = event->to_safepoint,
                .after_safepoint_ns = event->after_safepoint,
                .safepoint_function = event->compiled,
                .concurrent_ns = heap->concurrent_time,
                .before_bytes = event->before,
                .after_bytes = ns_heap_size_of_objects(heap),
                .promoted_bytes = event->promoted,
                .survived_bytes = event->survived,
                .survived_objects = event->objects,
                .touched_bytes = event->touched,
                .marked_bytes = event->marked,
                .committed_before_bytes = event->committed_before,
                .committed_after_bytes = ns_heap_committed(heap),
                .steps = incremental ? heap->steps : 0,
                .steps_ns = incremental ? heap->step_time : 0,
                .longest_step_ns = incremental ? heap->longest_step : 0,
                .marking_ns = incremental ? end - heap->marking_start : 0,
                .average_mu = ns_heap_average_mu(heap),
                .current_mu = heap->current_mu,
            },
    };
    ns_emit(heap->options.sink, &row);
}

static void leave_safepoint(ns_heap *heap, ns_thread *thread, ns_heap_event *event)
{
    if (!heap->options.safepoint)
        return;
    ns_thread_sync(thread);
    ns_time from = ns_sim_now(heap->sim);
    const char *function = ns_safepoint_leave(heap->options.safepoint);
    if (!function)
        return;
    event->after_safepoint = ns_sim_now(heap->sim) - from;
    if (!*event->compiled)
        event->compiled = *function ? function : "(anonymous)";
}

void ns_heap_event_end(ns_heap *heap, ns_thread *thread, ns_heap_event *event)
{
    leave_safepoint(heap, thread, event);
    ns_time end = ns_sim_now(heap->sim);
    double duration = (double)(end - event->start) / NS_MS;
    bool incremental = event->kind == NS_HEAP_MARK_COMPACT && heap->marking_start > 0;
    heap->gc_time += end - event->start;
    heap->allocation_ms = now_ms(heap);
    if (event->kind == NS_HEAP_SCAVENGE) {
        push(&heap->minor_survived, (double)event->survived, duration);
    } else {
        double size = (double)ns_heap_size_of_objects(heap);
        if (incremental && heap->marking_bytes > 0 && heap->marking_ms > 0) {
            double speed = heap->marking_bytes / heap->marking_ms;
            heap->marking_speed =
                heap->marking_speed == 0 ? speed : (heap->marking_speed + speed) / 2;
        }
        push(incremental ? &heap->incremental_mark_compacts : &heap->mark_compacts, size, duration);
        record_utilization(heap, now_ms(heap),
                           duration + (incremental ? (double)heap->step_time / NS_MS : 0));
    }
    emit_event(heap, event, incremental, end);
    if (event->kind == NS_HEAP_MARK_COMPACT)
        heap->marking_start = 0;
    ns_heap_emit_samples(heap);
    if (heap->options.collected)
        heap->options.collected(heap->options.opaque,
                                &(ns_heap_gc){.kind = event->kind,
                                              .incremental = incremental,
                                              .forced = strcmp(event->reason, "testing") == 0,
                                              .start = event->start,
                                              .end = end,
                                              .to_safepoint = event->to_safepoint,
                                              .after_safepoint = event->after_safepoint});
}

void ns_heap_emit_samples(ns_heap *heap)
{
    static const ns_heap_space spaces[] = {NS_HEAP_NEW, NS_HEAP_OLD, NS_HEAP_CODE,
                                           NS_HEAP_NEW_LARGE, NS_HEAP_LARGE};
    if (!heap->options.sink)
        return;
    ns_record row = {.type = NS_REC_HEAP_SAMPLE, .heap_sample = {.t_ns = ns_sim_now(heap->sim)}};
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        ns_heap_space_stats stats;
        ns_heap_space_get_stats(heap, spaces[i], &stats);
        row.heap_sample.space = ns_heap_space_name(spaces[i]);
        row.heap_sample.used = stats.used;
        row.heap_sample.committed = stats.size;
        ns_emit(heap->options.sink, &row);
    }
    row.heap_sample.space = "external";
    row.heap_sample.used = row.heap_sample.committed = heap->start_external + heap->external_used;
    ns_emit(heap->options.sink, &row);
}

// Incremental and concurrent marking, concurrent sweeping (sources: incremental-marking.cc,
// concurrent-marking.cc, sweeper.cc; Heap::IncrementalMarkingLimitReached).
//
// The bytes that live when marking starts are to be marked: by workers of the platform, in chunks,
// and by the main thread in steps, when allocation runs ahead of the schedule. V8 takes marking for
// complete when main finds nothing more to mark (IncrementalMarking::AdvanceOnAllocation), which is
// so as soon as the workers have taken what the roots gave; the pause marks the rest.
#include "model/heap_internal.h"

static const int64_t chunk = NS_HEAP_MIB; // that a worker takes at a time
// kYoungGenerationAllocatedThreshold, kOldGenerationAllocatedThreshold
static const int64_t step_interval = 64 * NS_HEAP_KIB, old_step_interval = 256 * NS_HEAP_KIB;
static const int64_t step_least = 64 * NS_HEAP_KIB; // kMinStepSizeInBytes
static const int64_t step_most = 256 * NS_HEAP_KIB; // StepSizeToMakeProgress: kMaxStepSizeInByte
static const int64_t activation_threshold = 8 * NS_HEAP_MIB; // kV8ActivationThreshold
static const ns_time step_longest = 5 * NS_MS;               // kMaxStepSizeInMs
enum { STEP_COUNT = 256 };                                   // kTargetStepCount
enum { MARKING_TASKS = 7 };                                  // ConcurrentMarking::kMaxTasks

// -- Start ----------------------------------------------------------------------------------------

bool ns_heap_may_mark(const ns_heap *heap)
{
    return ns_heap_old_size(heap) > activation_threshold;
}

void ns_heap_start_marking_if_due(ns_heap *heap, ns_thread *thread)
{
    int64_t available = ns_heap_old_available(heap);
    if (heap->marking || heap->fatal)
        return;
    if (!heap->flags.incremental_marking) {
        if (available == 0)
            ns_heap_mark_compact(heap, thread, "allocation limit", "GC in old space requested");
        return;
    }
    if (available > ns_heap_semi_area(heap) || !ns_heap_may_mark(heap))
        return;
    if (available == 0)
        ns_heap_start_marking(heap, thread, "allocation limit");
    else
        heap->task_due = true;
}

static void take_chunk(ns_heap *heap, ns_heap_worker *worker)
{
    int64_t left = heap->marking_total - heap->marking_taken;
    worker->task = NS_WORKER_IDLE;
    if (left <= 0)
        return;
    worker->task = NS_WORKER_MARKING;
    worker->bytes = left < chunk ? left : chunk;
    heap->marking_taken += worker->bytes;
    ns_time demand =
        (ns_time)((double)worker->bytes * heap->costs.mark_byte * heap->costs.mark_sharing + 0.5);
    heap->concurrent_time += demand;
    ns_cpu_submit(heap->cpu, &worker->job, demand);
    worker->whole = worker->job.left;
}

void ns_heap_start_marking(ns_heap *heap, ns_thread *thread, const char *reason)
{
    if (!heap->flags.incremental_marking) {
        ns_heap_mark_compact(heap, thread, reason, "GC in old space requested");
        return;
    }
    heap->marking = true;
    heap->marked = false;
    heap->marking_reason = reason;
    heap->marking_start = ns_sim_now(heap->sim);
    heap->steps = 0;
    heap->step_time = heap->longest_step = 0;
    heap->marking_total = heap->start_old + heap->start_large + heap->code_used + heap->old_live +
                          heap->large_live + heap->young_live[0] + heap->young_live[1];
    heap->marking_initial = ns_heap_old_size(heap);
    heap->marking_taken = heap->marking_done = heap->scheduled = 0;
    heap->step_allocated = heap->old_step_allocated = 0;
    heap->old_counter_at_step = heap->old_counter;
    heap->marking_bytes = heap->marking_ms = 0;
    ns_time start = ns_sim_now(heap->sim);
    ns_heap_complete_buffers(heap, thread);
    ns_heap_pause(heap, thread, (double)heap->costs.start_marking, 0, 0);
    heap->gc_time += ns_sim_now(heap->sim) - start;
    int count = heap->flags.concurrent_marking ? heap->flags.workers : 0;
    for (int i = 0; i < NS_HEAP_WORKERS_MAX && count > 0 && i < MARKING_TASKS; i++) {
        if (heap->workers[i].task != NS_WORKER_IDLE)
            continue;
        take_chunk(heap, &heap->workers[i]);
        count--;
    }
}

// -- Progress -------------------------------------------------------------------------------------

static void mark(ns_heap *heap, int64_t bytes)
{
    heap->marking_done += bytes;
    if (heap->marking_done < heap->marking_total || heap->marked)
        return;
    heap->marked = true;
    ns_heap_request(heap);
}

static bool workers_mark(const ns_heap *heap)
{
    for (int i = 0; i < NS_HEAP_WORKERS_MAX; i++)
        if (heap->workers[i].task == NS_WORKER_MARKING)
            return true;
    return false;
}

static void abandon(void *arg)
{
    ((ns_heap *)arg)->draining = NULL;
}

void ns_heap_wait_for_marking(ns_heap *heap, ns_thread *thread)
{
    ns_thread_sync(thread);
    if (!workers_mark(heap))
        return;
    heap->draining = thread;
    ns_thread_suspend(thread, abandon, heap);
}

void ns_heap_worker_done(ns_cpu_job *job)
{
    ns_heap_worker *worker = job->data;
    ns_heap *heap = worker->heap;
    int task = (int)worker->task;
    worker->task = NS_WORKER_IDLE;
    if (task == NS_WORKER_PAUSE) {
        ns_heap_helper_done(heap);
    } else if (task == NS_WORKER_MARKING && heap->marking) {
        mark(heap, worker->bytes);
        take_chunk(heap, worker);
        ns_thread *draining = heap->draining;
        if (draining && !workers_mark(heap)) {
            heap->draining = NULL;
            ns_thread_resume(draining);
        }
    }
}

// Whether workers are at what the roots gave: main's own worklist is empty, and the shared one,
// which they fill by whole segments of 64 objects, nearly always is.
static bool roots_are_taken(const ns_heap *heap)
{
    for (int i = 0; i < NS_HEAP_WORKERS_MAX; i++)
        if (heap->workers[i].task == NS_WORKER_MARKING && heap->workers[i].job.core >= 0)
            return true;
    return false;
}

// IncrementalMarking::AdvanceOnAllocation: what is scheduled grows with what is allocated; main
// marks what the workers are behind.
void ns_heap_marking_step(ns_heap *heap)
{
    bool due =
        heap->step_allocated >= step_interval || heap->old_step_allocated >= old_step_interval;
    if (!due || heap->marked)
        return;
    heap->step_allocated = heap->old_step_allocated = 0;
    heap->step_calls++;
    if (roots_are_taken(heap)) {
        heap->marked = true;
        ns_heap_request(heap);
        return;
    }
    int64_t progress = heap->marking_initial / STEP_COUNT;
    progress = progress < step_least ? step_least : progress > step_most ? step_most : progress;
    heap->scheduled += progress + heap->old_counter - heap->old_counter_at_step;
    heap->old_counter_at_step = heap->old_counter;
    int64_t behind = heap->scheduled - heap->marking_done;
    int64_t left = heap->marking_total - heap->marking_taken;
    // The limit is of time that passes, and V8 takes the times below on its clock.
    double speed = (double)NS_MS / (double)ns_cpu_time(heap->cpu, NS_MS);
    int64_t most = (int64_t)((double)step_longest * speed / heap->costs.mark_byte);
    int64_t bytes = behind < left ? behind : left;
    bytes = bytes > most ? most : bytes;
    if (bytes <= 0)
        return;
    ns_time time = (ns_time)((double)bytes * heap->costs.mark_byte + 0.5);
    heap->marking_taken += bytes;
    heap->steps++;
    ns_time passes = ns_cpu_time(heap->cpu, time);
    heap->step_time += passes;
    if (passes > heap->longest_step)
        heap->longest_step = passes;
    heap->marking_bytes += (double)bytes;
    heap->marking_ms += (double)passes / NS_MS;
    heap->step_due += time;
    mark(heap, bytes);
    ns_heap_request(heap);
}

void ns_heap_stop_marking(ns_heap *heap)
{
    heap->marking = heap->marked = heap->task_due = false;
    for (int i = 0; i < NS_HEAP_WORKERS_MAX; i++) {
        if (heap->workers[i].task == NS_WORKER_IDLE)
            continue;
        ns_heap_worker *worker = &heap->workers[i];
        ns_cpu_withdraw(heap->cpu, &worker->job);
        if (worker->task == NS_WORKER_MARKING && worker->whole > 0)
            heap->marking_done +=
                (int64_t)((double)worker->bytes * (double)(worker->whole - worker->job.left) /
                          (double)worker->whole);
        worker->task = NS_WORKER_IDLE;
    }
}

// -- Sweeping -------------------------------------------------------------------------------------

void ns_heap_start_sweeping(ns_heap *heap)
{
    enum { SWEEPERS = 2 };
    if (!heap->flags.concurrent_sweeping)
        return;
    ns_time each = (ns_time)((double)heap->old_committed * heap->costs.sweep_byte / SWEEPERS + 0.5);
    int count = heap->flags.workers < SWEEPERS ? heap->flags.workers : SWEEPERS;
    for (int i = 0; i < NS_HEAP_WORKERS_MAX && count > 0; i++) {
        if (heap->workers[i].task != NS_WORKER_IDLE)
            continue;
        heap->workers[i].task = NS_WORKER_SWEEPING;
        heap->concurrent_time += each;
        ns_cpu_submit(heap->cpu, &heap->workers[i].job, each);
        count--;
    }
}

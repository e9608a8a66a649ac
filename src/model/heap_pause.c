// The time of a pause: the main thread works on its core, helpers of V8's platform beside it on
// whatever cores are free.
#include <assert.h>

#include "model/heap_internal.h"

static ns_time whole(double ns)
{
    return (ns_time)(ns + 0.5);
}

static void abandon(void *arg)
{
    ((ns_heap *)arg)->waiting = NULL;
}

// Main joins the job (v8::JobTask::Join): it does what a helper that has no core would have done.
static ns_time take_over(ns_heap *heap)
{
    for (int i = 0; i < NS_HEAP_WORKERS_MAX; i++) {
        ns_heap_worker *worker = &heap->workers[i];
        if (worker->task != NS_WORKER_PAUSE || worker->job.core >= 0 || worker->job.left <= 0)
            continue;
        ns_time left = ns_cpu_cut(heap->cpu, &worker->job, 0);
        ns_cpu_withdraw(heap->cpu, &worker->job);
        worker->task = NS_WORKER_IDLE;
        heap->active_workers--;
        heap->concurrent_time -= left;
        return left;
    }
    return 0;
}

void ns_heap_pause(ns_heap *heap, ns_thread *thread, double main_ns, int helpers, double each_ns)
{
    assert(heap->active_workers == 0);
    for (int i = 0; i < NS_HEAP_WORKERS_MAX && heap->active_workers < helpers; i++) {
        ns_heap_worker *worker = &heap->workers[i];
        if (worker->task != NS_WORKER_IDLE)
            continue;
        worker->task = NS_WORKER_PAUSE;
        heap->active_workers++;
        heap->concurrent_time += whole(each_ns);
        heap->collector_time += whole(each_ns);
        ns_cpu_submit(heap->cpu, &worker->job, whole(each_ns));
    }
    heap->collector_time += whole(main_ns);
    ns_thread_charge(thread, whole(main_ns));
    ns_thread_sync(thread);
    for (ns_time left; (left = take_over(heap)) > 0;) {
        ns_thread_charge(thread, left);
        ns_thread_sync(thread);
    }
    if (heap->active_workers > 0) {
        heap->waiting = thread;
        ns_thread_suspend(thread, abandon, heap);
    }
}

void ns_heap_helper_done(ns_heap *heap)
{
    assert(heap->active_workers > 0);
    if (--heap->active_workers > 0 || !heap->waiting)
        return;
    ns_thread *thread = heap->waiting;
    heap->waiting = NULL;
    ns_thread_resume(thread);
}

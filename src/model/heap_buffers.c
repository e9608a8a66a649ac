// Backing stores of array buffers that died are freed behind a collection, by a task on a thread of
// V8's platform (source: array-buffer-sweeper.cc). The next collection waits for it, or does its
// work when it has not begun (EnsureFinished); with --no-concurrent-array-buffer-sweeping it is
// part of the pause. What glibc's free takes: a price for each store, and for each byte of those
// that have a mapping of their own, whose pages go back to the kernel. From which size on they have
// one grows with the largest that was freed (malloc.c: mp_.mmap_threshold).
//
// Of the stores of a generation the part is dead that its bytes are: deaths are reported in sums.
#include "model/heap_internal.h"

// DEFAULT_MMAP_THRESHOLD, DEFAULT_MMAP_THRESHOLD_MAX
static const int64_t map_from = 128 * NS_HEAP_KIB, map_from_most = 32 * NS_HEAP_MIB;

void ns_heap_init_buffers(ns_heap *heap)
{
    heap->map_from = map_from;
    ns_cpu_job_init(&heap->buffers.job, ns_heap_buffers_swept, heap);
}

void ns_heap_count_store(ns_heap *heap, int64_t bytes)
{
    ns_heap_stores *young = &heap->stores[0];
    young->count++;
    young->bytes += (double)bytes;
    if (bytes < heap->map_from)
        return;
    young->mapped += (double)bytes;
    if (bytes > young->largest)
        young->largest = bytes;
}

// The dead part of some stores is freed: in ns.
static double free_dead(ns_heap *heap, ns_heap_stores *stores, int64_t live)
{
    double alive = stores->bytes > 0 ? (double)live / stores->bytes : 1;
    double dead = alive < 0 ? 1 : alive > 1 ? 0 : 1 - alive;
    double work =
        dead * (stores->count * heap->costs.free_store + stores->mapped * heap->costs.unmap_byte);
    // Such a mapping has whole pages, and a header: the next of that size has none.
    int64_t mapping = stores->largest + NS_HEAP_OS_PAGE;
    if (dead > 0 && mapping > heap->map_from && mapping <= map_from_most)
        heap->map_from = mapping;
    stores->count *= 1 - dead;
    stores->bytes *= 1 - dead;
    stores->mapped *= 1 - dead;
    return work;
}

static void join(ns_heap_stores *to, ns_heap_stores *from)
{
    to->count += from->count;
    to->bytes += from->bytes;
    to->mapped += from->mapped;
    to->largest = from->largest > to->largest ? from->largest : to->largest;
    *from = (ns_heap_stores){0};
}

double ns_heap_free_stores(ns_heap *heap, bool full)
{
    ns_heap_stores *stores = heap->stores;
    heap->buffers.listed = stores[0].count + stores[1].count + (full ? stores[2].count : 0) > 0;
    double work = free_dead(heap, &stores[0], heap->external_live[0]) +
                  free_dead(heap, &stores[1], heap->external_live[1]);
    if (full)
        work += free_dead(heap, &stores[2], heap->external_old_live);
    join(&stores[2], &stores[1]);
    join(&stores[full ? 2 : 1], &stores[0]);
    return work;
}

double ns_heap_new_stores(const ns_heap *heap)
{
    return heap->stores[0].bytes;
}

double ns_heap_request_sweep(ns_heap *heap, double work)
{
    if (!heap->buffers.listed)
        return 0;
    if (!heap->flags.concurrent_buffers || heap->flags.workers == 0)
        return work;
    heap->buffers.work = (ns_time)(work + 0.5);
    return heap->costs.post_task;
}

void ns_heap_start_buffers(ns_heap *heap)
{
    if (heap->buffers.work == 0)
        return;
    heap->buffers.in_progress = true;
    heap->concurrent_time += heap->buffers.work;
    ns_cpu_submit(heap->cpu, &heap->buffers.job, heap->buffers.work);
    heap->buffers.whole = heap->buffers.job.left;
    heap->buffers.work = 0;
}

static void abandon(void *arg)
{
    ((ns_heap *)arg)->buffers.waiting = NULL;
}

void ns_heap_complete_buffers(ns_heap *heap, ns_thread *thread)
{
    ns_thread_sync(thread);
    if (!heap->buffers.in_progress)
        return;
    ns_cpu_job *job = &heap->buffers.job;
    if (job->core < 0 && job->left == heap->buffers.whole) {
        ns_time work = ns_cpu_cut(heap->cpu, job, 0);
        ns_cpu_withdraw(heap->cpu, job);
        heap->buffers.in_progress = false;
        ns_thread_charge(thread, work);
        ns_thread_sync(thread);
        return;
    }
    heap->buffers.waiting = thread;
    ns_thread_suspend(thread, abandon, heap);
}

void ns_heap_buffers_swept(ns_cpu_job *job)
{
    ns_heap *heap = job->data;
    ns_thread *waiting = heap->buffers.waiting;
    heap->buffers.in_progress = false;
    heap->buffers.waiting = NULL;
    if (waiting)
        ns_thread_resume(waiting);
}

// The scavenger and the size of new space (sources: scavenger.cc, new-spaces.cc, and
// Heap::ShouldResizeNewSpace).
#include "model/heap_internal.h"

// Objects that have survived one scavenge are promoted by the next (SemiSpaceNewSpace::
// ShouldBePromoted: they lie below the age mark), large ones by the first.
enum { MAX_TASKS = 8 }; // ScavengerCollector::kMaxScavengerTasks

static int tasks(const ns_heap *heap)
{
    if (!heap->flags.parallel_scavenge)
        return 1;
    int64_t wanted = heap->semi_capacity / NS_HEAP_MIB + 1;
    int workers = heap->flags.workers + 1;
    int most = workers < MAX_TASKS ? workers : MAX_TASKS;
    int count = wanted < most ? (int)wanted : most;
    return ns_heap_can_expand_old(heap, heap->new_used + count * NS_HEAP_PAGE) ? count : 1;
}

// Below this rate the new space shrinks: kLowAllocationThroughput, bytes per ms.
static const double low_throughput = 1000;

typedef enum resize { KEEP, GROW, SHRINK } resize;

static resize should_resize(const ns_heap *heap)
{
    double throughput = ns_heap_allocation_throughput(heap);
    bool shrink = throughput != 0 && throughput < low_throughput;
    bool grow = heap->semi_capacity < heap->flags.max_semi &&
                heap->survived_since_expansion > heap->semi_capacity;
    return grow == shrink ? KEEP : grow ? GROW : SHRINK;
}

static void grow(ns_heap *heap)
{
    int64_t capacity = heap->flags.growth_factor * heap->semi_capacity;
    heap->semi_capacity = capacity < heap->flags.max_semi ? capacity : heap->flags.max_semi;
}

static void shrink(ns_heap *heap)
{
    int64_t before = heap->semi_capacity, capacity = 2 * heap->new_used;
    if (capacity < heap->flags.initial_semi)
        capacity = heap->flags.initial_semi;
    capacity = (capacity + NS_HEAP_PAGE - 1) / NS_HEAP_PAGE * NS_HEAP_PAGE;
    if (capacity < heap->semi_capacity)
        heap->semi_capacity = capacity;
    heap->from_committed = false;
    heap->pooled += 2 * before - heap->semi_capacity;
    ns_heap_pages_shrunk(heap);
}

// Tasks copy to buffers of 32 KiB (kLabSize), of which a page has whole ones alone (Evacuation
// Allocator). That buffers of other tasks remain half full is not to be seen in the real node: of
// what fills new space, copies and these ends leave nothing unexplained.
static const int64_t buffers_area = NS_HEAP_PAGE_AREA / (32 * NS_HEAP_KIB) * (32 * NS_HEAP_KIB);

static int64_t with_ends(int64_t copied)
{
    return copied / buffers_area * NS_HEAP_PAGE_AREA + copied % buffers_area;
}

// What does not fit into the other semi-space with these ends is promoted instead (Scavenger::
// EvacuateObjectDefault).
static int64_t fitting(const ns_heap *heap, int64_t survivors)
{
    int64_t room = heap->semi_capacity / NS_HEAP_PAGE * buffers_area;
    return survivors < room ? survivors : room;
}

// The epoch turns: what was young is aged, what was aged is old.
static void turn(ns_heap *heap, int64_t promoted, int64_t copied)
{
    heap->promoted_early = heap->young_live[0] - copied;
    heap->epoch++;
    heap->old_live += heap->young_live[1];
    heap->young_live[1] = heap->young_live[0];
    heap->young_live[0] = 0;
    heap->young_objects[1] = heap->young_objects[0];
    heap->young_objects[0] = 0;
    heap->old_held += heap->young_held[1];
    heap->young_held[1] = heap->young_held[0];
    heap->young_held[0] = 0;
    heap->young_objects_held[1] = heap->young_objects_held[0];
    heap->young_objects_held[0] = 0;
    heap->large_live += heap->large_young_live - heap->large_dying;
    heap->large_used += heap->large_young_live;
    heap->old_counter += heap->large_young_live;
    heap->large_young_live = heap->large_young_used = heap->large_dying = 0;
    heap->external_old_live += heap->external_live[1];
    heap->external_live[1] = heap->external_live[0];
    heap->external_live[0] = 0;
    heap->old_used += promoted;
    heap->old_counter += promoted;
    int64_t used = with_ends(copied), area = ns_heap_semi_area(heap);
    heap->new_used = used < area ? used : area;
    ns_heap_commit_old(heap);
}

// MinorGCJob (minor-gc-job.cc): its task is posted when so much is used, and looks again when it
// runs.
bool ns_heap_scavenge_task_due(const ns_heap *heap)
{
    return heap->flags.minor_task &&
           heap->new_used >= heap->semi_capacity * heap->flags.task_trigger / 100;
}

// The collector's code and data leave the cache when the program writes to more than that holds:
// to what it allocates. The first quarter takes nothing that it would miss.
static double cold(const ns_heap *heap)
{
    double written = (double)heap->new_used + ns_heap_new_stores(heap);
    double part = (written / heap->costs.cache - 0.25) / 0.75;
    return heap->costs.scavenge_cold * (part < 0 ? 0 : part > 1 ? 1 : part);
}

// What main takes to commit pages of new space: those that new space gave back when it shrank are
// kept for it (MemoryAllocator::AllocatePagePooled). Pages of old space are committed by whoever
// promotes to them.
static double commit_new(ns_heap *heap, int64_t bytes)
{
    int64_t pooled = bytes < heap->pooled ? bytes : heap->pooled;
    heap->pooled -= pooled;
    return (double)(bytes - pooled) / NS_HEAP_PAGE * heap->costs.commit_page +
           (double)pooled / NS_HEAP_PAGE * heap->costs.commit_pooled;
}

// A thread of the platform gives the memory of large objects back to the kernel
// (MemoryAllocator::Unmapper); without one, main does.
static double large_price(const ns_heap *heap)
{
    return heap->costs.large_byte + (heap->flags.workers == 0 ? heap->costs.unmap_byte : 0);
}

// The first scavenge and the first promotion run code and read data that nobody has read before.
static double unprepared(ns_heap *heap, int64_t promoted)
{
    double first = heap->scavenges == 0 ? heap->costs.scavenge_first : cold(heap);
    if (promoted == 0 || heap->has_promoted)
        return first;
    heap->has_promoted = true;
    return first + heap->costs.first_promotion;
}

// Main wakes a thread of the platform for each task that it has something for: a page of old space
// with slots that point to new space (where a scavenge promotes, there are two), a segment of the
// list of copied objects (ScavengerCollector::JobTask::GetMaxConcurrency, DefaultJobState::Join).
static double wakes(const ns_heap *heap, int count, int64_t objects, int64_t promoted)
{
    enum { SEGMENT = 256 }; // Scavenger::kCopiedListSegmentSize
    int64_t items = objects / SEGMENT, pages = promoted > 0 ? 2 : 1;
    items = items > pages ? items : pages;
    return (double)((items < count ? items : count) - 1) * heap->costs.post_task;
}

static void pause(ns_heap *heap, ns_thread *thread, int count, double work, double main_alone)
{
    const ns_heap_costs *costs = &heap->costs;
    // A helper takes a while to wake up: it comes too late for little work.
    int most = 1 + (int)(work / costs->helper_least);
    most = most < costs->parallelism ? most : (int)costs->parallelism;
    count = count < most ? count : most;
    double share = count > 1 ? work * costs->scavenge_sharing / count : work;
    ns_heap_pause(heap, thread, main_alone + share, count - 1, share);
}

void ns_heap_scavenge(ns_heap *heap, ns_thread *thread, const char *reason)
{
    ns_heap_event event;
    ns_heap_find_dead(heap, true);
    ns_heap_event_begin(heap, thread, &event, NS_HEAP_SCAVENGE, reason, "");
    ns_heap_complete_buffers(heap, thread);
    heap->maximum_size = heap->semi_capacity == heap->flags.max_semi;
    int64_t held = ns_heap_paged(heap);
    resize mode = should_resize(heap);
    if (mode == GROW) {
        heap->survived_since_expansion = 0;
        grow(heap);
    }
    heap->from_committed = true;
    double new_pages = commit_new(heap, ns_heap_paged(heap) - held);
    held = ns_heap_paged(heap);
    int64_t survivors = heap->young_live[0] + heap->young_live[1];
    if (heap->promoted_early > heap->young_live[1])
        heap->promoted_early = heap->young_live[1];
    survivors -= heap->promoted_early;
    int64_t copied = fitting(heap, heap->young_live[0]), promoted = survivors - copied;
    int count = tasks(heap);
    int64_t objects = heap->young_objects[0] + heap->young_objects[1];
    double main_alone = heap->costs.scavenge_base + unprepared(heap, promoted) + new_pages;
    int64_t large = heap->large_young_live;
    int64_t young = heap->new_used + heap->large_young_used; // start_young_generation_size
    int64_t external_dead = heap->external_young - heap->external_live[0] - heap->external_live[1];
    main_alone += (double)(heap->large_young_used - large) * large_price(heap);
    ns_heap_digest_mementos(heap, heap->semi_capacity == heap->flags.max_semi);
    main_alone += ns_heap_request_sweep(heap, ns_heap_free_stores(heap, false));
    ns_heap_pages_used(heap);
    turn(heap, promoted, copied);
    event.touched = ns_heap_pages_scavenged(heap, copied);
    double old_pages = (double)(ns_heap_paged(heap) - held) / NS_HEAP_PAGE;
    // Backing stores of buffers that died young are freed with them (ArrayBufferSweeper).
    if (external_dead > 0)
        heap->external_used -= external_dead;
    heap->external_young = heap->external_live[1];
    heap->survived_since_expansion += promoted + copied + large;
    if (mode == SHRINK)
        shrink(heap);
    event.promoted = promoted + large;
    event.survived = promoted + copied + large;
    event.objects = objects;
    double work = old_pages * heap->costs.commit_page + (double)copied * heap->costs.copy_byte +
                  (double)promoted * heap->costs.promote_byte +
                  (double)objects * heap->costs.copy_object +
                  (double)event.touched / NS_HEAP_OS_PAGE * heap->costs.touch_page;
    pause(heap, thread, count, work, main_alone + wakes(heap, count, objects, promoted));
    ns_heap_start_buffers(heap);
    heap->scavenges++;
    if (young > 0)
        ns_heap_add_survival(heap, 100 * (double)event.survived / (double)young);
    ns_heap_configure_initial_limit(heap);
    ns_heap_recompute_limits(heap, NS_HEAP_SCAVENGE);
    ns_heap_event_end(heap, thread, &event);
    ns_heap_allocate_behind(heap, NS_HEAP_SCAVENGE);
    ns_heap_start_marking_if_due(heap, thread);
    if (!ns_heap_can_expand_old(heap, 0))
        heap->fatal = "Reached heap limit";
}

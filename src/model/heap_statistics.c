// How large the heap's spaces are: for its own limits, and as v8.getHeapStatistics() and its like
// say.
#include <assert.h>
#include <string.h>

#include "model/heap_internal.h"

int64_t ns_heap_old_size(const ns_heap *heap)
{
    return heap->old_used + heap->code_used + heap->large_used;
}

int64_t ns_heap_size_of_objects(const ns_heap *heap)
{
    return heap->new_used + heap->large_young_used + ns_heap_old_size(heap);
}

// Pages are added as they are needed, and kept until a mark-compact.
void ns_heap_commit_old(ns_heap *heap)
{
    int64_t pages = (heap->old_used + NS_HEAP_PAGE_AREA - 1) / NS_HEAP_PAGE_AREA;
    if (pages * NS_HEAP_PAGE > heap->old_committed)
        heap->old_committed = pages * NS_HEAP_PAGE;
}

int64_t ns_heap_paged(const ns_heap *heap)
{
    return heap->semi_capacity * (heap->from_committed ? 2 : 1) + heap->old_committed;
}

static int64_t large_committed(int64_t used)
{
    return (used + 4095) / 4096 * 4096;
}

static int64_t code_committed(const ns_heap *heap)
{
    return (heap->code_used + NS_HEAP_PAGE - 1) / NS_HEAP_PAGE * NS_HEAP_PAGE;
}

int64_t ns_heap_committed(const ns_heap *heap)
{
    return ns_heap_paged(heap) + code_committed(heap) +
           large_committed(heap->large_used + heap->large_young_used);
}

int64_t ns_heap_external_since_gc(const ns_heap *heap)
{
    return heap->external_used > heap->external_low ? heap->external_used - heap->external_low : 0;
}

// -- Statistics -----------------------------------------------------------------------------------

const char *ns_heap_space_name(ns_heap_space space)
{
    static const char *const names[NS_HEAP_SPACES] = {
        "read_only_space",
        "new_space",
        "old_space",
        "code_space",
        "shared_space",
        "new_large_object_space",
        "large_object_space",
        "code_large_object_space",
        "shared_large_object_space",
    };
    assert(space < NS_HEAP_SPACES);
    return names[space];
}

void ns_heap_space_get_stats(const ns_heap *heap, ns_heap_space space, ns_heap_space_stats *out)
{
    int64_t area = ns_heap_semi_area(heap);
    *out = (ns_heap_space_stats){0};
    switch (space) {
    case NS_HEAP_NEW:
        out->size = heap->semi_capacity * (heap->from_committed ? 2 : 1);
        out->used = heap->new_used < area ? heap->new_used : area;
        out->available = area - out->used;
        break;
    case NS_HEAP_OLD:
        out->size = heap->old_committed;
        out->used = heap->old_used;
        out->available = heap->old_committed / NS_HEAP_PAGE * NS_HEAP_PAGE_AREA - heap->old_used;
        break;
    case NS_HEAP_CODE:
        out->size = code_committed(heap);
        out->used = heap->code_used;
        break;
    case NS_HEAP_NEW_LARGE:
        out->size = large_committed(heap->large_young_used);
        out->used = heap->large_young_used;
        out->available = area > out->used ? area - out->used : 0;
        break;
    case NS_HEAP_LARGE:
        out->size = large_committed(heap->large_used);
        out->used = heap->large_used;
        break;
    default:
        break;
    }
    out->physical = out->size;
}

void ns_heap_get_stats(const ns_heap *heap, ns_heap_stats *out)
{
    int64_t old = ns_heap_old_size(heap);
    *out = (ns_heap_stats){
        .collector = heap->collector_time,
        .faults = heap->fault_time,
        .used = ns_heap_size_of_objects(heap),
        .committed = ns_heap_committed(heap),
        .executable = code_committed(heap),
        // Heap::MaxReserved: two semi-spaces, the new large objects', and the old generation.
        .limit = 3 * heap->flags.max_semi + heap->flags.max_old,
        .external = heap->start_external + heap->external_used,
        .array_buffers = heap->start_buffers + heap->external_used,
    };
    out->available = heap->flags.max_old > old ? heap->flags.max_old - old : 0;
    out->resident = heap->resident_base + out->committed + heap->external_used;
}

int ns_heap_top_sites(const ns_heap *heap, ns_heap_site *out, int most)
{
    int count = 0;
    for (int i = 0; i < NS_HEAP_SITES; i++) {
        const ns_heap_site *site = &heap->sites[i];
        int at = count;
        while (at > 0 &&
               (out[at - 1].bytes < site->bytes ||
                (out[at - 1].bytes == site->bytes &&
                 (out[at - 1].function > site->function ||
                  (out[at - 1].function == site->function && out[at - 1].line > site->line)))))
            at--;
        if (site->bytes == 0 || at == most)
            continue;
        if (count < most)
            count++;
        memmove(&out[at + 1], &out[at], (size_t)(count - 1 - at) * sizeof *out);
        out[at] = *site;
    }
    return count;
}

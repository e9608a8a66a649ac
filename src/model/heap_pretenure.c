// Pretenuring: literals whose objects live on are allocated in old space by optimized code
// (sources: heap/pretenuring-handler.cc, objects/allocation-site.h).
//
// Code that is not optimized puts a memento behind each object of a literal; a collection counts
// those of the objects that it finds alive.
#include "base/alloc.h"
#include "model/heap_internal.h"

enum { MINIMUM_CREATED = 100 };       // AllocationSite::kPretenureMinimumCreated
static const double tenure_at = 0.85; // AllocationSite::kPretenureRatio

uint16_t ns_heap_new_literal(ns_heap *heap)
{
    if (heap->literal_count == NS_SITE_PARTS - 1)
        return 0;
    if (heap->literal_count == heap->literal_capacity) {
        uint32_t capacity = heap->literal_capacity ? heap->literal_capacity * 2 : 64;
        ns_heap_literal *grown = ns_realloc(heap->literals, capacity * sizeof *grown);
        if (!grown)
            return 0;
        heap->literals = grown;
        heap->literal_capacity = capacity;
    }
    heap->literals[heap->literal_count++] = (ns_heap_literal){0};
    return (uint16_t)heap->literal_count;
}

void ns_heap_memento(ns_heap *heap, uint16_t site)
{
    heap->literals[site - 1].created++;
    heap->literals[site - 1].alive++;
}

void ns_heap_memento_dies(ns_heap *heap, uint16_t site)
{
    heap->literals[site - 1].alive--;
}

// MakePretenureDecision; whether code has to be made anew.
static bool decide(ns_heap_literal *literal, bool maximum_size)
{
    if (literal->created < MINIMUM_CREATED ||
        (literal->decision != NS_TENURE_UNDECIDED && literal->decision != NS_TENURE_MAYBE))
        return false;
    if ((double)literal->alive / literal->created < tenure_at) {
        literal->decision = NS_TENURE_DONT;
        return false;
    }
    literal->decision = maximum_size ? NS_TENURE : NS_TENURE_MAYBE;
    return maximum_size;
}

void ns_heap_digest_mementos(ns_heap *heap, bool at_maximum)
{
    bool first = at_maximum && !heap->maximum_size;
    for (uint32_t i = 0; heap->flags.pretenuring && i < heap->literal_count; i++) {
        ns_heap_literal *literal = &heap->literals[i];
        bool changed = false;
        if (literal->alive > 0) {
            changed = decide(literal, heap->maximum_size);
            literal->created = literal->alive = 0;
        }
        // DeoptMaybeTenuredAllocationSites: code that is not optimized shall decide.
        if ((changed || (first && literal->decision == NS_TENURE_MAYBE)) && heap->options.tenured)
            heap->options.tenured(heap->options.opaque, (uint16_t)(i + 1));
    }
}

// The order of events, and what needs no more than it: sorting a list of them, and a pairing heap.
// Events link themselves by `next`, `prev` and `child`.
#ifndef NS_SIM_ORDER_H
#define NS_SIM_ORDER_H

#include "sim/sim.h"

static inline bool ns_order_before(const ns_event *a, const ns_event *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

// Sort a list linked by `next`; it is not empty. Linear for one that is in order or in the reverse
// order, n log n at worst.
ns_event *ns_order_sort(ns_event *list);

// A heap is its first event; NULL is an empty one. Both return the new first. Insertion takes O(1),
// removal O(log n) amortized.
ns_event *ns_order_heap_push(ns_event *root, ns_event *event);
ns_event *ns_order_heap_remove(ns_event *root, ns_event *event);

#endif

#include "sim/order.h"

#include <stddef.h>

enum { FEW = 8 }; // events that are sorted by insertion

// -- Sorting --------------------------------------------------------------------------------------

// Merge two sorted lists that are linked by `next`.
static ns_event *merge(ns_event *a, ns_event *b)
{
    ns_event *head = NULL, **end = &head;
    while (a && b) {
        ns_event **least = ns_order_before(b, a) ? &b : &a;
        *end = *least;
        end = &(*least)->next;
        *least = *end;
    }
    *end = a ? a : b;
    return head;
}

// Take from the front of a list what is already in order, ascending or descending, as a sorted
// list. Slots are filled at the front, so one whose events all have one time is a single descending
// piece.
static ns_event *take_piece(ns_event **list)
{
    ns_event *first = *list, *last = first, *rest = first->next;
    if (rest && ns_order_before(rest, first)) {
        last->next = NULL;
        while (rest && ns_order_before(rest, first)) {
            ns_event *event = rest;
            rest = event->next;
            event->next = first;
            first = event;
        }
    } else {
        for (; rest && ns_order_before(last, rest); rest = rest->next)
            last = rest;
        last->next = NULL;
    }
    *list = rest;
    return first;
}

// A natural merge sort: linear for what is in order, n log n at worst.
static __attribute__((noinline)) ns_event *sort_many(ns_event *list)
{
    ns_event *bins[64] = {0}; // bins[i]: 2^i merged pieces, earlier pieces in higher bins
    unsigned used = 0, i;
    while (list) {
        ns_event *piece = take_piece(&list);
        for (i = 0; i < used && bins[i]; i++) {
            piece = merge(bins[i], piece);
            bins[i] = NULL;
        }
        bins[i] = piece;
        used = i == used ? used + 1 : used;
    }
    ns_event *sorted = NULL;
    for (i = 0; i < used; i++)
        if (bins[i])
            sorted = sorted ? merge(bins[i], sorted) : bins[i];
    return sorted;
}

ns_event *ns_order_sort(ns_event *list)
{
    // Most lists hold one or two events: those are inserted one by one.
    ns_event *sorted = list;
    list = list->next;
    sorted->next = NULL;
    for (int i = 1; list && i < FEW; i++) {
        ns_event *event = list, **place = &sorted;
        list = event->next;
        while (*place && ns_order_before(*place, event))
            place = &(*place)->next;
        event->next = *place;
        *place = event;
    }
    return list ? merge(sorted, sort_many(list)) : sorted;
}

// -- The pairing heap -----------------------------------------------------------------------------
// A node's `child` is its first child, `next` its right sibling, `prev` its left sibling or, for a
// first child, its parent.

static ns_event *heap_meld(ns_event *a, ns_event *b)
{
    if (ns_order_before(b, a)) {
        ns_event *swap = a;
        a = b;
        b = swap;
    }
    b->next = a->child;
    b->prev = a;
    if (a->child)
        a->child->prev = b;
    a->child = b;
    return a;
}

// Join siblings in pairs from left to right, then the pairs from right to left.
static ns_event *heap_join(ns_event *first)
{
    ns_event *pairs = NULL, *root = NULL;
    while (first) {
        ns_event *a = first, *b = a->next;
        first = b ? b->next : NULL;
        a = b ? heap_meld(a, b) : a;
        a->next = pairs;
        pairs = a;
    }
    while (pairs) {
        ns_event *a = pairs;
        pairs = a->next;
        root = root ? heap_meld(root, a) : a;
    }
    if (root)
        root->next = root->prev = NULL;
    return root;
}

ns_event *ns_order_heap_push(ns_event *root, ns_event *event)
{
    event->child = event->next = event->prev = NULL;
    return root ? heap_meld(root, event) : event;
}

ns_event *ns_order_heap_remove(ns_event *root, ns_event *event)
{
    ns_event *rest = heap_join(event->child);
    if (event == root)
        return rest;
    if (event->prev->child == event)
        event->prev->child = event->next;
    else
        event->prev->next = event->next;
    if (event->next)
        event->next->prev = event->prev;
    return rest ? heap_meld(root, rest) : root;
}

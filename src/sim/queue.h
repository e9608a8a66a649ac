// The event queue: a set of events in the total order (time, order), with O(1) amortized insertion,
// removal and extraction of the first.
//
// It is a calendar queue whose days are the slots of a wheel. An event is in one of these places:
//
//   active   the sorted list of the slot that is being emptied, and a pairing heap of what was
//   pushed
//            into the past of the wheel since and fits at neither end of that list;
//   wheel    a power of two of slots of 2^width ns each, from `slot` on; unsorted lists;
//   ring     on the way to the wheel, when that is large: the slot is fetched into the cache while
//   a few
//            more events are pushed, and only then touched;
//   far      what lies beyond the wheel: 64-ary digits of the number of the wheel's turn, so an
//   event
//            is moved at most once per digit until its turn comes.
//
// The wheel's geometry follows the measured gap between events: about one slot per event, and a
// turn of at least twice the mean delay. Geometry decides only speed: the order is the same with
// any. When the memory for a larger wheel is not to be had, the old one goes on.
//
// Events link themselves: nothing here allocates but the wheel.
#ifndef NS_SIM_QUEUE_H
#define NS_SIM_QUEUE_H

#include <stddef.h>

#include "sim/sim.h"

enum {
    NS_QUEUE_DIGIT = 6,   // bits in a digit of a far event's turn
    NS_QUEUE_DIGITS = 10, // enough for turns of 2^6 slots of 1 ns
    NS_QUEUE_FANOUT = 1 << NS_QUEUE_DIGIT,
    NS_QUEUE_RING = 16,
    NS_QUEUE_BITMAPS = 4 // levels of the bitmap over at most 2^24 slots
};

typedef struct ns_queue {
    // Active.
    ns_event *run_head, *run_tail;
    ns_event *late;
    size_t late_count;
    // Wheel.
    uint64_t slot; // the first slot not yet emptied, counted from time 0
    uint64_t prefetched;
    unsigned width, log_slots;
    unsigned log_room; // slots that there is memory for
    ns_event **wheel;  // also the start of the one allocation
    uint64_t
        *bitmap[NS_QUEUE_BITMAPS]; // bit i of level 0: slot i is in use; of level k: word i of k-1
    unsigned bitmaps;
    size_t wheel_count;
    // Ring.
    ns_event *ring[NS_QUEUE_RING]; // NULL: free
    unsigned ring_at;              // the oldest
    unsigned ring_log_slots;       // used by wheels of at least so many slots
    uint64_t ring_min;             // no slot of an event in the ring is less; UINT64_MAX if empty
    // Far.
    uint64_t turn; // digits of far events differ from this turn's
    ns_event *far[NS_QUEUE_DIGITS][NS_QUEUE_FANOUT];
    uint64_t far_used[NS_QUEUE_DIGITS];
    size_t far_count;
    // Tuning.
    size_t count;
    size_t grow_at;    // count at which to rebuild at once
    size_t tune_after; // pops until the next look at the geometry
    size_t tune_pops;  // pops from the last look to that one
    ns_time tune_time; // the clock at the last look
    ns_time popped;    // time of the event popped last
    uint64_t rebuilds;
} ns_queue;

int ns_queue_init(ns_queue *queue, ns_err *err);
void ns_queue_free(ns_queue *queue); // events in it are forgotten

// Insert an event whose time (at least that of the last one popped) and order are set.
void ns_queue_push(ns_queue *queue, ns_event *event);
void ns_queue_remove(ns_queue *queue, ns_event *event);

ns_event *ns_queue_first(ns_queue *queue); // NULL when empty
// Take the first event out if its time is not after `until`; else NULL.
ns_event *ns_queue_pop(ns_queue *queue, ns_time until);

#endif

// The queue against a naive model of it, a sorted array, operation by operation.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "sim/queue.h"
#include "sim/random.h"

static void *never(void *opaque, void *p, size_t size)
{
    if (size == 0)
        free(p);
    return NULL;
}

// A reference: pending events in an array that is kept sorted by binary insertion.
typedef struct naive {
    ns_event **sorted;
    size_t count;
} naive;

static bool less(const ns_event *a, const ns_event *b)
{
    return a->time < b->time || (a->time == b->time && a->order < b->order);
}

static size_t naive_place(const naive *n, const ns_event *event)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (less(n->sorted[middle], event))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void naive_insert(naive *n, ns_event *event)
{
    size_t at = naive_place(n, event);
    memmove(n->sorted + at + 1, n->sorted + at, (n->count - at) * sizeof *n->sorted);
    n->sorted[at] = event;
    n->count++;
}

static void naive_remove(naive *n, ns_event *event)
{
    size_t at = naive_place(n, event);
    if (n->sorted[at] != event)
        cr_fatal("the reference has lost an event");
    n->count--;
    memmove(n->sorted + at, n->sorted + at + 1, (n->count - at) * sizeof *n->sorted);
}

// Delays of many scales, so that all places of the queue and all digits of its far part are met.
static ns_time draw_delay(ns_draw *draw, int shape, ns_time now)
{
    ns_time delay;
    switch (shape) {
    case 0: // dense: equal times are common
        delay = (ns_time)ns_draw_below(draw, 16);
        break;
    case 1: // the hold model of the benchmark
        delay = (ns_time)ns_draw_below(draw, 2000000);
        break;
    case 2: // two scales
        delay = ns_draw_below(draw, 2) ? 1 : NS_SEC;
        break;
    case 3: // every scale up to the end of time
        delay = (ns_time)(ns_draw_u64(draw) >> (1 + ns_draw_below(draw, 63)));
        break;
    case 4: // one time for all
        delay = 1000 - now % 1000;
        break;
    default: // bursts at a distance
        delay = NS_MS - now % NS_MS + (ns_time)ns_draw_below(draw, 50);
    }
    return delay < NS_NEVER - 1 - now ? delay : NS_NEVER - 1 - now;
}

// Criterion's own assertions are too slow for each of millions of operations.
static void same(const ns_event *got, const ns_event *expected, int operation)
{
    if (got != expected)
        cr_fatal("operation %d: the first event is another", operation);
}

// Whether events reach the wheel through the ring.
enum { ALWAYS = 0, NEVER = 64 };

// `target`: the number of pending events about which the population wanders.
static void differ(int shape, size_t target, int operations, uint64_t seed, unsigned ring)
{
    size_t capacity = target * 2;
    ns_event *events = calloc(capacity, sizeof *events);
    ns_event **idle = calloc(capacity, sizeof(ns_event *));
    naive reference = {calloc(capacity + 1, sizeof(ns_event *)), 0};
    size_t idle_count = capacity;
    for (size_t i = 0; i < capacity; i++)
        idle[i] = &events[i];
    ns_queue queue;
    cr_assert(eq(int, ns_queue_init(&queue, NULL), NS_OK));
    queue.ring_log_slots = ring;
    ns_draw draw = ns_stream_op(ns_stream_make(seed, "queue", "operations"), (uint64_t)shape);
    ns_time now = 0;
    for (int i = 0; i < operations; i++) {
        // Phases of growth and of decline, so that the wheel is resized both ways.
        uint64_t grow = (size_t)i / (target * 4) % 2 ? 30 : 70, what = ns_draw_below(&draw, 100);
        if (what < grow && idle_count) {
            ns_event *event = idle[--idle_count];
            event->time = now + draw_delay(&draw, shape, now);
            event->order = ns_draw_below(&draw, 5) << 56 | (uint64_t)i;
            ns_queue_push(&queue, event);
            naive_insert(&reference, event);
        } else if (what < 85) {
            ns_time until = what < 80 ? NS_NEVER : now + 1;
            ns_event *expected = reference.count ? reference.sorted[0] : NULL;
            if (expected && expected->time > until)
                expected = NULL;
            ns_event *event = ns_queue_pop(&queue, until);
            same(event, expected, i);
            if (event) {
                // The clock starts anew when the end of time is near.
                naive_remove(&reference, event);
                idle[idle_count++] = event;
                now = event->time;
            }
        } else if (what < 95 && reference.count) {
            ns_event *event = reference.sorted[ns_draw_below(&draw, reference.count)];
            ns_queue_remove(&queue, event);
            naive_remove(&reference, event);
            idle[idle_count++] = event;
        } else {
            ns_event *first = ns_queue_first(&queue);
            same(first, reference.count ? reference.sorted[0] : NULL, i);
        }
        if (queue.count != reference.count)
            cr_fatal("operation %d: %zu events, not %zu", i, queue.count, reference.count);
        if (now > NS_NEVER / 2) { // start again while there is time left
            while (reference.count) {
                ns_event *event = ns_queue_pop(&queue, NS_NEVER);
                same(event, reference.sorted[0], i);
                naive_remove(&reference, event);
                idle[idle_count++] = event;
            }
            ns_queue_free(&queue);
            cr_assert(eq(int, ns_queue_init(&queue, NULL), NS_OK));
            queue.ring_log_slots = ring;
            now = 0;
        }
    }
    ns_queue_free(&queue);
    free(events);
    free(idle);
    free(reference.sorted);
}

Test(queue, agrees_with_a_sorted_array_when_small)
{
    for (int shape = 0; shape < 6; shape++)
        for (uint64_t seed = 0; seed < 4; seed++)
            differ(shape, 10, 50000, seed, seed % 2 ? ALWAYS : NEVER);
}

Test(queue, agrees_with_a_sorted_array)
{
    for (int shape = 0; shape < 6; shape++)
        for (unsigned ring = 0; ring < 2; ring++)
            differ(shape, 1000, 200000, 7, ring ? ALWAYS : NEVER);
}

Test(queue, agrees_with_a_sorted_array_when_large)
{
    differ(1, 10000, 65000, 9, NEVER); // grows to 18,000 events, then shrinks
    differ(3, 10000, 65000, 9, ALWAYS);
}

Test(queue, falls_back_on_a_small_wheel)
{
    // The same order with a wheel that cannot grow: the allocator fails once the queue exists.
    enum { N = 100000 };
    ns_event *events = calloc(N, sizeof *events);
    ns_queue queue;
    cr_assert(eq(int, ns_queue_init(&queue, NULL), NS_OK));
    unsigned log_slots = queue.log_slots;
    ns_set_allocator(never, NULL);
    ns_draw draw = ns_stream_op(ns_stream_make(1, "queue", "small"), 0);
    for (int i = 0; i < N; i++) {
        events[i].time = (ns_time)ns_draw_below(&draw, NS_MS);
        events[i].order = (uint64_t)i;
        ns_queue_push(&queue, &events[i]);
    }
    ns_event last = {.time = -1};
    for (int i = 0; i < 3 * N; i++) {
        ns_event *event = ns_queue_pop(&queue, NS_NEVER);
        if (!less(&last, event))
            cr_fatal("pop %d: before the event popped before it", i);
        last = *event;
        event->time += (ns_time)ns_draw_below(&draw, NS_MS);
        event->order = (uint64_t)(N + i);
        ns_queue_push(&queue, event);
    }
    cr_assert(eq(uint, queue.log_slots, log_slots));
    ns_set_allocator(NULL, NULL);
    ns_queue_free(&queue);
    free(events);
}

Test(queue, its_wheel_follows_the_events)
{
    enum { N = 100000 };
    ns_event *events = calloc(N, sizeof *events);
    ns_queue queue;
    cr_assert(eq(int, ns_queue_init(&queue, NULL), NS_OK));
    ns_draw draw = ns_stream_op(ns_stream_make(1, "queue", "follow"), 0);
    for (int i = 0; i < N; i++) {
        events[i].time = (ns_time)ns_draw_below(&draw, NS_MS);
        events[i].order = (uint64_t)i;
        ns_queue_push(&queue, &events[i]);
    }
    uint64_t rebuilds = 0;
    for (int i = 0; i < 20 * N; i++) {
        if (i == 10 * N)
            rebuilds = queue.rebuilds;
        ns_event *event = ns_queue_pop(&queue, NS_NEVER);
        event->time += 1 + (ns_time)ns_draw_below(&draw, 2 * NS_MS);
        ns_queue_push(&queue, event);
    }
    // About as many slots as events, one turn at least the longest delay, and no rebuild without
    // need.
    cr_assert(ge(uint, queue.log_slots, 16));
    cr_assert(le(uint, queue.log_slots, 20));
    cr_assert(ge(i64, (int64_t)1 << (queue.log_slots + queue.width), 2 * NS_MS));
    cr_assert(eq(u64, queue.rebuilds, rebuilds));
    ns_queue_free(&queue);
    free(events);
}

Test(queue, a_wheel_that_went_ahead_comes_back)
{
    // Looking at the one event, a second away, empties the wheel up to it; what is pushed before it
    // must not stay in the heap, where each costs log n.
    enum { N = 10000 };
    ns_event *events = calloc(N + 1, sizeof *events);
    ns_queue queue;
    cr_assert(eq(int, ns_queue_init(&queue, NULL), NS_OK));
    events[N] = (ns_event){.time = NS_SEC};
    ns_queue_push(&queue, &events[N]);
    cr_assert(eq(ptr, ns_queue_first(&queue), &events[N]));
    ns_draw draw = ns_stream_op(ns_stream_make(1, "queue", "ahead"), 0);
    for (int i = 0; i < N; i++) {
        events[i].time = (ns_time)ns_draw_below(&draw, NS_MS);
        events[i].order = (uint64_t)i;
        ns_queue_push(&queue, &events[i]);
    }
    cr_assert(lt(sz, queue.late_count, 100));
    cr_assert(lt(u64, queue.rebuilds, 20));
    ns_queue_free(&queue);
    free(events);
}

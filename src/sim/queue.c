#include "sim/queue.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "sim/order.h"

enum {
    MIN_LOG_SLOTS = 6,
    START_LOG_SLOTS = 10, // no less memory is ever taken, so that small queues never allocate
    MAX_LOG_SLOTS = 24,
    RING_LOG_SLOTS = 20, // wheels of this size do not fit into the nearer caches
    MAX_WIDTH = 40,
    MIN_TUNE = 1024, // pops between two looks at the geometry
    MIN_LATE = 64,   // a smaller heap is no reason to rebuild
    LARGE = 1 << 14, // events that do not fit into the nearer caches
    AHEAD = 8,       // slots whose events are fetched into the cache in advance
    SAMPLE = 63      // events by which a rebuild judges the spread of times
};

// Where an event is.
enum { PLACE_RUN, PLACE_LATE, PLACE_WHEEL, PLACE_RING, PLACE_FAR };

// -- The bitmap of slots in use -------------------------------------------------------------------

static inline bool bitmap_test(const ns_queue *q, size_t i)
{
    return q->bitmap[0][i >> 6] >> (i & 63) & 1;
}

static inline void bitmap_set(ns_queue *q, size_t i)
{
    for (unsigned level = 0; level < q->bitmaps; level++) {
        uint64_t *word = &q->bitmap[level][i >> 6], old = *word;
        *word = old | UINT64_C(1) << (i & 63);
        if (old)
            return;
        i >>= 6;
    }
}

static inline void bitmap_clear(ns_queue *q, size_t i)
{
    for (unsigned level = 0; level < q->bitmaps; level++) {
        uint64_t *word = &q->bitmap[level][i >> 6];
        *word &= ~(UINT64_C(1) << (i & 63));
        if (*word)
            return;
        i >>= 6;
    }
}

// The first slot in use from i on, without wrapping; SIZE_MAX if there is none.
static inline size_t bitmap_next(const ns_queue *q, size_t i)
{
    size_t bits = (size_t)1 << q->log_slots;
    for (unsigned level = 0; level < q->bitmaps && i < bits; level++) {
        uint64_t word = q->bitmap[level][i >> 6] >> (i & 63);
        if (word) {
            i += (size_t)__builtin_ctzll(word);
            while (level--)
                i = i << 6 | (size_t)__builtin_ctzll(q->bitmap[level][i]);
            return i;
        }
        i = (i >> 6) + 1;
        bits = (bits + 63) >> 6;
    }
    return SIZE_MAX;
}

// -- Lists whose head is a pointer ----------------------------------------------------------------

static inline void list_push(ns_event **head, ns_event *event)
{
    event->prev = NULL;
    event->next = *head;
    if (*head)
        (*head)->prev = event;
    *head = event;
}

static inline void list_remove(ns_event **head, ns_event *event)
{
    if (event->prev)
        event->prev->next = event->next;
    else
        *head = event->next;
    if (event->next)
        event->next->prev = event->prev;
}

// -- The run: the sorted list of the active slot --------------------------------------------------

static void run_append(ns_queue *q, ns_event *event)
{
    event->place = PLACE_RUN;
    event->next = NULL;
    event->prev = q->run_tail;
    if (q->run_tail)
        q->run_tail->next = event;
    else
        q->run_head = event;
    q->run_tail = event;
}

static void run_prepend(ns_queue *q, ns_event *event)
{
    event->place = PLACE_RUN;
    list_push(&q->run_head, event);
}

static void run_remove(ns_queue *q, ns_event *event)
{
    if (!event->next)
        q->run_tail = event->prev;
    list_remove(&q->run_head, event);
}

static inline void run_take_first(ns_queue *q)
{
    q->run_head = q->run_head->next;
    if (q->run_head)
        q->run_head->prev = NULL;
    else
        q->run_tail = NULL;
}

// Make a list the run; returns its length.
static size_t run_set(ns_queue *q, ns_event *list)
{
    list = ns_order_sort(list);
    ns_event *prev = NULL;
    size_t length = 0;
    q->run_head = list;
    for (ns_event *event = list; event; event = event->next) {
        event->place = PLACE_RUN;
        event->prev = prev;
        prev = event;
        length++;
    }
    q->run_tail = prev;
    return length;
}

static void late_remove(ns_queue *q, ns_event *event)
{
    q->late = ns_order_heap_remove(q->late, event);
    q->late_count--;
}

// -- Wheel and far --------------------------------------------------------------------------------

static inline uint64_t slot_of(const ns_queue *q, const ns_event *event)
{
    return (uint64_t)event->time >> q->width;
}

static inline size_t wheel_index(const ns_queue *q, uint64_t slot)
{
    return (size_t)slot & (((size_t)1 << q->log_slots) - 1);
}

// Whether a slot is in use is read from the bitmap, which stays in the cache when the slots do not:
// the slot itself is loaded only when there is something in it, and no branch waits for it.
static inline void wheel_push(ns_queue *q, ns_event *event, uint64_t slot)
{
    size_t i = wheel_index(q, slot);
    event->place = PLACE_WHEEL;
    event->prev = NULL;
    if (bitmap_test(q, i)) {
        event->next = q->wheel[i];
        event->next->prev = event;
    } else {
        event->next = NULL;
        bitmap_set(q, i);
    }
    q->wheel[i] = event;
    q->wheel_count++;
}

static void wheel_remove(ns_queue *q, ns_event *event)
{
    size_t i = wheel_index(q, slot_of(q, event));
    if (!event->prev && !event->next)
        bitmap_clear(q, i);
    list_remove(&q->wheel[i], event);
    q->wheel_count--;
}

// Let the oldest event of the ring into the wheel and take its place. Half-way, the slot has
// arrived in the cache, and the event that is there, to be linked with, can be fetched.
static inline void ring_push(ns_queue *q, ns_event *event, uint64_t slot)
{
    ns_event **cell = &q->ring[q->ring_at % NS_QUEUE_RING], *oldest = *cell;
    ns_event *middle = q->ring[(q->ring_at + NS_QUEUE_RING / 2) % NS_QUEUE_RING];
    __builtin_prefetch(&q->wheel[wheel_index(q, slot)], 1);
    event->place = PLACE_RING;
    *cell = event;
    q->ring_at++;
    if (slot < q->ring_min)
        q->ring_min = slot;
    if (oldest)
        wheel_push(q, oldest, slot_of(q, oldest));
    if (middle) {
        size_t i = wheel_index(q, slot_of(q, middle));
        if (bitmap_test(q, i))
            __builtin_prefetch(q->wheel[i], 1);
    }
}

static void ring_flush(ns_queue *q)
{
    for (unsigned i = 0; i < NS_QUEUE_RING; i++) {
        if (q->ring[i])
            wheel_push(q, q->ring[i], slot_of(q, q->ring[i]));
        q->ring[i] = NULL;
    }
    q->ring_min = UINT64_MAX;
}

static void ring_remove(ns_queue *q, const ns_event *event)
{
    unsigned i = 0;
    while (q->ring[i] != event)
        i++;
    q->ring[i] = NULL;
}

// The place of a turn: its highest digit that differs from the present turn's, and that digit. It
// stays the same while the present turn goes on below that digit.
static unsigned far_place(const ns_queue *q, uint64_t turn, unsigned *digit)
{
    unsigned level = (63 - (unsigned)__builtin_clzll(turn ^ q->turn)) / NS_QUEUE_DIGIT;
    *digit = turn >> (level * NS_QUEUE_DIGIT) & (NS_QUEUE_FANOUT - 1);
    return level;
}

static void far_push(ns_queue *q, ns_event *event, uint64_t turn)
{
    unsigned digit, level = far_place(q, turn, &digit);
    event->place = PLACE_FAR;
    list_push(&q->far[level][digit], event);
    q->far_used[level] |= UINT64_C(1) << digit;
    q->far_count++;
}

static void far_remove(ns_queue *q, ns_event *event)
{
    unsigned digit, level = far_place(q, slot_of(q, event) >> q->log_slots, &digit);
    list_remove(&q->far[level][digit], event);
    if (!q->far[level][digit])
        q->far_used[level] &= ~(UINT64_C(1) << digit);
    q->far_count--;
}

// Where the first far events are, and the first turn that they may belong to.
static uint64_t far_first(const ns_queue *q, unsigned *level, unsigned *digit)
{
    unsigned l = 0;
    while (!q->far_used[l])
        l++;
    unsigned shift = l * NS_QUEUE_DIGIT, d = (unsigned)__builtin_ctzll(q->far_used[l]);
    *level = l;
    *digit = d;
    return (q->turn >> shift >> NS_QUEUE_DIGIT << NS_QUEUE_DIGIT | d) << shift;
}

// Go on to the first turn of the far events, and bring nearer those that share its digit.
static void far_advance(ns_queue *q)
{
    unsigned level, digit;
    q->turn = far_first(q, &level, &digit);
    ns_event *list = q->far[level][digit];
    q->far[level][digit] = NULL;
    q->far_used[level] &= ~(UINT64_C(1) << digit);
    if (q->slot < q->turn << q->log_slots)
        q->slot = q->turn << q->log_slots;
    while (list) {
        ns_event *event = list;
        list = event->next;
        q->far_count--;
        uint64_t slot = slot_of(q, event), turn = slot >> q->log_slots;
        if (turn == q->turn)
            wheel_push(q, event, slot);
        else
            far_push(q, event, turn);
    }
}

// The events of the slots to come are fetched while those before them run. Only an event knows
// where the next of its slot is, so that the nth of a slot is fetched n steps later than its slot.
static inline void prefetch(ns_queue *q)
{
    uint64_t slot = q->prefetched > q->slot ? q->prefetched : q->slot, end = q->slot + AHEAD;
    for (; slot < end; slot++) {
        size_t i = wheel_index(q, slot + 2 * AHEAD), j = wheel_index(q, slot + AHEAD),
               k = wheel_index(q, slot);
        if (bitmap_test(q, i))
            __builtin_prefetch(q->wheel[i], 1);
        if (bitmap_test(q, j))
            __builtin_prefetch(q->wheel[j]->next, 1);
        if (bitmap_test(q, k) && q->wheel[k]->next)
            __builtin_prefetch(q->wheel[k]->next->next, 1);
    }
    q->prefetched = end;
}

// Make the first slot in use the active one. False when the queue is empty.
static bool activate(ns_queue *q)
{
    for (;;) {
        uint64_t slot = UINT64_MAX;
        size_t i = SIZE_MAX, at = wheel_index(q, q->slot);
        if (q->wheel_count) {
            i = bitmap_next(q, at);
            if (i == SIZE_MAX)
                i = bitmap_next(q, 0);
            slot = q->slot + wheel_index(q, i - at);
        }
        if (q->ring_min <= slot && q->ring_min != UINT64_MAX) {
            ring_flush(q);
            continue;
        }
        if (q->far_count) {
            unsigned level, digit;
            if (far_first(q, &level, &digit) <= slot >> q->log_slots) {
                far_advance(q);
                continue;
            }
        } else if (i == SIZE_MAX) {
            return false;
        }
        ns_event *list = q->wheel[i];
        bitmap_clear(q, i);
        q->slot = slot + 1;
        if (q->count >= LARGE)
            prefetch(q);
        q->wheel_count -= run_set(q, list);
        return true;
    }
}

// -- Geometry -------------------------------------------------------------------------------------

// A large wheel is visited at random: with small pages every visit would miss the TLB too.
static void use_huge_pages(void *start, size_t size)
{
    const uintptr_t page = UINT64_C(2) << 20;
    uintptr_t first = ((uintptr_t)start + page - 1) & -page,
              end = ((uintptr_t)start + size) & -page;
    if (first < end)
        (void)madvise((void *)first, end - first, MADV_HUGEPAGE); // a hint
}

// The words of each level of the bitmap over so many slots; returns their sum.
static size_t bitmap_words(unsigned log_slots, size_t words[NS_QUEUE_BITMAPS], unsigned *levels)
{
    size_t all = 0, bits = (size_t)1 << log_slots;
    *levels = 0;
    do {
        bits = (bits + 63) >> 6;
        words[(*levels)++] = bits;
        all += bits;
    } while (bits > 1);
    return all;
}

// Memory for a wheel; the old one is lost. False leaves everything as it is.
static bool wheel_allocate(ns_queue *q, unsigned log_slots)
{
    size_t words[NS_QUEUE_BITMAPS];
    unsigned levels;
    _Static_assert(sizeof(ns_event *) == sizeof(uint64_t), "slots and bitmap share one allocation");
    size_t size =
        (((size_t)1 << log_slots) + bitmap_words(log_slots, words, &levels)) * sizeof(uint64_t);
    ns_event **wheel = ns_malloc(size);
    if (!wheel)
        return false;
    use_huge_pages(wheel, size);
    ns_free(q->wheel);
    q->wheel = wheel;
    q->log_room = log_slots;
    return true;
}

// A wheel without events. Memory is taken when there is too little, and given back when there is
// sixteen times too much; where it cannot be had, the wheel is as large as it may be.
static void wheel_resize(ns_queue *q, unsigned log_slots)
{
    unsigned room = log_slots > START_LOG_SLOTS ? log_slots : START_LOG_SLOTS;
    if (room > q->log_room || room + 4 <= q->log_room)
        (void)wheel_allocate(q, room);
    q->log_slots = log_slots < q->log_room ? log_slots : q->log_room;
    size_t words[NS_QUEUE_BITMAPS], all = bitmap_words(q->log_slots, words, &q->bitmaps);
    uint64_t *place = (uint64_t *)(void *)(q->wheel + ((size_t)1 << q->log_slots));
    memset(place, 0, all * sizeof *place);
    for (unsigned i = 0; i < q->bitmaps; i++) {
        q->bitmap[i] = place;
        place += words[i];
    }
}

static void gather_list(ns_event *list, ns_event **all)
{
    while (list) {
        ns_event *event = list;
        list = event->next;
        event->next = *all;
        *all = event;
    }
}

// Take all events out, linked by `next`.
static ns_event *gather(ns_queue *q)
{
    ns_event *all = NULL;
    gather_list(q->run_head, &all);
    q->run_head = q->run_tail = NULL;
    while (q->late) {
        // A walk without recursion: the children of the first root join the roots.
        ns_event *event = q->late, *child = event->child;
        q->late = event->next;
        event->next = all;
        all = event;
        while (child) {
            ns_event *sibling = child->next;
            child->next = q->late;
            q->late = child;
            child = sibling;
        }
    }
    q->late_count = 0;
    ring_flush(q);
    for (size_t i = 0; (i = bitmap_next(q, i)) != SIZE_MAX;) {
        gather_list(q->wheel[i], &all);
        bitmap_clear(q, i);
    }
    q->wheel_count = 0;
    for (unsigned level = 0; level < NS_QUEUE_DIGITS; level++) {
        for (; q->far_used[level]; q->far_used[level] &= q->far_used[level] - 1) {
            unsigned digit = (unsigned)__builtin_ctzll(q->far_used[level]);
            gather_list(q->far[level][digit], &all);
            q->far[level][digit] = NULL;
        }
    }
    q->far_count = 0;
    return all;
}

// The gap that the pending events suggest: by Little's law the mean delay is that of all of them
// together, and the median of what remains of the delays is about half of it.
static double sampled_gap(const ns_event *all, size_t count, ns_time now)
{
    ns_time sample[SAMPLE];
    size_t n = 0, stride = count / SAMPLE + 1, i = 0;
    for (const ns_event *event = all; event && n < SAMPLE; event = event->next) {
        if (i++ % stride)
            continue;
        ns_time left = event->time > now ? event->time - now : 0;
        size_t k = n++;
        for (; k > 0 && sample[k - 1] > left; k--)
            sample[k] = sample[k - 1];
        sample[k] = left;
    }
    size_t middle = n / 2;
    return n ? 2 * (double)sample[middle] / (double)count : 1;
}

// About one event in a slot, or half of one where each further event of a slot is a cache miss.
static unsigned width_for(double gap, size_t count)
{
    double target = count >= LARGE ? gap / 2 : gap;
    unsigned width = 0;
    while (width < MAX_WIDTH && (double)(UINT64_C(1) << width) < target)
        width++;
    return width;
}

// As many slots as twice the mean delay takes.
static unsigned log_slots_for(double gap, size_t count, unsigned width)
{
    double slots = 2 * gap * (double)count / (double)(UINT64_C(1) << width);
    unsigned log_slots = MIN_LOG_SLOTS;
    while (log_slots < MAX_LOG_SLOTS && (double)((size_t)1 << log_slots) < slots)
        log_slots++;
    return log_slots;
}

static void place(ns_queue *q, ns_event *event);

// When to look at the geometry again: a rebuild touches all events, so it is paid for by as many
// pops or pushes.
static void plan(ns_queue *q)
{
    q->tune_time = q->popped;
    q->tune_pops = q->tune_after = q->grow_at = 2 * q->count > MIN_TUNE ? 2 * q->count : MIN_TUNE;
}

// Place every event anew with a geometry for the gap between events; a negative gap stands for what
// the pending events suggest.
static void rebuild(ns_queue *q, double gap)
{
    ns_event *all = gather(q);
    if (gap < 0)
        gap = sampled_gap(all, q->count, q->popped);
    unsigned width = width_for(gap, q->count), log_slots = log_slots_for(gap, q->count, width);
    if (log_slots != q->log_slots)
        wheel_resize(q, log_slots);
    q->width = width;
    q->slot = (uint64_t)q->popped >> width;
    q->turn = q->slot >> q->log_slots;
    q->prefetched = 0;
    q->rebuilds++;
    plan(q);
    while (all) {
        ns_event *event = all;
        all = event->next;
        place(q, event);
    }
}

// Look whether the geometry still fits what was popped since the last look.
static void tune(ns_queue *q)
{
    double gap = (double)(q->popped - q->tune_time) / (double)q->tune_pops;
    unsigned width = width_for(gap, q->count), log_slots = log_slots_for(gap, q->count, q->width);
    if (width > q->width + 1 || width + 1 < q->width || log_slots > q->log_slots ||
        log_slots + 2 < q->log_slots) {
        rebuild(q, gap);
    } else {
        plan(q);
    }
}

// -- The queue ------------------------------------------------------------------------------------

int ns_queue_init(ns_queue *q, ns_err *err)
{
    *q = (ns_queue){.ring_min = UINT64_MAX, .ring_log_slots = RING_LOG_SLOTS};
    plan(q);
    if (!wheel_allocate(q, START_LOG_SLOTS))
        return ns_fail(err, NS_ENOMEM, "out of memory");
    wheel_resize(q, START_LOG_SLOTS);
    return NS_OK;
}

void ns_queue_free(ns_queue *q)
{
    ns_free(q->wheel);
    *q = (ns_queue){0};
}

static inline void place(ns_queue *q, ns_event *event)
{
    uint64_t slot = slot_of(q, event);
    if (slot >= q->slot) {
        if (slot - q->slot >= (uint64_t)1 << q->log_slots)
            far_push(q, event, slot >> q->log_slots);
        else if (q->log_slots >= q->ring_log_slots)
            ring_push(q, event, slot);
        else
            wheel_push(q, event, slot);
    } else if (!q->run_tail || ns_order_before(q->run_tail, event)) {
        run_append(q, event);
    } else if (ns_order_before(event, q->run_head)) {
        run_prepend(q, event);
    } else {
        event->place = PLACE_LATE;
        q->late = ns_order_heap_push(q->late, event);
        q->late_count++;
    }
}

void ns_queue_push(ns_queue *q, ns_event *event)
{
    q->count++;
    place(q, event);
    // Much in the heap: the slots are too wide, or the wheel has gone on to a distant time.
    bool late = q->late_count > MIN_LATE && q->late_count > q->count / 2;
    if (late || q->count > q->grow_at)
        rebuild(q, -1);
}

void ns_queue_remove(ns_queue *q, ns_event *event)
{
    q->count--;
    switch (event->place) {
    case PLACE_RUN:
        run_remove(q, event);
        break;
    case PLACE_LATE:
        late_remove(q, event);
        break;
    case PLACE_WHEEL:
        wheel_remove(q, event);
        break;
    case PLACE_RING:
        ring_remove(q, event);
        break;
    default:
        assert(event->place == PLACE_FAR);
        far_remove(q, event);
    }
}

ns_event *ns_queue_first(ns_queue *q)
{
    if (!q->run_head && !q->late && !activate(q))
        return NULL;
    if (!q->late || (q->run_head && ns_order_before(q->run_head, q->late)))
        return q->run_head;
    return q->late;
}

ns_event *ns_queue_pop(ns_queue *q, ns_time until)
{
    ns_event *event = ns_queue_first(q);
    if (!event || event->time > until)
        return NULL;
    q->count--;
    if (event->place == PLACE_RUN)
        run_take_first(q);
    else
        late_remove(q, event);
    q->popped = event->time;
    if (--q->tune_after == 0)
        tune(q);
    return event;
}

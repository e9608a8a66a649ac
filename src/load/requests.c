#include "load/requests.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

typedef enum interval_kind {
    OWN_JS,
    POOL_SERVICE,
    DEVICE,
    POOL_QUEUE,
    LOOP_WAIT,
    KINDS
} interval_kind;

typedef struct interval {
    ns_time start, end;
    interval_kind kind;
} interval;

typedef struct request {
    int64_t id; // 0: free
    const char *cls;
    ns_time arrival, start;
    bool warmup, started;
    interval *intervals;
    int count, capacity;
} request;

typedef struct id_range { // async ids above the previous range's `last` and up to this one's
    double first, last;
    int64_t request;
} id_range;

struct ns_requests {
    ns_requests_options options;
    request *open; // a table: the slot of a request is its id modulo the capacity
    size_t capacity, open_count;
    int64_t last_id, current;
    ns_time since;      // when the main thread turned to `current`
    double first_async; // of the ids given out since
    interval *busy;     // JavaScript on the main thread, in order; the last may be open (end 0)
    size_t busy_count, busy_capacity;
    interval *pauses; // of the garbage collector, in order
    size_t pause_count, pause_capacity;
    interval *waits; // within the pauses, for threads that compile, in order
    size_t wait_count, wait_capacity;
    bool is_busy;
    id_range *ranges;
    size_t range_count, range_capacity;
};

// -- Tables that grow -----------------------------------------------------------------------------

static bool grow(void **array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown = ns_realloc(*array, wanted * size);
    if (!grown)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

static request *find(const ns_requests *r, int64_t id)
{
    request *q = r->capacity && id > 0 ? &r->open[(size_t)id % r->capacity] : NULL;
    return q && q->id == id ? q : NULL;
}

static bool grow_open(ns_requests *r)
{
    size_t capacity = r->capacity ? r->capacity : 64;
    for (;;) { // until no two open requests share a slot
        capacity *= 2;
        request *open = ns_calloc(capacity, sizeof *open);
        if (!open)
            return false;
        bool clash = false;
        for (size_t i = 0; i < r->capacity && !clash; i++) {
            if (!r->open[i].id)
                continue;
            request *to = &open[(size_t)r->open[i].id % capacity];
            clash = to->id != 0;
            *to = r->open[i];
        }
        if (!clash) {
            ns_free(r->open);
            r->open = open;
            r->capacity = capacity;
            return true;
        }
        ns_free(open);
    }
}

int ns_requests_new(ns_requests **out, const ns_requests_options *options)
{
    *out = ns_calloc(1, sizeof **out);
    if (!*out)
        return -1;
    (*out)->options = *options;
    return 0;
}

void ns_requests_free(ns_requests *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->capacity; i++)
        ns_free(r->open[i].intervals);
    ns_free(r->open);
    ns_free(r->busy);
    ns_free(r->pauses);
    ns_free(r->waits);
    ns_free(r->ranges);
    ns_free(r);
}

// -- Intervals ------------------------------------------------------------------------------------

static void add(request *q, interval_kind kind, ns_time start, ns_time end)
{
    if (end <= start)
        return;
    size_t capacity = (size_t)q->capacity;
    if (!grow((void **)&q->intervals, (size_t)q->count, &capacity, sizeof *q->intervals))
        return; // without memory the piece goes to the rest
    q->capacity = (int)capacity;
    q->intervals[q->count++] = (interval){start, end, kind};
}

void ns_requests_switch(ns_requests *r, int64_t id)
{
    if (id == r->current)
        return;
    r->options.sync(r->options.opaque);
    ns_time now = ns_sim_now(r->options.sim);
    double last = r->options.last_async_id ? r->options.last_async_id(r->options.opaque) : 0;
    request *q = find(r, r->current);
    if (q)
        add(q, OWN_JS, r->since, now);
    if (q && last >= r->first_async &&
        grow((void **)&r->ranges, r->range_count, &r->range_capacity, sizeof *r->ranges))
        r->ranges[r->range_count++] = (id_range){r->first_async, last, r->current};
    r->current = id;
    r->since = now;
    r->first_async = last + 1;
}

void ns_requests_busy(ns_requests *r, bool busy)
{
    if (busy == r->is_busy)
        return;
    r->is_busy = busy;
    ns_time now = ns_sim_now(r->options.sim);
    if (!busy) {
        if (r->busy_count)
            r->busy[r->busy_count - 1].end = now;
        return;
    }
    if (r->open_count == 0)
        r->busy_count = 0; // nobody waits: what was before matters to no one
    if (grow((void **)&r->busy, r->busy_count, &r->busy_capacity, sizeof *r->busy))
        r->busy[r->busy_count++] = (interval){now, 0, OWN_JS};
}

static void add_wait(ns_requests *r, ns_time start, ns_time end)
{
    if (end > start && grow((void **)&r->waits, r->wait_count, &r->wait_capacity, sizeof *r->waits))
        r->waits[r->wait_count++] = (interval){start, end, OWN_JS};
}

void ns_requests_pause(ns_requests *r, const ns_heap_gc *gc)
{
    if (r->open_count == 0)
        r->pause_count = r->wait_count = 0;
    if (grow((void **)&r->pauses, r->pause_count, &r->pause_capacity, sizeof *r->pauses))
        r->pauses[r->pause_count++] = (interval){gc->start, gc->end, OWN_JS};
    add_wait(r, gc->start, gc->start + gc->to_safepoint);
    add_wait(r, gc->end - gc->after_safepoint, gc->end);
}

void ns_requests_task(ns_requests *r, const ns_task *task)
{
    request *q = find(r, task->request_id);
    if (!q || task->thread < 0)
        return;
    add(q, POOL_QUEUE, task->submit, task->start);
    add(q, POOL_SERVICE, task->start, task->end - task->waited);
    add(q, DEVICE, task->end - task->waited, task->end);
    add(q, LOOP_WAIT, task->end, task->done_at);
}

int64_t ns_requests_of_async_id(const ns_requests *r, double async_id)
{
    size_t low = 0, high = r->range_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->ranges[middle].last < async_id)
            low = middle + 1;
        else
            high = middle;
    }
    if (!(async_id > 0))
        return 0; // none, or no number
    if (async_id >= r->first_async)
        return r->current;
    if (low == r->range_count || r->ranges[low].first > async_id)
        return 0;
    return find(r, r->ranges[low].request) ? r->ranges[low].request : 0;
}

// Forget the ranges of requests that ended.
static void prune_ranges(ns_requests *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->range_count; i++)
        if (find(r, r->ranges[i].request))
            r->ranges[kept++] = r->ranges[i];
    r->range_count = kept;
}

// -- Blame ----------------------------------------------------------------------------------------

typedef struct edge {
    ns_time at;
    int kind, delta;
} edge;

static int by_time(const void *a, const void *b)
{
    ns_time x = ((const edge *)a)->at, y = ((const edge *)b)->at;
    return (x > y) - (x < y);
}

// How much of [start, end) lies in the intervals, which are in order; an open one has no end yet.
static ns_time covered(const interval *list, size_t count, ns_time start, ns_time end)
{
    ns_time total = 0;
    size_t low = 0, high = count;
    while (low < high) { // the first that ends after `start`
        size_t middle = (low + high) / 2;
        if (list[middle].end && list[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count && list[low].start < end; low++) {
        ns_time from = list[low].start > start ? list[low].start : start;
        ns_time to = list[low].end && list[low].end < end ? list[low].end : end;
        total += to > from ? to - from : 0;
    }
    return total;
}

static void account(const ns_requests *r, ns_rec_request *record, const int active[KINDS],
                    ns_time start, ns_time end)
{
    ns_time length = end - start;
    ns_time paused =
        active[OWN_JS] || active[LOOP_WAIT] ? covered(r->pauses, r->pause_count, start, end) : 0;
    ns_time waited = paused > 0 ? covered(r->waits, r->wait_count, start, end) : 0;
    record->gc_ns += paused - waited;
    record->safepoint_ns += waited;
    if (active[OWN_JS]) {
        record->own_js_ns += length - paused;
    } else if (active[POOL_SERVICE]) {
        record->pool_service_ns += length;
    } else if (active[DEVICE]) {
        record->device_ns += length;
    } else if (active[POOL_QUEUE]) {
        record->pool_queue_ns += length;
    } else if (active[LOOP_WAIT]) {
        ns_time others = covered(r->busy, r->busy_count, start, end);
        others -= others < paused ? others : paused;
        record->other_js_ns += others;
        record->loop_wait_ns += length - others - paused;
    } else {
        record->rest_ns += length;
    }
}

static void blame(const ns_requests *r, const request *q, ns_rec_request *record)
{
    size_t count = 0;
    edge *edges = ns_malloc((size_t)(2 * q->count + 1) * sizeof *edges);
    if (!edges) {
        record->rest_ns = record->done_ns - record->arrival_ns;
        return;
    }
    for (int i = 0; i < q->count; i++) {
        ns_time start = q->intervals[i].start, end = q->intervals[i].end;
        start = start < record->arrival_ns ? record->arrival_ns : start;
        end = end > record->done_ns ? record->done_ns : end;
        if (start >= end)
            continue;
        edges[count++] = (edge){start, q->intervals[i].kind, 1};
        edges[count++] = (edge){end, q->intervals[i].kind, -1};
    }
    qsort(edges, count, sizeof *edges, by_time);
    int active[KINDS] = {0};
    ns_time at = record->arrival_ns;
    for (size_t i = 0; i < count; i++) {
        if (edges[i].at > at) {
            account(r, record, active, at, edges[i].at);
            at = edges[i].at;
        }
        active[edges[i].kind] += edges[i].delta;
    }
    account(r, record, active, at, record->done_ns);
    ns_free(edges);
}

// -- The life of a request ------------------------------------------------------------------------

int64_t ns_request_begin(ns_requests *r, const char *cls, ns_time arrival, bool warmup)
{
    int64_t id = r->last_id + 1;
    while (!r->capacity || r->open[(size_t)id % r->capacity].id)
        if (!grow_open(r))
            return 0;
    r->last_id = id;
    r->open[(size_t)id % r->capacity] =
        (request){.id = id, .cls = cls, .arrival = arrival, .warmup = warmup};
    r->open_count++;
    if (r->is_busy && !r->busy_count &&
        grow((void **)&r->busy, 0, &r->busy_capacity, sizeof *r->busy))
        r->busy[r->busy_count++] = (interval){ns_sim_now(r->options.sim), 0, OWN_JS};
    return id;
}

void ns_request_start(ns_requests *r, int64_t id)
{
    request *q = find(r, id);
    if (!q || q->started)
        return;
    q->started = true;
    q->start = ns_sim_now(r->options.sim);
    add(q, LOOP_WAIT, q->arrival, q->start);
}

bool ns_request_open(const ns_requests *r, int64_t id)
{
    return find(r, id) != NULL;
}

void ns_request_end(ns_requests *r, int64_t id, const char *status)
{
    request *q = find(r, id);
    if (!q)
        return;
    r->options.sync(r->options.opaque);
    ns_time now = ns_sim_now(r->options.sim);
    if (r->current == id)
        add(q, OWN_JS, r->since, now);
    if (!q->started)
        add(q, LOOP_WAIT, q->arrival, now);
    ns_record row = {.type = NS_REC_REQUEST,
                     .request = {.id = id,
                                 .cls = q->cls,
                                 .arrival_ns = q->arrival,
                                 .start_ns = q->started ? q->start : now,
                                 .done_ns = now,
                                 .status = status,
                                 .warmup = q->warmup}};
    blame(r, q, &row.request);
    ns_emit(r->options.sink, &row);
    ns_free(q->intervals);
    *q = (request){0};
    r->open_count--;
    if (r->range_count > 1024 && r->range_count > 64 * r->open_count)
        prune_ranges(r);
}

void ns_requests_finish(ns_requests *r)
{
    for (int64_t id = 1; id <= r->last_id && r->open_count; id++)
        ns_request_end(r, id, "unfinished");
}

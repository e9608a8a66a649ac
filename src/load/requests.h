// Requests from outside (arrivals): which JavaScript and which tasks work for which request, and
// what each request's latency was made of.
//
// The context of a request is followed without async_hooks: every wrap, task and timer that is made
// while JavaScript works for a request belongs to it (async ids are given out in order, so a range
// of ids names the request), and promises carry it as V8's continuation data.
//
// Blame: the time from the intended arrival to the end is cut at every boundary of an interval, and
// each piece goes to the first of these that holds: a collection waits for threads that compile, or
// garbage is collected, where the request's own JavaScript would run or others' while it waits; own
// JavaScript runs; a task of the request is
// on a thread and computes, or takes turns for a core (pool service); it waits for its device; it
// is queued; the request or a finished task waits for the loop: while others' JavaScript runs, or
// else (loop wait); the rest, such as timers. The parts sum to the whole.
#ifndef NS_LOAD_REQUESTS_H
#define NS_LOAD_REQUESTS_H

#include "model/heap.h"
#include "model/threadpool.h"

typedef struct ns_requests ns_requests;

typedef struct ns_requests_options {
    ns_sim *sim;
    ns_sink *sink;                         // takes request records; may be NULL
    void (*sync)(void *opaque);            // the main thread meets the CPU model, if it runs
    double (*last_async_id)(void *opaque); // given out last; NULL: nobody will ask for ranges
    void *opaque;
} ns_requests_options;

int ns_requests_new(ns_requests **out, const ns_requests_options *options); // 0 or -1
void ns_requests_free(ns_requests *requests);

// A request arrived; `arrival` is when it was meant to. Returns its id (from 1), 0 without memory.
int64_t ns_request_begin(ns_requests *requests, const char *cls, ns_time arrival, bool warmup);
// Its function is called now.
void ns_request_start(ns_requests *requests, int64_t id);
// It ended: status "ok" or "error". Emits its record. Nothing happens if it had ended.
void ns_request_end(ns_requests *requests, int64_t id, const char *status);
bool ns_request_open(const ns_requests *requests, int64_t id);
// Every request still open is recorded as unfinished.
void ns_requests_finish(ns_requests *requests);

// What the environment reports. The main thread works for `id` from now on (0: for none).
void ns_requests_switch(ns_requests *requests, int64_t id);
// JavaScript of any kind runs on the main thread from now on, or no longer.
void ns_requests_busy(ns_requests *requests, bool busy);
// Garbage was collected on the main thread.
void ns_requests_pause(ns_requests *requests, const ns_heap_gc *gc);
void ns_requests_task(ns_requests *requests, const ns_task *task);
int64_t ns_requests_of_async_id(const ns_requests *requests, double async_id);

#endif

// libuv's event loop (source: deps/uv/src/unix/core.c, timer.c, loop-watcher.c, async.c, linux.c of
// libuv 1.46). One iteration, in UV_RUN_DEFAULT:
//
//   once, before the first: update time, run timers
//   pending -> idle -> prepare -> poll -> pending again (up to 8 times) -> check -> closing
//   -> update time -> timers
//
// The poll timeout is 0 while there are active idle handles, pending or closing ones, or nothing
// alive; else the time to the next timer; else endless. Timers have a resolution of 1 ms, fall due
// in the order (timeout, start order), and a repeating one is restarted before its callback.
//
// The loop runs on a simulated thread; it costs CPU and blocks in poll. Handles are caller-owned
// and embedded. Names and semantics follow uv.h: start, stop, ref, unref, close.
#ifndef NS_MODEL_LOOP_H
#define NS_MODEL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "model/cpu.h"
#include "model/profile.h"
#include "trace/record.h"

typedef struct ns_loop ns_loop;
typedef struct ns_handle ns_handle;

typedef enum ns_handle_type {
    NS_HANDLE_TIMER,
    NS_HANDLE_IDLE,
    NS_HANDLE_PREPARE,
    NS_HANDLE_CHECK,
    NS_HANDLE_ASYNC,
    NS_HANDLE_OTHER
} ns_handle_type;

// The base of every handle, and its first field: a pointer to a handle may be cast to its type.
// Read `data`; all else belongs to the loop.
struct ns_handle {
    void *data;
    ns_loop *loop;
    ns_handle_type type;
    unsigned flags;
    void (*close_cb)(ns_handle *handle);
    ns_handle *next_closing;
};

typedef struct ns_timer ns_timer;
typedef void (*ns_timer_cb)(ns_timer *timer);
struct ns_timer {
    ns_handle handle;
    ns_timer_cb cb;
    uint64_t timeout, repeat;       // ms of loop time
    uint64_t start_id;              // ties of `timeout` go by the order of starting
    ns_timer *child, *next, **link; // in the loop's pairing heap
};

// Idle, prepare and check handles.
typedef struct ns_watcher ns_watcher;
typedef void (*ns_watcher_cb)(ns_watcher *watcher);
struct ns_watcher {
    ns_handle handle;
    ns_watcher_cb cb;
    ns_list link;
};

// An event that the kernel reports for a file descriptor, or an arrival: delivered once, in order
// of readiness, in the poll phase. Caller-owned; zero-initialise it, set `cb`, `data` and `source`,
// a static string that the poller_event record gets.
typedef struct ns_poll_event ns_poll_event;
struct ns_poll_event {
    void (*cb)(ns_poll_event *event);
    void *data;
    const char *source;
    ns_time ready; // when it was posted
    ns_list link;
};

// uv_async_t: several sends before the loop takes notice are one callback.
typedef struct ns_async ns_async;
typedef void (*ns_async_cb)(ns_async *async);
struct ns_async {
    ns_handle handle;
    ns_async_cb cb;
    const char *source; // of its poller_event records: "async" unless set after ns_async_init
    bool sent;
    ns_time ready; // of the first send not yet delivered
    ns_list link;
    ns_poll_event packet; // IOCP: each async posts a completion packet of its own
};

// uv__io_feed: a callback of the next pending phase. Zero-initialise it, set `cb` and `data`.
typedef struct ns_pending ns_pending;
struct ns_pending {
    void (*cb)(ns_pending *pending);
    void *data;
    ns_list link;
};

typedef enum ns_poller_kind { NS_POLLER_EPOLL, NS_POLLER_KQUEUE, NS_POLLER_IOCP } ns_poller_kind;

typedef struct ns_loop_options {
    ns_poller_kind poller;
    const ns_profile *profile; // costs: "loop.*", "poller.<kind>.*"; NULL: all is free
    ns_sink *sink;             // loop_iteration and poller_event records; may be NULL
} ns_loop_options;

int ns_loop_new(ns_loop **out, ns_sim *sim, ns_thread *thread, const ns_loop_options *options,
                ns_err *err);
void ns_loop_free(ns_loop *loop);

typedef enum ns_run_mode { NS_RUN_DEFAULT, NS_RUN_ONCE, NS_RUN_NOWAIT } ns_run_mode;
// On the loop's thread. Returns whether handles or requests are still alive.
bool ns_loop_run(ns_loop *loop, ns_run_mode mode);
void ns_loop_stop(ns_loop *loop);
bool ns_loop_alive(const ns_loop *loop);
uint64_t ns_loop_now(const ns_loop *loop); // ms, cached as uv_now
void ns_loop_update_time(ns_loop *loop);
ns_phase ns_loop_phase(const ns_loop *loop); // NS_PHASE_MAIN outside ns_loop_run
int64_t ns_loop_iteration(const ns_loop *loop);
ns_sim *ns_loop_sim(const ns_loop *loop);
ns_thread *ns_loop_thread(const ns_loop *loop);

// uv_metrics_idle_time, ns: time in the poller with a timeout other than 0. It is always measured,
// as Node configures its loops with UV_METRICS_IDLE_TIME; that makes the first poll of an iteration
// one without a timeout.
ns_time ns_loop_idle_time(const ns_loop *loop);

// uv_metrics_info
typedef struct ns_loop_metrics {
    uint64_t loop_count, events, events_waiting;
} ns_loop_metrics;
ns_loop_metrics ns_loop_get_metrics(const ns_loop *loop);
// Of one event that delivers several (uv__work_done): count the others.
void ns_loop_count_events(ns_loop *loop, uint64_t events);

// uv_backend_timeout: how long poll would block, in ms; -1 is endless.
int64_t ns_loop_backend_timeout(const ns_loop *loop);

void ns_timer_init(ns_loop *loop, ns_timer *timer);
void ns_timer_start(ns_timer *timer, ns_timer_cb cb, uint64_t timeout_ms, uint64_t repeat_ms);
void ns_timer_stop(ns_timer *timer);
void ns_timer_again(ns_timer *timer); // restart with its repeat, if it has one
void ns_timer_set_repeat(ns_timer *timer, uint64_t repeat_ms);
uint64_t ns_timer_due_in(const ns_timer *timer); // ms

// type: NS_HANDLE_IDLE, NS_HANDLE_PREPARE or NS_HANDLE_CHECK
void ns_watcher_init(ns_loop *loop, ns_watcher *watcher, ns_handle_type type);
void ns_watcher_start(ns_watcher *watcher, ns_watcher_cb cb);
void ns_watcher_stop(ns_watcher *watcher);

// Active and referenced from the start, as uv_async_init.
void ns_async_init(ns_loop *loop, ns_async *async, ns_async_cb cb);
// From anywhere in the simulation; a sending thread syncs first. Nothing happens while it is
// closing.
void ns_async_send(ns_async *async);
// Out of the loop's lists without a close: for an owner whose memory goes when the run ends.
void ns_async_detach(ns_async *async);

// From anywhere: the event, which must not be posted already, is ready now.
void ns_loop_post(ns_loop *loop, ns_poll_event *event);
// Forget an event that was posted and not delivered, as closing its descriptor does. Nothing
// happens if it was not posted.
void ns_loop_unpost(ns_loop *loop, ns_poll_event *event);
void ns_loop_feed(ns_loop *loop, ns_pending *pending); // once, however often before it runs
void ns_loop_unfeed(ns_loop *loop, ns_pending *pending);

// A handle of another kind (NS_HANDLE_OTHER), for bindings that need liveness and closing only.
void ns_handle_init(ns_loop *loop, ns_handle *handle, ns_handle_type type);
void ns_handle_start(ns_handle *handle);
void ns_handle_stop(ns_handle *handle);
void ns_handle_ref(ns_handle *handle);
void ns_handle_unref(ns_handle *handle);
bool ns_handle_has_ref(const ns_handle *handle);
bool ns_handle_active(const ns_handle *handle);
bool ns_handle_closing(const ns_handle *handle);
// uv_close: stop it; cb, which may be NULL, runs in the closing phase, the last closed first.
void ns_handle_close(ns_handle *handle, void (*cb)(ns_handle *handle));

// uv__req_register: a request in flight keeps the loop alive.
void ns_loop_req_register(ns_loop *loop);
void ns_loop_req_unregister(ns_loop *loop);

#endif

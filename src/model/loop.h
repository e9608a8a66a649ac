// libuv's event loop (source: deps/uv/src/unix/core.c, timer.c, loop-watcher.c, async.c, linux.c of
// libuv 1.46). One iteration, in UV_RUN_DEFAULT:
//
//   once, before the first: update time, run timers
//   pending -> idle -> prepare -> poll -> pending again (up to 8 times) -> check -> closing
//   -> update time -> timers
//
// The poll timeout is 0 while there are active idle handles, pending or closing ones, or nothing
// alive; else the time to the next timer; else endless. Timers have a resolution of 1 ms, fall due in
// the order (timeout, start order), and a repeating one is restarted before its callback.
//
// The loop runs on a simulated thread; it costs CPU and blocks in poll. Handles are caller-owned and
// embedded. Names and semantics follow uv.h: start, stop, ref, unref, close.
#ifndef NS_MODEL_LOOP_H
#define NS_MODEL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

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

// The base of every handle. Read `data`; all else belongs to the loop.
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
    uint64_t timeout, repeat; // ms of loop time
    uint64_t start_id;
    int heap_index; // -1 when not active
};

// Idle, prepare and check handles.
typedef struct ns_watcher ns_watcher;
typedef void (*ns_watcher_cb)(ns_watcher *watcher);
struct ns_watcher {
    ns_handle handle;
    ns_watcher_cb cb;
    ns_watcher *next, *prev;
};

// uv_async_t: several sends before the loop polls are one callback.
typedef struct ns_async ns_async;
typedef void (*ns_async_cb)(ns_async *async);
struct ns_async {
    ns_handle handle;
    ns_async_cb cb;
    bool sent;
    ns_time ready; // of the first send not yet delivered
    ns_async *next, *prev;
};

// An event that the kernel reports for a file descriptor, or an arrival: delivered once, in order of
// readiness, in the poll phase. Caller-owned. `source` is what the poller_event record says.
typedef struct ns_poll_event ns_poll_event;
struct ns_poll_event {
    void (*cb)(ns_poll_event *event);
    void *data;
    const char *source;
    ns_time ready;
    ns_poll_event *next;
    bool queued;
};

// uv__io_feed: a callback of the pending phase of the next iteration.
typedef struct ns_pending ns_pending;
struct ns_pending {
    void (*cb)(ns_pending *pending);
    void *data;
    ns_pending *next;
    bool queued;
};

typedef enum ns_poller_kind { NS_POLLER_EPOLL, NS_POLLER_KQUEUE, NS_POLLER_IOCP } ns_poller_kind;

typedef struct ns_loop_options {
    ns_poller_kind poller;
    const ns_profile *profile; // costs: "loop.*", "poller.<kind>.*"
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
ns_time ns_loop_idle_time(const ns_loop *loop); // uv_metrics_idle_time, ns

void ns_timer_init(ns_loop *loop, ns_timer *timer);
void ns_timer_start(ns_timer *timer, ns_timer_cb cb, uint64_t timeout_ms, uint64_t repeat_ms);
void ns_timer_stop(ns_timer *timer);
void ns_timer_again(ns_timer *timer); // restart with its repeat, if it has one

// type: NS_HANDLE_IDLE, NS_HANDLE_PREPARE or NS_HANDLE_CHECK
void ns_watcher_init(ns_loop *loop, ns_watcher *watcher, ns_handle_type type);
void ns_watcher_start(ns_watcher *watcher, ns_watcher_cb cb);
void ns_watcher_stop(ns_watcher *watcher);

// Active and referenced from the start, as uv_async_init.
void ns_async_init(ns_loop *loop, ns_async *async, ns_async_cb cb);
void ns_async_send(ns_async *async); // from anywhere in the simulation

void ns_loop_post(ns_loop *loop, ns_poll_event *event); // from anywhere; the event is ready now
void ns_loop_feed(ns_loop *loop, ns_pending *pending);

// A handle of another kind (NS_HANDLE_OTHER), for bindings that need liveness and closing only.
void ns_handle_init(ns_loop *loop, ns_handle *handle, ns_handle_type type);
void ns_handle_start(ns_handle *handle);
void ns_handle_stop(ns_handle *handle);
void ns_handle_ref(ns_handle *handle);
void ns_handle_unref(ns_handle *handle);
bool ns_handle_has_ref(const ns_handle *handle);
bool ns_handle_active(const ns_handle *handle);
bool ns_handle_closing(const ns_handle *handle);
void ns_handle_close(ns_handle *handle, void (*cb)(ns_handle *handle)); // cb in the closing phase

// uv__req_register: a request in flight keeps the loop alive.
void ns_loop_req_register(ns_loop *loop);
void ns_loop_req_unregister(ns_loop *loop);

#endif

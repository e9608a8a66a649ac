// What the files of the event loop share: loop.c (uv_run), handle.c, timer.c, watcher.c, async.c
// and poller.c mirror libuv's core.c, uv-common.h, timer.c, loop-watcher.c, async.c and linux.c.
#ifndef NS_MODEL_LOOP_INTERNAL_H
#define NS_MODEL_LOOP_INTERNAL_H

#include "model/loop.h"

enum ns_handle_flags {
    NS_HANDLE_REF = 1,
    NS_HANDLE_ACTIVE = 2,
    NS_HANDLE_CLOSING = 4,
    NS_HANDLE_CLOSED = 8
};

// CPU of the loop's own steps, ns; profile "loop.*" and "poller.<kind>.*".
typedef struct ns_loop_costs {
    ns_time iteration, update_time, timer, close;
    ns_time call, block, event, async_read;
    ns_time wakeup;                 // from an event until the thread that waits for it wants a core
    ns_time slack, slack_max, tick; // how late a poll with a timeout returns
    double slack_ratio;
} ns_loop_costs;

struct ns_loop {
    ns_sim *sim;
    ns_thread *thread;
    ns_sink *sink;
    ns_poller_kind poller;
    ns_loop_costs costs;

    uint64_t time; // ms
    int64_t active_handles, active_reqs;
    bool stop;
    ns_phase phase;

    ns_timer *timers; // root of a pairing heap
    uint64_t timer_counter;
    ns_list idle, prepare, check;
    ns_list pending;
    ns_handle *closing; // the last closed first

    ns_list asyncs;
    ns_poll_event async_event; // epoll, kqueue: the one descriptor behind all asyncs
    ns_list ready;             // what the kernel has and the loop has not asked for
    ns_list completions;       // IOCP: taken from the kernel, callbacks not yet run
    bool blocked;              // in poll, waiting
    ns_event wakeup;           // on its way while blocked

    ns_loop_metrics metrics;
    bool metering; // in poll with a timeout other than 0, since:
    ns_time entry_time;
    ns_time idle_time;
    bool poll_waits; // the poll under way has a timeout other than 0

    ns_rec_loop_iteration record;
    ns_time mark; // up to when the iteration's time has been attributed
};

// A step of the loop's own work.
static inline void ns_loop_charge(ns_loop *loop, ns_time cpu)
{
    ns_thread_charge(loop->thread, cpu);
}

void ns_loop_run_timers(ns_loop *loop);
int64_t ns_loop_next_timeout(const ns_loop *loop); // ms, -1: no timer
void ns_loop_run_watchers(ns_loop *loop, ns_list *watchers, ns_phase phase);
void ns_loop_woken(ns_sim *sim, ns_event *event); // of loop->wakeup
void ns_loop_poll(ns_loop *loop, int64_t timeout);
bool ns_loop_has_pending(const ns_loop *loop);
void ns_loop_run_pending(ns_loop *loop);
void ns_loop_run_closing(ns_loop *loop);
void ns_loop_push_closing(ns_loop *loop, ns_handle *handle);

void ns_loop_drain_asyncs(ns_poll_event *event); // callback of async_event
bool ns_async_close(ns_async *async);            // false: IOCP will close it later
void ns_async_make_first(ns_async *async);       // as if it had been initialised before all others
void ns_loop_emit_poller_event(ns_loop *loop, const char *source, ns_time ready);
void ns_loop_update_idle_time(ns_loop *loop);

#endif

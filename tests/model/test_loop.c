#include "machine.h"

// Handles with a name, that log it.
typedef struct named {
    union {
        ns_handle handle;
        ns_timer timer;
        ns_watcher watcher;
        ns_async async;
    };
    machine *m;
    const char *name;
    int count;
} named;

static void log_handle(void *handle)
{
    named *n = handle;
    n->count++;
    machine_log(n->m, "%s", n->name);
}

static void on_timer(ns_timer *timer)
{
    log_handle(timer);
}
static void on_watcher(ns_watcher *watcher)
{
    log_handle(watcher);
}
static void on_async(ns_async *async)
{
    log_handle(async);
}
static void on_close(ns_handle *handle)
{
    machine_log(((named *)handle)->m, "~%s", ((named *)handle)->name);
}

static void timer(machine *m, named *n, const char *name, uint64_t timeout, uint64_t repeat)
{
    *n = (named){.m = m, .name = name};
    ns_timer_init(m->loop, &n->timer);
    ns_timer_start(&n->timer, on_timer, timeout, repeat);
}

static void watcher(machine *m, named *n, const char *name, ns_handle_type type)
{
    *n = (named){.m = m, .name = name};
    ns_watcher_init(m->loop, &n->watcher, type);
    ns_watcher_start(&n->watcher, on_watcher);
}

static void run_body(void (*body)(machine *m), ns_poller_kind poller, const char *expected)
{
    machine m;
    machine_init(&m, 1, NULL, &(ns_loop_options){.poller = poller}, body);
    machine_run(&m);
    assert_log(&m, expected);
    machine_free(&m);
}

// The phases.

static void stop_all(ns_watcher *watcher)
{
    log_handle(watcher);
    named *n = (named *)watcher;
    if (n->count == 2) {
        named *all = n->m->data;
        for (int i = 0; i < 4; i++)
            ns_handle_close(&all[i].handle, on_close);
    }
}

static void on_pending(ns_pending *pending)
{
    machine_log(pending->data, "pending");
}

static void on_poll(ns_poll_event *event)
{
    machine_log(event->data, "poll");
}

static void phases(machine *m)
{
    named h[4];
    ns_pending pending = {.cb = on_pending, .data = m};
    ns_poll_event event = {.cb = on_poll, .data = m, .source = "net"};
    m->data = h;
    watcher(m, &h[0], "check", NS_HANDLE_CHECK);
    watcher(m, &h[1], "prepare", NS_HANDLE_PREPARE);
    h[2] = (named){.m = m, .name = "idle"};
    ns_watcher_init(m->loop, &h[2].watcher, NS_HANDLE_IDLE);
    ns_watcher_start(&h[2].watcher, stop_all);
    timer(m, &h[3], "timer", 0, 0);
    ns_loop_feed(m->loop, &pending);
    ns_loop_feed(m->loop, &pending); // once only
    ns_loop_post(m->loop, &event);
    machine_log(m, "main");
    cr_assert(not(ns_loop_run(m->loop, NS_RUN_DEFAULT)));
    cr_assert(eq(int, (int)ns_loop_phase(m->loop), (int)NS_PHASE_MAIN));
}

// Timers run once before the first iteration; closing runs the last closed first.
Test(loop, phases_in_the_order_of_uv_run)
{
    run_body(phases, NS_POLLER_EPOLL,
             "main timer pending idle prepare poll check idle ~timer ~idle ~prepare ~check ");
}

Test(loop, phases_on_windows_are_the_same_here)
{
    run_body(phases, NS_POLLER_IOCP,
             "main timer pending idle prepare poll check idle ~timer ~idle ~prepare ~check ");
}

static void once_and_nowait(machine *m)
{
    named t;
    timer(m, &t, "timer", 0, 0);
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_NOWAIT)); // timers come after poll
    timer(m, &t, "later", 10, 0);
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_NOWAIT)); // not yet
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_ONCE));   // waits for it
    cr_assert(eq(i64, ns_sim_now(m->sim), 10 * NS_MS));
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_ONCE)); // nothing is alive
}

Test(loop, run_once_and_nowait)
{
    run_body(once_and_nowait, NS_POLLER_EPOLL, "timer 0 1 later 0 0 ");
}

// In ONCE mode a loop with pending work must not sleep, but pending work is then done.
static void once_pending(machine *m)
{
    named t;
    ns_pending pending = {.cb = on_pending, .data = m};
    timer(m, &t, "timer", 1000, 0);
    ns_loop_feed(m->loop, &pending);
    ns_loop_run(m->loop, NS_RUN_ONCE);
    cr_assert(eq(i64, ns_sim_now(m->sim), 0));
    ns_handle_close(&t.handle, NULL);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(loop, run_once_does_not_sleep_after_pending_work)
{
    run_body(once_pending, NS_POLLER_EPOLL, "pending ");
}

static void stop_loop(ns_timer *timer)
{
    log_handle(timer);
    ns_loop_stop(timer->handle.loop);
}

static void stopping(machine *m)
{
    named t, w;
    watcher(m, &w, "prepare", NS_HANDLE_PREPARE);
    t = (named){.m = m, .name = "stop"};
    ns_timer_init(m->loop, &t.timer);
    ns_timer_start(&t.timer, stop_loop, 0, 0);
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_DEFAULT)); // before the first iteration
    ns_timer_start(&t.timer, stop_loop, 3, 0);
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_DEFAULT)); // at the end of one
    ns_watcher_stop(&w.watcher);
    ns_loop_stop(m->loop);
    ns_timer_start(&t.timer, on_timer, 0, 0);
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_DEFAULT)); // stopped before it began
    machine_log(m, "%d", ns_loop_run(m->loop, NS_RUN_DEFAULT));
}

Test(loop, stop_ends_the_run_after_the_iteration_and_is_reset)
{
    run_body(stopping, NS_POLLER_EPOLL, "stop 1 prepare stop 1 1 stop 0 ");
}

// Liveness.

static void liveness(machine *m)
{
    ns_loop *loop = m->loop;
    ns_handle h;
    ns_handle_init(loop, &h, NS_HANDLE_OTHER);
    cr_assert(not(ns_loop_alive(loop)));
    ns_handle_start(&h);
    ns_handle_start(&h); // no effect
    cr_assert(ns_loop_alive(loop));
    ns_handle_unref(&h);
    cr_assert(all(ns_handle_active(&h), not(ns_handle_has_ref(&h)), not(ns_loop_alive(loop))));
    ns_handle_unref(&h);
    ns_handle_stop(&h);
    ns_handle_ref(&h);
    cr_assert(not(ns_loop_alive(loop)));
    ns_handle_start(&h);
    cr_assert(ns_loop_alive(loop));
    ns_handle_close(&h, NULL);
    cr_assert(all(ns_handle_closing(&h), not(ns_handle_active(&h)), ns_loop_alive(loop)));
    ns_handle_unref(&h); // a closing handle is counted no more
    ns_handle_ref(&h);
    ns_loop_run(loop, NS_RUN_DEFAULT);
    cr_assert(all(ns_handle_closing(&h), not(ns_loop_alive(loop))));
    ns_loop_req_register(loop);
    cr_assert(ns_loop_alive(loop));
    ns_loop_req_unregister(loop);
    cr_assert(not(ns_loop_alive(loop)));
}

Test(loop, liveness_counts_active_and_referenced_handles_and_requests)
{
    run_body(liveness, NS_POLLER_EPOLL, "");
}

static void backend_timeouts(machine *m)
{
    ns_loop *loop = m->loop;
    named t, i, unref;
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), 0)); // nothing alive
    timer(m, &unref, "unref", 3, 0);
    ns_handle_unref(&unref.handle);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), 0)); // still nothing alive
    timer(m, &t, "t", 10, 0);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), 3)); // but its timer counts
    ns_timer_stop(&unref.timer);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), 10));
    watcher(m, &i, "i", NS_HANDLE_IDLE);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), 0));
    ns_watcher_stop(&i.watcher);
    ns_timer_start(&t.timer, on_timer, UINT64_MAX, 0);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), INT32_MAX));
    ns_timer_stop(&t.timer);
    ns_loop_req_register(loop);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), -1));
    ns_loop_stop(loop);
    cr_assert(eq(i64, ns_loop_backend_timeout(loop), 0));
    ns_loop_req_unregister(loop);
}

Test(loop, backend_timeout)
{
    run_body(backend_timeouts, NS_POLLER_EPOLL, "");
}

// Watchers.

static void restart_others(ns_watcher *watcher)
{
    log_handle(watcher);
    named *h = ((named *)watcher)->m->data;
    if (h[1].count > 1)
        return;
    ns_watcher_stop(&h[0].watcher); // would have been next: not in this round any more
    ns_watcher_start(&h[0].watcher, on_watcher);
    ns_watcher_start(&h[3].watcher, on_watcher); // new: not in this round
}

static void watchers(machine *m)
{
    named h[4];
    m->data = h;
    for (int i = 0; i < 4; i++) {
        h[i] = (named){.m = m, .name = (const char *[]){"a", "b", "c", "d"}[i]};
        ns_watcher_init(m->loop, &h[i].watcher, NS_HANDLE_CHECK);
    }
    ns_watcher_start(&h[0].watcher, on_watcher);
    ns_watcher_start(&h[1].watcher, restart_others);
    ns_watcher_start(&h[2].watcher, on_watcher);
    for (int i = 0; i < 3; i++) {
        ns_loop_run(m->loop, NS_RUN_NOWAIT);
        machine_log(m, "|");
    }
}

Test(loop, watchers_run_last_started_first)
{
    run_body(watchers, NS_POLLER_EPOLL, "c b | d a c b | d a c b | ");
}

// Closing.

static void close_another(ns_handle *handle)
{
    on_close(handle);
    named *h = (named *)handle;
    ns_handle_close(&h[1].handle, on_close);
}

static void close_in_close(machine *m)
{
    named h[2], check;
    watcher(m, &check, "check", NS_HANDLE_CHECK);
    ns_handle_unref(&check.handle);
    timer(m, &h[0], "first", 1000, 0);
    timer(m, &h[1], "second", 1000, 0);
    ns_handle_close(&h[0].handle, close_another);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(loop, what_a_close_callback_closes_waits_on_unix)
{
    run_body(close_in_close, NS_POLLER_EPOLL, "check ~first check ~second ");
}

Test(loop, what_a_close_callback_closes_does_not_wait_on_windows)
{
    run_body(close_in_close, NS_POLLER_IOCP, "check ~first ~second ");
}

// Asyncs.

static void asyncs(machine *m)
{
    named h[3];
    for (int i = 0; i < 3; i++) {
        h[i] = (named){.m = m, .name = (const char *[]){"a", "b", "c"}[i]};
        ns_async_init(m->loop, &h[i].async, on_async);
    }
    ns_async_send(&h[2].async);
    ns_async_send(&h[0].async);
    ns_async_send(&h[2].async); // one callback for both
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    machine_log(m, "|");
    ns_async_send(&h[1].async);
    ns_handle_close(&h[1].handle, on_close); // sent, but closed before the poll
    ns_async_send(&h[0].async);
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    machine_log(m, "|");
    ns_handle_close(&h[0].handle, NULL);
    ns_handle_close(&h[2].handle, NULL);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(loop, asyncs_coalesce_and_run_in_order_of_init_on_unix)
{
    run_body(asyncs, NS_POLLER_EPOLL, "a c | a ~b | ");
    run_body(asyncs, NS_POLLER_KQUEUE, "a c | a ~b | ");
}

Test(loop, asyncs_coalesce_and_run_in_order_of_sending_on_windows)
{
    run_body(asyncs, NS_POLLER_IOCP, "c a | a ~b | ");
}

static void send_from_outside(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_async_send(event->data);
}

static void close_async(ns_async *async)
{
    log_handle(async);
    named *n = (named *)async;
    machine_log(n->m, "%lld", (long long)(ns_sim_now(n->m->sim) / NS_MS));
    ns_handle_close(&async->handle, NULL);
}

static void blocked_async(machine *m)
{
    named a = {.m = m, .name = "a"};
    ns_event event;
    ns_async_init(m->loop, &a.async, close_async);
    ns_event_init(&event, send_from_outside, &a.async);
    ns_sim_at(m->sim, &event, 7 * NS_MS, NS_CLASS_DEVICE);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    cr_assert(eq(i64, ns_loop_idle_time(m->loop), 7 * NS_MS));
}

Test(loop, an_async_wakes_the_blocked_loop)
{
    run_body(blocked_async, NS_POLLER_EPOLL, "a 7 ");
    run_body(blocked_async, NS_POLLER_KQUEUE, "a 7 ");
    run_body(blocked_async, NS_POLLER_IOCP, "a 7 ");
}

// Pending work that feeds itself gets one pass, and eight more after poll.
static void feed_again(ns_pending *pending)
{
    machine *m = pending->data;
    machine_log(m, "p");
    if (m->log.len < 100)
        ns_loop_feed(m->loop, pending);
}

static void pending_passes(machine *m)
{
    named check;
    watcher(m, &check, "check", NS_HANDLE_CHECK);
    ns_pending pending = {.cb = feed_again, .data = m};
    ns_loop_feed(m->loop, &pending);
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
}

Test(loop, pending_work_gets_eight_more_passes)
{
    run_body(pending_passes, NS_POLLER_EPOLL, "p p p p p p p p p check ");
}

static int make_loop(void)
{
    ns_loop *loop = NULL;
    ns_sim *sim = NULL;
    int result = ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL);
    if (result == NS_OK)
        result = ns_loop_new(&loop, sim, NULL, &(ns_loop_options){0}, NULL);
    ns_loop_free(loop);
    ns_sim_free(sim);
    return result;
}

Test(loop, every_failed_allocation_is_reported)
{
    fail_every_allocation(make_loop);
}

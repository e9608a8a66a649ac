#include "machine.h"

enum { MOST = 60000 };

typedef struct poll poll;
typedef struct item {
    ns_poll_event event;
    poll *p;
    int64_t iteration;
    ns_time at;
} item;

struct poll {
    machine m;
    ns_sink sink;
    int count, delivered, records, iterations;
    ns_time next_start, wait, poll_time;
    item items[MOST];
};

static void on_event(ns_poll_event *event)
{
    item *i = event->data;
    poll *p = i->p;
    cr_assert(eq(ptr, i, &p->items[p->delivered])); // in the order of posting
    p->delivered++;
    i->iteration = ns_loop_iteration(p->m.loop);
    i->at = ns_sim_now(p->m.sim);
    cr_assert(eq(int, (int)ns_loop_phase(p->m.loop), (int)NS_PHASE_POLL));
}

static void on_record(ns_sink *sink, const ns_record *record)
{
    poll *p = ns_list_entry(sink, poll, sink);
    if (record->type == NS_REC_POLLER_EVENT) {
        p->records++;
        cr_assert(eq(i64, record->poller_event.iteration, ns_loop_iteration(p->m.loop)));
        cr_assert(ge(i64, record->poller_event.t_ns, record->poller_event.ready_ns));
        return;
    }
    const ns_rec_loop_iteration *r = &record->loop_iteration;
    cr_assert(eq(i64, r->seq, ++p->iterations));
    if (p->next_start >= 0) // else another run of the loop begins
        cr_assert(eq(i64, r->start_ns, p->next_start));
    p->next_start = r->start_ns + r->timers_ns + r->pending_ns + r->idle_prepare_ns + r->poll_ns +
                    r->check_ns + r->close_ns;
    cr_assert(le(i64, r->poll_wait_ns, r->poll_ns));
    p->wait += r->poll_wait_ns;
    p->poll_time += r->poll_ns;
}

static void post(poll *p, int count)
{
    for (int i = 0; i < count; i++) {
        item *it = &p->items[p->count++];
        *it = (item){.p = p, .event = {.cb = on_event, .data = it, .source = "net"}};
        ns_loop_post(p->m.loop, &it->event);
    }
}

static poll *run_body(ns_poller_kind poller, const ns_profile *profile, void (*body)(machine *m))
{
    poll *p = ns_calloc(1, sizeof *p);
    p->sink.emit = on_record;
    p->next_start = -1;
    machine_init(&p->m, 1, NULL, NULL, body);
    ns_loop_free(p->m.loop);
    must(ns_loop_new(&p->m.loop, p->m.sim, p->m.main,
                     &(ns_loop_options){.poller = poller, .profile = profile, .sink = &p->sink},
                     NULL));
    p->sink.emit = on_record;
    machine_run(&p->m);
    cr_assert(eq(int, p->records, p->delivered));
    return p;
}

static void destroy(poll *p)
{
    machine_free(&p->m);
    ns_free(p);
}

static void three_iterations(machine *m)
{
    poll *p = (poll *)m;
    post(p, MOST);
    ns_loop_req_register(m->loop);
    for (int i = 0; i < 3; i++)
        ns_loop_run(m->loop, NS_RUN_NOWAIT);
    ns_loop_req_unregister(m->loop);
}

// 48 calls of 1,024 events, then the loop goes on.
static void unix_batches(ns_poller_kind kind)
{
    poll *p = run_body(kind, NULL, three_iterations);
    cr_assert(eq(int, p->delivered, MOST));
    cr_assert(eq(i64, p->items[48 * 1024 - 1].iteration, 1));
    cr_assert(eq(i64, p->items[48 * 1024].iteration, 2));
    cr_assert(eq(i64, p->items[MOST - 1].iteration, 2));
    ns_loop_metrics metrics = ns_loop_get_metrics(p->m.loop);
    cr_assert(eq(u64, metrics.loop_count, 3));
    cr_assert(eq(u64, metrics.events, MOST));
    cr_assert(eq(u64, metrics.events_waiting, 2 * 1024)); // of each iteration's first call
    destroy(p);
}

Test(poller, epoll_takes_48_batches_of_1024)
{
    unix_batches(NS_POLLER_EPOLL);
}

Test(poller, kqueue_takes_48_batches_of_1024)
{
    unix_batches(NS_POLLER_KQUEUE);
}

Test(poller, iocp_takes_one_batch_of_128)
{
    poll *p = run_body(NS_POLLER_IOCP, NULL, three_iterations);
    cr_assert(eq(int, p->delivered, 3 * 128));
    cr_assert(eq(i64, p->items[127].iteration, 1));
    cr_assert(eq(i64, p->items[128].iteration, 2));
    cr_assert(eq(u64, ns_loop_get_metrics(p->m.loop).events_waiting, 3 * 128));
    destroy(p);
}

// What an event's callback posts is not part of its batch; a full batch is followed by another
// call.
static void post_another(ns_poll_event *event)
{
    on_event(event);
    item *i = event->data;
    post(i->p, 1);
}

static void chain(machine *m)
{
    poll *p = (poll *)m;
    post(p, 1);
    p->items[0].event.cb = post_another;
    ns_loop_req_register(m->loop);
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    cr_assert(eq(int, p->delivered, 1));
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    cr_assert(eq(int, p->delivered, 2));
    post(p, 1024);
    p->items[2].event.cb = post_another;
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    cr_assert(eq(int, p->delivered, 2 + 1025));
    ns_loop_req_unregister(m->loop);
}

Test(poller, events_of_a_callback_wait_for_the_next_call)
{
    destroy(run_body(NS_POLLER_EPOLL, NULL, chain));
}

// Closing a descriptor takes its event out of the batch under way.
static void drop_the_next(ns_poll_event *event)
{
    on_event(event);
    item *i = event->data;
    ns_loop_unpost(i->p->m.loop, &(i + 1)->event);
    ns_loop_unpost(i->p->m.loop, &(i + 1)->event);
}

static void invalidation(machine *m)
{
    poll *p = (poll *)m;
    post(p, 2);
    p->items[0].event.cb = drop_the_next;
    ns_loop_req_register(m->loop);
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    cr_assert(eq(int, p->delivered, 1));
    ns_loop_req_unregister(m->loop);
}

Test(poller, an_event_can_be_taken_back_from_the_batch)
{
    poll *p = run_body(NS_POLLER_EPOLL, NULL, invalidation);
    cr_assert(eq(u64, ns_loop_get_metrics(p->m.loop).events, 1));
    destroy(p);
    destroy(run_body(NS_POLLER_IOCP, NULL, invalidation));
}

// Costs and times with a profile.

static void nothing(ns_timer *timer)
{
    (void)timer;
}

static void one_timer(machine *m)
{
    ns_timer timer;
    ns_timer_init(m->loop, &timer);
    ns_timer_start(&timer, nothing, 1000, 0);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

static ns_profile *default_profile(void)
{
    ns_profile *profile;
    ns_err err = {0};
    cr_assert(eq(int, ns_profile_load(&profile, "default", &err), NS_OK), "%s", err.msg);
    return profile;
}

// Linux lets a sleep of 1 s end 1 ms late (slack_ratio), one of 10 ms 0.05 ms (slack).
Test(poller, epoll_returns_late_by_the_kernels_slack)
{
    ns_profile *profile = default_profile();
    poll *p = run_body(NS_POLLER_EPOLL, profile, one_timer);
    ns_time call = ns_profile_ns(profile, "poller.epoll.call");
    ns_time block = ns_profile_ns(profile, "poller.epoll.block");
    ns_time end = ns_sim_now(p->m.sim), span = 1000 * NS_MS;
    ns_time slack = (ns_time)(ns_profile_get(profile, "poller.epoll.slack_ratio") * (double)span);
    ns_time most = span + slack + 2 * call + block + 20 * NS_US;
    cr_assert(all(ge(i64, end, span + slack), le(i64, end, most)));
    cr_assert(eq(int, p->iterations, 1));
    cr_assert(gt(i64, p->wait, span - block));
    // idle time counts from the entry of the call to the update of the loop's time after it
    ns_time entry = call + block + ns_profile_ns(profile, "loop.update_time");
    cr_assert(eq(i64, ns_loop_idle_time(p->m.loop), p->wait + entry));
    // every ns of the iteration beside the wait is CPU of the thread
    cr_assert(eq(i64, p->wait + ns_thread_cpu(p->m.main), end));
    destroy(p);
    ns_profile_free(profile);
}

static void long_timer(machine *m)
{
    ns_timer timer;
    ns_timer_init(m->loop, &timer);
    ns_timer_start(&timer, nothing, 10, 0);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    ns_time begin = ns_sim_now(m->sim);
    machine_log(m, "%lld", (long long)(begin / 10000)); // in steps of 10 us
    ((poll *)m)->next_start = -1;
    ns_loop_update_time(m->loop);
    ns_timer_start(&timer, nothing, 1000000, 0);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    machine_log(m, "%lld", (long long)((ns_sim_now(m->sim) - begin) / NS_MS));
}

// 50 us after 10 ms (and some us of waking up), 100 ms after 1,000 s: never less, and never more.
Test(poller, the_slack_has_a_least_and_a_most)
{
    ns_profile *profile = default_profile();
    poll *p = run_body(NS_POLLER_EPOLL, profile, long_timer);
    assert_log(&p->m, "1005 1000100 ");
    destroy(p);
    ns_profile_free(profile);
}

static void not_fed(ns_pending *pending)
{
    (void)pending;
    cr_assert(not(true), "it was taken back");
}

static void take_back(machine *m)
{
    ns_pending pending = {.cb = not_fed};
    ns_loop_feed(m->loop, &pending);
    ns_loop_unfeed(m->loop, &pending);
    ns_loop_unfeed(m->loop, &pending);
    cr_assert(not(ns_loop_run(m->loop, NS_RUN_DEFAULT)));
}

Test(poller, pending_work_can_be_taken_back)
{
    destroy(run_body(NS_POLLER_EPOLL, NULL, take_back));
}

Test(poller, iocp_returns_at_a_tick)
{
    ns_profile *profile = default_profile();
    poll *p = run_body(NS_POLLER_IOCP, profile, one_timer);
    ns_time tick = ns_profile_ns(profile, "poller.iocp.tick");
    ns_time expected = (1000 * NS_MS + tick - 1) / tick * tick;
    ns_time end = ns_sim_now(p->m.sim);
    cr_assert(all(ge(i64, end, expected), le(i64, end, expected + tick + 50 * NS_US)));
    destroy(p);
    ns_profile_free(profile);
}

static void hundred_events(machine *m)
{
    post((poll *)m, 100);
    ns_loop_req_register(m->loop);
    ns_loop_run(m->loop, NS_RUN_NOWAIT);
    ns_loop_req_unregister(m->loop);
}

Test(poller, each_call_and_each_event_has_its_cost)
{
    ns_profile *profile = default_profile();
    poll *p = run_body(NS_POLLER_EPOLL, profile, hundred_events);
    ns_time expected = ns_profile_ns(profile, "poller.epoll.call") +
                       100 * ns_profile_ns(profile, "poller.epoll.event") +
                       ns_profile_ns(profile, "loop.update_time");
    cr_assert(eq(i64, p->poll_time, expected));
    destroy(p);
    ns_profile_free(profile);
}

// The loop waits; an event comes at 5 ms, another while it wakes up.
static void post_event(ns_sim *sim, ns_event *event)
{
    (void)sim;
    post(event->data, 1);
}

static void wait_for_two(machine *m)
{
    poll *p = (poll *)m;
    ns_event events[2];
    for (int i = 0; i < 2; i++) {
        ns_event_init(&events[i], post_event, p);
        ns_sim_at(m->sim, &events[i], 5 * NS_MS + i * NS_US, NS_CLASS_DEVICE);
    }
    ns_loop_req_register(m->loop);
    ns_loop_run(m->loop, NS_RUN_ONCE);
    ns_loop_req_unregister(m->loop);
}

Test(poller, waking_up_takes_its_time_once)
{
    ns_profile *profile = default_profile();
    poll *p = run_body(NS_POLLER_EPOLL, profile, wait_for_two);
    ns_time first = 5 * NS_MS + ns_profile_ns(profile, "poller.epoll.wakeup") +
                    ns_profile_ns(profile, "loop.update_time") +
                    ns_profile_ns(profile, "poller.epoll.event");
    cr_assert(eq(int, p->delivered, 2));
    cr_assert(eq(i64, p->items[0].at, first));
    cr_assert(eq(i64, p->items[1].at, first + ns_profile_ns(profile, "poller.epoll.event")));
    destroy(p);
    ns_profile_free(profile);
}

// 1,000,000 iterations must not make the process grow: nothing is allocated in a run.
typedef struct spinning {
    machine m;
    ns_watcher check, idle;
    int left;
} spinning;

static void again(ns_watcher *watcher)
{
    spinning *s = watcher->handle.data;
    if (--s->left > 0)
        return;
    ns_watcher_stop(&s->check);
    ns_watcher_stop(&s->idle);
}

static void no_op(ns_watcher *watcher)
{
    (void)watcher;
}

static void spin(machine *m)
{
    spinning *s = (spinning *)m;
    ns_watcher_init(m->loop, &s->check, NS_HANDLE_CHECK);
    ns_watcher_init(m->loop, &s->idle, NS_HANDLE_IDLE);
    s->check.handle.data = s;
    ns_watcher_start(&s->check, again);
    ns_watcher_start(&s->idle, no_op);
    failing none = {.fail_at = 0}; // not one allocation succeeds
    ns_set_allocator(failing_realloc, &none);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
    ns_set_allocator(NULL, NULL);
    cr_assert(eq(long, none.calls, 0));
}

Test(poller, a_million_iterations_allocate_nothing)
{
    spinning s = {.left = 1000000};
    machine_init(&s.m, 1, NULL, NULL, spin);
    s.left = 1000000;
    machine_run(&s.m);
    cr_assert(eq(i64, ns_loop_iteration(s.m.loop), 1000000));
    machine_free(&s.m);
}

// uv_run, and the state of a loop (source: deps/uv/src/unix/core.c, unix/loop.c, win/core.c).
#include "model/loop.h"

#include <assert.h>
#include <stdio.h>

#include "base/alloc.h"
#include "model/loop_internal.h"

enum {
    PENDING_PASSES = 8
}; // after poll, so that callbacks that feed others cannot starve the loop

static const char *const poller_names[] = {
    [NS_POLLER_EPOLL] = "epoll", [NS_POLLER_KQUEUE] = "kqueue", [NS_POLLER_IOCP] = "iocp"};

static double poller_constant(const ns_loop *loop, const ns_profile *profile, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "poller.%s.%s", poller_names[loop->poller], name);
    return ns_profile_get(profile, path);
}

static void read_costs(ns_loop *loop, const ns_profile *profile)
{
    ns_loop_costs *costs = &loop->costs;
    costs->iteration = ns_profile_ns(profile, "loop.iteration");
    costs->update_time = ns_profile_ns(profile, "loop.update_time");
    costs->timer = ns_profile_ns(profile, "loop.timer");
    costs->close = ns_profile_ns(profile, "loop.close");
    costs->call = (ns_time)poller_constant(loop, profile, "call");
    costs->block = (ns_time)poller_constant(loop, profile, "block");
    costs->event = (ns_time)poller_constant(loop, profile, "event");
    costs->async_read = (ns_time)poller_constant(loop, profile, "async_read");
    costs->wakeup = (ns_time)poller_constant(loop, profile, "wakeup");
    costs->slack = (ns_time)poller_constant(loop, profile, "slack");
    costs->slack_max = (ns_time)poller_constant(loop, profile, "slack_max");
    costs->slack_ratio = poller_constant(loop, profile, "slack_ratio");
    costs->tick = (ns_time)poller_constant(loop, profile, "tick");
}

int ns_loop_new(ns_loop **out, ns_sim *sim, ns_thread *thread, const ns_loop_options *options,
                ns_err *err)
{
    ns_loop *loop = ns_calloc(1, sizeof *loop);
    if (!loop)
        return ns_fail(err, NS_ENOMEM, "no memory for the event loop");
    loop->sim = sim;
    loop->thread = thread;
    loop->sink = options->sink;
    loop->poller = options->poller;
    if (options->profile)
        read_costs(loop, options->profile);
    ns_list_init(&loop->idle);
    ns_list_init(&loop->prepare);
    ns_list_init(&loop->check);
    ns_list_init(&loop->pending);
    ns_list_init(&loop->asyncs);
    ns_list_init(&loop->ready);
    ns_list_init(&loop->completions);
    ns_event_init(&loop->wakeup, ns_loop_woken, loop);
    loop->async_event = (ns_poll_event){.cb = ns_loop_drain_asyncs, .data = loop};
    loop->phase = NS_PHASE_MAIN;
    loop->time = (uint64_t)(ns_sim_now(sim) / NS_MS);
    *out = loop;
    return NS_OK;
}

void ns_loop_free(ns_loop *loop)
{
    if (loop)
        ns_sim_cancel(loop->sim, &loop->wakeup);
    ns_free(loop);
}

bool ns_loop_alive(const ns_loop *loop)
{
    return loop->active_handles > 0 || loop->active_reqs > 0 || ns_loop_has_pending(loop) ||
           loop->closing;
}

int64_t ns_loop_backend_timeout(const ns_loop *loop)
{
    if (loop->stop || (loop->active_handles == 0 && loop->active_reqs == 0) ||
        ns_loop_has_pending(loop) || !ns_list_empty(&loop->idle) || loop->closing)
        return 0;
    return ns_loop_next_timeout(loop);
}

void ns_loop_update_time(ns_loop *loop)
{
    ns_loop_charge(loop, loop->costs.update_time);
    ns_thread_sync(loop->thread);
    loop->time = (uint64_t)(ns_sim_now(loop->sim) / NS_MS);
}

// Attribute the time since the last mark to a part of the iteration. The parts of an iteration add
// up to its whole length.
static void mark(ns_loop *loop, int64_t *part)
{
    ns_thread_sync(loop->thread);
    ns_time now = ns_sim_now(loop->sim);
    *part += now - loop->mark;
    loop->mark = now;
}

static void begin_record(ns_loop *loop)
{
    loop->mark = ns_sim_now(loop->sim);
    loop->record = (ns_rec_loop_iteration){.seq = loop->record.seq, .start_ns = loop->mark};
}

static void end_record(ns_loop *loop)
{
    ns_emit(loop->sink,
            &(ns_record){.type = NS_REC_LOOP_ITERATION, .loop_iteration = loop->record});
    begin_record(loop);
}

static void update_time_and_run_timers(ns_loop *loop)
{
    ns_loop_update_time(loop);
    ns_loop_run_timers(loop);
    mark(loop, &loop->record.timers_ns);
}

// The passes over the pending queue behind poll.
static void run_pending_again(ns_loop *loop)
{
    int64_t spent = 0;
    for (int i = 0; i < PENDING_PASSES && ns_loop_has_pending(loop); i++)
        ns_loop_run_pending(loop);
    mark(loop, &spent);
    if (loop->poller == NS_POLLER_IOCP) {
        loop->record.poll_ns += spent;
    } else {
        loop->record.pending_ns += spent;
        loop->record.late_pending_ns = spent;
    }
}

static void iterate(ns_loop *loop, ns_run_mode mode)
{
    ns_rec_loop_iteration *record = &loop->record;
    record->seq++;
    record->early_timers_ns = record->timers_ns;
    ns_loop_charge(loop, loop->costs.iteration);
    bool can_sleep = !ns_loop_has_pending(loop) && ns_list_empty(&loop->idle);

    ns_loop_run_pending(loop);
    mark(loop, &record->pending_ns);
    ns_loop_run_watchers(loop, &loop->idle, NS_PHASE_IDLE);
    ns_loop_run_watchers(loop, &loop->prepare, NS_PHASE_PREPARE);
    mark(loop, &record->idle_prepare_ns);

    int64_t timeout = 0;
    if (mode == NS_RUN_DEFAULT || (mode == NS_RUN_ONCE && can_sleep))
        timeout = ns_loop_backend_timeout(loop);
    loop->metrics.loop_count++;
    ns_loop_poll(loop, timeout);
    mark(loop, &record->poll_ns);

    run_pending_again(loop);
    ns_loop_update_idle_time(loop);

    ns_loop_run_watchers(loop, &loop->check, NS_PHASE_CHECK);
    mark(loop, &record->check_ns);
    ns_loop_run_closing(loop);
    mark(loop, &record->close_ns);
    update_time_and_run_timers(loop);
    end_record(loop);
}

bool ns_loop_run(ns_loop *loop, ns_run_mode mode)
{
    assert(ns_thread_executing(loop->thread));
    assert(loop->phase == NS_PHASE_MAIN && "a loop that runs cannot be run");
    ns_thread_sync(loop->thread);
    begin_record(loop);
    bool alive = ns_loop_alive(loop);
    if (!alive)
        ns_loop_update_time(loop);
    else if (mode == NS_RUN_DEFAULT && !loop->stop)
        update_time_and_run_timers(loop);
    while (alive && !loop->stop) {
        iterate(loop, mode);
        alive = ns_loop_alive(loop);
        if (mode != NS_RUN_DEFAULT)
            break;
    }
    loop->stop = false;
    loop->phase = NS_PHASE_MAIN;
    return alive;
}

void ns_loop_stop(ns_loop *loop)
{
    loop->stop = true;
}

uint64_t ns_loop_now(const ns_loop *loop)
{
    return loop->time;
}

ns_phase ns_loop_phase(const ns_loop *loop)
{
    return loop->phase;
}

int64_t ns_loop_iteration(const ns_loop *loop)
{
    return loop->record.seq;
}

ns_sim *ns_loop_sim(const ns_loop *loop)
{
    return loop->sim;
}

ns_thread *ns_loop_thread(const ns_loop *loop)
{
    return loop->thread;
}

ns_time ns_loop_idle_time(const ns_loop *loop)
{
    ns_time waiting = loop->metering ? ns_sim_now(loop->sim) - loop->entry_time : 0;
    return loop->idle_time + waiting;
}

ns_loop_metrics ns_loop_get_metrics(const ns_loop *loop)
{
    return loop->metrics;
}

void ns_loop_count_events(ns_loop *loop, uint64_t events)
{
    loop->metrics.events += events;
    if (!loop->poll_waits)
        loop->metrics.events_waiting += events;
}

void ns_loop_req_register(ns_loop *loop)
{
    loop->active_reqs++;
}

void ns_loop_req_unregister(ns_loop *loop)
{
    assert(loop->active_reqs > 0);
    loop->active_reqs--;
}

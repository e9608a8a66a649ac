// Simulated threads: a coroutine whose demands are a job of the CPU model.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/cpu.h"

typedef enum thread_state {
    THREAD_NEW,
    THREAD_READY,     // has a demand at the CPU model, perhaps of 0
    THREAD_EXECUTING, // its code runs, at one instant of virtual time
    THREAD_BLOCKED,   // until ns_thread_wake
    THREAD_SUSPENDED, // until ns_thread_resume
    THREAD_DONE
} thread_state;

struct ns_thread {
    ns_sim *sim;
    ns_cpu *cpu;
    ns_coro *coro;
    ns_cpu_job job;
    ns_thread_fn fn;
    void *arg;
    ns_time accrued;
    thread_state state;
    bool wake; // a wake-up that no block has taken yet
    bool timed_out;
    ns_event timer;
    void (*abandon)(void *arg); // while suspended
    void *abandon_arg;
    ns_thread_watch_fn watch;
    void *watch_opaque;
    char name[32];
};

static void thread_entry(void *arg)
{
    ns_thread *thread = arg;
    thread->fn(thread, thread->arg);
    ns_thread_sync(thread);
    thread->state = THREAD_DONE;
}

// The thread has its core: go on until it has a demand again, waits, or ends.
static void thread_run(ns_cpu_job *job)
{
    ns_thread *thread = job->data;
    thread->state = THREAD_EXECUTING;
    ns_coro_resume(thread->coro);
    assert(thread->state != THREAD_EXECUTING);
}

static void timer_fired(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_thread *thread = event->data;
    assert(thread->state == THREAD_BLOCKED);
    thread->timed_out = true;
    thread->state = THREAD_READY;
    ns_cpu_submit(thread->cpu, &thread->job, 0);
}

int ns_thread_new(ns_thread **out, ns_sim *sim, ns_cpu *cpu, const char *name, size_t stack_size,
                  ns_thread_fn fn, void *arg, ns_err *err)
{
    ns_thread *thread = ns_calloc(1, sizeof *thread);
    if (!thread)
        return ns_fail(err, NS_ENOMEM, "no memory for the thread %s", name);
    int r = ns_coro_new(&thread->coro, stack_size, thread_entry, thread, err);
    if (r != NS_OK) {
        ns_free(thread);
        return r;
    }
    thread->sim = sim;
    thread->cpu = cpu;
    thread->fn = fn;
    thread->arg = arg;
    strncpy(thread->name, name, sizeof thread->name - 1);
    ns_cpu_job_init(&thread->job, thread_run, thread);
    thread->job.stays = true;
    thread->job.cls = NS_CLASS_THREAD;
    ns_event_init(&thread->timer, timer_fired, thread);
    *out = thread;
    return NS_OK;
}

void ns_thread_free(ns_thread *thread)
{
    if (!thread)
        return;
    assert(thread->state != THREAD_EXECUTING);
    if (thread->state == THREAD_SUSPENDED && thread->abandon)
        thread->abandon(thread->abandon_arg);
    ns_sim_cancel(thread->sim, &thread->timer);
    ns_cpu_withdraw(thread->cpu, &thread->job);
    ns_coro_free(thread->coro);
    ns_free(thread);
}

void ns_thread_start(ns_thread *thread)
{
    assert(thread->state == THREAD_NEW);
    thread->state = THREAD_READY;
    ns_cpu_submit(thread->cpu, &thread->job, 0);
}

bool ns_thread_done(const ns_thread *thread)
{
    return thread->state == THREAD_DONE;
}

bool ns_thread_executing(const ns_thread *thread)
{
    return thread->state == THREAD_EXECUTING;
}

const char *ns_thread_name(const ns_thread *thread)
{
    return thread->name;
}

ns_coro *ns_thread_coro(ns_thread *thread)
{
    return thread->coro;
}

ns_time ns_thread_cpu(const ns_thread *thread)
{
    return thread->job.demanded + thread->accrued;
}

void ns_thread_charge(ns_thread *thread, ns_time cpu)
{
    assert(cpu >= 0);
    thread->accrued += cpu;
}

static void yield_as(ns_thread *thread, thread_state state)
{
    thread->state = state;
    ns_coro_yield(thread->coro);
    assert(thread->state == THREAD_EXECUTING);
}

void ns_thread_sync(ns_thread *thread)
{
    assert(thread->state == THREAD_EXECUTING);
    ns_time demand = thread->accrued;
    if (demand == 0)
        return;
    thread->accrued = 0;
    ns_time from = ns_sim_now(thread->sim);
    if (!ns_cpu_advance(thread->cpu, &thread->job, demand)) {
        ns_cpu_submit(thread->cpu, &thread->job, demand);
        yield_as(thread, THREAD_READY);
    }
    if (thread->watch)
        thread->watch(thread->watch_opaque, demand, from, ns_sim_now(thread->sim));
}

void ns_thread_yield(ns_thread *thread)
{
    ns_thread_sync(thread);
    ns_time from = ns_sim_now(thread->sim);
    ns_cpu_end_turn(thread->cpu, &thread->job);
    ns_cpu_submit(thread->cpu, &thread->job, 0);
    yield_as(thread, THREAD_READY);
    if (thread->watch)
        thread->watch(thread->watch_opaque, 0, from, ns_sim_now(thread->sim));
}

void ns_thread_preempt(ns_thread *thread)
{
    ns_cpu_end_turn(thread->cpu, &thread->job);
}

int ns_thread_core(const ns_thread *thread)
{
    return thread->job.last_core;
}

void ns_thread_watch(ns_thread *thread, ns_thread_watch_fn fn, void *opaque)
{
    thread->watch = fn;
    thread->watch_opaque = opaque;
}

static bool take_wake(ns_thread *thread)
{
    bool wake = thread->wake;
    thread->wake = false;
    return wake;
}

void ns_thread_block(ns_thread *thread)
{
    ns_thread_sync(thread);
    if (!take_wake(thread))
        yield_as(thread, THREAD_BLOCKED);
}

bool ns_thread_sleep_until(ns_thread *thread, ns_time at)
{
    ns_thread_sync(thread);
    if (take_wake(thread))
        return true;
    if (at <= ns_sim_now(thread->sim))
        return false;
    if (ns_cpu_idle_until(thread->cpu, &thread->job, at))
        return false;
    thread->timed_out = false;
    ns_sim_at(thread->sim, &thread->timer, at, NS_CLASS_DEVICE);
    yield_as(thread, THREAD_BLOCKED);
    return !thread->timed_out || take_wake(thread);
}

void ns_thread_sleep(ns_thread *thread, ns_time length)
{
    ns_thread_sync(thread);
    ns_time end = ns_sim_now(thread->sim) + length;
    bool woken = false;
    while (ns_sim_now(thread->sim) < end)
        woken |= ns_thread_sleep_until(thread, end);
    if (woken) // whoever blocks next must see what the sleep swallowed
        ns_thread_wake(thread);
}

void ns_thread_suspend(ns_thread *thread, void (*abandon)(void *arg), void *arg)
{
    ns_thread_sync(thread);
    thread->abandon = abandon;
    thread->abandon_arg = arg;
    yield_as(thread, THREAD_SUSPENDED);
}

void ns_thread_resume(ns_thread *thread)
{
    assert(thread->state == THREAD_SUSPENDED);
    thread->state = THREAD_READY;
    ns_cpu_submit(thread->cpu, &thread->job, 0);
}

void ns_thread_resume_at_home(ns_thread *thread)
{
    thread->job.home = thread->job.last_core;
    ns_thread_resume(thread);
}

void ns_thread_wake(ns_thread *thread)
{
    if (thread->state != THREAD_BLOCKED) {
        thread->wake = true;
        return;
    }
    ns_sim_cancel(thread->sim, &thread->timer);
    thread->state = THREAD_READY;
    ns_cpu_submit(thread->cpu, &thread->job, 0);
}

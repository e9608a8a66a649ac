// The cores, and the simulated threads that share them.
//
// N identical cores, shared fairly: runnable threads wait in one FIFO queue, each runs for at most
// a quantum while others wait, and a core that changes threads pays a context switch. A thread that
// is alone when its quantum ends gets another. (Source: the round-robin limit of Linux' EEVDF/CFS
// for threads of equal weight; quantum and switch cost come from the machine profile.)
//
// A job may have a home: the one core at which it waits, as threads do in Linux, where each core
// has a queue. At a tick a core for which nobody waits may take it, by a chance that is measured
// (bench/perf-wakes; kernel/sched/fair.c: sched_balance_newidle, nohz_balancer_kick). Which ticks,
// the seed says.
//
// A thread's demand is given in ns of a core of speed 1; speed 2 halves it.
#ifndef NS_MODEL_CPU_H
#define NS_MODEL_CPU_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "sim/coro.h"
#include "sim/sim.h"

typedef struct ns_cpu ns_cpu;
typedef struct ns_cpu_options {
    int cores;           // 1..1024
    double speed;        // relative to the machine of the profile, 2^-10..2^10
    ns_time quantum;     // longest turn while another thread waits, >= 1
    ns_time switch_cost; // of a core that changes threads, >= 0
    ns_time tick;        // >= 0; 0: there are none, and no core takes what waits at another
    double balanced;     // 0..1: the chance that it does so, at a tick
} ns_cpu_options;

// NS_EINVAL when an option is out of its range, NS_ENOMEM.
int ns_cpu_new(ns_cpu **out, ns_sim *sim, const ns_cpu_options *options, ns_err *err);
void ns_cpu_free(ns_cpu *cpu);
int ns_cpu_cores(const ns_cpu *cpu);
ns_sim *ns_cpu_sim(const ns_cpu *cpu);

// A demand for CPU by something that is not a coroutine (a pool thread). Caller-owned, made with
// ns_cpu_job_init; fields below `data` belong to the model.
typedef struct ns_cpu_job ns_cpu_job;
struct ns_cpu_job {
    // The demand was served, and the job still holds its core: if it is submitted again before this
    // returns, its turn goes on; else the core is free.
    void (*done)(ns_cpu_job *job);
    void *data;
    ns_class cls;     // of the event that ends a demand
    uint64_t id;      // 0 until first submitted
    ns_time left;     // still to be served, in ns of these cores
    ns_time demanded; // so far, in ns of speed 1
    int64_t carry;    // the fraction of a ns that rounding has kept back
    ns_list link;
    int core, last_core; // -1: none
    // Where it waits, until it has no demand any more, to be set before it is submitted; -1: at all
    // cores.
    int home;
    bool stays; // where it is when its turn ends and a job waits whose home that core is
    int state;
};

void ns_cpu_job_init(ns_cpu_job *job, void (*done)(ns_cpu_job *job), void *data);
void ns_cpu_submit(ns_cpu *cpu, ns_cpu_job *job, ns_time demand); // a job that is not in service
ns_time ns_cpu_time(const ns_cpu *cpu, ns_time demand); // that a demand takes, waiting aside
void ns_cpu_withdraw(ns_cpu *cpu, ns_cpu_job *job); // drop it, wherever it is; `done` does not run
// Of a demand that is in service or waits for a core, serve at most `most` (ns of speed 1). What is
// cut off, in the same; the job ends the sooner.
ns_time ns_cpu_cut(ns_cpu *cpu, ns_cpu_job *job, ns_time most);
// For a job that holds its core (inside its `done`): its turn is over, if others wait.
void ns_cpu_end_turn(ns_cpu *cpu, ns_cpu_job *job);
// The turn of the job that a core serves is over, if others wait for it.
void ns_cpu_preempt(ns_cpu *cpu, int core);
// For a job that holds its core (inside its `done`): serve a demand at once by moving the clock, if
// nothing else happens before it ends. False if it must be submitted instead.
bool ns_cpu_advance(ns_cpu *cpu, ns_cpu_job *job, ns_time demand);
// The same for doing nothing until `at`.
bool ns_cpu_idle_until(ns_cpu *cpu, ns_cpu_job *job, ns_time at);

typedef struct ns_cpu_stats {
    ns_time busy;      // summed over cores, without switching
    ns_time switching; // summed over cores
    uint64_t switches;
    double utilization; // 0..1 since the start, switching included
    double runnable;    // time-weighted mean of threads waiting for a core
} ns_cpu_stats;
void ns_cpu_get_stats(const ns_cpu *cpu, ns_cpu_stats *out);

// A simulated thread that runs straight code on a coroutine (main, workers). Costs are accrued with
// ns_thread_charge, which is a mere addition, and met by ns_thread_sync: virtual time passes there,
// and only there, in ns_thread_block, ns_thread_sleep_until and ns_thread_suspend.
typedef struct ns_thread ns_thread;
typedef void (*ns_thread_fn)(ns_thread *thread, void *arg);

int ns_thread_new(ns_thread **out, ns_sim *sim, ns_cpu *cpu, const char *name, size_t stack_size,
                  ns_thread_fn fn, void *arg, ns_err *err);
void ns_thread_free(ns_thread *thread);  // not from itself; before its cpu
void ns_thread_start(ns_thread *thread); // it first runs when the simulation does
bool ns_thread_done(const ns_thread *thread);
bool ns_thread_executing(const ns_thread *thread); // whether the caller is on this thread
const char *ns_thread_name(const ns_thread *thread);
ns_coro *ns_thread_coro(ns_thread *thread);

// Called on the thread itself.
void ns_thread_charge(ns_thread *thread, ns_time cpu);
// Tell `fn` of each stretch in which the thread was on a core or waited for one: its CPU demand,
// and from when to when. NULL: nobody. Called on the thread, when the stretch is over.
typedef void (*ns_thread_watch_fn)(void *opaque, ns_time cpu, ns_time from, ns_time to);
void ns_thread_watch(ns_thread *thread, ns_thread_watch_fn fn, void *opaque);
void ns_thread_sync(ns_thread *thread);
// Sync, then let those go first that wait for its core (sched_yield).
void ns_thread_yield(ns_thread *thread);
// The turn of the thread that executes is over, at its next sync.
void ns_thread_preempt(ns_thread *thread);
int ns_thread_core(const ns_thread *thread); // the one that it has, or had last; -1: none
// Sync, then wait for ns_thread_wake. A wake-up since the last block is remembered, and ends it at
// once.
void ns_thread_block(ns_thread *thread);
// The same, but not beyond `at`. True if it was woken, false if the time came.
bool ns_thread_sleep_until(ns_thread *thread, ns_time at);
// uv_sleep: sync, then wait for that long; a wake-up meanwhile is remembered.
void ns_thread_sleep(ns_thread *thread, ns_time length);
// Sync, then wait for ns_thread_resume and nothing else, as a thread inside a blocking system call
// does; a wake-up meanwhile is remembered. If the thread is freed meanwhile, abandon(arg) runs
// first.
void ns_thread_suspend(ns_thread *thread, void (*abandon)(void *arg), void *arg);

// Called from anywhere in the simulation.
void ns_thread_wake(ns_thread *thread);
void ns_thread_resume(ns_thread *thread);         // of a thread that is suspended
void ns_thread_resume_at_home(ns_thread *thread); // the same; it waits at the core that it had last
ns_time ns_thread_cpu(const ns_thread *thread);   // CPU demanded so far, what is accrued included

#endif

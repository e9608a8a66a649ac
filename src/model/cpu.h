// The cores, and the simulated threads that share them.
//
// N identical cores, shared fairly: runnable threads wait in one FIFO queue, each runs for at most a
// quantum while others wait, and a core that changes threads pays a context switch. (Source: the
// round-robin limit of Linux' EEVDF/CFS for threads of equal weight; quantum and switch cost come
// from the machine profile.)
//
// A thread's demand is given in ns of a core of speed 1; speed 2 halves it.
#ifndef NS_MODEL_CPU_H
#define NS_MODEL_CPU_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/coro.h"
#include "sim/sim.h"

typedef struct ns_cpu ns_cpu;
typedef struct ns_cpu_options {
    int cores;           // 1..1024
    double speed;        // relative to the machine of the profile, > 0
    ns_time quantum;     // longest turn while another thread waits
    ns_time switch_cost; // of a core that changes threads
} ns_cpu_options;

int ns_cpu_new(ns_cpu **out, ns_sim *sim, const ns_cpu_options *options, ns_err *err);
void ns_cpu_free(ns_cpu *cpu);

// A demand for CPU by something that is not a coroutine (a pool thread). Caller-owned; fields below
// `data` belong to the model.
typedef struct ns_cpu_job ns_cpu_job;
struct ns_cpu_job {
    void (*done)(ns_cpu_job *job); // the demand was served; may submit the job again
    void *data;
    ns_time left, consumed;
    ns_cpu_job *next, *prev;
    int core, last_core;
    bool queued;
};
void ns_cpu_submit(ns_cpu *cpu, ns_cpu_job *job, ns_time demand);
void ns_cpu_withdraw(ns_cpu *cpu, ns_cpu_job *job);

typedef struct ns_cpu_stats {
    ns_time busy; // summed over cores
    ns_time switching;
    uint64_t switches;
    double utilization; // 0..1 since the start
    double runnable;    // time-weighted mean of threads waiting for a core
} ns_cpu_stats;
void ns_cpu_get_stats(const ns_cpu *cpu, ns_cpu_stats *out);

// A simulated thread that runs straight code on a coroutine (main, workers). Costs are accrued with
// ns_thread_charge, which is a mere addition, and met by ns_thread_sync: virtual time passes there,
// and only there, in ns_thread_block and in ns_thread_sleep_until.
typedef struct ns_thread ns_thread;
typedef void (*ns_thread_fn)(ns_thread *thread, void *arg);

int ns_thread_new(ns_thread **out, ns_sim *sim, ns_cpu *cpu, const char *name, size_t stack_size,
                  ns_thread_fn fn, void *arg, ns_err *err);
void ns_thread_free(ns_thread *thread);
void ns_thread_start(ns_thread *thread); // it first runs when the simulation does
bool ns_thread_done(const ns_thread *thread);
ns_coro *ns_thread_coro(ns_thread *thread);

// Called on the thread itself.
void ns_thread_charge(ns_thread *thread, ns_time cpu);
void ns_thread_sync(ns_thread *thread);
// Sync, then wait for ns_thread_wake. A wake-up since the last block is remembered, and ends it at
// once.
void ns_thread_block(ns_thread *thread);
// The same, but not beyond `at`. True if it was woken, false if the time came.
bool ns_thread_sleep_until(ns_thread *thread, ns_time at);

// Called from anywhere in the simulation.
void ns_thread_wake(ns_thread *thread);
ns_time ns_thread_cpu(const ns_thread *thread); // CPU demanded so far, what is accrued included

#endif

// V8's safepoint of an isolate: a collection begins when no thread but main can touch the heap.
//
// A thread that compiles (TurboFan's and Maglev's jobs) has a LocalHeap. In some phases of a
// compilation that is parked, and a collection does not mind the thread; in the others the thread
// is stopped at its next tick, which comes soon, once it has a core. A thread that comes to such a
// phase while the collection lasts is stopped there. So main waits for compilations whose threads
// wait for a core, and then for a core itself. When it lets them go on, still within the pause,
// those that wait at its core and have had less of it than main push it out. That is the greater
// part of many pauses on machines of few cores, which V8's --trace-gc-nvp does not tell of
// (time_to_safepoint is taken before GCTracer::StartCycle clears it, and behind the collection
// there is no phase).
//
// A thread that compiles waits at one core (cpu.h): where it ran last. Of two cores it begins at
// main's, comes there and leaves it at wake-ups by chances (safepoint.beside, comes, leaves;
// measured by bench/perf-wakes), drawn from the seed; with more it is never at main's.
//
// Sources: heap/safepoint.cc (IsolateSafepoint), heap/heap.cc (PerformGarbageCollection),
// heap/local-heap.h, codegen/tick-counter.h, compiler/pipeline.cc (UnparkedScopeIfNeeded),
// maglev/maglev-compiler.cc; node's src/node_platform.cc for the number of threads; Linux'
// kernel/sched/fair.c (select_task_rq_fair: where a thread that wakes up waits; pick_eevdf: one
// that has had more than its share is not eligible, and is preempted by one that wakes up). How
// long the phases are is in the profile (safepoint.*), measured by bench/fit-safepoint.
#ifndef NS_MODEL_SAFEPOINT_H
#define NS_MODEL_SAFEPOINT_H

#include <stdbool.h>

#include "base/list.h"
#include "model/cpu.h"
#include "model/profile.h"
#include "sim/random.h"

enum { NS_COMPILE_THREADS_MAX = 64 };

typedef struct ns_compile_job ns_compile_job;

// A thread that compiles.
typedef struct ns_compile_thread {
    ns_cpu_job cpu;
    ns_time main_before, before; // CPU of main and its own when it woke up
} ns_compile_thread;

// Owned by the caller, made by ns_safepoint_init; fields belong to the model.
typedef struct ns_safepoint {
    ns_cpu *cpu;
    ns_thread *main; // may be NULL, as long as there are no collections
    ns_stream places;
    uint64_t wakes; // of threads that compile, so far
    // Chances that a thread wakes up at main's core, of two: the first time, and where it ran last
    // at the other; that it does not where it ran last at main's.
    double beside, comes, leaves;
    double share[5]; // of the parts of a compilation by TurboFan, see safepoint.c
    ns_time reach;   // CPU of a thread until its next tick
    int threads;     // that compile; more jobs wait for one of them
    int busy;        // of these
    ns_list jobs;    // that are under way, in the order of their submission
    bool requested;
    int awaited;  // threads that are not there yet
    bool waiting; // main, for them
    ns_compile_thread thread[NS_COMPILE_THREADS_MAX];
    int idle[NS_COMPILE_THREADS_MAX]; // those without a job, in the order in which they take one
    const ns_compile_job *last;
} ns_safepoint;

// A compilation on a helper thread. Owned by the caller, made by ns_compile_init.
struct ns_compile_job {
    // It has ended; the job is its caller's again.
    void (*done)(ns_compile_job *job);
    void *data;
    const char *function; // that is compiled; lives as long as the job; "": nobody knows
    // The rest belongs to the model.
    ns_safepoint *safepoint;
    ns_compile_thread *thread; // NULL: it waits for one
    ns_list link;
    ns_time left[5]; // of its parts, what is not submitted yet
    int part;
    bool stopped;
};

// `main` is the isolate's thread.
void ns_safepoint_init(ns_safepoint *safepoint, ns_cpu *cpu, ns_thread *main,
                       const ns_profile *profile);

// `demand` is CPU of a core of speed 1. One that is under way can be withdrawn.
void ns_compile_init(ns_compile_job *job, void (*done)(ns_compile_job *job), void *data,
                     const char *function);
void ns_compile_submit(ns_safepoint *safepoint, ns_compile_job *job, ns_time demand, bool maglev);
void ns_compile_withdraw(ns_compile_job *job);

// On the main thread: wait until all threads have stopped. The function whose compilation was
// the last to stop; NULL: there was nothing to wait for. Valid until the simulation goes on.
const char *ns_safepoint_enter(ns_safepoint *safepoint);
// Let them go on. The function whose compilation pushed main out of its core; NULL: none did.
const char *ns_safepoint_leave(ns_safepoint *safepoint);

#endif

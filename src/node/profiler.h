// Sampling profilers of the main thread over virtual time: V8's CpuProfiler and sampling heap
// profiler (source: v8/src/profiler), without their errors. A sample is due each time that the
// thread has used an interval of CPU time, to the nanosecond, and goes to the stack that used it:
// the engine asks at calls, loops, returns and builtins.
#ifndef NS_NODE_PROFILER_H
#define NS_NODE_PROFILER_H

#include "node/env.h"

typedef struct ns_profiler ns_profiler;

// Starts what record.cpu_profile, record.heap_profile and node's own --cpu-prof, --heap-prof ask
// for; *out is NULL when nothing does. NS_ENOMEM; NS_EINVAL: a flag whose value is none.
int ns_profiler_start(ns_profiler **out, ns_env *env, ns_err *err);
// Emits what is left, and the tree of stacks. NS_ENOMEM: the profile is not whole.
int ns_profiler_finish(ns_profiler *profiler, ns_err *err);
void ns_profiler_free(ns_profiler *profiler);

// All take NULL. The thread was charged for something: samples that are due are of what is on the
// stack.
void ns_profiler_charged(ns_profiler *profiler);
// A garbage collection begins, or ends: between, time is the collector's.
void ns_profiler_gc(ns_profiler *profiler, bool begins);
// So many bytes are attributed to what is on the stack; the life that they belong to follows.
void ns_profiler_allocated(ns_profiler *profiler, int64_t bytes);
// The engine's hooks, for a profiler that wants the heap (engine/probe.h). The first: what was
// attributed since the last call is of this life.
void ns_profiler_born(ns_profiler *profiler, const ns_life *life);
void ns_profiler_died(ns_profiler *profiler, const ns_life *life);
void ns_profiler_moved(ns_profiler *profiler, uintptr_t from, const ns_life *life);
bool ns_profiler_wants_heap(const ns_profiler *profiler);

#endif

// The heap model of a simulated process: its hooks at the engine, its pauses on the main thread.
#ifndef NS_NODE_HEAP_H
#define NS_NODE_HEAP_H

#include "model/heap.h"
#include "node/env.h"

// The process begins to run: from now on what the engine allocates is V8's. NS_EINVAL for a flag
// whose value is not one, NS_ENOMEM.
int ns_env_heap_start(ns_env *env, ns_err *err);
void ns_env_heap_stop(ns_env *env); // the engine's hooks are taken back
void ns_env_heap_free(ns_env *env);

// Words of V8's heap that die at once.
void ns_env_heap_garbage(ns_env *env, uint32_t words);

// As V8 and the process stand now; before the process runs, as they stand at its start.
void ns_env_heap_stats(const ns_env *env, ns_heap_stats *out);

// On the main thread: spend what is due. JavaScript's own state may change (objects die). True when
// the heap is full: the process is over, and everything is said.
bool ns_env_heap_collect(ns_env *env);
void ns_env_heap_tasks(ns_env *env, bool drain); // the loop turns
void ns_env_heap_collect_all(ns_env *env);       // gc()

#endif

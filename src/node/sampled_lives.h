// Which sampled allocations live: blocks of the engine's heap that a sample of the allocation
// profile fell on, until they die (source: v8/src/profiler/sampling-heap-profiler.cc, whose samples
// go when their object is collected).
#ifndef NS_NODE_SAMPLED_LIVES_H
#define NS_NODE_SAMPLED_LIVES_H

#include "engine/probe.h"
#include "node/stack_tree.h"

// Zero-initialise.
typedef struct ns_sampled_lives {
    void *by_address; // of tsearch(3)
} ns_sampled_lives;

void ns_sampled_lives_free(ns_sampled_lives *lives);
// `bytes` of the life, allocated at that node and line of the tree, live from now on. A life may
// have several samples. False: out of memory.
bool ns_sampled_lives_add(ns_sampled_lives *lives, ns_stack_tree *tree, const ns_life *life,
                          uint32_t node, uint32_t line, int64_t bytes);
// The life ends, and what was added for it is no longer counted in the tree.
void ns_sampled_lives_end(ns_sampled_lives *lives, ns_stack_tree *tree, const ns_life *life);
// It is at another address now.
void ns_sampled_lives_move(ns_sampled_lives *lives, uintptr_t from, const ns_life *life);

#endif

// A tree of call stacks: a node is a function that was called by that of its parent.
#ifndef NS_NODE_STACK_TREE_H
#define NS_NODE_STACK_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/probe.h"
#include "trace/record.h"

// What is counted at a node and a line of its function.
typedef struct ns_stack_count {
    uint32_t node, line;
    int64_t bytes, samples, live_bytes;
} ns_stack_count;

// Zero-initialise. The nodes of NS_STACK_ROOT to NS_STACK_GC are there from the start.
typedef struct ns_stack_tree {
    struct ns_stack_node {
        uint32_t parent, function;
    } * nodes; // by id from NS_STACK_FIRST
    ns_stack_count *counts;
    uint32_t *node_index, *count_index; // open addressing: places in the arrays, plus 1
    size_t node_count, node_capacity, count_count, count_capacity;
    bool failed; // out of memory
} ns_stack_tree;

void ns_stack_tree_free(ns_stack_tree *tree);
// The node of a stack, its innermost function first; `root` when it is empty or memory is out.
uint32_t ns_stack_tree_node(ns_stack_tree *tree, const uint32_t *functions, uint32_t count,
                            uint32_t root);
void ns_stack_tree_add(ns_stack_tree *tree, uint32_t node, uint32_t line, int64_t bytes);
// So many of the bytes added there live, or (negative) do so no longer.
void ns_stack_tree_live(ns_stack_tree *tree, uint32_t node, uint32_t line, int64_t bytes);
// Emit the nodes, and what was counted.
void ns_stack_tree_emit(const ns_stack_tree *tree, const ns_probe *probe, ns_sink *sink);

#endif

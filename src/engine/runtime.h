// What the probe patch adds to QuickJS's JSRuntime, shared by the patched engine
// (src/engine/quickjs) and src/engine. Private to the engine: models see only ns_probe.
#ifndef NS_ENGINE_RUNTIME_H
#define NS_ENGINE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/probe.h"

struct JSRuntime;

// Counts of bytecodes and their cost are gathered in one number: the count above, the cost below.
#define NS_COUNT_SHIFT 40
#define NS_COST_MASK ((UINT64_C(1) << NS_COUNT_SHIFT) - 1)

enum { NS_SLOTS_UNMADE, NS_SLOTS_MADE, NS_SLOTS_NEVER };

// The tree of shapes: each node is a shape that some object had.
typedef struct ns_shape_node {
    uint32_t parent, atom, flags;
    uint32_t id, children;
} ns_shape_node;

// The text of a script, for the line of an error. The last one of a name is kept.
typedef struct ns_source {
    char *name, *text;
    int line_offset;
} ns_source;

typedef struct ns_runtime {
    ns_probe probe; // first: ns_probe_* find the rest by it
    uint64_t opcode_packed[256];
    ns_function **functions;
    uint32_t function_count, function_capacity;
    ns_function lost; // takes the counts of functions that no memory was found for
    ns_shape_node *shapes;
    uint32_t *shape_index; // open addressing by (parent, atom, flags): index into shapes, plus 1
    uint32_t shape_count, shape_capacity, shape_mask;
    ns_source *sources;
    uint32_t source_count, source_capacity;
    uint32_t private_key;            // atom: of what errors keep from the program
    uint32_t trace_limit_atom;       // "stackTraceLimit"
    bool booted;                     // native functions that are made from now on are the host's
    bool formatting;                 // a program's prepareStackTrace runs
    bool overwriting;                // `stack` is about to be assigned to
    uint32_t object_count;           // ids given to prototypes and native call targets
    int64_t (*now_us)(void *opaque); // NULL: the clock stands at 1970
    void *now_opaque;
    uint64_t seed;      // of Math.random, for the contexts made from now on
    bool terminating;   // every JavaScript function ends with the termination exception
    bool out_of_memory; // the memory limit was met
} ns_runtime;

ns_runtime *ns_runtime_of(struct JSRuntime *rt);

// The stack is [low, high); `margin` bytes at its low end are kept for native code.
void ns_runtime_set_stack(struct JSRuntime *rt, const char *low, const char *high, size_t margin);

#endif

// What the probe patch adds to QuickJS's JSRuntime, shared by the patched engine
// (src/engine/quickjs) and src/engine. Private to the engine: models see only ns_probe.
#ifndef NS_ENGINE_RUNTIME_H
#define NS_ENGINE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/probe.h"

struct JSRuntime;

typedef struct ns_runtime {
    ns_probe probe;
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

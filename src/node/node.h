// A simulated Node.js process: Node's own core library over bindings in C, on the modelled runtime.
#ifndef NS_NODE_NODE_H
#define NS_NODE_NODE_H

#include "base/err.h"
#include "engine/engine.h"
#include "trace/record.h"
#include "trace/result.h"
#include "workload/workload.h"

typedef ns_run_result ns_node_result;

typedef struct ns_node_options {
    ns_sink *sink; // takes every record; may be NULL
    void (*output)(void *opaque, int fd, const char *bytes,
                   size_t len); // fd 1 and 2; NULL: the host's
    void *opaque;
    const char *database; // host file that records go to: the program does not see it; may be NULL
    struct ns_tracer *tracer;  // records a trace (tracer.h); may be NULL
    volatile int *interrupted; // set by a signal handler: the run ends with status "interrupted"
    void (*progress)(void *opaque, int64_t virtual_ns, uint64_t events); // may be NULL
    // Who looks into the engine: when Node's start is done and the program is about to begin, and
    // when it has ended. Both may be NULL. `now` is the virtual time of the JavaScript thread.
    void (*started)(void *opaque, ns_engine *engine, int64_t (*now)(void *clock), void *clock);
    void (*ended)(void *opaque, ns_engine *engine);
} ns_node_options;

// What can be known to be wrong with a workload before it runs: flags, and the profile. NS_EINVAL.
int ns_node_check(const ns_workload *workload, ns_err *err);

// Run a workload to its end. Returns NS_OK whenever the program ran, however it ended; an error
// means that it could not be started.
int ns_node_run(const ns_workload *workload, const ns_node_options *options, ns_node_result *result,
                ns_err *err);

#endif

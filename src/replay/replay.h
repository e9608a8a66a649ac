// Replay: a trace (trace/nst.h) drives the models of a run again, without its JavaScript. With the
// configuration that was recorded, the models are called in the same order with the same demands,
// so that the records are the same; with another one, loop, pool, cores, disk and heap are
// simulated anew. What the JavaScript did is taken as it was: docs/trace.md tells what follows.
#ifndef NS_REPLAY_REPLAY_H
#define NS_REPLAY_REPLAY_H

#include "trace/nst.h"
#include "trace/record.h"
#include "trace/result.h"
#include "workload/workload.h"

typedef struct ns_replay_options {
    ns_sink *sink;             // takes every record; may be NULL
    volatile int *interrupted; // set by a signal handler: it ends with status "interrupted"
} ns_replay_options;

// `workload` is that of the trace, with other values of keys that can be replayed. NS_EINVAL: the
// trace cannot be replayed; the texts of `result` belong to the trace, or are static.
int ns_replay_run(const ns_nst *trace, const ns_workload *workload,
                  const ns_replay_options *options, ns_run_result *result, ns_err *err);

// The workload of a trace with other values of keys ("key=value", NULL-terminated; may be NULL).
// NS_EINVAL: the overrides are wrong, or change a key that cannot be replayed.
int ns_replay_workload(ns_workload **out, const ns_nst *trace, const char *const *sets,
                       ns_err *err);

// Whether another value of a key of the workload leaves alone what the JavaScript does: then it can
// be replayed. Of node.flags only those in ns_replay_flags can.
bool ns_replay_key(const char *key);
extern const char *const ns_replay_keys[], *const ns_replay_flags[]; // NULL-terminated
// Whether a run with the second resolved configuration can be replayed from a trace of the first.
// NS_EINVAL names the key that stands against it.
int ns_replay_check(const char *recorded, const char *wanted, ns_err *err);

#endif

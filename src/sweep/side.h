// One side of a comparison: a run with its records, or the replicates of a point of a sweep.
#ifndef NS_SWEEP_SIDE_H
#define NS_SWEEP_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "workload/arena.h"

typedef struct ns_side_request {
    int64_t arrival, latency; // ns
    bool answered;            // without error
    const char *cls;
} ns_side_request;

typedef struct ns_side_times { // ns
    int64_t *list;
    int count;
} ns_side_times;

typedef struct ns_side {
    ns_arena arena;
    const char *label;  // "a.db, run 3", "sweep.db, node.threadpool=4"
    const char *config; // JSON, of the first run
    const char *version;
    uint64_t hash; // of the first run's workload
    bool sweep;    // a point of a sweep
    int runs;      // that ended well; of a single run also one that did not
    int broken;
    const char *status;   // of a single run
    const char **seeds;   // [runs]
    const char **metrics; // names, in the order of report/metrics.h or of the alphabet
    double *values;       // [run * metric_count + metric]; NaN: none
    int metric_count;
    ns_side_request *requests; // of a single run: those that finished after the warm-up
    int request_count;
    // Of a single run whose rows were recorded, in their order:
    ns_side_times waits;       // time in queue of the pool's tasks, by submission
    ns_side_times event_waits; // of the poller's events for the loop
    ns_side_times pauses;      // of garbage collections
    ns_side_times tasks;       // pairs: a thread of the pool began with a task, and was done
    ns_side_times idle;        // pairs: the loop began to wait, and had an event
    int pool_threads;
    int64_t virtual_ns;      // at the end
    const char **histograms; // pairs of metric and encoded histogram, of all runs
    int histogram_count;
} ns_side;

// Load "FILE.db", "FILE.db:N" (run N, or point N of a sweep) or "FILE.db:KEY=VALUE,..." (a point).
// Without more, it is the last run, or the only point. NS_EINVAL: there is none such.
int ns_side_load(ns_side **out, const char *what, ns_err *err);
void ns_side_free(ns_side *side);

int ns_side_metric(const ns_side *side, const char *name); // its index, or -1
double ns_side_mean(const ns_side *side, int metric);      // over the runs that have it; NaN: none

#endif

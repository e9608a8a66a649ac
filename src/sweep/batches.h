// Samples within a run: what a metric is made of, cut into batches, so that a single run has an
// idea of its own spread (batch means; Law and Kelton, Simulation Modeling and Analysis).
#ifndef NS_SWEEP_BATCHES_H
#define NS_SWEEP_BATCHES_H

#include "sweep/side.h"

enum { NS_BATCHES_MAX = 20, NS_BATCHES_MIN = 5, NS_BATCHES_BEYOND = 10 };

typedef enum ns_batches_kind {
    NS_BATCHES_NONE,
    NS_BATCHES_SAMPLES, // requests, tasks, events, pauses in their order, so many to a batch
    NS_BATCHES_WINDOWS  // equal parts of the run's time
} ns_batches_kind;

typedef struct ns_batches {
    ns_batches_kind kind;
    int count; // of batches; below NS_BATCHES_MIN they say nothing
    int samples;
    int64_t from, to;              // of windows: the time that they cut, ns
    double values[NS_BATCHES_MAX]; // the metric in each
    const char *why;               // of NS_BATCHES_NONE: why there are none
} ns_batches;

// The batches of a metric in a single run. Samples: the mean or percentile of latencies, of the
// pool's queue, of the loop's events, of pauses, and shares of errors; a percentile takes batches
// with ten samples beyond it. Windows: throughput and utilization. NS_ENOMEM.
int ns_batches_make(ns_batches *out, const ns_side *side, const char *metric, ns_err *err);

#endif

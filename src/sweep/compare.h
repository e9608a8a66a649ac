// What differs between two runs, or two points of sweeps: configuration, metrics, distributions.
//
// The interval of a difference comes from replicates where there are some: paired by seed when both
// sides have the same seeds, else by Welch's test. Of two single runs it comes from batch means:
// the requests (or the tasks of the pool) in order of arrival are cut into at most 20 batches, and
// the statistic is taken from each. Where both runs had the same arrivals, batches are paired. A
// percentile takes batches with ten samples beyond it, five at least. Throughput and utilization
// are taken from twenty equal parts of the run's time (sweep/batches.h). Other metrics are one
// number for a run, and have no interval.
#ifndef NS_SWEEP_COMPARE_H
#define NS_SWEEP_COMPARE_H

#include "report/metrics.h"
#include "sweep/analysis.h"
#include "sweep/side.h"

typedef enum ns_method {
    NS_METHOD_NONE, // no interval
    NS_METHOD_PAIRED,
    NS_METHOD_WELCH,
    NS_METHOD_BATCHES_PAIRED,
    NS_METHOD_BATCHES,
    NS_METHOD_WINDOWS_PAIRED,
    NS_METHOD_WINDOWS
} ns_method;

typedef struct ns_compared {
    const char *metric;
    ns_metric_kind kind;
    double left, right;       // means
    ns_difference difference; // right minus left; infinite interval without one
    ns_method method;
    int samples;     // pairs, or batches
    const char *why; // there is no interval; else NULL
} ns_compared;

typedef struct ns_config_change {
    const char *key, *left, *right; // NULL: it is not there
} ns_config_change;

enum { NS_COMPARE_WARNINGS_MAX = 6 };

typedef struct ns_comparison {
    ns_arena arena;
    const ns_side *left, *right;
    ns_config_change *changes;
    int change_count;
    ns_compared *metrics; // those that both have, in the order of the left side
    int metric_count;
    const char *warnings[NS_COMPARE_WARNINGS_MAX]; // what makes the comparison doubtful
    int warning_count;
    bool same_seeds;
} ns_comparison;

// The sides are borrowed. NS_ENOMEM.
int ns_comparison_make(ns_comparison **out, const ns_side *left, const ns_side *right, ns_err *err);
void ns_comparison_free(ns_comparison *comparison);

// Whether the interval excludes 0.
bool ns_compared_differs(const ns_compared *compared);
const char *ns_method_name(ns_method method);

#endif

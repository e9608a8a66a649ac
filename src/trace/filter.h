// A sink that passes on a part of what it gets: what the workload's key `record` asks for.
#ifndef NS_TRACE_FILTER_H
#define NS_TRACE_FILTER_H

#include "trace/record.h"

typedef struct ns_filter {
    ns_sink sink;
    ns_sink *next;
    bool rows;       // one row per callback, pool task, poller event and loop iteration
    double sampling; // share of the callbacks, (0, 1]
} ns_filter;

// Which callbacks are kept depends on their ids alone, so it repeats. Requests, samples, histograms
// and all else always pass.
void ns_filter_init(ns_filter *filter, ns_sink *next, bool rows, double sampling);

#endif

// Histograms of perf_hooks, over HdrHistogram (source: src/histogram.cc).
#ifndef NS_NODE_HISTOGRAM_H
#define NS_NODE_HISTOGRAM_H

#include "node/env.h"

JSValue ns_new_histogram_class(ns_env *env); // Histogram
// The class behind monitorEventLoopDelay: records the time between the calls of a timer.
JSValue ns_new_interval_histogram_class(ns_env *env);

#endif

// The state of internalBinding('performance') and its hook points (source: src/node_perf.cc).
#ifndef NS_NODE_PERFORMANCE_H
#define NS_NODE_PERFORMANCE_H

#include "node/env.h"

typedef enum ns_milestone { // node::performance::PerformanceMilestone
    NS_MILESTONE_TIME_ORIGIN_TIMESTAMP,
    NS_MILESTONE_TIME_ORIGIN,
    NS_MILESTONE_ENVIRONMENT,
    NS_MILESTONE_NODE_START,
    NS_MILESTONE_V8_START,
    NS_MILESTONE_LOOP_START,
    NS_MILESTONE_LOOP_EXIT,
    NS_MILESTONE_BOOTSTRAP_COMPLETE,
    NS_MILESTONES
} ns_milestone;

typedef enum ns_entry_type { // node::performance::PerformanceEntryType
    NS_ENTRY_GC,
    NS_ENTRY_HTTP,
    NS_ENTRY_HTTP2,
    NS_ENTRY_NET,
    NS_ENTRY_DNS,
    NS_ENTRY_TYPES
} ns_entry_type;

typedef enum ns_gc_kind { // v8::GCType, as PerformanceObserver shows it
    NS_GC_MINOR = 1,
    NS_GC_MAJOR = 4,
    NS_GC_INCREMENTAL = 8,
    NS_GC_WEAK_CALLBACKS = 16
} ns_gc_kind;

typedef struct ns_performance {
    uint32_t observers[NS_ENTRY_TYPES];
    double
        milestones[NS_MILESTONES]; // ns of hrtime; the timestamp in us since 1970; -1: not reached
    JSValue callback;              // of setupObservers
    JSValue histogram, interval_histogram; // classes
    bool gc_tracking;
} ns_performance;

// A milestone is reached now. Nothing happens before the binding is loaded.
void ns_performance_mark(ns_env *env, ns_milestone milestone);

// A garbage collection ended: observers of 'gc' get an entry in the next check phase. Times are
// hrtime and duration in ns; flags are v8::GCCallbackFlags.
void ns_performance_gc(ns_env *env, ns_gc_kind kind, int flags, int64_t start, int64_t duration);

// The function of the module internal/perf/usertiming, which records the spans of
// performance.measure as samples "measure.NAME". Takes `module`.
JSValue ns_performance_watch(JSContext *ctx, JSValue module);

#endif

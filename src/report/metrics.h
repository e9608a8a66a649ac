// The figures of a run as numbers with names: what a sweep keeps of each run, and what comparisons
// are made of. A metric's name tells its unit and which direction is better.
//
//   request.p99, request.CLASS.p99        also mean, p50, p90, p95, max: latency, ns
//   request.throughput, .CLASS.throughput answers without error per second of virtual time
//   request.errors, .CLASS.errors         share of the requests that failed or did not finish
//   request.count, .CLASS.count           finished requests after the warm-up
//   pool.wait.p99, pool.wait.KIND.p99     time in queue: mean, p50, p95, p99, max; ns
//   pool.utilization, pool.full           shares; see docs/summary.md
//   loop.delay.p50, .p99, .max            ns; see report/delay.h
//   loop.wait.mean, .p99                  of the poller's events for the loop, ns
//   loop.utilization                      share
//   gc.pause.mean, .max, .total; gc.count ns
//   gc.safepoint.max, .total              of these pauses: waits for threads that compile, ns
//   heap.max                              bytes in use before a collection, at most
//   cpu.utilization, cpu.time             share of the cores; core time, ns
//   time                                  virtual time of the run, ns
#ifndef NS_REPORT_METRICS_H
#define NS_REPORT_METRICS_H

#include "report/report.h"

typedef enum ns_metric_unit {
    NS_METRIC_NS,
    NS_METRIC_SHARE,  // 0..1
    NS_METRIC_RATE,   // per second
    NS_METRIC_NUMBER, // of things
    NS_METRIC_BYTES
} ns_metric_unit;

typedef struct ns_metric_kind {
    ns_metric_unit unit;
    int better; // -1: less is better, 1: more is better, 0: neither
} ns_metric_kind;

// Call `each` for every metric that the run has, in the order above, classes in order of their
// first request. Of a run read back from a database whose rows were not recorded, those that need
// rows are missing. NS_ENOMEM.
int ns_metrics_make(ns_summary *summary, const ns_run_info *info,
                    void (*each)(void *opaque, const char *name, double value), void *opaque,
                    ns_err *err);

// What a name stands for; false: no metric is called so.
bool ns_metric_parse(const char *name, ns_metric_kind *kind);
// What it measures, for a heading: "latency of requests: 99th percentile".
void ns_metric_title(const char *name, char *out, size_t size);
// The percentile in a name ("p99": 99), or -1.
double ns_metric_percentile(const char *name);
// A value with three digits and its unit, "52.1 ms"; `sign`: with a plus too.
void ns_metric_format(double value, ns_metric_unit unit, bool sign, char *out, size_t size);

#endif

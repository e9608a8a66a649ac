// The pictures: each writes its data and its panels into a figure.
#ifndef NS_REPORT_PLOT_H
#define NS_REPORT_PLOT_H

#include "report/aggregate.h"
#include "report/db.h"
#include "report/figure.h"

typedef struct ns_plot_source {
    sqlite3 *db;
    int64_t run_id;
    const ns_run_info *info;
    const ns_plot_options *options;
    // compare: the other run
    sqlite3 *other_db;
    int64_t other_id;
    const ns_run_info *other_info;
} ns_plot_source;

// The lanes of the pool's threads, the main thread above and the queue below.
int ns_plot_pool(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// The heap's spaces over time, and the pauses of the collector.
int ns_plot_gc(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// Time by tier of V8, and when functions were compiled and deoptimized.
int ns_plot_tiers(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// The distribution of latency, with its tail, and over time.
int ns_plot_latency(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// The loop: delay, time by phase, utilization.
int ns_plot_loop(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// What the latency of requests is made of, by how slow they were.
extern const char *const ns_part_colours[NS_PARTS]; // in the order of ns_part_names
int ns_plot_blame(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// Two distributions of latency, and their difference.
int ns_plot_compare(const ns_plot_source *source, ns_figure *figure, ns_err *err);

// A metric of a sweep over its one parameter, or its two.
int ns_plot_sweep(const ns_plot_source *source, ns_figure *figure, ns_err *err);

#endif

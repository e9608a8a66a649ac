// Distributions as curves with a logarithmic tail: what the pictures of latency and of comparisons
// share.
#ifndef NS_REPORT_TAIL_H
#define NS_REPORT_TAIL_H

#include "report/figure.h"
#include "report/values.h"

// The data block NAME: "ms more_than beyond", a row per step of 1 - F, thinned out where steps are
// closer than a percent; the last ten and more are all there.
void ns_tail_block(ns_figure *figure, const char *name, const ns_series *series);

// The percentile axis (p50, p90, p99 ... on the scale of 1 - F) and an axis of times for series of
// which the least and the largest value and the largest number are given.
typedef struct ns_tail_range {
    int64_t least, most, total;
    bool logarithmic; // out
} ns_tail_range;
void ns_tail_cover(ns_tail_range *range, const ns_series *series);
void ns_tail_axes(ns_figure *figure, ns_tail_range *range);

// One curve, as a part of a plot command: solid where ten or more samples lie beyond, else dotted.
void ns_tail_curve(ns_figure *figure, const char *block, const char *colour, const char *title);
// "login: p50 12.0 ms, p99 52.1 ms*"
void ns_tail_title(const ns_series *series, char *out, size_t size);

#endif

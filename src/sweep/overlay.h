// Two distributions on one scale: the latencies of requests, or else the time in the pool's queue.
#ifndef NS_SWEEP_OVERLAY_H
#define NS_SWEEP_OVERLAY_H

#include "sweep/side.h"

enum { NS_OVERLAY_BINS_MAX = 24 };

typedef struct ns_overlay {
    const char *metric; // "request" or "pool.wait"; NULL: the sides have none in common
    int count;
    int64_t edges[NS_OVERLAY_BINS_MAX + 1]; // ns; bin i is from edge i up to edge i + 1
    double left[NS_OVERLAY_BINS_MAX], right[NS_OVERLAY_BINS_MAX]; // shares, of 1 each
} ns_overlay;

// Bins of equal width in the logarithm. NS_EINVAL: a damaged histogram; NS_ENOMEM.
int ns_overlay_make(ns_overlay *out, const ns_side *left, const ns_side *right, ns_err *err);

#endif

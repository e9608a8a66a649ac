// Statistics that need bounded memory: histograms, time-weighted averages, means with confidence
// intervals.
#ifndef NS_SIM_STATS_H
#define NS_SIM_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/sim.h"

// HdrHistogram of durations from 1 ns to 2^47 ns (39 hours), 3 significant digits.
typedef struct ns_hist ns_hist;
int ns_hist_new(ns_hist **out, ns_err *err);
void ns_hist_free(ns_hist *hist);
void ns_hist_reset(ns_hist *hist);
void ns_hist_record(ns_hist *hist, int64_t value); // clamped to the range; 0 counts as 0
void ns_hist_record_n(ns_hist *hist, int64_t value, int64_t count);
void ns_hist_add(ns_hist *hist, const ns_hist *from); // all that `from` has recorded
int64_t ns_hist_count(const ns_hist *hist);
int64_t ns_hist_min(const ns_hist *hist); // 0 when empty
int64_t ns_hist_max(const ns_hist *hist);
double ns_hist_mean(const ns_hist *hist);   // of the values as recorded; 0 when empty
double ns_hist_stddev(const ns_hist *hist); // to the precision of the buckets
int64_t ns_hist_percentile(const ns_hist *hist, double percentile); // 0..100
// A percentile is thin when fewer than ten samples lie beyond it: count * (1 - p/100) < 10.
bool ns_hist_thin(const ns_hist *hist, double percentile);
// Base64 of the compressed V2 encoding of HdrHistogram; free with ns_free. NULL: out of memory.
char *ns_hist_encode(const ns_hist *hist);
// Read what ns_hist_encode wrote, into a new histogram. Its mean is that of the buckets. NS_EINVAL:
// it is damaged, or has other buckets; NS_ENOMEM.
int ns_hist_decode(ns_hist **out, const char *text, ns_err *err);
// Call `each` for every bucket with values in it, in ascending order: its lowest and highest value.
void ns_hist_each(const ns_hist *hist,
                  void (*each)(void *opaque, int64_t low, int64_t high, int64_t count),
                  void *opaque);

// The average of a quantity over time (queue length, busy threads). Zero-initialise, then set.
typedef struct ns_gauge {
    ns_time since, start;
    double value, area, max;
    bool started;
} ns_gauge;
void ns_gauge_set(ns_gauge *gauge, ns_time now, double value);
double ns_gauge_average(const ns_gauge *gauge, ns_time now);

// Running mean and variance (Welford). Zero-initialise.
typedef struct ns_moments {
    uint64_t count;
    double mean, m2;
} ns_moments;
void ns_moments_add(ns_moments *m, double x);
double ns_moments_variance(const ns_moments *m); // unbiased; 0 for fewer than two samples
// Half the width of the 95% confidence interval of the mean (Student's t); infinite below two.
double ns_moments_ci95(const ns_moments *m);
double ns_student_t975(uint64_t degrees); // the 0.975 quantile

#endif

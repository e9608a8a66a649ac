// What can be said of replicates: means with intervals, differences, and which point is best.
#ifndef NS_SWEEP_ANALYSIS_H
#define NS_SWEEP_ANALYSIS_H

#include <stdbool.h>

#include "sweep/data.h"

// Of the values that are not NaN.
typedef struct ns_estimate {
    int count;
    double mean, stddev;
    double low, high; // the 95% confidence interval of the mean (Student's t); infinite below two
    double p10, p50, p90; // percentiles across the values, interpolated
} ns_estimate;
// NS_ENOMEM.
int ns_estimate_make(const double *values, int count, ns_estimate *out, ns_err *err);

// The mean of b minus the mean of a.
typedef struct ns_difference {
    int pairs;        // 0: not paired
    double mean;      // NaN: nothing to compare
    double low, high; // its 95% interval
    double t;         // in units of its standard error; infinite when that is 0
    double degrees;   // of freedom; 0: too few values for a test
    double p;         // two-sided; 1 when there is no test
} ns_difference;
// By pairs: a[i] and b[i] had the same random numbers. Pairs with a NaN are left out.
void ns_difference_paired(const double *a, const double *b, int count, ns_difference *out);
// Independent samples with variances of their own (Welch, 1947).
void ns_difference_welch(const double *a, int a_count, const double *b, int b_count,
                         ns_difference *out);

typedef enum ns_mark {
    NS_MARK_NONE,   // it cannot be compared: too few runs, or a broken one
    NS_MARK_WORSE,  // significantly worse than the best
    NS_MARK_EQUAL,  // not significantly worse than the best
    NS_MARK_BEST,   // every other point is significantly worse
    NS_MARK_LEADING // it has the best mean, but some other is not significantly worse
} ns_mark;

// The points of a sweep by one metric.
//
// "Significantly worse" is multiple comparison with the best (Hsu, 1984): each point is compared
// with the one that has the best mean, by a one-sided paired t test at the level 0.05 / (k - 1) for
// k points (Bonferroni). The chance that the truly best point is among those called worse is at
// most 5%, whatever k is, also though the best is picked by the same data: of the true best, at
// most k - 1 comparisons can go wrong. Of two points the level is 0.025: either may come out as the
// one to be compared with, and a best one is then marked by chance in 5%, too.
typedef struct ns_ranking {
    int better; // -1: less is better, 1: more is, 0: no ranking
    int best;   // the point with the best mean; -1: none
    // The smallest setting that is not significantly worse, with a mean within 10% of the best one;
    // -1: nothing to say.
    int recommended;
    int compared;   // points that took part
    ns_mark *marks; // by point
    ns_estimate *estimates;
    ns_difference *to_best; // each point minus the best
} ns_ranking;

int ns_ranking_make(ns_ranking *out, const ns_data *data, int metric, ns_err *err);
void ns_ranking_free(ns_ranking *ranking);
// The recommendation as a sentence.
void ns_ranking_sentence(const ns_ranking *ranking, const ns_data *data, int metric, char *out,
                         size_t size);

#endif

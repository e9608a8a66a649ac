// Whether the conditions of a search hold at a point, as far as its replicates can tell.
#ifndef NS_SWEEP_CONDITION_H
#define NS_SWEEP_CONDITION_H

#include "sweep/analysis.h"
#include "sweep/find.h"

typedef enum ns_decision {
    NS_DECISION_HOLDS,
    NS_DECISION_OPEN, // the replicates are too few or too different to tell
    NS_DECISION_FAILS
} ns_decision;

// A metric at a point. A percentile that would rest on fewer than ten samples beyond it is taken
// from the samples of several runs `together`; the estimate is then over such groups of runs.
typedef struct ns_finding {
    ns_estimate estimate;
    int together;   // runs for one value; 1 for all but thin percentiles
    int64_t beyond; // of a percentile: samples beyond it in the smallest run; -1: no percentile
    bool holds;     // by the mean
    ns_decision decision;
} ns_finding;

// Decide a condition from the first `runs` replicates of a point, all usable. One-sided t tests: it
// holds when P(a mean this good or better, were the truth the bound itself) <= level, and fails in
// the same way at `level_fail`. NS_EINVAL: the runs have no such metric; NS_ENOMEM.
int ns_condition_decide(const ns_condition *condition, const ns_data *data, int point, int runs,
                        double level, double level_fail, ns_finding *out, ns_err *err);

#endif

// Distributions of durations and sizes. No libm function decides a value: exp, log, sqrt and pow
// come from sim/fmath.h, whose results are the same to the bit on every machine.
#ifndef NS_SIM_DIST_H
#define NS_SIM_DIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "sim/random.h"

typedef enum ns_dist_kind {
    NS_DIST_CONSTANT,
    NS_DIST_UNIFORM,
    NS_DIST_EXPONENTIAL,
    NS_DIST_NORMAL, // truncated at 0
    NS_DIST_LOGNORMAL,
    NS_DIST_GAMMA,
    NS_DIST_PARETO,
    NS_DIST_ZIPF, // ranks 1..n
    NS_DIST_EMPIRICAL
} ns_dist_kind;

// Values carry the unit of the caller (ns for durations). Made by the functions below; copy freely,
// an empirical one borrows its table from whoever loaded it.
typedef struct ns_dist {
    ns_dist_kind kind;
    double a, b;         // parameters, see each constructor
    double mean;         // of the distribution as truncated; NaN when it has none
    const double *table; // empirical: sorted values
    size_t count;
} ns_dist;

int ns_dist_constant(ns_dist *out, double value, ns_err *err);
int ns_dist_uniform(ns_dist *out, double low, double high, ns_err *err);
int ns_dist_exponential(ns_dist *out, double mean, ns_err *err);
int ns_dist_normal(ns_dist *out, double mean, double stddev, ns_err *err);
int ns_dist_lognormal(ns_dist *out, double mu, double sigma, ns_err *err); // of the logarithm
int ns_dist_gamma(ns_dist *out, double shape, double scale, ns_err *err);
int ns_dist_pareto(ns_dist *out, double scale, double shape, ns_err *err); // scale = smallest value
int ns_dist_zipf(ns_dist *out, double n, double s, ns_err *err);
int ns_dist_empirical(ns_dist *out, const double *sorted, size_t count, ns_err *err);

// Fit `kind` (normal, lognormal, gamma, pareto, exponential) to a mean and a 99th percentile.
// NS_EINVAL when no member of the family has them, and the message says which pairs there are.
int ns_dist_fit(ns_dist *out, ns_dist_kind kind, double mean, double p99, ns_err *err);

double ns_dist_draw(const ns_dist *dist, ns_draw *draw);
const char *ns_dist_name(ns_dist_kind kind); // "lognormal"
bool ns_dist_kind_of(const char *name, ns_dist_kind *out);

#endif

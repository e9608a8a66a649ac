#include "sim/dist.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/fmath.h"

static const double z99 = 2.3263478740408408; // the 0.99 quantile of the standard normal

static const char *const names[] = {"constant", "uniform", "exponential", "normal",   "lognormal",
                                    "gamma",    "pareto",  "zipf",        "empirical"};

const char *ns_dist_name(ns_dist_kind kind)
{
    return names[kind];
}

bool ns_dist_kind_of(const char *name, ns_dist_kind *out)
{
    for (int i = 0; i <= NS_DIST_EMPIRICAL; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (ns_dist_kind)i;
            return true;
        }
    }
    return false;
}

// -- Constructors ---------------------------------------------------------------------------------

int ns_dist_constant(ns_dist *out, double value, ns_err *err)
{
    if (!(value >= 0) || isinf(value))
        return ns_fail(err, NS_EINVAL, "expected a value of at least 0, found %g", value);
    *out = (ns_dist){.kind = NS_DIST_CONSTANT, .a = value, .mean = value};
    return NS_OK;
}

int ns_dist_uniform(ns_dist *out, double low, double high, ns_err *err)
{
    if (!(low >= 0) || !(high >= low) || isinf(high))
        return ns_fail(err, NS_EINVAL, "expected 0 <= low <= high, found %g and %g", low, high);
    *out = (ns_dist){.kind = NS_DIST_UNIFORM, .a = low, .b = high, .mean = (low + high) / 2};
    return NS_OK;
}

int ns_dist_exponential(ns_dist *out, double mean, ns_err *err)
{
    if (!(mean > 0) || isinf(mean))
        return ns_fail(err, NS_EINVAL, "expected a mean above 0, found %g", mean);
    *out = (ns_dist){.kind = NS_DIST_EXPONENTIAL, .a = mean, .mean = mean};
    return NS_OK;
}

// By how many standard deviations cutting off what is more than z below it raises a normal's mean.
static double mills(double z)
{
    return ns_exp(-z * z / 2) / (2.5066282746310005 * ns_normal_cdf(z)); // the root of 2 pi
}

int ns_dist_normal(ns_dist *out, double mean, double stddev, ns_err *err)
{
    if (!(mean >= 0) || !(stddev >= 0) || isinf(mean) || isinf(stddev))
        return ns_fail(err, NS_EINVAL,
                       "expected a mean and a standard deviation of at least 0, "
                       "found %g and %g",
                       mean, stddev);
    double truncated = stddev > 0 ? mean + stddev * mills(mean / stddev) : mean;
    *out = (ns_dist){.kind = NS_DIST_NORMAL, .a = mean, .b = stddev, .mean = truncated};
    return NS_OK;
}

int ns_dist_lognormal(ns_dist *out, double mu, double sigma, ns_err *err)
{
    if (!(sigma >= 0) || isinf(sigma) || isnan(mu) || isinf(mu))
        return ns_fail(err, NS_EINVAL,
                       "expected a finite mu and a sigma of at least 0, found %g and %g", mu,
                       sigma);
    double mean = ns_exp(mu + sigma * sigma / 2);
    *out = (ns_dist){.kind = NS_DIST_LOGNORMAL, .a = mu, .b = sigma, .mean = mean};
    return NS_OK;
}

int ns_dist_gamma(ns_dist *out, double shape, double scale, ns_err *err)
{
    if (!(shape > 0) || !(scale > 0) || isinf(shape) || isinf(scale))
        return ns_fail(err, NS_EINVAL, "expected a shape and a scale above 0, found %g and %g",
                       shape, scale);
    *out = (ns_dist){.kind = NS_DIST_GAMMA, .a = shape, .b = scale, .mean = shape * scale};
    return NS_OK;
}

int ns_dist_pareto(ns_dist *out, double scale, double shape, ns_err *err)
{
    if (!(shape > 0) || !(scale > 0) || isinf(shape) || isinf(scale))
        return ns_fail(err, NS_EINVAL, "expected a scale and a shape above 0, found %g and %g",
                       scale, shape);
    double mean = shape > 1 ? shape * scale / (shape - 1) : NAN;
    *out = (ns_dist){.kind = NS_DIST_PARETO, .a = scale, .b = shape, .mean = mean};
    return NS_OK;
}

// (e^t - 1) / t and log(1 + t) / t, whole at 0.
static double exp_ratio(double t)
{
    if (fabs(t) > 0.5)
        return (ns_exp(t) - 1) / t;
    double sum = 0;
    for (int i = 16; i >= 1; i--)
        sum = (1 + sum * t) / i;
    return sum;
}

static double log_ratio(double t)
{
    if (fabs(t) > 0.03)
        return ns_log(1 + t) / t;
    double sum = 0;
    for (int i = 12; i >= 1; i--)
        sum = 1.0 / i - t * sum;
    return sum;
}

// The integral of t^-s from 1 to x, and its inverse.
static double zipf_h(double x, double s)
{
    double log_x = ns_log(x);
    return log_x * exp_ratio((1 - s) * log_x);
}

static double zipf_inverse(double y, double s)
{
    double t = (1 - s) * y;
    return ns_exp(y * log_ratio(t < -1 ? -1 : t));
}

// The sum of k^-s over k from 1 to n: term by term at first, then by the formula of Euler and
// Maclaurin, whose error is below 1e-12 of the sum here.
static double zipf_sum(double n, double s)
{
    double sum = 0, first = n < 1000 ? n : 1000;
    for (int k = 1; k <= (int)first; k++)
        sum += ns_pow(k, -s);
    if (n <= first)
        return sum;
    double at_first = ns_pow(first, -s), at_end = ns_pow(n, -s);
    return sum + zipf_h(n, s) - zipf_h(first, s) + (at_end - at_first) / 2 +
           s * (at_first / first - at_end / n) / 12;
}

int ns_dist_zipf(ns_dist *out, double n, double s, ns_err *err)
{
    if (!(n >= 1) || n > 1e9 || n != floor(n) || !(s >= 0) || s > 20)
        return ns_fail(err, NS_EINVAL,
                       "expected n from 1 to 1e9 and s from 0 to 20, found %g and %g", n, s);
    double mean = zipf_sum(n, s - 1) / zipf_sum(n, s);
    *out = (ns_dist){.kind = NS_DIST_ZIPF, .a = n, .b = s, .mean = mean};
    return NS_OK;
}

int ns_dist_empirical(ns_dist *out, const double *sorted, size_t count, ns_err *err)
{
    if (count == 0)
        return ns_fail(err, NS_EINVAL, "expected at least one value, found none");
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(sorted[i] >= 0) || (i && sorted[i] < sorted[i - 1]))
            return ns_fail(err, NS_EINVAL, "expected sorted values of at least 0, found %g",
                           sorted[i]);
        sum += sorted[i];
    }
    *out = (ns_dist){
        .kind = NS_DIST_EMPIRICAL, .mean = sum / (double)count, .table = sorted, .count = count};
    return NS_OK;
}

// -- By mean and p99 ------------------------------------------------------------------------------

// P(X <= p99) for a gamma of this shape whose mean is 1.
static double gamma_below(double shape, double ratio)
{
    return ns_gamma_p(shape, ratio * shape);
}

static int fit_gamma(ns_dist *out, double mean, double ratio, ns_err *err)
{
    // The 0.99 quantile over the mean falls from about 22 (shape 0.05) towards 1 as the shape
    // grows.
    double low = 0.05, high = 1e6;
    if (gamma_below(low, ratio) >= 0.99 || gamma_below(high, ratio) < 0.99)
        return -1;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        // More spread (a smaller shape) leaves less below the ratio while the ratio is above the
        // mode.
        if (gamma_below(middle, ratio) < 0.99)
            low = middle;
        else
            high = middle;
    }
    return ns_dist_gamma(out, high, mean / high, err);
}

static double pareto_ratio(double shape)
{
    return ns_pow(100, 1 / shape) * (shape - 1) / shape;
}

static int fit_pareto(ns_dist *out, double mean, double ratio, ns_err *err)
{
    // The ratio rises to its maximum where shape = ln(100) / (ln(100) - 1), then falls towards 1.
    double peak = 4.605170185988091 / 3.605170185988091, low = peak, high = 1e6;
    if (ratio > pareto_ratio(peak))
        return -1;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        if (pareto_ratio(middle) > ratio)
            low = middle;
        else
            high = middle;
    }
    return ns_dist_pareto(out, mean * (low - 1) / low, low, err);
}

static int fit_normal(ns_dist *out, double mean, double ratio, ns_err *err)
{
    double sigma = (ratio - 1) / z99, mu = 1;
    if (sigma > 0.125) { // less than 8 standard deviations above 0: the truncation counts
        // With alpha = mu / sigma, the scale follows from the mean; the more alpha, the less is
        // above the ratio. At alpha = 0, half a normal, the 0.99 quantile is 3.228 times the mean.
        double low = 0, high = 8;
        for (int i = 0; i < 100; i++) {
            double alpha = (low + high) / 2;
            sigma = 1 / (alpha + mills(alpha));
            mu = alpha * sigma;
            double above = ns_normal_cdf((mu - ratio) / sigma) / ns_normal_cdf(alpha);
            *(above > 0.01 ? &low : &high) = alpha;
        }
        if (low == 0)
            return -1;
    }
    return ns_dist_normal(out, mu * mean, sigma * mean, err);
}

int ns_dist_fit(ns_dist *out, ns_dist_kind kind, double mean, double p99, ns_err *err)
{
    if (!(mean > 0) || !(p99 > 0) || isinf(mean) || isinf(p99))
        return ns_fail(err, NS_EINVAL, "expected a mean and a p99 above 0, found %g and %g", mean,
                       p99);
    double ratio = p99 / mean;
    int status = -1;
    const char *range = "";
    switch (kind) {
    case NS_DIST_EXPONENTIAL:
        range = "4.605 (p99 is ln(100) times the mean)";
        if (fabs(ratio - 4.605170185988091) < 0.05)
            status = ns_dist_exponential(out, mean, err);
        break;
    case NS_DIST_NORMAL:
        range = "from 1 to 3.2";
        if (ratio >= 1)
            status = fit_normal(out, mean, ratio, err);
        break;
    case NS_DIST_LOGNORMAL: {
        range = "from 1 to 14.9";
        double root = z99 * z99 - 2 * ns_log(ratio);
        if (ratio >= 1 && root >= 0) {
            double sigma = z99 - sqrt(root);
            status = ns_dist_lognormal(out, ns_log(mean) - sigma * sigma / 2, sigma, err);
        }
        break;
    }
    case NS_DIST_GAMMA:
        range = "from 1.003 to about 22";
        if (ratio > 1.003)
            status = fit_gamma(out, mean, ratio, err);
        break;
    case NS_DIST_PARETO:
        range = "from 1 to 7.8";
        if (ratio > 1.00001)
            status = fit_pareto(out, mean, ratio, err);
        break;
    default:
        return ns_fail(err, NS_EINVAL, "a %s distribution is not given by mean and p99",
                       names[kind]);
    }
    if (status == -1)
        return ns_fail(err, NS_EINVAL, "no %s distribution has p99 / mean = %.4g; expected %s",
                       names[kind], ratio, range);
    return status;
}

// -- Drawing --------------------------------------------------------------------------------------

// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
static double draw_gamma(double shape, ns_draw *draw)
{
    double boost = 1;
    if (shape < 1) {
        boost = ns_pow(ns_draw_unit(draw), 1 / shape);
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = ns_draw_normal(draw), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (ns_log(ns_draw_unit(draw)) < 0.5 * x * x + d - d * v + d * ns_log(v))
            return d * v * boost;
    }
}

// Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
// distributions" (1996).
static double draw_zipf(double n, double s, ns_draw *draw)
{
    double top = zipf_h(n + 0.5, s), bottom = zipf_h(1.5, s) - 1;
    for (;;) {
        double u = bottom + ns_draw_unit(draw) * (top - bottom);
        double x = zipf_inverse(u, s), k = floor(x + 0.5);
        k = k < 1 ? 1 : k > n ? n : k;
        if (u >= zipf_h(k + 0.5, s) - ns_pow(k, -s))
            return k;
    }
}

static double draw_truncated(double mean, double stddev, ns_draw *draw)
{
    for (;;) { // at least every second is accepted, since the mean is not negative
        double x = mean + stddev * ns_draw_normal(draw);
        if (x >= 0)
            return x;
    }
}

double ns_dist_draw(const ns_dist *dist, ns_draw *draw)
{
    switch (dist->kind) {
    case NS_DIST_CONSTANT:
        return dist->a;
    case NS_DIST_UNIFORM:
        return dist->a + (dist->b - dist->a) * ns_draw_unit(draw);
    case NS_DIST_EXPONENTIAL:
        return -dist->a * ns_log(ns_draw_unit(draw));
    case NS_DIST_NORMAL:
        return draw_truncated(dist->a, dist->b, draw);
    case NS_DIST_LOGNORMAL:
        return ns_exp(dist->a + dist->b * ns_draw_normal(draw));
    case NS_DIST_GAMMA:
        return draw_gamma(dist->a, draw) * dist->b;
    case NS_DIST_PARETO:
        return dist->a * ns_pow(ns_draw_unit(draw), -1 / dist->b);
    case NS_DIST_ZIPF:
        return draw_zipf(dist->a, dist->b, draw);
    case NS_DIST_EMPIRICAL:
        return dist->table[ns_draw_below(draw, dist->count)];
    }
    assert(!"a kind of distribution");
    return 0;
}

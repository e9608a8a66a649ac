// Distributions against their closed forms, and fits against the property that they promise.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#include "sim/dist.h"

enum { DRAWS = 200000 };

// P(X <= x) by the C library; gamma by Simpson's rule over the density.
static double cdf(const ns_dist *d, double x)
{
    double a = d->a, b = d->b;
    if (x <= 0)
        return 0;
    switch (d->kind) {
    case NS_DIST_UNIFORM:
        return fmin(fmax((x - a) / (b - a), 0), 1);
    case NS_DIST_EXPONENTIAL:
        return -expm1(-x / a);
    case NS_DIST_NORMAL: {
        double whole = erfc(-a / b / sqrt(2));
        return (whole - erfc((x - a) / b / sqrt(2))) / whole;
    }
    case NS_DIST_LOGNORMAL:
        return erfc(-(log(x) - a) / b / sqrt(2)) / 2;
    case NS_DIST_PARETO:
        return x < a ? 0 : 1 - pow(a / x, b);
    case NS_DIST_GAMMA: {
        // With t = u^(1/k), the density's pole at 0 for shapes below 1 is gone.
        double k = a < 1 ? a : 1, top = pow(x / b, k), sum = 0;
        const int steps = 20000;
        for (int i = 0; i <= steps; i++) {
            double u = top * i / steps, t = pow(u, 1 / k);
            double density = u == 0 ? (a <= 1 ? 1 : 0) : exp((a - k) * log(t) - t);
            sum += density * (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2);
        }
        return sum * top / steps / 3 / k / tgamma(a);
    }
    default:
        cr_fatal("no closed form of kind %d", d->kind);
    }
    return NAN;
}

static double variance(const ns_dist *d)
{
    double a = d->a, b = d->b;
    switch (d->kind) {
    case NS_DIST_UNIFORM:
        return (b - a) * (b - a) / 12;
    case NS_DIST_EXPONENTIAL:
        return a * a;
    case NS_DIST_NORMAL: {
        double z = a / b, ratio = exp(-z * z / 2) / sqrt(2 * M_PI) / (erfc(-z / sqrt(2)) / 2);
        return b * b * (1 - z * ratio - ratio * ratio);
    }
    case NS_DIST_LOGNORMAL:
        return expm1(b * b) * exp(2 * a + b * b);
    case NS_DIST_GAMMA:
        return a * b * b;
    default:
        return a * a * b / ((b - 1) * (b - 1) * (b - 2)); // Pareto
    }
}

static double closed_mean(const ns_dist *d)
{
    double a = d->a, b = d->b;
    switch (d->kind) {
    case NS_DIST_UNIFORM:
        return (a + b) / 2;
    case NS_DIST_EXPONENTIAL:
        return a;
    case NS_DIST_NORMAL:
        return a + b * exp(-a * a / b / b / 2) / sqrt(2 * M_PI) / (erfc(-a / b / sqrt(2)) / 2);
    case NS_DIST_LOGNORMAL:
        return exp(a + b * b / 2);
    case NS_DIST_GAMMA:
        return a * b;
    default:
        return b * a / (b - 1);
    }
}

static void check(const ns_dist *d)
{
    static const double probes[] = {0.01, 0.1, 0.3, 0.5, 0.8, 1, 1.2, 1.5, 2, 3, 5, 9};
    enum { PROBES = sizeof probes / sizeof *probes };
    const char *name = ns_dist_name(d->kind);
    double below[PROBES] = {0}, sum = 0, squares = 0, fourth = 0, mean = closed_mean(d);
    cr_assert(lt(dbl, fabs(d->mean / mean - 1), 1e-12), "%s: mean %g, not %g", name, d->mean, mean);
    ns_stream stream = ns_stream_make(3, "dist", name);
    for (uint64_t i = 0; i < DRAWS; i++) {
        ns_draw draw = ns_stream_op(stream, i);
        double x = ns_dist_draw(d, &draw), apart = x - mean;
        cr_assert(ge(dbl, x, 0));
        sum += apart;
        squares += apart * apart;
        fourth += apart * apart * apart * apart;
        for (int k = 0; k < PROBES; k++)
            below[k] += x <= probes[k] * mean;
    }
    double measured = squares / DRAWS;
    cr_assert(lt(dbl, fabs(sum / DRAWS), 4 * sqrt(variance(d) / DRAWS)),
              "%s(%g, %g): mean off by %g", name, d->a, d->b, sum / DRAWS);
    double spread = sqrt((fourth / DRAWS - measured * measured) / DRAWS);
    cr_assert(lt(dbl, fabs(measured - variance(d)), 5 * spread), "%s(%g, %g): variance %g, not %g",
              name, d->a, d->b, measured, variance(d));
    for (int k = 0; k < PROBES; k++) {
        double p = cdf(d, probes[k] * mean);
        cr_assert(le(dbl, fabs(below[k] / DRAWS - p), 4.5 * sqrt(p * (1 - p) / DRAWS) + 1e-6),
                  "%s(%g, %g): P(x <= %g) is %g, not %g", name, d->a, d->b, probes[k] * mean,
                  below[k] / DRAWS, p);
    }
}

Test(dist, uniform)
{
    ns_dist d;
    cr_assert(eq(int, ns_dist_uniform(&d, 10, 30, NULL), NS_OK));
    check(&d);
}

Test(dist, exponential)
{
    ns_dist d;
    cr_assert(eq(int, ns_dist_exponential(&d, 250, NULL), NS_OK));
    check(&d);
}

Test(dist, normal_truncated_at_0)
{
    static const double sigmas[] = {1, 5, 10, 40};
    for (int i = 0; i < 4; i++) {
        ns_dist d;
        cr_assert(eq(int, ns_dist_normal(&d, 10, sigmas[i], NULL), NS_OK));
        check(&d);
    }
}

Test(dist, lognormal)
{
    static const double sigmas[] = {0.1, 0.5, 1};
    for (int i = 0; i < 3; i++) {
        ns_dist d;
        cr_assert(eq(int, ns_dist_lognormal(&d, 3, sigmas[i], NULL), NS_OK));
        check(&d);
    }
}

Test(dist, gamma)
{
    static const double shapes[] = {0.2, 0.7, 1, 2.5, 40};
    for (int i = 0; i < 5; i++) {
        ns_dist d;
        cr_assert(eq(int, ns_dist_gamma(&d, shapes[i], 20, NULL), NS_OK));
        check(&d);
    }
}

Test(dist, pareto)
{
    static const double shapes[] = {4.5, 6, 12};
    for (int i = 0; i < 3; i++) {
        ns_dist d;
        cr_assert(eq(int, ns_dist_pareto(&d, 5, shapes[i], NULL), NS_OK));
        check(&d);
    }
    ns_dist heavy;
    cr_assert(eq(int, ns_dist_pareto(&heavy, 5, 1, NULL), NS_OK));
    cr_assert(isnan(heavy.mean));
}

Test(dist, constant)
{
    ns_dist d;
    ns_draw draw = {0};
    cr_assert(eq(int, ns_dist_constant(&d, 12.5, NULL), NS_OK));
    cr_assert(eq(dbl, ns_dist_draw(&d, &draw), 12.5));
    cr_assert(eq(dbl, d.mean, 12.5));
}

Test(dist, zipf)
{
    static const double exponents[] = {0, 0.5, 0.99, 1, 1 + 1e-8, 1.3, 3};
    enum { RANKS = 50, N = 200000 };
    for (int e = 0; e < 7; e++) {
        double s = exponents[e], weights = 0, mean = 0, counts[RANKS + 1] = {0}, chi = 0;
        ns_dist d;
        cr_assert(eq(int, ns_dist_zipf(&d, RANKS, s, NULL), NS_OK));
        for (int k = 1; k <= RANKS; k++) {
            weights += pow(k, -s);
            mean += pow(k, 1 - s);
        }
        cr_assert(lt(dbl, fabs(d.mean - mean / weights), 1e-10));
        for (uint64_t i = 0; i < N; i++) {
            ns_draw draw = ns_stream_op(ns_stream_make(5, "dist", "zipf"), i);
            double x = ns_dist_draw(&d, &draw);
            cr_assert(x >= 1 && x <= RANKS && x == floor(x));
            counts[(int)x]++;
        }
        for (int k = 1; k <= RANKS; k++) {
            double expected = N * pow(k, -s) / weights;
            chi += (counts[k] - expected) * (counts[k] - expected) / expected;
        }
        cr_assert(lt(dbl, chi, 100), "s = %g: chi-square %g of 49 degrees", s, chi);
    }
}

Test(dist, zipf_of_many_ranks)
{
    // The mean by summing term by term.
    static const double exponents[] = {0.7, 1, 2};
    for (int e = 0; e < 3; e++) {
        double s = exponents[e];
        long double weights = 0, sum = 0;
        for (int k = 1; k <= 1000000; k++) {
            weights += powl(k, -s);
            sum += powl(k, 1 - s);
        }
        ns_dist d;
        cr_assert(eq(int, ns_dist_zipf(&d, 1e6, s, NULL), NS_OK));
        cr_assert(lt(dbl, fabs(d.mean / (double)(sum / weights) - 1), 1e-9), "s = %g", s);
    }
    ns_dist d;
    double sum = 0;
    cr_assert(eq(int, ns_dist_zipf(&d, 1e9, 0.5, NULL), NS_OK));
    for (uint64_t i = 0; i < 100000; i++) {
        ns_draw draw = ns_stream_op(ns_stream_make(5, "dist", "zipf"), i);
        sum += ns_dist_draw(&d, &draw);
    }
    // About n^2 (1/5 - 1/9) is the variance for s = 1/2.
    cr_assert(lt(dbl, fabs(sum / 100000 - d.mean), 4 * 1e9 * sqrt(0.0889 / 100000)));
}

Test(dist, empirical)
{
    static const double values[] = {1, 1, 2, 4, 8};
    ns_dist d;
    cr_assert(eq(int, ns_dist_empirical(&d, values, 5, NULL), NS_OK));
    cr_assert(eq(dbl, d.mean, 3.2));
    int counts[9] = {0};
    for (uint64_t i = 0; i < 50000; i++) {
        ns_draw draw = ns_stream_op(ns_stream_make(5, "dist", "empirical"), i);
        counts[(int)ns_dist_draw(&d, &draw)]++;
    }
    cr_assert(eq(int, counts[1] + counts[2] + counts[4] + counts[8], 50000));
    cr_assert(lt(dbl, fabs(counts[1] / 50000.0 - 0.4), 0.01));
    cr_assert(lt(dbl, fabs(counts[8] / 50000.0 - 0.2), 0.01));
}

// -- Fits -----------------------------------------------------------------------------------------

static void check_fit(ns_dist_kind kind, double ratio)
{
    ns_dist d;
    ns_err err = {0};
    double mean = 1500, p99 = mean * ratio;
    cr_assert(eq(int, ns_dist_fit(&d, kind, mean, p99, &err), NS_OK), "%s", err.msg);
    cr_assert(eq(int, (int)d.kind, (int)kind));
    cr_assert(lt(dbl, fabs(d.mean / mean - 1), 1e-7), "%s %g: mean %g", ns_dist_name(kind), ratio,
              d.mean);
    cr_assert(lt(dbl, fabs(closed_mean(&d) / mean - 1), 1e-7));
    cr_assert(lt(dbl, fabs(cdf(&d, p99) - 0.99), 2e-6), "%s %g: P(x <= p99) = %g",
              ns_dist_name(kind), ratio, cdf(&d, p99));
}

Test(dist, fits_have_the_mean_and_the_p99)
{
    for (double ratio = 1.05; ratio < 3.22; ratio += 0.05)
        check_fit(NS_DIST_NORMAL, ratio);
    for (double ratio = 1.05; ratio < 14.9; ratio *= 1.2)
        check_fit(NS_DIST_LOGNORMAL, ratio);
    for (double ratio = 1.3; ratio < 15; ratio *= 1.2)
        check_fit(NS_DIST_GAMMA, ratio);
    for (double ratio = 1.05; ratio < 7.8; ratio *= 1.15)
        check_fit(NS_DIST_PARETO, ratio);
    ns_dist d;
    cr_assert(eq(int, ns_dist_fit(&d, NS_DIST_EXPONENTIAL, 100, 460.5, NULL), NS_OK));
    cr_assert(eq(dbl, d.a, 100));
}

Test(dist, what_no_member_of_a_family_has_is_an_error)
{
    static const struct {
        ns_dist_kind kind;
        double ratio;
    } cases[] = {{NS_DIST_NORMAL, 3.3},    {NS_DIST_NORMAL, 0.9}, {NS_DIST_LOGNORMAL, 15.1},
                 {NS_DIST_LOGNORMAL, 0.9}, {NS_DIST_GAMMA, 40},   {NS_DIST_GAMMA, 0.99},
                 {NS_DIST_PARETO, 8},      {NS_DIST_PARETO, 0.5}, {NS_DIST_EXPONENTIAL, 3},
                 {NS_DIST_EXPONENTIAL, 6}, {NS_DIST_UNIFORM, 1.5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ns_dist d;
        ns_err err = {0};
        int rc = ns_dist_fit(&d, cases[i].kind, 10, 10 * cases[i].ratio, &err);
        cr_assert(eq(int, rc, NS_EINVAL), "%s %g", ns_dist_name(cases[i].kind), cases[i].ratio);
        cr_assert(ne(ptr, strstr(err.msg, ns_dist_name(cases[i].kind)), NULL));
    }
    cr_assert(eq(int, ns_dist_fit(&(ns_dist){0}, NS_DIST_GAMMA, NAN, 1, NULL), NS_EINVAL));
    cr_assert(eq(int, ns_dist_fit(&(ns_dist){0}, NS_DIST_GAMMA, 1, INFINITY, NULL), NS_EINVAL));
}

Test(dist, wrong_parameters_are_errors)
{
    ns_dist d;
    static const double unsorted[] = {2, 1}, negative[] = {-1, 1};
    int results[] = {
        ns_dist_constant(&d, -1, NULL),          ns_dist_constant(&d, NAN, NULL),
        ns_dist_uniform(&d, 3, 2, NULL),         ns_dist_uniform(&d, -1, 2, NULL),
        ns_dist_exponential(&d, 0, NULL),        ns_dist_exponential(&d, INFINITY, NULL),
        ns_dist_normal(&d, -1, 1, NULL),         ns_dist_normal(&d, 1, NAN, NULL),
        ns_dist_lognormal(&d, 0, -1, NULL),      ns_dist_gamma(&d, 0, 1, NULL),
        ns_dist_gamma(&d, 1, NAN, NULL),         ns_dist_pareto(&d, 0, 1, NULL),
        ns_dist_pareto(&d, 1, 0, NULL),          ns_dist_zipf(&d, 0, 1, NULL),
        ns_dist_zipf(&d, 1.5, 1, NULL),          ns_dist_zipf(&d, 10, -1, NULL),
        ns_dist_empirical(&d, NULL, 0, NULL),    ns_dist_empirical(&d, unsorted, 2, NULL),
        ns_dist_empirical(&d, negative, 2, NULL)};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        cr_assert(eq(int, results[i], NS_EINVAL), "case %zu", i);
}

Test(dist, names)
{
    for (int i = 0; i <= NS_DIST_EMPIRICAL; i++) {
        ns_dist_kind kind;
        cr_assert(ns_dist_kind_of(ns_dist_name((ns_dist_kind)i), &kind));
        cr_assert(eq(int, (int)kind, i));
    }
    ns_dist_kind kind;
    cr_assert(not(ns_dist_kind_of("weibull", &kind)));
}

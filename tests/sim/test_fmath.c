// The elementary functions against the C library's in long double, whose error is far below an ulp
// of double.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "sim/fmath.h"
#include "sim/random.h"

enum { DRAWS = 300000 };

static ns_draw draws(const char *purpose)
{
    return ns_stream_op(ns_stream_make(1, "fmath", purpose), 0);
}

// The distance of a result from the exact value, in units of the last place of the latter.
static double ulps(double got, long double exact)
{
    double rounded = fabs((double)exact);
    return (double)fabsl((got - exact) / (nextafter(rounded, INFINITY) - rounded));
}

static double any_positive(ns_draw *draw)
{
    for (;;) {
        uint64_t bits = ns_draw_u64(draw) >> 1;
        double x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x) && x > 0)
            return x;
    }
}

static double between(ns_draw *draw, double low, double high)
{
    return low + (high - low) * ns_draw_unit(draw);
}

Test(fmath, log)
{
    ns_draw draw = draws("log");
    double worst = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = any_positive(&draw), y = between(&draw, 0.5, 2), z = ns_draw_unit(&draw);
        worst = fmax(worst, ulps(ns_log(x), logl(x)));
        worst = fmax(worst, ulps(ns_log(y), logl(y)));
        worst = fmax(worst, ulps(ns_log(z), logl(z)));
    }
    cr_assert(lt(dbl, worst, 1.0));
    cr_assert(eq(dbl, ns_log(1), 0));
    cr_assert(lt(dbl, ulps(ns_log(0x1p-1074), logl(0x1p-1074L)), 1)); // the least of all doubles
    cr_assert(lt(dbl, ulps(ns_log(1 + 0x1p-52), logl(1 + 0x1p-52L)), 1));
}

Test(fmath, exp)
{
    ns_draw draw = draws("exp");
    double worst = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = between(&draw, -708, 709.7), y = between(&draw, -1, 1);
        worst = fmax(worst, ulps(ns_exp(x), expl(x)));
        worst = fmax(worst, ulps(ns_exp(y), expl(y)));
    }
    cr_assert(lt(dbl, worst, 1.0));
    cr_assert(eq(dbl, ns_exp(0), 1));
    cr_assert(eq(dbl, ns_exp(710), INFINITY));
    cr_assert(eq(dbl, ns_exp(-746), 0));
    cr_assert(lt(dbl, ulps(ns_exp(-740), expl(-740)), 1)); // subnormal
}

Test(fmath, pow)
{
    ns_draw draw = draws("pow");
    double worst = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = ns_exp(between(&draw, -20, 20)), y = between(&draw, -30, 30);
        worst = fmax(worst, ulps(ns_pow(x, y), powl(x, y)));
        x = between(&draw, 0.9, 1.1), y = between(&draw, -5000, 5000);
        worst = fmax(worst, ulps(ns_pow(x, y), powl(x, y)));
    }
    cr_assert(lt(dbl, worst, 1.5));
    cr_assert(eq(dbl, ns_pow(7, 0), 1));
    cr_assert(eq(dbl, ns_pow(1, 1e300), 1));
    cr_assert(eq(dbl, ns_pow(2, 10), 1024));
    cr_assert(eq(dbl, ns_pow(2, 1e6), INFINITY));
    cr_assert(eq(dbl, ns_pow(2, -1e6), 0));
    cr_assert(eq(dbl, ns_pow(2, 1e305), INFINITY));
}

Test(fmath, lgamma)
{
    ns_draw draw = draws("lgamma");
    for (int i = 0; i < DRAWS / 10; i++) {
        double x = ns_exp(between(&draw, -8, 12));
        double error = (double)fabsl(ns_lgamma(x) - lgammal(x));
        cr_assert(lt(dbl, error, 1e-14 * (1 + (double)fabsl(lgammal(x)))), "x = %g", x);
    }
}

Test(fmath, normal_cdf)
{
    for (double z = -8; z <= 8; z += 0.001)
        cr_assert(lt(dbl, fabs(ns_normal_cdf(z) - (double)(erfcl(-z / sqrtl(2)) / 2)), 1e-14),
                  "z = %g", z);
}

Test(fmath, gamma_p)
{
    // For whole a: 1 - e^-x (1 + x + ... + x^(a-1) / (a-1)!).
    for (int a = 1; a <= 60; a++) {
        for (double x = 0.25; x < 120; x *= 1.3) {
            long double term = expl(-x), sum = 0;
            for (int k = 0; k < a; k++) {
                sum += term;
                term *= x / (long double)(k + 1);
            }
            double error = (double)fabsl(ns_gamma_p(a, x) - (1 - sum));
            cr_assert(lt(dbl, error, 1e-12), "a = %d, x = %g", a, x);
        }
    }
    cr_assert(eq(dbl, ns_gamma_p(3, 0), 0));
    cr_assert(lt(dbl, fabs(ns_gamma_p(1e6, 1e6) - 0.5), 2e-4)); // the mean is near the median
}

// Student's t against published tables, integration of its density, and closed forms.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

#include "sim/stats.h"
#include "sim/student.h"

// From tables of the distribution (one-sided levels), to the digits they have.
Test(student_any, quantiles_of_the_tables)
{
    static const struct {
        double p, degrees, t;
    } table[] = {
        {0.75, 1, 1.000},   {0.90, 1, 3.078},   {0.95, 1, 6.314},    {0.99, 1, 31.821},
        {0.995, 1, 63.657}, {0.999, 1, 318.31}, {0.9995, 1, 636.62}, {0.90, 2, 1.886},
        {0.95, 2, 2.920},   {0.995, 2, 9.925},  {0.9995, 2, 31.599}, {0.90, 4, 1.533},
        {0.95, 4, 2.132},   {0.99, 4, 3.747},   {0.9995, 4, 8.610},  {0.95, 9, 1.833},
        {0.975, 9, 2.262},  {0.99, 9, 2.821},   {0.995, 9, 3.250},   {0.999, 9, 4.297},
        {0.9995, 9, 4.781}, {0.95, 30, 1.697},  {0.995, 30, 2.750},  {0.999, 30, 3.385},
        {0.95, 120, 1.658}, {0.99, 120, 2.358}, {0.995, 120, 2.617}, {0.9995, 120, 3.373},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double t = ns_student_quantile(table[i].p, table[i].degrees);
        cr_expect(lt(dbl, fabs(t / table[i].t - 1), 3e-4), "p %g, %g degrees: %.6f", table[i].p,
                  table[i].degrees, t);
    }
    for (uint64_t n = 1; n <= 200; n++)
        cr_expect(
            lt(dbl, fabs(ns_student_quantile(0.975, (double)n) / ns_student_t975(n) - 1), 1e-6),
            "%llu degrees", (unsigned long long)n);
}

Test(student_any, closed_forms)
{
    for (double t = -40; t <= 40; t += 0.37) {
        // With one degree of freedom it is Cauchy's distribution; with two it has a closed form
        // too.
        cr_expect(lt(dbl, fabs(ns_student_cdf(t, 1) - (0.5 + atan(t) / M_PI)), 1e-12));
        cr_expect(lt(dbl, fabs(ns_student_cdf(t, 2) - (0.5 + t / (2 * sqrt(2 + t * t)))), 1e-12));
        // With very many it is normal.
        cr_expect(lt(dbl, fabs(ns_student_cdf(t, 1e6) - 0.5 * erfc(-t / sqrt(2))), 1e-6));
    }
    // The tail keeps its digits: 1/(pi t) to first order.
    cr_expect(lt(dbl, fabs(ns_student_above(1e9, 1) * M_PI * 1e9 - 1), 1e-9));
    cr_expect(eq(dbl, ns_student_above(INFINITY, 5), 0));
}

Test(student_any, the_quantile_inverts)
{
    for (double degrees = 0.5; degrees < 500; degrees *= 1.7)
        for (double p = 0.001; p < 1; p += 0.013)
            cr_expect(
                lt(dbl, fabs(ns_student_cdf(ns_student_quantile(p, degrees), degrees) - p), 1e-9),
                "p %g, %g degrees", p, degrees);
}

// P(0 < T < t) by Simpson's rule over the density, also for degrees that are not whole.
Test(student_any, integration)
{
    static const double list[] = {1, 1.5, 2, 3.7, 9, 25.25, 100};
    for (size_t d = 0; d < sizeof list / sizeof *list; d++) {
        double degrees = list[d];
        double factor = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * M_PI);
        for (double t = 0.1; t < 12; t *= 1.5) {
            enum { STEPS = 4000 };
            double sum = 0;
            for (int i = 0; i <= STEPS; i++) {
                double x = t * i / STEPS;
                double density = factor * pow(1 + x * x / degrees, -(degrees + 1) / 2);
                sum += density * (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2);
            }
            double half = sum * t / STEPS / 3;
            cr_expect(lt(dbl, fabs(ns_student_cdf(t, degrees) - 0.5 - half), 1e-9));
        }
    }
}

Test(beta, binomial_tails)
{
    // I_x(a, b) = P(at least a successes of a + b - 1) for whole a and b.
    for (int n = 1; n < 12; n++) {
        for (int a = 1; a <= n; a++) {
            for (double x = 0; x <= 1; x += 0.125) {
                double tail = 0;
                for (int k = a; k <= n; k++)
                    tail += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) * pow(x, k) *
                            pow(1 - x, n - k);
                cr_expect(lt(dbl, fabs(ns_beta_i(a, n - a + 1, x) - tail), 1e-11));
            }
        }
    }
}

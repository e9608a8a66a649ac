#include "sim/student.h"

#include <assert.h>
#include <math.h>

#include "sim/fmath.h"

// The continued fraction of the incomplete beta function by Lentz's method (Abramowitz and Stegun,
// 26.5.8). It converges quickly for x < (a + 1) / (a + b + 2).
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 1000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step = 1;
        for (int half = 0; half < 2; half++) {
            double term = half ? odd : even;
            d = 1 + term * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + term / c;
            c = fabs(c) < tiny ? tiny : c;
            step = c * d;
            h *= step;
        }
        if (fabs(step - 1) < 1e-15)
            break;
    }
    return h;
}

double ns_beta_i(double a, double b, double x)
{
    assert(a > 0 && b > 0 && x >= 0 && x <= 1);
    if (x == 0 || x == 1)
        return x;
    double front =
        ns_exp(ns_lgamma(a + b) - ns_lgamma(a) - ns_lgamma(b) + a * ns_log(x) + b * ns_log(1 - x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double ns_student_above(double t, double degrees)
{
    assert(degrees > 0);
    if (t < 0)
        return 1 - ns_student_above(-t, degrees);
    double square = t * t;
    if (!(square < 1e300))
        return 0;
    // Beyond the middle of the distribution x is small, and no digits are lost.
    if (square > degrees)
        return ns_beta_i(degrees / 2, 0.5, degrees / (degrees + square)) / 2;
    return 0.5 - ns_beta_i(0.5, degrees / 2, square / (degrees + square)) / 2;
}

double ns_student_cdf(double t, double degrees)
{
    return ns_student_above(-t, degrees);
}

double ns_student_quantile(double p, double degrees)
{
    assert(p > 0 && p < 1);
    if (p < 0.5)
        return -ns_student_quantile(1 - p, degrees);
    double low = 0, high = 1;
    while (ns_student_above(high, degrees) > 1 - p && high < 1e150)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-13 * high; i++) {
        double middle = low + (high - low) / 2;
        if (ns_student_above(middle, degrees) > 1 - p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

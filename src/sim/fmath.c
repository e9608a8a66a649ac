#include "sim/fmath.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;

static double scale(double x, int exponent)
{
    return ldexp(x, exponent); // exact
}

double ns_log(double x)
{
    assert(x > 0);
    int exponent;
    double m = frexp(x, &exponent); // exact
    if (m < 0.70710678118654752) {
        m *= 2;
        exponent--;
    }
    // log(m) = 2 atanh(f), f = (m - 1) / (m + 1), |f| < 0.172
    double f = (m - 1) / (m + 1), square = f * f, sum = 0;
    for (int i = 21; i >= 3; i -= 2)
        sum = (sum + 1.0 / i) * square;
    double log_m = 2 * f + 2 * f * sum;
    return exponent * ln2_high + (exponent * ln2_low + log_m);
}

double ns_exp(double x)
{
    if (x > 709.8)
        return HUGE_VAL;
    if (x < -745.2)
        return 0;
    double k = (double)(int64_t)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double r = (x - k * ln2_high) - k * ln2_low;
    double sum = 1;
    for (int i = 14; i >= 1; i--)
        sum = 1 + sum * r / i;
    return scale(sum, (int)k);
}

double ns_pow(double x, double y)
{
    return ns_exp(y * ns_log(x));
}

double ns_lgamma(double x)
{
    // Lanczos, g = 7, n = 9 (Numerical Recipes, 6.1; coefficients of P. Godfrey).
    static const double c[] = {0.99999999999980993,  676.5203681218851,     -1259.1392167224028,
                               771.32342877765313,   -176.61502916214059,   12.507343278686905,
                               -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
    if (x < 0.5) // reflection would need a sine: climb instead
        return ns_lgamma(x + 1) - ns_log(x);
    double sum = c[0], t = x + 6.5;
    for (int i = 1; i < 9; i++)
        sum += c[i] / (x - 1 + i);
    return 0.91893853320467274 + (x - 0.5) * ns_log(t) - t + ns_log(sum);
}

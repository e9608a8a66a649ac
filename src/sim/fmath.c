#include "sim/fmath.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

// ln 2 in two parts; the first has so many zeros at its end that a product with any exponent is
// exact.
static const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;

// x as m * 2^exponent with m in [sqrt(1/2), sqrt(2)); exact.
static double split_exponent(double x, int *exponent)
{
    double m = frexp(x, exponent);
    if (m < 0.70710678118654752) {
        m *= 2;
        --*exponent;
    }
    return m;
}

// The sum of s^i / (2i + 1) for i from `first` on; s <= 0.0295.
static double atanh_series(double s, int first)
{
    double sum = 0;
    for (int i = 11; i >= first; i--)
        sum = sum * s + 1.0 / (2 * i + 1);
    for (int i = 0; i < first; i++)
        sum *= s;
    return sum;
}

double ns_log(double x)
{
    assert(x > 0);
    int exponent;
    // With f = m - 1, which is exact, and s = f / (2 + f): log m = 2 atanh(s) = f - s (f - r),
    // where r = 2 (s^2/3 + s^4/5 + ...). Written with f^2/2 = h as f - (h - s (h + r)), the
    // rounding error of s meets only small terms.
    double f = split_exponent(x, &exponent) - 1, s = f / (2 + f), h = 0.5 * f * f;
    double r = 2 * atanh_series(s * s, 1);
    double k = exponent;
    return k * ln2_high - ((h - (s * (h + r) + k * ln2_low)) - f);
}

double ns_exp(double x)
{
    if (x > 709.8)
        return HUGE_VAL;
    if (x < -745.2)
        return 0;
    double k = (double)(int64_t)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double high = x - k * ln2_high, low = k * ln2_low, r = high - low;
    double lost = (high - r) - low; // what the subtraction rounded away
    double sum = 0;
    for (int i = 14; i >= 2; i--)
        sum = (1 + sum) * r / i;
    // e^r = 1 + r + r * sum: the large terms come last.
    return ldexp(1 + (r + (r * sum + lost)), (int)k);
}

// -- Powers: the logarithm as the sum of two doubles ----------------------------------------------

typedef struct pair {
    double high, low;
} pair;

// a + b exactly; |a| >= |b|, or a is 0.
static pair fast_two_sum(double a, double b)
{
    double sum = a + b;
    return (pair){sum, b - (sum - a)};
}

// a * b exactly (Dekker).
static pair two_product(double a, double b)
{
    double ta = a * 134217729.0, tb = b * 134217729.0; // 2^27 + 1
    double ah = ta - (ta - a), bh = tb - (tb - b), al = a - ah, bl = b - bh;
    double product = a * b;
    return (pair){product, ((ah * bh - product) + ah * bl + al * bh) + al * bl};
}

static pair multiply(pair a, pair b)
{
    pair product = two_product(a.high, b.high);
    return fast_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

// To about 2^-64 of the value.
static pair log_pair(double x)
{
    int exponent;
    double m = split_exponent(x, &exponent), f = m - 1;
    pair divisor = fast_two_sum(2, f), s = {f / divisor.high, 0};
    pair back = two_product(s.high, divisor.high);
    s.low = ((f - back.high) - back.low - s.high * divisor.low) / divisor.high;
    // 2 atanh(s) = 2 s + 2 s^3 / 3 + 2 s (s^4/5 + ...)
    pair square = multiply(s, s), cube = multiply(square, s);
    static const pair two_thirds = {0x1.5555555555555p-1, 0x1.5555555555555p-55};
    cube = multiply(cube, two_thirds);
    double rest = 2 * s.high * atanh_series(square.high, 2);
    pair small = fast_two_sum(cube.high, cube.low + rest);
    pair sum = fast_two_sum(2 * s.high, small.high);
    sum = fast_two_sum(sum.high, sum.low + (2 * s.low + small.low));
    double k = exponent;
    pair all = exponent ? fast_two_sum(k * ln2_high, sum.high) : (pair){sum.high, 0};
    return fast_two_sum(all.high, all.low + (sum.low + k * ln2_low));
}

double ns_pow(double x, double y)
{
    assert(x > 0);
    if (y == 0 || x == 1)
        return 1;
    pair log_x = log_pair(x);
    if (fabs(y * log_x.high) > 800 ||
        fabs(y) > 0x1p900) // out of range; Dekker's split would overflow
        return ns_exp(y * log_x.high);
    pair product = two_product(y, log_x.high);
    double power = ns_exp(product.high);
    return power + power * (product.low + y * log_x.low);
}

// -- Gamma ----------------------------------------------------------------------------------------

double ns_lgamma(double x)
{
    // Lanczos, g = 7, n = 9 (Numerical Recipes, 6.1; coefficients of P. Godfrey).
    static const double c[] = {0.99999999999980993,  676.5203681218851,     -1259.1392167224028,
                               771.32342877765313,   -176.61502916214059,   12.507343278686905,
                               -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
    assert(x > 0);
    if (x < 0.5) // reflection would need a sine: climb instead
        return ns_lgamma(x + 1) - ns_log(x);
    double sum = c[0], t = x + 6.5;
    for (int i = 1; i < 9; i++)
        sum += c[i] / (x - 1 + i);
    return 0.91893853320467274 + (x - 0.5) * ns_log(t) - t + ns_log(sum);
}

// The series below the bend at a + 1, Lentz's continued fraction above it (Numerical Recipes, 6.2).
double ns_gamma_p(double a, double x)
{
    assert(a > 0);
    if (x <= 0)
        return 0;
    double front = ns_exp(a * ns_log(x) - x - ns_lgamma(a));
    if (x < a + 1) {
        double term = 1 / a, sum = term;
        for (double n = a + 1; term > sum * 1e-17; n++) {
            term *= x / n;
            sum += term;
        }
        return sum * front;
    }
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < 100000; i++) {
        double an = -i * (i - a), delta;
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        delta = d * c;
        h *= delta;
        if (fabs(delta - 1) < 1e-15)
            break;
    }
    return 1 - front * h;
}

double ns_normal_cdf(double z)
{
    double p = ns_gamma_p(0.5, z * z / 2) / 2;
    return z < 0 ? 0.5 - p : 0.5 + p;
}

// Elementary functions whose results are the same to the bit on every machine: they use only +, -,
// *, / and comparisons of IEEE 754 doubles, in one order, and what is exact: frexp, ldexp, fabs.
// The C library's own may differ in the last bit between versions, and such a bit must not decide
// an event's time.
#ifndef NS_SIM_FMATH_H
#define NS_SIM_FMATH_H

// Within 1 ulp for log and 1.5 ulp for exp and pow of the exact value where that is a normal
// number; tests/sim/test_fmath.c compares.
double ns_log(double x);           // x > 0 (asserted), finite
double ns_exp(double x);           // overflows to infinity, underflows to 0
double ns_pow(double x, double y); // x > 0 (asserted)

// To about 14 digits.
double ns_lgamma(double x);            // the logarithm of the gamma function, x > 0
double ns_gamma_p(double a, double x); // the regularized lower incomplete gamma function, a > 0
double ns_normal_cdf(double z);        // of the standard normal; absolute error 1e-15

#endif

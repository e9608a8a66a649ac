// Elementary functions whose results are the same to the bit on every machine: they use only +, -,
// *, / and comparisons of IEEE 754 doubles, in one order. Within 2 ulp of the exact value. The C
// library's own may differ in the last bit between versions, and such a bit must not decide an
// event's time.
#ifndef NS_SIM_FMATH_H
#define NS_SIM_FMATH_H

double ns_log(double x);           // x > 0
double ns_exp(double x);           // overflows to infinity, underflows to 0
double ns_pow(double x, double y); // x > 0
double ns_lgamma(double x);        // the logarithm of the gamma function, x > 0

#endif

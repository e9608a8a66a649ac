// Student's t distribution, for intervals and tests at any level. (sim/stats.h has the plain 95%
// interval of a mean.) The same to the bit on every machine, as sim/fmath.h is.
#ifndef NS_SIM_STUDENT_H
#define NS_SIM_STUDENT_H

// The regularized incomplete beta function I_x(a, b), 0 <= x <= 1, a and b > 0; to about 12 digits.
double ns_beta_i(double a, double b, double x);

// P(T <= t) with `degrees` of freedom: greater than 0, up to a million or so, and not whole of
// necessity (Welch's test).
double ns_student_cdf(double t, double degrees);
// P(T > t): exact to the relative precision above also where it is tiny.
double ns_student_above(double t, double degrees);
// The t with P(T <= t) = p, 0 < p < 1.
double ns_student_quantile(double p, double degrees);

#endif

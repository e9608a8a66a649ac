// Closed forms of queueing theory, to compare the models with.
#ifndef TESTS_MODEL_QUEUEING_H
#define TESTS_MODEL_QUEUEING_H

// Erlang's C formula: the mean wait of an M/M/c queue, in units of the service time.
static inline double erlang_c_wait(int c, double load)
{
    double a = load * c, term = 1, sum = 1;
    for (int k = 1; k < c; k++)
        sum += term *= a / k;
    double last = term * a / c / (1 - load);
    return last / (sum + last) / (c * (1 - load));
}

#endif

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "report/delay.h"

// The definition, by bisection over the stretches themselves.
static double naive(const int64_t *stretches, int count, int64_t waiting, double percentile)
{
    double total = (double)waiting, low = 0, high = 0;
    for (int i = 0; i < count; i++) {
        total += (double)stretches[i];
        if ((double)stretches[i] > high)
            high = (double)stretches[i];
    }
    double target = (1 - percentile / 100) * total;
    for (int step = 0; step < 200; step++) {
        double x = (low + high) / 2, longer = 0;
        for (int i = 0; i < count; i++)
            longer += (double)stretches[i] > x ? (double)stretches[i] - x : 0;
        if (longer > target)
            low = x;
        else
            high = x;
    }
    return high;
}

static uint64_t state = 1;
static int64_t draw(int64_t below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (int64_t)((state >> 16) % (uint64_t)below);
}

Test(delay, agrees_with_its_definition)
{
    static int64_t stretches[3000];
    static const double percentiles[] = {0, 10, 50, 90, 99, 99.9};
    for (int round = 0; round < 40; round++) {
        ns_delay *delay = calloc(1, sizeof *delay);
        int count = (int)draw(3000) + 1;
        int64_t waiting = 0;
        for (int i = 0; i < count; i++) {
            stretches[i] = draw(INT64_C(1) << (5 + draw(35))) + 1;
            int64_t wait = draw(1 + (INT64_C(1) << (round % 40)));
            waiting += wait;
            ns_delay_busy(delay, stretches[i]);
            ns_delay_wait(delay, wait);
        }
        for (int i = 0; i < 6; i++) {
            double expected = naive(stretches, count, waiting, percentiles[i]);
            double found = (double)ns_delay_percentile(delay, percentiles[i]);
            cr_expect(epsilon_eq(dbl, found, expected, 2 + expected * 0.016), "round %d p%g", round,
                      percentiles[i]);
        }
        free(delay);
    }
}

Test(delay, one_long_stretch_is_not_hidden_among_short_ones)
{
    // 900 ms of short stretches and 100 ms in one: at a tenth of all moments the loop is inside the
    // long one.
    static ns_delay delay;
    for (int i = 0; i < 900; i++)
        ns_delay_busy(&delay, 1000000);
    ns_delay_busy(&delay, 100000000);
    cr_expect(eq(i64, ns_delay_percentile(&delay, 99), 90000000));
    cr_expect(eq(i64, ns_delay_percentile(&delay, 100), 100000000));
    cr_expect(le(i64, ns_delay_percentile(&delay, 50), 600000));
    cr_expect(ns_delay_thin(&delay, 99));
    cr_expect(eq(int, ns_delay_thin(&delay, 50), 0));
}

Test(delay, a_loop_that_always_waits_delays_nothing)
{
    static ns_delay delay;
    cr_expect(eq(i64, ns_delay_percentile(&delay, 99), 0));
    ns_delay_wait(&delay, 1000);
    ns_delay_busy(&delay, 0);
    cr_expect(eq(i64, ns_delay_percentile(&delay, 99), 0));
    ns_delay_busy(&delay, 1);
    cr_expect(eq(i64, ns_delay_percentile(&delay, 99), 0));
    cr_expect(eq(i64, ns_delay_percentile(&delay, 100), 1));
}

// Random streams: what a draw depends on, and sanity of their statistics. The bounds of the
// chi-square tests are about the 0.0001 and 0.9999 quantiles; the draws are fixed, so a test that
// passes passes always.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>

#include "sim/random.h"

enum { CELLS = 256 };

static void check_even(const uint64_t *counts, int cells, const char *what)
{
    double total = 0, chi = 0;
    for (int i = 0; i < cells; i++)
        total += (double)counts[i];
    for (int i = 0; i < cells; i++) {
        double apart = (double)counts[i] - total / cells;
        chi += apart * apart / (total / cells);
    }
    double z = (chi - (cells - 1)) / sqrt(2.0 * (cells - 1));
    cr_assert(lt(dbl, z, 4.5), "%s: chi-square %g", what, chi);
    cr_assert(gt(dbl, z, -3.3), "%s: too even, chi-square %g", what, chi);
}

Test(random, each_byte_is_even)
{
    ns_draw draw = ns_stream_op(ns_stream_make(1, "disk0", "read"), 0);
    static uint64_t counts[8][CELLS];
    for (int i = 0; i < 1000000; i++) {
        uint64_t x = ns_draw_u64(&draw);
        for (int byte = 0; byte < 8; byte++)
            counts[byte][x >> (8 * byte) & 255]++;
    }
    for (int byte = 0; byte < 8; byte++)
        check_even(counts[byte], CELLS, "a byte");
}

// The first draws of neighbouring operations, streams and seeds are those that a run uses most.
static uint64_t first_draw(int dimension, uint64_t i)
{
    char name[32];
    snprintf(name, sizeof name, "disk%llu", (unsigned long long)i);
    ns_stream stream = ns_stream_make(dimension == 1 ? i : 42, dimension == 2 ? name : "disk",
                                      dimension == 3 ? name : "read");
    ns_draw draw = ns_stream_op(stream, dimension == 0 ? i : 0);
    if (dimension == 4)
        draw.index = i;
    return ns_draw_u64(&draw);
}

Test(random, neighbours_are_independent)
{
    static const char *const names[] = {"operations", "seeds", "entities", "purposes", "indices"};
    for (int dimension = 0; dimension < 5; dimension++) {
        uint64_t high[CELLS] = {0}, low[CELLS] = {0}, before = first_draw(dimension, 0);
        double sum = 0, n = 400000;
        for (uint64_t i = 1; i <= (uint64_t)n; i++) {
            uint64_t x = first_draw(dimension, i);
            high[before >> 60 << 4 | x >> 60]++;
            low[(before & 15) << 4 | (x & 15)]++;
            sum += ((double)(before >> 11) * 0x1p-53 - 0.5) * ((double)(x >> 11) * 0x1p-53 - 0.5);
            before = x;
        }
        check_even(high, CELLS, names[dimension]);
        check_even(low, CELLS, names[dimension]);
        double correlation = sum / n * 12;
        cr_assert(lt(dbl, fabs(correlation) * sqrt(n), 4), "%s: correlation %g", names[dimension],
                  correlation);
    }
}

Test(random, every_bit_of_a_key_moves_half_of_the_bits)
{
    for (int bit = 0; bit < 64; bit++) {
        double by_operation = 0, by_seed = 0, n = 2000;
        for (uint64_t i = 0; i < (uint64_t)n; i++) {
            uint64_t flipped = i ^ UINT64_C(1) << bit;
            by_operation += __builtin_popcountll(first_draw(0, i) ^ first_draw(0, flipped));
            by_seed += __builtin_popcountll(first_draw(1, i) ^ first_draw(1, flipped));
        }
        cr_assert(lt(dbl, fabs(by_operation / n - 32), 5 * 4 / sqrt(n)), "bit %d", bit);
        cr_assert(lt(dbl, fabs(by_seed / n - 32), 5 * 4 / sqrt(n)), "bit %d", bit);
    }
}

Test(random, a_draw_depends_on_nothing_else)
{
    ns_stream read = ns_stream_make(7, "disk0", "read"),
              write = ns_stream_make(7, "disk0", "write");
    ns_draw fifth = ns_stream_op(read, 5);
    uint64_t one = ns_draw_u64(&fifth), two = ns_draw_u64(&fifth);
    for (uint64_t i = 0; i < 10; i++) { // others draw meanwhile
        ns_draw other = ns_stream_op(write, i), sixth = ns_stream_op(read, i + 6);
        ns_draw_u64(&other);
        ns_draw_normal(&sixth);
    }
    fifth = ns_stream_op(ns_stream_make(7, "disk0", "read"), 5);
    cr_assert(eq(u64, ns_draw_u64(&fifth), one));
    cr_assert(eq(u64, ns_draw_u64(&fifth), two));
    cr_assert(ne(u64, one, two));
}

Test(random, names_do_not_run_together)
{
    uint64_t keys[] = {ns_stream_make(1, "ab", "c").key, ns_stream_make(1, "a", "bc").key,
                       ns_stream_make(1, "abc", "").key, ns_stream_make(1, "", "abc").key,
                       ns_stream_make(1, "c", "ab").key, ns_stream_make(2, "ab", "c").key};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert(ne(u64, keys[i], keys[j]));
}

Test(random, below)
{
    ns_draw draw = ns_stream_op(ns_stream_make(1, "x", "below"), 0);
    for (uint64_t n = 2; n < 200; n += 7) {
        uint64_t counts[200] = {0};
        for (int i = 0; i < 40000; i++) {
            uint64_t x = ns_draw_below(&draw, n);
            cr_assert(lt(u64, x, n));
            counts[x]++;
        }
        check_even(counts, (int)n, "below");
    }
    cr_assert(eq(u64, ns_draw_below(&draw, 1), 0));
    // Three quarters of 2^64: without rejection the first half would come twice as often as the
    // rest.
    uint64_t n = UINT64_C(3) << 62, thirds[3] = {0};
    for (int i = 0; i < 90000; i++)
        thirds[ns_draw_below(&draw, n) >> 62]++;
    check_even(thirds, 3, "thirds");
}

Test(random, unit_is_open_and_even)
{
    ns_draw draw = ns_stream_op(ns_stream_make(1, "x", "unit"), 0);
    uint64_t counts[CELLS] = {0};
    for (int i = 0; i < 1000000; i++) {
        double u = ns_draw_unit(&draw);
        cr_assert(u > 0 && u < 1);
        counts[(int)(u * CELLS)]++;
    }
    check_even(counts, CELLS, "unit");
}

Test(random, normal)
{
    ns_draw draw = ns_stream_op(ns_stream_make(1, "x", "normal"), 0);
    enum { N = 1000000, POINTS = 17 };
    double sums[5] = {0}, below[POINTS] = {0};
    for (int i = 0; i < N; i++) {
        double x = ns_draw_normal(&draw), power = 1;
        for (int k = 1; k < 5; k++)
            sums[k] += power *= x;
        for (int k = 0; k < POINTS; k++)
            below[k] += x < (k - 8) * 0.5;
    }
    // The variance of the mean of x^k is (E x^2k - (E x^k)^2) / n: 1, 2, 15 and 96 over n.
    cr_assert(lt(dbl, fabs(sums[1] / N), 4 * sqrt(1.0 / N)));
    cr_assert(lt(dbl, fabs(sums[2] / N - 1), 4 * sqrt(2.0 / N)));
    cr_assert(lt(dbl, fabs(sums[3] / N), 4 * sqrt(15.0 / N)));
    cr_assert(lt(dbl, fabs(sums[4] / N - 3), 4 * sqrt(96.0 / N)));
    for (int k = 0; k < POINTS; k++) {
        double p = erfc(-(k - 8) * 0.5 / sqrt(2)) / 2;
        cr_assert(lt(dbl, fabs(below[k] / N - p), 4 * sqrt(p * (1 - p) / N)), "point %d", k);
    }
}

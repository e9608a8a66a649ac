#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "sim/random.h"
#include "sim/stats.h"

// -- Histograms -----------------------------------------------------------------------------------

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static ns_hist *new_hist(void)
{
    ns_hist *hist;
    cr_assert(eq(int, ns_hist_new(&hist, NULL), NS_OK));
    return hist;
}

Test(hist, percentiles_are_those_of_the_sorted_values)
{
    enum { N = 50000 };
    static int64_t values[N];
    ns_hist *hist = new_hist();
    ns_draw draw = ns_stream_op(ns_stream_make(1, "hist", "values"), 0);
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++) { // every scale from 1 to 2^40
        values[i] = (int64_t)(ns_draw_u64(&draw) >> (24 + ns_draw_below(&draw, 40)));
        ns_hist_record(hist, values[i]);
        sum += (double)values[i];
    }
    for (int i = 0; i < N; i++)
        squares += pow((double)values[i] - sum / N, 2);
    qsort(values, N, sizeof *values, compare);
    cr_assert(eq(i64, ns_hist_count(hist), N));
    cr_assert(eq(i64, ns_hist_min(hist), values[0]));
    static const double percentiles[] = {0.1, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 100};
    for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++) {
        size_t rank = (size_t)ceil(percentiles[i] / 100 * N - 1e-9);
        double exact = (double)values[rank - 1];
        double got = (double)ns_hist_percentile(hist, percentiles[i]);
        cr_assert(le(dbl, fabs(got - exact), exact * 1e-3), "p%g: %g, not %g", percentiles[i], got,
                  exact);
    }
    cr_assert(le(dbl, fabs((double)ns_hist_max(hist) / (double)values[N - 1] - 1), 1e-3));
    cr_assert(lt(dbl, fabs(ns_hist_mean(hist) / (sum / N) - 1), 1e-12));
    cr_assert(lt(dbl, fabs(ns_hist_stddev(hist) / sqrt(squares / N) - 1), 1e-3));
    ns_hist_reset(hist);
    cr_assert(eq(i64, ns_hist_count(hist), 0));
    cr_assert(eq(dbl, ns_hist_mean(hist), 0));
    ns_hist_free(hist);
}

Test(hist, the_ends_of_the_range)
{
    ns_hist *hist = new_hist();
    cr_assert(eq(i64, ns_hist_min(hist), 0));
    cr_assert(eq(i64, ns_hist_max(hist), 0));
    cr_assert(eq(i64, ns_hist_percentile(hist, 99), 0));
    cr_assert(eq(dbl, ns_hist_stddev(hist), 0));
    ns_hist_record(hist, -5);
    ns_hist_record(hist, 0);
    cr_assert(eq(i64, ns_hist_count(hist), 2));
    cr_assert(eq(i64, ns_hist_max(hist), 0));
    ns_hist_record_n(hist, NS_NEVER, 3);
    cr_assert(eq(i64, ns_hist_count(hist), 5));
    cr_assert(ge(i64, ns_hist_max(hist), INT64_C(1) << 47));
    // Sums beyond 2^63 are no trouble.
    ns_hist_record_n(hist, INT64_C(1) << 46, 10000000);
    cr_assert(lt(dbl, fabs(ns_hist_mean(hist) / 0x1p46 - 1), 1e-5));
    ns_hist_free(hist);
    ns_hist_free(NULL);
}

Test(hist, thin_percentiles)
{
    ns_hist *hist = new_hist();
    ns_hist_record_n(hist, 100, 999);
    cr_assert(ns_hist_thin(hist, 99));
    cr_assert(not(ns_hist_thin(hist, 50)));
    ns_hist_record(hist, 100);
    cr_assert(not(ns_hist_thin(hist, 99)));
    cr_assert(ns_hist_thin(hist, 99.9));
    ns_hist_record_n(hist, 100, 9000);
    cr_assert(not(ns_hist_thin(hist, 99.9)));
    ns_hist_free(hist);
}

// -- A decoder of the compressed V2 encoding, written from its description ------------------------

static size_t from_base64(const char *text, uint8_t *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = 0;
    uint32_t bits = 0;
    int held = 0;
    cr_assert(eq(sz, strlen(text) % 4, 0));
    for (; *text && *text != '='; text++) {
        const char *letter = strchr(letters, *text);
        cr_assert(ne(ptr, (void *)letter, NULL));
        bits = bits << 6 | (uint32_t)(letter - letters);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[size++] = (uint8_t)(bits >> held);
        }
    }
    return size;
}

static uint64_t big_endian(const uint8_t *p, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | p[i];
    return value;
}

static int64_t zigzag(const uint8_t **p)
{
    uint64_t value = 0;
    for (int i = 0; i < 9; i++) {
        uint8_t byte = *(*p)++;
        if (i == 8) { // the ninth byte has eight bits of value
            value |= (uint64_t)byte << 56;
            break;
        }
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80))
            break;
    }
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

// The lowest value of bucket `index` for 3 digits and a unit of 1: 2,048 sub-buckets, of which the
// upper 1,024 are used by each power of two after the first.
static int64_t value_at(int64_t index)
{
    int64_t bucket = (index >> 10) - 1, sub = (index & 1023) + 1024;
    if (bucket < 0) {
        bucket = 0;
        sub -= 1024;
    }
    return sub << bucket;
}

Test(hist, encoding_decodes_to_the_same_counts)
{
    static const struct {
        int64_t value, count;
    } recorded[] = {{0, 3},
                    {1, 1},
                    {2, 200},
                    {1023, 1},
                    {2047, 70},
                    {4096, 9},
                    {1000000, 1234567},
                    {INT64_C(123) << 33, 5},
                    {1 << 20, 1},
                    {777, INT64_C(1) << 60}};
    enum { N = sizeof recorded / sizeof *recorded };
    ns_hist *hist = new_hist();
    for (int i = 0; i < N; i++)
        ns_hist_record_n(hist, recorded[i].value, recorded[i].count);
    char *text = ns_hist_encode(hist);
    cr_assert(ne(ptr, text, NULL));
    uint8_t packed[4096], plain[65536];
    size_t size = from_base64(text, packed);
    cr_assert(eq(u64, big_endian(packed, 4), 0x1c849314));
    cr_assert(eq(u64, big_endian(packed + 4, 4), size - 8));
    uLongf plain_size = sizeof plain;
    cr_assert(eq(int, uncompress(plain, &plain_size, packed + 8, size - 8), Z_OK));
    cr_assert(eq(u64, big_endian(plain, 4), 0x1c849313));
    cr_assert(eq(u64, big_endian(plain + 4, 4), plain_size - 40)); // length of the counts
    cr_assert(eq(u64, big_endian(plain + 8, 4), 0));               // normalizing index offset
    cr_assert(eq(u64, big_endian(plain + 12, 4), 3));              // digits
    cr_assert(eq(u64, big_endian(plain + 16, 8), 1));              // lowest value
    cr_assert(eq(u64, big_endian(plain + 24, 8), UINT64_C(1) << 47));
    cr_assert(eq(u64, big_endian(plain + 32, 8), UINT64_C(0x3ff0000000000000))); // ratio 1.0
    const uint8_t *p = plain + 40, *end = plain + plain_size;
    int64_t found[N] = {0};
    for (int64_t index = 0; p < end;) {
        int64_t count = zigzag(&p);
        if (count <= 0) {
            cr_assert(lt(i64, count, 0));
            index -= count;
            continue;
        }
        int k = 0;
        while (k < N &&
               !(recorded[k].value >= value_at(index) && recorded[k].value < value_at(index + 1)))
            k++;
        cr_assert(lt(int, k, N), "a count of %lld at %lld was never recorded", (long long)count,
                  (long long)value_at(index));
        found[k] = count;
        index++;
    }
    cr_assert(eq(ptr, (void *)p, (void *)end));
    for (int i = 0; i < N; i++)
        cr_assert(eq(i64, found[i], recorded[i].count), "value %lld", (long long)recorded[i].value);
    ns_free(text);
    ns_hist_free(hist);
}

Test(hist, an_empty_one_encodes)
{
    ns_hist *hist = new_hist();
    char *text = ns_hist_encode(hist);
    cr_assert(ne(ptr, text, NULL));
    uint8_t packed[256], plain[256];
    size_t size = from_base64(text, packed);
    uLongf plain_size = sizeof plain;
    cr_assert(eq(int, uncompress(plain, &plain_size, packed + 8, size - 8), Z_OK));
    cr_assert(eq(sz, plain_size, 40));
    ns_free(text);
    ns_hist_free(hist);
}

// -- Averages -------------------------------------------------------------------------------------

Test(gauge, averages_over_time)
{
    ns_gauge gauge = {0};
    cr_assert(eq(dbl, ns_gauge_average(&gauge, 100), 0));
    ns_gauge_set(&gauge, 100, 2); // what was before the first setting does not count
    cr_assert(eq(dbl, ns_gauge_average(&gauge, 100), 2));
    ns_gauge_set(&gauge, 110, 5);
    ns_gauge_set(&gauge, 110, 4);
    ns_gauge_set(&gauge, 140, 0);
    cr_assert(eq(dbl, ns_gauge_average(&gauge, 140), (2 * 10 + 4 * 30) / 40.0));
    cr_assert(eq(dbl, ns_gauge_average(&gauge, 200), (2 * 10 + 4 * 30) / 100.0));
    cr_assert(eq(dbl, gauge.max, 5));
}

Test(moments, agree_with_two_passes)
{
    enum { N = 1000 };
    double values[N], sum = 0, squares = 0;
    ns_moments m = {0};
    ns_draw draw = ns_stream_op(ns_stream_make(1, "moments", "values"), 0);
    cr_assert(eq(dbl, ns_moments_variance(&m), 0));
    cr_assert(eq(dbl, ns_moments_ci95(&m), INFINITY));
    for (int i = 0; i < N; i++) {
        values[i] = 1e9 + ns_draw_unit(&draw); // the naive formula would lose all digits
        ns_moments_add(&m, values[i]);
        sum += values[i] - 1e9;
    }
    for (int i = 0; i < N; i++)
        squares += pow(values[i] - 1e9 - sum / N, 2);
    cr_assert(lt(dbl, fabs(m.mean - 1e9 - sum / N), 1e-6));
    cr_assert(lt(dbl, fabs(ns_moments_variance(&m) / (squares / (N - 1)) - 1), 1e-6));
    cr_assert(
        lt(dbl, fabs(ns_moments_ci95(&m) / (1.962341 * sqrt(squares / (N - 1) / N)) - 1), 1e-6));
}

Test(moments, confidence_intervals_cover)
{
    // Of 4,000 samples of 6 normal values, 95% must have 0 in their interval: sigma is 0.34%.
    int covered = 0;
    for (uint64_t i = 0; i < 4000; i++) {
        ns_draw draw = ns_stream_op(ns_stream_make(1, "moments", "coverage"), i);
        ns_moments m = {0};
        for (int k = 0; k < 6; k++)
            ns_moments_add(&m, ns_draw_normal(&draw));
        covered += fabs(m.mean) < ns_moments_ci95(&m);
    }
    cr_assert(lt(dbl, fabs(covered / 4000.0 - 0.95), 0.0138));
}

Test(student, quantiles)
{
    // From tables of the distribution, to the digits they have.
    static const struct {
        uint64_t degrees;
        double t;
    } table[] = {{1, 12.7062},   {2, 4.30265},   {3, 3.18245},    {4, 2.77645},      {5, 2.57058},
                 {9, 2.26216},   {10, 2.22814},  {20, 2.08596},   {29, 2.04523},     {30, 2.04227},
                 {31, 2.03951},  {40, 2.02108},  {60, 2.00030},   {100, 1.98397},    {120, 1.97993},
                 {200, 1.97190}, {500, 1.96472}, {1000, 1.96234}, {1000000, 1.95997}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_assert(lt(dbl, fabs(ns_student_t975(table[i].degrees) - table[i].t), 6e-5),
                  "%llu degrees", (unsigned long long)table[i].degrees);
    for (uint64_t n = 1; n < 2000; n++)
        cr_assert(gt(dbl, ns_student_t975(n), ns_student_t975(n + 1)));
    cr_assert(eq(dbl, ns_student_t975(0), INFINITY));
}

// P(0 < T < t) by Simpson's rule over the density.
static double student_half(double degrees, double t)
{
    const int steps = 20000;
    double sum = 0;
    double factor = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * M_PI);
    for (int i = 0; i <= steps; i++) {
        double x = t * i / steps, density = factor * pow(1 + x * x / degrees, -(degrees + 1) / 2);
        sum += density * (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2);
    }
    return sum * t / steps / 3;
}

Test(student, quantiles_by_integration)
{
    for (uint64_t n = 1; n <= 120; n++) {
        double p = student_half((double)n, ns_student_t975(n));
        cr_assert(lt(dbl, fabs(p - 0.475), 1e-7), "%llu degrees: %.9f", (unsigned long long)n, p);
    }
}

static void count_up(void *opaque, int64_t low, int64_t high, int64_t count)
{
    cr_assert(le(i64, low, high));
    *(int64_t *)opaque += count;
}

Test(hist, decoding_inverts_encoding)
{
    ns_hist *hist, *back, *sum;
    ns_err err = {0};
    cr_assert(eq(int, ns_hist_new(&hist, &err), NS_OK));
    cr_assert(eq(int, ns_hist_new(&sum, &err), NS_OK));
    for (uint64_t i = 0; i < 20000; i++) {
        ns_draw draw = ns_stream_op(ns_stream_make(5, "hist", "values"), i);
        ns_hist_record_n(hist, (int64_t)(ns_draw_u64(&draw) >> (17 + i % 47)),
                         1 + (int64_t)(i % 1000));
    }
    char *text = ns_hist_encode(hist);
    cr_assert(eq(int, ns_hist_decode(&back, text, &err), NS_OK), "%s", err.msg);
    char *again = ns_hist_encode(back);
    cr_expect(eq(str, text, again));
    cr_expect(eq(i64, ns_hist_count(back), ns_hist_count(hist)));
    for (double p = 0; p <= 100; p += 12.5)
        cr_expect(eq(i64, ns_hist_percentile(back, p), ns_hist_percentile(hist, p)));
    cr_expect(lt(dbl, fabs(ns_hist_mean(back) / ns_hist_mean(hist) - 1), 1e-3));
    ns_hist_add(sum, hist);
    ns_hist_add(sum, back);
    int64_t counted = 0;
    ns_hist_each(sum, count_up, &counted);
    cr_expect(eq(i64, counted, 2 * ns_hist_count(hist)));
    // What is damaged is refused, wherever the damage is.
    size_t length = strlen(text);
    for (size_t at = 0; at < length; at += 1 + length / 200) {
        ns_hist *damaged;
        char kept = text[at];
        text[at] = '!';
        cr_expect(eq(int, ns_hist_decode(&damaged, text, &err), NS_EINVAL));
        text[at] = '\0';
        cr_expect(eq(int, ns_hist_decode(&damaged, text, &err), NS_EINVAL));
        text[at] = kept;
    }
    ns_free(text);
    ns_free(again);
    ns_hist_free(hist);
    ns_hist_free(back);
    ns_hist_free(sum);
}

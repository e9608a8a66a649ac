#include "report/delay.h"

#include <assert.h>

enum { SUB_BITS = 6, THIN = 10 };
static_assert(1 << SUB_BITS == NS_DELAY_SUB, "buckets per octave");

static int bucket_of(int64_t value)
{
    if (value < NS_DELAY_SUB)
        return (int)value;
    int shift = 63 - __builtin_clzll((unsigned long long)value) - SUB_BITS;
    return ((shift + 1) << SUB_BITS) + (int)(value >> shift) - NS_DELAY_SUB;
}

static int64_t lower_bound(int bucket)
{
    if (bucket < NS_DELAY_SUB)
        return bucket;
    int shift = (bucket >> SUB_BITS) - 1;
    return (int64_t)(NS_DELAY_SUB + (bucket & (NS_DELAY_SUB - 1))) << shift;
}

void ns_delay_busy(ns_delay *delay, int64_t stretch)
{
    if (stretch <= 0)
        return;
    int bucket = bucket_of(stretch);
    assert(bucket < NS_DELAY_BUCKETS);
    delay->buckets[bucket].count++;
    delay->buckets[bucket].total += stretch;
    delay->count++;
    delay->busy += stretch;
    if (stretch > delay->longest)
        delay->longest = stretch;
}

void ns_delay_wait(ns_delay *delay, int64_t time)
{
    delay->waiting += time;
}

int64_t ns_delay_percentile(const ns_delay *delay, double percentile)
{
    assert(percentile >= 0 && percentile <= 100);
    if (percentile >= 100 || delay->count == 0)
        return delay->longest;
    // Time with a delay of more than x is the sum of (L - x) over the stretches L > x. Going down
    // from the longest, it reaches the share that is asked for inside one bucket.
    double target = (double)(delay->busy + delay->waiting) * (100 - percentile) / 100;
    double count = 0, total = 0;
    for (int i = NS_DELAY_BUCKETS - 1; i >= 0; i--) {
        if (delay->buckets[i].count == 0)
            continue;
        count += (double)delay->buckets[i].count;
        total += (double)delay->buckets[i].total;
        int below = i - 1;
        while (below >= 0 && delay->buckets[below].count == 0)
            below--;
        int64_t next = below >= 0 ? lower_bound(below + 1) : 0; // no stretch ends from there to i
        if (total - count * (double)next < target)
            continue;
        double x = (total - target) / count;
        return x < (double)next ? next : x > (double)delay->longest ? delay->longest : (int64_t)x;
    }
    return 0;
}

bool ns_delay_thin(const ns_delay *delay, double percentile)
{
    int first = bucket_of(ns_delay_percentile(delay, percentile)) + 1;
    int64_t longer = 0;
    for (int i = first; i < NS_DELAY_BUCKETS; i++)
        longer += delay->buckets[i].count;
    return delay->count > 0 && longer < THIN;
}

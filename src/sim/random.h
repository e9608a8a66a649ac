// Named random streams. A draw is a pure function of (seed, entity, purpose, operation, index): a
// component draws the same numbers whatever the others do, and the nth operation the same whatever
// order operations are served in. That is what makes common random numbers work: pool sizes 4 and 8
// see the same service times.
#ifndef NS_SIM_RANDOM_H
#define NS_SIM_RANDOM_H

#include <stdint.h>

// A stream: the seed of the run, hashed with the names of the entity ("disk0") and of the purpose
// ("read latency").
typedef struct ns_stream {
    uint64_t key;
} ns_stream;

// The draws of one operation of a stream.
typedef struct ns_draw {
    uint64_t key, operation, index;
} ns_draw;

// A bijection of 64-bit values whose output looks random whatever the pattern of its input (the
// finalizer of splitmix64, variant 13 of David Stafford).
static inline uint64_t ns_mix64(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

ns_stream ns_stream_make(uint64_t seed, const char *entity, const char *purpose);
ns_draw ns_stream_op(ns_stream stream, uint64_t operation);

uint64_t ns_draw_u64(ns_draw *draw);               // uniform over all 64-bit values
uint64_t ns_draw_below(ns_draw *draw, uint64_t n); // uniform over 0..n-1 without bias, n >= 1
double ns_draw_unit(ns_draw *draw);                // uniform over (0, 1), neither end included
double ns_draw_normal(ns_draw *draw);              // standard normal

#endif

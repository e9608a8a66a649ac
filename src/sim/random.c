// Keyed draws: two rounds of a 64-bit mixer over the key, the operation and the index.
#include "sim/random.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "sim/fmath.h"

ns_stream ns_stream_make(uint64_t seed, const char *entity, const char *purpose)
{
    uint64_t key = XXH64(entity, strlen(entity), seed);
    return (ns_stream){XXH64(purpose, strlen(purpose), key)};
}

ns_draw ns_stream_op(ns_stream stream, uint64_t operation)
{
    return (ns_draw){stream.key, operation, 0};
}

uint64_t ns_draw_u64(ns_draw *draw)
{
    uint64_t x = ns_mix64(draw->key + draw->operation * UINT64_C(0x9e3779b97f4a7c15));
    return ns_mix64(x + (++draw->index) * UINT64_C(0xd1342543de82ef95));
}

uint64_t ns_draw_below(ns_draw *draw, uint64_t n)
{
    for (;;) {
        unsigned __int128 product = (unsigned __int128)ns_draw_u64(draw) * n;
        uint64_t low = (uint64_t)product;
        if (low >= n || low >= -n % n)
            return (uint64_t)(product >> 64);
    }
}

double ns_draw_unit(ns_draw *draw)
{
    return ((double)(ns_draw_u64(draw) >> 12) + 0.5) / 4503599627370496.0;
}

// Marsaglia's polar method.
double ns_draw_normal(ns_draw *draw)
{
    for (;;) {
        double u = 2 * ns_draw_unit(draw) - 1, v = 2 * ns_draw_unit(draw) - 1;
        double s = u * u + v * v;
        if (s < 1 && s > 0)
            return u * sqrt(-2 * ns_log(s) / s); // IEEE's sqrt is exact
    }
}

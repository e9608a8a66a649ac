// The hold model, shared by the programs that measure nsim and ns-3: N events are pending; each
// hold takes the first, draws a delay and schedules it again.
//
//   PROGRAM MODE DELAYS N HOLDS
//
// MODE is `queue` (the bare data structure: pop, draw, push) or `run` (the simulator's own loop
// with a callback that draws and schedules). Prints "ns-per-hold checksum"; the checksum is that of
// the times at which events ran, so it shows that both simulators did the same work.
#ifndef NSIM_BENCH_HOLD_H
#define NSIM_BENCH_HOLD_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct hold {
    uint64_t random;
    uint64_t warm, left; // holds before the clock is started, and in all
    uint64_t checksum;
    double started;
    const char *delays;
    int shape;
    int64_t *table; // of the shapes whose draw would cost more than the queue
} hold;

enum { HOLD_UNIFORM, HOLD_EXPONENTIAL, HOLD_BIMODAL, HOLD_EQUAL, HOLD_ZERO, HOLD_WIDE };
enum { HOLD_TABLE = 1 << 12 };

static inline double hold_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// xorshift64*
static inline uint64_t hold_random(hold *h)
{
    h->random ^= h->random >> 12;
    h->random ^= h->random << 25;
    h->random ^= h->random >> 27;
    return h->random * UINT64_C(2685821657736338717);
}

static inline int64_t hold_delay(hold *h)
{
    switch (h->shape) {
    case HOLD_UNIFORM: // 1 ns to 2 ms in steps of 1 ns
        return 1 + (int64_t)((hold_random(h) >> 32) * 2000000 >> 32);
    case HOLD_BIMODAL:
        return hold_random(h) >> 63 ? 1 : 1000000000;
    case HOLD_EQUAL:
        return 1000000;
    case HOLD_ZERO:
        return 0;
    default: // a fresh low part keeps the times apart
        return h->table[hold_random(h) >> 52] + (int64_t)(hold_random(h) >> 56);
    }
}

static inline void hold_init(hold *h, int argc, char **argv)
{
    static const char *const names[] = {"uniform", "exponential", "bimodal",
                                        "equal",   "zero",        "wide"};
    if (argc != 5) {
        fprintf(stderr, "usage: %s queue|run DELAYS N HOLDS\n", argv[0]);
        exit(2);
    }
    memset(h, 0, sizeof *h);
    h->random = UINT64_C(0x9e3779b97f4a7c15);
    h->delays = argv[2];
    h->shape = -1;
    for (int i = 0; i <= HOLD_WIDE; i++)
        if (strcmp(argv[2], names[i]) == 0)
            h->shape = i;
    if (h->shape < 0) {
        fprintf(stderr, "unknown delays %s\n", argv[2]);
        exit(2);
    }
    uint64_t holds = strtoull(argv[4], NULL, 10);
    h->warm =
        strtoull(argv[3], NULL, 10) * 5 / 2; // the wheel is tuned after twice as many as pending
    h->left = h->warm + holds;
    h->table = (int64_t *)calloc(HOLD_TABLE, sizeof *h->table);
    for (int i = 0; i < HOLD_TABLE; i++) {
        double u = (i + 0.5) / (double)HOLD_TABLE;
        // Exponential with a mean of 1 ms; or every scale from 1 ns to 1000 s alike.
        h->table[i] = (int64_t)(h->shape == HOLD_EXPONENTIAL ? -1e6 * log(u) : pow(10, 12 * u));
    }
}

// Count a hold at `now`; false when it was the last.
static inline int hold_count(hold *h, int64_t now)
{
    h->checksum = h->checksum * 31 + (uint64_t)now;
    if (h->warm && --h->warm == 0)
        h->started = hold_clock();
    return --h->left != 0;
}

static inline void hold_print(const hold *h, uint64_t holds)
{
    printf("%.3f %016llx\n", (hold_clock() - h->started) / (double)holds,
           (unsigned long long)h->checksum);
}

#endif

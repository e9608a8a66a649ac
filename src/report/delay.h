// Loop delay: how long an event that becomes ready at a random moment of the run waits until the
// loop looks for events. It is exact over all moments: a stretch of L ns in which the loop does not
// look delays an event by 0 to L, evenly; while the loop waits in poll the delay is 0. A probe by
// timer (perf_hooks.monitorEventLoopDelay) counts one long stretch as one sample, and hides it
// among many short ones.
#ifndef NS_REPORT_DELAY_H
#define NS_REPORT_DELAY_H

#include <stdbool.h>
#include <stdint.h>

enum { NS_DELAY_SUB = 64, NS_DELAY_BUCKETS = 59 * NS_DELAY_SUB }; // buckets 1.6% wide

typedef struct ns_delay {
    struct {
        int64_t count, total;
    } buckets[NS_DELAY_BUCKETS];
    int64_t count, busy, longest; // stretches, their sum, the longest
    int64_t waiting;              // time in poll
} ns_delay;

// 0 is no stretch, nor is what lies below: rows of a database may hold anything.
void ns_delay_busy(ns_delay *delay, int64_t stretch);
void ns_delay_wait(ns_delay *delay, int64_t time);

// The delay that is not exceeded at `percentile` percent of all moments, in ns; 100: the longest.
int64_t ns_delay_percentile(const ns_delay *delay, double percentile);
// Fewer than ten stretches are longer: the figure hangs on single events.
bool ns_delay_thin(const ns_delay *delay, double percentile);

#endif

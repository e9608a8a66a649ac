// The discrete-event core: a virtual clock and a queue of events in one total order.
//
// Time is int64 nanoseconds since the start of the run. Events run in the order (time, class,
// sequence of scheduling): the order depends on nothing else, so a run repeats to the byte. An
// ns_sim belongs to one host thread; several may live side by side.
//
// Events are owned by the caller and embedded in the caller's own structs, so scheduling never
// allocates and cannot fail.
#ifndef NS_SIM_SIM_H
#define NS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

typedef int64_t ns_time; // nanoseconds of virtual time, or a duration

#define NS_US INT64_C(1000)
#define NS_MS INT64_C(1000000)
#define NS_SEC INT64_C(1000000000)
#define NS_NEVER INT64_MAX

// Among events of one instant the lower class runs first: what a device finished is visible before
// a core is handed out, and a thread resumes after both.
typedef enum ns_class {
    NS_CLASS_DEVICE = 0,  // disk, network, name service
    NS_CLASS_ARRIVAL = 1, // load from outside
    NS_CLASS_CPU = 2,     // quantum ends, completed demands
    NS_CLASS_THREAD = 3,  // a simulated thread goes on
    NS_CLASS_SAMPLE = 4   // periodic samples see the state after everything else
} ns_class;

typedef struct ns_sim ns_sim;
typedef struct ns_event ns_event;
typedef void (*ns_event_fn)(ns_sim *sim, ns_event *event);

// Fields below `data` belong to the queue.
struct ns_event {
    ns_event_fn fn;
    void *data;
    ns_time time;   // valid while pending and during fn
    uint64_t order; // among events of one time: the class in the top byte, then the sequence
    ns_event *next, *prev, *child;
    uint8_t place;
    bool pending;
};

typedef struct ns_sim_options {
    uint64_t seed;         // of every random stream of the run (sim/random.h)
    bool shuffle_ties;     // order events of equal time and class at random: a robustness check
    uint64_t shuffle_seed; // which random order
} ns_sim_options;

int ns_sim_new(ns_sim **out, const ns_sim_options *options, ns_err *err);
void ns_sim_free(ns_sim *sim); // pending events are forgotten, not run

ns_time ns_sim_now(const ns_sim *sim);
uint64_t ns_sim_seed(const ns_sim *sim);

static inline void ns_event_init(ns_event *event, ns_event_fn fn, void *data)
{
    *event = (ns_event){.fn = fn, .data = data};
}
bool ns_sim_idle(const ns_sim *sim); // no event is pending
static inline bool ns_event_pending(const ns_event *event)
{
    return event->pending;
}

// Schedule an event that is not pending, for a time from now to NS_NEVER - 1 (asserted).
void ns_sim_at(ns_sim *sim, ns_event *event, ns_time at, ns_class cls);
void ns_sim_after(ns_sim *sim, ns_event *event, ns_time delay, ns_class cls);
void ns_sim_cancel(ns_sim *sim, ns_event *event); // nothing happens if it is not pending

// The time of the next event, NS_NEVER if there is none.
ns_time ns_sim_next(ns_sim *sim);

// The fast path of a simulated thread that burns CPU: when no event is due at or before `to`, and
// `to` is within the horizon of ns_sim_run, set the clock to `to` and return true; else do nothing.
bool ns_sim_advance(ns_sim *sim, ns_time to);

// Run events until the queue is empty, ns_sim_stop is called, or the next event lies after `until`
// (the clock then stands at `until`). Returns the number of events run.
uint64_t ns_sim_run(ns_sim *sim, ns_time until);
void ns_sim_stop(ns_sim *sim);

typedef struct ns_sim_stats {
    uint64_t events;   // run so far
    uint64_t ties;     // events that ran at the time and class of the one before
    uint64_t advances; // times that ns_sim_advance took the fast path
    uint64_t max_pending;
    uint64_t digest; // a hash over (time, class) of every event run: the fingerprint of a run
} ns_sim_stats;
void ns_sim_get_stats(const ns_sim *sim, ns_sim_stats *out);

#endif

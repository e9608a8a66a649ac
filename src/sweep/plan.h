// What a sweep runs: the points of a grid or of a Latin hypercube, each with some replicates.
//
// Replicate r has the same seed at every point. With nsim's named random streams (sim/random.h) it
// then sees the same arrivals and service times whatever is varied: common random numbers, which
// make differences between points much more exact than the points themselves.
#ifndef NS_SWEEP_PLAN_H
#define NS_SWEEP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "workload/arena.h"
#include "workload/vary.h"

enum { NS_PLAN_RUNS_MAX = 1000000 };

typedef struct ns_plan_options {
    const char *path;        // of the workload
    const char *const *sets; // overrides, NULL-terminated
    const char *const *vary; // "KEY=VALUES", NULL-terminated; they go before the workload's own
    int replicates;          // 0: as the workload says
    int lhs;                 // points of a Latin hypercube; 0: as the workload says
    bool full;               // replay nothing; else as the workload says
    double tolerance;        // of the checks of replay, a share; below 0: as the workload says
} ns_plan_options;

typedef struct ns_plan {
    ns_arena arena;
    const char *path, *name;
    const char *const *sets;
    const ns_vary *keys;
    int key_count;
    int replicates;
    uint64_t seed; // of the first replicate; those of the others follow
    uint64_t hash; // of the workload at the first point; of a search, as it stands
    bool search;
    bool replay;      // some runs can be replayed from the trace of another one
    double tolerance; // the largest difference of a check (sweep/check.h) with which replays count
    const char *const *deciding; // metrics of the checks, as ns_check_worst has it
    struct ns_groups *groups;    // of what is replayed (sweep/groups.h); of a search NULL
    const char *const **points;  // [point][key]: the value's text
    int point_count;
    const char *json; // all of it, canonical: two sweeps with the same text are the same sweep
} ns_plan;

// Make and check a plan: every value of every key is tried in the workload. NS_EINVAL: one message,
// with the place of what is wrong.
int ns_plan_make(ns_plan **out, const ns_plan_options *options, ns_err *err);
// A plan for a search: one key, no points yet. `json` is borrowed.
int ns_plan_search(ns_plan **out, const ns_plan_options *options, const char *key, ns_err *err);
// Add a point of one key to the plan of a search; its index, or NS_ENOMEM.
int ns_plan_add(ns_plan *plan, const char *value, ns_err *err);
// The hash of the workload as it is on the disk now.
int ns_plan_hash(const ns_plan *plan, uint64_t *hash, ns_err *err);
void ns_plan_free(ns_plan *plan);

// {"node.threadpool":4}: numbers as such, other values as text.
void ns_plan_params(const ns_plan *plan, int point, ns_buf *out);
// The overrides of a run, NULL-terminated, in an arena of the caller's. NULL: out of memory.
const char *const *ns_plan_sets(const ns_plan *plan, int point, int replicate, ns_arena *arena);

#endif

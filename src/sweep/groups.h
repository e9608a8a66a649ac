// Which points of a sweep can be replayed from one trace: those that differ only in keys that leave
// alone what the JavaScript does (replay/replay.h). All follows from the plan.
#ifndef NS_SWEEP_GROUPS_H
#define NS_SWEEP_GROUPS_H

#include "sweep/plan.h"

enum { NS_GROUP_CHECKS = 2 };

typedef struct ns_group {
    int size;   // points
    int traced; // the point that is run with a trace, for each seed
    // Points that are run in full beside their replay, with the first seed: those farthest away.
    int checks[NS_GROUP_CHECKS];
    int check_count;
} ns_group;

typedef struct ns_groups {
    ns_group *list;
    int count;
    int *of; // [point]: index of its group; -1: a group where replay saves no run
} ns_groups;

// The traced point is the one with the most load (rate, duration, count, users: what more requests
// need than were recorded is not in a trace), and of those the one in the middle of all other keys.
// NS_ENOMEM, or what the workload says against a value.
int ns_groups_make(ns_groups *out, const ns_plan *plan, ns_arena *arena, ns_err *err);

#endif

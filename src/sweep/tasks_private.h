// What the files of sweep/tasks.h share.
#ifndef NS_SWEEP_TASKS_PRIVATE_H
#define NS_SWEEP_TASKS_PRIVATE_H

#include "sweep/tasks.h"

// A traced run, and what is replayed from it.
typedef struct unit {
    int point; // that is traced; -1: of a search, none yet
    enum { UNKNOWN, READY, REFUSED } state;
    ns_buf trace;
    char *config; // that it is of
    char *why;    // it is refused
    bool asked;   // its traced run is among the tasks
    int left;     // tasks that need the trace, not ended
} unit;

typedef struct check {
    int point;
    bool known, asked;
    double off; // NaN: the replay failed
    char *metric, *why;
} check;

typedef struct verdict {
    check checks[NS_GROUP_CHECKS];
    int count, unit; // whose traced run they are replayed from
    bool known, failed, used;
    char *why;
} verdict;

struct ns_tasks {
    const ns_plan *plan;
    ns_task *list;
    int count, room;
    unit *units;       // [group * replicates + replicate]; of a search [replicate]
    verdict *verdicts; // [group]; of a search [point]
    int unit_count, verdict_count;
};

int tasks_no_memory(ns_err *err);
// A check of the verdict is there: how far off it is (NaN: it could not be replayed, and `why`).
// Texts may be NULL.
int tasks_set_check(const ns_tasks *t, verdict *v, int point, double off, const char *metric,
                    const char *why, ns_err *err);
// The traced run of a unit has ended; NULL: without a result.
int tasks_take_trace(ns_tasks *t, int unit, const ns_point_result *result, ns_err *err);
// A unit whose traced run, `run_id`, may be in the database: that it left no trace is known then.
int tasks_recall(ns_tasks *t, int unit, int64_t run_id, ns_sweep_db *db, ns_err *err);

#endif

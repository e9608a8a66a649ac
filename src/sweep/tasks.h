// What a sweep has to run, and by which way: as full runs, or one traced run for each seed from
// which other points are replayed (groups.h), with checks.
//
// A unit is a traced run and what is replayed from it: the points of a group with one seed. A
// verdict says whether a group is replayed at all: points far from the traced one are run in full
// beside their replay, with the first seed, and where one of them differs by more than the
// tolerance, all runs of the group are full ones. How a run is made follows from the plan and from
// what the traced and checked runs are, never from the order of things, so that shards and sweeps
// that were interrupted have the same runs; they make traced and checked runs again where they need
// them.
//
// A search has no points to begin with. There the first run of each seed is traced, each further
// point is checked with the first seed, and its verdict is its own.
#ifndef NS_SWEEP_TASKS_H
#define NS_SWEEP_TASKS_H

#include "sweep/db.h"
#include "sweep/groups.h"
#include "sweep/plan.h"

typedef enum ns_task_role {
    NS_TASK_FULL,
    NS_TASK_TRACE, // the traced run of its unit
    NS_TASK_CHECK, // of its verdict
    NS_TASK_REPLAY // if unit and verdict allow it
} ns_task_role;

typedef struct ns_task {
    int point, replicate; // from 0
    ns_task_role role;
    int unit, verdict; // -1: none
    bool stored;       // its result goes to the database; else only other tasks need it
} ns_task;

typedef struct ns_tasks ns_tasks;

// `plan` is borrowed. NS_ENOMEM.
int ns_tasks_new(ns_tasks **out, const ns_plan *plan, ns_err *err);
void ns_tasks_free(ns_tasks *tasks);

// Which of them: the first `replicates` of the points from `first` on, of one shard.
typedef struct ns_tasks_range {
    int first, replicates;
    int shard, shards;
} ns_tasks_range;
// Find what the database does not have, in the order in which it is to be written. Of a search,
// traces of calls before are kept.
int ns_tasks_find(ns_tasks *tasks, const ns_tasks_range *range, ns_sweep_db *db, ns_err *err);
int ns_tasks_count(const ns_tasks *tasks);
const ns_task *ns_tasks_at(const ns_tasks *tasks, int index);
// As ns_workers.ahead: so many that the next traced runs are among them.
int ns_tasks_ahead(const ns_tasks *tasks, int jobs);

// Whether all that the task needs of others is there.
bool ns_tasks_ready(const ns_tasks *tasks, int index);
// How a task that is ready is to be run. Texts and trace belong to `tasks`.
void ns_tasks_how(const ns_tasks *tasks, int index, ns_point *point);
// Its result is there; NULL: it has none. NS_ENOMEM.
int ns_tasks_ended(ns_tasks *tasks, int index, const ns_point_result *result, ns_err *err);
// The result is about to be stored, after those of all tasks before it: what is known only now.
void ns_tasks_settle(const ns_tasks *tasks, int index, ns_point_result *result);
// run.id of the traced run of its unit; 0: it has none.
int64_t ns_tasks_trace_run(const ns_tasks *tasks, int index);

// The number of the run of a replicate (from 0) of a point (from 0): run.id.
int64_t ns_sweep_run_id(const ns_plan *plan, int point, int replicate);

#endif

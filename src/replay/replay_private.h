// What the files of the replay share: replay.c (its life), replay_unit.c (operations),
// replay_heap.c (births and deaths), replay_timers.c (Node's timers and immediates).
#ifndef NS_REPLAY_PRIVATE_H
#define NS_REPLAY_PRIVATE_H

#include "load/load.h"
#include "load/machine.h"
#include "model/heap.h"
#include "replay/replay.h"

typedef struct ns_replay ns_replay;

// A fragment that waits for a unit that it needs.
typedef struct replay_wait {
    uint32_t unit;
    struct replay_wait *next;
} replay_wait;

// A tree at work: the one that was recorded, or a copy of it for a request beyond those.
typedef struct replay_tree {
    ns_replay *replay;
    int64_t request; // its id here; 0: of none, or it has not come
    uint32_t number; // in the trace

    bool copy;
    uint32_t *births; // of a copy: epochs of the cohorts from `first_birth` on
    uint32_t first_birth, birth_count;
    struct replay_tree *next_copy;
} replay_tree;

typedef struct replay_task {
    ns_task task; // first
    replay_tree *tree;
    const ns_nst_spawn *spawn;
    struct replay_task *next;
} replay_task;

typedef struct replay_job { // a compilation
    ns_cpu_job cpu;
    struct replay_job *next;
} replay_job;

typedef struct replay_row {
    ns_rec_callback record;
    int64_t outer_callback;
} replay_row;

typedef struct replay_cohort {
    uint32_t birth; // epoch plus 1; 0: not born yet
} replay_cohort;

struct ns_replay {
    const ns_nst *trace;
    const ns_workload *workload;
    ns_replay_options options;
    ns_machine machine;
    ns_pool *pool;
    ns_heap *heap;
    ns_requests *requests;
    ns_load *load;
    ns_event watch;
    ns_err error;

    int64_t callback_id, last_callback_id, request_id;
    int record_depth;
    replay_row *rows;
    size_t row_count, row_capacity;
    ns_nst_cursor *cursor; // of the unit that runs
    replay_tree *current;
    bool exiting, finished;
    const char *status;
    int exit_code;

    replay_tree *trees;                // by number
    uint32_t **classes, *class_counts; // trees by class and order, plus 1
    replay_tree *copies;
    bool *done;          // units that have run, by number
    replay_wait **waits; // for units, by number
    replay_cohort *cohorts;
    replay_task *free_tasks, *tasks; // all: to be freed
    replay_job *jobs;
};

// replay.c
void replay_exit(ns_replay *r, int code, const char *status);
bool replay_check_limits(ns_replay *r);
void replay_no_memory(ns_replay *r);
void replay_deliver(void *opaque, const ns_load_request *request);

// replay_unit.c
void replay_run(ns_replay *r, replay_tree *tree, uint32_t unit);
void replay_record(ns_replay *r, ns_nst_cursor *c);
void replay_tasks(ns_replay *r, bool drain); // V8's foreground tasks

// replay_heap.c
int replay_heap_start(ns_replay *r, ns_err *err);
void replay_births(ns_replay *r, replay_tree *tree, ns_nst_cursor *c);
void replay_cycles(ns_replay *r, replay_tree *tree, ns_nst_cursor *c);
bool replay_collect(ns_replay *r); // if it is due; true: out of memory

#endif

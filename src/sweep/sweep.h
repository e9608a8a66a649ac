// Running the points of a plan into the database of a sweep.
#ifndef NS_SWEEP_SWEEP_H
#define NS_SWEEP_SWEEP_H

#include "sweep/db.h"
#include "sweep/plan.h"
#include "sweep/tasks.h"

typedef struct ns_sweep_options {
    int jobs;                // processes at a time, at least 1
    double time_limit;       // s of host time for a run; 0: none
    int shard, shards;       // only part `shard`, from 0, of so many; 0 of 1: all
    const char *records;     // a folder for databases with all records of each run, or NULL
    volatile int *interrupt; // set by a signal handler
    bool progress;           // a line on stderr, which is a terminal
    int replicates;          // only so many of each point; 0: all of the plan
    const char *title;       // before the progress, or NULL
    ns_tasks *tasks;         // of a search: its traces are kept from call to call; else NULL
} ns_sweep_options;

// Run every replicate of the points from `first` on that the database does not have, in order.
// NS_OK also when it was interrupted.
int ns_sweep_run(const ns_plan *plan, int first, ns_sweep_db *db, const ns_sweep_options *options,
                 ns_err *err);

#endif

// The database of a sweep: one row of `run` per run, its figures in run_metric, its distributions
// in histogram. Rows are written in the order of the runs, and each run in one transaction: a sweep
// that is killed leaves the runs before, and the database does not tell how many ran at once.
//
// Unlike the store of a run (report/store) it keeps no log beside the file: a reader needs no other
// file then, and no space on a disk that is full.
#ifndef NS_SWEEP_DB_H
#define NS_SWEEP_DB_H

#include <sqlite3.h>

#include "sweep/point.h"

typedef struct ns_sweep_db ns_sweep_db;

// The row of `sweep`. Two databases with equal heads are of the same sweep.
typedef struct ns_sweep_head {
    const char *name;
    const char *json;    // of the plan
    const char *version; // of nsim
    uint64_t hash;       // of the workload
    int runs;            // of the whole sweep; 0: a search
} ns_sweep_head;

typedef enum ns_sweep_mode {
    NS_SWEEP_NEW,     // there must be no file
    NS_SWEEP_REPLACE, // an older database of nsim is replaced
    NS_SWEEP_RESUME   // go on with what is there; a new one when there is no file
} ns_sweep_mode;

// NS_EINVAL: the file exists (NEW), is not a database of nsim, or is of another sweep (RESUME); the
// message says what differs. NS_EIO, NS_ENOMEM.
int ns_sweep_db_open(ns_sweep_db **out, const char *path, const ns_sweep_head *head,
                     ns_sweep_mode mode, ns_err *err);
int ns_sweep_db_close(ns_sweep_db *db, ns_err *err);
sqlite3 *ns_sweep_db_handle(ns_sweep_db *db);

// Whether it has the run. NS_OK, or an error.
int ns_sweep_db_has(ns_sweep_db *db, int64_t run_id, bool *has, ns_err *err);

// How a run was made: point.h says what the fields mean. Texts that are not there are empty;
// `made` is when there is no such run.
typedef struct ns_sweep_made {
    char made[16], why[512], off_metric[160];
    double off; // NaN: it was not checked
} ns_sweep_made;
int ns_sweep_db_made(ns_sweep_db *db, int64_t run_id, ns_sweep_made *out, ns_err *err);
// The point (from 1) at which a replicate (from 1) of a search was traced; 0: at none.
int ns_sweep_db_traced(ns_sweep_db *db, int replicate, int *point, ns_err *err);

// Where a run belongs.
typedef struct ns_sweep_place {
    int64_t run_id;
    int point, replicate; // from 1
    const char *params;   // JSON
    int64_t trace_run_id; // of the traced run that it belongs to; 0: nothing is replayed
} ns_sweep_place;

// Add a run, in one transaction.
int ns_sweep_db_add(ns_sweep_db *db, const ns_sweep_place *place, const ns_point_result *result,
                    ns_err *err);

// Open a database for reading. One that a killed sweep left may have a journal that is to be rolled
// back, which only a writer can do: it is opened for writing then, where that is allowed.
// NS_EINVAL.
int ns_sweep_db_read(sqlite3 **out, const char *path, ns_err *err);

// Whether a sweep was killed while it made this database: it has no run, and maybe no tables. A
// file that is no database of nsim is not unborn, unless it is empty.
bool ns_sweep_db_is_unborn(const char *path);

// Read the head of a database; texts are borrowed from *row, which the caller finalizes. NS_EINVAL:
// there is no sweep in it.
int ns_sweep_head_read(sqlite3 *db, ns_sweep_head *head, sqlite3_stmt **row, ns_err *err);
int ns_sweep_head_write(sqlite3 *db, const ns_sweep_head *head, ns_err *err);
// NS_OK when both are of the same sweep; else NS_EINVAL: "PATH: ... differs". `what` says what
// cannot be done then.
int ns_sweep_head_same(const char *path, const ns_sweep_head *there, const ns_sweep_head *here,
                       ns_err *err);

#endif

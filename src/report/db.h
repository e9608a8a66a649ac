// Reading a database that nsim made, and errors of SQLite as nsim's.
#ifndef NS_REPORT_DB_H
#define NS_REPORT_DB_H

#include <sqlite3.h>

#include "base/err.h"
#include "report/report.h"

// SQLite's last error on `db` (which may be NULL: no memory) as an ns_err: "FILE: disk I/O error".
int ns_db_fail(sqlite3 *db, int rc, ns_err *err);
int ns_db_exec(sqlite3 *db, const char *sql, ns_err *err);
int ns_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, ns_err *err);

// Open read-only. NS_EINVAL when the file is missing, no database of nsim or of another schema.
int ns_db_open(sqlite3 **out, const char *path, ns_err *err);
int ns_db_open_for_writing(sqlite3 **out, const char *path, ns_err *err);

// Make a new, empty database. An older database of nsim at `path` is replaced; any other
// file is left alone: NS_EINVAL. On failure *out may be open still: close it.
int ns_db_create(sqlite3 **out, const char *path, ns_err *err);
// Remove a database of nsim, and what SQLite keeps beside it. NS_EINVAL: it is another file.
int ns_db_clear(const char *path, ns_err *err);
// Put the database `from`, which is closed, in the place of `path`, at once. Errors as above.
int ns_db_replace(const char *path, const char *from, ns_err *err);
// Write the row of `run`, or replace it.
int ns_db_write_run(sqlite3 *db, int64_t run_id, const ns_run_info *info, const char *status,
                    ns_err *err);

// The row of `run`; run_id 0 is the last one. `row` owns the texts of `info`: finalize it when they
// are needed no more. NS_EINVAL when there is no such run.
int ns_db_run(sqlite3 *db, int64_t *run_id, ns_run_info *info, sqlite3_stmt **row, ns_err *err);

// The same, and the run must have records: NS_EINVAL for one of a sweep, which has metrics and
// histograms alone.
int ns_db_recorded_run(sqlite3 *db, int64_t *run_id, ns_run_info *info, sqlite3_stmt **row,
                       ns_err *err);

// Pass all records of a type to the sink, in the order in which they were written. `where` is an
// SQL condition on the table's columns, or NULL.
int ns_db_each(sqlite3 *db, int64_t run_id, ns_rec_type type, const char *where, ns_sink *sink,
               ns_err *err);

#endif

#include "sweep/rows.h"

#include "report/db.h"

int ns_rows_each(sqlite3 *db, const char *sql, int64_t id,
                 int (*each)(void *opaque, sqlite3_stmt *row), void *opaque, ns_err *err)
{
    sqlite3_stmt *row = NULL;
    int rc = ns_db_prepare(db, sql, &row, err), step = SQLITE_DONE;
    if (rc == NS_OK && sqlite3_bind_parameter_count(row) > 0)
        sqlite3_bind_int64(row, 1, id);
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW)
        rc = each(opaque, row);
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc;
}

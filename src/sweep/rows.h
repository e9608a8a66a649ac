// Reading the rows of a statement.
#ifndef NS_SWEEP_ROWS_H
#define NS_SWEEP_ROWS_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/err.h"

// Call `each` for every row; `id` is bound to ?1 where the statement has it. The first error of
// `each`, or the database's, ends it.
int ns_rows_each(sqlite3 *db, const char *sql, int64_t id,
                 int (*each)(void *opaque, sqlite3_stmt *row), void *opaque, ns_err *err);

#endif

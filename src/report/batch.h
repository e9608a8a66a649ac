// Rows of one table on their way into SQLite: packed in memory, 8 bytes per column, and taken by
// `INSERT INTO table SELECT ... FROM batch` in one statement. To SQLite a batch is an eponymous
// virtual table; that saves binding and stepping a statement per row.
#ifndef NS_REPORT_BATCH_H
#define NS_REPORT_BATCH_H

#include "report/intern.h"
#include "report/schema.h"

enum { NS_BATCH_ROWS = 1024 };

typedef struct ns_batch {
    const ns_table *table;
    union ns_cell {
        int64_t integer;
        double real;
        char *text; // owned
    } * cells;      // NS_BATCH_ROWS rows of table->count; allocated with the first row
    int rows;
    sqlite3_stmt *insert;
} ns_batch;

// Register the virtual table and prepare the statement. The batch must stay where it is.
int ns_batch_init(ns_batch *batch, const ns_table *table, sqlite3 *db, int64_t run_id, ns_err *err);
void ns_batch_free(ns_batch *batch); // before the database is closed

// Append a record; the batch must not be full. NS_ENOMEM.
int ns_batch_add(ns_batch *batch, const ns_record *record, ns_intern *strings);

// Insert what is there, and empty the batch.
int ns_batch_flush(ns_batch *batch, sqlite3 *db, ns_err *err);

#endif

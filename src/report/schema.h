// The database's schema as data: one table per record type, one entry per column. Creating the
// tables, writing rows, reading them back and the reference in docs/schema.md all follow it, so
// that a new column is one line here.
//
// Texts that repeat (names, kinds, scripts) are kept once, in the table `string`; the rows hold its
// ids in the table NAME_data, and the public name NAME is a view with the texts in place.
#ifndef NS_REPORT_SCHEMA_H
#define NS_REPORT_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "trace/record.h"

enum {
    NS_SCHEMA_APPLICATION = 0x6e73696d, // "nsim", PRAGMA application_id
    NS_SCHEMA_VERSION = 1,              // PRAGMA user_version
    NS_SCHEMA_COLUMNS_MAX = 24
};

typedef enum ns_column_type {
    NS_COLUMN_INT64,
    NS_COLUMN_INT32,
    NS_COLUMN_BOOL,  // 0 or 1
    NS_COLUMN_PHASE, // text: ns_phase_name
    NS_COLUMN_REAL,  // double
    NS_COLUMN_NAME,  // text that repeats
    NS_COLUMN_TEXT   // text that does not
} ns_column_type;

typedef struct ns_column {
    const char *name;
    ns_column_type type;
    size_t offset; // of the field in ns_record
    const char *text;
} ns_column;

typedef struct ns_table {
    const char *name;
    const char *text;
    const ns_column *columns;
    int count;
} ns_table;

// Indexed by ns_rec_type.
extern const ns_table ns_schema_tables[NS_REC_TYPES];

// Whether the rows are in NAME_data, behind a view.
bool ns_schema_interned(const ns_table *table);

// Create everything in an empty database.
int ns_schema_create(sqlite3 *db, ns_err *err);

// Fill in a record from a row of the view: `first` is the statement's column of the table's first
// one. Texts are borrowed from the statement until it steps.
void ns_schema_read(const ns_table *table, sqlite3_stmt *row, int first, ns_record *record);

// The reference of all tables, as it stands in docs/schema.md.
void ns_schema_markdown(ns_buf *out);

#endif

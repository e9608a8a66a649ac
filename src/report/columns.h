// The record types as tables: one description serves the schema, the inserts and the reader.
#ifndef NS_REPORT_COLUMNS_H
#define NS_REPORT_COLUMNS_H

#include <stddef.h>

#include "trace/record.h"

typedef enum ns_column_kind {
    NS_COL_INT64,
    NS_COL_INT32,
    NS_COL_DOUBLE,
    NS_COL_TEXT,
    NS_COL_BOOL,
    NS_COL_PHASE
} ns_column_kind;

typedef struct ns_column {
    const char *name;
    ns_column_kind kind;
    size_t offset; // in ns_record
} ns_column;

enum { NS_COLUMNS_MAX = 16 };
typedef struct ns_table {
    const char *name;
    int count;
    ns_column columns[NS_COLUMNS_MAX];
} ns_table;

extern const ns_table ns_tables[NS_REC_TYPES];

#endif

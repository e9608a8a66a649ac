// Reading a database back.
#ifndef NS_REPORT_READER_H
#define NS_REPORT_READER_H

#include <sqlite3.h>

#include "report/report.h"

typedef struct ns_reader {
    sqlite3 *db;
    int64_t run_id;
    ns_run_info info; // strings are owned by the reader
    char *texts[4];
} ns_reader;

// run_id 0: the last run in the file. NS_EINVAL when it is no database of nsim or has no such run.
int ns_reader_open(ns_reader *reader, const char *path, int64_t run_id, ns_err *err);
void ns_reader_close(ns_reader *reader);

// Every record of a type, in the order in which it was written; `where` may narrow it ("" for none).
int ns_reader_each(ns_reader *reader, ns_rec_type type, const char *where, ns_sink *sink, ns_err *err);

#endif

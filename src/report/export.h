// A recorded run in the formats of other tools: one file per format. What they write depends on the
// database alone, to the byte.
#ifndef NS_REPORT_EXPORT_H
#define NS_REPORT_EXPORT_H

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "report/report.h"

// The run, and the statement that the rows of an export come from.
typedef struct ns_export_run {
    sqlite3 *db;
    int64_t id;
    const ns_run_info *info;
    double speed; // of its cores
} ns_export_run;

int ns_export_chrome(const ns_export_run *run, FILE *out, ns_err *err); // Trace Event Format
int ns_export_cpuprofile(const ns_export_run *run, FILE *out, ns_err *err);
int ns_export_heapprofile(const ns_export_run *run, FILE *out, ns_err *err);
int ns_export_heapprofile_all(const ns_export_run *run, FILE *out, ns_err *err);
int ns_export_collapsed(const ns_export_run *run, FILE *out, ns_err *err); // a line per stack, ns
int ns_export_hdr(const ns_export_run *run, FILE *out, ns_err *err);       // HdrHistogram log 1.3
int ns_export_table(const ns_export_run *run, const char *table, FILE *out, ns_err *err); // CSV

// The tables of CSV: call `each` with the name of every one, in the order of their names. It
// returns NS_OK to go on.
int ns_export_tables(const ns_export_run *run,
                     int (*each)(void *opaque, const char *table, ns_err *err), void *opaque,
                     ns_err *err);

// Prepare a statement whose parameter 1 is the run, and 2, if it has it, the speed of its cores;
// call `row` for each of its rows. It returns NS_OK to go on.
int ns_export_each(const ns_export_run *run, const char *sql,
                   int (*row)(void *opaque, sqlite3_stmt *row, ns_err *err), void *opaque,
                   ns_err *err);

// A column as text, "" for NULL; borrowed until the statement steps.
const char *ns_export_text(sqlite3_stmt *row, int column);

// Write `text` as JSON has strings. What is not UTF-8 becomes U+FFFD.
void ns_export_json(FILE *out, const char *text);

// Write ns as microseconds: "12.345". Whole numbers all the way: a double would drift.
void ns_export_us(FILE *out, int64_t ns);

#endif

// A recorded run as the text that node prints with a flag: one file per format.
#ifndef NS_REPORT_TRACE_H
#define NS_REPORT_TRACE_H

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

int ns_trace_opt(sqlite3 *db, int64_t run_id, FILE *out, ns_err *err);   // --trace-opt
int ns_trace_deopt(sqlite3 *db, int64_t run_id, FILE *out, ns_err *err); // --trace-deopt
int ns_trace_gc(sqlite3 *db, int64_t run_id, FILE *out, ns_err *err);    // --trace-gc
// --trace-flush-bytecode
int ns_trace_flush_bytecode(sqlite3 *db, int64_t run_id, FILE *out, ns_err *err);

#endif

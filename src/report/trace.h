// A recorded run as the text that node prints with a flag: one file per format.
#ifndef NS_REPORT_TRACE_H
#define NS_REPORT_TRACE_H

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

typedef struct ns_trace_run {
    sqlite3 *db;
    int64_t id;
    double speed; // of its cores
} ns_trace_run;

int ns_trace_opt(const ns_trace_run *run, FILE *out, ns_err *err);   // --trace-opt
int ns_trace_deopt(const ns_trace_run *run, FILE *out, ns_err *err); // --trace-deopt
int ns_trace_gc(const ns_trace_run *run, FILE *out, ns_err *err);    // --trace-gc
int ns_trace_flush_bytecode(const ns_trace_run *run, FILE *out,
                            ns_err *err); // --trace-flush-bytecode

#endif

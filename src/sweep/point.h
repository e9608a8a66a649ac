// One run of a sweep: what goes in, and what is kept of it.
#ifndef NS_SWEEP_POINT_H
#define NS_SWEEP_POINT_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "report/report.h"

typedef struct ns_point {
    const char *path;        // of the workload
    const char *const *sets; // overrides, NULL-terminated
    const char *records;     // a database for all records of the run, or NULL
    const char *hidden;      // the database of the sweep: the program does not see it
} ns_point;

// What a run left. Texts belong to `json`.
typedef struct ns_point_result {
    ns_run_info info;
    const char *message;               // of a run that broke, or NULL
    const cJSON *metrics, *histograms; // objects: name -> number, name -> encoded histogram
    cJSON *json;
} ns_point_result;

// Run the point, and append what it left to `out`. This is where it is decided how a point is run.
// A program that fails is a result too; an error means that there is none.
int ns_point_run(const ns_point *point, ns_buf *out, ns_err *err);

// Read what ns_point_run wrote. NS_EINTERNAL: it is damaged.
int ns_point_read(ns_point_result *out, const char *bytes, size_t length, ns_err *err);
void ns_point_free(ns_point_result *result);

// Whether a run with this end counts in statistics: it ended by itself or at a limit of virtual
// time or events, with exit code 0.
bool ns_point_usable(const char *status, int exit_code);

#endif

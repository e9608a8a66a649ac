// One run of a sweep: what goes in, and what is kept of it.
#ifndef NS_SWEEP_POINT_H
#define NS_SWEEP_POINT_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "report/report.h"

typedef enum ns_point_how {
    NS_POINT_FULL,    // the JavaScript runs
    NS_POINT_TRACED,  // it runs, and leaves a trace
    NS_POINT_CHECKED, // it runs, and the trace is replayed beside it
    NS_POINT_REPLAYED // the trace is replayed; where it cannot be, the JavaScript runs
} ns_point_how;

typedef struct ns_point {
    const char *path;        // of the workload
    const char *const *sets; // overrides, NULL-terminated
    const char *records;     // a database for all records of the run, or NULL
    const char *hidden;      // the database of the sweep: the program does not see it
    ns_point_how how;
    const char *why; // of a full run: why nothing is replayed; or NULL
    // Of NS_POINT_CHECKED and NS_POINT_REPLAYED: the trace, and the configuration that it is of.
    const void *trace;
    size_t trace_size;
    const char *trace_config;
    const char *const *deciding; // of NS_POINT_CHECKED: as ns_check_worst has it
} ns_point;

// How the figures of a run were made, as the database has it.
#define NS_MADE_FULL "full"
#define NS_MADE_TRACED "traced"
#define NS_MADE_REPLAYED "replayed"

// What a run left. Texts belong to `json`.
typedef struct ns_point_result {
    ns_run_info info;
    const char *message;               // of a run that broke, or NULL
    const cJSON *metrics, *histograms; // objects: name -> number, name -> encoded histogram
    const char *made, *why;            // `why` may be NULL
    const cJSON *replayed;             // of a checked run: its metrics by replay; or NULL
    double off;             // of a checked run: its largest difference (ns_check_worst); else NaN
    const char *off_metric; // where that is, or NULL
    const void *trace;      // of a traced run; NULL: it cannot be replayed, and `why` says why
    size_t trace_size;
    cJSON *json;
} ns_point_result;

// Run the point, and append what it left to `out`.
// A program that fails is a result too; an error means that there is none.
int ns_point_run(const ns_point *point, ns_buf *out, ns_err *err);

// Read what ns_point_run wrote; the trace is borrowed from the bytes. NS_EINTERNAL: it is damaged.
int ns_point_read(ns_point_result *out, const char *bytes, size_t length, ns_err *err);
void ns_point_free(ns_point_result *result);

// Whether a run with this end counts in statistics: it ended by itself or at a limit of virtual
// time or events, with exit code 0.
bool ns_point_usable(const char *status, int exit_code);

#endif

// What `nsim run` and `nsim replay` share: the sinks of a run, its report, and how it ends.
#ifndef NS_CLI_RECORDING_H
#define NS_CLI_RECORDING_H

#include <time.h>

#include "base/buf.h"
#include "report/report.h"
#include "trace/filter.h"
#include "trace/result.h"
#include "workload/workload.h"

typedef struct ns_recording_args {
    const char *database; // NULL: the workload's name with .db
    bool quiet, json, no_db, timeline;
} ns_recording_args;

// Zero-initialise it and set `args` and `workload`. What is NULL is not there.
typedef struct ns_recording {
    const ns_recording_args *args;
    ns_workload *workload;
    ns_store *store;
    ns_summary *summary;
    ns_filter filter;
    ns_sink *sinks[2];
    ns_tee tee;
    ns_buf path; // of the database
    ns_run_info info;
    struct timespec begin;
} ns_recording;

// Set by the first SIGINT; the second one kills.
extern volatile int ns_interrupted;

int ns_recording_open(ns_recording *recording, ns_err *err);
// The records' destination, NULL when nobody wants them.
ns_sink *ns_recording_sink(ns_recording *recording);
// Around the run itself.
void ns_recording_begin(ns_recording *recording);
void ns_recording_end(ns_recording *recording, const ns_run_result *result);
// The database is completed whatever happened.
int ns_recording_close(ns_recording *recording, ns_err *err);
int ns_recording_report(ns_recording *recording, ns_err *err); // as the arguments ask for it
void ns_recording_free(ns_recording *recording);

// The exit code of a command whose program ended so.
int ns_recording_exit_code(const ns_run_result *result);

#endif

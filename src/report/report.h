// What a run leaves behind: the SQLite store, the summary, the timeline and the plots. All of it is
// made from records (trace/record.h).
#ifndef NS_REPORT_REPORT_H
#define NS_REPORT_REPORT_H

#include <stdio.h>

#include "base/err.h"
#include "trace/record.h"
#include "trace/result.h"

// The row of the `run` table, and what the summary needs besides records.
typedef struct ns_run_info {
    const char *workload, *config_json, *profile;
    uint64_t hash, seed;
    const char *status; // "ok", "exception", "limit: virtual time", "incomplete" ...
    int exit_code;
    int64_t virtual_ns;
    double host_seconds; // never stored: it would differ from run to run; -1: not known
    uint64_t digest, events, ties;
    int pool_threads, cores;
    int64_t idle_ns; // of the loop, uv_metrics_idle_time
    // Of the pool, since its first task: time, thread time in service, time with every thread busy.
    int64_t pool_span_ns, pool_busy_ns, pool_full_ns;
    int64_t cpu_ns; // time of the cores in service, summed
    int64_t drawn;  // of a replay: requests beyond those of the trace; 0 in a database
} ns_run_info;

// The totals of a result, host_seconds aside.
void ns_run_info_take(ns_run_info *info, const ns_run_result *result);
// machine.speed of its configuration, > 0; 1 where it says none. NS_ENOMEM.
int ns_run_info_speed(const ns_run_info *info, double *speed, ns_err *err);
// What a CPU demand takes on a core of that speed. Records hold some times as demands on a core of
// speed 1 (docs/schema.md says which); what a user reads is time on the machine of the run.
int64_t ns_run_time(int64_t demand_ns, double speed);

// How text looks: an OR of these.
enum {
    NS_STYLE_COLOUR = 1, // escape sequences for a terminal
    NS_STYLE_ASCII = 2   // no characters beyond ASCII
};

// SQLite (WAL, STRICT tables, docs/schema.md). The run row is written first, with status
// "incomplete", so that a killed run leaves a readable database. started_utc is only stored when
// SOURCE_DATE_EPOCH says so: records must repeat to the byte.
//
// An older database of nsim at `path` is replaced; any other file is left alone: NS_EINVAL. What
// was emitted is committed every 65,536 records, and with the first record after a quarter of a
// second of host time. The first failure is kept, what is emitted after it is dropped, and commit
// and close return it: NS_EIO, NS_ENOMEM. Closing leaves one file, without a log beside it.
typedef struct ns_store ns_store;
int ns_store_open(ns_store **out, const char *path, const ns_run_info *info, ns_err *err);
ns_sink *ns_store_sink(ns_store *store);
int ns_store_commit(ns_store *store, ns_err *err); // what was emitted so far is on disk
int ns_store_close(ns_store *store, const ns_run_info *info, ns_err *err); // final values; frees

// The summary aggregates records as they come, in bounded memory. Feed it everything that a run
// emits; print it as often as needed. `style` is of NS_STYLE_*. `info` of a run that goes on may
// lack totals: then the records stand for them as far as they can.
typedef struct ns_summary ns_summary;
int ns_summary_new(ns_summary **out, ns_err *err);
void ns_summary_free(ns_summary *summary);
ns_sink *ns_summary_sink(ns_summary *summary);
int ns_summary_print(ns_summary *summary, const ns_run_info *info, FILE *out, int style,
                     ns_err *err);
int ns_summary_json(ns_summary *summary, const ns_run_info *info, FILE *out, ns_err *err);
// Emit the distributions as histogram records: "pool.queue", "pool.queue.KIND",
// "pool.service.KIND", "poller.wait", "request.CLASS". NS_ENOMEM.
int ns_summary_emit(ns_summary *summary, ns_sink *out, ns_err *err);
// The summary of a run in a database, with the same figures; run_id 0 is the last run in it. The
// texts of `info` belong to the summary. NS_EINVAL: no such file or run, or no database of nsim.
int ns_summary_load(ns_summary *summary, ns_run_info *info, const char *db, int64_t run_id,
                    ns_err *err);

// A terminal Gantt of main thread, loop phases, pool threads and queue, `columns` (40..1000) wide.
// from/to in ns, to = 0: the end.
int ns_timeline_print(const char *db, int64_t run_id, int64_t from, int64_t to, int columns,
                      FILE *out, int style, ns_err *err);

// Pictures, drawn by gnuplot.
enum { NS_PLOT_SVG = 1, NS_PLOT_PNG = 2, NS_PLOT_PDF = 4 };
typedef struct ns_plot_options {
    const char *what; // "pool", "gc" ...; see ns_plot_each
    const char *db;
    int64_t run_id;           // 0: the last one
    const char *other_db;     // of "compare"; NULL: `db`
    int64_t other_run;        // of "compare"; 0: the last one of other_db
    const char *of;           // of "latency", "compare" and "blame": what of; NULL: see the kind
    const char *metric;       // of "sweep"; NULL: request.p99, else what there is
    const char *const *where; // of "sweep": "KEY=VALUE", NULL-terminated; or NULL
    const char *stem;         // writes <stem>.svg and so on
    unsigned formats;         // an OR of NS_PLOT_*
    bool script;              // keep <stem>.gp, which draws the picture again
} ns_plot_options;
// NS_EINVAL: an unknown kind, a run without what it shows (and what to do), no gnuplot; NS_EIO:
// gnuplot failed. No file is left half-written.
int ns_plot(const ns_plot_options *options, ns_err *err);
// Call `each` for every kind of picture.
void ns_plot_each(void (*each)(void *opaque, const char *name, const char *text), void *opaque);
const char *ns_plot_suffix(unsigned format); // of one of NS_PLOT_*: ".svg"

// Write a report as one self-contained HTML page. `notes`: of a sweep, the sentences that stand
// out, NULL-terminated; NULL: the page is of a run. Pictures that the run has no data for are left
// out. NS_EINVAL: as ns_plot, or `path` cannot be written.
int ns_report_page(const char *db, int64_t run_id, const char *const *notes, const char *path,
                   ns_err *err);

// Print a run in a format of node's ("trace-opt", "trace-deopt",
// "trace-gc"). NS_EINVAL: no such format, file or run.
int ns_trace_print(const char *db, int64_t run_id, const char *format, FILE *out, ns_err *err);

// Write a run in a format of other tools ("chrome", "hdr", "csv" ...; ns_export_formats, which ends
// with NULL). `path` takes its name when it is whole; NULL is standard output. `table` is of "csv"
// only: one table; NULL: all of them, into the folder `path`. NS_EINVAL: no such format, table,
// file or run, or the run has not recorded what the format needs; NS_EIO.
typedef struct ns_export_format {
    const char *name, *text;
} ns_export_format;
extern const ns_export_format ns_export_formats[];
int ns_export(const char *db, int64_t run_id, const char *format, const char *table,
              const char *path, ns_err *err);

#endif

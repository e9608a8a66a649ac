#include "report/trace.h"

#include <string.h>

#include "base/suggest.h"
#include "report/db.h"
#include "report/report.h"

static const struct format {
    const char *name;
    int (*write)(const ns_trace_run *run, FILE *out, ns_err *err);
} formats[] = {
    {"trace-opt", ns_trace_opt},
    {"trace-deopt", ns_trace_deopt},
    {"trace-gc", ns_trace_gc},
    {"trace-flush-bytecode", ns_trace_flush_bytecode},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

// NULL when there is none of the name, and the error says so.
static const struct format *find(const char *name, ns_err *err)
{
    ns_suggest near = {.word = name};
    for (int i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
        ns_suggest_offer(&near, formats[i].name);
    }
    ns_fail(err, NS_EINVAL,
            near.best ? "unknown format \"%s\"; did you mean \"%s\"?"
                      : "unknown format \"%s\"; there are trace-opt, trace-deopt, trace-gc and "
                        "trace-flush-bytecode",
            name, near.best);
    return NULL;
}

int ns_trace_print(const char *db, int64_t run_id, const char *format, FILE *out, ns_err *err)
{
    const struct format *f = find(format, err);
    sqlite3_stmt *row = NULL;
    ns_run_info info;
    ns_trace_run run = {.id = run_id};
    if (!f)
        return NS_EINVAL;
    int rc = ns_db_open(&run.db, db, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_db_recorded_run(run.db, &run.id, &info, &row, err);
    if (rc == NS_OK)
        rc = ns_run_info_speed(&info, &run.speed, err);
    if (rc == NS_OK)
        rc = f->write(&run, out, err);
    sqlite3_finalize(row);
    sqlite3_close(run.db);
    return rc;
}

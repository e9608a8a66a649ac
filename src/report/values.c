#include "report/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/suggest.h"
#include "sim/stats.h"

// `rows` gives name, time and value.
static const struct kind {
    const char *name, *what, *thing, *rows, *histogram, *missing;
} kinds[] = {
    {"request", "request latency", "request",
     "SELECT class, arrival_ns, done_ns - arrival_ns FROM request"
     " WHERE run_id = ?1 AND warmup = 0 AND status <> 'unfinished' ORDER BY class, id",
     "request.", "no finished requests; give the workload `arrivals`"},
    {"pool", "thread pool, submission to callback", "task",
     "SELECT kind, submit_ns, done_ns - submit_ns FROM pool_task"
     " WHERE run_id = ?1 AND thread >= 0 AND done_ns >= end_ns ORDER BY kind, id",
     NULL, "no pool tasks; they are recorded with record.level full"},
    {"timer", "lateness of timers", "timer",
     "SELECT 'timers', t_ns - CAST(value AS INTEGER), CAST(value AS INTEGER) FROM sample"
     " WHERE run_id = ?1 AND metric = 'timer.late' ORDER BY t_ns",
     NULL, "no timers"},
    {"measure", "spans of performance.measure", "span",
     "SELECT substr(metric, 9), t_ns - CAST(value AS INTEGER), CAST(value AS INTEGER) FROM sample"
     " WHERE run_id = ?1 AND substr(metric, 1, 8) = 'measure.' ORDER BY metric, t_ns",
     NULL, "no spans; the program makes them with performance.measure(name, from, to)"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

// -- Series ---------------------------------------------------------------------------------------

void ns_values_free(ns_values *values)
{
    for (int i = 0; i < values->count; i++)
        ns_free(values->series[i].values);
    values->count = 0;
}

static bool append(ns_series *s, ns_value value)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? s->capacity * 2 : 256;
        ns_value *values = ns_realloc(s->values, capacity * sizeof *values);
        if (!values)
            return false;
        s->values = values;
        s->capacity = capacity;
    }
    s->values[s->count++] = value;
    s->total += value.count;
    return true;
}

// Names come sorted; those that find no place of their own share the last one.
static ns_series *series_of(ns_values *values, const char *name)
{
    if (values->count > 0) {
        ns_series *last = &values->series[values->count - 1];
        if (strncmp(last->name, name, sizeof last->name - 1) == 0)
            return last;
        if (values->count == NS_SERIES_MAX) {
            snprintf(last->name, sizeof last->name, "others");
            return last;
        }
    }
    ns_series *s = &values->series[values->count++];
    *s = (ns_series){0};
    snprintf(s->name, sizeof s->name, "%s", name);
    return s;
}

static int by_value(const void *a, const void *b)
{
    const ns_value *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

static void sort(ns_values *values)
{
    values->total = 0;
    for (int i = 0; i < values->count; i++) {
        ns_series *s = &values->series[i];
        qsort(s->values, s->count, sizeof *s->values, by_value);
        values->total += s->total;
    }
}

int ns_values_merge(ns_values *values, const char *name, ns_err *err)
{
    ns_series *first = &values->series[0];
    for (int i = 1; i < values->count; i++)
        for (size_t k = 0; k < values->series[i].count; k++)
            if (!append(first, values->series[i].values[k]))
                return ns_fail(err, NS_ENOMEM, "no memory for the plot");
    for (int i = 1; i < values->count; i++)
        ns_free(values->series[i].values);
    values->count = values->count ? 1 : 0;
    snprintf(first->name, sizeof first->name, "%s", name);
    sort(values);
    return NS_OK;
}

int64_t ns_series_percentile(const ns_series *s, double percentile)
{
    int64_t rank = (int64_t)ceil((double)s->total * percentile / 100 - 1e-9), seen = 0;
    for (size_t i = 0; i < s->count; i++) {
        seen += s->values[i].count;
        if (seen >= rank)
            return s->values[i].value;
    }
    return 0;
}

bool ns_series_thin(const ns_series *s, double percentile)
{
    return (double)s->total * (100 - percentile) / 100 < NS_THIN - 1e-9;
}

// -- Reading --------------------------------------------------------------------------------------

static int no_memory(ns_err *err)
{
    return ns_fail(err, NS_ENOMEM, "no memory for the plot");
}

static int read_rows(ns_values *out, sqlite3 *db, int64_t run_id, const struct kind *kind,
                     const char *only, ns_err *err)
{
    sqlite3_stmt *row;
    int step, rc = ns_db_prepare(db, kind->rows, &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run_id);
    while (rc == NS_OK && (step = sqlite3_step(row)) != SQLITE_DONE) {
        const char *name = step == SQLITE_ROW ? (const char *)sqlite3_column_text(row, 0) : NULL;
        if (step != SQLITE_ROW)
            rc = ns_db_fail(db, step, err);
        else if (!name)
            rc = no_memory(err);
        else if ((!only || strcmp(only, name) == 0) &&
                 !append(series_of(out, name),
                         (ns_value){sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2), 1}))
            rc = no_memory(err);
    }
    sqlite3_finalize(row);
    out->timed = true;
    return rc;
}

typedef struct adder {
    ns_series *series;
    bool failed;
} adder;

static void add_bucket(void *opaque, int64_t low, int64_t high, int64_t count)
{
    adder *a = opaque;
    a->failed |= !append(a->series, (ns_value){-1, low + (high - low) / 2, count});
}

static int add_histogram(ns_values *out, const char *name, const char *encoded, ns_err *err)
{
    ns_hist *hist;
    int rc = ns_hist_decode(&hist, encoded, err);
    if (rc != NS_OK)
        return rc;
    adder a = {.series = ns_hist_count(hist) > 0 ? series_of(out, name) : NULL};
    if (a.series)
        ns_hist_each(hist, add_bucket, &a);
    ns_hist_free(hist);
    return a.failed ? no_memory(err) : NS_OK;
}

static int read_histograms(ns_values *out, sqlite3 *db, int64_t run_id, const char *prefix,
                           const char *only, ns_err *err)
{
    sqlite3_stmt *row;
    size_t skip = strlen(prefix);
    int step, rc = ns_db_prepare(db,
                                 "SELECT metric, encoded FROM histogram WHERE run_id = ?1 AND"
                                 " substr(metric, 1, length(?2)) = ?2 ORDER BY metric",
                                 &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run_id);
    sqlite3_bind_text(row, 2, prefix, -1, SQLITE_STATIC);
    while (rc == NS_OK && (step = sqlite3_step(row)) != SQLITE_DONE) {
        const char *name = step == SQLITE_ROW ? (const char *)sqlite3_column_text(row, 0) : NULL;
        const char *encoded = name ? (const char *)sqlite3_column_text(row, 1) : NULL;
        if (step != SQLITE_ROW)
            rc = ns_db_fail(db, step, err);
        else if (!encoded)
            rc = no_memory(err);
        else if (!only || strcmp(only, name + skip) == 0)
            rc = add_histogram(out, name + skip, encoded, err);
    }
    sqlite3_finalize(row);
    out->timed = false;
    return rc;
}

// -- Kinds ----------------------------------------------------------------------------------------

static int read_kind(ns_values *out, sqlite3 *db, int64_t run_id, const struct kind *kind,
                     const char *only, ns_err *err)
{
    out->kind = kind->name;
    out->what = kind->what;
    out->thing = kind->thing;
    int rc = read_rows(out, db, run_id, kind, only, err);
    if (rc == NS_OK && out->count == 0 && kind->histogram)
        rc = read_histograms(out, db, run_id, kind->histogram, only, err);
    if (rc == NS_OK)
        sort(out);
    return rc;
}

static const struct kind *find_kind(const char *of, size_t length, ns_err *err)
{
    char word[32];
    snprintf(word, sizeof word, "%.*s", (int)length, of);
    ns_suggest near = {.word = word};
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, word) == 0)
            return &kinds[i];
        ns_suggest_offer(&near, kinds[i].name);
    }
    ns_buf names = {0};
    for (int i = 0; i < KINDS; i++)
        ns_buf_printf(&names, "%s%s", i ? ", " : "", kinds[i].name);
    ns_fail(err, NS_EINVAL, "--of: found \"%s\", %s%s%s", word,
            near.best ? "did you mean \"" : "expected one of: ",
            near.best    ? near.best
            : names.data ? names.data
                         : "",
            near.best ? "\"?" : "");
    ns_buf_free(&names);
    return NULL;
}

int ns_values_load(ns_values *out, sqlite3 *db, int64_t run_id, const char *of, ns_err *err)
{
    *out = (ns_values){0};
    int rc = NS_OK;
    const struct kind *kind = NULL;
    const char *only = NULL;
    if (of) {
        const char *dot = strchr(of, '.');
        kind = find_kind(of, dot ? (size_t)(dot - of) : strlen(of), err);
        only = dot ? dot + 1 : NULL;
        if (!kind)
            return NS_EINVAL;
        rc = read_kind(out, db, run_id, kind, only, err);
        if (rc == NS_OK && out->count == 0)
            rc = only ? ns_fail(err, NS_EINVAL, "nothing to plot: the run has no %s \"%s\"",
                                kind->name, only)
                      : ns_fail(err, NS_EINVAL, "nothing to plot: the run has %s", kind->missing);
    }
    for (int i = 0; !of && i < KINDS && rc == NS_OK && out->count == 0; i++)
        rc = read_kind(out, db, run_id, &kinds[i], NULL, err);
    if (rc == NS_OK && out->count == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: the run has no requests, pool tasks, timers or spans of "
                     "performance.measure; give the workload `arrivals`, and record.level full");
    if (rc != NS_OK)
        ns_values_free(out);
    return rc;
}

// Durations in series, read from a run: what pictures of latency are made of.
#ifndef NS_REPORT_VALUES_H
#define NS_REPORT_VALUES_H

#include "report/db.h"

enum { NS_SERIES_MAX = 7, NS_THIN = 10 };

typedef struct ns_value {
    int64_t time;  // when it began, ns of virtual time; -1: not known
    int64_t value; // ns
    int64_t count; // how often: 1, but for what comes from a histogram
} ns_value;

typedef struct ns_series {
    char name[80];
    ns_value *values; // by value, then time
    size_t count, capacity;
    int64_t total; // sum of the counts
} ns_series;

typedef struct ns_values {
    const char *kind;                // "request"
    const char *what;                // "request latency"
    const char *thing;               // one of them: "request"
    ns_series series[NS_SERIES_MAX]; // by name; where there are more, the last is "others"
    int count;
    int64_t total;
    bool timed; // false: from a histogram, without times
} ns_values;

// `of` is "request", "pool", "timer" or "measure", or one series of them ("request.login",
// "pool.fs"); NULL: the first that the run has. Requests of the warm-up and unfinished ones are
// left out; rows first, else the histograms. NS_EINVAL: there are none (and what to do), or no such
// kind.
int ns_values_load(ns_values *out, sqlite3 *db, int64_t run_id, const char *of, ns_err *err);
void ns_values_free(ns_values *values);
// All series as one, by value. NS_ENOMEM.
int ns_values_merge(ns_values *values, const char *name, ns_err *err);

// The least value that at least `percentile` percent do not exceed (nearest rank); 0 when empty.
int64_t ns_series_percentile(const ns_series *series, double percentile);
// Fewer than ten lie beyond it.
bool ns_series_thin(const ns_series *series, double percentile);

#endif

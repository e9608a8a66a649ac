// A sweep read back from its database: the figures of every run, by point and replicate.
#ifndef NS_SWEEP_DATA_H
#define NS_SWEEP_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "workload/arena.h"

typedef struct ns_data_run {
    bool there, usable; // usable: it ended well
    int64_t id;         // run.id
    const char *status, *message;
    int exit_code;
    const char *seed;
    const char *made, *why; // as sweep/point.h has them; `made` is NULL in an older database
    double off;             // of a checked run, else NaN
    const char *off_metric;
} ns_data_run;

typedef struct ns_data_check { // a metric of a run that was made in full and by replay
    int run, metric;           // indices
    double replayed;
} ns_data_check;

typedef struct ns_data_point {
    const char **values; // of the keys, as text
    const char *label;   // "4" of one key; "cores=2 threadpool=4" of several
} ns_data_point;

typedef struct ns_data_histogram {
    const char *metric, *encoded;
} ns_data_histogram;

typedef struct ns_data {
    ns_arena arena;
    const char *name, *json;
    const char **keys;
    int key_count;
    int replicates;
    ns_data_point *points;
    int point_count;   // those that have a run
    ns_data_run *runs; // [point * replicates + replicate]
    int expected, there, broken;
    const char **metrics; // names, sorted
    int metric_count;
    ns_data_check *checks;
    int check_count;
    double *values; // [(point * replicates + replicate) * metric_count + metric]; NaN: none
    // Of a search only: the distributions of run i are first_histogram[i] to first_histogram[i + 1]
    // (excluded).
    ns_data_histogram *histograms;
    int *first_histogram;
} ns_data;

// NS_EINVAL: no such file, or no sweep in it.
int ns_data_load(ns_data **out, const char *path, ns_err *err);
void ns_data_free(ns_data *data);

int ns_data_metric(const ns_data *data, const char *name); // its index, or -1
// The metric of a point by replicate, `data->replicates` values; NaN where a run is missing or
// broken.
void ns_data_values(const ns_data *data, int point, int metric, double *out);

#endif

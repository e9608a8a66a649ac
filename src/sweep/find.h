// What a search looks for, as an expression:
//
//   max KEY [in LOW..HIGH] where METRIC OP QUANTITY [and METRIC OP QUANTITY ...]
//
//   max arrivals.login.rate where p99 < 50ms and errors < 0.1%
//   min node.threadpool in 1..128 where wait.p99 < 5ms
//
// KEY is one that --set takes and that holds a number, a time or a size. METRIC is one of a sweep
// (report/metrics.h) or short for one: p99 and the like for request.p99, CLASS.p99 for
// request.CLASS.p99, wait.p99 for pool.wait.p99, delay.p99 for loop.delay.p99, pause.max for
// gc.pause.max. OP is <, <=, > or >=.
#ifndef NS_SWEEP_FIND_H
#define NS_SWEEP_FIND_H

#include <stdbool.h>

#include "report/metrics.h"
#include "workload/arena.h"

enum { NS_FIND_CONDITIONS_MAX = 8 };

typedef enum ns_find_type {
    NS_FIND_NUMBER,
    NS_FIND_WHOLE,
    NS_FIND_TIME, // ns
    NS_FIND_BYTES
} ns_find_type;

typedef struct ns_condition {
    const char *metric; // its full name
    ns_metric_kind kind;
    bool below; // the metric shall be below the bound; else above
    bool or_equal;
    double bound;     // in the metric's unit
    const char *text; // "request.p99 < 50 ms"
} ns_condition;

typedef struct ns_find {
    ns_arena arena;
    bool max; // the greatest value that holds; else the smallest
    const char *key;
    ns_find_type type;
    double low, high; // the values that may be tried; high may be infinite
    bool ranged;      // the expression says so
    ns_condition conditions[NS_FIND_CONDITIONS_MAX];
    int count;
    const char *text; // all of it, in one canonical form that parses to the same
} ns_find;

// Parse. `classes` are the workload's arrival classes, NULL-terminated; NULL: any class will do.
// NS_EINVAL: the message has the expression and a mark below the place that is wrong.
int ns_find_parse(ns_find **out, const char *text, const char *const *classes, ns_err *err);
void ns_find_free(ns_find *find);

// A value of the key: for an override ("412", "250000 ns"), and for a reader ("412", "250 us").
void ns_find_value(const ns_find *find, double value, char *out, size_t size);
void ns_find_show(const ns_find *find, double value, char *out, size_t size);
// Whether a text holds a value of the key, as ns_find_value or a configuration writes it.
bool ns_find_read(const ns_find *find, const char *text, double *out);

#endif

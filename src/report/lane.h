// A window of time cut into columns, and how long something was the case in each of them.
#ifndef NS_REPORT_LANE_H
#define NS_REPORT_LANE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ns_window {
    int64_t from, to; // ns, from < to
    int columns;      // 1..4096
} ns_window;

// The start of a column; that of column `columns` is the end of the window.
int64_t ns_window_start(const ns_window *window, int column);
int ns_window_column(const ns_window *window, int64_t time); // of a time within [from, to)

typedef struct ns_lane {
    const ns_window *window; // borrowed
    int64_t *ends;           // ns per column, of intervals that cover it in part
    int64_t *whole;          // change of the number of intervals that cover it entirely
    int64_t total;           // ns in the window
} ns_lane;

bool ns_lane_init(ns_lane *lane, const ns_window *window); // false: out of memory
void ns_lane_free(ns_lane *lane);
void ns_lane_add(ns_lane *lane, int64_t from, int64_t to); // what lies outside is cut off
// Write the mean number of intervals in each column.
void ns_lane_levels(const ns_lane *lane, double *levels);

// Where a time axis has its marks: a step of 1, 2 or 5 times a power of ten, at least `least` ns.
typedef struct ns_axis {
    int64_t step; // ns
    int64_t unit; // ns
    const char *unit_name;
    int decimals;
} ns_axis;
ns_axis ns_axis_make(int64_t least, int64_t longest);
void ns_axis_label(const ns_axis *axis, int64_t time, char out[40]); // "1.25 s"

#endif

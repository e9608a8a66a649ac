// What the files of the picture `sweep` share.
#ifndef NS_REPORT_PLOT_SWEEP_H
#define NS_REPORT_PLOT_SWEEP_H

#include "report/metrics.h"
#include "report/plot.h"
#include "sim/stats.h"

enum { SWEEP_AXES = 2, SWEEP_KEYS_MAX = 16, SWEEP_POINTS_MAX = 4096, SWEEP_VALUE = 128 };

typedef struct sweep_point {
    char value[SWEEP_AXES][SWEEP_VALUE]; // of the keys that are drawn, as text
    ns_moments moments;
} sweep_point;

typedef struct sweep_key {
    char name[96];
    char fixed[SWEEP_VALUE]; // by --where, or empty
} sweep_key;

typedef struct sweep_plot {
    const char *metric;
    ns_metric_kind kind;
    sweep_key keys[SWEEP_KEYS_MAX]; // all that are varied
    int key_count;
    int axes[SWEEP_AXES]; // those that are drawn
    int axis_count;
    sweep_point *points;
    int count, broken;
    double *values; // all replicates, and the points that they are of
    int *owners;
    int value_count, value_capacity;
    double scale; // of the axis
    bool logarithmic;
    const char *unit;
    ns_figure *figure;
} sweep_plot;

const char *sweep_axis_name(const sweep_plot *p, int axis);
// Draw the points that were read: one key as a curve, two as a heat map or, where the points are no
// grid, as points. NS_ENOMEM.
int sweep_draw(sweep_plot *p, ns_err *err);

#endif

#include "report/lane.h"

#include <assert.h>
#include <stdio.h>

#include "base/alloc.h"

int64_t ns_window_start(const ns_window *w, int column)
{
    assert(column >= 0 && column <= w->columns);
    return w->from + (int64_t)((__int128)(w->to - w->from) * column / w->columns);
}

int ns_window_column(const ns_window *w, int64_t time)
{
    assert(time >= w->from && time < w->to);
    int column = (int)((__int128)(time - w->from) * w->columns / (w->to - w->from));
    // Both directions round down: the quotient may name the column before.
    while (column + 1 < w->columns && ns_window_start(w, column + 1) <= time)
        column++;
    return column;
}

bool ns_lane_init(ns_lane *lane, const ns_window *window)
{
    size_t count = (size_t)window->columns + 1;
    *lane = (ns_lane){.window = window,
                      .ends = ns_calloc(count, sizeof(int64_t)),
                      .whole = ns_calloc(count, sizeof(int64_t))};
    if (lane->ends && lane->whole)
        return true;
    ns_lane_free(lane);
    return false;
}

void ns_lane_free(ns_lane *lane)
{
    ns_free(lane->ends);
    ns_free(lane->whole);
    *lane = (ns_lane){0};
}

void ns_lane_add(ns_lane *lane, int64_t from, int64_t to)
{
    const ns_window *w = lane->window;
    if (from < w->from)
        from = w->from;
    if (to > w->to)
        to = w->to;
    if (from >= to)
        return;
    lane->total += to - from;
    int first = ns_window_column(w, from), last = ns_window_column(w, to - 1);
    if (first == last) {
        lane->ends[first] += to - from;
        return;
    }
    lane->ends[first] += ns_window_start(w, first + 1) - from;
    lane->ends[last] += to - ns_window_start(w, last);
    lane->whole[first + 1]++;
    lane->whole[last]--;
}

void ns_lane_levels(const ns_lane *lane, double *levels)
{
    int64_t covering = 0;
    for (int i = 0; i < lane->window->columns; i++) {
        int64_t width = ns_window_start(lane->window, i + 1) - ns_window_start(lane->window, i);
        covering += lane->whole[i];
        levels[i] = (double)covering;
        if (width > 0)
            levels[i] += (double)lane->ends[i] / (double)width;
    }
}

ns_axis ns_axis_make(int64_t least, int64_t longest)
{
    static const struct {
        int64_t ns;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    int64_t power = 1;
    while (power * 10 <= least)
        power *= 10;
    int64_t step = power;
    for (int i = 0; step < least; i++)
        step = power * ((int[]){2, 5, 10})[i];
    int unit = 0;
    while (unit < 3 && longest < units[unit].ns)
        unit++;
    ns_axis axis = {.step = step, .unit = units[unit].ns, .unit_name = units[unit].name};
    for (int64_t size = units[unit].ns; size > 1 && step % size != 0; size /= 10)
        axis.decimals++;
    return axis;
}

void ns_axis_label(const ns_axis *axis, int64_t time, char out[40])
{
    if (time == 0)
        snprintf(out, 40, "0");
    else
        snprintf(out, 40, "%.*f %s", axis->decimals, (double)time / (double)axis->unit,
                 axis->unit_name);
}

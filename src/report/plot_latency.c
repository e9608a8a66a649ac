// The picture `latency`: how long requests, pool tasks, timers or spans of performance.measure
// took, as a distribution with a logarithmic tail, and over time.
//
// Over time there are windows of a hundred samples or more, with percentiles of each; below a few
// hundred samples, the samples themselves.
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "report/format.h"
#include "report/gnuplot.h"
#include "report/plot.h"
#include "report/tail.h"

enum { TAIL = 250, OVER = 170, PER_WINDOW = 100, WINDOWS_MAX = 40, DOTS_MAX = 400, LEVELS = 3 };

static const double levels[LEVELS] = {50, 90, 99};
static const char *const level_colours[LEVELS] = {NS_SKY, NS_ORANGE, NS_VERMILLION};

// -- Data -----------------------------------------------------------------------------------------

static void write_dots(ns_figure *figure, const char *name, const ns_series *s, int64_t unit)
{
    ns_figure_block(figure, name, "t ms");
    for (size_t i = 0; i < s->count; i++)
        ns_buf_printf(&figure->data, "%.12g %.12g\n", (double)s->values[i].time / (double)unit,
                      (double)s->values[i].value / 1e6);
    ns_figure_end_block(figure);
}

static void write_window(ns_figure *figure, const ns_window *w, int column, ns_series *part,
                         int64_t unit)
{
    double middle = ((double)ns_window_start(w, column) + (double)ns_window_start(w, column + 1)) /
                    2 / (double)unit;
    if (part->total == 0)
        return;
    ns_buf_printf(&figure->data, "%.12g", middle);
    for (int i = 0; i < LEVELS; i++)
        ns_buf_printf(&figure->data, " %.12g", (double)ns_series_percentile(part, levels[i]) / 1e6);
    ns_buf_printf(&figure->data, " %lld\n", (long long)part->total);
}

// Values are sorted; passing them on in this order keeps each window's sorted.
static int write_windows(ns_figure *figure, const char *name, const ns_series *s,
                         const ns_window *w, int64_t unit, ns_err *err)
{
    size_t *ends = ns_calloc((size_t)w->columns + 1, sizeof *ends);
    ns_value *sorted = ns_calloc(s->count + 1, sizeof *sorted);
    if (ends && sorted) {
        for (size_t i = 0; i < s->count; i++)
            ends[ns_window_column(w, s->values[i].time) + 1]++;
        for (int i = 0; i < w->columns; i++)
            ends[i + 1] += ends[i];
        for (size_t i = 0; i < s->count; i++)
            sorted[ends[ns_window_column(w, s->values[i].time)]++] = s->values[i];
        ns_figure_block(figure, name, "t p50_ms p90_ms p99_ms samples");
        for (int i = 0; i < w->columns; i++) { // ends[i] is now the end of window i
            size_t from = i ? ends[i - 1] : 0;
            ns_series part = {.values = sorted + from, .count = ends[i] - from};
            part.total = (int64_t)part.count;
            write_window(figure, w, i, &part, unit);
        }
        ns_figure_end_block(figure);
    }
    bool failed = !ends || !sorted;
    ns_free(ends);
    ns_free(sorted);
    return failed ? ns_fail(err, NS_ENOMEM, "no memory for the plot") : NS_OK;
}

// -- Panels ---------------------------------------------------------------------------------------

static void draw_tails(ns_figure *figure, const ns_values *v)
{
    ns_tail_range range = {0};
    char title[200], name[16];
    for (int i = 0; i < v->count; i++) {
        ns_tail_cover(&range, &v->series[i]);
        snprintf(name, sizeof name, "tail%d", i);
        ns_tail_block(figure, name, &v->series[i]);
    }
    figure->key_rows = (v->count + 1) / 2;
    ns_figure_panel(figure, 0, TAIL);
    ns_tail_axes(figure, &range);
    ns_figure_key_top(figure, 2);
    ns_buf_str(&figure->panels, "plot ");
    for (int i = 0; i < v->count; i++) {
        snprintf(name, sizeof name, "tail%d", i);
        ns_tail_title(&v->series[i], title, sizeof title);
        if (i)
            ns_buf_str(&figure->panels, ", ");
        ns_tail_curve(figure, name, ns_figure_colours[i], title);
    }
    ns_buf_str(&figure->panels,
               "\nunset label 1\nunset label 2\nunset logscale\nunset key\nset autoscale\n"
               "set ytics autofreq nomirror scale 0.5\n");
}

// The axis of latency, here the upright one.
static void latency_axis(ns_figure *figure, const ns_values *v)
{
    ns_tail_range range = {0};
    for (int i = 0; i < v->count; i++)
        ns_tail_cover(&range, &v->series[i]);
    double least = (double)range.least < 1e3 ? 1e3 : (double)range.least;
    if ((double)range.most > 30 * least) {
        ns_figure_log_times(figure, "y", least * 0.8, (double)range.most * 1.25);
        ns_figure_y_name(figure, "latency");
    } else {
        ns_buf_str(&figure->panels, "set yrange [0:*]\nset format y '%g'\n");
        ns_figure_y_name(figure, "latency (ms)");
    }
}

static void draw_dots(ns_figure *figure, const ns_values *v)
{
    for (int i = 0; i < v->count; i++) {
        ns_buf_printf(&figure->panels,
                      "%s$over%d using 1:2 with points pt 7 ps 0.5 lc rgb '%s' title ",
                      i ? ", " : "plot ", i, ns_figure_colours[i]);
        ns_gnuplot_quote(&figure->panels, v->series[i].name);
    }
    ns_buf_char(&figure->panels, '\n');
}

static void draw_level(ns_figure *figure, int series, int level, const char *colour, const char *dt,
                       const char *title)
{
    // Hollow where the percentile of the window is thin.
    double least = NS_THIN / (1 - levels[level] / 100) - 1e-6;
    ns_buf_printf(&figure->panels,
                  "$over%d using 1:%d with lines lw 1.6 dt %s lc rgb '%s' notitle, "
                  "$over%d using 1:($5 >= %.9g ? $%d : NaN) with points pt 7 ps 0.5 lc rgb '%s' "
                  "notitle, $over%d using 1:($5 < %.9g ? $%d : NaN) with points pt 6 ps 0.5 lc rgb "
                  "'%s' notitle, NaN with lines lw 2 dt %s lc rgb '%s' title ",
                  series, level + 2, dt, colour, series, least, level + 2, colour, series, least,
                  level + 2, colour, dt, colour);
    ns_gnuplot_quote(&figure->panels, title);
}

static void draw_windows(ns_figure *figure, const ns_values *v)
{
    char title[120];
    ns_buf_str(&figure->panels, "plot ");
    for (int i = 0; i < v->count; i++)
        for (int level = 0; level < LEVELS; level++) {
            bool alone = v->count == 1;
            if (!alone && level == 1)
                continue; // of several series, the median (dotted) and p99
            if (i || level)
                ns_buf_str(&figure->panels, ", ");
            snprintf(title, sizeof title, alone ? "%sp%g" : "%s p%g",
                     alone ? "" : v->series[i].name, levels[level]);
            draw_level(figure, i, level, alone ? level_colours[level] : ns_figure_colours[i],
                       !alone && level == 0 ? "3" : "1", title);
        }
    ns_buf_char(&figure->panels, '\n');
}

static int draw_over_time(ns_figure *figure, const ns_values *v, int64_t end, ns_err *err)
{
    int64_t last = end;
    for (int i = 0; i < v->count; i++)
        for (size_t k = 0; k < v->series[i].count; k++)
            last = v->series[i].values[k].time >= last ? v->series[i].values[k].time + 1 : last;
    bool dots = v->total <= DOTS_MAX;
    int64_t windows = v->total / v->count / PER_WINDOW;
    ns_window w = {0, last > 0 ? last : 1,
                   windows < 1             ? 1
                   : windows > WINDOWS_MAX ? WINDOWS_MAX
                                           : (int)windows};
    int rows = v->count > 2 && !dots ? 2 : 1;
    ns_figure_panel(figure, 64 + NS_FIGURE_KEY * rows, OVER);
    ns_axis axis = ns_figure_time_axis(figure, &w);
    ns_figure_time_labels(figure, &axis);
    latency_axis(figure, v);
    ns_figure_key_above(figure, rows, OVER);
    int rc = NS_OK;
    for (int i = 0; i < v->count && rc == NS_OK; i++) {
        char name[16];
        snprintf(name, sizeof name, "over%d", i);
        if (dots)
            write_dots(figure, name, &v->series[i], axis.unit);
        else
            rc = write_windows(figure, name, &v->series[i], &w, axis.unit, err);
    }
    if (dots)
        draw_dots(figure, v);
    else
        draw_windows(figure, v);
    return rc;
}

int ns_plot_latency(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    ns_values values;
    char time[32];
    int rc = ns_values_load(&values, source->db, source->run_id, source->options->of, err);
    if (rc != NS_OK)
        return rc;
    ns_figure_title(figure, source->info, values.what);
    ns_format_time(time, source->info->virtual_ns);
    ns_buf_printf(
        &figure->subtitle,
        "%lld %s%s in %s of virtual time; dotted, hollow, *: fewer than ten samples beyond",
        (long long)values.total, values.thing, values.total == 1 ? "" : "s", time);
    draw_tails(figure, &values);
    if (values.timed)
        rc = draw_over_time(figure, &values, source->info->virtual_ns, err);
    ns_values_free(&values);
    return rc;
}

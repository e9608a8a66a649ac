// The picture `loop`: how long an event that becomes ready at a moment waits until the loop looks
// for events; below, in which phase the loop is, stacked, with its utilization as their outline.
#include <string.h>

#include "base/alloc.h"
#include "report/format.h"
#include "report/plot.h"

enum {
    COLUMNS = NS_FIGURE_PLOT / 2,
    DELAY = 150, // pixels
    PHASES = 230,
    PARTS = 7
};

static const struct part {
    const char *name, *colour;
} parts[PARTS] = {{"outside the loop", NS_GREY}, {"timers", NS_ORANGE},
                  {"pending", NS_YELLOW},        {"idle, prepare", NS_PURPLE},
                  {"poll, callbacks", NS_BLUE},  {"check", NS_GREEN},
                  {"closing", NS_VERMILLION}};
enum { OUTSIDE, TIMERS, PENDING, IDLE, POLL, CHECK, CLOSING };

typedef struct loop_plot {
    ns_sink sink;
    ns_window window;
    ns_lane lanes[PARTS];
    double (*delay)[2]; // per column: the longest, ns; the integral over the column, ns * ns
    double *levels[PARTS];
    int64_t iterations, start, end; // of the loop
    int64_t looked;                 // when it last looked for events
    int64_t waited, longest;
    ns_figure *figure;
} loop_plot;

// -- Collecting -----------------------------------------------------------------------------------

// The loop did not look for events from `from` to `to`.
static void add_stretch(loop_plot *p, int64_t from, int64_t to)
{
    const ns_window *w = &p->window;
    p->longest = to - from > p->longest ? to - from : p->longest;
    if (from < 0 || from >= to || from >= w->to)
        return;
    for (int c = ns_window_column(w, from); c < w->columns && ns_window_start(w, c) < to; c++) {
        int64_t left = ns_window_start(w, c), right = ns_window_start(w, c + 1);
        left = left < from ? from : left;
        right = right > to ? to : right;
        double most = (double)(to - left), least = (double)(to - right);
        p->delay[c][0] = most > p->delay[c][0] ? most : p->delay[c][0];
        p->delay[c][1] += (most + least) / 2 * (double)(right - left);
    }
}

static int64_t add_part(loop_plot *p, int part, int64_t at, int64_t length)
{
    ns_lane_add(&p->lanes[part], at, at + length);
    return at + length;
}

static void collect(ns_sink *sink, const ns_record *record)
{
    loop_plot *p = (loop_plot *)sink;
    const ns_rec_loop_iteration *i = &record->loop_iteration;
    if (p->iterations++ == 0)
        p->start = i->start_ns;
    int64_t at = add_part(p, OUTSIDE, p->end, i->start_ns - p->end);
    at = add_part(p, PENDING, at, i->pending_ns);
    at = add_part(p, IDLE, at, i->idle_prepare_ns);
    add_stretch(p, p->looked, at);
    at += i->poll_wait_ns;
    p->looked = at;
    p->waited += i->poll_wait_ns;
    at = add_part(p, POLL, at, i->poll_ns - i->poll_wait_ns);
    at = add_part(p, CHECK, at, i->check_ns);
    at = add_part(p, CLOSING, at, i->close_ns);
    p->end = add_part(p, TIMERS, at, i->timers_ns);
}

// -- The figure -----------------------------------------------------------------------------------

// Columns that are alike are one step.
static bool same(const loop_plot *p, int a, int b)
{
    bool alike = p->delay[a][0] == p->delay[b][0] && p->delay[a][1] == p->delay[b][1];
    for (int part = 0; part < PARTS; part++)
        alike &= p->levels[part][a] == p->levels[part][b];
    return alike;
}

static void write_row(loop_plot *p, int column, double time, bool phases)
{
    const ns_window *w = &p->window;
    int64_t width = ns_window_start(w, column + 1) - ns_window_start(w, column);
    ns_buf *out = &p->figure->data;
    ns_buf_printf(out, "%.12g", time);
    if (!phases)
        ns_buf_printf(out, " %.6g %.9g",
                      p->delay[column][1] / (double)(width > 0 ? width : 1) / 1e6,
                      p->delay[column][0] / 1e6);
    for (int part = 0; part < PARTS && phases; part++)
        ns_buf_printf(out, " %.9g", p->levels[part][column]);
    ns_buf_char(out, '\n');
}

static void write_data(loop_plot *p, const ns_axis *axis)
{
    const ns_window *w = &p->window;
    for (int part = 0; part < PARTS; part++)
        ns_lane_levels(&p->lanes[part], p->levels[part]);
    for (int phases = 0; phases < 2; phases++) {
        ns_figure_block(p->figure, phases ? "phases" : "delay",
                        phases ? "t outside timers pending idle_prepare poll check closing (shares)"
                               : "t mean_ms longest_ms");
        for (int c = 0, end; c < w->columns; c = end) {
            end = c + 1;
            while (end < w->columns && same(p, end, c))
                end++;
            write_row(p, c, (double)ns_window_start(w, c) / (double)axis->unit, phases);
            write_row(p, c, (double)ns_window_start(w, end) / (double)axis->unit, phases);
        }
        ns_figure_end_block(p->figure);
    }
}

// The sum of the columns of the first `count` parts, as gnuplot has it.
static void add_sum(ns_buf *out, int count)
{
    ns_buf_str(out, "$phases using 1:(100 * (");
    for (int i = 0; i < count; i++)
        ns_buf_printf(out, "%s$%d", i ? " + " : "", i + 2);
    ns_buf_str(out, "))");
}

static void write_panels(loop_plot *p)
{
    ns_buf *out = &p->figure->panels;
    p->figure->key_rows = 1;
    ns_figure_panel(p->figure, 0, DELAY);
    ns_axis axis = ns_figure_time_axis(p->figure, &p->window);
    write_data(p, &axis);
    ns_figure_key_top(p->figure, 0);
    ns_figure_y_name(p->figure, "loop delay (ms)");
    ns_buf_str(out, "set yrange [0:*]\nplot $delay using 1:3 with filledcurves y1=0 fs solid 1 lc "
                    "rgb '" NS_SKY "' title 'longest', $delay using 1:2 with "
                    "filledcurves y1=0 fs solid 1 lc rgb '" NS_BLUE "' title 'mean'\n"
                    "unset label 1\nunset label 2\n");
    ns_figure_panel(p->figure, NS_FIGURE_GAP + 2 * NS_FIGURE_KEY, PHASES);
    ns_figure_time_labels(p->figure, &axis);
    ns_figure_y_name(p->figure, "time by phase (%)");
    ns_figure_key_above(p->figure, 2, PHASES);
    ns_buf_str(out, "set yrange [0:*<100]\nplot ");
    for (int part = 0; part < PARTS; part++) // the key, from the bottom of the stack up
        if (p->lanes[part].total > 0)
            ns_buf_printf(out, "NaN with boxes fs solid 1 noborder lc rgb '%s' title '%s', ",
                          parts[part].colour, parts[part].name);
    for (int part = PARTS - 1; part >= 0; part--) {
        if (p->lanes[part].total == 0)
            continue;
        add_sum(out, part + 1);
        ns_buf_printf(out, " with filledcurves y1=0 fs solid 1 lc rgb '%s' notitle, ",
                      parts[part].colour);
    }
    add_sum(out, PARTS);
    ns_buf_str(out, " with lines lw 0.8 lc rgb '" NS_INK "' title 'utilization'\n");
}

static void write_title(loop_plot *p, const ns_run_info *info)
{
    char time[32], longest[32];
    int64_t looping = p->window.to - p->start;
    ns_format_time(time, p->window.to);
    ns_format_time(longest, p->longest);
    ns_figure_title(p->figure, info, "event loop");
    ns_buf_printf(&p->figure->subtitle,
                  "%lld iteration%s in %s of virtual time, utilization %.1f%%, longest delay %s",
                  (long long)p->iterations, p->iterations == 1 ? "" : "s", time,
                  100 * (double)(looping - p->waited) / (double)(looping > 0 ? looping : 1),
                  longest);
}

static bool init(loop_plot *p)
{
    p->delay = ns_calloc(COLUMNS, sizeof *p->delay);
    bool good = p->delay != NULL;
    for (int i = 0; i < PARTS && good; i++) {
        p->levels[i] = ns_calloc(COLUMNS, sizeof(double));
        good = p->levels[i] && ns_lane_init(&p->lanes[i], &p->window);
    }
    return good;
}

int ns_plot_loop(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    const ns_run_info *info = source->info;
    loop_plot p = {.sink = {collect}, .figure = figure};
    p.window = (ns_window){0, info->virtual_ns > 0 ? info->virtual_ns : 1, COLUMNS};
    int rc = init(&p) ? NS_OK : ns_fail(err, NS_ENOMEM, "no memory for the plot");
    if (rc == NS_OK)
        rc = ns_db_each(source->db, source->run_id, NS_REC_LOOP_ITERATION, NULL, &p.sink, err);
    if (rc == NS_OK && p.iterations == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: the run has no iterations of the loop: it waited for "
                     "nothing, or they "
                     "were not recorded; set record.level to full");
    if (rc == NS_OK) {
        add_part(&p, OUTSIDE, p.end, p.window.to - p.end);
        add_stretch(&p, p.looked, p.window.to);
        write_title(&p, info);
        write_panels(&p);
    }
    for (int i = 0; i < PARTS; i++) {
        ns_free(p.levels[i]);
        ns_lane_free(&p.lanes[i]);
    }
    ns_free(p.delay);
    return rc;
}

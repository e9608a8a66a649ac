// The picture `gc`: the heap's spaces stacked over time, and the pauses of the collector below, by
// kind. Samples are those before and after each collection; where there are more than the picture
// has columns, each column shows the fullest heap and the last one, and the longest pause.
#include <string.h>

#include "base/alloc.h"
#include "report/format.h"
#include "report/gnuplot.h"
#include "report/lane.h"
#include "report/plot.h"

enum {
    COLUMNS = 1000,
    LAYERS = 3,
    KINDS = 2,
    // Pixels
    WIDTH = 1200,
    LEFT = 96,
    RIGHT = 30,
    TITLE = 74,
    HEAP = 300,
    GAP = 22,
    PAUSES = 140,
    AXIS = 62,
    HEIGHT = TITLE + HEAP + GAP + PAUSES + AXIS
};

// Okabe and Ito's palette.
static const struct layer {
    const char *name, *colour, *spaces[2];
} layers[LAYERS] = {{"old space and code", "#0072B2", {"old_space", "code_space"}},
                    {"large objects", "#56B4E9", {"large_object_space", "new_large_object_space"}},
                    {"new space", "#E69F00", {"new_space", ""}}};

static const struct kind {
    const char *name, *colour;
} kinds[KINDS] = {{"scavenge", "#E69F00"}, {"mark-compact", "#D55E00"}};

// The heap at a moment.
typedef struct moment {
    int64_t time, used[LAYERS], external, total;
    bool known;
} moment;

typedef struct gc_plot {
    ns_sink sink;
    ns_window window;
    ns_axis axis;
    moment now;
    moment (*moments)[2];     // per column: the fullest, the last
    int64_t (*pauses)[KINDS]; // per column: the longest, ns
    int64_t collections, longest, total;
    ns_buf *script;
    bool failed;
} gc_plot;

// -- Collecting -----------------------------------------------------------------------------------

static int column_of(const gc_plot *p, int64_t time)
{
    return ns_window_column(&p->window, time < p->window.to ? time : p->window.to - 1);
}

static void keep_moment(gc_plot *p)
{
    moment *now = &p->now;
    if (!now->known)
        return;
    now->total = now->external;
    for (int i = 0; i < LAYERS; i++)
        now->total += now->used[i];
    moment *at = p->moments[column_of(p, now->time)];
    if (!at[0].known || now->total > at[0].total)
        at[0] = *now;
    at[1] = *now;
    *now = (moment){0};
}

static void add_sample(gc_plot *p, const ns_rec_heap_sample *sample)
{
    if (strcmp(sample->space, "new_space") == 0)
        keep_moment(p); // each set of samples begins with it
    p->now.known = true;
    p->now.time = sample->t_ns;
    if (strcmp(sample->space, "external") == 0)
        p->now.external = sample->used;
    for (int i = 0; i < LAYERS; i++)
        for (int k = 0; k < 2; k++)
            if (strcmp(sample->space, layers[i].spaces[k]) == 0)
                p->now.used[i] += sample->used;
}

static void add_pause(gc_plot *p, const ns_rec_gc_event *e)
{
    int kind = strcmp(e->kind, kinds[0].name) != 0;
    int64_t *longest = &p->pauses[column_of(p, e->start_ns)][kind];
    *longest = e->pause_ns > *longest ? e->pause_ns : *longest;
    p->longest = e->pause_ns > p->longest ? e->pause_ns : p->longest;
    p->total += e->pause_ns;
    p->collections++;
}

static void collect(ns_sink *sink, const ns_record *record)
{
    gc_plot *p = (gc_plot *)sink;
    if (record->type == NS_REC_HEAP_SAMPLE)
        add_sample(p, &record->heap_sample);
    else
        add_pause(p, &record->gc_event);
}

// -- The script -----------------------------------------------------------------------------------

static double in_unit(const gc_plot *p, int64_t time)
{
    return (double)time / (double)p->axis.unit;
}

static double mib(int64_t bytes)
{
    return (double)bytes / (1024 * 1024);
}

static void write_moment(gc_plot *p, const moment *m)
{
    int64_t sum = 0;
    ns_buf_printf(p->script, "%.12g", in_unit(p, m->time));
    for (int i = 0; i < LAYERS; i++) {
        sum += m->used[i];
        ns_buf_printf(p->script, " %.6g", mib(sum));
    }
    ns_buf_printf(p->script, " %.6g\n", mib(m->external));
}

static void write_data(gc_plot *p)
{
    ns_buf_str(p->script, "$heap << EOD\n");
    for (int column = 0; column < p->window.columns; column++) {
        const moment *at = p->moments[column];
        if (at[0].known)
            write_moment(p, &at[0]);
        if (at[1].known && at[1].time > at[0].time)
            write_moment(p, &at[1]);
    }
    ns_buf_str(p->script, "EOD\n");
    for (int kind = 0; kind < KINDS; kind++) {
        ns_buf_printf(p->script, "$pauses%d << EOD\n", kind);
        for (int column = 0; column < p->window.columns; column++)
            if (p->pauses[column][kind])
                ns_buf_printf(p->script, "%.12g %.6g\n",
                              in_unit(p, ns_window_start(&p->window, column)),
                              (double)p->pauses[column][kind] / 1e6);
        ns_buf_str(p->script, "EOD\n");
    }
}

static void write_title(gc_plot *p, const ns_run_info *info)
{
    char time[32], total[32], longest[32];
    ns_buf title = {0};
    ns_format_time(time, p->window.to);
    ns_format_time(total, p->total);
    ns_format_time(longest, p->longest);
    ns_buf_printf(&title, "%s: heap and garbage collection", info->workload);
    ns_buf_str(p->script, "title = ");
    ns_gnuplot_quote(p->script, title.failed ? "" : title.data);
    p->failed |= title.failed;
    ns_buf_clear(&title);
    ns_buf_printf(&title,
                  "%lld collections in %s of virtual time; pauses %s in all, the longest %s",
                  (long long)p->collections, time, total, longest);
    ns_buf_str(p->script, "\nsubtitle = ");
    ns_gnuplot_quote(p->script, title.failed ? "" : title.data);
    ns_buf_char(p->script, '\n');
    p->failed |= title.failed;
    ns_buf_free(&title);
}

// Where a panel is, from the top, in pixels.
static void write_panel(gc_plot *p, int top, int size)
{
    ns_buf_printf(p->script, "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
                  1 - (double)top / HEIGHT, 1 - (double)(top + size) / HEIGHT);
}

static void write_panels(gc_plot *p)
{
    ns_buf_str(p->script, "set multiplot\n"
                          "set label 1 title at screen left_edge, title_y left font font_of_title "
                          "noenhanced\n"
                          "set label 2 subtitle at screen left_edge, subtitle_y left textcolor rgb "
                          "'#555555' noenhanced\n");
    write_panel(p, TITLE, HEAP);
    ns_buf_str(p->script, "set yrange [0:*]\nset ylabel 'MB'\nset format x ''\n"
                          "set key at graph 0.005, graph 0.99 left top Left reverse samplen 1.2\n"
                          "plot ");
    for (int i = LAYERS - 1; i >= 0; i--)
        ns_buf_printf(p->script,
                      "$heap using 1:%d with filledcurves y1=0 fs solid 1 lc rgb '%s' title '%s', ",
                      i + 2, layers[i].colour, layers[i].name);
    ns_buf_printf(p->script,
                  "$heap using 1:%d with lines lw 1.5 dt 2 lc rgb '#000000' title 'external'\n"
                  "unset label 1\nunset label 2\n",
                  LAYERS + 2);
    write_panel(p, TITLE + HEAP + GAP, PAUSES);
    ns_buf_printf(p->script,
                  "set ylabel 'longest pause (ms)'\nset format x '%%.%df'\n"
                  "set xlabel 'virtual time (%s)'\nplot ",
                  p->axis.decimals, p->axis.unit_name);
    bool first = true;
    for (int kind = 0; kind < KINDS; kind++) {
        bool seen = false;
        for (int column = 0; column < p->window.columns && !seen; column++)
            seen = p->pauses[column][kind] > 0;
        if (!seen)
            continue;
        ns_buf_printf(p->script,
                      "%s$pauses%d using 1:2 with impulses lw 1.5 lc rgb '%s' title '%s'",
                      first ? "" : ", ", kind, kinds[kind].colour, kinds[kind].name);
        first = false;
    }
    ns_buf_str(p->script,
               "\nunset key\nunset ylabel\nunset xlabel\nunset multiplot\nunset output\n");
}

static void write_output(gc_plot *p, const char *stem, const char *suffix)
{
    ns_buf path = {0};
    ns_buf_printf(&path, "%s%s", stem, suffix);
    ns_buf_str(p->script, "set output ");
    ns_gnuplot_quote(p->script, path.failed ? "" : path.data);
    ns_buf_char(p->script, '\n');
    p->failed |= path.failed;
    ns_buf_free(&path);
    write_panels(p);
}

static void write_script(gc_plot *p, const char *stem)
{
    ns_buf_printf(p->script,
                  "left_edge = %.6f\ntitle_y = %.6f\nsubtitle_y = %.6f\n"
                  "set encoding utf8\nset lmargin at screen left_edge\n"
                  "set rmargin at screen %.6f\nunset key\n",
                  (double)LEFT / WIDTH, 1 - 24.0 / HEIGHT, 1 - 50.0 / HEIGHT,
                  1 - (double)RIGHT / WIDTH);
    ns_buf_printf(p->script,
                  "set xrange [%.12g:%.12g]\nset xtics %.12g nomirror scale 0.5\n"
                  "set ytics nomirror scale 0.5\n"
                  "set border 3 lc rgb '#888888'\nset tics textcolor rgb '#333333'\n"
                  "set grid xtics ytics back lc rgb '#DDDDDD' lt 1 lw 0.5\n"
                  "set terminal svg size %d,%d dynamic font 'sans-serif,13' background 'white'\n"
                  "font_of_title = 'sans-serif,17'\n",
                  in_unit(p, p->window.from), in_unit(p, p->window.to), in_unit(p, p->axis.step),
                  WIDTH, HEIGHT);
    write_output(p, stem, ".svg");
    ns_buf_printf(p->script,
                  "if (strstrt(GPVAL_TERMINALS, ' pngcairo ') > 0) {\n"
                  "set terminal pngcairo size %d,%d font 'Sans,10' background 'white'\n"
                  "} else {\nset terminal png size %d,%d font 'Sans,10' background 'white'\n}\n"
                  "font_of_title = 'Sans,13'\n",
                  WIDTH, HEIGHT, WIDTH, HEIGHT);
    write_output(p, stem, ".png");
}

// -- Public ---------------------------------------------------------------------------------------

int ns_plot_gc(sqlite3 *db, int64_t run_id, const ns_run_info *info, const char *stem,
               ns_buf *script, ns_err *err)
{
    gc_plot p = {.sink = {collect}, .script = script};
    p.window = (ns_window){0, info->virtual_ns > 0 ? info->virtual_ns + 1 : 1, COLUMNS};
    p.axis = ns_axis_make(p.window.to / 14 + 1, p.window.to);
    p.moments = ns_calloc(COLUMNS, sizeof *p.moments);
    p.pauses = ns_calloc(COLUMNS, sizeof *p.pauses);
    int rc = p.moments && p.pauses ? NS_OK : ns_fail(err, NS_ENOMEM, "no memory for the plot");
    if (rc == NS_OK)
        rc = ns_db_each(db, run_id, NS_REC_HEAP_SAMPLE, NULL, &p.sink, err);
    if (rc == NS_OK)
        rc = ns_db_each(db, run_id, NS_REC_GC_EVENT, NULL, &p.sink, err);
    if (rc == NS_OK && p.collections == 0)
        rc = ns_fail(err, NS_EINVAL, "nothing to plot: the run has no garbage collections");
    if (rc == NS_OK) {
        keep_moment(&p);
        write_title(&p, info);
        write_data(&p);
        write_script(&p, stem);
    }
    if (rc == NS_OK && (p.failed || script->failed))
        rc = ns_fail(err, NS_ENOMEM, "no memory for the plot");
    ns_free(p.moments);
    ns_free(p.pauses);
    return rc;
}

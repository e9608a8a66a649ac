// The picture `gc`: the heap's spaces stacked over time, and the pauses of the collector below, by
// kind. Samples are those before and after each collection, and at the run's end; where there are
// more than the picture has columns, each column shows the fullest heap and the last one, and the
// longest pause.
#include <string.h>

#include "base/alloc.h"
#include "report/aggregate.h"
#include "report/format.h"
#include "report/lane.h"
#include "report/plot.h"

enum {
    COLUMNS = NS_FIGURE_PLOT,
    LAYERS = 3,
    KINDS = 2,
    HEAP = 260, // pixels
    PAUSES = 130
};

static const struct layer {
    const char *name, *colour, *spaces[2];
} layers[LAYERS] = {{"old space and code", NS_BLUE, {"old_space", "code_space"}},
                    {"large objects", NS_SKY, {"large_object_space", "new_large_object_space"}},
                    {"new space", NS_ORANGE, {"new_space", ""}}};

static const struct kind {
    const char *name, *colour;
} kinds[KINDS] = {{"scavenge", NS_ORANGE}, {"mark-compact", NS_VERMILLION}};

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
    int64_t *waits;           // of these longest pauses, for threads that compiled, ns
    int64_t collections, longest, total, waited;
    ns_figure *figure;
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
    int column = column_of(p, e->start_ns);
    int64_t *pauses = p->pauses[column];
    int64_t waited = e->to_safepoint_ns + e->after_safepoint_ns;
    if (e->pause_ns > pauses[0] && e->pause_ns > pauses[1])
        p->waits[column] = waited;
    pauses[kind] = e->pause_ns > pauses[kind] ? e->pause_ns : pauses[kind];
    p->waited += waited;
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
    ns_buf_printf(&p->figure->data, "%.12g", in_unit(p, m->time));
    for (int i = 0; i < LAYERS; i++) {
        sum += m->used[i];
        ns_buf_printf(&p->figure->data, " %.6g", mib(sum));
    }
    ns_buf_printf(&p->figure->data, " %.6g\n", mib(m->external));
}

static void write_data(gc_plot *p)
{
    ns_figure_block(p->figure, "heap", "t old_mb old_large_mb old_large_new_mb external_mb");
    for (int column = 0; column < p->window.columns; column++) {
        const moment *at = p->moments[column];
        if (at[0].known)
            write_moment(p, &at[0]);
        if (at[1].known && at[1].time > at[0].time)
            write_moment(p, &at[1]);
    }
    ns_figure_end_block(p->figure);
    for (int kind = 0; kind < KINDS; kind++) {
        ns_figure_block(p->figure, kind ? "pauses1" : "pauses0", "t longest_pause_ms");
        for (int column = 0; column < p->window.columns; column++)
            if (p->pauses[column][kind])
                ns_buf_printf(&p->figure->data, "%.12g %.6g\n",
                              in_unit(p, ns_window_start(&p->window, column)),
                              (double)p->pauses[column][kind] / 1e6);
        ns_figure_end_block(p->figure);
    }
}

static void write_waits(gc_plot *p)
{
    ns_figure_block(p->figure, "waits", "t of_the_longest_pause_waiting_for_compilations_ms");
    for (int column = 0; column < p->window.columns; column++)
        if (p->waits[column])
            ns_buf_printf(&p->figure->data, "%.12g %.6g\n",
                          in_unit(p, ns_window_start(&p->window, column)),
                          (double)p->waits[column] / 1e6);
    ns_figure_end_block(p->figure);
}

static void write_title(gc_plot *p, const ns_run_info *info)
{
    ns_buf *out = &p->figure->subtitle;
    char time[32], total[32], longest[32], waited[32];
    ns_format_time(time, p->window.to);
    ns_format_time(total, p->total);
    ns_format_time(longest, p->longest);
    ns_format_time(waited, p->waited);
    ns_figure_title(p->figure, info, "heap and garbage collection");
    ns_buf_printf(out, "%lld collection%s in %s", (long long)p->collections,
                  p->collections == 1 ? "" : "s", time);
    if (ns_waits_matter(p->waited, p->total))
        ns_buf_printf(out, "; pauses %s, %s of it waiting for compilers; the longest %s", total,
                      waited, longest);
    else
        ns_buf_printf(out, " of virtual time; pauses %s in all, the longest %s", total, longest);
}

static void write_panels(gc_plot *p)
{
    ns_buf *out = &p->figure->panels;
    p->figure->key_rows = 2;
    ns_figure_panel(p->figure, 0, HEAP);
    p->axis = ns_figure_time_axis(p->figure, &p->window);
    ns_figure_key_top(p->figure, 0);
    ns_figure_y_name(p->figure, "heap (MB)");
    ns_buf_str(out, "set yrange [0:*]\nplot ");
    for (int i = LAYERS - 1; i >= 0; i--)
        ns_buf_printf(out,
                      "$heap using 1:%d with filledcurves y1=0 fs solid 1 lc rgb '%s' title '%s', ",
                      i + 2, layers[i].colour, layers[i].name);
    ns_buf_printf(out,
                  "$heap using 1:%d with lines lw 1.6 dt 2 lc rgb '" NS_INK "' title 'external'\n"
                  "unset label 1\nunset label 2\n",
                  LAYERS + 2);
    ns_figure_panel(p->figure, NS_FIGURE_GAP + NS_FIGURE_KEY, PAUSES);
    ns_figure_time_labels(p->figure, &p->axis);
    ns_figure_y_name(p->figure, "longest pause (ms)");
    int64_t fifth = p->longest / 5 + 1;
    ns_buf_printf(out, "set ytics 0,%.9g nomirror scale 0.5\n",
                  (double)ns_axis_make(fifth, p->longest + 1).step / 1e6);
    ns_figure_key_above(p->figure, 1, PAUSES);
    ns_buf_str(out, "plot ");
    bool first = true;
    for (int kind = 0; kind < KINDS; kind++) {
        bool seen = false;
        for (int column = 0; column < p->window.columns && !seen; column++)
            seen = p->pauses[column][kind] > 0;
        if (!seen)
            continue;
        ns_buf_printf(out, "%s$pauses%d using 1:2 with impulses lw 1.5 lc rgb '%s' title '%s'",
                      first ? "" : ", ", kind, kinds[kind].colour, kinds[kind].name);
        first = false;
    }
    if (ns_waits_matter(p->waited, p->total))
        ns_buf_str(out, ", $waits using 1:2 with impulses lw 1.5 lc rgb '" NS_BLUE
                        "' title 'wait for compilers'");
    ns_buf_char(out, '\n');
}

// -- Public ---------------------------------------------------------------------------------------

int ns_plot_gc(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    const ns_run_info *info = source->info;
    gc_plot p = {.sink = {collect}, .figure = figure};
    p.window = (ns_window){0, info->virtual_ns > 0 ? info->virtual_ns + 1 : 1, COLUMNS};
    p.moments = ns_calloc(COLUMNS, sizeof *p.moments);
    p.pauses = ns_calloc(COLUMNS, sizeof *p.pauses);
    p.waits = ns_calloc(COLUMNS, sizeof *p.waits);
    int rc = p.moments && p.pauses && p.waits ? NS_OK
                                              : ns_fail(err, NS_ENOMEM, "no memory for the plot");
    if (rc == NS_OK)
        rc = ns_db_each(source->db, source->run_id, NS_REC_HEAP_SAMPLE, NULL, &p.sink, err);
    if (rc == NS_OK)
        rc = ns_db_each(source->db, source->run_id, NS_REC_GC_EVENT, NULL, &p.sink, err);
    if (rc == NS_OK && p.collections == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: the run has no garbage collections; it allocates too "
                     "little, or nothing was modelled (v8.gc)");
    if (rc == NS_OK) {
        keep_moment(&p);
        write_title(&p, info);
        write_panels(&p);
        write_data(&p);
        if (ns_waits_matter(p.waited, p.total))
            write_waits(&p);
    }
    ns_free(p.moments);
    ns_free(p.pauses);
    ns_free(p.waits);
    return rc;
}

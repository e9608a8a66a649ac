// The picture `blame`: requests sorted by latency and cut into groups at percentiles; for each
// group the mean latency, and its shares by cause.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/aggregate.h"
#include "report/format.h"
#include "report/gnuplot.h"
#include "report/plot.h"
#include "report/values.h"

enum {
    MEAN = 120,
    SHARES = 280,
    CUTS = 7,
    HIDDEN = 4 /* percent that have no room for a number */
};

static const double cuts[CUTS + 1] = {0, 50, 75, 90, 95, 99, 99.9, 100};
const char *const ns_part_colours[NS_PARTS] = {NS_VERMILLION, NS_ORANGE, NS_YELLOW, NS_BLUE, NS_SKY,
                                               NS_GREEN,      NS_PURPLE, NS_WINE,   NS_GREY};

typedef struct asked {
    int64_t latency, id, parts[NS_PARTS];
} asked;

typedef struct blame_plot {
    ns_sink sink;
    const char *only; // a class, or NULL
    asked *requests;
    size_t count, capacity;
    bool failed;
} blame_plot;

static void collect(ns_sink *sink, const ns_record *record)
{
    blame_plot *p = (blame_plot *)sink;
    const ns_rec_request *r = &record->request;
    if (p->failed || (p->only && strcmp(p->only, r->cls) != 0))
        return;
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 256;
        asked *requests = ns_realloc(p->requests, capacity * sizeof *requests);
        p->failed = !requests;
        if (p->failed)
            return;
        p->requests = requests;
        p->capacity = capacity;
    }
    p->requests[p->count] = (asked){
        .latency = r->done_ns - r->arrival_ns,
        .id = r->id,
    };
    ns_request_parts(r, p->requests[p->count++].parts);
}

static int by_latency(const void *a, const void *b)
{
    const asked *x = a, *y = b;
    if (x->latency != y->latency)
        return x->latency < y->latency ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

// -- Groups ---------------------------------------------------------------------------------------

typedef struct group {
    double from, to; // percentiles
    size_t count;
    double latency, parts[NS_PARTS]; // means, ns
} group;

static int make_groups(const blame_plot *p, group groups[CUTS])
{
    int made = 0;
    size_t at = 0;
    for (int i = 0; i < CUTS; i++) {
        // Up to the nearest rank of the percentile.
        size_t end = (size_t)((double)p->count * cuts[i + 1] / 100 + 1 - 1e-9);
        end = end > p->count || i == CUTS - 1 ? p->count : end;
        if (end <= at)
            continue;
        group *g = &groups[made++];
        *g = (group){.from = cuts[i], .to = cuts[i + 1], .count = end - at};
        for (; at < end; at++) {
            g->latency += (double)p->requests[at].latency / (double)g->count;
            for (int k = 0; k < NS_PARTS; k++)
                g->parts[k] += (double)p->requests[at].parts[k] / (double)g->count;
        }
    }
    if (made > 0)
        groups[made - 1].to = 100; // what is slower is in it, too
    return made;
}

static void write_data(ns_figure *figure, const group *groups, int count)
{
    ns_figure_block(figure, "groups",
                    "bar requests mean_ms loop_wait own_js other_js pool_queue pool_service device "
                    "gc safepoint rest (percent) label");
    for (int i = 0; i < count; i++) {
        char label[32];
        const group *g = &groups[i];
        ns_format_time(label, (int64_t)g->latency);
        ns_buf_printf(&figure->data, "%d %zu %.9g", i, g->count, g->latency / 1e6);
        for (int k = 0; k < NS_PARTS; k++)
            ns_buf_printf(&figure->data, " %.6g",
                          g->latency > 0 ? 100 * g->parts[k] / g->latency : 0);
        ns_buf_printf(&figure->data, " \"%s%s\"\n", label, g->count < NS_THIN ? "*" : "");
    }
    ns_figure_end_block(figure);
}

// -- Panels ---------------------------------------------------------------------------------------

static void draw_means(ns_figure *figure, const group *groups, int count)
{
    ns_buf *out = &figure->panels;
    double least = groups[0].latency, most = groups[count - 1].latency;
    figure->key_rows = 2;
    ns_figure_panel(figure, 0, MEAN);
    ns_buf_printf(out,
                  "set xrange [-0.6:%d - 0.4]\nset xtics scale 0\nset format x ''\n"
                  "set grid noxtics ytics\n",
                  count);
    if (least > 0 && most / least > 20) {
        double from = 1; // a power of ten below, and room for the labels above
        while (from * 10 <= least * 0.8)
            from *= 10;
        ns_figure_log_times(figure, "y", from, most * 3);
        ns_figure_y_name(figure, "mean latency");
    } else {
        ns_buf_printf(out, "set yrange [0:%.6g]\n", most * 1.3 / 1e6);
        ns_figure_y_name(figure, "mean latency (ms)");
    }
    ns_buf_printf(out,
                  "plot $groups using 1:3:(0.66) with boxes fs solid 1 noborder lc rgb '" NS_GREY
                  "' notitle, $groups using 1:3:%d with labels offset 0,0.7 textcolor rgb '" NS_INK
                  "' notitle\nunset label 1\nunset label 2\nunset logscale\n",
                  NS_PARTS + 4);
}

static bool blamed(const group *groups, int count, int part)
{
    for (int i = 0; i < count; i++)
        if (groups[i].parts[part] > 0)
            return true;
    return false; // no request waited for it
}

static bool is_dark(const char *colour)
{
    return strcmp(colour, NS_BLUE) == 0 || strcmp(colour, NS_VERMILLION) == 0 ||
           strcmp(colour, NS_WINE) == 0;
}

static void draw_shares(ns_figure *figure, const group *groups, int count)
{
    ns_buf *out = &figure->panels;
    ns_figure_panel(figure, NS_FIGURE_GAP, SHARES);
    ns_buf_str(out, "set yrange [0:100]\nset ytics autofreq nomirror scale 0.5\nset xlabel "
                    "'requests from the fastest to the slowest, by "
                    "percentile'\nset xtics scale 0 (");
    for (int i = 0; i < count; i++)
        ns_buf_printf(out, "%s\"p%g\u2013%g\\n%zu%s\" %d", i ? ", " : "", groups[i].from,
                      groups[i].to, groups[i].count, groups[i].count < NS_THIN ? "*" : "", i);
    ns_buf_str(out, ")\nset xlabel offset 0,-1\n");
    ns_figure_y_name(figure, "share of latency (%)");
    ns_figure_key_top(figure, 0);
    ns_buf_str(out, "plot NaN notitle");
    for (int k = 0; k < NS_PARTS; k++) // the key, from the bottom of the stack up
        if (blamed(groups, count, k))
            ns_buf_printf(out, ", NaN with boxes fs solid 1 noborder lc rgb '%s' title '%s'",
                          ns_part_colours[k], ns_part_names[k]);
    for (int k = NS_PARTS - 1; k >= 0; k--) {
        if (!blamed(groups, count, k))
            continue;
        ns_buf_str(out, ", $groups using 1:(");
        for (int below = 0; below <= k; below++)
            ns_buf_printf(out, "%s$%d", below ? " + " : "", below + 4);
        ns_buf_printf(out, "):(0.66) with boxes fs solid 1 noborder lc rgb '%s' notitle",
                      ns_part_colours[k]);
    }
    for (int k = 0; k < NS_PARTS; k++) { // numbers, where there is room
        ns_buf_str(out, ", $groups using 1:(");
        for (int below = 0; below < k; below++)
            ns_buf_printf(out, "$%d + ", below + 4);
        ns_buf_printf(out,
                      "$%d / 2):($%d >= %d ? sprintf('%%.0f', $%d) : '') with labels textcolor rgb "
                      "'%s' notitle",
                      k + 4, k + 4, HIDDEN, k + 4,
                      is_dark(ns_part_colours[k]) ? "#FFFFFF" : "#000000");
    }
    ns_buf_char(out, '\n');
    figure->height += 18; // a second line of labels
}

int ns_plot_blame(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    blame_plot p = {.sink = {collect}, .only = source->options->of};
    group groups[CUTS];
    int rc = ns_db_each(source->db, source->run_id, NS_REC_REQUEST,
                        "warmup = 0 AND status <> 'unfinished'", &p.sink, err);
    if (rc == NS_OK && p.failed)
        rc = ns_fail(err, NS_ENOMEM, "no memory for the plot");
    if (rc == NS_OK && p.count == 0)
        rc = ns_fail(err, NS_EINVAL,
                     p.only ? "nothing to plot: the run has no finished requests \"%s\""
                            : "nothing to plot: the run has no finished requests; give the "
                              "workload `arrivals`%s",
                     p.only ? p.only : "");
    if (rc == NS_OK) {
        qsort(p.requests, p.count, sizeof *p.requests, by_latency);
        int count = make_groups(&p, groups);
        ns_figure_title(figure, source->info, "what latency is made of");
        ns_buf_printf(&figure->subtitle, "%zu%s%s request%s%s", p.count, p.only ? " " : "",
                      p.only ? p.only : "", p.count == 1 ? "" : "s",
                      groups[count - 1].count < NS_THIN ? "; *: fewer than ten in the group" : "");
        write_data(figure, groups, count);
        draw_means(figure, groups, count);
        draw_shares(figure, groups, count);
    }
    ns_free(p.requests);
    return rc;
}

// The picture `tiers`: the share of time that JavaScript spends in Ignition, in Sparkplug's code,
// in Maglev's and in TurboFan's, in builtins, the parser and the compilers, over time, stacked;
// below, when functions were compiled and deoptimized.
//
// Between two samples of the time in a tier it is taken to be spread evenly.
#include <string.h>

#include "base/alloc.h"
#include "report/format.h"
#include "report/plot.h"

enum {
    COLUMNS = NS_FIGURE_PLOT / 3,
    TIERS = 7,
    MAGLEV = 2, // tier and lane; shown when there is any
    LANES = 4,
    SHARES = 250, // pixels
    EVENTS = 90
};

static const struct tier {
    const char *metric, *name, *colour;
} tiers[TIERS] = {
    {"tier.ignition", "Ignition", NS_ORANGE},  {"tier.sparkplug", "Sparkplug", NS_SKY},
    {"tier.maglev", "Maglev", NS_GREEN},       {"tier.turbofan", "TurboFan", NS_BLUE},
    {"tier.builtins", "builtins", NS_GREY},    {"tier.parser", "parser", NS_YELLOW},
    {"tier.compilers", "compilers", NS_PURPLE}};

// From the bottom lane to the top one.
static const struct lane {
    const char *name, *block, *colour;
    int point; // gnuplot's type
} lanes[LANES] = {{"deoptimized", "deoptimized", NS_VERMILLION, 2},
                  {"TurboFan", "turbofan", NS_BLUE, 9},
                  {"Maglev", "maglev", NS_GREEN, 9},
                  {"Sparkplug", "sparkplug", NS_SKY, 9}};

typedef struct tiers_plot {
    ns_sink sink;
    ns_window window;
    double speed;           // of the cores: samples hold demands on one of speed 1
    double (*spent)[TIERS]; // per column, ns
    double last[TIERS], total[TIERS];
    int64_t last_time[TIERS];
    uint8_t (*seen)[LANES]; // per pixel: whether there was such an event
    int64_t events[LANES];
    ns_figure *figure;
} tiers_plot;

// -- Collecting -----------------------------------------------------------------------------------

static void spread(tiers_plot *p, int tier, int64_t from, int64_t to, double spent)
{
    const ns_window *w = &p->window;
    to = to < w->to ? to : w->to;
    if (from >= to) { // all at one moment
        from = from < w->to ? from : w->to - 1;
        p->spent[ns_window_column(w, from)][tier] += spent;
        return;
    }
    for (int c = ns_window_column(w, from); c < w->columns && ns_window_start(w, c) < to; c++) {
        int64_t left = ns_window_start(w, c), right = ns_window_start(w, c + 1);
        left = left < from ? from : left;
        right = right > to ? to : right;
        p->spent[c][tier] += spent * (double)(right - left) / (double)(to - from);
    }
}

static void add_sample(tiers_plot *p, const ns_rec_sample *sample)
{
    for (int tier = 0; tier < TIERS; tier++) {
        if (strcmp(sample->metric, tiers[tier].metric) != 0)
            continue;
        double value = sample->value / p->speed, spent = value - p->last[tier];
        if (spent > 0) {
            spread(p, tier, p->last_time[tier], sample->t_ns, spent);
            p->total[tier] += spent;
        }
        p->last[tier] = value;
        p->last_time[tier] = sample->t_ns;
    }
}

static int lane_of(const ns_rec_jit_event *e)
{
    if (strncmp(e->kind, "deopt-", 6) == 0 || strcmp(e->kind, "dependency") == 0)
        return 0;
    if (strcmp(e->kind, "compiled") == 0)
        return strcmp(e->to_tier, "maglev") == 0 ? MAGLEV : 1;
    return strcmp(e->kind, "baseline") == 0 ? LANES - 1 : -1;
}

// Without Maglev its rows are left out.
static bool shows_tier(const tiers_plot *p, int tier)
{
    return tier != MAGLEV || p->total[MAGLEV] > 0;
}

static bool shows_lane(const tiers_plot *p, int lane)
{
    return lane != MAGLEV || p->events[MAGLEV] > 0;
}

// Where a lane lies, from the bottom.
static int level_of(const tiers_plot *p, int lane)
{
    return lane > MAGLEV && !shows_lane(p, MAGLEV) ? lane - 1 : lane;
}

static void add_event(tiers_plot *p, const ns_rec_jit_event *e)
{
    int lane = lane_of(e);
    if (lane < 0)
        return;
    int64_t time = e->t_ns < p->window.to ? e->t_ns : p->window.to - 1;
    ns_window pixels = {0, p->window.to, NS_FIGURE_PLOT};
    p->seen[ns_window_column(&pixels, time)][lane] = 1;
    p->events[lane]++;
}

static void collect(ns_sink *sink, const ns_record *record)
{
    tiers_plot *p = (tiers_plot *)sink;
    if (record->type == NS_REC_SAMPLE)
        add_sample(p, &record->sample);
    else
        add_event(p, &record->jit_event);
}

// -- The figure -----------------------------------------------------------------------------------

static void write_shares(tiers_plot *p, const ns_axis *axis)
{
    const ns_window *w = &p->window;
    ns_figure_block(
        p->figure, "tiers",
        "t ignition sparkplug maglev turbofan builtins parser compilers (shares of time)");
    for (int c = 0; c < w->columns; c++)
        for (int corner = 0; corner < 2; corner++) {
            int64_t width = ns_window_start(w, c + 1) - ns_window_start(w, c);
            ns_buf_printf(&p->figure->data, "%.12g",
                          (double)ns_window_start(w, c + corner) / (double)axis->unit);
            for (int tier = 0; tier < TIERS; tier++)
                ns_buf_printf(&p->figure->data, " %.9g",
                              p->spent[c][tier] / (double)(width > 0 ? width : 1));
            ns_buf_char(&p->figure->data, '\n');
        }
    ns_figure_end_block(p->figure);
}

static void write_events(tiers_plot *p, const ns_axis *axis)
{
    ns_window pixels = {0, p->window.to, NS_FIGURE_PLOT};
    for (int lane = 0; lane < LANES; lane++) {
        ns_figure_block(p->figure, lanes[lane].block, "t lane");
        for (int c = 0; c < pixels.columns; c++)
            if (p->seen[c][lane])
                ns_buf_printf(&p->figure->data, "%.12g %d\n",
                              (double)ns_window_start(&pixels, c) / (double)axis->unit,
                              level_of(p, lane));
        ns_figure_end_block(p->figure);
    }
}

static void write_panels(tiers_plot *p)
{
    ns_buf *out = &p->figure->panels;
    p->figure->key_rows = 2;
    ns_figure_panel(p->figure, 0, SHARES);
    ns_axis axis = ns_figure_time_axis(p->figure, &p->window);
    write_shares(p, &axis);
    write_events(p, &axis);
    ns_figure_key_top(p->figure, 0);
    ns_figure_y_name(p->figure, "share of time (%)");
    ns_buf_str(out, "set yrange [0:*<100]\nplot ");
    for (int tier = 0; tier < TIERS; tier++) { // the key, from the bottom of the stack up
        char text[32];
        ns_format_time(text, (int64_t)p->total[tier]);
        if (shows_tier(p, tier))
            ns_buf_printf(out, "NaN with boxes fs solid 1 noborder lc rgb '%s' title '%s %s', ",
                          tiers[tier].colour, tiers[tier].name, text);
    }
    for (int tier = TIERS - 1; tier >= 0; tier--) {
        ns_buf_str(out, "$tiers using 1:(100 * (");
        for (int below = 0; below <= tier; below++)
            ns_buf_printf(out, "%s$%d", below ? " + " : "", below + 2);
        ns_buf_printf(out, ")) with filledcurves y1=0 fs solid 1 lc rgb '%s' notitle%s",
                      tiers[tier].colour, tier ? ", " : "\nunset label 1\nunset label 2\n");
    }
    ns_figure_panel(p->figure, NS_FIGURE_GAP, EVENTS);
    ns_figure_time_labels(p->figure, &axis);
    ns_buf_printf(out, "unset key\nunset label 3\nset yrange [-0.6:%d.6]\nset ytics scale 0 (",
                  level_of(p, LANES - 1));
    for (int lane = 0; lane < LANES; lane++)
        if (shows_lane(p, lane))
            ns_buf_printf(out, "%s'%s' %d", lane ? ", " : "",
                          lane == 0 ? "deopt" : lanes[lane].name, level_of(p, lane));
    ns_buf_str(out, ")\nplot NaN notitle");
    for (int lane = 0; lane < LANES; lane++)
        if (p->events[lane] > 0)
            ns_buf_printf(out,
                          ", $%s using 1:2 with points pt %d ps 0.7 lw 1.6 lc rgb '%s' notitle",
                          lanes[lane].block, lanes[lane].point, lanes[lane].colour);
    ns_buf_char(out, '\n');
}

static void write_title(tiers_plot *p, const ns_run_info *info)
{
    ns_figure_title(p->figure, info, "V8's tiers");
    int64_t made = p->events[1] + p->events[MAGLEV];
    ns_buf_printf(&p->figure->subtitle, "%lld optimization%s, %lld deoptimization%s",
                  (long long)made, made == 1 ? "" : "s", (long long)p->events[0],
                  p->events[0] == 1 ? "" : "s");
}

int ns_plot_tiers(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    const ns_run_info *info = source->info;
    tiers_plot p = {.sink = {collect}, .figure = figure};
    p.window = (ns_window){0, info->virtual_ns > 0 ? info->virtual_ns + 1 : 1, COLUMNS};
    int rc = ns_run_info_speed(info, &p.speed, err);
    p.spent = ns_calloc(COLUMNS, sizeof *p.spent);
    p.seen = ns_calloc(NS_FIGURE_PLOT, sizeof *p.seen);
    if (rc == NS_OK && (!p.spent || !p.seen))
        rc = ns_fail(err, NS_ENOMEM, "no memory for the plot");
    if (rc == NS_OK)
        rc = ns_db_each(source->db, source->run_id, NS_REC_SAMPLE, "metric LIKE 'tier.%'", &p.sink,
                        err);
    if (rc == NS_OK)
        rc = ns_db_each(source->db, source->run_id, NS_REC_JIT_EVENT, NULL, &p.sink, err);
    double total = 0;
    for (int tier = 0; tier < TIERS; tier++)
        total += p.total[tier];
    if (rc == NS_OK && total <= 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: the database has no samples of the time by tier; run the "
                     "workload again with this nsim");
    if (rc == NS_OK) {
        write_title(&p, info);
        write_panels(&p);
    }
    ns_free(p.spent);
    ns_free(p.seen);
    return rc;
}

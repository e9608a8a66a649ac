// How the picture `sweep` is drawn: axes, curve, heat map, points.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/gnuplot.h"
#include "report/plot_sweep.h"

enum { CURVE = 320, CLOUD = 400, LABELS_MAX = 400 };

// -- Axes -----------------------------------------------------------------------------------------

static bool number_of(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return *end == '\0' && end != text;
}

typedef struct scale_of {
    bool numeric, logarithmic;
    double least, most;
    char labels[SWEEP_POINTS_MAX][SWEEP_VALUE]; // different values, in order
    int count;
} scale_of;

// Whether the values of a key are numbers, and whether they spread over magnitudes.
static void measure_key(const sweep_plot *p, int key, scale_of *s)
{
    *s = (scale_of){.numeric = true, .least = INFINITY, .most = -INFINITY};
    for (int i = 0; i < p->count; i++) {
        double value;
        if (!number_of(p->points[i].value[key], &value)) {
            s->numeric = false;
            value = 0;
        }
        s->least = value < s->least ? value : s->least;
        s->most = value > s->most ? value : s->most;
        int at = 0;
        while (at < s->count && strcmp(s->labels[at], p->points[i].value[key]) != 0)
            at++;
        if (at == s->count)
            memcpy(s->labels[s->count++], p->points[i].value[key], sizeof s->labels[0]);
    }
    s->logarithmic = s->numeric && s->least > 0 && s->most / s->least >= 8;
}

static int by_number(const void *a, const void *b)
{
    double x = 0, y = 0;
    if (number_of(a, &x) && number_of(b, &y) && x != y)
        return x < y ? -1 : 1;
    return 0;
}

static int place_of(const scale_of *s, const char *label)
{
    int at = 0;
    while (strcmp(s->labels[at], label) != 0)
        at++;
    return at;
}

// Values that spread over magnitudes need a logarithmic axis to be told apart. Its labels name
// their own units, and it has data in ms.
static void choose_unit(sweep_plot *p)
{
    double least = INFINITY, most = 0;
    for (int i = 0; i < p->value_count; i++) {
        least = p->values[i] < least ? p->values[i] : least;
        most = fabs(p->values[i]) > most ? fabs(p->values[i]) : most;
    }
    p->scale = 1;
    p->unit = "";
    p->logarithmic = p->kind.unit == NS_METRIC_NS && least > 0 && most / least > 20;
    if (p->logarithmic) {
        p->scale = 1e-6;
    } else if (p->kind.unit == NS_METRIC_NS) {
        p->scale = most >= 2e9 ? 1e-9 : most >= 2e6 ? 1e-6 : most >= 2e3 ? 1e-3 : 1;
        p->unit = most >= 2e9 ? "s" : most >= 2e6 ? "ms" : most >= 2e3 ? "us" : "ns";
    } else if (p->kind.unit == NS_METRIC_SHARE) {
        p->scale = 100;
        p->unit = "%";
    } else if (p->kind.unit == NS_METRIC_RATE) {
        p->unit = "per second";
    } else if (p->kind.unit == NS_METRIC_BYTES) {
        p->scale = 1.0 / (1 << 20);
        p->unit = "MB";
    }
}

static void metric_name(const sweep_plot *p, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s%s", p->metric, *p->unit ? " (" : "", p->unit, *p->unit ? ")" : "");
}

// -- One parameter --------------------------------------------------------------------------------

static double x_of(const sweep_plot *p, const scale_of *s, int index)
{
    double value = 0;
    if (s->numeric && number_of(p->points[index].value[0], &value))
        return value;
    return place_of(s, p->points[index].value[0]);
}

static void write_curve(const sweep_plot *p, const scale_of *s)
{
    ns_buf *out = &p->figure->data;
    ns_figure_block(p->figure, "points", "x mean low high runs");
    for (int i = 0; i < p->count; i++) {
        const ns_moments *m = &p->points[i].moments;
        if (m->count == 0)
            continue;
        double half = m->count > 1 ? ns_moments_ci95(m) : 0;
        ns_buf_printf(out, "%.12g %.9g %.9g %.9g %llu\n", x_of(p, s, i), m->mean * p->scale,
                      (m->mean - half) * p->scale, (m->mean + half) * p->scale,
                      (unsigned long long)m->count);
    }
    ns_figure_end_block(p->figure);
    ns_figure_block(p->figure, "runs", "x value");
    for (int i = 0; i < p->value_count; i++)
        ns_buf_printf(out, "%.12g %.9g\n", x_of(p, s, p->owners[i]), p->values[i] * p->scale);
    ns_figure_end_block(p->figure);
}

static void curve_axis(const sweep_plot *p, const scale_of *s)
{
    ns_buf *out = &p->figure->panels;
    double margin = s->numeric ? (s->most - s->least) * 0.05 : 0.5;
    double from = s->logarithmic ? s->least / 1.15 : s->numeric ? s->least - margin : -0.5;
    double to = s->logarithmic ? s->most * 1.15 : s->numeric ? s->most + margin : s->count - 0.5;
    if (s->logarithmic)
        ns_buf_str(out, "set logscale x\nunset mxtics\n");
    if (s->count <= 16) {
        ns_buf_str(out, "set xtics nomirror scale 0.5 (");
        for (int i = 0; i < s->count; i++) {
            double value = i;
            if (s->numeric)
                number_of(s->labels[i], &value);
            ns_buf_str(out, i ? ", " : "");
            ns_gnuplot_quote(out, s->labels[i]);
            ns_buf_printf(out, " %.12g", value);
        }
        ns_buf_str(out, ")\n");
    }
    ns_buf_printf(out, "set xrange [%.12g:%.12g]\nset xlabel ", from, from < to ? to : from + 1);
    ns_gnuplot_quote(out, sweep_axis_name(p, 0));
    ns_buf_str(out, " noenhanced\n");
}

static void value_axis(const sweep_plot *p)
{
    ns_buf *out = &p->figure->panels;
    char name[160];
    double least = INFINITY, most = 0;
    for (int i = 0; i < p->value_count; i++) {
        least = p->values[i] < least ? p->values[i] : least;
        most = p->values[i] > most ? p->values[i] : most;
    }
    if (p->logarithmic)
        ns_figure_log_times(p->figure, "y", least / 1.5, most * 1.5);
    else
        ns_buf_printf(out, "set yrange [%s:*]\n", least >= 0 ? "0" : "*");
    metric_name(p, name, sizeof name);
    ns_figure_y_name(p->figure, name);
}

static void draw_curve(sweep_plot *p, scale_of *s)
{
    ns_buf *out = &p->figure->panels;
    p->figure->key_rows = 1;
    ns_figure_panel(p->figure, 0, CURVE);
    curve_axis(p, s);
    value_axis(p);
    ns_figure_key_top(p->figure, 0);
    ns_buf_printf(out, "plot $runs using 1:2 with points pt 6 ps 0.5 lc rgb '" NS_MUTED
                       "' title 'a run', "
                       "$points using 1:2 with lines lw 1.6 lc rgb '" NS_BLUE "' notitle, "
                       "$points using 1:2:3:4 with yerrorbars pt 7 ps 0.8 lw 1.6 lc rgb '" NS_BLUE
                       "' title 'mean, 95%% interval'\n");
}

// -- Two parameters -------------------------------------------------------------------------------

static void draw_tics(sweep_plot *p, const char *axis, const scale_of *s)
{
    int every = s->count / 24 + 1;
    ns_buf_printf(&p->figure->panels, "set %stics nomirror scale 0 (", axis);
    for (int i = 0; i < s->count; i += every) {
        ns_buf_str(&p->figure->panels, i ? ", " : "");
        ns_gnuplot_quote(&p->figure->panels, s->labels[i]);
        ns_buf_printf(&p->figure->panels, " %d", i);
    }
    ns_buf_printf(&p->figure->panels, ")\nset %srange [-0.5:%d.5]\n", axis, s->count - 1);
}

// The scale of colours, and what it is of; `bottom` and `rows` are pixels.
static void colour_box(sweep_plot *p, double least, double most, int rows)
{
    ns_buf *out = &p->figure->panels;
    char label[160];
    // Cividis in eight steps: even in lightness, for colour-blind readers too.
    ns_buf_str(out, "set palette defined (0 '#FDE737', 1 '#D9C55A', 2 '#B5A56B', 3 '#948976', "
                    "4 '#757176', 5 '#575C6D', 6 '#35456C', 7 '#00224E')\n"
                    "set rmargin at screen 1 - 130 / width\nunset key\nset border 0\n");
    if (p->logarithmic)
        ns_figure_log_times(p->figure, "cb", least, most);
    else
        ns_buf_printf(out, "set cbrange [%.9g:%.9g]\n", least * p->scale,
                      most > least ? most * p->scale : least * p->scale + 1);
    metric_name(p, label, sizeof label);
    ns_buf_printf(out,
                  "set label 4 '%s' at screen 1 - 14 / width, graph 0.5 center rotate by 90 "
                  "textcolor rgb '" NS_INK "' noenhanced\n"
                  "set colorbox user origin screen 1 - 118 / width, screen %d / height size screen "
                  "14 / width, screen %d / height noborder\n",
                  label, NS_FIGURE_BOTTOM, rows);
}

static void name_axes(sweep_plot *p)
{
    ns_buf_str(&p->figure->panels, "set xlabel ");
    ns_gnuplot_quote(&p->figure->panels, sweep_axis_name(p, 0));
    ns_buf_str(&p->figure->panels, " noenhanced\n");
    ns_figure_y_name(p->figure, sweep_axis_name(p, 1));
}

static void range_of(const sweep_plot *p, double *least, double *most)
{
    *least = INFINITY;
    *most = -INFINITY;
    for (int i = 0; i < p->count; i++) {
        const ns_moments *m = &p->points[i].moments;
        if (m->count == 0)
            continue;
        *least = m->mean < *least ? m->mean : *least;
        *most = m->mean > *most ? m->mean : *most;
    }
}

static void draw_map(sweep_plot *p, const scale_of *scales)
{
    ns_buf *out = &p->figure->panels;
    double least, most;
    char label[160];
    range_of(p, &least, &most);
    ns_figure_block(p->figure, "points", "x y mean half_interval runs label");
    for (int i = 0; i < p->count; i++) {
        const ns_moments *m = &p->points[i].moments;
        if (m->count == 0)
            continue;
        ns_metric_format(m->mean, p->kind.unit, false, label, sizeof label);
        ns_buf_printf(&p->figure->data, "%d %d %.9g %.9g %llu \"%s\"\n",
                      place_of(&scales[0], p->points[i].value[0]),
                      place_of(&scales[1], p->points[i].value[1]), m->mean * p->scale,
                      m->count > 1 ? ns_moments_ci95(m) * p->scale : 0,
                      (unsigned long long)m->count, label);
    }
    ns_figure_end_block(p->figure);
    int rows = scales[1].count * 44;
    rows = rows < 180 ? 180 : rows > 520 ? 520 : rows;
    ns_figure_panel(p->figure, 0, rows);
    colour_box(p, least, most, rows);
    ns_buf_str(out, "unset grid\n");
    draw_tics(p, "x", &scales[0]);
    draw_tics(p, "y", &scales[1]);
    name_axes(p);
    least *= p->scale;
    most *= p->scale;
    double middle = p->logarithmic ? sqrt(least * most) : (least + most) / 2;
    // A gap of two pixels between the cells
    double half_x = 0.5 - (double)scales[0].count / (NS_FIGURE_WIDTH - NS_FIGURE_LEFT - 130);
    double half_y = 0.5 - (double)scales[1].count / rows;
    ns_buf_printf(out,
                  "plot $points using 1:2:($1-%.4f):($1+%.4f):($2-%.4f):($2+%.4f):3 with "
                  "boxxyerror fs solid 1 noborder lc palette notitle",
                  half_x, half_x, half_y, half_y);
    if (p->count <= LABELS_MAX && scales[0].count <= 10)
        ns_buf_printf(out,
                      ", $points using 1:2:($3 <= %.9g ? stringcolumn(6) : '') with labels "
                      "textcolor rgb '#000000', $points using 1:2:($3 > %.9g ? stringcolumn(6) : "
                      "'') with labels textcolor rgb '#FFFFFF'",
                      middle, middle);
    ns_buf_char(out, '\n');
}

// -- Two parameters, no grid ----------------------------------------------------------------------

// A Latin hypercube has few points of a large grid, whose cells would be slits: they are drawn
// where they are.
static bool is_cloud(const sweep_plot *p, const scale_of *scales)
{
    return scales[0].numeric && scales[1].numeric &&
           2 * p->count < scales[0].count * scales[1].count;
}

// Points of a sample are even along one kind of axis: that on which their median is nearer to the
// middle.
static bool is_even_in_logs(const sweep_plot *p, const scale_of *s, int key)
{
    double median = s->least;
    if (!s->logarithmic)
        return false;
    int below = -1;
    for (int i = 0; i < p->count && below != p->count / 2; i++) {
        double value = 0, other = 0;
        number_of(p->points[i].value[key], &value);
        below = 0;
        for (int j = 0; j < p->count; j++)
            below += number_of(p->points[j].value[key], &other) &&
                     (other < value || (other == value && j < i));
        median = value;
    }
    double linear = (median - s->least) / (s->most - s->least);
    return fabs(log(median / s->least) / log(s->most / s->least) - 0.5) < fabs(linear - 0.5);
}

typedef struct cloud_axis {
    double from, to;
    bool logarithmic;
} cloud_axis;

// `room`: behind the last point, as a share, for its label.
static cloud_axis set_cloud_axis(sweep_plot *p, const scale_of *s, int key, double room)
{
    ns_buf *out = &p->figure->panels;
    const char *axis = key ? "y" : "x";
    cloud_axis a = {.logarithmic = is_even_in_logs(p, s, key)};
    double spread = a.logarithmic ? log(s->most / s->least) : s->most - s->least;
    a.from = a.logarithmic ? s->least / exp(spread * 0.05) : s->least - spread * 0.05;
    a.to = a.logarithmic ? s->most * exp(spread * room) : s->most + spread * room;
    if (a.logarithmic)
        ns_buf_printf(out, "set logscale %s 2\n", axis);
    ns_buf_printf(out, "set %srange [%.9g:%.9g]\nset %stics nomirror scale 0.5\n", axis, a.from,
                  a.to, axis);
    return a;
}

static double pixel(const cloud_axis *a, double value, int length)
{
    double at = a->logarithmic ? log(value / a->from) / log(a->to / a->from)
                               : (value - a->from) / (a->to - a->from);
    return at * length;
}

typedef struct spot {
    double x, y; // pixels
    bool named;
} spot;

// A label stands at the right of its point, where it covers no other point and no label before it.
static bool has_room(const spot *spots, int count, int index)
{
    enum { LABEL = 64, LINE = 13, DOT = 14, RADIUS = 7 };
    const spot *own = &spots[index];
    for (int i = 0; i < count; i++) {
        double right = spots[i].x - own->x, up = fabs(spots[i].y - own->y);
        if (i == index)
            continue;
        if (up < DOT && right > 0 && right < LABEL + RADIUS)
            return false;
        if (i < index && spots[i].named && up < LINE && fabs(right) < LABEL)
            return false;
    }
    return true;
}

static void write_cloud(sweep_plot *p, const cloud_axis axes[SWEEP_AXES], spot *spots)
{
    enum { WIDE = NS_FIGURE_WIDTH - NS_FIGURE_LEFT - 130 };
    char label[160];
    int count = 0;
    ns_figure_block(p->figure, "points", "x y mean half_interval runs label");
    for (int i = 0; i < p->count; i++) {
        double at[SWEEP_AXES] = {0, 0};
        for (int a = 0; a < SWEEP_AXES; a++)
            number_of(p->points[i].value[a], &at[a]);
        spots[i] = (spot){pixel(&axes[0], at[0], WIDE), pixel(&axes[1], at[1], CLOUD), false};
    }
    for (int i = 0; i < p->count; i++) {
        const ns_moments *m = &p->points[i].moments;
        if (m->count == 0)
            continue;
        spots[i].named = has_room(spots, p->count, i);
        count += spots[i].named;
        ns_metric_format(m->mean, p->kind.unit, false, label, sizeof label);
        ns_buf_printf(&p->figure->data, "%s %s %.9g %.9g %llu \"%s\"\n", p->points[i].value[0],
                      p->points[i].value[1], m->mean * p->scale,
                      m->count > 1 ? ns_moments_ci95(m) * p->scale : 0,
                      (unsigned long long)m->count, spots[i].named ? label : "");
    }
    ns_figure_end_block(p->figure);
    if (count < p->count)
        ns_buf_str(&p->figure->subtitle, "; labels where there is room");
}

static bool draw_cloud(sweep_plot *p, const scale_of *scales)
{
    ns_buf *out = &p->figure->panels;
    double least, most;
    spot *spots = ns_calloc((size_t)p->count + 1, sizeof *spots);
    if (!spots)
        return false;
    range_of(p, &least, &most);
    ns_figure_panel(p->figure, 0, CLOUD);
    colour_box(p, least, most, CLOUD);
    ns_buf_str(out, "set border 3\n");
    cloud_axis axes[SWEEP_AXES];
    axes[0] = set_cloud_axis(p, &scales[0], 0, 0.13);
    axes[1] = set_cloud_axis(p, &scales[1], 1, 0.05);
    write_cloud(p, axes, spots);
    name_axes(p);
    ns_buf_str(out, "plot $points using 1:2:3 with points pt 7 ps 2 lc palette notitle, "
                    "$points using 1:2 with points pt 6 ps 2 lw 0.6 lc rgb '" NS_MUTED
                    "' notitle, $points using 1:2:6 with labels left offset 1.1, 0 font ',9' "
                    "textcolor rgb '" NS_INK "' notitle\n");
    ns_free(spots);
    return true;
}

// -- All ------------------------------------------------------------------------------------------

int sweep_draw(sweep_plot *p, ns_err *err)
{
    scale_of *scales = ns_calloc(SWEEP_AXES, sizeof *scales);
    if (!scales)
        return ns_fail(err, NS_ENOMEM, "no memory for the plot");
    for (int k = 0; k < p->axis_count; k++) {
        measure_key(p, k, &scales[k]);
        if (scales[k].numeric)
            qsort(scales[k].labels, (size_t)scales[k].count, sizeof scales[k].labels[0], by_number);
    }
    choose_unit(p);
    bool drawn = true;
    if (p->axis_count == 1) {
        write_curve(p, &scales[0]);
        draw_curve(p, &scales[0]);
    } else if (is_cloud(p, scales)) {
        drawn = draw_cloud(p, scales);
    } else {
        draw_map(p, scales);
    }
    ns_free(scales);
    return drawn ? NS_OK : ns_fail(err, NS_ENOMEM, "no memory for the plot");
}

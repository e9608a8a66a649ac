// The picture `sweep`: the mean of a metric with its 95% interval over the one parameter that is
// varied; of two, a heat map of the means.
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "report/gnuplot.h"
#include "report/metrics.h"
#include "report/plot.h"
#include "sim/stats.h"

enum { KEYS = 2, POINTS_MAX = 4096, CURVE = 320, LABELS_MAX = 400 };

typedef struct point {
    char value[KEYS][32]; // of the keys, as text
    ns_moments moments;
} point;

typedef struct sweep_plot {
    const char *metric;
    ns_metric_kind kind;
    char keys[KEYS][96];
    int key_count;
    point *points;
    int count, broken;
    double *values; // all replicates, and the points that they are of
    int *owners;
    int value_count, value_capacity;
    double scale; // of the axis
    bool logarithmic;
    const char *unit;
    ns_figure *figure;
} sweep_plot;

// -- Reading --------------------------------------------------------------------------------------

static int no_memory(ns_err *err)
{
    return ns_fail(err, NS_ENOMEM, "no memory for the plot");
}

static int one_text(sqlite3 *db, const char *sql, const char *bound, ns_buf *out, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db, sql, &row, err);
    if (rc != NS_OK)
        return rc;
    if (bound)
        sqlite3_bind_text(row, 1, bound, -1, SQLITE_STATIC);
    int step = sqlite3_step(row);
    if (step == SQLITE_ROW)
        ns_buf_str(out, (const char *)sqlite3_column_text(row, 0));
    else if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc == NS_OK && out->failed ? no_memory(err) : rc;
}

// The keys that are varied.
static int read_keys(sweep_plot *p, const char *json, ns_err *err)
{
    cJSON *root = cJSON_Parse(json);
    const cJSON *vary = cJSON_GetObjectItemCaseSensitive(root, "vary"), *item;
    const cJSON *find = cJSON_GetObjectItemCaseSensitive(root, "key");
    int count = 0;
    if (cJSON_IsString(find)) {
        snprintf(p->keys[0], sizeof p->keys[0], "%s", find->valuestring);
        count = 1;
    }
    cJSON_ArrayForEach(item, vary)
    {
        if (cJSON_IsString(find) && strcmp(find->valuestring, item->string) == 0)
            continue;
        if (count < KEYS)
            snprintf(p->keys[count], sizeof p->keys[0], "%s", item->string);
        count++;
    }
    cJSON_Delete(root);
    p->key_count = count;
    if (count == 0)
        return ns_fail(err, NS_EINVAL, "nothing to plot: the sweep varies nothing");
    return count <= KEYS ? NS_OK
                         : ns_fail(err, NS_EINVAL,
                                   "the sweep varies %d keys, and a picture shows one or two: "
                                   "nsim sweep FILE prints the table",
                                   count);
}

static int choose_metric(sweep_plot *p, sqlite3 *db, const char *asked, ns_buf *name, ns_err *err)
{
    static const char *const usual[] = {"request.p99", "pool.wait.p99", "time"};
    int rc = NS_OK;
    for (int i = 0; !asked && i < 3 && rc == NS_OK && name->len == 0; i++)
        rc = one_text(db, "SELECT metric FROM run_metric WHERE metric = ?1 LIMIT 1", usual[i], name,
                      err);
    if (asked && rc == NS_OK)
        rc = one_text(db, "SELECT metric FROM run_metric WHERE metric = ?1 LIMIT 1", asked, name,
                      err);
    if (rc != NS_OK)
        return rc;
    if (name->len > 0) {
        p->metric = name->data;
        if (!ns_metric_parse(p->metric, &p->kind))
            p->kind = (ns_metric_kind){NS_METRIC_NUMBER, 0};
        return NS_OK;
    }
    ns_suggest near = {.word = asked ? asked : ""};
    ns_buf names = {0};
    one_text(db, "SELECT group_concat(metric, ' ') FROM (SELECT DISTINCT metric FROM run_metric)",
             NULL, &names, NULL);
    char *rest = NULL;
    for (char *word = names.data ? strtok_r(names.data, " ", &rest) : NULL; word;
         word = strtok_r(NULL, " ", &rest))
        ns_suggest_offer(&near, word);
    rc = ns_fail(err, NS_EINVAL, "--metric: the sweep has no \"%s\"%s%s%s", asked ? asked : "time",
                 near.best ? "; did you mean \"" : "; nsim sweep FILE --metric list names them",
                 near.best ? near.best : "", near.best ? "\"?" : "");
    ns_buf_free(&names);
    return rc;
}

static bool add_value(sweep_plot *p, int owner, double value)
{
    if (p->value_count == p->value_capacity) {
        int capacity = p->value_capacity ? 2 * p->value_capacity : 256;
        double *values = ns_realloc(p->values, (size_t)capacity * sizeof *values);
        if (values)
            p->values = values;
        int *owners = ns_realloc(p->owners, (size_t)capacity * sizeof *owners);
        if (owners)
            p->owners = owners;
        if (!values || !owners)
            return false;
        p->value_capacity = capacity;
    }
    p->values[p->value_count] = value;
    p->owners[p->value_count++] = owner;
    ns_moments_add(&p->points[owner].moments, value);
    return true;
}

static int begin_point(sweep_plot *p, const char *params, ns_err *err)
{
    if (p->count == POINTS_MAX)
        return ns_fail(err, NS_EINVAL, "the sweep has more than %d points", POINTS_MAX);
    point *at = &p->points[p->count++];
    cJSON *json = cJSON_Parse(params);
    for (int k = 0; k < p->key_count; k++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, p->keys[k]);
        char *text = cJSON_IsString(item) ? NULL : cJSON_PrintUnformatted(item);
        snprintf(at->value[k], sizeof at->value[k], "%s",
                 cJSON_IsString(item) ? item->valuestring
                 : text               ? text
                                      : "");
        cJSON_free(text);
    }
    bool failed = !json;
    cJSON_Delete(json);
    return failed ? no_memory(err) : NS_OK;
}

static int read_points(sweep_plot *p, sqlite3 *db, ns_err *err)
{
    sqlite3_stmt *row;
    int64_t last = -1;
    int step = SQLITE_DONE, rc = ns_db_prepare(db,
                                               "SELECT p.point, p.params_json, m.value,"
                                               " p.message IS NOT NULL FROM sweep_point p"
                                               " LEFT JOIN run_metric m ON m.run_id = p.run_id AND"
                                               " m.metric = ?1 ORDER BY p.point, p.replicate",
                                               &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_text(row, 1, p->metric, -1, SQLITE_STATIC);
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW) {
        if (sqlite3_column_int64(row, 0) != last)
            rc = begin_point(p, (const char *)sqlite3_column_text(row, 1), err);
        last = sqlite3_column_int64(row, 0);
        bool broken = sqlite3_column_int(row, 3);
        p->broken += broken;
        if (rc == NS_OK && !broken && sqlite3_column_type(row, 2) != SQLITE_NULL &&
            !add_value(p, p->count - 1, sqlite3_column_double(row, 2)))
            rc = no_memory(err);
    }
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    if (rc == NS_OK && p->value_count == 0)
        rc = ns_fail(err, NS_EINVAL, "nothing to plot: no run of the sweep ended well");
    return rc;
}

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
    char labels[POINTS_MAX][32]; // different values, in order
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
    ns_gnuplot_quote(out, p->keys[0]);
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

static void draw_map(sweep_plot *p, scale_of scales[KEYS])
{
    ns_buf *out = &p->figure->panels;
    double least = INFINITY, most = -INFINITY;
    char label[160];
    ns_figure_block(p->figure, "points", "x y mean half_interval runs label");
    for (int i = 0; i < p->count; i++) {
        const ns_moments *m = &p->points[i].moments;
        if (m->count == 0)
            continue;
        least = m->mean < least ? m->mean : least;
        most = m->mean > most ? m->mean : most;
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
    // Cividis in eight steps: even in lightness, for colour-blind readers too.
    ns_buf_str(out, "set palette defined (0 '#FDE737', 1 '#D9C55A', 2 '#B5A56B', 3 '#948976', "
                    "4 '#757176', 5 '#575C6D', 6 '#35456C', 7 '#00224E')\n"
                    "set rmargin at screen 1 - 130 / width\nunset grid\nunset key\nset border 0\n");
    draw_tics(p, "x", &scales[0]);
    draw_tics(p, "y", &scales[1]);
    ns_buf_str(out, "set xlabel ");
    ns_gnuplot_quote(out, p->keys[0]);
    ns_buf_str(out, " noenhanced\n");
    ns_figure_y_name(p->figure, p->keys[1]);
    if (p->logarithmic)
        ns_figure_log_times(p->figure, "cb", least, most);
    else
        ns_buf_printf(out, "set cbrange [%.9g:%.9g]\n", least * p->scale,
                      most > least ? most * p->scale : least * p->scale + 1);
    least *= p->scale;
    most *= p->scale;
    metric_name(p, label, sizeof label);
    ns_buf_printf(out,
                  "set label 4 '%s' at screen 1 - 14 / width, graph 0.5 center rotate by 90 "
                  "textcolor rgb '" NS_INK "' noenhanced\n"
                  "set colorbox user origin screen 1 - 118 / width, screen %d / height size screen "
                  "14 / width, screen %d / height noborder\n",
                  label, NS_FIGURE_BOTTOM, rows);
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

// -- Public ---------------------------------------------------------------------------------------

static int draw(sweep_plot *p, const ns_plot_source *source, ns_err *err)
{
    char title[200];
    scale_of *scales = ns_calloc(KEYS, sizeof *scales);
    if (!scales)
        return no_memory(err);
    for (int k = 0; k < p->key_count; k++) {
        measure_key(p, k, &scales[k]);
        if (scales[k].numeric)
            qsort(scales[k].labels, (size_t)scales[k].count, sizeof scales[k].labels[0], by_number);
    }
    choose_unit(p);
    ns_metric_title(p->metric, title, sizeof title);
    ns_figure_title(p->figure, source->info, title);
    ns_buf_printf(&p->figure->subtitle, "%d point%s, %d runs", p->count, p->count == 1 ? "" : "s",
                  p->value_count);
    if (p->broken > 0)
        ns_buf_printf(&p->figure->subtitle, "; %d broken, left out", p->broken);
    if (p->kind.better != 0)
        ns_buf_printf(&p->figure->subtitle, "; %s is better", p->kind.better < 0 ? "less" : "more");
    if (p->key_count == 1) {
        write_curve(p, &scales[0]);
        draw_curve(p, &scales[0]);
    } else {
        draw_map(p, scales);
    }
    ns_free(scales);
    return NS_OK;
}

int ns_plot_sweep(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    sweep_plot p = {.figure = figure};
    ns_buf json = {0}, metric = {0};
    int rc =
        one_text(source->db, "SELECT config_json FROM sweep ORDER BY id LIMIT 1", NULL, &json, err);
    if (rc == NS_OK && json.len == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: there is no sweep in the database; make one with: nsim "
                     "sweep WORKLOAD --vary KEY=VALUES -o FILE");
    if (rc == NS_OK)
        rc = read_keys(&p, json.data, err);
    if (rc == NS_OK)
        rc = choose_metric(&p, source->db, source->options->metric, &metric, err);
    p.points = rc == NS_OK ? ns_calloc(POINTS_MAX, sizeof *p.points) : NULL;
    if (rc == NS_OK && !p.points)
        rc = no_memory(err);
    if (rc == NS_OK)
        rc = read_points(&p, source->db, err);
    if (rc == NS_OK)
        rc = draw(&p, source, err);
    ns_free(p.points);
    ns_free(p.values);
    ns_free(p.owners);
    ns_buf_free(&json);
    ns_buf_free(&metric);
    return rc;
}

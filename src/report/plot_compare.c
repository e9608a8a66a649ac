// The picture `compare`: two distributions of latency over each other, and by how much the second
// differs from the first at each percentile.
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/plot.h"
#include "report/tail.h"

enum { TAIL = 250, DIFFERENCE = 150, STEPS_PER_DECADE = 40, TOLD = 3 };

// -- What differs in the configuration ------------------------------------------------------------

typedef struct differences {
    ns_buf text;
    int count;
} differences;

static void tell(differences *d, const char *path, const cJSON *a, const cJSON *b)
{
    char *before = a ? cJSON_PrintUnformatted(a) : NULL;
    char *after = b ? cJSON_PrintUnformatted(b) : NULL;
    if (++d->count <= TOLD)
        ns_buf_printf(&d->text, "%s%s: %s \u2192 %s", d->count > 1 ? "; " : "", path,
                      before ? before : "none", after ? after : "none");
    cJSON_free(before);
    cJSON_free(after);
}

static void compare_config(differences *d, const char *path, const cJSON *a, const cJSON *b)
{
    const cJSON *item;
    char inner[160];
    if (!cJSON_IsObject(a) || !cJSON_IsObject(b)) {
        if (!cJSON_Compare(a, b, true) && (a || b))
            tell(d, path, a, b);
        return;
    }
    cJSON_ArrayForEach(item, a)
    {
        snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", item->string);
        compare_config(d, inner, item, cJSON_GetObjectItemCaseSensitive(b, item->string));
    }
    cJSON_ArrayForEach(item, b)
    {
        if (cJSON_GetObjectItemCaseSensitive(a, item->string))
            continue;
        snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", item->string);
        tell(d, inner, NULL, item);
    }
}

static void write_subtitle(ns_figure *figure, const ns_run_info *a, const ns_run_info *b)
{
    differences d = {0};
    cJSON *first = cJSON_Parse(a->config_json), *second = cJSON_Parse(b->config_json);
    compare_config(&d, "", first, second);
    if (d.count == 0)
        ns_buf_str(&figure->subtitle, a->seed == b->seed ? "the same configuration and seed"
                                                         : "the same configuration, two seeds");
    else
        ns_buf_str(&figure->subtitle, d.text.data ? d.text.data : "");
    if (d.count > TOLD)
        ns_buf_printf(&figure->subtitle, "; %d more keys differ", d.count - TOLD);
    cJSON_Delete(first);
    cJSON_Delete(second);
    ns_buf_free(&d.text);
}

// -- The figure -----------------------------------------------------------------------------------

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// What tells the two runs apart: their files, or their numbers.
static void name_of(char *out, size_t size, const char *db, int64_t run_id, bool one_file)
{
    if (one_file)
        snprintf(out, size, "run %lld", (long long)run_id);
    else
        snprintf(out, size, "%s", base_name(db));
}

static void write_difference(ns_figure *figure, const ns_series *a, const ns_series *b)
{
    int64_t total = a->total < b->total ? a->total : b->total;
    double last = log10((double)(total > 1 ? total : 2));
    ns_figure_block(figure, "difference", "more_than percent beyond");
    for (int i = 0; (double)i / STEPS_PER_DECADE <= last; i++) {
        double share = pow(10, -(double)i / STEPS_PER_DECADE);
        double before = (double)ns_series_percentile(a, 100 - 100 * share);
        double after = (double)ns_series_percentile(b, 100 - 100 * share);
        if (before > 0)
            ns_buf_printf(&figure->data, "%.9g %.9g %.9g\n", share, 100 * (after / before - 1),
                          share * (double)total);
    }
    ns_figure_end_block(figure);
}

static void draw_difference(ns_figure *figure, int64_t total)
{
    ns_buf *out = &figure->panels;
    ns_figure_panel(figure, 72, DIFFERENCE);
    ns_buf_printf(out,
                  "unset label 1\nunset label 2\nunset logscale\nunset key\nset autoscale\n"
                  "set ytics autofreq nomirror scale 0.5\nset format y '%%+g%%%%'\n"
                  "set logscale x 10\nunset mxtics\n"
                  "set xtics nomirror scale 0.5 ('all' 1, 'p50' 0.5, 'p90' 0.1, 'p99' 0.01, "
                  "'p99.9' 0.001, 'p99.99' 0.0001, 'p99.999' 0.00001)\n"
                  "set xrange [1:%.6g]\nset xlabel 'percentile'\n",
                  1.0 / (double)(total > 1 ? total : 2));
    ns_figure_y_name(figure, "second to first");
    ns_buf_printf(out,
                  "plot 0 with lines lw 1 lc rgb '" NS_RULE "', $difference using 1:2 with lines "
                  "lw 1.6 dt 3 lc rgb '" NS_INK "', $difference using 1:($3 >= %d ? $2 : NaN) with "
                  "lines lw 2.2 lc rgb '" NS_INK "'\n",
                  NS_THIN);
}

static void draw(const ns_plot_source *source, ns_figure *figure, const ns_values *a,
                 const ns_values *b)
{
    char title[200];
    ns_tail_range range = {0};
    const ns_series *first = &a->series[0], *second = &b->series[0];
    snprintf(title, sizeof title, "%s, %s and %s", a->what, first->name, second->name);
    ns_figure_title(figure, source->info, title);
    write_subtitle(figure, source->info, source->other_info);
    ns_tail_block(figure, "first", first);
    ns_tail_block(figure, "second", second);
    ns_tail_cover(&range, first);
    ns_tail_cover(&range, second);
    figure->key_rows = 1;
    ns_figure_panel(figure, 0, TAIL);
    ns_tail_axes(figure, &range);
    ns_figure_key_top(figure, 2);
    ns_buf_str(&figure->panels, "plot ");
    ns_tail_title(first, title, sizeof title);
    ns_tail_curve(figure, "first", NS_BLUE, title);
    ns_buf_str(&figure->panels, ", ");
    ns_tail_title(second, title, sizeof title);
    ns_tail_curve(figure, "second", NS_VERMILLION, title);
    ns_buf_char(&figure->panels, '\n');
    write_difference(figure, first, second);
    draw_difference(figure, first->total < second->total ? first->total : second->total);
}

int ns_plot_compare(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    const ns_plot_options *o = source->options;
    const char *other = o->other_db ? o->other_db : o->db;
    bool one_file = strcmp(o->db, other) == 0;
    ns_values a = {0}, b = {0};
    char name[80];
    int rc = ns_values_load(&a, source->db, source->run_id, o->of, err);
    if (rc == NS_OK)
        rc = ns_values_load(&b, source->other_db, source->other_id, o->of ? o->of : a.kind, err);
    if (rc != NS_OK)
        ns_err_prefix(err, "%s: ", a.count ? other : o->db);
    name_of(name, sizeof name, o->db, source->run_id, one_file);
    if (rc == NS_OK)
        rc = ns_values_merge(&a, name, err);
    name_of(name, sizeof name, other, source->other_id, one_file);
    if (rc == NS_OK)
        rc = ns_values_merge(&b, name, err);
    if (rc == NS_OK)
        draw(source, figure, &a, &b);
    ns_values_free(&a);
    ns_values_free(&b);
    return rc;
}

#include "sweep/table.h"

#include <string.h>

#include "base/alloc.h"
#include "report/metrics.h"
#include "sweep/analysis.h"
#include "sweep/replayed.h"
#include "sweep/table_metrics.h"

static const char *mark_text(ns_mark mark)
{
    static const char *const texts[] = {[NS_MARK_NONE] = " ",
                                        [NS_MARK_WORSE] = " ",
                                        [NS_MARK_EQUAL] = "=",
                                        [NS_MARK_BEST] = "*",
                                        [NS_MARK_LEADING] = "="};
    return texts[mark];
}

static const char *direction(int better)
{
    return better < 0 ? "; less is better" : better > 0 ? "; more is better" : "";
}

static void print_point(const ns_data *data, const ns_ranking *r, int p, ns_metric_unit unit,
                        int width, FILE *out)
{
    const ns_estimate *e = &r->estimates[p];
    char mean[32], low[32], high[32], p10[32], p50[32], p90[32], interval[72] = "-", best[112] = "";
    const char *label = data->points[p].label;
    if (e->count == 0) {
        fprintf(out, "  %-*s  no run ended well\n", width, label);
        return;
    }
    ns_metric_format(e->mean, unit, false, mean, sizeof mean);
    ns_metric_format(e->low, unit, false, low, sizeof low);
    ns_metric_format(e->high, unit, false, high, sizeof high);
    ns_metric_format(e->p10, unit, false, p10, sizeof p10);
    ns_metric_format(e->p50, unit, false, p50, sizeof p50);
    ns_metric_format(e->p90, unit, false, p90, sizeof p90);
    if (e->count > 1)
        snprintf(interval, sizeof interval, "%s to %s", low, high);
    const ns_difference *d = &r->to_best[p];
    if (r->better && p != r->best && d->degrees > 0) {
        char mid[32], from[32], to[32];
        ns_metric_format(d->mean, unit, true, mid, sizeof mid);
        ns_metric_format(d->low, unit, true, from, sizeof from);
        ns_metric_format(d->high, unit, true, to, sizeof to);
        snprintf(best, sizeof best, "%s (%s to %s)", mid, from, to);
    }
    fprintf(out, "%s %-*s %9s  %-22s %9s %9s %9s  %s", mark_text(r->marks[p]), width, label, mean,
            interval, p10, p50, p90, best);
    if (e->count < data->replicates)
        fprintf(out, "  (%d of %d runs)", e->count, data->replicates);
    fputc('\n', out);
}

static bool is_constant(const ns_data *data, const ns_ranking *r)
{
    for (int p = 1; p < data->point_count; p++)
        if (r->estimates[p].mean != r->estimates[0].mean || r->estimates[p].stddev != 0)
            return false;
    return data->point_count > 1 && r->estimates[0].stddev == 0;
}

static void print_metric(const ns_data *data, int metric, const ns_ranking *r, FILE *out)
{
    char title[160];
    const char *name = data->metrics[metric];
    ns_metric_kind kind = {0};
    ns_metric_parse(name, &kind);
    ns_metric_title(name, title, sizeof title);
    fprintf(out, "\n%s: %s%s%s\n", name, title, direction(r->better),
            ns_table_thin(data, metric) ? "; thin: fewer than ten requests of a run lie beyond it"
                                        : "");
    if (is_constant(data, r)) {
        char value[48];
        ns_metric_format(r->estimates[0].mean, kind.unit, false, value, sizeof value);
        fprintf(out, "  %s at every point\n", value);
        return;
    }
    const char *head = data->key_count == 1 ? data->keys[0] : "point";
    int width = (int)strlen(head);
    for (int p = 0; p < data->point_count; p++)
        if ((int)strlen(data->points[p].label) > width)
            width = (int)strlen(data->points[p].label);
    fprintf(out, "  %-*s %9s  %-22s %9s %9s %9s  %s\n", width, head, "mean", "95% interval", "p10",
            "p50", "p90", r->better && r->compared > 1 ? "to the best" : "");
    for (int p = 0; p < data->point_count; p++)
        print_point(data, r, p, kind.unit, width, out);
}

// Of what a program said when it broke, the line that names the error; else the first.
static const char *error_line(const char *message)
{
    for (const char *line = message; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        const char *error = memmem(line, length, "Error", 5);
        if (error && line[0] != ' ' && strncmp(line, "node:", 5) != 0)
            return line;
    }
    return message + strspn(message, "\n");
}

static void print_broken(const ns_data *data, FILE *out)
{
    enum { SHOWN = 10 };
    int shown = 0;
    if (data->broken == 0)
        return;
    fputs("\nBroken runs:\n", out);
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        const ns_data_run *run = &data->runs[i];
        if (!run->there || run->usable)
            continue;
        if (shown++ == SHOWN) {
            fprintf(out, "  ... and %d more\n", data->broken - SHOWN);
            return;
        }
        const char *message = error_line(run->message ? run->message : "");
        int length = (int)strcspn(message, "\n");
        fprintf(out, "  %s, replicate %d (seed %s): %s, exit code %d%s%.*s\n",
                data->points[i / data->replicates].label, i % data->replicates + 1, run->seed,
                run->status, run->exit_code, length ? ": " : "", length > 100 ? 100 : length,
                message);
    }
}

static void print_head(const ns_data *data, FILE *out)
{
    fprintf(out, "%s: %d point%s of ", data->name, data->point_count,
            data->point_count == 1 ? "" : "s");
    for (int k = 0; k < data->key_count; k++)
        fprintf(out, "%s%s", k ? ", " : "", data->keys[k]);
    fprintf(out, "; %d replicate%s each, with the same seeds at every point\n", data->replicates,
            data->replicates == 1 ? "" : "s");
    if (data->expected > data->there)
        fprintf(out, "%d of %d runs are there: --resume makes the others\n", data->there,
                data->expected);
    if (data->replicates == 1)
        fputs("One replicate has no interval: --replicates 5 or more tells chance from effect\n",
              out);
}

int ns_table_print(const ns_data *data, const char *const *metrics, FILE *out, int style,
                   ns_err *err)
{
    (void)style;
    ns_chosen c = {0};
    int rc = ns_table_choose(data, metrics, &c, err), first = ns_table_primary(data, &c);
    char sentence[1024] = "";
    if (rc == NS_OK) {
        print_head(data, out);
        ns_replayed_print(data, c.list, c.count, out);
    }
    bool marked = false;
    for (int i = 0; i < c.count && rc == NS_OK; i++) {
        ns_ranking ranking;
        rc = ns_ranking_make(&ranking, data, c.list[i], err);
        if (rc != NS_OK)
            break;
        print_metric(data, c.list[i], &ranking, out);
        marked |= ranking.recommended >= 0;
        if (c.list[i] == first)
            ns_ranking_sentence(&ranking, data, first, sentence, sizeof sentence);
        ns_ranking_free(&ranking);
    }
    if (rc == NS_OK && marked)
        fputs("\n* best: every other point is significantly worse (paired t tests, 5% in all)\n"
              "= not significantly worse than the best\n",
              out);
    if (rc == NS_OK)
        print_broken(data, out);
    if (rc == NS_OK && sentence[0])
        fprintf(out, "\n%s\n", sentence);
    ns_free(c.list);
    return rc;
}

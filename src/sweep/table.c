#include "sweep/table.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "report/metrics.h"
#include "sweep/analysis.h"
#include "sweep/json.h"
#include "sweep/replayed.h"

// -- Which metrics --------------------------------------------------------------------------------

// The first that is there decides the recommendation.
const char *const ns_table_usual[] = {"request.p99",
                                      "request.p95",
                                      "request.p50",
                                      "request.mean",
                                      "request.throughput",
                                      "request.errors",
                                      "pool.wait.p99",
                                      "loop.delay.p99",
                                      "pool.utilization",
                                      "loop.utilization",
                                      "gc.pause.max",
                                      "cpu.utilization",
                                      "time",
                                      NULL};

typedef struct chosen {
    int *list;
    int count;
} chosen;

static void add(chosen *c, int metric)
{
    for (int i = 0; i < c->count; i++)
        if (c->list[i] == metric)
            return;
    c->list[c->count++] = metric;
}

static int unknown(const ns_data *data, const char *pattern, ns_err *err)
{
    ns_suggest near = {.word = pattern};
    for (int m = 0; m < data->metric_count; m++)
        ns_suggest_offer(&near, data->metrics[m]);
    return ns_fail(err, NS_EINVAL, "--metric: the sweep has no metric \"%s\"%s%s%s; --metric list",
                   pattern, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                   near.best ? "\"?" : "");
}

static int choose(const ns_data *data, const char *const *patterns, chosen *c, ns_err *err)
{
    bool given = patterns && patterns[0];
    c->list = ns_calloc((size_t)data->metric_count + 1, sizeof *c->list);
    if (!c->list)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (data->metric_count == 0)
        return NS_OK; // every run is broken
    for (patterns = given ? patterns : ns_table_usual; *patterns; patterns++) {
        bool found = false;
        for (int m = 0; m < data->metric_count; m++) {
            if (fnmatch(*patterns, data->metrics[m], 0) != 0)
                continue;
            found = true;
            add(c, m);
        }
        if (given && !found)
            return unknown(data, *patterns, err);
    }
    // How long a program with arrivals runs is what the workload says.
    if (!given && ns_data_metric(data, "request.count") >= 0)
        c->count -= c->list[c->count - 1] == ns_data_metric(data, "time");
    return NS_OK;
}

// The metric of the recommendation: the first with a direction. -1: none.
static int primary(const ns_data *data, const chosen *c)
{
    for (int i = 0; i < c->count; i++) {
        ns_metric_kind kind = {0};
        if (ns_metric_parse(data->metrics[c->list[i]], &kind) && kind.better)
            return c->list[i];
    }
    return -1;
}

// A percentile that rests on fewer than ten samples beyond it, in some run.
static bool is_thin(const ns_data *data, int metric)
{
    const char *name = data->metrics[metric];
    double percentile = ns_metric_percentile(name);
    if (percentile < 0 || strncmp(name, "request.", 8) != 0)
        return false;
    char count[160];
    snprintf(count, sizeof count, "%.*s.count", (int)(strrchr(name, '.') - name), name);
    int at = ns_data_metric(data, count);
    for (int run = 0; at >= 0 && run < data->point_count * data->replicates; run++)
        if (data->values[run * data->metric_count + at] * (100 - percentile) / 100 < 10 - 1e-6)
            return true;
    return false;
}

// -- Text -----------------------------------------------------------------------------------------

static const char *mark_text(ns_mark mark)
{
    static const char *const texts[] = {[NS_MARK_NONE] = " ",
                                        [NS_MARK_WORSE] = " ",
                                        [NS_MARK_EQUAL] = "=",
                                        [NS_MARK_BEST] = "*",
                                        [NS_MARK_LEADING] = "="};
    return texts[mark];
}

static const char *mark_name(ns_mark mark)
{
    static const char *const names[] = {[NS_MARK_NONE] = "none",
                                        [NS_MARK_WORSE] = "worse",
                                        [NS_MARK_EQUAL] = "not significantly worse",
                                        [NS_MARK_BEST] = "best",
                                        [NS_MARK_LEADING] = "best mean"};
    return names[mark];
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
            is_thin(data, metric) ? "; thin: fewer than ten requests of a run lie beyond it" : "");
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
    chosen c = {0};
    int rc = choose(data, metrics, &c, err), first = primary(data, &c);
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

// -- JSON -----------------------------------------------------------------------------------------

static const char *const unit_names[] = {[NS_METRIC_NS] = "ns",
                                         [NS_METRIC_SHARE] = "share",
                                         [NS_METRIC_RATE] = "1/s",
                                         [NS_METRIC_NUMBER] = "",
                                         [NS_METRIC_BYTES] = "B"};

static cJSON *json_params(const ns_data *data, int point)
{
    cJSON *params = cJSON_CreateObject();
    for (int k = 0; k < data->key_count; k++)
        cJSON_AddStringToObject(params, data->keys[k], data->points[point].values[k]);
    return params;
}

static cJSON *json_point(const ns_data *data, const ns_ranking *r, int p)
{
    const ns_estimate *e = &r->estimates[p];
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "params", json_params(data, p));
    cJSON_AddNumberToObject(json, "count", e->count);
    ns_json_number(json, "mean", e->mean);
    ns_json_number(json, "low", e->low);
    ns_json_number(json, "high", e->high);
    ns_json_number(json, "stddev", e->count > 1 ? e->stddev : NAN);
    ns_json_number(json, "p10", e->p10);
    ns_json_number(json, "p50", e->p50);
    ns_json_number(json, "p90", e->p90);
    if (!r->better)
        return json;
    const ns_difference *d = &r->to_best[p];
    cJSON *best = cJSON_AddObjectToObject(json, "to_best");
    ns_json_number(best, "mean", d->mean);
    ns_json_number(best, "low", d->low);
    ns_json_number(best, "high", d->high);
    ns_json_number(best, "p", d->p);
    cJSON_AddStringToObject(json, "mark", mark_name(r->marks[p]));
    return json;
}

static int json_metric(const ns_data *data, int metric, cJSON *list, ns_err *err)
{
    ns_ranking r;
    char sentence[1024], title[160];
    int rc = ns_ranking_make(&r, data, metric, err);
    if (rc != NS_OK)
        return rc;
    const char *name = data->metrics[metric];
    ns_metric_kind kind = {0};
    ns_metric_parse(name, &kind);
    ns_metric_title(name, title, sizeof title);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "name", name);
    cJSON_AddStringToObject(json, "title", title);
    cJSON_AddStringToObject(json, "unit", unit_names[kind.unit]);
    cJSON_AddStringToObject(json, "better",
                            kind.better < 0   ? "less"
                            : kind.better > 0 ? "more"
                                              : "neither");
    cJSON_AddBoolToObject(json, "thin", is_thin(data, metric));
    cJSON *points = cJSON_AddArrayToObject(json, "points");
    for (int p = 0; p < data->point_count; p++)
        cJSON_AddItemToArray(points, json_point(data, &r, p));
    if (r.recommended >= 0) {
        ns_ranking_sentence(&r, data, metric, sentence, sizeof sentence);
        cJSON_AddItemToObject(json, "recommended", json_params(data, r.recommended));
        cJSON_AddStringToObject(json, "recommendation", sentence);
    }
    cJSON_AddItemToArray(list, json);
    ns_ranking_free(&r);
    return NS_OK;
}

static void json_broken(const ns_data *data, cJSON *list)
{
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        const ns_data_run *run = &data->runs[i];
        if (!run->there || run->usable)
            continue;
        cJSON *json = cJSON_CreateObject();
        cJSON_AddItemToObject(json, "params", json_params(data, i / data->replicates));
        cJSON_AddNumberToObject(json, "replicate", i % data->replicates + 1);
        cJSON_AddStringToObject(json, "seed", run->seed);
        cJSON_AddStringToObject(json, "status", run->status);
        cJSON_AddNumberToObject(json, "exit_code", run->exit_code);
        if (run->message)
            cJSON_AddStringToObject(json, "message", run->message);
        cJSON_AddItemToArray(list, json);
    }
}

int ns_table_json(const ns_data *data, const char *const *metrics, FILE *out, ns_err *err)
{
    chosen c = {0};
    int rc = choose(data, metrics, &c, err);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "nsim", NSIM_VERSION);
    cJSON_AddStringToObject(root, "sweep", data->name);
    cJSON *keys = cJSON_AddArrayToObject(root, "keys");
    for (int k = 0; k < data->key_count; k++)
        cJSON_AddItemToArray(keys, cJSON_CreateString(data->keys[k]));
    cJSON_AddNumberToObject(root, "replicates", data->replicates);
    cJSON *runs = cJSON_AddObjectToObject(root, "runs");
    cJSON_AddNumberToObject(runs, "expected", data->expected);
    cJSON_AddNumberToObject(runs, "there", data->there);
    cJSON_AddNumberToObject(runs, "broken", data->broken);
    cJSON *list = cJSON_AddArrayToObject(root, "metrics");
    for (int i = 0; i < c.count && rc == NS_OK; i++)
        rc = json_metric(data, c.list[i], list, err);
    json_broken(data, cJSON_AddArrayToObject(root, "broken"));
    cJSON_AddItemToObject(root, "replay", ns_replayed_json(data));
    if (rc == NS_OK)
        rc = ns_json_print(root, out, err);
    else
        cJSON_Delete(root);
    ns_free(c.list);
    return rc;
}

// -- CSV ------------------------------------------------------------------------------------------

// As RFC 4180 has it.
static void csv_text(const char *text, FILE *out)
{
    if (!text[strcspn(text, ",\"\n\r")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void csv_number(double value, FILE *out)
{
    if (isfinite(value))
        fprintf(out, ",%.10g", value);
    else
        fputc(',', out);
}

static void csv_point(const ns_data *data, int metric, const ns_ranking *r, int p, FILE *out)
{
    const ns_estimate *e = &r->estimates[p];
    const ns_difference *d = &r->to_best[p];
    ns_metric_kind kind = {0};
    ns_metric_parse(data->metrics[metric], &kind);
    csv_text(data->metrics[metric], out);
    fprintf(out, ",%s", unit_names[kind.unit]);
    for (int k = 0; k < data->key_count; k++) {
        fputc(',', out);
        csv_text(data->points[p].values[k], out);
    }
    fprintf(out, ",%d", e->count);
    const double numbers[] = {e->mean, e->low, e->high, e->count > 1 ? e->stddev : NAN,
                              e->p10,  e->p50, e->p90};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        csv_number(numbers[i], out);
    bool compared = r->better != 0;
    csv_number(compared ? d->mean : NAN, out);
    csv_number(compared ? d->low : NAN, out);
    csv_number(compared ? d->high : NAN, out);
    csv_number(compared && d->degrees > 0 ? d->p : NAN, out);
    fprintf(out, ",%s\n", compared ? mark_name(r->marks[p]) : "");
}

int ns_table_csv(const ns_data *data, const char *const *metrics, FILE *out, ns_err *err)
{
    chosen c = {0};
    int rc = choose(data, metrics, &c, err);
    if (rc == NS_OK) {
        fputs("metric,unit", out);
        for (int k = 0; k < data->key_count; k++) {
            fputc(',', out);
            csv_text(data->keys[k], out);
        }
        fputs(",count,mean,low,high,stddev,p10,p50,p90,to_best,to_best_low,to_best_high,p,mark\n",
              out);
    }
    for (int i = 0; i < c.count && rc == NS_OK; i++) {
        ns_ranking ranking;
        rc = ns_ranking_make(&ranking, data, c.list[i], err);
        for (int p = 0; p < data->point_count && rc == NS_OK; p++)
            csv_point(data, c.list[i], &ranking, p, out);
        if (rc == NS_OK)
            ns_ranking_free(&ranking);
    }
    ns_free(c.list);
    return rc;
}

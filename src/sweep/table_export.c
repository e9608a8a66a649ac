// The tables of a sweep as JSON and CSV.
#include <cjson/cJSON.h>
#include <math.h>

#include "base/alloc.h"
#include "report/metrics.h"
#include "sweep/analysis.h"
#include "sweep/csv.h"
#include "sweep/json.h"
#include "sweep/replayed.h"
#include "sweep/table.h"
#include "sweep/table_metrics.h"

static const char *mark_name(ns_mark mark)
{
    static const char *const names[] = {[NS_MARK_NONE] = "none",
                                        [NS_MARK_WORSE] = "worse",
                                        [NS_MARK_EQUAL] = "not significantly worse",
                                        [NS_MARK_BEST] = "best",
                                        [NS_MARK_LEADING] = "best mean"};
    return names[mark];
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
    cJSON_AddBoolToObject(json, "thin", ns_table_thin(data, metric));
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
    ns_chosen c = {0};
    int rc = ns_table_choose(data, metrics, &c, err);
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

static void csv_point(const ns_data *data, int metric, const ns_ranking *r, int p, FILE *out)
{
    const ns_estimate *e = &r->estimates[p];
    const ns_difference *d = &r->to_best[p];
    ns_metric_kind kind = {0};
    ns_metric_parse(data->metrics[metric], &kind);
    ns_csv_text(data->metrics[metric], out);
    fprintf(out, ",%s", unit_names[kind.unit]);
    for (int k = 0; k < data->key_count; k++) {
        fputc(',', out);
        ns_csv_text(data->points[p].values[k], out);
    }
    fprintf(out, ",%d", e->count);
    const double numbers[] = {e->mean, e->low, e->high, e->count > 1 ? e->stddev : NAN,
                              e->p10,  e->p50, e->p90};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        ns_csv_number(numbers[i], out);
    bool compared = r->better != 0;
    ns_csv_number(compared ? d->mean : NAN, out);
    ns_csv_number(compared ? d->low : NAN, out);
    ns_csv_number(compared ? d->high : NAN, out);
    ns_csv_number(compared && d->degrees > 0 ? d->p : NAN, out);
    fprintf(out, ",%s\n", compared ? mark_name(r->marks[p]) : "");
}

int ns_table_csv(const ns_data *data, const char *const *metrics, FILE *out, ns_err *err)
{
    ns_chosen c = {0};
    int rc = ns_table_choose(data, metrics, &c, err);
    if (rc == NS_OK) {
        fputs("metric,unit", out);
        for (int k = 0; k < data->key_count; k++) {
            fputc(',', out);
            ns_csv_text(data->keys[k], out);
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

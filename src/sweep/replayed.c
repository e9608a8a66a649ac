#include "sweep/replayed.h"

#include <math.h>
#include <string.h>

#include "sweep/check.h"
#include "sweep/json.h"
#include "sweep/point.h"

typedef struct counts {
    int full, traced, replayed, checked;
    double tolerance;
} counts;

// Whether the sweep replays at all.
static bool count(const ns_data *data, counts *out)
{
    *out = (counts){0};
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        const ns_data_run *run = &data->runs[i];
        if (!run->there || !run->made)
            continue;
        out->full += strcmp(run->made, NS_MADE_FULL) == 0;
        out->traced += strcmp(run->made, NS_MADE_TRACED) == 0;
        out->replayed += strcmp(run->made, NS_MADE_REPLAYED) == 0;
        out->checked += !isnan(run->off);
    }
    cJSON *root = cJSON_Parse(data->json);
    const cJSON *replay = cJSON_GetObjectItemCaseSensitive(root, "replay");
    bool there = cJSON_IsNumber(replay);
    out->tolerance = there ? replay->valuedouble : 0;
    cJSON_Delete(root);
    return there;
}

static double value_of(const ns_data *data, const ns_data_check *check)
{
    return data->values[check->run * data->metric_count + check->metric];
}

double ns_replayed_difference(const ns_data *data, int metric)
{
    double worst = NAN;
    for (int i = 0; i < data->check_count; i++) {
        const ns_data_check *check = &data->checks[i];
        if (check->metric != metric)
            continue;
        double off = ns_check_difference(value_of(data, check), check->replayed);
        worst = isnan(worst) || off > worst ? off : worst;
    }
    return worst;
}

// -- Reasons --------------------------------------------------------------------------------------

// The runs that were made in full for the same reason as run `first`, if that is the first of them;
// else 0. A run that was checked has no other reason.
static int same_reason(const ns_data *data, int first)
{
    const ns_data_run *run = &data->runs[first];
    int runs = 0;
    if (!run->why || !isnan(run->off))
        return 0;
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        const ns_data_run *other = &data->runs[i];
        if (!other->why || !isnan(other->off) || strcmp(other->why, run->why) != 0)
            continue;
        if (i < first)
            return 0;
        runs++;
    }
    return runs;
}

// -- Text -----------------------------------------------------------------------------------------

static void print_differences(const ns_data *data, const int *metrics, int number, FILE *out)
{
    enum { WIDTH = 100 };
    int column = 0;
    for (int i = 0; i < number; i++) {
        char text[200];
        double off = ns_replayed_difference(data, metrics[i]);
        if (isnan(off))
            continue;
        int length = snprintf(text, sizeof text, "%s %.2f%%", data->metrics[metrics[i]], off * 100);
        if (column && column + length + 2 > WIDTH) {
            fputs(",\n", out);
            column = 0;
        } else if (column) {
            fputs(", ", out);
        }
        column += fprintf(out, "%s%s", column ? "" : "  ", text);
    }
    fputc('\n', out);
}

void ns_replayed_print(const ns_data *data, const int *metrics, int number, FILE *out)
{
    counts c;
    if (!count(data, &c) || data->there == 0)
        return;
    if (c.replayed)
        fprintf(out,
                "%d of %d runs are replayed from %d traced run%s, which is close but not the same; "
                "--full replays nothing\n",
                c.replayed, data->there, c.traced, c.traced == 1 ? "" : "s");
    if (c.checked) {
        fprintf(out, "%d of the full runs %s replayed too, to check it; the largest difference%s\n",
                c.checked, c.checked == 1 ? "was" : "were", number == 1 ? ":" : "s:");
        print_differences(data, metrics, number, out);
    }
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        int runs = same_reason(data, i);
        if (runs)
            fprintf(out, "%d run%s full, not replayed: %s\n", runs, runs == 1 ? " is" : "s are",
                    data->runs[i].why);
    }
}

void ns_replayed_sentence(const ns_data *data, char *out, size_t size)
{
    counts c;
    double worst = 0;
    const char *metric = NULL;
    *out = '\0';
    if (!count(data, &c) || c.replayed == 0)
        return;
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        const ns_data_run *run = &data->runs[i];
        if (!run->there || isnan(run->off) || (metric && run->off <= worst))
            continue;
        worst = run->off;
        metric = run->off_metric;
    }
    int used = snprintf(out, size, "%d of %d runs are replayed from %d traced run%s", c.replayed,
                        data->there, c.traced, c.traced == 1 ? "" : "s");
    if (metric && used > 0 && (size_t)used < size)
        snprintf(out + used, size - (size_t)used,
                 "; the full runs that check them differ by %.2f%% at most (%s).", worst * 100,
                 metric);
}

// -- JSON -----------------------------------------------------------------------------------------

static cJSON *json_check(const ns_data *data, int run)
{
    const ns_data_run *at = &data->runs[run];
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "run_id", (double)at->id);
    cJSON_AddStringToObject(json, "point", data->points[run / data->replicates].label);
    ns_json_number(json, "difference", at->off);
    if (at->off_metric)
        cJSON_AddStringToObject(json, "metric", at->off_metric);
    cJSON *metrics = cJSON_AddObjectToObject(json, "metrics");
    for (int i = 0; i < data->check_count; i++) {
        const ns_data_check *check = &data->checks[i];
        if (check->run != run)
            continue;
        double full = value_of(data, check);
        cJSON *metric = cJSON_AddObjectToObject(metrics, data->metrics[check->metric]);
        ns_json_number(metric, "full", full);
        ns_json_number(metric, "replayed", check->replayed);
        ns_json_number(metric, "difference", ns_check_difference(full, check->replayed));
    }
    return json;
}

cJSON *ns_replayed_json(const ns_data *data)
{
    counts c;
    if (!count(data, &c))
        return cJSON_CreateNull();
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "tolerance", c.tolerance);
    cJSON *runs = cJSON_AddObjectToObject(root, "runs");
    cJSON_AddNumberToObject(runs, "full", c.full);
    cJSON_AddNumberToObject(runs, "traced", c.traced);
    cJSON_AddNumberToObject(runs, "replayed", c.replayed);
    cJSON *reasons = cJSON_AddArrayToObject(root, "reasons");
    cJSON *checks = cJSON_AddArrayToObject(root, "checks");
    for (int i = 0; i < data->point_count * data->replicates; i++) {
        int same = same_reason(data, i);
        if (same) {
            cJSON *reason = cJSON_CreateObject();
            cJSON_AddStringToObject(reason, "why", data->runs[i].why);
            cJSON_AddNumberToObject(reason, "runs", same);
            cJSON_AddItemToArray(reasons, reason);
        }
        if (data->runs[i].there && !isnan(data->runs[i].off))
            cJSON_AddItemToArray(checks, json_check(data, i));
    }
    return root;
}

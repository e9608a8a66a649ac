#include "sweep/compare_table.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

#include "base/suggest.h"
#include "report/format.h"
#include "report/report.h"
#include "sweep/json.h"
#include "sweep/overlay.h"
#include "sweep/table.h"

// -- Which metrics --------------------------------------------------------------------------------

static bool is_chosen(const char *const *patterns, const char *name)
{
    for (patterns = patterns && patterns[0] ? patterns : ns_table_usual; *patterns; patterns++)
        if (fnmatch(*patterns, name, 0) == 0)
            return true;
    return false;
}

static int check_patterns(const ns_comparison *c, const char *const *patterns, ns_err *err)
{
    for (; patterns && *patterns; patterns++) {
        ns_suggest near = {.word = *patterns};
        bool found = false;
        for (int i = 0; i < c->metric_count; i++) {
            found |= fnmatch(*patterns, c->metrics[i].metric, 0) == 0;
            ns_suggest_offer(&near, c->metrics[i].metric);
        }
        if (!found)
            return ns_fail(err, NS_EINVAL,
                           "--metric: the two have no metric \"%s\" in common%s%s%s", *patterns,
                           near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                           near.best ? "\"?" : "");
    }
    return NS_OK;
}

// -- Text -----------------------------------------------------------------------------------------

static void print_changes(const ns_comparison *c, FILE *out)
{
    int key = 3, left = 4;
    if (c->change_count == 0) {
        fputs("\nThe configurations are the same.\n", out);
        return;
    }
    for (int i = 0; i < c->change_count; i++) {
        const ns_config_change *change = &c->changes[i];
        int own = (int)strlen(change->key), value = change->left ? (int)strlen(change->left) : 1;
        key = own > key ? own : key;
        left = value > left && value < 60 ? value : left;
    }
    fprintf(out, "\n  %-*s  %-*s  right\n", key, "key", left, "left");
    for (int i = 0; i < c->change_count; i++) {
        const ns_config_change *change = &c->changes[i];
        fprintf(out, "  %-*s  %-*.200s  %.200s\n", key, change->key, left,
                change->left ? change->left : "-", change->right ? change->right : "-");
    }
}

static void print_metric(const ns_compared *m, int width, FILE *out)
{
    char left[32], right[32], mid[32], low[32], high[32], share[24] = "", interval[72] = "-";
    const ns_difference *d = &m->difference;
    ns_metric_format(m->left, m->kind.unit, false, left, sizeof left);
    ns_metric_format(m->right, m->kind.unit, false, right, sizeof right);
    ns_metric_format(d->mean, m->kind.unit, true, mid, sizeof mid);
    ns_metric_format(d->low, m->kind.unit, true, low, sizeof low);
    ns_metric_format(d->high, m->kind.unit, true, high, sizeof high);
    if (m->left != 0 && m->kind.unit != NS_METRIC_SHARE)
        snprintf(share, sizeof share, "%+.1f%%", 100 * d->mean / fabs(m->left));
    if (m->method != NS_METHOD_NONE)
        snprintf(interval, sizeof interval, "%s to %s", low, high);
    const char *verdict = "";
    if (ns_compared_differs(m) && m->kind.better)
        verdict = (d->mean > 0) == (m->kind.better > 0) ? "better" : "worse";
    else if (ns_compared_differs(m))
        verdict = "differs";
    fprintf(out, "  %-*s %9s %9s %9s %8s  %-24s %s\n", width, m->metric, left, right, mid, share,
            interval, verdict);
}

// Why there is no interval: each reason once, with its metrics.
static void print_reasons(const ns_comparison *c, const char *const *patterns, FILE *out)
{
    for (int i = 0; i < c->metric_count; i++) {
        const char *why = c->metrics[i].why;
        bool told = !why || !is_chosen(patterns, c->metrics[i].metric);
        for (int j = 0; j < i && !told; j++)
            told = c->metrics[j].why && strcmp(c->metrics[j].why, why) == 0 &&
                   is_chosen(patterns, c->metrics[j].metric);
        if (told)
            continue;
        fprintf(out, "  -: no interval, %s: ", why);
        for (int j = i, n = 0; j < c->metric_count; j++)
            if (c->metrics[j].why && strcmp(c->metrics[j].why, why) == 0 &&
                is_chosen(patterns, c->metrics[j].metric))
                fprintf(out, "%s%s", n++ ? ", " : "", c->metrics[j].metric);
        fputc('\n', out);
    }
}

static void print_metrics(const ns_comparison *c, const char *const *patterns, FILE *out)
{
    int width = 6;
    bool methods[NS_METHOD_WINDOWS + 1] = {false};
    for (int i = 0; i < c->metric_count; i++)
        if (is_chosen(patterns, c->metrics[i].metric) && (int)strlen(c->metrics[i].metric) > width)
            width = (int)strlen(c->metrics[i].metric);
    fprintf(out, "\n  %-*s %9s %9s %9s %8s  95%% interval\n", width, "metric", "left", "right",
            "change", "");
    for (int i = 0; i < c->metric_count; i++) {
        if (!is_chosen(patterns, c->metrics[i].metric))
            continue;
        print_metric(&c->metrics[i], width, out);
        methods[c->metrics[i].method] = true;
    }
    static const char *const texts[] = {
        [NS_METHOD_PAIRED] = "differences of replicates with the same seeds (t)",
        [NS_METHOD_WELCH] = "replicates with different seeds (Welch)",
        [NS_METHOD_BATCHES_PAIRED] = "batches in order of arrival, paired: the same arrivals (t)",
        [NS_METHOD_BATCHES] = "batches of the run in order of arrival (Welch)",
        [NS_METHOD_WINDOWS_PAIRED] =
            "twenty equal parts of the run's time, paired: the same arrivals (t)",
        [NS_METHOD_WINDOWS] = "twenty equal parts of the run's time (Welch)"};
    for (int i = NS_METHOD_PAIRED; i <= NS_METHOD_WINDOWS; i++)
        if (methods[i])
            fprintf(out, "  Intervals: %s; each by itself.\n", texts[i]);
    print_reasons(c, patterns, out);
}

// Where both reach, where the left one alone does, and the right one.
static void print_bar(double left, double right, double most, bool ascii, FILE *out)
{
    enum { WIDTH = 48 };
    int a = (int)(left / most * WIDTH + 0.5), b = (int)(right / most * WIDTH + 0.5);
    for (int i = 0; i < (a > b ? a : b); i++) {
        bool in_left = i < a, in_right = i < b;
        fputs(in_left && in_right ? (ascii ? "#" : "█")
              : in_left           ? (ascii ? "<" : "▒")
                                  : (ascii ? ">" : "░"),
              out);
    }
}

static void print_overlay(const ns_overlay *o, int style, FILE *out)
{
    bool ascii = style & NS_STYLE_ASCII;
    double most = 0;
    if (!o->metric)
        return;
    for (int i = 0; i < o->count; i++)
        most = fmax(most, fmax(o->left[i], o->right[i]));
    fprintf(out, "\n  %s: %s both, %s left only, %s right only\n",
            o->metric[0] == 'r' ? "latency of requests" : "time in the pool's queue",
            ascii ? "#" : "█", ascii ? "<" : "▒", ascii ? ">" : "░");
    for (int i = 0; i < o->count; i++) {
        char edge[32];
        ns_format_time(edge, o->edges[i]);
        fprintf(out, "  %9s %5.1f%% %5.1f%% ", edge, 100 * o->left[i], 100 * o->right[i]);
        print_bar(o->left[i], o->right[i], most, ascii, out);
        fputc('\n', out);
    }
}

int ns_comparison_print(const ns_comparison *c, const char *const *metrics, FILE *out, int style,
                        ns_err *err)
{
    ns_overlay overlay;
    int rc = check_patterns(c, metrics, err);
    if (rc == NS_OK)
        rc = ns_overlay_make(&overlay, c->left, c->right, err);
    if (rc != NS_OK)
        return rc;
    const ns_side *sides[] = {c->left, c->right};
    for (int i = 0; i < 2; i++)
        fprintf(out, "%-6s %s (%d %s)\n", i ? "right:" : "left:", sides[i]->label, sides[i]->runs,
                sides[i]->runs == 1 ? "run" : "replicates");
    for (int i = 0; i < c->warning_count; i++)
        fprintf(out, "%sBeware: %s.\n", i ? "" : "\n", c->warnings[i]);
    print_changes(c, out);
    print_metrics(c, metrics, out);
    print_overlay(&overlay, style, out);
    return NS_OK;
}

// -- JSON -----------------------------------------------------------------------------------------

static void json_text(cJSON *json, const char *name, const char *text)
{
    if (text)
        cJSON_AddStringToObject(json, name, text);
    else
        cJSON_AddNullToObject(json, name);
}

static cJSON *json_side(const ns_side *side)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "label", side->label);
    cJSON_AddNumberToObject(json, "runs", side->runs);
    cJSON_AddNumberToObject(json, "broken", side->broken);
    cJSON *seeds = cJSON_AddArrayToObject(json, "seeds");
    for (int i = 0; i < side->runs; i++)
        cJSON_AddItemToArray(seeds, cJSON_CreateString(side->seeds[i]));
    return json;
}

static cJSON *json_metric(const ns_compared *m)
{
    cJSON *json = cJSON_CreateObject();
    bool interval = m->method != NS_METHOD_NONE;
    cJSON_AddStringToObject(json, "name", m->metric);
    ns_json_number(json, "left", m->left);
    ns_json_number(json, "right", m->right);
    ns_json_number(json, "difference", m->difference.mean);
    ns_json_number(json, "low", m->difference.low);
    ns_json_number(json, "high", m->difference.high);
    ns_json_number(json, "p", interval ? m->difference.p : NAN);
    cJSON_AddStringToObject(json, "method", ns_method_name(m->method));
    json_text(json, "why", m->why);
    cJSON_AddNumberToObject(json, "samples", m->samples);
    cJSON_AddBoolToObject(json, "differs", ns_compared_differs(m));
    return json;
}

static void json_overlay(const ns_overlay *o, cJSON *root)
{
    if (!o->metric)
        return;
    cJSON *json = cJSON_AddObjectToObject(root, "distribution");
    cJSON_AddStringToObject(json, "metric", o->metric);
    cJSON *bins = cJSON_AddArrayToObject(json, "bins");
    for (int i = 0; i < o->count; i++) {
        cJSON *bin = cJSON_CreateObject();
        cJSON_AddNumberToObject(bin, "from_ns", (double)o->edges[i]);
        cJSON_AddNumberToObject(bin, "to_ns", (double)o->edges[i + 1]);
        cJSON_AddNumberToObject(bin, "left", o->left[i]);
        cJSON_AddNumberToObject(bin, "right", o->right[i]);
        cJSON_AddItemToArray(bins, bin);
    }
}

int ns_comparison_json(const ns_comparison *c, const char *const *metrics, FILE *out, ns_err *err)
{
    ns_overlay overlay;
    int rc = check_patterns(c, metrics, err);
    if (rc == NS_OK)
        rc = ns_overlay_make(&overlay, c->left, c->right, err);
    if (rc != NS_OK)
        return rc;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddItemToObject(root, "left", json_side(c->left));
    cJSON_AddItemToObject(root, "right", json_side(c->right));
    cJSON *list = cJSON_AddArrayToObject(root, "warnings");
    for (int i = 0; i < c->warning_count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(c->warnings[i]));
    list = cJSON_AddArrayToObject(root, "configuration");
    for (int i = 0; i < c->change_count; i++) {
        cJSON *change = cJSON_CreateObject();
        cJSON_AddStringToObject(change, "key", c->changes[i].key);
        json_text(change, "left", c->changes[i].left);
        json_text(change, "right", c->changes[i].right);
        cJSON_AddItemToArray(list, change);
    }
    list = cJSON_AddArrayToObject(root, "metrics");
    bool all = !(metrics && metrics[0]);
    for (int i = 0; i < c->metric_count; i++)
        if (all || is_chosen(metrics, c->metrics[i].metric))
            cJSON_AddItemToArray(list, json_metric(&c->metrics[i]));
    json_overlay(&overlay, root);
    return ns_json_print(root, out, err);
}

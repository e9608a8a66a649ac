#include "sweep/search_table.h"

#include <math.h>
#include <string.h>

#include "sweep/csv.h"
#include "sweep/json.h"
#include "sweep/replayed.h"

static const char *decision_name(ns_decision decision)
{
    static const char *const names[] = {
        [NS_DECISION_HOLDS] = "holds", [NS_DECISION_OPEN] = "open", [NS_DECISION_FAILS] = "fails"};
    return names[decision];
}

// -- Text -----------------------------------------------------------------------------------------

// "49.2 ms (48.1 ms to 50.3 ms)"
static void cell(const ns_condition *c, const ns_finding *f, char *out, size_t size)
{
    char mean[32], low[32], high[32], together[24] = "";
    const ns_estimate *e = &f->estimate;
    if (isnan(e->mean)) {
        snprintf(out, size, "-");
        return;
    }
    ns_metric_format(e->mean, c->kind.unit, false, mean, sizeof mean);
    ns_metric_format(e->low, c->kind.unit, false, low, sizeof low);
    ns_metric_format(e->high, c->kind.unit, false, high, sizeof high);
    if (f->together > 1)
        snprintf(together, sizeof together, " /%d", f->together);
    if (e->count > 1)
        snprintf(out, size, "%s (%s to %s)%s", mean, low, high, together);
    else
        snprintf(out, size, "%s%s", mean, together);
}

static void print_probe(const ns_search *s, const ns_probe *p, int width, FILE *out)
{
    char value[48], text[112];
    ns_find_show(s->find, p->value, value, sizeof value);
    fprintf(out, "  %*s %5d", width, value, p->runs);
    for (int c = 0; c < s->find->count; c++) {
        cell(&s->find->conditions[c], &p->findings[c], text, sizeof text);
        fprintf(out, "  %-32s", text);
    }
    if (p->broken)
        fprintf(out, "  %d broken", p->broken);
    else if (!p->decided)
        fputs("  not ended", out);
    else if (p->decision == NS_DECISION_OPEN)
        fprintf(out, "  open (%s by the mean)", p->holds ? "holds" : "fails");
    else
        fprintf(out, "  %s", decision_name(p->decision));
    fputc('\n', out);
}

// Of the metrics of the conditions.
static void print_replayed(const ns_search *s, const ns_data *data, FILE *out)
{
    int metrics[NS_FIND_CONDITIONS_MAX], count = 0;
    for (int c = 0; c < s->find->count; c++) {
        int metric = ns_data_metric(data, s->find->conditions[c].metric);
        if (metric >= 0)
            metrics[count++] = metric;
    }
    fputc('\n', out);
    ns_replayed_print(data, metrics, count, out);
}

void ns_search_print(const ns_search *s, const ns_data *data, FILE *out)
{
    char sentence[1024];
    int width = (int)strlen(s->find->key), runs = 0, grouped = 0;
    fprintf(out, "%s: %s\n\n  %*s  runs", data->name, s->find->text, width, s->find->key);
    for (int c = 0; c < s->find->count; c++)
        fprintf(out, "  %-32s", s->find->conditions[c].text);
    fputc('\n', out);
    for (int i = 0; i < s->count; i++) {
        print_probe(s, &s->probes[i], width, out);
        runs += s->probes[i].runs;
        for (int c = 0; c < s->find->count; c++)
            grouped |= s->probes[i].findings[c].together > 1;
    }
    if (grouped)
        fputs("\n/N: a percentile of N runs together, for ten samples beyond it\n", out);
    ns_search_sentence(s, sentence, sizeof sentence);
    print_replayed(s, data, out);
    fprintf(out,
            "%d probes, %d runs; means with 95%% intervals, the same seeds at every value\n%s\n",
            s->count, runs, sentence);
}

// -- CSV ------------------------------------------------------------------------------------------

void ns_search_csv(const ns_search *s, FILE *out)
{
    ns_csv_text(s->find->key, out);
    fputs(",point,runs,broken,decision,condition,mean,low,high,together,condition_decision\n", out);
    for (int i = 0; i < s->count; i++) {
        const ns_probe *p = &s->probes[i];
        for (int c = 0; c < s->find->count; c++) {
            const ns_finding *f = &p->findings[c];
            fprintf(out, "%.10g,%d,%d,%d,%s,", p->value, p->point + 1, p->runs, p->broken,
                    decision_name(p->decision));
            ns_csv_text(s->find->conditions[c].text, out);
            ns_csv_number(f->estimate.mean, out);
            ns_csv_number(f->estimate.low, out);
            ns_csv_number(f->estimate.high, out);
            fprintf(out, ",%d,%s\n", f->together, decision_name(f->decision));
        }
    }
}

// -- JSON -----------------------------------------------------------------------------------------

static const char *state_name(ns_search_state state)
{
    static const char *const names[] = {[NS_SEARCH_RUN] = "unfinished",
                                        [NS_SEARCH_FOUND] = "found",
                                        [NS_SEARCH_ALWAYS] = "always",
                                        [NS_SEARCH_NEVER] = "never",
                                        [NS_SEARCH_THIN] = "thin"};
    return names[state];
}

static cJSON *json_probe(const ns_search *s, const ns_probe *p)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "value", p->value);
    cJSON_AddNumberToObject(json, "point", p->point + 1);
    cJSON_AddNumberToObject(json, "runs", p->runs);
    cJSON_AddNumberToObject(json, "broken", p->broken);
    cJSON_AddStringToObject(json, "decision", decision_name(p->decision));
    cJSON *list = cJSON_AddArrayToObject(json, "conditions");
    for (int c = 0; c < s->find->count; c++) {
        const ns_finding *f = &p->findings[c];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "condition", s->find->conditions[c].text);
        ns_json_number(item, "mean", f->estimate.mean);
        ns_json_number(item, "low", f->estimate.low);
        ns_json_number(item, "high", f->estimate.high);
        cJSON_AddNumberToObject(item, "together", f->together);
        cJSON_AddStringToObject(item, "decision", decision_name(f->decision));
        cJSON_AddItemToArray(list, item);
    }
    return json;
}

int ns_search_json(const ns_search *s, const ns_data *data, FILE *out, ns_err *err)
{
    char sentence[1024];
    cJSON *root = cJSON_CreateObject();
    bool found = s->state == NS_SEARCH_FOUND;
    ns_search_sentence(s, sentence, sizeof sentence);
    cJSON_AddStringToObject(root, "name", data->name);
    cJSON_AddStringToObject(root, "find", s->find->text);
    cJSON_AddStringToObject(root, "key", s->find->key);
    cJSON_AddStringToObject(root, "state", state_name(s->state));
    ns_json_number(root, "answer", found && s->answer >= 0 ? s->probes[s->answer].value : NAN);
    ns_json_number(root, "holds", found && s->holds >= 0 ? s->probes[s->holds].value : NAN);
    ns_json_number(root, "fails", found && s->fails >= 0 ? s->probes[s->fails].value : NAN);
    cJSON_AddBoolToObject(root, "monotone", s->monotone);
    cJSON_AddStringToObject(root, "sentence", sentence);
    cJSON_AddItemToObject(root, "replay", ns_replayed_json(data));
    cJSON *list = cJSON_AddArrayToObject(root, "probes");
    for (int i = 0; i < s->count; i++)
        cJSON_AddItemToArray(list, json_probe(s, &s->probes[i]));
    return ns_json_print(root, out, err);
}

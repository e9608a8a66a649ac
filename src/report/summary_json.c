// The summary as JSON: the same numbers, times in ns.
#include <cjson/cJSON.h>
#include <string.h>

#include "report/aggregate.h"

static void add_int(cJSON *object, const char *name, int64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

static void add_hist(cJSON *object, const char *name, const ns_hist *hist)
{
    cJSON *h = cJSON_AddObjectToObject(object, name);
    add_int(h, "count", ns_hist_count(hist));
    cJSON_AddNumberToObject(h, "mean_ns", ns_hist_mean(hist));
    add_int(h, "p50_ns", ns_hist_percentile(hist, 50));
    add_int(h, "p90_ns", ns_hist_percentile(hist, 90));
    add_int(h, "p99_ns", ns_hist_percentile(hist, 99));
    add_int(h, "max_ns", ns_hist_max(hist));
    cJSON_AddBoolToObject(h, "p99_thin", ns_hist_thin(hist, 99));
}

static void add_loop(cJSON *root, const ns_summary *s, const ns_run_info *info)
{
    cJSON *loop = cJSON_AddObjectToObject(root, "loop");
    add_int(loop, "iterations", s->iterations);
    add_int(loop, "callbacks", s->callbacks);
    add_int(loop, "idle_ns", info->idle_ns);
    cJSON_AddNumberToObject(loop, "utilization",
                            info->virtual_ns ? 1 - (double)info->idle_ns / (double)info->virtual_ns
                                             : 0);
    add_hist(loop, "delay", s->loop_delay);
    cJSON *phases = cJSON_AddObjectToObject(loop, "phase_ns");
    for (int p = 0; p < NS_PHASES; p++)
        if (s->phase_count[p])
            add_int(phases, ns_phase_name((ns_phase)p), s->phase_ns[p]);
    cJSON *top = cJSON_AddArrayToObject(loop, "longest");
    for (int i = 0; i < s->top_count; i++) {
        const ns_top_callback *t = &s->top[i];
        cJSON *c = cJSON_CreateObject();
        add_int(c, "duration_ns", t->duration);
        add_int(c, "start_ns", t->start);
        add_int(c, "cpu_ns", t->cpu);
        cJSON_AddStringToObject(c, "phase", ns_phase_name(t->phase));
        cJSON_AddStringToObject(c, "kind", t->kind);
        cJSON_AddStringToObject(c, "name", t->name);
        cJSON_AddStringToObject(c, "script", t->script);
        add_int(c, "line", t->line);
        cJSON_AddItemToArray(top, c);
    }
}

static void add_pool(cJSON *root, const ns_summary *s, const ns_run_info *info)
{
    cJSON *pool = cJSON_AddObjectToObject(root, "pool");
    add_int(pool, "threads", info->pool_threads);
    add_int(pool, "tasks", s->tasks);
    add_int(pool, "span_ns", info->pool_span_ns);
    add_int(pool, "busy_ns", info->pool_busy_ns);
    add_int(pool, "full_ns", info->pool_full_ns);
    add_hist(pool, "queue", s->queue);
    cJSON *kinds = cJSON_AddObjectToObject(pool, "kinds");
    for (int i = 0; i < s->kind_count; i++) {
        const ns_task_totals *k = &s->kinds[i];
        cJSON *kind = cJSON_AddObjectToObject(kinds, k->kind);
        add_int(kind, "tasks", k->count);
        add_int(kind, "cpu_ns", k->cpu_ns);
        add_int(kind, "wait_ns", k->wait_ns);
        add_int(kind, "held_ns", k->held_ns);
        add_hist(kind, "queue", k->queue);
        add_hist(kind, "service", k->service);
    }
}

static void add_requests(cJSON *root, const ns_summary *s)
{
    static const char *const keys[7] = {"loop_wait_ns",  "own_js_ns",       "other_js_ns",
                                        "pool_queue_ns", "pool_service_ns", "device_ns",
                                        "rest_ns"};
    cJSON *requests = cJSON_AddObjectToObject(root, "requests");
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *t = &s->classes[i];
        cJSON *cls = cJSON_AddObjectToObject(requests, t->cls);
        add_int(cls, "count", t->count);
        add_int(cls, "errors", t->errors);
        add_int(cls, "unfinished", t->unfinished);
        add_int(cls, "warmup", t->warmup);
        add_hist(cls, "latency", t->latency);
        cJSON *blame = cJSON_AddObjectToObject(cls, "blame");
        for (int p = 0; p < 7; p++)
            add_int(blame, keys[p], t->parts[p]);
    }
}

int ns_summary_json(ns_summary *s, const ns_run_info *info, FILE *out, ns_err *err)
{
    char text[4096];
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "workload", info->workload);
    cJSON_AddStringToObject(root, "status", info->status);
    add_int(root, "exit_code", info->exit_code);
    add_int(root, "virtual_ns", info->virtual_ns);
    add_int(root, "seed", (int64_t)info->seed);
    add_int(root, "events", (int64_t)info->events);
    add_int(root, "ties", (int64_t)info->ties);
    add_loop(root, s, info);
    add_pool(root, s, info);
    add_requests(root, s);
    cJSON *sync = cJSON_AddObjectToObject(root, "fs_sync");
    add_int(sync, "count", s->sync_count);
    add_int(sync, "total_ns", s->sync_ns);
    add_int(sync, "max_ns", s->sync_max);
    cJSON *verdicts = cJSON_AddArrayToObject(root, "verdicts");
    ns_verdicts(s, info, text, sizeof text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        cJSON_AddItemToArray(verdicts, cJSON_CreateString(line));
    char *json = cJSON_Print(root);
    cJSON_Delete(root);
    if (!json || s->failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    fprintf(out, "%s\n", json);
    cJSON_free(json);
    return ferror(out) ? ns_fail(err, NS_EIO, "cannot write the summary") : NS_OK;
}

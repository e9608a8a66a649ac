// The summary as JSON: the same numbers, times as whole ns.
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "report/verdict.h"

// Adding to a parent that could not be made does nothing; `failed` remembers that something was
// lost.
typedef struct writer {
    bool failed;
} writer;

static void add(writer *w, cJSON *parent, const char *name, cJSON *item)
{
    bool added =
        item && parent &&
        (name ? cJSON_AddItemToObject(parent, name, item) : cJSON_AddItemToArray(parent, item));
    if (!added) {
        w->failed = true;
        cJSON_Delete(item);
    }
}

// Not through double: an int64 stays whole.
static void add_int(writer *w, cJSON *object, const char *name, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    add(w, object, name, cJSON_CreateRaw(digits));
}

static void add_unsigned(writer *w, cJSON *object, const char *name, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    add(w, object, name, cJSON_CreateRaw(digits));
}

static void add_number(writer *w, cJSON *object, const char *name, double value)
{
    add(w, object, name, cJSON_CreateNumber(value));
}

static void add_text(writer *w, cJSON *object, const char *name, const char *text)
{
    add(w, object, name, cJSON_CreateString(text ? text : ""));
}

static void add_hex(writer *w, cJSON *object, const char *name, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%016" PRIx64, value);
    add_text(w, object, name, digits);
}

static cJSON *add_object(writer *w, cJSON *parent, const char *name)
{
    cJSON *object = cJSON_CreateObject();
    if (!object || !parent) {
        cJSON_Delete(object);
        w->failed = true;
        return NULL;
    }
    add(w, parent, name, object);
    return w->failed ? NULL : object;
}

static cJSON *add_array(writer *w, cJSON *parent, const char *name)
{
    cJSON *array = parent ? cJSON_AddArrayToObject(parent, name) : NULL;
    w->failed |= !array;
    return array;
}

static void add_hist(writer *w, cJSON *parent, const char *name, const ns_hist *hist)
{
    cJSON *h = add_object(w, parent, name);
    add_int(w, h, "count", ns_hist_count(hist));
    add_number(w, h, "mean_ns", ns_hist_mean(hist));
    add_int(w, h, "p50_ns", ns_hist_percentile(hist, 50));
    add_int(w, h, "p90_ns", ns_hist_percentile(hist, 90));
    add_int(w, h, "p99_ns", ns_hist_percentile(hist, 99));
    add_int(w, h, "max_ns", ns_hist_max(hist));
    add(w, h, "p90_thin", cJSON_CreateBool(ns_hist_thin(hist, 90)));
    add(w, h, "p99_thin", cJSON_CreateBool(ns_hist_thin(hist, 99)));
}

static void add_delay(writer *w, cJSON *loop, const ns_delay *delay)
{
    cJSON *d = add_object(w, loop, "delay");
    add_int(w, d, "p50_ns", ns_delay_percentile(delay, 50));
    add_int(w, d, "p90_ns", ns_delay_percentile(delay, 90));
    add_int(w, d, "p99_ns", ns_delay_percentile(delay, 99));
    add_int(w, d, "max_ns", ns_delay_percentile(delay, 100));
    add(w, d, "p99_thin", cJSON_CreateBool(ns_delay_thin(delay, 99)));
}

static void add_phases(writer *w, cJSON *loop, const ns_summary *s, const ns_figures *f)
{
    cJSON *time = add_object(w, loop, "phase_ns");
    add_int(w, time, "before", f->before_ns);
    add_int(w, time, "timers", s->timers_ns);
    add_int(w, time, "pending", s->pending_ns);
    add_int(w, time, "idle_prepare", s->idle_prepare_ns);
    add_int(w, time, "poll_wait", s->wait_ns);
    add_int(w, time, "poll", s->poll_ns);
    add_int(w, time, "check", s->check_ns);
    add_int(w, time, "closing", s->close_ns);
    add_int(w, time, "between", s->between_ns);
    add_int(w, time, "after", f->after_ns);
    cJSON *callbacks = add_object(w, loop, "callbacks");
    for (int phase = 0; phase < NS_PHASES; phase++) {
        const ns_phase_totals *totals = &s->phases[phase];
        if (totals->count == 0)
            continue;
        cJSON *item = add_object(w, callbacks, ns_phase_name((ns_phase)phase));
        add_int(w, item, "count", totals->count);
        add_int(w, item, "total_ns", totals->total);
        add_int(w, item, "longest_ns", totals->longest);
    }
}

static void add_loop(writer *w, cJSON *root, const ns_summary *s, const ns_figures *f,
                     const ns_delay *delay)
{
    cJSON *loop = add_object(w, root, "loop");
    add_int(w, loop, "iterations", s->iterations);
    add_number(w, loop, "utilization", f->utilization);
    add_delay(w, loop, delay);
    add_hist(w, loop, "event_wait", s->event_wait);
    add_phases(w, loop, s, f);
    cJSON *longest = add_array(w, loop, "longest");
    for (int i = 0; i < s->top_count; i++) {
        const ns_top_callback *top = &s->top[i];
        cJSON *item = add_object(w, longest, NULL);
        add_int(w, item, "duration_ns", top->duration);
        add_int(w, item, "start_ns", top->start);
        add_int(w, item, "cpu_ns", ns_run_time(top->cpu, f->speed));
        add_text(w, item, "phase", ns_phase_name(top->phase));
        add_text(w, item, "kind", top->kind);
        add_text(w, item, "name", top->name);
        add_text(w, item, "script", top->script);
        add_int(w, item, "line", top->line);
    }
    cJSON *drain = add_object(w, loop, "longest_drain");
    add_int(w, drain, "ticks", s->longest_drain.ticks);
    add_int(w, drain, "duration_ns", s->longest_drain.end - s->longest_drain.start);
}

static void add_pool(writer *w, cJSON *root, const ns_summary *s, const ns_figures *f)
{
    if (s->tasks == 0)
        return;
    cJSON *pool = add_object(w, root, "pool");
    add_int(w, pool, "threads", f->threads);
    add_int(w, pool, "tasks", s->tasks);
    add_number(w, pool, "utilization", f->pool_busy);
    if (f->pool_full >= 0)
        add_number(w, pool, "full_share", f->pool_full);
    add_int(w, pool, "held_ns", f->held_ns);
    add_int(w, pool, "core_wait_ns", f->core_wait_ns);
    add_hist(w, pool, "queue", s->queue);
    cJSON *kinds = add_object(w, pool, "kinds");
    for (int i = 0; i < s->kind_count; i++) {
        const ns_task_totals *k = &s->kinds[i];
        cJSON *kind = add_object(w, kinds, k->kind);
        add_int(w, kind, "tasks", k->count);
        add_int(w, kind, "cancelled", k->cancelled);
        add_int(w, kind, "cpu_ns", ns_run_time(k->cpu_ns, f->speed));
        add_int(w, kind, "wait_ns", k->wait_ns);
        add_int(w, kind, "held_ns", k->held_ns);
        add_hist(w, kind, "queue", k->queue);
        add_hist(w, kind, "service", k->service);
    }
    cJSON *names = add_object(w, pool, "operations");
    for (int i = 0; i < s->name_count; i++) {
        cJSON *name = add_object(w, names, s->names[i].name);
        add_int(w, name, "tasks", s->names[i].count);
        add_int(w, name, "queue_ns", s->names[i].queue_ns);
        add_int(w, name, "held_ns", s->names[i].held_ns);
    }
}

static void add_requests(writer *w, cJSON *root, const ns_summary *s)
{
    static const char *const keys[NS_PARTS] = {"loop_wait_ns",  "own_js_ns",       "other_js_ns",
                                               "pool_queue_ns", "pool_service_ns", "device_ns",
                                               "gc_ns",         "safepoint_ns",    "rest_ns"};
    if (s->class_count == 0)
        return;
    cJSON *requests = add_object(w, root, "requests");
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *c = &s->classes[i];
        cJSON *cls = add_object(w, requests, c->cls);
        add_int(w, cls, "count", c->count);
        add_int(w, cls, "errors", c->errors);
        add_int(w, cls, "unfinished", c->unfinished);
        add_int(w, cls, "warmup", c->warmup);
        add_hist(w, cls, "latency", c->latency);
        cJSON *blame = add_object(w, cls, "blame");
        for (int part = 0; part < NS_PARTS; part++)
            add_int(w, blame, keys[part], c->parts[part]);
    }
}

static void add_calls(writer *w, cJSON *root, const char *name, const ns_call_totals *calls)
{
    if (calls->count == 0)
        return;
    cJSON *item = add_object(w, root, name);
    add_int(w, item, "count", calls->count);
    add_int(w, item, "total_ns", calls->total);
    add_int(w, item, "longest_ns", calls->longest);
}

static void add_gc(writer *w, cJSON *parent, const char *name, const ns_gc_totals *gc)
{
    cJSON *item = add_object(w, parent, name);
    add_int(w, item, "count", gc->pauses.count);
    add_int(w, item, "total_ns", gc->pauses.total);
    add_int(w, item, "longest_ns", gc->pauses.longest);
    add_int(w, item, "allocated_bytes", gc->allocated);
    add_int(w, item, "aged_bytes", gc->young);
    add_int(w, item, "survived_bytes", gc->survived);
    add_int(w, item, "promoted_bytes", gc->promoted);
}

static void add_heap(writer *w, cJSON *root, const ns_summary *s, const ns_figures *f)
{
    const ns_heap_totals *totals = &s->heap;
    if (totals->first == 0)
        return;
    cJSON *heap = add_object(w, root, "heap");
    add_int(w, heap, "after_last_bytes", totals->after_last);
    add_int(w, heap, "largest_bytes", totals->largest);
    add_int(w, heap, "helpers_ns", ns_run_time(totals->concurrent_ns, f->speed));
    if (totals->last > totals->first)
        add_number(w, heap, "allocated_bytes_per_s",
                   (double)(s->gc[NS_GC_SCAVENGES].allocated + s->gc[NS_GC_FULL].allocated) /
                       ((double)(totals->last - totals->first) / 1e9));
    add_gc(w, heap, "scavenge", &s->gc[NS_GC_SCAVENGES]);
    add_gc(w, heap, "mark_compact", &s->gc[NS_GC_FULL]);
    if (totals->waits.count > 0) {
        cJSON *waits = add_object(w, heap, "safepoint");
        add_int(w, waits, "count", totals->waits.count);
        add_int(w, waits, "total_ns", totals->waits.total);
        add_int(w, waits, "longest_ns", totals->waits.longest);
        add_text(w, waits, "longest_function", totals->compiled);
    }
    cJSON *sites = add_array(w, heap, "sites");
    for (int i = 0; i < totals->site_count; i++) {
        cJSON *site = add_object(w, sites, NULL);
        add_int(w, site, "bytes", totals->sites[i].bytes);
        add_text(w, site, "name", totals->sites[i].name);
        add_text(w, site, "script", totals->sites[i].script);
        add_int(w, site, "line", totals->sites[i].line);
    }
}

static void add_run(writer *w, cJSON *root, const ns_run_info *info, const ns_figures *f)
{
    add_text(w, root, "nsim", NSIM_VERSION);
    add_text(w, root, "workload", info->workload);
    add_text(w, root, "status", info->status);
    add_int(w, root, "exit_code", info->exit_code);
    add_int(w, root, "virtual_ns", f->virtual_ns);
    if (info->host_seconds >= 0)
        add_number(w, root, "host_seconds", info->host_seconds);
    add_unsigned(w, root, "seed", info->seed);
    add_text(w, root, "profile", info->profile);
    add_int(w, root, "cores", info->cores);
    add_hex(w, root, "workload_hash", info->hash);
    add_hex(w, root, "event_digest", info->digest);
    add_unsigned(w, root, "events", info->events);
    add_unsigned(w, root, "ties", info->ties);
    if (info->drawn)
        add_int(w, root, "drawn_requests", info->drawn);
}

static void add_verdicts(writer *w, cJSON *root, const ns_summary *s, const ns_run_info *info,
                         const ns_figures *f)
{
    ns_verdicts verdicts;
    ns_verdicts_make(s, info, f, &verdicts);
    cJSON *list = add_array(w, root, "verdicts");
    for (int i = 0; i < verdicts.count; i++) {
        cJSON *item = add_object(w, list, NULL);
        add_text(w, item, "id", verdicts.list[i].id);
        add_text(w, item, "text", verdicts.list[i].text);
    }
}

int ns_summary_json(ns_summary *summary, const ns_run_info *info, FILE *out, ns_err *err)
{
    ns_figures figures;
    ns_delay delay;
    int rc = ns_figures_make(summary, info, &figures, &delay, err);
    if (rc != NS_OK)
        return rc;
    writer w = {0};
    cJSON *root = cJSON_CreateObject();
    add_run(&w, root, info, &figures);
    add_verdicts(&w, root, summary, info, &figures);
    if (figures.sampling < 1)
        add_number(&w, root, "callbacks_recorded", figures.sampling);
    if (!figures.no_rows) {
        add_loop(&w, root, summary, &figures, &delay);
        add_pool(&w, root, summary, &figures);
    }
    add_requests(&w, root, summary);
    add_calls(&w, root, "fs_sync_main_script", &summary->sync_start);
    add_calls(&w, root, "fs_sync", &summary->sync_later);
    add_heap(&w, root, summary, &figures);
    if (summary->tiers.functions > 0) {
        cJSON *tiers = ns_tiers_json(&summary->tiers, figures.speed);
        w.failed |= !tiers || !cJSON_AddItemToObject(root, "tiers", tiers);
    }
    char *text = w.failed ? NULL : cJSON_Print(root);
    cJSON_Delete(root);
    if (!text)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    if (fprintf(out, "%s\n", text) < 0)
        rc = ns_fail(err, NS_EIO, "cannot write the summary");
    cJSON_free(text);
    return rc;
}

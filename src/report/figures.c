// What follows from the aggregates of a run and from its row.
#include <cjson/cJSON.h>
#include <string.h>

#include "report/aggregate.h"

static double ratio(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

// What stands in the configuration only: which rows a database has.
static int read_config(const ns_summary *s, const char *config_json, ns_figures *f, ns_err *err)
{
    cJSON *config = cJSON_Parse(config_json && config_json[0] ? config_json : "{}");
    if (!config)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    const cJSON *record = cJSON_GetObjectItemCaseSensitive(config, "record");
    const cJSON *level = cJSON_GetObjectItemCaseSensitive(record, "level");
    const cJSON *sampling = cJSON_GetObjectItemCaseSensitive(record, "sampling");
    bool loaded = s->texts[0] != NULL; // a run that goes on sees every record
    f->no_rows = loaded && cJSON_IsString(level) && strcmp(level->valuestring, "full") != 0;
    f->sampling = loaded && cJSON_IsNumber(sampling) ? sampling->valuedouble : 1;
    cJSON_Delete(config);
    return NS_OK;
}

static void make_pool(const ns_summary *s, const ns_run_info *info, ns_figures *f)
{
    int64_t cpu = 0, wait = 0;
    for (int i = 0; i < s->kind_count; i++) {
        f->held_ns += s->kinds[i].held_ns;
        cpu += s->kinds[i].cpu_ns;
        wait += s->kinds[i].wait_ns;
    }
    int64_t core_wait = f->held_ns - wait - ns_run_time(cpu, f->speed);
    f->core_wait_ns = core_wait > 0 ? core_wait : 0;
    // A run that was killed has no totals of its own: what its tasks tell is a lower bound.
    bool known = info->pool_threads > 0 && info->pool_span_ns > 0;
    f->threads = known ? info->pool_threads : s->threads_seen;
    int64_t span = known ? info->pool_span_ns : s->last_end - s->first_submit;
    int64_t busy = known ? info->pool_busy_ns : f->held_ns;
    f->pool_busy = f->threads > 0 ? ratio(busy, span) / f->threads : 0;
    f->pool_full = known ? ratio(info->pool_full_ns, f->virtual_ns) : -1;
}

// The stretches before the loop's first look and after its last.
static void add_ends(const ns_summary *s, const ns_figures *f, ns_delay *delay)
{
    int64_t first = s->iterations ? s->first_stretch : f->virtual_ns;
    int64_t start = s->main_start > 0 ? s->main_start : 0;
    ns_delay_busy(delay, first > start ? first - start : 0);
    if (s->iterations)
        ns_delay_busy(delay, s->stretch + f->after_ns);
}

int ns_figures_make(const ns_summary *s, const ns_run_info *info, ns_figures *out, ns_delay *delay,
                    ns_err *err)
{
    if (s->failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    ns_figures f = {0};
    int rc = ns_run_info_speed(info, &f.speed, err);
    if (rc == NS_OK)
        rc = read_config(s, info->config_json, &f, err);
    if (rc != NS_OK)
        return rc;
    f.virtual_ns = info->virtual_ns > s->last ? info->virtual_ns : s->last;
    f.before_ns = s->iterations ? s->loop_start : f.virtual_ns;
    f.after_ns = s->iterations ? f.virtual_ns - s->loop_end : 0;
    int64_t looping = f.virtual_ns - s->loop_start;
    f.utilization = s->iterations ? ratio(looping - s->wait_ns, looping) : 0;
    make_pool(s, info, &f);
    *delay = s->delay;
    add_ends(s, &f, delay);
    *out = f;
    return NS_OK;
}

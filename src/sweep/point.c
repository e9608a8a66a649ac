#include "sweep/point.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "node/node.h"
#include "report/metrics.h"
#include "trace/filter.h"

enum { MESSAGE_MAX = 1000 };

// -- Running --------------------------------------------------------------------------------------

// The end of what the program wrote to stderr: of one that broke, it says why.
typedef struct tail {
    char text[2 * MESSAGE_MAX];
    size_t length;
} tail;

static void keep_output(void *opaque, int fd, const char *bytes, size_t len)
{
    tail *t = opaque;
    if (fd != 2)
        return;
    if (len > MESSAGE_MAX) {
        bytes += len - MESSAGE_MAX;
        len = MESSAGE_MAX;
    }
    if (t->length + len > sizeof t->text) {
        memmove(t->text, t->text + t->length - MESSAGE_MAX, MESSAGE_MAX);
        t->length = MESSAGE_MAX;
    }
    memcpy(t->text + t->length, bytes, len);
    t->length += len;
}

typedef struct running {
    ns_workload *workload;
    ns_summary *summary;
    ns_store *store; // for all records; may be NULL
    ns_filter filter;
    ns_sink *sinks[2];
    ns_tee tee;
    ns_run_info info;
    tail errors;
} running;

static int open_sinks(running *r, const ns_point *point, ns_err *err)
{
    const ns_workload *w = r->workload;
    r->info = (ns_run_info){
        .workload = w->name,
        .config_json = w->config_json,
        .profile = w->machine.profile_name,
        .hash = w->hash,
        .seed = w->seed,
        .status = "incomplete",
        .cores = w->machine.cores,
    };
    int rc = ns_summary_new(&r->summary, err);
    if (rc != NS_OK)
        return rc;
    ns_tee_init(&r->tee, r->sinks, 0);
    r->sinks[r->tee.count++] = ns_summary_sink(r->summary);
    if (!point->records)
        return NS_OK;
    rc = ns_store_open(&r->store, point->records, &r->info, err);
    if (rc != NS_OK)
        return rc;
    ns_filter_init(&r->filter, ns_store_sink(r->store), w->record.level == NS_RECORD_FULL,
                   w->record.sampling);
    r->sinks[r->tee.count++] = &r->filter.sink;
    return NS_OK;
}

static int execute(running *r, const ns_point *point, ns_err *err)
{
    ns_node_result result = {0};
    const ns_node_options options = {.sink = &r->tee.sink,
                                     .output = keep_output,
                                     .opaque = &r->errors,
                                     .database = point->hidden};
    int rc = ns_node_run(r->workload, &options, &result, err);
    if (rc != NS_OK)
        return rc;
    ns_run_info_take(&r->info, &result);
    return NS_OK;
}

// -- Writing a result -----------------------------------------------------------------------------

// 64-bit numbers go as text: a double has 53 bits.
#define NUMBERS(X)                                                                                 \
    X(hash)                                                                                        \
    X(seed)                                                                                        \
    X(exit_code)                                                                                   \
    X(virtual_ns)                                                                                  \
    X(digest)                                                                                      \
    X(events)                                                                                      \
    X(ties)                                                                                        \
    X(pool_threads)                                                                                \
    X(cores)                                                                                       \
    X(idle_ns)                                                                                     \
    X(pool_span_ns)                                                                                \
    X(pool_busy_ns)                                                                                \
    X(pool_full_ns)                                                                                \
    X(cpu_ns)

static void add_integer(cJSON *json, const char *name, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    cJSON_AddStringToObject(json, name, text);
}

static void add_metric(void *opaque, const char *name, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(opaque, name, value);
}

typedef struct histogram_sink {
    ns_sink sink;
    cJSON *json;
} histogram_sink;

static void add_histogram(ns_sink *sink, const ns_record *record)
{
    cJSON_AddStringToObject(((histogram_sink *)sink)->json, record->histogram.metric,
                            record->histogram.encoded);
}

static void add_info(cJSON *json, const ns_run_info *info)
{
    cJSON_AddStringToObject(json, "workload", info->workload);
    cJSON_AddStringToObject(json, "config_json", info->config_json);
    cJSON_AddStringToObject(json, "profile", info->profile);
    cJSON_AddStringToObject(json, "status", info->status);
#define ADD(name) add_integer(json, #name, (int64_t)info->name);
    NUMBERS(ADD)
#undef ADD
}

static int write_result(running *r, ns_buf *out, ns_err *err)
{
    cJSON *json = cJSON_CreateObject();
    add_info(json, &r->info);
    if (!ns_point_usable(r->info.status, r->info.exit_code)) {
        size_t from = r->errors.length > MESSAGE_MAX ? r->errors.length - MESSAGE_MAX : 0;
        r->errors.text[r->errors.length < sizeof r->errors.text ? r->errors.length
                                                                : sizeof r->errors.text - 1] = 0;
        cJSON_AddStringToObject(json, "message", r->errors.text + from);
    }
    histogram_sink sink = {{add_histogram}, cJSON_AddObjectToObject(json, "histograms")};
    int rc = ns_metrics_make(r->summary, &r->info, add_metric,
                             cJSON_AddObjectToObject(json, "metrics"), err);
    if (rc == NS_OK)
        rc = ns_summary_emit(r->summary, &sink.sink, err);
    char *text = rc == NS_OK ? cJSON_PrintUnformatted(json) : NULL;
    if (rc == NS_OK && !text)
        rc = ns_fail(err, NS_ENOMEM, "out of memory");
    if (text)
        ns_buf_str(out, text);
    cJSON_free(text);
    cJSON_Delete(json);
    return rc;
}

int ns_point_run(const ns_point *point, ns_buf *out, ns_err *err)
{
    running r = {0};
    int rc = ns_workload_load(&r.workload, point->path, point->sets, err);
    if (rc == NS_OK)
        rc = open_sinks(&r, point, err);
    if (rc == NS_OK)
        rc = execute(&r, point, err);
    if (r.store) {
        int written = rc == NS_OK ? ns_summary_emit(r.summary, ns_store_sink(r.store), err) : NS_OK;
        int closed = ns_store_close(r.store, &r.info, rc == NS_OK && written == NS_OK ? err : NULL);
        if (rc == NS_OK)
            rc = written != NS_OK ? written : closed;
    }
    if (rc == NS_OK)
        rc = write_result(&r, out, err);
    ns_summary_free(r.summary);
    ns_workload_free(r.workload);
    return rc;
}

// -- Reading a result -----------------------------------------------------------------------------

static const char *text_of(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

int ns_point_read(ns_point_result *out, const char *bytes, size_t length, ns_err *err)
{
    *out = (ns_point_result){.json = cJSON_ParseWithLength(bytes, length)};
    const cJSON *json = out->json;
    ns_run_info *info = &out->info;
    info->workload = text_of(json, "workload");
    info->config_json = text_of(json, "config_json");
    info->profile = text_of(json, "profile");
    info->status = text_of(json, "status");
    out->message = text_of(json, "message");
    out->metrics = cJSON_GetObjectItemCaseSensitive(json, "metrics");
    out->histograms = cJSON_GetObjectItemCaseSensitive(json, "histograms");
    bool whole = info->workload && info->config_json && info->profile && info->status &&
                 out->metrics && out->histograms;
#define READ(name)                                                                                 \
    {                                                                                              \
        const char *text = text_of(json, #name);                                                   \
        whole &= text != NULL;                                                                     \
        info->name = (__typeof__(info->name))strtoll(text ? text : "0", NULL, 10);                 \
    }
    NUMBERS(READ)
#undef READ
    info->host_seconds = -1;
    if (whole)
        return NS_OK;
    ns_point_free(out);
    return ns_fail(err, NS_EINTERNAL, "the result of a run is damaged");
}

void ns_point_free(ns_point_result *result)
{
    cJSON_Delete(result->json);
    *result = (ns_point_result){0};
}

bool ns_point_usable(const char *status, int exit_code)
{
    static const char *const good[] = {"ok", "limit: virtual time", "limit: events"};
    if (exit_code != 0)
        return false;
    for (int i = 0; i < 3; i++)
        if (strcmp(status, good[i]) == 0)
            return true;
    return false;
}

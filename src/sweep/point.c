#include "sweep/point.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "node/node.h"
#include "node/tracer.h"
#include "replay/replay.h"
#include "report/metrics.h"
#include "sweep/check.h"
#include "sweep/info.h"
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
    ns_tracer *tracer; // of a run that leaves a trace
    char refused[160]; // why it leaves none
    char *status;      // of a replay: its own copy
} running;

static int open_sinks(running *r, const char *records, ns_err *err)
{
    const ns_workload *w = r->workload;
    r->info = ns_run_info_of(w);
    int rc = ns_summary_new(&r->summary, err);
    if (rc != NS_OK)
        return rc;
    ns_tee_init(&r->tee, r->sinks, 0);
    r->sinks[r->tee.count++] = ns_summary_sink(r->summary);
    if (!records)
        return NS_OK;
    rc = ns_store_open(&r->store, records, &r->info, err);
    if (rc != NS_OK)
        return rc;
    ns_filter_init(&r->filter, ns_store_sink(r->store), w->record.level == NS_RECORD_FULL,
                   w->record.sampling);
    r->sinks[r->tee.count++] = &r->filter.sink;
    return NS_OK;
}

// The database is completed whatever happened; then `rc`, or the first error of that.
static int close_sinks(running *r, int rc, ns_err *err)
{
    if (!r->store)
        return rc;
    int written = rc == NS_OK ? ns_summary_emit(r->summary, ns_store_sink(r->store), err) : NS_OK;
    int closed = ns_store_close(r->store, &r->info, rc == NS_OK && written == NS_OK ? err : NULL);
    r->store = NULL;
    return rc != NS_OK ? rc : written != NS_OK ? written : closed;
}

static void stop(running *r)
{
    ns_summary_free(r->summary);
    ns_workload_free(r->workload);
    ns_tracer_free(r->tracer);
    ns_free(r->status);
    *r = (running){0};
}

// By running the JavaScript.
static int run_full(running *r, const ns_point *point, ns_err *err)
{
    ns_node_result result = {0};
    int rc = ns_workload_load(&r->workload, point->path, point->sets, err);
    if (rc == NS_OK)
        rc = open_sinks(r, point->records, err);
    if (rc == NS_OK && point->how == NS_POINT_TRACED)
        rc = ns_tracer_new(&r->tracer, err);
    const ns_node_options options = {.sink = &r->tee.sink,
                                     .output = keep_output,
                                     .opaque = &r->errors,
                                     .database = point->hidden,
                                     .tracer = r->tracer};
    if (rc == NS_OK)
        rc = ns_node_run(r->workload, &options, &result, err);
    if (rc == NS_OK)
        ns_run_info_take(&r->info, &result);
    return close_sinks(r, rc, err);
}

// By a trace. NS_EINVAL and others but NS_ENOMEM: it does not serve.
static int run_replay(running *r, const ns_point *point, const char *records, ns_err *err)
{
    ns_nst_file *file = NULL;
    ns_run_result result = {0};
    int rc = ns_workload_load(&r->workload, point->path, point->sets, err);
    if (rc == NS_OK)
        rc = ns_replay_check(point->trace_config, r->workload->config_json, err);
    if (rc == NS_OK)
        rc = ns_nst_parse(&file, "the trace", point->trace, point->trace_size, err);
    if (rc == NS_OK)
        rc = open_sinks(r, records, err);
    const ns_replay_options options = {.sink = &r->tee.sink};
    if (rc == NS_OK)
        rc = ns_replay_run(ns_nst_of(file), r->workload, &options, &result, err);
    if (rc == NS_OK)
        ns_run_info_take(&r->info, &result);
    rc = close_sinks(r, rc, err);
    // The status is the trace's own.
    char *status = rc == NS_OK ? ns_strdup(r->info.status) : NULL;
    r->status = status;
    r->info.status = status;
    if (rc == NS_OK && !status)
        rc = ns_fail(err, NS_ENOMEM, "out of memory");
    ns_nst_free(file);
    return rc;
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

static int add_metrics(cJSON *json, const char *name, running *r, ns_err *err)
{
    return ns_metrics_make(r->summary, &r->info, add_metric, cJSON_AddObjectToObject(json, name),
                           err);
}

static int add_result(cJSON *json, running *r, ns_err *err)
{
    add_info(json, &r->info);
    if (!ns_point_usable(r->info.status, r->info.exit_code)) {
        size_t from = r->errors.length > MESSAGE_MAX ? r->errors.length - MESSAGE_MAX : 0;
        r->errors.text[r->errors.length < sizeof r->errors.text ? r->errors.length
                                                                : sizeof r->errors.text - 1] = 0;
        cJSON_AddStringToObject(json, "message", r->errors.text + from);
    }
    histogram_sink sink = {{add_histogram}, cJSON_AddObjectToObject(json, "histograms")};
    int rc = add_metrics(json, "metrics", r, err);
    return rc == NS_OK ? ns_summary_emit(r->summary, &sink.sink, err) : rc;
}

static void add_how(cJSON *json, const char *made, const char *why)
{
    cJSON_AddStringToObject(json, "made", made);
    if (why)
        cJSON_AddStringToObject(json, "why", why);
}

// The trace of a run that has one, and that ended well; else `r->refused` says why not.
static int encode_trace(running *r, const ns_point *point, ns_buf *out, ns_err *err)
{
    char path[PATH_MAX];
    ns_nst *trace = ns_tracer_result(r->tracer);
    if (!trace)
        return ns_fail(err, NS_ENOMEM, "out of memory while recording the trace");
    if (!realpath(point->path, path))
        return ns_fail(err, NS_EIO, "cannot open %s: %s", point->path, strerror(errno));
    trace->workload = path;
    trace->sets = point->sets;
    trace->hash = r->workload->hash;
    if (!ns_point_usable(r->info.status, r->info.exit_code))
        snprintf(r->refused, sizeof r->refused, "the traced run broke");
    else if (*trace->unsupported)
        snprintf(r->refused, sizeof r->refused, "the program used %s, which replay does not model",
                 trace->unsupported);
    else
        ns_nst_encode(trace, out);
    return NS_OK;
}

static int finish_traced(running *r, const ns_point *point, cJSON *json, ns_buf *trace, ns_err *err)
{
    int rc = encode_trace(r, point, trace, err);
    if (rc == NS_OK && r->refused[0])
        add_how(json, NS_MADE_FULL, r->refused);
    else if (rc == NS_OK)
        add_how(json, NS_MADE_TRACED, NULL);
    return rc;
}

// The full run stands; what its replay has is kept beside it.
static int finish_checked(const ns_point *point, cJSON *json, ns_err *err)
{
    running again = {0};
    int rc = run_replay(&again, point, NULL, err);
    if (rc == NS_OK)
        rc = add_metrics(json, "replayed", &again, err);
    if (rc == NS_OK) {
        const char *metric;
        double off = ns_check_worst(cJSON_GetObjectItemCaseSensitive(json, "metrics"),
                                    cJSON_GetObjectItemCaseSensitive(json, "replayed"),
                                    point->deciding, &metric);
        cJSON_AddNumberToObject(json, "off", off);
        if (metric)
            cJSON_AddStringToObject(json, "off_metric", metric);
        add_how(json, NS_MADE_FULL, "checked");
    } else if (rc != NS_ENOMEM) {
        add_how(json, NS_MADE_FULL, err->msg);
        rc = NS_OK;
    }
    stop(&again);
    return rc;
}

static int finish(running *r, const ns_point *point, const char *why, ns_buf *out, ns_err *err)
{
    ns_buf trace = {0};
    cJSON *json = cJSON_CreateObject();
    int rc = add_result(json, r, err);
    if (rc == NS_OK && point->how == NS_POINT_TRACED)
        rc = finish_traced(r, point, json, &trace, err);
    else if (rc == NS_OK && point->how == NS_POINT_CHECKED)
        rc = finish_checked(point, json, err);
    else if (rc == NS_OK)
        add_how(json, r->status ? NS_MADE_REPLAYED : NS_MADE_FULL, why);
    char *text = rc == NS_OK ? cJSON_PrintUnformatted(json) : NULL;
    if (rc == NS_OK && (!text || trace.failed))
        rc = ns_fail(err, NS_ENOMEM, "out of memory");
    if (text)
        ns_buf_str(out, text);
    if (trace.len) { // after the text's end
        ns_buf_char(out, '\0');
        ns_buf_add(out, trace.data, trace.len);
    }
    cJSON_free(text);
    cJSON_Delete(json);
    ns_buf_free(&trace);
    return rc;
}

int ns_point_run(const ns_point *point, ns_buf *out, ns_err *err)
{
    running r = {0};
    ns_err refused = {0};
    const char *why = point->why;
    int rc = NS_EINVAL;
    if (point->how == NS_POINT_REPLAYED) {
        rc = run_replay(&r, point, point->records, &refused);
        if (rc == NS_ENOMEM)
            *err = refused;
        why = rc == NS_OK ? NULL : refused.msg;
        if (rc != NS_OK)
            stop(&r);
    }
    if (rc != NS_OK && rc != NS_ENOMEM)
        rc = run_full(&r, point, err);
    if (rc == NS_OK)
        rc = finish(&r, point, why, out, err);
    stop(&r);
    return rc;
}

// -- Reading a result -----------------------------------------------------------------------------

static const char *text_of(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

int ns_point_read(ns_point_result *out, const char *bytes, size_t length, ns_err *err)
{
    size_t text = strnlen(bytes, length);
    *out = (ns_point_result){.json = cJSON_ParseWithLength(bytes, text), .off = NAN};
    const cJSON *json = out->json;
    if (text < length) {
        out->trace = bytes + text + 1;
        out->trace_size = length - text - 1;
    }
    ns_run_info *info = &out->info;
    info->workload = text_of(json, "workload");
    info->config_json = text_of(json, "config_json");
    info->profile = text_of(json, "profile");
    info->status = text_of(json, "status");
    out->message = text_of(json, "message");
    out->metrics = cJSON_GetObjectItemCaseSensitive(json, "metrics");
    out->histograms = cJSON_GetObjectItemCaseSensitive(json, "histograms");
    out->made = text_of(json, "made");
    out->why = text_of(json, "why");
    out->replayed = cJSON_GetObjectItemCaseSensitive(json, "replayed");
    out->off_metric = text_of(json, "off_metric");
    const cJSON *off = cJSON_GetObjectItemCaseSensitive(json, "off");
    if (cJSON_IsNumber(off))
        out->off = off->valuedouble;
    bool whole = info->workload && info->config_json && info->profile && info->status &&
                 out->metrics && out->histograms && out->made;
#define READ(name)                                                                                 \
    {                                                                                              \
        const char *digits = text_of(json, #name);                                                 \
        whole &= digits != NULL;                                                                   \
        info->name = (__typeof__(info->name))strtoll(digits ? digits : "0", NULL, 10);             \
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

#include "sweep/batches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/metrics.h"

typedef struct samples {
    double *values;
    int count;
} samples;

// The class in "request.CLASS.p99"; all of them in "request.p99".
static bool of_metric(const char *metric, const char *cls)
{
    const char *rest = metric + strlen("request."), *dot = strrchr(rest, '.');
    return !dot ||
           (strlen(cls) == (size_t)(dot - rest) && strncmp(rest, cls, (size_t)(dot - rest)) == 0);
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *text, const char *suffix)
{
    size_t a = strlen(text), b = strlen(suffix);
    return a >= b && strcmp(text + a - b, suffix) == 0;
}

// -- Samples --------------------------------------------------------------------------------------

static void take_requests(const ns_side *side, const char *metric, samples *out)
{
    bool errors = ends(metric, ".errors");
    for (int i = 0; i < side->request_count; i++)
        if (of_metric(metric, side->requests[i].cls))
            out->values[out->count++] =
                errors ? !side->requests[i].answered : (double)side->requests[i].latency;
}

static void take_times(const ns_side_times *times, samples *out)
{
    for (int i = 0; i < times->count; i++)
        out->values[out->count++] = (double)times->list[i];
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The statistic of some samples, which are put into order; a percentile by rank, as HdrHistogram
// has it.
static double statistic(double *values, int count, double percentile)
{
    double sum = 0;
    if (percentile >= 0) {
        qsort(values, (size_t)count, sizeof *values, ascending);
        int rank = (int)(percentile / 100 * count + 0.5);
        return values[rank < 1 ? 0 : rank > count ? count - 1 : rank - 1];
    }
    for (int i = 0; i < count; i++)
        sum += values[i];
    return sum / count;
}

static void cut_samples(const samples *s, double percentile, ns_batches *out)
{
    double beyond = NS_BATCHES_BEYOND;
    int batches =
        (int)(s->count / (percentile >= 0 ? beyond * 100 / (100 - percentile) : beyond) + 1e-9);
    out->samples = s->count;
    out->count = batches > NS_BATCHES_MAX ? NS_BATCHES_MAX : batches;
    out->kind = NS_BATCHES_SAMPLES;
    for (int i = 0; i < out->count; i++) {
        int from = (int)((int64_t)s->count * i / out->count);
        int to = (int)((int64_t)s->count * (i + 1) / out->count);
        out->values[i] = statistic(&s->values[from], to - from, percentile);
    }
    if (out->count < NS_BATCHES_MIN)
        out->why = percentile >= 0 ? "too few samples beyond it for five batches"
                                   : "too few samples for five batches";
}

// -- Windows --------------------------------------------------------------------------------------

static int window_of(int64_t t, int64_t from, int64_t to)
{
    int at = (int)((double)(t - from) / (double)(to - from) * NS_BATCHES_MAX);
    return at < 0 ? 0 : at >= NS_BATCHES_MAX ? NS_BATCHES_MAX - 1 : at;
}

// Answers per second, from the first arrival to the last answer.
static void cut_throughput(const ns_side *side, const char *metric, ns_batches *out)
{
    int64_t from = INT64_MAX, to = INT64_MIN;
    for (int i = 0; i < side->request_count; i++) {
        const ns_side_request *r = &side->requests[i];
        if (!of_metric(metric, r->cls))
            continue;
        from = r->arrival < from ? r->arrival : from;
        to = r->arrival + r->latency > to ? r->arrival + r->latency : to;
        out->samples++;
    }
    if (out->samples < NS_BATCHES_MAX * NS_BATCHES_BEYOND || from >= to) {
        out->why = "too few samples for twenty parts of the run";
        return;
    }
    out->kind = NS_BATCHES_WINDOWS;
    out->from = from;
    out->to = to;
    out->count = NS_BATCHES_MAX;
    double seconds = (double)(to - from) / 1e9 / NS_BATCHES_MAX;
    for (int i = 0; i < side->request_count; i++) {
        const ns_side_request *r = &side->requests[i];
        if (r->answered && of_metric(metric, r->cls))
            out->values[window_of(r->arrival + r->latency, from, to)] += 1 / seconds;
    }
}

// The share of `lanes` that the spans fill, from..to.
static void cut_spans(const ns_side_times *spans, int64_t from, int64_t to, int lanes,
                      ns_batches *out)
{
    out->samples = spans->count / 2;
    if (out->samples < NS_BATCHES_MAX * NS_BATCHES_BEYOND || from >= to || lanes < 1) {
        out->why = "too few samples for twenty parts of the run";
        return;
    }
    out->kind = NS_BATCHES_WINDOWS;
    out->from = from;
    out->to = to;
    out->count = NS_BATCHES_MAX;
    double width = (double)(to - from) / NS_BATCHES_MAX;
    for (int i = 0; i + 1 < spans->count; i += 2) {
        double begin = (double)(spans->list[i] - from), end = (double)(spans->list[i + 1] - from);
        begin = begin < 0 ? 0 : begin;
        for (int w = (int)(begin / width); w < NS_BATCHES_MAX && w * width < end; w++)
            out->values[w] += (fmin(end, (w + 1) * width) - fmax(begin, w * width)) / width / lanes;
    }
}

// -- Public ---------------------------------------------------------------------------------------

static const char *why_none(const char *metric)
{
    if (ends(metric, ".max"))
        return "an extreme: batches have extremes of their own";
    if (begins(metric, "loop.delay"))
        return "a percentile over time, which the samples do not have";
    if (begins(metric, "pool.wait."))
        return "batches are of all tasks together";
    return "one number for a run";
}

int ns_batches_make(ns_batches *out, const ns_side *side, const char *metric, ns_err *err)
{
    double percentile = ns_metric_percentile(metric);
    bool requests = begins(metric, "request."), mean = ends(metric, ".mean");
    const ns_side_times *times = begins(metric, "pool.wait.") && strchr(metric + 10, '.') == NULL
                                     ? &side->waits
                                 : begins(metric, "loop.wait.") ? &side->event_waits
                                 : begins(metric, "gc.pause.")  ? &side->pauses
                                                                : NULL;
    *out = (ns_batches){0};
    if (ends(metric, ".max") || ends(metric, ".count") || ends(metric, ".total")) {
        out->why = why_none(metric);
    } else if (requests && ends(metric, ".throughput")) {
        cut_throughput(side, metric, out);
    } else if (strcmp(metric, "pool.utilization") == 0) {
        int64_t first = side->tasks.count ? side->tasks.list[0] : 0;
        cut_spans(&side->tasks, first, side->virtual_ns, side->pool_threads, out);
    } else if (strcmp(metric, "loop.utilization") == 0) {
        cut_spans(&side->idle, 0, side->virtual_ns, 1, out);
        for (int i = 0; i < out->count; i++)
            out->values[i] = 1 - out->values[i];
    } else if ((requests && (percentile >= 0 || mean || ends(metric, ".errors"))) ||
               (times && (percentile >= 0 || mean))) {
        int most = requests ? side->request_count : times->count;
        samples s = {.values = ns_calloc((size_t)most + 1, sizeof(double))};
        if (!s.values)
            return ns_fail(err, NS_ENOMEM, "out of memory");
        if (requests)
            take_requests(side, metric, &s);
        else
            take_times(times, &s);
        cut_samples(&s, percentile, out);
        ns_free(s.values);
    } else {
        out->why = why_none(metric);
    }
    return NS_OK;
}

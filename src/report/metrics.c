#include "report/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/aggregate.h"

typedef struct maker {
    void (*each)(void *opaque, const char *name, double value);
    void *opaque;
} maker;

static void give(const maker *m, const char *prefix, const char *middle, const char *last,
                 double value)
{
    char name[160];
    snprintf(name, sizeof name, "%s%s%s%s%s", prefix, middle ? "." : "", middle ? middle : "",
             last[0] ? "." : "", last);
    m->each(m->opaque, name, value);
}

// -- What a run has -------------------------------------------------------------------------------

static void give_hist(const maker *m, const char *prefix, const char *middle, const ns_hist *hist)
{
    static const struct {
        const char *name;
        double percentile;
    } list[] = {{"p50", 50}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"max", 100}};
    give(m, prefix, middle, "mean", ns_hist_mean(hist));
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        give(m, prefix, middle, list[i].name,
             list[i].percentile == 100 ? (double)ns_hist_max(hist)
                                       : (double)ns_hist_percentile(hist, list[i].percentile));
}

static void give_class(const maker *m, const char *name, const ns_class_totals *c)
{
    int64_t asked = c->count + c->unfinished;
    double seconds = (double)(c->last_done - c->first_arrival) / 1e9;
    if (c->count > 0)
        give_hist(m, "request", name, c->latency);
    give(m, "request", name, "throughput",
         seconds > 0 ? (double)(c->count - c->errors) / seconds : 0);
    give(m, "request", name, "errors",
         asked > 0 ? (double)(c->errors + c->unfinished) / (double)asked : 0);
    give(m, "request", name, "count", (double)c->count);
}

static int give_requests(const maker *m, const ns_summary *s, ns_err *err)
{
    ns_class_totals all = {0};
    if (s->class_count == 0)
        return NS_OK;
    int rc = ns_hist_new(&all.latency, err);
    if (rc != NS_OK)
        return rc;
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *c = &s->classes[i];
        ns_hist_add(all.latency, c->latency);
        all.count += c->count;
        all.errors += c->errors;
        all.unfinished += c->unfinished;
        if (c->count > 0 && (all.last_done == 0 || c->first_arrival < all.first_arrival))
            all.first_arrival = c->first_arrival;
        if (c->last_done > all.last_done)
            all.last_done = c->last_done;
    }
    give_class(m, NULL, &all);
    ns_hist_free(all.latency);
    for (int i = 0; i < s->class_count && s->class_count > 1; i++)
        give_class(m, s->classes[i].cls, &s->classes[i]);
    return NS_OK;
}

static void give_pool(const maker *m, const ns_summary *s, const ns_figures *f)
{
    if (s->tasks == 0)
        return;
    give_hist(m, "pool.wait", NULL, s->queue);
    for (int i = 0; i < s->kind_count && s->kind_count > 1; i++)
        give_hist(m, "pool.wait", s->kinds[i].kind, s->kinds[i].queue);
    give(m, "pool", NULL, "utilization", f->pool_busy);
    if (f->pool_full >= 0)
        give(m, "pool", NULL, "full", f->pool_full);
}

static void give_loop(const maker *m, const ns_summary *s, const ns_figures *f,
                      const ns_delay *delay)
{
    give(m, "loop.delay", NULL, "p50", (double)ns_delay_percentile(delay, 50));
    give(m, "loop.delay", NULL, "p99", (double)ns_delay_percentile(delay, 99));
    give(m, "loop.delay", NULL, "max", (double)ns_delay_percentile(delay, 100));
    if (ns_hist_count(s->event_wait) > 0) {
        give(m, "loop.wait", NULL, "mean", ns_hist_mean(s->event_wait));
        give(m, "loop.wait", NULL, "p99", (double)ns_hist_percentile(s->event_wait, 99));
    }
    give(m, "loop", NULL, "utilization", f->utilization);
}

static void give_gc(const maker *m, const ns_summary *s)
{
    const ns_call_totals *young = &s->gc[NS_GC_SCAVENGES].pauses, *full = &s->gc[NS_GC_FULL].pauses;
    int64_t count = young->count + full->count, total = young->total + full->total;
    int64_t longest = young->longest > full->longest ? young->longest : full->longest;
    if (count > 0) {
        give(m, "gc.pause", NULL, "mean", (double)total / (double)count);
        give(m, "gc.pause", NULL, "max", (double)longest);
    }
    give(m, "gc.pause", NULL, "total", (double)total);
    give(m, "gc", NULL, "count", (double)count);
    if (count > 0)
        give(m, "gc.safepoint", NULL, "max", (double)s->heap.waits.longest);
    give(m, "gc.safepoint", NULL, "total", (double)s->heap.waits.total);
    if (count > 0)
        give(m, "heap", NULL, "max", (double)s->heap.largest);
}

int ns_metrics_make(ns_summary *s, const ns_run_info *info,
                    void (*each)(void *opaque, const char *name, double value), void *opaque,
                    ns_err *err)
{
    const maker m = {each, opaque};
    ns_figures figures;
    ns_delay delay;
    int rc = ns_figures_make(s, info, &figures, &delay, err);
    if (rc == NS_OK)
        rc = give_requests(&m, s, err);
    if (rc != NS_OK)
        return rc;
    if (!figures.no_rows) {
        give_pool(&m, s, &figures);
        give_loop(&m, s, &figures, &delay);
    }
    give_gc(&m, s);
    if (info->cpu_ns > 0 && figures.virtual_ns > 0 && info->cores > 0) {
        give(&m, "cpu", NULL, "utilization",
             (double)info->cpu_ns / (double)figures.virtual_ns / info->cores);
        give(&m, "cpu", NULL, "time", (double)info->cpu_ns);
    }
    give(&m, "time", NULL, "", (double)figures.virtual_ns);
    return NS_OK;
}

// -- Names ----------------------------------------------------------------------------------------

// What may follow a prefix, with any middle part where the prefix allows it.
static const struct {
    const char *prefix, *last;
    bool middle; // a class or kind of task may stand between
    ns_metric_kind kind;
    const char *title;
} known[] = {
    {"request", "throughput", true, {NS_METRIC_RATE, 1}, "requests answered without error"},
    {"request", "errors", true, {NS_METRIC_SHARE, -1}, "requests that failed"},
    {"request", "count", true, {NS_METRIC_NUMBER, 0}, "finished requests"},
    {"request", "%", true, {NS_METRIC_NS, -1}, "latency of requests"},
    {"pool.wait", "%", true, {NS_METRIC_NS, -1}, "time in the pool's queue"},
    {"pool", "utilization", false, {NS_METRIC_SHARE, 0}, "utilization of the pool"},
    {"pool", "full", false, {NS_METRIC_SHARE, 0}, "share of the run with every pool thread busy"},
    {"loop.delay", "%", false, {NS_METRIC_NS, -1}, "loop delay of an event at a random moment"},
    {"loop.wait", "%", false, {NS_METRIC_NS, -1}, "time that events waited for the loop"},
    {"loop", "utilization", false, {NS_METRIC_SHARE, 0}, "utilization of the event loop"},
    {"gc.pause", "total", false, {NS_METRIC_NS, -1}, "time in pauses of garbage collection"},
    {"gc.pause", "%", false, {NS_METRIC_NS, -1}, "pauses of garbage collection"},
    {"gc.safepoint", "max", false, {NS_METRIC_NS, -1}, "waits of pauses for threads that compile"},
    {"gc.safepoint",
     "total",
     false,
     {NS_METRIC_NS, -1},
     "time in which pauses waited for threads that compile"},
    {"gc", "count", false, {NS_METRIC_NUMBER, 0}, "garbage collections"},
    {"heap", "max", false, {NS_METRIC_BYTES, -1}, "most of the heap in use"},
    {"cpu", "utilization", false, {NS_METRIC_SHARE, 0}, "utilization of the cores"},
    {"cpu", "time", false, {NS_METRIC_NS, 0}, "core time"},
    {"time", "", false, {NS_METRIC_NS, -1}, "virtual time of the run"},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static const char *const statistics[][2] = {
    {"mean", "mean"},           {"p50", "median"},          {"p90", "90th percentile"},
    {"p95", "95th percentile"}, {"p99", "99th percentile"}, {"max", "longest"},
};
enum { STATISTICS = sizeof statistics / sizeof statistics[0] };

static const char *statistic_of(const char *last)
{
    for (int i = 0; i < STATISTICS; i++)
        if (strcmp(statistics[i][0], last) == 0)
            return statistics[i][1];
    return NULL;
}

// The index in `known`; *middle and *length: the class or kind in the name.
static int find(const char *name, const char **middle, size_t *length)
{
    const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : "";
    size_t head = dot ? (size_t)(dot - name) : strlen(name);
    for (int i = 0; i < KNOWN; i++) {
        size_t prefix = strlen(known[i].prefix);
        bool fits =
            known[i].last[0] == '%' ? statistic_of(last) != NULL : strcmp(known[i].last, last) == 0;
        if (!fits || head < prefix || strncmp(name, known[i].prefix, prefix) != 0)
            continue;
        if (head > prefix && (!known[i].middle || name[prefix] != '.' || head == prefix + 1))
            continue;
        *middle = name + prefix + (head > prefix);
        *length = head > prefix ? head - prefix - 1 : 0;
        return i;
    }
    return -1;
}

bool ns_metric_parse(const char *name, ns_metric_kind *kind)
{
    const char *middle;
    size_t length;
    int at = find(name, &middle, &length);
    if (at >= 0)
        *kind = known[at].kind;
    return at >= 0;
}

void ns_metric_title(const char *name, char *out, size_t size)
{
    const char *middle, *dot = strrchr(name, '.');
    size_t length;
    int at = find(name, &middle, &length);
    if (at < 0) {
        snprintf(out, size, "%s", name);
        return;
    }
    const char *statistic = known[at].last[0] == '%' && dot ? statistic_of(dot + 1) : NULL;
    snprintf(out, size, "%s%s%.*s%s%s", known[at].title, length ? " of " : "", (int)length, middle,
             statistic ? ": " : "", statistic ? statistic : "");
}

double ns_metric_percentile(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot[1] == 'p' && dot[2] >= '0' && dot[2] <= '9' ? strtod(dot + 2, NULL) : -1;
}

// -- Values ---------------------------------------------------------------------------------------

typedef struct scale {
    double least; // of values that take it
    double factor;
    const char *unit;
} scale;

static const scale times[] = {
    {1e9, 1e-9, " s"}, {1e6, 1e-6, " ms"}, {1e3, 1e-3, " us"}, {0, 1, " ns"}};
static const scale sizes[] = {{1 << 30, 1.0 / (1 << 30), " GiB"},
                              {1 << 20, 1.0 / (1 << 20), " MiB"},
                              {1 << 10, 1.0 / (1 << 10), " KiB"},
                              {0, 1, " B"}};
static const scale share[] = {{0, 100, "%"}};
static const scale rate[] = {{0, 1, "/s"}};
static const scale number[] = {{0, 1, ""}};

void ns_metric_format(double value, ns_metric_unit unit, bool sign, char *out, size_t size)
{
    static const scale *const scales[] = {[NS_METRIC_NS] = times,
                                          [NS_METRIC_SHARE] = share,
                                          [NS_METRIC_RATE] = rate,
                                          [NS_METRIC_NUMBER] = number,
                                          [NS_METRIC_BYTES] = sizes};
    double size_of = fabs(value);
    if (value != value) {
        snprintf(out, size, "-");
        return;
    }
    if (size_of == INFINITY) {
        snprintf(out, size, "%sinf", value < 0 ? "-" : sign ? "+" : "");
        return;
    }
    const scale *s = scales[unit];
    while (s->least > 0 && size_of < s->least * 0.9995)
        s++;
    double shown = value * s->factor, absolute = fabs(shown);
    int decimals = absolute >= 99.95 || absolute == 0 ? 0
                   : absolute >= 9.995                ? 1
                   : absolute >= 0.9995               ? 2
                                                      : 3;
    if (unit == NS_METRIC_NUMBER && absolute == floor(absolute))
        decimals = 0;
    if (snprintf(out, size, sign ? "%+.*f%s" : "%.*f%s", decimals, shown, s->unit) >= (int)size)
        out[size - 1] = '\0';
}

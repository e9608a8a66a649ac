#include "sweep/table_metrics.h"

#include <fnmatch.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "report/metrics.h"
#include "sweep/table.h"

// The first that is there decides the recommendation.
const char *const ns_table_usual[] = {
    "request.p99",      "request.p95",    "request.p50",  "request.mean",    "request.throughput",
    "request.errors",   "pool.wait.p99",  "time",         "loop.delay.p99",  "pool.utilization",
    "loop.utilization", "gc.pause.total", "gc.pause.max", "cpu.utilization", NULL};

static void add(ns_chosen *c, int metric)
{
    for (int i = 0; i < c->count; i++)
        if (c->list[i] == metric)
            return;
    c->list[c->count++] = metric;
}

static void drop(ns_chosen *c, int metric)
{
    int kept = 0;
    for (int i = 0; i < c->count; i++)
        if (c->list[i] != metric)
            c->list[kept++] = c->list[i];
    c->count = kept;
}

static int unknown(const ns_data *data, const char *pattern, ns_err *err)
{
    ns_suggest near = {.word = pattern};
    for (int m = 0; m < data->metric_count; m++)
        ns_suggest_offer(&near, data->metrics[m]);
    return ns_fail(err, NS_EINVAL, "--metric: the sweep has no metric \"%s\"%s%s%s; --metric list",
                   pattern, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                   near.best ? "\"?" : "");
}

int ns_table_choose(const ns_data *data, const char *const *patterns, ns_chosen *c, ns_err *err)
{
    bool given = patterns && patterns[0];
    c->list = ns_calloc((size_t)data->metric_count + 1, sizeof *c->list);
    if (!c->list)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (data->metric_count == 0)
        return NS_OK; // every run is broken
    for (patterns = given ? patterns : ns_table_usual; *patterns; patterns++) {
        bool found = false;
        for (int m = 0; m < data->metric_count; m++) {
            if (fnmatch(*patterns, data->metrics[m], 0) != 0)
                continue;
            found = true;
            add(c, m);
        }
        if (given && !found)
            return unknown(data, *patterns, err);
    }
    // How long a program with arrivals runs is what the workload says.
    if (!given && ns_data_metric(data, "request.count") >= 0)
        drop(c, ns_data_metric(data, "time"));
    return NS_OK;
}

int ns_table_primary(const ns_data *data, const ns_chosen *c)
{
    for (int i = 0; i < c->count; i++) {
        ns_metric_kind kind = {0};
        if (ns_metric_parse(data->metrics[c->list[i]], &kind) && kind.better)
            return c->list[i];
    }
    return -1;
}

bool ns_table_thin(const ns_data *data, int metric)
{
    const char *name = data->metrics[metric];
    double percentile = ns_metric_percentile(name);
    if (percentile < 0 || strncmp(name, "request.", 8) != 0)
        return false;
    char count[160];
    snprintf(count, sizeof count, "%.*s.count", (int)(strrchr(name, '.') - name), name);
    int at = ns_data_metric(data, count);
    for (int run = 0; at >= 0 && run < data->point_count * data->replicates; run++)
        if (data->values[run * data->metric_count + at] * (100 - percentile) / 100 < 10 - 1e-6)
            return true;
    return false;
}

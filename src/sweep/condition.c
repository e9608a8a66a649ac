#include "sweep/condition.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/stats.h"
#include "sim/student.h"

// As everywhere in nsim: fewer samples beyond a percentile make it thin.
enum { BEYOND = 10 };

typedef struct decider {
    const ns_condition *condition;
    const ns_data *data;
    int point, runs;
    double *values; // one per group of runs
    int count;
    ns_err *err;
} decider;

static int no_memory(const decider *d)
{
    return ns_fail(d->err, NS_ENOMEM, "out of memory");
}

// -- Histograms -----------------------------------------------------------------------------------

// Whether a histogram of the database is of the metric: "request.p99" is of all "request.CLASS",
// "pool.wait.KIND.p99" of "pool.queue.KIND".
static bool is_part(const char *metric, const char *histogram)
{
    size_t length = (size_t)(strrchr(metric, '.') - metric), request = strlen("request");
    if (length == request)
        return strncmp(histogram, "request.", request + 1) == 0;
    if (strncmp(metric, "request.", request + 1) == 0)
        return strlen(histogram) == length && strncmp(histogram, metric, length) == 0;
    size_t wait = strlen("pool.wait"), queue = strlen("pool.queue");
    return strncmp(histogram, "pool.queue", queue) == 0 &&
           strlen(histogram) - queue == length - wait &&
           strncmp(histogram + queue, metric + wait, length - wait) == 0;
}

// Add what run `run` of the point recorded.
static int add_run(const decider *d, int run, ns_hist *sum)
{
    int index = d->point * d->data->replicates + run;
    for (int i = d->data->first_histogram[index]; i < d->data->first_histogram[index + 1]; i++) {
        const ns_data_histogram *h = &d->data->histograms[i];
        ns_hist *hist = NULL;
        if (!is_part(d->condition->metric, h->metric))
            continue;
        int rc = ns_hist_decode(&hist, h->encoded, d->err);
        if (rc != NS_OK)
            return rc;
        ns_hist_add(sum, hist);
        ns_hist_free(hist);
    }
    return NS_OK;
}

// Samples of the smallest run; 0 when there is no histogram of the metric.
static int smallest_run(const decider *d, ns_hist *scratch, int64_t *out)
{
    *out = INT64_MAX;
    for (int run = 0; run < d->runs; run++) {
        ns_hist_reset(scratch);
        int rc = add_run(d, run, scratch);
        if (rc != NS_OK)
            return rc;
        int64_t count = ns_hist_count(scratch);
        *out = count < *out ? count : *out;
    }
    return NS_OK;
}

// The percentile of each group of `together` runs.
static int pool_runs(decider *d, ns_hist *scratch, double percentile, int together)
{
    for (int first = 0; first + together <= d->runs; first += together) {
        ns_hist_reset(scratch);
        for (int run = first; run < first + together; run++) {
            int rc = add_run(d, run, scratch);
            if (rc != NS_OK)
                return rc;
        }
        d->values[d->count++] = (double)ns_hist_percentile(scratch, percentile);
    }
    return NS_OK;
}

// -- Values ---------------------------------------------------------------------------------------

static int no_metric(const decider *d)
{
    return ns_fail(d->err, NS_EINVAL,
                   "the runs have no metric %s; those that they have: nsim sweep DATABASE --metric "
                   "list",
                   d->condition->metric);
}

static int plain_values(decider *d)
{
    const ns_data *data = d->data;
    int metric = ns_data_metric(data, d->condition->metric);
    int at = d->point * data->replicates, there = 0;
    for (int run = 0; run < d->runs; run++) {
        double value = metric < 0 ? NAN : data->values[(at + run) * data->metric_count + metric];
        there += !isnan(value);
        d->values[d->count++] = value;
    }
    return there > 0 ? NS_OK : no_metric(d);
}

static int take_values(decider *d, ns_finding *out)
{
    double percentile = ns_metric_percentile(d->condition->metric);
    ns_hist *scratch = NULL;
    int64_t smallest = 0;
    out->together = 1;
    out->beyond = -1;
    bool recorded = percentile >= 0 && (strncmp(d->condition->metric, "request.", 8) == 0 ||
                                        strncmp(d->condition->metric, "pool.wait.", 10) == 0);
    if (recorded && ns_data_metric(d->data, d->condition->metric) < 0)
        return no_metric(d);
    if (!recorded)
        return plain_values(d);
    int rc = ns_hist_new(&scratch, d->err);
    if (rc == NS_OK)
        rc = smallest_run(d, scratch, &smallest);
    if (rc == NS_OK) {
        double beyond = (double)smallest * (100 - percentile) / 100 + 1e-6;
        out->beyond = (int64_t)beyond;
        out->together = beyond >= BEYOND ? 1 : (int)ceil(BEYOND / fmax(beyond, 1e-3));
        // Where no group is whole, all of them together show at least where it lies.
        int group = out->together <= d->runs ? out->together : d->runs;
        rc = group == 1 ? plain_values(d) : pool_runs(d, scratch, percentile, group);
    }
    ns_hist_free(scratch);
    return rc;
}

// -- Deciding -------------------------------------------------------------------------------------

static void decide(const decider *d, double level, double level_fail, ns_finding *out)
{
    const ns_condition *c = d->condition;
    const ns_estimate *e = &out->estimate;
    double slack = c->below ? c->bound - e->mean : e->mean - c->bound;
    out->holds = slack > 0 || (slack == 0 && c->or_equal);
    out->decision = NS_DECISION_OPEN;
    if (e->count < 2 || out->together > d->runs / 2)
        return;
    double error = e->stddev / sqrt(e->count);
    if (error == 0) { // chance has no part in it
        out->decision = out->holds ? NS_DECISION_HOLDS : NS_DECISION_FAILS;
        return;
    }
    double p = ns_student_above(fabs(slack) / error, e->count - 1);
    if (out->holds && p <= level)
        out->decision = NS_DECISION_HOLDS;
    if (!out->holds && p <= level_fail)
        out->decision = NS_DECISION_FAILS;
}

int ns_condition_decide(const ns_condition *condition, const ns_data *data, int point, int runs,
                        double level, double level_fail, ns_finding *out, ns_err *err)
{
    decider d = {.condition = condition, .data = data, .point = point, .runs = runs, .err = err};
    *out = (ns_finding){0};
    d.values = ns_calloc((size_t)runs + 1, sizeof *d.values);
    int rc = d.values ? take_values(&d, out) : no_memory(&d);
    if (rc == NS_OK)
        rc = ns_estimate_make(d.values, d.count, &out->estimate, err);
    if (rc == NS_OK)
        decide(&d, level, level_fail, out);
    ns_free(d.values);
    return rc;
}

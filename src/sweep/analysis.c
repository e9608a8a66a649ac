#include "sweep/analysis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/metrics.h"
#include "sim/stats.h"
#include "sim/student.h"

static const double level = 0.05;

// -- Means ----------------------------------------------------------------------------------------

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Between the order statistics, which lie at 0, 1/(n-1) ... 1.
static double quantile(const double *sorted, int count, double p)
{
    double at = p * (count - 1);
    int below = (int)at;
    if (below >= count - 1)
        return sorted[count - 1];
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

int ns_estimate_make(const double *values, int count, ns_estimate *out, ns_err *err)
{
    ns_moments m = {0};
    double *sorted = ns_calloc((size_t)count + 1, sizeof *sorted);
    if (!sorted)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    *out = (ns_estimate){.mean = NAN, .low = NAN, .high = NAN, .p10 = NAN, .p50 = NAN, .p90 = NAN};
    for (int i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        sorted[out->count++] = values[i];
        ns_moments_add(&m, values[i]);
    }
    if (out->count > 0) {
        double half = ns_moments_ci95(&m);
        qsort(sorted, (size_t)out->count, sizeof *sorted, ascending);
        out->mean = m.mean;
        out->stddev = sqrt(ns_moments_variance(&m));
        out->low = m.mean - half;
        out->high = m.mean + half;
        out->p10 = quantile(sorted, out->count, 0.1);
        out->p50 = quantile(sorted, out->count, 0.5);
        out->p90 = quantile(sorted, out->count, 0.9);
    }
    ns_free(sorted);
    return NS_OK;
}

// -- Differences ----------------------------------------------------------------------------------

static void conclude(ns_difference *d, double mean, double error, double degrees)
{
    d->mean = mean;
    d->degrees = degrees;
    if (degrees <= 0) {
        d->low = -INFINITY;
        d->high = INFINITY;
        d->p = 1;
        return;
    }
    // Where all differences are the same, chance has no part in them.
    d->t = error > 0 ? mean / error : mean == 0 ? 0 : copysign(INFINITY, mean);
    double half = error > 0 ? ns_student_quantile(1 - level / 2, degrees) * error : 0;
    d->low = mean - half;
    d->high = mean + half;
    d->p = d->t == 0 ? 1 : 2 * ns_student_above(fabs(d->t), degrees);
}

void ns_difference_paired(const double *a, const double *b, int count, ns_difference *out)
{
    ns_moments m = {0};
    *out = (ns_difference){.mean = NAN, .low = NAN, .high = NAN, .p = 1};
    for (int i = 0; i < count; i++)
        if (!isnan(a[i]) && !isnan(b[i]))
            ns_moments_add(&m, b[i] - a[i]);
    out->pairs = (int)m.count;
    if (m.count == 0)
        return;
    double n = (double)m.count;
    conclude(out, m.mean, sqrt(ns_moments_variance(&m) / n), n - 1);
}

void ns_difference_welch(const double *a, int a_count, const double *b, int b_count,
                         ns_difference *out)
{
    ns_moments x = {0}, y = {0};
    *out = (ns_difference){.mean = NAN, .low = NAN, .high = NAN, .p = 1};
    for (int i = 0; i < a_count; i++)
        if (!isnan(a[i]))
            ns_moments_add(&x, a[i]);
    for (int i = 0; i < b_count; i++)
        if (!isnan(b[i]))
            ns_moments_add(&y, b[i]);
    if (x.count == 0 || y.count == 0)
        return;
    double difference = y.mean - x.mean;
    if (x.count < 2 || y.count < 2) {
        conclude(out, difference, 0, 0);
        return;
    }
    double vx = ns_moments_variance(&x) / (double)x.count;
    double vy = ns_moments_variance(&y) / (double)y.count, sum = vx + vy;
    double degrees =
        sum > 0 ? sum * sum / (vx * vx / (double)(x.count - 1) + vy * vy / (double)(y.count - 1))
                : (double)(x.count + y.count - 2);
    conclude(out, difference, sqrt(sum), degrees);
}

// -- The best -------------------------------------------------------------------------------------

static bool whole(const ns_data *data, int point)
{
    for (int r = 0; r < data->replicates; r++) {
        const ns_data_run *run = &data->runs[point * data->replicates + r];
        if (run->there && !run->usable)
            return false;
    }
    return true;
}

// What is worse is greater.
static double badness(const ns_ranking *ranking, double value)
{
    return ranking->better > 0 ? -value : value;
}

static void find_best(ns_ranking *ranking, const ns_data *data)
{
    for (int p = 0; p < data->point_count; p++) {
        if (ranking->estimates[p].count == 0 || !whole(data, p))
            continue;
        ranking->compared++;
        if (ranking->best < 0 || badness(ranking, ranking->estimates[p].mean) <
                                     badness(ranking, ranking->estimates[ranking->best].mean))
            ranking->best = p;
    }
}

static ns_mark compare(const ns_ranking *ranking, const ns_difference *d)
{
    if (d->degrees <= 0)
        return NS_MARK_NONE;
    double t = badness(ranking, d->t);
    double p = t > 0 ? ns_student_above(t, d->degrees) : 1;
    int comparisons = ranking->compared - 1;
    return p <= level / (comparisons > 1 ? comparisons : 2) ? NS_MARK_WORSE : NS_MARK_EQUAL;
}

static double number_of(const char *text, bool *is_number)
{
    char *end;
    double value = strtod(text, &end);
    *is_number = end != text && *end == '\0';
    return value;
}

// The place of a point's value among those of its key: by size where all are numbers (also with a
// unit the order of the list is kept: whoever wrote it began with the smallest), else as listed.
static int rank_of(const ns_data *data, int point, int key)
{
    bool numbers = true, is_number;
    for (int p = 0; p < data->point_count && numbers; p++)
        number_of(data->points[p].values[key], &numbers);
    const char *own = data->points[point].values[key];
    double value = number_of(own, &is_number);
    int rank = 0;
    for (int p = 0; p < data->point_count; p++) {
        const char *other = data->points[p].values[key];
        bool first = true; // of the points with this value
        for (int q = 0; q < p && first; q++)
            first = strcmp(data->points[q].values[key], other) != 0;
        if (!first)
            continue;
        if (!numbers && strcmp(other, own) == 0)
            break;
        rank += numbers ? number_of(other, &is_number) < value : 1;
    }
    return rank;
}

// With few replicates a setting may be much worse without being significantly so. Nobody wants that
// one recommended because it is small: its mean must be near the best one, too.
static bool near_best(const ns_ranking *ranking, int point)
{
    static const double most = 0.1;
    double best = ranking->estimates[ranking->best].mean;
    return fabs(ranking->estimates[point].mean - best) <= most * fabs(best);
}

// The smallest setting: the lowest sum of ranks over the keys.
static void recommend(ns_ranking *ranking, const ns_data *data)
{
    int lowest = 0;
    for (int p = 0; p < data->point_count; p++) {
        if (ranking->marks[p] == NS_MARK_NONE || ranking->marks[p] == NS_MARK_WORSE ||
            !near_best(ranking, p))
            continue;
        int sum = 0;
        for (int k = 0; k < data->key_count; k++)
            sum += rank_of(data, p, k);
        if (ranking->recommended < 0 || sum < lowest) {
            ranking->recommended = p;
            lowest = sum;
        }
    }
}

static void rank(ns_ranking *ranking, const ns_data *data, const double *values)
{
    int equal = 0, unknown = 0;
    find_best(ranking, data);
    if (ranking->best < 0)
        return;
    const double *best = &values[ranking->best * data->replicates];
    for (int p = 0; p < data->point_count; p++) {
        ns_difference_paired(best, &values[p * data->replicates], data->replicates,
                             &ranking->to_best[p]);
        if (p == ranking->best || ranking->estimates[p].count == 0 || !whole(data, p))
            continue;
        ranking->marks[p] = compare(ranking, &ranking->to_best[p]);
        equal += ranking->marks[p] == NS_MARK_EQUAL;
        unknown += ranking->marks[p] == NS_MARK_NONE;
    }
    if (ranking->compared < 2 || unknown == ranking->compared - 1)
        return;
    ranking->marks[ranking->best] = equal + unknown == 0 ? NS_MARK_BEST : NS_MARK_LEADING;
    recommend(ranking, data);
}

int ns_ranking_make(ns_ranking *out, const ns_data *data, int metric, ns_err *err)
{
    size_t points = (size_t)data->point_count;
    ns_metric_kind kind = {0};
    ns_metric_parse(data->metrics[metric], &kind);
    *out = (ns_ranking){.better = kind.better, .best = -1, .recommended = -1};
    out->marks = ns_calloc(points + 1, sizeof *out->marks);
    out->estimates = ns_calloc(points + 1, sizeof *out->estimates);
    out->to_best = ns_calloc(points + 1, sizeof *out->to_best);
    double *values = ns_calloc(points * (size_t)data->replicates + 1, sizeof *values);
    int rc = out->marks && out->estimates && out->to_best && values
                 ? NS_OK
                 : ns_fail(err, NS_ENOMEM, "out of memory");
    for (int p = 0; p < data->point_count && rc == NS_OK; p++) {
        out->to_best[p] = (ns_difference){.mean = NAN, .low = NAN, .high = NAN, .p = 1};
        ns_data_values(data, p, metric, &values[p * data->replicates]);
        rc = ns_estimate_make(&values[p * data->replicates], data->replicates, &out->estimates[p],
                              err);
    }
    if (rc == NS_OK && kind.better)
        rank(out, data, values);
    ns_free(values);
    if (rc != NS_OK)
        ns_ranking_free(out);
    return rc;
}

void ns_ranking_free(ns_ranking *ranking)
{
    ns_free(ranking->marks);
    ns_free(ranking->estimates);
    ns_free(ranking->to_best);
    *ranking = (ns_ranking){0};
}

// -- In words -------------------------------------------------------------------------------------

// "node.threadpool=8", "node.threadpool=8, machine.cores=4"
static void describe(const ns_data *data, int point, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (int k = 0; k < data->key_count && n < size; k++)
        n += (size_t)snprintf(out + n, size - n, "%s%s=%s", k ? ", " : "", data->keys[k],
                              data->points[point].values[k]);
}

void ns_ranking_sentence(const ns_ranking *r, const ns_data *data, int metric, char *out,
                         size_t size)
{
    const char *name = data->metrics[metric];
    char chosen[256], best[256], value[48], other[48], more[48], low[48], high[48];
    ns_metric_kind kind = {0};
    ns_metric_parse(name, &kind);
    if (r->recommended < 0) {
        snprintf(out, size,
                 "For %s nothing can be recommended: it takes two points or more with two "
                 "replicates or more that ended well.",
                 name);
        return;
    }
    int p = r->recommended;
    describe(data, p, chosen, sizeof chosen);
    describe(data, r->best, best, sizeof best);
    ns_metric_format(r->estimates[p].mean, kind.unit, false, value, sizeof value);
    ns_metric_format(r->estimates[r->best].mean, kind.unit, false, other, sizeof other);
    if (r->marks[r->best] == NS_MARK_BEST) {
        snprintf(out, size, "For %s take %s: %s, significantly better than every other point.",
                 name, chosen, value);
    } else if (p == r->best) {
        snprintf(out, size,
                 "For %s take %s: %s, the best mean, and the smallest setting of those that are "
                 "within 10%% of it and not significantly worse.",
                 name, chosen, value);
    } else {
        const ns_difference *d = &r->to_best[p];
        ns_metric_format(d->mean, kind.unit, true, more, sizeof more);
        ns_metric_format(d->low, kind.unit, true, low, sizeof low);
        ns_metric_format(d->high, kind.unit, true, high, sizeof high);
        snprintf(out, size,
                 "For %s take %s: %s, the smallest setting that is within 10%% of the best and not "
                 "significantly worse (%s: %s; difference %s, 95%% interval %s to %s).",
                 name, chosen, value, best, other, more, low, high);
    }
}

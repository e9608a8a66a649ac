#include "sweep/compare.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sweep/batches.h"

enum { CHANGES_MAX = 512 };

typedef struct comparer {
    ns_comparison *c;
    const ns_side *left, *right;
    ns_err *err;
} comparer;

static int no_memory(const comparer *p)
{
    return ns_fail(p->err, NS_ENOMEM, "out of memory");
}

// -- Configuration --------------------------------------------------------------------------------

static int add_change(comparer *p, const char *key, const cJSON *left, const cJSON *right)
{
    ns_comparison *c = p->c;
    char *a = left ? cJSON_PrintUnformatted(left) : NULL;
    char *b = right ? cJSON_PrintUnformatted(right) : NULL;
    ns_config_change *change = &c->changes[c->change_count];
    if (c->change_count < CHANGES_MAX && (a || b)) {
        change->key = ns_arena_strdup(&c->arena, key);
        change->left = a ? ns_arena_strdup(&c->arena, a) : NULL;
        change->right = b ? ns_arena_strdup(&c->arena, b) : NULL;
        c->change_count++;
    }
    bool failed = (a || b) && !change->key;
    cJSON_free(a);
    cJSON_free(b);
    return failed ? no_memory(p) : NS_OK;
}

// Keys of either side, down to what is no map; the name is a label, and seeds are told apart.
static int walk(comparer *p, const char *prefix, const cJSON *left, const cJSON *right)
{
    const cJSON *item;
    int rc = NS_OK;
    if (!cJSON_IsObject(left) || !cJSON_IsObject(right))
        return cJSON_Compare(left, right, 1) ? NS_OK : add_change(p, prefix, left, right);
    for (int side = 0; side < 2; side++) {
        const cJSON *map = side ? right : left;
        cJSON_ArrayForEach(item, map)
        {
            const cJSON *a = cJSON_GetObjectItemCaseSensitive(left, item->string);
            const cJSON *b = cJSON_GetObjectItemCaseSensitive(right, item->string);
            bool top = !prefix[0];
            if ((side && a) || (top && strcmp(item->string, "seed") == 0))
                continue;
            ns_buf key = {0};
            ns_buf_printf(&key, "%s%s%s", prefix, top ? "" : ".", item->string);
            if (rc == NS_OK)
                rc = key.failed ? no_memory(p) : walk(p, key.data, a, b);
            ns_buf_free(&key);
        }
    }
    return rc;
}

static int compare_config(comparer *p)
{
    p->c->changes = ns_arena_array(&p->c->arena, CHANGES_MAX + 1, sizeof *p->c->changes);
    cJSON *left = cJSON_Parse(p->left->config), *right = cJSON_Parse(p->right->config);
    int rc = p->c->changes && left && right ? walk(p, "", left, right) : no_memory(p);
    cJSON_Delete(left);
    cJSON_Delete(right);
    return rc;
}

// -- Single runs ----------------------------------------------------------------------------------

// The same requests at the same times.
static bool same_arrivals(const ns_side *a, const ns_side *b)
{
    if (a->request_count != b->request_count)
        return false;
    for (int i = 0; i < a->request_count; i++)
        if (a->requests[i].arrival != b->requests[i].arrival ||
            strcmp(a->requests[i].cls, b->requests[i].cls) != 0)
            return false;
    return true;
}

// Windows of both are at the same times, up to a hundredth of the run.
static bool same_span(const ns_batches *a, const ns_batches *b)
{
    double length = (double)(a->to - a->from) / 100;
    return fabs((double)(a->from - b->from)) < length && fabs((double)(a->to - b->to)) < length;
}

static int compare_batches(comparer *p, ns_compared *m)
{
    ns_batches x, y;
    int rc = ns_batches_make(&x, p->left, m->metric, p->err);
    if (rc == NS_OK)
        rc = ns_batches_make(&y, p->right, m->metric, p->err);
    if (rc != NS_OK)
        return rc;
    m->why = x.why ? x.why : y.why;
    if (m->why)
        return NS_OK;
    bool windows = x.kind == NS_BATCHES_WINDOWS;
    bool paired = p->left->request_count > 0 && same_arrivals(p->left, p->right) &&
                  (windows ? same_span(&x, &y)
                           : x.samples == y.samples && strncmp(m->metric, "request.", 8) == 0);
    double difference = m->right - m->left;
    if (paired)
        ns_difference_paired(x.values, y.values, x.count, &m->difference);
    else
        ns_difference_welch(x.values, x.count, y.values, y.count, &m->difference);
    // Around the difference of the runs, which that of the batches is near.
    double half = (m->difference.high - m->difference.low) / 2;
    m->difference.mean = difference;
    m->difference.low = difference - half;
    m->difference.high = difference + half;
    if (windows)
        m->method = paired ? NS_METHOD_WINDOWS_PAIRED : NS_METHOD_WINDOWS;
    else
        m->method = paired ? NS_METHOD_BATCHES_PAIRED : NS_METHOD_BATCHES;
    m->samples = x.count < y.count ? x.count : y.count;
    return NS_OK;
}

// -- Metrics --------------------------------------------------------------------------------------

// The values of the runs with the seeds of `like`, in that order; of all runs when it is NULL.
static void values_of(const ns_side *side, int metric, const ns_side *like, double *out)
{
    for (int i = 0; i < (like ? like->runs : side->runs); i++) {
        int run = like ? -1 : i;
        for (int r = 0; like && r < side->runs; r++)
            if (strcmp(side->seeds[r], like->seeds[i]) == 0)
                run = r;
        out[i] = run < 0 ? NAN : side->values[run * side->metric_count + metric];
    }
}

static int compare_runs(comparer *p, ns_compared *m, int left, int right)
{
    double *x = ns_calloc((size_t)p->left->runs + 1, sizeof *x);
    double *y = ns_calloc((size_t)(p->left->runs + p->right->runs) + 1, sizeof *y);
    int rc = x && y ? NS_OK : no_memory(p);
    if (rc == NS_OK) {
        values_of(p->left, left, NULL, x);
        values_of(p->right, right, p->c->same_seeds ? p->left : NULL, y);
        m->method = p->c->same_seeds ? NS_METHOD_PAIRED : NS_METHOD_WELCH;
        if (p->c->same_seeds)
            ns_difference_paired(x, y, p->left->runs, &m->difference);
        else
            ns_difference_welch(x, p->left->runs, y, p->right->runs, &m->difference);
        m->samples = p->left->runs < p->right->runs ? p->left->runs : p->right->runs;
        if (m->difference.degrees <= 0) {
            m->method = NS_METHOD_NONE;
            m->why = "too few replicates";
        }
    }
    ns_free(x);
    ns_free(y);
    return rc;
}

static int compare_metric(comparer *p, int left, int right)
{
    ns_compared *m = &p->c->metrics[p->c->metric_count];
    const char *name = p->left->metrics[left];
    *m = (ns_compared){.metric = name,
                       .left = ns_side_mean(p->left, left),
                       .right = ns_side_mean(p->right, right)};
    m->difference =
        (ns_difference){.mean = m->right - m->left, .low = -INFINITY, .high = INFINITY, .p = 1};
    if (!ns_metric_parse(name, &m->kind) || isnan(m->left) || isnan(m->right))
        return NS_OK;
    p->c->metric_count++;
    if (p->left->runs > 1 || p->right->runs > 1)
        return compare_runs(p, m, left, right);
    return compare_batches(p, m);
}

static int compare_metrics(comparer *p)
{
    p->c->metrics =
        ns_arena_array(&p->c->arena, (size_t)p->left->metric_count + 1, sizeof *p->c->metrics);
    int rc = p->c->metrics ? NS_OK : no_memory(p);
    for (int m = 0; m < p->left->metric_count && rc == NS_OK; m++) {
        int other = ns_side_metric(p->right, p->left->metrics[m]);
        if (other >= 0)
            rc = compare_metric(p, m, other);
    }
    return rc;
}

// -- Warnings -------------------------------------------------------------------------------------

static void warn(comparer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void warn(comparer *p, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *kept = ns_arena_strdup(&p->c->arena, text);
    if (kept && p->c->warning_count < NS_COMPARE_WARNINGS_MAX)
        p->c->warnings[p->c->warning_count++] = kept;
}

static bool same_seeds(const ns_side *a, const ns_side *b)
{
    int shared = 0;
    for (int i = 0; i < a->runs; i++)
        for (int r = 0; r < b->runs; r++)
            shared += strcmp(a->seeds[i], b->seeds[r]) == 0;
    return shared == a->runs && shared == b->runs;
}

static void look_for_doubts(comparer *p)
{
    const ns_side *a = p->left, *b = p->right;
    bool same_program = true;
    for (int i = 0; i < p->c->change_count; i++)
        same_program &= strcmp(p->c->changes[i].key, "script") != 0;
    if (strcmp(a->version, b->version) != 0)
        warn(p, "nsim %s made the left one, and %s the right one", a->version, b->version);
    if (!same_program)
        warn(p, "the programs differ: their scripts are not the same");
    else if (p->c->change_count == 0 && strcmp(a->seeds[0], b->seeds[0]) == 0 && a->hash != b->hash)
        warn(p,
             "the programs differ: the configuration is the same, and the hash of the workload "
             "is not (%016" PRIx64 ", %016" PRIx64 ")",
             a->hash, b->hash);
    if (!p->c->same_seeds)
        warn(p, "the seeds differ: the runs met other random numbers, and are not paired");
    const ns_side *sides[] = {a, b};
    for (int i = 0; i < 2; i++) {
        if (sides[i]->broken)
            warn(p, "%d runs of the %s one broke, and are left out", sides[i]->broken,
                 i ? "right" : "left");
        else if (!sides[i]->sweep && strcmp(sides[i]->status, "ok") != 0)
            warn(p, "the %s run ended with the status \"%s\"", i ? "right" : "left",
                 sides[i]->status);
    }
}

// -- Public ---------------------------------------------------------------------------------------

int ns_comparison_make(ns_comparison **out, const ns_side *left, const ns_side *right, ns_err *err)
{
    ns_comparison *c = *out = ns_calloc(1, sizeof *c);
    comparer p = {.c = c, .left = left, .right = right, .err = err};
    if (!c)
        return no_memory(&p);
    c->left = left;
    c->right = right;
    c->same_seeds = same_seeds(left, right);
    int rc = compare_config(&p);
    if (rc == NS_OK)
        rc = compare_metrics(&p);
    if (rc == NS_OK)
        look_for_doubts(&p);
    if (rc != NS_OK) {
        ns_comparison_free(c);
        *out = NULL;
    }
    return rc;
}

void ns_comparison_free(ns_comparison *comparison)
{
    if (!comparison)
        return;
    ns_arena_free(&comparison->arena);
    ns_free(comparison);
}

bool ns_compared_differs(const ns_compared *compared)
{
    return compared->method != NS_METHOD_NONE &&
           (compared->difference.low > 0 || compared->difference.high < 0);
}

const char *ns_method_name(ns_method method)
{
    static const char *const names[] = {
        [NS_METHOD_NONE] = "none",        [NS_METHOD_PAIRED] = "replicates, paired",
        [NS_METHOD_WELCH] = "replicates", [NS_METHOD_BATCHES_PAIRED] = "batches, paired",
        [NS_METHOD_BATCHES] = "batches",  [NS_METHOD_WINDOWS_PAIRED] = "windows, paired",
        [NS_METHOD_WINDOWS] = "windows"};
    return names[method];
}

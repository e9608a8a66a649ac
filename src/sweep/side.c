#include "sweep/side.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "report/db.h"
#include "report/metrics.h"
#include "sweep/data.h"
#include "sweep/db.h"
#include "sweep/rows.h"

typedef struct loader {
    ns_side *side;
    sqlite3 *db;
    const char *path, *choice; // what is before and after the colon
    int64_t *ids;              // of the runs
    int capacity;              // of what is being read
    ns_side_times *times;      // the same
    ns_err *err;
} loader;

static int no_memory(const loader *l)
{
    return ns_fail(l->err, NS_ENOMEM, "out of memory while comparing");
}

static const char *keep(loader *l, const char *text)
{
    return ns_arena_strdup(&l->side->arena, text ? text : "");
}

static int step_rows(loader *l, const char *sql, int64_t id,
                     int (*each)(void *opaque, sqlite3_stmt *row))
{
    return ns_rows_each(l->db, sql, id, each, l, l->err);
}

// Room for one more of `count` items in an array of the arena, which grows by copying.
static void *grow(loader *l, void *items, int count, size_t size)
{
    if (count < l->capacity)
        return items;
    int capacity = l->capacity ? l->capacity * 2 : 64;
    void *more = ns_arena_array(&l->side->arena, (size_t)capacity, size);
    if (more && items)
        memcpy(more, items, (size_t)l->capacity * size);
    if (more)
        l->capacity = capacity;
    return more;
}

// -- What both kinds have -------------------------------------------------------------------------

static int add_histogram(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_side *s = l->side;
    const char **pairs = grow(l, s->histograms, 2 * s->histogram_count + 1, sizeof *pairs);
    if (!pairs)
        return no_memory(l);
    s->histograms = pairs;
    pairs[2 * s->histogram_count] = keep(l, (const char *)sqlite3_column_text(row, 0));
    pairs[2 * s->histogram_count + 1] = keep(l, (const char *)sqlite3_column_text(row, 1));
    bool whole = pairs[2 * s->histogram_count] && pairs[2 * s->histogram_count + 1];
    s->histogram_count++;
    return whole ? NS_OK : no_memory(l);
}

static int load_histograms(loader *l)
{
    int rc = NS_OK;
    l->capacity = 0;
    for (int r = 0; r < l->side->runs && rc == NS_OK; r++)
        rc = step_rows(l, "SELECT metric, encoded FROM histogram WHERE run_id = ?1", l->ids[r],
                       add_histogram);
    return rc;
}

static int add_head(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_side *s = l->side;
    s->config = keep(l, (const char *)sqlite3_column_text(row, 0));
    s->version = keep(l, (const char *)sqlite3_column_text(row, 1));
    const char *hash = (const char *)sqlite3_column_text(row, 2);
    s->hash = hash ? strtoull(hash, NULL, 16) : 0;
    s->status = keep(l, (const char *)sqlite3_column_text(row, 3));
    return s->config && s->version && s->status ? NS_OK : no_memory(l);
}

static int load_head(loader *l)
{
    return step_rows(l,
                     "SELECT config_json, nsim_version, workload_hash, status FROM run"
                     " WHERE id = ?1",
                     l->ids[0], add_head);
}

// -- A single run ---------------------------------------------------------------------------------

static int add_request(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_side *s = l->side;
    ns_side_request *list = grow(l, s->requests, s->request_count, sizeof *list);
    if (!list)
        return no_memory(l);
    s->requests = list;
    const char *cls = (const char *)sqlite3_column_text(row, 2);
    // Few classes: one copy of each name.
    for (int i = s->request_count - 1; i >= 0 && i > s->request_count - 32; i--)
        if (strcmp(list[i].cls, cls) == 0) {
            cls = list[i].cls;
            break;
        }
    bool known = s->request_count > 0 && cls != (const char *)sqlite3_column_text(row, 2);
    list[s->request_count] =
        (ns_side_request){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                          sqlite3_column_int(row, 3) != 0, known ? cls : keep(l, cls)};
    return list[s->request_count++].cls ? NS_OK : no_memory(l);
}

// All columns of a row.
static int add_times(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_side_times *times = l->times;
    for (int column = 0; column < sqlite3_column_count(row); column++) {
        int64_t *list = grow(l, times->list, times->count, sizeof *list);
        if (!list)
            return no_memory(l);
        times->list = list;
        list[times->count++] = sqlite3_column_int64(row, column);
    }
    return NS_OK;
}

static int load_times(loader *l, int64_t id, ns_side_times *times, const char *sql)
{
    l->capacity = 0;
    l->times = times;
    return step_rows(l, sql, id, add_times);
}

static int load_all_times(loader *l, int64_t id)
{
    ns_side *s = l->side;
    int rc = load_times(l, id, &s->waits,
                        "SELECT start_ns - submit_ns FROM pool_task WHERE run_id = ?1"
                        " AND thread >= 0 ORDER BY id");
    if (rc == NS_OK)
        rc = load_times(l, id, &s->event_waits,
                        "SELECT t_ns - ready_ns FROM poller_event WHERE run_id = ?1 ORDER BY t_ns");
    if (rc == NS_OK)
        rc = load_times(l, id, &s->pauses,
                        "SELECT pause_ns FROM gc_event WHERE run_id = ?1 ORDER BY start_ns");
    if (rc == NS_OK)
        rc = load_times(l, id, &s->tasks,
                        "SELECT start_ns, end_ns FROM pool_task WHERE run_id = ?1 AND thread >= 0"
                        " ORDER BY start_ns, id");
    if (rc == NS_OK)
        rc = load_times(l, id, &s->idle,
                        "SELECT at, at + poll_wait_ns FROM (SELECT start_ns + early_timers_ns +"
                        "  pending_ns - late_pending_ns + idle_prepare_ns AS at, poll_wait_ns"
                        "  FROM loop_iteration WHERE run_id = ?1 ORDER BY seq)");
    return rc;
}

typedef struct metric_list {
    loader *l;
    bool failed;
} metric_list;

static void add_metric(void *opaque, const char *name, double value)
{
    metric_list *m = opaque;
    ns_side *s = m->l->side;
    enum { METRICS_MAX = 1024 };
    if (!s->metrics) {
        s->metrics = ns_arena_array(&s->arena, METRICS_MAX, sizeof *s->metrics);
        s->values = ns_arena_array(&s->arena, METRICS_MAX, sizeof *s->values);
    }
    m->failed |= !s->metrics || !s->values;
    if (m->failed || s->metric_count == METRICS_MAX)
        return;
    s->values[s->metric_count] = value;
    s->metrics[s->metric_count] = keep(m->l, name);
    m->failed |= !s->metrics[s->metric_count++];
}

static int load_figures(loader *l, int64_t id)
{
    ns_summary *summary = NULL;
    ns_run_info info = {0};
    metric_list m = {.l = l};
    int rc = ns_summary_new(&summary, l->err);
    if (rc == NS_OK)
        rc = ns_summary_load(summary, &info, l->path, id, l->err);
    if (rc == NS_OK)
        rc = ns_metrics_make(summary, &info, add_metric, &m, l->err);
    ns_summary_free(summary);
    return rc == NS_OK && m.failed ? no_memory(l) : rc;
}

static int load_run(loader *l)
{
    ns_side *s = l->side;
    int64_t id = l->choice ? strtoll(l->choice, NULL, 10) : 0;
    ns_run_info info = {0};
    sqlite3_stmt *row = NULL;
    if (l->choice && (!isdigit((unsigned char)l->choice[0]) || id < 1))
        return ns_fail(l->err, NS_EINVAL, "%s:%s: found \"%s\", expected the number of a run",
                       l->path, l->choice, l->choice);
    int rc = ns_db_run(l->db, &id, &info, &row, l->err);
    s->seeds = ns_arena_array(&s->arena, 1, sizeof *s->seeds);
    l->ids = ns_arena_array(&s->arena, 1, sizeof *l->ids);
    if (rc == NS_OK && (!s->seeds || !l->ids))
        rc = no_memory(l);
    if (rc == NS_OK) {
        id = sqlite3_column_int64(row, 0);
        l->ids[0] = id;
        s->runs = 1;
        s->pool_threads = info.pool_threads;
        s->virtual_ns = info.virtual_ns;
        s->seeds[0] = ns_arena_printf(&s->arena, "%" PRIu64, info.seed);
        s->label = ns_arena_printf(&s->arena, "%s, run %" PRId64, l->path, id);
        rc = s->seeds[0] && s->label ? load_head(l) : no_memory(l);
    }
    sqlite3_finalize(row);
    if (rc == NS_OK)
        rc = load_figures(l, id);
    if (rc == NS_OK)
        rc = step_rows(l,
                       "SELECT arrival_ns, done_ns - arrival_ns, class, status = 'ok' FROM request"
                       " WHERE run_id = ?1 AND warmup = 0 AND status <> 'unfinished'"
                       " ORDER BY arrival_ns, class, id",
                       id, add_request);
    return rc == NS_OK ? load_all_times(l, id) : rc;
}

// -- A point of a sweep ---------------------------------------------------------------------------

// Whether "node.threadpool=4,machine.cores=2" is the point.
static bool is_point(const ns_data *data, int point, const char *choice)
{
    for (const char *at = choice; *at;) {
        size_t length = strcspn(at, ",");
        const char *equals = memchr(at, '=', length);
        bool found = false;
        for (int k = 0; equals && k < data->key_count && !found; k++) {
            size_t key = (size_t)(equals - at), value = length - key - 1;
            const char *own = data->points[point].values[k];
            found = strlen(data->keys[k]) == key && strncmp(data->keys[k], at, key) == 0 &&
                    strlen(own) == value && strncmp(own, equals + 1, value) == 0;
        }
        if (!found)
            return false;
        at += length + (at[length] == ',');
    }
    return true;
}

static int choose_point(const loader *l, const ns_data *data, int *out)
{
    char *end = NULL;
    long number = l->choice ? strtol(l->choice, &end, 10) : 0;
    *out = -1;
    if (!l->choice && data->point_count == 1)
        *out = 0;
    else if (l->choice && *end == '\0' && number >= 1 && number <= data->point_count)
        *out = (int)number - 1;
    int fitting = 0;
    for (int p = 0; l->choice && *end && p < data->point_count; p++) {
        if (!is_point(data, p, l->choice))
            continue;
        fitting++;
        *out = p;
    }
    if (*out >= 0 && fitting <= 1)
        return NS_OK;
    return ns_fail(l->err, NS_EINVAL,
                   "%s%s%s: %s, expected one of its %d points: %s:1 to %s:%d, or %s:%s=%s", l->path,
                   l->choice ? ":" : "", l->choice ? l->choice : "",
                   fitting > 1 ? "several points are so"
                   : l->choice ? "no point is so"
                               : "it is a sweep",
                   data->point_count, l->path, l->path, data->point_count, l->path, data->keys[0],
                   data->point_count ? data->points[0].values[0] : "VALUE");
}

static int take_point(loader *l, const ns_data *data, int point)
{
    ns_side *s = l->side;
    size_t runs = (size_t)data->replicates, metrics = (size_t)data->metric_count;
    s->seeds = ns_arena_array(&s->arena, runs, sizeof *s->seeds);
    s->values = ns_arena_array(&s->arena, runs * metrics + 1, sizeof *s->values);
    s->metrics = ns_arena_array(&s->arena, metrics + 1, sizeof *s->metrics);
    l->ids = ns_arena_array(&s->arena, runs, sizeof *l->ids);
    s->label =
        ns_arena_printf(&s->arena, "%s, %s%s%s", l->path, data->key_count == 1 ? data->keys[0] : "",
                        data->key_count == 1 ? "=" : "", data->points[point].label);
    if (!s->seeds || !s->values || !s->metrics || !l->ids || !s->label)
        return no_memory(l);
    for (size_t m = 0; m < metrics; m++)
        if (!(s->metrics[m] = keep(l, data->metrics[m])))
            return no_memory(l);
    s->metric_count = data->metric_count;
    for (int r = 0; r < data->replicates; r++) {
        int at = point * data->replicates + r;
        s->broken += data->runs[at].there && !data->runs[at].usable;
        if (!data->runs[at].usable)
            continue;
        if (!(s->seeds[s->runs] = keep(l, data->runs[at].seed)))
            return no_memory(l);
        l->ids[s->runs] = data->runs[at].id;
        memcpy(&s->values[(size_t)s->runs * metrics], &data->values[(size_t)at * metrics],
               metrics * sizeof *s->values);
        s->runs++;
    }
    return s->runs > 0 ? load_head(l)
                       : ns_fail(l->err, NS_EINVAL, "%s: no run ended well there", s->label);
}

static int load_point(loader *l)
{
    ns_data *data = NULL;
    int point = 0;
    int rc = ns_data_load(&data, l->path, l->err);
    if (rc == NS_OK)
        rc = choose_point(l, data, &point);
    if (rc == NS_OK)
        rc = take_point(l, data, point);
    ns_data_free(data);
    l->side->sweep = true;
    return rc;
}

// -- Public ---------------------------------------------------------------------------------------

// Split at the colon, unless there is a file with one in its name.
static int split(loader *l, const char *what)
{
    const char *colon = access(what, F_OK) == 0 ? NULL : strstr(what, ".db:");
    l->path =
        colon ? ns_arena_strndup(&l->side->arena, what, (size_t)(colon - what) + 3) : keep(l, what);
    l->choice = colon ? colon + 4 : NULL;
    return l->path ? NS_OK : no_memory(l);
}

static int has_sweep(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    l->side->sweep = sqlite3_column_int(row, 0) > 0;
    return NS_OK;
}

int ns_side_load(ns_side **out, const char *what, ns_err *err)
{
    ns_side *side = *out = ns_calloc(1, sizeof *side);
    loader l = {.side = side, .path = what, .err = err};
    if (!side)
        return no_memory(&l);
    int rc = split(&l, what);
    if (rc == NS_OK)
        rc = ns_sweep_db_read(&l.db, l.path, err);
    if (rc == NS_OK)
        rc = step_rows(&l, "SELECT count(*) FROM sweep WHERE id > ?1", 0, has_sweep);
    if (rc == NS_OK)
        rc = side->sweep ? load_point(&l) : load_run(&l);
    if (rc == NS_OK)
        rc = load_histograms(&l);
    sqlite3_close(l.db);
    if (rc != NS_OK) {
        ns_side_free(side);
        *out = NULL;
    }
    return rc;
}

void ns_side_free(ns_side *side)
{
    if (!side)
        return;
    ns_arena_free(&side->arena);
    ns_free(side);
}

int ns_side_metric(const ns_side *side, const char *name)
{
    for (int m = 0; m < side->metric_count; m++)
        if (strcmp(side->metrics[m], name) == 0)
            return m;
    return -1;
}

double ns_side_mean(const ns_side *side, int metric)
{
    double sum = 0;
    int count = 0;
    for (int r = 0; r < side->runs; r++) {
        double value = side->values[r * side->metric_count + metric];
        sum += isnan(value) ? 0 : value;
        count += !isnan(value);
    }
    return count ? sum / count : NAN;
}

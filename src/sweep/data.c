#include "sweep/data.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sweep/db.h"
#include "sweep/rows.h"

typedef struct loader {
    ns_data *data;
    sqlite3 *db;
    int *points; // index of a point by its number in the plan, from 1; -1: none
    int point_max;
    bool has_made;
    ns_err *err;
} loader;

static int no_memory(const loader *l)
{
    return ns_fail(l->err, NS_ENOMEM, "out of memory while reading the sweep");
}

static const char *keep(loader *l, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? ns_arena_strdup(&l->data->arena, text) : NULL;
}

// -- The head -------------------------------------------------------------------------------------

static int read_keys(loader *l, const cJSON *root)
{
    ns_data *d = l->data;
    const cJSON *vary = cJSON_GetObjectItemCaseSensitive(root, "vary"), *item;
    const cJSON *find = cJSON_GetObjectItemCaseSensitive(root, "key");
    const cJSON *replicates = cJSON_GetObjectItemCaseSensitive(root, "replicates");
    d->replicates = cJSON_IsNumber(replicates) ? replicates->valueint : 0;
    d->keys = ns_arena_array(&d->arena, (size_t)cJSON_GetArraySize(vary) + 1, sizeof *d->keys);
    if (!d->keys)
        return no_memory(l);
    if (cJSON_IsString(find))
        d->keys[d->key_count++] = ns_arena_strdup(&d->arena, find->valuestring);
    cJSON_ArrayForEach(item, vary) d->keys[d->key_count++] =
        ns_arena_strdup(&d->arena, item->string);
    for (int k = 0; k < d->key_count; k++)
        if (!d->keys[k])
            return no_memory(l);
    if (d->replicates < 1 || d->key_count < 1)
        return ns_fail(l->err, NS_EINVAL, "%s: the row of the sweep is damaged",
                       sqlite3_db_filename(l->db, "main"));
    return NS_OK;
}

static int load_head(loader *l)
{
    ns_data *d = l->data;
    ns_sweep_head head = {0};
    sqlite3_stmt *row = NULL;
    int rc = ns_sweep_head_read(l->db, &head, &row, l->err);
    if (rc != NS_OK)
        return rc;
    d->name = ns_arena_strdup(&d->arena, head.name);
    d->json = ns_arena_strdup(&d->arena, head.json);
    d->expected = head.runs;
    cJSON *root = cJSON_Parse(head.json);
    sqlite3_finalize(row);
    rc = d->name && d->json && root ? read_keys(l, root) : no_memory(l);
    cJSON_Delete(root);
    return rc;
}

// -- Points and runs ------------------------------------------------------------------------------

static const char *short_key(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot && dot[1] ? dot + 1 : key;
}

static int make_point(loader *l, ns_data_point *point, const char *params)
{
    ns_data *d = l->data;
    ns_buf label = {0};
    cJSON *json = cJSON_Parse(params);
    point->values = ns_arena_array(&d->arena, (size_t)d->key_count, sizeof *point->values);
    for (int k = 0; point->values && k < d->key_count; k++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, d->keys[k]);
        char *text = cJSON_IsString(item) ? NULL : cJSON_PrintUnformatted(item);
        const char *value = cJSON_IsString(item) ? item->valuestring : text ? text : "";
        point->values[k] = ns_arena_strdup(&d->arena, value);
        if (d->key_count > 1)
            ns_buf_printf(&label, "%s%s=", k ? " " : "", short_key(d->keys[k]));
        ns_buf_str(&label, value);
        cJSON_free(text);
    }
    cJSON_Delete(json);
    point->label = label.failed ? NULL : ns_arena_strdup(&d->arena, label.data ? label.data : "");
    ns_buf_free(&label);
    return point->values && point->label ? NS_OK : no_memory(l);
}

static int step_rows(loader *l, const char *sql, int (*each)(void *opaque, sqlite3_stmt *row))
{
    return ns_rows_each(l->db, sql, 0, each, l, l->err);
}

static int count_points(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    l->point_max = sqlite3_column_int(row, 0);
    l->data->point_count = sqlite3_column_int(row, 1);
    return NS_OK;
}

static int add_point(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    int number = sqlite3_column_int(row, 0), index = 0;
    if (number < 1 || number > l->point_max)
        return ns_fail(l->err, NS_EINVAL, "the sweep has a point %d", number);
    while (d->points[index].values)
        index++;
    l->points[number] = index;
    return make_point(l, &d->points[index], (const char *)sqlite3_column_text(row, 1));
}

static int add_run(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    int point = l->points[sqlite3_column_int(row, 0)], replicate = sqlite3_column_int(row, 1);
    if (replicate < 1 || replicate > d->replicates)
        return ns_fail(l->err, NS_EINVAL, "the sweep has a replicate %d", replicate);
    ns_data_run *run = &d->runs[point * d->replicates + replicate - 1];
    run->there = true;
    run->status = keep(l, row, 2);
    run->exit_code = sqlite3_column_int(row, 3);
    run->seed = keep(l, row, 4);
    run->message = keep(l, row, 5);
    run->id = sqlite3_column_int64(row, 6);
    run->made = keep(l, row, 7);
    run->why = keep(l, row, 8);
    run->off = sqlite3_column_type(row, 9) == SQLITE_NULL ? NAN : sqlite3_column_double(row, 9);
    run->off_metric = keep(l, row, 10);
    if (!run->status || !run->seed)
        return no_memory(l);
    run->usable = ns_point_usable(run->status, run->exit_code);
    d->there++;
    d->broken += !run->usable;
    return NS_OK;
}

// Databases of before replay do not have it.
static int has_made(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    l->has_made = sqlite3_column_int(row, 0) == 1;
    return NS_OK;
}

static int load_runs(loader *l)
{
    ns_data *d = l->data;
    int rc = step_rows(l, "SELECT coalesce(max(point), 0), count(DISTINCT point) FROM sweep_point",
                       count_points);
    if (rc != NS_OK)
        return rc;
    size_t runs = (size_t)d->point_count * (size_t)d->replicates;
    d->points = ns_arena_array(&d->arena, (size_t)d->point_count + 1, sizeof *d->points);
    d->runs = ns_arena_array(&d->arena, runs + 1, sizeof *d->runs);
    l->points = ns_arena_array(&d->arena, (size_t)l->point_max + 1, sizeof *l->points);
    if (!d->points || !d->runs || !l->points)
        return no_memory(l);
    rc = step_rows(l, "SELECT point, params_json FROM sweep_point GROUP BY point ORDER BY point",
                   add_point);
    if (rc == NS_OK)
        rc = step_rows(l, "SELECT 1 FROM pragma_table_info('sweep_point') WHERE name = 'made'",
                       has_made);
#define RUNS(how)                                                                                  \
    "SELECT p.point, p.replicate, r.status, r.exit_code, r.seed, p.message, p.run_id," how         \
    " FROM sweep_point p JOIN run r ON r.id = p.run_id ORDER BY p.run_id"
    if (rc == NS_OK)
        rc = step_rows(l,
                       l->has_made ? RUNS(" p.made, p.why, p.off, p.off_metric")
                                   : RUNS(" NULL, NULL, NULL, NULL"),
                       add_run);
#undef RUNS
    return rc;
}

// -- Metrics --------------------------------------------------------------------------------------

static int add_name(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    const char *name = keep(l, row, 0);
    if (!name)
        return no_memory(l);
    d->metrics[d->metric_count++] = name;
    return NS_OK;
}

static int count_names(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    d->metrics =
        ns_arena_array(&d->arena, (size_t)sqlite3_column_int(row, 0) + 1, sizeof *d->metrics);
    return d->metrics ? NS_OK : no_memory(l);
}

static int add_value(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    int point = l->points[sqlite3_column_int(row, 0)], replicate = sqlite3_column_int(row, 1) - 1;
    int metric = ns_data_metric(d, (const char *)sqlite3_column_text(row, 2));
    d->values[(point * d->replicates + replicate) * d->metric_count + metric] =
        sqlite3_column_double(row, 3);
    return NS_OK;
}

static int load_values(loader *l)
{
    ns_data *d = l->data;
    int rc = step_rows(l, "SELECT count(DISTINCT metric) FROM run_metric", count_names);
    if (rc == NS_OK)
        rc = step_rows(l, "SELECT DISTINCT metric FROM run_metric ORDER BY metric", add_name);
    if (rc != NS_OK)
        return rc;
    size_t count = (size_t)d->point_count * (size_t)d->replicates * (size_t)d->metric_count;
    d->values = ns_arena_array(&d->arena, count + 1, sizeof *d->values);
    if (!d->values)
        return no_memory(l);
    for (size_t i = 0; i < count; i++)
        d->values[i] = NAN;
    return step_rows(l,
                     "SELECT p.point, p.replicate, m.metric, m.value FROM sweep_point p"
                     " JOIN run_metric m ON m.run_id = p.run_id",
                     add_value);
}

static int count_checks(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    d->checks =
        ns_arena_array(&d->arena, (size_t)sqlite3_column_int(row, 0) + 1, sizeof *d->checks);
    return d->checks ? NS_OK : no_memory(l);
}

// A metric that only the replay has is in no table.
static int add_check(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    int point = l->points[sqlite3_column_int(row, 0)], replicate = sqlite3_column_int(row, 1) - 1;
    int metric = ns_data_metric(d, (const char *)sqlite3_column_text(row, 2));
    if (metric >= 0)
        d->checks[d->check_count++] = (ns_data_check){point * d->replicates + replicate, metric,
                                                      sqlite3_column_double(row, 3)};
    return NS_OK;
}

static int load_checks(loader *l)
{
    if (!l->has_made)
        return NS_OK;
    int rc = step_rows(l, "SELECT count(*) FROM sweep_check", count_checks);
    if (rc == NS_OK)
        rc = step_rows(l,
                       "SELECT p.point, p.replicate, c.metric, c.replayed FROM sweep_point p"
                       " JOIN sweep_check c ON c.run_id = p.run_id ORDER BY p.run_id, c.metric",
                       add_check);
    return rc;
}

// -- Distributions --------------------------------------------------------------------------------

static int count_histograms(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    size_t runs = (size_t)d->point_count * (size_t)d->replicates;
    d->histograms =
        ns_arena_array(&d->arena, (size_t)sqlite3_column_int(row, 0) + 1, sizeof *d->histograms);
    d->first_histogram = ns_arena_array(&d->arena, runs + 2, sizeof *d->first_histogram);
    return d->histograms && d->first_histogram ? NS_OK : no_memory(l);
}

// In the order of runs: each one's count stands behind its place until all are there.
static int add_histogram(void *opaque, sqlite3_stmt *row)
{
    loader *l = opaque;
    ns_data *d = l->data;
    int point = l->points[sqlite3_column_int(row, 0)];
    int run = point * d->replicates + sqlite3_column_int(row, 1) - 1, last = 0;
    int runs = d->point_count * d->replicates;
    last = d->first_histogram[runs + 1]++;
    d->histograms[last] = (ns_data_histogram){keep(l, row, 2), keep(l, row, 3)};
    d->first_histogram[run + 1]++;
    return d->histograms[last].metric && d->histograms[last].encoded ? NS_OK : no_memory(l);
}

static int load_histograms(loader *l)
{
    ns_data *d = l->data;
    int rc = step_rows(l, "SELECT count(*) FROM histogram_data", count_histograms);
    if (rc == NS_OK)
        rc = step_rows(l,
                       "SELECT p.point, p.replicate, h.metric, h.encoded FROM sweep_point p"
                       " JOIN histogram h ON h.run_id = p.run_id ORDER BY p.point, p.replicate",
                       add_histogram);
    for (int i = 0; rc == NS_OK && i < d->point_count * d->replicates; i++)
        d->first_histogram[i + 1] += d->first_histogram[i];
    return rc;
}

// -- Public ---------------------------------------------------------------------------------------

int ns_data_load(ns_data **out, const char *path, ns_err *err)
{
    ns_data *d = *out = ns_calloc(1, sizeof *d);
    loader l = {.data = d, .err = err};
    if (!d)
        return no_memory(&l);
    int rc = ns_sweep_db_read(&l.db, path, err);
    if (rc == NS_OK)
        rc = load_head(&l);
    if (rc == NS_OK)
        rc = load_runs(&l);
    if (rc == NS_OK)
        rc = load_values(&l);
    if (rc == NS_OK)
        rc = load_checks(&l);
    if (rc == NS_OK && d->expected == 0)
        rc = load_histograms(&l);
    sqlite3_close(l.db);
    if (rc != NS_OK) {
        ns_data_free(d);
        *out = NULL;
    }
    return rc;
}

void ns_data_free(ns_data *data)
{
    if (!data)
        return;
    ns_arena_free(&data->arena);
    ns_free(data);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

int ns_data_metric(const ns_data *data, const char *name)
{
    const char **at = data->metric_count ? bsearch(name, data->metrics, (size_t)data->metric_count,
                                                   sizeof *data->metrics, by_name)
                                         : NULL;
    return at ? (int)(at - data->metrics) : -1;
}

void ns_data_values(const ns_data *data, int point, int metric, double *out)
{
    for (int r = 0; r < data->replicates; r++) {
        int run = point * data->replicates + r;
        out[r] = data->runs[run].usable ? data->values[run * data->metric_count + metric] : NAN;
    }
}

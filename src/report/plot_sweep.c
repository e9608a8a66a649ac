// The picture `sweep`: the mean of a metric with its 95% interval over the one parameter that is
// varied; of two, a map of the means. --where fixes the others. plot_sweep_draw.c draws.
#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "report/plot_sweep.h"

// -- Reading --------------------------------------------------------------------------------------

static int no_memory(ns_err *err)
{
    return ns_fail(err, NS_ENOMEM, "no memory for the plot");
}

static int one_text(sqlite3 *db, const char *sql, const char *bound, ns_buf *out, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db, sql, &row, err);
    if (rc != NS_OK)
        return rc;
    if (bound)
        sqlite3_bind_text(row, 1, bound, -1, SQLITE_STATIC);
    int step = sqlite3_step(row);
    if (step == SQLITE_ROW)
        ns_buf_str(out, (const char *)sqlite3_column_text(row, 0));
    else if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc == NS_OK && out->failed ? no_memory(err) : rc;
}

// The keys that are varied.
static int read_keys(sweep_plot *p, const char *json, ns_err *err)
{
    cJSON *root = cJSON_Parse(json);
    const cJSON *vary = cJSON_GetObjectItemCaseSensitive(root, "vary"), *item;
    const cJSON *find = cJSON_GetObjectItemCaseSensitive(root, "key");
    int count = 0;
    if (cJSON_IsString(find))
        snprintf(p->keys[count++].name, sizeof p->keys[0].name, "%s", find->valuestring);
    cJSON_ArrayForEach(item, vary)
    {
        if (count < SWEEP_KEYS_MAX)
            snprintf(p->keys[count].name, sizeof p->keys[0].name, "%s", item->string);
        count++;
    }
    cJSON_Delete(root);
    p->key_count = count;
    if (count == 0)
        return ns_fail(err, NS_EINVAL, "nothing to plot: the sweep varies nothing");
    return count <= SWEEP_KEYS_MAX
               ? NS_OK
               : ns_fail(err, NS_EINVAL, "the sweep varies %d keys, and plots know %d", count,
                         SWEEP_KEYS_MAX);
}

// -- --where --------------------------------------------------------------------------------------

// The values of a key in the order of the points: "1, 2, 4".
static int values_of(sqlite3 *db, const char *key, ns_buf *out, ns_err *err)
{
    return one_text(db,
                    "SELECT group_concat(value, ', ') FROM (SELECT value FROM sweep_point,"
                    " json_each(params_json) WHERE key = ?1 GROUP BY value ORDER BY min(point))",
                    key, out, err);
}

static int fix_key(sweep_plot *p, sqlite3 *db, const char *where, ns_err *err)
{
    const char *equals = strchr(where, '=');
    size_t length = equals ? (size_t)(equals - where) : strlen(where);
    ns_suggest near = {.word = where};
    char name[96];
    snprintf(name, sizeof name, "%.*s", (int)length, where);
    near.word = name;
    for (int k = 0; k < p->key_count; k++) {
        if (strcmp(p->keys[k].name, name) == 0 && equals && equals[1]) {
            snprintf(p->keys[k].fixed, sizeof p->keys[k].fixed, "%s", equals + 1);
            return NS_OK;
        }
        ns_suggest_offer(&near, p->keys[k].name);
    }
    ns_buf values = {0};
    int rc = values_of(db, near.best ? near.best : p->keys[0].name, &values, err);
    if (rc == NS_OK)
        rc = ns_fail(
            err, NS_EINVAL,
            "--where: found \"%s\", expected KEY=VALUE of a key that the sweep varies, such "
            "as %s with one of %s",
            where, near.best ? near.best : p->keys[0].name,
            values.data ? values.data : "its values");
    ns_buf_free(&values);
    return rc;
}

// One picture shows one or two keys: the others have to be fixed.
static int too_many(const sweep_plot *p, sqlite3 *db, int free_keys, ns_err *err)
{
    ns_buf text = {0};
    int rc = NS_OK;
    for (int k = 0; k < p->key_count && rc == NS_OK; k++) {
        if (p->keys[k].fixed[0])
            continue;
        ns_buf_printf(&text, "%s%s (", text.len ? "; " : "", p->keys[k].name);
        rc = values_of(db, p->keys[k].name, &text, err);
        ns_buf_str(&text, ")");
    }
    if (rc == NS_OK)
        rc = ns_fail(err, NS_EINVAL,
                     "a picture shows one or two keys, and %d are left: fix %s with --where "
                     "KEY=VALUE, from %s",
                     free_keys, free_keys == 3 ? "one" : "the others", text.data ? text.data : "");
    ns_buf_free(&text);
    return rc;
}

static int choose_axes(sweep_plot *p, sqlite3 *db, const char *const *where, ns_err *err)
{
    int rc = NS_OK, free_keys = 0;
    for (int i = 0; where && where[i] && rc == NS_OK; i++)
        rc = fix_key(p, db, where[i], err);
    for (int k = 0; k < p->key_count && rc == NS_OK; k++) {
        if (p->keys[k].fixed[0])
            continue;
        if (free_keys < SWEEP_AXES)
            p->axes[free_keys] = k;
        free_keys++;
    }
    if (rc != NS_OK)
        return rc;
    p->axis_count = free_keys;
    if (free_keys == 0)
        return ns_fail(err, NS_EINVAL, "--where: all keys are fixed; leave one to draw over");
    return free_keys <= SWEEP_AXES ? NS_OK : too_many(p, db, free_keys, err);
}

const char *sweep_axis_name(const sweep_plot *p, int axis)
{
    return p->keys[p->axes[axis]].name;
}

// -- Points ---------------------------------------------------------------------------------------

static int choose_metric(sweep_plot *p, sqlite3 *db, const char *asked, ns_buf *name, ns_err *err)
{
    static const char *const usual[] = {"request.p99", "pool.wait.p99", "time"};
    int rc = NS_OK;
    for (int i = 0; !asked && i < 3 && rc == NS_OK && name->len == 0; i++)
        rc = one_text(db, "SELECT metric FROM run_metric WHERE metric = ?1 LIMIT 1", usual[i], name,
                      err);
    if (asked && rc == NS_OK)
        rc = one_text(db, "SELECT metric FROM run_metric WHERE metric = ?1 LIMIT 1", asked, name,
                      err);
    if (rc != NS_OK)
        return rc;
    if (name->len > 0) {
        p->metric = name->data;
        if (!ns_metric_parse(p->metric, &p->kind))
            p->kind = (ns_metric_kind){NS_METRIC_NUMBER, 0};
        return NS_OK;
    }
    ns_suggest near = {.word = asked ? asked : ""};
    ns_buf names = {0};
    one_text(db, "SELECT group_concat(metric, ' ') FROM (SELECT DISTINCT metric FROM run_metric)",
             NULL, &names, NULL);
    char *rest = NULL;
    for (char *word = names.data ? strtok_r(names.data, " ", &rest) : NULL; word;
         word = strtok_r(NULL, " ", &rest))
        ns_suggest_offer(&near, word);
    rc = ns_fail(err, NS_EINVAL, "--metric: the sweep has no \"%s\"%s%s%s", asked ? asked : "time",
                 near.best ? "; did you mean \"" : "; nsim sweep FILE --metric list names them",
                 near.best ? near.best : "", near.best ? "\"?" : "");
    ns_buf_free(&names);
    return rc;
}

static bool add_value(sweep_plot *p, int owner, double value)
{
    if (p->value_count == p->value_capacity) {
        int capacity = p->value_capacity ? 2 * p->value_capacity : 256;
        double *values = ns_realloc(p->values, (size_t)capacity * sizeof *values);
        if (values)
            p->values = values;
        int *owners = ns_realloc(p->owners, (size_t)capacity * sizeof *owners);
        if (owners)
            p->owners = owners;
        if (!values || !owners)
            return false;
        p->value_capacity = capacity;
    }
    p->values[p->value_count] = value;
    p->owners[p->value_count++] = owner;
    ns_moments_add(&p->points[owner].moments, value);
    return true;
}

static void value_of(const cJSON *params, const char *key, char *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(params, key);
    char *text = cJSON_IsString(item) ? NULL : cJSON_PrintUnformatted(item);
    snprintf(out, SWEEP_VALUE, "%s", cJSON_IsString(item) ? item->valuestring : text ? text : "");
    cJSON_free(text);
}

// *taken: --where does not leave it out.
static int begin_point(sweep_plot *p, const char *params, bool *taken, ns_err *err)
{
    char value[SWEEP_VALUE];
    cJSON *json = cJSON_Parse(params);
    if (!json)
        return no_memory(err);
    *taken = true;
    for (int k = 0; k < p->key_count; k++) {
        value_of(json, p->keys[k].name, value);
        *taken = *taken && (!p->keys[k].fixed[0] || strcmp(p->keys[k].fixed, value) == 0);
    }
    if (*taken && p->count < SWEEP_POINTS_MAX)
        for (int a = 0; a < p->axis_count; a++)
            value_of(json, sweep_axis_name(p, a), p->points[p->count].value[a]);
    cJSON_Delete(json);
    p->count += *taken;
    return p->count <= SWEEP_POINTS_MAX
               ? NS_OK
               : ns_fail(err, NS_EINVAL, "the sweep has more than %d points", SWEEP_POINTS_MAX);
}

static int nothing_there(const sweep_plot *p, sqlite3 *db, ns_err *err)
{
    for (int k = 0; k < p->key_count && p->count == 0; k++) {
        if (!p->keys[k].fixed[0])
            continue;
        ns_buf values = {0};
        int rc = values_of(db, p->keys[k].name, &values, err);
        if (rc == NS_OK)
            rc = ns_fail(err, NS_EINVAL, "--where: no point is so; %s has the values %s",
                         p->keys[k].name, values.data ? values.data : "");
        ns_buf_free(&values);
        return rc;
    }
    return ns_fail(err, NS_EINVAL, "nothing to plot: no run of the sweep ended well");
}

static int read_points(sweep_plot *p, sqlite3 *db, ns_err *err)
{
    sqlite3_stmt *row;
    int64_t last = -1;
    bool taken = false;
    int step = SQLITE_DONE, rc = ns_db_prepare(db,
                                               "SELECT p.point, p.params_json, m.value,"
                                               " p.message IS NOT NULL FROM sweep_point p"
                                               " LEFT JOIN run_metric m ON m.run_id = p.run_id AND"
                                               " m.metric = ?1 ORDER BY p.point, p.replicate",
                                               &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_text(row, 1, p->metric, -1, SQLITE_STATIC);
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW) {
        if (sqlite3_column_int64(row, 0) != last)
            rc = begin_point(p, (const char *)sqlite3_column_text(row, 1), &taken, err);
        last = sqlite3_column_int64(row, 0);
        bool broken = sqlite3_column_int(row, 3);
        if (!taken)
            continue;
        p->broken += broken;
        if (rc == NS_OK && !broken && sqlite3_column_type(row, 2) != SQLITE_NULL &&
            !add_value(p, p->count - 1, sqlite3_column_double(row, 2)))
            rc = no_memory(err);
    }
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    if (rc == NS_OK && p->value_count == 0)
        rc = nothing_there(p, db, err);
    return rc;
}

// Where the one number of a list of flags begins that is "[--flag=16]", and what is behind it.
static const char *number_in(const char *value, const char **behind)
{
    const char *equals = strrchr(value, '=');
    if (value[0] != '[' || !equals || !isdigit((unsigned char)equals[1]))
        return NULL;
    *behind = equals + 1 + strspn(equals + 1, "0123456789.");
    return equals + 1;
}

// Flags that differ in one number are drawn over that.
static void draw_over_number(sweep_plot *p, int axis)
{
    const char *behind, *rest, *first = p->points[0].value[axis];
    const char *number = number_in(first, &behind);
    if (!number)
        return;
    for (int i = 1; i < p->count; i++) {
        const char *value = p->points[i].value[axis], *at = number_in(value, &rest);
        if (!at || at - value != number - first || strcmp(rest, behind) != 0 ||
            memcmp(value, first, (size_t)(at - value)) != 0)
            return;
    }
    size_t before = (size_t)(number - first);
    int from = (int)before - 1;
    while (from > 1 && first[from - 1] != ',' && first[from - 1] != '"')
        from--;
    char name[SWEEP_VALUE];
    snprintf(name, sizeof name, "%.*s", (int)before - 1 - from, first + from);
    size_t length = strlen(behind);
    for (int i = 0; i < p->count; i++) {
        char *value = p->points[i].value[axis];
        memmove(value, value + before, strlen(value + before) + 1);
        value[strlen(value) - length] = '\0';
    }
    snprintf(p->keys[p->axes[axis]].name, sizeof p->keys[0].name, "%.90s", name);
}

// -- Public ---------------------------------------------------------------------------------------

static int draw(sweep_plot *p, const ns_plot_source *source, ns_err *err)
{
    char title[200];
    ns_buf *subtitle = &p->figure->subtitle;
    ns_metric_title(p->metric, title, sizeof title);
    ns_figure_title(p->figure, source->info, title);
    ns_buf_printf(subtitle, "%d point%s, %d runs", p->count, p->count == 1 ? "" : "s",
                  p->value_count);
    for (int k = 0; k < p->key_count; k++)
        if (p->keys[k].fixed[0])
            ns_buf_printf(subtitle, "; %s=%s", p->keys[k].name, p->keys[k].fixed);
    if (p->broken > 0)
        ns_buf_printf(subtitle, "; %d broken, left out", p->broken);
    if (p->kind.better != 0)
        ns_buf_printf(subtitle, "; %s is better", p->kind.better < 0 ? "less" : "more");
    return sweep_draw(p, err);
}

int ns_plot_sweep(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    sweep_plot p = {.figure = figure};
    ns_buf json = {0}, metric = {0};
    int rc =
        one_text(source->db, "SELECT config_json FROM sweep ORDER BY id LIMIT 1", NULL, &json, err);
    if (rc == NS_OK && json.len == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: there is no sweep in the database; make one with: nsim "
                     "sweep WORKLOAD --vary KEY=VALUES -o FILE");
    if (rc == NS_OK)
        rc = read_keys(&p, json.data, err);
    if (rc == NS_OK)
        rc = choose_axes(&p, source->db, source->options->where, err);
    if (rc == NS_OK)
        rc = choose_metric(&p, source->db, source->options->metric, &metric, err);
    p.points = rc == NS_OK ? ns_calloc(SWEEP_POINTS_MAX, sizeof *p.points) : NULL;
    if (rc == NS_OK && !p.points)
        rc = no_memory(err);
    if (rc == NS_OK)
        rc = read_points(&p, source->db, err);
    for (int axis = 0; axis < p.axis_count && rc == NS_OK; axis++)
        draw_over_number(&p, axis);
    if (rc == NS_OK)
        rc = draw(&p, source, err);
    ns_free(p.points);
    ns_free(p.values);
    ns_free(p.owners);
    ns_buf_free(&json);
    ns_buf_free(&metric);
    return rc;
}

#include "sweep/search_run.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "workload/workload.h"

static int no_memory(ns_err *err)
{
    return ns_fail(err, NS_ENOMEM, "out of memory while planning the search");
}

// -- The start ------------------------------------------------------------------------------------

// The next part of a key: arrivals."a.b".rate has three. Its length is stepped over.
static const char *next_part(const char **key, size_t *length)
{
    const char *at = *key;
    bool quoted = *at == '"';
    at += quoted;
    *length = quoted ? strcspn(at, "\"") : strcspn(at, ".");
    const char *end = at + *length + (quoted && at[*length]);
    *key = *end == '.' ? end + 1 : end;
    return at;
}

// The value of a key in the resolved configuration; false: it is not there, or no number.
static bool own_value(const ns_find *find, const char *config, double *out)
{
    cJSON *root = cJSON_Parse(config);
    const cJSON *item = root;
    for (const char *key = find->key; *key && item;) {
        size_t length;
        const char *part = next_part(&key, &length);
        char *name = ns_strndup(part, length);
        item = name ? cJSON_GetObjectItemCaseSensitive(item, name) : NULL;
        ns_free(name);
    }
    bool found = item && cJSON_IsNumber(item);
    if (found)
        *out = item->valuedouble;
    else if (item && cJSON_IsString(item))
        found = ns_find_read(find, item->valuestring, out);
    cJSON_Delete(root);
    return found && isfinite(*out);
}

static double start_of(const ns_find *find, const ns_workload *workload)
{
    double value;
    if (own_value(find, workload->config_json, &value) && value > 0)
        return value < find->low ? find->low : value > find->high ? find->high : value;
    if (isfinite(find->high) && find->low > 0) // in the middle, in proportion
        value = sqrt(find->low * find->high);
    else
        value = find->low > 1 ? find->low : 1;
    if (find->type != NS_FIND_NUMBER)
        value = floor(value);
    // libuv's own size of the pool.
    return strcmp(find->key, "node.threadpool") == 0 && find->low <= 4 && find->high >= 4 ? 4
                                                                                          : value;
}

// -- The plan -------------------------------------------------------------------------------------

static int make_json(ns_search_plan *s, ns_err *err)
{
    ns_plan *plan = s->plan;
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, plan->seed);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "find", s->find->text);
    cJSON_AddStringToObject(root, "key", s->find->key);
    cJSON_AddNumberToObject(root, "start", s->options.start);
    cJSON_AddNumberToObject(root, "precision", s->options.precision);
    cJSON_AddNumberToObject(root, "first", s->options.first);
    cJSON_AddNumberToObject(root, "replicates", s->options.most);
    cJSON_AddStringToObject(root, "seed", seed);
    if (plan->replay)
        cJSON_AddNumberToObject(root, "replay", plan->tolerance);
    char *text = root ? cJSON_PrintUnformatted(root) : NULL;
    plan->json = text ? ns_arena_strdup(&plan->arena, text) : NULL;
    cJSON_free(text);
    cJSON_Delete(root);
    return plan->json ? NS_OK : no_memory(err);
}

static int parse(ns_search_plan *s, const ns_workload *workload, const char *expression,
                 ns_err *err)
{
    const char **classes = ns_calloc((size_t)workload->arrival_count + 1, sizeof *classes);
    if (!classes)
        return no_memory(err);
    for (int i = 0; i < workload->arrival_count; i++)
        classes[i] = workload->arrivals[i].name;
    int rc = ns_find_parse(&s->find, expression, classes, err);
    ns_free(classes);
    return rc;
}

static int set_options(ns_search_plan *s, const ns_workload *workload,
                       const ns_search_options *given, ns_err *err)
{
    ns_search_options *o = &s->options;
    *o = *given;
    if (!o->first)
        o->first = NS_SEARCH_REPLICATES;
    if (!o->most)
        o->most = o->first > NS_SEARCH_REPLICATES_MAX ? o->first : NS_SEARCH_REPLICATES_MAX;
    if (o->precision <= 0)
        o->precision = 0.02;
    o->start = start_of(s->find, workload);
    if (o->first < 2)
        return ns_fail(err, NS_EINVAL,
                       "--replicates: found \"%d\", expected 2 or more: a search "
                       "decides by intervals",
                       o->first);
    if (o->most < o->first)
        return ns_fail(err, NS_EINVAL,
                       "--replicates-max: found \"%d\", expected %d or more, which "
                       "each probe begins with",
                       o->most, o->first);
    return NS_OK;
}

// Checks of replay look at what the conditions look at.
static int set_deciding(ns_search_plan *s, ns_err *err)
{
    ns_plan *plan = s->plan;
    const char **names = ns_arena_array(&plan->arena, (size_t)s->find->count + 1, sizeof *names);
    for (int i = 0; names && i < s->find->count; i++)
        if (!(names[i] = ns_arena_strdup(&plan->arena, s->find->conditions[i].metric)))
            return no_memory(err);
    plan->deciding = names;
    return names ? NS_OK : no_memory(err);
}

// That the workload takes the first value, before anything runs.
static int try_start(const ns_search_plan *s, ns_err *err)
{
    ns_workload *workload = NULL;
    ns_arena arena = {0};
    char value[64];
    ns_find_value(s->find, s->options.start, value, sizeof value);
    int point = ns_plan_add(s->plan, value, err);
    const char *const *sets = point >= 0 ? ns_plan_sets(s->plan, point, 0, &arena) : NULL;
    int rc = sets ? ns_workload_load(&workload, s->plan->path, sets, err) : no_memory(err);
    s->plan->point_count = 0;
    ns_workload_free(workload);
    ns_arena_free(&arena);
    return rc;
}

int ns_search_plan_make(ns_search_plan *out, const ns_plan_options *options, const char *expression,
                        const ns_search_options *given, ns_err *err)
{
    ns_workload *workload = NULL;
    *out = (ns_search_plan){0};
    int rc = ns_workload_load(&workload, options->path, options->sets, err);
    if (rc == NS_OK)
        rc = parse(out, workload, expression, err);
    if (rc == NS_OK)
        rc = set_options(out, workload, given, err);
    if (rc == NS_OK)
        rc = ns_plan_search(&out->plan, options, out->find->key, err);
    if (rc == NS_OK) {
        out->plan->replicates = out->options.most;
        rc = make_json(out, err);
    }
    if (rc == NS_OK)
        rc = set_deciding(out, err);
    if (rc == NS_OK)
        rc = try_start(out, err);
    ns_workload_free(workload);
    if (rc != NS_OK)
        ns_search_plan_free(out);
    return rc;
}

int ns_search_plan_read(ns_search_plan *out, const ns_data *data, ns_err *err)
{
    *out = (ns_search_plan){0};
    cJSON *root = cJSON_Parse(data->json);
    const char *find = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "find"));
    const cJSON *start = cJSON_GetObjectItemCaseSensitive(root, "start");
    const cJSON *precision = cJSON_GetObjectItemCaseSensitive(root, "precision");
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(root, "first");
    bool whole = find && cJSON_IsNumber(start) && cJSON_IsNumber(precision) &&
                 precision->valuedouble > 0 && cJSON_IsNumber(first) && first->valueint >= 2 &&
                 first->valueint <= data->replicates;
    int rc = whole ? ns_find_parse(&out->find, find, NULL, err)
                   : ns_fail(err, NS_EINVAL, "the row of the search is damaged");
    if (rc == NS_OK)
        out->options = (ns_search_options){start->valuedouble, precision->valuedouble,
                                           first->valueint, data->replicates};
    cJSON_Delete(root);
    return rc;
}

void ns_search_plan_free(ns_search_plan *plan)
{
    ns_find_free(plan->find);
    ns_plan_free(plan->plan);
    *plan = (ns_search_plan){0};
}

// -- Running --------------------------------------------------------------------------------------

// The points that the database has, which a search that goes on does not know yet.
static int know_points(ns_plan *plan, const ns_data *data, ns_err *err)
{
    for (int p = plan->point_count; p < data->point_count; p++) {
        int point = ns_plan_add(plan, data->points[p].values[0], err);
        if (point < 0)
            return point;
    }
    return NS_OK;
}

static int run_next(ns_search_plan *s, const ns_search *search, ns_sweep_db *db,
                    const ns_sweep_options *options, ns_err *err)
{
    ns_sweep_options probe = *options;
    char value[64], title[160];
    probe.replicates = search->next.replicates;
    ns_find_value(s->find, search->next.value, value, sizeof value);
    if (search->next.point == s->plan->point_count) {
        int point = ns_plan_add(s->plan, value, err);
        if (point < 0)
            return point;
    }
    snprintf(title, sizeof title, "probe %d, %s=%s: ", search->next.point + 1, s->find->key, value);
    probe.title = title;
    return ns_sweep_run(s->plan, search->next.point, db, &probe, err);
}

int ns_search_run(ns_search_plan *s, const char *path, ns_sweep_db *db,
                  const ns_sweep_options *options, ns_err *err)
{
    bool done = false;
    ns_sweep_options kept = *options;
    int rc = ns_tasks_new(&kept.tasks, s->plan, err);
    while (rc == NS_OK && !done && !(options->interrupt && *options->interrupt)) {
        ns_data *data = NULL;
        ns_search *search = NULL;
        rc = ns_data_load(&data, path, err);
        if (rc == NS_OK)
            rc = know_points(s->plan, data, err);
        if (rc == NS_OK)
            rc = ns_search_make(&search, s->find, &s->options, data, err);
        if (rc == NS_OK) {
            assert(search->next.point <= s->plan->point_count);
            done = search->state != NS_SEARCH_RUN;
            rc = done ? NS_OK : run_next(s, search, db, &kept, err);
        }
        ns_search_free(search);
        ns_data_free(data);
    }
    ns_tasks_free(kept.tasks);
    return rc;
}

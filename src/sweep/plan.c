#include "sweep/plan.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "node/node.h"
#include "replay/replay.h"
#include "sim/random.h"
#include "sweep/groups.h"
#include "workload/workload.h"

static int no_memory(ns_err *err)
{
    return ns_fail(err, NS_ENOMEM, "out of memory while planning the sweep");
}

// -- JSON -----------------------------------------------------------------------------------------

// A value as JSON: what JSON itself reads as a number or a truth value stays one.
static cJSON *json_value(const char *text)
{
    cJSON *parsed = cJSON_ParseWithOpts(text, NULL, 1);
    bool plain = cJSON_IsNumber(parsed) || cJSON_IsBool(parsed);
    cJSON_Delete(parsed);
    return plain ? cJSON_CreateRaw(text) : cJSON_CreateString(text);
}

void ns_plan_params(const ns_plan *plan, int point, ns_buf *out)
{
    cJSON *params = cJSON_CreateObject();
    for (int k = 0; params && k < plan->key_count; k++)
        cJSON_AddItemToObject(params, plan->keys[k].key, json_value(plan->points[point][k]));
    char *text = params ? cJSON_PrintUnformatted(params) : NULL;
    if (text)
        ns_buf_str(out, text);
    else
        out->failed = true;
    cJSON_free(text);
    cJSON_Delete(params);
}

static int make_json(ns_plan *plan, int lhs, ns_err *err)
{
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, plan->seed);
    cJSON *root = cJSON_CreateObject(), *vary = cJSON_AddObjectToObject(root, "vary");
    for (int k = 0; k < plan->key_count; k++) {
        cJSON *values = cJSON_AddArrayToObject(vary, plan->keys[k].key);
        for (int i = 0; i < plan->keys[k].count; i++)
            cJSON_AddItemToArray(values, json_value(plan->keys[k].values[i]));
    }
    if (lhs)
        cJSON_AddNumberToObject(root, "lhs", lhs);
    if (plan->replay)
        cJSON_AddNumberToObject(root, "replay", plan->tolerance);
    cJSON_AddNumberToObject(root, "replicates", plan->replicates);
    cJSON_AddStringToObject(root, "seed", seed);
    char *text = root ? cJSON_PrintUnformatted(root) : NULL;
    plan->json = text ? ns_arena_strdup(&plan->arena, text) : NULL;
    cJSON_free(text);
    cJSON_Delete(root);
    return plan->json ? NS_OK : no_memory(err);
}

// -- What is varied -------------------------------------------------------------------------------

// Options first, then what the workload varies besides.
static int collect_keys(ns_plan *plan, const ns_plan_options *options, const ns_workload *workload,
                        ns_err *err)
{
    int given = 0;
    while (options->vary && options->vary[given])
        given++;
    ns_vary *keys = ns_arena_array(&plan->arena, (size_t)(given + workload->sweep.vary_count) + 1,
                                   sizeof *keys);
    if (!keys)
        return no_memory(err);
    plan->keys = keys;
    for (int i = 0; i < given; i++) {
        int rc = ns_vary_option(&keys[plan->key_count], &plan->arena, options->vary[i], err);
        if (rc != NS_OK)
            return rc;
        for (int k = 0; k < plan->key_count; k++)
            if (strcmp(keys[k].key, keys[plan->key_count].key) == 0)
                return ns_fail(err, NS_EINVAL, "%s: the key is varied twice",
                               keys[plan->key_count].place);
        plan->key_count++;
    }
    for (int i = 0; i < workload->sweep.vary_count; i++) {
        const ns_vary *own = &workload->sweep.vary[i];
        bool overridden = false;
        for (int k = 0; k < given && !overridden; k++)
            overridden = strcmp(keys[k].key, own->key) == 0;
        if (overridden)
            continue;
        // The workload is freed: its values move.
        ns_vary *key = &keys[plan->key_count++];
        key->key = ns_arena_strdup(&plan->arena, own->key);
        key->place = ns_arena_strdup(&plan->arena, own->place);
        if (!key->key || !key->place)
            return no_memory(err);
        int rc =
            ns_vary_list(key, &plan->arena, key->key, own->values, own->count, key->place, err);
        if (rc != NS_OK)
            return rc;
    }
    if (plan->key_count > 0)
        return NS_OK;
    return ns_fail(err, NS_EINVAL,
                   "nothing is varied: expected --vary KEY=VALUES, such as --vary "
                   "node.threadpool=1,2,4,8, or the key sweep.vary in %s",
                   plan->path);
}

// -- Points ---------------------------------------------------------------------------------------

static int new_points(ns_plan *plan, int64_t count, ns_err *err)
{
    if (count * plan->replicates > NS_PLAN_RUNS_MAX)
        return ns_fail(err, NS_EINVAL,
                       "the sweep has more than %d runs: vary less, or use --lhs for a sample",
                       NS_PLAN_RUNS_MAX);
    plan->points = ns_arena_array(&plan->arena, (size_t)count, sizeof *plan->points);
    if (!plan->points)
        return no_memory(err);
    for (int64_t p = 0; p < count; p++) {
        plan->points[p] =
            ns_arena_array(&plan->arena, (size_t)plan->key_count, sizeof *plan->points[p]);
        if (!plan->points[p])
            return no_memory(err);
    }
    plan->point_count = (int)count;
    return NS_OK;
}

static void set_value(ns_plan *plan, int point, int key, int value)
{
    ((const char **)plan->points[point])[key] = plan->keys[key].values[value];
}

// The last key changes fastest.
static int make_grid(ns_plan *plan, ns_err *err)
{
    int64_t count = 1;
    for (int k = 0; k < plan->key_count; k++)
        if (count <= NS_PLAN_RUNS_MAX)
            count *= plan->keys[k].count;
    int rc = new_points(plan, count, err);
    if (rc != NS_OK)
        return rc;
    for (int p = 0; p < plan->point_count; p++) {
        int rest = p;
        for (int k = plan->key_count - 1; k >= 0; k--) {
            set_value(plan, p, k, rest % plan->keys[k].count);
            rest /= plan->keys[k].count;
        }
    }
    return NS_OK;
}

static void shuffle(int *list, int count, ns_draw *draw)
{
    for (int i = count - 1; i > 0; i--) {
        int other = (int)ns_draw_below(draw, (uint64_t)i + 1), kept = list[i];
        list[i] = list[other];
        list[other] = kept;
    }
}

static bool same_point(const ns_plan *plan, int a, int b)
{
    for (int k = 0; k < plan->key_count; k++)
        if (plan->points[a][k] != plan->points[b][k]) // both from the key's list
            return false;
    return true;
}

// A key with few values makes equal points: each is kept once.
static void drop_repeated(ns_plan *plan)
{
    int kept = 0;
    for (int p = 0; p < plan->point_count; p++) {
        bool repeated = false;
        for (int q = 0; q < kept && !repeated; q++)
            repeated = same_point(plan, q, p);
        if (!repeated)
            plan->points[kept++] = plan->points[p];
    }
    plan->point_count = kept;
}

// Latin hypercube (McKay, Beckman and Conover, 1979): the range of each key is cut into as many
// strata as there are points, and each stratum is taken once, in an order of its own.
static int make_lhs(ns_plan *plan, int count, ns_err *err)
{
    int rc = new_points(plan, count, err);
    int *strata = rc == NS_OK ? ns_calloc((size_t)count, sizeof *strata) : NULL;
    if (!strata)
        return rc != NS_OK ? rc : no_memory(err);
    for (int k = 0; k < plan->key_count; k++) {
        ns_stream stream = ns_stream_make(plan->seed, plan->keys[k].key, "latin hypercube");
        ns_draw draw = ns_stream_op(stream, 0);
        for (int i = 0; i < count; i++)
            strata[i] = i;
        shuffle(strata, count, &draw);
        for (int p = 0; p < count; p++) {
            double at = (strata[p] + ns_draw_unit(&draw)) / count;
            int value = (int)(at * plan->keys[k].count);
            set_value(plan, p, k, value < plan->keys[k].count ? value : plan->keys[k].count - 1);
        }
    }
    ns_free(strata);
    drop_repeated(plan);
    return NS_OK;
}

// -- Checking -------------------------------------------------------------------------------------

const char *const *ns_plan_sets(const ns_plan *plan, int point, int replicate, ns_arena *arena)
{
    int count = 0, n = 0;
    while (plan->sets && plan->sets[count])
        count++;
    const char **sets =
        ns_arena_array(arena, (size_t)count + (size_t)plan->key_count + 2, sizeof *sets);
    if (!sets)
        return NULL;
    for (; n < count; n++)
        sets[n] = plan->sets[n];
    for (int k = 0; k < plan->key_count; k++)
        if (!(sets[n++] =
                  ns_arena_printf(arena, "%s=%s", plan->keys[k].key, plan->points[point][k])))
            return NULL;
    sets[n] = ns_arena_printf(arena, "seed=%" PRIu64, plan->seed + (uint64_t)replicate);
    return sets[n] ? sets : NULL;
}

// An override is named after the option that it is made for; here it comes from another place.
static void name_place(const ns_plan *plan, int key, const char *value, ns_err *err)
{
    ns_buf origin = {0};
    ns_buf_printf(&origin, "--set %s=%s: ", plan->keys[key].key, value);
    if (!origin.failed && strncmp(err->msg, origin.data, origin.len) == 0) {
        memmove(err->msg, err->msg + origin.len, strlen(err->msg + origin.len) + 1);
        ns_err_prefix(err, "%s: ", plan->keys[key].place);
    }
    ns_buf_free(&origin);
}

static int try_point(const ns_plan *plan, int point, uint64_t *hash, ns_err *err)
{
    ns_arena arena = {0};
    ns_workload *workload = NULL;
    const char *const *sets = ns_plan_sets(plan, point, 0, &arena);
    int rc = sets ? ns_workload_load(&workload, plan->path, sets, err) : no_memory(err);
    assert(rc != NS_OK || workload);
    if (rc == NS_OK)
        rc = ns_node_check(workload, err);
    if (rc == NS_OK && hash)
        *hash = workload->hash;
    ns_workload_free(workload);
    ns_arena_free(&arena);
    return rc;
}

int ns_plan_hash(const ns_plan *plan, uint64_t *hash, ns_err *err)
{
    ns_workload *workload = NULL;
    if (!plan->search)
        return try_point(plan, 0, hash, err);
    int rc = ns_workload_load(&workload, plan->path, plan->sets, err);
    assert(rc != NS_OK || workload);
    if (rc == NS_OK)
        *hash = workload->hash;
    ns_workload_free(workload);
    return rc;
}

// Each value once, with the first value of the other keys.
static int check_values(ns_plan *plan, ns_err *err)
{
    ns_plan trial = *plan;
    const char **values = ns_arena_array(&plan->arena, (size_t)plan->key_count, sizeof *values);
    const char *const *point = values;
    trial.points = &point;
    if (!values)
        return no_memory(err);
    for (int k = 0; k < plan->key_count; k++)
        values[k] = plan->keys[k].values[0];
    for (int k = 0; k < plan->key_count; k++) {
        for (int i = 0; i < plan->keys[k].count; i++) {
            values[k] = plan->keys[k].values[i];
            int rc = try_point(&trial, 0, NULL, err);
            if (rc != NS_OK) {
                for (int other = 0; other < plan->key_count; other++)
                    name_place(plan, other, values[other], err);
                return rc;
            }
        }
        values[k] = plan->keys[k].values[0];
    }
    return NS_OK;
}

// -- Public ---------------------------------------------------------------------------------------

static int plan_new(ns_plan **out, const ns_plan_options *options, ns_workload **workload,
                    ns_err *err)
{
    ns_plan *plan = *out = ns_calloc(1, sizeof *plan);
    if (!plan)
        return no_memory(err);
    plan->path = options->path;
    plan->sets = options->sets;
    int rc = ns_workload_load(workload, options->path, options->sets, err);
    if (rc == NS_OK)
        rc = ns_node_check(*workload, err);
    if (rc != NS_OK)
        return rc;
    plan->name = ns_arena_strdup(&plan->arena, (*workload)->name);
    plan->seed = (*workload)->seed;
    plan->hash = (*workload)->hash;
    plan->replicates =
        options->replicates > 0 ? options->replicates : (*workload)->sweep.replicates;
    plan->replay = !options->full && (*workload)->sweep.replay;
    plan->tolerance = options->tolerance >= 0 ? options->tolerance : (*workload)->sweep.tolerance;
    return plan->name ? NS_OK : no_memory(err);
}

static int make_groups(ns_plan *plan, ns_err *err)
{
    plan->groups = ns_arena_array(&plan->arena, 1, sizeof *plan->groups);
    if (!plan->groups)
        return no_memory(err);
    int rc = ns_groups_make(plan->groups, plan, &plan->arena, err);
    plan->replay = plan->groups->count > 0;
    return rc;
}

int ns_plan_make(ns_plan **out, const ns_plan_options *options, ns_err *err)
{
    ns_workload *workload = NULL;
    int rc = plan_new(out, options, &workload, err), lhs = 0;
    ns_plan *plan = *out;
    assert(rc != NS_OK || (plan && workload));
    if (rc == NS_OK) {
        lhs = options->lhs > 0 ? options->lhs : workload->sweep.lhs;
        rc = collect_keys(plan, options, workload, err);
    }
    ns_workload_free(workload);
    if (rc == NS_OK)
        rc = check_values(plan, err);
    if (rc == NS_OK)
        rc = lhs ? make_lhs(plan, lhs, err) : make_grid(plan, err);
    if (rc == NS_OK)
        rc = ns_plan_hash(plan, &plan->hash, err);
    if (rc == NS_OK && plan->replay)
        rc = make_groups(plan, err);
    if (rc == NS_OK)
        rc = make_json(plan, lhs, err);
    if (rc != NS_OK) {
        ns_plan_free(plan);
        *out = NULL;
    }
    return rc;
}

int ns_plan_search(ns_plan **out, const ns_plan_options *options, const char *key, ns_err *err)
{
    ns_workload *workload = NULL;
    int rc = plan_new(out, options, &workload, err);
    ns_workload_free(workload);
    ns_plan *plan = *out;
    assert(rc != NS_OK || plan);
    ns_vary *keys = rc == NS_OK ? ns_arena_array(&plan->arena, 1, sizeof *keys) : NULL;
    if (rc == NS_OK && !keys)
        rc = no_memory(err);
    if (rc == NS_OK) {
        keys->key = ns_arena_strdup(&plan->arena, key);
        keys->place = "--find";
        plan->search = true;
        plan->replay = plan->replay && ns_replay_key(key);
        plan->keys = keys;
        plan->key_count = 1;
        rc = keys->key ? ns_vary_check_key(key, keys->place, err) : no_memory(err);
    }
    if (rc != NS_OK) {
        ns_plan_free(plan);
        *out = NULL;
    }
    return rc;
}

int ns_plan_add(ns_plan *plan, const char *value, ns_err *err)
{
    const char *const **points =
        ns_arena_array(&plan->arena, (size_t)plan->point_count + 1, sizeof *points);
    const char **values = ns_arena_array(&plan->arena, 1, sizeof *values);
    if (!points || !values || !(values[0] = ns_arena_strdup(&plan->arena, value)))
        return no_memory(err);
    for (int p = 0; p < plan->point_count; p++)
        points[p] = plan->points[p];
    points[plan->point_count] = values;
    plan->points = points;
    return plan->point_count++;
}

void ns_plan_free(ns_plan *plan)
{
    if (!plan)
        return;
    ns_arena_free(&plan->arena);
    ns_free(plan);
}

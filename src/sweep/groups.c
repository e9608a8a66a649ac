#include "sweep/groups.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "replay/replay.h"
#include "workload/workload.h"

// A value of a key.
typedef struct value {
    const char *text; // as the points have it: by address
    int cls;          // values of one class can be replayed from each other
    double at;        // its rank among the values, from 0 to 1
} value;

typedef struct maker {
    const ns_plan *plan;
    ns_arena *arena;
    struct {
        value *list; // sorted by address
    } * values;      // [key]
    ns_groups *out;
    ns_err *err;
} maker;

static int no_memory(const maker *m)
{
    return ns_fail(m->err, NS_ENOMEM, "out of memory while planning the sweep");
}

// -- Values ---------------------------------------------------------------------------------------

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const value *)a)->text, y = (uintptr_t)((const value *)b)->text;
    return (x > y) - (x < y);
}

static const value *value_of(const maker *m, int point, int key)
{
    const value wanted = {.text = m->plan->points[point][key]};
    const value *found = bsearch(&wanted, m->values[key].list, (size_t)m->plan->keys[key].count,
                                 sizeof wanted, by_address);
    assert(found);
    return found;
}

// A number, a time or a size; NaN: something else.
static double number_of(const char *text)
{
    char *end;
    double number = strtod(text, &end);
    ns_time time;
    int64_t bytes;
    ns_err ignored = {0};
    if (end != text && !*end)
        return number;
    if (ns_parse_time(text, &time, &ignored) == NS_OK)
        return (double)time;
    return ns_parse_bytes(text, &bytes, &ignored) == NS_OK ? (double)bytes : NAN;
}

// Numbers by size; other values stand in the order in which they are given.
static int rank(const maker *m, const ns_vary *key, value *list)
{
    double *numbers = ns_calloc((size_t)key->count, sizeof *numbers);
    bool all = true;
    if (!numbers)
        return no_memory(m);
    for (int i = 0; i < key->count; i++) {
        numbers[i] = number_of(key->values[i]);
        all = all && !isnan(numbers[i]);
    }
    for (int i = 0; i < key->count; i++) {
        int below = all ? 0 : i;
        for (int j = 0; all && j < key->count; j++)
            below += numbers[j] < numbers[i];
        list[i].at = key->count > 1 ? (double)below / (key->count - 1) : 0.5;
    }
    ns_free(numbers);
    return NS_OK;
}

// The resolved configuration with a value of a key, and the first ones of the others.
static int configuration(const maker *m, int key, int index, char **out)
{
    const ns_plan *plan = m->plan;
    ns_arena arena = {0};
    ns_workload *workload = NULL;
    const char **values = ns_arena_array(&arena, (size_t)plan->key_count, sizeof *values);
    ns_plan trial = *plan;
    const char *const *point = values;
    trial.points = &point;
    for (int k = 0; values && k < plan->key_count; k++)
        values[k] = plan->keys[k].values[k == key ? index : 0];
    const char *const *sets = values ? ns_plan_sets(&trial, 0, 0, &arena) : NULL;
    int rc = sets ? ns_workload_load(&workload, plan->path, sets, m->err) : no_memory(m);
    assert(rc != NS_OK || workload);
    *out = rc == NS_OK ? ns_strdup(workload->config_json) : NULL;
    if (rc == NS_OK && !*out)
        rc = no_memory(m);
    ns_workload_free(workload);
    ns_arena_free(&arena);
    return rc;
}

// Classes by their first value. Of a key with many of them each further value is its own: to
// compare it with all would take long, and it is a key that cannot be replayed.
enum { CLASSES_COMPARED = 8 };

static int classify(const maker *m, int key, value *list)
{
    char *firsts[CLASSES_COMPARED] = {NULL};
    int classes = 0, rc = NS_OK;
    const char *name = m->plan->keys[key].key;
    if (ns_replay_key(name) && strcmp(name, "node.flags") != 0)
        return NS_OK; // whatever the value
    for (int i = 0; i < m->plan->keys[key].count && rc == NS_OK; i++) {
        char *config = NULL;
        rc = configuration(m, key, i, &config);
        list[i].cls = -1;
        for (int c = 0; rc == NS_OK && c < CLASSES_COMPARED && firsts[c] && list[i].cls < 0; c++) {
            ns_err differs = {0};
            if (ns_replay_check(firsts[c], config, &differs) == NS_OK)
                list[i].cls = c;
        }
        if (rc == NS_OK && list[i].cls < 0) {
            list[i].cls = classes++;
            if (list[i].cls < CLASSES_COMPARED) {
                firsts[list[i].cls] = config;
                config = NULL;
            }
        }
        ns_free(config);
    }
    for (int c = 0; c < CLASSES_COMPARED; c++)
        ns_free(firsts[c]);
    return rc;
}

static int make_values(maker *m)
{
    const ns_plan *plan = m->plan;
    m->values = ns_arena_array(m->arena, (size_t)plan->key_count, sizeof *m->values);
    if (!m->values)
        return no_memory(m);
    for (int k = 0; k < plan->key_count; k++) {
        const ns_vary *key = &plan->keys[k];
        value *list = ns_arena_array(m->arena, (size_t)key->count, sizeof *list);
        if (!list)
            return no_memory(m);
        m->values[k].list = list;
        for (int i = 0; i < key->count; i++)
            list[i].text = key->values[i];
        int rc = rank(m, key, list);
        if (rc == NS_OK)
            rc = classify(m, k, list);
        if (rc != NS_OK)
            return rc;
        qsort(list, (size_t)key->count, sizeof *list, by_address);
    }
    return NS_OK;
}

// -- Groups ---------------------------------------------------------------------------------------

typedef struct place {
    const maker *maker;
    int point;
} place;

static int by_class(const void *a, const void *b)
{
    const place *x = a, *y = b;
    for (int k = 0; k < x->maker->plan->key_count; k++) {
        int left = value_of(x->maker, x->point, k)->cls,
            right = value_of(y->maker, y->point, k)->cls;
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static int by_class_and_point(const void *a, const void *b)
{
    int order = by_class(a, b), x = ((const place *)a)->point, y = ((const place *)b)->point;
    return order ? order : (x > y) - (x < y);
}

// 1: the more, the more requests; -1: the fewer; 0: it is no load.
static int load_of(const char *key)
{
    static const char *const more[] = {".rate", ".count", ".duration", ".users", ".burst"};
    const char *last = strrchr(key, '.');
    if (strncmp(key, "arrivals.", 9) != 0)
        return 0;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (strcmp(last, more[i]) == 0)
            return 1;
    return strcmp(last, ".think") == 0 ? -1 : 0;
}

// How ill a point serves to be traced.
static double cost_of(const maker *m, int point)
{
    double cost = 0;
    for (int k = 0; k < m->plan->key_count; k++) {
        double at = value_of(m, point, k)->at;
        int load = load_of(m->plan->keys[k].key);
        cost += load > 0 ? (1 - at) * 1000 : load < 0 ? at * 1000 : fabs(2 * at - 1) / 2;
    }
    return cost;
}

static double distance(const maker *m, int a, int b)
{
    double sum = 0;
    for (int k = 0; k < m->plan->key_count; k++)
        sum += fabs(value_of(m, a, k)->at - value_of(m, b, k)->at);
    return sum;
}

// How far a point is from those that are run in full already.
static double lonely(const maker *m, const ns_group *group, int point)
{
    double least = distance(m, point, group->traced);
    for (int i = 0; i < group->check_count; i++)
        least = fmin(least, distance(m, point, group->checks[i]));
    return least;
}

static const double EVEN = 1e-9; // sums of ranks that differ by less are equal

static void choose(const maker *m, const place *members, ns_group *group)
{
    double best = INFINITY;
    for (int i = 0; i < group->size; i++) {
        double cost = cost_of(m, members[i].point);
        if (cost > best + EVEN)
            continue;
        best = cost;
        group->traced = members[i].point;
    }
    int checks = group->size >= 4 ? NS_GROUP_CHECKS : group->size - 1;
    while (group->check_count < checks && group->check_count < NS_GROUP_CHECKS) {
        double farthest = 0;
        int point = -1;
        for (int i = 0; i < group->size; i++) {
            double far = lonely(m, group, members[i].point);
            if (far <= farthest + EVEN)
                continue;
            farthest = far;
            point = members[i].point;
        }
        if (point < 0)
            return; // all the same place
        group->checks[group->check_count++] = point;
        if (group->size < 4)
            return; // one is enough of so few
    }
}

// Runs that replay saves: all but the traced ones and the checks.
static bool saves(const ns_group *group, int replicates)
{
    return (group->size - 1) * replicates > group->check_count;
}

static void add_group(const maker *m, const place *members, int size)
{
    ns_groups *out = m->out;
    ns_group group = {.size = size};
    choose(m, members, &group);
    bool worth = saves(&group, m->plan->replicates);
    for (int i = 0; i < size; i++)
        out->of[members[i].point] = worth ? out->count : -1;
    if (worth)
        out->list[out->count++] = group;
}

static int by_traced(const void *a, const void *b)
{
    return ((const ns_group *)a)->traced - ((const ns_group *)b)->traced;
}

// In the order of the traced points, which is that of the runs in the database.
static void sort_groups(ns_groups *out, int points)
{
    for (int p = 0; p < points; p++) // by the traced point, which stays, while the groups move
        if (out->of[p] >= 0)
            out->of[p] = out->list[out->of[p]].traced;
    qsort(out->list, (size_t)out->count, sizeof *out->list, by_traced);
    for (int p = 0; p < points; p++) {
        const ns_group wanted = {.traced = out->of[p]};
        if (out->of[p] < 0)
            continue;
        const ns_group *found =
            bsearch(&wanted, out->list, (size_t)out->count, sizeof wanted, by_traced);
        assert(found);
        out->of[p] = (int)(found - out->list);
    }
}

int ns_groups_make(ns_groups *out, const ns_plan *plan, ns_arena *arena, ns_err *err)
{
    maker m = {.plan = plan, .arena = arena, .out = out, .err = err};
    size_t points = (size_t)plan->point_count;
    *out = (ns_groups){.list = ns_arena_array(arena, points + 1, sizeof *out->list),
                       .of = ns_arena_array(arena, points + 1, sizeof *out->of)};
    place *members = ns_calloc(points + 1, sizeof *members);
    int rc = out->list && out->of && members ? make_values(&m) : no_memory(&m);
    for (int p = 0; p < plan->point_count && rc == NS_OK; p++)
        members[p] = (place){&m, p};
    if (rc == NS_OK)
        qsort(members, points, sizeof *members, by_class_and_point);
    for (int first = 0, p = 1; p <= plan->point_count && rc == NS_OK; p++)
        if (p == plan->point_count || by_class(&members[first], &members[p]) != 0) {
            add_group(&m, members + first, p - first);
            first = p;
        }
    if (rc == NS_OK)
        sort_groups(out, plan->point_count);
    ns_free(members);
    return rc;
}

// Distributions: a plain quantity is a constant, else a map of one key, {lognormal: {mean: 5 ms,
// p99: 20 ms}}. Durations have units; parameters of requests are numbers, or sizes in bytes.
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "sim/fmath.h"
#include "workload/reader.h"
#include "workload/units.h"

// One way to write a distribution: its parameters, and how they make it. A parameter whose name
// ends in "#" is a plain number, another one a quantity.
typedef struct form {
    const char *kind, *a, *b; // b: NULL when there is one parameter
    ns_dist_kind fit;         // with make == NULL: by ns_dist_fit
    int (*make)(ns_dist *out, double a, double b, ns_err *err);
} form;

static int make_exponential(ns_dist *out, double mean, double unused, ns_err *err)
{
    (void)unused;
    return ns_dist_exponential(out, mean, err);
}

static int make_gamma(ns_dist *out, double scale, double shape, ns_err *err)
{
    return ns_dist_gamma(out, shape, scale, err);
}

static int make_lognormal(ns_dist *out, double median, double sigma, ns_err *err)
{
    if (!(median > 0))
        return ns_fail(err, NS_EINVAL, "the median must be above 0");
    return ns_dist_lognormal(out, ns_log(median), sigma, err);
}

static const form forms[] = {
    {"exponential", "mean", NULL, 0, make_exponential},
    {"normal", "mean", "stddev", 0, ns_dist_normal},
    {"normal", "mean", "p99", NS_DIST_NORMAL, NULL},
    {"lognormal", "mean", "p99", NS_DIST_LOGNORMAL, NULL},
    {"lognormal", "median", "sigma#", 0, make_lognormal},
    {"gamma", "scale", "shape#", 0, make_gamma},
    {"gamma", "mean", "p99", NS_DIST_GAMMA, NULL},
    {"pareto", "min", "shape#", 0, ns_dist_pareto},
    {"pareto", "mean", "p99", NS_DIST_PARETO, NULL},
    {"zipf", "n#", "s#", 0, ns_dist_zipf},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

typedef struct dist_reader {
    ns_reader *r;
    bool times;
} dist_reader;

static int add_json(dist_reader *d, cJSON *parent, const char *name, cJSON *value)
{
    bool ok = value && (name ? cJSON_AddItemToObject(parent, name, value)
                             : cJSON_AddItemToArray(parent, value));
    if (!ok)
        cJSON_Delete(value);
    return ok ? NS_OK : ns_reader_no_memory(d->r);
}

// One value, and its canonical form.
static int read_value(dist_reader *d, const ns_yaml *node, bool plain, double *out, cJSON **json)
{
    const char *text = node->kind == NS_YAML_SCALAR ? node->text : "", *why = NULL;
    int64_t exact = 0;
    if (d->times && !plain) {
        if (*text)
            why = ns_unit_parse(NS_UNIT_TIME, text, &exact);
        if (why || !*text)
            return ns_reader_expected(d->r, node, why, "%s", ns_unit_expected(NS_UNIT_TIME));
        *out = (double)exact;
        char canonical[32];
        snprintf(canonical, sizeof canonical, "%lld ns", (long long)exact);
        *json = cJSON_CreateString(canonical);
    } else {
        if (!ns_reader_is_number(text, out)) {
            if (plain || !*text || ns_unit_parse(NS_UNIT_BYTES, text, &exact))
                return ns_reader_expected(d->r, node, NULL, "a number%s",
                                          plain ? "" : ", or a size in bytes");
            *out = (double)exact;
        }
        *json = cJSON_CreateNumber(*out);
    }
    return *json ? NS_OK : ns_reader_no_memory(d->r);
}

// "shape#" -> "shape", true.
static bool parameter_name(const char *written, char name[16])
{
    snprintf(name, 16, "%s", written);
    size_t length = strlen(name);
    bool plain = name[length - 1] == '#';
    if (plain)
        name[length - 1] = '\0';
    return plain;
}

static bool form_fits(const form *f, const char *kind, const ns_yaml *map)
{
    char a[16], b[16];
    if (strcmp(f->kind, kind) != 0 || map->kind != NS_YAML_MAP || map->count != (f->b ? 2 : 1))
        return false;
    parameter_name(f->a, a);
    if (f->b)
        parameter_name(f->b, b);
    return ns_yaml_get(map, a) && (!f->b || ns_yaml_get(map, b));
}

static int no_form(dist_reader *d, const ns_yaml *node)
{
    char expected[128] = "", a[16], b[16];
    for (int i = 0; i < FORMS; i++) {
        if (strcmp(forms[i].kind, node->key) != 0)
            continue;
        parameter_name(forms[i].a, a);
        if (forms[i].b)
            parameter_name(forms[i].b, b);
        size_t used = strlen(expected);
        snprintf(expected + used, sizeof expected - used, "%s{%s%s%s}", used ? " or " : "", a,
                 forms[i].b ? ", " : "", forms[i].b ? b : "");
    }
    return ns_reader_expected(d->r, node, NULL, "the parameters %s", expected);
}

static int read_parameter(dist_reader *d, const ns_yaml *map, const char *written, double *out,
                          cJSON *json)
{
    char name[16];
    bool plain = parameter_name(written, name);
    cJSON *value;
    size_t mark = ns_reader_push(d->r, name);
    int rc = read_value(d, ns_yaml_get(map, name), plain, out, &value);
    if (rc != NS_OK || (rc = add_json(d, json, name, value)) != NS_OK)
        return rc;
    ns_reader_pop(d->r, mark);
    return NS_OK;
}

static int made(dist_reader *d, const ns_yaml *node, int rc, const ns_err *why)
{
    return rc == NS_OK ? rc : ns_reader_fail(d->r, node, "%s", why->msg);
}

static int read_form(dist_reader *d, const form *f, const ns_yaml *node, ns_dist *out, cJSON *json)
{
    double a, b = 0;
    ns_err why = {0};
    cJSON *parameters = cJSON_AddObjectToObject(json, node->key);
    if (!parameters)
        return ns_reader_no_memory(d->r);
    int rc = read_parameter(d, node, f->a, &a, parameters);
    if (rc != NS_OK || (f->b && (rc = read_parameter(d, node, f->b, &b, parameters)) != NS_OK))
        return rc;
    rc = f->make ? f->make(out, a, b, &why) : ns_dist_fit(out, f->fit, a, b, &why);
    return made(d, node, rc, &why);
}

static int read_uniform(dist_reader *d, const ns_yaml *node, ns_dist *out, cJSON *json)
{
    if (node->kind != NS_YAML_LIST || node->count != 2)
        return ns_reader_expected(d->r, node, NULL, "the least and the largest value: [%s]",
                                  d->times ? "1 ms, 2 ms" : "1, 2");
    cJSON *pair = cJSON_AddArrayToObject(json, node->key), *value = NULL;
    double bounds[2];
    const ns_yaml *item = node->first;
    if (!pair)
        return ns_reader_no_memory(d->r);
    for (int i = 0; i < 2; i++, item = item->next) {
        int rc = read_value(d, item, false, &bounds[i], &value);
        if (rc != NS_OK || (rc = add_json(d, pair, NULL, value)) != NS_OK)
            return rc;
    }
    ns_err why = {0};
    return made(d, node, ns_dist_uniform(out, bounds[0], bounds[1], &why), &why);
}

static int read_constant(dist_reader *d, const ns_yaml *node, ns_dist *out, cJSON **json)
{
    double value;
    ns_err why = {0};
    int rc = read_value(d, node, false, &value, json);
    return rc != NS_OK ? rc : made(d, node, ns_dist_constant(out, value, &why), &why);
}

static int read_empirical(dist_reader *d, const ns_yaml *node, ns_dist *out, cJSON *json)
{
    const double *values;
    const char *relative;
    size_t count;
    ns_err why = {0};
    int rc = ns_reader_table(d->r, node, d->times ? NS_TABLE_TIMES : NS_TABLE_NUMBERS, &values,
                             &count, &relative);
    if (rc != NS_OK)
        return rc;
    if (!cJSON_AddStringToObject(json, node->key, relative))
        return ns_reader_no_memory(d->r);
    return made(d, node, ns_dist_empirical(out, values, count, &why), &why);
}

static int unknown_kind(dist_reader *d, const ns_yaml *node)
{
    ns_suggest near = {.word = node->key};
    ns_suggest_offer(&near, "uniform");
    ns_suggest_offer(&near, "empirical");
    ns_suggest_offer(&near, "constant");
    for (int i = 0; i < FORMS; i++)
        ns_suggest_offer(&near, forms[i].kind);
    return ns_yaml_fail(node->key_place, d->r->err,
                        "%s: unknown distribution \"%.40s\", expected one of constant, uniform, "
                        "exponential, normal, lognormal, gamma, pareto, %sempirical%s%s%s",
                        d->r->path, node->key, d->times ? "" : "zipf, ",
                        near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                        near.best ? "\"?" : "");
}

// Reads into `out`, whose canonical form becomes *json.
static int read_dist(dist_reader *d, const ns_yaml *node, ns_dist *out, cJSON **json)
{
    if (node->kind == NS_YAML_SCALAR && !ns_yaml_empty(node))
        return read_constant(d, node, out, json);
    if (node->kind != NS_YAML_MAP || node->count != 1)
        return ns_reader_expected(d->r, node, NULL,
                                  "%s, or a distribution such as {exponential: {mean: %s}}",
                                  d->times ? "a time" : "a number", d->times ? "5 ms" : "5");
    *json = cJSON_CreateObject();
    if (!*json)
        return ns_reader_no_memory(d->r);
    const ns_yaml *inner = node->first;
    size_t mark = ns_reader_push(d->r, inner->key);
    int rc = NS_EINVAL;
    bool known = false;
    if (strcmp(inner->key, "uniform") == 0) {
        rc = read_uniform(d, inner, out, *json);
    } else if (strcmp(inner->key, "empirical") == 0) {
        rc = read_empirical(d, inner, out, *json);
    } else if (strcmp(inner->key, "constant") == 0) {
        cJSON_Delete(*json);
        *json = NULL;
        rc = read_constant(d, inner, out, json);
    } else {
        const form *found = NULL;
        for (int i = 0; i < FORMS; i++) {
            if (strcmp(forms[i].kind, inner->key) != 0 || (d->times && forms[i].a[1] == '#'))
                continue;
            known = true;
            if (form_fits(&forms[i], inner->key, inner))
                found = &forms[i];
        }
        if (!known) {
            ns_reader_pop(d->r, mark);
            return unknown_kind(d, inner);
        }
        rc = found ? read_form(d, found, inner, out, *json) : no_form(d, inner);
    }
    if (rc == NS_OK)
        ns_reader_pop(d->r, mark);
    return rc;
}

int ns_read_duration(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    dist_reader d = {r, true};
    return read_dist(&d, node, (ns_dist *)((char *)base + key->offset), json);
}

int ns_read_params(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key;
    ns_arrival *arrival = base;
    int rc = node ? ns_reader_map(r, node, "a map of numbers or distributions by name") : NS_OK;
    if (rc != NS_OK)
        return rc;
    ns_param *params = ns_arena_array(r->arena, node ? (size_t)node->count : 0, sizeof *params);
    *json = cJSON_CreateObject();
    if (!params || !*json)
        return ns_reader_no_memory(r);
    dist_reader d = {r, false};
    for (const ns_yaml *item = node ? node->first : NULL; item; item = item->next) {
        ns_param *param = &params[arrival->param_count++];
        param->name = item->key;
        cJSON *value = NULL;
        size_t mark = ns_reader_push(r, item->key);
        rc = read_dist(&d, item, &param->dist, &value);
        if (rc != NS_OK) {
            cJSON_Delete(value);
            return rc;
        }
        if ((rc = add_json(&d, *json, item->key, value)) != NS_OK)
            return rc;
        ns_reader_pop(r, mark);
    }
    arrival->params = params;
    return NS_OK;
}

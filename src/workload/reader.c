#include "workload/reader.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "workload/units.h"

// -- Errors ---------------------------------------------------------------------------------------

size_t ns_reader_push(ns_reader *r, const char *segment)
{
    size_t mark = strlen(r->path);
    const char *dot = mark > 0 && segment[0] != '[' ? "." : "";
    snprintf(r->path + mark, sizeof r->path - mark, "%s%s", dot, segment);
    return mark;
}

void ns_reader_pop(ns_reader *r, size_t mark)
{
    assert(mark < sizeof r->path);
    r->path[mark] = '\0';
}

int ns_reader_no_memory(ns_reader *r)
{
    return ns_fail(r->err, NS_ENOMEM, "out of memory while reading the workload");
}

static int fail_at(ns_reader *r, ns_yaml_place place, const char *message)
{
    return ns_yaml_fail(place, r->err, "%s%s%s", r->path, r->path[0] ? ": " : "", message);
}

int ns_reader_fail(ns_reader *r, const ns_yaml *node, const char *fmt, ...)
{
    char message[sizeof r->err->msg];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    fail_at(r, node->place, message);
    return NS_EINVAL;
}

// What was found, for a person: short and without control characters.
static void describe(const ns_yaml *node, char *out, size_t size)
{
    enum { SHOWN = 40 };
    if (node->kind != NS_YAML_SCALAR || ns_yaml_empty(node)) {
        const char *what = node->kind == NS_YAML_MAP    ? "a map"
                           : node->kind == NS_YAML_LIST ? "a list"
                                                        : "nothing";
        snprintf(out, size, "%s", what);
        return;
    }
    char shown[SHOWN + 1];
    size_t n = 0;
    for (; n < SHOWN && node->text[n]; n++)
        shown[n] = iscntrl((unsigned char)node->text[n]) ? ' ' : node->text[n];
    bool cut = node->text[n] != '\0';
    while (cut && n > 0 && ((unsigned char)node->text[n] & 0xC0) == 0x80)
        n--; // not in the middle of a UTF-8 character
    shown[n] = '\0';
    snprintf(out, size, "\"%s%s\"", shown, cut ? "..." : "");
}

int ns_reader_expected(ns_reader *r, const ns_yaml *node, const char *why, const char *fmt, ...)
{
    char found[64], expected[256];
    describe(node, found, sizeof found);
    va_list args;
    va_start(args, fmt);
    vsnprintf(expected, sizeof expected, fmt, args);
    va_end(args);
    ns_reader_fail(r, node, "found %s%s%s, expected %s", found, why ? ", which " : "",
                   why ? why : "", expected);
    return NS_EINVAL;
}

int ns_reader_unknown(ns_reader *r, const ns_yaml *node, const char *parent)
{
    ns_suggest near = {.word = node->key};
    for (int i = 0; i < ns_workload_key_count; i++)
        if (ns_key_is_child(&ns_workload_keys[i], parent))
            ns_suggest_offer(&near, ns_key_name(&ns_workload_keys[i]));
    // A key in the wrong section is found by its exact name.
    for (int i = 0; i < ns_workload_key_count && !near.best; i++)
        if (strcmp(ns_key_name(&ns_workload_keys[i]), node->key) == 0)
            near.best = ns_workload_keys[i].path;

    char message[256];
    snprintf(message, sizeof message, "unknown key%s%s%s", near.best ? "; did you mean \"" : "",
             near.best ? near.best : "", near.best ? "\"?" : "");
    size_t mark = ns_reader_push(r, node->key);
    int rc = fail_at(r, node->key_place, message);
    ns_reader_pop(r, mark);
    return rc;
}

int ns_reader_map(ns_reader *r, const ns_yaml *node, const char *expected)
{
    if (node->kind == NS_YAML_MAP || ns_yaml_empty(node))
        return NS_OK;
    return ns_reader_expected(r, node, NULL, "%s", expected);
}

int ns_reader_text(ns_reader *r, const ns_yaml *node, const char *expected, const char **out)
{
    *out = NULL;
    if (node->kind != NS_YAML_SCALAR || ns_yaml_empty(node))
        return ns_reader_expected(r, node, NULL, "%s", expected);
    *out = node->text;
    return NS_OK;
}

// -- Plain values ---------------------------------------------------------------------------------

bool ns_reader_is_number(const char *text, double *out)
{
    const char *s = text + (*text == '-');
    size_t digits = strspn(s, "0123456789");
    s += digits;
    if (*s == '.') {
        size_t fraction = strspn(s + 1, "0123456789");
        digits += fraction;
        s += fraction + 1;
    }
    if (digits == 0)
        return false;
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '-' || *s == '+';
        size_t exponent = strspn(s, "0123456789");
        if (exponent == 0)
            return false;
        s += exponent;
    }
    *out = strtod(text, NULL);
    return *s == '\0' && *out - *out == 0; // and not infinite
}

static int read_name(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    const char **field = (const char **)((char *)base + key->offset), *text = NULL;
    int rc = ns_reader_text(r, node, "a name", &text);
    if (rc != NS_OK)
        return rc;
    assert(text);
    for (const char *s = text; *s; s++)
        if (*s == '/' || iscntrl((unsigned char)*s))
            return ns_reader_expected(r, node, NULL, "a name without \"/\" and control characters");
    if (text[0] == '\0')
        return ns_reader_expected(r, node, NULL, "a name");
    *field = text;
    *json = cJSON_CreateString(text);
    return NS_OK;
}

static int read_text(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    if (!node)
        return NS_OK;
    const char **field = (const char **)((char *)base + key->offset);
    int rc = ns_reader_text(r, node, "text", field);
    if (rc == NS_OK)
        *json = cJSON_CreateString(*field);
    return rc;
}

static int read_bool(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    bool *field = (bool *)((char *)base + key->offset);
    const char *text = node->kind == NS_YAML_SCALAR ? node->text : "";
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return ns_reader_expected(r, node, NULL, "true or false");
    *field = text[0] == 't';
    *json = cJSON_CreateBool(*field);
    return NS_OK;
}

static int read_list(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    const char *const **field = (const char *const **)((char *)base + key->offset);
    if (node && node->kind != NS_YAML_LIST && !ns_yaml_empty(node))
        return ns_reader_expected(r, node, NULL, "a list, such as [a, b]");
    size_t count = node ? (size_t)node->count : 0, n = 0;
    const char **list = ns_arena_array(r->arena, count + 1, sizeof *list);
    *json = cJSON_CreateArray();
    if (!list || !*json)
        return ns_reader_no_memory(r);
    for (const ns_yaml *item = node ? node->first : NULL; item; item = item->next) {
        char index[32];
        snprintf(index, sizeof index, "[%zu]", n);
        size_t mark = ns_reader_push(r, index);
        int rc = ns_reader_text(r, item, "text", &list[n]);
        ns_reader_pop(r, mark);
        if (rc != NS_OK)
            return rc;
        if (!cJSON_AddItemToArray(*json, cJSON_CreateString(list[n++])))
            return ns_reader_no_memory(r);
    }
    *field = list;
    return NS_OK;
}

static int read_env(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    const char *const **field = (const char *const **)((char *)base + key->offset);
    int rc = node ? ns_reader_map(r, node, "a map, such as {NODE_ENV: production}") : NS_OK;
    if (rc != NS_OK)
        return rc;
    size_t count = node ? (size_t)node->count : 0, n = 0;
    const char **list = ns_arena_array(r->arena, count + 1, sizeof *list);
    *json = cJSON_CreateObject();
    if (!list || !*json)
        return ns_reader_no_memory(r);
    for (const ns_yaml *item = node ? node->first : NULL; item; item = item->next) {
        size_t mark = ns_reader_push(r, item->key);
        if (item->key[0] == '\0' || strchr(item->key, '='))
            return fail_at(r, item->key_place, "a variable's name is not empty and has no \"=\"");
        if (item->kind != NS_YAML_SCALAR)
            return ns_reader_expected(r, item, NULL, "text");
        list[n] = ns_arena_printf(r->arena, "%s=%s", item->key, item->text);
        if (!list[n++] || !cJSON_AddStringToObject(*json, item->key, item->text))
            return ns_reader_no_memory(r);
        ns_reader_pop(r, mark);
    }
    *field = list;
    return NS_OK;
}

// -- Numbers --------------------------------------------------------------------------------------

static bool is_zero_word(const ns_key *key, const ns_yaml *node)
{
    return key->zero && node->kind == NS_YAML_SCALAR && strcmp(node->text, key->zero) == 0;
}

static cJSON *json_integer(const ns_key *key, uint64_t value, const char *unit)
{
    if (value == 0 && key->zero)
        return cJSON_CreateString(key->zero);
    char text[48];
    snprintf(text, sizeof text, "%llu%s%s", (unsigned long long)value, unit ? " " : "",
             unit ? unit : "");
    return unit ? cJSON_CreateString(text) : cJSON_CreateRaw(text);
}

static int out_of_range(ns_reader *r, const ns_key *key, const ns_yaml *node, const char *why,
                        const char *what, const char *unit)
{
    const char *word = key->zero ? key->zero : "", * or = key->zero ? ", or " : "";
    double min = key->min;
    if (key->zero && min == 0 && !unit)
        min = 1; // 0 is said by the word
    if (unit && key->max > 0)
        return ns_reader_expected(r, node, why, "%s from %.0f %s to %.0f %s%s%s", what, min, unit,
                                  key->max, unit, or, word);
    if (key->max > 0 && key->max <= 1e9)
        return ns_reader_expected(r, node, why, "%s from %.10g to %.10g%s%s", what, min, key->max,
                                  or, word);
    return ns_reader_expected(r, node, why, "%s from %.10g upwards%s%s", what, min, or, word);
}

static int read_integer(ns_reader *r, const ns_key *key, const ns_yaml *node, uint64_t limit,
                        uint64_t *out)
{
    *out = 0;
    if (is_zero_word(key, node))
        return NS_OK;
    const char *text = node->kind == NS_YAML_SCALAR ? node->text : "";
    bool digits = *text != '\0', fits = true;
    for (const char *s = text; *s && digits; s++) {
        digits = isdigit((unsigned char)*s);
        fits &= !__builtin_mul_overflow(*out, 10, out) &&
                !__builtin_add_overflow(*out, (uint64_t)(*s - '0'), out);
    }
    bool beyond = (key->max > 0 && ((double)*out < key->min || (double)*out > key->max)) ||
                  (key->zero && *out == 0); // that is said by the word
    if (!digits || !fits || *out > limit || beyond)
        return out_of_range(r, key, node, digits && !fits ? "is too large" : NULL, "a whole number",
                            NULL);
    return NS_OK;
}

static int read_int(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    uint64_t value;
    int rc = read_integer(r, key, node, INT32_MAX, &value);
    if (rc != NS_OK)
        return rc;
    *(int *)((char *)base + key->offset) = (int)value;
    *json = json_integer(key, value, NULL);
    return NS_OK;
}

static int read_count(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                      cJSON **json)
{
    uint64_t value;
    int rc = read_integer(r, key, node, INT64_MAX, &value);
    if (rc != NS_OK)
        return rc;
    *(int64_t *)((char *)base + key->offset) = (int64_t)value;
    *json = json_integer(key, value, NULL);
    return NS_OK;
}

static int read_seed(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    uint64_t value;
    int rc = read_integer(r, key, node, UINT64_MAX, &value);
    if (rc != NS_OK)
        return rc;
    *(uint64_t *)((char *)base + key->offset) = value;
    *json = json_integer(key, value, NULL);
    return NS_OK;
}

static int read_number(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                       cJSON **json)
{
    double *field = (double *)((char *)base + key->offset), value;
    if (!node)
        return NS_OK;
    const char *text = node->kind == NS_YAML_SCALAR ? node->text : "";
    if (!ns_reader_is_number(text, &value) || value < key->min || value > key->max)
        return out_of_range(r, key, node, NULL, "a number", NULL);
    *field = value;
    *json = cJSON_CreateNumber(value);
    return NS_OK;
}

static int read_quantity(ns_reader *r, const ns_key *key, const ns_yaml *node, ns_unit_kind kind,
                         int64_t *out)
{
    *out = 0;
    if (is_zero_word(key, node))
        return NS_OK;
    const char *why = NULL, *word = key->zero ? key->zero : "", * or = key->zero ? ", or " : "";
    if (node->kind == NS_YAML_SCALAR && !ns_yaml_empty(node))
        why = ns_unit_parse(kind, node->text, out);
    if (node->kind != NS_YAML_SCALAR || ns_yaml_empty(node) || why)
        return ns_reader_expected(r, node, why, "%s%s%s", ns_unit_expected(kind), or, word);
    if (key->max > 0 && ((double)*out < key->min || (double)*out > key->max))
        return out_of_range(r, key, node, NULL, "a size", "B");
    return NS_OK;
}

static int read_time(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    int64_t *field = (int64_t *)((char *)base + key->offset);
    int rc = read_quantity(r, key, node, NS_UNIT_TIME, field);
    if (rc == NS_OK)
        *json = json_integer(key, (uint64_t)*field, "ns");
    return rc;
}

static int read_host_time(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                          cJSON **json)
{
    int64_t value;
    int rc = read_quantity(r, key, node, NS_UNIT_TIME, &value);
    if (rc != NS_OK)
        return rc;
    *(double *)((char *)base + key->offset) = (double)value / 1e9;
    *json = json_integer(key, (uint64_t)value, "ns");
    return NS_OK;
}

static int read_bytes(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                      cJSON **json)
{
    int64_t *field = (int64_t *)((char *)base + key->offset);
    int rc = read_quantity(r, key, node, NS_UNIT_BYTES, field);
    if (rc == NS_OK)
        *json = json_integer(key, (uint64_t)*field, "B");
    return rc;
}

// -- Choices --------------------------------------------------------------------------------------

static int choose(ns_reader *r, const ns_key *key, const ns_yaml *node, int *index,
                  const char **name)
{
    const char *text = node->kind == NS_YAML_SCALAR ? node->text : "";
    char list[128], expected[160];
    snprintf(list, sizeof list, "%s", key->choices);
    ns_suggest near = {.word = text};
    int i = 0;
    char *rest = list;
    for (char *choice = strtok_r(rest, "|", &rest); choice; choice = strtok_r(NULL, "|", &rest)) {
        if (strcmp(choice, text) == 0) {
            *index = i;
            *name = ns_arena_strdup(r->arena, choice);
            return *name ? NS_OK : ns_reader_no_memory(r);
        }
        ns_suggest_offer(&near, choice);
        i++;
    }
    size_t n = 0;
    for (const char *s = key->choices; *s; s++)
        n += (size_t)snprintf(expected + n, sizeof expected - n, *s == '|' ? ", " : "%c", *s);
    return ns_reader_expected(r, node, NULL, "%s%s%s%s%s", i > 1 ? "one of " : "", expected,
                              near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                              near.best ? "\"?" : "");
}

static int read_choice(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                       cJSON **json)
{
    int index;
    const char **field = (const char **)((char *)base + key->offset);
    int rc = choose(r, key, node, &index, field);
    if (rc == NS_OK)
        *json = cJSON_CreateString(*field);
    return rc;
}

static int read_enum(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    const char *name = NULL;
    int rc = choose(r, key, node, (int *)((char *)base + key->offset), &name);
    if (rc == NS_OK)
        *json = cJSON_CreateString(name);
    return rc;
}

static int read_nested(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                       cJSON **json)
{
    *json = cJSON_CreateObject();
    if (!*json)
        return ns_reader_no_memory(r);
    return ns_reader_section(r, key->path, node, base, *json);
}

// -- Sections -------------------------------------------------------------------------------------

static ns_read_fn *const readers[NS_KEY_TYPES] = {
    [NS_KEY_SECTION] = read_nested,
    [NS_KEY_NAME] = read_name,
    [NS_KEY_DIR] = ns_read_dir,
    [NS_KEY_SCRIPT] = ns_read_script,
    [NS_KEY_BOOL] = read_bool,
    [NS_KEY_TEXT] = read_text,
    [NS_KEY_LIST] = read_list,
    [NS_KEY_ENV] = read_env,
    [NS_KEY_INT] = read_int,
    [NS_KEY_COUNT] = read_count,
    [NS_KEY_SEED] = read_seed,
    [NS_KEY_NUMBER] = read_number,
    [NS_KEY_TIME] = read_time,
    [NS_KEY_HOST_TIME] = read_host_time,
    [NS_KEY_BYTES] = read_bytes,
    [NS_KEY_CHOICE] = read_choice,
    [NS_KEY_ENUM] = read_enum,
    [NS_KEY_PROFILE] = ns_read_profile,
    [NS_KEY_FILES] = ns_read_files,
    [NS_KEY_ARRIVALS] = ns_read_arrivals,
    [NS_KEY_DURATION] = ns_read_duration,
    [NS_KEY_PARAMS] = ns_read_params,
    [NS_KEY_TRACE] = ns_read_trace,
    [NS_KEY_SWEEP] = ns_read_sweep,
    [NS_KEY_VARY] = ns_read_vary,
};

static int read_key(ns_reader *r, const ns_key *key, const ns_yaml *map, void *base, cJSON *json)
{
    const char *name = ns_key_name(key);
    const ns_yaml *node = map ? ns_yaml_get(map, name) : NULL;
    if (!node && key->fallback) {
        node = ns_yaml_scalar(r->arena, (ns_yaml_place){"default", 0, 0}, key->fallback);
        if (!node)
            return ns_reader_no_memory(r);
    }
    assert(node || key->type != NS_KEY_NAME); // load.c has filled in the names
    size_t mark = ns_reader_push(r, name);
    cJSON *value = NULL;
    int rc = readers[key->type](r, key, node, base, &value);
    if (rc != NS_OK) {
        cJSON_Delete(value);
        return rc; // the path stays: the message is made
    }
    ns_reader_pop(r, mark);
    if (!value) // a value that is given always has its JSON, if it is part of the configuration
        return node && key->type != NS_KEY_SWEEP && key->type != NS_KEY_VARY
                   ? ns_reader_no_memory(r)
                   : NS_OK;
    if (!cJSON_AddItemToObjectCS(json, name, value)) {
        cJSON_Delete(value);
        return ns_reader_no_memory(r);
    }
    return NS_OK;
}

int ns_reader_section(ns_reader *r, const char *parent, const ns_yaml *map, void *base, cJSON *json)
{
    int rc = map ? ns_reader_map(r, map, "a map of keys") : NS_OK;
    if (rc != NS_OK)
        return rc;
    for (const ns_yaml *node = map ? map->first : NULL; node; node = node->next) {
        bool known = false;
        for (int i = 0; i < ns_workload_key_count && !known; i++)
            known = ns_key_is_child(&ns_workload_keys[i], parent) &&
                    strcmp(ns_key_name(&ns_workload_keys[i]), node->key) == 0;
        if (!known)
            return ns_reader_unknown(r, node, parent);
    }
    for (int i = 0; i < ns_workload_key_count; i++)
        if (ns_key_is_child(&ns_workload_keys[i], parent) &&
            (rc = read_key(r, &ns_workload_keys[i], map, base, json)) != NS_OK)
            return rc;
    return NS_OK;
}

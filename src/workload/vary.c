#include "workload/vary.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "workload/keys.h"

typedef struct vary {
    ns_vary *out;
    ns_arena *arena;
    const char **values;
    int count, capacity;
    ns_err *err;
} vary;

static const char expected[] =
    "values such as 1,2,4, a range such as 2..8 or 2..8:2, or log:1..64 or log:1..1000:10";

static int no_memory(const vary *v)
{
    return ns_fail(v->err, NS_ENOMEM, "%s: out of memory", v->out->place);
}

static int fail(const vary *v, const char *found, size_t length, const char *why)
{
    return ns_fail(v->err, NS_EINVAL, "%s: %s: found \"%.*s\"%s%s, expected %s", v->out->place,
                   v->out->key, length > 60 ? 60 : (int)length, found, why ? ", which " : "",
                   why ? why : "", expected);
}

// -- Values ---------------------------------------------------------------------------------------

static int add(vary *v, const char *text, size_t length)
{
    for (int i = 0; i < v->count; i++)
        if (strlen(v->values[i]) == length && strncmp(v->values[i], text, length) == 0)
            return fail(v, text, length, "occurs twice");
    if (v->count == NS_VARY_VALUES_MAX)
        return ns_fail(v->err, NS_EINVAL, "%s: %s: more than %d values", v->out->place, v->out->key,
                       NS_VARY_VALUES_MAX);
    if (v->count == v->capacity) {
        int capacity = v->capacity ? v->capacity * 2 : 16;
        const char **values = ns_arena_array(v->arena, (size_t)capacity, sizeof *values);
        if (!values)
            return no_memory(v);
        if (v->count)
            memcpy(values, v->values, (size_t)v->count * sizeof *values);
        v->values = values;
        v->capacity = capacity;
    }
    v->values[v->count] = ns_arena_strndup(v->arena, text, length);
    return v->values[v->count++] ? NS_OK : no_memory(v);
}

// -- Ranges ---------------------------------------------------------------------------------------

enum { DIGITS_MAX = 15, DECIMALS_MAX = 9 };

// A decimal number, exactly: mantissa / 10^decimals.
typedef struct decimal {
    int64_t mantissa;
    int decimals;
} decimal;

// Read one at *at and step over it. A point that another follows begins the "..".
static bool read_decimal(const char **at, const char *end, decimal *out)
{
    const char *s = *at;
    int digits = 0;
    *out = (decimal){0};
    for (; s < end && isdigit((unsigned char)*s); s++, digits++)
        if (digits < DIGITS_MAX)
            out->mantissa = out->mantissa * 10 + (*s - '0');
    if (digits > 0 && s + 1 < end && *s == '.' && isdigit((unsigned char)s[1]))
        for (s++; s < end && isdigit((unsigned char)*s); s++, digits++, out->decimals++)
            if (digits < DIGITS_MAX)
                out->mantissa = out->mantissa * 10 + (*s - '0');
    *at = s;
    return digits > 0 && digits <= DIGITS_MAX && out->decimals <= DECIMALS_MAX;
}

static bool skip(const char **at, const char *end, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(end - *at) < length || strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool scale(decimal *d, int decimals)
{
    for (; d->decimals < decimals; d->decimals++)
        if (__builtin_mul_overflow(d->mantissa, 10, &d->mantissa))
            return false;
    return true;
}

static double value_of(decimal d)
{
    double value = (double)d.mantissa;
    for (int i = 0; i < d.decimals; i++)
        value /= 10;
    return value;
}

typedef struct range {
    bool logarithmic, stepped;
    decimal from, to, step;
    const char *unit; // up to the end of the item; empty: none
    size_t unit_length;
} range;

// Whether the item has the form of a range. Anything else is a value, whatever it means.
static bool read_range(const char *at, const char *end, range *r)
{
    *r = (range){.step = {1, 0}};
    r->logarithmic = skip(&at, end, "log:");
    if (!read_decimal(&at, end, &r->from) || !skip(&at, end, "..") ||
        !read_decimal(&at, end, &r->to))
        return false;
    if (skip(&at, end, ":")) {
        r->stepped = true;
        if (!read_decimal(&at, end, &r->step))
            return false;
    }
    while (at < end && *at == ' ')
        at++;
    r->unit = at;
    r->unit_length = (size_t)(end - at);
    for (; at < end; at++)
        if (!isalpha((unsigned char)*at))
            return false;
    return true;
}

static int add_number(vary *v, const range *r, const char *number)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s%s%.*s", number, r->unit_length ? " " : "",
                          (int)(r->unit_length > 8 ? 8 : r->unit_length), r->unit);
    assert(length > 0 && (size_t)length < sizeof text);
    return add(v, text, (size_t)length);
}

// mantissa / 10^decimals without zeros at the end: "0.25", "8".
static void print_decimal(decimal d, char out[32])
{
    while (d.decimals > 0 && d.mantissa % 10 == 0) {
        d.mantissa /= 10;
        d.decimals--;
    }
    int64_t unit = 1;
    for (int i = 0; i < d.decimals; i++)
        unit *= 10;
    if (d.decimals)
        snprintf(out, 32, "%lld.%0*lld", (long long)(d.mantissa / unit), d.decimals,
                 (long long)(d.mantissa % unit));
    else
        snprintf(out, 32, "%lld", (long long)d.mantissa);
}

static int add_linear(vary *v, range *r, const char *item, size_t length)
{
    int decimals = r->from.decimals > r->step.decimals ? r->from.decimals : r->step.decimals;
    if (r->to.decimals > decimals)
        decimals = r->to.decimals;
    if (!scale(&r->from, decimals) || !scale(&r->to, decimals) || !scale(&r->step, decimals))
        return fail(v, item, length, "is too large");
    if (r->step.mantissa == 0)
        return fail(v, item, length, "has a step of 0");
    for (decimal at = r->from; at.mantissa <= r->to.mantissa; at.mantissa += r->step.mantissa) {
        char number[32];
        print_decimal(at, number);
        int rc = add_number(v, r, number);
        if (rc != NS_OK)
            return rc;
    }
    return NS_OK;
}

static int add_logarithmic(vary *v, const range *r, const char *item, size_t length)
{
    double factor = r->stepped ? value_of(r->step) : 2, to = value_of(r->to);
    if (r->from.mantissa == 0)
        return fail(v, item, length, "begins at 0");
    if (factor <= 1)
        return fail(v, item, length, "has a factor that is not greater than 1");
    // The tolerance is for factors such as 1.1, whose powers no double has.
    double at = value_of(r->from);
    while (at <= to * (1 + 1e-9)) {
        char number[32];
        snprintf(number, sizeof number, "%.10g", at);
        int rc = add_number(v, r, number);
        if (rc != NS_OK)
            return rc;
        at *= factor;
    }
    return NS_OK;
}

static int add_item(vary *v, const char *item, size_t length)
{
    range r;
    if (length == 0)
        return fail(v, item, length, NULL);
    if (!read_range(item, item + length, &r))
        return length >= 4 && strncmp(item, "log:", 4) == 0 ? fail(v, item, length, NULL)
                                                            : add(v, item, length);
    if (value_of(r.from) > value_of(r.to))
        return fail(v, item, length, "ends before it begins");
    return r.logarithmic ? add_logarithmic(v, &r, item, length) : add_linear(v, &r, item, length);
}

// -- Lists ----------------------------------------------------------------------------------------

// The end of an item: a comma outside brackets and quotes.
static const char *item_end(const char *s)
{
    int depth = 0;
    char quote = 0;
    for (; *s; s++) {
        if (quote)
            quote = *s == quote ? 0 : quote;
        else if (*s == '"' || *s == '\'')
            quote = *s;
        else if (*s == '[' || *s == '{')
            depth++;
        else if (*s == ']' || *s == '}')
            depth--;
        else if (*s == ',' && depth <= 0)
            break;
    }
    return s;
}

static int add_items(vary *v, const char *text)
{
    for (const char *at = text;; at++) {
        const char *end = item_end(at), *next = end;
        while (at < end && isspace((unsigned char)*at))
            at++;
        while (end > at && isspace((unsigned char)end[-1]))
            end--;
        int rc = add_item(v, at, (size_t)(end - at));
        if (rc != NS_OK)
            return rc;
        at = next;
        if (*at == '\0')
            return NS_OK;
    }
}

static int finish(vary *v)
{
    v->out->values = v->values;
    v->out->count = v->count;
    assert(v->count > 0);
    return NS_OK;
}

int ns_vary_parse(ns_vary *out, ns_arena *arena, const char *key, const char *text,
                  const char *place, ns_err *err)
{
    *out = (ns_vary){.key = key, .place = place};
    vary v = {.out = out, .arena = arena, .err = err};
    int rc = add_items(&v, text);
    return rc == NS_OK ? finish(&v) : rc;
}

int ns_vary_list(ns_vary *out, ns_arena *arena, const char *key, const char *const *items,
                 int count, const char *place, ns_err *err)
{
    *out = (ns_vary){.key = key, .place = place};
    vary v = {.out = out, .arena = arena, .err = err};
    if (count == 0)
        return ns_fail(err, NS_EINVAL, "%s: %s: found an empty list, expected %s", place, key,
                       expected);
    for (int i = 0; i < count; i++) {
        int rc = add(&v, items[i], strlen(items[i]));
        if (rc != NS_OK)
            return rc;
    }
    return finish(&v);
}

// -- Keys -----------------------------------------------------------------------------------------

int ns_vary_option(ns_vary *out, ns_arena *arena, const char *option, ns_err *err)
{
    bool quoted = false;
    const char *equals = option;
    for (; *equals && (quoted || *equals != '='); equals++)
        quoted ^= *equals == '"';
    if (*equals == '\0' || equals == option)
        return ns_fail(err, NS_EINVAL,
                       "--vary %s: expected KEY=VALUES, such as node.threadpool=1,2,4", option);
    const char *key = ns_arena_strndup(arena, option, (size_t)(equals - option));
    const char *place = ns_arena_printf(arena, "--vary %s", option);
    if (!key || !place)
        return ns_fail(err, NS_ENOMEM, "--vary: out of memory");
    int rc = ns_vary_check_key(key, place, err);
    return rc == NS_OK ? ns_vary_parse(out, arena, key, equals + 1, place, err) : rc;
}

static bool is_section(const ns_key *key)
{
    return key->type == NS_KEY_SECTION || key->type == NS_KEY_FILES ||
           key->type == NS_KEY_ARRIVALS || key->type == NS_KEY_SWEEP;
}

// Below these the user chooses names, and the values are checked where they are read.
static bool is_open(const char *key)
{
    return strncmp(key, "env.", 4) == 0 ||
           (strncmp(key, "arrivals.", 9) == 0 && strstr(key, ".params.") != NULL);
}

int ns_vary_check_key(const char *key, const char *place, ns_err *err)
{
    static const struct {
        const char *key, *why;
    } excluded[] = {
        {"seed", "the replicates of a sweep differ in it; --set seed=N is that of the first"},
        {"name", "it changes nothing in a run"},
        {"dir", "the folder is that of the whole sweep"},
        {"record", "a sweep keeps the figures of its runs, see --records"},
        {"sweep", "it says what a sweep varies"},
    };
    for (size_t i = 0; i < sizeof excluded / sizeof excluded[0]; i++) {
        size_t length = strlen(excluded[i].key);
        if (strncmp(key, excluded[i].key, length) == 0 && (!key[length] || key[length] == '.'))
            return ns_fail(err, NS_EINVAL, "%s: %s: the key cannot be varied: %s", place, key,
                           excluded[i].why);
    }
    const ns_key *found = ns_key_find(key);
    if ((found && !is_section(found)) || is_open(key))
        return NS_OK;
    ns_suggest near = {.word = key};
    for (int i = 0; i < ns_workload_key_count; i++) {
        const ns_key *known = &ns_workload_keys[i];
        if (is_section(known))
            continue;
        ns_suggest_offer(&near, known->path);
    }
    return ns_fail(err, NS_EINVAL, "%s: %s: unknown key%s%s%s", place, key,
                   near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                   near.best ? "\"?" : "");
}

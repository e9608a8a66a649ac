#include "workload/units.h"

#include <ctype.h>
#include <string.h>

#include "workload/workload.h"

typedef struct unit {
    const char *name;
    int64_t factor;
} unit;

static const unit time_units[] = {
    {"ns", 1},     {"us", NS_US},        {"\u00b5s", NS_US},   {"ms", NS_MS},
    {"s", NS_SEC}, {"min", 60 * NS_SEC}, {"h", 3600 * NS_SEC}, {NULL, 0},
};
static const unit byte_units[] = {
    {"B", 1},
    {"kB", INT64_C(1000)},
    {"KB", INT64_C(1000)},
    {"MB", INT64_C(1000000)},
    {"GB", INT64_C(1000000000)},
    {"TB", INT64_C(1000000000000)},
    {"KiB", INT64_C(1) << 10},
    {"MiB", INT64_C(1) << 20},
    {"GiB", INT64_C(1) << 30},
    {"TiB", INT64_C(1) << 40},
    {NULL, 0},
};

typedef struct unit_family {
    const unit *units;
    const char *expected;
    const char *unknown;
} unit_family;

static const unit_family families[] = {
    [NS_UNIT_TIME] = {time_units, "a time with a unit, such as \"2.5 ms\" or \"30 s\"",
                      "has a unit that is none of ns, us, ms, s, min, h"},
    [NS_UNIT_BYTES] = {byte_units, "a size with a unit, such as \"16 MB\" or \"16 MiB\"",
                       "has a unit that is none of B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"},
};

// Decimal digits with at most one point: value = digits / 10^scale.
typedef struct decimal {
    int64_t digits;
    int scale;
    const char *rest;
} decimal;

static const char *parse_decimal(const char *text, decimal *out)
{
    *out = (decimal){0};
    const char *s = text;
    if (*s == '-')
        return "is negative";
    if (!isdigit((unsigned char)*s))
        return "does not begin with a number";
    bool point = false;
    for (; isdigit((unsigned char)*s) || (*s == '.' && !point); s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        if (__builtin_mul_overflow(out->digits, 10, &out->digits) ||
            __builtin_add_overflow(out->digits, *s - '0', &out->digits))
            return "has too many digits";
        out->scale += point;
    }
    if (s[-1] == '.')
        return "ends in a point";
    out->rest = s;
    return NULL;
}

static const char *scaled(const decimal *d, int64_t factor, int64_t *out)
{
    __int128 value = (__int128)d->digits * factor;
    for (int i = 0; i < d->scale; i++) {
        if (value % 10 != 0)
            return factor == 1 ? "is not a whole number" : "is finer than the smallest unit";
        value /= 10;
    }
    if (value > INT64_MAX)
        return "is too large";
    *out = (int64_t)value;
    return NULL;
}

static const unit *find_unit(ns_unit_kind kind, const char *name)
{
    for (const unit *u = families[kind].units; u->name; u++)
        if (strcmp(u->name, name) == 0)
            return u;
    return NULL;
}

const char *ns_unit_expected(ns_unit_kind kind)
{
    return families[kind].expected;
}

const char *ns_unit_parse(ns_unit_kind kind, const char *text, int64_t *out)
{
    decimal d;
    const char *why = parse_decimal(text, &d);
    if (why)
        return why;
    const char *name = d.rest;
    while (*name == ' ')
        name++;
    if (*name == '\0') {
        *out = 0;
        return d.digits == 0 ? NULL : "has no unit";
    }
    const unit *u = find_unit(kind, name);
    return u ? scaled(&d, u->factor, out) : families[kind].unknown;
}

const char *ns_unit_parse_in(ns_unit_kind kind, const char *number, const char *unit_name,
                             int64_t *out)
{
    decimal d;
    const char *why = parse_decimal(number, &d);
    if (why)
        return why;
    const unit *u = find_unit(kind, unit_name);
    if (!u)
        return families[kind].unknown;
    return *d.rest ? "is not a number" : scaled(&d, u->factor, out);
}

static int parse_public(ns_unit_kind kind, const char *text, int64_t *out, ns_err *err)
{
    const char *why = ns_unit_parse(kind, text, out);
    if (why)
        return ns_fail(err, NS_EINVAL, "\"%s\" %s: expected %s", text, why, ns_unit_expected(kind));
    return NS_OK;
}

int ns_parse_bytes(const char *text, int64_t *out, ns_err *err)
{
    return parse_public(NS_UNIT_BYTES, text, out, err);
}

int ns_parse_time(const char *text, ns_time *out, ns_err *err)
{
    return parse_public(NS_UNIT_TIME, text, out, err);
}

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "workload/units.h"
#include "workload/workload.h"

typedef struct quantity {
    const char *text;
    int64_t value;
} quantity;

Test(units, times)
{
    static const quantity good[] = {
        {"2.5 ms", 2500000},
        {"30 s", 30 * NS_SEC},
        {"30s", 30 * NS_SEC},
        {"0.1 us", 100},
        {"7 \u00b5s", 7000},
        {"1 ns", 1},
        {"1.000000001 s", 1000000001},
        {"1.5 min", 90 * NS_SEC},
        {"2 h", 7200 * NS_SEC},
        {"0", 0},
        {"0.0", 0},
        {"9223372036854775807 ns", INT64_MAX},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ns_time t = -1;
        ns_err err = {0};
        cr_expect(eq(int, ns_parse_time(good[i].text, &t, &err), NS_OK), "%s: %s", good[i].text,
                  err.msg);
        cr_expect(eq(i64, t, good[i].value), "%s", good[i].text);
    }
}

Test(units, sizes)
{
    static const quantity good[] = {
        {"16 MB", 16000000},  {"16 MiB", 16777216},
        {"1.5 KiB", 1536},    {"64 kB", 64000},
        {"64 KB", 64000},     {"1 TB", INT64_C(1000000000000)},
        {"100 B", 100},       {"8191.999755859375 PiB", -1},
        {"0.5 GiB", 1 << 29}, {"7.999 TiB", -1}, // not a whole number of bytes
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t n = -1;
        int rc = ns_parse_bytes(good[i].text, &n, NULL);
        cr_expect(eq(int, rc, good[i].value < 0 ? NS_EINVAL : NS_OK), "%s", good[i].text);
        if (good[i].value >= 0)
            cr_expect(eq(i64, n, good[i].value), "%s", good[i].text);
    }
}

// Every number of nanoseconds survives being written in any unit: decimal arithmetic is exact.
Test(units, exact_where_doubles_are_not)
{
    for (int64_t ns = 1; ns < NS_SEC; ns = ns * 3 + 1) {
        char text[64];
        ns_time back = 0;
        snprintf(text, sizeof text, "%lld.%09lld s", 123456789LL, (long long)ns);
        cr_assert(eq(int, ns_parse_time(text, &back, NULL), NS_OK));
        cr_assert(eq(i64, back, 123456789 * NS_SEC + ns));
    }
}

Test(units, what_is_wrong)
{
    static const struct {
        ns_unit_kind kind;
        const char *text, *why;
    } bad[] = {
        {NS_UNIT_TIME, "16", "has no unit"},
        {NS_UNIT_TIME, "ms", "does not begin with a number"},
        {NS_UNIT_TIME, "", "does not begin with a number"},
        {NS_UNIT_TIME, "-1 ms", "is negative"},
        {NS_UNIT_TIME, "1. ms", "ends in a point"},
        {NS_UNIT_TIME, "1.2.3 ms", "has a unit that is none of ns, us, ms, s, min, h"},
        {NS_UNIT_TIME, "1 MB", "has a unit that is none of ns, us, ms, s, min, h"},
        {NS_UNIT_TIME, "1 ms ", "has a unit that is none of ns, us, ms, s, min, h"},
        {NS_UNIT_TIME, "1e3 ms", "has a unit that is none of ns, us, ms, s, min, h"},
        {NS_UNIT_TIME, "0.5 ns", "is not a whole number"},
        {NS_UNIT_TIME, "0.0000000001 s", "is finer than the smallest unit"},
        {NS_UNIT_TIME, "9223372036854775808 ns", "has too many digits"},
        {NS_UNIT_TIME, "9223372037 s", "is too large"},
        {NS_UNIT_BYTES, "16 mb",
         "has a unit that is none of B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t value;
        const char *why = ns_unit_parse(bad[i].kind, bad[i].text, &value);
        cr_expect(eq(str, (char *)(why ? why : "good"), (char *)bad[i].why), "%s", bad[i].text);
    }
    ns_err err = {0};
    ns_time t;
    cr_expect(eq(int, ns_parse_time("16", &t, &err), NS_EINVAL));
    cr_expect(
        eq(str, err.msg,
           "\"16\" has no unit: expected a time with a unit, such as \"2.5 ms\" or \"30 s\""));
}

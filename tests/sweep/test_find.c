// The expression of a search: what it takes, and where it says that it is wrong.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#include "sweep/find.h"

static const char *const classes[] = {"login", "read", NULL};

static ns_find *parse(const char *text)
{
    ns_find *find = NULL;
    ns_err err = {0};
    cr_assert(eq(int, ns_find_parse(&find, text, classes, &err), 0), "%s", err.msg);
    return find;
}

Test(find, all_parts)
{
    ns_find *f = parse(
        "max arrivals.login.rate in 1..500 where p99 < 50ms and errors<=0.1% and\twait.p50>2 us");
    cr_expect(f->max);
    cr_expect(eq(str, (char *)f->key, "arrivals.login.rate"));
    cr_expect(eq(int, f->type, NS_FIND_NUMBER));
    cr_expect(eq(dbl, f->low, 1));
    cr_expect(eq(dbl, f->high, 500));
    cr_assert(eq(int, f->count, 3));
    cr_expect(eq(str, (char *)f->conditions[0].metric, "request.p99"));
    cr_expect(eq(dbl, f->conditions[0].bound, 50e6));
    cr_expect(f->conditions[0].below && f->conditions[0].or_equal == false);
    cr_expect(eq(str, (char *)f->conditions[1].metric, "request.errors"));
    cr_expect(lt(dbl, fabs(f->conditions[1].bound - 0.001), 1e-15));
    cr_expect(f->conditions[1].below && f->conditions[1].or_equal);
    cr_expect(eq(str, (char *)f->conditions[2].metric, "pool.wait.p50"));
    cr_expect(eq(dbl, f->conditions[2].bound, 2000));
    cr_expect(eq(int, f->conditions[2].below, 0));
    // The canonical form parses to the same.
    ns_find *again = parse(f->text);
    cr_expect(eq(str, (char *)f->text, (char *)again->text));
    ns_find_free(again);
    ns_find_free(f);
}

Test(find, names_of_metrics)
{
    static const char *const names[][2] = {
        {"p50", "request.p50"},
        {"mean", "request.mean"},
        {"max", "request.max"},
        {"login.p95", "request.login.p95"},
        {"request.read.mean", "request.read.mean"},
        {"wait.dns.p99", "pool.wait.dns.p99"},
        {"delay.p99", "loop.delay.p99"},
        {"pause.max", "gc.pause.max"},
        {"gc.pause.total", "gc.pause.total"},
        {"safepoint.max", "gc.safepoint.max"},
        {"time", "time"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "min node.threadpool where %s < 1 s", names[i][0]);
        ns_find *f = parse(text);
        cr_expect(eq(str, (char *)f->conditions[0].metric, (char *)names[i][1]));
        cr_expect(eq(int, f->type, NS_FIND_WHOLE));
        cr_expect(eq(dbl, f->low, 1)); // 0 stands for "auto"
        ns_find_free(f);
    }
    // A run with one class has no figures by class.
    static const char *const one[] = {"login", NULL};
    ns_find *f = NULL;
    cr_assert(eq(int, ns_find_parse(&f, "min machine.cores where login.p99 < 1 s", one, NULL), 0));
    cr_expect(eq(str, (char *)f->conditions[0].metric, "request.p99"));
    ns_find_free(f);
}

Test(find, quantities)
{
    static const struct {
        const char *condition;
        double bound;
    } list[] = {{"throughput > 500/s", 500},     {"throughput >= 12.5", 12.5},
                {"errors < 0.01", 0.01},         {"errors < 2 %", 0.02},
                {"heap.max < 64 MiB", 67108864}, {"gc.count <= 10", 10},
                {"p99 < 1.5 s", 1.5e9}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "max machine.page_cache in 1MiB..2 GiB where %s and time<1 h",
                 list[i].condition);
        ns_find *f = parse(text);
        cr_expect(lt(dbl, fabs(f->conditions[0].bound - list[i].bound), 1e-12), "%s", text);
        cr_expect(eq(dbl, f->low, 1048576));
        cr_expect(eq(dbl, f->high, 2147483648));
        ns_find_free(f);
    }
}

Test(find, the_message_points_at_what_is_wrong)
{
    static const struct {
        const char *text, *mark, *message;
    } list[] = {
        {"most machine.cores where p99 < 1 s", "most", "expected max or min"},
        {"max machine.coers where p99 < 1 s", "machine.coers", "did you mean \"machine.cores\"?"},
        {"max machine.disk where p99 < 1 s", "machine.disk", "needs a number"},
        {"max machine.cores in 4..2 where p99 < 1 s", "4..2", "nothing in it"},
        {"max machine.cores in 1..9999 where p99 < 1 s", "9999", "from 1 to 1024"},
        {"max machine.cores in 1.5..3 where p99 < 1 s", "1.5", "whole number"},
        {"max machine.cores p99 < 1 s", "p99", "expected \"where\""},
        {"max machine.cores where p98 < 1 s", "p98", "did you mean \"p9"},
        {"max machine.cores where logni.p99 < 1 s", "logni.p99", "expected a metric"},
        {"max machine.cores where p99 = 1 s", "=", "expected <, <=, > or >="},
        {"max machine.cores where p99 << 1 s", "<<", "expected <, <=, > or >="},
        {"max machine.cores where p99 < 50", "50", "has no unit"},
        {"max machine.cores where errors < 1 ms", "1 ms", "expected a share"},
        {"max machine.cores where p99 < 1 s or errors < 1%", "or", "expected \"and\" or the end"},
        {"max machine.cores where p99 < 1 s and", "", "the end"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        ns_find *f = NULL;
        ns_err err = {0};
        cr_assert(eq(int, ns_find_parse(&f, list[i].text, classes, &err), NS_EINVAL), "%s",
                  list[i].text);
        cr_expect(strstr(err.msg, list[i].message) != NULL, "%s", err.msg);
        // The second line is the expression, the third has the mark below the word.
        const char *line = strchr(err.msg, '\n') + 1, *below = strchr(line, '\n') + 1;
        size_t at = strspn(below, " "), length = strlen(below + at);
        size_t marked = strlen(list[i].mark) ? strlen(list[i].mark) : 1;
        cr_expect(eq(sz, length, marked), "%s", err.msg);
        cr_expect(strncmp(line + at, list[i].mark, strlen(list[i].mark)) == 0, "%s", err.msg);
    }
}

// Which differences between a replay and a full run count.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>

#include "sweep/check.h"

static double worst(const char *full, const char *replayed, const char *const *deciding,
                    char metric[64])
{
    cJSON *a = cJSON_Parse(full), *b = cJSON_Parse(replayed);
    cr_assert(a != NULL && b != NULL);
    const char *name;
    double off = ns_check_worst(a, b, deciding, &name);
    snprintf(metric, 64, "%s", name ? name : "");
    cJSON_Delete(a);
    cJSON_Delete(b);
    return off;
}

Test(check, differences_are_shares_of_the_full_run)
{
    cr_expect(fabs(ns_check_difference(200, 190) - 0.05) < 1e-12);
    cr_expect(fabs(ns_check_difference(-200, -190) - 0.05) < 1e-12);
    cr_expect(ns_check_difference(0, 0) == 0);
    cr_expect(ns_check_difference(NAN, NAN) == 0);
    cr_expect(ns_check_difference(0, 1) == 1);
    cr_expect(ns_check_difference(NAN, 1) == 1);
    cr_expect(ns_check_difference(1, NAN) == 1);
}

Test(check, all_requests_decide_and_classes_with_enough_of_them)
{
    char metric[64];
    const char *full = "{\"request.p50\":100,\"request.p99\":1000,\"request.p90\":1,"
                       "\"request.a.p50\":10,\"request.a.p99\":10,\"request.a.count\":500,"
                       "\"request.b.p50\":10,\"request.b.count\":99,\"gc.pause.max\":5}";
    const char *replayed = "{\"request.p50\":101,\"request.p99\":1000,\"request.p90\":9,"
                           "\"request.a.p50\":10.3,\"request.a.p99\":20,\"request.a.count\":500,"
                           "\"request.b.p50\":20,\"request.b.count\":99,\"gc.pause.max\":9}";
    // Class a has too few for its p99, b for anything; other percentiles and the heap do not count.
    cr_expect(fabs(worst(full, replayed, NULL, metric) - 0.03) < 1e-9);
    cr_expect(eq(str, metric, "request.a.p50"));
    const char *const deciding[] = {"gc.pause.max", "request.p50", NULL};
    cr_expect(fabs(worst(full, replayed, deciding, metric) - 0.8) < 1e-9);
    cr_expect(eq(str, metric, "gc.pause.max"));
}

Test(check, a_metric_that_one_of_them_lacks_is_all_wrong)
{
    char metric[64];
    cr_expect(worst("{\"request.p50\":100}", "{\"request.p50\":100,\"request.p99\":3}", NULL,
                    metric) == 1);
    cr_expect(eq(str, metric, "request.p99"));
    const char *const deciding[] = {"pool.wait.p99", NULL};
    cr_expect(worst("{}", "{\"pool.wait.p99\":3}", deciding, metric) == 1);
}

Test(check, without_requests_the_time_decides)
{
    char metric[64];
    cr_expect(fabs(worst("{\"time\":100,\"pool.wait.p99\":1}", "{\"time\":99,\"pool.wait.p99\":2}",
                         NULL, metric) -
                   0.01) < 1e-12);
    cr_expect(eq(str, metric, "time"));
    cr_expect(worst("{}", "{}", NULL, metric) == 0);
    cr_expect(eq(str, metric, ""));
}

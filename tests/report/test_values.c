#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "report/values.h"
#include "streams.h"

TestSuite(values, .fini = remove_test_folder);

static void emit_request(ns_sink *sink, int64_t id, const char *cls, int64_t latency)
{
    ns_emit(sink, &(ns_record){NS_REC_REQUEST, .request = {.id = id,
                                                           .cls = cls,
                                                           .arrival_ns = id * MS,
                                                           .start_ns = id * MS,
                                                           .done_ns = id * MS + latency,
                                                           .status = "ok",
                                                           .rest_ns = latency}});
}

// Requests of `classes` classes in turn, latencies 1 ms, 2 ms ... `count` ms.
static const char *database(int classes, int count)
{
    static char path[128];
    snprintf(path, sizeof path, "%s", test_path("run.db"));
    char cls[24];
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, path, &five_pbkdf2, NULL), NS_OK));
    for (int i = 0; i < count; i++) {
        snprintf(cls, sizeof cls, "class-%02d", i % classes);
        emit_request(ns_store_sink(store), i + 1, cls, (i + 1) * MS);
    }
    emit_five_pbkdf2(ns_store_sink(store));
    cr_assert(eq(int, ns_store_close(store, &five_pbkdf2, NULL), NS_OK));
    return path;
}

static void load(ns_values *values, const char *path, const char *of)
{
    sqlite3 *db;
    ns_err err;
    cr_assert(eq(int, ns_db_open(&db, path, &err), NS_OK));
    cr_assert(eq(int, ns_values_load(values, db, 1, of, &err), NS_OK), "%s", err.msg);
    sqlite3_close(db);
}

Test(values, percentiles_are_nearest_ranks)
{
    ns_values v;
    load(&v, database(1, 100), "request");
    cr_expect(eq(int, v.count, 1));
    cr_expect(eq(i64, ns_series_percentile(&v.series[0], 0), 1 * MS));
    cr_expect(eq(i64, ns_series_percentile(&v.series[0], 50), 50 * MS));
    cr_expect(eq(i64, ns_series_percentile(&v.series[0], 99), 99 * MS));
    cr_expect(eq(i64, ns_series_percentile(&v.series[0], 99.1), 100 * MS));
    cr_expect(eq(i64, ns_series_percentile(&v.series[0], 100), 100 * MS));
    // Ten lie beyond p90, one beyond p99.
    cr_expect(not(ns_series_thin(&v.series[0], 90)));
    cr_expect(ns_series_thin(&v.series[0], 90.1));
    ns_values_free(&v);
}

Test(values, one_series_each_and_the_rest_together)
{
    ns_values v;
    load(&v, database(10, 100), NULL); // NULL: requests come first
    cr_expect(eq(str, (char *)v.kind, "request"));
    cr_expect(eq(int, v.count, NS_SERIES_MAX));
    cr_expect(eq(str, v.series[0].name, "class-00"));
    cr_expect(eq(i64, v.series[0].total, 10));
    cr_expect(eq(str, v.series[NS_SERIES_MAX - 1].name, "others"));
    cr_expect(eq(i64, v.series[NS_SERIES_MAX - 1].total, 40));
    cr_expect(eq(i64, v.total, 100));
    cr_assert(eq(int, ns_values_merge(&v, "all", NULL), NS_OK));
    cr_expect(eq(int, v.count, 1));
    cr_expect(eq(i64, v.series[0].total, 100));
    for (size_t i = 1; i < v.series[0].count; i++)
        cr_expect(le(i64, v.series[0].values[i - 1].value, v.series[0].values[i].value));
    ns_values_free(&v);
    load(&v, database(10, 100), "request.class-03");
    cr_expect(eq(i64, v.total, 10));
    cr_expect(eq(i64, v.series[0].values[0].value, 4 * MS));
    ns_values_free(&v);
    load(&v, database(1, 0), NULL); // no requests: tasks
    cr_expect(eq(str, (char *)v.kind, "pool"));
    cr_expect(eq(i64, v.total, 5));
    ns_values_free(&v);
}

static int try_plot(const char *db, const char *what, ns_err *err)
{
    ns_plot_options options = {.what = what,
                               .db = db,
                               .other_db = strcmp(what, "compare") == 0 ? db : NULL,
                               .stem = test_path("x"),
                               .formats = NS_PLOT_SVG};
    *err = (ns_err){0};
    return ns_plot(&options, err);
}

Test(values, every_allocation_of_a_picture_may_fail)
{
    static const char *const kinds[] = {"latency", "blame", "compare"};
    const char *db = database(9, 500);
    setenv("PATH", test_folder, 1); // what comes after the script is not of interest
    for (int kind = 0; kind < 3; kind++) {
        failing f = {0};
        ns_err err;
        ns_set_allocator(failing_realloc, &f);
        for (f.fail_at = 1;; f.fail_at++) {
            f.calls = 0;
            int rc = try_plot(db, kinds[kind], &err);
            if (f.calls < f.fail_at) {
                cr_expect(eq(int, rc, NS_EINVAL), "%s: %s", kinds[kind], err.msg);
                break;
            }
            cr_expect(eq(int, rc, NS_ENOMEM), "%s, allocation %ld: %s", kinds[kind], f.fail_at,
                      err.msg);
        }
        ns_set_allocator(NULL, NULL);
        cr_expect(gt(long, f.fail_at, 20));
    }
}

Test(values, every_allocation_of_a_page_may_fail)
{
    const char *db = database(2, 50);
    setenv("PATH", test_folder, 1);
    failing f = {0};
    ns_err err = {0};
    ns_set_allocator(failing_realloc, &f);
    for (f.fail_at = 1;; f.fail_at++) {
        f.calls = 0;
        err = (ns_err){0};
        int rc = ns_report_page(db, 0, NULL, test_path("page.html"), &err);
        if (f.calls < f.fail_at) {
            cr_expect(eq(int, rc, NS_EINVAL), "%s", err.msg); // there is no gnuplot
            break;
        }
        cr_expect(eq(int, rc, NS_ENOMEM), "allocation %ld: %s", f.fail_at, err.msg);
    }
    ns_set_allocator(NULL, NULL);
    cr_expect(gt(long, f.fail_at, 20));
    cr_expect(has(err.msg, "gnuplot is not installed"), "%s", err.msg);
    cr_expect(ne(int, access(test_path("page.html"), F_OK), 0));
}

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <sys/stat.h>

#include "base/buf.h"
#include "streams.h"

TestSuite(plot, .fini = remove_test_folder);

static const char *database(int repeat)
{
    const char *path = test_path("run.db");
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, path, &five_pbkdf2, NULL), NS_OK));
    for (int i = 0; i < repeat; i++)
        emit_five_pbkdf2(ns_store_sink(store));
    cr_assert(eq(int, ns_store_close(store, &five_pbkdf2, NULL), NS_OK));
    return path;
}

static ns_buf read_whole(const char *path)
{
    ns_buf text = {0};
    char block[4096];
    size_t size;
    FILE *file = fopen(path, "r");
    cr_assert(ne(ptr, file, NULL), "%s", path);
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        ns_buf_add(&text, block, size);
    fclose(file);
    return text;
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (; (text = strstr(text, part)); text++)
        n++;
    return n;
}

static int try_plot(const char *db, int64_t run_id, const char *what, const char *stem, ns_err *err)
{
    ns_plot_options options = {.what = what,
                               .db = db,
                               .run_id = run_id,
                               .stem = stem,
                               .formats = NS_PLOT_SVG | NS_PLOT_PNG};
    *err = (ns_err){0};
    return ns_plot(&options, err);
}

static void plot(const char *db, const char *stem)
{
    ns_err err;
    cr_assert(eq(int, try_plot(db, 0, "pool", stem, &err), NS_OK), "%s", err.msg);
}

Test(plot, a_lane_per_thread_and_a_box_per_task)
{
    const char *db = database(1);
    plot(db, test_path("it's"));
    ns_buf svg = read_whole(test_path("it's.svg")), png = read_whole(test_path("it's.png"));
    cr_expect(gt(sz, png.len, 5000));
    cr_expect(eq(int, memcmp(png.data, "\x89PNG\r\n\x1a\n", 8), 0));
    for (int i = 0; i < 4; i++) {
        char lane[32];
        snprintf(lane, sizeof lane, ">thread %d<", i);
        cr_expect(eq(int, count(svg.data, lane), 1), "%s", lane);
    }
    cr_expect(eq(int, has(svg.data, ">thread 4<"), 0));
    cr_expect(has(svg.data, ">five-pbkdf2: thread pool<"));
    cr_expect(
        has(svg.data, "4 threads, 8 cores, 431 ms of virtual time; every thread busy for 46%"));
    cr_expect(has(svg.data, ">crypto<"));
    cr_expect(eq(int, has(svg.data, ">zlib<"), 0)); // no such task, no entry in the key
    cr_expect(has(svg.data, ">virtual time (ms)<"));
    // Crypto's colour: five boxes and the one in the key.
    cr_expect(eq(int, count(svg.data, "<polygon fill = 'rgb(230, 159,   0)'"), 6));
    ns_buf_free(&svg);
    ns_buf_free(&png);
}

Test(plot, the_same_run_gives_the_same_pictures)
{
    const char *db = database(300); // 1500 tasks: no longer a box each
    plot(db, test_path("a"));
    plot(db, test_path("b"));
    ns_buf a = read_whole(test_path("a.svg")), b = read_whole(test_path("b.svg"));
    cr_expect(eq(sz, a.len, b.len));
    cr_expect(eq(int, memcmp(a.data, b.data, a.len), 0));
    cr_expect(lt(sz, a.len, 200000)); // bounded, whatever the number of tasks
    ns_buf_free(&a);
    ns_buf_free(&b);
    a = read_whole(test_path("a.png"));
    b = read_whole(test_path("b.png"));
    cr_expect(eq(sz, a.len, b.len));
    cr_expect(eq(int, memcmp(a.data, b.data, a.len), 0));
    ns_buf_free(&a);
    ns_buf_free(&b);
}

Test(plot, what_cannot_be_plotted_is_told)
{
    ns_err err;
    const char *db = database(0), *stem = test_path("x");
    cr_expect(eq(int, try_plot(db, 0, "pool", stem, &err), NS_EINVAL));
    cr_expect(has(err.msg, "no pool tasks"), "%s", err.msg);
    cr_expect(eq(int, try_plot(db, 0, "pol", stem, &err), NS_EINVAL));
    cr_expect(has(err.msg, "unknown plot \"pol\"; did you mean \"pool\"?"), "%s", err.msg);
    cr_expect(eq(int, try_plot(db, 0, "heap-of-things", stem, &err), NS_EINVAL));
    cr_expect(has(err.msg, "there are: latency, blame, loop, pool, gc"), "%s", err.msg);
    db = database(1);
    cr_expect(eq(int, try_plot(db, 9, "pool", stem, &err), NS_EINVAL));
    cr_expect(eq(int, try_plot(db, 0, "pool", test_path("no/folder"), &err), NS_EINVAL));
    cr_expect(has(err.msg, "no/folder.svg: No such file"), "%s", err.msg);
    setenv("PATH", test_folder, 1);
    cr_expect(eq(int, try_plot(db, 0, "pool", stem, &err), NS_EINVAL));
    cr_expect(has(err.msg, "gnuplot is not installed"), "%s", err.msg);
    // A gnuplot that fails, and says why.
    const char *fake = test_path("gnuplot");
    FILE *file = fopen(fake, "w");
    fputs("#!/bin/sh\necho 'set output' >&2\necho 'it rains' >&2\nexit 3\n", file);
    fclose(file);
    chmod(fake, 0755);
    cr_expect(eq(int, try_plot(db, 0, "pool", stem, &err), NS_EIO));
    cr_expect(eq(str, err.msg, "gnuplot failed: it rains"));
}

Test(plot, every_allocation_may_fail)
{
    const char *db = database(1), *stem = test_path("x");
    setenv("PATH", test_folder, 1); // what comes after the script is not of interest
    failing f = {0};
    ns_set_allocator(failing_realloc, &f);
    for (f.fail_at = 1;; f.fail_at++) {
        ns_err err;
        f.calls = 0;
        int rc = try_plot(db, 0, "pool", stem, &err);
        if (f.calls < f.fail_at) {
            cr_expect(eq(int, rc, NS_EINVAL), "%s", err.msg);
            break;
        }
        cr_expect(eq(int, rc, NS_ENOMEM), "allocation %ld: %s", f.fail_at, err.msg);
    }
    cr_expect(gt(long, f.fail_at, 10));
}

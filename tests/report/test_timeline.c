#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "streams.h"

TestSuite(timeline, .fini = remove_test_folder);

static const char *database(void (*fill)(ns_sink *sink), const ns_run_info *info)
{
    const char *path = test_path("run.db");
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, path, info, NULL), NS_OK));
    fill(ns_store_sink(store));
    cr_assert(eq(int, ns_store_close(store, info, NULL), NS_OK));
    return path;
}

static char *timeline(const char *path, int64_t from, int64_t to, int columns, int style)
{
    char *text;
    size_t size;
    ns_err err = {0};
    FILE *out = open_memstream(&text, &size);
    cr_assert(eq(int, ns_timeline_print(path, 0, from, to, columns, out, style, &err), NS_OK), "%s",
              err.msg);
    fclose(out);
    return text;
}

// Columns of 5 ms: 86 of them are 430 ms. The main script covers columns 4 and 5; the threads work
// from 29 to 229 ms, that is from the last fifth of column 5 to four fifths of column 45.
static void fill_pbkdf2(ns_sink *sink)
{
    emit_five_pbkdf2(sink);
}

Test(timeline, five_pbkdf2_on_four_threads)
{
    ns_run_info info = five_pbkdf2;
    info.virtual_ns = 430 * MS;
    const char *path = database(fill_pbkdf2, &info);
    static const char expected[] =
        "five-pbkdf2, 0 to 430 ms; a column is 5.00 ms; right: share of the time\n"
        "\n"
        "main thread  ██████                                       ▂▅          "
        "                            ▂   8.1%\n"
        " main script     ██                                                   "
        "                                2.3%\n"
        " poll                                                     ▂▅          "
        "                            ▂   1.2%\n"
        "\n"
        "thread 0     ·····cCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
        "CCCCCCCCCCCCCCCCCCCCCCCCCCCCC  93.0%\n"
        "thread 1     ·····cCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC···········"
        "·····························  46.5%\n"
        "thread 2     ·····cCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC···········"
        "·····························  46.5%\n"
        "thread 3     ·····cCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC···········"
        "·····························  46.5%\n"
        "queue             ▂███████████████████████████████████████▇           "
        "                              max 1\n"
        "             ┬───────────────────┬───────────────────┬────────────────"
        "───┬───────────────────┬─────\n"
        "             0                   100 ms              200 ms           "
        "   300 ms              400 ms\n"
        "             c crypto  · idle; a capital: busy for half of the column or more\n";
    char *text = timeline(path, 0, 0, 107, 0);
    cr_expect(eq(str, text, (char *)expected), "%s", text);
    free(text);
}

Test(timeline, ascii_and_zoom)
{
    ns_run_info info = five_pbkdf2;
    info.virtual_ns = 430 * MS;
    const char *path = database(fill_pbkdf2, &info);
    static const char expected[] =
        "five-pbkdf2, 220 ms to 240 ms; a column is 1.00 ms; right: share of the time\n"
        "\n"
        "main thread           ####         20.0%\n"
        " poll                 ####         20.0%\n"
        "\n"
        "thread 0     CCCCCCCCCCCCCCCCCCCC 100.0%\n"
        "thread 1     CCCCCCCCC...........  45.0%\n"
        "thread 2     CCCCCCCCC...........  45.0%\n"
        "thread 3     CCCCCCCCC...........  45.0%\n"
        "queue        #########            max 1\n"
        "             +-------------------\n"
        "             220 ms\n"
        "             c crypto  . idle; a capital: busy for half of the column or more\n";
    char *text = timeline(path, 220 * MS, 240 * MS, 41, NS_STYLE_ASCII);
    cr_expect(eq(str, text, (char *)expected), "%s", text);
    for (char *c = text; *c; c++)
        cr_expect(gt(int, *c, 0));
    free(text);
}

// Two kinds on one thread: a column shows the one that held it longer.
static void fill_mixed(ns_sink *sink)
{
    emit_callback(sink, 1, NS_PHASE_MAIN, "MAIN", "", 0, 0, 4 * MS);
    emit_task(sink, 1, "fs", "fs.read", 0, 0, 0, 2 * MS, 0);
    emit_task(sink, 2, "dns", "dns.lookup", 0, 2 * MS, 2 * MS, 9 * MS, 0);
    emit_task(sink, 3, "gpu", "gpu.run", 0, 9 * MS, 9 * MS, 20 * MS, 0);
    emit_iteration(sink, 1, 4 * MS, 16 * MS, 0, 0, 0);
}

Test(timeline, kinds_and_colours)
{
    ns_run_info info = {.workload = "w", .status = "ok", .virtual_ns = 40 * MS};
    const char *path = database(fill_mixed, &info);
    char *text = timeline(path, 0, 0, 21 + 40, NS_STYLE_ASCII);
    cr_expect(has(text, "thread 0     FFDDDDDDDOOOOOOOOOOO....................  50.0%"), "%s",
              text);
    cr_expect(has(text, "f fs  d dns  o other  . idle"));
    cr_expect(eq(int, has(text, "\033["), 0));
    free(text);
    text = timeline(path, 0, 0, 21 + 40, NS_STYLE_ASCII | NS_STYLE_COLOUR);
    cr_expect(has(text, "\033[30;42mFF\033[30;46mDDDDDDD"));
    cr_expect(has(text, "OOO\033[0m..."));
    free(text);
}

static void fill_nothing(ns_sink *sink)
{
    (void)sink;
}

Test(timeline, odd_runs)
{
    ns_run_info info = {.workload = "w", .status = "ok", .virtual_ns = 3};
    const char *path = database(fill_nothing, &info);
    for (int columns = 40; columns <= 1000; columns += 191)
        free(timeline(path, 0, 0, columns, 0));
    ns_err err;
    cr_expect(eq(int, ns_timeline_print(path, 0, 3, 0, 100, stdout, 0, &err), NS_EINVAL));
    cr_expect(has(err.msg, "the run ends before"));
    cr_expect(eq(int, ns_timeline_print(path, 2, 0, 0, 100, stdout, 0, &err), NS_EINVAL));
    cr_expect(has(err.msg, "there is no run 2"));
    info.virtual_ns = 0; // a run that was killed: the rows tell its end
    path = database(fill_mixed, &info);
    char *text = timeline(path, 0, 0, 61, NS_STYLE_ASCII);
    cr_expect(has(text, "w, 0 to 20.0 ms"), "%s", text);
    free(text);
}

static void fill_many_threads(ns_sink *sink)
{
    for (int i = 0; i < 200; i++)
        emit_task(sink, i + 1, "fs", "fs.read", i % 100, 0, i, 1000, 0);
}

Test(timeline, many_threads)
{
    ns_run_info info = {.workload = "w", .status = "ok", .virtual_ns = 1000, .pool_threads = 128};
    char *text = timeline(database(fill_many_threads, &info), 0, 0, 100, 0);
    cr_expect(has(text, "thread 31 "));
    cr_expect(eq(int, has(text, "thread 32 "), 0));
    cr_expect(has(text, "(96 threads more)"));
    free(text);
}

Test(timeline, every_allocation_may_fail)
{
    const char *path = database(fill_mixed, &five_pbkdf2);
    FILE *nowhere = fopen("/dev/null", "w");
    failing f = {0};
    ns_set_allocator(failing_realloc, &f);
    for (f.fail_at = 1;; f.fail_at++) {
        ns_err err = {0};
        f.calls = 0;
        int rc = ns_timeline_print(path, 0, 0, 0, 100, nowhere, 0, &err);
        if (f.calls < f.fail_at) {
            cr_expect(eq(int, rc, NS_OK), "%s", err.msg);
            break;
        }
        cr_expect(eq(int, rc, NS_ENOMEM), "allocation %ld: %s", f.fail_at, err.msg);
    }
    cr_expect(gt(long, f.fail_at, 20));
    fclose(nowhere);
}

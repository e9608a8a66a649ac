// The values of a sweep: what is understood, and what is said of the rest.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "folder.h"
#include "workload/workload.h"

static char joined[4096];

// The values with "|" between them, or the error.
static const char *values_of(const char *option)
{
    ns_arena arena = {0};
    ns_vary vary;
    ns_err err = {0};
    joined[0] = '\0';
    if (ns_vary_option(&vary, &arena, option, &err) != NS_OK) {
        snprintf(joined, sizeof joined, "%s", err.msg);
    } else {
        for (int i = 0; i < vary.count; i++) {
            size_t used = strlen(joined);
            snprintf(joined + used, sizeof joined - used, "%s%s", i ? "|" : "", vary.values[i]);
        }
    }
    ns_arena_free(&arena);
    return joined;
}

Test(vary, values)
{
    static const char *const cases[][2] = {
        {"node.threadpool=1,2,4,8", "1|2|4|8"},
        {"node.threadpool=4", "4"},
        {"machine.cores=2..8", "2|3|4|5|6|7|8"},
        {"machine.cores=2..8:2", "2|4|6|8"},
        {"machine.cores=2..7:2", "2|4|6"},
        {"machine.cores=1,2,4..16:4", "1|2|4|8|12|16"},
        {"machine.cores=3..3", "3"},
        {"machine.speed=0.5..2:0.25", "0.5|0.75|1|1.25|1.5|1.75|2"},
        {"machine.speed=0.1..0.3:0.1", "0.1|0.2|0.3"},
        {"node.threadpool=log:1..64", "1|2|4|8|16|32|64"},
        {"node.threadpool=log:1..100", "1|2|4|8|16|32|64"},
        {"arrivals.login.rate=log:1..1000:10", "1|10|100|1000"},
        {"arrivals.login.rate=log:0.5..4", "0.5|1|2|4"},
        {"arrivals.login.duration=1..3 s", "1 s|2 s|3 s"},
        {"machine.page_cache=8..24:8 MiB", "8 MiB|16 MiB|24 MiB"},
        {"machine.disk=nvme, hdd", "nvme|hdd"},
        {"machine.profile=../slow.json,default", "../slow.json|default"},
        {"node.flags=[--max-semi-space-size=1, --expose-gc],[]",
         "[--max-semi-space-size=1, --expose-gc]|[]"},
        {"env.NAME=\"a,b\",'c,d'", "\"a,b\"|'c,d'"},
        {"arrivals.login.params.user={uniform: [1, 2]},5", "{uniform: [1, 2]}|5"},
        {"files.\"data/a.b=c\".size=1 MB,2 MB", "1 MB|2 MB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect(eq(str, (char *)values_of(cases[i][0]), (char *)cases[i][1]), "%s", cases[i][0]);
}

Test(vary, errors)
{
    static const char *const cases[][2] = {
        {"node.threadpool", "expected KEY=VALUES, such as"},
        {"=4", "expected KEY=VALUES"},
        {"node.threadpool=", "found \"\", expected values such as 1,2,4"},
        {"node.threadpool=1,,2", "found \"\""},
        {"node.threadpool=4,4", "found \"4\", which occurs twice"},
        {"node.threadpool=1..4,2", "found \"2\", which occurs twice"},
        {"node.threadpool=8..2", "found \"8..2\", which ends before it begins"},
        {"node.threadpool=2..8:0", "which has a step of 0"},
        {"node.threadpool=log:0..8", "which begins at 0"},
        {"node.threadpool=log:1..8:1", "which has a factor that is not greater than 1"},
        {"node.threadpool=log:many", "found \"log:many\", expected"},
        {"machine.cores=1..1000000", "more than 10000 values"},
        {"machine.coers=2", "machine.coers: unknown key; did you mean \"machine.cores\"?"},
        {"machine=2", "unknown key"},
        {"arrivals.login=2", "unknown key"},
        {"seed=1..4", "the replicates of a sweep differ in it"},
        {"record.level=off,full", "the key cannot be varied"},
        {"sweep.lhs=1,2", "the key cannot be varied"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *said = values_of(cases[i][0]);
        cr_expect(strstr(said, cases[i][1]) != NULL, "%s: %s", cases[i][0], said);
        cr_expect(strncmp(said, "--vary ", 7) == 0, "%s: %s", cases[i][0], said);
    }
}

TestSuite(section, .init = folder_enter, .fini = folder_leave);

static const char *load(const char *text, ns_workload **w)
{
    static ns_err err;
    folder_write("w.yaml", text);
    folder_write("app.js", "");
    return ns_workload_load(w, "w.yaml", NULL, &err) == NS_OK ? "" : err.msg;
}

Test(section, is_read_and_is_no_part_of_the_configuration)
{
    ns_workload *plain, *varied;
    cr_assert(eq(str, (char *)load("script: app.js\n", &plain), ""));
    cr_assert(eq(str,
                 (char *)load("script: app.js\nsweep:\n  vary:\n    node.threadpool: [1, 2]\n"
                              "    machine.cores: 2..8:2\n    machine.disk: hdd\n"
                              "  replicates: 7\n  lhs: 9\n",
                              &varied),
                 ""));
    cr_expect(eq(int, varied->sweep.vary_count, 3));
    cr_expect(eq(str, (char *)varied->sweep.vary[0].key, "node.threadpool"));
    cr_expect(eq(int, varied->sweep.vary[0].count, 2));
    cr_expect(eq(int, varied->sweep.vary[1].count, 4));
    cr_expect(eq(str, (char *)varied->sweep.vary[1].values[3], "8"));
    cr_expect(eq(int, varied->sweep.replicates, 7));
    cr_expect(eq(int, varied->sweep.lhs, 9));
    cr_expect(eq(int, plain->sweep.replicates, 5));
    cr_expect(eq(u64, plain->hash, varied->hash));
    cr_expect(eq(str, (char *)plain->config_json, (char *)varied->config_json));
    ns_workload_free(plain);
    ns_workload_free(varied);
}

Test(section, errors_have_a_place)
{
    static const char *const cases[][2] = {
        {"sweep: 4\n", "w.yaml:2:8: sweep: found \"4\", expected a map of keys"},
        {"sweep: {vary: 4}\n", "w.yaml:2:15: sweep.vary: found \"4\", expected a map"},
        {"sweep: {vray: {}}\n", "w.yaml:2:9: sweep.vray: unknown key; did you mean \"vary\"?"},
        {"sweep: {replicates: 0}\n", "w.yaml:2:21: sweep.replicates: found \"0\""},
        {"sweep:\n  vary:\n    node.threadpol: [1]\n",
         "w.yaml:4:21: node.threadpol: unknown key; did you mean \"node.threadpool\"?"},
        {"sweep:\n  vary:\n    machine.cores: []\n", "w.yaml:4:20: machine.cores: found an empty"},
        {"sweep:\n  vary:\n    machine.cores: 8..2\n",
         "w.yaml:4:20: machine.cores: found \"8..2\", which ends before it begins"},
        {"sweep:\n  vary:\n    machine.cores: [[1]]\n", "w.yaml:4:21: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        ns_workload *w;
        snprintf(text, sizeof text, "script: app.js\n%s", cases[i][0]);
        const char *said = load(text, &w);
        cr_expect(strncmp(said, cases[i][1], strlen(cases[i][1])) == 0, "%s", said);
    }
}

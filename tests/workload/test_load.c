// Workloads that are right: what comes out of them.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "folder.h"
#include "workload/workload.h"

TestSuite(load, .init = folder_enter, .fini = folder_leave);

static ns_workload *load(const char *path, const char *const *sets)
{
    ns_workload *w;
    ns_err err = {0};
    cr_assert(eq(int, ns_workload_load(&w, path, sets, &err), NS_OK), "%s", err.msg);
    return w;
}

static char *in_folder(const char *path)
{
    static char text[2 * PATH_MAX];
    snprintf(text, sizeof text, "%s%s%s", folder, path[0] ? "/" : "", path);
    return text;
}

static const char full[] =
    "name: everything\n"
    "script: src/app.js\n"
    "argv: [--port, \"80\"]\n"
    "env:\n"
    "  NODE_ENV: production\n"
    "  EMPTY:\n"
    "files:\n"
    "  data/big.bin: {size: 64 MB, fill: random}\n"
    "  /etc/motd: {content: \"hello\\n\"}\n"
    "node: {version: 20, threadpool: 16, flags: [--max-semi-space-size=32]}\n"
    "machine:\n"
    "  cores: 2\n"
    "  speed: 0.5\n"
    "  memory: 4 GiB\n"
    "  disk: hdd\n"
    "  page_cache: 0\n"
    "  poller: kqueue\n"
    "  profile: slow.json\n"
    "seed: 18446744073709551615\n"
    "shuffle_ties: true\n"
    "limits: {virtual_time: 10 s, host_time: 2.5 s, memory: 512 MiB, "
    "events: 1000}\n"
    "record: {level: summary, sampling: 0.1}\n"
    "arrivals:\n"
    "  login: {rate: 50, duration: 60 s, warmup: 5 s, params: {user: {zipf: "
    "{n: 1000, s: 1.1}}, size: 64 kB}}\n"
    "  read: {function: get, process: closed, users: 3, count: 100, "
    "think: {lognormal: {mean: 5 ms, p99: 20 ms}}}\n"
    "  old: {process: trace, trace: access.csv}\n"
    "  burst: {process: bursty, rate: 0.5, burst: 100, count: 1000}\n";

static void write_full(void)
{
    folder_write("w.yaml", full);
    folder_write("src/app.js", "exports.login = () => {};\n");
    folder_write("slow.json", "{}\n");
    folder_write("access.csv", "time_ms,path\n1.5,/\n3,/x\n");
}

Test(load, every_key)
{
    write_full();
    ns_workload *w = load("w.yaml", NULL);
    cr_expect(eq(str, (char *)w->file, "w.yaml"));
    cr_expect(eq(str, (char *)w->name, "everything"));
    cr_expect(eq(str, (char *)w->dir, in_folder("")));
    cr_expect(eq(str, (char *)w->script, in_folder("src/app.js")));
    cr_expect(eq(str, (char *)w->argv[1], "80"));
    cr_expect(eq(ptr, (void *)w->argv[2], NULL));
    cr_expect(eq(str, (char *)w->env[0], "NODE_ENV=production"));
    cr_expect(eq(str, (char *)w->env[1], "EMPTY="));
    cr_assert(eq(int, w->file_count, 2));
    cr_expect(eq(str, (char *)w->files[0].path, "/app/data/big.bin"));
    cr_expect(eq(i64, w->files[0].size, 64000000));
    cr_expect(eq(str, (char *)w->files[0].fill, "random"));
    cr_expect(eq(str, (char *)w->files[1].path, "/etc/motd"));
    cr_expect(eq(str, (char *)w->files[1].content, "hello\n"));
    cr_expect(eq(i64, w->files[1].size, 6));
    cr_expect(eq(str, (char *)w->node_version, "20"));
    cr_expect(eq(int, w->threadpool, 16));
    cr_expect(eq(str, (char *)w->flags[0], "--max-semi-space-size=32"));
    cr_expect(eq(int, w->machine.cores, 2));
    cr_expect(eq(dbl, w->machine.speed, 0.5));
    cr_expect(eq(i64, w->machine.memory, INT64_C(4) << 30));
    cr_expect(eq(str, (char *)w->machine.disk, "hdd"));
    cr_expect(eq(i64, w->machine.page_cache, 0));
    cr_expect(eq(str, (char *)w->machine.poller, "kqueue"));
    cr_expect(eq(str, (char *)w->machine.profile, in_folder("slow.json")));
    cr_expect(eq(str, (char *)w->machine.profile_name, "slow.json"));
    cr_expect(eq(u64, w->seed, UINT64_MAX));
    cr_expect(w->shuffle_ties);
    cr_expect(eq(i64, w->limits.virtual_time, 10 * NS_SEC));
    cr_expect(eq(dbl, w->limits.host_time, 2.5));
    cr_expect(eq(i64, w->limits.memory, 512 << 20));
    cr_expect(eq(i64, w->limits.events, 1000));
    cr_expect(eq(int, w->record.level, NS_RECORD_SUMMARY));
    cr_expect(eq(dbl, w->record.sampling, 0.1));
    ns_workload_free(w);
}

Test(load, arrivals)
{
    write_full();
    ns_workload *w = load("w.yaml", NULL);
    cr_assert(eq(int, w->arrival_count, 4));
    const ns_arrival *a = w->arrivals;
    cr_expect(eq(str, (char *)a[0].name, "login"));
    cr_expect(eq(str, (char *)a[0].function, "login"));
    cr_expect(eq(int, a[0].process, NS_ARRIVAL_POISSON));
    cr_expect(eq(dbl, a[0].rate, 50));
    cr_expect(eq(i64, a[0].duration, 60 * NS_SEC));
    cr_expect(eq(i64, a[0].warmup, 5 * NS_SEC));
    cr_assert(eq(int, a[0].param_count, 2));
    cr_expect(eq(str, (char *)a[0].params[0].name, "user"));
    cr_expect(eq(int, a[0].params[0].dist.kind, NS_DIST_ZIPF));
    cr_expect(eq(int, a[0].params[1].dist.kind, NS_DIST_CONSTANT));
    cr_expect(eq(dbl, a[0].params[1].dist.mean, 64000));
    cr_expect(eq(str, (char *)a[1].function, "get"));
    cr_expect(eq(int, a[1].process, NS_ARRIVAL_CLOSED));
    cr_expect(eq(i64, a[1].users, 3));
    cr_expect(eq(int, a[1].think.kind, NS_DIST_LOGNORMAL));
    cr_expect(epsilon_eq(dbl, a[1].think.mean, 5e6, 1));
    cr_expect(eq(i64, a[2].trace_count, 2));
    cr_expect(eq(i64, a[2].trace[0], 1500000));
    cr_expect(eq(i64, a[2].trace[1], 3000000));
    cr_expect(eq(int, a[3].process, NS_ARRIVAL_BURSTY));
    cr_expect(eq(i64, a[3].burst, 100));
    ns_workload_free(w);
}

// The resolved configuration is itself a workload, and resolves to itself.
Test(load, configuration_is_a_fixed_point)
{
    write_full();
    ns_workload *w = load("w.yaml", NULL);
    folder_write("again.yaml", w->config_json);
    ns_workload *again = load("again.yaml", NULL);
    cr_expect(eq(str, (char *)again->config_json, (char *)w->config_json));
    cr_expect(eq(u64, again->hash, w->hash));
    ns_workload_free(w);
    ns_workload_free(again);
}

Test(load, configuration_does_not_depend_on_the_folder)
{
    folder_write("a/w.yaml", "script: app.js\n");
    folder_write("a/app.js", "1\n");
    folder_write("b/deeper/w.yaml", "script: app.js\n");
    folder_write("b/deeper/app.js", "1\n");
    folder_write("c/w.yaml", "script: app.js\n");
    folder_write("c/app.js", "2\n");
    ns_workload *a = load("a/w.yaml", NULL), *b = load(in_folder("b/deeper/w.yaml"), NULL);
    ns_workload *c = load("c/w.yaml", NULL);
    cr_expect(eq(str, (char *)a->config_json, (char *)b->config_json));
    cr_expect(eq(u64, a->hash, b->hash));
    cr_expect(ne(u64, a->hash, c->hash)); // the script's text counts
    cr_expect(eq(ptr, strstr(a->config_json, folder), NULL));
    ns_workload_free(a);
    ns_workload_free(b);
    ns_workload_free(c);
}

Test(load, defaults)
{
    folder_write("app.yaml", "script: app.js\nmachine:\n");
    folder_write("app.js", "");
    ns_workload *w = load("app.yaml", NULL);
    cr_expect(eq(str, (char *)w->name, "app"));
    cr_expect(eq(int, w->machine.cores, 8));
    cr_expect(eq(int, w->threadpool, 0));
    cr_expect(eq(u64, w->seed, 1));
    cr_expect(eq(i64, w->limits.virtual_time, 0));
    cr_expect(eq(int, w->record.level, NS_RECORD_FULL));
    cr_expect(eq(dbl, w->record.sampling, 1));
    cr_expect(eq(ptr, (void *)w->argv[0], NULL));
    cr_expect(eq(ptr, (void *)w->env[0], NULL));
    cr_expect(eq(int, w->arrival_count, 0));
    ns_workload_free(w);
}

Test(load, overrides)
{
    write_full();
    static const char *const sets[] = {"machine.cores=64",
                                       "arrivals.login.rate=75",
                                       "arrivals.read.think={exponential: {mean: 1 s}}",
                                       "env.EXTRA=a=b:c",
                                       "files.\"data/big.bin\".size=1 MB",
                                       "record=full",
                                       "record.sampling=0.5",
                                       "argv=[]",
                                       NULL};
    ns_workload *w = load("w.yaml", sets);
    cr_expect(eq(int, w->machine.cores, 64));
    cr_expect(eq(str, (char *)w->machine.disk, "hdd"));
    cr_expect(eq(dbl, w->arrivals[0].rate, 75));
    cr_expect(eq(int, w->arrivals[1].think.kind, NS_DIST_EXPONENTIAL));
    cr_expect(eq(str, (char *)w->env[2], "EXTRA=a=b:c"));
    cr_expect(eq(i64, w->files[0].size, 1000000));
    cr_expect(eq(int, w->record.level, NS_RECORD_FULL));
    cr_expect(eq(dbl, w->record.sampling, 0.5));
    cr_expect(eq(ptr, (void *)w->argv[0], NULL));
    ns_workload_free(w);
}

Test(load, inline_script)
{
    folder_write("w.yaml", "script: |\n  console.log(1)\n");
    ns_workload *w = load("w.yaml", NULL);
    cr_expect(eq(str, (char *)w->inline_source, "console.log(1)\n"));
    cr_expect(eq(str, (char *)w->script, in_folder("w.cjs")));
    ns_workload_free(w);

    folder_write("m.yaml", "script: |-\n  await 1\nmodule: true\n");
    w = load("m.yaml", NULL);
    cr_expect(eq(str, (char *)w->inline_source, "await 1\n"));
    cr_expect(eq(str, (char *)w->script, in_folder("m.mjs")));
    cr_expect(w->inline_module);
    folder_write("again/m.yaml", w->config_json);
    ns_workload *again = load("again/m.yaml", NULL);
    cr_expect(eq(str, (char *)again->config_json, (char *)w->config_json));
    ns_workload_free(w);
    ns_workload_free(again);
}

Test(load, bare_script_sees_its_package)
{
    folder_write("app.js", "");
    ns_workload *w = load("app.js", NULL);
    cr_expect(eq(ptr, (void *)w->file, NULL));
    cr_expect(eq(str, (char *)w->name, "app"));
    cr_expect(eq(str, (char *)w->dir, in_folder("")));
    cr_expect(eq(str, (char *)w->script, in_folder("app.js")));
    ns_workload_free(w);

    folder_write("pkg/package.json", "{}");
    folder_write("pkg/src/deep/app.mjs", "");
    w = load("pkg/src/deep/app.mjs", NULL);
    cr_expect(eq(str, (char *)w->dir, in_folder("pkg")));
    ns_workload_free(w);

    // A package of a workspace: its dependencies are further up.
    folder_write("mono/package.json", "{}");
    folder_write("mono/node_modules/x/index.js", "");
    folder_write("mono/packages/a/package.json", "{}");
    folder_write("mono/packages/a/app.js", "");
    w = load("mono/packages/a/app.js", NULL);
    cr_expect(eq(str, (char *)w->dir, in_folder("mono")));
    ns_workload_free(w);

    // node_modules alone does not make a folder a package.
    folder_write("stray/node_modules/x/index.js", "");
    folder_write("stray/sub/app.js", "");
    w = load("stray/sub/app.js", NULL);
    cr_expect(eq(str, (char *)w->dir, in_folder("stray/sub")));
    ns_workload_free(w);
}

Test(load, a_link_is_followed)
{
    folder_write("lib/tool.js", "");
    cr_assert(eq(int, symlink("lib/tool.js", "tool"), 0));
    ns_workload *w = load("tool", NULL);
    cr_expect(eq(str, (char *)w->script, in_folder("lib/tool.js")));
    cr_expect(eq(str, (char *)w->dir, in_folder("lib")));
    cr_expect(eq(str, (char *)w->name, "tool"));
    ns_workload_free(w);
}

Test(load, a_wider_folder)
{
    folder_write("bench/w.yaml", "dir: ..\nscript: src/app.js\n");
    folder_write("src/app.js", "");
    ns_workload *w = load("bench/w.yaml", NULL);
    cr_expect(eq(str, (char *)w->dir, in_folder("")));
    cr_expect(eq(str, (char *)w->script, in_folder("src/app.js")));
    ns_workload_free(w);
}

Test(load, distributions)
{
    folder_write("app.js", "");
    folder_write("times.csv", "ms\n3\n1\n2\n");
    folder_write("numbers.csv", "5;x\n\"4\"\n");
    folder_write("w.yaml",
                 "script: app.js\narrivals:\n  a:\n    rate: 1\n    count: 1\n    params:\n"
                 "      a: {constant: 3}\n"
                 "      b: {uniform: [0, 2]}\n"
                 "      c: {exponential: {mean: 2}}\n"
                 "      d: {normal: {mean: 10, stddev: 1}}\n"
                 "      e: {normal: {mean: 10, p99: 12}}\n"
                 "      f: {lognormal: {mean: 10, p99: 30}}\n"
                 "      g: {gamma: {shape: 2, scale: 3}}\n"
                 "      h: {gamma: {mean: 10, p99: 30}}\n"
                 "      i: {pareto: {min: 1, shape: 2.5}}\n"
                 "      j: {pareto: {mean: 10, p99: 30}}\n"
                 "      k: {empirical: numbers.csv}\n"
                 "      l: {lognormal: {median: 10, sigma: 0.5}}\n"
                 "  b: {process: closed, count: 1, think: {empirical: times.csv}}\n");
    static const ns_dist_kind kinds[] = {NS_DIST_CONSTANT, NS_DIST_UNIFORM,   NS_DIST_EXPONENTIAL,
                                         NS_DIST_NORMAL,   NS_DIST_NORMAL,    NS_DIST_LOGNORMAL,
                                         NS_DIST_GAMMA,    NS_DIST_GAMMA,     NS_DIST_PARETO,
                                         NS_DIST_PARETO,   NS_DIST_EMPIRICAL, NS_DIST_LOGNORMAL};
    static const double means[] = {3, 1, 2, 10, 10, 10, 6, 10, 2.5 / 1.5, 10, 4.5, 11.33148453};
    ns_workload *w = load("w.yaml", NULL);
    cr_assert(eq(int, w->arrivals[0].param_count, 12));
    for (int i = 0; i < 12; i++) {
        const ns_dist *dist = &w->arrivals[0].params[i].dist;
        cr_expect(eq(int, dist->kind, kinds[i]), "parameter %d", i);
        cr_expect(epsilon_eq(dbl, dist->mean, means[i], 1e-3), "parameter %d", i);
    }
    const ns_dist *think = &w->arrivals[1].think;
    cr_assert(eq(sz, think->count, 3));
    cr_expect(eq(dbl, think->table[0], 1e6));
    cr_expect(eq(dbl, think->table[2], 3e6));
    ns_workload_free(w);
}

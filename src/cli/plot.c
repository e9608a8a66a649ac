// nsim plot: a picture of a recorded run, by gnuplot.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "cli/cli.h"
#include "report/report.h"

// "runs/login.db" and "pool" -> "login-pool", in the current folder.
static char *default_stem(const char *database, const char *what)
{
    const char *slash = strrchr(database, '/');
    const char *name = slash ? slash + 1 : database, *dot = strrchr(name, '.');
    int length = (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name));
    size_t size = (size_t)length + strlen(what) + 2;
    char *stem = ns_malloc(size);
    if (stem)
        snprintf(stem, size, "%.*s-%s", length, name, what);
    return stem;
}

// "svg,png"
static int read_formats(const char *text, unsigned *out, ns_err *err)
{
    *out = 0;
    for (const char *at = text; *at;) {
        char word[16];
        size_t length = strcspn(at, ",");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        unsigned found = 0;
        ns_suggest near = {.word = word};
        for (unsigned format = 1; format <= NS_PLOT_PDF; format <<= 1) {
            const char *name = ns_plot_suffix(format) + 1;
            found |= strcmp(word, name) == 0 ? format : 0;
            ns_suggest_offer(&near, name);
        }
        if (!found)
            return ns_fail(err, NS_EINVAL, "--format: found \"%s\", expected svg, png or pdf%s%s%s",
                           word, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                           near.best ? "\"?" : "");
        *out |= found;
        at += length + (at[length] == ',');
    }
    return *out ? NS_OK : ns_fail(err, NS_EINVAL, "--format: expected svg, png or pdf");
}

// "3", or "1,2" of a comparison.
static int read_runs(const char *text, ns_plot_options *o, ns_err *err)
{
    char *end = (char *)text;
    bool good = isdigit((unsigned char)*text);
    if (good)
        o->run_id = strtoll(text, &end, 10);
    if (good && *end == ',') {
        good = isdigit((unsigned char)end[1]);
        o->other_run = good ? strtoll(end + 1, &end, 10) : 0;
    }
    return good && *end == '\0' ? NS_OK
                                : ns_fail(err, NS_EINVAL,
                                          "--run: found \"%s\", expected the number of a run, or "
                                          "two of them for compare, such as 1,2",
                                          text);
}

static int plot(ns_plot_options *o, const char *runs, const char *formats, const char *stem,
                ns_err *err)
{
    int rc = read_runs(runs, o, err);
    if (rc == NS_OK)
        rc = read_formats(formats, &o->formats, err);
    bool compare = strcmp(o->what, "compare") == 0;
    if (rc == NS_OK && o->where[0] && strcmp(o->what, "sweep") != 0)
        rc = ns_fail(err, NS_EINVAL, "--where is of sweep");
    if (rc == NS_OK && (o->other_db || o->other_run) && !compare)
        rc = ns_fail(err, NS_EINVAL, "%s shows one run; two are for: nsim plot A.db compare B.db",
                     o->what);
    else if (rc == NS_OK && compare && !o->other_db && !o->other_run)
        rc = ns_fail(err, NS_EINVAL,
                     "compare needs two runs: nsim plot A.db compare B.db, or --run 1,2 of one "
                     "database");
    if (rc != NS_OK)
        return rc;
    char *name = stem ? ns_strdup(stem) : default_stem(o->db, o->what);
    o->stem = name;
    rc = name ? ns_plot(o, err) : ns_fail(err, NS_ENOMEM, "out of memory");
    for (unsigned format = 1; format <= NS_PLOT_PDF && rc == NS_OK; format <<= 1)
        if (o->formats & format)
            printf("%s%s\n", name, ns_plot_suffix(format));
    if (rc == NS_OK && o->script)
        printf("%s.gp\n", name);
    ns_free(name);
    return rc;
}

static int run(int argc, char **argv)
{
    const char *runs = "0", *stem = NULL, *formats = "svg,png";
    ns_plot_options o = {0};
    ns_cli_list where = {0};
    const ns_cli_option options[] = {
        {"run", 'r', NS_CLI_TEXT, &runs, "ID",
         "which run of the database (default: the last); of compare: two, as 1,2"},
        {"output", 'o', NS_CLI_TEXT, &stem, "NAME",
         "write NAME.svg and so on (default: DATABASE-KIND)"},
        {"format", 'f', NS_CLI_TEXT, &formats, "LIST", "of svg, png, pdf (default: svg,png)"},
        {"script", 's', NS_CLI_FLAG, &o.script, NULL,
         "keep NAME.gp, which has the data: gnuplot NAME.gp draws it again"},
        {"of", 0, NS_CLI_TEXT, &o.of, "WHAT",
         "latency and compare, of: request, pool, timer or measure, or one of them, such as "
         "request.login; blame: a class of requests"},
        {"metric", 'm', NS_CLI_TEXT, &o.metric, "NAME", "of sweep (default: request.p99)"},
        {"where", 'w', NS_CLI_LIST, &where, "KEY=VALUE",
         "of sweep: only the points with this value, as in machine.cores=4"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_plot, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    ns_err err = {0};
    o.db = operands.items[0];
    o.what = operands.items[1];
    o.other_db = operands.items[2];
    o.where = where.items;
    return plot(&o, runs, formats, stem, &err) == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_plot = {
    .name = "plot",
    .usage = "nsim plot [options] DATABASE KIND [OTHER-DATABASE]",
    .summary = "Plot a recorded run with gnuplot, as SVG, PNG or PDF.",
    .text =
        "KIND is one of\n"
        "  latency  requests, pool tasks, timers or spans: distribution with its tail, over time\n"
        "  blame    what the latency of requests is made of, by percentile\n"
        "  loop     the event loop: delay, time by phase, utilization\n"
        "  pool     the lanes of the pool's threads, and the length of its queue\n"
        "  gc       the heap by space over time, and the pauses of its collector\n"
        "  tiers    time by tier of V8, and when functions were compiled and deoptimized\n"
        "  sweep    a metric of a sweep over its parameter, or two as a map; --where fixes others\n"
        "  compare  the latency of two runs, and their difference",
    .example = "  nsim plot login.db latency\n"
               "  nsim plot login.db blame -o slow --format pdf\n"
               "  nsim plot sweep.db sweep --metric request.throughput --where machine.cores=4\n"
               "  nsim plot before.db compare after.db --script",
    .min = 2,
    .max = 3,
    .run = run,
};

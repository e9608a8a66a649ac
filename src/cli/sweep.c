// nsim sweep: run a workload at many settings, and say which one is best.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/report.h"
#include "sweep/search_run.h"
#include "sweep/search_table.h"
#include "sweep/sweep.h"
#include "sweep/table.h"
#include "sweep/workers.h"

typedef struct sweep_args {
    const char *file, *database, *seed, *replicates, *lhs, *jobs, *shard, *records;
    const char *find, *replicates_max, *precision, *tolerance;
    ns_cli_list vary, sets, metrics;
    int64_t time_limit;
    bool resume, force, full, json, csv, quiet;
} sweep_args;

typedef struct sweep_state {
    const sweep_args *args;
    ns_cli_list sets;
    ns_buf seed, path;
    ns_plan *plan;
    ns_search_plan search; // of --find
    ns_sweep_db *db;
    ns_sweep_options options;
} sweep_state;

static volatile int interrupted; // a signal handler can reach nothing else

// The first SIGINT ends the sweep in order; the second one kills.
static void on_interrupt(int sig)
{
    interrupted = 1;
    signal(sig, SIG_DFL);
}

static bool ends_in(const char *text, const char *ending)
{
    size_t a = strlen(text), b = strlen(ending);
    return a > b && strcmp(text + a - b, ending) == 0;
}

// -- Options --------------------------------------------------------------------------------------

// A whole number in a range, from an option that is one of 64 bits; 0 stays when it was not given.
static int read_number(const char *name, const char *text, int max, int *out, ns_err *err)
{
    if (!text)
        return NS_OK;
    unsigned long long value = strtoull(text, NULL, 10);
    if (value < 1 || value > (unsigned long long)max)
        return ns_fail(err, NS_EINVAL, "--%s: found \"%s\", expected a whole number from 1 to %d",
                       name, text, max);
    *out = (int)value;
    return NS_OK;
}

// "2%", "0.5%", "0.02"
static int read_share(const char *name, const char *text, double low, double high, double *out,
                      ns_err *err)
{
    char *end;
    if (!text)
        return NS_OK;
    *out = strtod(text, &end);
    if (*end == '%') {
        *out /= 100;
        end++;
    }
    if (end != text && !*end && *out >= low && *out <= high)
        return NS_OK;
    return ns_fail(err, NS_EINVAL, "--%s: found \"%s\", expected a share from %g%% to %g%%", name,
                   text, low * 100, high * 100);
}

// "3/8": the third of eight.
static int read_shard(const char *text, ns_sweep_options *options, ns_err *err)
{
    options->shards = 1;
    if (!text)
        return NS_OK;
    char *end;
    long part = strtol(text, &end, 10), of = *end == '/' ? strtol(end + 1, &end, 10) : 0;
    if (*end != '\0' || of < 1 || of > 100000 || part < 1 || part > of)
        return ns_fail(err, NS_EINVAL,
                       "--shard: found \"%s\", expected K/N with K from 1 to N, such as 3/8", text);
    options->shard = (int)part - 1;
    options->shards = (int)of;
    return NS_OK;
}

// --metric may be repeated, and takes several names at once: "request.p99,cpu.*".
static int read_metrics(const ns_cli_list *given, ns_buf *text, ns_cli_list *out, ns_err *err)
{
    for (int i = 0; i < given->count; i++)
        ns_buf_printf(text, "%s,", given->items[i]);
    if (text->failed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    char *rest = text->data;
    for (char *word; rest && (word = strtok_r(rest, ",", &rest)) != NULL;) {
        if (out->count == NS_CLI_LIST_MAX)
            return ns_fail(err, NS_EINVAL, "--metric: more than %d names", NS_CLI_LIST_MAX);
        out->items[out->count++] = strcmp(word, "all") == 0 ? "*" : word;
    }
    return NS_OK;
}

static int read_options(sweep_state *s, ns_plan_options *plan, ns_err *err)
{
    const sweep_args *args = s->args;
    s->sets = args->sets;
    if (args->seed) {
        ns_buf_printf(&s->seed, "seed=%s", args->seed);
        if (s->seed.failed)
            return ns_fail(err, NS_ENOMEM, "out of memory");
        if (s->sets.count == NS_CLI_LIST_MAX)
            return ns_fail(err, NS_EINVAL, "--set: more than %d times", NS_CLI_LIST_MAX - 1);
        s->sets.items[s->sets.count++] = s->seed.data;
    }
    *plan = (ns_plan_options){.path = args->file,
                              .sets = s->sets.items,
                              .vary = args->vary.items,
                              .full = args->full,
                              .tolerance = -1};
    s->options = (ns_sweep_options){
        .jobs = ns_workers_cores(),
        .time_limit = (double)args->time_limit / 1e9,
        .records = args->records,
        .interrupt = &interrupted,
        .progress = !args->quiet && isatty(STDERR_FILENO),
    };
    int rc = read_number("replicates", args->replicates, 10000, &plan->replicates, err);
    if (rc == NS_OK)
        rc = read_number("lhs", args->lhs, 100000, &plan->lhs, err);
    if (rc == NS_OK)
        rc = read_number("jobs", args->jobs, 4096, &s->options.jobs, err);
    if (rc == NS_OK)
        rc = read_share("tolerance", args->tolerance, 0, 1, &plan->tolerance, err);
    return rc == NS_OK ? read_shard(args->shard, &s->options, err) : rc;
}

// -- Running --------------------------------------------------------------------------------------

static int open_db(sweep_state *s, const ns_plan *plan, ns_err *err)
{
    const sweep_args *args = s->args;
    const ns_sweep_head head = {.name = plan->name,
                                .json = plan->json,
                                .version = NSIM_VERSION,
                                .hash = plan->hash,
                                .runs = plan->point_count * plan->replicates};
    if (args->database)
        ns_buf_str(&s->path, args->database);
    else
        ns_buf_printf(&s->path, "%s-%s.db", plan->name, args->find ? "find" : "sweep");
    if (s->path.failed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (args->records && mkdir(args->records, 0777) != 0 && errno != EEXIST)
        return ns_fail(err, NS_EINVAL, "cannot make the folder %s: %s", args->records,
                       strerror(errno));
    return ns_sweep_db_open(&s->db, s->path.data, &head,
                            args->resume  ? NS_SWEEP_RESUME
                            : args->force ? NS_SWEEP_REPLACE
                                          : NS_SWEEP_NEW,
                            err);
}

static int close_db(sweep_state *s, int rc, ns_err *err)
{
    ns_sweep_db *db = s->db;
    s->db = NULL;
    int closed = ns_sweep_db_close(db, rc == NS_OK ? err : NULL);
    return rc == NS_OK ? closed : rc;
}

static int plan_search(sweep_state *s, const ns_plan_options *plan, ns_err *err)
{
    ns_search_options given = {.first = plan->replicates};
    int rc = read_number("replicates-max", s->args->replicates_max, 10000, &given.most, err);
    if (rc == NS_OK)
        rc = read_share("precision", s->args->precision, 0.0001, 0.5, &given.precision, err);
    return rc == NS_OK ? ns_search_plan_make(&s->search, plan, s->args->find, &given, err) : rc;
}

static int run_points(sweep_state *s, const ns_plan_options *plan, ns_err *err)
{
    const char *find = s->args->find;
    int rc = find ? plan_search(s, plan, err) : ns_plan_make(&s->plan, plan, err);
    signal(SIGXFSZ, SIG_IGN); // writing beyond the limit of file sizes is an error like any other
    if (rc == NS_OK)
        rc = open_db(s, find ? s->search.plan : s->plan, err);
    if (rc != NS_OK)
        return rc;
    signal(SIGINT, on_interrupt);
    rc = find ? ns_search_run(&s->search, s->path.data, s->db, &s->options, err)
              : ns_sweep_run(s->plan, 0, s->db, &s->options, err);
    bool disk = rc == NS_EIO;
    rc = close_db(s, rc, err);
    if (disk) {
        size_t used = strlen(err->msg);
        snprintf(err->msg + used, sizeof err->msg - used,
                 "; the runs before are kept, and --resume goes on after them");
    }
    return rc;
}

// -- The report -----------------------------------------------------------------------------------

static int list_metrics(const ns_data *data)
{
    for (int m = 0; m < data->metric_count; m++)
        puts(data->metrics[m]);
    return NS_OK;
}

static int report_search(const sweep_args *args, const ns_data *data, ns_err *err)
{
    ns_search_plan plan;
    ns_search *search = NULL;
    int rc = ns_search_plan_read(&plan, data, err);
    if (rc == NS_OK)
        rc = ns_search_make(&search, plan.find, &plan.options, data, err);
    if (rc == NS_OK && args->json)
        rc = ns_search_json(search, data, stdout, err);
    else if (rc == NS_OK && args->csv)
        ns_search_csv(search, stdout);
    else if (rc == NS_OK)
        ns_search_print(search, data, stdout);
    ns_search_free(search);
    ns_search_plan_free(&plan);
    return rc;
}

// The figures of a search are tables, too, where they are asked for.
static bool is_search(const sweep_args *args, const ns_data *data)
{
    return data->expected == 0 && args->metrics.count == 0;
}

static int report(const sweep_args *args, const char *path, ns_err *err)
{
    ns_data *data = NULL;
    ns_buf text = {0};
    ns_cli_list metrics = {0};
    int rc = read_metrics(&args->metrics, &text, &metrics, err);
    if (rc == NS_OK)
        rc = ns_data_load(&data, path, err);
    if (rc == NS_OK) {
        bool list = metrics.count == 1 && strcmp(metrics.items[0], "list") == 0;
        rc = list                    ? list_metrics(data)
             : is_search(args, data) ? report_search(args, data, err)
             : args->json            ? ns_table_json(data, metrics.items, stdout, err)
             : args->csv             ? ns_table_csv(data, metrics.items, stdout, err)
                         : ns_table_print(data, metrics.items, stdout, ns_cli_style(stdout), err);
    }
    if (rc == NS_OK)
        rc = ns_cli_flush(stdout, err);
    ns_data_free(data);
    ns_buf_free(&text);
    return rc;
}

static int sweep_workload(const sweep_args *args)
{
    sweep_state s = {.args = args};
    ns_plan_options plan;
    ns_err err = {0};
    int rc = read_options(&s, &plan, &err);
    if (rc == NS_OK)
        rc = run_points(&s, &plan, &err);
    if (rc == NS_OK && !args->quiet && !interrupted)
        rc = report(args, s.path.data, &err);
    if (rc == NS_OK && interrupted)
        fprintf(stderr, "nsim: interrupted; --resume goes on with %s\n", s.path.data);
    ns_plan_free(s.plan);
    ns_search_plan_free(&s.search);
    ns_buf_free(&s.seed);
    ns_buf_free(&s.path);
    return rc != NS_OK ? ns_cli_error(&err) : interrupted ? NS_EXIT_INTERRUPTED : 0;
}

static int run(int argc, char **argv)
{
    sweep_args args = {0};
    const ns_cli_option options[] = {
        {"vary", 'v', NS_CLI_LIST, &args.vary, "KEY=VALUES",
         "1,2,4 or 2..8 or 2..8:2 or log:1..64; any key of --set"},
        {"set", 's', NS_CLI_LIST, &args.sets, "KEY=VALUE", "override a key at every point"},
        {"find", 'f', NS_CLI_TEXT, &args.find, "EXPRESSION",
         "search: 'max KEY where p99 < 50ms and errors < 0.1%'"},
        {"replicates-max", 0, NS_CLI_WHOLE, &args.replicates_max, "N",
         "of --find: runs of a probe, at most (default 40)"},
        {"precision", 0, NS_CLI_TEXT, &args.precision, "SHARE",
         "of --find: width of the interval's ends (default 2%)"},
        {"replicates", 'n', NS_CLI_WHOLE, &args.replicates, "N",
         "runs of each point, with different seeds (default 5)"},
        {"lhs", 0, NS_CLI_WHOLE, &args.lhs, "N", "N points of a Latin hypercube, not the grid"},
        {"seed", 0, NS_CLI_WHOLE, &args.seed, "N", "seed of the first replicate"},
        {"jobs", 'j', NS_CLI_WHOLE, &args.jobs, "N", "processes at a time (default: the cores)"},
        {"time-limit", 0, NS_CLI_TIME, &args.time_limit, "TIME",
         "of the host for one run; it is broken then"},
        {"output", 'o', NS_CLI_TEXT, &args.database, "FILE",
         "the database (default: the workload's name with -sweep.db)"},
        {"full", 0, NS_CLI_FLAG, &args.full, NULL,
         "run the JavaScript at every point, and replay nothing"},
        {"tolerance", 0, NS_CLI_TEXT, &args.tolerance, "SHARE",
         "of replay: where a check differs by more, runs are full (default 2%)"},
        {"resume", 0, NS_CLI_FLAG, &args.resume, NULL, "go on where the database ends"},
        {"force", 0, NS_CLI_FLAG, &args.force, NULL, "replace the database"},
        {"shard", 0, NS_CLI_TEXT, &args.shard, "K/N",
         "only a share of the runs, in a database of its own"},
        {"records", 0, NS_CLI_TEXT, &args.records, "DIR",
         "keep all records of each run in DIR/run-ID.db"},
        {"metric", 'm', NS_CLI_LIST, &args.metrics, "NAME,...",
         "metrics to show: request.p99, 'gc.*', all; list: their names"},
        {"json", 0, NS_CLI_FLAG, &args.json, NULL, "print JSON"},
        {"csv", 0, NS_CLI_FLAG, &args.csv, NULL, "print CSV"},
        {"quiet", 'q', NS_CLI_FLAG, &args.quiet, NULL, "print nothing"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_sweep, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    args.file = operands.items[0];
    if (args.json && args.csv)
        return ns_cli_misuse(&ns_cli_sweep, "--json and --csv exclude each other");
    if (args.resume && args.force)
        return ns_cli_misuse(&ns_cli_sweep, "--resume and --force exclude each other");
    if (args.find && args.shard)
        return ns_cli_misuse(&ns_cli_sweep,
                             "--find and --shard exclude each other: each probe of a search "
                             "follows from those before it; --jobs spreads the runs of a probe");
    if (args.find && (args.vary.count || args.lhs))
        return ns_cli_misuse(&ns_cli_sweep,
                             "--find and --%s exclude each other: a search has one key; search "
                             "once for each value of the other, with --set",
                             args.vary.count ? "vary" : "lhs");
    if (!args.find && (args.replicates_max || args.precision))
        return ns_cli_misuse(&ns_cli_sweep, "--%s is of --find",
                             args.precision ? "precision" : "replicates-max");
    if (args.full && args.tolerance)
        return ns_cli_misuse(&ns_cli_sweep, "--full and --tolerance exclude each other");
    if (!ends_in(args.file, ".db"))
        return sweep_workload(&args);
    if (args.find || args.vary.count || args.sets.count || args.resume || args.force ||
        args.shard || args.full || args.tolerance)
        return ns_cli_misuse(&ns_cli_sweep, "%s is a database: it is only read", args.file);
    ns_err err = {0};
    rc = report(&args, args.file, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_sweep = {
    .name = "sweep",
    .usage = "nsim sweep [options] FILE",
    .summary = "Run a workload at many settings, and say which is best.",
    .text =
        "FILE is a workload or a script; what is varied stands in --vary, or in its section\n"
        "`sweep`. Each point is run with several seeds, the same ones at every point. A table per\n"
        "metric has the means with 95% confidence intervals; a point is called the best only\n"
        "where the difference is significant. Of a database, FILE.db, the tables are printed\n"
        "again. --find searches for the greatest (max) or smallest (min) value of a key at which\n"
        "conditions on metrics hold. docs/sweep.md says more.\n\n"
        "Exit code: 0, also when a run is broken (the table tells); 1 nsim failed; 2 bad input;\n"
        "130 interrupted.",
    .example =
        "  nsim sweep login.yaml --vary node.threadpool=1,2,4,8 --vary machine.cores=2..8:2\n"
        "  nsim sweep login-sweep.db --metric 'request.*' --csv\n"
        "  nsim sweep login.yaml --find 'max arrivals.login.rate where p99 < 1s and errors < 0.1%'",
    .min = 1,
    .max = 1,
    .run = run,
};

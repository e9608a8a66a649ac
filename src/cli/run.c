// nsim run: load a workload, run it, record it, report on it.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "node/node.h"
#include "report/report.h"
#include "trace/filter.h"

enum { TIMELINE_COLUMNS = 100 };

typedef struct run_args {
    const char *file, *database, *seed, *level;
    ns_cli_list sets;
    bool quiet, json, no_db, timeline;
    char **rest; // after "--": the program's arguments
} run_args;

// The parts of one run; what is NULL is not there.
typedef struct run_state {
    const run_args *args;
    ns_workload *workload;
    ns_store *store;
    ns_summary *summary;
    ns_filter filter;
    ns_sink *sinks[2];
    ns_tee tee;
    ns_buf path; // of the database
    ns_run_info info;
    bool progress;  // stderr is a terminal
    bool line;      // a progress line stands there
    bool closed[3]; // nobody reads this descriptor any more
    struct timespec shown;
} run_state;

// -- Interruption ---------------------------------------------------------------------------------

static volatile int interrupted; // a signal handler can reach nothing else

// The first SIGINT ends the run in order; the second one kills.
static void on_interrupt(int sig)
{
    interrupted = 1;
    signal(sig, SIG_DFL);
}

// -- Output ---------------------------------------------------------------------------------------

static void clear_line(run_state *s)
{
    if (s->line)
        fputs("\r\033[K", stderr);
    s->line = false;
}

// What the program prints goes out at once, so that stdout and stderr keep their order. With
// --json, stdout belongs to the report, and the program's goes to stderr.
static void output(void *opaque, int fd, const char *bytes, size_t len)
{
    run_state *s = opaque;
    clear_line(s);
    if (s->args->json)
        fd = STDERR_FILENO;
    while (len > 0 && !s->closed[fd]) {
        ssize_t n = write(fd, bytes, len);
        if (n >= 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno != EINTR && errno != EAGAIN) {
            s->closed[fd] = true;
        }
    }
}

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static void progress(void *opaque, int64_t virtual_ns, uint64_t events)
{
    run_state *s = opaque;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (seconds_between(&s->shown, &now) < 0.1)
        return;
    s->shown = now;
    s->line = true;
    fprintf(stderr, "\r\033[K%.3f s of virtual time, %.1f million events", (double)virtual_ns / 1e9,
            (double)events / 1e6);
    fflush(stderr);
}

// -- Loading --------------------------------------------------------------------------------------

// argv=["a","b"] of what stands after "--".
static void add_arguments(ns_buf *out, char **rest)
{
    ns_buf_str(out, "argv=[");
    for (int i = 0; rest[i]; i++) {
        ns_buf_str(out, i ? ",\"" : "\"");
        for (const unsigned char *c = (unsigned char *)rest[i]; *c; c++)
            if (*c < ' ' || *c == '"' || *c == '\\')
                ns_buf_printf(out, "\\x%02x", *c);
            else
                ns_buf_char(out, (char)*c);
        ns_buf_char(out, '"');
    }
    ns_buf_char(out, ']');
}

// Options that stand for a key come after --set, and so hold against it.
static int load(run_state *s, ns_err *err)
{
    const run_args *args = s->args;
    ns_cli_list sets = args->sets;
    ns_buf seed = {0}, level = {0}, argv = {0};
    if (args->seed)
        ns_buf_printf(&seed, "seed=%s", args->seed);
    if (args->level)
        ns_buf_printf(&level, "record.level=%s", args->level);
    if (args->rest)
        add_arguments(&argv, args->rest);
    int rc = NS_OK;
    const ns_buf *extra[] = {&seed, &level, &argv};
    for (int i = 0; i < 3 && rc == NS_OK; i++) {
        if (extra[i]->failed)
            rc = ns_fail(err, NS_ENOMEM, "out of memory");
        else if (extra[i]->len && sets.count == NS_CLI_LIST_MAX)
            rc = ns_fail(err, NS_EINVAL, "--set: more than %d times", NS_CLI_LIST_MAX - 1);
        else if (extra[i]->len)
            sets.items[sets.count++] = extra[i]->data;
    }
    if (rc == NS_OK)
        rc = ns_workload_load(&s->workload, args->file, sets.items, err);
    ns_buf_free(&seed);
    ns_buf_free(&level);
    ns_buf_free(&argv);
    return rc;
}

// -- Recording ------------------------------------------------------------------------------------

static int open_store(run_state *s, ns_err *err)
{
    const ns_workload *w = s->workload;
    if (s->args->no_db || w->record.level == NS_RECORD_OFF)
        return NS_OK;
    if (s->args->database)
        ns_buf_str(&s->path, s->args->database);
    else
        ns_buf_printf(&s->path, "%s.db", w->name);
    if (s->path.failed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    int rc = ns_store_open(&s->store, s->path.data, &s->info, err);
    if (rc != NS_OK)
        return rc;
    ns_filter_init(&s->filter, ns_store_sink(s->store), w->record.level == NS_RECORD_FULL,
                   w->record.sampling);
    s->sinks[s->tee.count++] = &s->filter.sink;
    return NS_OK;
}

static int open_sinks(run_state *s, ns_err *err)
{
    const ns_workload *w = s->workload;
    s->info = (ns_run_info){
        .workload = w->name,
        .config_json = w->config_json,
        .profile = w->machine.profile_name,
        .hash = w->hash,
        .seed = w->seed,
        .status = "incomplete",
        .cores = w->machine.cores,
    };
    ns_tee_init(&s->tee, s->sinks, 0);
    int rc = open_store(s, err);
    bool printed = !s->args->quiet || s->args->json;
    if (rc != NS_OK || (!printed && !s->store))
        return rc;
    rc = ns_summary_new(&s->summary, err);
    if (rc == NS_OK)
        s->sinks[s->tee.count++] = ns_summary_sink(s->summary);
    return rc;
}

static int close_store(run_state *s, ns_err *err)
{
    if (!s->store)
        return NS_OK;
    ns_store *store = s->store;
    s->store = NULL;
    int rc = s->summary ? ns_summary_emit(s->summary, ns_store_sink(store), err) : NS_OK;
    int closed = ns_store_close(store, &s->info, rc == NS_OK ? err : NULL);
    return rc == NS_OK ? closed : rc;
}

// -- Running --------------------------------------------------------------------------------------

static int execute(run_state *s, ns_node_result *result, ns_err *err)
{
    struct timespec begin, end;
    const ns_node_options options = {
        .sink = s->tee.count ? &s->tee.sink : NULL,
        .output = output,
        .opaque = s,
        .database = s->store ? s->path.data : NULL,
        .interrupted = &interrupted,
        .progress = s->progress ? progress : NULL,
    };
    signal(SIGINT, on_interrupt);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int rc = ns_node_run(s->workload, &options, result, err);
    clock_gettime(CLOCK_MONOTONIC, &end);
    clear_line(s);
    if (rc != NS_OK) {
        s->info.status = "not started";
        return rc;
    }
    s->info.status = result->status;
    s->info.exit_code = result->exit_code;
    s->info.virtual_ns = result->virtual_ns;
    s->info.host_seconds = seconds_between(&begin, &end);
    s->info.digest = result->digest;
    s->info.events = result->events;
    s->info.ties = result->ties;
    s->info.pool_threads = result->pool_threads;
    s->info.idle_ns = result->idle_ns;
    s->info.pool_span_ns = result->pool_span_ns;
    s->info.pool_busy_ns = result->pool_busy_ns;
    s->info.pool_full_ns = result->pool_full_ns;
    s->info.cpu_ns = result->cpu_ns;
    return NS_OK;
}

static int report(run_state *s, ns_err *err)
{
    int rc = NS_OK;
    if (s->args->json)
        rc = ns_summary_json(s->summary, &s->info, stdout, err);
    else if (!s->args->quiet)
        rc = ns_summary_print(s->summary, &s->info, stdout, ns_cli_style(stdout), err);
    if (rc == NS_OK && s->args->timeline)
        rc = ns_timeline_print(s->path.data, 0, 0, 0, TIMELINE_COLUMNS, stdout,
                               ns_cli_style(stdout), err);
    int flushed = ns_cli_flush(stdout, rc == NS_OK ? err : NULL);
    return rc == NS_OK ? flushed : rc;
}

static int exit_code(const ns_node_result *result)
{
    static const char limit[] = "limit: ";
    if (strncmp(result->status, limit, sizeof limit - 1) == 0) {
        fprintf(stderr, "nsim: limit reached: %s\n", result->status + sizeof limit - 1);
        return NS_EXIT_LIMIT;
    }
    return strcmp(result->status, "interrupted") == 0 ? NS_EXIT_INTERRUPTED : result->exit_code;
}

static int run_workload(const run_args *args)
{
    run_state s = {.args = args, .progress = !args->quiet && isatty(STDERR_FILENO)};
    ns_node_result result = {0};
    ns_err err = {0};
    int rc = load(&s, &err);
    if (rc == NS_OK)
        rc = open_sinks(&s, &err);
    if (rc == NS_OK)
        rc = execute(&s, &result, &err);
    // The database is completed whatever happened; the first error is the one to tell.
    int closed = close_store(&s, rc == NS_OK ? &err : NULL);
    if (rc == NS_OK)
        rc = closed;
    if (rc == NS_OK)
        rc = report(&s, &err);
    int code = rc == NS_OK ? exit_code(&result) : ns_cli_error(&err);
    ns_summary_free(s.summary);
    ns_workload_free(s.workload);
    ns_buf_free(&s.path);
    return code;
}

static int run(int argc, char **argv)
{
    run_args args = {0};
    const ns_cli_option options[] = {
        {"output", 'o', NS_CLI_TEXT, &args.database, "FILE",
         "the database (default: the workload's name with .db)"},
        {"set", 's', NS_CLI_LIST, &args.sets, "KEY=VALUE",
         "override a key of the workload, as in machine.cores=8"},
        {"seed", 0, NS_CLI_WHOLE, &args.seed, "N", "short for --set seed=N"},
        {"record", 0, NS_CLI_TEXT, &args.level, "LEVEL",
         "short for --set record.level=LEVEL: off, summary, full"},
        {"no-db", 0, NS_CLI_FLAG, &args.no_db, NULL, "write no database"},
        {"quiet", 'q', NS_CLI_FLAG, &args.quiet, NULL, "print only what the program itself prints"},
        {"json", 0, NS_CLI_FLAG, &args.json, NULL,
         "print the summary as JSON; the program's stdout goes to stderr"},
        {"timeline", 't', NS_CLI_FLAG, &args.timeline, NULL,
         "print the timeline after the summary"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_run, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (args.no_db && args.database)
        return ns_cli_misuse(&ns_cli_run, "--output and --no-db exclude each other");
    if (args.timeline && (args.no_db || args.quiet || args.json))
        return ns_cli_misuse(&ns_cli_run, "--timeline excludes --no-db, --quiet and --json");
    args.file = operands.items[0];
    args.rest = operands.rest;
    return run_workload(&args);
}

const ns_cli_command ns_cli_run = {
    .name = "run",
    .usage = "nsim run [options] FILE [-- ARGUMENTS]",
    .summary = "Run a workload (.yaml) or a script (.js, .mjs, .cjs) in virtual time.",
    .text =
        "The program's own output passes through; a summary follows on stdout. Everything that\n"
        "happened is in the database. ARGUMENTS become the program's process.argv.\n\n"
        "A script sees the folder of its package: the nearest one upwards with package.json and\n"
        "node_modules, else the nearest with package.json, else its own. Of the host it sees\n"
        "nothing else: no other files, no environment, no network.\n\n"
        "Exit code: the program's own; 1 nsim failed; 2 bad input; 3 a limit was reached; 130\n"
        "interrupted.",
    .example = "  nsim run app.js\n"
               "  nsim run --set node.threadpool=16 -o wide.db login.yaml",
    .min = 1,
    .max = 1,
    .run = run,
};

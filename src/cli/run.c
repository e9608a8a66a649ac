// nsim run: load a workload, run it, record it, report on it.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/recording.h"
#include "node/node.h"
#include "node/tracer.h"

typedef struct run_args {
    const char *file, *seed, *level, *trace;
    ns_cli_list sets;
    ns_recording_args recording;
    char **rest; // after "--": the program's arguments
} run_args;

typedef struct run_state {
    const run_args *args;
    ns_recording recording;
    ns_tracer *tracer;        // NULL: no trace is written
    ns_cli_list sets;         // all overrides
    ns_buf seed, level, argv; // of these, what options stand for
    bool progress;            // stderr is a terminal
    bool line;                // a progress line stands there
    bool closed[3];           // nobody reads this descriptor any more
    struct timespec shown;
} run_state;

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
    if (s->args->recording.json)
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

static void progress(void *opaque, int64_t virtual_ns, uint64_t events)
{
    run_state *s = opaque;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((double)(now.tv_sec - s->shown.tv_sec) + (double)(now.tv_nsec - s->shown.tv_nsec) / 1e9 <
        0.1)
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
    s->sets = args->sets;
    if (args->seed)
        ns_buf_printf(&s->seed, "seed=%s", args->seed);
    if (args->level)
        ns_buf_printf(&s->level, "record.level=%s", args->level);
    if (args->rest)
        add_arguments(&s->argv, args->rest);
    const ns_buf *extra[] = {&s->seed, &s->level, &s->argv};
    for (int i = 0; i < 3; i++) {
        if (extra[i]->failed)
            return ns_fail(err, NS_ENOMEM, "out of memory");
        if (extra[i]->len && s->sets.count == NS_CLI_LIST_MAX)
            return ns_fail(err, NS_EINVAL, "--set: more than %d times", NS_CLI_LIST_MAX - 1);
        if (extra[i]->len)
            s->sets.items[s->sets.count++] = extra[i]->data;
    }
    return ns_workload_load(&s->recording.workload, args->file, s->sets.items, err);
}

// -- Running --------------------------------------------------------------------------------------

static int execute(run_state *s, ns_run_result *result, ns_err *err)
{
    ns_recording *r = &s->recording;
    const ns_node_options options = {
        .sink = ns_recording_sink(r),
        .output = output,
        .opaque = s,
        .database = r->store ? r->path.data : NULL,
        .interrupted = &ns_interrupted,
        .progress = s->progress ? progress : NULL,
        .tracer = s->tracer,
    };
    ns_recording_begin(r);
    int rc = ns_node_run(r->workload, &options, result, err);
    clear_line(s);
    if (rc == NS_OK)
        ns_recording_end(r, result);
    else
        r->info.status = "not started";
    return rc;
}

static int write_trace(run_state *s, ns_err *err)
{
    char path[PATH_MAX];
    ns_nst *trace = ns_tracer_result(s->tracer);
    if (!trace)
        return ns_fail(err, NS_ENOMEM, "out of memory while recording the trace");
    if (!realpath(s->args->file, path))
        return ns_fail(err, NS_EIO, "cannot open %s: %s", s->args->file, strerror(errno));
    trace->workload = path;
    trace->sets = s->sets.items;
    trace->hash = s->recording.workload->hash;
    if (*trace->unsupported)
        fprintf(stderr,
                "nsim: the trace cannot be replayed: the program used %s, which replay does not "
                "model\n",
                trace->unsupported);
    return ns_nst_write(s->args->trace, trace, err);
}

static int run_workload(const run_args *args)
{
    run_state s = {.args = args,
                   .recording = {.args = &args->recording},
                   .progress = !args->recording.quiet && isatty(STDERR_FILENO)};
    ns_run_result result = {0};
    ns_err err = {0};
    int rc = load(&s, &err);
    if (rc == NS_OK && args->trace)
        rc = ns_tracer_new(&s.tracer, &err);
    if (rc == NS_OK)
        rc = ns_recording_open(&s.recording, &err);
    if (rc == NS_OK)
        rc = execute(&s, &result, &err);
    // The database is completed whatever happened; the first error is the one to tell.
    int closed = ns_recording_close(&s.recording, rc == NS_OK ? &err : NULL);
    if (rc == NS_OK)
        rc = closed;
    if (rc == NS_OK && s.tracer)
        rc = write_trace(&s, &err);
    if (rc == NS_OK)
        rc = ns_recording_report(&s.recording, &err);
    int code = rc == NS_OK ? ns_recording_exit_code(&result) : ns_cli_error(&err);
    ns_tracer_free(s.tracer);
    ns_recording_free(&s.recording);
    ns_buf_free(&s.seed);
    ns_buf_free(&s.level);
    ns_buf_free(&s.argv);
    return code;
}

static int run(int argc, char **argv)
{
    run_args args = {0};
    const ns_cli_option options[] = {
        {"output", 'o', NS_CLI_TEXT, &args.recording.database, "FILE",
         "the database (default: the workload's name with .db)"},
        {"set", 's', NS_CLI_LIST, &args.sets, "KEY=VALUE",
         "override a key of the workload, as in machine.cores=8"},
        {"seed", 0, NS_CLI_WHOLE, &args.seed, "N", "short for --set seed=N"},
        {"record", 0, NS_CLI_TEXT, &args.level, "LEVEL",
         "short for --set record.level=LEVEL: off, summary, full"},
        {"no-db", 0, NS_CLI_FLAG, &args.recording.no_db, NULL, "write no database"},
        {"quiet", 'q', NS_CLI_FLAG, &args.recording.quiet, NULL,
         "print only what the program itself prints"},
        {"json", 0, NS_CLI_FLAG, &args.recording.json, NULL,
         "print the summary as JSON; the program's stdout goes to stderr"},
        {"trace", 0, NS_CLI_TEXT, &args.trace, "FILE",
         "write a trace, for nsim replay: what the JavaScript did, without the JavaScript"},
        {"timeline", 't', NS_CLI_FLAG, &args.recording.timeline, NULL,
         "print the timeline after the summary"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_run, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (args.recording.no_db && args.recording.database)
        return ns_cli_misuse(&ns_cli_run, "--output and --no-db exclude each other");
    if (args.recording.timeline &&
        (args.recording.no_db || args.recording.quiet || args.recording.json))
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
               "  nsim run --set node.threadpool=16 -o wide.db login.yaml\n"
               "  nsim run --trace login.nst login.yaml",
    .min = 1,
    .max = 1,
    .run = run,
};

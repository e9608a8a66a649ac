// nsim replay: run the models of a trace again, with another configuration.
#include "replay/replay.h"
#include "cli/cli.h"
#include "cli/recording.h"

typedef struct replay_args {
    const char *file;
    ns_cli_list sets;
    ns_recording_args recording;
} replay_args;

static int execute(ns_recording *s, const ns_nst *trace, ns_run_result *result, ns_err *err)
{
    const ns_replay_options options = {.sink = ns_recording_sink(s),
                                       .interrupted = &ns_interrupted};
    ns_recording_begin(s);
    int rc = ns_replay_run(trace, s->workload, &options, result, err);
    if (rc == NS_OK)
        ns_recording_end(s, result);
    else
        s->info.status = "not started";
    return rc;
}

static int replay(const replay_args *args)
{
    ns_recording s = {.args = &args->recording};
    ns_nst_file *file = NULL;
    ns_run_result result = {0};
    ns_err err = {0};
    int rc = ns_nst_load(&file, args->file, &err);
    if (rc == NS_OK)
        rc = ns_replay_workload(&s.workload, ns_nst_of(file), args->sets.items, &err);
    if (rc == NS_OK)
        rc = ns_recording_open(&s, &err);
    if (rc == NS_OK)
        rc = execute(&s, ns_nst_of(file), &result, &err);
    int closed = ns_recording_close(&s, rc == NS_OK ? &err : NULL);
    if (rc == NS_OK)
        rc = closed;
    if (rc == NS_OK)
        rc = ns_recording_report(&s, &err);
    int code = rc == NS_OK ? ns_recording_exit_code(&result) : ns_cli_error(&err);
    ns_recording_free(&s);
    ns_nst_free(file);
    return code;
}

static int run(int argc, char **argv)
{
    replay_args args = {0};
    const ns_cli_option options[] = {
        {"output", 'o', NS_CLI_TEXT, &args.recording.database, "FILE",
         "the database (default: the workload's name with .db)"},
        {"set", 's', NS_CLI_LIST, &args.sets, "KEY=VALUE",
         "another value of a key that can be replayed, as in node.threadpool=16"},
        {"no-db", 0, NS_CLI_FLAG, &args.recording.no_db, NULL, "write no database"},
        {"quiet", 'q', NS_CLI_FLAG, &args.recording.quiet, NULL, "print nothing"},
        {"json", 0, NS_CLI_FLAG, &args.recording.json, NULL, "print the summary as JSON"},
        {"timeline", 't', NS_CLI_FLAG, &args.recording.timeline, NULL,
         "print the timeline after the summary"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_replay, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (args.recording.no_db && args.recording.database)
        return ns_cli_misuse(&ns_cli_replay, "--output and --no-db exclude each other");
    if (args.recording.timeline &&
        (args.recording.no_db || args.recording.quiet || args.recording.json))
        return ns_cli_misuse(&ns_cli_replay, "--timeline excludes --no-db, --quiet and --json");
    args.file = operands.items[0];
    return replay(&args);
}

const ns_cli_command ns_cli_replay = {
    .name = "replay",
    .usage = "nsim replay [options] TRACE",
    .summary = "Simulate a traced run again with other settings, without its JavaScript.",
    .text =
        "nsim run --trace FILE makes the trace. Loop, pool, cores, disk and heap are simulated\n"
        "anew; what the JavaScript did is taken from the trace, so that a replay takes a small\n"
        "part of the time of a run. Keys that change what the JavaScript does cannot be set:\n"
        "docs/trace.md has the table. The workload's file must still be as it was.\n\n"
        "The program prints nothing: its output is not in the trace. Exit codes are those of\n"
        "nsim run.",
    .example = "  nsim run --trace login.nst login.yaml\n"
               "  nsim replay --set node.threadpool=16 -o wide.db login.nst",
    .min = 1,
    .max = 1,
    .run = run,
};

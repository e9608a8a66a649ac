// nsim export: a recorded run in the formats of other tools.
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "report/report.h"

static int run(int argc, char **argv)
{
    const char *run_id = "0", *format = NULL, *path = NULL, *table = NULL;
    const ns_cli_option options[] = {
        {"format", 'f', NS_CLI_TEXT, &format, "FORMAT", "one of those above"},
        {"output", 'o', NS_CLI_TEXT, &path, "FILE",
         "where it goes (default: the standard output); of csv without --table a folder"},
        {"run", 'r', NS_CLI_WHOLE, &run_id, "ID", "which run of the database (default: the last)"},
        {"table", 't', NS_CLI_TEXT, &table, "TABLE", "of csv: the one table to write"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_export, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (!format)
        return ns_cli_misuse(&ns_cli_export, "--format is missing");
    if (path && strcmp(path, "-") == 0)
        path = NULL;
    ns_err err = {0};
    rc = ns_export(operands.items[0], strtoll(run_id, NULL, 10), format, table, path, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_export = {
    .name = "export",
    .usage = "nsim export --format FORMAT [options] DATABASE",
    .summary = "Write a recorded run for other tools: Perfetto, DevTools, HdrHistogram, CSV.",
    .text = "Formats:\n"
            "  chrome      Chrome trace events: opens in Perfetto, chrome://tracing and DevTools\n"
            "  cpuprofile  call stacks of the main thread over virtual time: DevTools, speedscope\n"
            "  heapprofile living allocations by call stack: DevTools, speedscope\n"
            "  heapprofile-all\n"
            "              the same of all allocations, collected ones too\n"
            "  collapsed   the CPU profile as collapsed stacks, in ns: flame graphs\n"
            "  hdr         an HdrHistogram log: every distribution, with its metric as the tag\n"
            "  csv         tables: one with --table, all of them into a folder with -o\n"
            "The profiles need a run with record.cpu_profile or record.heap_profile.",
    .example = "  nsim export login.db --format chrome -o login.json\n"
               "  nsim export login.db --format csv --table request\n"
               "  nsim run app.js --set record.cpu_profile=1ms\n"
               "  nsim export app.db --format cpuprofile -o app.cpuprofile",
    .min = 1,
    .max = 1,
    .run = run,
};

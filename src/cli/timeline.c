// nsim timeline: main thread, pool threads and loop phases as a picture in the terminal.
#include <stdlib.h>

#include "cli/cli.h"
#include "report/report.h"

static int run(int argc, char **argv)
{
    const char *run_id = "0";
    int64_t from = 0, to = 0;
    int columns = 100;
    const ns_cli_option options[] = {
        {"run", 'r', NS_CLI_WHOLE, &run_id, "ID", "which run of the database (default: the last)"},
        {"from", 0, NS_CLI_TIME, &from, "TIME", "begin there, as in \"20 ms\""},
        {"to", 0, NS_CLI_TIME, &to, "TIME", "end there (default: the end of the run)"},
        {"columns", 'c', NS_CLI_COLUMNS, &columns, "N", "width of the picture (default: 100)"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_timeline, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (to != 0 && to <= from)
        return ns_cli_misuse(&ns_cli_timeline, "--to must lie after --from");
    ns_err err = {0};
    rc = ns_timeline_print(operands.items[0], strtoll(run_id, NULL, 10), from, to, columns, stdout,
                           ns_cli_style(stdout), &err);
    if (rc == NS_OK)
        rc = ns_cli_flush(stdout, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_timeline = {
    .name = "timeline",
    .usage = "nsim timeline [options] DATABASE",
    .summary = "Draw a recorded run in the terminal: main thread, pool threads, loop phases.",
    .example = "  nsim timeline login.db\n  nsim timeline --from \"20 ms\" --to \"50 ms\" login.db",
    .min = 1,
    .max = 1,
    .run = run,
};

// nsim summary: the summary of a run that is in a database.
#include <stdlib.h>

#include "cli/cli.h"
#include "report/report.h"

static int print(const char *database, int64_t run_id, bool json, ns_err *err)
{
    ns_summary *summary;
    ns_run_info info = {0};
    int rc = ns_summary_new(&summary, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_summary_load(summary, &info, database, run_id, err);
    if (rc == NS_OK)
        rc = json ? ns_summary_json(summary, &info, stdout, err)
                  : ns_summary_print(summary, &info, stdout, ns_cli_style(stdout), err);
    if (rc == NS_OK)
        rc = ns_cli_flush(stdout, err);
    ns_summary_free(summary);
    return rc;
}

static int run(int argc, char **argv)
{
    const char *run_id = "0";
    bool json = false;
    const ns_cli_option options[] = {
        {"run", 'r', NS_CLI_WHOLE, &run_id, "ID", "which run of the database (default: the last)"},
        {"json", 0, NS_CLI_FLAG, &json, NULL, "print JSON"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_summary, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    ns_err err = {0};
    rc = print(operands.items[0], strtoll(run_id, NULL, 10), json, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_summary = {
    .name = "summary",
    .usage = "nsim summary [options] DATABASE",
    .summary = "Print the summary of a recorded run.",
    .example = "  nsim summary login.db\n  nsim summary --json login.db",
    .min = 1,
    .max = 1,
    .run = run,
};

// nsim trace: a recorded run as the text that node prints with its own flags.
#include <stdlib.h>

#include "cli/cli.h"
#include "report/report.h"

static int run(int argc, char **argv)
{
    const char *run_id = "0", *format = NULL;
    const ns_cli_option options[] = {
        {"run", 'r', NS_CLI_WHOLE, &run_id, "ID", "which run of the database (default: the last)"},
        {"format", 'f', NS_CLI_TEXT, &format, "FORMAT",
         "trace-opt, trace-deopt, trace-gc, trace-flush-bytecode"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_trace, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (!format)
        return ns_cli_misuse(&ns_cli_trace,
                             "--format is missing: trace-opt, trace-deopt, trace-gc or "
                             "trace-flush-bytecode");
    ns_err err = {0};
    rc = ns_trace_print(operands.items[0], strtoll(run_id, NULL, 10), format, stdout, &err);
    if (rc == NS_OK)
        rc = ns_cli_flush(stdout, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_trace = {
    .name = "trace",
    .usage = "nsim trace [options] DATABASE",
    .summary = "Print a recorded run as node prints it with a flag of V8's.",
    .text = "trace-opt: what the optimizing compilers make, trace-deopt: what is taken back, as by "
            "node with\n"
            "the flag of the name and --trace-file-names; trace-gc: a line for each garbage "
            "collection;\n"
            "trace-flush-bytecode: functions whose bytecode a mark-compact drops. Addresses are "
            "made up, the\n"
            "same in every run.",
    .example = "  nsim trace --format trace-gc login.db\n"
               "  nsim trace --format trace-deopt login.db",
    .min = 1,
    .max = 1,
    .run = run,
};

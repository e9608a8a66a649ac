// nsim help workload: the reference of the workload file. (Pages of commands are printed by
// themselves.)
#include <string.h>

#include "cli/cli.h"
#include "workload/keys.h"

static int run(int argc, char **argv)
{
    bool markdown = false;
    const ns_cli_option options[] = {
        {"markdown", 0, NS_CLI_FLAG, &markdown, NULL, "print the keys as in docs/workload.md"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_help, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (operands.count == 0 || strcmp(operands.items[0], "workload") != 0)
        return ns_cli_misuse(&ns_cli_help, "only the page \"workload\" takes options");
    ns_buf text = {0};
    ns_err err = {0};
    if (markdown)
        ns_workload_keys_markdown(&text);
    else
        ns_workload_keys_text(&text, 100);
    rc = text.failed ? ns_fail(&err, NS_ENOMEM, "out of memory") : NS_OK;
    if (rc == NS_OK) {
        fwrite(text.data, 1, text.len, stdout);
        rc = ns_cli_flush(stdout, &err);
    }
    ns_buf_free(&text);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_help = {
    .name = "help",
    .usage = "nsim help [COMMAND | workload]",
    .summary = "Explain a command, or the keys of a workload file.",
    .example = "  nsim help run\n  nsim help workload",
    .min = 0,
    .max = 1,
    .run = run,
};

// nsim check: read a workload, run nothing.
#include <stdio.h>

#include <cjson/cJSON.h>

#include "cli/cli.h"
#include "node/node.h"
#include "workload/workload.h"

// The resolved configuration, indented.
static int print_config(const ns_workload *workload, ns_err *err)
{
    cJSON *config = cJSON_Parse(workload->config_json);
    char *text = config ? cJSON_Print(config) : NULL;
    cJSON_Delete(config);
    if (!text)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    puts(text);
    cJSON_free(text);
    return ns_cli_flush(stdout, err);
}

static int run(int argc, char **argv)
{
    ns_cli_list sets = {0};
    bool json = false, quiet = false;
    const ns_cli_option options[] = {
        {"set", 's', NS_CLI_LIST, &sets, "KEY=VALUE", "override a key, as in machine.cores=8"},
        {"json", 0, NS_CLI_FLAG, &json, NULL,
         "print the configuration with every default filled in"},
        {"quiet", 'q', NS_CLI_FLAG, &quiet, NULL, "print nothing when all is well"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_check, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    ns_workload *workload = NULL;
    ns_err err = {0};
    rc = ns_workload_load(&workload, operands.items[0], sets.items, &err);
    if (rc == NS_OK)
        rc = ns_node_check(workload, &err);
    if (rc == NS_OK) {
        if (json)
            rc = print_config(workload, &err);
        else if (!quiet)
            printf("%s: ok\n", operands.items[0]);
    }
    ns_workload_free(workload);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_check = {
    .name = "check",
    .usage = "nsim check [options] FILE",
    .summary = "Check a workload file without running it.",
    .text = "Every key is checked, the flags in node.flags, the profile, and that the files exist "
            "which\n"
            "the workload names. The script is not run.",
    .example =
        "  nsim check workload.yaml\n  nsim check --json --set machine.cores=2 workload.yaml",
    .min = 1,
    .max = 1,
    .run = run,
};

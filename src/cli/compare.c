// nsim compare: two runs, or two points of sweeps, side by side.
#include "cli/cli.h"
#include "sweep/compare_table.h"

static int compare(const char *left, const char *right, const char *const *metrics, bool json,
                   ns_err *err)
{
    ns_side *a = NULL, *b = NULL;
    ns_comparison *comparison = NULL;
    int rc = ns_side_load(&a, left, err);
    if (rc == NS_OK)
        rc = ns_side_load(&b, right, err);
    if (rc == NS_OK)
        rc = ns_comparison_make(&comparison, a, b, err);
    if (rc == NS_OK)
        rc = json ? ns_comparison_json(comparison, metrics, stdout, err)
                  : ns_comparison_print(comparison, metrics, stdout, ns_cli_style(stdout), err);
    if (rc == NS_OK)
        rc = ns_cli_flush(stdout, err);
    ns_comparison_free(comparison);
    ns_side_free(a);
    ns_side_free(b);
    return rc;
}

static int run(int argc, char **argv)
{
    bool json = false;
    ns_cli_list metrics = {0};
    const ns_cli_option options[] = {
        {"metric", 'm', NS_CLI_LIST, &metrics, "NAME",
         "a metric to show: request.p99, 'gc.*'; '*': all"},
        {"json", 0, NS_CLI_FLAG, &json, NULL, "print JSON"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_compare, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    ns_err err = {0};
    rc = compare(operands.items[0], operands.items[1], metrics.items, json, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_compare = {
    .name = "compare",
    .usage = "nsim compare [options] LEFT RIGHT",
    .summary = "Compare two runs, or two points of sweeps.",
    .text =
        "LEFT and RIGHT are FILE.db (its last run), FILE.db:N (run N, or point N of a sweep) or\n"
        "FILE.db:KEY=VALUE (a point of a sweep). Printed are the keys that differ, the metrics\n"
        "with the difference, right minus left, and its 95% interval, and the latencies of\n"
        "both. Intervals are paired where both sides met the same random numbers.",
    .example = "  nsim compare before.db after.db\n"
               "  nsim compare login-sweep.db:node.threadpool=4 login-sweep.db:node.threadpool=8",
    .min = 2,
    .max = 2,
    .run = run,
};

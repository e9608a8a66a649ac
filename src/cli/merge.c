// nsim merge: join the shards of a sweep.
#include <signal.h>

#include "cli/cli.h"
#include "sweep/merge.h"

static int run(int argc, char **argv)
{
    const char *output = NULL;
    bool force = false, quiet = false;
    const ns_cli_option options[] = {
        {"output", 'o', NS_CLI_TEXT, &output, "FILE", "the database of all parts; required"},
        {"force", 0, NS_CLI_FLAG, &force, NULL, "replace FILE: its runs do not take part"},
        {"quiet", 'q', NS_CLI_FLAG, &quiet, NULL, "print nothing"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_merge, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    if (!output)
        return ns_cli_misuse(&ns_cli_merge, "--output is missing: where the joined sweep goes");
    ns_err err = {0};
    ns_merged merged;
    signal(SIGXFSZ, SIG_IGN); // writing beyond the limit of file sizes is an error like any other
    rc = ns_merge(output, operands.items, operands.count, force, &merged, &err);
    if (rc == NS_OK && !quiet) {
        printf("%s: %d of %d runs, from %d database%s", output, merged.runs, merged.expected,
               operands.count, operands.count == 1 ? "" : "s");
        if (merged.broken)
            printf(", %d broken", merged.broken);
        if (merged.empty)
            printf(", %d empty database%s", merged.empty, merged.empty == 1 ? "" : "s");
        putchar('\n');
        rc = ns_cli_flush(stdout, &err);
    }
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_merge = {
    .name = "merge",
    .usage = "nsim merge [options] -o FILE DATABASE...",
    .summary = "Join the shards of a sweep into one database.",
    .text =
        "The databases are those of `nsim sweep --shard`. The joined one is the same as that of\n"
        "a sweep on one machine. A FILE that is there already takes part, so that shards may\n"
        "come one after the other, and merging again changes nothing. What is of another\n"
        "workload, plan or version of nsim is refused.",
    .example = "  nsim sweep login.yaml --vary node.threadpool=1..16 --shard 1/2 -o part1.db\n"
               "  nsim sweep login.yaml --vary node.threadpool=1..16 --shard 2/2 -o part2.db\n"
               "  nsim merge -o all.db part1.db part2.db\n"
               "  nsim sweep all.db",
    .min = 1,
    .max = NS_CLI_OPERANDS_MAX,
    .run = run,
};

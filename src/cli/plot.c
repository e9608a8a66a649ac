// nsim plot: a picture of a recorded run, by gnuplot.
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/cli.h"
#include "report/report.h"

// "runs/login.db" and "pool" -> "login-pool", in the current folder.
static char *default_stem(const char *database, const char *what)
{
    const char *slash = strrchr(database, '/');
    const char *name = slash ? slash + 1 : database, *dot = strrchr(name, '.');
    int length = (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name));
    size_t size = (size_t)length + strlen(what) + 2;
    char *stem = ns_malloc(size);
    if (stem)
        snprintf(stem, size, "%.*s-%s", length, name, what);
    return stem;
}

static int run(int argc, char **argv)
{
    const char *run_id = "0", *given = NULL;
    const ns_cli_option options[] = {
        {"run", 'r', NS_CLI_WHOLE, &run_id, "ID", "which run of the database (default: the last)"},
        {"output", 'o', NS_CLI_TEXT, &given, "STEM",
         "write STEM.svg and STEM.png (default: DATABASE-WHAT)"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_plot, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    ns_err err = {0};
    const char *database = operands.items[0], *what = operands.items[1];
    char *stem = given ? ns_strdup(given) : default_stem(database, what);
    rc = stem ? ns_plot(database, strtoll(run_id, NULL, 10), what, stem, &err)
              : ns_fail(&err, NS_ENOMEM, "out of memory");
    if (rc == NS_OK)
        printf("%s.svg\n%s.png\n", stem, stem);
    ns_free(stem);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_plot = {
    .name = "plot",
    .usage = "nsim plot [options] DATABASE pool|gc",
    .summary = "Plot a recorded run with gnuplot, as SVG and PNG.",
    .text = "pool: the lanes of the pool's threads, and the length of its queue.\n"
            "gc: the heap by space over time, with the pauses of the garbage collector.",
    .example = "  nsim plot login.db pool\n  nsim plot login.db gc",
    .min = 2,
    .max = 2,
    .run = run,
};

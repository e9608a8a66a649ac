// nsim inspect: what V8 makes of a program, and what becomes of it when it runs.
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"
#include "inspect/inspect.h"
#include "report/report.h"

static volatile int interrupted; // a signal handler can reach nothing else

static void on_interrupt(int sig)
{
    interrupted = 1;
    signal(sig, SIG_DFL);
}

// stdout belongs to the views: what the program prints goes to stderr.
static void output(void *opaque, int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDERR_FILENO, bytes, len);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

static int inspect(const char *file, const ns_cli_list *sets, const ns_inspect_options *options)
{
    ns_workload *workload = NULL;
    ns_err err = {0};
    int code = 0;
    int rc = ns_workload_load(&workload, file, sets->items, &err);
    signal(SIGINT, on_interrupt);
    if (rc == NS_OK)
        rc = ns_inspect(workload, options, stdout, &code, &err);
    if (rc == NS_OK)
        rc = ns_cli_flush(stdout, &err);
    ns_workload_free(workload);
    if (rc != NS_OK)
        return ns_cli_error(&err);
    return interrupted ? NS_EXIT_INTERRUPTED : 0;
}

static int run(int argc, char **argv)
{
    ns_cli_list sets = {0};
    int style = ns_cli_style(stdout);
    ns_inspect_options o = {.output = output,
                            .interrupted = &interrupted,
                            .colour = style & NS_STYLE_COLOUR,
                            .ascii = style & NS_STYLE_ASCII};
    const ns_cli_option options[] = {
        {"tokens", 0, NS_CLI_FLAG, &o.views[NS_VIEW_TOKENS], NULL, "the scanner's tokens"},
        {"ast", 0, NS_CLI_FLAG, &o.views[NS_VIEW_AST], NULL, "the syntax tree"},
        {"scopes", 0, NS_CLI_FLAG, &o.views[NS_VIEW_SCOPES], NULL,
         "scopes, and which variables live in a context"},
        {"bytecode", 0, NS_CLI_FLAG, &o.views[NS_VIEW_BYTECODE], NULL,
         "bytecode: the engine's, and as Ignition's"},
        {"feedback", 0, NS_CLI_FLAG, &o.views[NS_VIEW_FEEDBACK], NULL,
         "type feedback of every site, after a run"},
        {"maps", 0, NS_CLI_FLAG, &o.views[NS_VIEW_MAPS], NULL,
         "hidden classes, and where they are made"},
        {"tiers", 0, NS_CLI_FLAG, &o.views[NS_VIEW_TIERS], NULL,
         "what was optimized when, and why not"},
        {"calls", 0, NS_CLI_FLAG, &o.views[NS_VIEW_CALLS], NULL,
         "the call stack as it grows and shrinks"},
        {"function", 'f', NS_CLI_TEXT, &o.function, "NAME",
         "only what belongs to functions of the name"},
        {"library", 0, NS_CLI_FLAG, &o.library, NULL, "show Node's own functions, too"},
        {"set", 's', NS_CLI_LIST, &sets, "KEY=VALUE",
         "override a key of the workload, as in node.flags=[--no-opt]"},
        {"json", 0, NS_CLI_FLAG, &o.json, NULL, "print the views as one JSON object"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_inspect, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    bool any = false;
    for (int view = 0; view < NS_VIEWS; view++)
        any |= o.views[view];
    if (!any)
        return ns_cli_misuse(&ns_cli_inspect,
                             "what shall be shown? --tokens, --ast, --scopes, --bytecode, "
                             "--feedback, --maps, --tiers, --calls");
    return inspect(operands.items[0], &sets, &o);
}

const ns_cli_command ns_cli_inspect = {
    .name = "inspect",
    .usage = "nsim inspect VIEW... [options] FILE",
    .summary = "Show what V8 makes of a program: tokens to bytecode, feedback to tiers.",
    .text = "FILE is a script or a workload. The first four views read its script; the others run\n"
            "it in virtual time, and show what there is at its end. What the program prints goes\n"
            "to stderr. Several views may be asked for at once.",
    .example = "  nsim inspect --tokens app.js\n"
               "  nsim inspect --ast --function add app.js\n"
               "  nsim inspect --scopes app.js\n"
               "  nsim inspect --bytecode --function add app.js\n"
               "  nsim inspect --feedback app.js\n"
               "  nsim inspect --maps workloads/point-order.yaml\n"
               "  nsim inspect --tiers --set node.flags=[--no-sparkplug] app.js\n"
               "  nsim inspect --calls --json app.js",
    .min = 1,
    .max = 1,
    .run = run,
};

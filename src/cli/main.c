#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/cli.h"

static const ns_cli_command *const commands[] = {
    &ns_cli_run,   &ns_cli_replay, &ns_cli_check,   &ns_cli_summary, &ns_cli_timeline,
    &ns_cli_plot,  &ns_cli_report, &ns_cli_trace,   &ns_cli_export,  &ns_cli_inspect,
    &ns_cli_sweep, &ns_cli_merge,  &ns_cli_compare, &ns_cli_help,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *out)
{
    fputs("nsim runs Node.js programs in virtual time: one machine, one process, every event\n"
          "recorded, the same result each time.\n\n"
          "Usage: nsim COMMAND [options] ...\n\nCommands:\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nnsim help COMMAND explains a command; nsim help workload lists the keys of a workload "
          "file.\nnsim --version prints the version.\n\n"
          "Exit codes: the program's own; 1 nsim failed; 2 bad input; 3 a limit was reached;\n"
          "130 interrupted.\n\n"
          "Example:\n  nsim run app.js\n",
          out);
}

static const ns_cli_command *find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    ns_suggest near = {.word = name};
    for (int i = 0; i < COMMANDS; i++)
        ns_suggest_offer(&near, commands[i]->name);
    fprintf(stderr, "nsim: unknown command \"%s\"", name);
    if (near.best)
        fprintf(stderr, "; did you mean \"%s\"?", near.best);
    else if (strchr(name, '.'))
        fprintf(stderr, "; to run a program: nsim run %s", name);
    fputs("\nTry: nsim help\n", stderr);
    return NS_EXIT_INPUT;
}

// nsim help [COMMAND]: the page of a command is printed by the command itself, which knows its
// options.
static int help(int argc, char **argv)
{
    if (argc < 3) {
        print_usage(stdout);
        return 0;
    }
    const ns_cli_command *command = find(argv[2]);
    if (!command)
        return strcmp(argv[2], "workload") == 0 ? ns_cli_help.run(argc - 1, argv + 1)
                                                : unknown(argv[2]);
    char *ask[] = {argv[2], (char[]){"--help"}, NULL};
    return command->run(2, ask);
}

int main(int argc, char **argv)
{
    // A reader that goes away must not kill a run: the database is still to be written.
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_usage(stderr);
        return NS_EXIT_INPUT;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-v") == 0) {
        puts("nsim " NSIM_VERSION " (Node.js 20, libuv 1.46, V8 11.3)");
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], "help") == 0 && (argc < 3 || argv[2][0] != '-'))
        return help(argc, argv);
    const ns_cli_command *command = find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : unknown(argv[1]);
}

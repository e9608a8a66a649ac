// The command line: one table of options per command, and what the commands share.
#ifndef NS_CLI_CLI_H
#define NS_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum {
    NS_EXIT_FAILURE = 1,      // nsim itself failed: files, memory, a defect
    NS_EXIT_INPUT = 2,        // a wrong option, workload or script
    NS_EXIT_LIMIT = 3,        // a limit of the workload was reached
    NS_EXIT_INTERRUPTED = 130 // SIGINT, as a shell reports it
};

typedef enum ns_cli_type {
    NS_CLI_FLAG,    // bool
    NS_CLI_TEXT,    // const char *
    NS_CLI_WHOLE,   // const char *, checked to be a whole number of 64 bits
    NS_CLI_COLUMNS, // int, 40 to 1000
    NS_CLI_TIME,    // int64_t, ns; written with a unit
    NS_CLI_LIST     // ns_cli_list: the option may be repeated
} ns_cli_type;

enum { NS_CLI_LIST_MAX = 256 };
typedef struct ns_cli_list { // NULL-terminated
    const char *items[NS_CLI_LIST_MAX + 1];
    int count;
} ns_cli_list;

typedef struct ns_cli_option {
    const char *name; // "output"
    char letter;      // 'o', or 0
    ns_cli_type type;
    void *value;         // where it goes
    const char *operand; // "FILE", NULL for a flag
    const char *help;    // one line
} ns_cli_option;

typedef struct ns_cli_command {
    const char *name;
    const char *usage;                 // "nsim run [options] FILE [-- arguments]"
    const char *summary;               // one line
    const char *text;                  // a paragraph or two; may be NULL
    const char *example;               // lines
    int min, max;                      // operands
    int (*run)(int argc, char **argv); // argv[0] is the command's name; returns the exit code
} ns_cli_command;

extern const ns_cli_command ns_cli_run, ns_cli_check, ns_cli_summary, ns_cli_timeline, ns_cli_plot,
    ns_cli_report, ns_cli_trace, ns_cli_export, ns_cli_inspect, ns_cli_sweep, ns_cli_merge,
    ns_cli_compare, ns_cli_replay, ns_cli_help;

enum { NS_CLI_OPERANDS_MAX = 4096 };
typedef struct ns_cli_operands {
    const char *items[NS_CLI_OPERANDS_MAX + 1]; // NULL-terminated
    int count;
    char **rest; // after "--": NULL when there was none, else NULL-terminated
} ns_cli_operands;

// Parse the command's arguments. -h and --help print the command's page. Returns -1 when the
// command shall run; else the exit code, and everything is said.
int ns_cli_parse(const ns_cli_command *command, const ns_cli_option *options, int count, int argc,
                 char **argv, ns_cli_operands *operands);
#define NS_CLI_PARSE(command, options, argc, argv, operands)                                       \
    ns_cli_parse(command, options, (int)(sizeof(options) / sizeof(options)[0]), argc, argv,        \
                 operands)

// Print "nsim: message" on stderr; the exit code that goes with the error.
int ns_cli_error(const ns_err *err);
// A wrong use of a command: the message, where help is, exit code 2.
int ns_cli_misuse(const ns_cli_command *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
// Flush a stream: NS_OK, or the error ("cannot write the output: No space left on device").
int ns_cli_flush(FILE *stream, ns_err *err);

// Whether to colour what goes to the stream: a terminal, TERM is not "dumb", NO_COLOR is not set.
bool ns_cli_colour(FILE *stream);
// How reports look there (NS_STYLE_*): with colour as above, and plain ASCII unless the locale's
// variables (LC_ALL, LC_CTYPE, LANG) name UTF-8.
int ns_cli_style(FILE *stream);

#endif

// What V8 makes of a program, for a person: tokens, syntax tree, scopes, bytecode; and what became
// of it when it ran: feedback, hidden classes, tiers, calls.
//
// The views are written in JavaScript (src/inspect/js) and run in an engine of their own, apart
// from the program's: data is gathered in C and given to them as JSON.
#ifndef NS_INSPECT_INSPECT_H
#define NS_INSPECT_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "workload/workload.h"

// In the order in which they are printed. Those before NS_VIEW_FEEDBACK do not run the program.
typedef enum ns_view {
    NS_VIEW_TOKENS,
    NS_VIEW_AST,
    NS_VIEW_SCOPES,
    NS_VIEW_BYTECODE,
    NS_VIEW_FEEDBACK,
    NS_VIEW_MAPS,
    NS_VIEW_TIERS,
    NS_VIEW_CALLS,
    NS_VIEWS
} ns_view;
const char *ns_view_name(ns_view view); // "tokens"

typedef struct ns_inspect_options {
    bool views[NS_VIEWS];
    const char *function; // only what is of functions of this name; NULL: all
    bool library;         // Node's own functions, too
    bool json;
    bool colour, ascii;                                                  // as NS_STYLE_*
    void (*output)(void *opaque, int fd, const char *bytes, size_t len); // the program's
    void *opaque;
    volatile int *interrupted; // as in node.h
} ns_inspect_options;

// Print the views of the workload's script. *exit_code: what the program ended with, 0 when it was
// not run. NS_EINVAL: the script is none (its place and message), or has no function of the name.
int ns_inspect(const ns_workload *workload, const ns_inspect_options *options, FILE *out,
               int *exit_code, ns_err *err);

#endif

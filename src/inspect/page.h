// The engine that the views run in.
#ifndef NS_INSPECT_PAGE_H
#define NS_INSPECT_PAGE_H

#include <cJSON.h>

#include "inspect/inspect.h"

// A view's text, embedded by cmake/Inspect.cmake; the table ends with a NULL name.
typedef struct ns_inspect_script {
    const char *name, *text; // "tokens"; NUL-terminated
} ns_inspect_script;
extern const ns_inspect_script ns_inspect_scripts[];

// Run the views over `data` (see js/main.js) and print what they give.
int ns_page_print(const cJSON *data, FILE *out, ns_err *err);

#endif

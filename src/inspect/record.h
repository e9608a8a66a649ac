// What a run of the program leaves for the views.
#ifndef NS_INSPECT_RECORD_H
#define NS_INSPECT_RECORD_H

#include <cJSON.h>

#include "engine/engine.h"
#include "inspect/inspect.h"

// Run the program and add to `data` what the views that need a run want: "functions", "events",
// "waits", "slots", "maps", "calls", "status".
int ns_inspect_run(const ns_workload *workload, const ns_inspect_options *options, cJSON *data,
                   int *exit_code, ns_err *err);

// feedback.c: slots of the functions that ran, as an array.
cJSON *ns_inspect_slots(const ns_probe *probe, bool library);
// maps.c
cJSON *ns_inspect_maps(JSRuntime *rt, const ns_probe *probe);
cJSON *ns_inspect_kinds(JSRuntime *rt, const ns_probe *probe); // of arrays, where they change

// calls.c: the tree of calls while it grows. Beyond NS_CALLS_MAX nodes calls are only counted.
enum { NS_CALLS_MAX = 50000 };
typedef struct ns_calls ns_calls;
// Nodes of the tree are kept in the order of their begin. NULL without memory.
ns_calls *ns_calls_new(ns_probe *probe, bool library, int64_t (*now)(void *opaque), void *opaque);
void ns_calls_free(ns_calls *calls);
cJSON *ns_calls_json(const ns_calls *calls);

bool ns_inspect_is_library(const char *script); // Node's own

#endif

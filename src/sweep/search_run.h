// Making a search from what the user asks, running it, and reading it back.
#ifndef NS_SWEEP_SEARCH_RUN_H
#define NS_SWEEP_SEARCH_RUN_H

#include "sweep/search.h"
#include "sweep/sweep.h"

enum { NS_SEARCH_REPLICATES = 5, NS_SEARCH_REPLICATES_MAX = 40 }; // unless something else is said

typedef struct ns_search_plan {
    ns_find *find;
    ns_search_options options;
    ns_plan *plan; // NULL of one that was read back
} ns_search_plan;

// Plan a search for `expression` in the workload of `options`; `given` has what the user chose of
// its options, else 0. The search begins at the workload's own value. NS_EINVAL as ns_find_parse
// and ns_plan_make.
int ns_search_plan_make(ns_search_plan *out, const ns_plan_options *options, const char *expression,
                        const ns_search_options *given, ns_err *err);
// The plan of a search in a database.
int ns_search_plan_read(ns_search_plan *out, const ns_data *data, ns_err *err);
void ns_search_plan_free(ns_search_plan *plan);

// Search, in the database `path`, which `db` has open: from the start, or from where it ended.
// NS_OK also when it was interrupted.
int ns_search_run(ns_search_plan *plan, const char *path, ns_sweep_db *db,
                  const ns_sweep_options *options, ns_err *err);

#endif

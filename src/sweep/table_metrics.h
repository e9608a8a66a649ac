// Which metrics a table shows.
#ifndef NS_SWEEP_TABLE_METRICS_H
#define NS_SWEEP_TABLE_METRICS_H

#include "sweep/data.h"

typedef struct ns_chosen {
    int *list; // indices of metrics; the caller frees it
    int count;
} ns_chosen;

// Those that fit one of the patterns (NULL-terminated), in their order; without patterns the usual
// ones (sweep/table.h). NS_EINVAL: one fits none; NS_ENOMEM.
int ns_table_choose(const ns_data *data, const char *const *patterns, ns_chosen *out, ns_err *err);
// The metric of the recommendation: the first with a direction. -1: none.
int ns_table_primary(const ns_data *data, const ns_chosen *chosen);
// A percentile that rests on fewer than ten samples beyond it, in some run.
bool ns_table_thin(const ns_data *data, int metric);

#endif

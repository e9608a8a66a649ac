// What a table says of runs that were replayed: how many, from what, and how far the checks are
// off.
#ifndef NS_SWEEP_REPLAYED_H
#define NS_SWEEP_REPLAYED_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "sweep/data.h"

// The largest difference of a metric over the checks, as a share; NaN: it was not checked.
double ns_replayed_difference(const ns_data *data, int metric);

// Some lines; nothing where no run could be replayed. The differences of `metrics` are told.
void ns_replayed_print(const ns_data *data, const int *metrics, int count, FILE *out);
// How many runs are replayed and how far the checks are off, as a sentence; empty where none is.
void ns_replayed_sentence(const ns_data *data, char *out, size_t size);
// null where no run could be replayed.
cJSON *ns_replayed_json(const ns_data *data);

#endif

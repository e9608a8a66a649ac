// A search for a reader: the table of its probes and what was found, or JSON.
#ifndef NS_SWEEP_SEARCH_TABLE_H
#define NS_SWEEP_SEARCH_TABLE_H

#include <stdio.h>

#include "sweep/search.h"

void ns_search_print(const ns_search *search, const ns_data *data, FILE *out);
int ns_search_json(const ns_search *search, const ns_data *data, FILE *out, ns_err *err);

// One row per probe and condition, probes by value. Values are in the units of the metrics and of
// the key (times in ns).
void ns_search_csv(const ns_search *search, FILE *out);

#endif

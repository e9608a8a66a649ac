// A sweep for a reader: tables, JSON, CSV.
#ifndef NS_SWEEP_TABLE_H
#define NS_SWEEP_TABLE_H

#include <stdio.h>

#include "sweep/data.h"

// The metrics that are shown unless others are asked for; NULL-terminated.
extern const char *const ns_table_usual[];

// `metrics`: names or patterns (request.*), in this order, NULL-terminated; NULL: the usual ones.
// NS_EINVAL: a name that the sweep does not have. `style` is of NS_STYLE_*.
int ns_table_print(const ns_data *data, const char *const *metrics, FILE *out, int style,
                   ns_err *err);
int ns_table_json(const ns_data *data, const char *const *metrics, FILE *out, ns_err *err);
// One line per metric and point, with a header.
int ns_table_csv(const ns_data *data, const char *const *metrics, FILE *out, ns_err *err);

#endif

// A comparison for a reader: what differs, the metrics, the distributions one over the other.
#ifndef NS_SWEEP_COMPARE_TABLE_H
#define NS_SWEEP_COMPARE_TABLE_H

#include <stdio.h>

#include "sweep/compare.h"

// `metrics`: patterns as in sweep/table.h, NULL-terminated; NULL or empty: the usual ones. `style`
// is of NS_STYLE_*. NS_EINVAL: a pattern that fits no metric of both sides; NS_ENOMEM.
int ns_comparison_print(const ns_comparison *comparison, const char *const *metrics, FILE *out,
                        int style, ns_err *err);
int ns_comparison_json(const ns_comparison *comparison, const char *const *metrics, FILE *out,
                       ns_err *err);

#endif

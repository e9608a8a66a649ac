// Quantities with units, computed exactly: "2.5 ms" is 2500000 ns, never 2499999.
#ifndef NS_WORKLOAD_UNITS_H
#define NS_WORKLOAD_UNITS_H

#include <stdint.h>

#include "base/err.h"

typedef enum ns_unit_kind {
    NS_UNIT_TIME, // ns, us, ms, s, min, h; the value is in ns
    NS_UNIT_BYTES // B, kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (of 1024)
} ns_unit_kind;

// What is expected of a quantity: `a time with a unit, such as "2.5 ms" or "30 s"`.
const char *ns_unit_expected(ns_unit_kind kind);

// Read a quantity. Zero needs no unit. NULL, or why it is none (static text): "has no unit".
const char *ns_unit_parse(ns_unit_kind kind, const char *text, int64_t *out);
// A number without a unit, in the given one ("ms").
const char *ns_unit_parse_in(ns_unit_kind kind, const char *number, const char *unit, int64_t *out);

#endif

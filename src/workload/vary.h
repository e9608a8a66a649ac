// The values of a parameter of a sweep: lists, ranges, logarithmic ranges. The same in the
// workload's section `sweep` and in the option --vary.
//
//   1,2,4,8         a list; a value is YAML, so a comma inside [], {} or quotes is no separator
//   2..8            whole numbers; 2..8:2 in steps of 2, 0.5..2:0.25 in steps of 0.25
//   log:1..64       1, 2, 4 ... 64; log:1..1000:10 with the factor 10
//   8..32:8 MiB     a range with a unit: 8 MiB, 16 MiB ...
#ifndef NS_WORKLOAD_VARY_H
#define NS_WORKLOAD_VARY_H

#include <stdbool.h>

#include "base/err.h"
#include "workload/arena.h"

enum { NS_VARY_VALUES_MAX = 10000 };

typedef struct ns_vary {
    const char *key;           // as --set takes it: "node.threadpool"
    const char *const *values; // YAML, in the order given, none twice
    int count;                 // at least 1
    const char *place;         // for messages: "login.yaml:7:22", "--vary node.threadpool=1,2"
} ns_vary;

// Parse the values. Everything lives in the arena; `key` and `place` are borrowed. NS_EINVAL:
// "PLACE: KEY: found ..., expected ...".
int ns_vary_parse(ns_vary *out, ns_arena *arena, const char *key, const char *text,
                  const char *place, ns_err *err);
// Parse "KEY=VALUES" of the option --vary.
int ns_vary_option(ns_vary *out, ns_arena *arena, const char *option, ns_err *err);

// Take each of `count` texts as values: the items of a list in a workload file.
int ns_vary_list(ns_vary *out, ns_arena *arena, const char *key, const char *const *items,
                 int count, const char *place, ns_err *err);

// Whether the key can be varied: it is in the table of keys, is no section, and is not one that a
// sweep decides on itself (seed, name, dir, record, sweep).
int ns_vary_check_key(const char *key, const char *place, ns_err *err);

#endif

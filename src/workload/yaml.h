// YAML as a tree that remembers where each value came from, so that a mistake found much later can
// still be shown with file, line and column.
//
// The subset is that of a configuration file: one document; keys are strings and occur once;
// anchors and aliases work (an alias is a copy); tags, merge keys (<<) and a nesting deeper than 64
// are refused. Every scalar is text: what it means is the reader's business.
#ifndef NS_WORKLOAD_YAML_H
#define NS_WORKLOAD_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "workload/arena.h"

typedef enum ns_yaml_kind { NS_YAML_SCALAR, NS_YAML_LIST, NS_YAML_MAP } ns_yaml_kind;

// Where something was written: "app.yaml" and its line and column (from 1, in characters), or
// "--set machine.cores=8" and line 0.
typedef struct ns_yaml_place {
    const char *origin;
    int line, column;
} ns_yaml_place;

typedef struct ns_yaml ns_yaml;
struct ns_yaml {
    ns_yaml_kind kind;
    ns_yaml_place place;
    const char *text; // of a scalar
    bool quoted;      // a scalar in quotes
    bool block;       // a literal block (|)
    const char *key;  // as the value of a map
    ns_yaml_place key_place;
    ns_yaml *first, *last, *next; // items of a list, values of a map; next: sibling
    int count;
};

// Parse `len` bytes. The tree lives in the arena and borrows `origin`. An empty document is an
// empty scalar. `lines`: places have lines and columns; those of an option have none.
// NS_EINVAL: "app.yaml:3:1: ...".
int ns_yaml_parse(ns_yaml **out, ns_arena *arena, const char *origin, const char *text, size_t len,
                  bool lines, ns_err *err);

// Override one key: "machine.cores=8". Segments are separated by dots and may stand in double
// quotes
// ('files."a.txt".size=1 MB'); the value is YAML. Maps on the way are made.
int ns_yaml_set(ns_yaml *root, ns_arena *arena, const char *assignment, ns_err *err);

ns_yaml *ns_yaml_get(const ns_yaml *map, const char *key); // NULL when it is not there
bool ns_yaml_empty(const ns_yaml *node); // nothing was written: "key:" or "key: ~"

// Make a scalar, or an empty map, and put it into a map (replacing what has that key).
ns_yaml *ns_yaml_scalar(ns_arena *arena, ns_yaml_place place, const char *text);
ns_yaml *ns_yaml_map(ns_arena *arena, ns_yaml_place place);
void ns_yaml_put(ns_yaml *map, const char *key, ns_yaml_place key_place, ns_yaml *value);

// Record NS_EINVAL as "app.yaml:3:1: " and the message.
int ns_yaml_fail(ns_yaml_place place, ns_err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif

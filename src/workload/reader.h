// From the YAML tree to the checked workload: what the files of this module share.
#ifndef NS_WORKLOAD_READER_H
#define NS_WORKLOAD_READER_H

#include <cjson/cJSON.h>

#include "workload/arena.h"
#include "workload/keys.h"
#include "workload/workload.h"
#include "workload/yaml.h"

enum { NS_READER_PATH = 256 };

typedef struct ns_reader {
    ns_workload *workload;
    ns_arena *arena;           // of the workload: whatever it points to lives here
    const char *base;          // absolute folder of the file that is read: `dir` is relative to it
    const char *stem;          // its name without the ending
    char path[NS_READER_PATH]; // of the key that is read: "arrivals.login.rate"
    ns_err *err;
} ns_reader;

// The key path that errors name. push returns what pop needs. A path that is too long is cut.
size_t ns_reader_push(ns_reader *r, const char *segment); // "rate" or "[2]"
void ns_reader_pop(ns_reader *r, size_t mark);

int ns_reader_no_memory(ns_reader *r);
// "app.yaml:3:10: machine.cores: ..."
int ns_reader_fail(ns_reader *r, const ns_yaml *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
// ... found "x", expected ...; `why` says what is wrong with it ("has no unit"), or is NULL.
int ns_reader_expected(ns_reader *r, const ns_yaml *node, const char *why, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
// A key that is not in the table; `parent` is its section there ("arrivals.*").
int ns_reader_unknown(ns_reader *r, const ns_yaml *node, const char *parent);

// Read a section: every key of the table below `parent`, in the table's order. `map` may be NULL or
// empty: all defaults. The resolved values are added to `json`.
int ns_reader_section(ns_reader *r, const char *parent, const ns_yaml *map, void *base,
                      cJSON *json);

// The node as what it must be, or the error. An empty node is an empty map.
int ns_reader_map(ns_reader *r, const ns_yaml *node, const char *expected);
int ns_reader_text(ns_reader *r, const ns_yaml *node, const char *expected, const char **out);
// A decimal number: no "inf", no hexadecimal digits.
bool ns_reader_is_number(const char *text, double *out);

// One value of a type that is not plain: stores it and returns its canonical JSON, which may stay
// NULL for "not there". `node` is NULL when the key is absent.
typedef int ns_read_fn(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base,
                       cJSON **json);
ns_read_fn ns_read_dir, ns_read_script, ns_read_profile; // paths.c
ns_read_fn ns_read_files;                                // files.c
ns_read_fn ns_read_arrivals;                             // arrivals.c
ns_read_fn ns_read_trace;                                // table.c
ns_read_fn ns_read_duration, ns_read_params;             // distribution.c
ns_read_fn ns_read_sweep, ns_read_vary;                  // sweep.c

// A file of the folder: checked to lie in it, links followed. `text` may be relative to the folder.
// On success *absolute is its real path, *relative the path below the folder.
int ns_reader_file(ns_reader *r, const ns_yaml *node, const char *text, const char **absolute,
                   const char **relative);
// Its content, NUL-terminated; freed with ns_free.
int ns_reader_load(ns_reader *r, const ns_yaml *node, const char *path, char **out, size_t *len);

// The first column of a CSV file (table.c), sorted. A first line that is no value is a header; when
// it ends in a unit ("time_ms"), that is the unit of times without one.
typedef enum ns_table_kind {
    NS_TABLE_NUMBERS, // plain numbers
    NS_TABLE_TIMES,   // in ns
    NS_TABLE_TRACE    // times that must ascend in the file
} ns_table_kind;
int ns_reader_table(ns_reader *r, const ns_yaml *node, ns_table_kind kind, const double **out,
                    size_t *count, const char **relative);

#endif

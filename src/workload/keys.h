// Every key of a workload file, in one table: the reader, the documentation and `nsim help
// workload` are made from it. "*" in a path stands for a name that the user chooses.
#ifndef NS_WORKLOAD_KEYS_H
#define NS_WORKLOAD_KEYS_H

#include <stddef.h>

#include "base/buf.h"

typedef enum ns_key_type {
    NS_KEY_SECTION,   // a map of the keys below it
    NS_KEY_NAME,      // const char *: text without "/" or line breaks
    NS_KEY_DIR,       // the folder; resolved before the others
    NS_KEY_SCRIPT,    // a file of the folder, or the program's text
    NS_KEY_BOOL,      // bool
    NS_KEY_TEXT,      // const char *
    NS_KEY_LIST,      // const char *const *, NULL-terminated
    NS_KEY_ENV,       // the same, "KEY=value"
    NS_KEY_INT,       // int
    NS_KEY_COUNT,     // int64_t
    NS_KEY_SEED,      // uint64_t
    NS_KEY_NUMBER,    // double
    NS_KEY_TIME,      // ns_time
    NS_KEY_HOST_TIME, // double, seconds
    NS_KEY_BYTES,     // int64_t
    NS_KEY_CHOICE,    // const char *: one of `choices`
    NS_KEY_ENUM,      // int: index into `choices`
    NS_KEY_PROFILE,   // const char *: a built-in profile, or an absolute path
    NS_KEY_FILES,     // the map of extra files
    NS_KEY_ARRIVALS,  // the map of request classes
    NS_KEY_DURATION,  // ns_dist of nanoseconds
    NS_KEY_PARAMS,    // the map of a request's parameters
    NS_KEY_TRACE,     // a CSV file of times
    NS_KEY_SWEEP,     // the section `sweep`, which is no part of the configuration
    NS_KEY_VARY,      // the map of what a sweep varies
    NS_KEY_TYPES
} ns_key_type;

typedef struct ns_key {
    const char *path; // "machine.cores", "arrivals.*.rate"
    ns_key_type type;
    size_t offset;        // in ns_workload; for arrivals.* in ns_arrival, for files.* in ns_file
    double min, max;      // of numbers
    const char *choices;  // "nvme|ssd|hdd|network"
    const char *zero;     // a word that stands for 0: "none"
    const char *fallback; // the default, as it would be written; NULL: see `absent`
    const char *absent;   // what holds when the key is not there and has no default value
    const char *unit;     // of bare numbers, NULL for none
    const char *meaning;  // one sentence
    const char *example;  // a value
} ns_key;

extern const ns_key ns_workload_keys[];
extern const int ns_workload_key_count;

const char *ns_key_name(const ns_key *key);                 // the last segment: "cores"
const char *ns_key_type_name(ns_key_type type);             // "whole number"
int ns_key_is_child(const ns_key *key, const char *parent); // of the section "machine", or of ""

// The key that a path such as arrivals.login.rate or files."a.b".size belongs to; NULL: none.
const ns_key *ns_key_find(const char *path);

// The reference of all keys: a Markdown table, or text for a terminal.
void ns_workload_keys_markdown(ns_buf *out);
void ns_workload_keys_text(ns_buf *out, int columns);

#endif

// A workload: what to run, on which machine. Read from YAML (docs/workload.md lists every key with
// its unit and default), or made up for a bare script. Immutable once loaded.
#ifndef NS_WORKLOAD_WORKLOAD_H
#define NS_WORKLOAD_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sim/dist.h"
#include "sim/sim.h"
#include "workload/vary.h"

// Where the program sees the workload's folder; also its current directory.
#define NS_WORKLOAD_MOUNT "/app"

typedef enum ns_arrival_process {
    NS_ARRIVAL_POISSON,
    NS_ARRIVAL_CONSTANT,
    NS_ARRIVAL_BURSTY, // bursts of `burst` requests at once, bursts Poisson
    NS_ARRIVAL_TRACE,  // times from a CSV file
    NS_ARRIVAL_CLOSED  // `users`, each with a think time
} ns_arrival_process;

typedef struct ns_param { // one parameter of a request, drawn anew for each
    const char *name;
    ns_dist dist;
} ns_param;

typedef struct ns_arrival {
    const char *name;     // the class: key of the map
    const char *function; // exported by the script; default: the name
    ns_arrival_process process;
    double rate; // requests per second (bursts per second when bursty); 0 when closed or trace
    int64_t burst;
    int64_t users;
    ns_dist think;        // ns
    int64_t count;        // requests in all; 0: no limit
    ns_time duration;     // arrivals stop after it; 0: no limit
    ns_time warmup;       // requests that arrive before it are marked, and cut off from the summary
    const ns_time *trace; // sorted
    int64_t trace_count;
    const ns_param *params;
    int param_count;
} ns_arrival;

typedef struct ns_file { // an extra virtual file
    const char *key;     // its path as it was written
    const char *path;    // absolute, as the program sees it: "/app/data/big.bin"
    const char *content; // NULL: generated
    int64_t size;        // bytes
    const char *fill;    // generated: "zero", "random", "text"
} ns_file;

typedef enum ns_record_level { NS_RECORD_OFF, NS_RECORD_SUMMARY, NS_RECORD_FULL } ns_record_level;

typedef struct ns_workload {
    const char *file; // the YAML file as it was named, NULL for a bare script
    const char *name;
    const char *dir;    // absolute host folder that the overlay shows
    const char *script; // absolute host path of the main script, inside `dir`
    const char
        *inline_source; // not NULL: the script's text; `script` then names a file that need not be
    bool inline_module; // the inline script is an ES module
    const char *const *argv; // after the script, NULL-terminated
    const char *const *env;  // "KEY=value", NULL-terminated
    const ns_file *files;
    int file_count;
    const char *node_version; // "20"
    const char *const *flags; // node's own: "--max-semi-space-size=32", NULL-terminated
    int threadpool;           // UV_THREADPOOL_SIZE, 0: as env says, else 4
    struct {
        int cores;
        double speed;
        const char *disk;         // "nvme", "ssd", "hdd", "network"
        int64_t page_cache;       // bytes
        const char *poller;       // "epoll", "kqueue", "iocp"
        const char *profile;      // name of a built-in one, or absolute host path
        const char *profile_name; // the same as it is recorded: a name, or a path below `dir`
        int64_t memory;           // bytes, os.totalmem
    } machine;
    uint64_t seed;
    bool shuffle_ties;
    struct {
        ns_time virtual_time; // 0: none
        double host_time;     // s of host time, 0: none
        int64_t memory;       // bytes of the engine's heap
        int64_t events;
    } limits;
    struct {
        ns_record_level level;
        double sampling;     // share of callbacks recorded, (0, 1]
        ns_time cpu_profile; // CPU time of the main thread between two samples; 0: none
        bool heap_profile;
    } record;
    const ns_arrival *arrivals;
    int arrival_count;
    struct { // what `nsim sweep` does with it; no part of config_json and hash
        const ns_vary *vary;
        int vary_count;
        int replicates;
        int lhs;          // points of a Latin hypercube; 0: the grid
        bool replay;      // where it can
        double tolerance; // of the checks of replay: a share
    } sweep;
    const char *config_json;    // the resolved configuration, canonical
    uint64_t hash;              // xxh64 of config_json and of the script's text
    const struct ns_yaml *tree; // where keys were written; NULL: nobody knows
} ns_workload;

// Load a workload. `path` ends in .yaml or .yml, or is a script. `sets` are "key=value" overrides
// (NULL-terminated; may be NULL). NS_EINVAL with one message: file, line, key, found, expected.
int ns_workload_load(ns_workload **out, const char *path, const char *const *sets, ns_err *err);
void ns_workload_free(ns_workload *workload);

// Something is wrong with the value of a key, as was found after loading: prefix the message in
// `err` with the place where it was written and with the key ("node.flags[1]"). Returns err->code.
int ns_workload_blame(const ns_workload *workload, const char *key, ns_err *err);

// "16 MB" -> 16000000, "16 MiB" -> 16777216; "2.5 ms" -> 2500000. NS_EINVAL says what was expected.
int ns_parse_bytes(const char *text, int64_t *out, ns_err *err);
int ns_parse_time(const char *text, ns_time *out, ns_err *err);

#endif

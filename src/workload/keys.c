#include "workload/keys.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "workload/workload.h"

#define IN(field) offsetof(ns_workload, field)
#define IN_FILE(field) offsetof(ns_file, field)
#define IN_ARRIVAL(field) offsetof(ns_arrival, field)
#define ANY INT64_MAX

// The order is that of docs/workload.md and of the resolved configuration.
const ns_key ns_workload_keys[] = {
    {"name", NS_KEY_NAME, IN(name), .absent = "the file's name without its ending",
     .meaning = "What the run is called; names the database.", .example = "login"},
    {"dir", NS_KEY_DIR, IN(dir), .fallback = ".",
     .meaning =
         "The folder that the program sees, relative to this file. Nothing outside it can be "
         "reached.",
     .example = ".."},
    {"script", NS_KEY_SCRIPT, IN(script), .absent = "required",
     .meaning = "The program: a file inside the folder, or its text as a literal block.",
     .example = "server.js"},
    {"module", NS_KEY_BOOL, IN(inline_module), .fallback = "false",
     .meaning = "A script that is given as text is an ES module.", .example = "true"},
    {"argv", NS_KEY_LIST, IN(argv), .absent = "none",
     .meaning = "Arguments of the program: process.argv from index 2.",
     .example = "[--port, \"80\"]"},
    {"env", NS_KEY_ENV, IN(env), .absent = "empty",
     .meaning = "Environment of the program. The host's own is not passed on.",
     .example = "{NODE_ENV: production}"},
    {"files", NS_KEY_FILES, 0, .absent = "none",
     .meaning =
         "Extra files, by path: relative to the folder, or absolute in the virtual file system.",
     .example = "{data/big.bin: {size: 64 MB}}"},
    {"files.*.content", NS_KEY_TEXT, IN_FILE(content), .absent = "generated",
     .meaning = "The file's text.", .example = "\"hello\\n\""},
    {"files.*.size", NS_KEY_BYTES, IN_FILE(size), 0, 1e15, .fallback = "0 B",
     .meaning = "Size of a generated file.", .example = "64 MB"},
    {"files.*.fill", NS_KEY_CHOICE, IN_FILE(fill), .choices = "text|random|zero",
     .fallback = "text",
     .meaning = "What a generated file holds: lines of words, random bytes, or zeros.",
     .example = "random"},
    {"node", NS_KEY_SECTION, .meaning = "The Node.js process."},
    {"node.version", NS_KEY_CHOICE, IN(node_version), .choices = "20", .fallback = "20",
     .meaning = "The release line whose core library and constants are used.", .example = "20"},
    {"node.threadpool", NS_KEY_INT, IN(threadpool), 0, 1024, .zero = "auto", .fallback = "auto",
     .meaning = "Threads of libuv's pool. auto: UV_THREADPOOL_SIZE of env, else 4.",
     .example = "16"},
    {"node.flags", NS_KEY_LIST, IN(flags), .absent = "none",
     .meaning = "Command-line flags of node itself.", .example = "[--max-semi-space-size=32]"},
    {"machine", NS_KEY_SECTION, .meaning = "The simulated machine."},
    {"machine.cores", NS_KEY_INT, IN(machine.cores), 1, 1024, .fallback = "8",
     .meaning = "Cores that main thread, pool threads and helpers share.", .example = "2"},
    {"machine.speed", NS_KEY_NUMBER, IN(machine.speed), 0.001, 1000, .fallback = "1",
     .meaning = "Speed of a core, relative to the profile's.", .example = "0.5"},
    {"machine.memory", NS_KEY_BYTES, IN(machine.memory), 1 << 20, 1e15, .fallback = "16 GiB",
     .meaning = "Memory that the program sees (os.totalmem).", .example = "4 GiB"},
    {"machine.disk", NS_KEY_CHOICE, IN(machine.disk), .choices = "nvme|ssd|hdd|network",
     .fallback = "nvme", .meaning = "Kind of disk: latency, bandwidth and queue depth.",
     .example = "hdd"},
    {"machine.page_cache", NS_KEY_BYTES, IN(machine.page_cache), 0, 1e15, .fallback = "1 GiB",
     .meaning = "Size of the page cache in front of the disk; 0 for none.", .example = "256 MiB"},
    {"machine.poller", NS_KEY_CHOICE, IN(machine.poller), .choices = "epoll|kqueue|iocp",
     .fallback = "epoll", .meaning = "How the event loop waits for the kernel.",
     .example = "kqueue"},
    {"machine.profile", NS_KEY_PROFILE, IN(machine.profile), .fallback = "default",
     .meaning = "Machine profile (all costs): a built-in one, or a JSON file of the folder.",
     .example = "laptop.json"},
    {"seed", NS_KEY_SEED, IN(seed), .fallback = "1",
     .meaning = "Seed of every random stream, Math.random and crypto included.", .example = "42"},
    {"shuffle_ties", NS_KEY_BOOL, IN(shuffle_ties), .fallback = "false",
     .meaning = "Order events of the same instant at random (by the seed): shows results that hang "
                "on an accident of order.",
     .example = "true"},
    {"limits", NS_KEY_SECTION, .meaning = "When to stop a run: exit code 3."},
    {"limits.virtual_time", NS_KEY_TIME, IN(limits.virtual_time), .zero = "none",
     .fallback = "none", .meaning = "Limit of virtual time.", .example = "60 s"},
    {"limits.host_time", NS_KEY_HOST_TIME, IN(limits.host_time), .zero = "none", .fallback = "none",
     .meaning = "Limit of host time. A run that it ends does not repeat exactly.",
     .example = "30 s"},
    {"limits.memory", NS_KEY_BYTES, IN(limits.memory), 16 << 20, 1e13, .fallback = "2 GiB",
     .meaning = "Limit of the program's heap.", .example = "512 MiB"},
    {"limits.events", NS_KEY_COUNT, IN(limits.events), 0, 9e15, .zero = "none", .fallback = "none",
     .meaning = "Limit of simulated events.", .example = "1000000"},
    {"record", NS_KEY_SECTION, .meaning = "What is stored. `record: full` means {level: full}."},
    {"record.level", NS_KEY_ENUM, IN(record.level), .choices = "off|summary|full",
     .fallback = "full",
     .meaning = "off: nothing; summary: no row per callback, task and loop iteration; full: "
                "everything.",
     .example = "summary"},
    {"record.sampling", NS_KEY_NUMBER, IN(record.sampling), 1e-6, 1, .fallback = "1",
     .meaning = "Share of the callbacks that are stored.", .example = "0.1"},
    {"record.cpu_profile", NS_KEY_TIME, IN(record.cpu_profile), .zero = "none", .fallback = "none",
     .meaning = "Sample the call stack of the main thread each time that it has used so much CPU.",
     .example = "1 ms"},
    {"record.heap_profile", NS_KEY_BOOL, IN(record.heap_profile), .fallback = "false",
     .meaning = "Sample the call stacks that allocate.", .example = "true"},
    {"arrivals", NS_KEY_ARRIVALS, 0, .absent = "none",
     .meaning =
         "Requests from outside, by class. Each calls an exported function of the script with "
         "(request, callback).",
     .example = "{login: {rate: 50, duration: 60 s}}"},
    {"arrivals.*.function", NS_KEY_NAME, IN_ARRIVAL(function), .absent = "the class's name",
     .meaning = "The exported function that serves a request.", .example = "handleLogin"},
    {"arrivals.*.process", NS_KEY_ENUM, IN_ARRIVAL(process),
     .choices = "poisson|constant|bursty|trace|closed", .fallback = "poisson",
     .meaning = "How requests come: at random, evenly, in bursts, at the times of a file, or from "
                "users who wait for the answer.",
     .example = "closed"},
    {"arrivals.*.rate", NS_KEY_NUMBER, IN_ARRIVAL(rate), 1e-6, 1e9,
     .absent = "required by poisson, constant, bursty", .unit = "per second",
     .meaning = "Requests per second; of bursty: bursts per second.", .example = "50"},
    {"arrivals.*.burst", NS_KEY_COUNT, IN_ARRIVAL(burst), 1, 1e6, .fallback = "10",
     .meaning = "Requests of one burst (bursty).", .example = "100"},
    {"arrivals.*.users", NS_KEY_COUNT, IN_ARRIVAL(users), 1, 1e6, .fallback = "1",
     .meaning = "Users, each with one request at a time (closed).", .example = "100"},
    {"arrivals.*.think", NS_KEY_DURATION, IN_ARRIVAL(think), .fallback = "0 ms",
     .meaning = "Time between an answer and the user's next request (closed).",
     .example = "{exponential: {mean: 1 s}}"},
    {"arrivals.*.trace", NS_KEY_TRACE, 0, .absent = "required by trace",
     .meaning = "CSV file whose first column has the arrival times, ascending (trace).",
     .example = "access.csv"},
    {"arrivals.*.count", NS_KEY_COUNT, IN_ARRIVAL(count), 0, 9e15, .zero = "none",
     .fallback = "none", .meaning = "Requests in all.", .example = "1000"},
    {"arrivals.*.duration", NS_KEY_TIME, IN_ARRIVAL(duration), .zero = "none", .fallback = "none",
     .meaning = "Arrivals stop after this time.", .example = "60 s"},
    {"arrivals.*.warmup", NS_KEY_TIME, IN_ARRIVAL(warmup), .fallback = "0 s",
     .meaning = "Requests that arrive before it are left out of the summary.", .example = "5 s"},
    {"arrivals.*.params", NS_KEY_PARAMS, 0, .absent = "none",
     .meaning = "Numbers drawn anew for each request, by name: request.params.NAME.",
     .example = "{user: {zipf: {n: 1000, s: 1.1}}}"},
    {"sweep", NS_KEY_SWEEP, .absent = "none",
     .meaning = "What `nsim sweep` varies. No part of the configuration: a run does not heed it.",
     .example = "{vary: {node.threadpool: [1, 2, 4, 8]}}"},
    {"sweep.vary", NS_KEY_VARY, 0, .absent = "none",
     .meaning = "Values by key: a list, a range (2..8, 2..8:2), or log:1..64.",
     .example = "{machine.cores: 2..8, arrivals.login.rate: \"log:10..160\"}"},
    {"sweep.replicates", NS_KEY_INT, IN(sweep.replicates), 1, 10000, .fallback = "5",
     .meaning = "Runs of each point, with different seeds.", .example = "10"},
    {"sweep.lhs", NS_KEY_INT, IN(sweep.lhs), 0, 100000, .zero = "none", .fallback = "none",
     .meaning = "Points of a Latin hypercube sample, instead of the whole grid.", .example = "64"},
    {"sweep.replay", NS_KEY_BOOL, IN(sweep.replay), .fallback = "true",
     .meaning = "Points that differ in nothing that the JavaScript sees are replayed from a trace.",
     .example = "false"},
    {"sweep.tolerance", NS_KEY_NUMBER, IN(sweep.tolerance), 0, 1, .fallback = "0.02",
     .meaning = "The largest difference between replays and the full runs that check them.",
     .example = "0.05"},
};
const int ns_workload_key_count = (int)(sizeof ns_workload_keys / sizeof ns_workload_keys[0]);

const char *ns_key_name(const ns_key *key)
{
    const char *dot = strrchr(key->path, '.');
    return dot ? dot + 1 : key->path;
}

int ns_key_is_child(const ns_key *key, const char *parent)
{
    size_t length = strlen(parent);
    const char *name = ns_key_name(key);
    if (length == 0)
        return name == key->path;
    return name == key->path + length + 1 && strncmp(key->path, parent, length) == 0;
}

const char *ns_key_type_name(ns_key_type type)
{
    static const char *const names[NS_KEY_TYPES] = {
        [NS_KEY_SECTION] = "map",
        [NS_KEY_NAME] = "text",
        [NS_KEY_DIR] = "folder",
        [NS_KEY_SCRIPT] = "file or text",
        [NS_KEY_BOOL] = "true or false",
        [NS_KEY_TEXT] = "text",
        [NS_KEY_LIST] = "list of texts",
        [NS_KEY_ENV] = "map of texts",
        [NS_KEY_INT] = "whole number",
        [NS_KEY_COUNT] = "whole number",
        [NS_KEY_SEED] = "whole number",
        [NS_KEY_NUMBER] = "number",
        [NS_KEY_TIME] = "time",
        [NS_KEY_HOST_TIME] = "time",
        [NS_KEY_BYTES] = "size",
        [NS_KEY_CHOICE] = "choice",
        [NS_KEY_ENUM] = "choice",
        [NS_KEY_PROFILE] = "name or file",
        [NS_KEY_FILES] = "map",
        [NS_KEY_ARRIVALS] = "map",
        [NS_KEY_DURATION] = "time or distribution",
        [NS_KEY_PARAMS] = "map of distributions",
        [NS_KEY_TRACE] = "file",
        [NS_KEY_SWEEP] = "map",
        [NS_KEY_VARY] = "map of values",
    };
    assert(type < NS_KEY_TYPES);
    return names[type];
}

// Whether a key fits a path of the table, whose * stands for any name.
static bool fits(const char *key, const char *path)
{
    while (*key && *path) {
        if (*path == '*') {
            const char *end = *key == '"' ? strchr(key + 1, '"') : NULL;
            key = end ? end + 1 : key + strcspn(key, ".");
            path++;
        } else if (*key++ != *path++) {
            return false;
        }
    }
    return *key == *path;
}

const ns_key *ns_key_find(const char *path)
{
    for (int i = 0; i < ns_workload_key_count; i++)
        if (fits(path, ns_workload_keys[i].path))
            return &ns_workload_keys[i];
    return NULL;
}

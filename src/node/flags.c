#include "node/flags.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "model/heap.h"
#include "model/jit.h"

enum {
    NAME_MAX_SIZE = 96,
    NODE_PROF_INTERVAL = 1000 // us; node: src/node_options.h, cpu_prof_interval
};

// V8's, without dashes.
static const struct {
    const char *name;
    bool is_bool;
} v8_flags[] = {
#define X(name, is_bool) {name, is_bool},
#include "node/v8_flags.inc"
#undef X
};
enum { V8_FLAGS = sizeof v8_flags / sizeof v8_flags[0] };

// Node's own, with dashes; V8's among them are judged as V8's.
static const char *const node_flags[] = {
#define X(name, kind, initial, in_env) name,
#include "node/options_table.inc"
#undef X
    // Aliases (node: src/node_options.cc, AddAlias).
    "--debug-port",
    "--es-module-specifier-resolution",
    "--inspect-brk-node",
    "--loader",
    "--print",
    "--prof-process",
    "--security-reverts",
    "--trace-events-enabled",
};
enum { NODE_FLAGS = sizeof node_flags / sizeof node_flags[0] };

// What changes nothing that nsim runs or shows: language features that are there anyway, checks of
// V8's own, and what a program must ask for in its text.
static const char *const without_effect[] = {
    "abort-on-uncaught-exception",
    "allow-natives-syntax",
    "concurrent-array-buffer-sweeping",
    "disallow-code-generation-from-strings",
    "enable-etw-stack-walking",
    "expose-externalize-string",
    "gc-interval",
    "harmony-import-attributes",
    "harmony-shadow-realm",
    "huge-max-old-generation-size",
    "interpreted-frames-native-stack",
    "predictable-gc-schedule",
    "stack-size",
    "stack-trace-limit",
    "stress-compaction",
};

// Flags whose text nsim gives in another way.
static const struct {
    const char *name, *instead;
} instead_of[] = {
    {"trace-opt", "run, then: nsim trace --format trace-opt DB"},
    {"trace-deopt", "run, then: nsim trace --format trace-deopt DB"},
    {"trace-gc", "run, then: nsim trace --format trace-gc DB"},
    {"trace-flush-bytecode", "run, then: nsim trace --format trace-flush-bytecode DB"},
    {"print-bytecode", "nsim inspect --bytecode FILE shows bytecode"},
    {"print-ast", "nsim inspect --ast FILE shows the syntax tree"},
    {"print-scopes", "nsim inspect --scopes FILE shows scopes"},
    {"log-ic", "nsim inspect --feedback FILE shows inline caches"},
    {"log-maps", "nsim inspect --maps FILE shows hidden classes"},
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool in_list(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool is_modelled(const char *name)
{
    for (int i = 0; ns_jit_flag_at(i); i++)
        if (strcmp(ns_jit_flag_at(i), name) == 0)
            return true;
    for (int i = 0; ns_heap_flag_at(i); i++)
        if (strcmp(ns_heap_flag_at(i), name) == 0)
            return true;
    return strcmp(name, "expose-gc") == 0;
}

static bool is_v8(const char *name)
{
    for (int i = 0; i < V8_FLAGS; i++)
        if (strcmp(v8_flags[i].name, name) == 0)
            return true;
    return false;
}

// The name without dashes in front, "_" as "-", and without a value. false: it is none.
static bool name_of(const char *flag, char out[NAME_MAX_SIZE])
{
    if (strncmp(flag, "--", 2) != 0 || flag[2] == '\0')
        return false; // a short one, the value of the one before, or the end of flags
    size_t length = strcspn(flag + 2, "=");
    if (length >= NAME_MAX_SIZE)
        length = NAME_MAX_SIZE - 1;
    for (size_t i = 0; i < length; i++)
        out[i] = flag[2 + i] == '_' ? '-' : flag[2 + i];
    out[length] = '\0';
    return true;
}

static bool is_node(const char *name)
{
    char dashed[NAME_MAX_SIZE + 2];
    snprintf(dashed, sizeof dashed, "--%s", name);
    return in_list(node_flags, NODE_FLAGS, dashed);
}

static int unknown(const char *flag, const char *name, const char *positive, ns_err *err)
{
    bool no = positive != name;
    ns_suggest near = {.word = positive};
    for (int i = 0; i < V8_FLAGS; i++)
        if (is_modelled(v8_flags[i].name))
            ns_suggest_offer(&near, v8_flags[i].name);
    for (int i = 0; i < NODE_FLAGS; i++)
        ns_suggest_offer(&near, node_flags[i] + 2);
    return ns_fail(err, NS_EINVAL,
                   "found \"%s\", which node does not have, expected a flag of node or V8%s%s%s%s",
                   flag, near.best ? "; did you mean \"--" : "", near.best && no ? "no-" : "",
                   near.best ? near.best : "", near.best ? "\"?" : "");
}

// V8 takes --noflag for --no-flag.
static const char *positive_of(const char *name)
{
    if (strncmp(name, "no-", 3) == 0)
        return name + 3;
    return strncmp(name, "no", 2) == 0 && is_v8(name + 2) ? name + 2 : name;
}

static int check(const char *flag, ns_err *err)
{
    char name[NAME_MAX_SIZE];
    if (!name_of(flag, name))
        return NS_OK;
    const char *positive = positive_of(name);
    if (is_modelled(positive) || in_list(without_effect, COUNT(without_effect), positive) ||
        strncmp(positive, "harmony", 7) == 0)
        return NS_OK;
    bool v8 = is_v8(positive);
    if (!v8 && (is_node(positive) || is_node(name)))
        return NS_OK;
    if (!v8)
        return unknown(flag, name, positive, err);
    for (size_t i = 0; i < COUNT(instead_of); i++)
        if (strcmp(instead_of[i].name, positive) == 0)
            return ns_fail(err, NS_EINVAL, "found \"%s\", which nsim does not have; %s", flag,
                           instead_of[i].instead);
    return ns_fail(
        err, NS_EINVAL,
        "found \"%s\", which nsim does not model, expected one of V8's flags of tiers and "
        "heap, or one of node's own (docs/workload.md)",
        flag);
}

static const char prof_interval[] = "--cpu-prof-interval=";

static int check_interval(const char *flag, ns_err *err)
{
    size_t name = sizeof prof_interval - 1;
    if (strncmp(flag, prof_interval, name) != 0)
        return NS_OK;
    char *end;
    errno = 0;
    long long us = strtoll(flag + name, &end, 10);
    return end > flag + name && !*end && !errno && us >= 1 && us <= 1000000000
               ? NS_OK
               : ns_fail(err, NS_EINVAL,
                         "found \"%s\", expected microseconds, from 1 to 1000000000", flag);
}

int64_t ns_flags_prof_interval(const ns_workload *workload)
{
    int64_t us = NODE_PROF_INTERVAL;
    for (const char *const *flag = workload->flags; flag && *flag; flag++)
        if (strncmp(*flag, prof_interval, sizeof prof_interval - 1) == 0)
            us = strtoll(*flag + sizeof prof_interval - 1, NULL, 10);
    return us * 1000;
}

int ns_flags_check(const ns_workload *workload, ns_err *err)
{
    ns_err ignored = {0};
    err = err ? err : &ignored;
    const char *const *flags = workload->flags;
    for (int i = 0; flags && flags[i]; i++) {
        if (check(flags[i], err) == NS_OK && ns_jit_flag_check(flags[i], err) == NS_OK &&
            ns_heap_flag_check(flags[i], err) == NS_OK && check_interval(flags[i], err) == NS_OK)
            continue;
        char key[32];
        snprintf(key, sizeof key, "node.flags[%d]", i);
        return ns_workload_blame(workload, key, err);
    }
    return NS_OK;
}

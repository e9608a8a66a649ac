// Which keys of a workload can be replayed: those that change the machine, the load or the heap,
// and not what the JavaScript does. docs/trace.md has the same table; a test compares them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/alloc.h"
#include "replay/replay.h"

const char *const ns_replay_keys[] = {"name",
                                      "node.threadpool",
                                      "node.flags",
                                      "machine.cores",
                                      "machine.speed",
                                      "machine.memory",
                                      "machine.disk",
                                      "machine.page_cache",
                                      "machine.poller",
                                      "shuffle_ties",
                                      "limits.virtual_time",
                                      "limits.events",
                                      "record.level",
                                      "record.sampling",
                                      "arrivals.*.process",
                                      "arrivals.*.rate",
                                      "arrivals.*.burst",
                                      "arrivals.*.users",
                                      "arrivals.*.think",
                                      "arrivals.*.trace",
                                      "arrivals.*.count",
                                      "arrivals.*.duration",
                                      "arrivals.*.warmup",
                                      NULL};

// Flags of V8's heap: the collector is modelled again.
const char *const ns_replay_flags[] = {"min-semi-space-size",
                                       "max-semi-space-size",
                                       "semi-space-growth-factor",
                                       "max-old-space-size",
                                       "initial-old-space-size",
                                       "max-heap-size",
                                       "initial-heap-size",
                                       "heap-growing-percent",
                                       "v8-pool-size",
                                       "single-threaded-gc",
                                       "parallel-scavenge",
                                       "parallel-compaction",
                                       "concurrent-marking",
                                       "concurrent-sweeping",
                                       "incremental-marking",
                                       NULL};

// "*" stands for one segment, or for several: a class's name may have dots.
static bool matches(const char *pattern, const char *key)
{
    const char *star = strchr(pattern, '*');
    if (!star)
        return strcmp(pattern, key) == 0;
    size_t head = (size_t)(star - pattern), tail = strlen(star + 1), length = strlen(key);
    return length > head + tail && strncmp(pattern, key, head) == 0 &&
           strcmp(key + length - tail, star + 1) == 0;
}

bool ns_replay_key(const char *key)
{
    for (int i = 0; ns_replay_keys[i]; i++)
        if (matches(ns_replay_keys[i], key))
            return true;
    // Below a key, as in the distribution of think times.
    const char *think = strstr(key, ".think.");
    return think && strncmp(key, "arrivals.", 9) == 0;
}

// A flag of the heap, whatever its value; V8 takes '_' for '-'.
static bool is_heap_flag(const char *flag)
{
    if (strncmp(flag, "--", 2) != 0)
        return false;
    flag += 2;
    if (strncmp(flag, "no-", 3) == 0)
        flag += 3;
    size_t length = strcspn(flag, "=");
    for (int i = 0; ns_replay_flags[i]; i++) {
        const char *known = ns_replay_flags[i];
        bool same = strlen(known) == length;
        for (size_t at = 0; same && at < length; at++)
            same = known[at] == (flag[at] == '_' ? '-' : flag[at]);
        if (same)
            return true;
    }
    return false;
}

// -- Comparing configurations ---------------------------------------------------------------------

typedef struct difference {
    char key[256]; // the first that differs and cannot be replayed
    char path[256];
} difference;

static bool same_flags(const cJSON *a, const cJSON *b)
{
    const cJSON *x = a ? a->child : NULL, *y = b ? b->child : NULL;
    for (;;) {
        while (x && is_heap_flag(x->valuestring))
            x = x->next;
        while (y && is_heap_flag(y->valuestring))
            y = y->next;
        if (!x || !y)
            return x == y;
        if (strcmp(x->valuestring, y->valuestring) != 0)
            return false;
        x = x->next;
        y = y->next;
    }
}

static void compare(difference *d, const cJSON *a, const cJSON *b);

// One key of two maps, either of which may not have it.
static void compare_member(difference *d, const char *name, const cJSON *a, const cJSON *b)
{
    size_t length = strlen(d->path);
    snprintf(d->path + length, sizeof d->path - length, "%s%s", length ? "." : "", name);
    if (strcmp(d->path, "node.flags") == 0) {
        if (!same_flags(a, b))
            snprintf(d->key, sizeof d->key, "%s", d->path);
    } else if (!ns_replay_key(d->path)) {
        compare(d, a, b);
    }
    d->path[length] = '\0';
}

static void compare(difference *d, const cJSON *a, const cJSON *b)
{
    if (d->key[0])
        return;
    if (!cJSON_IsObject(a) || !cJSON_IsObject(b)) {
        if (!cJSON_Compare(a, b, true) && (a || b))
            snprintf(d->key, sizeof d->key, "%s", d->path);
        return;
    }
    for (const cJSON *x = a->child; x && !d->key[0]; x = x->next)
        compare_member(d, x->string, x, cJSON_GetObjectItemCaseSensitive(b, x->string));
    for (const cJSON *y = b->child; y && !d->key[0]; y = y->next)
        if (!cJSON_GetObjectItemCaseSensitive(a, y->string))
            compare_member(d, y->string, NULL, y);
}

int ns_replay_check(const char *recorded, const char *wanted, ns_err *err)
{
    difference d = {{0}, {0}};
    cJSON *a = cJSON_Parse(recorded), *b = cJSON_Parse(wanted);
    if (a && b)
        compare(&d, a, b);
    bool parsed = a && b;
    cJSON_Delete(a);
    cJSON_Delete(b);
    if (!parsed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (!d.key[0])
        return NS_OK;
    bool flags = strcmp(d.key, "node.flags") == 0;
    return ns_fail(err, NS_EINVAL,
                   "%s cannot be replayed: %s; make a full run with that value (nsim run)", d.key,
                   flags ? "of the flags, only those of the heap leave the JavaScript as it was"
                         : "it changes what the JavaScript does, which is taken from the trace");
}

// -- Loading --------------------------------------------------------------------------------------

static const char **join(const char *const *a, const char *const *b)
{
    size_t left = 0, right = 0;
    while (a && a[left])
        left++;
    while (b && b[right])
        right++;
    const char **all = ns_calloc(left + right + 1, sizeof *all);
    if (!all)
        return NULL;
    for (size_t i = 0; i < left; i++)
        all[i] = a[i];
    for (size_t i = 0; i < right; i++)
        all[left + i] = b[i];
    return all;
}

int ns_replay_workload(ns_workload **out, const ns_nst *trace, const char *const *sets, ns_err *err)
{
    *out = NULL;
    ns_workload *recorded;
    int rc = ns_workload_load(&recorded, trace->workload, trace->sets, err);
    if (rc != NS_OK) {
        ns_err_prefix(err, "the traced workload: ");
        return rc;
    }
    if (recorded->hash != trace->hash)
        rc = ns_fail(err, NS_EINVAL,
                     "%s or its script has changed since the trace was recorded: record it again",
                     trace->workload);
    const char **all = rc == NS_OK ? join(trace->sets, sets) : NULL;
    if (rc == NS_OK)
        rc = all ? ns_workload_load(out, trace->workload, all, err)
                 : ns_fail(err, NS_ENOMEM, "out of memory");
    if (rc == NS_OK)
        rc = ns_replay_check(recorded->config_json, (*out)->config_json, err);
    if (rc != NS_OK) {
        ns_workload_free(*out);
        *out = NULL;
    }
    ns_free(all);
    ns_workload_free(recorded);
    return rc;
}

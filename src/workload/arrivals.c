// The key `arrivals`: classes of requests, and what goes together in one.
#include <stdio.h>
#include <string.h>

#include "workload/reader.h"

enum {
    POISSON = 1 << NS_ARRIVAL_POISSON,
    CONSTANT = 1 << NS_ARRIVAL_CONSTANT,
    BURSTY = 1 << NS_ARRIVAL_BURSTY,
    TRACE = 1 << NS_ARRIVAL_TRACE,
    CLOSED = 1 << NS_ARRIVAL_CLOSED
};

// Keys that only some processes have; the others belong to all.
static const struct {
    const char *name;
    int processes;
    bool required;
} special[] = {
    {"rate", POISSON | CONSTANT | BURSTY, true},
    {"burst", BURSTY, false},
    {"users", CLOSED, false},
    {"think", CLOSED, false},
    {"trace", TRACE, true},
};

static int check_keys(ns_reader *r, const ns_yaml *node, const ns_arrival *arrival, cJSON *json)
{
    int process = 1 << arrival->process;
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "process"));
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        const ns_yaml *given = ns_yaml_get(node, special[i].name);
        if (!(special[i].processes & process)) {
            cJSON_DeleteItemFromObjectCaseSensitive(json, special[i].name);
            if (given)
                return ns_yaml_fail(given->key_place, r->err,
                                    "%s.%s: the key has no meaning for the process %s", r->path,
                                    special[i].name, name);
        } else if (special[i].required && !given) {
            return ns_reader_fail(r, node, "the process %s needs the key %s", name,
                                  special[i].name);
        }
    }
    return NS_OK;
}

static int read_class(ns_reader *r, const ns_yaml *node, ns_arrival *arrival, cJSON *json)
{
    if (node->kind != NS_YAML_MAP)
        return ns_reader_expected(r, node, NULL,
                                  "a map of keys, such as {rate: 50, duration: 60 s}");
    arrival->name = node->key;
    int rc = ns_reader_section(r, "arrivals.*", node, arrival, json);
    if (rc != NS_OK || (rc = check_keys(r, node, arrival, json)) != NS_OK)
        return rc;
    bool ends = arrival->count || arrival->duration || arrival->process == NS_ARRIVAL_TRACE ||
                r->workload->limits.virtual_time;
    if (!ends)
        return ns_reader_fail(r, node,
                              "the requests never end: expected the key count or duration, or "
                              "limits.virtual_time");
    if (arrival->duration && arrival->warmup >= arrival->duration)
        return ns_reader_fail(r, ns_yaml_get(node, "warmup"),
                              "the warm-up is not shorter than the duration");
    return NS_OK;
}

int ns_read_arrivals(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key, (void)base;
    int rc = node ? ns_reader_map(r, node, "a map of request classes") : NS_OK;
    if (rc != NS_OK)
        return rc;
    ns_workload *w = r->workload;
    ns_arrival *classes = ns_arena_array(r->arena, node ? (size_t)node->count : 0, sizeof *classes);
    *json = cJSON_CreateObject();
    if (!classes || !*json)
        return ns_reader_no_memory(r);
    for (const ns_yaml *item = node ? node->first : NULL; item; item = item->next) {
        cJSON *entry = cJSON_AddObjectToObject(*json, item->key);
        if (!entry)
            return ns_reader_no_memory(r);
        size_t mark = ns_reader_push(r, item->key);
        if ((rc = read_class(r, item, &classes[w->arrival_count], entry)) != NS_OK)
            return rc;
        ns_reader_pop(r, mark);
        w->arrival_count++;
    }
    w->arrivals = classes;
    return NS_OK;
}

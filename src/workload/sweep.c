// The section `sweep`: what is varied. It changes no run, and so is no part of the configuration
// that is recorded and hashed.
#include "workload/reader.h"

int ns_read_sweep(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)json;
    cJSON *unused = cJSON_CreateObject();
    if (!unused)
        return ns_reader_no_memory(r);
    int rc = ns_reader_section(r, key->path, node, base, unused);
    cJSON_Delete(unused);
    return rc;
}

static int read_list(ns_reader *r, const ns_yaml *node, const char *place, ns_vary *out)
{
    const char **items = ns_arena_array(r->arena, (size_t)node->count + 1, sizeof *items);
    if (!items)
        return ns_reader_no_memory(r);
    int count = 0;
    for (const ns_yaml *item = node->first; item; item = item->next) {
        int rc = ns_reader_text(r, item, "a plain value; others can stand in text: \"[a], [b]\"",
                                &items[count++]);
        if (rc != NS_OK)
            return rc;
    }
    return ns_vary_list(out, r->arena, node->key, items, count, place, r->err);
}

static int read_values(ns_reader *r, const ns_yaml *node, ns_vary *out)
{
    const char *place = ns_arena_printf(r->arena, node->place.line ? "%s:%d:%d" : "%s",
                                        node->place.origin, node->place.line, node->place.column);
    if (!place)
        return ns_reader_no_memory(r);
    int rc = ns_vary_check_key(node->key, place, r->err);
    if (rc != NS_OK)
        return rc;
    if (node->kind == NS_YAML_LIST)
        return read_list(r, node, place, out);
    const char *text;
    rc = ns_reader_text(r, node, "values, such as [1, 2, 4] or 2..8", &text);
    return rc == NS_OK ? ns_vary_parse(out, r->arena, node->key, text, place, r->err) : rc;
}

int ns_read_vary(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key, (void)base, (void)json;
    int rc = node ? ns_reader_map(r, node, "a map, such as {node.threadpool: [1, 2, 4]}") : NS_OK;
    if (rc != NS_OK || !node)
        return rc;
    ns_workload *w = r->workload;
    ns_vary *vary = ns_arena_array(r->arena, (size_t)node->count + 1, sizeof *vary);
    if (!vary)
        return ns_reader_no_memory(r);
    w->sweep.vary = vary;
    for (const ns_yaml *item = node->first; item; item = item->next) {
        size_t mark = ns_reader_push(r, item->key);
        if ((rc = read_values(r, item, &vary[w->sweep.vary_count])) != NS_OK)
            return rc;
        ns_reader_pop(r, mark);
        w->sweep.vary_count++;
    }
    return NS_OK;
}

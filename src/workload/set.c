// --set KEY=VALUE: the key's path is walked, its value is YAML.
#include <string.h>

#include "workload/yaml.h"

typedef struct set_path {
    const char *at; // what is left of the path
    ns_yaml_place place;
    ns_arena *arena;
    ns_err *err;
} set_path;

// The next segment of the path: up to a dot, or in double quotes.
static int next_segment(set_path *p, const char **segment)
{
    const char *end;
    if (*p->at == '"') {
        const char *start = ++p->at;
        end = strchr(start, '"');
        if (!end || (end[1] != '.' && end[1] != '='))
            return ns_yaml_fail(p->place, p->err, "expected a dot or \"=\" after a part in quotes");
        *segment = ns_arena_strndup(p->arena, start, (size_t)(end - start));
        end++;
    } else {
        end = p->at + strcspn(p->at, ".=");
        if (end == p->at || *end == '\0')
            return ns_yaml_fail(p->place, p->err, "expected KEY=VALUE, such as machine.cores=8");
        *segment = ns_arena_strndup(p->arena, p->at, (size_t)(end - p->at));
    }
    p->at = end;
    if (!*segment)
        return ns_fail(p->err, NS_ENOMEM, "%s: out of memory", p->place.origin);
    return NS_OK;
}

// A key written without a value ("machine:") is an empty map.
static void become_map(ns_yaml *node)
{
    if (ns_yaml_empty(node))
        node->kind = NS_YAML_MAP;
}

int ns_yaml_set(ns_yaml *root, ns_arena *arena, const char *assignment, ns_err *err)
{
    char *origin = ns_arena_printf(arena, "--set %s", assignment);
    if (!origin)
        return ns_fail(err, NS_ENOMEM, "--set: out of memory");
    set_path p = {assignment, {origin, 0, 0}, arena, err};
    ns_yaml *map = root;
    const char *segment = NULL;
    for (;;) {
        int rc = next_segment(&p, &segment);
        if (rc != NS_OK)
            return rc;
        if (*p.at++ == '=')
            break;
        ns_yaml *child = ns_yaml_get(map, segment);
        if (!child) {
            child = ns_yaml_map(arena, p.place);
            if (!child)
                return ns_fail(err, NS_ENOMEM, "%s: out of memory", origin);
            ns_yaml_put(map, segment, p.place, child);
        }
        become_map(child);
        if (child->kind != NS_YAML_MAP)
            return ns_yaml_fail(p.place, err, "\"%s\" has no keys of its own", segment);
        map = child;
    }
    ns_yaml *value;
    int rc = ns_yaml_parse(&value, arena, origin, p.at, strlen(p.at), false, err);
    if (rc != NS_OK)
        return rc;

    ns_yaml_put(map, segment, p.place, value);
    return NS_OK;
}

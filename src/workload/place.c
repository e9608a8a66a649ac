// Where a key was written, for what is found to be wrong with it once the workload is loaded.
#include <stdlib.h>
#include <string.h>

#include "workload/workload.h"
#include "workload/yaml.h"

// The value of the map whose key *path begins with; the longest one, as keys may have dots.
static const ns_yaml *value_of(const ns_yaml *map, const char **path)
{
    const ns_yaml *found = NULL;
    size_t longest = 0;
    for (const ns_yaml *child = map->first; child; child = child->next) {
        size_t length = child->key ? strlen(child->key) : 0;
        if (length > longest && strncmp(child->key, *path, length) == 0 &&
            strchr(".[", (*path)[length])) { // or the end
            found = child;
            longest = length;
        }
    }
    *path += longest;
    return found;
}

// "[2]"
static const ns_yaml *item_of(const ns_yaml *list, const char **path)
{
    if (**path != '[')
        return NULL;
    char *end;
    long index = strtol(*path + 1, &end, 10);
    const ns_yaml *item = list->first;
    for (; item && index > 0; index--)
        item = item->next;
    *path = *end == ']' ? end + 1 : end;
    return item;
}

int ns_workload_blame(const ns_workload *workload, const char *key, ns_err *err)
{
    const ns_yaml *node = workload->tree;
    bool root = true;
    for (const char *path = key; node && *path;) {
        path += *path == '.';
        const ns_yaml *next = node->kind == NS_YAML_MAP    ? value_of(node, &path)
                              : node->kind == NS_YAML_LIST ? item_of(node, &path)
                                                           : NULL;
        if (!next)
            break; // not given, or a part of a value
        node = next;
        root = false;
    }
    if (!err)
        return NS_EINVAL;
    ns_err_prefix(err, "%s: ", key);
    if (root && workload->file)
        return ns_err_prefix(err, "%s: ", workload->file);
    if (root || !node)
        return err->code;
    return node->place.line > 0 ? ns_err_prefix(err, "%s:%d:%d: ", node->place.origin,
                                                node->place.line, node->place.column)
                                : ns_err_prefix(err, "%s: ", node->place.origin);
}

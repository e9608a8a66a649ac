// The key `files`: files that exist in the program's file system and nowhere else.
#include <assert.h>
#include <string.h>

#include "workload/reader.h"

// The absolute path as the program sees it, without "." and ".." and double slashes; NULL in *out
// when it leaves the root or the folder, or names one of the two.
static int normal_path(ns_reader *r, const char *path, const char **out)
{
    const char *start = path[0] == '/' ? "" : NS_WORKLOAD_MOUNT;
    char *text = ns_arena_printf(r->arena, "%s/%s", start, path);
    if (!text)
        return ns_reader_no_memory(r);
    *out = NULL;
    char *floor = text + strlen(start), *end = floor;
    for (const char *s = floor; *s;) {
        s += strspn(s, "/");
        size_t length = strcspn(s, "/");
        if (length == 2 && strncmp(s, "..", 2) == 0) {
            if (end == floor)
                return NS_OK;
            while (*--end != '/')
                continue;
        } else if (length > 0 && !(length == 1 && *s == '.')) {
            *end++ = '/';
            memmove(end, s, length);
            end += length;
        }
        s += length;
    }
    *end = '\0';
    *out = end == floor ? NULL : text;
    return NS_OK;
}

static int read_file(ns_reader *r, const ns_yaml *node, ns_file *file, cJSON *json)
{
    int rc = normal_path(r, node->key, &file->path);
    if (rc != NS_OK)
        return rc;
    if (!file->path || node->key[0] == '\0' || node->key[strlen(node->key) - 1] == '/')
        return ns_yaml_fail(
            node->key_place, r->err,
            "%s: found the path \"%.40s\", expected one of a file inside the folder", r->path,
            node->key);
    if ((rc = ns_reader_section(r, "files.*", node, file, json)) != NS_OK)
        return rc;
    const ns_yaml *size = node->kind == NS_YAML_MAP ? ns_yaml_get(node, "size") : NULL;
    const ns_yaml *fill = node->kind == NS_YAML_MAP ? ns_yaml_get(node, "fill") : NULL;
    if (!file->content) {
        if (!size)
            return ns_reader_fail(r, node, "expected a content or a size");
        return NS_OK;
    }
    if (size || fill)
        return ns_reader_fail(r, size ? size : fill,
                              "a file has either a content, or a size and a fill");
    file->size = (int64_t)strlen(file->content);
    file->fill = NULL;
    cJSON_DeleteItemFromObject(json, "size");
    cJSON_DeleteItemFromObject(json, "fill");
    return NS_OK;
}

int ns_read_files(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key, (void)base;
    int rc = node ? ns_reader_map(r, node, "a map of files by path") : NS_OK;
    if (rc != NS_OK)
        return rc;
    ns_workload *w = r->workload;
    ns_file *files = ns_arena_array(r->arena, node ? (size_t)node->count : 0, sizeof *files);
    *json = cJSON_CreateObject();
    if (!files || !*json)
        return ns_reader_no_memory(r);
    for (const ns_yaml *item = node ? node->first : NULL; item; item = item->next) {
        cJSON *entry = cJSON_AddObjectToObject(*json, item->key);
        if (!entry)
            return ns_reader_no_memory(r);
        size_t mark = ns_reader_push(r, item->key);
        if ((rc = read_file(r, item, &files[w->file_count], entry)) != NS_OK)
            return rc;
        const char *path = files[w->file_count].path;
        assert(path);
        files[w->file_count].key = item->key;
        for (int i = 0; i < w->file_count; i++)
            if (strcmp(files[i].path, path) == 0)
                return ns_reader_fail(r, item, "the file is there twice, by different paths");
        ns_reader_pop(r, mark);
        w->file_count++;
    }
    w->files = files;
    return NS_OK;
}

// Files of the workload's folder. Nothing outside it is ever opened: a path is checked as written,
// and again after symbolic links are followed.
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/suggest.h"
#include "workload/reader.h"

enum { MAX_FILE = 256 << 20 };

// Whether a relative path leaves the folder that it starts in, links aside.
static bool climbs_out(const char *path)
{
    int depth = 0;
    for (const char *s = path; *s;) {
        size_t length = strcspn(s, "/");
        if (length == 2 && strncmp(s, "..", 2) == 0)
            depth--;
        else if (length > 0 && !(length == 1 && *s == '.'))
            depth++;
        if (depth < 0)
            return true;
        s += length;
        s += *s == '/';
    }
    return false;
}

// The path below `dir` of an absolute one, or NULL if it lies elsewhere.
static const char *below(const char *dir, const char *path)
{
    size_t length = strlen(dir);
    if (length == 1) // the root
        return path + 1;
    if (strncmp(dir, path, length) != 0 || path[length] != '/')
        return NULL;
    return path + length + 1;
}

static int outside(ns_reader *r, const ns_yaml *node)
{
    return ns_reader_expected(r, node, "lies outside the workload's folder",
                              "a file inside it (the key dir can name a wider folder)");
}

// A file that is not there: name one that is, if it is spelled nearly so.
static int missing(ns_reader *r, const ns_yaml *node, const char *text, const char *path)
{
    char folder[PATH_MAX], best[NAME_MAX + 1] = "";
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    const char *slash = strrchr(text, '/');
    const char *name = slash ? slash + 1 : text;
    DIR *listing = opendir(folder[0] ? folder : "/");
    if (listing) {
        ns_suggest near = {.word = name};
        for (const struct dirent *entry; (entry = readdir(listing));) {
            const char *before = near.best;
            ns_suggest_offer(&near, entry->d_name);
            if (near.best != before) {
                snprintf(best, sizeof best, "%s", entry->d_name);
                near.best = best;
            }
        }
        closedir(listing);
    }
    return ns_reader_expected(r, node, "does not exist", "a file inside the folder%s%.*s%s%s",
                              best[0] ? "; did you mean \"" : "", (int)(name - text),
                              best[0] ? text : "", best, best[0] ? "\"?" : "");
}

int ns_reader_file(ns_reader *r, const ns_yaml *node, const char *text, const char **absolute,
                   const char **relative)
{
    const char *dir = r->workload->dir;
    char joined[PATH_MAX], real[PATH_MAX];
    if (text[0] == '\0')
        return ns_reader_expected(r, node, NULL, "a file inside the folder");
    if (text[0] != '/' && climbs_out(text))
        return outside(r, node);
    int length = text[0] == '/' ? snprintf(joined, sizeof joined, "%s", text)
                                : snprintf(joined, sizeof joined, "%s/%s", dir, text);
    if (length >= (int)sizeof joined)
        return ns_reader_fail(r, node, "the path is longer than %d bytes", PATH_MAX);
    if (!realpath(joined, real)) {
        if (text[0] == '/' && !below(dir, joined))
            return outside(r, node);
        if (errno == ENOENT || errno == ENOTDIR)
            return missing(r, node, text, joined);
        return ns_reader_fail(r, node, "cannot open \"%s\": %s", text, strerror(errno));
    }
    const char *inside = below(dir, real);
    if (!inside)
        return outside(r, node);
    struct stat st;
    if (stat(real, &st) != 0)
        return ns_reader_fail(r, node, "cannot open \"%s\": %s", text, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return ns_reader_expected(r, node, S_ISDIR(st.st_mode) ? "is a folder" : "is no plain file",
                                  "a file");
    *absolute = ns_arena_strdup(r->arena, real);
    if (!*absolute)
        return ns_reader_no_memory(r);
    *relative = below(dir, *absolute);
    return NS_OK;
}

int ns_reader_load(ns_reader *r, const ns_yaml *node, const char *path, char **out, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return ns_reader_fail(r, node, "cannot open \"%s\": %s", path, strerror(errno));
    char *text = NULL;
    size_t size = 0, capacity = 0;
    int rc = NS_OK;
    for (;;) {
        if (size + 1 >= capacity) {
            capacity = capacity ? capacity * 2 : 4096;
            char *larger = capacity <= MAX_FILE ? ns_realloc(text, capacity) : NULL;
            if (!larger) {
                rc = capacity <= MAX_FILE ? ns_reader_no_memory(r)
                                          : ns_reader_fail(r, node, "\"%s\" is too large", path);
                break;
            }
            text = larger;
        }
        size_t n = fread(text + size, 1, capacity - size - 1, file);
        if (n == 0)
            break;
        size += n;
    }
    if (rc == NS_OK && ferror(file))
        rc = ns_reader_fail(r, node, "cannot read \"%s\": %s", path, strerror(errno));
    fclose(file);
    if (rc != NS_OK) {
        ns_free(text);
        return rc;
    }
    assert(text && size < capacity);
    text[size] = '\0';
    *out = text;
    *len = size;
    return NS_OK;
}

int ns_read_dir(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key, (void)base;
    const char *text;
    int rc = ns_reader_text(r, node, "a folder", &text);
    if (rc != NS_OK)
        return rc;
    char joined[PATH_MAX], real[PATH_MAX];
    struct stat st;
    int length = text[0] == '/' ? snprintf(joined, sizeof joined, "%s", text)
                                : snprintf(joined, sizeof joined, "%s/%s", r->base, text);
    if (length >= (int)sizeof joined || !realpath(joined, real) || stat(real, &st) != 0)
        return ns_reader_expected(r, node, "does not exist", "a folder");
    if (!S_ISDIR(st.st_mode))
        return ns_reader_expected(r, node, "is a file", "a folder");
    r->workload->dir = ns_arena_strdup(r->arena, real);
    if (!r->workload->dir)
        return ns_reader_no_memory(r);
    // An absolute path of this host has no place in the record of a run.
    *json = cJSON_CreateString(text[0] == '/' ? "." : text);
    return NS_OK;
}

int ns_read_script(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key, (void)base;
    if (!node)
        return ns_fail(r->err, NS_EINVAL,
                       "%s: script: the key is missing, expected a file or the program's text",
                       r->workload->file);
    const char *text, *relative = NULL;
    int rc = ns_reader_text(r, node, "a file, or the program's text as a block (|)", &text);
    if (rc != NS_OK)
        return rc;
    if (!node->block && !strchr(text, '\n')) {
        rc = ns_reader_file(r, node, text, &r->workload->script, &relative);
        if (rc == NS_OK)
            *json = cJSON_CreateString(relative);
        return rc;
    }
    // A line break at the end marks it as text, however it was written.
    bool ended = text[0] && text[strlen(text) - 1] == '\n';
    r->workload->inline_source = ns_arena_printf(r->arena, "%s%s", text, ended ? "" : "\n");
    if (!r->workload->inline_source)
        return ns_reader_no_memory(r);
    *json = cJSON_CreateString(r->workload->inline_source);
    return NS_OK;
}

int ns_read_profile(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    const char **field = (const char **)((char *)base + key->offset), *text, *relative = NULL;
    int rc = ns_reader_text(r, node, "a profile: a name, or a JSON file", &text);
    if (rc != NS_OK)
        return rc;
    size_t length = strlen(text);
    bool is_file = strchr(text, '/') || (length > 5 && strcmp(text + length - 5, ".json") == 0);
    if (!is_file) {
        *field = r->workload->machine.profile_name = text;
        *json = cJSON_CreateString(text);
        return NS_OK;
    }
    if ((rc = ns_reader_file(r, node, text, field, &relative)) != NS_OK)
        return rc;
    r->workload->machine.profile_name = relative;
    *json = cJSON_CreateString(relative);
    return NS_OK;
}

// Loading: the file or the bare script, the overrides, the keys, and what depends on several of
// them.
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "workload/reader.h"

// What is handed out, with the memory behind it.
typedef struct loaded {
    ns_workload workload; // first
    ns_arena arena;
} loaded;

static bool ends_in(const char *path, const char *ending)
{
    size_t a = strlen(path), b = strlen(ending);
    return a > b && strcmp(path + a - b, ending) == 0;
}

// -- Where the program lives ----------------------------------------------------------------------

static bool has(const char *dir, const char *name)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

// The folder that a bare script sees. Node looks for packages in node_modules of every folder above
// the script, and a package.json may also stand below the folder with the packages (a workspace, a
// dist/ with its own type). So: the nearest folder upwards with both, else the nearest with a
// package.json, else the script's own. The root is never taken.
static void find_project(char dir[PATH_MAX])
{
    char at[PATH_MAX], nearest[PATH_MAX] = "";
    snprintf(at, sizeof at, "%s", dir);
    for (char *slash; (slash = strrchr(at, '/')) != NULL && at[0] != '\0'; *slash = '\0') {
        if (!has(at, "package.json"))
            continue;
        if (!nearest[0])
            snprintf(nearest, sizeof nearest, "%s", at);
        if (has(at, "node_modules")) {
            snprintf(dir, PATH_MAX, "%s", at);
            return;
        }
    }
    if (nearest[0])
        snprintf(dir, PATH_MAX, "%s", nearest);
}

// The real path of the file on the command line: its folder to `base`, its stem to the reader.
static int locate(ns_reader *r, const char *path, char real[PATH_MAX], ns_err *err)
{
    struct stat st;
    if (!realpath(path, real) || stat(real, &st) != 0)
        return ns_fail(err, NS_EINVAL, "cannot open %s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return ns_fail(err, NS_EINVAL, "%s is a folder, expected a script or a workload file",
                       path);
    if (!S_ISREG(st.st_mode))
        return ns_fail(err, NS_EINVAL, "%s is no plain file", path);
    const char *slash = strrchr(real, '/');
    size_t length = slash == real ? 1 : (size_t)(slash - real);
    r->base = ns_arena_strndup(r->arena, real, length);
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    const char *dot = strrchr(name, '.');
    r->stem =
        ns_arena_strndup(r->arena, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
    return r->base && r->stem ? NS_OK : ns_reader_no_memory(r);
}

// -- The tree -------------------------------------------------------------------------------------

static int put_text(ns_reader *r, ns_yaml *map, const char *key, ns_yaml_place place,
                    const char *text)
{
    ns_yaml *node = text ? ns_yaml_scalar(r->arena, place, text) : NULL;
    if (!node)
        return ns_reader_no_memory(r);
    ns_yaml_put(map, key, place, node);
    return NS_OK;
}

static int tree_of_yaml(ns_reader *r, const char *path, const char *real, ns_yaml **root)
{
    const ns_yaml nowhere = {.place = {path, 0, 0}};
    char *text;
    size_t length;
    int rc = ns_reader_load(r, &nowhere, real, &text, &length);
    if (rc != NS_OK)
        return rc;
    rc = ns_yaml_parse(root, r->arena, r->workload->file, text, length, true, r->err);
    ns_free(text);
    if (rc == NS_OK && ns_yaml_empty(*root))
        return ns_fail(r->err, NS_EINVAL, "%s: the file is empty, expected at least the key script",
                       path);
    return rc == NS_OK ? ns_reader_map(r, *root, "a map of keys") : rc;
}

static int tree_of_script(ns_reader *r, const char *path, const char *real, ns_yaml **root)
{
    char dir[PATH_MAX];
    snprintf(dir, sizeof dir, "%s", r->base);
    find_project(dir);
    ns_yaml_place place = {path, 0, 0};
    *root = ns_yaml_map(r->arena, place);
    if (!*root)
        return ns_reader_no_memory(r);
    int rc = put_text(r, *root, "dir", place, ns_arena_strdup(r->arena, dir));
    return rc == NS_OK ? put_text(r, *root, "script", place, ns_arena_strdup(r->arena, real)) : rc;
}

// Replace a scalar by a map of one key: `record: full` means {level: full}.
static int expand(ns_reader *r, ns_yaml *map, ns_yaml *node, const char *key)
{
    if (!node || node->kind != NS_YAML_SCALAR || (ns_yaml_empty(node) && !node->quoted))
        return NS_OK;
    ns_yaml *section = ns_yaml_map(r->arena, node->place);
    ns_yaml *value = ns_yaml_scalar(r->arena, node->place, node->text);
    if (!section || !value)
        return ns_reader_no_memory(r);
    ns_yaml_put(section, key, node->place, value);
    ns_yaml_put(map, node->key, node->key_place, section);
    return NS_OK;
}

static int expand_record(ns_reader *r, ns_yaml *root)
{
    return expand(r, root, ns_yaml_get(root, "record"), "level");
}

// Names that default to other names.
static int fill_names(ns_reader *r, ns_yaml *root)
{
    ns_yaml_place place = {"default", 0, 0};
    int rc = NS_OK;
    if (!ns_yaml_get(root, "name"))
        rc = put_text(r, root, "name", place, r->stem);
    const ns_yaml *arrivals = ns_yaml_get(root, "arrivals");
    for (ns_yaml *c = arrivals ? arrivals->first : NULL; c && rc == NS_OK; c = c->next)
        if (c->kind == NS_YAML_MAP && c->key && !ns_yaml_get(c, "function"))
            rc = put_text(r, c, "function", c->key_place, c->key);
    return rc;
}

static int build_tree(ns_reader *r, const char *path, const char *real, const char *const *sets,
                      ns_yaml **root)
{
    bool yaml = ends_in(path, ".yaml") || ends_in(path, ".yml");
    int rc = yaml ? tree_of_yaml(r, path, real, root) : tree_of_script(r, path, real, root);
    if (!yaml)
        r->workload->file = NULL;
    if (rc == NS_OK)
        rc = expand_record(r, *root);
    for (; rc == NS_OK && sets && *sets; sets++) {
        rc = ns_yaml_set(*root, r->arena, *sets, r->err);
        if (rc == NS_OK)
            rc = expand_record(r, *root);
    }
    return rc == NS_OK ? fill_names(r, *root) : rc;
}

// -- What depends on several keys -----------------------------------------------------------------

// A script given as text has a name that fixes what it is, whatever package.json says.
static int finish_script(ns_reader *r, const ns_yaml *root)
{
    ns_workload *w = r->workload;
    if (!w->inline_source) {
        if (w->inline_module)
            return ns_reader_fail(
                r, ns_yaml_get(root, "module"),
                "module: it is for a script given as text; a file is an ES module "
                "by its ending .mjs, or by its package.json");
        return NS_OK;
    }
    w->script = ns_arena_printf(r->arena, "%s/%s%s", strcmp(w->dir, "/") == 0 ? "" : w->dir,
                                r->stem, w->inline_module ? ".mjs" : ".cjs");
    return w->script ? NS_OK : ns_reader_no_memory(r);
}

static int compute_hash(ns_reader *r, const ns_yaml *root)
{
    ns_workload *w = r->workload;
    XXH64_hash_t hash = XXH64(w->config_json, strlen(w->config_json), 0);
    char *text = NULL;
    size_t length;
    if (!w->inline_source) {
        int rc = ns_reader_load(r, ns_yaml_get(root, "script"), w->script, &text, &length);
        if (rc != NS_OK)
            return rc;
    }
    // An inline script is part of the configuration.
    w->hash = text ? XXH64(text, length, hash) : hash;
    ns_free(text);
    return NS_OK;
}

static int read_tree(ns_reader *r, const ns_yaml *root)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return ns_reader_no_memory(r);
    int rc = ns_reader_section(r, "", root, r->workload, json);
    if (rc == NS_OK) {
        char *text = cJSON_PrintUnformatted(json);
        r->workload->config_json = text ? ns_arena_strdup(r->arena, text) : NULL;
        cJSON_free(text);
        if (!r->workload->config_json)
            rc = ns_reader_no_memory(r);
    }
    cJSON_Delete(json);
    if (rc == NS_OK)
        rc = finish_script(r, root);
    return rc == NS_OK ? compute_hash(r, root) : rc;
}

int ns_workload_load(ns_workload **out, const char *path, const char *const *sets, ns_err *err)
{
    *out = NULL;
    ns_err ignored;
    loaded *l = ns_calloc(1, sizeof *l);
    if (!l)
        return ns_fail(err, NS_ENOMEM, "out of memory while reading the workload");
    ns_reader r = {.workload = &l->workload, .arena = &l->arena, .err = err ? err : &ignored};
    char real[PATH_MAX];
    ns_yaml *root;
    l->workload.file = ns_arena_strdup(&l->arena, path);
    int rc = l->workload.file ? locate(&r, path, real, r.err) : ns_reader_no_memory(&r);
    if (rc == NS_OK)
        rc = build_tree(&r, path, real, sets, &root);
    if (rc == NS_OK)
        rc = read_tree(&r, l->workload.tree = root);
    if (rc != NS_OK) {
        ns_workload_free(&l->workload);
        return rc;
    }
    *out = &l->workload;
    return NS_OK;
}

void ns_workload_free(ns_workload *workload)
{
    if (!workload)
        return;
    loaded *l = (loaded *)workload;
    ns_arena_free(&l->arena);
    ns_free(l);
}

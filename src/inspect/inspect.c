#include "inspect/inspect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "engine/probe_code.h"
#include "inspect/page.h"
#include "inspect/record.h"
#include "load/machine.h"

static const char *const names[NS_VIEWS] = {"tokens",   "ast",  "scopes", "bytecode",
                                            "feedback", "maps", "tiers",  "calls"};

const char *ns_view_name(ns_view view)
{
    return names[view];
}

static bool read_file(const char *path, ns_buf *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char block[16384];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        ns_buf_add(out, block, got);
    bool good = !ferror(file);
    fclose(file);
    return good && !out->failed;
}

// The path of the main script as the program sees it.
static void add_main(const ns_workload *w, cJSON *data)
{
    size_t len = strlen(w->dir);
    const char *below = strncmp(w->script, w->dir, len) == 0 ? w->script + len : w->script;
    ns_buf path = {0};
    ns_buf_printf(&path, "/app%s%s", *below == '/' ? "" : "/", below);
    cJSON_AddStringToObject(data, "main", path.failed ? "" : path.data);
    ns_buf_free(&path);
    cJSON_AddStringToObject(data, "host", w->script);
}

// The text of a script of the program's, by the path that the program sees.
static void add_source(const ns_workload *w, cJSON *sources, const char *script)
{
    ns_buf text = {0}, path = {0};
    if (strncmp(script, "/app/", 5) == 0 && !cJSON_HasObjectItem(sources, script)) {
        ns_buf_printf(&path, "%s/%s", w->dir, script + 5);
        if (!path.failed && read_file(path.data, &text) && text.data)
            cJSON_AddStringToObject(sources, script, text.data);
    }
    ns_buf_free(&path);
    ns_buf_free(&text);
}

static int add_sources(const ns_workload *w, cJSON *data, ns_err *err)
{
    cJSON *sources = cJSON_AddObjectToObject(data, "sources");
    const char *main = cJSON_GetStringValue(cJSON_GetObjectItem(data, "main"));
    if (w->inline_source) {
        cJSON_AddStringToObject(sources, main, w->inline_source);
    } else {
        ns_buf text = {0};
        bool good = read_file(w->script, &text);
        if (good)
            cJSON_AddStringToObject(sources, main, text.data ? text.data : "");
        ns_buf_free(&text);
        if (!good)
            return ns_fail(err, NS_EIO, "%s: cannot read it: %s", w->script, strerror(errno));
    }
    const cJSON *function;
    cJSON_ArrayForEach(function, cJSON_GetObjectItem(data, "functions"))
        add_source(w, sources, cJSON_GetStringValue(cJSON_GetObjectItem(function, "script")));
    return NS_OK;
}

// Whether Node takes a file of the name .js for a module: the nearest package.json says so.
static void add_package(const ns_workload *w, cJSON *data)
{
    char *folder = strdup(w->script);
    size_t top = strlen(w->dir);
    for (char *slash;
         folder && (slash = strrchr(folder, '/')) && (size_t)(slash - folder) >= top;) {
        *slash = '\0';
        ns_buf path = {0}, text = {0};
        ns_buf_printf(&path, "%s/package.json", folder);
        bool found = !path.failed && read_file(path.data, &text) && text.data;
        if (found)
            cJSON_AddStringToObject(data, "package", text.data);
        ns_buf_free(&path);
        ns_buf_free(&text);
        if (found)
            break;
    }
    free(folder);
}

// What V8's bytecode of an instruction takes, by its kind: see model/jit_size.c.
static int add_sizes(const ns_workload *w, cJSON *data, ns_err *err)
{
    ns_profile *profile;
    if (ns_machine_profile(&profile, w, err) != NS_OK)
        return err->code;
    cJSON *sizes = cJSON_AddObjectToObject(data, "sizes");
    for (int kind = 0; kind < NS_INSN_KINDS; kind++) {
        char key[64];
        const char *name = ns_insn_name((ns_insn_kind)kind);
        snprintf(key, sizeof key, "jit.size.%s", name);
        cJSON_AddNumberToObject(sizes, name, ns_profile_get(profile, key));
    }
    cJSON_AddNumberToObject(data, "size_base", ns_profile_get(profile, "jit.size.function"));
    ns_profile_free(profile);
    return NS_OK;
}

static void add_options(const ns_workload *w, const ns_inspect_options *options, cJSON *data)
{
    cJSON *views = cJSON_AddArrayToObject(data, "views");
    for (int view = 0; view < NS_VIEWS; view++)
        if (options->views[view])
            cJSON_AddItemToArray(views, cJSON_CreateString(names[view]));
    if (options->function)
        cJSON_AddStringToObject(data, "function", options->function);
    cJSON_AddBoolToObject(data, "json", options->json);
    cJSON_AddBoolToObject(data, "colour", options->colour);
    cJSON_AddBoolToObject(data, "ascii", options->ascii);
    cJSON_AddBoolToObject(data, "library", options->library);
    cJSON_AddBoolToObject(data, "module", w->inline_source && w->inline_module);
    cJSON *flags = cJSON_AddArrayToObject(data, "flags");
    for (const char *const *flag = w->flags; flag && *flag; flag++)
        cJSON_AddItemToArray(flags, cJSON_CreateString(*flag));
}

static bool needs_run(const ns_inspect_options *options)
{
    for (int view = NS_VIEW_FEEDBACK; view < NS_VIEWS; view++)
        if (options->views[view])
            return true;
    return false;
}

int ns_inspect(const ns_workload *workload, const ns_inspect_options *options, FILE *out,
               int *exit_code, ns_err *err)
{
    cJSON *data = cJSON_CreateObject();
    if (!data)
        return ns_fail(err, NS_ENOMEM, "no memory for the views");
    *exit_code = 0;
    add_options(workload, options, data);
    add_main(workload, data);
    add_package(workload, data);
    int rc = add_sizes(workload, data, err);
    if (rc == NS_OK && needs_run(options))
        rc = ns_inspect_run(workload, options, data, exit_code, err);
    if (rc == NS_OK)
        rc = add_sources(workload, data, err);
    if (rc == NS_OK)
        rc = ns_page_print(data, out, err);
    cJSON_Delete(data);
    return rc;
}

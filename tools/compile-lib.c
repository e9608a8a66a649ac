// compile-lib LIB_DIR OUT_DIR [ID=FILE...]: compile Node's own core library to QuickJS bytecode.
//
// Writes OUT_DIR/nodelib.bin (bytecode and source text of every module, end to end) and
// OUT_DIR/nodelib.c (the index, sorted by id; see src/node/nodelib.h). Each module is compiled as
// the function that Node's loader would wrap it in. Further modules may be named as ID=FILE.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "quickjs.h"

typedef struct module {
    char *id, *file;
    size_t code_at, code_size, text_at, text_size;
} module;

static module *modules;
static size_t count, capacity;

static void die(const char *what, const char *name)
{
    fprintf(stderr, "compile-lib: %s: %s\n", what, name);
    exit(1);
}

static void *checked(void *p)
{
    if (!p)
        die("out of memory", "compile-lib");
    return p;
}

static void add(const char *id, const char *file)
{
    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 512;
        modules = checked(realloc(modules, capacity * sizeof *modules));
    }
    modules[count++] = (module){.id = checked(strdup(id)), .file = checked(strdup(file))};
}

static void walk(const char *dir, const char *prefix)
{
    DIR *d = opendir(dir);
    if (!d)
        die(strerror(errno), dir);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char path[4096], id[4096];
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        snprintf(id, sizeof id, "%s%s", prefix, e->d_name);
        struct stat st;
        if (stat(path, &st) != 0)
            die(strerror(errno), path);
        size_t len = strlen(id);
        if (S_ISDIR(st.st_mode)) {
            strcat(id, "/");
            walk(path, id);
        } else if (len > 3 && strcmp(id + len - 3, ".js") == 0) {
            id[len - 3] = '\0';
            add(id, path);
        }
    }
    closedir(d);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const module *)a)->id, ((const module *)b)->id);
}

// The parameters that node::builtins::BuiltinLoader gives each kind of module.
static const char *parameters(const char *id)
{
    if (strncmp(id, "internal/bootstrap/realm", 24) == 0)
        return "process, getLinkedBinding, getInternalBinding, primordials";
    if (strncmp(id, "internal/per_context/", 21) == 0)
        return "exports, primordials, privateSymbols, perIsolateSymbols";
    if (strncmp(id, "internal/main/", 14) == 0 || strncmp(id, "internal/bootstrap/", 19) == 0)
        return "process, require, internalBinding, primordials";
    return "exports, require, module, process, internalBinding, primordials";
}

static char *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f || fstat(fileno(f), &st) != 0)
        die(strerror(errno), path);
    char *text = checked(malloc((size_t)st.st_size + 1));
    *size = fread(text, 1, (size_t)st.st_size, f);
    text[*size] = '\0';
    fclose(f);
    return text;
}

static void compile(JSContext *ctx, module *m, FILE *out, size_t *offset)
{
    size_t size;
    char *text = read_file(m->file, &size);
    const char *params = parameters(m->id);
    size_t wrapped_size = size + strlen(params) + 32;
    char *wrapped = checked(malloc(wrapped_size));
    int len = snprintf(wrapped, wrapped_size, "(function (%s) {%s\n})", params, text);
    char name[4096];
    snprintf(name, sizeof name, "node:%s", m->id);
    JSValue fn =
        JS_Eval(ctx, wrapped, (size_t)len, name, JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(fn)) {
        JSValue error = JS_GetException(ctx);
        const char *message = JS_ToCString(ctx, error);
        die(message ? message : "does not parse", m->file);
    }
    uint8_t *code = JS_WriteObject(ctx, &m->code_size, fn, JS_WRITE_OBJ_BYTECODE);
    JS_FreeValue(ctx, fn);
    if (!code)
        die("cannot serialize", m->file);
    m->code_at = *offset;
    m->text_at = m->code_at + m->code_size;
    m->text_size = size;
    *offset = m->text_at + size + 1;
    if (fwrite(code, 1, m->code_size, out) != m->code_size ||
        fwrite(text, 1, size + 1, out) != size + 1)
        die(strerror(errno), "nodelib.bin");
    js_free(ctx, code);
    free(wrapped);
    free(text);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: compile-lib LIB_DIR OUT_DIR [ID=FILE...]\n");
        return 2;
    }
    walk(argv[1], "");
    for (int i = 3; i < argc; i++) {
        char *file = strchr(argv[i], '=');
        if (!file)
            die("expected ID=FILE", argv[i]);
        *file++ = '\0';
        add(argv[i], file);
    }
    qsort(modules, count, sizeof *modules, by_id);

    char path[4096];
    snprintf(path, sizeof path, "%s/nodelib.bin", argv[2]);
    FILE *bin = fopen(path, "wb");
    if (!bin)
        die(strerror(errno), path);
    JSRuntime *rt = JS_NewRuntime();
    JSContext *ctx = JS_NewContext(rt);
    JS_SetStripInfo(rt, JS_STRIP_SOURCE);
    size_t offset = 0;
    for (size_t i = 0; i < count; i++)
        compile(ctx, &modules[i], bin, &offset);
    if (fclose(bin) != 0)
        die(strerror(errno), path);
    JS_FreeContext(ctx);
    JS_FreeRuntime(rt);

    snprintf(path, sizeof path, "%s/nodelib.c", argv[2]);
    FILE *c = fopen(path, "w");
    if (!c)
        die(strerror(errno), path);
    fprintf(c, "#include \"node/nodelib.h\"\n\nconst ns_builtin ns_builtins[] = {\n");
    for (size_t i = 0; i < count; i++)
        fprintf(c, "    {\"%s\", %zu, %zu, %zu, %zu},\n", modules[i].id, modules[i].code_at,
                modules[i].code_size, modules[i].text_at, modules[i].text_size);
    fprintf(c, "};\nconst int ns_builtin_count = %zu;\n", count);
    if (fclose(c) != 0)
        die(strerror(errno), path);
    return 0;
}

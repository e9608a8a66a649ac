// What the module loaders ask of the file system: quick looks at files, at once and without errors
// (source: InternalModuleReadJSON, InternalModuleStat, GetFormatOfExtensionlessFile and
// LegacyMainResolve of src/node_file.cc).
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "ada_c.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "node/args.h"
#include "node/fs_req.h"

// 0: a file, 1: a folder, negative: not there.
static int quick_stat(ns_env *env, const char *path)
{
    ns_fs_op op = {.kind = NS_FS_STAT, .path = (char *)path};
    ns_fs_run_now(env, &op);
    return op.result < 0 ? (int)op.result : (op.stat.mode & 0170000) == 0040000;
}

// internalModuleStat(path)
static JSValue internal_module_stat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    char *path;
    if (!ns_fs_path_arg(ctx, ns_arg(argc, argv, 0), &path))
        return JS_EXCEPTION;
    int status = quick_stat(ns_env_of(ctx), path);
    ns_free(path);
    return JS_NewInt32(ctx, status);
}

// Up to `limit` bytes of a file (0: all); false when it cannot be read.
static bool read_file(ns_env *env, const char *path, size_t chunk, bool whole, ns_buf *out)
{
    ns_fs_op op = {.kind = NS_FS_OPEN, .path = (char *)path, .flags = O_RDONLY};
    ns_fs_run_now(env, &op);
    if (op.result < 0)
        return false;
    ns_fs_buffer buffer = {.view = JS_UNDEFINED};
    ns_fs_op read = {
        .kind = NS_FS_READ, .fd = (int)op.result, .buffers = &buffer, .buffer_count = 1};
    do {
        if (!ns_buf_reserve(out, chunk)) {
            read.result = -1;
            break;
        }
        buffer.bytes = (uint8_t *)out->data + out->len;
        buffer.size = chunk;
        ns_fs_run_now(env, &read);
        if (read.result > 0)
            out->len += (size_t)read.result;
        read.position += read.result;
    } while (whole && read.result == (int64_t)chunk);
    ns_fs_op close = {.kind = NS_FS_CLOSE, .fd = (int)op.result};
    ns_fs_run_now(env, &close);
    return read.result >= 0;
}

// Whether the text has one of the keys, as a string in quotes: a scan, not a parse.
static bool has_loader_key(const char *p, const char *end)
{
    const char *at[2];
    int found = 0;
    while (p < end) {
        char c = *p++;
        if (c == '\\' && p < end && *p == '"')
            p++;
        if (c != '"')
            continue;
        at[found++] = p;
        if (found < 2)
            continue;
        found = 0;
        size_t length = (size_t)(at[1] - 1 - at[0]);
        static const char *const keys[] = {"main", "name", "type", "exports", "imports"};
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (length == strlen(keys[i]) && memcmp(at[0], keys[i], length) == 0)
                return p < end;
    }
    return false;
}

// internalModuleReadJSON(path): [text, whether it has a key that loaders need], or [].
static JSValue internal_module_read_json(JSContext *ctx, JSValueConst self, int argc,
                                         JSValueConst *argv)
{
    enum { CHUNK = 32 << 10 };
    char *path;
    if (!ns_fs_path_arg(ctx, ns_arg(argc, argv, 0), &path))
        return JS_EXCEPTION;
    ns_buf text = {0};
    bool found = read_file(ns_env_of(ctx), path, CHUNK, true, &text);
    ns_free(path);
    JSValue result = JS_NewArray(ctx);
    if (found && !JS_IsException(result)) {
        size_t bom = text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        const char *start = text.data + bom, *end = text.data + text.len;
        JSValue string = ns_encode(ctx, (const uint8_t *)start, (size_t)(end - start), NS_ENC_UTF8);
        if (JS_IsException(string) || JS_SetPropertyUint32(ctx, result, 0, string) < 0 ||
            JS_SetPropertyUint32(ctx, result, 1, JS_NewBool(ctx, has_loader_key(start, end))) < 0) {
            JS_FreeValue(ctx, result);
            result = JS_EXCEPTION;
        }
    }
    ns_buf_free(&text);
    return result;
}

// getFormatOfExtensionlessFile(path): 1 for WebAssembly, else 0.
static JSValue format_of_extensionless(JSContext *ctx, JSValueConst self, int argc,
                                       JSValueConst *argv)
{
    char *path;
    if (!ns_fs_path_arg(ctx, ns_arg(argc, argv, 0), &path))
        return JS_EXCEPTION;
    ns_buf text = {0};
    bool found = read_file(ns_env_of(ctx), path, 4, false, &text);
    bool wasm = found && text.len == 4 && memcmp(text.data, "\0asm", 4) == 0;
    ns_free(path);
    ns_buf_free(&text);
    return JS_NewInt32(ctx, wasm);
}

// -- legacyMainResolve ----------------------------------------------------------------------------

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// node::url::FileURLToPath: percent escapes decoded.
static void append_path(ns_buf *out, ada_string pathname)
{
    for (size_t i = 0; i < pathname.length; i++) {
        const char *c = pathname.data + i;
        bool escape = *c == '%' && i + 2 < pathname.length;
        int high = escape ? hex_digit(c[1]) : -1, low = escape ? hex_digit(c[2]) : -1;
        if (high >= 0 && low >= 0) {
            ns_buf_char(out, (char)(high * 16 + low));
            i += 2;
        } else {
            ns_buf_char(out, *c);
        }
    }
}

// The path of a file: URL, `relative` resolved against `base` (NULL: base itself). Throws.
static bool url_path(JSContext *ctx, const char *relative, const char *base, ns_buf *out)
{
    ada_url url = relative ? ada_parse_with_base(relative, strlen(relative), base, strlen(base))
                           : ada_parse(base, strlen(base));
    bool valid = ada_is_valid(url);
    ada_string scheme = valid ? ada_get_protocol(url) : (ada_string){"", 0};
    if (!valid)
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_URL", "Invalid URL");
    else if (scheme.length != 5 || memcmp(scheme.data, "file:", 5) != 0)
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
    else
        append_path(out, ada_get_pathname(url));
    valid = valid && out->len > 0;
    ada_free(url);
    return valid;
}

// The first of suffixes[first..last) with which `path` is a file; -1 for none.
static int find_suffix(ns_env *env, ns_buf *path, int first, int last)
{
    static const char *const suffixes[] = {"",          ".js",         ".json",       ".node",
                                           "/index.js", "/index.json", "/index.node", ".js",
                                           ".json",     ".node"};
    size_t length = path->len;
    for (int i = first; i < last; i++) {
        path->len = length;
        ns_buf_str(path, suffixes[i]);
        if (path->failed || quick_stat(env, path->data) == 0)
            return path->failed ? -1 : i;
    }
    path->len = length;
    path->data[length] = '\0';
    return -1;
}

static JSValue throw_not_found(JSContext *ctx, const char *tried, JSValueConst base)
{
    ns_buf from = {0};
    const char *text = JS_IsString(base) ? JS_ToCString(ctx, base) : NULL;
    if (!text)
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "The \"base\" argument must be of type string or an instance of URL.");
    if (url_path(ctx, NULL, text, &from))
        ns_throw_code(ctx, "Error", "ERR_MODULE_NOT_FOUND",
                      "Cannot find package '%s' imported from %s", tried, from.data);
    JS_FreeCString(ctx, text);
    ns_buf_free(&from);
    return JS_EXCEPTION;
}

// legacyMainResolve(packageJsonUrl, main, base): which of the ten names is there.
static JSValue legacy_main_resolve(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    enum { WITH_MAIN = 7, ALL = 10 };
    ns_env *env = ns_env_of(ctx);
    JSValueConst main_field = ns_arg(argc, argv, 1);
    const char *base = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    const char *name = base && JS_IsString(main_field) ? JS_ToCString(ctx, main_field) : NULL;
    ns_buf relative = {0}, with_main = {0}, index = {0};
    JSValue result = JS_EXCEPTION;
    int found = -1;
    if (name) {
        ns_buf_printf(&relative, "./%s", name);
        if (relative.failed || !url_path(ctx, relative.data, base, &with_main))
            goto out;
        found = find_suffix(env, &with_main, 0, WITH_MAIN);
    }
    if (found < 0 && (!base || !url_path(ctx, "./index", base, &index)))
        goto out;
    if (found < 0)
        found = find_suffix(env, &index, WITH_MAIN, ALL);
    if (found < 0)
        ns_buf_str(&index, ".js");
    result = found >= 0 ? JS_NewInt32(ctx, found)
                        : throw_not_found(ctx, with_main.len ? with_main.data : index.data,
                                          ns_arg(argc, argv, 2));
out:
    ns_buf_free(&relative);
    ns_buf_free(&with_main);
    ns_buf_free(&index);
    JS_FreeCString(ctx, name);
    JS_FreeCString(ctx, base);
    return result;
}

int ns_fs_init_modules(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def functions[] = {
        {"internalModuleStat", internal_module_stat, 0},
        {"internalModuleReadJSON", internal_module_read_json, 0},
        {"getFormatOfExtensionlessFile", format_of_extensionless, 0},
        {"legacyMainResolve", legacy_main_resolve, 0},
    };
    return NS_SET_FNS(ctx, target, functions);
}

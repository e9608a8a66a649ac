// What the module loaders ask of the file system: quick looks, synchronous, with no errors thrown
// (source: node's src/node_file.cc).
#include "node/fs_module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"
#include "node/fs_op.h"

// A stat on the main thread: 0 a file, 1 a folder, negative: not there.
static int quick_stat(ns_env *env, const char *path)
{
    ns_stat stat;
    ns_env_charge(env, ns_profile_ns(env->profile, "fs.call"));
    int status = ns_vfs_stat(env->vfs, path, true, &stat);
    if (env->priv->running) {
        ns_env_sync(env);
        ns_disk_op op = {.kind = NS_DISK_META, .file = status ? 0 : stat.ino};
        ns_disk_wait(env->disk, env->thread, &op);
    }
    if (status)
        return status;
    return (stat.mode & 0170000) == 0040000;
}

// internalModuleStat([receiver,] path)
static JSValue internal_module_stat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *path = JS_ToCString(ctx, argv[argc > 1 ? 1 : 0]);
    if (!path)
        return JS_EXCEPTION;
    int status = quick_stat(ns_env_of(ctx), path);
    JS_FreeCString(ctx, path);
    return JS_NewInt32(ctx, status);
}

static char *read_all(ns_env *env, const char *path, size_t *size)
{
    ns_stat stat;
    int fd = ns_vfs_open(env->vfs, path, O_RDONLY, 0);
    if (fd < 0)
        return NULL;
    char *text = NULL;
    if (ns_vfs_fstat(env->vfs, fd, &stat) == 0 && (stat.mode & 0170000) == 0100000)
        text = ns_malloc(stat.size + 1);
    if (text) {
        int64_t n = ns_vfs_read(env->vfs, fd, text, stat.size, 0);
        *size = n > 0 ? (size_t)n : 0;
        text[*size] = '\0';
        ns_env_charge(env, 3 * ns_profile_ns(env->profile, "fs.call"));
        if (env->priv->running) {
            ns_env_sync(env);
            ns_disk_op op = {.kind = NS_DISK_READ, .file = stat.ino, .bytes = (int64_t)*size};
            ns_disk_wait(env->disk, env->thread, &op);
        }
    }
    ns_vfs_close(env->vfs, fd);
    return text;
}

static bool has_loader_keys(const char *text)
{
    static const char *const keys[] = {"\"main\"", "\"exports\"", "\"imports\"", "\"name\"",
                                       "\"type\""};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strstr(text, keys[i]))
            return true;
    return false;
}

// internalModuleReadJSON(path): [text, whether it has a key that loaders need], or [].
static JSValue internal_module_read_json(JSContext *ctx, JSValueConst self, int argc,
                                         JSValueConst *argv)
{
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path)
        return JS_EXCEPTION;
    size_t size = 0;
    char *text = read_all(ns_env_of(ctx), path, &size);
    JS_FreeCString(ctx, path);
    JSValue result = JS_NewArray(ctx);
    if (!text)
        return result;
    size_t bom = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    JS_SetPropertyUint32(ctx, result, 0, JS_NewStringLen(ctx, text + bom, size - bom));
    JS_SetPropertyUint32(ctx, result, 1, JS_NewBool(ctx, has_loader_keys(text)));
    ns_free(text);
    return result;
}

// getFormatOfExtensionlessFile(path): 1 for WebAssembly, else 0.
static JSValue format_of_extensionless(JSContext *ctx, JSValueConst self, int argc,
                                       JSValueConst *argv)
{
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path)
        return JS_EXCEPTION;
    size_t size = 0;
    char *text = read_all(ns_env_of(ctx), path, &size);
    JS_FreeCString(ctx, path);
    bool wasm = text && size >= 4 && memcmp(text, "\0asm", 4) == 0;
    ns_free(text);
    return JS_NewInt32(ctx, wasm);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The folder of a file: URL, percent-decoded, with its slash.
static void url_folder(const char *url, char *out, size_t size)
{
    size_t n = 0;
    if (strncmp(url, "file://", 7) == 0)
        url += 7;
    for (; *url && n + 1 < size; url++) {
        int high = url[0] == '%' ? hex_digit(url[1]) : -1;
        int low = high >= 0 ? hex_digit(url[2]) : -1;
        out[n++] = low >= 0 ? (char)(high * 16 + low) : *url;
        url += low >= 0 ? 2 : 0;
    }
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        slash[1] = '\0';
}

// legacyMainResolve(packageJSONUrl, main, base): which of the ten legacy names is there.
static JSValue legacy_main_resolve(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const char *const suffixes[] = {"",           ".js",         ".json",       ".node",
                                           "/index.js",  "/index.json", "/index.node", "index.js",
                                           "index.json", "index.node"};
    ns_env *env = ns_env_of(ctx);
    const char *url = JS_ToCString(ctx, argv[0]);
    const char *main_field = JS_IsString(argv[1]) ? JS_ToCString(ctx, argv[1]) : NULL;
    char folder[4096], path[8192 + 16];
    int found = -1;
    if (url) {
        url_folder(url, folder, sizeof folder);
        for (int i = main_field ? 0 : 7; i < 10 && found < 0; i++) {
            snprintf(path, sizeof path, "%s%s%s", folder, i < 7 ? main_field : "", suffixes[i]);
            if (quick_stat(env, path) == 0)
                found = i;
        }
    }
    JSValue result = JS_NewInt32(ctx, found);
    if (url && found < 0) {
        const char *base = argc > 2 && JS_IsString(argv[2]) ? JS_ToCString(ctx, argv[2]) : NULL;
        result = ns_throw_code(ctx, "Error", "ERR_MODULE_NOT_FOUND", "Cannot find package '%s'%s%s",
                               folder, base ? " imported from " : "", base ? base : "");
        JS_FreeCString(ctx, base);
    }
    JS_FreeCString(ctx, url);
    JS_FreeCString(ctx, main_field);
    return result;
}

int fs_module_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def functions[] = {
        {"internalModuleStat", internal_module_stat, 1},
        {"internalModuleReadJSON", internal_module_read_json, 1},
        {"getFormatOfExtensionlessFile", format_of_extensionless, 1},
        {"legacyMainResolve", legacy_main_resolve, 3},
    };
    return NS_SET_FNS(ctx, target, functions) < 0 ||
                   ns_set_missing(ctx, target, "StatWatcher", "fs.watchFile") < 0 ||
                   ns_set_missing(ctx, target, "cpSyncCheckPaths", "fs.cpSync") < 0
               ? -1
               : 0;
}

// internalBinding('fs_dir'): fs.opendir (source: node's src/node_dir.cc).
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"
#include "node/fs_op.h"

typedef struct dir_handle {
    ns_wrap wrap;
    ns_entry *entries;
    int count, next;
    char *path;
} dir_handle;

static void dir_free(ns_wrap *wrap)
{
    dir_handle *dir = (dir_handle *)wrap;
    ns_vfs_free_entries(dir->entries, dir->count);
    ns_free(dir->path);
    ns_free(dir);
}

static int dir_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                         JSValueConst *argv)
{
    dir_handle *dir = ns_calloc(1, sizeof *dir);
    if (!dir) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    dir->wrap.free = dir_free;
    ns_wrap_init(&dir->wrap, env, object, NS_PROVIDER_DIRHANDLE);
    return 0;
}

static JSValue make_handle(ns_env *env, fs_op *op)
{
    JSValue object = JS_CallConstructor(env->ctx, env->priv->dir_handle, 0, NULL);
    dir_handle *dir = JS_IsException(object) ? NULL : (dir_handle *)ns_wrap_of(object);
    if (dir) {
        dir->entries = op->entries;
        dir->count = op->entry_count;
        op->entries = NULL;
        op->entry_count = 0;
    }
    return object;
}

// opendir(path, encoding, req)
static JSValue dir_open(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.opendir", fs_run_list, FS_MADE);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path)) {
        if (op)
            fs_op_free(ctx, op);
        return JS_EXCEPTION;
    }
    op->make = make_handle;
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

static int run_nothing(fs_op *op, ns_vfs *vfs)
{
    return 0;
}

// The next entries, names and types in turn, or null at the end.
static JSValue make_batch(ns_env *env, fs_op *op)
{
    JSContext *ctx = env->ctx;
    dir_handle *dir = (dir_handle *)ns_wrap_of(op->keep);
    if (dir->next >= dir->count)
        return JS_NULL;
    JSValue list = JS_NewArray(ctx);
    uint32_t at = 0;
    for (int64_t i = 0; i < op->size && dir->next < dir->count; i++, dir->next++) {
        const ns_entry *entry = &dir->entries[dir->next];
        JSValue name =
            ns_encode(ctx, (const uint8_t *)entry->name, strlen(entry->name), op->encoding);
        JS_SetPropertyUint32(ctx, list, at++, name);
        JS_SetPropertyUint32(ctx, list, at++, JS_NewInt32(ctx, entry->type));
    }
    return list;
}

static fs_op *handle_op(JSContext *ctx, JSValueConst self, const char *name, fs_result result)
{
    if (!ns_wrap_of(self)) {
        JS_ThrowTypeError(ctx, "Illegal invocation");
        return NULL;
    }
    fs_op *op = fs_op_new(ctx, name, run_nothing, result);
    if (op)
        op->keep = JS_DupValue(ctx, self);
    return op;
}

// read(encoding, bufferSize, req)
static JSValue dir_read(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = handle_op(ctx, self, "fs.scandir", FS_MADE);
    if (!op)
        return JS_EXCEPTION;
    op->make = make_batch;
    op->encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 0), NS_ENC_UTF8);
    op->size = 32;
    if (argc > 1 && JS_IsNumber(argv[1]))
        JS_ToInt64(ctx, &op->size, argv[1]);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

// close(req)
static JSValue dir_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = handle_op(ctx, self, "fs.closedir", FS_NOTHING);
    return op ? fs_op_submit(ctx, op, ns_arg(argc, argv, 0)) : JS_EXCEPTION;
}

static void cleanup(ns_env *env, void *data)
{
    JS_FreeValue(env->ctx, env->priv->dir_handle);
}

NS_BINDING(fs_dir)
{
    static const ns_fn_def methods[] = {{"read", dir_read, 3}, {"close", dir_close, 1}};
    static const ns_class_def def = {.name = "DirHandle",
                                     .construct = dir_construct,
                                     .methods = methods,
                                     .method_count = 2,
                                     .async = true};
    env->priv->dir_handle = ns_new_class(env, ctx, &def);
    if (ns_env_at_exit(env, cleanup, NULL) < 0)
        return -1;
    ns_set(ctx, target, "DirHandle", JS_DupValue(ctx, env->priv->dir_handle));
    ns_set_fn(ctx, target, "opendir", dir_open, 3);
    return ns_set_fn(ctx, target, "opendirSync", dir_open, 1);
}

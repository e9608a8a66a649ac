// internalBinding('fs_dir'): fs.opendir (source: src/node_dir.cc).
#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"
#include "node/fs_req.h"

typedef struct dir_handle {
    ns_wrap wrap;
    ns_fs_dir *dir;
    bool closed;
} dir_handle;

static void dir_free(ns_wrap *wrap)
{
    dir_handle *handle = (dir_handle *)wrap;
    if (!handle->closed && handle->dir)
        ns_fs_warn_later(wrap->env, "Closing directory handle on garbage collection", NULL);
    ns_fs_dir_release(handle->dir);
    ns_free(handle);
}

static int dir_init(ns_env *env, JSValueConst object, ns_fs_dir *dir)
{
    dir_handle *handle = ns_calloc(1, sizeof *handle);
    if (!handle) {
        JS_ThrowOutOfMemory(env->ctx);
        return -1;
    }
    handle->dir = dir;
    handle->wrap.free = dir_free;
    ns_wrap_init(&handle->wrap, env, object, NS_PROVIDER_DIRHANDLE);
    return 0;
}

JSValue ns_fs_new_dir(ns_env *env, ns_fs_dir *dir)
{
    JSValue object = ns_new_instance(env, env->fs->dir_class);
    if (!JS_IsException(object) && dir_init(env, object, dir) < 0) {
        JS_FreeValue(env->ctx, object);
        object = JS_EXCEPTION;
    }
    if (JS_IsException(object))
        ns_fs_dir_release(dir);
    return object;
}

static int dir_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                         JSValueConst *argv)
{
    return dir_init(env, object, NULL);
}

static ns_fs_call *opendir_call(JSContext *ctx, JSValueConst path)
{
    ns_fs_call *call = ns_fs_call_new(ctx, NS_FS_OPENDIR, NS_FS_DIR_HANDLE);
    if (call && ns_fs_path_arg(ctx, path, &call->op.path))
        return call;
    ns_fs_drop(ctx, call);
    return NULL;
}

// opendir(path, encoding, req, ctx)
static JSValue dir_open(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_fs_call *call = opendir_call(ctx, ns_arg(argc, argv, 0));
    if (!call)
        return JS_EXCEPTION;
    return ns_fs_submit_out(ctx, call, ns_arg(argc, argv, 2), ns_arg(argc, argv, 3));
}

// opendirSync(path): its error does not show the path.
static JSValue dir_open_sync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_fs_call *call = opendir_call(ctx, ns_arg(argc, argv, 0));
    if (!call)
        return JS_EXCEPTION;
    ns_fs_run_now(ns_env_of(ctx), &call->op);
    if (call->op.result >= 0) {
        JSValue value = ns_fs_value(ns_env_of(ctx), call, true);
        ns_fs_drop(ctx, call);
        return value;
    }
    JSValue error = ns_uv_exception(ctx, (int)call->op.result, "opendir", NULL, NULL, NULL);
    ns_fs_drop(ctx, call);
    return JS_Throw(ctx, error);
}

static dir_handle *handle_of(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    if (wrap && wrap->provider == NS_PROVIDER_DIRHANDLE && ((dir_handle *)wrap)->dir)
        return (dir_handle *)wrap;
    JS_ThrowTypeError(ctx, "Illegal invocation");
    return NULL;
}

static ns_fs_call *handle_call(JSContext *ctx, dir_handle *handle, ns_fs_kind kind,
                               ns_fs_shape shape)
{
    ns_fs_call *call = ns_fs_call_new(ctx, kind, shape);
    if (call) {
        call->op.dir = handle->dir;
        handle->dir->refs++;
    }
    return call;
}

// read(encoding, bufferSize, req, ctx)
static JSValue dir_read(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    dir_handle *handle = handle_of(ctx, self);
    ns_fs_call *call = handle ? handle_call(ctx, handle, NS_FS_READDIR, NS_FS_BATCH) : NULL;
    if (!call || !ns_arg_int(ctx, ns_arg(argc, argv, 1), &call->op.length))
        return ns_fs_drop(ctx, call);
    call->encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 0), NS_ENC_UTF8);
    call->keep = JS_DupValue(ctx, self);
    return ns_fs_submit_out(ctx, call, ns_arg(argc, argv, 2), ns_arg(argc, argv, 3));
}

// close(req, ctx)
static JSValue dir_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    dir_handle *handle = handle_of(ctx, self);
    ns_fs_call *call = handle ? handle_call(ctx, handle, NS_FS_CLOSEDIR, NS_FS_VOID) : NULL;
    if (!call)
        return JS_EXCEPTION;
    handle->closed = true;
    call->keep = JS_DupValue(ctx, self);
    return ns_fs_submit_out(ctx, call, ns_arg(argc, argv, 0), ns_arg(argc, argv, 1));
}

NS_BINDING(fs_dir)
{
    static const ns_fn_def functions[] = {{"opendir", dir_open, 0},
                                          {"opendirSync", dir_open_sync, 0}};
    static const ns_fn_def methods[] = {{"read", dir_read, 0}, {"close", dir_close, 0}};
    static const ns_class_def def = {.name = "DirHandle",
                                     .construct = dir_construct,
                                     .methods = methods,
                                     .method_count = 2,
                                     .async = true};
    ns_fs *fs = ns_fs_of(env);
    if (!fs)
        return -1;
    fs->dir_class = ns_new_class(env, ctx, &def);
    if (JS_IsException(fs->dir_class) || NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    return ns_set(ctx, target, "DirHandle", JS_DupValue(ctx, fs->dir_class));
}

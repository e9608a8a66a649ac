// FileHandle, the descriptor behind fs.promises' FileHandle (source: src/node_file.cc).
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "node/env_private.h"
#include "node/fs_req.h"

typedef struct file_handle {
    ns_wrap wrap;
    int fd;          // -1: closed or released
    JSValue closing; // the promise of close; undefined before
} file_handle;

// -- Warnings -------------------------------------------------------------------------------------

typedef struct warning {
    char text[512];
    const char *code; // NULL: no deprecation
} warning;

static void warn(ns_env *env, void *data)
{
    JSContext *ctx = env->ctx;
    warning *w = data;
    JSValue args[] = {JS_NewString(ctx, w->text), JS_UNDEFINED, JS_UNDEFINED};
    if (w->code) {
        args[1] = JS_NewString(ctx, "DeprecationWarning");
        args[2] = JS_NewString(ctx, w->code);
    }
    JSAtom name = JS_NewAtom(ctx, "emitWarning");
    JSValue result =
        JS_Invoke(ctx, env->priv->process, name, w->code ? 3 : 1, (JSValueConst *)args);
    JS_FreeAtom(ctx, name);
    for (int i = 0; i < 3; i++)
        JS_FreeValue(ctx, args[i]);
    ns_free(w);
    if (JS_IsException(result))
        ns_uncaught(env);
    JS_FreeValue(ctx, result);
}

void ns_fs_warn_later(ns_env *env, const char *text, const char *code)
{
    warning *w = env->exiting ? NULL : ns_calloc(1, sizeof *w);
    if (!w)
        return;
    snprintf(w->text, sizeof w->text, "%s", text);
    w->code = code;
    if (ns_env_set_immediate(env, warn, w, false) < 0)
        ns_free(w);
}

// FileHandle::Close, of a handle that nothing refers to any more.
static void close_lost(ns_env *env, int fd)
{
    char text[64];
    ns_vfs_close(env->vfs, fd);
    snprintf(text, sizeof text, "Closing file descriptor %d on garbage collection", fd);
    ns_fs_warn_later(env, text, NULL);
    if (env->fs->warned_handle)
        return;
    env->fs->warned_handle = true;
    ns_fs_warn_later(env,
                     "Closing a FileHandle object on garbage collection is deprecated. "
                     "Please close FileHandle objects explicitly using "
                     "FileHandle.prototype.close(). In the future, an error will be "
                     "thrown if a file descriptor is closed during garbage collection.",
                     "DEP0137");
}

// -- The class ------------------------------------------------------------------------------------

static void handle_free(ns_wrap *wrap)
{
    file_handle *handle = (file_handle *)wrap;
    if (handle->fd >= 0)
        close_lost(wrap->env, handle->fd);
    JS_FreeValueRT(JS_GetRuntime(wrap->env->ctx), handle->closing);
    ns_free(handle);
}

static void handle_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    JS_MarkValue(rt, ((file_handle *)wrap)->closing, mark);
}

static int handle_init(ns_env *env, JSValueConst object, int fd)
{
    file_handle *handle = ns_calloc(1, sizeof *handle);
    if (!handle) {
        JS_ThrowOutOfMemory(env->ctx);
        return -1;
    }
    handle->fd = fd;
    handle->closing = JS_UNDEFINED;
    handle->wrap.free = handle_free;
    handle->wrap.mark = handle_mark;
    ns_wrap_init(&handle->wrap, env, object, NS_PROVIDER_FILEHANDLE);
    return 0;
}

static int handle_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    int fd;
    if (!ns_fs_fd_arg(ctx, argc > 0 ? argv[0] : JS_UNDEFINED, &fd))
        return -1;
    return handle_init(env, object, fd);
}

JSValue ns_fs_new_handle(ns_env *env, int fd)
{
    JSValue object = ns_new_instance(env, env->fs->handle_class);
    if (!JS_IsException(object) && handle_init(env, object, fd) < 0) {
        JS_FreeValue(env->ctx, object);
        object = JS_EXCEPTION;
    }
    if (JS_IsException(object))
        ns_vfs_close(env->vfs, fd);
    return object;
}

static file_handle *handle_of(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    if (wrap && wrap->provider == NS_PROVIDER_FILEHANDLE)
        return (file_handle *)wrap;
    JS_ThrowTypeError(ctx, "Illegal invocation");
    return NULL;
}

// FileHandle::AfterClose
static void after_close(ns_fs_call *call)
{
    file_handle *handle = (file_handle *)ns_wrap_of(call->keep);
    handle->fd = -1;
}

// close(): a promise, always the same.
static JSValue handle_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    file_handle *handle = handle_of(ctx, self);
    if (!handle)
        return JS_EXCEPTION;
    if (!JS_IsUndefined(handle->closing))
        return JS_DupValue(ctx, handle->closing);
    ns_env *env = handle->wrap.env;
    ns_fs_call *call = ns_fs_call_new(ctx, NS_FS_CLOSE, NS_FS_VOID);
    if (!call)
        return JS_EXCEPTION;
    call->op.fd = handle->fd;
    call->keep = JS_DupValue(ctx, self);
    call->finish = after_close;
    JSValue promise =
        ns_fs_submit_promise(env, call, env->fs->close_class, NS_PROVIDER_FILEHANDLECLOSEREQ);
    if (!JS_IsException(promise))
        handle->closing = JS_DupValue(ctx, promise);
    return promise;
}

// releaseFD(): the descriptor is the caller's.
static JSValue handle_release(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    file_handle *handle = handle_of(ctx, self);
    if (!handle)
        return JS_EXCEPTION;
    handle->fd = -1;
    return JS_UNDEFINED;
}

static JSValue handle_fd(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    bool is_handle = wrap && wrap->provider == NS_PROVIDER_FILEHANDLE;
    return JS_NewInt32(ctx, is_handle ? ((file_handle *)wrap)->fd : -EBADF);
}

// A FileHandle as a stream of C++ (StreamBase) serves readableWebStream and http2.
static int define_stream(JSContext *ctx, JSValueConst class)
{
    static const char *const entries[] = {"readStart",        "readStop",        "shutdown",
                                          "useUserBuffer",    "writev",          "writeBuffer",
                                          "writeAsciiString", "writeUtf8String", "writeUcs2String",
                                          "writeLatin1String"};
    JSValue prototype = JS_GetPropertyStr(ctx, class, "prototype");
    int status = 0;
    for (size_t i = 0; !status && i < sizeof entries / sizeof entries[0]; i++) {
        char what[64];
        snprintf(what, sizeof what, "FileHandle as a stream (%s)", entries[i]);
        status = ns_set_missing(ctx, prototype, entries[i], what);
    }
    JS_FreeValue(ctx, prototype);
    return status;
}

int ns_fs_init_handle(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def methods[] = {{"close", handle_close, 0},
                                        {"releaseFD", handle_release, 0}};
    static const ns_class_def handle = {.name = "FileHandle",
                                        .construct = handle_construct,
                                        .methods = methods,
                                        .method_count = 2,
                                        .async = true};
    static const ns_class_def close = {.name = "FileHandleCloseReq", .async = true};
    ns_fs *fs = env->fs;
    fs->handle_class = ns_new_class(env, ctx, &handle);
    fs->close_class = ns_new_class(env, ctx, &close);
    if (JS_IsException(fs->handle_class) || JS_IsException(fs->close_class) ||
        ns_fs_getter(ctx, fs->handle_class, "fd", handle_fd) < 0 ||
        define_stream(ctx, fs->handle_class) < 0)
        return -1;
    return ns_set(ctx, target, "FileHandle", JS_DupValue(ctx, fs->handle_class));
}

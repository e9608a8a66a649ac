// internalBinding('fs'): the entries that take a path or a descriptor, in the order of arguments in
// which Node 20's lib passes them (source: src/node_file.cc). The last argument is the request;
// what it may be is said at ns_fs_submit.
#include "node/args.h"
#include "node/fs_req.h"
#include "node/symbols.h"

#include <string.h>

#include "base/alloc.h"

#define ARGS JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv

static bool path_at(JSContext *ctx, int argc, JSValueConst *argv, int index, char **out)
{
    return ns_fs_path_arg(ctx, ns_arg(argc, argv, index), out);
}

static ns_encoding encoding_at(JSContext *ctx, int argc, JSValueConst *argv, int index)
{
    return ns_parse_encoding(ctx, ns_arg(argc, argv, index), NS_ENC_UTF8);
}

// A call whose first argument is a path; NULL with an exception pending.
static ns_fs_call *path_call(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind,
                             ns_fs_shape shape)
{
    ns_fs_call *call = ns_fs_call_new(ctx, kind, shape);
    if (call && path_at(ctx, argc, argv, 0, &call->op.path))
        return call;
    ns_fs_drop(ctx, call);
    return NULL;
}

// The same with a descriptor.
static ns_fs_call *fd_call(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind,
                           ns_fs_shape shape)
{
    ns_fs_call *call = ns_fs_call_new(ctx, kind, shape);
    if (call && ns_fs_fd_arg(ctx, ns_arg(argc, argv, 0), &call->op.fd))
        return call;
    ns_fs_drop(ctx, call);
    return NULL;
}

// -- (path, req) and (fd, req) --------------------------------------------------------------------

static JSValue path_only(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind)
{
    ns_fs_call *call = path_call(ctx, argc, argv, kind, NS_FS_VOID);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 1)) : JS_EXCEPTION;
}

static JSValue fs_rmdir(ARGS)
{
    return path_only(ctx, argc, argv, NS_FS_RMDIR);
}

static JSValue fs_unlink(ARGS)
{
    return path_only(ctx, argc, argv, NS_FS_UNLINK);
}

static JSValue fd_only(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind)
{
    ns_fs_call *call = fd_call(ctx, argc, argv, kind, NS_FS_VOID);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 1)) : JS_EXCEPTION;
}

static JSValue fs_close(ARGS)
{
    return fd_only(ctx, argc, argv, NS_FS_CLOSE);
}

static JSValue fs_fsync(ARGS)
{
    return fd_only(ctx, argc, argv, NS_FS_FSYNC);
}

static JSValue fs_fdatasync(ARGS)
{
    return fd_only(ctx, argc, argv, NS_FS_FDATASYNC);
}

// -- Modes, owners, times, sizes ------------------------------------------------------------------

// access(path, mode, req)
static JSValue fs_access(ARGS)
{
    int mode;
    if (!ns_fs_mode_arg(ctx, ns_arg(argc, argv, 1), 7, &mode))
        return JS_EXCEPTION;
    ns_fs_call *call = path_call(ctx, argc, argv, NS_FS_ACCESS, NS_FS_VOID);
    if (!call)
        return JS_EXCEPTION;
    call->op.mode = mode;
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 2));
}

// chmod(path, mode, req) and fchmod(fd, mode, req)
static JSValue set_mode(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_call *call)
{
    if (!call || !ns_fs_int_arg(ctx, ns_arg(argc, argv, 1), &call->op.mode))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 2));
}

static JSValue fs_chmod(ARGS)
{
    return set_mode(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_CHMOD, NS_FS_VOID));
}

static JSValue fs_fchmod(ARGS)
{
    return set_mode(ctx, argc, argv, fd_call(ctx, argc, argv, NS_FS_FCHMOD, NS_FS_VOID));
}

// (path | fd, uid, gid, req)
static JSValue set_owner(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_call *call)
{
    if (!call || !ns_arg_int(ctx, ns_arg(argc, argv, 1), &call->op.uid) ||
        !ns_arg_int(ctx, ns_arg(argc, argv, 2), &call->op.gid))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 3));
}

static JSValue fs_chown(ARGS)
{
    return set_owner(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_CHOWN, NS_FS_VOID));
}

static JSValue fs_lchown(ARGS)
{
    return set_owner(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_LCHOWN, NS_FS_VOID));
}

static JSValue fs_fchown(ARGS)
{
    return set_owner(ctx, argc, argv, fd_call(ctx, argc, argv, NS_FS_FCHOWN, NS_FS_VOID));
}

// (path | fd, atime, mtime, req)
static JSValue set_times(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_call *call)
{
    if (!call || !ns_fs_time_arg(ctx, ns_arg(argc, argv, 1), &call->op.atime) ||
        !ns_fs_time_arg(ctx, ns_arg(argc, argv, 2), &call->op.mtime))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 3));
}

static JSValue fs_utimes(ARGS)
{
    return set_times(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_UTIME, NS_FS_VOID));
}

static JSValue fs_lutimes(ARGS)
{
    return set_times(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_LUTIME, NS_FS_VOID));
}

static JSValue fs_futimes(ARGS)
{
    return set_times(ctx, argc, argv, fd_call(ctx, argc, argv, NS_FS_FUTIME, NS_FS_VOID));
}

// ftruncate(fd, length, req)
static JSValue fs_ftruncate(ARGS)
{
    ns_fs_call *call = fd_call(ctx, argc, argv, NS_FS_FTRUNCATE, NS_FS_VOID);
    if (!call || !ns_arg_int(ctx, ns_arg(argc, argv, 1), &call->op.length))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 2));
}

// -- Two paths ------------------------------------------------------------------------------------

static ns_fs_call *two_paths(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind)
{
    ns_fs_call *call = path_call(ctx, argc, argv, kind, NS_FS_VOID);
    if (call && path_at(ctx, argc, argv, 1, &call->op.dest))
        return call;
    ns_fs_drop(ctx, call);
    return NULL;
}

static JSValue fs_rename(ARGS)
{
    ns_fs_call *call = two_paths(ctx, argc, argv, NS_FS_RENAME);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 2)) : JS_EXCEPTION;
}

static JSValue fs_link(ARGS)
{
    ns_fs_call *call = two_paths(ctx, argc, argv, NS_FS_LINK);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 2)) : JS_EXCEPTION;
}

// symlink(target, path, flags, req): the flags are of Windows.
static JSValue fs_symlink(ARGS)
{
    ns_fs_call *call = two_paths(ctx, argc, argv, NS_FS_SYMLINK);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 3)) : JS_EXCEPTION;
}

// copyFile(from, to, mode, req)
static JSValue fs_copy_file(ARGS)
{
    int mode;
    if (!ns_fs_mode_arg(ctx, ns_arg(argc, argv, 2), 7, &mode))
        return JS_EXCEPTION;
    ns_fs_call *call = two_paths(ctx, argc, argv, NS_FS_COPYFILE);
    if (!call)
        return JS_EXCEPTION;
    call->op.mode = mode;
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 3));
}

// -- Paths as results: (path, encoding, req) ------------------------------------------------------

static JSValue path_text(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_call *call)
{
    if (!call)
        return JS_EXCEPTION;
    call->encoding = encoding_at(ctx, argc, argv, 1);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 2));
}

static JSValue fs_readlink(ARGS)
{
    return path_text(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_READLINK, NS_FS_TEXT));
}

static JSValue fs_realpath(ARGS)
{
    return path_text(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_REALPATH, NS_FS_TEXT));
}

// mkdtemp(prefix, encoding, req); its error shows the pattern.
static JSValue fs_mkdtemp(ARGS)
{
    ns_fs_call *call = path_call(ctx, argc, argv, NS_FS_MKDTEMP, NS_FS_TEXT);
    if (!call)
        return JS_EXCEPTION;
    size_t length = strlen(call->op.path);
    char *pattern = ns_realloc(call->op.path, length + sizeof "XXXXXX");
    if (!pattern) {
        JS_ThrowOutOfMemory(ctx);
        return ns_fs_drop(ctx, call);
    }
    memcpy(pattern + length, "XXXXXX", sizeof "XXXXXX");
    call->op.path = pattern;
    return path_text(ctx, argc, argv, call);
}

// -- Folders --------------------------------------------------------------------------------------

// readdir(path, encoding, withTypes, req)
static JSValue fs_readdir(ARGS)
{
    bool types = ns_arg_bool(ctx, ns_arg(argc, argv, 2));
    ns_fs_call *call =
        path_call(ctx, argc, argv, NS_FS_SCANDIR, types ? NS_FS_DIRENTS : NS_FS_NAMES);
    if (!call)
        return JS_EXCEPTION;
    call->encoding = encoding_at(ctx, argc, argv, 1);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 3));
}

// mkdir(path, mode, recursive, req)
static JSValue fs_mkdir(ARGS)
{
    bool recursive = ns_arg_bool(ctx, ns_arg(argc, argv, 2));
    ns_fs_call *call =
        path_call(ctx, argc, argv, NS_FS_MKDIR, recursive ? NS_FS_MADE_PATH : NS_FS_VOID);
    if (!call || !ns_fs_int_arg(ctx, ns_arg(argc, argv, 1), &call->op.mode) ||
        (recursive && ns_mkdirp_start(ctx, call) < 0))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 3));
}

// -- Stat: (path | fd, bigint, req, throwIfNoEntry) -----------------------------------------------

static JSValue stat_call(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_call *call)
{
    if (!call)
        return JS_EXCEPTION;
    JSValueConst throws = ns_arg(argc, argv, 3);
    call->bigint = ns_arg_bool(ctx, ns_arg(argc, argv, 1));
    call->no_entry_is_undefined = JS_IsBool(throws) && !JS_ToBool(ctx, throws);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 2));
}

static JSValue fs_stat(ARGS)
{
    return stat_call(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_STAT, NS_FS_STATS));
}

static JSValue fs_lstat(ARGS)
{
    return stat_call(ctx, argc, argv, path_call(ctx, argc, argv, NS_FS_LSTAT, NS_FS_STATS));
}

static JSValue fs_fstat(ARGS)
{
    return stat_call(ctx, argc, argv, fd_call(ctx, argc, argv, NS_FS_FSTAT, NS_FS_STATS));
}

static JSValue fs_statfs(ARGS)
{
    return stat_call(ctx, argc, argv,
                     path_call(ctx, argc, argv, NS_FS_STATFS, NS_FS_STATFS_VALUES));
}

// existsSync(path)
static JSValue fs_exists(ARGS)
{
    ns_fs_call *call = path_call(ctx, argc, argv, NS_FS_ACCESS, NS_FS_VOID);
    if (!call)
        return JS_EXCEPTION;
    ns_fs_run_now(ns_env_of(ctx), &call->op);
    bool exists = call->op.result == 0;
    ns_fs_drop(ctx, call);
    return JS_NewBool(ctx, exists);
}

// -- Open: (path, flags, mode, req) ---------------------------------------------------------------

static ns_fs_call *open_call(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_shape shape)
{
    ns_fs_call *call = path_call(ctx, argc, argv, NS_FS_OPEN, shape);
    if (call && ns_fs_int_arg(ctx, ns_arg(argc, argv, 1), &call->op.flags) &&
        ns_fs_int_arg(ctx, ns_arg(argc, argv, 2), &call->op.mode))
        return call;
    ns_fs_drop(ctx, call);
    return NULL;
}

static JSValue fs_open(ARGS)
{
    ns_fs_call *call = open_call(ctx, argc, argv, NS_FS_INTEGER);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 3)) : JS_EXCEPTION;
}

static JSValue fs_open_file_handle(ARGS)
{
    ns_fs_call *call = open_call(ctx, argc, argv, NS_FS_FILE_HANDLE);
    if (!call)
        return JS_EXCEPTION;
    return ns_fs_submit_out(ctx, call, ns_arg(argc, argv, 3), ns_arg(argc, argv, 4));
}

NS_BINDING(fs)
{
    static const ns_fn_def functions[] = {
        {"access", fs_access, 0},
        {"close", fs_close, 0},
        {"existsSync", fs_exists, 0},
        {"open", fs_open, 0},
        {"openFileHandle", fs_open_file_handle, 0},
        {"fdatasync", fs_fdatasync, 0},
        {"fsync", fs_fsync, 0},
        {"rename", fs_rename, 0},
        {"ftruncate", fs_ftruncate, 0},
        {"rmdir", fs_rmdir, 0},
        {"mkdir", fs_mkdir, 0},
        {"readdir", fs_readdir, 0},
        {"stat", fs_stat, 0},
        {"lstat", fs_lstat, 0},
        {"fstat", fs_fstat, 0},
        {"statfs", fs_statfs, 0},
        {"link", fs_link, 0},
        {"symlink", fs_symlink, 0},
        {"readlink", fs_readlink, 0},
        {"unlink", fs_unlink, 0},
        {"realpath", fs_realpath, 0},
        {"copyFile", fs_copy_file, 0},
        {"chmod", fs_chmod, 0},
        {"fchmod", fs_fchmod, 0},
        {"chown", fs_chown, 0},
        {"fchown", fs_fchown, 0},
        {"lchown", fs_lchown, 0},
        {"utimes", fs_utimes, 0},
        {"futimes", fs_futimes, 0},
        {"lutimes", fs_lutimes, 0},
        {"mkdtemp", fs_mkdtemp, 0},
    };
    JSValue use_promises = JS_DupValue(ctx, ns_env_symbol(env, NS_SYM_fs_use_promises_symbol));
    if (ns_set(ctx, target, "kUsePromises", use_promises) < 0 || !ns_fs_of(env) ||
        NS_SET_FNS(ctx, target, functions) < 0 || ns_fs_init_requests(env, ctx, target) < 0 ||
        ns_fs_init_io(env, ctx, target) < 0 || ns_fs_init_handle(env, ctx, target) < 0 ||
        ns_fs_init_modules(env, ctx, target) < 0 || ns_fs_init_watcher(env, ctx, target) < 0)
        return -1;
    return ns_set_int(ctx, target, "kFsStatsFieldsNumber", NS_FS_STAT_FIELDS);
}

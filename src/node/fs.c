// internalBinding('fs'): arguments of each entry, in the order in which Node 20's lib/fs.js passes
// them. The last one is the request; see fs_op_submit.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "node/args.h"
#include "node/env_private.h"
#include "node/fs_module.h"
#include "node/fs_op.h"

static bool int_arg(JSContext *ctx, JSValueConst value, int *out)
{
    int64_t number;
    if (!ns_arg_int(ctx, value, &number))
        return false;
    *out = (int)number;
    return true;
}

// A position in a file: a number, a bigint, or null and -1 for the descriptor's own.
static bool position_arg(JSContext *ctx, JSValueConst value, int64_t *out)
{
    *out = -1;
    if (JS_IsNull(value) || JS_IsUndefined(value))
        return true;
    if (JS_IsBigInt(ctx, value))
        return JS_ToBigInt64(ctx, out, value) == 0;
    return ns_arg_int(ctx, value, out);
}

// Seconds since 1970 as a number to ns.
static bool time_arg(JSContext *ctx, JSValueConst value, int64_t *out)
{
    double seconds;
    if (!ns_arg_double(ctx, value, &seconds))
        return false;
    *out = (int64_t)(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5)) * 1000;
    return true;
}

static JSValue drop(JSContext *ctx, fs_op *op)
{
    if (op)
        fs_op_free(ctx, op);
    return JS_EXCEPTION;
}

// -- Entries that take a path
// ----------------------------------------------------------------------------------

// (path, number, req)
static JSValue path_mode(JSContext *ctx, int argc, JSValueConst *argv, const char *name,
                         int (*run)(fs_op *, ns_vfs *))
{
    fs_op *op = fs_op_new(ctx, name, run, FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path) || !int_arg(ctx, argv[1], &op->mode))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

static JSValue fs_access(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_mode(ctx, argc, argv, "fs.access", fs_run_access);
}

static JSValue fs_chmod(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_mode(ctx, argc, argv, "fs.chmod", fs_run_chmod);
}

// (path, req)
static JSValue path_only(JSContext *ctx, int argc, JSValueConst *argv, const char *name,
                         int (*run)(fs_op *, ns_vfs *))
{
    fs_op *op = fs_op_new(ctx, name, run, FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 1));
}

static JSValue fs_rmdir(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_only(ctx, argc, argv, "fs.rmdir", fs_run_rmdir);
}

static JSValue fs_unlink(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_only(ctx, argc, argv, "fs.unlink", fs_run_unlink);
}

// (path, dest, req)
static JSValue two_paths(JSContext *ctx, int argc, JSValueConst *argv, const char *name,
                         int (*run)(fs_op *, ns_vfs *))
{
    fs_op *op = fs_op_new(ctx, name, run, FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path) || !fs_op_path(ctx, op, argv[1], &op->dest))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

static JSValue fs_rename(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return two_paths(ctx, argc, argv, "fs.rename", fs_run_rename);
}

static JSValue fs_link(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return two_paths(ctx, argc, argv, "fs.link", fs_run_link);
}

static JSValue fs_symlink(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.symlink", fs_run_symlink, FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path) || !fs_op_path(ctx, op, argv[1], &op->dest))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

static JSValue fs_copy_file(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.copyfile", fs_run_copy, FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path) ||
        !fs_op_path(ctx, op, argv[1], &op->dest) || !int_arg(ctx, argv[2], &op->mode))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

// (path, encoding, req)
static JSValue path_text(JSContext *ctx, int argc, JSValueConst *argv, const char *name,
                         int (*run)(fs_op *, ns_vfs *))
{
    fs_op *op = fs_op_new(ctx, name, run, FS_TEXT);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    op->encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 1), NS_ENC_UTF8);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

static JSValue fs_readlink(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_text(ctx, argc, argv, "fs.readlink", fs_run_readlink);
}

static JSValue fs_realpath(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_text(ctx, argc, argv, "fs.realpath", fs_run_realpath);
}

static JSValue fs_mkdtemp(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.mkdtemp", fs_run_mkdtemp, FS_TEXT);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    // An error shows the template.
    size_t len = strlen(op->path);
    op->dest = ns_malloc(len + 7);
    if (op->dest) {
        memcpy(op->dest, op->path, len);
        memcpy(op->dest + len, "XXXXXX", 7);
    }
    op->encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 1), NS_ENC_UTF8);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

static JSValue fs_readdir(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    bool types = argc > 2 && ns_arg_bool(ctx, argv[2]);
    fs_op *op = fs_op_new(ctx, "fs.scandir", fs_run_list, types ? FS_DIRENTS : FS_NAMES);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    op->encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 1), NS_ENC_UTF8);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

static JSValue fs_mkdir(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    bool recursive = argc > 2 && ns_arg_bool(ctx, argv[2]);
    fs_op *op =
        fs_op_new(ctx, "fs.mkdir", fs_run_mkdir, recursive ? FS_PATH_OR_UNDEFINED : FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path) || !int_arg(ctx, argv[1], &op->mode))
        return drop(ctx, op);
    op->recursive = recursive;
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

// (path, bigint, req, throwIfNoEntry)
static JSValue path_stat(JSContext *ctx, int argc, JSValueConst *argv, const char *name,
                         int (*run)(fs_op *, ns_vfs *))
{
    fs_op *op = fs_op_new(ctx, name, run, FS_STAT);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    op->bigint = ns_arg_bool(ctx, ns_arg(argc, argv, 1));
    bool quiet = argc > 3 && JS_IsBool(argv[3]) && !JS_ToBool(ctx, argv[3]);
    return fs_op_submit_quiet(ctx, op, ns_arg(argc, argv, 2), quiet);
}

static JSValue fs_stat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_stat(ctx, argc, argv, "fs.stat", fs_run_stat);
}

static JSValue fs_lstat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return path_stat(ctx, argc, argv, "fs.lstat", fs_run_lstat);
}

static JSValue fs_statfs(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.statfs", fs_run_statfs, FS_STATFS);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    op->bigint = ns_arg_bool(ctx, ns_arg(argc, argv, 1));
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

// (path | fd, uid, gid, req)
static JSValue owner(JSContext *ctx, int argc, JSValueConst *argv, const char *name, bool by_path,
                     bool follow)
{
    fs_op *op = fs_op_new(ctx, name, fs_run_chown, FS_NOTHING);
    if (!op ||
        !(by_path ? fs_op_path(ctx, op, argv[0], &op->path) : int_arg(ctx, argv[0], &op->fd)) ||
        !ns_arg_int(ctx, argv[1], &op->atime) || !ns_arg_int(ctx, argv[2], &op->mtime))
        return drop(ctx, op);
    op->follow = follow;
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

static JSValue fs_chown(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return owner(ctx, argc, argv, "fs.chown", true, true);
}

static JSValue fs_lchown(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return owner(ctx, argc, argv, "fs.lchown", true, false);
}

static JSValue fs_fchown(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return owner(ctx, argc, argv, "fs.fchown", false, false);
}

// (path | fd, atime, mtime, req)
static JSValue times(JSContext *ctx, int argc, JSValueConst *argv, const char *name, bool by_path,
                     bool follow)
{
    fs_op *op = fs_op_new(ctx, name, fs_run_utimes, FS_NOTHING);
    if (!op ||
        !(by_path ? fs_op_path(ctx, op, argv[0], &op->path) : int_arg(ctx, argv[0], &op->fd)) ||
        !time_arg(ctx, argv[1], &op->atime) || !time_arg(ctx, argv[2], &op->mtime))
        return drop(ctx, op);
    op->follow = follow;
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

static JSValue fs_utimes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return times(ctx, argc, argv, "fs.utime", true, true);
}

static JSValue fs_lutimes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return times(ctx, argc, argv, "fs.lutime", true, false);
}

static JSValue fs_futimes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return times(ctx, argc, argv, "fs.futime", false, false);
}

// (path, flags, mode, req)
static JSValue open_as(JSContext *ctx, int argc, JSValueConst *argv, fs_result result)
{
    fs_op *op = fs_op_new(ctx, "fs.open", fs_run_open, result);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path) || !int_arg(ctx, argv[1], &op->flags) ||
        !int_arg(ctx, argv[2], &op->mode))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

static JSValue fs_open(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return open_as(ctx, argc, argv, FS_NUMBER);
}

static JSValue fs_open_handle(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return open_as(ctx, argc, argv, FS_HANDLE);
}

// -- Entries that take a descriptor
// ------------------------------------------------------------------------------

// (fd, req)
static JSValue fd_only(JSContext *ctx, int argc, JSValueConst *argv, const char *name,
                       int (*run)(fs_op *, ns_vfs *))
{
    fs_op *op = fs_op_new(ctx, name, run, FS_NOTHING);
    if (!op || !int_arg(ctx, argv[0], &op->fd))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 1));
}

static JSValue fs_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return fd_only(ctx, argc, argv, "fs.close", fs_run_close);
}

static JSValue fs_fsync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return fd_only(ctx, argc, argv, "fs.fsync", fs_run_sync);
}

static JSValue fs_fdatasync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return fd_only(ctx, argc, argv, "fs.fdatasync", fs_run_sync);
}

static JSValue fs_fchmod(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.fchmod", fs_run_chmod, FS_NOTHING);
    if (!op || !int_arg(ctx, argv[0], &op->fd) || !int_arg(ctx, argv[1], &op->mode))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

static JSValue fs_ftruncate(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.ftruncate", fs_run_truncate, FS_NOTHING);
    if (!op || !int_arg(ctx, argv[0], &op->fd) || !ns_arg_int(ctx, argv[1], &op->size))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

// fstat(fd, bigint, req, shouldNotThrow)
static JSValue fs_fstat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.fstat", fs_run_fstat, FS_STAT);
    if (!op || !int_arg(ctx, argv[0], &op->fd))
        return drop(ctx, op);
    op->bigint = ns_arg_bool(ctx, ns_arg(argc, argv, 1));
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 2));
}

// -- Reading and writing
// -----------------------------------------------------------------------------------------

static bool one_buffer(JSContext *ctx, fs_op *op, JSValueConst value, JSValueConst offset,
                       JSValueConst length)
{
    uint8_t *data;
    size_t size;
    int64_t from = 0, count;
    op->buffers = ns_calloc(1, sizeof *op->buffers);
    if (!op->buffers || !ns_arg_bytes(ctx, value, &data, &size))
        return false;
    if (!JS_IsUndefined(offset) && !JS_IsNull(offset) && !ns_arg_int(ctx, offset, &from))
        return false;
    count = (int64_t)size - from;
    if (!JS_IsUndefined(length) && !JS_IsNull(length) && !ns_arg_int(ctx, length, &count))
        return false;
    if (from < 0 || from > (int64_t)size || count < 0 || count > (int64_t)size - from) {
        ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "Length extends beyond buffer");
        return false;
    }
    op->keep = JS_DupValue(ctx, value);
    op->buffers[0] = (fs_bytes){data + from, (size_t)count};
    op->buffer_count = 1;
    return true;
}

static bool many_buffers(JSContext *ctx, fs_op *op, JSValueConst list)
{
    JSValue value = JS_GetPropertyStr(ctx, list, "length");
    uint32_t count = 0;
    JS_ToUint32(ctx, &count, value);
    JS_FreeValue(ctx, value);
    op->buffers = ns_calloc((size_t)count + 1, sizeof *op->buffers);
    if (!op->buffers)
        return false;
    op->keep = JS_DupValue(ctx, list);
    for (uint32_t i = 0; i < count; i++) {
        JSValue item = JS_GetPropertyUint32(ctx, list, i);
        fs_bytes *b = &op->buffers[op->buffer_count++];
        bool ok = ns_arg_bytes(ctx, item, &b->data, &b->size);
        JS_FreeValue(ctx, item);
        if (!ok)
            return false;
    }
    return true;
}

// read(fd, buffer, offset, length, position, req)
static JSValue fs_read(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.read", fs_run_read, FS_NUMBER);
    if (!op || !int_arg(ctx, argv[0], &op->fd) || !one_buffer(ctx, op, argv[1], argv[2], argv[3]) ||
        !position_arg(ctx, argv[4], &op->position))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 5));
}

// readBuffers(fd, buffers, position, req)
static JSValue fs_read_buffers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.read", fs_run_read, FS_NUMBER);
    if (!op || !int_arg(ctx, argv[0], &op->fd) || !many_buffers(ctx, op, argv[1]) ||
        !position_arg(ctx, ns_arg(argc, argv, 2), &op->position))
        return drop(ctx, op);
    return fs_op_submit(ctx, op, ns_arg(argc, argv, 3));
}

// What goes to fd 1 or 2 leaves the simulation.
static int run_output(fs_op *op, ns_vfs *vfs)
{
    ns_env *env = op->work.task.data;
    for (int i = 0; i < op->buffer_count; i++) {
        ns_env_output(env, op->fd, (const char *)op->buffers[i].data, op->buffers[i].size);
        op->moved += (int64_t)op->buffers[i].size;
    }
    op->number = op->moved;
    return 0;
}

static JSValue submit_write(JSContext *ctx, fs_op *op, JSValueConst req, JSValueConst out)
{
    ns_env *env = ns_env_of(ctx);
    if (ns_vfs_is_output(env->vfs, op->fd)) {
        op->run = run_output;
        op->work.task.data = env;
    }
    if (JS_IsUndefined(req) && JS_IsObject(out))
        return fs_op_submit_out(ctx, op, out);
    return fs_op_submit(ctx, op, req);
}

// writeBuffer(fd, buffer, offset, length, position, req, ctx)
static JSValue fs_write_buffer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.write", fs_run_write, FS_NUMBER);
    if (!op || !int_arg(ctx, argv[0], &op->fd) || !one_buffer(ctx, op, argv[1], argv[2], argv[3]) ||
        !position_arg(ctx, ns_arg(argc, argv, 4), &op->position))
        return drop(ctx, op);
    return submit_write(ctx, op, ns_arg(argc, argv, 5), ns_arg(argc, argv, 6));
}

// writeBuffers(fd, buffers, position, req)
static JSValue fs_write_buffers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.write", fs_run_write, FS_NUMBER);
    if (!op || !int_arg(ctx, argv[0], &op->fd) || !many_buffers(ctx, op, argv[1]) ||
        !position_arg(ctx, ns_arg(argc, argv, 2), &op->position))
        return drop(ctx, op);
    return submit_write(ctx, op, ns_arg(argc, argv, 3), JS_UNDEFINED);
}

static bool text_to_write(JSContext *ctx, fs_op *op, JSValueConst text, JSValueConst encoding)
{
    size_t size;
    op->owned = ns_decode(ctx, text, ns_parse_encoding(ctx, encoding, NS_ENC_UTF8), &size);
    op->buffers = ns_calloc(1, sizeof *op->buffers);
    if (!op->owned || !op->buffers)
        return false;
    op->buffers[0] = (fs_bytes){op->owned, size};
    op->buffer_count = 1;
    return true;
}

// writeString(fd, string, position, encoding, req, ctx)
static JSValue fs_write_string(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.write", fs_run_write, FS_NUMBER);
    if (!op || !int_arg(ctx, argv[0], &op->fd) ||
        !text_to_write(ctx, op, argv[1], ns_arg(argc, argv, 3)) ||
        !position_arg(ctx, ns_arg(argc, argv, 2), &op->position))
        return drop(ctx, op);
    return submit_write(ctx, op, ns_arg(argc, argv, 4), ns_arg(argc, argv, 5));
}

// -- Whole files, synchronously
// --------------------------------------------------------------------------------

// Open the file that `value` names, or take it as a descriptor. *own: to be closed after.
static int open_now(JSContext *ctx, JSValueConst value, int flags, int mode, bool *own)
{
    *own = false;
    int fd;
    if (JS_IsNumber(value))
        return int_arg(ctx, value, &fd) ? fd : -1;
    JSValueConst argv[] = {value, JS_NewInt32(ctx, flags), JS_NewInt32(ctx, mode)};
    JSValue opened = open_as(ctx, 3, argv, FS_NUMBER);
    if (JS_IsException(opened) || !int_arg(ctx, opened, &fd))
        return -1;
    *own = true;
    return fd;
}

static void close_now(JSContext *ctx, int fd)
{
    JSValueConst argv[] = {JS_NewInt32(ctx, fd)};
    JS_FreeValue(ctx, fd_only(ctx, 1, argv, "fs.close", fs_run_close));
}

// readFileUtf8(path | fd, flags)
static JSValue fs_read_file_utf8(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    enum { chunk = 8192 };
    int flags;
    bool own;
    if (!int_arg(ctx, argv[1], &flags))
        return JS_EXCEPTION;
    int fd = open_now(ctx, argv[0], flags, 0666, &own);
    if (fd < 0)
        return JS_EXCEPTION;
    ns_buf text = {0};
    bool failed = false;
    for (;;) {
        fs_op *op = fs_op_new(ctx, "fs.read", fs_run_read, FS_NUMBER);
        fs_bytes *bytes = ns_calloc(1, sizeof *bytes);
        if (!op || !bytes || !ns_buf_reserve(&text, chunk)) {
            ns_free(bytes);
            drop(ctx, op);
            failed = true;
            break;
        }
        op->fd = fd;
        op->buffers = bytes;
        op->buffer_count = 1;
        *bytes = (fs_bytes){(uint8_t *)text.data + text.len, chunk};
        JSValue count = fs_op_submit(ctx, op, JS_UNDEFINED);
        int64_t n = 0;
        failed = JS_IsException(count);
        JS_ToInt64(ctx, &n, count);
        if (failed || n <= 0)
            break;
        text.len += (size_t)n;
    }
    if (own)
        close_now(ctx, fd);
    JSValue result =
        failed ? JS_EXCEPTION : ns_encode(ctx, (const uint8_t *)text.data, text.len, NS_ENC_UTF8);
    ns_buf_free(&text);
    return result;
}

// writeFileUtf8(path | fd, data, flag, mode)
static JSValue fs_write_file_utf8(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int flags, mode;
    bool own;
    if (!int_arg(ctx, argv[2], &flags) || !int_arg(ctx, argv[3], &mode))
        return JS_EXCEPTION;
    int fd = open_now(ctx, argv[0], flags, mode, &own);
    if (fd < 0)
        return JS_EXCEPTION;
    fs_op *op = fs_op_new(ctx, "fs.write", fs_run_write, FS_NOTHING);
    JSValue result = JS_EXCEPTION;
    if (op && text_to_write(ctx, op, argv[1], JS_UNDEFINED)) {
        op->fd = fd;
        result = submit_write(ctx, op, JS_UNDEFINED, JS_UNDEFINED);
    } else {
        drop(ctx, op);
    }
    if (own)
        close_now(ctx, fd);
    return result;
}

// existsSync(path)
static JSValue fs_exists(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_op *op = fs_op_new(ctx, "fs.access", fs_run_access, FS_NOTHING);
    if (!op || !fs_op_path(ctx, op, argv[0], &op->path))
        return drop(ctx, op);
    JSValue result = fs_op_submit(ctx, op, JS_UNDEFINED);
    if (!JS_IsException(result))
        return JS_TRUE;
    JS_FreeValue(ctx, JS_GetException(ctx));
    return JS_FALSE;
}

NS_BINDING(fs)
{
    static const ns_fn_def functions[] = {
        {"access", fs_access, 3},
        {"chmod", fs_chmod, 3},
        {"chown", fs_chown, 4},
        {"close", fs_close, 2},
        {"copyFile", fs_copy_file, 4},
        {"existsSync", fs_exists, 1},
        {"fchmod", fs_fchmod, 3},
        {"fchown", fs_fchown, 4},
        {"fdatasync", fs_fdatasync, 2},
        {"fstat", fs_fstat, 4},
        {"fsync", fs_fsync, 2},
        {"ftruncate", fs_ftruncate, 3},
        {"futimes", fs_futimes, 4},
        {"lchown", fs_lchown, 4},
        {"link", fs_link, 3},
        {"lstat", fs_lstat, 4},
        {"lutimes", fs_lutimes, 4},
        {"mkdir", fs_mkdir, 4},
        {"mkdtemp", fs_mkdtemp, 3},
        {"open", fs_open, 4},
        {"openFileHandle", fs_open_handle, 4},
        {"read", fs_read, 6},
        {"readBuffers", fs_read_buffers, 4},
        {"readFileUtf8", fs_read_file_utf8, 2},
        {"readdir", fs_readdir, 4},
        {"readlink", fs_readlink, 3},
        {"realpath", fs_realpath, 3},
        {"rename", fs_rename, 3},
        {"rmdir", fs_rmdir, 2},
        {"stat", fs_stat, 4},
        {"statfs", fs_statfs, 3},
        {"symlink", fs_symlink, 4},
        {"unlink", fs_unlink, 2},
        {"utimes", fs_utimes, 4},
        {"writeBuffer", fs_write_buffer, 7},
        {"writeBuffers", fs_write_buffers, 4},
        {"writeFileUtf8", fs_write_file_utf8, 4},
        {"writeString", fs_write_string, 6},
    };
    if (NS_SET_FNS(ctx, target, functions) < 0 || fs_req_init(env, ctx, target) < 0 ||
        fs_module_init(env, ctx, target) < 0)
        return -1;
    ns_set_int(ctx, target, "kFsStatsFieldsNumber", 18);
    JSValue symbol = JS_DupValue(ctx, ns_env_symbol(env, NS_SYM_fs_use_promises_symbol));
    return ns_set(ctx, target, "kUsePromises", symbol);
}

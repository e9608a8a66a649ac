// internalBinding('fs'): reading and writing (source: src/node_file.cc).
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "node/args.h"
#include "node/fs_req.h"

// A read or write of one view: (fd, view, offset, length, position, ...).
static ns_fs_call *view_call(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind)
{
    ns_fs_call *call = ns_fs_call_new(ctx, kind, NS_FS_INTEGER);
    if (call && ns_fs_int_arg(ctx, ns_arg(argc, argv, 0), &call->op.fd) &&
        ns_fs_buffer_arg(ctx, &call->op, ns_arg(argc, argv, 1), ns_arg(argc, argv, 2),
                         ns_arg(argc, argv, 3)) &&
        ns_fs_position_arg(ctx, ns_arg(argc, argv, 4), &call->op.position))
        return call;
    ns_fs_drop(ctx, call);
    return NULL;
}

// Of many: (fd, views, position, req).
static JSValue views_call(JSContext *ctx, int argc, JSValueConst *argv, ns_fs_kind kind)
{
    ns_fs_call *call = ns_fs_call_new(ctx, kind, NS_FS_INTEGER);
    if (!call || !ns_fs_int_arg(ctx, ns_arg(argc, argv, 0), &call->op.fd) ||
        !ns_fs_buffers_arg(ctx, &call->op, ns_arg(argc, argv, 1)) ||
        !ns_fs_position_arg(ctx, ns_arg(argc, argv, 2), &call->op.position))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit(ctx, call, ns_arg(argc, argv, 3));
}

// read(fd, buffer, offset, length, position, req)
static JSValue fs_read(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_fs_call *call = view_call(ctx, argc, argv, NS_FS_READ);
    return call ? ns_fs_submit(ctx, call, ns_arg(argc, argv, 5)) : JS_EXCEPTION;
}

// readBuffers(fd, buffers, position, req)
static JSValue fs_read_buffers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return views_call(ctx, argc, argv, NS_FS_READ);
}

// writeBuffer(fd, buffer, offset, length, position, req, ctx)
static JSValue fs_write_buffer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_fs_call *call = view_call(ctx, argc, argv, NS_FS_WRITE);
    if (!call)
        return JS_EXCEPTION;
    return ns_fs_submit_out(ctx, call, ns_arg(argc, argv, 5), ns_arg(argc, argv, 6));
}

// writeBuffers(fd, buffers, position, req)
static JSValue fs_write_buffers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return views_call(ctx, argc, argv, NS_FS_WRITE);
}

static bool string_bytes(JSContext *ctx, ns_fs_op *op, JSValueConst string, ns_encoding encoding)
{
    size_t size;
    uint8_t *bytes = ns_decode(ctx, string, encoding, &size);
    op->buffers = bytes ? ns_calloc(1, sizeof *op->buffers) : NULL;
    if (!op->buffers) {
        ns_free(bytes);
        return false;
    }
    op->buffers[0] =
        (ns_fs_buffer){.bytes = bytes, .size = size, .owned = true, .view = JS_UNDEFINED};
    op->buffer_count = 1;
    return true;
}

// writeString(fd, string, position, encoding, req, ctx)
static JSValue fs_write_string(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_encoding encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 3), NS_ENC_UTF8);
    ns_fs_call *call = ns_fs_call_new(ctx, NS_FS_WRITE, NS_FS_INTEGER);
    if (!call || !ns_fs_int_arg(ctx, ns_arg(argc, argv, 0), &call->op.fd) ||
        !string_bytes(ctx, &call->op, ns_arg(argc, argv, 1), encoding) ||
        !ns_fs_position_arg(ctx, ns_arg(argc, argv, 2), &call->op.position))
        return ns_fs_drop(ctx, call);
    return ns_fs_submit_out(ctx, call, ns_arg(argc, argv, 4), ns_arg(argc, argv, 5));
}

// -- Whole files, at once -------------------------------------------------------------------------

// A file that is a descriptor, or a path that is opened and closed here.
typedef struct whole_file {
    ns_fs_op op; // its path is owned here, and shown by errors of open
    int fd;
    bool opened;
} whole_file;

static bool open_whole(JSContext *ctx, JSValueConst file, int flags, int mode, whole_file *out)
{
    *out = (whole_file){.op = {.kind = NS_FS_OPEN, .flags = flags, .mode = mode, .position = -1}};
    if (JS_IsNumber(file))
        return ns_fs_int_arg(ctx, file, &out->fd);
    if (!ns_fs_path_arg(ctx, file, &out->op.path))
        return false;
    ns_fs_run_now(ns_env_of(ctx), &out->op);
    if (out->op.result < 0) {
        JS_Throw(ctx, ns_fs_error(ctx, &out->op));
        ns_fs_op_clear(ctx, &out->op);
        return false;
    }
    out->fd = (int)out->op.result;
    out->opened = true;
    return true;
}

static void close_whole(JSContext *ctx, whole_file *file)
{
    ns_fs_op close = {.kind = NS_FS_CLOSE, .fd = file->fd};
    if (file->opened)
        ns_fs_run_now(ns_env_of(ctx), &close);
    ns_fs_op_clear(ctx, &file->op);
}

// Read or write a part at the descriptor's position: a count, or -1 and an exception.
static int64_t move_now(JSContext *ctx, ns_fs_kind kind, int fd, char *bytes, size_t size)
{
    ns_fs_buffer buffer = {.bytes = (uint8_t *)bytes, .size = size, .view = JS_UNDEFINED};
    ns_fs_op op = {.kind = kind, .fd = fd, .position = -1, .buffers = &buffer, .buffer_count = 1};
    ns_fs_run_now(ns_env_of(ctx), &op);
    if (op.result >= 0)
        return op.result;
    JS_Throw(ctx, ns_fs_error(ctx, &op));
    return -1;
}

// readFileUtf8(path | fd, flags)
static JSValue fs_read_file_utf8(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    enum { CHUNK = 8192 };
    int flags;
    whole_file file;
    if (!ns_fs_int_arg(ctx, ns_arg(argc, argv, 1), &flags) ||
        !open_whole(ctx, ns_arg(argc, argv, 0), flags, 0666, &file))
        return JS_EXCEPTION;
    ns_buf text = {0};
    int64_t count;
    do {
        if (!ns_buf_reserve(&text, CHUNK)) {
            JS_ThrowOutOfMemory(ctx);
            count = -1;
            break;
        }
        count = move_now(ctx, NS_FS_READ, file.fd, text.data + text.len, CHUNK);
        if (count > 0)
            text.len += (size_t)count;
    } while (count > 0);
    close_whole(ctx, &file);
    JSValue result = JS_EXCEPTION;
    if (count == 0)
        result = ns_encode(ctx, (const uint8_t *)text.data, text.len, NS_ENC_UTF8);
    ns_buf_free(&text);
    return result;
}

// writeFileUtf8(path | fd, data, flag, mode)
static JSValue fs_write_file_utf8(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int flags, mode;
    size_t size = 0;
    whole_file file;
    if (!ns_fs_int_arg(ctx, ns_arg(argc, argv, 2), &flags) ||
        !ns_fs_int_arg(ctx, ns_arg(argc, argv, 3), &mode))
        return JS_EXCEPTION;
    char *bytes = (char *)ns_decode(ctx, ns_arg(argc, argv, 1), NS_ENC_UTF8, &size);
    if (!bytes)
        return JS_EXCEPTION;
    if (!open_whole(ctx, ns_arg(argc, argv, 0), flags, mode, &file)) {
        ns_free(bytes);
        return JS_EXCEPTION;
    }
    int64_t count = 0;
    for (size_t done = 0; done < size && count >= 0; done += (size_t)count)
        count = move_now(ctx, NS_FS_WRITE, file.fd, bytes + done, size - done);
    close_whole(ctx, &file);
    ns_free(bytes);
    return count < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

int ns_fs_init_io(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def functions[] = {
        {"read", fs_read, 0},
        {"readBuffers", fs_read_buffers, 0},
        {"readFileUtf8", fs_read_file_utf8, 0},
        {"writeBuffer", fs_write_buffer, 0},
        {"writeBuffers", fs_write_buffers, 0},
        {"writeString", fs_write_string, 0},
        {"writeFileUtf8", fs_write_file_utf8, 0},
    };
    return NS_SET_FNS(ctx, target, functions);
}

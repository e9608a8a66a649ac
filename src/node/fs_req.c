// Requests of the file system: FSReqCallback, FSReqPromise, FileHandle (source: node's
// src/node_file.cc), and the passage of an operation through the pool or through the main thread.
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"
#include "node/fs_op.h"

typedef struct fs_req {
    ns_wrap wrap;
    bool bigint;
    JSValue funcs[2]; // of its promise; undefined for a callback
} fs_req;

typedef struct file_handle {
    ns_wrap wrap;
    int fd; // -1 when closed or released
} file_handle;

static void req_free(ns_wrap *wrap)
{
    fs_req *req = (fs_req *)wrap;
    JS_FreeValue(wrap->env->ctx, req->funcs[0]);
    JS_FreeValue(wrap->env->ctx, req->funcs[1]);
    ns_free(req);
}

static void req_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    fs_req *req = (fs_req *)wrap;
    JS_MarkValue(rt, req->funcs[0], mark);
    JS_MarkValue(rt, req->funcs[1], mark);
}

static fs_req *req_new(ns_env *env, JSValueConst object, ns_provider provider)
{
    fs_req *req = ns_calloc(1, sizeof *req);
    if (!req) {
        JS_ThrowOutOfMemory(env->ctx);
        return NULL;
    }
    req->funcs[0] = req->funcs[1] = JS_UNDEFINED;
    req->wrap.free = req_free;
    req->wrap.mark = req_mark;
    ns_wrap_init(&req->wrap, env, object, provider);
    return req;
}

static int req_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                         JSValueConst *argv)
{
    fs_req *req = req_new(env, object, NS_PROVIDER_FSREQCALLBACK);
    if (req)
        req->bigint = argc > 0 && ns_arg_bool(ctx, argv[0]);
    return req ? 0 : -1;
}

// -- Operations
// --------------------------------------------------------------------------------------------

fs_op *fs_op_new(JSContext *ctx, const char *name, int (*run)(fs_op *, ns_vfs *), fs_result result)
{
    fs_op *op = ns_calloc(1, sizeof *op);
    if (!op) {
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    op->name = name;
    op->syscall = name + strlen("fs.");
    op->run = run;
    op->result = result;
    op->encoding = NS_ENC_UTF8;
    op->position = -1;
    op->fd = -1;
    op->keep = JS_UNDEFINED;
    return op;
}

void fs_op_free(JSContext *ctx, fs_op *op)
{
    ns_free(op->path);
    ns_free(op->dest);
    ns_free(op->buffers);
    ns_free(op->owned);
    ns_free(op->text);
    ns_vfs_free_entries(op->entries, op->entry_count);
    JS_FreeValue(ctx, op->keep);
    ns_free(op);
}

// A path is a string or a Buffer.
bool fs_op_path(JSContext *ctx, fs_op *op, JSValueConst value, char **out)
{
    uint8_t *bytes;
    size_t size;
    if (JS_IsString(value)) {
        const char *text = JS_ToCStringLen(ctx, &size, value);
        *out = text ? ns_strndup(text, size) : NULL;
        JS_FreeCString(ctx, text);
    } else if (ns_bytes(ctx, value, &bytes, &size)) {
        *out = ns_strndup((const char *)bytes, size);
    } else {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "path must be a string or Buffer");
        return false;
    }
    if (!*out)
        JS_ThrowOutOfMemory(ctx);
    return *out != NULL;
}

JSValue fs_op_error(JSContext *ctx, const fs_op *op)
{
    return ns_uv_exception(ctx, op->error, op->syscall, NULL, op->path, op->dest);
}

static void stat_fields(const ns_stat *s, int64_t fields[18])
{
    const int64_t times[] = {s->atime, s->mtime, s->ctime, s->birthtime};
    const int64_t head[] = {(int64_t)s->dev,     (int64_t)s->mode, (int64_t)s->nlink,
                            (int64_t)s->uid,     (int64_t)s->gid,  (int64_t)s->rdev,
                            (int64_t)s->blksize, (int64_t)s->ino,  (int64_t)s->size,
                            (int64_t)s->blocks};
    memcpy(fields, head, sizeof head);
    for (int i = 0; i < 4; i++) {
        int64_t seconds = times[i] / NS_SEC - (times[i] % NS_SEC < 0);
        fields[10 + 2 * i] = seconds;
        fields[11 + 2 * i] = times[i] - seconds * NS_SEC;
    }
}

static JSValue number_array(ns_env *env, const int64_t *fields, int count, bool bigint, bool shared)
{
    ns_env_private *p = env->priv;
    double numbers[18];
    for (int i = 0; i < count; i++)
        numbers[i] = (double)fields[i];
    const void *bytes = bigint ? (const void *)fields : (const void *)numbers;
    if (shared && count == 18) {
        JSValue array = bigint ? p->stat_bigints : p->stat_numbers;
        memcpy(bigint ? (void *)p->stat_bigint_memory : (void *)p->stat_number_memory, bytes,
               (size_t)count * 8);
        return JS_DupValue(env->ctx, array);
    }
    JSValue buffer = JS_NewArrayBufferCopy(env->ctx, bytes, (size_t)count * 8);
    JSValue array = JS_NewTypedArray(env->ctx, 1, &buffer,
                                     bigint ? JS_TYPED_ARRAY_BIG_INT64 : JS_TYPED_ARRAY_FLOAT64);
    JS_FreeValue(env->ctx, buffer);
    return array;
}

static JSValue text_value(JSContext *ctx, const char *text, ns_encoding encoding)
{
    return ns_encode(ctx, (const uint8_t *)text, strlen(text), encoding);
}

static JSValue entries_value(JSContext *ctx, const fs_op *op)
{
    JSValue names = JS_NewArray(ctx), types = JS_NewArray(ctx);
    for (int i = 0; i < op->entry_count; i++) {
        JSValue name = text_value(ctx, op->entries[i].name, op->encoding);
        JS_SetPropertyUint32(ctx, names, (uint32_t)i, name);
        JS_SetPropertyUint32(ctx, types, (uint32_t)i, JS_NewInt32(ctx, op->entries[i].type));
    }
    if (op->result == FS_NAMES) {
        JS_FreeValue(ctx, types);
        return names;
    }
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, names);
    JS_SetPropertyUint32(ctx, pair, 1, types);
    return pair;
}

JSValue fs_op_value(ns_env *env, fs_op *op, bool shared)
{
    JSContext *ctx = env->ctx;
    int64_t fields[18];
    switch (op->result) {
    case FS_NOTHING:
        return JS_UNDEFINED;
    case FS_NUMBER:
        return JS_NewInt64(ctx, op->number);
    case FS_STAT:
        stat_fields(&op->stat, fields);
        return number_array(env, fields, 18, op->bigint, shared);
    case FS_STATFS: {
        // A file system of 64 GiB, half of it free: ext4's magic number, blocks of 4096.
        const int64_t statfs[7] = {0xef53, 4096, 16777216, 8388608, 8388608, 4194304, 4000000};
        return number_array(env, statfs, 7, op->bigint, false);
    }
    case FS_TEXT:
        return text_value(ctx, op->text, op->encoding);
    case FS_PATH_OR_UNDEFINED:
        return op->text ? text_value(ctx, op->text, NS_ENC_UTF8) : JS_UNDEFINED;
    case FS_NAMES:
    case FS_DIRENTS:
        return entries_value(ctx, op);
    case FS_HANDLE:
        return fs_new_handle(env, (int)op->number);
    case FS_MADE:
        return op->make(env, op);
    }
    return JS_UNDEFINED;
}

// -- Through the pool
// ---------------------------------------------------------------------------------------

static void work(ns_task *task, ns_demand *demand)
{
    fs_op *op = (fs_op *)task;
    fs_op_run(op->work.wrap->env, op, demand);
}

static void settle(fs_req *req, fs_op *op)
{
    ns_env *env = req->wrap.env;
    JSContext *ctx = env->ctx;
    ns_scope scope;
    ns_scope_open(&scope, &req->wrap);
    if (!scope.failed) {
        JSValue value = op->error ? fs_op_error(ctx, op) : fs_op_value(env, op, false);
        JSValueConst argv[] = {value};
        JS_FreeValue(ctx, JS_Call(ctx, req->funcs[op->error != 0], JS_UNDEFINED, 1, argv));
        JS_FreeValue(ctx, value);
    }
    ns_scope_close(&scope);
}

static void call_back(fs_req *req, fs_op *op)
{
    ns_env *env = req->wrap.env;
    JSContext *ctx = env->ctx;
    JSValue argv[2] = {JS_NULL, JS_UNDEFINED};
    int argc = 1;
    if (op->error) {
        argv[0] = fs_op_error(ctx, op);
    } else if (op->result != FS_NOTHING) {
        argv[1] = fs_op_value(env, op, false);
        argc = 2;
    }
    JS_FreeValue(ctx, ns_make_callback_name(&req->wrap, "oncomplete", argc, (JSValueConst *)argv));
    JS_FreeValue(ctx, argv[0]);
    JS_FreeValue(ctx, argv[1]);
}

static void after(ns_work *done, int status)
{
    fs_op *op = (fs_op *)done;
    fs_req *req = (fs_req *)done->wrap;
    JSContext *ctx = req->wrap.env->ctx;
    if (status < 0)
        op->error = -ECANCELED;
    if (!req->wrap.env->exiting) {
        if (JS_IsUndefined(req->funcs[0]))
            call_back(req, op);
        else
            settle(req, op);
    }
    fs_op_free(ctx, op);
}

static void submit(ns_env *env, fs_op *op, fs_req *req)
{
    op->work.task.kind = NS_TASK_FS;
    op->work.task.name = op->name;
    op->work.task.work = work;
    op->work.wrap = &req->wrap;
    op->work.after = after;
    ns_work_submit(env, &op->work);
}

// A promise for an operation on behalf of no other object.
static JSValue submit_promise(ns_env *env, fs_op *op)
{
    JSContext *ctx = env->ctx;
    JSValue object = JS_CallConstructor(ctx, env->priv->fs_req_promise, 0, NULL);
    if (JS_IsException(object)) {
        fs_op_free(ctx, op);
        return object;
    }
    fs_req *req = (fs_req *)ns_wrap_of(object);
    JSValue promise = JS_GetPropertyStr(ctx, object, "promise");
    submit(env, op, req);
    JS_FreeValue(ctx, object);
    return promise;
}

static int promise_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                             JSValueConst *argv)
{
    fs_req *req = req_new(env, object, NS_PROVIDER_FSREQPROMISE);
    if (!req)
        return -1;
    JSValue promise = JS_NewPromiseCapability(ctx, req->funcs);
    return ns_set(ctx, object, "promise", promise);
}

// -- On the main thread
// ---------------------------------------------------------------------------------------

static void run_now(ns_env *env, fs_op *op)
{
    ns_env_sync(env);
    ns_time start = ns_sim_now(env->sim);
    ns_demand demand = {0};
    fs_op_run(env, op, &demand);
    ns_env_charge(env, demand.cpu);
    ns_env_sync(env);
    if (!env->priv->running)
        return;
    if (demand.disk.kind != NS_DISK_NONE)
        ns_disk_wait(env->disk, env->thread, &demand.disk);
    // What the loop lost to it: the summary names synchronous calls that froze the loop.
    ns_record row = {.type = NS_REC_SAMPLE,
                     .sample = {start, "fs.sync", (double)(ns_sim_now(env->sim) - start)}};
    ns_emit(env->options->sink, &row);
}

JSValue fs_op_submit_quiet(JSContext *ctx, fs_op *op, JSValueConst req, bool quiet)
{
    ns_env *env = ns_env_of(ctx);
    if (JS_IsObject(req)) {
        fs_req *wrap = (fs_req *)ns_wrap_of(req);
        if (!wrap) {
            fs_op_free(ctx, op);
            return JS_ThrowTypeError(ctx, "not an FSReqCallback");
        }
        op->bigint |= wrap->bigint;
        submit(env, op, wrap);
        return JS_UNDEFINED;
    }
    if (JS_IsSymbol(req))
        return submit_promise(env, op);
    run_now(env, op);
    JSValue result;
    if (op->error && quiet && (op->error == -ENOENT || op->error == -ENOTDIR))
        result = JS_UNDEFINED;
    else
        result = op->error ? JS_Throw(ctx, fs_op_error(ctx, op)) : fs_op_value(env, op, true);
    fs_op_free(ctx, op);
    return result;
}

JSValue fs_op_submit(JSContext *ctx, fs_op *op, JSValueConst req)
{
    return fs_op_submit_quiet(ctx, op, req, false);
}

JSValue fs_op_submit_out(JSContext *ctx, fs_op *op, JSValueConst out)
{
    ns_env *env = ns_env_of(ctx);
    run_now(env, op);
    JSValue result = JS_UNDEFINED;
    if (op->error) {
        ns_set_int(ctx, out, "errno", op->error);
        ns_set_str(ctx, out, "code", ns_uv_name(op->error));
        ns_set_str(ctx, out, "syscall", op->syscall);
    } else {
        result = fs_op_value(env, op, true);
    }
    fs_op_free(ctx, op);
    return result;
}

// -- FileHandle
// ------------------------------------------------------------------------------------------------

static void handle_free(ns_wrap *wrap)
{
    file_handle *handle = (file_handle *)wrap;
    if (handle->fd >= 0)
        ns_vfs_close(wrap->env->vfs, handle->fd);
    ns_free(handle);
}

static int handle_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    int64_t fd;
    file_handle *handle = ns_calloc(1, sizeof *handle);
    if (!handle || argc < 1 || !ns_arg_int(ctx, argv[0], &fd)) {
        ns_free(handle);
        return -1;
    }
    handle->fd = (int)fd;
    handle->wrap.free = handle_free;
    ns_wrap_init(&handle->wrap, env, object, NS_PROVIDER_FILEHANDLE);
    return 0;
}

JSValue fs_new_handle(ns_env *env, int fd)
{
    JSValueConst argv[] = {JS_NewInt32(env->ctx, fd)};
    return JS_CallConstructor(env->ctx, env->priv->file_handle, 1, argv);
}

static JSValue handle_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    file_handle *handle = (file_handle *)ns_wrap_of(self);
    fs_op *op = handle ? fs_op_new(ctx, "fs.close", fs_run_close, FS_NOTHING) : NULL;
    if (!op)
        return JS_EXCEPTION;
    op->fd = handle->fd;
    op->keep = JS_DupValue(ctx, self);
    handle->fd = -1;
    return submit_promise(env, op);
}

static JSValue handle_release(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    file_handle *handle = (file_handle *)ns_wrap_of(self);
    int fd = handle ? handle->fd : -1;
    if (handle)
        handle->fd = -1;
    return JS_NewInt32(ctx, fd);
}

static JSValue handle_get_fd(JSContext *ctx, JSValueConst self)
{
    file_handle *handle = (file_handle *)ns_wrap_of(self);
    return JS_NewInt32(ctx, handle ? handle->fd : -1);
}

static void cleanup(ns_env *env, void *data)
{
    ns_env_private *p = env->priv;
    JSValue values[] = {p->fs_req_promise, p->file_handle, p->stat_numbers, p->stat_bigints};
    for (int i = 0; i < 4; i++)
        JS_FreeValue(env->ctx, values[i]);
}

int fs_req_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def handle_methods[] = {{"close", handle_close, 0},
                                               {"releaseFD", handle_release, 0}};
    static const ns_class_def callback = {
        .name = "FSReqCallback", .construct = req_construct, .async = true};
    static const ns_class_def promise = {
        .name = "FSReqPromise", .construct = promise_construct, .async = true};
    static const ns_class_def handle = {.name = "FileHandle",
                                        .construct = handle_construct,
                                        .methods = handle_methods,
                                        .method_count = 2,
                                        .async = true};
    ns_env_private *p = env->priv;
    p->fs_req_promise = ns_new_class(env, ctx, &promise);
    p->file_handle = ns_new_class(env, ctx, &handle);
    p->stat_numbers = ns_new_float64_array(ctx, p->stat_number_memory, 36);
    p->stat_bigints = ns_new_bigint64_array(ctx, p->stat_bigint_memory, 36);
    if (ns_env_at_exit(env, cleanup, NULL) < 0 ||
        ns_set(ctx, target, "FSReqCallback", ns_new_class(env, ctx, &callback)) < 0)
        return -1;
    JSValue prototype = JS_GetPropertyStr(ctx, p->file_handle, "prototype");
    JSAtom atom = JS_NewAtom(ctx, "fd");
    JSCFunctionType getter = {.getter = handle_get_fd};
    JSValue get = JS_NewCFunction2(ctx, getter.generic, "get fd", 0, JS_CFUNC_getter, 0);
    JS_DefinePropertyGetSet(ctx, prototype, atom, get, JS_UNDEFINED, JS_PROP_CONFIGURABLE);
    JS_FreeAtom(ctx, atom);
    JS_FreeValue(ctx, prototype);
    ns_set(ctx, target, "FileHandle", JS_DupValue(ctx, p->file_handle));
    ns_set(ctx, target, "statValues", JS_DupValue(ctx, p->stat_numbers));
    return ns_set(ctx, target, "bigintStatValues", JS_DupValue(ctx, p->stat_bigints));
}

// Requests of the file system: FSReqCallback and FSReqPromise (source: src/node_file.cc and
// node_file-inl.h), and the passage of an operation through the pool or on the main thread.
#include "node/fs_req.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"
#include "node/tracer.h"

typedef struct fs_req {
    ns_wrap wrap;
    bool bigint;
    JSValue settle[2]; // resolve and reject of its promise; undefined for a callback
} fs_req;

static void req_free(ns_wrap *wrap)
{
    fs_req *req = (fs_req *)wrap;
    JSRuntime *rt = JS_GetRuntime(wrap->env->ctx);
    JS_FreeValueRT(rt, req->settle[0]);
    JS_FreeValueRT(rt, req->settle[1]);
    ns_free(req);
}

static void req_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    fs_req *req = (fs_req *)wrap;
    JS_MarkValue(rt, req->settle[0], mark);
    JS_MarkValue(rt, req->settle[1], mark);
}

static fs_req *req_new(ns_env *env, JSValueConst object, ns_provider provider,
                       const JSValue *settle)
{
    fs_req *req = ns_calloc(1, sizeof *req);
    if (!req) {
        JS_ThrowOutOfMemory(env->ctx);
        return NULL;
    }
    req->settle[0] = settle ? settle[0] : JS_UNDEFINED;
    req->settle[1] = settle ? settle[1] : JS_UNDEFINED;
    req->wrap.free = req_free;
    req->wrap.mark = req_mark;
    ns_wrap_init(&req->wrap, env, object, provider);
    return req;
}

static int construct_callback(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                              JSValueConst *argv)
{
    fs_req *req = req_new(env, object, NS_PROVIDER_FSREQCALLBACK, NULL);
    if (req)
        req->bigint = argc > 0 && JS_IsBool(argv[0]) && JS_ToBool(ctx, argv[0]);
    return req ? 0 : -1;
}

// -- Calls ----------------------------------------------------------------------------------------

ns_fs_call *ns_fs_call_new(JSContext *ctx, ns_fs_kind kind, ns_fs_shape shape)
{
    ns_fs_call *call = ns_calloc(1, sizeof *call);
    if (!call) {
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    call->op.kind = kind;
    call->op.fd = -1;
    call->op.position = -1;
    call->shape = shape;
    call->encoding = NS_ENC_UTF8;
    call->keep = JS_UNDEFINED;
    return call;
}

static void call_free(JSContext *ctx, ns_fs_call *call)
{
    if (ns_list_linked(&call->link))
        ns_list_remove(&call->link);
    ns_fs_op_clear(ctx, &call->op);
    ns_mkdirp_free(call->mkdirp);
    JS_FreeValue(ctx, call->keep);
    ns_free(call);
}

JSValue ns_fs_drop(JSContext *ctx, ns_fs_call *call)
{
    if (call)
        call_free(ctx, call);
    return JS_EXCEPTION;
}

JSValue ns_fs_error(JSContext *ctx, const ns_fs_op *op)
{
    return ns_uv_exception(ctx, (int)op->result, ns_fs_syscall(op->kind), NULL, op->path, op->dest);
}

// -- Through the pool -----------------------------------------------------------------------------

static void work(ns_task *task, ns_demand *demand)
{
    ns_fs_call *call = (ns_fs_call *)task;
    ns_env *env = call->work.wrap->env;
    ns_fs_op_run(env, &env->fs->costs, &call->op, demand);
}

// The value that JavaScript gets; *which is 1 when it is an error.
static JSValue outcome(ns_env *env, ns_fs_call *call, bool shared, int *which)
{
    JSContext *ctx = env->ctx;
    ns_fs_op *op = &call->op;
    *which = op->result < 0;
    if (*which && op->kind == NS_FS_MKDTEMP && op->text) { // it shows the letters that were drawn
        ns_free(op->path);
        op->path = op->text;
        op->text = NULL;
    }
    if (*which)
        return ns_fs_error(ctx, op);
    JSValue value = ns_fs_value(env, call, shared);
    if (!JS_IsException(value))
        return value;
    *which = 1;
    return JS_GetException(ctx);
}

// FSReqPromise::Resolve and Reject.
static void settle(fs_req *req, ns_fs_call *call)
{
    ns_env *env = req->wrap.env;
    JSContext *ctx = env->ctx;
    ns_scope scope;
    ns_scope_open(&scope, &req->wrap);
    if (!scope.failed) {
        int which;
        JSValue value = outcome(env, call, false, &which);
        JSValueConst argv[] = {value};
        JS_FreeValue(ctx, JS_Call(ctx, req->settle[which], JS_UNDEFINED, 1, argv));
        JS_FreeValue(ctx, value);
    }
    ns_scope_close(&scope);
}

// FSReqCallback::Resolve and Reject.
static void call_back(fs_req *req, ns_fs_call *call)
{
    ns_env *env = req->wrap.env;
    int which;
    JSValue value = outcome(env, call, true, &which);
    JSValueConst success[] = {JS_NULL, value}, failure[] = {value};
    int argc = which || JS_IsUndefined(value) ? 1 : 2;
    JS_FreeValue(env->ctx,
                 ns_make_callback_name(&req->wrap, "oncomplete", argc, which ? failure : success));
    JS_FreeValue(env->ctx, value);
}

static void after(ns_work *done, int status)
{
    ns_fs_call *call = (ns_fs_call *)done;
    fs_req *req = (fs_req *)done->wrap;
    ns_env *env = req->wrap.env;
    if (status < 0)
        call->op.result = -ECANCELED;
    if (!env->exiting && call->mkdirp && ns_mkdirp_next(call)) {
        call->work.task =
            (ns_task){.kind = NS_TASK_FS, .name = ns_fs_task_name(call->op.kind), .work = work};
        ns_work_submit(env, &call->work);
        return;
    }
    if (call->finish)
        call->finish(call);
    if (!env->exiting) {
        if (JS_IsUndefined(req->settle[0]))
            call_back(req, call);
        else
            settle(req, call);
    }
    call_free(env->ctx, call);
}

static void submit(ns_env *env, ns_fs_call *call, fs_req *req)
{
    call->work.task.kind = NS_TASK_FS;
    call->work.task.name = ns_fs_task_name(call->op.kind);
    call->work.task.work = work;
    call->work.wrap = &req->wrap;
    call->work.after = after;
    ns_list_push_back(&env->fs->calls, &call->link);
    ns_work_submit(env, &call->work);
}

// FSReqPromise::New: the promise first, then the request.
JSValue ns_fs_submit_promise(ns_env *env, ns_fs_call *call, JSValueConst class,
                             ns_provider provider)
{
    JSContext *ctx = env->ctx;
    JSValue functions[2];
    JSValue object = ns_new_instance(env, class);
    JSValue promise = JS_IsException(object) ? object : JS_NewPromiseCapability(ctx, functions);
    if (JS_IsException(promise)) {
        JS_FreeValue(ctx, object);
        return ns_fs_drop(ctx, call);
    }
    fs_req *req = ns_set(ctx, object, "promise", JS_DupValue(ctx, promise)) < 0
                      ? NULL
                      : req_new(env, object, provider, functions);
    if (req) {
        submit(env, call, req);
    } else {
        JS_FreeValue(ctx, functions[0]);
        JS_FreeValue(ctx, functions[1]);
        JS_FreeValue(ctx, promise);
        promise = ns_fs_drop(ctx, call);
    }
    JS_FreeValue(ctx, object);
    return promise;
}

// -- On the main thread ---------------------------------------------------------------------------

void ns_fs_run_now(ns_env *env, ns_fs_op *op)
{
    ns_demand demand;
    ns_env_sync(env);
    ns_fs_op_run(env, &env->fs->costs, op, &demand);
    ns_env_charge(env, demand.cpu);
    ns_env_sync(env);
    if (!env->priv->running || demand.disk.kind == NS_DISK_NONE)
        return;
    ns_time start = ns_sim_now(env->sim);
    ns_tracer_disk_wait(env->tracer, &demand.disk);
    ns_time waited = ns_disk_wait(env->disk, env->thread, &demand.disk);
    if (waited == 0)
        return;
    // What the loop lost: the summary tells of synchronous calls by it.
    ns_record row = {.type = NS_REC_SAMPLE, .sample = {start, "fs.sync", (double)waited}};
    ns_emit(env->options->sink, &row);
}

static void run_call(ns_env *env, ns_fs_call *call)
{
    do
        ns_fs_run_now(env, &call->op);
    while (call->mkdirp && ns_mkdirp_next(call));
    if (call->finish)
        call->finish(call);
}

// Undefined when the call is to be done at once.
static JSValue submit_async(ns_env *env, ns_fs_call *call, JSValueConst req, bool *taken)
{
    ns_wrap *wrap = ns_wrap_find(env, req);
    *taken = true;
    if (wrap && wrap->provider == NS_PROVIDER_FSREQCALLBACK) {
        call->bigint = ((fs_req *)wrap)->bigint;
        submit(env, call, (fs_req *)wrap);
        return JS_UNDEFINED;
    }
    if (JS_IsSymbol(req))
        return ns_fs_submit_promise(env, call, env->fs->promise_class, NS_PROVIDER_FSREQPROMISE);
    *taken = false;
    return JS_UNDEFINED;
}

JSValue ns_fs_submit(JSContext *ctx, ns_fs_call *call, JSValueConst req)
{
    ns_env *env = ns_env_of(ctx);
    bool taken;
    JSValue value = submit_async(env, call, req, &taken);
    if (taken)
        return value;
    run_call(env, call);
    if (call->op.result == -ENOENT && call->no_entry_is_undefined)
        value = JS_UNDEFINED;
    else if (call->op.result < 0)
        value = JS_Throw(ctx, ns_fs_error(ctx, &call->op));
    else
        value = ns_fs_value(env, call, true);
    call_free(ctx, call);
    return value;
}

JSValue ns_fs_submit_out(JSContext *ctx, ns_fs_call *call, JSValueConst req, JSValueConst out)
{
    ns_env *env = ns_env_of(ctx);
    bool taken;
    JSValue value = submit_async(env, call, req, &taken);
    if (taken)
        return value;
    run_call(env, call);
    if (call->op.result >= 0) {
        value = ns_fs_value(env, call, true);
    } else {
        value = call->shape == NS_FS_INTEGER ? JS_NewInt64(ctx, call->op.result) : JS_UNDEFINED;
        if (ns_set_int(ctx, out, "errno", call->op.result) < 0 ||
            ns_set_str(ctx, out, "syscall", ns_fs_syscall(call->op.kind)) < 0)
            value = JS_EXCEPTION;
    }
    call_free(ctx, call);
    return value;
}

// -- The binding's state --------------------------------------------------------------------------

static void cleanup(ns_env *env, void *data)
{
    ns_fs *fs = data;
    JSValue values[] = {fs->promise_class, fs->close_class,  fs->handle_class, fs->dir_class,
                        fs->stat_array,    fs->stat_bigints, fs->statfs_array, fs->statfs_bigints};
    while (!ns_list_empty(&fs->calls))
        call_free(env->ctx, ns_list_entry(fs->calls.next, ns_fs_call, link));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        JS_FreeValue(env->ctx, values[i]);
    fs->promise_class = fs->close_class = fs->handle_class = fs->dir_class = JS_UNDEFINED;
}

ns_fs *ns_fs_of(ns_env *env)
{
    JSContext *ctx = env->ctx;
    if (env->fs)
        return env->fs;
    ns_fs *fs = ns_calloc(1, sizeof *fs);
    if (!fs || ns_env_at_exit(env, cleanup, fs) < 0) {
        ns_free(fs);
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    env->fs = fs;
    ns_list_init(&fs->calls);
    ns_list_init(&fs->notices);
    ns_fs_read_costs(&fs->costs, env->profile);
    fs->promise_class = fs->close_class = fs->handle_class = fs->dir_class = JS_UNDEFINED;
    fs->stat_array = ns_new_float64_array(ctx, fs->stat_numbers, 2 * NS_FS_STAT_FIELDS);
    fs->stat_bigints = ns_new_bigint64_array(ctx, fs->stat_integers, 2 * NS_FS_STAT_FIELDS);
    fs->statfs_array = ns_new_float64_array(ctx, fs->statfs_numbers, NS_FS_STATFS_FIELDS);
    fs->statfs_bigints = ns_new_bigint64_array(ctx, fs->statfs_integers, NS_FS_STATFS_FIELDS);
    return fs;
}

int ns_fs_getter(JSContext *ctx, JSValueConst class, const char *name,
                 JSValue (*get)(JSContext *ctx, JSValueConst self))
{
    JSCFunctionType type = {.getter = get};
    JSValue prototype = JS_GetPropertyStr(ctx, class, "prototype");
    JSValue function = JS_NewCFunction2(ctx, type.generic, name, 0, JS_CFUNC_getter, 0);
    JSAtom atom = JS_NewAtom(ctx, name);
    int status = JS_DefinePropertyGetSet(ctx, prototype, atom, function, JS_UNDEFINED, 0);
    JS_FreeAtom(ctx, atom);
    JS_FreeValue(ctx, prototype);
    return status < 0 ? -1 : 0;
}

int ns_fs_init_requests(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_class_def callback = {
        .name = "FSReqCallback", .construct = construct_callback, .async = true};
    static const ns_class_def promise = {.name = "FSReqPromise", .async = true};
    ns_fs *fs = env->fs;
    fs->promise_class = ns_new_class(env, ctx, &promise);
    if (JS_IsException(fs->promise_class) ||
        ns_set(ctx, target, "FSReqCallback", ns_new_class(env, ctx, &callback)) < 0 ||
        ns_set(ctx, target, "statValues", JS_DupValue(ctx, fs->stat_array)) < 0 ||
        ns_set(ctx, target, "bigintStatValues", JS_DupValue(ctx, fs->stat_bigints)) < 0 ||
        ns_set(ctx, target, "statFsValues", JS_DupValue(ctx, fs->statfs_array)) < 0)
        return -1;
    return ns_set(ctx, target, "bigintStatFsValues", JS_DupValue(ctx, fs->statfs_bigints));
}

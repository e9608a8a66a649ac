// The environment of one simulated process, shared by the bindings: node::Environment, AsyncWrap,
// ReqWrap and InternalCallbackScope of Node's src/. One file per binding; each registers an init
// function in bindings.c that fills the object internalBinding(name) returns.
#ifndef NS_NODE_ENV_H
#define NS_NODE_ENV_H

#include "base/buf.h"
#include "engine/engine.h"
#include "model/cpu.h"
#include "model/disk.h"
#include "model/loop.h"
#include "model/profile.h"
#include "model/threadpool.h"
#include "node/node.h"

typedef struct ns_env ns_env;
struct ns_vfs;
struct ns_requests;
struct ns_heap;
struct ns_tracer;

// node::AsyncWrap::ProviderType: X(name). The order fixes nothing but the numbers.
// clang-format off
#define NS_PROVIDERS(X)                                                                           \
    X(NONE) X(DIRHANDLE) X(DNSCHANNEL) X(ELDHISTOGRAM) X(FILEHANDLE) X(FILEHANDLECLOSEREQ)        \
    X(BLOBREADER) X(FSEVENTWRAP) X(FSREQCALLBACK) X(FSREQPROMISE) X(GETADDRINFOREQWRAP)           \
    X(GETNAMEINFOREQWRAP) X(HEAPSNAPSHOT) X(CPUHEAPPROFILE) X(HTTP2SESSION) X(HTTP2STREAM)        \
    X(HTTP2PING) X(HTTP2SETTINGS) X(HTTPINCOMINGMESSAGE) X(HTTPCLIENTREQUEST) X(JSSTREAM)         \
    X(JSUDPWRAP) X(MESSAGEPORT) X(PIPECONNECTWRAP) X(PIPESERVERWRAP) X(PIPEWRAP) X(PROCESSWRAP)   \
    X(PROMISE) X(QUERYWRAP) X(SHUTDOWNWRAP) X(SIGNALWRAP) X(STATWATCHER) X(STREAMPIPE)            \
    X(TCPCONNECTWRAP) X(TCPSERVERWRAP) X(TCPWRAP) X(TTYWRAP) X(UDPSENDWRAP) X(UDPWRAP)            \
    X(SIGINTWATCHDOG) X(WORKER) X(WORKERHEAPSNAPSHOT) X(WRITEWRAP) X(ZLIB) X(CHECKPRIMEREQUEST)   \
    X(PBKDF2REQUEST) X(KEYPAIRGENREQUEST) X(KEYGENREQUEST) X(KEYEXPORTREQUEST) X(CIPHERREQUEST)   \
    X(DERIVEBITSREQUEST) X(HASHREQUEST) X(RANDOMBYTESREQUEST) X(RANDOMPRIMEREQUEST)               \
    X(SCRYPTREQUEST) X(SIGNREQUEST) X(TLSWRAP) X(VERIFYREQUEST)
// clang-format on
typedef enum ns_provider {
#define X(name) NS_PROVIDER_##name,
    NS_PROVIDERS(X)
#undef X
        NS_PROVIDER_COUNT
} ns_provider;

// -- The environment ------------------------------------------------------------------------------
// Fields that bindings read. Everything is made by env.c before the first binding is loaded.
struct ns_env {
    const ns_workload *workload;
    const ns_node_options *options;
    ns_sim *sim;
    ns_cpu *cpu;
    ns_disk *disk;
    ns_thread *thread; // the main thread
    ns_loop *loop;
    ns_profile *profile;
    ns_engine *engine;
    JSContext *ctx;
    struct ns_vfs *vfs;
    struct ns_jit *jit;
    ns_pool *pool;                // NULL until the first use: see ns_env_pool
    struct ns_profiler *profiler; // NULL: none
    struct ns_heap *heap;         // NULL until the process runs (node/heap.h)
    struct ns_tracer *tracer;     // NULL unless the run is traced (tracer.h)
    struct ns_env_private *priv;

    int64_t callback_id;           // the callback that is running, 0 outside
    int64_t request_id;            // the request it works for
    JSValueConst buffer_prototype; // FastBuffer.prototype, kept by the buffer binding; 0 until then
    struct ns_messaging *messaging;     // messaging.c
    struct ns_performance *performance; // performance.c
    struct ns_fs *fs;                   // fs_req.c
    int exit_code;
    bool exiting; // process.reallyExit was called, or the run ends: no JavaScript any more
};

ns_env *ns_env_of(JSContext *ctx);

// The pool, made at first use: UV_THREADPOOL_SIZE is read then, from the program's process.env.
ns_pool *ns_env_pool(ns_env *env);

// Virtual wall clock and hrtime. Meets the CPU model first, so that time reads are exact.
int64_t ns_env_hrtime(ns_env *env); // ns since boot of the simulated machine
int64_t ns_env_wall_us(ns_env *env);
// Charge the main thread for work done in C, from a constant of the profile.
void ns_env_charge(ns_env *env, ns_time cpu);
// Let virtual time pass for what was accrued, JavaScript included.
void ns_env_sync(ns_env *env);

// Output of the program (fd 1 or 2).
void ns_env_output(ns_env *env, int fd, const char *bytes, size_t len);

// -- Bindings -------------------------------------------------------------------------------------
typedef int (*ns_binding_init)(ns_env *env, JSContext *ctx,
                               JSValueConst target); // 0, or -1 and pending
typedef struct ns_binding {
    const char *name;
    ns_binding_init init;
} ns_binding;
extern const ns_binding ns_bindings[]; // ends with name NULL
#define NS_BINDING(name)                                                                           \
    int ns_binding_##name(ns_env *env, JSContext *ctx, JSValueConst target);                       \
    int ns_binding_##name(ns_env *env, JSContext *ctx, JSValueConst target)

// Helpers; each returns 0, or -1 with an exception pending. ns_set takes over `value`.
int ns_set(JSContext *ctx, JSValueConst object, const char *name, JSValue value);
int ns_set_int(JSContext *ctx, JSValueConst object, const char *name, int64_t value);
int ns_set_str(JSContext *ctx, JSValueConst object, const char *name, const char *value);
int ns_set_fn(JSContext *ctx, JSValueConst object, const char *name, JSCFunction *fn, int argc);
typedef struct ns_fn_def {
    const char *name;
    JSCFunction *fn;
    int argc;
} ns_fn_def;
int ns_set_fns(JSContext *ctx, JSValueConst object, const ns_fn_def *defs, int count);
#define NS_SET_FNS(ctx, object, defs)                                                              \
    ns_set_fns(ctx, object, defs, (int)(sizeof(defs) / sizeof(defs)[0]))
// A function that throws "nsim does not model <what> yet" (code ERR_NSIM_NOT_MODELLED): for every
// entry of a binding that is not there.
int ns_set_missing(JSContext *ctx, JSValueConst object, const char *name, const char *what);
JSValue ns_throw_missing(JSContext *ctx, const char *what);

// Arguments. ns_arg_* return false with a TypeError pending.
bool ns_arg_int(JSContext *ctx, JSValueConst value, int64_t *out);
bool ns_arg_double(JSContext *ctx, JSValueConst value, double *out);
static inline bool ns_arg_bool(JSContext *ctx, JSValueConst value)
{
    return JS_ToBool(ctx, value) == 1;
}

// A typed array over memory that C owns and that lives as long as the environment.
JSValue ns_new_uint32_array(JSContext *ctx, uint32_t *memory, size_t count);
JSValue ns_new_int32_array(JSContext *ctx, int32_t *memory, size_t count);
JSValue ns_new_uint8_array(JSContext *ctx, uint8_t *memory, size_t count);
JSValue ns_new_float64_array(JSContext *ctx, double *memory, size_t count);
JSValue ns_new_bigint64_array(JSContext *ctx, int64_t *memory, size_t count);
// A Buffer (FastBuffer prototype) that takes over `data`, allocated with ns_malloc.
JSValue ns_new_buffer(JSContext *ctx, uint8_t *data, size_t size);

// -- Errors ---------------------------------------------------------------------------------------
// libuv error numbers (Linux: negative errno) and their names and messages, as uv_err_name has
// them.
const char *ns_uv_name(int error);    // "ENOENT"
const char *ns_uv_message(int error); // "no such file or directory"
// node::UVException: an Error with errno, code, syscall, path, dest; message "ENOENT: ..., open
// 'x'".
JSValue ns_uv_exception(JSContext *ctx, int error, const char *syscall, const char *message,
                        const char *path, const char *dest);
// node::ERR_*: throw an error of `type` ("TypeError", "RangeError", "Error") with a code.
JSValue ns_throw_code(JSContext *ctx, const char *type, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

// -- Wrapped objects: node::BaseObject, AsyncWrap, HandleWrap, ReqWrap ----------------------------
// The C side of a JavaScript object. Embed it first. `free` runs when the object dies or at exit.
typedef struct ns_wrap ns_wrap;
struct ns_wrap {
    ns_env *env;
    JSValue object; // weak: not counted, unless ns_wrap_hold
    bool held;
    ns_provider provider;
    double async_id, trigger_async_id;
    int64_t request_id;  // the request in whose context it was made
    int64_t callback_id; // and the callback
    void (*free)(ns_wrap *wrap);
    void (*mark)(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark); // children; may be NULL
    // Set after ns_wrap_init, which clears them.
    void (*closed)(ns_wrap *wrap);          // HandleWrap::OnClose: before JavaScript's own callback
    const struct ns_transfer_ops *transfer; // how messages take it (message.h); NULL: they do not
    ns_wrap *next, *prev;
};

// A JavaScript class whose instances are wraps and which JavaScript may subclass. `construct` makes
// the C side (ns_malloc'ed, `ns_wrap` first) and calls ns_wrap_init, or returns -1 with an
// exception. Methods of AsyncWrap (getAsyncId, asyncReset, getProviderType) are there already.
// Returns the constructor; the prototype is its "prototype".
typedef struct ns_class_def {
    const char *name;
    int (*construct)(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                     JSValueConst *argv);
    const ns_fn_def *methods;
    int method_count;
    bool async;    // an AsyncWrap; false: a BaseObject
    bool handle;   // a HandleWrap: has close, ref, unref, hasRef (ns_handle_wrap below)
    bool internal; // JavaScript may not construct it: ERR_CONSTRUCT_CALL_INVALID
} ns_class_def;
JSValue ns_new_class(ns_env *env, JSContext *ctx, const ns_class_def *def);
// An instance of such a class without a call of its constructor: the caller binds the C side.
JSValue ns_new_instance(ns_env *env, JSValueConst constructor);

// Bind C and JavaScript sides, give it an async id and emit init (unless provider is NONE).
void ns_wrap_init(ns_wrap *wrap, ns_env *env, JSValueConst object, ns_provider provider);
ns_wrap *ns_wrap_of(JSValueConst object); // of an object that is known to be one, or has no C side
ns_wrap *ns_wrap_find(ns_env *env, JSValueConst value); // of any value; NULL if it is none
void ns_wrap_hold(ns_wrap *wrap);    // strong: a request in flight, an active handle
void ns_wrap_release(ns_wrap *wrap); // may free the object, and with it the wrap

// A handle of the loop under a wrap. `handle` points into the same C struct.
typedef struct ns_handle_wrap {
    ns_wrap wrap;
    ns_handle *handle;
} ns_handle_wrap;
void ns_handle_wrap_close(ns_handle_wrap *wrap); // as its close() without a callback

// node::MakeCallback: call `fn` (or the property `name`) of the wrap's object with the async
// context, then drain nextTicks and microtasks if this is the outermost callback; records a
// callback row. An exception goes to the process's uncaughtException machinery. The result is
// JS_UNDEFINED when it threw. Do not call when env->exiting.
JSValue ns_make_callback(ns_wrap *wrap, JSValueConst fn, int argc, JSValueConst *argv);
JSValue ns_make_callback_name(ns_wrap *wrap, const char *name, int argc, JSValueConst *argv);
// The same for an object without a wrap: async ids given; kind as in the callback record.
JSValue ns_make_callback_ids(ns_env *env, JSValueConst object, JSValueConst fn, int argc,
                             JSValueConst *argv, double async_id, double trigger_id,
                             const char *kind, int64_t request_id);
// InternalCallbackScope without a call: for a completion that only settles a promise.
typedef struct ns_scope {
    ns_env *env;
    double async_id;
    bool failed, outermost, pushed, skip_hooks, recording;
    int64_t outer_callback, outer_request;
    ns_rec_callback record;
} ns_scope;
void ns_scope_open(ns_scope *scope, ns_wrap *wrap);
void ns_scope_close(ns_scope *scope);

// The exception pending in ctx, reported as uncaught. Returns whether the program goes on.
bool ns_uncaught(ns_env *env);

// The request (arrivals) for which the running JavaScript works: 0, or its id.
void ns_env_set_request(ns_env *env, int64_t request_id);
// The request in whose context an async id (a JavaScript number) was given out.
int64_t ns_env_request_of(ns_env *env, JSValueConst async_id);

// -- Work on the pool -----------------------------------------------------------------------------
// Submit a task for a wrap: keeps the loop alive, holds the wrap, sets callback and request ids;
// `after` runs on the loop (open a scope or make a callback there). task->data is left to the
// caller; task->work as in model/threadpool.h.
typedef struct ns_work ns_work;
struct ns_work {
    ns_task task;
    ns_wrap *wrap;
    void (*after)(ns_work *work, int status);
    void (*compute)(ns_task *task, ns_demand *demand); // task.work, as it was submitted
    int64_t spawn;                                     // of a trace
};
void ns_work_submit(ns_env *env, ns_work *work);

// A deferred call from C, in the order of SetImmediate (node::Environment::SetImmediate): runs in
// the check phase. ref: keeps the loop alive.
int ns_env_set_immediate(ns_env *env, void (*fn)(ns_env *env, void *data), void *data, bool ref);

// Run `fn` when the environment is freed, while its context still lives: to free JSValues kept in
// C.
int ns_env_at_exit(ns_env *env, void (*fn)(ns_env *env, void *data), void *data);

// -- The file system (vfs.h) and what is global to it ---------------------------------------------
JSValue ns_env_primordial(ns_env *env, const char *name); // a value of primordials

#endif

// Calls of the file system from JavaScript (node::fs::FSReqBase): an operation, how its result is
// shown, and the three ways in which it is asked for: a callback, a promise, or at once.
#ifndef NS_NODE_FS_REQ_H
#define NS_NODE_FS_REQ_H

#include "base/list.h"
#include "node/fs_op.h"
#include "node/string_bytes.h"

enum { NS_FS_STAT_FIELDS = 18, NS_FS_STATFS_FIELDS = 7 };

// The binding's state; env->fs, made by ns_fs_of.
typedef struct ns_fs {
    ns_fs_costs costs;
    ns_list calls;         // in flight
    ns_list notices;       // fs_event.c: what watchers are to be told
    ns_poll_event inotify; // and the readiness of the descriptor that tells it
    JSValue promise_class, close_class, handle_class, dir_class;
    // Arrays that JavaScript sees, and their memory. Two stats: StatWatcher shows both.
    JSValue stat_array, stat_bigints, statfs_array, statfs_bigints;
    double stat_numbers[2 * NS_FS_STAT_FIELDS], statfs_numbers[NS_FS_STATFS_FIELDS];
    int64_t stat_integers[2 * NS_FS_STAT_FIELDS], statfs_integers[NS_FS_STATFS_FIELDS];
    bool warned_handle; // DEP0137 was emitted
} ns_fs;
ns_fs *ns_fs_of(ns_env *env); // NULL with an exception pending

// How a result is shown.
typedef enum ns_fs_shape {
    NS_FS_VOID,
    NS_FS_INTEGER,
    NS_FS_STATS,
    NS_FS_STATFS_VALUES,
    NS_FS_TEXT,      // a path, in the call's encoding
    NS_FS_MADE_PATH, // the same, or undefined
    NS_FS_NAMES,     // of a folder
    NS_FS_DIRENTS,   // [names, types]
    NS_FS_BATCH,     // [name, type, name, type ...] of an open folder; null at its end
    NS_FS_FILE_HANDLE,
    NS_FS_DIR_HANDLE
} ns_fs_shape;

typedef struct ns_mkdirp ns_mkdirp;
typedef struct ns_fs_call {
    ns_work work; // first
    ns_fs_op op;
    ns_fs_shape shape;
    ns_encoding encoding;
    bool bigint;
    bool no_entry_is_undefined;              // ENOENT of a synchronous call does not throw
    JSValue keep;                            // lives as long as the call
    ns_mkdirp *mkdirp;                       // fs_mkdirp.c: it goes on with another operation
    void (*finish)(struct ns_fs_call *call); // before the result is shown; may be NULL
    ns_list link;
} ns_fs_call;

// A call, NULL with an exception pending. ns_fs_drop frees one that was not submitted; it returns
// JS_EXCEPTION, and takes NULL.
ns_fs_call *ns_fs_call_new(JSContext *ctx, ns_fs_kind kind, ns_fs_shape shape);
JSValue ns_fs_drop(JSContext *ctx, ns_fs_call *call);

// Each takes over the call. `req` is an FSReqCallback, the symbol kUsePromises, or else the call is
// done at once: its result is returned or its error thrown.
JSValue ns_fs_submit(JSContext *ctx, ns_fs_call *call, JSValueConst req);
// At once; an error goes to `out` as errno and syscall, and undefined is returned (or the error's
// number, if the result is an integer).
JSValue ns_fs_submit_out(JSContext *ctx, ns_fs_call *call, JSValueConst req, JSValueConst out);
// At once; the outcome stays in op.result and nothing is thrown. Does not take over the call.
void ns_fs_run_now(ns_env *env, ns_fs_op *op);
// A promise, on a new request of the class and provider.
JSValue ns_fs_submit_promise(ns_env *env, ns_fs_call *call, JSValueConst class,
                             ns_provider provider);

// The exception of an operation that failed.
JSValue ns_fs_error(JSContext *ctx, const ns_fs_op *op);
// fs_value.c: the result. `shared` uses the binding's own arrays for stats.
JSValue ns_fs_value(ns_env *env, ns_fs_call *call, bool shared);
// Into the binding's own arrays; `second` is the other half. Returns the array.
JSValue ns_fs_fill_stats(ns_env *env, const ns_stat *stat, bool bigint, bool second);

// fs_mkdirp.c: mkdir with parents. ns_mkdirp_next looks at the operation that is done and says
// whether another one, which is then in the call, must follow.
int ns_mkdirp_start(JSContext *ctx, ns_fs_call *call);
bool ns_mkdirp_next(ns_fs_call *call);
void ns_mkdirp_free(ns_mkdirp *mkdirp);

// fs_handle.c and fs_dir.c
JSValue ns_fs_new_handle(ns_env *env, int fd);
JSValue ns_fs_new_dir(ns_env *env, ns_fs_dir *dir); // takes over the reference, also when it fails

// A getter on a class's prototype that cannot be deleted. 0, or -1 and an exception pending.
int ns_fs_getter(JSContext *ctx, JSValueConst class, const char *name,
                 JSValue (*get)(JSContext *ctx, JSValueConst self));

// process.emitWarning(text[, "DeprecationWarning", code]) in a turn of its own.
void ns_fs_warn_later(ns_env *env, const char *text, const char *code);

// Parts of the binding, called by fs.c.
int ns_fs_init_requests(ns_env *env, JSContext *ctx, JSValueConst target);
int ns_fs_init_handle(ns_env *env, JSContext *ctx, JSValueConst target);
int ns_fs_init_io(ns_env *env, JSContext *ctx, JSValueConst target);
int ns_fs_init_modules(ns_env *env, JSContext *ctx, JSValueConst target);
int ns_fs_init_watcher(ns_env *env, JSContext *ctx, JSValueConst target);

// fs_args.c: arguments; each returns false with an exception pending.
bool ns_fs_path_arg(JSContext *ctx, JSValueConst value,
                    char **out);                                 // a string or bytes; ns_malloc'ed
bool ns_fs_fd_arg(JSContext *ctx, JSValueConst value, int *out); // node::GetValidatedFd
bool ns_fs_int_arg(JSContext *ctx, JSValueConst value, int *out);
bool ns_fs_mode_arg(JSContext *ctx, JSValueConst value, int max,
                    int *out);                                             // node::GetValidFileMode
bool ns_fs_position_arg(JSContext *ctx, JSValueConst value, int64_t *out); // -1 for none
bool ns_fs_time_arg(JSContext *ctx, JSValueConst value, int64_t *out);     // seconds, to ns
// One view, and an array of views.
bool ns_fs_buffer_arg(JSContext *ctx, ns_fs_op *op, JSValueConst view, JSValueConst offset,
                      JSValueConst length);
bool ns_fs_buffers_arg(JSContext *ctx, ns_fs_op *op, JSValueConst list);

#endif

// One operation on the file system: arguments, what it does, what it costs, its result. The same
// operation runs on a pool thread, for callbacks and promises, or at once, blocking the main thread.
#ifndef NS_NODE_FS_OP_H
#define NS_NODE_FS_OP_H

#include "node/env.h"
#include "node/string_bytes.h"
#include "node/vfs.h"

typedef enum fs_result {
    FS_NOTHING,
    FS_NUMBER,
    FS_STAT,
    FS_STATFS,
    FS_TEXT,    // a path, in the encoding asked for
    FS_PATH_OR_UNDEFINED,
    FS_NAMES,   // of a folder
    FS_DIRENTS, // names and types
    FS_HANDLE,  // a FileHandle
    FS_MADE     // by op->make
} fs_result;

typedef struct fs_op fs_op;
typedef struct fs_bytes {
    uint8_t *data;
    size_t size;
} fs_bytes;

struct fs_op {
    ns_work work; // of the pool; its wrap is the request
    const char *name;    // "fs.open"
    const char *syscall; // "open", as errors show it
    int (*run)(fs_op *op, ns_vfs *vfs); // 0 or a negative errno; fills in the result
    fs_result result;
    JSValue (*make)(ns_env *env, fs_op *op);
    ns_encoding encoding;
    bool bigint;

    char *path, *dest; // owned
    int fd, flags, mode;
    int64_t position, size, atime, mtime;
    bool recursive, follow;
    fs_bytes *buffers; // owned array
    int buffer_count;
    uint8_t *owned;    // bytes to write that the operation owns
    JSValue keep;      // what the buffers belong to

    int error;
    int64_t number;
    char *text;
    ns_stat stat;
    ns_entry *entries;
    int entry_count;
    int64_t moved; // bytes read or written
    ns_disk_op disk;
};

// A new operation, NULL with an exception pending. `name` is "fs." and the syscall.
fs_op *fs_op_new(JSContext *ctx, const char *name, int (*run)(fs_op *, ns_vfs *), fs_result result);
void fs_op_free(JSContext *ctx, fs_op *op);
bool fs_op_path(JSContext *ctx, fs_op *op, JSValueConst value, char **out);

// Run it on the spot and say what it costs; used by the pool and by synchronous calls.
void fs_op_run(ns_env *env, fs_op *op, ns_demand *demand);
JSValue fs_op_error(JSContext *ctx, const fs_op *op);
JSValue fs_op_value(ns_env *env, fs_op *op, bool shared);

// Hand an operation over: `req` is undefined (run now; the result is returned or an error thrown), an
// FSReqCallback, or the symbol that asks for a promise. Takes over `op`.
JSValue fs_op_submit(JSContext *ctx, fs_op *op, JSValueConst req);
// The same for a synchronous call that gives undefined for a missing file.
JSValue fs_op_submit_quiet(JSContext *ctx, fs_op *op, JSValueConst req, bool quiet);
// Run now; on failure set errno, code and syscall on `out` instead of throwing.
JSValue fs_op_submit_out(JSContext *ctx, fs_op *op, JSValueConst out);

// The operations.
int fs_run_access(fs_op *op, ns_vfs *vfs);
int fs_run_open(fs_op *op, ns_vfs *vfs);
int fs_run_close(fs_op *op, ns_vfs *vfs);
int fs_run_read(fs_op *op, ns_vfs *vfs);
int fs_run_write(fs_op *op, ns_vfs *vfs);
int fs_run_stat(fs_op *op, ns_vfs *vfs);
int fs_run_lstat(fs_op *op, ns_vfs *vfs);
int fs_run_fstat(fs_op *op, ns_vfs *vfs);
int fs_run_statfs(fs_op *op, ns_vfs *vfs);
int fs_run_mkdir(fs_op *op, ns_vfs *vfs);
int fs_run_rmdir(fs_op *op, ns_vfs *vfs);
int fs_run_unlink(fs_op *op, ns_vfs *vfs);
int fs_run_rename(fs_op *op, ns_vfs *vfs);
int fs_run_link(fs_op *op, ns_vfs *vfs);
int fs_run_symlink(fs_op *op, ns_vfs *vfs);
int fs_run_readlink(fs_op *op, ns_vfs *vfs);
int fs_run_realpath(fs_op *op, ns_vfs *vfs);
int fs_run_mkdtemp(fs_op *op, ns_vfs *vfs);
int fs_run_list(fs_op *op, ns_vfs *vfs);
int fs_run_truncate(fs_op *op, ns_vfs *vfs);
int fs_run_sync(fs_op *op, ns_vfs *vfs);
int fs_run_chmod(fs_op *op, ns_vfs *vfs);
int fs_run_chown(fs_op *op, ns_vfs *vfs);
int fs_run_utimes(fs_op *op, ns_vfs *vfs);
int fs_run_copy(fs_op *op, ns_vfs *vfs);

// fs_req.c: FSReqCallback, FSReqPromise and FileHandle.
int fs_req_init(ns_env *env, JSContext *ctx, JSValueConst target);
JSValue fs_new_handle(ns_env *env, int fd);
#endif

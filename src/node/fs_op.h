// One operation on the file system (uv_fs_t): its arguments, what it costs and its result. The same
// operation runs on a pool thread, or at once while the main thread waits. No JavaScript runs in
// it.
#ifndef NS_NODE_FS_OP_H
#define NS_NODE_FS_OP_H

#include "node/env.h"
#include "node/vfs.h"

// X(kind, system call as errors, tasks ("fs.open") and the profile ("fs.open") name it)
#define NS_FS_KINDS(X)                                                                             \
    X(ACCESS, access)                                                                              \
    X(CHMOD, chmod)                                                                                \
    X(CHOWN, chown)                                                                                \
    X(CLOSE, close)                                                                                \
    X(CLOSEDIR, closedir)                                                                          \
    X(COPYFILE, copyfile)                                                                          \
    X(FCHMOD, fchmod)                                                                              \
    X(FCHOWN, fchown)                                                                              \
    X(FDATASYNC, fdatasync)                                                                        \
    X(FSTAT, fstat)                                                                                \
    X(FSYNC, fsync)                                                                                \
    X(FTRUNCATE, ftruncate)                                                                        \
    X(FUTIME, futime)                                                                              \
    X(LCHOWN, lchown)                                                                              \
    X(LINK, link)                                                                                  \
    X(LSTAT, lstat)                                                                                \
    X(LUTIME, lutime)                                                                              \
    X(MKDIR, mkdir)                                                                                \
    X(MKDTEMP, mkdtemp)                                                                            \
    X(OPEN, open)                                                                                  \
    X(OPENDIR, opendir)                                                                            \
    X(READ, read)                                                                                  \
    X(READDIR, readdir)                                                                            \
    X(READLINK, readlink)                                                                          \
    X(REALPATH, realpath)                                                                          \
    X(RENAME, rename)                                                                              \
    X(RMDIR, rmdir)                                                                                \
    X(SCANDIR, scandir)                                                                            \
    X(STAT, stat)                                                                                  \
    X(STATFS, statfs)                                                                              \
    X(SYMLINK, symlink)                                                                            \
    X(UNLINK, unlink)                                                                              \
    X(UTIME, utime)                                                                                \
    X(WRITE, write)
typedef enum ns_fs_kind {
#define X(kind, name) NS_FS_##kind,
    NS_FS_KINDS(X)
#undef X
        NS_FS_KIND_COUNT
} ns_fs_kind;
const char *ns_fs_syscall(ns_fs_kind kind);   // "open"
const char *ns_fs_task_name(ns_fs_kind kind); // "fs.open"

// Costs of the calls in CPU time, read from the profile once.
typedef struct ns_fs_costs {
    ns_time call[NS_FS_KIND_COUNT];
    double read_byte, write_byte; // ps
    ns_time entry;                // of a folder that is listed
} ns_fs_costs;
void ns_fs_read_costs(ns_fs_costs *costs, const ns_profile *profile);

// A part of a buffer. With a view, the bytes are looked up when they are used: JavaScript may have
// detached it meanwhile.
typedef struct ns_fs_buffer {
    uint8_t *bytes;
    bool owned;
    size_t offset, size;
    JSValue view; // JS_UNDEFINED: `bytes` stay where they are
} ns_fs_buffer;

// An open folder (uv_dir_t): its entries as they were when it was opened.
typedef struct ns_fs_dir {
    int refs;
    ns_entry *entries;
    int count, next;
} ns_fs_dir;
void ns_fs_dir_release(ns_fs_dir *dir); // NULL is fine

typedef struct ns_fs_op {
    ns_fs_kind kind;
    char *path, *dest; // owned; errors show them. symlink: the target and the link
    int fd, flags, mode;
    int64_t position; // -1: the descriptor's own
    int64_t length;   // ftruncate; readdir: at most so many entries
    int64_t atime, mtime, uid, gid;
    ns_fs_buffer *buffers; // owned array
    int buffer_count;
    ns_fs_dir *dir; // closedir and readdir take it, opendir gives it; a reference of its own

    int64_t result; // >= 0, or a negative errno
    char *text;     // a path
    ns_stat stat;
    ns_statfs statfs;
    ns_entry *entries; // scandir
    int entry_count;
    int first; // readdir: index of the first of `result` entries
} ns_fs_op;

// Do it, and say what it asks of the machine.
void ns_fs_op_run(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand);
void ns_fs_op_clear(JSContext *ctx, ns_fs_op *op); // frees what it owns
// Before another operation by the same struct: its arguments stay.
void ns_fs_op_clear_result(ns_fs_op *op);

#endif

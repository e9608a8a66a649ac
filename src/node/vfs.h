// The file system that a program sees: an overlay in memory over the workload's folder.
//
// The folder is mounted at /app, which is also the current directory; there are /tmp, /dev/null,
// /dev/zero, /dev/urandom and the workload's extra files besides. Host files are read when they are
// first needed and never written. A path is resolved in this tree alone, symbolic links included, so
// nothing outside the folder can be reached. Nothing of the host shows: inode numbers count in the
// order of first sight, times are the simulated clock's, owner and device are fixed.
//
// Functions return 0 or a count, or a negative errno of Linux (libuv's numbers).
#ifndef NS_NODE_VFS_H
#define NS_NODE_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ns_env;
typedef struct ns_vfs ns_vfs;

// What stat(2) gives; times are ns since 1970.
typedef struct ns_stat {
    uint64_t dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks;
    int64_t atime, mtime, ctime, birthtime;
} ns_stat;

typedef struct ns_vfs_options {
    const char *dir;    // host folder shown at /app
    const char *script; // host path of the main script inside it
    int64_t (*now_us)(void *opaque);
    void *opaque;
    uint64_t seed; // of generated content and of mkdtemp
} ns_vfs_options;

int ns_vfs_new(ns_vfs **out, const ns_vfs_options *options, ns_err *err);
void ns_vfs_free(ns_vfs *vfs); // NULL is fine

// Add a file at an absolute path, parents included: given content (copied) or, when content is NULL,
// `size` bytes of "zero", "random" or "text", made when they are read.
int ns_vfs_add(ns_vfs *vfs, const char *path, const char *content, int64_t size, const char *fill);

// The main script as the program sees it ("/app/server.js").
const char *ns_vfs_main_script(const ns_vfs *vfs);
const char *ns_vfs_cwd(const ns_vfs *vfs); // absolute
int ns_vfs_chdir(ns_vfs *vfs, const char *path);
void ns_vfs_set_umask(ns_vfs *vfs, int mask);

// Files and descriptors. `position` -1 means the descriptor's own. Descriptors 0, 1 and 2 are a
// stream at its end and two that only ns_vfs_is_output tells apart: the caller writes those.
int ns_vfs_open(ns_vfs *vfs, const char *path, int flags, int mode);
int ns_vfs_close(ns_vfs *vfs, int fd);
int64_t ns_vfs_read(ns_vfs *vfs, int fd, void *buffer, size_t size, int64_t position);
int64_t ns_vfs_write(ns_vfs *vfs, int fd, const void *bytes, size_t size, int64_t position);
bool ns_vfs_is_output(const ns_vfs *vfs, int fd);
int ns_vfs_truncate(ns_vfs *vfs, int fd, int64_t size);
int ns_vfs_fstat(ns_vfs *vfs, int fd, ns_stat *out);
int ns_vfs_sync(ns_vfs *vfs, int fd);
uint64_t ns_vfs_inode(ns_vfs *vfs, int fd); // 0 for a bad descriptor

int ns_vfs_stat(ns_vfs *vfs, const char *path, bool follow, ns_stat *out);
int ns_vfs_access(ns_vfs *vfs, const char *path, int mode);
int ns_vfs_mkdir(ns_vfs *vfs, const char *path, int mode);
int ns_vfs_rmdir(ns_vfs *vfs, const char *path);
int ns_vfs_unlink(ns_vfs *vfs, const char *path);
int ns_vfs_rename(ns_vfs *vfs, const char *from, const char *to);
int ns_vfs_link(ns_vfs *vfs, const char *from, const char *to);
int ns_vfs_symlink(ns_vfs *vfs, const char *target, const char *path);
// The result is allocated: free with ns_free.
int ns_vfs_readlink(ns_vfs *vfs, const char *path, char **out);
int ns_vfs_realpath(ns_vfs *vfs, const char *path, char **out);
int ns_vfs_mkdtemp(ns_vfs *vfs, const char *prefix, char **out);

// Change mode, owner, times; path NULL means `fd`. Times in ns.
int ns_vfs_chmod(ns_vfs *vfs, const char *path, int fd, int mode);
int ns_vfs_chown(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t uid, int64_t gid);
int ns_vfs_utimes(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t atime, int64_t mtime);

// The entries of a folder, sorted by name in bytes. Types are libuv's UV_DIRENT_*: 1 file, 2 folder,
// 3 link, 6 character device. Free with ns_vfs_free_entries.
typedef struct ns_entry {
    char *name;
    int type;
} ns_entry;
int ns_vfs_list(ns_vfs *vfs, const char *path, ns_entry **entries, int *count);
void ns_vfs_free_entries(ns_entry *entries, int count);

#endif

// The file system that a program sees: an overlay in memory over the workload's folder.
//
// The folder is mounted at /app, which is also the current directory, wherever it lies on the host.
// Besides it there are /tmp, a few devices under /dev, /etc/hosts and the workload's extra files.
// Host files are read when they are needed and never written; a page that the program writes is
// copied first. A path is resolved in this tree alone, symbolic links included, and the host is
// walked component by component without following links, so nothing outside the folder can be
// reached. Host files that are neither regular, folder nor link do not exist.
//
// Nothing of the host shows but names, content and the x bits: inodes are numbered by their
// path, a folder's entries are seen in the order of their names, times are those of the simulated
// clock, owner and device are fixed. A host file that changes after the overlay has seen
// it is an I/O error (EIO), not a different result.
//
// Functions return 0 or a count, or a negative errno of Linux (libuv's numbers). None of them runs
// JavaScript or lets virtual time pass.
#ifndef NS_NODE_VFS_H
#define NS_NODE_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"

typedef struct ns_vfs ns_vfs;

// The simulated user, who owns /app and /tmp; root owns the rest.
enum { NS_VFS_USER = 1000 };
enum { NS_VFS_PAGE = 4096 };

// Hooks may be NULL, but for `now`.
typedef struct ns_vfs_options {
    const char *dir;    // host folder shown at /app
    const char *script; // host path of the main script inside it
    // Host path of a database that is not shown, nor its -wal, -shm and -journal; may be NULL.
    // Other databases of nsim are not shown either where they are called NAME.db.
    const char *hidden;
    int64_t (*now)(void *opaque);                                        // ns since 1970
    void (*output)(void *opaque, int fd, const char *bytes, size_t len); // what fd 1 and 2 take
    void (*forget)(void *opaque, uint64_t inode);                        // an inode is gone
    void *opaque;
    uint64_t seed;    // of generated content, /dev/urandom and the names of mkdtemp
    int64_t capacity; // bytes that changed files may take; beyond it ENOSPC; 0: no limit
} ns_vfs_options;

// On failure *out is what must still be freed, or NULL.
int ns_vfs_new(ns_vfs **out, const ns_vfs_options *options, ns_err *err);
void ns_vfs_free(ns_vfs *vfs); // NULL is fine

// Add a file at an absolute path, parents included: given content (copied) or, when content is
// NULL, `size` bytes of "zero", "random" or "text" (NULL: "text"), made when they are read: text is
// lines of 80 bytes that begin with their number. A file that is there is replaced. A path inside
// the host folder means the same place in the overlay.
int ns_vfs_add(ns_vfs *vfs, const char *path, const char *content, int64_t size, const char *fill);

// The path at which the program sees a host path inside the folder; false for any other.
bool ns_vfs_map(const ns_vfs *vfs, const char *host, char *out, size_t size);
// The main script as the program sees it ("/app/server.js").
const char *ns_vfs_main_script(const ns_vfs *vfs);

const char *ns_vfs_cwd(const ns_vfs *vfs); // absolute
int ns_vfs_chdir(ns_vfs *vfs, const char *path);
void ns_vfs_set_umask(ns_vfs *vfs, int mask);

// -- Descriptors
// ----------------------------------------------------------------------------------- 0 is a stream
// at its end, 1 and 2 go to the output hook. `position` -1 means the descriptor's own.
int ns_vfs_open(ns_vfs *vfs, const char *path, int flags, int mode);
int ns_vfs_close(ns_vfs *vfs, int fd);
int64_t ns_vfs_read(ns_vfs *vfs, int fd, void *buffer, size_t size, int64_t position);
int64_t ns_vfs_write(ns_vfs *vfs, int fd, const void *bytes, size_t size, int64_t position);
int ns_vfs_ftruncate(ns_vfs *vfs, int fd, int64_t size);
int ns_vfs_sync(ns_vfs *vfs, int fd);

// What the device must know of a descriptor: the inode, where it reads next, and whether writes
// pass by the page cache. inode 0: nothing is on a disk (a device, or a bad descriptor).
typedef struct ns_vfs_at {
    uint64_t inode;
    int64_t position, size;
    bool direct, append;
} ns_vfs_at;
ns_vfs_at ns_vfs_where(const ns_vfs *vfs, int fd);

// -- Attributes -----------------------------------------------------------------------------------
// What stat(2) gives; times are ns since 1970.
typedef struct ns_stat {
    uint64_t dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks;
    int64_t atime, mtime, ctime, birthtime;
} ns_stat;
typedef struct ns_statfs { // in the order of statfs(2) as Node lays it out
    uint64_t type, bsize, blocks, bfree, bavail, files, ffree;
} ns_statfs;

int ns_vfs_stat(ns_vfs *vfs, const char *path, bool follow, ns_stat *out);
int ns_vfs_fstat(ns_vfs *vfs, int fd, ns_stat *out);
int ns_vfs_statfs(ns_vfs *vfs, const char *path, ns_statfs *out);
int ns_vfs_access(ns_vfs *vfs, const char *path, int mode);
// path NULL means `fd`. Ids -1 leave what is there.
int ns_vfs_chmod(ns_vfs *vfs, const char *path, int fd, int mode);
int ns_vfs_chown(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t uid, int64_t gid);
int ns_vfs_utimes(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t atime, int64_t mtime);
// The inode of a path, of the deepest folder on the way when it is not there; 0 for a device.
uint64_t ns_vfs_nearest(ns_vfs *vfs, const char *path);

// -- Names ----------------------------------------------------------------------------------------
int ns_vfs_mkdir(ns_vfs *vfs, const char *path, int mode);
int ns_vfs_rmdir(ns_vfs *vfs, const char *path);
int ns_vfs_unlink(ns_vfs *vfs, const char *path);
int ns_vfs_rename(ns_vfs *vfs, const char *from, const char *to);
int ns_vfs_link(ns_vfs *vfs, const char *from, const char *to);
int ns_vfs_symlink(ns_vfs *vfs, const char *target, const char *path);
// uv_fs_copyfile; flags are UV_FS_COPYFILE_*. *bytes is what was copied.
int ns_vfs_copy(ns_vfs *vfs, const char *from, const char *to, int flags, int64_t *bytes);
// The result is allocated: free with ns_free.
int ns_vfs_readlink(ns_vfs *vfs, const char *path, char **out);
int ns_vfs_realpath(ns_vfs *vfs, const char *path, char **out);
// `pattern` ends in XXXXXX. *out is the path that was tried also when it fails, or else NULL.
int ns_vfs_mkdtemp(ns_vfs *vfs, const char *pattern, char **out);

// The entries of a folder, sorted by name in bytes. Types are libuv's UV_DIRENT_*: 1 file, 2
// folder, 3 link, 6 character device. Free with ns_vfs_free_entries.
typedef struct ns_entry {
    char *name;
    int type;
} ns_entry;
int ns_vfs_list(ns_vfs *vfs, const char *path, ns_entry **entries, int *count);
void ns_vfs_free_entries(ns_entry *entries, int count);

// -- Watching -------------------------------------------------------------------------------------
// inotify(7): the inode of a path, or what happens to the entries of a folder. Masks are those of
// <sys/inotify.h>.
typedef struct ns_vfs_watch ns_vfs_watch;
struct ns_vfs_watch {
    // `name` is the entry's, NULL for the watched file itself. It must not touch the overlay.
    void (*event)(ns_vfs_watch *watch, uint32_t mask, const char *name);
    struct ns_inode *inode; // NULL: it is gone, or nothing is watched
    ns_list link;
};
int ns_vfs_watch_start(ns_vfs *vfs, const char *path, ns_vfs_watch *watch); // caller-owned
void ns_vfs_watch_stop(ns_vfs_watch *watch);

#endif

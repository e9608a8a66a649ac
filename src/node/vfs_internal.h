// The tree behind node/vfs.h, shared by its files: vfs_inode.c (inodes and entries), vfs_host.c
// (what comes from the host), vfs_path.c (resolution), vfs_content.c (bytes), vfs_names.c,
// vfs_attributes.c, vfs_file.c (descriptors), vfs_watch.c, vfs_mount.c (the whole).
#ifndef NS_NODE_VFS_INTERNAL_H
#define NS_NODE_VFS_INTERNAL_H

#include <sys/inotify.h>
#include <sys/stat.h>

#include "node/vfs.h"
#include "workload/workload.h"

enum {
    NS_VFS_PATH_MAX = 4096,
    NS_VFS_NAME_MAX = 255,
    NS_VFS_LINKS_MAX = 40,
    NS_VFS_FDS_MAX = 1 << 16,
    NS_VFS_FIRST_FD = 17 // below it Node's own descriptors live: epoll, eventfd, signal pipe
};

typedef enum ns_device {
    NS_DEVICE_NONE,
    NS_DEVICE_NULL,
    NS_DEVICE_ZERO,
    NS_DEVICE_RANDOM,
    NS_DEVICE_INPUT,  // fd 0
    NS_DEVICE_OUTPUT, // fd 1
    NS_DEVICE_ERROR   // fd 2
} ns_device;

// Where the bytes of a file come from that the program has not written. Shared by copies.
typedef enum ns_source_kind {
    NS_SOURCE_HOST,
    NS_SOURCE_BYTES,
    NS_SOURCE_ZERO,
    NS_SOURCE_RANDOM,
    NS_SOURCE_TEXT
} ns_source_kind;
typedef struct ns_source {
    int refs;
    ns_source_kind kind;
    char *bytes;  // NS_SOURCE_BYTES: owned
    char *host;   // NS_SOURCE_HOST: path relative to the folder
    uint64_t key; // of generated content
    int64_t size, host_mtime;
} ns_source;

// A file's bytes: pages that were written, over a source, over zeros.
typedef struct ns_content {
    int64_t size;
    ns_source *source;   // may be NULL
    int64_t source_size; // so many bytes of the source still show
    uint8_t **pages;     // NULL where none was written
    size_t page_count;
} ns_content;

typedef struct ns_inode ns_inode;
typedef struct ns_dirent {
    char *name;
    ns_inode *inode;
    uint64_t hash;
} ns_dirent;

// Entries of a folder in no order, found through a hash table of their indices.
typedef struct ns_folder {
    ns_dirent *entries;
    uint32_t *slots; // index + 1, 0 for none; slot_count is a power of two
    uint32_t count, capacity, slot_count;
    uint32_t subfolders;
    bool loaded; // the host's entries are here
} ns_folder;

struct ns_inode {
    uint64_t number;
    uint32_t mode; // type and permission bits
    uint32_t uid, gid;
    int64_t atime, mtime, ctime, birthtime;
    int links, holds; // names, and descriptors or the current directory
    ns_device device;
    char *host; // path of a host's folder relative to the mounted one, NULL when it is not one
    ns_inode *parent; // of a folder; NULL for the root and for what was removed
    ns_folder folder;
    ns_content content;
    char *target; // of a symbolic link
};

typedef struct ns_open_file {
    ns_inode *inode; // NULL: free
    int flags;
    int64_t position;
} ns_open_file;

struct ns_vfs {
    ns_vfs_options options;
    char *dir, *real_dir; // the host folder as named, and without links
    char *hidden;         // path relative to it, or NULL
    int dir_fd;
    ns_inode *root, *cwd;
    char *cwd_path, *main_script;
    uint64_t inode_count, temporaries, random_reads;
    int64_t epoch; // times of what comes from the host
    int64_t used;  // bytes of pages
    ns_open_file *files;
    int file_capacity;
    int umask;
    ns_list watches;
    // The host file that was read last, kept open.
    int host_fd;
    const ns_source *host_source;
};

static inline bool ns_inode_is_dir(const ns_inode *inode)
{
    return S_ISDIR(inode->mode);
}
static inline bool ns_inode_is_link(const ns_inode *inode)
{
    return S_ISLNK(inode->mode);
}
static inline bool ns_inode_is_file(const ns_inode *inode)
{
    return S_ISREG(inode->mode);
}

// vfs_inode.c
int64_t ns_vfs_now(const ns_vfs *vfs);
ns_inode *ns_inode_new(ns_vfs *vfs, uint32_t mode);  // owned by the user; NULL: no memory
void ns_inode_release(ns_vfs *vfs, ns_inode *inode); // frees it when nothing holds it
ns_inode *ns_inode_find(const ns_inode *folder, const char *name, size_t len);
int ns_inode_add(ns_inode *folder, const char *name, size_t len, ns_inode *child);
void ns_inode_remove(ns_vfs *vfs, ns_inode *folder, const char *name); // may free the child
// Put another inode under a name; the old one, of the same type, loses a link and may be freed.
void ns_inode_replace(ns_vfs *vfs, ns_inode *folder, const char *name, ns_inode *child);
bool ns_inode_may(const ns_inode *inode, int mode); // R_OK, W_OK, X_OK for the simulated user
void ns_inode_touch(ns_vfs *vfs, ns_inode *inode);  // content changed: mtime and ctime
// The entries sorted by name: an array to be freed, of names that stay the folder's. NULL: no
// memory.
ns_dirent *ns_inode_sorted(const ns_inode *folder);

// vfs_host.c
int ns_host_open(ns_vfs *vfs, ns_err *err); // opens vfs->dir
void ns_host_close(ns_vfs *vfs);
int ns_host_mount(ns_vfs *vfs, ns_inode **out);  // the inode of the folder itself
int ns_host_load(ns_vfs *vfs, ns_inode *folder); // its entries, once
int ns_host_read(ns_vfs *vfs, const ns_source *source, void *out, size_t size, int64_t at);
void ns_host_forget(ns_vfs *vfs, const ns_source *source);

// vfs_content.c. Sizes and offsets are >= 0.
ns_source *ns_source_new(ns_source_kind kind, int64_t size);
void ns_content_set(ns_content *content, ns_source *source); // takes over the reference
void ns_content_free(ns_vfs *vfs, ns_content *content);
int64_t ns_content_read(ns_vfs *vfs, const ns_content *content, void *out, size_t size, int64_t at);
int64_t ns_content_write(ns_vfs *vfs, ns_content *content, const void *bytes, size_t size,
                         int64_t at);
int ns_content_resize(ns_vfs *vfs, ns_content *content, int64_t size);
// `to` is empty; it shares the source and has the pages copied.
int ns_content_copy(ns_vfs *vfs, ns_content *to, const ns_content *from);
void ns_random_bytes(uint64_t key, uint8_t *out, size_t size, int64_t at);
uint64_t ns_vfs_hash(uint64_t seed, const char *bytes, size_t len);

// vfs_path.c
enum {
    NS_WALK_FOLLOW = 1, // a symbolic link at the end
    NS_WALK_LAST = 2,   // the last name itself: a slash behind it is the caller's business
    NS_WALK_CREATE = 6  // the same, and it need not be there
};
typedef struct ns_place {
    ns_inode *folder;               // that holds the last component
    ns_inode *inode;                // NULL: it is not there
    char name[NS_VFS_NAME_MAX + 1]; // empty when the path ends in "/", "." or ".."
    bool dot, dotdot;               // it ends in that
    bool slash;                     // a slash follows the last component
} ns_place;
int ns_vfs_walk(ns_vfs *vfs, const char *path, int flags, ns_place *place);
// The inode of an existing file.
int ns_vfs_resolve(ns_vfs *vfs, const char *path, bool follow, ns_inode **out);
// Of a folder, ns_malloc'ed; -ENOENT when it was removed.
int ns_vfs_path_of(const ns_inode *folder, char **out);

// vfs_names.c
// A new entry in a place where none is. Takes over `inode`, NULL meaning no memory.
int ns_vfs_enter(ns_vfs *vfs, const ns_place *place, ns_inode *inode);

// vfs_watch.c: tell the watches of an inode and of the folders that it is in; of an entry of a
// folder; of an inode alone; that an inode is freed.
void ns_vfs_tell(ns_vfs *vfs, const ns_inode *inode, uint32_t mask);
void ns_vfs_tell_entry(ns_vfs *vfs, const ns_inode *folder, const char *name, uint32_t mask);
void ns_vfs_tell_self(ns_vfs *vfs, const ns_inode *inode, uint32_t mask);
void ns_vfs_tell_gone(ns_vfs *vfs, const ns_inode *inode);
// The name of a folder's entry; NULL when it has none for the inode.
const char *ns_inode_name(const ns_inode *folder, const ns_inode *child);

// vfs_file.c
ns_inode *ns_vfs_fd_inode(const ns_vfs *vfs, int fd); // NULL: bad descriptor

#endif

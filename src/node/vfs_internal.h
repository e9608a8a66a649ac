// The tree behind node/vfs.h, shared by vfs.c (tree and paths) and vfs_file.c (content, descriptors).
#ifndef NS_NODE_VFS_INTERNAL_H
#define NS_NODE_VFS_INTERNAL_H

#include "node/vfs.h"

enum { NS_VFS_PATH_MAX = 4096, NS_VFS_LINKS_MAX = 40, NS_VFS_FDS_MAX = 1 << 16 };

typedef enum ns_content {
    NS_CONTENT_MEMORY,
    NS_CONTENT_HOST, // not read yet
    NS_CONTENT_ZERO,
    NS_CONTENT_RANDOM,
    NS_CONTENT_TEXT,
    NS_CONTENT_NULL_DEVICE,
    NS_CONTENT_RANDOM_DEVICE
} ns_content;

typedef struct ns_inode ns_inode;
typedef struct ns_dirent {
    char *name;
    ns_inode *inode;
} ns_dirent;

struct ns_inode {
    uint64_t number;
    uint32_t mode; // type and permission bits
    int64_t uid, gid;
    int64_t atime, mtime, ctime, birthtime;
    int links, opens; // names and descriptors that hold it
    char *host;       // host path, NULL when there is none
    // A folder: sorted by name, read from the host when `listed` is not yet set.
    ns_dirent *entries;
    int count, capacity;
    bool listed;
    ns_inode *parent;
    // A file or a link's target.
    ns_content content;
    char *data;
    int64_t size, allocated;
};

typedef struct ns_open_file {
    ns_inode *inode; // NULL: free
    int flags;
    int64_t position;
} ns_open_file;

struct ns_vfs {
    ns_vfs_options options;
    ns_inode *root;
    char *dir;
    uint64_t inodes, temporaries;
    ns_open_file *files;
    int file_capacity;
    int umask;
    char cwd[NS_VFS_PATH_MAX], main_script[NS_VFS_PATH_MAX];
};

int64_t ns_vfs_now(const ns_vfs *vfs);
ns_inode *ns_inode_new(ns_vfs *vfs, uint32_t mode);
void ns_inode_release(ns_inode *inode); // frees it when no name and no descriptor holds it
ns_dirent *ns_inode_find(ns_inode *folder, const char *name, size_t len);
int ns_inode_add(ns_inode *folder, const char *name, size_t len, ns_inode *child);
void ns_inode_remove(ns_inode *folder, ns_dirent *entry);
void ns_inode_stat(const ns_inode *inode, ns_stat *out);

// Resolve a path. With `parent`, the folder that holds (or would hold) its last component, whose name
// goes to `last`; the result is then the inode or NULL in *out and the status 0.
int ns_vfs_resolve(ns_vfs *vfs, const char *path, bool follow, ns_inode **out, ns_inode **parent,
                   char last[256]);

static inline bool ns_inode_is_dir(const ns_inode *inode)
{
    return (inode->mode & 0170000) == 0040000;
}
static inline bool ns_inode_is_link(const ns_inode *inode)
{
    return (inode->mode & 0170000) == 0120000;
}
static inline bool ns_inode_is_file(const ns_inode *inode)
{
    return (inode->mode & 0170000) == 0100000;
}

#endif

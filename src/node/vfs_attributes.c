// Attributes of the overlay's files: stat, access, chmod, chown, utimes, statfs.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "node/vfs_internal.h"

enum { BLOCK = 4096, SECTORS_PER_BLOCK = 8, DEVICE = 2049, EXT4_MAGIC = 0xef53 };

static uint64_t device_number(ns_device device)
{
    // Major and minor numbers of Linux; a terminal for the standard streams.
    static const uint64_t numbers[] = {
        [NS_DEVICE_NULL] = 1 << 8 | 3,   [NS_DEVICE_ZERO] = 1 << 8 | 5,
        [NS_DEVICE_RANDOM] = 1 << 8 | 9, [NS_DEVICE_INPUT] = 136 << 8,
        [NS_DEVICE_OUTPUT] = 136 << 8,   [NS_DEVICE_ERROR] = 136 << 8,
    };
    return numbers[device];
}

static int fill_stat(ns_vfs *vfs, ns_inode *inode, ns_stat *out)
{
    bool is_dir = ns_inode_is_dir(inode);
    if (is_dir) {
        int status = ns_host_load(vfs, inode); // for the count of links
        if (status && status != -EACCES)
            return status;
    }
    uint64_t size = is_dir                    ? BLOCK
                    : ns_inode_is_link(inode) ? strlen(inode->target)
                                              : (uint64_t)inode->content.size;
    uint64_t blocks = ns_inode_is_link(inode) ? 0 : (size + BLOCK - 1) / BLOCK;
    *out = (ns_stat){
        .dev = DEVICE,
        .mode = inode->mode,
        .nlink =
            is_dir ? (inode->links ? inode->folder.subfolders + 2u : 0) : (uint64_t)inode->links,
        .uid = inode->uid,
        .gid = inode->gid,
        .rdev = inode->device ? device_number(inode->device) : 0,
        .blksize = BLOCK,
        .ino = inode->number,
        .size = size,
        .blocks = blocks * SECTORS_PER_BLOCK,
        .atime = inode->atime,
        .mtime = inode->mtime,
        .ctime = inode->ctime,
        .birthtime = inode->birthtime,
    };
    return 0;
}

int ns_vfs_stat(ns_vfs *vfs, const char *path, bool follow, ns_stat *out)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, follow, &inode);
    return status ? status : fill_stat(vfs, inode, out);
}

int ns_vfs_fstat(ns_vfs *vfs, int fd, ns_stat *out)
{
    ns_inode *inode = ns_vfs_fd_inode(vfs, fd);
    return inode ? fill_stat(vfs, inode, out) : -EBADF;
}

int ns_vfs_statfs(ns_vfs *vfs, const char *path, ns_statfs *out)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, true, &inode);
    if (status)
        return status;
    enum { UNLIMITED = 1 << 24, FILES = 1 << 22 };
    int64_t capacity = vfs->options.capacity;
    uint64_t blocks = capacity ? (uint64_t)(capacity / BLOCK) : UNLIMITED;
    uint64_t left = blocks - (uint64_t)(vfs->used / BLOCK);
    *out = (ns_statfs){EXT4_MAGIC, BLOCK, blocks, left, left, FILES, FILES - vfs->inode_count};
    return 0;
}

int ns_vfs_access(ns_vfs *vfs, const char *path, int mode)
{
    ns_inode *inode;
    if (mode & ~(R_OK | W_OK | X_OK))
        return -EINVAL;
    int status = ns_vfs_resolve(vfs, path, true, &inode);
    if (status)
        return status;
    return ns_inode_may(inode, mode) ? 0 : -EACCES;
}

static int inode_for(ns_vfs *vfs, const char *path, int fd, bool follow, ns_inode **out)
{
    if (path)
        return ns_vfs_resolve(vfs, path, follow, out);
    *out = ns_vfs_fd_inode(vfs, fd);
    return *out ? 0 : -EBADF;
}

static void changed(ns_vfs *vfs, ns_inode *inode)
{
    inode->ctime = ns_vfs_now(vfs);
    ns_vfs_tell(vfs, inode, IN_ATTRIB);
}

int ns_vfs_chmod(ns_vfs *vfs, const char *path, int fd, int mode)
{
    ns_inode *inode;
    int status = inode_for(vfs, path, fd, true, &inode);
    if (status)
        return status;
    if (inode->uid != NS_VFS_USER)
        return -EPERM;
    inode->mode = (inode->mode & S_IFMT) | ((uint32_t)mode & 07777);
    changed(vfs, inode);
    return 0;
}

int ns_vfs_chown(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t uid, int64_t gid)
{
    ns_inode *inode;
    int status = inode_for(vfs, path, fd, follow, &inode);
    if (status)
        return status;
    bool uid_kept = (uint32_t)uid == UINT32_MAX || uid == inode->uid;
    bool gid_kept = (uint32_t)gid == UINT32_MAX || gid == inode->gid;
    if (!uid_kept || !gid_kept)
        return -EPERM; // the simulated user is not root and has no other group
    changed(vfs, inode);
    return 0;
}

int ns_vfs_utimes(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t atime, int64_t mtime)
{
    ns_inode *inode;
    int status = inode_for(vfs, path, fd, follow, &inode);
    if (status)
        return status;
    if (inode->uid != NS_VFS_USER)
        return -EPERM;
    inode->atime = atime;
    inode->mtime = mtime;
    changed(vfs, inode);
    return 0;
}

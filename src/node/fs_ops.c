// What each operation does on the overlay, and what it asks of the machine: CPU from the profile,
// the device by kind, file and place.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "node/fs_op.h"

static void device(fs_op *op, ns_disk_kind kind, uint64_t file, int64_t offset, int64_t bytes)
{
    op->disk = (ns_disk_op){.kind = kind, .file = file, .offset = offset, .bytes = bytes};
}

// Meta-data of a path: the page cache knows it by the inode, or by the path while there is none.
static void device_meta(fs_op *op, ns_vfs *vfs, const char *path)
{
    ns_stat stat;
    uint64_t file = ns_vfs_stat(vfs, path, false, &stat) == 0 ? stat.ino : 0;
    device(op, NS_DISK_META, file, 0, 0);
}

int fs_run_access(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_access(vfs, op->path, op->mode);
}

int fs_run_open(fs_op *op, ns_vfs *vfs)
{
    int fd = ns_vfs_open(vfs, op->path, op->flags, op->mode);
    if (fd < 0)
        return fd;
    device(op, NS_DISK_META, ns_vfs_inode(vfs, fd), 0, 0);
    op->number = fd;
    return 0;
}

int fs_run_close(fs_op *op, ns_vfs *vfs)
{
    return ns_vfs_close(vfs, op->fd);
}

int fs_run_read(fs_op *op, ns_vfs *vfs)
{
    int64_t position = op->position;
    for (int i = 0; i < op->buffer_count; i++) {
        int64_t n = ns_vfs_read(vfs, op->fd, op->buffers[i].data, op->buffers[i].size, position);
        if (n < 0)
            return op->moved ? 0 : (int)n;
        op->moved += n;
        if (position >= 0)
            position += n;
        if ((size_t)n < op->buffers[i].size)
            break;
    }
    op->number = op->moved;
    if (op->moved)
        device(op, NS_DISK_READ, ns_vfs_inode(vfs, op->fd), op->position < 0 ? 0 : op->position,
               op->moved);
    return 0;
}

int fs_run_write(fs_op *op, ns_vfs *vfs)
{
    int64_t position = op->position;
    for (int i = 0; i < op->buffer_count; i++) {
        int64_t n = ns_vfs_write(vfs, op->fd, op->buffers[i].data, op->buffers[i].size, position);
        if (n < 0)
            return (int)n;
        op->moved += n;
        if (position >= 0)
            position += n;
    }
    op->number = op->moved;
    if (op->moved)
        device(op, NS_DISK_WRITE, ns_vfs_inode(vfs, op->fd), op->position < 0 ? 0 : op->position,
               op->moved);
    return 0;
}

int fs_run_stat(fs_op *op, ns_vfs *vfs)
{
    int status = ns_vfs_stat(vfs, op->path, true, &op->stat);
    device(op, NS_DISK_META, status ? 0 : op->stat.ino, 0, 0);
    return status;
}

int fs_run_lstat(fs_op *op, ns_vfs *vfs)
{
    int status = ns_vfs_stat(vfs, op->path, false, &op->stat);
    device(op, NS_DISK_META, status ? 0 : op->stat.ino, 0, 0);
    return status;
}

int fs_run_fstat(fs_op *op, ns_vfs *vfs)
{
    return ns_vfs_fstat(vfs, op->fd, &op->stat);
}

int fs_run_statfs(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_stat(vfs, op->path, true, &op->stat);
}

// mkdir with parents gives the first folder that it made.
static int make_parents(fs_op *op, ns_vfs *vfs)
{
    char *path = ns_strdup(op->path);
    if (!path)
        return -ENOMEM;
    int status = 0;
    for (char *p = path + 1; !status && *path; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        ns_stat stat;
        status = ns_vfs_mkdir(vfs, path, op->mode);
        if (status == 0 && !op->text)
            op->text = ns_strdup(path);
        if (status == -EEXIST && ns_vfs_stat(vfs, path, true, &stat) == 0)
            status = (stat.mode & 0170000) == 0040000 ? 0 : end ? -ENOTDIR : -EEXIST;
        *p = end;
        if (!end)
            break;
    }
    ns_free(path);
    return status;
}

int fs_run_mkdir(fs_op *op, ns_vfs *vfs)
{
    int status = op->recursive ? make_parents(op, vfs) : ns_vfs_mkdir(vfs, op->path, op->mode);
    device_meta(op, vfs, op->path);
    return status;
}

int fs_run_rmdir(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_rmdir(vfs, op->path);
}

int fs_run_unlink(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_unlink(vfs, op->path);
}

int fs_run_rename(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_rename(vfs, op->path, op->dest);
}

int fs_run_link(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_link(vfs, op->path, op->dest);
}

int fs_run_symlink(fs_op *op, ns_vfs *vfs)
{
    int status = ns_vfs_symlink(vfs, op->path, op->dest);
    device_meta(op, vfs, op->dest);
    return status;
}

int fs_run_readlink(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_readlink(vfs, op->path, &op->text);
}

int fs_run_realpath(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_realpath(vfs, op->path, &op->text);
}

int fs_run_mkdtemp(fs_op *op, ns_vfs *vfs)
{
    int status = ns_vfs_mkdtemp(vfs, op->path, &op->text);
    device(op, NS_DISK_META, 0, 0, 0);
    return status;
}

int fs_run_list(fs_op *op, ns_vfs *vfs)
{
    device_meta(op, vfs, op->path);
    return ns_vfs_list(vfs, op->path, &op->entries, &op->entry_count);
}

int fs_run_truncate(fs_op *op, ns_vfs *vfs)
{
    device(op, NS_DISK_META, ns_vfs_inode(vfs, op->fd), 0, 0);
    return ns_vfs_truncate(vfs, op->fd, op->size);
}

int fs_run_sync(fs_op *op, ns_vfs *vfs)
{
    device(op, NS_DISK_SYNC, ns_vfs_inode(vfs, op->fd), 0, 0);
    return ns_vfs_sync(vfs, op->fd);
}

int fs_run_chmod(fs_op *op, ns_vfs *vfs)
{
    if (op->path)
        device_meta(op, vfs, op->path);
    return ns_vfs_chmod(vfs, op->path, op->fd, op->mode);
}

int fs_run_chown(fs_op *op, ns_vfs *vfs)
{
    if (op->path)
        device_meta(op, vfs, op->path);
    return ns_vfs_chown(vfs, op->path, op->fd, op->follow, op->atime, op->mtime);
}

int fs_run_utimes(fs_op *op, ns_vfs *vfs)
{
    if (op->path)
        device_meta(op, vfs, op->path);
    return ns_vfs_utimes(vfs, op->path, op->fd, op->follow, op->atime, op->mtime);
}

int fs_run_copy(fs_op *op, ns_vfs *vfs)
{
    enum { copy_excl = 1, copy_force_clone = 4, chunk = 1 << 16 };
    if (op->mode & copy_force_clone)
        return -ENOTSUP;
    ns_stat from, to;
    int in = ns_vfs_open(vfs, op->path, O_RDONLY, 0);
    if (in < 0)
        return in;
    int status = ns_vfs_fstat(vfs, in, &from);
    int out = status;
    if (!status)
        out = ns_vfs_open(vfs, op->dest, O_WRONLY | O_CREAT | (op->mode & copy_excl ? O_EXCL : 0),
                          (int)(from.mode & 07777));
    char *buffer = ns_malloc(chunk);
    if (out >= 0 && buffer && ns_vfs_fstat(vfs, out, &to) == 0 && to.ino != from.ino) {
        ns_vfs_truncate(vfs, out, 0);
        int64_t n;
        while ((n = ns_vfs_read(vfs, in, buffer, chunk, -1)) > 0 && status == 0) {
            int64_t written = ns_vfs_write(vfs, out, buffer, (size_t)n, -1);
            status = written < 0 ? (int)written : 0;
            op->moved += n;
        }
        status = n < 0 ? (int)n : status;
    }
    ns_free(buffer);
    ns_vfs_close(vfs, in);
    if (out < 0)
        return out;
    device(op, NS_DISK_WRITE, ns_vfs_inode(vfs, out), 0, op->moved);
    ns_vfs_close(vfs, out);
    return status;
}

void fs_op_run(ns_env *env, fs_op *op, ns_demand *demand)
{
    op->error = op->run(op, env->vfs);
    double per_byte = ns_profile_get(env->profile, "fs.per_byte"); // ps
    *demand = (ns_demand){
        .cpu =
            ns_profile_ns(env->profile, "fs.call") + (ns_time)((double)op->moved * per_byte / 1000),
        .disk = op->disk,
    };
}

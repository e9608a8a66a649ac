// Descriptors of the overlay: open, read, write, truncate, close, and the copy of a file.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

// -- The table of descriptors ---------------------------------------------------------------------

static ns_open_file *file_of(const ns_vfs *vfs, int fd)
{
    bool open = fd >= 0 && fd < vfs->file_capacity && vfs->files[fd].inode;
    return open ? &vfs->files[fd] : NULL;
}

ns_inode *ns_vfs_fd_inode(const ns_vfs *vfs, int fd)
{
    ns_open_file *file = file_of(vfs, fd);
    return file ? file->inode : NULL;
}

// The lowest free descriptor, as POSIX has it, above those of Node itself. A standard stream that
// was closed is used again first.
static int free_descriptor(ns_vfs *vfs)
{
    for (int fd = 0; fd < vfs->file_capacity; fd++)
        if (!vfs->files[fd].inode && (fd <= STDERR_FILENO || fd >= NS_VFS_FIRST_FD))
            return fd;
    int old = vfs->file_capacity, capacity = old ? old * 2 : 64;
    if (old >= NS_VFS_FDS_MAX)
        return -EMFILE;
    ns_open_file *files = ns_realloc(vfs->files, (size_t)capacity * sizeof *files);
    if (!files)
        return -ENOMEM;
    memset(files + old, 0, (size_t)(capacity - old) * sizeof *files);
    vfs->files = files;
    vfs->file_capacity = capacity;
    return free_descriptor(vfs);
}

// -- Open -----------------------------------------------------------------------------------------

static int wanted_access(int flags)
{
    int mode = flags & O_ACCMODE;
    return (mode != O_WRONLY ? R_OK : 0) | (mode != O_RDONLY || (flags & O_TRUNC) ? W_OK : 0);
}

static int check_open(const ns_inode *inode, int flags)
{
    bool is_dir = ns_inode_is_dir(inode);
    if ((flags & O_CREAT) && is_dir)
        return -EISDIR;
    if ((flags & O_DIRECTORY) && !is_dir)
        return -ENOTDIR;
    if (ns_inode_is_link(inode))
        return -ELOOP; // O_NOFOLLOW
    if (is_dir && (wanted_access(flags) & W_OK))
        return -EISDIR;
    return ns_inode_may(inode, wanted_access(flags)) ? 0 : -EACCES;
}

static int create(ns_vfs *vfs, ns_place *place, int mode)
{
    if (place->folder->links == 0)
        return -ENOENT;
    if (!ns_inode_may(place->folder, W_OK | X_OK))
        return -EACCES;
    uint32_t bits = (uint32_t)(mode & 07777 & ~vfs->umask);
    place->inode = ns_inode_new(vfs, S_IFREG | bits);
    return ns_vfs_enter(vfs, place, place->inode);
}

static void modified(ns_vfs *vfs, ns_inode *inode)
{
    ns_inode_touch(vfs, inode);
    ns_vfs_tell(vfs, inode, IN_MODIFY);
}

static int truncate_inode(ns_vfs *vfs, ns_inode *inode, int64_t size)
{
    int status = ns_content_resize(vfs, &inode->content, size);
    if (!status)
        modified(vfs, inode);
    return status;
}

int ns_vfs_open(ns_vfs *vfs, const char *path, int flags, int mode)
{
    ns_place place;
    bool exclusive = (flags & O_CREAT) && (flags & O_EXCL);
    bool follow = !(flags & O_NOFOLLOW) && !exclusive;
    if ((flags & O_ACCMODE) == O_ACCMODE || ((flags & O_CREAT) && (flags & O_DIRECTORY)))
        return -EINVAL;
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return -EOPNOTSUPP;
    int status = ns_vfs_walk(
        vfs, path, (follow ? NS_WALK_FOLLOW : 0) | (flags & O_CREAT ? NS_WALK_CREATE : 0), &place);
    if (!status && (flags & O_CREAT) && place.slash)
        status = -EISDIR;
    if (status)
        return status;
    int fd = free_descriptor(vfs);
    if (fd < 0)
        return fd;
    bool made = !place.inode;
    if (made)
        status = create(vfs, &place, mode);
    else
        status = exclusive ? -EEXIST : check_open(place.inode, flags);
    if (!status && !made && (flags & O_TRUNC) && ns_inode_is_file(place.inode))
        status = truncate_inode(vfs, place.inode, 0);
    if (status)
        return status;
    place.inode->holds++;
    vfs->files[fd] = (ns_open_file){place.inode, flags, 0};
    return fd;
}

int ns_vfs_close(ns_vfs *vfs, int fd)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file)
        return -EBADF;
    ns_inode *inode = file->inode;
    file->inode = NULL;
    inode->holds--;
    ns_inode_release(vfs, inode);
    return 0;
}

// -- Read and write -------------------------------------------------------------------------------

static int64_t read_device(ns_vfs *vfs, ns_device device, void *buffer, size_t size)
{
    switch (device) {
    case NS_DEVICE_ZERO:
        memset(buffer, 0, size);
        return (int64_t)size;
    case NS_DEVICE_RANDOM: {
        uint64_t key = ns_vfs_hash(vfs->options.seed, "urandom", 7);
        ns_random_bytes(key + ++vfs->random_reads, buffer, size, 0);
        return (int64_t)size;
    }
    default:
        return 0;
    }
}

// Linux' relatime: only when the file changed since it was last read, or after a day.
static void mark_read(ns_vfs *vfs, ns_inode *inode)
{
    static const int64_t day = INT64_C(86400) * 1000000000;
    int64_t now = ns_vfs_now(vfs);
    if (inode->atime <= inode->mtime || inode->atime <= inode->ctime || now - inode->atime >= day)
        inode->atime = now;
}

int64_t ns_vfs_read(ns_vfs *vfs, int fd, void *buffer, size_t size, int64_t position)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file || (file->flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    ns_inode *inode = file->inode;
    if (ns_inode_is_dir(inode))
        return -EISDIR;
    if (inode->device)
        return read_device(vfs, inode->device, buffer, size);
    int64_t at = position >= 0 ? position : file->position;
    int64_t count = ns_content_read(vfs, &inode->content, buffer, size, at);
    if (count < 0)
        return count;
    if (position < 0)
        file->position += count;
    if (size > 0)
        mark_read(vfs, inode);
    return count;
}

static int64_t write_device(ns_vfs *vfs, ns_device device, const void *bytes, size_t size)
{
    const ns_vfs_options *options = &vfs->options;
    if (options->output && (device == NS_DEVICE_OUTPUT || device == NS_DEVICE_ERROR))
        options->output(options->opaque, device == NS_DEVICE_OUTPUT ? 1 : 2, bytes, size);
    return (int64_t)size;
}

int64_t ns_vfs_write(ns_vfs *vfs, int fd, const void *bytes, size_t size, int64_t position)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file || (file->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    ns_inode *inode = file->inode;
    if (inode->device)
        return write_device(vfs, inode->device, bytes, size);
    assert(ns_inode_is_file(inode));
    bool append = file->flags & O_APPEND; // then Linux ignores the position
    int64_t at = append ? inode->content.size : position >= 0 ? position : file->position;
    int64_t count = ns_content_write(vfs, &inode->content, bytes, size, at);
    if (count < 0)
        return count;
    if (position < 0)
        file->position = at + count;
    if (size > 0)
        modified(vfs, inode);
    return count;
}

int ns_vfs_ftruncate(ns_vfs *vfs, int fd, int64_t size)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file)
        return -EBADF;
    bool writable = (file->flags & O_ACCMODE) != O_RDONLY;
    if (size < 0 || !writable || !ns_inode_is_file(file->inode))
        return -EINVAL;
    return truncate_inode(vfs, file->inode, size);
}

int ns_vfs_sync(ns_vfs *vfs, int fd)
{
    ns_inode *inode = ns_vfs_fd_inode(vfs, fd);
    return !inode ? -EBADF : inode->device ? -EINVAL : 0;
}

ns_vfs_at ns_vfs_where(const ns_vfs *vfs, int fd)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file || file->inode->device)
        return (ns_vfs_at){0};
    return (ns_vfs_at){
        .inode = file->inode->number,
        .position = file->position,
        .size = file->inode->content.size,
        .direct = file->flags & (O_DIRECT | O_SYNC | O_DSYNC),
        .append = file->flags & O_APPEND,
    };
}

// -- Copy -----------------------------------------------------------------------------------------

// The bytes of one open file to another, which is empty or another file.
static int copy_content(ns_vfs *vfs, int in, int out, int64_t *bytes)
{
    ns_inode *from = ns_vfs_fd_inode(vfs, in), *to = ns_vfs_fd_inode(vfs, out);
    if (ns_inode_is_dir(from))
        return -EISDIR;
    *bytes = from->content.size;
    if (to->device || from->device)
        return 0;
    ns_content_free(vfs, &to->content);
    mark_read(vfs, from);
    int status = ns_content_copy(vfs, &to->content, &from->content);
    modified(vfs, to);
    return status;
}

static int copy_open(ns_vfs *vfs, int in, int out, int flags, int64_t *bytes)
{
    enum { FORCE_CLONE = 4 };
    ns_inode *from = ns_vfs_fd_inode(vfs, in), *to = ns_vfs_fd_inode(vfs, out);
    if (from == to)
        return 0;
    int status = to->device ? 0 : ns_vfs_ftruncate(vfs, out, 0);
    if (status)
        return status;
    to->mode = (to->mode & S_IFMT) | (from->mode & 07777);
    if (flags & FORCE_CLONE)
        return -EOPNOTSUPP; // as ext4
    return copy_content(vfs, in, out, bytes);
}

int ns_vfs_copy(ns_vfs *vfs, const char *from, const char *to, int flags, int64_t *bytes)
{
    enum { EXCLUSIVE = 1 };
    *bytes = 0;
    int in = ns_vfs_open(vfs, from, O_RDONLY, 0);
    if (in < 0)
        return in;
    int mode = (int)(ns_vfs_fd_inode(vfs, in)->mode & 07777);
    int out = ns_vfs_open(vfs, to, O_WRONLY | O_CREAT | (flags & EXCLUSIVE ? O_EXCL : 0), mode);
    int status = out < 0 ? out : copy_open(vfs, in, out, flags, bytes);
    ns_vfs_close(vfs, in);
    if (out >= 0)
        ns_vfs_close(vfs, out);
    if (status && out >= 0)
        ns_vfs_unlink(vfs, to);
    return status;
}

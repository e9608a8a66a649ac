// The overlay's files: content in memory, on the host or made when it is read, and descriptors.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

// -- Content
// ------------------------------------------------------------------------------------------------

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

// Bytes that depend on the inode and on their place only.
static void generate(const ns_vfs *vfs, const ns_inode *inode, char *out, size_t size, int64_t at)
{
    static const char words[] = "the loop polls, the pool works, timers fire and streams flow; ";
    uint64_t key = mix(vfs->options.seed ^ (inode->number << 32));
    for (size_t i = 0; i < size; i++) {
        uint64_t place = (uint64_t)at + i;
        switch (inode->content) {
        case NS_CONTENT_TEXT: {
            // Lines of 80 bytes: a number, then words from a place that the number chooses.
            uint64_t line = place / 80, column = place % 80;
            char number[24];
            snprintf(number, sizeof number, "%08llu ", (unsigned long long)line);
            out[i] = column == 79 ? '\n'
                     : column < 9 ? number[column]
                                  : words[(mix(key + line) % 61 + column) % (sizeof words - 1)];
            break;
        }
        case NS_CONTENT_RANDOM:
        case NS_CONTENT_RANDOM_DEVICE:
            out[i] = (char)(mix(key + place / 8) >> (8 * (place % 8)));
            break;
        default:
            out[i] = 0;
        }
    }
}

static int load_host(ns_inode *inode)
{
    int fd = open(inode->host, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    char *data = ns_malloc((size_t)inode->size + 1);
    int64_t done = 0;
    int status = data ? 0 : -ENOMEM;
    while (!status && done < inode->size) {
        ssize_t n = read(fd, data + done, (size_t)(inode->size - done));
        if (n < 0 && errno != EINTR)
            status = -errno;
        if (n == 0)
            inode->size = done; // it shrank meanwhile
        if (n > 0)
            done += n;
    }
    close(fd);
    if (status) {
        ns_free(data);
        return status;
    }
    inode->data = data;
    inode->allocated = inode->size + 1;
    inode->content = NS_CONTENT_MEMORY;
    return 0;
}

// Bring all of a file into memory, to be changed.
static int materialize(ns_vfs *vfs, ns_inode *inode)
{
    if (inode->content == NS_CONTENT_MEMORY)
        return 0;
    if (inode->content == NS_CONTENT_HOST)
        return load_host(inode);
    char *data = ns_malloc((size_t)inode->size + 1);
    if (!data)
        return -ENOMEM;
    generate(vfs, inode, data, (size_t)inode->size, 0);
    inode->data = data;
    inode->allocated = inode->size + 1;
    inode->content = NS_CONTENT_MEMORY;
    return 0;
}

static int resize(ns_vfs *vfs, ns_inode *inode, int64_t size)
{
    int status = materialize(vfs, inode);
    if (status)
        return status;
    if (size > inode->allocated) {
        int64_t allocated = inode->allocated * 2 > size ? inode->allocated * 2 : size;
        char *data = ns_realloc(inode->data, (size_t)allocated);
        if (!data)
            return -ENOSPC;
        inode->data = data;
        inode->allocated = allocated;
    }
    if (size > inode->size)
        memset(inode->data + inode->size, 0, (size_t)(size - inode->size));
    inode->size = size;
    return 0;
}

// -- Descriptors
// --------------------------------------------------------------------------------------------

static ns_open_file *file_of(ns_vfs *vfs, int fd)
{
    return fd >= 0 && fd < vfs->file_capacity && vfs->files[fd].inode ? &vfs->files[fd] : NULL;
}

static int free_descriptor(ns_vfs *vfs)
{
    for (int fd = 0; fd < vfs->file_capacity; fd++)
        if (!vfs->files[fd].inode)
            return fd;
    int old = vfs->file_capacity;
    if (old >= NS_VFS_FDS_MAX)
        return -EMFILE;
    ns_open_file *files = ns_realloc(vfs->files, (size_t)old * 2 * sizeof *files);
    if (!files)
        return -ENOMEM;
    memset(files + old, 0, (size_t)old * sizeof *files);
    vfs->files = files;
    vfs->file_capacity = old * 2;
    return old;
}

static int create(ns_vfs *vfs, ns_inode *folder, const char *name, int mode, ns_inode **out)
{
    *out = ns_inode_new(vfs, 0100000 | (uint32_t)(mode & 07777 & ~vfs->umask));
    if (!*out)
        return -ENOMEM;
    int status = ns_inode_add(folder, name, strlen(name), *out);
    if (status)
        ns_inode_release(*out);
    folder->mtime = folder->ctime = ns_vfs_now(vfs);
    return status;
}

static int check_open(const ns_inode *inode, int flags)
{
    int access = flags & O_ACCMODE;
    if (ns_inode_is_link(inode))
        return -ELOOP; // O_NOFOLLOW
    if ((flags & O_DIRECTORY) && !ns_inode_is_dir(inode))
        return -ENOTDIR;
    if (ns_inode_is_dir(inode) && (access != O_RDONLY || (flags & O_CREAT)))
        return -EISDIR;
    if (access != O_WRONLY && !(inode->mode & 0400))
        return -EACCES;
    if (access != O_RDONLY && !(inode->mode & 0200))
        return -EACCES;
    return 0;
}

int ns_vfs_open(ns_vfs *vfs, const char *path, int flags, int mode)
{
    ns_inode *inode, *folder = NULL;
    char name[256];
    bool follow = !(flags & O_NOFOLLOW) && !((flags & O_CREAT) && (flags & O_EXCL));
    int status = ns_vfs_resolve(vfs, path, follow, &inode, flags & O_CREAT ? &folder : NULL, name);
    if (status)
        return status;
    if (inode && (flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    bool created = !inode;
    size_t len = strlen(path);
    if (created && len && path[len - 1] == '/')
        return -EISDIR;
    if (created)
        status = create(vfs, folder, name, mode, &inode);
    else
        status = check_open(inode, flags);
    int fd = status ? status : free_descriptor(vfs);
    if (fd < 0)
        return fd;
    if ((flags & O_TRUNC) && !created && ns_inode_is_file(inode)) {
        status = resize(vfs, inode, 0);
        inode->mtime = inode->ctime = ns_vfs_now(vfs);
        if (status)
            return status;
    }
    inode->opens++;
    vfs->files[fd] = (ns_open_file){inode, flags, 0};
    return fd;
}

int ns_vfs_close(ns_vfs *vfs, int fd)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file)
        return -EBADF;
    ns_inode *inode = file->inode;
    file->inode = NULL;
    inode->opens--;
    ns_inode_release(inode);
    return 0;
}

int64_t ns_vfs_read(ns_vfs *vfs, int fd, void *buffer, size_t size, int64_t position)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file || (file->flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    ns_inode *inode = file->inode;
    if (ns_inode_is_dir(inode))
        return -EISDIR;
    int64_t at = position >= 0 ? position : file->position;
    bool endless = !ns_inode_is_file(inode) && inode->content != NS_CONTENT_NULL_DEVICE;
    int64_t left = endless ? (int64_t)size : inode->size - at;
    int64_t count = left < 0 ? 0 : left < (int64_t)size ? left : (int64_t)size;
    if (inode->content == NS_CONTENT_HOST) {
        int status = load_host(inode);
        if (status)
            return status;
        count = at + count > inode->size ? (inode->size > at ? inode->size - at : 0) : count;
    }
    if (count > 0 && inode->content == NS_CONTENT_MEMORY)
        memcpy(buffer, inode->data + at, (size_t)count);
    else if (count > 0)
        generate(vfs, inode, buffer, (size_t)count, at);
    if (position < 0)
        file->position += count;
    inode->atime = ns_vfs_now(vfs);
    return count;
}

int64_t ns_vfs_write(ns_vfs *vfs, int fd, const void *bytes, size_t size, int64_t position)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file || (file->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    ns_inode *inode = file->inode;
    if (!ns_inode_is_file(inode))
        return (int64_t)size; // devices swallow it
    bool append = file->flags & O_APPEND;
    int64_t at = append ? inode->size : position >= 0 ? position : file->position;
    int status = materialize(vfs, inode);
    if (!status && at + (int64_t)size > inode->size)
        status = resize(vfs, inode, at + (int64_t)size);
    if (status)
        return status;
    if (size)
        memcpy(inode->data + at, bytes, size);
    if (position < 0 || append)
        file->position = at + (int64_t)size;
    inode->mtime = inode->ctime = ns_vfs_now(vfs);
    return (int64_t)size;
}

bool ns_vfs_is_output(const ns_vfs *vfs, int fd)
{
    return (fd == 1 || fd == 2) && vfs->files[fd].inode &&
           vfs->files[fd].inode->content == NS_CONTENT_NULL_DEVICE;
}

int ns_vfs_truncate(ns_vfs *vfs, int fd, int64_t size)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file)
        return -EBADF;
    if ((file->flags & O_ACCMODE) == O_RDONLY || !ns_inode_is_file(file->inode) || size < 0)
        return -EINVAL;
    file->inode->mtime = file->inode->ctime = ns_vfs_now(vfs);
    return resize(vfs, file->inode, size);
}

int ns_vfs_fstat(ns_vfs *vfs, int fd, ns_stat *out)
{
    ns_open_file *file = file_of(vfs, fd);
    if (!file)
        return -EBADF;
    ns_inode_stat(file->inode, out);
    return 0;
}

int ns_vfs_sync(ns_vfs *vfs, int fd)
{
    return file_of(vfs, fd) ? 0 : -EBADF;
}

uint64_t ns_vfs_inode(ns_vfs *vfs, int fd)
{
    ns_open_file *file = file_of(vfs, fd);
    return file ? file->inode->number : 0;
}

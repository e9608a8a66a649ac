// What the overlay takes from the host: names, types, x bits and bytes of the workload's folder.
// The host is only read. Paths are walked from the folder's descriptor, one component at a time and
// without following links, so a link that is put there during the run leads nowhere.
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

static bool set_hidden(ns_vfs *vfs)
{
    char *path = vfs->options.hidden ? realpath(vfs->options.hidden, NULL) : NULL;
    size_t len = strlen(vfs->real_dir);
    bool inside = path && strncmp(path, vfs->real_dir, len) == 0 && path[len] == '/';
    vfs->hidden = inside ? ns_strdup(path + len + 1) : NULL;
    free(path);
    return !inside || vfs->hidden;
}

static bool is_hidden(const ns_vfs *vfs, const char *path)
{
    size_t len = vfs->hidden ? strlen(vfs->hidden) : 0;
    if (!len || strncmp(path, vfs->hidden, len) != 0)
        return false;
    const char *rest = path + len;
    return !*rest || strcmp(rest, "-wal") == 0 || strcmp(rest, "-shm") == 0 ||
           strcmp(rest, "-journal") == 0;
}

// What nsim itself left in the folder, NAME.db of earlier runs or of other shards of a sweep, is
// no part of the program: a run must not depend on it. Such a file has nsim's mark in its header
// (PRAGMA application_id), or is empty, while it is made; what SQLite keeps beside it goes with it.
static bool is_ours(int dir, const char *name)
{
    static const char *const endings[] = {"-journal", "-wal", "-shm"};
    char base[NS_VFS_NAME_MAX + 1], header[72];
    size_t length = strlen(name);
    if (length > NS_VFS_NAME_MAX)
        return false;
    bool beside = false;
    for (int i = 0; i < 3 && !beside; i++) {
        size_t ending = strlen(endings[i]);
        beside = length > ending && strcmp(name + length - ending, endings[i]) == 0;
        length -= beside ? ending : 0;
    }
    if (length < 4 || strncmp(name + length - 3, ".db", 3) != 0)
        return false;
    snprintf(base, sizeof base, "%.*s", (int)length, name);
    int fd = openat(dir, base, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return beside && errno == ENOENT;
    ssize_t size = read(fd, header, sizeof header);
    close(fd);
    return size == 0 || (size == sizeof header && memcmp(header, "SQLite format 3", 16) == 0 &&
                         memcmp(header + 68, "nsim", 4) == 0);
}

int ns_host_open(ns_vfs *vfs, ns_err *err)
{
    vfs->host_fd = -1;
    vfs->dir = ns_strdup(vfs->options.dir);
    if (!vfs->dir)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    size_t len = strlen(vfs->dir);
    while (len > 1 && vfs->dir[len - 1] == '/')
        vfs->dir[--len] = '\0';
    vfs->dir_fd = open(vfs->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *real = vfs->dir_fd >= 0 ? realpath(vfs->dir, NULL) : NULL;
    if (!real)
        return ns_fail(err, NS_EINVAL, "%s: cannot open the folder: %s", vfs->dir, strerror(errno));
    vfs->real_dir = ns_strdup(real);
    free(real);
    bool failed = !vfs->real_dir || !set_hidden(vfs);
    return failed ? ns_fail(err, NS_ENOMEM, "out of memory") : NS_OK;
}

void ns_host_close(ns_vfs *vfs)
{
    if (vfs->host_fd >= 0)
        close(vfs->host_fd);
    if (vfs->dir_fd >= 0)
        close(vfs->dir_fd);
    ns_free(vfs->dir);
    ns_free(vfs->real_dir);
    ns_free(vfs->hidden);
}

// Open a path relative to the folder; "" is the folder itself. A descriptor or a negative errno.
static int open_inside(const ns_vfs *vfs, const char *path, int flags)
{
    int at = dup(vfs->dir_fd);
    while (at >= 0) {
        char name[NS_VFS_NAME_MAX + 1];
        size_t len = strcspn(path, "/");
        if (len > NS_VFS_NAME_MAX) {
            close(at);
            return -ENAMETOOLONG;
        }
        memcpy(name, len ? path : ".", len ? len : 1);
        name[len ? len : 1] = '\0';
        assert(strcmp(name, "..") != 0);
        bool last = path[len] == '\0';
        int next = openat(at, name, O_NOFOLLOW | O_CLOEXEC | (last ? flags : O_PATH | O_DIRECTORY));
        int error = errno;
        close(at);
        if (next < 0)
            return -error;
        if (last)
            return next;
        at = next;
        path += len + 1;
    }
    return -errno;
}

// -- Folders --------------------------------------------------------------------------------------

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = ns_malloc(size);
    if (path)
        snprintf(path, size, "%s%s%s", folder, *folder ? "/" : "", name);
    return path;
}

// An absolute target inside the folder means the same place in the overlay.
static char *map_target(const ns_vfs *vfs, const char *target)
{
    char mapped[NS_VFS_PATH_MAX];
    return ns_strdup(ns_vfs_map(vfs, target, mapped, sizeof mapped) ? mapped : target);
}

static int fill_link(ns_vfs *vfs, int dir, const char *name, ns_inode *inode)
{
    char target[NS_VFS_PATH_MAX];
    ssize_t len = readlinkat(dir, name, target, sizeof target - 1);
    if (len < 0)
        return -errno;
    target[len] = '\0';
    inode->target = map_target(vfs, target);
    return inode->target ? 0 : -ENOMEM;
}

static int fill_file(const char *path, const struct stat *st, ns_inode *inode)
{
    ns_source *source = ns_source_new(NS_SOURCE_HOST, st->st_size);
    if (!source)
        return -ENOMEM;
    ns_content_set(&inode->content, source);
    source->host_mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    source->host = ns_strdup(path);
    return source->host ? 0 : -ENOMEM;
}

// Its name decides a file's number, and so the latencies that the disk draws for it: they must not
// depend on what else lies in the folder. Those of the program's own files are counted, and
// smaller.
static uint64_t host_number(const char *path)
{
    const uint64_t first = UINT64_C(1) << 47; // JavaScript has 53 bits for it
    return first | (XXH64(path, strlen(path), 0) & (first - 1));
}

// The inode of a host file, `path` being relative to the folder. *out is NULL for what is not
// shown.
static int host_inode(ns_vfs *vfs, int dir, const char *name, const char *path, ns_inode **out)
{
    struct stat st;
    *out = NULL;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : -errno;
    uint32_t mode = S_ISDIR(st.st_mode)   ? S_IFDIR | 0755
                    : S_ISLNK(st.st_mode) ? S_IFLNK | 0777
                    : S_ISREG(st.st_mode) ? S_IFREG | (st.st_mode & 0100 ? 0755 : 0644)
                                          : 0;
    if (!mode)
        return 0;
    ns_inode *inode = ns_inode_new(vfs, mode);
    if (!inode)
        return -ENOMEM;
    vfs->inode_count--;
    inode->number = host_number(path);
    inode->atime = inode->mtime = inode->ctime = inode->birthtime = vfs->epoch;
    int status = 0;
    if (S_ISDIR(mode)) {
        inode->folder.loaded = false;
        inode->host = ns_strdup(path);
        status = inode->host ? 0 : -ENOMEM;
    } else {
        status = S_ISLNK(mode) ? fill_link(vfs, dir, name, inode) : fill_file(path, &st, inode);
    }
    if (status)
        ns_inode_release(vfs, inode);
    else
        *out = inode;
    return status;
}

int ns_host_mount(ns_vfs *vfs, ns_inode **out)
{
    return host_inode(vfs, vfs->dir_fd, ".", "", out);
}

static int load_entry(ns_vfs *vfs, ns_inode *folder, int dir, const char *name)
{
    size_t len = strlen(name);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || ns_inode_find(folder, name, len))
        return 0;
    char *path = join(folder->host, name);
    if (!path)
        return -ENOMEM;
    ns_inode *child = NULL;
    int status =
        is_hidden(vfs, path) || is_ours(dir, name) ? 0 : host_inode(vfs, dir, name, path, &child);
    ns_free(path);
    if (status || !child)
        return status;
    status = ns_inode_add(folder, name, len, child);
    if (status)
        ns_inode_release(vfs, child);
    return status;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int ns_host_load(ns_vfs *vfs, ns_inode *folder)
{
    if (folder->folder.loaded)
        return 0;
    int dir = open_inside(vfs, folder->host, O_RDONLY | O_DIRECTORY);
    if (dir < 0)
        return dir;
    struct dirent **names;
    int count = scandirat(dir, ".", &names, NULL, by_name), status = count < 0 ? -errno : 0;
    for (int i = 0; i < count; i++) {
        if (!status)
            status = load_entry(vfs, folder, dir, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    close(dir);
    if (!status)
        folder->folder.loaded = true;
    return status;
}

// -- Bytes ----------------------------------------------------------------------------------------

void ns_host_forget(ns_vfs *vfs, const ns_source *source)
{
    if (vfs->host_source != source)
        return;
    if (vfs->host_fd >= 0)
        close(vfs->host_fd);
    vfs->host_fd = -1;
    vfs->host_source = NULL;
}

static int reopen(ns_vfs *vfs, const ns_source *source)
{
    struct stat st;
    ns_host_forget(vfs, vfs->host_source);
    int fd = open_inside(vfs, source->host, O_RDONLY | O_NONBLOCK);
    if (fd < 0)
        return fd;
    bool same = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == source->size &&
                (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec == source->host_mtime;
    if (!same) {
        close(fd);
        return -EIO;
    }
    vfs->host_fd = fd;
    vfs->host_source = source;
    return 0;
}

int ns_host_read(ns_vfs *vfs, const ns_source *source, void *out, size_t size, int64_t at)
{
    char *to = out;
    int status = vfs->host_source == source ? 0 : reopen(vfs, source);
    while (!status && size > 0) {
        ssize_t count = pread(vfs->host_fd, to, size, at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? -errno : -EIO; // it shrank
        to += count;
        at += count;
        size -= (size_t)count;
    }
    return status;
}

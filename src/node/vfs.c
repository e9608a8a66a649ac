// The overlay's tree: inodes, folders read from the host at first sight, path resolution, and the
// operations that take a path.
#include "node/vfs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

enum { simulated_id = 1000 };

int64_t ns_vfs_now(const ns_vfs *vfs)
{
    return vfs->options.now_us(vfs->options.opaque) * 1000;
}

// -- Inodes
// ----------------------------------------------------------------------------------------------

ns_inode *ns_inode_new(ns_vfs *vfs, uint32_t mode)
{
    ns_inode *inode = ns_calloc(1, sizeof *inode);
    if (!inode)
        return NULL;
    inode->number = ++vfs->inodes;
    inode->mode = mode;
    inode->uid = inode->gid = simulated_id;
    inode->atime = inode->mtime = inode->ctime = inode->birthtime = ns_vfs_now(vfs);
    inode->listed = true;
    return inode;
}

static void free_tree(ns_inode *inode)
{
    for (int i = 0; i < inode->count; i++) {
        ns_inode *child = inode->entries[i].inode;
        ns_free(inode->entries[i].name);
        child->links--;
        if (child->links <= 0)
            free_tree(child);
    }
    ns_free(inode->entries);
    ns_free(inode->data);
    ns_free(inode->host);
    ns_free(inode);
}

void ns_inode_release(ns_inode *inode)
{
    if (inode->links <= 0 && inode->opens <= 0)
        free_tree(inode);
}

static int find_index(const ns_inode *folder, const char *name, size_t len, bool *found)
{
    int low = 0, high = folder->count;
    *found = false;
    while (low < high) {
        int middle = (low + high) / 2;
        const char *other = folder->entries[middle].name;
        int order = strncmp(other, name, len);
        if (order == 0)
            order = other[len] != '\0';
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ns_dirent *ns_inode_find(ns_inode *folder, const char *name, size_t len)
{
    bool found;
    int at = find_index(folder, name, len, &found);
    return found ? &folder->entries[at] : NULL;
}

int ns_inode_add(ns_inode *folder, const char *name, size_t len, ns_inode *child)
{
    bool found;
    int at = find_index(folder, name, len, &found);
    assert(!found);
    if (folder->count == folder->capacity) {
        int capacity = folder->capacity ? folder->capacity * 2 : 8;
        ns_dirent *entries = ns_realloc(folder->entries, (size_t)capacity * sizeof *entries);
        if (!entries)
            return -ENOMEM;
        folder->entries = entries;
        folder->capacity = capacity;
    }
    char *copy = ns_strndup(name, len);
    if (!copy)
        return -ENOMEM;
    memmove(&folder->entries[at + 1], &folder->entries[at],
            (size_t)(folder->count - at) * sizeof *folder->entries);
    folder->entries[at] = (ns_dirent){copy, child};
    folder->count++;
    child->links++;
    if (ns_inode_is_dir(child))
        child->parent = folder;
    return 0;
}

void ns_inode_remove(ns_inode *folder, ns_dirent *entry)
{
    ns_inode *child = entry->inode;
    int at = (int)(entry - folder->entries);
    ns_free(entry->name);
    memmove(entry, entry + 1, (size_t)(folder->count - at - 1) * sizeof *entry);
    folder->count--;
    child->links--;
    ns_inode_release(child);
}

void ns_inode_stat(const ns_inode *inode, ns_stat *out)
{
    int subfolders = 0;
    for (int i = 0; i < inode->count; i++)
        subfolders += ns_inode_is_dir(inode->entries[i].inode);
    bool device = (inode->mode & 0170000) == 0020000;
    uint64_t size = ns_inode_is_dir(inode) ? 4096 : (uint64_t)inode->size;
    *out = (ns_stat){
        .dev = 2049,
        .mode = inode->mode,
        .nlink = ns_inode_is_dir(inode) ? (uint64_t)subfolders + 2 : (uint64_t)inode->links,
        .uid = (uint64_t)inode->uid,
        .gid = (uint64_t)inode->gid,
        .rdev = device ? 259 : 0,
        .blksize = 4096,
        .ino = inode->number,
        .size = size,
        .blocks = ns_inode_is_link(inode) ? 0 : (size + 4095) / 4096 * 8,
        .atime = inode->atime,
        .mtime = inode->mtime,
        .ctime = inode->ctime,
        .birthtime = inode->birthtime,
    };
}

// -- The host
// --------------------------------------------------------------------------------------------

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

// A link whose target is absolute and lies in the folder means the same place in the overlay.
static char *link_target(const ns_vfs *vfs, const char *host, int64_t *size)
{
    char target[NS_VFS_PATH_MAX];
    ssize_t len = readlink(host, target, sizeof target - 1);
    if (len < 0)
        return NULL;
    target[len] = '\0';
    size_t dir = strlen(vfs->dir);
    char *result;
    if (strncmp(target, vfs->dir, dir) == 0 && (target[dir] == '/' || !target[dir])) {
        result = ns_malloc((size_t)len + 8);
        if (result)
            sprintf(result, "/app%s", target + dir);
    } else {
        result = ns_strdup(target);
    }
    *size = result ? (int64_t)strlen(result) : 0;
    return result;
}

static ns_inode *host_inode(ns_vfs *vfs, const char *host, const struct stat *st)
{
    uint32_t bits = st->st_mode & 0111 ? 0755 : 0644;
    uint32_t mode = S_ISDIR(st->st_mode)   ? 0040755
                    : S_ISLNK(st->st_mode) ? 0120777
                                           : 0100000 | bits;
    ns_inode *inode = ns_inode_new(vfs, mode);
    if (!inode)
        return NULL;
    inode->atime = inode->mtime = inode->ctime = inode->birthtime = vfs->root->birthtime;
    inode->host = ns_strdup(host);
    inode->content = NS_CONTENT_HOST;
    inode->size = st->st_size;
    inode->listed = !S_ISDIR(st->st_mode);
    if (S_ISLNK(st->st_mode))
        inode->data = link_target(vfs, host, &inode->size);
    return inode;
}

static int load_folder(ns_vfs *vfs, ns_inode *folder)
{
    struct dirent **names;
    int count = scandir(folder->host, &names, NULL, by_name);
    if (count < 0)
        return -errno;
    folder->listed = true;
    int status = 0;
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        char path[NS_VFS_PATH_MAX];
        struct stat st;
        bool dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        int len = snprintf(path, sizeof path, "%s/%s", folder->host, name);
        if (!status && !dots && (size_t)len < sizeof path && lstat(path, &st) == 0 &&
            (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode)) &&
            !ns_inode_find(folder, name, strlen(name))) {
            ns_inode *child = host_inode(vfs, path, &st);
            status = child ? ns_inode_add(folder, name, strlen(name), child) : -ENOMEM;
        }
        free(names[i]);
    }
    free(names);
    return status;
}

// -- Paths
// -----------------------------------------------------------------------------------------------

typedef struct walk {
    ns_vfs *vfs;
    int links;
    char text[2 * NS_VFS_PATH_MAX];
} walk;

// Put a link's target in front of what is left to walk.
static int expand(walk *w, const ns_inode *link, const char *rest)
{
    char left[NS_VFS_PATH_MAX];
    if (++w->links > NS_VFS_LINKS_MAX)
        return -ELOOP;
    if (snprintf(left, sizeof left, "%s", rest) >= (int)sizeof left)
        return -ENAMETOOLONG;
    int len = snprintf(w->text, sizeof w->text, "%s/%s", link->data ? link->data : "", left);
    return (size_t)len >= sizeof w->text ? -ENAMETOOLONG : 0;
}

static ns_inode *start_of(ns_vfs *vfs, const char *path, ns_inode *relative)
{
    return path[0] == '/' ? vfs->root : relative;
}

static int cwd_inode(ns_vfs *vfs, ns_inode **out);

int ns_vfs_resolve(ns_vfs *vfs, const char *path, bool follow, ns_inode **out, ns_inode **parent,
                   char last[256])
{
    walk w = {.vfs = vfs};
    *out = NULL;
    if (!*path)
        return -ENOENT;
    if (strlen(path) >= NS_VFS_PATH_MAX)
        return -ENAMETOOLONG;
    strcpy(w.text, path);
    ns_inode *at = vfs->root;
    if (path[0] != '/') {
        int status = cwd_inode(vfs, &at);
        if (status)
            return status;
    }
    if (last)
        last[0] = '\0';
    ns_inode *folder = at->parent ? at->parent : at;
    char *p = w.text;
    for (;;) {
        p += strspn(p, "/");
        size_t len = strcspn(p, "/");
        if (!len)
            break;
        if (!ns_inode_is_dir(at))
            return -ENOTDIR;
        if (len > 255)
            return -ENAMETOOLONG;
        char *rest = p + len;
        bool is_last = rest[strspn(rest, "/")] == '\0';
        if (!at->listed) {
            int status = load_folder(vfs, at);
            if (status)
                return status;
        }
        if (len == 1 && p[0] == '.') {
            p = rest;
            continue;
        }
        if (len == 2 && p[0] == '.' && p[1] == '.') {
            at = at->parent ? at->parent : at;
            p = rest;
            continue;
        }
        if (last) {
            memcpy(last, p, len);
            last[len] = '\0';
        }
        folder = at;
        ns_dirent *entry = ns_inode_find(at, p, len);
        if (!entry) {
            if (!is_last || !parent)
                return -ENOENT;
            *parent = folder;
            return 0;
        }
        if (ns_inode_is_link(entry->inode) && (!is_last || follow || *rest == '/')) {
            ns_inode *from = start_of(vfs, entry->inode->data ? entry->inode->data : "", at);
            int status = expand(&w, entry->inode, rest);
            if (status)
                return status;
            at = from;
            p = w.text;
            continue;
        }
        at = entry->inode;
        p = rest;
        if (*rest == '/' && is_last && !ns_inode_is_dir(at))
            return -ENOTDIR;
    }
    if (ns_inode_is_dir(at) && !at->listed) {
        int status = load_folder(vfs, at);
        if (status)
            return status;
    }
    *out = at;
    if (parent)
        *parent = folder;
    return 0;
}

static int cwd_inode(ns_vfs *vfs, ns_inode **out)
{
    return ns_vfs_resolve(vfs, vfs->cwd, true, out, NULL, NULL);
}

// The absolute path of a folder, from its parents.
static int path_of(const ns_inode *folder, char *out, size_t size)
{
    char parts[NS_VFS_PATH_MAX];
    size_t at = sizeof parts - 1;
    parts[at] = '\0';
    for (; folder->parent; folder = folder->parent) {
        const ns_inode *parent = folder->parent;
        const char *name = NULL;
        for (int i = 0; i < parent->count; i++)
            if (parent->entries[i].inode == folder)
                name = parent->entries[i].name;
        size_t len = name ? strlen(name) : 0;
        if (!name || len + 1 > at)
            return -ENOENT;
        at -= len;
        memcpy(parts + at, name, len);
        parts[--at] = '/';
    }
    int len = snprintf(out, size, "%s", parts[at] ? parts + at : "/");
    return (size_t)len < size ? 0 : -ENAMETOOLONG;
}

int ns_vfs_chdir(ns_vfs *vfs, const char *path)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, true, &inode, NULL, NULL);
    if (status)
        return status;
    if (!ns_inode_is_dir(inode))
        return -ENOTDIR;
    return path_of(inode, vfs->cwd, sizeof vfs->cwd);
}

int ns_vfs_realpath(ns_vfs *vfs, const char *path, char **out)
{
    ns_inode *inode, *parent;
    char last[256], folder[NS_VFS_PATH_MAX];
    int status = ns_vfs_resolve(vfs, path, true, &inode, &parent, last);
    if (!status && !inode)
        status = -ENOENT;
    if (!status)
        status = path_of(ns_inode_is_dir(inode) ? inode : parent, folder, sizeof folder);
    if (status)
        return status;
    size_t size = strlen(folder) + strlen(last) + 2;
    *out = ns_malloc(size);
    if (!*out)
        return -ENOMEM;
    if (ns_inode_is_dir(inode))
        strcpy(*out, folder);
    else
        snprintf(*out, size, "%s/%s", folder[1] ? folder : "", last);
    return 0;
}

// -- Operations on paths
// -----------------------------------------------------------------------------------

int ns_vfs_stat(ns_vfs *vfs, const char *path, bool follow, ns_stat *out)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, follow, &inode, NULL, NULL);
    if (!status)
        ns_inode_stat(inode, out);
    return status;
}

int ns_vfs_access(ns_vfs *vfs, const char *path, int mode)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, true, &inode, NULL, NULL);
    if (status)
        return status;
    return (inode->mode >> 6 & (uint32_t)mode & 7) == ((uint32_t)mode & 7) ? 0 : -EACCES;
}

static void touch(ns_vfs *vfs, ns_inode *folder)
{
    folder->mtime = folder->ctime = ns_vfs_now(vfs);
}

// The folder and name for a new entry; -EEXIST when there is one.
static int place(ns_vfs *vfs, const char *path, ns_inode **folder, char name[256])
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, false, &inode, folder, name);
    if (status)
        return status;
    return inode ? -EEXIST : 0;
}

static int add_new(ns_vfs *vfs, ns_inode *folder, const char *name, ns_inode *inode)
{
    if (!inode)
        return -ENOMEM;
    int status = ns_inode_add(folder, name, strlen(name), inode);
    if (status)
        ns_inode_release(inode);
    else
        touch(vfs, folder);
    return status;
}

int ns_vfs_mkdir(ns_vfs *vfs, const char *path, int mode)
{
    ns_inode *folder;
    char name[256];
    int status = place(vfs, path, &folder, name);
    if (status)
        return status;
    uint32_t bits = (uint32_t)(mode & 01777 & ~vfs->umask);
    return add_new(vfs, folder, name, ns_inode_new(vfs, 0040000 | bits));
}

// The entry that a path names, without following a final link.
static int entry_of(ns_vfs *vfs, const char *path, ns_inode **folder, ns_dirent **entry,
                    ns_inode **inode)
{
    char name[256];
    int status = ns_vfs_resolve(vfs, path, false, inode, folder, name);
    if (status)
        return status;
    if (!*inode)
        return -ENOENT;
    *entry = ns_inode_find(*folder, name, strlen(name));
    return *entry && (*entry)->inode == *inode ? 0 : -EBUSY; // "/", ".", ".."
}

int ns_vfs_rmdir(ns_vfs *vfs, const char *path)
{
    ns_inode *folder, *inode;
    ns_dirent *entry;
    int status = entry_of(vfs, path, &folder, &entry, &inode);
    if (status)
        return status == -EBUSY ? -EINVAL : status;
    if (!ns_inode_is_dir(inode))
        return -ENOTDIR;
    if (inode->count)
        return -ENOTEMPTY;
    ns_inode_remove(folder, entry);
    touch(vfs, folder);
    return 0;
}

int ns_vfs_unlink(ns_vfs *vfs, const char *path)
{
    ns_inode *folder, *inode;
    ns_dirent *entry;
    int status = entry_of(vfs, path, &folder, &entry, &inode);
    if (status)
        return status == -EBUSY ? -EISDIR : status;
    if (ns_inode_is_dir(inode))
        return -EISDIR;
    inode->ctime = ns_vfs_now(vfs);
    ns_inode_remove(folder, entry);
    touch(vfs, folder);
    return 0;
}

static bool is_inside(const ns_inode *inode, const ns_inode *folder)
{
    for (; inode; inode = inode->parent)
        if (inode == folder)
            return true;
    return false;
}

int ns_vfs_rename(ns_vfs *vfs, const char *from, const char *to)
{
    ns_inode *from_folder, *inode, *to_folder, *target;
    ns_dirent *entry;
    char name[256];
    int status = entry_of(vfs, from, &from_folder, &entry, &inode);
    if (!status)
        status = ns_vfs_resolve(vfs, to, false, &target, &to_folder, name);
    if (status)
        return status;
    if (target == inode)
        return 0;
    if (ns_inode_is_dir(inode) && is_inside(to_folder, inode))
        return -EINVAL;
    if (target) {
        if (ns_inode_is_dir(target) && !ns_inode_is_dir(inode))
            return -EISDIR;
        if (!ns_inode_is_dir(target) && ns_inode_is_dir(inode))
            return -ENOTDIR;
        if (ns_inode_is_dir(target) && target->count)
            return -ENOTEMPTY;
        ns_inode_remove(to_folder, ns_inode_find(to_folder, name, strlen(name)));
    }
    status = ns_inode_add(to_folder, name, strlen(name), inode);
    if (status)
        return status;
    char old[256];
    status = ns_vfs_resolve(vfs, from, false, &target, &from_folder, old);
    assert(!status && target == inode);
    ns_inode_remove(from_folder, ns_inode_find(from_folder, old, strlen(old)));
    inode->ctime = ns_vfs_now(vfs);
    if (ns_inode_is_dir(inode))
        inode->parent = to_folder;
    touch(vfs, from_folder);
    touch(vfs, to_folder);
    return 0;
}

int ns_vfs_link(ns_vfs *vfs, const char *from, const char *to)
{
    ns_inode *inode, *folder;
    char name[256];
    int status = ns_vfs_resolve(vfs, from, false, &inode, NULL, NULL);
    if (!status)
        status = place(vfs, to, &folder, name);
    if (status)
        return status;
    if (ns_inode_is_dir(inode))
        return -EPERM;
    status = ns_inode_add(folder, name, strlen(name), inode);
    if (!status) {
        inode->ctime = ns_vfs_now(vfs);
        touch(vfs, folder);
    }
    return status;
}

int ns_vfs_symlink(ns_vfs *vfs, const char *target, const char *path)
{
    ns_inode *folder;
    char name[256];
    int status = place(vfs, path, &folder, name);
    if (status)
        return status;
    ns_inode *inode = ns_inode_new(vfs, 0120777);
    if (inode) {
        inode->data = ns_strdup(target);
        inode->size = (int64_t)strlen(target);
    }
    return add_new(vfs, folder, name, inode);
}

int ns_vfs_readlink(ns_vfs *vfs, const char *path, char **out)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, false, &inode, NULL, NULL);
    if (status)
        return status;
    if (!ns_inode_is_link(inode))
        return -EINVAL;
    *out = ns_strdup(inode->data ? inode->data : "");
    return *out ? 0 : -ENOMEM;
}

int ns_vfs_mkdtemp(ns_vfs *vfs, const char *prefix, char **out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t len = strlen(prefix);
    char *path = ns_malloc(len + 7);
    if (!path)
        return -ENOMEM;
    memcpy(path, prefix, len);
    int status;
    do {
        uint64_t draw = (++vfs->temporaries + vfs->options.seed) * UINT64_C(0x9e3779b97f4a7c15);
        draw ^= draw >> 29;
        for (int i = 0; i < 6; i++, draw /= 62)
            path[len + (size_t)i] = letters[draw % 62];
        path[len + 6] = '\0';
        status = ns_vfs_mkdir(vfs, path, 0700);
    } while (status == -EEXIST);
    if (status)
        ns_free(path);
    else
        *out = path;
    return status;
}

static int inode_for(ns_vfs *vfs, const char *path, int fd, bool follow, ns_inode **out)
{
    if (path)
        return ns_vfs_resolve(vfs, path, follow, out, NULL, NULL);
    if (fd < 0 || fd >= vfs->file_capacity || !vfs->files[fd].inode)
        return -EBADF;
    *out = vfs->files[fd].inode;
    return 0;
}

int ns_vfs_chmod(ns_vfs *vfs, const char *path, int fd, int mode)
{
    ns_inode *inode;
    int status = inode_for(vfs, path, fd, true, &inode);
    if (status)
        return status;
    inode->mode = (inode->mode & 0170000) | ((uint32_t)mode & 07777);
    inode->ctime = ns_vfs_now(vfs);
    return 0;
}

int ns_vfs_chown(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t uid, int64_t gid)
{
    ns_inode *inode;
    int status = inode_for(vfs, path, fd, follow, &inode);
    if (status)
        return status;
    bool uid_kept = uid == -1 || uid == UINT32_MAX || uid == inode->uid;
    bool gid_kept = gid == -1 || gid == UINT32_MAX || gid == inode->gid;
    if (!uid_kept || !gid_kept)
        return -EPERM; // the simulated user is not root
    inode->ctime = ns_vfs_now(vfs);
    return 0;
}

int ns_vfs_utimes(ns_vfs *vfs, const char *path, int fd, bool follow, int64_t atime, int64_t mtime)
{
    ns_inode *inode;
    int status = inode_for(vfs, path, fd, follow, &inode);
    if (status)
        return status;
    inode->atime = atime;
    inode->mtime = mtime;
    inode->ctime = ns_vfs_now(vfs);
    return 0;
}

static int entry_type(const ns_inode *inode)
{
    switch (inode->mode & 0170000) {
    case 0100000:
        return 1;
    case 0040000:
        return 2;
    case 0120000:
        return 3;
    case 0020000:
        return 6;
    default:
        return 0;
    }
}

int ns_vfs_list(ns_vfs *vfs, const char *path, ns_entry **entries, int *count)
{
    ns_inode *inode;
    *entries = NULL;
    *count = 0;
    int status = ns_vfs_resolve(vfs, path, true, &inode, NULL, NULL);
    if (status)
        return status;
    if (!ns_inode_is_dir(inode))
        return -ENOTDIR;
    ns_entry *list = ns_calloc((size_t)inode->count + 1, sizeof *list);
    for (int i = 0; list && i < inode->count; i++) {
        list[i] =
            (ns_entry){ns_strdup(inode->entries[i].name), entry_type(inode->entries[i].inode)};
        if (!list[i].name) {
            ns_vfs_free_entries(list, i);
            list = NULL;
        }
    }
    if (!list)
        return -ENOMEM;
    *entries = list;
    *count = inode->count;
    return 0;
}

void ns_vfs_free_entries(ns_entry *entries, int count)
{
    for (int i = 0; i < count; i++)
        ns_free(entries[i].name);
    ns_free(entries);
}

// -- Making it
// ------------------------------------------------------------------------------------------------

// The folder at an absolute path, made if it is not there.
static int make_folders(ns_vfs *vfs, const char *path)
{
    char part[NS_VFS_PATH_MAX];
    for (const char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)(p - path), path);
        int status = ns_vfs_mkdir(vfs, part, 0755);
        if (status && status != -EEXIST)
            return status;
    }
    return 0;
}

int ns_vfs_add(ns_vfs *vfs, const char *path, const char *content, int64_t size, const char *fill)
{
    ns_inode *inode, *folder;
    char name[256];
    int status = make_folders(vfs, path);
    if (!status)
        status = ns_vfs_resolve(vfs, path, true, &inode, &folder, name);
    if (status)
        return status;
    if (inode && !ns_inode_is_file(inode))
        return -EISDIR;
    if (inode)
        ns_inode_remove(folder, ns_inode_find(folder, name, strlen(name)));
    inode = ns_inode_new(vfs, 0100644);
    if (!inode)
        return -ENOMEM;
    inode->size = size;
    if (content) {
        inode->content = NS_CONTENT_MEMORY;
        inode->data = ns_strndup(content, (size_t)size);
        inode->allocated = size;
    } else {
        inode->content = !fill || strcmp(fill, "zero") == 0 ? NS_CONTENT_ZERO
                         : strcmp(fill, "text") == 0        ? NS_CONTENT_TEXT
                                                            : NS_CONTENT_RANDOM;
    }
    return add_new(vfs, folder, name, inode);
}

static int add_device(ns_vfs *vfs, const char *path, ns_content content)
{
    int status = ns_vfs_add(vfs, path, NULL, 0, "zero");
    ns_inode *inode;
    if (status || ns_vfs_resolve(vfs, path, true, &inode, NULL, NULL))
        return status;
    inode->mode = 0020666;
    inode->content = content;
    return 0;
}

static int mount(ns_vfs *vfs)
{
    struct stat st;
    ns_inode *app = NULL;
    if (stat(vfs->dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return -ENOTDIR;
    app = host_inode(vfs, vfs->dir, &st);
    if (!app)
        return -ENOMEM;
    return ns_inode_add(vfs->root, "app", 3, app);
}

static int map_script(ns_vfs *vfs, const char *script)
{
    size_t len = strlen(vfs->dir);
    if (strncmp(script, vfs->dir, len) != 0)
        return -ENOENT;
    snprintf(vfs->main_script, sizeof vfs->main_script, "/app%s%s", script[len] == '/' ? "" : "/",
             script + len);
    return 0;
}

int ns_vfs_new(ns_vfs **out, const ns_vfs_options *options, ns_err *err)
{
    ns_vfs *vfs = ns_calloc(1, sizeof *vfs);
    *out = vfs;
    if (!vfs)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    vfs->options = *options;
    vfs->umask = 022;
    strcpy(vfs->cwd, "/app");
    vfs->dir = ns_strdup(options->dir);
    vfs->root = ns_inode_new(vfs, 0040755);
    vfs->files = ns_calloc(16, sizeof *vfs->files);
    vfs->file_capacity = 16;
    if (!vfs->dir || !vfs->root || !vfs->files)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    vfs->root->links = 1;
    int status = mount(vfs);
    if (!status)
        status = map_script(vfs, options->script);
    if (!status)
        status = ns_vfs_mkdir(vfs, "/tmp", 01777);
    if (!status)
        status = add_device(vfs, "/dev/null", NS_CONTENT_NULL_DEVICE);
    if (!status)
        status = add_device(vfs, "/dev/zero", NS_CONTENT_ZERO);
    if (!status)
        status = add_device(vfs, "/dev/urandom", NS_CONTENT_RANDOM_DEVICE);
    for (int fd = 0; !status && fd < 3; fd++) {
        ns_inode *inode;
        status = ns_vfs_resolve(vfs, "/dev/null", true, &inode, NULL, NULL);
        if (!status) {
            inode->opens++;
            vfs->files[fd] = (ns_open_file){inode, fd ? O_WRONLY : O_RDONLY, 0};
        }
    }
    if (status)
        return ns_fail(err, NS_EIO, "%s: %s", options->dir, strerror(-status));
    return NS_OK;
}

void ns_vfs_free(ns_vfs *vfs)
{
    if (!vfs)
        return;
    for (int fd = 0; vfs->files && fd < vfs->file_capacity; fd++)
        if (vfs->files[fd].inode)
            ns_vfs_close(vfs, fd);
    if (vfs->root)
        free_tree(vfs->root);
    ns_free(vfs->files);
    ns_free(vfs->dir);
    ns_free(vfs);
}

const char *ns_vfs_main_script(const ns_vfs *vfs)
{
    return vfs->main_script;
}

const char *ns_vfs_cwd(const ns_vfs *vfs)
{
    return vfs->cwd;
}

void ns_vfs_set_umask(ns_vfs *vfs, int mask)
{
    vfs->umask = mask;
}

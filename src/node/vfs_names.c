// Operations on names: mkdir, unlink, rename, link, symlink and their like, with Linux' errors
// (source: the manual pages of section 2, fs/namei.c for the order of checks).
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

// -- New entries ----------------------------------------------------------------------------------

// Whether entries of a folder may be added and removed.
static int may_change(const ns_inode *folder)
{
    if (folder->links == 0)
        return -ENOENT; // it was removed, and is only held
    return ns_inode_may(folder, W_OK | X_OK) ? 0 : -EACCES;
}

// The place for a new entry; -EEXIST when there is one.
static int new_place(ns_vfs *vfs, const char *path, ns_place *place)
{
    int status = ns_vfs_walk(vfs, path, NS_WALK_CREATE, place);
    if (status)
        return status;
    return place->inode ? -EEXIST : may_change(place->folder);
}

int ns_vfs_enter(ns_vfs *vfs, const ns_place *place, ns_inode *inode)
{
    if (!inode)
        return -ENOMEM;
    int status = ns_inode_add(place->folder, place->name, strlen(place->name), inode);
    if (status) {
        ns_inode_release(vfs, inode);
        return status;
    }
    ns_inode_touch(vfs, place->folder);
    ns_vfs_tell_entry(vfs, place->folder, place->name, IN_CREATE);
    return 0;
}

int ns_vfs_mkdir(ns_vfs *vfs, const char *path, int mode)
{
    ns_place place;
    int status = new_place(vfs, path, &place);
    if (status)
        return status;
    uint32_t bits = (uint32_t)(mode & 01777 & ~vfs->umask);
    return ns_vfs_enter(vfs, &place, ns_inode_new(vfs, S_IFDIR | bits));
}

int ns_vfs_mkdtemp(ns_vfs *vfs, const char *pattern, char **out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    enum { DRAWN = 6 };
    size_t len = strlen(pattern);
    *out = NULL;
    if (len < DRAWN || strcmp(pattern + len - DRAWN, "XXXXXX") != 0)
        return -EINVAL;
    char *path = ns_strdup(pattern);
    if (!path)
        return -ENOMEM;
    int status;
    do {
        vfs->temporaries++;
        uint64_t draw = ns_vfs_hash(vfs->options.seed, (const char *)&vfs->temporaries,
                                    sizeof vfs->temporaries);
        for (size_t i = len - DRAWN; i < len; i++, draw /= sizeof letters - 1)
            path[i] = letters[draw % (sizeof letters - 1)];
        status = ns_vfs_mkdir(vfs, path, 0700);
    } while (status == -EEXIST);
    *out = path;
    return status;
}

int ns_vfs_symlink(ns_vfs *vfs, const char *target, const char *path)
{
    ns_place place;
    if (!*target)
        return -ENOENT;
    if (strlen(target) >= NS_VFS_PATH_MAX)
        return -ENAMETOOLONG;
    int status = new_place(vfs, path, &place);
    if (!status && place.slash)
        status = -ENOENT;
    if (status)
        return status;
    ns_inode *inode = ns_inode_new(vfs, S_IFLNK | 0777);
    if (inode && !(inode->target = ns_strdup(target))) {
        ns_inode_release(vfs, inode);
        inode = NULL;
    }
    return ns_vfs_enter(vfs, &place, inode);
}

int ns_vfs_link(ns_vfs *vfs, const char *from, const char *to)
{
    ns_inode *inode;
    ns_place place;
    int status = ns_vfs_resolve(vfs, from, false, &inode);
    if (!status)
        status = new_place(vfs, to, &place);
    if (!status && place.slash)
        status = -ENOENT;
    if (status)
        return status;
    if (ns_inode_is_dir(inode))
        return -EPERM;
    inode->ctime = ns_vfs_now(vfs);
    ns_vfs_tell_self(vfs, inode, IN_ATTRIB);
    return ns_vfs_enter(vfs, &place, inode);
}

// -- Entries that go ------------------------------------------------------------------------------

static void remove_entry(ns_vfs *vfs, const ns_place *place)
{
    ns_inode_remove(vfs, place->folder, place->name);
    ns_inode_touch(vfs, place->folder);
    ns_vfs_tell_entry(vfs, place->folder, place->name, IN_DELETE);
}

int ns_vfs_rmdir(ns_vfs *vfs, const char *path)
{
    ns_place place;
    int status = ns_vfs_walk(vfs, path, NS_WALK_LAST, &place);
    if (status)
        return status;
    if (place.dot || place.dotdot)
        return place.dot ? -EINVAL : -ENOTEMPTY;
    if (!place.name[0])
        return -EBUSY;
    status = may_change(place.folder);
    if (!status && !ns_inode_is_dir(place.inode))
        status = -ENOTDIR;
    if (!status)
        status = ns_host_load(vfs, place.inode);
    if (!status && place.inode->folder.count > 0)
        status = -ENOTEMPTY;
    if (status)
        return status;
    remove_entry(vfs, &place);
    return 0;
}

int ns_vfs_unlink(ns_vfs *vfs, const char *path)
{
    ns_place place;
    int status = ns_vfs_walk(vfs, path, NS_WALK_LAST, &place);
    if (status)
        return status;
    if (!place.name[0])
        return -EISDIR;
    if (place.slash && !ns_inode_is_dir(place.inode))
        return -ENOTDIR;
    status = may_change(place.folder);
    if (!status && ns_inode_is_dir(place.inode))
        status = -EISDIR;
    if (status)
        return status;
    place.inode->ctime = ns_vfs_now(vfs);
    ns_vfs_tell_self(vfs, place.inode, IN_ATTRIB);
    remove_entry(vfs, &place);
    return 0;
}

// -- Rename ---------------------------------------------------------------------------------------

static bool is_inside(const ns_inode *inode, const ns_inode *folder)
{
    for (; inode; inode = inode->parent)
        if (inode == folder)
            return true;
    return false;
}

// Whether one may take the place of the other; 1 when they are the same and nothing is to be done.
static int check_rename(ns_vfs *vfs, const ns_place *from, const ns_place *to)
{
    if (!from->name[0] || !to->name[0])
        return -EBUSY;
    if (!from->inode)
        return -ENOENT;
    bool is_dir = ns_inode_is_dir(from->inode);
    if (!is_dir && (from->slash || to->slash))
        return -ENOTDIR;
    if (is_dir && is_inside(to->folder, from->inode))
        return -EINVAL;
    if (to->inode && is_inside(from->folder, to->inode))
        return -ENOTEMPTY;
    if (to->inode == from->inode)
        return 1;
    int status = may_change(from->folder);
    if (!status)
        status = may_change(to->folder);
    if (status || !to->inode)
        return status;
    if (ns_inode_is_dir(to->inode) != is_dir)
        return is_dir ? -ENOTDIR : -EISDIR;
    if (is_dir)
        status = ns_host_load(vfs, to->inode);
    return status ? status : to->inode->folder.count ? -ENOTEMPTY : 0;
}

int ns_vfs_rename(ns_vfs *vfs, const char *from, const char *to)
{
    ns_place old, new;
    int status = ns_vfs_walk(vfs, from, NS_WALK_CREATE, &old);
    if (!status)
        status = ns_vfs_walk(vfs, to, NS_WALK_CREATE, &new);
    if (!status)
        status = check_rename(vfs, &old, &new);
    if (status)
        return status < 0 ? status : 0;
    if (new.inode) // in one step, so that nothing can fail half-way
        ns_inode_replace(vfs, new.folder, new.name, old.inode);
    else
        status = ns_inode_add(new.folder, new.name, strlen(new.name), old.inode);
    if (status)
        return status;
    ns_inode_remove(vfs, old.folder, old.name);
    if (ns_inode_is_dir(old.inode))
        old.inode->parent = new.folder;
    old.inode->ctime = ns_vfs_now(vfs);
    ns_inode_touch(vfs, old.folder);
    ns_inode_touch(vfs, new.folder);
    ns_vfs_tell_entry(vfs, old.folder, old.name, IN_MOVED_FROM);
    ns_vfs_tell_entry(vfs, new.folder, new.name, IN_MOVED_TO);
    ns_vfs_tell_self(vfs, old.inode, IN_MOVE_SELF);
    return 0;
}

// -- Reading names --------------------------------------------------------------------------------

int ns_vfs_readlink(ns_vfs *vfs, const char *path, char **out)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, false, &inode);
    if (status)
        return status;
    if (!ns_inode_is_link(inode))
        return -EINVAL;
    *out = ns_strdup(inode->target);
    return *out ? 0 : -ENOMEM;
}

static int entry_type(const ns_inode *inode)
{
    enum { DIRENT_FILE = 1, DIRENT_DIR = 2, DIRENT_LINK = 3, DIRENT_CHAR = 6 };
    return ns_inode_is_file(inode)   ? DIRENT_FILE
           : ns_inode_is_dir(inode)  ? DIRENT_DIR
           : ns_inode_is_link(inode) ? DIRENT_LINK
                                     : DIRENT_CHAR;
}

int ns_vfs_list(ns_vfs *vfs, const char *path, ns_entry **entries, int *count)
{
    ns_inode *inode;
    *entries = NULL;
    *count = 0;
    int status = ns_vfs_resolve(vfs, path, true, &inode);
    if (!status && !ns_inode_is_dir(inode))
        status = -ENOTDIR;
    if (!status && !ns_inode_may(inode, R_OK))
        status = -EACCES;
    if (!status)
        status = ns_host_load(vfs, inode);
    if (status)
        return status;
    int total = (int)inode->folder.count;
    ns_dirent *sorted = ns_inode_sorted(inode);
    ns_entry *list = ns_calloc((size_t)total + 1, sizeof *list);
    bool failed = !sorted || !list;
    for (int i = 0; !failed && i < total; i++) {
        list[i] = (ns_entry){ns_strdup(sorted[i].name), entry_type(sorted[i].inode)};
        failed = !list[i].name;
    }
    ns_free(sorted);
    if (failed) {
        ns_vfs_free_entries(list, total);
        return -ENOMEM;
    }
    *entries = list;
    *count = total;
    return 0;
}

void ns_vfs_free_entries(ns_entry *entries, int count)
{
    for (int i = 0; entries && i < count; i++)
        ns_free(entries[i].name);
    ns_free(entries);
}

// Paths of the overlay: resolution as path_resolution(7) describes it, the current directory, and
// the way back from a folder to its path.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

// Put a link's target in front of what is left of the path.
static int expand(char text[NS_VFS_PATH_MAX], const char *target, const char *rest, int *links)
{
    char joined[NS_VFS_PATH_MAX];
    if (++*links > NS_VFS_LINKS_MAX)
        return -ELOOP;
    int len = snprintf(joined, sizeof joined, "%s%s", target, rest);
    if (len >= (int)sizeof joined)
        return -ENAMETOOLONG;
    memcpy(text, joined, (size_t)len + 1);
    return 0;
}

// The folder that a component is looked up in must be one, be searchable and be loaded.
static int enter(ns_vfs *vfs, ns_inode *at)
{
    if (!ns_inode_is_dir(at))
        return -ENOTDIR;
    if (!ns_inode_may(at, X_OK))
        return -EACCES;
    return ns_host_load(vfs, at);
}

static void set_dots(ns_place *place, ns_inode *folder, size_t len)
{
    place->folder = folder;
    place->name[0] = '\0';
    place->slash = false;
    place->dot = len == 1;
    place->dotdot = len == 2;
}

static void set_name(ns_place *place, ns_inode *folder, const char *name, size_t len)
{
    place->folder = folder;
    place->dot = place->dotdot = false;
    memcpy(place->name, name, len);
    place->name[len] = '\0';
}

int ns_vfs_walk(ns_vfs *vfs, const char *path, int flags, ns_place *place)
{
    char text[NS_VFS_PATH_MAX];
    int links = 0;
    size_t length = strlen(path);
    *place = (ns_place){0};
    if (length == 0)
        return -ENOENT;
    if (length >= sizeof text)
        return -ENAMETOOLONG;
    memcpy(text, path, length + 1);
    ns_inode *at = text[0] == '/' ? vfs->root : vfs->cwd;
    place->folder = at;
    for (char *p = text;;) {
        p += strspn(p, "/");
        size_t len = strcspn(p, "/");
        if (len == 0)
            break;
        char *rest = p + len;
        bool last = rest[strspn(rest, "/")] == '\0';
        int status = enter(vfs, at);
        if (status)
            return status;
        if (len <= 2 && strncmp(p, "..", len) == 0) {
            if (len == 2 && at->parent)
                at = at->parent;
            set_dots(place, at, len);
            p = rest;
            continue;
        }
        if (len > NS_VFS_NAME_MAX)
            return -ENAMETOOLONG;
        ns_inode *next = ns_inode_find(at, p, len);
        set_name(place, at, p, len);
        place->slash = *rest == '/';
        if (!next)
            return last && (flags & NS_WALK_CREATE) == NS_WALK_CREATE ? 0 : -ENOENT;
        bool follow = !last || (place->slash ? !(flags & NS_WALK_LAST) : flags & NS_WALK_FOLLOW);
        if (ns_inode_is_link(next) && follow) {
            status = expand(text, next->target, rest, &links);
            if (status)
                return status;
            at = text[0] == '/' ? vfs->root : at;
            set_dots(place, at, 1);
            p = text;
            continue;
        }
        at = next;
        p = rest;
    }
    if (place->slash && !(flags & NS_WALK_LAST) && !ns_inode_is_dir(at))
        return -ENOTDIR;
    place->inode = at;
    return 0;
}

int ns_vfs_resolve(ns_vfs *vfs, const char *path, bool follow, ns_inode **out)
{
    ns_place place;
    int status = ns_vfs_walk(vfs, path, follow ? NS_WALK_FOLLOW : 0, &place);
    *out = place.inode;
    return status;
}

uint64_t ns_vfs_nearest(ns_vfs *vfs, const char *path)
{
    ns_place place;
    ns_vfs_walk(vfs, path, NS_WALK_CREATE, &place);
    ns_inode *inode = place.inode ? place.inode : place.folder;
    return inode && !inode->device ? inode->number : 0;
}

// -- Back to paths --------------------------------------------------------------------------------

int ns_vfs_path_of(const ns_inode *folder, char **out)
{
    char text[NS_VFS_PATH_MAX];
    size_t at = sizeof text - 1;
    text[at] = '\0';
    if (folder->links == 0)
        return -ENOENT;
    for (; folder->parent; folder = folder->parent) {
        const char *name = ns_inode_name(folder->parent, folder);
        size_t len = name ? strlen(name) : 0;
        if (!name)
            return -ENOENT;
        if (len + 1 > at)
            return -ENAMETOOLONG;
        at -= len + 1;
        text[at] = '/';
        memcpy(text + at + 1, name, len);
    }
    *out = ns_strdup(text[at] ? text + at : "/");
    return *out ? 0 : -ENOMEM;
}

int ns_vfs_realpath(ns_vfs *vfs, const char *path, char **out)
{
    ns_place place;
    int status = ns_vfs_walk(vfs, path, NS_WALK_FOLLOW, &place);
    if (status)
        return status;
    if (ns_inode_is_dir(place.inode))
        return ns_vfs_path_of(place.inode, out);
    char *folder;
    status = ns_vfs_path_of(place.folder, &folder);
    if (status)
        return status;
    size_t size = strlen(folder) + strlen(place.name) + 2;
    *out = ns_malloc(size);
    if (*out)
        snprintf(*out, size, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, place.name);
    ns_free(folder);
    return *out ? 0 : -ENOMEM;
}

// -- The current directory ------------------------------------------------------------------------

const char *ns_vfs_cwd(const ns_vfs *vfs)
{
    return vfs->cwd_path;
}

int ns_vfs_chdir(ns_vfs *vfs, const char *path)
{
    ns_inode *inode;
    char *text;
    int status = ns_vfs_resolve(vfs, path, true, &inode);
    if (!status)
        status = enter(vfs, inode);
    if (!status)
        status = ns_vfs_path_of(inode, &text);
    if (status)
        return status;
    ns_inode *old = vfs->cwd;
    inode->holds++;
    vfs->cwd = inode;
    ns_free(vfs->cwd_path);
    vfs->cwd_path = text;
    if (old) {
        old->holds--;
        ns_inode_release(vfs, old);
    }
    return 0;
}

bool ns_vfs_map(const ns_vfs *vfs, const char *host, char *out, size_t size)
{
    const char *const roots[] = {vfs->dir, vfs->real_dir};
    for (int i = 0; i < 2; i++) {
        size_t len = strcmp(roots[i], "/") == 0 ? 0 : strlen(roots[i]);
        if (strncmp(host, roots[i], len) != 0 || (host[len] != '/' && host[len] != '\0'))
            continue;
        return snprintf(out, size, "%s%s", NS_WORKLOAD_MOUNT, host + len) < (int)size;
    }
    return false;
}

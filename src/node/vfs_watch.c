// Watches on the overlay's files and folders: what inotify(7) tells (source:
// include/linux/fsnotify.h for which operation tells what, and in which order).
#include <errno.h>
#include <unistd.h>

#include "node/vfs_internal.h"

const char *ns_inode_name(const ns_inode *folder, const ns_inode *child)
{
    for (uint32_t i = 0; i < folder->folder.count; i++)
        if (folder->folder.entries[i].inode == child)
            return folder->folder.entries[i].name;
    return NULL;
}

static ns_vfs_watch *watch_of(ns_list *node)
{
    return ns_list_entry(node, ns_vfs_watch, link);
}

void ns_vfs_tell(ns_vfs *vfs, const ns_inode *inode, uint32_t mask)
{
    for (ns_list *node = vfs->watches.next; node != &vfs->watches; node = node->next) {
        ns_vfs_watch *watch = watch_of(node);
        if (!watch->inode)
            continue;
        const char *name = NULL;
        if (watch->inode == inode || (name = ns_inode_name(watch->inode, inode)))
            watch->event(watch, mask, name);
    }
}

void ns_vfs_tell_entry(ns_vfs *vfs, const ns_inode *folder, const char *name, uint32_t mask)
{
    for (ns_list *node = vfs->watches.next; node != &vfs->watches; node = node->next) {
        ns_vfs_watch *watch = watch_of(node);
        if (watch->inode == folder)
            watch->event(watch, mask, name);
    }
}

void ns_vfs_tell_self(ns_vfs *vfs, const ns_inode *inode, uint32_t mask)
{
    ns_vfs_tell_entry(vfs, inode, NULL, mask);
}

void ns_vfs_tell_gone(ns_vfs *vfs, const ns_inode *inode)
{
    for (ns_list *node = vfs->watches.next; node != &vfs->watches; node = node->next) {
        ns_vfs_watch *watch = watch_of(node);
        if (watch->inode != inode)
            continue;
        watch->inode = NULL;
        watch->event(watch, IN_DELETE_SELF, NULL);
        watch->event(watch, IN_IGNORED, NULL);
    }
}

int ns_vfs_watch_start(ns_vfs *vfs, const char *path, ns_vfs_watch *watch)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, true, &inode);
    if (!status && !ns_inode_may(inode, R_OK))
        status = -EACCES;
    if (!status && ns_inode_is_dir(inode))
        status = ns_host_load(vfs, inode);
    if (status)
        return status;
    watch->inode = inode;
    ns_list_push_back(&vfs->watches, &watch->link);
    return 0;
}

void ns_vfs_watch_stop(ns_vfs_watch *watch)
{
    if (ns_list_linked(&watch->link))
        ns_list_remove(&watch->link);
    watch->inode = NULL;
}

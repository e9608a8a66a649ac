// Inodes of the overlay, and the entries of its folders.
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

int64_t ns_vfs_now(const ns_vfs *vfs)
{
    return vfs->options.now(vfs->options.opaque);
}

ns_inode *ns_inode_new(ns_vfs *vfs, uint32_t mode)
{
    ns_inode *inode = ns_calloc(1, sizeof *inode);
    if (!inode)
        return NULL;
    inode->number = ++vfs->inode_count;
    inode->mode = mode;
    inode->uid = inode->gid = NS_VFS_USER;
    inode->atime = inode->mtime = inode->ctime = inode->birthtime = ns_vfs_now(vfs);
    inode->folder.loaded = true;
    return inode;
}

static void free_inode(ns_vfs *vfs, ns_inode *inode)
{
    ns_vfs_tell_gone(vfs, inode);
    if (vfs->options.forget && ns_inode_is_file(inode))
        vfs->options.forget(vfs->options.opaque, inode->number);
    ns_content_free(vfs, &inode->content);
    ns_free(inode->folder.entries);
    ns_free(inode->folder.slots);
    ns_free(inode->host);
    ns_free(inode->target);
    ns_free(inode);
}

// Folders lie deeper than the C stack need be: what is to be freed is chained by `parent`.
void ns_inode_release(ns_vfs *vfs, ns_inode *inode)
{
    if (inode->links > 0 || inode->holds > 0)
        return;
    inode->parent = NULL;
    for (ns_inode *next = inode, *last = inode; next;) {
        inode = next;
        for (uint32_t i = 0; i < inode->folder.count; i++) {
            ns_inode *child = inode->folder.entries[i].inode;
            ns_free(inode->folder.entries[i].name);
            child->parent = NULL;
            if (--child->links == 0 && child->holds == 0) {
                last->parent = child;
                last = child;
            }
        }
        inode->folder.count = 0;
        next = inode->parent;
        free_inode(vfs, inode);
    }
}

// -- Entries --------------------------------------------------------------------------------------

static uint64_t hash_name(const char *name, size_t len)
{
    return ns_vfs_hash(0, name, len);
}

// The slot of a name, or the free one where it would go.
static uint32_t *slot_of(const ns_folder *folder, const char *name, size_t len, uint64_t hash)
{
    uint32_t mask = folder->slot_count - 1;
    for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &folder->slots[i];
        if (*slot == 0)
            return slot;
        const ns_dirent *entry = &folder->entries[*slot - 1];
        if (entry->hash == hash && strncmp(entry->name, name, len) == 0 && !entry->name[len])
            return slot;
    }
}

ns_inode *ns_inode_find(const ns_inode *inode, const char *name, size_t len)
{
    const ns_folder *folder = &inode->folder;
    if (folder->count == 0)
        return NULL;
    uint32_t slot = *slot_of(folder, name, len, hash_name(name, len));
    return slot ? folder->entries[slot - 1].inode : NULL;
}

static void fill_slots(ns_folder *folder)
{
    memset(folder->slots, 0, folder->slot_count * sizeof *folder->slots);
    for (uint32_t i = 0; i < folder->count; i++) {
        const ns_dirent *entry = &folder->entries[i];
        *slot_of(folder, entry->name, strlen(entry->name), entry->hash) = i + 1;
    }
}

// Room for one more entry, at most half of the slots being taken.
static bool grow(ns_folder *folder)
{
    if (folder->count < folder->capacity)
        return true;
    uint32_t capacity = folder->capacity ? folder->capacity * 2 : 8;
    ns_dirent *entries = ns_realloc(folder->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    folder->entries = entries;
    uint32_t *slots = ns_malloc(capacity * 2 * sizeof *slots);
    if (!slots)
        return false;
    ns_free(folder->slots);
    folder->slots = slots;
    folder->slot_count = capacity * 2;
    folder->capacity = capacity;
    fill_slots(folder);
    return true;
}

int ns_inode_add(ns_inode *inode, const char *name, size_t len, ns_inode *child)
{
    ns_folder *folder = &inode->folder;
    assert(len > 0 && len <= NS_VFS_NAME_MAX && !memchr(name, '/', len));
    char *copy = ns_strndup(name, len);
    if (!copy || !grow(folder)) {
        ns_free(copy);
        return -ENOMEM;
    }
    uint64_t hash = hash_name(name, len);
    uint32_t *slot = slot_of(folder, name, len, hash);
    assert(*slot == 0);
    folder->entries[folder->count++] = (ns_dirent){copy, child, hash};
    *slot = folder->count;
    child->links++;
    if (ns_inode_is_dir(child)) {
        child->parent = inode;
        folder->subfolders++;
    }
    return 0;
}

// Linear probing: what follows a freed slot may belong in it.
static void free_slot(ns_folder *folder, uint32_t at)
{
    uint32_t mask = folder->slot_count - 1;
    folder->slots[at] = 0;
    for (uint32_t i = (at + 1) & mask; folder->slots[i]; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)folder->entries[folder->slots[i] - 1].hash & mask;
        if (((i - home) & mask) < ((i - at) & mask))
            continue;
        folder->slots[at] = folder->slots[i];
        folder->slots[i] = 0;
        at = i;
    }
}

void ns_inode_remove(ns_vfs *vfs, ns_inode *inode, const char *name)
{
    ns_folder *folder = &inode->folder;
    size_t len = strlen(name);
    uint32_t *slot = slot_of(folder, name, len, hash_name(name, len));
    assert(*slot != 0);
    uint32_t index = *slot - 1;
    ns_dirent gone = folder->entries[index];
    free_slot(folder, (uint32_t)(slot - folder->slots));
    uint32_t last = --folder->count;
    if (index != last) {
        ns_dirent *moved = &folder->entries[last];
        *slot_of(folder, moved->name, strlen(moved->name), moved->hash) = index + 1;
        folder->entries[index] = *moved;
    }
    ns_free(gone.name);
    gone.inode->links--;
    if (ns_inode_is_dir(gone.inode)) {
        if (gone.inode->parent == inode)
            gone.inode->parent = NULL;
        folder->subfolders--;
    }
    ns_inode_release(vfs, gone.inode);
}

void ns_inode_replace(ns_vfs *vfs, ns_inode *inode, const char *name, ns_inode *child)
{
    ns_folder *folder = &inode->folder;
    size_t len = strlen(name);
    uint32_t slot = *slot_of(folder, name, len, hash_name(name, len));
    assert(slot != 0);
    ns_inode *old = folder->entries[slot - 1].inode;
    assert(ns_inode_is_dir(old) == ns_inode_is_dir(child));
    folder->entries[slot - 1].inode = child;
    child->links++;
    old->links--;
    if (ns_inode_is_dir(child)) {
        child->parent = inode;
        old->parent = NULL;
    }
    ns_inode_release(vfs, old);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const ns_dirent *)a)->name, ((const ns_dirent *)b)->name);
}

ns_dirent *ns_inode_sorted(const ns_inode *inode)
{
    const ns_folder *folder = &inode->folder;
    ns_dirent *list = ns_calloc(folder->count + 1, sizeof *list);
    if (!list || folder->count == 0)
        return list;
    memcpy(list, folder->entries, folder->count * sizeof *list);
    qsort(list, folder->count, sizeof *list, by_name);
    return list;
}

// -- Attributes -----------------------------------------------------------------------------------

bool ns_inode_may(const ns_inode *inode, int mode)
{
    uint32_t shift = inode->uid == NS_VFS_USER ? 6 : inode->gid == NS_VFS_USER ? 3 : 0;
    return (inode->mode >> shift & (uint32_t)mode) == (uint32_t)mode;
}

void ns_inode_touch(ns_vfs *vfs, ns_inode *inode)
{
    inode->mtime = inode->ctime = ns_vfs_now(vfs);
}

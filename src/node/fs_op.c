// What each operation does on the overlay, and what it asks of the machine: CPU from the profile,
// the device by kind, file and place (source: uv__fs_work in deps/uv/src/unix/fs.c; which calls
// need a block of the disk: ext4, whose changes to folders and inodes go to a journal in memory).
#include "node/fs_op.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/tracer.h"

static const char *const task_names[] = {
#define X(kind, name) "fs." #name,
    NS_FS_KINDS(X)
#undef X
};

const char *ns_fs_task_name(ns_fs_kind kind)
{
    return task_names[kind];
}

const char *ns_fs_syscall(ns_fs_kind kind)
{
    return task_names[kind] + strlen("fs.");
}

void ns_fs_read_costs(ns_fs_costs *costs, const ns_profile *profile)
{
    for (int i = 0; i < NS_FS_KIND_COUNT; i++)
        costs->call[i] = ns_profile_ns(profile, task_names[i]);
    costs->read_byte = ns_profile_get(profile, "fs.read_byte");
    costs->write_byte = ns_profile_get(profile, "fs.write_byte");
    costs->entry = ns_profile_ns(profile, "fs.entry");
}

void ns_fs_dir_release(ns_fs_dir *dir)
{
    if (!dir || --dir->refs > 0)
        return;
    ns_vfs_free_entries(dir->entries, dir->count);
    ns_free(dir);
}

void ns_fs_op_clear_result(ns_fs_op *op)
{
    ns_free(op->text);
    ns_vfs_free_entries(op->entries, op->entry_count);
    op->text = NULL;
    op->entries = NULL;
    op->entry_count = 0;
    op->result = 0;
}

void ns_fs_op_clear(JSContext *ctx, ns_fs_op *op)
{
    ns_fs_op_clear_result(op);
    ns_free(op->path);
    ns_free(op->dest);
    for (int i = 0; i < op->buffer_count; i++) {
        JS_FreeValue(ctx, op->buffers[i].view);
        if (op->buffers[i].owned)
            ns_free(op->buffers[i].bytes);
    }
    ns_free(op->buffers);
    ns_fs_dir_release(op->dir);
    *op = (ns_fs_op){0};
}

// -- Reading and writing --------------------------------------------------------------------------

static int buffer_bytes(JSContext *ctx, const ns_fs_buffer *buffer, uint8_t **out)
{
    size_t size;
    *out = buffer->bytes;
    if (JS_IsUndefined(buffer->view))
        return 0;
    if (!ns_bytes(ctx, buffer->view, out, &size) || buffer->offset + buffer->size > size)
        return buffer->size ? -EFAULT : 0;
    *out += buffer->offset;
    return 0;
}

// readv and writev: buffer after buffer until one is not filled or not taken whole.
static int64_t transfer(ns_env *env, const ns_fs_op *op, bool write)
{
    int64_t moved = 0;
    for (int i = 0; i < op->buffer_count; i++) {
        uint8_t *bytes;
        size_t size = op->buffers[i].size;
        int64_t position = op->position < 0 ? -1 : op->position + moved;
        int64_t count = buffer_bytes(env->ctx, &op->buffers[i], &bytes);
        if (!count)
            count = write ? ns_vfs_write(env->vfs, op->fd, bytes, size, position)
                          : ns_vfs_read(env->vfs, op->fd, bytes, size, position);
        if (count < 0)
            return moved ? moved : count;
        moved += count;
        if ((size_t)count < size)
            break;
    }
    return moved;
}

static int64_t run_transfer(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    bool write = op->kind == NS_FS_WRITE;
    ns_vfs_at at = ns_vfs_where(env->vfs, op->fd);
    int64_t count = transfer(env, op, write);
    if (count <= 0)
        return count;
    demand->cpu += (ns_time)((double)count * (write ? costs->write_byte : costs->read_byte) / 1000);
    int64_t place = write && at.append ? at.size : op->position < 0 ? at.position : op->position;
    if (at.inode)
        demand->disk = (ns_disk_op){.kind = write ? NS_DISK_WRITE : NS_DISK_READ,
                                    .direct = at.direct,
                                    .file = at.inode,
                                    .offset = place,
                                    .bytes = count};
    return count;
}

// -- Folders --------------------------------------------------------------------------------------

static int64_t run_opendir(ns_env *env, ns_fs_op *op)
{
    ns_fs_dir *dir = ns_calloc(1, sizeof *dir);
    if (!dir)
        return -ENOMEM;
    dir->refs = 1;
    int status = ns_vfs_list(env->vfs, op->path, &dir->entries, &dir->count);
    if (status)
        ns_fs_dir_release(dir);
    else
        op->dir = dir;
    return status;
}

static int64_t run_readdir(const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    ns_fs_dir *dir = op->dir;
    int64_t left = dir->count - dir->next, count = left < op->length ? left : op->length;
    op->first = dir->next;
    dir->next += (int)count;
    demand->cpu += costs->entry * count;
    return count;
}

static int64_t run_scandir(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    int status = ns_vfs_list(env->vfs, op->path, &op->entries, &op->entry_count);
    demand->cpu += costs->entry * op->entry_count;
    return status ? status : op->entry_count;
}

// -- All ------------------------------------------------------------------------------------------

static int64_t run_sync(ns_env *env, ns_fs_op *op, ns_demand *demand)
{
    int status = ns_vfs_sync(env->vfs, op->fd);
    if (!status)
        demand->disk =
            (ns_disk_op){.kind = NS_DISK_SYNC, .file = ns_vfs_where(env->vfs, op->fd).inode};
    return status;
}

static int64_t run_copy(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    int64_t bytes;
    uint64_t source = ns_vfs_nearest(env->vfs, op->path);
    int status = ns_vfs_copy(env->vfs, op->path, op->dest, op->mode, &bytes);
    demand->cpu += (ns_time)((double)bytes * (costs->read_byte + costs->write_byte) / 1000);
    // The thread waits for what it reads; what it writes stays in the page cache.
    if (!status && bytes)
        demand->disk = (ns_disk_op){.kind = NS_DISK_READ, .file = source, .bytes = bytes};
    return status;
}

static int64_t run_descriptor(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op,
                              ns_demand *demand)
{
    ns_vfs *vfs = env->vfs;
    switch (op->kind) {
    case NS_FS_CLOSE:
        return ns_vfs_close(vfs, op->fd);
    case NS_FS_FCHMOD:
        return ns_vfs_chmod(vfs, NULL, op->fd, op->mode);
    case NS_FS_FCHOWN:
        return ns_vfs_chown(vfs, NULL, op->fd, true, op->uid, op->gid);
    case NS_FS_FDATASYNC:
    case NS_FS_FSYNC:
        return run_sync(env, op, demand);
    case NS_FS_FSTAT:
        return ns_vfs_fstat(vfs, op->fd, &op->stat);
    case NS_FS_FTRUNCATE:
        return ns_vfs_ftruncate(vfs, op->fd, op->length);
    case NS_FS_FUTIME:
        return ns_vfs_utimes(vfs, NULL, op->fd, true, op->atime, op->mtime);
    case NS_FS_READDIR:
        return run_readdir(costs, op, demand);
    case NS_FS_CLOSEDIR:
        return 0;
    default:
        return run_transfer(env, costs, op, demand);
    }
}

static int64_t run_name(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    ns_vfs *vfs = env->vfs;
    switch (op->kind) {
    case NS_FS_COPYFILE:
        return run_copy(env, costs, op, demand);
    case NS_FS_LINK:
        return ns_vfs_link(vfs, op->path, op->dest);
    case NS_FS_MKDIR:
        return ns_vfs_mkdir(vfs, op->path, op->mode);
    case NS_FS_MKDTEMP:
        return ns_vfs_mkdtemp(vfs, op->path, &op->text);
    case NS_FS_OPEN:
        return ns_vfs_open(vfs, op->path, op->flags, op->mode);
    case NS_FS_OPENDIR:
        return run_opendir(env, op);
    case NS_FS_READLINK:
        return ns_vfs_readlink(vfs, op->path, &op->text);
    case NS_FS_REALPATH:
        return ns_vfs_realpath(vfs, op->path, &op->text);
    case NS_FS_RENAME:
        return ns_vfs_rename(vfs, op->path, op->dest);
    case NS_FS_RMDIR:
        return ns_vfs_rmdir(vfs, op->path);
    case NS_FS_SCANDIR:
        return run_scandir(env, costs, op, demand);
    case NS_FS_SYMLINK:
        return ns_vfs_symlink(vfs, op->path, op->dest);
    default:
        assert(op->kind == NS_FS_UNLINK);
        return ns_vfs_unlink(vfs, op->path);
    }
}

static int64_t run_attribute(ns_env *env, ns_fs_op *op)
{
    ns_vfs *vfs = env->vfs;
    switch (op->kind) {
    case NS_FS_ACCESS:
        return ns_vfs_access(vfs, op->path, op->mode);
    case NS_FS_CHMOD:
        return ns_vfs_chmod(vfs, op->path, -1, op->mode);
    case NS_FS_CHOWN:
    case NS_FS_LCHOWN:
        return ns_vfs_chown(vfs, op->path, -1, op->kind == NS_FS_CHOWN, op->uid, op->gid);
    case NS_FS_STAT:
    case NS_FS_LSTAT:
        return ns_vfs_stat(vfs, op->path, op->kind == NS_FS_STAT, &op->stat);
    case NS_FS_STATFS:
        return ns_vfs_statfs(vfs, op->path, &op->statfs);
    default:
        assert(op->kind == NS_FS_UTIME || op->kind == NS_FS_LUTIME);
        return ns_vfs_utimes(vfs, op->path, -1, op->kind == NS_FS_UTIME, op->atime, op->mtime);
    }
}

typedef enum group { ON_DESCRIPTOR, ON_ATTRIBUTE, ON_NAME } group;

static group group_of(ns_fs_kind kind)
{
    switch (kind) {
    case NS_FS_CLOSE:
    case NS_FS_CLOSEDIR:
    case NS_FS_FCHMOD:
    case NS_FS_FCHOWN:
    case NS_FS_FDATASYNC:
    case NS_FS_FSTAT:
    case NS_FS_FSYNC:
    case NS_FS_FTRUNCATE:
    case NS_FS_FUTIME:
    case NS_FS_READ:
    case NS_FS_READDIR:
    case NS_FS_WRITE:
        return ON_DESCRIPTOR;
    case NS_FS_ACCESS:
    case NS_FS_CHMOD:
    case NS_FS_CHOWN:
    case NS_FS_LCHOWN:
    case NS_FS_LSTAT:
    case NS_FS_LUTIME:
    case NS_FS_STAT:
    case NS_FS_STATFS:
    case NS_FS_UTIME:
        return ON_ATTRIBUTE;
    default:
        return ON_NAME;
    }
}

// The path at which an operation makes a file; NULL when it makes none.
static const char *made_path(const ns_fs_op *op)
{
    switch (op->kind) {
    case NS_FS_MKDIR:
    case NS_FS_OPEN:
        return op->path;
    case NS_FS_COPYFILE:
    case NS_FS_SYMLINK:
        return op->dest;
    case NS_FS_MKDTEMP:
        return op->text;
    default:
        return NULL;
    }
}

// What a path leads to must be read once, its inode and its folder's blocks; the deepest one stands
// for all. An inode that is new is in memory.
static void run_path(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    const char *path = op->kind == NS_FS_SYMLINK ? op->dest : op->path;
    uint64_t before = ns_vfs_nearest(env->vfs, path);
    op->result =
        group_of(op->kind) == ON_NAME ? run_name(env, costs, op, demand) : run_attribute(env, op);
    if (demand->disk.kind == NS_DISK_NONE && before)
        demand->disk = (ns_disk_op){.kind = NS_DISK_META, .file = before};
    const char *made = op->result < 0 ? NULL : made_path(op);
    uint64_t after = made ? ns_vfs_nearest(env->vfs, made) : 0;
    if (after && after != before) {
        ns_tracer_disk_effect(env->tracer, NS_OP_DISK_WARM, after, 0);
        ns_disk_warm(env->disk, after, 0);
    }
}

void ns_fs_op_run(ns_env *env, const ns_fs_costs *costs, ns_fs_op *op, ns_demand *demand)
{
    *demand = (ns_demand){.cpu = costs->call[op->kind]};
    if (group_of(op->kind) == ON_DESCRIPTOR)
        op->result = run_descriptor(env, costs, op, demand);
    else
        run_path(env, costs, op, demand);
}

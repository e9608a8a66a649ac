// mkdir with its parents: MKDirpAsync and MKDirpSync of src/node_file.cc. Each step is an operation
// of its own, and so a pool task of its own: mkdir at the end of the path first, then, while that
// fails for want of a parent, further up; a stat where something is there already.
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "node/fs_req.h"

struct ns_mkdirp {
    char **paths; // still to be made, the last one next
    int count, capacity;
    char *first;     // the first folder that was made
    char *original;  // what was asked for
    int mkdir_error; // of the mkdir before a stat
};

void ns_mkdirp_free(ns_mkdirp *m)
{
    if (!m)
        return;
    for (int i = 0; i < m->count; i++)
        ns_free(m->paths[i]);
    ns_free(m->paths);
    ns_free(m->first);
    ns_free(m->original);
    ns_free(m);
}

static bool push(ns_mkdirp *m, char *path)
{
    if (m->count == m->capacity) {
        int capacity = m->capacity ? m->capacity * 2 : 8;
        char **paths = ns_realloc(m->paths, (size_t)capacity * sizeof *paths);
        if (!paths || !path) {
            ns_free(path);
            return false;
        }
        m->paths = paths;
        m->capacity = capacity;
    }
    if (path)
        m->paths[m->count++] = path;
    return path != NULL;
}

int ns_mkdirp_start(JSContext *ctx, ns_fs_call *call)
{
    ns_mkdirp *m = ns_calloc(1, sizeof *m);
    call->mkdirp = m;
    if (m)
        m->original = ns_strdup(call->op.path);
    if (m && m->original)
        return 0;
    JS_ThrowOutOfMemory(ctx);
    return -1;
}

static bool finish(ns_fs_call *call, int64_t result)
{
    ns_mkdirp *m = call->mkdirp;
    ns_fs_op *op = &call->op;
    op->kind = NS_FS_MKDIR;
    op->result = result;
    if (result < 0 && call->work.wrap)
        return false; // the error shows how far it came
    if (result < 0) { // or, at once, what was asked for
        ns_free(op->path);
        op->path = m->original;
        m->original = NULL;
        return false;
    }
    op->text = m->first;
    m->first = NULL;
    return false;
}

static bool go_on(ns_fs_call *call)
{
    ns_mkdirp *m = call->mkdirp;
    if (m->count == 0)
        return finish(call, 0);
    ns_free(call->op.path);
    call->op.path = m->paths[--m->count];
    call->op.kind = NS_FS_MKDIR;
    return true;
}

static bool after_mkdir(ns_fs_call *call)
{
    ns_mkdirp *m = call->mkdirp;
    ns_fs_op *op = &call->op;
    const char *slash;
    switch (op->result) {
    case 0:
        if (!m->first && !(m->first = ns_strdup(op->path)))
            return finish(call, -ENOMEM);
        return go_on(call);
    case -EACCES:
    case -ENOSPC:
    case -ENOTDIR:
    case -EPERM:
    case -ENOMEM:
        return finish(call, op->result);
    case -ENOENT:
        slash = strrchr(op->path, '/');
        if (!slash)
            break; // it has no parent to be made: the stat tells why
        if (!push(m, ns_strdup(op->path)) ||
            !push(m, ns_strndup(op->path, (size_t)(slash - op->path))))
            return finish(call, -ENOMEM);
        return go_on(call);
    default:
        break;
    }
    m->mkdir_error = (int)op->result;
    op->kind = NS_FS_STAT;
    return true;
}

static bool after_stat(ns_fs_call *call)
{
    ns_mkdirp *m = call->mkdirp;
    int64_t result = call->op.result;
    bool is_dir = result == 0 && (call->op.stat.mode & 0170000) == 0040000;
    if (is_dir)
        return go_on(call);
    if (result == 0)
        return finish(call, m->mkdir_error == -EEXIST && m->count > 0 ? -ENOTDIR : -EEXIST);
    return finish(call, result);
}

bool ns_mkdirp_next(ns_fs_call *call)
{
    return call->op.kind == NS_FS_STAT ? after_stat(call) : after_mkdir(call);
}

// Results of the file system as JavaScript sees them: node::fs::FillStatsArray, AfterScanDir and
// their like of src/node_file.cc.
#include <string.h>

#include "node/fs_req.h"

// The order of node::fs::FsStatsOffset.
static void stat_fields(const ns_stat *s, int64_t fields[NS_FS_STAT_FIELDS])
{
    const int64_t head[] = {(int64_t)s->dev,     (int64_t)s->mode, (int64_t)s->nlink,
                            (int64_t)s->uid,     (int64_t)s->gid,  (int64_t)s->rdev,
                            (int64_t)s->blksize, (int64_t)s->ino,  (int64_t)s->size,
                            (int64_t)s->blocks};
    const int64_t times[] = {s->atime, s->mtime, s->ctime, s->birthtime};
    memcpy(fields, head, sizeof head);
    for (int i = 0; i < 4; i++) {
        int64_t seconds = times[i] / NS_SEC - (times[i] % NS_SEC < 0);
        fields[10 + 2 * i] = seconds;
        fields[11 + 2 * i] = times[i] - seconds * NS_SEC;
    }
}

static void put_fields(const int64_t *fields, int count, bool bigint, double *numbers,
                       int64_t *integers)
{
    for (int i = 0; i < count; i++) {
        if (bigint)
            integers[i] = fields[i];
        else
            numbers[i] = (double)fields[i];
    }
}

JSValue ns_fs_fill_stats(ns_env *env, const ns_stat *stat, bool bigint, bool second)
{
    ns_fs *fs = env->fs;
    int64_t fields[NS_FS_STAT_FIELDS];
    int offset = second ? NS_FS_STAT_FIELDS : 0;
    stat_fields(stat, fields);
    put_fields(fields, NS_FS_STAT_FIELDS, bigint, fs->stat_numbers + offset,
               fs->stat_integers + offset);
    return JS_DupValue(env->ctx, bigint ? fs->stat_bigints : fs->stat_array);
}

// An array of its own.
static JSValue new_array(JSContext *ctx, const int64_t *fields, int count, bool bigint)
{
    double numbers[NS_FS_STAT_FIELDS];
    int64_t integers[NS_FS_STAT_FIELDS];
    put_fields(fields, count, bigint, numbers, integers);
    JSValue buffer = JS_NewArrayBufferCopy(ctx, bigint ? (uint8_t *)integers : (uint8_t *)numbers,
                                           (size_t)count * sizeof *integers);
    if (JS_IsException(buffer))
        return buffer;
    JSValueConst argv[] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
    JSValue array =
        JS_NewTypedArray(ctx, 3, argv, bigint ? JS_TYPED_ARRAY_BIG_INT64 : JS_TYPED_ARRAY_FLOAT64);
    JS_FreeValue(ctx, buffer);
    return array;
}

static JSValue stats_value(ns_env *env, const ns_fs_call *call, bool shared)
{
    int64_t fields[NS_FS_STAT_FIELDS];
    if (shared)
        return ns_fs_fill_stats(env, &call->op.stat, call->bigint, false);
    stat_fields(&call->op.stat, fields);
    return new_array(env->ctx, fields, NS_FS_STAT_FIELDS, call->bigint);
}

static JSValue statfs_value(ns_env *env, const ns_fs_call *call, bool shared)
{
    ns_fs *fs = env->fs;
    const ns_statfs *s = &call->op.statfs;
    const int64_t fields[NS_FS_STATFS_FIELDS] = {
        (int64_t)s->type,   (int64_t)s->bsize, (int64_t)s->blocks, (int64_t)s->bfree,
        (int64_t)s->bavail, (int64_t)s->files, (int64_t)s->ffree};
    if (!shared)
        return new_array(env->ctx, fields, NS_FS_STATFS_FIELDS, call->bigint);
    put_fields(fields, NS_FS_STATFS_FIELDS, call->bigint, fs->statfs_numbers, fs->statfs_integers);
    return JS_DupValue(env->ctx, call->bigint ? fs->statfs_bigints : fs->statfs_array);
}

static JSValue text_value(JSContext *ctx, const char *text, ns_encoding encoding)
{
    return ns_encode(ctx, (const uint8_t *)text, strlen(text), encoding);
}

// Names and types of entries: into one array in turn (types == names), or into two; `types` may be
// JS_UNDEFINED. 0, or -1 and an exception pending.
static int put_entries(JSContext *ctx, const ns_entry *entries, int64_t count, ns_encoding encoding,
                       JSValueConst names, JSValueConst types)
{
    bool in_turn = JS_VALUE_GET_PTR(names) == JS_VALUE_GET_PTR(types);
    bool typed = !JS_IsUndefined(types);
    uint32_t step = typed && in_turn ? 2 : 1;
    for (uint32_t i = 0; i < (uint32_t)count; i++) {
        JSValue name = text_value(ctx, entries[i].name, encoding);
        if (JS_IsException(name) || JS_SetPropertyUint32(ctx, names, i * step, name) < 0)
            return -1;
        JSValue type = JS_NewInt32(ctx, entries[i].type);
        if (typed && JS_SetPropertyUint32(ctx, types, i * step + (step - 1), type) < 0)
            return -1;
    }
    return 0;
}

static JSValue entries_value(JSContext *ctx, const ns_fs_call *call)
{
    const ns_fs_op *op = &call->op;
    bool typed = call->shape == NS_FS_DIRENTS;
    JSValue names = JS_NewArray(ctx), types = typed ? JS_NewArray(ctx) : JS_UNDEFINED;
    JSValue result = typed ? JS_NewArray(ctx) : JS_DupValue(ctx, names);
    bool failed = JS_IsException(names) || JS_IsException(types) || JS_IsException(result) ||
                  put_entries(ctx, op->entries, op->entry_count, call->encoding, names, types) < 0;
    if (!failed && typed)
        failed = JS_SetPropertyUint32(ctx, result, 0, JS_DupValue(ctx, names)) < 0 ||
                 JS_SetPropertyUint32(ctx, result, 1, JS_DupValue(ctx, types)) < 0;
    JS_FreeValue(ctx, names);
    JS_FreeValue(ctx, types);
    if (!failed)
        return result;
    JS_FreeValue(ctx, result);
    return JS_EXCEPTION;
}

static JSValue batch_value(JSContext *ctx, const ns_fs_call *call)
{
    const ns_fs_op *op = &call->op;
    if (op->result == 0)
        return JS_NULL;
    JSValue list = JS_NewArray(ctx);
    if (!JS_IsException(list) && put_entries(ctx, op->dir->entries + op->first, op->result,
                                             call->encoding, list, list) < 0) {
        JS_FreeValue(ctx, list);
        return JS_EXCEPTION;
    }
    return list;
}

JSValue ns_fs_value(ns_env *env, ns_fs_call *call, bool shared)
{
    JSContext *ctx = env->ctx;
    ns_fs_op *op = &call->op;
    switch (call->shape) {
    case NS_FS_VOID:
        return JS_UNDEFINED;
    case NS_FS_INTEGER:
        return JS_NewInt64(ctx, op->result);
    case NS_FS_STATS:
        return stats_value(env, call, shared);
    case NS_FS_STATFS_VALUES:
        return statfs_value(env, call, shared);
    case NS_FS_TEXT:
        return text_value(ctx, op->text, call->encoding);
    case NS_FS_MADE_PATH:
        return op->text ? text_value(ctx, op->text, call->encoding) : JS_UNDEFINED;
    case NS_FS_NAMES:
    case NS_FS_DIRENTS:
        return entries_value(ctx, call);
    case NS_FS_BATCH:
        return batch_value(ctx, call);
    case NS_FS_FILE_HANDLE:
        return ns_fs_new_handle(env, (int)op->result);
    case NS_FS_DIR_HANDLE: {
        ns_fs_dir *dir = op->dir;
        op->dir = NULL;
        return ns_fs_new_dir(env, dir);
    }
    }
    return JS_UNDEFINED;
}

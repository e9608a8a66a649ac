// internalBinding('blob'): immutable bytes that blobs share and read piece by piece (source:
// src/node_blob.cc, src/dataqueue/queue.cc).
#include <string.h>

#include "ada_c.h"
#include "base/alloc.h"
#include "node/args.h"
#include "node/buffer.h"
#include "node/message.h"
#include "node/string_bytes.h"

// node::bob::Status
enum { STATUS_EOS = 0, STATUS_CONTINUE = 1 };

typedef struct chunk {
    int references;
    size_t size;
    uint8_t data[];
} chunk;

typedef struct part { // a range of a chunk
    chunk *chunk;
    size_t start, size;
} part;

typedef struct parts { // shared by blobs, readers and messages
    int references;
    uint32_t count;
    part items[];
} parts;

typedef struct blob {
    ns_wrap wrap;
    parts *parts;
} blob;

typedef struct reader {
    ns_wrap wrap;
    parts *parts;
    uint32_t index;
    bool given; // the part at `index`
} reader;

// -- Parts ----------------------------------------------------------------------------------------

static void release_parts(parts *p)
{
    if (!p || --p->references > 0)
        return;
    for (uint32_t i = 0; i < p->count; i++)
        if (--p->items[i].chunk->references == 0)
            ns_free(p->items[i].chunk);
    ns_free(p);
}

static parts *new_parts(uint32_t capacity)
{
    parts *p = ns_malloc(sizeof *p + capacity * sizeof p->items[0]);
    if (p)
        *p = (parts){.references = 1};
    return p;
}

static void add_part(parts *p, chunk *c, size_t start, size_t size)
{
    c->references++;
    p->items[p->count++] = (part){c, start, size};
}

static parts *slice_parts(const parts *from, size_t start, size_t end)
{
    parts *p = new_parts(from->count);
    size_t at = 0;
    for (uint32_t i = 0; p && i < from->count; i++) {
        const part *item = &from->items[i];
        size_t low = start > at ? start - at : 0;
        size_t high = end > at ? end - at : 0;
        if (high > item->size)
            high = item->size;
        if (low < high)
            add_part(p, item->chunk, item->start + low, high - low);
        at += item->size;
    }
    return p;
}

// -- Blobs ----------------------------------------------------------------------------------------

static JSValue new_blob(ns_env *env, JSValueConst constructor, parts *p);

typedef struct blob_data {
    ns_transfer_data base;
    parts *parts;
    JSValue constructor;
} blob_data;

static JSValue deserialize(ns_env *env, ns_transfer_data *base)
{
    blob_data *data = (blob_data *)base;
    data->parts->references++;
    return new_blob(env, data->constructor, data->parts);
}

static void free_data(ns_env *env, ns_transfer_data *base)
{
    blob_data *data = (blob_data *)base;
    release_parts(data->parts);
    JS_FreeValue(env->ctx, data->constructor);
    ns_free(data);
}

static ns_transfer_mode mode(ns_wrap *wrap)
{
    return NS_CLONEABLE;
}

static ns_transfer_data *clone(ns_wrap *wrap)
{
    blob *b = (blob *)wrap;
    blob_data *data = ns_malloc(sizeof *data);
    if (!data) {
        JS_ThrowOutOfMemory(wrap->env->ctx);
        return NULL;
    }
    data->base = (ns_transfer_data){deserialize, NULL, free_data};
    data->parts = b->parts;
    data->parts->references++;
    data->constructor = JS_GetPropertyStr(wrap->env->ctx, wrap->object, "constructor");
    return &data->base;
}

static const ns_transfer_ops ops = {.mode = mode, .clone = clone};

static void free_blob(ns_wrap *wrap)
{
    release_parts(((blob *)wrap)->parts);
    ns_free(wrap);
}

// Takes the parts over, also when it fails.
static JSValue new_blob(ns_env *env, JSValueConst constructor, parts *p)
{
    blob *b = p ? ns_calloc(1, sizeof *b) : NULL;
    if (!b) {
        release_parts(p);
        return JS_ThrowOutOfMemory(env->ctx);
    }
    JSValue object = ns_new_instance(env, constructor);
    if (JS_IsException(object)) {
        release_parts(p);
        ns_free(b);
        return object;
    }
    b->parts = p;
    b->wrap.free = free_blob;
    ns_wrap_init(&b->wrap, env, object, NS_PROVIDER_NONE);
    b->wrap.transfer = &ops;
    return object;
}

static blob *blob_of(JSContext *ctx, JSValueConst value)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), value);
    return wrap && wrap->free == free_blob ? (blob *)wrap : NULL;
}

// The bytes of a source as a new chunk. Its ArrayBuffer is detached: lib/internal/blob.js gives
// copies.
static chunk *take_bytes(JSContext *ctx, JSValueConst source)
{
    uint8_t *data;
    size_t size;
    if (!ns_arg_bytes(ctx, source, &data, &size))
        return NULL;
    chunk *c = ns_malloc(sizeof *c + size);
    if (!c) {
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    c->references = 0;
    c->size = size;
    if (size > 0)
        memcpy(c->data, data, size);
    ns_charge_work(ctx, NS_WORK_BYTES, size);
    return c;
}

// Room for the parts of all sources.
static int count_parts(JSContext *ctx, JSValueConst sources, uint32_t length, uint32_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < length; i++) {
        JSValue source = JS_GetPropertyUint32(ctx, sources, i);
        if (JS_IsException(source))
            return -1;
        blob *b = blob_of(ctx, source);
        *count += b ? b->parts->count : 1;
        JS_FreeValue(ctx, source);
    }
    return 0;
}

static int array_length(JSContext *ctx, JSValueConst array, uint32_t *out)
{
    JSValue value = JS_GetPropertyStr(ctx, array, "length");
    return JS_IsException(value) ? -1 : JS_ToUint32(ctx, out, value);
}

static int add_source(JSContext *ctx, parts *p, JSValueConst source)
{
    blob *b = blob_of(ctx, source);
    for (uint32_t i = 0; b && i < b->parts->count; i++)
        add_part(p, b->parts->items[i].chunk, b->parts->items[i].start, b->parts->items[i].size);
    if (b)
        return 0;
    chunk *c = take_bytes(ctx, source);
    if (!c)
        return -1;
    add_part(p, c, 0, c->size);
    return 0;
}

// createBlob(sources, length); data[0] is the class
static JSValue create_blob(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int magic, JSValue *data)
{
    uint32_t length, count;
    JSValueConst sources = ns_arg(argc, argv, 0);
    if (array_length(ctx, sources, &length) < 0 || count_parts(ctx, sources, length, &count) < 0)
        return JS_EXCEPTION;
    parts *p = new_parts(count);
    for (uint32_t i = 0; p && i < length; i++) {
        JSValue source = JS_GetPropertyUint32(ctx, sources, i);
        int status = JS_IsException(source) ? -1 : add_source(ctx, p, source);
        JS_FreeValue(ctx, source);
        if (status < 0) {
            release_parts(p);
            return JS_EXCEPTION;
        }
    }
    return new_blob(ns_env_of(ctx), data[0], p);
}

static JSValue slice(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t start, end;
    blob *b = blob_of(ctx, self);
    if (!b || JS_ToUint32(ctx, &start, ns_arg(argc, argv, 0)) < 0 ||
        JS_ToUint32(ctx, &end, ns_arg(argc, argv, 1)) < 0)
        return JS_EXCEPTION;
    JSValue constructor = JS_GetPropertyStr(ctx, self, "constructor");
    JSValue sliced = new_blob(b->wrap.env, constructor, slice_parts(b->parts, start, end));
    JS_FreeValue(ctx, constructor);
    return sliced;
}

// -- Readers --------------------------------------------------------------------------------------

static void free_reader(ns_wrap *wrap)
{
    release_parts(((reader *)wrap)->parts);
    ns_free(wrap);
}

// pull(callback): the next part, or a status without one at the end of each
static JSValue pull(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    reader *r = wrap && wrap->free == free_reader ? (reader *)wrap : NULL;
    if (!r)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    JSValue args[2] = {JS_NewInt32(ctx, STATUS_CONTINUE), JS_UNDEFINED};
    if (r->given && r->index < r->parts->count) {
        r->index++;
        r->given = false;
    } else if (r->index < r->parts->count) {
        const part *item = &r->parts->items[r->index];
        args[1] = JS_NewArrayBufferCopy(ctx, item->chunk->data + item->start, item->size);
        if (JS_IsException(args[1]))
            return args[1];
        ns_charge_work(ctx, NS_WORK_BYTES, item->size);
        r->given = true;
    }
    if (r->index == r->parts->count)
        args[0] = JS_NewInt32(ctx, STATUS_EOS);
    JS_FreeValue(ctx, ns_make_callback(&r->wrap, ns_arg(argc, argv, 0), 2, args));
    JS_FreeValue(ctx, args[1]);
    return args[0];
}

// getReader(); data[0] is the class of readers
static JSValue get_reader(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                          int magic, JSValue *data)
{
    blob *b = blob_of(ctx, self);
    if (!b)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    reader *r = ns_calloc(1, sizeof *r);
    if (!r)
        return JS_ThrowOutOfMemory(ctx);
    JSValue object = ns_new_instance(b->wrap.env, data[0]);
    if (JS_IsException(object)) {
        ns_free(r);
        return object;
    }
    r->parts = b->parts;
    r->parts->references++;
    r->wrap.free = free_reader;
    ns_wrap_init(&r->wrap, b->wrap.env, object, NS_PROVIDER_BLOBREADER);
    return object;
}

// -- Object URLs ----------------------------------------------------------------------------------

// storeDataObject(id, blob, length, type); data[0] is the store
static JSValue store_data_object(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                                 int magic, JSValue *data)
{
    JSValue entry = JS_NewArray(ctx);
    for (uint32_t i = 0; i < 3; i++)
        if (JS_IsException(entry) ||
            JS_SetPropertyUint32(ctx, entry, i, JS_DupValue(ctx, ns_arg(argc, argv, (int)i + 1))) <
                0) {
            JS_FreeValue(ctx, entry);
            return JS_EXCEPTION;
        }
    JSAtom atom = JS_ValueToAtom(ctx, ns_arg(argc, argv, 0));
    int status = JS_SetProperty(ctx, data[0], atom, entry);
    JS_FreeAtom(ctx, atom);
    return status < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue get_data_object(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                               int magic, JSValue *data)
{
    JSAtom atom = JS_ValueToAtom(ctx, ns_arg(argc, argv, 0));
    JSValue entry = JS_GetProperty(ctx, data[0], atom);
    JS_FreeAtom(ctx, atom);
    return entry;
}

// The id in "blob:nodedata:<id>", a part of `path`; NULL if it is none.
static const char *object_id(ada_string path, size_t *length)
{
    static const char prefix[] = "nodedata:";
    const size_t n = sizeof prefix - 1;
    if (path.length < n || memcmp(path.data, prefix, n) != 0 ||
        memchr(path.data + n, ':', path.length - n))
        return NULL;
    *length = path.length - n;
    return path.data + n;
}

static JSValue revoke_object_url(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                                 int magic, JSValue *data)
{
    size_t length;
    uint8_t *text = ns_decode(ctx, ns_arg(argc, argv, 0), NS_ENC_UTF8, &length);
    if (!text)
        return JS_EXCEPTION;
    ada_url url = ada_parse((char *)text, length);
    ada_string protocol = ada_get_protocol(url);
    const char *id = NULL;
    if (ada_is_valid(url) && protocol.length == 5 && memcmp(protocol.data, "blob:", 5) == 0)
        id = object_id(ada_get_pathname(url), &length);
    if (id) {
        JSAtom atom = JS_NewAtomLen(ctx, id, length);
        JS_DeleteProperty(ctx, data[0], atom, 0);
        JS_FreeAtom(ctx, atom);
    }
    ada_free(url);
    ns_free(text);
    return JS_UNDEFINED;
}

// -- The binding ----------------------------------------------------------------------------------

// concat(sources): one ArrayBuffer
static JSValue concat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t length;
    ns_buf all = {0};
    JSValueConst sources = ns_arg(argc, argv, 0);
    if (array_length(ctx, sources, &length) < 0)
        return JS_EXCEPTION;
    for (uint32_t i = 0; i < length; i++) {
        uint8_t *data;
        size_t size;
        JSValue source = JS_GetPropertyUint32(ctx, sources, i);
        bool ok = !JS_IsException(source) && ns_arg_bytes(ctx, source, &data, &size);
        if (ok && size > 0)
            ns_buf_add(&all, data, size);
        JS_FreeValue(ctx, source);
        if (!ok) {
            ns_buf_free(&all);
            return JS_EXCEPTION;
        }
    }
    ns_charge_work(ctx, NS_WORK_BYTES, all.len);
    JSValue buffer =
        all.failed ? JS_ThrowOutOfMemory(ctx)
                   : JS_NewArrayBufferCopy(ctx, all.len ? (uint8_t *)all.data : (const uint8_t *)"",
                                           all.len);
    ns_buf_free(&all);
    return buffer;
}

static JSValue new_classes(ns_env *env, JSContext *ctx)
{
    static const ns_fn_def blob_methods[] = {{"slice", slice, 0}};
    static const ns_fn_def reader_methods[] = {{"pull", pull, 0}};
    static const ns_class_def blob_def = {
        .name = "Blob", .methods = blob_methods, .method_count = 1};
    static const ns_class_def reader_def = {
        .name = "BlobReader", .methods = reader_methods, .method_count = 1, .async = true};
    JSValue blob_class = ns_new_class(env, ctx, &blob_def);
    JSValue reader_class = ns_new_class(env, ctx, &reader_def);
    if (JS_IsException(blob_class) || JS_IsException(reader_class)) {
        JS_FreeValue(ctx, blob_class);
        JS_FreeValue(ctx, reader_class);
        return JS_EXCEPTION;
    }
    JSValue prototype = JS_GetPropertyStr(ctx, blob_class, "prototype");
    int status = ns_set(ctx, prototype, "getReader",
                        JS_NewCFunctionData(ctx, get_reader, 0, 0, 1, &reader_class));
    JS_FreeValue(ctx, prototype);
    JS_FreeValue(ctx, reader_class);
    if (status == 0)
        return blob_class;
    JS_FreeValue(ctx, blob_class);
    return JS_EXCEPTION;
}

NS_BINDING(blob)
{
    static const ns_fn_def fns[] = {{"concat", concat, 0}};
    JSValue data[2] = {new_classes(env, ctx), JS_NewObjectProto(ctx, JS_NULL)};
    int status =
        JS_IsException(data[0]) || JS_IsException(data[1]) ? -1 : NS_SET_FNS(ctx, target, fns);
    if (status == 0 &&
        (ns_set(ctx, target, "createBlob", JS_NewCFunctionData(ctx, create_blob, 0, 0, 1, data)) <
             0 ||
         ns_set(ctx, target, "storeDataObject",
                JS_NewCFunctionData(ctx, store_data_object, 0, 0, 1, data + 1)) < 0 ||
         ns_set(ctx, target, "getDataObject",
                JS_NewCFunctionData(ctx, get_data_object, 0, 0, 1, data + 1)) < 0 ||
         ns_set(ctx, target, "revokeObjectURL",
                JS_NewCFunctionData(ctx, revoke_object_url, 0, 0, 1, data + 1)) < 0 ||
         ns_set_missing(ctx, target, "createBlobFromFilePath", "openAsBlob (blob)") < 0))
        status = -1;
    JS_FreeValue(ctx, data[0]);
    JS_FreeValue(ctx, data[1]);
    return status;
}

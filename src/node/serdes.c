// internalBinding('serdes'): v8.Serializer and v8.Deserializer, whose hooks are methods of the
// object (source: src/node_serdes.cc).
#include "base/alloc.h"
#include "node/args.h"
#include "node/value_serializer.h"

typedef struct serializer {
    ns_wrap wrap;
    ns_writer writer;
} serializer;

typedef struct deserializer {
    ns_wrap wrap;
    ns_reader reader;
    JSValue buffer; // keeps the data
} deserializer;

static JSValue undefined_or(int status)
{
    return status < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue illegal(JSContext *ctx)
{
    return JS_ThrowTypeError(ctx, "Illegal invocation");
}

// -- Serializer -----------------------------------------------------------------------------------

static void throw_error(ns_writer *writer, JSValueConst message)
{
    serializer *s = writer->opaque;
    JSAtom name = JS_NewAtom(writer->ctx, "_getDataCloneError");
    JSValue error = JS_Invoke(writer->ctx, s->wrap.object, name, 1, &message);
    JS_FreeAtom(writer->ctx, name);
    if (!JS_IsException(error))
        JS_Throw(writer->ctx, error);
}

// Call the hook `name` of the object. JS_UNINITIALIZED when it has none.
static JSValue call_hook(JSContext *ctx, JSValueConst object, const char *name, int argc,
                         JSValueConst *argv)
{
    JSValue hook = JS_GetPropertyStr(ctx, object, name);
    if (JS_IsException(hook))
        return hook;
    JSValue result =
        JS_IsFunction(ctx, hook) ? JS_Call(ctx, hook, object, argc, argv) : JS_UNINITIALIZED;
    JS_FreeValue(ctx, hook);
    return result;
}

static void throw_not_cloneable(ns_writer *writer, JSValueConst object)
{
    ns_buf text = {0};
    JSValue value = ns_constructor_name(writer->ctx, object);
    const char *name = JS_ToCString(writer->ctx, value);
    ns_buf_printf(&text, "#<%s> could not be cloned.", name ? name : "Object");
    JSValue message = JS_NewString(writer->ctx, text.failed ? "" : text.data);
    throw_error(writer, message);
    JS_FreeValue(writer->ctx, message);
    JS_FreeCString(writer->ctx, name);
    JS_FreeValue(writer->ctx, value);
    ns_buf_free(&text);
}

static int write_host(ns_writer *writer, JSValueConst object)
{
    serializer *s = writer->opaque;
    JSValue result = call_hook(writer->ctx, s->wrap.object, "_writeHostObject", 1, &object);
    if (JS_IsUninitialized(result)) {
        throw_not_cloneable(writer, object);
        return -1;
    }
    int status = JS_IsException(result) ? -1 : 0;
    JS_FreeValue(writer->ctx, result);
    return status;
}

static int shared_id(ns_writer *writer, JSValueConst buffer, uint32_t *id)
{
    serializer *s = writer->opaque;
    JSValue result = call_hook(writer->ctx, s->wrap.object, "_getSharedArrayBufferId", 1, &buffer);
    if (JS_IsUninitialized(result)) {
        throw_not_cloneable(writer, buffer);
        return -1;
    }
    int status = JS_IsException(result) ? -1 : JS_ToUint32(writer->ctx, id, result);
    JS_FreeValue(writer->ctx, result);
    return status;
}

static const ns_writer_delegate writer_delegate = {write_host, shared_id, throw_error};

static void free_serializer(ns_wrap *wrap)
{
    ns_writer_free(&((serializer *)wrap)->writer);
    ns_free(wrap);
}

static void mark_serializer(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    ns_writer_mark(&((serializer *)wrap)->writer, rt, mark);
}

static int new_serializer(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                          JSValueConst *argv)
{
    serializer *s = ns_calloc(1, sizeof *s);
    if (!s) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    s->wrap.free = free_serializer;
    s->wrap.mark = mark_serializer;
    ns_writer_init(&s->writer, ctx, &writer_delegate, s);
    ns_wrap_init(&s->wrap, env, object, NS_PROVIDER_NONE);
    return 0;
}

static ns_writer *writer_of(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    if (wrap && wrap->free == free_serializer)
        return &((serializer *)wrap)->writer;
    illegal(ctx);
    return NULL;
}

static JSValue write_header(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_writer *w = writer_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    ns_write_header(w);
    return JS_UNDEFINED;
}

static JSValue write_value(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_writer *w = writer_of(ctx, self);
    if (!w || ns_write_value(w, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    return JS_TRUE;
}

static JSValue release_buffer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_writer *w = writer_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    size_t size = w->out.len;
    uint8_t *data = size > 0 ? (uint8_t *)ns_buf_take(&w->out) : ns_malloc(1);
    return data ? ns_new_buffer(ctx, data, size) : JS_ThrowOutOfMemory(ctx);
}

static JSValue write_transfer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t id;
    ns_writer *w = writer_of(ctx, self);
    JSValueConst buffer = ns_arg(argc, argv, 1);
    if (!w || JS_ToUint32(ctx, &id, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    if (!(ns_value_kinds(ctx, buffer) & NS_KIND_ARRAY_BUFFER))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "arrayBuffer must be an ArrayBuffer");
    return undefined_or(ns_writer_transfer(w, id, buffer));
}

static JSValue write_uint32(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t value;
    ns_writer *w = writer_of(ctx, self);
    if (!w || JS_ToUint32(ctx, &value, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    ns_write_uint32(w, value);
    return JS_UNDEFINED;
}

static JSValue write_uint64(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t high, low;
    ns_writer *w = writer_of(ctx, self);
    if (!w || JS_ToUint32(ctx, &high, ns_arg(argc, argv, 0)) < 0 ||
        JS_ToUint32(ctx, &low, ns_arg(argc, argv, 1)) < 0)
        return JS_EXCEPTION;
    ns_write_uint64(w, (uint64_t)high << 32 | low);
    return JS_UNDEFINED;
}

static JSValue write_double(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double value;
    ns_writer *w = writer_of(ctx, self);
    if (!w || JS_ToFloat64(ctx, &value, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    ns_write_double(w, value);
    return JS_UNDEFINED;
}

static bool is_view(JSContext *ctx, JSValueConst value)
{
    return ns_value_kinds(ctx, value) & (NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW);
}

static JSValue write_raw_bytes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint8_t *data;
    size_t size;
    ns_writer *w = writer_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    if (!is_view(ctx, ns_arg(argc, argv, 0)))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "source must be a TypedArray or a DataView");
    if (!ns_arg_bytes(ctx, argv[0], &data, &size))
        return JS_EXCEPTION;
    ns_write_raw(w, data, size);
    return JS_UNDEFINED;
}

static JSValue set_views_are_host(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_writer *w = writer_of(ctx, self);
    if (!w)
        return JS_EXCEPTION;
    w->views_are_host = ns_arg_bool(ctx, ns_arg(argc, argv, 0));
    return JS_UNDEFINED;
}

// -- Deserializer ---------------------------------------------------------------------------------

static JSValue read_host(ns_reader *reader)
{
    deserializer *d = reader->opaque;
    JSContext *ctx = reader->ctx;
    JSValue result = call_hook(ctx, d->wrap.object, "_readHostObject", 0, NULL);
    if (JS_IsUninitialized(result) || JS_IsException(result))
        return JS_EXCEPTION;
    if (JS_IsObject(result))
        return result;
    JS_FreeValue(ctx, result);
    return JS_ThrowTypeError(ctx, "readHostObject must return an object");
}

static const ns_reader_delegate reader_delegate = {read_host, NULL};

static void free_deserializer(ns_wrap *wrap)
{
    deserializer *d = (deserializer *)wrap;
    ns_reader_free(&d->reader);
    JS_FreeValueRT(d->reader.rt, d->buffer);
    ns_free(d);
}

static void mark_deserializer(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    deserializer *d = (deserializer *)wrap;
    ns_reader_mark(&d->reader, rt, mark);
    JS_MarkValue(rt, d->buffer, mark);
}

static int new_deserializer(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    uint8_t *data;
    size_t size;
    JSValueConst buffer = ns_arg(argc, argv, 0);
    if (!is_view(ctx, buffer)) {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                      "buffer must be a TypedArray or a DataView");
        return -1;
    }
    if (!ns_arg_bytes(ctx, buffer, &data, &size) ||
        ns_set(ctx, object, "buffer", JS_DupValue(ctx, buffer)) < 0)
        return -1;
    deserializer *d = ns_calloc(1, sizeof *d);
    if (!d) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    d->buffer = JS_DupValue(ctx, buffer);
    d->wrap.free = free_deserializer;
    d->wrap.mark = mark_deserializer;
    ns_reader_init(&d->reader, ctx, data, size, &reader_delegate, d);
    ns_wrap_init(&d->wrap, env, object, NS_PROVIDER_NONE);
    return 0;
}

// The reader, its data looked up anew: JavaScript may have detached the buffer.
static ns_reader *reader_of(JSContext *ctx, JSValueConst self)
{
    uint8_t *data;
    size_t size;
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    if (!wrap || wrap->free != free_deserializer) {
        illegal(ctx);
        return NULL;
    }
    deserializer *d = (deserializer *)wrap;
    if (!ns_arg_bytes(ctx, d->buffer, &data, &size))
        return NULL;
    d->reader.data = data;
    d->reader.size = size;
    if (d->reader.at > size)
        d->reader.at = size;
    return &d->reader;
}

static JSValue read_header(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_reader *r = reader_of(ctx, self);
    return r && ns_read_header(r) == 0 ? JS_TRUE : JS_EXCEPTION;
}

static JSValue read_value(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_reader *r = reader_of(ctx, self);
    return r ? ns_read_value(r) : JS_EXCEPTION;
}

static JSValue get_wire_format_version(JSContext *ctx, JSValueConst self, int argc,
                                       JSValueConst *argv)
{
    ns_reader *r = reader_of(ctx, self);
    return r ? JS_NewInt64(ctx, r->version) : JS_EXCEPTION;
}

static JSValue read_transfer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t id;
    ns_reader *r = reader_of(ctx, self);
    JSValueConst buffer = ns_arg(argc, argv, 1);
    if (!r || JS_ToUint32(ctx, &id, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    if (!(ns_value_kinds(ctx, buffer) & (NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER)))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "arrayBuffer must be an ArrayBuffer or SharedArrayBuffer");
    return undefined_or(ns_reader_transfer(r, id, buffer));
}

static JSValue read_failed(JSContext *ctx, const char *name)
{
    ns_buf text = {0};
    ns_buf_printf(&text, "%s() failed", name);
    JSValue message = JS_NewString(ctx, text.failed ? "" : text.data);
    ns_buf_free(&text);
    JSValue error = ns_primordial_new(ctx, "Error", 1, &message);
    JS_FreeValue(ctx, message);
    return JS_IsException(error) ? error : JS_Throw(ctx, error);
}

static JSValue read_uint32(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint32_t value;
    ns_reader *r = reader_of(ctx, self);
    if (!r)
        return JS_EXCEPTION;
    return ns_read_uint32(r, &value) ? JS_NewInt64(ctx, value) : read_failed(ctx, "ReadUint32");
}

static JSValue read_uint64(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint64_t value;
    ns_reader *r = reader_of(ctx, self);
    if (!r)
        return JS_EXCEPTION;
    if (!ns_read_uint64(r, &value))
        return read_failed(ctx, "ReadUint64");
    JSValue pair = JS_NewArray(ctx);
    if (JS_IsException(pair) ||
        JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt64(ctx, (int64_t)(value >> 32))) < 0 ||
        JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt64(ctx, (int64_t)(value & UINT32_MAX))) < 0) {
        JS_FreeValue(ctx, pair);
        return JS_EXCEPTION;
    }
    return pair;
}

static JSValue read_double(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double value;
    ns_reader *r = reader_of(ctx, self);
    if (!r)
        return JS_EXCEPTION;
    return ns_read_double(r, &value) ? JS_NewFloat64(ctx, value) : read_failed(ctx, "ReadDouble");
}

// _readRawBytes(length): where in the buffer they begin
static JSValue read_raw_bytes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t length;
    const uint8_t *bytes;
    ns_reader *r = reader_of(ctx, self);
    if (!r || !ns_arg_index(ctx, ns_arg(argc, argv, 0), 0, &length))
        return JS_EXCEPTION;
    if (!ns_read_raw(r, length, &bytes))
        return read_failed(ctx, "ReadRawBytes");
    return JS_NewInt64(ctx, bytes - r->data);
}

NS_BINDING(serdes)
{
    static const ns_fn_def writes[] = {
        {"writeHeader", write_header, 0},
        {"writeValue", write_value, 0},
        {"releaseBuffer", release_buffer, 0},
        {"transferArrayBuffer", write_transfer, 0},
        {"writeUint32", write_uint32, 0},
        {"writeUint64", write_uint64, 0},
        {"writeDouble", write_double, 0},
        {"writeRawBytes", write_raw_bytes, 0},
        {"_setTreatArrayBufferViewsAsHostObjects", set_views_are_host, 0},
    };
    static const ns_fn_def reads[] = {
        {"readHeader", read_header, 0},
        {"readValue", read_value, 0},
        {"getWireFormatVersion", get_wire_format_version, 0},
        {"transferArrayBuffer", read_transfer, 0},
        {"readUint32", read_uint32, 0},
        {"readUint64", read_uint64, 0},
        {"readDouble", read_double, 0},
        {"_readRawBytes", read_raw_bytes, 0},
    };
    static const ns_class_def writer = {.name = "Serializer",
                                        .construct = new_serializer,
                                        .methods = writes,
                                        .method_count = sizeof writes / sizeof writes[0]};
    static const ns_class_def reader = {.name = "Deserializer",
                                        .construct = new_deserializer,
                                        .methods = reads,
                                        .method_count = sizeof reads / sizeof reads[0]};
    if (ns_set(ctx, target, "Serializer", ns_new_class(env, ctx, &writer)) < 0)
        return -1;
    return ns_set(ctx, target, "Deserializer", ns_new_class(env, ctx, &reader));
}

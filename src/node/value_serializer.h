// v8::ValueSerializer and v8::ValueDeserializer: values as bytes in V8's wire format, version 15
// (source: deps/v8/src/objects/value-serializer.cc). Behind v8.serialize, structuredClone and
// postMessage.
#ifndef NS_NODE_VALUE_SERIALIZER_H
#define NS_NODE_VALUE_SERIALIZER_H

#include "base/buf.h"
#include "node/env.h"

// Nested objects beyond this depth are a RangeError: what fits into the stack of a Node 20
// (measured by structuredClone of nested objects).
#define NS_VALUE_DEPTH 1930

typedef struct ns_writer ns_writer;
typedef struct ns_reader ns_reader;

// What the owner decides. Each function may be NULL. They return 0, or -1 with an exception
// pending.
typedef struct ns_writer_delegate {
    // An object with a C side, or a view when `views_are_host`. Its tag was written already.
    int (*write_host)(ns_writer *writer, JSValueConst object);
    int (*shared_id)(ns_writer *writer, JSValueConst buffer, uint32_t *id);
    // Throw an error with `message`, which is borrowed. NULL: an Error.
    void (*throw_error)(ns_writer *writer, JSValueConst message);
} ns_writer_delegate;

// An object that has an id: by address, held so that the address stays its own.
typedef struct ns_object_ids {
    JSValue *objects; // by id
    uint32_t count, capacity;
    uint32_t *slots; // of a hash table: id + 1
    uint32_t slot_count;
} ns_object_ids;

struct ns_writer {
    JSContext *ctx;
    JSRuntime *rt; // for the end: the context may go first
    const ns_writer_delegate *delegate;
    void *opaque; // the delegate's
    ns_buf out;
    ns_object_ids seen, transfers; // ids of transferred ArrayBuffers are in transfer_ids
    uint32_t *transfer_ids;
    int depth;
    bool views_are_host;
};

void ns_writer_init(ns_writer *writer, JSContext *ctx, const ns_writer_delegate *delegate,
                    void *opaque);
void ns_writer_free(ns_writer *writer);
void ns_writer_mark(ns_writer *writer, JSRuntime *rt, JS_MarkFunc *mark);
void ns_write_header(ns_writer *writer);
int ns_write_value(ns_writer *writer, JSValueConst value);
int ns_writer_transfer(ns_writer *writer, uint32_t id, JSValueConst buffer);
void ns_write_uint32(ns_writer *writer, uint32_t value);
void ns_write_uint64(ns_writer *writer, uint64_t value);
void ns_write_double(ns_writer *writer, double value);
void ns_write_raw(ns_writer *writer, const void *bytes, size_t length);

typedef struct ns_reader_delegate {
    JSValue (*read_host)(ns_reader *reader); // an object, or JS_EXCEPTION
    JSValue (*shared)(ns_reader *reader, uint32_t id);
} ns_reader_delegate;

struct ns_reader {
    JSContext *ctx;
    JSRuntime *rt;
    const ns_reader_delegate *delegate;
    void *opaque;
    const uint8_t *data; // borrowed
    size_t size, at;
    uint32_t version;
    JSValue *objects; // by id; JS_UNDEFINED while they are being read
    uint32_t count, capacity;
    JSValue *transfers; // ArrayBuffers by transfer id
    uint32_t transfer_count;
    int depth;
};

void ns_reader_init(ns_reader *reader, JSContext *ctx, const uint8_t *data, size_t size,
                    const ns_reader_delegate *delegate, void *opaque);
void ns_reader_free(ns_reader *reader);
void ns_reader_mark(ns_reader *reader, JSRuntime *rt, JS_MarkFunc *mark);
int ns_read_header(ns_reader *reader); // 0, or -1 and an exception
JSValue ns_read_value(ns_reader *reader);
int ns_reader_transfer(ns_reader *reader, uint32_t id, JSValueConst buffer);
// False at the end of the data.
bool ns_read_uint32(ns_reader *reader, uint32_t *out);
bool ns_read_uint64(ns_reader *reader, uint64_t *out);
bool ns_read_double(ns_reader *reader, double *out);
bool ns_read_raw(ns_reader *reader, size_t length, const uint8_t **out);

#endif

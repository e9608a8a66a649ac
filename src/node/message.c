#include "node/message.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"

// -- Transfer lists -------------------------------------------------------------------------------

void ns_transfer_list_free(JSContext *ctx, ns_transfer_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        JS_FreeValue(ctx, list->values[i]);
    ns_free(list->values);
    *list = (ns_transfer_list){0};
}

static bool append(JSContext *ctx, ns_transfer_list *list, JSValue value)
{
    JSValue *values =
        JS_IsException(value) ? NULL : ns_realloc(list->values, (list->count + 1) * sizeof *values);
    if (!values) {
        if (!JS_IsException(value))
            JS_ThrowOutOfMemory(ctx);
        JS_FreeValue(ctx, value);
        return false;
    }
    list->values = values;
    values[list->count++] = value;
    return true;
}

static bool read_array(JSContext *ctx, JSValueConst array, ns_transfer_list *out)
{
    uint32_t length;
    JSValue value = JS_GetPropertyStr(ctx, array, "length");
    if (JS_IsException(value) || JS_ToUint32(ctx, &length, value) < 0)
        return false;
    for (uint32_t i = 0; i < length; i++)
        if (!append(ctx, out, JS_GetPropertyUint32(ctx, array, i)))
            return false;
    return true;
}

// The values of an iterator. 1, 0 when it is none, -1 on an exception.
static int read_iterator(JSContext *ctx, JSValueConst iterator, JSValueConst next,
                         ns_transfer_list *out)
{
    for (;;) {
        JSValue result = JS_Call(ctx, next, iterator, 0, NULL);
        if (!JS_IsObject(result)) {
            int status = JS_IsException(result) ? -1 : 0;
            JS_FreeValue(ctx, result);
            return status;
        }
        JSValue done = JS_GetPropertyStr(ctx, result, "done");
        int is_done = JS_IsException(done) ? -1 : JS_ToBool(ctx, done);
        JS_FreeValue(ctx, done);
        bool ok = is_done != 0 || append(ctx, out, JS_GetPropertyStr(ctx, result, "value"));
        JS_FreeValue(ctx, result);
        if (is_done < 0 || !ok)
            return -1;
        if (is_done)
            return 1;
    }
}

static JSValue symbol_iterator(JSContext *ctx, JSValueConst object)
{
    JSValue symbol = ns_env_primordial(ns_env_of(ctx), "SymbolIterator");
    JSAtom atom = JS_ValueToAtom(ctx, symbol);
    JS_FreeValue(ctx, symbol);
    JSValue method = JS_GetProperty(ctx, object, atom);
    JS_FreeAtom(ctx, atom);
    return method;
}

// 1 if `object` was iterable, 0 if not, -1 on an exception.
static int read_iterable(JSContext *ctx, JSValueConst object, ns_transfer_list *out)
{
    if (!JS_IsObject(object))
        return 0;
    if (JS_IsArray(ctx, object) > 0)
        return read_array(ctx, object, out) ? 1 : -1;
    JSValue method = symbol_iterator(ctx, object), iterator = JS_UNDEFINED, next = JS_UNDEFINED;
    int status = JS_IsException(method) ? -1 : 0;
    if (JS_IsFunction(ctx, method)) {
        iterator = JS_Call(ctx, method, object, 0, NULL);
        status = JS_IsException(iterator) ? -1 : 0;
    }
    if (JS_IsObject(iterator)) {
        next = JS_GetPropertyStr(ctx, iterator, "next");
        status = JS_IsException(next) ? -1 : 0;
    }
    if (JS_IsFunction(ctx, next))
        status = read_iterator(ctx, iterator, next, out);
    JS_FreeValue(ctx, method);
    JS_FreeValue(ctx, iterator);
    JS_FreeValue(ctx, next);
    return status;
}

bool ns_transfer_list_of(JSContext *ctx, JSValueConst value, ns_transfer_list *out)
{
    *out = (ns_transfer_list){0};
    if (JS_IsNull(value) || JS_IsUndefined(value))
        return true;
    if (!JS_IsObject(value)) {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                      "Optional transferList argument must be an iterable");
        return false;
    }
    int status = read_iterable(ctx, value, out);
    if (status == 0) {
        JSValue option = JS_GetPropertyStr(ctx, value, "transfer");
        status = JS_IsException(option)   ? -1
                 : JS_IsUndefined(option) ? 1
                                          : read_iterable(ctx, option, out);
        JS_FreeValue(ctx, option);
        if (status == 0)
            ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                          "Optional options.transfer argument must be an iterable");
    }
    if (status > 0)
        return true;
    ns_transfer_list_free(ctx, out);
    return false;
}

// -- Writing --------------------------------------------------------------------------------------

// What a message is made with: the objects with a C side that it holds, in the order of their ids.
typedef struct maker {
    ns_env *env;
    ns_message *message;
    ns_writer writer;
    ns_wrap **hosts;
    uint32_t host_count, first_cloned; // those before first_cloned were in the transfer list
    bool writing;
} maker;

static void throw_data_clone_value(ns_env *env, JSValueConst message)
{
    JSValue args[2] = {message, JS_NewString(env->ctx, "DataCloneError")};
    JSValue constructor = JS_GetPropertyStr(env->ctx, env->priv->exports, "DOMException");
    JSValue error = JS_CallConstructor(env->ctx, constructor, 2, args);
    JS_FreeValue(env->ctx, constructor);
    JS_FreeValue(env->ctx, args[1]);
    if (!JS_IsException(error))
        JS_Throw(env->ctx, error);
}

void ns_throw_data_clone(ns_env *env, const char *message)
{
    JSValue text = JS_NewString(env->ctx, message);
    if (!JS_IsException(text))
        throw_data_clone_value(env, text);
    JS_FreeValue(env->ctx, text);
}

static void throw_error(ns_writer *writer, JSValueConst message)
{
    throw_data_clone_value(((maker *)writer->opaque)->env, message);
}

static int64_t host_index(const maker *m, const ns_wrap *wrap)
{
    for (uint32_t i = 0; i < m->host_count; i++)
        if (m->hosts[i] == wrap)
            return i;
    return -1;
}

static int add_host(maker *m, ns_wrap *wrap)
{
    ns_wrap **hosts = ns_realloc(m->hosts, (m->host_count + 1) * sizeof(void *));
    if (!hosts) {
        JS_ThrowOutOfMemory(m->env->ctx);
        return -1;
    }
    m->hosts = hosts;
    hosts[m->host_count++] = wrap;
    JS_DupValue(m->env->ctx, wrap->object);
    return 0;
}

static ns_transfer_mode mode_of(ns_wrap *wrap)
{
    return wrap->transfer ? wrap->transfer->mode(wrap) : NS_UNTRANSFERABLE;
}

static int write_host(ns_writer *writer, JSValueConst object)
{
    maker *m = writer->opaque;
    ns_wrap *wrap = ns_wrap_find(m->env, object);
    ns_transfer_mode mode = wrap ? mode_of(wrap) : NS_UNTRANSFERABLE;
    if (mode == NS_UNTRANSFERABLE) {
        ns_throw_data_clone(m->env, "Cannot transfer object of unsupported type.");
        return -1;
    }
    int64_t index = host_index(m, wrap);
    if (index < 0 && mode == NS_TRANSFERABLE) {
        ns_throw_code(writer->ctx, "TypeError", "ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST",
                      "Object that needs transfer was found in message but not listed in "
                      "transferList");
        return -1;
    }
    if (index < 0) {
        index = m->host_count;
        if (add_host(m, wrap) < 0)
            return -1;
    }
    ns_write_uint32(writer, (uint32_t)index);
    return 0;
}

static bool grow_values(JSContext *ctx, JSValue **values, uint32_t *count, JSValueConst value)
{
    JSValue *grown = ns_realloc(*values, (*count + 1) * sizeof *grown);
    if (!grown) {
        JS_ThrowOutOfMemory(ctx);
        return false;
    }
    *values = grown;
    grown[(*count)++] = JS_DupValue(ctx, value);
    return true;
}

static int shared_id(ns_writer *writer, JSValueConst buffer, uint32_t *id)
{
    ns_message *message = ((maker *)writer->opaque)->message;
    *id = message->shared_count;
    return grow_values(writer->ctx, &message->shared, &message->shared_count, buffer) ? 0 : -1;
}

static const ns_writer_delegate writer_delegate = {write_host, shared_id, throw_error};

static int list_array_buffer(maker *m, JSValueConst buffer)
{
    ns_message *message = m->message;
    for (uint32_t i = 0; i < message->buffer_count; i++)
        if (JS_VALUE_GET_PTR(message->buffers[i]) == JS_VALUE_GET_PTR(buffer)) {
            ns_throw_data_clone(m->env, "Transfer list contains duplicate ArrayBuffer");
            return -1;
        }
    if (ns_writer_transfer(&m->writer, message->buffer_count, buffer) < 0)
        return -1;
    return grow_values(m->env->ctx, &message->buffers, &message->buffer_count, buffer) ? 0 : -1;
}

static int list_duplicate(maker *m, JSValueConst entry)
{
    JSContext *ctx = m->env->ctx;
    ns_buf text = {0};
    JSValue value = ns_constructor_name(ctx, entry);
    const char *name = JS_ToCString(ctx, value);
    ns_buf_printf(&text, "Transfer list contains duplicate %s", name ? name : "");
    ns_throw_data_clone(m->env, text.failed ? "" : text.data);
    JS_FreeCString(ctx, name);
    JS_FreeValue(ctx, value);
    ns_buf_free(&text);
    return -1;
}

static int list_entry(maker *m, JSValueConst entry, JSValueConst source)
{
    JSContext *ctx = m->env->ctx;
    bool detached = false;
    if (JS_IsObject(entry)) {
        JSAtom atom = ns_env_private_atom(m->env, NS_PRIV_untransferable_object_private_symbol);
        int marked = JS_HasProperty(ctx, entry, atom);
        if (marked)
            return marked < 0 ? -1 : 0;
    }
    if (ns_value_kinds(ctx, entry) & NS_KIND_ARRAY_BUFFER)
        return list_array_buffer(m, entry);
    ns_wrap *wrap = ns_wrap_find(m->env, entry);
    if (wrap) {
        if (JS_IsObject(source) && JS_VALUE_GET_PTR(source) == JS_VALUE_GET_PTR(entry)) {
            ns_throw_data_clone(m->env, "Transfer list contains source port");
            return -1;
        }
        if (ns_is_message_port(m->env, entry, &detached) && detached) {
            ns_throw_data_clone(m->env, "MessagePort in transfer list is already detached");
            return -1;
        }
        if (host_index(m, wrap) >= 0)
            return list_duplicate(m, entry);
        if (mode_of(wrap) != NS_UNTRANSFERABLE)
            return add_host(m, wrap);
    }
    ns_throw_code(ctx, "TypeError", "ERR_INVALID_TRANSFER_OBJECT",
                  "Found invalid object in transferList");
    return -1;
}

// Objects of the list may name others that go with them.
static int list_nested(maker *m)
{
    for (uint32_t i = 0; i < m->host_count; i++) {
        ns_transfer_list nested = {0};
        if (!m->hosts[i]->transfer->nested)
            continue;
        JSValue value = m->hosts[i]->transfer->nested(m->hosts[i]);
        bool ok = !JS_IsException(value);
        if (ok && JS_IsArray(m->env->ctx, value) > 0)
            ok = read_array(m->env->ctx, value, &nested);
        JS_FreeValue(m->env->ctx, value);
        for (uint32_t k = 0; ok && k < nested.count; k++) {
            ns_wrap *wrap = ns_wrap_find(m->env, nested.values[k]);
            if (wrap && wrap->transfer && host_index(m, wrap) < 0)
                ok = add_host(m, wrap) == 0;
        }
        ns_transfer_list_free(m->env->ctx, &nested);
        if (!ok)
            return -1;
    }
    m->first_cloned = m->host_count;
    return 0;
}

// The bytes of transferred ArrayBuffers move to new ones.
static int move_buffers(maker *m)
{
    JSContext *ctx = m->env->ctx;
    for (uint32_t i = 0; i < m->message->buffer_count; i++) {
        uint8_t *data;
        size_t size;
        JSValue from = m->message->buffers[i];
        if (!ns_bytes(ctx, from, &data, &size))
            size = 0;
        JSValue to = JS_NewArrayBufferCopy(ctx, size ? data : (const uint8_t *)"", size);
        if (JS_IsException(to))
            return -1;
        JS_DetachArrayBuffer(ctx, from);
        JS_FreeValue(ctx, from);
        m->message->buffers[i] = to;
    }
    return 0;
}

static int move_hosts(maker *m)
{
    JSContext *ctx = m->env->ctx;
    for (uint32_t i = 0; i < m->host_count; i++) {
        ns_wrap *wrap = m->hosts[i];
        const ns_transfer_ops *ops = wrap->transfer;
        ns_transfer_data *data = NULL;
        if (i < m->first_cloned && ops->transfer)
            data = ops->transfer(wrap);
        if (!data && !JS_HasException(ctx) && ops->clone)
            data = ops->clone(wrap);
        ns_transfer_data **transfers =
            data ? ns_realloc(m->message->transfers, (i + 1) * sizeof(void *)) : NULL;
        if (!transfers) {
            if (data)
                data->free(m->env, data);
            if (!JS_HasException(ctx))
                ns_throw_data_clone(m->env, "Cannot transfer object of unsupported type.");
            return -1;
        }
        m->message->transfers = transfers;
        transfers[m->message->transfer_count++] = data;
        if (data->finish_write && data->finish_write(m->env, data, &m->writer) < 0)
            return -1;
    }
    return 0;
}

static int make(maker *m, JSValueConst value, const ns_transfer_list *list, JSValueConst source)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list_entry(m, list->values[i], source) < 0)
            return -1;
    if (list_nested(m) < 0)
        return -1;
    ns_write_header(&m->writer);
    if (ns_write_value(&m->writer, value) < 0 || move_buffers(m) < 0 || move_hosts(m) < 0)
        return -1;
    m->message->size = m->writer.out.len;
    m->message->data = (uint8_t *)ns_buf_take(&m->writer.out);
    if (m->message->data)
        return 0;
    JS_ThrowOutOfMemory(m->env->ctx);
    return -1;
}

ns_message *ns_message_new(ns_env *env, JSValueConst value, const ns_transfer_list *list,
                           JSValueConst source)
{
    maker m = {.env = env, .message = ns_calloc(1, sizeof *m.message)};
    if (!m.message) {
        JS_ThrowOutOfMemory(env->ctx);
        return NULL;
    }
    m.message->references = 1;
    ns_writer_init(&m.writer, env->ctx, &writer_delegate, &m);
    int status = make(&m, value, list, source);
    ns_writer_free(&m.writer);
    for (uint32_t i = 0; i < m.host_count; i++)
        JS_FreeValue(env->ctx, m.hosts[i]->object);
    ns_free(m.hosts);
    if (status == 0)
        return m.message;
    ns_message_release(env, m.message);
    return NULL;
}

ns_message *ns_message_new_close(void)
{
    ns_message *message = ns_calloc(1, sizeof *message);
    if (message) {
        message->references = 1;
        message->close = true;
    }
    return message;
}

static void free_values(JSContext *ctx, JSValue *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        JS_FreeValue(ctx, values[i]);
    ns_free(values);
}

void ns_message_release(ns_env *env, ns_message *message)
{
    if (--message->references > 0)
        return;
    free_values(env->ctx, message->buffers, message->buffer_count);
    free_values(env->ctx, message->shared, message->shared_count);
    for (uint32_t i = 0; i < message->transfer_count; i++)
        if (message->transfers[i])
            message->transfers[i]->free(env, message->transfers[i]);
    ns_free(message->transfers);
    ns_free(message->data);
    ns_free(message);
}

// -- Reading --------------------------------------------------------------------------------------

typedef struct taker {
    ns_env *env;
    ns_message *message;
    JSValue *hosts;
    uint32_t host_count;
} taker;

static JSValue read_host(ns_reader *reader)
{
    taker *t = reader->opaque;
    uint32_t index;
    if (!ns_read_uint32(reader, &index) || index >= t->host_count)
        return JS_EXCEPTION;
    return JS_DupValue(reader->ctx, t->hosts[index]);
}

static void free_shared(JSRuntime *rt, void *opaque, void *bytes)
{
    JSValue *owner = opaque;
    JS_FreeValueRT(rt, *owner);
    ns_free(owner);
}

// Another SharedArrayBuffer over the same memory, which the first keeps alive.
static JSValue read_shared(ns_reader *reader, uint32_t id)
{
    taker *t = reader->opaque;
    uint8_t *data;
    size_t size;
    if (id >= t->message->shared_count ||
        !ns_bytes(reader->ctx, t->message->shared[id], &data, &size))
        return JS_EXCEPTION;
    JSValue *owner = ns_malloc(sizeof *owner);
    if (!owner)
        return JS_ThrowOutOfMemory(reader->ctx);
    *owner = JS_DupValue(reader->ctx, t->message->shared[id]);
    return JS_NewArrayBuffer(reader->ctx, data, size, free_shared, owner, true);
}

static const ns_reader_delegate reader_delegate = {read_host, read_shared};

static int add_port(taker *t, JSValueConst host, JSValue *ports)
{
    bool detached;
    uint32_t length;
    if (!ns_is_message_port(t->env, host, &detached))
        return 0;
    JSValue value = JS_GetPropertyStr(t->env->ctx, *ports, "length");
    if (JS_ToUint32(t->env->ctx, &length, value) < 0)
        return -1;
    return JS_SetPropertyUint32(t->env->ctx, *ports, length, JS_DupValue(t->env->ctx, host)) < 0
               ? -1
               : 0;
}

static int take_hosts(taker *t, JSValue *ports)
{
    ns_message *message = t->message;
    if (message->transfer_count == 0)
        return 0;
    if (ports)
        *ports = JS_NewArray(t->env->ctx);
    t->hosts = ns_calloc(message->transfer_count, sizeof *t->hosts);
    if (!t->hosts) {
        JS_ThrowOutOfMemory(t->env->ctx);
        return -1;
    }
    for (uint32_t i = 0; i < message->transfer_count; i++) {
        ns_transfer_data *data = message->transfers[i];
        message->transfers[i] = NULL;
        JSValue host = data->deserialize(t->env, data);
        data->free(t->env, data);
        if (JS_IsException(host))
            return -1;
        t->hosts[t->host_count++] = host;
        if (ports && add_port(t, host, ports) < 0)
            return -1;
    }
    return 0;
}

static JSValue take(taker *t, ns_reader *reader, JSValue *ports)
{
    if (take_hosts(t, ports) < 0)
        return JS_EXCEPTION;
    for (uint32_t i = 0; i < t->message->buffer_count; i++)
        if (ns_reader_transfer(reader, i, t->message->buffers[i]) < 0)
            return JS_EXCEPTION;
    if (ns_read_header(reader) < 0)
        return JS_EXCEPTION;
    JSValue value = ns_read_value(reader);
    for (uint32_t i = 0; i < t->host_count && !JS_IsException(value); i++) {
        ns_wrap *wrap = ns_wrap_find(t->env, t->hosts[i]);
        if (wrap && wrap->transfer && wrap->transfer->finish_read &&
            wrap->transfer->finish_read(wrap, reader) < 0) {
            JS_FreeValue(t->env->ctx, value);
            value = JS_EXCEPTION;
        }
    }
    return value;
}

JSValue ns_message_read(ns_env *env, ns_message *message, JSValue *ports)
{
    taker t = {.env = env, .message = message};
    ns_reader reader;
    assert(!message->close);
    ns_reader_init(&reader, env->ctx, message->data, message->size, &reader_delegate, &t);
    JSValue value = take(&t, &reader, ports);
    ns_reader_free(&reader);
    free_values(env->ctx, t.hosts, t.host_count);
    return value;
}

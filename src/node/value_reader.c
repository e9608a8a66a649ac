// Bytes to values. What is ill-formed makes the whole value an Error: "Unable to deserialize cloned
// data."
#include "base/alloc.h"
#include "node/args.h"
#include "node/value_read.h"
#include "node/value_tags.h"

// -- Ids ------------------------------------------------------------------------------------------

// An id for the object that is being read; -1 when memory is short.
int64_t ns_reader_new_id(ns_reader *r)
{
    if (r->count == r->capacity) {
        uint32_t capacity = r->capacity ? r->capacity * 2 : 16;
        JSValue *objects = ns_realloc(r->objects, capacity * sizeof *objects);
        if (!objects) {
            JS_ThrowOutOfMemory(r->ctx);
            return -1;
        }
        r->objects = objects;
        r->capacity = capacity;
    }
    r->objects[r->count] = JS_UNDEFINED;
    return r->count++;
}

// Give a new object its id. Takes the object over when there is none to give.
JSValue ns_reader_with_id(ns_reader *r, int64_t id, JSValue object)
{
    if (id < 0) {
        JS_FreeValue(r->ctx, object);
        return JS_EXCEPTION;
    }
    if (!JS_IsException(object))
        r->objects[id] = JS_DupValue(r->ctx, object);
    return object;
}

static JSValue get_reference(ns_reader *r)
{
    uint32_t id;
    if (!ns_read_uint32(r, &id) || id >= r->count || !JS_IsObject(r->objects[id]))
        return ns_malformed();
    return JS_DupValue(r->ctx, r->objects[id]);
}

JSValue ns_reader_finish(ns_reader *r, JSValue object, bool ok)
{
    if (ok)
        return object;
    JS_FreeValue(r->ctx, object);
    return JS_EXCEPTION;
}

// -- Objects --------------------------------------------------------------------------------------

// Keys and values up to the end tag, which must count them right.
static bool get_properties(ns_reader *r, JSValueConst object, int end)
{
    uint32_t count = 0, expected;
    for (int tag; (tag = ns_peek_tag(r)) != end; count++) {
        JSValue key = tag < 0 ? ns_malformed() : ns_get_value(r);
        if (!JS_IsString(key) && !JS_IsNumber(key)) {
            JS_FreeValue(r->ctx, key);
            return false;
        }
        JSAtom atom = JS_ValueToAtom(r->ctx, key);
        JS_FreeValue(r->ctx, key);
        JSValue value = atom == JS_ATOM_NULL ? JS_EXCEPTION : ns_get_value(r);
        int status = JS_IsException(value)
                         ? -1
                         : JS_DefinePropertyValue(r->ctx, object, atom, value, JS_PROP_C_W_E);
        JS_FreeAtom(r->ctx, atom);
        if (status < 0)
            return false;
    }
    r->at++;
    return ns_read_uint32(r, &expected) && expected == count;
}

static JSValue get_object(ns_reader *r)
{
    int64_t id = ns_reader_new_id(r);
    JSValue object = ns_reader_with_id(r, id, JS_NewObject(r->ctx));
    if (JS_IsException(object))
        return object;
    return ns_reader_finish(r, object, get_properties(r, object, TAG_END_OBJECT));
}

static bool set_length(ns_reader *r, JSValueConst array, uint32_t length)
{
    return JS_SetPropertyStr(r->ctx, array, "length", JS_NewInt64(r->ctx, length)) >= 0;
}

static JSValue get_array(ns_reader *r, bool dense)
{
    uint32_t length, expected;
    int64_t id = ns_reader_new_id(r);
    if (!ns_read_uint32(r, &length) || (dense && length > r->size - r->at))
        return ns_malformed();
    JSValue array = ns_reader_with_id(r, id, JS_NewArray(r->ctx));
    if (JS_IsException(array))
        return array;
    for (uint32_t i = 0; dense && i < length; i++) {
        if (ns_peek_tag(r) == TAG_HOLE) {
            r->at++;
            continue;
        }
        JSValue value = ns_get_value(r);
        if (JS_IsException(value) ||
            JS_DefinePropertyValueUint32(r->ctx, array, i, value, JS_PROP_C_W_E) < 0)
            return ns_reader_finish(r, array, false);
    }
    if (!set_length(r, array, length))
        return ns_reader_finish(r, array, false);
    bool ok = get_properties(r, array, dense ? TAG_END_DENSE_ARRAY : TAG_END_SPARSE_ARRAY) &&
              ns_read_uint32(r, &expected) && expected == length;
    return ns_reader_finish(r, array, ok);
}

// -- All values -----------------------------------------------------------------------------------

static JSValue get_scalar(ns_reader *r, int tag)
{
    uint32_t number;
    switch (tag) {
    case TAG_UNDEFINED:
        return JS_UNDEFINED;
    case TAG_NULL:
        return JS_NULL;
    case TAG_TRUE:
        return JS_TRUE;
    case TAG_FALSE:
        return JS_FALSE;
    case TAG_INT32:
        if (!ns_read_uint32(r, &number))
            return ns_malformed();
        return JS_NewInt32(r->ctx, (int32_t)(number >> 1 ^ -(number & 1)));
    case TAG_UINT32:
        return ns_read_uint32(r, &number) ? JS_NewInt64(r->ctx, number) : ns_malformed();
    case TAG_DOUBLE:
        return ns_get_double(r);
    case TAG_BIGINT:
        return ns_get_bigint(r);
    default:
        r->at--;
        return ns_get_string(r);
    }
}

static JSValue get_tagged(ns_reader *r, int tag)
{
    switch (tag) {
    case TAG_REFERENCE:
        return get_reference(r);
    case TAG_OBJECT:
        return get_object(r);
    case TAG_DENSE_ARRAY:
    case TAG_SPARSE_ARRAY:
        return get_array(r, tag == TAG_DENSE_ARRAY);
    case TAG_DATE:
        return ns_get_date(r);
    case TAG_TRUE_OBJECT:
    case TAG_FALSE_OBJECT:
        return ns_get_boxed(r, ns_reader_new_id(r), JS_NewBool(r->ctx, tag == TAG_TRUE_OBJECT));
    case TAG_NUMBER_OBJECT:
        return ns_get_boxed(r, ns_reader_new_id(r), ns_get_double(r));
    case TAG_BIGINT_OBJECT:
        return ns_get_boxed(r, ns_reader_new_id(r), ns_get_bigint(r));
    case TAG_STRING_OBJECT:
        return ns_get_boxed(r, ns_reader_new_id(r), ns_get_string(r));
    case TAG_REGEXP:
        return ns_get_regexp(r);
    case TAG_MAP:
    case TAG_SET:
        return ns_get_collection(r, tag == TAG_MAP);
    case TAG_ARRAY_BUFFER:
        return ns_get_array_buffer(r);
    case TAG_ARRAY_BUFFER_TRANSFER:
        return ns_get_transferred(r);
    case TAG_SHARED_ARRAY_BUFFER:
        return ns_get_shared(r);
    case TAG_ERROR:
        return ns_get_error(r);
    case TAG_HOST_OBJECT:
        if (!r->delegate || !r->delegate->read_host)
            return ns_malformed();
        int64_t id = ns_reader_new_id(r);
        return ns_reader_with_id(r, id, r->delegate->read_host(r));
    default:
        return get_scalar(r, tag);
    }
}

JSValue ns_get_value(ns_reader *r)
{
    uint32_t ignored;
    int tag = ns_get_tag(r);
    while (tag == TAG_VERIFY_COUNT && ns_read_uint32(r, &ignored))
        tag = ns_get_tag(r);
    if (tag < 0)
        return ns_malformed();
    if (r->depth >= NS_VALUE_DEPTH)
        return JS_ThrowRangeError(r->ctx, "Maximum call stack size exceeded");
    r->depth++;
    JSValue value = get_tagged(r, tag);
    r->depth--;
    ns_charge_value(r->ctx, value);
    bool buffer = tag == TAG_ARRAY_BUFFER || tag == TAG_ARRAY_BUFFER_TRANSFER ||
                  tag == TAG_SHARED_ARRAY_BUFFER || tag == TAG_REFERENCE;
    // A view follows its ArrayBuffer and takes its place.
    if (buffer && !JS_IsException(value) && ns_peek_tag(r) == TAG_ARRAY_BUFFER_VIEW &&
        (ns_value_kinds(r->ctx, value) & (NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER))) {
        r->at++;
        JSValue view = ns_get_view(r, value);
        JS_FreeValue(r->ctx, value);
        return view;
    }
    return value;
}

static JSValue throw_error(ns_reader *r, const char *message)
{
    JSValue text = JS_NewString(r->ctx, message);
    JSValue error = ns_primordial_new(r->ctx, "Error", 1, &text);
    JS_FreeValue(r->ctx, text);
    return JS_IsException(error) ? error : JS_Throw(r->ctx, error);
}

JSValue ns_read_value(ns_reader *r)
{
    JSValue value = ns_get_value(r);
    if (JS_IsException(value) && !JS_HasException(r->ctx))
        return throw_error(r, "Unable to deserialize cloned data.");
    ns_charge_work(r->ctx, NS_WORK_MESSAGE, 1);
    return value;
}

int ns_read_header(ns_reader *r)
{
    if (r->at < r->size && r->data[r->at] == TAG_VERSION) {
        r->at++;
        if (ns_read_uint32(r, &r->version) && r->version <= NS_WIRE_VERSION)
            return 0;
    } else {
        r->version = 0;
    }
    // V8 reads data of before version 13 too; nothing that runs here can have written it.
    throw_error(r, "Unable to deserialize cloned data due to invalid or unsupported version.");
    return -1;
}

// -- The reader -----------------------------------------------------------------------------------

void ns_reader_init(ns_reader *r, JSContext *ctx, const uint8_t *data, size_t size,
                    const ns_reader_delegate *delegate, void *opaque)
{
    *r = (ns_reader){.ctx = ctx,
                     .rt = JS_GetRuntime(ctx),
                     .delegate = delegate,
                     .opaque = opaque,
                     .data = data,
                     .size = size};
}

void ns_reader_free(ns_reader *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        JS_FreeValueRT(r->rt, r->objects[i]);
    for (uint32_t i = 0; i < r->transfer_count; i++)
        JS_FreeValueRT(r->rt, r->transfers[i]);
    ns_free(r->objects);
    ns_free(r->transfers);
    r->objects = r->transfers = NULL;
    r->count = r->capacity = r->transfer_count = 0;
}

void ns_reader_mark(ns_reader *r, JSRuntime *rt, JS_MarkFunc *mark)
{
    for (uint32_t i = 0; i < r->count; i++)
        JS_MarkValue(rt, r->objects[i], mark);
    for (uint32_t i = 0; i < r->transfer_count; i++)
        JS_MarkValue(rt, r->transfers[i], mark);
}

int ns_reader_transfer(ns_reader *r, uint32_t id, JSValueConst buffer)
{
    const uint32_t most = 1u << 24; // ids are indices here
    if (id >= r->transfer_count) {
        JSValue *transfers =
            id < most ? ns_realloc(r->transfers, (id + 1) * sizeof *transfers) : NULL;
        if (!transfers) {
            JS_ThrowOutOfMemory(r->ctx);
            return -1;
        }
        r->transfers = transfers;
        while (r->transfer_count <= id)
            r->transfers[r->transfer_count++] = JS_UNDEFINED;
    }
    JS_FreeValue(r->ctx, r->transfers[id]);
    r->transfers[id] = JS_DupValue(r->ctx, buffer);
    return 0;
}

// Bytes to values. What is ill-formed makes the whole value an Error: "Unable to deserialize cloned
// data."
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/buffer.h"
#include "node/string_bytes.h"
#include "node/value_serializer.h"
#include "node/value_tags.h"

// Marks a failure without an exception of its own.
static JSValue malformed(void)
{
    return JS_EXCEPTION;
}

// -- Scalars --------------------------------------------------------------------------------------

static bool get_varint(ns_reader *r, uint64_t *out)
{
    uint64_t value = 0;
    for (int shift = 0; r->at < r->size; shift += 7) {
        uint8_t byte = r->data[r->at++];
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = value;
            return true;
        }
    }
    return false;
}

bool ns_read_uint32(ns_reader *r, uint32_t *out)
{
    uint64_t value;
    if (!get_varint(r, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

bool ns_read_uint64(ns_reader *r, uint64_t *out)
{
    return get_varint(r, out);
}

bool ns_read_raw(ns_reader *r, size_t length, const uint8_t **out)
{
    if (length > r->size - r->at)
        return false;
    *out = r->data + r->at;
    r->at += length;
    return true;
}

bool ns_read_double(ns_reader *r, double *out)
{
    const uint8_t *bytes;
    if (!ns_read_raw(r, sizeof *out, &bytes))
        return false;
    memcpy(out, bytes, sizeof *out);
    return true;
}

// The next tag that is no padding, -1 at the end.
static int peek_tag(ns_reader *r)
{
    while (r->at < r->size && r->data[r->at] == TAG_PADDING)
        r->at++;
    return r->at < r->size ? r->data[r->at] : -1;
}

static int get_tag(ns_reader *r)
{
    int tag = peek_tag(r);
    if (tag >= 0)
        r->at++;
    return tag;
}

static JSValue new_number(ns_reader *r, double value)
{
    int32_t integer = value >= INT32_MIN && value <= INT32_MAX ? (int32_t)value : 0;
    if ((double)integer == value && !(value == 0 && __builtin_signbit(value)))
        return JS_NewInt32(r->ctx, integer);
    return JS_NewFloat64(r->ctx, value);
}

static JSValue get_double(ns_reader *r)
{
    double value;
    return ns_read_double(r, &value) ? new_number(r, value) : malformed();
}

static JSValue get_text(ns_reader *r, ns_encoding encoding)
{
    uint32_t length;
    const uint8_t *bytes;
    if (!ns_read_uint32(r, &length) || !ns_read_raw(r, length, &bytes) ||
        (encoding == NS_ENC_UCS2 && length % 2))
        return malformed();
    return ns_encode(r->ctx, bytes, length, encoding);
}

static JSValue get_string(ns_reader *r)
{
    switch (get_tag(r)) {
    case TAG_UTF8_STRING:
        return get_text(r, NS_ENC_UTF8);
    case TAG_ONE_BYTE_STRING:
        return get_text(r, NS_ENC_LATIN1);
    case TAG_TWO_BYTE_STRING:
        return get_text(r, NS_ENC_UCS2);
    default:
        return malformed();
    }
}

// A BigInt of little-endian two's complement bytes, through "0x..." and BigInt.asIntN.
static JSValue bigint_of(ns_reader *r, const uint8_t *bytes, size_t size, bool negative)
{
    static const char digits[] = "0123456789abcdef";
    ns_buf text = {0};
    unsigned carry = negative;
    uint8_t *complement = ns_malloc(size + 1);
    if (!complement)
        return JS_ThrowOutOfMemory(r->ctx);
    for (size_t i = 0; i <= size; i++) { // one byte more, for the sign
        unsigned byte = i < size ? bytes[i] : 0;
        carry += negative ? byte ^ 0xff : byte;
        complement[i] = (uint8_t)carry;
        carry >>= 8;
    }
    ns_buf_str(&text, "0x");
    for (size_t i = size + 1; i-- > 0;) {
        ns_buf_char(&text, digits[complement[i] >> 4]);
        ns_buf_char(&text, digits[complement[i] & 15]);
    }
    ns_free(complement);
    JSValue hex =
        text.failed ? JS_ThrowOutOfMemory(r->ctx) : JS_NewStringLen(r->ctx, text.data, text.len);
    ns_buf_free(&text);
    if (JS_IsException(hex))
        return hex;
    JSValue args[2] = {JS_NewInt64(r->ctx, (int64_t)(size + 1) * 8)};
    args[1] = ns_primordial_call(r->ctx, "BigInt", 1, &hex);
    JS_FreeValue(r->ctx, hex);
    if (JS_IsException(args[1]) || !negative)
        return args[1];
    JSValue value = ns_primordial_call(r->ctx, "BigIntAsIntN", 2, args);
    JS_FreeValue(r->ctx, args[1]);
    return value;
}

static JSValue get_bigint(ns_reader *r)
{
    uint32_t field;
    const uint8_t *bytes;
    if (!ns_read_uint32(r, &field) || !ns_read_raw(r, field >> 1, &bytes))
        return malformed();
    return bigint_of(r, bytes, field >> 1, field & 1);
}

// -- Ids ------------------------------------------------------------------------------------------

// An id for the object that is being read; -1 when memory is short.
static int64_t new_id(ns_reader *r)
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
static JSValue with_id(ns_reader *r, int64_t id, JSValue object)
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
        return malformed();
    return JS_DupValue(r->ctx, r->objects[id]);
}

// -- Objects --------------------------------------------------------------------------------------

static JSValue get_value(ns_reader *r);

// Keys and values up to the end tag, which must count them right.
static bool get_properties(ns_reader *r, JSValueConst object, int end)
{
    uint32_t count = 0, expected;
    for (int tag; (tag = peek_tag(r)) != end; count++) {
        JSValue key = tag < 0 ? malformed() : get_value(r);
        if (!JS_IsString(key) && !JS_IsNumber(key)) {
            JS_FreeValue(r->ctx, key);
            return false;
        }
        JSAtom atom = JS_ValueToAtom(r->ctx, key);
        JS_FreeValue(r->ctx, key);
        JSValue value = atom == JS_ATOM_NULL ? JS_EXCEPTION : get_value(r);
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

static JSValue finish(ns_reader *r, JSValue object, bool ok)
{
    if (ok)
        return object;
    JS_FreeValue(r->ctx, object);
    return JS_EXCEPTION;
}

static JSValue get_object(ns_reader *r)
{
    int64_t id = new_id(r);
    JSValue object = with_id(r, id, JS_NewObject(r->ctx));
    if (JS_IsException(object))
        return object;
    return finish(r, object, get_properties(r, object, TAG_END_OBJECT));
}

static bool set_length(ns_reader *r, JSValueConst array, uint32_t length)
{
    return JS_SetPropertyStr(r->ctx, array, "length", JS_NewInt64(r->ctx, length)) >= 0;
}

static JSValue get_array(ns_reader *r, bool dense)
{
    uint32_t length, expected;
    int64_t id = new_id(r);
    if (!ns_read_uint32(r, &length) || (dense && length > r->size - r->at))
        return malformed();
    JSValue array = with_id(r, id, JS_NewArray(r->ctx));
    if (JS_IsException(array))
        return array;
    for (uint32_t i = 0; dense && i < length; i++) {
        if (peek_tag(r) == TAG_HOLE) {
            r->at++;
            continue;
        }
        JSValue value = get_value(r);
        if (JS_IsException(value) ||
            JS_DefinePropertyValueUint32(r->ctx, array, i, value, JS_PROP_C_W_E) < 0)
            return finish(r, array, false);
    }
    if (!set_length(r, array, length))
        return finish(r, array, false);
    bool ok = get_properties(r, array, dense ? TAG_END_DENSE_ARRAY : TAG_END_SPARSE_ARRAY) &&
              ns_read_uint32(r, &expected) && expected == length;
    return finish(r, array, ok);
}

static JSValue get_collection(ns_reader *r, bool map)
{
    uint32_t length = 0, expected;
    int64_t id = new_id(r);
    JSValue object = with_id(r, id, ns_primordial_new(r->ctx, map ? "Map" : "Set", 0, NULL));
    if (JS_IsException(object))
        return object;
    while (peek_tag(r) != (map ? TAG_END_MAP : TAG_END_SET)) {
        JSValue args[3] = {object, get_value(r), JS_UNDEFINED};
        if (!JS_IsException(args[1]) && map)
            args[2] = get_value(r);
        bool ok = !JS_IsException(args[1]) && !JS_IsException(args[2]);
        JSValue result =
            ok ? ns_primordial_call(r->ctx, map ? "MapPrototypeSet" : "SetPrototypeAdd",
                                    map ? 3 : 2, args)
               : JS_EXCEPTION;
        JS_FreeValue(r->ctx, args[1]);
        JS_FreeValue(r->ctx, args[2]);
        if (JS_IsException(result))
            return finish(r, object, false);
        JS_FreeValue(r->ctx, result);
        length += map ? 2 : 1;
    }
    r->at++;
    return finish(r, object, ns_read_uint32(r, &expected) && expected == length);
}

// An object around a primitive value, which this takes over.
static JSValue box(ns_reader *r, int64_t id, JSValue primitive)
{
    JSValue object =
        JS_IsException(primitive) ? primitive : ns_primordial_call(r->ctx, "Object", 1, &primitive);
    JS_FreeValue(r->ctx, primitive);
    return with_id(r, id, object);
}

static JSValue get_date(ns_reader *r)
{
    double time;
    int64_t id = new_id(r);
    return ns_read_double(r, &time) ? with_id(r, id, JS_NewDate(r->ctx, time)) : malformed();
}

// V8 refuses its own flag "l" unless it is asked for it, and "u" and "v" together.
static bool valid_flags(uint32_t bits)
{
    const uint32_t unicode = 1 << 4, linear = 1 << 6, unicode_sets = 1 << 8;
    if (bits >= 1u << (sizeof NS_REGEXP_FLAGS - 1) || (bits & linear))
        return false;
    return !(bits & unicode) || !(bits & unicode_sets);
}

static JSValue get_regexp(ns_reader *r)
{
    uint32_t bits;
    int64_t id = new_id(r);
    char flags[sizeof NS_REGEXP_FLAGS], *to = flags;
    JSValue args[2] = {get_string(r)};
    if (JS_IsException(args[0]) || !ns_read_uint32(r, &bits) || !valid_flags(bits))
        return finish(r, args[0], false);
    for (int i = 0; NS_REGEXP_FLAGS[i]; i++)
        if (bits >> i & 1)
            *to++ = NS_REGEXP_FLAGS[i];
    args[1] = JS_NewStringLen(r->ctx, flags, (size_t)(to - flags));
    JSValue object = ns_primordial_new(r->ctx, "RegExp", 2, args);
    JS_FreeValue(r->ctx, args[0]);
    JS_FreeValue(r->ctx, args[1]);
    return with_id(r, id, object);
}

// -- Errors ---------------------------------------------------------------------------------------

typedef struct error_parts {
    const char *constructor;
    JSValue message, cause, stack;
    bool has_cause;
} error_parts;

// The next part. False at the end tag; *ok is false for something ill-formed.
static bool get_error_part(ns_reader *r, error_parts *parts, bool *ok)
{
    int tag = r->at < r->size ? r->data[r->at++] : -1;
    JSValue *slot = NULL;
    switch (tag) {
    case ERROR_EVAL:
        parts->constructor = "EvalError";
        return true;
    case ERROR_RANGE:
        parts->constructor = "RangeError";
        return true;
    case ERROR_REFERENCE:
        parts->constructor = "ReferenceError";
        return true;
    case ERROR_SYNTAX:
        parts->constructor = "SyntaxError";
        return true;
    case ERROR_TYPE:
        parts->constructor = "TypeError";
        return true;
    case ERROR_URI:
        parts->constructor = "URIError";
        return true;
    case ERROR_MESSAGE:
        slot = &parts->message;
        break;
    case ERROR_STACK:
        slot = &parts->stack;
        break;
    case ERROR_CAUSE:
        slot = &parts->cause;
        parts->has_cause = true;
        break;
    default:
        *ok = tag == ERROR_END;
        return false;
    }
    JS_FreeValue(r->ctx, *slot);
    *slot = tag == ERROR_CAUSE ? get_value(r) : get_string(r);
    *ok = !JS_IsException(*slot);
    return *ok;
}

static JSValue make_error(ns_reader *r, const error_parts *parts)
{
    const int hidden = JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE;
    JSContext *ctx = r->ctx;
    JSValue error = ns_primordial_new(ctx, parts->constructor, JS_IsString(parts->message) ? 1 : 0,
                                      (JSValueConst *)&parts->message);
    if (JS_IsException(error))
        return error;
    if ((parts->has_cause &&
         JS_DefinePropertyValueStr(ctx, error, "cause", JS_DupValue(ctx, parts->cause), hidden) <
             0) ||
        JS_DefinePropertyValueStr(ctx, error, "stack", JS_DupValue(ctx, parts->stack), hidden) < 0)
        return finish(r, error, false);
    return error;
}

static JSValue get_error(ns_reader *r)
{
    error_parts parts = {"Error", JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, false};
    int64_t id = new_id(r);
    bool ok = id >= 0;
    while (ok && get_error_part(r, &parts, &ok))
        ;
    JSValue error = ok ? make_error(r, &parts) : JS_EXCEPTION;
    JS_FreeValue(r->ctx, parts.message);
    JS_FreeValue(r->ctx, parts.cause);
    JS_FreeValue(r->ctx, parts.stack);
    return ok ? with_id(r, id, error) : error;
}

// -- ArrayBuffers and views -----------------------------------------------------------------------

static JSValue get_view(ns_reader *r, JSValueConst buffer)
{
    static const uint8_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    uint32_t tag, offset, length, flags = 0;
    uint8_t *data;
    size_t size;
    if (!ns_read_uint32(r, &tag) || !ns_read_uint32(r, &offset) || !ns_read_uint32(r, &length) ||
        (r->version >= 14 && !ns_read_uint32(r, &flags)) || flags != 0 ||
        !ns_bytes(r->ctx, buffer, &data, &size) || offset > size || length > size - offset)
        return malformed();
    int64_t id = new_id(r);
    JSValue args[3] = {buffer, JS_NewInt64(r->ctx, offset), JS_NewInt64(r->ctx, length)};
    if (tag == NS_DATA_VIEW_TAG)
        return with_id(r, id, ns_primordial_new(r->ctx, "DataView", 3, args));
    const char *found = tag && tag < 128 ? strchr(NS_VIEW_TAGS, (int)tag) : NULL;
    if (!found)
        return malformed();
    uint32_t type = (uint32_t)(found - NS_VIEW_TAGS), width = sizes[type];
    if (offset % width || length % width)
        return malformed();
    args[2] = JS_NewInt64(r->ctx, length / width);
    return with_id(r, id, JS_NewTypedArray(r->ctx, 3, args, (JSTypedArrayEnum)type));
}

static JSValue get_array_buffer(ns_reader *r)
{
    uint32_t length;
    const uint8_t *bytes;
    int64_t id = new_id(r);
    if (!ns_read_uint32(r, &length) || !ns_read_raw(r, length, &bytes))
        return malformed();
    ns_charge_work(r->ctx, NS_WORK_BYTES, length);
    return with_id(r, id, JS_NewArrayBufferCopy(r->ctx, bytes, length));
}

static JSValue get_transferred(ns_reader *r)
{
    uint32_t id;
    int64_t object_id = new_id(r);
    if (!ns_read_uint32(r, &id) || id >= r->transfer_count || !JS_IsObject(r->transfers[id]))
        return malformed();
    return with_id(r, object_id, JS_DupValue(r->ctx, r->transfers[id]));
}

static JSValue get_shared(ns_reader *r)
{
    uint32_t id;
    int64_t object_id = new_id(r);
    if (!ns_read_uint32(r, &id))
        return malformed();
    if (r->delegate && r->delegate->shared)
        return with_id(r, object_id, r->delegate->shared(r, id));
    if (id >= r->transfer_count || !JS_IsObject(r->transfers[id]))
        return malformed();
    return with_id(r, object_id, JS_DupValue(r->ctx, r->transfers[id]));
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
            return malformed();
        return JS_NewInt32(r->ctx, (int32_t)(number >> 1 ^ -(number & 1)));
    case TAG_UINT32:
        return ns_read_uint32(r, &number) ? JS_NewInt64(r->ctx, number) : malformed();
    case TAG_DOUBLE:
        return get_double(r);
    case TAG_BIGINT:
        return get_bigint(r);
    default:
        r->at--;
        return get_string(r);
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
        return get_date(r);
    case TAG_TRUE_OBJECT:
    case TAG_FALSE_OBJECT:
        return box(r, new_id(r), JS_NewBool(r->ctx, tag == TAG_TRUE_OBJECT));
    case TAG_NUMBER_OBJECT:
        return box(r, new_id(r), get_double(r));
    case TAG_BIGINT_OBJECT:
        return box(r, new_id(r), get_bigint(r));
    case TAG_STRING_OBJECT:
        return box(r, new_id(r), get_string(r));
    case TAG_REGEXP:
        return get_regexp(r);
    case TAG_MAP:
    case TAG_SET:
        return get_collection(r, tag == TAG_MAP);
    case TAG_ARRAY_BUFFER:
        return get_array_buffer(r);
    case TAG_ARRAY_BUFFER_TRANSFER:
        return get_transferred(r);
    case TAG_SHARED_ARRAY_BUFFER:
        return get_shared(r);
    case TAG_ERROR:
        return get_error(r);
    case TAG_HOST_OBJECT:
        if (!r->delegate || !r->delegate->read_host)
            return malformed();
        int64_t id = new_id(r);
        return with_id(r, id, r->delegate->read_host(r));
    default:
        return get_scalar(r, tag);
    }
}

static JSValue get_value(ns_reader *r)
{
    uint32_t ignored;
    int tag = get_tag(r);
    while (tag == TAG_VERIFY_COUNT && ns_read_uint32(r, &ignored))
        tag = get_tag(r);
    if (tag < 0)
        return malformed();
    if (r->depth >= NS_VALUE_DEPTH)
        return JS_ThrowRangeError(r->ctx, "Maximum call stack size exceeded");
    r->depth++;
    JSValue value = get_tagged(r, tag);
    r->depth--;
    bool buffer = tag == TAG_ARRAY_BUFFER || tag == TAG_ARRAY_BUFFER_TRANSFER ||
                  tag == TAG_SHARED_ARRAY_BUFFER || tag == TAG_REFERENCE;
    // A view follows its ArrayBuffer and takes its place.
    if (buffer && !JS_IsException(value) && peek_tag(r) == TAG_ARRAY_BUFFER_VIEW &&
        (ns_value_kinds(r->ctx, value) & (NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER))) {
        r->at++;
        JSValue view = get_view(r, value);
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
    JSValue value = get_value(r);
    if (JS_IsException(value) && !JS_HasException(r->ctx))
        return throw_error(r, "Unable to deserialize cloned data.");
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

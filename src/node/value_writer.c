// Values to bytes.
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/object_ids.h"
#include "node/string_bytes.h"
#include "node/value_serializer.h"
#include "node/value_tags.h"

// -- Scalars --------------------------------------------------------------------------------------

static void put_byte(ns_writer *w, int byte)
{
    ns_buf_char(&w->out, (char)byte);
}

static void put_varint(ns_writer *w, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put_byte(w, (int)(value & 0x7f) | 0x80);
    put_byte(w, (int)value);
}

void ns_write_raw(ns_writer *w, const void *bytes, size_t length)
{
    if (length > 0)
        ns_buf_add(&w->out, bytes, length);
}

void ns_write_uint32(ns_writer *w, uint32_t value)
{
    put_varint(w, value);
}

void ns_write_uint64(ns_writer *w, uint64_t value)
{
    put_varint(w, value);
}

void ns_write_double(ns_writer *w, double value)
{
    ns_write_raw(w, &value, sizeof value);
}

void ns_write_header(ns_writer *w)
{
    put_byte(w, TAG_VERSION);
    put_varint(w, NS_WIRE_VERSION);
}

static void put_int32(ns_writer *w, int32_t value)
{
    put_byte(w, TAG_INT32);
    put_varint(w, (uint32_t)value << 1 ^ (uint32_t)(value >> 31));
}

static void put_double(ns_writer *w, double value)
{
    put_byte(w, TAG_DOUBLE);
    ns_write_double(w, value);
}

// As V8 tells a Smi from a HeapNumber: by how the number is held. What double arithmetic gave is a
// double.
static int put_number(ns_writer *w, JSValueConst value)
{
    double number;
    if (JS_VALUE_GET_TAG(value) == JS_TAG_INT) {
        put_int32(w, JS_VALUE_GET_INT(value));
        return 0;
    }
    if (JS_ToFloat64(w->ctx, &number, value) < 0)
        return -1;
    put_double(w, number);
    return 0;
}

static size_t varint_size(uint64_t value)
{
    size_t n = 1;
    while (value >>= 7)
        n++;
    return n;
}

static void put_str(ns_writer *w, const ns_str *s)
{
    unsigned seen = 0;
    for (size_t i = 0; s->utf16 && i < s->length && seen < 256; i++)
        seen |= s->utf16[i];
    if (seen < 256) {
        put_byte(w, TAG_ONE_BYTE_STRING);
        put_varint(w, s->length);
        if (s->latin1)
            ns_write_raw(w, s->latin1, s->length);
        for (size_t i = 0; s->utf16 && i < s->length; i++)
            put_byte(w, s->utf16[i]);
        return;
    }
    size_t size = s->length * 2;
    if ((w->out.len + 1 + varint_size(size)) & 1) // units are aligned
        put_byte(w, TAG_PADDING);
    put_byte(w, TAG_TWO_BYTE_STRING);
    put_varint(w, size);
    ns_write_raw(w, s->utf16, size);
}

static int put_string(ns_writer *w, JSValueConst string)
{
    ns_str s;
    if (!ns_str_of(w->ctx, string, &s)) {
        JS_ThrowTypeError(w->ctx, "not a string");
        return -1;
    }
    put_str(w, &s);
    ns_charge_work(w->ctx, NS_WORK_STRING, s.length);
    return 0;
}

// ToString of a value that this takes over, then its text.
static int put_text(ns_writer *w, JSValue value)
{
    JSValue string = JS_IsException(value) ? value : JS_ToString(w->ctx, value);
    int status = JS_IsException(string) ? -1 : put_string(w, string);
    JS_FreeValue(w->ctx, string);
    JS_FreeValue(w->ctx, value);
    return status;
}

// The sign and length, then the digits, least first, in whole words of 64 bits.
static int put_bigint(ns_writer *w, JSValueConst value)
{
    JSValue args[2] = {value, JS_NewInt32(w->ctx, 16)};
    JSValue hex = ns_primordial_call(w->ctx, "BigIntPrototypeToString", 2, args);
    ns_str s;
    if (JS_IsException(hex) || !ns_str_of(w->ctx, hex, &s)) {
        JS_FreeValue(w->ctx, hex);
        return -1;
    }
    bool negative = ns_str_at(&s, 0) == '-';
    size_t digits = s.length - negative;
    while (digits > 0 && ns_str_at(&s, s.length - digits) == '0') // the engine may write some
        digits--;
    size_t size = (digits + 15) / 16 * 8;
    put_varint(w, size << 1 | negative);
    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        for (size_t half = 0; half < 2; half++) {
            size_t place = 2 * i + half; // from the end
            if (place >= digits)
                continue;
            unsigned c = ns_str_at(&s, s.length - 1 - place);
            byte |= (c <= '9' ? c - '0' : c - 'a' + 10) << 4 * half;
        }
        put_byte(w, (int)byte);
    }
    JS_FreeValue(w->ctx, hex);
    return 0;
}

// -- Errors ---------------------------------------------------------------------------------------

static void throw_clone_error(ns_writer *w, JSValue message)
{
    if (JS_IsException(message))
        return;
    if (w->delegate && w->delegate->throw_error) {
        w->delegate->throw_error(w, message);
    } else {
        JSValue error = ns_primordial_new(w->ctx, "Error", 1, &message);
        if (!JS_IsException(error))
            JS_Throw(w->ctx, error);
    }
    JS_FreeValue(w->ctx, message);
}

// The name of an object in a message: "#<Map>" after its constructor, else "[object Generator]"
// after its tag (v8::internal::Object::NoSideEffectsToString). An exception is JS_EXCEPTION.
static JSValue describe(JSContext *ctx, JSValueConst object)
{
    size_t length = 0;
    JSValue constructor = JS_GetPropertyStr(ctx, object, "constructor");
    JSValue name = JS_UNDEFINED, text;
    if (JS_IsFunction(ctx, constructor))
        name = JS_GetPropertyStr(ctx, constructor, "name");
    JS_FreeValue(ctx, constructor);
    const char *chars = JS_IsString(name) ? JS_ToCStringLen(ctx, &length, name) : NULL;
    if (length > 0) {
        ns_buf buf = {0};
        ns_buf_printf(&buf, "#<%s>", chars);
        text = buf.failed ? JS_ThrowOutOfMemory(ctx) : JS_NewStringLen(ctx, buf.data, buf.len);
        ns_buf_free(&buf);
    } else {
        text = ns_primordial_call(ctx, "ObjectPrototypeToString", 1, &object);
    }
    JS_FreeCString(ctx, chars);
    JS_FreeValue(ctx, name);
    return text;
}

// "#<Object> could not be cloned.": functions are shown by their source.
static int refuse(ns_writer *w, JSValueConst value)
{
    JSContext *ctx = w->ctx;
    ns_buf text = {0};
    JSValue name;
    if (JS_IsSymbol(value))
        name = ns_primordial_call(ctx, "SymbolPrototypeToString", 1, &value);
    else if (JS_IsObject(value) && !JS_IsFunction(ctx, value))
        name = describe(ctx, value);
    else
        name = JS_ToString(ctx, value);
    size_t length;
    const char *chars = JS_IsException(name) ? NULL : JS_ToCStringLen(ctx, &length, name);
    JS_FreeValue(ctx, name);
    if (!chars)
        return -1;
    ns_buf_add(&text, chars, length);
    ns_buf_str(&text, " could not be cloned.");
    JS_FreeCString(ctx, chars);
    throw_clone_error(w, text.failed ? JS_ThrowOutOfMemory(ctx)
                                     : JS_NewStringLen(ctx, text.data, text.len));
    ns_buf_free(&text);
    return -1;
}

// -- Properties -----------------------------------------------------------------------------------

typedef struct key_list {
    JSPropertyEnum *items;
    uint32_t count;
} key_list;

static int own_keys(ns_writer *w, JSValueConst object, key_list *out)
{
    return JS_GetOwnPropertyNames(w->ctx, &out->items, &out->count, object,
                                  JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY);
}

static void free_keys(ns_writer *w, key_list *keys)
{
    for (uint32_t i = 0; i < keys->count; i++)
        JS_FreeAtom(w->ctx, keys->items[i].atom);
    js_free(w->ctx, keys->items);
}

// Whether a key is an array index, and which.
static bool array_index(const ns_str *s, uint32_t *out)
{
    uint64_t value = 0;
    if (s->length == 0 || s->length > 10 || (s->length > 1 && ns_str_at(s, 0) == '0'))
        return false;
    for (size_t i = 0; i < s->length; i++) {
        unsigned c = ns_str_at(s, i);
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *out = (uint32_t)value;
    return value < UINT32_MAX;
}

static int put_key(ns_writer *w, JSAtom atom)
{
    ns_str s;
    uint32_t index;
    JSValue key = JS_AtomToString(w->ctx, atom);
    if (JS_IsException(key) || !ns_str_of(w->ctx, key, &s)) {
        JS_FreeValue(w->ctx, key);
        return -1;
    }
    if (!array_index(&s, &index))
        put_str(w, &s);
    else if (index <= INT32_MAX)
        put_int32(w, (int32_t)index);
    else
        put_double(w, index);
    JS_FreeValue(w->ctx, key);
    return 0;
}

// Write keys and values from the key at `first` on; a getter may have deleted later ones.
static int put_properties(ns_writer *w, JSValueConst object, const key_list *keys, uint32_t first,
                          uint32_t *written)
{
    for (uint32_t i = first; i < keys->count; i++) {
        JSAtom atom = keys->items[i].atom;
        int found = i > first ? JS_GetOwnProperty(w->ctx, NULL, object, atom) : 1;
        if (found < 0)
            return -1;
        if (!found)
            continue;
        JSValue value = JS_GetProperty(w->ctx, object, atom);
        int status = JS_IsException(value) || put_key(w, atom) < 0 ? -1 : ns_write_value(w, value);
        JS_FreeValue(w->ctx, value);
        if (status < 0)
            return -1;
        ++*written;
    }
    return 0;
}

static int put_object(ns_writer *w, JSValueConst object)
{
    key_list keys;
    uint32_t written = 0;
    if (own_keys(w, object, &keys) < 0)
        return -1;
    put_byte(w, TAG_OBJECT);
    int status = put_properties(w, object, &keys, 0, &written);
    free_keys(w, &keys);
    put_byte(w, TAG_END_OBJECT);
    put_varint(w, written);
    return status;
}

// Whether all elements are numbers and one is no int32: V8 keeps such an array as doubles.
static int all_doubles(ns_writer *w, JSValueConst array, uint32_t length)
{
    bool fraction = false;
    for (uint32_t i = 0; i < length; i++) {
        JSPropertyDescriptor d;
        JSAtom atom = JS_NewAtomUInt32(w->ctx, i);
        int found = JS_GetOwnProperty(w->ctx, &d, array, atom);
        JS_FreeAtom(w->ctx, atom);
        if (found <= 0)
            return found;
        bool number = !(d.flags & JS_PROP_GETSET) && JS_IsNumber(d.value);
        fraction |= number && JS_VALUE_GET_TAG(d.value) != JS_TAG_INT;
        JS_FreeValue(w->ctx, d.value);
        JS_FreeValue(w->ctx, d.getter);
        JS_FreeValue(w->ctx, d.setter);
        if (!number)
            return 0;
    }
    return fraction;
}

static int put_elements(ns_writer *w, JSValueConst array, uint32_t length)
{
    int doubles = all_doubles(w, array, length);
    for (uint32_t i = 0; i < length && doubles >= 0; i++) {
        JSAtom atom = JS_NewAtomUInt32(w->ctx, i);
        int found = JS_GetOwnProperty(w->ctx, NULL, array, atom);
        JS_FreeAtom(w->ctx, atom);
        if (found < 0)
            return -1;
        if (!found) { // a getter has shortened the array
            put_byte(w, TAG_HOLE);
            continue;
        }
        JSValue value = JS_GetPropertyUint32(w->ctx, array, i);
        double number;
        int status = JS_IsException(value) ? -1 : 0;
        if (status == 0 && doubles && JS_ToFloat64(w->ctx, &number, value) == 0) {
            put_double(w, number);
        } else if (status == 0) {
            status = ns_write_value(w, value);
        }
        JS_FreeValue(w->ctx, value);
        if (status < 0)
            return -1;
    }
    return doubles < 0 ? -1 : 0;
}

static bool is_dense(ns_writer *w, const key_list *keys, uint32_t length)
{
    if (keys->count < length)
        return false;
    for (uint32_t i = 0; i < length; i++) {
        JSAtom atom = JS_NewAtomUInt32(w->ctx, i);
        bool same = keys->items[i].atom == atom;
        JS_FreeAtom(w->ctx, atom);
        if (!same)
            return false;
    }
    return true;
}

static int put_array(ns_writer *w, JSValueConst array)
{
    key_list keys;
    uint32_t length = 0, written = 0;
    JSValue value = JS_GetPropertyStr(w->ctx, array, "length");
    if (JS_IsException(value) || JS_ToUint32(w->ctx, &length, value) < 0 ||
        own_keys(w, array, &keys) < 0)
        return -1;
    bool dense = is_dense(w, &keys, length);
    put_byte(w, dense ? TAG_DENSE_ARRAY : TAG_SPARSE_ARRAY);
    put_varint(w, length);
    int status = dense ? put_elements(w, array, length) : 0;
    if (status == 0)
        status = put_properties(w, array, &keys, dense ? length : 0, &written);
    free_keys(w, &keys);
    put_byte(w, dense ? TAG_END_DENSE_ARRAY : TAG_END_SPARSE_ARRAY);
    put_varint(w, written);
    put_varint(w, length);
    return status;
}

// -- Objects with a kind of their own -------------------------------------------------------------

// Entries of a Map or Set, taken before the first is written.
static int put_collection(ns_writer *w, JSValueConst object, int begin, int end)
{
    bool is_key_value;
    uint32_t length = 0;
    JSValue entries = ns_preview_entries(w->ctx, object, &is_key_value);
    JSValue value =
        JS_IsException(entries) ? entries : JS_GetPropertyStr(w->ctx, entries, "length");
    int status = JS_IsException(value) || JS_ToUint32(w->ctx, &length, value) < 0 ? -1 : 0;
    put_byte(w, begin);
    for (uint32_t i = 0; i < length && status == 0; i++) {
        JSValue entry = JS_GetPropertyUint32(w->ctx, entries, i);
        status = JS_IsException(entry) ? -1 : ns_write_value(w, entry);
        JS_FreeValue(w->ctx, entry);
    }
    put_byte(w, end);
    put_varint(w, length);
    JS_FreeValue(w->ctx, entries);
    return status;
}

static int put_double_of(ns_writer *w, JSValueConst object, int tag, const char *getter)
{
    double number;
    JSValue value = ns_primordial_call(w->ctx, getter, 1, &object);
    if (JS_IsException(value) || JS_ToFloat64(w->ctx, &number, value) < 0)
        return -1;
    put_byte(w, tag);
    ns_write_double(w, number);
    return 0;
}

static int put_boxed(ns_writer *w, JSValueConst object, uint32_t kinds)
{
    JSContext *ctx = w->ctx;
    if (kinds & NS_KIND_NUMBER_OBJECT)
        return put_double_of(w, object, TAG_NUMBER_OBJECT, "NumberPrototypeValueOf");
    if (kinds & NS_KIND_BOOLEAN_OBJECT) {
        JSValue value = ns_primordial_call(ctx, "BooleanPrototypeValueOf", 1, &object);
        if (JS_IsException(value))
            return -1;
        put_byte(w, JS_ToBool(ctx, value) ? TAG_TRUE_OBJECT : TAG_FALSE_OBJECT);
        return 0;
    }
    bool bigint = kinds & NS_KIND_BIGINT_OBJECT;
    JSValue value = ns_primordial_call(
        ctx, bigint ? "BigIntPrototypeValueOf" : "StringPrototypeValueOf", 1, &object);
    if (JS_IsException(value))
        return -1;
    put_byte(w, bigint ? TAG_BIGINT_OBJECT : TAG_STRING_OBJECT);
    int status = bigint ? put_bigint(w, value) : put_string(w, value);
    JS_FreeValue(ctx, value);
    return status;
}

static int put_regexp(ns_writer *w, JSValueConst object)
{
    put_byte(w, TAG_REGEXP);
    if (put_text(w, ns_primordial_call(w->ctx, "RegExpPrototypeGetSource", 1, &object)) < 0)
        return -1;
    JSValue value = ns_primordial_call(w->ctx, "RegExpPrototypeGetFlags", 1, &object);
    const char *flags = JS_IsException(value) ? NULL : JS_ToCString(w->ctx, value);
    JS_FreeValue(w->ctx, value);
    if (!flags)
        return -1;
    uint32_t bits = 0;
    for (const char *c = flags; *c; c++)
        bits |= 1u << (strchr(NS_REGEXP_FLAGS, *c) - NS_REGEXP_FLAGS);
    JS_FreeCString(w->ctx, flags);
    put_varint(w, bits);
    return 0;
}

static void put_error_prototype(ns_writer *w, const char *name)
{
    static const struct {
        const char *name;
        int tag;
    } prototypes[] = {
        {"EvalError", ERROR_EVAL},           {"RangeError", ERROR_RANGE},
        {"ReferenceError", ERROR_REFERENCE}, {"SyntaxError", ERROR_SYNTAX},
        {"TypeError", ERROR_TYPE},           {"URIError", ERROR_URI},
    };
    for (size_t i = 0; i < sizeof prototypes / sizeof prototypes[0]; i++)
        if (strcmp(name, prototypes[i].name) == 0)
            put_byte(w, prototypes[i].tag);
}

// An own data property's value; 1 if there is one, 0 if not, -1 on an exception.
static int own_data(ns_writer *w, JSValueConst object, const char *name, JSValue *out)
{
    JSPropertyDescriptor d;
    JSAtom atom = JS_NewAtom(w->ctx, name);
    int found = JS_GetOwnProperty(w->ctx, &d, object, atom);
    JS_FreeAtom(w->ctx, atom);
    if (found <= 0)
        return found;
    bool data = !(d.flags & JS_PROP_GETSET);
    *out = d.value;
    if (!data) {
        JS_FreeValue(w->ctx, d.getter);
        JS_FreeValue(w->ctx, d.setter);
    }
    return data;
}

static int put_error(ns_writer *w, JSValueConst object)
{
    JSContext *ctx = w->ctx;
    JSValue value;
    put_byte(w, TAG_ERROR);
    value = JS_GetPropertyStr(ctx, object, "name");
    const char *name = JS_IsException(value) ? NULL : JS_ToCString(ctx, value);
    JS_FreeValue(ctx, value);
    if (!name)
        return -1;
    put_error_prototype(w, name);
    JS_FreeCString(ctx, name);
    int found = own_data(w, object, "message", &value);
    if (found < 0)
        return -1;
    if (found) {
        put_byte(w, ERROR_MESSAGE);
        if (put_text(w, value) < 0)
            return -1;
    }
    found = own_data(w, object, "cause", &value);
    if (found < 0)
        return -1;
    if (found) {
        put_byte(w, ERROR_CAUSE);
        int status = ns_write_value(w, value);
        JS_FreeValue(ctx, value);
        if (status < 0)
            return -1;
    }
    value = JS_GetPropertyStr(ctx, object, "stack");
    if (JS_IsException(value))
        return -1;
    if (JS_IsString(value)) {
        put_byte(w, ERROR_STACK);
        if (put_string(w, value) < 0)
            return -1;
    }
    JS_FreeValue(ctx, value);
    put_byte(w, ERROR_END);
    return 0;
}

// -- ArrayBuffers and views -----------------------------------------------------------------------

static int put_array_buffer(ns_writer *w, JSValueConst object, uint32_t kinds)
{
    uint8_t *data;
    size_t size;
    if (kinds & NS_KIND_SHARED_ARRAY_BUFFER) {
        uint32_t id;
        if (!w->delegate || !w->delegate->shared_id)
            return refuse(w, object);
        if (w->delegate->shared_id(w, object, &id) < 0)
            return -1;
        put_byte(w, TAG_SHARED_ARRAY_BUFFER);
        put_varint(w, id);
        return 0;
    }
    int64_t transfer = ns_object_id_find(&w->transfers, object);
    if (transfer >= 0) {
        put_byte(w, TAG_ARRAY_BUFFER_TRANSFER);
        put_varint(w, w->transfer_ids[transfer]);
        return 0;
    }
    if (!ns_bytes(w->ctx, object, &data, &size)) {
        throw_clone_error(
            w, JS_NewString(w->ctx, "An ArrayBuffer is detached and could not be cloned."));
        return -1;
    }
    put_byte(w, TAG_ARRAY_BUFFER);
    put_varint(w, size);
    ns_write_raw(w, data, size);
    ns_charge_work(w->ctx, NS_WORK_BYTES, size);
    return 0;
}

// The ArrayBuffer under a view, with the view's place in it. A view of a DataView's offset is asked
// of JavaScript, since the engine's C interface knows typed arrays only.
static JSValue view_buffer(ns_writer *w, JSValueConst view, bool data_view)
{
    return ns_primordial_call(
        w->ctx, data_view ? "DataViewPrototypeGetBuffer" : "TypedArrayPrototypeGetBuffer", 1,
        &view);
}

static int view_number(ns_writer *w, const char *getter, JSValueConst view, uint32_t *out)
{
    JSValue value = ns_primordial_call(w->ctx, getter, 1, &view);
    return JS_IsException(value) ? -1 : JS_ToUint32(w->ctx, out, value);
}

static int typed_array_tag(ns_writer *w, JSValueConst view)
{
    static const char *const names[] = {"Uint8ClampedArray", "Int8Array",     "Uint8Array",
                                        "Int16Array",        "Uint16Array",   "Int32Array",
                                        "Uint32Array",       "BigInt64Array", "BigUint64Array",
                                        "Float32Array",      "Float64Array"};
    JSValue value = ns_primordial_call(w->ctx, "TypedArrayPrototypeGetSymbolToStringTag", 1, &view);
    const char *name = JS_IsException(value) ? NULL : JS_ToCString(w->ctx, value);
    JS_FreeValue(w->ctx, value);
    int tag = -1;
    for (size_t i = 0; name && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            tag = (unsigned char)NS_VIEW_TAGS[i];
    JS_FreeCString(w->ctx, name);
    return tag;
}

static int put_view(ns_writer *w, JSValueConst view, bool data_view)
{
    uint32_t offset, length;
    int tag = data_view ? NS_DATA_VIEW_TAG : typed_array_tag(w, view);
    if (tag < 0)
        return JS_HasException(w->ctx) ? -1 : refuse(w, view);
    if (view_number(
            w, data_view ? "DataViewPrototypeGetByteOffset" : "TypedArrayPrototypeGetByteOffset",
            view, &offset) < 0 ||
        view_number(
            w, data_view ? "DataViewPrototypeGetByteLength" : "TypedArrayPrototypeGetByteLength",
            view, &length) < 0)
        return -1;
    put_byte(w, TAG_ARRAY_BUFFER_VIEW);
    put_byte(w, tag);
    put_varint(w, offset);
    put_varint(w, length);
    put_varint(w, 0); // flags: neither tracks its length nor has a resizable buffer
    return 0;
}

// -- All values -----------------------------------------------------------------------------------

static int put_host(ns_writer *w, JSValueConst object)
{
    put_byte(w, TAG_HOST_OBJECT);
    if (!w->delegate || !w->delegate->write_host)
        return refuse(w, object);
    return w->delegate->write_host(w, object);
}

static int put_kind(ns_writer *w, JSValueConst object, uint32_t kinds)
{
    const uint32_t boxed = NS_KIND_NUMBER_OBJECT | NS_KIND_BOOLEAN_OBJECT | NS_KIND_STRING_OBJECT |
                           NS_KIND_BIGINT_OBJECT;
    const uint32_t never = NS_KIND_PROXY | NS_KIND_PROMISE | NS_KIND_WEAK_MAP | NS_KIND_WEAK_SET |
                           NS_KIND_SYMBOL_OBJECT | NS_KIND_GENERATOR_OBJECT | NS_KIND_MAP_ITERATOR |
                           NS_KIND_SET_ITERATOR | NS_KIND_MODULE_NAMESPACE | NS_KIND_EXTERNAL;
    if (JS_IsFunction(w->ctx, object) || (kinds & never))
        return refuse(w, object);
    if (ns_wrap_find(ns_env_of(w->ctx), object))
        return put_host(w, object);
    if (kinds & (NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW))
        return w->views_are_host ? put_host(w, object)
                                 : put_view(w, object, kinds & NS_KIND_DATA_VIEW);
    if (kinds & (NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER))
        return put_array_buffer(w, object, kinds);
    if (kinds & NS_KIND_DATE)
        return put_double_of(w, object, TAG_DATE, "DatePrototypeGetTime");
    if (kinds & boxed)
        return put_boxed(w, object, kinds);
    if (kinds & NS_KIND_REGEXP)
        return put_regexp(w, object);
    if (kinds & NS_KIND_MAP)
        return put_collection(w, object, TAG_MAP, TAG_END_MAP);
    if (kinds & NS_KIND_SET)
        return put_collection(w, object, TAG_SET, TAG_END_SET);
    if (kinds & NS_KIND_NATIVE_ERROR)
        return put_error(w, object);
    return JS_IsArray(w->ctx, object) > 0 ? put_array(w, object) : put_object(w, object);
}

static int put_receiver(ns_writer *w, JSValueConst object)
{
    uint32_t kinds = ns_value_kinds(w->ctx, object);
    bool known;
    // A view's ArrayBuffer comes before it, and has the lower id.
    if ((kinds & (NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW)) && !w->views_are_host &&
        ns_object_id_find(&w->seen, object) < 0) {
        JSValue buffer = view_buffer(w, object, kinds & NS_KIND_DATA_VIEW);
        int status = JS_IsException(buffer) ? -1 : put_receiver(w, buffer);
        JS_FreeValue(w->ctx, buffer);
        if (status < 0)
            return -1;
    }
    int64_t id = ns_object_id(w->ctx, &w->seen, object, &known);
    if (id < 0) {
        JS_ThrowOutOfMemory(w->ctx);
        return -1;
    }
    if (known) {
        put_byte(w, TAG_REFERENCE);
        put_varint(w, (uint64_t)id);
        return 0;
    }
    if (w->depth >= NS_VALUE_DEPTH) {
        JS_ThrowRangeError(w->ctx, "Maximum call stack size exceeded");
        return -1;
    }
    w->depth++;
    int status = put_kind(w, object, kinds);
    w->depth--;
    return status;
}

int ns_write_value(ns_writer *w, JSValueConst value)
{
    int status = 0;
    if (JS_IsUndefined(value))
        put_byte(w, TAG_UNDEFINED);
    else if (JS_IsNull(value))
        put_byte(w, TAG_NULL);
    else if (JS_IsBool(value))
        put_byte(w, JS_VALUE_GET_BOOL(value) ? TAG_TRUE : TAG_FALSE);
    else if (JS_IsNumber(value))
        status = put_number(w, value);
    else if (JS_IsBigInt(w->ctx, value)) {
        put_byte(w, TAG_BIGINT);
        status = put_bigint(w, value);
    } else if (JS_IsString(value))
        status = put_string(w, value);
    else if (JS_IsObject(value))
        status = put_receiver(w, value);
    else
        status = refuse(w, value);
    if (status == 0 && w->out.failed) {
        JS_ThrowOutOfMemory(w->ctx);
        return -1;
    }
    return status;
}

// -- The writer -----------------------------------------------------------------------------------

void ns_writer_init(ns_writer *w, JSContext *ctx, const ns_writer_delegate *delegate, void *opaque)
{
    *w = (ns_writer){.ctx = ctx, .rt = JS_GetRuntime(ctx), .delegate = delegate, .opaque = opaque};
}

void ns_writer_free(ns_writer *w)
{
    ns_buf_free(&w->out);
    ns_object_ids_free(w->rt, &w->seen);
    ns_object_ids_free(w->rt, &w->transfers);
    ns_free(w->transfer_ids);
    w->transfer_ids = NULL;
}

void ns_writer_mark(ns_writer *w, JSRuntime *rt, JS_MarkFunc *mark)
{
    for (uint32_t i = 0; i < w->seen.count; i++)
        JS_MarkValue(rt, w->seen.objects[i], mark);
    for (uint32_t i = 0; i < w->transfers.count; i++)
        JS_MarkValue(rt, w->transfers.objects[i], mark);
}

int ns_writer_transfer(ns_writer *w, uint32_t id, JSValueConst buffer)
{
    bool known;
    int64_t index = ns_object_id(w->ctx, &w->transfers, buffer, &known);
    uint32_t *ids =
        index < 0 ? NULL : ns_realloc(w->transfer_ids, w->transfers.count * sizeof *ids);
    if (!ids) {
        JS_ThrowOutOfMemory(w->ctx);
        return -1;
    }
    w->transfer_ids = ids;
    ids[index] = id;
    return 0;
}

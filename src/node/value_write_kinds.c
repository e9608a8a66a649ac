// Values to bytes: objects with a kind of their own.
#include <string.h>

#include "node/args.h"
#include "node/object_ids.h"
#include "node/value_tags.h"
#include "node/value_write.h"

// Entries of a Map or Set, taken before the first is written.
int ns_put_collection(ns_writer *w, JSValueConst object, int begin, int end)
{
    bool is_key_value;
    uint32_t length = 0;
    JSValue entries = ns_preview_entries(w->ctx, object, &is_key_value);
    JSValue value =
        JS_IsException(entries) ? entries : JS_GetPropertyStr(w->ctx, entries, "length");
    int status = JS_IsException(value) || JS_ToUint32(w->ctx, &length, value) < 0 ? -1 : 0;
    ns_put_byte(w, begin);
    for (uint32_t i = 0; i < length && status == 0; i++) {
        JSValue entry = JS_GetPropertyUint32(w->ctx, entries, i);
        status = JS_IsException(entry) ? -1 : ns_write_value(w, entry);
        JS_FreeValue(w->ctx, entry);
    }
    ns_put_byte(w, end);
    ns_put_varint(w, length);
    JS_FreeValue(w->ctx, entries);
    return status;
}

int ns_put_double_of(ns_writer *w, JSValueConst object, int tag, const char *getter)
{
    double number;
    JSValue value = ns_primordial_call(w->ctx, getter, 1, &object);
    if (JS_IsException(value) || JS_ToFloat64(w->ctx, &number, value) < 0)
        return -1;
    ns_put_byte(w, tag);
    ns_write_double(w, number);
    return 0;
}

int ns_put_boxed(ns_writer *w, JSValueConst object, uint32_t kinds)
{
    JSContext *ctx = w->ctx;
    if (kinds & NS_KIND_NUMBER_OBJECT)
        return ns_put_double_of(w, object, TAG_NUMBER_OBJECT, "NumberPrototypeValueOf");
    if (kinds & NS_KIND_BOOLEAN_OBJECT) {
        JSValue value = ns_primordial_call(ctx, "BooleanPrototypeValueOf", 1, &object);
        if (JS_IsException(value))
            return -1;
        ns_put_byte(w, JS_ToBool(ctx, value) ? TAG_TRUE_OBJECT : TAG_FALSE_OBJECT);
        return 0;
    }
    bool bigint = kinds & NS_KIND_BIGINT_OBJECT;
    JSValue value = ns_primordial_call(
        ctx, bigint ? "BigIntPrototypeValueOf" : "StringPrototypeValueOf", 1, &object);
    if (JS_IsException(value))
        return -1;
    ns_put_byte(w, bigint ? TAG_BIGINT_OBJECT : TAG_STRING_OBJECT);
    int status = bigint ? ns_put_bigint(w, value) : ns_put_string(w, value);
    JS_FreeValue(ctx, value);
    return status;
}

int ns_put_regexp(ns_writer *w, JSValueConst object)
{
    ns_put_byte(w, TAG_REGEXP);
    if (ns_put_text(w, ns_primordial_call(w->ctx, "RegExpPrototypeGetSource", 1, &object)) < 0)
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
    ns_put_varint(w, bits);
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
            ns_put_byte(w, prototypes[i].tag);
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

int ns_put_error(ns_writer *w, JSValueConst object)
{
    JSContext *ctx = w->ctx;
    JSValue value;
    int status = 0;
    ns_put_byte(w, TAG_ERROR);
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
        ns_put_byte(w, ERROR_MESSAGE);
        if (ns_put_text(w, value) < 0)
            return -1;
    }
    found = own_data(w, object, "cause", &value);
    if (found < 0)
        return -1;
    if (found) {
        ns_put_byte(w, ERROR_CAUSE);
        status = ns_write_value(w, value);
        JS_FreeValue(ctx, value);
        if (status < 0)
            return -1;
    }
    value = JS_GetPropertyStr(ctx, object, "stack");
    if (JS_IsException(value))
        return -1;
    if (JS_IsString(value)) {
        ns_put_byte(w, ERROR_STACK);
        status = ns_put_string(w, value);
    }
    JS_FreeValue(ctx, value);
    ns_put_byte(w, ERROR_END);
    return status;
}

// -- ArrayBuffers and views -----------------------------------------------------------------------

int ns_put_array_buffer(ns_writer *w, JSValueConst object, uint32_t kinds)
{
    uint8_t *data;
    size_t size;
    if (kinds & NS_KIND_SHARED_ARRAY_BUFFER) {
        uint32_t id;
        if (!w->delegate || !w->delegate->shared_id)
            return ns_refuse_value(w, object);
        if (w->delegate->shared_id(w, object, &id) < 0)
            return -1;
        ns_put_byte(w, TAG_SHARED_ARRAY_BUFFER);
        ns_put_varint(w, id);
        return 0;
    }
    int64_t transfer = ns_object_id_find(&w->transfers, object);
    if (transfer >= 0) {
        ns_put_byte(w, TAG_ARRAY_BUFFER_TRANSFER);
        ns_put_varint(w, w->transfer_ids[transfer]);
        return 0;
    }
    if (!ns_bytes(w->ctx, object, &data, &size)) {
        ns_throw_clone_error(
            w, JS_NewString(w->ctx, "An ArrayBuffer is detached and could not be cloned."));
        return -1;
    }
    ns_put_byte(w, TAG_ARRAY_BUFFER);
    ns_put_varint(w, size);
    ns_write_raw(w, data, size);
    ns_charge_work(w->ctx, NS_WORK_BYTES, size);
    return 0;
}

// The ArrayBuffer under a view, with the view's place in it. A view of a DataView's offset is asked
// of JavaScript, since the engine's C interface knows typed arrays only.
JSValue ns_view_buffer(ns_writer *w, JSValueConst view, bool data_view)
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

int ns_put_view(ns_writer *w, JSValueConst view, bool data_view)
{
    uint32_t offset, length;
    int tag = data_view ? NS_DATA_VIEW_TAG : typed_array_tag(w, view);
    if (tag < 0)
        return JS_HasException(w->ctx) ? -1 : ns_refuse_value(w, view);
    if (view_number(
            w, data_view ? "DataViewPrototypeGetByteOffset" : "TypedArrayPrototypeGetByteOffset",
            view, &offset) < 0 ||
        view_number(
            w, data_view ? "DataViewPrototypeGetByteLength" : "TypedArrayPrototypeGetByteLength",
            view, &length) < 0)
        return -1;
    ns_put_byte(w, TAG_ARRAY_BUFFER_VIEW);
    ns_put_byte(w, tag);
    ns_put_varint(w, offset);
    ns_put_varint(w, length);
    ns_put_varint(w, 0); // flags: neither tracks its length nor has a resizable buffer
    return 0;
}

// Bytes to values: objects with a kind of their own.
#include <string.h>

#include "node/args.h"
#include "node/buffer.h"
#include "node/value_read.h"
#include "node/value_tags.h"

JSValue ns_get_collection(ns_reader *r, bool map)
{
    uint32_t length = 0, expected;
    int64_t id = ns_reader_new_id(r);
    JSValue object =
        ns_reader_with_id(r, id, ns_primordial_new(r->ctx, map ? "Map" : "Set", 0, NULL));
    if (JS_IsException(object))
        return object;
    while (ns_peek_tag(r) != (map ? TAG_END_MAP : TAG_END_SET)) {
        JSValue args[3] = {object, ns_get_value(r), JS_UNDEFINED};
        if (!JS_IsException(args[1]) && map)
            args[2] = ns_get_value(r);
        bool ok = !JS_IsException(args[1]) && !JS_IsException(args[2]);
        JSValue result =
            ok ? ns_primordial_call(r->ctx, map ? "MapPrototypeSet" : "SetPrototypeAdd",
                                    map ? 3 : 2, args)
               : JS_EXCEPTION;
        JS_FreeValue(r->ctx, args[1]);
        JS_FreeValue(r->ctx, args[2]);
        if (JS_IsException(result))
            return ns_reader_finish(r, object, false);
        JS_FreeValue(r->ctx, result);
        length += map ? 2 : 1;
    }
    r->at++;
    return ns_reader_finish(r, object, ns_read_uint32(r, &expected) && expected == length);
}

// An object around a primitive value, which this takes over.
JSValue ns_get_boxed(ns_reader *r, int64_t id, JSValue primitive)
{
    JSValue object =
        JS_IsException(primitive) ? primitive : ns_primordial_call(r->ctx, "Object", 1, &primitive);
    JS_FreeValue(r->ctx, primitive);
    return ns_reader_with_id(r, id, object);
}

JSValue ns_get_date(ns_reader *r)
{
    double time;
    int64_t id = ns_reader_new_id(r);
    return ns_read_double(r, &time) ? ns_reader_with_id(r, id, JS_NewDate(r->ctx, time))
                                    : ns_malformed();
}

// V8 refuses its own flag "l" unless it is asked for it, and "u" and "v" together.
static bool valid_flags(uint32_t bits)
{
    const uint32_t unicode = 1 << 4, linear = 1 << 6, unicode_sets = 1 << 8;
    if (bits >= 1u << (sizeof NS_REGEXP_FLAGS - 1) || (bits & linear))
        return false;
    return !(bits & unicode) || !(bits & unicode_sets);
}

JSValue ns_get_regexp(ns_reader *r)
{
    uint32_t bits;
    int64_t id = ns_reader_new_id(r);
    char flags[sizeof NS_REGEXP_FLAGS], *to = flags;
    JSValue args[2] = {ns_get_string(r)};
    if (JS_IsException(args[0]) || !ns_read_uint32(r, &bits) || !valid_flags(bits))
        return ns_reader_finish(r, args[0], false);
    for (int i = 0; NS_REGEXP_FLAGS[i]; i++)
        if (bits >> i & 1)
            *to++ = NS_REGEXP_FLAGS[i];
    args[1] = JS_NewStringLen(r->ctx, flags, (size_t)(to - flags));
    JSValue object = ns_primordial_new(r->ctx, "RegExp", 2, args);
    JS_FreeValue(r->ctx, args[0]);
    JS_FreeValue(r->ctx, args[1]);
    return ns_reader_with_id(r, id, object);
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
    *slot = tag == ERROR_CAUSE ? ns_get_value(r) : ns_get_string(r);
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
        return ns_reader_finish(r, error, false);
    return error;
}

JSValue ns_get_error(ns_reader *r)
{
    error_parts parts = {"Error", JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, false};
    int64_t id = ns_reader_new_id(r);
    bool ok = id >= 0;
    while (ok && get_error_part(r, &parts, &ok))
        ;
    JSValue error = ok ? make_error(r, &parts) : JS_EXCEPTION;
    JS_FreeValue(r->ctx, parts.message);
    JS_FreeValue(r->ctx, parts.cause);
    JS_FreeValue(r->ctx, parts.stack);
    return ok ? ns_reader_with_id(r, id, error) : error;
}

// -- ArrayBuffers and views -----------------------------------------------------------------------

JSValue ns_get_view(ns_reader *r, JSValueConst buffer)
{
    static const uint8_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    uint32_t tag, offset, length, flags = 0;
    uint8_t *data;
    size_t size;
    if (!ns_read_uint32(r, &tag) || !ns_read_uint32(r, &offset) || !ns_read_uint32(r, &length) ||
        (r->version >= 14 && !ns_read_uint32(r, &flags)) || flags != 0 ||
        !ns_bytes(r->ctx, buffer, &data, &size) || offset > size || length > size - offset)
        return ns_malformed();
    int64_t id = ns_reader_new_id(r);
    JSValue args[3] = {buffer, JS_NewInt64(r->ctx, offset), JS_NewInt64(r->ctx, length)};
    if (tag == NS_DATA_VIEW_TAG)
        return ns_reader_with_id(r, id, ns_primordial_new(r->ctx, "DataView", 3, args));
    const char *found = tag && tag < 128 ? strchr(NS_VIEW_TAGS, (int)tag) : NULL;
    if (!found)
        return ns_malformed();
    uint32_t type = (uint32_t)(found - NS_VIEW_TAGS), width = sizes[type];
    if (offset % width || length % width)
        return ns_malformed();
    args[2] = JS_NewInt64(r->ctx, length / width);
    return ns_reader_with_id(r, id, JS_NewTypedArray(r->ctx, 3, args, (JSTypedArrayEnum)type));
}

JSValue ns_get_array_buffer(ns_reader *r)
{
    uint32_t length;
    const uint8_t *bytes;
    int64_t id = ns_reader_new_id(r);
    if (!ns_read_uint32(r, &length) || !ns_read_raw(r, length, &bytes))
        return ns_malformed();
    ns_charge_work(r->ctx, NS_WORK_BYTES, length);
    return ns_reader_with_id(r, id, JS_NewArrayBufferCopy(r->ctx, bytes, length));
}

JSValue ns_get_transferred(ns_reader *r)
{
    uint32_t id;
    int64_t object_id = ns_reader_new_id(r);
    if (!ns_read_uint32(r, &id) || id >= r->transfer_count || !JS_IsObject(r->transfers[id]))
        return ns_malformed();
    return ns_reader_with_id(r, object_id, JS_DupValue(r->ctx, r->transfers[id]));
}

JSValue ns_get_shared(ns_reader *r)
{
    uint32_t id;
    int64_t object_id = ns_reader_new_id(r);
    if (!ns_read_uint32(r, &id))
        return ns_malformed();
    if (r->delegate && r->delegate->shared)
        return ns_reader_with_id(r, object_id, r->delegate->shared(r, id));
    if (id >= r->transfer_count || !JS_IsObject(r->transfers[id]))
        return ns_malformed();
    return ns_reader_with_id(r, object_id, JS_DupValue(r->ctx, r->transfers[id]));
}

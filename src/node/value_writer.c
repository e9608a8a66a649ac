// Values to bytes.
#include "base/alloc.h"
#include "node/args.h"
#include "node/object_ids.h"
#include "node/string_bytes.h"
#include "node/value_tags.h"
#include "node/value_write.h"

// -- Errors ---------------------------------------------------------------------------------------

void ns_throw_clone_error(ns_writer *w, JSValue message)
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
int ns_refuse_value(ns_writer *w, JSValueConst value)
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
    ns_throw_clone_error(w, text.failed ? JS_ThrowOutOfMemory(ctx)
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
    ns_charge_value(w->ctx, key);
    if (!array_index(&s, &index))
        ns_put_str(w, &s);
    else if (index <= INT32_MAX)
        ns_put_int32(w, (int32_t)index);
    else
        ns_put_double(w, index);
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
    ns_put_byte(w, TAG_OBJECT);
    int status = put_properties(w, object, &keys, 0, &written);
    free_keys(w, &keys);
    ns_put_byte(w, TAG_END_OBJECT);
    ns_put_varint(w, written);
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
            ns_put_byte(w, TAG_HOLE);
            continue;
        }
        JSValue value = JS_GetPropertyUint32(w->ctx, array, i);
        double number;
        int status = JS_IsException(value) ? -1 : 0;
        if (status == 0 && doubles && JS_ToFloat64(w->ctx, &number, value) == 0) {
            ns_put_double(w, number);
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
    ns_put_byte(w, dense ? TAG_DENSE_ARRAY : TAG_SPARSE_ARRAY);
    ns_put_varint(w, length);
    int status = dense ? put_elements(w, array, length) : 0;
    if (status == 0)
        status = put_properties(w, array, &keys, dense ? length : 0, &written);
    free_keys(w, &keys);
    ns_put_byte(w, dense ? TAG_END_DENSE_ARRAY : TAG_END_SPARSE_ARRAY);
    ns_put_varint(w, written);
    ns_put_varint(w, length);
    return status;
}

// -- All values -----------------------------------------------------------------------------------

static int put_host(ns_writer *w, JSValueConst object)
{
    ns_put_byte(w, TAG_HOST_OBJECT);
    if (!w->delegate || !w->delegate->write_host)
        return ns_refuse_value(w, object);
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
        return ns_refuse_value(w, object);
    if (ns_wrap_find(ns_env_of(w->ctx), object))
        return put_host(w, object);
    if (kinds & (NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW))
        return w->views_are_host ? put_host(w, object)
                                 : ns_put_view(w, object, kinds & NS_KIND_DATA_VIEW);
    if (kinds & (NS_KIND_ARRAY_BUFFER | NS_KIND_SHARED_ARRAY_BUFFER))
        return ns_put_array_buffer(w, object, kinds);
    if (kinds & NS_KIND_DATE)
        return ns_put_double_of(w, object, TAG_DATE, "DatePrototypeGetTime");
    if (kinds & boxed)
        return ns_put_boxed(w, object, kinds);
    if (kinds & NS_KIND_REGEXP)
        return ns_put_regexp(w, object);
    if (kinds & NS_KIND_MAP)
        return ns_put_collection(w, object, TAG_MAP, TAG_END_MAP);
    if (kinds & NS_KIND_SET)
        return ns_put_collection(w, object, TAG_SET, TAG_END_SET);
    if (kinds & NS_KIND_NATIVE_ERROR)
        return ns_put_error(w, object);
    return JS_IsArray(w->ctx, object) > 0 ? put_array(w, object) : put_object(w, object);
}

static int put_receiver(ns_writer *w, JSValueConst object)
{
    uint32_t kinds = ns_value_kinds(w->ctx, object);
    bool known;
    // A view's ArrayBuffer comes before it, and has the lower id.
    if ((kinds & (NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW)) && !w->views_are_host &&
        ns_object_id_find(&w->seen, object) < 0) {
        JSValue buffer = ns_view_buffer(w, object, kinds & NS_KIND_DATA_VIEW);
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
        ns_put_byte(w, TAG_REFERENCE);
        ns_put_varint(w, (uint64_t)id);
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
    ns_charge_value(w->ctx, value);
    if (JS_IsUndefined(value))
        ns_put_byte(w, TAG_UNDEFINED);
    else if (JS_IsNull(value))
        ns_put_byte(w, TAG_NULL);
    else if (JS_IsBool(value))
        ns_put_byte(w, JS_VALUE_GET_BOOL(value) ? TAG_TRUE : TAG_FALSE);
    else if (JS_IsNumber(value))
        status = ns_put_number(w, value);
    else if (JS_IsBigInt(w->ctx, value)) {
        ns_put_byte(w, TAG_BIGINT);
        status = ns_put_bigint(w, value);
    } else if (JS_IsString(value))
        status = ns_put_string(w, value);
    else if (JS_IsObject(value))
        status = put_receiver(w, value);
    else
        status = ns_refuse_value(w, value);
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

// internalBinding('buffer') (source: src/node_buffer.cc). Searching is in buffer_search.c.
#include "node/buffer.h"

#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/string_bytes.h"

// -- Slices and writes: one C function for all encodings, told apart by `magic` -------------------

static JSValue slice(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic)
{
    uint8_t *data;
    size_t size, start, end;
    if (!ns_arg_bytes(ctx, this_val, &data, &size))
        return JS_EXCEPTION;
    if (size == 0)
        return ns_encode(ctx, NULL, 0, NS_ENC_LATIN1);
    if (!ns_arg_index(ctx, ns_arg(argc, argv, 0), 0, &start) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 1), size, &end))
        return JS_EXCEPTION;
    if (end < start)
        end = start;
    if (end > size)
        return ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "Index out of range");
    return ns_encode(ctx, data + start, end - start, (ns_encoding)magic);
}

static JSValue write_string(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                            int magic)
{
    uint8_t *data;
    size_t size, offset, length;
    ns_str s;
    if (!ns_arg_bytes(ctx, this_val, &data, &size))
        return JS_EXCEPTION;
    if (!ns_str_of(ctx, ns_arg(argc, argv, 0), &s))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
    if (!ns_arg_index(ctx, ns_arg(argc, argv, 1), 0, &offset))
        return JS_EXCEPTION;
    if (offset > size)
        return ns_throw_code(ctx, "RangeError", "ERR_BUFFER_OUT_OF_BOUNDS",
                             "\"offset\" is outside of buffer bounds");
    if (!ns_arg_index(ctx, ns_arg(argc, argv, 2), size - offset, &length))
        return JS_EXCEPTION;
    if (length > size - offset)
        length = size - offset;
    size_t written = ns_str_write(&s, data + offset, length, (ns_encoding)magic);
    ns_charge_work(ctx, NS_WORK_STRING, written);
    return JS_NewInt64(ctx, (int64_t)written);
}

static JSValue byte_length_utf8(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    ns_str s;
    if (!ns_str_of(ctx, ns_arg(argc, argv, 0), &s))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
    ns_charge_work(ctx, NS_WORK_STRING, s.length);
    return JS_NewInt64(ctx, (int64_t)ns_utf8_length(&s));
}

// -- copy, compare, fill, swap --------------------------------------------------------------------

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// copy(source, target, targetStart, sourceStart, sourceEnd)
static JSValue copy(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *source, *target;
    size_t source_size, target_size, target_start, start, end;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &source, &source_size) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 1), &target, &target_size) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 2), 0, &target_start) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 3), 0, &start) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 4), source_size, &end))
        return JS_EXCEPTION;
    if (target_start >= target_size || start >= end)
        return JS_NewInt32(ctx, 0);
    if (start > source_size)
        return ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE",
                             "The value of \"sourceStart\" is out of range.");
    size_t n = least(least(end - start, target_size - target_start), source_size - start);
    memmove(target + target_start, source + start, n);
    ns_charge_work(ctx, NS_WORK_BYTES, n);
    return JS_NewInt64(ctx, (int64_t)n);
}

static JSValue compare_bytes(JSContext *ctx, const uint8_t *a, size_t a_size, const uint8_t *b,
                             size_t b_size, size_t n)
{
    int order = n > 0 ? memcmp(a, b, n) : 0;
    ns_charge_work(ctx, NS_WORK_BYTES, n);
    if (order == 0)
        order = (a_size > b_size) - (a_size < b_size);
    return JS_NewInt32(ctx, (order > 0) - (order < 0));
}

static JSValue compare(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *a, *b;
    size_t a_size, b_size;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &a, &a_size) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 1), &b, &b_size))
        return JS_EXCEPTION;
    return compare_bytes(ctx, a, a_size, b, b_size, least(a_size, b_size));
}

// compareOffset(source, target, targetStart, sourceStart, targetEnd, sourceEnd): the ends are
// lengths for the comparison even where they lie beyond a buffer.
static JSValue compare_offset(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *source, *target;
    size_t source_size, target_size, target_start, source_start, target_end, source_end;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &source, &source_size) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 1), &target, &target_size) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 2), 0, &target_start) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 3), 0, &source_start) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 4), target_size, &target_end) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 5), source_size, &source_end))
        return JS_EXCEPTION;
    if (source_start > source_size || source_start > source_end)
        return ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE",
                             "The value of \"sourceStart\" is out of range.");
    if (target_start > target_size || target_start > target_end)
        return ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE",
                             "The value of \"targetStart\" is out of range.");
    size_t source_length = source_end - source_start, target_length = target_end - target_start;
    size_t n = least(least(source_length, target_length),
                     least(source_size - source_start, target_size - target_start));
    return compare_bytes(ctx, source + source_start, source_length, target + target_start,
                         target_length, n);
}

// Repeat the first `have` bytes of `at` until there are `want`.
static void repeat(uint8_t *at, size_t have, size_t want)
{
    while (have < want) {
        size_t n = least(have, want - have);
        memcpy(at + have, at, n);
        have += n;
    }
}

// The first turn of a fill with a string. Returns the length of the pattern; *failed on an
// exception.
static size_t fill_string(JSContext *ctx, const ns_str *s, JSValueConst string,
                          ns_encoding encoding, uint8_t *at, size_t length, bool *failed)
{
    *failed = false;
    if (encoding != NS_ENC_UTF8 && encoding != NS_ENC_UCS2)
        return ns_str_write(s, at, length, encoding);
    // A pattern longer than the range is cut in the middle of a character.
    size_t size;
    uint8_t *bytes = ns_decode(ctx, string, encoding, &size);
    if (!bytes) {
        *failed = true;
        return 0;
    }
    memcpy(at, bytes, least(size, length));
    ns_free(bytes);
    return size;
}

// fill(buffer, value, start, end, encoding): -2 when the range is outside, -1 when the value has no
// bytes.
static JSValue fill(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *data, *pattern;
    size_t size, start, end, have, pattern_size;
    ns_str s;
    bool failed;
    JSValueConst value = ns_arg(argc, argv, 1);
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &data, &size) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 2), 0, &start) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 3), 0, &end))
        return JS_EXCEPTION;
    if (start > end || end > size)
        return JS_NewInt32(ctx, -2);
    size_t length = end - start;
    ns_charge_work(ctx, NS_WORK_BYTES, length);
    if (JS_IsObject(value) && ns_bytes(ctx, value, &pattern, &pattern_size) &&
        (ns_value_kinds(ctx, value) & (NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW))) {
        have = pattern_size;
        memmove(data + start, pattern, least(have, length));
    } else if (ns_str_of(ctx, value, &s)) {
        ns_encoding encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 4), NS_ENC_UTF8);
        have = fill_string(ctx, &s, value, encoding, data + start, length, &failed);
        if (failed)
            return JS_EXCEPTION;
    } else {
        uint32_t byte;
        if (JS_ToUint32(ctx, &byte, value) < 0)
            return JS_EXCEPTION;
        memset(data + start, (int)(byte & 255), length);
        return JS_UNDEFINED;
    }
    if (have >= length)
        return JS_UNDEFINED;
    if (have == 0)
        return JS_NewInt32(ctx, -1);
    repeat(data + start, have, length);
    return JS_UNDEFINED;
}

static JSValue swap(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int width)
{
    uint8_t *data;
    size_t size;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &data, &size))
        return JS_EXCEPTION;
    for (size_t i = 0; i + (size_t)width <= size; i += (size_t)width)
        for (int k = 0; k < width / 2; k++) {
            uint8_t byte = data[i + (size_t)k];
            data[i + (size_t)k] = data[i + (size_t)(width - 1 - k)];
            data[i + (size_t)(width - 1 - k)] = byte;
        }
    ns_charge_work(ctx, NS_WORK_BYTES, size);
    return JS_DupValue(ctx, argv[0]);
}

// -- Validation and base64 strings ----------------------------------------------------------------

static bool ascii_valid(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] & 0x80)
            return false;
    return true;
}

static JSValue validate(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                        int utf8)
{
    uint8_t *data;
    size_t size;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &data, &size))
        return JS_EXCEPTION;
    if (!data && !ns_bytes(ctx, argv[0], &data, &size))
        return ns_throw_code(ctx, "Error", "ERR_INVALID_STATE",
                             "Invalid state: Cannot validate on a detached buffer");
    ns_charge_work(ctx, NS_WORK_BYTES, size);
    return JS_NewBool(ctx, utf8 ? ns_utf8_valid(data, size) : ascii_valid(data, size));
}

static JSValue btoa(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    ns_str s;
    if (!ns_str_of(ctx, ns_arg(argc, argv, 0), &s))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
    for (size_t i = 0; s.utf16 && i < s.length; i++)
        if (s.utf16[i] > 255)
            return JS_NewInt32(ctx, -1);
    size_t size;
    uint8_t *bytes = ns_decode(ctx, argv[0], NS_ENC_LATIN1, &size);
    if (!bytes)
        return JS_EXCEPTION;
    JSValue string = ns_encode(ctx, bytes, size, NS_ENC_BASE64);
    ns_free(bytes);
    return string;
}

static JSValue atob(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    ns_str s;
    size_t size = 0;
    if (!ns_str_of(ctx, ns_arg(argc, argv, 0), &s))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
    uint8_t *bytes = ns_malloc(s.length / 4 * 3 + 3);
    if (!bytes)
        return JS_ThrowOutOfMemory(ctx);
    ns_charge_work(ctx, NS_WORK_STRING, s.length);
    int status = ns_forgiving_base64(&s, bytes, &size);
    JSValue result = status < 0 ? JS_NewInt32(ctx, status) : ns_new_string_latin1(ctx, bytes, size);
    ns_free(bytes);
    return result;
}

// -- ArrayBuffers ---------------------------------------------------------------------------------

static JSValue detach(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *data;
    size_t size;
    if (!(ns_value_kinds(ctx, ns_arg(argc, argv, 0)) & NS_KIND_ARRAY_BUFFER) ||
        !ns_bytes(ctx, argv[0], &data, &size))
        return JS_UNDEFINED;
    JSValue moved = JS_NewArrayBufferCopy(ctx, data, size);
    if (!JS_IsException(moved))
        JS_DetachArrayBuffer(ctx, argv[0]);
    return moved;
}

// copyArrayBuffer(target, targetOffset, source, sourceOffset, length)
static JSValue copy_array_buffer(JSContext *ctx, JSValueConst this_val, int argc,
                                 JSValueConst *argv)
{
    uint8_t *target, *source;
    size_t target_size, source_size, to, from, n;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &target, &target_size) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 1), 0, &to) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 2), &source, &source_size) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 3), 0, &from) ||
        !ns_arg_index(ctx, ns_arg(argc, argv, 4), 0, &n))
        return JS_EXCEPTION;
    if (to > target_size || n > target_size - to || from > source_size || n > source_size - from)
        return ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "Index out of range");
    if (n > 0)
        memmove(target + to, source + from, n);
    ns_charge_work(ctx, NS_WORK_BYTES, n);
    return JS_UNDEFINED;
}

static JSValue set_buffer_prototype(JSContext *ctx, JSValueConst this_val, int argc,
                                    JSValueConst *argv)
{
    if (!JS_IsObject(ns_arg(argc, argv, 0)))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                             "argument must be an object");
    if (ns_hide(ctx, this_val, JS_DupValue(ctx, argv[0])) < 0)
        return JS_EXCEPTION;
    ns_env_of(ctx)->buffer_prototype = argv[0]; // the binding object keeps it alive
    return JS_UNDEFINED;
}

// Memory that JavaScript gets is always zeroed: what stood there before would differ between runs.
// The toggle is there for lib/ to set, as it is in a Node whose allocator has none.
static JSValue get_zero_fill_toggle(JSContext *ctx, JSValueConst this_val, int argc,
                                    JSValueConst *argv)
{
    JSValue length = JS_NewInt32(ctx, 1);
    return JS_NewTypedArray(ctx, 1, &length, JS_TYPED_ARRAY_UINT32);
}

static void free_bytes(JSRuntime *rt, void *opaque, void *bytes)
{
    ns_free(bytes);
}

JSValue ns_new_array_buffer(JSContext *ctx, uint8_t *data, size_t size)
{
    JSValue buffer = JS_NewArrayBuffer(ctx, data, size, free_bytes, NULL, false);
    if (JS_IsException(buffer))
        ns_free(data);
    return buffer;
}

JSValue ns_new_buffer(JSContext *ctx, uint8_t *data, size_t size)
{
    JSValue args[3] = {ns_new_array_buffer(ctx, data, size), JS_NewInt32(ctx, 0),
                       JS_NewInt64(ctx, (int64_t)size)};
    if (JS_IsException(args[0]))
        return JS_EXCEPTION;
    JSValue buffer = JS_NewTypedArray(ctx, 3, args, JS_TYPED_ARRAY_UINT8);
    JS_FreeValue(ctx, args[0]);
    JSValueConst prototype = ns_env_of(ctx)->buffer_prototype;
    if (JS_IsException(buffer) || !JS_IsObject(prototype))
        return buffer;
    if (JS_SetPrototype(ctx, buffer, prototype) < 0) {
        JS_FreeValue(ctx, buffer);
        return JS_EXCEPTION;
    }
    return buffer;
}

// -- The binding ----------------------------------------------------------------------------------

static int set_magic(JSContext *ctx, JSValueConst target, const char *name, JSCFunctionMagic *fn,
                     int argc, int magic)
{
    return ns_set(ctx, target, name,
                  JS_NewCFunctionMagic(ctx, fn, name, argc, JS_CFUNC_generic_magic, magic));
}

static int set_encodings(JSContext *ctx, JSValueConst target)
{
    static const struct {
        const char *slice, *write;
        ns_encoding encoding;
    } defs[] = {
        {"asciiSlice", "asciiWrite", NS_ENC_ASCII},
        {"base64Slice", "base64Write", NS_ENC_BASE64},
        {"base64urlSlice", "base64urlWrite", NS_ENC_BASE64URL},
        {"latin1Slice", "latin1Write", NS_ENC_LATIN1},
        {"hexSlice", "hexWrite", NS_ENC_HEX},
        {"ucs2Slice", "ucs2Write", NS_ENC_UCS2},
        {"utf8Slice", "utf8Write", NS_ENC_UTF8},
    };
    for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++)
        if (set_magic(ctx, target, defs[i].slice, slice, 2, (int)defs[i].encoding) < 0 ||
            set_magic(ctx, target, defs[i].write, write_string, 3, (int)defs[i].encoding) < 0)
            return -1;
    return 0;
}

NS_BINDING(buffer)
{
    static const ns_fn_def fns[] = {
        {"setBufferPrototype", set_buffer_prototype, 1},
        {"getZeroFillToggle", get_zero_fill_toggle, 0},
        {"atob", atob, 1},
        {"btoa", btoa, 1},
        {"byteLengthUtf8", byte_length_utf8, 1},
        {"copy", copy, 5},
        {"compare", compare, 2},
        {"compareOffset", compare_offset, 6},
        {"fill", fill, 5},
        {"detachArrayBuffer", detach, 1},
        {"copyArrayBuffer", copy_array_buffer, 5},
    };
    if (NS_SET_FNS(ctx, target, fns) < 0 || ns_buffer_set_search(ctx, target) < 0 ||
        set_encodings(ctx, target) < 0 || set_magic(ctx, target, "swap16", swap, 1, 2) < 0 ||
        set_magic(ctx, target, "swap32", swap, 1, 4) < 0 ||
        set_magic(ctx, target, "swap64", swap, 1, 8) < 0 ||
        set_magic(ctx, target, "isUtf8", validate, 1, 1) < 0 ||
        set_magic(ctx, target, "isAscii", validate, 1, 0) < 0)
        return -1;
    if (ns_set_int(ctx, target, "kMaxLength", NS_MAX_BUFFER_LENGTH) < 0)
        return -1;
    return ns_set_int(ctx, target, "kStringMaxLength", NS_MAX_STRING_LENGTH);
}

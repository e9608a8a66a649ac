// indexOf and lastIndexOf of buffers (source: src/node_buffer.cc, src/string_search.h).
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/buffer.h"
#include "node/string_bytes.h"

// Where a search starts: an index inside the haystack, or -1 when nothing can match.
static int64_t start_offset(size_t length, int64_t offset, size_t needle_length, bool forward)
{
    int64_t size = (int64_t)length, needle = (int64_t)needle_length;
    if (offset < 0) {
        if (offset + size >= 0)
            return size + offset;
        return forward || needle == 0 ? 0 : -1;
    }
    if (offset + needle <= size)
        return offset;
    if (needle == 0)
        return size;
    return forward ? -1 : size - 1;
}

// The first match at or after `from` units, or the last one at or before it; -1 when there is none.
// Both lengths are in units of `width` bytes.
static int64_t search(const uint8_t *hay, size_t hay_length, const uint8_t *needle,
                      size_t needle_length, size_t from, bool forward, size_t width)
{
    if (needle_length > hay_length)
        return -1;
    size_t last = hay_length - needle_length, bytes = needle_length * width;
    if (forward && width == 1) {
        if (from > last)
            return -1;
        const uint8_t *found = memmem(hay + from, hay_length - from, needle, needle_length);
        return found ? found - hay : -1;
    }
    if (forward) {
        for (size_t i = from; i <= last; i++)
            if (memcmp(hay + i * width, needle, bytes) == 0)
                return (int64_t)i;
        return -1;
    }
    for (size_t i = (from < last ? from : last) + 1; i-- > 0;)
        if (memcmp(hay + i * width, needle, bytes) == 0)
            return (int64_t)i;
    return -1;
}

static int64_t clamp_offset(JSContext *ctx, JSValueConst value)
{
    double number = 0;
    if (JS_ToFloat64(ctx, &number, value) < 0) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        return 0;
    }
    if (isnan(number))
        return 0;
    if (fabs(number) >= 0x1p53)
        return number < 0 ? -((int64_t)1 << 53) : (int64_t)1 << 53;
    return (int64_t)number;
}

static JSValue find(JSContext *ctx, const uint8_t *hay, size_t hay_size, const uint8_t *needle,
                    size_t needle_size, int64_t offset, bool forward, bool ucs2)
{
    int64_t start = start_offset(hay_size, offset, needle_size, forward);
    if (needle_size == 0)
        return JS_NewInt64(ctx, start);
    if (hay_size == 0 || start < 0 || needle_size > hay_size ||
        (forward && needle_size + (size_t)start > hay_size))
        return JS_NewInt32(ctx, -1);
    ns_charge_work(ctx, NS_WORK_BYTES, forward ? hay_size - (size_t)start : (size_t)start);
    if (!ucs2)
        return JS_NewInt64(ctx,
                           search(hay, hay_size, needle, needle_size, (size_t)start, forward, 1));
    if (hay_size < 2 || needle_size < 2)
        return JS_NewInt32(ctx, -1);
    int64_t unit =
        search(hay, hay_size / 2, needle, needle_size / 2, (size_t)start / 2, forward, 2);
    // Node takes "not found" to be the end in whole units, which is not the end of an odd number of
    // bytes.
    if (unit < 0)
        return JS_NewInt64(ctx, hay_size % 2 ? (int64_t)hay_size - 1 : -1);
    return JS_NewInt64(ctx, unit * 2);
}

// indexOfString(buffer, string, offset, encoding, forward)
static JSValue index_of_string(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *hay;
    size_t hay_size, needle_size;
    int64_t encoding;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 3), &encoding) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &hay, &hay_size))
        return JS_EXCEPTION;
    bool ucs2 = encoding == NS_ENC_UCS2;
    uint8_t *needle = ns_decode(ctx, ns_arg(argc, argv, 1), (ns_encoding)encoding, &needle_size);
    if (!needle)
        return JS_EXCEPTION;
    JSValue result = find(ctx, hay, ucs2 ? hay_size & ~(size_t)1 : hay_size, needle, needle_size,
                          clamp_offset(ctx, ns_arg(argc, argv, 2)),
                          ns_arg_bool(ctx, ns_arg(argc, argv, 4)), ucs2);
    ns_free(needle);
    return result;
}

// indexOfBuffer(buffer, needle, offset, encoding, forward)
static JSValue index_of_buffer(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *hay, *needle;
    size_t hay_size, needle_size;
    int64_t encoding;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 3), &encoding) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &hay, &hay_size) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 1), &needle, &needle_size))
        return JS_EXCEPTION;
    return find(ctx, hay, hay_size, needle, needle_size, clamp_offset(ctx, ns_arg(argc, argv, 2)),
                ns_arg_bool(ctx, ns_arg(argc, argv, 4)), encoding == NS_ENC_UCS2);
}

// indexOfNumber(buffer, byte, offset, forward)
static JSValue index_of_number(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *hay;
    size_t size;
    uint32_t number;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &hay, &size) ||
        JS_ToUint32(ctx, &number, ns_arg(argc, argv, 1)) < 0)
        return JS_EXCEPTION;
    uint8_t byte = (uint8_t)number;
    return find(ctx, hay, size, &byte, 1, clamp_offset(ctx, ns_arg(argc, argv, 2)),
                ns_arg_bool(ctx, ns_arg(argc, argv, 3)), false);
}

int ns_buffer_set_search(JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def fns[] = {
        {"indexOfBuffer", index_of_buffer, 5},
        {"indexOfNumber", index_of_number, 4},
        {"indexOfString", index_of_string, 5},
    };
    return NS_SET_FNS(ctx, target, fns);
}

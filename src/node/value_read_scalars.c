// Bytes to values: scalars.
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/string_bytes.h"
#include "node/value_read.h"
#include "node/value_tags.h"

// Marks a failure without an exception of its own.
JSValue ns_malformed(void)
{
    return JS_EXCEPTION;
}

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
int ns_peek_tag(ns_reader *r)
{
    while (r->at < r->size && r->data[r->at] == TAG_PADDING)
        r->at++;
    return r->at < r->size ? r->data[r->at] : -1;
}

int ns_get_tag(ns_reader *r)
{
    int tag = ns_peek_tag(r);
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

JSValue ns_get_double(ns_reader *r)
{
    double value;
    return ns_read_double(r, &value) ? new_number(r, value) : ns_malformed();
}

static JSValue get_text(ns_reader *r, ns_encoding encoding)
{
    uint32_t length;
    const uint8_t *bytes;
    if (!ns_read_uint32(r, &length) || !ns_read_raw(r, length, &bytes) ||
        (encoding == NS_ENC_UCS2 && length % 2))
        return ns_malformed();
    return ns_encode(r->ctx, bytes, length, encoding);
}

JSValue ns_get_string(ns_reader *r)
{
    switch (ns_get_tag(r)) {
    case TAG_UTF8_STRING:
        return get_text(r, NS_ENC_UTF8);
    case TAG_ONE_BYTE_STRING:
        return get_text(r, NS_ENC_LATIN1);
    case TAG_TWO_BYTE_STRING:
        return get_text(r, NS_ENC_UCS2);
    default:
        return ns_malformed();
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

JSValue ns_get_bigint(ns_reader *r)
{
    uint32_t field;
    const uint8_t *bytes;
    if (!ns_read_uint32(r, &field) || !ns_read_raw(r, field >> 1, &bytes))
        return ns_malformed();
    return bigint_of(r, bytes, field >> 1, field & 1);
}

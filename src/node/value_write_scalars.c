// Values to bytes: scalars.
#include "node/args.h"
#include "node/string_bytes.h"
#include "node/value_tags.h"
#include "node/value_write.h"

void ns_put_byte(ns_writer *w, int byte)
{
    ns_buf_char(&w->out, (char)byte);
}

void ns_put_varint(ns_writer *w, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        ns_put_byte(w, (int)(value & 0x7f) | 0x80);
    ns_put_byte(w, (int)value);
}

void ns_write_raw(ns_writer *w, const void *bytes, size_t length)
{
    if (length > 0)
        ns_buf_add(&w->out, bytes, length);
}

void ns_write_uint32(ns_writer *w, uint32_t value)
{
    ns_put_varint(w, value);
}

void ns_write_uint64(ns_writer *w, uint64_t value)
{
    ns_put_varint(w, value);
}

void ns_write_double(ns_writer *w, double value)
{
    ns_write_raw(w, &value, sizeof value);
}

void ns_write_header(ns_writer *w)
{
    ns_put_byte(w, TAG_VERSION);
    ns_put_varint(w, NS_WIRE_VERSION);
}

void ns_put_int32(ns_writer *w, int32_t value)
{
    ns_put_byte(w, TAG_INT32);
    ns_put_varint(w, (uint32_t)value << 1 ^ (uint32_t)(value >> 31));
}

void ns_put_double(ns_writer *w, double value)
{
    ns_put_byte(w, TAG_DOUBLE);
    ns_write_double(w, value);
}

// As V8 tells a Smi from a HeapNumber: by how the number is held. What double arithmetic gave is a
// double.
int ns_put_number(ns_writer *w, JSValueConst value)
{
    double number;
    if (JS_VALUE_GET_TAG(value) == JS_TAG_INT) {
        ns_put_int32(w, JS_VALUE_GET_INT(value));
        return 0;
    }
    if (JS_ToFloat64(w->ctx, &number, value) < 0)
        return -1;
    ns_put_double(w, number);
    return 0;
}

static size_t varint_size(uint64_t value)
{
    size_t n = 1;
    while (value >>= 7)
        n++;
    return n;
}

void ns_put_str(ns_writer *w, const ns_str *s)
{
    unsigned seen = 0;
    for (size_t i = 0; s->utf16 && i < s->length && seen < 256; i++)
        seen |= s->utf16[i];
    if (seen < 256) {
        ns_put_byte(w, TAG_ONE_BYTE_STRING);
        ns_put_varint(w, s->length);
        if (s->latin1)
            ns_write_raw(w, s->latin1, s->length);
        for (size_t i = 0; s->utf16 && i < s->length; i++)
            ns_put_byte(w, s->utf16[i]);
        return;
    }
    size_t size = s->length * 2;
    if ((w->out.len + 1 + varint_size(size)) & 1) // units are aligned
        ns_put_byte(w, TAG_PADDING);
    ns_put_byte(w, TAG_TWO_BYTE_STRING);
    ns_put_varint(w, size);
    ns_write_raw(w, s->utf16, size);
}

int ns_put_string(ns_writer *w, JSValueConst string)
{
    ns_str s;
    if (!ns_str_of(w->ctx, string, &s)) {
        JS_ThrowTypeError(w->ctx, "not a string");
        return -1;
    }
    ns_put_str(w, &s);
    ns_charge_work(w->ctx, NS_WORK_STRING, s.length);
    return 0;
}

// ToString of a value that this takes over, then its text.
int ns_put_text(ns_writer *w, JSValue value)
{
    JSValue string = JS_IsException(value) ? value : JS_ToString(w->ctx, value);
    int status = JS_IsException(string) ? -1 : ns_put_string(w, string);
    JS_FreeValue(w->ctx, string);
    JS_FreeValue(w->ctx, value);
    return status;
}

// The sign and length, then the digits, least first, in whole words of 64 bits.
int ns_put_bigint(ns_writer *w, JSValueConst value)
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
    ns_put_varint(w, size << 1 | negative);
    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        for (size_t half = 0; half < 2; half++) {
            size_t place = 2 * i + half; // from the end
            if (place >= digits)
                continue;
            unsigned c = ns_str_at(&s, s.length - 1 - place);
            byte |= (c <= '9' ? c - '0' : c - 'a' + 10) << 4 * half;
        }
        ns_put_byte(w, (int)byte);
    }
    JS_FreeValue(w->ctx, hex);
    return 0;
}

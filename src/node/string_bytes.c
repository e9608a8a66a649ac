// Strings and bytes: the encodings of node::StringBytes. UTF-8 has a file of its own (utf8.c).
#include "node/string_bytes.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "node/env.h"

bool ns_str_of(JSContext *ctx, JSValueConst value, ns_str *out)
{
    *out = (ns_str){0};
    if (!JS_IsString(value))
        return false;
    return ns_string_data(ctx, value, &out->latin1, &out->utf16, &out->length);
}

ns_encoding ns_parse_encoding(JSContext *ctx, JSValueConst value, ns_encoding def)
{
    static const struct {
        const char *name;
        ns_encoding encoding;
    } names[] = {
        {"utf8", NS_ENC_UTF8},     {"utf-8", NS_ENC_UTF8},          {"ucs2", NS_ENC_UCS2},
        {"ucs-2", NS_ENC_UCS2},    {"utf16le", NS_ENC_UCS2},        {"utf-16le", NS_ENC_UCS2},
        {"latin1", NS_ENC_LATIN1}, {"binary", NS_ENC_LATIN1},       {"base64", NS_ENC_BASE64},
        {"buffer", NS_ENC_BUFFER}, {"base64url", NS_ENC_BASE64URL}, {"ascii", NS_ENC_ASCII},
        {"hex", NS_ENC_HEX},
    };
    if (!JS_IsString(value))
        return def;
    const char *text = JS_ToCString(ctx, value);
    if (!text)
        return def;
    ns_encoding found = def;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(text, names[i].name) == 0)
            found = names[i].encoding;
    JS_FreeCString(ctx, text);
    return found;
}

// -- base64 ---------------------------------------------------------------------------------------

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The value of a base64 digit, -1 if it is none.
static int base64_digit(unsigned c)
{
    if (c >= 'A' && c <= 'Z')
        return (int)c - 'A';
    if (c >= 'a' && c <= 'z')
        return (int)c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return (int)c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

size_t ns_base64_length(size_t size, bool url)
{
    return url ? size / 3 * 4 + (size % 3 ? size % 3 + 1 : 0) : (size + 2) / 3 * 4;
}

void ns_base64_write(const uint8_t *bytes, size_t size, char *dst, bool url)
{
    const char *alphabet = url ? base64url_alphabet : base64_alphabet;
    size_t i = 0;
    for (; i + 3 <= size; i += 3) {
        uint32_t v = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
        *dst++ = alphabet[v >> 18];
        *dst++ = alphabet[v >> 12 & 63];
        *dst++ = alphabet[v >> 6 & 63];
        *dst++ = alphabet[v & 63];
    }
    if (i == size)
        return;
    uint32_t v = (uint32_t)bytes[i] << 16 | (i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0);
    *dst++ = alphabet[v >> 18];
    *dst++ = alphabet[v >> 12 & 63];
    if (i + 1 < size)
        *dst++ = alphabet[v >> 6 & 63];
    else if (!url)
        *dst++ = '=';
    if (!url)
        *dst++ = '=';
}

// Node's decoder takes both alphabets, skips everything else, and ends at a '='. It looks at the
// low byte of a unit only.
static size_t base64_write(const ns_str *s, uint8_t *dst, size_t capacity)
{
    uint32_t acc = 0;
    int bits = 0;
    size_t k = 0;
    if (s->length < 2)
        return 0;
    for (size_t i = 0; i < s->length && k < capacity; i++) {
        unsigned c = ns_str_at(s, i) & 0xff;
        if (c == '=')
            break;
        int digit = base64_digit(c == '-' ? '+' : c == '_' ? '/' : c);
        if (digit < 0)
            continue;
        acc = acc << 6 | (uint32_t)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            dst[k++] = (uint8_t)(acc >> bits);
        }
    }
    return k;
}

static bool infra_space(unsigned c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

int ns_forgiving_base64(const ns_str *s, uint8_t *dst, size_t *size)
{
    size_t end = s->length;
    int equals = 0;
    while (end > 0 && infra_space(ns_str_at(s, end - 1)))
        end--;
    while (end > 0 && equals < 2 && ns_str_at(s, end - 1) == '=') {
        equals++;
        end--;
        while (end > 0 && infra_space(ns_str_at(s, end - 1)))
            end--;
    }
    uint32_t acc = 0;
    size_t digits = 0, k = 0;
    for (size_t i = 0; i < end; i++) {
        unsigned c = ns_str_at(s, i);
        if (infra_space(c))
            continue;
        int digit = base64_digit(c);
        if (digit < 0)
            return -2;
        acc = acc << 6 | (uint32_t)digit;
        if (++digits % 4 != 1)
            dst[k++] = (uint8_t)(acc >> (6 - 2 * ((digits + 3) % 4)));
    }
    if (digits % 4 == 1)
        return -1;
    if (equals > 0 && (digits % 4 == 0 || digits % 4 + (size_t)equals != 4))
        return -2;
    *size = k;
    return 0;
}

// -- The other encodings --------------------------------------------------------------------------

static int hex_digit(unsigned c)
{
    if (c >= '0' && c <= '9')
        return (int)c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : -1;
}

static size_t hex_write(const ns_str *s, uint8_t *dst, size_t capacity)
{
    size_t i = 0;
    for (; i < capacity && i * 2 + 1 < s->length; i++) {
        int high = hex_digit(ns_str_at(s, i * 2) & 0xff);
        int low = hex_digit(ns_str_at(s, i * 2 + 1) & 0xff);
        if (high < 0 || low < 0)
            break;
        dst[i] = (uint8_t)(high << 4 | low);
    }
    return i;
}

static size_t latin1_write(const ns_str *s, uint8_t *dst, size_t capacity)
{
    size_t n = s->length < capacity ? s->length : capacity;
    if (s->latin1)
        memcpy(dst, s->latin1, n);
    else
        for (size_t i = 0; i < n; i++)
            dst[i] = (uint8_t)s->utf16[i];
    return n;
}

static size_t ucs2_write(const ns_str *s, uint8_t *dst, size_t capacity)
{
    size_t n = s->length < capacity / 2 ? s->length : capacity / 2;
    for (size_t i = 0; i < n; i++) {
        uint16_t unit = ns_str_at(s, i);
        dst[2 * i] = (uint8_t)unit;
        dst[2 * i + 1] = (uint8_t)(unit >> 8);
    }
    return n * 2;
}

size_t ns_str_size(const ns_str *s, ns_encoding encoding)
{
    switch (encoding) {
    case NS_ENC_ASCII:
    case NS_ENC_LATIN1:
        return s->length;
    case NS_ENC_BUFFER:
    case NS_ENC_UTF8:
        return ns_utf8_length(s);
    case NS_ENC_UCS2:
        return s->length * 2;
    case NS_ENC_BASE64:
    case NS_ENC_BASE64URL:
        return s->length / 4 * 3 + 3;
    case NS_ENC_HEX:
        return s->length / 2;
    }
    assert(!"encoding");
    return 0;
}

size_t ns_str_write(const ns_str *s, uint8_t *dst, size_t capacity, ns_encoding encoding)
{
    if (capacity == 0 || s->length == 0)
        return 0;
    switch (encoding) {
    case NS_ENC_ASCII:
    case NS_ENC_LATIN1:
        return latin1_write(s, dst, capacity);
    case NS_ENC_BUFFER:
    case NS_ENC_UTF8:
        return ns_utf8_write(s, dst, capacity, NULL);
    case NS_ENC_UCS2:
        return ucs2_write(s, dst, capacity);
    case NS_ENC_BASE64:
    case NS_ENC_BASE64URL:
        return base64_write(s, dst, capacity);
    case NS_ENC_HEX:
        return hex_write(s, dst, capacity);
    }
    assert(!"encoding");
    return 0;
}

// -- Bytes to a string ----------------------------------------------------------------------------

JSValue ns_utf8_string(JSContext *ctx, const uint8_t *bytes, size_t length); // utf8.c

static JSValue too_long(JSContext *ctx)
{
    return ns_throw_code(ctx, "Error", "ERR_STRING_TOO_LONG",
                         "Cannot create a string longer than 0x%x characters",
                         NS_MAX_STRING_LENGTH);
}

// A string of `length` Latin-1 characters in a temporary that `fill` writes.
static JSValue latin1_of(JSContext *ctx, const uint8_t *bytes, size_t size, size_t length,
                         void (*fill)(const uint8_t *bytes, size_t size, char *dst))
{
    if (length > NS_MAX_STRING_LENGTH)
        return too_long(ctx);
    char *text = ns_malloc(length ? length : 1);
    if (!text)
        return JS_ThrowOutOfMemory(ctx);
    fill(bytes, size, text);
    JSValue string = ns_new_string_latin1(ctx, (const uint8_t *)text, length);
    ns_free(text);
    return string;
}

static void fill_ascii(const uint8_t *bytes, size_t size, char *dst)
{
    for (size_t i = 0; i < size; i++)
        dst[i] = (char)(bytes[i] & 0x7f);
}

static void fill_hex(const uint8_t *bytes, size_t size, char *dst)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        dst[2 * i] = digits[bytes[i] >> 4];
        dst[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static void fill_base64(const uint8_t *bytes, size_t size, char *dst)
{
    ns_base64_write(bytes, size, dst, false);
}

static void fill_base64url(const uint8_t *bytes, size_t size, char *dst)
{
    ns_base64_write(bytes, size, dst, true);
}

static JSValue ucs2_string(JSContext *ctx, const uint8_t *bytes, size_t length)
{
    size_t units = length / 2;
    if (units > NS_MAX_STRING_LENGTH)
        return too_long(ctx);
    uint16_t *text = ns_malloc(units * 2 + 2);
    if (!text)
        return JS_ThrowOutOfMemory(ctx);
    unsigned seen = 0;
    for (size_t i = 0; i < units; i++) {
        text[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        seen |= text[i];
    }
    JSValue string;
    if (seen < 256) {
        uint8_t *narrow = (uint8_t *)text;
        for (size_t i = 0; i < units; i++)
            narrow[i] = (uint8_t)text[i];
        string = ns_new_string_latin1(ctx, narrow, units);
    } else {
        string = ns_new_string_utf16(ctx, text, units);
    }
    ns_free(text);
    return string;
}

static JSValue buffer_copy(JSContext *ctx, const uint8_t *bytes, size_t length)
{
    uint8_t *copy = ns_malloc(length ? length : 1);
    if (!copy)
        return JS_ThrowOutOfMemory(ctx);
    if (length)
        memcpy(copy, bytes, length);
    return ns_new_buffer(ctx, copy, length);
}

JSValue ns_encode(JSContext *ctx, const uint8_t *bytes, size_t length, ns_encoding encoding)
{
    if (length == 0 && encoding != NS_ENC_BUFFER)
        return ns_new_string_latin1(ctx, (const uint8_t *)"", 0);
    ns_charge_work(ctx, NS_WORK_STRING, length);
    if (encoding != NS_ENC_BUFFER)
        ns_charge_work(ctx, NS_WORK_PIECE, 1);
    switch (encoding) {
    case NS_ENC_BUFFER:
        return buffer_copy(ctx, bytes, length);
    case NS_ENC_ASCII:
        return latin1_of(ctx, bytes, length, length, fill_ascii);
    case NS_ENC_UTF8:
        return length > NS_MAX_STRING_LENGTH ? too_long(ctx) : ns_utf8_string(ctx, bytes, length);
    case NS_ENC_LATIN1:
        return length > NS_MAX_STRING_LENGTH ? too_long(ctx)
                                             : ns_new_string_latin1(ctx, bytes, length);
    case NS_ENC_BASE64:
        return latin1_of(ctx, bytes, length, ns_base64_length(length, false), fill_base64);
    case NS_ENC_BASE64URL:
        return latin1_of(ctx, bytes, length, ns_base64_length(length, true), fill_base64url);
    case NS_ENC_HEX:
        return latin1_of(ctx, bytes, length, length * 2, fill_hex);
    case NS_ENC_UCS2:
        return ucs2_string(ctx, bytes, length);
    }
    return ns_throw_code(ctx, "TypeError", "ERR_UNKNOWN_ENCODING", "Unknown encoding: %d",
                         (int)encoding);
}

uint8_t *ns_decode(JSContext *ctx, JSValueConst string, ns_encoding encoding, size_t *size)
{
    ns_str s;
    *size = 0;
    if (!ns_str_of(ctx, string, &s)) {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
        return NULL;
    }
    size_t capacity = ns_str_size(&s, encoding);
    uint8_t *bytes = ns_malloc(capacity + 1);
    if (!bytes) {
        JS_ThrowOutOfMemory(ctx);
        return NULL;
    }
    *size = ns_str_write(&s, bytes, capacity, encoding);
    bytes[*size] = 0;
    ns_charge_work(ctx, NS_WORK_STRING, s.length);
    return bytes;
}

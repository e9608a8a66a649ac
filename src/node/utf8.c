// UTF-8 as the WHATWG's Encoding standard has it: encoding of UTF-16 with lone surrogates, and the
// decoder's state machine, which puts one U+FFFD for each maximal part of an ill-formed sequence.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "node/string_bytes.h"

#define REPLACEMENT 0xfffd

JSValue ns_utf8_string(JSContext *ctx, const uint8_t *bytes, size_t length);

static bool is_lead(unsigned unit)
{
    return (unit & 0xfc00) == 0xd800;
}

static bool is_trail(unsigned unit)
{
    return (unit & 0xfc00) == 0xdc00;
}

// The code point at `i` and the units it takes.
static uint32_t code_point_at(const ns_str *s, size_t i, size_t *units)
{
    uint32_t c = ns_str_at(s, i);
    *units = 1;
    if ((c & 0xf800) != 0xd800)
        return c;
    if (is_lead(c) && i + 1 < s->length && is_trail(s->utf16[i + 1])) {
        *units = 2;
        return 0x10000 + ((c & 0x3ff) << 10) + (s->utf16[i + 1] & 0x3ff);
    }
    return REPLACEMENT;
}

static size_t sequence_length(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void put_sequence(uint8_t *dst, uint32_t c, size_t n)
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--) {
        dst[i] = (uint8_t)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    dst[0] = (uint8_t)(lead[n] | c);
}

size_t ns_utf8_length(const ns_str *s)
{
    size_t total = 0, units;
    if (s->latin1) {
        for (size_t i = 0; i < s->length; i++)
            total += 1 + (s->latin1[i] >> 7);
        return total;
    }
    for (size_t i = 0; i < s->length; i += units)
        total += sequence_length(code_point_at(s, i, &units));
    return total;
}

size_t ns_utf8_write(const ns_str *s, uint8_t *dst, size_t capacity, size_t *read)
{
    size_t i = 0, k = 0, units;
    while (i < s->length) {
        uint32_t c = code_point_at(s, i, &units);
        if (c < 0x80) {
            if (k == capacity)
                break;
            dst[k++] = (uint8_t)c;
            i++;
            continue;
        }
        size_t n = sequence_length(c);
        if (n > capacity - k)
            break;
        put_sequence(dst + k, c, n);
        k += n;
        i += units;
    }
    if (read)
        *read = i;
    return k;
}

// Decodes one code point, or REPLACEMENT with *valid false, from a non-empty input; returns how
// many bytes it takes.
static size_t decode_one(const uint8_t *p, size_t left, uint32_t *out, bool *valid)
{
    uint8_t lower = 0x80, upper = 0xbf;
    size_t need;
    uint32_t c = p[0];
    assert(left > 0);
    *valid = true;
    if (c < 0x80) {
        *out = c;
        return 1;
    }
    *out = REPLACEMENT;
    if (c >= 0xc2 && c <= 0xdf) {
        need = 1;
        c &= 0x1f;
    } else if (c >= 0xe0 && c <= 0xef) {
        need = 2;
        lower = c == 0xe0 ? 0xa0 : lower; // no overlong forms
        upper = c == 0xed ? 0x9f : upper; // no surrogates
        c &= 0x0f;
    } else if (c >= 0xf0 && c <= 0xf4) {
        need = 3;
        lower = c == 0xf0 ? 0x90 : lower;
        upper = c == 0xf4 ? 0x8f : upper; // nothing above U+10FFFF
        c &= 0x07;
    } else {
        *valid = false;
        return 1;
    }
    for (size_t i = 1; i <= need; i++) {
        if (i == left || p[i] < lower || p[i] > upper) {
            *valid = false;
            return i;
        }
        c = c << 6 | (p[i] & 0x3f);
        lower = 0x80;
        upper = 0xbf;
    }
    *out = c;
    return need + 1;
}

bool ns_utf8_valid(const uint8_t *bytes, size_t length)
{
    uint32_t c;
    bool valid = true;
    for (size_t i = 0; i < length && valid;)
        i += decode_one(bytes + i, length - i, &c, &valid);
    return valid;
}

static bool all_ascii(const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        if (word & 0x8080808080808080u)
            return false;
    }
    for (; i < length; i++)
        if (bytes[i] & 0x80)
            return false;
    return true;
}

JSValue ns_utf8_string(JSContext *ctx, const uint8_t *bytes, size_t length)
{
    if (all_ascii(bytes, length))
        return ns_new_string_latin1(ctx, bytes, length);
    ns_charge_work(ctx, NS_WORK_DECODE, length);
    uint16_t *units = ns_malloc(length * sizeof *units);
    if (!units)
        return JS_ThrowOutOfMemory(ctx);
    size_t n = 0;
    uint32_t seen = 0, c;
    bool valid;
    for (size_t i = 0; i < length;) {
        i += decode_one(bytes + i, length - i, &c, &valid);
        seen |= c;
        if (c >= 0x10000) {
            units[n++] = (uint16_t)(0xd7c0 + (c >> 10));
            units[n++] = (uint16_t)(0xdc00 | (c & 0x3ff));
        } else {
            units[n++] = (uint16_t)c;
        }
    }
    JSValue string;
    if (seen < 256) {
        uint8_t *narrow = (uint8_t *)units;
        for (size_t i = 0; i < n; i++)
            narrow[i] = (uint8_t)units[i];
        string = ns_new_string_latin1(ctx, narrow, n);
    } else {
        string = ns_new_string_utf16(ctx, units, n);
    }
    ns_free(units);
    return string;
}

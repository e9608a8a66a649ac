// Strings to bytes and back in Node's encodings (source: node::StringBytes, src/string_bytes.cc).
//
// A string's own units are read in place: the view stays valid as long as the string is alive.
#ifndef NS_NODE_STRING_BYTES_H
#define NS_NODE_STRING_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

// node::encoding, same numbers: JavaScript passes them.
typedef enum ns_encoding {
    NS_ENC_ASCII,
    NS_ENC_UTF8,
    NS_ENC_BASE64,
    NS_ENC_UCS2,
    NS_ENC_LATIN1,
    NS_ENC_HEX,
    NS_ENC_BUFFER,
    NS_ENC_BASE64URL
} ns_encoding;

// String::kMaxLength of V8 on 64 bits, in units.
#define NS_MAX_STRING_LENGTH 536870888
// Buffer::kMaxLength, in bytes.
#define NS_MAX_BUFFER_LENGTH 4294967296

// A string's units: one of the two pointers is set.
typedef struct ns_str {
    const uint8_t *latin1;
    const uint16_t *utf16;
    size_t length;
} ns_str;

static inline uint16_t ns_str_at(const ns_str *s, size_t i)
{
    return s->latin1 ? s->latin1[i] : s->utf16[i];
}

// False if `value` is not a string; no exception is thrown.
bool ns_str_of(JSContext *ctx, JSValueConst value, ns_str *out);

// node::ParseEncoding: a name of an encoding in any case, or `def` for anything else.
ns_encoding ns_parse_encoding(JSContext *ctx, JSValueConst value, ns_encoding def);

// UTF-8 of a string; lone surrogates become U+FFFD.
size_t ns_utf8_length(const ns_str *s);
// Writes whole characters only, as many as fit. `read` gets the units consumed; it may be NULL.
size_t ns_utf8_write(const ns_str *s, uint8_t *dst, size_t capacity, size_t *read);
bool ns_utf8_valid(const uint8_t *bytes, size_t length);

// The exact number of bytes of a string in an encoding (for base64: of a well-formed one).
size_t ns_str_size(const ns_str *s, ns_encoding encoding);
// Decode a string into at most `capacity` bytes; returns how many were written. Base64 and hex are
// as lenient as Node's: characters that are not of the alphabet are skipped (base64) or end the
// input (hex).
size_t ns_str_write(const ns_str *s, uint8_t *dst, size_t capacity, ns_encoding encoding);

// A string (a Buffer for NS_ENC_BUFFER) of bytes. UTF-8 is decoded as the WHATWG's decoder does,
// with U+FFFD for each maximal part of an ill-formed sequence. Throws ERR_STRING_TOO_LONG. Charges
// the work.
JSValue ns_encode(JSContext *ctx, const uint8_t *bytes, size_t length, ns_encoding encoding);

// The bytes of a string: ns_malloc'ed, with a NUL behind the last. NULL with an exception pending
// when memory is short. Charges the work.
uint8_t *ns_decode(JSContext *ctx, JSValueConst string, ns_encoding encoding, size_t *size);

// Forgiving base64 of the WHATWG's Infra standard, for atob: 0 and the bytes in `dst` (at least
// length / 4 * 3 + 3 large), -1 when one character remains, -2 for one outside the alphabet.
int ns_forgiving_base64(const ns_str *s, uint8_t *dst, size_t *size);
// base64 of bytes; `dst` must hold ns_base64_length of them.
size_t ns_base64_length(size_t size, bool url);
void ns_base64_write(const uint8_t *bytes, size_t size, char *dst, bool url);

#endif

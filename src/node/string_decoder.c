// internalBinding('string_decoder'): text from chunks whose borders may cut a character (source:
// src/string_decoder.cc). The state is a Buffer of JavaScript's.
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/string_bytes.h"

// Fields of the state.
enum {
    INCOMPLETE_START = 0, // the bytes of a character that is not complete
    INCOMPLETE_END = 4,
    MISSING_BYTES = 4,
    BUFFERED_BYTES = 5,
    ENCODING_FIELD = 6,
    NUM_FIELDS = 7
};

static bool state_of(JSContext *ctx, JSValueConst value, uint8_t **state)
{
    size_t size;
    if (!ns_arg_bytes(ctx, value, state, &size))
        return false;
    if (size >= NUM_FIELDS && (*state)[ENCODING_FIELD] <= NS_ENC_BASE64URL &&
        (*state)[BUFFERED_BYTES] + (*state)[MISSING_BYTES] <= INCOMPLETE_END)
        return true;
    ns_throw_code(ctx, "TypeError", "ERR_INVALID_THIS",
                  "Value of \"this\" must be of type StringDecoder");
    return false;
}

// Move bytes that finish the character of the previous chunk into the state.
static void finish_character(uint8_t *state, const uint8_t **data, size_t *left)
{
    uint8_t *held = state + INCOMPLETE_START + state[BUFFERED_BYTES];
    size_t take = *left < state[MISSING_BYTES] ? *left : state[MISSING_BYTES];
    if (state[ENCODING_FIELD] == NS_ENC_UTF8)
        for (size_t i = 0; i < take; i++)
            if (((*data)[i] & 0xc0) != 0x80) { // it starts another character
                take = i;
                state[MISSING_BYTES] = (uint8_t)i;
            }
    memcpy(held, *data, take);
    *data += take;
    *left -= take;
    state[MISSING_BYTES] -= (uint8_t)take;
    state[BUFFERED_BYTES] += (uint8_t)take;
}

// How many bytes at the end of a UTF-8 chunk begin a character that the next chunk completes.
static void cut_utf8(uint8_t *state, const uint8_t *data, size_t left)
{
    for (size_t n = 1; n <= left && n <= 4; n++) {
        uint8_t byte = data[left - n];
        if ((byte & 0xc0) == 0x80)
            continue;
        size_t need = (byte & 0xe0) == 0xc0   ? 2
                      : (byte & 0xf0) == 0xe0 ? 3
                      : (byte & 0xf8) == 0xf0 ? 4
                                              : 0;
        if (n < need) {
            state[BUFFERED_BYTES] = (uint8_t)n;
            state[MISSING_BYTES] = (uint8_t)(need - n);
        }
        return;
    }
}

static void cut_end(uint8_t *state, const uint8_t *data, size_t left)
{
    switch (state[ENCODING_FIELD]) {
    case NS_ENC_UTF8:
        if (data[left - 1] & 0x80)
            cut_utf8(state, data, left);
        break;
    case NS_ENC_UCS2:
        if (left % 2 == 1)
            state[BUFFERED_BYTES] = state[MISSING_BYTES] = 1;
        else if ((data[left - 1] & 0xfc) == 0xd8) // the first half of a surrogate pair
            state[BUFFERED_BYTES] = state[MISSING_BYTES] = 2;
        break;
    default: // base64
        state[BUFFERED_BYTES] = (uint8_t)(left % 3);
        state[MISSING_BYTES] = left % 3 ? (uint8_t)(3 - left % 3) : 0;
    }
}

// The text of `held` bytes, then `left` others.
static JSValue join(JSContext *ctx, const uint8_t *held, size_t count, const uint8_t *data,
                    size_t left, ns_encoding encoding)
{
    if (count == 0)
        return ns_encode(ctx, data, left, encoding);
    uint8_t *bytes = ns_malloc(count + left);
    if (!bytes)
        return JS_ThrowOutOfMemory(ctx);
    memcpy(bytes, held, count);
    if (left > 0)
        memcpy(bytes + count, data, left);
    JSValue text = ns_encode(ctx, bytes, count + left, encoding);
    ns_free(bytes);
    return text;
}

static JSValue decode(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *state, *bytes;
    size_t left;
    if (!state_of(ctx, ns_arg(argc, argv, 0), &state) ||
        !ns_arg_bytes(ctx, ns_arg(argc, argv, 1), &bytes, &left))
        return JS_EXCEPTION;
    const uint8_t *data = bytes;
    ns_encoding encoding = (ns_encoding)state[ENCODING_FIELD];
    if (encoding == NS_ENC_ASCII || encoding == NS_ENC_LATIN1 || encoding == NS_ENC_HEX)
        return ns_encode(ctx, data, left, encoding);

    uint8_t held[INCOMPLETE_END];
    size_t count = 0;
    if (state[MISSING_BYTES] > 0) {
        finish_character(state, &data, &left);
        if (state[MISSING_BYTES] == 0) {
            count = state[BUFFERED_BYTES];
            memcpy(held, state + INCOMPLETE_START, count);
            state[BUFFERED_BYTES] = 0;
        }
    }
    if (left > 0) {
        cut_end(state, data, left);
        left -= state[BUFFERED_BYTES];
        memcpy(state + INCOMPLETE_START, data + left, state[BUFFERED_BYTES]);
    }
    return join(ctx, held, count, data, left, encoding);
}

static JSValue flush(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *state;
    if (!state_of(ctx, ns_arg(argc, argv, 0), &state))
        return JS_EXCEPTION;
    if (state[ENCODING_FIELD] == NS_ENC_UCS2 && state[BUFFERED_BYTES] % 2 == 1)
        state[BUFFERED_BYTES]--; // half a unit is dropped
    size_t count = state[BUFFERED_BYTES];
    state[BUFFERED_BYTES] = state[MISSING_BYTES] = 0;
    return ns_encode(ctx, state + INCOMPLETE_START, count, (ns_encoding)state[ENCODING_FIELD]);
}

NS_BINDING(string_decoder)
{
    static const char *const names[] = {"ascii",  "utf8", "base64", "utf16le",
                                        "latin1", "hex",  "buffer", "base64url"};
    static const struct {
        const char *name;
        int value;
    } fields[] = {
        {"kIncompleteCharactersStart", INCOMPLETE_START},
        {"kIncompleteCharactersEnd", INCOMPLETE_END},
        {"kMissingBytes", MISSING_BYTES},
        {"kBufferedBytes", BUFFERED_BYTES},
        {"kEncodingField", ENCODING_FIELD},
        {"kNumFields", NUM_FIELDS},
    };
    static const ns_fn_def fns[] = {{"decode", decode, 0}, {"flush", flush, 0}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (ns_set_int(ctx, target, fields[i].name, fields[i].value) < 0)
            return -1;
    JSValue encodings = JS_NewArray(ctx);
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (JS_IsException(encodings) ||
            JS_SetPropertyUint32(ctx, encodings, i, JS_NewString(ctx, names[i])) < 0) {
            JS_FreeValue(ctx, encodings);
            return -1;
        }
    if (ns_set(ctx, target, "encodings", encodings) < 0 ||
        ns_set_int(ctx, target, "kSize", NUM_FIELDS) < 0)
        return -1;
    return NS_SET_FNS(ctx, target, fns);
}

// V8's code cache (V8: src/snapshot/code-serializer.h, SerializedCodeData): a header that tells
// whether it fits this V8 and the text, and what was compiled. Here the payload is a list of the
// script's functions, a byte for each, and as many bytes as V8 would have written.
#include "node/code_cache.h"

#include <string.h>

#include "base/alloc.h"
#include "model/jit.h"
#include "node/args.h"
#include "node/env_private.h"

enum {
    HEADER = 24, // magic, version, source, flags, payload length, checksum
    // Sizes of payloads of node v20.20.2: of an empty script, of each function, of its bytecode.
    PAYLOAD_BASE = 300,
    PAYLOAD_FUNCTION = 76,
    PAYLOAD_CODE = 3,
    PAYLOAD_ALIGN = 8,
};
static const uint32_t magic = 0xC0DE05CC, version = 0x002EBC00, flags = 0x46532100;

static void put_word(uint8_t *at, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(word >> (8 * i));
}

static uint32_t get_word(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

// Adler-32's sums, over the payload.
static uint32_t checksum(const uint8_t *data, size_t size)
{
    uint32_t one = 1, two = 0;
    for (size_t i = 0; i < size; i++) {
        one = (one + data[i]) % 65521;
        two = (two + one) % 65521;
    }
    return two << 16 | one;
}

JSValue ns_code_cache_make(ns_env *env, JSValueConst function, size_t source)
{
    JSContext *ctx = env->ctx;
    ns_code_sum sum = ns_code_cache(ctx, function, NULL, 0);
    size_t payload = PAYLOAD_BASE + PAYLOAD_FUNCTION * sum.functions + PAYLOAD_CODE * sum.bytes;
    payload += PAYLOAD_ALIGN - payload % PAYLOAD_ALIGN;
    uint8_t *data = ns_calloc(1, HEADER + payload);
    if (!data)
        return JS_ThrowOutOfMemory(ctx);
    put_word(data + HEADER, (uint32_t)sum.functions);
    ns_code_cache(ctx, function, data + HEADER + 4, sum.functions);
    const uint32_t words[] = {magic, version,           (uint32_t)source,
                              flags, (uint32_t)payload, checksum(data + HEADER, payload)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        put_word(data + 4 * i, words[i]);
    ns_jit_code_cache(env->jit, HEADER + payload, true);
    return ns_new_buffer(ctx, data, HEADER + payload);
}

// SerializedCodeData::SanityCheck. Release builds do not look at the checksum.
static bool fits(const uint8_t *data, size_t size, size_t source)
{
    if (size < HEADER + 4)
        return false;
    size_t payload = size - HEADER;
    return get_word(data) == magic && get_word(data + 4) == version &&
           get_word(data + 8) == (uint32_t)source && get_word(data + 12) == flags &&
           get_word(data + 16) == payload && get_word(data + HEADER) <= payload - 4;
}

bool ns_code_cache_read(ns_env *env, JSContext *ctx, JSValueConst value, size_t source,
                        ns_code_cache_use *use)
{
    *use = (ns_code_cache_use){.given = !JS_IsUndefined(value)};
    uint8_t *data;
    size_t size;
    if (!use->given)
        return true;
    if (!ns_arg_bytes(ctx, value, &data, &size))
        return false;
    use->accepted = fits(data, size, source);
    if (!use->accepted)
        return true;
    use->count = get_word(data + HEADER);
    use->compiled = ns_malloc(use->count + 1);
    if (!use->compiled) {
        JS_ThrowOutOfMemory(ctx);
        return false;
    }
    memcpy(use->compiled, data + HEADER + 4, use->count);
    ns_jit_code_cache(env->jit, size, false);
    ns_compile_next_from_cache(ctx);
    return true;
}

int ns_code_cache_done(ns_env *env, JSContext *ctx, JSValueConst target, JSValueConst function,
                       ns_code_cache_use *use, bool produce, size_t source)
{
    int status = 0;
    bool before = ns_compiled_before(ctx); // then V8 does not look at the data
    if (use->accepted && !before)
        ns_code_cache_applies(ctx, function, use->compiled, use->count);
    if (use->given)
        status =
            ns_set(ctx, target, "cachedDataRejected", JS_NewBool(ctx, !use->accepted && !before));
    if (status >= 0 && produce) {
        JSValue data = ns_code_cache_make(env, function, source);
        status = JS_IsException(data) ? -1 : ns_set(ctx, target, "cachedData", data);
        if (status >= 0)
            status = ns_set(ctx, target, "cachedDataProduced", JS_TRUE);
    }
    ns_free(use->compiled);
    use->compiled = NULL;
    return status;
}

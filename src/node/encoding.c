// internalBinding('encoding_binding'): TextEncoder and TextDecoder (source:
// src/encoding_binding.cc).
#include <string.h>

#include "ada_c.h"
#include "base/alloc.h"
#include "node/args.h"
#include "node/buffer.h"
#include "node/string_bytes.h"

// encodeInto(string, target): units read and bytes written go to encodeIntoResults.
static JSValue encode_into(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv,
                           int magic, JSValue *data)
{
    ns_str s;
    uint8_t *target, *results;
    size_t size, results_size, read;
    if (!ns_str_of(ctx, ns_arg(argc, argv, 0), &s))
        return ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string");
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 1), &target, &size) ||
        !ns_arg_bytes(ctx, data[0], &results, &results_size))
        return JS_EXCEPTION;
    size_t written = ns_utf8_write(&s, target, size, &read);
    ns_charge_work(ctx, NS_WORK_STRING, read);
    uint32_t values[2] = {(uint32_t)read, (uint32_t)written};
    if (results_size >= sizeof values)
        memcpy(results, values, sizeof values);
    return JS_UNDEFINED;
}

static JSValue encode_utf8_string(JSContext *ctx, JSValueConst this_val, int argc,
                                  JSValueConst *argv)
{
    size_t size;
    uint8_t *bytes = ns_decode(ctx, ns_arg(argc, argv, 0), NS_ENC_UTF8, &size);
    if (!bytes)
        return JS_EXCEPTION;
    enum { CALLS = 3 }; // of V8's interface, for the buffer, its store and the view
    ns_charge_work(ctx, NS_WORK_BUFFER, 1);
    ns_charge_work(ctx, NS_WORK_BINDING, CALLS);
    JSValue buffer = ns_new_array_buffer(ctx, bytes, size);
    if (JS_IsException(buffer))
        return buffer;
    JSValue array = JS_NewTypedArray(ctx, 1, &buffer, JS_TYPED_ARRAY_UINT8);
    JS_FreeValue(ctx, buffer);
    return array;
}

static bool view_arg(JSContext *ctx, JSValueConst value, const char *message, uint8_t **data,
                     size_t *size)
{
    const uint32_t kinds = NS_KIND_TYPED_ARRAY | NS_KIND_DATA_VIEW | NS_KIND_ARRAY_BUFFER |
                           NS_KIND_SHARED_ARRAY_BUFFER;
    if (ns_value_kinds(ctx, value) & kinds)
        return ns_arg_bytes(ctx, value, data, size);
    ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE", "%s", message);
    return false;
}

// decodeUTF8(list, ignoreBOM, fatal)
static JSValue decode_utf8(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *data;
    size_t size;
    if (!view_arg(ctx, ns_arg(argc, argv, 0),
                  "The \"list\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or "
                  "ArrayBufferView.",
                  &data, &size))
        return JS_EXCEPTION;
    if (ns_arg_bool(ctx, ns_arg(argc, argv, 2)) && !ns_utf8_valid(data, size))
        return ns_throw_code(ctx, "TypeError", "ERR_ENCODING_INVALID_ENCODED_DATA",
                             "The encoded data was not valid for encoding utf-8");
    if (!ns_arg_bool(ctx, ns_arg(argc, argv, 1)) && size >= 3 &&
        memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        data += 3;
        size -= 3;
    }
    return ns_encode(ctx, data, size, NS_ENC_UTF8);
}

// decodeLatin1(input, ignoreBOM, fatal)
static JSValue decode_latin1(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint8_t *data;
    size_t size;
    if (!view_arg(
            ctx, ns_arg(argc, argv, 0),
            "The \"input\" argument must be an instance of ArrayBuffer, SharedArrayBuffer, or "
            "ArrayBufferView.",
            &data, &size))
        return JS_EXCEPTION;
    if (ns_arg_bool(ctx, ns_arg(argc, argv, 1)) && size > 0 && data[0] == 0xff) {
        data++;
        size--;
    }
    return ns_encode(ctx, data, size, NS_ENC_LATIN1);
}

// toASCII(host), toUnicode(host): `convert` of Ada.
static JSValue convert_host(JSContext *ctx, JSValueConst value,
                            ada_owned_string (*convert)(const char *input, size_t length))
{
    size_t length;
    uint8_t *text = ns_decode(ctx, value, NS_ENC_UTF8, &length);
    if (!text)
        return JS_EXCEPTION;
    ada_owned_string host = convert((char *)text, length);
    ns_free(text);
    JSValue string = ns_encode(ctx, (const uint8_t *)host.data, host.length, NS_ENC_UTF8);
    ada_free_owned_string(host);
    return string;
}

static JSValue to_ascii(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return convert_host(ctx, ns_arg(argc, argv, 0), ada_idna_to_ascii);
}

static JSValue to_unicode(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    return convert_host(ctx, ns_arg(argc, argv, 0), ada_idna_to_unicode);
}

NS_BINDING(encoding_binding)
{
    static const ns_fn_def fns[] = {
        {"encodeUtf8String", encode_utf8_string, 0},
        {"decodeUTF8", decode_utf8, 0},
        {"toASCII", to_ascii, 0},
        {"toUnicode", to_unicode, 0},
        {"decodeLatin1", decode_latin1, 0},
    };
    JSValue length = JS_NewInt32(ctx, 2);
    JSValue results = JS_NewTypedArray(ctx, 1, &length, JS_TYPED_ARRAY_UINT32);
    if (JS_IsException(results))
        return -1;
    int status =
        ns_set(ctx, target, "encodeInto", JS_NewCFunctionData(ctx, encode_into, 0, 0, 1, &results));
    if (ns_set(ctx, target, "encodeIntoResults", results) < 0 || status < 0)
        return -1;
    return NS_SET_FNS(ctx, target, fns);
}

// Arguments of the file system's entries (source: BufferValue, GetValidatedFd and GetValidFileMode
// of src/util.cc, and the checks in src/node_file.cc).
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/fs_req.h"

bool ns_fs_path_arg(JSContext *ctx, JSValueConst value, char **out)
{
    uint8_t *bytes;
    size_t size;
    if (JS_IsString(value)) {
        *out = (char *)ns_decode(ctx, value, NS_ENC_UTF8, &size);
        return *out != NULL;
    }
    if (!ns_bytes(ctx, value, &bytes, &size)) {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                      "The \"path\" argument must be of type string or an instance of Buffer");
        return false;
    }
    *out = ns_malloc(size + 1);
    if (!*out) {
        JS_ThrowOutOfMemory(ctx);
        return false;
    }
    memcpy(*out, bytes, size);
    (*out)[size] = '\0';
    return true;
}

// node::DetermineSpecificErrorType: "type string ('x')", "an instance of Foo", "undefined".
static void describe(JSContext *ctx, JSValueConst value, char *out, size_t size)
{
    bool object = JS_IsObject(value) && !JS_IsFunction(ctx, value);
    JSValue name = object               ? ns_constructor_name(ctx, value)
                   : JS_IsSymbol(value) ? JS_NewString(ctx, "Symbol()")
                                        : JS_ToString(ctx, value);
    const char *text = JS_ToCString(ctx, name);
    const char *shown = text ? text : "";
    if (JS_IsFunction(ctx, value))
        snprintf(out, size, "function");
    else if (object)
        snprintf(out, size, "an instance of %s", shown);
    else if (JS_IsString(value))
        snprintf(out, size, "type string ('%.*s%s')", strlen(shown) > 28 ? 25 : 28, shown,
                 strlen(shown) > 28 ? "..." : "");
    else if (JS_IsBool(value) || JS_IsBigInt(ctx, value) || JS_IsSymbol(value))
        snprintf(out, size, "type %s (%s)",
                 JS_IsBool(value)     ? "boolean"
                 : JS_IsSymbol(value) ? "symbol"
                                      : "bigint",
                 shown);
    else
        snprintf(out, size, "%s", shown);
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, name);
}

static bool throw_range(JSContext *ctx, JSValueConst value, const char *expected)
{
    const char *text = JS_ToCString(ctx, value);
    ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE",
                  "The value of \"fd\" is out of range. It must be %s. Received %s", expected,
                  text ? text : "");
    JS_FreeCString(ctx, text);
    return false;
}

bool ns_fs_fd_arg(JSContext *ctx, JSValueConst value, int *out)
{
    double number;
    if (!JS_IsNumber(value)) {
        char received[128];
        describe(ctx, value, received, sizeof received);
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                      "The \"fd\" argument must be of type number. Received %s", received);
        return false;
    }
    if (!ns_arg_double(ctx, value, &number))
        return false;
    bool outside = number < 0 || number > INT32_MAX;
    if (outside && !isinf(number))
        return throw_range(ctx, value, ">= 0 && <= 2147483647");
    if (outside || number != trunc(number))
        return throw_range(ctx, value, "an integer");
    *out = (int)number;
    return true;
}

bool ns_fs_int_arg(JSContext *ctx, JSValueConst value, int *out)
{
    int32_t number;
    if (JS_ToInt32(ctx, &number, value) < 0)
        return false;
    *out = number;
    return true;
}

bool ns_fs_mode_arg(JSContext *ctx, JSValueConst value, int max, int *out)
{
    double number;
    *out = 0;
    if (JS_IsNull(value) || JS_IsUndefined(value))
        return true;
    if (!JS_IsNumber(value)) {
        ns_throw_code(ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                      "mode must be int32 or null/undefined");
        return false;
    }
    if (!ns_arg_double(ctx, value, &number))
        return false;
    if (isinf(number) || isnan(number)) {
        ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "mode is out of range");
        return false;
    }
    if (number < 0 || number > max) {
        ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "mode is out of range: >= 0 && <= %d",
                      max);
        return false;
    }
    *out = (int)number;
    return true;
}

bool ns_fs_position_arg(JSContext *ctx, JSValueConst value, int64_t *out)
{
    double number;
    *out = -1;
    if (JS_IsBigInt(ctx, value))
        return JS_ToBigInt64(ctx, out, value) == 0;
    if (!JS_IsNumber(value))
        return true;
    if (!ns_arg_double(ctx, value, &number))
        return false;
    if (number == trunc(number) && fabs(number) <= 9007199254740991.0)
        *out = (int64_t)number;
    return true;
}

// uv__fs_to_timespec: whole microseconds.
bool ns_fs_time_arg(JSContext *ctx, JSValueConst value, int64_t *out)
{
    double number;
    if (!ns_arg_double(ctx, value, &number))
        return false;
    // What ns in 64 bits cannot hold, ext4 could not either.
    const double limit = 9.2e9;
    number = number > limit ? limit : number < -limit ? -limit : number;
    int64_t seconds = (int64_t)number;
    int64_t ns = (int64_t)((number - (double)seconds) * 1e9);
    ns -= ns % 1000;
    *out = seconds * NS_SEC + ns;
    return true;
}

static bool range_arg(JSContext *ctx, JSValueConst value, size_t whole, size_t *out)
{
    int64_t number;
    if (JS_IsUndefined(value) || JS_IsNull(value))
        return true;
    if (!ns_arg_int(ctx, value, &number))
        return false;
    if (number < 0 || (uint64_t)number > whole) {
        ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "Length extends beyond buffer");
        return false;
    }
    *out = (size_t)number;
    return true;
}

bool ns_fs_buffer_arg(JSContext *ctx, ns_fs_op *op, JSValueConst view, JSValueConst offset,
                      JSValueConst length)
{
    uint8_t *bytes;
    size_t size, from = 0;
    if (!ns_arg_bytes(ctx, view, &bytes, &size) || !range_arg(ctx, offset, size, &from))
        return false;
    size_t count = size - from;
    if (!range_arg(ctx, length, size - from, &count))
        return false;
    op->buffers = ns_calloc(1, sizeof *op->buffers);
    if (!op->buffers) {
        JS_ThrowOutOfMemory(ctx);
        return false;
    }
    op->buffers[0] = (ns_fs_buffer){.offset = from, .size = count, .view = JS_DupValue(ctx, view)};
    op->buffer_count = 1;
    return true;
}

bool ns_fs_buffers_arg(JSContext *ctx, ns_fs_op *op, JSValueConst list)
{
    JSValue value = JS_GetPropertyStr(ctx, list, "length");
    uint32_t count;
    if (JS_IsException(value) || JS_ToUint32(ctx, &count, value) < 0)
        return false;
    op->buffers = ns_calloc((size_t)count + 1, sizeof *op->buffers);
    if (!op->buffers) {
        JS_ThrowOutOfMemory(ctx);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *bytes;
        ns_fs_buffer *buffer = &op->buffers[op->buffer_count++];
        buffer->view = JS_GetPropertyUint32(ctx, list, i);
        if (!ns_arg_bytes(ctx, buffer->view, &bytes, &buffer->size))
            return false;
    }
    return true;
}

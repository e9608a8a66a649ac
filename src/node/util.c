// internalBinding('util') (source: src/node_util.cc).
#include <string.h>

#include "node/args.h"
#include "node/dotenv.h"
#include "node/symbols.h"
#include "node/tracer.h"

// -- What values are made of ----------------------------------------------------------------------

static JSValue pair(JSContext *ctx, JSValue first, JSValue second)
{
    JSValue array = JS_NewArray(ctx);
    if (JS_IsException(array) || JS_IsException(first) || JS_IsException(second)) {
        JS_FreeValue(ctx, array);
        JS_FreeValue(ctx, first);
        JS_FreeValue(ctx, second);
        return JS_EXCEPTION;
    }
    if (JS_SetPropertyUint32(ctx, array, 0, first) < 0) {
        JS_FreeValue(ctx, second);
        JS_FreeValue(ctx, array);
        return JS_EXCEPTION;
    }
    if (JS_SetPropertyUint32(ctx, array, 1, second) < 0) {
        JS_FreeValue(ctx, array);
        return JS_EXCEPTION;
    }
    return array;
}

// getPromiseDetails(promise): [state] or [state, result]
static JSValue get_promise_details(JSContext *ctx, JSValueConst this_val, int argc,
                                   JSValueConst *argv)
{
    if (!(ns_value_kinds(ctx, ns_arg(argc, argv, 0)) & NS_KIND_PROMISE))
        return JS_UNDEFINED;
    JSPromiseStateEnum state = JS_PromiseState(ctx, argv[0]);
    if (state != JS_PROMISE_PENDING)
        return pair(ctx, JS_NewInt32(ctx, (int)state), JS_PromiseResult(ctx, argv[0]));
    JSValue array = JS_NewArray(ctx);
    if (!JS_IsException(array) && JS_SetPropertyUint32(ctx, array, 0, JS_NewInt32(ctx, 0)) < 0) {
        JS_FreeValue(ctx, array);
        return JS_EXCEPTION;
    }
    return array;
}

// getProxyDetails(proxy, withHandler): [target, handler], or the target alone
static JSValue get_proxy_details(JSContext *ctx, JSValueConst this_val, int argc,
                                 JSValueConst *argv)
{
    JSValue target, handler;
    if (!ns_proxy_details(ctx, ns_arg(argc, argv, 0), &target, &handler))
        return JS_UNDEFINED;
    if (argc == 1 || ns_arg_bool(ctx, argv[1]))
        return pair(ctx, target, handler);
    JS_FreeValue(ctx, handler);
    return target;
}

// previewEntries(object): the entries; previewEntries(object, true): [entries, isKeyValue]
static JSValue preview_entries(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    bool is_key_value = false;
    if (!JS_IsObject(ns_arg(argc, argv, 0)))
        return JS_UNDEFINED;
    JSValue entries = ns_preview_entries(ctx, argv[0], &is_key_value);
    if (argc == 1 || JS_IsUndefined(entries) || JS_IsException(entries))
        return entries;
    return pair(ctx, entries, JS_NewBool(ctx, is_key_value));
}

#define ONLY_ENUMERABLE 2 // v8::PropertyFilter

static JSValue get_own_non_index(JSContext *ctx, JSValueConst this_val, int argc,
                                 JSValueConst *argv)
{
    int64_t filter;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 1), &filter))
        return JS_EXCEPTION;
    return ns_own_non_index(ctx, argv[0], (filter & ONLY_ENUMERABLE) != 0);
}

static JSValue get_constructor_name(JSContext *ctx, JSValueConst this_val, int argc,
                                    JSValueConst *argv)
{
    return ns_constructor_name(ctx, ns_arg(argc, argv, 0));
}

// An External's value is an address in Node: a constant here, since no result may hold one.
static JSValue get_external_value(JSContext *ctx, JSValueConst this_val, int argc,
                                  JSValueConst *argv)
{
    return JS_NewBigInt64(ctx, 0);
}

static JSValue is_array_buffer_detached(JSContext *ctx, JSValueConst this_val, int argc,
                                        JSValueConst *argv)
{
    uint8_t *data;
    size_t size;
    JSValueConst value = ns_arg(argc, argv, 0);
    return JS_NewBool(ctx, (ns_value_kinds(ctx, value) & NS_KIND_ARRAY_BUFFER) &&
                               !ns_bytes(ctx, value, &data, &size));
}

// Views always have their ArrayBuffer: V8 alone makes small ones without.
static JSValue array_buffer_view_has_buffer(JSContext *ctx, JSValueConst this_val, int argc,
                                            JSValueConst *argv)
{
    return JS_TRUE;
}

// -- Where JavaScript is --------------------------------------------------------------------------

static void free_position(JSContext *ctx, ns_position *at)
{
    JS_FreeValue(ctx, at->script);
    JS_FreeValue(ctx, at->source_line);
}

// [line, column, file] of the caller of the function that calls this.
static JSValue get_caller_location(JSContext *ctx, JSValueConst this_val, int argc,
                                   JSValueConst *argv)
{
    ns_position at;
    if (!ns_caller_position(ctx, 1, &at))
        return JS_UNDEFINED;
    JSValue array = pair(ctx, JS_NewInt32(ctx, at.line), JS_NewInt32(ctx, at.column));
    if (!JS_IsException(array) &&
        JS_SetPropertyUint32(ctx, array, 2, JS_DupValue(ctx, at.script)) < 0) {
        JS_FreeValue(ctx, array);
        array = JS_EXCEPTION;
    }
    free_position(ctx, &at);
    return array;
}

static bool in_node_modules(const char *script)
{
    if (strncmp(script, "node:", 5) == 0)
        return false;
    for (const char *at = script; (at = strstr(at, "node_modules")); at++) {
        char after = at[strlen("node_modules")];
        if (at > script && (at[-1] == '/' || at[-1] == '\\') && (after == '/' || after == '\\'))
            return true;
    }
    return false;
}

// isInsideNodeModules(frameLimit, otherwise): whether a frame is of a package; `otherwise` when the
// stack is deeper than the limit.
static JSValue is_inside_node_modules(JSContext *ctx, JSValueConst this_val, int argc,
                                      JSValueConst *argv)
{
    int64_t limit;
    ns_position at;
    bool inside = false;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 0), &limit))
        return JS_EXCEPTION;
    for (int level = 0; ns_caller_position(ctx, level, &at); level++) {
        const char *script = inside ? NULL : JS_ToCString(ctx, at.script);
        if (script)
            inside = in_node_modules(script);
        JS_FreeCString(ctx, script);
        free_position(ctx, &at);
        if (level + 1 == limit)
            return JS_DupValue(ctx, ns_arg(argc, argv, 1));
    }
    return JS_NewBool(ctx, inside);
}

// -- The rest -------------------------------------------------------------------------------------

// uv_sleep: the main thread waits, and nothing else runs on it.
static JSValue sleep_ms(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    uint32_t ms;
    ns_env *env = ns_env_of(ctx);
    if (JS_ToUint32(ctx, &ms, ns_arg(argc, argv, 0)) < 0)
        return JS_EXCEPTION;
    ns_env_sync(env);
    ns_tracer_op1(env->tracer, NS_OP_SLEEP, ms);
    ns_thread_sleep(env->thread, (ns_time)ms * NS_MS);
    return JS_UNDEFINED;
}

// guessHandleType(fd): an index into lib/internal/util.js's list. Standard streams are files: what
// the program prints is taken synchronously.
static JSValue guess_handle_type(JSContext *ctx, JSValueConst this_val, int argc,
                                 JSValueConst *argv)
{
    enum { TYPE_FILE = 3 };
    return JS_NewInt32(ctx, TYPE_FILE);
}

static JSValue parse_env(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
{
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, ns_arg(argc, argv, 0));
    if (!text)
        return JS_EXCEPTION;
    JSValue object = ns_dotenv_parse(ctx, text, length);
    JS_FreeCString(ctx, text);
    return object;
}

static int set_constants(JSContext *ctx, JSValueConst target)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        // v8::Promise::PromiseState
        {"kPending", 0},
        {"kFulfilled", 1},
        {"kRejected", 2},
        // node::ExitInfoField
        {"kExiting", 0},
        {"kExitCode", 1},
        {"kHasExitCode", 2},
        // v8::PropertyFilter
        {"ALL_PROPERTIES", 0},
        {"ONLY_WRITABLE", 1},
        {"ONLY_ENUMERABLE", ONLY_ENUMERABLE},
        {"ONLY_CONFIGURABLE", 4},
        {"SKIP_STRINGS", 8},
        {"SKIP_SYMBOLS", 16},
    };
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (JS_IsException(object) ||
            ns_set_int(ctx, object, constants[i].name, constants[i].value) < 0) {
            JS_FreeValue(ctx, object);
            return -1;
        }
    return ns_set(ctx, target, "constants", object);
}

NS_BINDING(util)
{
    static const ns_fn_def fns[] = {
        {"isInsideNodeModules", is_inside_node_modules, 0},
        {"getPromiseDetails", get_promise_details, 0},
        {"getProxyDetails", get_proxy_details, 0},
        {"getCallerLocation", get_caller_location, 0},
        {"isArrayBufferDetached", is_array_buffer_detached, 0},
        {"previewEntries", preview_entries, 0},
        {"getOwnNonIndexProperties", get_own_non_index, 0},
        {"getConstructorName", get_constructor_name, 0},
        {"getExternalValue", get_external_value, 0},
        {"sleep", sleep_ms, 0},
        {"parseEnv", parse_env, 0},
        {"arrayBufferViewHasBuffer", array_buffer_view_has_buffer, 0},
        {"guessHandleType", guess_handle_type, 0},
    };
    JSValue symbols = JS_NewObject(ctx);
    if (JS_IsException(symbols))
        return -1;
    if (ns_symbols_fill_private(env, symbols) < 0) {
        JS_FreeValue(ctx, symbols);
        return -1;
    }
    if (ns_set(ctx, target, "privateSymbols", symbols) < 0 || set_constants(ctx, target) < 0 ||
        NS_SET_FNS(ctx, target, fns) < 0)
        return -1;
    JSValue length = JS_NewInt32(ctx, 1);
    return ns_set(ctx, target, "shouldAbortOnUncaughtToggle",
                  JS_NewTypedArray(ctx, 1, &length, JS_TYPED_ARRAY_UINT32));
}

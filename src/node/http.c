// What a program sees of HTTP and HTTP/2 without a network: what lib takes when it loads these
// modules. The names of the methods are from llhttp's table, as in Node's node_http_parser.cc.
// Parsers, sessions and streams throw by name; http2.constants is empty.
#include <llhttp.h>
#include <stdio.h>

#include "node/env_private.h"

#define METHOD(number, name, string) #string,
static const char *const methods[] = {HTTP_METHOD_MAP(METHOD)};
static const char *const all_methods[] = {HTTP_ALL_METHOD_MAP(METHOD)};
#undef METHOD

static int set_names(JSContext *ctx, JSValueConst target, const char *name,
                     const char *const *names, size_t count)
{
    JSValue list = JS_NewArray(ctx);
    for (size_t i = 0; i < count; i++)
        if (JS_SetPropertyUint32(ctx, list, (uint32_t)i, JS_NewString(ctx, names[i])) < 0) {
            JS_FreeValue(ctx, list);
            return -1;
        }
    return ns_set(ctx, target, name, list);
}

NS_BINDING(http_parser)
{
    if (set_names(ctx, target, "methods", methods, sizeof methods / sizeof *methods) < 0 ||
        set_names(ctx, target, "allMethods", all_methods,
                  sizeof all_methods / sizeof *all_methods) < 0 ||
        ns_set_missing(ctx, target, "ConnectionsList", "ConnectionsList (http_parser)") < 0)
        return -1;
    return ns_set_missing(ctx, target, "HTTPParser", "HTTPParser (http_parser)");
}

static JSValue keep_callbacks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_UNDEFINED; // no session will call them
}

NS_BINDING(http2)
{
    static const char *const missing[] = {"nghttp2ErrorString", "refreshDefaultSettings",
                                          "packSettings", "Http2Stream", "Http2Session"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        char what[64];
        snprintf(what, sizeof what, "%s (http2)", missing[i]);
        if (ns_set_missing(ctx, target, missing[i], what) < 0)
            return -1;
    }
    if (ns_set_fn(ctx, target, "setCallbackFunctions", keep_callbacks, 11) < 0)
        return -1;
    return ns_set(ctx, target, "constants", JS_NewObject(ctx));
}

#include "inspect/page.h"

#include <string.h>

#include "base/buf.h"
#include "engine/inspect.h"
#include "node/builtins.h"

// -- Modules --------------------------------------------------------------------------------------

static JSValue require(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

static JSValue load_acorn(JSContext *ctx)
{
    JSValue wrapper = ns_builtin_function(ctx, "internal/deps/acorn/acorn/dist/acorn");
    if (JS_IsException(wrapper))
        return wrapper;
    JSValue exports = JS_NewObject(ctx), module = JS_NewObject(ctx);
    JSValueConst args[] = {exports, JS_UNDEFINED, module};
    JSValue result = JS_Call(ctx, wrapper, JS_UNDEFINED, 3, args);
    JS_FreeValue(ctx, wrapper);
    JS_FreeValue(ctx, module);
    if (JS_IsException(result)) {
        JS_FreeValue(ctx, exports);
        return result;
    }
    JS_FreeValue(ctx, result);
    return exports;
}

static JSValue load_script(JSContext *ctx, const char *name)
{
    static const char *const params[] = {"exports", "require"};
    const ns_inspect_script *script = ns_inspect_scripts;
    while (script->name && strcmp(script->name, name) != 0)
        script++;
    if (!script->name)
        return JS_ThrowReferenceError(ctx, "no module %s", name);
    JSValue fn = ns_compile_function(ctx, script->text, strlen(script->text), name, 0, 0, params, 2,
                                     JS_UNDEFINED);
    if (JS_IsException(fn))
        return fn;
    JSValue exports = JS_NewObject(ctx);
    JSValue self = JS_NewCFunction(ctx, require, "require", 1);
    JSValueConst args[] = {exports, self};
    JSValue result = JS_Call(ctx, fn, JS_UNDEFINED, 2, args);
    JS_FreeValue(ctx, self);
    JS_FreeValue(ctx, fn);
    if (JS_IsException(result)) {
        JS_FreeValue(ctx, exports);
        return result;
    }
    JS_FreeValue(ctx, result);
    return exports;
}

// Modules are kept in an object of the global one; they load one another without cycles.
static JSValue require(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *name = JS_ToCString(ctx, argv[0]);
    if (!name)
        return JS_EXCEPTION;
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue loaded = JS_GetPropertyStr(ctx, global, "modules");
    JSValue exports = JS_GetPropertyStr(ctx, loaded, name);
    if (JS_IsUndefined(exports)) {
        exports = strcmp(name, "acorn") == 0 ? load_acorn(ctx) : load_script(ctx, name);
        if (!JS_IsException(exports))
            JS_SetPropertyStr(ctx, loaded, name, JS_DupValue(ctx, exports));
    }
    JS_FreeValue(ctx, loaded);
    JS_FreeValue(ctx, global);
    JS_FreeCString(ctx, name);
    return exports;
}

// compile(text, file, isModule): what the engine makes of it (engine/inspect.h).
static JSValue compile(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const char *const params[] = {"exports", "require", "module", "__filename", "__dirname"};
    size_t len;
    const char *text = JS_ToCStringLen(ctx, &len, argv[0]), *file = JS_ToCString(ctx, argv[1]);
    JSValue result = JS_EXCEPTION;
    if (text && file)
        result = ns_inspect_code(ctx, text, len, file, JS_ToBool(ctx, argv[2]) ? NULL : params, 5);
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, file);
    return result;
}

// -- Printing -------------------------------------------------------------------------------------

// What the views throw as {input: message} is of the user's making; anything else is a defect.
static int failed(JSContext *ctx, ns_err *err)
{
    JSValue error = JS_GetException(ctx), input = JS_UNDEFINED;
    if (JS_IsObject(error))
        input = JS_GetPropertyStr(ctx, error, "input");
    bool wrong = JS_IsString(input);
    const char *text = JS_ToCString(ctx, wrong ? input : error);
    JSValue stack = wrong ? JS_UNDEFINED : JS_GetPropertyStr(ctx, error, "stack");
    const char *where = JS_IsString(stack) ? JS_ToCString(ctx, stack) : NULL;
    int rc = wrong ? ns_fail(err, NS_EINVAL, "%s", text ? text : "?")
                   : ns_fail(err, NS_EINTERNAL, "a view failed: %s",
                             where  ? where
                             : text ? text
                                    : "?");
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, where);
    JS_FreeValue(ctx, stack);
    JS_FreeValue(ctx, input);
    JS_FreeValue(ctx, error);
    return rc;
}

static JSValue render(JSContext *ctx, const char *json)
{
    JSValue name = JS_NewString(ctx, "main");
    JSValue views = require(ctx, JS_UNDEFINED, 1, &name);
    JS_FreeValue(ctx, name);
    if (JS_IsException(views))
        return views;
    JSValue print = JS_GetPropertyStr(ctx, views, "print");
    JSValue data = JS_ParseJSON(ctx, json, strlen(json), "data");
    JSValue text = JS_EXCEPTION;
    if (!JS_IsException(data))
        text = JS_Call(ctx, print, JS_UNDEFINED, 1, &data);
    JS_FreeValue(ctx, data);
    JS_FreeValue(ctx, print);
    JS_FreeValue(ctx, views);
    return text;
}

static int print(JSContext *ctx, const char *json, FILE *out, ns_err *err)
{
    JSValue text = render(ctx, json);
    if (JS_IsException(text))
        return failed(ctx, err);
    size_t len;
    const char *bytes = JS_ToCStringLen(ctx, &len, text);
    int rc = NS_OK;
    if (!bytes)
        rc = failed(ctx, err);
    else if (fwrite(bytes, 1, len, out) != len)
        rc = ns_fail(err, NS_EIO, "cannot write the views");
    JS_FreeCString(ctx, bytes);
    JS_FreeValue(ctx, text);
    return rc;
}

int ns_page_print(const cJSON *data, FILE *out, ns_err *err)
{
    ns_engine *engine;
    const ns_engine_options options = {.seed = 1};
    int rc = ns_engine_new(&engine, &options, err);
    if (rc != NS_OK)
        return rc;
    JSContext *ctx = ns_engine_context(engine);
    JSValue global = JS_GetGlobalObject(ctx);
    JS_SetPropertyStr(ctx, global, "modules", JS_NewObject(ctx));
    JS_SetPropertyStr(ctx, global, "compile", JS_NewCFunction(ctx, compile, "compile", 3));
    JS_FreeValue(ctx, global);
    char *json = cJSON_PrintUnformatted(data);
    rc = json ? print(ctx, json, out, err) : ns_fail(err, NS_ENOMEM, "no memory for the views");
    cJSON_free(json);
    ns_engine_free(engine);
    return rc;
}

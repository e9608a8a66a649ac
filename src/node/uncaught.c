// Uncaught exceptions and the end of the process (source: node's src/node_errors.cc).
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "node/env_private.h"
#include "node/node_version.h"
#include "node/tracer.h"

int ns_env_exit_code(ns_env *env, int fallback)
{
    const int32_t *info = env->priv->exit_info;
    return info[NS_EXIT_HAS_CODE] ? info[NS_EXIT_CODE] : fallback;
}

void ns_env_exit(ns_env *env, int code)
{
    if (env->exiting)
        return;
    env->exiting = true;
    env->exit_code = code;
    ns_tracer_exit(env->tracer, code, env->priv->status);
    ns_loop_stop(env->loop);
}

// The source line and its underline, as node's GetErrorSource has them.
static void error_source(ns_env *env, JSValueConst error, bool created, ns_buf *out)
{
    JSContext *ctx = env->ctx;
    ns_position at;
    if (!ns_error_position(ctx, error, created, &at))
        return;
    const char *script = JS_IsString(at.script) ? JS_ToCString(ctx, at.script) : NULL;
    const char *line = JS_IsString(at.source_line) ? JS_ToCString(ctx, at.source_line) : NULL;
    char *text = NULL;
    size_t size;
    const char *builtin =
        script && strncmp(script, "node:", 5) == 0 ? ns_builtin_text(script + 5, &size) : NULL;
    if (!line && builtin) {
        for (int i = 1; i < at.line && builtin; i++) {
            builtin = strchr(builtin, '\n');
            builtin = builtin ? builtin + 1 : NULL;
        }
        if (builtin)
            text = js_strndup(ctx, builtin, strcspn(builtin, "\n"));
    }
    const char *shown = line ? line : text;
    if (shown && !strstr(shown, "node-do-not-add-exception-line")) {
        ns_buf_printf(out, "%s:%d\n%s\n", script ? script : "<anonymous_script>", at.line, shown);
        int end = at.end_column > at.column ? at.end_column : at.column + 1;
        size_t length = strlen(shown);
        for (int i = 1; i < at.column && (size_t)i <= length; i++)
            ns_buf_char(out, shown[i - 1] == '\t' ? '\t' : ' ');
        for (int i = at.column; at.column > 0 && i < end; i++)
            ns_buf_char(out, '^');
        ns_buf_char(out, '\n');
    }
    js_free(ctx, text);
    JS_FreeCString(ctx, line);
    JS_FreeCString(ctx, script);
    JS_FreeValue(ctx, at.script);
    JS_FreeValue(ctx, at.source_line);
}

static void append_line(ns_env *env, JSValueConst error, bool fatal, bool created)
{
    JSContext *ctx = env->ctx;
    JSAtom arrow = ns_env_private_atom(env, NS_PRIV_arrow_message_private_symbol);
    if (JS_IsObject(error)) {
        JSValue old = JS_GetProperty(ctx, error, arrow);
        bool set = JS_IsString(old);
        JS_FreeValue(ctx, old);
        if (set)
            return;
    }
    ns_buf source = {0};
    error_source(env, error, created, &source);
    if (source.len && (!JS_IsObject(error) || (fatal && !JS_IsError(ctx, error)))) {
        if (!env->priv->printed_error) {
            env->priv->printed_error = true;
            ns_env_output(env, 2, "\n", 1);
            ns_env_output(env, 2, source.data, source.len);
        }
    } else if (source.len) {
        JS_SetProperty(ctx, error, arrow, JS_NewStringLen(ctx, source.data, source.len));
    }
    ns_buf_free(&source);
}

void ns_append_exception_line(ns_env *env, JSValueConst error, bool fatal)
{
    append_line(env, error, fatal, false);
}

void ns_decorate_error(ns_env *env, JSValueConst error)
{
    JSContext *ctx = env->ctx;
    JSAtom decorated = ns_env_private_atom(env, NS_PRIV_decorated_private_symbol);
    if (!JS_IsObject(error))
        return;
    ns_append_exception_line(env, error, false);
    JSValue arrow =
        JS_GetProperty(ctx, error, ns_env_private_atom(env, NS_PRIV_arrow_message_private_symbol));
    JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
    const char *a = JS_IsString(arrow) ? JS_ToCString(ctx, arrow) : NULL;
    const char *s = JS_IsString(stack) ? JS_ToCString(ctx, stack) : NULL;
    if (a && s) {
        ns_buf text = {0};
        ns_buf_printf(&text, "%s\n%s", a, s);
        if (!text.failed) {
            JS_SetPropertyStr(ctx, error, "stack", JS_NewStringLen(ctx, text.data, text.len));
            JS_SetProperty(ctx, error, decorated, JS_TRUE);
        }
        ns_buf_free(&text);
    }
    JS_FreeCString(ctx, a);
    JS_FreeCString(ctx, s);
    JS_FreeValue(ctx, arrow);
    JS_FreeValue(ctx, stack);
}

static void add_value(JSContext *ctx, ns_buf *out, JSValueConst value)
{
    const char *text = JS_ToCString(ctx, value);
    if (text)
        ns_buf_str(out, text);
    else
        JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeCString(ctx, text);
}

static JSValue enhanced_stack(ns_env *env, JSValueConst error)
{
    ns_env_private *p = env->priv;
    JSContext *ctx = env->ctx;
    JSValue trace = JS_UNDEFINED;
    JSValueConst enhancers[] = {p->enhance_before, p->enhance_after};
    for (int i = 0; i < 2; i++) {
        if (!JS_IsFunction(ctx, enhancers[i]))
            continue;
        JSValueConst argv[] = {error};
        JSValue enhanced = JS_Call(ctx, enhancers[i], JS_UNDEFINED, 1, argv);
        if (JS_IsException(enhanced)) {
            JS_FreeValue(ctx, JS_GetException(ctx));
            continue;
        }
        JS_FreeValue(ctx, trace);
        trace = enhanced;
    }
    if (JS_IsUndefined(trace) && !JS_IsFunction(ctx, enhancers[0]))
        trace = JS_GetPropertyStr(ctx, error, "stack");
    return trace;
}

// `created`: the message was made from the error, not where it was thrown, as for a rejection.
static void print_exception(ns_env *env, JSValueConst error, bool created)
{
    JSContext *ctx = env->ctx;
    ns_buf out = {0};
    append_line(env, error, true, created);
    JSValue arrow = JS_UNDEFINED, trace = JS_UNDEFINED, name = JS_UNDEFINED, message = JS_UNDEFINED;
    bool decorated = false;
    if (JS_IsObject(error)) {
        JSValue flag =
            JS_GetProperty(ctx, error, ns_env_private_atom(env, NS_PRIV_decorated_private_symbol));
        decorated = JS_ToBool(ctx, flag) == 1;
        JS_FreeValue(ctx, flag);
        trace = enhanced_stack(env, error);
        arrow = JS_GetProperty(ctx, error,
                               ns_env_private_atom(env, NS_PRIV_arrow_message_private_symbol));
        message = JS_GetPropertyStr(ctx, error, "message");
        name = JS_GetPropertyStr(ctx, error, "name");
    }
    if (JS_IsString(arrow) && !decorated) {
        add_value(ctx, &out, arrow);
        ns_buf_char(&out, '\n');
    }
    if (!JS_IsUndefined(trace)) {
        add_value(ctx, &out, trace);
        ns_buf_char(&out, '\n');
    } else {
        if (JS_IsUndefined(message) || JS_IsUndefined(name)) {
            add_value(ctx, &out, error);
        } else {
            add_value(ctx, &out, name);
            ns_buf_str(&out, ": ");
            add_value(ctx, &out, message);
        }
        ns_buf_str(&out,
                   "\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n");
    }
    ns_buf_str(&out, "\nNode.js " NS_NODE_VERSION "\n");
    if (!out.failed)
        ns_env_output(env, 2, out.data, out.len);
    ns_buf_free(&out);
    JSValue values[] = {arrow, trace, name, message};
    for (int i = 0; i < 4; i++)
        JS_FreeValue(ctx, values[i]);
}

void ns_print_exception(ns_env *env, JSValueConst error)
{
    print_exception(env, error, false);
}

bool ns_trigger_uncaught(ns_env *env, JSValue error, bool from_promise)
{
    JSContext *ctx = env->ctx;
    ns_env_private *p = env->priv;
    if (env->exiting) {
        JS_FreeValue(ctx, error);
        return false;
    }
    JSValue handler = JS_GetPropertyStr(ctx, p->process, "_fatalException");
    if (!JS_IsFunction(ctx, handler)) {
        ns_print_exception(env, error);
        JS_FreeValue(ctx, error);
        JS_FreeValue(ctx, handler);
        ns_env_exit(env, 6);
        return false;
    }
    JSValueConst argv[] = {error, JS_NewBool(ctx, from_promise)};
    JSValue handled = JS_Call(ctx, handler, p->process, 2, argv);
    JS_FreeValue(ctx, handler);
    if (JS_IsException(handled)) {
        JSValue second = JS_GetException(ctx);
        if (!env->exiting) { // an exception in the handler itself
            ns_print_exception(env, second);
            ns_env_exit(env, 7);
        }
        JS_FreeValue(ctx, second);
        JS_FreeValue(ctx, error);
        return false;
    }
    bool fatal = JS_IsBool(handled) && !JS_ToBool(ctx, handled);
    JS_FreeValue(ctx, handled);
    if (fatal && !env->exiting) {
        print_exception(env, error, from_promise);
        p->status = "exception";
        ns_env_exit(env, ns_env_exit_code(env, 1));
    }
    JS_FreeValue(ctx, error);
    return !env->exiting;
}

bool ns_uncaught(ns_env *env)
{
    JSValue error = JS_GetException(env->ctx);
    if (ns_is_termination(env->ctx, error)) {
        if (!env->exiting && ns_engine_out_of_memory(env->engine)) {
            env->priv->status = "limit: memory";
            ns_env_exit(env, 3);
        }
        env->exiting = true;
        JS_FreeValue(env->ctx, error);
        return false;
    }
    return ns_trigger_uncaught(env, error, false);
}

// -- internalBinding('errors') --------------------------------------------------------------------

static void keep(JSContext *ctx, JSValue *slot, JSValueConst value)
{
    JSValue old = *slot;
    *slot = JS_DupValue(ctx, value);
    JS_FreeValue(ctx, old);
}

static JSValue set_prepare(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_set_prepare_stack_trace(ctx, argv[0]);
    return JS_UNDEFINED;
}

static JSValue set_enhance(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    keep(ctx, &p->enhance_before, argv[0]);
    keep(ctx, &p->enhance_after, argv[1]);
    return JS_UNDEFINED;
}

static JSValue ignore(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_UNDEFINED;
}

static JSValue no_side_effects(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    if (!JS_IsObject(argv[0]))
        return JS_IsSymbol(argv[0]) ? JS_NewString(ctx, "Symbol()") : JS_ToString(ctx, argv[0]);
    if (JS_IsError(ctx, argv[0]))
        return JS_ToString(ctx, argv[0]);
    JSValue name = ns_constructor_name(ctx, argv[0]);
    const char *text = JS_ToCString(ctx, name);
    ns_buf out = {0};
    ns_buf_printf(&out, "#<%s>", text ? text : "Object");
    JSValue result = JS_NewStringLen(ctx, out.data, out.len);
    ns_buf_free(&out);
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, name);
    return result;
}

static JSValue trigger(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_trigger_uncaught(env, JS_DupValue(ctx, argv[0]), argc > 1 && ns_arg_bool(ctx, argv[1]));
    return env->exiting ? ns_throw_termination(ctx) : JS_UNDEFINED;
}

static const ns_fn_def functions[] = {
    {"setPrepareStackTraceCallback", set_prepare, 1},
    {"setGetSourceMapErrorSource", ignore, 1},
    {"setSourceMapsEnabled", ignore, 1},
    {"setMaybeCacheGeneratedSourceMap", ignore, 1},
    {"setEnhanceStackForFatalException", set_enhance, 2},
    {"noSideEffectsToString", no_side_effects, 1},
    {"triggerUncaughtException", trigger, 2},
};

NS_BINDING(errors)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {
        {"kNoFailure", 0},
        {"kGenericUserError", 1},
        {"kInternalJSParseError", 3},
        {"kInternalJSEvaluationFailure", 4},
        {"kV8FatalError", 5},
        {"kInvalidFatalExceptionMonkeyPatching", 6},
        {"kExceptionInFatalExceptionHandler", 7},
        {"kInvalidCommandLineArgument", 9},
        {"kBootstrapFailure", 10},
        {"kInvalidCommandLineArgument2", 12},
        {"kUnfinishedTopLevelAwait", 13},
        {"kStartupSnapshotFailure", 14},
        {"kAbort", 134},
    };
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        ns_set_int(ctx, object, codes[i].name, codes[i].code);
    return ns_set(ctx, target, "exitCodes", object);
}

// internalBinding('options'): Node's command-line options, as the workload's flags set them.
#include <stdlib.h>
#include <string.h>

#include "node/env_private.h"

typedef enum option_kind {
    NS_OPTION_BOOLEAN,
    NS_OPTION_NUMBER,
    NS_OPTION_STRING,
    NS_OPTION_LIST,
    NS_OPTION_HOST,
    NS_OPTION_UNDEFINED // V8's own, or a no-op: it has no value
} option_kind;

typedef struct option {
    const char *name;
    option_kind kind;
    const char *initial;
    bool in_env; // NODE_OPTIONS may hold it
} option;

static const option options[] = {
#define X(name, kind, initial, in_env) {name, kind, initial, in_env},
#include "node/options_table.inc"
#undef X
};
enum { option_count = sizeof options / sizeof options[0] };

// The value that the flags give to an option: NULL when none does. The last one wins. *negated: by
// its --no- form.
static const char *flag_value(const ns_env *env, const char *name, bool *negated)
{
    const char *value = NULL;
    size_t len = strlen(name);
    *negated = false;
    for (const char *const *flag = env->workload->flags; flag && *flag; flag++) {
        if (strncmp(*flag, name, len) == 0 && ((*flag)[len] == '=' || !(*flag)[len])) {
            value = (*flag)[len] == '=' ? *flag + len + 1 : "";
            *negated = false;
        } else if (strncmp(*flag, "--no-", 5) == 0 && strcmp(*flag + 5, name + 2) == 0) {
            value = "";
            *negated = true;
        }
    }
    return value;
}

static JSValue list_value(ns_env *env, const option *o)
{
    JSContext *ctx = env->ctx;
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0;
    size_t len = strlen(o->name);
    for (const char *const *flag = env->workload->flags; flag && *flag; flag++)
        if (strncmp(*flag, o->name, len) == 0 && (*flag)[len] == '=')
            JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, *flag + len + 1));
    return list;
}

static JSValue host_value(JSContext *ctx, const char *text)
{
    const char *colon = strchr(text, ':');
    JSValue object = JS_NewObject(ctx);
    ns_set(ctx, object, "host", JS_NewStringLen(ctx, text, (size_t)(colon - text)));
    ns_set_int(ctx, object, "port", atoi(colon + 1));
    return object;
}

static JSValue option_value(ns_env *env, const option *o, bool *on)
{
    JSContext *ctx = env->ctx;
    bool negated;
    const char *set = flag_value(env, o->name, &negated);
    *on = set ? !negated : strcmp(o->initial, "true") == 0;
    switch (o->kind) {
    case NS_OPTION_BOOLEAN:
        return JS_NewBool(ctx, *on);
    case NS_OPTION_NUMBER:
        return JS_NewFloat64(ctx, strtod(set ? set : o->initial, NULL));
    case NS_OPTION_STRING:
        return JS_NewString(ctx, set ? set : o->initial);
    case NS_OPTION_LIST:
        return list_value(env, o);
    case NS_OPTION_HOST:
        return host_value(ctx, o->initial);
    case NS_OPTION_UNDEFINED:
        break;
    }
    return JS_UNDEFINED;
}

static JSValue get_values(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    JSValue result = JS_NewObjectProto(ctx, JS_NULL);
    for (int i = 0; i < option_count; i++) {
        bool on;
        ns_set(ctx, result, options[i].name, option_value(env, &options[i], &on));
        if (options[i].kind != NS_OPTION_BOOLEAN)
            continue;
        char negation[128] = "--no-";
        strncat(negation, options[i].name + 2, sizeof negation - 6);
        ns_set(ctx, result, negation, JS_NewBool(ctx, !on));
    }
    return result;
}

static JSValue new_map(JSContext *ctx)
{
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue constructor = JS_GetPropertyStr(ctx, global, "Map");
    JSValue map = JS_CallConstructor(ctx, constructor, 0, NULL);
    JS_FreeValue(ctx, constructor);
    JS_FreeValue(ctx, global);
    return map;
}

static JSValue get_info(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const int types[] = {2, 3, 5, 7, 6, 1}; // node::options_parser::OptionType
    JSValue map = new_map(ctx);
    JSValue set = JS_GetPropertyStr(ctx, map, "set");
    for (int i = 0; i < option_count; i++) {
        JSValue info = JS_NewObject(ctx);
        ns_set_str(ctx, info, "helpText", "");
        ns_set_int(ctx, info, "envVarSettings", options[i].in_env ? 0 : 1);
        ns_set_int(ctx, info, "type", types[options[i].kind]);
        ns_set(ctx, info, "defaultIsTrue", JS_NewBool(ctx, !strcmp(options[i].initial, "true")));
        JSValue name = JS_NewString(ctx, options[i].name);
        JSValueConst entry[] = {name, info};
        JS_FreeValue(ctx, JS_Call(ctx, set, map, 2, entry));
        JS_FreeValue(ctx, name);
        JS_FreeValue(ctx, info);
    }
    JS_FreeValue(ctx, set);
    JSValue result = JS_NewObject(ctx);
    ns_set(ctx, result, "options", map);
    ns_set(ctx, result, "aliases", new_map(ctx));
    return result;
}

static JSValue get_embedder(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue result = JS_NewObjectProto(ctx, JS_NULL);
    ns_set(ctx, result, "shouldNotRegisterESMLoader", JS_FALSE);
    ns_set(ctx, result, "noGlobalSearchPaths", JS_FALSE);
    ns_set(ctx, result, "noBrowserGlobals", JS_FALSE);
    ns_set(ctx, result, "hasEmbedderPreload", JS_FALSE);
    return result;
}

NS_BINDING(options)
{
    static const ns_fn_def functions[] = {
        {"getCLIOptionsValues", get_values, 0},
        {"getCLIOptionsInfo", get_info, 0},
        {"getEmbedderOptions", get_embedder, 0},
    };
    static const char *const types[] = {"kNoOp",     "kV8Option", "kBoolean",  "kInteger",
                                        "kUInteger", "kString",   "kHostPort", "kStringList"};
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    JSValue settings = JS_NewObject(ctx);
    ns_set_int(ctx, settings, "kAllowedInEnvvar", 0);
    ns_set_int(ctx, settings, "kDisallowedInEnvvar", 1);
    ns_set(ctx, target, "envSettings", settings);
    JSValue object = JS_NewObject(ctx);
    for (int i = 0; i < 8; i++)
        ns_set_int(ctx, object, types[i], i);
    return ns_set(ctx, target, "types", object);
}

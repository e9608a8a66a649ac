#include "node/symbols.h"

#include "node/env_private.h"

static const struct {
    const char *property, *text;
} private_names[] =
    {
#define X(name, text) {#name, text},
        NS_PRIVATE_SYMBOLS(X)
#undef X
},
  names[] = {
#define X(name, text) {#name, text},
      NS_SYMBOLS(X)
#undef X
};

JSValue ns_env_new_symbol(JSContext *ctx, const char *text)
{
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue constructor = JS_GetPropertyStr(ctx, global, "Symbol");
    JSValue description = JS_NewString(ctx, text);
    JSValue symbol = JS_Call(ctx, constructor, JS_UNDEFINED, 1, &description);
    JS_FreeValue(ctx, description);
    JS_FreeValue(ctx, constructor);
    JS_FreeValue(ctx, global);
    return symbol;
}

int ns_symbols_init(ns_env *env)
{
    ns_env_private *p = env->priv;
    JSContext *ctx = env->ctx;
    for (int i = 0; i < NS_PRIVATE_SYMBOL_COUNT; i++) {
        JSValue symbol = ns_new_private_symbol(ctx, private_names[i].text);
        if (JS_IsException(symbol))
            return -1;
        p->private_symbols[i] = symbol;
        p->private_atoms[i] = JS_ValueToAtom(ctx, symbol);
    }
    for (int i = 0; i < NS_SYMBOL_COUNT; i++) {
        JSValue symbol = ns_env_new_symbol(ctx, names[i].text);
        if (JS_IsException(symbol))
            return -1;
        p->symbols[i] = symbol;
        p->symbol_atoms[i] = JS_ValueToAtom(ctx, symbol);
    }
    return 0;
}

void ns_symbols_free(ns_env *env)
{
    ns_env_private *p = env->priv;
    for (int i = 0; i < NS_PRIVATE_SYMBOL_COUNT; i++) {
        JS_FreeAtom(env->ctx, p->private_atoms[i]);
        JS_FreeValue(env->ctx, p->private_symbols[i]);
    }
    for (int i = 0; i < NS_SYMBOL_COUNT; i++) {
        JS_FreeAtom(env->ctx, p->symbol_atoms[i]);
        JS_FreeValue(env->ctx, p->symbols[i]);
    }
}

JSValueConst ns_env_private_symbol(ns_env *env, ns_private_symbol which)
{
    return env->priv->private_symbols[which];
}

JSValueConst ns_env_symbol(ns_env *env, ns_symbol which)
{
    return env->priv->symbols[which];
}

JSAtom ns_env_private_atom(ns_env *env, ns_private_symbol which)
{
    return env->priv->private_atoms[which];
}

JSAtom ns_env_symbol_atom(ns_env *env, ns_symbol which)
{
    return env->priv->symbol_atoms[which];
}

int ns_symbols_fill_private(ns_env *env, JSValueConst target)
{
    for (int i = 0; i < NS_PRIVATE_SYMBOL_COUNT; i++) {
        JSValue value = JS_DupValue(env->ctx, env->priv->private_symbols[i]);
        if (ns_set(env->ctx, target, private_names[i].property, value) < 0)
            return -1;
    }
    return 0;
}

int ns_symbols_fill(ns_env *env, JSValueConst target)
{
    for (int i = 0; i < NS_SYMBOL_COUNT; i++) {
        JSValue value = JS_DupValue(env->ctx, env->priv->symbols[i]);
        if (ns_set(env->ctx, target, names[i].property, value) < 0)
            return -1;
    }
    return 0;
}

NS_BINDING(symbols)
{
    return ns_symbols_fill(env, target);
}

// Arguments of bindings beyond those of env.h: node's THROW_AND_RETURN_* checks.
#ifndef NS_NODE_ARGS_H
#define NS_NODE_ARGS_H

#include "node/env.h"

// The bytes of a view or ArrayBuffer, or an ERR_INVALID_ARG_TYPE pending and false. Of a detached
// one nothing: size 0.
bool ns_arg_bytes(JSContext *ctx, JSValueConst value, uint8_t **data, size_t *size);

// node::ParseArrayIndex: an index from 0, `def` for undefined; false with ERR_OUT_OF_RANGE pending
// for a negative one.
bool ns_arg_index(JSContext *ctx, JSValueConst value, size_t def, size_t *out);

// An argument that may be missing.
static inline JSValueConst ns_arg(int argc, JSValueConst *argv, int index)
{
    return index < argc ? argv[index] : JS_UNDEFINED;
}

// Keep a value alive as long as `holder`, out of sight of JavaScript. Takes over `value`; 0, or -1
// and an exception pending.
int ns_hide(JSContext *ctx, JSValueConst holder, JSValue value);

// Call a function of primordials ("MapPrototypeSet"), or construct with one.
JSValue ns_primordial_call(JSContext *ctx, const char *name, int argc, JSValueConst *argv);
JSValue ns_primordial_new(JSContext *ctx, const char *name, int argc, JSValueConst *argv);

#endif

// V8's code cache, as vm.Script and vm.compileFunction make and take it: what is in one is not
// parsed and compiled again. Whether one is taken hangs on its header, as in V8, and on the length
// of the text.
#ifndef NS_NODE_CODE_CACHE_H
#define NS_NODE_CODE_CACHE_H

#include <stdbool.h>

#include "node/env.h"

typedef struct ns_code_cache_use {
    bool given, accepted;
    uint8_t *compiled; // by function: whether it is compiled; ns_malloc
    size_t count;
} ns_code_cache_use;

// A Buffer with what is compiled of a script or function by now. `source`: the length of its text.
JSValue ns_code_cache_make(ns_env *env, JSValueConst function, size_t source);

// Before a compilation in `ctx`: look at options.cachedData, undefined or bytes. false: an
// exception is pending.
bool ns_code_cache_read(ns_env *env, JSContext *ctx, JSValueConst value, size_t source,
                        ns_code_cache_use *use);
// After it: tell `target` what became of it, and put a new one there with `produce`. Frees `use`.
// 0, or -1 with an exception pending.
int ns_code_cache_done(ns_env *env, JSContext *ctx, JSValueConst target, JSValueConst function,
                       ns_code_cache_use *use, bool produce, size_t source);

#endif

// The models of tiers and heap start as ever, and then hear nothing more: the linker puts these two
// functions in front of theirs (--wrap).
#include "model/jit_internal.h"
#include "node/env_private.h"
#include "node/heap.h"

int __real_ns_jit_start(ns_jit *jit, ns_err *err);
int __wrap_ns_jit_start(ns_jit *jit, ns_err *err);
int __real_ns_env_heap_start(ns_env *env, ns_err *err);
int __wrap_ns_env_heap_start(ns_env *env, ns_err *err);

int __wrap_ns_jit_start(ns_jit *jit, ns_err *err)
{
    int rc = __real_ns_jit_start(jit, err);
    ns_probe_hooks *hooks = &jit->probe->hooks;
    hooks->first_call = hooks->called = NULL;
    hooks->tick = NULL;
    hooks->feedback = NULL;
    hooks->field = NULL;
    hooks->looked_up = NULL;
    hooks->prototype = NULL;
    return rc;
}

int __wrap_ns_env_heap_start(ns_env *env, ns_err *err)
{
    int rc = __real_ns_env_heap_start(env, err);
    ns_probe_hooks *hooks = &ns_engine_probe(env->engine)->hooks;
    hooks->allocated = NULL;
    hooks->literal = NULL;
    hooks->freed = NULL;
    hooks->resized = NULL;
    hooks->moved = NULL;
    hooks->replaced = NULL;
    return rc;
}

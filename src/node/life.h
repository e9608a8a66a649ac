// The life of an environment; only node.c and tests need it.
#ifndef NS_NODE_LIFE_H
#define NS_NODE_LIFE_H

#include "node/env.h"

// Make everything of a process but its JavaScript: `body` runs on its main thread, with the
// environment as argument. On failure *out is what must still be freed.
int ns_env_new(ns_env **out, const ns_workload *workload, const ns_node_options *options,
               ns_thread_fn body, ns_err *err);
void ns_env_free(ns_env *env); // NULL is fine

// True when the run is to end: a limit was reached, the user interrupted, or the program left.
bool ns_env_check_limits(ns_env *env);

#endif

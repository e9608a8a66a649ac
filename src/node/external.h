// v8::External: a value that JavaScript can only hold.
#ifndef NS_NODE_EXTERNAL_H
#define NS_NODE_EXTERNAL_H

#include "node/env.h"

JSValue ns_new_external(ns_env *env);
bool ns_is_external(ns_env *env, JSValueConst value);

#endif

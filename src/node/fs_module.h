// The part of the fs binding that the module loaders use, and StatWatcher.
#ifndef NS_NODE_FS_MODULE_H
#define NS_NODE_FS_MODULE_H

#include "node/env.h"

int fs_module_init(ns_env *env, JSContext *ctx, JSValueConst target);

#endif

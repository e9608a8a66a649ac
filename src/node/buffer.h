// What the buffer binding shares with others. ns_new_buffer is in env.h.
#ifndef NS_NODE_BUFFER_H
#define NS_NODE_BUFFER_H

#include "node/env.h"

// An ArrayBuffer that takes over `data`, allocated with ns_malloc; also when it fails.
JSValue ns_new_array_buffer(JSContext *ctx, uint8_t *data, size_t size);

int ns_buffer_set_search(JSContext *ctx, JSValueConst target); // buffer_search.c

#endif

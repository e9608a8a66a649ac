// .env files (source: src/node_dotenv.cc).
#ifndef NS_NODE_DOTENV_H
#define NS_NODE_DOTENV_H

#include <stddef.h>

#include "quickjs.h"

// An object of the settings in a text, keys in byte order; the last setting of a key holds.
JSValue ns_dotenv_parse(JSContext *ctx, const char *text, size_t length);

#endif

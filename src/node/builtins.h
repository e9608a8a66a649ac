// Node's library in the executable, by the names of its modules ("internal/bootstrap/node").
#ifndef NS_NODE_BUILTINS_H
#define NS_NODE_BUILTINS_H

#include <stddef.h>

#include "quickjs.h"

// The module as the function that Node's loader wraps it in. A ReferenceError: there is none.
JSValue ns_builtin_function(JSContext *ctx, const char *id);
// Its text, NUL-terminated; NULL: there is none.
const char *ns_builtin_text(const char *id, size_t *size);

#endif

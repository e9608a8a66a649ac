// Node's core library as bytecode, embedded in the executable at build time (tools/compile-lib.c).
#ifndef NS_NODE_NODELIB_H
#define NS_NODE_NODELIB_H

#include <stddef.h>
#include <stdint.h>

// One module; offsets into ns_builtin_data. The text is NUL-terminated.
typedef struct ns_builtin {
    const char *id; // "internal/bootstrap/node"
    size_t code, code_size, text, text_size;
} ns_builtin;

extern const ns_builtin ns_builtins[]; // sorted by id
extern const int ns_builtin_count;
extern const uint8_t ns_builtin_data[];

#endif

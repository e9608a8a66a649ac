// A growing byte buffer. A failed allocation is remembered in `failed`; appends after it do
// nothing, so a caller may append many times and look once.
#ifndef NS_BASE_BUF_H
#define NS_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

// Zero-initialise. `data` is always NUL-terminated once anything was appended; `len` excludes it.
typedef struct ns_buf {
    char *data;
    size_t len, cap;
    bool failed;
} ns_buf;

void ns_buf_free(ns_buf *b);
void ns_buf_clear(ns_buf *b); // keeps the memory
bool ns_buf_reserve(ns_buf *b, size_t more);
void ns_buf_add(ns_buf *b, const void *bytes, size_t len);
void ns_buf_str(ns_buf *b, const char *s);
void ns_buf_char(ns_buf *b, char c);
void ns_buf_printf(ns_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Hand over the bytes (free with ns_free) and leave the buffer empty. NULL if it had failed.
char *ns_buf_take(ns_buf *b);

#endif

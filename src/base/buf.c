#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void ns_buf_free(ns_buf *b)
{
    ns_free(b->data);
    *b = (ns_buf){0};
}

void ns_buf_clear(ns_buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

bool ns_buf_reserve(ns_buf *b, size_t more)
{
    if (b->failed || more > SIZE_MAX / 2 - b->len - 1) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap *= 2;
    char *data = ns_realloc(b->data, cap);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void ns_buf_add(ns_buf *b, const void *bytes, size_t len)
{
    if (!ns_buf_reserve(b, len))
        return;
    if (len)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void ns_buf_str(ns_buf *b, const char *s)
{
    ns_buf_add(b, s, strlen(s));
}

void ns_buf_char(ns_buf *b, char c)
{
    ns_buf_add(b, &c, 1);
}

void ns_buf_printf(ns_buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0 || !ns_buf_reserve(b, (size_t)len)) {
        b->failed = true;
        return;
    }
    va_start(args, fmt);
    vsnprintf(b->data + b->len, (size_t)len + 1, fmt, args);
    va_end(args);
    b->len += (size_t)len;
}

char *ns_buf_take(ns_buf *b)
{
    char *data = b->failed ? NULL : b->data;
    if (b->failed)
        ns_free(b->data);
    *b = (ns_buf){0};
    return data;
}

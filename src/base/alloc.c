#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *libc_realloc(void *opaque, void *p, size_t size)
{
    (void)opaque;
    if (size == 0) {
        free(p);
        return NULL;
    }
    return realloc(p, size);
}

static ns_realloc_fn allocator = libc_realloc;
static void *allocator_opaque;

void ns_set_allocator(ns_realloc_fn fn, void *opaque)
{
    allocator = fn ? fn : libc_realloc;
    allocator_opaque = opaque;
}

void *ns_malloc(size_t size)
{
    return allocator(allocator_opaque, NULL, size ? size : 1);
}

void *ns_calloc(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    void *p = ns_malloc(total);
    if (p)
        memset(p, 0, total);
    return p;
}

void *ns_realloc(void *p, size_t size)
{
    return allocator(allocator_opaque, p, size ? size : 1);
}

char *ns_strdup(const char *s)
{
    return ns_strndup(s, strlen(s));
}

char *ns_strndup(const char *s, size_t len)
{
    char *copy = ns_malloc(len + 1);
    if (!copy)
        return NULL;
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

void ns_free(void *p)
{
    if (p)
        allocator(allocator_opaque, p, 0);
}

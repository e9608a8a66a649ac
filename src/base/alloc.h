// The one allocator. Everything nsim allocates comes from here, so that a test can make the Nth
// allocation fail. It is process-wide, as uv_replace_allocator is; set it before anything else
// runs.
#ifndef NS_BASE_ALLOC_H
#define NS_BASE_ALLOC_H

#include <stddef.h>

// Like realloc(): p == NULL allocates, size == 0 frees and returns NULL. Returns NULL on failure
// and then leaves p alone.
typedef void *(*ns_realloc_fn)(void *opaque, void *p, size_t size);

// NULL restores the C library's allocator.
void ns_set_allocator(ns_realloc_fn fn, void *opaque);

// Each returns NULL when memory is exhausted. ns_calloc checks count * size for overflow.
void *ns_malloc(size_t size) __attribute__((malloc));
void *ns_calloc(size_t count, size_t size) __attribute__((malloc));
void *ns_realloc(void *p, size_t size);
char *ns_strdup(const char *s) __attribute__((malloc));
char *ns_strndup(const char *s, size_t len) __attribute__((malloc));
void ns_free(void *p);

#endif

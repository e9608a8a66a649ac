// Memory that lives as long as a workload: allocated piece by piece, freed at once.
#ifndef NS_WORKLOAD_ARENA_H
#define NS_WORKLOAD_ARENA_H

#include <stddef.h>

// Zero-initialise.
typedef struct ns_arena {
    struct ns_arena_block *blocks;
} ns_arena;

void ns_arena_free(ns_arena *arena);

// Each returns NULL when memory is exhausted. Memory is zeroed and aligned for any type.
void *ns_arena_alloc(ns_arena *arena, size_t size);
void *ns_arena_array(ns_arena *arena, size_t count, size_t size); // checks count * size
char *ns_arena_strndup(ns_arena *arena, const char *s, size_t len);
char *ns_arena_strdup(ns_arena *arena, const char *s);
char *ns_arena_printf(ns_arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

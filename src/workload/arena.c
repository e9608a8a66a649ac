#include "workload/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

// One block per piece: a workload has a few hundred, and each can be made to fail by a test.
struct ns_arena_block {
    struct ns_arena_block *next;
    alignas(max_align_t) char bytes[];
};

void ns_arena_free(ns_arena *arena)
{
    struct ns_arena_block *block = arena->blocks;
    while (block) {
        struct ns_arena_block *next = block->next;
        ns_free(block);
        block = next;
    }
    arena->blocks = NULL;
}

void *ns_arena_alloc(ns_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    struct ns_arena_block *block = ns_calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    return block->bytes;
}

void *ns_arena_array(ns_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return ns_arena_alloc(arena, total);
}

char *ns_arena_strndup(ns_arena *arena, const char *s, size_t len)
{
    char *copy = ns_arena_alloc(arena, len + 1);
    if (copy)
        memcpy(copy, s, len);
    return copy;
}

char *ns_arena_strdup(ns_arena *arena, const char *s)
{
    return ns_arena_strndup(arena, s, strlen(s));
}

char *ns_arena_printf(ns_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        return NULL;
    char *text = ns_arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, fmt);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    va_end(args);
    return text;
}

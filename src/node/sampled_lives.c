#include "node/sampled_lives.h"

#include <search.h>

#include "base/alloc.h"

typedef struct part {
    uint32_t node, line;
    int64_t bytes;
    struct part *next;
} part;

typedef struct sampled {
    uintptr_t address;
    part *parts;
} sampled;

static int by_address(const void *a, const void *b)
{
    uintptr_t x = ((const sampled *)a)->address, y = ((const sampled *)b)->address;
    return (x > y) - (x < y);
}

static void free_entry(void *opaque)
{
    sampled *e = opaque;
    while (e->parts) {
        part *next = e->parts->next;
        ns_free(e->parts);
        e->parts = next;
    }
    ns_free(e);
}

void ns_sampled_lives_free(ns_sampled_lives *lives)
{
    if (lives->by_address)
        tdestroy(lives->by_address, free_entry);
    lives->by_address = NULL;
}

// NULL: there is none, or (with `make`) memory is out.
static sampled *entry_at(ns_sampled_lives *lives, uintptr_t address, bool make)
{
    const sampled key = {.address = address};
    sampled **found = tfind(&key, &lives->by_address, by_address);
    if (found || !make)
        return found ? *found : NULL;
    sampled *fresh = ns_calloc(1, sizeof *fresh);
    if (!fresh)
        return NULL;
    fresh->address = address;
    if (tsearch(fresh, &lives->by_address, by_address))
        return fresh;
    ns_free(fresh);
    return NULL;
}

bool ns_sampled_lives_add(ns_sampled_lives *lives, ns_stack_tree *tree, const ns_life *life,
                          uint32_t node, uint32_t line, int64_t bytes)
{
    part *p = ns_calloc(1, sizeof *p);
    sampled *e = p ? entry_at(lives, (uintptr_t)life, true) : NULL;
    if (!e) {
        ns_free(p);
        return false;
    }
    *p = (part){.node = node, .line = line, .bytes = bytes, .next = e->parts};
    e->parts = p;
    ns_stack_tree_live(tree, node, line, bytes);
    return true;
}

void ns_sampled_lives_end(ns_sampled_lives *lives, ns_stack_tree *tree, const ns_life *life)
{
    sampled *e = entry_at(lives, (uintptr_t)life, false);
    if (!e)
        return;
    for (const part *p = e->parts; p; p = p->next)
        ns_stack_tree_live(tree, p->node, p->line, -p->bytes);
    tdelete(e, &lives->by_address, by_address);
    free_entry(e);
}

void ns_sampled_lives_move(ns_sampled_lives *lives, uintptr_t from, const ns_life *life)
{
    sampled *e = entry_at(lives, from, false);
    if (!e || from == (uintptr_t)life)
        return;
    tdelete(e, &lives->by_address, by_address);
    e->address = (uintptr_t)life;
    if (!tsearch(e, &lives->by_address, by_address))
        free_entry(e); // out of memory: it counts as living to the end
}

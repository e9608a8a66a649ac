// Cyclic garbage: what a collection finds. The trace tells by when it was that.
#include "base/alloc.h"
#include "replay/replay_private.h"

// The first death that comes with a cohort or a later one.
static uint32_t first_from(const ns_nst *t, uint32_t when)
{
    uint32_t low = 0, high = t->death_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->deaths[middle].when < when)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void await(ns_replay *r, const ns_nst_death *death)
{
    replay_garbage *all = &r->garbage;
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? all->capacity * 2 : 64;
        const ns_nst_death **items =
            ns_realloc(all->items, capacity * sizeof(const ns_nst_death *));
        if (!items) {
            replay_no_memory(r);
            return;
        }
        all->items = items;
        all->capacity = capacity;
    }
    all->items[all->count++] = death;
}

// That of a copy is as good as found: the copy may be gone when the next collection comes.
void replay_garbage_comes(ns_replay *r, replay_tree *tree, uint32_t first, uint32_t last)
{
    const ns_nst *t = r->trace;
    for (uint32_t i = first_from(t, first); i < t->death_count && t->deaths[i].when <= last; i++) {
        const ns_nst_death *death = &t->deaths[i];
        if (tree->copy)
            replay_die(r, tree, death->cohort, death->place, death->count);
        else
            await(r, death);
    }
}

// Whether it is in the old generation, where a scavenge finds nothing.
static bool is_old(const ns_replay *r, const ns_nst_death *death)
{
    uint32_t birth = r->cohorts[death->cohort].birth;
    return birth && ns_heap_epoch(r->heap) + 1 - birth > 1;
}

void replay_find_garbage(ns_replay *r, bool young)
{
    replay_garbage *all = &r->garbage;
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        const ns_nst_death *death = all->items[i];
        if (young && is_old(r, death))
            all->items[kept++] = death;
        else
            replay_die(r, &r->trees[0], death->cohort, death->place, death->count);
    }
    all->count = kept;
}

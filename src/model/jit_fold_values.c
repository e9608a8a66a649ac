// Numbers of values: the same operation on the same values has the same number
// (compiler/value-numbering-reducer.cc). See jit_fold.h.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_fold.h"

bool fold_within(const fold *f, uint32_t loop, uint32_t outer)
{
    for (; loop; loop = f->loops[loop].parent)
        if (loop == outer)
            return true;
    return false;
}

uint32_t fold_deeper(const fold *f, uint32_t a, uint32_t b)
{
    return b == 0 || fold_within(f, a, b) ? a : b;
}

fold_value fold_numbers(fold *f, uint32_t count)
{
    if (f->info_count == 0)
        f->info_count = FOLD_FIRST;
    while (f->info_count + count > f->info_capacity) {
        uint32_t capacity = f->info_capacity ? f->info_capacity * 2 : 1024;
        fold_info *grown = ns_realloc(f->infos, capacity * sizeof *grown);
        if (!grown) {
            f->failed = true;
            return FOLD_NOTHING;
        }
        memset(grown + f->info_capacity, 0, (capacity - f->info_capacity) * sizeof *grown);
        f->infos = grown;
        f->info_capacity = capacity;
    }
    fold_value first = f->info_count;
    f->info_count += count;
    return first;
}

static fold_expression *place_of(const fold *f, uint32_t kind, fold_value a, fold_value b)
{
    uint64_t key = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15 + kind * UINT64_C(0x85ebca6b);
    uint32_t at = (uint32_t)((key ^ key >> 29) * 0xbf58476d1ce4e5b9 >> 32) & f->expression_mask;
    for (;; at = (at + 1) & f->expression_mask) {
        fold_expression *e = &f->expressions[at];
        if (e->number == FOLD_NOTHING || (e->kind == kind && e->a == a && e->b == b))
            return e;
    }
}

static bool grow(fold *f)
{
    uint32_t size = f->expressions ? (f->expression_mask + 1) * 2 : 256;
    fold_expression *old = f->expressions, *made = ns_calloc(size, sizeof *made);
    if (!made) {
        f->failed = true;
        return false;
    }
    uint32_t before = old ? f->expression_mask + 1 : 0;
    f->expressions = made;
    f->expression_mask = size - 1;
    for (uint32_t i = 0; i < before; i++)
        if (old[i].number != FOLD_NOTHING)
            *place_of(f, old[i].kind, old[i].a, old[i].b) = old[i];
    ns_free(old);
    return true;
}

fold_value fold_constant_of(fold *f, uint32_t kind, uint32_t a, uint32_t b)
{
    if ((!f->expressions || f->expression_count * 2 > f->expression_mask) && !grow(f))
        return FOLD_NOTHING;
    fold_expression *e = place_of(f, kind, a, b);
    if (e->number == FOLD_NOTHING) {
        *e = (fold_expression){.kind = kind, .a = a, .b = b, .number = fold_numbers(f, 1)};
        f->expression_count++;
        if (f->failed)
            return FOLD_NOTHING;
    }
    return e->number;
}

fold_value fold_expression_of(fold *f, uint32_t kind, fold_value a, fold_value b)
{
    fold_value made = fold_constant_of(f, kind, a, b);
    if (made == FOLD_NOTHING)
        return made;
    // Where operands vary may turn out later.
    uint32_t loop = fold_deeper(f, f->infos[a].loop, f->infos[b].loop);
    f->changed |= f->infos[made].loop != loop;
    f->infos[made].loop = loop;
    return made;
}

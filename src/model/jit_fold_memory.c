// What is known of memory on all ways to a place (compiler/load-elimination.cc). See jit_fold.h.
#include "model/jit_fold.h"

const fold_known *fold_find(const fold_state *s, fold_value object, uint32_t key, fold_value index)
{
    for (uint32_t i = 0; i < s->known_count; i++) {
        const fold_known *k = &s->known[i];
        if (k->object == object && k->key == key && k->index == index)
            return k;
    }
    return NULL;
}

void fold_know(fold_state *s, fold_value object, uint32_t key, fold_value index, fold_value value)
{
    fold_known *k = (fold_known *)fold_find(s, object, key, index);
    if (!k && s->known_count < FOLD_KNOWN_MOST)
        k = &s->known[s->known_count++];
    if (k)
        *k = (fold_known){.object = object, .key = key, .index = index, .value = value};
}

typedef bool (*forgets)(const fold_known *k, uint32_t what);

static void forget_some(fold_state *s, forgets test, uint32_t what)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->known_count; i++)
        if (!test(&s->known[i], what))
            s->known[kept++] = s->known[i];
    s->known_count = kept;
}

static bool is_memory(const fold_known *k, uint32_t what)
{
    (void)what;
    return (k->key & FOLD_KEY_KIND) != FOLD_KEY_COMPUTED;
}

static bool is_key(const fold_known *k, uint32_t what)
{
    return k->key == what;
}

static bool is_kind(const fold_known *k, uint32_t what)
{
    return (k->key & FOLD_KEY_KIND) == what;
}

static bool is_of(const fold_known *k, uint32_t value)
{
    return k->object == value || k->index == value || k->value == value;
}

void fold_forget_value(fold_state *s, fold_value value)
{
    forget_some(s, is_of, value);
}

void fold_write_all(fold *f, fold_state *s, uint32_t loop)
{
    for (; loop; loop = f->loops[loop].parent) {
        f->changed |= !f->loops[loop].memory;
        f->loops[loop].memory = true;
    }
    forget_some(s, is_memory, 0);
}

static bool has_written(const fold_loop *loop, uint32_t key)
{
    if (loop->memory || loop->kinds >> (key / FOLD_KEY_PLACE) & 1)
        return true;
    for (uint32_t i = 0; i < loop->written_count; i++)
        if (loop->written[i] == key)
            return true;
    return false;
}

void fold_write(fold *f, fold_state *s, uint32_t loop, uint32_t key)
{
    for (; loop; loop = f->loops[loop].parent) {
        fold_loop *l = &f->loops[loop];
        if (has_written(l, key))
            continue;
        f->changed = true;
        if (l->written_count < FOLD_WRITTEN_MOST)
            l->written[l->written_count++] = key;
        else
            l->memory = true;
    }
    forget_some(s, is_key, key);
}

void fold_write_kind(fold *f, fold_state *s, uint32_t loop, uint32_t kind)
{
    for (; loop; loop = f->loops[loop].parent) {
        f->changed |= !(f->loops[loop].kinds >> (kind / FOLD_KEY_PLACE) & 1);
        f->loops[loop].kinds |= 1u << (kind / FOLD_KEY_PLACE);
    }
    forget_some(s, is_kind, kind);
}

void fold_intersect(fold_state *into, const fold_state *other)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < into->known_count; i++) {
        const fold_known *k = &into->known[i];
        const fold_known *same = fold_find(other, k->object, k->key, k->index);
        if (same && same->value == k->value)
            into->known[kept++] = *k;
    }
    into->known_count = kept;
}

void fold_enter_loop(fold *f, fold_state *s, uint32_t loop)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->known_count; i++) {
        const fold_known *k = &s->known[i];
        bool computed = (k->key & FOLD_KEY_KIND) == FOLD_KEY_COMPUTED;
        fold_info *value = &f->infos[k->value];
        if (fold_within(f, f->infos[k->object].loop, loop) ||
            fold_within(f, f->infos[k->index].loop, loop) ||
            (!computed && has_written(&f->loops[loop], k->key)))
            continue;
        if (fold_within(f, value->loop, loop) && !computed) {
            if (!value->loaded)
                continue;
            value->loop = fold_deeper(f, f->infos[k->object].loop, f->infos[k->index].loop);
            f->changed = true;
        }
        s->known[kept++] = *k;
    }
    s->known_count = kept;
}

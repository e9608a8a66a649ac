// Sites that more than one piece of optimized code has assumptions about.
//
// The engine tells once what a site has not seen before, but inlined copies of a function assume
// different things of one site. While some code assumes less than the site has seen, the engine's
// slot is kept blank, so that it tells of every execution; the model keeps the whole feedback.
#include "base/alloc.h"
#include "model/jit_internal.h"

// Code that is not executed would keep its sites slow. After so many executions the watch rests
// until the code is entered.
enum { patience = 20000 };

struct jit_watch {
    jit_watch *next;
    uint32_t slot;
    int left;      // executions until the watch ends
    ns_slot truth; // what was seen in all, but for the hits
};

static jit_watch **find(jit_function *f, uint32_t slot)
{
    jit_watch **at = &f->watches;
    while (*at && (*at)->slot != slot)
        at = &(*at)->next;
    return at;
}

const ns_slot *jit_slot(const jit_function *f, uint32_t slot)
{
    for (const jit_watch *watch = f->watches; watch; watch = watch->next)
        if (watch->slot == slot)
            return &watch->truth;
    return &f->function->slots[slot];
}

static void blank(ns_slot *slot)
{
    *slot = (ns_slot){.offset = slot->offset, .kind = slot->kind, .hits = slot->hits};
}

static void end(jit_function *f, jit_watch **at)
{
    jit_watch *watch = *at;
    ns_slot *slot = &f->function->slots[watch->slot];
    watch->truth.hits = slot->hits;
    *slot = watch->truth;
    *at = watch->next;
    ns_free(watch);
}

static void rest(const jit_function *f)
{
    for (const ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        const jit_code *code = compiled->model;
        if (!code || !code->assumed || code->dead)
            continue;
        code->root->watch = true;
        f->jit->probe->ops->alert(f->jit->probe, code->root->owner->function);
    }
}

void jit_end_watches(jit_function *f)
{
    while (f->watches)
        end(f, &f->watches);
}

void jit_merge(ns_slot *slot, const ns_slot *seen)
{
    slot->tags |= seen->tags;
    for (int i = 0; i < seen->ways; i++) {
        int way = 0;
        while (way < slot->ways && slot->seen[way] != seen->seen[i])
            way++;
        if (way < slot->ways)
            continue;
        if (way == NS_SLOT_WAYS) {
            slot->megamorphic = true;
            continue;
        }
        slot->seen[way] = seen->seen[i];
        slot->own[way] = seen->own[i];
        slot->ways++;
    }
    slot->megamorphic |= seen->megamorphic;
}

static void drop_deprecated(const jit_function *f, ns_slot *slot)
{
    const ns_probe *probe = f->jit->probe;
    int kept = 0;
    for (int way = 0; way < slot->ways; way++) {
        if (slot->kind != NS_SLOT_CALL && probe->ops->shape_deprecated(probe, slot->seen[way]))
            continue;
        slot->seen[kept] = slot->seen[way];
        slot->own[kept++] = slot->own[way];
    }
    slot->ways = (uint8_t)kept;
}

bool jit_seen(jit_function *f, const ns_slot *slot, ns_slot *before, ns_slot *after)
{
    jit_watch *watch = *find(f, (uint32_t)(slot - f->function->slots));
    if (!watch) {
        *after = *slot;
        return true;
    }
    drop_deprecated(f, &watch->truth);
    *before = watch->truth;
    jit_merge(&watch->truth, slot);
    *after = watch->truth;
    return after->tags != before->tags || after->megamorphic != before->megamorphic ||
           jit_newcomer(before, after) != 0;
}

void jit_watch_slot(jit_function *f, ns_slot *slot, bool needed)
{
    uint32_t number = (uint32_t)(slot - f->function->slots);
    jit_watch **at = find(f, number), *watch = *at;
    if (watch && (!needed || --watch->left == 0)) {
        end(f, at);
        if (needed)
            rest(f);
        return;
    }
    if (!needed)
        return;
    if (!watch) {
        watch = ns_calloc(1, sizeof *watch);
        if (!watch) {
            f->jit->failed = true;
            return;
        }
        *watch = (jit_watch){.next = f->watches, .slot = number, .left = patience, .truth = *slot};
        f->watches = watch;
    }
    blank(slot);
}

// Code that relies on prototypes: optimized code calls what a prototype holds without looking there
// (V8: src/compiler/compilation-dependencies.cc, DependOnStablePrototypeChains and
// DependOnConstantInDictionaryPrototypeChain). A store to the property, or one that is added in
// front of it, invalidates the code.
#include "base/alloc.h"
#include "model/jit_internal.h"

// A site has looked for a name in a prototype. In a table by prototype and name, chained.
struct jit_lookup {
    jit_lookup *next;
    uint32_t prototype, atom, slot;
    bool stored; // once it was overwritten it is no constant, and code looks for itself
    const ns_function *function;
};

static jit_lookup **chain(ns_jit *jit, uint32_t prototype, uint32_t atom)
{
    return &jit->lookups[(prototype * 2654435761u ^ atom * 40503u) % JIT_LOOKUPS];
}

void jit_looked_up(void *opaque, const ns_function *function, uint32_t slot, uint32_t prototype,
                   uint32_t atom)
{
    ns_jit *jit = opaque;
    jit_lookup **first = chain(jit, prototype, atom);
    for (const jit_lookup *at = *first; at; at = at->next)
        if (at->prototype == prototype && at->atom == atom && at->slot == slot &&
            at->function == function)
            return;
    jit_lookup *lookup = ns_malloc(sizeof *lookup);
    if (!lookup) {
        jit->failed = true;
        return;
    }
    *lookup = (jit_lookup){
        .next = *first, .prototype = prototype, .atom = atom, .slot = slot, .function = function};
    *first = lookup;
}

void jit_prototype_changed(void *opaque, uint32_t prototype, uint32_t atom, bool added)
{
    ns_jit *jit = opaque;
    for (jit_lookup *at = *chain(jit, prototype, atom); at; at = at->next) {
        if (at->prototype != prototype || at->atom != atom || (at->stored && !added))
            continue;
        at->stored |= !added;
        for (ns_compiled *compiled = at->function->codes; compiled; compiled = compiled->next) {
            const jit_code *code = compiled->model;
            if (!code || !code->assumed || code->dead || code->assumed[at->slot].ways == 0 ||
                code->assumed[at->slot].megamorphic)
                continue;
            jit_invalidate(code->root, at->function, code->assumed[at->slot].offset,
                           "a prototype is changed");
        }
    }
}

void jit_free_lookups(ns_jit *jit)
{
    for (int i = 0; i < JIT_LOOKUPS; i++)
        while (jit->lookups[i]) {
            jit_lookup *next = jit->lookups[i]->next;
            ns_free(jit->lookups[i]);
            jit->lookups[i] = next;
        }
}

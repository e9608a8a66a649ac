// Code that depends on a field's representation (V8: src/objects/map-updater.cc).
//
// The store that brings the value fails its own check. When the representation changes in place,
// code that reads or writes the field is marked; when the map is deprecated, code that makes
// objects by transitions to it is, and code that meets such an object later finds another map.
#include "model/jit_internal.h"

// What the store checks (compiler/js-native-context-specialization.cc, BuildPropertyStore).
static const char *failed_check(ns_representation representation)
{
    switch (representation) {
    case NS_REP_SMI:
        return "not a Smi";
    case NS_REP_DOUBLE:
        return "not a heap number";
    case NS_REP_HEAP_OBJECT:
        return "Smi";
    case NS_REP_NONE:
    case NS_REP_TAGGED:
        break;
    }
    return NULL;
}

// A store that adds the field (AccessInfoFactory::LookupTransition).
static bool adds_field(const ns_probe *probe, uint32_t shape, uint32_t name,
                       const ns_field_change *change)
{
    return (name == 0 || name == change->name) &&
           probe->ops->shape_parent(probe, change->shape) == shape;
}

static bool slot_depends(const jit_code *code, uint32_t slot, const ns_field_change *change)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    const ns_slot *assumed = &code->assumed[slot];
    bool constant = code->constant[slot], store = assumed->kind == NS_SLOT_STORE;
    // What was loaded from a constant is none any more.
    bool stored = change->from == change->to;

    if (assumed->kind != NS_SLOT_LOAD && !store)
        return false;
    for (int way = 0; way < assumed->ways && !assumed->megamorphic; way++) {
        uint32_t shape = assumed->seen[way], place = assumed->own[way] & NS_OWN_PLACE;
        bool within = probe->ops->shape_within(probe, shape, change->shape);
        bool adds = store && place == 0 && adds_field(probe, shape, code->name[slot], change);
        if (change->deprecated) {
            // That of a constant is stable no more.
            if ((constant && within) || adds || (store && place == 0 && within))
                return true;
        } else if (within && place == change->place && (constant || !stored)) {
            return true;
        }
    }
    return false;
}

static bool code_depends(const jit_code *code, const ns_field_change *change)
{
    const ns_function *function = code->compiled->function;
    for (uint32_t i = 1; code->assumed && i < function->slot_count; i++)
        if (slot_depends(code, i, change))
            return true;
    for (const jit_code *child = code->children; child; child = child->sibling)
        if (code_depends(child, change))
            return true;
    return false;
}

void ns_jit_literal_changed(ns_jit *jit, uint32_t function, uint32_t offset)
{
    const ns_function *of = jit->probe->ops->function(jit->probe, function);
    for (ns_compiled *compiled = of ? of->codes : NULL; compiled; compiled = compiled->next) {
        const jit_code *code = compiled->model;
        if (code && code->assumed && !code->dead)
            jit_invalidate(code->root, of, offset, "the literal's objects live on");
    }
}

void jit_field(void *opaque, const ns_field_change *change)
{
    ns_jit *jit = opaque;
    jit_code *code = change->code ? change->code->model : NULL;
    const char *reason = change->from != change->to ? failed_check(change->from) : NULL;
    if (reason && code && code->assumed && !code->dead)
        jit_deoptimize(code, change->slot->offset, reason, "");
    for (uint32_t id = 1; id <= jit->probe->ops->function_count(jit->probe); id++) {
        const ns_function *function = jit->probe->ops->function(jit->probe, id);
        for (ns_compiled *compiled = function->codes; compiled; compiled = compiled->next) {
            jit_code *root = compiled->model;
            if (root && root->root == root && root->assumed && !root->dead &&
                code_depends(root, change))
                jit_invalidate(root, change->code ? change->code->function : NULL,
                               change->slot ? change->slot->offset : 0,
                               change->from == change->to ? "a constant field is stored to"
                               : change->deprecated       ? "a map is deprecated"
                                                          : "a field's representation is widened");
        }
    }
}

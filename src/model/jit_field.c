// Code that depends on a field's representation (V8: src/objects/map-updater.cc).
//
// The store that brings the value fails its own check. When the representation changes in place,
// code that reads or writes the field is marked; when the map is deprecated, code that makes
// objects by transitions to it is, and code that meets such an object later finds another map.
#include "base/alloc.h"
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

// Every access to a field depends on its representation and, while it is a constant, on that
// (AccessInfoFactory::ComputeDataFieldAccessInfo, LookupTransition).
static bool slot_depends(const jit_code *code, uint32_t slot, const ns_field_change *change)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    const ns_slot *assumed = &code->assumed[slot];
    bool constant = code->constant[slot], store = assumed->kind == NS_SLOT_STORE;

    if (assumed->kind != NS_SLOT_LOAD && !store)
        return false;
    for (int way = 0; way < assumed->ways && !assumed->megamorphic; way++) {
        uint32_t shape = assumed->seen[way], place = assumed->own[way] & NS_OWN_PLACE;
        bool within = probe->ops->shape_within(probe, shape, change->shape);
        if (store && place == 0 && adds_field(probe, shape, code->name[slot], change))
            return true;
        if (change->deprecated) {
            // That of a constant is stable no more.
            if (within && (constant || (store && place == 0)))
                return true;
        } else if (within && place == change->place) {
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

// What the store checks for that the value does not pass.
static const char *failed(const ns_field_change *change)
{
    if (change->retyped)
        return "wrong map";
    return change->from != change->to ? failed_check(change->from) : NULL;
}

static bool relies_on(const jit_code *code, const ns_slot *slot)
{
    const ns_slot *assumed = &code->assumed[slot - code->compiled->function->slots];
    return assumed->ways > 0 && !assumed->megamorphic;
}

void jit_field(void *opaque, const ns_field_change *change)
{
    ns_jit *jit = opaque;
    jit_code *code = change->code ? change->code->model : NULL;
    const char *reason = failed(change);
    if (reason && code && code->assumed && !code->dead && relies_on(code, change->slot))
        jit_deoptimize(code, change->slot->offset, reason, "");
    for (uint32_t id = 1; id <= jit->probe->ops->function_count(jit->probe); id++) {
        const ns_function *function = jit->probe->ops->function(jit->probe, id);
        for (ns_compiled *compiled = function->codes; compiled; compiled = compiled->next) {
            jit_code *root = compiled->model;
            if (root && root->root == root && root->assumed && !root->dead &&
                code_depends(root, change))
                jit_invalidate(root, change->code ? change->code->function : NULL,
                               change->slot ? change->slot->offset : 0,
                               change->stored       ? "a constant field is stored to"
                               : change->retyped    ? "a field gets another hidden class"
                               : change->deprecated ? "a map is deprecated"
                                                    : "a field's representation is widened");
        }
    }
}

// The runtime makes another handler (IC::UpdateState, StoreIC::UpdateCaches).
void jit_missed(void *opaque, ns_compiled *code, ns_slot *slot)
{
    (void)slot;
    ns_jit *jit = opaque;
    jit_function *f = code->function->model;
    if (!f || !f->vector)
        return;
    jit_ic_changed(f, true);
    jit_charge(jit, jit->costs.ic_miss);
}

// -- Stable hidden classes ------------------------------------------------------------------------

// What is loaded from a field of one hidden class has it (PropertyAccessBuilder::
// BuildLoadDataField); so has a constant (BuildCheckMaps).
static uint32_t stable_of(const jit_code *code, uint32_t slot, int way)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    const ns_slot *assumed = &code->assumed[slot];
    if (assumed->kind == NS_SLOT_LOAD)
        return probe->ops->field_type(probe, assumed->seen[way], assumed->own[way] & NS_OWN_PLACE);
    return 0;
}

static bool add_stable(jit_code *code, uint32_t *count, uint32_t shape)
{
    ns_probe *probe = code->root->owner->jit->probe;
    if (shape < NS_SHAPE_FIRST || !probe->ops->shape_stable(probe, shape))
        return true;
    for (uint32_t i = 0; i < *count; i++)
        if (code->stable[i] == shape)
            return true;
    uint32_t *grown = ns_realloc(code->stable, (*count + 2) * sizeof *grown);
    if (!grown)
        return false;
    code->stable = grown;
    code->stable[(*count)++] = shape;
    code->stable[*count] = 0;
    probe->ops->watch_shape(probe, shape);
    return true;
}

bool jit_depend_on_stable(jit_code *code)
{
    uint32_t count = 0;
    if (code->compiled->tier == NS_TIER_MAGLEV || !code->root->owner->jit->probe->ops->field_type)
        return true;
    for (uint32_t i = 1; i < code->compiled->function->slot_count; i++) {
        const ns_slot *assumed = &code->assumed[i];
        if (assumed->megamorphic ||
            (assumed->kind != NS_SLOT_LOAD && assumed->kind != NS_SLOT_STORE))
            continue;
        for (int way = 0; way < assumed->ways; way++)
            if (!add_stable(code, &count, stable_of(code, i, way)))
                return false;
        if (code->constant[i] && assumed->ways == 1 && !add_stable(code, &count, assumed->seen[0]))
            return false;
    }
    return true;
}

static bool needs_stable(const jit_code *code, uint32_t shape)
{
    for (const uint32_t *at = code->stable; at && *at; at++)
        if (*at == shape)
            return true;
    for (const jit_code *child = code->children; child; child = child->sibling)
        if (needs_stable(child, shape))
            return true;
    return false;
}

void jit_unstable(void *opaque, uint32_t shape)
{
    ns_jit *jit = opaque;
    for (uint32_t id = 1; id <= jit->probe->ops->function_count(jit->probe); id++) {
        const ns_function *function = jit->probe->ops->function(jit->probe, id);
        for (ns_compiled *compiled = function->codes; compiled; compiled = compiled->next) {
            jit_code *root = compiled->model;
            if (root && root->root == root && root->assumed && !root->dead &&
                needs_stable(root, shape))
                jit_invalidate(root, NULL, 0, "objects of a hidden class get one more property");
        }
    }
}

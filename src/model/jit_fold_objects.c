// What instructions do with memory: properties, elements, captured variables. See jit_fold.h.
#include "model/jit_fold_step.h"

// -- Memory ---------------------------------------------------------------------------------------

static bool is_generic(const fold_step_state *s)
{
    return s->slot && (s->slot->megamorphic || s->slot->ways == 0);
}

static uint32_t property_key(const fold_step_state *s)
{
    uint32_t place = s->slot && s->slot->ways == 1 ? s->slot->own[0] & NS_OWN_PLACE : 0;
    bool length = s->insn->kind == NS_INSN_length;
    return place && !length ? FOLD_KEY_PLACE | place
                            : FOLD_KEY_NAME | (s->flow->name & (FOLD_KEY_PLACE - 1));
}

static bool elimination(const fold_step_state *s)
{
    return s->f->jit->flags.turbo_load_elimination;
}

static fold_value remembered(const fold_step_state *s, fold_value object, uint32_t key,
                             fold_value index)
{
    const fold_known *known = elimination(s) ? fold_find(s->s, object, key, index) : NULL;
    return known ? known->value : FOLD_NOTHING;
}

// A value of memory that is not known: it varies with the loop.
static fold_value loaded(const fold_step_state *s, uint32_t k)
{
    fold_value made = fold_pushed(s->frame, s->i, k);
    fold_forget_value(s->s, made);
    s->f->changed |= fold_info_of(s, made)->loop != s->loop;
    *fold_info_of(s, made) = (fold_info){.loop = s->loop, .loaded = true};
    return made;
}

// A method of a prototype, a field that never changed of an object that is known.
static fold_value constant_property(const fold_step_state *s, fold_value object, bool checked)
{
    const ns_probe *probe = s->f->jit->probe;
    const ns_slot *slot = s->slot;
    if (slot->ways != 1 || slot->seen[0] < NS_SHAPE_FIRST)
        return FOLD_NOTHING;
    uint32_t place = slot->own[0] & NS_OWN_PLACE;
    if (place == 0 && s->insn->kind == NS_INSN_load_method) {
        if (checked || fold_info_of(s, object)->constant)
            fold_left(s, FOLD_CONSTANT, "a method of a hidden class that is known");
        return fold_constant(s, EXPRESSION_METHOD, slot->seen[0], s->flow->name);
    }
    if (place == 0 || !fold_info_of(s, object)->constant ||
        !probe->ops->field_constant(probe, slot->seen[0], place))
        return FOLD_NOTHING;
    fold_left(s, FOLD_CONSTANT, "a field of a constant that was never changed");
    return fold_constant(s, EXPRESSION_FIELD, object, s->flow->name);
}

fold_value fold_load(const fold_step_state *s, uint32_t k)
{
    fold_value object = s->v[0];
    if (is_generic(s)) { // it may be a getter
        fold_write_all(s->f, s->s, s->loop);
        return loaded(s, k);
    }
    uint32_t key = property_key(s);
    bool checked = !s->slot || remembered(s, object, FOLD_KEY_SHAPE, FOLD_NOTHING);
    fold_know(s->s, object, FOLD_KEY_SHAPE, FOLD_NOTHING, object);
    fold_value value = s->slot ? constant_property(s, object, checked) : FOLD_NOTHING;
    if (value)
        return value;
    bool own = !s->slot || s->insn->kind == NS_INSN_length;
    for (int way = 0; s->slot && way < s->slot->ways; way++)
        own |= (s->slot->own[way] & NS_OWN_PLACE) != 0;
    value = own ? remembered(s, object, key, FOLD_NOTHING) : FOLD_NOTHING;
    if (value && checked) {
        fold_again(s, "loaded from what does not change in the loop",
                   "loaded before, and not changed", value);
        return value;
    }
    value = loaded(s, k);
    fold_info_of(s, value)->length = s->insn->kind == NS_INSN_length;
    if (own)
        fold_know(s->s, object, key, FOLD_NOTHING, value);
    return value;
}

fold_value fold_load_element(const fold_step_state *s, uint32_t k)
{
    if (is_generic(s) || (s->slot && s->slot->tags & NS_FB_NAME)) {
        fold_write_all(s->f, s->s, s->loop);
        return loaded(s, k);
    }
    fold_value value = remembered(s, s->v[0], FOLD_KEY_ELEMENT, s->v[1]);
    if (value) {
        fold_again(s, "an element that does not change in the loop",
                   "loaded before, and not changed", value);
        return value;
    }
    value = loaded(s, k);
    if (s->slot && (s->slot->tags == NS_FB_SMI || s->slot->tags == NS_FB_NUMBER))
        fold_info_of(s, value)->type = FOLD_NUMBER;
    fold_know(s->s, s->v[0], FOLD_KEY_ELEMENT, s->v[1], value);
    return value;
}

void fold_store(const fold_step_state *s)
{
    fold_value object = s->v[0];
    if (is_generic(s)) {
        fold_write_all(s->f, s->s, s->loop);
        return;
    }
    uint32_t key = property_key(s);
    bool added = s->slot && !(s->slot->own[0] & NS_OWN_PLACE);
    fold_write(s->f, s->s, s->loop, key);
    if (added && s->insn->kind == NS_INSN_store) // another hidden class, of whatever is the object
        fold_write_kind(s->f, s->s, s->loop, FOLD_KEY_SHAPE);
    if (elimination(s)) {
        fold_know(s->s, object, FOLD_KEY_SHAPE, FOLD_NOTHING, object);
        fold_know(s->s, object, key, FOLD_NOTHING, s->v[1]);
    }
}

void fold_store_element(const fold_step_state *s)
{
    if (is_generic(s) || (s->slot && s->slot->tags & NS_FB_NAME)) {
        fold_write_all(s->f, s->s, s->loop);
        return;
    }
    fold_write_kind(s->f, s->s, s->loop, FOLD_KEY_ELEMENT);
    if (s->slot && s->slot->tags & NS_FB_OUTSIDE) // the array grows
        fold_write_kind(s->f, s->s, s->loop, FOLD_KEY_NAME);
    if (elimination(s) && s->slot && s->slot->tags != 0) // those of typed arrays are cut off
        fold_know(s->s, s->v[0], FOLD_KEY_ELEMENT, s->v[1], s->v[2]);
}

// -- Variables ------------------------------------------------------------------------------------

fold_value fold_get_variable(const fold_step_state *s)
{
    uint32_t variable = (uint32_t)s->flow->variable;
    if (!s->frame->captured[variable])
        return s->s->values[variable];
    fold_value context = s->frame->own + s->frame->layout.arguments + FOLD_OWN_CONTEXT;
    uint32_t key = FOLD_KEY_VARIABLE | variable;
    fold_value value = remembered(s, context, key, FOLD_NOTHING);
    if (value) {
        fold_again(s, "a variable that does not change in the loop",
                   "loaded before, and not changed", value);
        return value;
    }
    value = loaded(s, 0);
    fold_know(s->s, context, key, FOLD_NOTHING, value);
    return value;
}

void fold_put_variable(const fold_step_state *s, fold_value value)
{
    uint32_t variable = (uint32_t)s->flow->variable;
    if (!s->frame->captured[variable]) {
        s->s->values[variable] = value;
        return;
    }
    fold_value context = s->frame->own + s->frame->layout.arguments + FOLD_OWN_CONTEXT;
    fold_write(s->f, s->s, s->loop, FOLD_KEY_VARIABLE | variable);
    if (elimination(s))
        fold_know(s->s, context, FOLD_KEY_VARIABLE | variable, FOLD_NOTHING, value);
}

// The context of a function that has one closure is a constant (js-context-specialization.cc).
fold_value fold_get_outer(const fold_step_state *s)
{
    if (s->flow->fixed) {
        fold_left(s, FOLD_CONSTANT, "a constant of an outer function");
        return fold_constant(s, EXPRESSION_OUTER, s->flow->name, FOLD_NOTHING);
    }
    uint32_t key = FOLD_KEY_OUTER | (s->flow->name & (FOLD_KEY_PLACE - 1));
    fold_value value = remembered(s, FOLD_NOTHING, key, FOLD_NOTHING);
    if (value) {
        fold_again(s, "a variable that does not change in the loop",
                   "loaded before, and not changed", value);
        return value;
    }
    value = loaded(s, 0);
    fold_know(s->s, FOLD_NOTHING, key, FOLD_NOTHING, value);
    return value;
}

void fold_put_outer(const fold_step_state *s)
{
    uint32_t key = FOLD_KEY_OUTER | (s->flow->name & (FOLD_KEY_PLACE - 1));
    fold_write(s->f, s->s, s->loop, key);
    if (elimination(s))
        fold_know(s->s, FOLD_NOTHING, key, FOLD_NOTHING, s->v[0]);
}

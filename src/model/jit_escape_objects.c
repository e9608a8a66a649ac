// What instructions do with objects in escape analysis: named properties, elements, allocations,
// iterators.
#include "model/jit_escape_step.h"

// -- Properties -----------------------------------------------------------------------------------

static uint32_t element_key(const esc_site *array, esc_value index)
{
    if (index < ESC_INTEGER)
        return 0;
    uint32_t number = index - (uint32_t)ESC_INTEGER;
    return number < array->length ? ESC_ELEMENT | number : 0;
}

esc_value esc_load_property(const esc_step *s)
{
    if (!esc_is_generic(s))
        return esc_load(s->e, s->v[0], s->flow->name);
    esc_escape(s->e, s->v[0], "load that is megamorphic");
    return ESC_OTHER;
}

// An array with more than two elements needs them when the index is not a constant.
esc_value esc_load_element(const esc_step *s)
{
    esc *e = s->e;
    const esc_site *array = esc_kept(e, s->v[0]);
    if (!array)
        return ESC_OTHER;
    if (array->kind > ESC_PASSED || array->kind == ESC_OBJECT || esc_is_generic(s)) {
        esc_escape(e, s->v[0], "keyed load");
        return ESC_OTHER;
    }
    uint32_t key = element_key(array, s->v[1]);
    if (key)
        return esc_load(e, s->v[0], key);
    if (array->kind == ESC_PASSED && !array->code->parent)
        return ESC_OTHER; // from the stack
    if (array->length == 1)
        return esc_load(e, s->v[0], ESC_ELEMENT);
    if (array->length == 2) {
        for (uint32_t i = 0; i < 2; i++)
            esc_escape(e, esc_load(e, s->v[0], ESC_ELEMENT | i), "index that is not constant");
        return ESC_OTHER;
    }
    esc_elements_escape(e, s->v[0], "index that is not constant");
    return ESC_OTHER;
}

void esc_store_element(const esc_step *s)
{
    const esc_site *array = esc_kept(s->e, s->v[0]);
    uint32_t key = array && array->kind == ESC_ARRAY ? element_key(array, s->v[1]) : 0;
    if (key && !esc_is_generic(s)) {
        esc_store(s->e, s->v[0], key, s->v[2]);
        return;
    }
    esc_escape(s->e, s->v[0], "keyed store");
    esc_escape(s->e, s->v[2], "stored in an object");
}

void esc_store_property(const esc_step *s)
{
    if (esc_is_generic(s))
        esc_escape(s->e, s->v[0], "store that is megamorphic");
    esc_store(s->e, s->v[0], s->flow->name, s->v[1]);
}

// -- Allocations ----------------------------------------------------------------------------------

esc_value esc_make_array(const esc_step *s)
{
    esc_value made = esc_new_site(s->e, s->f, s->i, ESC_ARRAY, s->flow->pops);
    for (uint32_t i = 0; i < s->flow->pops; i++)
        esc_store(s->e, made, ESC_ELEMENT | i, s->v[i]);
    return made;
}

esc_value esc_make_passed(const esc_step *s, uint32_t first)
{
    const esc_frame *f = s->f;
    uint32_t count = f->passed_count, length = UINT32_MAX;
    if (!f->code->parent || count != UINT32_MAX)
        length = count > first ? count - first : 0;
    if (!f->code->parent)
        length = UINT32_MAX;
    esc_value made = esc_new_site(s->e, s->f, s->i, ESC_PASSED, length);
    for (uint32_t i = first; f->code->parent && i < ESC_PASSED_MOST; i++)
        esc_store(s->e, made, ESC_ELEMENT | (i - first), f->passed[i]);
    return made;
}

esc_value esc_make_special(const esc_step *s)
{
    enum { MAPPED = 1, FUNCTION = 2 }; // OP_SPECIAL_OBJECT_*
    if (s->insn->operand <= MAPPED)
        return esc_make_passed(s, 0);
    return s->insn->operand == FUNCTION ? s->f->function : ESC_OTHER;
}

// A closure is allocated by machine code, and so may be removed, where more than one has been made
// (JSCreateLowering::ReduceJSCreateClosure).
esc_value esc_make_closure(const esc_step *s)
{
    esc *e = s->e;
    esc_frame *f = s->f;
    uint16_t variables[64];
    const ns_probe *probe = e->jit->probe;
    const ns_function *function = f->code->compiled->function;
    uint32_t count = probe->ops->captured(probe, function, s->insn->offset, variables, 64);
    esc_value made = esc_new_site(e, f, s->i, ESC_CLOSURE, 0);
    if (count > 64 || (!f->loop[s->i] && function->calls < 2))
        esc_escape(e, made, "closure that is made once");
    if (count == 0)
        return made;
    if (f->context == UINT16_MAX)
        f->context = esc_new_site(e, f, 0, ESC_CONTEXT, 0);
    for (uint32_t i = 0; i < count && i < 64; i++) {
        e->changed |= !f->captured[variables[i]];
        f->captured[variables[i]] = true;
    }
    esc_store(e, made, ESC_HIDDEN, f->context);
    return made;
}

void esc_for_of(const esc_step *s)
{
    const esc_site *list = esc_kept(s->e, s->v[0]);
    if (list && list->kind != ESC_ARRAY && list->kind != ESC_PASSED)
        esc_escape(s->e, s->v[0], "iterated over");
    esc_value iterator = esc_new_site(s->e, s->f, s->i, ESC_ITERATOR, 0);
    esc_store(s->e, iterator, ESC_HIDDEN, s->v[0]);
    s->push[0] = iterator;
    s->push[1] = ESC_OTHER;
    s->push[2] = ESC_CATCH;
}

void esc_for_of_next(const esc_step *s)
{
    uint32_t below = 3 + (uint32_t)s->insn->operand;
    if (s->depth < below)
        return;
    esc_value list = esc_load(s->e, s->stack[s->depth - below], ESC_HIDDEN);
    const esc_site *site = esc_kept(s->e, list);
    for (uint32_t i = 0; site && i < site->length && i < ESC_PASSED_MOST; i++)
        esc_escape(s->e, esc_load(s->e, list, ESC_ELEMENT | i), "iterated over");
    site = esc_kept(s->e, list);
    if (site && s->f->loop[s->i] && site->length > 2)
        esc_elements_escape(s->e, list, "iterated over in a loop");
}

// One pass of escape analysis over a function: values on its stack and in its variables, before
// each instruction.
#include <string.h>

#include "model/jit_escape_step.h"

static esc_value *state_of(const esc_frame *f, uint32_t i)
{
    return &f->states[(size_t)i * f->width];
}

// -- Ways -----------------------------------------------------------------------------------------

static void go(const esc_step *s, uint32_t to, uint32_t depth, const esc_value *stack)
{
    esc *e = s->e;
    esc_frame *f = s->f;
    if (to >= f->count || depth + f->variables > f->width) {
        e->odd = to < f->count;
        return;
    }
    bool before = e->changed;
    e->changed = false;
    bool first = f->depth[to] == UINT32_MAX;
    if (!first && f->depth[to] != depth) {
        e->odd = true;
        return;
    }
    f->depth[to] = depth;
    esc_value *into = state_of(f, to);
    for (uint32_t i = 0; i < f->variables; i++)
        esc_join(e, &into[i],
                 esc_is_live(f, to, i) && !f->captured[i] ? s->variables[i] : ESC_OTHER);
    for (uint32_t i = 0; i < depth; i++)
        esc_join(e, &into[f->variables + i], stack[i]);
    if (first || e->changed)
        f->dirty[to] = true;
    e->changed |= before | first;
}

// -- Variables ------------------------------------------------------------------------------------

static esc_value get_variable(const esc_step *s, uint32_t variable)
{
    if (!s->f->captured[variable])
        return s->variables[variable];
    return s->f->context == UINT16_MAX ? ESC_OTHER
                                       : esc_load(s->e, s->f->context, ESC_VARIABLE | variable);
}

static void put_variable(const esc_step *s, uint32_t variable, esc_value value)
{
    s->variables[variable] = value;
    if (s->f->captured[variable] && s->f->context != UINT16_MAX)
        esc_store(s->e, s->f->context, ESC_VARIABLE | variable, value);
    // A handler may see what the variable held before.
    for (uint32_t i = 0; value != ESC_OTHER && i < s->f->count; i++) {
        const ns_insn *insn = &s->f->insns[i];
        if (insn->kind != NS_INSN_catch || insn->target == NS_INSN_NO_TARGET)
            continue;
        uint32_t to = s->f->at[insn->target];
        if (s->f->depth[to] != UINT32_MAX && esc_is_live(s->f, to, variable))
            esc_join(s->e, &state_of(s->f, to)[variable], value);
    }
}

// -- Instructions ---------------------------------------------------------------------------------

static void returns(const esc_step *s)
{
    esc_value value = s->insn->slot ? esc_call(s) : s->flow->pops > 0 ? s->v[0] : ESC_OTHER;
    if (!s->f->code->parent)
        esc_escape(s->e, value, "returned");
    esc_join(s->e, &s->f->result, value);
}

// Everything that a generator holds when it is suspended is kept in it.
static void suspend(const esc_step *s)
{
    for (uint32_t i = 0; i < s->f->variables; i++)
        esc_escape(s->e, s->variables[i], "live where the function is suspended");
    for (uint32_t i = 0; i < s->depth; i++)
        esc_escape(s->e, s->stack[i], "live where the function is suspended");
}

// What V8 knows of conditions (TypedOptimization, CommonOperatorReducer): objects that are made
// here are true, and neither null nor undefined.
typedef enum esc_truth { ESC_FALSE, ESC_TRUE, ESC_UNKNOWN } esc_truth;

static esc_truth truth_of(const esc_step *s, esc_value value)
{
    if (value == ESC_UNDEFINED || value == ESC_INTEGER)
        return ESC_FALSE;
    return value > ESC_INTEGER || esc_site_of(s->e, value) ? ESC_TRUE : ESC_UNKNOWN;
}

static esc_value truth_value(esc_truth truth)
{
    return truth == ESC_UNKNOWN ? ESC_OTHER : (esc_value)(ESC_INTEGER + truth);
}

static esc_value not(const esc_step *s)
{
    esc_truth truth = truth_of(s, s->v[0]);
    return truth_value(truth == ESC_UNKNOWN ? truth : truth == ESC_TRUE ? ESC_FALSE : ESC_TRUE);
}

// A test for null, undefined or both.
static esc_value is_nullish(const esc_step *s)
{
    if (s->v[0] == ESC_UNDEFINED)
        return truth_value(s->insn->operand & NS_ODDBALL_UNDEFINED ? ESC_TRUE : ESC_FALSE);
    return truth_value(esc_site_of(s->e, s->v[0]) ? ESC_FALSE : ESC_UNKNOWN);
}

// Instructions that do more than move values, or that let what they take escape. Whether it is one.
static bool effects(const esc_step *s)
{
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_small:
        if (s->insn->operand >= 0 && s->insn->operand < ESC_INTEGER)
            s->push[0] = (esc_value)(ESC_INTEGER + s->insn->operand);
        return true;
    case NS_INSN_oddball:
        if (s->insn->operand == NS_ODDBALL_UNDEFINED)
            s->push[0] = ESC_UNDEFINED;
        return true;
    case NS_INSN_nullish:
        s->push[0] = is_nullish(s);
        return true;
    case NS_INSN_not:
        s->push[0] = not(s);
        return true;
    case NS_INSN_this:
        s->push[0] = s->f->receiver;
        return true;
    case NS_INSN_object:
        s->push[0] = esc_new_site(s->e, s->f, s->i, ESC_OBJECT, 0);
        return true;
    case NS_INSN_array:
        s->push[0] = esc_make_array(s);
        return true;
    case NS_INSN_closure:
        s->push[0] = esc_make_closure(s);
        return true;
    case NS_INSN_rest:
        s->push[0] = esc_make_passed(s, (uint32_t)s->insn->operand);
        return true;
    case NS_INSN_arguments:
        s->push[0] = esc_make_special(s);
        return true;
    case NS_INSN_get_local:
    case NS_INSN_get_checked:
        if (s->flow->variable >= 0)
            s->push[0] = get_variable(s, (uint32_t)s->flow->variable);
        return true;
    case NS_INSN_put_local:
    case NS_INSN_set_local:
    case NS_INSN_put_checked:
        if (s->flow->variable >= 0)
            put_variable(s, (uint32_t)s->flow->variable, s->v[0]);
        return true;
    case NS_INSN_uninitialized:
    case NS_INSN_step_local:
    case NS_INSN_add_local:
        if (s->flow->variable >= 0)
            s->variables[s->flow->variable] = ESC_OTHER;
        return true;
    case NS_INSN_other: // a reference to the variable
        if (s->flow->variable >= 0) {
            esc_escape(s->e, s->variables[s->flow->variable], "in a variable that is referred to");
            s->variables[s->flow->variable] = ESC_OTHER;
        }
        return true;
    case NS_INSN_get_context:
        esc_test_variable(s);
        return true;
    case NS_INSN_put_context:
    case NS_INSN_set_context:
        esc_test_variable(s);
        return false;
    case NS_INSN_load:
    case NS_INSN_length:
        s->push[0] = esc_load_property(s);
        return true;
    case NS_INSN_load_method:
        s->push[1] = esc_load_property(s);
        return true;
    case NS_INSN_keyed_load:
        s->push[0] = esc_load_element(s);
        return true;
    case NS_INSN_keyed_load_method:
        s->push[1] = esc_load_element(s);
        return true;
    case NS_INSN_store:
    case NS_INSN_define:
        esc_store_property(s);
        return true;
    case NS_INSN_keyed_store:
    case NS_INSN_keyed_define:
        esc_store_element(s);
        return true;
    case NS_INSN_define_method:
        esc_escape(s->e, s->v[s->flow->pops - 1], "method");
        return true;
    case NS_INSN_call:
    case NS_INSN_call_method:
    case NS_INSN_construct:
        s->push[0] = esc_call(s);
        return true;
    case NS_INSN_apply:
        s->push[0] = esc_apply(s);
        return true;
    case NS_INSN_spread:
        if (s->flow->pops != 3 || s->flow->pushes != 2)
            return false;
        esc_append(s);
        return true;
    case NS_INSN_for_of:
        esc_for_of(s);
        return true;
    case NS_INSN_for_of_next:
        esc_for_of_next(s);
        return true;
    default:
        return false;
    }
}

// A site without feedback: the code is deoptimized there, and what follows is not reached.
static bool never_ran(const ns_slot *slot)
{
    return slot && slot->kind != NS_SLOT_LITERAL && slot->tags == 0 && slot->ways == 0 &&
           !slot->megamorphic;
}

static bool is_harmless(const esc_step *s)
{
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_drop:
    case NS_INSN_dup:
    case NS_INSN_shuffle:
    case NS_INSN_branch:
    case NS_INSN_equal:
    case NS_INSN_typeof:
    case NS_INSN_instanceof:
    case NS_INSN_name:
    case NS_INSN_convert:
    case NS_INSN_catch:
    case NS_INSN_iterator:
    case NS_INSN_jump:
        return true;
    case NS_INSN_private: // the object, not what is stored in it
        for (uint32_t i = 1; i < s->flow->pops; i++)
            esc_escape(s->e, s->v[i], "stored in a private field");
        return true;
    default:
        return false;
    }
}

// A value that was found by the mark of a handler: everything above the mark goes.
static uint32_t leave_handler(const esc_step *s)
{
    uint32_t depth = s->depth - 1;
    while (depth > 0 && s->stack[depth - 1] != ESC_CATCH)
        depth--;
    if (depth == 0)
        s->e->odd = true;
    else
        s->stack[depth - 1] = s->v[1];
    return depth;
}

static void ways(const esc_step *s, uint32_t depth)
{
    uint32_t target = s->insn->target;
    bool branch = s->insn->kind == NS_INSN_branch;
    esc_truth truth = branch ? truth_of(s, s->v[0]) : ESC_UNKNOWN;
    bool known = truth != ESC_UNKNOWN,
         jumps = known && (truth == ESC_TRUE) == (s->insn->operand != 0);
    if (target != NS_INSN_NO_TARGET && (!known || jumps)) {
        esc_value last = s->stack[depth];
        uint32_t to = s->f->at[target], then = depth;
        if (s->insn->kind == NS_INSN_catch)
            s->stack[then - 1] = ESC_OTHER; // the exception
        else if (s->insn->kind == NS_INSN_finally)
            s->stack[then++] = ESC_OTHER; // where to return to
        go(s, to, then, s->stack);
        if (s->insn->kind == NS_INSN_catch)
            s->stack[then - 1] = ESC_CATCH;
        s->stack[depth] = last;
    }
    if (!s->flow->ends && !jumps)
        go(s, s->i + 1, depth, s->stack);
}

static void execute(esc *e, esc_frame *f, uint32_t i, esc_value *state)
{
    esc_value pushed[NS_FLOW_MOST];
    esc_step s = {.e = e,
                  .f = f,
                  .i = i,
                  .insn = &f->insns[i],
                  .flow = &f->flows[i],
                  .variables = state,
                  .stack = state + f->variables,
                  .depth = f->depth[i],
                  .push = pushed};
    s.slot = s.insn->slot ? &f->code->assumed[s.insn->slot] : NULL;
    if (s.depth < s.flow->pops) {
        e->odd = true;
        return;
    }
    if (never_ran(s.slot))
        return;
    s.v = s.stack + s.depth - s.flow->pops;
    e->frame = f;
    e->insn = i;
    for (uint32_t k = 0; k < NS_FLOW_MOST; k++)
        pushed[k] = s.flow->from[k] < s.flow->pops ? s.v[s.flow->from[k]] : ESC_OTHER;
    if (s.insn->kind == NS_INSN_return || s.insn->kind == NS_INSN_return_undefined) {
        f->returns_undefined |= s.insn->kind == NS_INSN_return_undefined;
        if (s.insn->kind == NS_INSN_return)
            returns(&s);
        return;
    }
    if (s.insn->kind == NS_INSN_yield || s.insn->kind == NS_INSN_await ||
        s.insn->kind == NS_INSN_generator)
        suspend(&s);
    else if (!effects(&s) && !is_harmless(&s))
        esc_escape_all(&s, "used by an instruction that wants the object");
    if (s.insn->kind == NS_INSN_catch && s.flow->pushes == 1 && s.flow->pops == 0)
        pushed[0] = ESC_CATCH;
    uint32_t depth = s.depth - s.flow->pops + s.flow->pushes;
    if (s.insn->kind == NS_INSN_catch && s.flow->pops == 2) {
        depth = leave_handler(&s);
    } else {
        memcpy(s.v, pushed, s.flow->pushes * sizeof *pushed);
    }
    ways(&s, depth);
}

static void enter(esc *e, esc_frame *f)
{
    esc_value *first = state_of(f, 0);
    f->depth[0] = 0;
    for (uint32_t i = 0; i < f->variables; i++) {
        esc_value value = ESC_OTHER;
        if (i < f->layout.arguments && i < ESC_PASSED_MOST && f->code->parent)
            value = f->passed[i];
        if (f->captured[i] && f->context != UINT16_MAX)
            esc_store(e, f->context, ESC_VARIABLE | i, value);
        esc_join(e, &first[i], esc_is_live(f, 0, i) && !f->captured[i] ? value : ESC_OTHER);
    }
}

void esc_flow(esc *e, esc_frame *f)
{
    esc_value state[ESC_VARIABLES_MOST + 256];
    if (f->width + NS_FLOW_MOST + 1 > sizeof state / sizeof *state) {
        e->odd = true;
        return;
    }
    if (f->code->parent && f->receiver == ESC_NOTHING && f->function == ESC_NOTHING)
        return; // nobody has called it yet
    enter(e, f);
    for (uint32_t i = 0; i < f->count; i++)
        f->dirty[i] = f->depth[i] != UINT32_MAX;
    for (bool again = true; again && !e->odd && !e->failed;) {
        again = false;
        for (uint32_t i = 0; i < f->count && !e->odd && !e->failed; i++) {
            if (!f->dirty[i])
                continue;
            f->dirty[i] = false;
            again = true;
            memcpy(state, state_of(f, i), f->width * sizeof *state);
            execute(e, f, i, state);
        }
    }
    e->frame = NULL;
}

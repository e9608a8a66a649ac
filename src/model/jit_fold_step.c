// What one instruction makes of values, and what is left of it. See jit_fold.h.
#include <string.h>

#include "model/jit_fold_step.h"
#include "model/jit_lattice.h"

void fold_left(const fold_step_state *s, fold_class class, const char *reason)
{
    s->frame->classes[s->i] = (uint8_t) class;
    s->frame->reasons[s->i] = reason;
}

fold_value fold_constant(const fold_step_state *s, uint32_t kind, uint32_t a, uint32_t b)
{
    fold_value made = fold_constant_of(s->f, kind, a, b);
    fold_info_of(s, made)->constant = true;
    return made;
}

static fold_value small(const fold_step_state *s, int32_t number)
{
    fold_value made = fold_constant(s, EXPRESSION_CONSTANT, (fold_value)number, FOLD_NOTHING);
    fold_info_of(s, made)->integer = true;
    fold_info_of(s, made)->number = number;
    fold_info_of(s, made)->type = FOLD_NUMBER;
    return made;
}

void fold_again(const fold_step_state *s, const char *invariant, const char *redundant,
                fold_value value)
{
    bool peeled = s->loop && s->f->loops[s->loop].peeled;
    if (peeled && !fold_within(s->f, fold_info_of(s, value)->loop, s->loop))
        fold_left(s, FOLD_INVARIANT, invariant);
    else
        fold_left(s, FOLD_REDUNDANT, redundant);
}

fold_value fold_compute(const fold_step_state *s, fold_value a, fold_value b, fold_type type)
{
    fold_value made = fold_expression_of(s->f, s->insn->operation, a, b);
    fold_info *of = fold_info_of(s, made);
    of->type = (uint8_t)type;
    of->constant =
        fold_info_of(s, a)->constant && (b == FOLD_NOTHING || fold_info_of(s, b)->constant);
    if (of->constant)
        fold_left(s, FOLD_CONSTANT, "operands are constants");
    else if (fold_find(s->s, made, FOLD_KEY_COMPUTED, FOLD_NOTHING))
        fold_again(s, "operands do not change in the loop", "computed before", made);
    fold_know(s->s, made, FOLD_KEY_COMPUTED, FOLD_NOTHING, made);
    return made;
}

// -- Arithmetic -----------------------------------------------------------------------------------

// Int32Div and Int32Mod by a constant (machine-operator-reducer.cc).
static void reduce_division(const fold_step_state *s, fold_value by)
{
    const fold_info *of = fold_info_of(s, by);
    if (s->frame->classes[s->i] == FOLD_WHOLE && s->insn->kind == NS_INSN_divide && of->integer &&
        of->number > 0 && jit_lattice(s->slot->tags) == JIT_FB_SMALL)
        fold_left(s, FOLD_REDUCED, "division by a constant");
}

static fold_value arithmetic(const fold_step_state *s, fold_value a, fold_value b)
{
    switch (jit_lattice(s->slot->tags)) {
    case JIT_FB_SMALL:
    case JIT_FB_NUMBER:
    case JIT_FB_ODDBALL: {
        fold_value made = fold_compute(s, a, b, FOLD_NUMBER);
        reduce_division(s, b);
        return made;
    }
    case JIT_FB_STRING:
    case JIT_FB_BIGINT:
        break;
    default: // a method of an operand
        fold_write_all(s->f, s->s, s->loop);
        break;
    }
    return fold_pushed(s->frame, s->i, 0);
}

// The variable of a loop, where it begins: its number, -1: it is none.
static int32_t loop_variable(const fold_step_state *s, fold_value value)
{
    const fold_frame *f = s->frame;
    uint32_t at = value - f->merged;
    if (value < f->merged || at >= f->block_count * f->width || f->headers[at / f->width] == 0 ||
        at % f->width >= f->variables)
        return -1;
    return (int32_t)(at % f->width);
}

static fold_value comparison(const fold_step_state *s)
{
    const ns_slot *slot = s->slot;
    int32_t variable = loop_variable(s, s->v[0]);
    const fold_info *limit = fold_info_of(s, s->v[1]);
    if (s->insn->kind == NS_INSN_compare && variable >= 0 && (limit->integer || limit->length))
        s->frame->bounded[variable] = true;
    if (s->insn->kind == NS_INSN_compare && jit_lattice(slot->tags) == JIT_FB_ANY)
        fold_write_all(s->f, s->s, s->loop);
    return fold_compute(s, s->v[0], s->v[1], FOLD_BOOLEAN);
}

// A step of a variable by one.
static fold_value count(const fold_step_state *s, fold_value value)
{
    int32_t variable = loop_variable(s, value);
    fold_value made = arithmetic(s, value, FOLD_NOTHING);
    if (s->frame->classes[s->i] == FOLD_WHOLE && variable >= 0 && s->frame->bounded[variable] &&
        jit_lattice(s->slot->tags) == JIT_FB_SMALL && s->f->jit->flags.turbo_loop_variable)
        fold_left(s, FOLD_UNCHECKED, "the loop's condition bounds it");
    return made;
}

static fold_value type_of(const fold_step_state *s)
{
    fold_value made = fold_compute(s, s->v[0], FOLD_NOTHING, FOLD_ANY);
    if (fold_info_of(s, s->v[0])->type != FOLD_ANY) {
        fold_info_of(s, made)->constant = true;
        fold_left(s, FOLD_CONSTANT, "the type is known");
    }
    return made;
}

// -- Instructions ---------------------------------------------------------------------------------

static void other(fold_step_state *s)
{
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_drop:
    case NS_INSN_dup:
    case NS_INSN_shuffle:
    case NS_INSN_jump:
    case NS_INSN_branch:
    case NS_INSN_closure:
    case NS_INSN_object:
    case NS_INSN_array:
    case NS_INSN_regexp:
    case NS_INSN_arguments:
    case NS_INSN_rest:
    case NS_INSN_throw:
    case NS_INSN_catch:
    case NS_INSN_name:
    case NS_INSN_convert:
    case NS_INSN_define_method:
    case NS_INSN_close_context:
    case NS_INSN_next_context:
    case NS_INSN_declare:
    case NS_INSN_private:
    case NS_INSN_uninitialized:
    case NS_INSN_other:
        break;
    default:
        fold_write_all(s->f, s->s, s->loop);
        break;
    }
    bool object = s->insn->kind == NS_INSN_closure || s->insn->kind == NS_INSN_object ||
                  s->insn->kind == NS_INSN_array;
    if (object)
        fold_info_of(s, s->push[0])->type = FOLD_OBJECT;
    if (s->insn->kind == NS_INSN_branch && fold_info_of(s, s->v[0])->constant)
        fold_left(s, FOLD_CONSTANT, "the condition is known");
    if (s->insn->kind == NS_INSN_uninitialized && s->flow->variable >= 0)
        s->s->values[s->flow->variable] = FOLD_NOTHING;
}

static bool variables(fold_step_state *s)
{
    fold_value value;
    bool known = s->flow->variable >= 0;
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_get_local:
    case NS_INSN_get_checked:
        if (known)
            s->push[0] = fold_get_variable(s);
        return true;
    case NS_INSN_put_local:
    case NS_INSN_set_local:
    case NS_INSN_put_checked:
        if (known)
            fold_put_variable(s, s->v[0]);
        return true;
    case NS_INSN_step_local:
        value = known ? fold_get_variable(s) : FOLD_NOTHING;
        if (known && s->slot)
            fold_put_variable(s, count(s, value));
        return true;
    case NS_INSN_add_local:
        value = known ? fold_get_variable(s) : FOLD_NOTHING;
        if (known && s->slot)
            fold_put_variable(s, arithmetic(s, value, s->v[0]));
        return true;
    case NS_INSN_get_context:
        s->push[0] = fold_get_outer(s);
        return true;
    case NS_INSN_put_context:
    case NS_INSN_set_context:
        fold_put_outer(s);
        return true;
    default:
        return false;
    }
}

// Operations on values alone. Whether it is one.
static bool operations(fold_step_state *s)
{
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_small:
        s->push[0] = small(s, s->insn->operand);
        return true;
    case NS_INSN_constant:
    case NS_INSN_oddball:
        fold_info_of(s, s->push[0])->constant = true;
        fold_info_of(s, s->push[0])->loop = 0;
        return true;
    case NS_INSN_this:
        s->push[0] = s->frame->receiver;
        return true;
    case NS_INSN_get_global:
        s->push[0] = fold_constant(s, EXPRESSION_GLOBAL, s->flow->name, FOLD_NOTHING);
        return true;
    case NS_INSN_binary:
    case NS_INSN_multiply:
    case NS_INSN_divide:
    case NS_INSN_bitwise:
        s->push[0] = s->slot ? arithmetic(s, s->v[0], s->v[1]) : s->push[0];
        return true;
    case NS_INSN_unary:
    case NS_INSN_step:
        s->push[0] = s->slot ? arithmetic(s, s->v[0], FOLD_NOTHING) : s->push[0];
        return true;
    case NS_INSN_post_step:
        s->push[0] = s->v[0];
        s->push[1] = s->slot ? count(s, s->v[0]) : s->push[1];
        return true;
    case NS_INSN_compare:
    case NS_INSN_equal:
        s->push[0] = s->slot ? comparison(s) : s->push[0];
        return true;
    case NS_INSN_not:
    case NS_INSN_nullish:
        s->push[0] = fold_compute(s, s->v[0], FOLD_NOTHING, FOLD_BOOLEAN);
        return true;
    case NS_INSN_typeof:
        s->push[0] = type_of(s);
        return true;
    default:
        return false;
    }
}

static void execute(fold_step_state *s)
{
    if (operations(s) || variables(s))
        return;
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_load:
    case NS_INSN_length:
        s->push[0] = fold_load(s, 0);
        break;
    case NS_INSN_load_method:
        s->push[1] = fold_load(s, 1);
        break;
    case NS_INSN_keyed_load:
        s->push[0] = fold_load_element(s, 0);
        break;
    case NS_INSN_keyed_load_method:
        s->push[1] = fold_load_element(s, 1);
        break;
    case NS_INSN_store:
    case NS_INSN_define:
        fold_store(s);
        break;
    case NS_INSN_keyed_store:
        fold_store_element(s);
        break;
    case NS_INSN_call:
    case NS_INSN_call_method:
    case NS_INSN_construct:
        s->push[0] = fold_call(s);
        break;
    default:
        other(s);
        break;
    }
}

// A site without feedback: the code is deoptimized there, and what follows is not reached.
static bool never_ran(const ns_slot *slot)
{
    return slot && slot->kind != NS_SLOT_LITERAL && slot->tags == 0 && slot->ways == 0 &&
           !slot->megamorphic;
}

bool jit_writes_outer(const ns_insn *insns, const ns_flow *flows, uint32_t count, uint32_t outer)
{
    for (uint32_t i = 0; i < count; i++)
        if (flows[i].outer == outer && insns[i].kind != NS_INSN_get_context)
            return true;
    return false;
}

// It throws, or tests whether a variable of an outer function is initialized, which may be no
// constant of a known context.
static bool throws(const fold_step_state *s)
{
    const ns_flow *flow = s->flow;
    return s->insn->kind == NS_INSN_throw ||
           (flow->checked && (flow->assigned || jit_writes_outer(s->frame->insns, s->frame->flows,
                                                                 s->frame->count, flow->outer)));
}

// Everything above the mark of a handler goes, but for the value.
static void leave_handler(fold_step_state *s)
{
    fold_value *stack = s->s->values + s->frame->variables;
    uint32_t depth = s->s->depth - 1;
    while (depth > 0 && stack[depth - 1] != FOLD_CATCH)
        depth--;
    if (depth == 0)
        s->f->odd = true;
    else
        stack[depth - 1] = s->v[1];
    s->s->depth = depth;
}

bool fold_step(fold *f, fold_frame *frame, uint32_t i, fold_state *state)
{
    fold_step_state s = {.f = f,
                         .frame = frame,
                         .i = i,
                         .loop = frame->loop[i],
                         .insn = &frame->insns[i],
                         .flow = &frame->flows[i],
                         .s = state};
    f->steps++;
    frame->classes[i] = FOLD_WHOLE;
    s.slot = s.insn->slot ? &frame->code->assumed[s.insn->slot] : NULL;
    if (state->depth < s.flow->pops) {
        f->odd = true;
        return false;
    }
    if (never_ran(s.slot)) {
        fold_leave_loops(f, frame, i, "it deoptimizes in it, for want of feedback");
        return false;
    }
    if (frame->parent && throws(&s))
        fold_leave_loops(f, frame, i, "a function that is inlined in it throws");
    s.v = state->values + frame->variables + state->depth - s.flow->pops;
    for (uint32_t k = 0; k < NS_FLOW_MOST; k++) {
        bool same = s.flow->from[k] < s.flow->pops;
        s.push[k] = same ? s.v[s.flow->from[k]] : fold_pushed(frame, i, k);
        if (!same && k < s.flow->pushes && !fold_info_of(&s, s.push[k])->loaded)
            *fold_info_of(&s, s.push[k]) = (fold_info){.loop = s.loop};
    }
    if (s.insn->kind == NS_INSN_return || s.insn->kind == NS_INSN_return_undefined) {
        fold_return(&s);
        return false;
    }
    execute(&s);
    if (s.insn->kind == NS_INSN_catch && s.flow->pops == 2) {
        leave_handler(&s);
        return true;
    }
    if (s.insn->kind == NS_INSN_catch && s.flow->pushes == 1 && s.flow->pops == 0)
        s.push[0] = FOLD_CATCH;
    if (s.insn->kind == NS_INSN_for_of && s.flow->pushes == 3)
        s.push[2] = FOLD_CATCH;
    memcpy(s.v, s.push, s.flow->pushes * sizeof *s.push);
    state->depth += s.flow->pushes - s.flow->pops;
    return !s.flow->ends || s.insn->target != NS_INSN_NO_TARGET;
}

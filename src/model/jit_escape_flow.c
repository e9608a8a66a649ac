// One pass of escape analysis over a function: values on its stack and in its variables, before
// each instruction.
#include <string.h>

#include "model/jit_escape.h"

// The state behind an instruction, as it is made from the one before it.
typedef struct step {
    esc *e;
    esc_frame *f;
    uint32_t i; // the instruction
    const ns_insn *insn;
    const ns_flow *flow;
    const ns_slot *slot; // NULL: none
    esc_value *variables, *stack;
    uint32_t depth;  // before it
    esc_value *v;    // what it takes
    esc_value *push; // what it pushes, once it is known
} step;

static esc_value *state_of(const esc_frame *f, uint32_t i)
{
    return &f->states[(size_t)i * f->width];
}

// -- Ways -----------------------------------------------------------------------------------------

static void go(const step *s, uint32_t to, uint32_t depth, const esc_value *stack)
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

// -- Calls ----------------------------------------------------------------------------------------

static esc_frame *frame_of(const esc *e, const ns_compiled *compiled)
{
    for (uint32_t i = 0; i < e->frame_count; i++)
        if (e->frames[i]->code->compiled == compiled)
            return e->frames[i];
    return NULL;
}

// What may deoptimize lazily keeps the receiver and the function of each frame for stack traces
// (EscapeAnalysis, kFrameState).
static void escape_receivers(const step *s)
{
    const jit_code *code = s->f->code;
    for (; code; code = code->parent) {
        const esc_frame *f = frame_of(s->e, code->compiled);
        if (!f)
            continue;
        esc_escape(s->e, f->receiver, "receiver of a function that calls others");
        esc_escape(s->e, f->function, "function that calls others");
    }
}

// -- Variables of outer functions
// -------------------------------------------------------------------

static bool writes_outer(const esc_frame *f, uint32_t outer)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (f->flows[i].outer == outer && f->insns[i].kind != NS_INSN_get_context)
            return true;
    return false;
}

// Whether a variable is known to be initialized when the function that is inlined here reads it:
// its context is a constant, and so is the variable. Of a closure that is made here, the context is
// as a rule not.
static bool is_initialized(const step *s)
{
    const ns_flow *flow = s->flow;
    const esc_site *closure = esc_site_of(s->e, s->f->function);
    if (flow->assigned || writes_outer(s->f, flow->outer))
        return false;
    return !closure || s->f->code->root->osr == NS_INSN_NO_TARGET || closure->code->parent;
}

// A variable is tested by a branch to a call that throws.
static void test_variable(const step *s)
{
    if (s->flow->checked && s->f->code->parent && !s->f->tested[s->i] && !is_initialized(s))
        escape_receivers(s);
}

static void pass(const step *s, esc_frame *to, esc_value receiver, esc_value function,
                 const esc_value *arguments, uint32_t count)
{
    esc *e = s->e;
    bool before = e->changed;
    e->changed = false;
    esc_join(e, &to->receiver, receiver);
    esc_join(e, &to->function, function);
    to->passed_count = to->passed_count == 0 || to->passed_count == count ? count : UINT32_MAX;
    for (uint32_t i = 0; i < ESC_PASSED_MOST; i++)
        esc_join(e, &to->passed[i], i < count ? arguments[i] : ESC_OTHER);
    for (uint32_t i = ESC_PASSED_MOST; i < count; i++)
        esc_escape(e, arguments[i], "one of many arguments");
    e->changed |= before;
}

static void escape_all(const step *s, const char *reason)
{
    for (uint32_t i = 0; i < s->flow->pops; i++)
        esc_escape(s->e, s->v[i], reason);
}

static esc_value apply(const step *s);

// f.apply(this, list), Reflect.apply(f, this, list)
static bool calls_apply(const step *s, uint32_t count)
{
    if (!s->slot || s->slot->ways != 1 || s->slot->megamorphic)
        return false;
    return s->slot->seen[0] == (NS_TARGET_NATIVE | NS_TARGET_APPLY)
               ? count == 2
               : s->slot->seen[0] == (NS_TARGET_NATIVE | NS_TARGET_REFLECT_APPLY) && count == 3;
}

static esc_value call(const step *s)
{
    esc *e = s->e;
    uint32_t count = (uint32_t)s->insn->operand, before = s->flow->pops - count;
    bool construct = s->insn->kind == NS_INSN_construct;
    const ns_compiled *into = s->f->code->compiled;
    const ns_compiled *target =
        into->inlined && s->insn->slot ? into->inlined[s->insn->slot] : NULL;
    if (!target && calls_apply(s, count))
        return apply(s);
    if (!target || before == 0 || before > 2 || (construct && target->other)) {
        escape_all(s, "passed to a call that is not inlined");
        if (!s->slot || !(s->slot->ways == 1 && s->slot->seen[0] & NS_TARGET_NATIVE))
            escape_receivers(s);
        return ESC_OTHER;
    }
    esc_value result = ESC_NOTHING;
    for (; target; target = target->other) {
        esc_frame *f = frame_of(e, target);
        if (!f || f->layout.resumable) {
            escape_all(s, "passed to a generator or an async function");
            return ESC_OTHER;
        }
        esc_value receiver = !construct && before == 2 ? s->v[0] : ESC_OTHER;
        if (construct && !f->layout.derived)
            receiver = esc_new_site(e, s->f, s->i, ESC_OBJECT, 0);
        pass(s, f, receiver, s->v[construct || before == 1 ? 0 : 1], s->v + before, count);
        if (construct && !f->layout.derived && f->returns_undefined)
            esc_meet(e, &result, receiver);
        esc_meet(e, &result, f->result);
    }
    return result;
}

// f(...array), f.apply(this, array), Reflect.apply(f, this, array): arguments and rest parameters
// are handed on (JSCallReducer::ReduceCallOrConstructWithArrayLikeOrSpread), what they hold is
// passed. Whether `list` is of these.
static bool hand_on(const step *s, esc_value list)
{
    esc *e = s->e;
    const esc_site *site = esc_kept(e, list);
    if (site && site->kind == ESC_ARRAY) { // of f(...list)
        list = esc_load(e, list, ESC_HIDDEN);
        site = esc_kept(e, list);
    }
    if (!site || site->kind != ESC_PASSED)
        return false;
    for (uint32_t i = 0; i < e->content_count; i++)
        if (e->contents[i].site == list - ESC_SITE)
            esc_escape(e, e->contents[i].value, "passed to a call that is not inlined");
    return true;
}

static esc_value apply(const step *s)
{
    uint32_t count = s->flow->pops;
    bool handed = count > 0 && hand_on(s, s->v[count - 1]);
    for (uint32_t i = 0; i + handed < count; i++)
        esc_escape(s->e, s->v[i], "passed to a call that is not inlined");
    escape_receivers(s);
    return ESC_OTHER;
}

// Elements of an iterable are appended to an array.
static void append(const step *s)
{
    const esc_site *array = esc_kept(s->e, s->v[0]), *list = esc_kept(s->e, s->v[2]);
    if (array && array->kind == ESC_ARRAY && array->length == 0 && list && list->kind == ESC_PASSED)
        esc_store(s->e, s->v[0], ESC_HIDDEN, s->v[2]);
    else
        escape_all(s, "spread");
}

// -- Properties -----------------------------------------------------------------------------------

static bool is_generic(const step *s)
{
    return s->slot && s->slot->megamorphic;
}

static uint32_t element_key(const esc_site *array, esc_value index)
{
    if (index < ESC_INTEGER)
        return 0;
    uint32_t number = index - (uint32_t)ESC_INTEGER;
    return number < array->length ? ESC_ELEMENT | number : 0;
}

static esc_value load(const step *s)
{
    if (!is_generic(s))
        return esc_load(s->e, s->v[0], s->flow->name);
    esc_escape(s->e, s->v[0], "load that is megamorphic");
    return ESC_OTHER;
}

// An array with more than two elements needs them when the index is not a constant.
static esc_value keyed_load(const step *s)
{
    esc *e = s->e;
    const esc_site *array = esc_kept(e, s->v[0]);
    if (!array)
        return ESC_OTHER;
    if (array->kind > ESC_PASSED || array->kind == ESC_OBJECT || is_generic(s)) {
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

static void keyed_store(const step *s)
{
    const esc_site *array = esc_kept(s->e, s->v[0]);
    uint32_t key = array && array->kind == ESC_ARRAY ? element_key(array, s->v[1]) : 0;
    if (key && !is_generic(s)) {
        esc_store(s->e, s->v[0], key, s->v[2]);
        return;
    }
    esc_escape(s->e, s->v[0], "keyed store");
    esc_escape(s->e, s->v[2], "stored in an object");
}

static void store(const step *s)
{
    if (is_generic(s))
        esc_escape(s->e, s->v[0], "store that is megamorphic");
    esc_store(s->e, s->v[0], s->flow->name, s->v[1]);
}

// -- Allocations ----------------------------------------------------------------------------------

static esc_value array(const step *s)
{
    esc_value made = esc_new_site(s->e, s->f, s->i, ESC_ARRAY, s->flow->pops);
    for (uint32_t i = 0; i < s->flow->pops; i++)
        esc_store(s->e, made, ESC_ELEMENT | i, s->v[i]);
    return made;
}

static esc_value passed(const step *s, uint32_t first)
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

static esc_value special(const step *s)
{
    enum { MAPPED = 1, FUNCTION = 2 }; // OP_SPECIAL_OBJECT_*
    if (s->insn->operand <= MAPPED)
        return passed(s, 0);
    return s->insn->operand == FUNCTION ? s->f->function : ESC_OTHER;
}

// A closure is allocated by machine code, and so may be removed, where more than one has been made
// (JSCreateLowering::ReduceJSCreateClosure).
static esc_value closure(const step *s)
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

static void for_of(const step *s)
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

static void for_of_next(const step *s)
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

// -- Variables ------------------------------------------------------------------------------------

static esc_value get_variable(const step *s, uint32_t variable)
{
    if (!s->f->captured[variable])
        return s->variables[variable];
    return s->f->context == UINT16_MAX ? ESC_OTHER
                                       : esc_load(s->e, s->f->context, ESC_VARIABLE | variable);
}

static void put_variable(const step *s, uint32_t variable, esc_value value)
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

static void returns(const step *s)
{
    esc_value value = s->insn->slot ? call(s) : s->flow->pops > 0 ? s->v[0] : ESC_OTHER;
    if (!s->f->code->parent)
        esc_escape(s->e, value, "returned");
    esc_join(s->e, &s->f->result, value);
}

// Everything that a generator holds when it is suspended is kept in it.
static void suspend(const step *s)
{
    for (uint32_t i = 0; i < s->f->variables; i++)
        esc_escape(s->e, s->variables[i], "live where the function is suspended");
    for (uint32_t i = 0; i < s->depth; i++)
        esc_escape(s->e, s->stack[i], "live where the function is suspended");
}

// Instructions that do more than move values, or that let what they take escape. Whether it is one.
static bool effects(const step *s)
{
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_small:
        if (s->insn->operand >= 0 && s->insn->operand < ESC_INTEGER)
            s->push[0] = (esc_value)(ESC_INTEGER + s->insn->operand);
        return true;
    case NS_INSN_this:
        s->push[0] = s->f->receiver;
        return true;
    case NS_INSN_object:
        s->push[0] = esc_new_site(s->e, s->f, s->i, ESC_OBJECT, 0);
        return true;
    case NS_INSN_array:
        s->push[0] = array(s);
        return true;
    case NS_INSN_closure:
        s->push[0] = closure(s);
        return true;
    case NS_INSN_rest:
        s->push[0] = passed(s, (uint32_t)s->insn->operand);
        return true;
    case NS_INSN_arguments:
        s->push[0] = special(s);
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
        test_variable(s);
        return true;
    case NS_INSN_put_context:
    case NS_INSN_set_context:
        test_variable(s);
        return false;
    case NS_INSN_load:
    case NS_INSN_length:
        s->push[0] = load(s);
        return true;
    case NS_INSN_load_method:
        s->push[1] = load(s);
        return true;
    case NS_INSN_keyed_load:
        s->push[0] = keyed_load(s);
        return true;
    case NS_INSN_keyed_load_method:
        s->push[1] = keyed_load(s);
        return true;
    case NS_INSN_store:
    case NS_INSN_define:
        store(s);
        return true;
    case NS_INSN_keyed_store:
    case NS_INSN_keyed_define:
        keyed_store(s);
        return true;
    case NS_INSN_define_method:
        esc_escape(s->e, s->v[s->flow->pops - 1], "method");
        return true;
    case NS_INSN_call:
    case NS_INSN_call_method:
    case NS_INSN_construct:
        s->push[0] = call(s);
        return true;
    case NS_INSN_apply:
        s->push[0] = apply(s);
        return true;
    case NS_INSN_spread:
        if (s->flow->pops != 3 || s->flow->pushes != 2)
            return false;
        append(s);
        return true;
    case NS_INSN_for_of:
        for_of(s);
        return true;
    case NS_INSN_for_of_next:
        for_of_next(s);
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

static bool is_harmless(const step *s)
{
    switch ((ns_insn_kind)s->insn->kind) {
    case NS_INSN_drop:
    case NS_INSN_dup:
    case NS_INSN_shuffle:
    case NS_INSN_branch:
    case NS_INSN_equal:
    case NS_INSN_not:
    case NS_INSN_nullish:
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
static uint32_t leave_handler(const step *s)
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

static void ways(const step *s, uint32_t depth)
{
    uint32_t target = s->insn->target;
    if (target != NS_INSN_NO_TARGET) {
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
    if (!s->flow->ends)
        go(s, s->i + 1, depth, s->stack);
}

static void execute(esc *e, esc_frame *f, uint32_t i, esc_value *state)
{
    esc_value pushed[NS_FLOW_MOST];
    step s = {.e = e,
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
        escape_all(&s, "used by an instruction that wants the object");
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

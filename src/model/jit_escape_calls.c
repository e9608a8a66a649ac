// What calls do to values in escape analysis: arguments and results of those that are inlined, and
// what has to be there for those that are not.
#include "model/jit_escape_step.h"

// What may deoptimize lazily keeps the receiver and the function of each frame for stack traces
// (EscapeAnalysis, kFrameState).
static void escape_receivers(const esc_step *s)
{
    const jit_code *code = s->f->code;
    for (; code; code = code->parent) {
        const esc_frame *f = esc_frame_of(s->e, code->compiled);
        if (!f)
            continue;
        esc_escape(s->e, f->receiver, "receiver of a function that calls others");
        esc_escape(s->e, f->function, "function that calls others");
    }
}

// -- Variables of outer functions ----------------------------------------------------------------

// Whether a variable is known to be initialized when the function that is inlined here reads it:
// its context is a constant, and so is the variable. Of a closure that is made here, the context is
// as a rule not.
static bool is_initialized(const esc_step *s)
{
    const ns_flow *flow = s->flow;
    const esc_site *closure = esc_site_of(s->e, s->f->function);
    if (flow->assigned || jit_writes_outer(s->f->insns, s->f->flows, s->f->count, flow->outer))
        return false;
    return !closure || s->f->code->root->osr == NS_INSN_NO_TARGET || closure->code->parent;
}

// A variable is tested by a branch to a call that throws.
void esc_test_variable(const esc_step *s)
{
    if (s->flow->checked && s->f->code->parent && !s->f->tested[s->i] && !is_initialized(s))
        escape_receivers(s);
}

// -- Calls
// -----------------------------------------------------------------------------------------

static void pass(const esc_step *s, esc_frame *to, esc_value receiver, esc_value function,
                 const esc_value *arguments, uint32_t count)
{
    esc *e = s->e;
    bool before = e->changed;
    e->changed = false;
    esc_join(e, &to->receiver, receiver);
    esc_join(e, &to->function, function);
    to->passed_count = to->passed_count == 0 || to->passed_count == count ? count : UINT32_MAX;
    for (uint32_t i = 0; i < ESC_PASSED_MOST; i++)
        esc_join(e, &to->passed[i], i < count ? arguments[i] : ESC_UNDEFINED);
    for (uint32_t i = ESC_PASSED_MOST; i < count; i++)
        esc_escape(e, arguments[i], "one of many arguments");
    e->changed |= before;
}

void esc_escape_all(const esc_step *s, const char *reason)
{
    for (uint32_t i = 0; i < s->flow->pops; i++)
        esc_escape(s->e, s->v[i], reason);
}

// f.apply(this, list), Reflect.apply(f, this, list)
static bool calls_apply(const esc_step *s, uint32_t count)
{
    if (!s->slot || s->slot->ways != 1 || s->slot->megamorphic)
        return false;
    return s->slot->seen[0] == (NS_TARGET_NATIVE | NS_TARGET_APPLY)
               ? count == 2
               : s->slot->seen[0] == (NS_TARGET_NATIVE | NS_TARGET_REFLECT_APPLY) && count == 3;
}

esc_value esc_call(const esc_step *s)
{
    esc *e = s->e;
    uint32_t count = (uint32_t)s->insn->operand, before = s->flow->pops - count;
    bool construct = s->insn->kind == NS_INSN_construct;
    const ns_compiled *into = s->f->code->compiled;
    const ns_compiled *target =
        into->inlined && s->insn->slot ? into->inlined[s->insn->slot] : NULL;
    if (!target && calls_apply(s, count))
        return esc_apply(s);
    if (!target || before == 0 || before > 2 || (construct && target->other)) {
        esc_escape_all(s, "passed to a call that is not inlined");
        if (!s->slot || !(s->slot->ways == 1 && s->slot->seen[0] & NS_TARGET_NATIVE))
            escape_receivers(s);
        return ESC_OTHER;
    }
    esc_value result = ESC_NOTHING;
    for (; target; target = target->other) {
        esc_frame *f = esc_frame_of(e, target);
        if (!f || f->layout.resumable) {
            esc_escape_all(s, "passed to a generator or an async function");
            return ESC_OTHER;
        }
        if (s->slot->tags & NS_FB_THROUGH) { // f.call(receiver, ...)
            pass(s, f, count ? s->v[before] : ESC_OTHER, s->v[0], s->v + before + (count > 0),
                 count - (count > 0));
            esc_meet(e, &result, f->result);
            continue;
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
static bool hand_on(const esc_step *s, esc_value list)
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

esc_value esc_apply(const esc_step *s)
{
    uint32_t count = s->flow->pops;
    bool handed = count > 0 && hand_on(s, s->v[count - 1]);
    for (uint32_t i = 0; i + handed < count; i++)
        esc_escape(s->e, s->v[i], "passed to a call that is not inlined");
    escape_receivers(s);
    return ESC_OTHER;
}

// Elements of an iterable are appended to an array.
void esc_append(const esc_step *s)
{
    const esc_site *array = esc_kept(s->e, s->v[0]), *list = esc_kept(s->e, s->v[2]);
    if (array && array->kind == ESC_ARRAY && array->length == 0 && list && list->kind == ESC_PASSED)
        esc_store(s->e, s->v[0], ESC_HIDDEN, s->v[2]);
    else
        esc_escape_all(s, "spread");
}

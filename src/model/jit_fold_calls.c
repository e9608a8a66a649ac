// Calls of functions that are inlined, and of those that are not. See jit_fold.h.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_fold_step.h"

static fold_frame *callee(const fold_step_state *s, const ns_compiled *compiled)
{
    for (fold_frame *f = s->f->frames; f; f = f->next)
        if (f->parent == s->frame && f->code->compiled == compiled)
            return f;
    return NULL;
}

static void give_known(fold_state *to, const fold_state *from)
{
    to->known_count = from->known_count;
    memcpy(to->known, from->known, sizeof to->known);
}

// Whether the frame has anything new to start with.
static bool pass(const fold_step_state *s, fold_frame *to, fold_value receiver,
                 const fold_value *arguments, uint32_t given)
{
    bool same = to->entered && to->receiver == receiver &&
                to->entry->known_count == s->s->known_count &&
                memcmp(to->entry->known, s->s->known, s->s->known_count * sizeof *s->s->known) == 0;
    for (uint32_t i = 0; i < to->layout.arguments; i++) {
        fold_value value = i < given ? arguments[i] : to->own + i;
        same &= to->arguments[i] == value;
        to->arguments[i] = value;
    }
    to->receiver = receiver;
    give_known(to->entry, s->s);
    to->entry->reached = to->entered = true;
    to->entry->depth = 0;
    for (uint32_t i = 0; i < to->variables; i++)
        to->entry->values[i] = i < to->layout.arguments ? to->arguments[i] : FOLD_NOTHING;
    return !same || s->f->changed;
}

static fold_value native(const fold_step_state *s, const fold_value *arguments, uint32_t given)
{
    fold_value made;
    if (!s->slot || s->slot->ways != 1 || s->slot->megamorphic || given == 0 || given > 2 ||
        (s->slot->seen[0] & (NS_TARGET_NATIVE | NS_TARGET_PURE)) !=
            (NS_TARGET_NATIVE | NS_TARGET_PURE)) {
        fold_write_all(s->f, s->s, s->loop);
        *fold_info_of(s, fold_pushed(s->frame, s->i, 0)) = (fold_info){.loop = s->loop};
        return fold_pushed(s->frame, s->i, 0);
    }
    made = fold_expression_of(s->f, EXPRESSION_CALL + s->slot->seen[0] % NS_TARGET_PURE,
                              arguments[0], given > 1 ? arguments[1] : FOLD_NOTHING);
    fold_info_of(s, made)->type = FOLD_NUMBER;
    fold_info_of(s, made)->constant = fold_info_of(s, arguments[0])->constant &&
                                      (given < 2 || fold_info_of(s, arguments[1])->constant);
    if (fold_info_of(s, made)->constant)
        fold_left(s, FOLD_CONSTANT, "operands are constants");
    else if (fold_find(s->s, made, FOLD_KEY_COMPUTED, FOLD_NOTHING))
        fold_again(s, "operands do not change in the loop", "computed before", made);
    fold_know(s->s, made, FOLD_KEY_COMPUTED, FOLD_NOTHING, made);
    return made;
}

fold_value fold_call(const fold_step_state *s)
{
    uint32_t given = (uint32_t)s->insn->operand;
    bool construct = s->insn->kind == NS_INSN_construct;
    ns_compiled **inlined = s->frame->code->compiled->inlined;
    const ns_compiled *target = inlined && s->insn->slot ? inlined[s->insn->slot] : NULL;
    fold_value made = fold_pushed(s->frame, s->i, 0), result = FOLD_NOTHING;
    if (!target || given > s->flow->pops)
        return native(s, s->v + s->flow->pops - given, given > s->flow->pops ? 0 : given);
    *fold_info_of(s, made) =
        (fold_info){.loop = s->loop, .type = construct ? FOLD_OBJECT : FOLD_ANY};
    fold_state *after = fold_state_new(s->f, s->frame);
    for (; after && target; target = target->other) {
        fold_frame *f = callee(s, target);
        if (!f) {
            s->f->odd = true;
            break;
        }
        fold_value receiver = f->own + f->layout.arguments + FOLD_OWN_RECEIVER;
        if (construct || s->flow->pops - given == 2)
            receiver = construct ? made : s->v[0];
        const fold_value *arguments = s->v + s->flow->pops - given;
        uint32_t through = s->slot->tags & NS_FB_THROUGH && given > 0; // f.call(receiver, ...)
        if (through)
            receiver = arguments[0];
        if (pass(s, f, receiver, arguments + through, given - through))
            fold_run(s->f, f);
        if (!f->exit->reached)
            continue;
        if (after->reached)
            fold_intersect(after, f->exit);
        else
            give_known(after, f->exit);
        result = !after->reached ? f->result : result == f->result ? result : made;
        after->reached = true;
    }
    if (after)
        give_known(s->s, after);
    ns_free(after);
    return construct || result == FOLD_NOTHING ? made : result;
}

void fold_return(const fold_step_state *s)
{
    fold_frame *f = s->frame;
    fold_value value = s->flow->pops ? s->v[0] : fold_constant(s, EXPRESSION_CONSTANT, 0, 1);
    fold_value own = f->own + f->layout.arguments + FOLD_OWN_RESULT;
    if (s->insn->slot) { // a call in tail position
        fold_write_all(s->f, s->s, s->loop);
        value = own;
    }
    *fold_info_of(s, own) = (fold_info){.loop = f->loop[0]};
    if (!f->exit->reached) {
        give_known(f->exit, s->s);
        f->result = value;
    } else {
        fold_intersect(f->exit, s->s);
        f->result = f->result == value ? value : own;
    }
    f->exit->reached = true;
}

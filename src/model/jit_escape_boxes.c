// Doubles of variables that loops carry from round to round (V8: src/compiler/loop-peeling.cc,
// simplified-lowering.cc, GetOutputInfoForPhi).
//
// Such a variable is a Phi. It is an unboxed double when all that it may be is a number; what an
// argument holds, or any variable where a loop is entered by on-stack replacement, may be anything.
// The first round of innermost loops is peeled off, after which the Phi is of numbers alone. In
// loops with other loops in them each double that is assigned to the variable becomes a HeapNumber.
// (One that an inner loop has assigned to, when that ends: this is not told.)
#include "model/jit_escape.h"

// instanceof walks up the prototypes in a loop (JSTypedLowering::ReduceJSHasInPrototypeChain).
static bool has_loop(const esc *e, const jit_code *code)
{
    const jit_function *f = code->compiled->function->model;
    if (f->loop_count > 0)
        return true;
    for (uint32_t i = 0; i < e->frame_count; i++) {
        const esc_frame *frame = e->frames[i];
        for (uint32_t k = 0; frame->code == code && k < frame->count; k++)
            if (frame->insns[k].kind == NS_INSN_instanceof)
                return true;
    }
    for (const jit_code *child = code->children; child; child = child->sibling)
        if (has_loop(e, child))
            return true;
    return false;
}

static bool is_peeled(const esc *e, const esc_frame *f, const jit_loop *loop)
{
    const jit_function *function = f->code->compiled->function->model;
    for (int i = 0; i < function->loop_count; i++)
        if (function->loops[i].begin > loop->begin && function->loops[i].end <= loop->end)
            return false;
    for (uint32_t i = f->at[loop->begin]; i < f->count && f->insns[i].offset < loop->end; i++) {
        const ns_insn *insn = &f->insns[i];
        ns_compiled **inlined = f->code->compiled->inlined;
        if (insn->kind == NS_INSN_instanceof)
            return false;
        for (const ns_compiled *to = inlined && insn->slot ? inlined[insn->slot] : NULL; to;
             to = to->other)
            if (has_loop(e, to->model))
                return false;
    }
    return true;
}

// The variable that an instruction's result is assigned to; -1: none.
static int32_t assigned(const esc_frame *f, uint32_t i)
{
    if (f->insns[i].kind == NS_INSN_add_local || f->insns[i].kind == NS_INSN_step_local)
        return f->flows[i].variable;
    if (i + 1 < f->count && f->insns[i + 1].kind == NS_INSN_dup)
        i++;
    if (i + 1 == f->count)
        return -1;
    ns_insn_kind next = (ns_insn_kind)f->insns[i + 1].kind;
    return next == NS_INSN_put_local || next == NS_INSN_set_local || next == NS_INSN_put_checked
               ? f->flows[i + 1].variable
               : -1;
}

// Whether the loop that the code is entered at by on-stack replacement is around an instruction.
static bool in_osr_loop(const jit_function *f, const jit_code *code, uint32_t offset)
{
    for (int i = 0; i < f->loop_count; i++)
        if (f->loops[i].begin == code->osr && code->osr <= offset && offset < f->loops[i].end)
            return true;
    return false;
}

static const jit_loop *innermost(const jit_function *f, uint32_t offset)
{
    const jit_loop *found = NULL;
    for (int i = 0; i < f->loop_count; i++)
        if (f->loops[i].begin <= offset && offset < f->loops[i].end &&
            (!found || f->loops[i].depth > found->depth))
            found = &f->loops[i];
    return found;
}

void esc_box_variables(esc *e)
{
    const esc_frame *f = e->frames[0];
    const jit_function *function = f->code->owner;
    for (uint32_t i = 0; i < f->count && !e->failed; i++) {
        const ns_insn *insn = &f->insns[i];
        const ns_slot *slot = insn->slot ? &f->code->assumed[insn->slot] : NULL;
        int32_t variable = slot && slot->kind == NS_SLOT_ARITH ? assigned(f, i) : -1;
        const jit_loop *loop = variable >= 0 ? innermost(function, insn->offset) : NULL;
        if (!loop || !esc_is_live(f, f->at[loop->begin], (uint32_t)variable))
            continue;
        bool any = in_osr_loop(function, f->code, insn->offset) ||
                   (uint32_t)variable < f->layout.arguments;
        if (any && !is_peeled(e, f, loop) && !jit_box(f->code, insn->end))
            e->failed = true;
    }
}

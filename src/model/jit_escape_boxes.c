// Doubles of variables that loops carry from round to round (V8: src/compiler/loop-peeling.cc,
// simplified-lowering.cc, GetOutputInfoForPhi).
//
// Such a variable is a Phi. It is an unboxed double when all that it may be is a number; what an
// argument holds, or any variable where a loop is entered by on-stack replacement, may be anything.
// The first round of innermost loops is peeled off, after which the Phi is of numbers alone. In
// loops that are not (jit_fold_loops.c) each double that is assigned to the variable becomes a
// HeapNumber. (One that an inner loop has assigned to, when that ends: this is not told.)
//
// Where a peeled loop is left, a Phi has what the variable holds in it or what it held in the first
// round, which may be anything: the double becomes a HeapNumber for that. Of several places there
// is one conversion (ValueNumberingReducer), which is done where they have come from: in each
// round.
#include "model/jit_escape.h"

static bool is_peeled(const esc_frame *f, const jit_loop *loop)
{
    const jit_code *code = f->code;
    const jit_function *function = code->compiled->function->model;
    if (code->peeled)
        return code->peeled[loop - function->loops];
    // It has `finally`, and what it computes once is not known.
    for (int i = 0; i < function->loop_count; i++)
        if (function->loops[i].begin > loop->begin && function->loops[i].end <= loop->end)
            return false;
    for (uint32_t i = f->at[loop->begin]; i < f->count && f->insns[i].offset < loop->end; i++)
        if (code->compiled->inlined && f->insns[i].slot &&
            code->compiled->inlined[f->insns[i].slot])
            return false;
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

const jit_loop *esc_innermost(const jit_function *f, uint32_t offset)
{
    const jit_loop *found = NULL;
    for (int i = 0; i < f->loop_count; i++)
        if (f->loops[i].begin <= offset && offset < f->loops[i].end &&
            (!found || f->loops[i].depth > found->depth))
            found = &f->loops[i];
    return found;
}

// -- Ways out -------------------------------------------------------------------------------------

int32_t esc_assigns(const esc_frame *f, uint32_t i)
{
    switch ((ns_insn_kind)f->insns[i].kind) {
    case NS_INSN_put_local:
    case NS_INSN_set_local:
    case NS_INSN_put_checked:
    case NS_INSN_step_local:
    case NS_INSN_add_local:
        return f->flows[i].variable;
    default:
        return -1;
    }
}

// A variable of an outer function is tested here, and not before in the loop. (V8: it need not be
// where it is a constant of a known context, which that of a frame is not that on-stack replacement
// has entered.)
static bool tests_first(const esc_frame *f, uint32_t begin, uint32_t i)
{
    const ns_flow *flow = &f->flows[i];
    if (!flow->checked || (flow->fixed && f->code->osr == NS_INSN_NO_TARGET))
        return false;
    for (uint32_t k = begin; k < i; k++)
        if (f->flows[k].checked && f->flows[k].outer == flow->outer)
            return false;
    return true;
}

// Whether the frame has the variable's value where it throws: it is read at the instruction or
// later, or is an operand of what that is part of, which Ignition takes from where it is and the
// engine from its stack. Arguments are always there
// (BytecodeGraphBuilder::Environment::Checkpoint).
static bool is_in_frame(const esc_frame *f, uint32_t i, uint32_t variable)
{
    if (variable < f->layout.arguments || esc_is_live(f, i, variable))
        return true;
    for (; i > 0; i--) {
        ns_insn_kind kind = (ns_insn_kind)f->insns[i - 1].kind;
        if (kind == NS_INSN_get_local && f->flows[i - 1].variable == (int32_t)variable)
            return true;
        if (f->flows[i - 1].pops > 0 || f->flows[i - 1].pushes != 1)
            return false;
    }
    return false;
}

// Whether the variable that the loop carries is wanted at more than one of the places where a round
// leaves it before it has assigned to the variable.
static bool is_wanted_outside(const esc_frame *f, const jit_loop *loop, uint32_t variable)
{
    uint32_t begin = f->at[loop->begin], ways = 0;
    for (uint32_t i = begin; i < f->count && f->insns[i].offset < loop->end; i++) {
        uint32_t target = f->insns[i].target;
        bool leaves = target != NS_INSN_NO_TARGET && f->insns[i].kind != NS_INSN_catch &&
                      (target < loop->begin || target >= loop->end);
        if (esc_assigns(f, i) == (int32_t)variable)
            break;
        ways += leaves && esc_is_live(f, f->at[target], variable);
        if (f->insns[i].kind == NS_INSN_throw || tests_first(f, begin, i))
            ways += is_in_frame(f, i, variable);
    }
    return ways > 1;
}

void esc_box_variables(esc *e)
{
    const esc_frame *f = e->frames[0];
    const jit_function *function = f->code->owner;
    for (uint32_t i = 0; i < f->count && !e->failed; i++) {
        const ns_insn *insn = &f->insns[i];
        const ns_slot *slot = insn->slot ? &f->code->assumed[insn->slot] : NULL;
        int32_t variable = slot && slot->kind == NS_SLOT_ARITH ? assigned(f, i) : -1;
        const jit_loop *loop = variable >= 0 ? esc_innermost(function, insn->offset) : NULL;
        if (!loop || !esc_is_live(f, f->at[loop->begin], (uint32_t)variable))
            continue;
        bool any = in_osr_loop(function, f->code, insn->offset) ||
                   (uint32_t)variable < f->layout.arguments;
        bool boxed = any && (!is_peeled(f, loop) || is_wanted_outside(f, loop, (uint32_t)variable));
        if (boxed && !jit_box(f->code, insn->end))
            e->failed = true;
    }
}

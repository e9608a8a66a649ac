// Sums of small integers of which a bitwise operator wants no more than 32 bits: TurboFan adds them
// without a check for overflow (compiler/simplified-lowering.cc, VisitSpeculativeIntegerAdditiveOp
// with Truncation::Word32). The operands of such a sum are checked, so of a + b + c only the last.
#include "base/alloc.h"
#include "model/jit_internal.h"
#include "model/jit_lattice.h"

// Whether the value that insns[at] pushes is next taken by a bitwise operator, in code without
// jumps.
static bool goes_to_bitwise(const ns_insn *insns, const ns_flow *flows, uint32_t count, uint32_t at)
{
    uint32_t above = 0; // values on top of it
    for (uint32_t i = at + 1; i < count; i++) {
        const ns_flow *flow = &flows[i];
        if (flow->odd || insns[i].target != NS_INSN_NO_TARGET)
            return false;
        if (flow->pops > above)
            return insns[i].kind == NS_INSN_bitwise;
        above += (uint32_t)flow->pushes - flow->pops;
        if (flow->ends)
            return false;
    }
    return false;
}

bool jit_overflow_is_cut_off(const jit_code *code, const ns_slot *seen)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    const ns_function *function = code->compiled->function;
    enum { integers = NS_FB_SMI | NS_FB_NUMBER | NS_FB_OVERFLOW };
    if (!(seen->tags & NS_FB_OVERFLOW) || (seen->tags & ~(uint32_t)integers) || !probe->ops->flow)
        return false;
    uint32_t count = probe->ops->decode(probe, function, NULL);
    ns_insn *insns = ns_calloc(count + 1, sizeof *insns);
    ns_flow *flows = ns_calloc(count + 1, sizeof *flows);
    bool cut_off = false;
    if (insns && flows) {
        probe->ops->decode(probe, function, insns);
        probe->ops->flow(probe, function, flows);
        for (uint32_t i = 0; i < count; i++)
            if (insns[i].offset == seen->offset && insns[i].kind == NS_INSN_binary)
                cut_off = goes_to_bitwise(insns, flows, count, i);
    }
    ns_free(insns);
    ns_free(flows);
    return cut_off;
}

// How long a function's bytecode is in V8, where budgets are counted in its bytes.
//
// The engine's instructions are mapped one by one: each kind stands for some bytes of V8's, fitted
// over many functions (bench/fit-bytecode). Loops are found on the way.
#include <math.h>

#include "base/alloc.h"
#include "model/jit_internal.h"

static bool add_loop(jit_function *f, uint32_t begin, uint32_t end)
{
    for (int i = 0; i < f->loop_count; i++) {
        if (f->loops[i].begin != begin)
            continue;
        if (f->loops[i].end < end)
            f->loops[i].end = end;
        return true;
    }
    jit_loop *grown = ns_realloc(f->loops, (size_t)(f->loop_count + 1) * sizeof *grown);
    if (!grown)
        return false;
    f->loops = grown;
    grown[f->loop_count++] = (jit_loop){.begin = begin, .end = end};
    return true;
}

static void nest_loops(jit_function *f)
{
    for (int i = 0; i < f->loop_count; i++)
        for (int j = 0; j < f->loop_count; j++)
            if (i != j && f->loops[j].begin <= f->loops[i].begin &&
                f->loops[j].end >= f->loops[i].end)
                f->loops[i].depth++;
}

bool jit_measure(jit_function *f)
{
    const ns_probe *probe = f->jit->probe;
    uint32_t length = f->function->bytecode_size;
    uint32_t count = probe->ops->decode(probe, f->function, NULL);
    ns_insn *insns = ns_calloc(count + 1, sizeof *insns);
    f->weight = ns_calloc((size_t)length + 1, sizeof *f->weight);
    bool made = insns && f->weight;
    if (made)
        probe->ops->decode(probe, f->function, insns);
    if (made)
        jit_price(f, insns, count, f->base);
    double size = f->jit->costs.size_base;
    for (uint32_t i = 0; made && i < count; i++) {
        const ns_insn *insn = &insns[i];
        f->weight[insn->offset] = (uint32_t)lround(size);
        size += f->jit->costs.size[insn->kind];
        for (uint32_t at = insn->offset + 1; at < insn->end; at++)
            f->weight[at] = (uint32_t)lround(size);
        bool jumps = insn->kind == NS_INSN_jump || insn->kind == NS_INSN_branch;
        if (jumps && insn->target <= insn->offset)
            made = add_loop(f, insn->target, insn->end);
    }
    if (made) {
        f->size = (uint32_t)lround(size);
        if (f->size == 0)
            f->size = 1;
        f->weight[length] = f->size;
        nest_loops(f);
    }
    ns_free(insns);
    return made;
}

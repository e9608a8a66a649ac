// Reads of variables of outer functions that need no test (V8: src/compiler/load-elimination.cc,
// branch-elimination.cc): after one test the variable is known to be initialized, until a call that
// is not inlined may have changed its context.
#include "model/jit_escape.h"

enum { KNOWN_MOST = 32 };

typedef struct known {
    uint64_t variables[KNOWN_MOST]; // by name, and whether it is a class's own name
    uint32_t count;
} known;

static bool is_known(known *k, const ns_flow *flow)
{
    uint64_t variable = (uint64_t)flow->name << 1 | flow->assigned;
    for (uint32_t i = 0; i < k->count; i++)
        if (k->variables[i] == variable)
            return true;
    if (k->count < KNOWN_MOST)
        k->variables[k->count++] = variable;
    return false;
}

static bool calls(const ns_slot *slot)
{
    return slot->kind == NS_SLOT_CALL && (slot->ways > 0 || slot->megamorphic);
}

// In the order of the bytecode, which is nearly that of execution.
static void walk(const esc *e, esc_frame *f, known *k)
{
    ns_compiled **inlined = f->code->compiled->inlined;
    for (uint32_t i = 0; i < f->count; i++) {
        const ns_insn *insn = &f->insns[i];
        const ns_compiled *target = inlined && insn->slot ? inlined[insn->slot] : NULL;
        if (f->flows[i].checked)
            f->tested[i] = is_known(k, &f->flows[i]);
        else if (!target && insn->slot && calls(&f->code->assumed[insn->slot]))
            k->count = 0;
        for (; target; target = target->other) {
            esc_frame *to = esc_frame_of(e, target);
            if (to && to->code->parent == f->code)
                walk(e, to, k);
        }
    }
}

void esc_find_tested(esc *e)
{
    known k = {.count = 0};
    walk(e, e->frames[0], &k);
}

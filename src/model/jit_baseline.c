// Costs of the tiers without assumptions: a table by class of instruction.
#include "base/alloc.h"
#include "model/jit_internal.h"

void jit_sparkplug(jit_function *f)
{
    ns_jit *jit = f->jit;
    const ns_probe *probe = jit->probe;
    uint32_t count = probe->ops->decode(probe, f->function, NULL);
    ns_insn *insns = ns_calloc(count + 1, sizeof *insns);
    if (!insns) {
        jit->failed = true;
        return;
    }
    probe->ops->decode(probe, f->function, insns);
    for (ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        if (compiled->tier != NS_TIER_IGNITION)
            continue;
        jit_settle(compiled->model);
        compiled->tier = NS_TIER_SPARKPLUG;
        for (uint32_t i = 0; i < count; i++)
            compiled->packed[insns[i].offset] =
                NS_COUNT_ONE | jit->costs.baseline[NS_TIER_SPARKPLUG][insns[i].cost_class];
    }
    ns_free(insns);
}

// Costs of the tiers without assumptions, Ignition and Sparkplug. Their inline caches and the
// builtins of their operators go by the feedback all the same.
#include "base/alloc.h"
#include "model/jit_internal.h"

// NULL: the slot has seen nothing.
static const ns_slot *seen(const ns_slot *slot)
{
    return slot->tags || slot->ways || slot->megamorphic ? slot : NULL;
}

// What the runtime does beyond the instruction's own work, in ps. Without a feedback vector there
// is no boilerplate to copy a literal from (runtime/runtime-literals.cc), and no cell of a global
// variable (ic/accessor-assembler.cc, LoadGlobalIC: the runtime looks it up); a class is always
// made by the runtime (Runtime_DefineClass).
static uint32_t runtime_work(const jit_function *f, const ns_insn *insn)
{
    const jit_costs *costs = &f->jit->costs;
    double ns = 0;
    if (insn->kind == NS_INSN_class)
        ns = costs->define_class;
    else if (!f->vector)
        ns = insn->kind == NS_INSN_object       ? costs->cold_object
             : insn->kind == NS_INSN_array      ? costs->cold_array
             : insn->kind == NS_INSN_regexp     ? costs->cold_regexp
             : insn->kind == NS_INSN_get_global ? costs->cold_global
                                                : 0;
    return (uint32_t)(ns * 1e3);
}

static uint64_t packed(const jit_function *f, const ns_compiled *compiled, const ns_insn *insn,
                       const ns_slot *slot)
{
    jit_cost cost = jit_cost_of(insn, slot ? seen(slot) : NULL);
    return NS_COUNT_ONE | (f->jit->costs.price[compiled->tier][cost] + runtime_work(f, insn));
}

void jit_price(const jit_function *f, const ns_insn *insns, uint32_t count, ns_compiled *compiled)
{
    for (uint32_t i = 0; i < count; i++) {
        const ns_slot *slot = insns[i].slot ? jit_slot(f, insns[i].slot) : NULL;
        compiled->packed[insns[i].offset] = packed(f, compiled, &insns[i], slot);
    }
    f->jit->probe->ops->priced(f->jit->probe, compiled);
}

// The function's instructions, to be freed. NULL: out of memory, and the run has failed.
static ns_insn *decoded(const jit_function *f, uint32_t *count)
{
    const ns_probe *probe = f->jit->probe;
    *count = probe->ops->decode(probe, f->function, NULL);
    ns_insn *insns = ns_calloc(*count + 1, sizeof *insns);
    if (insns)
        probe->ops->decode(probe, f->function, insns);
    else
        f->jit->failed = true;
    return insns;
}

void jit_price_again(jit_function *f)
{
    uint32_t count;
    ns_insn *insns = decoded(f, &count);
    if (!insns)
        return;
    for (ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next)
        if (!NS_TIER_IS_OPTIMIZED(compiled->tier))
            jit_price(f, insns, count, compiled);
    ns_free(insns);
}

void jit_sparkplug(jit_function *f)
{
    uint32_t count;
    ns_insn *insns = decoded(f, &count);
    if (!insns)
        return;
    for (ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        if (compiled->tier != NS_TIER_IGNITION)
            continue;
        jit_settle(compiled->model);
        compiled->tier = NS_TIER_SPARKPLUG;
        jit_price(f, insns, count, compiled);
    }
    ns_free(insns);
}

void jit_reprice(jit_function *f, uint32_t slot, const ns_slot *before, const ns_slot *after)
{
    static const ns_insn any = {.kind = NS_INSN_other};
    const ns_slot *was = seen(before);
    if (was && seen(after) && jit_cost_of(&any, was) == jit_cost_of(&any, after))
        return;
    uint32_t count;
    ns_insn *insns = decoded(f, &count);
    if (!insns)
        return;
    for (ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        if (NS_TIER_IS_OPTIMIZED(compiled->tier))
            continue;
        for (uint32_t i = 0; i < count; i++)
            if (insns[i].slot == slot)
                compiled->packed[insns[i].offset] = packed(f, compiled, &insns[i], after);
        f->jit->probe->ops->priced(f->jit->probe, compiled);
    }
    ns_free(insns);
}

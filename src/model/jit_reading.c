// What the compiler reads while JavaScript goes on (V8: src/compiler/pipeline.cc): it runs on a
// helper thread, and takes the feedback that is there when it comes to a site. Whether a site has
// any is asked when the graph is built (js-type-hint-lowering.cc), what it is when it is lowered
// with the inlining (js-native-context-specialization.cc, js-call-reducer.cc).
#include "base/alloc.h"
#include "model/jit_internal.h"

// The share of the compilation's time after which the site is read. The graph of the function
// itself is built from its first bytecode to its last, those of what is inlined later.
static double read_at(const jit_code *code, uint32_t number)
{
    const jit_costs *costs = &code->root->owner->jit->costs;
    const ns_slot *assumed = &code->assumed[number];
    if (code != code->root || assumed->tags != 0 || assumed->ways != 0)
        return costs->read_types;
    const jit_function *f = code->root->owner;
    return costs->read_graph * f->weight[assumed->offset] / f->size;
}

static bool is_read_later(const jit_code *code, uint32_t number)
{
    const jit_code *root = code->root;
    const ns_jit *jit = root->owner->jit;
    if (root->installed || root->dead || root->execute == 0)
        return false;
    ns_time since = jit->options.now(jit->options.opaque) - root->begun;
    return (double)since + jit->costs.read_ahead < read_at(code, number) * (double)root->execute;
}

void jit_read_later(const jit_function *f, uint32_t number, const ns_slot *one)
{
    for (ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        jit_code *code = compiled->model;
        if (!code || !code->assumed || code->dead || !is_read_later(code, number))
            continue;
        jit_merge(&code->assumed[number], one);
        if (!code->late)
            code->late = ns_calloc(f->function->slot_count + 1, sizeof *code->late);
        if (code->late)
            code->late[number] = true;
    }
}

// Nothing runs the code before it is installed: its sites have their prices then, all at once.
void jit_price_late(const jit_code *code)
{
    for (const jit_code *child = code->children; child; child = child->sibling)
        jit_price_late(child);
    if (!code->late)
        return;
    const ns_jit *jit = code->root->owner->jit;
    const uint32_t *price = jit->costs.price[code->compiled->tier];
    const ns_probe *probe = jit->probe;
    uint32_t count = probe->ops->decode(probe, code->compiled->function, NULL);
    ns_insn *insns = ns_calloc(count + 1, sizeof *insns);
    if (insns) {
        probe->ops->decode(probe, code->compiled->function, insns);
        for (uint32_t i = 0; i < count; i++)
            if (insns[i].slot && code->late[insns[i].slot])
                code->compiled->packed[insns[i].offset] =
                    NS_COUNT_ONE | price[jit_cost_of(&insns[i], &code->assumed[insns[i].slot])];
        probe->ops->priced(probe, code->compiled);
    }
    ns_free(insns);
}

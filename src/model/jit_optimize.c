// What Maglev and TurboFan make of a function (V8: src/maglev, src/compiler): the feedback of each
// site becomes an assumption, and what is left to do costs accordingly.
#include "base/alloc.h"
#include "model/jit_internal.h"
#include "model/jit_lattice.h"

// Which load brings the method of each call: what is between them is balanced, but where a branch
// leaves an expression.
static void pair_methods(jit_code *code, const ns_insn *insns, uint32_t count)
{
    enum { depth = 64 };
    uint16_t open[depth];
    uint32_t top = 0;
    for (uint32_t i = 0; i < count; i++) {
        const ns_insn *insn = &insns[i];
        if (insn->kind == NS_INSN_load_method || insn->kind == NS_INSN_keyed_load_method) {
            open[top % depth] = insn->kind == NS_INSN_load_method ? insn->slot : 0;
            top++;
        } else if (insn->kind == NS_INSN_call_method && top > 0) {
            top--;
            code->method[insn->slot] = open[top % depth];
        }
    }
}

// A field of the object's own holds what it likes.
bool jit_target_known(const jit_code *code, uint32_t call)
{
    const ns_slot *load = &code->assumed[code->method[call]];
    if (code->method[call] == 0 || load->ways == 0 || load->megamorphic)
        return false;
    for (int way = 0; way < load->ways; way++)
        if (load->own[way] & NS_OWN_PLACE)
            return false;
    return true;
}

bool jit_box(jit_code *code, uint32_t end)
{
    ns_compiled *compiled = code->compiled;
    if (!compiled->boxed)
        compiled->boxed = ns_calloc(compiled->function->bytecode_size + 1, sizeof *compiled->boxed);
    if (compiled->boxed)
        compiled->boxed[end] = true;
    return compiled->boxed != NULL;
}

// Which property each site is about.
static bool name_sites(jit_code *code, const ns_insn *insns, uint32_t count)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    ns_flow *flows = ns_calloc(count + 1, sizeof *flows);
    if (!flows)
        return false;
    if (probe->ops->flow)
        probe->ops->flow(probe, code->compiled->function, flows);
    for (uint32_t i = 0; i < count; i++)
        if (insns[i].slot)
            code->name[insns[i].slot] = flows[i].name;
    ns_free(flows);
    return true;
}

// Fill in the costs of one function's code, and keep the feedback as what is assumed.
bool jit_lower(jit_code *code)
{
    ns_function *function = code->compiled->function;
    const ns_jit *jit = code->root->owner->jit;
    const ns_probe *probe = jit->probe;
    uint32_t count = probe->ops->decode(probe, function, NULL);
    ns_insn *insns = ns_calloc(count + 1, sizeof *insns);
    code->assumed = ns_calloc(function->slot_count + 1, sizeof *code->assumed);
    code->method = ns_calloc(function->slot_count + 1, sizeof *code->method);
    code->constant = ns_calloc(function->slot_count + 1, sizeof *code->constant);
    code->spread = ns_calloc(function->slot_count + 1, sizeof *code->spread);
    code->name = ns_calloc(function->slot_count + 1, sizeof *code->name);
    if (!insns || !code->assumed || !code->method || !code->constant || !code->spread ||
        !code->name) {
        ns_free(insns);
        return false;
    }
    const jit_function *f = function->model;
    for (uint32_t i = 0; i < function->slot_count; i++) {
        code->assumed[i] = *jit_slot(f, i);
        code->assumed[i].hits = function->slots[i].hits;
    }
    probe->ops->decode(probe, function, insns);
    const uint32_t *price = jit->costs.price[code->compiled->tier];
    bool made = true;
    for (uint32_t i = 0; i < count && made; i++) {
        const ns_insn *insn = &insns[i];
        const ns_slot *slot = insn->slot ? &code->assumed[insn->slot] : NULL;
        // Runtime_DefineClass
        uint32_t runtime =
            insn->kind == NS_INSN_class ? (uint32_t)(jit->costs.define_class * 1e3) : 0;
        code->compiled->packed[insn->offset] =
            NS_COUNT_ONE | (price[jit_cost_of(insn, slot)] + runtime);
        // Without feedback on numbers alone, a builtin does it (js-generic-lowering.cc).
        if (slot && slot->kind == NS_SLOT_ARITH && jit_lattice(slot->tags) == JIT_FB_ANY)
            made = jit_box(code, insn->end);
        // A function with one closure is compiled for its context (function_context_specializing).
        if (insn->slot && i > 0 && insns[i - 1].kind == NS_INSN_get_context)
            code->constant[insn->slot] = true;
        code->spread[insn->slot] |= insn->kind == NS_INSN_apply;
    }
    pair_methods(code, insns, count);
    jit_add_effort(&code->root->effort, code, insns, count);
    made = made && name_sites(code, insns, count) && jit_depend_on_stable(code);
    ns_free(insns);
    return made;
}

void jit_priced(const jit_code *code)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    probe->ops->priced(probe, code->compiled);
    for (const jit_code *child = code->children; child; child = child->sibling)
        jit_priced(child);
}

jit_code *jit_optimize(jit_function *f, ns_tier tier, uint32_t osr)
{
    const jit_flags *flags = &f->jit->flags;
    jit_code *code = jit_new_code(f->jit, f, f->function, tier);
    if (!code || !jit_lower(code))
        return NULL;
    code->osr = osr;
    code->opt_id = f->jit->next_opt_id++;
    jit_emit(f,
             &(jit_note){.kind = "compile",
                         .reason = flags->concurrent_recompilation ? "concurrent" : "synchronous",
                         .from = (ns_tier)f->base->tier,
                         .to = tier,
                         .code = code});
    if (tier == NS_TIER_MAGLEV) // it spends the function's budget, as the tiers below do
        code->compiled->weight = f->weight;
    bool inlines = tier == NS_TIER_MAGLEV ? flags->maglev_inlining : flags->turbo_inlining;
    return !inlines || jit_inline(code) ? code : NULL;
}

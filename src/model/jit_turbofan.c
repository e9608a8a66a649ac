// What TurboFan makes of a function (V8: src/compiler): the feedback of each site becomes an
// assumption, and what is left to do costs accordingly.
#include <assert.h>

#include "base/alloc.h"
#include "model/jit_internal.h"
#include "model/jit_lattice.h"

static uint32_t arithmetic(const jit_turbofan_costs *t, const ns_insn *insn, uint32_t tags)
{
    switch (jit_lattice(tags)) {
    case JIT_FB_NONE:
        return t->uninitialized;
    case JIT_FB_SMALL:
        return insn->kind == NS_INSN_multiply ? t->multiply
               : insn->kind == NS_INSN_divide ? t->divide
                                              : t->smi;
    case JIT_FB_NUMBER:
    case JIT_FB_ODDBALL:
        return insn->kind == NS_INSN_divide ? t->number_divide : t->number;
    case JIT_FB_STRING:
        return t->string;
    case JIT_FB_BIGINT:
        return t->bigint;
    default:
        return t->generic;
    }
}

static uint32_t comparison(const jit_turbofan_costs *t, uint32_t tags)
{
    switch (jit_lattice(tags)) {
    case JIT_FB_NONE:
        return t->uninitialized;
    case JIT_FB_SMALL:
        return t->compare_smi;
    case JIT_FB_NUMBER:
    case JIT_FB_ODDBALL:
        return t->compare_number;
    case JIT_FB_STRING:
        return t->compare_string;
    default:
        return tags & (NS_FB_SMI | NS_FB_NUMBER | NS_FB_STRING) ? t->compare_generic
                                                                : t->compare_smi;
    }
}

static uint32_t access(const ns_slot *slot, uint32_t one, uint32_t some, uint32_t many,
                       const jit_turbofan_costs *t)
{
    if (slot->ways == 0)
        return t->uninitialized;
    return slot->megamorphic ? many : slot->ways == 1 ? one : some;
}

static uint32_t site(const jit_turbofan_costs *t, const ns_insn *insn, const ns_slot *slot)
{
    switch ((ns_slot_kind)slot->kind) {
    case NS_SLOT_ARITH:
        return arithmetic(t, insn, slot->tags);
    case NS_SLOT_COMPARE:
        return comparison(t, slot->tags);
    case NS_SLOT_LOAD:
        return access(slot, t->load, t->load_polymorphic, t->load_megamorphic, t);
    case NS_SLOT_STORE:
        return access(slot, t->store, t->store_polymorphic, t->store_megamorphic, t);
    case NS_SLOT_KEYED_LOAD:
        if (slot->tags & NS_FB_NAME)
            return t->element_megamorphic;
        return access(slot, t->element, t->element * 2, t->element_megamorphic, t);
    case NS_SLOT_KEYED_STORE:
        if (slot->tags & NS_FB_NAME)
            return t->element_megamorphic;
        return access(slot, t->element_store, t->element_store * 2, t->element_megamorphic, t);
    case NS_SLOT_CALL:
        if (slot->ways == 0)
            return t->uninitialized;
        return slot->ways == 1 && slot->seen[0] & NS_TARGET_NATIVE ? t->call_native : t->call;
    case NS_SLOT_LITERAL:
        return slot->tags == 0 ? t->uninitialized : t->array;
    case NS_SLOT_NONE:
        break;
    }
    assert(!"a site without a kind");
    return 0;
}

// Instructions without feedback.
static uint32_t plain(const jit_turbofan_costs *t, const ns_insn *insn)
{
    switch ((ns_insn_kind)insn->kind) {
    case NS_INSN_small:
    case NS_INSN_constant:
    case NS_INSN_oddball:
        return t->constant;
    case NS_INSN_get_context:
    case NS_INSN_put_context:
    case NS_INSN_set_context:
        return t->context;
    case NS_INSN_get_global:
    case NS_INSN_put_global:
        return t->global;
    case NS_INSN_jump:
    case NS_INSN_branch:
        return t->branch;
    case NS_INSN_object:
        return t->alloc;
    case NS_INSN_closure:
        return t->closure;
    case NS_INSN_array:
    case NS_INSN_rest:
    case NS_INSN_arguments:
        return t->array;
    case NS_INSN_define:
        return t->store;
    case NS_INSN_typeof:
    case NS_INSN_not:
    case NS_INSN_nullish:
        return t->compare_smi;
    default:
        break;
    }
    switch ((ns_cost_class)insn->cost_class) {
    case NS_COST_STACK:
        return t->move;
    case NS_COST_ITER:
        return t->iter;
    case NS_COST_CALL:
        return t->call;
    case NS_COST_PROPERTY:
        return t->load_other;
    case NS_COST_KEYED:
        return t->element_megamorphic;
    case NS_COST_ALLOC:
        return t->array;
    default:
        return t->other;
    }
}

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

bool jit_target_known(const jit_code *code, uint32_t call)
{
    uint16_t load = code->method[call];
    return load != 0 && code->assumed[load].ways > 0 && !code->assumed[load].megamorphic;
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
    if (!insns || !code->assumed || !code->method || !code->constant) {
        ns_free(insns);
        return false;
    }
    const jit_function *f = function->model;
    for (uint32_t i = 0; i < function->slot_count; i++) {
        code->assumed[i] = *jit_slot(f, i);
        code->assumed[i].hits = function->slots[i].hits;
    }
    probe->ops->decode(probe, function, insns);
    const jit_turbofan_costs *t = &jit->costs.turbofan;
    for (uint32_t i = 0; i < count; i++) {
        const ns_insn *insn = &insns[i];
        uint32_t cost = insn->slot ? site(t, insn, &code->assumed[insn->slot]) : plain(t, insn);
        code->compiled->packed[insn->offset] = NS_COUNT_ONE | cost;
        // A function with one closure is compiled for its context (function_context_specializing).
        if (insn->slot && i > 0 && insns[i - 1].kind == NS_INSN_get_context)
            code->constant[insn->slot] = true;
    }
    pair_methods(code, insns, count);
    ns_free(insns);
    return true;
}

uint32_t jit_live_size(const jit_code *code)
{
    const ns_function *function = code->compiled->function;
    const jit_function *f = function->model;
    uint32_t live = 0;
    for (uint32_t i = 1; i < function->slot_count; i++)
        live += code->assumed[i].tags || code->assumed[i].ways;
    uint32_t sites = function->slot_count ? function->slot_count - 1 : 0;
    return sites ? f->size * live / sites : f->size;
}

jit_code *jit_turbofan(jit_function *f, uint32_t osr, uint32_t *size)
{
    jit_code *code = jit_new_code(f->jit, f, f->function, NS_TIER_TURBOFAN);
    if (!code || !jit_lower(code))
        return NULL;
    code->osr = osr;
    *size = jit_live_size(code);
    return !f->jit->flags.turbo_inlining || jit_inline(code, size) ? code : NULL;
}

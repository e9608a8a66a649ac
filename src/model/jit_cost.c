// The kind of work that an instruction is, by itself and by the feedback of its site.
#include "model/jit_cost.h"

#include <assert.h>

#include "model/jit_lattice.h"

const char *jit_cost_name(jit_cost cost)
{
    static const char *const names[JIT_COST_KINDS] = {
#define X(name) #name,
        JIT_COSTS(X)
#undef X
    };
    return names[cost];
}

static jit_cost arithmetic(const ns_insn *insn, uint32_t tags)
{
    switch (jit_lattice(tags)) {
    case JIT_FB_NONE:
        return JIT_COST_uninitialized;
    case JIT_FB_SMALL:
        return insn->kind == NS_INSN_multiply ? JIT_COST_multiply
               : insn->kind == NS_INSN_divide ? JIT_COST_divide
                                              : JIT_COST_smi;
    case JIT_FB_NUMBER:
    case JIT_FB_ODDBALL:
        return insn->kind == NS_INSN_divide ? JIT_COST_number_divide : JIT_COST_number;
    case JIT_FB_STRING:
        return JIT_COST_string;
    case JIT_FB_BIGINT:
        return JIT_COST_bigint;
    default:
        // A string and a number: the number's text is made, or taken from the cache.
        return JIT_COST_generic;
    }
}

// Comparing with undefined or null that is written there needs no feedback (TestNull,
// TestUndetectable, TestUndefined and TestTypeOf: src/interpreter/bytecode-generator.cc,
// VisitCompareOperation).
static jit_cost comparison(const ns_insn *insn, uint32_t tags)
{
    if (insn->nullish)
        return JIT_COST_test;
    switch (jit_lattice(tags)) {
    case JIT_FB_NONE:
        return JIT_COST_uninitialized;
    case JIT_FB_SMALL:
        return JIT_COST_compare_smi;
    case JIT_FB_NUMBER:
    case JIT_FB_ODDBALL:
        return JIT_COST_compare_number;
    case JIT_FB_STRING:
        return JIT_COST_compare_string;
    default:
        // Identity of objects, and of what is compared with undefined or null.
        return insn->kind == NS_INSN_equal ? JIT_COST_compare_reference : JIT_COST_compare_generic;
    }
}

static jit_cost access(const ns_slot *slot, jit_cost one, jit_cost some, jit_cost many)
{
    if (slot->ways == 0)
        return JIT_COST_uninitialized;
    return slot->megamorphic ? many : slot->ways == 1 ? one : some;
}

static jit_cost element(const ns_slot *slot, bool store)
{
    if (slot->ways == 0)
        return JIT_COST_uninitialized;
    if (slot->tags & NS_FB_NAME)
        return JIT_COST_element_name;
    jit_cost one = store ? JIT_COST_element_store : JIT_COST_element;
    if (!store && slot->seen[0] == NS_SHAPE_STRING)
        one = JIT_COST_element_string;
    else if (slot->tags == 0) // the engine tells of the elements of plain arrays
        one = store ? JIT_COST_element_store_typed : JIT_COST_element_typed;
    else if ((slot->tags & ~(uint32_t)NS_FB_OUTSIDE) == NS_FB_NUMBER)
        one = store ? JIT_COST_element_store_number : JIT_COST_element_number;
    return access(slot, one,
                  store ? JIT_COST_element_store_polymorphic : JIT_COST_element_polymorphic,
                  JIT_COST_element_megamorphic);
}

static jit_cost call(const ns_insn *insn, const ns_slot *slot)
{
    if (slot->ways == 0)
        return JIT_COST_uninitialized;
    if (insn->kind == NS_INSN_apply)
        return JIT_COST_apply;
    if (slot->ways > 1)
        return JIT_COST_call_polymorphic;
    if (slot->seen[0] & NS_TARGET_NATIVE)
        return JIT_COST_call_native;
    return insn->kind == NS_INSN_construct ? JIT_COST_construct : JIT_COST_call;
}

static jit_cost site(const ns_insn *insn, const ns_slot *slot)
{
    switch ((ns_slot_kind)slot->kind) {
    case NS_SLOT_ARITH:
        return arithmetic(insn, slot->tags);
    case NS_SLOT_COMPARE:
        return comparison(insn, slot->tags);
    case NS_SLOT_LOAD:
        return access(slot, JIT_COST_load, JIT_COST_load_polymorphic, JIT_COST_load_megamorphic);
    case NS_SLOT_STORE:
        return access(slot, JIT_COST_store, JIT_COST_store_polymorphic, JIT_COST_store_megamorphic);
    case NS_SLOT_KEYED_LOAD:
        return element(slot, false);
    case NS_SLOT_KEYED_STORE:
        return element(slot, true);
    case NS_SLOT_CALL:
        return call(insn, slot);
    case NS_SLOT_LITERAL:
        return slot->tags == 0 ? JIT_COST_uninitialized : JIT_COST_array;
    case NS_SLOT_NONE:
        break;
    }
    assert(!"a site without a kind");
    return JIT_COST_other;
}

// Instructions without feedback, by their class where the kind says no more.
static jit_cost by_class(const ns_insn *insn)
{
    switch ((ns_cost_class)insn->cost_class) {
    case NS_COST_STACK:
        return JIT_COST_move;
    case NS_COST_ARITH:
        return JIT_COST_smi;
    case NS_COST_COMPARE:
        return JIT_COST_compare_smi;
    case NS_COST_BRANCH:
        return JIT_COST_branch;
    case NS_COST_PROPERTY:
        return JIT_COST_load_other;
    case NS_COST_KEYED:
        return JIT_COST_element_megamorphic;
    case NS_COST_GLOBAL:
        return JIT_COST_global;
    case NS_COST_CALL:
        return JIT_COST_call;
    case NS_COST_ALLOC:
        return JIT_COST_array;
    case NS_COST_ITER:
        return JIT_COST_iter;
    default:
        return JIT_COST_other;
    }
}

static jit_cost plain(const ns_insn *insn)
{
    switch ((ns_insn_kind)insn->kind) {
    case NS_INSN_small:
    case NS_INSN_constant:
    case NS_INSN_oddball:
        return JIT_COST_constant;
    case NS_INSN_put_local:
    case NS_INSN_set_local:
    case NS_INSN_put_checked:
        return JIT_COST_store_local;
    case NS_INSN_get_context:
    case NS_INSN_put_context:
    case NS_INSN_set_context:
        return JIT_COST_context;
    case NS_INSN_jump:
    case NS_INSN_branch:
        if (insn->target <= insn->offset)
            return JIT_COST_loop;
        return insn->converts ? JIT_COST_branch_convert : JIT_COST_branch;
    case NS_INSN_object:
    case NS_INSN_regexp: // a boilerplate is copied
        return JIT_COST_alloc;
    case NS_INSN_closure:
        return insn->kept ? JIT_COST_closure_kept : JIT_COST_closure;
    case NS_INSN_close_context: // of its end, where QuickJS has none at its start
        return JIT_COST_block_context;
    case NS_INSN_next_context:
        return JIT_COST_loop_context;
    case NS_INSN_name: // the SharedFunctionInfo has it
        return JIT_COST_nothing;
    case NS_INSN_rest:
    case NS_INSN_arguments:
        return JIT_COST_arguments;
    case NS_INSN_define:
    case NS_INSN_store:
        return JIT_COST_store;
    case NS_INSN_load:
    case NS_INSN_load_method:
    case NS_INSN_length:
        return JIT_COST_load;
    case NS_INSN_keyed_load:
    case NS_INSN_keyed_load_method:
        return JIT_COST_element;
    case NS_INSN_keyed_store:
        return JIT_COST_element_store;
    case NS_INSN_construct:
        return JIT_COST_construct;
    case NS_INSN_apply:
        return JIT_COST_apply;
    case NS_INSN_typeof:
    case NS_INSN_not:
    case NS_INSN_nullish:
        return JIT_COST_test;
    case NS_INSN_in:
        return JIT_COST_has;
    case NS_INSN_instanceof:
        return JIT_COST_instanceof;
    case NS_INSN_delete:
        return JIT_COST_delete;
    case NS_INSN_super:
        return JIT_COST_super;
    case NS_INSN_throw:
        return JIT_COST_throw;
    case NS_INSN_for_of:
        return JIT_COST_for_of;
    case NS_INSN_for_in:
    case NS_INSN_for_in_next:
        return JIT_COST_for_in;
    case NS_INSN_generator:
    case NS_INSN_yield:
    case NS_INSN_await:
        return JIT_COST_suspend;
    default:
        return by_class(insn);
    }
}

jit_cost jit_cost_of(const ns_insn *insn, const ns_slot *slot)
{
    if (insn->unmade)
        return JIT_COST_nothing;
    return slot ? site(insn, slot) : plain(insn);
}

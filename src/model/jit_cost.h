// What an instruction costs: one list of kinds of work for all tiers. What kind an instruction is
// follows from what it is and from what the feedback of its site says; each tier has its price for
// each kind (jit.ignition.*, jit.sparkplug.*, jit.turbofan.* of the profile).
#ifndef NS_MODEL_JIT_COST_H
#define NS_MODEL_JIT_COST_H

#include "engine/probe.h"
#include "model/profile.h"

// X(name). `move` rearranges values, `test` asks for a type, for undefined or null, or negates,
// `branch_convert` branches on what need not be a boolean (JumpIfToBoolean), `loop` jumps back,
// `smi` to `generic` are arithmetic and `compare_*` comparisons by their operands, `load` and
// `store` are of named properties, `element*` of keyed ones: of arrays of small integers or
// anything, of doubles, of typed arrays, of strings; `element_name` is keyed by a name. `call` is
// of a JavaScript function, `closure_kept` makes a closure that is assigned to a property at once,
// `block_context` the context of a block whose variables a closure captures, `loop_context` that of
// the next iteration of a loop with `let`; `nothing` is what V8 has no instruction for.
// `uninitialized` is what TurboFan compiles for a site without feedback. The last ones are what is
// left of an instruction in TurboFan's code (jit_fold.h).
// clang-format off
#define JIT_COSTS(X)                                                                               \
    X(move) X(store_local) X(constant) X(smi) X(multiply) X(divide) X(number) X(number_divide)     \
    X(string) X(bigint) X(generic) X(compare_smi) X(compare_number) X(compare_string)              \
    X(compare_reference) X(compare_generic) X(test) X(branch) X(branch_convert) X(loop)            \
    X(load) X(load_polymorphic) X(load_megamorphic) X(load_other)                                  \
    X(store) X(store_polymorphic) X(store_megamorphic)                                             \
    X(element) X(element_number) X(element_typed) X(element_string) X(element_polymorphic)         \
    X(element_store) X(element_store_number) X(element_store_typed) X(element_store_polymorphic)   \
    X(element_megamorphic) X(element_name) X(context) X(global)                                    \
    X(call) X(call_polymorphic) X(call_native) X(call_inlined) X(construct) X(apply)               \
    X(alloc) X(closure) X(closure_kept) X(block_context) X(loop_context) X(array) X(arguments)      \
    X(for_of) X(iter) X(for_in) X(suspend) X(throw) X(delete) X(has) X(instanceof)                  \
    X(super) X(nothing) X(other)                                                                   \
    X(uninitialized)                                                                               \
    X(folded) X(invariant) X(redundant) X(unchecked) X(reduced)
// clang-format on
typedef enum jit_cost {
#define X(name) JIT_COST_##name,
    JIT_COSTS(X)
#undef X
        JIT_COST_KINDS
} jit_cost;

// The profile's name of a kind: "load_polymorphic".
const char *jit_cost_name(jit_cost cost);

// The kind of work of an instruction. `slot` is its site's feedback; NULL: it has no site, or the
// site has no feedback yet and does what is usual there.
jit_cost jit_cost_of(const ns_insn *insn, const ns_slot *slot);

#endif

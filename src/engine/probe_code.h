// Functions as a model of tiers sees them: their instructions, and the code that runs them.
//
// An activation of a function runs one ns_compiled, which says what each instruction costs. The
// engine makes a function's first one when it is first called; a model makes others, and changes
// what the next call enters (ns_function.code). An activation changes to another one only in the
// hook `tick` (on-stack replacement). When a model takes code back (deoptimization), it writes the
// costs of a lower tier into it: activations go on with them at once (ns_probe_ops.priced).
#ifndef NS_ENGINE_PROBE_CODE_H
#define NS_ENGINE_PROBE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Kinds of instructions: X(name). `small` is a constant that fits a byte, `local` an argument or a
// local variable, `context` a variable of an outer function, `nullish` a test for null, undefined.
// `name` gives a closure the name that is written there. `close_context` ends the life of a block's
// captured variables, once for them all; `next_context` gives those of a loop with `let` a new one
// for its next iteration.
// clang-format off
#define NS_INSNS(X)                                                                                \
    X(small) X(constant) X(oddball) X(this) X(closure) X(object) X(array) X(regexp) X(class)       \
    X(arguments) X(rest)                                                                           \
    X(get_local) X(put_local) X(set_local) X(get_checked) X(put_checked) X(uninitialized)          \
    X(get_context) X(put_context) X(set_context) X(close_context) X(next_context) X(get_global)    \
    X(put_global) X(declare) X(drop) X(dup) X(shuffle)                                             \
    X(jump) X(branch) X(return) X(return_undefined) X(throw) X(catch) X(finally)                   \
    X(binary) X(multiply) X(divide) X(bitwise) X(unary) X(step) X(post_step) X(step_local)         \
    X(add_local) X(compare) X(equal) X(not) X(nullish) X(typeof) X(instanceof) X(in)               \
    X(load) X(load_method) X(length) X(store) X(define) X(define_method) X(name) X(private)        \
    X(keyed_load) X(keyed_load_method) X(keyed_store) X(keyed_define) X(spread) X(delete) X(super) \
    X(convert) X(call) X(call_method) X(construct) X(apply) X(eval) X(import)                      \
    X(for_in) X(for_in_next) X(for_of) X(for_of_next) X(iterator) X(generator) X(yield) X(await)   \
    X(with) X(other)
// clang-format on
typedef enum ns_insn_kind {
#define X(name) NS_INSN_##name,
    NS_INSNS(X)
#undef X
        NS_INSN_KINDS
} ns_insn_kind;

// The profile's name of a kind: "get_local".
static inline const char *ns_insn_name(ns_insn_kind kind)
{
    static const char *const names[NS_INSN_KINDS] = {
#define X(name) #name,
        NS_INSNS(X)
#undef X
    };
    return names[kind];
}

enum { NS_ODDBALL_UNDEFINED = 1, NS_ODDBALL_NULL = 2 };

#define NS_INSN_NO_TARGET UINT32_MAX
typedef struct ns_insn {
    uint32_t offset, end; // in the function's bytecode
    uint8_t kind;         // ns_insn_kind
    uint8_t cost_class;   // ns_cost_class
    uint16_t slot;        // of its feedback, 0: none
    // A small constant, a variable's number, or the number of arguments; of an oddball and of a
    // test for some: which (NS_ODDBALL_*); of a branch: the truth that it jumps at.
    int32_t operand;
    uint32_t target;   // of a jump or branch, NS_INSN_NO_TARGET: none
    uint8_t operation; // the engine's number of what it computes
    bool nullish;  // a comparison with undefined or null, written there, or of a typeof with a text
    bool converts; // a branch on what need not be a boolean
    bool kept;     // a closure that is assigned to a property at once
    bool unmade;   // makes or fills a list of arguments for f(...a), of which V8 makes none
} ns_insn;

// What an instruction does with values, for an analysis of where they go. Values on the stack are
// counted from the bottom of those that it takes. Variables: arguments first, then locals.
#define NS_FLOW_NEW 0xff
enum { NS_FLOW_MOST = 6 };
typedef struct ns_flow {
    uint16_t pops, pushes;
    uint8_t from[NS_FLOW_MOST]; // of what is pushed: which of the popped it is; NS_FLOW_NEW: none
    int32_t variable;           // that it reads or writes; -1: none
    uint32_t outer; // variable of an outer function that it reads or writes, from 1; 0: none
    bool checked;   // whether that was initialized is tested
    bool fixed;     // that is declared as a constant
    bool assigned;  // V8 takes that for a variable which is assigned to, though nothing does
    uint32_t name;  // of the property, or of that variable; 0: none
    bool ends;      // the next instruction does not follow it
    bool odd;       // more than this happens to the stack: nothing can be said
} ns_flow;

// A function's frame.
typedef struct ns_frame_layout {
    uint32_t arguments, locals, stack; // most values on its stack
    bool derived;                      // constructor of a derived class
    bool resumable;                    // a generator or an async function
} ns_frame_layout;

typedef enum ns_tier {
    NS_TIER_IGNITION,
    NS_TIER_SPARKPLUG,
    NS_TIER_MAGLEV,
    NS_TIER_TURBOFAN,
    NS_TIERS
} ns_tier;
#define NS_TIER_IS_OPTIMIZED(tier) ((tier) >= NS_TIER_MAGLEV)

// The executed instructions are counted above this bit of a packed cost, their cost units below.
#define NS_COUNT_SHIFT 40
#define NS_COUNT_ONE (UINT64_C(1) << NS_COUNT_SHIFT)
#define NS_COST_MASK (NS_COUNT_ONE - 1)

typedef enum ns_removed {
    NS_REMOVED_NONE,
    NS_REMOVED_OBJECT, // but not its elements
    NS_REMOVED_ALL,
    NS_REMOVED_CALL // of a function of numbers alone (NS_TARGET_PURE): its result is there
} ns_removed;

// What activations would cost more, were an optimization there earlier or later than it is, by when
// they began.
typedef struct ns_shift {
    bool back;      // they run the optimized code, and would not
    uint32_t began; // ns_probe.checks when they did
    int64_t cost;   // cost units
    int64_t words;  // of HeapNumbers
} ns_shift;
enum { NS_SHIFTS = 16 };

// An optimization of which that is wanted. The engine adds to the shifts; a model takes them.
typedef struct ns_tierup {
    bool osr;   // activations that are under way change to the new code, too
    bool there; // it is: what is left of them changes at its next back-edge
    uint32_t count;
    ns_shift shifts[NS_SHIFTS];
} ns_tierup;

struct ns_function;
typedef struct ns_compiled ns_compiled;
struct ns_compiled {
    struct ns_function *function;
    // By the offset of each instruction: NS_COUNT_ONE + its cost in cost units, below 2^20. From
    // ns_malloc; as long as the bytecode. Whoever writes to it calls ns_probe_ops.priced.
    uint64_t *packed;
    uint64_t *sums; // the engine's: by offset, of `packed` before it. One more than the bytecode
    // By offset: the function's size in V8's bytecodes up to there. Borrowed. NULL: executions are
    // not weighed against ns_function.budget.
    const uint32_t *weight;
    // By feedback slot: the code of the functions that are inlined in the call there, linked by
    // `other`. From ns_malloc; NULL, or NULL entries: calls enter the callee's own code.
    ns_compiled **inlined;
    ns_compiled *other; // inlined at the same call, of another function
    // By the offset of an instruction's end: what it allocates that V8 does not, for it does not
    // escape, or calls. From ns_malloc; NULL: nothing.
    uint8_t *removed; // ns_removed
    // By the offset of an instruction's end, of optimized code: whether the double that it yields
    // is a HeapNumber, for it is wanted as a tagged value. From ns_malloc; NULL: nowhere.
    bool *boxed;
    uint8_t tier;             // ns_tier
    uint64_t bytecodes, cost; // executed in it
    ns_compiled *next;        // of the same function, in the order in which they were made
    void *model;              // the model's own
    // What an activation that enters this code would run, were `tierup` there earlier or, where
    // `back`, later; with what is inlined in both. NULL: nothing else. A model sets it, and counts
    // such code in ns_probe.twins.
    ns_compiled *twin;
    ns_tierup *tierup;
    bool back;
    struct ns_twin *twins, *twin_of; // the engine's: pairs with this code, the one that runs or not
};

#endif

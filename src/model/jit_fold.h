// What of optimized code is computed once or not at all (V8: src/compiler/constant-folding-
// reducer.cc, typed-optimization.cc, machine-operator-reducer.cc, value-numbering-reducer.cc,
// load-elimination.cc, redundancy-elimination.cc, loop-peeling.cc, loop-variable-optimizer.cc).
//
// The bytecode of a function and of what is inlined in it is executed with numbers in the place of
// values: what has the same number is the same value. With them goes what is known of memory: loads
// and computations that were made on every way to here, and that nothing has changed since.
//
// Invariants are not moved out of loops. The first round of an innermost loop is peeled off, and
// what it has computed needs not be computed again in the rounds that follow.
#ifndef NS_MODEL_JIT_FOLD_H
#define NS_MODEL_JIT_FOLD_H

#include "model/jit_internal.h"

typedef uint32_t fold_value; // a value's number
enum { FOLD_NOTHING, FOLD_CATCH, FOLD_FIRST };

// What is left of an instruction.
typedef enum fold_class {
    FOLD_WHOLE,
    FOLD_CONSTANT,  // nothing: its result is known
    FOLD_INVARIANT, // nothing in the rounds of a loop: the first one had it
    FOLD_REDUNDANT, // nothing: the same was computed or loaded before
    FOLD_UNCHECKED, // a step of a loop's variable, whose range the loop's condition bounds
    FOLD_REDUCED,   // a division by a constant, without a division
} fold_class;

typedef enum fold_type {
    FOLD_ANY,
    FOLD_NUMBER,
    FOLD_BOOLEAN,
    FOLD_OBJECT, // or a function
} fold_type;

typedef struct fold_info {
    uint32_t loop; // the innermost one in which it varies; 0: none
    uint8_t type;  // fold_type
    bool constant; // its value is known to the compiler
    bool integer;  // and is `number`
    bool length;   // of an array or a string
    bool loaded;   // from memory: it does not vary where that is not written to
    int32_t number;
} fold_info;

// What memory holds: of an object's property or element, of a variable; or a computation that was
// made.
enum {
    FOLD_KEY_NAME = 0,           // and a property's atom
    FOLD_KEY_PLACE = 1 << 28,    // and its place in the object
    FOLD_KEY_ELEMENT = 2 << 28,  // `index` is its number
    FOLD_KEY_VARIABLE = 3 << 28, // captured, by its number
    FOLD_KEY_OUTER = 4 << 28,    // and its name
    FOLD_KEY_SHAPE = 5 << 28,    // the object's hidden class was checked
    FOLD_KEY_COMPUTED = 6 << 28, // `object` is the result's number
    FOLD_KEY_KIND = 7 << 28,     // mask
};
typedef struct fold_known {
    fold_value object, index, value;
    uint32_t key;
} fold_known;

enum { FOLD_KNOWN_MOST = 48 };
typedef struct fold_state {
    bool reached;
    uint32_t depth, known_count;
    fold_known known[FOLD_KNOWN_MOST];
    fold_value values[]; // variables, stack
} fold_state;

enum { FOLD_WRITTEN_MOST = 16 };
typedef struct fold_loop {
    uint32_t parent; // 0: none
    bool peeled;
    const char *whole;              // why it is not
    const struct fold_frame *frame; // where it begins
    uint32_t insn, nodes;           // nodes: of V8's graph in it, about
    // What is written to in it: anything, any of a kind (1 << its number), these keys.
    bool memory;
    uint32_t kinds, written_count;
    uint32_t written[FOLD_WRITTEN_MOST];
} fold_loop;

typedef struct fold_frame fold_frame;
struct fold_frame {
    jit_code *code;
    fold_frame *parent, *next; // next: all of them, in the order of the code
    ns_insn *insns;
    ns_flow *flows;
    uint32_t count, variables, width;
    uint32_t *at;       // by offset: the instruction
    uint32_t *block_of; // by instruction: the block that begins there, UINT32_MAX: none
    uint32_t *begins;   // of blocks, and behind the last one `count`
    uint32_t block_count;
    uint32_t *loop;         // by instruction
    uint32_t *headers;      // by block: the loop that begins there; 0: none
    fold_state **edges;     // two of each block: to its jump's target, to what follows
    uint32_t *into, *other; // by block: an edge that goes there plus 1; by edge: the next one
    bool *captured;         // by variable
    uint8_t *classes;       // by instruction: fold_class
    const char **reasons;   // and why
    bool *bounded;          // by variable: the loop's condition bounds it
    ns_frame_layout layout;
    fold_value first;        // of what instructions push, NS_FLOW_MOST each
    fold_value own;          // of arguments, receiver, result, context
    fold_value merged;       // of blocks' values where ways meet
    fold_value entered_with; // of variables where on-stack replacement enters
    // Of the last call that was looked at.
    fold_value *arguments;
    fold_value receiver, result;
    fold_state *entry, *exit;
    bool entered;
    bool peeling; // loops go on from what their first round leaves
};

static inline fold_value fold_pushed(const fold_frame *f, uint32_t i, uint32_t k)
{
    return f->first + i * NS_FLOW_MOST + k;
}
enum { FOLD_OWN_RECEIVER, FOLD_OWN_RESULT, FOLD_OWN_CONTEXT, FOLD_OWN };

typedef struct fold_expression {
    uint32_t kind;
    fold_value a, b, number;
} fold_expression;

typedef struct fold {
    const ns_jit *jit;
    fold_frame *frames, **last;
    fold_loop *loops; // from 1
    uint32_t loop_count, loop_capacity;
    fold_info *infos; // by number
    uint32_t info_count, info_capacity;
    fold_expression *expressions; // open addressing; number 0: free
    uint32_t expression_count, expression_mask;
    uint64_t steps; // instructions looked at
    bool changed;
    bool failed; // out of memory
    bool odd;    // nothing can be said
} fold;

// jit_fold_frame.c
fold_frame *fold_frame_new(fold *f, jit_code *code, fold_frame *parent, uint32_t loop);
void fold_frame_free(fold_frame *frame);
fold_state *fold_state_new(fold *f, const fold_frame *frame);
void fold_state_copy(const fold_frame *frame, fold_state *to, const fold_state *from);

// jit_fold_loops.c: the loops of a frame that is in a loop (0: none); which of all are peeled, as
// far as the code is known; which are not, as an instruction leaves them for good.
void fold_find_loops(fold *f, fold_frame *frame, uint32_t outer);
void fold_choose_peeled(fold *f);
void fold_leave_loops(fold *f, const fold_frame *frame, uint32_t i, const char *reason);
void fold_tell_peeled(fold *f, jit_code *root); // jit_code.peeled

// jit_fold_values.c
fold_value fold_numbers(fold *f, uint32_t count); // so many, the first of them
// What is known by two numbers of its own kind: a constant. And the result of a pure operation on
// values.
fold_value fold_constant_of(fold *f, uint32_t kind, uint32_t a, uint32_t b);
fold_value fold_expression_of(fold *f, uint32_t kind, fold_value a, fold_value b);
bool fold_within(const fold *f, uint32_t loop, uint32_t outer); // or the same
uint32_t fold_deeper(const fold *f, uint32_t a, uint32_t b);

// jit_fold_memory.c
const fold_known *fold_find(const fold_state *s, fold_value object, uint32_t key, fold_value index);
void fold_forget_value(fold_state *s, fold_value value); // its number gets another value
void fold_know(fold_state *s, fold_value object, uint32_t key, fold_value index, fold_value value);
// A write in a loop (0: in none): to anything, to that property of any object, to any of a kind.
void fold_write_all(fold *f, fold_state *s, uint32_t loop);
void fold_write(fold *f, fold_state *s, uint32_t loop, uint32_t key);
void fold_write_kind(fold *f, fold_state *s, uint32_t loop, uint32_t kind);
void fold_intersect(fold_state *into, const fold_state *other); // what both know
// At the head of a loop: what is not written to in it, and does not vary.
void fold_enter_loop(fold *f, fold_state *s, uint32_t loop);

// jit_fold_flow.c: execute a frame from its `entry`, and fill in its `exit` and `result`.
void fold_run(fold *f, fold_frame *frame);

// jit_fold_step.c: one instruction. false: what follows it is not reached.
bool fold_step(fold *f, fold_frame *frame, uint32_t i, fold_state *s);

#endif

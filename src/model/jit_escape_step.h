// An instruction as escape analysis executes it: what the files of its pass over a function share.
// jit_escape_flow.c has the order and the variables, jit_escape_calls.c what calls do,
// jit_escape_objects.c objects, arrays, closures and iterators.
#ifndef NS_MODEL_JIT_ESCAPE_STEP_H
#define NS_MODEL_JIT_ESCAPE_STEP_H

#include "model/jit_escape.h"

// The state behind an instruction, as it is made from the one before it.
typedef struct esc_step {
    esc *e;
    esc_frame *f;
    uint32_t i; // the instruction
    const ns_insn *insn;
    const ns_flow *flow;
    const ns_slot *slot; // NULL: none
    esc_value *variables, *stack;
    uint32_t depth;  // before it
    esc_value *v;    // what it takes
    esc_value *push; // what it pushes, once it is known
} esc_step;

static inline bool esc_is_generic(const esc_step *s)
{
    return s->slot && s->slot->megamorphic;
}

// jit_escape_calls.c: what the call yields. All that is taken escapes.
void esc_escape_all(const esc_step *s, const char *reason);
esc_value esc_call(const esc_step *s);
esc_value esc_apply(const esc_step *s);
void esc_append(const esc_step *s);        // elements of an iterable are appended to an array
void esc_test_variable(const esc_step *s); // a variable of an outer function is read or written

// jit_escape_objects.c
esc_value esc_load_property(const esc_step *s);
esc_value esc_load_element(const esc_step *s);
void esc_store_property(const esc_step *s);
void esc_store_element(const esc_step *s);
esc_value esc_make_array(const esc_step *s);
esc_value esc_make_passed(const esc_step *s, uint32_t first); // rest parameters, arguments
esc_value esc_make_special(const esc_step *s);
esc_value esc_make_closure(const esc_step *s);
void esc_for_of(const esc_step *s);
void esc_for_of_next(const esc_step *s);

#endif

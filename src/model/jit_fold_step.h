// One instruction as the analysis of what is computed once executes it: what the files of it share.
#ifndef NS_MODEL_JIT_FOLD_STEP_H
#define NS_MODEL_JIT_FOLD_STEP_H

#include "model/jit_fold.h"

typedef struct fold_step_state {
    fold *f;
    fold_frame *frame;
    uint32_t i, loop;
    const ns_insn *insn;
    const ns_flow *flow;
    const ns_slot *slot; // NULL: none
    fold_state *s;
    fold_value *v; // what it takes
    fold_value push[NS_FLOW_MOST];
} fold_step_state;

// Kinds of expressions beside the engine's operations.
enum {
    EXPRESSION_CONSTANT = 256,
    EXPRESSION_OUTER,
    EXPRESSION_GLOBAL,
    EXPRESSION_METHOD,
    EXPRESSION_FIELD,
    EXPRESSION_CALL
};

static inline fold_info *fold_info_of(const fold_step_state *s, fold_value value)
{
    return &s->f->infos[value];
}

// jit_fold_step.c: what is left of the instruction.
void fold_left(const fold_step_state *s, fold_class class, const char *reason);
// A constant that two numbers tell; the result of an operation without effects.
fold_value fold_constant(const fold_step_state *s, uint32_t kind, uint32_t a, uint32_t b);
fold_value fold_compute(const fold_step_state *s, fold_value a, fold_value b, fold_type type);
// The same value was there on all ways to here: in the round of the loop before, or before it.
void fold_again(const fold_step_state *s, const char *invariant, const char *redundant,
                fold_value value);

// jit_fold_objects.c: the value that is loaded, pushed as number `k`; variables that closures
// capture are memory, too.
fold_value fold_load(const fold_step_state *s, uint32_t k);
fold_value fold_load_element(const fold_step_state *s, uint32_t k);
void fold_store(const fold_step_state *s);
void fold_store_element(const fold_step_state *s);
fold_value fold_get_variable(const fold_step_state *s);
void fold_put_variable(const fold_step_state *s, fold_value value);
fold_value fold_get_outer(const fold_step_state *s);
void fold_put_outer(const fold_step_state *s);

// jit_fold_calls.c: what a call yields; the value that the function returns.
fold_value fold_call(const fold_step_state *s);
void fold_return(const fold_step_state *s);

#endif

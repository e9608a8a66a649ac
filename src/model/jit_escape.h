// Escape analysis (V8: src/compiler/escape-analysis.cc, js-create-lowering.cc): which allocations
// of optimized code, with all that is inlined in it, never leave it, so that V8 does not make them.
#ifndef NS_MODEL_JIT_ESCAPE_H
#define NS_MODEL_JIT_ESCAPE_H

#include "model/jit_internal.h"

// A value, as far as it is followed: nothing yet, one of these, the object of a site, or a small
// integer (a truth is 0 or 1).
typedef uint16_t esc_value;
enum {
    ESC_NOTHING,
    ESC_OTHER,
    ESC_CATCH, // QuickJS's mark of a handler on its stack
    ESC_UNDEFINED,
    ESC_SITE, // of site 0; the others follow
    ESC_INTEGER = 0x8000
};

// Keys of what an object holds: names of properties (atoms), and these with a number.
enum { ESC_ELEMENT = 1 << 30, ESC_VARIABLE = 1 << 29, ESC_HIDDEN = 1 << 28 };

typedef enum esc_kind {
    ESC_OBJECT, // a literal, or what a constructor makes
    ESC_ARRAY,  // a literal
    ESC_PASSED, // rest parameters, arguments
    ESC_CLOSURE,
    ESC_CONTEXT,  // of a frame whose variables closures capture
    ESC_ITERATOR, // of a for-of loop or a pattern
} esc_kind;

typedef struct esc_site {
    jit_code *code;
    uint32_t insn;
    esc_kind kind;
    uint32_t length; // of arrays, UINT32_MAX: not known
    bool escaped;
    bool elements;      // they escape, though the array does not
    const char *reason; // why it escapes
    uint32_t line_of;   // the instruction where; in `where`
    const ns_function *where;
} esc_site;

typedef struct esc_content {
    uint16_t site;
    uint32_t key;
    esc_value value;
} esc_content;

enum { ESC_PASSED_MOST = 16, ESC_VARIABLES_MOST = 512, ESC_STATE_MOST = 1 << 20 };

// One function's code, inlined or the root.
typedef struct esc_frame {
    jit_code *code;
    ns_insn *insns;
    ns_flow *flows;
    uint32_t count;
    ns_frame_layout layout;
    uint32_t variables, width; // variables; with the stack
    uint32_t *at;              // by offset: the instruction, UINT32_MAX: none
    esc_value *states;         // by instruction: variables, stack
    uint32_t *depth;           // by instruction; UINT32_MAX: not reached
    bool *dirty;
    bool *loop;      // by instruction: within one
    uint64_t *live;  // by instruction: variables
    bool *captured;  // by variable
    bool *tested;    // by instruction: the variable that it reads was tested before it
    uint16_t *sites; // by instruction: plus 1
    uint16_t context;
    esc_value receiver, function, result;
    bool returns_undefined;
    uint32_t passed_count; // UINT32_MAX: not known
    esc_value passed[ESC_PASSED_MOST];
} esc_frame;

typedef struct esc {
    const ns_jit *jit;
    esc_frame **frames;
    uint32_t frame_count, frame_capacity;
    esc_site *sites;
    uint32_t site_count, site_capacity;
    esc_content *contents;
    uint32_t content_count, content_capacity;
    bool changed;
    bool failed; // out of memory
    bool odd;    // nothing can be said
    // What is being looked at, for the reasons.
    const esc_frame *frame;
    uint32_t insn;
} esc;

// jit_escape_values.c
void esc_escape(esc *e, esc_value value, const char *reason);
// Whether it changed `into`; esc_join notes that something has changed.
bool esc_meet(esc *e, esc_value *into, esc_value value);
void esc_join(esc *e, esc_value *into, esc_value value);
esc_site *esc_site_of(esc *e, esc_value value);          // NULL: none
const esc_site *esc_kept(const esc *e, esc_value value); // that has not escaped; NULL: none
esc_value esc_load(esc *e, esc_value object, uint32_t key);
void esc_store(esc *e, esc_value object, uint32_t key, esc_value value);
void esc_elements_escape(esc *e, esc_value array, const char *reason);
esc_value esc_new_site(esc *e, esc_frame *frame, uint32_t insn, esc_kind kind, uint32_t length);

// jit_escape_tests.c: which reads of variables of outer functions need no test of whether these
// are initialized, for they come behind one.
void esc_find_tested(esc *e);

// jit_escape_frame.c
esc_frame *esc_frame_new(esc *e, jit_code *code); // NULL: out of memory, or odd
void esc_frame_free(esc_frame *frame);
esc_frame *esc_frame_of(const esc *e, const ns_compiled *compiled); // NULL: none
static inline bool esc_is_live(const esc_frame *f, uint32_t insn, uint32_t variable)
{
    uint32_t words = (f->variables + 63) / 64;
    return f->live[insn * words + variable / 64] >> variable % 64 & 1;
}

// jit_escape_boxes.c: which doubles of variables that loops carry are HeapNumbers.
void esc_box_variables(esc *e);
int32_t esc_assigns(const esc_frame *f, uint32_t i); // to which variable; -1: to none
const jit_loop *esc_innermost(const jit_function *f, uint32_t offset); // NULL: in none

// jit_escape_merges.c: which doubles are, since the variable may hold anything where ways join.
void esc_box_merges(esc *e);

// jit_escape_flow.c, with jit_escape_calls.c and jit_escape_objects.c: one pass over a frame.
void esc_flow(esc *e, esc_frame *frame);

#endif

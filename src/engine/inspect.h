// Looking into the engine for a person: compiled functions as data, and hidden classes with where
// they were made. For `nsim inspect`; nothing here is called while a program runs.
#ifndef NS_ENGINE_INSPECT_H
#define NS_ENGINE_INSPECT_H

#include "engine/engine.h"

// Compile a text and tell what it was compiled to, without running it. `params` are those of the
// function that the text is the body of (Node's wrapper of a CommonJS module); NULL: the text is an
// ECMAScript module. The result is an object:
//   name, line, column, kind ("", "generator", "async", "async generator"), strict, stack,
//   source_size, args, locals: [{name, kind, captured, scope}],
//   closure: [{name, from: "local" | "argument" | "outer", index}],
//   code: [{at, end, op, kind, pop, push, format, line, column, and by format: value, index, name,
//           target, function}],
//   functions: [...] of the same form, which `function` and `closure` refer to.
// kind is ns_insn_name's. Exceptions are those of the compiler.
JSValue ns_inspect_code(JSContext *ctx, const char *code, size_t len, const char *filename,
                        const char *const *params, int param_count);

// -- Hidden classes -------------------------------------------------------------------------------

typedef struct ns_inspect_shape {
    uint32_t id, parent;  // parent 0: a root
    uint32_t previous;    // the one that it took the place of; 0: none
    const char *name;     // of the property that it adds; of a root: of its prototype's constructor
    const char *elements; // an array's elements kind, in V8's words; NULL: no such transition
    bool accessor, writable, enumerable, configurable;
    ns_representation representation;
    bool constant;              // the field was never stored to after it was added
    bool deprecated;            // out of use
    bool own;                   // it came while the program ran, not Node's start
    bool seen;                  // by a site with feedback
    uint32_t function_id, line; // where it was made first, when `made`; else where it was seen
    bool made;                  // first. 0: not known. Of a root: its constructor
    // Objects of it now; of a dictionary how often one was first seen there.
    uint32_t alive;
} ns_inspect_shape;

// Note where hidden classes are made, from now on. What is there already is Node's own.
void ns_inspect_note_shapes(JSRuntime *rt);
// All of them by rising id; then, with the id NS_SHAPE_DICTIONARY, the
// places where objects turned out to be dictionaries. Strings are borrowed for the call.
void ns_inspect_shapes(JSRuntime *rt, void (*each)(void *opaque, const ns_inspect_shape *shape),
                       void *opaque);

// -- Elements kinds of arrays ---------------------------------------------------------------------

// Where arrays of the program came to another elements kind, in the order in which it was first so
// there; noted since ns_inspect_note_shapes.
typedef struct ns_inspect_transition {
    const char *from, *to;      // in V8's words; empty: at other places, of which there was no room
    bool made;                  // it is made so there, by a builtin
    uint32_t function_id, line; // of the program's code that did it, or called a builtin that did
    uint32_t arrays;            // how many times
} ns_inspect_transition;

void ns_inspect_elements(JSRuntime *rt,
                         void (*each)(void *opaque, const ns_inspect_transition *transition),
                         void *opaque);

#endif

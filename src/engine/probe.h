// What the engine reports to the models. This is the whole interface: a model of tiers, hidden
// classes or heap needs no knowledge of QuickJS.
//
// The counters are plain memory that the engine adds to and a model reads when it likes: nothing is
// called per bytecode. Calls go through ns_probe_hooks at the rarer events.
#ifndef NS_ENGINE_PROBE_H
#define NS_ENGINE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/probe_code.h"

// Tags seen by an arithmetic, compare or keyed site, or-ed together.
typedef enum ns_feedback_tag {
    NS_FB_SMI = 1,    // small integers
    NS_FB_NUMBER = 2, // doubles
    NS_FB_STRING = 4,
    NS_FB_BIGINT = 8,
    NS_FB_OBJECT = 16, // an operand went through ToPrimitive
    NS_FB_OTHER = 32,  // undefined, null, booleans, symbols
    // The operands are small integers, the result is none: too large, or -0. With NS_FB_NUMBER.
    NS_FB_OVERFLOW = 64,
    NS_FB_MINUS_ZERO = 128,
    // Of keyed sites: an index that the array has no element for, a key that is no integer.
    NS_FB_OUTSIDE = 64,
    NS_FB_NAME = 128,
    // Of call sites: the first one was f.call(...) of a function of JavaScript. Its target stands
    // for all that follow.
    NS_FB_THROUGH = 1
} ns_feedback_tag;

typedef enum ns_slot_kind {
    NS_SLOT_NONE,
    NS_SLOT_ARITH,
    NS_SLOT_COMPARE,
    NS_SLOT_LOAD, // named property load, shapes
    NS_SLOT_STORE,
    NS_SLOT_KEYED_LOAD,
    NS_SLOT_KEYED_STORE,
    NS_SLOT_CALL,   // targets
    NS_SLOT_LITERAL // elements of an array literal, tags
} ns_slot_kind;

// A feedback slot: one per bytecode offset of interest. Up to four shapes (ids of hidden classes)
// or call targets (function ids) are kept, in the order in which they were first seen;
// `megamorphic` says that there were more.
#define NS_SLOT_WAYS 4
typedef struct ns_slot {
    uint32_t offset; // of the bytecode in its function
    uint8_t kind;    // ns_slot_kind
    // ns_feedback_tag: of the operands of arithmetic and compare; of the elements that a keyed site
    // loads from arrays and stores to them.
    uint8_t tags;
    uint8_t ways; // entries of `seen` in use
    bool megamorphic;
    uint32_t hits;
    uint32_t seen[NS_SLOT_WAYS];
    // Place of the property in objects of each shape, from 1 (NS_OWN_PLACE); 0 when it is not their
    // own. Above NS_OWN_SHIFT the engine's own.
    uint16_t own[NS_SLOT_WAYS];
} ns_slot;
#define NS_OWN_PLACE 0x3ffu
#define NS_OWN_SHIFT 10

// One function's bytecode. The engine owns it; it lives as long as the engine does, even when the
// function is freed.
typedef struct ns_function {
    uint32_t id; // from 1
    uint32_t line, column;
    uint32_t bytecode_size; // bytes
    uint32_t source_size;   // characters of its text, 0 when not known
    // How much of its text is not in functions within it, for the parser: items of `compile`. 0
    // when not known.
    uint32_t own_source;
    uint32_t inner; // functions that stand directly within it
    bool eager;     // V8 compiles it with what is around it, not at its first call
    bool cached;    // V8 has it compiled, from a cache
    uint64_t calls;
    uint64_t back_edges;       // loop iterations
    const char *name, *script; // a name may change once, at the first call; the old one stays
    char *old_name;            // the engine's
    uint16_t *literals; // the engine's: by offset, what hooks.literal said plus 1; NULL: none
    // The code that the next call enters, and all that there ever was. The engine frees them.
    ns_compiled *code, *codes;
    // hooks.tick is called when it falls below 0. What executions take from it: ns_compiled.weight.
    int64_t budget;
    uint8_t alert;  // the engine's: NS_ALERT_*
    void *body;     // the engine's: its bytecode, NULL when it was freed
    uint8_t *lines; // the engine's: of a body that was freed, its line table
    uint32_t lines_size;
    // Slots come with the second call or the first back-edge; NULL until then. slots[0] takes what
    // has no slot of its own: it is of NS_SLOT_NONE and means nothing. The others are by rising
    // offset.
    ns_slot *slots;
    uint32_t slot_count;
    ns_slot **sites;   // the engine's: by the offset of the instruction's end; with `slots`
    uintptr_t site_at; // the engine's: `sites`, biased by where the bytecode stands in memory
    uint8_t slot_state;
    void *model; // the JIT model's own
} ns_function;

// Ids of shapes below NS_SHAPE_FIRST are not objects: NS_SHAPE_SMI to NS_SHAPE_NULLISH. A shape's
// id stands for its prototype and its properties in the order in which they came, as a Map of V8
// does: ids are given in the order of first sight and never reused. Objects used as dictionaries
// (more than 128 named properties, or some deleted) share one.
enum {
    NS_SHAPE_SMI = 1,
    NS_SHAPE_NUMBER,
    NS_SHAPE_STRING,
    NS_SHAPE_SYMBOL,
    NS_SHAPE_BIGINT,
    NS_SHAPE_BOOLEAN,
    NS_SHAPE_NULLISH,
    NS_SHAPE_DICTIONARY,
    NS_SHAPE_FIRST = 16
};

// How V8 keeps a field's values (src/objects/property-details.h, Representation).
typedef enum ns_representation {
    NS_REP_NONE,
    NS_REP_SMI,
    NS_REP_DOUBLE,
    NS_REP_HEAP_OBJECT,
    NS_REP_TAGGED
} ns_representation;

// A field is about to hold a value that its representation has no room for; or it is stored to for
// the first time after it was added, and is no constant any more; or its values had one hidden
// class (ns_probe_ops.field_type), and this one has another.
typedef struct ns_field_change {
    ns_compiled *code; // what runs the site that stores it; NULL: no site does
    ns_slot *slot;     // the site; NULL: none
    uint32_t shape;    // where the field was added, and
    uint32_t place;    // its place, from 1
    uint32_t name;     // as ns_flow.name
    ns_representation from, to;
    bool deprecated;      // the shape, and those that go on from it, are out of use
    bool stored, retyped; // the other two, with `from` and `to` the same
} ns_field_change;

// Call targets are ns_function ids; what is not JavaScript has an id with this bit set.
#define NS_TARGET_NATIVE 0x80000000u
// Of these, functions of numbers alone (Math.sqrt), which do nothing but yield one.
#define NS_TARGET_PURE 0x40000000u
// Of these, Function.prototype.apply, Reflect.apply and Function.prototype.call.
enum { NS_TARGET_APPLY = 1, NS_TARGET_REFLECT_APPLY, NS_TARGET_CALL };

// Cost classes of opcodes and builtins: a table of cost units (1 unit = 1 ps of the profile's
// machine) per executed opcode of the class. Filled from the machine profile.
typedef enum ns_cost_class {
    NS_COST_STACK, // push, pop, dup, locals
    NS_COST_ARITH,
    NS_COST_COMPARE,
    NS_COST_BRANCH,
    NS_COST_PROPERTY,
    NS_COST_KEYED,
    NS_COST_GLOBAL,
    NS_COST_CALL,  // call and return together
    NS_COST_ALLOC, // object, array, closure creation
    NS_COST_ITER,  // iterators, generators, await
    NS_COST_OTHER,
    NS_COST_CLASSES
} ns_cost_class;

// Builtins charge by work items: X(name). `inlined` is the call of a builtin that TurboFan replaces
// by machine code, by optimized code; `sort` a comparison, `regexp` a step of the matcher, `string`
// a character copied, compared or searched, `array` an element copied or visited, `typed` one of a
// typed array, `callback` one that a function is called with (`fused`: in a loop that TurboFan
// makes of the builtin), `create` one that the builtin adds as a property, `join` one whose text is
// appended; `bytes` are copied or filled; `text` is a short string that is made, `piece` one of
// many, `number` the text of a small integer and `double` that of another one; `math` a function of
// Math that is no instruction; `map` an operation of Map or Set, `far` one in a table beyond the
// caches, `rehash` an entry that moves to a larger table; `key` a property that is listed, `entry`
// one with its value; those of dictionaries are `slow_*`; `add` is a property added by a name that
// the site does not know, `buffer` a backing store; `match` a call of the matcher, `capture` a
// group's text; `error` an error that is made, `frame` one of its stack; `job` a microtask: a
// reaction of a promise, its promise and its capability; `settle` an element of a Promise.all,
// `record` one of an allSettled, `reject` a rejection without a handler, and a handler that comes
// to it later; `compile` a character of a token of source text, each token 7 more, and space and
// comments an eighth of their characters, and `script` such a text as a whole; `transition` a
// hidden class that is made; `binding` the call of a function of the host's, in C++, and not of
// V8's; `define` a property that is defined by its descriptor, `prototype` an object whose
// prototype is changed, `freeze` one that is frozen or sealed; `uri` a character of a URI that is
// encoded or decoded; `date` a Date that is made, `date_field` one of its numbers, `date_text` its
// text, and `date_parse` a text that becomes one; `parse_number` a text that becomes a number;
// `frame_text` a line of an error's stack as text; `scan` a position that a regular expression
// passes over while it looks for a start, `*_bytecode` the same in its interpreter, and `interpret`
// a call of that; `part` a match of all those of a text; `regexp_parse` a character of an
// expression that is made, `regexp_compile` one that becomes bytecode and `regexp_native` machine
// code; `replace` a call of the runtime that replaces by a function's results or by a pattern;
// `assign` an Object.assign, `names` a list by Reflect.ownKeys, `symbol` a symbol that is made,
// `normalize` a text that is brought into a Unicode form, `flatten` an element of flat or flatMap;
// `copy` is an element that is copied with those beside it, `slow_element` one that a builtin gets
// and sets as a property of any object, `taken` one that a builtin takes from an iterable and works
// on, `iterate` one that it takes from a Map or Set, `pair` an entry that becomes an array;
// `convert` an element that becomes one of a typed array, `number_order` a comparison of two of
// them; `clone` a value that is serialized or read again, `message` such a text as a whole;
// `decode` a byte of UTF-8 that is not ASCII alone; `proxy` an operation that asks a Proxy's
// handler; `direct` is a `binding` that optimized code calls without the frame of a builtin;
// `quoted` a character of a long text in JSON, `letter` a character that becomes a text of its own,
// `same` a text that a builtin gives back as it is; `raw` a String.raw, `url` a URL that is parsed,
// `list` a list of keys that no hidden class keeps; `thrown` is the message that a throw makes,
// `native` a builtin of V8's that is in C++, `view` a typed array of a buffer that is there;
// `extend` is a property that is added to a copy (`{...a, b}`), whose hidden class has no
// transitions, and `slow_map` an object that becomes a dictionary because a property is deleted.
// clang-format off
#define NS_WORKS(X)                                                                                \
    X(CALL, call) X(INLINED, inlined) X(SORT, sort) X(JSON, json) X(REGEXP, regexp)                \
    X(STRING, string) X(ARRAY, array) X(TYPED, typed) X(CALLBACK, callback) X(FUSED, fused)        \
    X(CREATE, create) X(JOIN, join) X(BYTES, bytes) X(TEXT, text) X(PIECE, piece)                  \
    X(NUMBER, number) X(DOUBLE, double) X(MATH, math) X(MAP, map) X(FAR, far) X(REHASH, rehash)    \
    X(KEY, key) X(ENTRY, entry) X(SLOW_KEY, slow_key) X(SLOW_ENTRY, slow_entry) X(ADD, add)        \
    X(BUFFER, buffer) X(MATCH, match) X(CAPTURE, capture) X(ERROR, error) X(FRAME, frame)          \
    X(JOB, job) X(SETTLE, settle) X(RECORD, record) X(REJECT, reject) X(COMPILE, compile)          \
    X(SCRIPT, script) X(TRANSITION, transition) X(BINDING, binding) X(DEFINE, define)              \
    X(PROTOTYPE, prototype) X(FREEZE, freeze) X(URI, uri) X(DATE, date) X(DATE_FIELD, date_field)  \
    X(DATE_TEXT, date_text) X(DATE_PARSE, date_parse) X(PARSE_NUMBER, parse_number)                \
    X(FRAME_TEXT, frame_text) X(REGEXP_BYTECODE, regexp_bytecode) X(SCAN, scan)                    \
    X(SCAN_BYTECODE, scan_bytecode) X(INTERPRET, interpret) X(PART, part)                          \
    X(REGEXP_PARSE, regexp_parse) X(REGEXP_COMPILE, regexp_compile)                                \
    X(REGEXP_NATIVE, regexp_native) X(REPLACE, replace) X(ASSIGN, assign)                          \
    X(NAMES, names) X(SYMBOL, symbol) X(NORMALIZE, normalize) X(FLATTEN, flatten)                  \
    X(COPY, copy) X(SLOW_ELEMENT, slow_element) X(TAKEN, taken) X(ITERATE, iterate)                \
    X(PAIR, pair) X(CONVERT, convert) X(NUMBER_ORDER, number_order) X(CLONE, clone)                \
    X(MESSAGE, message) X(DECODE, decode) X(PROXY, proxy) X(DIRECT, direct) X(QUOTED, quoted)      \
    X(LETTER, letter) X(SAME, same) X(RAW, raw) X(URL, url) X(LIST, list)                 \
    X(EXTEND, extend) X(SLOW_MAP, slow_map) X(NATIVE, native) X(VIEW, view)       \
    X(THROWN, thrown)
// clang-format on
typedef enum ns_work_class {
#define X(name, profile) NS_WORK_##name,
    NS_WORKS(X)
#undef X
        NS_WORK_CLASSES
} ns_work_class;

// The profile's name of a class: "slow_key".
static inline const char *ns_work_name(ns_work_class class)
{
    static const char *const names[NS_WORK_CLASSES] = {
#define X(name, profile) #profile,
        NS_WORKS(X)
#undef X
    };
    return names[class];
}

// What a block of the engine's heap is in V8's terms. `count` of an allocation is named behind
// each.
typedef enum ns_alloc_kind {
    NS_ALLOC_INTERNAL,   // the engine's own: V8 has nothing of the kind, or counts it elsewhere
    NS_ALLOC_OBJECT,     // JSObject; words behind its header of three
    NS_ALLOC_ARRAY,      // JSArray, without its elements
    NS_ALLOC_ELEMENTS,   // FixedArray; its capacity
    NS_ALLOC_ONE_BYTE,   // SeqOneByteString; characters
    NS_ALLOC_TWO_BYTE,   // SeqTwoByteString; characters
    NS_ALLOC_CONS,       // ConsString
    NS_ALLOC_SLICED,     // SlicedString
    NS_ALLOC_FUNCTION,   // JSFunction; 1 when it has a slot for its prototype
    NS_ALLOC_CONTEXT,    // Context; slots
    NS_ALLOC_SLOT,       // one more slot of a Context that is there
    NS_ALLOC_PROMISE,    // JSPromise
    NS_ALLOC_REACTION,   // PromiseReaction, PromiseReactionJobTask
    NS_ALLOC_GENERATOR,  // JSGeneratorObject, JSAsyncFunctionObject; parameters and registers
    NS_ALLOC_COLLECTION, // JSMap, JSSet and the weak ones, without the table
    NS_ALLOC_MAP_TABLE,  // OrderedHashMap; its capacity
    NS_ALLOC_SET_TABLE,  // OrderedHashSet; its capacity
    NS_ALLOC_DATE,
    NS_ALLOC_REGEXP,
    NS_ALLOC_ERROR,    // frames of the stack trace that was captured
    NS_ALLOC_BUFFER,   // JSArrayBuffer, without its backing store
    NS_ALLOC_VIEW,     // JSTypedArray, JSDataView
    NS_ALLOC_EXTERNAL, // a backing store outside the heap; bytes
    NS_ALLOC_BIGINT,   // digits of 64 bits
    NS_ALLOC_BYTECODE, // SharedFunctionInfo, BytecodeArray and what belongs to them; bytes of code
    NS_ALLOC_KINDS
} ns_alloc_kind;

// The heap model's own, kept with each block: V8's size of it, where it lives and since when. All
// zero: V8 has no such block.
typedef struct ns_life {
    uint32_t words, birth;
} ns_life;

// Is told of something dead.
typedef void ns_found(void *opaque, const ns_life *life);

typedef struct ns_probe ns_probe;

typedef struct ns_probe_hooks {
    void *opaque;
    void *profiler; // `opaque` of sampled
    void *jit;      // `opaque` of those from first_call to prototype, but literal's
    // Called when the accrued cost passes `budget` (below): JavaScript that runs long. The only
    // hook that may switch coroutines. Return non-zero to end the program (an uncatchable
    // exception).
    int (*quantum)(void *opaque);
    // The cost has reached ns_probe.sample, and what made it reach it is on the stack still
    // (ns_probe_stack). The hook sets the next threshold.
    void (*sampled)(void *opaque);
    // The function is about to run for the first time, and has its code. NULL: never.
    void (*first_call)(void *opaque, ns_function *function);
    // The next call of a function for which ns_probe_ops.alert asked. NULL: never.
    void (*called)(void *opaque, ns_function *function);
    // The function's budget fell below 0, at a back-edge (`target` is where the loop begins) or at
    // a return (`target` is NS_INSN_NO_TARGET). The hook sets the budget anew and returns the code
    // to go on with: `code`, or another one of the same function. NULL: never.
    ns_compiled *(*tick)(void *opaque, ns_compiled *code, uint32_t offset, uint32_t target);
    // A slot has seen what it had not seen before. `before` is the slot as it was; `code` is what
    // runs. NULL: never.
    void (*feedback)(void *opaque, ns_compiled *code, ns_slot *slot, const ns_slot *before);
    // The literal of an object or array at `offset` is evaluated for the first time with feedback:
    // its number, for ns_probe.literal. 0: none. NULL: never.
    uint16_t (*literal)(void *opaque, const ns_function *function, uint32_t offset);
    // A field changes. NULL: never, and shapes do not depend on representations.
    void (*field)(void *opaque, const ns_field_change *change);
    // A site's store is one for which its inline cache has no handler, although it knows the hidden
    // class: what the field has held, or that it was constant, is not what the handler was made
    // for. NULL: never.
    void (*missed)(void *opaque, ns_compiled *code, ns_slot *slot);
    // A shape that nothing went on from, and that ns_probe_ops.watch_shape asked for, does. NULL:
    // never.
    void (*unstable)(void *opaque, uint32_t shape);
    // A load's site looks for a name in a prototype, by the prototype's own id: it may go on from
    // there. NULL: never.
    void (*looked_up)(void *opaque, const ns_function *function, uint32_t slot, uint32_t prototype,
                      uint32_t atom);
    // A property of an object that is a prototype is added, or stored to.
    void (*prototype)(void *opaque, uint32_t prototype, uint32_t atom, bool added);
    // A function is about to run for the first time: whoever traces calls may ask for its own
    // (ns_probe_trace_calls). An activation of a function that is traced begins, or goes on (a
    // generator's); it ends, or is left for a while. NULL: never.
    void *tracer; // `opaque` of these three
    void (*made)(void *opaque, ns_function *function);
    void (*entered)(void *opaque, ns_function *function);
    void (*left)(void *opaque, ns_function *function);
    // Blocks that V8's heap has too; NULL: never. They must not call the engine, but for
    // ns_probe_site. A block that moves is freed and allocated anew. Nothing is reported while the
    // engine is freed. `allocated` fills in the life; `freed` is called for lives that are not
    // zero.
    void (*allocated)(void *opaque, ns_life *life, ns_alloc_kind kind, uint64_t count);
    // The block takes the place of another one of the same object, whose life this is (zero: older
    // than the program): where that is old, so is its successor. Says whether it is.
    bool (*replaced)(void *opaque, ns_life *life, ns_alloc_kind kind, uint64_t count);
    // `held`: what referred to the block was garbage of the old generation, of which a scavenger
    // knows nothing.
    void (*freed)(void *opaque, const ns_life *life, bool held);
    // A life is at another address now, and otherwise as it was. NULL: never.
    void (*moved)(void *opaque, uintptr_t from, const ns_life *life);
    // An object took more words (or fewer, where too much was assumed) for its properties, and left
    // `garbage` words behind it, those of the backing store that it had before. Negative garbage is
    // of words that were allocated before, with another block.
    void (*resized)(void *opaque, ns_life *life, int32_t words, int32_t garbage);
} ns_probe_hooks;

// Objects that escape analysis had removed, and that were made after all.
typedef struct ns_materialized {
    uint32_t objects;
    uint64_t words; // of V8's, with elements
} ns_materialized;

// What a model may ask of the engine inside the hooks.
typedef struct ns_probe_ops {
    uint32_t (*function_count)(const ns_probe *probe); // ns_probe_function_count, _function below
    ns_function *(*function)(const ns_probe *probe, uint32_t id);
    // The instructions of a function, in their order; `out` may be NULL, to count them. 0 when its
    // bytecode was freed.
    uint32_t (*decode)(const ns_probe *probe, const ns_function *function, ns_insn *out);
    // What each of them does with values, in their order, as many as `decode` tells. NULL: that is
    // not known, and nothing is told of frames and closures either.
    void (*flow)(const ns_probe *probe, const ns_function *function, ns_flow *out);
    void (*frame)(const ns_probe *probe, const ns_function *function, ns_frame_layout *out);
    // The variables of the function's own frame that the closure made at `offset` captures: up to
    // `room` of them. How many there are.
    uint32_t (*captured)(const ns_probe *probe, const ns_function *function, uint32_t offset,
                         uint16_t *out, uint32_t room);
    // Line and column, from 1, of an instruction. False when not known.
    bool (*position)(const ns_probe *probe, const ns_function *function, uint32_t offset,
                     uint32_t *line, uint32_t *column);
    // Make the function's slots if it has none; forget what they have seen.
    void (*clear_feedback)(ns_probe *probe, ns_function *function);
    // Call hooks.called at the function's next call.
    void (*alert)(ns_probe *probe, ns_function *function);
    // More code for a function, with its packed costs to be filled in. The engine owns it. NULL
    // when out of memory.
    ns_compiled *(*new_code)(ns_probe *probe, ns_function *function, ns_tier tier);
    // The code's packed costs are filled in, or changed: what runs it goes on with them, from the
    // instruction on that it executes.
    void (*priced)(const ns_probe *probe, ns_compiled *code);
    // Whether a shape is `ancestor` or goes on from it; the shape that it adds a property to (0:
    // none); whether it is out of use.
    bool (*shape_within)(const ns_probe *probe, uint32_t shape, uint32_t ancestor);
    uint32_t (*shape_parent)(const ns_probe *probe, uint32_t shape);
    bool (*shape_deprecated)(const ns_probe *probe, uint32_t shape);
    // Whether the field at a place (from 1) of a shape's objects was never stored to after it was
    // added.
    bool (*field_constant)(const ns_probe *probe, uint32_t shape, uint32_t place);
    // The only hidden class that the field's values had when they were stored (V8's FieldType),
    // 0: any.
    uint32_t (*field_type)(const ns_probe *probe, uint32_t shape, uint32_t place);
    // Whether no shape goes on from it, and it is not out of use (Map::is_stable); tell
    // hooks.unstable when one does.
    bool (*shape_stable)(const ns_probe *probe, uint32_t shape);
    void (*watch_shape)(ns_probe *probe, uint32_t shape);
    // How many activations on the stack run the code.
    uint32_t (*running)(const ns_probe *probe, const ns_compiled *code);
    // Make the removed objects that activations of the code hold in variables; adds to the sum.
    void (*materialize)(ns_probe *probe, const ns_compiled *code, ns_materialized *sum);
    // For a person: "{x, y}" of a shape, "Point{x, y}" when a constructor of JavaScript made it,
    // cut to `size` characters; the function and line that called the innermost activation of a
    // function, false when no JavaScript did.
    void (*shape_text)(const ns_probe *probe, uint32_t shape, char *out, size_t size);
    bool (*caller)(const ns_probe *probe, const ns_function *function, const ns_function **caller,
                   uint32_t *line);
} ns_probe_ops;

struct ns_probe {
    uint64_t cost;   // cost units accrued since the run began; whoever reads takes differences
    uint64_t parsed; // of them, by texts that came: `compile` and `script`
    uint64_t budget; // `quantum` is called when cost reaches it; the hook sets the next
    uint64_t sample; // `sampled` is called when cost reaches it; UINT64_MAX: never
    uint32_t twins;  // how many pieces of code have a twin (ns_compiled)
    uint32_t checks; // points where code may be installed, so far; a model counts them
    bool shifted;    // some ns_tierup has shifts
    uint64_t live_bytes, live_blocks, allocated_bytes; // of the engine's heap
    uint32_t work_cost[NS_WORK_CLASSES];
    int regexp_ticks; // executions of a regular expression before machine code is made; 0: none
    bool regexp_interpret_all;
    uint16_t literal;       // that is being evaluated, and with it what is allocated; 0: none
    bool literal_optimized; // by optimized code
    ns_probe_hooks hooks;
    const ns_probe_ops *ops;
};

// Set the cost of each class, in cost units; all are 0 before. A bytecode costs at most 2^20 - 1.
// Functions that were called before keep what they cost.
//
// `cost` above grows at calls, at back-edges and at returns: between two of these, what was
// executed is still with the interpreter. A getter or a conversion that is called from the middle
// of an expression sees the cost without that expression's beginning.
void ns_probe_set_costs(ns_probe *probe, const uint32_t cost[NS_COST_CLASSES],
                        const uint32_t work[NS_WORK_CLASSES]);

// Every function that ever ran, in the order of their ids (from 1). NULL when there is no such id.
uint32_t ns_probe_function_count(const ns_probe *probe);
ns_function *ns_probe_function(const ns_probe *probe, uint32_t id);

// Where JavaScript runs now: the innermost function, and the line in it of its last call or
// allocation. False when none does. Good inside the hooks; allocates nothing.
bool ns_probe_site(const ns_probe *probe, uint32_t *function_id, uint32_t *line);

// Tell hooks.entered and hooks.left of the function's activations from now on.
void ns_probe_trace_calls(ns_probe *probe, ns_function *function);
// The functions whose JavaScript is on the stack, the innermost first, `most` at most; their
// number. `line` is where the innermost stands, 0 when there is none. Good inside the hooks.
uint32_t ns_probe_stack(const ns_probe *probe, uint32_t *function_ids, uint32_t most,
                        uint32_t *line);

// Executed by the function in all of its codes: bytecodes, cost units.
static inline uint64_t ns_function_bytecodes(const ns_function *function)
{
    uint64_t sum = 0;
    for (const ns_compiled *code = function->codes; code; code = code->next)
        sum += code->bytecodes;
    return sum;
}
static inline uint64_t ns_function_cost(const ns_function *function)
{
    uint64_t sum = 0;
    for (const ns_compiled *code = function->codes; code; code = code->next)
        sum += code->cost;
    return sum;
}

#endif

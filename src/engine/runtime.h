// What the probe patch adds to QuickJS's JSRuntime, shared by the patched engine
// (src/engine/quickjs) and src/engine. Private to the engine: models see only ns_probe.
#ifndef NS_ENGINE_RUNTIME_H
#define NS_ENGINE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/probe.h"

struct JSRuntime;

// Each block of the heap carries its size in front: the C library's malloc_usable_size depends on
// the host, and QuickJS lets arrays grow into what it says.
enum { NS_AGED_YOUNG, NS_AGED_ONCE, NS_AGED_OLD, NS_AGED_HELD = 128 }; // held by old garbage
typedef struct ns_block {
    // cloned: its hidden class is one that a site makes for copies;
    // room: see heap_inline.h; aged: NS_AGED_*; deleted: entries of an object's dictionary, or as
    // many as there may be
    uint64_t size : 35, cloned : 1, deleted : 12, room : 8, aged : 8;
    ns_life life;
    char bytes[];
} ns_block;

// Of a prototype: instances that constructors made with it, up to NS_SLACK_TRACKED, and the slots
// that V8 gives to further ones (Map::kSlackTrackingCounterStart); `room`: those that it gave to
// the first ones.
enum { NS_SLACK_TRACKED = 7 };
typedef struct ns_slack {
    uint8_t made, slots, room;
} ns_slack;

static inline ns_block *ns_block_of(const void *p)
{
    return (ns_block *)((char *)p - offsetof(ns_block, bytes));
}

// What the next block to be allocated is; the allocator takes it and clears it.
enum { NS_NEXT_REMOVED = NS_ALLOC_KINDS }; // V8 has no such object: it does not escape
typedef struct ns_next {
    uint8_t kind, room;
    uint64_t count;
} ns_next;

enum { NS_SLOTS_UNMADE, NS_SLOTS_MADE, NS_SLOTS_NEVER };
// Why a call of a function stops at ns_enter_alert.
enum { NS_ALERT_FIRST = 1, NS_ALERT_SLOTS = 2, NS_ALERT_CALLED = 4, NS_ALERT_TRACED = 8 };

// The tree of shapes: each node is a shape that some object had.
typedef struct ns_shape_node {
    uint32_t parent, atom, flags;
    uint32_t id, children;
    uint32_t previous; // id of the node whose place it took; 0: none
    uint32_t type;     // id of the only hidden class that the field's values had; 0: any
    uint8_t classes;   // of the values that the field has held; 0: none yet
    bool stored;       // the field was stored to after it was added
    bool deprecated;
    bool watched;     // tell hooks.unstable when something goes on from it
    bool seen;        // a site saw it
    bool listed;      // its keys were listed
    bool constructed; // of a root: its objects are not those of literals; made by constructors
    bool noted;       // it was made while ns_runtime.note_shapes stood
    uint32_t function_id, line; // and where; 0: nowhere in JavaScript
    uint32_t maker; // of a root: its constructor's id, or NS_SHAPE_NO_MAKER; 0: not known yet
} ns_shape_node;
enum { NS_SHAPE_NO_MAKER = INT32_MAX }; // it is no JavaScript function

// Where objects were first seen as dictionaries.
enum { NS_DICTIONARY_SITES = 32 };
typedef struct ns_dictionary_site {
    uint32_t function_id, line, objects;
} ns_dictionary_site;

// Where arrays of the program came to another elements kind, while ns_runtime.note_shapes stands
// (view_transitions.c.inc). Kinds are those of ns_elements_kind, and a dictionary.
enum { NS_ELEMENTS_SITES = 256, NS_ELEMENTS_DICTIONARY = 6 };
typedef struct ns_elements_site {
    uint32_t function_id, line;
    uint8_t from, to;
    bool made;       // they were made so
    uint32_t arrays; // how many times
} ns_elements_site;

// A map that the program's own code made, while ns_runtime.note_shapes stands (view_maps.c.inc).
typedef struct ns_noted_map {
    uint32_t parent, child, next; // numbers; child: the last one, linked by `next`
    char *name;                   // of the property that it adds; of a root: its constructor's
    uint32_t flags;
    const struct JSObject *proto; // of a root; NULL: none
    uint32_t proto_id;            // its ns_id, once it is gone
    bool gone;
    bool stored;                // as ns_shape_node
    uint8_t classes;            // as ns_shape_node
    uint32_t function_id, line; // where it was first made
} ns_noted_map;

typedef struct ns_noted {
    ns_noted_map *maps; // by number less 1
    uint32_t count, capacity, roots;
} ns_noted;

// The text of a script, for the line of an error. The last one of a name is kept.
typedef struct ns_source {
    char *name, *text;
    int line_offset;
} ns_source;

// A text that was compiled. times 0: a free place of the table.
typedef struct ns_text {
    uint64_t hash;
    uint32_t times;
} ns_text;

// What String.prototype.replace does with a regular expression.
typedef struct ns_replacing {
    enum { NS_REPLACE_NOT, NS_REPLACE_TEXT, NS_REPLACE_PATTERN, NS_REPLACE_CALLS } how;
    uint32_t made, matches, left; // characters so far; those behind the last match
    uint64_t words;               // of V8's heap, so far
} ns_replacing;

// Regular expressions that were compiled, by a hash of their text (quickjs/regexp_work.c.inc).
enum { NS_REGEXPS = 128 };
typedef struct ns_known_regexp {
    struct JSString *pattern, *code; // NULL: none
    int flags;
} ns_known_regexp;
typedef struct ns_batch {
    enum { NS_BATCH_NOT, NS_BATCH_BEGINS, NS_BATCH_GOES_ON } state; // all matches of a text
    bool forced; // V8 makes machine code for it at once
} ns_batch;
typedef struct ns_regexps {
    ns_batch batch;
    uint32_t fresh; // characters of the one that was compiled last, and what parsing takes besides
    ns_known_regexp known[NS_REGEXPS];
} ns_regexps;

// Places of RegExpResultsCache (kRegExpResultsCacheSize).
enum { NS_SPLITS = 256 };

typedef struct ns_clone_site ns_clone_site; // quickjs/heap_builtins.c.inc

// Code that runs, and what would run instead of it (probe_twins.c.inc).
typedef struct ns_twin {
    ns_compiled *code, *other;
    ns_tierup *tierup;
    bool back;
    bool single;    // the costs of `other` do not fit beside: sums are those of `code`
    uint64_t *sums; // of both, packed; NULL: they do not fit
    struct ns_twin *next, *next_of; // of the same `code`, of the same `other`
} ns_twin;

// Objects that are looked at (ns_runtime_find_garbage), and those of them that live.
typedef struct ns_window {
    void **objects, **alive; // one block
    size_t count, alive_count, capacity;
} ns_window;

typedef struct ns_runtime {
    ns_probe probe; // first: ns_probe_* find the rest by it
    ns_next next;
    bool raw_string, cons_string, part_string; // what the string to be made is; see heap_inline.h
    uint32_t keyed; // a property is stored by a name: 1 + how many there were; 0: none is
    bool quiet;     // what is made is none of V8's, but for promises
    bool json;      // JSON is parsed
    bool in_heap;   // the bytes of the next buffer are in the heap, if they are few
    ns_replacing replacing;
    ns_regexps regexps;
    bool growing;          // the variable that holds the first of two strings is to hold both
    uint8_t list;          // how what is iterated over becomes a list; heap_inline.h
    uint8_t skip;          // the next object is none of V8's; heap_inline.h
    bool in_job;           // a microtask runs
    bool computed;         // properties come that the object's literal does not name
    bool copied;           // a property is copied from another object
    bool computed_literal; // the same, in the literal itself
    bool no_promise;       // V8 makes no promise for the next call of `then`
    bool holder;           // what is freed was held by an old object that died
    uint32_t boxes;        // HeapNumbers since the heap model was told of some
    ns_clone_site *clones; // sites that copy objects
    uint32_t clone_count;
    struct JSString **numbers; // by number: the texts that were last made; NULL until the first
    struct ns_double_text *doubles; // the same of those that are no small integers
    uint64_t splits[NS_SPLITS];     // texts that were split; quickjs/probe_work.c.inc
    const struct JSObject *dated;   // the Date whose numbers were last asked for
    uint32_t *names;                // hashes of the short strings of JSON; NULL until the first
    uint64_t opcode_packed[256];
    ns_compiled *entering;                // of a call that is inlined: what the callee runs
    const ns_twin *calling;               // the caller's, with ns_probe.twins; NULL: it has none
    uint32_t calling_slot, calling_began; // of the call; the caller's ns_began
    ns_twin *twin;                        // of the code that an activation begins to run
    uint32_t began; // and since when that holds: what is inlined begins with its caller
    int argc;       // of the call that hooks.entered tells of, and its arguments
    const void *argv;
    ns_function **functions;
    uint32_t function_count, function_capacity;
    ns_shape_node *shapes;
    uint32_t *shape_index; // open addressing by (parent, atom, flags): index into shapes, plus 1
    uint32_t shape_count, shape_capacity, shape_mask;
    uint32_t deprecated; // of the shapes' nodes
    bool note_shapes;    // where they are made
    bool widening;       // a site stores to a field of a hidden class that it knows
    int finding;         // fields whose first values are looked at, one within the other
    ns_noted noted;
    ns_dictionary_site dictionaries[NS_DICTIONARY_SITES];
    uint32_t dictionary_count;
    ns_elements_site *elements; // NS_ELEMENTS_SITES of them, once there is one
    uint32_t element_site_count,
        elements_lost;        // lost: times at other places, of which there was no room
    ns_slot *storing;         // the site whose store is under way; NULL: none
    bool grows;               // the site that stores an element has grown arrays before
    uint32_t deletions;       // of elements, as V8's elements_deletion_counter
    uint8_t *literal_classes; // of the elements of the arrays that literals have made, by number
    bool constructs;          // an array that comes is of the site of a `new Array`
    ns_source *sources;
    uint32_t source_count, source_capacity;
    ns_text *texts; // open addressing by hash; probe_parse.c.inc
    uint32_t text_count, text_capacity;
    bool text_uncached;              // V8 does not look in its compilation cache for the next text
    bool text_given;                 // the next text comes with its code cache
    bool text_known;                 // what is compiled was in the compilation cache
    bool text_cached;                // or comes with its code cache
    uint32_t private_key;            // atom: of what errors keep from the program
    uint32_t trace_limit_atom;       // "stackTraceLimit"
    bool booted;                     // native functions that are made from now on are the host's
    bool formatting;                 // a program's prepareStackTrace runs
    bool overwriting;                // `stack` is about to be assigned to
    uint32_t object_count;           // ids given to prototypes and native call targets
    int64_t (*now_us)(void *opaque); // NULL: the clock stands at 1970
    void *now_opaque;
    uint64_t seed; // of Math.random, for the contexts made from now on
    ns_window window;
    bool terminating;   // every JavaScript function ends with the termination exception
    bool out_of_memory; // the memory limit was met
} ns_runtime;

ns_runtime *ns_runtime_of(struct JSRuntime *rt);

// The stack is [low, high); `margin` bytes at its low end are kept for native code.
void ns_runtime_set_stack(struct JSRuntime *rt, const char *low, const char *high, size_t margin);

// A block turns out to be something else than was said when it was allocated.
void ns_runtime_note(ns_runtime *ns, void *p, ns_alloc_kind kind, uint64_t count);

// Garbage among the objects made since the collection before the last: cycles that only garbage
// refers to. Objects that are older count as alive, with all they refer to.
// `found` is told of it before it is freed, and then of NULL; it may be NULL itself.
void ns_runtime_collect_young(struct JSRuntime *rt, ns_found *found, void *opaque);

// What that would find; nothing is done to it. How many objects were looked at.
size_t ns_runtime_find_garbage(struct JSRuntime *rt, ns_found *found, void *opaque);

#endif

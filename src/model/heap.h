// V8's heap as Node 20 configures it (V8 11.3, 64 bits, no pointer compression): spaces, scavenger,
// mark-compact collector, limits. What lives and when it dies comes from the engine, exactly; where
// it would live in V8, when V8 would collect and how long that takes is decided here.
//
// Sources: deps/v8/src/heap: heap.cc, heap-controller.cc, new-spaces.cc, scavenger.cc,
// incremental-marking.cc, gc-tracer.cc. Costs are in the profile (heap.*), fitted by
// bench/fit-heap. docs/models/heap.md tells what is left out.
//
// Allocation and death are reported as they happen. When something is due, `request` is called; the
// owner then calls ns_heap_charge_faults and ns_heap_collect on the main thread, which spends the
// time there.
#ifndef NS_MODEL_HEAP_H
#define NS_MODEL_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/probe.h"
#include "model/cpu.h"
#include "model/profile.h"
#include "model/safepoint.h"
#include "trace/record.h"

typedef struct ns_heap ns_heap;

typedef enum ns_heap_gc_kind { NS_HEAP_SCAVENGE, NS_HEAP_MARK_COMPACT } ns_heap_gc_kind;

// Where a life is spent.
typedef enum ns_heap_place {
    NS_PLACE_YOUNG,   // new space first, old space from the second collection on
    NS_PLACE_OLD,     // old space from the start
    NS_PLACE_LARGE,   // new large-object space, large-object space from the first collection on
    NS_PLACE_EXTERNAL // outside; young as long as its buffer would be
} ns_heap_place;

// A collection that ended.
typedef struct ns_heap_gc {
    ns_heap_gc_kind kind;
    bool incremental;                      // its marking was incremental
    bool forced;                           // by gc()
    ns_time start, end;                    // of the pause
    ns_time to_safepoint, after_safepoint; // of it, waits at its begin and at its end
} ns_heap_gc;

typedef struct ns_heap_options {
    ns_profile *profile;
    ns_sink *sink;                 // takes gc_event and heap_sample; may be NULL
    int64_t memory;                // of the machine, bytes: the default limit follows from it
    const char *const *flags;      // node's own, NULL-terminated; may be NULL
    ns_safepoint *safepoint;       // that collections wait for; NULL: for nothing
    void (*request)(void *opaque); // a collection is due, or faults; must not call the heap
    // End the lives of unreachable cycles: among what is young, or of everything.
    void (*find_dead)(void *opaque, bool young);
    void (*collected)(void *opaque, const ns_heap_gc *gc);
    // Code that optimizes literal `site` was made for another decision on where to allocate
    // (pretenuring); may be NULL.
    void (*tenured)(void *opaque, uint16_t site);
    // Where the program allocates now; may be NULL.
    bool (*site)(void *opaque, uint32_t *function, uint32_t *line);
    // So many bytes are attributed to what allocates now, within ns_heap_allocated or
    // ns_heap_resized. NULL: nobody wants to know.
    void (*sampled)(void *opaque, int64_t bytes);
    void *opaque;
} ns_heap_options;

// NS_EINVAL for a flag whose value is not one, NS_ENOMEM. The heap starts as a process's is when
// its main script begins.
int ns_heap_new(ns_heap **out, ns_sim *sim, ns_cpu *cpu, const ns_heap_options *options,
                ns_err *err);
void ns_heap_free(ns_heap *heap);
// Emit a heap_sample of each space, of this moment: collections do so, and a run at its end.
void ns_heap_emit_samples(ns_heap *heap);

// What the engine's hooks report (engine/probe.h).
void ns_heap_allocated(ns_heap *heap, ns_life *life, ns_alloc_kind kind, uint64_t count);
// The same, by a literal (ns_heap_new_literal), in optimized code or not.
void ns_heap_literal_allocated(ns_heap *heap, ns_life *life, ns_alloc_kind kind, uint64_t count,
                               uint16_t site, bool optimized);
// Whether a scavenge is due that V8 would have run before what is allocated now: of the lives that
// are made until then, the epoch is the next one.
bool ns_heap_is_behind(const ns_heap *heap);
// Bytes that objects left free at the ends of pages since this was last asked; they count as young.
int64_t ns_heap_page_ends(ns_heap *heap);
// In old space, or, when it is large, as others are.
void ns_heap_old_allocated(ns_heap *heap, ns_life *life, ns_alloc_kind kind, uint64_t count);
// Whether a life is in the old generation; what has none is older than the program.
bool ns_heap_is_old(const ns_heap *heap, const ns_life *life);
// held: by garbage of the old generation. What is young then lives on, until a mark-compact.
void ns_heap_freed(ns_heap *heap, const ns_life *life, bool held);
// Returns by how many the objects of the life are more now: one that takes over the words of others
// (garbage is -words), as a ConsString does of its parts, stands for them.
int ns_heap_resized(ns_heap *heap, ns_life *life, int32_t words, int32_t garbage);
int ns_heap_life_objects(const ns_life *life); // for how many it stands
// Whether an object of so many words has a page of its own (large-object space).
bool ns_heap_is_large(int64_t words);

// The place and the bytes of a life that is not zero.
ns_heap_place ns_heap_life(const ns_life *life, int64_t *bytes);

// The same in sums, for a replay: the heap takes no notice of the difference, if no collection and
// no step of marking (ns_heap_steps) comes between what is summed. `young` and `old` is what
// is allocated in new and old space, `live` what of `young` is alive at the end, in `objects`.
void ns_heap_add_births(ns_heap *heap, int64_t young, int64_t live, int64_t objects, int64_t old);
// One large or external allocation; its epoch, for its death.
uint32_t ns_heap_add_piece(ns_heap *heap, ns_heap_place place, int64_t bytes);
// Deaths of what was born in an epoch (ns_heap_epoch, then). Negative: it grew.
void ns_heap_add_deaths(ns_heap *heap, ns_heap_place place, uint32_t birth, int64_t bytes);
// The objects of deaths in new space; deaths there of what garbage of the old generation held.
void ns_heap_add_object_deaths(ns_heap *heap, uint32_t birth, int64_t objects);
void ns_heap_add_held(ns_heap *heap, uint32_t birth, int64_t bytes, int64_t objects);
// Objects that code that is not optimized made of a literal, and their deaths; whether optimized
// code allocates those of a literal in old space.
void ns_heap_add_mementos(ns_heap *heap, uint16_t site, uint32_t made);
void ns_heap_add_memento_deaths(ns_heap *heap, uint16_t site, uint32_t birth, int64_t count);
bool ns_heap_tenures(const ns_heap *heap, uint16_t site);
// Before a collection: sums of which more died than was born, as the births were never reported,
// are 0.
void ns_heap_clamp(ns_heap *heap);
// Of the young bytes that were allocated, how many did not fit: they come after the scavenge.
int64_t ns_heap_overshoot(const ns_heap *heap);
uint32_t ns_heap_epoch(const ns_heap *heap);
uint64_t ns_heap_steps(const ns_heap *heap); // changes with each step of marking

// An allocation site of V8 for a literal: its number, 0 when there are too many.
uint16_t ns_heap_new_literal(ns_heap *heap);

// V8's size of an allocation, in words of 8 bytes (heap_sizes.c).
uint64_t ns_heap_words(ns_alloc_kind kind, uint64_t count);

// Whether something is due; and do it: on `thread`, which is executing. Virtual time passes.
bool ns_heap_due(const ns_heap *heap);
void ns_heap_collect(ns_heap *heap, ns_thread *thread);
// The program pays for pages that it was the first to touch, before it collects: on `thread`, which
// is executing. False: there were none.
bool ns_heap_charge_faults(ns_heap *heap, ns_thread *thread);
// gc(): a full collection now.
void ns_heap_collect_all(ns_heap *heap, ns_thread *thread);
// The loop turns: V8's foreground tasks run (a scavenge of a new space that is nearly full;
// incremental marking starts, or ends). drain: until there are none, as node does when the loop has
// nothing to do (NodePlatform::DrainTasks).
void ns_heap_run_tasks(ns_heap *heap, ns_thread *thread, bool drain);

// NULL while the limit holds; else what V8 says of it ("Reached heap limit").
const char *ns_heap_out_of_memory(const ns_heap *heap);
ns_time ns_heap_gc_time(const ns_heap *heap); // pauses so far
uint64_t ns_heap_mark_compacts(const ns_heap *heap);

typedef enum ns_heap_space { // in the order of v8.getHeapSpaceStatistics
    NS_HEAP_READ_ONLY,
    NS_HEAP_NEW,
    NS_HEAP_OLD,
    NS_HEAP_CODE,
    NS_HEAP_SHARED,
    NS_HEAP_NEW_LARGE,
    NS_HEAP_LARGE,
    NS_HEAP_CODE_LARGE,
    NS_HEAP_SHARED_LARGE,
    NS_HEAP_SPACES
} ns_heap_space;
const char *ns_heap_space_name(ns_heap_space space); // "new_space"

typedef struct ns_heap_space_stats {
    int64_t size, used, available, physical; // bytes, as V8 counts them
} ns_heap_space_stats;
void ns_heap_space_get_stats(const ns_heap *heap, ns_heap_space space, ns_heap_space_stats *out);

typedef struct ns_heap_stats {
    int64_t used, committed, executable, available, limit; // bytes
    int64_t external, array_buffers;
    int64_t resident;  // of the process
    ns_time collector; // CPU of all pauses so far, on the JavaScript thread and its helpers
    ns_time faults;    // of page faults that the program was charged for
} ns_heap_stats;
void ns_heap_get_stats(const ns_heap *heap, ns_heap_stats *out);

// What the program allocated, over all, and where: sampled every so many bytes.
typedef struct ns_heap_site {
    uint32_t function, line;
    int64_t bytes;
} ns_heap_site;
int ns_heap_top_sites(const ns_heap *heap, ns_heap_site *out, int most); // largest first; count

// The names of V8's flags that the model reads, without dashes; NULL behind the last one.
const char *ns_heap_flag_at(int index);
// NS_EINVAL: one of these whose value is none. Others pass.
int ns_heap_flag_check(const char *flag, ns_err *err);

#endif

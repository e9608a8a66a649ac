// What the files of the recorder share: tracer.c (its life), tracer_units.c (units and fragments),
// tracer_ops.c (operations and what they start), tracer_tables.c (strings, sites, records),
// tracer_tierups.c (compilations), tracer_heap.c (lives), tracer_timers.c (timers and immediates).
#ifndef NS_NODE_TRACER_PRIVATE_H
#define NS_NODE_TRACER_PRIVATE_H

#include "node/tracer.h"
#include "workload/arena.h"

// The operations of a unit that is open.
typedef struct tracer_stream {
    bool open;
    uint32_t unit;
    int64_t tree;
    int rows;   // that are open
    bool fresh; // it has no operations of its own yet
    ns_buf ops;
} tracer_stream;

typedef struct tracer_map { // numbers by address
    uintptr_t *keys;        // 0: free
    uint32_t *numbers;
    size_t count, capacity;
} tracer_map;

typedef struct tracer_cohort { // bytes that died since the last operation
    int64_t dead[NS_NST_DEATHS];
    bool touched;
    uint32_t garbage; // by when the last of it was found that (tracer_garbage.c), plus 1; 0: none
} tracer_cohort;

// What a literal made since the last operation: a cohort of its own (trace/nst.h).
typedef struct tracer_literal {
    uint32_t code, made;
    int64_t bytes, live, objects;
} tracer_literal;

// What collections find (tracer_garbage.c). Cohorts: the first after it was last looked for, after
// the last collection, the one before, and the last of the whole heap.
typedef struct tracer_garbage {
    ns_tracer_find *find;
    void *opaque;
    uint32_t last, young, old, full;
    int64_t since, next;      // bytes that were allocated since then; after which to look again
    int64_t allocated, found; // bytes since the last collection
    bool none;                // the last one had hardly any
    uint32_t *collections;    // for each, the first cohort behind it
    size_t collection_count, collection_capacity;
} tracer_garbage;
// In place of the cohort: the trace has its death.
#define TRACER_GARBAGE UINT32_MAX

struct ns_tracer {
    ns_nst trace;
    ns_arena arena;
    bool failed; // out of memory
    tracer_stream host, fragment;
    ns_buf ops;      // of units that are closed
    int64_t request; // that the main thread works for
    ns_time charged;
    ns_time syncs[NS_NST_SYNCS]; // one after the other, not yet among the operations
    uint32_t sync_count;
    ns_time least_sync, most_sync;
    bool collecting; // records come from within a collection
    bool dirty;      // the models may have charged the thread since it last met them
    int64_t task;    // whose work is done now
    bool finished;
    ns_time (*accrued)(void *opaque);
    void *accrued_opaque;
    void (*shifts)(void *opaque);
    void *shifts_opaque;
    uint32_t installing; // the compilation whose records come, plus 1; 0: none
    ns_nst_compilation *compilations;
    size_t compilation_capacity;
    ns_nst_death *deaths;
    size_t death_capacity;

    // Tables that grow; the trace points to them in the end.
    ns_nst_site *sites;
    ns_nst_spawn *spawns;
    ns_nst_unit *units;
    ns_nst_request *requests;
    uint32_t *loop_ends;
    ns_record *records, *last;
    const char **strings;
    size_t site_capacity, spawn_capacity, unit_capacity, request_capacity, loop_end_capacity,
        record_capacity, last_capacity, string_capacity;
    uint32_t last_count;
    uint32_t *tree_units;    // the last one of a tree, plus 1
    uint32_t *spawn_origins; // units that started them, plus 1
    size_t spawn_origin_capacity;
    uint32_t *parents; // of units: that started them, or in which fragments lie, plus 1
    size_t parent_capacity;
    uint32_t *origin;      // the engine's, for its microtasks: the unit that is open, plus 1
    ns_time precharged;    // of the demand that comes next
    uint32_t *spawn_trees; // that the spawns belong to
    size_t tree_capacity, spawn_tree_capacity;
    uint32_t *string_slots, *site_slots; // number plus 1
    uint32_t string_slot_count, site_slot_count;

    // tracer_timers.c
    tracer_map timers; // spawns of Timeouts and Immediates that are due or run
    bool round;        // of timers or immediates
    bool unclaimed;    // no callback of the round has begun
    bool keep_refs;    // those that changed belong to the unit that comes next
    uintptr_t firing;  // the Timeout whose callback ran last, and its spawn
    uint32_t firing_spawn;
    const int32_t *timer_refs;
    const uint32_t *immediate_refs;
    int64_t seen_timer_refs, seen_immediate_refs;
    uint32_t *firings;
    size_t firing_capacity;

    // tracer_heap.c
    tracer_map lives; // cohorts
    tracer_cohort *cohorts;
    size_t cohort_capacity;
    uint32_t cohort; // that is open
    int64_t young, peak, live, objects, old;
    ns_buf pieces;
    uint32_t piece_count;
    tracer_literal *literals; // cohorts from `cohort` + 1
    uint32_t literal_count;
    size_t literal_capacity;
    uint32_t *touched; // cohorts with deaths
    uint32_t touched_count;
    size_t touched_capacity;
    bool behind; // the scavenge that is due
    uint64_t steps;
    tracer_garbage garbage;
    int64_t since_point, unchecked; // bytes until the last stack check, from then on
};

// Room for one more entry; false without memory.
bool tracer_grow(ns_tracer *tracer, void *table, size_t count, size_t *capacity, size_t size);
// tracer_ops.c
// The stream that takes operations now, NULL when no unit is open. All that came before is in it.
ns_buf *tracer_ops(ns_tracer *tracer);
void tracer_flush_syncs(ns_tracer *tracer);
void tracer_flush_charge(ns_tracer *tracer);
void tracer_put_op(ns_tracer *tracer, ns_nst_op op);
void tracer_put(ns_tracer *tracer, uint64_t operand);
int64_t tracer_new_spawn(ns_tracer *tracer, const ns_nst_spawn *spawn);

// tracer_units.c
void tracer_open_unit(ns_tracer *tracer, int64_t tree, uint32_t parent);
void tracer_close_unit(ns_tracer *tracer);
void tracer_close_stream(ns_tracer *tracer, tracer_stream *stream);
uint32_t *tracer_last_of_tree(ns_tracer *tracer, int64_t tree); // the last unit of it, plus 1

// tracer_map.c
bool tracer_keep(tracer_map *map, uintptr_t key, uint32_t number); // false without memory
bool tracer_look_up(const tracer_map *map, uintptr_t key, uint32_t *number);
void tracer_forget(tracer_map *map, uintptr_t key);
void tracer_free_map(tracer_map *map);

// tracer_timers.c
void tracer_flush_refs(ns_tracer *tracer);
void tracer_end_round(ns_tracer *tracer);

// tracer_tables.c
uint32_t tracer_string(ns_tracer *tracer, const char *text);
uint32_t tracer_site(ns_tracer *tracer, const ns_rec_callback *row);

// tracer_tierups.c
void tracer_take_shifts(ns_tracer *tracer); // before what they belong to
// A record of a compilation whose code is installed, so long after the check.
void tracer_installed(ns_tracer *tracer, uint32_t record, ns_time after);

// tracer_heap.c
void tracer_flush_heap(ns_tracer *tracer);
void tracer_die(ns_tracer *tracer, uint32_t cohort, int place, int64_t bytes);

void tracer_free_heap(ns_tracer *tracer);

// tracer_garbage.c
void tracer_look_for_garbage(ns_tracer *tracer); // where a collection may come
void tracer_sort_deaths(ns_tracer *tracer);

#endif

// What the files of the heap model share: heap.c (allocation and death), heap_new_space.c (where
// that is in new space), heap_collect.c (when to collect), heap_statistics.c (sizes of spaces),
// heap_options.c (flags and constants), heap_young.c (scavenger), heap_old.c (limits,
// mark-compact), heap_marking.c (incremental and concurrent marking), heap_pages.c (page faults),
// heap_pause.c (time), heap_buffers.c (backing stores), heap_tracer.c (speeds and records),
// heap_sizes.c.
#ifndef NS_MODEL_HEAP_INTERNAL_H
#define NS_MODEL_HEAP_INTERNAL_H

#include "model/heap.h"

enum { NS_HEAP_WORKERS_MAX = 16, NS_HEAP_RING = 10, NS_HEAP_SITES = 1024, NS_HEAP_PARKED = 256 };

#define NS_HEAP_KIB INT64_C(1024)
#define NS_HEAP_MIB (1024 * NS_HEAP_KIB)
// A page, and what of it holds objects (memory-chunk-layout.h).
#define NS_HEAP_PAGE (256 * NS_HEAP_KIB)
#define NS_HEAP_PAGE_AREA INT64_C(257720)
// A page of the operating system.
#define NS_HEAP_OS_PAGE 4096

// ns_life.birth: place, epoch, the site's high byte; ns_life.words: words, the site's low byte.
// What stands for other objects has NS_SITE_PARTS for its site.
// Large and external lives have no site, and the whole of `words`.
enum { NS_PLACE_BITS = 2, NS_EPOCH_BITS = 22, NS_WORDS_BITS = 24, NS_SITE_PARTS = 0xff00 };

// An AllocationSite (objects/allocation-site.h) of a literal.
typedef enum ns_heap_decision {
    NS_TENURE_UNDECIDED,
    NS_TENURE_DONT,
    NS_TENURE_MAYBE,
    NS_TENURE
} ns_heap_decision;
typedef struct ns_heap_literal {
    uint8_t decision;
    uint32_t created; // mementos, since the decision was last looked at
    uint32_t alive;   // of those since the last collection
} ns_heap_literal;

// What is allocated behind the scavenge that is due.
typedef struct ns_heap_next {
    int64_t used, live, objects; // in new space
    int64_t large_used, large_live;
} ns_heap_next;

// base::RingBuffer<BytesAndDuration>
typedef struct ns_heap_ring {
    double bytes[NS_HEAP_RING], ms[NS_HEAP_RING];
    int count, next;
} ns_heap_ring;

// Constants of the profile.
typedef struct ns_heap_costs {
    double scavenge_base;                  // ns
    double large_byte;                     // ns, per byte of large objects that died young
    double scavenge_first;                 // ns, what the first one takes besides
    double first_promotion;                // ns, besides, the first that promotes
    double scavenge_cold, cache;           // ns, besides, when its own data left the cache; bytes
    double copy_byte, promote_byte;        // ns
    double copy_object, touch_page;        // ns
    double commit_page, commit_pooled;     // ns, of a page of V8's: mapped; taken from the pool
    double page_fault;                     // ns, of the program's first touch of a page
    double helper_least;                   // ns of work that wakes a helper
    double parallelism;                    // most cores that a scavenge makes use of
    double compact_base, mark_byte;        // ns; per live byte
    double evacuate_byte;                  // ns, per young byte that lives
    double scavenge_sharing, mark_sharing; // CPU time of work that is shared, relative to alone
    double sweep_byte;                     // ns
    double free_store, unmap_byte;         // ns; of a backing store; per byte of a mapping
    double post_task;                      // ns, to wake a thread of the platform
    ns_time start_marking, marking_wait;
} ns_heap_costs;

typedef struct ns_heap_flags {
    int64_t initial_semi, max_semi, max_old, initial_old; // bytes
    int growth_factor;
    double growing_percent; // 0: by speed
    int task_trigger;       // percent of a semi-space that a task of the loop collects
    bool old_configured;
    bool parallel_scavenge, concurrent_marking, concurrent_sweeping, incremental_marking,
        parallel_compaction, pretenuring, minor_task, concurrent_buffers;
    int workers; // of the platform's pool
} ns_heap_flags;

// Threads of V8's platform that help the collector.
typedef struct ns_heap_worker {
    ns_heap *heap;
    ns_cpu_job job;
    enum { NS_WORKER_IDLE, NS_WORKER_PAUSE, NS_WORKER_MARKING, NS_WORKER_SWEEPING } task;
    int64_t bytes; // that it marks
    ns_time whole; // that takes on its core
} ns_heap_worker;

// Backing stores, those that died since the last collection among them.
typedef struct ns_heap_stores {
    double count, bytes, mapped; // mapped: bytes of those that have a mapping of their own
    int64_t largest;             // of these
} ns_heap_stores;

// The task that frees those that died (ArrayBufferSweeper).
typedef struct ns_heap_sweep {
    ns_cpu_job job;
    ns_time work;  // that is requested
    ns_time whole; // what it takes on its core
    bool listed;   // there were stores to look at
    bool in_progress;
    ns_thread *waiting; // for it
} ns_heap_sweep;

struct ns_heap {
    ns_sim *sim;
    ns_cpu *cpu;
    ns_heap_options options;
    ns_heap_flags flags;
    ns_heap_costs costs;
    ns_time sample_interval;

    // Lives, in bytes, by place and age.
    uint32_t epoch;
    int64_t young_live[2];    // [0] since the last collection, [1] survived one
    int64_t young_objects[2]; // of them, how many
    // Of them, what only garbage of the old generation refers to, and what of that is old by now.
    int64_t young_held[2], young_objects_held[2], old_held;
    int64_t old_live, large_young_live, large_live;
    int64_t external_live[2], external_old_live;
    // Spaces, garbage included.
    int64_t page_ends;               // of new space, that were left free since somebody asked
    int64_t new_used, semi_capacity; // capacity: of a semi-space, bytes of pages
    int64_t old_used, old_committed;
    int64_t large_young_used, large_used;
    // The scavenge that is due comes before all that happens now (heap_new_space.c). Where new
    // space ends: nowhere, then. Ends of its pages that are kept. What lives until that scavenge is
    // over.
    bool behind, finding; // finding: those that were dead before
    int64_t new_end;
    int32_t parked[NS_HEAP_PARKED];
    int parked_count;
    ns_heap_next next;
    int64_t young_dying[2], young_objects_dying[2], large_dying;
    int64_t code_used;
    int64_t external_used, external_young; // young: since the last collection
    int64_t external_low;                  // since the last mark-compact
    ns_heap_stores stores[3];              // by age; [2] old
    int64_t map_from;                      // size of a store that has a mapping of its own
    ns_heap_sweep buffers;
    // Of young_live[1], what a scavenge has promoted at once, since its copy did not fit.
    int64_t promoted_early;
    int64_t start_old, start_large, start_external, start_buffers, start_young_live;
    int64_t read_only, resident_base;
    bool from_committed, has_promoted;
    ns_thread *draining; // waits for workers that mark
    int64_t pooled;      // bytes of pages that new space gave back
    // Bytes of the semi-spaces and of old space that somebody has written to (heap_pages.c): [0]
    // that of allocation, [1] the other one. Where in new space the next page begins that nobody
    // has, or new space ends: something is to be done beyond. CPU time of the program's faults.
    int64_t semi_touched[2], old_touched, new_watch;
    int64_t faults_due; // of the program, until they are charged
    ns_time fault_time;

    // What is due.
    bool scavenge_due, external_due, full_due, task_due;
    bool collecting;
    const char *fatal;

    // Growth of the young generation (Heap::survived_since_last_expansion_).
    int64_t survived_since_expansion;
    // Limits of the old generation.
    int64_t old_limit, old_at_last_gc, initial_limit;
    bool old_configured;
    int ineffective;

    // Marking.
    bool marking, marked;
    ns_time marking_start, step_time, longest_step;
    int steps;
    const char *marking_reason;
    int64_t marking_total, marking_taken, marking_done; // bytes
    int64_t scheduled, step_allocated, old_step_allocated, old_counter_at_step, marking_initial;
    uint64_t step_calls; // times that enough was allocated for a step
    ns_time step_due;    // of main, until it is charged
    ns_heap_worker workers[NS_HEAP_WORKERS_MAX];
    int active_workers; // of a pause
    ns_thread *waiting; // for them
    ns_time concurrent_time;
    ns_time collector_time; // CPU of pauses, on all threads

    // gc-tracer.cc
    ns_heap_ring minor_survived, mark_compacts, incremental_mark_compacts, new_allocations,
        old_allocations;
    double survival_ratios[NS_HEAP_RING];
    int survival_count, survival_next;
    double marking_speed, marking_bytes, marking_ms;
    double allocation_ms; // of the last sample, -1: none
    int64_t new_counter, old_counter, new_counter_sampled, old_counter_sampled;
    double average_mark_compact, average_mutator, current_mu, mark_compact_end;
    ns_time gc_time;
    uint64_t scavenges, mark_compacts_done;

    // Literals (heap_pretenure.c), from 1.
    ns_heap_literal *literals;
    uint32_t literal_count, literal_capacity;
    bool maximum_size; // the last scavenge found new space at its largest

    // Sites.
    int64_t until_sample, sample_bytes;
    uint64_t sample_state;
    ns_heap_site sites[NS_HEAP_SITES];
};

static inline int64_t ns_heap_semi_area(const ns_heap *heap)
{
    return heap->semi_capacity / NS_HEAP_PAGE * NS_HEAP_PAGE_AREA;
}

// heap_options.c
int ns_heap_read_options(ns_heap *heap, ns_err *err);

// heap.c
int64_t ns_heap_size_of_objects(const ns_heap *heap);
int64_t ns_heap_committed(const ns_heap *heap);
int64_t ns_heap_old_size(const ns_heap *heap); // OldGenerationSizeOfObjects
int64_t ns_heap_external_since_gc(const ns_heap *heap);
void ns_heap_commit_old(ns_heap *heap);
// Pages of new and old space that are held: bytes.
int64_t ns_heap_paged(const ns_heap *heap);
void ns_heap_request(ns_heap *heap);
// Bytes are allocated: spaces grow, and what is due then is asked for.
void ns_heap_count_young(ns_heap *heap, int64_t bytes);
void ns_heap_count_step(ns_heap *heap, int64_t bytes); // only what follows from so many bytes
void ns_heap_count_old(ns_heap *heap, int64_t bytes);
bool ns_heap_count_large(ns_heap *heap, int64_t bytes); // whether it comes behind a scavenge
void ns_heap_count_external(ns_heap *heap, int64_t bytes);
// The sum of what lives in a place and was born in an epoch.
int64_t *ns_heap_live(ns_heap *heap, ns_heap_place place, uint32_t birth);

// heap_collect.c: end the lives of cycles, before a collection.
void ns_heap_find_dead(ns_heap *heap, bool young);

// heap_new_space.c: new space is as a collection leaves it; objects that do not fit call for a
// scavenge.
void ns_heap_open_new_space(ns_heap *heap);
void ns_heap_call_for_scavenge(ns_heap *heap);
// An object of so many bytes has room in new space; false: it comes behind a scavenge.
bool ns_heap_make_room(ns_heap *heap, int64_t bytes);
void ns_heap_count_behind(ns_heap *heap, int64_t bytes);
// Bytes of new space that are dead at once, or belong to an object that is there.
void ns_heap_count_garbage(ns_heap *heap, int64_t bytes);
// What dies behind the scavenge that is due, of what is so many collections old. Negative: it grew.
void ns_heap_dies_behind(ns_heap *heap, uint32_t age, int64_t bytes, int objects);
// The collection is over: what comes behind it happens.
void ns_heap_allocate_behind(ns_heap *heap, ns_heap_gc_kind kind);

// heap_pretenure.c: count one that is allocated by code that is not optimized; it died; a
// collection has found those that live.
void ns_heap_memento(ns_heap *heap, uint16_t site);
void ns_heap_memento_dies(ns_heap *heap, uint16_t site);
void ns_heap_digest_mementos(ns_heap *heap, bool at_maximum);

// heap_pages.c: the size of new space, or what was touched of it, has changed; the program comes
// to pages that nobody has touched; it has written to what is used; a scavenge has, to which it was
// the first in so many bytes, and the semi-spaces are swapped; a mark-compact has, and they are;
// new space has shrunk.
void ns_heap_pages_watch(ns_heap *heap);
void ns_heap_pages_entered(ns_heap *heap);
void ns_heap_pages_used(ns_heap *heap);
int64_t ns_heap_pages_scavenged(ns_heap *heap, int64_t copied);
void ns_heap_pages_compacted(ns_heap *heap);
void ns_heap_pages_shrunk(ns_heap *heap);

// heap_buffers.c: a store is allocated; those that died, as external_live tells, are taken from the
// lists: returns the work of freeing them.
void ns_heap_init_buffers(ns_heap *heap);
void ns_heap_count_store(ns_heap *heap, int64_t bytes);
double ns_heap_free_stores(ns_heap *heap, bool full);
// What of that work is main's, within the pause: to wake a thread for it, or all. The thread
// begins.
double ns_heap_request_sweep(ns_heap *heap, double work);
// Bytes of stores that were allocated since the last collection.
double ns_heap_new_stores(const ns_heap *heap);
void ns_heap_start_buffers(ns_heap *heap);
// Returns when the stores of the last collection are freed.
void ns_heap_complete_buffers(ns_heap *heap, ns_thread *thread);
void ns_heap_buffers_swept(ns_cpu_job *job);

// heap_young.c
void ns_heap_scavenge(ns_heap *heap, ns_thread *thread, const char *reason);
// Whether enough of new space is used for the task that scavenges when the loop turns.
bool ns_heap_scavenge_task_due(const ns_heap *heap);

// heap_old.c
bool ns_heap_can_expand_old(const ns_heap *heap, int64_t bytes);
void ns_heap_configure_initial_limit(ns_heap *heap);
void ns_heap_recompute_limits(ns_heap *heap, ns_heap_gc_kind kind);
int64_t ns_heap_old_available(const ns_heap *heap);
bool ns_heap_limit_overshot(const ns_heap *heap);
void ns_heap_mark_compact(ns_heap *heap, ns_thread *thread, const char *reason, const char *detail);

// heap_marking.c
// Whether the old generation is large enough (!IncrementalMarking::IsBelowActivationThresholds).
bool ns_heap_may_mark(const ns_heap *heap);
void ns_heap_start_marking_if_due(ns_heap *heap, ns_thread *thread);
void ns_heap_start_marking(ns_heap *heap, ns_thread *thread, const char *reason);
void ns_heap_marking_step(ns_heap *heap); // after so many bytes of allocation
// Until no worker marks: node waits for the platform's threads before it drains its tasks when the
// loop is done (NodePlatform::DrainTasks, BlockingDrain). No part of a pause.
void ns_heap_wait_for_marking(ns_heap *heap, ns_thread *thread);
void ns_heap_stop_marking(ns_heap *heap);
void ns_heap_worker_done(ns_cpu_job *job);
void ns_heap_start_sweeping(ns_heap *heap);

// heap_pause.c: main works for `main_ns` while `helpers` workers work for `each_ns`; returns when
// all are done.
void ns_heap_pause(ns_heap *heap, ns_thread *thread, double main_ns, int helpers, double each_ns);
void ns_heap_helper_done(ns_heap *heap);

// heap_tracer.c
typedef struct ns_heap_event {
    ns_heap_gc_kind kind;
    const char *reason, *detail;
    ns_time start;
    ns_time to_safepoint, after_safepoint;
    const char *compiled; // what was waited for; "": nothing
    int64_t before, committed_before, promoted, survived, objects, touched, marked;
} ns_heap_event;
// The pause begins; returns when all threads are at a safepoint.
void ns_heap_event_begin(ns_heap *heap, ns_thread *thread, ns_heap_event *event,
                         ns_heap_gc_kind kind, const char *reason, const char *detail);
void ns_heap_event_end(ns_heap *heap, ns_thread *thread, ns_heap_event *event);
void ns_heap_add_survival(ns_heap *heap, double percent);
double ns_heap_average_survival(const ns_heap *heap);
double ns_heap_allocation_throughput(const ns_heap *heap); // bytes per ms, of the last 5 s
double ns_heap_old_throughput(const ns_heap *heap);
double ns_heap_mark_compact_speed(const ns_heap *heap);
bool ns_heap_low_young_rate(const ns_heap *heap);
double ns_heap_average_mu(const ns_heap *heap);

#endif

// What the files of the replay share: replay.c (its life), replay_unit.c (operations),
// replay_heap.c (births and deaths), replay_tierups.c (compilations), replay_timers.c (Node's
// timers and immediates).
#ifndef NS_REPLAY_PRIVATE_H
#define NS_REPLAY_PRIVATE_H

#include "load/load.h"
#include "load/machine.h"
#include "model/heap.h"
#include "model/safepoint.h"
#include "replay/replay.h"

typedef struct ns_replay ns_replay;

// A fragment that waits for a unit that it needs.
typedef struct replay_wait {
    uint32_t unit;
    struct replay_wait *next;
} replay_wait;

// A tree at work: the one that was recorded, or a copy of it for a request beyond those.
typedef struct replay_tree {
    ns_replay *replay;
    int64_t request; // its id here; 0: of none, or it has not come
    uint32_t number; // in the trace

    struct replay_shape *shape; // of a recorded tree: once it was copied
    struct replay_copy *copy;   // NULL: it is none
} replay_tree;

// What copies of a tree are made from. All lists are in ascending order.
typedef struct replay_shape {
    uint32_t *units, *cohorts, *foreign; // foreign: fragments that lie in other trees' units
    uint32_t unit_count, cohort_count, foreign_count;
} replay_shape;

typedef struct replay_copy {
    replay_tree tree; // first
    const replay_shape *shape;
    bool *done;        // by index in shape->units
    uint32_t *births;  // by index in shape->cohorts: epoch plus 1; 0: not born
    uint32_t *waiting; // fragments that may not run yet
    uint32_t waiting_count;
    struct replay_timer *timers; // that are due
    int64_t holders;             // what will run units of it
    ns_list link;                // of all copies
} replay_copy;

typedef struct replay_task {
    ns_task task; // first
    replay_tree *tree;
    const ns_nst_spawn *spawn;
    struct replay_task *next;
} replay_task;

typedef struct replay_tierup { // a compilation
    ns_compile_job job;
    enum {
        REPLAY_NO_JOB,
        REPLAY_DEFERRED, // until another one is installed
        REPLAY_COMPILES,
        REPLAY_COMPILED,
        REPLAY_INSTALLED
    } state;
    uint32_t installed_at;   // CHECKs that were before
    uint32_t installed_poll; // the same of polls
    const ns_nst_compilation *of;
    struct replay_tierup *loop; // what is compiled next for a loop of its function; NULL: nothing
    // Activations that go on in the old code have code made for their loops, which the run had no
    // need of: that job; of that, what it is for. NULL: none.
    struct replay_tierup *again, *for_loops_of;
    uint32_t entry;    // the record of its being entered, which waits for its end; plus 1, 0: none
    int64_t old_began; // CHECKs before the activation that goes on
    ns_time old_cpu;   // what it has cost more since the code was installed
    struct replay_tierup *next; // of those that are under way, in the order of their jobs
} replay_tierup;

// What the next demand costs more while the code of a compilation is not there.
typedef struct replay_open {
    const replay_tierup *tierup;
    ns_time cpu;
    int64_t bytes;
} replay_open;
enum { REPLAY_OPEN = 16 };

typedef struct replay_tierups {
    replay_tierup *all, *first; // by number; under way
    uint32_t checks;            // so far
    uint32_t polls;             // the same, with those of demands that are divided
    ns_time step;               // between checks while something compiles
    // Of the demand that comes next, which is not as it was recorded:
    ns_time cpu;
    int64_t bytes;
    replay_open open[REPLAY_OPEN];
    uint32_t open_count;
    int64_t spared; // bytes of garbage that are not made
} replay_tierups;

typedef struct replay_row {
    ns_rec_callback record;
    int64_t outer_callback;
} replay_row;

typedef struct replay_early { // deaths before the birth
    uint64_t place;
    int64_t count;
    struct replay_early *next;
} replay_early;

typedef struct replay_cohort {
    replay_early *early;
    uint32_t birth;   // epoch plus 1; 0: not born yet
    uint16_t literal; // site whose mementos are to be counted; 0: none
    bool tenured;     // a literal's, in old space
} replay_cohort;

// What was allocated by the operation that called for a scavenge and those behind it, before the
// point where it comes; without one, by the last operation.
typedef struct replay_recent {
    int64_t bytes;
    bool behind;
} replay_recent;

// What it told the heap: deaths, and births as what dies less, now.
typedef struct replay_change {
    uint64_t place;
    int64_t count;
    uint16_t literal; // as in replay_cohort
    uint32_t birth;
    uint32_t *born;     // where the birth is kept, plus 1; NULL: a death
    const uint32_t *of; // of a death: where the birth is, plus 1; NULL: in another request
} replay_change;

// Deaths that a collection finds: of the young, or of the old generation, the next one of the whole
// heap.
typedef struct replay_garbage {
    const ns_nst_death **items;
    size_t count, capacity;
} replay_garbage;

// A Timeout that is due.
typedef struct replay_timer {
    replay_tree *tree;
    const ns_nst_spawn *spawn;
    int64_t start; // ms of loop time
    struct replay_list *list;
    ns_list link;              // in it
    struct replay_timer *next; // of the copy
} replay_timer;

// Timeouts of one duration, as Node's TimersList.
typedef struct replay_list {
    int64_t expiry, id;
    int32_t ms;
    size_t position; // in the heap
    ns_list timers;
    struct replay_list *next; // in the table
} replay_list;

enum { REPLAY_LISTS = 1024 };

typedef struct replay_timers {
    ns_timer timer;
    replay_list *table[REPLAY_LISTS]; // by duration
    replay_list **heap;               // by expiry and id
    size_t count, capacity;
    int64_t next_id, next_expiry, refs;
    replay_timer **active; // by chain; of the recorded trees
    uint32_t firings;      // that found nothing due
    // A round of timers:
    bool firing, ended, done, row_open;
    int64_t now;
    replay_list *list; // that is worked through; NULL: none
    replay_timer *due; // the next of it that runs
    replay_timer runs; // a copy of the one that does
    size_t row_depth;  // at which its row began
    bool clock_wanted; // the time of the callback's beginning
    int64_t clock;
} replay_timers;

// An Immediate, or one of native code.
typedef struct replay_immediate {
    replay_tree *tree;
    const ns_nst_spawn *spawn;
    bool cleared;
    struct replay_immediate *next;
} replay_immediate;

typedef struct replay_queue {
    replay_immediate *first, **last;
} replay_queue;

typedef struct replay_immediates {
    ns_watcher check, idle;
    replay_queue native, queue, round;
    bool natives_done, outstanding;
    int64_t refs;
} replay_immediates;

struct ns_replay {
    const ns_nst *trace;
    const ns_workload *workload;
    ns_replay_options options;
    ns_machine machine;
    ns_safepoint safepoint;
    ns_pool *pool;
    ns_heap *heap;
    ns_requests *requests;
    ns_load *load;
    ns_event watch;
    ns_err error;

    int64_t callback_id, last_callback_id, request_id;
    int record_depth;
    replay_row *rows;
    size_t row_count, row_capacity;
    ns_nst_cursor *cursor; // of the unit that runs
    replay_tree *current;
    ns_time tail; // of units that ended: charged when the thread next meets the models
    replay_timers timers;
    replay_immediates immediates;
    bool exiting, finished;
    const char *status;
    int exit_code;

    replay_tree *trees;                // by number
    uint32_t **classes, *class_counts; // trees by class and order, plus 1
    ns_list copies;
    uint32_t *next_of_tree, *first_of_tree; // units by tree, plus 1; NULL until one is copied
    uint32_t **drawable, *drawable_counts;  // by class: numbers of trees
    int64_t drawn;
    int64_t orphans[NS_NST_DEATHS]; // born in copies, and alive
    bool *done;                     // units that have run, by number
    replay_wait **waits;            // for units, by number
    replay_cohort *cohorts;
    replay_recent recent;
    replay_change *changes; // of the last operation on the heap
    size_t change_count, change_capacity;
    replay_garbage garbage;
    uint32_t *remade; // by literal, from 1: the epoch in which its code is not optimized
    uint32_t literals;
    size_t literal_capacity;
    bool code_changed; // in the recorded run, by the collection that comes at the same place
    bool requested;    // by the heap: a collection
    ns_time ahead;     // of the demand that comes next, what was met already (at a point)
    replay_task *free_tasks, *tasks; // all: to be freed
    replay_tierups tierups;
};

// replay.c
void replay_exit(ns_replay *r, int code, const char *status);
bool replay_check_limits(ns_replay *r);
void replay_no_memory(ns_replay *r);
void replay_deliver(void *opaque, const ns_load_request *request);

// replay_unit.c
void replay_run(ns_replay *r, replay_tree *tree, uint32_t unit);
void replay_record(ns_replay *r, const replay_tree *tree, ns_nst_cursor *c);
void replay_tasks(ns_replay *r, bool drain); // V8's foreground tasks
void replay_emit(ns_replay *r, uint32_t record, ns_time time);

void replay_sync(ns_replay *r);
void replay_charge(ns_replay *r, ns_time demand);  // of an operation
ns_time replay_left(ns_replay *r, ns_time demand); // of it that is not met yet
void replay_switch(ns_replay *r, int64_t request);
// A unit that is not where it was recorded: with its own request, and none after it.
void replay_run_apart(ns_replay *r, replay_tree *tree, uint32_t unit);

// replay_tierups.c
int replay_tierups_start(ns_replay *r, ns_err *err);
void replay_tierups_free(ns_replay *r);
void replay_compile(ns_replay *r, uint32_t number);
void replay_install(ns_replay *r); // a stack check: install what is compiled
void replay_shift(ns_replay *r, ns_nst_cursor *c);
// Whether a record tells that code was entered which is not there yet: it comes later.
bool replay_is_early(ns_replay *r, uint32_t record);
void replay_demand(ns_replay *r, ns_time cpu); // of the main thread, which then meets the models
// Of so many bytes that are allocated and dead at once, those that are not made here.
int64_t replay_spared(ns_replay *r, int64_t garbage);

// replay_copies.c: requests beyond those of the trace
int replay_copies_start(ns_replay *r, ns_err *err);
void replay_copies_free(ns_replay *r);
replay_tree *replay_draw(ns_replay *r, const ns_load_request *request); // NULL: none can be; held
void replay_hold(replay_tree *tree);
void replay_release(replay_tree *tree); // it may be gone then
void replay_copy_fragment(ns_replay *r, replay_copy *copy, uint32_t unit);
void replay_copy_did(ns_replay *r, replay_copy *copy, uint32_t unit);
// The epoch of a cohort's birth plus 1, where to keep it; NULL: none of the copy's own.
uint32_t *replay_copy_birth(replay_copy *copy, uint32_t cohort);

// replay_timers.c
int replay_timers_start(ns_replay *r, ns_err *err);
void replay_timers_free(ns_replay *r);
void replay_timer_start(ns_replay *r, replay_tree *tree, uint32_t spawn);
void replay_timer_clear(ns_replay *r, replay_tree *tree, uint32_t chain, bool refed);
void replay_timer_refs(ns_replay *r, int64_t more);
void replay_timer_late(ns_replay *r);
void replay_timers_done(ns_replay *r);
void replay_time_updated(ns_replay *r);
void replay_row_ended(ns_replay *r);

// replay_immediates.c
void replay_immediates_start(ns_replay *r);
void replay_immediates_free(ns_replay *r);
void replay_set_immediate(ns_replay *r, replay_tree *tree, uint32_t spawn, bool native);
void replay_clear_immediate(ns_replay *r, replay_tree *tree, uint32_t spawn);
void replay_natives_done(ns_replay *r);
void replay_outstanding(ns_replay *r);
void replay_immediate_refs(ns_replay *r, int64_t more);

// replay_garbage.c
// What is garbage by the time when cohorts from `first` to `last` are born, in a tree.
void replay_garbage_comes(ns_replay *r, replay_tree *tree, uint32_t first, uint32_t last);
void replay_find_garbage(ns_replay *r, bool young);

// replay_heap.c
int replay_heap_start(ns_replay *r, ns_err *err);
void replay_heap_free(ns_replay *r);
void replay_births(ns_replay *r, replay_tree *tree, ns_nst_cursor *c);
// `count` of what was born in a cohort dies.
void replay_die(ns_replay *r, replay_tree *tree, uint32_t cohort, uint64_t place, int64_t count);
// Collect if it is due; true: out of memory.
bool replay_check(ns_replay *r);
void replay_point(ns_replay *r, ns_nst_cursor *c);

#endif

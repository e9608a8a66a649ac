// The recorder of traces (trace/nst.h): what the JavaScript of a run does to the models. The
// environment reports to it; it only watches, and a run with it has the same records as without.
//
// Everything stays in memory until the run has ended.
#ifndef NS_NODE_TRACER_H
#define NS_NODE_TRACER_H

#include "model/disk.h"
#include "model/heap.h"
#include "model/jit.h"
#include "model/threadpool.h"
#include "trace/nst.h"

typedef struct ns_tracer ns_tracer;

int ns_tracer_new(ns_tracer **out, ns_err *err);
void ns_tracer_free(ns_tracer *tracer);

// After the run. What it points to belongs to the tracer; `workload`, `sets` and `hash` are for the
// caller to fill in. NULL: out of memory while recording.
ns_nst *ns_tracer_result(ns_tracer *tracer);

// All that follows is called by the environment, and does nothing without a tracer (NULL).

// -- Units ----------------------------------------------------------------------------------------

enum { NS_TRACER_NONE = -1 };
// The unit of a spawn, of a request that is delivered, of the main script, of what follows the end
// of the loop, of exit. No unit is open before.
void ns_tracer_open_main(ns_tracer *tracer);
void ns_tracer_open_spawn(ns_tracer *tracer, int64_t spawn);
void ns_tracer_open_request(ns_tracer *tracer, int64_t id, int cls, int64_t order);
void ns_tracer_open_loop_end(ns_tracer *tracer);
void ns_tracer_open_final(ns_tracer *tracer);
void ns_tracer_close(ns_tracer *tracer);
// The demand that JavaScript has accrued since the last ns_tracer_sync; the end of a unit asks.
void ns_tracer_set_accrued(ns_tracer *tracer, ns_time (*accrued)(void *opaque), void *opaque);
// Where the engine takes the origin of its microtasks from; and one of them begins (engine.h), with
// the demand that JavaScript has accrued since the last ns_tracer_sync.
void ns_tracer_set_origin(ns_tracer *tracer, uint32_t *origin);
void ns_tracer_job(ns_tracer *tracer, uint32_t origin, uint32_t other, ns_time accrued);
bool ns_tracer_is_open(const ns_tracer *tracer);
// The program uses something that cannot be replayed. `what` is static.
void ns_tracer_unsupported(ns_tracer *tracer, const char *what);

// -- Operations -----------------------------------------------------------------------------------

void ns_tracer_charge(ns_tracer *tracer, ns_time cpu);
void ns_tracer_sync(ns_tracer *tracer, ns_time cpu); // with what was charged before
// `op` without operands; or with one or two.
void ns_tracer_op(ns_tracer *tracer, ns_nst_op op);
void ns_tracer_op1(ns_tracer *tracer, ns_nst_op op, uint64_t operand);
void ns_tracer_op2(ns_tracer *tracer, ns_nst_op op, uint64_t first, uint64_t second);
void ns_tracer_row_begin(ns_tracer *tracer);
void ns_tracer_row_end(ns_tracer *tracer, const ns_rec_callback *row);
void ns_tracer_switch(ns_tracer *tracer, int64_t request); // to work for it
void ns_tracer_request_end(ns_tracer *tracer, int64_t request, const char *status);
void ns_tracer_disk_wait(ns_tracer *tracer, const ns_disk_op *op);
// By the main thread or, between ns_tracer_task_begin and _end, by a thread of the pool.
void ns_tracer_disk_effect(ns_tracer *tracer, ns_nst_op op, uint64_t file, int64_t bytes);
void ns_tracer_exit(ns_tracer *tracer, int code, const char *status);
void ns_tracer_pool_threads(ns_tracer *tracer, int threads);

// How the run ended.
void ns_tracer_status(ns_tracer *tracer, const char *status, int exit_code);

// A record of the tiers, or one that ends the run.
void ns_tracer_record(ns_tracer *tracer, const ns_record *record, ns_time now);

// Something is started: its number, for ns_tracer_open_spawn.
int64_t ns_tracer_spawn(ns_tracer *tracer, ns_nst_spawn_kind kind, ns_nst_op op);
int64_t ns_tracer_submit(ns_tracer *tracer, const ns_task *task);
// What the task costs is computed between these.
void ns_tracer_task_begin(ns_tracer *tracer, int64_t spawn);
void ns_tracer_task_end(ns_tracer *tracer, const ns_demand *demand);

// -- Node's timers and immediates (tracer_timers.c)
// ------------------------------------------------ Node's library keeps them in lists of its own,
// and runs many in one round. A Timeout or Immediate is known by the address of its object.

// Where Node counts those that keep the loop alive; good as long as the tracer.
void ns_tracer_watch_refs(ns_tracer *tracer, const int32_t *timers, const uint32_t *immediates);
void ns_tracer_refs(ns_tracer *tracer); // they may have changed
// A Timeout is started, or started again, from now or (`repeats`) from when its callback began.
void ns_tracer_timer(ns_tracer *tracer, uintptr_t timeout, double ms, bool repeats);
void ns_tracer_timer_clear(ns_tracer *tracer, uintptr_t timeout, bool refed);
void ns_tracer_immediate(ns_tracer *tracer, uintptr_t immediate);
void ns_tracer_immediate_clear(ns_tracer *tracer, uintptr_t immediate);
// A round of timers or of immediates begins; the callback of one of them does; the round ends with
// ns_tracer_close. Each callback is a unit, with what follows until the next.
void ns_tracer_round(ns_tracer *tracer);
void ns_tracer_callback(ns_tracer *tracer, uintptr_t object);

// -- Compilations (tracer_tierups.c) --------------------------------------------------------------

// Asked before each operation of demand: `shifts` answers by ns_tracer_shift.
void ns_tracer_set_shifts(ns_tracer *tracer, void (*shifts)(void *opaque), void *opaque);
void ns_tracer_shift(ns_tracer *tracer, const ns_jit_shift *shift);
// A helper thread gets a job; the records of its end come between the two calls of the other.
void ns_tracer_compilation(ns_tracer *tracer, const ns_jit_compilation *compilation);
void ns_tracer_installs(ns_tracer *tracer, uint32_t number, bool begins);

// -- The heap -------------------------------------------------------------------------------------

// What was allocated at the ends of pages. The scavenge that is due comes before what happens now.
void ns_tracer_page_ends(ns_tracer *tracer, ns_heap *heap);
void ns_tracer_behind(ns_tracer *tracer, const ns_heap *heap);
// site: of the literal that made it, 0: none; optimized: by optimized code.
void ns_tracer_born(ns_tracer *tracer, const ns_heap *heap, const ns_life *life, uint16_t site,
                    bool optimized);
void ns_tracer_moved(ns_tracer *tracer, uintptr_t from, const ns_life *life);
void ns_tracer_died(ns_tracer *tracer, const ns_life *life, bool held);
// objects: what ns_heap_resized returned.
void ns_tracer_resized(ns_tracer *tracer, const ns_heap *heap, const ns_life *life, int32_t words,
                       int32_t garbage, int objects);
// A collection may come now, or comes: what was born and has died until now goes to the trace.
void ns_tracer_check(ns_tracer *tracer);
void ns_tracer_collect(ns_tracer *tracer);
// Something was allocated since the last stack check that the recorder has seen: it wants to see
// the next. Nothing is due there in this run, but every so often the trace gets a point where a
// replay with a smaller heap may collect. `accrued` as for ns_tracer_job.
bool ns_tracer_point_due(const ns_tracer *tracer);
void ns_tracer_point(ns_tracer *tracer, ns_time accrued);
void ns_tracer_heap_tasks(ns_tracer *tracer, bool drain);
// Garbage that no collection has found yet: `find` tells of it by ns_tracer_garbage, and returns
// how many objects it looked at. The last time it is asked before the last unit is closed.
typedef size_t ns_tracer_find(void *opaque);
void ns_tracer_set_find(ns_tracer *tracer, ns_tracer_find *find, void *opaque);
void ns_tracer_garbage(ns_tracer *tracer, const ns_life *life);
void ns_tracer_last_garbage(ns_tracer *tracer);
// A collection has found out what is dead; all: in the old generation, too.
void ns_tracer_found_dead(ns_tracer *tracer, bool all);
// Records come from within a collection now, or no longer.
void ns_tracer_in_collection(ns_tracer *tracer, bool inside);

#endif

// Traces (.nst): what the JavaScript of a run did to the models, in the order in which it did it,
// so that the models can be run again without it (src/replay). docs/trace.md describes the format.
//
// A trace is made of units: a piece of JavaScript with one cause, such as the callback of a
// finished task with the ticks and microtasks after it. A unit is a stream of operations: CPU
// demand between two meetings with the models, tasks that are submitted, bytes that are allocated
// and die. What a unit starts has an entry in the table of spawns, and that entry names the unit
// that runs when it comes back. The units of one request, or of none, form a tree.
#ifndef NS_TRACE_NST_H
#define NS_TRACE_NST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "trace/record.h"

enum { NS_NST_VERSION = 9 };

// Operands, by letter: u a whole number, i one with a sign, s a string, t a site, r a record, S a
// spawn, U a unit, J a compilation. HEAP has a form of its own:
//   HEAP    cohort, bytes allocated young (i), how much more it was at the peak (bytes that were
//           assumed are given back), of these alive (i), objects (i), bytes allocated old, then
//           pieces, literals and deaths
//           number of pieces, each: place, bytes (large and external allocations)
//           number of literals, each a cohort of its own, with the numbers that follow
//           the operation's: NS_NST_LITERAL bits, bytes, of these alive (i), objects alive (i),
//           objects allocated
//           number of deaths, each: place, cohort of birth (how many before this one), bytes (i)
#define NS_NST_OPS(X)                                                                              \
    X(END, "")            /* of the unit */                                                        \
    X(SYNC, "u")          /* demand in ns, then meet the CPU model */                              \
    X(SYNCS, "uuu")       /* several: how many (1..64), the least, bits: 1 ns more */              \
    X(CHARGE, "u")        /* demand that is met later */                                           \
    X(CHECK, "")          /* V8's stack check: collect if it is due; limits */                     \
    X(POINT, "u")         /* one that found nothing to do: demand of the next SYNC, CHARGE or */   \
                          /* TAIL so far */                                                        \
    X(ROW_BEGIN, "")      /* of a callback */                                                      \
    X(ROW_END, "tii")     /* site, async id, trigger id */                                         \
    X(SWITCH, "u")        /* work for the tree's request (1) or for none (0) */                    \
    X(REQUEST_END, "s")   /* of the tree's request: status */                                      \
    X(FRAGMENT, "U")      /* a unit with other causes runs here */                                 \
    X(SUBMIT, "S")        /* a task */                                                             \
    X(UPDATE_TIME, "")    /* uv_update_time */                                                     \
    X(SLEEP, "u")         /* uv_sleep: ms */                                                       \
    X(DISK_WAIT, "uuuuu") /* a synchronous operation: kind, direct, file, offset, bytes */         \
    X(DISK_WARM, "uu")    /* file, bytes */                                                        \
    X(DISK_FORGET, "u")                                                                            \
    X(HEAP, "*")       /* births and deaths */                                                     \
    X(CYCLES, "")      /* a collection found what is dead; follows what collected */               \
    X(TASKS, "u")      /* V8's foreground tasks; 1: until there are none */                        \
    X(COLLECT, "")     /* gc() */                                                                  \
    X(JIT_JOB, "J")    /* a compilation gets to a helper thread */                                 \
    X(SHIFT, "Juuii")  /* of what demand comes next; see ns_nst_compilation */                     \
    X(RECORD, "ri")    /* that the models of replay do not make, and its time, from now */         \
    X(GC_RECORD, "ri") /* the same, by the collection whose CYCLES came before */                  \
    X(EXIT, "is")      /* process.reallyExit: code, status ("" when it has none) */                \
    X(START, "")       /* the main script ran: arrivals begin */                                   \
    X(TAIL, "u")       /* demand of a unit's end, that is met with the next */                     \
    X(IMMEDIATE, "S")  /* setImmediate */                                                          \
    X(IMMEDIATE_CLEAR, "S")                                                                        \
    X(IMMEDIATE_REFS, "i") /* how many more there are that keep the loop alive, NATIVE included */ \
    X(NATIVE, "S")         /* node::Environment::SetImmediate */                                   \
    X(NATIVES_DONE, "")    /* of the last unit of a round of these: ticks follow */                \
    X(OUTSTANDING, "")     /* an Immediate threw: more of them may run in this round */            \
    X(TIMER, "S")          /* a Timeout is started, or started again */                            \
    X(TIMER_CLEAR, "Su")   /* 1: it kept the loop alive */                                         \
    X(TIMER_REFS, "i")     /* how many more there are that keep the loop alive */                  \
    X(TIMER_LATE, "")      /* a sample: how late the Timeout is that runs */                       \
    X(TIMERS_DONE, "")     /* of the last unit of a round of timers: processTimers returned */

typedef enum ns_nst_op {
#define X(name, operands) NS_OP_##name,
    NS_NST_OPS(X)
#undef X
        NS_OPS
} ns_nst_op;

enum { NS_NST_SYNCS = 64 };

// Where an allocation lives: as ns_heap_place of model/heap.h. Deaths have more: how many objects
// of new space, and bytes and objects of it that garbage of the old generation held.
// What a literal made (pretenuring): its site above these bits. Optimized code allocates where V8
// has decided: old in this run, or young; other objects are counted for that decision. The bytes
// are among those of the operation.
enum { NS_NST_LITERAL_OLD = 1, NS_NST_LITERAL_OPTIMIZED = 2, NS_NST_LITERAL_BITS = 2 };

enum { NS_NST_PLACES = 4, NS_NST_OBJECTS = 4, NS_NST_HELD, NS_NST_HELD_OBJECTS, NS_NST_DEATHS };

// What a unit starts.
typedef enum ns_nst_spawn_kind {
    NS_NST_TASK,
    NS_NST_TIMER,
    NS_NST_IMMEDIATE,
    NS_NST_NATIVE,
    NS_NST_SPAWN_KINDS
} ns_nst_spawn_kind;

typedef struct ns_nst_disk {
    int kind; // ns_disk_kind
    bool direct;
    uint64_t file;
    int64_t offset, bytes;
} ns_nst_disk;

typedef struct ns_nst_spawn {
    ns_nst_spawn_kind kind;
    uint32_t unit; // that runs when it comes back, plus 1; 0: it never did
    // A task:
    uint8_t task_kind; // ns_task_kind
    bool slow;
    const char *name;
    int64_t cpu, wait;
    ns_nst_disk disk;
    ns_nst_disk effect; // done by its thread: NS_DISK_NONE, or kind 100 warms `bytes`, 101 forgets
    // A timer: each start of a Timeout is a spawn.
    uint32_t chain; // the first start of this Timeout
    int32_t ms;
    bool repeats; // started by its own callback's end, from the time of its beginning
} ns_nst_spawn;
enum { NS_NST_WARM = 100, NS_NST_FORGET = 101 };

// Of callback rows. `phase` is NS_PHASES where it is the loop's.
typedef struct ns_nst_site {
    ns_phase phase;
    const char *kind, *name, *script;
    int32_t line;
} ns_nst_site;

enum { NS_NST_NEEDS = 3 };
typedef struct ns_nst_unit {
    uint32_t tree; // 0: of no request
    // Of a fragment: it lies in a unit of another tree; units that come before it wherever it runs,
    // plus 1, 0: none.
    bool foreign;
    uint32_t needs[NS_NST_NEEDS];
    size_t offset, length;
} ns_nst_unit;

// A request: the first unit of its tree.
typedef struct ns_nst_request {
    uint32_t cls, order; // index of its class, and how manyeth of it it was, from 0
    uint32_t unit;       // plus 1; 0: it was never delivered
    bool ended;
} ns_nst_request;

// A compilation on a helper thread. Its code is installed at the first CHECK after its end, with
// its records. SHIFT tells what JavaScript would have cost more in the demand that comes next: if
// the code had been installed already, or (second operand 1) not yet, when activations began that
// many CHECKs ago (third); CPU in ns, bytes of garbage.
typedef struct ns_nst_compilation {
    int64_t demand;  // ns
    uint32_t after;  // the compilation, plus 1, that has to be installed before, and
    uint32_t checks; // so many CHECKs before this begins; 0: none
    uint32_t first_record, record_count;
    int64_t record_delay; // of its records' time, from the CHECK
    uint32_t function;    // id of what is compiled
    bool maglev;
} ns_nst_compilation;

// Of cyclic garbage, which only a collection finds: what it was by the time when cohort `when` was
// born. In ascending order of `when`, `cohort` and `place`.
typedef struct ns_nst_death {
    uint32_t when, cohort; // of birth, not above `when`
    uint8_t place;
    int64_t count; // bytes or objects
} ns_nst_death;

// A trace in memory; all of it belongs to the trace.
typedef struct ns_nst {
    const char *nsim_version, *workload; // absolute path of the file that was run
    const char *const *sets;             // its overrides, NULL-terminated
    uint64_t hash;                       // of the resolved workload
    const char *unsupported;             // what the program used that cannot be replayed, or ""
    const char *status;
    int exit_code;
    int pool_threads; // what node.threadpool: auto stands for; 0: the default, or no pool
    uint32_t cohorts; // of allocations
    const ns_nst_site *sites;
    uint32_t site_count;
    const ns_nst_spawn *spawns;
    uint32_t spawn_count;
    const ns_nst_unit *units; // unit 0 is the main script
    uint32_t unit_count;
    const ns_nst_request *requests; // by tree, from 1: requests[tree - 1], in order of arrival
    uint32_t request_count;
    const uint32_t *loop_ends; // units after the loop ran out, in order (beforeExit)
    uint32_t loop_end_count;
    const uint32_t *firings; // units of libuv's timer when no Timeout was due, in order
    uint32_t firing_count;
    uint32_t final_unit; // exit, plus 1; 0: none
    const ns_record *records;
    uint32_t record_count, first_last; // from first_last on: those that end the run
    const ns_nst_compilation *compilations;
    uint32_t compilation_count;
    const ns_nst_death *deaths;
    uint32_t death_count;
    const char *const *strings; // of the operands
    uint32_t string_count;
    const uint8_t *ops;
    size_t ops_size;
} ns_nst;

// -- Writing --------------------------------------------------------------------------------------

// NS_EIO, NS_ENOMEM. No half-written file is left.
int ns_nst_write(const char *path, const ns_nst *trace, ns_err *err);
// The bytes of a file.
void ns_nst_encode(const ns_nst *trace, ns_buf *out);

// -- Reading --------------------------------------------------------------------------------------

typedef struct ns_nst_file ns_nst_file;
// NS_EINVAL: no such file, no trace, damaged, of another version. Whatever the bytes are, what is
// returned can be replayed without further checks of indices and lengths.
int ns_nst_load(ns_nst_file **out, const char *path, ns_err *err);
// The same of bytes; `name` is for messages.
int ns_nst_parse(ns_nst_file **out, const char *name, const void *bytes, size_t size, ns_err *err);
const ns_nst *ns_nst_of(const ns_nst_file *file);
void ns_nst_free(ns_nst_file *file);

// -- Numbers --------------------------------------------------------------------------------------

// LEB128; signed numbers are zigzag-coded.
void ns_nst_put(ns_buf *out, uint64_t value);
static inline uint64_t ns_nst_zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}
static inline int64_t ns_nst_signed(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

// For qsort, of two ns_nst_death.
int ns_nst_compare_deaths(const void *a, const void *b);

// Reads bytes that were checked.
typedef struct ns_nst_cursor {
    const uint8_t *at;
} ns_nst_cursor;
static inline uint64_t ns_nst_get(ns_nst_cursor *c)
{
    uint64_t byte = *c->at++, value = byte & 127;
    for (int shift = 7; byte & 128; shift += 7) {
        byte = *c->at++;
        value |= (byte & 127) << shift;
    }
    return value;
}
static inline int64_t ns_nst_get_signed(ns_nst_cursor *c)
{
    return ns_nst_signed(ns_nst_get(c));
}

// The fields of a record of a type that traces carry (jit_event, jit_function, ic_site,
// alloc_site), times left out; NULL and 0 for other types.
typedef struct ns_nst_field {
    enum { NS_NST_INT32, NS_NST_INT64, NS_NST_BOOL, NS_NST_STRING } type;
    size_t offset; // in ns_record
} ns_nst_field;
const ns_nst_field *ns_nst_fields(ns_rec_type type, int *count);
// Operands of an operation, as above.
const char *ns_nst_operands(ns_nst_op op);

#endif

// The one stream of typed records. Models and bindings emit; the sinks (SQLite store, summary,
// trace file) consume. Each struct is one row of the table of the same name in docs/schema.md.
// Times are ns of virtual time. Strings are borrowed: a sink copies what it keeps.
#ifndef NS_TRACE_RECORD_H
#define NS_TRACE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ns_rec_type {
    NS_REC_LOOP_ITERATION,
    NS_REC_CALLBACK,
    NS_REC_POOL_TASK,
    NS_REC_POLLER_EVENT,
    NS_REC_REQUEST,
    NS_REC_GC_EVENT,
    NS_REC_HEAP_SAMPLE,
    NS_REC_ALLOC_SITE,
    NS_REC_JIT_FUNCTION,
    NS_REC_JIT_EVENT,
    NS_REC_IC_SITE,
    NS_REC_SAMPLE,
    NS_REC_HISTOGRAM,
    NS_REC_STACK_NODE,
    NS_REC_CPU_SAMPLE,
    NS_REC_ALLOC_STACK,
    NS_REC_TYPES
} ns_rec_type;

// libuv's phases; the last ones are what Node runs outside the loop's own phases.
typedef enum ns_phase {
    NS_PHASE_MAIN, // the main script, before the loop
    NS_PHASE_TIMERS,
    NS_PHASE_PENDING,
    NS_PHASE_IDLE,
    NS_PHASE_PREPARE,
    NS_PHASE_POLL,
    NS_PHASE_CHECK,
    NS_PHASE_CLOSING,
    NS_PHASE_TICK,      // a drain of process.nextTick
    NS_PHASE_MICROTASK, // a drain of the microtask queue
    NS_PHASE_EXIT,      // beforeExit and exit listeners
    NS_PHASES
} ns_phase;
const char *ns_phase_name(ns_phase phase); // "timers"

typedef struct ns_rec_loop_iteration {
    int64_t seq, start_ns, timers_ns, pending_ns, idle_prepare_ns;
    int64_t poll_ns, poll_wait_ns; // in poll altogether; of that, waiting for an event
    int64_t check_ns, close_ns;
    int64_t early_timers_ns; // of timers_ns, at the start: the run of timers before the loop
    int64_t late_pending_ns; // of pending_ns, after poll
} ns_rec_loop_iteration;

// One entry from C into JavaScript. Ids count from 1; 0 means none.
typedef struct ns_rec_callback {
    int64_t id;
    ns_phase phase;
    const char
        *kind; // Node's provider: "FSREQCALLBACK", "Timeout", "Immediate", "MAIN", "TickObject"
    const char *name; // of the JavaScript function, "" when it has none
    const char *script;
    int32_t line;
    int64_t start_ns, end_ns, cpu_ns, gc_ns;
    int64_t trigger_id, async_id;
    int64_t request_id; // the request it works for, 0 when none
} ns_rec_callback;

typedef struct ns_rec_pool_task {
    int64_t id;
    const char *kind;                             // "fs", "dns", "crypto", "zlib", "other"
    const char *name;                             // "fs.open", "crypto.pbkdf2"
    int64_t submit_ns, start_ns, end_ns, done_ns; // done: its callback on the loop began
    int32_t thread;                               // from 0; -1 when cancelled before it started
    int64_t cpu_ns;      // demand; start..end also holds the wait for a core
    int64_t wait_ns;     // device or name service
    int64_t callback_id; // the callback that submitted it
    int64_t request_id;
} ns_rec_pool_task;

typedef struct ns_rec_poller_event {
    int64_t t_ns, iteration;
    const char *source; // "async", "arrival", "net"
    int64_t ready_ns;   // when the kernel had it; t_ns - ready_ns is the wait for the loop
} ns_rec_poller_event;

// The parts sum to done_ns - arrival_ns exactly.
typedef struct ns_rec_request {
    int64_t id;
    const char *cls; // the arrival class
    int64_t arrival_ns, start_ns, done_ns;
    const char *status; // "ok", "error", "unfinished"
    int64_t loop_wait_ns, own_js_ns, other_js_ns, pool_queue_ns, pool_service_ns, device_ns, gc_ns,
        safepoint_ns, rest_ns;
    bool warmup;
} ns_rec_request;

typedef struct ns_rec_gc_event {
    const char *kind, *reason, *detail; // "scavenge", "mark-compact"; as V8 prints them
    int64_t start_ns, pause_ns, concurrent_ns, before_bytes, after_bytes, promoted_bytes;
    int64_t to_safepoint_ns;        // of the pause: until all helper threads had stopped
    int64_t after_safepoint_ns;     // of the pause: main had no core when these went on
    const char *safepoint_function; // whose compilation was the last to stop; "": none
    int64_t survived_bytes, survived_objects, touched_bytes, marked_bytes;
    int64_t committed_before_bytes, committed_after_bytes;
    // Of incremental marking, 0 without: steps on the main thread, and the time since its start.
    int64_t steps, steps_ns, longest_step_ns, marking_ns;
    double average_mu, current_mu; // mutator utilization, as V8 computes it
} ns_rec_gc_event;

typedef struct ns_rec_heap_sample {
    int64_t t_ns;
    const char *space;
    int64_t used, committed;
} ns_rec_heap_sample;

typedef struct ns_rec_alloc_site {
    const char *name, *script; // of the function
    int32_t line;              // of the call or the literal in it
    int64_t bytes;             // allocated there, of V8's heap; sampled
} ns_rec_alloc_site;

typedef struct ns_rec_jit_function {
    int64_t id;
    const char *name, *script;
    int32_t line;
    int64_t bytecode_size, calls, bytecodes, back_edges;
    const char *tier, *not_optimized; // at the end; why not in TurboFan, "" when it is
    int64_t optimizations, deopts;
    int64_t ignition_ns, sparkplug_ns, maglev_ns, turbofan_ns;
} ns_rec_jit_function;

typedef struct ns_rec_jit_event {
    int64_t t_ns, function_id;
    const char *kind, *from_tier, *to_tier, *reason, *site, *detail;
    const char *caller; // of a deoptimization: "script:line" that called the function; "": none
    int64_t site_function_id; // where the site is: the function, or one that is inlined; 0: none
    int32_t bytecode_offset;  // of the site, in V8's bytecode; -1: none
    int32_t opt_id;           // of the optimized code, from 0; -1: none
    bool osr;
    int64_t prepare_ns, execute_ns, finalize_ns;
} ns_rec_jit_event;

typedef struct ns_rec_ic_site {
    int64_t function_id;
    int32_t offset, line, column;
    const char *kind, *state; // "load", "monomorphic"
    int64_t hits;
    int32_t shapes;
} ns_rec_ic_site;

typedef struct ns_rec_sample {
    int64_t t_ns;
    const char *metric; // "pool.queue", "pool.busy", "loop.delay"
    double value;
} ns_rec_sample;

typedef struct ns_rec_histogram {
    const char *metric;
    const char *encoded; // base64 of HdrHistogram's V2 encoding
} ns_rec_histogram;

// A call stack is a node of a tree: a function, called by that of its parent.
enum { NS_STACK_ROOT = 1, NS_STACK_PROGRAM, NS_STACK_IDLE, NS_STACK_GC, NS_STACK_FIRST };
typedef struct ns_rec_stack_node {
    int64_t id, parent_id;     // 0: of the root
    const char *name, *script; // of the function; "(root)", "(program)", "(idle)", ...
    int32_t line, column;      // of the function
} ns_rec_stack_node;

// The main thread over virtual time: samples cover it without gaps.
typedef struct ns_rec_cpu_sample {
    int64_t start_ns, duration_ns, node_id;
    int32_t line; // where the innermost function stood; 0: none
} ns_rec_cpu_sample;

typedef struct ns_rec_alloc_stack {
    int64_t node_id;
    int32_t line;
    int64_t bytes, samples, live_bytes;
} ns_rec_alloc_stack;

typedef struct ns_record {
    ns_rec_type type;
    union {
        ns_rec_loop_iteration loop_iteration;
        ns_rec_callback callback;
        ns_rec_pool_task pool_task;
        ns_rec_poller_event poller_event;
        ns_rec_request request;
        ns_rec_gc_event gc_event;
        ns_rec_heap_sample heap_sample;
        ns_rec_alloc_site alloc_site;
        ns_rec_jit_function jit_function;
        ns_rec_jit_event jit_event;
        ns_rec_ic_site ic_site;
        ns_rec_sample sample;
        ns_rec_histogram histogram;
        ns_rec_stack_node stack_node;
        ns_rec_cpu_sample cpu_sample;
        ns_rec_alloc_stack alloc_stack;
    };
} ns_record;

// A consumer. `emit` must not re-enter the simulation; it keeps its own errors and reports them
// when it is closed.
typedef struct ns_sink {
    void (*emit)(struct ns_sink *sink, const ns_record *record);
} ns_sink;

static inline void ns_emit(ns_sink *sink, const ns_record *record)
{
    if (sink)
        sink->emit(sink, record);
}

// A sink that passes each record on to several others, in order. `sinks` is borrowed.
typedef struct ns_tee {
    ns_sink sink;
    ns_sink **sinks;
    int count;
} ns_tee;
void ns_tee_init(ns_tee *tee, ns_sink **sinks, int count);

#endif

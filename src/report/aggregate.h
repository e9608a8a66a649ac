// What the summary knows of a run: aggregates of bounded size, filled by a sink. Records of one
// type must come in the order in which they were emitted, and those of other types may come before
// or after them, with one exception: the main script's callback comes before the samples that
// follow it. So a database, read table by table, gives the same figures as the run itself.
#ifndef NS_REPORT_AGGREGATE_H
#define NS_REPORT_AGGREGATE_H

#include "report/delay.h"
#include "report/report.h"
#include "report/tiers.h"
#include "sim/stats.h"

enum {
    NS_TOP_CALLBACKS = 5,
    NS_TOP_SITES = 8,
    NS_GC_SCAVENGES = 0, // index into ns_summary.gc
    NS_GC_FULL = 1,
    NS_KINDS_MAX = 8,
    NS_NAMES_MAX = 48,
    NS_CLASSES_MAX = 64,
    NS_PARTS = 9,
    NS_PART_SAFEPOINT = 7 // index of ns_part_names
};

// From this length on, a callback blocks the loop: the W3C's Long Tasks call 50 ms long.
#define NS_BLOCKING_NS INT64_C(50000000)

typedef struct ns_top_callback {
    int64_t duration, start, cpu;
    ns_phase phase;
    char kind[32], name[80], script[256];
    int32_t line;
} ns_top_callback;

typedef struct ns_phase_totals {
    int64_t count, total, longest;
    int64_t blocking, blocking_ns; // callbacks of NS_BLOCKING_NS or more
} ns_phase_totals;

typedef struct ns_task_name { // tasks by the operation: "fs.read"
    char name[48];
    int64_t count, waited, queue_ns, held_ns; // waited: tasks that found no free thread
} ns_task_name;

typedef struct ns_task_totals {
    char kind[16];
    ns_hist *queue;   // start - submit
    ns_hist *service; // end - start
    int64_t count, cancelled, queue_ns, cpu_ns, wait_ns, held_ns;
} ns_task_totals;

typedef struct ns_class_totals {
    char cls[64];
    ns_hist *latency; // of those that finished
    int64_t count, errors, unfinished, warmup;
    int64_t first_arrival, last_done; // of those that finished, ns
    int64_t parts[NS_PARTS];          // in the order of ns_part_names
} ns_class_totals;

// Where the program allocated most, in falling order.
typedef struct ns_alloc_site {
    int64_t bytes;
    char name[80], script[256];
    int32_t line;
} ns_alloc_site;

typedef struct ns_call_totals {
    int64_t count, total, longest;
} ns_call_totals;

// Collections of one kind.
typedef struct ns_gc_totals {
    ns_call_totals pauses;
    int64_t allocated;          // before them, since the collection before; bytes
    int64_t young;              // that had survived one collection before them, bytes
    int64_t survived, promoted; // bytes
} ns_gc_totals;

typedef struct ns_heap_totals {
    int64_t first, last;   // ends of the first and the last collection, ns
    int64_t copied;        // by the last collection, to survive another; bytes
    int64_t after_last;    // in use after the last collection, bytes
    int64_t largest;       // in use before a collection
    int64_t concurrent_ns; // CPU demand of helper threads
    ns_call_totals waits;  // of pauses, for threads that compiled
    char compiled[80];     // by the longest of them
    int64_t sampled;       // of all sites, bytes
    ns_alloc_site sites[NS_TOP_SITES];
    int site_count;
} ns_heap_totals;

// nextTick callbacks and microtasks that ran one after the other, with nothing else between.
typedef struct ns_drain {
    int64_t start, end, ticks;
} ns_drain;

struct ns_summary {
    ns_sink sink;
    int64_t last; // the end of the latest record
    // Event loop. The time before, in the parts of the iterations, waiting and between them is the
    // whole run up to the end of the last iteration.
    int64_t iterations, loop_start, loop_end;
    int64_t timers_ns, pending_ns, idle_prepare_ns, poll_ns, wait_ns, check_ns, close_ns,
        between_ns;
    ns_delay delay;
    int64_t first_stretch; // from 0 until the loop first looked for events; not in `delay`
    int64_t stretch;       // since the loop last looked for events
    // Callbacks
    ns_phase_totals phases[NS_PHASES];
    ns_top_callback top[NS_TOP_CALLBACKS];
    int top_count;
    ns_drain drain, longest_drain;
    int64_t main_start, main_end;          // of the main script; -1 until then
    ns_call_totals sync_start, sync_later; // synchronous fs calls, before and after main_end
    // Pool
    ns_task_totals kinds[NS_KINDS_MAX];
    int kind_count;
    ns_hist *queue; // of all tasks
    ns_task_name names[NS_NAMES_MAX];
    int name_count;
    int64_t tasks, first_submit, last_end;
    int threads_seen;
    // Poller, requests, garbage collection
    ns_hist *event_wait; // t - ready
    ns_class_totals classes[NS_CLASSES_MAX];
    int class_count;
    ns_gc_totals gc[2]; // scavenges, mark-compacts
    ns_heap_totals heap;
    ns_tiers tiers;
    bool failed;    // out of memory
    char *texts[4]; // of a run that was read back
};

extern const char *const ns_part_names[NS_PARTS];
void ns_request_parts(const ns_rec_request *request, int64_t parts[NS_PARTS]);
// Whether waits for threads that compile are worth a word, beside all pauses: where each thread has
// a core, one takes some us.
bool ns_waits_matter(int64_t waits, int64_t pauses);
bool ns_summary_waited(const ns_summary *summary, int part); // a request did

// What follows from the aggregates and the row of the run.
typedef struct ns_figures {
    int64_t virtual_ns;   // a killed run has none: the end of the latest record
    int64_t before_ns;    // before the loop: start-up and the main script
    int64_t after_ns;     // after its last iteration: exit
    double utilization;   // of the loop, 0..1, as performance.eventLoopUtilization has it
    double speed;         // of a core: aggregates of CPU demands are on one of speed 1
    int threads;          // of the pool
    double pool_busy;     // 0..1, since the first task
    double pool_full;     // share of the run, -1 when not known
    int64_t held_ns;      // thread time in service
    int64_t core_wait_ns; // of that, waiting for a core
    bool no_rows;         // read from a database that has no callbacks, tasks, iterations
    double sampling;      // share of the callbacks that were recorded
} ns_figures;

// `delay` is of the time from the main script on: nobody can wait before it. The last stretch ends
// with the run. May be called again, with more records or other totals.
int ns_figures_make(const ns_summary *summary, const ns_run_info *info, ns_figures *out,
                    ns_delay *delay, ns_err *err);

#endif

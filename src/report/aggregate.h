// What the summary knows of a run: aggregates of bounded size, filled by a sink.
#ifndef NS_REPORT_AGGREGATE_H
#define NS_REPORT_AGGREGATE_H

#include "report/report.h"
#include "sim/stats.h"

enum { NS_TOP_CALLBACKS = 5, NS_KINDS_MAX = 8, NS_NAMES_MAX = 48, NS_CLASSES_MAX = 64 };

typedef struct ns_top_callback {
    int64_t duration, start, cpu;
    ns_phase phase;
    char kind[32], name[80], script[160];
    int32_t line;
} ns_top_callback;

typedef struct ns_task_name { // tasks by the API that made them: "fs.read"
    char name[48];
    int64_t count;
    int64_t queue_ns;
} ns_task_name;

typedef struct ns_task_totals {
    char kind[16];
    ns_hist *queue;   // start - submit
    ns_hist *service; // end - start
    int64_t count, cancelled, cpu_ns, wait_ns, held_ns;
} ns_task_totals;

typedef struct ns_class_totals {
    char cls[64];
    ns_hist *latency;
    int64_t count, errors, unfinished, warmup;
    int64_t parts[7]; // loop wait, own JS, other JS, pool queue, pool service, device, rest
} ns_class_totals;

struct ns_summary {
    ns_sink sink;
    int64_t iterations, callbacks, phase_ns[NS_PHASES], phase_count[NS_PHASES];
    int64_t loop_busy_ns, loop_wait_ns;
    ns_hist *loop_delay; // busy time of one iteration: what an event that became ready may wait
    ns_top_callback top[NS_TOP_CALLBACKS];
    int top_count;
    ns_task_totals kinds[NS_KINDS_MAX];
    int kind_count;
    ns_hist *queue; // of all tasks
    ns_task_name names[NS_NAMES_MAX];
    int name_count;
    int64_t tasks;
    ns_class_totals classes[NS_CLASSES_MAX];
    int class_count;
    int64_t sync_count, sync_ns, sync_max;
    int64_t longest_tick_run, tick_run; // consecutive nextTick callbacks without another phase
    int64_t tick_run_ns, longest_tick_run_ns, tick_run_start;
    int failed;     // out of memory
    char *texts[4]; // of a run that was read back
};

extern const char *const ns_part_names[7];

// One sentence that says what is wrong, or an empty list. `text` holds sentences, one per line.
void ns_verdicts(const ns_summary *s, const ns_run_info *info, char *text, size_t size);

#endif

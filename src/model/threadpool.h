// libuv's thread pool (source: deps/uv/src/threadpool.c of libuv 1.46).
//
// One FIFO queue; threads start at the first submission and then all at once. Slow I/O (name
// service) may hold at most (n + 1) / 2 threads: such tasks wait in a queue of their own, for which
// a marker stands in the main queue. Completions are collected, and one async wake-up of the loop
// may deliver many, in the order in which they completed.
#ifndef NS_MODEL_THREADPOOL_H
#define NS_MODEL_THREADPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "model/cpu.h"
#include "model/disk.h"
#include "trace/record.h"

struct ns_loop;

typedef enum ns_task_kind {
    NS_TASK_FS,
    NS_TASK_DNS,
    NS_TASK_CRYPTO,
    NS_TASK_ZLIB,
    NS_TASK_OTHER,
    NS_TASK_KINDS
} ns_task_kind;
const char *ns_task_kind_name(ns_task_kind kind); // "fs"

// What a task needs of the machine. A thread is held for the CPU and the waits alike, in the order
// CPU, device, wait.
typedef struct ns_demand {
    ns_time cpu;
    ns_disk_op disk; // kind NS_DISK_NONE when it needs none
    ns_time wait;    // a fixed wait, for what is not the disk (name service)
} ns_demand;

// Caller-owned; must stay until `done` has run. Fields below `data` belong to the pool; they may be
// read in `done`.
typedef struct ns_task ns_task;
struct ns_task {
    ns_task_kind kind;
    const char *name; // static: "fs.open"
    bool slow;        // UV__WORK_SLOW_IO
    // A thread takes the task: compute the real result and say what it costs (`demand` is zeroed).
    // Not on the loop's thread: no JavaScript here.
    void (*work)(ns_task *task, ns_demand *demand);
    // On the loop's thread, in its poll phase. status 0, or -1 (UV_ECANCELED) when it was
    // cancelled. The task is the caller's again.
    void (*done)(ns_task *task, int status);
    void *data;
    int64_t callback_id, request_id; // of the pool_task record
    // From 1 in order of submission.
    int64_t id;
    ns_time submit, start, end, done_at; // start..end: a thread had it
    ns_time waited;                      // of that, for the device and the fixed wait
    ns_demand demand;
    int thread; // from 0; -1 when it was cancelled
    int state;
    ns_list link;
    struct ns_pool *pool;
};

typedef struct ns_pool ns_pool;
typedef struct ns_pool_options {
    int threads;          // 1..1024; 0 means 4, libuv's default
    ns_time wakeup;       // from the signal until an idle thread wants a core
    ns_time signal;       // CPU of the submitting thread when it signals an idle one
    ns_time thread_start; // CPU of the submitting thread per pool thread, at the first submission
    ns_time overhead;     // CPU of a pool thread per task: to take it and to post its completion
} ns_pool_options;
// Fill in all but `threads` from the profile ("pool.*").
void ns_pool_read_costs(ns_pool_options *options, const ns_profile *profile);

// `sink` takes one pool_task record per task, when its `done` begins; it may be NULL.
int ns_pool_new(ns_pool **out, ns_sim *sim, ns_cpu *cpu, ns_disk *disk, struct ns_loop *loop,
                const ns_pool_options *options, ns_sink *sink, ns_err *err);
// `disk` may be NULL if no task needs it. The loop must outlive the pool: free the pool, then the
// loop.
void ns_pool_free(ns_pool *pool);

// Queue a task: uv_queue_work. It keeps the loop alive (uv__req_register) until its `done` begins.
// On the loop's thread this syncs first, so that the task starts no earlier than it is submitted.
void ns_pool_submit(ns_pool *pool, ns_task *task);
// uv_cancel: true if no thread had taken it; `done` will then run with -1. False otherwise.
bool ns_pool_cancel(ns_pool *pool, ns_task *task);

typedef struct ns_pool_stats {
    int threads;      // started; 0 before the first task
    int busy, queued; // now
    uint64_t submitted, completed;
    double utilization; // busy threads / threads, time-weighted, since the first task
    double full_share;  // share of the time since the first task with every thread busy
    ns_time span;       // since the first task
    ns_time busy_time;  // summed over the threads
    ns_time full_time;  // with every thread busy
} ns_pool_stats;
void ns_pool_get_stats(const ns_pool *pool, ns_pool_stats *out);

#endif

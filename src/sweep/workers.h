// Work spread over processes: each task runs in a forked child and sends its result back through a
// pipe. A child that crashes breaks its own task only. Results are handed over in the order of the
// tasks, so that what is made of them does not depend on how many run at once. A child begins with
// what the parent knows at that moment: what a task needs of another one it finds in `opaque`.
#ifndef NS_SWEEP_WORKERS_H
#define NS_SWEEP_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

typedef struct ns_workers {
    int jobs;           // children at a time, at least 1
    double time_limit;  // s of host time for a task; 0: none
    volatile int *stop; // set by a signal handler: children are killed, ns_workers_run returns
    void *opaque;
    // In the child: do task `index` and append its result. An error breaks the task.
    int (*work)(void *opaque, int index, ns_buf *out, ns_err *err);
    int ahead; // tasks that may be begun beyond the first without a result; 0: a few
    // In the parent: whether task `index` can begin now; others may go first. NULL: always. It must
    // become true when tasks that can begin have ended.
    bool (*ready)(void *opaque, int index);
    // In the parent, as soon as the task has ended, in any order: as `done`, which follows. May be
    // NULL.
    int (*ended)(void *opaque, int index, const char *status, const char *bytes, size_t length,
                 ns_err *err);
    // In the parent, for index 0, 1, ...: the result. Of a broken task `status` is "error", "crash:
    // ..." or "limit: time of a run", and the bytes are what is known of why; else it is NULL. An
    // error ends all work.
    int (*done)(void *opaque, int index, const char *status, const char *bytes, size_t length,
                ns_err *err);
    // In the parent, about ten times a second; may be NULL. `finished` of the tasks are over.
    void (*tick)(void *opaque, int finished, int running);
} ns_workers;

// Do tasks 0 to count - 1. Returns the first error of `done`, or NS_EIO, NS_ENOMEM when no child
// can be made. All children have ended when it returns.
int ns_workers_run(const ns_workers *workers, int count, ns_err *err);

// Cores of this machine that the process may use; at least 1.
int ns_workers_cores(void);

#endif

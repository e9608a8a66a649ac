// The machine of a workload: what a process runs on, made from the configuration and the profile.
#ifndef NS_LOAD_MACHINE_H
#define NS_LOAD_MACHINE_H

#include "model/disk.h"
#include "model/loop.h"
#include "model/threadpool.h"
#include "trace/result.h"
#include "workload/workload.h"

typedef struct ns_machine {
    ns_sim *sim;
    ns_profile *profile;
    ns_cpu *cpu;
    ns_disk *disk;
    ns_thread *thread; // the main thread: runs body(thread, arg) once it is started
    ns_loop *loop;
} ns_machine;

// The profile that the workload names. NS_EINVAL with the place of machine.profile.
int ns_machine_profile(ns_profile **out, const ns_workload *workload, ns_err *err);

// NS_EINVAL, NS_ENOMEM; what was made must be freed whatever the outcome.
int ns_machine_new(ns_machine *machine, const ns_workload *workload, ns_sink *sink,
                   ns_thread_fn body, void *arg, ns_err *err);
void ns_machine_free(ns_machine *machine); // pools and loads go before

// What the machine tells at the end of a run; `pool` may be NULL. Exit code and status are left to
// the caller.
void ns_machine_result(const ns_machine *machine, const ns_pool *pool, ns_run_result *result);

// The workload's limit that is reached ("limit: virtual time"), NULL when none is. Host time is
// left to the caller.
const char *ns_machine_limit(const ns_machine *machine, const ns_workload *workload);
// When limits are to be looked at next while the loop waits.
ns_time ns_machine_next_watch(const ns_machine *machine, const ns_workload *workload);

#endif

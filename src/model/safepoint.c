#include "model/safepoint.h"

#include <assert.h>
#include <stddef.h>

// PipelineImpl::CreateGraph, OptimizeGraph and AssembleCode in the parts between which a thread is
// parked or not. GRAPH is from the graph's creation to generic lowering (without trimming, which is
// parked and short), EARLY early optimization, BACKEND all from store-store elimination to the
// allocation of registers.
enum part { GRAPH, EARLY, LINEARIZATION, BACKEND, ASSEMBLY, PARTS };
_Static_assert(sizeof((ns_safepoint *)0)->share / sizeof(double) == PARTS, "a share for each part");
_Static_assert(sizeof((ns_compile_job *)0)->left / sizeof(ns_time) == PARTS, "the same");

static bool is_parked(int part)
{
    return part == EARLY || part == BACKEND;
}

void ns_safepoint_init(ns_safepoint *safepoint, ns_cpu *cpu, const ns_profile *profile)
{
    *safepoint = (ns_safepoint){.cpu = cpu};
    ns_list_init(&safepoint->jobs);
    static const char *const names[PARTS] = {
        [GRAPH] = "safepoint.graph",
        [EARLY] = "safepoint.early",
        [LINEARIZATION] = "safepoint.linearization",
        [BACKEND] = "safepoint.backend",
        [ASSEMBLY] = "safepoint.assembly",
    };
    double sum = 0;
    for (int i = 0; i < PARTS; i++)
        sum += safepoint->share[i] = ns_profile_get(profile, names[i]);
    for (int i = 0; i < PARTS; i++)
        safepoint->share[i] = sum > 0 ? safepoint->share[i] / sum : i == GRAPH;
    safepoint->reach = ns_profile_ns(profile, "safepoint.reach");
}

void ns_compile_init(ns_compile_job *job, void (*done)(ns_compile_job *job), void *data,
                     const char *function)
{
    *job = (ns_compile_job){.done = done, .data = data, .function = function};
}

// The next part that there is, or the end.
static void go_on(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    while (job->part < PARTS && job->left[job->part] == 0)
        job->part++;
    if (job->part == PARTS) {
        ns_list_remove(&job->link);
        job->done(job);
        return;
    }
    if (safepoint->requested && !is_parked(job->part)) { // LocalHeap::UnparkSlowPath
        job->stopped = true;
        return;
    }
    ns_time demand = job->left[job->part];
    job->left[job->part] = 0;
    ns_cpu_submit(safepoint->cpu, &job->cpu, demand);
}

static void arrive(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    job->stopped = true;
    safepoint->last = job;
    assert(safepoint->awaited > 0);
    if (--safepoint->awaited > 0 || !safepoint->waiting)
        return;
    ns_thread *thread = safepoint->waiting;
    safepoint->waiting = NULL;
    ns_thread_resume(thread);
}

static void part_served(ns_cpu_job *cpu)
{
    ns_compile_job *job = cpu->data;
    if (job->safepoint->requested && !is_parked(job->part))
        arrive(job); // LocalHeap::SafepointSlowPath, or ParkSlowPath
    else
        go_on(job);
}

void ns_compile_submit(ns_safepoint *safepoint, ns_compile_job *job, ns_time demand, bool maglev)
{
    ns_cpu_job_init(&job->cpu, part_served, job);
    job->safepoint = safepoint;
    job->part = GRAPH;
    job->stopped = false;
    ns_time rest = demand;
    for (int i = ASSEMBLY; i > GRAPH; i--) {
        job->left[i] = maglev ? 0 : (ns_time)((double)demand * safepoint->share[i]);
        rest -= job->left[i];
    }
    job->left[GRAPH] = rest;
    ns_list_push_back(&safepoint->jobs, &job->link);
    go_on(job);
}

void ns_compile_withdraw(ns_compile_job *job)
{
    if (!ns_list_linked(&job->link))
        return;
    ns_list_remove(&job->link);
    ns_cpu_withdraw(job->safepoint->cpu, &job->cpu);
}

static void abandon(void *arg)
{
    ((ns_safepoint *)arg)->waiting = NULL;
}

static ns_compile_job *job_of(ns_list *node)
{
    return ns_list_entry(node, ns_compile_job, link);
}

const char *ns_safepoint_enter(ns_safepoint *safepoint, ns_thread *thread)
{
    assert(!safepoint->requested);
    ns_thread_sync(thread);
    safepoint->requested = true;
    safepoint->last = NULL;
    ns_list *all = &safepoint->jobs;
    for (ns_list *at = all->next; at != all; at = at->next) {
        ns_compile_job *job = job_of(at);
        if (is_parked(job->part))
            continue;
        job->left[job->part] = ns_cpu_cut(safepoint->cpu, &job->cpu, safepoint->reach);
        safepoint->awaited++;
    }
    if (safepoint->awaited > 0) {
        safepoint->waiting = thread;
        ns_thread_suspend(thread, abandon, safepoint);
    }
    return safepoint->last ? safepoint->last->function : NULL;
}

void ns_safepoint_leave(ns_safepoint *safepoint)
{
    safepoint->requested = false;
    ns_list *all = &safepoint->jobs;
    for (ns_list *at = all->next, *next; at != all; at = next) {
        next = at->next;
        ns_compile_job *job = job_of(at);
        if (!job->stopped)
            continue;
        job->stopped = false;
        go_on(job);
    }
}

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

void ns_safepoint_init(ns_safepoint *safepoint, ns_cpu *cpu, ns_thread *main,
                       const ns_profile *profile)
{
    *safepoint = (ns_safepoint){
        .cpu = cpu, .main = main, .threads = (int)ns_profile_get(profile, "heap.workers")};
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

// -- Jobs -----------------------------------------------------------------------------------------

static ns_compile_job *job_of(ns_list *node)
{
    return ns_list_entry(node, ns_compile_job, link);
}

static void stop(ns_compile_job *job)
{
    job->stopped = true;
    job->served = job->cpu.demanded;
}

// The next part that there is. False: there is none.
static bool go_on(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    while (job->part < PARTS && job->left[job->part] == 0)
        job->part++;
    if (job->part == PARTS)
        return false;
    if (safepoint->requested && !is_parked(job->part)) { // LocalHeap::UnparkSlowPath
        stop(job);
        return true;
    }
    ns_time demand = job->left[job->part];
    job->left[job->part] = 0;
    ns_cpu_submit(safepoint->cpu, &job->cpu, demand);
    return true;
}

// Threads take the jobs in their order.
static void begin_jobs(ns_safepoint *safepoint)
{
    ns_list *all = &safepoint->jobs;
    for (ns_list *at = all->next; at != all && safepoint->busy < safepoint->threads;
         at = at->next) {
        ns_compile_job *job = job_of(at);
        if (job->begun)
            continue;
        job->begun = true;
        job->main_before = safepoint->main ? ns_thread_cpu(safepoint->main) : 0;
        safepoint->busy++;
        go_on(job);
    }
}

static void leave_thread(ns_compile_job *job)
{
    ns_list_remove(&job->link);
    job->safepoint->busy--;
    begin_jobs(job->safepoint);
}

static void arrive(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    stop(job);
    safepoint->last = job;
    assert(safepoint->awaited > 0);
    if (--safepoint->awaited > 0 || !safepoint->waiting)
        return;
    safepoint->waiting = false;
    ns_thread_resume(safepoint->main);
}

static void part_served(ns_cpu_job *cpu)
{
    ns_compile_job *job = cpu->data;
    if (job->safepoint->requested && !is_parked(job->part)) {
        arrive(job); // LocalHeap::SafepointSlowPath, or ParkSlowPath
    } else if (!go_on(job)) {
        leave_thread(job);
        job->done(job);
    }
}

void ns_compile_init(ns_compile_job *job, void (*done)(ns_compile_job *job), void *data,
                     const char *function)
{
    *job = (ns_compile_job){.done = done, .data = data, .function = function};
}

void ns_compile_submit(ns_safepoint *safepoint, ns_compile_job *job, ns_time demand, bool maglev)
{
    ns_cpu_job_init(&job->cpu, part_served, job);
    job->safepoint = safepoint;
    job->part = GRAPH;
    job->begun = job->stopped = false;
    ns_time rest = demand > 0 ? demand : 1;
    for (int i = ASSEMBLY; i > GRAPH; i--) {
        job->left[i] = maglev ? 0 : (ns_time)((double)demand * safepoint->share[i]);
        rest -= job->left[i];
    }
    job->left[GRAPH] = rest;
    ns_list_push_back(&safepoint->jobs, &job->link);
    begin_jobs(safepoint);
}

void ns_compile_withdraw(ns_compile_job *job)
{
    if (!ns_list_linked(&job->link))
        return;
    if (!job->begun) {
        ns_list_remove(&job->link);
        return;
    }
    ns_cpu_withdraw(job->safepoint->cpu, &job->cpu);
    leave_thread(job);
}

// -- Collections ----------------------------------------------------------------------------------

static void abandon(void *arg)
{
    ((ns_safepoint *)arg)->waiting = false;
}

const char *ns_safepoint_enter(ns_safepoint *safepoint)
{
    assert(!safepoint->requested);
    ns_thread_sync(safepoint->main);
    safepoint->requested = true;
    safepoint->last = NULL;
    ns_list *all = &safepoint->jobs;
    for (ns_list *at = all->next; at != all; at = at->next) {
        ns_compile_job *job = job_of(at);
        if (!job->begun || is_parked(job->part))
            continue;
        job->left[job->part] = ns_cpu_cut(safepoint->cpu, &job->cpu, safepoint->reach);
        safepoint->awaited++;
    }
    if (safepoint->awaited > 0) {
        safepoint->waiting = true;
        ns_thread_suspend(safepoint->main, abandon, safepoint);
    }
    return safepoint->last ? safepoint->last->function : NULL;
}

// Whether a thread that goes on has no core, though it has had less of them than main since it
// began: main is not eligible then.
static bool is_owed(const ns_safepoint *safepoint, const ns_compile_job *job)
{
    return job->cpu.core < 0 && job->served < ns_thread_cpu(safepoint->main) - job->main_before;
}

const char *ns_safepoint_leave(ns_safepoint *safepoint)
{
    safepoint->requested = false;
    const char *owed = NULL;
    ns_list *all = &safepoint->jobs;
    for (ns_list *at = all->next, *next; at != all; at = next) {
        next = at->next;
        ns_compile_job *job = job_of(at);
        if (!job->stopped)
            continue;
        job->stopped = false;
        if (!go_on(job)) {
            leave_thread(job);
            job->done(job);
        } else if (!owed && is_owed(safepoint, job)) {
            owed = job->function;
        }
    }
    if (owed)
        ns_thread_yield(safepoint->main);
    return owed;
}

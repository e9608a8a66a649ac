#include "model/safepoint.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "sim/random.h"

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

static void part_served(ns_cpu_job *cpu);

void ns_safepoint_init(ns_safepoint *safepoint, ns_cpu *cpu, ns_thread *main,
                       const ns_profile *profile)
{
    *safepoint = (ns_safepoint){
        .cpu = cpu, .main = main, .threads = (int)ns_profile_get(profile, "heap.workers")};
    if (safepoint->threads > NS_COMPILE_THREADS_MAX)
        safepoint->threads = NS_COMPILE_THREADS_MAX;
    safepoint->places = ns_stream_make(ns_sim_seed(ns_cpu_sim(cpu)), "compilers", "core");
    safepoint->beside = ns_profile_get(profile, "safepoint.beside");
    safepoint->comes = ns_profile_get(profile, "safepoint.comes");
    safepoint->leaves = ns_profile_get(profile, "safepoint.leaves");
    for (int i = 0; i < safepoint->threads; i++) {
        ns_cpu_job_init(&safepoint->thread[i].cpu, part_served, NULL);
        safepoint->idle[i] = i;
    }
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

// -- Places ---------------------------------------------------------------------------------------
//
// A thread that wakes up waits at the core where it ran last, also if another is idle
// (select_task_rq_fair, on two busy cores); seldom at the other one.

static int main_core(const ns_safepoint *safepoint)
{
    return safepoint->main ? ns_thread_core(safepoint->main) : -1;
}

// Whether a thread wakes up at main's core, of two.
static bool wakes_beside(ns_safepoint *safepoint, const ns_compile_thread *thread, int main)
{
    double chance = thread->cpu.last_core < 0       ? safepoint->beside
                    : thread->cpu.last_core == main ? 1 - safepoint->leaves
                                                    : safepoint->comes;
    ns_draw draw = ns_stream_op(safepoint->places, safepoint->wakes++);
    return ns_draw_unit(&draw) < chance;
}

// The core where a thread that wakes up waits. Of more than two there are others than main's.
static void set_home(ns_safepoint *safepoint, ns_compile_thread *thread)
{
    int cores = ns_cpu_cores(safepoint->cpu), core = main_core(safepoint);
    if (cores == 1 || core < 0)
        return;
    int index = (int)(thread - safepoint->thread), *last = &thread->cpu.last_core;
    if (cores == 2)
        *last = wakes_beside(safepoint, thread, core) ? core : 1 - core;
    else if (*last < 0 || *last == core)
        *last = (core + 1 + index % (cores - 1)) % cores;
    thread->cpu.home = *last;
}

static void stay(const ns_safepoint *safepoint, ns_compile_thread *thread)
{
    if (ns_cpu_cores(safepoint->cpu) > 1)
        thread->cpu.home = thread->cpu.last_core;
}

// Whether the thread, which has work, waits for main's core.
static bool waits_beside(const ns_safepoint *safepoint, const ns_compile_thread *thread)
{
    return thread->cpu.core < 0 &&
           (ns_cpu_cores(safepoint->cpu) == 1 || thread->cpu.home == main_core(safepoint));
}

// Whether the thread has had less of the cores than main since it woke up: if it waits at main's,
// main is not eligible.
static bool has_less(const ns_safepoint *safepoint, const ns_compile_thread *thread)
{
    return safepoint->main && thread->cpu.demanded - thread->before <
                                  ns_thread_cpu(safepoint->main) - thread->main_before;
}

// -- Parts ----------------------------------------------------------------------------------------

// The next part that there is. False: there is none.
static bool go_on(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    while (job->part < PARTS && job->left[job->part] == 0)
        job->part++;
    if (job->part == PARTS)
        return false;
    if (safepoint->requested && !is_parked(job->part)) { // LocalHeap::UnparkSlowPath
        job->stopped = true;
        return true;
    }
    ns_time demand = job->left[job->part];
    job->left[job->part] = 0;
    ns_cpu_submit(safepoint->cpu, &job->thread->cpu, demand);
    return true;
}

static void begin(ns_compile_job *job, ns_compile_thread *thread)
{
    job->thread = thread;
    thread->cpu.data = job;
    go_on(job);
}

// The first thread without a job wakes up. At main's core it takes the place of main, which has run
// meanwhile (check_preempt_wakeup_fair).
static void begin_asleep(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    int idle = safepoint->threads - safepoint->busy++;
    ns_compile_thread *thread = &safepoint->thread[safepoint->idle[0]];
    memmove(safepoint->idle, safepoint->idle + 1, (size_t)(idle - 1) * sizeof safepoint->idle[0]);
    ns_thread *main = safepoint->main;
    thread->main_before = main ? ns_thread_cpu(main) : 0;
    thread->before = thread->cpu.demanded;
    set_home(safepoint, thread);
    begin(job, thread);
    if (main && ns_thread_executing(main) && waits_beside(safepoint, thread))
        ns_thread_preempt(main);
}

// The first job that waits for a thread; NULL: none does.
static ns_compile_job *waiting_job(ns_safepoint *safepoint)
{
    ns_list *all = &safepoint->jobs;
    for (ns_list *at = all->next; at != all; at = at->next)
        if (!job_of(at)->thread)
            return job_of(at);
    return NULL;
}

// Threads take the jobs in their order, and go to the end of those that wait for one.
static void leave_thread(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    ns_compile_thread *thread = job->thread;
    ns_list_remove(&job->link);
    ns_compile_job *next = waiting_job(safepoint);
    if (next) {
        stay(safepoint, thread);
        begin(next, thread);
        return;
    }
    safepoint->idle[safepoint->threads - safepoint->busy--] = (int)(thread - safepoint->thread);
}

// Main wakes up, and pushes out a thread that has had more than it.
static void resume_main(ns_safepoint *safepoint)
{
    int core = main_core(safepoint);
    ns_thread_resume_at_home(safepoint->main);
    for (int i = 0; i < safepoint->threads; i++) {
        const ns_compile_thread *thread = &safepoint->thread[i];
        if (thread->cpu.core == core && !has_less(safepoint, thread))
            ns_cpu_preempt(safepoint->cpu, core);
    }
}

static void arrive(ns_compile_job *job)
{
    ns_safepoint *safepoint = job->safepoint;
    job->stopped = true;
    safepoint->last = job;
    assert(safepoint->awaited > 0);
    if (--safepoint->awaited > 0 || !safepoint->waiting)
        return;
    safepoint->waiting = false;
    resume_main(safepoint);
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
    job->safepoint = safepoint;
    job->part = GRAPH;
    job->thread = NULL;
    job->stopped = false;
    ns_time rest = demand > 0 ? demand : 1;
    for (int i = ASSEMBLY; i > GRAPH; i--) {
        job->left[i] = maglev ? 0 : (ns_time)((double)demand * safepoint->share[i]);
        rest -= job->left[i];
    }
    job->left[GRAPH] = rest;
    ns_list_push_back(&safepoint->jobs, &job->link);
    if (safepoint->busy < safepoint->threads)
        begin_asleep(job);
}

void ns_compile_withdraw(ns_compile_job *job)
{
    if (!ns_list_linked(&job->link))
        return;
    if (!job->thread) {
        ns_list_remove(&job->link);
        return;
    }
    ns_cpu_withdraw(job->safepoint->cpu, &job->thread->cpu);
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
        if (!job->thread || is_parked(job->part))
            continue;
        job->left[job->part] = ns_cpu_cut(safepoint->cpu, &job->thread->cpu, safepoint->reach);
        safepoint->awaited++;
    }
    if (safepoint->awaited > 0) {
        safepoint->waiting = true;
        ns_thread_suspend(safepoint->main, abandon, safepoint);
    }
    return safepoint->last ? safepoint->last->function : NULL;
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
        ns_compile_thread *thread = job->thread;
        bool less = has_less(safepoint, thread);
        stay(safepoint, thread);
        if (!go_on(job)) {
            leave_thread(job);
            job->done(job);
        } else if (!owed && less && waits_beside(safepoint, thread)) {
            owed = job->function;
        }
    }
    if (owed)
        ns_thread_yield(safepoint->main);
    return owed;
}

#include "model/cpu.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/random.h"

enum { MAX_CORES = 1024 };

// Speeds are kept as multiples of 2^-20, so that a demand is converted exactly and what rounding
// cuts off is carried to the job's next demand.
#define SPEED_ONE (INT64_C(1) << 20)

enum job_state {
    JOB_IDLE,    // no demand
    JOB_QUEUED,  // waits for a core
    JOB_RUNNING, // has a core and something left
    JOB_HOLDING, // its demand is served, `done` runs, and the core is still its own
};

typedef struct core {
    ns_cpu *cpu;
    ns_cpu_job *job;   // whose turn it is; NULL when idle
    uint64_t last;     // id of the job that ran last
    ns_event slice;    // pending while the job runs: its demand ends, or its turn
    ns_time since;     // when the slice began
    ns_time switching; // still to be paid of the context switch
    ns_time turn_end;
    int waiting; // jobs in the queue whose home it is
} core;

struct ns_cpu {
    ns_sim *sim;
    int cores, idle;
    int64_t speed;
    ns_time quantum, switch_cost;
    ns_time tick;
    double balanced; // chance of a core, at a tick
    ns_stream balances;
    uint64_t draws;
    ns_list queue;
    int queued, at_home; // in all; of these with a home
    ns_event balance;    // pending when a job waits at a core
    uint64_t next_id;
    ns_time start, queue_since;
    double queue_area; // threads x ns
    ns_cpu_stats stats;
    core core[];
};

static void slice_ended(ns_sim *sim, ns_event *event);
static void balance(ns_sim *sim, ns_event *event);
static void enqueue(ns_cpu *cpu, ns_cpu_job *job);

int ns_cpu_new(ns_cpu **out, ns_sim *sim, const ns_cpu_options *options, ns_err *err)
{
    if (options->cores < 1 || options->cores > MAX_CORES)
        return ns_fail(err, NS_EINVAL, "cores: found %d, expected 1 to %d", options->cores,
                       MAX_CORES);
    if (!(options->speed >= 1.0 / 1024 && options->speed <= 1024))
        return ns_fail(err, NS_EINVAL, "speed: found %g, expected 1/1024 to 1024", options->speed);
    if (options->quantum < 1 || options->switch_cost < 0 || options->tick < 0)
        return ns_fail(err, NS_EINVAL,
                       "quantum, switch cost and tick: found %lld, %lld and %lld ns, expected at "
                       "least 1, 0 and 0",
                       (long long)options->quantum, (long long)options->switch_cost,
                       (long long)options->tick);
    if (!(options->balanced >= 0 && options->balanced <= 1))
        return ns_fail(err, NS_EINVAL, "balanced: found %g, expected 0 to 1", options->balanced);
    ns_cpu *cpu = ns_calloc(1, sizeof *cpu + (size_t)options->cores * sizeof(core));
    if (!cpu)
        return ns_fail(err, NS_ENOMEM, "no memory for %d cores", options->cores);
    cpu->sim = sim;
    cpu->cores = cpu->idle = options->cores;
    cpu->speed = (int64_t)(options->speed * (double)SPEED_ONE + 0.5);
    cpu->quantum = options->quantum;
    cpu->switch_cost = options->switch_cost;
    cpu->tick = options->tick;
    cpu->balanced = options->balanced;
    cpu->balances = ns_stream_make(ns_sim_seed(sim), "cpu", "balance");
    ns_event_init(&cpu->balance, balance, cpu);
    cpu->start = cpu->queue_since = ns_sim_now(sim);
    ns_list_init(&cpu->queue);
    for (int i = 0; i < cpu->cores; i++) {
        cpu->core[i].cpu = cpu;
        ns_event_init(&cpu->core[i].slice, slice_ended, &cpu->core[i]);
    }
    *out = cpu;
    return NS_OK;
}

void ns_cpu_free(ns_cpu *cpu)
{
    if (!cpu)
        return;
    for (int i = 0; i < cpu->cores; i++)
        ns_sim_cancel(cpu->sim, &cpu->core[i].slice);
    ns_sim_cancel(cpu->sim, &cpu->balance);
    ns_free(cpu);
}

int ns_cpu_cores(const ns_cpu *cpu)
{
    return cpu->cores;
}

ns_sim *ns_cpu_sim(const ns_cpu *cpu)
{
    return cpu->sim;
}

void ns_cpu_job_init(ns_cpu_job *job, void (*done)(ns_cpu_job *job), void *data)
{
    *job = (ns_cpu_job){
        .done = done, .data = data, .cls = NS_CLASS_CPU, .core = -1, .last_core = -1, .home = -1};
}

ns_time ns_cpu_time(const ns_cpu *cpu, ns_time demand)
{
    return (ns_time)((__int128)demand * SPEED_ONE / cpu->speed);
}

// The same, and nothing is lost to rounding over the demands of a job.
static ns_time service_time(const ns_cpu *cpu, ns_cpu_job *job, ns_time demand)
{
    assert(demand >= 0);
    if (cpu->speed == SPEED_ONE)
        return demand;
    __int128 scaled = (__int128)demand * SPEED_ONE + job->carry;
    job->carry = (int64_t)(scaled % cpu->speed);
    return (ns_time)(scaled / cpu->speed);
}

// Job comes to the queue, or leaves it.
static void count_queue(ns_cpu *cpu, const ns_cpu_job *job, int change)
{
    ns_time now = ns_sim_now(cpu->sim);
    cpu->queue_area += (double)cpu->queued * (double)(now - cpu->queue_since);
    cpu->queue_since = now;
    cpu->queued += change;
    if (job->home < 0)
        return;
    cpu->at_home += change;
    cpu->core[job->home].waiting += change;
}

// Whether a job waits for the core.
static inline bool is_awaited(const core *c)
{
    return c->cpu->queued > c->cpu->at_home || c->waiting > 0;
}

// Set the end of the slice of a core's job: the end of its demand, or of its turn if others wait.
static void arm(core *c)
{
    ns_cpu *cpu = c->cpu;
    ns_time now = ns_sim_now(cpu->sim);
    ns_time end = now + c->switching + c->job->left;
    ns_class cls = c->job->cls;
    if (is_awaited(c) && c->turn_end < end) {
        end = c->turn_end;
        cls = NS_CLASS_CPU;
    }
    c->since = now;
    ns_sim_at(cpu->sim, &c->slice, end, cls);
}

// Book the part of the slice that has passed.
static void settle(core *c)
{
    ns_time passed = ns_sim_now(c->cpu->sim) - c->since;
    ns_time switched = passed < c->switching ? passed : c->switching;
    c->switching -= switched;
    c->cpu->stats.switching += switched;
    c->cpu->stats.busy += passed - switched;
    c->job->left -= passed - switched;
    assert(c->job->left >= 0);
}

// When a turn ends that must last until `at`. Whether the slice of a thread is used up is looked at
// when it ticks.
static ns_time end_of_turn(const core *c, ns_time at)
{
    ns_time tick = c->cpu->tick;
    bool of_home = c->waiting > 0 || c->job->home >= 0;
    return of_home && tick > 0 ? (at + tick - 1) / tick * tick : at;
}

static void place(core *c, ns_cpu_job *job)
{
    ns_cpu *cpu = c->cpu;
    assert(!c->job);
    cpu->idle--;
    c->job = job;
    job->state = JOB_RUNNING;
    job->core = job->last_core = (int)(c - cpu->core);
    if (job->home >= 0)
        job->home = job->core;
    c->switching = 0;
    if (c->last != job->id) {
        c->switching = cpu->switch_cost;
        cpu->stats.switches++;
    }
    c->last = job->id;
    c->turn_end = end_of_turn(c, ns_sim_now(cpu->sim) + c->switching + cpu->quantum);
    arm(c);
}

static void take(core *c, ns_cpu_job *job)
{
    count_queue(c->cpu, job, -1);
    ns_list_remove(&job->link);
    place(c, job);
}

// At the next tick cores look for work.
static void await_balance(ns_cpu *cpu)
{
    if (cpu->at_home == 0 || cpu->cores == 1 || cpu->tick == 0 || ns_event_pending(&cpu->balance))
        return;
    ns_time now = ns_sim_now(cpu->sim);
    ns_sim_at(cpu->sim, &cpu->balance, (now / cpu->tick + 1) * cpu->tick, NS_CLASS_CPU);
}

// The core is free: the first that waits for it.
static void dispatch(core *c)
{
    ns_cpu *cpu = c->cpu;
    int index = (int)(c - cpu->core);
    ns_list *all = &cpu->queue;
    for (ns_list *at = all->next; at != all; at = at->next) {
        ns_cpu_job *job = ns_list_entry(at, ns_cpu_job, link);
        if (job->home >= 0 && job->home != index)
            continue;
        take(c, job);
        return;
    }
    await_balance(cpu);
}

// The first that waits at another core; NULL: none does.
static ns_cpu_job *waits_elsewhere(const ns_cpu *cpu, int index)
{
    const ns_list *all = &cpu->queue;
    for (ns_list *at = all->next; at != all; at = at->next) {
        ns_cpu_job *job = ns_list_entry(at, ns_cpu_job, link);
        if (job->home >= 0 && job->home != index)
            return job;
    }
    return NULL;
}

// A tick: a core for which nobody waits may take what waits at another.
static void balance(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_cpu *cpu = event->data;
    for (int i = 0; i < cpu->cores; i++) {
        core *c = &cpu->core[i];
        ns_cpu_job *job = is_awaited(c) ? NULL : waits_elsewhere(cpu, i);
        if (!job)
            continue;
        ns_draw draw = ns_stream_op(cpu->balances, cpu->draws++);
        if (ns_draw_unit(&draw) >= cpu->balanced)
            continue;
        count_queue(cpu, job, -1);
        ns_list_remove(&job->link);
        job->home = i;
        if (c->job)
            enqueue(cpu, job);
        else
            place(c, job);
    }
    await_balance(cpu);
}

static void leave_core(core *c, int state)
{
    c->job->state = state;
    c->job->core = -1;
    if (state == JOB_IDLE)
        c->job->home = -1;
    c->job = NULL;
    c->cpu->idle++;
}

static void renew_turn(core *c)
{
    ns_time late = ns_sim_now(c->cpu->sim) - c->turn_end;
    if (late >= 0)
        c->turn_end += (late / c->cpu->quantum + 1) * c->cpu->quantum;
    c->turn_end = end_of_turn(c, c->turn_end);
}

static void enqueue(ns_cpu *cpu, ns_cpu_job *job)
{
    job->state = JOB_QUEUED;
    count_queue(cpu, job, 1);
    ns_list_push_back(&cpu->queue, &job->link);
    await_balance(cpu);
    int everywhere = cpu->queued - cpu->at_home;
    // Turns have not mattered while no one waited.
    for (int i = 0; i < cpu->cores; i++) {
        core *c = &cpu->core[i];
        bool here = job->home < 0 || job->home == i;
        if (!c->job || !here || everywhere + c->waiting > 1)
            continue;
        renew_turn(c);
        if (ns_event_pending(&c->slice) && c->turn_end < c->slice.time) {
            ns_sim_cancel(cpu->sim, &c->slice);
            ns_sim_at(cpu->sim, &c->slice, c->turn_end, NS_CLASS_CPU);
        }
    }
}

// The job's turn is over, and another waits.
static void rotate(core *c)
{
    ns_cpu_job *job = c->job;
    if (c->waiting > 0 && job->stays)
        job->home = job->core;
    leave_core(c, JOB_QUEUED);
    count_queue(c->cpu, job, 1);
    ns_list_push_back(&c->cpu->queue, &job->link);
    dispatch(c);
}

static void demand_served(core *c)
{
    ns_cpu *cpu = c->cpu;
    c->job->state = JOB_HOLDING;
    c->job->done(c->job);
    if (ns_event_pending(&c->slice))
        return; // the job was withdrawn meanwhile, and another has the core
    if (c->job && c->job->state == JOB_RUNNING) {
        if (is_awaited(c) && c->turn_end <= ns_sim_now(cpu->sim))
            rotate(c);
        else
            arm(c);
        return;
    }
    if (c->job)
        leave_core(c, JOB_IDLE);
    dispatch(c);
}

static void slice_ended(ns_sim *sim, ns_event *event)
{
    (void)sim;
    core *c = event->data;
    settle(c);
    if (c->job->left == 0 && c->switching == 0) {
        demand_served(c);
    } else if (!is_awaited(c)) {
        renew_turn(c);
        arm(c);
    } else {
        rotate(c);
    }
}

// An idle core, best the one where the job ran last. Of a machine of two that is of one domain and
// busy for more than 60% Linux finds no other (kernel/sched/fair.c, update_idle_cpu_scan).
static core *idle_core(ns_cpu *cpu, const ns_cpu_job *job)
{
    if (cpu->idle == 0)
        return NULL;
    if (job->home >= 0 && cpu->cores == 2)
        return cpu->core[job->home].job ? NULL : &cpu->core[job->home];
    if (job->last_core >= 0 && !cpu->core[job->last_core].job)
        return &cpu->core[job->last_core];
    for (int i = 0; i < cpu->cores; i++)
        if (!cpu->core[i].job)
            return &cpu->core[i];
    assert(!"an idle core was counted");
    return NULL;
}

void ns_cpu_submit(ns_cpu *cpu, ns_cpu_job *job, ns_time demand)
{
    assert(job->state == JOB_IDLE || job->state == JOB_HOLDING);
    if (job->id == 0)
        job->id = ++cpu->next_id;
    job->demanded += demand;
    job->left = service_time(cpu, job, demand);
    if (job->state == JOB_HOLDING) {
        job->state = JOB_RUNNING; // demand_served goes on with it
        return;
    }
    core *c = idle_core(cpu, job);
    if (c)
        place(c, job);
    else
        enqueue(cpu, job);
}

void ns_cpu_withdraw(ns_cpu *cpu, ns_cpu_job *job)
{
    switch (job->state) {
    case JOB_IDLE:
        return;
    case JOB_QUEUED:
        count_queue(cpu, job, -1);
        ns_list_remove(&job->link);
        job->state = JOB_IDLE;
        job->home = -1;
        return;
    default:
        break;
    }
    core *c = &cpu->core[job->core];
    assert(c->job == job);
    bool in_slice = ns_event_pending(&c->slice);
    if (in_slice) {
        settle(c);
        ns_sim_cancel(cpu->sim, &c->slice);
    }
    leave_core(c, JOB_IDLE);
    if (in_slice)
        dispatch(c); // else demand_served does
}

ns_time ns_cpu_cut(ns_cpu *cpu, ns_cpu_job *job, ns_time most)
{
    assert(cpu && job);
    assert(job->state == JOB_QUEUED || job->state == JOB_RUNNING);
    core *c = job->state == JOB_RUNNING ? &cpu->core[job->core] : NULL;
    if (c)
        settle(c);
    ns_time kept = (ns_time)((__int128)most * SPEED_ONE / cpu->speed), cut = 0;
    if (job->left > kept) {
        cut = (ns_time)((__int128)(job->left - kept) * cpu->speed / SPEED_ONE);
        job->left = kept;
        job->demanded -= cut;
    }
    if (c) {
        ns_sim_cancel(cpu->sim, &c->slice);
        arm(c);
    }
    return cut;
}

void ns_cpu_end_turn(ns_cpu *cpu, ns_cpu_job *job)
{
    assert(job->state == JOB_HOLDING);
    cpu->core[job->core].turn_end = ns_sim_now(cpu->sim);
}

void ns_cpu_preempt(ns_cpu *cpu, int index)
{
    core *c = &cpu->core[index];
    if (!ns_event_pending(&c->slice) || !is_awaited(c))
        return;
    settle(c);
    ns_sim_cancel(cpu->sim, &c->slice);
    c->turn_end = ns_sim_now(cpu->sim);
    arm(c);
}

bool ns_cpu_advance(ns_cpu *cpu, ns_cpu_job *job, ns_time demand)
{
    assert(job->state == JOB_HOLDING);
    core *c = &cpu->core[job->core];
    int64_t carry = job->carry;
    ns_time service = service_time(cpu, job, demand);
    ns_time end = ns_sim_now(cpu->sim) + service;
    bool turn_lasts = !is_awaited(c) || end <= c->turn_end;
    if (!turn_lasts || !ns_sim_advance(cpu->sim, end)) {
        job->carry = carry;
        return false;
    }
    job->demanded += demand;
    cpu->stats.busy += service;
    return true;
}

bool ns_cpu_idle_until(ns_cpu *cpu, ns_cpu_job *job, ns_time at)
{
    assert(job->state == JOB_HOLDING);
    if (is_awaited(&cpu->core[job->core]) || !ns_sim_advance(cpu->sim, at))
        return false;
    cpu->core[job->core].turn_end = at + cpu->quantum;
    return true;
}

void ns_cpu_get_stats(const ns_cpu *cpu, ns_cpu_stats *out)
{
    ns_time now = ns_sim_now(cpu->sim);
    *out = cpu->stats;
    for (int i = 0; i < cpu->cores; i++) {
        const core *c = &cpu->core[i];
        if (!ns_event_pending(&c->slice))
            continue;
        ns_time passed = now - c->since;
        ns_time switched = passed < c->switching ? passed : c->switching;
        out->switching += switched;
        out->busy += passed - switched;
    }
    double span = (double)(now - cpu->start);
    if (span <= 0)
        return;
    double waited = cpu->queue_area + (double)cpu->queued * (double)(now - cpu->queue_since);
    out->utilization = (double)(out->busy + out->switching) / (span * cpu->cores);
    out->runnable = waited / span;
}

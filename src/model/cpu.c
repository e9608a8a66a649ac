#include "model/cpu.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

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
} core;

struct ns_cpu {
    ns_sim *sim;
    int cores, idle;
    int64_t speed;
    ns_time quantum, switch_cost;
    ns_list queue;
    int queued;
    uint64_t next_id;
    ns_time start, queue_since;
    double queue_area; // threads x ns
    ns_cpu_stats stats;
    core core[];
};

static void slice_ended(ns_sim *sim, ns_event *event);

int ns_cpu_new(ns_cpu **out, ns_sim *sim, const ns_cpu_options *options, ns_err *err)
{
    if (options->cores < 1 || options->cores > MAX_CORES)
        return ns_fail(err, NS_EINVAL, "cores: found %d, expected 1 to %d", options->cores,
                       MAX_CORES);
    if (!(options->speed >= 1.0 / 1024 && options->speed <= 1024))
        return ns_fail(err, NS_EINVAL, "speed: found %g, expected 1/1024 to 1024", options->speed);
    if (options->quantum < 1 || options->switch_cost < 0)
        return ns_fail(err, NS_EINVAL,
                       "quantum and switch cost: found %lld and %lld ns, expected at least 1 and 0",
                       (long long)options->quantum, (long long)options->switch_cost);
    ns_cpu *cpu = ns_calloc(1, sizeof *cpu + (size_t)options->cores * sizeof(core));
    if (!cpu)
        return ns_fail(err, NS_ENOMEM, "no memory for %d cores", options->cores);
    cpu->sim = sim;
    cpu->cores = cpu->idle = options->cores;
    cpu->speed = (int64_t)(options->speed * (double)SPEED_ONE + 0.5);
    cpu->quantum = options->quantum;
    cpu->switch_cost = options->switch_cost;
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
    ns_free(cpu);
}

void ns_cpu_job_init(ns_cpu_job *job, void (*done)(ns_cpu_job *job), void *data)
{
    *job =
        (ns_cpu_job){.done = done, .data = data, .cls = NS_CLASS_CPU, .core = -1, .last_core = -1};
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

static void count_queue(ns_cpu *cpu, int change)
{
    ns_time now = ns_sim_now(cpu->sim);
    cpu->queue_area += (double)cpu->queued * (double)(now - cpu->queue_since);
    cpu->queue_since = now;
    cpu->queued += change;
}

// Set the end of the slice of a core's job: the end of its demand, or of its turn if others wait.
static void arm(core *c)
{
    ns_cpu *cpu = c->cpu;
    ns_time now = ns_sim_now(cpu->sim);
    ns_time end = now + c->switching + c->job->left;
    ns_class cls = c->job->cls;
    if (!ns_list_empty(&cpu->queue) && c->turn_end < end) {
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

static void place(core *c, ns_cpu_job *job)
{
    ns_cpu *cpu = c->cpu;
    assert(!c->job);
    cpu->idle--;
    c->job = job;
    job->state = JOB_RUNNING;
    job->core = job->last_core = (int)(c - cpu->core);
    c->switching = 0;
    if (c->last != job->id) {
        c->switching = cpu->switch_cost;
        cpu->stats.switches++;
    }
    c->last = job->id;
    c->turn_end = ns_sim_now(cpu->sim) + c->switching + cpu->quantum;
    arm(c);
}

static void dispatch(core *c)
{
    ns_list *node = ns_list_pop(&c->cpu->queue);
    if (!node)
        return;
    count_queue(c->cpu, -1);
    place(c, ns_list_entry(node, ns_cpu_job, link));
}

static void leave_core(core *c, int state)
{
    c->job->state = state;
    c->job->core = -1;
    c->job = NULL;
    c->cpu->idle++;
}

static void renew_turn(core *c)
{
    ns_time late = ns_sim_now(c->cpu->sim) - c->turn_end;
    if (late >= 0)
        c->turn_end += (late / c->cpu->quantum + 1) * c->cpu->quantum;
}

static void enqueue(ns_cpu *cpu, ns_cpu_job *job)
{
    bool first = ns_list_empty(&cpu->queue);
    job->state = JOB_QUEUED;
    count_queue(cpu, 1);
    ns_list_push_back(&cpu->queue, &job->link);
    if (!first)
        return;
    // Turns have not mattered while no one waited.
    for (int i = 0; i < cpu->cores; i++) {
        core *c = &cpu->core[i];
        if (!c->job)
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
    leave_core(c, JOB_QUEUED);
    count_queue(c->cpu, 1);
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
        if (!ns_list_empty(&cpu->queue) && c->turn_end <= ns_sim_now(cpu->sim))
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
    } else if (ns_list_empty(&c->cpu->queue)) {
        renew_turn(c);
        arm(c);
    } else {
        rotate(c);
    }
}

// An idle core, best the one where the job ran last.
static core *idle_core(ns_cpu *cpu, const ns_cpu_job *job)
{
    if (cpu->idle == 0)
        return NULL;
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
        count_queue(cpu, -1);
        ns_list_remove(&job->link);
        job->state = JOB_IDLE;
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

bool ns_cpu_advance(ns_cpu *cpu, ns_cpu_job *job, ns_time demand)
{
    assert(job->state == JOB_HOLDING);
    core *c = &cpu->core[job->core];
    int64_t carry = job->carry;
    ns_time service = service_time(cpu, job, demand);
    ns_time end = ns_sim_now(cpu->sim) + service;
    bool turn_lasts = ns_list_empty(&cpu->queue) || end <= c->turn_end;
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
    if (!ns_list_empty(&cpu->queue) || !ns_sim_advance(cpu->sim, at))
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

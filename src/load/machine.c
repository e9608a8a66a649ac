#include "load/machine.h"

#include <string.h>

static const ns_time watch_interval = NS_SEC;

// The slice grows with the machine (kernel/sched/fair.c, get_update_sysctl_factor): the profile's
// is that of 8 cores and more.
static ns_time quantum(const ns_profile *profile, int cores)
{
    int logarithm = 0;
    while (logarithm < 3 && cores >> (logarithm + 1) > 0)
        logarithm++;
    ns_time slice = ns_profile_ns(profile, "cpu.quantum") * (1 + logarithm) / 4;
    return slice > 1 ? slice : 1;
}

int ns_machine_profile(ns_profile **out, const ns_workload *w, ns_err *err)
{
    int rc = ns_profile_load(out, w->machine.profile, err);
    return rc == NS_EINVAL ? ns_workload_blame(w, "machine.profile", err) : rc;
}

int ns_machine_new(ns_machine *m, const ns_workload *w, ns_sink *sink, ns_thread_fn body, void *arg,
                   ns_err *err)
{
    *m = (ns_machine){0};
    ns_sim_options sim = {
        .seed = w->seed, .shuffle_ties = w->shuffle_ties, .shuffle_seed = w->seed};
    if (ns_sim_new(&m->sim, &sim, err) || ns_machine_profile(&m->profile, w, err))
        return err->code;
    ns_cpu_options cpu = {
        .cores = w->machine.cores,
        .speed = w->machine.speed,
        .quantum = quantum(m->profile, w->machine.cores),
        .switch_cost = ns_profile_ns(m->profile, "cpu.switch_cost"),
        .tick = ns_profile_ns(m->profile, "cpu.tick"),
        .balanced = ns_profile_get(m->profile, "cpu.balanced"),
    };
    size_t stack = (size_t)ns_profile_get(m->profile, "node.stack");
    if (ns_disk_new(&m->disk, m->sim, m->profile, w->machine.disk, w->machine.page_cache, err))
        return ns_workload_blame(w, "machine.profile", err);
    if (ns_cpu_new(&m->cpu, m->sim, &cpu, err) ||
        ns_thread_new(&m->thread, m->sim, m->cpu, "main", stack, body, arg, err))
        return err->code;
    ns_poller_kind poller = strcmp(w->machine.poller, "kqueue") == 0 ? NS_POLLER_KQUEUE
                            : strcmp(w->machine.poller, "iocp") == 0 ? NS_POLLER_IOCP
                                                                     : NS_POLLER_EPOLL;
    ns_loop_options loop = {.poller = poller, .profile = m->profile, .sink = sink};
    return ns_loop_new(&m->loop, m->sim, m->thread, &loop, err);
}

void ns_machine_free(ns_machine *m)
{
    ns_loop_free(m->loop);
    ns_thread_free(m->thread);
    ns_disk_free(m->disk);
    ns_cpu_free(m->cpu);
    ns_profile_free(m->profile);
    ns_sim_free(m->sim);
}

void ns_machine_result(const ns_machine *m, const ns_pool *pool, ns_run_result *result)
{
    ns_sim_stats stats;
    ns_pool_stats of_pool = {0};
    ns_cpu_stats cpu;
    ns_sim_get_stats(m->sim, &stats);
    if (pool)
        ns_pool_get_stats(pool, &of_pool);
    ns_cpu_get_stats(m->cpu, &cpu);
    result->virtual_ns = ns_sim_now(m->sim);
    result->digest = stats.digest;
    result->events = stats.events;
    result->ties = stats.ties;
    result->pool_threads = of_pool.threads;
    result->pool_span_ns = of_pool.span;
    result->pool_busy_ns = of_pool.busy_time;
    result->pool_full_ns = of_pool.full_time;
    result->idle_ns = ns_loop_idle_time(m->loop);
    result->cpu_ns = cpu.busy;
}

const char *ns_machine_limit(const ns_machine *m, const ns_workload *w)
{
    ns_sim_stats stats;
    if (w->limits.virtual_time && ns_sim_now(m->sim) >= w->limits.virtual_time)
        return "limit: virtual time";
    if (!w->limits.events)
        return NULL;
    ns_sim_get_stats(m->sim, &stats);
    // A step that the clock took without the queue is an event too.
    return stats.events + stats.advances >= (uint64_t)w->limits.events ? "limit: events" : NULL;
}

ns_time ns_machine_next_watch(const ns_machine *m, const ns_workload *w)
{
    ns_time now = ns_sim_now(m->sim), limit = w->limits.virtual_time;
    ns_time next = now + watch_interval;
    return limit && now < limit && next > limit ? limit : next;
}

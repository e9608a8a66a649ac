// Samples are due at positions of the thread's CPU time. When one is passed, what is on the stack
// takes it; when it was in virtual time follows with the stretch of virtual time that the CPU time
// fell into, once that is over.
#include "node/profiler.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "node/env_private.h"
#include "node/flags.h"
#include "node/sampled_lives.h"
#include "node/stack_tree.h"

enum {
    PS_PER_NS = 1000,
    FRAMES_MAX = 255 // V8: TickSample::kMaxFramesCount
};

typedef struct place {
    uint32_t node, line;
} place;

typedef struct tick {
    ns_time position; // CPU time of the thread
    place at;
} tick;

// A stretch of virtual time. Node 0: of the sample that is to come.
typedef struct stretch {
    ns_time start, duration;
    place at;
} stretch;

struct ns_profiler {
    ns_env *env;
    ns_sink *sink;
    ns_stack_tree tree;
    ns_sampled_lives lives;
    place sampled_at; // of sampled_bytes, which have no life yet
    int64_t sampled_bytes;
    bool heap, collecting, failed;
    ns_time interval, next; // CPU time; 0: no profile of the CPU
    ns_time seen;           // up to here virtual time is in stretches
    tick *ticks;
    stretch *stretches;
    size_t tick_count, tick_capacity, stretch_count, stretch_capacity;
};

static bool reserve(ns_profiler *p, void **items, size_t size, size_t count, size_t *capacity)
{
    if (*items && count < *capacity)
        return true;
    size_t larger = *capacity ? *capacity * 2 : 64;
    void *grown = ns_realloc(*items, larger * size);
    if (!grown) {
        p->failed = true;
        return false;
    }
    *items = grown;
    *capacity = larger;
    return true;
}

// What is on the stack; `nothing` when no JavaScript is.
static place where(ns_profiler *p, uint32_t nothing)
{
    uint32_t functions[FRAMES_MAX], line;
    if (p->collecting)
        return (place){NS_STACK_GC, 0};
    uint32_t count = ns_probe_stack(ns_engine_probe(p->env->engine), functions, FRAMES_MAX, &line);
    return (place){ns_stack_tree_node(&p->tree, functions, count, nothing), line};
}

// -- CPU time -------------------------------------------------------------------------------------

static ns_time position(const ns_profiler *p)
{
    uint64_t cost = ns_engine_probe(p->env->engine)->cost - p->env->priv->charged_cost;
    return ns_thread_cpu(p->env->thread) + (ns_time)(cost / PS_PER_NS);
}

static void take_due(ns_profiler *p)
{
    ns_time now = position(p);
    if (now < p->next)
        return;
    place at = where(p, NS_STACK_PROGRAM);
    for (; p->next <= now; p->next += p->interval)
        if (reserve(p, (void **)&p->ticks, sizeof *p->ticks, p->tick_count, &p->tick_capacity))
            p->ticks[p->tick_count++] = (tick){p->next, at};
}

// The engine's counter stands for CPU time from where the thread was charged for it last.
static void arm(ns_profiler *p)
{
    ns_time ahead = p->next - ns_thread_cpu(p->env->thread);
    ns_engine_probe(p->env->engine)->sample =
        p->env->priv->charged_cost + (uint64_t)(ahead > 0 ? ahead : 0) * PS_PER_NS;
}

static void sampled(void *opaque)
{
    ns_profiler *p = opaque;
    take_due(p);
    arm(p);
}

void ns_profiler_charged(ns_profiler *p)
{
    if (p && p->interval)
        sampled(p);
}

void ns_profiler_gc(ns_profiler *p, bool begins)
{
    if (!p)
        return;
    ns_profiler_charged(p);
    p->collecting = begins;
}

// -- Virtual time ---------------------------------------------------------------------------------

static void add_stretch(ns_profiler *p, ns_time end, place at)
{
    stretch *last = p->stretch_count ? &p->stretches[p->stretch_count - 1] : NULL;
    ns_time start = p->seen;
    p->seen = end;
    if (end == start)
        return;
    if (last && last->at.node == at.node && last->at.line == at.line)
        last->duration += end - start;
    else if (reserve(p, (void **)&p->stretches, sizeof *p->stretches, p->stretch_count,
                     &p->stretch_capacity))
        p->stretches[p->stretch_count++] = (stretch){start, end - start, at};
}

static void emit_stretches(ns_profiler *p, place at)
{
    for (size_t i = 0; p->stretches && i < p->stretch_count; i++) {
        const stretch *s = &p->stretches[i];
        place of = s->at.node ? s->at : at;
        ns_record row = {.type = NS_REC_CPU_SAMPLE};
        row.cpu_sample = (ns_rec_cpu_sample){.start_ns = s->start,
                                             .duration_ns = s->duration,
                                             .node_id = of.node,
                                             .line = (int32_t)of.line};
        ns_emit(p->sink, &row);
    }
    p->stretch_count = 0;
}

// The thread was on a core. Before, it waited: in JavaScript (a synchronous call), or in the loop.
static void ran(void *opaque, ns_time cpu, ns_time from, ns_time to)
{
    ns_profiler *p = opaque;
    const place open = {0};
    ns_time end = ns_thread_cpu(p->env->thread), start = end - cpu;
    if (from > p->seen)
        add_stretch(p, from, where(p, NS_STACK_IDLE));
    sampled(p);
    size_t done = 0;
    for (; done < p->tick_count && p->ticks[done].position <= end; done++) {
        __extension__ typedef __int128 wide;
        ns_time offset = p->ticks[done].position - start;
        add_stretch(p, from + (ns_time)((wide)(offset > 0 ? offset : 0) * (to - from) / cpu), open);
        emit_stretches(p, p->ticks[done].at);
    }
    p->tick_count -= done;
    memmove(p->ticks, p->ticks + done, p->tick_count * sizeof *p->ticks);
    add_stretch(p, to, open);
}

// -- Allocations ----------------------------------------------------------------------------------

void ns_profiler_allocated(ns_profiler *p, int64_t bytes)
{
    place at = where(p, NS_STACK_PROGRAM);
    ns_stack_tree_add(&p->tree, at.node, at.line, bytes);
    p->sampled_at = at;
    p->sampled_bytes = bytes;
}

void ns_profiler_born(ns_profiler *p, const ns_life *life)
{
    // Without words: garbage from the start.
    if (p->sampled_bytes && life->words &&
        !ns_sampled_lives_add(&p->lives, &p->tree, life, p->sampled_at.node, p->sampled_at.line,
                              p->sampled_bytes))
        p->failed = true;
    p->sampled_bytes = 0;
}

void ns_profiler_died(ns_profiler *p, const ns_life *life)
{
    ns_sampled_lives_end(&p->lives, &p->tree, life);
}

void ns_profiler_moved(ns_profiler *p, uintptr_t from, const ns_life *life)
{
    ns_sampled_lives_move(&p->lives, from, life);
}

bool ns_profiler_wants_heap(const ns_profiler *p)
{
    return p && p->heap;
}

// -- Life -----------------------------------------------------------------------------------------

// Node's own flags: --cpu-prof, --cpu-prof-interval, --heap-prof.
static void read_flags(ns_profiler *p)
{
    bool cpu = false;
    const char *const *flags = p->env->workload->flags;
    for (const char *const *flag = flags; flag && *flag; flag++) {
        cpu = cpu || strcmp(*flag, "--cpu-prof") == 0;
        p->heap = p->heap || strcmp(*flag, "--heap-prof") == 0;
    }
    if (cpu && !p->interval)
        p->interval = ns_flags_prof_interval(p->env->workload);
}

int ns_profiler_start(ns_profiler **out, ns_env *env, ns_err *err)
{
    *out = NULL;
    ns_profiler *p = ns_calloc(1, sizeof *p);
    if (!p)
        return ns_fail(err, NS_ENOMEM, "no memory for the profiler");
    p->env = env;
    p->sink = env->options->sink;
    p->interval = env->workload->record.cpu_profile;
    p->heap = env->workload->record.heap_profile;
    read_flags(p);
    if (!p->sink || (!p->interval && !p->heap)) {
        ns_free(p);
        return NS_OK;
    }
    *out = p;
    if (p->interval) {
        p->seen = ns_sim_now(env->sim);
        p->next = ns_thread_cpu(env->thread) + p->interval;
        ns_engine_probe(env->engine)->hooks.sampled = sampled;
        ns_engine_probe(env->engine)->hooks.profiler = p;
        ns_thread_watch(env->thread, ran, p);
        arm(p);
    }
    return NS_OK;
}

int ns_profiler_finish(ns_profiler *p, ns_err *err)
{
    if (!p)
        return NS_OK;
    if (p->interval) {
        const place program = {NS_STACK_PROGRAM, 0};
        ns_engine_probe(p->env->engine)->sample = UINT64_MAX;
        ns_thread_watch(p->env->thread, NULL, NULL);
        add_stretch(p, ns_sim_now(p->env->sim), program);
        emit_stretches(p, program);
    }
    ns_stack_tree_emit(&p->tree, ns_engine_probe(p->env->engine), p->sink);
    return p->failed || p->tree.failed
               ? ns_fail(err, NS_ENOMEM, "no memory for the profile: it is not whole")
               : NS_OK;
}

void ns_profiler_free(ns_profiler *p)
{
    if (!p)
        return;
    ns_stack_tree_free(&p->tree);
    ns_sampled_lives_free(&p->lives);
    ns_free(p->ticks);
    ns_free(p->stretches);
    ns_free(p);
}

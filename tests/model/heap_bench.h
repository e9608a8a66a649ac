// A heap on a machine of its own, with lives made up by a program in C.
#ifndef NS_TESTS_MODEL_HEAP_BENCH_H
#define NS_TESTS_MODEL_HEAP_BENCH_H

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/heap.h"
#include "model/heap_internal.h"

enum { MIB = 1024 * 1024, OBJECT_WORDS = 8 };

typedef struct bench {
    ns_sink sink;
    ns_sim *sim;
    ns_cpu *cpu;
    ns_profile *profile;
    ns_heap *heap;
    ns_thread *thread;
    void (*program)(struct bench *b);
    ns_rec_gc_event events[4096];
    int count;
    int64_t parts; // of the last event, to compare
    bool find_young, find_all;
} bench;

static void emit(ns_sink *sink, const ns_record *record)
{
    bench *b = (bench *)sink;
    if (record->type == NS_REC_GC_EVENT && b->count < 4096)
        b->events[b->count++] = record->gc_event;
}

static void find_dead(void *opaque, bool young)
{
    bench *b = opaque;
    *(young ? &b->find_young : &b->find_all) = true;
}

static void body(ns_thread *thread, void *arg)
{
    bench *b = arg;
    b->program(b);
    ns_sim_stop(b->sim);
}

// Run `program` on a machine of `cores` of some speed, with node's flags.
static void run_at(bench *b, void (*program)(bench *b), double speed, int cores,
                   const char *const *flags)
{
    ns_sim_options sim = {.seed = 1};
    ns_cpu_options cpu = {.cores = cores, .speed = speed, .quantum = 3 * NS_MS, .switch_cost = 0};
    b->sink.emit = emit;
    b->program = program;
    cr_assert_eq(ns_sim_new(&b->sim, &sim, NULL), NS_OK);
    cr_assert_eq(ns_cpu_new(&b->cpu, b->sim, &cpu, NULL), NS_OK);
    cr_assert_eq(ns_profile_load(&b->profile, "default", NULL), NS_OK);
    ns_heap_options options = {.profile = b->profile,
                               .sink = &b->sink,
                               .memory = INT64_C(16) << 30,
                               .flags = flags,
                               .find_dead = find_dead,
                               .opaque = b};
    cr_assert_eq(ns_heap_new(&b->heap, b->sim, b->cpu, &options, NULL), NS_OK);
    cr_assert_eq(ns_thread_new(&b->thread, b->sim, b->cpu, "main", 256 * 1024, body, b, NULL),
                 NS_OK);
    ns_thread_start(b->thread);
    ns_sim_run(b->sim, NS_NEVER - 1);
}

static void run(bench *b, void (*program)(bench *b), int cores, const char *const *flags)
{
    run_at(b, program, 1, cores, flags);
}

static void finish(bench *b)
{
    ns_heap_free(b->heap);
    ns_thread_free(b->thread);
    ns_cpu_free(b->cpu);
    ns_profile_free(b->profile);
    ns_sim_free(b->sim);
}

static ns_life allocate(bench *b, ns_alloc_kind kind, uint64_t count)
{
    ns_life life = {0};
    ns_heap_allocated(b->heap, &life, kind, count);
    ns_thread_charge(b->thread, 50);
    if (ns_heap_due(b->heap)) {
        ns_thread_sync(b->thread);
        ns_heap_collect(b->heap, b->thread);
    }
    return life;
}

static inline void free_life(bench *b, const ns_life *life)
{
    ns_heap_freed(b->heap, life, false);
}

#endif

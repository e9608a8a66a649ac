// A simulated machine for the tests: cores, a main thread with a loop, and a log.
#ifndef TESTS_MODEL_MACHINE_H
#define TESTS_MODEL_MACHINE_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/loop.h"
#include "model/threadpool.h"

#define STACK (64 * 1024)

typedef struct machine machine;
struct machine {
    ns_sim *sim;
    ns_cpu *cpu;
    ns_thread *main;
    ns_loop *loop;
    void (*body)(machine *m); // the main thread's code
    void *data;
    ns_buf log; // words, a space after each
};

static inline void must(int result)
{
    cr_assert(eq(int, result, NS_OK));
}

static inline void machine_log(machine *m, const char *fmt, ...)
{
    char word[128];
    va_list args;
    va_start(args, fmt);
    vsnprintf(word, sizeof word, fmt, args);
    va_end(args);
    ns_buf_printf(&m->log, "%s ", word);
}

static inline void machine_main(ns_thread *thread, void *arg)
{
    (void)thread;
    machine *m = arg;
    m->body(m);
}

static inline void machine_init(machine *m, int cores, ns_cpu_options *cpu, ns_loop_options *loop,
                                void (*body)(machine *m))
{
    ns_cpu_options cpu_options = {.cores = cores, .speed = 1, .quantum = 3 * NS_MS};
    ns_loop_options loop_options = {0};
    memset(m, 0, sizeof *m);
    m->body = body;
    must(ns_sim_new(&m->sim, &(ns_sim_options){.seed = 1}, NULL));
    must(ns_cpu_new(&m->cpu, m->sim, cpu ? cpu : &cpu_options, NULL));
    must(ns_thread_new(&m->main, m->sim, m->cpu, "main", STACK, machine_main, m, NULL));
    must(ns_loop_new(&m->loop, m->sim, m->main, loop ? loop : &loop_options, NULL));
    ns_buf_str(&m->log, "");
}

static inline void machine_run(machine *m)
{
    ns_thread_start(m->main);
    ns_sim_run(m->sim, NS_NEVER);
    cr_assert(ns_thread_done(m->main), "the main thread waits for ever");
}

static inline void machine_free_thread(machine *m)
{
    ns_thread_free(m->main);
    m->main = NULL;
}

static inline void machine_free(machine *m)
{
    ns_loop_free(m->loop);
    machine_free_thread(m);
    ns_cpu_free(m->cpu);
    ns_sim_free(m->sim);
    ns_buf_free(&m->log);
}

#define assert_log(m, expected) cr_assert(eq(str, (m)->log.data, (char *)(expected)))

// An allocator that fails at the nth call (from 0), and from then on always. Every path of `action`
// must report NS_ENOMEM and leak nothing. Returns when it has succeeded.
typedef struct failing {
    long calls, fail_at, live;
} failing;

static inline void *failing_realloc(void *opaque, void *p, size_t size)
{
    failing *f = opaque;
    if (size == 0) {
        f->live -= p != NULL;
        free(p);
        return NULL;
    }
    if (f->calls++ >= f->fail_at)
        return NULL;
    f->live += p == NULL;
    return realloc(p, size);
}

static inline void fail_every_allocation(int (*action)(void))
{
    for (long n = 0;; n++) {
        failing f = {.fail_at = n};
        ns_set_allocator(failing_realloc, &f);
        int result = action();
        ns_set_allocator(NULL, NULL);
        cr_assert(eq(long, f.live, 0), "leak when allocation %ld fails", n);
        if (result == NS_OK) {
            cr_assert(gt(long, n, 0), "nothing was allocated");
            return;
        }
        cr_assert(eq(int, result, NS_ENOMEM));
    }
}

#endif

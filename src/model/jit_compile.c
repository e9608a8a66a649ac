// Compilations by TurboFan (V8: src/codegen/compiler.cc, compiler-dispatcher/
// optimizing-compile-dispatcher.cc): prepared on the JavaScript thread, executed on a helper
// thread, finalized on the JavaScript thread at its next stack check.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/jit_internal.h"

static ns_time whole_ns(double ns)
{
    return (ns_time)(ns + 0.5);
}

static void job_done(ns_cpu_job *cpu)
{
    jit_job *job = cpu->data;
    job->done = true;
}

static void install(jit_job *job)
{
    jit_function *f = job->function;
    jit_code *code = job->code;
    bool osr = code->osr != NS_INSN_NO_TARGET;
    jit_charge(f->jit, (double)job->finalize);
    jit_emit(f, &(jit_note){.kind = "compiled",
                            .from = (ns_tier)f->base->tier,
                            .to = NS_TIER_TURBOFAN,
                            .code = code,
                            .job = job});
    jit_emit(f, &(jit_note){.kind = "optimize",
                            .from = (ns_tier)f->base->tier,
                            .to = NS_TIER_TURBOFAN,
                            .code = code});
    jit_installed(code);
    f->optimizations++;
    if (osr) {
        f->osr_request = JIT_NONE;
        f->osr = code;
        jit_arm(f);
    } else {
        f->request = JIT_NONE;
        f->ticks = 0; // codegen/compiler.cc, ResetProfilerTicks
        f->optimized = code;
        f->function->code = code->compiled;
    }
}

void jit_compile(jit_function *f, uint32_t osr)
{
    ns_jit *jit = f->jit;
    const jit_costs *costs = &jit->costs;
    bool concurrent = jit->flags.concurrent_recompilation;
    if (concurrent && jit->job_count >= jit->flags.concurrent_recompilation_queue_length)
        return;
    uint32_t size = 0;
    jit_job *job = ns_calloc(1, sizeof *job);
    jit_code *code = job ? jit_turbofan(f, osr, &size) : NULL;
    if (!code) {
        ns_free(job);
        jit->failed = true;
        return;
    }
    *job = (jit_job){.jit = jit,
                     .function = f,
                     .code = code,
                     .prepare = whole_ns(costs->prepare_base + costs->prepare_byte * size),
                     .execute = whole_ns(costs->execute_base + costs->execute_byte * size),
                     .finalize = whole_ns(costs->finalize_base + costs->finalize_byte * size)};
    code->opt_id = jit->next_opt_id++;
    jit_emit(f, &(jit_note){.kind = "compile",
                            .reason = concurrent ? "concurrent" : "synchronous",
                            .from = (ns_tier)f->base->tier,
                            .to = NS_TIER_TURBOFAN,
                            .code = code});
    if (jit->flags.turbo_escape && !jit_escape(code)) {
        jit->failed = true;
        ns_free(job);
        return;
    }
    jit_priced(code);
    jit_charge(jit, (double)job->prepare);
    if (!concurrent) {
        jit_charge(jit, (double)job->execute);
        install(job);
        ns_free(job);
        return;
    }
    *(osr == NS_INSN_NO_TARGET ? &f->request : &f->osr_request) = JIT_IN_PROGRESS;
    ns_cpu_job_init(&job->cpu, job_done, job);
    jit_job **last = &jit->jobs;
    while (*last)
        last = &(*last)->next;
    *last = job;
    jit->job_count++;
    jit->probe->budget = 0; // ns_jit_poll
}

void ns_jit_poll(ns_jit *jit)
{
    jit_sample_if_due(jit);
    for (jit_job **at = &jit->jobs, *job; (job = *at) != NULL;) {
        if (!job->submitted) {
            job->submitted = true;
            ns_cpu_submit(jit->options.cpu, &job->cpu, job->execute);
            if (jit->options.submitted)
                jit->options.submitted(jit->options.opaque, job->execute);
        }
        if (!job->done) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        jit->job_count--;
        install(job);
        ns_free(job);
    }
}

void jit_free_jobs(ns_jit *jit)
{
    for (jit_job *job = jit->jobs, *next; job; job = next) {
        next = job->next;
        if (job->submitted)
            ns_cpu_withdraw(jit->options.cpu, &job->cpu);
        ns_free(job);
    }
    jit->jobs = NULL;
}

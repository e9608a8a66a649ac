// Compilations by Maglev and TurboFan (V8: src/codegen/compiler.cc, compiler-dispatcher/
// optimizing-compile-dispatcher.cc, maglev/maglev-concurrent-dispatcher.cc): prepared on the
// JavaScript thread, executed on a helper thread, finalized on the JavaScript thread at its next
// stack check.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/jit_internal.h"

static ns_time whole_ns(double ns)
{
    return (ns_time)(ns + 0.5);
}

static void job_done(ns_compile_job *work)
{
    ((jit_job *)work->data)->done = true;
}

// The code is not installed.
static void give_up(const jit_job *job, const char *reason)
{
    jit_function *f = job->function;
    jit_code *code = job->code;
    *(code->osr == NS_INSN_NO_TARGET ? &f->request : &f->osr_request) = JIT_NONE;
    jit_tierup_end(code);
    jit_free_assumptions(code);
    jit_emit(f, &(jit_note){.kind = "aborted",
                            .reason = reason,
                            .from = (ns_tier)f->base->tier,
                            .to = (ns_tier)code->compiled->tier,
                            .code = code,
                            .job = job});
}

static void install(jit_job *job)
{
    jit_function *f = job->function;
    jit_code *code = job->code;
    ns_tier tier = (ns_tier)code->compiled->tier;
    bool osr = code->osr != NS_INSN_NO_TARGET;
    if (tier == NS_TIER_MAGLEV && f->optimized &&
        f->optimized->compiled->tier == NS_TIER_TURBOFAN) {
        give_up(job, "A higher tier is already available");
        return;
    }
    if (code->dead) { // CompilationDependencies::Commit
        give_up(job, "Bailed out due to dependency change");
        return;
    }
    code->installed = true;
    jit_price_late(code);
    char effort[160];
    jit_effort_text(&code->effort, effort, sizeof effort);
    jit_charge_compiler(f->jit, (double)job->finalize);
    jit_emit(f, &(jit_note){.kind = "compiled",
                            .detail = effort,
                            .from = (ns_tier)f->base->tier,
                            .to = tier,
                            .code = code,
                            .job = job});
    jit_emit(f, &(jit_note){
                    .kind = "optimize", .from = (ns_tier)f->base->tier, .to = tier, .code = code});
    jit_installed(code);
    jit_tierup_installed(code);
    f->optimizations++;
    if (osr) {
        f->osr_request = JIT_NONE;
        jit_osr_add(f, code);
        jit_arm(f);
    } else {
        f->request = JIT_NONE;
        f->ticks = 0; // codegen/compiler.cc, ResetProfilerTicks
        f->optimized = code;
        f->function->code = code->compiled;
    }
}

// New code, and the work on it. NULL: out of memory.
static jit_job *new_job(jit_function *f, ns_tier tier, uint32_t osr)
{
    const jit_costs *costs = &f->jit->costs;
    bool maglev = tier == NS_TIER_MAGLEV;
    jit_job *job = ns_calloc(1, sizeof *job);
    jit_code *code = job ? jit_optimize(f, tier, osr) : NULL;
    if (!code) {
        ns_free(job);
        f->jit->failed = true;
        return NULL;
    }
    uint32_t size = code->effort.bytes;
    double prepare = costs->prepare_base + costs->prepare_byte * size,
           execute = jit_execute_ns(costs, &code->effort),
           finalize = costs->finalize_base + costs->finalize_byte * size;
    *job = (jit_job){.jit = f->jit,
                     .function = f,
                     .code = code,
                     .prepare = whole_ns(prepare * (maglev ? costs->maglev_prepare : 1)),
                     .execute = whole_ns(execute * (maglev ? costs->maglev_execute : 1)),
                     .finalize = whole_ns(finalize * (maglev ? costs->maglev_finalize : 1))};
    return job;
}

// TurboFan's jobs that no thread has taken (OptimizingCompileDispatcher::input_queue_length_).
static int queued(const ns_jit *jit)
{
    int count = 0;
    for (const jit_job *job = jit->jobs; job; job = job->next)
        count += !job->work.thread && job->code->compiled->tier != NS_TIER_MAGLEV;
    return count;
}

// Code for on-stack replacement is there at once: in its first call a function may not have
// feedback of its beginning (runtime/runtime-compiler.cc, CompileOptimizedOSR).
static void forget_request(jit_function *f, uint32_t osr)
{
    if (osr != NS_INSN_NO_TARGET && f->request == JIT_REQUESTED &&
        f->function->calls - f->calls_before <= 1)
        f->request = JIT_NONE;
}

void jit_compile(jit_function *f, ns_tier tier, uint32_t osr)
{
    ns_jit *jit = f->jit;
    bool concurrent = jit->flags.concurrent_recompilation, maglev = tier == NS_TIER_MAGLEV;
    if (concurrent && !maglev && queued(jit) >= jit->flags.concurrent_recompilation_queue_length)
        return;
    if (osr == NS_INSN_NO_TARGET)
        f->ticks = 0; // codegen/compiler.cc, GetOrCompileOptimized
    jit_job *job = new_job(f, tier, osr);
    if (!job)
        return;
    if (!maglev && (!jit_fold(job->code) || (jit->flags.turbo_escape && !jit_escape(job->code)))) {
        jit->failed = true;
        ns_free(job);
        return;
    }
    jit_priced(job->code);
    jit_charge_compiler(jit, (double)job->prepare);
    if (!concurrent) {
        jit_charge_compiler(jit, (double)job->execute);
        install(job);
        ns_free(job);
        forget_request(f, osr);
        return;
    }
    *(osr == NS_INSN_NO_TARGET ? &f->request : &f->osr_request) = JIT_IN_PROGRESS;
    job->code->begun = jit->options.now(jit->options.opaque);
    job->code->execute = job->execute;
    ns_compile_init(&job->work, job_done, job, f->function->name);
    jit_tierup_begin(job);
    jit_job **last = &jit->jobs;
    while (*last)
        last = &(*last)->next;
    *last = job;
    jit->probe->budget = 0; // ns_jit_poll
}

void ns_jit_poll(ns_jit *jit)
{
    jit_sample_if_due(jit);
    jit->probe->checks++;
    for (jit_job **at = &jit->jobs, *job; (job = *at) != NULL;) {
        if (!job->submitted) {
            job->submitted = true;
            ns_compile_submit(jit->options.safepoint, &job->work, job->execute,
                              job->code->compiled->tier == NS_TIER_MAGLEV);
            jit_tierup_submitted(job);
        }
        if (!job->done) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        jit_tierup_installs(job, true);
        install(job);
        jit_tierup_installs(job, false);
        ns_free(job);
    }
}

void jit_free_jobs(ns_jit *jit)
{
    for (jit_job *job = jit->jobs, *next; job; job = next) {
        next = job->next;
        if (job->submitted)
            ns_compile_withdraw(&job->work);
        ns_free(job);
    }
    jit->jobs = NULL;
}

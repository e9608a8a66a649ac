// When a function moves up (V8: src/execution/tiering-manager.cc,
// baseline/baseline-batch-compiler.cc).
//
// A function's interrupt budget is spent by its returns and back-edges. The first time that it is
// out, the function gets its feedback vector and is queued for Sparkplug; each later time is a
// tick. After enough ticks it is marked for TurboFan, and compiled at its next call. Should it go
// on in its loop instead, further ticks raise the urgency of on-stack replacement, until the loop's
// own back-edge asks for it. With --maglev, a function's first tick with a feedback vector marks it
// for Maglev, whose code spends the budget in its turn.
#include <assert.h>

#include "model/jit_internal.h"

enum {
    max_osr_urgency = 6,        // objects/feedback-vector.h, kMaxOsrUrgency
    instruction_size_ratio = 7, // baseline/baseline-compiler.cc, kAverageBytecodeToInstructionRatio
};

static bool has_turbofan(const jit_function *f)
{
    return f->optimized && f->optimized->compiled->tier == NS_TIER_TURBOFAN;
}

// What a call of the function runs.
static ns_tier active_tier(const jit_function *f)
{
    return f->optimized ? (ns_tier)f->optimized->compiled->tier : (ns_tier)f->base->tier;
}

static bool asks_for_turbofan(const jit_function *f)
{
    return f->request == JIT_REQUESTED && f->request_tier == NS_TIER_TURBOFAN;
}

// TieringManager::InterruptBudgetFor.
static int64_t budget_for(const jit_function *f)
{
    const jit_flags *flags = &f->jit->flags;
    if (!f->vector)
        return (int64_t)f->size * flags->interrupt_budget_factor_for_feedback_allocation;
    if (f->size > (uint32_t)flags->max_optimized_bytecode_size)
        return INT32_MAX / 2;
    if (asks_for_turbofan(f) || has_turbofan(f))
        return (int64_t)f->size * flags->invocation_count_for_osr;
    if (flags->maglev && !f->optimized && f->request == JIT_NONE)
        return (int64_t)f->size * flags->invocation_count_for_maglev;
    return flags->interrupt_budget;
}

void jit_set_budget(jit_function *f)
{
    f->remaining = budget_for(f);
    f->function->budget = f->armed ? -1 : f->remaining;
}

void jit_arm(jit_function *f)
{
    bool armed = f->osr || (f->urgency > 0 && f->osr_request == JIT_NONE);
    if (armed == f->armed)
        return;
    if (armed)
        f->remaining = f->function->budget;
    f->armed = armed;
    f->function->budget = armed ? -1 : f->remaining;
}

// -- Sparkplug ------------------------------------------------------------------------------------

void jit_compile_baseline(jit_function *f)
{
    ns_jit *jit = f->jit;
    jit_sparkplug(f);
    jit_charge_compiler(jit,
                        jit->costs.sparkplug_base + jit->costs.sparkplug_byte * (double)f->size);
    jit_emit(f, &(jit_note){.kind = "baseline",
                            .reason = jit->flags.always_sparkplug             ? "always sparkplug"
                                      : jit->flags.baseline_batch_compilation ? "batch"
                                                                              : "budget",
                            .from = NS_TIER_IGNITION,
                            .to = NS_TIER_SPARKPLUG});
}

static void compile_batch(ns_jit *jit)
{
    jit_function *f = jit->batch;
    jit->batch = NULL;
    jit->batch_size = 0;
    for (jit_function *next; f; f = next) {
        next = f->next;
        f->next = NULL;
        f->queued = false;
        jit_compile_baseline(f);
    }
}

// BaselineBatchCompiler::EnqueueFunction.
static void enqueue_baseline(jit_function *f)
{
    ns_jit *jit = f->jit;
    if (!jit->flags.sparkplug || f->base->tier != NS_TIER_IGNITION)
        return;
    if (!jit->flags.baseline_batch_compilation || jit->flags.always_sparkplug) {
        jit_compile_baseline(f);
        return;
    }
    jit_function **last = &jit->batch;
    while (*last)
        last = &(*last)->next;
    if (!f->queued)
        *last = f;
    f->queued = true;
    // Every tick adds to the estimate, also those of a function that is in the queue
    // (ShouldCompileBatch): one that is hot enough is compiled for itself.
    jit->batch_size += f->size * instruction_size_ratio;
    if (jit->batch_size >= (uint32_t)jit->flags.baseline_batch_compilation_threshold)
        compile_batch(jit);
}

// -- Ticks ----------------------------------------------------------------------------------------

// JSFunction::CreateAndAttachFeedbackVector: what was seen before leaves no trace.
void jit_attach_vector(jit_function *f)
{
    ns_jit *jit = f->jit;
    jit_end_watches(f);
    jit->probe->ops->clear_feedback(jit->probe, f->function);
    f->vector = true;
    jit_price_again(f);
    f->ticks = 0;
    // The call that is under way counts as the first.
    f->calls_before = f->function->calls ? f->function->calls - 1 : 0;
    jit_charge(jit, jit->costs.vector_slot * f->function->slot_count);
    jit_emit(f, &(jit_note){.kind = "feedback", .reason = "budget"});
}

// TieringManager::ShouldOptimize of a function that runs in `tier`; NULL: do not. `ahead` ticks are
// added to those there were. *to: the tier that it is marked for.
static const char *should_optimize(const jit_function *f, ns_tier tier, uint32_t ahead, ns_tier *to)
{
    const jit_flags *flags = &f->jit->flags;
    *to = NS_TIER_MAGLEV;
    if (flags->maglev && !NS_TIER_IS_OPTIMIZED(tier))
        return "hot and stable";
    *to = NS_TIER_TURBOFAN;
    if (!flags->opt || tier == NS_TIER_TURBOFAN ||
        f->size > (uint32_t)flags->max_optimized_bytecode_size)
        return NULL;
    uint32_t needed = (uint32_t)flags->ticks_before_optimization +
                      f->size / (uint32_t)flags->bytecode_size_allowance_per_tick;
    if (f->ticks + ahead >= needed)
        return "hot and stable";
    return f->size < (uint32_t)flags->max_bytecode_size_for_early_opt ? "small function" : NULL;
}

// TieringManager::MaybeOptimizeFrame.
static void maybe_optimize(jit_function *f, ns_tier tier)
{
    if (f->request == JIT_IN_PROGRESS || f->osr_request == JIT_IN_PROGRESS || f->disabled)
        return;
    if (asks_for_turbofan(f) || has_turbofan(f)) {
        if (f->jit->flags.use_osr && f->urgency < max_osr_urgency)
            f->urgency++;
        return;
    }
    ns_tier to;
    const char *reason = should_optimize(f, tier, 0, &to);
    // A frame below Maglev that stays in its loop cannot enter Maglev's code: on to TurboFan.
    if (reason && to == NS_TIER_MAGLEV && (f->request == JIT_REQUESTED || f->optimized))
        reason = should_optimize(f, NS_TIER_MAGLEV, 0, &to);
    if (!reason)
        return;
    f->request = JIT_REQUESTED;
    f->request_tier = to;
    f->jit->probe->ops->alert(f->jit->probe, f->function);
    jit_emit(f, &(jit_note){.kind = "mark", .reason = reason, .from = tier, .to = to});
}

// TieringManager::OnInterruptTick.
static void interrupt_tick(jit_function *f, ns_tier tier)
{
    bool had_vector = f->vector;
    if (!had_vector)
        jit_attach_vector(f);
    enqueue_baseline(f);
    if (had_vector && (f->jit->flags.opt || f->jit->flags.maglev)) { // Isolate::use_optimizer
        f->ticks++;
        maybe_optimize(f, tier);
    }
    jit_set_budget(f);
}

static const jit_loop *loop_at(const jit_function *f, uint32_t begin)
{
    for (int i = 0; i < f->loop_count; i++)
        if (f->loops[i].begin == begin)
            return &f->loops[i];
    return NULL;
}

// Maglev's code deoptimizes for on-stack replacement, without being taken back
// (maglev/maglev-ir.cc, AttemptOnStackReplacement).
static void leave_maglev(jit_function *f, const ns_compiled *code, uint32_t offset)
{
    const jit_code *left = code->model;
    jit_charge(f->jit, f->jit->costs.deopt_eager);
    jit_emit(f, &(jit_note){.kind = "deopt-eager",
                            .reason = "prepare for on stack replacement (OSR)",
                            .from = NS_TIER_MAGLEV,
                            .to = (ns_tier)f->base->tier,
                            .code = left->root,
                            .site_function = code->function,
                            .site_offset = offset});
}

// JumpLoop: enter the code that is there for this loop, or ask for it when it is urgent.
static ns_compiled *jump_loop(jit_function *f, ns_compiled *code, uint32_t offset, uint32_t begin)
{
    const jit_loop *loop = loop_at(f, begin);
    jit_code *entered = jit_osr_code(f, begin);
    if (entered) {
        if (code->tier == NS_TIER_MAGLEV)
            leave_maglev(f, code, offset);
        jit_charge(f->jit, f->jit->costs.osr_entry);
        if (!entered->entered)
            jit_emit(f, &(jit_note){.kind = "osr",
                                    .from = (ns_tier)code->tier,
                                    .to = NS_TIER_TURBOFAN,
                                    .code = entered});
        entered->entered = true;
        jit_enter(entered);
        return entered->compiled;
    }
    if (loop && (int)f->urgency > loop->depth && f->osr_request == JIT_NONE &&
        f->request != JIT_IN_PROGRESS) {
        f->urgency = 0; // Compiler::CompileOptimizedOSR resets it
        jit_compile(f, NS_TIER_TURBOFAN, begin);
    }
    return code;
}

ns_compiled *jit_tick(void *opaque, ns_compiled *code, uint32_t offset, uint32_t target)
{
    (void)opaque;
    jit_function *f = code->function->model;
    assert(f && code->tier != NS_TIER_TURBOFAN);
    if (f->armed) {
        f->remaining += f->function->budget + 1; // what this one took
        f->function->budget = -1;
    }
    if (!f->armed || f->remaining < 0)
        interrupt_tick(f, (ns_tier)code->tier);
    if (target != NS_INSN_NO_TARGET)
        code = jump_loop(f, code, offset, target);
    jit_arm(f);
    return code;
}

// FeedbackNexus::ConfigureX and IC::OnFeedbackChanged: ticks begin anew; after a change of an
// inline cache a function that would be optimized at its next tick waits for some invocations.
void jit_ic_changed(jit_function *f, bool inline_cache)
{
    ns_tier to;
    if (f->jit->flags.reset_ticks_on_ic_update)
        f->ticks = 0;
    if (!inline_cache || !should_optimize(f, active_tier(f), 1, &to))
        return;
    int64_t wait = (int64_t)f->jit->flags.minimum_invocations_after_ic_update * f->size;
    int64_t *budget = f->armed ? &f->remaining : &f->function->budget;
    if (*budget < wait)
        *budget = wait;
}

void jit_called(void *opaque, ns_function *function)
{
    (void)opaque;
    jit_function *f = function->model;
    if (f && f->flushed)
        jit_compile_again(f);
    if (f && f->optimized)
        jit_enter(f->optimized);
    if (!f || f->request != JIT_REQUESTED)
        return;
    jit_compile(f, f->request_tier, NS_INSN_NO_TARGET);
    if (f->request == JIT_REQUESTED) // the queue is full: the next call asks again
        f->jit->probe->ops->alert(f->jit->probe, function);
}

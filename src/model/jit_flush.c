// Bytecode that is not used any more is dropped by mark-compacts, and made again at the function's
// next call (V8: src/heap/marking-visitor-inl.h, VisitBytecodeArray and VisitSharedFunctionInfo;
// src/heap/mark-compact.cc, ProcessOldCodeCandidates).
//
// Executing bytecode sets its age to 0, each mark-compact makes it older, and one that finds it old
// drops it, with the function's feedback. Baseline code keeps its bytecode.
#include "model/jit_internal.h"

static bool in_use(const jit_function *f)
{
    const ns_probe *probe = f->jit->probe;
    return f->optimized || f->osr || f->request == JIT_IN_PROGRESS ||
           f->osr_request == JIT_IN_PROGRESS || probe->ops->running(probe, f->base);
}

// SharedFunctionInfo::ShouldFlushCode.
static bool may_be_flushed(const jit_function *f)
{
    const jit_flags *flags = &f->jit->flags;
    if (f->flushed || !f->function->body ||
        (f->base->tier == NS_TIER_SPARKPLUG && !flags->flush_baseline_code))
        return false;
    return flags->flush_bytecode &&
           (flags->stress_flush_code || f->age >= (uint32_t)flags->bytecode_old_age);
}

static bool is_resumable(const jit_function *f)
{
    const ns_probe *probe = f->jit->probe;
    ns_frame_layout frame = {0};
    probe->ops->frame(probe, f->function, &frame);
    return frame.resumable;
}

static void leave_batch(jit_function *f)
{
    jit_function **at = &f->jit->batch;
    while (*at && *at != f)
        at = &(*at)->next;
    if (*at)
        *at = f->next;
    f->next = NULL;
    f->queued = false;
}

static void flush(jit_function *f)
{
    ns_jit *jit = f->jit;
    f->flushed = true;
    leave_batch(f);
    jit_end_watches(f);
    jit->probe->ops->clear_feedback(jit->probe, f->function);
    jit_settle(f->base->model);
    f->base->tier = NS_TIER_IGNITION; // the prices of what runs there follow with new feedback
    f->vector = false;
    f->request = JIT_NONE;
    f->ticks = f->urgency = 0;
    jit_set_budget(f);
    jit->probe->ops->alert(jit->probe, f->function);
    jit_emit(f, &(jit_note){.kind = "flush", .reason = "bytecode is old"});
}

void ns_jit_mark_compact(ns_jit *jit, bool forced)
{
    const ns_probe *probe = jit->probe;
    if (!jit->started)
        return;
    for (uint32_t id = 1; id <= probe->ops->function_count(probe); id++) {
        jit_function *f = probe->ops->function(probe, id)->model;
        if (!f)
            continue;
        if (f->function->calls != f->calls_at_gc)
            f->age = 0;
        f->calls_at_gc = f->function->calls;
        if (may_be_flushed(f) && !in_use(f) && !is_resumable(f))
            flush(f);
        if (!forced && f->age < (uint32_t)jit->flags.bytecode_old_age)
            f->age++;
    }
}

// Compiler::Compile of a function that had been compiled before: its text is parsed again.
void jit_compile_again(jit_function *f)
{
    f->flushed = false;
    jit_charge_compilation(f, false);
    jit_emit(f, &(jit_note){.kind = "compile-lazy", .reason = "bytecode was flushed"});
}

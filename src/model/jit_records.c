// What the model tells: events as they come, functions and sites at the end.
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/jit_internal.h"
#include "model/jit_lattice.h"

static const char *const tier_names[NS_TIERS] = {"ignition", "sparkplug", "maglev", "turbofan"};

void jit_emit(jit_function *f, const jit_note *note)
{
    ns_jit *jit = f->jit;
    if (!jit->options.sink)
        return;
    char site[512] = "";
    uint32_t line = 0, column = 0;
    const ns_function *at = note->site_function;
    if (at && jit->probe->ops->position(jit->probe, at, note->site_offset, &line, &column))
        snprintf(site, sizeof site, "%s:%u:%u", at->script, line, column);
    char caller[512] = "";
    const ns_function *from = NULL;
    if (at && strncmp(note->kind, "deopt-", 6) == 0 &&
        jit->probe->ops->caller(jit->probe, at, &from, &line))
        snprintf(caller, sizeof caller, "%s:%u", from->script, line);
    const jit_function *at_model = at ? at->model : NULL;
    ns_record record = {.type = NS_REC_JIT_EVENT};
    record.jit_event = (ns_rec_jit_event){
        .t_ns = jit->options.now(jit->options.opaque),
        .function_id = f->function->id,
        .kind = note->kind,
        .from_tier = tier_names[note->from],
        .to_tier = tier_names[note->to],
        .reason = note->reason ? note->reason : "",
        .site = site,
        .detail = note->detail ? note->detail : "",
        .caller = caller,
        .site_function_id = at ? at->id : 0,
        .bytecode_offset = at_model ? (int32_t)at_model->weight[note->site_offset] : -1,
        .opt_id = note->code ? note->code->opt_id : -1,
        .osr = note->code && note->code->osr != NS_INSN_NO_TARGET,
        .prepare_ns = note->job ? note->job->prepare : 0,
        .execute_ns = note->job ? note->job->execute : 0,
        .finalize_ns = note->job ? note->job->finalize : 0,
    };
    ns_emit(jit->options.sink, &record);
}

static void emit_sites(const jit_function *f)
{
    const ns_jit *jit = f->jit;
    const ns_function *function = f->function;
    for (uint32_t i = 1; i < function->slot_count; i++) {
        const ns_slot *slot = &function->slots[i];
        if (slot->hits == 0)
            continue;
        uint32_t line = 0, column = 0;
        jit->probe->ops->position(jit->probe, function, slot->offset, &line, &column);
        ns_record record = {.type = NS_REC_IC_SITE};
        record.ic_site = (ns_rec_ic_site){
            .function_id = function->id,
            .offset = (int32_t)f->weight[slot->offset],
            .line = (int32_t)line,
            .column = (int32_t)column,
            .kind = jit_slot_name(slot),
            .state = jit_slot_state(slot),
            .hits = slot->hits,
            .shapes = slot->ways + (slot->megamorphic ? 1 : 0),
        };
        ns_emit(jit->options.sink, &record);
    }
}

// Why a function that used much time is not in TurboFan at the end.
static const char *not_optimized(const jit_function *f)
{
    const jit_flags *flags = &f->jit->flags;
    if (f->optimized && f->optimized->compiled->tier == NS_TIER_TURBOFAN)
        return "";
    if (!flags->opt)
        return "TurboFan is off";
    if (f->size > (uint32_t)flags->max_optimized_bytecode_size)
        return "too large";
    if (f->request == JIT_IN_PROGRESS || f->osr_request == JIT_IN_PROGRESS)
        return "being compiled";
    if (f->request == JIT_REQUESTED)
        return "marked, not called again";
    if (f->last_reason)
        return "deoptimized";
    return f->vector ? "not enough ticks" : "not hot";
}

void jit_emit_functions(ns_jit *jit)
{
    const ns_probe *probe = jit->probe;
    if (!jit->options.sink)
        return;
    uint32_t count = probe->ops->function_count(probe);
    for (uint32_t id = 1; id <= count; id++) {
        ns_function *function = probe->ops->function(probe, id);
        jit_function *f = function->model;
        if (!f)
            continue;
        for (ns_compiled *compiled = function->codes; compiled; compiled = compiled->next)
            jit_settle(compiled->model);
    }
    for (uint32_t id = 1; id <= count; id++) {
        const ns_function *function = probe->ops->function(probe, id);
        const jit_function *f = function->model;
        if (!f)
            continue;
        ns_record record = {.type = NS_REC_JIT_FUNCTION};
        record.jit_function = (ns_rec_jit_function){
            .id = id,
            .name = function->name,
            .script = function->script,
            .line = (int32_t)function->line,
            .bytecode_size = f->size,
            .calls = (int64_t)function->calls,
            .bytecodes = (int64_t)ns_function_bytecodes(function),
            .back_edges = (int64_t)function->back_edges,
            .tier = tier_names[f->optimized ? f->optimized->compiled->tier : f->base->tier],
            .not_optimized = not_optimized(f),
            .optimizations = f->optimizations,
            .deopts = f->deopts,
            .ignition_ns = (int64_t)(f->tier_cost[NS_TIER_IGNITION] / 1000),
            .sparkplug_ns = (int64_t)(f->tier_cost[NS_TIER_SPARKPLUG] / 1000),
            .maglev_ns = (int64_t)(f->tier_cost[NS_TIER_MAGLEV] / 1000),
            .turbofan_ns = (int64_t)(f->tier_cost[NS_TIER_TURBOFAN] / 1000),
        };
        ns_emit(jit->options.sink, &record);
        emit_sites(f);
    }
}

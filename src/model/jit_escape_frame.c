// The functions that escape analysis goes through: their instructions, which variables are live.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_escape.h"

void esc_frame_free(esc_frame *f)
{
    if (!f)
        return;
    ns_free(f->insns);
    ns_free(f->flows);
    ns_free(f->at);
    ns_free(f->states);
    ns_free(f->depth);
    ns_free(f->dirty);
    ns_free(f->loop);
    ns_free(f->live);
    ns_free(f->captured);
    ns_free(f->tested);
    ns_free(f->sites);
    ns_free(f);
}

static bool reads(ns_insn_kind kind)
{
    return kind == NS_INSN_get_local || kind == NS_INSN_get_checked || kind == NS_INSN_step_local ||
           kind == NS_INSN_add_local;
}

static bool writes(ns_insn_kind kind)
{
    return kind == NS_INSN_put_local || kind == NS_INSN_set_local || kind == NS_INSN_put_checked ||
           kind == NS_INSN_uninitialized;
}

static bool flow_back(esc_frame *f, uint32_t i, uint64_t *now)
{
    uint32_t words = (f->variables + 63) / 64;
    const ns_insn *insn = &f->insns[i];
    memset(now, 0, words * sizeof *now);
    if (!f->flows[i].ends && i + 1 < f->count)
        memcpy(now, &f->live[(i + 1) * words], words * sizeof *now);
    if (insn->target != NS_INSN_NO_TARGET && insn->target < f->insns[f->count - 1].end)
        for (uint32_t w = 0; w < words; w++)
            now[w] |= f->live[f->at[insn->target] * words + w];
    int32_t variable = f->flows[i].variable;
    if (variable >= 0) {
        uint64_t bit = UINT64_C(1) << variable % 64;
        if (writes((ns_insn_kind)insn->kind))
            now[variable / 64] &= ~bit;
        if (reads((ns_insn_kind)insn->kind))
            now[variable / 64] |= bit;
    }
    if (memcmp(now, &f->live[i * words], words * sizeof *now) == 0)
        return false;
    memcpy(&f->live[i * words], now, words * sizeof *now);
    return true;
}

// A handler may be entered from everywhere in its block: what is live there is live in all of it.
static void find_live(esc_frame *f)
{
    uint64_t now[ESC_VARIABLES_MOST / 64];
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = f->count; i-- > 0;)
            changed |= flow_back(f, i, now);
    }
}

static void find_loops(esc_frame *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t target = f->insns[i].target;
        if (target == NS_INSN_NO_TARGET || target > f->insns[i].offset ||
            f->insns[i].kind == NS_INSN_catch)
            continue;
        for (uint32_t k = f->at[target]; k <= i; k++)
            f->loop[k] = true;
    }
}

static bool prepare(esc *e, esc_frame *f)
{
    const ns_probe *probe = e->jit->probe;
    const ns_function *function = f->code->compiled->function;
    uint32_t bytes = function->bytecode_size;
    probe->ops->decode(probe, function, f->insns);
    probe->ops->flow(probe, function, f->flows);
    memset(f->at, 0xff, (bytes + 1) * sizeof *f->at);
    for (uint32_t i = 0; i < f->count; i++) {
        f->at[f->insns[i].offset] = i;
        if (f->flows[i].odd || f->insns[i].kind == NS_INSN_with ||
            f->flows[i].variable >= (int32_t)f->variables) {
            e->odd = true;
            return false;
        }
    }
    memset(f->depth, 0xff, f->count * sizeof *f->depth);
    find_loops(f);
    find_live(f);
    return true;
}

esc_frame *esc_frame_new(esc *e, jit_code *code)
{
    const ns_probe *probe = e->jit->probe;
    const ns_function *function = code->compiled->function;
    esc_frame *f = ns_calloc(1, sizeof *f);
    if (!f) {
        e->failed = true;
        return NULL;
    }
    f->code = code;
    f->context = UINT16_MAX;
    f->count = probe->ops->decode(probe, function, NULL);
    probe->ops->frame(probe, function, &f->layout);
    f->variables = f->layout.arguments + f->layout.locals;
    f->width = f->variables + f->layout.stack + NS_FLOW_MOST;
    if (f->count == 0 || f->variables > ESC_VARIABLES_MOST ||
        (uint64_t)f->width * f->count > ESC_STATE_MOST) {
        e->odd = true;
        ns_free(f);
        return NULL;
    }
    uint32_t words = (f->variables + 63) / 64;
    f->insns = ns_calloc(f->count, sizeof *f->insns);
    f->flows = ns_calloc(f->count, sizeof *f->flows);
    f->at = ns_calloc(function->bytecode_size + 1, sizeof *f->at);
    f->states = ns_calloc((size_t)f->count * f->width, sizeof *f->states);
    f->depth = ns_calloc(f->count, sizeof *f->depth);
    f->dirty = ns_calloc(f->count, sizeof *f->dirty);
    f->loop = ns_calloc(f->count, sizeof *f->loop);
    f->live = ns_calloc((size_t)f->count * words + 1, sizeof *f->live);
    f->captured = ns_calloc(f->variables + 1, sizeof *f->captured);
    f->tested = ns_calloc(f->count, sizeof *f->tested);
    f->sites = ns_calloc(f->count, sizeof *f->sites);
    if (!f->insns || !f->flows || !f->at || !f->states || !f->depth || !f->dirty || !f->loop ||
        !f->live || !f->captured || !f->tested || !f->sites)
        e->failed = true;
    if (e->failed || !prepare(e, f)) {
        esc_frame_free(f);
        return NULL;
    }
    return f;
}

esc_frame *esc_frame_of(const esc *e, const ns_compiled *compiled)
{
    for (uint32_t i = 0; i < e->frame_count; i++)
        if (e->frames[i]->code->compiled == compiled)
            return e->frames[i];
    return NULL;
}

// Frames of the analysis of what is computed once: blocks and states. See jit_fold.h.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_fold.h"

enum { VARIABLES_MOST = 512, CELLS_MOST = 1 << 21 };

void fold_frame_free(fold_frame *f)
{
    if (!f)
        return;
    for (uint32_t i = 0; f->edges && i < 2 * f->block_count; i++)
        ns_free(f->edges[i]);
    ns_free(f->insns);
    ns_free(f->flows);
    ns_free(f->at);
    ns_free(f->block_of);
    ns_free(f->begins);
    ns_free(f->loop);
    ns_free(f->headers);
    ns_free(f->edges);
    ns_free(f->into);
    ns_free(f->other);
    ns_free(f->captured);
    ns_free(f->classes);
    ns_free(f->reasons);
    ns_free(f->bounded);
    ns_free(f->arguments);
    ns_free(f->entry);
    ns_free(f->exit);
    ns_free(f);
}

fold_state *fold_state_new(fold *all, const fold_frame *f)
{
    fold_state *s = ns_calloc(1, sizeof *s + f->width * sizeof *s->values);
    all->failed |= !s;
    return s;
}

void fold_state_copy(const fold_frame *f, fold_state *to, const fold_state *from)
{
    memcpy(to, from, sizeof *to + f->width * sizeof *to->values);
}

// -- Blocks ---------------------------------------------------------------------------------------

static bool ends_block(const fold_frame *f, uint32_t i)
{
    return f->insns[i].target != NS_INSN_NO_TARGET || f->flows[i].ends;
}

static void find_blocks(fold_frame *f)
{
    memset(f->block_of, 0xff, (f->count + 1) * sizeof *f->block_of);
    f->block_of[0] = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->insns[i].target != NS_INSN_NO_TARGET)
            f->block_of[f->at[f->insns[i].target]] = 0;
        if (ends_block(f, i))
            f->block_of[i + 1] = 0;
    }
    for (uint32_t i = 0; i < f->count; i++)
        if (f->block_of[i] == 0) {
            f->block_of[i] = f->block_count;
            f->begins[f->block_count++] = i;
        }
    f->begins[f->block_count] = f->count;
}

static void find_edges(fold_frame *f)
{
    for (uint32_t b = 0; b < f->block_count; b++) {
        uint32_t last = f->begins[b + 1] - 1, target = f->insns[last].target;
        if (target != NS_INSN_NO_TARGET) {
            uint32_t to = f->block_of[f->at[target]];
            f->other[2 * b] = f->into[to];
            f->into[to] = 2 * b + 1;
        }
        if (!f->flows[last].ends && b + 1 < f->block_count) {
            f->other[2 * b + 1] = f->into[b + 1];
            f->into[b + 1] = 2 * b + 1 + 1;
        }
    }
}

static bool decode(fold *all, fold_frame *f)
{
    const ns_probe *probe = all->jit->probe;
    const ns_function *function = f->code->compiled->function;
    probe->ops->decode(probe, function, f->insns);
    probe->ops->flow(probe, function, f->flows);
    memset(f->at, 0xff, (function->bytecode_size + 1) * sizeof *f->at);
    for (uint32_t i = 0; i < f->count; i++) {
        const ns_flow *flow = &f->flows[i];
        ns_insn_kind kind = (ns_insn_kind)f->insns[i].kind;
        f->at[f->insns[i].offset] = i;
        if (flow->odd || kind == NS_INSN_with || kind == NS_INSN_finally ||
            flow->variable >= (int32_t)f->variables) {
            all->odd = true;
            return false;
        }
        // A reference to a variable, by which it is written to.
        if (kind == NS_INSN_other && flow->variable >= 0)
            f->captured[flow->variable] = true;
        if (kind == NS_INSN_closure) {
            uint16_t taken[64];
            uint32_t most = sizeof taken / sizeof *taken;
            uint32_t n = probe->ops->captured(probe, function, f->insns[i].offset, taken, most);
            for (uint32_t k = 0; k < n; k++)
                f->captured[n > most ? k : taken[k]] = true;
            if (n > most) // not all of them are told
                memset(f->captured, true, f->variables);
        }
    }
    return true;
}

static bool allocate(fold *all, fold_frame *f)
{
    uint32_t bytes = f->code->compiled->function->bytecode_size, count = f->count;
    f->insns = ns_calloc(count + 1, sizeof *f->insns);
    f->flows = ns_calloc(count + 1, sizeof *f->flows);
    f->at = ns_calloc(bytes + 1, sizeof *f->at);
    f->block_of = ns_calloc(count + 1, sizeof *f->block_of);
    f->begins = ns_calloc(count + 1, sizeof *f->begins);
    f->loop = ns_calloc(count, sizeof *f->loop);
    f->headers = ns_calloc(count, sizeof *f->headers);
    f->captured = ns_calloc(f->variables + 64, sizeof *f->captured);
    f->bounded = ns_calloc(f->variables + 1, sizeof *f->bounded);
    f->classes = ns_calloc(count, sizeof *f->classes);
    f->reasons = ns_calloc(count, sizeof *f->reasons);
    f->arguments = ns_calloc(f->layout.arguments + 1, sizeof *f->arguments);
    f->entry = fold_state_new(all, f);
    f->exit = fold_state_new(all, f);
    all->failed |= !f->insns || !f->flows || !f->at || !f->block_of || !f->begins || !f->loop ||
                   !f->headers || !f->captured || !f->bounded || !f->classes || !f->reasons ||
                   !f->arguments;
    return !all->failed;
}

fold_frame *fold_frame_new(fold *all, jit_code *code, fold_frame *parent, uint32_t loop)
{
    const ns_probe *probe = all->jit->probe;
    const ns_function *function = code->compiled->function;
    fold_frame *f = ns_calloc(1, sizeof *f);
    if (!f) {
        all->failed = true;
        return NULL;
    }
    f->code = code;
    f->parent = parent;
    f->count = probe->ops->decode(probe, function, NULL);
    probe->ops->frame(probe, function, &f->layout);
    f->variables = f->layout.arguments + f->layout.locals;
    f->width = f->variables + f->layout.stack + NS_FLOW_MOST;
    if (f->count == 0 || f->variables > VARIABLES_MOST || f->layout.resumable ||
        (uint64_t)f->width * f->count > CELLS_MOST)
        all->odd = true;
    if (all->odd || !allocate(all, f) || !decode(all, f)) {
        fold_frame_free(f);
        return NULL;
    }
    find_blocks(f);
    f->edges = ns_calloc(2 * (size_t)f->block_count, sizeof(fold_state *));
    f->into = ns_calloc(f->block_count, sizeof *f->into);
    f->other = ns_calloc(2 * (size_t)f->block_count, sizeof *f->other);
    all->failed |= !f->edges || !f->into || !f->other;
    if (!all->failed) {
        find_edges(f);
        fold_find_loops(all, f, loop);
    }
    f->first = fold_numbers(all, f->count * NS_FLOW_MOST);
    f->own = fold_numbers(all, f->layout.arguments + FOLD_OWN);
    f->merged = fold_numbers(all, f->block_count * f->width);
    f->entered_with = fold_numbers(all, f->variables);
    if (all->failed) {
        fold_frame_free(f);
        return NULL;
    }
    return f;
}

// Blocks in their order, and what is known where ways meet. See jit_fold.h.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_fold.h"

enum { PASSES_MOST = 10, STEPS_MOST = 1 << 20 };

// A value of several ways.
static fold_value merge(fold *all, const fold_frame *f, uint32_t block, uint32_t index,
                        fold_value before, fold_value value)
{
    fold_value number = f->merged + block * f->width + index;
    if (before == value || value == number)
        return before;
    if (before == FOLD_NOTHING)
        return value;
    fold_info *info = &all->infos[number];
    uint32_t loop = f->loop[f->begins[block]];
    uint8_t type = all->infos[value].type;
    if (before != number && all->infos[before].type != type)
        type = FOLD_ANY;
    if (before == number && info->type != type)
        type = FOLD_ANY;
    all->changed |= info->loop != loop || info->type != type;
    *info = (fold_info){.loop = loop, .type = type};
    return number;
}

// Where a loop begins, its own ways back count only for values: of memory V8 knows what it knew
// before the loop, and if its first round is peeled, behind that
// (LoadElimination::ReduceEffectPhi).
static bool tells_memory(const fold_frame *f, uint32_t block, uint32_t edge, bool came_back)
{
    bool back = edge / 2 >= block;
    return f->headers[block] == 0 || back == came_back;
}

static bool came_back(const fold *all, const fold_frame *f, uint32_t block)
{
    if (f->headers[block] == 0 || !all->loops[f->headers[block]].peeled || !f->peeling)
        return false;
    for (uint32_t e = f->into[block]; e; e = f->other[e - 1])
        if ((e - 1) / 2 >= block && f->edges[e - 1] && f->edges[e - 1]->reached)
            return true;
    return false;
}

// The code is entered at a loop by on-stack replacement: what its variables hold there may be
// anything (BytecodeGraphBuilder::AdvanceToOsrEntryAndPeelLoops).
static fold_value incoming(const fold_frame *f, uint32_t block, uint32_t edge, uint32_t index,
                           fold_value value)
{
    bool osr = !f->parent && edge / 2 < block && index < f->variables &&
               f->insns[f->begins[block]].offset == f->code->osr;
    return osr ? f->entered_with + index : value;
}

static bool gather(fold *all, fold_frame *f, uint32_t block, fold_state *s)
{
    bool first = true, told = false, back = came_back(all, f, block);
    s->reached = false;
    s->known_count = 0;
    if (block == 0) {
        fold_state_copy(f, s, f->entry);
        first = false;
        told = !back;
    }
    for (uint32_t e = f->into[block]; e; e = f->other[e - 1]) {
        const fold_state *from = f->edges[e - 1];
        if (!from || !from->reached)
            continue;
        if (first) {
            s->depth = from->depth;
            memset(s->values, 0, f->width * sizeof *s->values);
        }
        if (from->depth != s->depth) {
            all->odd = true;
            return false;
        }
        first = false;
        s->reached = true;
        for (uint32_t v = 0; v < f->variables + s->depth; v++)
            s->values[v] = merge(all, f, block, v, s->values[v],
                                 incoming(f, block, e - 1, v, from->values[v]));
        if (!tells_memory(f, block, e - 1, back))
            continue;
        if (told) {
            fold_intersect(s, from);
        } else {
            s->known_count = from->known_count;
            memcpy(s->known, from->known, sizeof s->known);
        }
        told = true;
    }
    if (block == 0 && !told)
        s->known_count = 0;
    if (f->headers[block])
        fold_enter_loop(all, s, f->headers[block]);
    return s->reached;
}

// Variables that a handler finds may have been assigned to anywhere in its block.
static void to_handler(fold *all, const fold_frame *f, uint32_t to, fold_state *s)
{
    uint32_t block = f->block_of[to];
    s->known_count = 0;
    for (uint32_t v = 0; v < f->variables + s->depth; v++) {
        if (v >= f->variables && v + 1 < f->variables + s->depth)
            continue; // the stack below the exception is as it was
        s->values[v] = f->merged + block * f->width + v;
        all->infos[s->values[v]] = (fold_info){.loop = f->loop[to]};
    }
}

static void put_edge(fold *all, fold_frame *f, uint32_t edge, const fold_state *s)
{
    if (!f->edges[edge])
        f->edges[edge] = fold_state_new(all, f);
    if (all->failed)
        return;
    fold_state *to = f->edges[edge];
    all->changed |= to->reached != s->reached || to->known_count != s->known_count ||
                    memcmp(to->known, s->known, s->known_count * sizeof *s->known) != 0 ||
                    memcmp(to->values, s->values, f->width * sizeof *s->values) != 0;
    fold_state_copy(f, to, s);
}

static void execute(fold *all, fold_frame *f, uint32_t block, fold_state *s)
{
    uint32_t end = f->begins[block + 1];
    for (uint32_t i = f->begins[block]; i < end; i++) {
        const ns_insn *insn = &f->insns[i];
        if (insn->kind == NS_INSN_catch && insn->target != NS_INSN_NO_TARGET) {
            fold_state *thrown = fold_state_new(all, f);
            if (!thrown)
                return;
            fold_state_copy(f, thrown, s);
            thrown->depth++;
            to_handler(all, f, f->at[insn->target], thrown);
            put_edge(all, f, 2 * block, thrown);
            ns_free(thrown);
        }
        if (!fold_step(all, f, i, s) || all->odd || all->failed)
            return;
        // What is above the stack is not compared.
        memset(&s->values[f->variables + s->depth], 0,
               (f->width - f->variables - s->depth) * sizeof *s->values);
    }
    const ns_insn *last = &f->insns[end - 1];
    if (last->target != NS_INSN_NO_TARGET && last->kind != NS_INSN_catch)
        put_edge(all, f, 2 * block, s);
    if (!f->flows[end - 1].ends && end < f->count)
        put_edge(all, f, 2 * block + 1, s);
}

// Until nothing changes.
static void run(fold *all, fold_frame *f, fold_state *s)
{
    for (int pass = 0; pass < PASSES_MOST && !all->odd && !all->failed; pass++) {
        all->changed = false;
        f->exit->reached = false;
        for (uint32_t b = 0; b < f->block_count && !all->odd && !all->failed; b++)
            if (gather(all, f, b, s))
                execute(all, f, b, s);
        all->odd |= all->steps > STEPS_MOST;
        if (!all->changed)
            return;
    }
}

void fold_run(fold *all, fold_frame *f)
{
    fold_state *s = fold_state_new(all, f);
    bool before = all->changed;
    for (uint32_t e = 0; e < 2 * f->block_count; e++)
        if (f->edges[e])
            f->edges[e]->reached = false;
    // What varies in a loop has to be known before what its first round leaves is made use of.
    f->peeling = false;
    if (s)
        run(all, f, s);
    f->peeling = true;
    if (s)
        run(all, f, s);
    all->changed |= before;
    ns_free(s);
}

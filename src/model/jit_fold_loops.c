// Loops of the analysis of what is computed once, and which of them V8 peels
// (compiler/loop-peeling.cc): innermost ones that are not too large, and have a mark wherever they
// are left (LoopFinder::HasMarkedExits). BytecodeGraphBuilder makes marks where its own function
// jumps, returns, throws or tests a variable of an outer one, but none where it deoptimizes for
// want of feedback, nor in a function that is inlined, which throws. See jit_fold.h.
#include "base/alloc.h"
#include "model/jit_fold.h"

static uint32_t new_loop(fold *all, uint32_t parent)
{
    if (all->loop_count + 1 >= all->loop_capacity) {
        uint32_t capacity = all->loop_capacity ? all->loop_capacity * 2 : 16;
        fold_loop *grown = ns_realloc(all->loops, capacity * sizeof *grown);
        if (!grown) {
            all->failed = true;
            return 0;
        }
        all->loops = grown;
        all->loop_capacity = capacity;
    }
    all->loops[++all->loop_count] = (fold_loop){.parent = parent, .peeled = true};
    return all->loop_count;
}

// The smallest loop around a loop of the function, or an instruction.
static int around(const jit_function *f, uint32_t offset, int but)
{
    int found = -1;
    for (int i = 0; i < f->loop_count; i++) {
        const jit_loop *loop = &f->loops[i];
        bool outer =
            but < 0 || (loop->end >= f->loops[but].end && loop->depth < f->loops[but].depth);
        if (i != but && outer && loop->begin <= offset && offset < loop->end &&
            (found < 0 || loop->depth > f->loops[found].depth))
            found = i;
    }
    return found;
}

// Nodes of V8's graph for an instruction: checks, loads of elements and length, branches with
// both ways (counted from what node --trace-turbo-loop peels: tests/suites/jit/folding).
static uint32_t nodes_of(const ns_insn *insn)
{
    switch ((ns_insn_kind)insn->kind) {
    case NS_INSN_keyed_load:
    case NS_INSN_keyed_load_method:
    case NS_INSN_keyed_store:
        return 5;
    case NS_INSN_branch:
    case NS_INSN_call:
    case NS_INSN_call_method:
    case NS_INSN_construct:
        return 3;
    case NS_INSN_load:
    case NS_INSN_length:
    case NS_INSN_store:
        return 2;
    default:
        return insn->slot != 0;
    }
}

static bool is_inlined(const fold_frame *f, const ns_insn *insn)
{
    return f->code->compiled->inlined && insn->slot && f->code->compiled->inlined[insn->slot];
}

static void count_nodes(fold *all, const fold_frame *f, uint32_t i)
{
    const ns_insn *insn = &f->insns[i];
    bool in_place = is_inlined(f, insn);
    for (uint32_t loop = f->loop[i]; loop; loop = all->loops[loop].parent)
        all->loops[loop].nodes += in_place ? 0 : nodes_of(insn);
    if (insn->kind == NS_INSN_instanceof && f->loop[i])
        all->loops[f->loop[i]].whole = "instanceof is a loop in it"; // ReduceJSHasInPrototypeChain
}

void fold_find_loops(fold *all, fold_frame *f, uint32_t outer)
{
    const jit_function *function = f->code->compiled->function->model;
    uint32_t *number = ns_calloc((size_t)function->loop_count + 1, sizeof *number);
    if (!number) {
        all->failed = true;
        return;
    }
    for (int depth = 0, left = function->loop_count; left > 0 && !all->failed; depth++)
        for (int i = 0; i < function->loop_count; i++) {
            const jit_loop *loop = &function->loops[i];
            if (loop->depth != depth)
                continue;
            left--;
            int parent = around(function, loop->begin, i);
            number[i] = new_loop(all, parent >= 0 ? number[parent] : outer);
            f->headers[f->block_of[f->at[loop->begin]]] = number[i];
            if (all->failed)
                break;
            all->loops[number[i]].frame = f;
            all->loops[number[i]].insn = f->at[loop->begin];
        }
    for (uint32_t i = 0; i < f->count; i++) {
        int loop = around(function, f->insns[i].offset, -1);
        f->loop[i] = loop >= 0 ? number[loop] : outer;
        count_nodes(all, f, i);
    }
    ns_free(number);
}

void fold_choose_peeled(fold *all)
{
    enum { NODES_MOST = 1000 }; // LoopPeeler::kMaxPeeledNodes
    for (uint32_t i = 1; i <= all->loop_count; i++) {
        fold_loop *loop = &all->loops[i];
        if (loop->parent)
            all->loops[loop->parent].whole = "has a loop in it";
        if (loop->nodes > NODES_MOST)
            loop->whole = "too large";
    }
    for (uint32_t i = 1; i <= all->loop_count; i++) {
        if (!all->jit->flags.turbo_loop_peeling)
            all->loops[i].whole = "by a flag";
        all->loops[i].peeled = !all->loops[i].whole;
    }
}

// -- Ways out -------------------------------------------------------------------------------------

// Nobody comes there: the conditions that lead there are known.
static bool is_behind_known(const fold_frame *f, uint32_t i)
{
    uint32_t block = 0, edges = 0;
    while (block + 1 < f->block_count && f->begins[block + 1] <= i)
        block++;
    for (uint32_t e = f->into[block]; e; e = f->other[e - 1], edges++) {
        uint32_t last = f->begins[(e - 1) / 2 + 1] - 1;
        if (f->insns[last].kind != NS_INSN_branch || f->classes[last] != FOLD_CONSTANT)
            return false;
    }
    return edges > 0;
}

void fold_leave_loops(fold *all, const fold_frame *f, uint32_t i, const char *reason)
{
    if (f->loop[i] == 0 || is_behind_known(f, i))
        return;
    for (uint32_t loop = f->loop[i]; loop; loop = all->loops[loop].parent) {
        if (!all->loops[loop].whole)
            all->loops[loop].whole = reason;
        all->loops[loop].peeled = false;
    }
}

// Nothing is known of what is inlined in loops: of functions with `finally`, which throw anew.
static void keep_whole(fold *all)
{
    for (const fold_frame *f = all->frames; f; f = f->next)
        for (uint32_t i = 0; i < f->count; i++)
            if (f->loop[i] && is_inlined(f, &f->insns[i]))
                all->loops[f->loop[i]].whole =
                    "of a function that is inlined in it too little is known";
    fold_choose_peeled(all);
}

void fold_tell_peeled(fold *all, jit_code *root)
{
    const jit_function *f = root->compiled->function->model;
    if (all->odd)
        keep_whole(all);
    if (!root->peeled)
        root->peeled = ns_calloc((size_t)f->loop_count + 1, sizeof *root->peeled);
    if (!root->peeled) {
        all->failed = true;
        return;
    }
    for (uint32_t i = 1; i <= all->loop_count; i++) {
        const fold_loop *loop = &all->loops[i];
        for (int k = 0; loop->frame->code == root && k < f->loop_count; k++)
            if (f->loops[k].begin == loop->frame->insns[loop->insn].offset)
                root->peeled[k] = loop->peeled;
    }
}

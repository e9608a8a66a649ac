// What of new code is computed once or not at all: the analysis as a whole, and what follows for
// the code's costs. See jit_fold.h.
#include "model/jit_fold.h"
#include "base/alloc.h"

static fold_frame *add_frame(fold *f, jit_code *code, fold_frame *parent, uint32_t loop)
{
    fold_frame *frame = fold_frame_new(f, code, parent, loop);
    if (!frame)
        return NULL;
    *f->last = frame;
    f->last = &frame->next;
    ns_compiled **inlined = code->compiled->inlined;
    for (uint32_t i = 0; inlined && i < frame->count; i++) {
        const ns_compiled *target = frame->insns[i].slot ? inlined[frame->insns[i].slot] : NULL;
        for (; target; target = target->other)
            if (!add_frame(f, target->model, frame, frame->loop[i]))
                return NULL;
    }
    return frame;
}

static void run(fold *f)
{
    fold_frame *root = f->frames;
    root->receiver = root->own + root->layout.arguments + FOLD_OWN_RECEIVER;
    root->entry->reached = true;
    for (uint32_t i = 0; i < root->layout.arguments; i++)
        root->entry->values[i] = root->own + i;
    fold_run(f, root);
}

// -- What follows ---------------------------------------------------------------------------------

static const struct {
    const char *kind;
    jit_cost cost;
} classes[] = {
    [FOLD_CONSTANT] = {"folded", JIT_COST_folded},
    [FOLD_INVARIANT] = {"invariant", JIT_COST_invariant},
    [FOLD_REDUNDANT] = {"redundant", JIT_COST_redundant},
    [FOLD_UNCHECKED] = {"unchecked", JIT_COST_unchecked},
    [FOLD_REDUCED] = {"reduced", JIT_COST_reduced},
};

// The engine charges for the builtin as it runs.
static void remove_call(fold *f, ns_compiled *compiled, const ns_insn *insn)
{
    if (!compiled->removed)
        compiled->removed = ns_calloc(compiled->function->bytecode_size + 1, 1);
    if (compiled->removed)
        compiled->removed[insn->end] = NS_REMOVED_CALL;
    else
        f->failed = true;
}

static void tell_loop(const fold_loop *loop)
{
    const jit_code *root = loop->frame->code->root;
    jit_emit(root->owner, &(jit_note){.kind = loop->peeled ? "peeled" : "not-peeled",
                                      .reason = loop->peeled ? "innermost loop" : loop->whole,
                                      .from = NS_TIER_TURBOFAN,
                                      .to = NS_TIER_TURBOFAN,
                                      .code = root,
                                      .site_function = loop->frame->code->compiled->function,
                                      .site_offset = loop->frame->insns[loop->insn].offset});
}

static void apply(fold *f, const fold_frame *frame, uint32_t i)
{
    const ns_insn *insn = &frame->insns[i];
    ns_compiled *compiled = frame->code->compiled;
    const jit_code *root = frame->code->root;
    fold_class class = (fold_class)frame->classes[i];
    if (class == FOLD_WHOLE || (insn->slot && compiled->inlined && compiled->inlined[insn->slot]))
        return;
    compiled->packed[insn->offset] =
        NS_COUNT_ONE | f->jit->costs.price[NS_TIER_TURBOFAN][classes[class].cost];
    if (insn->kind == NS_INSN_call || insn->kind == NS_INSN_call_method)
        remove_call(f, compiled, insn);
    jit_emit(root->owner, &(jit_note){.kind = classes[class].kind,
                                      .reason = frame->reasons[i],
                                      .detail = ns_insn_name((ns_insn_kind)insn->kind),
                                      .from = NS_TIER_TURBOFAN,
                                      .to = NS_TIER_TURBOFAN,
                                      .code = root,
                                      .site_function = compiled->function,
                                      .site_offset = insn->offset});
}

bool jit_fold(jit_code *root)
{
    fold f = {.jit = root->owner->jit};
    f.last = &f.frames;
    if (!f.jit->probe->ops->flow)
        return true;
    add_frame(&f, root, NULL, 0);
    if (!f.odd && !f.failed) {
        fold_choose_peeled(&f);
        run(&f);
        for (uint32_t i = 1; i <= f.loop_count; i++)
            tell_loop(&f.loops[i]);
    }
    if (!f.failed && f.frames)
        fold_tell_peeled(&f, root);
    for (fold_frame *frame = f.frames, *next; frame; frame = next) {
        next = frame->next;
        for (uint32_t i = 0; i < frame->count && !f.odd && !f.failed; i++)
            apply(&f, frame, i);
        fold_frame_free(frame);
    }
    ns_free(f.loops);
    ns_free(f.infos);
    ns_free(f.expressions);
    return !f.failed;
}

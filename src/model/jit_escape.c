// Escape analysis of new code: which of its allocations V8 does without. See jit_escape.h.
//
// The bytecode of the function and of what is inlined in it is interpreted with values that stand
// for the objects of each allocation site, until nothing changes. An object escapes when it is
// passed to a call that is not inlined, stored in an object that escapes, returned, or is one of
// several values that a variable may have where ways meet; what is left is not allocated.
#include <stdio.h>

#include "base/alloc.h"
#include "model/jit_escape.h"

enum { ROUNDS_MOST = 64 };

static void add_frames(esc *e, jit_code *code)
{
    if (e->odd || e->failed)
        return;
    if (e->frame_count == e->frame_capacity) {
        uint32_t capacity = e->frame_capacity ? e->frame_capacity * 2 : 8;
        // NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers
        esc_frame **grown = ns_realloc(e->frames, capacity * sizeof *grown);
        if (!grown) {
            e->failed = true;
            return;
        }
        e->frames = grown;
        e->frame_capacity = capacity;
    }
    esc_frame *frame = esc_frame_new(e, code);
    if (!frame)
        return;
    e->frames[e->frame_count++] = frame;
    for (jit_code *child = code->children; child; child = child->sibling)
        add_frames(e, child);
}

static bool allocates(const esc *e)
{
    for (uint32_t i = 0; i < e->frame_count; i++) {
        const esc_frame *f = e->frames[i];
        for (uint32_t k = 0; k < f->count; k++)
            switch ((ns_insn_kind)f->insns[k].kind) {
            case NS_INSN_object:
            case NS_INSN_array:
            case NS_INSN_closure:
            case NS_INSN_rest:
            case NS_INSN_arguments:
            case NS_INSN_construct:
            case NS_INSN_for_of:
                return true;
            default:
                break;
            }
    }
    return false;
}

static void run(esc *e)
{
    for (int round = 0; round < ROUNDS_MOST && !e->odd && !e->failed; round++) {
        e->changed = false;
        for (uint32_t i = 0; i < e->frame_count; i++)
            esc_flow(e, e->frames[i]);
        if (!e->changed)
            return;
    }
    e->odd = true;
}

// -- What follows ---------------------------------------------------------------------------------

static const esc_frame *frame_of(const esc *e, const jit_code *code)
{
    for (uint32_t i = 0; i < e->frame_count; i++)
        if (e->frames[i]->code == code)
            return e->frames[i];
    return NULL;
}

static void note(const esc *e, const esc_site *site)
{
    const esc_frame *f = frame_of(e, site->code);
    const jit_code *root = site->code->root;
    char detail[160];
    const char *where = site->where && site->where->name ? site->where->name : "";
    snprintf(detail, sizeof detail, "%s%s%.100s",
             !site->escaped ? (site->elements ? "but for its elements" : "") : site->reason,
             site->escaped && *where ? ", in " : "", site->escaped ? where : "");
    jit_emit(root->owner, &(jit_note){.kind = "allocation",
                                      .reason = site->escaped ? "escapes" : "removed",
                                      .detail = detail,
                                      .from = NS_TIER_TURBOFAN,
                                      .to = NS_TIER_TURBOFAN,
                                      .code = root,
                                      .site_function = site->code->compiled->function,
                                      .site_offset = f->insns[site->insn].offset});
}

static void remove_site(esc *e, const esc_site *site)
{
    const esc_frame *f = frame_of(e, site->code);
    ns_compiled *compiled = site->code->compiled;
    const ns_insn *insn = &f->insns[site->insn];
    if (!compiled->removed)
        compiled->removed = ns_calloc(compiled->function->bytecode_size + 1, 1);
    if (!compiled->removed) {
        e->failed = true;
        return;
    }
    compiled->removed[insn->end] = site->elements ? NS_REMOVED_OBJECT : NS_REMOVED_ALL;
    if (insn->kind != NS_INSN_construct && !site->elements)
        compiled->packed[insn->offset] =
            NS_COUNT_ONE | e->jit->costs.price[NS_TIER_TURBOFAN][JIT_COST_move];
}

// Loads from objects that are not there, and stores to them, are moves between registers.
static void cheapen(const esc *e, const esc_frame *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        ns_insn_kind kind = (ns_insn_kind)f->insns[i].kind;
        bool access = kind == NS_INSN_load || kind == NS_INSN_store || kind == NS_INSN_define ||
                      kind == NS_INSN_keyed_load || kind == NS_INSN_keyed_store ||
                      kind == NS_INSN_length;
        uint32_t pops = f->flows[i].pops;
        if (!access || f->depth[i] == UINT32_MAX || f->depth[i] < pops)
            continue;
        const esc_value *stack = &f->states[(size_t)i * f->width + f->variables];
        if (esc_kept(e, stack[f->depth[i] - pops]))
            f->code->compiled->packed[f->insns[i].offset] =
                NS_COUNT_ONE | e->jit->costs.price[NS_TIER_TURBOFAN][JIT_COST_move];
    }
}

static void apply(esc *e)
{
    for (uint32_t i = 0; i < e->site_count && !e->failed; i++) {
        const esc_site *site = &e->sites[i];
        if (site->kind == ESC_CONTEXT)
            continue;
        note(e, site);
        if (!site->escaped)
            remove_site(e, site);
    }
    for (uint32_t i = 0; i < e->frame_count; i++)
        cheapen(e, e->frames[i]);
}

bool jit_escape(jit_code *root)
{
    esc e = {.jit = root->owner->jit};
    if (!e.jit->probe->ops->flow)
        return true;
    add_frames(&e, root);
    if (e.frame_count > 0 && !e.failed)
        esc_box_variables(&e);
    if (e.frame_count > 0 && !e.failed)
        esc_box_merges(&e);
    if (!e.odd && !e.failed && allocates(&e)) {
        esc_find_tested(&e);
        run(&e);
        if (!e.odd && !e.failed)
            apply(&e);
    }
    for (uint32_t i = 0; i < e.frame_count; i++)
        esc_frame_free(e.frames[i]);
    ns_free(e.frames);
    ns_free(e.sites);
    ns_free(e.contents);
    return !e.failed;
}

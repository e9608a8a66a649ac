// Code that is entered by on-stack replacement: one piece for each loop of a function, and what
// deoptimizations leave of it (V8: src/runtime/runtime-compiler.cc, Runtime_NotifyDeoptimized).
//
// Such code is kept where it deoptimizes behind the outermost loop that it was entered in: what
// follows a long loop has no feedback when the loop is compiled. It is entered again at the loop's
// next back-edge, and deoptimizes again behind it.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_internal.h"

jit_code *jit_osr_code(const jit_function *f, uint32_t begin)
{
    jit_code *code = f->osr;
    while (code && code->osr != begin)
        code = code->osr_next;
    return code;
}

void jit_osr_add(jit_function *f, jit_code *root)
{
    jit_code *before = jit_osr_code(f, root->osr);
    if (before)
        jit_osr_drop(f, before);
    root->osr_next = f->osr;
    f->osr = root;
}

void jit_osr_drop(jit_function *f, const jit_code *root)
{
    jit_code **at = &f->osr;
    while (*at && *at != root)
        at = &(*at)->osr_next;
    if (*at)
        *at = root->osr_next;
}

// The outermost loop around an instruction; NULL: none.
static const jit_loop *outermost(const jit_function *f, uint32_t offset)
{
    for (int i = 0; i < f->loop_count; i++)
        if (f->loops[i].depth == 0 && f->loops[i].begin <= offset && offset < f->loops[i].end)
            return &f->loops[i];
    return NULL;
}

bool jit_osr_outlives(const jit_code *root, uint32_t exit)
{
    const jit_function *f = root->owner;
    return root->osr != NS_INSN_NO_TARGET && outermost(f, root->osr) != outermost(f, exit);
}

jit_code *jit_osr_around(const jit_function *f, uint32_t exit)
{
    const jit_loop *loop = outermost(f, exit);
    jit_code *code = loop ? f->osr : NULL;
    while (code && outermost(f, code->osr) != loop)
        code = code->osr_next;
    return code;
}

uint32_t jit_exit_in_root(const jit_code *code, uint32_t offset)
{
    for (; code->parent; code = code->parent) {
        const ns_compiled *into = code->parent->compiled;
        const ns_function *function = into->function;
        for (uint32_t i = 1; into->inlined && i < function->slot_count; i++)
            for (const ns_compiled *c = into->inlined[i]; c; c = c->other)
                if (c == code->compiled)
                    offset = function->slots[i].offset;
    }
    return offset;
}

// -- Code that stays, though what runs it leaves it -----------------------------------------------

// Suspended activations are not on the stack.
static bool is_resumable(const ns_probe *probe, const ns_function *function)
{
    ns_frame_layout frame = {0};
    probe->ops->frame(probe, function, &frame);
    return frame.resumable;
}

// A place that the code has left, and that no activation is in any more, out of its list; NULL:
// none.
static jit_code *take_unused(jit_code *code)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    for (jit_code **at = &code->left; *at; at = &(*at)->left) {
        jit_code *left = *at;
        if (left->compiled->twin || probe->ops->running(probe, left->compiled) > 0)
            continue;
        *at = left->left;
        jit_settle(left);
        return left;
    }
    return NULL;
}

static jit_code *new_place(const jit_code *code)
{
    const ns_compiled *old = code->compiled;
    ns_probe *probe = code->root->owner->jit->probe;
    jit_code *left = ns_calloc(1, sizeof *left);
    if (left)
        left->compiled = probe->ops->new_code(probe, old->function, old->tier);
    if (left && left->compiled)
        return left;
    ns_free(left);
    return NULL;
}

// What an activation of one function's code is in becomes its base, and the code gets another
// place. Its old place knows the new one by `moved`.
static bool move(jit_code *code)
{
    ns_compiled *old = code->compiled;
    const ns_function *function = old->function;
    jit_code *left = take_unused(code);
    if (!left)
        left = new_place(code);
    if (!left)
        return false;
    ns_compiled *to = left->compiled;
    to->tier = old->tier;
    memcpy(to->packed, old->packed, function->bytecode_size * sizeof *to->packed);
    to->weight = old->weight;
    to->inlined = old->inlined;
    to->removed = old->removed;
    to->boxed = old->boxed;
    to->model = code;
    old->inlined = NULL;
    old->removed = NULL;
    old->boxed = NULL;
    *left = (jit_code){.owner = code->owner,
                       .compiled = old,
                       .root = left,
                       .moved = code,
                       .settled = code->settled,
                       .osr = NS_INSN_NO_TARGET,
                       .opt_id = code->opt_id,
                       .dead = true};
    if (!is_resumable(code->root->owner->jit->probe, function)) {
        left->left = code->left;
        code->left = left;
    }
    old->model = left;
    code->compiled = to;
    code->settled = to->cost;
    jit_rebase(left);
    for (jit_code *child = code->children; child; child = child->sibling)
        if (!move(child))
            return false;
    return true;
}

static ns_compiled *moved(const ns_compiled *old)
{
    const jit_code *left = old ? old->model : NULL;
    return left ? left->moved->compiled : NULL;
}

static void link(jit_code *code)
{
    ns_compiled *compiled = code->compiled;
    for (uint32_t i = 0; compiled->inlined && i < compiled->function->slot_count; i++) {
        const ns_compiled *old = compiled->inlined[i];
        compiled->inlined[i] = moved(old);
        for (; old; old = old->other)
            moved(old)->other = moved(old->other);
    }
    for (jit_code *child = code->children; child; child = child->sibling)
        link(child);
}

void jit_osr_leave(jit_code *root)
{
    if (!move(root)) {
        root->owner->jit->failed = true;
        return;
    }
    link(root);
    jit_priced(root);
}

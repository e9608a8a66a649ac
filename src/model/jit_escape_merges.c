// Doubles that meet what may be anything (V8: simplified-lowering.cc, GetOutputInfoForPhi).
//
// Where ways join on which a variable holds different values, it is a Phi. An argument, and any
// variable where a loop is entered by on-stack replacement, may be anything, and so may a Phi of
// it: a double that is assigned to the variable on another way becomes a HeapNumber, as in `if (x >
// most) x = most`. Of arguments of inlined functions V8 knows more: they are not followed.
#include <string.h>

#include "base/alloc.h"
#include "model/jit_escape.h"

// What a variable holds: nothing yet, something from before, something else, or the result of a
// calculation (HOLDS_RESULT and the number of its instruction).
enum { HOLDS_NOTHING, HOLDS_ANY, HOLDS_OTHER, HOLDS_RESULT };

typedef struct merges {
    esc *e;
    const esc_frame *f;
    const jit_function *function;
    uint32_t *states; // by instruction where ways join: variables
    uint32_t *now;
    bool reached;
    bool known; // the states are, and what has to be boxed for them is
} merges;

// Whether the result is converted in each round in which it is made: behind a loop it is only when
// that ends.
static bool in_its_loop(const merges *m, uint32_t result, uint32_t to)
{
    const jit_loop *loop = esc_innermost(m->function, m->f->insns[result].offset);
    uint32_t offset = m->f->insns[to].offset;
    return !loop || (loop->begin <= offset && offset < loop->end);
}

static uint32_t *state_of(const merges *m, uint32_t insn)
{
    return m->states + (size_t)insn * m->f->variables;
}

static uint32_t meet(uint32_t a, uint32_t b)
{
    if (a == b || b == HOLDS_NOTHING)
        return a;
    if (a == HOLDS_NOTHING)
        return b;
    return a == HOLDS_ANY || b == HOLDS_ANY ? HOLDS_ANY : HOLDS_OTHER;
}

// What the variables hold now comes to a place where ways join.
static void join(merges *m, uint32_t to)
{
    const esc_frame *f = m->f;
    uint32_t *state = state_of(m, to);
    for (uint32_t v = 0; v < f->variables; v++) {
        if (!m->known)
            state[v] = meet(state[v], m->now[v]);
        else if (state[v] == HOLDS_ANY && m->now[v] >= HOLDS_RESULT && esc_is_live(f, to, v) &&
                 in_its_loop(m, m->now[v] - HOLDS_RESULT, to))
            m->e->failed |= !jit_box(f->code, f->insns[m->now[v] - HOLDS_RESULT].end);
    }
}

// The variable that an instruction writes to; -1: none.
static int32_t written(const esc_frame *f, uint32_t i)
{
    return f->insns[i].kind == NS_INSN_uninitialized ? f->flows[i].variable : esc_assigns(f, i);
}

// The instruction whose result it writes.
static uint32_t source(const esc_frame *f, uint32_t i)
{
    ns_insn_kind kind = (ns_insn_kind)f->insns[i].kind;
    if (kind == NS_INSN_step_local || kind == NS_INSN_add_local || i == 0)
        return i;
    return i - 1 - (i > 1 && f->insns[i - 1].kind == NS_INSN_dup);
}

static void hold_other(const merges *m, uint32_t begin, uint32_t end)
{
    for (uint32_t i = m->f->at[begin]; i < m->f->count && m->f->insns[i].offset < end; i++) {
        int32_t variable = written(m->f, i);
        if (variable >= 0)
            m->now[variable] = HOLDS_OTHER;
    }
}

// What an instruction assigns.
static void assign(const merges *m, uint32_t i)
{
    const esc_frame *f = m->f;
    int32_t variable = written(f, i), from;
    if (variable < 0)
        return;
    uint32_t by = source(f, i);
    const ns_insn *insn = &f->insns[by];
    const ns_slot *slot = insn->slot ? &f->code->assumed[insn->slot] : NULL;
    if (f->captured[variable])
        m->now[variable] = HOLDS_OTHER;
    else if (slot && slot->kind == NS_SLOT_ARITH)
        m->now[variable] = HOLDS_RESULT + by;
    else if ((insn->kind == NS_INSN_get_local || insn->kind == NS_INSN_get_checked) &&
             (from = f->flows[by].variable) >= 0 && !f->captured[from])
        m->now[variable] = m->now[from];
    else
        m->now[variable] = HOLDS_OTHER;
}

static bool is_join(const merges *m, uint32_t i)
{
    const uint32_t *state = state_of(m, i);
    for (uint32_t v = 0; v < m->f->variables; v++)
        if (state[v] != HOLDS_NOTHING)
            return true;
    return false;
}

static void jump(merges *m, const ns_insn *insn)
{
    uint32_t to = m->f->at[insn->target], *state = state_of(m, to);
    if (insn->kind != NS_INSN_catch)
        join(m, to);
    else
        for (uint32_t v = 0; v < m->f->variables; v++)
            state[v] = HOLDS_OTHER;
}

static void step(merges *m, uint32_t i)
{
    const esc_frame *f = m->f;
    const ns_insn *insn = &f->insns[i];
    if (is_join(m, i)) {
        if (m->reached)
            join(m, i);
        memcpy(m->now, state_of(m, i), f->variables * sizeof *m->now);
    } else if (!m->reached) {
        return;
    }
    for (int k = 0; k < m->function->loop_count; k++)
        if (m->function->loops[k].begin == insn->offset)
            hold_other(m, insn->offset, m->function->loops[k].end);
    assign(m, i);
    if (insn->target != NS_INSN_NO_TARGET && insn->target > insn->offset)
        jump(m, insn);
    m->reached = !f->flows[i].ends;
}

// The code begins with the outermost loop around where it is entered.
static uint32_t beginning(const jit_function *function, uint32_t osr)
{
    uint32_t begin = osr;
    for (int i = 0; i < function->loop_count; i++)
        if (function->loops[i].begin < begin && osr < function->loops[i].end)
            begin = function->loops[i].begin;
    return begin;
}

static void pass(merges *m)
{
    const esc_frame *f = m->f;
    bool osr = f->code->osr != NS_INSN_NO_TARGET;
    for (uint32_t v = 0; v < f->variables; v++)
        m->now[v] = osr || v < f->layout.arguments ? HOLDS_ANY : HOLDS_OTHER;
    m->reached = true;
    uint32_t first = osr ? f->at[beginning(m->function, f->code->osr)] : 0;
    for (uint32_t i = first; i < f->count && !m->e->failed; i++)
        step(m, i);
}

void esc_box_merges(esc *e)
{
    const esc_frame *f = e->frames[0];
    merges m = {.e = e, .f = f, .function = f->code->owner};
    if (f->variables == 0 || (uint64_t)f->count * f->variables > ESC_STATE_MOST)
        return;
    m.states = ns_calloc((size_t)(f->count + 1) * f->variables, sizeof *m.states);
    m.now = ns_calloc(f->variables, sizeof *m.now);
    e->failed |= !m.states || !m.now;
    for (int k = 0; k < 2 && !e->failed; k++) {
        m.known = k == 1;
        pass(&m);
    }
    ns_free(m.states);
    ns_free(m.now);
}

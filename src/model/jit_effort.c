// How long TurboFan works on code, by what it makes a graph of. A function's length alone is off by
// a factor of 1.43 at the median of functions, what is counted here by 1.31 (bench/fit-compile).
#include <stdio.h>

#include "model/jit_internal.h"

static bool is_live(const ns_slot *slot)
{
    return slot->tags || slot->ways;
}

// TurboFan drops what follows a site without feedback.
static uint32_t live_bytes(const jit_code *code)
{
    const ns_function *function = code->compiled->function;
    const jit_function *f = function->model;
    uint32_t live = 0;
    for (uint32_t i = 1; i < function->slot_count; i++)
        live += is_live(&code->assumed[i]);
    uint32_t sites = function->slot_count ? function->slot_count - 1 : 0;
    return sites ? f->size * live / sites : f->size;
}

static void add_insn(jit_effort *effort, const ns_insn *insn, const ns_slot *slot)
{
    effort->ways += slot && slot->ways > 1 ? slot->ways - 1 : 0;
    switch (insn->kind) {
    case NS_INSN_closure:
    case NS_INSN_object:
    case NS_INSN_array:
    case NS_INSN_regexp:
    case NS_INSN_class:
    case NS_INSN_arguments:
    case NS_INSN_rest:
        effort->literals++;
        return;
    case NS_INSN_for_in:
    case NS_INSN_for_in_next:
    case NS_INSN_for_of:
    case NS_INSN_for_of_next:
    case NS_INSN_iterator:
    case NS_INSN_generator:
    case NS_INSN_yield:
    case NS_INSN_await:
        effort->iterations++;
        return;
    default:
        break;
    }
    // Math's functions are one node each; of others the compiler writes the loops.
    if (slot && slot->kind == NS_SLOT_CALL && slot->ways == 1 && insn->kind != NS_INSN_apply)
        effort->builtins +=
            (slot->seen[0] & (NS_TARGET_NATIVE | NS_TARGET_PURE)) == NS_TARGET_NATIVE;
}

// Loops that ran: something in them has feedback, or could have none.
static uint32_t live_loops(const jit_code *code, const ns_insn *insns, uint32_t count)
{
    const jit_function *f = code->compiled->function->model;
    uint32_t loops = 0;
    for (int l = 0; l < f->loop_count; l++) {
        uint32_t sites = 0, live = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (!insns[i].slot || insns[i].offset < f->loops[l].begin ||
                insns[i].offset >= f->loops[l].end)
                continue;
            sites++;
            live += is_live(&code->assumed[insns[i].slot]);
        }
        loops += live > 0 || sites == 0;
    }
    return loops;
}

void jit_add_effort(jit_effort *effort, const jit_code *code, const ns_insn *insns, uint32_t count)
{
    effort->bytes += live_bytes(code);
    effort->loops += live_loops(code, insns, count);
    for (uint32_t i = 0; i < count; i++) {
        const ns_slot *slot = insns[i].slot ? &code->assumed[insns[i].slot] : NULL;
        if (!slot || is_live(slot))
            add_insn(effort, &insns[i], slot);
    }
}

double jit_execute_ns(const jit_costs *costs, const jit_effort *effort)
{
    return costs->execute_base + costs->execute_byte * effort->bytes +
           costs->execute_loop * effort->loops + costs->execute_way * effort->ways +
           costs->execute_builtin * effort->builtins + costs->execute_literal * effort->literals +
           costs->execute_iteration * effort->iterations;
}

void jit_effort_text(const jit_effort *effort, char *text, size_t size)
{
    const struct {
        const char *name;
        uint32_t count;
    } parts[] = {
        {"bytes of bytecode", effort->bytes}, {"loops", effort->loops},
        {"further shapes", effort->ways},     {"builtins", effort->builtins},
        {"literals", effort->literals},       {"iterations", effort->iterations},
    };
    int length = 0;
    *text = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].count && length >= 0 && (size_t)length < size)
            length += snprintf(text + length, size - (size_t)length, "%s%u %s", i ? ", " : "",
                               parts[i].count, parts[i].name);
}

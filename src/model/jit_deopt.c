// Deoptimization: optimized code meets what it was not compiled for (V8: src/deoptimizer, the
// reasons of deoptimize-reason.h).
//
// Whatever a site has not seen before comes here. Where the code assumed less, it is taken back:
// its activations go on in the tier below, and the function starts again towards TurboFan, with the
// wider feedback.
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/jit_internal.h"
#include "model/jit_lattice.h"

enum { PS_PER_NS = 1000 };

static ns_insn_kind kind_at(const ns_jit *jit, const ns_function *function, uint32_t offset)
{
    const ns_probe *probe = jit->probe;
    uint32_t count = probe->ops->decode(probe, function, NULL);
    ns_insn *insns = ns_calloc(count + 1, sizeof *insns);
    ns_insn_kind kind = NS_INSN_other;
    if (insns) {
        probe->ops->decode(probe, function, insns);
        for (uint32_t i = 0; i < count; i++)
            if (insns[i].offset == offset)
                kind = (ns_insn_kind)insns[i].kind;
    }
    ns_free(insns);
    return kind;
}

// A site that had no feedback when it was compiled: TurboFan puts a deoptimization there
// (compiler/js-type-hint-lowering.cc, js-native-context-specialization.cc).
static const char *insufficient(const jit_code *code, const ns_slot *slot)
{
    const ns_jit *jit = code->root->owner->jit;
    const ns_function *function = code->compiled->function;
    switch ((ns_slot_kind)slot->kind) {
    case NS_SLOT_ARITH:
        if (code->compiled->tier == NS_TIER_MAGLEV) // maglev-graph-builder.cc, VisitUnaryOperation
            return "Insufficient type feedback for binary operation";
        switch (kind_at(jit, function, slot->offset)) {
        case NS_INSN_unary:
        case NS_INSN_step:
        case NS_INSN_post_step:
        case NS_INSN_step_local:
            return "Insufficient type feedback for unary operation";
        default:
            return "Insufficient type feedback for binary operation";
        }
    case NS_SLOT_COMPARE:
        return "Insufficient type feedback for compare operation";
    case NS_SLOT_LOAD:
    case NS_SLOT_STORE:
        return "Insufficient type feedback for generic named access";
    case NS_SLOT_KEYED_LOAD:
    case NS_SLOT_KEYED_STORE:
    case NS_SLOT_LITERAL:
        return "Insufficient type feedback for generic keyed access";
    case NS_SLOT_CALL:
        return kind_at(jit, function, slot->offset) == NS_INSN_construct
                   ? "Insufficient type feedback for construct"
                   : "Insufficient type feedback for call";
    case NS_SLOT_NONE:
        break;
    }
    return NULL;
}

// Maglev (maglev/maglev-graph-builder.cc, VisitBinaryOperation and VisitCompareOperation) assumes
// numbers; all else is left to builtins.
static const char *maglev_operand_check(ns_slot_kind kind, jit_lattice_point before, uint32_t seen)
{
    switch (before) {
    case JIT_FB_SMALL: // Int32MultiplyWithOverflow and Int32DivideWithOverflow have no -0
        return seen & (NS_FB_OVERFLOW | NS_FB_MINUS_ZERO) ? "overflow" : "not a Smi";
    case JIT_FB_NUMBER:
        return "not a Number";
    case JIT_FB_ODDBALL:
        return kind == NS_SLOT_COMPARE ? NULL : "not a Number or Oddball";
    default:
        return NULL;
    }
}

static const char *operand_check(const jit_code *code, ns_slot_kind kind, uint32_t assumed,
                                 uint32_t seen)
{
    jit_lattice_point before = jit_lattice(assumed), after = jit_lattice(assumed | seen);
    if (before == after)
        return NULL;
    if (code->compiled->tier == NS_TIER_MAGLEV)
        return maglev_operand_check(kind, before, seen);
    switch (before) {
    case JIT_FB_SMALL:
        if (seen & NS_FB_OVERFLOW)
            return "overflow";
        return seen & NS_FB_MINUS_ZERO ? "minus zero" : "not a Smi";
    case JIT_FB_NUMBER: // the checks of SpeculativeNumberLessThan and SpeculativeNumberAdd
        return kind == NS_SLOT_COMPARE ? "not a heap number" : "not a Number or Oddball";
    case JIT_FB_ODDBALL:
        return "not a Number or Oddball";
    case JIT_FB_STRING:
        return "not a String";
    case JIT_FB_BIGINT:
        return "not a BigInt";
    default:
        return NULL;
    }
}

// V8's elements kinds, of which arrays only go up (src/objects/elements-kind.h).
static int elements_kind(uint32_t tags)
{
    if (tags & (NS_FB_STRING | NS_FB_BIGINT | NS_FB_OBJECT | NS_FB_OTHER))
        return 2;
    return tags & NS_FB_NUMBER ? 1 : 0;
}

// An array's map tells its elements kind, and a store checks the value against it.
static const char *element_check(const ns_slot *assumed, const ns_slot *slot)
{
    uint32_t seen = slot->tags & ~(uint32_t)assumed->tags;
    if (assumed->megamorphic || assumed->tags == 0 || (slot->tags & NS_FB_NAME))
        return NULL;
    if (seen & NS_FB_OUTSIDE)
        return "out of bounds";
    int before = elements_kind(assumed->tags);
    if (elements_kind(slot->tags) == before || slot->kind == NS_SLOT_KEYED_LOAD)
        return NULL;
    return before == 0 ? "not a Smi" : "not a heap number";
}

static bool has(const ns_slot *slot, uint32_t id)
{
    for (int way = 0; way < slot->ways; way++)
        if (slot->seen[way] == id)
            return true;
    return false;
}

uint32_t jit_newcomer(const ns_slot *assumed, const ns_slot *slot)
{
    for (int way = 0; way < slot->ways; way++)
        if (!has(assumed, slot->seen[way]))
            return slot->seen[way];
    return 0;
}

// The reason for which the code cannot go on when one of its sites, whose number this is, meets
// what is in `slot`; NULL: it can.
static const char *violated(const jit_code *code, uint32_t number, const ns_slot *slot)
{
    const ns_function *function = code->compiled->function;
    const ns_jit *jit = code->root->owner->jit;
    const ns_slot *assumed = &code->assumed[number];
    bool more = slot->megamorphic > assumed->megamorphic;
    uint32_t id = assumed->megamorphic ? 0 : jit_newcomer(assumed, slot);
    switch ((ns_slot_kind)slot->kind) {
    case NS_SLOT_ARITH:
        // Bitwise operators cut off numbers as they come.
        if (slot->tags == (NS_FB_SMI | NS_FB_NUMBER) &&
            kind_at(jit, function, slot->offset) == NS_INSN_bitwise)
            return NULL;
        if (code->compiled->tier == NS_TIER_TURBOFAN && jit_overflow_is_cut_off(code, slot))
            return NULL;
        return operand_check(code, NS_SLOT_ARITH, assumed->tags, slot->tags);
    case NS_SLOT_COMPARE:
        return operand_check(code, NS_SLOT_COMPARE, assumed->tags, slot->tags);
    case NS_SLOT_LOAD:
    case NS_SLOT_STORE:
    case NS_SLOT_KEYED_LOAD:
    case NS_SLOT_KEYED_STORE: {
        if (!more && id == 0)
            return element_check(assumed, slot);
        return id == NS_SHAPE_SMI ? "Smi" : "wrong map";
    }
    case NS_SLOT_CALL:
        if ((!more && id == 0) || assumed->ways != 1 || jit_target_known(code, number) ||
            assumed->tags & NS_FB_THROUGH)
            return NULL;
        // BuildCheckValue compares with a constant.
        return code->compiled->tier == NS_TIER_MAGLEV ? "wrong value" : "wrong call target";
    case NS_SLOT_LITERAL:
        return element_check(assumed, slot);
    case NS_SLOT_NONE:
        break;
    }
    return NULL;
}

static void take_back(jit_code *code)
{
    jit_rebase(code);
    code->dead = true;
    for (jit_code *child = code->children; child; child = child->sibling)
        take_back(child);
}

static void materialize(const jit_code *code, ns_materialized *sum)
{
    ns_probe *probe = code->root->owner->jit->probe;
    if (probe->ops->materialize)
        probe->ops->materialize(probe, code->compiled, sum);
    for (const jit_code *child = code->children; child; child = child->sibling)
        materialize(child, sum);
}

// What escape analysis has removed has to be there for the tiers below.
static void make_removed(const jit_code *root)
{
    jit_function *f = root->owner;
    ns_materialized sum = {0};
    materialize(root, &sum);
    if (sum.objects == 0)
        return;
    char detail[96];
    snprintf(detail, sizeof detail, "%u object%s, %llu bytes", sum.objects,
             sum.objects == 1 ? "" : "s", (unsigned long long)sum.words * 8);
    jit_charge(f->jit, sum.objects * (double)f->jit->costs.price[NS_TIER_IGNITION][JIT_COST_alloc] /
                           PS_PER_NS);
    jit_emit(f, &(jit_note){.kind = "materialize",
                            .reason = "objects that had been removed",
                            .detail = detail,
                            .from = (ns_tier)root->compiled->tier,
                            .to = (ns_tier)f->base->tier,
                            .code = root});
}

static void discard(jit_code *root)
{
    jit_function *f = root->owner;
    jit_tierup_end(root);
    make_removed(root);
    if (f->optimized == root) {
        f->optimized = NULL;
        f->function->code = f->base;
    }
    jit_osr_drop(f, root);
    take_back(root);
    jit_arm(f);
}

// Activations of the code that are not on top go on in the tier below when what they have called
// returns (Deoptimizer::DeoptimizeFunction).
static void leave_others(jit_function *f, jit_note *note)
{
    note->kind = "deopt-lazy";
    note->reason = "(unknown)";
    jit_emit(f, note);
    jit_charge(f->jit, f->jit->costs.deopt_lazy);
}

void jit_deoptimize(jit_code *code, uint32_t offset, const char *reason, const char *detail)
{
    jit_code *root = code->root;
    jit_function *f = root->owner;
    jit_note note = {.kind = "deopt-eager",
                     .reason = reason,
                     .detail = detail,
                     .from = (ns_tier)root->compiled->tier,
                     .to = (ns_tier)f->base->tier,
                     .code = root,
                     .site_function = code->compiled->function,
                     .site_offset = offset};
    f->deopts++;
    f->last_reason = reason;
    jit_emit(f, &note);
    jit_charge(f->jit, f->jit->costs.deopt_eager);
    uint32_t exit = jit_exit_in_root(code, offset);
    if (jit_osr_outlives(root, exit)) {
        make_removed(root);
        jit_osr_leave(root);
        return;
    }
    if (f->jit->probe->ops->running(f->jit->probe, root->compiled) > 1)
        leave_others(f, &note);
    discard(root);
    // DeoptAllOsrLoopsContainingDeoptExit.
    for (jit_code *other = NULL;
         root->osr == NS_INSN_NO_TARGET && (other = jit_osr_around(f, exit)) != NULL;)
        discard(other);
}

static bool running(const jit_code *code)
{
    const ns_probe *probe = code->root->owner->jit->probe;
    if (probe->ops->running(probe, code->compiled) > 0)
        return true;
    for (const jit_code *child = code->children; child; child = child->sibling)
        if (running(child))
            return true;
    return false;
}

static void never_install(jit_code *code)
{
    code->dead = true;
    for (jit_code *child = code->children; child; child = child->sibling)
        never_install(child);
}

void jit_invalidate(jit_code *root, const ns_function *at, uint32_t offset, const char *detail)
{
    jit_function *f = root->owner;
    if (!root->installed) { // it is being compiled
        never_install(root);
        return;
    }
    bool active = running(root);
    jit_note note = {.kind = "dependency",
                     .reason = "code dependencies",
                     .from = (ns_tier)root->compiled->tier,
                     .to = (ns_tier)f->base->tier,
                     .code = root,
                     .detail = detail,
                     .site_function = at,
                     .site_offset = offset};
    jit_emit(f, &note);
    if (active)
        leave_others(f, &note);
    f->deopts++;
    f->last_reason = "code dependencies";
    discard(root);
}

static bool is_inline_cache(const ns_slot *slot)
{
    return slot->kind != NS_SLOT_ARITH && slot->kind != NS_SLOT_COMPARE &&
           slot->kind != NS_SLOT_CALL;
}

// Whether the inline cache did not know the hidden class: the runtime makes a handler for it.
static bool is_miss(const ns_slot *slot, const ns_slot *before, const ns_slot *after)
{
    bool access = is_inline_cache(slot) && slot->kind != NS_SLOT_LITERAL;
    return access && !before->megamorphic &&
           (after->megamorphic || jit_newcomer(before, after) != 0);
}

// What has just come, alone: `slot` as the engine tells it, `before` as it was.
static ns_slot news(const ns_slot *slot, const ns_slot *before)
{
    ns_slot one = {.tags = slot->tags & (uint8_t)~before->tags,
                   .megamorphic = slot->megamorphic && !before->megamorphic};
    uint32_t id = jit_newcomer(before, slot);
    if (id) {
        one.ways = 1;
        one.seen[0] = id;
    }
    return one;
}

// "SignedSmall, then String came"; "{x, y}, then {y, x} came".
static void tell_newcomer(const ns_jit *jit, const ns_slot *assumed, const ns_slot *now, char *out,
                          size_t size)
{
    const ns_probe *probe = jit->probe;
    if (now->kind == NS_SLOT_ARITH || now->kind == NS_SLOT_COMPARE) {
        snprintf(out, size, "%s, then %s came", jit_lattice_name(jit_lattice(assumed->tags)),
                 jit_lattice_name(jit_lattice(now->tags & ~(uint32_t)assumed->tags)));
        return;
    }
    uint32_t id = jit_newcomer(assumed, now);
    char first[96] = "", second[96];
    if (id == 0 || assumed->ways == 0)
        return;
    if (now->kind == NS_SLOT_CALL) {
        const ns_function *one = probe->ops->function(probe, assumed->seen[0]);
        const ns_function *two = probe->ops->function(probe, id);
        if (one && two)
            snprintf(out, size, "%s, then %s came", *one->name ? one->name : "(anonymous)",
                     *two->name ? two->name : "(anonymous)");
        return;
    }
    probe->ops->shape_text(probe, assumed->seen[0], first, sizeof first);
    probe->ops->shape_text(probe, id, second, sizeof second);
    if (strcmp(first, second) == 0)
        snprintf(second, sizeof second, "the same with other representations");
    snprintf(out, size, "%s%s, then %s came", first, assumed->ways > 1 ? " and others" : "",
             second);
}

// The code that runs has met what is in `one`.
static void check_assumption(jit_code *code, uint32_t number, const ns_slot *slot,
                             const ns_slot *one)
{
    const ns_jit *jit = code->root->owner->jit;
    const ns_slot *assumed = &code->assumed[number];
    ns_slot now = *assumed;
    jit_merge(&now, one);
    bool unseen = assumed->tags == 0 && assumed->ways == 0;
    const char *reason = unseen ? insufficient(code, slot) : violated(code, number, &now);
    if (!reason)
        return;
    char detail[256] = "";
    if (!unseen)
        tell_newcomer(jit, assumed, &now, detail, sizeof detail);
    jit_deoptimize(code, slot->offset, reason, detail);
}

// Whether code is left that assumes less than the site has seen.
static bool assumed_less(const jit_function *f, uint32_t number, const ns_slot *truth)
{
    for (const ns_compiled *compiled = f->function->codes; compiled; compiled = compiled->next) {
        const jit_code *code = compiled->model;
        if (!code || !code->assumed || code->dead)
            continue;
        const ns_slot *assumed = &code->assumed[number];
        if ((assumed->tags == 0 && assumed->ways == 0) || violated(code, number, truth))
            return true;
    }
    return false;
}

void jit_feedback(void *opaque, ns_compiled *compiled, ns_slot *slot, const ns_slot *before)
{
    (void)opaque;
    jit_function *f = compiled->function->model;
    jit_code *code = compiled->model;
    if (!f || !code || !f->vector)
        return;
    uint32_t number = (uint32_t)(slot - compiled->function->slots);
    ns_slot one = news(slot, before), was = *before, is;
    bool changed = jit_seen(f, slot, &was, &is);
    jit_read_later(f, number, &one);
    if (code->assumed && !code->dead)
        check_assumption(code, number, slot, &one);
    if (changed) {
        jit_ic_changed(f, is_inline_cache(slot));
        jit_reprice(f, number, &was, &is);
        if (is_miss(slot, &was, &is))
            jit_charge(f->jit, f->jit->costs.ic_miss);
    }
    jit_watch_slot(f, slot, assumed_less(f, number, &is));
}

// The places of what was read after the compilation had begun.
static void take_places(ns_slot *assumed, const ns_slot *truth)
{
    for (int way = 0; way < assumed->ways; way++)
        for (int known = 0; known < truth->ways; known++)
            if (truth->seen[known] == assumed->seen[way])
                assumed->own[way] = truth->own[known];
}

void jit_installed(const jit_code *code)
{
    ns_function *function = code->compiled->function;
    jit_function *f = function->model;
    for (uint32_t i = 1; code->assumed && i < function->slot_count; i++) {
        const ns_slot *truth = jit_slot(f, i);
        ns_slot *assumed = &code->assumed[i];
        take_places(assumed, truth);
        if (truth->tags != assumed->tags || truth->ways != assumed->ways ||
            truth->megamorphic != assumed->megamorphic)
            jit_watch_slot(f, &function->slots[i], assumed_less(f, i, truth));
    }
    for (const jit_code *child = code->children; child; child = child->sibling)
        jit_installed(child);
}

void jit_enter(jit_code *root)
{
    if (root->watch)
        jit_installed(root);
    root->watch = false;
}

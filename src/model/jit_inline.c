// Inlining (V8: src/compiler/js-inlining-heuristic.cc): small functions at once, others by the
// frequency of their call while the budget lasts, and then what they call themselves. Each decision
// on a call of JavaScript is told, with its reason.
#include <stdio.h>

#include "base/alloc.h"
#include "model/jit_internal.h"

typedef struct candidate {
    jit_code *caller;
    uint32_t slot;
    double frequency; // calls per call of the root
    uint32_t size;    // of those targets that may be inlined, with what is inlined in them
    uint32_t largest; // of them
    bool inlines[NS_SLOT_WAYS];
} candidate;

enum { max_nesting = 50 }; // compiler/js-inlining.cc, kMaxDepthForInlining

// The tier's own flags.
typedef struct limits {
    uint32_t size, cumulative, small, absolute;
    double frequency, reserve;
    int depth;
} limits;

typedef struct inliner {
    ns_jit *jit;
    limits most;
    candidate *list;
    int count, capacity;
    uint32_t inlined; // bytes so far
    bool failed;
} inliner;

static jit_function *target(const inliner *in, const candidate *c, int way)
{
    const ns_slot *slot = &c->caller->assumed[c->slot];
    if (slot->seen[way] & NS_TARGET_NATIVE)
        return NULL;
    const ns_function *function = in->jit->probe->ops->function(in->jit->probe, slot->seen[way]);
    return function ? function->model : NULL;
}

static int depth_of(const jit_code *code)
{
    int depth = 0;
    for (; code->parent; code = code->parent)
        depth++;
    return depth;
}

// -- Reasons --------------------------------------------------------------------------------------

static void tell(const inliner *in, const candidate *c, bool inlines, const char *reason)
{
    const jit_code *root = c->caller->root;
    const ns_slot *slot = &c->caller->assumed[c->slot];
    char detail[192];
    int length = 0;
    for (int way = 0; way < slot->ways && length < (int)sizeof detail - 64; way++) {
        const jit_function *f = target(in, c, way);
        if (f)
            length += snprintf(detail + length, sizeof detail - (size_t)length, "%s%.40s, %u bytes",
                               length ? "; " : "",
                               *f->function->name ? f->function->name : "(anonymous)", f->size);
    }
    if (length > 0 && c->frequency > 0)
        snprintf(detail + length, sizeof detail - (size_t)length, "; called %.2f times per call",
                 c->frequency);
    if (length > 0)
        jit_emit(root->owner, &(jit_note){.kind = inlines ? "inline" : "not-inlined",
                                          .reason = reason,
                                          .detail = detail,
                                          .from = (ns_tier)root->compiled->tier,
                                          .to = (ns_tier)root->compiled->tier,
                                          .code = root,
                                          .site_function = c->caller->compiled->function,
                                          .site_offset = slot->offset});
}

// SharedFunctionInfo::GetInlineability and JSInliningHeuristic::Reduce. NULL: it may be inlined.
static const char *unfit(const inliner *in, const candidate *c, const jit_function *f)
{
    if (!f || !f->function->body)
        return "has no bytecode";
    if (!f->vector)
        return "has no feedback vector";
    if (f->size > in->most.size)
        return "exceeds bytecode limit";
    return c->caller->compiled->function == f->function ? "recursive inlining" : NULL;
}

// Whether any target may be inlined; sets the sizes.
static bool suits(const inliner *in, candidate *c)
{
    const ns_slot *slot = &c->caller->assumed[c->slot];
    const char *reason = NULL;
    c->size = c->largest = 0;
    if (slot->kind != NS_SLOT_CALL || slot->ways == 0)
        return false;
    // A call's own feedback knows one target; several are known when the receiver's shapes tell.
    if (slot->megamorphic || (slot->ways > 1 && !jit_target_known(c->caller, c->slot))) {
        tell(in, c, false, "several targets");
        return false;
    }
    // Of f.call(...), f is known when it is a constant
    // (JSCallReducer::ReduceFunctionPrototypeCall).
    if (slot->tags & NS_FB_THROUGH && !c->caller->constant[c->caller->method[c->slot]]) {
        tell(in, c, false, "called through a function that is no constant");
        return false;
    }
    if (c->caller->spread[c->slot]) {
        tell(in, c, false, "called with a list of arguments");
        return false;
    }
    for (int way = 0; way < slot->ways; way++) {
        const jit_function *f = target(in, c, way);
        const char *why = unfit(in, c, f);
        c->inlines[way] = !why;
        reason = why ? why : reason;
        if (why)
            continue;
        bool turbofan = f->optimized && f->optimized->compiled->tier == NS_TIER_TURBOFAN;
        uint32_t size = f->size + (turbofan ? f->optimized->inlined : 0);
        c->size += size;
        c->largest = size > c->largest ? size : c->largest;
    }
    if (c->size == 0)
        tell(in, c, false, reason);
    return c->size > 0;
}

static void inline_targets(inliner *in, const candidate *c);

// Look at the calls of code that was just made.
static void consider(inliner *in, jit_code *code, double frequency)
{
    const ns_function *function = code->compiled->function;
    const jit_function *f = function->model;
    double calls = (double)(function->calls - f->calls_before);
    for (uint32_t i = 1; i < function->slot_count && !in->failed; i++) {
        candidate c = {.caller = code, .slot = i};
        if (!suits(in, &c))
            continue;
        double here = calls > 0 ? code->assumed[i].hits / calls : 1;
        c.frequency = frequency * here;
        if (here < in->most.frequency) {
            tell(in, &c, false, "called too seldom");
            continue;
        }
        if (depth_of(code) >= max_nesting) {
            tell(in, &c, false, "too deep");
            continue;
        }
        if (in->inlined >= in->most.absolute) {
            tell(in, &c, false, "budget is spent");
            continue;
        }
        if (c.largest <= in->most.small) {
            tell(in, &c, true, "small function");
            inline_targets(in, &c);
            continue;
        }
        if (in->count == in->capacity) {
            int capacity = in->capacity ? in->capacity * 2 : 32;
            candidate *grown = ns_realloc(in->list, (size_t)capacity * sizeof *grown);
            if (!grown) {
                in->failed = true;
                return;
            }
            in->list = grown;
            in->capacity = capacity;
        }
        in->list[in->count++] = c;
    }
}

static void inline_targets(inliner *in, const candidate *c)
{
    jit_code *caller = c->caller, *root = caller->root;
    ns_compiled *into = caller->compiled;
    const ns_slot *slot = &caller->assumed[c->slot];
    if (!into->inlined)
        into->inlined = ns_calloc(into->function->slot_count, sizeof(ns_compiled *));
    if (!into->inlined) {
        in->failed = true;
        return;
    }
    const uint64_t cost = in->jit->costs.price[into->tier][JIT_COST_call_inlined];
    into->packed[slot->offset] = NS_COUNT_ONE | cost;
    for (int way = slot->ways - 1; way >= 0; way--) {
        if (!c->inlines[way])
            continue;
        jit_function *f = target(in, c, way);
        in->inlined += f->size;
        jit_code *code =
            jit_new_code(in->jit, root->owner, f->function, (ns_tier)root->compiled->tier);
        if (!code) {
            in->failed = true;
            return;
        }
        code->root = root;
        code->parent = caller;
        code->opt_id = root->opt_id;
        code->sibling = caller->children;
        caller->children = code;
        code->compiled->other = into->inlined[c->slot];
        into->inlined[c->slot] = code->compiled;
        if (!jit_lower(code)) {
            in->failed = true;
            return;
        }
        consider(in, code, c->frequency);
    }
}

// The most frequent call goes first.
static candidate take_best(inliner *in)
{
    int best = 0;
    for (int i = 1; i < in->count; i++)
        if (in->list[i].frequency > in->list[best].frequency)
            best = i;
    candidate c = in->list[best];
    for (int i = best + 1; i < in->count; i++)
        in->list[i - 1] = in->list[i];
    in->count--;
    return c;
}

static limits limits_of(const jit_flags *flags, ns_tier tier)
{
    if (tier == NS_TIER_MAGLEV) // maglev/maglev-graph-builder.cc, ShouldInlineCall
        return (limits){
            .size = (uint32_t)flags->max_maglev_inlined_bytecode_size,
            .cumulative = (uint32_t)flags->max_maglev_inlined_bytecode_size_cumulative,
            .small = (uint32_t)flags->max_maglev_inlined_bytecode_size_small,
            .absolute = (uint32_t)flags->max_maglev_inlined_bytecode_size_cumulative + 1,
            .frequency = flags->min_maglev_inlining_frequency,
            .reserve = 0,
            .depth = flags->max_maglev_inline_depth,
        };
    return (limits){
        .size = (uint32_t)flags->max_inlined_bytecode_size,
        .cumulative = (uint32_t)flags->max_inlined_bytecode_size_cumulative,
        .small = (uint32_t)flags->max_inlined_bytecode_size_small,
        .absolute = (uint32_t)flags->max_inlined_bytecode_size_absolute,
        .frequency = flags->min_inlining_frequency,
        .reserve = flags->reserve_inline_budget_scale_factor,
        .depth = INT32_MAX,
    };
}

bool jit_inline(jit_code *root)
{
    inliner in = {.jit = root->owner->jit};
    in.most = limits_of(&in.jit->flags, (ns_tier)root->compiled->tier);
    consider(&in, root, 1);
    while (in.count > 0 && !in.failed) {
        candidate c = take_best(&in);
        bool fits = in.inlined + c.size * in.most.reserve <= in.most.cumulative;
        bool deep = depth_of(c.caller) > in.most.depth;
        tell(&in, &c, fits && !deep, deep ? "too deep" : fits ? "hot call" : "budget is spent");
        if (fits && !deep)
            inline_targets(&in, &c);
    }
    root->inlined = in.inlined;
    ns_free(in.list);
    return !in.failed;
}

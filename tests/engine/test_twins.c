// What activations would cost in other code than they run.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/engine.h"

static const uint32_t one_each[NS_COST_CLASSES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const uint32_t no_work[NS_WORK_CLASSES];

static ns_engine *engine_new(void)
{
    ns_engine *engine;
    ns_engine_options options = {.seed = 1};
    cr_assert(eq(int, ns_engine_new(&engine, &options, NULL), NS_OK));
    ns_probe_set_costs(ns_engine_probe(engine), one_each, no_work);
    return engine;
}

static void run(ns_engine *engine, const char *code)
{
    JSContext *ctx = ns_engine_context(engine);
    JSValue value = JS_Eval(ctx, code, strlen(code), "twins.js", JS_EVAL_TYPE_GLOBAL);
    cr_assert(not(JS_IsException(value)), "%s", code);
    JS_FreeValue(ctx, value);
}

static ns_function *find(ns_engine *engine, const char *name)
{
    ns_probe *probe = ns_engine_probe(engine);
    for (uint32_t id = 1; id <= ns_probe_function_count(probe); id++)
        if (strcmp(ns_probe_function(probe, id)->name, name) == 0)
            return ns_probe_function(probe, id);
    cr_assert(false, "no function %s", name);
    return NULL;
}

static void price(const ns_probe *probe, ns_compiled *code, uint64_t each)
{
    const ns_compiled *like = code->function->codes;
    for (uint32_t offset = 0; offset < code->function->bytecode_size; offset++)
        code->packed[offset] = like->packed[offset] ? NS_COUNT_ONE | each : 0;
    probe->ops->priced(probe, code);
}

static ns_compiled *code_of(ns_probe *probe, ns_function *fn, uint64_t each)
{
    ns_compiled *code = probe->ops->new_code(probe, fn, NS_TIER_TURBOFAN);
    cr_assert(code != NULL);
    price(probe, code, each);
    return code;
}

static void pair(ns_probe *probe, ns_compiled *code, ns_compiled *other, ns_tierup *tierup)
{
    code->twin = other;
    code->tierup = tierup;
    probe->twins++;
}

// The sum of the shifts, which are taken.
static int64_t taken(ns_tierup *tierup)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < tierup->count; i++)
        sum += tierup->shifts[i].cost;
    tierup->count = 0;
    return sum;
}

Test(twins, a_loop_is_counted_in_both_codes)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    run(engine,
        "function f(n) { let s = 0; while (n--) s = s < 9 ? s + n : 0; return s }\nf(3); f(3)");
    ns_function *f = find(engine, "f");
    ns_tierup tierup = {0};
    pair(probe, f->code, code_of(probe, f, 4), &tierup);
    uint64_t bytecodes = ns_function_bytecodes(f), cost = probe->cost, own = ns_function_cost(f);
    run(engine, "f(100)");
    bytecodes = ns_function_bytecodes(f) - bytecodes;
    cr_expect(gt(u64, bytecodes, 1000));
    cr_expect(eq(u64, ns_function_cost(f) - own, bytecodes)); // 1 each, as without a twin
    cr_expect(lt(u64, probe->cost - cost, bytecodes + 20));
    cr_expect(eq(i64, taken(&tierup), 3 * (int64_t)bytecodes));
    cr_expect(probe->shifted);
    ns_engine_free(engine);
}

Test(twins, what_is_inlined_in_the_other_code_belongs_to_it)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    run(engine, "function g(n) { return n + 1 }\nfunction f(n) { return g(n) * 2 }\n"
                "f(1); f(2); f(3); g(1)");
    ns_function *f = find(engine, "f"), *g = find(engine, "g");
    ns_compiled *other = code_of(probe, f, 4);
    uint32_t call = 0;
    for (uint32_t i = 1; i < f->slot_count; i++)
        if (f->slots[i].kind == NS_SLOT_CALL)
            call = i;
    other->inlined = ns_calloc(f->slot_count, sizeof(ns_compiled *));
    other->inlined[call] = code_of(probe, g, 11);
    ns_tierup tierup = {0};
    pair(probe, f->code, other, &tierup);
    uint64_t f_before = ns_function_bytecodes(f), g_before = ns_function_bytecodes(g);
    run(engine, "f(1); f(2)");
    int64_t of_f = (int64_t)(ns_function_bytecodes(f) - f_before);
    int64_t of_g = (int64_t)(ns_function_bytecodes(g) - g_before);
    cr_expect(eq(i64, taken(&tierup), 3 * of_f + 10 * of_g));
    run(engine, "g(1)"); // for itself
    cr_expect(eq(i64, taken(&tierup), 0));
    ns_engine_free(engine);
}

// An activation knows when it began; what is inlined in it begins with it.
Test(twins, shifts_are_told_by_when_activations_began)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    run(engine, "function f(n) { return n ? 1 + f(n - 1) : 0 }\nf(2); f(2)");
    ns_function *f = find(engine, "f");
    ns_tierup tierup = {0};
    pair(probe, f->code, code_of(probe, f, 2), &tierup);
    probe->checks = 7;
    run(engine, "f(2)");
    cr_assert(eq(u32, tierup.count, 1));
    cr_expect(eq(u32, tierup.shifts[0].began, 7));
    probe->checks = 9;
    run(engine, "f(2)");
    cr_assert(eq(u32, tierup.count, 2));
    cr_expect(eq(u32, tierup.shifts[1].began, 9));
    cr_expect(eq(i64, tierup.shifts[0].cost, tierup.shifts[1].cost));
    ns_engine_free(engine);
}

static void reprice(void *opaque, ns_compiled *code, ns_slot *seen, const ns_slot *before)
{
    price(opaque, code, 100);
}

// The code's costs change while an activation with a twin runs: both sums hold before and after.
Test(twins, costs_change_under_way)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    run(engine, "function f(a, b) { const c = a + b; return c - 1 }\nf(1, 2); f(1, 2)");
    ns_function *f = find(engine, "f");
    ns_tierup tierup = {0};
    pair(probe, f->code, code_of(probe, f, 4), &tierup);
    uint64_t count = ns_function_bytecodes(f), cost = ns_function_cost(f);
    probe->hooks.feedback = reprice;
    probe->hooks.jit = probe;
    run(engine, "f('x', 'y')");
    count = ns_function_bytecodes(f) - count;
    cost = ns_function_cost(f) - cost;
    // Some instructions cost 1 and were 3 cheaper, the others 100 and 96 dearer than in the other.
    uint64_t dear = (cost - count) / 99;
    cr_expect(gt(u64, dear, 0));
    cr_expect(lt(u64, dear, count));
    cr_expect(eq(i64, taken(&tierup), 3 * (int64_t)(count - dear) - 96 * (int64_t)dear));
    ns_engine_free(engine);
}

// Costs that do not fit beside each other any more: no shifts, and the code's own costs hold.
Test(twins, costs_that_do_not_fit_are_left_out)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    run(engine, "function f(n) { let s = 0; while (n--) s += n; return s }\nf(3); f(3)");
    ns_function *f = find(engine, "f");
    ns_tierup tierup = {0};
    ns_compiled *other = code_of(probe, f, 4);
    pair(probe, f->code, other, &tierup);
    run(engine, "f(5)");
    cr_expect(gt(i64, taken(&tierup), 0));
    price(probe, other, (1 << 20) - 1);
    price(probe, f->code, (1 << 20) - 1);
    for (uint32_t offset = 0; offset < f->bytecode_size; offset++)
        if (f->code->packed[offset])
            f->code->packed[offset] += (UINT64_C(1) << 26); // beyond what a field holds
    probe->ops->priced(probe, f->code);
    uint64_t count = ns_function_bytecodes(f), cost = ns_function_cost(f);
    run(engine, "f(5)");
    count = ns_function_bytecodes(f) - count;
    cr_expect(eq(u64, ns_function_cost(f) - cost, count * ((UINT64_C(1) << 26) + (1 << 20) - 1)));
    cr_expect(eq(i64, taken(&tierup), 0));
    ns_engine_free(engine);
}

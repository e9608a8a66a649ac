// The engine's life, and that nothing of the host reaches a program: clock, entropy, time zone,
// stack.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "base/alloc.h"
#include "engine/engine.h"

static int64_t fixed_clock(void *opaque)
{
    return *(int64_t *)opaque;
}

static ns_engine *engine_new(uint64_t seed, int64_t *now, size_t memory)
{
    ns_engine *engine;
    ns_engine_options options = {
        .seed = seed, .now_us = fixed_clock, .opaque = now, .memory_limit = memory};
    ns_err err = {0};
    cr_assert_eq(ns_engine_new(&engine, &options, &err), NS_OK, "%s", err.msg);
    return engine;
}

// The result of a program as text, its exception likewise; the caller frees it.
static char *run(ns_engine *engine, const char *code)
{
    JSContext *ctx = ns_engine_context(engine);
    JSValue value = JS_Eval(ctx, code, strlen(code), "test.js", JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(value))
        value = JS_GetException(ctx);
    const char *text = JS_ToCString(ctx, value);
    char *copy = ns_strdup(text ? text : "(no text)");
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, value);
    return copy;
}

static void expect(ns_engine *engine, const char *code, const char *expected)
{
    char *text = run(engine, code);
    cr_expect_str_eq(text, expected, "%s: %s, expected %s", code, text, expected);
    ns_free(text);
}

Test(engine, date_is_virtual)
{
    int64_t now = 1700000000123999;
    ns_engine *engine = engine_new(1, &now, 0);
    expect(engine, "Date.now()", "1700000000123");
    expect(engine, "+new Date()", "1700000000123");
    expect(engine, "new Date().toISOString()", "2023-11-14T22:13:20.123Z");
    expect(engine, "Date()", "Tue Nov 14 2023 22:13:20 GMT+0000");
    now += 1;
    expect(engine, "Date.now()", "1700000000124");
    now = -1;
    expect(engine, "Date.now()", "-1");
    ns_engine_free(engine);
}

Test(engine, local_time_is_utc)
{
    setenv("TZ", "America/New_York", 1);
    int64_t now = 0;
    ns_engine *engine = engine_new(1, &now, 0);
    expect(engine, "new Date(2020, 6, 1).getTimezoneOffset()", "0");
    expect(engine, "new Date(2020, 6, 1, 12).toISOString()", "2020-07-01T12:00:00.000Z");
    ns_engine_free(engine);
}

Test(engine, random_follows_the_seed)
{
    int64_t now = 0;
    const char *code = "Array.from({length: 4}, Math.random).join()";
    ns_engine *a = engine_new(1, &now, 0), *b = engine_new(1, &now, 0), *c = engine_new(2, &now, 0);
    char *x = run(a, code), *y = run(b, code), *z = run(c, code);
    cr_expect_str_eq(x, y);
    cr_expect_str_neq(x, z);
    ns_free(x);
    ns_free(y);
    ns_free(z);
    ns_engine_free(a);
    ns_engine_free(b);
    ns_engine_free(c);
}

Test(engine, memory_limit_cannot_be_caught)
{
    int64_t now = 0;
    ns_engine *engine = engine_new(1, &now, 16 << 20);
    JSContext *ctx = ns_engine_context(engine);
    const char *code =
        "let a = []; for (;;) { try { a.push(new Array(1000).fill(1.5)) } catch {} }";
    JSValue value = JS_Eval(ctx, code, strlen(code), "test.js", JS_EVAL_TYPE_GLOBAL);
    cr_assert(JS_IsException(value));
    JSValue error = JS_GetException(ctx);
    cr_expect(ns_is_termination(ctx, error));
    cr_expect(ns_engine_out_of_memory(engine));
    JS_FreeValue(ctx, error);
    ns_engine_free(engine);
}

static int quanta;
static ns_probe *quantum_probe;

static int end_at_third(void *opaque)
{
    quantum_probe->budget = quantum_probe->cost;
    return ++quanta == 3;
}

Test(engine, termination_passes_catch_and_finally)
{
    int64_t now = 0;
    ns_engine *engine = engine_new(1, &now, 0);
    JSContext *ctx = ns_engine_context(engine);
    ns_probe *probe = quantum_probe = ns_engine_probe(engine);
    probe->hooks.quantum = end_at_third;
    probe->budget = probe->cost;
    const char *code = "let seen = 0; try { for (;;) ; } catch { seen = 1 } finally { seen = 2 }";
    JSValue value = JS_Eval(ctx, code, strlen(code), "test.js", JS_EVAL_TYPE_GLOBAL);
    cr_assert(JS_IsException(value));
    cr_expect_eq(quanta, 3);
    JSValue error = JS_GetException(ctx);
    cr_expect(ns_is_termination(ctx, error));
    JS_FreeValue(ctx, error);
    ns_engine_free(engine);
}

static ucontext_t outside, inside;
static ns_engine *on_stack;
static char *overflow_text;

static void overflow(void)
{
    overflow_text = run(on_stack, "let n = 0; function f() { n++; f(); }"
                                  "let text; try { f() } catch (e) { text = String(e) }"
                                  "n > 10 && JSON.parse('[1]')[0] == 1 ? text : 'only ' + n");
}

Test(engine, stack_overflow_on_a_small_stack_is_a_range_error)
{
    int64_t now = 0;
    size_t size = 512 << 10;
    char *stack = malloc(size);
    on_stack = engine_new(1, &now, 0);
    ns_engine_set_stack(on_stack, stack, stack + size);
    getcontext(&inside);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = size;
    inside.uc_link = &outside;
    makecontext(&inside, overflow, 0);
    swapcontext(&outside, &inside);
    cr_expect_str_eq(overflow_text, "RangeError: Maximum call stack size exceeded");
    ns_free(overflow_text);
    ns_engine_free(on_stack);
    free(stack);
}

// Where node points its caret: the throw statement, not the place where finally or catch let go of
// it.
Test(engine, position_of_a_thrown_error)
{
    static const struct {
        const char *code;
        int line, column;
    } cases[] = {
        {"throw new Error('x')", 1, 1},
        {"const e = new Error('x');\n  throw e", 2, 3},
        {"function f() {\n  throw 5 }\ntry { f() } finally { 1 }", 2, 3},
        {"try {\n throw new Error('x') } catch (e) {\n  throw e }", 3, 3},
        {"try {\n throw new Error('x') } finally { 1 }", 2, 2},
        {"\n  null.x", 2, 8},
        {"\n let x = ;", 2, 10},
        {"throw {plain: 1}", 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t now = 0;
        ns_engine *engine = engine_new(1, &now, 0);
        JSContext *ctx = ns_engine_context(engine);
        const char *code = cases[i].code;
        cr_assert(JS_IsException(JS_Eval(ctx, code, strlen(code), "test.js", JS_EVAL_TYPE_GLOBAL)));
        JSValue error = JS_GetException(ctx);
        ns_position at;
        cr_assert(ns_error_position(ctx, error, false, &at), "%s", code);
        cr_expect_eq(at.line, cases[i].line, "%s: line %d", code, at.line);
        cr_expect_eq(at.column, cases[i].column, "%s: column %d", code, at.column);
        const char *script = JS_ToCString(ctx, at.script);
        cr_expect_str_eq(script, "test.js");
        JS_FreeCString(ctx, script);
        JS_FreeValue(ctx, at.script);
        JS_FreeValue(ctx, at.source_line);
        JS_FreeValue(ctx, error);
        ns_engine_free(engine);
    }
}

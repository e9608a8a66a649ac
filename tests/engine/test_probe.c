// What the engine reports to the models: counters, feedback, shapes, work, memory.
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/engine.h"

static const uint32_t one_each[NS_COST_CLASSES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const uint32_t no_work[NS_WORK_CLASSES];

static ns_engine *engine_new(void)
{
    ns_engine *engine;
    ns_engine_options options = {.seed = 1};
    cr_assert_eq(ns_engine_new(&engine, &options, NULL), NS_OK);
    ns_probe_set_costs(ns_engine_probe(engine), one_each, no_work);
    return engine;
}

static void run(ns_engine *engine, const char *code)
{
    JSContext *ctx = ns_engine_context(engine);
    JSValue value = JS_Eval(ctx, code, strlen(code), "probe.js", JS_EVAL_TYPE_GLOBAL);
    cr_assert_not(JS_IsException(value), "%s", code);
    JS_FreeValue(ctx, value);
}

static ns_function *find(ns_engine *engine, const char *name)
{
    ns_probe *probe = ns_engine_probe(engine);
    for (uint32_t id = 1; id <= ns_probe_function_count(probe); id++)
        if (strcmp(ns_probe_function(probe, id)->name, name) == 0)
            return ns_probe_function(probe, id);
    cr_assert_fail("no function %s", name);
    return NULL;
}

// The only slot of its kind.
static ns_slot *slot(ns_function *fn, ns_slot_kind kind)
{
    ns_slot *found = NULL;
    for (uint32_t i = 1; i < fn->slot_count; i++)
        if (fn->slots[i].kind == kind) {
            cr_assert_null(found, "%s has several slots of kind %d", fn->name, kind);
            found = &fn->slots[i];
        }
    cr_assert(found, "%s has no slot of kind %d", fn->name, kind);
    return found;
}

Test(probe, counts_calls_and_back_edges)
{
    ns_engine *engine = engine_new();
    run(engine, "function f(n) { let s = 0; for (let i = 0; i < n; i++) s += i; return s }\n"
                "f(10); f(20); f(30);");
    ns_function *f = find(engine, "f");
    cr_expect_eq(f->calls, 3);
    cr_expect_eq(f->back_edges, 60);
    cr_expect_str_eq(f->script, "probe.js");
    cr_expect_eq(f->line, 1);
    ns_engine_free(engine);
}

// Each iteration costs the same number of bytecodes, and with 1 unit each the cost is that number.
Test(probe, counts_bytecodes)
{
    ns_engine *engine = engine_new();
    run(engine, "function f(n) { while (n) n--; }\nf(1); f(1);");
    ns_function *f = find(engine, "f");
    uint64_t once = ns_function_bytecodes(f) / 2;
    run(engine, "f(2)");
    uint64_t step = ns_function_bytecodes(f) - 3 * once;
    run(engine, "f(102)");
    cr_expect_eq(ns_function_bytecodes(f), 4 * once + 102 * step);
    cr_expect_eq(ns_function_cost(f), ns_function_bytecodes(f));
    cr_expect_gt(step, 2);
    ns_engine_free(engine);
}

Test(probe, total_is_the_sum_of_functions)
{
    ns_engine *engine = engine_new();
    run(engine, "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }\n"
                "function* g() { for (let i = 0; i < 5; i++) yield fib(i) }\n"
                "let s = 0; for (const x of g()) s += x; try { null.x } catch {}");
    ns_probe *probe = ns_engine_probe(engine);
    uint64_t cost = 0;
    for (uint32_t id = 1; id <= ns_probe_function_count(probe); id++)
        cost += ns_function_cost(ns_probe_function(probe, id));
    cr_expect_eq(cost, probe->cost);
    ns_engine_free(engine);
}

// A model that makes every instruction cost 100 once a site has seen something new.
static void reprice(void *opaque, ns_compiled *code, ns_slot *seen, const ns_slot *before)
{
    const ns_probe *probe = opaque;
    for (uint32_t offset = 0; offset < code->function->bytecode_size; offset++)
        if (code->packed[offset])
            code->packed[offset] = NS_COUNT_ONE | 100;
    probe->ops->priced(probe, code);
}

// Instructions behind the last one of the kind.
static uint32_t behind(const ns_probe *probe, const ns_function *fn, ns_insn_kind kind)
{
    ns_insn insns[64];
    uint32_t count = probe->ops->decode(probe, fn, NULL);
    cr_assert_leq(count, 64);
    probe->ops->decode(probe, fn, insns);
    uint32_t i = count;
    while (i > 0 && insns[i - 1].kind != kind)
        i--;
    cr_assert_gt(i, 0);
    return count - i;
}

// How many instructions of the kind the function has, of closures how many are kept.
static uint32_t instructions(ns_engine *engine, const char *name, ns_insn_kind kind, bool kept)
{
    const ns_probe *probe = ns_engine_probe(engine);
    ns_insn insns[64];
    const ns_function *fn = find(engine, name);
    uint32_t count = probe->ops->decode(probe, fn, NULL), found = 0;
    cr_assert_leq(count, 64);
    probe->ops->decode(probe, fn, insns);
    for (uint32_t i = 0; i < count; i++)
        found += insns[i].kind == kind && insns[i].kept == kept;
    return found;
}

// Captured variables of a block have one context, those of a loop with `let` another one for each
// iteration, those of for-of one in each.
Test(probe, contexts_are_of_blocks_and_iterations)
{
    ns_engine *engine = engine_new();
    run(engine, "function block(n) { let f; while (n--) { const a = n, b = n; f = () => a + b } }\n"
                "function loop(n) { let f; for (let i = 0, j = 1; i < n; i++) f = () => i + j }\n"
                "function of(n) { let f; for (const i of n) f = () => i }\n"
                "function none(n) { let f; for (let i = 0; i < n; i++) f = () => n }\n"
                "block(2); loop(2); of([1]); none(2)");
    cr_expect_eq(instructions(engine, "block", NS_INSN_close_context, false), 1);
    cr_expect_eq(instructions(engine, "block", NS_INSN_next_context, false), 0);
    cr_expect_eq(instructions(engine, "loop", NS_INSN_close_context, false), 2, "around the loop");
    cr_expect_eq(instructions(engine, "loop", NS_INSN_next_context, false), 1);
    cr_expect_eq(instructions(engine, "of", NS_INSN_next_context, false), 0);
    cr_expect_geq(instructions(engine, "of", NS_INSN_close_context, false), 1);
    cr_expect_eq(instructions(engine, "none", NS_INSN_close_context, false), 0);
    cr_expect_eq(instructions(engine, "none", NS_INSN_next_context, false), 0);
    ns_engine_free(engine);
}

Test(probe, closures_that_are_assigned_to_properties_are_kept)
{
    ns_engine *engine = engine_new();
    run(engine, "function f(o) { o.f = () => 1; o[0] = () => 2; return o.g = () => 3 }\n"
                "function g(o) { const f = () => 1; o.f = f; return () => 2 }\nf({}); g({})");
    cr_expect_eq(instructions(engine, "f", NS_INSN_closure, true), 3);
    cr_expect_eq(instructions(engine, "f", NS_INSN_closure, false), 0);
    cr_expect_eq(instructions(engine, "g", NS_INSN_closure, true), 0);
    cr_expect_eq(instructions(engine, "g", NS_INSN_closure, false), 2);
    cr_expect_eq(instructions(engine, "g", NS_INSN_name, false), 1);
    ns_engine_free(engine);
}

// What has been executed keeps its cost; what comes has the new one, in outer activations too.
Test(probe, costs_change_under_way)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    run(engine, "function f(a, n) { if (n) f(a, 0); return a * 2 }\nf(1, 1); f(1, 1)");
    ns_function *f = find(engine, "f");
    uint64_t before = ns_function_cost(f), bytecodes = ns_function_bytecodes(f);
    cr_assert_eq(before, bytecodes);
    probe->hooks.feedback = reprice;
    probe->hooks.jit = probe;
    run(engine, "f(1.5, 1)");
    bytecodes = ns_function_bytecodes(f) - bytecodes;
    uint32_t late = behind(probe, f, NS_INSN_multiply) + behind(probe, f, NS_INSN_call);
    cr_expect_eq(ns_function_cost(f) - before, bytecodes - late + late * 100);
    before = ns_function_cost(f);
    run(engine, "f(1.5, 1)");
    cr_expect_eq(ns_function_cost(f) - before, bytecodes * 100);
    ns_engine_free(engine);
}

static int tags_of(const char *calls)
{
    ns_engine *engine = engine_new();
    run(engine, "function f(a, b) { return a + b }\nf(1, 2);");
    run(engine, calls);
    int tags = slot(find(engine, "f"), NS_SLOT_ARITH)->tags;
    ns_engine_free(engine);
    return tags;
}

Test(probe, arithmetic_tags)
{
    cr_expect_eq(tags_of("f(1, 2)"), NS_FB_SMI);
    cr_expect_eq(tags_of("f(1.5, 2.5)"), NS_FB_NUMBER);
    cr_expect_eq(tags_of("f(1, 2.5)"), NS_FB_SMI | NS_FB_NUMBER);
    cr_expect_eq(tags_of("f('a', 'b')"), NS_FB_STRING);
    cr_expect_eq(tags_of("f(1n, 2n)"), NS_FB_BIGINT);
    cr_expect_eq(tags_of("f({}, 'b')"), NS_FB_OBJECT | NS_FB_STRING);
    cr_expect_eq(tags_of("f(null, undefined)"), NS_FB_OTHER);
    cr_expect_eq(tags_of("try { f(Symbol(), true) } catch {}"), NS_FB_OTHER);
}

Test(probe, compare_tags)
{
    ns_engine *engine = engine_new();
    run(engine, "function f(a, b) { return a < b }\nf(1, 2); f(1, 2); f('a', 'b');");
    ns_slot *s = slot(find(engine, "f"), NS_SLOT_COMPARE);
    cr_expect_eq(s->tags, NS_FB_SMI | NS_FB_STRING);
    cr_expect_eq(s->hits, 2, "the first call has no slots");
    ns_engine_free(engine);
}

Test(probe, shapes_are_hidden_classes)
{
    ns_engine *engine = engine_new();
    // Objects die at once, so that the engine makes their shapes anew: the ids stay.
    run(engine, "function f(o) { return o.x }\n"
                "for (let i = 0; i < 100; i++) f({x: i, y: 1});");
    ns_slot *s = slot(find(engine, "f"), NS_SLOT_LOAD);
    cr_expect_eq(s->ways, 1);
    run(engine, "f({y: 1, x: 2}); f({x: 1}); class A { constructor() { this.x = 1; this.y = 2 } } "
                "f(new A); f(new A)");
    cr_expect_eq(s->ways, 4, "order, number and prototype of properties matter");
    cr_expect_not(s->megamorphic);
    run(engine, "f('string')");
    cr_expect(s->megamorphic);
    ns_engine_free(engine);
}

Test(probe, shapes_follow_changes)
{
    ns_engine *engine = engine_new();
    // A site that has cached the place of x must not find another property there.
    run(engine, "function f(o) { return o.x }\nfunction g(o, v) { o.x = v }\n"
                "const o = {a: 1, x: 2}; f(o); f(o); f(o);\n"
                "delete o.a; if (f(o) !== 2) throw 1;\n"
                "Object.defineProperty(o, 'x', {get() { return 7 }}); if (f(o) !== 7) throw 2;\n"
                "const p = {a: 1, x: 2}; g(p, 3); g(p, 4); g(p, 5); if (p.x !== 5) throw 3;\n"
                "Object.freeze(p); g(p, 6); if (p.x !== 5) throw 4;\n"
                "const q = {a: 1}; Object.setPrototypeOf(q, {x: 9}); if (f(q) !== 9) throw 5;\n"
                "q.x = 1; if (f(q) !== 1) throw 6; delete q.x; if (f(q) !== 9) throw 7;\n"
                "const arr = [1, 2]; function len(a) { return a.length } len(arr); len(arr);\n"
                "arr.push(1); if (len(arr) !== 3) throw 8;");
    ns_engine_free(engine);
}

Test(probe, dictionaries_share_a_shape)
{
    ns_engine *engine = engine_new();
    run(engine, "function f(o) { return o.k7 }\n"
                "function make(n) { const o = {}; for (let i = 0; i < 200; i++) o['k' + (i + n)] = "
                "i; return o }\n"
                "f({}); f(make(0)); f(make(1)); f(make(2)); f(make(3));");
    ns_slot *s = slot(find(engine, "f"), NS_SLOT_LOAD);
    cr_expect_eq(s->ways, 1);
    cr_expect_eq(s->seen[0], NS_SHAPE_DICTIONARY);
    ns_engine_free(engine);
}

Test(probe, call_targets)
{
    ns_engine *engine = engine_new();
    run(engine, "function a() {} function b() {} function f(g) { g(1) }\n"
                "f(a); f(a); f(b); f(Math.abs); const mk = () => () => 0; f(mk()); f(mk());");
    ns_slot *s = slot(find(engine, "f"), NS_SLOT_CALL);
    cr_expect_eq(s->ways, 4, "closures of one function are one target");
    cr_expect_not(s->megamorphic);
    cr_expect_eq(s->seen[0], find(engine, "a")->id);
    cr_expect_eq(s->seen[1], find(engine, "b")->id);
    cr_expect(s->seen[2] & NS_TARGET_NATIVE);
    ns_engine_free(engine);
}

Test(probe, functions_outlive_their_code)
{
    ns_engine *engine = engine_new();
    run(engine, "{ const f = new Function('return 1'); f(); f() }");
    ns_collect(engine);
    ns_function *f = find(engine, "anonymous");
    cr_expect_eq(f->calls, 2);
    ns_engine_free(engine);
}

// The cost of a program in work items of one class.
static uint64_t work(ns_work_class cls, const char *setup, const char *code)
{
    ns_engine *engine = engine_new();
    static const uint32_t nothing[NS_COST_CLASSES];
    uint32_t items[NS_WORK_CLASSES] = {0};
    items[cls] = 1;
    run(engine, setup);
    ns_probe *probe = ns_engine_probe(engine);
    ns_probe_set_costs(probe, nothing, items);
    uint64_t before = probe->cost;
    run(engine, code);
    uint64_t done = probe->cost - before;
    ns_engine_free(engine);
    return done;
}

Test(probe, builtins_charge_their_work)
{
    const char *array = "var a = Array.from({length: 1000}, (_, i) => (i * 7919) % 1000)";
    cr_expect_eq(work(NS_WORK_ARRAY, array, "a.indexOf(-1)"), 1000);
    cr_expect_eq(work(NS_WORK_ARRAY, array, "a.push(1)"), 0);
    uint64_t comparisons = work(NS_WORK_SORT, array, "a.sort((x, y) => x - y)");
    cr_expect(comparisons > 5000 && comparisons < 20000, "%lu", comparisons);
    cr_expect_eq(work(NS_WORK_JSON, "var t = '[' + '1,'.repeat(499) + '1]'", "JSON.parse(t)"),
                 1001);
    cr_expect_eq(work(NS_WORK_JSON, "var o = Array(500).fill(1)", "JSON.stringify(o)"), 1001);
    cr_expect_eq(work(NS_WORK_MAP, "var m = new Map", "m.set(1, 2); m.get(1); m.has(3)"), 3);
    cr_expect_eq(work(NS_WORK_BYTES, "var f = new Float64Array(100)", "f.fill(1)"), 800);
    // Two tokens of six characters; comments and space by eight; one token each of strings,
    // regular expressions and templates, and what looks like comments in them.
    cr_expect_eq(work(NS_WORK_COMPILE, "", "12345;"), 2 * 7 + 6);
    cr_expect_eq(work(NS_WORK_COMPILE, "", "1 // two // th\n/* four/*\n */;"), 2 * 7 + 2 + 28 / 8);
    cr_expect_eq(work(NS_WORK_COMPILE, "", "'//\\'/*';`/*`;/[/]*/;"), 6 * 7 + 21);
    cr_expect_geq(work(NS_WORK_STRING, "var s = 'x'.repeat(1000)", "s.indexOf('y')"), 1000);
    // Backtracking: the number of steps doubles with each character.
    uint64_t ten = work(NS_WORK_REGEXP, "", "/^(a+)+$/.test('a'.repeat(10) + 'b')");
    uint64_t twelve = work(NS_WORK_REGEXP, "", "/^(a+)+$/.test('a'.repeat(12) + 'b')");
    cr_expect(twelve > 3 * ten && twelve < 5 * ten, "%lu %lu", ten, twelve);
}

Test(probe, objects_as_dictionaries_charge_their_work)
{
    const char *names = "var o, k = Array.from({length: 100}, (_, i) => 'w' + i);"
                        "function fill(n) { o = {}; for (let i = 0; i < n; i++) o[k[i]] = i }";
    // The loop has no slots in its first round.
    cr_expect_eq(work(NS_WORK_ADD, names, "fill(100)"), 99);
    const char *few = "var o = {a: 1, b: 2, c: 3}; function get(x) { return x.a } get(o); get(o)";
    cr_expect_eq(work(NS_WORK_KEY, few, "Object.keys(o)"), 3);
    cr_expect_eq(work(NS_WORK_ENTRY, few, "({...o}); Object.entries(o)"), 6);
    char many[512];
    snprintf(many, sizeof many, "%s; fill(100); function get(x) { return x.w1 } get(o); get(o)",
             names);
    cr_expect_eq(work(NS_WORK_SLOW_KEY, many, "for (const key in o);"), 100);
    cr_expect_eq(work(NS_WORK_SLOW_ENTRY, many, "Object.entries(o)"), 100);
}

Test(probe, texts_charge_their_work)
{
    cr_expect_eq(work(NS_WORK_PIECE, "", "'a,b,c'.split(',')"), 3);
    cr_expect_eq(work(NS_WORK_DOUBLE, "", "String(0.5)"), 1);
    // Up to 64 bytes are in the heap, with the view.
    cr_expect_eq(work(NS_WORK_BUFFER, "", "new Uint8Array(64)"), 0);
    cr_expect_eq(work(NS_WORK_BUFFER, "", "new Uint8Array(65)"), 1);
    cr_expect_eq(work(NS_WORK_TYPED, "var b = new ArrayBuffer(64)", "new Uint8Array(b)"), 0);
    cr_expect_eq(work(NS_WORK_CAPTURE, "", "/(a)(b)/.exec('ab')"), 4); // and the result
    cr_expect_eq(work(NS_WORK_CAPTURE, "", "/(a)(b)/.test('ab'); 'ab'.match(/(a)/g)"), 0);
    cr_expect_eq(work(NS_WORK_ERROR, "", "new Error('x')"), 1);
    // A long piece is a slice, and two long texts are tied together: only the script's name, and a
    // short piece, are copied.
    enum { NAME = sizeof "probe.js" - 1 };
    const char *text = "var s = 'x'.repeat(1000); var t; s + s";
    cr_expect_eq(work(NS_WORK_STRING, text, "t = s.slice(100, 900)"), NAME);
    cr_expect_eq(work(NS_WORK_STRING, text, "t = s + s.slice(1, 5)"), NAME + 4);
}

// V8's search loop looks at one character in as many as a match is sure to have.
Test(probe, regular_expressions_pass_over_characters)
{
    const char *text = "var s = 'x'.repeat(1000)";
    cr_expect_eq(work(NS_WORK_SCAN, text, "/[a-m]/.test(s)"), 1000);
    cr_expect_eq(work(NS_WORK_SCAN, text, "/[a-m][0-9]/.test(s)"), 500);
    cr_expect_eq(work(NS_WORK_SCAN, text, "/dog|cats/i.test(s)"), 333);
    cr_expect_eq(work(NS_WORK_SCAN, text, "/^[a-m]/.test(s)"), 0);
    cr_expect_eq(work(NS_WORK_SCAN, text, "/[a-m]/y.test(s)"), 0);
    // A plain text is looked for by memchr; `x` is found everywhere.
    cr_expect_leq(work(NS_WORK_SCAN, text, "/dog/.test(s)"), 20);
    cr_expect_geq(work(NS_WORK_SCAN, text, "/xy/.test(s)"), 10000);
    // What is found is the same as without: characters of any kind, places far ahead.
    cr_expect_eq(work(NS_WORK_SCAN, text, "if (!/K\\d{3}/i.test(s + 'k123')) throw 0"), 250);
}

Test(probe, regular_expressions_are_compiled_once)
{
    const char *two = "for (let i = 0; i < 3; i++) new RegExp('a[bc]').test('x')";
    cr_expect_eq(work(NS_WORK_REGEXP_NATIVE, "", two), 5);
    cr_expect_eq(work(NS_WORK_REGEXP_PARSE, "", two), 16 + 5 + 2 * 2);
    cr_expect_eq(work(NS_WORK_REGEXP_NATIVE, "", "/a[bc]/.test('x'); /a[bc]/.test('\\u0100')"), 10);
    cr_expect_eq(work(NS_WORK_REGEXP_NATIVE, "", "/abc/.test('x')"), 0);
    cr_expect_eq(work(NS_WORK_INTERPRET, "", two), 0);
}

Test(probe, all_matches_of_a_text_are_one_call)
{
    cr_expect_eq(work(NS_WORK_MATCH, "", "'a-b-c'.split(/[-]/)"), 1);
    cr_expect_eq(work(NS_WORK_PART, "", "'a-b-c'.split(/[-]/)"), 2);
    cr_expect_eq(work(NS_WORK_PART, "", "'a-b-c'.replace(/[-]/g, '+')"), 2);
    cr_expect_eq(work(NS_WORK_REPLACE, "", "'a-b-c'.replace(/[-]/g, '+')"), 0);
    cr_expect_eq(work(NS_WORK_REPLACE, "", "'a-b-c'.replace(/[-]/g, () => '+')"), 1);
}

static int stop(void *opaque)
{
    ++*(int *)opaque;
    return 1;
}

Test(probe, a_regular_expression_is_interrupted)
{
    ns_engine *engine = engine_new();
    uint32_t items[NS_WORK_CLASSES] = {[NS_WORK_REGEXP] = 1};
    ns_probe *probe = ns_engine_probe(engine);
    ns_probe_set_costs(probe, one_each, items);
    int stops = 0;
    probe->hooks.opaque = &stops;
    probe->hooks.quantum = stop;
    probe->budget = probe->cost + 1000000;
    JSContext *ctx = ns_engine_context(engine);
    const char *code = "try { /^(a+)+$/.test('a'.repeat(60) + 'b') } catch {}";
    JSValue value = JS_Eval(ctx, code, strlen(code), "probe.js", JS_EVAL_TYPE_GLOBAL);
    cr_assert(JS_IsException(value));
    JSValue error = JS_GetException(ctx);
    cr_expect(ns_is_termination(ctx, error));
    cr_expect_eq(stops, 1);
    JS_FreeValue(ctx, error);
    ns_engine_free(engine);
}

typedef struct memory {
    int64_t blocks, words;
    int64_t of[NS_ALLOC_KINDS];
} memory;

static void on_allocated(void *opaque, ns_life *life, ns_alloc_kind kind, uint64_t count)
{
    memory *m = opaque;
    *life = (ns_life){1 + (uint32_t)count, 7};
    m->blocks++;
    m->words += life->words;
    m->of[kind]++;
}

static void on_freed(void *opaque, const ns_life *life, bool held)
{
    memory *m = opaque;
    cr_assert_eq(life->birth, 7);
    m->blocks--;
    m->words -= life->words;
}

static void on_resized(void *opaque, ns_life *life, int32_t words, int32_t garbage)
{
    (void)garbage;
    life->words = (uint32_t)((int64_t)life->words + words);
    ((memory *)opaque)->words += words;
}

static void report_to(ns_probe *probe, memory *m)
{
    probe->hooks = (ns_probe_hooks){
        .opaque = m, .allocated = on_allocated, .freed = on_freed, .resized = on_resized};
}

Test(probe, lives_begin_and_end_once)
{
    ns_engine *engine = engine_new();
    ns_probe *probe = ns_engine_probe(engine);
    memory m = {0};
    run(engine, "var keep = []");
    report_to(probe, &m);
    run(engine, "for (let i = 0; i < 100; i++) keep.push({i, s: 'x' + i, f: () => i, d: i / 3})");
    cr_expect_gt(m.blocks, 300);
    cr_expect_gt(m.of[NS_ALLOC_OBJECT], 99);
    int64_t functions = m.of[NS_ALLOC_FUNCTION]; // those of the script are more
    cr_expect(functions >= 100 && functions <= 102, "%d", (int)functions);
    cr_expect_eq(m.of[NS_ALLOC_CONTEXT], 100);
    run(engine, "keep = null");
    ns_collect(engine);
    run(engine, "0");
    cr_expect_leq(m.blocks, 4, "%d blocks live on", (int)m.blocks); // functions of the scripts
    ns_engine_free(engine);
}

// Garbage is told of before it is freed; looking for it changes nothing. The target of a WeakRef
// may come to life again.
typedef struct told {
    int lives, ends;
} told;

static void tell(void *opaque, const ns_life *life)
{
    told *t = opaque;
    t->lives += life != NULL;
    t->ends += life == NULL;
}

Test(probe, young_garbage_is_told_of)
{
    ns_engine *engine = engine_new();
    memory m = {0};
    report_to(ns_engine_probe(engine), &m);
    run(engine, "var held = []");
    ns_collect_young(engine, NULL, NULL);
    told before = {0}, garbage = {0}, again = {0}, weak = {0}, collected = {0};
    ns_find_garbage(engine, tell, &before);
    run(engine, "{ const a = {}, b = {a}; a.b = b; const c = {}; held.push(c); c.c = c }");
    int64_t blocks = m.blocks;
    ns_find_garbage(engine, tell, &garbage);
    ns_find_garbage(engine, tell, &again);
    cr_expect_eq(m.blocks, blocks);
    cr_expect(garbage.lives >= before.lives + 2);
    cr_expect_eq(again.lives, garbage.lives);
    cr_expect_eq(garbage.ends, 0);
    run(engine, "if (held[0].c !== held[0]) throw 1; held = [new WeakRef(held[0])]");
    ns_find_garbage(engine, tell, &weak);
    run(engine, "if (held[0].deref().c.c !== held[0].deref()) throw 1; held = null");
    ns_collect_young(engine, tell, &collected);
    cr_expect(collected.lives >= garbage.lives);
    cr_expect_eq(collected.ends, 1);
    ns_engine_free(engine);
}

// What lives of a cycle is what its young parts are held by.
Test(probe, young_cycles_are_found_without_the_old)
{
    ns_engine *engine = engine_new();
    memory m = {0};
    run(engine, "var old = {}, held");
    ns_collect_young(engine, NULL, NULL);
    ns_collect_young(engine, NULL, NULL);
    report_to(ns_engine_probe(engine), &m);
    run(engine, "for (let i = 0; i < 50; i++) { const a = {}, b = {a}; a.b = b }");
    int64_t before = m.blocks;
    ns_collect_young(engine, NULL, NULL);
    int64_t dead = before - m.blocks;
    cr_expect(dead >= 100 && dead <= 102, "%d", (int)dead);
    run(engine, "{ const a = {}, b = {a}; a.b = b; old.x = b; held = {a} }");
    before = m.blocks;
    ns_collect_young(engine, NULL, NULL);
    ns_collect_young(engine, NULL, NULL);
    ns_collect_young(engine, NULL, NULL);
    cr_expect_eq(m.blocks, before);
    run(engine, "if (old.x.a.b !== old.x || held.a !== old.x.a) throw 1; old.x = held = null");
    ns_collect_young(engine, NULL, NULL);
    int64_t aged = m.blocks; // promoted: only a full collection finds them
    ns_collect(engine);
    cr_expect_eq(aged - m.blocks, 2);
    ns_engine_free(engine);
}

// A budget of 1,000 with each instruction of weight 1 by its offset.
static ns_compiled *refill(void *opaque, ns_compiled *code, uint32_t offset, uint32_t target)
{
    ++*(int *)opaque;
    cr_expect(target == NS_INSN_NO_TARGET || target < offset);
    code->function->budget += 1000;
    return code;
}

Test(probe, a_budget_is_spent_by_loops_and_returns)
{
    ns_engine *engine = engine_new();
    int asked = 0;
    ns_engine_probe(engine)->hooks = (ns_probe_hooks){.jit = &asked, .tick = refill};
    run(engine, "function f(n) { while (n) n--; }\nf(1)");
    ns_function *f = find(engine, "f");
    uint32_t weight[256];
    for (uint32_t i = 0; i < 256; i++)
        weight[i] = i;
    f->code->weight = weight;
    f->budget = 1000;
    run(engine, "f(100000)");
    uint32_t body = 7; // bytes from the test to the jump back
    cr_expect(asked >= (int)(100000 * (body - 2) / 1000) &&
                  asked <= (int)(100000 * (body + 2) / 1000),
              "%d", asked);
    f->code->weight = NULL;
    ns_engine_free(engine);
}

// Two runs report the same, whatever the addresses.
Test(probe, is_deterministic)
{
    const char *code =
        "class P { constructor(i) { this.a = i; this['b' + i % 3] = 1 } }\n"
        "function f(p) { return p.a + (p.b1 || 0) }\n"
        "let s = 0; for (let i = 0; i < 300; i++) s += f(new P(i)); JSON.stringify([s])";
    ns_engine *a = engine_new();
    void *gap[50];
    for (int i = 0; i < 50; i++)
        gap[i] = ns_malloc(100 + 37 * (size_t)i);
    ns_engine *b = engine_new();
    run(a, code);
    run(b, code);
    ns_probe *x = ns_engine_probe(a), *y = ns_engine_probe(b);
    cr_expect_eq(x->cost, y->cost);
    cr_expect_eq(x->allocated_bytes, y->allocated_bytes);
    cr_assert_eq(ns_probe_function_count(x), ns_probe_function_count(y));
    for (uint32_t id = 1; id <= ns_probe_function_count(x); id++) {
        ns_function *f = ns_probe_function(x, id), *g = ns_probe_function(y, id);
        cr_assert_eq(f->slot_count, g->slot_count);
        cr_expect_eq(ns_function_bytecodes(f), ns_function_bytecodes(g));
        if (f->slots)
            cr_expect_arr_eq(f->slots, g->slots, f->slot_count * sizeof *f->slots);
    }
    for (int i = 0; i < 50; i++)
        ns_free(gap[i]);
    ns_engine_free(a);
    ns_engine_free(b);
}

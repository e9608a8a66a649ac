// The JIT model on made-up functions: a probe without an engine.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/jit.h"
#include "model/jit_internal.h"

enum { MAX_EVENTS = 64 };

// One function of five instructions, `function(a, b) { return a + b }`, whose V8 bytecode is 6
// bytes long (node --print-bytecode).
typedef struct fixture {
    ns_sink sink;
    ns_probe probe;
    ns_function function;
    ns_slot slots[2];
    ns_sim *sim;
    ns_cpu *cpu;
    ns_safepoint safepoint;
    ns_profile *profile;
    ns_jit *jit;
    char kinds[MAX_EVENTS][24], reasons[MAX_EVENTS][64];
    int events;
    const ns_compiled *priced; // the last one
} fixture;

static fixture *self; // the probe's functions have no context of the test

static const ns_insn code[] = {
    {0, 1, NS_INSN_get_local, NS_COST_STACK, 0, 0, NS_INSN_NO_TARGET},
    {1, 2, NS_INSN_get_local, NS_COST_STACK, 0, 1, NS_INSN_NO_TARGET},
    {2, 3, NS_INSN_binary, NS_COST_ARITH, 1, 0, NS_INSN_NO_TARGET},
    {3, 4, NS_INSN_return, NS_COST_STACK, 0, 0, NS_INSN_NO_TARGET},
};

static uint32_t function_count(const ns_probe *probe)
{
    return 1;
}
static ns_function *function_at(const ns_probe *probe, uint32_t id)
{
    return &self->function;
}
static uint32_t decode(const ns_probe *probe, const ns_function *function, ns_insn *out)
{
    if (out)
        memcpy(out, code, sizeof code);
    return sizeof code / sizeof code[0];
}
static bool position(const ns_probe *probe, const ns_function *function, uint32_t offset,
                     uint32_t *line, uint32_t *column)
{
    *line = 1;
    *column = offset;
    return true;
}
static void clear_feedback(ns_probe *probe, ns_function *function)
{
    self->slots[1] = (ns_slot){.offset = 2, .kind = NS_SLOT_ARITH};
}
static void alert(ns_probe *probe, ns_function *function)
{
    function->alert = 1;
}
static ns_compiled *new_code(ns_probe *probe, ns_function *function, ns_tier tier)
{
    ns_compiled *compiled = ns_calloc(1, sizeof *compiled);
    *compiled = (ns_compiled){.function = function, .tier = tier, .next = function->codes};
    compiled->packed = ns_calloc(4, sizeof *compiled->packed);
    function->codes = compiled;
    return compiled;
}
static void priced(const ns_probe *probe, ns_compiled *code)
{
    self->priced = code;
}
static bool caller(const ns_probe *probe, const ns_function *function, const ns_function **out,
                   uint32_t *line)
{
    *out = function;
    *line = 99;
    return true;
}

static void shape_text(const ns_probe *probe, uint32_t shape, char *out, size_t size)
{
    snprintf(out, size, "map %u", shape);
}

static uint32_t on_stack;
static uint32_t running(const ns_probe *probe, const ns_compiled *compiled)
{
    return on_stack;
}
static void frame(const ns_probe *probe, const ns_function *function, ns_frame_layout *out)
{
    *out = (ns_frame_layout){.arguments = 2};
}

static const ns_probe_ops ops = {.function_count = function_count,
                                 .caller = caller,
                                 .running = running,
                                 .frame = frame,
                                 .shape_text = shape_text,
                                 .function = function_at,
                                 .decode = decode,
                                 .position = position,
                                 .clear_feedback = clear_feedback,
                                 .alert = alert,
                                 .new_code = new_code,
                                 .priced = priced};

static void emit(ns_sink *sink, const ns_record *record)
{
    fixture *f = (fixture *)sink;
    if (record->type != NS_REC_JIT_EVENT)
        return;
    cr_assert(lt(int, f->events, MAX_EVENTS));
    snprintf(f->kinds[f->events], sizeof f->kinds[0], "%s", record->jit_event.kind);
    snprintf(f->reasons[f->events++], sizeof f->reasons[0], "%s", record->jit_event.reason);
}

static ns_time now(void *opaque)
{
    return (ns_time)(((fixture *)opaque)->probe.cost / 1000);
}

static void setup(fixture *f, const char *const *flags)
{
    self = f;
    *f = (fixture){.sink = {emit}};
    f->function =
        (ns_function){.id = 1, .name = "add", .script = "/app/add.js", .bytecode_size = 4};
    f->function.slots = f->slots;
    f->function.slot_count = 2;
    f->function.code = new_code(NULL, &f->function, NS_TIER_IGNITION);
    f->probe.ops = &ops;
    cr_assert(eq(int, ns_sim_new(&f->sim, &(ns_sim_options){.seed = 1}, NULL), NS_OK));
    ns_cpu_options cpu = {.cores = 2, .speed = 1, .quantum = NS_MS};
    cr_assert(eq(int, ns_cpu_new(&f->cpu, f->sim, &cpu, NULL), NS_OK));
    cr_assert(eq(int, ns_profile_load(&f->profile, "default", NULL), NS_OK));
    ns_safepoint_init(&f->safepoint, f->cpu, NULL, f->profile);
    ns_jit_options options = {.sim = f->sim,
                              .safepoint = &f->safepoint,
                              .profile = f->profile,
                              .probe = &f->probe,
                              .sink = &f->sink,
                              .flags = flags,
                              .now = now,
                              .opaque = f};
    cr_assert(eq(int, ns_jit_new(&f->jit, &options, NULL), NS_OK));
    cr_assert(eq(int, ns_jit_start(f->jit, NULL), NS_OK));
}

static void teardown(fixture *f)
{
    ns_jit_free(f->jit);
    for (ns_compiled *compiled = f->function.codes, *next; compiled; compiled = next) {
        next = compiled->next;
        ns_free(compiled->packed);
        ns_free(compiled->inlined);
        ns_free(compiled);
    }
    ns_profile_free(f->profile);
    ns_cpu_free(f->cpu);
    ns_sim_free(f->sim);
}

// A call of the function, as the engine does it, with operands of these tags.
static void call(fixture *f, uint8_t tags)
{
    ns_function *function = &f->function;
    if (function->alert) {
        function->alert = 0;
        f->probe.hooks.called(f->probe.hooks.jit, function);
    }
    ns_compiled *compiled = function->code;
    ns_slot *slot = &f->slots[1], before = *slot;
    slot->hits++;
    slot->tags |= tags;
    if (slot->tags != before.tags)
        f->probe.hooks.feedback(f->probe.hooks.jit, compiled, slot, &before);
    if (compiled->weight && (function->budget -= compiled->weight[4]) < 0)
        f->probe.hooks.tick(f->probe.hooks.jit, compiled, 4, NS_INSN_NO_TARGET);
}

static void function_called(fixture *f)
{
    f->function.calls++;
    call(f, NS_FB_SMI);
}

static int calls_until(fixture *f, const char *kind, uint8_t tags, int limit)
{
    int from = f->events;
    for (int calls = 1; calls <= limit; calls++) {
        call(f, tags);
        for (int i = from; i < f->events; i++)
            if (strcmp(f->kinds[i], kind) == 0)
                return calls;
    }
    return -1;
}

// Measured in the real node with %GetOptimizationStatus: the vector comes with the 9th call, the
// mark with call 9 + 67584 / 6 + 1.
Test(jit, add_is_marked_when_v8_marks_it)
{
    fixture f;
    setup(&f, NULL);
    cr_expect(eq(int, calls_until(&f, "feedback", NS_FB_SMI, 100), 9));
    cr_expect(eq(int, calls_until(&f, "mark", NS_FB_SMI, 20000), 11274 - 9));
    cr_expect(eq(str, f.reasons[f.events - 1], (char *)"small function"));
    teardown(&f);
}

Test(jit, code_is_there_when_the_helper_thread_has_compiled_it)
{
    fixture f;
    setup(&f, NULL);
    calls_until(&f, "mark", NS_FB_SMI, 20000);
    call(&f, NS_FB_SMI);
    cr_expect(eq(str, f.kinds[f.events - 1], (char *)"compile"));
    cr_expect(ns_jit_busy(f.jit));
    ns_jit_poll(f.jit);
    cr_expect(eq(int, f.function.code->tier, NS_TIER_IGNITION));
    ns_sim_run(f.sim, 100 * NS_MS);
    ns_cpu_stats cpu;
    ns_cpu_get_stats(f.cpu, &cpu);
    cr_expect(ne(i64, cpu.busy, 0)); // of the helper thread
    ns_jit_poll(f.jit);
    cr_expect(not(ns_jit_busy(f.jit)));
    cr_expect(eq(int, f.function.code->tier, NS_TIER_TURBOFAN));
    teardown(&f);
}

static void optimized(fixture *f)
{
    calls_until(f, "compile", NS_FB_SMI, 20000);
    ns_jit_poll(f->jit);
    ns_sim_run(f->sim, 100 * NS_MS);
    ns_jit_poll(f->jit);
    cr_assert(eq(int, f->function.code->tier, NS_TIER_TURBOFAN));
}

Test(jit, other_activations_leave_code_that_is_taken_back)
{
    for (on_stack = 1; on_stack <= 2; on_stack++) {
        fixture f;
        setup(&f, NULL);
        optimized(&f);
        call(&f, NS_FB_STRING);
        bool alone = on_stack == 1;
        cr_expect(eq(str, f.kinds[f.events - 1], (char *)(alone ? "deopt-eager" : "deopt-lazy")));
        cr_expect(eq(str, f.reasons[f.events - 1], (char *)(alone ? "not a Smi" : "(unknown)")));
        teardown(&f);
    }
    on_stack = 0;
}

// Places that such code has left are used again, but for those that something is in.
Test(jit, code_that_is_left_again_and_again_has_two_places)
{
    for (on_stack = 0; on_stack <= 1; on_stack++) {
        fixture f;
        setup(&f, NULL);
        optimized(&f);
        jit_code *root = f.function.code->model;
        uint64_t price = root->compiled->packed[2];
        int before = 0, after = 0;
        for (const ns_compiled *compiled = f.function.codes; compiled; compiled = compiled->next)
            before++;
        for (int i = 0; i < 100; i++) {
            const ns_compiled *left = root->compiled;
            jit_osr_leave(root);
            cr_assert(ne(ptr, (void *)root->compiled, (void *)left));
            cr_assert(eq(u64, root->compiled->packed[2], price));
            cr_assert(eq(int, root->compiled->tier, NS_TIER_TURBOFAN));
            cr_assert(eq(int, left->tier, NS_TIER_IGNITION));
        }
        for (const ns_compiled *compiled = f.function.codes; compiled; compiled = compiled->next)
            after++;
        cr_expect(eq(int, after - before, on_stack ? 100 : 1));
        teardown(&f);
    }
    on_stack = 0;
}

Test(jit, what_was_not_assumed_takes_code_back)
{
    static const struct {
        uint8_t tags;
        const char *reason;
    } cases[] = {
        {NS_FB_STRING, "not a Smi"},
        {NS_FB_NUMBER, "not a Smi"},
        {NS_FB_NUMBER | NS_FB_OVERFLOW, "overflow"},
        {NS_FB_NUMBER | NS_FB_MINUS_ZERO, "minus zero"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        setup(&f, NULL);
        optimized(&f);
        ns_compiled *code_before = f.function.code;
        call(&f, NS_FB_SMI);
        cr_expect(eq(ptr, f.function.code, code_before));
        call(&f, cases[i].tags);
        cr_expect(eq(str, f.kinds[f.events - 1], (char *)"deopt-eager"));
        cr_expect(eq(str, f.reasons[f.events - 1], (char *)cases[i].reason));
        cr_expect(eq(int, f.function.code->tier, NS_TIER_IGNITION));
        cr_expect(eq(u64, code_before->packed[2], f.function.code->packed[2]));
        // It may be optimized again, now for more.
        cr_expect(gt(int, calls_until(&f, "mark", cases[i].tags, 20000), 0));
        teardown(&f);
    }
}

Test(jit, without_the_optimizer_nothing_is_marked)
{
    const char *const flags[] = {"--no-opt", NULL};
    fixture f;
    setup(&f, flags);
    cr_expect(eq(int, calls_until(&f, "mark", NS_FB_SMI, 30000), -1));
    teardown(&f);
}

// BaselineBatchCompiler::ShouldCompileBatch: each tick adds the estimate of 7 bytes for each of
// bytecode, also when the function is queued already.
Test(jit, sparkplug_compiles_one_hot_function_for_itself)
{
    const char *const flags[] = {"--no-opt", "--interrupt-budget=600", NULL};
    fixture f;
    setup(&f, flags);
    enum {
        PER_TICK = 600 / 6 + 1,
        TICKS = 4096 / (6 * 7)
    }; // the tick that attaches the vector is one more
    int calls = calls_until(&f, "baseline", NS_FB_SMI, 30000);
    cr_expect(gt(int, calls, (TICKS - 1) * PER_TICK));
    cr_expect(lt(int, calls, (TICKS + 2) * PER_TICK));
    cr_expect(eq(int, f.function.code->tier, NS_TIER_SPARKPLUG));
    teardown(&f);
}

static uint64_t price(const fixture *f, const char *tier, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "jit.%s.%s", tier, name);
    return NS_COUNT_ONE | (uint64_t)ns_profile_get(f->profile, path);
}

Test(jit, a_site_below_turbofan_costs_what_its_feedback_says)
{
    const char *const flags[] = {"--no-opt", "--always-sparkplug", NULL};
    fixture f;
    setup(&f, flags);
    cr_expect(eq(u64, f.function.code->packed[2], price(&f, "ignition", "smi")));
    calls_until(&f, "baseline", NS_FB_SMI, 100);
    call(&f, NS_FB_SMI);
    cr_expect(eq(u64, f.function.code->packed[2], price(&f, "sparkplug", "smi")));
    cr_expect(f.priced == f.function.code); // the engine was told
    call(&f, NS_FB_NUMBER);
    cr_expect(eq(u64, f.function.code->packed[2], price(&f, "sparkplug", "number")));
    call(&f, NS_FB_STRING);
    cr_expect(eq(u64, f.function.code->packed[2], price(&f, "sparkplug", "generic")));
    cr_expect(eq(u64, f.function.code->packed[0], price(&f, "sparkplug", "move")));
    teardown(&f);
}

Test(jit, elements_cost_by_what_they_are)
{
    static const ns_insn load = {.kind = NS_INSN_keyed_load, .slot = 1};
    static const struct {
        ns_slot slot;
        jit_cost cost;
    } cases[] = {
        {{.ways = 1, .seen = {99}, .tags = NS_FB_SMI}, JIT_COST_element},
        {{.ways = 1, .seen = {99}, .tags = NS_FB_NUMBER | NS_FB_OUTSIDE}, JIT_COST_element_number},
        {{.ways = 1, .seen = {99}}, JIT_COST_element_typed},
        {{.ways = 1, .seen = {NS_SHAPE_STRING}}, JIT_COST_element_string},
        {{.ways = 2, .seen = {98, 99}, .tags = NS_FB_SMI}, JIT_COST_element_polymorphic},
        {{.ways = 4, .seen = {1, 2, 3, 4}, .megamorphic = true}, JIT_COST_element_megamorphic},
        {{.ways = 1, .seen = {99}, .tags = NS_FB_NAME}, JIT_COST_element_name},
        {{0}, JIT_COST_uninitialized},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ns_slot slot = cases[i].slot;
        slot.kind = NS_SLOT_KEYED_LOAD;
        cr_expect(eq(int, jit_cost_of(&load, &slot), cases[i].cost), "%zu", i);
    }
}

Test(jit, a_test_for_null_needs_no_feedback)
{
    static const ns_slot objects = {.kind = NS_SLOT_COMPARE, .tags = NS_FB_OBJECT};
    ns_insn equal = {.kind = NS_INSN_equal, .slot = 1, .target = NS_INSN_NO_TARGET};
    cr_expect(eq(int, jit_cost_of(&equal, &objects), JIT_COST_compare_reference));
    equal.nullish = true;
    cr_expect(eq(int, jit_cost_of(&equal, &objects), JIT_COST_test));
}

Test(jit, a_branch_on_a_value_makes_a_boolean)
{
    ns_insn branch = {.kind = NS_INSN_branch, .offset = 5, .target = 9};
    cr_expect(eq(int, jit_cost_of(&branch, NULL), JIT_COST_branch));
    branch.converts = true;
    cr_expect(eq(int, jit_cost_of(&branch, NULL), JIT_COST_branch_convert));
    branch.target = 2;
    cr_expect(eq(int, jit_cost_of(&branch, NULL), JIT_COST_loop));
}

static jit_flags flags_of(const char *first, const char *second)
{
    const char *const argv[] = {first, second, NULL};
    jit_flags flags;
    cr_assert(eq(int, jit_read_flags(&flags, argv, NULL), NS_OK));
    return flags;
}

// flag-definitions.h: weak implications give way to what is said.
Test(jit, flags_imply_others)
{
    jit_flags flags = flags_of("--maglev", NULL);
    cr_expect(eq(int, flags.maglev &&flags.opt && !flags.reset_ticks_on_ic_update, 1));
    cr_expect(eq(int, flags.interrupt_budget, 200 * 1024));
    cr_expect(eq(int, flags.max_bytecode_size_for_early_opt, 0));
    cr_expect(eq(int, flags.ticks_before_optimization, 1));
    cr_expect(eq(int, flags.bytecode_size_allowance_per_tick, 10000));
    flags = flags_of("--maglev", "--interrupt-budget=77");
    cr_expect(eq(int, flags.interrupt_budget, 77));
    flags = flags_of("--maglev", "--no-maglev-overwrite-budget");
    cr_expect(eq(int, flags.interrupt_budget, 66 * 1024));
    flags = flags_of("--jitless", "--maglev");
    cr_expect(eq(int, flags.maglev || flags.opt || flags.sparkplug, 0));
    flags = flags_of("--maglev", "--max-opt=2");
    cr_expect(eq(int, flags.maglev && !flags.opt, 1));
    flags = flags_of("--max-opt=1", NULL);
    cr_expect(eq(int, !flags.maglev && !flags.opt && flags.sparkplug, 1));
    flags = flags_of("--max-opt=0", NULL);
    cr_expect(eq(int, flags.opt || flags.sparkplug, 0));
}

static const char *const with_maglev[] = {"--maglev", NULL};

static void compile_all(fixture *f, ns_tier tier)
{
    ns_jit_poll(f->jit);
    ns_sim_run(f->sim, ns_sim_now(f->sim) + 100 * NS_MS);
    ns_jit_poll(f->jit);
    cr_assert(eq(int, f->function.code->tier, tier));
}

// 100 calls with a feedback vector; from then on 200 KiB of bytecode, 6 bytes at a call, of which
// one is the call that is compiled for.
Test(jit, maglev_lies_between_sparkplug_and_turbofan)
{
    fixture f;
    setup(&f, with_maglev);
    cr_expect(eq(int, calls_until(&f, "feedback", NS_FB_SMI, 100), 9));
    cr_expect(eq(int, calls_until(&f, "mark", NS_FB_SMI, 20000), 101));
    cr_expect(eq(str, f.reasons[f.events - 1], (char *)"hot and stable"));
    call(&f, NS_FB_SMI);
    compile_all(&f, NS_TIER_MAGLEV);
    cr_expect(eq(int, calls_until(&f, "mark", NS_FB_SMI, 200000), 200 * 1024 / 6));
    call(&f, NS_FB_SMI);
    compile_all(&f, NS_TIER_TURBOFAN);
    call(&f, NS_FB_STRING);
    cr_expect(eq(str, f.kinds[f.events - 1], (char *)"deopt-eager"));
    cr_expect(eq(int, f.function.code->tier, NS_TIER_IGNITION));
    cr_expect(gt(int, calls_until(&f, "mark", NS_FB_STRING, 20000), 0)); // and Maglev again
    call(&f, NS_FB_STRING);
    compile_all(&f, NS_TIER_MAGLEV);
    teardown(&f);
}

Test(jit, maglev_assumes_numbers_only)
{
    static const struct {
        uint8_t first, then;
        const char *reason; // NULL: none
    } cases[] = {
        {NS_FB_SMI, NS_FB_STRING, "not a Smi"},
        {NS_FB_SMI, NS_FB_NUMBER | NS_FB_OVERFLOW, "overflow"},
        {NS_FB_SMI, NS_FB_NUMBER | NS_FB_MINUS_ZERO, "overflow"},
        {NS_FB_NUMBER, NS_FB_STRING, "not a Number"},
        {NS_FB_STRING, NS_FB_BIGINT, NULL},
        {NS_FB_BIGINT, NS_FB_SMI, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        setup(&f, with_maglev);
        cr_assert(gt(int, calls_until(&f, "compile", cases[i].first, 1000), 0));
        compile_all(&f, NS_TIER_MAGLEV);
        int events = f.events;
        call(&f, cases[i].then);
        cr_expect(eq(int, f.events, events + (cases[i].reason ? 1 : 0)), "%zu", i);
        if (cases[i].reason)
            cr_expect(eq(str, f.reasons[f.events - 1], (char *)cases[i].reason), "%zu", i);
        teardown(&f);
    }
}

Test(jit, code_of_maglev_that_comes_late_is_dropped)
{
    fixture f;
    setup(&f, with_maglev);
    calls_until(&f, "compile", NS_FB_SMI, 1000);
    jit_function *model = f.function.model;
    model->request = JIT_NONE; // as if TurboFan had been asked, too
    jit_compile(model, NS_TIER_TURBOFAN, NS_INSN_NO_TARGET);
    jit_job *maglev = f.jit->jobs, *turbofan = maglev->next;
    f.jit->jobs = turbofan;
    turbofan->next = maglev;
    maglev->next = NULL;
    compile_all(&f, NS_TIER_TURBOFAN);
    cr_expect(eq(str, f.kinds[f.events - 1], (char *)"aborted"));
    teardown(&f);
}

static uint64_t first_call_cost(const char *script, bool cached)
{
    fixture f;
    setup(&f, NULL);
    f.function.script = script;
    f.function.cached = cached;
    uint64_t before = f.probe.cost;
    f.probe.hooks.first_call(f.jit, &f.function);
    uint64_t cost = f.probe.cost - before;
    teardown(&f);
    return cost;
}

// Their text is not at hand: it is taken to be as long as their bytecode says.
Test(jit, functions_of_nodes_own_are_compiled_at_their_first_call)
{
    uint64_t user = first_call_cost("/app/add.js", false); // has no text here
    uint64_t own = first_call_cost("node:internal/add", false);
    cr_expect(gt(u64, user, 0));
    cr_expect(gt(u64, own, user));
    cr_expect(eq(u64, first_call_cost("node:internal/add", true), 0));
}

// The sixth mark-compact after the last call finds the bytecode old; gc() makes nothing older.
Test(jit, old_bytecode_is_dropped_and_made_again)
{
    fixture f;
    setup(&f, NULL);
    f.function.body = &f;
    f.function.source_size = f.function.own_source = 100;
    calls_until(&f, "feedback", NS_FB_SMI, 100);
    for (int i = 0; i < 5; i++) {
        ns_jit_mark_compact(f.jit, true);
        ns_jit_mark_compact(f.jit, false);
        cr_expect(eq(str, f.kinds[f.events - 1], (char *)"feedback"), "%d", i);
    }
    function_called(&f);
    for (int i = 0; i < 5; i++)
        ns_jit_mark_compact(f.jit, false);
    on_stack = 1;
    ns_jit_mark_compact(f.jit, false);
    cr_expect(eq(str, f.kinds[f.events - 1], (char *)"feedback"));
    on_stack = 0;
    ns_jit_mark_compact(f.jit, false);
    cr_expect(eq(str, f.kinds[f.events - 1], (char *)"flush"));
    cr_expect(eq(int, f.slots[1].tags, 0));
    uint64_t before = f.probe.cost;
    function_called(&f);
    cr_expect(eq(str, f.kinds[f.events - 1], (char *)"compile-lazy"));
    cr_expect(ge(u64, f.probe.cost - before,
                 (uint64_t)(100 * ns_profile_get(f.profile, "jit.compile.parse_char")) * 1000));
    cr_expect(eq(int, calls_until(&f, "feedback", NS_FB_SMI, 100), 8)); // and it starts anew
    teardown(&f);
}

static void expect_flush(const char *flag, bool sparkplug, bool flushed)
{
    const char *const flags[] = {flag, sparkplug ? "--always-sparkplug" : NULL, NULL};
    fixture f;
    setup(&f, flags);
    f.function.body = &f;
    calls_until(&f, "feedback", NS_FB_SMI, 100);
    for (int i = 0; i < 6; i++)
        ns_jit_mark_compact(f.jit, false);
    bool found = false;
    for (int i = 0; i < f.events; i++)
        found |= strcmp(f.kinds[i], "flush") == 0;
    cr_expect(eq(int, found, flushed), "%s", flag);
    teardown(&f);
}

Test(jit, flags_of_flushing)
{
    expect_flush("--flush-bytecode", false, true);
    expect_flush("--no-flush-bytecode", false, false);
    expect_flush("--flush-bytecode", true, false);
    expect_flush("--flush-baseline-code", true, true);
    expect_flush("--stress-flush-code", false, true);
    expect_flush("--bytecode-old-age=6", false, false);
    expect_flush("--bytecode-old-age=3", false, true);
}

Test(jit, flags_that_are_wrong_are_refused)
{
    static const struct {
        const char *flag, *message;
    } cases[] = {
        {"--interrupt-budget=soon",
         "found \"--interrupt-budget=soon\", expected --interrupt-budget=NUMBER"},
        {"--invocation-count-for-maglev", "found \"--invocation-count-for-maglev\", expected "
                                          "--invocation-count-for-maglev=NUMBER"},
    };
    for (size_t i = 0; i < 2; i++) {
        const char *const flags[] = {cases[i].flag, NULL};
        jit_flags read;
        ns_err err = {0};
        cr_expect(eq(int, jit_read_flags(&read, flags, &err), NS_EINVAL));
        cr_expect(eq(str, err.msg, (char *)cases[i].message));
    }
}

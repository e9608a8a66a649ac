#include "report/tiers.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/alloc.h"
#include "report/reasons.h"

static void function(ns_tiers *tiers, int64_t id, const char *name, const char *script)
{
    const ns_record record = {NS_REC_JIT_FUNCTION, .jit_function = {.id = id,
                                                                    .name = name,
                                                                    .script = script,
                                                                    .line = 3,
                                                                    .tier = "turbofan",
                                                                    .not_optimized = "",
                                                                    .optimizations = 2,
                                                                    .deopts = 1,
                                                                    .ignition_ns = id}};
    cr_assert(ns_tiers_add(tiers, &record));
}

static void event(ns_tiers *tiers, int64_t t, const char *kind, const char *reason,
                  const char *detail, const char *caller)
{
    const ns_record record = {NS_REC_JIT_EVENT, .jit_event = {.t_ns = t,
                                                              .function_id = 7,
                                                              .kind = kind,
                                                              .to_tier = "turbofan",
                                                              .reason = reason,
                                                              .site = "/app/a.js:3:9",
                                                              .detail = detail,
                                                              .caller = caller}};
    cr_assert(ns_tiers_add(tiers, &record));
}

static void site(ns_tiers *tiers, int64_t id, const char *kind, const char *state, int64_t hits)
{
    const ns_record record = {
        NS_REC_IC_SITE,
        .ic_site = {
            .function_id = id, .line = 4, .column = 2, .kind = kind, .state = state, .hits = hits}};
    cr_assert(ns_tiers_add(tiers, &record));
}

static char *text(const ns_tiers *tiers)
{
    ns_buf out = {0};
    ns_tiers_print(tiers, 1, &out);
    return ns_buf_take(&out);
}

static bool has(const char *page, const char *words)
{
    return strstr(page, words) != NULL;
}

Test(tiers, tells_what_came_where_from_and_what_to_do)
{
    ns_tiers tiers = {0};
    event(&tiers, 5, "baseline", "batch", "", "");
    event(&tiers, 9000000, "optimize", "", "", "");
    event(&tiers, 10000000, "deopt-eager", "not a Smi", "SignedSmall, then String came",
          "/app/a.js:9");
    function(&tiers, 7, "add", "/app/a.js");
    char *page = text(&tiers);
    cr_expect(has(page, "9.00 ms TurboFan, 10.0 ms back (not a Smi)"), "%s", page);
    cr_expect(has(page, "`add` was optimized for SignedSmall at line 3, then saw String, called "
                        "from line 9\n"),
              "%s", page);
    cr_expect(has(page, ns_reason_find("not a Smi")->advice));
    cr_expect(not(has(page, "deopt loop")));
    ns_free(page);
    ns_tiers_free(&tiers);
}

Test(tiers, a_caller_in_another_script_is_named)
{
    ns_tiers tiers = {0};
    event(&tiers, 1, "deopt-eager", "wrong map", "{x}, then {y} came", "/app/b.js:9");
    event(&tiers, 2, "deopt-eager", "wrong map", "{x}, then {y} came", "/app/b.js:9");
    function(&tiers, 7, "", "/app/a.js");
    ns_buf hint = {0};
    ns_tiers_hint(&tiers, &tiers.rows[0], &hint);
    cr_expect(has(hint.data, "`(anonymous)` was optimized for {x} at line 3, then saw {y}, called "
                             "from /app/b.js:9"),
              "%s", hint.data);
    ns_buf_free(&hint);
    cr_expect(eq(int, (int)tiers.rows[0].count, 2));
    char *page = text(&tiers);
    cr_expect(not(has(page, "deopt loop")));
    ns_free(page);
    event(&tiers, 3, "deopt-eager", "wrong map", "{x}, then {y} came", "");
    page = text(&tiers);
    cr_expect(has(page, "3 x  (anonymous) at /app/a.js:3:9: wrong map, a deopt loop"), "%s", page);
    ns_free(page);
    ns_tiers_free(&tiers);
}

Test(tiers, counts_the_states_of_the_programs_own_sites)
{
    ns_tiers tiers = {0};
    function(&tiers, 1, "next", "node:internal/x");
    function(&tiers, 2, "get", "/app/a.js");
    site(&tiers, 1, "load", "megamorphic", 9);
    site(&tiers, 2, "load", "megamorphic", 5);
    site(&tiers, 2, "store", "megamorphic", 8);
    site(&tiers, 2, "load", "monomorphic", 5);
    site(&tiers, 2, "arithmetic", "SignedSmall", 5);
    cr_expect(eq(int, (int)tiers.states[NS_IC_MEGAMORPHIC], 2));
    char *page = text(&tiers);
    cr_expect(has(page, "inline caches: 1 monomorphic, 2 megamorphic; operands: 1 SignedSmall\n"),
              "%s", page);
    const char *first = strstr(page, "megamorphic: store in get at /app/a.js:4:2, 8 x");
    cr_expect(first && strstr(first, "megamorphic: load in get"), "%s", page);
    cr_expect(not(has(page, "megamorphic: load in next")));
    ns_free(page);
    cJSON *json = ns_tiers_json(&tiers, 1);
    const cJSON *list = cJSON_GetObjectItem(json, "megamorphic");
    cr_expect(eq(int, cJSON_GetArraySize(list), 2));
    cJSON_Delete(json);
    ns_tiers_free(&tiers);
}

Test(tiers, a_way_of_many_steps_tells_whole_reasons_in_lines_that_fit)
{
    static const char reason[] = "Insufficient type feedback for generic named access";
    ns_tiers tiers = {0};
    for (int i = 0; i < 3; i++) {
        event(&tiers, 9000000, "optimize", "", "", "");
        event(&tiers, 10000000, "deopt-eager", reason, "", "");
    }
    function(&tiers, 7, "add", "/app/a.js");
    char *page = text(&tiers);
    cr_expect(has(page, "9.00 ms TurboFan, 10.0 ms back (Insufficient type feedback for generic "
                        "named access),\n"),
              "%s", page);
    for (const char *line = page; *line; line = strchr(line, '\n') + 1)
        cr_expect(le(sz, strcspn(line, "\n"), (size_t)130), "%s", line);
    ns_free(page);
    cJSON *json = ns_tiers_json(&tiers, 1);
    const cJSON *top = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "top"), 0);
    const cJSON *step = cJSON_GetArrayItem(cJSON_GetObjectItem(top, "history"), 1);
    cr_expect(eq(str, cJSON_GetStringValue(cJSON_GetObjectItem(step, "reason")), (char *)reason));
    cJSON_Delete(json);
    ns_tiers_free(&tiers);
}

Test(tiers, tells_the_time_in_builtins_parser_and_compilers)
{
    ns_tiers tiers = {0};
    const struct {
        const char *metric;
        double value;
    } samples[] = {{"tier.builtins", 1e6}, {"tier.parser", 2e6}, {"tier.compilers", 3e6},
                   {"tier.builtins", 4e6}, {"tier.parser", 5e6}, {"tier.compilers", 6e6},
                   {"tier.ignition", 7e6}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const ns_record record = {
            NS_REC_SAMPLE, .sample = {.metric = samples[i].metric, .value = samples[i].value}};
        cr_assert(ns_tiers_add(&tiers, &record));
    }
    function(&tiers, 7, "add", "/app/a.js");
    char *page = text(&tiers);
    cr_expect(has(page, ", builtins 4.00 ms, parser and bytecode 5.00 ms, compilers 6.00 ms\n"),
              "%s", page);
    ns_free(page);
    cJSON *json = ns_tiers_json(&tiers, 1);
    cr_expect(eq(dbl, cJSON_GetNumberValue(cJSON_GetObjectItem(json, "builtins_ns")), 4e6));
    cr_expect(eq(dbl, cJSON_GetNumberValue(cJSON_GetObjectItem(json, "parser_ns")), 5e6));
    cr_expect(eq(dbl, cJSON_GetNumberValue(cJSON_GetObjectItem(json, "compilers_ns")), 6e6));
    cJSON_Delete(json);
    ns_tiers_free(&tiers);
}

// The reasons of src/model/jit_deopt.c and jit_field.c.
Test(reasons, each_one_that_is_given_has_words_and_advice)
{
    static const char *const given[] = {
        "Insufficient type feedback for unary operation",
        "Insufficient type feedback for call",
        "overflow",
        "minus zero",
        "not a Smi",
        "not a heap number",
        "not a Number or Oddball",
        "not a String",
        "not a BigInt",
        "out of bounds",
        "Smi",
        "wrong map",
        "wrong call target",
        "code dependencies",
        "(unknown)",
    };
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        const ns_reason *reason = ns_reason_find(given[i]);
        cr_assert(ne(ptr, (void *)reason, NULL), "%s", given[i]);
        cr_expect(strlen(reason->words) > 10 && strlen(reason->advice) > 10, "%s", given[i]);
    }
    cr_expect(eq(ptr, (void *)ns_reason_find("never heard of"), NULL));
    cr_expect(eq(ptr, (void *)ns_reason_advice("never heard of", "{"), NULL));
    cr_expect(ne(ptr, (void *)ns_reason_find("Smi"), (void *)ns_reason_find("not a Smi")));
}

Test(reasons, advice_is_for_what_came)
{
    static const struct {
        const char *reason, *detail, *part;
    } cases[] = {
        {"wrong map", "PACKED_SMI_ELEMENTS, then HOLEY_SMI_ELEMENTS came", "leave no holes"},
        {"wrong map", "{x, y}, then {y, x} came", "in the same order"},
        {"wrong map", "A{x, y}, then A{y, x} came", "in the same order"},
        {"wrong map", "A{x} and others, then B{x} came", "base class"},
        {"wrong map", "A{x, y}, then {y, x} came", "in the same order"},
        {"wrong map", "{x}, then the same with other representations came", "of one type"},
        {"wrong map", "", "nsim inspect --maps"},
        {"code dependencies", "the literal's objects live on", "harmless"},
        {"(unknown)", "the literal's objects live on", "harmless"},
        {"code dependencies", "a constant field is stored to", "before the hot part"},
        {"not a Smi", "SignedSmall, then String came", "small integers"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *advice = ns_reason_advice(cases[i].reason, cases[i].detail);
        cr_expect(has(advice, cases[i].part), "%s: %s", cases[i].detail, advice);
    }
}

Test(reasons, a_remedy_goes_on_a_sentence)
{
    const char *const harmless[] = {"the literal's objects live on", ""};
    const char *const given[] = {"code dependencies", "prepare for on stack replacement (OSR)"};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        cr_expect(eq(ptr, (void *)ns_reason_remedy(given[i], harmless[i]), NULL));
    for (const ns_reason *reason = ns_reasons; reason->reason; reason++) {
        const char *remedy = ns_reason_remedy(reason->reason, "");
        if (strcmp(reason->reason, given[1]) != 0)
            cr_expect(remedy && remedy[0] >= 'a' && remedy[0] <= 'z' && !has(remedy, "harmless"),
                      "%s: %s", reason->reason, remedy ? remedy : "none");
    }
}

Test(tiers, a_place_that_is_not_known_is_left_out)
{
    ns_tiers tiers = {0};
    ns_record record = {NS_REC_JIT_EVENT, .jit_event = {.t_ns = 1,
                                                        .function_id = 7,
                                                        .kind = "dependency",
                                                        .from_tier = "turbofan",
                                                        .to_tier = "",
                                                        .reason = "code dependencies",
                                                        .site = "?",
                                                        .detail = "a constant field is stored to",
                                                        .caller = ""}};
    cr_assert(ns_tiers_add(&tiers, &record));
    function(&tiers, 7, "add", "/app/a.js");
    char *page = text(&tiers);
    cr_expect(has(page, "1 x  add: code dependencies\n"), "%s", page);
    ns_free(page);
    ns_tiers_free(&tiers);
}

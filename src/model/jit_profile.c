// V8's flags and the constants of the profile.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/jit_internal.h"

typedef struct flag {
    const char *name; // with dashes, as node --v8-options has it
    size_t offset;
    enum { FLAG_BOOL, FLAG_INT, FLAG_FLOAT } kind;
    double initial;
} flag;

#define FLAG(name, kind, field, initial)                                                           \
    {                                                                                              \
        name, offsetof(jit_flags, field), FLAG_##kind, initial                                     \
    }
static const flag flags_table[] = {
    FLAG("opt", BOOL, opt, 1),
    FLAG("turbofan", BOOL, opt, 1),
    FLAG("sparkplug", BOOL, sparkplug, 1),
    FLAG("always-sparkplug", BOOL, always_sparkplug, 0),
    FLAG("jitless", BOOL, jitless, 0),
    FLAG("regexp-interpret-all", BOOL, regexp_interpret_all, 0),
    FLAG("regexp-tier-up", BOOL, regexp_tier_up, 1),
    FLAG("regexp-tier-up-ticks", INT, regexp_tier_up_ticks, 1),
    FLAG("use-osr", BOOL, use_osr, 1),
    FLAG("concurrent-recompilation", BOOL, concurrent_recompilation, 1),
    FLAG("lazy-feedback-allocation", BOOL, lazy_feedback_allocation, 1),
    FLAG("turbo-inlining", BOOL, turbo_inlining, 1),
    FLAG("turbo-escape", BOOL, turbo_escape, 1),
    FLAG("turbo-loop-peeling", BOOL, turbo_loop_peeling, 1),
    FLAG("turbo-load-elimination", BOOL, turbo_load_elimination, 1),
    FLAG("turbo-loop-variable", BOOL, turbo_loop_variable, 1),
    FLAG("baseline-batch-compilation", BOOL, baseline_batch_compilation, 1),
    FLAG("interrupt-budget", INT, interrupt_budget, 66 * 1024),
    FLAG("interrupt-budget-factor-for-feedback-allocation", INT,
         interrupt_budget_factor_for_feedback_allocation, 8),
    FLAG("ticks-before-optimization", INT, ticks_before_optimization, 3),
    FLAG("bytecode-size-allowance-per-tick", INT, bytecode_size_allowance_per_tick, 150),
    FLAG("invocation-count-for-osr", INT, invocation_count_for_osr, 500),
    FLAG("max-bytecode-size-for-early-opt", INT, max_bytecode_size_for_early_opt, 81),
    FLAG("minimum-invocations-after-ic-update", INT, minimum_invocations_after_ic_update, 500),
    FLAG("max-optimized-bytecode-size", INT, max_optimized_bytecode_size, 60 * 1024),
    FLAG("baseline-batch-compilation-threshold", INT, baseline_batch_compilation_threshold, 4096),
    FLAG("max-inlined-bytecode-size", INT, max_inlined_bytecode_size, 460),
    FLAG("max-inlined-bytecode-size-cumulative", INT, max_inlined_bytecode_size_cumulative, 920),
    FLAG("max-inlined-bytecode-size-absolute", INT, max_inlined_bytecode_size_absolute, 4600),
    FLAG("max-inlined-bytecode-size-small", INT, max_inlined_bytecode_size_small, 27),
    FLAG("concurrent-recompilation-queue-length", INT, concurrent_recompilation_queue_length, 8),
    FLAG("flush-bytecode", BOOL, flush_bytecode, 1),
    FLAG("flush-baseline-code", BOOL, flush_baseline_code, 0),
    FLAG("stress-flush-code", BOOL, stress_flush_code, 0),
    FLAG("bytecode-old-age", INT, bytecode_old_age, 5),
    FLAG("max-opt", INT, max_opt, 999),
    FLAG("maglev", BOOL, maglev, 0),
    FLAG("maglev-inlining", BOOL, maglev_inlining, 0),
    FLAG("maglev-overwrite-budget", BOOL, maglev_overwrite_budget, 0),
    FLAG("reset-ticks-on-ic-update", BOOL, reset_ticks_on_ic_update, 1),
    FLAG("invocation-count-for-maglev", INT, invocation_count_for_maglev, 100),
    FLAG("max-maglev-inline-depth", INT, max_maglev_inline_depth, 1),
    FLAG("max-maglev-inlined-bytecode-size", INT, max_maglev_inlined_bytecode_size, 460),
    FLAG("max-maglev-inlined-bytecode-size-cumulative", INT,
         max_maglev_inlined_bytecode_size_cumulative, 920),
    FLAG("max-maglev-inlined-bytecode-size-small", INT, max_maglev_inlined_bytecode_size_small, 27),
    FLAG("min-maglev-inlining-frequency", FLOAT, min_maglev_inlining_frequency, 0.10),
    FLAG("min-inlining-frequency", FLOAT, min_inlining_frequency, 0.15),
    FLAG("reserve-inline-budget-scale-factor", FLOAT, reserve_inline_budget_scale_factor, 1.2),
};
#undef FLAG
enum { FLAGS = sizeof flags_table / sizeof flags_table[0] };

const char *ns_jit_flag_at(int index)
{
    return index < FLAGS ? flags_table[index].name : NULL;
}

// Flags and what was said of them.
typedef struct flag_reader {
    jit_flags *flags;
    bool given[FLAGS];
} flag_reader;

static void set_flag(jit_flags *flags, const flag *f, double value)
{
    void *field = (char *)flags + f->offset;
    switch (f->kind) {
    case FLAG_BOOL:
        *(bool *)field = value != 0;
        break;
    case FLAG_INT:
        *(int32_t *)field = (int32_t)value;
        break;
    case FLAG_FLOAT:
        *(double *)field = value;
        break;
    }
}

// V8 takes "_" for "-" in names.
static bool same_name(const char *name, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] != (text[i] == '_' ? '-' : text[i]))
            return false;
    return name[len] == '\0';
}

static int read_flag(flag_reader *reader, const char *text, ns_err *err)
{
    jit_flags *flags = reader->flags;
    const char *name = text + 2, *equals = strchr(text, '=');
    bool no = strncmp(name, "no-", 3) == 0 || strncmp(name, "no_", 3) == 0;
    if (no)
        name += 3;
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    for (int i = 0; !no && i < FLAGS; i++) // V8 takes --noflag, too
        no = len > 2 && strncmp(name, "no", 2) == 0 &&
             same_name(flags_table[i].name, name + 2, len - 2);
    if (no && name == text + 2) {
        name += 2;
        len -= 2;
    }
    if (same_name("single-threaded", name, len) && !no)
        flags->concurrent_recompilation = false;
    for (int i = 0; i < FLAGS; i++) {
        const flag *f = &flags_table[i];
        if (!same_name(f->name, name, len))
            continue;
        reader->given[i] = true;
        if (f->kind == FLAG_BOOL) {
            set_flag(flags, f, !no);
            continue;
        }
        char *end = NULL;
        double value = equals ? strtod(equals + 1, &end) : NAN;
        if (no || !end || end == equals + 1 || *end || !(value >= 0 && value <= INT32_MAX))
            return ns_fail(err, NS_EINVAL, "found \"%s\", expected --%s=NUMBER", text, f->name);
        set_flag(flags, f, value);
    }
    return NS_OK;
}

// DEFINE_WEAK_VALUE_IMPLICATION: a flag that was not given gets another value.
static void imply(const flag_reader *reader, bool condition, const char *name, double value)
{
    for (int i = 0; condition && i < FLAGS; i++)
        if (!reader->given[i] && strcmp(flags_table[i].name, name) == 0)
            set_flag(reader->flags, &flags_table[i], value);
}

int ns_jit_flag_check(const char *text, ns_err *err)
{
    jit_flags flags = {0};
    flag_reader reader = {.flags = &flags};
    return strncmp(text, "--", 2) == 0 ? read_flag(&reader, text, err) : NS_OK;
}

int jit_read_flags(jit_flags *flags, const char *const *argv, ns_err *err)
{
    flag_reader reader = {.flags = flags};
    for (int i = 0; i < FLAGS; i++)
        set_flag(flags, &flags_table[i], flags_table[i].initial);
    for (; argv && *argv; argv++)
        if (strncmp(*argv, "--", 2) == 0 && read_flag(&reader, *argv, err) != NS_OK)
            return err->code;
    if (flags->jitless) // DEFINE_NEG_IMPLICATION(jitless, ...)
        flags->opt = flags->sparkplug = flags->always_sparkplug = flags->maglev = false;
    imply(&reader, flags->jitless, "regexp-interpret-all", 1);
    imply(&reader, flags->regexp_interpret_all, "regexp-tier-up", 0);
    imply(&reader, flags->max_opt < 3, "turbofan", 0);
    imply(&reader, flags->max_opt < 2, "maglev", 0);
    imply(&reader, flags->max_opt < 1, "sparkplug", 0);
    imply(&reader, flags->maglev, "max-bytecode-size-for-early-opt", 0);
    imply(&reader, flags->maglev, "ticks-before-optimization", 1);
    imply(&reader, flags->maglev, "bytecode-size-allowance-per-tick", 10000);
    imply(&reader, flags->maglev, "reset-ticks-on-ic-update", 0);
    imply(&reader, flags->maglev, "maglev-overwrite-budget", 1);
    imply(&reader, flags->maglev_overwrite_budget, "interrupt-budget", 200 * 1024);
    if (flags->always_sparkplug)
        flags->sparkplug = true;
    return NS_OK;
}

// -- Constants ------------------------------------------------------------------------------------

static double get(const ns_profile *profile, const char *group, const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "jit.%s.%s", group, name);
    return ns_profile_get(profile, path);
}

// Before there is a model of tiers the engine goes by classes of instructions.
void ns_jit_ignition_costs(const ns_profile *profile, uint32_t cost[NS_COST_CLASSES])
{
    static const jit_cost usual[NS_COST_CLASSES] = {
        [NS_COST_STACK] = JIT_COST_move,    [NS_COST_ARITH] = JIT_COST_smi,
        [NS_COST_COMPARE] = JIT_COST_test,  [NS_COST_BRANCH] = JIT_COST_branch,
        [NS_COST_PROPERTY] = JIT_COST_load, [NS_COST_KEYED] = JIT_COST_element,
        [NS_COST_GLOBAL] = JIT_COST_global, [NS_COST_CALL] = JIT_COST_call,
        [NS_COST_ALLOC] = JIT_COST_array,   [NS_COST_ITER] = JIT_COST_iter,
        [NS_COST_OTHER] = JIT_COST_other,
    };
    for (int i = 0; i < NS_COST_CLASSES; i++)
        cost[i] = (uint32_t)get(profile, "ignition", jit_cost_name(usual[i]));
}

// Maglev's code lies between Sparkplug's and TurboFan's.
static uint32_t maglev_price(const jit_costs *costs, const ns_profile *profile, jit_cost cost)
{
    uint32_t slow = costs->price[NS_TIER_SPARKPLUG][cost],
             fast = costs->price[NS_TIER_TURBOFAN][cost];
    bool number = cost == JIT_COST_number || cost == JIT_COST_number_divide ||
                  cost == JIT_COST_compare_number || cost == JIT_COST_element_number ||
                  cost == JIT_COST_element_store_number;
    double left = get(profile, "maglev", number ? "left_number" : "left");
    return slow <= fast ? fast : fast + (uint32_t)((slow - fast) * left);
}

// The last ones are TurboFan's alone.
static int kinds_of(int tier)
{
    return tier == NS_TIER_TURBOFAN ? JIT_COST_KINDS : JIT_COST_folded;
}

void jit_read_costs(jit_costs *costs, const ns_profile *profile)
{
    static const char *const tiers[NS_TIERS] = {
        [NS_TIER_IGNITION] = "ignition",
        [NS_TIER_SPARKPLUG] = "sparkplug",
        [NS_TIER_TURBOFAN] = "turbofan",
    };
    for (int tier = 0; tier < NS_TIERS; tier++)
        for (int i = 0; i < kinds_of(tier) && tiers[tier]; i++)
            costs->price[tier][i] = (uint32_t)get(profile, tiers[tier], jit_cost_name((jit_cost)i));
    for (int i = 0; i < JIT_COST_KINDS; i++)
        costs->price[NS_TIER_MAGLEV][i] = maglev_price(costs, profile, (jit_cost)i);
    for (int i = 0; i < NS_INSN_KINDS; i++)
        costs->size[i] = get(profile, "size", ns_insn_name((ns_insn_kind)i));
    costs->size_base = get(profile, "size", "function");

    const struct {
        const char *group, *name;
        double *to;
    } times[] = {
        {"compile", "parse_char", &costs->parse_char},
        {"compile", "source_byte", &costs->source_byte},
        {"compile", "byte", &costs->compile_byte},
        {"compile", "function", &costs->compile_function},
        {"compile", "inner", &costs->compile_inner},
        {"cold", "object", &costs->cold_object},
        {"cold", "array", &costs->cold_array},
        {"cold", "global", &costs->cold_global},
        {"cold", "regexp", &costs->cold_regexp},
        {"cold", "class", &costs->define_class},
        {"compile", "cache_read_byte", &costs->cache_read_byte},
        {"compile", "cache_write_byte", &costs->cache_write_byte},
        {"compile", "vector_slot", &costs->vector_slot},
        {"compile", "sparkplug_base", &costs->sparkplug_base},
        {"compile", "sparkplug_byte", &costs->sparkplug_byte},
        {"compile", "prepare_base", &costs->prepare_base},
        {"compile", "prepare_byte", &costs->prepare_byte},
        {"compile", "execute_base", &costs->execute_base},
        {"compile", "execute_byte", &costs->execute_byte},
        {"compile", "execute_loop", &costs->execute_loop},
        {"compile", "execute_way", &costs->execute_way},
        {"compile", "execute_builtin", &costs->execute_builtin},
        {"compile", "execute_literal", &costs->execute_literal},
        {"compile", "execute_iteration", &costs->execute_iteration},
        {"compile", "finalize_base", &costs->finalize_base},
        {"compile", "finalize_byte", &costs->finalize_byte},
        {"compile", "read_graph", &costs->read_graph},
        {"compile", "read_types", &costs->read_types},
        {"compile", "read_ahead", &costs->read_ahead},
        {"compile", "osr_entry", &costs->osr_entry},
        {"maglev", "prepare", &costs->maglev_prepare},
        {"maglev", "execute", &costs->maglev_execute},
        {"maglev", "finalize", &costs->maglev_finalize},
        {"compile", "ic_miss", &costs->ic_miss},
        {"deopt", "eager", &costs->deopt_eager},
        {"deopt", "lazy", &costs->deopt_lazy},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        *times[i].to = get(profile, times[i].group, times[i].name);
}

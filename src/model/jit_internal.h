// What the files of the JIT model share. See jit.h.
#ifndef NS_MODEL_JIT_INTERNAL_H
#define NS_MODEL_JIT_INTERNAL_H

#include "base/list.h"
#include "model/jit.h"
#include "model/jit_cost.h"
#include "model/safepoint.h"

// V8's flags (deps/v8/src/flags/flag-definitions.h), by their names there.
typedef struct jit_flags {
    bool regexp_interpret_all, regexp_tier_up;
    int32_t regexp_tier_up_ticks;
    bool opt, sparkplug, always_sparkplug, jitless, use_osr, concurrent_recompilation,
        lazy_feedback_allocation, turbo_inlining, turbo_escape, baseline_batch_compilation, maglev,
        maglev_inlining, maglev_overwrite_budget, reset_ticks_on_ic_update, flush_bytecode,
        flush_baseline_code, stress_flush_code, turbo_loop_peeling, turbo_load_elimination,
        turbo_loop_variable;
    int32_t interrupt_budget, interrupt_budget_factor_for_feedback_allocation,
        ticks_before_optimization, bytecode_size_allowance_per_tick, invocation_count_for_osr,
        max_bytecode_size_for_early_opt, minimum_invocations_after_ic_update,
        max_optimized_bytecode_size, baseline_batch_compilation_threshold,
        max_inlined_bytecode_size, max_inlined_bytecode_size_cumulative,
        max_inlined_bytecode_size_absolute, max_inlined_bytecode_size_small,
        concurrent_recompilation_queue_length, bytecode_old_age, invocation_count_for_maglev,
        max_opt, max_maglev_inline_depth, max_maglev_inlined_bytecode_size,
        max_maglev_inlined_bytecode_size_cumulative, max_maglev_inlined_bytecode_size_small;
    double min_inlining_frequency, reserve_inline_budget_scale_factor,
        min_maglev_inlining_frequency;
} jit_flags;

typedef struct jit_costs {
    uint32_t price[NS_TIERS][JIT_COST_KINDS]; // cost units (ps)
    double size[NS_INSN_KINDS];               // V8 bytes of an instruction, about
    double size_base;                         // of a function that has none
    // ns
    double cache_read_byte, cache_write_byte; // of code caches
    double parse_char, source_byte, compile_byte, compile_function, compile_inner, cold_object,
        cold_array, cold_global, cold_regexp, define_class, vector_slot, sparkplug_base,
        sparkplug_byte, prepare_base, prepare_byte, execute_base, execute_byte, execute_loop,
        execute_way, execute_builtin, execute_literal, execute_iteration, finalize_base,
        finalize_byte, deopt_eager, deopt_lazy, osr_entry, ic_miss;
    double read_graph, read_types; // shares of the execution after which sites are read
    double read_ahead;             // ns of it, when JavaScript goes on
    double maglev_prepare, maglev_execute, maglev_finalize; // Maglev's of TurboFan's times
} jit_costs;

typedef enum jit_request {
    JIT_NONE,
    JIT_REQUESTED,  // marked: compiled at the next call
    JIT_IN_PROGRESS // on a helper thread, or on its way there
} jit_request;

// A loop: from `begin`, where its back-edges jump to, to the end of its last back-edge.
typedef struct jit_loop {
    uint32_t begin, end;
    int depth; // loops around it
} jit_loop;

// What the compiler makes a graph of, in a function and all that is inlined in it.
typedef struct jit_effort {
    uint32_t bytes; // of V8's bytecode, less what never ran
    uint32_t loops;
    uint32_t ways;       // shapes or targets of a site beyond its first
    uint32_t builtins;   // calls of a builtin that is not one of numbers alone
    uint32_t literals;   // closures, arguments objects and rest parameters among them
    uint32_t iterations; // steps of for-of, for-in, generators, async functions
} jit_effort;

typedef struct jit_function jit_function;
typedef struct jit_tierup jit_tierup;
typedef struct jit_watch jit_watch;
typedef struct jit_lookup jit_lookup;
enum { JIT_LOOKUPS = 4096 };

// One piece of optimized code with everything inlined in it, or the base of a function. In
// ns_compiled.model.
typedef struct jit_code {
    jit_function *owner; // the function that it was compiled for
    ns_compiled *compiled;
    struct jit_code *children; // inlined, all of them; the next one of the same parent in `sibling`
    struct jit_code *sibling, *parent, *root;
    uint64_t settled; // of compiled->cost: what is in the owner's sums already
    uint32_t osr;     // where its loop begins; NS_INSN_NO_TARGET: entered at the function's start
    struct jit_code *osr_next; // of the same function, for another loop
    struct jit_code *moved;    // of a place that was left: the code that was there
    struct jit_code *left;     // places that it has left and may use again; of one, the next one
    int opt_id;
    bool dead;
    bool installed;         // of a root
    ns_time begun, execute; // of a root: when a helper thread began, and how long it takes
    uint32_t inlined;       // of a root: bytes of bytecode of what is inlined in it
    jit_effort effort;      // of a root
    bool entered;           // by on-stack replacement, and that was told
    bool watch;             // of a root: watch its sites when it is entered
    ns_slot *assumed;       // the function's slots when it was compiled
    // By slot of a call of a method: the slot of the load of the method by name, whose shapes tell
    // the target. 0: none.
    uint16_t *method;
    uint32_t *name;     // by slot: of the property; 0: none, or not known
    bool *spread;       // by slot: a call with a list of arguments
    bool *late;         // by slot: read after the compilation began; NULL: none
    bool *constant;     // by slot: its receiver is a variable of an outer function, a constant
    bool *peeled;       // of a root, by its function's loops: TurboFan peels them; NULL: none
    uint32_t *stable;   // hidden classes that nothing may go on from; ends with 0
    jit_tierup *tierup; // of a root; NULL: nobody asks
} jit_code;

struct jit_function {
    ns_jit *jit;
    ns_function *function;
    uint32_t *weight; // by offset, as ns_compiled.weight
    uint32_t size;    // of its V8 bytecode
    jit_loop *loops;
    int loop_count;
    ns_compiled *base;
    jit_code *optimized; // installed, Maglev's or TurboFan's
    jit_code *osr;       // compiled for loops, to be entered at their next back-edges; jit_osr.c
    jit_request request, osr_request;
    ns_tier request_tier; // what `request` is for
    bool vector, queued, disabled;
    bool flushed;         // it has no bytecode: compiled at its next call
    uint32_t age;         // mark-compacts since it was called
    uint64_t calls_at_gc; // at the last mark-compact
    bool armed;           // the budget is out: every back-edge asks
    int64_t remaining;    // of the budget while armed
    uint32_t ticks, urgency;
    uint64_t calls_before; // those before it had its vector
    uint32_t optimizations, deopts;
    uint64_t tier_cost[NS_TIERS];
    const char *last_reason; // of its last deoptimization
    jit_watch *watches;      // jit_watch.c
    jit_tierup *tierup;      // of its last compilation; NULL: none, or nobody asks
    jit_function *next;      // in the queue of Sparkplug
};

// A compilation by Maglev or TurboFan.
typedef struct jit_job {
    ns_jit *jit;
    jit_function *function;
    jit_code *code;
    ns_compile_job work;
    ns_time prepare, execute, finalize;
    bool submitted, done;
    struct jit_job *next;
} jit_job;

// A compilation on a helper thread (jit_tierup.c). Kept until the model is freed.
struct jit_tierup {
    ns_tierup shifts;
    ns_jit *jit;
    uint32_t number;
    bool open, installed;
    uint32_t installed_at;   // ns_probe.checks then
    ns_compiled *from, *to;  // code that runs before and after it
    const jit_tierup *after; // that had to be installed before; NULL: none
    ns_time begun, until;    // when what it costs matters
    int64_t rest[2];         // cost units that are not told yet, by ns_shift.back
    jit_tierup *next;
};

struct ns_jit {
    ns_jit_options options;
    ns_probe *probe;
    jit_flags flags;
    jit_costs costs;
    jit_function *batch; // waits for Sparkplug
    uint32_t batch_size;
    jit_job *jobs; // in the order of their start
    int next_opt_id;
    bool started, failed;
    uint64_t tier_cost[NS_TIERS]; // of all functions, as far as their code is settled
    uint64_t start_cost;          // of ns_probe.cost, when the program starts
    // What is not in a tier (jit_samples.c): with what the engine had parsed when the program
    // started.
    uint64_t other_cost, parser_cost, compiler_cost, start_parsed;
    uint64_t sample_at, sample_every; // of ns_probe.cost
    int sample_count;
    jit_lookup *lookups[JIT_LOOKUPS]; // jit_prototype.c
    jit_tierup *tierups;              // the last one first
    uint32_t tierup_count;
};

// jit_profile.c
int jit_read_flags(jit_flags *flags, const char *const *argv, ns_err *err);
void jit_read_costs(jit_costs *costs, const ns_profile *profile);

// jit.c
jit_function *jit_of(ns_jit *jit, ns_function *function); // NULL: none, or out of memory
void jit_charge(ns_jit *jit, double ns);                  // to the JavaScript thread
void jit_charge_parser(ns_jit *jit, double ns);           // the same: of scripts and bytecode
void jit_charge_compiler(ns_jit *jit, double ns);         // the same: of the compilers of code
// Its compilation to bytecode. `parsed`: in full, as what is around it was.
void jit_charge_compilation(const jit_function *f, bool parsed);
jit_code *jit_new_code(ns_jit *jit, jit_function *owner, ns_function *function, ns_tier tier);
void jit_free_assumptions(jit_code *code);
void jit_settle(jit_code *code); // add what it cost since the last time to the sums by tier
// Give code the costs and the rules of its function's base, wherever it runs.
void jit_rebase(jit_code *code);

// jit_flush.c
void jit_compile_again(jit_function *f); // it was flushed, and is called

// jit_samples.c: the time in each tier, as samples over time.
void jit_start_samples(ns_jit *jit);
void jit_sample(ns_jit *jit); // emit one now
static inline void jit_sample_if_due(ns_jit *jit)
{
    if (jit->probe->cost >= jit->sample_at)
        jit_sample(jit);
}

// jit_size.c: V8's bytecode of a function.
bool jit_measure(jit_function *f);

// jit_tiering.c: hooks.
ns_compiled *jit_tick(void *opaque, ns_compiled *code, uint32_t offset, uint32_t target);
void jit_called(void *opaque, ns_function *function);
void jit_attach_vector(jit_function *f);
void jit_compile_baseline(jit_function *f);
void jit_ic_changed(jit_function *f, bool inline_cache);
void jit_set_budget(jit_function *f);
void jit_arm(jit_function *f);

// jit_compile.c
void jit_compile(jit_function *f, ns_tier tier, uint32_t osr);
void jit_free_jobs(ns_jit *jit);

// jit_osr.c: code of on-stack replacement.
jit_code *jit_osr_code(const jit_function *f, uint32_t begin); // for that loop; NULL: none
void jit_osr_add(jit_function *f, jit_code *root);
void jit_osr_drop(jit_function *f, const jit_code *root); // if it is there
// Where in its root code leaves that deoptimizes at `offset`.
uint32_t jit_exit_in_root(const jit_code *code, uint32_t offset);
// Whether the code is kept when it deoptimizes there.
bool jit_osr_outlives(const jit_code *root, uint32_t exit);
// Some code for a loop of the outermost loop around `exit`; NULL: none.
jit_code *jit_osr_around(const jit_function *f, uint32_t exit);
// What runs it goes on in the tier below, and the code stays.
void jit_osr_leave(jit_code *root);

// jit_tierup.c: when a job begins, gets to a helper thread, is about to be installed, is installed;
// its code is taken back.
void jit_tierup_begin(jit_job *job);
void jit_tierup_submitted(const jit_job *job);
void jit_tierup_installs(const jit_job *job, bool begins);
void jit_tierup_installed(jit_code *code);
void jit_tierup_end(const jit_code *code);
void jit_free_tierups(ns_jit *jit);

// jit_baseline.c: all that runs in Ignition costs what Sparkplug's code costs from now on.
void jit_sparkplug(jit_function *f);
// The costs of a function's code below TurboFan, by the feedback that there is.
void jit_price(const jit_function *f, const ns_insn *insns, uint32_t count, ns_compiled *compiled);
// The same of all that code, when the function gets its vector.
void jit_price_again(jit_function *f);
// The feedback of a slot has changed, and with it what its site costs in Ignition and Sparkplug.
void jit_reprice(jit_function *f, uint32_t slot, const ns_slot *before, const ns_slot *after);

// jit_optimize.c: code for a function, with its assumptions and its costs. NULL: out of memory.
jit_code *jit_optimize(jit_function *f, ns_tier tier, uint32_t osr);

// jit_effort.c: the compiler's work on one function's code; its time on a helper thread, ns; as
// words.
void jit_add_effort(jit_effort *effort, const jit_code *code, const ns_insn *insns, uint32_t count);
double jit_execute_ns(const jit_costs *costs, const jit_effort *effort);
void jit_effort_text(const jit_effort *effort, char *text, size_t size);

// jit_inline.c: choose what is inlined in new code, and call jit_lower for it. false: out of
// memory.
bool jit_inline(jit_code *root);
// Costs of one function's code from its feedback, which becomes what it assumes.
bool jit_lower(jit_code *code);
// The double that an instruction yields is boxed. false: out of memory.
bool jit_box(jit_code *code, uint32_t end);
// Whether the target of a call follows from the shapes that the load of its method has seen.
bool jit_target_known(const jit_code *code, uint32_t call);
void jit_priced(const jit_code *code); // its costs are there, and those of what is inlined

// jit_truncation.c: whether code goes on where a sum of small integers has become too large
// for one, as nothing of it is wanted but its lowest 32 bits.
bool jit_overflow_is_cut_off(const jit_code *code, const ns_slot *seen);

// jit_fold.c: find what of new code, with what is inlined in it, is computed once or not at all.
// false: out of memory.
bool jit_fold(jit_code *root);

// jit_fold_step.c: whether one of `count` instructions writes to a variable of an outer function.
bool jit_writes_outer(const ns_insn *insns, const ns_flow *flows, uint32_t count, uint32_t outer);

// jit_escape.c: find the allocations of new code, with what is inlined in it, that do not escape,
// and remove them. false: out of memory.
bool jit_escape(jit_code *root);

// jit_deopt.c
void jit_deoptimize(jit_code *code, uint32_t offset, const char *reason, const char *detail);
void jit_feedback(void *opaque, ns_compiled *code, ns_slot *slot, const ns_slot *before);
// Feedback that came while the code was compiled is not among its assumptions.
void jit_installed(const jit_code *code);
// A shape or target of `slot` that is not among the assumed ones; 0: none that is known by its id.
uint32_t jit_newcomer(const ns_slot *assumed, const ns_slot *slot);
void jit_enter(jit_code *root); // it may have to be watched

// Something that the code was compiled to depend on has changed (V8:
// src/objects/dependent-code.cc): it is not entered any more, and what runs it goes on in the tier
// below when it comes back to it.
// `at` and `offset`: where that is, NULL: nowhere in the program.
void jit_invalidate(jit_code *root, const ns_function *at, uint32_t offset, const char *detail);
// jit_field.c: hooks.
void jit_field(void *opaque, const ns_field_change *change);
void jit_missed(void *opaque, ns_compiled *code, ns_slot *slot);
void jit_unstable(void *opaque, uint32_t shape);
// Find the hidden classes that new code relies on to stay as they are. false: out of memory.
bool jit_depend_on_stable(jit_code *code);

// jit_prototype.c: hooks.
void jit_looked_up(void *opaque, const ns_function *function, uint32_t slot, uint32_t prototype,
                   uint32_t atom);
void jit_prototype_changed(void *opaque, uint32_t prototype, uint32_t atom, bool added);
void jit_free_lookups(ns_jit *jit);

// jit_reading.c: a site of the function sees what is in `one`, and code that is being compiled has
// not come to it yet.
void jit_read_later(const jit_function *f, uint32_t number, const ns_slot *one);
void jit_price_late(const jit_code *code); // what was read so

// jit_watch.c: the feedback of a function's slot, which the engine's slot may not hold at times.
const ns_slot *jit_slot(const jit_function *f, uint32_t slot);
// The engine's slot tells of something; what was seen in all, before and after it. `before` is kept
// as it is when the engine's slot held that. Whether it is new.
bool jit_seen(jit_function *f, const ns_slot *slot, ns_slot *before, ns_slot *after);
void jit_merge(ns_slot *slot, const ns_slot *seen);
// Have the engine tell of every execution, or no longer.
void jit_watch_slot(jit_function *f, ns_slot *slot, bool needed);
void jit_end_watches(jit_function *f);

// jit_records.c
typedef struct jit_note {
    const char *kind, *reason, *detail;
    ns_tier from, to;
    const jit_code *code; // NULL: none
    const jit_job *job;   // NULL: none
    const ns_function *site_function;
    uint32_t site_offset; // in site_function
} jit_note;
void jit_emit(jit_function *f, const jit_note *note);
void jit_emit_functions(ns_jit *jit);

#endif

// What a summary knows of V8's tiers: CPU demand (on a core of speed 1) in each, the functions with
// the most of it and their way through the tiers, what was deoptimized and why, and the states of
// the inline caches. Records of functions and events may come in any order; sites come after their
// functions.
#ifndef NS_REPORT_TIERS_H
#define NS_REPORT_TIERS_H

#include <cJSON.h>
#include <stdint.h>

#include "base/buf.h"
#include "trace/record.h"

enum {
    NS_TIERS_TOP = 8,
    NS_TIERS_DEOPTS = 64,
    NS_TIERS_SITES = 5,  // megamorphic ones, with the most executions
    NS_TIERS_STEPS = 16, // of a function that are kept
    NS_TIERS_LOOP = 3    // deoptimizations of one function at one place, from where on it is a loop
};

typedef enum ns_tier_step_kind {
    NS_STEP_SPARKPLUG,
    NS_STEP_MAGLEV,
    NS_STEP_TURBOFAN,
    NS_STEP_OSR,
    NS_STEP_DEOPT,
    NS_STEP_INVALID // its code depended on what changed
} ns_tier_step_kind;

typedef struct ns_tier_step {
    int64_t t_ns;
    ns_tier_step_kind kind;
    const char *reason; // of a deoptimization: V8's; in ns_tiers.reasons
} ns_tier_step;

typedef struct ns_tier_function {
    int64_t id, ignition_ns, sparkplug_ns, maglev_ns, turbofan_ns, optimizations, deopts;
    char name[64], script[160], why_not[96];
    int32_t line;
} ns_tier_function;

typedef struct ns_tier_deopt {
    int64_t function_id, count;
    char reason[64], site[200], seen[200], caller[200];
} ns_tier_deopt;

// What is known of a function by its id; name and script are NULL while no record told them, and
// always of Node's own functions.
typedef struct ns_tier_known {
    char *name, *script;
    int32_t line;
    int64_t step_count; // of all, also those that are not kept
    ns_tier_step steps[NS_TIERS_STEPS];
} ns_tier_known;

typedef enum ns_ic_state {
    NS_IC_MONOMORPHIC,
    NS_IC_POLYMORPHIC,
    NS_IC_MEGAMORPHIC,
    NS_IC_SMALL, // of operands, from here on
    NS_IC_NUMBER,
    NS_IC_ODDBALL,
    NS_IC_STRING,
    NS_IC_BIGINT,
    NS_IC_ANY,
    NS_IC_RECEIVER,
    NS_IC_STATES
} ns_ic_state;
extern const char *const ns_ic_state_names[NS_IC_STATES]; // V8's

typedef struct ns_tier_site {
    int64_t function_id, hits;
    int32_t line, column;
    char kind[16];
} ns_tier_site;

typedef struct ns_tiers {
    int64_t ignition_ns, sparkplug_ns, maglev_ns, turbofan_ns;
    int64_t builtins_ns, parser_ns, compilers_ns; // from samples; 0: none came
    int64_t compile_ns, helper_ns;                // of the optimizing compilers
    bool maglev;                                  // it made code
    int64_t functions, optimized, deopts;         // deopts: all, those that have no row too
    ns_tier_function top[NS_TIERS_TOP];           // by their time, descending
    int top_count;
    ns_tier_deopt rows[NS_TIERS_DEOPTS]; // in the order in which they were first seen
    int row_count;
    int64_t states[NS_IC_STATES];       // sites of the program's functions
    ns_tier_site sites[NS_TIERS_SITES]; // megamorphic ones, by their executions
    int site_count;
    char **reasons; // different ones
    int reason_count;
    ns_tier_known **known; // by id
    int64_t known_size;
} ns_tiers;

// false: out of memory.
bool ns_tiers_add(ns_tiers *tiers, const ns_record *record);
void ns_tiers_free(ns_tiers *tiers);
// "add" or "(anonymous)".
const char *ns_tiers_name(const ns_tiers *tiers, int64_t function_id);
const ns_tier_known *ns_tiers_known(const ns_tiers *tiers, int64_t function_id); // NULL: nothing

// A deoptimization in a sentence: "`add` was optimized for SignedSmall at line 3, then saw String,
// called from line 9"; empty when there is nothing to add to V8's reason.
void ns_tiers_hint(const ns_tiers *tiers, const ns_tier_deopt *row, ns_buf *out);

// Lines for a person; nothing when no function is known. `speed`: of the cores. tiers_print.c
void ns_tiers_print(const ns_tiers *tiers, double speed, ns_buf *out);
// The same as data, NULL: out of memory. tiers_json.c
cJSON *ns_tiers_json(const ns_tiers *tiers, double speed);

#endif

// What a summary knows of V8's tiers: time in each, the functions with the most of it, and what was
// deoptimized. Of bounded size; records of functions and events may come in any order.
#ifndef NS_REPORT_TIERS_H
#define NS_REPORT_TIERS_H

#include <stdint.h>

#include "base/buf.h"
#include "trace/record.h"

enum { NS_TIERS_TOP = 8, NS_TIERS_DEOPTS = 64, NS_TIERS_NAMES = 128 };

typedef struct ns_tier_function {
    int64_t id, ignition_ns, sparkplug_ns, turbofan_ns, optimizations, deopts;
    char name[64], script[160], why_not[40];
    int32_t line;
} ns_tier_function;

typedef struct ns_tier_deopt {
    int64_t function_id, count;
    char reason[64], site[200], seen[48];
} ns_tier_deopt;

typedef struct ns_tiers {
    int64_t ignition_ns, sparkplug_ns, turbofan_ns, compile_ns, helper_ns;
    int64_t functions, optimized, deopts; // deopts: all, those that have no row too
    ns_tier_function top[NS_TIERS_TOP];   // by their time, descending
    int top_count;
    ns_tier_deopt rows[NS_TIERS_DEOPTS]; // in the order in which they were first seen
    int row_count;
    struct {
        int64_t id;
        char name[64];
    } names[NS_TIERS_NAMES]; // of functions that were deoptimized
    int name_count;
} ns_tiers;

void ns_tiers_add(ns_tiers *tiers, const ns_record *record);
// Lines for a person; nothing when no function is known.
void ns_tiers_print(const ns_tiers *tiers, ns_buf *out);

#endif

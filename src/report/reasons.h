// V8's reasons for deoptimization (deps/v8/src/deoptimizer/deoptimize-reason.h) in plain words.
#ifndef NS_REPORT_REASONS_H
#define NS_REPORT_REASONS_H

typedef struct ns_reason {
    const char *reason; // V8's, or how it begins
    const char *words;  // what happened: "a value that is no small integer came"
    const char *advice; // what to do about it
} ns_reason;

// NULL: a reason that nsim's models do not give.
const ns_reason *ns_reason_find(const char *reason);

// What to do about it, where `detail` (jit_event.detail) tells more: what the code was made for and
// what came, or what has changed. NULL as above.
const char *ns_reason_advice(const char *reason, const char *detail);

// The part of the advice that goes on "To stop it, ..."; NULL: nothing need be done.
const char *ns_reason_remedy(const char *reason, const char *detail);

// All of them, for tests and documents; the last one has no reason.
extern const ns_reason ns_reasons[];

#endif

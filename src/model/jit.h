// V8's pipeline as a model: lazy compilation, Ignition, Sparkplug, Maglev, TurboFan,
// deoptimization.
//
// It learns from the engine's probes (engine/probe.h) what functions do, decides as V8 11.3 decides
// (deps/v8/src/execution/tiering-manager.cc), and tells the engine what each instruction costs from
// then on. Maglev (off but for --maglev) and TurboFan compile on helper threads that compete for
// the cores; their code carries the feedback that it was compiled with as assumptions, and is taken
// back when one of them fails.
//
// See docs/models/jit.md.
#ifndef NS_MODEL_JIT_H
#define NS_MODEL_JIT_H

#include "engine/probe.h"
#include "model/cpu.h"
#include "model/profile.h"
#include "trace/record.h"

typedef struct ns_jit ns_jit;

// A job for a helper thread. Compilations are numbered as they begin, from 0.
typedef struct ns_jit_compilation {
    uint32_t number;
    ns_time demand;
    uint32_t after;    // the compilation, plus 1, that had to be installed before it began; 0: none
    uint32_t checks;   // stack checks since that was installed
    uint32_t function; // its id
    bool maglev;
} ns_jit_compilation;

// What JavaScript would have cost more, since this was asked for last, if a compilation had been
// installed already, or (`back`) not yet: activations that began `age` stack checks ago.
typedef struct ns_jit_shift {
    uint32_t number, age;
    bool back;
    ns_time cpu;
    int64_t bytes; // of HeapNumbers
} ns_jit_shift;

typedef struct ns_jit_options {
    ns_sim *sim;
    struct ns_safepoint *safepoint; // where helper threads stop for collections
    const ns_profile *profile;      // the constants of "jit"
    ns_probe *probe;
    ns_sink *sink;            // of jit_function, jit_event and ic_site; may be NULL
    const char *const *flags; // of node; V8's are picked out; NULL-terminated, may be NULL
    // Virtual time of the JavaScript thread, with what it has accrued since the last sync.
    ns_time (*now)(void *opaque);
    // For a recorder of traces; all NULL: there is none. A helper thread gets a job; its code is
    // about to be installed, or has been; an answer to ns_jit_shifts.
    void (*submitted)(void *opaque, const ns_jit_compilation *compilation);
    void (*installs)(void *opaque, uint32_t number, bool begins);
    void (*shifted)(void *opaque, const ns_jit_shift *shift);
    void *opaque;
} ns_jit_options;

// NS_EINVAL: a flag of V8 with a value that is no number in its range.
int ns_jit_new(ns_jit **out, const ns_jit_options *options, ns_err *err);
void ns_jit_free(ns_jit *jit); // before the engine and the CPU

// The program starts: what ran before (Node's bootstrap, which the real one takes from its
// snapshot) is forgotten, and the hooks are set. NS_ENOMEM.
int ns_jit_start(ns_jit *jit, ns_err *err);
// The program ended: emit its functions and sites.
void ns_jit_finish(ns_jit *jit);

// V8's stack check: on the JavaScript thread, after it met the CPU model. Hands jobs to the helper
// threads and installs what is compiled. The probe's budget is set to 0 when there is something to
// do here.
void ns_jit_poll(ns_jit *jit);
// Whether a job is under way: the thread should meet the CPU model more often.
bool ns_jit_busy(const ns_jit *jit);
// Have options.shifted told of what has come since the last time.
void ns_jit_shifts(ns_jit *jit);
// Called when the memory of the model ran out: the program cannot go on.
bool ns_jit_failed(const ns_jit *jit);

// The decision on where the literal at `offset` of a function allocates has changed: code that has
// it is made anew (src/heap/pretenuring-handler.cc, RequestDeoptMarkedAllocationSites).
void ns_jit_literal_changed(ns_jit *jit, uint32_t function, uint32_t offset);

// A mark-compact ends: bytecode that is old is dropped. `forced`: by gc(), which makes nothing
// older.
void ns_jit_mark_compact(ns_jit *jit, bool forced);

// A code cache of so many bytes is made, or read.
void ns_jit_code_cache(ns_jit *jit, uint64_t bytes, bool made);

// The names of V8's flags that the model reads, without dashes; NULL behind the last one.
const char *ns_jit_flag_at(int index);
// NS_EINVAL: one of these whose value is none. Others pass.
int ns_jit_flag_check(const char *flag, ns_err *err);

// Cost units of the classes of opcodes in Ignition, for ns_probe_set_costs.
void ns_jit_ignition_costs(const ns_profile *profile, uint32_t cost[NS_COST_CLASSES]);

#endif

// What only the core of the environment touches: env.c, callback.c, async_hooks.c, timers.c,
// bootstrap.c and their like. Bindings see node/env.h.
#ifndef NS_NODE_ENV_PRIVATE_H
#define NS_NODE_ENV_PRIVATE_H

#include "load/machine.h"
#include "model/safepoint.h"
#include "node/builtins.h"
#include "node/env.h"
#include "node/symbols.h"

// node::AsyncHooks::Fields and UidFields.
enum {
    NS_HOOK_INIT,
    NS_HOOK_BEFORE,
    NS_HOOK_AFTER,
    NS_HOOK_DESTROY,
    NS_HOOK_PROMISE_RESOLVE,
    NS_HOOK_TOTALS,
    NS_HOOK_CHECK,
    NS_HOOK_STACK_LENGTH,
    NS_HOOK_USES_EXECUTION_RESOURCE,
    NS_HOOK_FIELDS
};
enum { NS_ID_EXECUTION, NS_ID_TRIGGER, NS_ID_COUNTER, NS_ID_DEFAULT_TRIGGER, NS_ID_FIELDS };
// node::ExitInfoField
enum { NS_EXIT_EXITING, NS_EXIT_CODE, NS_EXIT_HAS_CODE, NS_EXIT_FIELDS };
// node::TickInfo, ImmediateInfo
enum { NS_TICK_SCHEDULED, NS_TICK_REJECTION, NS_TICK_FIELDS };
enum { NS_IMMEDIATE_COUNT, NS_IMMEDIATE_REFS, NS_IMMEDIATE_OUTSTANDING, NS_IMMEDIATE_FIELDS };

typedef struct ns_native_immediate {
    void (*fn)(ns_env *env, void *data);
    void *data;
    bool ref;
    int64_t spawn; // the tracer's
    struct ns_native_immediate *next;
} ns_native_immediate;

// A row of the async context stack that belongs to a JavaScript resource (Timeout, Immediate,
// TickObject): begun when it was pushed.
typedef struct ns_open_row {
    uint32_t depth; // of the async id stack, that it was pushed on
    ns_rec_callback record;
    int64_t outer_callback, outer_request;
    JSValue name, script; // strings that the record borrows
} ns_open_row;

enum { NS_JOB_TYPES_MAX = 16 };

typedef struct ns_cleanup {
    void (*fn)(ns_env *env, void *data);
    void *data;
} ns_cleanup;

typedef struct ns_env_private {
    ns_env *env;
    ns_machine machine;
    ns_safepoint safepoint; // where threads that compile stop for collections
    ns_sink record_sink;    // passes records on, and to the tracer
    JSValue process, primordials, exports, internal_binding, require;
    JSValue private_symbols[NS_PRIVATE_SYMBOL_COUNT], symbols[NS_SYMBOL_COUNT];
    JSAtom private_atoms[NS_PRIVATE_SYMBOL_COUNT], symbol_atoms[NS_SYMBOL_COUNT];

    // async_hooks.c
    uint32_t hook_fields[NS_HOOK_FIELDS];
    double id_fields[NS_ID_FIELDS];
    double *id_stack;
    JSValue id_stack_array;
    size_t id_stack_capacity; // pairs
    JSValue async_binding;
    JSValue resources;         // execution_async_resources, JavaScript's own
    JSValue *native_resources; // by depth; JS_UNDEFINED where JavaScript holds it
    size_t native_capacity;
    JSValue hook_init, hook_before, hook_after, hook_destroy, hook_promise_resolve;
    JSValue trampoline;
    JSValue promise_hooks[4];
    double *destroy_ids;
    size_t destroy_count, destroy_capacity;
    void **retired; // memory that typed arrays still show
    size_t retired_count;

    // callback.c
    int scope_depth;
    JSValue tick_callback, promise_reject;
    uint8_t tick_info[NS_TICK_FIELDS];
    ns_open_row *rows;
    size_t row_count, row_capacity;
    int64_t last_callback_id;
    JSAtom atom_idle_start, atom_idle_timeout; // of a Timeout
    JSAtom atom_timer_id, atom_timer_trigger;  // and of an Immediate; JS_ATOM_NULL until one runs
    JSAtom atom_on_timeout, atom_on_immediate, atom_callback, atom_context, atom_length;

    // timers.c
    JSValue immediate_callback, timers_callback;
    uint32_t immediate_info[NS_IMMEDIATE_FIELDS];
    int32_t timeout_info[1];
    ns_timer timer;
    ns_watcher immediate_check, immediate_idle;
    uint64_t timer_base;                  // ms
    uintptr_t timer_starts, timer_clears; // timers_traced.c: Timeouts
    double timer_starts_ms;
    int32_t timer_clears_refs;
    ns_native_immediate *immediates, **immediates_tail;

    // uncaught.c
    JSValue prepare_stack_trace, enhance_before, enhance_after;
    bool printed_error;
    int32_t exit_info[NS_EXIT_FIELDS];

    ns_wrap *wraps; // every live wrap
    JSClassID wrap_class;
    JSValue async_prototype, handle_prototype; // of AsyncWrap and HandleWrap

    // env.c
    uint64_t charged_cost; // of the probe's counter: what the thread was charged for
    ns_time clock_read;    // CPU of one reading of the clock ("node.clock_read")
    bool running;          // virtual time passes (after bootstrap)
    const char *status;    // why the run was ended, NULL while it was not
    ns_class_def **classes;
    int class_count;
    int64_t time_origin; // hrtime at which the process began
    uint32_t hrtime[3];
    int umask;
    const char *main_script; // as the program sees it
    ns_err error;            // why it could not start
    double host_start;       // s of host time
    uint64_t quantum_cost;   // cost units of JavaScript between two meetings with the CPU model
    uint64_t quantum_cost_compiling; // the same while TurboFan compiles
    uint64_t
        point_budget; // the probe's, put aside while the recorder waits for a point; 0: it does not
    ns_event watch;
    bool finished;
    struct module_state *modules; // module_wrap.c
    struct ns_requests *requests; // NULL when the workload has no arrivals
    struct ns_arrivals *arrivals;
    struct ns_env_heap *heap; // heap.c
    int record_depth;         // rows that are open

    // crypto_job.c
    const struct crypto_job_type *job_types[NS_JOB_TYPES_MAX];
    int job_type_count;
    uint64_t random_draws;
    JSValue key_handle; // the class KeyObjectHandle
    ns_cleanup *cleanups;
    int cleanup_count;
} ns_env_private;

// async_hooks.c
int ns_hooks_init(ns_env *env);
void ns_hooks_free(ns_env *env);
void ns_hooks_push(ns_env *env, double async_id, double trigger_id, JSValueConst resource);
bool ns_hooks_pop(ns_env *env, double async_id);
void ns_hooks_clear(ns_env *env);
void ns_hooks_emit_init(ns_env *env, JSValueConst resource, const char *type, double async_id,
                        double trigger_id);
void ns_hooks_emit_before(ns_env *env, double async_id);
void ns_hooks_emit_after(ns_env *env, double async_id);
void ns_hooks_queue_destroy(ns_env *env, double async_id);
void ns_hooks_run_destroys(ns_env *env);
double ns_hooks_new_id(ns_env *env);
double ns_hooks_default_trigger(ns_env *env);
const char *ns_provider_name(ns_provider provider);

// callback.c
void ns_rows_push(ns_env *env); // JavaScript pushes an async context
void ns_rows_pop(ns_env *env);  // JavaScript pops one
void ns_rows_unwind(ns_env *env, uint32_t depth);
void ns_scope_open_ids(ns_scope *scope, ns_env *env, JSValueConst resource, double async_id,
                       double trigger_id, bool skip_hooks);
// Begin a row. It shows the program's function that `fn` is or will call; `object` is the request
// that fn completes, or undefined.
void ns_record_begin(ns_env *env, ns_rec_callback *record, ns_phase phase, const char *kind,
                     JSValueConst fn, JSValueConst object);
void ns_record_end(ns_env *env, ns_rec_callback *record);
// Run the microtask queue to its end, as a row of its own; exceptions go to uncaught.
void ns_drain_microtasks(ns_env *env);
// JS_Call whose exception goes to uncaught; the result is JS_UNDEFINED then and *failed is set.
JSValue ns_call_top(ns_env *env, JSValueConst fn, JSValueConst self, int argc, JSValueConst *argv,
                    bool *failed);

// The same as ns_make_callback_ids with no arguments; `named` is the function that the row shows.
JSValue ns_make_callback_as(ns_env *env, JSValueConst object, JSValueConst fn, JSValueConst named,
                            double async_id, const char *kind, int64_t request_id);

// module_wrap.c: the namespace of the main script, undefined if it is no evaluated module.
JSValue ns_main_namespace(ns_env *env);

// timers.c
int ns_timers_init(ns_env *env);
void ns_timers_free(ns_env *env);
void ns_toggle_immediate_ref(ns_env *env, bool ref);
void ns_timers_trace(ns_env *env); // timers_traced.c: tell the tracer what is started and cleared

// uncaught.c
bool ns_trigger_uncaught(ns_env *env, JSValue error, bool from_promise); // takes over `error`
void ns_env_exit(ns_env *env, int code);                                 // process.reallyExit
int ns_env_exit_code(ns_env *env, int fallback);
void ns_print_exception(ns_env *env, JSValueConst error);
// node::AppendExceptionLine and DecorateErrorStack: keep the source line with the error; put it
// into its stack.
void ns_append_exception_line(ns_env *env, JSValueConst error, bool fatal);
void ns_decorate_error(ns_env *env, JSValueConst error);

// env.c: hrtime without meeting the CPU model.
int64_t ns_env_hrtime_now(const ns_env *env);
// Virtual time with what the thread's JavaScript has accrued since it met the CPU model.
ns_time ns_env_thread_now(void *env);
ns_time ns_env_accrued(void *env);  // by JavaScript since the last ns_env_sync
void ns_env_ask_point(ns_env *env); // for the recorder, if it is time (ns_tracer_point)

// process_object.c
JSValue ns_process_new(ns_env *env);
JSValue ns_process_versions(JSContext *ctx);

// bootstrap.c: run Node's own bootstrap and then the main script. 0, or -1: an exception is
// pending.
int ns_bootstrap(ns_env *env);
int ns_run_main(ns_env *env);
// Callbacks of FinalizationRegistry, when there are any, come with the next immediates.
int ns_env_post_cleanup(ns_env *env);
// process.emit(name, code); -1 when it threw.
int ns_process_emit(ns_env *env, const char *event, int code);

// What a binding gives for an entry that is not there.
int ns_bindings_load(ns_env *env, JSValueConst target, const char *name);

#endif

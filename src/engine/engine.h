// The JavaScript engine: QuickJS with nsim's probe patch (tools/patch-quickjs), and what Node needs
// of an engine beyond quickjs.h, by V8's names and semantics. Bindings use quickjs.h and this
// header.
//
// Nothing here depends on the host's clock, on addresses or on entropy: Date and Math.random are
// virtual from the first bytecode on.
#ifndef NS_ENGINE_ENGINE_H
#define NS_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/probe.h"
#include "quickjs.h"

typedef struct ns_engine ns_engine;

typedef struct ns_engine_options {
    uint64_t seed;                   // Math.random's stream
    int64_t (*now_us)(void *opaque); // virtual wall clock for Date: microseconds since 1970
    void *opaque;
    size_t memory_limit; // bytes, 0: none; beyond it the engine is out of memory
} ns_engine_options;

// One runtime and one context with all intrinsics. ns_engine_free checks for leaks in debug builds.
int ns_engine_new(ns_engine **out, const ns_engine_options *options, ns_err *err);
void ns_engine_free(ns_engine *engine);
JSRuntime *ns_engine_runtime(ns_engine *engine);
JSContext *ns_engine_context(ns_engine *engine);
ns_engine *ns_engine_of(JSContext *ctx);
ns_probe *ns_engine_probe(ns_engine *engine);
void *ns_engine_user(JSContext *ctx); // the owner's pointer, set once
void ns_engine_set_user(ns_engine *engine, void *user);
// The memory limit was met: the program ended with an exception that it could not catch.
bool ns_engine_out_of_memory(ns_engine *engine);

// JavaScript runs on the stack [low, high) from now on: an overflow of it is a RangeError.
void ns_engine_set_stack(ns_engine *engine, const char *low, const char *high);

// End the program: an exception that no catch or finally sees.
JSValue ns_throw_termination(JSContext *ctx);
bool ns_is_termination(JSContext *ctx, JSValueConst exception);

// The work of a builtin or binding, in items of its class (engine/probe.h).
void ns_charge_work(JSContext *ctx, ns_work_class cls, uint64_t items);
// A native function that Node does not have: its calls cost nothing.
void ns_uncharged(JSValueConst function);

// -- Source text ----------------------------------------------------------------------------------
// v8::ScriptCompiler::CompileFunction: a function of the given parameters whose body is `code`.
// Line and column of its first character are offsets from 0. Exceptions (SyntaxError) carry the
// position for ns_error_arrow. `host_defined` is kept by the function for dynamic import.
JSValue ns_compile_function(JSContext *ctx, const char *code, size_t len, const char *filename,
                            int line_offset, int column_offset, const char *const *params,
                            int param_count, JSValueConst host_defined);
// A classic script; returns a function object that runs it in the global scope.
JSValue ns_compile_script(JSContext *ctx, const char *code, size_t len, const char *filename,
                          int line_offset, int column_offset, JSValueConst host_defined);

// V8's code cache: the functions of a script or function, itself first, in the order of the text;
// which are compiled (out[i] is 1, NULL: not asked for), and the bytes of their bytecode.
typedef struct ns_code_sum {
    size_t functions;
    uint64_t bytes;
} ns_code_sum;
ns_code_sum ns_code_cache(JSContext *ctx, JSValueConst function, uint8_t *out, size_t room);
// The text that is compiled next comes with such a list, so that V8 need not parse it; and the
// functions that the list says are compiled.
void ns_compile_next_from_cache(JSContext *ctx);
bool ns_compiled_before(JSContext *ctx); // V8's compilation cache had the last text that came
void ns_code_cache_applies(JSContext *ctx, JSValueConst function, const uint8_t *compiled,
                           size_t count);

// -- Errors ---------------------------------------------------------------------------------------
// Stacks have V8's form: "Error: msg\n    at fn (file:line:col)". Error.captureStackTrace,
// Error.stackTraceLimit and Error.prepareStackTrace work as in V8, call sites included. Node's own
// callback takes precedence (setPrepareStackTraceCallback): called as (globalThis, error, sites).
void ns_set_prepare_stack_trace(JSContext *ctx, JSValueConst callback);

// Where an error was thrown, or with `created` where it was made (v8::Exception::CreateMessage);
// for a SyntaxError, the place in the source text. Strings are owned by the caller (JS_FreeValue).
typedef struct ns_position {
    JSValue script;      // file name; undefined for code of eval and Function, as in V8
    JSValue source_line; // text of the line, undefined when the source is not kept
    int line, column;    // from 1; column 0 when unknown
    int end_column;      // one past the last character, for carets
} ns_position;
bool ns_error_position(JSContext *ctx, JSValueConst error, bool created, ns_position *out);

// Where the running JavaScript is: `level` 0 is the innermost JavaScript frame.
bool ns_caller_position(JSContext *ctx, int level, ns_position *out);

// Name and place of a function's source; false for native ones. Strings borrowed from the engine.
bool ns_function_info(JSContext *ctx, JSValueConst fn, const char **name, const char **script,
                      int *line);
// An argument of the call that the probe's hook `entered` tells of; undefined where there is none.
// Good inside the hook.
JSValueConst ns_entered_argument(JSContext *ctx, int index);
// The program's function that `fn` will call: itself, unless its script is of Node's library
// ("node:..."), then the first that it holds, bound or captured, over `depth` such functions.
// Undefined when there is none. Borrowed from fn.
JSValueConst ns_program_function(JSContext *ctx, JSValueConst fn, int depth);

// -- Promises -------------------------------------------------------------------------------------
typedef enum ns_promise_hook { // v8::PromiseHookType
    NS_PROMISE_INIT,
    NS_PROMISE_RESOLVE,
    NS_PROMISE_BEFORE,
    NS_PROMISE_AFTER
} ns_promise_hook;
// v8::Context::SetPromiseHooks: each is a function or undefined. init(promise, parent), others
// (promise). As in V8's builtins, `resolve` runs when a promise is fulfilled or rejected, and each
// await makes a promise of its own while a hook is set.
void ns_set_promise_hooks(JSContext *ctx, JSValueConst init, JSValueConst before,
                          JSValueConst after, JSValueConst resolve);
// v8::Isolate::AddMessageListener: told of exceptions that no caller can get, those of promise
// hooks.
typedef void (*ns_message_fn)(JSContext *ctx, JSValueConst exception, void *opaque);
void ns_set_message_listener(JSContext *ctx, ns_message_fn fn, void *opaque);

// v8::PromiseRejectEvent, same numbers.
typedef enum ns_reject_event {
    NS_REJECT_NO_HANDLER = 0,
    NS_REJECT_HANDLER_ADDED = 1,
    NS_REJECT_AFTER_RESOLVED = 2,
    NS_RESOLVE_AFTER_RESOLVED = 3
} ns_reject_event;
// `value` is undefined when a handler was added.
typedef void (*ns_reject_fn)(JSContext *ctx, ns_reject_event event, JSValueConst promise,
                             JSValueConst value, void *opaque);
void ns_set_promise_reject(JSContext *ctx, ns_reject_fn fn, void *opaque);

// The microtask queue. It is drained only here. Returns 0, or -1 with the exception of a microtask
// that threw (queueMicrotask) pending: call again to go on with the rest.
int ns_run_microtasks(JSContext *ctx);
int ns_enqueue_microtask(JSContext *ctx, JSValueConst fn);
bool ns_microtasks_pending(JSContext *ctx);

// A number that promises and microtasks carry, as V8's continuation-preserved embedder data: a
// reaction runs with the one that stood here when it was registered, a microtask with that of its
// queueing. The address is good for the context's life; NULL only when out of memory.
int64_t *ns_continuation(JSContext *ctx);
// Called when a microtask or a reaction brings another number; it stands there already.
void ns_set_continuation_hook(JSContext *ctx, void (*changed)(JSContext *ctx, int64_t value));

// Why a microtask runs: the number that stood here when it was enqueued, and, of a promise's
// reaction, that of the other thing it took: when the reaction was registered, or, of a promise
// that was settled then, when that was. The address is good for the context's life; NULL only when
// out of memory.
uint32_t *ns_job_origin(JSContext *ctx);
// Called when a microtask begins, its continuation being set. NULL: never.
void ns_set_job_hook(JSContext *ctx, void (*job)(JSContext *ctx, uint32_t origin, uint32_t other));

// -- Objects --------------------------------------------------------------------------------------
// A private symbol (v8::Private): no reflection shows properties keyed by it, no proxy traps them.
JSValue ns_new_private_symbol(JSContext *ctx, const char *description);
// v8::Object::GetConstructorName.
JSValue ns_constructor_name(JSContext *ctx, JSValueConst object);
// A proxy's target and handler; false if it is none. Null both when revoked.
bool ns_proxy_details(JSContext *ctx, JSValueConst value, JSValue *target, JSValue *handler);
// v8::Object::PreviewEntries: entries of maps, sets, weak ones and their iterators as a flat array;
// *is_key_value tells pairs. undefined for anything else.
JSValue ns_preview_entries(JSContext *ctx, JSValueConst object, bool *is_key_value);
// Own keys that are not array indices; only_enumerable as v8's ONLY_ENUMERABLE.
JSValue ns_own_non_index(JSContext *ctx, JSValueConst object, bool only_enumerable);
// What `internalBinding('types')` asks. One bit per kind; a value may have several.
typedef enum ns_value_kind {
    NS_KIND_EXTERNAL = 1 << 0,
    NS_KIND_DATE = 1 << 1,
    NS_KIND_ARGUMENTS = 1 << 2,
    NS_KIND_BIGINT_OBJECT = 1 << 3,
    NS_KIND_BOOLEAN_OBJECT = 1 << 4,
    NS_KIND_NUMBER_OBJECT = 1 << 5,
    NS_KIND_STRING_OBJECT = 1 << 6,
    NS_KIND_SYMBOL_OBJECT = 1 << 7,
    NS_KIND_NATIVE_ERROR = 1 << 8,
    NS_KIND_REGEXP = 1 << 9,
    NS_KIND_ASYNC_FUNCTION = 1 << 10,
    NS_KIND_GENERATOR_FUNCTION = 1 << 11,
    NS_KIND_GENERATOR_OBJECT = 1 << 12,
    NS_KIND_PROMISE = 1 << 13,
    NS_KIND_MAP = 1 << 14,
    NS_KIND_SET = 1 << 15,
    NS_KIND_MAP_ITERATOR = 1 << 16,
    NS_KIND_SET_ITERATOR = 1 << 17,
    NS_KIND_WEAK_MAP = 1 << 18,
    NS_KIND_WEAK_SET = 1 << 19,
    NS_KIND_ARRAY_BUFFER = 1 << 20,
    NS_KIND_DATA_VIEW = 1 << 21,
    NS_KIND_SHARED_ARRAY_BUFFER = 1 << 22,
    NS_KIND_PROXY = 1 << 23,
    NS_KIND_MODULE_NAMESPACE = 1 << 24,
    NS_KIND_TYPED_ARRAY = 1 << 25,
    NS_KIND_CLASS = 1 << 26 // a class constructor
} ns_value_kind;
uint32_t ns_value_kinds(JSContext *ctx, JSValueConst value);

// A string's own representation, without a copy: 8-bit (Latin-1) or 16-bit units.
bool ns_string_data(JSContext *ctx, JSValueConst string, const uint8_t **latin1,
                    const uint16_t **utf16, size_t *length);
JSValue ns_new_string_latin1(JSContext *ctx, const uint8_t *bytes, size_t length);
JSValue ns_new_string_utf16(JSContext *ctx, const uint16_t *units, size_t length);

// Bytes of an ArrayBuffer view (typed array or DataView) or ArrayBuffer; false if it is neither, or
// is detached (then *size is 0).
bool ns_bytes(JSContext *ctx, JSValueConst value, uint8_t **data, size_t *size);

// The cycle collector. Off between calls: it runs only here, so that when it runs is the heap
// model's decision. What dies by its reference count dies at once; WeakRef holds its target to the
// end of the microtask drain in which it was made or read, as V8 does.
void ns_collect(ns_engine *engine);
// The same among objects made since the call before the last of these two, as V8's scavenger does:
// older objects count as alive, with all that they refer to. The cost is that of the young objects.
// What lives is a collection older afterwards; ns_collect makes everything old.
// `found`, which may be NULL, is told of the dead objects, with strings that only they refer to,
// before they are freed, and then of NULL. What else they hold is freed with them.
void ns_collect_young(ns_engine *engine, ns_found *found, void *opaque);
// Tells the same without NULL, and does nothing to them; but targets of WeakRefs count as alive.
// Returns how many objects were looked at: the cost is theirs.
size_t ns_find_garbage(ns_engine *engine, ns_found *found, void *opaque);

// Callbacks of FinalizationRegistry for what the collector found dead. They are tasks, not
// microtasks (V8: FinalizationRegistryCleanupTask): ns_run_cleanup runs one, and returns -1 with
// its exception pending; the caller drains the microtasks after each.
bool ns_cleanup_pending(JSContext *ctx);
int ns_run_cleanup(JSContext *ctx);

// -- Further contexts
// ---------------------------------------------------------------------------------
// v8::Context::New: a realm of its own. Its global object shows the sandbox's properties first and
// defines its own there; with an undefined sandbox it is an ordinary one. NULL without memory.
JSContext *ns_context_new(JSContext *main, JSValueConst sandbox);
void ns_context_free(JSContext *ctx);
void ns_context_mark(JSRuntime *rt, JSContext *ctx, JS_MarkFunc *mark); // for a holder's gc_mark

// -- ECMAScript modules (v8::Module) --------------------------------------------------------------
typedef struct ns_module ns_module;
typedef enum ns_module_status { // v8::Module::Status
    NS_MODULE_UNINSTANTIATED,
    NS_MODULE_INSTANTIATING,
    NS_MODULE_INSTANTIATED,
    NS_MODULE_EVALUATING,
    NS_MODULE_EVALUATED,
    NS_MODULE_ERRORED
} ns_module_status;

// NULL with an exception pending on failure. The engine owns modules.
ns_module *ns_module_compile(JSContext *ctx, const char *code, size_t len, const char *url,
                             int line_offset, int column_offset, JSValueConst host_defined);
typedef int (*ns_synthetic_fn)(JSContext *ctx, ns_module *module, void *opaque); // sets the exports
ns_module *ns_module_synthetic(JSContext *ctx, const char *url, const char *const *names, int count,
                               ns_synthetic_fn evaluate, void *opaque);
int ns_module_set_export(JSContext *ctx, ns_module *module, const char *name, JSValueConst value);
int ns_module_request_count(ns_module *module);
JSValue ns_module_request_value(JSContext *ctx, ns_module *module, int index); // the specifier
// The attributes behind it (`with {type: 'json'}`): an object without prototype.
JSValue ns_module_request_attributes(JSContext *ctx, ns_module *module, int index);
int ns_module_link(ns_module *module, int index, ns_module *target); // resolve one request
int ns_module_instantiate(JSContext *ctx, ns_module *module);
JSValue ns_module_evaluate(JSContext *ctx, ns_module *module); // a promise
JSValue ns_module_namespace(JSContext *ctx, ns_module *module);
ns_module_status ns_module_get_status(ns_module *module);
JSValue ns_module_error(JSContext *ctx, ns_module *module);
bool ns_module_is_async(ns_module *module); // its graph has top-level await
// Host hooks. dynamic: returns a promise (import(specifier) from code with `host_defined`);
// meta: fills in import.meta.
typedef JSValue (*ns_import_fn)(JSContext *ctx, JSValueConst host_defined, JSValueConst specifier,
                                JSValueConst attributes, JSValueConst referrer_name);
typedef void (*ns_meta_fn)(JSContext *ctx, ns_module *module, JSValueConst meta);
void ns_set_module_hooks(JSContext *ctx, ns_import_fn dynamic, ns_meta_fn meta);

#endif

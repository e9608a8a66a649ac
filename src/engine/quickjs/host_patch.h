// What the host half of the patch adds to quickjs.c: declarations for code before the additions.
#ifndef NS_ENGINE_HOST_PATCH_H
#define NS_ENGINE_HOST_PATCH_H

#include "engine/engine.h"

// The last match of a regular expression: units of `input`.
#define NS_MATCH_GROUPS 10
typedef struct ns_match {
    JSValue input;
    int start[NS_MATCH_GROUPS], end[NS_MATCH_GROUPS];
    int last_start, last_end; // of the last group
} ns_match;

// Per context.
typedef struct ns_host {
    JSValue hooks[4];     // by ns_promise_hook
    bool hooked;          // some hook is set
    JSValueConst parent;  // of the promise that is made next (v8: init's second argument)
    JSValueConst derived; // whose reaction is registered next
    ns_reject_fn reject;
    void *reject_opaque;
    ns_message_fn message;
    void *message_opaque;
    JSValueConst compiling; // what is compiled next is given; uninitialized: eval inherits it
    ns_import_fn import;
    ns_meta_fn meta;
    int line_offset, column_offset; // of the text that is compiled next
    struct ns_synthetic *synthetics;
    ns_match match;
    JSValue *kept; // objects that live to the end of the job
    int kept_count, kept_size;
    int64_t continuation; // see ns_continuation
    void (*continuation_changed)(JSContext *ctx, int64_t value);
    uint32_t origin, other_origin; // see ns_job_origin; of what is enqueued next
    uint32_t job_origin, job_other_origin;
    void (*job)(JSContext *ctx, uint32_t origin, uint32_t other);
} ns_host;

// Compile a module and leave its requests to ns_module_link.
#define NS_EVAL_UNLINKED (1 << 12)

struct JSObject;
struct JSFunctionBytecode;

static void ns_host_init(JSContext *ctx);
static int ns_define_global_var(JSContext *ctx, JSAtom name, int flags);
static void ns_continue(JSContext *ctx, int64_t continuation);
static void ns_job_begins(JSContext *ctx);
static void ns_job_comes(JSContext *ctx, uint32_t origin, uint32_t other, int argc);
static void ns_compile_begin(JSContext *ctx, int line, int column, JSValueConst host_defined);
static void ns_compile_end(JSContext *ctx);
static void ns_origin(JSContext *ctx, const char *filename, JSValue *host_defined,
                      JSAtom *referrer);
static bool ns_is_private(JSContext *ctx, JSAtom atom);
static const JSClassExoticMethods *ns_exotic(JSContext *ctx, const struct JSObject *p, JSAtom prop);
static void ns_host_free(JSContext *ctx);
static void ns_host_mark(JSRuntime *rt, JSContext *ctx, JS_MarkFunc *mark_func);
static void ns_promise_event(JSContext *ctx, ns_promise_hook type, JSValueConst promise);
static void ns_reject_again(JSContext *ctx, JSValueConst promise, JSValueConst value,
                            BOOL is_reject);
static JSValueConst ns_promise_of(JSValueConst resolving_function);
static JSValue ns_awaited(JSContext *ctx, JSValueConst value, JSValueConst outer);
static int ns_await(JSContext *ctx, JSValueConst promise, JSValue *handlers);
static int ns_then(JSContext *ctx, JSValueConst promise, JSValueConst *handlers, JSValue *functions,
                   JSValueConst derived);
static JSValue ns_dynamic_import(JSContext *ctx, JSValueConst specifier, JSValueConst options);
static struct JSFunctionBytecode *ns_frame_bytecode(JSValueConst func);
static bool ns_same_attributes(JSContext *ctx, JSValueConst a, JSValueConst b);

static JSValue ns_native_text(JSContext *ctx, struct JSObject *p, int kind);
static JSValue ns_wrapped_text(JSContext *ctx, const struct JSFunctionBytecode *b);
static JSValue ns_bigint_to_locale_string(JSContext *ctx, JSValueConst self, int argc,
                                          JSValueConst *argv);
static void ns_keep_match(JSContext *ctx, JSValueConst input, uint8_t **capture, int count,
                          const uint8_t *text, int shift);
static JSValue ns_match_get(JSContext *ctx, JSValueConst self, int which);
static JSValue ns_match_set(JSContext *ctx, JSValueConst self, JSValueConst value, int which);
static void ns_keep_alive(JSContext *ctx, JSValueConst object);
static void ns_clear_kept(JSContext *ctx);
static void ns_enqueue_cleanup(JSContext *ctx, JSJobFunc *job, JSValueConst *argv);

#endif

// What the host half of the patch adds to quickjs.c: declarations for code before the additions.
#ifndef NS_ENGINE_HOST_PATCH_H
#define NS_ENGINE_HOST_PATCH_H

#include "engine/engine.h"

// Per context.
typedef struct ns_host {
    JSValue hooks[4]; // by ns_promise_hook
    bool hooked;      // some hook is set
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
    int64_t continuation; // see ns_continuation
    void (*continuation_changed)(JSContext *ctx, int64_t value);
} ns_host;

// Compile a module and leave its requests to ns_module_link.
#define NS_EVAL_UNLINKED (1 << 12)

struct JSObject;

static void ns_host_init(JSContext *ctx);
static int ns_define_global_var(JSContext *ctx, JSAtom name, int flags);
static void ns_continue(JSContext *ctx, int64_t continuation);
static void ns_compile_begin(JSContext *ctx, int line, int column, JSValueConst host_defined);
static void ns_compile_end(JSContext *ctx);
static void ns_origin(JSContext *ctx, const char *filename, JSValue *host_defined, JSAtom *referrer);
static bool ns_is_private(JSContext *ctx, JSAtom atom);
static const JSClassExoticMethods *ns_exotic(JSContext *ctx, const struct JSObject *p,
                                             JSAtom prop);
static void ns_host_free(JSContext *ctx);
static void ns_host_mark(JSRuntime *rt, JSContext *ctx, JS_MarkFunc *mark_func);
static void ns_promise_event(JSContext *ctx, ns_promise_hook type, JSValueConst promise);
static void ns_reject_again(JSContext *ctx, JSValueConst promise, JSValueConst value, BOOL is_reject);
static JSValueConst ns_promise_of(JSValueConst resolving_function);
static JSValue ns_awaited(JSContext *ctx, JSValueConst value, JSValueConst outer);
static int ns_await(JSContext *ctx, JSValueConst promise, JSValue *handlers);
static int ns_then(JSContext *ctx, JSValueConst promise, JSValueConst *handlers, JSValue *functions,
                   JSValueConst derived);
static JSValue ns_dynamic_import(JSContext *ctx, JSValueConst specifier, JSValueConst options);
static struct JSFunctionBytecode *ns_frame_bytecode(JSValueConst func);
static bool ns_same_attributes(JSContext *ctx, JSValueConst a, JSValueConst b);

#endif

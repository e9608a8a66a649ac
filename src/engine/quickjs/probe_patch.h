// Declarations of the patch, visible in all of quickjs.c. Bodies: probe*.c.inc and errors*.c.inc,
// which are compiled at the end of quickjs.c.
#ifndef NS_ENGINE_PROBE_PATCH_H
#define NS_ENGINE_PROBE_PATCH_H

#include "engine/runtime.h"

enum { NS_ARRAY_SHAPES = 5 }; // beside the engine's own; see probe_elements.c.inc
// The elements kind of a node of a hidden class, above the flags of properties.
enum { NS_ELEMENTS_SHIFT = 8 };

// JSStackFrame.js_mode of a constructor call; the engine's own flags end at bit 3.
#define NS_MODE_CONSTRUCTOR (1 << 5)

// OP_throw_error: throw the value on the stack, which is on its way already. The engine's own kinds
// are 0 to 4 (JS_THROW_VAR_RO and so on).
#define NS_THROW_ON 5

static int64_t ns_date_now(JSContext *ctx);
static uint64_t ns_random_state(JSContext *ctx);
static int ns_quantum(JSContext *ctx);
static void ns_out_of_memory(JSContext *ctx);
struct JSObject;
struct JSShape;
static uint32_t ns_shape_goes_on(JSRuntime *rt, const struct JSShape *sh, JSAtom atom, int flags);
static uint32_t ns_shape_child(JSRuntime *rt, uint32_t parent, uint32_t atom, int flags, int depth);
static uint32_t ns_shape_of_proto(JSRuntime *rt, struct JSObject *proto);
static bool ns_is_elements_map(const ns_runtime *ns, uint32_t id);
static bool ns_has_holes(const struct JSObject *p);
static void ns_elements_become_holey(JSContext *ctx, struct JSObject *p);
static uint32_t ns_elements_in_dictionary(uint32_t used);
static bool ns_elements_sparse(JSRuntime *rt, const struct JSObject *p, uint32_t used,
                               uint32_t index, uint32_t capacity);
static void ns_elements_scattered(JSRuntime *rt, struct JSObject *p);
static bool ns_elements_gathered(JSRuntime *rt, struct JSObject *p, uint32_t used, uint32_t index,
                                 uint32_t *capacity);
static void ns_elements_restart(JSRuntime *rt, struct JSObject *p);
static uint32_t ns_elements_id_kept(JSRuntime *rt, struct JSObject *p, JSAtom atom);
static uint32_t ns_shape_root(JSRuntime *rt, struct JSObject *proto);
static void ns_field(JSRuntime *rt, struct JSObject *p, uint32_t index, JSValueConst value);
static void ns_prototype_changes(JSRuntime *rt, const struct JSObject *p, JSAtom atom, bool added);
static void ns_array_comes(JSContext *ctx, struct JSObject *p);
static void ns_element(JSContext *ctx, struct JSObject *p, JSValueConst value);
static void ns_elements_holey(JSContext *ctx, JSValueConst array);
static void ns_field_stored(JSRuntime *rt, struct JSObject *p, uint32_t index, JSValueConst value);
struct JSFunctionBytecode;
static void ns_body_freed(JSRuntime *rt, struct JSFunctionBytecode *b);
static void ns_note_dictionary(JSRuntime *rt);
static void ns_note_elements(JSRuntime *rt, const struct JSObject *p, int from, int to);
static void ns_note_shape(JSRuntime *rt, ns_shape_node *node);
static void ns_note_property(JSRuntime *rt, const struct JSObject *p, JSValueConst value);
static void ns_note_store(JSRuntime *rt, const struct JSObject *p, uint32_t index,
                          JSValueConst value);
static void ns_note_deleted(JSRuntime *rt, const struct JSObject *p, uint32_t index);
static void ns_note_free(JSRuntime *rt, const struct JSObject *p);
static void ns_noted_free(ns_runtime *ns);
static void ns_runtime_init(JSRuntime *rt);
static void ns_runtime_free(JSRuntime *rt);
static char *ns_eval_name(JSContext *ctx);
static int ns_errors_classes(JSRuntime *rt);
static int ns_errors_init(JSContext *ctx);
static void ns_errors_free(JSRuntime *rt);
JSValue ns_throw_termination(JSContext *ctx);
bool ns_is_termination(JSContext *ctx, JSValueConst exception);

#endif

// What the interpreter's loop does at a site, kept inline. Included in quickjs.c once its structures are
// known.

static ns_function *ns_function_new(JSRuntime *rt, struct JSFunctionBytecode *b);
static void ns_make_slots(JSRuntime *rt, struct JSFunctionBytecode *b);
static void ns_hot(JSRuntime *rt, ns_function *fn);
static void ns_slot_see(ns_slot *slot, uint32_t id);
static uint32_t ns_shape_id(JSRuntime *rt, JSShape *sh);
static uint32_t ns_object_id(JSRuntime *rt, JSObject *p);
static const uint8_t ns_tag_shape[16], ns_tag_feedback[16];

static inline ns_function *ns_function_of(JSRuntime *rt, JSFunctionBytecode *b)
{
    return likely(b->ns != NULL) ? b->ns : ns_function_new(rt, b);
}

static inline ns_function *ns_count_call(JSRuntime *rt, JSFunctionBytecode *b)
{
    ns_function *fn = ns_function_of(rt, b);
    fn->calls++;
    if (unlikely(!fn->slots && fn->calls >= 2 && fn->slot_state == NS_SLOTS_UNMADE))
        ns_make_slots(rt, b);
    if (unlikely(fn->bytecodes >= fn->watch))
        ns_hot(rt, fn);
    return fn;
}

// Tags of values run from JS_TAG_FIRST, below zero, to JS_TAG_FLOAT64.
static inline int ns_tag_index(JSValueConst v)
{
    return JS_VALUE_GET_NORM_TAG(v) & 15;
}

static inline uint32_t ns_tag_of(JSValueConst v)
{
    return ns_tag_feedback[ns_tag_index(v)];
}

static inline uint32_t ns_value_shape(JSRuntime *rt, JSValueConst v)
{
    if (unlikely(JS_VALUE_GET_TAG(v) != JS_TAG_OBJECT))
        return ns_tag_shape[ns_tag_index(v)];
    JSShape *sh = JS_VALUE_GET_OBJ(v)->shape;
    return likely(sh->ns_id != 0) ? sh->ns_id : ns_shape_id(rt, sh);
}

static inline uint32_t ns_target_id(JSRuntime *rt, JSValueConst v)
{
    if (unlikely(JS_VALUE_GET_TAG(v) != JS_TAG_OBJECT))
        return NS_TARGET_NATIVE;
    JSObject *p = JS_VALUE_GET_OBJ(v);
    if (js_class_has_bytecode(p->class_id))
        return ns_function_of(rt, p->u.func.function_bytecode)->id;
    return NS_TARGET_NATIVE | (likely(p->ns_id != 0) ? p->ns_id : ns_object_id(rt, p));
}

// What the interpreter's loop does at a site, kept inline. Included in quickjs.c once its
// structures are known.

static ns_function *ns_function_new(JSRuntime *rt, struct JSFunctionBytecode *b);
static void ns_make_slots(JSRuntime *rt, struct JSFunctionBytecode *b);
static void ns_enter_alert(JSRuntime *rt, ns_function *fn, JSValueConst object, int argc,
                           JSValueConst *argv);
static void ns_entered(JSRuntime *rt, ns_function *fn);
static void ns_left(JSRuntime *rt, ns_function *fn);
static ns_compiled *ns_tick(JSRuntime *rt, ns_compiled *code, uint32_t offset, uint32_t target);
static ns_compiled *ns_tick_loop(JSRuntime *rt, const JSStackFrame *sf, uint32_t offset,
                                 uint32_t target);
static void ns_twin_entered(JSRuntime *rt, const ns_function *fn, ns_compiled *code);
static uintptr_t ns_twin_run(JSRuntime *rt, JSStackFrame *sf, const ns_compiled *code,
                             uintptr_t sums);
static uint64_t ns_twin_flush(JSRuntime *rt, const JSStackFrame *sf, uint64_t acc);
static void ns_twin_yields_double(JSRuntime *rt, const JSStackFrame *sf, uint32_t end);
static void ns_slot_see(JSRuntime *rt, ns_slot *slot, uint32_t id);
static void ns_slot_tag(JSRuntime *rt, ns_slot *slot, uint32_t tags);
static uint32_t ns_shape_id(JSRuntime *rt, const JSObject *p);
static uint32_t ns_shape_find(JSRuntime *rt, const JSObject *p, int known);
static bool ns_shape_within(const ns_runtime *ns, uint32_t id, uint32_t ancestor);
static bool ns_shape_deprecated(const ns_runtime *ns, uint32_t id);
static uint16_t ns_literal_new(JSRuntime *rt, ns_function *fn, uint32_t offset);
static void ns_own_set(JSRuntime *rt, ns_slot *slot, int way, const JSObject *p, uint32_t index);
static void ns_site_widen(JSRuntime *rt, ns_slot *slot, JSObject *p, JSValueConst value);
static int ns_site_way(JSRuntime *rt, ns_slot *slot, JSObject *p, JSAtom atom);
static uint32_t ns_object_id(JSRuntime *rt, JSObject *p);
static ns_shape_node *ns_field_node(ns_runtime *ns, uint32_t id, uint32_t count, uint32_t index);
static void ns_bigint_ends(JSRuntime *rt, JSValueConst value);
static void ns_load_double(JSRuntime *rt, const JSObject *p, uint32_t index, uint8_t tier);
static void ns_call_yields_double(JSRuntime *rt, uint8_t tier, JSValueConst function,
                                  JSValueConst value);
static void ns_note_throw(JSContext *ctx, const JSStackFrame *sf, JSValueConst value);
static const uint8_t ns_tag_shape[32], ns_tag_feedback[32];

#ifdef NS_HISTOGRAM
static uint64_t ns_histogram[NS_HISTOGRAM + NS_WORK_CLASSES];
#endif

// A table of words by offset of bytecode, for a look-up by where the bytecode stands in memory.
#define NS_BIASED(table, b) ((uintptr_t)(table) - ((uintptr_t)(b)->byte_code_buf << 3))

// NULL when there is no memory for it.
static inline ns_function *ns_function_of(JSRuntime *rt, JSFunctionBytecode *b)
{
    return likely(b->ns != NULL) ? b->ns : ns_function_new(rt, b);
}

// What a generator or async function goes on with. It asks as a call does, but is none.
static inline ns_compiled *ns_resume(JSRuntime *rt, ns_function *fn, JSValueConst object)
{
    if (unlikely(fn->alert & NS_ALERT_CALLED))
        ns_enter_alert(rt, fn, object, 0, NULL);
    if (unlikely(fn->alert & NS_ALERT_TRACED))
        ns_entered(rt, fn);
    if (unlikely(rt->ns.probe.twins)) {
        rt->ns.calling = NULL;
        ns_twin_entered(rt, fn, fn->code);
    }
    return fn->code;
}

// What a call of the function runs.
static inline ns_compiled *ns_enter(JSRuntime *rt, ns_function *fn, JSValueConst object, int argc,
                                    JSValueConst *argv)
{
    fn->calls++;
    if (unlikely(fn->alert))
        ns_enter_alert(rt, fn, object, argc, argv);
    ns_compiled *inlined = rt->ns.entering;
    if (unlikely(inlined != NULL)) {
        rt->ns.entering = NULL;
        while (inlined && inlined->function != fn)
            inlined = inlined->other;
    }
    ns_compiled *code = likely(!inlined) ? fn->code : inlined;
    if (unlikely(rt->ns.probe.twins))
        ns_twin_entered(rt, fn, code);
    return code;
}

// Tags of values run from JS_TAG_FIRST, below zero, to JS_TAG_FLOAT64.
static inline int ns_tag_index(JSValueConst v)
{
    return JS_VALUE_GET_NORM_TAG(v) & 31;
}

static inline uint32_t ns_tag_of(JSValueConst v)
{
    return ns_tag_feedback[ns_tag_index(v)];
}

static inline uint32_t ns_tag_result(uint32_t tags)
{
    return tags == NS_FB_SMI ? NS_FB_SMI | NS_FB_NUMBER | NS_FB_OVERFLOW : tags;
}

static inline uint32_t ns_value_shape(JSRuntime *rt, JSValueConst v)
{
    if (unlikely(JS_VALUE_GET_TAG(v) != JS_TAG_OBJECT))
        return ns_tag_shape[ns_tag_index(v)];
    const JSObject *p = JS_VALUE_GET_OBJ(v);
    return likely(p->shape->ns_id != 0) ? p->shape->ns_id : ns_shape_id(rt, p);
}

// Whether a double becomes a small integer where optimized code tags it (ChangeFloat64ToTagged).
static inline bool ns_is_small(JSValueConst v)
{
    double d = JS_VALUE_GET_FLOAT64(v);
    return d >= INT32_MIN && d <= INT32_MAX && d == (int32_t)d && (d != 0 || !signbit(d));
}

// Classes of values, or-ed together in what a field or an array has held.
enum { NS_VALUE_SMI = 1, NS_VALUE_DOUBLE = 2, NS_VALUE_HEAP = 4, NS_VALUE_ANY = 7 };

static inline uint32_t ns_value_class(JSValueConst v)
{
    return JS_VALUE_GET_TAG(v) == JS_TAG_INT        ? NS_VALUE_SMI
           : JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(v)) ? NS_VALUE_DOUBLE
                                                    : NS_VALUE_HEAP;
}

static inline uint32_t ns_target_id(JSRuntime *rt, JSValueConst v)
{
    if (unlikely(JS_VALUE_GET_TAG(v) != JS_TAG_OBJECT))
        return NS_TARGET_NATIVE;
    JSObject *p = JS_VALUE_GET_OBJ(v);
    if (likely(p->class_id == JS_CLASS_BYTECODE_FUNCTION) || js_class_has_bytecode(p->class_id)) {
        ns_function *fn = ns_function_of(rt, p->u.func.function_bytecode);
        return likely(fn != NULL) ? fn->id : NS_TARGET_NATIVE;
    }
    return NS_TARGET_NATIVE | (likely(p->ns_id != 0) ? p->ns_id : ns_object_id(rt, p));
}

// Of f.call(...): the function that its site is for.
static no_inline uint32_t ns_target_through(JSRuntime *rt, ns_slot *slot, JSValueConst receiver)
{
    uint32_t id = ns_target_id(rt, receiver);
    if (slot->tags & NS_FB_THROUGH)
        return slot->seen[0];
    if (slot->ways != 0 || slot->kind != NS_SLOT_CALL || id & NS_TARGET_NATIVE)
        return NS_TARGET_NATIVE | NS_TARGET_CALL;
    slot->tags |= NS_FB_THROUGH;
    return id;
}

static inline uint16_t ns_literal(JSRuntime *rt, ns_function *fn, uint32_t offset, uint8_t tier)
{
    rt->ns.probe.literal_optimized = tier == NS_TIER_TURBOFAN;
    uint16_t known = fn->literals ? fn->literals[offset] : 0;
    return (uint16_t)((likely(known != 0) ? known : ns_literal_new(rt, fn, offset)) - 1);
}

// x++ or x-- of a small integer, whose result is one too.
static inline bool ns_post_step(JSValue *sp, int opcode)
{
    int32_t step = opcode == OP_post_inc ? 1 : -1, result;
    if (JS_VALUE_GET_TAG(sp[-1]) != JS_TAG_INT ||
        __builtin_add_overflow(JS_VALUE_GET_INT(sp[-1]), step, &result))
        return false;
    sp[0] = JS_MKVAL(JS_TAG_INT, result);
    return true;
}

// What the site knows of the property (ns_slot.own), 0 when it is not the object's own.
static inline uint32_t ns_site_own(JSContext *ctx, ns_slot *slot, JSValueConst obj, JSAtom prop)
{
    slot->hits++;
    if (unlikely(JS_VALUE_GET_TAG(obj) != JS_TAG_OBJECT)) {
        ns_slot_see(ctx->rt, slot, ns_tag_shape[ns_tag_index(obj)]);
        return 0;
    }
    JSObject *p = JS_VALUE_GET_OBJ(obj);
    uint32_t id = p->shape->ns_id;
    if (likely(id != 0)) {
        if (likely(id == slot->seen[0]))
            return slot->own[0];
        for (int way = 1; way < NS_SLOT_WAYS; way++)
            if (id == slot->seen[way])
                return slot->own[way];
    }
    int way = ns_site_way(ctx->rt, slot, p, prop);
    return way >= 0 ? slot->own[way] : 0;
}

static inline JSValue ns_load(JSContext *ctx, ns_slot *slot, JSValueConst obj, JSAtom prop,
                              uint8_t tier)
{
    uint32_t own = ns_site_own(ctx, slot, obj, prop);
    if (!own)
        return JS_GetProperty(ctx, obj, prop);
    uint32_t index = (own & NS_OWN_PLACE) - 1;
    JSValue value = JS_VALUE_GET_OBJ(obj)->prop[index].u.value;
    if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(value)) &&
        (tier != NS_TIER_TURBOFAN || ctx->rt->ns.probe.twins))
        ns_load_double(ctx->rt, JS_VALUE_GET_OBJ(obj), index, tier);
    return JS_DupValue(ctx, value);
}

static inline int ns_store(JSContext *ctx, ns_slot *slot, JSValueConst obj, JSAtom prop,
                           JSValue val, JSValueConst receiver, int flags, uint8_t tier)
{
    uint32_t own = ns_site_own(ctx, slot, obj, prop);
    if (!own) {
        ctx->rt->ns.storing = slot;
        int ret = JS_SetPropertyInternal(ctx, obj, prop, val, receiver, flags);
        ctx->rt->ns.storing = NULL;
        return ret;
    }
    JSObject *p = JS_VALUE_GET_OBJ(obj);
    if (unlikely(ns_value_class(val) & ~(own >> NS_OWN_SHIFT)))
        ns_site_widen(ctx->rt, slot, p, val);
    if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(val)) && tier == NS_TIER_TURBOFAN &&
        own >> NS_OWN_SHIFT & NS_VALUE_HEAP && !ns_is_small(val))
        ns_box(ctx->rt);
    if (unlikely(p->ns_id != 0))
        ns_prototype_changes(ctx->rt, p, prop, false);
    set_value(ctx, &p->prop[(own & NS_OWN_PLACE) - 1].u.value, val);
    return TRUE;
}

// A property of a literal or a class.
static inline int ns_define(JSContext *ctx, ns_slot *slot, JSValueConst obj, JSAtom prop,
                            JSValue val, int flags)
{
    ns_site_own(ctx, slot, obj, prop);
    ctx->rt->ns.storing = slot;
    int ret = JS_DefinePropertyValue(ctx, obj, prop, val, flags);
    ctx->rt->ns.storing = NULL;
    return ret;
}

// The elements that an array's site sees stand for V8's elements kinds, which go the same way.
static inline void ns_see_element(JSRuntime *rt, ns_slot *slot, uint32_t tags)
{
    if (unlikely(tags & ~slot->tags))
        ns_slot_tag(rt, slot, tags);
}

static inline void ns_see_keyed(JSRuntime *rt, ns_slot *slot, JSValueConst obj)
{
    uint32_t id = ns_value_shape(rt, obj);
    slot->hits++;
    if (unlikely(slot->seen[0] != id))
        ns_slot_see(rt, slot, id);
}

static inline void ns_see_target(JSRuntime *rt, ns_slot *slot, uint32_t id)
{
    slot->hits++;
    if (likely(slot->seen[0] == id) || slot->seen[1] == id || slot->megamorphic)
        return;
    ns_slot_see(rt, slot, id);
}

// The array, when a site uses it with a number.
static inline JSObject *ns_indexed_array(JSValueConst obj, JSValueConst prop)
{
    if (JS_VALUE_GET_TAG(obj) != JS_TAG_OBJECT || JS_VALUE_GET_TAG(prop) != JS_TAG_INT)
        return NULL;
    JSObject *p = JS_VALUE_GET_OBJ(obj);
    return p->class_id == JS_CLASS_ARRAY ? p : NULL;
}

// What a load of an element saw: nothing where there was a hole.
static uint32_t ns_element_tags(const JSObject *array, uint32_t index, JSValueConst value)
{
    if (index >= ns_array_length(array))
        return NS_FB_OUTSIDE;
    return index < array->u.array.count || !JS_IsUndefined(value) ? ns_tag_of(value) : 0;
}

// An object or a string that nothing else refers to.
static inline bool ns_is_temporary(JSValueConst v)
{
    int tag = JS_VALUE_GET_TAG(v);
    return JS_VALUE_HAS_REF_COUNT(v) &&
           (tag == JS_TAG_OBJECT || tag == JS_TAG_STRING || tag == JS_TAG_STRING_ROPE) &&
           ((const JSRefCountHeader *)JS_VALUE_GET_PTR(v))->ref_count == 1;
}

// Next index of an array iterator that has come to the end.
#define NS_ITERATOR_DONE UINT32_MAX

// Of temporaries, and of variables of blocks.
enum { NS_REGISTERS = 8, NS_SHADES = 16, NS_ROOTS = NS_REGISTERS + NS_SHADES };

// A variable that no closure shares is in a register of its own, which calls are given as it is
// (BytecodeRegisterOptimizer): no temporary register is written to.
static bool ns_is_of_variable(const JSFunctionBytecode *b, const JSValue *variables,
                              const JSVarDef *defs, int count, JSValueConst value)
{
    for (int i = 0; i < count; i++)
        if (JS_VALUE_GET_TAG(variables[i]) == JS_VALUE_GET_TAG(value) && b->vardefs &&
            !defs[i].is_captured && JS_VALUE_GET_PTR(variables[i]) == JS_VALUE_GET_PTR(value))
            return true;
    return false;
}

// Values stand on the stack of a frame: registers that they are written to let go of what they
// keep.
static no_inline uint32_t ns_registers_written(JSRuntime *rt, const JSStackFrame *sf,
                                               const JSFunctionBytecode *b, JSValue *registers,
                                               uint32_t kept, const JSValue *stack, ptrdiff_t count)
{
    uint32_t standing = count < NS_REGISTERS ? (1u << count) - 1 : (1u << NS_REGISTERS) - 1;
    for (uint32_t left = kept & standing; left; left &= left - 1) {
        int i = __builtin_ctz(left);
        if (ns_is_of_variable(b, sf->arg_buf, b->vardefs, b->arg_count, stack[i]) ||
            ns_is_of_variable(b, sf->var_buf, b->vardefs + b->arg_count, b->var_count, stack[i]))
            continue;
        JS_FreeValueRT(rt, registers[i]);
        kept &= ~(1u << i);
    }
    for (uint32_t left = kept >> NS_REGISTERS; left; left &= left - 1) {
        int i = __builtin_ctz(left);
        if (JS_IsUninitialized(sf->var_buf[i]))
            continue;
        JS_FreeValueRT(rt, registers[NS_REGISTERS + i]);
        kept &= ~(1u << (NS_REGISTERS + i));
    }
    return kept;
}

// A block begins: its variables have no value, but the register of each has what it was in the last
// round until it is written to (Variable::binding_needs_init: V8 writes a hole only where one could
// be read). Variables that closures share are not in registers.
static no_inline uint32_t ns_shade(JSRuntime *rt, const JSFunctionBytecode *b, JSValue *registers,
                                   uint32_t kept, JSValue *variables, int index)
{
    int at = NS_REGISTERS + index;
    if (index >= NS_SHADES || !b->vardefs || b->vardefs[b->arg_count + index].is_captured) {
        JS_FreeValueRT(rt, variables[index]);
    } else {
        if (kept >> at & 1)
            JS_FreeValueRT(rt, registers[at]);
        registers[at] = variables[index];
        kept |= 1u << at;
    }
    variables[index] = JS_UNINITIALIZED;
    return kept;
}

// The frame ends, or its code is optimized, whose safepoints tell what lives.
static no_inline void ns_registers_end(JSRuntime *rt, JSValue *registers, uint32_t kept)
{
    for (int i = 0; i < NS_ROOTS; i++)
        if (kept >> i & 1)
            JS_FreeValueRT(rt, registers[i]);
}

static no_inline JSValue ns_keyed_load_slow(JSContext *ctx, ns_slot *slot, JSValueConst obj,
                                            JSValue prop, uint8_t tier)
{
    ns_see_keyed(ctx->rt, slot, obj);
    JSObject *array = ns_indexed_array(obj, prop);
    if (unlikely(JS_VALUE_GET_TAG(prop) != JS_TAG_INT))
        ns_see_element(ctx->rt, slot, NS_FB_NAME);
    bool boxed = array && array->u.array.u1.ns_classes & NS_VALUE_HEAP;
    JSValue value = JS_GetPropertyValue(ctx, obj, prop);
    if (array)
        ns_see_element(ctx->rt, slot, ns_element_tags(array, JS_VALUE_GET_INT(prop), value));
    if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(value)) && !boxed)
        ns_box_double(ctx->rt, tier);
    return value;
}

// An element of an array whose map the site saw first.
static inline JSValue ns_keyed_load(JSContext *ctx, ns_slot *slot, JSValueConst obj, JSValue prop,
                                    uint8_t tier)
{
    if (unlikely(JS_VALUE_GET_TAG(obj) != JS_TAG_OBJECT || JS_VALUE_GET_TAG(prop) != JS_TAG_INT))
        return ns_keyed_load_slow(ctx, slot, obj, prop, tier);
    const JSObject *p = JS_VALUE_GET_OBJ(obj);
    uint32_t id = p->shape->ns_id, index = JS_VALUE_GET_INT(prop);
    if (unlikely(id != slot->seen[0] || id == 0))
        return ns_keyed_load_slow(ctx, slot, obj, prop, tier);
    if (p->class_id != JS_CLASS_ARRAY) {
        slot->hits++;
        JSValue value = JS_GetPropertyValue(ctx, obj, prop);
        if (unlikely(JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(value))))
            ns_box_double(ctx->rt, tier);
        return value;
    }
    if (unlikely(index >= p->u.array.count))
        return ns_keyed_load_slow(ctx, slot, obj, prop, tier);
    slot->hits++;
    JSValue value = p->u.array.u.values[index];
    ns_see_element(ctx->rt, slot, ns_tag_of(value));
    if (unlikely(JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(value))) &&
        !(p->u.array.u1.ns_classes & NS_VALUE_HEAP))
        ns_box_double(ctx->rt, tier);
    return JS_DupValue(ctx, value);
}

static no_inline void ns_keyed_store(JSContext *ctx, ns_slot *slot, JSValueConst obj,
                                     JSValueConst prop, JSValueConst val, uint8_t tier)
{
    ns_see_keyed(ctx->rt, slot, obj);
    JSObject *array = ns_indexed_array(obj, prop);
    if (unlikely(JS_VALUE_GET_TAG(prop) != JS_TAG_INT)) {
        ns_see_element(ctx->rt, slot, NS_FB_NAME);
        // A symbol is the same each time: the site knows it as it does a name.
        if (JS_VALUE_GET_TAG(obj) == JS_TAG_OBJECT && JS_VALUE_GET_TAG(prop) != JS_TAG_SYMBOL)
            ctx->rt->ns.keyed = 1 + (uint32_t)JS_VALUE_GET_OBJ(obj)->shape->prop_count;
    }
    if (array) {
        uint32_t index = JS_VALUE_GET_INT(prop);
        uint32_t outside = index < ns_array_length(array) ? 0 : NS_FB_OUTSIDE;
        ctx->rt->ns.grows = slot->tags & outside;
        ns_see_element(ctx->rt, slot, outside | ns_tag_of(val));
        if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(val)) && tier == NS_TIER_TURBOFAN &&
            array->u.array.u1.ns_classes & NS_VALUE_HEAP && !ns_is_small(val))
            ns_box(ctx->rt);
    }
}

// Into an element of an array, or into what else the site has seen first.
static inline int ns_keyed_set(JSContext *ctx, ns_slot *slot, JSValueConst obj, JSValue prop,
                               JSValue val, int flags, uint8_t tier)
{
    JSObject *p = JS_VALUE_GET_OBJ(obj);
    bool known = JS_VALUE_GET_TAG(obj) == JS_TAG_OBJECT && JS_VALUE_GET_TAG(prop) == JS_TAG_INT &&
                 p->shape->ns_id == slot->seen[0] && p->shape->ns_id != 0;
    if (known && p->class_id == JS_CLASS_ARRAY) {
        uint32_t index = JS_VALUE_GET_INT(prop);
        known = index < p->u.array.count && !JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(val));
        if (likely(known)) {
            slot->hits++;
            ns_see_element(ctx->rt, slot, ns_tag_of(val));
            ns_element(ctx, p, val);
            set_value(ctx, &p->u.array.u.values[index], val);
            return TRUE;
        }
    }
    if (known)
        slot->hits++;
    else
        ns_keyed_store(ctx, slot, obj, prop, val, tier);
    return JS_SetPropertyValue(ctx, obj, prop, val, flags);
}

// The store by a name is done: it may have added a property. Objects that get many in this way are
// dictionaries (ns_shape_child).
static no_inline void ns_keyed_stored(JSContext *ctx, JSValueConst obj)
{
    uint32_t before = ctx->rt->ns.keyed - 1;
    ctx->rt->ns.keyed = 0;
    if ((uint32_t)JS_VALUE_GET_OBJ(obj)->shape->prop_count != before)
        ns_charge(ctx, NS_WORK_ADD, 1);
}

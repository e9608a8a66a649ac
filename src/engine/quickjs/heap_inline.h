// What the next block of the engine's heap is in V8's terms, told where it is allocated. Included
// in quickjs.c once its structures are known; bodies of the rest are in heap*.c.inc.

// `room` of an object's block: words that are left in V8's object, or in its PropertyArray, for
// further properties; or one of these.
enum {
    NS_ROOM_REMOVED = 251, // V8 has no such object: it does not escape
    NS_ROOM_DICTIONARY,    // properties are in a NameDictionary
    NS_ROOM_NONE,          // properties take no words: those of functions are in their maps
    NS_ROOM_CONSTRUCTED,   // made by a constructor: slack tracking finds room for what it adds
    NS_ROOM_LITERAL        // made with as many slots as the literal has properties
};

// `room` of a string's block: it is a ConsString that has not been flattened.
enum { NS_ROOM_CONS = 1 };

// ns_runtime.skip: escape analysis has removed the allocation; that of an array, but not of the
// elements that follow.
enum { NS_SKIP_NONE, NS_SKIP_OBJECT, NS_SKIP_ITERATOR, NS_SKIPPED_ARRAY };

// V8 gives {} four slots (JSObject::kInitialGlobalObjectUnusedPropertiesCount).
#define NS_EMPTY_LITERAL 4

static bool ns_has_context(const struct JSStackFrame *sf, const JSValue *captured);
static void ns_leave_context(JSRuntime *rt, struct JSVarRef *var_ref);
static uint32_t ns_elements_capacity(JSRuntime *rt, const JSObject *p, uint32_t length);
static void ns_object_comes(JSRuntime *rt, const JSShape *sh, JSClassID class_id);
static void ns_property_comes(JSContext *ctx, JSObject *p, JSValueConst value, bool defined);
static bool ns_last_is_double(const ns_runtime *ns, const JSShape *sh);
static void ns_constructed(JSRuntime *rt, JSValueConst object, const struct JSFunctionBytecode *b,
                           bool derived);
static uint32_t ns_frame_size(JSValueConst function);
static void ns_string_comes(JSRuntime *rt, uint32_t length, int is_wide_char);
static void ns_string_ends(JSRuntime *rt, JSString *str);
static void ns_carry(JSRuntime *rt, JSValueConst to, JSValueConst from, int references);
static void ns_elements_fit(JSContext *ctx, JSValueConst array, uint32_t count);
static void ns_elements_to_properties(JSContext *ctx, JSObject *p);
static void ns_hole_filled(JSRuntime *rt, JSObject *p, uint32_t index);
static void ns_string_is_known(JSRuntime *rt, JSValueConst string);
static void ns_elements_known(JSRuntime *rt, JSValueConst array);
static JSValue ns_number_to_string(JSContext *ctx, int32_t number);
static bool ns_is_plain_promise(JSContext *ctx, JSValueConst constructor);
static void ns_iterator_result(JSRuntime *rt, JSValueConst iterator);
static void ns_gc_all(JSRuntime *rt);
static void ns_hold(JSRuntime *rt, JSGCObjectHeader *p);
static void mark_children(JSRuntime *rt, JSGCObjectHeader *gp, JS_MarkFunc *mark_func);
// OrderedHashTable::kInitialCapacity
enum { NS_TABLE_SMALLEST = 4 };
struct JSMapState;
struct JSMapRecord;
static void ns_table_is(JSRuntime *rt, struct JSMapState *s, uint32_t capacity,
                        const struct JSMapRecord *coming);
static void ns_table_grows(JSRuntime *rt, struct JSMapState *s, const struct JSMapRecord *coming);
static void ns_table_shrinks(JSRuntime *rt, struct JSMapState *s);
static void ns_garbage(JSRuntime *rt, uint64_t words);
static void ns_small_garbage(JSRuntime *rt, uint64_t words);
static void ns_message(JSRuntime *rt);
static void ns_frames_captured(JSRuntime *rt, JSValueConst object, int frames, int limit);
static void ns_elements_shared(JSValueConst array);
static void ns_is_none(JSRuntime *rt, JSValueConst object);
static uint32_t ns_replaced(JSRuntime *rt, uint32_t made, uint32_t part, uint32_t replacement);
static void ns_replaced_last(JSRuntime *rt, JSValueConst result, uint32_t made, uint32_t part);
static uint32_t ns_part_words(uint32_t length);
static uint64_t ns_replaced_words(uint32_t *made, uint32_t part, uint32_t replacement);
static void ns_part_counts(JSRuntime *rt, JSValueConst string);
static void ns_built(JSRuntime *rt, JSValueConst string);
static void ns_flatten_cons(JSRuntime *rt, void *p, uint32_t length, bool wide);
static int ns_piece_words(const JSRuntime *rt, JSValueConst piece);
static bool ns_rope_flattens(JSRuntime *rt, JSStringRope *r);
static JSValue ns_rope_balanced(JSContext *ctx, JSValueConst rope);
static void ns_flatten_value(JSRuntime *rt, JSValueConst string);
static void ns_flatten_compared(JSRuntime *rt, JSValueConst a, JSValueConst b, bool equality);
static void ns_flatten_receiver(JSRuntime *rt, const JSObject *function, JSValueConst string);
static bool ns_overwritten(const uint8_t *pc, JSValueConst value, const JSValue *locals,
                           const JSValue *arguments, JSVarRef **captured);
static void ns_rope_grows(JSRuntime *rt, JSValueConst to, JSValueConst from);
static void ns_name_comes(JSRuntime *rt, JSString *p);
static void ns_names_forget(JSRuntime *rt);
static void ns_split_ends(JSRuntime *rt, JSValueConst array);
static void ns_elements_copied(JSContext *ctx, JSObject *p);
static uint32_t ns_concatenated(JSValueConst receiver, int argc, JSValueConst *argv);
static void ns_elements_shrink(JSContext *ctx, JSObject *p);
static void ns_elements_cut(JSContext *ctx, JSObject *p, uint32_t before);
static void ns_mapped_arguments(JSRuntime *rt, struct JSObject *p, int given, int formal);
static uint32_t ns_preallocated(const JSRuntime *rt);
static void ns_array_constructs(JSRuntime *rt, JSValueConst new_target);
static void ns_array_object_made(JSRuntime *rt, JSValueConst array);
static void ns_array_constructed(JSRuntime *rt);
static void ns_array_restarts(JSRuntime *rt, JSObject *p);
static void ns_element_handed(JSContext *ctx, JSValueConst array, JSValueConst value);
static void ns_mapped_first(JSContext *ctx, JSValueConst array, JSValueConst value, int64_t length);
static void ns_property_deleted(JSRuntime *rt, const JSObject *p, uint32_t index);
static void ns_repeated(JSRuntime *rt, uint32_t length, uint32_t count, bool last);
static void ns_returned_double(JSRuntime *rt, JSValueConst function, JSValueConst value);
static bool ns_clone_begins(JSRuntime *rt, JSValueConst target, struct JSObject *source);
static void ns_clone_ends(JSRuntime *rt, JSValueConst target, const struct JSObject *source);
static int ns_copy_property(JSContext *ctx, JSValueConst target, JSAtom name, JSValue value,
                            bool cloned);
static int ns_assign(JSContext *ctx, JSValueConst target, JSAtom name, JSValue value);
static void ns_literal_without_prototype(JSRuntime *rt, const JSObject *p);
static bool ns_is_dictionary(JSRuntime *rt, const JSObject *p);
static void ns_json_keys(JSRuntime *rt, JSValueConst object);
static void ns_bigint_made(JSRuntime *rt, JSValueConst value);
static void ns_buffer_comes(JSRuntime *rt, uint64_t bytes);
static void ns_suspendable_comes(JSRuntime *rt, JSValueConst function);
static bool ns_is_then(JSValueConst function, JSValueConst thenable);
static JSValue ns_regexp_replace(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);
static JSValue ns_regexp_match(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);
static JSValue ns_regexp_split(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);
static void ns_captures_count(JSRuntime *rt, JSValueConst captures);
static void ns_match_replaced(JSRuntime *rt, int64_t part, JSValueConst captures,
                              JSValueConst replacement);
static void ns_match_comes(JSContext *ctx, JSValueConst match, uint32_t captures);
static bool ns_is_spread_call(const uint8_t *pc, uint32_t count);

enum { NS_FIXED_ARRAY_WORDS = 2 }; // map, length
enum { NS_ARRAY_WORDS = 4 };       // map, properties, elements, length
enum { NS_SYMBOL_WORDS = 3 };      // map, hash, description
// ns_runtime.list: what is iterated over becomes a list, whose length is known or not.
enum { NS_LIST_NONE, NS_LIST_KNOWN, NS_LIST_GROWS };
static void ns_list_begins(JSContext *ctx, JSValueConst array, JSValueConst items);
static void ns_list_ends(JSContext *ctx, JSValueConst array);
static void ns_collected(JSRuntime *rt, JSValueConst items, bool is_set);
static bool ns_elements_spliced(JSContext *ctx, JSValueConst array, int64_t length, int64_t start,
                                int64_t gone, uint32_t count, JSValueConst *items);
enum { NS_MEMENTO_WORDS = 2 };       // an AllocationMemento
enum { NS_CATCH_CONTEXT_WORDS = 5 }; // a Context with one slot
enum { NS_FINALLY_CONTEXT_WORDS = 6 };
// a PromiseCapability, two functions that settle its promise, and their context
enum { NS_CAPABILITY_WORDS = 4 + 2 * 7 + 7 };
static JSValue ns_elements_context(JSContext *ctx);
static int ns_value_to_come(JSContext *ctx, JSValueConst values, int index);
static void ns_errors_come(JSRuntime *rt, JSValueConst values);
static void ns_iterated(JSRuntime *rt, JSValueConst iterator);
static bool ns_same_object(JSValueConst a, JSValueConst b);
static void ns_thenable_job(JSRuntime *rt, JSValueConst promise, bool intrinsic);
// Elements that an array shares with its literal's boilerplate, beside the classes of values that
// were stored to it, in JSObject.u.array.u1.ns_classes.
enum { NS_ELEMENTS_SHARED = 16 };
// There, too: a NumberDictionary has the elements, and will for good.
enum { NS_ELEMENTS_SPARSE = 32, NS_ELEMENTS_KEPT = 64 };

static uint32_t ns_array_length(const JSObject *array)
{
    JSValueConst length = array->prop[0].u.value;
    return JS_VALUE_GET_TAG(length) == JS_TAG_INT ? (uint32_t)JS_VALUE_GET_INT(length)
                                                  : (uint32_t)JS_VALUE_GET_FLOAT64(length);
}

static inline void ns_next_is(JSRuntime *rt, ns_alloc_kind kind, uint64_t count)
{
    if (!rt->ns.quiet)
        rt->ns.next = (ns_next){.kind = (uint8_t)kind, .count = count};
}

// Whether there is a model. Only then do blocks tell anything: a runtime that is not the engine's
// (tools/compile-lib) has blocks without a front.
static inline bool ns_modelled(const JSRuntime *rt)
{
    return rt->ns.probe.hooks.resized != NULL;
}

static inline void ns_words(JSRuntime *rt, const void *block, int words, int garbage)
{
    ns_probe *probe = &rt->ns.probe;
    if (!ns_modelled(rt))
        return;
    ns_life *life = &ns_block_of(block)->life;
    if (life->words)
        probe->hooks.resized(probe->hooks.opaque, life, words, garbage);
}

// ConsString::kMinLength, SlicedString::kMinLength: shorter strings are copied.
enum { NS_CONS_MIN = 13 };
enum { NS_JSON_INTERNALIZED = 10 }; // JsonParser::MakeString: what is not longer is internalized

static inline void ns_cons_comes(JSRuntime *rt)
{
    if (rt->ns.quiet)
        return;
    ns_next_is(rt, NS_ALLOC_CONS, 0);
    rt->ns.next.room = NS_ROOM_CONS;
}

// Somebody looks at the characters of a string.
static inline void ns_flatten(JSRuntime *rt, JSString *p)
{
    if (unlikely(p->len >= NS_CONS_MIN && ns_modelled(rt) && ns_block_of(p)->room == NS_ROOM_CONS))
        ns_flatten_cons(rt, p, p->len, p->is_wide_char);
}

// A HeapNumber, which as a rule dies at once. They are counted here, and told of now and then.
static void ns_boxes(JSRuntime *rt);
static inline void ns_box(JSRuntime *rt)
{
    enum { BATCH = 256 };
    if (unlikely(++rt->ns.boxes == BATCH))
        ns_boxes(rt);
}

static void ns_twin_boxes(JSRuntime *rt, uint8_t tier);

// Arithmetic or an element yielded a double: code below TurboFan's makes a HeapNumber of it.
static inline void ns_box_double(JSRuntime *rt, uint8_t tier)
{
    if (tier != NS_TIER_TURBOFAN)
        ns_box(rt);
    if (unlikely(rt->ns.probe.twins))
        ns_twin_boxes(rt, tier);
}

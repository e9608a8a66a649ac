// What the next block of the engine's heap is in V8's terms, told where it is allocated. Included
// in quickjs.c once its structures are known; bodies of the rest are in heap.c.inc.

// `room` of an object's block: words that are left in V8's object, or in its PropertyArray, for
// further properties; or one of these.
enum {
    NS_ROOM_DICTIONARY = 252, // properties are in a NameDictionary
    NS_ROOM_NONE,             // properties take no words: those of functions are in their maps
    NS_ROOM_CONSTRUCTED,      // made by a constructor: slack tracking finds room for what it adds
    NS_ROOM_LITERAL           // made with as many slots as the literal has properties
};

// V8 gives {} four slots (JSObject::kInitialGlobalObjectUnusedPropertiesCount).
#define NS_EMPTY_LITERAL 4

static uint32_t ns_elements_capacity(JSRuntime *rt, const JSObject *p, uint32_t length);
static void ns_object_comes(JSRuntime *rt, const JSShape *sh, JSClassID class_id);
static void ns_property_comes(JSContext *ctx, JSObject *p, JSValueConst value, bool defined);
static void ns_constructed(JSRuntime *rt, JSValueConst object);
static uint32_t ns_frame_size(JSValueConst function);
static void ns_string_comes(JSRuntime *rt, uint32_t length, int is_wide_char);
static void ns_string_ends(JSRuntime *rt, JSString *str);
static void ns_carry(JSRuntime *rt, JSValueConst to, JSValueConst from);
static void ns_elements_fit(JSContext *ctx, JSValueConst array, uint32_t count);
static void ns_elements_to_properties(JSRuntime *rt, JSObject *p, uint32_t count);
static void ns_string_is_known(JSRuntime *rt, JSValueConst string);
static void ns_elements_known(JSRuntime *rt, JSValueConst array);
static JSValue ns_number_to_string(JSContext *ctx, int32_t number);
static bool ns_is_plain_promise(JSContext *ctx, JSValueConst constructor);
static void ns_iterator_result(JSRuntime *rt, JSValueConst iterator);
static void ns_gc_all(JSRuntime *rt);

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

// Arithmetic yielded a double: code below TurboFan's makes a HeapNumber of it, which as a rule dies
// at once. They are counted here, and told of now and then.
static void ns_boxes(JSRuntime *rt);
static inline void ns_box_double(JSRuntime *rt, uint8_t tier)
{
    enum { BATCH = 256 };
    if (tier != NS_TIER_TURBOFAN && unlikely(++rt->ns.boxes == BATCH))
        ns_boxes(rt);
}

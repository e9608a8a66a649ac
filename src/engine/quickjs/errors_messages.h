// The throwing functions of errors_messages.c.inc and errors_syntax.c.inc, for quickjs.c.
#define NS_TEXT 160 // bytes of a value or an expression in a message
static JSValue ns_throw_property(JSContext *ctx, bool set, JSValueConst base, JSAtom key);
static JSValue ns_throw_property_value(JSContext *ctx, JSValueConst base, JSValueConst key);
static JSValue ns_throw_not_callable(JSContext *ctx, JSValueConst func, const char *what);
static int ns_throw_no_function(JSContext *ctx, JSValueConst value);
static JSValue ns_throw_class_call(JSContext *ctx, JSValueConst func);
static JSValue ns_throw_not_iterable(JSContext *ctx, JSValueConst value);
static JSValue ns_throw_not_destructurable(JSContext *ctx, const JSStackFrame *sf,
                                           JSValueConst value);
static JSValue ns_throw_in_operator(JSContext *ctx, JSValueConst key, JSValueConst object);
static void ns_throw_instanceof(JSContext *ctx, JSValueConst target);
static void ns_throw_heritage(JSContext *ctx, JSValueConst value);
static void ns_throw_no_add(JSContext *ctx, JSAtom key);
static void ns_throw_object_key(JSContext *ctx, const char *format, JSValueConst object,
                                JSAtom key);
static JSValue ns_throw_receiver(JSContext *ctx, JSValueConst self);
static JSValue ns_throw_uninitialized(JSContext *ctx, JSAtom name);
static JSValue ns_throw_regexp(JSContext *ctx, const char *pattern, const char *flags,
                               const char *error);
static void ns_throw_circular(JSContext *ctx, JSValueConst stack, JSValueConst value);
static void ns_throw_needs_new(JSContext *ctx, JSValueConst func);
static bool ns_has_no_frames(JSContext *ctx, JSValueConst error);
static int ns_throw_no_setter(JSContext *ctx, JSValueConst object, JSAtom key);
static JSValue ns_throw_resolver(JSContext *ctx, JSValueConst value);
static JSValue ns_throw_count(JSContext *ctx, JSValueConst value);

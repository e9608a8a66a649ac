#include "node/histogram.h"

#include <hdr/hdr_histogram.h>
#include <math.h>
#include <stddef.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/message.h"
#include "node/performance.h"
#include "node/tracer.h"

// What clones share.
typedef struct counts {
    int references;
    struct hdr_histogram *hdr;
    int64_t count, exceeds;
    int64_t previous; // hrtime of the last recordDelta, 0 before the first
} counts;

typedef struct histogram {
    ns_wrap wrap;
    counts *counts;
} histogram;

typedef struct interval_histogram {
    ns_handle_wrap wrap;
    counts *counts;
    ns_timer timer;
    uint32_t interval; // ms
    bool enabled;
} interval_histogram;

// -- Counts ---------------------------------------------------------------------------------------

static counts *new_counts(int64_t lowest, int64_t highest, int figures)
{
    counts *c = ns_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->references = 1;
    if (hdr_init(lowest, highest, figures, &c->hdr) == 0)
        return c;
    ns_free(c);
    return NULL;
}

static void release(counts *c)
{
    if (!c || --c->references > 0)
        return;
    hdr_close(c->hdr);
    ns_free(c);
}

static void record(counts *c, int64_t value)
{
    if (hdr_record_value(c->hdr, value))
        c->count++;
    else
        c->exceeds++;
}

static void record_delta(ns_env *env, counts *c)
{
    int64_t time = ns_env_hrtime(env);
    if (c->previous > 0)
        record(c, time - c->previous);
    c->previous = time;
}

static void reset_counts(counts *c)
{
    hdr_reset(c->hdr);
    c->count = c->exceeds = c->previous = 0;
}

// The counts behind an object of either class; NULL with an exception pending.
static counts *counts_of(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    if (wrap && wrap->provider == NS_PROVIDER_ELDHISTOGRAM)
        return ((interval_histogram *)wrap)->counts;
    if (wrap)
        return ((histogram *)wrap)->counts;
    ns_throw_code(ctx, "TypeError", "ERR_INVALID_THIS",
                  "Value of \"this\" must be of type Histogram");
    return NULL;
}

// -- Messages -------------------------------------------------------------------------------------

typedef struct counts_data {
    ns_transfer_data base;
    counts *counts;
} counts_data;

static JSValue new_histogram(ns_env *env, counts *c);

static JSValue deserialize(ns_env *env, ns_transfer_data *base)
{
    counts *c = ((counts_data *)base)->counts;
    c->references++;
    return new_histogram(env, c);
}

static void free_data(ns_env *env, ns_transfer_data *base)
{
    release(((counts_data *)base)->counts);
    ns_free(base);
}

static ns_transfer_mode mode(ns_wrap *wrap)
{
    return NS_CLONEABLE;
}

static ns_transfer_data *clone(ns_wrap *wrap)
{
    counts_data *data = ns_malloc(sizeof *data);
    if (!data) {
        JS_ThrowOutOfMemory(wrap->env->ctx);
        return NULL;
    }
    data->base = (ns_transfer_data){deserialize, NULL, free_data};
    data->counts = counts_of(wrap->env->ctx, wrap->object);
    data->counts->references++;
    return &data->base;
}

static const ns_transfer_ops ops = {.mode = mode, .clone = clone};

// -- Methods of both classes ----------------------------------------------------------------------

typedef enum field { COUNT, EXCEEDS, MIN, MAX, MEAN, STDDEV } field;

static JSValue get_field(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which)
{
    counts *c = counts_of(ctx, self);
    if (!c)
        return JS_EXCEPTION;
    switch ((field)which) {
    case COUNT:
        return JS_NewInt64(ctx, c->count);
    case EXCEEDS:
        return JS_NewInt64(ctx, c->exceeds);
    case MIN:
        return JS_NewFloat64(ctx, (double)hdr_min(c->hdr));
    case MAX:
        return JS_NewFloat64(ctx, (double)hdr_max(c->hdr));
    case MEAN:
        return JS_NewFloat64(ctx, hdr_mean(c->hdr));
    case STDDEV:
        return JS_NewFloat64(ctx, hdr_stddev(c->hdr));
    }
    return JS_UNDEFINED;
}

static JSValue get_bigint(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                          int which)
{
    counts *c = counts_of(ctx, self);
    if (!c)
        return JS_EXCEPTION;
    return JS_NewBigInt64(ctx, which == COUNT     ? c->count
                               : which == EXCEEDS ? c->exceeds
                               : which == MIN     ? hdr_min(c->hdr)
                                                  : hdr_max(c->hdr));
}

static JSValue integer(JSContext *ctx, int64_t value, bool bigint)
{
    return bigint ? JS_NewBigInt64(ctx, value) : JS_NewFloat64(ctx, (double)value);
}

static JSValue percentile(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                          int bigint)
{
    double p;
    counts *c = counts_of(ctx, self);
    if (!c || !ns_arg_double(ctx, ns_arg(argc, argv, 0), &p))
        return JS_EXCEPTION;
    return integer(ctx, hdr_value_at_percentile(c->hdr, p), bigint);
}

// percentiles(map): fill a Map from percentile to value
static JSValue percentiles(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int bigint)
{
    counts *c = counts_of(ctx, self);
    struct hdr_iter iter;
    if (!c)
        return JS_EXCEPTION;
    hdr_iter_percentile_init(&iter, c->hdr, 1);
    while (hdr_iter_next(&iter)) {
        JSValue args[3] = {ns_arg(argc, argv, 0),
                           JS_NewFloat64(ctx, iter.specifics.percentiles.percentile),
                           integer(ctx, iter.value, bigint)};
        JSValue result = ns_primordial_call(ctx, "MapPrototypeSet", 3, args);
        JS_FreeValue(ctx, args[2]);
        if (JS_IsException(result))
            return result;
        JS_FreeValue(ctx, result);
    }
    return JS_UNDEFINED;
}

static JSValue reset(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    counts *c = counts_of(ctx, self);
    if (!c)
        return JS_EXCEPTION;
    reset_counts(c);
    return JS_UNDEFINED;
}

static int set_shared(JSContext *ctx, JSValueConst constructor)
{
    static const struct {
        const char *name;
        JSCFunctionMagic *fn;
        int magic;
    } methods[] = {
        {"countBigInt", get_bigint, COUNT},
        {"exceedsBigInt", get_bigint, EXCEEDS},
        {"minBigInt", get_bigint, MIN},
        {"maxBigInt", get_bigint, MAX},
        {"percentileBigInt", percentile, true},
        {"percentiles", percentiles, false},
        {"percentilesBigInt", percentiles, true},
        {"count", get_field, COUNT},
        {"exceeds", get_field, EXCEEDS},
        {"min", get_field, MIN},
        {"max", get_field, MAX},
        {"mean", get_field, MEAN},
        {"stddev", get_field, STDDEV},
        {"percentile", percentile, false},
    };
    JSValue prototype = JS_GetPropertyStr(ctx, constructor, "prototype");
    int status = ns_set_fn(ctx, prototype, "reset", reset, 0);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0] && status == 0; i++)
        status = ns_set(ctx, prototype, methods[i].name,
                        JS_NewCFunctionMagic(ctx, methods[i].fn, methods[i].name, 0,
                                             JS_CFUNC_generic_magic, methods[i].magic));
    JS_FreeValue(ctx, prototype);
    return status;
}

// A class with the shared methods; takes it over.
static JSValue with_shared(JSContext *ctx, JSValue constructor)
{
    if (JS_IsException(constructor) || set_shared(ctx, constructor) == 0)
        return constructor;
    JS_FreeValue(ctx, constructor);
    return JS_EXCEPTION;
}

// -- Histogram ------------------------------------------------------------------------------------

static void free_histogram(ns_wrap *wrap)
{
    release(((histogram *)wrap)->counts);
    ns_free(wrap);
}

// Takes `c` over, also when it fails.
static int bind_histogram(ns_env *env, JSValueConst object, counts *c)
{
    histogram *h = c ? ns_calloc(1, sizeof *h) : NULL;
    if (!h) {
        release(c);
        JS_ThrowOutOfMemory(env->ctx);
        return -1;
    }
    h->counts = c;
    h->wrap.free = free_histogram;
    ns_wrap_init(&h->wrap, env, object, NS_PROVIDER_NONE);
    h->wrap.transfer = &ops;
    return 0;
}

static JSValue new_histogram(ns_env *env, counts *c)
{
    JSValue object = ns_new_instance(env, env->performance->histogram);
    if (JS_IsException(object)) {
        release(c);
        return object;
    }
    if (bind_histogram(env, object, c) == 0)
        return object;
    JS_FreeValue(env->ctx, object);
    return JS_EXCEPTION;
}

static int construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc, JSValueConst *argv)
{
    int64_t lowest = 1, highest = INT64_MAX, figures = 3;
    if ((argc > 0 && JS_ToInt64Ext(ctx, &lowest, argv[0]) < 0) ||
        (argc > 1 && JS_ToInt64Ext(ctx, &highest, argv[1]) < 0) ||
        (argc > 2 && JS_ToInt64Ext(ctx, &figures, argv[2]) < 0))
        return -1;
    return bind_histogram(env, object, new_counts(lowest, highest, (int)figures));
}

// A number or a BigInt as int64; false when it does not fit.
static bool recorded_value(JSContext *ctx, JSValueConst value, int64_t *out)
{
    double number;
    if (JS_IsNumber(value) && JS_ToFloat64(ctx, &number, value) == 0) {
        *out = number >= 0x1p63                     ? INT64_MAX
               : number <= -0x1p63 || isnan(number) ? 0
                                                    : (int64_t)number;
        return true;
    }
    if (JS_ToInt64Ext(ctx, out, value) < 0)
        return false;
    JSValue back = JS_NewBigInt64(ctx, *out);
    bool same = JS_StrictEq(ctx, back, value);
    JS_FreeValue(ctx, back);
    return same;
}

static JSValue record_value(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t value;
    counts *c = counts_of(ctx, self);
    if (!c)
        return JS_EXCEPTION;
    if (!recorded_value(ctx, ns_arg(argc, argv, 0), &value) || value < 1)
        return JS_HasException(ctx)
                   ? JS_EXCEPTION
                   : ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "value is out of range");
    record(c, value);
    return JS_UNDEFINED;
}

static JSValue record_since(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    counts *c = counts_of(ctx, self);
    if (!c)
        return JS_EXCEPTION;
    record_delta(ns_env_of(ctx), c);
    return JS_UNDEFINED;
}

static JSValue add(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    counts *c = counts_of(ctx, self), *other = c ? counts_of(ctx, ns_arg(argc, argv, 0)) : NULL;
    if (!other)
        return JS_EXCEPTION;
    c->count += other->count;
    c->exceeds += other->exceeds;
    if (other->previous > c->previous)
        c->previous = other->previous;
    return JS_NewFloat64(ctx, (double)hdr_add(c->hdr, other->hdr));
}

JSValue ns_new_histogram_class(ns_env *env)
{
    static const ns_fn_def methods[] = {
        {"add", add, 0}, {"record", record_value, 0}, {"recordDelta", record_since, 0}};
    static const ns_class_def def = {
        .name = "Histogram", .construct = construct, .methods = methods, .method_count = 3};
    return with_shared(env->ctx, ns_new_class(env, env->ctx, &def));
}

// -- IntervalHistogram ----------------------------------------------------------------------------

static void on_timer(ns_timer *timer)
{
    interval_histogram *h =
        (interval_histogram *)((char *)timer - offsetof(interval_histogram, timer));
    record_delta(h->wrap.wrap.env, h->counts);
}

static interval_histogram *interval_of(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    return wrap && wrap->provider == NS_PROVIDER_ELDHISTOGRAM ? (interval_histogram *)wrap : NULL;
}

static bool is_open(const interval_histogram *h)
{
    return h && h->wrap.handle && !ns_handle_closing(h->wrap.handle);
}

static JSValue start(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    interval_histogram *h = interval_of(ctx, self);
    if (!is_open(h) || h->enabled)
        return JS_UNDEFINED;
    h->enabled = true;
    if (ns_arg_bool(ctx, ns_arg(argc, argv, 0)))
        reset_counts(h->counts);
    ns_env_sync(h->wrap.wrap.env);
    ns_timer_start(&h->timer, on_timer, h->interval, h->interval);
    ns_handle_unref(h->wrap.handle);
    return JS_UNDEFINED;
}

static JSValue stop(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    interval_histogram *h = interval_of(ctx, self);
    if (!is_open(h) || !h->enabled)
        return JS_UNDEFINED;
    h->enabled = false;
    ns_timer_stop(&h->timer);
    return JS_UNDEFINED;
}

static void free_interval(ns_wrap *wrap)
{
    interval_histogram *h = (interval_histogram *)wrap;
    if (is_open(h))
        ns_timer_stop(&h->timer);
    release(h->counts);
    ns_free(h);
}

static int construct_interval(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                              JSValueConst *argv)
{
    uint32_t interval;
    if (JS_ToUint32(ctx, &interval, ns_arg(argc, argv, 0)) < 0)
        return -1;
    interval_histogram *h = ns_calloc(1, sizeof *h);
    counts *c = h ? new_counts(1000, INT64_MAX, 3) : NULL;
    if (!c) {
        ns_free(h);
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    h->counts = c;
    h->interval = interval;
    ns_tracer_unsupported(env->tracer, "monitorEventLoopDelay");
    ns_timer_init(env->loop, &h->timer);
    h->wrap.handle = &h->timer.handle;
    h->wrap.wrap.free = free_interval;
    ns_wrap_init(&h->wrap.wrap, env, object, NS_PROVIDER_ELDHISTOGRAM);
    h->wrap.wrap.transfer = &ops;
    return 0;
}

JSValue ns_new_interval_histogram_class(ns_env *env)
{
    static const ns_fn_def methods[] = {{"start", start, 0}, {"stop", stop, 0}};
    static const ns_class_def def = {.name = "Histogram",
                                     .construct = construct_interval,
                                     .methods = methods,
                                     .method_count = 2,
                                     .async = true,
                                     .handle = true};
    return with_shared(env->ctx, ns_new_class(env, env->ctx, &def));
}

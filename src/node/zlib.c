// internalBinding('zlib'): compression streams, whose asynchronous writes are tasks of the pool
// (source: node's src/node_zlib.cc).
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"
#include "node/string_bytes.h"
#include "node/zlib_cost.h"

typedef struct zstream {
    ns_wrap wrap;
    ns_work work;
    ns_codec codec;
    JSValue callback, state, input, output; // input and output while a write is in flight
    uint32_t *state_memory;                 // avail_out, avail_in
    bool writing, closing, closed;
    bool opened; // the making of the library's stream is paid
} zstream;

static void zstream_free(ns_wrap *wrap)
{
    zstream *z = (zstream *)wrap;
    JSContext *ctx = wrap->env->ctx;
    ns_codec_close(&z->codec);
    JSValue values[] = {z->callback, z->state, z->input, z->output};
    for (int i = 0; i < 4; i++)
        JS_FreeValue(ctx, values[i]);
    ns_free(z);
}

static void zstream_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    zstream *z = (zstream *)wrap;
    JS_MarkValue(rt, z->callback, mark);
    JS_MarkValue(rt, z->state, mark);
    JS_MarkValue(rt, z->input, mark);
    JS_MarkValue(rt, z->output, mark);
}

static int construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc, JSValueConst *argv)
{
    int64_t mode;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 0), &mode))
        return -1;
    zstream *z = ns_calloc(1, sizeof *z);
    if (!z) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    z->codec.mode = (ns_zlib_mode)mode;
    z->callback = z->state = z->input = z->output = JS_UNDEFINED;
    z->wrap.free = zstream_free;
    z->wrap.mark = zstream_mark;
    ns_wrap_init(&z->wrap, env, object, NS_PROVIDER_ZLIB);
    return 0;
}

static zstream *stream_of(JSContext *ctx, JSValueConst self)
{
    zstream *z = (zstream *)ns_wrap_of(self);
    if (!z)
        JS_ThrowTypeError(ctx, "Illegal invocation");
    return z;
}

static bool keep_state(JSContext *ctx, zstream *z, JSValueConst state, JSValueConst callback)
{
    uint8_t *memory;
    size_t size;
    if (!ns_arg_bytes(ctx, state, &memory, &size) || size < 8)
        return false;
    JS_FreeValue(ctx, z->state);
    JS_FreeValue(ctx, z->callback);
    z->state = JS_DupValue(ctx, state);
    z->callback = JS_DupValue(ctx, callback);
    z->state_memory = (uint32_t *)(void *)memory;
    return true;
}

// init(windowBits, level, memLevel, strategy, writeState, processCallback, dictionary)
static JSValue zlib_init(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    int64_t numbers[4];
    if (!z || argc < 6)
        return JS_EXCEPTION;
    for (int i = 0; i < 4; i++)
        if (!ns_arg_int(ctx, argv[i], &numbers[i]))
            return JS_EXCEPTION;
    if (!keep_state(ctx, z, argv[4], argv[5]))
        return JS_EXCEPTION;
    ns_codec *c = &z->codec;
    c->window_bits = (int)numbers[0];
    c->level = (int)numbers[1];
    c->mem_level = (int)numbers[2];
    c->strategy = (int)numbers[3];
    uint8_t *dictionary;
    size_t size;
    if (argc > 6 && JS_IsObject(argv[6])) {
        if (!ns_arg_bytes(ctx, argv[6], &dictionary, &size))
            return JS_EXCEPTION;
        c->dictionary = ns_malloc(size + 1);
        if (!c->dictionary)
            return JS_ThrowOutOfMemory(ctx);
        memcpy(c->dictionary, dictionary, size);
        c->dictionary_size = size;
    }
    return JS_UNDEFINED;
}

// init(params, writeState, processCallback)
static JSValue brotli_init(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    uint8_t *params;
    size_t size;
    if (!z || argc < 3 || !ns_arg_bytes(ctx, argv[0], &params, &size) ||
        !keep_state(ctx, z, argv[1], argv[2]))
        return JS_EXCEPTION;
    memset(z->codec.params, 0xff, sizeof z->codec.params);
    memcpy(z->codec.params, params, size < sizeof z->codec.params ? size : sizeof z->codec.params);
    if (!ns_codec_init_brotli(&z->codec))
        return ns_throw_code(ctx, "Error", "ERR_ZLIB_INITIALIZATION_FAILED",
                             "Initialization failed");
    return JS_UNDEFINED;
}

// -- Errors and results ---------------------------------------------------------------------------

static void emit_error(zstream *z, const ns_codec_error *error)
{
    ns_env *env = z->wrap.env;
    JSContext *ctx = env->ctx;
    JSValue message = JS_NewString(ctx, error->message), code = JS_NewString(ctx, error->code);
    JSValueConst argv[] = {message, JS_NewInt32(ctx, error->number), code};
    if (z->writing || env->priv->scope_depth == 0) {
        JS_FreeValue(ctx, ns_make_callback_name(&z->wrap, "onerror", 3, argv));
    } else {
        // In the midst of JavaScript, as a plain call: what it throws is that JavaScript's.
        JSValue fn = JS_GetPropertyStr(ctx, z->wrap.object, "onerror");
        JS_FreeValue(ctx, JS_Call(ctx, fn, z->wrap.object, 3, argv));
        JS_FreeValue(ctx, fn);
    }
    JS_FreeValue(ctx, message);
    JS_FreeValue(ctx, code);
}

static void write_state(zstream *z)
{
    z->state_memory[0] = z->codec.out_left;
    z->state_memory[1] = z->codec.in_left;
}

static bool check(zstream *z)
{
    ns_codec_error error = ns_codec_get_error(&z->codec);
    if (!error.message)
        return true;
    emit_error(z, &error);
    return false;
}

static void close_now(zstream *z)
{
    z->closing = false;
    z->closed = true;
    ns_codec_close(&z->codec);
}

// Do the write that the codec was given; its CPU time.
static ns_time process(zstream *z)
{
    ns_codec *c = &z->codec;
    const ns_profile *profile = z->wrap.env->profile;
    const uint8_t *in = c->in, *out = c->out;
    uint32_t in_size = c->in_left, out_size = c->out_left;
    ns_codec_process(c);
    in_size -= c->in_left;
    out_size -= c->out_left;
    ns_time time = ns_codec_compresses(c) ? ns_codec_write_cost(profile, c, in, in_size)
                                          : ns_codec_write_cost(profile, c, out, out_size);
    if (!z->opened)
        time += ns_codec_open_cost(profile, c);
    z->opened = true;
    return time;
}

static void pool_work(ns_task *task, ns_demand *demand)
{
    demand->cpu = process((zstream *)((ns_work *)task)->wrap);
}

static void release(zstream *z)
{
    JSContext *ctx = z->wrap.env->ctx;
    JSValue input = z->input, output = z->output;
    z->input = z->output = JS_UNDEFINED;
    JS_FreeValue(ctx, input);
    JS_FreeValue(ctx, output);
}

static void pool_after(ns_work *work, int status)
{
    zstream *z = (zstream *)work->wrap;
    ns_env *env = z->wrap.env;
    bool go_on = status == 0 && !env->exiting && check(z);
    z->writing = false;
    release(z);
    if (go_on) {
        write_state(z);
        JS_FreeValue(env->ctx, ns_make_callback(&z->wrap, z->callback, 0, NULL));
    }
    if (z->closing && !z->writing)
        close_now(z);
}

// -- Methods --------------------------------------------------------------------------------------

// (flush, in | null, in_off, in_len, out, out_off, out_len)
static bool write_args(JSContext *ctx, zstream *z, int argc, JSValueConst *argv)
{
    int64_t flush, in_offset = 0, in_length = 0, out_offset, out_length;
    uint8_t *in = NULL, *out;
    size_t in_size = 0, out_size;
    if (argc < 7 || !ns_arg_int(ctx, argv[0], &flush) || !ns_arg_int(ctx, argv[5], &out_offset) ||
        !ns_arg_int(ctx, argv[6], &out_length) || !ns_arg_bytes(ctx, argv[4], &out, &out_size))
        return false;
    if (JS_IsObject(argv[1]) &&
        (!ns_arg_bytes(ctx, argv[1], &in, &in_size) || !ns_arg_int(ctx, argv[2], &in_offset) ||
         !ns_arg_int(ctx, argv[3], &in_length)))
        return false;
    if (in_offset < 0 || in_length < 0 || out_offset < 0 || out_length < 0 ||
        (size_t)(in_offset + in_length) > in_size || (size_t)(out_offset + out_length) > out_size) {
        JS_ThrowRangeError(ctx, "Invalid offset or length");
        return false;
    }
    if (z->writing || z->closed || !z->state_memory) {
        JS_ThrowTypeError(ctx, z->writing ? "write already in progress" : "already finalized");
        return false;
    }
    z->codec.flush = (int)flush;
    z->codec.in = in ? in + in_offset : NULL;
    z->codec.in_left = (uint32_t)in_length;
    z->codec.out = out + out_offset;
    z->codec.out_left = (uint32_t)out_length;
    return true;
}

static JSValue write_async(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    if (!z || !write_args(ctx, z, argc, argv))
        return JS_EXCEPTION;
    z->writing = true;
    z->input = JS_DupValue(ctx, argv[1]);
    z->output = JS_DupValue(ctx, argv[4]);
    z->work.wrap = &z->wrap;
    z->work.after = pool_after;
    z->work.task.kind = NS_TASK_ZLIB;
    z->work.task.name = ns_codec_compresses(&z->codec) ? "zlib.deflate" : "zlib.inflate";
    z->work.task.work = pool_work;
    ns_work_submit(z->wrap.env, &z->work);
    return JS_UNDEFINED;
}

static JSValue write_sync(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    if (!z || !write_args(ctx, z, argc, argv))
        return JS_EXCEPTION;
    ns_env_charge(z->wrap.env, process(z));
    ns_env_sync(z->wrap.env);
    if (check(z))
        write_state(z);
    return JS_HasException(ctx) ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue reset(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    if (!z)
        return JS_EXCEPTION;
    ns_codec_error error = ns_codec_reset(&z->codec);
    if (error.message)
        emit_error(z, &error);
    return JS_UNDEFINED;
}

static JSValue params(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    int64_t level, strategy;
    if (!z || !ns_arg_int(ctx, ns_arg(argc, argv, 0), &level) ||
        !ns_arg_int(ctx, ns_arg(argc, argv, 1), &strategy))
        return JS_EXCEPTION;
    ns_codec_error error = ns_codec_set_params(&z->codec, (int)level, (int)strategy);
    if (error.message)
        emit_error(z, &error);
    else
        z->codec.level = (int)level;
    return JS_UNDEFINED;
}

static JSValue close_stream(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    zstream *z = stream_of(ctx, self);
    if (!z)
        return JS_EXCEPTION;
    if (z->writing)
        z->closing = true;
    else
        close_now(z);
    return JS_UNDEFINED;
}

// crc32(data, value)
static JSValue crc32_(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t value;
    if (argc < 2 || !ns_arg_int(ctx, argv[1], &value))
        return JS_EXCEPTION;
    uint8_t *data, *owned = NULL;
    size_t size;
    if (JS_IsString(argv[0])) {
        data = owned = ns_decode(ctx, argv[0], NS_ENC_UTF8, &size);
        if (!data)
            return JS_EXCEPTION;
    } else if (!ns_arg_bytes(ctx, argv[0], &data, &size)) {
        return JS_EXCEPTION;
    }
    uLong sum = crc32_z((uLong)(uint32_t)value, data, size);
    ns_charge_work(ctx, NS_WORK_BYTES, size);
    ns_free(owned);
    return JS_NewUint32(ctx, (uint32_t)sum);
}

NS_BINDING(zlib)
{
#define COMMON                                                                                     \
    {"write", write_async, 7}, {"writeSync", write_sync, 7}, {"reset", reset, 0},                  \
        {"params", params, 2},                                                                     \
    {                                                                                              \
        "close", close_stream, 0                                                                   \
    }
    static const ns_fn_def zlib_methods[] = {COMMON, {"init", zlib_init, 7}};
    static const ns_fn_def brotli_methods[] = {COMMON, {"init", brotli_init, 3}};
#undef COMMON
    static const struct {
        const char *name;
        const ns_fn_def *methods;
    } classes[] = {{"Zlib", zlib_methods},
                   {"BrotliEncoder", brotli_methods},
                   {"BrotliDecoder", brotli_methods}};
    for (int i = 0; i < 3; i++) {
        ns_class_def def = {.name = classes[i].name,
                            .construct = construct,
                            .methods = classes[i].methods,
                            .method_count = 6,
                            .async = true};
        if (ns_set(ctx, target, def.name, ns_new_class(env, ctx, &def)) < 0)
            return -1;
    }
    ns_set_fn(ctx, target, "crc32", crc32_, 2);
    return ns_set_str(ctx, target, "ZLIB_VERSION", ZLIB_VERSION);
}

#include "node/crypto_job.h"

#include <openssl/objects.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/buffer.h"
#include "node/env_private.h"
#include "sim/random.h"

// -- Bytes and costs ------------------------------------------------------------------------------

bool crypto_copy_bytes(JSContext *ctx, JSValueConst value, uint8_t **data, size_t *size)
{
    uint8_t *bytes;
    const uint8_t *secret;
    if (crypto_secret_of(value, &secret, size)) {
        bytes = (uint8_t *)(uintptr_t)secret;
    } else if (!ns_arg_bytes(ctx, value, &bytes, size)) {
        return false;
    }
    *data = ns_malloc(*size + 1);
    if (!*data) {
        JS_ThrowOutOfMemory(ctx);
        return false;
    }
    if (*size)
        memcpy(*data, bytes, *size);
    return true;
}

double crypto_cost(ns_env *env, const char *name, const char *fallback)
{
    char key[96];
    snprintf(key, sizeof key, "crypto.%s", name);
    if (ns_profile_has(env->profile, key))
        return ns_profile_get(env->profile, key);
    snprintf(key, sizeof key, "crypto.%s", fallback);
    return ns_profile_get(env->profile, key);
}

double crypto_digest_cost(ns_env *env, const char *format, const EVP_MD *md)
{
    char digest[32], name[64], other[64];
    snprintf(digest, sizeof digest, "%s", OBJ_nid2sn(EVP_MD_get_type(md)));
    for (char *c = digest; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    snprintf(name, sizeof name, format, digest);
    snprintf(other, sizeof other, format, "other");
    return crypto_cost(env, name, other);
}

// -- Randomness -----------------------------------------------------------------------------------

void crypto_random(ns_env *env, uint8_t *out, size_t size)
{
    ns_draw draw = ns_stream_op(ns_stream_make(env->workload->seed, "process", "crypto random"),
                                env->priv->random_draws++);
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = ns_draw_u64(&draw);
        memcpy(out + i, &word, size - i < 8 ? size - i : 8);
    }
}

// libcrypto asks one method of the whole process for randomness, so the environment that makes a
// key stands here while it does. Runs share no thread.
static _Thread_local ns_env *drawing;

static int draw_bytes(unsigned char *out, int size)
{
    if (drawing)
        crypto_random(drawing, out, (size_t)size);
    return drawing != NULL;
}

static int ready(void)
{
    return 1;
}

void crypto_seed_openssl(ns_env *env)
{
    static const RAND_METHOD method = {
        .bytes = draw_bytes, .pseudorand = draw_bytes, .status = ready};
    drawing = env;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    RAND_set_rand_method(env ? &method : NULL);
#pragma GCC diagnostic pop
}

// -- Jobs -----------------------------------------------------------------------------------------

static void job_free(ns_wrap *wrap)
{
    crypto_job *job = (crypto_job *)wrap;
    if (job->type->free)
        job->type->free(job);
    JS_FreeValue(wrap->env->ctx, job->keep);
    ns_free(job->out);
    ns_free(job);
}

static void job_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    JS_MarkValue(rt, ((crypto_job *)wrap)->keep, mark);
}

JSValue crypto_result_buffer(JSContext *ctx, crypto_job *job)
{
    JSValue buffer = ns_new_array_buffer(ctx, job->out, job->out_size);
    job->out = NULL;
    return buffer;
}

// [error, result], one of them undefined.
static void outcome(JSContext *ctx, crypto_job *job, JSValue pair[2])
{
    pair[0] = pair[1] = JS_UNDEFINED;
    if (job->errors.count) {
        pair[0] = crypto_errors_value(ctx, &job->errors);
        return;
    }
    if (job->error) {
        pair[0] = crypto_error_new(ctx, job->error);
        return;
    }
    pair[1] = job->type->result(ctx, job);
    if (JS_IsException(pair[1])) {
        pair[0] = JS_GetException(ctx);
        pair[1] = JS_UNDEFINED;
    }
}

static crypto_job *job_of_task(ns_task *task)
{
    return (crypto_job *)((ns_work *)task)->wrap;
}

static void pool_work(ns_task *task, ns_demand *demand)
{
    crypto_job *job = job_of_task(task);
    demand->cpu = job->type->work(job->wrap.env, job);
}

static void pool_after(ns_work *work, int status)
{
    crypto_job *job = (crypto_job *)work->wrap;
    ns_env *env = job->wrap.env;
    job->running = false;
    if (status < 0 || env->exiting)
        return;
    JSValue pair[2];
    outcome(env->ctx, job, pair);
    JS_FreeValue(env->ctx, ns_make_callback_name(&job->wrap, "ondone", 2, (JSValueConst *)pair));
    JS_FreeValue(env->ctx, pair[0]);
    JS_FreeValue(env->ctx, pair[1]);
}

static JSValue run(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    crypto_job *job = (crypto_job *)ns_wrap_of(self);
    if (!job || job->running)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    ns_env *env = job->wrap.env;
    if (job->async) {
        job->running = true;
        job->work.wrap = &job->wrap;
        job->work.after = pool_after;
        job->work.task.kind = NS_TASK_CRYPTO;
        job->work.task.name = job->type->task;
        job->work.task.work = pool_work;
        ns_work_submit(env, &job->work);
        return JS_UNDEFINED;
    }
    ns_env_charge(env, job->type->work(env, job));
    ns_env_sync(env);
    JSValue pair[2];
    outcome(ctx, job, pair);
    JSValue list = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, list, 0, pair[0]);
    JS_SetPropertyUint32(ctx, list, 1, pair[1]);
    return list;
}

// Which type a constructor makes is kept on the class itself.
static int construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc, JSValueConst *argv,
                     const crypto_job_type *type)
{
    int64_t mode;
    if (argc < 1 || !ns_arg_int(ctx, argv[0], &mode))
        return -1;
    crypto_job *job = ns_calloc(1, type->size);
    if (!job) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    job->type = type;
    job->async = mode == 0;
    job->keep = JS_UNDEFINED;
    job->wrap.free = job_free;
    job->wrap.mark = job_mark;
    job->wrap.env = env;
    if (type->parse(ctx, job, argc - 1, argv + 1) < 0) {
        job_free(&job->wrap);
        return -1;
    }
    ns_wrap_init(&job->wrap, env, object, job->async ? type->provider : NS_PROVIDER_NONE);
    return 0;
}

static JSValue constructor(JSContext *ctx, JSValueConst new_target, int argc, JSValueConst *argv,
                           int magic)
{
    ns_env *env = ns_env_of(ctx);
    JSValue prototype = JS_GetPropertyStr(ctx, new_target, "prototype");
    JSValue object = JS_NewObjectProtoClass(ctx, prototype, env->priv->wrap_class);
    JS_FreeValue(ctx, prototype);
    if (JS_IsException(object))
        return object;
    JS_SetOpaque(object, NULL);
    if (construct(env, ctx, object, argc, argv, env->priv->job_types[magic]) < 0) {
        JS_FreeValue(ctx, object);
        return JS_EXCEPTION;
    }
    return object;
}

int crypto_job_class(ns_env *env, JSContext *ctx, JSValueConst target, const crypto_job_type *type)
{
    ns_env_private *p = env->priv;
    static const ns_class_def base = {.name = "CryptoJob", .async = true};
    if (p->job_type_count == NS_JOB_TYPES_MAX) {
        JS_ThrowInternalError(ctx, "too many kinds of crypto jobs");
        return -1;
    }
    int magic = p->job_type_count++;
    p->job_types[magic] = type;
    JSValue parent = ns_new_class(env, ctx, &base);
    JSValue parent_prototype = JS_GetPropertyStr(ctx, parent, "prototype");
    JSValue cls =
        JS_NewCFunctionMagic(ctx, constructor, type->name, 0, JS_CFUNC_constructor_magic, magic);
    JSValue prototype = JS_NewObjectProto(ctx, parent_prototype);
    int status = ns_set_fn(ctx, prototype, "run", run, 0);
    JS_SetConstructor(ctx, cls, prototype);
    JS_FreeValue(ctx, prototype);
    JS_FreeValue(ctx, parent_prototype);
    JS_FreeValue(ctx, parent);
    return status < 0 ? -1 : ns_set(ctx, target, type->name, cls);
}

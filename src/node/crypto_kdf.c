// Key derivation and random bytes: PBKDF2Job, ScryptJob, HKDFJob, RandomBytesJob, SecretKeyGenJob.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/crypto_job.h"
#include "node/env_private.h"

typedef struct kdf_job {
    crypto_job job;
    uint8_t *secret, *salt, *info;
    size_t secret_size, salt_size, info_size;
    const EVP_MD *digest;
    int64_t iterations, length;
    uint64_t n, r, p, max_memory;
} kdf_job;

static void kdf_free(crypto_job *job)
{
    kdf_job *k = (kdf_job *)job;
    ns_free(k->secret);
    ns_free(k->salt);
    ns_free(k->info);
}

static bool digest_arg(JSContext *ctx, JSValueConst value, const EVP_MD **out)
{
    const char *name = JS_ToCString(ctx, value);
    if (!name)
        return false;
    *out = EVP_get_digestbyname(name);
    if (!*out)
        ns_throw_code(ctx, "TypeError", "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", name);
    JS_FreeCString(ctx, name);
    return *out != NULL;
}

// -- PBKDF2 ---------------------------------------------------------------------------------------

// A login service derives the same key many times over; the bytes are kept by their inputs. The
// cost in virtual time is the same.
enum { memo_size = 256 };
typedef struct memo {
    XXH128_hash_t key;
    uint8_t *bytes;
    size_t size;
} memo;
static _Thread_local memo memos[memo_size];

static XXH128_hash_t memo_key(const kdf_job *k)
{
    char head[64];
    int len = snprintf(head, sizeof head, "%s %lld %lld %zu", EVP_MD_get0_name(k->digest),
                       (long long)k->iterations, (long long)k->length, k->secret_size);
    XXH3_state_t *state = XXH3_createState();
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, head, (size_t)len);
    XXH3_128bits_update(state, k->secret, k->secret_size);
    XXH3_128bits_update(state, k->salt, k->salt_size);
    XXH128_hash_t key = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    return key;
}

static int derive_pbkdf2(const kdf_job *k, uint8_t *out)
{
    XXH128_hash_t key = memo_key(k);
    memo *slot = &memos[key.low64 % memo_size];
    if (slot->bytes && XXH128_isEqual(slot->key, key) && slot->size == (size_t)k->length) {
        memcpy(out, slot->bytes, slot->size);
        return 1;
    }
    int ok =
        PKCS5_PBKDF2_HMAC((const char *)k->secret, (int)k->secret_size, k->salt, (int)k->salt_size,
                          (int)k->iterations, k->digest, (int)k->length, out);
    uint8_t *copy = ok ? ns_realloc(slot->bytes, (size_t)k->length + 1) : NULL;
    if (copy) {
        memcpy(copy, out, (size_t)k->length);
        *slot = (memo){key, copy, (size_t)k->length};
    }
    return ok;
}

static ns_time pbkdf2_work(ns_env *env, crypto_job *job)
{
    kdf_job *k = (kdf_job *)job;
    job->out = ns_malloc((size_t)k->length + 1);
    job->out_size = (size_t)k->length;
    if (!job->out || (k->length && !derive_pbkdf2(k, job->out)))
        job->error = "Deriving bits failed";
    int64_t block = EVP_MD_get_size(k->digest);
    int64_t blocks = k->length ? (k->length + block - 1) / block : 0;
    double per_iteration = crypto_digest_cost(env, "pbkdf2.%s", k->digest);
    return ns_profile_ns(env->profile, "crypto.call") +
           (ns_time)((double)(blocks * k->iterations) * per_iteration / 1000);
}

static int pbkdf2_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    kdf_job *k = (kdf_job *)job;
    if (argc < 5 || !crypto_copy_bytes(ctx, argv[0], &k->secret, &k->secret_size) ||
        !crypto_copy_bytes(ctx, argv[1], &k->salt, &k->salt_size) ||
        !ns_arg_int(ctx, argv[2], &k->iterations) || !ns_arg_int(ctx, argv[3], &k->length) ||
        !digest_arg(ctx, argv[4], &k->digest))
        return -1;
    return 0;
}

// -- scrypt ---------------------------------------------------------------------------------------

static ns_time scrypt_work(ns_env *env, crypto_job *job)
{
    kdf_job *k = (kdf_job *)job;
    job->out = ns_malloc((size_t)k->length + 1);
    job->out_size = (size_t)k->length;
    if (!job->out || (k->length && !EVP_PBE_scrypt((const char *)k->secret, k->secret_size, k->salt,
                                                   k->salt_size, k->n, k->r, k->p, k->max_memory,
                                                   job->out, (size_t)k->length)))
        job->error = "Deriving bits failed";
    double per_block = ns_profile_get(env->profile, "crypto.scrypt"); // ps for each N * r * p
    return ns_profile_ns(env->profile, "crypto.call") +
           (ns_time)((double)k->n * (double)k->r * (double)k->p * per_block / 1000);
}

static int scrypt_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    kdf_job *k = (kdf_job *)job;
    int64_t n, r, p, memory;
    if (argc < 7 || !crypto_copy_bytes(ctx, argv[0], &k->secret, &k->secret_size) ||
        !crypto_copy_bytes(ctx, argv[1], &k->salt, &k->salt_size) ||
        !ns_arg_int(ctx, argv[2], &n) || !ns_arg_int(ctx, argv[3], &r) ||
        !ns_arg_int(ctx, argv[4], &p) || !ns_arg_int(ctx, argv[5], &memory) ||
        !ns_arg_int(ctx, argv[6], &k->length))
        return -1;
    k->n = (uint64_t)n;
    k->r = (uint64_t)r;
    k->p = (uint64_t)p;
    k->max_memory = (uint64_t)memory;
    if (EVP_PBE_scrypt(NULL, 0, NULL, 0, k->n, k->r, k->p, k->max_memory, NULL, 0))
        return 0;
    unsigned long reason = ERR_peek_last_error();
    char text[256] = "";
    ERR_error_string_n(reason, text, sizeof text);
    ERR_clear_error();
    ns_throw_code(ctx, "RangeError", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
                  reason ? "Invalid scrypt params: %s" : "Invalid scrypt params", text);
    return -1;
}

// -- HKDF -----------------------------------------------------------------------------------------

static ns_time hkdf_work(ns_env *env, crypto_job *job)
{
    kdf_job *k = (kdf_job *)job;
    job->out = ns_malloc((size_t)k->length + 1);
    job->out_size = (size_t)k->length;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("digest", (char *)(uintptr_t)EVP_MD_get0_name(k->digest),
                                         0),
        OSSL_PARAM_construct_octet_string("key", k->secret, k->secret_size),
        OSSL_PARAM_construct_octet_string("salt", k->salt, k->salt_size),
        OSSL_PARAM_construct_octet_string("info", k->info, k->info_size),
        OSSL_PARAM_construct_end(),
    };
    if (!job->out || !ctx ||
        (k->length && EVP_KDF_derive(ctx, job->out, (size_t)k->length, params) <= 0))
        job->error = "Deriving bits failed";
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    // An HMAC to extract, and one for each block; an iteration of PBKDF2 is an HMAC too.
    int64_t block = EVP_MD_get_size(k->digest);
    int64_t hmacs = 1 + (k->length + block - 1) / block;
    return ns_profile_ns(env->profile, "crypto.call") * 2 +
           (ns_time)((double)hmacs * crypto_digest_cost(env, "pbkdf2.%s", k->digest) / 1000);
}

// (digest, key, salt, info, length)
static int hkdf_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    kdf_job *k = (kdf_job *)job;
    if (argc < 5 || !digest_arg(ctx, argv[0], &k->digest) ||
        !crypto_copy_bytes(ctx, argv[1], &k->secret, &k->secret_size) ||
        !crypto_copy_bytes(ctx, argv[2], &k->salt, &k->salt_size) ||
        !crypto_copy_bytes(ctx, argv[3], &k->info, &k->info_size) ||
        !ns_arg_int(ctx, argv[4], &k->length))
        return -1;
    if (k->length <= (int64_t)255 * EVP_MD_get_size(k->digest))
        return 0;
    ns_throw_code(ctx, "RangeError", "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
    return -1;
}

// -- Random bytes ---------------------------------------------------------------------------------

typedef struct random_job {
    crypto_job job;
    uint8_t *target; // inside job.keep
    size_t size;
} random_job;

static ns_time random_work(ns_env *env, crypto_job *job)
{
    random_job *r = (random_job *)job;
    crypto_random(env, r->target, r->size);
    return ns_profile_ns(env->profile, "crypto.call") +
           (ns_time)((double)r->size * ns_profile_get(env->profile, "crypto.random") / 1000);
}

// (buffer, offset, size)
static int random_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    random_job *r = (random_job *)job;
    uint8_t *data;
    size_t size;
    int64_t offset, count;
    if (argc < 3 || !ns_arg_bytes(ctx, argv[0], &data, &size) ||
        !ns_arg_int(ctx, argv[1], &offset) || !ns_arg_int(ctx, argv[2], &count))
        return -1;
    if (offset < 0 || count < 0 || (uint64_t)offset + (uint64_t)count > size) {
        ns_throw_code(ctx, "RangeError", "ERR_OUT_OF_RANGE", "buffer is too small");
        return -1;
    }
    job->keep = JS_DupValue(ctx, argv[0]);
    r->target = data + offset;
    r->size = (size_t)count;
    return 0;
}

static JSValue no_result(JSContext *ctx, crypto_job *job)
{
    return JS_UNDEFINED;
}

int crypto_kdf_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const crypto_job_type types[] = {
        {"PBKDF2Job", "crypto.pbkdf2", NS_PROVIDER_PBKDF2REQUEST, sizeof(kdf_job), pbkdf2_parse,
         pbkdf2_work, crypto_result_buffer, kdf_free},
        {"ScryptJob", "crypto.scrypt", NS_PROVIDER_SCRYPTREQUEST, sizeof(kdf_job), scrypt_parse,
         scrypt_work, crypto_result_buffer, kdf_free},
        {"HKDFJob", "crypto.hkdf", NS_PROVIDER_DERIVEBITSREQUEST, sizeof(kdf_job), hkdf_parse,
         hkdf_work, crypto_result_buffer, kdf_free},
        {"RandomBytesJob", "crypto.randomBytes", NS_PROVIDER_RANDOMBYTESREQUEST, sizeof(random_job),
         random_parse, random_work, no_result, NULL},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (crypto_job_class(env, ctx, target, &types[i]) < 0)
            return -1;
    return 0;
}

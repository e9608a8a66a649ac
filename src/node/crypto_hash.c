// Hash, Hmac, HashJob, oneShotDigest, timingSafeEqual (source: node's src/crypto/crypto_hash.cc,
// crypto_hmac.cc, crypto_timing.cc).
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/crypto_job.h"
#include "node/env_private.h"
#include "node/string_bytes.h"

typedef struct hasher {
    ns_wrap wrap;
    EVP_MD_CTX *md; // a hash
    HMAC_CTX *mac;  // or an HMAC
    bool has_length;
    size_t length;   // of an extendable output
    uint8_t *result; // of a hash: _flush and digest may both ask for it; NULL: not yet
    double cost;     // ps for each byte
} hasher;

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" // HMAC_CTX, as node uses it

static void hasher_free(ns_wrap *wrap)
{
    hasher *h = (hasher *)wrap;
    EVP_MD_CTX_free(h->md);
    HMAC_CTX_free(h->mac);
    ns_free(h->result);
    ns_free(h);
}

static hasher *hasher_new(ns_env *env, JSValueConst object)
{
    hasher *h = ns_calloc(1, sizeof *h);
    if (!h) {
        JS_ThrowOutOfMemory(env->ctx);
        return NULL;
    }
    h->wrap.free = hasher_free;
    ns_wrap_init(&h->wrap, env, object, NS_PROVIDER_NONE);
    return h;
}

// Making a hash and its digest.
static void charge_open(ns_env *env, const EVP_MD *md)
{
    ns_env_charge(env, (ns_time)crypto_digest_cost(env, "hash.%s.open", md));
}

static void charge_bytes(ns_env *env, size_t size, double cost)
{
    ns_env_charge(env, (ns_time)((double)size * cost / 1000));
}

// new Hash(algorithm | other, xofLen, algorithmId, cache)
static int hash_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                          JSValueConst *argv)
{
    const EVP_MD *md = NULL;
    hasher *from = argc > 0 ? (hasher *)ns_wrap_of(argv[0]) : NULL;
    if (from) {
        md = EVP_MD_CTX_get0_md(from->md);
    } else {
        const char *name = JS_ToCString(ctx, ns_arg(argc, argv, 0));
        if (!name)
            return -1;
        md = EVP_get_digestbyname(name);
        JS_FreeCString(ctx, name);
    }
    hasher *h = hasher_new(env, object);
    if (!h)
        return -1;
    h->md = EVP_MD_CTX_new();
    int ok = md && h->md &&
             (from ? EVP_MD_CTX_copy(h->md, from->md) : EVP_DigestInit_ex(h->md, md, NULL));
    if (!ok) {
        crypto_throw(ctx, "Digest method not supported");
        return -1;
    }
    h->cost = crypto_digest_cost(env, "hash.%s.byte", md);
    charge_open(env, md);
    size_t natural = (size_t)EVP_MD_get_size(md);
    h->length = natural;
    if (argc > 1 && !JS_IsUndefined(argv[1])) {
        int64_t length;
        if (!ns_arg_int(ctx, argv[1], &length))
            return -1;
        if ((size_t)length != natural && !(EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF)) {
            ERR_raise(ERR_LIB_EVP, EVP_R_NOT_XOF_OR_INVALID_LENGTH);
            crypto_throw(ctx, "Digest method not supported");
            return -1;
        }
        h->has_length = (size_t)length != natural;
        h->length = (size_t)length;
    }
    return 0;
}

static int hmac_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                          JSValueConst *argv)
{
    return hasher_new(env, object) ? 0 : -1;
}

// init(algorithm, key)
static JSValue hmac_init(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    hasher *h = (hasher *)ns_wrap_of(self);
    const char *name = h ? JS_ToCString(ctx, argv[0]) : NULL;
    if (!name)
        return JS_EXCEPTION;
    const EVP_MD *md = EVP_get_digestbyname(name);
    uint8_t *key = NULL;
    size_t size;
    JSValue result = JS_UNDEFINED;
    if (!md) {
        result = ns_throw_code(ctx, "TypeError", "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s",
                               name);
    } else if (!crypto_copy_bytes(ctx, argv[1], &key, &size)) {
        result = JS_EXCEPTION;
    } else {
        h->cost = crypto_digest_cost(h->wrap.env, "hash.%s.byte", md);
        h->length = (size_t)EVP_MD_get_size(md);
        charge_open(h->wrap.env, md); // the key's two halves begin a digest each
        charge_open(h->wrap.env, md);
        h->mac = HMAC_CTX_new();
        if (!h->mac || !HMAC_Init_ex(h->mac, key, (int)size, md, NULL))
            result = crypto_throw(ctx, NULL);
    }
    ns_free(key);
    JS_FreeCString(ctx, name);
    return result;
}

// Bytes of a string in an encoding, or of a view. *owned is to be freed.
static bool data_arg(JSContext *ctx, JSValueConst value, JSValueConst encoding, uint8_t **data,
                     size_t *size, uint8_t **owned)
{
    *owned = NULL;
    if (!JS_IsString(value))
        return ns_arg_bytes(ctx, value, data, size);
    *owned = *data = ns_decode(ctx, value, ns_parse_encoding(ctx, encoding, NS_ENC_UTF8), size);
    return *data != NULL;
}

static JSValue update(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    hasher *h = (hasher *)ns_wrap_of(self);
    uint8_t *data, *owned;
    size_t size;
    if (!h || !data_arg(ctx, argv[0], ns_arg(argc, argv, 1), &data, &size, &owned))
        return JS_EXCEPTION;
    int ok = h->md    ? EVP_DigestUpdate(h->md, data, size)
             : h->mac ? HMAC_Update(h->mac, data, size)
                      : 0;
    charge_bytes(h->wrap.env, size, h->cost);
    ns_free(owned);
    return JS_NewBool(ctx, ok == 1);
}

static bool finish(hasher *h)
{
    unsigned size = (unsigned)h->length;
    h->result = ns_malloc((h->length > EVP_MAX_MD_SIZE ? h->length : EVP_MAX_MD_SIZE) + 1);
    if (!h->result)
        return false;
    if (h->mac)
        return HMAC_Final(h->mac, h->result, &size);
    if (h->has_length)
        return h->length == 0 || EVP_DigestFinalXOF(h->md, h->result, h->length);
    return EVP_DigestFinal_ex(h->md, h->result, &size);
}

static JSValue digest(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    hasher *h = (hasher *)ns_wrap_of(self);
    if (!h || (!h->md && !h->mac))
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    if (!h->result && !finish(h)) {
        ns_free(h->result);
        h->result = NULL;
        return crypto_throw(ctx, NULL);
    }
    return ns_encode(ctx, h->result, h->length,
                     ns_parse_encoding(ctx, ns_arg(argc, argv, 0), NS_ENC_BUFFER));
}

// oneShotDigest(algorithm, id, cache, input, outputEncoding, encodingId)
static JSValue one_shot(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    const char *name = JS_ToCString(ctx, argv[0]);
    if (!name)
        return JS_EXCEPTION;
    const EVP_MD *md = EVP_get_digestbyname(name);
    JS_FreeCString(ctx, name);
    uint8_t *data, *owned, out[EVP_MAX_MD_SIZE];
    size_t size;
    unsigned length;
    if (!md) {
        return crypto_throw(ctx, "Digest method not supported");
    }
    if (!data_arg(ctx, argv[3], JS_UNDEFINED, &data, &size, &owned))
        return JS_EXCEPTION;
    int ok = EVP_Digest(data, size, out, &length, md, NULL);
    charge_open(env, md);
    charge_bytes(env, size, crypto_digest_cost(env, "hash.%s.byte", md));
    ns_free(owned);
    if (!ok)
        return crypto_throw(ctx, NULL);
    return ns_encode(ctx, out, length, ns_parse_encoding(ctx, argv[4], NS_ENC_BUFFER));
}

static JSValue timing_safe_equal(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint8_t *data[2];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        if (!ns_bytes(ctx, ns_arg(argc, argv, i), &data[i], &size[i]))
            return ns_throw_code(
                ctx, "TypeError", "ERR_INVALID_ARG_TYPE",
                "The \"buf%d\" argument must be an instance of ArrayBuffer, Buffer, "
                "TypedArray, or DataView.",
                i + 1);
    }
    if (size[0] != size[1])
        return ns_throw_code(ctx, "RangeError", "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH",
                             "Input buffers must have the same byte length");
    ns_env *env = ns_env_of(ctx);
    charge_bytes(env, size[0], ns_profile_get(env->profile, "crypto.compare"));
    return JS_NewBool(ctx, CRYPTO_memcmp(data[0], data[1], size[0]) == 0);
}

static JSValue get_hashes(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    // The names that node 20 lists; those which this libcrypto has.
    static const char *const names[] = {"RSA-MD5",
                                        "RSA-RIPEMD160",
                                        "RSA-SHA1",
                                        "RSA-SHA1-2",
                                        "RSA-SHA224",
                                        "RSA-SHA256",
                                        "RSA-SHA3-224",
                                        "RSA-SHA3-256",
                                        "RSA-SHA3-384",
                                        "RSA-SHA3-512",
                                        "RSA-SHA384",
                                        "RSA-SHA512",
                                        "RSA-SHA512/224",
                                        "RSA-SHA512/256",
                                        "RSA-SM3",
                                        "blake2b512",
                                        "blake2s256",
                                        "id-rsassa-pkcs1-v1_5-with-sha3-224",
                                        "id-rsassa-pkcs1-v1_5-with-sha3-256",
                                        "id-rsassa-pkcs1-v1_5-with-sha3-384",
                                        "id-rsassa-pkcs1-v1_5-with-sha3-512",
                                        "md5",
                                        "md5-sha1",
                                        "md5WithRSAEncryption",
                                        "ripemd",
                                        "ripemd160",
                                        "ripemd160WithRSA",
                                        "rmd160",
                                        "sha1",
                                        "sha1WithRSAEncryption",
                                        "sha224",
                                        "sha224WithRSAEncryption",
                                        "sha256",
                                        "sha256WithRSAEncryption",
                                        "sha3-224",
                                        "sha3-256",
                                        "sha3-384",
                                        "sha3-512",
                                        "sha384",
                                        "sha384WithRSAEncryption",
                                        "sha512",
                                        "sha512-224",
                                        "sha512-224WithRSAEncryption",
                                        "sha512-256",
                                        "sha512-256WithRSAEncryption",
                                        "sha512WithRSAEncryption",
                                        "shake128",
                                        "shake256",
                                        "sm3",
                                        "sm3WithRSAEncryption",
                                        "ssl3-md5",
                                        "ssl3-sha1"};
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (EVP_get_digestbyname(names[i]))
            JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, names[i]));
    return list;
}

static JSValue get_cached_aliases(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewObjectProto(ctx, JS_NULL);
}

// -- HashJob: subtle.digest -----------------------------------------------------------------------

typedef struct hash_job {
    crypto_job job;
    const EVP_MD *md;
    uint8_t *data;
    size_t size;
} hash_job;

static int hash_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    hash_job *h = (hash_job *)job;
    const char *name = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    if (!name)
        return -1;
    h->md = EVP_get_digestbyname(name);
    if (!h->md)
        ns_throw_code(ctx, "TypeError", "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", name);
    JS_FreeCString(ctx, name);
    return h->md && crypto_copy_bytes(ctx, ns_arg(argc, argv, 1), &h->data, &h->size) ? 0 : -1;
}

static ns_time hash_work(ns_env *env, crypto_job *job)
{
    hash_job *h = (hash_job *)job;
    unsigned size = 0;
    job->out = ns_malloc(EVP_MAX_MD_SIZE);
    if (!job->out || !EVP_Digest(h->data, h->size, job->out, &size, h->md, NULL))
        job->error = "Deriving bits failed";
    job->out_size = size;
    return ns_profile_ns(env->profile, "crypto.call") +
           (ns_time)((double)h->size * crypto_digest_cost(env, "hash.%s.byte", h->md) / 1000);
}

static void hash_job_free(crypto_job *job)
{
    ns_free(((hash_job *)job)->data);
}

int crypto_hash_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def hash_methods[] = {{"update", update, 2}, {"digest", digest, 1}};
    static const ns_fn_def hmac_methods[] = {
        {"init", hmac_init, 2}, {"update", update, 2}, {"digest", digest, 1}};
    static const ns_class_def hash = {
        .name = "Hash", .construct = hash_construct, .methods = hash_methods, .method_count = 2};
    static const ns_class_def hmac = {
        .name = "Hmac", .construct = hmac_construct, .methods = hmac_methods, .method_count = 3};
    static const ns_fn_def functions[] = {
        {"oneShotDigest", one_shot, 6},
        {"timingSafeEqual", timing_safe_equal, 2},
        {"getHashes", get_hashes, 0},
        {"getCachedAliases", get_cached_aliases, 0},
    };
    static const crypto_job_type job = {
        "HashJob",  "crypto.digest", NS_PROVIDER_HASHREQUEST, sizeof(hash_job),
        hash_parse, hash_work,       crypto_result_buffer,    hash_job_free};
    if (ns_set(ctx, target, "Hash", ns_new_class(env, ctx, &hash)) < 0 ||
        ns_set(ctx, target, "Hmac", ns_new_class(env, ctx, &hmac)) < 0)
        return -1;
    return NS_SET_FNS(ctx, target, functions) < 0 ? -1 : crypto_job_class(env, ctx, target, &job);
}

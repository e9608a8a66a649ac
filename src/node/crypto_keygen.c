// Jobs that make keys: RSA, RSA-PSS, DSA, DH, EC, Ed25519 and its like, and secret keys (source:
// node's src/crypto/crypto_keygen.cc, crypto_rsa.cc, crypto_dsa.cc, crypto_dh.cc, crypto_ec.cc).
// The bytes of a key come from the workload's seed.
#include <ctype.h>
#include <openssl/bn.h>
#include <openssl/dh.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/crypto_key.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" // parameters of DH by the DH type

typedef struct keygen_job keygen_job;
struct keygen_job {
    crypto_job job;
    // The context that makes the key; NULL with libcrypto's queue of errors filled.
    EVP_PKEY_CTX *(*setup)(const keygen_job *k);
    int id, bits;
    int64_t exponent;
    // RSA-PSS; -1: the digest's length
    const EVP_MD *digest, *mgf1_digest;
    int salt_length;
    int divisor_bits; // DSA; -1: libcrypto's choice
    // DH
    BIGNUM *prime;
    int64_t generator;
    // EC
    int curve;
    bool explicit_curve;
    key_encoding public_encoding, private_encoding;
    EVP_PKEY *pkey;
};

static void keygen_free(crypto_job *job)
{
    keygen_job *k = (keygen_job *)job;
    EVP_PKEY_free(k->pkey);
    BN_free(k->prime);
    crypto_encoding_free(&k->private_encoding);
}

// publicFormat, publicType, privateFormat, privateType, cipher, passphrase
static int keygen_encodings(JSContext *ctx, keygen_job *k, int argc, JSValueConst *argv)
{
    return crypto_encoding_args(ctx, &k->public_encoding, ns_arg(argc, argv, 0),
                                ns_arg(argc, argv, 1), JS_UNDEFINED, JS_UNDEFINED) < 0 ||
                   crypto_encoding_args(ctx, &k->private_encoding, ns_arg(argc, argv, 2),
                                        ns_arg(argc, argv, 3), ns_arg(argc, argv, 4),
                                        ns_arg(argc, argv, 5)) < 0
               ? -1
               : 0;
}

// A context that makes keys with these parameters; takes over the parameters, which may be NULL.
static EVP_PKEY_CTX *keygen_with(EVP_PKEY *params)
{
    EVP_PKEY_CTX *ctx = params ? EVP_PKEY_CTX_new(params, NULL) : NULL;
    EVP_PKEY_free(params);
    if (ctx && EVP_PKEY_keygen_init(ctx) > 0)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

// -- RSA and RSA-PSS ------------------------------------------------------------------------------

static bool configure_pss(const keygen_job *k, EVP_PKEY_CTX *ctx)
{
    // OpenSSL 3 takes SHA-1 for MGF1 unless told; RFC 8017 recommends the digest itself.
    const EVP_MD *mgf1 = k->mgf1_digest ? k->mgf1_digest : k->digest;
    int salt = k->salt_length < 0 && k->digest ? EVP_MD_get_size(k->digest) : k->salt_length;
    return (!k->digest || EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, k->digest) > 0) &&
           (!mgf1 || EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, mgf1) > 0) &&
           (salt < 0 || EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, salt) > 0);
}

static EVP_PKEY_CTX *rsa_setup(const keygen_job *k)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(k->id, NULL);
    BIGNUM *exponent = BN_new();
    bool ok = ctx && exponent && BN_set_word(exponent, (BN_ULONG)k->exponent) &&
              EVP_PKEY_keygen_init(ctx) > 0 && EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, k->bits) > 0 &&
              EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent) > 0 &&
              (k->id == EVP_PKEY_RSA || configure_pss(k, ctx));
    BN_free(exponent);
    if (ok)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

static int pss_digest(JSContext *ctx, JSValueConst value, const char *what, const EVP_MD **out)
{
    if (JS_IsUndefined(value))
        return 0;
    const char *name = JS_ToCString(ctx, value);
    if (!name)
        return -1;
    *out = EVP_get_digestbyname(name);
    if (!*out)
        ns_throw_code(ctx, "TypeError", "ERR_CRYPTO_INVALID_DIGEST", "Invalid %s: %s", what, name);
    JS_FreeCString(ctx, name);
    return *out ? 0 : -1;
}

// (variant, bits, exponent[, hash, mgf1Hash, saltLength], ...encodings)
static int rsa_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    enum { variant_pss = 1 };
    keygen_job *k = (keygen_job *)job;
    int64_t variant, bits, salt = -1;
    if (argc < 3 || !ns_arg_int(ctx, argv[0], &variant) || !ns_arg_int(ctx, argv[1], &bits) ||
        !ns_arg_int(ctx, argv[2], &k->exponent))
        return -1;
    k->setup = rsa_setup;
    k->id = variant == variant_pss ? EVP_PKEY_RSA_PSS : EVP_PKEY_RSA;
    k->bits = (int)bits;
    argc -= 3;
    argv += 3;
    if (variant != variant_pss)
        return keygen_encodings(ctx, k, argc, argv);
    if (argc < 3 || pss_digest(ctx, argv[0], "digest", &k->digest) < 0 ||
        pss_digest(ctx, argv[1], "MGF1 digest", &k->mgf1_digest) < 0 ||
        (!JS_IsUndefined(argv[2]) && !ns_arg_int(ctx, argv[2], &salt)))
        return -1;
    k->salt_length = (int)salt;
    return keygen_encodings(ctx, k, argc - 3, argv + 3);
}

// -- DSA ------------------------------------------------------------------------------------------

static EVP_PKEY_CTX *dsa_setup(const keygen_job *k)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, NULL);
    EVP_PKEY *params = NULL;
    bool ok =
        ctx && EVP_PKEY_paramgen_init(ctx) > 0 &&
        EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, k->bits) > 0 &&
        (k->divisor_bits == -1 || EVP_PKEY_CTX_set_dsa_paramgen_q_bits(ctx, k->divisor_bits) > 0) &&
        EVP_PKEY_paramgen(ctx, &params) > 0;
    EVP_PKEY_CTX_free(ctx);
    return ok ? keygen_with(params) : NULL;
}

// (bits, divisorBits, ...encodings)
static int dsa_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t bits, divisor;
    if (argc < 2 || !ns_arg_int(ctx, argv[0], &bits) || !ns_arg_int(ctx, argv[1], &divisor))
        return -1;
    k->setup = dsa_setup;
    k->id = EVP_PKEY_DSA;
    k->bits = (int)bits;
    k->divisor_bits = (int)divisor;
    return keygen_encodings(ctx, k, argc - 2, argv + 2);
}

// -- DH -------------------------------------------------------------------------------------------

static EVP_PKEY *dh_known(const keygen_job *k)
{
    DH *dh = DH_new();
    BIGNUM *prime = BN_dup(k->prime), *generator = BN_new();
    EVP_PKEY *params = EVP_PKEY_new();
    bool set = dh && prime && generator && BN_set_word(generator, (BN_ULONG)k->generator) &&
               DH_set0_pqg(dh, prime, NULL, generator);
    if (!set) {
        BN_free(prime);
        BN_free(generator);
    }
    if (set && params && EVP_PKEY_assign_DH(params, dh))
        return params;
    EVP_PKEY_free(params);
    DH_free(dh);
    return NULL;
}

static EVP_PKEY_CTX *dh_setup(const keygen_job *k)
{
    if (k->prime)
        return keygen_with(dh_known(k));
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_DH, NULL);
    EVP_PKEY *params = NULL;
    bool ok = ctx && EVP_PKEY_paramgen_init(ctx) > 0 &&
              EVP_PKEY_CTX_set_dh_paramgen_prime_len(ctx, k->bits) > 0 &&
              EVP_PKEY_CTX_set_dh_paramgen_generator(ctx, (int)k->generator) > 0 &&
              EVP_PKEY_paramgen(ctx, &params) > 0;
    EVP_PKEY_CTX_free(ctx);
    return ok ? keygen_with(params) : NULL;
}

// The prime of a group of RFC 2409 or RFC 3526; NULL: unknown.
static BIGNUM *group_prime(const char *name)
{
    static const struct {
        const char *name;
        BIGNUM *(*prime)(BIGNUM *);
    } groups[] = {
        {"modp1", BN_get_rfc2409_prime_768},   {"modp2", BN_get_rfc2409_prime_1024},
        {"modp5", BN_get_rfc3526_prime_1536},  {"modp14", BN_get_rfc3526_prime_2048},
        {"modp15", BN_get_rfc3526_prime_3072}, {"modp16", BN_get_rfc3526_prime_4096},
        {"modp17", BN_get_rfc3526_prime_6144}, {"modp18", BN_get_rfc3526_prime_8192},
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (strcasecmp(groups[i].name, name) == 0)
            return groups[i].prime(NULL);
    return NULL;
}

static int dh_group(JSContext *ctx, keygen_job *k, JSValueConst value)
{
    const char *name = JS_ToCString(ctx, value);
    if (!name)
        return -1;
    k->prime = group_prime(name);
    k->generator = 2;
    JS_FreeCString(ctx, name);
    if (k->prime)
        return 0;
    ns_throw_code(ctx, "Error", "ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group");
    return -1;
}

// (group, ...encodings) or (prime | primeLength, generator, ...encodings)
static int dh_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t bits;
    k->setup = dh_setup;
    k->id = EVP_PKEY_DH;
    if (argc > 0 && JS_IsString(argv[0]))
        return dh_group(ctx, k, argv[0]) < 0 ? -1 : keygen_encodings(ctx, k, argc - 1, argv + 1);
    if (argc < 2 || !ns_arg_int(ctx, argv[1], &k->generator))
        return -1;
    if (JS_IsNumber(argv[0])) {
        if (!ns_arg_int(ctx, argv[0], &bits))
            return -1;
        k->bits = (int)bits;
    } else {
        uint8_t *bytes;
        size_t size;
        if (!ns_arg_bytes(ctx, argv[0], &bytes, &size))
            return -1;
        k->prime = BN_bin2bn(bytes, (int)size, NULL);
        if (!k->prime) {
            JS_ThrowOutOfMemory(ctx);
            return -1;
        }
    }
    return keygen_encodings(ctx, k, argc - 2, argv + 2);
}

// -- EC and its like ------------------------------------------------------------------------------

static EVP_PKEY_CTX *ec_setup(const keygen_job *k)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    EVP_PKEY *params = NULL;
    int encoding = k->explicit_curve ? OPENSSL_EC_EXPLICIT_CURVE : OPENSSL_EC_NAMED_CURVE;
    bool ok = ctx && EVP_PKEY_paramgen_init(ctx) > 0 &&
              EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, k->curve) > 0 &&
              EVP_PKEY_CTX_set_ec_param_enc(ctx, encoding) > 0 &&
              EVP_PKEY_paramgen(ctx, &params) > 0;
    EVP_PKEY_CTX_free(ctx);
    return ok ? keygen_with(params) : NULL;
}

static EVP_PKEY_CTX *nid_setup(const keygen_job *k)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(k->id, NULL);
    if (ctx && EVP_PKEY_keygen_init(ctx) > 0)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

// (curve, parameters named or explicit, ...encodings)
static int ec_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t named;
    const char *curve = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    if (!curve)
        return -1;
    k->curve = crypto_curve_nid(curve);
    JS_FreeCString(ctx, curve);
    if (k->curve == NID_undef) {
        ns_throw_code(ctx, "TypeError", "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
        return -1;
    }
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 1), &named))
        return -1;
    k->setup = ec_setup;
    k->id = EVP_PKEY_EC;
    k->explicit_curve = named == OPENSSL_EC_EXPLICIT_CURVE;
    return keygen_encodings(ctx, k, argc - 2, argv + 2);
}

static int nid_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t id;
    if (argc < 1 || !ns_arg_int(ctx, argv[0], &id))
        return -1;
    k->setup = nid_setup;
    k->id = (int)id;
    return keygen_encodings(ctx, k, argc - 1, argv + 1);
}

// -- Work and result ------------------------------------------------------------------------------

// ratio^power; the powers are small whole numbers, so that no libm is needed.
static double power(double ratio, int exponent)
{
    double result = 1;
    while (exponent-- > 0)
        result *= ratio;
    return result;
}

// A search for a prime of n bits tries about n candidates, each of n^3 work; for a safe prime n^2.
static ns_time keygen_cost(ns_env *env, const keygen_job *k)
{
    char name[64] = "keygen.ec";
    double scale = 1;
    if (k->id == EVP_PKEY_RSA || k->id == EVP_PKEY_RSA_PSS) {
        snprintf(name, sizeof name, "keygen.rsa2048");
        scale = power(k->bits / 2048.0, 4);
    } else if (k->id == EVP_PKEY_DSA) {
        snprintf(name, sizeof name, "keygen.dsa2048");
        scale = power(k->bits / 2048.0, 4);
    } else if (k->id == EVP_PKEY_DH && k->prime) {
        snprintf(name, sizeof name, "keygen.dh_known2048");
        scale = power(BN_num_bits(k->prime) / 2048.0, 3);
    } else if (k->id == EVP_PKEY_DH) {
        snprintf(name, sizeof name, "keygen.dh512");
        scale = power(k->bits / 512.0, 5);
    } else {
        snprintf(name, sizeof name, "keygen.%s",
                 OBJ_nid2sn(k->id == EVP_PKEY_EC ? k->curve : k->id));
        for (char *c = name; *c; c++)
            *c = (char)tolower((unsigned char)*c);
    }
    return (ns_time)(crypto_cost(env, name, "keygen.ec") * scale);
}

static ns_time keygen_work(ns_env *env, crypto_job *job)
{
    keygen_job *k = (keygen_job *)job;
    ERR_clear_error();
    crypto_seed_openssl(env);
    EVP_PKEY_CTX *ctx = k->setup(k);
    bool ok = ctx && EVP_PKEY_keygen(ctx, &k->pkey) > 0;
    crypto_seed_openssl(NULL);
    EVP_PKEY_CTX_free(ctx);
    if (ok) {
        ERR_clear_error();
        return keygen_cost(env, k);
    }
    job->error = "Key generation failed";
    crypto_errors_take(&job->errors);
    return ns_profile_ns(env->profile, "crypto.call");
}

static JSValue keygen_result(JSContext *ctx, crypto_job *job)
{
    keygen_job *k = (keygen_job *)job;
    ns_env *env = job->wrap.env;
    JSValue public_key = crypto_key_export(env, k->pkey, KEY_PUBLIC, &k->public_encoding);
    if (JS_IsException(public_key))
        return public_key;
    JSValue private_key = crypto_key_export(env, k->pkey, KEY_PRIVATE, &k->private_encoding);
    if (JS_IsException(private_key)) {
        JS_FreeValue(ctx, public_key);
        return private_key;
    }
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, public_key);
    JS_SetPropertyUint32(ctx, pair, 1, private_key);
    return pair;
}

// -- Secret keys ----------------------------------------------------------------------------------

// SecretKeyGenJob(mode, bits)
static int secret_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    int64_t bits;
    if (argc < 1 || !ns_arg_int(ctx, argv[0], &bits))
        return -1;
    job->out_size = (size_t)bits / 8;
    return 0;
}

static ns_time secret_work(ns_env *env, crypto_job *job)
{
    job->out = ns_malloc(job->out_size + 1);
    if (job->out)
        crypto_random(env, job->out, job->out_size);
    else
        job->error = "Key generation failed";
    return ns_profile_ns(env->profile, "crypto.call");
}

static JSValue secret_result(JSContext *ctx, crypto_job *job)
{
    uint8_t *secret = job->out;
    job->out = NULL;
    return crypto_secret_handle(job->wrap.env, secret, job->out_size);
}

int crypto_keygen_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
#define PAIR(name, parse)                                                                          \
    {                                                                                              \
        name, "crypto.generateKeyPair", NS_PROVIDER_KEYPAIRGENREQUEST, sizeof(keygen_job), parse,  \
            keygen_work, keygen_result, keygen_free                                                \
    }
    static const crypto_job_type types[] = {
        PAIR("RsaKeyPairGenJob", rsa_parse),
        PAIR("DsaKeyPairGenJob", dsa_parse),
        PAIR("DhKeyPairGenJob", dh_parse),
        PAIR("EcKeyPairGenJob", ec_parse),
        PAIR("NidKeyPairGenJob", nid_parse),
        {"SecretKeyGenJob", "crypto.generateKey", NS_PROVIDER_KEYGENREQUEST, sizeof(crypto_job),
         secret_parse, secret_work, secret_result, NULL},
    };
#undef PAIR
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (crypto_job_class(env, ctx, target, &types[i]) < 0)
            return -1;
    return 0;
}

// Keys: KeyObjectHandle and the jobs that generate keys (source: node's src/crypto/crypto_keys.cc,
// crypto_keygen.cc). The bytes of a key come from the workload's seed.
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/crypto_job.h"
#include "node/env_private.h"
#include "node/string_bytes.h"

#pragma GCC diagnostic ignored                                                                     \
    "-Wdeprecated-declarations" // PKCS#1 and SEC1 need the RSA and EC_KEY types

enum { TYPE_SECRET, TYPE_PUBLIC, TYPE_PRIVATE };
enum { FORMAT_DER, FORMAT_PEM, FORMAT_JWK, FORMAT_OBJECT };
enum { ENCODING_PKCS1, ENCODING_PKCS8, ENCODING_SPKI, ENCODING_SEC1 };

typedef struct key_handle {
    ns_wrap wrap;
    int type;
    uint8_t *secret;
    size_t secret_size;
    EVP_PKEY *pkey;
} key_handle;

static void handle_free(ns_wrap *wrap)
{
    key_handle *key = (key_handle *)wrap;
    EVP_PKEY_free(key->pkey);
    ns_free(key->secret);
    ns_free(key);
}

static int handle_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    key_handle *key = ns_calloc(1, sizeof *key);
    if (!key) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    key->wrap.free = handle_free;
    ns_wrap_init(&key->wrap, env, object, NS_PROVIDER_NONE);
    return 0;
}

static key_handle *handle_of(JSValueConst value)
{
    ns_wrap *wrap = ns_wrap_of(value);
    return wrap && wrap->free == handle_free ? (key_handle *)wrap : NULL;
}

bool crypto_secret_of(JSValueConst value, const uint8_t **data, size_t *size)
{
    key_handle *key = handle_of(value);
    if (!key || !key->secret)
        return false;
    *data = key->secret;
    *size = key->secret_size;
    return true;
}

// A handle that holds a key; takes over neither.
static JSValue new_handle(ns_env *env, int type, EVP_PKEY *pkey)
{
    JSValue object = JS_CallConstructor(env->ctx, env->priv->key_handle, 0, NULL);
    key_handle *key = JS_IsException(object) ? NULL : handle_of(object);
    if (key) {
        EVP_PKEY_up_ref(pkey);
        key->type = type;
        key->pkey = pkey;
    }
    return object;
}

// -- Export ---------------------------------------------------------------------------------------

typedef struct key_encoding {
    int format, type;
    const EVP_CIPHER *cipher;
    uint8_t *passphrase;
    size_t passphrase_size;
} key_encoding;

static JSValue bio_value(JSContext *ctx, BIO *bio, int format)
{
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    return ns_encode(ctx, (const uint8_t *)bytes, (size_t)size,
                     format == FORMAT_PEM ? NS_ENC_UTF8 : NS_ENC_BUFFER);
}

static int write_public(BIO *bio, EVP_PKEY *pkey, const key_encoding *e)
{
    if (e->type == ENCODING_PKCS1) {
        int ok = 0;
        RSA *rsa = EVP_PKEY_get1_RSA(pkey);
        if (rsa)
            ok = e->format == FORMAT_PEM ? PEM_write_bio_RSAPublicKey(bio, rsa)
                                         : i2d_RSAPublicKey_bio(bio, rsa);
        RSA_free(rsa);
        return ok;
    }
    return e->format == FORMAT_PEM ? PEM_write_bio_PUBKEY(bio, pkey) : i2d_PUBKEY_bio(bio, pkey);
}

static int write_private(BIO *bio, EVP_PKEY *pkey, const key_encoding *e)
{
    const unsigned char *pass = e->passphrase;
    int size = (int)e->passphrase_size;
    if (e->type == ENCODING_PKCS8) {
        return e->format == FORMAT_PEM
                   ? PEM_write_bio_PKCS8PrivateKey(bio, pkey, e->cipher, (const char *)pass, size,
                                                   NULL, NULL)
                   : i2d_PKCS8PrivateKey_bio(bio, pkey, e->cipher, (const char *)pass, size, NULL,
                                             NULL);
    }
    if (e->type == ENCODING_PKCS1) {
        RSA *rsa = EVP_PKEY_get1_RSA(pkey);
        int ok = !rsa ? 0
                 : e->format == FORMAT_PEM
                     ? PEM_write_bio_RSAPrivateKey(bio, rsa, e->cipher, pass, size, NULL, NULL)
                     : i2d_RSAPrivateKey_bio(bio, rsa);
        RSA_free(rsa);
        return ok;
    }
    EC_KEY *ec = EVP_PKEY_get1_EC_KEY(pkey);
    int ok = !ec ? 0
             : e->format == FORMAT_PEM
                 ? PEM_write_bio_ECPrivateKey(bio, ec, e->cipher, pass, size, NULL, NULL)
                 : i2d_ECPrivateKey_bio(bio, ec);
    EC_KEY_free(ec);
    return ok;
}

static JSValue export_key(ns_env *env, EVP_PKEY *pkey, int type, const key_encoding *e)
{
    JSContext *ctx = env->ctx;
    if (e->format == FORMAT_OBJECT)
        return new_handle(env, type, pkey);
    if (e->format == FORMAT_JWK)
        return ns_throw_missing(ctx, "keys in JWK format");
    BIO *bio = BIO_new(BIO_s_mem());
    int ok =
        bio && (type == TYPE_PUBLIC ? write_public(bio, pkey, e) : write_private(bio, pkey, e));
    JSValue value =
        ok ? bio_value(ctx, bio, e->format)
           : ns_throw_code(ctx, "Error", "ERR_CRYPTO_OPERATION_FAILED", "Failed to encode %s key",
                           type == TYPE_PUBLIC ? "public" : "private");
    BIO_free(bio);
    ERR_clear_error();
    return value;
}

static void encoding_free(key_encoding *e)
{
    ns_free(e->passphrase);
}

// format and type, each a number or undefined; for private keys also cipher and passphrase.
static int encoding_args(JSContext *ctx, key_encoding *e, JSValueConst format, JSValueConst type,
                         JSValueConst cipher, JSValueConst passphrase)
{
    int64_t number = FORMAT_OBJECT;
    if (JS_IsNumber(format) && !ns_arg_int(ctx, format, &number))
        return -1;
    e->format = (int)number;
    number = ENCODING_PKCS8;
    if (JS_IsNumber(type) && !ns_arg_int(ctx, type, &number))
        return -1;
    e->type = (int)number;
    if (!JS_IsString(cipher))
        return 0;
    const char *name = JS_ToCString(ctx, cipher);
    e->cipher = name ? EVP_get_cipherbyname(name) : NULL;
    JS_FreeCString(ctx, name);
    if (!e->cipher) {
        ns_throw_code(ctx, "Error", "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
        return -1;
    }
    if (JS_IsString(passphrase)) {
        e->passphrase = ns_decode(ctx, passphrase, NS_ENC_UTF8, &e->passphrase_size);
        return e->passphrase ? 0 : -1;
    }
    return crypto_copy_bytes(ctx, passphrase, &e->passphrase, &e->passphrase_size) ? 0 : -1;
}

// -- KeyObjectHandle ------------------------------------------------------------------------------

static int no_passphrase(char *out, int size, int writing, void *data)
{
    const key_encoding *e = data;
    if (!e || !e->passphrase || e->passphrase_size > (size_t)size)
        return -1;
    memcpy(out, e->passphrase, e->passphrase_size);
    return (int)e->passphrase_size;
}

static EVP_PKEY *read_key(const uint8_t *data, size_t size, int type, key_encoding *e)
{
    EVP_PKEY *pkey = NULL;
    BIO *bio = BIO_new_mem_buf(data, (int)size);
    if (e->format == FORMAT_PEM && type == TYPE_PRIVATE) {
        pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, e);
    } else if (e->format == FORMAT_PEM) {
        pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, e);
        if (!pkey) {
            RSA *rsa =
                BIO_reset(bio) >= 0 ? PEM_read_bio_RSAPublicKey(bio, NULL, NULL, NULL) : NULL;
            if (rsa) {
                pkey = EVP_PKEY_new();
                EVP_PKEY_assign_RSA(pkey, rsa);
            }
        }
        if (!pkey && BIO_reset(bio) >= 0) // a private key holds its public one
            pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, e);
    } else if (type == TYPE_PRIVATE) {
        pkey = e->cipher || e->passphrase ? d2i_PKCS8PrivateKey_bio(bio, NULL, no_passphrase, e)
                                          : d2i_PrivateKey_bio(bio, NULL);
    } else {
        pkey = d2i_PUBKEY_bio(bio, NULL);
    }
    BIO_free(bio);
    ERR_clear_error();
    return pkey;
}

// init(type, data[, format, encoding, passphrase])
static JSValue handle_init(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    int64_t type;
    if (!key || argc < 2 || !ns_arg_int(ctx, argv[0], &type))
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    key->type = (int)type;
    if (type == TYPE_SECRET)
        return crypto_copy_bytes(ctx, argv[1], &key->secret, &key->secret_size) ? JS_UNDEFINED
                                                                                : JS_EXCEPTION;
    key_handle *from = handle_of(argv[1]);
    if (from && from->pkey) { // the public key of a private one
        EVP_PKEY_up_ref(from->pkey);
        key->pkey = from->pkey;
        return JS_UNDEFINED;
    }
    key_encoding e = {0};
    uint8_t *data = NULL;
    size_t size;
    JSValue result = JS_UNDEFINED;
    if (encoding_args(ctx, &e, ns_arg(argc, argv, 2), ns_arg(argc, argv, 3), JS_UNDEFINED,
                      JS_UNDEFINED) < 0 ||
        !crypto_copy_bytes(ctx, argv[1], &data, &size))
        result = JS_EXCEPTION;
    else if (argc > 4 && !JS_IsUndefined(argv[4]) && !JS_IsNull(argv[4]) &&
             !crypto_copy_bytes(ctx, argv[4], &e.passphrase, &e.passphrase_size))
        result = JS_EXCEPTION;
    else if (!(key->pkey = read_key(data, size, (int)type, &e)))
        result = ns_throw_code(ctx, "Error", "ERR_OSSL_UNSUPPORTED",
                               "error:1E08010C:DECODER routines::unsupported");
    ns_free(data);
    encoding_free(&e);
    return result;
}

static JSValue handle_symmetric_size(JSContext *ctx, JSValueConst self, int argc,
                                     JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    return JS_NewInt64(ctx, key ? (int64_t)key->secret_size : 0);
}

static JSValue handle_export(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    if (!key)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    if (key->type == TYPE_SECRET)
        return ns_encode(ctx, key->secret, key->secret_size, NS_ENC_BUFFER);
    key_encoding e = {0};
    JSValue result = JS_EXCEPTION;
    if (encoding_args(ctx, &e, ns_arg(argc, argv, 0), ns_arg(argc, argv, 1), ns_arg(argc, argv, 2),
                      ns_arg(argc, argv, 3)) == 0)
        result = export_key(key->wrap.env, key->pkey, key->type, &e);
    encoding_free(&e);
    return result;
}

static JSValue handle_asymmetric_type(JSContext *ctx, JSValueConst self, int argc,
                                      JSValueConst *argv)
{
    static const struct {
        int id;
        const char *name;
    } names[] = {
        {EVP_PKEY_RSA, "rsa"},     {EVP_PKEY_RSA_PSS, "rsa-pss"}, {EVP_PKEY_DSA, "dsa"},
        {EVP_PKEY_DH, "dh"},       {EVP_PKEY_EC, "ec"},           {EVP_PKEY_ED25519, "ed25519"},
        {EVP_PKEY_ED448, "ed448"}, {EVP_PKEY_X25519, "x25519"},   {EVP_PKEY_X448, "x448"}};
    key_handle *key = handle_of(self);
    int id = key && key->pkey ? EVP_PKEY_get_base_id(key->pkey) : 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].id == id)
            return JS_NewString(ctx, names[i].name);
    return JS_UNDEFINED;
}

static JSValue handle_detail(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    if (!key || !key->pkey)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    int id = EVP_PKEY_get_base_id(key->pkey);
    if (id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS) {
        BIGNUM *exponent = NULL;
        ns_set_int(ctx, argv[0], "modulusLength", EVP_PKEY_get_bits(key->pkey));
        if (EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_E, &exponent)) {
            uint8_t bytes[16];
            int size = BN_num_bytes(exponent);
            if (size <= (int)sizeof bytes)
                ns_set(ctx, argv[0], "publicExponent",
                       JS_NewArrayBufferCopy(ctx, bytes, (size_t)BN_bn2bin(exponent, bytes)));
            BN_free(exponent);
        }
    } else if (id == EVP_PKEY_EC) {
        char group[80];
        size_t size;
        if (EVP_PKEY_get_group_name(key->pkey, group, sizeof group, &size))
            ns_set_str(ctx, argv[0], "namedCurve", group);
    }
    return JS_DupValue(ctx, argv[0]);
}

static JSValue handle_equals(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *a = handle_of(self), *b = handle_of(argv[0]);
    if (!a || !b || a->type != b->type)
        return JS_FALSE;
    if (a->type == TYPE_SECRET)
        return JS_NewBool(ctx, a->secret_size == b->secret_size &&
                                   CRYPTO_memcmp(a->secret, b->secret, a->secret_size) == 0);
    return JS_NewBool(ctx, EVP_PKEY_eq(a->pkey, b->pkey) == 1);
}

// -- NativeKeyObject ------------------------------------------------------------------------------

static JSValue create_native_class(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const ns_class_def def = {.name = "NativeKeyObject"};
    JSValue cls = ns_new_class(ns_env_of(ctx), ctx, &def);
    if (JS_IsException(cls))
        return cls;
    JSValueConst args[] = {cls};
    JSValue classes = JS_Call(ctx, argv[0], JS_UNDEFINED, 1, args);
    JS_FreeValue(ctx, cls);
    return classes;
}

// -- Generating keys ------------------------------------------------------------------------------

typedef struct keygen_job {
    crypto_job job;
    int id, bits;
    int64_t exponent;
    char curve[64];
    bool explicit_curve;
    key_encoding public_encoding, private_encoding;
    EVP_PKEY *pkey;
} keygen_job;

static void keygen_free(crypto_job *job)
{
    keygen_job *k = (keygen_job *)job;
    EVP_PKEY_free(k->pkey);
    encoding_free(&k->private_encoding);
}

// publicFormat, publicType, privateFormat, privateType, cipher, passphrase
static int keygen_encodings(JSContext *ctx, keygen_job *k, int argc, JSValueConst *argv)
{
    return encoding_args(ctx, &k->public_encoding, ns_arg(argc, argv, 0), ns_arg(argc, argv, 1),
                         JS_UNDEFINED, JS_UNDEFINED) < 0 ||
                   encoding_args(ctx, &k->private_encoding, ns_arg(argc, argv, 2),
                                 ns_arg(argc, argv, 3), ns_arg(argc, argv, 4),
                                 ns_arg(argc, argv, 5)) < 0
               ? -1
               : 0;
}

static int rsa_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t variant, bits;
    if (argc < 3 || !ns_arg_int(ctx, argv[0], &variant) || !ns_arg_int(ctx, argv[1], &bits) ||
        !ns_arg_int(ctx, argv[2], &k->exponent))
        return -1;
    if (variant == 1) {
        ns_throw_missing(ctx, "rsa-pss keys");
        return -1;
    }
    k->id = EVP_PKEY_RSA;
    k->bits = (int)bits;
    return keygen_encodings(ctx, k, argc - 3, argv + 3);
}

static int ec_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t named;
    const char *curve = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    if (!curve)
        return -1;
    snprintf(k->curve, sizeof k->curve, "%s", curve);
    JS_FreeCString(ctx, curve);
    int nid = EC_curve_nist2nid(k->curve);
    if (nid == NID_undef)
        nid = OBJ_sn2nid(k->curve);
    if (nid == NID_undef) {
        ns_throw_code(ctx, "TypeError", "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
        return -1;
    }
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 1), &named))
        return -1;
    k->explicit_curve = named == 0;
    k->id = EVP_PKEY_EC;
    return keygen_encodings(ctx, k, argc - 2, argv + 2);
}

static int nid_parse(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv)
{
    keygen_job *k = (keygen_job *)job;
    int64_t id;
    if (argc < 1 || !ns_arg_int(ctx, argv[0], &id))
        return -1;
    k->id = (int)id;
    return keygen_encodings(ctx, k, argc - 1, argv + 1);
}

static bool configure(const keygen_job *k, EVP_PKEY_CTX *ctx)
{
    if (k->id == EVP_PKEY_RSA) {
        BIGNUM *exponent = BN_new();
        bool ok = exponent && BN_set_word(exponent, (BN_ULONG)k->exponent) &&
                  EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, k->bits) > 0 &&
                  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent) > 0;
        BN_free(exponent);
        return ok;
    }
    if (k->id == EVP_PKEY_EC) {
        int nid = EC_curve_nist2nid(k->curve);
        nid = nid == NID_undef ? OBJ_sn2nid(k->curve) : nid;
        return EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, nid) > 0 &&
               EVP_PKEY_CTX_set_ec_param_enc(ctx, k->explicit_curve ? 0 : OPENSSL_EC_NAMED_CURVE) >
                   0;
    }
    return true;
}

static ns_time keygen_work(ns_env *env, crypto_job *job)
{
    keygen_job *k = (keygen_job *)job;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(k->id, NULL);
    crypto_seed_openssl(env);
    bool ok = ctx && EVP_PKEY_keygen_init(ctx) > 0 && configure(k, ctx) &&
              EVP_PKEY_keygen(ctx, &k->pkey) > 0;
    crypto_seed_openssl(NULL);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    if (!ok)
        job->error = "Key generation failed";
    char name[48] = "keygen.ec";
    double scale = 1;
    if (k->id == EVP_PKEY_RSA) { // the cost of a prime grows with the fourth power of its size
        snprintf(name, sizeof name, "keygen.rsa2048");
        double ratio = k->bits / 2048.0;
        scale = ratio * ratio * ratio * ratio;
    }
    return (ns_time)(crypto_cost(env, name, "keygen.ec") * scale);
}

static JSValue keygen_result(JSContext *ctx, crypto_job *job)
{
    keygen_job *k = (keygen_job *)job;
    ns_env *env = job->wrap.env;
    JSValue public_key = export_key(env, k->pkey, TYPE_PUBLIC, &k->public_encoding);
    if (JS_IsException(public_key))
        return public_key;
    JSValue private_key = export_key(env, k->pkey, TYPE_PRIVATE, &k->private_encoding);
    if (JS_IsException(private_key)) {
        JS_FreeValue(ctx, public_key);
        return private_key;
    }
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, public_key);
    JS_SetPropertyUint32(ctx, pair, 1, private_key);
    return pair;
}

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
    ns_env *env = job->wrap.env;
    JSValue object = JS_CallConstructor(ctx, env->priv->key_handle, 0, NULL);
    key_handle *key = JS_IsException(object) ? NULL : handle_of(object);
    if (key) {
        key->type = TYPE_SECRET;
        key->secret = job->out;
        key->secret_size = job->out_size;
        job->out = NULL;
    }
    return object;
}

static void cleanup(ns_env *env, void *data)
{
    JS_FreeValue(env->ctx, env->priv->key_handle);
}

int crypto_keys_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def methods[] = {
        {"init", handle_init, 5},        {"getSymmetricKeySize", handle_symmetric_size, 0},
        {"export", handle_export, 4},    {"getAsymmetricKeyType", handle_asymmetric_type, 0},
        {"keyDetail", handle_detail, 1}, {"equals", handle_equals, 1},
    };
    static const ns_class_def handle = {.name = "KeyObjectHandle",
                                        .construct = handle_construct,
                                        .methods = methods,
                                        .method_count = sizeof methods / sizeof methods[0]};
    static const crypto_job_type types[] = {
        {"RsaKeyPairGenJob", "crypto.generateKeyPair", NS_PROVIDER_KEYPAIRGENREQUEST,
         sizeof(keygen_job), rsa_parse, keygen_work, keygen_result, keygen_free},
        {"EcKeyPairGenJob", "crypto.generateKeyPair", NS_PROVIDER_KEYPAIRGENREQUEST,
         sizeof(keygen_job), ec_parse, keygen_work, keygen_result, keygen_free},
        {"NidKeyPairGenJob", "crypto.generateKeyPair", NS_PROVIDER_KEYPAIRGENREQUEST,
         sizeof(keygen_job), nid_parse, keygen_work, keygen_result, keygen_free},
        {"SecretKeyGenJob", "crypto.generateKey", NS_PROVIDER_KEYGENREQUEST, sizeof(crypto_job),
         secret_parse, secret_work, secret_result, NULL},
    };
    env->priv->key_handle = ns_new_class(env, ctx, &handle);
    if (ns_env_at_exit(env, cleanup, NULL) < 0 ||
        ns_set(ctx, target, "KeyObjectHandle", JS_DupValue(ctx, env->priv->key_handle)) < 0 ||
        ns_set_fn(ctx, target, "createNativeKeyObjectClass", create_native_class, 1) < 0)
        return -1;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (crypto_job_class(env, ctx, target, &types[i]) < 0)
            return -1;
    return 0;
}

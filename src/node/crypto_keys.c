// KeyObjectHandle: keys as JavaScript holds them (source: node's src/crypto/crypto_keys.cc).
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/crypto_key.h"
#include "node/env_private.h"
#include "node/string_bytes.h"

#pragma GCC diagnostic ignored                                                                     \
    "-Wdeprecated-declarations" // the parameters of RSA-PSS need the RSA type

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

// The C side of a KeyObject, which holds its handle.
typedef struct native_key {
    ns_wrap wrap;
    JSValue handle;
} native_key;

static void native_free(ns_wrap *wrap)
{
    JS_FreeValue(wrap->env->ctx, ((native_key *)wrap)->handle);
    ns_free(wrap);
}

static void native_mark(ns_wrap *wrap, JSRuntime *rt, JS_MarkFunc *mark)
{
    JS_MarkValue(rt, ((native_key *)wrap)->handle, mark);
}

// new NativeKeyObject(handle)
static int native_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                            JSValueConst *argv)
{
    native_key *key = ns_calloc(1, sizeof *key);
    if (!key) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    key->handle = JS_DupValue(ctx, ns_arg(argc, argv, 0));
    key->wrap.free = native_free;
    key->wrap.mark = native_mark;
    ns_wrap_init(&key->wrap, env, object, NS_PROVIDER_NONE);
    return 0;
}

// Of a KeyObjectHandle, or of a KeyObject.
static key_handle *handle_of(JSValueConst value)
{
    ns_wrap *wrap = ns_wrap_of(value);
    if (wrap && wrap->free == native_free)
        wrap = ns_wrap_of(((native_key *)wrap)->handle);
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

static JSValue new_handle(ns_env *env, int type, key_handle **out)
{
    JSValue object = JS_CallConstructor(env->ctx, env->priv->key_handle, 0, NULL);
    *out = JS_IsException(object) ? NULL : handle_of(object);
    if (*out)
        (*out)->type = type;
    return object;
}

JSValue crypto_key_handle(ns_env *env, int type, EVP_PKEY *pkey)
{
    key_handle *key;
    JSValue object = new_handle(env, type, &key);
    if (key) {
        EVP_PKEY_up_ref(pkey);
        key->pkey = pkey;
    }
    return object;
}

JSValue crypto_secret_handle(ns_env *env, uint8_t *secret, size_t size)
{
    key_handle *key;
    JSValue object = new_handle(env, KEY_SECRET, &key);
    if (key) {
        key->secret = secret;
        key->secret_size = size;
    } else {
        ns_free(secret);
    }
    return object;
}

// init(type, data[, format, encoding, passphrase])
static JSValue handle_init(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    int64_t type;
    if (!key || argc < 2 || !ns_arg_int(ctx, argv[0], &type))
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    key->type = (int)type;
    if (type == KEY_SECRET)
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
    if (crypto_encoding_args(ctx, &e, ns_arg(argc, argv, 2), ns_arg(argc, argv, 3), JS_UNDEFINED,
                             JS_UNDEFINED) < 0 ||
        !crypto_copy_bytes(ctx, argv[1], &data, &size))
        result = JS_EXCEPTION;
    else if (argc > 4 && !JS_IsUndefined(argv[4]) && !JS_IsNull(argv[4]) &&
             !crypto_copy_bytes(ctx, argv[4], &e.passphrase, &e.passphrase_size))
        result = JS_EXCEPTION;
    else if (!(key->pkey = crypto_key_read(ctx, data, size, (int)type, &e)))
        result = JS_EXCEPTION;
    ns_free(data);
    crypto_encoding_free(&e);
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
    if (key->type == KEY_SECRET)
        return ns_encode(ctx, key->secret, key->secret_size, NS_ENC_BUFFER);
    key_encoding e = {0};
    JSValue result = JS_EXCEPTION;
    if (crypto_encoding_args(ctx, &e, ns_arg(argc, argv, 0), ns_arg(argc, argv, 1),
                             ns_arg(argc, argv, 2), ns_arg(argc, argv, 3)) == 0)
        result = crypto_key_export(key->wrap.env, key->pkey, key->type, &e);
    crypto_encoding_free(&e);
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

static int rsa_detail(JSContext *ctx, EVP_PKEY *pkey, JSValueConst target)
{
    BIGNUM *exponent = NULL;
    uint8_t bytes[16];
    if (!EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent))
        return -1;
    int size = BN_num_bytes(exponent);
    size = size <= (int)sizeof bytes ? BN_bn2bin(exponent, bytes) : 0;
    BN_free(exponent);
    return ns_set_int(ctx, target, "modulusLength", EVP_PKEY_get_bits(pkey)) < 0 ||
                   ns_set(ctx, target, "publicExponent",
                          JS_NewArrayBufferCopy(ctx, bytes, (size_t)size)) < 0
               ? -1
               : 0;
}

static int algorithm_nid(const X509_ALGOR *algorithm, int otherwise)
{
    if (!algorithm)
        return otherwise;
    const ASN1_OBJECT *object;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return OBJ_obj2nid(object);
}

// RFC 8017's defaults, SHA-1 and 20, where a parameter is not there; a key may have none at all.
static int pss_detail(JSContext *ctx, EVP_PKEY *pkey, JSValueConst target)
{
    const RSA_PSS_PARAMS *params = RSA_get0_pss_params(EVP_PKEY_get0_RSA(pkey));
    if (!params)
        return 0;
    int64_t salt = 20;
    if (params->saltLength && ASN1_INTEGER_get_int64(&salt, params->saltLength) != 1)
        return -1;
    int hash = algorithm_nid(params->hashAlgorithm, NID_sha1);
    int mgf = algorithm_nid(params->maskGenAlgorithm, NID_mgf1);
    int mgf1 = algorithm_nid(params->maskHash, NID_sha1);
    return ns_set_str(ctx, target, "hashAlgorithm", OBJ_nid2ln(hash)) < 0 ||
                   (mgf == NID_mgf1 &&
                    ns_set_str(ctx, target, "mgf1HashAlgorithm", OBJ_nid2ln(mgf1)) < 0) ||
                   ns_set_int(ctx, target, "saltLength", salt) < 0
               ? -1
               : 0;
}

static int dsa_detail(JSContext *ctx, EVP_PKEY *pkey, JSValueConst target)
{
    BIGNUM *divisor = NULL;
    if (!EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_FFC_Q, &divisor))
        return -1;
    int bits = BN_num_bits(divisor);
    BN_free(divisor);
    return ns_set_int(ctx, target, "modulusLength", EVP_PKEY_get_bits(pkey)) < 0
               ? -1
               : ns_set_int(ctx, target, "divisorLength", bits);
}

static int ec_detail(JSContext *ctx, EVP_PKEY *pkey, JSValueConst target)
{
    const EC_KEY *ec = EVP_PKEY_get0_EC_KEY(pkey);
    if (!ec)
        return -1;
    int nid = EC_GROUP_get_curve_name(EC_KEY_get0_group(ec));
    return ns_set_str(ctx, target, "namedCurve", OBJ_nid2sn(nid));
}

// keyDetail(target): what asymmetricKeyDetails has. Other kinds of keys have nothing to tell.
static JSValue handle_detail(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    if (!key || !key->pkey || argc < 1)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    int status = 0;
    switch (EVP_PKEY_get_base_id(key->pkey)) {
    case EVP_PKEY_RSA:
        status = rsa_detail(ctx, key->pkey, argv[0]);
        break;
    case EVP_PKEY_RSA_PSS:
        status = rsa_detail(ctx, key->pkey, argv[0]) < 0 ? -1 : pss_detail(ctx, key->pkey, argv[0]);
        break;
    case EVP_PKEY_DSA:
        status = dsa_detail(ctx, key->pkey, argv[0]);
        break;
    case EVP_PKEY_EC:
        status = ec_detail(ctx, key->pkey, argv[0]);
        break;
    default:
        break;
    }
    if (status == 0)
        return JS_DupValue(ctx, argv[0]);
    return JS_HasException(ctx) ? JS_EXCEPTION : crypto_throw(ctx, "Failed to read the key");
}

// exportJwk(target, rsaPss)
static JSValue handle_export_jwk(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *key = handle_of(self);
    if (!key || argc < 2)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    if (key->type != KEY_SECRET)
        return crypto_key_jwk(ctx, key->pkey, key->type, ns_arg_bool(ctx, argv[1]), argv[0]) < 0
                   ? JS_EXCEPTION
                   : JS_DupValue(ctx, argv[0]);
    JSValue bytes = ns_encode(ctx, key->secret, key->secret_size, NS_ENC_BASE64URL);
    return JS_IsException(bytes) || ns_set_str(ctx, argv[0], "kty", "oct") < 0 ||
                   ns_set(ctx, argv[0], "k", bytes) < 0
               ? JS_EXCEPTION
               : JS_DupValue(ctx, argv[0]);
}

static JSValue handle_init_missing(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return ns_throw_missing(ctx, "keys from JWK or raw bytes (crypto)");
}

static JSValue handle_equals(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    key_handle *a = handle_of(self), *b = handle_of(argv[0]);
    if (!a || !b || a->type != b->type)
        return JS_FALSE;
    if (a->type == KEY_SECRET)
        return JS_NewBool(ctx, a->secret_size == b->secret_size &&
                                   CRYPTO_memcmp(a->secret, b->secret, a->secret_size) == 0);
    return JS_NewBool(ctx, EVP_PKEY_eq(a->pkey, b->pkey) == 1);
}

// -- NativeKeyObject ------------------------------------------------------------------------------

static JSValue create_native_class(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const ns_class_def def = {.name = "NativeKeyObject", .construct = native_construct};
    JSValue cls = ns_new_class(ns_env_of(ctx), ctx, &def);
    if (JS_IsException(cls))
        return cls;
    JSValueConst args[] = {cls};
    JSValue classes = JS_Call(ctx, argv[0], JS_UNDEFINED, 1, args);
    JS_FreeValue(ctx, cls);
    return classes;
}

static void cleanup(ns_env *env, void *data)
{
    JS_FreeValue(env->ctx, env->priv->key_handle);
}

int crypto_keys_init(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def methods[] = {
        {"init", handle_init, 5},
        {"getSymmetricKeySize", handle_symmetric_size, 0},
        {"export", handle_export, 4},
        {"getAsymmetricKeyType", handle_asymmetric_type, 0},
        {"keyDetail", handle_detail, 1},
        {"equals", handle_equals, 1},
        {"exportJwk", handle_export_jwk, 2},
        {"initJwk", handle_init_missing, 2},
        {"initECRaw", handle_init_missing, 2},
        {"initEDRaw", handle_init_missing, 3},
    };
    static const ns_class_def handle = {.name = "KeyObjectHandle",
                                        .construct = handle_construct,
                                        .methods = methods,
                                        .method_count = sizeof methods / sizeof methods[0]};
    env->priv->key_handle = ns_new_class(env, ctx, &handle);
    if (ns_env_at_exit(env, cleanup, NULL) < 0 ||
        ns_set(ctx, target, "KeyObjectHandle", JS_DupValue(ctx, env->priv->key_handle)) < 0 ||
        ns_set_fn(ctx, target, "createNativeKeyObjectClass", create_native_class, 1) < 0)
        return -1;
    return crypto_keygen_init(env, ctx, target);
}

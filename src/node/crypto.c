// internalBinding('crypto'): what docs/not-modelled.md does not exclude is in crypto_*.c; every
// other entry throws by name when it is used.
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/crypto_key.h"
#include "node/env_private.h"

static JSValue zero(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewInt32(ctx, 0);
}

static JSValue undefined(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_UNDEFINED;
}

// secureBuffer(size): an ArrayBuffer; no heap of its own is kept for secrets.
static JSValue secure_buffer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t size;
    if (!ns_arg_int(ctx, ns_arg(argc, argv, 0), &size))
        return JS_EXCEPTION;
    uint8_t *zeros = ns_calloc((size_t)size + 1, 1);
    if (!zeros)
        return JS_UNDEFINED;
    JSValue buffer = JS_NewArrayBufferCopy(ctx, zeros, (size_t)size);
    ns_free(zeros);
    JSValue array = JS_NewTypedArray(ctx, 1, &buffer, JS_TYPED_ARRAY_UINT8);
    JS_FreeValue(ctx, buffer);
    return array;
}

// The numbers of node 20's binding.
static int set_constants(JSContext *ctx, JSValueConst target)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"kKeyVariantAES_CTR_128", 0},
        {"kKeyVariantAES_CTR_192", 1},
        {"kKeyVariantAES_CTR_256", 2},
        {"kKeyVariantAES_CBC_128", 3},
        {"kKeyVariantAES_CBC_192", 4},
        {"kKeyVariantAES_CBC_256", 5},
        {"kKeyVariantAES_GCM_128", 6},
        {"kKeyVariantAES_GCM_192", 7},
        {"kKeyVariantAES_GCM_256", 8},
        {"kKeyVariantAES_KW_128", 9},
        {"kKeyVariantAES_KW_192", 10},
        {"kKeyVariantAES_KW_256", 11},
        {"kWebCryptoCipherEncrypt", 0},
        {"kWebCryptoCipherDecrypt", 1},
        {"OPENSSL_EC_NAMED_CURVE", 1},
        {"OPENSSL_EC_EXPLICIT_CURVE", 0},
        {"kWebCryptoKeyFormatRaw", 0},
        {"kWebCryptoKeyFormatPKCS8", 1},
        {"kWebCryptoKeyFormatSPKI", 2},
        {"kWebCryptoKeyFormatJWK", 3},
        {"EVP_PKEY_ED25519", 1087},
        {"EVP_PKEY_ED448", 1088},
        {"EVP_PKEY_X25519", 1034},
        {"EVP_PKEY_X448", 1035},
        {"kKeyEncodingPKCS1", 0},
        {"kKeyEncodingPKCS8", 1},
        {"kKeyEncodingSPKI", 2},
        {"kKeyEncodingSEC1", 3},
        {"kKeyFormatDER", 0},
        {"kKeyFormatPEM", 1},
        {"kKeyFormatJWK", 2},
        {"kKeyTypeSecret", 0},
        {"kKeyTypePublic", 1},
        {"kKeyTypePrivate", 2},
        {"kSigEncDER", 0},
        {"kSigEncP1363", 1},
        {"kKeyVariantRSA_SSA_PKCS1_v1_5", 0},
        {"kKeyVariantRSA_PSS", 1},
        {"kKeyVariantRSA_OAEP", 2},
        {"kSignJobModeSign", 0},
        {"kSignJobModeVerify", 1},
        {"RSA_PKCS1_PSS_PADDING", 6},
        {"kCryptoJobAsync", 0},
        {"kCryptoJobSync", 1},
        {"X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT", 1},
        {"X509_CHECK_FLAG_NEVER_CHECK_SUBJECT", 32},
        {"X509_CHECK_FLAG_NO_WILDCARDS", 2},
        {"X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS", 4},
        {"X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS", 8},
        {"X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS", 16},
    };
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (ns_set_int(ctx, target, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}

NS_BINDING(crypto)
{
    static const char *const missing[] = {"AESCipherJob",
                                          "CipherBase",
                                          "getSSLCiphers",
                                          "getCiphers",
                                          "publicEncrypt",
                                          "privateDecrypt",
                                          "privateEncrypt",
                                          "publicDecrypt",
                                          "getCipherInfo",
                                          "DiffieHellman",
                                          "DiffieHellmanGroup",
                                          "statelessDH",
                                          "DHKeyExportJob",
                                          "DHBitsJob",
                                          "DSAKeyExportJob",
                                          "ECDH",
                                          "ECDHConvertKey",
                                          "ECDHBitsJob",
                                          "ECKeyExportJob",
                                          "internalVerifyIntegrity",
                                          "HmacJob",
                                          "RandomPrimeJob",
                                          "CheckPrimeJob",
                                          "RSAKeyExportJob",
                                          "RSACipherJob",
                                          "SecureContext",
                                          "getRootCertificates",
                                          "isExtraRootCertsFileLoaded",
                                          "Sign",
                                          "SignJob",
                                          "certVerifySpkac",
                                          "certExportPublicKey",
                                          "certExportChallenge",
                                          "setEngine",
                                          "setFipsCrypto",
                                          "Verify",
                                          "parseX509"};
    static const ns_fn_def functions[] = {
        {"getFipsCrypto", zero, 0},          {"testFipsCrypto", zero, 0},
        {"secureHeapUsed", undefined, 0},    {"secureBuffer", secure_buffer, 1},
        {"getCurves", crypto_get_curves, 0},
    };
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        char what[80];
        snprintf(what, sizeof what, "%s (crypto)", missing[i]);
        if (ns_set_missing(ctx, target, missing[i], what) < 0)
            return -1;
    }
    return set_constants(ctx, target) < 0 || NS_SET_FNS(ctx, target, functions) < 0 ||
                   crypto_kdf_init(env, ctx, target) < 0 ||
                   crypto_hash_init(env, ctx, target) < 0 || crypto_keys_init(env, ctx, target) < 0
               ? -1
               : 0;
}

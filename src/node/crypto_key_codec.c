// Keys as strings and bytes: SPKI, PKCS#1, PKCS#8 and SEC1, as PEM and DER (source: node's
// src/crypto/crypto_keys.cc).
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/alloc.h"
#include "node/crypto_key.h"
#include "node/string_bytes.h"

#pragma GCC diagnostic ignored                                                                     \
    "-Wdeprecated-declarations" // PKCS#1 and SEC1 need the RSA and EC_KEY types

// -- Writing --------------------------------------------------------------------------------------

static JSValue bio_value(JSContext *ctx, BIO *bio, int format)
{
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    return ns_encode(ctx, (const uint8_t *)bytes, (size_t)size,
                     format == KEY_PEM ? NS_ENC_UTF8 : NS_ENC_BUFFER);
}

static int write_public(BIO *bio, EVP_PKEY *pkey, const key_encoding *e)
{
    if (e->type == KEY_PKCS1) {
        int ok = 0;
        RSA *rsa = EVP_PKEY_get1_RSA(pkey);
        if (rsa)
            ok = e->format == KEY_PEM ? PEM_write_bio_RSAPublicKey(bio, rsa)
                                      : i2d_RSAPublicKey_bio(bio, rsa);
        RSA_free(rsa);
        return ok;
    }
    return e->format == KEY_PEM ? PEM_write_bio_PUBKEY(bio, pkey) : i2d_PUBKEY_bio(bio, pkey);
}

static int write_private(BIO *bio, EVP_PKEY *pkey, const key_encoding *e)
{
    const unsigned char *pass = e->passphrase;
    int size = (int)e->passphrase_size;
    if (e->type == KEY_PKCS8) {
        return e->format == KEY_PEM
                   ? PEM_write_bio_PKCS8PrivateKey(bio, pkey, e->cipher, (const char *)pass, size,
                                                   NULL, NULL)
                   : i2d_PKCS8PrivateKey_bio(bio, pkey, e->cipher, (const char *)pass, size, NULL,
                                             NULL);
    }
    if (e->type == KEY_PKCS1) {
        RSA *rsa = EVP_PKEY_get1_RSA(pkey);
        int ok = !rsa ? 0
                 : e->format == KEY_PEM
                     ? PEM_write_bio_RSAPrivateKey(bio, rsa, e->cipher, pass, size, NULL, NULL)
                     : i2d_RSAPrivateKey_bio(bio, rsa);
        RSA_free(rsa);
        return ok;
    }
    EC_KEY *ec = EVP_PKEY_get1_EC_KEY(pkey);
    int ok = !ec ? 0
             : e->format == KEY_PEM
                 ? PEM_write_bio_ECPrivateKey(bio, ec, e->cipher, pass, size, NULL, NULL)
                 : i2d_ECPrivateKey_bio(bio, ec);
    EC_KEY_free(ec);
    return ok;
}

// libcrypto's generic encoders are slow, the older forms, PKCS#1 and SEC1, are written at once. A
// passphrase is stretched by 2,048 iterations of PBKDF2.
static void charge_write(ns_env *env, const key_encoding *e)
{
    bool generic = e->type == KEY_SPKI || e->type == KEY_PKCS8;
    ns_env_charge(env, ns_profile_ns(env->profile, generic ? "crypto.key.write" : "crypto.call"));
    if (e->cipher)
        ns_env_charge(env, ns_profile_ns(env->profile, "crypto.key.encrypt"));
}

JSValue crypto_key_export(ns_env *env, EVP_PKEY *pkey, int type, const key_encoding *e)
{
    JSContext *ctx = env->ctx;
    if (e->format == KEY_OBJECT)
        return crypto_key_handle(env, type, pkey);
    if (e->format == KEY_JWK) {
        JSValue jwk = JS_NewObject(ctx);
        if (crypto_key_jwk(ctx, pkey, type, false, jwk) == 0)
            return jwk;
        JS_FreeValue(ctx, jwk);
        return JS_EXCEPTION;
    }
    charge_write(env, e);
    ERR_clear_error();
    BIO *bio = BIO_new(BIO_s_mem());
    int ok =
        bio && (type == KEY_PUBLIC ? write_public(bio, pkey, e) : write_private(bio, pkey, e)) == 1;
    JSValue value = ok ? bio_value(ctx, bio, e->format)
                       : crypto_throw(ctx, type == KEY_PUBLIC ? "Failed to encode public key"
                                                              : "Failed to encode private key");
    BIO_free(bio);
    ERR_clear_error();
    return value;
}

// -- Arguments ------------------------------------------------------------------------------------

void crypto_encoding_free(key_encoding *e)
{
    ns_free(e->passphrase);
}

// format and type, each a number or undefined; for private keys also cipher and passphrase.
int crypto_encoding_args(JSContext *ctx, key_encoding *e, JSValueConst format, JSValueConst type,
                         JSValueConst cipher, JSValueConst passphrase)
{
    int64_t number = KEY_OBJECT;
    if (JS_IsNumber(format) && !ns_arg_int(ctx, format, &number))
        return -1;
    e->format = (int)number;
    number = KEY_PKCS8;
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

// -- Reading --------------------------------------------------------------------------------------

static int give_passphrase(char *out, int size, int writing, void *data)
{
    const key_encoding *e = data;
    if (!e->passphrase || e->passphrase_size > (size_t)size)
        return -1;
    memcpy(out, e->passphrase, e->passphrase_size);
    return (int)e->passphrase_size;
}

static bool is_pem(BIO *bio, const char *name)
{
    char *found = NULL, *header = NULL;
    unsigned char *bytes = NULL;
    long size;
    bool same = PEM_read_bio(bio, &found, &header, &bytes, &size) == 1 && strcmp(found, name) == 0;
    OPENSSL_free(found);
    OPENSSL_free(header);
    OPENSSL_free(bytes);
    ERR_clear_error();
    return BIO_reset(bio) >= 0 && same;
}

static EVP_PKEY *of_rsa(RSA *rsa)
{
    EVP_PKEY *pkey = rsa ? EVP_PKEY_new() : NULL;
    if (pkey && EVP_PKEY_set1_RSA(pkey, rsa) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    RSA_free(rsa);
    return pkey;
}

// A public key, or a private one, which holds its public one.
static EVP_PKEY *read_public_pem(BIO *bio, key_encoding *e)
{
    if (is_pem(bio, "PUBLIC KEY"))
        return PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    if (is_pem(bio, "RSA PUBLIC KEY"))
        return of_rsa(PEM_read_bio_RSAPublicKey(bio, NULL, NULL, NULL));
    return PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, e);
}

static EVP_PKEY *read_pkcs8(BIO *bio, key_encoding *e)
{
    X509_SIG *encrypted = d2i_PKCS8_bio(bio, NULL);
    X509_SIG_free(encrypted);
    ERR_clear_error();
    if (BIO_reset(bio) < 0)
        return NULL;
    if (encrypted)
        return d2i_PKCS8PrivateKey_bio(bio, NULL, give_passphrase, e);
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO_bio(bio, NULL);
    EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    return pkey;
}

static EVP_PKEY *read_der(BIO *bio, const uint8_t *data, size_t size, int type, key_encoding *e)
{
    const unsigned char *p = data;
    if (e->type == KEY_PKCS8)
        return read_pkcs8(bio, e);
    if (e->type == KEY_SPKI)
        return d2i_PUBKEY_bio(bio, NULL);
    if (e->type == KEY_SEC1)
        return d2i_PrivateKey(EVP_PKEY_EC, NULL, &p, (long)size);
    EVP_PKEY *pkey = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &p, (long)size);
    if (pkey || type == KEY_PRIVATE)
        return pkey;
    ERR_clear_error();
    return of_rsa(d2i_RSAPublicKey_bio(bio, NULL));
}

EVP_PKEY *crypto_key_read(JSContext *ctx, const uint8_t *data, size_t size, int type,
                          key_encoding *e)
{
    ns_env *env = ns_env_of(ctx);
    ns_env_charge(env, ns_profile_ns(env->profile, type == KEY_PUBLIC ? "crypto.key.read_public"
                                                                      : "crypto.key.read_private"));
    if (e->passphrase)
        ns_env_charge(env, ns_profile_ns(env->profile, "crypto.key.encrypt"));
    ERR_clear_error();
    BIO *bio = BIO_new_mem_buf(data, (int)size);
    EVP_PKEY *pkey = !bio                   ? NULL
                     : e->format == KEY_DER ? read_der(bio, data, size, type, e)
                     : type == KEY_PUBLIC   ? read_public_pem(bio, e)
                                          : PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, e);
    BIO_free(bio);
    unsigned long error = ERR_peek_error();
    if (error) { // libcrypto may fail and yet return a key
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    if (!pkey && ERR_GET_LIB(error) == ERR_LIB_PEM &&
        ERR_GET_REASON(error) == PEM_R_BAD_PASSWORD_READ && !e->passphrase)
        ns_throw_code(ctx, "TypeError", "ERR_MISSING_PASSPHRASE",
                      "Passphrase required for encrypted key");
    else if (!pkey)
        crypto_throw(ctx, type == KEY_PUBLIC ? "Failed to read asymmetric key"
                                             : "Failed to read private key");
    ERR_clear_error();
    return pkey;
}

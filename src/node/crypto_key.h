// Keys of the crypto binding: how they are encoded and read (source: node's
// src/crypto/crypto_keys.cc).
#ifndef NS_NODE_CRYPTO_KEY_H
#define NS_NODE_CRYPTO_KEY_H

#include <openssl/evp.h>

#include "node/crypto_job.h"

// node's KeyType, PKFormatType and PKEncodingType, same numbers; FORMAT_OBJECT stands for a
// KeyObjectHandle.
enum { KEY_SECRET, KEY_PUBLIC, KEY_PRIVATE };
enum { KEY_DER, KEY_PEM, KEY_JWK, KEY_OBJECT };
enum { KEY_PKCS1, KEY_PKCS8, KEY_SPKI, KEY_SEC1 };

typedef struct key_encoding {
    int format, type;
    const EVP_CIPHER *cipher; // of an encrypted private key
    uint8_t *passphrase;      // NULL: none was given; an empty one is not NULL
    size_t passphrase_size;
} key_encoding;

// format and type, each a number or undefined; for private keys also cipher and passphrase. 0, or
// -1 with an exception pending. In either case crypto_encoding_free is due.
int crypto_encoding_args(JSContext *ctx, key_encoding *e, JSValueConst format, JSValueConst type,
                         JSValueConst cipher, JSValueConst passphrase);
void crypto_encoding_free(key_encoding *e);

// The key as `e` wants it: string, Buffer, JWK object or KeyObjectHandle.
JSValue crypto_key_export(ns_env *env, EVP_PKEY *pkey, int type, const key_encoding *e);
// The key that these bytes encode; NULL with an exception pending.
EVP_PKEY *crypto_key_read(JSContext *ctx, const uint8_t *data, size_t size, int type,
                          key_encoding *e);
// Set the members of a JSON Web Key on `target`. 0, or -1 with an exception pending.
int crypto_key_jwk(JSContext *ctx, EVP_PKEY *pkey, int type, bool rsa_pss, JSValueConst target);
// A KeyObjectHandle; takes over neither.
JSValue crypto_key_handle(ns_env *env, int type, EVP_PKEY *pkey);
JSValue crypto_secret_handle(ns_env *env, uint8_t *secret, size_t size); // takes over the bytes

// crypto.getCurves()
JSValue crypto_get_curves(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);
int crypto_curve_nid(const char *name); // NID_undef: unknown

int crypto_keygen_init(ns_env *env, JSContext *ctx, JSValueConst target);

#endif

// Keys as JSON Web Keys, and the curves (source: ExportJWKRsaKey, ExportJWKEcKey and
// ExportJWKEdKey of node's src/crypto).
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "base/alloc.h"
#include "node/crypto_key.h"
#include "node/string_bytes.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" // EC_KEY tells the curve's number

static int set_bytes(JSContext *ctx, JSValueConst target, const char *name, const uint8_t *bytes,
                     size_t size)
{
    JSValue text = ns_encode(ctx, bytes, size, NS_ENC_BASE64URL);
    return JS_IsException(text) ? -1 : ns_set(ctx, target, name, text);
}

// A number of the key, with as many bytes as it needs or at least `size`.
static int set_number(JSContext *ctx, JSValueConst target, const char *name, EVP_PKEY *pkey,
                      const char *param, int size)
{
    BIGNUM *number = NULL;
    if (!EVP_PKEY_get_bn_param(pkey, param, &number)) {
        crypto_throw(ctx, "Failed to read the key");
        return -1;
    }
    size = size ? size : BN_num_bytes(number);
    uint8_t *bytes = ns_malloc((size_t)size + 1);
    int status = -1;
    if (!bytes)
        JS_ThrowOutOfMemory(ctx);
    else if (BN_bn2binpad(number, bytes, size) == size)
        status = set_bytes(ctx, target, name, bytes, (size_t)size);
    else
        crypto_throw(ctx, "Failed to read the key");
    ns_free(bytes);
    BN_clear_free(number);
    return status;
}

static int rsa_jwk(JSContext *ctx, EVP_PKEY *pkey, int type, JSValueConst target)
{
    static const struct {
        const char *name, *param;
    } numbers[] = {
        {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
        {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
        {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };
    int count = type == KEY_PRIVATE ? 8 : 2;
    if (ns_set_str(ctx, target, "kty", "RSA") < 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (set_number(ctx, target, numbers[i].name, pkey, numbers[i].param, 0) < 0)
            return -1;
    return 0;
}

static int ec_jwk(JSContext *ctx, EVP_PKEY *pkey, int type, JSValueConst target)
{
    const EC_GROUP *group = EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(pkey));
    int nid = EC_GROUP_get_curve_name(group), size = (EC_GROUP_get_degree(group) + 7) / 8;
    const char *curve = nid == NID_X9_62_prime256v1 ? "P-256"
                        : nid == NID_secp256k1      ? "secp256k1"
                        : nid == NID_secp384r1      ? "P-384"
                        : nid == NID_secp521r1      ? "P-521"
                                                    : NULL;
    if (ns_set_str(ctx, target, "kty", "EC") < 0 ||
        set_number(ctx, target, "x", pkey, OSSL_PKEY_PARAM_EC_PUB_X, size) < 0 ||
        set_number(ctx, target, "y", pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size) < 0)
        return -1;
    if (!curve) {
        ns_throw_code(ctx, "Error", "ERR_CRYPTO_JWK_UNSUPPORTED_CURVE",
                      "Unsupported JWK EC curve: %s.", OBJ_nid2sn(nid));
        return -1;
    }
    if (ns_set_str(ctx, target, "crv", curve) < 0)
        return -1;
    return type == KEY_PRIVATE ? set_number(ctx, target, "d", pkey, OSSL_PKEY_PARAM_PRIV_KEY, size)
                               : 0;
}

static int okp_jwk(JSContext *ctx, EVP_PKEY *pkey, int type, const char *curve, JSValueConst target)
{
    uint8_t bytes[64]; // the largest, Ed448's, has 57
    size_t size = sizeof bytes;
    if (ns_set_str(ctx, target, "crv", curve) < 0)
        return -1;
    if (type == KEY_PRIVATE && (EVP_PKEY_get_raw_private_key(pkey, bytes, &size) != 1 ||
                                set_bytes(ctx, target, "d", bytes, size) < 0))
        return -1;
    size = sizeof bytes;
    if (EVP_PKEY_get_raw_public_key(pkey, bytes, &size) != 1) {
        crypto_throw(ctx, "Failed to read the key");
        return -1;
    }
    return set_bytes(ctx, target, "x", bytes, size) < 0 ? -1
                                                        : ns_set_str(ctx, target, "kty", "OKP");
}

int crypto_key_jwk(JSContext *ctx, EVP_PKEY *pkey, int type, bool rsa_pss, JSValueConst target)
{
    int id = EVP_PKEY_get_base_id(pkey);
    if (id == EVP_PKEY_RSA || (id == EVP_PKEY_RSA_PSS && rsa_pss))
        return rsa_jwk(ctx, pkey, type, target);
    if (id == EVP_PKEY_EC)
        return ec_jwk(ctx, pkey, type, target);
    const char *curve = id == EVP_PKEY_ED25519  ? "Ed25519"
                        : id == EVP_PKEY_ED448  ? "Ed448"
                        : id == EVP_PKEY_X25519 ? "X25519"
                        : id == EVP_PKEY_X448   ? "X448"
                                                : NULL;
    if (curve)
        return okp_jwk(ctx, pkey, type, curve, target);
    ns_throw_code(ctx, "Error", "ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.");
    return -1;
}

// -- Curves ---------------------------------------------------------------------------------------

int crypto_curve_nid(const char *name)
{
    int nid = EC_curve_nist2nid(name);
    return nid == NID_undef ? OBJ_sn2nid(name) : nid;
}

JSValue crypto_get_curves(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t count = EC_get_builtin_curves(NULL, 0);
    EC_builtin_curve *curves = ns_calloc(count + 1, sizeof *curves);
    if (!curves)
        return JS_ThrowOutOfMemory(ctx);
    EC_get_builtin_curves(curves, count);
    JSValue list = JS_NewArray(ctx);
    for (size_t i = 0; i < count; i++)
        JS_SetPropertyUint32(ctx, list, (uint32_t)i, JS_NewString(ctx, OBJ_nid2sn(curves[i].nid)));
    ns_free(curves);
    return list;
}

// Errors of libcrypto as JavaScript sees them (source: ThrowCryptoError, CryptoErrorStore and
// error::Decorate of node's src/crypto/crypto_util.cc).
#include <assert.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "node/crypto_job.h"

// The part of a code that names the library: "EVP_". The newer libraries, such as the decoders and
// the providers, have none in node.
static const char *library_part(int library)
{
    static const struct {
        int number;
        const char *name;
    } libraries[] = {
        {ERR_LIB_SYS, "SYS_"},       {ERR_LIB_BN, "BN_"},         {ERR_LIB_RSA, "RSA_"},
        {ERR_LIB_DH, "DH_"},         {ERR_LIB_EVP, "EVP_"},       {ERR_LIB_BUF, "BUF_"},
        {ERR_LIB_OBJ, "OBJ_"},       {ERR_LIB_PEM, "PEM_"},       {ERR_LIB_DSA, "DSA_"},
        {ERR_LIB_X509, "X509_"},     {ERR_LIB_ASN1, "ASN1_"},     {ERR_LIB_CONF, "CONF_"},
        {ERR_LIB_CRYPTO, "CRYPTO_"}, {ERR_LIB_EC, "EC_"},         {ERR_LIB_BIO, "BIO_"},
        {ERR_LIB_PKCS7, "PKCS7_"},   {ERR_LIB_X509V3, "X509V3_"}, {ERR_LIB_PKCS12, "PKCS12_"},
        {ERR_LIB_RAND, "RAND_"},     {ERR_LIB_DSO, "DSO_"},       {ERR_LIB_ENGINE, "ENGINE_"},
        {ERR_LIB_UI, "UI_"},         {ERR_LIB_ECDSA, "ECDSA_"},   {ERR_LIB_ECDH, "ECDH_"},
        {ERR_LIB_HMAC, "HMAC_"},     {ERR_LIB_KDF, "KDF_"},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
        if (libraries[i].number == library)
            return libraries[i].name;
    return "";
}

static void decorate(JSContext *ctx, JSValueConst error, unsigned long code)
{
    const char *library = ERR_lib_error_string(code), *reason = ERR_reason_error_string(code);
    if (library)
        ns_set_str(ctx, error, "library", library);
    if (!reason)
        return;
    ns_set_str(ctx, error, "reason", reason);
    char text[128];
    int prefix =
        snprintf(text, sizeof text, "ERR_OSSL_%s%s", library_part(ERR_GET_LIB(code)), reason);
    assert(prefix > 0);
    for (char *c = text; *c; c++)
        *c = (char)(*c == ' ' ? '_' : *c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    ns_set_str(ctx, error, "code", text);
}

JSValue crypto_error_new(JSContext *ctx, const char *message)
{
    ns_throw_code(ctx, "Error", "", "%s", message);
    JSValue error = JS_GetException(ctx);
    JSAtom code = JS_NewAtom(ctx, "code");
    JS_DeleteProperty(ctx, error, code, 0);
    JS_FreeAtom(ctx, code);
    return error;
}

// The codes as strings, the latest first, as opensslErrorStack; nothing if there are none.
static void set_stack(JSContext *ctx, JSValueConst error, const unsigned long *codes, int count)
{
    if (count == 0)
        return;
    JSValue list = JS_NewArray(ctx);
    for (int i = 0; i < count; i++) {
        char text[256];
        ERR_error_string_n(codes[count - 1 - i], text, sizeof text);
        JS_SetPropertyUint32(ctx, list, (uint32_t)i, JS_NewString(ctx, text));
    }
    ns_set(ctx, error, "opensslErrorStack", list);
}

void crypto_errors_take(crypto_errors *errors)
{
    errors->count = 0;
    unsigned long code;
    while ((code = ERR_get_error()))
        if (errors->count < CRYPTO_ERRORS_MAX)
            errors->codes[errors->count++] = code;
}

JSValue crypto_errors_value(JSContext *ctx, const crypto_errors *errors)
{
    char text[256];
    ERR_error_string_n(errors->codes[0], text, sizeof text);
    JSValue error = crypto_error_new(ctx, text);
    set_stack(ctx, error, errors->codes + 1, errors->count - 1);
    return error;
}

JSValue crypto_throw(JSContext *ctx, const char *message)
{
    crypto_errors errors;
    crypto_errors_take(&errors);
    if (errors.count == 0 && message)
        return JS_Throw(ctx, crypto_error_new(ctx, message));
    char text[128]; // node cuts it there
    ERR_error_string_n(errors.count ? errors.codes[0] : 0, text, sizeof text);
    if (errors.count == 0)
        return JS_Throw(ctx, crypto_error_new(ctx, text));
    JSValue error = crypto_error_new(ctx, text);
    set_stack(ctx, error, errors.codes + 1, errors.count - 1);
    decorate(ctx, error, errors.codes[0]);
    return JS_Throw(ctx, error);
}

// Jobs of the crypto binding: work that runs on the pool or, for the Sync forms, on the main thread
// (source: node::crypto::CryptoJob, src/crypto/crypto_util.h). Results are real, from libcrypto;
// what they cost comes from the profile.
#ifndef NS_NODE_CRYPTO_JOB_H
#define NS_NODE_CRYPTO_JOB_H

#include <openssl/evp.h>

#include "node/env.h"

// What libcrypto's queue of errors held, the oldest first.
enum { CRYPTO_ERRORS_MAX = 8 };
typedef struct crypto_errors {
    unsigned long codes[CRYPTO_ERRORS_MAX];
    int count;
} crypto_errors;
void crypto_errors_take(crypto_errors *errors); // empties the queue
// An Error for a job's callback: the oldest as the message, without a code. count > 0.
JSValue crypto_errors_value(JSContext *ctx, const crypto_errors *errors);
JSValue crypto_error_new(JSContext *ctx, const char *message); // an Error without a code
// Throw what the queue holds, with code, library and reason, or `message` if it is empty, or what
// libcrypto says of no error if that is NULL.
JSValue crypto_throw(JSContext *ctx, const char *message);

typedef struct crypto_job crypto_job;
typedef struct crypto_job_type {
    const char *name; // of the class
    const char *task; // "crypto.pbkdf2"
    ns_provider provider;
    size_t size; // of the struct that begins with crypto_job
    // Take the arguments after the mode. 0, or -1 with an exception pending.
    int (*parse)(JSContext *ctx, crypto_job *job, int argc, JSValueConst *argv);
    // Compute. No JavaScript here: it may run for a pool thread. Returns the CPU it costs; sets
    // job->error, or job->errors too, when it fails.
    ns_time (*work)(ns_env *env, crypto_job *job);
    // The result as JavaScript has it; undefined for jobs that fill in a buffer.
    JSValue (*result)(JSContext *ctx, crypto_job *job);
    void (*free)(crypto_job *job);
} crypto_job_type;

struct crypto_job {
    ns_wrap wrap;
    ns_work work;
    const crypto_job_type *type;
    bool async, running;
    const char *error;    // static text of a failure, node's NodeCryptoError; NULL: none
    crypto_errors errors; // of libcrypto; they come before `error`
    JSValue keep;         // what the job's memory belongs to
    uint8_t *out;         // result bytes, ns_malloc'ed
    size_t out_size;
};

int crypto_job_class(ns_env *env, JSContext *ctx, JSValueConst target, const crypto_job_type *type);

// A copy of the bytes of a view, ArrayBuffer or secret key handle. False with an exception pending.
bool crypto_copy_bytes(JSContext *ctx, JSValueConst value, uint8_t **data, size_t *size);
JSValue crypto_result_buffer(JSContext *ctx, crypto_job *job); // an ArrayBuffer of job->out

// Deterministic bytes: a stream of the workload's seed. `crypto_seed_openssl` makes libcrypto draw
// from it too, for keys.
void crypto_random(ns_env *env, uint8_t *out, size_t size);
void crypto_seed_openssl(ns_env *env);

// The profile's constant "crypto.<name>", or the fallback's when the profile has none of that name.
double crypto_cost(ns_env *env, const char *name, const char *fallback);
// Of a digest: `format` holds a %s for its name, "hash.%s.byte". A digest that the profile does not
// have costs what "other" does.
double crypto_digest_cost(ns_env *env, const char *format, const EVP_MD *md);

int crypto_kdf_init(ns_env *env, JSContext *ctx, JSValueConst target);
int crypto_hash_init(ns_env *env, JSContext *ctx, JSValueConst target);
int crypto_keys_init(ns_env *env, JSContext *ctx, JSValueConst target);
// The bytes of a KeyObjectHandle of a secret key; false if it is none.
bool crypto_secret_of(JSValueConst value, const uint8_t **data, size_t *size);

#endif

// Errors are values: a function that can fail returns NS_OK or a negative ns_code and, where it
// takes an ns_err, leaves there one message for a person. Nothing in nsim calls exit() but src/cli.
#ifndef NS_BASE_ERR_H
#define NS_BASE_ERR_H

#include <stddef.h>

typedef enum ns_code {
    NS_OK = 0,
    NS_ENOMEM = -1,   // an allocation failed
    NS_EINVAL = -2,   // the user's input is wrong: exit code 2
    NS_EIO = -3,      // the host's file system or the database failed
    NS_ELIMIT = -4,   // a limit of the workload was reached: exit code 3
    NS_EINTERNAL = -5 // a defect of nsim
} ns_code;

// One error. `msg` is empty until ns_fail fills it in; it never ends in a newline.
typedef struct ns_err {
    int code;
    char msg[1024];
} ns_err;

// Record an error and return `code`. `err` may be NULL. A message that is too long is cut.
int ns_fail(ns_err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ // it shall see that the result is `code`
#define ns_fail(err, code, ...) ((void)ns_fail(err, code, __VA_ARGS__), (code))
#endif

// Prefix the message of an error already recorded ("app.yaml:3: " for instance). Returns err->code.
int ns_err_prefix(ns_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

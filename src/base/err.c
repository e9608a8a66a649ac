#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef ns_fail
int ns_fail(ns_err *err, int code, const char *fmt, ...)
{
    if (!err)
        return code;
    err->code = code;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    return code;
}

int ns_err_prefix(ns_err *err, const char *fmt, ...)
{
    char rest[sizeof err->msg];
    memcpy(rest, err->msg, sizeof rest);
    va_list args;
    va_start(args, fmt);
    int used = vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof err->msg)
        snprintf(err->msg + used, sizeof err->msg - (size_t)used, "%s", rest);
    return err->code;
}

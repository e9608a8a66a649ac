// The table behind ns_uv_name (node/env.h); internalBinding('uv') lists it.
#ifndef NS_NODE_UV_ERRORS_H
#define NS_NODE_UV_ERRORS_H

typedef struct ns_uv_error {
    int number; // negative errno of Linux, or libuv's own below -3000 and -4000
    const char *name, *message;
} ns_uv_error;

extern const ns_uv_error ns_uv_errors[]; // in the order of UV_ERRNO_MAP
extern const int ns_uv_error_count;

#endif

// Weak stand-ins until the engine's errors say where they were thrown; a strong definition wins.
#include "engine/engine.h"

#define WEAK __attribute__((weak))

WEAK bool ns_error_position(JSContext *ctx, JSValueConst error, ns_position *out)
{
    return false;
}

WEAK bool ns_caller_position(JSContext *ctx, int level, ns_position *out)
{
    return false;
}

WEAK bool ns_function_info(JSContext *ctx, JSValueConst fn, const char **name, const char **script, int *line)
{
    return false;
}

WEAK void ns_set_prepare_stack_trace(JSContext *ctx, JSValueConst callback)
{
}

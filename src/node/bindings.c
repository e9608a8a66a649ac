// The registry behind internalBinding(name).
#include <stdio.h>
#include <string.h>

#include "node/env_private.h"

#define NS_BINDING_TABLE(X)                                                                        \
    X(async_wrap)                                                                                  \
    X(blob)                                                                                        \
    X(buffer)                                                                                      \
    X(builtins)                                                                                    \
    X(cares_wrap)                                                                                  \
    X(config)                                                                                      \
    X(constants)                                                                                   \
    X(contextify)                                                                                  \
    X(credentials)                                                                                 \
    X(crypto)                                                                                      \
    X(encoding_binding)                                                                            \
    X(errors)                                                                                      \
    X(fs)                                                                                          \
    X(fs_dir)                                                                                      \
    X(fs_event_wrap)                                                                               \
    X(http2)                                                                                       \
    X(http_parser)                                                                                 \
    X(js_stream)                                                                                   \
    X(messaging)                                                                                   \
    X(mksnapshot)                                                                                  \
    X(module_wrap)                                                                                 \
    X(options)                                                                                     \
    X(os)                                                                                          \
    X(performance)                                                                                 \
    X(permission)                                                                                  \
    X(process_methods)                                                                             \
    X(report)                                                                                      \
    X(serdes)                                                                                      \
    X(signal_wrap)                                                                                 \
    X(spawn_sync)                                                                                  \
    X(string_decoder)                                                                              \
    X(symbols)                                                                                     \
    X(task_queue)                                                                                  \
    X(timers)                                                                                      \
    X(trace_events)                                                                                \
    X(tty_wrap)                                                                                    \
    X(types)                                                                                       \
    X(url)                                                                                         \
    X(util)                                                                                        \
    X(uv)                                                                                          \
    X(v8)                                                                                          \
    X(wasm_web_api)                                                                                \
    X(worker)                                                                                      \
    X(zlib)

#define X(name) NS_BINDING(name);
NS_BINDING_TABLE(X)
#undef X

const ns_binding ns_bindings[] = {
#define X(name) {#name, ns_binding_##name},
    NS_BINDING_TABLE(X)
#undef X
        {NULL, NULL},
};

// Bindings that nsim does not have, with the entries that Node's library takes from them when it
// loads a module. Every entry throws when it is used.
static const struct {
    const char *name, *entries;
} missing[] = {
    {"block_list", "BlockList SocketAddress"},
    {"heap_utils", "buildEmbedderGraph triggerHeapSnapshot createHeapSnapshotStream"},
    {"inspector", "open url waitForDebugger Connection MainThreadConnection"},
    {"internal_only_v8", "queryObjects"},
    {"js_udp_wrap", "JSUDPWrap"},
    {"pipe_wrap", "Pipe PipeConnectWrap"},
    {"process_wrap", "Process"},
    {"profiler", "setCoverageDirectory setSourceMapCacheGetter takeCoverage stopCoverage"},
    {"sea", "isSea isExperimentalSeaWarningNeeded getAsset"},
    {"stream_pipe", "StreamPipe"},
    {"stream_wrap", "ShutdownWrap WriteWrap"},
    {"tcp_wrap", "TCP TCPConnectWrap"},
    {"tls_wrap", "wrap TLSWrap"},
    {"udp_wrap", "UDP SendWrap"},
    {"wasi", "WASI"},
    {"watchdog", "TraceSigintWatchdog"},
};

static int fill_missing(JSContext *ctx, JSValueConst target, const char *binding,
                        const char *entries)
{
    for (const char *at = entries; *at;) {
        size_t len = strcspn(at, " ");
        char name[64], what[160];
        snprintf(name, sizeof name, "%.*s", (int)len, at);
        snprintf(what, sizeof what, "%s (%s)", name, binding);
        if (ns_set_missing(ctx, target, name, what) < 0)
            return -1;
        at += len + (at[len] == ' ');
    }
    // Where Node has constants, lib takes them apart when it loads a module.
    return ns_set(ctx, target, "constants", JS_NewObject(ctx));
}

int ns_bindings_load(ns_env *env, JSValueConst target, const char *name)
{
    for (const ns_binding *b = ns_bindings; b->name; b++)
        if (strcmp(b->name, name) == 0)
            return b->init(env, env->ctx, target);
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++)
        if (strcmp(missing[i].name, name) == 0)
            return fill_missing(env->ctx, target, name, missing[i].entries);
    ns_throw_code(env->ctx, "Error", "ERR_INVALID_MODULE", "No such binding: %s", name);
    return -1;
}

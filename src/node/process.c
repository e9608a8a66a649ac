// The process object and its methods (source: node's src/node_process_object.cc,
// node_process_methods.cc, node_credentials.cc).
#include <string.h>

#include "base/buf.h"
#include "node/env_private.h"
#include "node/heap.h"
#include "node/node_version.h"
#include "node/tracer.h"
#include "node/vfs.h"

enum { simulated_pid = 4242, simulated_ppid = 4241, simulated_id = 1000 };

static JSValue hrtime_buffer(ns_env *env, bool bigint)
{
    uint32_t *fields = env->priv->hrtime;
    uint64_t now = (uint64_t)ns_env_hrtime(env);
    if (bigint) {
        memcpy(fields, &now, sizeof now);
    } else {
        uint64_t seconds = now / (uint64_t)NS_SEC;
        fields[0] = (uint32_t)(seconds >> 32);
        fields[1] = (uint32_t)seconds;
        fields[2] = (uint32_t)(now % (uint64_t)NS_SEC);
    }
    return JS_UNDEFINED;
}

static JSValue hrtime(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return hrtime_buffer(ns_env_of(ctx), false);
}

static JSValue hrtime_bigint(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return hrtime_buffer(ns_env_of(ctx), true);
}

static JSValue uptime(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    int64_t now = ns_env_hrtime(env);
    ns_tracer_op(env->tracer, NS_OP_UPDATE_TIME);
    ns_loop_update_time(env->loop);
    return JS_NewFloat64(ctx, (double)(now - env->priv->time_origin) / 1e9);
}

static JSValue really_exit(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    int64_t code = 0;
    if (argc > 0 && !JS_IsUndefined(argv[0]) && !ns_arg_int(ctx, argv[0], &code))
        return JS_EXCEPTION;
    ns_env_exit(env, argc > 0 && !JS_IsUndefined(argv[0]) ? (int)code : ns_env_exit_code(env, 0));
    return ns_throw_termination(ctx);
}

static JSValue abort_process(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    env->priv->status = "abort";
    ns_env_exit(env, 134);
    return ns_throw_termination(ctx);
}

// The heap's figures are the engine's own until the heap model gives V8's.
static JSValue memory_usage(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    uint8_t *bytes;
    size_t size;
    if (argc < 1 || !ns_bytes(ctx, argv[0], &bytes, &size) || size < 5 * sizeof(double))
        return JS_ThrowTypeError(ctx, "expected a Float64Array");
    ns_heap_stats heap;
    ns_env_heap_stats(ns_env_of(ctx), &heap);
    double fields[5] = {(double)heap.resident, (double)heap.committed, (double)heap.used,
                        (double)heap.external, (double)heap.array_buffers};
    memcpy(bytes, fields, sizeof fields);
    return JS_UNDEFINED;
}

static JSValue rss(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_heap_stats heap;
    ns_env_heap_stats(ns_env_of(ctx), &heap);
    return JS_NewFloat64(ctx, (double)heap.resident);
}

static JSValue constrained_memory(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewFloat64(ctx, (double)ns_env_of(ctx)->workload->machine.memory);
}

static JSValue available_memory(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_heap_stats heap;
    ns_env_heap_stats(env, &heap);
    return JS_NewFloat64(ctx, (double)env->workload->machine.memory - (double)heap.resident);
}

// getrusage(RUSAGE_SELF): the time on a core of all threads (main, pool, compiler, collector), in
// whole microseconds, user and system. The call is one into the kernel, which sums over the
// threads. The collector's helpers wait for each other and touch fresh pages: a part of its time
// is the kernel's, as page faults of the program are.
static void process_cpu_us(ns_env *env, double out[2])
{
    ns_env_charge(env, ns_profile_ns(env->profile, "node.getrusage"));
    ns_env_sync(env);
    ns_cpu_stats stats;
    ns_cpu_get_stats(env->cpu, &stats);
    ns_heap_stats heap;
    ns_env_heap_stats(env, &heap);
    double share = ns_profile_get(env->profile, "node.collector_system");
    // The heap counts what it demands of a core of speed 1.
    ns_time system = (ns_time)(((double)heap.collector * share + (double)heap.faults) /
                               env->workload->machine.speed);
    int64_t user_us = (stats.busy - system) / NS_US, system_us = system / NS_US;
    out[0] = (double)user_us;
    out[1] = (double)system_us;
}

static JSValue cpu_usage(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    uint8_t *bytes;
    size_t size;
    if (argc < 1 || !ns_bytes(ctx, argv[0], &bytes, &size) || size < 2 * sizeof(double))
        return JS_ThrowTypeError(ctx, "expected a Float64Array");
    double fields[2];
    process_cpu_us(env, fields);
    memcpy(bytes, fields, sizeof fields);
    return JS_UNDEFINED;
}

static JSValue resource_usage(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    uint8_t *bytes;
    size_t size;
    if (argc < 1 || !ns_bytes(ctx, argv[0], &bytes, &size) || size < 16 * sizeof(double))
        return JS_ThrowTypeError(ctx, "expected a Float64Array");
    double fields[16] = {0};
    process_cpu_us(env, fields);
    ns_heap_stats heap;
    ns_env_heap_stats(env, &heap);
    fields[2] = (double)heap.resident / 1024;
    memcpy(bytes, fields, sizeof fields);
    return JS_UNDEFINED;
}

static JSValue raw_debug(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t len;
    const char *text = JS_ToCStringLen(ctx, &len, argv[0]);
    if (!text)
        return JS_EXCEPTION;
    ns_env_output(ns_env_of(ctx), 2, text, len);
    ns_env_output(ns_env_of(ctx), 2, "\n", 1);
    JS_FreeCString(ctx, text);
    return JS_UNDEFINED;
}

static JSValue cwd(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewString(ctx, ns_vfs_cwd(ns_env_of(ctx)->vfs));
}

static JSValue chdir_(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path)
        return JS_EXCEPTION;
    int error = ns_vfs_chdir(env->vfs, path);
    JSValue result = JS_UNDEFINED;
    if (error)
        result =
            JS_Throw(ctx, ns_uv_exception(ctx, error, "chdir", NULL, ns_vfs_cwd(env->vfs), path));
    JS_FreeCString(ctx, path);
    return result;
}

static JSValue umask_(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    int old = env->priv->umask;
    int64_t mask;
    if (argc > 0 && !JS_IsUndefined(argv[0])) {
        if (!ns_arg_int(ctx, argv[0], &mask))
            return JS_EXCEPTION;
        env->priv->umask = (int)mask & 0777;
        ns_vfs_set_umask(env->vfs, env->priv->umask);
    }
    return JS_NewInt32(ctx, old);
}

static JSValue empty_list(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewArray(ctx);
}

// getActiveResourcesInfo counts Timeouts and Immediates as node's JavaScript does; requests and
// handles by provider.
static JSValue active_resources(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env_private *p = ns_env_of(ctx)->priv;
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0;
    for (ns_wrap *wrap = p->wraps; wrap; wrap = wrap->next)
        if (wrap->held && wrap->provider != NS_PROVIDER_NONE)
            JS_SetPropertyUint32(ctx, list, count++,
                                 JS_NewString(ctx, ns_provider_name(wrap->provider)));
    for (int32_t i = 0; i < p->timeout_info[0]; i++)
        JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, "Timeout"));
    for (uint32_t i = 0; i < p->immediate_info[NS_IMMEDIATE_REFS]; i++)
        JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, "Immediate"));
    return list;
}

static JSValue patch_process_object(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    JSValueConst process = argv[0];
    JSValue args = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, args, 0, JS_NewString(ctx, "node"));
    JS_SetPropertyUint32(ctx, args, 1, JS_NewString(ctx, env->priv->main_script));
    uint32_t count = 2;
    for (const char *const *arg = env->workload->argv; arg && *arg; arg++)
        JS_SetPropertyUint32(ctx, args, count++, JS_NewString(ctx, *arg));
    ns_set(ctx, process, "argv", args);
    JSValue exec = JS_NewArray(ctx);
    count = 0;
    for (const char *const *flag = env->workload->flags; flag && *flag; flag++)
        JS_SetPropertyUint32(ctx, exec, count++, JS_NewString(ctx, *flag));
    ns_set(ctx, process, "execArgv", exec);
    ns_set_str(ctx, process, "title", "node");
    ns_set(ctx, process, "versions", ns_process_versions(ctx));
    ns_set_int(ctx, process, "pid", simulated_pid);
    ns_set_int(ctx, process, "ppid", simulated_ppid);
    ns_set_str(ctx, process, "execPath", "/usr/local/bin/node");
    return ns_set_int(ctx, process, "debugPort", 9229) < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue set_emit_warning_sync(JSContext *ctx, JSValueConst self, int argc,
                                     JSValueConst *argv)
{
    return JS_UNDEFINED; // only node's C++ calls it, for warnings that nsim has none of
}

NS_BINDING(process_methods)
{
    static const ns_fn_def functions[] = {
        {"hrtime", hrtime, 0},
        {"hrtimeBigInt", hrtime_bigint, 0},
        {"uptime", uptime, 0},
        {"reallyExit", really_exit, 1},
        {"abort", abort_process, 0},
        {"memoryUsage", memory_usage, 1},
        {"rss", rss, 0},
        {"constrainedMemory", constrained_memory, 0},
        {"availableMemory", available_memory, 0},
        {"cpuUsage", cpu_usage, 1},
        {"resourceUsage", resource_usage, 1},
        {"_rawDebug", raw_debug, 1},
        {"cwd", cwd, 0},
        {"chdir", chdir_, 1},
        {"umask", umask_, 1},
        {"_getActiveRequests", empty_list, 0},
        {"_getActiveHandles", empty_list, 0},
        {"getActiveResourcesInfo", active_resources, 0},
        {"patchProcessObject", patch_process_object, 1},
        {"setEmitWarningSync", set_emit_warning_sync, 1},
    };
    static const char *const absent[] = {
        "_debugProcess", "_debugEnd",   "causeSegfault",       "dlopen",
        "_kill",         "loadEnvFile", "resetStdioForTesting"};
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        char what[64] = "process.";
        strncat(what, absent[i], sizeof what - 9);
        if (ns_set_missing(ctx, target, absent[i], what) < 0)
            return -1;
    }
    return ns_set(ctx, target, "hrtimeBuffer", ns_new_uint32_array(ctx, env->priv->hrtime, 3));
}

static JSValue user_id(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewInt32(ctx, simulated_id);
}

static JSValue groups(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue list = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, list, 0, JS_NewInt32(ctx, simulated_id));
    return list;
}

static JSValue safe_getenv(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue environment = JS_GetPropertyStr(ctx, ns_env_of(ctx)->priv->process, "env");
    JSAtom atom = JS_ValueToAtom(ctx, argv[0]);
    JSValue value = JS_GetProperty(ctx, environment, atom);
    JS_FreeAtom(ctx, atom);
    JS_FreeValue(ctx, environment);
    return value;
}

NS_BINDING(credentials)
{
    static const ns_fn_def functions[] = {
        {"safeGetenv", safe_getenv, 1}, {"getuid", user_id, 0},  {"geteuid", user_id, 0},
        {"getgid", user_id, 0},         {"getegid", user_id, 0}, {"getgroups", groups, 0},
    };
    static const char *const absent[] = {"initgroups", "setegid", "seteuid",
                                         "setgid",     "setuid",  "setgroups"};
    if (NS_SET_FNS(ctx, target, functions) < 0)
        return -1;
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        if (ns_set_missing(ctx, target, absent[i], absent[i]) < 0)
            return -1;
    return ns_set(ctx, target, "implementsPosixCredentials", JS_TRUE);
}

// internalBinding('os'): the simulated machine (source: src/node_os.cc). What the workload says of
// it is shown; all else is the same on every host.
#include <math.h>
#include <string.h>

#include "node/args.h"
#include "node/env_private.h"
#include "node/heap.h"
#include "node/string_bytes.h"

static const char hostname[] = "nsim";
static const char home[] = "/home/node";
enum { uid = 1000, gid = 1000 }; // of the user "node" in Node's own container images

static JSValue strings(JSContext *ctx, const char *const *texts, uint32_t count)
{
    JSValue array = JS_NewArray(ctx);
    for (uint32_t i = 0; i < count; i++)
        if (JS_IsException(array) ||
            JS_SetPropertyUint32(ctx, array, i, JS_NewString(ctx, texts[i])) < 0) {
            JS_FreeValue(ctx, array);
            return JS_EXCEPTION;
        }
    return array;
}

static JSValue get_hostname(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewString(ctx, hostname);
}

// [sysname, version, release, machine]
static JSValue get_os_information(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const char *const uname[] = {"Linux", "#1 SMP PREEMPT_DYNAMIC", "6.1.0-nsim", "x86_64"};
    return strings(ctx, uname, 4);
}

static JSValue get_available_parallelism(JSContext *ctx, JSValueConst self, int argc,
                                         JSValueConst *argv)
{
    return JS_NewInt32(ctx, ns_env_of(ctx)->workload->machine.cores);
}

// For each core: model, speed in MHz, then ms of user, nice, sys, idle and irq. The model of the
// cores keeps one sum, so each core has its share of it.
static JSValue get_cpus(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_cpu_stats stats;
    ns_env_sync(env);
    ns_cpu_get_stats(env->cpu, &stats);
    int cores = env->workload->machine.cores;
    double mhz = ns_profile_get(env->profile, "os.cpu_mhz") * env->workload->machine.speed;
    double all = (double)ns_env_hrtime(env) / 1e6;
    double user = (double)(stats.busy - stats.switching) / 1e6 / cores;
    double sys = (double)stats.switching / 1e6 / cores;
    double numbers[] = {round(mhz), trunc(user), 0, trunc(sys), trunc(all - user - sys), 0};
    JSValue array = JS_NewArray(ctx);
    for (uint32_t i = 0, at = 0; i < (uint32_t)cores; i++) {
        if (JS_IsException(array) ||
            JS_SetPropertyUint32(ctx, array, at++, JS_NewString(ctx, "nsim virtual core")) < 0)
            return JS_EXCEPTION;
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
            if (JS_SetPropertyUint32(ctx, array, at++, JS_NewFloat64(ctx, numbers[k])) < 0)
                return JS_EXCEPTION;
    }
    return array;
}

static JSValue get_total_memory(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewInt64(ctx, ns_env_of(ctx)->workload->machine.memory);
}

static JSValue get_free_memory(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_heap_stats heap;
    ns_env_heap_stats(env, &heap);
    int64_t left = env->workload->machine.memory - heap.resident;
    return JS_NewInt64(ctx, left > 0 ? left : 0);
}

// Seconds since boot, as fine as /proc/uptime.
static JSValue get_uptime(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewFloat64(ctx, floor((double)ns_env_hrtime(ns_env_of(ctx)) / 1e7) / 100);
}

// getLoadAvg(array): the mean number of threads that run or wait for a core. There is one mean,
// since the start, for all three intervals.
static JSValue get_load_avg(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_env *env = ns_env_of(ctx);
    ns_cpu_stats stats;
    uint8_t *data;
    size_t size;
    if (!ns_arg_bytes(ctx, ns_arg(argc, argv, 0), &data, &size))
        return JS_EXCEPTION;
    ns_env_sync(env);
    ns_cpu_get_stats(env->cpu, &stats);
    double load = stats.utilization * env->workload->machine.cores + stats.runnable;
    double values[3] = {load, load, load};
    if (size >= sizeof values)
        memcpy(data, values, sizeof values);
    return JS_UNDEFINED;
}

// For each address: name, address, netmask, family, mac, internal, scope id. There is the loopback
// only.
static JSValue get_interface_addresses(JSContext *ctx, JSValueConst self, int argc,
                                       JSValueConst *argv)
{
    static const char *const loopback[] = {"lo", "127.0.0.1", "255.0.0.0", "IPv4",
                                           "00:00:00:00:00:00"};
    JSValue array = strings(ctx, loopback, 5);
    if (JS_IsException(array) || JS_SetPropertyUint32(ctx, array, 5, JS_TRUE) < 0 ||
        JS_SetPropertyUint32(ctx, array, 6, JS_NewInt32(ctx, -1)) < 0) {
        JS_FreeValue(ctx, array);
        return JS_EXCEPTION;
    }
    return array;
}

// uv_os_homedir: $HOME of the program's process.env, else what the password file would say.
static JSValue get_home_directory(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue env = JS_GetPropertyStr(ctx, ns_env_of(ctx)->priv->process, "env");
    JSValue value = JS_IsException(env) ? env : JS_GetPropertyStr(ctx, env, "HOME");
    JS_FreeValue(ctx, env);
    if (!JS_IsUndefined(value))
        return value;
    return JS_NewString(ctx, home);
}

static int set_encoded(JSContext *ctx, JSValueConst object, const char *name, const char *text,
                       ns_encoding encoding)
{
    return ns_set(ctx, object, name, ns_encode(ctx, (const uint8_t *)text, strlen(text), encoding));
}

// getUserInfo({ encoding })
static JSValue get_user_info(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    ns_encoding encoding = NS_ENC_UTF8;
    if (JS_IsObject(ns_arg(argc, argv, 0))) {
        JSValue name = JS_GetPropertyStr(ctx, argv[0], "encoding");
        if (JS_IsException(name))
            return name;
        encoding = ns_parse_encoding(ctx, name, NS_ENC_UTF8);
        JS_FreeValue(ctx, name);
    }
    JSValue info = JS_NewObjectProto(ctx, JS_NULL);
    if (JS_IsException(info) || ns_set_int(ctx, info, "uid", uid) < 0 ||
        ns_set_int(ctx, info, "gid", gid) < 0 ||
        set_encoded(ctx, info, "username", "node", encoding) < 0 ||
        set_encoded(ctx, info, "homedir", home, encoding) < 0 ||
        set_encoded(ctx, info, "shell", "/bin/sh", encoding) < 0) {
        JS_FreeValue(ctx, info);
        return JS_EXCEPTION;
    }
    return info;
}

// -- Priority: the niceness of the one process, which changes nothing of the fair shares of its
// threads -----

// Whether a process is the program's own. If not, the error goes into `info`, as
// Environment::CollectUVExceptionInfo puts it there.
static bool own_process(JSContext *ctx, JSValueConst pid, JSValueConst info, const char *syscall)
{
    enum { no_such_process = -3 }; // UV_ESRCH
    int32_t wanted = 0, own = 0;
    JSValue value = JS_GetPropertyStr(ctx, ns_env_of(ctx)->priv->process, "pid");
    if (JS_ToInt32(ctx, &own, value) < 0 || JS_ToInt32(ctx, &wanted, pid) < 0)
        return false;
    if (wanted == 0 || wanted == own)
        return true;
    ns_set_int(ctx, info, "errno", no_such_process);
    ns_set_str(ctx, info, "code", ns_uv_name(no_such_process));
    ns_set_str(ctx, info, "message", ns_uv_message(no_such_process));
    ns_set_str(ctx, info, "syscall", syscall);
    return false;
}

// setPriority(pid, priority, info): 0 or an error number; data[0] is an array of the priority
static JSValue set_priority(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                            int magic, JSValue *data)
{
    JSValueConst info = ns_arg(argc, argv, 2);
    if (!own_process(ctx, ns_arg(argc, argv, 0), info, "uv_os_setpriority"))
        return JS_HasException(ctx) ? JS_EXCEPTION : JS_GetPropertyStr(ctx, info, "errno");
    if (JS_SetPropertyUint32(ctx, data[0], 0, JS_DupValue(ctx, ns_arg(argc, argv, 1))) < 0)
        return JS_EXCEPTION;
    return JS_NewInt32(ctx, 0);
}

// getPriority(pid, info): undefined when it fails
static JSValue get_priority(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                            int magic, JSValue *data)
{
    if (!own_process(ctx, ns_arg(argc, argv, 0), ns_arg(argc, argv, 1), "uv_os_getpriority"))
        return JS_HasException(ctx) ? JS_EXCEPTION : JS_UNDEFINED;
    return JS_GetPropertyUint32(ctx, data[0], 0);
}

static int set_priority_functions(JSContext *ctx, JSValueConst target)
{
    JSValue length = JS_NewInt32(ctx, 1);
    JSValue priority = JS_NewTypedArray(ctx, 1, &length, JS_TYPED_ARRAY_INT32);
    if (JS_IsException(priority))
        return -1;
    int status = ns_set(ctx, target, "setPriority",
                        JS_NewCFunctionData(ctx, set_priority, 0, 0, 1, &priority));
    if (status == 0)
        status = ns_set(ctx, target, "getPriority",
                        JS_NewCFunctionData(ctx, get_priority, 0, 0, 1, &priority));
    JS_FreeValue(ctx, priority);
    return status;
}

NS_BINDING(os)
{
    static const ns_fn_def fns[] = {
        {"getHostname", get_hostname, 0},
        {"getLoadAvg", get_load_avg, 0},
        {"getUptime", get_uptime, 0},
        {"getTotalMem", get_total_memory, 0},
        {"getFreeMem", get_free_memory, 0},
        {"getCPUs", get_cpus, 0},
        {"getInterfaceAddresses", get_interface_addresses, 0},
        {"getHomeDirectory", get_home_directory, 0},
        {"getUserInfo", get_user_info, 0},
        {"getAvailableParallelism", get_available_parallelism, 0},
        {"getOSInformation", get_os_information, 0},
    };
    if (NS_SET_FNS(ctx, target, fns) < 0 || set_priority_functions(ctx, target) < 0)
        return -1;
    return ns_set(ctx, target, "isBigEndian", JS_FALSE);
}

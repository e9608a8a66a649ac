// internalBinding('cares_wrap'): dns.lookup and dns.lookupService over the pool, as getaddrinfo and
// getnameinfo run there (source: node's src/cares_wrap.cc). There is no network: localhost and what
// /etc/hosts of the overlay names are known, *.invalid is not found, and every other name has one
// address in 198.18.0.0/15 that depends on the name alone. Queries to name servers (dns.resolve)
// are not modelled.
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/env_private.h"
#include "sim/dist.h"

enum { UV_EAI_NONAME = -3008, UV_ENOTFOUND = -3008 };

typedef struct lookup {
    ns_wrap wrap;
    ns_work work;
    char *host;
    int family; // 0, 4 or 6
    int status;
    bool ipv6_first;
    char v4[INET_ADDRSTRLEN], v6[INET6_ADDRSTRLEN];
    char service[16];
} lookup;

static void lookup_free(ns_wrap *wrap)
{
    ns_free(((lookup *)wrap)->host);
    ns_free(wrap);
}

static int construct_as(ns_env *env, JSContext *ctx, JSValueConst object, ns_provider provider)
{
    lookup *l = ns_calloc(1, sizeof *l);
    if (!l) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    l->wrap.free = lookup_free;
    ns_wrap_init(&l->wrap, env, object, provider);
    return 0;
}

static int info_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                          JSValueConst *argv)
{
    return construct_as(env, ctx, object, NS_PROVIDER_GETADDRINFOREQWRAP);
}

static int name_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                          JSValueConst *argv)
{
    return construct_as(env, ctx, object, NS_PROVIDER_GETNAMEINFOREQWRAP);
}

// -- What a name service would answer -------------------------------------------------------------

static bool ends_with(const char *host, const char *suffix)
{
    size_t n = strlen(host), m = strlen(suffix);
    return n >= m && strcasecmp(host + n - m, suffix) == 0;
}

static void resolve(lookup *l)
{
    struct in_addr a4;
    struct in6_addr a6;
    if (inet_pton(AF_INET, l->host, &a4) == 1) {
        snprintf(l->v4, sizeof l->v4, "%s", l->host);
    } else if (inet_pton(AF_INET6, l->host, &a6) == 1) {
        snprintf(l->v6, sizeof l->v6, "%s", l->host);
    } else if (strcasecmp(l->host, "localhost") == 0 || ends_with(l->host, ".localhost")) {
        strcpy(l->v4, "127.0.0.1");
        strcpy(l->v6, "::1");
    } else if (l->host[0] && !ends_with(l->host, ".invalid")) {
        uint64_t hash = XXH64(l->host, strlen(l->host), 0);
        snprintf(l->v4, sizeof l->v4, "198.%u.%u.%u", 18 + (unsigned)(hash & 1),
                 (unsigned)(hash >> 8 & 255), (unsigned)(hash >> 16 & 255));
    }
    bool found = (l->family != 6 && l->v4[0]) || (l->family != 4 && l->v6[0]);
    l->status = found ? 0 : UV_EAI_NONAME;
}

// Whether the answer needs no server: a literal or localhost.
static bool is_local(const lookup *l)
{
    struct in6_addr address;
    return inet_pton(AF_INET, l->host, &address) == 1 ||
           inet_pton(AF_INET6, l->host, &address) == 1 || strcasecmp(l->host, "localhost") == 0 ||
           ends_with(l->host, ".localhost");
}

static void work(ns_task *task, ns_demand *demand)
{
    lookup *l = (lookup *)((ns_work *)task)->wrap;
    ns_env *env = l->wrap.env;
    resolve(l);
    demand->cpu = ns_profile_ns(env->profile, "dns.call");
    if (is_local(l))
        return;
    ns_dist latency;
    if (ns_dist_fit(&latency, NS_DIST_LOGNORMAL, ns_profile_get(env->profile, "dns.lookup.mean"),
                    ns_profile_get(env->profile, "dns.lookup.p99"), NULL) != NS_OK)
        return;
    ns_stream stream = ns_stream_make(env->workload->seed, "name service", l->host);
    ns_draw draw = ns_stream_op(stream, (uint64_t)task->id);
    demand->wait = (ns_time)ns_dist_draw(&latency, &draw);
}

static void addresses_done(ns_work *done, int status)
{
    lookup *l = (lookup *)done->wrap;
    ns_env *env = l->wrap.env;
    JSContext *ctx = env->ctx;
    if (env->exiting)
        return;
    if (status < 0)
        l->status = -ECANCELED;
    JSValue list = JS_UNDEFINED;
    if (l->status == 0) {
        const char *first = l->ipv6_first ? l->v6 : l->v4, *second = l->ipv6_first ? l->v4 : l->v6;
        uint32_t count = 0;
        list = JS_NewArray(ctx);
        for (int i = 0; i < 2; i++) {
            const char *address = i == 0 ? first : second;
            bool six = address == l->v6;
            if (address[0] && l->family != (six ? 4 : 6))
                JS_SetPropertyUint32(ctx, list, count++, JS_NewString(ctx, address));
        }
    }
    JSValueConst argv[] = {l->status ? JS_NewInt32(ctx, l->status) : JS_NULL, list};
    JS_FreeValue(ctx, ns_make_callback_name(&l->wrap, "oncomplete", 2, argv));
    JS_FreeValue(ctx, list);
}

static void submit(lookup *l, const char *name, void (*after)(ns_work *, int))
{
    l->work.wrap = &l->wrap;
    l->work.after = after;
    l->work.task.kind = NS_TASK_DNS;
    l->work.task.name = name;
    l->work.task.slow = true;
    l->work.task.work = work;
    ns_work_submit(l->wrap.env, &l->work);
}

static lookup *lookup_of(JSContext *ctx, JSValueConst req, JSValueConst host)
{
    lookup *l = (lookup *)ns_wrap_of(req);
    const char *text = l ? JS_ToCString(ctx, host) : NULL;
    if (!text) {
        JS_ThrowTypeError(ctx, "Illegal invocation");
        return NULL;
    }
    ns_free(l->host);
    l->host = ns_strdup(text);
    JS_FreeCString(ctx, text);
    if (!l->host)
        JS_ThrowOutOfMemory(ctx);
    return l->host ? l : NULL;
}

// getaddrinfo(req, hostname, family, hints, order | verbatim)
static JSValue getaddrinfo_(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t family, order = 0;
    lookup *l = argc > 2 ? lookup_of(ctx, argv[0], argv[1]) : NULL;
    if (!l || !ns_arg_int(ctx, argv[2], &family))
        return JS_EXCEPTION;
    if (argc > 4 && JS_IsNumber(argv[4]))
        JS_ToInt64(ctx, &order, argv[4]);
    l->family = (int)family;
    l->ipv6_first = order == 2;
    submit(l, "dns.lookup", addresses_done);
    return JS_NewInt32(ctx, 0);
}

static void name_done(ns_work *done, int status)
{
    lookup *l = (lookup *)done->wrap;
    ns_env *env = l->wrap.env;
    JSContext *ctx = env->ctx;
    if (env->exiting)
        return;
    bool local = strncmp(l->host, "127.", 4) == 0 || strcmp(l->host, "::1") == 0;
    JSValue name = JS_NewString(ctx, local ? "localhost" : l->host),
            service = JS_NewString(ctx, l->service);
    JSValueConst argv[] = {JS_NULL, name, service};
    JS_FreeValue(ctx, ns_make_callback_name(&l->wrap, "oncomplete", 3, argv));
    JS_FreeValue(ctx, name);
    JS_FreeValue(ctx, service);
}

// getnameinfo(req, address, port)
static JSValue getnameinfo_(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    static const struct {
        int port;
        const char *name;
    } services[] = {{22, "ssh"}, {25, "smtp"}, {53, "domain"}, {80, "http"}, {443, "https"}};
    int64_t port;
    lookup *l = argc > 2 ? lookup_of(ctx, argv[0], argv[1]) : NULL;
    if (!l || !ns_arg_int(ctx, argv[2], &port))
        return JS_EXCEPTION;
    snprintf(l->service, sizeof l->service, "%d", (int)port);
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (services[i].port == port)
            snprintf(l->service, sizeof l->service, "%s", services[i].name);
    submit(l, "dns.lookupService", name_done);
    return JS_NewInt32(ctx, 0);
}

static JSValue canonicalize(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *text = JS_ToCString(ctx, ns_arg(argc, argv, 0));
    if (!text)
        return JS_EXCEPTION;
    struct in6_addr address;
    char out[INET6_ADDRSTRLEN];
    JSValue result = JS_UNDEFINED;
    if (inet_pton(AF_INET, text, &address) == 1)
        result = JS_NewString(ctx, inet_ntop(AF_INET, &address, out, sizeof out));
    else if (inet_pton(AF_INET6, text, &address) == 1)
        result = JS_NewString(ctx, inet_ntop(AF_INET6, &address, out, sizeof out));
    JS_FreeCString(ctx, text);
    return result;
}

static JSValue error_text(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t code = 0;
    ns_arg_int(ctx, ns_arg(argc, argv, 0), &code);
    return JS_NewString(ctx, code == 4 ? "ENOTFOUND" : "EBADQUERY");
}

// -- Resolvers: they may be made, and asked for their servers; queries are not modelled -----------

static JSValue get_servers(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue list = JS_NewArray(ctx), server = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, server, 0, JS_NewString(ctx, "127.0.0.1"));
    JS_SetPropertyUint32(ctx, server, 1, JS_NewInt32(ctx, 53));
    JS_SetPropertyUint32(ctx, list, 0, server);
    return list;
}

static JSValue nothing(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_UNDEFINED;
}

static JSValue no_query(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return ns_throw_missing(ctx, "dns.resolve and the other queries to name servers");
}

static int channel_class(ns_env *env, JSContext *ctx, JSValueConst target)
{
    static const ns_fn_def methods[] = {
        {"getServers", get_servers, 0},  {"setServers", no_query, 1},
        {"setLocalAddress", nothing, 2}, {"cancel", nothing, 0},
        {"queryAny", no_query, 2},       {"queryA", no_query, 2},
        {"queryAaaa", no_query, 2},      {"queryCaa", no_query, 2},
        {"queryCname", no_query, 2},     {"queryMx", no_query, 2},
        {"queryNs", no_query, 2},        {"queryTxt", no_query, 2},
        {"querySrv", no_query, 2},       {"queryPtr", no_query, 2},
        {"queryNaptr", no_query, 2},     {"querySoa", no_query, 2},
        {"getHostByAddr", no_query, 2}};
    static const ns_class_def channel = {.name = "ChannelWrap",
                                         .methods = methods,
                                         .method_count = sizeof methods / sizeof methods[0],
                                         .async = true};
    static const ns_class_def query = {.name = "QueryReqWrap", .async = true};
    return ns_set(ctx, target, "ChannelWrap", ns_new_class(env, ctx, &channel)) < 0 ||
                   ns_set(ctx, target, "QueryReqWrap", ns_new_class(env, ctx, &query)) < 0
               ? -1
               : 0;
}

NS_BINDING(cares_wrap)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {{"AI_ADDRCONFIG", 32},
                     {"AI_ALL", 16},
                     {"AI_V4MAPPED", 8},
                     {"DNS_ORDER_VERBATIM", 0},
                     {"DNS_ORDER_IPV4_FIRST", 1},
                     {"DNS_ORDER_IPV6_FIRST", 2},
                     {"AF_INET", 2},
                     {"AF_INET6", 10},
                     {"AF_UNSPEC", 0}};
    static const ns_fn_def functions[] = {
        {"getaddrinfo", getaddrinfo_, 5},
        {"getnameinfo", getnameinfo_, 3},
        {"canonicalizeIP", canonicalize, 1},
        {"strerror", error_text, 1},
    };
    static const ns_class_def info = {
        .name = "GetAddrInfoReqWrap", .construct = info_construct, .async = true};
    static const ns_class_def name = {
        .name = "GetNameInfoReqWrap", .construct = name_construct, .async = true};
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        ns_set_int(ctx, target, constants[i].name, constants[i].value);
    if (NS_SET_FNS(ctx, target, functions) < 0 || channel_class(env, ctx, target) < 0 ||
        ns_set(ctx, target, "GetAddrInfoReqWrap", ns_new_class(env, ctx, &info)) < 0)
        return -1;
    return ns_set(ctx, target, "GetNameInfoReqWrap", ns_new_class(env, ctx, &name));
}

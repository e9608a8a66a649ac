// driver FILE: run main() of one benchmark; prints "user-ns result [cost bytecodes]". Compiled
// twice by `run`: against the pristine engine, and with -DNSIM against nsim's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "quickjs.h"
#ifdef NSIM
#include "engine/engine.h"
#endif

static char *read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    if (!f) {
        perror(name);
        exit(1);
    }
    char *text = calloc(1, 1 << 20);
    if (!text || fread(text, 1, (1 << 20) - 1, f) == 0)
        exit(1);
    fclose(f);
    return text;
}

static long long cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void check(JSContext *ctx, JSValue v)
{
    if (!JS_IsException(v))
        return;
    JSValue error = JS_GetException(ctx);
    const char *text = JS_ToCString(ctx, error);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
#ifdef NSIM
    ns_engine *engine;
    ns_engine_options options = {.seed = 1};
    if (ns_engine_new(&engine, &options, NULL) != NS_OK)
        return 1;
    JSContext *ctx = ns_engine_context(engine);
    ns_probe *probe = ns_engine_probe(engine);
    // COSTS: all class costs in the order of the enums, for fit-engine; 1 each by default.
    uint32_t cost[NS_COST_CLASSES], work[NS_WORK_CLASSES];
    const char *given = getenv("COSTS");
    for (int i = 0; i < NS_COST_CLASSES + NS_WORK_CLASSES; i++) {
        uint32_t v = given ? (uint32_t)strtoul(given, (char **)&given, 10) : 1;
        *(i < NS_COST_CLASSES ? &cost[i] : &work[i - NS_COST_CLASSES]) = v;
    }
    ns_probe_set_costs(probe, cost, work);
#else
    JSRuntime *rt = JS_NewRuntime();
    JS_SetGCThreshold(rt, (size_t)-1);
    JSContext *ctx = JS_NewContext(rt);
#endif
    char *text = read_file(argv[1]);
    JSValue v = JS_Eval(ctx, text, strlen(text), argv[1], JS_EVAL_TYPE_GLOBAL);
    check(ctx, v);
    JS_FreeValue(ctx, v);
#ifdef NSIM
    uint64_t cost_before = probe->cost;
#endif
    long long start = cpu_ns();
    v = JS_Eval(ctx, "main()", 6, "main", JS_EVAL_TYPE_GLOBAL);
    long long spent = cpu_ns() - start;
    check(ctx, v);
    const char *result = JS_ToCString(ctx, v);
    printf("%lld %s", spent, result);
#ifdef NSIM
    uint64_t bytecodes = 0;
    for (uint32_t id = 1; id <= ns_probe_function_count(probe); id++)
        bytecodes += ns_function_bytecodes(ns_probe_function(probe, id));
    printf(" %llu %llu", (unsigned long long)(probe->cost - cost_before),
           (unsigned long long)bytecodes);
#endif
    printf("\n");
    return 0;
}

"""Probes: executed bytecodes, feedback slots, work of builtins, allocations; and what keeps the host
out: clock, random seed, time zone. The bodies are in probe*.c.inc and errors*.c.inc. See
tools/patch-quickjs."""

EDITS = [
    {
        "name": "header of the additions",
        "file": "quickjs.c",
        "find": '#include "dtoa.h"\n',
        "put": '#include "dtoa.h"\n#include "probe_patch.h"\n',
    },
    {
        "name": "state in JSRuntime",
        "file": "quickjs.c",
        "find": "struct JSRuntime {\n",
        "put": "struct JSRuntime {\n    ns_runtime ns;\n",
    },
    # -- The host's clock, entropy and time zone ----------------------------------------------------
    {
        "name": "Math.random's seed",
        "file": "quickjs.c",
        "find": "    struct timeval tv;\n    gettimeofday(&tv, NULL);\n"
                "    ctx->random_state = ((int64_t)tv.tv_sec * 1000000) + tv.tv_usec;\n",
        "put": "    ctx->random_state = ns_random_state(ctx);\n",
    },
    {
        "name": "Date's clock",
        "file": "quickjs.c",
        "find": "static int64_t date_now(void) {\n    struct timeval tv;\n    gettimeofday(&tv, NULL);\n"
                "    return (int64_t)tv.tv_sec * 1000 + (tv.tv_usec / 1000);\n}\n",
        "put": "",
    },
    {
        "name": "Date's clock, new Date",
        "file": "quickjs.c",
        "find": "val = date_now();",
        "put": "val = ns_date_now(ctx);",
    },
    {
        "name": "Date's clock, Date.now",
        "file": "quickjs.c",
        "find": "JS_NewInt64(ctx, date_now())",
        "put": "JS_NewInt64(ctx, ns_date_now(ctx))",
    },
    {
        "name": "local time is UTC",
        "file": "quickjs.c",
        "find": "    time_t ti;\n    int res;\n\n    time /= 1000; /* convert to seconds */\n",
        "put": "    return 0;\n    time_t ti;\n    int res;\n\n    time /= 1000;\n",
    },
    # -- Limits -----------------------------------------------------------------------------------
    {
        "name": "stack overflow",
        "file": "quickjs.c",
        "find": '    return JS_ThrowInternalError(ctx, "stack overflow");\n',
        "put": '    return JS_ThrowRangeError(ctx, "Maximum call stack size exceeded");\n',
    },
    {
        "name": "stack overflow in the parser",
        "file": "quickjs.c",
        "times": 2,
        "find": '        return js_parse_error(s, "stack overflow");\n',
        "put": "        return JS_ThrowStackOverflow(s->ctx), -1;\n",
    },
    {
        "name": "poll",
        "file": "quickjs.c",
        "find": "    if (unlikely(--ctx->interrupt_counter <= 0)) {\n        return __js_poll_interrupts(ctx);\n",
        "put": "    if (unlikely(ctx->rt->ns.probe.cost >= ctx->rt->ns.probe.budget)) {\n"
               "        return ns_quantum(ctx);\n",
    },
    {
        "name": "no budget until one is set",
        "file": "quickjs.c",
        "find": "    rt->malloc_gc_threshold = 256 * 1024;\n",
        "put": "    rt->malloc_gc_threshold = 256 * 1024;\n    rt->ns.probe.budget = UINT64_MAX;\n",
    },
    {
        "name": "out of memory ends the program",
        "file": "quickjs.c",
        "find": '        JS_ThrowInternalError(ctx, "out of memory");\n',
        "put": '        JS_ThrowInternalError(ctx, "out of memory");\n        ns_out_of_memory(ctx);\n',
    },
]

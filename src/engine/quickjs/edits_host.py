"""What Node needs of its engine: compilation, promises, modules, reflection. The bodies are in
host_*.c.inc. See tools/patch-quickjs."""

EDITS = [
    {
        "name": "header of the host additions",
        "file": "quickjs.c",
        "find": '#include "dtoa.h"\n',
        "put": '#include "dtoa.h"\n#include "host_patch.h"\n',
    },
    {
        "name": "state in JSContext",
        "file": "quickjs.c",
        "find": "struct JSContext {\n    JSGCObjectHeader header; /* must come first */\n",
        "put": "struct JSContext {\n    JSGCObjectHeader header; /* must come first */\n    ns_host *host;\n",
    },
    {
        "name": "free the host's values",
        "file": "quickjs.c",
        "find": "    js_free_modules(ctx, JS_FREE_MODULE_ALL);\n",
        "put": "    ns_host_free(ctx);\n    js_free_modules(ctx, JS_FREE_MODULE_ALL);\n",
    },
    {
        "name": "mark the host's values",
        "file": "quickjs.c",
        "find": "    JS_MarkValue(rt, ctx->global_obj, mark_func);\n",
        "put": "    ns_host_mark(rt, ctx, mark_func);\n    JS_MarkValue(rt, ctx->global_obj, mark_func);\n",
    },
    # -- Source text ----------------------------------------------------------------------------------
    {
        "name": "position of the first line",
        "file": "quickjs.c",
        "find": "    s->get_line_col_cache.line_num = 0;\n    s->get_line_col_cache.col_num = 0;\n",
        "put": "    s->get_line_col_cache.line_num = ctx->host ? ctx->host->line_offset : 0;\n"
               "    s->get_line_col_cache.col_num = ctx->host ? ctx->host->column_offset : 0;\n",
    },
    {
        "name": "position of a syntax error",
        "file": "quickjs.c",
        "find": "    line_num = get_line_col(&col_num, s->buf_start, ptr - s->buf_start);\n"
                "    JS_ThrowError2(ctx, JS_SYNTAX_ERROR, fmt, ap, FALSE);\n",
        "put": "    line_num = get_line_col(&col_num, s->buf_start, ptr - s->buf_start);\n"
               "    if (ctx->host) {\n"
               "        col_num += line_num == 0 ? ctx->host->column_offset : 0;\n"
               "        line_num += ctx->host->line_offset;\n"
               "    }\n"
               "    JS_ThrowError2(ctx, JS_SYNTAX_ERROR, fmt, ap, FALSE);\n",
    },
    {
        "name": "modules that are linked later",
        "file": "quickjs.c",
        "find": "        if (js_resolve_module(ctx, m) < 0)\n            goto fail1;\n"
                "        fun_obj = JS_NewModuleValue(ctx, m);\n",
        "put": "        if (flags & NS_EVAL_UNLINKED)\n            m->resolved = TRUE;\n"
               "        else if (js_resolve_module(ctx, m) < 0)\n            goto fail1;\n"
               "        fun_obj = JS_NewModuleValue(ctx, m);\n",
    },
    # -- Promises -------------------------------------------------------------------------------------
    {
        "name": "reactions know the promise they settle",
        "file": "quickjs.c",
        "find": "    JSValue resolving_funcs[2];\n    JSValue handler;\n} JSPromiseReactionData;\n",
        "put": "    JSValue resolving_funcs[2];\n    JSValue handler;\n    JSValue derived;\n"
               "    int64_t continuation;\n} JSPromiseReactionData;\n",
    },
    {
        "name": "free a reaction",
        "file": "quickjs.c",
        "find": "    JS_FreeValueRT(rt, rd->handler);\n",
        "put": "    JS_FreeValueRT(rt, rd->handler);\n    JS_FreeValueRT(rt, rd->derived);\n",
    },
    {
        "name": "mark a reaction",
        "file": "quickjs.c",
        "find": "            JS_MarkValue(rt, rd->handler, mark_func);\n",
        "put": "            JS_MarkValue(rt, rd->handler, mark_func);\n"
               "            JS_MarkValue(rt, rd->derived, mark_func);\n",
    },
    {
        "name": "register a reaction",
        "file": "quickjs.c",
        "find": "        rd->handler = JS_DupValue(ctx, handler);\n        rd_array[i] = rd;\n",
        "put": "        rd->handler = JS_DupValue(ctx, handler);\n"
               "        rd->derived = JS_DupValue(ctx, ctx->host ? ctx->host->derived : JS_UNDEFINED);\n"
               "        rd->continuation = ctx->host ? ctx->host->continuation : 0;\n"
               "        rd_array[i] = rd;\n",
    },
    {
        "name": "the job of a reaction of a settled promise",
        "file": "quickjs.c",
        "find": "        args[4] = s->promise_result;\n        JS_EnqueueJob(ctx, promise_reaction_job, 5, args);\n",
        "put": "        args[4] = s->promise_result;\n        args[5] = rd->derived;\n"
               "        args[6] = JS_NewInt64(ctx, rd->continuation);\n"
               "        JS_EnqueueJob(ctx, promise_reaction_job, 7, args);\n",
    },
    {
        "name": "the job of a reaction",
        "file": "quickjs.c",
        "find": "        args[4] = value;\n        JS_EnqueueJob(ctx, promise_reaction_job, 5, args);\n",
        "put": "        args[4] = value;\n        args[5] = rd->derived;\n"
               "        args[6] = JS_NewInt64(ctx, rd->continuation);\n"
               "        JS_EnqueueJob(ctx, promise_reaction_job, 7, args);\n",
    },
    {
        "name": "room for the arguments of a reaction's job",
        "file": "quickjs.c",
        "find": "    JSPromiseReactionData *rd;\n    JSValueConst args[5];\n",
        "put": "    JSPromiseReactionData *rd;\n    JSValueConst args[7];\n",
    },
    {
        "name": "room for the arguments of a reaction's job, settled",
        "file": "quickjs.c",
        "find": "            list_add_tail(&rd_array[i]->link, &s->promise_reactions[i]);\n"
                "    } else {\n        JSValueConst args[5];\n",
        "put": "            list_add_tail(&rd_array[i]->link, &s->promise_reactions[i]);\n"
               "    } else {\n        JSValueConst args[7];\n",
    },
    {
        "name": "before and after a reaction",
        "file": "quickjs.c",
        "find": "    assert(argc == 5);\n    handler = argv[2];\n",
        "put": "    assert(argc == 7);\n    handler = argv[2];\n"
               "    int64_t continuation;\n"
               "    JS_ToInt64(ctx, &continuation, argv[6]);\n"
               "    ns_continue(ctx, continuation);\n"
               "    ns_promise_event(ctx, NS_PROMISE_BEFORE, argv[5]);\n",
    },
    {
        "name": "after a reaction",
        "file": "quickjs.c",
        "find": "    } else {\n        res2 = JS_UNDEFINED;\n    }\n    JS_FreeValue(ctx, res);\n\n    return res2;\n",
        "put": "    } else {\n        res2 = JS_UNDEFINED;\n    }\n    JS_FreeValue(ctx, res);\n"
               "    ns_promise_event(ctx, NS_PROMISE_AFTER, argv[5]);\n\n    return res2;\n",
    },
    {
        "name": "a job's continuation",
        "file": "quickjs.c",
        "find": "    JSJobFunc *job_func;\n    int argc;\n    JSValue argv[0];\n",
        "put": "    JSJobFunc *job_func;\n    int64_t continuation;\n    int argc;\n    JSValue argv[0];\n",
    },
    {
        "name": "a job keeps its continuation",
        "file": "quickjs.c",
        "find": "    e->job_func = job_func;\n",
        "put": "    e->job_func = job_func;\n    e->continuation = ctx->host ? ctx->host->continuation : 0;\n",
    },
    {
        "name": "a job runs in its continuation",
        "file": "quickjs.c",
        "find": "    ctx = e->ctx;\n    res = e->job_func(",
        "put": "    ctx = e->ctx;\n    ns_continue(ctx, e->continuation);\n"
               "    res = e->job_func(",
    },
    {
        "name": "a promise is made",
        "file": "quickjs.c",
        "find": "    s->promise_result = JS_UNDEFINED;\n    JS_SetOpaque(obj, s);\n"
                "    if (js_create_resolving_functions(ctx, args, obj))\n",
        "put": "    s->promise_result = JS_UNDEFINED;\n    JS_SetOpaque(obj, s);\n"
               "    ns_promise_event(ctx, NS_PROMISE_INIT, obj);\n"
               "    if (js_create_resolving_functions(ctx, args, obj))\n",
    },
    {
        "name": "the parent of then's promise",
        "file": "quickjs.c",
        "find": "    result_promise = js_new_promise_capability(ctx, resolving_funcs, ctor);\n"
                "    JS_FreeValue(ctx, ctor);\n    if (JS_IsException(result_promise))\n"
                "        return result_promise;\n    ret = perform_promise_then(ctx, this_val, argv,\n"
                "                               (JSValueConst *)resolving_funcs);\n",
        "put": "    if (ctx->host)\n        ctx->host->parent = this_val;\n"
               "    result_promise = js_new_promise_capability(ctx, resolving_funcs, ctor);\n"
               "    JS_FreeValue(ctx, ctor);\n    if (ctx->host)\n        ctx->host->parent = JS_UNDEFINED;\n"
               "    if (JS_IsException(result_promise))\n        return result_promise;\n"
               "    if (ctx->host)\n        ctx->host->derived = result_promise;\n"
               "    ret = perform_promise_then(ctx, this_val, argv,\n"
               "                               (JSValueConst *)resolving_funcs);\n"
               "    if (ctx->host)\n        ctx->host->derived = JS_UNDEFINED;\n",
    },
    {
        "name": "await has a promise of its own for the hooks",
        "file": "quickjs.c",
        "find": "        for(i = 0; i < 2; i++)\n            resolving_funcs1[i] = JS_UNDEFINED;\n"
                "        res = perform_promise_then(ctx, promise,\n"
                "                                   (JSValueConst *)resolving_funcs,\n"
                "                                   (JSValueConst *)resolving_funcs1);\n"
                "        JS_FreeValue(ctx, promise);\n",
        "put": "        for(i = 0; i < 2; i++)\n            resolving_funcs1[i] = JS_UNDEFINED;\n"
               "        JSValue derived = ns_await_derived(ctx, promise);\n"
               "        if (ctx->host)\n            ctx->host->derived = derived;\n"
               "        res = perform_promise_then(ctx, promise,\n"
               "                                   (JSValueConst *)resolving_funcs,\n"
               "                                   (JSValueConst *)resolving_funcs1);\n"
               "        if (ctx->host)\n            ctx->host->derived = JS_UNDEFINED;\n"
               "        JS_FreeValue(ctx, derived);\n"
               "        JS_FreeValue(ctx, promise);\n",
    },
    {
        "name": "a promise is resolved, or resolved again",
        "file": "quickjs.c",
        "find": "    if (!s || s->presolved->already_resolved)\n        return JS_UNDEFINED;\n"
                "    s->presolved->already_resolved = TRUE;\n"
                "    is_reject = p->class_id - JS_CLASS_PROMISE_RESOLVE_FUNCTION;\n",
        "put": "    is_reject = p->class_id - JS_CLASS_PROMISE_RESOLVE_FUNCTION;\n"
               "    if (s && s->presolved->already_resolved)\n"
               "        ns_reject_again(ctx, s->promise, argc > 0 ? argv[0] : JS_UNDEFINED, is_reject);\n"
               "    if (!s || s->presolved->already_resolved)\n        return JS_UNDEFINED;\n"
               "    s->presolved->already_resolved = TRUE;\n"
               "    ns_promise_event(ctx, NS_PROMISE_RESOLVE, s->promise);\n",
    },
    {
        "name": "V8's message for a promise that resolves to itself",
        "file": "quickjs.c",
        "find": '"promise self resolution"',
        "put": '"Chaining cycle detected for promise #<Promise>"',
    },
    # -- Modules ----------------------------------------------------------------------------------------
    {
        "name": "import()",
        "file": "quickjs.c",
        "find": "    promise = JS_NewPromiseCapability(ctx, resolving_funcs);\n"
                "    if (JS_IsException(promise)) {\n        JS_FreeValue(ctx, basename_val);\n"
                "        return promise;\n    }\n",
        "put": "    if (ctx->host && ctx->host->import) {\n"
               "        promise = ns_dynamic_import(ctx, basename_val, specifier, JS_UNDEFINED);\n"
               "        JS_FreeValue(ctx, basename_val);\n        return promise;\n    }\n"
               "    promise = JS_NewPromiseCapability(ctx, resolving_funcs);\n"
               "    if (JS_IsException(promise)) {\n        JS_FreeValue(ctx, basename_val);\n"
               "        return promise;\n    }\n",
    },
    {
        "name": "import.meta",
        "file": "quickjs.c",
        "find": "        m->meta_obj = obj;\n    }\n    return JS_DupValue(ctx, obj);\n",
        "put": "        m->meta_obj = obj;\n        if (ctx->host && ctx->host->meta)\n"
               "            ctx->host->meta(ctx, (ns_module *)m, obj);\n    }\n"
               "    return JS_DupValue(ctx, obj);\n",
    },
    {
        "name": "JS_NewTypedArray reads three arguments, however many are given",
        "file": "quickjs.c",
        "find": "    return js_typed_array_constructor(ctx, JS_UNDEFINED, argc, argv,\n"
                "                                      JS_CLASS_UINT8C_ARRAY + type);\n",
        "put": "    JSValueConst padded[3] = {JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED};\n"
               "    for (int i = 0; i < argc && i < 3; i++)\n        padded[i] = argv[i];\n"
               "    return js_typed_array_constructor(ctx, JS_UNDEFINED, argc, padded,\n"
               "                                      JS_CLASS_UINT8C_ARRAY + type);\n",
    },
    # -- Termination ----------------------------------------------------------------------------------
    {
        "name": "a promise's reaction does not keep a termination",
        "file": "quickjs.c",
        "find": "    is_reject = JS_IsException(res);\n    if (is_reject)\n        res = JS_GetException(ctx);\n"
                "    func = argv[is_reject];\n",
        "put": "    is_reject = JS_IsException(res);\n    if (is_reject)\n        res = JS_GetException(ctx);\n"
               "    if (is_reject && JS_IsUncatchableError(ctx, res))\n        return JS_Throw(ctx, res);\n"
               "    func = argv[is_reject];\n",
    },
    {
        "name": "an async function does not keep a termination",
        "file": "quickjs.c",
        "find": "            error = JS_GetException(ctx);\n            ret2 = JS_Call(ctx, s->resolving_funcs[1], JS_UNDEFINED,\n",
        "put": "            error = JS_GetException(ctx);\n"
               "            if (JS_IsUncatchableError(ctx, error)) {\n"
               "                JS_Throw(ctx, error);\n                return;\n            }\n"
               "            ret2 = JS_Call(ctx, s->resolving_funcs[1], JS_UNDEFINED,\n",
    },
]

"""Promises, await and async generators as V8 runs them, with its hooks. The bodies are in
host_promise.c.inc and host_parse.h. See tools/patch-quickjs."""

EDITS = [
    {
        "name": "reactions know the promise they settle",
        "file": "quickjs.c",
        "find": "    JSValue resolving_funcs[2];\n    JSValue handler;\n} JSPromiseReactionData;\n",
        "put": "    JSValue resolving_funcs[2];\n    JSValue handler;\n    JSValue derived;\n"
               "    int64_t continuation;\n    uint32_t origin;\n} JSPromiseReactionData;\n",
    },
    {
        "name": "a promise knows where it was settled",
        "file": "quickjs.c",
        "find": "    BOOL is_handled; /* Note: only useful to debug */\n    JSValue promise_result;\n",
        "put": "    BOOL is_handled; /* Note: only useful to debug */\n    uint32_t ns_origin;\n"
               "    JSValue promise_result;\n",
    },
    {
        "name": "a promise is settled",
        "file": "quickjs.c",
        "find": "    s->promise_state = JS_PROMISE_FULFILLED + is_reject;\n#ifdef DUMP_PROMISE\n",
        "put": "    s->promise_state = JS_PROMISE_FULFILLED + is_reject;\n"
               "    s->ns_origin = ctx->host ? ctx->host->origin : 0;\n#ifdef DUMP_PROMISE\n",
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
               "        rd->origin = ctx->host ? ctx->host->origin : 0;\n"
               "        rd_array[i] = rd;\n",
    },
    {
        "name": "the job of a reaction of a settled promise",
        "file": "quickjs.c",
        "find": "        args[4] = s->promise_result;\n        JS_EnqueueJob(ctx, promise_reaction_job, 5, args);\n",
        "put": "        args[4] = s->promise_result;\n        args[5] = rd->derived;\n"
               "        args[6] = JS_NewInt64(ctx, rd->continuation);\n"
               "        if (ctx->host)\n            ctx->host->other_origin = s->ns_origin;\n"
               "        JS_EnqueueJob(ctx, promise_reaction_job, 7, args);\n",
    },
    {
        "name": "the job of a reaction",
        "file": "quickjs.c",
        "find": "        args[4] = value;\n        JS_EnqueueJob(ctx, promise_reaction_job, 5, args);\n",
        "put": "        args[4] = value;\n        args[5] = rd->derived;\n"
               "        args[6] = JS_NewInt64(ctx, rd->continuation);\n"
               "        if (ctx->host)\n            ctx->host->other_origin = rd->origin;\n"
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
               "    ns_job_begins(ctx);\n"
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
        "put": "    JSJobFunc *job_func;\n    int64_t continuation;\n    uint32_t origin, other_origin;\n"
               "    int argc;\n    JSValue argv[0];\n",
    },
    {
        "name": "a job keeps its continuation",
        "file": "quickjs.c",
        "find": "    e->job_func = job_func;\n",
        "put": "    e->job_func = job_func;\n    e->continuation = ctx->host ? ctx->host->continuation : 0;\n"
               "    e->origin = ctx->host ? ctx->host->origin : 0;\n"
               "    e->other_origin = ctx->host ? ctx->host->other_origin : 0;\n"
               "    if (ctx->host)\n        ctx->host->other_origin = 0;\n",
    },
    {
        "name": "a job runs in its continuation",
        "file": "quickjs.c",
        "find": "    ctx = e->ctx;\n    res = e->job_func(",
        "put": "    ctx = e->ctx;\n    ns_continue(ctx, e->continuation);\n"
               "    ns_job_comes(ctx, e->origin, e->other_origin, e->argc);\n"
               "    rt->ns.in_job = true;\n"
               "    res = e->job_func(",
    },
    {
        "name": "a job ends",
        "file": "quickjs.c",
        "find": "    res = e->job_func(e->ctx, e->argc, (JSValueConst *)e->argv);\n",
        "put": "    res = e->job_func(e->ctx, e->argc, (JSValueConst *)e->argv);\n    rt->ns.in_job = false;\n",
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
        "put": "    if (ctx->host && js_same_value(ctx, ctor, ctx->promise_ctor))\n"
               "        ctx->host->parent = this_val;\n"
               "    result_promise = js_new_promise_capability(ctx, resolving_funcs, ctor);\n"
               "    JS_FreeValue(ctx, ctor);\n    if (ctx->host)\n        ctx->host->parent = JS_UNDEFINED;\n"
               "    if (JS_IsException(result_promise))\n        return result_promise;\n"
               "    ret = ns_then(ctx, this_val, argv, resolving_funcs, result_promise);\n",
    },
    {
        "name": "the promise that an async function awaits",
        "file": "quickjs.c",
        "find": "        promise = js_promise_resolve(ctx, ctx->promise_ctor,\n"
                "                                     1, (JSValueConst *)&value, 0);\n"
                "        JS_FreeValue(ctx, value);\n",
        "put": "        promise = ns_awaited(ctx, value, ns_promise_of(s->resolving_funcs[0]));\n"
               "        JS_FreeValue(ctx, value);\n",
    },
    {
        "name": "an async function awaits",
        "file": "quickjs.c",
        "find": "        for(i = 0; i < 2; i++)\n            resolving_funcs1[i] = JS_UNDEFINED;\n"
                "        res = perform_promise_then(ctx, promise,\n"
                "                                   (JSValueConst *)resolving_funcs,\n"
                "                                   (JSValueConst *)resolving_funcs1);\n",
        "put": "        res = ns_await(ctx, promise, resolving_funcs);\n",
    },
    {
        "name": "the promise that an async generator awaits",
        "file": "quickjs.c",
        "find": "    promise = js_promise_resolve(ctx, ctx->promise_ctor,\n"
                "                                 1, &value, 0);\n",
        "put": "    promise = ns_awaited(ctx, value, list_entry(s->queue.next, JSAsyncGeneratorRequest, link)->promise);\n",
    },
    {
        "name": "an async generator awaits",
        "file": "quickjs.c",
        "find": "    for(i = 0; i < 2; i++)\n        resolving_funcs1[i] = JS_UNDEFINED;\n"
                "    res = perform_promise_then(ctx, promise,\n"
                "                               (JSValueConst *)resolving_funcs,\n"
                "                               (JSValueConst *)resolving_funcs1);\n",
        "put": "    res = ns_await(ctx, promise, resolving_funcs);\n",
    },
    {
        "name": "the promise that a finished generator's return awaits",
        "file": "quickjs.c",
        "find": "    promise = js_promise_resolve(ctx, ctx->promise_ctor, 1, &value,\n"
                "                                 /*is_reject*/0);\n",
        "put": "    promise = ns_awaited(ctx, value, list_entry(s->queue.next, JSAsyncGeneratorRequest, link)->promise);\n",
    },
    {
        "name": "a finished generator's return awaits",
        "file": "quickjs.c",
        "find": "    resolving_funcs[0] = JS_UNDEFINED;\n    resolving_funcs[1] = JS_UNDEFINED;\n"
                "    res = perform_promise_then(ctx, promise,\n"
                "                               (JSValueConst *)resolving_funcs1,\n"
                "                               (JSValueConst *)resolving_funcs);\n",
        "put": "    res = ns_await(ctx, promise, resolving_funcs1);\n",
    },
    {
        "name": "a finished generator goes on with its queue",
        "file": "quickjs.c",
        "find": "                js_async_generator_completed_return(ctx, s, next->result);\n"
                "            } else {\n"
                "                js_async_generator_reject(ctx, s, next->result);\n"
                "            }\n            goto done;\n",
        "put": "                js_async_generator_completed_return(ctx, s, next->result);\n"
               "                goto done;\n            } else {\n"
               "                js_async_generator_reject(ctx, s, next->result);\n"
               "            }\n            break;\n",
    },
    {
        "name": "a generator that has returned goes on with its queue",
        "file": "quickjs.c",
        "find": "            js_async_generator_resolve(ctx, s, arg, TRUE);\n        }\n    } else {\n"
                "        /* restart function execution after await() */\n",
        "put": "            js_async_generator_resolve(ctx, s, arg, TRUE);\n        }\n"
               "        js_async_generator_resume_next(ctx, s);\n    } else {\n"
               "        /* restart function execution after await() */\n",
    },
    {
        "name": "a thenable",
        "file": "quickjs.c",
        "find": "    if (js_create_resolving_functions(ctx, args, promise) < 0)\n        return JS_EXCEPTION;\n"
                "    res = JS_Call(ctx, then, thenable, 2, (JSValueConst *)args);\n",
        "put": "    if (js_create_resolving_functions(ctx, args, promise) < 0)\n        return JS_EXCEPTION;\n"
               "    ns_promise_event(ctx, NS_PROMISE_BEFORE, promise);\n"
               "    res = JS_Call(ctx, then, thenable, 2, (JSValueConst *)args);\n",
    },
    {
        "name": "a thenable, after",
        "file": "quickjs.c",
        "find": "    JS_FreeValue(ctx, args[0]);\n    JS_FreeValue(ctx, args[1]);\n    return res;\n}\n\n"
                "static void js_promise_resolve_function_free_resolved(",
        "put": "    JS_FreeValue(ctx, args[0]);\n    JS_FreeValue(ctx, args[1]);\n"
               "    ns_promise_event(ctx, NS_PROMISE_AFTER, promise);\n    return res;\n}\n\n"
               "static void js_promise_resolve_function_free_resolved(",
    },
    # V8 11.3 has the iterator of ES2023: what a synchronous iterator's promise rejects with does not
    # close it, and neither does a missing throw method.
    {
        "name": "async iteration of a synchronous iterator without throw",
        "file": "quickjs.c",
        "find": "                if (JS_IteratorClose(ctx, s->sync_iter, FALSE))\n"
                "                    goto reject;\n"
                "                JS_ThrowTypeError(ctx, \"throw is not a method\");\n",
        "put": "                JS_Throw(ctx, JS_DupValue(ctx, argv[0]));\n",
    },
    {
        "name": "async iteration of a synchronous iterator of promises",
        "file": "quickjs.c",
        "find": "            if (magic != GEN_MAGIC_RETURN && !done) {\n"
                "                JS_IteratorClose(ctx, s->sync_iter, TRUE);\n            }\n",
        "put": "",
    },
    {
        "name": "async iteration of a synchronous iterator whose promise rejects",
        "file": "quickjs.c",
        "find": "        if (done || magic == GEN_MAGIC_RETURN) {\n            resolve_reject[1] = JS_UNDEFINED;\n",
        "put": "        if (true) {\n            resolve_reject[1] = JS_UNDEFINED;\n",
    },
    {
        "name": "the reaction of async iteration settles its promise",
        "file": "quickjs.c",
        "find": "        res = perform_promise_then(ctx, value_wrapper_promise,\n"
                "                                   (JSValueConst *)resolve_reject,\n"
                "                                   (JSValueConst *)resolving_funcs);\n",
        "put": "        res = ns_then(ctx, value_wrapper_promise, (JSValueConst *)resolve_reject,\n"
               "                      resolving_funcs, promise);\n",
    },
    # -- Loops over async iterators: closing one awaits ------------------------------------------------
    {
        "name": "header of the host's part of the parser",
        "file": "quickjs.c",
        "find": "static __exception int emit_break(JSParseState *s, JSAtom name, int is_cont)\n",
        "put": '#include "host_parse.h"\n\n'
               "static __exception int emit_break(JSParseState *s, JSAtom name, int is_cont)\n",
    },
    {
        "name": "blocks of async iteration",
        "file": "quickjs.c",
        "find": "    uint8_t has_iterator : 1;\n",
        "put": "    uint8_t has_iterator : 1;\n    uint8_t ns_is_async : 1; /* it is an async one */\n",
    },
    {
        "name": "blocks of async iteration, none",
        "file": "quickjs.c",
        "find": "    be->has_iterator = FALSE;\n",
        "put": "    be->has_iterator = FALSE;\n    be->ns_is_async = FALSE;\n",
    },
    {
        "name": "break out of async iteration",
        "file": "quickjs.c",
        "find": "            emit_op(s, OP_iterator_close);\n            i += 3;\n",
        "put": "            if (top->ns_is_async)\n                ns_emit_async_close_record(s);\n"
               "            else\n                emit_op(s, OP_iterator_close);\n            i += 3;\n",
    },
    {
        "name": "return without await, declaration",
        "file": "quickjs.c",
        "find": "static void emit_return(JSParseState *s, BOOL hasval);\n",
        "put": "static void emit_return(JSParseState *s, BOOL hasval);\n"
               "static void ns_emit_return(JSParseState *s, BOOL hasval, bool awaits);\n"
               "static void ns_emit_await_or_throw(JSParseState *s, int label_throw);\n"
               "static void ns_emit_yield_star_return(JSParseState *s);\n",
    },
    {
        "name": "return without await",
        "file": "quickjs.c",
        "find": "static void emit_return(JSParseState *s, BOOL hasval)\n{\n    BlockEnv *top;\n\n"
                "    if (s->cur_func->func_kind != JS_FUNC_NORMAL) {\n",
        "put": "static void emit_return(JSParseState *s, BOOL hasval)\n{\n"
               "    ns_emit_return(s, hasval, true);\n}\n\n"
               "static void ns_emit_return(JSParseState *s, BOOL hasval, bool awaits)\n{\n    BlockEnv *top;\n\n"
               "    if (awaits && s->cur_func->func_kind != JS_FUNC_NORMAL) {\n",
    },
    {
        "name": "return out of async iteration",
        "file": "quickjs.c",
        "find": "                if (s->cur_func->func_kind == JS_FUNC_ASYNC_GENERATOR) {\n"
                "                    int label_next, label_next2;\n"
                "                    emit_op(s, OP_nip); /* next */\n"
                "                    emit_op(s, OP_swap);\n"
                "                    emit_op(s, OP_get_field2);\n"
                "                    emit_atom(s, JS_ATOM_return);\n"
                "                    /* stack: iter_obj return_func */\n"
                "                    emit_op(s, OP_dup);\n"
                "                    emit_op(s, OP_is_undefined_or_null);\n"
                "                    label_next = emit_goto(s, OP_if_true, -1);\n"
                "                    emit_op(s, OP_call_method);\n"
                "                    emit_u16(s, 0);\n"
                "                    emit_op(s, OP_iterator_check_object);\n"
                "                    emit_op(s, OP_await);\n"
                "                    label_next2 = emit_goto(s, OP_goto, -1);\n"
                "                    emit_label(s, label_next);\n"
                "                    emit_op(s, OP_drop);\n"
                "                    emit_label(s, label_next2);\n"
                "                    emit_op(s, OP_drop);\n",
        "put": "                if (top->ns_is_async) {\n"
               "                    emit_op(s, OP_nip); /* next */\n"
               "                    emit_op(s, OP_swap);\n"
               "                    ns_emit_async_close(s, true);\n",
    },
    {
        "name": "start of async iteration",
        "file": "quickjs.c",
        "find": "            emit_op(s, OP_for_await_of_start);\n        else\n"
                "            emit_op(s, OP_for_of_start);\n",
        "put": "            async_catch = ns_emit_for_await_start(s);\n        else\n"
               "            emit_op(s, OP_for_of_start);\n"
               "        break_entry.ns_is_async = is_async;\n",
    },
    {
        "name": "where async iteration catches",
        "file": "quickjs.c",
        "find": "    int label_next, label_expr, label_cont, label_body, label_break;\n    int pos_next, pos_expr;\n"
                "    BlockEnv break_entry;\n    const uint8_t *each_ptr",
        "put": "    int label_next, label_expr, label_cont, label_body, label_break;\n    int pos_next, pos_expr;\n"
               "    int async_catch = -1;\n"
               "    BlockEnv break_entry;\n    const uint8_t *each_ptr",
    },
    {
        "name": "end of async iteration",
        "file": "quickjs.c",
        "find": "    emit_label(s, label_break);\n    if (is_for_of) {\n        /* close and drop enum_rec */\n",
        "put": "    if (async_catch >= 0) {\n        ns_emit_for_await_end(s, label_break, async_catch);\n"
               "        pop_break_entry(s->cur_func);\n        pop_scope(s);\n        return 0;\n    }\n"
               "    emit_label(s, label_break);\n    if (is_for_of) {\n        /* close and drop enum_rec */\n",
    },
    {
        "name": "the catch offset of async iteration is put aside",
        "file": "quickjs.c",
        "find": "    sp[-1] = JS_UNDEFINED; /* disable the catch offset so that\n"
                "                              exceptions do not close the iterator */\n",
        "put": "    /* not a catch offset, so that exceptions do not close the iterator */\n"
               "    sp[-1] = JS_NewInt32(ctx, JS_VALUE_GET_INT(sp[-1]));\n",
    },
    {
        "name": "the catch offset of async iteration is put back",
        "file": "quickjs.c",
        "find": "    sp[-2] = JS_NewCatchOffset(ctx, 0); \n",
        "put": "    sp[-2] = JS_NewCatchOffset(ctx, JS_VALUE_GET_INT(sp[-2]));\n",
    },
    {
        "name": "return within yield* of an async generator",
        "file": "quickjs.c",
        "find": "            /* return handling */\n            if (is_async)\n                emit_op(s, OP_await);\n",
        "put": "            /* return handling */\n            if (is_async)\n"
               "                ns_emit_await_or_throw(s, label_throw);\n",
    },
    {
        "name": "return within yield* of an async generator, its value",
        "file": "quickjs.c",
        "find": "            emit_op(s, OP_get_field);\n            emit_atom(s, JS_ATOM_value);\n\n"
                "            emit_label(s, label_return1);\n"
                "            emit_op(s, OP_nip);\n            emit_op(s, OP_nip);\n            emit_op(s, OP_nip);\n"
                "            emit_return(s, TRUE);\n",
        "put": "            emit_op(s, OP_get_field);\n            emit_atom(s, JS_ATOM_value);\n"
               "            ns_emit_yield_star_return(s);\n\n"
               "            emit_label(s, label_return1);\n            if (is_async)\n"
               "                emit_op(s, OP_await);\n            ns_emit_yield_star_return(s);\n",
    },
    {
        "name": "a promise is resolved again",
        "file": "quickjs.c",
        "find": "    if (!s || s->presolved->already_resolved)\n        return JS_UNDEFINED;\n"
                "    s->presolved->already_resolved = TRUE;\n"
                "    is_reject = p->class_id - JS_CLASS_PROMISE_RESOLVE_FUNCTION;\n",
        "put": "    is_reject = p->class_id - JS_CLASS_PROMISE_RESOLVE_FUNCTION;\n"
               "    if (s && s->presolved->already_resolved)\n"
               "        ns_reject_again(ctx, s->promise, argc > 0 ? argv[0] : JS_UNDEFINED, is_reject);\n"
               "    if (!s || s->presolved->already_resolved)\n        return JS_UNDEFINED;\n"
               "    s->presolved->already_resolved = TRUE;\n",
    },
    {
        "name": "a promise is fulfilled or rejected, which V8 calls resolved",
        "file": "quickjs.c",
        "find": "    if (!s || s->promise_state != JS_PROMISE_PENDING)\n        return; /* should never happen */\n",
        "put": "    if (!s || s->promise_state != JS_PROMISE_PENDING)\n        return; /* should never happen */\n"
               "    ns_promise_event(ctx, NS_PROMISE_RESOLVE, promise);\n",
    },
    {
        "name": "V8's message for a promise that resolves to itself",
        "file": "quickjs.c",
        "find": '"promise self resolution"',
        "put": '"Chaining cycle detected for promise #<Promise>"',
    },
    {
        "name": "a promise that is resolved with a promise",
        "file": "quickjs.c",
        "find": "    if (js_create_resolving_functions(ctx, args, promise) < 0)\n        return JS_EXCEPTION;\n"
                "    ns_promise_event(ctx, NS_PROMISE_BEFORE, promise);\n",
        "put": "    bool ns_quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = ns_quiet || ns_is_then(then, thenable);\n"
               "    int ns_failed = js_create_resolving_functions(ctx, args, promise);\n    ctx->rt->ns.quiet = ns_quiet;\n"
               "    ns_thenable_job(ctx->rt, promise, ns_is_then(then, thenable));\n"
               "    if (ns_failed < 0)\n        return JS_EXCEPTION;\n"
               "    ns_promise_event(ctx, NS_PROMISE_BEFORE, promise);\n",
    },
]

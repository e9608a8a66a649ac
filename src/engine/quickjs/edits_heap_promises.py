"""What V8's builtins of promises allocate (builtins/promise-*.tq). Bodies are in heap_promises.c.inc.
See tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1, file="quickjs.c"):
    EDITS.append({"name": name, "file": file, "find": find, "put": put, "times": times})


# -- all, allSettled, any, race ---------------------------------------------------------------------
edit("what the elements of Promise.all share",
     "        values = JS_NewArray(ctx);\n        if (JS_IsException(values))\n            goto fail_reject;\n"
     "        resolve_element_env = JS_NewArray(ctx);\n        if (JS_IsException(resolve_element_env))\n            goto fail_reject;\n"
     "        /* remainingElementsCount field */\n"
     "        if (JS_DefinePropertyValueUint32(ctx, resolve_element_env, 0,\n                                         JS_NewInt32(ctx, 1),\n"
     "                                         JS_PROP_CONFIGURABLE | JS_PROP_ENUMERABLE | JS_PROP_WRITABLE) < 0)\n            goto fail_reject;\n",
     "        bool ns_quiet = ctx->rt->ns.quiet;\n        ctx->rt->ns.quiet = ns_quiet || is_promise_any;\n"
     "        values = JS_NewArray(ctx);\n        ctx->rt->ns.quiet = ns_quiet;\n"
     "        if (JS_IsException(values))\n            goto fail_reject;\n"
     "        resolve_element_env = ns_elements_context(ctx);\n"
     "        if (JS_IsException(resolve_element_env))\n            goto fail_reject;\n")
edit("a step of Promise.all",
     "            if (JS_IsException(item))\n                goto fail_reject;\n            if (done)\n                break;\n"
     "            next_promise = JS_Call(ctx, promise_resolve,\n                                   this_val, 1, (JSValueConst *)&item);\n"
     "            JS_FreeValue(ctx, item);\n            if (JS_IsException(next_promise)) {\n"
     "            fail_reject1:\n                JS_IteratorClose(ctx, iter, TRUE);\n                goto fail_reject;\n            }\n"
     "            resolve_element_data[0] = JS_NewBool(ctx, FALSE);\n",
     "            if (JS_IsException(item))\n                goto fail_reject;\n            ns_iterated(ctx->rt, iter);\n            if (done)\n                break;\n"
     "            next_promise = JS_Call(ctx, promise_resolve,\n                                   this_val, 1, (JSValueConst *)&item);\n"
     "            bool ns_alone = !is_promise_any && ns_same_object(item, next_promise);\n"
     "            JS_FreeValue(ctx, item);\n            if (JS_IsException(next_promise)) {\n"
     "            fail_reject1:\n                JS_IteratorClose(ctx, iter, TRUE);\n                goto fail_reject;\n            }\n"
     "            if (!is_promise_any)\n                ns_value_to_come(ctx, values, index);\n"
     "            resolve_element_data[0] = JS_NewBool(ctx, FALSE);\n")
edit("an error that Promise.any may have",
     "            } else if (magic == PROMISE_MAGIC_any) {\n                if (JS_DefinePropertyValueUint32(ctx, values, index,\n"
     "                                                 JS_UNDEFINED, JS_PROP_C_W_E) < 0)\n                    goto fail_reject1;\n",
     "            } else if (magic == PROMISE_MAGIC_any) {\n                if (ns_value_to_come(ctx, values, index) < 0)\n                    goto fail_reject1;\n")
edit("an element of Promise.all is waited for",
     "            ret = JS_InvokeFree(ctx, next_promise, JS_ATOM_then, 2, then_args);\n            JS_FreeValue(ctx, resolve_element);\n",
     "            ctx->rt->ns.no_promise = ns_alone;\n"
     "            ret = JS_InvokeFree(ctx, next_promise, JS_ATOM_then, 2, then_args);\n"
     "            ctx->rt->ns.no_promise = false;\n            JS_FreeValue(ctx, resolve_element);\n")
edit("all elements of Promise.all are waited for",
     "        is_zero = remainingElementsCount_add(ctx, resolve_element_env, -1);\n        if (is_zero < 0)\n            goto fail_reject;\n",
     "        if (!is_promise_any)\n            ns_elements_known(ctx->rt, values);\n"
     "        is_zero = remainingElementsCount_add(ctx, resolve_element_env, -1);\n        if (is_zero < 0)\n            goto fail_reject;\n")
edit("the first error of Promise.any",
     "    } else {\n        obj = JS_DupValue(ctx, argv[0]);\n    }\n    if (JS_DefinePropertyValueUint32(ctx, values, index,\n",
     "    } else {\n        obj = JS_DupValue(ctx, argv[0]);\n        if (resolve_type == PROMISE_MAGIC_any)\n            ns_errors_come(ctx->rt, values);\n    }\n"
     "    if (JS_DefinePropertyValueUint32(ctx, values, index,\n")
edit("what has become of an element",
     "        obj = JS_NewObject(ctx);\n        if (JS_IsException(obj))\n            return JS_EXCEPTION;\n"
     "        str = js_new_string8(ctx, is_reject ? \"rejected\" : \"fulfilled\");\n        if (JS_IsException(str))\n            goto fail1;\n",
     "        obj = JS_NewObject(ctx);\n        if (JS_IsException(obj))\n            return JS_EXCEPTION;\n"
     "        bool ns_quiet = ctx->rt->ns.quiet;\n        ctx->rt->ns.quiet = true;\n"
     "        str = js_new_string8(ctx, is_reject ? \"rejected\" : \"fulfilled\");\n        ctx->rt->ns.quiet = ns_quiet;\n"
     "        if (JS_IsException(str))\n            goto fail1;\n        ctx->rt->ns.computed = true;\n")
edit("what has become of an element is told",
     "                                   is_reject ? JS_ATOM_reason : JS_ATOM_value,\n                                   JS_DupValue(ctx, argv[0]),\n"
     "                                   JS_PROP_C_W_E) < 0) {\n        fail1:\n            JS_FreeValue(ctx, obj);\n            return JS_EXCEPTION;\n        }\n",
     "                                   is_reject ? JS_ATOM_reason : JS_ATOM_value,\n                                   JS_DupValue(ctx, argv[0]),\n"
     "                                   JS_PROP_C_W_E) < 0) {\n        fail1:\n            ctx->rt->ns.computed = false;\n"
     "            JS_FreeValue(ctx, obj);\n            return JS_EXCEPTION;\n        }\n        ctx->rt->ns.computed = false;\n")
edit("a step of Promise.race",
     "            if (JS_IsException(item))\n                goto fail_reject;\n            if (done)\n                break;\n"
     "            next_promise = JS_Call(ctx, promise_resolve,\n                                   this_val, 1, (JSValueConst *)&item);\n"
     "            JS_FreeValue(ctx, item);\n            if (JS_IsException(next_promise)) {\n"
     "            fail_reject1:\n                JS_IteratorClose(ctx, iter, TRUE);\n                goto fail_reject;\n            }\n"
     "            ret = JS_InvokeFree(ctx, next_promise, JS_ATOM_then, 2,\n",
     "            if (JS_IsException(item))\n                goto fail_reject;\n            ns_iterated(ctx->rt, iter);\n            if (done)\n                break;\n"
     "            next_promise = JS_Call(ctx, promise_resolve,\n                                   this_val, 1, (JSValueConst *)&item);\n"
     "            JS_FreeValue(ctx, item);\n            if (JS_IsException(next_promise)) {\n"
     "            fail_reject1:\n                JS_IteratorClose(ctx, iter, TRUE);\n                goto fail_reject;\n            }\n"
     "            ret = JS_InvokeFree(ctx, next_promise, JS_ATOM_then, 2,\n")
edit("the capability of Promise.race",
     "        next_method = JS_GetProperty(ctx, iter, JS_ATOM_next);\n        if (JS_IsException(next_method))\n            goto fail_reject;\n\n"
     "        for(;;) {\n",
     "        next_method = JS_GetProperty(ctx, iter, JS_ATOM_next);\n        if (JS_IsException(next_method))\n            goto fail_reject;\n"
     "        ns_words(ctx->rt, JS_VALUE_GET_PTR(result_promise), NS_CAPABILITY_WORDS, 0);\n\n"
     "        for(;;) {\n")

# -- finally ------------------------------------------------------------------------------------------
edit("what both functions of finally share",
     "    JS_FreeValue(ctx, ctor);\n    ret = JS_Invoke(ctx, this_val, JS_ATOM_then, 2, (JSValueConst *)then_funcs);\n",
     "    JS_FreeValue(ctx, ctor);\n    if (JS_IsFunction(ctx, onFinally))\n"
     "        ns_words(ctx->rt, JS_VALUE_GET_PTR(then_funcs[0]), NS_FINALLY_CONTEXT_WORDS, 0);\n"
     "    ret = JS_Invoke(ctx, this_val, JS_ATOM_then, 2, (JSValueConst *)then_funcs);\n")
edit("what passes a value on behind finally",
     "    ret = JS_InvokeFree(ctx, promise, JS_ATOM_then, 1, (JSValueConst *)&then_func);\n",
     "    ns_words(ctx->rt, JS_VALUE_GET_PTR(then_func), NS_CATCH_CONTEXT_WORDS, 0);\n"
     "    ret = JS_InvokeFree(ctx, promise, JS_ATOM_then, 1, (JSValueConst *)&then_func);\n")

# -- for await ----------------------------------------------------------------------------------------
edit("what unwraps the values of an iterator that is none of an async one",
     "    return JS_NewCFunctionData(ctx, js_async_from_sync_iterator_unwrap,\n                               1, 0, 1, func_data);\n",
     "    JSValue ns_func = JS_NewCFunctionData(ctx, js_async_from_sync_iterator_unwrap,\n                                          1, 0, 1, func_data);\n"
     "    if (!JS_IsException(ns_func)) // and its context\n"
     "        ns_words(ctx->rt, JS_VALUE_GET_PTR(ns_func), NS_CATCH_CONTEXT_WORDS, 0);\n    return ns_func;\n")

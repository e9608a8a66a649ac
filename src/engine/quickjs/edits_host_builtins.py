"""Builtins: V8 11.3 has neither more nor less (tests/engine/test_host_builtins.c compares with the real
node). See tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1):
    EDITS.append({"name": name, "file": "quickjs.c", "find": find, "put": put, "times": times})


# -- What V8 11.3 does not have -------------------------------------------------------------------
for line in (
    '    JS_CFUNC_MAGIC_DEF("groupBy", 2, js_object_groupBy, 0 ),\n',
    '    JS_CFUNC_MAGIC_DEF("groupBy", 2, js_object_groupBy, 1 ),\n',
    '    JS_CFUNC_DEF("withResolvers", 0, js_promise_withResolvers ),\n',
    '    JS_CFUNC_DEF("__getClass", 1, js_object___getClass ),\n',
    '    JS_CFUNC_DEF("__quote", 1, js_string___quote ),\n',
    '    JS_CGETSET_DEF("fileName", js_function_proto_fileName, NULL ),\n',
    '    JS_CGETSET_MAGIC_DEF("lineNumber", js_function_proto_lineNumber, NULL, 0 ),\n',
    '    JS_CGETSET_MAGIC_DEF("columnNumber", js_function_proto_lineNumber, NULL, 1 ),\n',
):
    edit("absent in V8 11.3", line, "")
edit("InternalError is not global",
     "        JS_NewGlobalCConstructor2(ctx, func_obj, native_error_name[i],\n",
     "        if (i == JS_INTERNAL_ERROR) {\n            JS_SetConstructor(ctx, func_obj, ctx->native_error_proto[i]);\n"
     "            JS_FreeValue(ctx, func_obj);\n            continue;\n        }\n"
     "        JS_NewGlobalCConstructor2(ctx, func_obj, native_error_name[i],\n")

# -- What QuickJS does not have -------------------------------------------------------------------
edit("BigInt.prototype.toLocaleString",
     '    JS_CFUNC_DEF("toString", 0, js_bigint_toString ),\n',
     '    JS_CFUNC_DEF("toString", 0, js_bigint_toString ),\n'
     '    JS_CFUNC_DEF("toLocaleString", 0, ns_bigint_to_locale_string ),\n')
edit("text of a native function", '        suff = "() {\\n    [native code]\\n}";\n',
     "        return ns_native_text(ctx, p, func_kind);\n        suff = \"\";\n")
edit("text of a compiled function",
     "        if (b->has_debug && b->debug.source) {\n            return JS_NewStringLen(",
     "        if (b->ns_is_wrapped)\n            return ns_wrapped_text(ctx, b);\n"
     "        if (b->has_debug && b->debug.source) {\n            return JS_NewStringLen(")
edit("compiled functions are marked",
     "    /* XXX: 10 bits available */\n    uint8_t *byte_code_buf; /* (self pointer) */\n",
     "    uint8_t ns_is_wrapped : 1; /* ns_compile_function made it */\n"
     "    uint8_t ns_eager : 1;      /* V8 compiles it with what is around it */\n"
     "    uint8_t ns_cached : 1;     /* V8 has it compiled, from a cache */\n"
     "    uint8_t ns_awaits; /* NS_AWAITS_*, once it is known */\n"
     "    /* XXX: 10 bits available */\n    uint8_t *byte_code_buf; /* (self pointer) */\n")

# -- Matches that RegExp keeps (RegExp.$1) --------------------------------------------------------
edit("the last match, exec",
     "    } else {\n        int prop_flags;\n        if (re_flags & (LRE_FLAG_GLOBAL | LRE_FLAG_STICKY)) {\n",
     "    } else {\n        int prop_flags;\n"
     "        ns_keep_match(ctx, str_val, capture, capture_count, str_buf, shift);\n"
     "        if (re_flags & (LRE_FLAG_GLOBAL | LRE_FLAG_STICKY)) {\n")
edit("the last match, replace",
     "        start = (capture[0] - str_buf) >> shift;\n        end = (capture[1] - str_buf) >> shift;\n"
     "        last_index = end;\n",
     "        start = (capture[0] - str_buf) >> shift;\n        end = (capture[1] - str_buf) >> shift;\n"
     "        ns_keep_match(ctx, str_val, capture, capture_count, str_buf, shift);\n"
     "        last_index = end;\n")
edit("accessors of the last match",
     "static const JSCFunctionListEntry js_regexp_funcs[] = {\n",
     "static const JSCFunctionListEntry js_regexp_funcs[] = {\n" + "".join(
         f'    JS_CGETSET_MAGIC_DEF("{name}", ns_match_get, ns_match_set, {magic} ),\n'
         for name, magic in [("input", 10), ("$_", 10), ("lastMatch", 11), ("$&", 11), ("lastParen", 12),
                             ("$+", 12), ("leftContext", 13), ("$`", 13), ("rightContext", 14),
                             ("$'", 14)] + [(f"${i}", i) for i in range(1, 10)]))

# -- WeakRef --------------------------------------------------------------------------------------
edit("a new WeakRef keeps its target (AddToKeptObjects)",
     "    wrd->target = js_weakref_new(ctx, arg);\n    wrd->weakref_header.weakref_type = JS_WEAKREF_TYPE_WEAKREF;\n",
     "    ns_keep_alive(ctx, arg);\n"
     "    wrd->target = js_weakref_new(ctx, arg);\n    wrd->weakref_header.weakref_type = JS_WEAKREF_TYPE_WEAKREF;\n")
edit("a WeakRef that was read keeps its target",
     "    if (js_weakref_is_live(wrd->target)) \n        return JS_DupValue(ctx, wrd->target);\n",
     "    if (js_weakref_is_live(wrd->target)) {\n        ns_keep_alive(ctx, wrd->target);\n"
     "        return JS_DupValue(ctx, wrd->target);\n    }\n")
edit("callbacks of FinalizationRegistry are tasks",
     "            JS_EnqueueJob(frd->ctx, js_finrec_job, 2, args);\n",
     "            ns_enqueue_cleanup(frd->ctx, js_finrec_job, args);\n")
edit("tasks of FinalizationRegistry",
     "    struct list_head job_list; /* list of JSJobEntry.link */\n",
     "    struct list_head job_list; /* list of JSJobEntry.link */\n"
     "    struct list_head ns_cleanup; /* the same: callbacks of FinalizationRegistry */\n")
edit("tasks of FinalizationRegistry, none",
     "    init_list_head(&rt->job_list);\n\n    if (JS_InitAtoms(rt))\n",
     "    init_list_head(&rt->job_list);\n    init_list_head(&rt->ns_cleanup);\n\n    if (JS_InitAtoms(rt))\n")
edit("tasks of FinalizationRegistry are freed",
     "    list_for_each_safe(el, el1, &rt->job_list) {\n        JSJobEntry *e = list_entry(el, JSJobEntry, link);\n"
     "        for(i = 0; i < e->argc; i++)\n            JS_FreeValueRT(",
     "    while (!list_empty(&rt->ns_cleanup)) {\n        struct list_head *job = rt->ns_cleanup.next;\n"
     "        list_del(job);\n        list_add_tail(job, &rt->job_list);\n    }\n"
     "    list_for_each_safe(el, el1, &rt->job_list) {\n        JSJobEntry *e = list_entry(el, JSJobEntry, link);\n"
     "        for(i = 0; i < e->argc; i++)\n            JS_FreeValueRT(")

# -- Array.prototype.sort is V8's (host_sort.c.inc) ---------------------------------------------------
edit("a sort",
     "    rqsort(array, pos, sizeof(*array), js_array_cmp_generic, &asc);\n",
     "    ns_sort(&asc, obj, array, pos, len);\n")
edit("a sort, declared",
     "static int js_array_cmp_generic(const void *a, const void *b, void *opaque) {\n",
     "static void ns_sort(struct array_sort_context *compare, JSValueConst array, ValueSlot *slots,\n"
     "                    size_t count, int64_t length);\n\n"
     "static int js_array_cmp_generic(const void *a, const void *b, void *opaque) {\n")
edit("a comparison of a value with itself, which V8 makes",
     "        if (!memcmp(&ap->val, &bp->val, sizeof(ap->val)))\n            goto cmp_same;\n", "")
edit("a comparison of equals",
     "    if (cmp != 0)\n        return cmp;\ncmp_same:\n    /* make sort stable: compare array offsets */\n"
     "    return (ap->pos > bp->pos) - (ap->pos < bp->pos);\n",
     "    return cmp;\n")
edit("what a comparator returns",
     "        res = JS_Call(ctx, psc->method, JS_UNDEFINED, 2, argv);\n        if (JS_IsException(res))\n            goto exception;\n"
     "        if (JS_VALUE_GET_TAG(res) == JS_TAG_INT) {\n",
     "        res = JS_Call(ctx, psc->method, JS_UNDEFINED, 2, argv);\n        if (JS_IsException(res))\n            goto exception;\n"
     "        if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(res)))\n            ns_returned_double(ctx->rt, psc->method, res);\n"
     "        if (JS_VALUE_GET_TAG(res) == JS_TAG_INT) {\n")

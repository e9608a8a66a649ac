"""Strings as V8's builtins make them, and where ConsStrings are flattened. Bodies are in heap_strings.c.inc.
See tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1, file="quickjs.c"):
    EDITS.append({"name": name, "file": file, "find": find, "put": put, "times": times})


# -- Replacing --------------------------------------------------------------------------------------
edit("a part that is replaced",
     "        string_buffer_concat(b, sp, endOfLastMatch, pos);\n        string_buffer_concat_value_free(b, repl_str);\n"
     "        endOfLastMatch = pos + searchp->len;\n        is_first = FALSE;\n",
     "        ns_flatten(ctx->rt, sp);\n        if (JS_VALUE_GET_TAG(repl_str) == JS_TAG_STRING)\n"
     "            ns_made = ns_replaced(ctx->rt, ns_made, (uint32_t)(pos - endOfLastMatch), JS_VALUE_GET_STRING(repl_str)->len);\n"
     "        string_buffer_concat(b, sp, endOfLastMatch, pos);\n        string_buffer_concat_value_free(b, repl_str);\n"
     "        endOfLastMatch = pos + searchp->len;\n        is_first = FALSE;\n")
edit("a part that is replaced, first",
     "    endOfLastMatch = 0;\n    is_first = TRUE;\n    for(;;) {\n        if (unlikely(searchp->len == 0)) {\n",
     "    endOfLastMatch = 0;\n    is_first = TRUE;\n    uint32_t ns_made = 0;\n"
     "    for(;;) {\n        if (unlikely(searchp->len == 0)) {\n")
edit("what is behind the last part that is replaced",
     "    string_buffer_concat(b, sp, endOfLastMatch, sp->len);\n    JS_FreeValue(ctx, search_str);\n"
     "    JS_FreeValue(ctx, replaceValue_str);\n    JS_FreeValue(ctx, str);\n    return string_buffer_end(b);\n",
     "    string_buffer_concat(b, sp, endOfLastMatch, sp->len);\n    uint32_t ns_left = sp->len - (uint32_t)endOfLastMatch;\n"
     "    JS_FreeValue(ctx, search_str);\n    JS_FreeValue(ctx, replaceValue_str);\n    JS_FreeValue(ctx, str);\n"
     "    JSValue ns_result = string_buffer_end(b);\n    ns_replaced_last(ctx->rt, ns_result, ns_made, ns_left);\n"
     "    return ns_result;\n")

edit("what replaces a part, as it stands",
     "            repl_str = js_string___GetSubstitution(ctx, JS_UNDEFINED, 6, args);\n        }\n"
     "        if (JS_IsException(repl_str))\n            goto exception;\n\n",
     "            bool ns_quiet = ctx->rt->ns.quiet;\n            ctx->rt->ns.quiet = true;\n"
     "            repl_str = js_string___GetSubstitution(ctx, JS_UNDEFINED, 6, args);\n            ctx->rt->ns.quiet = ns_quiet;\n"
     "        }\n        if (JS_IsException(repl_str))\n            goto exception;\n\n")

edit("a rope is balanced", "        res2 = js_rebalancee_string_rope(ctx, res);\n",
     "        res2 = ns_rope_balanced(ctx, res);\n")

# -- JSON ---------------------------------------------------------------------------------------------
edit("a text of JSON",
     "done:\n    JS_FreeValue(ctx, wrapper);\n    JS_FreeValue(ctx, jsc->empty);\n",
     "done:\n    ns_built(ctx->rt, ret);\n    JS_FreeValue(ctx, wrapper);\n    JS_FreeValue(ctx, jsc->empty);\n")
edit("a number in JSON",
     "        val = s->token.u.num.val;\n        if (json_next_token(s))\n",
     "        val = s->token.u.num.val;\n        if (JS_TAG_IS_FLOAT64(JS_VALUE_GET_TAG(val)))\n            ns_box(ctx->rt);\n"
     "        if (json_next_token(s))\n")
edit("the object that holds what JSON.stringify is given, for a replacer",
     "    wrapper = JS_NewObject(ctx);\n    if (JS_IsException(wrapper))\n        goto exception;\n",
     "    bool ns_quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = ns_quiet || !JS_IsFunction(ctx, replacer);\n"
     "    wrapper = JS_NewObject(ctx);\n    ctx->rt->ns.quiet = ns_quiet;\n    if (JS_IsException(wrapper))\n        goto exception;\n")
edit("the objects that JSON.stringify has visited",
     "    jsc->stack = JS_NewArray(ctx);\n    if (JS_IsException(jsc->stack))\n        goto exception;\n"
     "    if (JS_IsFunction(ctx, replacer)) {\n",
     "    bool ns_outer = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = true;\n    jsc->stack = JS_NewArray(ctx);\n"
     "    ctx->rt->ns.quiet = ns_outer;\n    if (JS_IsException(jsc->stack))\n        goto exception;\n"
     "    if (JS_IsFunction(ctx, replacer)) {\n")
edit("the keys that a reviver is called for",
     "            ret = JS_GetOwnPropertyNamesInternal(ctx, &atoms, &len, JS_VALUE_GET_OBJ(val), JS_GPN_ENUM_ONLY | JS_GPN_STRING_MASK);\n"
     "            if (ret < 0)\n                goto fail;\n        }\n        for(i = 0; i < len; i++) {\n            if (is_array) {\n",
     "            ret = JS_GetOwnPropertyNamesInternal(ctx, &atoms, &len, JS_VALUE_GET_OBJ(val), JS_GPN_ENUM_ONLY | JS_GPN_STRING_MASK);\n"
     "            if (ret < 0)\n                goto fail;\n            ns_garbage(ctx->rt, NS_FIXED_ARRAY_WORDS + (uint64_t)len);\n"
     "        }\n        for(i = 0; i < len; i++) {\n            if (is_array) {\n")

edit("the text of JSON.parse",
     "    str = JS_ToCStringLen(ctx, &len, argv[0]);\n    if (!str)\n        return JS_EXCEPTION;\n    obj = JS_ParseJSON(",
     "    ns_flatten_value(ctx->rt, argv[0]);\n"
     "    str = JS_ToCStringLen(ctx, &len, argv[0]);\n    if (!str)\n        return JS_EXCEPTION;\n    obj = JS_ParseJSON(")

# -- Flattening ---------------------------------------------------------------------------------------
edit("a character of a string",
     "                    idx = __JS_AtomToUInt32(prop);\n                    if (idx < p1->len) {\n"
     "                        return js_new_string_char(ctx, string_get(p1, idx));\n",
     "                    idx = __JS_AtomToUInt32(prop);\n                    ns_flatten(ctx->rt, p1);\n                    if (idx < p1->len) {\n"
     "                        return js_new_string_char(ctx, string_get(p1, idx));\n")
edit("strings that are compared",
     "            res = js_string_compare(ctx, JS_VALUE_GET_STRING(op1),\n",
     "            ns_flatten_compared(ctx->rt, op1, op2, false);\n"
     "            res = js_string_compare(ctx, JS_VALUE_GET_STRING(op1),\n")
edit("strings of the same length",
     "                res = (js_string_compare(ctx, JS_VALUE_GET_STRING(op1),\n",
     "                ns_flatten_compared(ctx->rt, op1, op2, true);\n"
     "                res = (js_string_compare(ctx, JS_VALUE_GET_STRING(op1),\n")
edit("a name of a property is a string",
     "static JSAtom JS_NewAtomStr(JSContext *ctx, JSString *p)\n{\n    JSRuntime *rt = ctx->rt;\n    uint32_t n;\n",
     "static JSAtom JS_NewAtomStr(JSContext *ctx, JSString *p)\n{\n    JSRuntime *rt = ctx->rt;\n    uint32_t n;\n"
     "    ns_flatten(rt, p);\n")
edit("the input of a regular expression",
     "    str_val = JS_ToString(ctx, argv[0]);\n    if (JS_IsException(str_val))\n        return JS_EXCEPTION;\n\n"
     "    ret = JS_EXCEPTION;\n    obj = JS_NULL;\n    groups = JS_UNDEFINED;\n",
     "    str_val = JS_ToString(ctx, argv[0]);\n    if (JS_IsException(str_val))\n        return JS_EXCEPTION;\n"
     "    ns_flatten_value(ctx->rt, str_val);\n\n"
     "    ret = JS_EXCEPTION;\n    obj = JS_NULL;\n    groups = JS_UNDEFINED;\n")
edit("a rope with a longer last part",
     "                    val = JS_ConcatString2(ctx, JS_DupValue(ctx, r1->right), op2);\n"
     "                    if (JS_IsException(val)) {\n                        JS_FreeValue(ctx, op1);\n                        return JS_EXCEPTION;\n                    }\n"
     "                    ret = js_new_string_rope(ctx, JS_DupValue(ctx, r1->left), val);\n",
     "                    bool quiet = ctx->rt->ns.quiet;\n                    ctx->rt->ns.quiet = true;\n"
     "                    int ns_piece = ns_piece_words(ctx->rt, op2);\n"
     "                    val = JS_ConcatString2(ctx, JS_DupValue(ctx, r1->right), op2);\n                    ctx->rt->ns.quiet = quiet;\n"
     "                    if (JS_IsException(val)) {\n                        JS_FreeValue(ctx, op1);\n                        return JS_EXCEPTION;\n                    }\n"
     "                    ret = js_new_string_rope(ctx, JS_DupValue(ctx, r1->left), val);\n"
     "                    ns_rope_grows(ctx->rt, ret, op1);\n"
     "                    if (JS_VALUE_GET_TAG(ret) == JS_TAG_STRING_ROPE)\n"
     "                        ns_words(ctx->rt, JS_VALUE_GET_PTR(ret), ns_piece, -ns_piece);\n")
edit("a character of a rope",
     "                    idx = __JS_AtomToUInt32(prop);\n                    if (idx < p1->len) {\n"
     "                        return js_new_string_char(ctx, string_rope_get(obj, idx));\n",
     "                    idx = __JS_AtomToUInt32(prop);\n                    ns_rope_flattens(ctx->rt, p1);\n"
     "                    if (idx < p1->len) {\n"
     "                        return js_new_string_char(ctx, string_rope_get(obj, idx));\n")
edit("a rope that is made flat",
     "    if (string_buffer_concat_value(b, rope))\n        goto fail;\n    ret = string_buffer_end(b);\n",
     "    if (string_buffer_concat_value(b, rope))\n        goto fail;\n    ns_rope_flattens(ctx->rt, r);\n"
     "    bool ns_quiet = ctx->rt->ns.quiet; /* the rope's block stands for it, if it stays */\n"
     "    ctx->rt->ns.quiet = ns_quiet || r->header.ref_count > 1;\n"
     "    ret = string_buffer_end(b);\n    ctx->rt->ns.quiet = ns_quiet;\n")
edit("a string that is added to a variable",
     "                        op2 = JS_ConcatString(ctx, JS_DupValue(ctx, *pv), op2);\n                        if (JS_IsException(op2))\n                            goto exception;\n"
     "                        set_value(ctx, pv, op2);\n",
     "                        rt->ns.growing = true;\n                        op2 = JS_ConcatString(ctx, JS_DupValue(ctx, *pv), op2);\n"
     "                        rt->ns.growing = false;\n                        if (JS_IsException(op2))\n                            goto exception;\n"
     "                        set_value(ctx, pv, op2);\n")
edit("a string that is added to a variable with a rope",
     "                    if (js_add_slow(ctx, ops + 2))\n                        goto exception;\n                    set_value(ctx, pv, ops[0]);\n",
     "                    rt->ns.growing = JS_VALUE_GET_TAG(*pv) == JS_TAG_STRING_ROPE && !JS_IsObject(ops[1]);\n"
     "                    int failed = js_add_slow(ctx, ops + 2);\n                    rt->ns.growing = false;\n"
     "                    if (failed)\n                        goto exception;\n                    set_value(ctx, pv, ops[0]);\n")
edit("strings that are added",
     "                    sp[-2] = JS_ConcatString(ctx, op1, op2);\n",
     "                    rt->ns.growing = ns_overwritten(pc, op1, var_buf, arg_buf, var_refs);\n"
     "                    sp[-2] = JS_ConcatString(ctx, op1, op2);\n                    rt->ns.growing = false;\n")
edit("a string and something else that are added",
     "                add_slow:\n                    sf->cur_pc = pc;\n                    if (js_add_slow(ctx, sp))\n                        goto exception;\n",
     "                add_slow:\n                    sf->cur_pc = pc;\n"
     "                    rt->ns.growing = JS_IsString(op1) && !JS_IsObject(op2) && ns_overwritten(pc, op1, var_buf, arg_buf, var_refs);\n"
     "                    int failed = js_add_slow(ctx, sp);\n                    rt->ns.growing = false;\n"
     "                    if (failed)\n                        goto exception;\n")

"""What V8's builtins allocate, where QuickJS's do it differently. Bodies are in heap_builtins.c.inc.
See tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1, file="quickjs.c"):
    EDITS.append({"name": name, "file": file, "find": find, "put": put, "times": times})


# -- Arrays of a known length ---------------------------------------------------------------------
edit("an array that is constructed",
     "    obj = js_create_from_ctor(ctx, new_target, JS_CLASS_ARRAY);\n",
     "    ns_array_constructs(ctx->rt, new_target);\n    obj = js_create_from_ctor(ctx, new_target, JS_CLASS_ARRAY);\n"
     "    ns_array_object_made(ctx->rt, obj);\n")
edit("an array is constructed",
     "    return obj;\nfail:\n    JS_FreeValue(ctx, obj);\n    return JS_EXCEPTION;\n}\n\nstatic JSValue js_array_from(",
     "    ns_array_constructed(ctx->rt);\n    return obj;\nfail:\n    ns_array_constructed(ctx->rt);\n    JS_FreeValue(ctx, obj);\n"
     "    return JS_EXCEPTION;\n}\n\nstatic JSValue js_array_from(")
edit("a derived class without a constructor hands its arguments on",
     "                ret = JS_CallConstructor2(ctx, super, new_target, argc, (JSValueConst *)argv);\n",
     "                if (code->tier != NS_TIER_TURBOFAN) // constructor(...args) { super(...args); }\n"
     "                    ns_garbage(rt, NS_ARRAY_WORDS + (argc ? NS_FIXED_ARRAY_WORDS + (uint64_t)argc : 0));\n"
     "                ret = JS_CallConstructor2(ctx, super, new_target, argc, (JSValueConst *)argv);\n")
edit("rest parameters fit",
     "    val = JS_NewArray(ctx);\n    if (JS_IsException(val))\n        return val;\n    for (i = first; i < argc; i++) {\n",
     "    val = JS_NewArray(ctx);\n    if (JS_IsException(val))\n        return val;\n"
     "    if (argc > first)\n        ns_elements_fit(ctx, val, (uint32_t)(argc - first));\n"
     "    for (i = first; i < argc; i++) {\n")
edit("the properties of an object fit",
     "    r = JS_NewArray(ctx);\n    if (JS_IsException(r))\n        goto exception;\n    for(j = i = 0; i < len; i++) {\n",
     "    r = JS_NewArray(ctx);\n    if (JS_IsException(r))\n        goto exception;\n"
     "    ns_elements_fit(ctx, r, len);\n    for(j = i = 0; i < len; i++) {\n")
edit("a pair of key and value fits",
     "            val = JS_NewArray(ctx);\n            if (JS_IsException(val))\n                goto exception;\n"
     "            key = JS_AtomToValue(ctx, atom);\n",
     "            val = JS_NewArray(ctx);\n            if (JS_IsException(val))\n                goto exception;\n"
     "            ns_elements_fit(ctx, val, 2);\n            key = JS_AtomToValue(ctx, atom);\n")
edit("concatenated arrays fit",
     "    arr = JS_ArraySpeciesCreate(ctx, obj, JS_NewInt32(ctx, 0));\n    if (JS_IsException(arr))\n        goto exception;\n"
     "    n = 0;\n    for (i = -1; i < argc; i++) {\n",
     "    arr = JS_ArraySpeciesCreate(ctx, obj, JS_NewInt32(ctx, 0));\n    if (JS_IsException(arr))\n        goto exception;\n"
     "    ns_elements_fit(ctx, arr, ns_concatenated(obj, argc, argv));\n"
     "    n = 0;\n    for (i = -1; i < argc; i++) {\n")
edit("the length of an array is set",
     "            p->u.array.count = len;\n        }\n        p->prop[0].u.value = JS_NewUint32(ctx, len);\n    } else {\n"
     "        /* Note: length is always a uint32 because the object is an\n           array */\n",
     "            p->u.array.count = len;\n            ns_elements_cut(ctx, p, old_len);\n        }\n"
     "        p->prop[0].u.value = JS_NewUint32(ctx, len);\n    } else {\n"
     "        /* Note: length is always a uint32 because the object is an\n           array */\n")
edit("the length of an array with holes is set",
     "        set_value(ctx, &p->prop[0].u.value, JS_NewUint32(ctx, cur_len));\n        if (unlikely(cur_len > len)) {\n",
     "        set_value(ctx, &p->prop[0].u.value, JS_NewUint32(ctx, cur_len));\n        if (cur_len == 0)\n            ns_array_restarts(ctx->rt, p);\n"
     "        if (unlikely(cur_len > len)) {\n")
edit("an array that is popped",
     "                res = arrp[count32 - 1];\n                p->u.array.count--;\n",
     "                res = arrp[count32 - 1];\n                p->u.array.count--;\n"
     "                ns_elements_shrink(ctx, p);\n")

edit("elements of mapped arguments",
     "    p = JS_VALUE_GET_OBJ(val);\n\n    /* add the length field (cannot fail) */\n    pr = add_property(ctx, p, JS_ATOM_length,\n"
     "                      JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);\n    if (unlikely(!pr))\n        goto fail;\n"
     "    pr->u.value = JS_NewInt32(ctx, argc);\n\n    for(i = 0; i < arg_count; i++) {\n",
     "    p = JS_VALUE_GET_OBJ(val);\n    ns_mapped_arguments(ctx->rt, p, argc, arg_count);\n\n"
     "    /* add the length field (cannot fail) */\n    pr = add_property(ctx, p, JS_ATOM_length,\n"
     "                      JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);\n    if (unlikely(!pr))\n        goto fail;\n"
     "    pr->u.value = JS_NewInt32(ctx, argc);\n\n    for(i = 0; i < arg_count; i++) {\n")

# -- Lists of what is iterated over -------------------------------------------------------------------
edit("a list that is spread",
     "        if (len != count32)\n            goto general_case;\n        /* Handle fast arrays explicitly */\n",
     "        if (len != count32)\n            goto general_case;\n        if (pos == 0)\n            ns_elements_fit(ctx, sp[-3], count32);\n"
     "        /* Handle fast arrays explicitly */\n")
edit("something else that is spread",
     "    general_case:\n        for (;;) {\n            BOOL done;\n            value = JS_IteratorNext(ctx, enumobj, method, 0, NULL, &done);\n",
     "    general_case:\n        if (pos == 0)\n            ns_list_begins(ctx, sp[-3], sp[-1]);\n"
     "        for (;;) {\n            BOOL done;\n            value = JS_IteratorNext(ctx, enumobj, method, 0, NULL, &done);\n")
edit("something else was spread",
     "    /* Note: could raise an error if too many elements */\n    sp[-2] = JS_NewInt32(ctx, pos);\n",
     "    ns_list_ends(ctx, sp[-3]);\n    /* Note: could raise an error if too many elements */\n    sp[-2] = JS_NewInt32(ctx, pos);\n")
edit("spreading fails",
     "exception:\n    JS_IteratorClose(ctx, enumobj, TRUE);\n    JS_FreeValue(ctx, enumobj);\n    JS_FreeValue(ctx, method);\n    return -1;\n",
     "exception:\n    ctx->rt->ns.list = NS_LIST_NONE;\n    JS_IteratorClose(ctx, enumobj, TRUE);\n    JS_FreeValue(ctx, enumobj);\n    JS_FreeValue(ctx, method);\n    return -1;\n")
edit("Array.from",
     "        enum_obj = JS_GetIterator2(ctx, items, iter);\n        if (JS_IsException(enum_obj))\n            goto exception;\n"
     "        next_method = JS_GetProperty(ctx, enum_obj, JS_ATOM_next);\n        if (JS_IsException(next_method))\n            goto exception;\n"
     "        for (k = 0;; k++) {\n",
     "        if (!mapping)\n            ns_list_begins(ctx, r, items);\n"
     "        ctx->rt->ns.skip = ctx->rt->ns.list ? NS_SKIP_ITERATOR : NS_SKIP_NONE;\n"
     "        enum_obj = JS_GetIterator2(ctx, items, iter);\n        ctx->rt->ns.skip = NS_SKIP_NONE;\n"
     "        if (JS_IsException(enum_obj))\n            goto exception;\n"
     "        next_method = JS_GetProperty(ctx, enum_obj, JS_ATOM_next);\n        if (JS_IsException(next_method))\n            goto exception;\n"
     "        for (k = 0;; k++) {\n")
edit("the end of Array.from",
     " done:\n    JS_FreeValue(ctx, arrayLike);\n    JS_FreeValue(ctx, iter);\n",
     " done:\n    ns_list_ends(ctx, r);\n    JS_FreeValue(ctx, arrayLike);\n    JS_FreeValue(ctx, iter);\n")
edit("what a typed array is made of",
     "    iter = JS_GetIterator2(ctx, obj, method);\n    if (JS_IsException(iter))\n        goto fail;\n"
     "    next_method = JS_GetProperty(ctx, iter, JS_ATOM_next);\n    if (JS_IsException(next_method))\n        goto fail;\n    k = 0;\n",
     "    ns_list_begins(ctx, arr, obj);\n    ctx->rt->ns.skip = ctx->rt->ns.list ? NS_SKIP_ITERATOR : NS_SKIP_NONE;\n"
     "    iter = JS_GetIterator2(ctx, obj, method);\n    ctx->rt->ns.skip = NS_SKIP_NONE;\n    if (JS_IsException(iter))\n        goto fail;\n"
     "    next_method = JS_GetProperty(ctx, iter, JS_ATOM_next);\n    if (JS_IsException(next_method))\n        goto fail;\n    k = 0;\n")
edit("what a typed array was made of",
     "    JS_FreeValue(ctx, next_method);\n    JS_FreeValue(ctx, iter);\n    *plen = k;\n    return arr;\n fail:\n",
     "    JS_FreeValue(ctx, next_method);\n    JS_FreeValue(ctx, iter);\n    *plen = k;\n    ns_list_ends(ctx, arr);\n    return arr;\n"
     " fail:\n    ctx->rt->ns.list = NS_LIST_NONE;\n")
edit("what a Map or Set is made of",
     "            item = JS_IteratorNext(ctx, iter, next_method, 0, NULL, &done);\n            if (JS_IsException(item))\n                goto fail;\n"
     "            if (done)\n                break;\n            if (is_set) {\n",
     "            item = JS_IteratorNext(ctx, iter, next_method, 0, NULL, &done);\n            if (JS_IsException(item))\n                goto fail;\n"
     "            ns_collected(ctx->rt, arr, is_set);\n            if (done)\n                break;\n            if (is_set) {\n")
edit("a splice makes room",
     "        new_len = len + item_count - del_count;\n        if (item_count != del_count) {\n",
     "        new_len = len + item_count - del_count;\n        if (item_count > del_count &&\n"
     "            ns_elements_spliced(ctx, obj, len, start, del_count, item_count, argv + 2)) {\n            JS_FreeValue(ctx, obj);\n            return arr;\n        }\n"
     "        if (item_count != del_count) {\n")
edit("a bound function",
     "    bf = js_malloc(ctx, sizeof(*bf) + arg_count * sizeof(JSValue));\n",
     "    if (arg_count > 0)\n        ns_next_is(ctx->rt, NS_ALLOC_ELEMENTS, (uint64_t)arg_count);\n"
     "    bf = js_malloc(ctx, sizeof(*bf) + arg_count * sizeof(JSValue));\n")
edit("the name of a bound function",
     '    name1 = JS_ConcatString3(ctx, "bound ", name1, "");\n',
     "    bool ns_quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = true;\n"
     '    name1 = JS_ConcatString3(ctx, "bound ", name1, "");\n    ctx->rt->ns.quiet = ns_quiet;\n')
edit("a Symbol",
     "    return JS_NewSymbol(ctx, p, JS_ATOM_TYPE_SYMBOL);\n",
     "    ns_garbage(ctx->rt, NS_SYMBOL_WORDS);\n    return JS_NewSymbol(ctx, p, JS_ATOM_TYPE_SYMBOL);\n")

# -- Doubles in builtins ----------------------------------------------------------------------------
edit("an element of doubles is handed to a callback",
     "            args[0] = val;\n            args[1] = index_val;\n            args[2] = obj;\n"
     "            res = JS_Call(ctx, func, this_arg, 3, args);\n            JS_FreeValue(ctx, index_val);\n",
     "            args[0] = val;\n            args[1] = index_val;\n            args[2] = obj;\n"
     "            ns_element_handed(ctx, obj, val);\n"
     "            res = JS_Call(ctx, func, this_arg, 3, args);\n            JS_FreeValue(ctx, index_val);\n")
edit("an element of doubles is reduced",
     "            args[0] = acc;\n            args[1] = val;\n            args[2] = index_val;\n",
     "            args[0] = acc;\n            args[1] = val;\n            args[2] = index_val;\n"
     "            ns_element_handed(ctx, obj, val);\n")
edit("the first double of a mapped array",
     "            case special_map:\n                if (JS_DefinePropertyValueInt64(ctx, ret, k, res,\n",
     "            case special_map:\n                if (k == 0)\n                    ns_mapped_first(ctx, ret, res, len);\n"
     "                if (JS_DefinePropertyValueInt64(ctx, ret, k, res,\n")

# -- Properties -------------------------------------------------------------------------------------
edit("a property is deleted",
     "            if (!(pr->flags & JS_PROP_CONFIGURABLE))\n                return FALSE;\n            /* realloc the shape if needed */\n",
     "            if (!(pr->flags & JS_PROP_CONFIGURABLE))\n                return FALSE;\n"
     "            ns_property_deleted(ctx->rt, p, (uint32_t)(h - 1));\n            /* realloc the shape if needed */\n")

# -- Strings ------------------------------------------------------------------------------------------
edit("joined elements",
     "    string_buffer_init(ctx, b, 0);\n\n    for(i = 0; i < n; i++) {\n        if (i > 0) {\n            if (c >= 0) {\n",
     "    string_buffer_init(ctx, b, 0);\n    ns_garbage(ctx->rt, NS_FIXED_ARRAY_WORDS + (uint64_t)n);\n\n"
     "    for(i = 0; i < n; i++) {\n        if (i > 0) {\n            if (c >= 0) {\n")
edit("a filler",
     "    n -= len;\n    if (padEnd) {\n        if (string_buffer_concat(b, p, 0, len))\n",
     "    n -= len;\n    ns_repeated(ctx->rt, p1 ? (uint32_t)p1->len : 1, p1 ? (uint32_t)n / p1->len : (uint32_t)n, true);\n"
     "    if (padEnd) {\n        if (string_buffer_concat(b, p, 0, len))\n")
edit("a string that is repeated",
     "    n = val;\n    p = JS_VALUE_GET_STRING(str);\n    len = p->len;\n    if (len == 0 || n == 1)\n        return str;\n",
     "    n = val;\n    p = JS_VALUE_GET_STRING(str);\n    len = p->len;\n    if (len == 0 || n == 1)\n        return str;\n"
     "    ns_repeated(ctx->rt, (uint32_t)len, (uint32_t)n, false);\n")

# -- Regular expressions ------------------------------------------------------------------------------
edit("a match that is only tested",
     "    val = JS_RegExpExec(ctx, this_val, argv[0]);\n    if (JS_IsException(val))\n        return JS_EXCEPTION;\n"
     "    ret = !JS_IsNull(val);\n",
     "    bool quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = true;\n"
     "    val = JS_RegExpExec(ctx, this_val, argv[0]);\n    ctx->rt->ns.quiet = quiet;\n"
     "    if (JS_IsException(val))\n        return JS_EXCEPTION;\n"
     "    ret = !JS_IsNull(val);\n")
edit("the result of a match",
     "        obj = JS_NewArray(ctx);\n        if (JS_IsException(obj))\n            goto fail;\n"
     "        prop_flags = JS_PROP_C_W_E | JS_PROP_THROW;\n        group_name_ptr",
     "        obj = JS_NewArray(ctx);\n        if (JS_IsException(obj))\n            goto fail;\n"
     "        ns_match_comes(ctx, obj, (uint32_t)capture_count);\n"
     "        prop_flags = JS_PROP_C_W_E | JS_PROP_THROW;\n        group_name_ptr")
edit("a string is split",
     "    R = JS_ToString(ctx, separator);\n    if (JS_IsException(R))\n        goto exception;\n    rp = JS_VALUE_GET_STRING(R);\n"
     "    r = rp->len;\n    p = 0;\n",
     "    R = JS_ToString(ctx, separator);\n    if (JS_IsException(R))\n        goto exception;\n    rp = JS_VALUE_GET_STRING(R);\n"
     "    r = rp->len;\n    p = 0;\n    ctx->rt->ns.json = true;\n")
edit("a string was split",
     "    if (JS_CreateDataPropertyUint32(ctx, A, lengthA++, T,0 ) < 0)\n        goto exception;\ndone:\n"
     "    JS_FreeValue(ctx, S);\n    JS_FreeValue(ctx, R);\n    return A;\n\nexception:\n",
     "    if (JS_CreateDataPropertyUint32(ctx, A, lengthA++, T,0 ) < 0)\n        goto exception;\ndone:\n"
     "    ns_split_ends(ctx->rt, A);\n"
     "    JS_FreeValue(ctx, S);\n    JS_FreeValue(ctx, R);\n    return A;\n\nexception:\n    ctx->rt->ns.json = false;\n")
edit("a match that is replaced",
     "        JSValue result;\n        result = JS_RegExpExec(ctx, rx, str);\n        if (JS_IsException(result))\n            goto exception;\n"
     "        if (JS_IsNull(result))\n            break;\n        if (value_buffer_append(results, result) < 0)\n",
     "        JSValue result;\n        bool quiet = ctx->rt->ns.quiet;\n        ctx->rt->ns.quiet = true;\n"
     "        result = JS_RegExpExec(ctx, rx, str);\n        ctx->rt->ns.quiet = quiet;\n        if (JS_IsException(result))\n            goto exception;\n"
     "        if (JS_IsNull(result))\n            break;\n        if (value_buffer_append(results, result) < 0)\n")
edit("flags of a match that is replaced",
     "        rp = JS_VALUE_GET_STRING(rep_val);\n    }\n\n    flags = JS_GetProperty(ctx, rx, JS_ATOM_flags);\n",
     "        rp = JS_VALUE_GET_STRING(rep_val);\n    }\n\n    bool quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = true;\n"
     "    flags = JS_GetProperty(ctx, rx, JS_ATOM_flags);\n    ctx->rt->ns.quiet = quiet;\n")
edit("what a rest pattern excludes",
     "    if (JS_VALUE_GET_TAG(source) != JS_TAG_OBJECT)\n        return 0;\n\n    if (JS_VALUE_GET_TAG(excluded) == JS_TAG_OBJECT)\n",
     "    ns_is_none(ctx->rt, excluded);\n    if (JS_VALUE_GET_TAG(source) != JS_TAG_OBJECT)\n        return 0;\n\n"
     "    if (JS_VALUE_GET_TAG(excluded) == JS_TAG_OBJECT)\n")

# -- Typed arrays ------------------------------------------------------------------------------------

edit("an object literal begins with the properties of another",
     "    p = JS_VALUE_GET_OBJ(source);\n\n    gpn_flags = JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK | JS_GPN_ENUM_ONLY;\n",
     "    p = JS_VALUE_GET_OBJ(source);\n"
     "    bool ns_cloned = !pexcl && !setprop && ns_clone_begins(ctx->rt, target, p);\n\n"
     "    gpn_flags = JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK | JS_GPN_ENUM_ONLY;\n")
edit("a property of another object",
     "            ret = JS_SetProperty(ctx, target, tab_atom[i].atom, val);\n        else\n"
     "            ret = JS_DefinePropertyValue(ctx, target, tab_atom[i].atom, val,\n"
     "                                         JS_PROP_C_W_E);\n",
     "            ret = ns_assign(ctx, target, tab_atom[i].atom, val);\n        else\n"
     "            ret = ns_copy_property(ctx, target, tab_atom[i].atom, val, ns_cloned);\n")
edit("the properties of another object are there",
     "    js_free_prop_enum(ctx, tab_atom, tab_atom_count);\n    return 0;\n exception:\n    js_free_prop_enum(ctx, tab_atom, tab_atom_count);\n    return -1;\n}\n\n/* only valid inside C functions */",
     "    js_free_prop_enum(ctx, tab_atom, tab_atom_count);\n    if (ns_cloned)\n        ns_clone_ends(ctx->rt, target, p);\n"
     "    return 0;\n exception:\n    js_free_prop_enum(ctx, tab_atom, tab_atom_count);\n    return -1;\n}\n\n/* only valid inside C functions */")

# -- BigInts ------------------------------------------------------------------------------------------
edit("a BigInt of a number or a text",
     "    return JS_ToBigIntCtorFree(ctx, JS_DupValue(ctx, argv[0]));\n",
     "    bool ns_quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = true;\n"
     "    JSValue ns_value = JS_ToBigIntCtorFree(ctx, JS_DupValue(ctx, argv[0]));\n    ctx->rt->ns.quiet = ns_quiet;\n"
     "    if (!JS_IsBigInt(ctx, argv[0]))\n        ns_bigint_made(ctx->rt, ns_value);\n    return ns_value;\n")
edit("a BigInt that is written",
     "            /* need to modify 'r' */\n            tmp = js_bigint_new(ctx, r->len);\n",
     "            /* need to modify 'r' */\n            bool ns_quiet = ctx->rt->ns.quiet;\n            ctx->rt->ns.quiet = true;\n"
     "            tmp = js_bigint_new(ctx, r->len);\n            ctx->rt->ns.quiet = ns_quiet;\n")

# -- Typed arrays -------------------------------------------------------------------------------------
edit("the bytes of a small typed array are in the heap",
     "        buffer = js_array_buffer_constructor1(ctx, JS_UNDEFINED,\n"
     "                                              len << size_log2);\n"
     "        if (JS_IsException(buffer))\n            return JS_EXCEPTION;\n        offset = 0;\n",
     "        ctx->rt->ns.in_heap = true;\n        buffer = js_array_buffer_constructor1(ctx, JS_UNDEFINED,\n"
     "                                              len << size_log2);\n        ctx->rt->ns.in_heap = false;\n"
     "        if (JS_IsException(buffer))\n            return JS_EXCEPTION;\n        offset = 0;\n")
edit("the bytes of a small typed array of a list",
     "    buffer = js_array_buffer_constructor1(ctx, JS_UNDEFINED,\n"
     "                                          len << size_log2);\n    if (JS_IsException(buffer))\n        goto fail;\n"
     "    if (typed_array_init(ctx, ret, buffer, 0, len))\n",
     "    ctx->rt->ns.in_heap = true;\n    buffer = js_array_buffer_constructor1(ctx, JS_UNDEFINED,\n"
     "                                          len << size_log2);\n    ctx->rt->ns.in_heap = false;\n"
     "    if (JS_IsException(buffer))\n        goto fail;\n"
     "    if (typed_array_init(ctx, ret, buffer, 0, len))\n")

# -- Regular expressions ------------------------------------------------------------------------------
for ns_name, ns_count in (("replace", 2), ("match", 1), ("split", 2)):
    edit("RegExp.prototype[Symbol." + ns_name + "], counted as V8's",
         f'    JS_CFUNC_DEF("[Symbol.{ns_name}]", {ns_count}, js_regexp_Symbol_{ns_name} ),\n',
         f'    JS_CFUNC_DEF("[Symbol.{ns_name}]", {ns_count}, ns_regexp_{ns_name} ),\n')
edit("what replaces a match is computed",
     "            rep_str = JS_ToStringFree(ctx, js_function_apply(ctx, rep, 2, args, 0));\n",
     "            bool ns_quiet = ctx->rt->ns.quiet;\n            ctx->rt->ns.quiet = false;\n"
     "            ns_captures_count(ctx->rt, tab);\n"
     "            rep_str = JS_ToStringFree(ctx, js_function_apply(ctx, rep, 2, args, 0));\n            ctx->rt->ns.quiet = ns_quiet;\n")
edit("a match is replaced",
     "        if (position >= nextSourcePosition) {\n            string_buffer_concat(b, sp, nextSourcePosition, position);\n",
     "        if (position >= nextSourcePosition) {\n"
     "            ns_match_replaced(ctx->rt, position - nextSourcePosition, tab, rep_str);\n"
     "            string_buffer_concat(b, sp, nextSourcePosition, position);\n")
edit("what is behind the last match",
     "    string_buffer_concat(b, sp, nextSourcePosition, sp->len);\n    res = string_buffer_end(b);\n    goto done1;\n",
     "    string_buffer_concat(b, sp, nextSourcePosition, sp->len);\n    res = string_buffer_end(b);\n"
     "    ctx->rt->ns.replacing.left = (uint32_t)(sp->len - nextSourcePosition);\n    goto done1;\n")

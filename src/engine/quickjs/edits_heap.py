"""The heap in V8's terms: what each allocation is, and young cycles. Bodies are in heap*.c.inc
and heap_inline.h. See tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1, file="quickjs.c"):
    EDITS.append({"name": name, "file": file, "find": find, "put": put, "times": times})


def before(name, find, line, times=1):
    """Put a statement in front of another, with its indentation."""
    indent = find[:len(find) - len(find.lstrip(" "))]
    edit(name, find, indent + line + "\n" + find, times)


edit("inline functions of the heap",
     "static void add_gc_object(JSRuntime *rt, JSGCObjectHeader *h,\n"
     "                          JSGCObjectTypeEnum type);\n",
     '#include "heap_inline.h"\n'
     "static void add_gc_object(JSRuntime *rt, JSGCObjectHeader *h,\n"
     "                          JSGCObjectTypeEnum type);\n")

# -- Young objects --------------------------------------------------------------------------------
edit("lists of the young", "    struct list_head gc_obj_list;\n",
     "    struct list_head gc_obj_list;\n    struct list_head ns_young, ns_aged, ns_alive;\n")
edit("lists of the young are empty", "    init_list_head(&rt->gc_obj_list);\n",
     "    init_list_head(&rt->gc_obj_list);\n    init_list_head(&rt->ns_young);\n"
     "    init_list_head(&rt->ns_aged);\n    init_list_head(&rt->ns_alive);\n")
edit("an object is young", "    list_add_tail(&h->link, &rt->gc_obj_list);\n",
     "    list_add_tail(&h->link, &rt->ns_young);\n")
before("a collection of everything", "    /* decrement the reference of the children of each object. mark =\n",
       "ns_gc_all(rt);")
edit("nothing is left at the end", "    assert(list_empty(&rt->gc_obj_list));\n",
     "    ns_gc_all(rt);\n    assert(list_empty(&rt->gc_obj_list));\n")

# -- Objects --------------------------------------------------------------------------------------
before("an object", "    p = js_malloc(ctx, sizeof(JSObject));\n", "ns_object_comes(ctx->rt, sh, class_id);")
edit("an object of a constructor",
     "        obj = js_create_from_ctor(ctx, new_target, JS_CLASS_OBJECT);\n"
     "        if (JS_IsException(obj))\n            return JS_EXCEPTION;\n"
     "        ret = JS_CallInternal(",
     "        ctx->rt->ns.skip = skip;\n"
     "        obj = js_create_from_ctor(ctx, new_target, JS_CLASS_OBJECT);\n"
     "        if (JS_IsException(obj))\n            return JS_EXCEPTION;\n"
     "        ctx->rt->ns.skip = NS_SKIP_NONE;\n        ns_constructed(ctx->rt, obj, b, JS_VALUE_GET_PTR(func_obj) != JS_VALUE_GET_PTR(new_target));\n"
     "        ret = JS_CallInternal(")
edit("a property that is stored",
     "            pr = add_property(ctx, p, prop, JS_PROP_C_W_E);\n            if (unlikely(!pr)) {\n"
     "                JS_FreeValue(ctx, val);\n                return -1;\n            }\n",
     "            pr = add_property(ctx, p, prop, JS_PROP_C_W_E);\n            if (unlikely(!pr)) {\n"
     "                JS_FreeValue(ctx, val);\n                return -1;\n            }\n"
     "            ns_property_comes(ctx, p, val, false);\n")
edit("a property that is defined",
     "    pr = add_property(ctx, p, prop, prop_flags);\n    if (unlikely(!pr))\n        return -1;\n",
     "    pr = add_property(ctx, p, prop, prop_flags);\n    if (unlikely(!pr))\n        return -1;\n"
     "    ns_property_comes(ctx, p, val, true);\n")
edit("an object literal", "            *sp++ = JS_NewObject(ctx);\n",
     "            {\n            sf->cur_pc = pc;\n            NS_LITERAL();\n            NS_ALLOCATE();\n"
     "            *sp++ = JS_NewObject(ctx);\n            NS_ALLOCATED();\n            NS_LITERAL_END();\n            }\n")
edit("a closure", "                pc += 4;\n                *sp++ = js_closure(ctx, bfunc, var_refs, sf);\n",
     "                pc += 4;\n                NS_ALLOCATE();\n"
     "                *sp++ = js_closure(ctx, bfunc, var_refs, sf);\n                NS_ALLOCATED();\n")
edit("a closure of a short opcode",
     "            *sp++ = js_closure(ctx, JS_DupValue(ctx, b->cpool[*pc++]), var_refs, sf);\n",
     "            {\n                JSValue bfunc = JS_DupValue(ctx, b->cpool[*pc++]);\n                NS_ALLOCATE();\n"
     "                *sp++ = js_closure(ctx, bfunc, var_refs, sf);\n                NS_ALLOCATED();\n            }\n")
edit("rest parameters",
     "                *sp++ = js_build_rest(ctx, first, argc, (JSValueConst *)argv);\n",
     "                NS_ALLOCATE();\n"
     "                *sp++ = js_build_rest(ctx, first, argc, (JSValueConst *)argv);\n                NS_ALLOCATED();\n")
edit("arguments",
     "                case OP_SPECIAL_OBJECT_ARGUMENTS:\n"
     "                    *sp++ = js_build_arguments(ctx, argc, (JSValueConst *)argv);\n",
     "                case OP_SPECIAL_OBJECT_ARGUMENTS: {\n                    NS_ALLOCATE();\n"
     "                    *sp++ = js_build_arguments(ctx, argc, (JSValueConst *)argv);\n"
     "                    NS_ALLOCATED();\n                    }\n")
edit("mapped arguments",
     "                    *sp++ = js_build_mapped_arguments(ctx, argc, (JSValueConst *)argv,\n"
     "                                                      sf, min_int(argc, b->arg_count));\n",
     "                    {\n                    NS_ALLOCATE();\n"
     "                    *sp++ = js_build_mapped_arguments(ctx, argc, (JSValueConst *)argv,\n"
     "                                                      sf, min_int(argc, b->arg_count));\n"
     "                    NS_ALLOCATED();\n                    }\n")
edit("the iterator of a loop",
     "            sf->cur_pc = pc;\n            if (js_for_of_start(ctx, sp, FALSE))\n                goto exception;\n",
     "            sf->cur_pc = pc;\n            rt->ns.skip = NS_REMOVED() ? NS_SKIP_ITERATOR : NS_SKIP_NONE;\n"
     "            if (js_for_of_start(ctx, sp, FALSE))\n                goto exception;\n"
     "                rt->ns.skip = NS_SKIP_NONE;\n")
edit("a constructor that is called",
     "    JSObject *p;\n    JSFunctionBytecode *b;\n\n    if (js_poll_interrupts(ctx))\n        return JS_EXCEPTION;\n"
     "    flags |= JS_CALL_FLAG_CONSTRUCTOR;\n",
     "    JSObject *p;\n    JSFunctionBytecode *b;\n    uint8_t skip = ctx->rt->ns.skip;\n\n    ctx->rt->ns.skip = NS_SKIP_NONE;\n"
     "    if (js_poll_interrupts(ctx))\n        return JS_EXCEPTION;\n"
     "    flags |= JS_CALL_FLAG_CONSTRUCTOR;\n")
edit("a function with a prototype",
     "        JS_SetConstructorBit(ctx, func_obj, TRUE);\n        JS_DefineAutoInitProperty(",
     "        JS_SetConstructorBit(ctx, func_obj, TRUE);\n"
     "        ns_words(ctx->rt, JS_VALUE_GET_PTR(func_obj), 1, 0);\n        JS_DefineAutoInitProperty(")
edit("a captured variable",
     "    var_ref = js_malloc(ctx, sizeof(JSVarRef));\n    if (!var_ref)\n        return NULL;\n"
     "    var_ref->header.ref_count = 1;\n    add_gc_object(ctx->rt, &var_ref->header, JS_GC_OBJ_TYPE_VAR_REF);\n"
     "    var_ref->is_detached = FALSE;\n",
     "    ns_next_is(ctx->rt, ns_has_context(sf, pvalue) ? NS_ALLOC_SLOT : NS_ALLOC_CONTEXT, 1);\n"
     "    var_ref = js_malloc(ctx, sizeof(JSVarRef));\n    if (!var_ref)\n        return NULL;\n"
     "    var_ref->header.ref_count = 1;\n"
     "    if (!(sf->js_mode & JS_MODE_ASYNC))\n        var_ref->header.ref_count++; /* the frame's own */\n"
     "    add_gc_object(ctx->rt, &var_ref->header, JS_GC_OBJ_TYPE_VAR_REF);\n"
     "    var_ref->is_detached = FALSE;\n")
for detached, leave in (
        ("        var_ref->value = JS_DupValueRT(rt, *var_ref->pvalue);\n        var_ref->pvalue = &var_ref->value;\n"
         "        /* the reference is no longer to a local variable */\n        var_ref->is_detached = TRUE;\n",
         "        ns_leave_context(rt, var_ref);\n"),
        ("            var_ref->value = JS_DupValue(ctx, *var_ref->pvalue);\n            var_ref->pvalue = &var_ref->value;\n"
         "            /* the reference is no longer to a local variable */\n            var_ref->is_detached = TRUE;\n",
         "            ns_leave_context(ctx->rt, var_ref);\n")):
    edit("a captured variable whose scope ends", detached, detached + leave)
edit("a generator or an async function",
     "    s = js_mallocz(ctx, sizeof(*s));\n    if (!s)\n        return NULL;\n    s->header.ref_count = 1;\n"
     "    add_gc_object(ctx->rt, &s->header, JS_GC_OBJ_TYPE_ASYNC_FUNCTION);\n",
     "    ns_suspendable_comes(ctx->rt, func_obj);\n"
     "    s = js_mallocz(ctx, sizeof(*s));\n    if (!s)\n        return NULL;\n    s->header.ref_count = 1;\n"
     "    add_gc_object(ctx->rt, &s->header, JS_GC_OBJ_TYPE_ASYNC_FUNCTION);\n")
before("a reaction", "        rd = js_mallocz(ctx, sizeof(*rd));\n",
       "if (i == 0)\n            ns_next_is(ctx->rt, NS_ALLOC_REACTION, 0);")
before("a table", "    s->hash_table = js_mallocz(ctx, sizeof(s->hash_table[0]) * s->hash_size);\n",
       "ns_table_is(ctx->rt, s, NS_TABLE_SMALLEST, NULL);")
edit("a table gets an entry",
     "    list_add_tail(&mr->link, &s->records);\n    s->record_count++;\n",
     "    list_add_tail(&mr->link, &s->records);\n    ns_table_grows(ctx->rt, s, mr);\n    s->record_count++;\n")
edit("a table loses an entry",
     "    *pmr = mr->hash_next;\n    \n    map_delete_record(ctx->rt, s, mr);\n",
     "    *pmr = mr->hash_next;\n    \n    map_delete_record(ctx->rt, s, mr);\n    ns_table_shrinks(ctx->rt, s);\n")
edit("a table is cleared",
     "        map_delete_record(ctx->rt, s, mr);\n    }\n    return JS_UNDEFINED;\n",
     "        map_delete_record(ctx->rt, s, mr);\n    }\n    if (!s->is_weak)\n        ns_table_is(ctx->rt, s, NS_TABLE_SMALLEST, NULL);\n"
     "    return JS_UNDEFINED;\n")
edit("whether a table is of a set", "    s->is_weak = is_weak;\n    if (is_weak) {\n",
     "    s->is_weak = is_weak;\n    s->ns_is_set = is_set;\n    if (is_weak) {\n")
edit("whether a table is of a set, its place", "    BOOL is_weak; /* TRUE if WeakSet/WeakMap */\n",
     "    BOOL is_weak; /* TRUE if WeakSet/WeakMap */\n    BOOL ns_is_set;\n"
     "    uint32_t ns_capacity, ns_deleted; /* of V8's OrderedHashTable */\n")
before("a backing store", "    abuf = js_malloc(ctx, sizeof(*abuf));\n",
       "ns_buffer_comes(rt, len);")
before("a bigint", "    r = js_malloc(ctx, sizeof(JSBigInt) + len * sizeof(js_limb_t));\n",
       "ns_next_is(ctx->rt, NS_ALLOC_BIGINT, (uint64_t)len);")
before("bytecode", "    b = js_mallocz(ctx, function_size);\n",
       "ns_next_is(ctx->rt, NS_ALLOC_BYTECODE, (uint64_t)function_size);", times=2)

edit("a literal without a prototype",
     "                    if (JS_SetPrototypeInternal(ctx, sp[-2], proto, TRUE) < 0)\n                        goto exception;\n",
     "                    if (JS_SetPrototypeInternal(ctx, sp[-2], proto, TRUE) < 0)\n                        goto exception;\n"
     "                    if (JS_IsNull(proto))\n"
     "                        ns_literal_without_prototype(rt, JS_VALUE_GET_OBJ(sp[-2]));\n")
edit("a computed property",
     "                ret = JS_DefinePropertyValueValue(ctx, sp[-3], JS_DupValue(ctx, sp[-2]), sp[-1],\n",
     "                rt->ns.computed = rt->ns.computed_literal = JS_VALUE_GET_TAG(sp[-2]) != JS_TAG_INT;\n"
     "                ret = JS_DefinePropertyValueValue(ctx, sp[-3], JS_DupValue(ctx, sp[-2]), sp[-1],\n")
edit("a computed property is there",
     "                                                  JS_PROP_C_W_E | JS_PROP_THROW);\n                sp -= 1;\n",
     "                                                  JS_PROP_C_W_E | JS_PROP_THROW);\n                sp -= 1;\n"
     "                rt->ns.computed = rt->ns.computed_literal = false;\n")
edit("the rest of an object",
     "                sf->cur_pc = pc;\n                if (JS_CopyDataProperties(ctx, sp[-1 - (mask & 3)],\n"
     "                                          sp[-1 - ((mask >> 2) & 7)],\n"
     "                                          sp[-1 - ((mask >> 5) & 7)], 0))\n                    goto exception;\n",
     "                sf->cur_pc = pc;\n                rt->ns.computed = mask >> 5 != 0;\n"
     "                int failed = JS_CopyDataProperties(ctx, sp[-1 - (mask & 3)],\n"
     "                                                   sp[-1 - ((mask >> 2) & 7)],\n"
     "                                                   sp[-1 - ((mask >> 5) & 7)], 0);\n"
     "                rt->ns.computed = false;\n                if (failed)\n                    goto exception;\n")

# -- Elements -------------------------------------------------------------------------------------
edit("capacity of elements", "    new_size = max_int(new_len, p->u.array.u1.size * 3 / 2);\n",
     "    new_size = ns_elements_capacity(ctx->rt, p, new_len);\n")
edit("an array literal",
     "                ret_val = JS_NewArray(ctx);\n                if (unlikely(JS_IsException(ret_val)))\n"
     "                    goto exception;\n                call_argv = sp - call_argc;\n",
     "                sf->cur_pc = pc;\n                NS_LITERAL();\n                NS_ALLOCATE();\n"
     "                bool spread = ns_is_spread_call(pc, (uint32_t)call_argc);\n"
     "                bool shared = likely(fn->slots) && call_argc > 0 && NS_SLOT()->kind == NS_SLOT_NONE;\n"
     "                if (unlikely(spread))\n                    rt->ns.quiet = true;\n"
     "                ret_val = JS_NewArray(ctx);\n                if (unlikely(JS_IsException(ret_val)))\n"
     "                    goto exception;\n                bool quiet = rt->ns.quiet;\n                rt->ns.quiet |= shared;\n"
     "                ns_elements_fit(ctx, ret_val, call_argc);\n                rt->ns.quiet = quiet;\n"
     "                if (rt->ns.probe.literal && !rt->ns.probe.literal_optimized)\n"
     "                    ns_garbage(rt, NS_MEMENTO_WORDS);\n                \n                NS_ALLOCATED();\n"
     "                if (unlikely(spread))\n                    rt->ns.quiet = false;\n"
     "                call_argv = sp - call_argc;\n")
edit("an array of the engine",
     "    obj = JS_NewArray(ctx);\n    if (JS_IsException(obj))\n        return JS_EXCEPTION;\n"
     "    for(i = 0; i < len; i++) {\n        if (JS_CreateDataPropertyUint32(ctx, obj, i, JS_DupValue(ctx, tab[i]), 0) < 0) {\n",
     "    obj = JS_NewArray(ctx);\n    if (JS_IsException(obj))\n        return JS_EXCEPTION;\n"
     "    ns_elements_fit(ctx, obj, (uint32_t)len);\n"
     "    for(i = 0; i < len; i++) {\n        if (JS_CreateDataPropertyUint32(ctx, obj, i, JS_DupValue(ctx, tab[i]), 0) < 0) {\n")
edit("an array of a given length",
     "        if (JS_SetProperty(ctx, obj, JS_ATOM_length, JS_NewUint32(ctx, len)) < 0)\n            goto fail;\n"
     "    } else {\n        for(i = 0; i < argc; i++) {\n",
     "        if (JS_SetProperty(ctx, obj, JS_ATOM_length, JS_NewUint32(ctx, len)) < 0)\n            goto fail;\n"
     "        ns_elements_fit(ctx, obj, len);\n"
     "    } else {\n        ns_elements_fit(ctx, obj, argc ? (uint32_t)argc : ns_preallocated(ctx->rt));\n        for(i = 0; i < argc; i++) {\n")
before("elements of arguments", "        tab = js_malloc(ctx, sizeof(tab[0]) * argc);\n",
       "ns_next_is(ctx->rt, NS_ALLOC_ELEMENTS, (uint64_t)argc);")
edit("an array with holes",
     "    js_free(ctx, p->u.array.u.values);\n    p->u.array.count = 0;\n    p->u.array.u.values = NULL; /* fail safe */\n"
     "    p->u.array.u1.size = 0;\n    p->fast_array = 0;\n",
     "    js_free(ctx, p->u.array.u.values);\n    ns_elements_to_properties(ctx, p);\n"
     "    p->u.array.count = 0;\n    p->u.array.u.values = NULL; /* fail safe */\n    p->fast_array = 0;\n")

# -- Strings --------------------------------------------------------------------------------------
before("a string", "    str = js_malloc_rt(rt, sizeof(JSString) + (max_len << is_wide_char) + 1 - is_wide_char);\n",
       "ns_string_comes(rt, (uint32_t)max_len, is_wide_char);")
before("a string that grows", "    s->str = js_alloc_string(ctx, size, is_wide);\n", "ctx->rt->ns.raw_string = true;")
edit("a string that grew",
     "    str->is_wide_char = s->is_wide_char;\n    str->len = s->len;\n    s->str = NULL;\n"
     "    return JS_MKPTR(JS_TAG_STRING, str);\n",
     "    str->is_wide_char = s->is_wide_char;\n    str->len = s->len;\n    s->str = NULL;\n"
     "    ns_string_ends(s->ctx->rt, str);\n    return JS_MKPTR(JS_TAG_STRING, str);\n")
before("two strings", "    p = js_alloc_string(ctx, len, is_wide_char);\n    if (!p)\n        return JS_EXCEPTION;\n"
       "    if (!is_wide_char) {\n", "ctx->rt->ns.cons_string = true;")
edit("a part of a string",
     "        return JS_DupValue(ctx, JS_MKPTR(JS_TAG_STRING, p));\n    }\n    if (p->is_wide_char && len > 0) {\n",
     "        return JS_DupValue(ctx, JS_MKPTR(JS_TAG_STRING, p));\n    }\n"
     "    ctx->rt->ns.part_string = len > 0;\n    if (p->is_wide_char && len > 0) {\n")
edit("two strings, of which the first is let go",
     "    ret = JS_ConcatString1(ctx, p1, p2);\n    JS_FreeValue(ctx, op1);\n    JS_FreeValue(ctx, op2);\n"
     "    return ret;\n",
     "    ret = JS_ConcatString1(ctx, p1, p2);\n    ns_carry(ctx->rt, ret, op1, 1 + ctx->rt->ns.growing);\n"
     "    ns_carry(ctx->rt, ret, op2, 1);\n    JS_FreeValue(ctx, op1);\n    JS_FreeValue(ctx, op2);\n"
     "    return ret;\n")
before("a rope", "    r = js_malloc(ctx, sizeof(*r));\n", "ns_cons_comes(ctx->rt);")
edit("a copy in UTF-8", "        str_new = js_alloc_string(ctx, len + count, 0);\n",
     "        ctx->rt->ns.raw_string = true;\n        str_new = js_alloc_string(ctx, len + count, 0);\n")
edit("a copy in UTF-8 of wide characters", "        str_new = js_alloc_string(ctx, len * 3, 0);\n",
     "        ctx->rt->ns.raw_string = true;\n        str_new = js_alloc_string(ctx, len * 3, 0);\n")
edit("a whole number as text",
     "            size_t len;\n            len = i32toa(buf, JS_VALUE_GET_INT(val));\n"
     "            return js_new_string8_len(ctx, buf, len);\n",
     "            return ns_number_to_string(ctx, JS_VALUE_GET_INT(val));\n")

# -- What V8 does without ---------------------------------------------------------------------------
edit("a promise without resolving functions",
     "    executor = js_promise_executor_new(ctx);\n    if (JS_IsException(executor))\n        return executor;\n",
     "    bool quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = quiet || ns_is_plain_promise(ctx, ctor);\n"
     "    executor = js_promise_executor_new(ctx);\n    if (JS_IsException(executor)) {\n"
     "        ctx->rt->ns.quiet = quiet;\n        return executor;\n    }\n")
edit("a promise without resolving functions, made",
     "        result_promise = JS_CallConstructor(ctx, ctor, 1,\n"
     "                                            (JSValueConst *)&executor);\n    }\n",
     "        result_promise = JS_CallConstructor(ctx, ctor, 1,\n"
     "                                            (JSValueConst *)&executor);\n    }\n"
     "    ctx->rt->ns.quiet = quiet;\n")
edit("JSON is written",
     "    if (js_json_to_str(ctx, jsc, wrapper, val, jsc->empty))\n",
     "    bool quiet = ctx->rt->ns.quiet;\n    ctx->rt->ns.quiet = true;\n"
     "    int failed = js_json_to_str(ctx, jsc, wrapper, val, jsc->empty);\n"
     "    ctx->rt->ns.quiet = quiet;\n    if (failed)\n")
edit("JSON is written, keys of an object",
     "                tab = js_object_keys(ctx, JS_UNDEFINED, 1, (JSValueConst *)&val, JS_ITERATOR_KIND_KEY);\n",
     "            {\n                ns_json_keys(ctx->rt, val);\n"
     "                tab = js_object_keys(ctx, JS_UNDEFINED, 1, (JSValueConst *)&val, JS_ITERATOR_KIND_KEY);\n            }\n")
edit("JSON is written, toJSON",
     "            v = JS_CallFree(ctx, f, val, 1, &key);\n            JS_FreeValue(ctx, val);\n            val = v;\n",
     "            bool quiet = ctx->rt->ns.quiet;\n            ctx->rt->ns.quiet = false;\n"
     "            v = JS_CallFree(ctx, f, val, 1, &key);\n            ctx->rt->ns.quiet = quiet;\n"
     "            JS_FreeValue(ctx, val);\n            val = v;\n")
edit("JSON is written, a replacer",
     "        v = JS_Call(ctx, jsc->replacer_func, holder, 2, args);\n",
     "        bool quiet = ctx->rt->ns.quiet;\n        ctx->rt->ns.quiet = false;\n"
     "        v = JS_Call(ctx, jsc->replacer_func, holder, 2, args);\n"
     "        ctx->rt->ns.quiet = quiet;\n")
edit("JSON is parsed",
     "    val = json_parse_value(s);\n    if (JS_IsException(val))\n        goto fail;\n    if (s->token.val != TOK_EOF) {\n",
     "    ctx->rt->ns.json = true;\n    val = json_parse_value(s);\n    ctx->rt->ns.json = false;\n"
     "    if (JS_IsException(val))\n        goto fail;\n    if (s->token.val != TOK_EOF) {\n")
edit("a name in JSON",
     "                        prop_name = JS_ValueToAtom(ctx, s->token.u.str.str);\n",
     "                        prop_name = JS_ValueToAtom(ctx, s->token.u.str.str);\n"
     "                        ns_string_is_known(ctx->rt, s->token.u.str.str);\n")
edit("an array in JSON",
     "            if (json_parse_expect(s, ']'))\n                goto fail;\n        }\n        break;\n    case TOK_STRING:\n",
     "            ns_elements_known(ctx->rt, val);\n"
     "            if (json_parse_expect(s, ']'))\n                goto fail;\n        }\n        break;\n    case TOK_STRING:\n")
edit("a reference to a variable, the engine's own",
     "                *sp++ = JS_NewObjectProto(ctx, JS_NULL);\n                if (unlikely(JS_IsException(sp[-1])))\n"
     "                    goto exception;\n                if (opcode == OP_make_var_ref_ref) {\n",
     "                bool quiet = rt->ns.quiet;\n                rt->ns.quiet = true;\n"
     "                *sp++ = JS_NewObjectProto(ctx, JS_NULL);\n                rt->ns.quiet = quiet;\n"
     "                if (unlikely(JS_IsException(sp[-1])))\n"
     "                    goto exception;\n                if (opcode == OP_make_var_ref_ref) {\n")
edit("a variable that is referred to",
     "                    var_ref = get_var_ref(ctx, sf, idx, opcode == OP_make_arg_ref);\n",
     "                    rt->ns.quiet = true;\n"
     "                    var_ref = get_var_ref(ctx, sf, idx, opcode == OP_make_arg_ref);\n"
     "                    rt->ns.quiet = quiet;\n")
edit("the result of a generator, which V8 allocates",
     "            func = p->u.cfunc.c_function;\n            return func.iterator_next(ctx, enum_obj, argc, argv,\n",
     "            func = p->u.cfunc.c_function;\n            ns_iterator_result(ctx->rt, enum_obj);\n"
     "            return func.iterator_next(ctx, enum_obj, argc, argv,\n")

# -- Exceptions -------------------------------------------------------------------------------------
edit("a handler is entered",
     "                    pc = b->byte_code_buf + pos;\n                    goto restart;\n",
     "                    NS_MOVE(b->byte_code_buf + pos);\n"
     "                    // `catch {}` and `finally` have none\n"
     "                    if (code->tier != NS_TIER_TURBOFAN && *pc != OP_drop && *pc != OP_gosub)\n"
     "                        ns_garbage(rt, NS_CATCH_CONTEXT_WORDS);\n"
     "                    goto restart;\n")
edit("a list is appended, without an iterator",
     "                if (js_append_enumerate(ctx, sp))\n                    goto exception;\n",
     "                rt->ns.skip = NS_SKIP_ITERATOR;\n                if (js_append_enumerate(ctx, sp))\n                    goto exception;\n"
     "                rt->ns.skip = NS_SKIP_NONE;\n")

# -- What old garbage holds ---------------------------------------------------------------------------
edit("an object is freed, with what it holds",
     "        assert(p->ref_count == 0);\n        free_gc_object(rt, p);\n    }\n    rt->gc_phase = JS_GC_PHASE_NONE;\n",
     "        assert(p->ref_count == 0);\n        rt->ns.holder = ns_modelled(rt) && ns_block_of(p)->aged >= NS_AGED_OLD;\n"
     "        if (rt->ns.holder)\n            mark_children(rt, p, ns_hold);\n"
     "        free_gc_object(rt, p);\n    }\n    rt->ns.holder = false;\n    rt->gc_phase = JS_GC_PHASE_NONE;\n")

# -- Slack tracking -----------------------------------------------------------------------------------
edit("slots of what has an object as its prototype",
     "        struct { /* JS_CLASS_BYTECODE_FUNCTION: 12/24 bytes */\n",
     "        ns_slack slack; /* JS_CLASS_OBJECT: of what has it as its prototype */\n"
     "        struct { /* JS_CLASS_BYTECODE_FUNCTION: 12/24 bytes */\n")

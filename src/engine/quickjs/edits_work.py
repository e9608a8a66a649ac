"""The work of builtins. See probe_work.c.inc and tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1, file="quickjs.c"):
    EDITS.append({"name": name, "file": file, "find": find, "put": put, "times": times})


edit("work of a native function, its place", "            uint8_t is_api;\n",
     "            uint8_t is_api;\n            uint8_t work;\n")
edit("work of a native function, looked up", "    p->u.cfunc.is_api = ctx->rt->ns.booted;\n",
     "    p->u.cfunc.is_api = ctx->rt->ns.booted;\n    p->u.cfunc.work = ns_find_work((const void *)func);\n")
edit("work of a native function",
     "    func = p->u.cfunc.c_function;\n    switch(cproto) {\n",
     "    func = p->u.cfunc.c_function;\n    ns_enter_builtin(ctx, p, this_obj, argc, arg_buf);\n"
     "    switch(cproto) {\n")
edit("declarations of work",
     "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n",
     "static uint8_t ns_find_work(const void *function);\n"
     "static void ns_enter_builtin(JSContext *ctx, JSObject *function, JSValueConst self, int argc,\n"
     "                             JSValueConst *argv);\n"
     "static inline void ns_charge(JSContext *ctx, ns_work_class cls, uint64_t items);\n"
     "static void ns_characters_copied(JSContext *ctx, int length);\n"
     "static void ns_source_comes(JSContext *ctx, const char *script, const char *text, size_t length);\n"
     "static bool ns_is_eager(const uint8_t *start, const uint8_t *function);\n\n"
     "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n")
edit("characters copied",
     "    p = js_alloc_string_rt(ctx->rt, max_len, is_wide_char);\n",
     "    ns_characters_copied(ctx, max_len);\n"
     "    p = js_alloc_string_rt(ctx->rt, max_len, is_wide_char);\n")
edit("characters of a buffer",
     "    if (!s->is_wide_char)\n        str->u.str8[s->len] = 0;\n",
     "    ns_charge(s->ctx, NS_WORK_STRING, s->len);\n"
     "    if (!s->is_wide_char)\n        str->u.str8[s->len] = 0;\n")
edit("characters compared",
     "    len = min_int(p1->len, p2->len);\n    res = js_string_memcmp(p1, 0, p2, 0, len);\n    if (res == 0) {\n"
     "        if (p1->len == p2->len)\n            res = 0;\n        else if",
     "    len = min_int(p1->len, p2->len);\n    res = js_string_memcmp(p1, 0, p2, 0, len);\n"
     "    ns_charge(ctx, NS_WORK_STRING, res ? 1 : len);\n    if (res == 0) {\n"
     "        if (p1->len == p2->len)\n            res = 0;\n        else if")
edit("a comparison of sort",
     "    if (psc->exception)\n        return 0;\n\n    if (psc->has_method) {\n",
     "    if (psc->exception)\n        return 0;\n    ns_charge(ctx, NS_WORK_SORT, 1);\n\n"
     "    if (psc->has_method) {\n")
edit("a microtask",
     "int JS_EnqueueJob(JSContext *ctx, JSJobFunc *job_func,\n"
     "                  int argc, JSValueConst *argv)\n{\n    JSRuntime *rt = ctx->rt;\n    JSJobEntry *e;\n    int i;\n\n",
     "static inline void ns_charge(JSContext *ctx, ns_work_class cls, uint64_t items);\n"
     "int JS_EnqueueJob(JSContext *ctx, JSJobFunc *job_func,\n"
     "                  int argc, JSValueConst *argv)\n{\n    JSRuntime *rt = ctx->rt;\n    JSJobEntry *e;\n    int i;\n\n"
     "    ns_charge(ctx, NS_WORK_JOB, 1);\n")
edit("characters of JSON",
     "    ret = string_buffer_end(jsc->b);\n    goto done;\n",
     "    ns_charge(ctx, NS_WORK_JSON, jsc->b->len - jsc->ns_quoted);\n"
     "    ns_charge(ctx, NS_WORK_QUOTED, jsc->ns_quoted);\n    ret = string_buffer_end(jsc->b);\n    goto done;\n")
edit("characters of source text",
     "static void js_parse_init(JSContext *ctx, JSParseState *s,\n"
     "                          const char *input, size_t input_len,\n"
     "                          const char *filename)\n{\n",
     "static void js_parse_init(JSContext *ctx, JSParseState *s,\n"
     "                          const char *input, size_t input_len,\n"
     "                          const char *filename)\n{\n    ns_source_comes(ctx, filename, input, input_len);\n")
edit("a function that is compiled with what is around it",
     "        fd->source_len = s->buf_ptr - ptr;\n        fd->source = js_strndup(ctx, (const char *)ptr, fd->source_len);\n",
     "        fd->ns_eager = ns_is_eager(s->buf_start, ptr);\n"
     "        fd->source_len = s->buf_ptr - ptr;\n        fd->source = js_strndup(ctx, (const char *)ptr, fd->source_len);\n")
edit("how a function is compiled",
     "        b->debug.source_len = fd->source_len;\n    }\n",
     "        b->debug.source_len = fd->source_len;\n    }\n"
     "    b->ns_eager = fd->ns_eager;\n    b->ns_cached = ctx->rt->ns.text_cached;\n")
edit("properties that for-in lists",
     "        it->tab_atom = tab_atom;\n        it->atom_count = tab_atom_count;\n    }\n    return enum_obj;\n",
     "        it->tab_atom = tab_atom;\n        it->atom_count = tab_atom_count;\n"
     "        ns_properties_listed(ctx, p, tab_atom_count, false);\n"
     "        if (ns_is_dictionary(ctx->rt, p)) // with elements before them: PrependElementIndices\n"
     "            ns_garbage(ctx->rt, NS_FIXED_ARRAY_WORDS + (uint64_t)tab_atom_count);\n    }\n    return enum_obj;\n")
edit("properties that are listed",
     "    if (JS_GetOwnPropertyNamesInternal(ctx, &atoms, &len, p, flags & ~JS_GPN_ENUM_ONLY))\n        goto exception;\n",
     "    if (JS_GetOwnPropertyNamesInternal(ctx, &atoms, &len, p, flags & ~JS_GPN_ENUM_ONLY))\n        goto exception;\n"
     "    bool ns_all_keys = kind == JS_ITERATOR_KIND_KEY && !(flags & JS_GPN_ENUM_ONLY) && ns_is_dictionary(ctx->rt, p);\n"
     "    if (ns_all_keys) // the set is the result, which stands for the array\n"
     "        ns_keys_in_set(ctx->rt, len);\n    else\n"
     "        ns_properties_listed(ctx, p, len, kind != JS_ITERATOR_KIND_KEY);\n")
edit("properties that are copied",
     "    for (i = 0; i < tab_atom_count; i++) {\n        if (pexcl) {\n",
     "    ns_properties_listed(ctx, p, tab_atom_count, true);\n"
     "    for (i = 0; i < tab_atom_count; i++) {\n        if (pexcl) {\n")
edit("declarations of listed properties", "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n",
     "static void ns_properties_listed(JSContext *ctx, const JSObject *p, uint64_t count, bool entry);\n"
     "static void ns_keys_in_set(JSRuntime *rt, uint64_t count);\n"
     "static void ns_double_written(JSContext *ctx);\n"
     "static JSValue ns_double_to_string(JSContext *ctx, double number);\n"
     "static uint32_t ns_long_quoted(JSValueConst text);\n\n"
     "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n")
edit("pieces of a text",
     "add_tail:\n    T = js_sub_string(ctx, sp, p, s);\n",
     "add_tail:\n    ns_split(ctx, sp, rp, lengthA + 1);\n    T = js_sub_string(ctx, sp, p, s);\n")
edit("the text of a number",
     "    len = js_dtoa(buf, d, radix, n_digits, flags, &dtoa_mem);\n    res = js_new_string8_len(ctx, buf, len);\n",
     "    len = js_dtoa(buf, d, radix, n_digits, flags, &dtoa_mem);\n    ns_double_written(ctx);\n"
     "    res = js_new_string8_len(ctx, buf, len);\n")
edit("entries that move to a larger table",
     "    memset(new_hash_table, 0, sizeof(new_hash_table[0]) * new_hash_size);\n",
     "    memset(new_hash_table, 0, sizeof(new_hash_table[0]) * new_hash_size);\n"
     "    ns_charge(ctx, NS_WORK_REHASH, s->record_count);\n")
edit("a backing store",
     "    abuf->byte_length = len;\n    if (alloc_flag) {\n",
     "    abuf->byte_length = len;\n    if (alloc_flag && len > 64) // v8_typed_array_max_size_in_heap\n        ns_charge(ctx, NS_WORK_BUFFER, 1);\n    if (alloc_flag) {\n")
edit("an element of Promise.all",
     "    func_data[0] = JS_NewBool(ctx, TRUE);\n\n    if (resolve_type == PROMISE_MAGIC_allSettled) {\n        JSValue str;\n\n",
     "    func_data[0] = JS_NewBool(ctx, TRUE);\n"
     "    ns_charge(ctx, resolve_type == PROMISE_MAGIC_allSettled ? NS_WORK_RECORD : NS_WORK_SETTLE, 1);\n\n"
     "    if (resolve_type == PROMISE_MAGIC_allSettled) {\n        JSValue str;\n\n")
edit("declarations of elements", "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n",
     "static void ns_array_of_holes(JSContext *ctx, uint32_t length);\n"
     "static void ns_text_to_number(JSContext *ctx, const char *text, size_t length);\n"
     "static bool ns_parses_itself(JSContext *ctx, JSValueConst value, JSValueConst radix, JSValue *result);\n"
     "static void ns_date_asked(JSContext *ctx, JSValueConst date);\n"
     "static void ns_split(JSContext *ctx, const JSString *text, const JSString *by, uint64_t pieces);\n"
     "static void ns_elements_appended(JSContext *ctx, uint32_t at, uint64_t count);\n"
     "static void ns_element_taken(JSContext *ctx, JSValueConst iterator, int work);\n\n"
     "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n")
edit("an array of a length",
     "        if (JS_ToArrayLengthFree(ctx, &len, JS_DupValue(ctx, argv[0]), TRUE))\n            goto fail;\n",
     "        if (JS_ToArrayLengthFree(ctx, &len, JS_DupValue(ctx, argv[0]), TRUE))\n            goto fail;\n"
     "        ns_array_of_holes(ctx, len);\n")
edit("elements of Array.from",
     "            v = JS_IteratorNext(ctx, enum_obj, next_method, 0, NULL, &done);\n"
     "            if (JS_IsException(v))\n                goto exception;\n            if (done)\n                break;\n"
     "            if (mapping) {\n",
     "            v = JS_IteratorNext(ctx, enum_obj, next_method, 0, NULL, &done);\n"
     "            if (JS_IsException(v))\n                goto exception;\n            if (done)\n                break;\n"
     "            ns_element_taken(ctx, enum_obj, 0);\n            if (mapping) {\n")
edit("elements of Array.from without an iterator",
     "        for(k = 0; k < len; k++) {\n            v = JS_GetPropertyInt64(ctx, arrayLike, k);\n"
     "            if (JS_IsException(v))\n                goto exception;\n            if (mapping) {\n",
     "        for(k = 0; k < len; k++) {\n            ns_charge(ctx, NS_WORK_SLOW_ELEMENT, 1);\n"
     "            v = JS_GetPropertyInt64(ctx, arrayLike, k);\n"
     "            if (JS_IsException(v))\n                goto exception;\n            if (mapping) {\n")
edit("elements that are spread",
     "                /* value is JS_UNDEFINED */\n                break;\n            }\n",
     "                /* value is JS_UNDEFINED */\n                break;\n            }\n"
     "            ns_element_taken(ctx, enumobj, 0);\n")
edit("elements of a new Map or Set",
     "            ns_collected(ctx->rt, arr, is_set);\n            if (done)\n                break;\n",
     "            ns_collected(ctx->rt, arr, is_set);\n            if (done)\n                break;\n"
     "            ns_element_taken(ctx, iter, is_set ? 1 : 2);\n")
edit("elements that are copied within an array",
     "    count = min_int64(final - from, len - to);\n\n    if (JS_CopySubArray",
     "    count = min_int64(final - from, len - to);\n"
     "    ns_charge(ctx, NS_WORK_SLOW_ELEMENT, count > 0 ? (uint64_t)count : 0);\n\n    if (JS_CopySubArray")
edit("elements that are spread at once",
     "        if (pos == 0)\n            ns_elements_fit(ctx, sp[-3], count32);\n",
     "        ns_elements_appended(ctx, pos, count32);\n"
     "        if (pos == 0)\n            ns_elements_fit(ctx, sp[-3], count32);\n")
edit("a number for parseInt",
     "    int radix, flags;\n    JSValue ret;\n\n    str = JS_ToCString(ctx, argv[0]);\n    if (!str)\n        return JS_EXCEPTION;\n"
     "    if (JS_ToInt32(ctx, &radix, argv[1])) {\n",
     "    int radix, flags;\n    JSValue ret;\n    size_t ns_length;\n\n"
     "    if (ns_parses_itself(ctx, argv[0], argv[1], &ret))\n        return ret;\n"
     "    str = JS_ToCStringLen(ctx, &ns_length, argv[0]);\n    if (!str)\n        return JS_EXCEPTION;\n"
     "    ns_text_to_number(ctx, str, ns_length);\n"
     "    if (JS_ToInt32(ctx, &radix, argv[1])) {\n")
edit("a number of a Date",
     "    n = (magic >> 4) & 0x0F;\n    res = get_date_fields(ctx, this_val, fields, is_local, 0);\n",
     "    n = (magic >> 4) & 0x0F;\n    ns_date_asked(ctx, this_val);\n    res = get_date_fields(ctx, this_val, fields, is_local, 0);\n")
edit("a Date of a text",
     "            dv = js_Date_parse(ctx, JS_UNDEFINED, 1, (JSValueConst *)&v);\n",
     "            ns_charge(ctx, NS_WORK_DATE_PARSE, 1);\n"
     "            dv = js_Date_parse(ctx, JS_UNDEFINED, 1, (JSValueConst *)&v);\n")
edit("a property that JSON.parse hands to a function",
     "            new_el = internalize_json_property(ctx, val, prop, reviver);\n",
     "            ns_charge(ctx, NS_WORK_DEFINE, 1);\n            new_el = internalize_json_property(ctx, val, prop, reviver);\n")
edit("an accessor of a literal",
     "                    getter = sp[-1];\n                    flags |= JS_PROP_HAS_GET;\n                } else {\n"
     "                    setter = sp[-1];\n                    flags |= JS_PROP_HAS_SET;\n                }\n",
     "                    getter = sp[-1];\n                    flags |= JS_PROP_HAS_GET;\n                } else {\n"
     "                    setter = sp[-1];\n                    flags |= JS_PROP_HAS_SET;\n                }\n"
     "                if (op_flags != OP_DEFINE_METHOD_METHOD && flags & JS_PROP_ENUMERABLE) // no class's\n"
     "                    ns_charge(ctx, NS_WORK_DEFINE, 1);\n")
edit("long texts of JSON",
     "        val = JS_ToQuotedStringFree(ctx, val);\n        if (JS_IsException(val))\n            goto exception;\n        goto concat_value;\n",
     "        val = JS_ToQuotedStringFree(ctx, val);\n        if (JS_IsException(val))\n            goto exception;\n"
     "        jsc->ns_quoted += ns_long_quoted(val);\n        goto concat_value;\n")
edit("the text of a number in JSON",
     "        if (!isfinite(JS_VALUE_GET_FLOAT64(val))) {\n            val = JS_NULL;\n        }\n        goto concat_value;\n",
     "        // JsonStringifier::SerializeDouble asks no cache\n"
     "        val = isfinite(JS_VALUE_GET_FLOAT64(val))\n"
     "                  ? js_dtoa2(ctx, JS_VALUE_GET_FLOAT64(val), 10, 0, JS_DTOA_FORMAT_FREE) : JS_NULL;\n"
     "        if (JS_IsException(val))\n            goto exception;\n        goto concat_value;\n")
edit("long texts of JSON are counted",
     "    JSValueConst replacer_func;\n",
     "    JSValueConst replacer_func;\n    uint32_t ns_quoted; /* characters of long texts */\n")
edit("no long texts of JSON yet", "    jsc->replacer_func = JS_UNDEFINED;\n    jsc->stack",
     "    jsc->ns_quoted = 0;\n    jsc->replacer_func = JS_UNDEFINED;\n    jsc->stack")
edit("the text of a double is kept",
     "    case JS_TAG_FLOAT64:\n        return js_dtoa2(ctx, JS_VALUE_GET_FLOAT64(val), 10, 0,\n                        JS_DTOA_FORMAT_FREE);\n",
     "    case JS_TAG_FLOAT64:\n        return ns_double_to_string(ctx, JS_VALUE_GET_FLOAT64(val));\n")
edit("the text of a double's toString is kept",
     "    flags = JS_DTOA_FORMAT_FREE;\n    if (base != 10)\n",
     "    flags = JS_DTOA_FORMAT_FREE;\n    if (base == 10)\n        return ns_double_to_string(ctx, d);\n    if (base != 10)\n")
edit("a Date comes",
     "            p->u.object_data = val; /* for JS_CLASS_STRING,",
     "            ctx->rt->ns.dated = NULL; /* this one, or where that was */\n"
     "            p->u.object_data = val; /* for JS_CLASS_STRING,")
edit("a property by a name that is computed", "                rt->ns.computed = rt->ns.computed_literal = false;\n",
     "                if (rt->ns.computed_literal && JS_VALUE_GET_TAG(sp[-1]) != JS_TAG_SYMBOL)\n"
     "                    ns_charge(ctx, NS_WORK_ADD, 1);\n"
     "                rt->ns.computed = rt->ns.computed_literal = false;\n")
edit("properties that are copied but for some", "    ns_properties_listed(ctx, p, tab_atom_count, true);\n",
     "    ns_properties_listed(ctx, p, tab_atom_count, true);\n"
     "    if (ctx->rt->ns.computed) // Runtime_CopyDataPropertiesWithExcludedPropertiesOnStack\n"
     "        ns_charge(ctx, NS_WORK_TAKEN, tab_atom_count);\n")
edit("indices that for-in lists", "        it->is_array = TRUE;\n        it->atom_count = p->u.array.count;\n",
     "        it->is_array = TRUE;\n        it->atom_count = p->u.array.count;\n"
     "        // a text is made of each, and looked for when its turn comes\n"
     "        ns_charge(ctx, NS_WORK_NUMBER, 2 * (uint64_t)it->atom_count);\n")
edit("an operation of a Proxy",
     "    JSProxyData *s = JS_GetOpaque(obj, JS_CLASS_PROXY);\n    JSValue method;\n\n",
     "    JSProxyData *s = JS_GetOpaque(obj, JS_CLASS_PROXY);\n    JSValue method;\n\n"
     "    ns_charge(ctx, NS_WORK_PROXY, 1);\n")
edit("a text that becomes a number",
     "            str = JS_ToCStringLen(ctx, &len, val);\n            JS_FreeValue(ctx, val);\n            if (!str)\n"
     "                return JS_EXCEPTION;\n            p = str;\n",
     "            str = JS_ToCStringLen(ctx, &len, val);\n            JS_FreeValue(ctx, val);\n            if (!str)\n"
     "                return JS_EXCEPTION;\n            ns_text_to_number(ctx, str, len);\n            p = str;\n")
# -- Regular expressions ---------------------------------------------------------------------------------
edit("what a matcher asks for",
     "int lre_check_timeout(void *opaque);\n",
     "int lre_check_timeout(void *opaque);\n"
     "/* how a text is about to be looked through; charges the call */\n"
     "typedef struct lre_policy { BOOL interpret_all, forced; int ticks; } lre_policy;\n"
     "lre_policy lre_begin(void *opaque);\n"
     "void lre_charge(void *opaque, int work, uint64_t items);\n", file="libregexp.h")
edit("an instruction that looks for a start", "DEF(simple_greedy_quant, 17)\n",
     "DEF(simple_greedy_quant, 17)\nDEF(search, 5) /* split_goto_first, in front of an expression */\n",
     file="libregexp-opcode.h")
edit("room in front of an expression", "#define RE_HEADER_LEN 7\n",
     "#define RE_HEADER_LEN (7 + 139) /* with an ns_search */\n", file="libregexp.c")
edit("room in front of an expression is kept",
     "    dbuf_put_u32(&s->byte_code, 0); /* bytecode length */\n",
     "    dbuf_put_u32(&s->byte_code, 0); /* bytecode length */\n"
     "    for (size_t i = 0; i < sizeof(ns_search); i++)\n        dbuf_putc(&s->byte_code, 0);\n",
     file="libregexp.c")
edit("steps of the matcher",
     "        opcode = *pc++;\n        switch(opcode) {\n        case REOP_match:\n",
     "        opcode = *pc++;\n        s->steps += ns_steps[opcode];\n        switch(opcode) {\n        case REOP_match:\n",
     file="libregexp.c")
edit("the next start",
     "        case REOP_split_goto_first:\n        case REOP_split_next_first:\n            {\n                const uint8_t *pc1;\n",
     "        case REOP_search:\n"
     "            if (cbuf_type == 0) {\n"
     "                cptr = ns_search_next(s->search, cptr, cbuf_end, &s->looks);\n"
     "                if (!cptr)\n                    goto no_match;\n"
     "            } else {\n                s->looks++;\n            }\n"
     "            /* fall through */\n"
     "        case REOP_split_goto_first:\n        case REOP_split_next_first:\n            {\n                const uint8_t *pc1;\n",
     file="libregexp.c")
edit("tests of a class",
     "                low = get_u16(pc + 0 * 4);\n                if (c < low)\n",
     "                s->steps += s->interpreted && ns_has_more_tests(pc, n);\n"
     "                low = get_u16(pc + 0 * 4);\n                if (c < low)\n", file="libregexp.c")
edit("steps back", "                            char_count = get_u32(pc + 12);\n",
     "                            char_count = get_u32(pc + 12);\n                            s->steps++;\n", file="libregexp.c")
edit("steps of the matcher are kept", "    int interrupt_counter;\n",
     "    int interrupt_counter;\n    uint64_t steps, looks;\n    BOOL interpreted;\n    const ns_search *search;\n",
     file="libregexp.c")
edit("no steps yet", "    s->interrupt_counter = INTERRUPT_COUNTER_INIT;\n    s->opaque = opaque;\n",
     "    s->interrupt_counter = INTERRUPT_COUNTER_INIT;\n    s->steps = s->looks = 0;\n    s->opaque = opaque;\n"
     "    s->search = ns_search_of(bc_buf);\n"
     "    s->interpreted = ns_search_begins(bc_buf, clen, cbuf_type != 0, opaque);\n"
     "    if (cbuf_type == 0 && !s->search->started)\n        ns_search_start(ns_search_of(bc_buf), cbuf, clen);\n",
     file="libregexp.c")
edit("steps are charged while the matcher runs",
     "        if (lre_check_timeout(s->opaque))\n            return LRE_RET_TIMEOUT;\n",
     "        ns_charge_steps(s);\n"
     "        if (lre_check_timeout(s->opaque))\n            return LRE_RET_TIMEOUT;\n",
     file="libregexp.c")
edit("steps are charged at the end",
     "    lre_realloc(s->opaque, s->state_stack, 0);\n    return ret;\n",
     "    ns_charge_steps(s);\n    lre_realloc(s->opaque, s->state_stack, 0);\n    return ret;\n",
     file="libregexp.c")
edit("how steps are charged",
     "static int lre_poll_timeout(REExecContext *s)\n",
     "static void ns_charge_steps(REExecContext *s)\n{\n"
     "    lre_charge(s->opaque, s->interpreted ? NS_WORK_REGEXP_BYTECODE : NS_WORK_REGEXP, s->steps);\n"
     "    lre_charge(s->opaque, s->interpreted ? NS_WORK_SCAN_BYTECODE : NS_WORK_SCAN, s->looks);\n"
     "    s->steps = s->looks = 0;\n}\n\n"
     "static int lre_poll_timeout(REExecContext *s)\n",
     file="libregexp.c")
edit("how starts are looked for", "/* 'buf' must be a zero terminated UTF-8 string of length buf_len.\n",
     '#include "engine/probe.h"\n#include "regexp_search.h"\n\n'
     "/* 'buf' must be a zero terminated UTF-8 string of length buf_len.\n",
     file="libregexp.c")
edit("what a match may start with",
     "    stack_size = compute_stack_size(s->byte_code.buf, s->byte_code.size);\n",
     "    ns_search_prepare(s->byte_code.buf, re_flags, buf_len);\n"
     "    stack_size = compute_stack_size(s->byte_code.buf, s->byte_code.size);\n",
     file="libregexp.c")
edit("a matcher that runs long",
     "    return (rt->interrupt_handler && \n            rt->interrupt_handler(rt, rt->interrupt_opaque));\n",
     "    return rt->ns.probe.cost >= rt->ns.probe.budget && ns_quantum(ctx);\n")
edit("groups of a match",
     "        prop_flags = JS_PROP_C_W_E | JS_PROP_THROW;\n        group_name_ptr = lre_get_groupnames(re_bytecode);\n",
     "        ns_groups_made(ctx, (uint32_t)capture_count);\n"
     "        prop_flags = JS_PROP_C_W_E | JS_PROP_THROW;\n        group_name_ptr = lre_get_groupnames(re_bytecode);\n")
edit("an expression that was compiled before",
     "    str = JS_ToCStringLen2(ctx, &len, pattern, !(re_flags & LRE_FLAG_UNICODE));\n    if (!str)\n        return JS_EXCEPTION;\n    re_bytecode_buf",
     "    ret = ns_regexp_cached(ctx, pattern, re_flags);\n    if (!JS_IsUndefined(ret))\n        return ret;\n"
     "    str = JS_ToCStringLen2(ctx, &len, pattern, !(re_flags & LRE_FLAG_UNICODE));\n    if (!str)\n        return JS_EXCEPTION;\n    re_bytecode_buf")
edit("an expression that is compiled",
     "    ret = js_new_string8_len(ctx, (const char *)re_bytecode_buf, re_bytecode_len);\n    js_free(ctx, re_bytecode_buf);\n",
     "    ret = ns_regexp_compiled(ctx, pattern, re_flags, re_bytecode_buf, re_bytecode_len);\n    js_free(ctx, re_bytecode_buf);\n")
edit("an expression that is made",
     "    bc = js_compile_regexp(ctx, pattern, flags);\n    if (JS_IsException(bc))\n        goto fail;\n    JS_FreeValue(ctx, flags);\n no_compilation:\n",
     "    ctx->rt->ns.regexps.fresh = 0;\n"
     "    bc = js_compile_regexp(ctx, pattern, flags);\n    if (JS_IsException(bc))\n        goto fail;\n"
     "    ns_charge(ctx, NS_WORK_REGEXP_PARSE, ctx->rt->ns.regexps.fresh);\n    JS_FreeValue(ctx, flags);\n no_compilation:\n")
edit("declarations of expressions", "static JSValue js_compile_regexp(JSContext *ctx, JSValueConst pattern,\n                                 JSValueConst flags)\n{\n",
     "static void ns_groups_made(JSContext *ctx, uint32_t count);\n"
     "static JSValue ns_regexp_cached(JSContext *ctx, JSValueConst pattern, int flags);\n"
     "static JSValue ns_regexp_compiled(JSContext *ctx, JSValueConst pattern, int flags, const uint8_t *code, int size);\n\n"
     "static JSValue js_compile_regexp(JSContext *ctx, JSValueConst pattern,\n                                 JSValueConst flags)\n{\n")
edit("the array that optimized code maps to",
     "        /* XXX: JS_ArraySpeciesCreate should take int64_t */\n        ret = JS_ArraySpeciesCreate(ctx, obj, JS_NewInt64(ctx, len));\n"
     "        if (JS_IsException(ret))\n            goto exception;\n",
     "        /* XXX: JS_ArraySpeciesCreate should take int64_t */\n        ret = JS_ArraySpeciesCreate(ctx, obj, JS_NewInt64(ctx, len));\n"
     "        if (JS_IsException(ret))\n            goto exception;\n        ns_array_mapped(ctx, ret);\n")
edit("declaration of mapped arrays", "#define special_every    0\n",
     "static void ns_array_mapped(JSContext *ctx, JSValueConst array);\n\n#define special_every    0\n")
edit("expressions are forgotten", "    /* don't remove the weak objects to avoid create new jobs with\n",
     "    ns_forget_regexps(rt);\n    /* don't remove the weak objects to avoid create new jobs with\n")
edit("declaration of forgetting", "void JS_FreeRuntime(JSRuntime *rt)\n", "static void ns_forget_regexps(JSRuntime *rt);\nvoid JS_FreeRuntime(JSRuntime *rt)\n")

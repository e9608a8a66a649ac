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
     "    ns_charge(ctx, NS_WORK_JSON, jsc->b->len);\n    ret = string_buffer_end(jsc->b);\n    goto done;\n")
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
     "static void ns_double_written(JSContext *ctx);\n\n"
     "static inline uint32_t atom_get_free(const JSAtomStruct *p)\n")
edit("pieces of a text",
     "add_tail:\n    T = js_sub_string(ctx, sp, p, s);\n",
     "add_tail:\n    ns_charge(ctx, NS_WORK_PIECE, lengthA + 1);\n    T = js_sub_string(ctx, sp, p, s);\n")
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
     "    abuf->byte_length = len;\n    if (alloc_flag)\n        ns_charge(ctx, NS_WORK_BUFFER, 1);\n    if (alloc_flag) {\n")
edit("an element of Promise.all",
     "    func_data[0] = JS_NewBool(ctx, TRUE);\n\n    if (resolve_type == PROMISE_MAGIC_allSettled) {\n        JSValue str;\n\n",
     "    func_data[0] = JS_NewBool(ctx, TRUE);\n"
     "    ns_charge(ctx, resolve_type == PROMISE_MAGIC_allSettled ? NS_WORK_RECORD : NS_WORK_SETTLE, 1);\n\n"
     "    if (resolve_type == PROMISE_MAGIC_allSettled) {\n        JSValue str;\n\n")
# -- Regular expressions ---------------------------------------------------------------------------------
edit("steps of the matcher",
     "        opcode = *pc++;\n        switch(opcode) {\n        case REOP_match:\n",
     "        s->steps++;\n        opcode = *pc++;\n        switch(opcode) {\n        case REOP_match:\n",
     file="libregexp.c")
edit("steps of the matcher are kept", "    int interrupt_counter;\n",
     "    int interrupt_counter;\n    uint64_t steps;\n", file="libregexp.c")
edit("no steps yet", "    s->interrupt_counter = INTERRUPT_COUNTER_INIT;\n    s->opaque = opaque;\n",
     "    s->interrupt_counter = INTERRUPT_COUNTER_INIT;\n    s->steps = 0;\n    s->opaque = opaque;\n",
     file="libregexp.c")
edit("steps are charged while the matcher runs",
     "        if (lre_check_timeout(s->opaque))\n            return LRE_RET_TIMEOUT;\n",
     "        lre_charge(s->opaque, s->steps);\n        s->steps = 0;\n"
     "        if (lre_check_timeout(s->opaque))\n            return LRE_RET_TIMEOUT;\n",
     file="libregexp.c")
edit("steps are charged at the end",
     "    lre_realloc(s->opaque, s->state_stack, 0);\n    return ret;\n",
     "    lre_charge(s->opaque, s->steps);\n    lre_realloc(s->opaque, s->state_stack, 0);\n    return ret;\n",
     file="libregexp.c")
edit("declaration of lre_charge", "#define INTERRUPT_COUNTER_INIT 10000\n",
     "#define INTERRUPT_COUNTER_INIT 10000\nvoid lre_charge(void *opaque, uint64_t steps);\n",
     file="libregexp.c")
edit("an expression that starts with ^", "uint8_t *lre_compile(int *plen, char *error_msg, int error_msg_size,\n",
     '#include "regexp_anchor.h"\n\nuint8_t *lre_compile(int *plen, char *error_msg, int error_msg_size,\n',
     file="libregexp.c")
edit("an expression that starts with ^ is tried once",
     "    stack_size = compute_stack_size(s->byte_code.buf, s->byte_code.size);\n",
     "    ns_anchor(s->byte_code.buf + RE_HEADER_LEN, re_flags);\n"
     "    stack_size = compute_stack_size(s->byte_code.buf, s->byte_code.size);\n",
     file="libregexp.c")
edit("a matcher that runs long",
     "    return (rt->interrupt_handler && \n            rt->interrupt_handler(rt, rt->interrupt_opaque));\n",
     "    return rt->ns.probe.cost >= rt->ns.probe.budget && ns_quantum(ctx);\n")
edit("a call of the matcher",
     "        rc = lre_exec(capture, re_bytecode,\n                      str_buf, last_index, str->len,\n                      shift, ctx);\n",
     "        ns_charge(ctx, NS_WORK_MATCH, 1);\n"
     "        rc = lre_exec(capture, re_bytecode,\n                      str_buf, last_index, str->len,\n                      shift, ctx);\n")
edit("groups of a match",
     "        prop_flags = JS_PROP_C_W_E | JS_PROP_THROW;\n        group_name_ptr = lre_get_groupnames(re_bytecode);\n",
     "        ns_charge(ctx, NS_WORK_CAPTURE, capture_count);\n"
     "        prop_flags = JS_PROP_C_W_E | JS_PROP_THROW;\n        group_name_ptr = lre_get_groupnames(re_bytecode);\n")
edit("the array that optimized code maps to",
     "        /* XXX: JS_ArraySpeciesCreate should take int64_t */\n        ret = JS_ArraySpeciesCreate(ctx, obj, JS_NewInt64(ctx, len));\n"
     "        if (JS_IsException(ret))\n            goto exception;\n",
     "        /* XXX: JS_ArraySpeciesCreate should take int64_t */\n        ret = JS_ArraySpeciesCreate(ctx, obj, JS_NewInt64(ctx, len));\n"
     "        if (JS_IsException(ret))\n            goto exception;\n        ns_array_mapped(ctx, ret);\n")
edit("declaration of mapped arrays", "#define special_every    0\n",
     "static void ns_array_mapped(JSContext *ctx, JSValueConst array);\n\n#define special_every    0\n")

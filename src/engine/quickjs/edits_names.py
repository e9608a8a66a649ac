"""Inferred names: what a function without a name of its own is called in stacks and profiles, from the
member that it is assigned to. The body is in errors_names.c.inc. See tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1):
    EDITS.append({"name": "inferred names: " + name, "file": "quickjs.c", "find": find, "put": put, "times": times})


edit("of a function's code", "    uint8_t is_direct_or_indirect_eval : 1; /* used by JS_GetScriptOrModuleName() */\n",
     "    uint8_t is_direct_or_indirect_eval : 1; /* used by JS_GetScriptOrModuleName() */\n"
     "    uint8_t name_is_inferred : 1; /* func_name is; the function's own name is empty */\n")
edit("written", "    bc_set_flags(&flags, &idx, b->is_direct_or_indirect_eval, 1);\n",
     "    bc_set_flags(&flags, &idx, b->is_direct_or_indirect_eval, 1);\n"
     "    bc_set_flags(&flags, &idx, b->name_is_inferred, 1);\n")
edit("read", "    bc.is_direct_or_indirect_eval = bc_get_flags(v16, &idx, 1);\n",
     "    bc.is_direct_or_indirect_eval = bc_get_flags(v16, &idx, 1);\n"
     "    bc.name_is_inferred = bc_get_flags(v16, &idx, 1);\n")
edit("of a definition", "    BOOL is_func_expr; /* TRUE if function expression */\n",
     "    BOOL is_func_expr; /* TRUE if function expression */\n    BOOL name_is_inferred;\n")
edit("of the code from its definition", "    b->func_name = fd->func_name;\n    if (fd->arg_count",
     "    b->func_name = fd->func_name;\n    b->name_is_inferred = fd->name_is_inferred;\n    if (fd->arg_count")
edit("the function's own name", "    name_atom = b->func_name;\n    if (name_atom == JS_ATOM_NULL)\n",
     "    name_atom = b->func_name;\n    if (name_atom == JS_ATOM_NULL || b->name_is_inferred)\n")
edit("the parser's state", "    GetLineColCache get_line_col_cache;\n} JSParseState;\n",
     "    GetLineColCache get_line_col_cache;\n    /* the member that is assigned to, and where its value begins */\n"
     "    const uint8_t *member, *member_end, *member_value;\n} JSParseState;\n"
     "static void ns_infer_name(JSParseState *s, JSFunctionDef *fd, JSFunctionDef *outer,\n"
     "                          const uint8_t *start);\n"
     "static void ns_name_element(JSParseState *s, const JSParseState *array);\n")
edit("where an expression begins",
     "    if (js_parse_cond_expr(s, parse_flags))\n        return -1;\n\n    op = s->token.val;\n",
     "    const uint8_t *target = s->token.ptr;\n    if (js_parse_cond_expr(s, parse_flags))\n        return -1;\n\n"
     "    op = s->token.val;\n")
edit("where its value begins",
     "        if (get_lvalue(s, &opcode, &scope, &name, &label, NULL, (op != '='), op) < 0)\n            return -1;\n",
     "        if (get_lvalue(s, &opcode, &scope, &name, &label, NULL, (op != '='), op) < 0)\n            return -1;\n"
     "        if (op == '=' && (opcode == OP_get_field || opcode == OP_get_array_el)) {\n"
     "            if (s->member_value != target) /* a.b = c.d = value: names of both */\n"
     "                s->member = target;\n            s->member_end = op_token_ptr;\n"
     "            s->member_value = s->token.ptr;\n        }\n")
edit("of what is parsed",
     "    s->cur_func = fd;\n    fd->func_name = func_name;\n",
     "    if (func_name == JS_ATOM_NULL && ptr == s->member_value &&\n"
     "        (func_type == JS_PARSE_FUNC_EXPR || func_type == JS_PARSE_FUNC_ARROW))\n"
     "        ns_infer_name(s, fd, s->cur_func, ptr);\n    else\n        fd->func_name = func_name;\n"
     "    s->cur_func = fd;\n")

edit("of an array", "static __exception int js_parse_array_literal(JSParseState *s)\n{\n    uint32_t idx;\n    BOOL need_length;\n",
     "static __exception int js_parse_array_literal(JSParseState *s)\n{\n    uint32_t idx;\n    BOOL need_length;\n"
     "    /* its elements are named as it is */\n    const JSParseState named = *s;\n")
edit("of its first elements", "        if (js_parse_assign_expr(s))\n            return -1;\n        idx++;\n        /* accept trailing comma */\n",
     "        ns_name_element(s, &named);\n"
     "        if (js_parse_assign_expr(s))\n            return -1;\n        idx++;\n        /* accept trailing comma */\n")
edit("of its other elements", "            if (js_parse_assign_expr(s))\n                return -1;\n            emit_op(s, OP_define_field);\n            emit_u32(s, __JS_AtomFromUInt32(idx));\n",
     "            ns_name_element(s, &named);\n"
     "            if (js_parse_assign_expr(s))\n                return -1;\n            emit_op(s, OP_define_field);\n            emit_u32(s, __JS_AtomFromUInt32(idx));\n")

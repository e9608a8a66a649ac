"""Errors as V8 makes them: stacks, positions, messages. The bodies are in errors_*.c.inc. See
tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1):
    EDITS.append({"name": name, "file": "quickjs.c", "find": find, "put": put, "times": times})


# -- Frames -------------------------------------------------------------------------------------------
edit("a frame's receiver",
     "    JSValue cur_func; /* current function, JS_UNDEFINED if the frame is detached */\n",
     "    JSValue cur_func; /* current function, JS_UNDEFINED if the frame is detached */\n"
     "    JSValue ns_this; /* borrowed */\n")
edit("thrown values and the resumed function",
     "struct JSRuntime {\n",
     "struct JSRuntime {\n    struct JSAsyncFunctionState *ns_resumed; /* by the current microtask */\n"
     "    JSValueConst ns_derived; /* the promise that the current microtask settles */\n"
     "    struct { JSValue value; JSAtom script; int line, column; } ns_thrown;\n")
edit("receiver of a native function",
     "    sf->js_mode = 0;\n    sf->cur_func = (JSValue)func_obj;\n",
     "    sf->js_mode = flags & JS_CALL_FLAG_CONSTRUCTOR ? NS_MODE_CONSTRUCTOR : 0;\n"
     "    sf->ns_this = (JSValue)this_obj;\n    sf->cur_func = (JSValue)func_obj;\n")
edit("receiver of a function",
     "    sf->js_mode = b->js_mode;\n    arg_buf = argv;\n",
     "    sf->js_mode = b->js_mode | (flags & JS_CALL_FLAG_CONSTRUCTOR ? NS_MODE_CONSTRUCTOR : 0);\n"
     "    sf->ns_this = (JSValue)this_obj;\n    arg_buf = argv;\n")
edit("receiver of a generator",
     "            sf->cur_sp = NULL; /* cur_sp is NULL if the function is running */\n",
     "            sf->cur_sp = NULL; /* cur_sp is NULL if the function is running */\n"
     "            sf->ns_this = (JSValue)this_obj;\n")
edit("the microtask's async function",
     "    js_async_function_resume(ctx, s);\n    return JS_UNDEFINED;\n",
     "    JSAsyncFunctionState *outer = ctx->rt->ns_resumed;\n    ctx->rt->ns_resumed = s;\n"
     "    js_async_function_resume(ctx, s);\n    ctx->rt->ns_resumed = outer;\n"
     "    return JS_UNDEFINED;\n")
edit("the microtask's promise",
     "        res = JS_Call(ctx, handler, JS_UNDEFINED, 1, &arg);\n    }\n    is_reject = JS_IsException(res);\n",
     "        JSValueConst outer = ctx->rt->ns_derived;\n        ctx->rt->ns_derived = argv[5];\n"
     "        res = JS_Call(ctx, handler, JS_UNDEFINED, 1, &arg);\n        ctx->rt->ns_derived = outer;\n"
     "    }\n    is_reject = JS_IsException(res);\n")
edit("native functions of the host",
     "            uint8_t cproto;\n            int16_t magic;\n",
     "            uint8_t cproto;\n            int16_t magic;\n            uint8_t is_api;\n")
edit("native functions of the host are marked",
     "    p->u.cfunc.magic = magic;\n",
     "    p->u.cfunc.magic = magic;\n    p->u.cfunc.is_api = ctx->rt->ns.booted;\n")
edit("builtins that are made late",
     "    const JSCFunctionListEntry *e = opaque;\n    JSValue val;\n\n    switch(e->def_type) {\n"
     "    case JS_DEF_CFUNC:\n",
     "    const JSCFunctionListEntry *e = opaque;\n    JSValue val;\n    bool booted = ctx->rt->ns.booted;\n"
     "    ctx->rt->ns.booted = false;\n\n    switch(e->def_type) {\n    case JS_DEF_CFUNC:\n")
edit("builtins that are made late, end",
     "    default:\n        abort();\n    }\n    return val;\n}\n\nstatic int JS_InstantiateFunctionListItem(",
     "    default:\n        abort();\n    }\n    ctx->rt->ns.booted = booted;\n    return val;\n}\n\n"
     "static int JS_InstantiateFunctionListItem(")
edit("a realm",
     "    ctx = JS_NewContextRaw(rt);\n    if (!ctx)\n        return NULL;\n\n",
     "    ctx = JS_NewContextRaw(rt);\n    if (!ctx)\n        return NULL;\n    rt->ns.booted = false;\n\n")
edit("a realm is complete",
     "    JS_AddIntrinsicWeakRef(ctx);\n    return ctx;\n",
     "    JS_AddIntrinsicWeakRef(ctx);\n    ns_errors_init(ctx);\n    rt->ns.booted = true;\n    return ctx;\n")

# -- Capture --------------------------------------------------------------------------------------------
edit("classes of traces", "    JS_CLASS_INIT_COUNT, /*",
     "    JS_CLASS_NS_TRACE,\n    JS_CLASS_NS_CALL_SITE,\n    JS_CLASS_INIT_COUNT, /*")
edit("classes of traces are made",
     "    rt->current_exception = JS_UNINITIALIZED;\n\n    return rt;\n",
     "    rt->current_exception = JS_UNINITIALIZED;\n    rt->ns_thrown.value = JS_UNDEFINED;\n"
     "    if (ns_errors_classes(rt))\n        goto fail;\n\n    return rt;\n")
edit("the thrown value is freed",
     "    JS_FreeValueRT(rt, rt->current_exception);\n\n",
     "    JS_FreeValueRT(rt, rt->current_exception);\n    ns_errors_free(rt);\n\n")
edit("capture",
     "                            int backtrace_flags)\n{\n    JSStackFrame *sf;\n",
     "                            int backtrace_flags)\n{\n"
     "    ns_capture(ctx, error_obj, backtrace_flags & JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL, JS_UNDEFINED,\n"
     "               filename, line_num, col_num);\n    return;\n    JSStackFrame *sf;\n")
edit("capture's declaration",
     "#define JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL (1 << 0)\n",
     "#define JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL (1 << 0)\n"
     "static void ns_capture(JSContext *ctx, JSValueConst object, bool skip_first, JSValueConst until,\n"
     "                       const char *script, int line, int column);\n"
     "static void ns_reserve_stack(JSContext *ctx, JSValueConst object);\n"
     "static bool ns_has_no_frames(JSContext *ctx, JSValueConst error);\n"
     "static void ns_fill_stack(JSContext *ctx, JSValueConst object, JSValueConst new_target);\n")
edit("stack is the first property",
     "    JS_FreeValue(ctx, proto);\n    if (JS_IsException(obj))\n        return obj;\n"
     "    arg_index = (magic == JS_AGGREGATE_ERROR);\n",
     "    JS_FreeValue(ctx, proto);\n    if (JS_IsException(obj))\n        return obj;\n"
     "    ns_reserve_stack(ctx, obj);\n    arg_index = (magic == JS_AGGREGATE_ERROR);\n")
edit("frames of a constructed error",
     "    build_backtrace(ctx, obj, NULL, 0, 0, JS_BACKTRACE_FLAG_SKIP_FIRST_LEVEL);\n    return obj;\n",
     "    ns_fill_stack(ctx, obj, new_target);\n    return obj;\n")
edit("the stack of a thrown error comes first too",
     "        obj = JS_NULL;\n    } else {\n        JS_DefinePropertyValue(ctx, obj, JS_ATOM_message,\n",
     "        obj = JS_NULL;\n    } else {\n        if (!ctx->rt->in_out_of_memory)\n"
     "            ns_reserve_stack(ctx, obj);\n"
     "        JS_DefinePropertyValue(ctx, obj, JS_ATOM_message,\n")
edit("stack is not computed yet",
     "    JS_AUTOINIT_ID_PROP,\n",
     "    JS_AUTOINIT_ID_PROP,\n    JS_AUTOINIT_ID_NS_STACK,\n")
edit("stack is computed",
     "    JSAutoInitFunc *func;\n    JSAutoInitIDEnum id;\n    \n    if (js_shape_prepare_update",
     "    JSAutoInitFunc *func;\n    JSAutoInitIDEnum id;\n\n"
     "    if (js_autoinit_get_id(pr) == JS_AUTOINIT_ID_NS_STACK)\n"
     "        return ns_stack_init(ctx, p, pr, prs);\n    if (js_shape_prepare_update")
edit("stack's declaration",
     "typedef JSValue JSAutoInitFunc(",
     "static int ns_stack_init(JSContext *ctx, JSObject *p, JSProperty *pr, JSShapeProperty *prs);\n"
     "typedef JSValue JSAutoInitFunc(")
edit("throw",
     "        CASE(OP_throw):\n            JS_Throw(ctx, *--sp);\n",
     "        CASE(OP_throw):\n            sf->cur_pc = pc;\n            ns_note_throw(ctx, sf, sp[-1]);\n"
     "            JS_Throw(ctx, *--sp);\n")
edit("script name of eval code",
     '    ret = JS_EvalInternal(ctx, this_obj, str, len, "<input>", flags, scope_idx);\n',
     "    char *name = ns_eval_name(ctx);\n"
     '    ret = JS_EvalInternal(ctx, this_obj, str, len, name ? name : "<anonymous>", flags, scope_idx);\n'
     "    js_free(ctx, name);\n")

# -- Columns ---------------------------------------------------------------------------------------------
# V8's position of a call is the identifier before the parenthesis, else the parenthesis; of a property,
# its name; of `new` and `await`, the keyword.
edit("position of a call",
     "        parse_func_call:\n            op_token_ptr = s->token.ptr;\n",
     "        parse_func_call:\n            op_token_ptr = call_type == FUNC_CALL_NEW ? new_ptr\n"
     "                : call_type == FUNC_CALL_SUPER_CTOR ? super_ptr\n"
     "                : name_ptr && name_end == s->last_ptr ? name_ptr : s->token.ptr;\n")
edit("positions within an expression",
     "    const uint8_t *op_token_ptr;\n    \n    call_type = FUNC_CALL_NORMAL;\n    switch(s->token.val) {\n",
     "    const uint8_t *op_token_ptr;\n    const uint8_t *name_ptr = NULL, *name_end = NULL;\n"
     "    const uint8_t *new_ptr = s->token.ptr, *super_ptr = s->token.ptr;\n\n"
     "    call_type = FUNC_CALL_NORMAL;\n    switch(s->token.val) {\n")
edit("position of an identifier",
     "            do_get_var:\n",
     "            do_get_var:\n                name_ptr = source_ptr;\n                name_end = s->last_ptr;\n")
edit("position of new without arguments",
     "                /* new operator on an object */\n                emit_source_pos(s, s->token.ptr);\n",
     "                /* new operator on an object */\n                emit_source_pos(s, new_ptr);\n")
edit("position of a property",
     "        parse_property:\n            emit_source_pos(s, op_token_ptr);\n",
     "        parse_property:\n            name_ptr = s->token.ptr;\n"
     "            name_end = s->token.val == TOK_PRIVATE_NAME ? NULL : s->buf_ptr;\n"
     "            emit_source_pos(s, name_ptr);\n")
edit("position of await",
     "        if (js_parse_unary(s, PF_POW_FORBIDDEN))\n            return -1;\n"
     "        s->cur_func->has_await = TRUE;\n        emit_op(s, OP_await);\n",
     "        if (js_parse_unary(s, PF_POW_FORBIDDEN))\n            return -1;\n"
     "        s->cur_func->has_await = TRUE;\n        emit_source_pos(s, op_token_ptr);\n"
     "        emit_op(s, OP_await);\n")
edit("position of await, its token",
     "        if (!s->cur_func->in_function_body)\n"
     "            return js_parse_error(s, \"await in default expression\");\n",
     "        if (!s->cur_func->in_function_body)\n"
     "            return js_parse_error(s, \"await in default expression\");\n"
     "        op_token_ptr = s->token.ptr;\n")
for value in ("TRUE", "FALSE"):
    # A call in tail position keeps its own position.
    edit("position of return", f"emit_source_pos(s, op_token_ptr);\n                emit_return(s, {value});\n",
         f"emit_return(s, {value});\n")
edit("position of an assignment",
     "            if (opcode == OP_get_ref_value && name == name0) {\n"
     "                set_object_name(s, name);\n            }\n        } else {\n",
     "            if (opcode == OP_get_ref_value && name == name0) {\n"
     "                set_object_name(s, name);\n            }\n"
     "            emit_assign_pos(s, op_token_ptr);\n        } else {\n")
edit("position of an assignment, declaration",
     "static void emit_op(JSParseState *s, uint8_t val)\n{\n",
     "/* The name of a function is set through the last opcode: it must stay the last. */\n"
     "static void emit_assign_pos(JSParseState *s, const uint8_t *ptr)\n{\n"
     "    int last = s->cur_func->last_opcode_pos;\n    emit_source_pos(s, ptr);\n"
     "    s->cur_func->last_opcode_pos = last;\n}\n\n"
     "static void emit_op(JSParseState *s, uint8_t val)\n{\n")
edit("position of a loop's variable",
     "    int pos_next, pos_expr;\n    BlockEnv break_entry;\n",
     "    int pos_next, pos_expr;\n    BlockEnv break_entry;\n"
     "    const uint8_t *each_ptr = s->token.ptr, *expr_ptr;\n")
edit("position of a loop's declared variable",
     "        if (!(s->token.val == TOK_IDENT && !s->token.u.ident.is_reserved)) {\n"
     "            if (s->token.val == '[' || s->token.val == '{') {\n"
     "                if (js_parse_destructuring_element(s, tok, 0, TRUE, -1, FALSE, FALSE) < 0)\n"
     "                    return -1;\n                has_destructuring = TRUE;\n",
     "        each_ptr = s->token.ptr;\n"
     "        if (!(s->token.val == TOK_IDENT && !s->token.u.ident.is_reserved)) {\n"
     "            if (s->token.val == '[' || s->token.val == '{') {\n"
     "                if (js_parse_destructuring_element(s, tok, 0, TRUE, -1, FALSE, FALSE) < 0)\n"
     "                    return -1;\n                has_destructuring = TRUE;\n")
edit("position of what a loop iterates over",
     "    if (next_token(s))\n        return -1;\n    if (is_for_of) {\n        if (js_parse_assign_expr(s))\n",
     "    if (next_token(s))\n        return -1;\n    expr_ptr = s->token.ptr;\n    if (is_for_of) {\n"
     "        if (js_parse_assign_expr(s))\n")
edit("position of a loop's start",
     "    if (is_for_of) {\n        if (is_async)\n            emit_op(s, OP_for_await_of_start);\n",
     "    emit_source_pos(s, expr_ptr);\n    if (is_for_of) {\n        if (is_async)\n"
     "            emit_op(s, OP_for_await_of_start);\n")
edit("position of a loop's step",
     "    close_scopes(s, s->cur_func->scope_level, block_scope_level);\n\n    emit_label(s, label_cont);\n"
     "    if (is_for_of) {\n",
     "    close_scopes(s, s->cur_func->scope_level, block_scope_level);\n\n    emit_label(s, label_cont);\n"
     "    emit_source_pos(s, each_ptr);\n    if (is_for_of) {\n")

# -- Messages ------------------------------------------------------------------------------------------
# Constant texts: QuickJS's and V8's.
WORDS = {
    '"cannot convert bigint to number"': "Cannot convert a BigInt value to a number",
    '"cannot convert symbol to number"': "Cannot convert a Symbol value to a number",
    '"cannot convert symbol to string"': "Cannot convert a Symbol value to a string",
    '"empty array"': "Reduce of empty array with no initial value",
    '"Date value is NaN"': "Invalid time value",
    '"radix must be between 2 and 36"': "toString() radix argument must be between 2 and 36",
    '"BigInt division by zero"': "Division by zero",

    '"circular prototype chain"': "Cyclic __proto__ value",
    '"iterator does not have a throw method"': "The iterator does not provide a 'throw' method",
    '"cannot invoke a running generator"': "Generator is already running",
    '"derived class constructor must return an object or undefined"':
        "Derived constructors may only return object or undefined",
}
for old, new in WORDS.items():
    edit("V8's words for " + old, old, f'"{new}"')

edit("reading a property of nothing", "            return JS_ThrowTypeErrorAtom(ctx, \"cannot read property '%s' of null\", prop);\n",
     "            return ns_throw_property(ctx, false, obj, prop);\n")
edit("reading a property of undefined", "            return JS_ThrowTypeErrorAtom(ctx, \"cannot read property '%s' of undefined\", prop);\n",
     "            return ns_throw_property(ctx, false, obj, prop);\n")
edit("reading an element of nothing",
     "            JS_FreeValue(ctx, prop);\n            return JS_ThrowTypeError(ctx, \"cannot read property of %s\", JS_IsNull(this_obj) ? \"null\" : \"undefined\");\n",
     "            ns_throw_property_value(ctx, this_obj, prop);\n            JS_FreeValue(ctx, prop);\n"
     "            return JS_EXCEPTION;\n")
for what in ("null", "undefined"):
    edit("setting a property of " + what,
         f"                JS_ThrowTypeErrorAtom(ctx, \"cannot set property '%s' of {what}\", prop);\n",
         "                ns_throw_property(ctx, true, obj, prop);\n")
edit("a name that is not defined", "\"'%s' is not defined\"", '"%s is not defined"')
edit("a name before its time",
     "    char buf[ATOM_GET_STR_BUF_SIZE];\n    return JS_ThrowReferenceError(ctx, \"%s is not initialized\",\n",
     "    char buf[ATOM_GET_STR_BUF_SIZE];\n    if (name != JS_ATOM_NULL)\n        return ns_throw_uninitialized(ctx, name);\n"
     "    return JS_ThrowReferenceError(ctx, \"%s is not initialized\",\n")
edit("assignment to a constant",
     "                    JS_ThrowTypeErrorReadOnly(ctx, JS_PROP_THROW, atom);\n",
     '                    JS_ThrowTypeError(ctx, "Assignment to constant variable.");\n')
edit("assignment to a global constant",
     "            return JS_ThrowTypeErrorReadOnly(ctx, JS_PROP_THROW, prop);\n",
     '            return JS_ThrowTypeError(ctx, "Assignment to constant variable."), -1;\n', 2)
edit("a call of what is no function",
     '            return JS_ThrowTypeError(caller_ctx, "not a function");\n',
     '            return ns_throw_not_callable(caller_ctx, func_obj, "function");\n')
edit("new of what is no constructor",
     '    if (unlikely(!p->is_constructor))\n        return JS_ThrowTypeError(ctx, "not a constructor");\n',
     "    if (unlikely(!p->is_constructor))\n"
     '        return ns_throw_not_callable(ctx, func_obj, "constructor");\n')
edit("new of what is no object",
     '        not_a_function:\n            return JS_ThrowTypeError(ctx, "not a function");\n        }\n'
     "        return call_func(ctx, func_obj, new_target, argc,\n",
     '        not_a_function:\n            return ns_throw_not_callable(ctx, func_obj, "constructor");\n        }\n'
     "        return call_func(ctx, func_obj, new_target, argc,\n")
edit("an argument that is no function",
     '        return 0;\n    JS_ThrowTypeError(ctx, "not a function");\n    return -1;\n',
     "        return 0;\n    return ns_throw_no_function(ctx, obj);\n")
edit("a class that is called",
     "                JS_ThrowTypeError(ctx, \"class constructors must be invoked with 'new'\");\n",
     "                ns_throw_class_call(ctx, sf->cur_func);\n")
edit("an iterable that is none",
     "        JS_FreeValue(ctx, method);\n        return JS_ThrowTypeError(ctx, \"value is not iterable\");\n    }\n"
     "    ret = JS_GetIterator2(ctx, obj, method);\n",
     "        JS_FreeValue(ctx, method);\n        return ns_throw_not_iterable(ctx, obj);\n    }\n"
     "    ret = JS_GetIterator2(ctx, obj, method);\n")
edit("an iterable that is nothing",
     "    JSValue method, ret, sync_iter;\n\n    if (is_async) {\n",
     "    JSValue method, ret, sync_iter;\n\n    if (JS_IsUndefined(obj) || JS_IsNull(obj))\n"
     "        return ns_throw_not_iterable(ctx, obj);\n    if (is_async) {\n")
edit("a spread of nothing",
     "    iterator = JS_GetProperty(ctx, sp[-1], JS_ATOM_Symbol_iterator);\n    if (JS_IsException(iterator))\n        return -1;\n"
     "    is_array_iterator",
     "    if (JS_IsUndefined(sp[-1]) || JS_IsNull(sp[-1]))\n        return ns_throw_not_iterable(ctx, sp[-1]), -1;\n"
     "    iterator = JS_GetProperty(ctx, sp[-1], JS_ATOM_Symbol_iterator);\n    if (JS_IsException(iterator))\n        return -1;\n"
     "    is_array_iterator")
edit("a pattern for nothing",
     "            if (JS_VALUE_GET_TAG(sp[-1]) != JS_TAG_OBJECT) {\n                sf->cur_pc = pc;\n                ret_val = JS_ToObject(ctx, sp[-1]);\n",
     "            if (JS_VALUE_GET_TAG(sp[-1]) != JS_TAG_OBJECT) {\n                sf->cur_pc = pc;\n"
     "                if (JS_IsUndefined(sp[-1]) || JS_IsNull(sp[-1])) {\n"
     "                    ns_throw_not_destructurable(ctx, sf, sp[-1]);\n                    goto exception;\n                }\n"
     "                ret_val = JS_ToObject(ctx, sp[-1]);\n")
edit("conversion of nothing", '"cannot convert to object"', '"Cannot convert undefined or null to object"', 5)
edit("the right side of in",
     "    if (JS_VALUE_GET_TAG(op2) != JS_TAG_OBJECT) {\n        JS_ThrowTypeError(ctx, \"invalid 'in' operand\");\n",
     "    if (JS_VALUE_GET_TAG(op2) != JS_TAG_OBJECT) {\n        ns_throw_in_operator(ctx, op1, op2);\n")
edit("the right side of instanceof",
     "        JS_ThrowTypeError(ctx, \"invalid 'instanceof' right operand\");\n",
     "        ns_throw_instanceof(ctx, obj);\n")
edit("the prototype of the right side of instanceof",
     "            JS_ThrowTypeError(ctx, \"operand 'prototype' property is not an object\");\n",
     "            JS_ThrowTypeError(ctx, \"Function has non-object prototype '%s' in instanceof check\",\n"
     "                JS_IsUndefined(obj_proto) ? \"undefined\" : JS_IsNull(obj_proto) ? \"null\" : \"primitive\");\n")
edit("what a class extends",
     '                JS_ThrowTypeError(ctx, "parent class must be constructor");\n',
     "                ns_throw_heritage(ctx, parent_class);\n")
edit("the receiver of a builtin",
     '    name = rt->class_array[class_id].class_name;\n',
     "    if (rt->current_stack_frame && !JS_GetFunctionBytecode(rt->current_stack_frame->cur_func))\n"
     "        return ns_throw_receiver(ctx, rt->current_stack_frame->ns_this);\n"
     '    name = rt->class_array[class_id].class_name;\n')
edit("a new property of a fixed object",
     "    if (unlikely(!p->extensible)) {\n        JS_FreeValue(ctx, val);\n"
     "        return JS_ThrowTypeErrorOrFalse(ctx, flags, \"object is not extensible\");\n    }\n",
     "    if (unlikely(!p->extensible)) {\n        JS_FreeValue(ctx, val);\n"
     "        if ((flags & JS_PROP_THROW) || ((flags & JS_PROP_THROW_STRICT) && is_strict_mode(ctx))) {\n"
     "            ns_throw_no_add(ctx, prop);\n            return -1;\n        }\n        return FALSE;\n    }\n")
edit("a property that cannot be deleted",
     '        JS_ThrowTypeError(ctx, "could not delete property");\n',
     "        ns_throw_object_key(ctx, \"Cannot delete property '%s' of %s\", obj, prop);\n")
edit("a circular structure",
     '            JS_ThrowTypeError(ctx, "circular reference");\n            goto exception;\n',
     "            ns_throw_circular(ctx, jsc->stack, val);\n            goto exception;\n")
edit("division of a mixed pair", '"bigint argument with unary +"', '"Cannot convert a BigInt value to a number"', 2)
edit("a regular expression that is none",
     "    JS_FreeCString(ctx, str);\n    if (!re_bytecode_buf) {\n        JS_ThrowSyntaxError(ctx, \"%s\", error_msg);\n        return JS_EXCEPTION;\n",
     "    if (!re_bytecode_buf) {\n        ns_throw_regexp(ctx, str, NULL, error_msg);\n        JS_FreeCString(ctx, str);\n        return JS_EXCEPTION;\n"
     "    }\n    JS_FreeCString(ctx, str);\n    if (0) {\n")
edit("a native constructor that is called",
     '                ret_val = JS_ThrowTypeError(ctx, "must be called with new");\n',
     "                ns_throw_needs_new(ctx, func_obj);\n                ret_val = JS_EXCEPTION;\n")
edit("an invalid array length", '"invalid array length"', '"Invalid array length"', 4)
edit("declarations of the messages",
     "static JSValue JS_ThrowTypeErrorNotAnObject(JSContext *ctx)\n{\n",
     '#include "errors_messages.h"\n\nstatic JSValue JS_ThrowTypeErrorNotAnObject(JSContext *ctx)\n{\n')
edit("room for a message", "    char buf[256];\n    JSValue obj, ret;\n", "    char buf[1024];\n    JSValue obj, ret;\n")
edit("the receiver of a method of Date", '"not a Date object"', '"this is not a Date object."', 2)
edit("an error without frames",
     "    if (find_own_property1(p, JS_ATOM_stack))\n        return FALSE;\n    return TRUE;\n",
     "    return ns_has_no_frames(ctx, obj);\n")
edit("messages of the parser",
     "static int js_parse_error_v(JSParseState *s, const uint8_t *ptr, const char *fmt, va_list ap)\n{\n"
     "    JSContext *ctx = s->ctx;\n",
     "static const char *ns_parse_message(JSParseState *s, const char *format, char *out, size_t size);\n\n"
     "static int js_parse_error_v(JSParseState *s, const uint8_t *ptr, const char *fmt, va_list ap)\n{\n"
     "    JSContext *ctx = s->ctx;\n    char ns_text[600];\n"
     "    const char *ns_fmt = ns_parse_message(s, fmt, ns_text, sizeof ns_text);\n"
     "    if (ns_fmt)\n        fmt = ns_fmt;\n")
edit("no positions of a script's own on a syntax error",
     "    build_backtrace(ctx, ctx->rt->current_exception, s->filename,\n"
     "                    line_num + 1, col_num + 1, 0);\n    return -1;\n",
     "    build_backtrace(ctx, ctx->rt->current_exception,\n"
     "                    s->filename, line_num + 1, col_num + 1, 0);\n    return -1;\n")
edit("script name of JSON", 'JS_ParseJSON(ctx, str, len, "<input>")', 'JS_ParseJSON(ctx, str, len, "<anonymous_script>")')
edit("the end of a call's arguments",
     "                if (s->token.val == ')')\n                    break;\n"
     "                /* accept a trailing comma before the ')' */\n"
     "                if (js_parse_expect(s, ','))\n                    return -1;\n            }\n"
     "            if (s->token.val == TOK_ELLIPSIS) {\n",
     "                if (s->token.val == ')')\n                    break;\n"
     "                if (s->token.val != ',')\n"
     "                    return js_parse_error(s, \"missing ) after argument list\");\n"
     "                if (js_parse_expect(s, ','))\n                    return -1;\n            }\n"
     "            if (s->token.val == TOK_ELLIPSIS) {\n")
edit("a property without a setter",
     '            JS_ThrowTypeError(ctx, "no setter for property");\n            return -1;\n',
     "            return ns_throw_no_setter(ctx, this_obj, prop);\n")
edit("a setter's key",
     "static int call_setter(JSContext *ctx, JSObject *setter,\n                       JSValueConst this_obj, JSValue val, int flags)\n",
     "static int call_setter(JSContext *ctx, JSObject *setter,\n                       JSValueConst this_obj, JSAtom prop, JSValue val, int flags)\n")
edit("a setter's key, calls",
     "call_setter(ctx, pr->u.getset.setter, this_obj, val, flags)",
     "call_setter(ctx, pr->u.getset.setter, this_obj, prop, val, flags)", 2)
edit("a setter's key, call", "call_setter(ctx, setter, this_obj, val, flags)",
     "call_setter(ctx, setter, this_obj, prop, val, flags)")
edit("a property that cannot be written",
     "                read_only_prop:\n                    JS_FreeValue(ctx, val);\n"
     "                    return JS_ThrowTypeErrorReadOnly(ctx, flags, prop);\n",
     "                read_only_prop:\n                    JS_FreeValue(ctx, val);\n"
     "                    if ((flags & JS_PROP_THROW) || ((flags & JS_PROP_THROW_STRICT) && is_strict_mode(ctx))) {\n"
     "                        ns_throw_object_key(ctx, \"Cannot assign to read only property '%s' of object '%s'\", this_obj, prop);\n"
     "                        return -1;\n                    }\n                    return FALSE;\n")
edit("a read-only property", "\"'%s' is read-only\"", "\"Cannot assign to read only property '%s' of object\"")
edit("what a promise is made with",
     "    executor = argv[0];\n    if (check_function(ctx, executor))\n        return JS_EXCEPTION;\n",
     "    executor = argv[0];\n    if (!JS_IsFunction(ctx, executor))\n        return ns_throw_resolver(ctx, executor);\n")
edit("a repeat count", 'JS_ThrowRangeError(ctx, "invalid repeat count")', "ns_throw_count(ctx, argv[0])")
edit("a prototype", 'return JS_ThrowTypeError(ctx, "not a prototype");',
     'return JS_ThrowTypeError(ctx, "Object prototype may only be an Object or null");')
edit("a malformed URI", 'JS_ThrowError(ctx, JS_URI_ERROR, fmt, ap);',
     'JS_ThrowError(ctx, JS_URI_ERROR, "URI malformed", ap);')
edit("a BigInt literal", '"invalid bigint literal"', '"Cannot convert string to a BigInt"')
edit("flags of a regular expression", '"invalid regular expression flags"', '"Invalid regular expression flags"')
edit("an array index", 'JS_ThrowRangeError(ctx, "invalid array index")', 'JS_ThrowRangeError(ctx, "Invalid typed array length")', 2)
edit("an offset of a DataView", '"out of bound"', '"Offset is outside the bounds of the DataView"', 2)
for what, times in (("lexical identifier", 2), ("parameter name", 1), ("a variable", 1), ("global identifier", 1)):
    edit("a name that is taken: " + what,
         f'return js_parse_error(s, "invalid redefinition of {what}");\n',
         "return ns_redeclared(s, name);\n", times)
edit("a name that is taken, declaration",
     "static int js_parse_expect(JSParseState *s, int tok)\n{\n",
     "static int ns_redeclared(JSParseState *s, JSAtom name);\n\n"
     "static int js_parse_expect(JSParseState *s, int tok)\n{\n")
edit("how much is wrong",
     "                    s->filename, line_num + 1, col_num + 1, 0);\n    return -1;\n}\n",
     "                    s->filename, line_num + 1, col_num + 1, 0);\n    ns_syntax_width(s, ptr);\n"
     "    return -1;\n}\n")
edit("how much is wrong, declaration",
     "static int js_parse_error_v(JSParseState *s, const uint8_t *ptr, const char *fmt, va_list ap)\n{\n",
     "static void ns_syntax_width(JSParseState *s, const uint8_t *ptr);\n"
     "static int js_parse_error_v(JSParseState *s, const uint8_t *ptr, const char *fmt, va_list ap)\n{\n")
edit("a private field that is not there, declaration",
     "static JSValue JS_ThrowTypeErrorPrivateNotFound(JSContext *ctx, JSAtom atom)\n{\n"
     "    return JS_ThrowTypeErrorAtom(ctx, \"private class field '%s' does not exist\",\n"
     "                                 atom);\n",
     "static JSValue ns_throw_private(JSContext *ctx, JSAtom atom, const char *format)\n{\n"
     "    return JS_ThrowTypeErrorAtom(ctx, format, atom);\n")
edit("a private field that is not there, read",
     "        JS_ThrowTypeErrorPrivateNotFound(ctx, prop);\n        return JS_EXCEPTION;\n",
     "        ns_throw_private(ctx, prop, \"Cannot read private member %s from an object whose class \"\n"
     "                                    \"did not declare it\");\n        return JS_EXCEPTION;\n")
edit("a private field that is not there, written",
     "        JS_ThrowTypeErrorPrivateNotFound(ctx, prop);\n    fail:\n",
     "        ns_throw_private(ctx, prop, \"Cannot write private member %s to an object whose class \"\n"
     "                                    \"did not declare it\");\n    fail:\n")
# What a try statement throws on, after finally or out of catch, was thrown somewhere else.
edit("a try statement throws on",
     "                emit_goto(s, OP_gosub, label_finally);\n                emit_op(s, OP_throw);\n",
     "                emit_goto(s, OP_gosub, label_finally);\n                emit_op(s, OP_throw_error);\n"
     "                emit_atom(s, JS_ATOM_NULL);\n                emit_u8(s, NS_THROW_ON);\n", 2)
edit("a try statement throws on, kind",
     "                if (type == JS_THROW_VAR_RO)\n",
     "                if (type == NS_THROW_ON)\n                    JS_Throw(ctx, *--sp);\n                else\n"
     "                if (type == JS_THROW_VAR_RO)\n")

"""ECMAScript modules by v8::Module's interface. The bodies are in host_module.c.inc. See
tools/patch-quickjs."""

EDITS = [
    {
        "name": "names of exports as strings",
        "file": "quickjs.c",
        "find": "static __exception int js_parse_export(JSParseState *s)\n",
        "put": "static BOOL ns_export_name(JSParseState *s, BOOL *is_string);\n"
               "static int ns_string_names_error(JSParseState *s);\n\n"
               "static __exception int js_parse_export(JSParseState *s)\n",
    },
    {
        "name": "names of exports as strings, local variable",
        "file": "quickjs.c",
        "find": "    int first_export, idx, i, tok;\n",
        "put": "    int first_export, idx, i, tok;\n    BOOL ns_strings = FALSE;\n",
    },
    {
        "name": "export { 'a' } from",
        "file": "quickjs.c",
        "find": "            if (!token_is_ident(s->token.val)) {\n"
                "                js_parse_error(s, \"identifier expected\");\n"
                "                return -1;\n            }\n"
                "            local_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n"
                "            export_name = JS_ATOM_NULL;\n",
        "put": "            if (!ns_export_name(s, &ns_strings))\n                return -1;\n"
               "            local_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n"
               "            export_name = JS_ATOM_NULL;\n",
    },
    {
        "name": "export { a as 'b' }",
        "file": "quickjs.c",
        "find": "                if (!token_is_ident(s->token.val)) {\n"
                "                    js_parse_error(s, \"identifier expected\");\n"
                "                    goto fail;\n                }\n"
                "                export_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n",
        "put": "                if (!ns_export_name(s, NULL))\n                    goto fail;\n"
               "                export_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n",
    },
    {
        "name": "export { 'a' } without from",
        "file": "quickjs.c",
        "find": "                me->u.req_module_idx = idx;\n            }\n        }\n        break;\n",
        "put": "                me->u.req_module_idx = idx;\n            }\n"
               "        } else if (ns_strings) {\n            return ns_string_names_error(s);\n"
               "        }\n        break;\n",
    },
    {
        "name": "export * as 'a' from",
        "file": "quickjs.c",
        "find": "            if (!token_is_ident(s->token.val)) {\n"
                "                js_parse_error(s, \"identifier expected\");\n"
                "                return -1;\n            }\n"
                "            export_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n",
        "put": "            if (!ns_export_name(s, NULL))\n                return -1;\n"
               "            export_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n",
    },
    {
        "name": "import { 'a' as b }",
        "file": "quickjs.c",
        "find": "                if (!token_is_ident(s->token.val)) {\n"
                "                    js_parse_error(s, \"identifier expected\");\n"
                "                    return -1;\n                }\n"
                "                import_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n",
        "put": "                BOOL ns_string = FALSE;\n"
               "                if (!ns_export_name(s, &ns_string))\n                    return -1;\n"
               "                import_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n",
    },
    {
        "name": "import { 'a' } without a local name",
        "file": "quickjs.c",
        "find": "                } else {\n                    local_name = JS_DupAtom(ctx, import_name);\n",
        "put": "                } else if (ns_string) {\n"
               "                    js_parse_error(s, \"Unexpected reserved word\");\n"
               "                    goto fail;\n"
               "                } else {\n                    local_name = JS_DupAtom(ctx, import_name);\n",
    },
    {
        "name": "import(specifier, options)",
        "file": "quickjs.c",
        "find": "            if (js_parse_assign_expr(s))\n                return -1;\n"
                "            if (js_parse_expect(s, ')'))\n                return -1;\n"
                "            emit_op(s, OP_import);\n",
        "put": "            if (js_parse_assign_expr(s) || ns_parse_import_options(s))\n                return -1;\n"
               "            if (js_parse_expect(s, ')'))\n                return -1;\n"
               "            emit_op(s, OP_import);\n",
    },
    {
        "name": "import(specifier, options): operands",
        "file": "quickjs-opcode.h",
        "find": "DEF(         import, 1, 1, 1, none)",
        "put": "DEF(         import, 1, 2, 1, none)",
    },
    {
        "name": "import(specifier, options): instruction",
        "file": "quickjs.c",
        "find": "                val = js_dynamic_import(ctx, sp[-1]);\n                if (JS_IsException(val))\n"
                "                    goto exception;\n                JS_FreeValue(ctx, sp[-1]);\n",
        "put": "                val = ns_dynamic_import(ctx, sp[-2], sp[-1]);\n                if (JS_IsException(val))\n"
               "                    goto exception;\n                JS_FreeValue(ctx, sp[-1]);\n"
               "                sp--;\n                JS_FreeValue(ctx, sp[-1]);\n",
    },
    {
        "name": "walks of the module graph",
        "file": "quickjs.c",
        "find": "struct JSModuleDef {\n    JSRefCountHeader header; /* must come first, 32-bit */\n",
        "put": "struct JSModuleDef {\n    JSRefCountHeader header; /* must come first, 32-bit */\n"
               "    const struct JSModuleDef *ns_root; /* of the last walk that came here */\n"
               "    uint32_t ns_walk, ns_walks; /* its number; those that started here */\n",
    },
    {
        "name": "attributes of a request",
        "file": "quickjs.c",
        "find": "typedef struct JSReqModuleEntry {\n",
        "put": "typedef struct JSReqModuleEntry {\n"
               "    JSValue ns_attributes; /* key, value, key ...; undefined without */\n",
    },
    {
        "name": "free the attributes of a request",
        "file": "quickjs.c",
        "find": "        JS_FreeAtom(ctx, rme->module_name);\n",
        "put": "        JS_FreeAtom(ctx, rme->module_name);\n        JS_FreeValue(ctx, rme->ns_attributes);\n",
    },
    {
        "name": "mark the attributes of requests",
        "file": "quickjs.c",
        "find": "    JS_MarkValue(rt, m->module_ns, mark_func);\n",
        "put": "    for(i = 0; i < m->req_module_entries_count; i++)\n"
               "        JS_MarkValue(rt, m->req_module_entries[i].ns_attributes, mark_func);\n"
               "    JS_MarkValue(rt, m->module_ns, mark_func);\n",
    },
    {
        "name": "a request from bytecode has no attributes",
        "file": "quickjs.c",
        "find": "            if (bc_get_atom(s, &rme->module_name))\n",
        "put": "            rme->ns_attributes = JS_UNDEFINED;\n            if (bc_get_atom(s, &rme->module_name))\n",
    },
    {
        "name": "requests differ by their attributes",
        "file": "quickjs.c",
        "find": "static int add_req_module_entry(JSContext *ctx, JSModuleDef *m,\n"
                "                                JSAtom module_name)\n",
        "put": "static int add_req_module_entry(JSContext *ctx, JSModuleDef *m,\n"
               "                                JSAtom module_name, JSValueConst attributes)\n",
    },
    {
        "name": "requests differ by their attributes, comparison",
        "file": "quickjs.c",
        "find": "        if (rme->module_name == module_name)\n",
        "put": "        if (rme->module_name == module_name &&\n"
               "            ns_same_attributes(ctx, rme->ns_attributes, attributes))\n",
    },
    {
        "name": "a request keeps its attributes",
        "file": "quickjs.c",
        "find": "    rme->module_name = JS_DupAtom(ctx, module_name);\n    rme->module = NULL;\n",
        "put": "    rme->module_name = JS_DupAtom(ctx, module_name);\n    rme->module = NULL;\n"
               "    rme->ns_attributes = JS_DupValue(ctx, attributes);\n",
    },
    {
        "name": "attributes are parsed",
        "file": "quickjs.c",
        "find": "idx = add_req_module_entry(ctx, m, module_name);\n",
        "put": "idx = ns_add_request(s, module_name);\n",
        "times": 4,
    },
    {
        "name": "attributes are parsed, declaration",
        "file": "quickjs.c",
        "find": "static void emit_return(JSParseState *s, BOOL hasval);\n",
        "put": "static void emit_return(JSParseState *s, BOOL hasval);\n"
               "static int ns_parse_import_options(JSParseState *s);\n"
               "static int ns_add_request(JSParseState *s, JSAtom specifier);\n",
    },
    {
        "name": "import.meta",
        "file": "quickjs.c",
        "find": "        m->meta_obj = obj;\n    }\n    return JS_DupValue(ctx, obj);\n",
        "put": "        m->meta_obj = obj;\n        if (ctx->host && ctx->host->meta)\n"
               "            ctx->host->meta(ctx, (ns_module *)m, obj);\n    }\n"
               "    return JS_DupValue(ctx, obj);\n",
    },
    {
        "name": "a module without top-level await makes no promise",
        "file": "quickjs.c",
        "find": "        JSValue promise;\n        JSPromiseStateEnum state;\n\n"
                "        promise = js_async_function_call(ctx, m->func_obj, JS_UNDEFINED, 0, NULL, 0);\n"
                "        if (JS_IsException(promise))\n            goto fail;\n"
                "        state = JS_PromiseState(ctx, promise);\n"
                "        if (state == JS_PROMISE_FULFILLED) {\n            JS_FreeValue(ctx, promise);\n"
                "        } else if (state == JS_PROMISE_REJECTED) {\n"
                "            *pvalue = JS_PromiseResult(ctx, promise);\n"
                "            JS_FreeValue(ctx, promise);\n            return -1;\n        } else {\n"
                "            JS_FreeValue(ctx, promise);\n"
                "            JS_ThrowTypeError(ctx, \"promise is pending\");\n        fail:\n"
                "            *pvalue = JS_GetException(ctx);\n            return -1;\n        }\n",
        "put": "        if (ns_run_module(ctx, m) < 0) {\n        fail:\n"
               "            *pvalue = JS_GetException(ctx);\n            return -1;\n        }\n",
    },
    {
        "name": "import bindings of a module that is linked again",
        "file": "quickjs.c",
        "find": "                    var_refs[mi->var_idx] = var_ref;\n",
        "put": "                    if (var_refs[mi->var_idx])\n"
               "                        free_var_ref(ctx->rt, var_refs[mi->var_idx]);\n"
               "                    var_refs[mi->var_idx] = var_ref;\n",
        "times": 2,
    },
    {
        "name": "export bindings of a module that is linked again",
        "file": "quickjs.c",
        "find": "                var_ref->header.ref_count++;\n                me->u.local.var_ref = var_ref;\n",
        "put": "                var_ref->header.ref_count++;\n                if (me->u.local.var_ref)\n"
               "                    free_var_ref(ctx->rt, me->u.local.var_ref);\n"
               "                me->u.local.var_ref = var_ref;\n",
    },
    # -- Errors of linking ------------------------------------------------------------------------
    {
        "name": "where a name is imported",
        "file": "quickjs.c",
        "find": "typedef struct JSImportEntry {\n",
        "put": "typedef struct JSImportEntry {\n    int ns_line, ns_column; /* from 1 */\n",
    },
    {
        "name": "where a default is imported",
        "file": "quickjs.c",
        "find": "            import_name = JS_ATOM_default;\n            if (next_token(s))\n",
        "put": "            import_name = JS_ATOM_default;\n            import_ptr = s->token.ptr;\n"
               "            if (next_token(s))\n",
    },
    {
        "name": "where a name is imported, its token",
        "file": "quickjs.c",
        "find": "                import_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n"
                "                local_name = JS_ATOM_NULL;\n",
        "put": "                import_name = JS_DupAtom(ctx, s->token.u.ident.atom);\n"
               "                import_ptr = s->token.ptr;\n"
               "                local_name = JS_ATOM_NULL;\n",
    },
    {
        "name": "where a name is imported, local variable",
        "file": "quickjs.c",
        "find": "    int first_import, i, idx;\n",
        "put": "    int first_import, i, idx;\n    const uint8_t *import_ptr = s->token.ptr;\n",
    },
    {
        "name": "where a default is imported, kept",
        "file": "quickjs.c",
        "find": "            if (add_import(s, m, local_name, import_name))\n                goto fail;\n"
                "            JS_FreeAtom(ctx, local_name);\n\n            if (s->token.val != ',')\n",
        "put": "            if (add_import(s, m, local_name, import_name))\n                goto fail;\n"
               "            ns_note_import(s, import_ptr);\n"
               "            JS_FreeAtom(ctx, local_name);\n\n            if (s->token.val != ',')\n",
    },
    {
        "name": "where a name is imported, kept",
        "file": "quickjs.c",
        "find": "                if (add_import(s, m, local_name, import_name))\n                    goto fail;\n",
        "put": "                if (add_import(s, m, local_name, import_name))\n                    goto fail;\n"
               "                ns_note_import(s, import_ptr);\n",
    },
    {
        "name": "where a name is imported, declaration",
        "file": "quickjs.c",
        "find": "static __exception int js_parse_import(JSParseState *s)\n",
        "put": "static void ns_note_import(JSParseState *s, const uint8_t *token);\n\n"
               "static __exception int js_parse_import(JSParseState *s)\n",
    },
    {
        "name": "an import that is not there",
        "file": "quickjs.c",
        "find": "                    js_resolve_export_throw_error(ctx, ret, m1, mi->import_name);\n",
        "put": "                    ns_throw_unresolved(ctx, m, mi->req_module_idx, mi->import_name, ret,\n"
               "                                        mi->ns_line, mi->ns_column);\n",
    },
    {
        "name": "an export that is not there",
        "file": "quickjs.c",
        "find": "                js_resolve_export_throw_error(ctx, ret, m, me->export_name);\n",
        "put": "                ns_throw_unresolved(ctx, m, me->u.req_module_idx, me->local_name, ret, 1, 1);\n",
    },
    {
        "name": "an import that is not there, declaration",
        "file": "quickjs.c",
        "find": "static int js_inner_module_linking(JSContext *ctx, JSModuleDef *m,\n"
                "                                   JSModuleDef **pstack_top, int index)\n{\n",
        "put": "static int ns_run_module(JSContext *ctx, JSModuleDef *m);\n"
               "static void ns_throw_unresolved(JSContext *ctx, JSModuleDef *m, int request, JSAtom name,\n"
               "                                JSResolveResultEnum why, int line, int column);\n\n"
               "static int js_inner_module_linking(JSContext *ctx, JSModuleDef *m,\n"
               "                                   JSModuleDef **pstack_top, int index)\n{\n",
    },
]

"""ECMAScript modules by v8::Module's interface. The bodies are in host_module.c.inc. See
tools/patch-quickjs."""

EDITS = [
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
]

"""What Node needs of its engine: compilation, promises, modules, reflection. The bodies are in
host_*.c.inc. See tools/patch-quickjs."""

EDITS = [
    {
        "name": "header of the host additions",
        "file": "quickjs.c",
        "find": '#include "dtoa.h"\n',
        "put": '#include "dtoa.h"\n#include "host_patch.h"\n',
    },
    {
        "name": "state in JSContext",
        "file": "quickjs.c",
        "find": "struct JSContext {\n    JSGCObjectHeader header; /* must come first */\n",
        "put": "struct JSContext {\n    JSGCObjectHeader header; /* must come first */\n    ns_host *host;\n"
               "    BOOL host_borrowed, sandboxed;\n",
    },
    {
        "name": "free the host's values",
        "file": "quickjs.c",
        "find": "    js_free_modules(ctx, JS_FREE_MODULE_ALL);\n",
        "put": "    ns_host_free(ctx);\n    js_free_modules(ctx, JS_FREE_MODULE_ALL);\n",
    },
    {
        "name": "mark the host's values",
        "file": "quickjs.c",
        "find": "    JS_MarkValue(rt, ctx->global_obj, mark_func);\n",
        "put": "    ns_host_mark(rt, ctx, mark_func);\n    JS_MarkValue(rt, ctx->global_obj, mark_func);\n",
    },
    # -- Source text ----------------------------------------------------------------------------------
    {
        "name": "position of the first line",
        "file": "quickjs.c",
        "find": "    s->get_line_col_cache.line_num = 0;\n    s->get_line_col_cache.col_num = 0;\n",
        "put": "    s->get_line_col_cache.line_num = ctx->host ? ctx->host->line_offset : 0;\n"
               "    s->get_line_col_cache.col_num = ctx->host ? ctx->host->column_offset : 0;\n",
    },
    {
        "name": "position of a syntax error",
        "file": "quickjs.c",
        "find": "    line_num = get_line_col(&col_num, s->buf_start, ptr - s->buf_start);\n"
                "    JS_ThrowError2(ctx, JS_SYNTAX_ERROR, fmt, ap, FALSE);\n",
        "put": "    line_num = get_line_col(&col_num, s->buf_start, ptr - s->buf_start);\n"
               "    if (ctx->host) {\n"
               "        col_num += line_num == 0 ? ctx->host->column_offset : 0;\n"
               "        line_num += ctx->host->line_offset;\n"
               "    }\n"
               "    JS_ThrowError2(ctx, JS_SYNTAX_ERROR, fmt, ap, FALSE);\n",
    },
    {
        "name": "the origin of a function",
        "file": "quickjs.c",
        "find": "    JSContext *realm; /* function realm */\n",
        "put": "    JSContext *realm; /* function realm */\n    JSValue ns_host_defined;\n"
               "    JSAtom ns_referrer; /* of its dynamic imports; null: debug.filename */\n",
    },
    {
        "name": "the origin of a function that is parsed",
        "file": "quickjs.c",
        "find": "typedef struct JSFunctionDef {\n",
        "put": "typedef struct JSFunctionDef {\n    BOOL ns_eager; /* compiled with what is around it */\n    JSValue ns_host_defined;\n    JSAtom ns_referrer;\n",
    },
    {
        "name": "a function has the origin of its text",
        "file": "quickjs.c",
        "find": "    fd->parent = parent;\n    fd->parent_cpool_idx = -1;\n    if (parent) {\n",
        "put": "    fd->parent = parent;\n    fd->parent_cpool_idx = -1;\n    if (!parent) {\n"
               "        ns_origin(ctx, filename, &fd->ns_host_defined, &fd->ns_referrer);\n    } else {\n"
               "        fd->ns_host_defined = JS_DupValue(ctx, parent->ns_host_defined);\n"
               "        fd->ns_referrer = JS_DupAtom(ctx, parent->ns_referrer);\n",
    },
    {
        "name": "free the origin of a function that is parsed",
        "file": "quickjs.c",
        "find": "    free_bytecode_atoms(ctx->rt, fd->byte_code.buf, fd->byte_code.size,\n"
                "                        fd->use_short_opcodes);\n    dbuf_free(&fd->byte_code);\n",
        "put": "    JS_FreeValue(ctx, fd->ns_host_defined);\n    JS_FreeAtom(ctx, fd->ns_referrer);\n"
               "    free_bytecode_atoms(ctx->rt, fd->byte_code.buf, fd->byte_code.size,\n"
               "                        fd->use_short_opcodes);\n    dbuf_free(&fd->byte_code);\n",
    },
    {
        "name": "a function keeps its origin",
        "file": "quickjs.c",
        "find": "    b->realm = JS_DupContext(ctx);\n\n    add_gc_object(",
        "put": "    b->realm = JS_DupContext(ctx);\n    b->ns_host_defined = fd->ns_host_defined;\n"
               "    b->ns_referrer = fd->ns_referrer;\n\n    add_gc_object(",
    },
    {
        "name": "a function from bytecode has no origin",
        "file": "quickjs.c",
        "find": "    b->realm = JS_DupContext(ctx);\n    return obj;\n",
        "put": "    b->realm = JS_DupContext(ctx);\n    b->ns_host_defined = JS_UNDEFINED;\n    return obj;\n",
    },
    {
        "name": "free the origin of a function",
        "file": "quickjs.c",
        "find": "    if (b->realm)\n        JS_FreeContext(b->realm);\n",
        "put": "    if (b->realm)\n        JS_FreeContext(b->realm);\n"
               "    JS_FreeValueRT(rt, b->ns_host_defined);\n    JS_FreeAtomRT(rt, b->ns_referrer);\n",
    },
    {
        "name": "mark the origin of a function",
        "file": "quickjs.c",
        "find": "            if (b->realm)\n                mark_func(rt, &b->realm->header);\n",
        "put": "            JS_MarkValue(rt, b->ns_host_defined, mark_func);\n"
               "            if (b->realm)\n                mark_func(rt, &b->realm->header);\n",
    },
    {
        "name": "modules that are linked later",
        "file": "quickjs.c",
        "find": "        if (js_resolve_module(ctx, m) < 0)\n            goto fail1;\n"
                "        fun_obj = JS_NewModuleValue(ctx, m);\n",
        "put": "        if (flags & NS_EVAL_UNLINKED)\n            m->resolved = TRUE;\n"
               "        else if (js_resolve_module(ctx, m) < 0)\n            goto fail1;\n"
               "        fun_obj = JS_NewModuleValue(ctx, m);\n",
    },
    {
        "name": "JS_NewTypedArray reads three arguments, however many are given",
        "file": "quickjs.c",
        "find": "    return js_typed_array_constructor(ctx, JS_UNDEFINED, argc, argv,\n"
                "                                      JS_CLASS_UINT8C_ARRAY + type);\n",
        "put": "    JSValueConst padded[3] = {JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED};\n"
               "    for (int i = 0; i < argc && i < 3; i++)\n        padded[i] = argv[i];\n"
               "    return js_typed_array_constructor(ctx, JS_UNDEFINED, argc, padded,\n"
               "                                      JS_CLASS_UINT8C_ARRAY + type);\n",
    },
    # -- Termination ----------------------------------------------------------------------------------
    {
        "name": "a promise's reaction does not keep a termination",
        "file": "quickjs.c",
        "find": "    is_reject = JS_IsException(res);\n    if (is_reject)\n        res = JS_GetException(ctx);\n"
                "    func = argv[is_reject];\n",
        "put": "    is_reject = JS_IsException(res);\n    if (is_reject)\n        res = JS_GetException(ctx);\n"
               "    if (is_reject && JS_IsUncatchableError(ctx, res))\n        return JS_Throw(ctx, res);\n"
               "    func = argv[is_reject];\n",
    },
    {
        "name": "an async function does not keep a termination",
        "file": "quickjs.c",
        "find": "            error = JS_GetException(ctx);\n            ret2 = JS_Call(ctx, s->resolving_funcs[1], JS_UNDEFINED,\n",
        "put": "            error = JS_GetException(ctx);\n"
               "            if (JS_IsUncatchableError(ctx, error)) {\n"
               "                JS_Throw(ctx, error);\n                return;\n            }\n"
               "            ret2 = JS_Call(ctx, s->resolving_funcs[1], JS_UNDEFINED,\n",
    },
    {
        "name": "var in a sandboxed realm",
        "file": "quickjs.c",
        "find": "            (def_flags & JS_PROP_CONFIGURABLE);\n        val = JS_UNDEFINED;\n    }\n",
        "put": "            (def_flags & JS_PROP_CONFIGURABLE);\n        val = JS_UNDEFINED;\n"
               "        if (ctx->sandboxed)\n            return ns_define_global_var(ctx, prop, flags);\n    }\n",
    },
]

"""ECMAScript modules by v8::Module's interface. The bodies are in host_module.c.inc. See
tools/patch-quickjs."""

EDITS = [
    {
        "name": "import()",
        "file": "quickjs.c",
        "find": "    promise = JS_NewPromiseCapability(ctx, resolving_funcs);\n"
                "    if (JS_IsException(promise)) {\n        JS_FreeValue(ctx, basename_val);\n"
                "        return promise;\n    }\n",
        "put": "    if (ctx->host && ctx->host->import) {\n"
               "        promise = ns_dynamic_import(ctx, basename_val, specifier, JS_UNDEFINED);\n"
               "        JS_FreeValue(ctx, basename_val);\n        return promise;\n    }\n"
               "    promise = JS_NewPromiseCapability(ctx, resolving_funcs);\n"
               "    if (JS_IsException(promise)) {\n        JS_FreeValue(ctx, basename_val);\n"
               "        return promise;\n    }\n",
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

"""The edits that turn the pristine QuickJS 2025-04-26 into nsim's engine. See tools/patch-quickjs."""

EDITS = [
    {
        "name": "nsim's additions see the engine's internals",
        "file": "quickjs.c",
        "find": "static const JSCFunctionListEntry js_function_proto_funcs[] = {",
        "put": "static const JSCFunctionListEntry js_function_proto_funcs[] = {",
    },
]

"""V8's limits of the language. See tools/patch-quickjs."""

EDITS = [
    {
        "name": "String::kMaxLength",
        "file": "quickjs.c",
        "find": "#define JS_STRING_LEN_MAX ((1 << 30) - 1)",
        "put": "#define JS_STRING_LEN_MAX 536870888",
    },
    {
        "name": "a string that would be longer",
        "file": "quickjs.c",
        "find": 'JS_ThrowInternalError(ctx, "string too long")',
        "put": 'JS_ThrowRangeError(ctx, "Invalid string length")',
        "times": 3,
    },
    {
        "name": "a string that would be longer, built piece by piece",
        "file": "quickjs.c",
        "find": 'JS_ThrowInternalError(s->ctx, "string too long")',
        "put": 'JS_ThrowRangeError(s->ctx, "Invalid string length")',
        "times": 2,
    },
]

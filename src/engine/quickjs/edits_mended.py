"""Faults of QuickJS 2025-04-26 itself. See tools/patch-quickjs."""

EDITS = [
    {
        # A return through `yield` closed an iterator that was not there yet.
        "name": "the head of for-of has no iterator: while it is parsed",
        "file": "quickjs.c",
        "find": "        break_entry.has_iterator = is_for_of = TRUE;\n        break_entry.drop_count += 2;\n",
        "put": "        is_for_of = TRUE;\n",
    },
    {
        "name": "the head of for-of has no iterator: after it",
        "file": "quickjs.c",
        "find": "    if (is_for_of) {\n        if (js_parse_assign_expr(s))\n            return -1;\n",
        "put": "    if (is_for_of) {\n        if (js_parse_assign_expr(s))\n            return -1;\n"
               "        break_entry.has_iterator = TRUE;\n        break_entry.drop_count += 2;\n",
    },
]

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
    {
        # `continue` went past what gives the next iteration variables of its own.
        "name": "continue in a loop with variables: the break entry",
        "file": "quickjs.c",
        "find": "            push_break_entry(s->cur_func, &break_entry,\n"
                "                             label_name, label_break, label_cont, 0);\n\n"
                "            /* test expression */\n",
        "put": "            int label_next = new_label(s);\n"
               "            push_break_entry(s->cur_func, &break_entry,\n"
               "                             label_name, label_break, label_next, 0);\n\n"
               "            /* test expression */\n",
    },
    {
        "name": "continue in a loop with variables: a loop without an end expression",
        "file": "quickjs.c",
        "find": "                break_entry.label_cont = label_cont = label_test;\n",
        "put": "                label_cont = label_test;\n",
    },
    {
        "name": "continue in a loop with variables: the label",
        "file": "quickjs.c",
        "find": "            /* close the closures before the next iteration */\n            /* XXX: check continue case */\n",
        "put": "            emit_label(s, label_next);\n",
    },
]

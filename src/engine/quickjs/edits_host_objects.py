"""Objects: private symbols (v8::Private). A property keyed by one is the object's own, whatever its
class: no trap of a proxy sees it, and objects that are not extensible take it. See
tools/patch-quickjs."""

EDITS = []


def edit(name, find, put, times=1):
    EDITS.append({"name": "private symbols: " + name, "file": "quickjs.c", "find": find, "put": put,
                  "times": times})


EXOTIC = "const JSClassExoticMethods *em = ctx->rt->class_array[p->class_id].exotic;\n"
PRIVATE = "const JSClassExoticMethods *em = ns_exotic(ctx, p, prop);\n"

edit("get", "                " + EXOTIC, "                " + PRIVATE)
edit("set", "                const JSClassExoticMethods *em = ctx->rt->class_array[p1->class_id].exotic;\n",
     "                const JSClassExoticMethods *em = ns_exotic(ctx, p1, prop);\n")
edit("own", EXOTIC + "            if (em && em->get_own_property) {\n",
     PRIVATE + "            if (em && em->get_own_property) {\n")
edit("has", EXOTIC + "            if (em && em->has_property) {\n",
     PRIVATE + "            if (em && em->has_property) {\n")
edit("delete", EXOTIC + "            if (em && em->delete_property) {\n",
     "const JSClassExoticMethods *em = ns_exotic(ctx, p, atom);\n"
     "            if (em && em->delete_property) {\n")
edit("define", EXOTIC + "            if (em) {\n                if (em->define_own_property) {\n",
     PRIVATE + "            if (em) {\n                if (em->define_own_property) {\n")
edit("set on what is not extensible",
     "    if (unlikely(!p->extensible)) {\n        JS_FreeValue(ctx, val);\n",
     "    if (unlikely(!p->extensible) && !ns_is_private(ctx, prop)) {\n        JS_FreeValue(ctx, val);\n")
edit("define on what is not extensible",
     "    if (!p->extensible) {\n    not_extensible:\n",
     "    if (!p->extensible && !ns_is_private(ctx, prop)) {\n    not_extensible:\n")

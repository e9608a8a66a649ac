#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/buf.h"
#include "workload/yaml.h"

// The tree as text: {key: value@line:column, [..]}.
static void show(ns_buf *out, const ns_yaml *node)
{
    if (node->kind == NS_YAML_SCALAR) {
        ns_buf_printf(out, node->quoted ? "'%s'" : "%s", node->text);
        ns_buf_printf(out, "@%d:%d", node->place.line, node->place.column);
        return;
    }
    ns_buf_char(out, node->kind == NS_YAML_MAP ? '{' : '[');
    for (const ns_yaml *child = node->first; child; child = child->next) {
        if (child->key)
            ns_buf_printf(out, "%s@%d:%d=", child->key, child->key_place.line,
                          child->key_place.column);
        show(out, child);
        if (child->next)
            ns_buf_char(out, ' ');
    }
    ns_buf_char(out, node->kind == NS_YAML_MAP ? '}' : ']');
}

static void expect_tree(const char *text, const char *expected)
{
    ns_arena arena = {0};
    ns_buf shown = {0};
    ns_err err = {0};
    ns_yaml *root;
    cr_assert(eq(int, ns_yaml_parse(&root, &arena, "t", text, strlen(text), true, &err), NS_OK),
              "%s", err.msg);
    show(&shown, root);
    cr_expect(eq(str, shown.data, (char *)expected));
    ns_buf_free(&shown);
    ns_arena_free(&arena);
}

static void expect_error(const char *text, size_t length, const char *expected)
{
    ns_arena arena = {0};
    ns_err err = {0};
    ns_yaml *root;
    cr_expect(eq(int, ns_yaml_parse(&root, &arena, "t", text, length, true, &err), NS_EINVAL));
    cr_expect(eq(str, err.msg, (char *)expected));
    ns_arena_free(&arena);
}
#define ERROR(text, expected) expect_error(text, strlen(text), expected)

Test(yaml, places)
{
    expect_tree("a: 1\nb:\n  c: [x, 'y']\n", "{a@1:1=1@1:4 b@2:1={c@3:3=[x@3:7 'y'@3:10]}}");
    expect_tree("\u00e4\u00f6: b\n", "{\u00e4\u00f6@1:1=b@1:5}"); // characters, not bytes
    expect_tree("", "@1:1");
    expect_tree("# nothing\n", "@1:1");
}

Test(yaml, an_alias_is_a_copy)
{
    expect_tree("a: &x {k: 1}\nb: *x\n", "{a@1:1={k@1:8=1@1:11} b@2:1={k@1:8=1@1:11}}");
    // The latest anchor of a name counts.
    expect_tree("[&x 1, *x, &x 2, *x]", "[1@1:2 1@1:2 2@1:12 2@1:12]");
}

Test(yaml, setting_through_an_alias_leaves_the_original)
{
    ns_arena arena = {0};
    ns_yaml *root;
    const char *text = "a: &x {k: 1}\nb: *x\n";
    cr_assert(eq(int, ns_yaml_parse(&root, &arena, "t", text, strlen(text), true, NULL), NS_OK));
    cr_assert(eq(int, ns_yaml_set(root, &arena, "b.k=2", NULL), NS_OK));
    cr_expect(eq(str, (char *)ns_yaml_get(ns_yaml_get(root, "a"), "k")->text, "1"));
    cr_expect(eq(str, (char *)ns_yaml_get(ns_yaml_get(root, "b"), "k")->text, "2"));
    ns_arena_free(&arena);
}

Test(yaml, refusals)
{
    ERROR("a: 1\nb: 2\na: 3\n", "t:3:1: the key \"a\" is there twice (first in line 1)");
    ERROR("a: !!int 3\n", "t:1:4: the tag tag:yaml.org,2002:int: tags are not supported");
    ERROR("a: &x [*x]\n", "t:1:8: *x stands inside what it refers to");
    ERROR("a: *x\n", "t:1:4: *x refers to an anchor that is not defined before it");
    ERROR("<<: {a: 1}\n", "t:1:1: merge keys (<<) are not supported: write the keys out");
    ERROR("? [a]\n: 1\n", "t:1:3: a key must be a plain word");
    ERROR("a: 1\n---\nb: 2\n", "t:2:1: a second document: a file holds one");
    ERROR("a: \"x\\0y\"\n", "t:1:4: the text has a NUL character");
    ERROR("a: [1, 2\nb: 3\n",
          "t:2:2: did not find expected ',' or ']' while parsing a flow sequence (from line 1)");
    ERROR("a: 1\n\tb: 2\n",
          "t:2:1: found a tab character that violates indentation while scanning a "
          "plain scalar (from line 1)");
    ERROR("a: \"x\n", "t:2:1: found unexpected end of stream while scanning a quoted scalar (from "
                      "line 1)");
    ERROR("a: b\n\xff: c\n", "t:2:1: invalid leading UTF-8 octet");
}

Test(yaml, deep_nesting_ends_in_an_error)
{
    char text[201];
    memset(text, '[', 100);
    memset(text + 100, ']', 100);
    expect_error(text, 200, "t:1:65: nested more than 64 deep");
}

// Ten levels of ten aliases each would be 10^10 values.
Test(yaml, aliases_cannot_blow_up)
{
    ns_buf text = {0};
    ns_buf_str(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        ns_buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            ns_buf_printf(&text, "*a%d%s", i - 1, j < 9 ? ", " : "]\n");
    }
    ns_arena arena = {0};
    ns_err err = {0};
    ns_yaml *root;
    cr_expect(
        eq(int, ns_yaml_parse(&root, &arena, "t", text.data, text.len, true, &err), NS_EINVAL));
    cr_expect(strstr(err.msg, "more than 1000000 values") != NULL, "%s", err.msg);
    ns_arena_free(&arena);
    ns_buf_free(&text);
}

Test(yaml, set)
{
    static const struct {
        const char *assignment, *tree;
    } good[] = {
        {"a=2", "{a@0:0=2@0:0 m@2:1={k@2:5=v@2:8}}"},
        {"m.k=2", "{a@1:1=1@1:4 m@2:1={k@0:0=2@0:0}}"},
        {"m.new.deep=2", "{a@1:1=1@1:4 m@2:1={k@2:5=v@2:8 new@0:0={deep@0:0=2@0:0}}}"},
        {"m.\"x.y\".z=2", "{a@1:1=1@1:4 m@2:1={k@2:5=v@2:8 x.y@0:0={z@0:0=2@0:0}}}"},
        {"a=x=y", "{a@0:0=x=y@0:0 m@2:1={k@2:5=v@2:8}}"},
        {"a=", "{a@0:0=@0:0 m@2:1={k@2:5=v@2:8}}"},
        {"a=[1]", "{a@0:0=[1@0:0] m@2:1={k@2:5=v@2:8}}"},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ns_arena arena = {0};
        ns_buf shown = {0};
        ns_err err = {0};
        ns_yaml *root;
        const char *text = "a: 1\nm: {k: v}\n";
        cr_assert(
            eq(int, ns_yaml_parse(&root, &arena, "t", text, strlen(text), true, NULL), NS_OK));
        cr_expect(eq(int, ns_yaml_set(root, &arena, good[i].assignment, &err), NS_OK), "%s",
                  err.msg);
        show(&shown, root);
        cr_expect(eq(str, shown.data, (char *)good[i].tree));
        ns_buf_free(&shown);
        ns_arena_free(&arena);
    }
}

Test(yaml, set_errors)
{
    static const struct {
        const char *assignment, *message;
    } bad[] = {
        {"", "--set : expected KEY=VALUE, such as machine.cores=8"},
        {"a", "--set a: expected KEY=VALUE, such as machine.cores=8"},
        {"=1", "--set =1: expected KEY=VALUE, such as machine.cores=8"},
        {"x..b=1", "--set x..b=1: expected KEY=VALUE, such as machine.cores=8"},
        {"\"a=1", "--set \"a=1: expected a dot or \"=\" after a part in quotes"},
        {"a.b=1", "--set a.b=1: \"a\" has no keys of its own"},
        {"a=[1", "--set a=[1: did not find expected ',' or ']' while parsing a flow sequence"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ns_arena arena = {0};
        ns_err err = {0};
        ns_yaml *root;
        cr_assert(eq(int, ns_yaml_parse(&root, &arena, "t", "a: 1", 4, true, NULL), NS_OK));
        cr_expect(eq(int, ns_yaml_set(root, &arena, bad[i].assignment, &err), NS_EINVAL));
        cr_expect(eq(str, err.msg, (char *)bad[i].message));
        ns_arena_free(&arena);
    }
}

// Programs of tests/engine/golden: what they print is compared with what the real node printed
// (NAME.out, made by tests/engine/golden/remake).
#ifndef NS_TESTS_ENGINE_GOLDEN_H
#define NS_TESTS_ENGINE_GOLDEN_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "engine/engine.h"

static ns_buf printed;

static JSValue print(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    for (int i = 0; i < argc; i++) {
        const char *text = JS_ToCString(ctx, argv[i]);
        if (!text)
            return JS_EXCEPTION;
        ns_buf_printf(&printed, "%s%s", i ? " " : "", text);
        JS_FreeCString(ctx, text);
    }
    ns_buf_char(&printed, '\n');
    return JS_UNDEFINED;
}

static char *read_file(const char *name, const char *suffix)
{
    char path[1024];
    snprintf(path, sizeof path, NSIM_SOURCE "/tests/engine/golden/%s%s", name, suffix);
    FILE *f = fopen(path, "rb");
    cr_assert(f, "%s", path);
    ns_buf text = {0};
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        ns_buf_add(&text, chunk, n);
    fclose(f);
    ns_buf_char(&text, '\0');
    return ns_buf_take(&text);
}

// The engine with print() in it.
static ns_engine *golden_engine(void)
{
    ns_engine *engine;
    ns_engine_options options = {.seed = 1};
    cr_assert_eq(ns_engine_new(&engine, &options, NULL), NS_OK);
    JSContext *ctx = ns_engine_context(engine);
    JSValue global = JS_GetGlobalObject(ctx);
    JS_SetPropertyStr(ctx, global, "print", JS_NewCFunction(ctx, print, "print", 0));
    JS_FreeValue(ctx, global);
    return engine;
}

static void print_uncaught(JSContext *ctx)
{
    JSValue error = JS_GetException(ctx);
    JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
    const char *text = JS_ToCString(ctx, JS_IsString(stack) ? stack : error);
    ns_buf_printf(&printed, "uncaught %s\n", text);
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, stack);
    JS_FreeValue(ctx, error);
}

// Run the script NAME.js.
static void golden_load(JSContext *ctx, const char *name)
{
    char *code = read_file(name, ".js"), script[256];
    snprintf(script, sizeof script, "%s.js", name);
    JSValue fn = ns_compile_script(ctx, code, strlen(code), script, 0, 0, JS_UNDEFINED);
    JSValue value = JS_IsException(fn) ? JS_EXCEPTION : JS_Call(ctx, fn, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(value))
        print_uncaught(ctx);
    ns_run_microtasks(ctx);
    JS_FreeValue(ctx, value);
    JS_FreeValue(ctx, fn);
    ns_free(code);
}

// Whether the line at `line` is among the next lines of `text`; then *skip is how many precede it.
static bool line_ahead(const char *text, const char *line, size_t length, int *skip)
{
    for (int i = 0; i < 40 && *text; i++) {
        size_t n = strcspn(text, "\n");
        if (n == length && memcmp(text, line, n) == 0) {
            *skip = i;
            return true;
        }
        text += n + (text[n] != '\0');
    }
    return false;
}

// Where the two texts differ, a line each: "N: our text", "N: (missing)" or "N: (more) our text", N
// the line of NAME.out.
static void differences(ns_buf *list, const char *expected, const char *actual)
{
    const char *e = strchr(expected, '\n') + 1, *a = actual;
    for (int line = 2, missing = 0, more = 0; *e || *a;) {
        size_t n = strcspn(e, "\n"), m = strcspn(a, "\n");
        bool same = n == m && memcmp(e, a, n) == 0;
        if (!same && !missing && !more && (!*a || !line_ahead(e, a, m, &missing)) &&
            (!*e || !line_ahead(a, e, n, &more)))
            missing = more = 1;
        if (missing && more)
            ns_buf_printf(list, "%d: %.*s\n", line, (int)m, a);
        else if (missing)
            ns_buf_printf(list, "%d: (missing)\n", line);
        else if (more)
            ns_buf_printf(list, "%d: (more) %.*s\n", line, (int)m, a);
        if (same || missing) {
            e += n + (e[n] != '\0');
            line++;
        }
        if (same || more)
            a += m + (a[m] != '\0');
        missing -= missing > 0;
        more -= more > 0;
    }
}

// Log the lines of `from` that are not in `in`; how many.
static int absent_lines(const char *name, const char *what, const char *from, const char *in)
{
    int count = 0;
    for (const char *l = from; *l; l += strcspn(l, "\n") + 1) {
        size_t n = strcspn(l, "\n") + 1;
        bool found = false;
        for (const char *k = in; *k && !found; k += strcspn(k, "\n") + 1)
            found = strncmp(k, l, n) == 0;
        if (!found) {
            count++;
            cr_log_error("%s.out:%s: %.*s", name, what, (int)n - 1, l);
        }
    }
    return count;
}

// Compare what was printed with what node printed. NAME.known lists where we are known to differ.
// Anything else that differs fails, and so does an entry that is no longer true.
// NSIM_GOLDEN_KNOWN=1 in the environment writes the list anew.
static void golden_check(const char *name)
{
    char *expected = read_file(name, ".out");
    ns_buf list = {0};
    differences(&list, expected, printed.data ? printed.data : "");
    const char *found = list.data ? list.data : "";
    if (getenv("NSIM_GOLDEN_KNOWN")) {
        char path[1024];
        snprintf(path, sizeof path, NSIM_SOURCE "/tests/engine/golden/%s.known", name);
        FILE *record = fopen(path, "wb");
        cr_assert(record && fputs(found, record) >= 0 && fclose(record) == 0);
    } else {
        char *known = read_file(name, ".known");
        int wrong = absent_lines(name, " differs", found, known) +
                    absent_lines(name, " differs no more", known, found);
        cr_expect_eq(wrong, 0, "%s: %d unexpected lines", name, wrong);
        ns_free(known);
    }
    ns_free(expected);
    ns_buf_free(&list);
    ns_buf_free(&printed);
}

#endif

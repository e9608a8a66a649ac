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

// NAME.known lists where we are known to differ: "line of NAME.out: our text". Anything else that
// differs fails, and so does an entry that is no longer true. NSIM_GOLDEN_KNOWN=1 in the
// environment writes the list anew.
static char *known_difference(char *known, int line, size_t *length)
{
    char label[32];
    int n = snprintf(label, sizeof label, "%d: ", line);
    for (char *k = known; k && *k; k += strcspn(k, "\n") + 1)
        if (strncmp(k, label, (size_t)n) == 0) {
            *length = strcspn(k, "\n") - (size_t)n;
            return k + n;
        }
    return NULL;
}

static void compare(const char *name, char *expected, char *known, FILE *record)
{
    char *e = strchr(expected, '\n') + 1, *a = printed.data ? printed.data : (char *)"";
    int wrong = 0, line = 1;
    while (*e || *a) {
        size_t n = strcspn(e, "\n"), m = strcspn(a, "\n"), k = 0;
        line++;
        bool same = n == m && memcmp(e, a, n) == 0;
        const char *listed = known_difference(known, line, &k);
        if (!same && record)
            fprintf(record, "%d: %.*s\n", line, (int)m, a);
        else if (same ? listed != NULL : !listed || k != m || memcmp(listed, a, m) != 0) {
            wrong++;
            cr_log_error("%s.out:%d:\n  node: %.*s\n  nsim: %.*s", name, line, (int)n, e, (int)m,
                         a);
        }
        e += n + (e[n] != '\0');
        a += m + (a[m] != '\0');
    }
    cr_expect_eq(wrong, 0, "%s: %d of %d lines differ", name, wrong, line);
}

// Compare what was printed with what node printed.
static void golden_check(const char *name)
{
    char *expected = read_file(name, ".out"), path[1024];
    FILE *record = NULL;
    if (getenv("NSIM_GOLDEN_KNOWN")) {
        snprintf(path, sizeof path, NSIM_SOURCE "/tests/engine/golden/%s.known", name);
        record = fopen(path, "wb");
    }
    char *known = record ? NULL : read_file(name, ".known");
    compare(name, expected, known, record);
    if (record)
        fclose(record);
    ns_free(known);
    ns_free(expected);
    ns_buf_free(&printed);
}

#endif

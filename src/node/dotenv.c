// A parser with Node's own leniencies: quotes of three kinds over several lines, "export ",
// comments.
#include "node/dotenv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

typedef struct span {
    const char *at;
    size_t length;
} span;

typedef struct setting {
    char *key, *value;
} setting;

typedef struct settings {
    setting *items;
    size_t count, capacity;
    bool failed;
} settings;

static const char *find(span s, char c, size_t from)
{
    return from < s.length ? memchr(s.at + from, c, s.length - from) : NULL;
}

static span skip(span s, size_t n)
{
    return (span){s.at + n, s.length - n};
}

static span trim(span s)
{
    while (s.length > 0 && s.at[0] == ' ')
        s = skip(s, 1);
    while (s.length > 0 && s.at[s.length - 1] == ' ')
        s.length--;
    return s;
}

static void assign(settings *all, span key, span value, bool expand)
{
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? all->capacity * 2 : 16;
        setting *items = ns_realloc(all->items, capacity * sizeof *items);
        if (!items) {
            all->failed = true;
            return;
        }
        all->items = items;
        all->capacity = capacity;
    }
    setting *item = &all->items[all->count];
    item->key = ns_strndup(key.at, key.length);
    item->value = ns_strndup(value.at, value.length);
    all->count++;
    if (!item->key || !item->value) {
        all->failed = true;
        return;
    }
    if (!expand)
        return;
    char *to = item->value;
    for (const char *from = item->value; *from; from++) {
        bool newline = from[0] == '\\' && from[1] == 'n';
        *to++ = newline ? '\n' : *from;
        from += newline;
    }
    *to = '\0';
}

// Read the value that `rest` begins with; returns what follows it.
static span read_value(settings *all, span key, span rest)
{
    char quote = rest.at[0];
    if (quote == '"' || quote == '\'' || quote == '`') {
        const char *close = find(rest, quote, 1);
        if (close) {
            span value = {rest.at + 1, (size_t)(close - rest.at) - 1};
            assign(all, key, value, quote == '"');
            const char *newline = find(rest, '\n', (size_t)(close - rest.at) + 1);
            return newline ? skip(rest, (size_t)(newline - rest.at)) : skip(rest, rest.length);
        }
        const char *newline = find(rest, '\n', 0);
        if (!newline)
            return skip(rest, rest.length);
        span value = {rest.at, (size_t)(newline - rest.at)};
        assign(all, key, value, false);
        return skip(rest, value.length);
    }
    const char *newline = find(rest, '\n', 0);
    span value = {rest.at, newline ? (size_t)(newline - rest.at) : rest.length};
    const char *hash = newline ? find(value, '#', 0) : NULL;
    span left = skip(rest, value.length);
    if (hash)
        value.length = (size_t)(hash - value.at);
    assign(all, key, trim(value), false);
    return left;
}

static void parse(settings *all, span content)
{
    content = trim(content);
    while (content.length > 0 && !all->failed) {
        if (content.at[0] == '\n' || content.at[0] == '#') {
            const char *newline = find(content, '\n', 0);
            if (newline) {
                content = skip(content, (size_t)(newline - content.at) + 1);
                continue;
            }
        }
        const char *equal = find(content, '=', 0);
        if (!equal)
            return;
        span key = trim((span){content.at, (size_t)(equal - content.at)});
        content = trim(skip(content, (size_t)(equal - content.at) + 1));
        if (key.length == 0)
            return;
        if (key.length >= 7 && memcmp(key.at, "export ", 7) == 0)
            key = skip(key, 7);
        if (content.length == 0) {
            assign(all, key, content, false);
            return;
        }
        content = read_value(all, key, content);
    }
}

static int by_key(const void *a, const void *b)
{
    const setting *x = a, *y = b;
    return strcmp(x->key, y->key); // keys are unique
}

// Keep the last setting of each key, in the place of the first.
static void unique(settings *all)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        size_t k = 0;
        while (k < kept && strcmp(all->items[k].key, all->items[i].key) != 0)
            k++;
        if (k < kept) {
            ns_free(all->items[k].key);
            ns_free(all->items[k].value);
        } else {
            kept++;
        }
        all->items[k] = all->items[i];
    }
    all->count = kept;
}

static JSValue object_of(JSContext *ctx, const settings *all)
{
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < all->count && !JS_IsException(object); i++) {
        const setting *item = &all->items[i];
        if (JS_DefinePropertyValueStr(ctx, object, item->key, JS_NewString(ctx, item->value),
                                      JS_PROP_C_W_E) < 0) {
            JS_FreeValue(ctx, object);
            object = JS_EXCEPTION;
        }
    }
    return object;
}

JSValue ns_dotenv_parse(JSContext *ctx, const char *text, size_t length)
{
    settings all = {0};
    ns_buf lines = {0};
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\r')
            ns_buf_char(&lines, text[i]);
    if (lines.len > 0)
        parse(&all, (span){lines.data, lines.len});
    JSValue result;
    if (lines.failed || all.failed) {
        result = JS_ThrowOutOfMemory(ctx);
    } else {
        unique(&all);
        if (all.count > 0)
            qsort(all.items, all.count, sizeof *all.items, by_key);
        result = object_of(ctx, &all);
    }
    for (size_t i = 0; i < all.count; i++) {
        ns_free(all.items[i].key);
        ns_free(all.items[i].value);
    }
    ns_free(all.items);
    ns_buf_free(&lines);
    return result;
}

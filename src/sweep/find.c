#include "sweep/find.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/suggest.h"
#include "sweep/find_private.h"
#include "workload/keys.h"
#include "workload/units.h"
#include "workload/vary.h"

// -- The key --------------------------------------------------------------------------------------

static int read_key(find_parser *p)
{
    ns_find *f = p->find;
    find_word w = find_next_word(p);
    ns_err err = {0};
    if (w.length == 0)
        return find_fail_at(
            p, w, "found no key, expected one such as arrivals.login.rate; the form is %s",
            find_form);
    f->key = find_keep(p, w);
    if (!f->key)
        return find_no_memory(p);
    if (ns_vary_check_key(f->key, "the key", &err) != NS_OK)
        return find_fail_at(p, w, "%s", err.msg);
    const ns_key *known = ns_key_find(f->key);
    // What a user names freely (a parameter of requests) is a number.
    f->type = NS_FIND_NUMBER;
    f->high = INFINITY;
    if (!known && strncmp(f->key, "env.", 4) != 0)
        return NS_OK;
    switch (known ? known->type : NS_KEY_TEXT) {
    case NS_KEY_INT:
    case NS_KEY_COUNT:
        f->type = NS_FIND_WHOLE;
        break;
    case NS_KEY_NUMBER:
        break;
    case NS_KEY_TIME:
    case NS_KEY_HOST_TIME:
    case NS_KEY_DURATION:
        f->type = NS_FIND_TIME;
        return NS_OK;
    case NS_KEY_BYTES:
        f->type = NS_FIND_BYTES;
        return NS_OK;
    default:
        return find_fail_at(p, w,
                            "%s is %s: a search needs a number, a time or a size; --vary takes it",
                            f->key, known ? ns_key_type_name(known->type) : "text");
    }
    // 0 may stand for "auto", which is no size.
    f->low = f->type == NS_FIND_WHOLE && known->min < 1 ? 1 : known->min;
    f->high = known->max > known->min ? known->max : INFINITY;
    return NS_OK;
}

static int read_limit(find_parser *p, find_word w, double *out)
{
    const ns_find *f = p->find;
    char *text = find_keep(p, w);
    if (!text)
        return find_no_memory(p);
    if (f->type == NS_FIND_TIME)
        return find_read_unit(p, w, text, NS_UNIT_TIME, out);
    if (f->type == NS_FIND_BYTES)
        return find_read_unit(p, w, text, NS_UNIT_BYTES, out);
    if (!find_read_number(text, "", out) || (f->type == NS_FIND_WHOLE && *out != floor(*out)))
        return find_fail_at(p, w, "found \"%s\", expected a %snumber", text,
                            f->type == NS_FIND_WHOLE ? "whole " : "");
    if (*out < f->low || *out > f->high)
        return find_fail_at(p, w, "found \"%s\", expected a number from %.10g to %.10g", text,
                            f->low, f->high);
    return NS_OK;
}

// "in 1..64"
static int read_range(find_parser *p)
{
    double low = 0, high = 0;
    if (!find_take(p, "in"))
        return NS_OK;
    find_word first = find_next_quantity(p, "..");
    if (strncmp(p->at, "..", 2) != 0)
        return find_fail_at(p, first, "found \"%.*s\", expected LOW..HIGH", (int)first.length,
                            first.at);
    p->at += 2;
    find_word second = find_next_quantity(p, NULL);
    int rc = read_limit(p, first, &low);
    if (rc == NS_OK)
        rc = read_limit(p, second, &high);
    if (rc != NS_OK)
        return rc;
    if (low >= high) {
        find_word both = {first.at, (size_t)(second.at + second.length - first.at)};
        return find_fail_at(p, both, "the range has nothing in it: expected LOW below HIGH");
    }
    p->find->ranged = true;
    p->find->low = low;
    p->find->high = high;
    return NS_OK;
}

// -- Conditions -----------------------------------------------------------------------------------

static const char *const statistics[] = {"mean", "p50",        "p90",    "p95",   "p99",
                                         "max",  "throughput", "errors", "count", NULL};
static const char *const shorts[][2] = {{"wait.", "pool.wait."},
                                        {"delay.", "loop.delay."},
                                        {"pause.", "gc.pause."},
                                        {"safepoint.", "gc.safepoint."}};
static const char *const plain[] = {"pool.utilization",
                                    "pool.full",
                                    "loop.utilization",
                                    "loop.wait.mean",
                                    "loop.wait.p99",
                                    "gc.pause.total",
                                    "gc.count",
                                    "gc.safepoint.total",
                                    "gc.safepoint.max",
                                    "heap.max",
                                    "cpu.utilization",
                                    "cpu.time",
                                    "time",
                                    "wait.p50",
                                    "wait.p99",
                                    "wait.mean",
                                    "delay.p99",
                                    "delay.p50",
                                    "pause.max",
                                    "pause.mean",
                                    "request.p99",
                                    "request.errors",
                                    "pool.wait.p99",
                                    "request.mean",
                                    "loop.delay.p99",
                                    "gc.pause.max",
                                    "request.p50",
                                    "request.throughput"};

static bool is_class(const find_parser *p, const char *name, size_t length)
{
    for (int i = 0; p->classes && p->classes[i]; i++)
        if (strlen(p->classes[i]) == length && strncmp(p->classes[i], name, length) == 0)
            return true;
    return !p->classes;
}

static bool is_statistic(const char *name)
{
    for (int i = 0; statistics[i]; i++)
        if (strcmp(statistics[i], name) == 0)
            return true;
    return false;
}

static int unknown_metric(const find_parser *p, find_word w)
{
    char text[160];
    snprintf(text, sizeof text, "%.*s", (int)w.length, w.at);
    ns_suggest near = {.word = text};
    for (int i = 0; statistics[i]; i++)
        ns_suggest_offer(&near, statistics[i]);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        ns_suggest_offer(&near, plain[i]);
    return find_fail_at(p, w,
                        "found %s%s%s, expected a metric such as p99, errors, wait.p99 or "
                        "request.login.p99%s%s%s",
                        text[0] ? "\"" : "the end", text, text[0] ? "\"" : "",
                        near.best ? "; did you mean \"" : "", near.best ? near.best : "",
                        near.best ? "\"?" : "");
}

// The full name of a metric, or NULL when it is none. Without a class there is one metric for all;
// a run with one class has no others.
static const char *full_name(find_parser *p, const char *name)
{
    ns_arena *arena = &p->find->arena;
    ns_metric_kind kind;
    if (is_statistic(name))
        return ns_arena_printf(arena, "request.%s", name);
    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        size_t length = strlen(shorts[i][0]);
        if (strncmp(name, shorts[i][0], length) == 0)
            return ns_arena_printf(arena, "%s%s", shorts[i][1], name + length);
    }
    const char *rest = strncmp(name, "request.", 8) == 0 ? name + 8 : name;
    const char *dot = strrchr(rest, '.');
    bool of_class = dot && is_statistic(dot + 1) && is_class(p, rest, (size_t)(dot - rest));
    if (of_class && (rest != name || !ns_metric_parse(name, &kind)))
        return p->classes && !p->classes[1] ? ns_arena_printf(arena, "request.%s", dot + 1)
                                            : ns_arena_printf(arena, "request.%s", rest);
    return rest != name && dot ? NULL : name;
}

static int read_metric(find_parser *p, ns_condition *c)
{
    find_word w = find_next_word(p);
    const char *name = w.length ? find_keep(p, w) : "";
    if (!name)
        return find_no_memory(p);
    c->metric = w.length ? full_name(p, name) : NULL;
    return c->metric && ns_metric_parse(c->metric, &c->kind) ? NS_OK : unknown_metric(p, w);
}

static int read_operator(find_parser *p, ns_condition *c)
{
    find_skip_space(p);
    find_word w = {p->at, strspn(p->at, "<>=")};
    p->at += w.length;
    if (!find_is(w, "<") && !find_is(w, "<=") && !find_is(w, ">") && !find_is(w, ">="))
        return find_fail_at(p, w, "found \"%.*s\", expected <, <=, > or >=",
                            w.length ? (int)w.length : (int)strcspn(w.at, " \t\n"), w.at);
    c->below = w.at[0] == '<';
    c->or_equal = w.length == 2;
    return NS_OK;
}

static int write_condition(find_parser *p, ns_condition *c, find_word quantity)
{
    c->text = ns_arena_printf(&p->find->arena, "%s %s%s %.*s", c->metric, c->below ? "<" : ">",
                              c->or_equal ? "=" : "", (int)quantity.length, quantity.at);
    return c->text ? NS_OK : find_no_memory(p);
}

static int read_condition(find_parser *p)
{
    ns_find *f = p->find;
    if (f->count == NS_FIND_CONDITIONS_MAX)
        return find_fail_at(p, (find_word){p->at, 1}, "more than %d conditions",
                            NS_FIND_CONDITIONS_MAX);
    ns_condition *c = &f->conditions[f->count++];
    int rc = read_metric(p, c);
    if (rc == NS_OK)
        rc = read_operator(p, c);
    if (rc != NS_OK)
        return rc;
    find_word w = find_next_quantity(p, NULL);
    const char *text = find_keep(p, w);
    if (!text)
        return find_no_memory(p);
    rc = find_read_bound(p, w, text, c->kind.unit, &c->bound);
    return rc == NS_OK ? write_condition(p, c, w) : rc;
}

// -- All of it ------------------------------------------------------------------------------------

static int write_text(find_parser *p)
{
    ns_find *f = p->find;
    ns_buf text = {0};
    char low[48], high[48];
    ns_buf_printf(&text, "%s %s", f->max ? "max" : "min", f->key);
    ns_find_value(f, f->low, low, sizeof low);
    ns_find_value(f, f->high, high, sizeof high);
    if (f->ranged)
        ns_buf_printf(&text, " in %s..%s", low, high);
    for (int i = 0; i < f->count; i++)
        ns_buf_printf(&text, "%s%s", i ? " and " : " where ", f->conditions[i].text);
    f->text = text.failed ? NULL : ns_arena_strdup(&f->arena, text.data);
    ns_buf_free(&text);
    return f->text ? NS_OK : find_no_memory(p);
}

static int parse(find_parser *p)
{
    find_word first = find_next_word(p);
    p->find->max = find_is(first, "max");
    if (!p->find->max && !find_is(first, "min"))
        return find_fail_at(p, first, "found \"%.*s\", expected max or min; the form is %s",
                            (int)first.length, first.at, find_form);
    int rc = read_key(p);
    if (rc == NS_OK)
        rc = read_range(p);
    if (rc == NS_OK)
        rc = find_expect(p, "where", "");
    do
        rc = rc == NS_OK ? read_condition(p) : rc;
    while (rc == NS_OK && find_take(p, "and"));
    find_skip_space(p);
    if (rc == NS_OK && *p->at)
        rc = find_expect(p, "and", " or the end");
    return rc == NS_OK ? write_text(p) : rc;
}

int ns_find_parse(ns_find **out, const char *text, const char *const *classes, ns_err *err)
{
    ns_find *find = *out = ns_calloc(1, sizeof *find);
    if (!find)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    find_parser p = {.find = find, .text = text, .at = text, .classes = classes, .err = err};
    int rc = parse(&p);
    if (rc != NS_OK) {
        ns_find_free(find);
        *out = NULL;
    }
    return rc;
}

void ns_find_free(ns_find *find)
{
    if (!find)
        return;
    ns_arena_free(&find->arena);
    ns_free(find);
}

// -- Values ---------------------------------------------------------------------------------------

void ns_find_value(const ns_find *find, double value, char *out, size_t size)
{
    static const char *const units[] = {[NS_FIND_TIME] = " ns", [NS_FIND_BYTES] = " B"};
    if (find->type == NS_FIND_NUMBER)
        snprintf(out, size, "%.10g", value);
    else
        snprintf(out, size, "%.0f%s", value, units[find->type] ? units[find->type] : "");
}

void ns_find_show(const ns_find *find, double value, char *out, size_t size)
{
    if (find->type == NS_FIND_TIME || find->type == NS_FIND_BYTES)
        ns_metric_format(value, find->type == NS_FIND_TIME ? NS_METRIC_NS : NS_METRIC_BYTES, false,
                         out, size);
    else
        ns_find_value(find, value, out, size);
}

bool ns_find_read(const ns_find *find, const char *text, double *out)
{
    int64_t value;
    if (find->type == NS_FIND_NUMBER || find->type == NS_FIND_WHOLE)
        return find_read_number(text, "", out);
    ns_unit_kind kind = find->type == NS_FIND_TIME ? NS_UNIT_TIME : NS_UNIT_BYTES;
    if (ns_unit_parse(kind, text, &value))
        return false;
    *out = (double)value;
    return true;
}

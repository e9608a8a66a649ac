// The pieces of an expression of --find: words, quantities, and where an error stands.
#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sweep/find_private.h"
#include "workload/units.h"

const char find_form[] = "max|min KEY [in LOW..HIGH] where METRIC OP QUANTITY [and ...]";

// -- Errors ---------------------------------------------------------------------------------------

// The message, the expression, and a mark below the word.
int find_fail_at(const find_parser *p, find_word w, const char *fmt, ...)
{
    char said[600], mark[81];
    va_list args;
    va_start(args, fmt);
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    size_t length = w.length < sizeof mark ? w.length : sizeof mark - 1;
    memset(mark, '~', sizeof mark);
    mark[0] = '^';
    mark[length ? length : 1] = '\0';
    return ns_fail(p->err, NS_EINVAL, "--find: %s\n  %.300s\n  %*s%s", said, p->text,
                   (int)(w.at - p->text), "", mark);
}

int find_no_memory(const find_parser *p)
{
    return ns_fail(p->err, NS_ENOMEM, "out of memory");
}

// -- Words ----------------------------------------------------------------------------------------

void find_skip_space(find_parser *p)
{
    p->at += strspn(p->at, " \t\n");
}

// Up to a space or an operator; what stands in double quotes belongs to it.
find_word find_next_word(find_parser *p)
{
    find_skip_space(p);
    find_word w = {p->at, 0};
    bool quoted = false;
    for (; *p->at && (quoted || !strchr(" \t\n<>=", *p->at)); p->at++)
        quoted ^= *p->at == '"';
    w.length = (size_t)(p->at - w.at);
    return w;
}

bool find_is(find_word w, const char *text)
{
    return w.length == strlen(text) && strncasecmp(w.at, text, w.length) == 0;
}

bool find_take(find_parser *p, const char *text)
{
    const char *before = p->at;
    if (find_is(find_next_word(p), text))
        return true;
    p->at = before;
    return false;
}

char *find_keep(find_parser *p, find_word w)
{
    return ns_arena_strndup(&p->find->arena, w.at, w.length);
}

int find_expect(find_parser *p, const char *text, const char *before)
{
    find_word w = find_next_word(p);
    if (find_is(w, text))
        return NS_OK;
    if (p->find->key && p->find->count == 0 && (find_is(w, "and") || find_is(w, ",")))
        return find_fail_at(p, w,
                            "a search has one key: search once for each value of the other, "
                            "with --set");
    return find_fail_at(p, w, "found %s%.*s%s, expected \"%s\"%s; the form is %s",
                        w.length ? "\"" : "the end", (int)w.length, w.at, w.length ? "\"" : "",
                        text, before, find_form);
}

// -- Quantities -----------------------------------------------------------------------------------

// A number, or a number and its unit with or without a space between; up to `stop` or a space.
find_word find_next_quantity(find_parser *p, const char *stop)
{
    find_skip_space(p);
    find_word w = {p->at, 0};
    const char *end = w.at;
    bool ended = false;
    while (*end && !isspace((unsigned char)*end) && !ended) {
        ended = stop && strncmp(end, stop, strlen(stop)) == 0;
        end += !ended;
    }
    const char *unit = end + strspn(end, " \t");
    size_t letters = strspn(unit, "nusmhinBkKMGTi%/");
    bool digit = end > w.at && (isdigit((unsigned char)end[-1]) || end[-1] == '.');
    bool whole = letters && (!unit[letters] || isspace((unsigned char)unit[letters]) ||
                             (stop && strncmp(unit + letters, stop, strlen(stop)) == 0));
    if (!ended && digit && whole)
        end = unit + letters;
    w.length = (size_t)(end - w.at);
    p->at = end;
    return w;
}

bool find_read_number(const char *text, const char *suffix, double *out)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) && text[0] != '.')
        return false;
    *out = strtod(text, &end);
    end += strspn(end, " \t");
    return isfinite(*out) && (*end == '\0' || strcmp(end, suffix) == 0);
}

int find_read_unit(const find_parser *p, find_word w, const char *text, ns_unit_kind kind,
                   double *out)
{
    int64_t value;
    const char *why = ns_unit_parse(kind, text, &value);
    if (why)
        return find_fail_at(p, w, "found \"%s\", which %s, expected %s", text, why,
                            ns_unit_expected(kind));
    *out = (double)value;
    return NS_OK;
}

// A quantity in the unit of a metric.
int find_read_bound(const find_parser *p, find_word w, const char *text, ns_metric_unit unit,
                    double *out)
{
    switch (unit) {
    case NS_METRIC_NS:
        return find_read_unit(p, w, text, NS_UNIT_TIME, out);
    case NS_METRIC_BYTES:
        return find_read_unit(p, w, text, NS_UNIT_BYTES, out);
    case NS_METRIC_SHARE:
        if (!find_read_number(text, "%", out))
            return find_fail_at(p, w, "found \"%s\", expected a share such as 0.1%% or 0.001",
                                text);
        *out = strchr(text, '%') ? *out / 100 : *out;
        return NS_OK;
    case NS_METRIC_RATE:
        if (!find_read_number(text, "/s", out))
            return find_fail_at(p, w, "found \"%s\", expected a rate such as 500/s", text);
        return NS_OK;
    case NS_METRIC_NUMBER:
        if (!find_read_number(text, "", out))
            return find_fail_at(p, w, "found \"%s\", expected a number", text);
        return NS_OK;
    }
    assert(!"a metric without a unit");
    return NS_EINTERNAL;
}

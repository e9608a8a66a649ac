// CSV files: the first column, as times or as plain numbers.
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "workload/reader.h"
#include "workload/units.h"

typedef struct table {
    ns_reader *reader;
    const ns_yaml *node;
    const char *file; // for messages: the path in the folder
    ns_table_kind kind;
    int line;
    char unit[8]; // of numbers without one, from the header; empty when it names none
    double *values;
    size_t count, capacity;
} table;

static int fail_line(const table *t, const char *cell, const char *why, const char *expected)
{
    return ns_reader_fail(t->reader, t->node, "%s:%d: found \"%.40s\"%s%s, expected %s", t->file,
                          t->line, cell, why ? ", which " : "", why ? why : "", expected);
}

static int add(table *t, double value, const char *cell)
{
    if (t->kind == NS_TABLE_TRACE && t->count > 0 && value < t->values[t->count - 1])
        return fail_line(t, cell, "lies before the time in the line above", "ascending times");
    if (t->count == t->capacity) {
        size_t capacity = t->capacity ? t->capacity * 2 : 256;
        double *values = ns_realloc(t->values, capacity * sizeof *values);
        if (!values)
            return ns_reader_no_memory(t->reader);
        t->values = values;
        t->capacity = capacity;
    }
    t->values[t->count++] = value;
    return NS_OK;
}

static int read_value(table *t, const char *cell)
{
    double value;
    if (t->kind == NS_TABLE_NUMBERS) {
        if (!ns_reader_is_number(cell, &value))
            return fail_line(t, cell, NULL, "a number");
        return add(t, value, cell);
    }
    int64_t time;
    const char *why = t->unit[0] && ns_reader_is_number(cell, &value)
                          ? ns_unit_parse_in(NS_UNIT_TIME, cell, t->unit, &time)
                          : ns_unit_parse(NS_UNIT_TIME, cell, &time);
    if (why)
        return fail_line(t, cell, why,
                         "a time with a unit, or a first line that ends in the unit, such as "
                         "\"time_ms\"");
    return add(t, (double)time, cell);
}

// A first line that is no value is the header; "latency_ms" or "ms" names the unit of what follows.
static bool read_header(table *t, const char *cell)
{
    if (isdigit((unsigned char)cell[0]) || cell[0] == '-' || cell[0] == '.')
        return false;
    const char *tail = strrchr(cell, '_');
    tail = tail ? tail + 1 : cell;
    int64_t one;
    if (strlen(tail) < sizeof t->unit && !ns_unit_parse_in(NS_UNIT_TIME, "1", tail, &one))
        memcpy(t->unit, tail, strlen(tail) + 1);
    return true;
}

// Cut the first cell out of a line: without blanks and quotes around it.
static char *first_cell(char *line)
{
    line[strcspn(line, ",;\t\r")] = '\0';
    line += strspn(line, " \"");
    size_t length = strlen(line);
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '"'))
        line[--length] = '\0';
    return line;
}

static int read_lines(table *t, char *text)
{
    bool first = true;
    char *next;
    for (char *line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        t->line++;
        const char *cell = first_cell(line);
        if (cell[0] == '\0')
            continue;
        if (!first || !read_header(t, cell)) {
            int rc = read_value(t, cell);
            if (rc != NS_OK)
                return rc;
        }
        first = false;
    }
    if (t->count == 0)
        return ns_reader_fail(t->reader, t->node, "%s has no values", t->file);
    return NS_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int ns_reader_table(ns_reader *r, const ns_yaml *node, ns_table_kind kind, const double **out,
                    size_t *count, const char **relative)
{
    const char *text, *path;
    int rc = ns_reader_text(r, node, "a CSV file", &text);
    if (rc != NS_OK || (rc = ns_reader_file(r, node, text, &path, relative)) != NS_OK)
        return rc;
    table t = {.reader = r, .node = node, .file = *relative, .kind = kind};
    char *content;
    size_t length;
    if ((rc = ns_reader_load(r, node, path, &content, &length)) != NS_OK)
        return rc;
    rc = strlen(content) == length ? read_lines(&t, content)
                                   : ns_reader_fail(r, node, "%s is no text file", *relative);
    ns_free(content);
    if (rc == NS_OK) {
        assert(t.values);
        if (kind != NS_TABLE_TRACE)
            qsort(t.values, t.count, sizeof *t.values, ascending);
        double *kept = ns_arena_array(r->arena, t.count, sizeof *kept);
        if (kept)
            memcpy(kept, t.values, t.count * sizeof *kept);
        else
            rc = ns_reader_no_memory(r);
        *out = kept;
        *count = t.count;
    }
    ns_free(t.values);
    return rc;
}

int ns_read_trace(ns_reader *r, const ns_key *key, const ns_yaml *node, void *base, cJSON **json)
{
    (void)key;
    ns_arrival *arrival = base;
    if (!node)
        return NS_OK;
    const double *times;
    const char *relative;
    size_t count;
    int rc = ns_reader_table(r, node, NS_TABLE_TRACE, &times, &count, &relative);
    if (rc != NS_OK)
        return rc;
    ns_time *trace = ns_arena_array(r->arena, count, sizeof *trace);
    if (!trace)
        return ns_reader_no_memory(r);
    for (size_t i = 0; i < count; i++)
        trace[i] = (ns_time)times[i];
    arrival->trace = trace;
    arrival->trace_count = (int64_t)count;
    *json = cJSON_CreateString(relative);
    return NS_OK;
}

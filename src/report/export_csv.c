// Tables as CSV (RFC 4180, lines end in LF): the names of the columns, then the rows of the run in
// the order in which they were recorded.
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "report/db.h"
#include "report/export.h"

// The public tables and views: those of records, and those of runs and sweeps.
static const char tables[] =
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '%\\_data'"
    " ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'string' AND ?1 = ?1"
    " ORDER BY name";

typedef struct listing {
    int (*each)(void *opaque, const char *table, ns_err *err);
    void *opaque;
} listing;

static int list(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    const listing *l = opaque;
    return l->each(l->opaque, ns_export_text(row, 0), err);
}

int ns_export_tables(const ns_export_run *run,
                     int (*each)(void *opaque, const char *table, ns_err *err), void *opaque,
                     ns_err *err)
{
    listing l = {each, opaque};
    return ns_export_each(run, tables, list, &l, err);
}

static void write_field(FILE *out, const char *text)
{
    if (!text[strcspn(text, ",\"\n\r")]) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

// The shortest text that reads as the same number.
static void write_real(FILE *out, double value)
{
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, out);
}

static int write_row(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    FILE *out = opaque;
    (void)err;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        if (i > 0)
            putc(',', out);
        if (sqlite3_column_type(row, i) == SQLITE_FLOAT)
            write_real(out, sqlite3_column_double(row, i));
        else
            write_field(out, ns_export_text(row, i));
    }
    putc('\n', out);
    return NS_OK;
}

typedef struct search {
    const char *name;
    bool found;
    ns_suggest near;
    char best[64]; // what `near` holds is the row's
} search;

static int look(void *opaque, const char *table, ns_err *err)
{
    search *s = opaque;
    (void)err;
    s->found = s->found || strcmp(table, s->name) == 0;
    ns_suggest_offer(&s->near, table);
    if (s->near.best && s->near.best != s->best) {
        snprintf(s->best, sizeof s->best, "%s", s->near.best);
        s->near.best = s->best;
    }
    return NS_OK;
}

static int check_table(const ns_export_run *run, const char *table, ns_err *err)
{
    search s = {.name = table, .near = {.word = table}};
    int rc = ns_export_tables(run, look, &s, err);
    if (rc != NS_OK || s.found)
        return rc;
    return s.near.best
               ? ns_fail(err, NS_EINVAL, "unknown table \"%s\"; did you mean \"%s\"?", table,
                         s.near.best)
               : ns_fail(err, NS_EINVAL,
                         "unknown table \"%s\"; docs/schema.md describes those there are", table);
}

// The column of a table that says which run a row is of; NULL: its rows are of all runs.
static int run_column(const ns_export_run *run, const char *table, const char **column, ns_err *err)
{
    ns_buf sql = {0};
    sqlite3_stmt *row = NULL;
    ns_buf_printf(&sql, "SELECT * FROM %s", table);
    int rc = sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                        : ns_db_prepare(run->db, sql.data, &row, err);
    *column = strcmp(table, "run") == 0 ? "id" : NULL;
    for (int i = 0; rc == NS_OK && i < sqlite3_column_count(row); i++)
        if (strcmp(sqlite3_column_name(row, i), "run_id") == 0)
            *column = "run_id";
    sqlite3_finalize(row);
    ns_buf_free(&sql);
    return rc;
}

static int write_header(const ns_export_run *run, const char *sql, FILE *out, ns_err *err)
{
    sqlite3_stmt *row = NULL;
    int rc = ns_db_prepare(run->db, sql, &row, err);
    for (int i = 0; rc == NS_OK && i < sqlite3_column_count(row); i++)
        fprintf(out, "%s%s", i ? "," : "", sqlite3_column_name(row, i));
    putc('\n', out);
    sqlite3_finalize(row);
    return rc;
}

int ns_export_table(const ns_export_run *run, const char *table, FILE *out, ns_err *err)
{
    const char *column = NULL;
    int rc = check_table(run, table, err);
    if (rc == NS_OK)
        rc = run_column(run, table, &column, err);
    if (rc != NS_OK)
        return rc;
    ns_buf sql = {0};
    ns_buf_printf(&sql, "SELECT * FROM %s WHERE ?1 = %s", table, column ? column : "?1");
    rc = sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                    : write_header(run, sql.data, out, err);
    if (rc == NS_OK)
        rc = ns_export_each(run, sql.data, write_row, out, err);
    ns_buf_free(&sql);
    return rc;
}

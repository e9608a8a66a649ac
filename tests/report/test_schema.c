#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "report/schema.h"
#include "streams.h"

static char *read_whole(const char *path)
{
    ns_buf text = {0};
    char block[4096];
    size_t size;
    FILE *file = fopen(path, "r");
    cr_assert(ne(ptr, file, NULL));
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        ns_buf_add(&text, block, size);
    fclose(file);
    return ns_buf_take(&text);
}

Test(schema, the_reference_is_what_the_code_has)
{
    ns_buf markdown = {0};
    ns_schema_markdown(&markdown);
    const char *write = getenv("NSIM_WRITE_SCHEMA"); // prints the reference, for docs/schema.md
    if (write)
        fputs(markdown.data, stdout);
    char *page = read_whole(NSIM_SOURCE "/docs/schema.md");
    cr_expect(has(page, markdown.data), "docs/schema.md differs from src/report/schema.c");
    ns_free(page);
    ns_buf_free(&markdown);
}

// The columns of every table and view, as SQLite has them.
Test(schema, every_column_is_documented_with_its_type)
{
    sqlite3 *db;
    sqlite3_stmt *row;
    ns_buf markdown = {0};
    ns_schema_markdown(&markdown);
    cr_assert(eq(int, sqlite3_open(":memory:", &db), SQLITE_OK));
    cr_assert(eq(int, ns_schema_create(db, NULL), NS_OK));
    cr_assert(eq(int,
                 sqlite3_prepare_v2(db,
                                    "SELECT t.name, c.name FROM pragma_table_list t,"
                                    " pragma_table_info(t.name) c WHERE t.name NOT LIKE '%_data'"
                                    " AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'string'",
                                    -1, &row, NULL),
                 SQLITE_OK));
    int columns = 0;
    while (sqlite3_step(row) == SQLITE_ROW) {
        char heading[80], line[80];
        snprintf(heading, sizeof heading, "### %s\n", sqlite3_column_text(row, 0));
        snprintf(line, sizeof line, "| `%s` |", sqlite3_column_text(row, 1));
        const char *section = strstr(markdown.data, heading);
        cr_assert(ne(ptr, (void *)section, NULL), "%s", heading);
        const char *next = strstr(section + 1, "### "), *found = strstr(section, line);
        bool inside = found && (!next || found < next);
        cr_expect(inside, "%s has no %s", heading, line);
        columns++;
    }
    cr_expect(gt(int, columns, 100));
    sqlite3_finalize(row);
    sqlite3_close(db);
    ns_buf_free(&markdown);
}

#include "report/batch.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "report/db.h"

// -- The virtual table ----------------------------------------------------------------------------

typedef struct batch_table {
    sqlite3_vtab base;
    ns_batch *batch;
} batch_table;

typedef struct batch_cursor {
    sqlite3_vtab_cursor base;
    int row;
} batch_cursor;

static ns_batch *batch_of(sqlite3_vtab_cursor *cursor)
{
    return ((batch_table *)cursor->pVtab)->batch;
}

static int table_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message)
{
    ns_batch *batch = aux;
    ns_buf sql = {0};
    for (int i = 0; i < batch->table->count; i++)
        ns_buf_printf(&sql, "%sc%d", i ? "," : "CREATE TABLE x(", i);
    ns_buf_char(&sql, ')');
    int rc = sql.failed ? SQLITE_NOMEM : sqlite3_declare_vtab(db, sql.data);
    ns_buf_free(&sql);
    batch_table *table = rc == SQLITE_OK ? sqlite3_malloc(sizeof *table) : NULL;
    if (!table)
        return rc == SQLITE_OK ? SQLITE_NOMEM : rc;
    *table = (batch_table){.batch = batch};
    *out = &table->base;
    return SQLITE_OK;
}

static int table_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    info->estimatedCost = NS_BATCH_ROWS;
    info->estimatedRows = NS_BATCH_ROWS;
    return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    batch_cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    *cursor = (batch_cursor){.row = 0};
    *out = &cursor->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int cursor_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int argc,
                         sqlite3_value **argv)
{
    ((batch_cursor *)cursor)->row = 0;
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *cursor)
{
    ((batch_cursor *)cursor)->row++;
    return SQLITE_OK;
}

static int cursor_eof(sqlite3_vtab_cursor *cursor)
{
    return ((batch_cursor *)cursor)->row >= batch_of(cursor)->rows;
}

static int cursor_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
    const ns_batch *batch = batch_of(cursor);
    const ns_table *table = batch->table;
    const union ns_cell *cell =
        &batch->cells[((batch_cursor *)cursor)->row * table->count + column];
    switch (table->columns[column].type) {
    case NS_COLUMN_REAL:
        sqlite3_result_double(result, cell->real);
        break;
    case NS_COLUMN_TEXT:
        sqlite3_result_text(result, cell->text, -1, SQLITE_STATIC);
        break;
    default:
        sqlite3_result_int64(result, cell->integer);
    }
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    *rowid = ((batch_cursor *)cursor)->row;
    return SQLITE_OK;
}

static const sqlite3_module batch_module = {
    .xConnect = table_connect, // no xCreate: it can only be used by its own name
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_eof,
    .xColumn = cursor_column,
    .xRowid = cursor_rowid,
};

// -- The batch ------------------------------------------------------------------------------------

int ns_batch_init(ns_batch *batch, const ns_table *table, sqlite3 *db, int64_t run_id, ns_err *err)
{
    *batch = (ns_batch){.table = table};
    char name[64];
    snprintf(name, sizeof name, "batch_%s", table->name);
    int rc = sqlite3_create_module(db, name, &batch_module, batch);
    if (rc != SQLITE_OK)
        return ns_db_fail(db, rc, err);
    ns_buf sql = {0};
    ns_buf_printf(&sql, "INSERT INTO %s%s SELECT ?1", table->name,
                  ns_schema_interned(table) ? "_data" : "");
    for (int i = 0; i < table->count; i++)
        ns_buf_printf(&sql, ", c%d", i);
    ns_buf_printf(&sql, " FROM %s", name);
    rc = sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                    : ns_db_prepare(db, sql.data, &batch->insert, err);
    ns_buf_free(&sql);
    if (rc == NS_OK)
        sqlite3_bind_int64(batch->insert, 1, run_id);
    return rc;
}

static void clear(ns_batch *batch)
{
    for (int column = 0; column < batch->table->count; column++) {
        if (batch->table->columns[column].type != NS_COLUMN_TEXT)
            continue;
        for (int row = 0; row < batch->rows; row++)
            ns_free(batch->cells[row * batch->table->count + column].text);
    }
    batch->rows = 0;
}

void ns_batch_free(ns_batch *batch)
{
    sqlite3_finalize(batch->insert);
    if (batch->rows > 0)
        clear(batch);
    ns_free(batch->cells);
    *batch = (ns_batch){0};
}

static bool pack(const ns_column *column, const ns_record *record, ns_intern *strings,
                 union ns_cell *cell)
{
    const char *field = (const char *)record + column->offset;
    switch (column->type) {
    case NS_COLUMN_INT64:
        cell->integer = *(const int64_t *)field;
        return true;
    case NS_COLUMN_INT32:
        cell->integer = *(const int32_t *)field;
        return true;
    case NS_COLUMN_BOOL:
        cell->integer = *(const bool *)field;
        return true;
    case NS_COLUMN_REAL:
        cell->real = *(const double *)field;
        return true;
    case NS_COLUMN_PHASE:
        cell->integer = ns_intern_id(strings, ns_phase_name(*(const ns_phase *)field));
        return cell->integer != 0;
    case NS_COLUMN_NAME: {
        const char *text = *(const char *const *)field;
        cell->integer = ns_intern_id(strings, text ? text : "");
        return cell->integer != 0;
    }
    case NS_COLUMN_TEXT: {
        const char *text = *(const char *const *)field;
        cell->text = ns_strdup(text ? text : "");
        return cell->text != NULL;
    }
    }
    assert(!"a column without a type");
    return false;
}

int ns_batch_add(ns_batch *batch, const ns_record *record, ns_intern *strings)
{
    const ns_table *table = batch->table;
    assert(batch->rows < NS_BATCH_ROWS);
    if (!batch->cells) {
        batch->cells =
            ns_calloc((size_t)NS_BATCH_ROWS * (size_t)table->count, sizeof *batch->cells);
        if (!batch->cells)
            return NS_ENOMEM;
    }
    union ns_cell *cells = &batch->cells[batch->rows * table->count];
    for (int i = 0; i < table->count; i++) {
        if (pack(&table->columns[i], record, strings, &cells[i]))
            continue;
        while (i-- > 0)
            if (table->columns[i].type == NS_COLUMN_TEXT)
                ns_free(cells[i].text);
        return NS_ENOMEM;
    }
    batch->rows++;
    return NS_OK;
}

int ns_batch_flush(ns_batch *batch, sqlite3 *db, ns_err *err)
{
    if (batch->rows == 0)
        return NS_OK;
    int rc = sqlite3_step(batch->insert);
    int result = rc == SQLITE_DONE ? NS_OK : ns_db_fail(db, rc, err);
    sqlite3_reset(batch->insert);
    clear(batch);
    return result;
}

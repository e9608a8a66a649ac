// The SQLite store. One writer, prepared statements, large transactions; the run's row is on disk
// before the first record, marked incomplete, so that a killed run leaves a readable database.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "report/columns.h"
#include "report/report.h"
#include "report/schema.h"

enum { records_per_transaction = 200000 };

struct ns_store {
    ns_sink sink;
    sqlite3 *db;
    sqlite3_stmt *inserts[NS_REC_TYPES];
    int64_t run_id;
    int pending;
    int status; // of SQLite; the first failure is kept
    char *path;
    ns_err error;
};

static int fail(ns_store *store, ns_err *err)
{
    return ns_fail(err, NS_EIO, "%s: %s", store->path, sqlite3_errmsg(store->db));
}

static int execute(ns_store *store, const char *sql, ns_err *err)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? NS_OK : fail(store, err);
}

static const char *type_of(ns_column_kind kind)
{
    switch (kind) {
    case NS_COL_DOUBLE:
        return "REAL";
    case NS_COL_TEXT:
    case NS_COL_PHASE:
        return "TEXT";
    default:
        return "INTEGER";
    }
}

static int create_tables(ns_store *store, ns_err *err)
{
    ns_buf sql = {0};
    ns_buf_str(&sql, ns_schema_run);
    for (int t = 0; t < NS_REC_TYPES; t++) {
        const ns_table *table = &ns_tables[t];
        ns_buf_printf(&sql, "CREATE TABLE %s(\n  run_id INTEGER NOT NULL REFERENCES run(id)",
                      table->name);
        for (int c = 0; c < table->count; c++)
            ns_buf_printf(&sql, ",\n  %s %s NOT NULL", table->columns[c].name,
                          type_of(table->columns[c].kind));
        ns_buf_str(&sql, "\n) STRICT;\n");
    }
    int status =
        sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory") : execute(store, sql.data, err);
    ns_buf_free(&sql);
    return status;
}

static int prepare_inserts(ns_store *store, ns_err *err)
{
    for (int t = 0; t < NS_REC_TYPES; t++) {
        const ns_table *table = &ns_tables[t];
        ns_buf sql = {0};
        ns_buf_printf(&sql, "INSERT INTO %s VALUES(%lld", table->name, (long long)store->run_id);
        for (int c = 0; c < table->count; c++)
            ns_buf_str(&sql, ",?");
        ns_buf_str(&sql, ")");
        int status = sql.failed
                         ? SQLITE_NOMEM
                         : sqlite3_prepare_v3(store->db, sql.data, -1, SQLITE_PREPARE_PERSISTENT,
                                              &store->inserts[t], NULL);
        ns_buf_free(&sql);
        if (status != SQLITE_OK)
            return fail(store, err);
    }
    return NS_OK;
}

static void bind(sqlite3_stmt *statement, int at, const ns_column *column, const ns_record *record)
{
    const char *field = (const char *)record + column->offset;
    switch (column->kind) {
    case NS_COL_INT64:
        sqlite3_bind_int64(statement, at, *(const int64_t *)field);
        break;
    case NS_COL_INT32:
        sqlite3_bind_int(statement, at, *(const int32_t *)field);
        break;
    case NS_COL_DOUBLE:
        sqlite3_bind_double(statement, at, *(const double *)field);
        break;
    case NS_COL_BOOL:
        sqlite3_bind_int(statement, at, *(const bool *)field);
        break;
    case NS_COL_TEXT: {
        const char *text = *(const char *const *)field;
        sqlite3_bind_text(statement, at, text ? text : "", -1, SQLITE_STATIC);
        break;
    }
    case NS_COL_PHASE:
        sqlite3_bind_text(statement, at, ns_phase_name(*(const ns_phase *)field), -1,
                          SQLITE_STATIC);
        break;
    }
}

static void emit(ns_sink *sink, const ns_record *record)
{
    ns_store *store = (ns_store *)sink;
    if (store->error.code)
        return;
    const ns_table *table = &ns_tables[record->type];
    sqlite3_stmt *statement = store->inserts[record->type];
    for (int c = 0; c < table->count; c++)
        bind(statement, c + 1, &table->columns[c], record);
    int status = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (status != SQLITE_DONE)
        fail(store, &store->error);
    else if (++store->pending >= records_per_transaction)
        ns_store_commit(store, &store->error);
}

ns_sink *ns_store_sink(ns_store *store)
{
    return &store->sink;
}

int ns_store_commit(ns_store *store, ns_err *err)
{
    store->pending = 0;
    return execute(store, "COMMIT; BEGIN", err);
}

// -- The run's row
// -------------------------------------------------------------------------------------------

static void bind_text(sqlite3_stmt *statement, const char *name, const char *value)
{
    int at = sqlite3_bind_parameter_index(statement, name);
    if (value)
        sqlite3_bind_text(statement, at, value, -1, SQLITE_TRANSIENT);
}

static void bind_int(sqlite3_stmt *statement, const char *name, int64_t value)
{
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, name), value);
}

static void bind_hex(sqlite3_stmt *statement, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)value);
    bind_text(statement, name, text);
}

// Reproducible builds' variable is the one clock that may be stored.
static void bind_started(sqlite3_stmt *statement)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (!epoch)
        return;
    time_t seconds = (time_t)strtoll(epoch, NULL, 10);
    struct tm parts;
    char text[32];
    if (gmtime_r(&seconds, &parts) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts))
        bind_text(statement, "$started", text);
}

static void bind_run(sqlite3_stmt *s, const ns_run_info *info)
{
    bind_text(s, "$workload", info->workload);
    bind_text(s, "$config", info->config_json ? info->config_json : "{}");
    bind_text(s, "$profile", info->profile ? info->profile : "default");
    bind_hex(s, "$hash", info->hash);
    bind_int(s, "$seed", (int64_t)info->seed);
    bind_text(s, "$status", info->status);
    bind_int(s, "$exit_code", info->exit_code);
    bind_int(s, "$virtual", info->virtual_ns);
    bind_hex(s, "$digest", info->digest);
    bind_int(s, "$events", (int64_t)info->events);
    bind_int(s, "$ties", (int64_t)info->ties);
    bind_int(s, "$pool_threads", info->pool_threads);
    bind_int(s, "$cores", info->cores);
    bind_int(s, "$idle", info->idle_ns);
    bind_int(s, "$pool_span", info->pool_span_ns);
    bind_int(s, "$pool_busy", info->pool_busy_ns);
    bind_int(s, "$pool_full", info->pool_full_ns);
    bind_started(s);
}

static int write_run(ns_store *store, const char *sql, const ns_run_info *info, ns_err *err)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return fail(store, err);
    bind_run(statement, info);
    bind_int(statement, "$id", store->run_id);
    int status = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return status == SQLITE_DONE ? NS_OK : fail(store, err);
}

// -- Opening and closing
// -----------------------------------------------------------------------------------------

// An old database of nsim gives way; any other file is the user's own.
static int make_way(const char *path, ns_err *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NS_OK;
    unsigned char head[100];
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    bool ours = size == sizeof head && memcmp(head, "SQLite format 3", 16) == 0 &&
                ((unsigned)head[68] << 24 | (unsigned)head[69] << 16 | (unsigned)head[70] << 8 |
                 head[71]) == NS_APPLICATION_ID;
    if (size > 0 && !ours)
        return ns_fail(err, NS_EINVAL,
                       "%s: exists and is no database of nsim; name another file with -o", path);
    char side[4096];
    const char *const suffixes[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(side, sizeof side, "%s%s", path, suffixes[i]);
        unlink(side);
    }
    return NS_OK;
}

int ns_store_open(ns_store **out, const char *path, const ns_run_info *info, ns_err *err)
{
    *out = NULL;
    int status = make_way(path, err);
    if (status)
        return status;
    ns_store *store = ns_calloc(1, sizeof *store);
    if (!store || !(store->path = ns_strdup(path))) {
        ns_free(store);
        return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    store->sink.emit = emit;
    store->run_id = 1;
    if (sqlite3_open(path, &store->db) != SQLITE_OK)
        status = fail(store, err);
    if (!status) { // in the file itself, before there is a log: a killed run's file is known as
                   // ours
        char marks[128];
        snprintf(marks, sizeof marks, "PRAGMA user_version = %d; PRAGMA application_id = %d",
                 NS_SCHEMA_VERSION, NS_APPLICATION_ID);
        status = execute(store, marks, err);
    }
    if (!status)
        status = execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN", err);
    if (!status)
        status = create_tables(store, err);
    if (!status)
        status = write_run(store, ns_schema_insert_run, info, err);
    if (!status)
        status = prepare_inserts(store, err);
    if (!status)
        status = ns_store_commit(store, err);
    if (status) {
        sqlite3_close(store->db);
        ns_free(store->path);
        ns_free(store);
        return status;
    }
    *out = store;
    return NS_OK;
}

int ns_store_close(ns_store *store, const ns_run_info *info, ns_err *err)
{
    if (!store)
        return NS_OK;
    for (int t = 0; t < NS_REC_TYPES; t++)
        sqlite3_finalize(store->inserts[t]);
    int status = store->error.code;
    if (status && err)
        *err = store->error;
    if (!status)
        status = write_run(store, ns_schema_update_run, info, err);
    if (!status) // one file that may be moved: no log beside it
        status = execute(
            store, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", err);
    sqlite3_close(store->db);
    ns_free(store->path);
    ns_free(store);
    return status;
}

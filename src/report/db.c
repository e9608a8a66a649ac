#include "report/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "report/schema.h"

int ns_db_fail(sqlite3 *db, int rc, ns_err *err)
{
    if (!db || (rc & 0xff) == SQLITE_NOMEM)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    const char *path = sqlite3_db_filename(db, "main");
    const char *separator = path && path[0] ? ": " : "";
    int system = sqlite3_system_errno(db);
    if ((rc & 0xff) == SQLITE_IOERR && system != 0)
        return ns_fail(err, NS_EIO, "%s%s%s (%s)", path ? path : "", separator, sqlite3_errmsg(db),
                       strerror(system));
    if (rc == SQLITE_IOERR_WRITE) // SQLite forgets errno when it rolls back
        return ns_fail(err, NS_EIO,
                       "%s%s%s (it cannot be written: a full disk, or a limit of file sizes)",
                       path ? path : "", separator, sqlite3_errmsg(db));
    return ns_fail(err, NS_EIO, "%s%s%s", path ? path : "", separator, sqlite3_errmsg(db));
}

int ns_db_exec(sqlite3 *db, const char *sql, ns_err *err)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? NS_OK : ns_db_fail(db, rc, err);
}

int ns_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, ns_err *err)
{
    int rc = sqlite3_prepare_v2(db, sql, -1, out, NULL);
    return rc == SQLITE_OK ? NS_OK : ns_db_fail(db, rc, err);
}

static int read_pragma(sqlite3 *db, const char *sql, int *value, ns_err *err)
{
    sqlite3_stmt *row = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        *value = sqlite3_column_int(row, 0);
        rc = SQLITE_OK;
    }
    int result = NS_OK;
    if (rc == SQLITE_NOTADB)
        *value = 0;
    else if (rc != SQLITE_OK)
        result = ns_db_fail(db, rc, err);
    sqlite3_finalize(row);
    return result;
}

static int check_schema(sqlite3 *db, const char *path, ns_err *err)
{
    int application = 0, version = 0;
    int rc = read_pragma(db, "PRAGMA application_id", &application, err);
    if (rc != NS_OK)
        return rc;
    if (application != NS_SCHEMA_APPLICATION)
        return ns_fail(err, NS_EINVAL, "%s: not a database of nsim", path);
    rc = read_pragma(db, "PRAGMA user_version", &version, err);
    if (rc == NS_OK && version != NS_SCHEMA_VERSION)
        return ns_fail(err, NS_EINVAL,
                       "%s: found schema %d, expected %d: it was made by another version of nsim",
                       path, version, NS_SCHEMA_VERSION);
    return rc;
}

static int open_as(sqlite3 **out, const char *path, bool writing, ns_err *err)
{
    *out = NULL;
    if (access(path, writing ? R_OK | W_OK : R_OK) != 0)
        return ns_fail(err, NS_EINVAL, "%s: %s", path, strerror(errno));
    sqlite3 *db;
    int rc =
        sqlite3_open_v2(path, &db, writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, NULL);
    int result = rc == SQLITE_OK      ? check_schema(db, path, err)
                 : rc == SQLITE_NOMEM ? ns_fail(err, NS_ENOMEM, "out of memory")
                                      : ns_fail(err, NS_EIO, "%s: %s", path, sqlite3_errmsg(db));
    if (result != NS_OK) {
        sqlite3_close(db);
        return result;
    }
    sqlite3_extended_result_codes(db, 1);
    *out = db;
    return NS_OK;
}

int ns_db_open(sqlite3 **out, const char *path, ns_err *err)
{
    return open_as(out, path, false, err);
}

int ns_db_open_for_writing(sqlite3 **out, const char *path, ns_err *err)
{
    return open_as(out, path, true, err);
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static uint64_t hex_of(sqlite3_stmt *row, int column)
{
    return strtoull(text_of(row, column), NULL, 16);
}

static void read_run(sqlite3_stmt *row, ns_run_info *info)
{
    *info = (ns_run_info){
        .workload = text_of(row, 1),
        .seed = strtoull(text_of(row, 2), NULL, 10),
        .config_json = text_of(row, 3),
        .profile = text_of(row, 4),
        .hash = hex_of(row, 5),
        .status = text_of(row, 6),
        .exit_code = sqlite3_column_int(row, 7),
        .virtual_ns = sqlite3_column_int64(row, 8),
        .idle_ns = sqlite3_column_int64(row, 9),
        .cores = sqlite3_column_int(row, 10),
        .pool_threads = sqlite3_column_int(row, 11),
        .pool_span_ns = sqlite3_column_int64(row, 12),
        .pool_busy_ns = sqlite3_column_int64(row, 13),
        .pool_full_ns = sqlite3_column_int64(row, 14),
        .events = (uint64_t)sqlite3_column_int64(row, 15),
        .ties = (uint64_t)sqlite3_column_int64(row, 16),
        .digest = hex_of(row, 17),
        .cpu_ns = sqlite3_column_int64(row, 18),
        .host_seconds = -1,
    };
}

int ns_db_run(sqlite3 *db, int64_t *run_id, ns_run_info *info, sqlite3_stmt **row, ns_err *err)
{
    int rc = ns_db_prepare(
        db,
        "SELECT id, workload, seed, config_json, profile, workload_hash, status, exit_code,"
        " virtual_ns, loop_idle_ns, cores, pool_threads, pool_span_ns, pool_busy_ns, pool_full_ns,"
        " events, ties, event_digest, cpu_ns FROM run"
        " WHERE ?1 = 0 OR id = ?1 ORDER BY id DESC LIMIT 1",
        row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(*row, 1, *run_id);
    int step = sqlite3_step(*row);
    if (step == SQLITE_ROW) {
        *run_id = sqlite3_column_int64(*row, 0);
        read_run(*row, info);
        return NS_OK;
    }
    const char *path = sqlite3_db_filename(db, "main");
    rc = step != SQLITE_DONE ? ns_db_fail(db, step, err)
         : *run_id == 0
             ? ns_fail(err, NS_EINVAL, "%s: there is no run in it", path)
             : ns_fail(err, NS_EINVAL, "%s: there is no run %lld in it", path, (long long)*run_id);
    sqlite3_finalize(*row);
    *row = NULL;
    return rc;
}

int ns_db_recorded_run(sqlite3 *db, int64_t *run_id, ns_run_info *info, sqlite3_stmt **row,
                       ns_err *err)
{
    int rc = ns_db_run(db, run_id, info, row, err);
    sqlite3_stmt *point = NULL;
    if (rc == NS_OK)
        rc = ns_db_prepare(db, "SELECT 1 FROM sweep_point WHERE run_id = ?1", &point, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(point, 1, *run_id);
    if (sqlite3_step(point) == SQLITE_ROW)
        rc = ns_fail(err, NS_EINVAL,
                     "%s: run %lld is of a sweep, which keeps metrics and no records\n"
                     "Its tables: nsim sweep %s. All records of each run: nsim sweep --records DIR",
                     sqlite3_db_filename(db, "main"), (long long)*run_id,
                     sqlite3_db_filename(db, "main"));
    sqlite3_finalize(point);
    return rc;
}

static int prepare_select(sqlite3 *db, const ns_table *table, const char *where, sqlite3_stmt **out,
                          ns_err *err)
{
    ns_buf sql = {0};
    ns_buf_str(&sql, "SELECT ");
    for (int i = 0; i < table->count; i++)
        ns_buf_printf(&sql, "%s\"%s\"", i ? ", " : "", table->columns[i].name);
    ns_buf_printf(&sql, " FROM %s WHERE run_id = ?1", table->name);
    if (where)
        ns_buf_printf(&sql, " AND (%s)", where);
    int rc = sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                        : ns_db_prepare(db, sql.data, out, err);
    ns_buf_free(&sql);
    return rc;
}

int ns_db_each(sqlite3 *db, int64_t run_id, ns_rec_type type, const char *where, ns_sink *sink,
               ns_err *err)
{
    const ns_table *table = &ns_schema_tables[type];
    sqlite3_stmt *row = NULL;
    int rc = prepare_select(db, table, where, &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run_id);
    int step;
    while ((step = sqlite3_step(row)) == SQLITE_ROW) {
        ns_record record;
        ns_schema_read(table, row, 0, &record);
        ns_emit(sink, &record);
    }
    if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc;
}

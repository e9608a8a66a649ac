#include "report/reader.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "report/aggregate.h"
#include "report/columns.h"
#include "report/schema.h"

static int64_t pragma(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int64_t value = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static char *keep(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return ns_strdup(text ? (const char *)text : "");
}

static int read_run(ns_reader *r, const char *path, ns_err *err)
{
    static const char sql[] =
        "SELECT id, workload, config_json, profile, status, seed, exit_code, virtual_ns, events, "
        "ties, "
        "pool_threads, cores, loop_idle_ns, pool_span_ns, pool_busy_ns, pool_full_ns FROM run "
        "WHERE id = ?1 OR ?1 = 0 ORDER BY id DESC LIMIT 1";
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(r->db, sql, -1, &s, NULL) != SQLITE_OK)
        return ns_fail(err, NS_EINVAL, "%s: %s", path, sqlite3_errmsg(r->db));
    sqlite3_bind_int64(s, 1, r->run_id);
    int status = NS_OK;
    if (sqlite3_step(s) != SQLITE_ROW) {
        status = ns_fail(err, NS_EINVAL, "%s: it has no run %lld", path, (long long)r->run_id);
    } else {
        r->run_id = sqlite3_column_int64(s, 0);
        for (int i = 0; i < 4; i++)
            r->texts[i] = keep(s, i + 1);
        r->info = (ns_run_info){
            .workload = r->texts[0],
            .config_json = r->texts[1],
            .profile = r->texts[2],
            .status = r->texts[3],
            .seed = (uint64_t)sqlite3_column_int64(s, 5),
            .exit_code = sqlite3_column_int(s, 6),
            .virtual_ns = sqlite3_column_int64(s, 7),
            .events = (uint64_t)sqlite3_column_int64(s, 8),
            .ties = (uint64_t)sqlite3_column_int64(s, 9),
            .pool_threads = sqlite3_column_int(s, 10),
            .cores = sqlite3_column_int(s, 11),
            .idle_ns = sqlite3_column_int64(s, 12),
            .pool_span_ns = sqlite3_column_int64(s, 13),
            .pool_busy_ns = sqlite3_column_int64(s, 14),
            .pool_full_ns = sqlite3_column_int64(s, 15),
        };
    }
    sqlite3_finalize(s);
    return status;
}

int ns_reader_open(ns_reader *r, const char *path, int64_t run_id, ns_err *err)
{
    *r = (ns_reader){.run_id = run_id};
    if (access(path, R_OK) != 0)
        return ns_fail(err, NS_EINVAL, "%s: no such database", path);
    int status = NS_OK;
    if (sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK &&
        sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        status = ns_fail(err, NS_EIO, "%s: %s", path, sqlite3_errmsg(r->db));
    else if (pragma(r->db, "PRAGMA application_id") != NS_APPLICATION_ID)
        status = ns_fail(err, NS_EINVAL, "%s: not a database of nsim", path);
    else if (pragma(r->db, "PRAGMA user_version") > NS_SCHEMA_VERSION)
        status = ns_fail(err, NS_EINVAL, "%s: written by a newer nsim", path);
    if (!status)
        status = read_run(r, path, err);
    if (status)
        ns_reader_close(r);
    return status;
}

void ns_reader_close(ns_reader *r)
{
    for (int i = 0; i < 4; i++)
        ns_free(r->texts[i]);
    sqlite3_close(r->db);
    *r = (ns_reader){0};
}

static ns_phase phase_of(const char *name)
{
    for (int p = 0; p < NS_PHASES; p++)
        if (strcmp(ns_phase_name((ns_phase)p), name) == 0)
            return (ns_phase)p;
    return NS_PHASE_MAIN;
}

static void read_column(sqlite3_stmt *s, int at, const ns_column *column, ns_record *record)
{
    char *field = (char *)record + column->offset;
    const char *text = (const char *)sqlite3_column_text(s, at);
    switch (column->kind) {
    case NS_COL_INT64:
        *(int64_t *)field = sqlite3_column_int64(s, at);
        break;
    case NS_COL_INT32:
        *(int32_t *)field = sqlite3_column_int(s, at);
        break;
    case NS_COL_DOUBLE:
        *(double *)field = sqlite3_column_double(s, at);
        break;
    case NS_COL_BOOL:
        *(bool *)field = sqlite3_column_int(s, at) != 0;
        break;
    case NS_COL_TEXT:
        *(const char **)field = text ? text : "";
        break;
    case NS_COL_PHASE:
        *(ns_phase *)field = phase_of(text ? text : "");
        break;
    }
}

int ns_reader_each(ns_reader *r, ns_rec_type type, const char *where, ns_sink *sink, ns_err *err)
{
    const ns_table *table = &ns_tables[type];
    ns_buf sql = {0};
    ns_buf_str(&sql, "SELECT ");
    for (int c = 0; c < table->count; c++)
        ns_buf_printf(&sql, "%s%s", c ? ", " : "", table->columns[c].name);
    ns_buf_printf(&sql, " FROM %s WHERE run_id = %lld%s%s ORDER BY rowid", table->name,
                  (long long)r->run_id, where[0] ? " AND " : "", where);
    sqlite3_stmt *s = NULL;
    int status = sql.failed ? SQLITE_NOMEM : sqlite3_prepare_v2(r->db, sql.data, -1, &s, NULL);
    ns_buf_free(&sql);
    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(s);
        if (status != SQLITE_ROW)
            break;
        ns_record record = {.type = type};
        for (int c = 0; c < table->count; c++)
            read_column(s, c, &table->columns[c], &record);
        ns_emit(sink, &record);
    }
    sqlite3_finalize(s);
    return status == SQLITE_DONE
               ? NS_OK
               : ns_fail(err, NS_EIO, "%s: %s", table->name, sqlite3_errmsg(r->db));
}

int ns_summary_load(ns_summary *s, ns_run_info *info, const char *db, int64_t run_id, ns_err *err)
{
    static const ns_rec_type types[] = {NS_REC_LOOP_ITERATION, NS_REC_CALLBACK, NS_REC_POOL_TASK,
                                        NS_REC_REQUEST, NS_REC_SAMPLE};
    ns_reader r;
    int status = ns_reader_open(&r, db, run_id, err);
    if (status)
        return status;
    for (size_t i = 0; !status && i < sizeof types / sizeof types[0]; i++)
        status = ns_reader_each(&r, types[i], "", ns_summary_sink(s), err);
    *info = r.info;
    for (int i = 0; i < 4; i++) { // the summary owns them from here on
        s->texts[i] = r.texts[i];
        r.texts[i] = NULL;
    }
    ns_reader_close(&r);
    return status;
}

#include "sweep/db.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "report/db.h"
#include "report/schema.h"

enum { HAS, MADE, TRACED, POINT, METRIC, CHECK, STRING, HISTOGRAM, STATEMENTS };

struct ns_sweep_db {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
};

// -- The head -------------------------------------------------------------------------------------

int ns_sweep_head_read(sqlite3 *db, ns_sweep_head *head, sqlite3_stmt **row, ns_err *err)
{
    int rc = ns_db_prepare(
        db, "SELECT name, config_json, nsim_version, workload_hash, runs FROM sweep WHERE id = 1",
        row, err);
    if (rc != NS_OK)
        return rc;
    int step = sqlite3_step(*row);
    const char *hash = step == SQLITE_ROW ? (const char *)sqlite3_column_text(*row, 3) : NULL;
    if (hash) {
        *head = (ns_sweep_head){
            .name = (const char *)sqlite3_column_text(*row, 0),
            .json = (const char *)sqlite3_column_text(*row, 1),
            .version = (const char *)sqlite3_column_text(*row, 2),
            .hash = strtoull(hash, NULL, 16),
            .runs = sqlite3_column_int(*row, 4),
        };
        return NS_OK;
    }
    sqlite3_finalize(*row);
    *row = NULL;
    return step == SQLITE_DONE || step == SQLITE_ROW
               ? ns_fail(err, NS_EINVAL, "%s: there is no sweep in it",
                         sqlite3_db_filename(db, "main"))
               : ns_db_fail(db, step, err);
}

int ns_sweep_head_same(const char *path, const ns_sweep_head *there, const ns_sweep_head *here,
                       ns_err *err)
{
    assert(there->version && there->json); // NOT NULL in the schema
    if (strcmp(there->version, here->version) != 0)
        return ns_fail(err, NS_EINVAL, "%s: made by nsim %s, expected %s", path, there->version,
                       here->version);
    if (strcmp(there->json, here->json) != 0)
        return ns_fail(err, NS_EINVAL, "%s: it is of another sweep: found %.300s, expected %.300s",
                       path, there->json, here->json);
    if (there->hash != here->hash)
        return ns_fail(err, NS_EINVAL,
                       "%s: the workload differs: found the hash %016" PRIx64
                       ", expected %016" PRIx64,
                       path, there->hash, here->hash);
    if (strcmp(there->name, here->name) != 0)
        return ns_fail(err, NS_EINVAL, "%s: found the sweep \"%s\", expected \"%s\"", path,
                       there->name, here->name);
    return NS_OK;
}

int ns_sweep_head_write(sqlite3 *db, const ns_sweep_head *head, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db,
                           "INSERT INTO sweep (id, name, config_json, nsim_version, workload_hash,"
                           " runs) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                           &row, err);
    if (rc != NS_OK)
        return rc;
    char hash[32];
    snprintf(hash, sizeof hash, "%016" PRIx64, head->hash);
    sqlite3_bind_text(row, 1, head->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, head->json, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, head->version, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 4, hash, -1, SQLITE_STATIC);
    sqlite3_bind_int(row, 5, head->runs);
    int step = sqlite3_step(row);
    if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc;
}

// -- Opening --------------------------------------------------------------------------------------

static int create(ns_sweep_db *db, const char *path, const ns_sweep_head *head, ns_err *err)
{
    int rc = ns_db_create(&db->db, path, err);
    if (rc == NS_OK)
        rc = ns_schema_create(db->db, err);
    return rc == NS_OK ? ns_sweep_head_write(db->db, head, err) : rc;
}

static int reopen(ns_sweep_db *db, const char *path, const ns_sweep_head *head, ns_err *err)
{
    sqlite3_stmt *row = NULL;
    ns_sweep_head there = {0};
    int rc = ns_db_open_for_writing(&db->db, path, err);
    if (rc == NS_OK)
        rc = ns_sweep_head_read(db->db, &there, &row, err);
    if (rc == NS_OK)
        rc = ns_sweep_head_same(path, &there, head, err);
    sqlite3_finalize(row);
    return rc;
}

bool ns_sweep_db_is_unborn(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    bool unborn = false;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT count(*) FROM sqlite_schema", -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        unborn = sqlite3_column_int(row, 0) == 0;
    sqlite3_finalize(row);
    row = NULL;
    if (!unborn &&
        sqlite3_prepare_v2(db,
                           "SELECT (SELECT application_id FROM pragma_application_id) = ?1"
                           " AND NOT EXISTS (SELECT 1 FROM sweep)"
                           " AND NOT EXISTS (SELECT 1 FROM run)",
                           -1, &row, NULL) == SQLITE_OK) {
        sqlite3_bind_int(row, 1, NS_SCHEMA_APPLICATION);
        unborn = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int(row, 0) == 1;
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    return unborn;
}

static int prepare(ns_sweep_db *db, ns_err *err)
{
    static const char *const texts[STATEMENTS] = {
        [HAS] = "SELECT 1 FROM sweep_point WHERE sweep_id = 1 AND run_id = ?1",
        [MADE] = "SELECT made, why, off, off_metric FROM sweep_point"
                 " WHERE sweep_id = 1 AND run_id = ?1",
        [TRACED] = "SELECT point FROM sweep_point WHERE replicate = ?1 AND trace_run_id = run_id",
        [POINT] = "INSERT INTO sweep_point (sweep_id, run_id, point, params_json, replicate,"
                  " message, made, why, trace_run_id, off, off_metric)"
                  " VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), ?9, ?10)",
        [METRIC] = "INSERT INTO run_metric (run_id, metric, value) VALUES (?1, ?2, ?3)",
        [CHECK] = "INSERT INTO sweep_check (run_id, metric, replayed) VALUES (?1, ?2, ?3)",
        [STRING] = "INSERT INTO string (id, value)"
                   " SELECT (SELECT coalesce(max(id), 0) + 1 FROM string), ?1"
                   " WHERE NOT EXISTS (SELECT 1 FROM string WHERE value = ?1)",
        [HISTOGRAM] = "INSERT INTO histogram_data (run_id, metric_id, encoded)"
                      " VALUES (?1, (SELECT id FROM string WHERE value = ?2), ?3)",
    };
    int rc = NS_OK;
    for (int i = 0; i < STATEMENTS && rc == NS_OK; i++)
        rc = ns_db_prepare(db->db, texts[i], &db->statements[i], err);
    return rc;
}

int ns_sweep_db_open(ns_sweep_db **out, const char *path, const ns_sweep_head *head,
                     ns_sweep_mode mode, ns_err *err)
{
    struct stat status;
    bool there = stat(path, &status) == 0;
    *out = NULL;
    if (there && mode == NS_SWEEP_NEW)
        return ns_fail(err, NS_EINVAL,
                       "%s exists: --resume goes on with it, --force replaces it, and -o names "
                       "another one",
                       path);
    ns_sweep_db *db = ns_calloc(1, sizeof *db);
    if (!db)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    bool resumed = there && mode == NS_SWEEP_RESUME;
    if (resumed && ns_sweep_db_is_unborn(path)) {
        resumed = false;
        // What is no file of ours stays; an empty one gives way.
    }
    int rc = resumed ? reopen(db, path, head, err) : create(db, path, head, err);
    // A run may take minutes: it is worth waiting for the disk.
    if (rc == NS_OK)
        rc = ns_db_exec(db->db, "PRAGMA synchronous = NORMAL;", err);
    if (rc == NS_OK)
        rc = prepare(db, err);
    if (rc != NS_OK) {
        ns_sweep_db_close(db, NULL);
        return rc;
    }
    sqlite3_busy_timeout(db->db, 10000); // somebody may be reading
    *out = db;
    return NS_OK;
}

int ns_sweep_db_read(sqlite3 **out, const char *path, ns_err *err)
{
    ns_buf journal = {0};
    ns_buf_printf(&journal, "%s-journal", path);
    *out = NULL;
    if (journal.failed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    bool hot = access(journal.data, F_OK) == 0 && access(path, W_OK) == 0;
    ns_buf_free(&journal);
    return hot ? ns_db_open_for_writing(out, path, err) : ns_db_open(out, path, err);
}

int ns_sweep_db_close(ns_sweep_db *db, ns_err *err)
{
    if (!db)
        return NS_OK;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(db->statements[i]);
    int rc = sqlite3_close(db->db);
    ns_free(db);
    return rc == SQLITE_OK ? NS_OK : ns_fail(err, NS_EIO, "cannot close the database");
}

sqlite3 *ns_sweep_db_handle(ns_sweep_db *db)
{
    return db->db;
}

// -- Rows -----------------------------------------------------------------------------------------

int ns_sweep_db_has(ns_sweep_db *db, int64_t run_id, bool *has, ns_err *err)
{
    sqlite3_stmt *row = db->statements[HAS];
    sqlite3_bind_int64(row, 1, run_id);
    int step = sqlite3_step(row);
    sqlite3_reset(row);
    *has = step == SQLITE_ROW;
    return step == SQLITE_ROW || step == SQLITE_DONE ? NS_OK : ns_db_fail(db->db, step, err);
}

static void copy_text(char *out, size_t size, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    snprintf(out, size, "%s", text ? text : "");
}

int ns_sweep_db_made(ns_sweep_db *db, int64_t run_id, ns_sweep_made *out, ns_err *err)
{
    sqlite3_stmt *row = db->statements[MADE];
    *out = (ns_sweep_made){.off = NAN};
    sqlite3_bind_int64(row, 1, run_id);
    int step = sqlite3_step(row);
    if (step == SQLITE_ROW) {
        copy_text(out->made, sizeof out->made, row, 0);
        copy_text(out->why, sizeof out->why, row, 1);
        copy_text(out->off_metric, sizeof out->off_metric, row, 3);
        if (sqlite3_column_type(row, 2) != SQLITE_NULL)
            out->off = sqlite3_column_double(row, 2);
    }
    sqlite3_reset(row);
    return step == SQLITE_ROW || step == SQLITE_DONE ? NS_OK : ns_db_fail(db->db, step, err);
}

int ns_sweep_db_traced(ns_sweep_db *db, int replicate, int *point, ns_err *err)
{
    sqlite3_stmt *row = db->statements[TRACED];
    sqlite3_bind_int(row, 1, replicate);
    int step = sqlite3_step(row);
    *point = step == SQLITE_ROW ? sqlite3_column_int(row, 0) : 0;
    sqlite3_reset(row);
    return step == SQLITE_ROW || step == SQLITE_DONE ? NS_OK : ns_db_fail(db->db, step, err);
}

static int run_statement(ns_sweep_db *db, sqlite3_stmt *row, ns_err *err)
{
    int step = sqlite3_step(row);
    int rc = step == SQLITE_DONE ? NS_OK : ns_db_fail(db->db, step, err);
    sqlite3_reset(row);
    return rc;
}

static int add_point(ns_sweep_db *db, const ns_sweep_place *place, const ns_point_result *result,
                     ns_err *err)
{
    sqlite3_stmt *point = db->statements[POINT];
    sqlite3_bind_int64(point, 1, place->run_id);
    sqlite3_bind_int(point, 2, place->point);
    sqlite3_bind_text(point, 3, place->params, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(point, 4, place->replicate);
    sqlite3_bind_text(point, 5, result->message, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(point, 6, result->made, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(point, 7, result->why, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(point, 8, place->trace_run_id);
    if (isnan(result->off))
        sqlite3_bind_null(point, 9);
    else
        sqlite3_bind_double(point, 9, result->off);
    sqlite3_bind_text(point, 10, result->off_metric, -1, SQLITE_TRANSIENT);
    return run_statement(db, point, err);
}

// One row per member of an object of numbers.
static int add_numbers(ns_sweep_db *db, int statement, int64_t run_id, const cJSON *numbers,
                       ns_err *err)
{
    sqlite3_stmt *row = db->statements[statement];
    int rc = NS_OK;
    const cJSON *item;
    cJSON_ArrayForEach(item, numbers)
    {
        if (rc != NS_OK)
            return rc;
        sqlite3_bind_int64(row, 1, run_id);
        sqlite3_bind_text(row, 2, item->string, -1, SQLITE_TRANSIENT);
        sqlite3_bind_double(row, 3, item->valuedouble);
        rc = run_statement(db, row, err);
    }
    return rc;
}

static int add_rows(ns_sweep_db *db, const ns_sweep_place *place, const ns_point_result *result,
                    ns_err *err)
{
    int rc = ns_db_write_run(db->db, place->run_id, &result->info, result->info.status, err);
    if (rc == NS_OK)
        rc = add_point(db, place, result, err);
    if (rc == NS_OK)
        rc = add_numbers(db, METRIC, place->run_id, result->metrics, err);
    if (rc == NS_OK)
        rc = add_numbers(db, CHECK, place->run_id, result->replayed, err);
    sqlite3_stmt *string = db->statements[STRING], *histogram = db->statements[HISTOGRAM];
    const cJSON *item;
    cJSON_ArrayForEach(item, result->histograms)
    {
        sqlite3_bind_text(string, 1, item->string, -1, SQLITE_TRANSIENT);
        if (rc == NS_OK)
            rc = run_statement(db, string, err);
        sqlite3_bind_int64(histogram, 1, place->run_id);
        sqlite3_bind_text(histogram, 2, item->string, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(histogram, 3, item->valuestring, -1, SQLITE_TRANSIENT);
        if (rc == NS_OK)
            rc = run_statement(db, histogram, err);
    }
    return rc;
}

int ns_sweep_db_add(ns_sweep_db *db, const ns_sweep_place *place, const ns_point_result *result,
                    ns_err *err)
{
    int rc = ns_db_exec(db->db, "BEGIN IMMEDIATE", err);
    if (rc != NS_OK)
        return rc;
    rc = add_rows(db, place, result, err);
    if (rc == NS_OK)
        rc = ns_db_exec(db->db, "COMMIT", err);
    if (rc != NS_OK && !sqlite3_get_autocommit(db->db))
        sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

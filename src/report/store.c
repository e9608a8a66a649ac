// The SQLite store: a sink that batches records per table and inserts them in large transactions.
#include <time.h>

#include "base/alloc.h"
#include "report/batch.h"
#include "report/db.h"
#include "report/report.h"
#include "report/schema.h"

enum {
    COMMIT_ROWS = 65536,  // a transaction ends after so many rows,
    COMMIT_HOST_MS = 250, // or with the first record after so much host time
};

struct ns_store {
    ns_sink sink;
    sqlite3 *db;
    int64_t run_id;
    ns_batch batches[NS_REC_TYPES];
    ns_intern strings;
    sqlite3_stmt *insert_string;
    int rows;             // since the last commit
    int64_t committed_ms; // host time of the last commit
    ns_err err;           // the first failure; what is emitted after it is dropped
};

// Decides only when rows are committed, never what is in them.
static int64_t host_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// -- Writing --------------------------------------------------------------------------------------

static int write_strings(ns_store *store, ns_err *err)
{
    ns_intern *strings = &store->strings;
    for (size_t i = strings->written; i < strings->count; i++) {
        sqlite3_bind_int64(store->insert_string, 1, strings->entries[i].id);
        sqlite3_bind_text(store->insert_string, 2, strings->entries[i].text, -1, SQLITE_STATIC);
        int rc = sqlite3_step(store->insert_string);
        sqlite3_reset(store->insert_string);
        if (rc != SQLITE_DONE)
            return ns_db_fail(store->db, rc, err);
    }
    return NS_OK;
}

static int flush_all(ns_store *store, ns_err *err)
{
    int rc = write_strings(store, err);
    for (int type = 0; type < NS_REC_TYPES && rc == NS_OK; type++)
        rc = ns_batch_flush(&store->batches[type], store->db, err);
    // Only now: forgetting a text gives it a new id, and no batch may hold the old one unwritten.
    if (rc == NS_OK)
        ns_intern_written(&store->strings);
    return rc;
}

static int commit(ns_store *store, ns_err *err)
{
    int rc = flush_all(store, err);
    if (rc == NS_OK)
        rc = ns_db_exec(store->db, "COMMIT; BEGIN;", err);
    store->rows = 0;
    store->committed_ms = host_ms();
    return rc;
}

static void store_emit(ns_sink *sink, const ns_record *record)
{
    ns_store *store = (ns_store *)sink;
    ns_batch *batch = &store->batches[record->type];
    if (store->err.code != NS_OK)
        return;
    if (ns_batch_add(batch, record, &store->strings) != NS_OK) {
        ns_fail(&store->err, NS_ENOMEM, "out of memory while recording");
        return;
    }
    store->rows++;
    if (store->rows >= COMMIT_ROWS || host_ms() - store->committed_ms >= COMMIT_HOST_MS)
        commit(store, &store->err);
    else if (batch->rows == NS_BATCH_ROWS)
        ns_batch_flush(batch, store->db, &store->err);
}

// -- Public ---------------------------------------------------------------------------------------

static void free_store(ns_store *store)
{
    for (int type = 0; type < NS_REC_TYPES; type++)
        ns_batch_free(&store->batches[type]);
    ns_intern_free(&store->strings);
    sqlite3_finalize(store->insert_string);
    sqlite3_close(store->db);
    ns_free(store);
}

static int begin(ns_store *store, const char *path, const ns_run_info *info, ns_err *err)
{
    int rc = ns_db_create(&store->db, path, err);
    if (rc == NS_OK)
        rc = ns_schema_create(store->db, err);
    if (rc == NS_OK)
        rc = ns_db_write_run(store->db, store->run_id, info, "incomplete", err);
    // The file's header must be complete before: WAL keeps what comes later beside the file.
    if (rc == NS_OK)
        rc = ns_db_exec(store->db, "PRAGMA journal_mode = WAL;", err);
    for (int type = 0; type < NS_REC_TYPES && rc == NS_OK; type++)
        rc = ns_batch_init(&store->batches[type], &ns_schema_tables[type], store->db, store->run_id,
                           err);
    if (rc == NS_OK)
        rc = ns_db_prepare(store->db, "INSERT INTO string (id, value) VALUES (?1, ?2)",
                           &store->insert_string, err);
    return rc == NS_OK ? ns_db_exec(store->db, "BEGIN", err) : rc;
}

int ns_store_open(ns_store **out, const char *path, const ns_run_info *info, ns_err *err)
{
    *out = NULL;
    ns_store *store = ns_calloc(1, sizeof *store);
    if (!store)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    store->sink.emit = store_emit;
    store->run_id = 1;
    store->committed_ms = host_ms();
    int rc = begin(store, path, info, err);
    if (rc != NS_OK) {
        free_store(store);
        return rc;
    }
    *out = store;
    return NS_OK;
}

ns_sink *ns_store_sink(ns_store *store)
{
    return &store->sink;
}

int ns_store_commit(ns_store *store, ns_err *err)
{
    if (store->err.code == NS_OK)
        commit(store, &store->err);
    return store->err.code == NS_OK ? NS_OK : ns_fail(err, store->err.code, "%s", store->err.msg);
}

// Take WAL back into the one file. While somebody reads the database that is not possible; then
// the files stay as they are, complete.
static int leave_wal(sqlite3 *db, ns_err *err)
{
    int rc = sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    bool busy = (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED;
    return rc == SQLITE_OK || busy ? NS_OK : ns_db_fail(db, rc, err);
}

static int finish(ns_store *store, const ns_run_info *info, ns_err *err)
{
    int rc = flush_all(store, err);
    if (rc == NS_OK)
        rc = ns_db_write_run(store->db, store->run_id, info, info->status, err);
    if (rc == NS_OK)
        rc = ns_db_exec(store->db, "COMMIT", err);
    return rc == NS_OK ? leave_wal(store->db, err) : rc;
}

int ns_store_close(ns_store *store, const ns_run_info *info, ns_err *err)
{
    if (store->err.code == NS_OK)
        finish(store, info, &store->err);
    int rc = store->err.code == NS_OK ? NS_OK : ns_fail(err, store->err.code, "%s", store->err.msg);
    free_store(store);
    return rc;
}

// The SQLite store: a sink that batches records per table and inserts them in large transactions.
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "report/batch.h"
#include "report/db.h"
#include "report/report.h"

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

// -- The file -------------------------------------------------------------------------------------

// Whether the first bytes are those of a database that nsim made.
static bool is_ours(const unsigned char header[72])
{
    static const unsigned char id[4] = {
        NS_SCHEMA_APPLICATION >> 24, NS_SCHEMA_APPLICATION >> 16 & 255,
        NS_SCHEMA_APPLICATION >> 8 & 255, NS_SCHEMA_APPLICATION & 255};
    return memcmp(header, "SQLite format 3", 16) == 0 && memcmp(header + 68, id, 4) == 0;
}

static int remove_file(const char *path, const char *suffix, ns_err *err)
{
    ns_buf name = {0};
    ns_buf_printf(&name, "%s%s", path, suffix);
    int rc = name.failed ? ns_fail(err, NS_ENOMEM, "out of memory") : NS_OK;
    if (rc == NS_OK && unlink(name.data) != 0 && errno != ENOENT)
        rc = ns_fail(err, NS_EINVAL, "cannot replace %s: %s", name.data, strerror(errno));
    ns_buf_free(&name);
    return rc;
}

// An older database of nsim gives way to the new one; any other file is not ours to overwrite.
static int clear_way(const char *path, ns_err *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT
                   ? NS_OK
                   : ns_fail(err, NS_EINVAL, "cannot write %s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return ns_fail(err, NS_EINVAL, "cannot write %s: not a regular file", path);
    unsigned char header[72] = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return ns_fail(err, NS_EINVAL, "cannot write %s: %s", path, strerror(errno));
    size_t size = fread(header, 1, sizeof header, file);
    fclose(file);
    if (size > 0 && !is_ours(header))
        return ns_fail(err, NS_EINVAL,
                       "%s exists and is not a database of nsim: it is not overwritten", path);
    static const char *const suffixes[] = {"-journal", "-wal", "-shm", ""};
    for (int i = 0; i < 4; i++) {
        int rc = remove_file(path, suffixes[i], err);
        if (rc != NS_OK)
            return rc;
    }
    return NS_OK;
}

static int create_file(sqlite3 **db, const char *path, ns_err *err)
{
    int rc = clear_way(path, err);
    if (rc != NS_OK)
        return rc;
    int code = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_CANTOPEN)
        return ns_fail(err, NS_EINVAL, "cannot write %s: %s", path,
                       strerror(sqlite3_system_errno(*db)));
    if (code != SQLITE_OK)
        return ns_db_fail(*db, code, err);
    sqlite3_extended_result_codes(*db, 1);
    // A killed process loses nothing that was written, and a run can be repeated: waiting for the
    // disk would only guard against a failure of the host itself.
    return ns_db_exec(*db, "PRAGMA page_size = 8192; PRAGMA synchronous = OFF;", err);
}

// -- The row of `run` -----------------------------------------------------------------------------

static void bind_text(sqlite3_stmt *row, const char *name, const char *text)
{
    int at = sqlite3_bind_parameter_index(row, name);
    sqlite3_bind_text(row, at, text ? text : "", -1, SQLITE_TRANSIENT);
}

static void bind_int(sqlite3_stmt *row, const char *name, int64_t value)
{
    sqlite3_bind_int64(row, sqlite3_bind_parameter_index(row, name), value);
}

static void bind_format(sqlite3_stmt *row, const char *name, const char *format, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, format, value);
    bind_text(row, name, text);
}

// From SOURCE_DATE_EPOCH, as reproducible builds have it; NULL stays when it is not there.
static void bind_started(sqlite3_stmt *row)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end;
    errno = 0;
    time_t seconds = epoch ? (time_t)strtoll(epoch, &end, 10) : 0;
    struct tm utc;
    char text[64];
    if (epoch && *epoch && !*end && errno == 0 && gmtime_r(&seconds, &utc) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc))
        bind_text(row, ":started", text);
}

static int write_run(ns_store *store, const ns_run_info *info, const char *status, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(store->db,
                           "INSERT OR REPLACE INTO run (id, workload, seed, nsim_version,"
                           " config_json, profile, workload_hash, started_utc, status, exit_code,"
                           " virtual_ns, loop_idle_ns, cores, pool_threads, pool_span_ns,"
                           " pool_busy_ns, pool_full_ns, events, ties, event_digest)"
                           " VALUES (:id, :workload, :seed, '" NSIM_VERSION "', :config, :profile,"
                           " :hash, :started, :status, :exit_code, :virtual, :idle, :cores,"
                           " :threads, :span, :busy, :full, :events, :ties, :digest)",
                           &row, err);
    if (rc != NS_OK)
        return rc;
    bind_int(row, ":id", store->run_id);
    bind_text(row, ":workload", info->workload);
    bind_format(row, ":seed", "%" PRIu64, info->seed);
    bind_text(row, ":config", info->config_json);
    bind_text(row, ":profile", info->profile);
    bind_format(row, ":hash", "%016" PRIx64, info->hash);
    bind_started(row);
    bind_text(row, ":status", status);
    bind_int(row, ":exit_code", info->exit_code);
    bind_int(row, ":virtual", info->virtual_ns);
    bind_int(row, ":idle", info->idle_ns);
    bind_int(row, ":cores", info->cores);
    bind_int(row, ":threads", info->pool_threads);
    bind_int(row, ":span", info->pool_span_ns);
    bind_int(row, ":busy", info->pool_busy_ns);
    bind_int(row, ":full", info->pool_full_ns);
    bind_int(row, ":events", (int64_t)info->events);
    bind_int(row, ":ties", (int64_t)info->ties);
    bind_format(row, ":digest", "%016" PRIx64, info->digest);
    int step = sqlite3_step(row);
    if (step != SQLITE_DONE)
        rc = ns_db_fail(store->db, step, err);
    sqlite3_finalize(row);
    return rc;
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
    int rc = create_file(&store->db, path, err);
    if (rc == NS_OK)
        rc = ns_schema_create(store->db, err);
    if (rc == NS_OK)
        rc = write_run(store, info, "incomplete", err);
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
        rc = write_run(store, info, info->status, err);
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

// Making a database: the file, its tables, and the row of a run.
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "report/db.h"
#include "report/schema.h"

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

// NS_OK when there is no such file, or one that may be replaced.
static int check_replaceable(const char *path, ns_err *err)
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
    return NS_OK;
}

// What SQLite keeps beside a database would be taken for that of the next one.
static int remove_logs(const char *path, ns_err *err)
{
    static const char *const suffixes[] = {"-journal", "-wal", "-shm"};
    int rc = NS_OK;
    for (int i = 0; i < 3 && rc == NS_OK; i++)
        rc = remove_file(path, suffixes[i], err);
    return rc;
}

int ns_db_clear(const char *path, ns_err *err)
{
    int rc = check_replaceable(path, err);
    if (rc == NS_OK)
        rc = remove_logs(path, err);
    return rc == NS_OK ? remove_file(path, "", err) : rc;
}

int ns_db_replace(const char *path, const char *from, ns_err *err)
{
    int rc = check_replaceable(path, err);
    if (rc == NS_OK)
        rc = remove_logs(path, err);
    if (rc == NS_OK && rename(from, path) != 0)
        rc = ns_fail(err, NS_EIO, "cannot write %s: %s", path, strerror(errno));
    return rc;
}

int ns_db_create(sqlite3 **db, const char *path, ns_err *err)
{
    int rc = ns_db_clear(path, err);
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

int ns_db_write_run(sqlite3 *db, int64_t run_id, const ns_run_info *info, const char *status,
                    ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db,
                           "INSERT OR REPLACE INTO run (id, workload, seed, nsim_version,"
                           " config_json, profile, workload_hash, started_utc, status, exit_code,"
                           " virtual_ns, loop_idle_ns, cores, pool_threads, pool_span_ns,"
                           " pool_busy_ns, pool_full_ns, cpu_ns, events, ties, event_digest)"
                           " VALUES (:id, :workload, :seed, '" NSIM_VERSION "', :config, :profile,"
                           " :hash, :started, :status, :exit_code, :virtual, :idle, :cores,"
                           " :threads, :span, :busy, :full, :cpu, :events, :ties, :digest)",
                           &row, err);
    if (rc != NS_OK)
        return rc;
    bind_int(row, ":id", run_id);
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
    bind_int(row, ":cpu", info->cpu_ns);
    bind_int(row, ":events", (int64_t)info->events);
    bind_int(row, ":ties", (int64_t)info->ties);
    bind_format(row, ":digest", "%016" PRIx64, info->digest);
    int step = sqlite3_step(row);
    if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc;
}

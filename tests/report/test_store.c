#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "report/db.h"
#include "report/schema.h"
#include "streams.h"

TestSuite(store, .fini = remove_test_folder);

static ns_store *open_store(const char *path)
{
    ns_err err = {0};
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, path, &five_pbkdf2, &err), NS_OK), "%s", err.msg);
    return store;
}

static void close_store(ns_store *store)
{
    ns_err err = {0};
    cr_assert(eq(int, ns_store_close(store, &five_pbkdf2, &err), NS_OK), "%s", err.msg);
}

// The first column of the first row, as text.
static const char *query(const char *path, const char *sql)
{
    static char result[8][256];
    static int next;
    char *out = result[next++ % 8];
    sqlite3 *db;
    sqlite3_stmt *row;
    cr_assert(eq(int, sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK));
    cr_assert(eq(int, sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK), "%s: %s", sql,
              sqlite3_errmsg(db));
    const char *text = sqlite3_step(row) == SQLITE_ROW ? (char *)sqlite3_column_text(row, 0) : NULL;
    snprintf(out, sizeof result[0], "%s", text ? text : "NULL");
    sqlite3_finalize(row);
    sqlite3_close(db);
    return out;
}

// -- Round trip -----------------------------------------------------------------------------------

// Row `row` of a type, every field different and derived from both.
static ns_record make_record(ns_rec_type type, int row)
{
    static char texts[NS_SCHEMA_COLUMNS_MAX][64];
    const ns_table *table = &ns_schema_tables[type];
    ns_record record = {.type = type};
    for (int i = 0; i < table->count; i++) {
        char *field = (char *)&record + table->columns[i].offset;
        int64_t number = (type + 1) * 1000003 + row * 101 + i;
        switch (table->columns[i].type) {
        case NS_COLUMN_INT64:
            *(int64_t *)field = row % 2 ? -number : (INT64_C(1) << 60) + number;
            break;
        case NS_COLUMN_INT32:
            *(int32_t *)field = row % 2 ? (int32_t)-number : (int32_t)number;
            break;
        case NS_COLUMN_BOOL:
            *(bool *)field = row % 2;
            break;
        case NS_COLUMN_PHASE:
            *(ns_phase *)field = (ns_phase)(row % NS_PHASES);
            break;
        case NS_COLUMN_REAL:
            *(double *)field = (double)number / 3;
            break;
        case NS_COLUMN_NAME:
        case NS_COLUMN_TEXT:
            snprintf(texts[i], sizeof texts[i], "%s \"%s\" µ '%d'", table->name,
                     table->columns[i].name, row % 7);
            *(const char **)field = row % 5 ? texts[i] : "";
            break;
        }
    }
    return record;
}

typedef struct checker {
    ns_sink sink;
    int row;
} checker;

static void check_record(ns_sink *sink, const ns_record *found)
{
    checker *c = (checker *)sink;
    const ns_table *table = &ns_schema_tables[found->type];
    ns_record expected = make_record(found->type, c->row++);
    for (int i = 0; i < table->count; i++) {
        const ns_column *column = &table->columns[i];
        const char *a = (const char *)&expected + column->offset;
        const char *b = (const char *)found + column->offset;
        bool same;
        if (column->type == NS_COLUMN_NAME || column->type == NS_COLUMN_TEXT)
            same = strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
        else
            same = memcmp(a, b,
                          column->type == NS_COLUMN_BOOL    ? sizeof(bool)
                          : column->type == NS_COLUMN_INT32 ? sizeof(int32_t)
                          : column->type == NS_COLUMN_PHASE ? sizeof(ns_phase)
                                                            : 8) == 0;
        cr_expect(same, "%s.%s of row %d", table->name, column->name, c->row - 1);
    }
}

Test(store, every_type_round_trips)
{
    const int rows = 3000; // more than a batch
    const char *path = test_path("all.db");
    ns_store *store = open_store(path);
    for (int row = 0; row < rows; row++)
        for (int type = 0; type < NS_REC_TYPES; type++) {
            ns_record record = make_record((ns_rec_type)type, row);
            ns_emit(ns_store_sink(store), &record);
        }
    close_store(store);
    sqlite3 *db;
    cr_assert(eq(int, ns_db_open(&db, path, NULL), NS_OK));
    for (int type = 0; type < NS_REC_TYPES; type++) {
        checker c = {{check_record}, 0};
        cr_assert(eq(int, ns_db_each(db, 1, (ns_rec_type)type, NULL, &c.sink, NULL), NS_OK));
        cr_expect(eq(int, c.row, rows), "%s", ns_schema_tables[type].name);
    }
    sqlite3_close(db);
}

Test(store, the_run_round_trips)
{
    const char *path = test_path("run.db");
    close_store(open_store(path));
    sqlite3 *db;
    sqlite3_stmt *row;
    ns_run_info info;
    int64_t id = 0;
    cr_assert(eq(int, ns_db_open(&db, path, NULL), NS_OK));
    cr_assert(eq(int, ns_db_run(db, &id, &info, &row, NULL), NS_OK));
    cr_expect(eq(i64, id, 1));
    cr_expect(eq(str, (char *)info.workload, "five-pbkdf2"));
    cr_expect(eq(str, (char *)info.config_json, (char *)five_pbkdf2.config_json));
    cr_expect(eq(str, (char *)info.status, "ok"));
    cr_expect(eq(u64, info.seed, five_pbkdf2.seed));
    cr_expect(eq(u64, info.hash, five_pbkdf2.hash));
    cr_expect(eq(u64, info.digest, five_pbkdf2.digest));
    cr_expect(eq(i64, info.virtual_ns, five_pbkdf2.virtual_ns));
    cr_expect(eq(i64, info.pool_full_ns, five_pbkdf2.pool_full_ns));
    cr_expect(eq(i64, info.idle_ns, five_pbkdf2.idle_ns));
    cr_expect(eq(int, info.cores, 8));
    sqlite3_finalize(row);
    id = 2;
    ns_err err;
    cr_expect(eq(int, ns_db_run(db, &id, &info, &row, &err), NS_EINVAL));
    cr_expect(has(err.msg, "there is no run 2"));
    sqlite3_close(db);
}

Test(store, names_of_tables_are_as_documented)
{
    const char *path = test_path("names.db");
    close_store(open_store(path));
    cr_expect(eq(str, (char *)query(path, "PRAGMA user_version"), "1"));
    cr_expect(eq(str, (char *)query(path, "SELECT count(*) FROM sweep, sweep_point"), "0"));
    cr_expect(eq(str,
                 (char *)query(path, "SELECT group_concat(name) FROM"
                                     " pragma_table_list WHERE type = 'table' AND NOT strict"
                                     " AND name NOT LIKE 'sqlite_%'"),
                 "NULL"));
    cr_expect(eq(str, (char *)query(path, "PRAGMA integrity_check"), "ok"));
}

// -- The file -------------------------------------------------------------------------------------

static bool exists(const char *name)
{
    return access(test_path(name), F_OK) == 0;
}

Test(store, closing_leaves_one_file)
{
    ns_store *store = open_store(test_path("one.db"));
    emit_five_pbkdf2(ns_store_sink(store));
    ns_store_commit(store, NULL);
    cr_expect(exists("one.db-wal"));
    close_store(store);
    cr_expect(eq(int, exists("one.db-wal") + exists("one.db-shm") + exists("one.db-journal"), 0));
    cr_expect(eq(str, (char *)query(test_path("one.db"), "PRAGMA journal_mode"), "delete"));
    cr_expect(eq(str, (char *)query(test_path("one.db"), "SELECT count(*) FROM pool_task"), "5"));
}

Test(store, an_older_database_gives_way)
{
    const char *path = test_path("old.db");
    ns_store *store = open_store(path);
    emit_five_pbkdf2(ns_store_sink(store));
    close_store(store);
    close_store(open_store(path));
    cr_expect(eq(str, (char *)query(path, "SELECT count(*) FROM pool_task"), "0"));
}

Test(store, another_file_is_not_overwritten)
{
    const char *path = test_path("notes.txt");
    FILE *file = fopen(path, "w");
    fputs("dear diary", file);
    fclose(file);
    ns_store *store;
    ns_err err;
    cr_expect(eq(int, ns_store_open(&store, path, &five_pbkdf2, &err), NS_EINVAL));
    cr_expect(has(err.msg, "not a database of nsim"), "%s", err.msg);
    char text[32] = "";
    file = fopen(path, "r");
    cr_expect(fgets(text, sizeof text, file) != NULL);
    fclose(file);
    cr_expect(eq(str, text, "dear diary"));
    // A database of somebody else is not ours either.
    sqlite3 *db;
    sqlite3_open(test_path("theirs.db"), &db);
    sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL);
    sqlite3_close(db);
    cr_expect(
        eq(int, ns_store_open(&store, test_path("theirs.db"), &five_pbkdf2, &err), NS_EINVAL));
    cr_expect(eq(int, ns_db_open(&db, test_path("theirs.db"), &err), NS_EINVAL));
    cr_expect(eq(int, ns_db_open(&db, path, &err), NS_EINVAL));
    cr_expect(has(err.msg, "not a database of nsim"), "%s", err.msg);
    cr_expect(eq(int, ns_store_open(&store, test_folder, &five_pbkdf2, &err), NS_EINVAL));
    cr_expect(
        eq(int, ns_store_open(&store, test_path("no/folder.db"), &five_pbkdf2, &err), NS_EINVAL));
    cr_expect(has(err.msg, "No such file or directory"), "%s", err.msg);
}

// All rows as text, from the tables themselves.
static char *dump(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "sqlite3 -readonly %s .dump", path);
    FILE *pipe = popen(command, "r");
    ns_buf text = {0};
    char block[4096];
    size_t size;
    while ((size = fread(block, 1, sizeof block, pipe)) > 0)
        ns_buf_add(&text, block, size);
    cr_assert(eq(int, pclose(pipe), 0));
    return ns_buf_take(&text);
}

Test(store, the_same_records_give_the_same_dump)
{
    setenv("SOURCE_DATE_EPOCH", "86400", 1);
    for (int i = 0; i < 2; i++) {
        ns_store *store = open_store(test_path(i ? "a.db" : "b.db"));
        for (int j = 0; j < 500; j++) {
            emit_five_pbkdf2(ns_store_sink(store));
            if (i && j % 7 == 0) // when it is committed makes no difference
                ns_store_commit(store, NULL);
        }
        close_store(store);
    }
    char *a = dump(test_path("a.db")), *b = dump(test_path("b.db"));
    cr_expect(strcmp(a, b) == 0);
    cr_expect(has(a, "1970-01-02T00:00:00Z"));
    ns_free(a);
    ns_free(b);
    unsetenv("SOURCE_DATE_EPOCH");
    close_store(open_store(test_path("c.db")));
    cr_expect(eq(str, (char *)query(test_path("c.db"), "SELECT started_utc FROM run"), "NULL"));
}

Test(store, a_killed_run_is_readable)
{
    const char *path = test_path("killed.db");
    int ready[2];
    cr_assert(eq(int, pipe(ready), 0));
    pid_t child = fork();
    if (child == 0) {
        ns_store *store = open_store(path);
        for (int64_t i = 0;; i++) {
            emit_callback(ns_store_sink(store), i + 1, NS_PHASE_POLL, "Timeout", "f", 3, i, i + 1);
            if (i == 500000 && write(ready[1], "x", 1) != 1)
                _exit(1);
        }
    }
    char byte;
    cr_assert(eq(int, (int)read(ready[0], &byte, 1), 1));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cr_expect(eq(str, (char *)query(path, "SELECT status FROM run"), "incomplete"));
    cr_expect(eq(str, (char *)query(path, "PRAGMA integrity_check"), "ok"));
    const char *rows = query(path, "SELECT count(*) FROM callback WHERE kind = 'Timeout'");
    cr_expect(ge(int, atoi(rows), 400000), "%s", rows);
    cr_expect(eq(str, (char *)rows, (char *)query(path, "SELECT max(id) FROM callback")));
    ns_summary *summary;
    ns_run_info info;
    cr_assert(eq(int, ns_summary_new(&summary, NULL), NS_OK));
    cr_expect(eq(int, ns_summary_load(summary, &info, path, 0, NULL), NS_OK));
    cr_expect(eq(str, (char *)info.status, "incomplete"));
    ns_summary_free(summary);
    close_store(open_store(path)); // it can be replaced, with all that lies beside it
    cr_expect(eq(int, exists("killed.db-wal"), 0));
}

// -- Failures -------------------------------------------------------------------------------------

static int record(const char *path, int repeat, ns_err *err)
{
    ns_store *store;
    int rc = ns_store_open(&store, path, &five_pbkdf2, err);
    if (rc != NS_OK)
        return rc;
    for (int i = 0; i < repeat; i++)
        emit_five_pbkdf2(ns_store_sink(store));
    return ns_store_close(store, &five_pbkdf2, err);
}

Test(store, a_full_disk_is_one_error)
{
    struct rlimit limit = {1 << 20, 1 << 20};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &limit), 0));
    ns_err err = {0};
    cr_expect(eq(int, record(test_path("full.db"), 20000, &err), NS_EIO));
    cr_expect(has(err.msg, "full.db"), "%s", err.msg);
    cr_expect(has(err.msg, "disk I/O error") || has(err.msg, "disk is full"), "%s", err.msg);
}

static long io_calls, io_fail_at;

static ssize_t failing_pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    if (io_fail_at && ++io_calls >= io_fail_at) {
        errno = ENOSPC;
        return -1;
    }
    return pwrite(fd, bytes, size, at);
}

Test(store, every_write_may_fail)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int rc = vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)failing_pwrite);
    rc &= vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)failing_pwrite);
    cr_assert(eq(int, rc, SQLITE_OK));
    int failures = 0;
    for (io_fail_at = 1;; io_fail_at += 1 + io_fail_at / 8) {
        ns_err err = {0};
        io_calls = 0;
        int result = record(test_path("io.db"), 2000, &err);
        long calls = io_calls;
        if (calls < io_fail_at) {
            cr_expect(eq(int, result, NS_OK), "%s", err.msg);
            break;
        }
        // What fails after the last commit only tidies up; else it must be told.
        cr_expect(eq(int, result, NS_EIO), "write %ld", io_fail_at);
        cr_expect(ne(int, (int)strlen(err.msg), 0));
        failures++;
    }
    cr_expect(gt(int, failures, 20));
}

static ssize_t failing_pread(int fd, void *bytes, size_t size, off_t at)
{
    if (io_fail_at && ++io_calls == io_fail_at) {
        errno = EIO;
        return -1;
    }
    return pread(fd, bytes, size, at);
}

Test(store, every_read_may_fail)
{
    const char *path = test_path("read.db");
    cr_assert(eq(int, record(path, 2000, NULL), NS_OK));
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)failing_pread);
    vfs->xSetSystemCall(vfs, "pread", (sqlite3_syscall_ptr)failing_pread);
    int failures = 0;
    for (io_fail_at = 1;; io_fail_at++) {
        ns_summary *summary;
        ns_run_info info;
        ns_err err = {0};
        io_calls = 0;
        cr_assert(eq(int, ns_summary_new(&summary, NULL), NS_OK));
        int rc = ns_summary_load(summary, &info, path, 0, &err);
        ns_summary_free(summary);
        if (io_calls < io_fail_at) {
            cr_expect(eq(int, rc, NS_OK), "%s", err.msg);
            break;
        }
        // SQLite does without some of its reads; what it reports is told, with the file's name.
        failures += rc != NS_OK;
        if (rc != NS_OK)
            cr_expect(has(err.msg, "read.db"), "read %ld: %s", io_fail_at, err.msg);
    }
    cr_expect(gt(int, failures, 50));
}

Test(store, every_allocation_may_fail)
{
    failing f = {0};
    ns_set_allocator(failing_realloc, &f);
    for (f.fail_at = 1;; f.fail_at++) {
        ns_err err = {0};
        f.calls = 0;
        int rc = record(test_path("memory.db"), 400, &err);
        if (f.calls < f.fail_at) {
            cr_expect(eq(int, rc, NS_OK), "%s", err.msg);
            break;
        }
        cr_expect(eq(int, rc, NS_ENOMEM), "allocation %ld: %s", f.fail_at, err.msg);
    }
    cr_expect(gt(long, f.fail_at, 20));
}

// The same for what SQLite itself allocates.
static sqlite3_mem_methods plain;
static failing sqlite_failing;

static bool sqlite_fails(void)
{
    sqlite_failing.calls++;
    return sqlite_failing.fail_at && sqlite_failing.calls == sqlite_failing.fail_at;
}

static void *sqlite_malloc(int size)
{
    return sqlite_fails() ? NULL : plain.xMalloc(size);
}

static void *sqlite_realloc(void *p, int size)
{
    return sqlite_fails() ? NULL : plain.xRealloc(p, size);
}

Test(store, every_allocation_of_sqlite_may_fail)
{
    cr_assert(eq(int, sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain), SQLITE_OK));
    sqlite3_mem_methods methods = plain;
    methods.xMalloc = sqlite_malloc;
    methods.xRealloc = sqlite_realloc;
    cr_assert(eq(int, sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK));
    int failures = 0;
    for (long at = 1;; at += 1 + at / 16) {
        ns_err err = {0};
        sqlite_failing = (failing){0, at, 0};
        int rc = record(test_path("sqlite.db"), 300, &err);
        if (sqlite_failing.calls < at) {
            cr_expect(eq(int, rc, NS_OK), "%s", err.msg);
            break;
        }
        // SQLite does without a cache that it gets no memory for; what it reports, we report.
        cr_expect(rc == NS_OK || rc == NS_ENOMEM, "allocation %ld: %d %s", at, rc, err.msg);
        failures += rc != NS_OK;
    }
    cr_expect(gt(int, failures, 20));
}

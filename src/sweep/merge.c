// All in SQL: the parts are gathered in temporary tables, one part after the other, and then
// written in the order of the runs.
#include "sweep/merge.h"

#include <unistd.h>

#include "base/buf.h"
#include "report/db.h"
#include "report/schema.h"
#include "sweep/db.h"
#include "workload/arena.h"

// Rows of a sweep, by table; histograms with the order in which the run wrote them. `part` says
// where a run came from.
static const char create_stage[] =
    "CREATE TEMP TABLE all_run AS SELECT *, '' AS part, 0 AS broken FROM run WHERE 0;"
    "CREATE UNIQUE INDEX temp.all_run_id ON all_run (id);"
    "CREATE TEMP TABLE all_point AS SELECT * FROM sweep_point WHERE 0;"
    "CREATE TEMP TABLE all_metric AS SELECT * FROM run_metric WHERE 0;"
    "CREATE UNIQUE INDEX temp.all_metric_id ON all_metric (run_id, metric);"
    "CREATE TEMP TABLE all_check AS SELECT * FROM sweep_check WHERE 0;"
    "CREATE INDEX temp.all_check_id ON all_check (run_id, metric);"
    "CREATE TEMP TABLE all_histogram (run_id INTEGER, seq INTEGER, metric TEXT, encoded TEXT);"
    "CREATE INDEX temp.all_histogram_id ON all_histogram (run_id, seq);";

// What broke a run was the host, not the program: it may end in another way elsewhere.
#define HOST_BROKE                                                                                 \
    "(status = 'error' OR status LIKE 'crash:%' OR status = 'limit: time of a run'"                \
    " OR status = 'limit: host time')"

// Of the runs of the part that are there already: those that differ.
static const char find_conflict[] =
    "SELECT new.id, old.part, old.status, new.status, old.event_digest, new.event_digest"
    " FROM part.run AS new JOIN all_run AS old ON old.id = new.id"
    " JOIN part.sweep_point AS p ON p.run_id = new.id JOIN all_point AS q ON q.run_id = new.id"
    " WHERE (p.made = 'replayed') = (q.made = 'replayed') AND NOT old.broken"
    " AND NOT (SELECT " HOST_BROKE " FROM part.run AS n WHERE n.id = new.id)"
    " AND (old.status <> new.status OR old.exit_code <> new.exit_code"
    "  OR old.event_digest <> new.event_digest OR old.config_json <> new.config_json"
    "  OR old.workload_hash <> new.workload_hash OR p.params_json <> q.params_json"
    "  OR EXISTS (SELECT * FROM part.run_metric WHERE run_id = new.id"
    "   EXCEPT SELECT * FROM all_metric WHERE run_id = new.id))"
    " ORDER BY new.id LIMIT 1";

// Take the runs of the part that are not there yet, or better than those that are. (A traced run
// that the host broke leaves full runs, where another part has replays.)
static const char take_part[] =
    "CREATE TEMP TABLE taken AS SELECT new.id FROM part.run AS new"
    " JOIN part.sweep_point AS p ON p.run_id = new.id LEFT JOIN all_run AS old ON old.id = new.id"
    " LEFT JOIN all_point AS q ON q.run_id = new.id"
    " WHERE old.id IS NULL OR (NOT (SELECT " HOST_BROKE " FROM part.run AS n WHERE n.id = new.id)"
    " AND (old.broken OR (p.made <> 'replayed' AND q.made = 'replayed')));"
    "DELETE FROM all_run WHERE id IN taken;"
    "DELETE FROM all_point WHERE run_id IN taken;"
    "DELETE FROM all_metric WHERE run_id IN taken;"
    "DELETE FROM all_check WHERE run_id IN taken;"
    "DELETE FROM all_histogram WHERE run_id IN taken;"
    "INSERT INTO all_run SELECT *, :path, " HOST_BROKE " FROM part.run WHERE id IN taken;"
    "INSERT INTO all_point SELECT * FROM part.sweep_point WHERE run_id IN taken;"
    "INSERT INTO all_metric SELECT * FROM part.run_metric WHERE run_id IN taken;"
    "INSERT INTO all_check SELECT * FROM part.sweep_check WHERE run_id IN taken;"
    "INSERT INTO all_histogram SELECT h.run_id, h.rowid, s.value, h.encoded"
    " FROM part.histogram_data AS h JOIN part.string AS s ON s.id = h.metric_id"
    " WHERE h.run_id IN taken;"
    "DROP TABLE taken;";

// As ns_sweep_db_add writes, in the order of sweep/tasks.h: texts get their ids in the order in
// which they are first needed.
static const char write_all[] =
    "ALTER TABLE all_run DROP COLUMN part; ALTER TABLE all_run DROP COLUMN broken;"
    "INSERT INTO run SELECT * FROM all_run ORDER BY id;"
    "INSERT INTO sweep_point SELECT * FROM all_point ORDER BY run_id;"
    "INSERT INTO run_metric SELECT * FROM all_metric ORDER BY run_id, metric;"
    "INSERT INTO sweep_check SELECT * FROM all_check ORDER BY run_id, metric;"
    "CREATE TEMP TABLE ordered AS SELECT run_id,"
    " row_number() OVER (ORDER BY coalesce(trace_run_id, run_id), run_id) AS place FROM all_point;"
    "CREATE UNIQUE INDEX temp.ordered_id ON ordered (run_id);"
    "INSERT INTO string (id, value) SELECT row_number() OVER (ORDER BY place, min_seq), metric"
    " FROM (SELECT metric, min(place) AS place, seq AS min_seq"
    "  FROM all_histogram JOIN ordered USING (run_id) GROUP BY metric) ORDER BY place, min_seq;"
    "INSERT INTO histogram_data (run_id, metric_id, encoded)"
    " SELECT run_id, (SELECT id FROM string WHERE value = metric), encoded FROM all_histogram"
    " JOIN ordered USING (run_id) ORDER BY place, seq;";

typedef struct merger {
    sqlite3 *db; // the result, in the making
    const char *path, *first;
    ns_buf making; // its name until it is complete
    ns_arena arena;
    ns_sweep_head head; // of all parts
    bool started;
    ns_err *err;
} merger;

// -- Parts ----------------------------------------------------------------------------------------

// Run each statement of a text, with ":path" bound where it occurs.
static int exec_with(merger *m, const char *sql, const char *path)
{
    int rc = NS_OK;
    while (rc == NS_OK && *sql) {
        sqlite3_stmt *row = NULL;
        int code = sqlite3_prepare_v2(m->db, sql, -1, &row, &sql);
        if (code == SQLITE_OK && row) {
            int at = sqlite3_bind_parameter_index(row, ":path");
            if (at > 0)
                sqlite3_bind_text(row, at, path, -1, SQLITE_STATIC);
            code = sqlite3_step(row);
        }
        if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
            rc = ns_db_fail(m->db, code, m->err);
        sqlite3_finalize(row);
    }
    return rc;
}

static int check_conflicts(merger *m, const char *path)
{
    sqlite3_stmt *row = NULL;
    int rc = ns_db_prepare(m->db, find_conflict, &row, m->err);
    int step = rc == NS_OK ? sqlite3_step(row) : SQLITE_DONE;
    if (step == SQLITE_ROW)
        rc = ns_fail(m->err, NS_EINVAL,
                     "%s: run %lld differs from that in %s: found status \"%s\" and event digest "
                     "%s, expected \"%s\" and %s",
                     path, (long long)sqlite3_column_int64(row, 0), sqlite3_column_text(row, 1),
                     sqlite3_column_text(row, 3), sqlite3_column_text(row, 5),
                     sqlite3_column_text(row, 2), sqlite3_column_text(row, 4));
    else if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(m->db, step, m->err);
    sqlite3_finalize(row);
    return rc;
}

static int start_result(merger *m, const ns_sweep_head *head, const char *path)
{
    if (head->runs == 0)
        return ns_fail(m->err, NS_EINVAL, "%s: it is a search (--find), which has no shards", path);
    m->first = path;
    m->head = (ns_sweep_head){.name = ns_arena_strdup(&m->arena, head->name),
                              .json = ns_arena_strdup(&m->arena, head->json),
                              .version = ns_arena_strdup(&m->arena, head->version),
                              .hash = head->hash,
                              .runs = head->runs};
    if (!m->head.name || !m->head.json || !m->head.version)
        return ns_fail(m->err, NS_ENOMEM, "out of memory");
    int rc = ns_db_create(&m->db, m->making.data, m->err);
    m->started = rc == NS_OK;
    if (rc == NS_OK)
        rc = ns_schema_create(m->db, m->err);
    if (rc == NS_OK)
        rc = ns_sweep_head_write(m->db, head, m->err);
    return rc == NS_OK ? ns_db_exec(m->db, create_stage, m->err) : rc;
}

// A part is of the sweep of the first one.
static int check_head(merger *m, sqlite3 *part, const char *path)
{
    sqlite3_stmt *row = NULL;
    ns_sweep_head head = {0};
    int rc = ns_sweep_head_read(part, &head, &row, m->err);
    if (rc == NS_OK && m->started) {
        rc = ns_sweep_head_same(path, &head, &m->head, m->err);
        if (rc != NS_OK)
            ns_err_prefix(m->err, "%s and %s do not fit together: ", m->first, path);
    } else if (rc == NS_OK) {
        rc = start_result(m, &head, path);
    }
    sqlite3_finalize(row);
    return rc;
}

static int attach(merger *m, const char *path)
{
    return exec_with(m, "ATTACH :path AS part", path);
}

static int add_part(merger *m, const char *path, sqlite3 **open)
{
    int rc = ns_sweep_db_read(open, path, m->err);
    if (rc == NS_OK)
        rc = check_head(m, *open, path);
    if (rc == NS_OK)
        rc = attach(m, path);
    if (rc != NS_OK)
        return rc;
    rc = check_conflicts(m, path);
    if (rc == NS_OK)
        rc = ns_db_exec(m->db, "BEGIN", m->err);
    if (rc == NS_OK)
        rc = exec_with(m, take_part, path);
    if (rc == NS_OK)
        rc = ns_db_exec(m->db, "COMMIT", m->err);
    return rc == NS_OK ? ns_db_exec(m->db, "DETACH part", m->err) : rc;
}

// -- The result -----------------------------------------------------------------------------------

static int count(merger *m, ns_merged *out)
{
    sqlite3_stmt *row = NULL;
    int rc = ns_db_prepare(m->db, "SELECT status, exit_code FROM run", &row, m->err);
    int step = SQLITE_DONE;
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW) {
        out->runs++;
        out->broken +=
            !ns_point_usable((const char *)sqlite3_column_text(row, 0), sqlite3_column_int(row, 1));
    }
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(m->db, step, m->err);
    sqlite3_finalize(row);
    out->expected = m->head.runs;
    return rc;
}

static int write_result(merger *m, ns_merged *out)
{
    // The file takes the place of another one: it must be on the disk then.
    int rc = ns_db_exec(m->db, "PRAGMA synchronous = FULL; BEGIN", m->err);
    if (rc == NS_OK)
        rc = exec_with(m, write_all, NULL);
    if (rc == NS_OK)
        rc = ns_db_exec(m->db, "COMMIT", m->err);
    return rc == NS_OK ? count(m, out) : rc;
}

static int put_in_place(merger *m)
{
    int code = sqlite3_close(m->db);
    m->db = NULL;
    if (code != SQLITE_OK)
        return ns_fail(m->err, NS_EIO, "cannot close %s", m->making.data);
    int rc = ns_db_replace(m->path, m->making.data, m->err);
    m->started = rc != NS_OK;
    return rc;
}

int ns_merge(const char *path, const char *const *parts, int part_count, bool force, ns_merged *out,
             ns_err *err)
{
    merger m = {.path = path, .err = err};
    sqlite3 *part = NULL;
    *out = (ns_merged){0};
    ns_buf_printf(&m.making, "%s.merging", path);
    int rc = m.making.failed ? ns_fail(err, NS_ENOMEM, "out of memory") : NS_OK;
    for (int i = 0; i < part_count && rc == NS_OK; i++) {
        if (ns_sweep_db_is_unborn(parts[i])) {
            out->empty++;
            continue;
        }
        rc = add_part(&m, parts[i], &part);
        sqlite3_close(part);
        part = NULL;
    }
    if (rc == NS_OK && !m.started)
        rc = ns_fail(err, NS_EINVAL, "%s: there is no sweep in it", parts[0]);
    // The parts decide what fits; an older result is one more of them.
    bool there = access(path, F_OK) == 0;
    if (rc == NS_OK && there && !force)
        rc = add_part(&m, path, &part);
    sqlite3_close(part);
    if (rc == NS_OK)
        rc = write_result(&m, out);
    if (rc == NS_OK)
        rc = put_in_place(&m);
    sqlite3_close(m.db);
    if (m.started)
        ns_db_clear(m.making.data, NULL);
    ns_arena_free(&m.arena);
    ns_buf_free(&m.making);
    return rc;
}

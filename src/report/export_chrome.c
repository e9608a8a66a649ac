// Chrome's Trace Event Format: what Perfetto, chrome://tracing and DevTools open.
//
// A track for the main thread (iterations of the loop, their phases, callbacks, garbage collection,
// synchronous calls), one for each pool thread, one for concurrent marking. Slices are complete
// events ("X") only: a parent comes before its children, and what starts later comes later, since
// importers take the order at equal times as nesting. Waiting is asynchronous ("b" and "e"):
// requests, tasks in the pool's queue, compilations, which overlap. Flows tie the submission of a
// task to its thread and its completion.
#include <inttypes.h>
#include <string.h>

#include "report/db.h"
#include "report/export.h"

// Columns of every source, in this order. Sorted by ts, rank, dur falling, level, seq.
enum { DEPTH_MAX = 256 };
enum { TS, RANK, DUR, LEVEL, SEQ, PH, TID, CAT, NAME, ID, ARGS };

// tid of the main thread is 1, of pool thread n n + 2.
#define MAIN "1"
#define POOL "thread + 2"
#define MARKING "2000"

// The phases of a loop_iteration, one behind the other, each as long as its column says.
#define BEFORE_PENDING "start_ns + early_timers_ns"
#define BEFORE_IDLE BEFORE_PENDING " + pending_ns - late_pending_ns"
#define BEFORE_POLL BEFORE_IDLE " + idle_prepare_ns"
#define BEHIND_POLL BEFORE_POLL " + poll_ns"
#define BEFORE_CHECK BEHIND_POLL " + late_pending_ns"
#define BEFORE_CLOSE BEFORE_CHECK " + check_ns"
#define BEFORE_TIMERS BEFORE_CLOSE " + close_ns"
#define ITERATION_END BEFORE_TIMERS " + timers_ns - early_timers_ns"
// A CPU demand as time on the cores of the run.
#define TIME(demand) "CAST(ROUND(" demand " / ?2) AS INTEGER)"
#define PHASE(name, start, length)                                                                 \
    "SELECT " start ", 1, " length ", 1, seq, 'X', " MAIN ", 'loop', '" name "', NULL, NULL"       \
    " FROM loop_iteration WHERE run_id = ?1 AND " length " > 0"

#define COMPILED                                                                                   \
    "(SELECT CASE f.name WHEN '' THEN '(anonymous)' ELSE f.name END FROM jit_function f"           \
    " WHERE f.run_id = ?1 AND f.id = done.function_id)"
#define FROM_COMPILATIONS                                                                          \
    " FROM jit_event began JOIN jit_event done ON done.run_id = ?1 AND done.opt_id = began.opt_id" \
    " AND done.kind = 'compiled' WHERE began.run_id = ?1 AND began.kind = 'compile'"

static const char *const sources[] = {
    "SELECT start_ns, 1, (" ITERATION_END ") - start_ns, 0, seq, 'X', " MAIN ", 'loop',"
    " 'iteration', NULL, json_object('seq', seq) FROM loop_iteration WHERE run_id = ?1",
    PHASE("timers", "start_ns", "early_timers_ns"),
    PHASE("pending", BEFORE_PENDING, "(pending_ns - late_pending_ns)"),
    PHASE("idle, prepare", BEFORE_IDLE, "idle_prepare_ns"),
    PHASE("poll", BEFORE_POLL, "poll_ns"),
    PHASE("pending", BEHIND_POLL, "late_pending_ns"),
    PHASE("check", BEFORE_CHECK, "check_ns"),
    PHASE("closing", BEFORE_CLOSE, "close_ns"),
    PHASE("timers", BEFORE_TIMERS, "(timers_ns - early_timers_ns)"),

    "SELECT start_ns, 1, end_ns - start_ns, 2, id, 'X', " MAIN ", 'callback',"
    " CASE name WHEN '' THEN kind ELSE name END, NULL, json_object('id', id, 'kind', kind,"
    " 'phase', phase, 'script', script, 'line', line, 'cpu_ns', " TIME(
        "cpu_ns") ", 'gc_ns', gc_ns,"
                  " 'async_id', async_id, 'trigger_id', trigger_id, 'request', request_id)"
                  " FROM callback WHERE run_id = ?1",

    "SELECT t_ns, 1, CAST(value AS INTEGER), 3, rowid, 'X', " MAIN ", 'fs', 'fs (synchronous)',"
    " NULL, NULL FROM (SELECT ROW_NUMBER() OVER () AS rowid, * FROM sample WHERE run_id = ?1"
    " AND metric = 'fs.sync')",

    "SELECT start_ns, 1, pause_ns, 4, start_ns, 'X', " MAIN ", 'gc', kind, NULL,"
    " json_object('reason', reason, 'before_bytes', before_bytes, 'after_bytes', after_bytes,"
    " 'promoted_bytes', promoted_bytes, 'steps', steps, 'steps_ns', steps_ns,"
    " 'concurrent_ns', " TIME("concurrent_ns") ", 'to_safepoint_ns', to_safepoint_ns,"
                                               " 'after_safepoint_ns', after_safepoint_ns, "
                                               "'safepoint_function', safepoint_function) FROM "
                                               "gc_event WHERE run_id = ?1",
    "SELECT start_ns, 1, to_safepoint_ns, 5, start_ns, 'X', " MAIN
    ", 'safepoint', 'time to safepoint',"
    " NULL, json_object('function', safepoint_function) FROM gc_event WHERE run_id = ?1"
    " AND to_safepoint_ns > 0",
    "SELECT start_ns + pause_ns - marking_ns, 1, marking_ns - pause_ns, 0, start_ns, 'X', " MARKING
    ", 'gc', 'marking', NULL, json_object('reason', reason, 'helpers_cpu_ns', " TIME(
        "concurrent_ns") ","
                         " 'steps', steps, 'steps_ns', steps_ns) FROM gc_event WHERE run_id = ?1"
                         " AND marking_ns > pause_ns",

    "SELECT start_ns, 1, end_ns - start_ns, 0, id, 'X', " POOL ", 'pool', name, NULL,"
    " json_object('id', id, 'kind', kind, 'queue_ns', start_ns - submit_ns, 'cpu_ns', " TIME(
        "cpu_ns") ","
                  " 'wait_ns', wait_ns, 'callback', callback_id, 'request', request_id)"
                  " FROM pool_task WHERE run_id = ?1 AND thread >= 0",
    "SELECT submit_ns, 2, 0, 0, id, 'b', " MAIN ", 'pool queue', name, id, json_object('kind',"
    " kind) FROM pool_task WHERE run_id = ?1",
    "SELECT CASE WHEN thread < 0 THEN done_ns ELSE start_ns END, 4, 0, 0, id, 'e', " MAIN
    ", 'pool queue', name, id, NULL FROM pool_task WHERE run_id = ?1",
    // What a callback does last is at its end, where its slice is over for importers.
    "SELECT submit_ns - IFNULL(c.end_ns = submit_ns AND c.start_ns < submit_ns, 0), 3, 0, 0, t.id,"
    " 's', " MAIN ", 'pool', 'task', t.id, NULL FROM pool_task t LEFT JOIN callback c"
    " ON c.run_id = ?1 AND c.id = callback_id WHERE t.run_id = ?1",
    "SELECT start_ns, 3, 0, 0, id, 't', " POOL ", 'pool', 'task', id, NULL"
    " FROM pool_task WHERE run_id = ?1 AND thread >= 0",
    "SELECT done_ns, 3, 0, 0, id, 'f', " MAIN ", 'pool', 'task', id, NULL"
    " FROM pool_task WHERE run_id = ?1",

    "SELECT arrival_ns, 2, 0, 0, id, 'b', " MAIN ", 'request', class, id, json_object("
    "'status', status, 'warmup', warmup, 'loop_wait_ns', loop_wait_ns, 'own_js_ns', own_js_ns,"
    " 'other_js_ns', other_js_ns, 'pool_queue_ns', pool_queue_ns, 'pool_service_ns',"
    " pool_service_ns, 'device_ns', device_ns, 'gc_ns', gc_ns, 'safepoint_ns', safepoint_ns, "
    "'rest_ns', rest_ns)"
    " FROM request WHERE run_id = ?1",
    "SELECT done_ns, 4, 0, 0, id, 'e', " MAIN ", 'request', class, id, NULL"
    " FROM request WHERE run_id = ?1",

    // From its preparation until the code is there: the helper thread's work, and waits around it.
    "SELECT began.t_ns, 2, 0, 0, began.opt_id, 'b', " MAIN ", began.to_tier, " COMPILED
    ", began.opt_id, json_object('prepare_ns', " TIME("done.prepare_ns") ", 'execute_ns', " TIME(
        "done.execute_ns") ","
                           " 'finalize_ns', " TIME(
                               "done.finalize_ns") ", 'osr', done.osr)" FROM_COMPILATIONS,
    "SELECT done.t_ns, 4, 0, 0, done.opt_id, 'e', " MAIN ", done.to_tier, " COMPILED
    ", done.opt_id, NULL" FROM_COMPILATIONS,
    "SELECT t_ns, 3, 0, 0, ROW_NUMBER() OVER (), 'i', " MAIN ", 'v8', kind, NULL,"
    " json_object('function', (SELECT f.name FROM jit_function f WHERE f.run_id = ?1"
    " AND f.id = function_id), 'reason', reason, 'site', site, 'detail', detail)"
    " FROM jit_event WHERE run_id = ?1 AND kind LIKE 'deopt-%'",

    "SELECT t, 5, 0, 0, 0, 'C', " MAIN ", 'pool', 'pool', NULL, json_object('queued',"
    " SUM(SUM(q)) OVER (ORDER BY t), 'busy', SUM(SUM(b)) OVER (ORDER BY t))"
    " FROM (SELECT submit_ns AS t, 1 AS q, 0 AS b FROM pool_task WHERE run_id = ?1"
    " UNION ALL SELECT CASE WHEN thread < 0 THEN done_ns ELSE start_ns END, -1, thread >= 0"
    " FROM pool_task WHERE run_id = ?1 UNION ALL SELECT end_ns, 0, -1 FROM pool_task"
    " WHERE run_id = ?1 AND thread >= 0) GROUP BY t",
    "SELECT t_ns, 5, 0, 1, 0, 'C', " MAIN ", 'heap', 'heap used (bytes)', NULL,"
    " json_group_object(space, used) FROM heap_sample WHERE run_id = ?1 GROUP BY t_ns",
};
enum { SOURCES = sizeof sources / sizeof sources[0] };

typedef struct writer {
    FILE *out;
    // Ends of the slices of the main thread that are open, in ns.
    int64_t open[DEPTH_MAX];
    int depth;
} writer;

// Importers add ts and dur as doubles: a slice that ends where the next one begins, or where its
// parent ends, would now and then end behind it, and break the nesting. So each ends a tenth of a
// nanosecond early, and another one for each slice around it.
static int slice_depth(writer *w, sqlite3_stmt *row)
{
    int64_t start = sqlite3_column_int64(row, TS), end = start + sqlite3_column_int64(row, DUR);
    if (sqlite3_column_int(row, TID) != 1)
        return 0;
    while (w->depth > 0 && w->open[w->depth - 1] <= start)
        w->depth--;
    if (w->depth < DEPTH_MAX)
        w->open[w->depth++] = end;
    return w->depth - 1;
}

static void write_duration(writer *w, sqlite3_stmt *row)
{
    int64_t tenths = sqlite3_column_int64(row, DUR) * 10 - 1 - slice_depth(w, row);
    if (tenths < 0)
        tenths = 0;
    fprintf(w->out, ",\"dur\":%" PRId64 ".%04d", tenths / 10000, (int)(tenths % 10000));
}

// Ids are of a category, but not to every importer: the category is in the uppermost of 48 bits.
// Perfetto takes a flow's id only as a number.
static uint64_t event_id(const char *category, int64_t id)
{
    uint64_t kind = *category == 'p' ? 1 : *category == 'r' ? 2 : 3;
    return kind << 44 | ((uint64_t)id & ((UINT64_C(1) << 44) - 1));
}

static int write_event(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    writer *w = opaque;
    FILE *out = w->out;
    const char *ph = ns_export_text(row, PH);
    (void)err;
    fprintf(out, ",\n{\"ph\":\"%s\",\"pid\":1,\"tid\":%d,\"ts\":", ph,
            sqlite3_column_int(row, TID));
    ns_export_us(out, sqlite3_column_int64(row, TS));
    if (*ph == 'X')
        write_duration(w, row);
    fputs(",\"cat\":", out);
    ns_export_json(out, ns_export_text(row, CAT));
    fputs(",\"name\":", out);
    ns_export_json(out, ns_export_text(row, NAME));
    if (sqlite3_column_type(row, ID) != SQLITE_NULL)
        fprintf(out, ",\"id\":\"0x%" PRIx64 "\"",
                event_id(ns_export_text(row, CAT), sqlite3_column_int64(row, ID)));
    // A flow is of the slice that is open on its track, not of the next one; an instant is of its
    // thread.
    if (*ph == 't' || *ph == 'f')
        fputs(",\"bp\":\"e\"", out);
    if (*ph == 'i')
        fputs(",\"s\":\"t\"", out);
    if (sqlite3_column_type(row, ARGS) != SQLITE_NULL)
        fprintf(out, ",\"args\":%s", ns_export_text(row, ARGS));
    putc('}', out);
    return NS_OK;
}

static void name_track(FILE *out, int tid, const char *format, int number)
{
    fprintf(out,
            ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"name\":\"thread_name\",\"args\":{\"name\":\"",
            tid);
    fprintf(out, format, number);
    fprintf(out,
            "\"}},\n{\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"name\":\"thread_sort_index\","
            "\"args\":{\"sort_index\":%d}}",
            tid, tid);
}

static void write_head(const ns_export_run *run, FILE *out)
{
    const ns_run_info *info = run->info;
    fputs("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"nsim\":\"" NSIM_VERSION "\",\"workload\":",
          out);
    ns_export_json(out, info->workload);
    fprintf(out, ",\"run\":%" PRId64 ",\"seed\":\"%" PRIu64 "\",\"status\":", run->id, info->seed);
    ns_export_json(out, info->status);
    fputs("},\"traceEvents\":[\n{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"process_name\","
          "\"args\":{\"name\":",
          out);
    ns_export_json(out, info->workload);
    fputs("}}", out);
    name_track(out, 1, "main thread", 0);
    for (int i = 0; i < info->pool_threads; i++)
        name_track(out, i + 2, "pool thread %d", i);
    name_track(out, 2000, "concurrent marking", 0);
}

int ns_export_chrome(const ns_export_run *run, FILE *out, ns_err *err)
{
    ns_buf sql = {0};
    writer w = {.out = out};
    for (int i = 0; i < SOURCES; i++)
        ns_buf_printf(&sql, "%s%s", i ? " UNION ALL " : "SELECT * FROM (", sources[i]);
    ns_buf_str(&sql, ") ORDER BY 1, 2, 3 DESC, 4, 5, 6, 7");
    write_head(run, out);
    int rc = sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                        : ns_export_each(run, sql.data, write_event, &w, err);
    fputs("\n]}\n", out);
    ns_buf_free(&sql);
    return rc;
}

#include "report/schema.h"

#include <assert.h>
#include <string.h>

#include "report/db.h"

#define COLUMN(field, type, text)                                                                  \
    {                                                                                              \
#field, NS_COLUMN_##type, offsetof(ns_record, RECORD.field), text                          \
    }
#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

#define RECORD loop_iteration
static const ns_column loop_iteration[] = {
    COLUMN(seq, INT64, "from 1"),
    COLUMN(start_ns, INT64, "when the iteration began"),
    COLUMN(timers_ns, INT64, "in timers; in the first iteration also in the pass before it"),
    COLUMN(pending_ns, INT64, "in pending callbacks"),
    COLUMN(idle_prepare_ns, INT64, "in idle and prepare handles"),
    COLUMN(poll_ns, INT64, "in poll altogether: waiting, and the callbacks of events"),
    COLUMN(poll_wait_ns, INT64, "of that, waiting for an event"),
    COLUMN(check_ns, INT64, "in check handles: setImmediate"),
    COLUMN(close_ns, INT64, "in closing callbacks"),
    COLUMN(early_timers_ns, INT64,
           "of timers, in the pass before the first iteration; the rest is at the iteration's end"),
    COLUMN(late_pending_ns, INT64, "of pending, behind poll; the rest is before idle handles"),
};
#undef RECORD
#define RECORD callback
static const ns_column callback[] = {
    COLUMN(id, INT64, "from 1, in order of start"),
    COLUMN(phase, PHASE,
           "main, timers, pending, idle, prepare, poll, check, closing; tick, microtask: a drain; "
           "exit"),
    COLUMN(kind, NAME, "Node's provider: FSREQCALLBACK, Timeout, Immediate, TickObject"),
    COLUMN(name, NAME, "of the program's function that it ran, else of the library's; empty: none"),
    COLUMN(script, NAME, "where the function is; empty when not known"),
    COLUMN(line, INT32, "from 1; 0 when not known"),
    COLUMN(start_ns, INT64, "the callback began"),
    COLUMN(end_ns, INT64, "it returned"),
    COLUMN(cpu_ns, INT64, "CPU demand between, on a core of speed 1"),
    COLUMN(gc_ns, INT64, "of start to end, garbage collection"),
    COLUMN(trigger_id, INT64, "async_hooks' triggerAsyncId"),
    COLUMN(async_id, INT64, "async_hooks' asyncId"),
    COLUMN(request_id, INT64, "the request that it worked for; 0: none"),
};
#undef RECORD
#define RECORD pool_task
static const ns_column pool_task[] = {
    COLUMN(id, INT64, "from 1, in order of submission"),
    COLUMN(kind, NAME, "fs, dns, crypto, zlib, other"),
    COLUMN(name, NAME, "the operation: fs.open, crypto.pbkdf2"),
    COLUMN(submit_ns, INT64, "queued"),
    COLUMN(start_ns, INT64, "a thread took it; start minus submit is its time in queue"),
    COLUMN(end_ns, INT64, "the thread was done with it"),
    COLUMN(done_ns, INT64, "its callback on the loop began"),
    COLUMN(thread, INT32, "from 0; -1 when it was cancelled in the queue"),
    COLUMN(cpu_ns, INT64, "CPU demand on a core of speed 1"),
    COLUMN(wait_ns, INT64,
           "wait for the device or the name service; the rest of start to end is "
           "the wait for a core"),
    COLUMN(callback_id, INT64, "the callback that submitted it; 0: none"),
    COLUMN(request_id, INT64, "the request that it worked for; 0: none"),
};
#undef RECORD
#define RECORD poller_event
static const ns_column poller_event[] = {
    COLUMN(t_ns, INT64, "the loop took it"),
    COLUMN(iteration, INT64, "loop_iteration.seq"),
    COLUMN(source, NAME, "async, arrival, net"),
    COLUMN(ready_ns, INT64, "the kernel had it; t minus ready is the wait for the loop"),
};
#undef RECORD
#define RECORD request
static const ns_column request[] = {
    COLUMN(id, INT64, "from 1"),
    {"class", NS_COLUMN_NAME, offsetof(ns_record, request.cls), "the arrival class"},
    COLUMN(arrival_ns, INT64, "the intended arrival"),
    COLUMN(start_ns, INT64, "its function was called"),
    COLUMN(done_ns, INT64, "its callback was called, or its promise settled"),
    COLUMN(status, NAME, "ok, error, unfinished"),
    COLUMN(loop_wait_ns, INT64, "waiting for the loop"),
    COLUMN(own_js_ns, INT64, "its own JavaScript"),
    COLUMN(other_js_ns, INT64, "JavaScript of others, while it could have gone on"),
    COLUMN(pool_queue_ns, INT64, "in the pool's queue"),
    COLUMN(pool_service_ns, INT64, "on a pool thread, without the device"),
    COLUMN(device_ns, INT64, "disk or name service"),
    COLUMN(gc_ns, INT64,
           "garbage collection, while it or others could have run, without safepoint_ns"),
    COLUMN(safepoint_ns, INT64,
           "meanwhile, collections' waits for threads that compile (gc_event.to_safepoint_ns, "
           "after_safepoint_ns)"),
    COLUMN(rest_ns, INT64, "anything else; the nine parts sum to done minus arrival"),
    COLUMN(warmup, BOOL, "1: arrived during the warm-up, not in the summary"),
};
#undef RECORD
#define RECORD gc_event
static const ns_column gc_event[] = {
    COLUMN(kind, NAME, "scavenge, mark-compact"),
    COLUMN(reason, NAME, "what started it, in V8's words"),
    COLUMN(detail, NAME, "why it was this kind of collection, in V8's words; mostly empty"),
    COLUMN(start_ns, INT64, "the pause began"),
    COLUMN(pause_ns, INT64, "the main thread stood still"),
    COLUMN(to_safepoint_ns, INT64,
           "of the pause: main waited until the threads that compile had stopped"),
    COLUMN(after_safepoint_ns, INT64,
           "of the pause: main waited for a core, which these took when they went on"),
    COLUMN(safepoint_function, NAME,
           "the function whose compilation was the last to stop; empty: none"),
    COLUMN(concurrent_ns, INT64,
           "CPU demand of helper threads on a core of speed 1, since marking began"),
    COLUMN(before_bytes, INT64, "heap in use before"),
    COLUMN(after_bytes, INT64, "heap in use after"),
    COLUMN(promoted_bytes, INT64, "moved to the old generation"),
    COLUMN(survived_bytes, INT64, "of the young generation, promoted or copied"),
    COLUMN(survived_objects, INT64, "of a scavenge: how many those are"),
    COLUMN(touched_bytes, INT64, "of a scavenge: memory that it was the first to write to"),
    COLUMN(marked_bytes, INT64, "of a mark-compact: what was left to mark in its pause"),
    COLUMN(committed_before_bytes, INT64, "memory held before"),
    COLUMN(committed_after_bytes, INT64, "memory held after"),
    COLUMN(steps, INT64, "of incremental marking, on the main thread"),
    COLUMN(steps_ns, INT64, "time of these steps"),
    COLUMN(longest_step_ns, INT64, "the longest of them"),
    COLUMN(marking_ns, INT64, "from the start of incremental marking to the end of the pause"),
    COLUMN(average_mu, REAL, "average mutator utilization, as V8 computes it"),
    COLUMN(current_mu, REAL, "mutator utilization since the mark-compact before"),
};
#undef RECORD
#define RECORD heap_sample
static const ns_column heap_sample[] = {
    COLUMN(t_ns, INT64, "when"),
    COLUMN(space, NAME, "of the heap"),
    COLUMN(used, INT64, "bytes in use"),
    COLUMN(committed, INT64, "bytes held"),
};
#undef RECORD
#define RECORD alloc_site
static const ns_column alloc_site[] = {
    COLUMN(name, NAME, "of the function; empty when it has none"),
    COLUMN(script, NAME, "where it is"),
    COLUMN(line, INT32, "of the call or the literal in it that allocates"),
    COLUMN(bytes, INT64, "allocated there, of V8's heap; sampled every 16 KiB"),
};
#undef RECORD
#define RECORD jit_function
static const ns_column jit_function[] = {
    COLUMN(id, INT64, "from 1"),
    COLUMN(name, NAME, "empty when it has none"),
    COLUMN(script, NAME, "where it is"),
    COLUMN(line, INT32, "from 1"),
    COLUMN(bytecode_size, INT64, "bytes, in V8's bytecode, about"),
    COLUMN(calls, INT64, "how often it was called"),
    COLUMN(bytecodes, INT64, "bytecodes executed"),
    COLUMN(back_edges, INT64, "loop back-edges taken"),
    COLUMN(tier, NAME, "at the end: ignition, sparkplug, maglev, turbofan"),
    COLUMN(not_optimized, NAME, "why it is not in TurboFan at the end; empty: it is"),
    COLUMN(optimizations, INT64, "code that Maglev and TurboFan made for it"),
    COLUMN(deopts, INT64, "and that was taken back"),
    COLUMN(ignition_ns, INT64, "CPU demand in Ignition, on a core of speed 1"),
    COLUMN(sparkplug_ns, INT64, "CPU demand in Sparkplug's code, on a core of speed 1"),
    COLUMN(maglev_ns, INT64,
           "CPU demand in Maglev's code, with what is inlined in it, on a core of speed 1"),
    COLUMN(turbofan_ns, INT64,
           "CPU demand in TurboFan's code, with what is inlined in it, on a core of speed 1"),
};
#undef RECORD
#define RECORD jit_event
static const ns_column jit_event[] = {
    COLUMN(t_ns, INT64, "when"),
    COLUMN(function_id, INT64, "jit_function.id"),
    COLUMN(kind, NAME,
           "feedback: it got its feedback vector; baseline: Sparkplug compiled it; mark: for "
           "Maglev or TurboFan (to_tier); compile: that began; aborted: not installed; "
           "compiled, optimize: its code is there; osr: a loop "
           "went on in it; deopt-eager, deopt-lazy; dependency: its code depended on what changed; "
           "flush: a mark-compact dropped its bytecode; compile-lazy: it is compiled again; "
           "inline, not-inlined: a call in "
           "optimized code; peeled, not-peeled: a loop in it; folded, invariant, redundant, "
           "unchecked, reduced: what is left of an instruction of it, whose kind is in detail; "
           "allocation: an object of optimized code, whether it "
           "escapes; materialize: removed objects that a deoptimization makes"),
    COLUMN(from_tier, NAME, "the tier before"),
    COLUMN(to_tier, NAME, "the tier after"),
    COLUMN(reason, NAME, "why, in V8's words"),
    COLUMN(site, NAME, "script:line:column of a deoptimization"),
    COLUMN(detail, NAME,
           "of a deoptimization: what was assumed, and what came; of compiled: what TurboFan had "
           "to work on"),
    COLUMN(caller, NAME, "of a deoptimization: script:line that called the function; empty: none"),
    COLUMN(site_function_id, INT64,
           "jit_function.id of the function that the site is in; another one than function_id "
           "when it was inlined; 0: none"),
    COLUMN(bytecode_offset, INT32, "of the site, in V8's bytecode, about; -1: none"),
    COLUMN(opt_id, INT32, "of the optimized code, from 0; -1: none"),
    COLUMN(osr, BOOL, "1: the code is for a loop that runs (on-stack replacement)"),
    COLUMN(prepare_ns, INT64,
           "CPU demand of the compiler before, on the JavaScript thread; on a core of speed 1"),
    COLUMN(execute_ns, INT64, "on the helper thread, of the same"),
    COLUMN(finalize_ns, INT64, "after, on the JavaScript thread, of the same"),
};
#undef RECORD
#define RECORD ic_site
static const ns_column ic_site[] = {
    COLUMN(function_id, INT64, "jit_function.id"),
    {"bytecode_offset", NS_COLUMN_INT32, offsetof(ns_record, ic_site.offset), "in the function"},
    COLUMN(line, INT32, "of the source"),
    COLUMN(column, INT32, "from 1"),
    COLUMN(kind, NAME, "arithmetic, compare, load, store, keyed load, keyed store, call"),
    COLUMN(state, NAME,
           "monomorphic, polymorphic, megamorphic; of arithmetic and compare what the operands "
           "were: SignedSmall, Number, NumberOrOddball, String, BigInt, Any, Receiver"),
    COLUMN(hits, INT64, "executions since the function has a feedback vector"),
    COLUMN(shapes, INT32, "different shapes seen"),
};
#undef RECORD
#define RECORD sample
static const ns_column sample[] = {
    COLUMN(t_ns, INT64, "when"),
    COLUMN(
        metric, NAME,
        "fs.sync: a synchronous fs call held the main thread, value in ns; tier.ignition, "
        "tier.sparkplug, tier.maglev, tier.turbofan: CPU demand in the tier so far, on a core of "
        "speed 1, ns; "
        "tier.builtins, tier.parser (with the making of bytecode), tier.compilers (Sparkplug's and "
        "the optimizing ones, on the JavaScript thread): the same; timer.late: a timer's callback "
        "began "
        "so long after it was due, by the loop's clock of whole ms, ns; measure.NAME: a span of "
        "performance.measure that ended then, ns"),
    COLUMN(value, REAL, "in the metric's unit"),
};
#undef RECORD
#define RECORD histogram
static const ns_column histogram[] = {
    COLUMN(metric, NAME,
           "poller.wait, pool.queue, pool.queue.KIND, pool.service.KIND, request.CLASS (latency)"),
    COLUMN(encoded, TEXT, "HdrHistogram, V2 compressed, base64; values in ns"),
};
#undef RECORD
#define RECORD stack_node
static const ns_column stack_node[] = {
    COLUMN(id, INT64,
           "1: the root; 2: (program), no JavaScript on the stack; 3: (idle), the loop waits; 4: "
           "(garbage collector)"),
    COLUMN(parent_id, INT64, "stack_node.id of the caller; 0: of the root"),
    COLUMN(name, NAME, "of the function; empty when it has none"),
    COLUMN(script, NAME, "where it is"),
    COLUMN(line, INT32, "of the function, from 1; 0: none"),
    COLUMN(column, INT32, "from 1; 0: none"),
};
#undef RECORD
#define RECORD cpu_sample
static const ns_column cpu_sample[] = {
    COLUMN(start_ns, INT64, "from when it counts"),
    COLUMN(duration_ns, INT64, "how long; the samples cover the run without gaps"),
    COLUMN(node_id, INT64, "stack_node.id of the stack"),
    COLUMN(line, INT32, "where the innermost function stood; 0: none"),
};
#undef RECORD
#define RECORD alloc_stack
static const ns_column alloc_stack[] = {
    COLUMN(node_id, INT64, "stack_node.id of the stack that allocated"),
    COLUMN(line, INT32, "of the call or the literal in the innermost function"),
    COLUMN(bytes, INT64, "allocated there, of V8's heap"),
    COLUMN(samples, INT64, "that they were attributed by, one in 16 KiB"),
    COLUMN(live_bytes, INT64, "of these bytes: could still be reached at the end of the run"),
};
#undef RECORD

#define TABLE(name, text)                                                                          \
    {                                                                                              \
#name, text, name, COUNT(name)                                                             \
    }
const ns_table ns_schema_tables[NS_REC_TYPES] = {
    [NS_REC_LOOP_ITERATION] =
        TABLE(loop_iteration, "One iteration of the event loop, split by phase."),
    [NS_REC_CALLBACK] = TABLE(callback, "One entry from C into JavaScript, in order of end."),
    [NS_REC_POOL_TASK] = TABLE(pool_task, "One task of the thread pool, in order of delivery."),
    [NS_REC_POLLER_EVENT] = TABLE(poller_event, "One event that the poller gave to the loop."),
    [NS_REC_REQUEST] = TABLE(request, "One request from outside, with its latency split by cause."),
    [NS_REC_GC_EVENT] = TABLE(gc_event, "One garbage collection."),
    [NS_REC_HEAP_SAMPLE] = TABLE(heap_sample, "The size of a heap space at a moment."),
    [NS_REC_ALLOC_SITE] = TABLE(alloc_site, "A place where the program allocates, at the end of "
                                            "the run; those that allocate most."),
    [NS_REC_JIT_FUNCTION] = TABLE(jit_function, "One JavaScript function that ran."),
    [NS_REC_JIT_EVENT] = TABLE(jit_event, "One step of a function between the tiers of V8."),
    [NS_REC_IC_SITE] = TABLE(ic_site, "One site with type feedback."),
    [NS_REC_SAMPLE] = TABLE(sample, "One value of a metric at a moment."),
    [NS_REC_HISTOGRAM] = TABLE(histogram, "The distribution of a metric over the run."),
    [NS_REC_STACK_NODE] = TABLE(stack_node, "A call stack: the functions from a node to the root. "
                                            "Of `record.cpu_profile` and `record.heap_profile`."),
    [NS_REC_CPU_SAMPLE] = TABLE(cpu_sample, "A stretch of the main thread, by the stack that was "
                                            "found at its end; one per interval of CPU time."),
    [NS_REC_ALLOC_STACK] =
        TABLE(alloc_stack, "What a call stack allocated, at the end of the run."),
};

// The tables that are no records.
static const char fixed_tables[] =
    "CREATE TABLE run (id INTEGER PRIMARY KEY, workload TEXT NOT NULL, seed TEXT NOT NULL,"
    " nsim_version TEXT NOT NULL, config_json TEXT NOT NULL, profile TEXT NOT NULL,"
    " workload_hash TEXT NOT NULL, started_utc TEXT, status TEXT NOT NULL,"
    " exit_code INTEGER NOT NULL, virtual_ns INTEGER NOT NULL, loop_idle_ns INTEGER NOT NULL,"
    " cores INTEGER NOT NULL, pool_threads INTEGER NOT NULL, pool_span_ns INTEGER NOT NULL,"
    " pool_busy_ns INTEGER NOT NULL, pool_full_ns INTEGER NOT NULL,"
    " cpu_ns INTEGER NOT NULL, events INTEGER NOT NULL,"
    " ties INTEGER NOT NULL, event_digest TEXT NOT NULL) STRICT;"
    "CREATE TABLE sweep (id INTEGER PRIMARY KEY, name TEXT NOT NULL, config_json TEXT NOT NULL,"
    " nsim_version TEXT NOT NULL, workload_hash TEXT NOT NULL, runs INTEGER NOT NULL) STRICT;"
    "CREATE TABLE sweep_point (sweep_id INTEGER NOT NULL REFERENCES sweep,"
    " run_id INTEGER NOT NULL REFERENCES run, point INTEGER NOT NULL, params_json TEXT NOT NULL,"
    " replicate INTEGER NOT NULL, message TEXT, made TEXT NOT NULL, why TEXT,"
    " trace_run_id INTEGER, off REAL, off_metric TEXT, PRIMARY KEY (sweep_id, run_id)) STRICT,"
    " WITHOUT ROWID;"
    "CREATE TABLE sweep_check (run_id INTEGER NOT NULL REFERENCES run, metric TEXT NOT NULL,"
    " replayed REAL NOT NULL, PRIMARY KEY (run_id, metric)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE run_metric (run_id INTEGER NOT NULL REFERENCES run, metric TEXT NOT NULL,"
    " value REAL NOT NULL, PRIMARY KEY (run_id, metric)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE string (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;";

// What docs/schema.md says of them.
static const char fixed_markdown[] =
    "### run\n\nOne run: how it was made, and how it ended.\n\n"
    "| Column | Type | Meaning |\n|---|---|---|\n"
    "| `id` | INTEGER | from 1 |\n"
    "| `workload` | TEXT | name of the workload |\n"
    "| `seed` | TEXT | a whole number of 64 bits without sign |\n"
    "| `nsim_version` | TEXT | that made the run |\n"
    "| `config_json` | TEXT | the resolved configuration, every default filled in |\n"
    "| `profile` | TEXT | the machine profile |\n"
    "| `workload_hash` | TEXT | XXH64 of the configuration and the script, 16 hexadecimal digits "
    "|\n"
    "| `started_utc` | TEXT | ISO 8601, from SOURCE_DATE_EPOCH; else NULL |\n"
    "| `status` | TEXT | ok, exception, limit: ..., interrupted; incomplete: nsim was killed |\n"
    "| `exit_code` | INTEGER | of the program |\n"
    "| `virtual_ns` | INTEGER | virtual time at the end |\n"
    "| `loop_idle_ns` | INTEGER | the loop's idle time, as uv_metrics_idle_time has it |\n"
    "| `cores` | INTEGER | of the machine |\n"
    "| `pool_threads` | INTEGER | 0 when the pool never started |\n"
    "| `pool_span_ns` | INTEGER | time since the pool's first task |\n"
    "| `pool_busy_ns` | INTEGER | of that, thread time in service, summed over the threads |\n"
    "| `pool_full_ns` | INTEGER | of that, time with every thread in service |\n"
    "| `cpu_ns` | INTEGER | time of the cores in service, summed over the cores |\n"
    "| `events` | INTEGER | of the simulation |\n"
    "| `ties` | INTEGER | events at the time and class of the one before |\n"
    "| `event_digest` | TEXT | of every event's time and class, 16 hexadecimal digits |\n\n"
    "### sweep\n\nA set of runs that differ in parameters.\n\n"
    "| Column | Type | Meaning |\n|---|---|---|\n"
    "| `id` | INTEGER | from 1 |\n"
    "| `name` | TEXT | of the sweep |\n"
    "| `config_json` | TEXT | what is varied: keys, values, replicates, seed |\n"
    "| `nsim_version` | TEXT | that makes the sweep |\n"
    "| `workload_hash` | TEXT | as in `run`, of the workload with nothing varied |\n"
    "| `runs` | INTEGER | of the whole sweep; 0: a search, which has as many as it needs |\n\n"
    "### sweep_point\n\nWhich run belongs to which point of a sweep. Runs that are missing are "
    "still to be made, or in another shard.\n\n"
    "| Column | Type | Meaning |\n|---|---|---|\n"
    "| `sweep_id` | INTEGER | sweep.id |\n"
    "| `run_id` | INTEGER | run.id: (point - 1) * replicates + replicate |\n"
    "| `point` | INTEGER | from 1 |\n"
    "| `params_json` | TEXT | the parameters of the point: key and value |\n"
    "| `replicate` | INTEGER | from 1; the same replicate has the same seed at every point |\n"
    "| `message` | TEXT | of a run that broke: what was said; else NULL |\n"
    "| `made` | TEXT | full: the JavaScript ran; traced: it ran, and left a trace; replayed: from "
    "the trace |\n"
    "| `why` | TEXT | of a full run of a sweep that replays: checked, or why it was not replayed; "
    "else NULL |\n"
    "| `trace_run_id` | INTEGER | run.id of the traced run that it belongs to; NULL: nothing is "
    "replayed |\n"
    "| `off` | REAL | of a run that was checked: the largest difference of its replay, as a share; "
    "else NULL |\n"
    "| `off_metric` | TEXT | the metric with that difference |\n\n"
    "### sweep_check\n\nRuns that were made in full and by replay: the figures of the replay. "
    "Those of the full run are in run_metric.\n\n"
    "| Column | Type | Meaning |\n|---|---|---|\n"
    "| `run_id` | INTEGER | run.id |\n"
    "| `metric` | TEXT | as in run_metric |\n"
    "| `replayed` | REAL | by replay |\n\n"
    "### run_metric\n\nThe figures of a run of a sweep. `nsim sweep --metric list` says what they "
    "mean.\n\n"
    "| Column | Type | Meaning |\n|---|---|---|\n"
    "| `run_id` | INTEGER | run.id |\n"
    "| `metric` | TEXT | request.p99, request.throughput, pool.wait.mean ... |\n"
    "| `value` | REAL | times in ns, shares from 0 to 1, rates per second, sizes in bytes |\n\n";

static const char *sql_type(ns_column_type type)
{
    switch (type) {
    case NS_COLUMN_INT64:
    case NS_COLUMN_INT32:
    case NS_COLUMN_BOOL:
        return "INTEGER";
    case NS_COLUMN_REAL:
        return "REAL";
    case NS_COLUMN_PHASE:
    case NS_COLUMN_NAME:
    case NS_COLUMN_TEXT:
        return "TEXT";
    }
    assert(!"a column without a type");
    return "";
}

static bool is_interned(const ns_column *column)
{
    return column->type == NS_COLUMN_NAME || column->type == NS_COLUMN_PHASE;
}

bool ns_schema_interned(const ns_table *table)
{
    for (int i = 0; i < table->count; i++)
        if (is_interned(&table->columns[i]))
            return true;
    return false;
}

static void table_sql(const ns_table *table, ns_buf *sql)
{
    bool interned = ns_schema_interned(table);
    ns_buf_printf(sql, "CREATE TABLE %s%s (run_id INTEGER NOT NULL", table->name,
                  interned ? "_data" : "");
    for (int i = 0; i < table->count; i++) {
        const ns_column *column = &table->columns[i];
        if (is_interned(column))
            ns_buf_printf(sql, ", \"%s_id\" INTEGER NOT NULL", column->name);
        else
            ns_buf_printf(sql, ", \"%s\" %s NOT NULL", column->name, sql_type(column->type));
    }
    ns_buf_str(sql, ") STRICT;");
    if (!interned)
        return;
    ns_buf_printf(sql, "CREATE VIEW %s AS SELECT run_id", table->name);
    for (int i = 0; i < table->count; i++) {
        const char *name = table->columns[i].name;
        if (is_interned(&table->columns[i]))
            ns_buf_printf(sql, ", (SELECT value FROM string WHERE id = \"%s_id\") AS \"%s\"", name,
                          name);
        else
            ns_buf_printf(sql, ", \"%s\"", name);
    }
    ns_buf_printf(sql, " FROM %s_data;", table->name);
}

int ns_schema_create(sqlite3 *db, ns_err *err)
{
    ns_buf sql = {0};
    ns_buf_printf(&sql, "BEGIN; PRAGMA application_id = %d; PRAGMA user_version = %d;",
                  NS_SCHEMA_APPLICATION, NS_SCHEMA_VERSION);
    ns_buf_str(&sql, fixed_tables);
    for (int type = 0; type < NS_REC_TYPES; type++)
        table_sql(&ns_schema_tables[type], &sql);
    ns_buf_str(&sql, "COMMIT;");
    int rc = sql.failed ? ns_fail(err, NS_ENOMEM, "out of memory") : ns_db_exec(db, sql.data, err);
    ns_buf_free(&sql);
    return rc;
}

static const char *read_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static ns_phase read_phase(const char *name)
{
    for (int phase = 0; phase < NS_PHASES; phase++)
        if (strcmp(ns_phase_name(phase), name) == 0)
            return (ns_phase)phase;
    return NS_PHASE_MAIN;
}

void ns_schema_read(const ns_table *table, sqlite3_stmt *row, int first, ns_record *record)
{
    *record = (ns_record){.type = (ns_rec_type)(table - ns_schema_tables)};
    for (int i = 0; i < table->count; i++) {
        char *field = (char *)record + table->columns[i].offset;
        int at = first + i;
        switch (table->columns[i].type) {
        case NS_COLUMN_INT64:
            *(int64_t *)field = sqlite3_column_int64(row, at);
            break;
        case NS_COLUMN_INT32:
            *(int32_t *)field = sqlite3_column_int(row, at);
            break;
        case NS_COLUMN_BOOL:
            *(bool *)field = sqlite3_column_int(row, at) != 0;
            break;
        case NS_COLUMN_PHASE:
            *(ns_phase *)field = read_phase(read_text(row, at));
            break;
        case NS_COLUMN_REAL:
            *(double *)field = sqlite3_column_double(row, at);
            break;
        case NS_COLUMN_NAME:
        case NS_COLUMN_TEXT:
            *(const char **)field = read_text(row, at);
            break;
        }
    }
}

void ns_schema_markdown(ns_buf *out)
{
    ns_buf_str(out, fixed_markdown);
    for (int type = 0; type < NS_REC_TYPES; type++) {
        const ns_table *table = &ns_schema_tables[type];
        ns_buf_printf(out,
                      "### %s\n\n%s\n\n| Column | Type | Meaning |\n|---|---|---|\n"
                      "| `run_id` | INTEGER | run.id |\n",
                      table->name, table->text);
        for (int i = 0; i < table->count; i++)
            ns_buf_printf(out, "| `%s` | %s | %s |\n", table->columns[i].name,
                          sql_type(table->columns[i].type), table->columns[i].text);
        ns_buf_char(out, '\n');
    }
}

// The timeline: a Gantt chart of a run in the terminal.
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "report/db.h"
#include "report/format.h"
#include "report/lane.h"

enum {
    LABEL = 13,       // columns before the picture
    SUFFIX = 8,       // columns after it
    THREADS_MAX = 32, // lanes of pool threads
    KINDS = 5,
    AXIS_GAP = 14 // least distance between marks of the axis
};

static const struct kind {
    const char *name;
    char letter;
    const char *colour;
} kinds[KINDS] = {{"fs", 'f', "\033[30;42m"},
                  {"dns", 'd', "\033[30;46m"},
                  {"crypto", 'c', "\033[30;43m"},
                  {"zlib", 'z', "\033[30;45m"},
                  {"other", 'o', "\033[30;47m"}};

// Lanes of the main thread, from top to bottom; a phase's lane is drawn when it has callbacks.
static const struct {
    const char *label;
    ns_phase phase;
} phase_lanes[] = {{"main script", NS_PHASE_MAIN},    {"timers", NS_PHASE_TIMERS},
                   {"pending", NS_PHASE_PENDING},     {"idle", NS_PHASE_IDLE},
                   {"prepare", NS_PHASE_PREPARE},     {"poll", NS_PHASE_POLL},
                   {"check", NS_PHASE_CHECK},         {"closing", NS_PHASE_CLOSING},
                   {"exit", NS_PHASE_EXIT},           {"nextTick", NS_PHASE_TICK},
                   {"microtasks", NS_PHASE_MICROTASK}};

typedef struct chart {
    ns_sink sink;
    ns_window window;
    bool colour, ascii, failed;
    ns_lane wait; // of the loop, in poll
    ns_lane phases[NS_PHASES];
    int64_t phase_count[NS_PHASES];
    ns_lane threads[THREADS_MAX][KINDS]; // made when first used
    int thread_count;                    // of the pool
    bool kind_seen[KINDS];
    ns_lane queue;
    int64_t tasks, longest_queue;
    double *levels, *other;
    ns_buf text;
} chart;

// -- Collecting -----------------------------------------------------------------------------------

static int kind_index(const char *name)
{
    for (int i = 0; i < KINDS - 1; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return i;
    return KINDS - 1;
}

static void add_task(chart *c, const ns_rec_pool_task *task)
{
    int kind = kind_index(task->kind);
    c->tasks++;
    ns_lane_add(&c->queue, task->submit_ns, task->start_ns);
    if (task->thread < 0)
        return;
    if (task->thread >= c->thread_count)
        c->thread_count = task->thread + 1;
    if (task->thread >= THREADS_MAX)
        return;
    ns_lane *lane = &c->threads[task->thread][kind];
    if (!lane->window && !ns_lane_init(lane, &c->window))
        c->failed = true;
    else
        ns_lane_add(lane, task->start_ns, task->end_ns);
    c->kind_seen[kind] = true;
}

static void collect(ns_sink *sink, const ns_record *record)
{
    chart *c = (chart *)sink;
    if (c->failed)
        return;
    if (record->type == NS_REC_CALLBACK) {
        const ns_rec_callback *callback = &record->callback;
        c->phase_count[callback->phase]++;
        ns_lane_add(&c->phases[callback->phase], callback->start_ns, callback->end_ns);
    } else if (record->type == NS_REC_POOL_TASK) {
        add_task(c, &record->pool_task);
    } else if (record->type == NS_REC_LOOP_ITERATION) {
        const ns_rec_loop_iteration *i = &record->loop_iteration;
        int64_t poll = i->start_ns + i->pending_ns + i->idle_prepare_ns;
        ns_lane_add(&c->wait, poll, poll + i->poll_wait_ns);
    }
}

static int query_int(sqlite3 *db, const char *sql, int64_t run_id, const ns_window *window,
                     int64_t *out, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db, sql, &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run_id);
    if (window) {
        sqlite3_bind_int64(row, 2, window->from);
        sqlite3_bind_int64(row, 3, window->to);
    }
    int step = sqlite3_step(row);
    if (step == SQLITE_ROW)
        *out = sqlite3_column_int64(row, 0);
    else
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc;
}

static int collect_type(chart *c, sqlite3 *db, int64_t run_id, ns_rec_type type, const char *begin,
                        const char *end, ns_err *err)
{
    char where[160];
    snprintf(where, sizeof where, "%s <= %lld AND %s >= %lld", begin, (long long)c->window.to, end,
             (long long)c->window.from);
    return ns_db_each(db, run_id, type, where, &c->sink, err);
}

static int collect_all(chart *c, sqlite3 *db, int64_t run_id, ns_err *err)
{
    int rc = collect_type(c, db, run_id, NS_REC_LOOP_ITERATION, "start_ns",
                          "start_ns + pending_ns + idle_prepare_ns + poll_ns", err);
    if (rc == NS_OK)
        rc = collect_type(c, db, run_id, NS_REC_CALLBACK, "start_ns", "end_ns", err);
    if (rc == NS_OK)
        rc = collect_type(c, db, run_id, NS_REC_POOL_TASK, "submit_ns", "end_ns", err);
    if (rc == NS_OK)
        rc = query_int(db,
                       "SELECT coalesce(max(length), 0) FROM (SELECT t, sum(change) OVER"
                       " (ORDER BY t, change) AS length FROM (SELECT submit_ns AS t, 1 AS change"
                       " FROM pool_task_data WHERE run_id = ?1 AND start_ns > submit_ns"
                       " AND submit_ns < ?3 AND start_ns > ?2"
                       " UNION ALL SELECT start_ns, -1 FROM pool_task_data WHERE run_id = ?1"
                       " AND start_ns > submit_ns AND submit_ns < ?3 AND start_ns > ?2))",
                       run_id, &c->window, &c->longest_queue, err);
    return rc == NS_OK && c->failed ? ns_fail(err, NS_ENOMEM, "no memory for the timeline") : rc;
}

// -- Drawing --------------------------------------------------------------------------------------

// A level of 0..1 as a bar of eight heights; what is more than nothing shows.
static void add_bar(chart *c, double level)
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {" ", ".", ".", ":", ":", "=", "=", "#", "#"};
    int height = level <= 0 ? 0 : level >= 1 ? 8 : 1 + (int)(level * 7.5);
    ns_buf_str(&c->text, (c->ascii ? plain : blocks)[height > 8 ? 8 : height]);
}

static void begin_lane(chart *c, const char *label)
{
    ns_buf_printf(&c->text, "%-*s", LABEL, label);
}

static void end_lane(chart *c, double share)
{
    ns_buf_printf(&c->text, " %5.1f%%\n", share * 100);
}

static void draw_bars(chart *c, const char *label, const double *levels, double share)
{
    begin_lane(c, label);
    for (int i = 0; i < c->window.columns; i++)
        add_bar(c, levels[i]);
    end_lane(c, share);
}

static double span(const chart *c)
{
    return (double)(c->window.to - c->window.from);
}

static void draw_main(chart *c)
{
    ns_lane_levels(&c->wait, c->levels);
    for (int i = 0; i < c->window.columns; i++)
        c->levels[i] = 1 - c->levels[i];
    draw_bars(c, "main thread", c->levels, 1 - (double)c->wait.total / span(c));
    for (size_t i = 0; i < sizeof phase_lanes / sizeof phase_lanes[0]; i++) {
        ns_phase phase = phase_lanes[i].phase;
        char label[32];
        if (c->phase_count[phase] == 0)
            continue;
        snprintf(label, sizeof label, " %s", phase_lanes[i].label);
        ns_lane_levels(&c->phases[phase], c->levels);
        draw_bars(c, label, c->levels, (double)c->phases[phase].total / span(c));
    }
}

// A letter per column: the kind that held the thread longest, in capitals when the thread was busy
// for at least half of the column.
static void draw_thread(chart *c, int thread)
{
    char label[32];
    int columns = c->window.columns;
    int64_t total = 0;
    double *busy = c->levels, *most = c->other;
    unsigned char letters[4096]; // kind + 1
    memset(letters, 0, (size_t)columns);
    memset(busy, 0, (size_t)columns * sizeof *busy);
    memset(most, 0, (size_t)columns * sizeof *most);
    for (int kind = 0; kind < KINDS; kind++) {
        const ns_lane *lane = &c->threads[thread][kind];
        double levels[4096];
        if (!lane->window)
            continue;
        total += lane->total;
        ns_lane_levels(lane, levels);
        for (int i = 0; i < columns; i++) {
            busy[i] += levels[i];
            if (levels[i] > most[i]) {
                most[i] = levels[i];
                letters[i] = (unsigned char)(kind + 1);
            }
        }
    }
    snprintf(label, sizeof label, "thread %d", thread);
    begin_lane(c, label);
    int colour = 0;
    for (int i = 0; i < columns; i++) {
        if (c->colour && letters[i] != colour) {
            ns_buf_str(&c->text, letters[i] ? kinds[letters[i] - 1].colour : "\033[0m");
            colour = letters[i];
        }
        char letter = letters[i] ? kinds[letters[i] - 1].letter : 0;
        if (letter)
            ns_buf_char(&c->text, (char)(busy[i] >= 0.5 ? letter - 'a' + 'A' : letter));
        else
            ns_buf_str(&c->text, c->ascii ? "." : "·");
    }
    if (colour)
        ns_buf_str(&c->text, "\033[0m");
    end_lane(c, (double)total / span(c));
}

static void draw_queue(chart *c)
{
    double peak = 1;
    ns_lane_levels(&c->queue, c->levels);
    for (int i = 0; i < c->window.columns; i++)
        peak = c->levels[i] > peak ? c->levels[i] : peak;
    begin_lane(c, "queue");
    for (int i = 0; i < c->window.columns; i++)
        add_bar(c, c->levels[i] / peak);
    ns_buf_printf(&c->text, " max %lld\n", (long long)c->longest_queue);
}

static void draw_axis(chart *c)
{
    int columns = c->window.columns;
    int64_t least = (c->window.to - c->window.from) / columns * AXIS_GAP + 1;
    ns_axis axis = ns_axis_make(least, c->window.to);
    int64_t first = (c->window.from + axis.step - 1) / axis.step * axis.step;
    int marked = 0, labelled = 0; // columns done so far
    ns_buf labels = {0};
    begin_lane(c, "");
    for (int64_t time = first; time < c->window.to; time += axis.step) {
        char label[40];
        int column = ns_window_column(&c->window, time);
        ns_axis_label(&axis, time, label);
        for (; labelled < column; labelled++)
            ns_buf_char(&labels, ' ');
        ns_buf_str(&labels, label);
        labelled += (int)strlen(label);
        for (; marked < column; marked++)
            ns_buf_str(&c->text, c->ascii ? "-" : "─");
        ns_buf_str(&c->text, c->ascii ? "+" : "┬");
        marked++;
    }
    for (; marked < columns; marked++)
        ns_buf_str(&c->text, c->ascii ? "-" : "─");
    ns_buf_printf(&c->text, "\n%-*s%s\n", LABEL, "", labels.data ? labels.data : "");
    c->text.failed |= labels.failed;
    ns_buf_free(&labels);
}

static void draw_legend(chart *c)
{
    if (c->tasks == 0)
        return;
    begin_lane(c, "");
    for (int i = 0; i < KINDS; i++)
        if (c->kind_seen[i])
            ns_buf_printf(&c->text, "%c %s  ", kinds[i].letter, kinds[i].name);
    ns_buf_printf(&c->text, "%s idle; a capital: busy for half of the column or more\n",
                  c->ascii ? "." : "·");
}

static void draw(chart *c, const ns_run_info *info)
{
    char from[32], to[32], column[32];
    ns_format_time(from, c->window.from);
    ns_format_time(to, c->window.to);
    ns_format_time(column, (c->window.to - c->window.from) / c->window.columns);
    ns_buf_printf(&c->text, "%s, %s to %s; a column is %s; right: share of the time\n\n",
                  info->workload, c->window.from ? from : "0", to, column);
    draw_main(c);
    if (c->tasks > 0) {
        ns_buf_char(&c->text, '\n');
        for (int i = 0; i < c->thread_count && i < THREADS_MAX; i++)
            draw_thread(c, i);
        if (c->thread_count > THREADS_MAX)
            ns_buf_printf(&c->text, "%-*s(%d threads more)\n", LABEL, "",
                          c->thread_count - THREADS_MAX);
        draw_queue(c);
    }
    draw_axis(c);
    draw_legend(c);
}

// -- Public ---------------------------------------------------------------------------------------

static bool make_lanes(chart *c)
{
    bool made = ns_lane_init(&c->wait, &c->window) && ns_lane_init(&c->queue, &c->window);
    for (int i = 0; i < NS_PHASES && made; i++)
        made = ns_lane_init(&c->phases[i], &c->window);
    c->levels = ns_calloc((size_t)c->window.columns, sizeof(double));
    c->other = ns_calloc((size_t)c->window.columns, sizeof(double));
    return made && c->levels && c->other;
}

static void free_chart(chart *c)
{
    if (!c)
        return;
    ns_lane_free(&c->wait);
    ns_lane_free(&c->queue);
    for (int i = 0; i < NS_PHASES; i++)
        ns_lane_free(&c->phases[i]);
    for (int i = 0; i < THREADS_MAX; i++)
        for (int kind = 0; kind < KINDS; kind++)
            ns_lane_free(&c->threads[i][kind]);
    ns_free(c->levels);
    ns_free(c->other);
    ns_buf_free(&c->text);
    ns_free(c);
}

// A killed run has no end of its own: the latest end of a row.
static int end_of_run(sqlite3 *db, int64_t run_id, const ns_run_info *info, int64_t *end,
                      ns_err *err)
{
    *end = info->virtual_ns;
    if (*end > 0)
        return NS_OK;
    return query_int(db,
                     "SELECT max((SELECT coalesce(max(end_ns), 1) FROM callback_data"
                     " WHERE run_id = ?1), (SELECT coalesce(max(end_ns), 1) FROM pool_task_data"
                     " WHERE run_id = ?1))",
                     run_id, NULL, end, err);
}

static int draw_run(chart *c, sqlite3 *db, int64_t run_id, const ns_run_info *info, FILE *out,
                    ns_err *err)
{
    c->thread_count = info->pool_threads;
    int rc = make_lanes(c) ? collect_all(c, db, run_id, err) : NS_ENOMEM;
    if (rc == NS_OK)
        draw(c, info);
    if (rc == NS_ENOMEM || c->text.failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the timeline");
    if (rc == NS_OK && fwrite(c->text.data, 1, c->text.len, out) != c->text.len)
        rc = ns_fail(err, NS_EIO, "cannot write the timeline");
    return rc;
}

int ns_timeline_print(const char *db, int64_t run_id, int64_t from, int64_t to, int columns,
                      FILE *out, int style, ns_err *err)
{
    sqlite3 *connection;
    sqlite3_stmt *row = NULL;
    ns_run_info info;
    int64_t end = 0;
    int rc = ns_db_open(&connection, db, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_db_recorded_run(connection, &run_id, &info, &row, err);
    if (rc == NS_OK)
        rc = end_of_run(connection, run_id, &info, &end, err);
    if (rc == NS_OK && from >= end)
        rc = ns_fail(err, NS_EINVAL, "nothing to show: the run ends before");
    chart *c = rc == NS_OK ? ns_calloc(1, sizeof *c) : NULL;
    if (c) {
        c->sink.emit = collect;
        c->window = (ns_window){from, to > 0 && to < end ? to : end, columns - LABEL - SUFFIX};
        c->colour = style & NS_STYLE_COLOUR;
        c->ascii = style & NS_STYLE_ASCII;
        rc = draw_run(c, connection, run_id, &info, out, err);
    } else if (rc == NS_OK) {
        rc = ns_fail(err, NS_ENOMEM, "no memory for the timeline");
    }
    free_chart(c);
    sqlite3_finalize(row);
    sqlite3_close(connection);
    return rc;
}

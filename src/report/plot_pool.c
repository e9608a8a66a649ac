// The picture `pool`: a lane per pool thread with its tasks coloured by kind, the main thread
// above, the length of the queue below.
//
// Up to EXACT_MAX tasks, each is a box of its own. Beyond, a lane is cut into columns, and the
// kinds are stacked in each to the share of it that they held the thread.
#include <string.h>

#include "base/alloc.h"
#include "report/format.h"
#include "report/lane.h"
#include "report/plot.h"

enum {
    EXACT_MAX = 1000,
    COLUMNS = NS_FIGURE_PLOT,
    CELLS_MAX = 12000, // columns of all lanes together, which bounds the size of the picture
    THREADS_MAX = 1024,
    KINDS = 5,
    // Pixels
    MAIN = 34,
    GAP = 14,
    LANE = 30,
    LANES_MAX = 900,
    QUEUE = 120
};

static const struct kind {
    const char *name, *colour;
} kinds[KINDS] = {{"fs", NS_GREEN},
                  {"dns", NS_SKY},
                  {"crypto", NS_ORANGE},
                  {"zlib", NS_PURPLE},
                  {"other", NS_GREY}};

typedef struct pool_plot {
    ns_sink sink;
    ns_window window, lane_window; // of the main thread and the queue; of the lanes
    ns_axis axis;
    bool exact, failed;
    int threads;
    ns_lane wait, queue;
    ns_lane (*lanes)[KINDS]; // per thread; made when first used, when not exact
    bool kind_seen[KINDS];
    ns_buf boxes[KINDS]; // rows "x-from x-to y-from y-to", in the axis' unit
    double *levels;
    int64_t longest_queue;
    ns_figure *figure;
} pool_plot;

// -- Collecting -----------------------------------------------------------------------------------

static int kind_index(const char *name)
{
    for (int i = 0; i < KINDS - 1; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return i;
    return KINDS - 1;
}

static double in_unit(const pool_plot *p, int64_t ns)
{
    return (double)ns / (double)p->axis.unit;
}

static void add_box(pool_plot *p, int kind, int64_t from, int64_t to, double low, double high)
{
    ns_buf_printf(&p->boxes[kind], "%.12g %.12g %.6g %.6g\n", in_unit(p, from), in_unit(p, to), low,
                  high);
}

static void add_task(pool_plot *p, const ns_rec_pool_task *task)
{
    int kind = kind_index(task->kind);
    ns_lane_add(&p->queue, task->submit_ns, task->start_ns);
    if (task->thread < 0 || task->thread >= p->threads)
        return;
    p->kind_seen[kind] = true;
    if (p->exact) {
        // No task is narrower than a pixel; a gap of one tells neighbours apart, where there is
        // room for it.
        int64_t pixel = p->window.to / NS_FIGURE_PLOT, end = task->end_ns;
        if (end - task->start_ns > 4 * pixel)
            end -= pixel;
        else if (end - task->start_ns < pixel)
            end = task->start_ns + pixel;
        add_box(p, kind, task->start_ns, end, task->thread - 0.38, task->thread + 0.38);
        return;
    }
    ns_lane *lane = &p->lanes[task->thread][kind];
    if (!lane->window && !ns_lane_init(lane, &p->lane_window))
        p->failed = true;
    else
        ns_lane_add(lane, task->start_ns, task->end_ns);
}

static void collect(ns_sink *sink, const ns_record *record)
{
    pool_plot *p = (pool_plot *)sink;
    if (p->failed)
        return;
    if (record->type == NS_REC_POOL_TASK) {
        add_task(p, &record->pool_task);
    } else {
        const ns_rec_loop_iteration *i = &record->loop_iteration;
        int64_t poll = i->start_ns + i->pending_ns + i->idle_prepare_ns;
        ns_lane_add(&p->wait, poll, poll + i->poll_wait_ns);
    }
}

// The columns of a lane as boxes; neighbours of one height are one box.
static void stack_lane(pool_plot *p, int thread)
{
    const ns_window *w = &p->lane_window;
    double *base = p->levels, levels[COLUMNS];
    int columns = w->columns;
    for (int i = 0; i < columns; i++)
        base[i] = thread + 0.38; // the axis points down: a lane's foot has the higher value
    for (int kind = 0; kind < KINDS; kind++) {
        const ns_lane *lane = &p->lanes[thread][kind];
        if (!lane->window)
            continue;
        ns_lane_levels(lane, levels);
        for (int i = 0, end; i < columns; i = end) {
            end = i + 1;
            while (end < columns && levels[end] == levels[i] && base[end] == base[i])
                end++;
            if (levels[i] <= 0)
                continue;
            double top = base[i] - 0.76 * levels[i];
            add_box(p, kind, ns_window_start(w, i), ns_window_start(w, end), top, base[i]);
            for (int j = i; j < end; j++)
                base[j] = top;
        }
    }
}

// -- Data blocks ----------------------------------------------------------------------------------

// Two functions of time as the corners of their steps; columns that are alike make one step.
static void write_steps(pool_plot *p, const char *name, const char *columns, const double *first,
                        const double *second)
{
    const ns_window *w = &p->window;
    ns_figure_block(p->figure, name, columns);
    for (int i = 0, end; i < w->columns; i = end) {
        end = i + 1;
        while (end < w->columns && first[end] == first[i] && second[end] == second[i])
            end++;
        for (int corner = 0; corner < 2; corner++)
            ns_buf_printf(&p->figure->data, "%.12g %.6g %.6g\n",
                          in_unit(p, ns_window_start(w, corner ? end : i)), first[i], second[i]);
    }
    ns_figure_end_block(p->figure);
}

static void write_main(pool_plot *p)
{
    ns_lane_levels(&p->wait, p->levels);
    for (int i = 0; i < p->window.columns; i++)
        p->levels[i] = 1 - p->levels[i];
    write_steps(p, "main", "t busy busy", p->levels, p->levels);
}

static void write_boxes(pool_plot *p)
{
    if (!p->exact)
        for (int thread = 0; thread < p->threads; thread++)
            stack_lane(p, thread);
    for (int kind = 0; kind < KINDS; kind++) {
        if (!p->kind_seen[kind])
            continue;
        ns_figure_block(p->figure, kinds[kind].name, "from to top foot");
        ns_buf_add(&p->figure->data, p->boxes[kind].data, p->boxes[kind].len);
        ns_figure_end_block(p->figure);
        p->failed |= p->boxes[kind].failed;
    }
}

// The mean length of the queue in each column, and the greatest one.
static int write_queue(pool_plot *p, sqlite3 *db, int64_t run_id, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db,
                           "SELECT t, sum(change) FROM (SELECT submit_ns AS t, 1 AS change FROM"
                           " pool_task_data WHERE run_id = ?1 UNION ALL SELECT start_ns, -1 FROM"
                           " pool_task_data WHERE run_id = ?1) GROUP BY t ORDER BY t",
                           &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run_id);
    double most[COLUMNS] = {0};
    int step, column = 0;
    int64_t length = 0;
    while ((step = sqlite3_step(row)) == SQLITE_ROW) {
        int64_t time = sqlite3_column_int64(row, 0);
        if (time >= p->window.to)
            continue;
        // Columns in which nothing changes keep the length that they begin with.
        for (int at = ns_window_column(&p->window, time); column < at;)
            most[++column] = (double)length;
        length += sqlite3_column_int64(row, 1);
        most[column] = (double)length > most[column] ? (double)length : most[column];
        p->longest_queue = length > p->longest_queue ? length : p->longest_queue;
    }
    while (++column < p->window.columns)
        most[column] = (double)length;
    ns_lane_levels(&p->queue, p->levels);
    write_steps(p, "queue", "t mean most", p->levels, most);
    if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, err);
    sqlite3_finalize(row);
    return rc;
}

// -- The script -----------------------------------------------------------------------------------

static void write_title(pool_plot *p, const ns_run_info *info)
{
    char time[32];
    ns_format_time(time, p->window.to);
    ns_figure_title(p->figure, info, "thread pool");
    ns_buf_printf(&p->figure->subtitle, "%d thread%s, %d core%s, %s of virtual time", p->threads,
                  p->threads == 1 ? "" : "s", info->cores, info->cores == 1 ? "" : "s", time);
    if (info->virtual_ns > 0)
        ns_buf_printf(&p->figure->subtitle, "; every thread busy for %.0f%% of it",
                      100 * (double)info->pool_full_ns / (double)info->virtual_ns);
}

static int lanes_height(const pool_plot *p)
{
    int height = p->threads * LANE;
    return height < 2 * LANE ? 2 * LANE : height > LANES_MAX ? LANES_MAX : height;
}

static void write_lanes(pool_plot *p)
{
    ns_buf *out = &p->figure->panels;
    int every = (p->threads * 18 + lanes_height(p) - 1) / lanes_height(p);
    ns_buf_printf(out, "set yrange [%d.5:-0.5]\nset ytics (", p->threads - 1);
    for (int i = 0; i < p->threads; i += every)
        ns_buf_printf(out, "%s'thread %d' %d", i ? ", " : "", i, i);
    ns_buf_str(out, ") scale 0\n");
    ns_figure_key_top(p->figure, 0);
    ns_buf_str(out, "plot ");
    bool first = true;
    for (int kind = 0; kind < KINDS; kind++) {
        if (!p->kind_seen[kind])
            continue;
        const char *name = kinds[kind].name, *colour = kinds[kind].colour;
        ns_buf_printf(out,
                      "%s$%s using 1:3:1:2:3:4 with boxxyerror fs solid 1 noborder lc rgb '%s' "
                      "notitle, "
                      "NaN with boxes fs solid 1 noborder lc rgb '%s' title '%s'",
                      first ? "" : ", ", name, colour, colour, name);
        first = false;
    }
    ns_buf_str(out, "\nunset key\n");
}

static void write_panels(pool_plot *p)
{
    ns_buf *out = &p->figure->panels;
    int64_t highest = p->longest_queue + p->longest_queue / 3 + 1; // room for the key
    p->figure->key_rows = 1;
    ns_figure_panel(p->figure, 0, MAIN);
    p->axis = ns_figure_time_axis(p->figure, &p->window);
    ns_buf_str(out, "set yrange [0:1]\nset ytics ('main' 0.5) scale 0\nunset grid\n"
                    "set grid xtics back lc rgb '" NS_GRID "' lt 1 lw 0.5\n"
                    "plot $main using 1:2 with filledcurves y1=0 fs solid 1 lc rgb '" NS_BLUE
                    "' notitle\n"
                    "unset label 1\nunset label 2\n");
    ns_figure_panel(p->figure, GAP, lanes_height(p));
    write_lanes(p);
    ns_figure_panel(p->figure, GAP, QUEUE);
    ns_figure_time_labels(p->figure, &p->axis);
    ns_figure_key_inside(p->figure, "right top horizontal");
    ns_figure_y_name(p->figure, "tasks in queue");
    ns_buf_printf(
        out,
        "set yrange [0:%lld]\nset ytics 0,%lld nomirror scale 0.5\n"
        "plot $queue using 1:3 with filledcurves y1=0 fs solid 1 lc rgb '#F6D2B8' title 'most', "
        "$queue using 1:2 with filledcurves y1=0 fs solid 1 lc rgb '" NS_VERMILLION
        "' title 'mean'\n",
        (long long)highest, (long long)ns_axis_make((highest + 4) / 5, 1).step);
}

// -- Public ---------------------------------------------------------------------------------------

// How many tasks there are, when the last one ended, and the threads that took them.
static int measure(pool_plot *p, sqlite3 *db, int64_t run_id, const ns_run_info *info, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(db,
                           "SELECT count(*), max(end_ns), max(thread) + 1 FROM pool_task_data"
                           " WHERE run_id = ?1 AND thread >= 0",
                           &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run_id);
    int step = sqlite3_step(row);
    int64_t tasks = step == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
    int64_t end = step == SQLITE_ROW ? sqlite3_column_int64(row, 1) : 0;
    int threads = step == SQLITE_ROW ? sqlite3_column_int(row, 2) : 0;
    if (step != SQLITE_ROW)
        rc = ns_db_fail(db, step, err);
    else if (tasks == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "nothing to plot: the run has no pool tasks; they are recorded with "
                     "record.level full");
    sqlite3_finalize(row);
    p->threads = info->pool_threads > threads ? info->pool_threads : threads;
    p->threads = p->threads > THREADS_MAX ? THREADS_MAX : p->threads;
    p->exact = tasks <= EXACT_MAX;
    p->window = (ns_window){0, info->virtual_ns > end ? info->virtual_ns : end + 1, COLUMNS};
    p->lane_window = p->window;
    if (p->threads * COLUMNS > CELLS_MAX)
        p->lane_window.columns = CELLS_MAX / p->threads + 50;
    p->axis = ns_axis_make(p->window.to / 10 + 1, p->window.to); // as ns_figure_time_axis
    return rc;
}

static int collect_all(pool_plot *p, sqlite3 *db, int64_t run_id, ns_err *err)
{
    p->lanes = ns_calloc((size_t)p->threads, sizeof *p->lanes);
    p->levels = ns_calloc(COLUMNS, sizeof *p->levels);
    if (!p->lanes || !p->levels || !ns_lane_init(&p->wait, &p->window) ||
        !ns_lane_init(&p->queue, &p->window))
        return ns_fail(err, NS_ENOMEM, "no memory for the plot");
    int rc = ns_db_each(db, run_id, NS_REC_LOOP_ITERATION, NULL, &p->sink, err);
    return rc == NS_OK ? ns_db_each(db, run_id, NS_REC_POOL_TASK, NULL, &p->sink, err) : rc;
}

static void free_plot(pool_plot *p)
{
    for (int thread = 0; p->lanes && thread < p->threads; thread++)
        for (int kind = 0; kind < KINDS; kind++)
            ns_lane_free(&p->lanes[thread][kind]);
    for (int kind = 0; kind < KINDS; kind++)
        ns_buf_free(&p->boxes[kind]);
    ns_lane_free(&p->wait);
    ns_lane_free(&p->queue);
    ns_free(p->lanes);
    ns_free(p->levels);
}

int ns_plot_pool(const ns_plot_source *source, ns_figure *figure, ns_err *err)
{
    pool_plot p = {.sink = {collect}, .figure = figure};
    int rc = measure(&p, source->db, source->run_id, source->info, err);
    if (rc == NS_OK)
        rc = collect_all(&p, source->db, source->run_id, err);
    if (rc == NS_OK) {
        write_title(&p, source->info);
        write_main(&p);
        write_boxes(&p);
        rc = write_queue(&p, source->db, source->run_id, err);
    }
    if (rc == NS_OK)
        write_panels(&p);
    if (rc == NS_OK && p.failed)
        rc = ns_fail(err, NS_ENOMEM, "no memory for the plot");
    free_plot(&p);
    return rc;
}

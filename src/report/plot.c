#include "report/plot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "report/gnuplot.h"

// What gnuplot writes has this at its name's end, until it is whole.
#define UNFINISHED ".part"

static const struct picture {
    const char *name;
    int (*write)(const ns_plot_source *source, ns_figure *figure, ns_err *err);
    const char *text;
} pictures[] = {
    {"latency", ns_plot_latency,
     "requests, pool tasks, timers or spans: distribution with its tail, percentiles over time"},
    {"blame", ns_plot_blame, "what the latency of requests is made of, by percentile"},
    {"loop", ns_plot_loop, "the event loop: delay, time by phase, utilization"},
    {"pool", ns_plot_pool, "the lanes of the pool's threads, and the length of its queue"},
    {"gc", ns_plot_gc, "the heap by space over time, and the pauses of its collector"},
    {"tiers", ns_plot_tiers, "time by tier of V8, and when functions were compiled"},
    {"sweep", ns_plot_sweep, "a metric of a sweep over its parameter, or two"},
    {"compare", ns_plot_compare, "the latency of two runs, and their difference"},
};
enum { PICTURES = sizeof pictures / sizeof pictures[0] };

void ns_plot_each(void (*each)(void *opaque, const char *name, const char *text), void *opaque)
{
    for (int i = 0; i < PICTURES; i++)
        each(opaque, pictures[i].name, pictures[i].text);
}

// NULL when there is none of the name, and the error says so.
static const struct picture *find(const char *what, ns_err *err)
{
    ns_suggest near = {.word = what};
    for (int i = 0; i < PICTURES; i++) {
        if (strcmp(pictures[i].name, what) == 0)
            return &pictures[i];
        ns_suggest_offer(&near, pictures[i].name);
    }
    ns_buf names = {0};
    for (int i = 0; i < PICTURES; i++)
        ns_buf_printf(&names, "%s%s", i ? ", " : "", pictures[i].name);
    if (near.best)
        ns_fail(err, NS_EINVAL, "unknown plot \"%s\"; did you mean \"%s\"?", what, near.best);
    else
        ns_fail(err, NS_EINVAL, "unknown plot \"%s\"; there are: %s", what,
                names.data ? names.data : "");
    ns_buf_free(&names);
    return NULL;
}

// -- Files ----------------------------------------------------------------------------------------

static int file_failed(const char *path, ns_err *err)
{
    return ns_fail(err, NS_EINVAL, "cannot write %s: %s", path, strerror(errno));
}

// A picture to be written: its name, and that of what gnuplot is still writing.
enum { FORMATS = 3 };
typedef struct output {
    ns_buf path, part;
    bool begun;
} output;

static int name_outputs(output outputs[FORMATS], const ns_plot_options *o, ns_err *err)
{
    bool failed = false;
    for (int i = 0; i < FORMATS; i++) {
        if (!(o->formats & 1u << i))
            continue;
        ns_buf_printf(&outputs[i].path, "%s%s", o->stem, ns_plot_suffix(1u << i));
        ns_buf_printf(&outputs[i].part, "%s%s" UNFINISHED, o->stem, ns_plot_suffix(1u << i));
        failed |= outputs[i].path.failed || outputs[i].part.failed;
    }
    return failed ? ns_fail(err, NS_ENOMEM, "no memory for the plot") : NS_OK;
}

// gnuplot tells badly when it cannot write.
static int begin_outputs(output outputs[FORMATS], ns_err *err)
{
    for (int i = 0; i < FORMATS; i++) {
        FILE *file = outputs[i].part.data ? fopen(outputs[i].part.data, "wb") : NULL;
        if (outputs[i].part.data && !file)
            return file_failed(outputs[i].path.data, err);
        outputs[i].begun = file != NULL;
        if (file)
            fclose(file);
    }
    return NS_OK;
}

static int finish_outputs(output outputs[FORMATS], ns_err *err)
{
    for (int i = 0; i < FORMATS; i++) {
        if (!outputs[i].begun)
            continue;
        if (rename(outputs[i].part.data, outputs[i].path.data) != 0)
            return file_failed(outputs[i].path.data, err);
        outputs[i].begun = false;
    }
    return NS_OK;
}

static void free_outputs(output outputs[FORMATS])
{
    for (int i = 0; i < FORMATS; i++) {
        if (outputs[i].begun)
            unlink(outputs[i].part.data);
        ns_buf_free(&outputs[i].path);
        ns_buf_free(&outputs[i].part);
    }
}

static int write_script(const ns_figure *figure, const ns_plot_options *o, ns_err *err)
{
    ns_buf script = {0}, path = {0};
    ns_buf_printf(&path, "%s.gp", o->stem);
    int rc = ns_figure_script(figure, o->stem, "", o->formats, &script, err);
    if (rc == NS_OK && path.failed)
        rc = ns_fail(err, NS_ENOMEM, "no memory for the plot");
    FILE *file = rc == NS_OK ? fopen(path.data, "w") : NULL;
    if (rc == NS_OK && !file)
        rc = file_failed(path.data, err);
    if (file) {
        bool whole = fwrite(script.data, 1, script.len, file) == script.len;
        if ((fclose(file) != 0 || !whole) && rc == NS_OK) {
            rc = file_failed(path.data, err);
            unlink(path.data);
        }
    }
    ns_buf_free(&path);
    ns_buf_free(&script);
    return rc;
}

static int draw(const ns_figure *figure, const ns_plot_options *o, ns_err *err)
{
    ns_buf script = {0};
    output outputs[FORMATS] = {0};
    int rc = ns_figure_script(figure, o->stem, UNFINISHED, o->formats, &script, err);
    if (rc == NS_OK)
        rc = name_outputs(outputs, o, err);
    if (rc == NS_OK)
        rc = begin_outputs(outputs, err);
    if (rc == NS_OK)
        rc = ns_gnuplot_run(&script, err);
    if (rc == NS_OK)
        rc = finish_outputs(outputs, err);
    free_outputs(outputs);
    ns_buf_free(&script);
    return rc;
}

// -- Public ---------------------------------------------------------------------------------------

typedef struct opened {
    sqlite3 *db;
    int64_t run_id;
    ns_run_info info;
    sqlite3_stmt *row;
} opened;

static int open_run(opened *out, const char *path, int64_t run_id, ns_err *err)
{
    out->run_id = run_id;
    int rc = ns_db_open(&out->db, path, err);
    return rc == NS_OK ? ns_db_run(out->db, &out->run_id, &out->info, &out->row, err) : rc;
}

static void close_run(opened *o)
{
    sqlite3_finalize(o->row);
    sqlite3_close(o->db);
}

int ns_plot(const ns_plot_options *options, ns_err *err)
{
    const struct picture *picture = find(options->what, err);
    ns_figure figure = {0};
    opened run = {0}, other = {0};
    if (!picture)
        return NS_EINVAL;
    int rc = open_run(&run, options->db, options->run_id, err);
    if (rc == NS_OK && picture->write == ns_plot_compare)
        rc = open_run(&other, options->other_db ? options->other_db : options->db,
                      options->other_run, err);
    ns_plot_source source = {.db = run.db,
                             .run_id = run.run_id,
                             .info = &run.info,
                             .options = options,
                             .other_db = other.db,
                             .other_id = other.run_id,
                             .other_info = &other.info};
    if (rc == NS_OK)
        rc = picture->write(&source, &figure, err);
    if (rc == NS_OK && options->script)
        rc = write_script(&figure, options, err);
    if (rc == NS_OK)
        rc = draw(&figure, options, err);
    ns_figure_free(&figure);
    close_run(&other);
    close_run(&run);
    return rc;
}

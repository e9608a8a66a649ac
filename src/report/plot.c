#include "report/plot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "report/gnuplot.h"

static const struct picture {
    const char *name;
    int (*write)(sqlite3 *db, int64_t run_id, const ns_run_info *info, const char *stem,
                 ns_buf *script, ns_err *err);
} pictures[] = {{"pool", ns_plot_pool}, {"gc", ns_plot_gc}};
enum { PICTURES = sizeof pictures / sizeof pictures[0] };

// NULL when there is none of the name, and the error says so.
static const struct picture *find(const char *what, ns_err *err)
{
    ns_suggest near = {.word = what};
    for (int i = 0; i < PICTURES; i++) {
        if (strcmp(pictures[i].name, what) == 0)
            return &pictures[i];
        ns_suggest_offer(&near, pictures[i].name);
    }
    ns_fail(err, NS_EINVAL,
            near.best ? "unknown plot \"%s\"; did you mean \"%s\"?"
                      : "unknown plot \"%s\"; there are: %s, %s",
            what, near.best ? near.best : pictures[0].name, pictures[1].name);
    return NULL;
}

// gnuplot tells badly when it cannot write.
static int check_output(const char *stem, const char *suffix, ns_err *err)
{
    ns_buf path = {0};
    ns_buf_printf(&path, "%s%s", stem, suffix);
    int rc = path.failed ? ns_fail(err, NS_ENOMEM, "no memory for the plot") : NS_OK;
    FILE *file = rc == NS_OK ? fopen(path.data, "ab") : NULL;
    if (rc == NS_OK && !file)
        rc = ns_fail(err, NS_EINVAL, "cannot write %s: %s", path.data, strerror(errno));
    if (file)
        fclose(file);
    ns_buf_free(&path);
    return rc;
}

int ns_plot(const char *db, int64_t run_id, const char *what, const char *stem, ns_err *err)
{
    const struct picture *picture = find(what, err);
    sqlite3 *connection = NULL;
    sqlite3_stmt *row = NULL;
    ns_run_info info;
    ns_buf script = {0};
    if (!picture)
        return NS_EINVAL;
    int rc = ns_db_open(&connection, db, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_db_run(connection, &run_id, &info, &row, err);
    if (rc == NS_OK)
        rc = picture->write(connection, run_id, &info, stem, &script, err);
    if (rc == NS_OK)
        rc = check_output(stem, ".svg", err);
    if (rc == NS_OK)
        rc = check_output(stem, ".png", err);
    if (rc == NS_OK)
        rc = ns_gnuplot_run(&script, err);
    ns_buf_free(&script);
    sqlite3_finalize(row);
    sqlite3_close(connection);
    return rc;
}

// nsim report: a run or a sweep as one HTML page.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "report/report.h"
#include "sweep/analysis.h"
#include "sweep/replayed.h"

enum { NOTES = 3, METRICS = 4 };

// The recommendations of a sweep, for the metrics that people look at first.
typedef struct notes {
    char text[NOTES][512];
    const char *list[NOTES + 1];
    int count;
} notes;

static int add_note(notes *n, const ns_data *data, const char *name, ns_err *err)
{
    int metric = ns_data_metric(data, name);
    ns_ranking ranking;
    if (metric < 0 || n->count == NOTES - 1)
        return NS_OK;
    int rc = ns_ranking_make(&ranking, data, metric, err);
    if (rc != NS_OK)
        return rc;
    ns_ranking_sentence(&ranking, data, metric, n->text[n->count], sizeof n->text[0]);
    if (n->text[n->count][0]) {
        n->list[n->count] = n->text[n->count];
        n->count++;
    }
    ns_ranking_free(&ranking);
    return NS_OK;
}

// Whether it is a database of a sweep; then what stands out in it.
static bool read_sweep(const char *database, notes *n, ns_err *err)
{
    static const char *const metrics[] = {"request.p99", "request.throughput", "pool.wait.p99",
                                          "time"};
    ns_data *data;
    if (ns_data_load(&data, database, err) != NS_OK)
        return false; // a run: what is wrong with the file, if so, is told when it is read as one
    for (int i = 0; i < METRICS; i++)
        if (add_note(n, data, metrics[i], err) != NS_OK)
            break;
    ns_replayed_sentence(data, n->text[n->count], sizeof n->text[0]);
    if (n->text[n->count][0]) {
        n->list[n->count] = n->text[n->count];
        n->count++;
    }
    ns_data_free(data);
    return true;
}

// "FOLDER/index.html", or a name that ends in ".html".
static int output_path(const char *output, const char *database, ns_buf *path, ns_err *err)
{
    size_t length = output ? strlen(output) : 0;
    if (length > 5 && strcmp(output + length - 5, ".html") == 0) {
        ns_buf_str(path, output);
    } else {
        const char *slash = strrchr(database, '/'), *name = slash ? slash + 1 : database;
        const char *dot = strrchr(name, '.');
        if (output)
            ns_buf_str(path, output);
        else
            ns_buf_printf(path, "%.*s-report", (int)(dot && dot > name ? dot - name : 255), name);
        if (!path->failed && mkdir(path->data, 0777) != 0 && errno != EEXIST)
            return ns_fail(err, NS_EINVAL, "cannot make the folder %s: %s", path->data,
                           strerror(errno));
        ns_buf_str(path, length && output[length - 1] == '/' ? "index.html" : "/index.html");
    }
    return path->failed ? ns_fail(err, NS_ENOMEM, "out of memory") : NS_OK;
}

static int make_report(const char *database, int64_t run_id, const char *output, ns_err *err)
{
    ns_buf path = {0};
    notes *n = ns_calloc(1, sizeof *n);
    bool sweep = n && run_id == 0 && read_sweep(database, n, &(ns_err){0});
    int rc =
        n ? output_path(output, database, &path, err) : ns_fail(err, NS_ENOMEM, "out of memory");
    if (rc == NS_OK)
        rc = ns_report_page(database, run_id, sweep ? n->list : NULL, path.data, err);
    if (rc == NS_OK)
        printf("%s\n", path.data);
    ns_buf_free(&path);
    ns_free(n);
    return rc;
}

static int run(int argc, char **argv)
{
    const char *run_id = "0", *output = NULL;
    const ns_cli_option options[] = {
        {"run", 'r', NS_CLI_WHOLE, &run_id, "ID",
         "which run of the database (default: the last, or the whole sweep)"},
        {"output", 'o', NS_CLI_TEXT, &output, "FOLDER",
         "write FOLDER/index.html (default: DATABASE-report); or a name that ends in .html"},
    };
    ns_cli_operands operands;
    int rc = NS_CLI_PARSE(&ns_cli_report, options, argc, argv, &operands);
    if (rc >= 0)
        return rc;
    ns_err err = {0};
    rc = make_report(operands.items[0], strtoll(run_id, NULL, 10), output, &err);
    return rc == NS_OK ? 0 : ns_cli_error(&err);
}

const ns_cli_command ns_cli_report = {
    .name = "report",
    .usage = "nsim report [options] DATABASE",
    .summary = "Write a run or a sweep as one HTML page, with its pictures.",
    .text =
        "The page needs no network and no other file: send it as it is. It has what stands out,\n"
        "the pictures of nsim plot, tables, and the configuration.",
    .example = "  nsim report login.db -o report/\n  nsim report sweep.db -o sweep.html",
    .min = 1,
    .max = 1,
    .run = run,
};

// The report of a sweep.
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "report/metrics.h"
#include "report/page.h"
#include "sim/stats.h"

// What a page shows of the metrics, in this order, where the sweep has them.
static const char *const shown[] = {"request.p50",      "request.p99",   "request.throughput",
                                    "request.errors",   "pool.wait.p99", "loop.delay.p99",
                                    "loop.utilization", "gc.pause.max",  "heap.max",
                                    "cpu.utilization",  "time"};
enum { SHOWN = sizeof shown / sizeof shown[0], PICTURES = 4 };

typedef struct sweep_page {
    ns_page *page;
    sqlite3 *db;
    ns_err *err;
    const char *metrics[SHOWN];
    int count;
} sweep_page;

static int has_metric(sweep_page *p, const char *metric, bool *has)
{
    sqlite3_stmt *row;
    int rc =
        ns_db_prepare(p->db, "SELECT 1 FROM run_metric WHERE metric = ?1 LIMIT 1", &row, p->err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_text(row, 1, metric, -1, SQLITE_STATIC);
    int step = sqlite3_step(row);
    *has = step == SQLITE_ROW;
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        rc = ns_db_fail(p->db, step, p->err);
    sqlite3_finalize(row);
    return rc;
}

static int head(sweep_page *p, const char *const *notes, ns_buf *config)
{
    sqlite3_stmt *row;
    char text[32];
    int rc = ns_db_prepare(p->db,
                           "SELECT name, config_json, count(DISTINCT p.point), count(*),"
                           " sum(p.message IS NOT NULL) FROM sweep s JOIN sweep_point p ON"
                           " p.sweep_id = s.id",
                           &row, p->err);
    if (rc != NS_OK)
        return rc;
    int step = sqlite3_step(row);
    if (step == SQLITE_ROW && sqlite3_column_text(row, 0)) {
        ns_page_begin(p->page, (const char *)sqlite3_column_text(row, 0));
        ns_buf_str(&p->page->html, "<p class=\"sub\">A sweep of nsim</p>\n<div class=\"facts\">\n");
        for (int i = 0; i < 3; i++) {
            static const char *const names[] = {"points", "runs", "broken runs"};
            snprintf(text, sizeof text, "%lld", (long long)sqlite3_column_int64(row, 2 + i));
            ns_page_fact(p->page, names[i], text);
        }
        ns_buf_str(&p->page->html, "</div>\n");
        ns_buf_str(config, (const char *)sqlite3_column_text(row, 1));
    } else {
        rc = step == SQLITE_ROW
                 ? ns_fail(p->err, NS_EINVAL, "%s: the sweep has no runs yet", p->page->db)
                 : ns_db_fail(p->db, step, p->err);
    }
    sqlite3_finalize(row);
    if (rc != NS_OK || !notes[0])
        return rc;
    ns_page_section(p->page, "stands-out", "What stands out");
    ns_buf_str(&p->page->html, "<ul class=\"notes\">\n");
    for (; *notes; notes++) {
        ns_buf_str(&p->page->html, "<li>");
        ns_page_text(p->page, *notes);
        ns_buf_str(&p->page->html, "</li>\n");
    }
    ns_buf_str(&p->page->html, "</ul>\n");
    return rc;
}

// -- The table ------------------------------------------------------------------------------------

// The parameters of a point as "threadpool=4 cores=8".
static void add_params(sweep_page *p, const char *json)
{
    ns_buf text = {0};
    cJSON *root = cJSON_Parse(json), *item;
    cJSON_ArrayForEach(item, root)
    {
        char *value = cJSON_IsString(item) ? NULL : cJSON_PrintUnformatted(item);
        const char *dot = strrchr(item->string, '.');
        ns_buf_printf(&text, "%s%s=%s", text.len ? " " : "", dot ? dot + 1 : item->string,
                      cJSON_IsString(item) ? item->valuestring
                      : value              ? value
                                           : "");
        cJSON_free(value);
    }
    ns_page_cell(p->page, text.data ? text.data : "");
    cJSON_Delete(root);
    ns_buf_free(&text);
}

static void add_mean(sweep_page *p, const char *metric, const ns_moments *m)
{
    ns_metric_kind kind = {NS_METRIC_NUMBER, 0};
    char mean[32], half[32];
    if (m->count == 0) {
        ns_page_number(p->page, "-");
        return;
    }
    ns_metric_parse(metric, &kind);
    ns_metric_format(m->mean, kind.unit, false, mean, sizeof mean);
    if (m->count > 1) {
        ns_metric_format(ns_moments_ci95(m), kind.unit, false, half, sizeof half);
        ns_buf_printf(&p->page->html, "<td>%s<br><span class=\"muted\">\u00b1 %s</span></td>", mean,
                      half);
    } else {
        ns_page_number(p->page, "%s", mean);
    }
}

static int metrics_of(sweep_page *p, int64_t point)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(p->db,
                           "SELECT m.value FROM sweep_point p JOIN run_metric m ON m.run_id ="
                           " p.run_id WHERE p.point = ?1 AND m.metric = ?2 AND p.message IS NULL"
                           " ORDER BY p.replicate",
                           &row, p->err);
    for (int i = 0; i < p->count && rc == NS_OK; i++) {
        ns_moments moments = {0};
        int step;
        sqlite3_bind_int64(row, 1, point);
        sqlite3_bind_text(row, 2, p->metrics[i], -1, SQLITE_STATIC);
        while ((step = sqlite3_step(row)) == SQLITE_ROW)
            ns_moments_add(&moments, sqlite3_column_double(row, 0));
        if (step != SQLITE_DONE)
            rc = ns_db_fail(p->db, step, p->err);
        sqlite3_reset(row);
        add_mean(p, p->metrics[i], &moments);
    }
    sqlite3_finalize(row);
    return rc;
}

static int table(sweep_page *p)
{
    sqlite3_stmt *row;
    ns_buf columns = {0};
    int step = SQLITE_DONE, rc = ns_db_prepare(p->db,
                                               "SELECT point, params_json, sum(message IS NULL)"
                                               " FROM sweep_point GROUP BY point ORDER BY point",
                                               &row, p->err);
    if (rc != NS_OK)
        return rc;
    ns_page_section(p->page, "points", "Points");
    ns_buf_str(&p->page->html, "<p class=\"muted\">Means over the runs of a point, with their 95% "
                               "intervals (Student's t).</p>\n");
    ns_buf_str(&columns, "<point|runs");
    for (int i = 0; i < p->count; i++)
        ns_buf_printf(&columns, "|%s", p->metrics[i]);
    ns_page_table(p->page, columns.data ? columns.data : "");
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW) {
        ns_page_row(p->page);
        add_params(p, (const char *)sqlite3_column_text(row, 1));
        ns_page_number(p->page, "%d", sqlite3_column_int(row, 2));
        rc = metrics_of(p, sqlite3_column_int64(row, 0));
    }
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(p->db, step, p->err);
    ns_page_table_end(p->page);
    ns_buf_free(&columns);
    sqlite3_finalize(row);
    return rc;
}

// -- The page -------------------------------------------------------------------------------------

// Whether it is not the same in all runs.
static bool differs(sweep_page *p, const char *metric)
{
    sqlite3_stmt *row;
    bool found = false;
    if (ns_db_prepare(p->db, "SELECT max(value) > min(value) FROM run_metric WHERE metric = ?1",
                      &row, NULL) != NS_OK)
        return false;
    sqlite3_bind_text(row, 1, metric, -1, SQLITE_STATIC);
    found = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int(row, 0) != 0;
    sqlite3_finalize(row);
    return found;
}

static int pictures(sweep_page *p, const char *config)
{
    cJSON *root = cJSON_Parse(config);
    int keys = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(root, "vary")), rc = NS_OK;
    cJSON_Delete(root);
    if (keys > 2) // no picture shows so many
        return NS_OK;
    ns_page_section(p->page, "pictures", "Pictures");
    for (int i = 0; i < p->count && p->page->pictures < PICTURES && rc == NS_OK; i++) {
        if (!differs(p, p->metrics[i]))
            continue;
        const ns_plot_options options = {.what = "sweep", .metric = p->metrics[i]};
        rc = ns_page_picture(p->page, &options, p->err);
    }
    return rc;
}

static int body(sweep_page *p, const char *const *notes)
{
    ns_buf config = {0};
    int rc = head(p, notes, &config);
    for (int i = 0; i < SHOWN && rc == NS_OK; i++) {
        bool has = false;
        rc = has_metric(p, shown[i], &has);
        if (has)
            p->metrics[p->count++] = shown[i];
    }
    if (rc == NS_OK)
        rc = pictures(p, config.data);
    if (rc == NS_OK)
        rc = table(p);
    if (rc == NS_OK) {
        ns_page_section(p->page, "configuration", "Configuration");
        ns_page_json(p->page, "What is varied", config.data);
        ns_page_end(p->page);
    }
    ns_buf_free(&config);
    return rc;
}

int ns_page_sweep(ns_page *page, const char *const *notes, ns_err *err)
{
    sweep_page p = {.page = page, .err = err};
    int rc = ns_db_open(&p.db, page->db, err);
    if (rc == NS_OK)
        rc = body(&p, notes);
    sqlite3_close(p.db);
    return rc;
}

// The report of one run.
#include <stdio.h>
#include <string.h>

#include "report/format.h"
#include "report/page.h"
#include "report/plot.h"
#include "report/verdict.h"

enum { SLOWEST = 10, DEOPTS = 12, FUNCTIONS = 8 };

typedef struct run_page {
    ns_page *page;
    ns_summary *s;
    ns_run_info info;
    ns_figures figures;
    ns_delay delay;
    int64_t run_id;
    ns_err *err;
} run_page;

static int picture(run_page *p, const char *what, const char *of)
{
    const ns_plot_options options = {.what = what, .run_id = p->run_id, .of = of};
    return ns_page_picture(p->page, &options, p->err);
}

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

static double mib(int64_t bytes)
{
    return (double)bytes / (1024 * 1024);
}

// -- Head -----------------------------------------------------------------------------------------

static void percentile_fact(run_page *p, const char *name, const ns_hist *hist, double percentile)
{
    char time[32], text[40];
    ns_format_time(time, ns_hist_percentile(hist, percentile));
    snprintf(text, sizeof text, "%s%s", time, ns_hist_thin(hist, percentile) ? "*" : "");
    ns_page_fact(p->page, name, text);
}

static void facts(run_page *p)
{
    char text[40];
    ns_buf_str(&p->page->html, "<div class=\"facts\">\n");
    ns_format_time(text, p->figures.virtual_ns);
    ns_page_fact(p->page, "virtual time", text);
    snprintf(text, sizeof text, "%d", p->info.cores);
    ns_page_fact(p->page, p->info.cores == 1 ? "core" : "cores", text);
    if (p->figures.threads > 0) {
        snprintf(text, sizeof text, "%d", p->figures.threads);
        ns_page_fact(p->page, "pool threads", text);
    }
    if (p->s->iterations > 0) {
        snprintf(text, sizeof text, "%.1f%%", 100 * p->figures.utilization);
        ns_page_fact(p->page, "loop utilization", text);
        ns_format_time(text, ns_delay_percentile(&p->delay, 100));
        ns_page_fact(p->page, "longest loop delay", text);
    }
    if (p->s->class_count == 1) {
        percentile_fact(p, "median latency", p->s->classes[0].latency, 50);
        percentile_fact(p, "p99 latency", p->s->classes[0].latency, 99);
    }
    if (p->s->heap.first > 0) {
        snprintf(text, sizeof text, "%.1f MB", mib(p->s->heap.largest));
        ns_page_fact(p->page, "largest heap", text);
    }
    ns_buf_str(&p->page->html, "</div>\n");
}

static void head(run_page *p)
{
    char title[200];
    ns_verdicts verdicts;
    snprintf(title, sizeof title, "%s", p->info.workload);
    ns_page_begin(p->page, title);
    ns_buf_str(&p->page->html, "<p class=\"sub\">A run of nsim: ");
    ns_page_text(p->page, p->info.status);
    ns_buf_printf(&p->page->html, ", exit code %d; seed %llu, profile ", p->info.exit_code,
                  (unsigned long long)p->info.seed);
    ns_page_text(p->page, p->info.profile);
    ns_buf_str(&p->page->html, "</p>\n");
    facts(p);
    ns_verdicts_make(p->s, &p->info, &p->figures, &verdicts);
    ns_page_section(p->page, "stands-out", "What stands out");
    ns_buf_str(&p->page->html, verdicts.count ? "<ul class=\"notes\">\n"
                                              : "<p>Nothing: no cause of delay is large.</p>\n");
    for (int i = 0; i < verdicts.count; i++) {
        ns_buf_str(&p->page->html, "<li>");
        ns_page_text(p->page, verdicts.list[i].text);
        ns_buf_str(&p->page->html, "</li>\n");
    }
    ns_buf_str(&p->page->html, verdicts.count ? "</ul>\n" : "");
}

// -- Requests -------------------------------------------------------------------------------------

static void class_table(run_page *p)
{
    static const double percentiles[] = {50, 90, 99, 100};
    ns_page_table(p->page, "<class|requests|errors|unfinished|p50|p90|p99|max");
    for (int i = 0; i < p->s->class_count; i++) {
        const ns_class_totals *c = &p->s->classes[i];
        ns_page_row(p->page);
        ns_page_cell(p->page, c->cls);
        ns_page_number(p->page, "%lld", (long long)c->count);
        ns_page_number(p->page, "%lld", (long long)c->errors);
        ns_page_number(p->page, "%lld", (long long)c->unfinished);
        for (int k = 0; k < 4; k++)
            ns_page_duration(p->page, ns_hist_percentile(c->latency, percentiles[k]),
                             k < 3 && ns_hist_thin(c->latency, percentiles[k]));
    }
    ns_page_table_end(p->page);
}

static void key_of_parts(run_page *p)
{
    ns_buf_str(&p->page->html, "<div class=\"key\">");
    for (int i = 0; i < NS_PARTS; i++)
        if (ns_summary_waited(p->s, i))
            ns_buf_printf(&p->page->html, "<span><i style=\"background:%s\"></i>%s</span>",
                          ns_part_colours[i], ns_part_names[i]);
    ns_buf_str(&p->page->html, "</div>\n");
}

// Of the part safepoint: what the thread compiled that a collection waited for.
static void safepoint_of(run_page *p, sqlite3_stmt *row)
{
    const char *function = (const char *)sqlite3_column_text(row, 5 + NS_PARTS);
    if (!function)
        return;
    ns_buf_str(&p->page->html, ", garbage collection waiting for a thread that compiled ");
    ns_page_text(p->page, function);
}

static void slow_request(run_page *p, sqlite3_stmt *row)
{
    int64_t latency = sqlite3_column_int64(row, 3);
    const char *cls = (const char *)sqlite3_column_text(row, 1);
    const char *status = (const char *)sqlite3_column_text(row, 4);
    ns_page_row(p->page);
    ns_page_number(p->page, "%lld", (long long)sqlite3_column_int64(row, 0));
    ns_page_cell(p->page, cls ? cls : "");
    ns_page_duration(p->page, sqlite3_column_int64(row, 2), false);
    ns_page_duration(p->page, latency, false);
    ns_page_cell(p->page, status ? status : "");
    ns_buf_str(&p->page->html, "<td class=\"t\"><div class=\"bar\">");
    for (int i = 0; i < NS_PARTS; i++) {
        int64_t part = sqlite3_column_int64(row, 5 + i);
        char time[32];
        ns_format_time(time, part);
        if (part <= 0)
            continue;
        ns_buf_printf(&p->page->html, "<i style=\"width:%.2f%%;background:%s\" title=\"%s %s",
                      share(part, latency), ns_part_colours[i], ns_part_names[i], time);
        if (i == NS_PART_SAFEPOINT)
            safepoint_of(p, row);
        ns_buf_str(&p->page->html, "\"></i>");
    }
    ns_buf_str(&p->page->html, "</div></td>");
}

static int slowest(run_page *p, sqlite3 *db)
{
    sqlite3_stmt *row;
    int step,
        rc = ns_db_prepare(db,
                           "SELECT id, class, arrival_ns, done_ns - arrival_ns AS latency, status,"
                           " loop_wait_ns, own_js_ns, other_js_ns, pool_queue_ns, pool_service_ns,"
                           " device_ns, gc_ns, safepoint_ns, rest_ns,"
                           // of the longest wait
                           " (SELECT g.safepoint_function FROM gc_event g"
                           " WHERE g.run_id = ?1 AND g.start_ns < done_ns"
                           " AND g.start_ns + g.pause_ns > arrival_ns"
                           " AND g.safepoint_function <> ''"
                           " ORDER BY g.to_safepoint_ns + g.after_safepoint_ns DESC LIMIT 1)"
                           " FROM request WHERE run_id = ?1 AND warmup = 0 AND"
                           " status <> 'unfinished' ORDER BY latency DESC, id LIMIT ?2",
                           &row, p->err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, p->run_id);
    sqlite3_bind_int(row, 2, SLOWEST);
    ns_buf_str(&p->page->html, "<h3>Slowest requests</h3>\n");
    key_of_parts(p);
    ns_page_table(p->page, "request|<class|arrived|latency|<status|<made of");
    while ((step = sqlite3_step(row)) == SQLITE_ROW)
        slow_request(p, row);
    ns_page_table_end(p->page);
    if (step != SQLITE_DONE)
        rc = ns_db_fail(db, step, p->err);
    sqlite3_finalize(row);
    return rc;
}

static int requests(run_page *p, sqlite3 *db)
{
    if (p->s->class_count == 0)
        return NS_OK;
    ns_page_section(p->page, "requests", "Requests");
    class_table(p);
    int rc = picture(p, "latency", "request");
    if (rc == NS_OK)
        rc = picture(p, "blame", NULL);
    return rc == NS_OK ? slowest(p, db) : rc;
}

// -- Loop -----------------------------------------------------------------------------------------

static void phase_row(run_page *p, const char *name, int64_t time, const ns_phase_totals *c)
{
    if (time == 0)
        return;
    ns_page_row(p->page);
    ns_page_cell(p->page, name);
    ns_page_duration(p->page, time, false);
    ns_page_number(p->page, "%.1f%%", share(time, p->figures.virtual_ns));
    if (c)
        ns_page_number(p->page, "%lld", (long long)c->count);
    else
        ns_page_number(p->page, "%s", "");
    if (c && c->count > 0)
        ns_page_duration(p->page, c->longest, false);
    else
        ns_page_number(p->page, "%s", "");
}

static void phases(run_page *p)
{
    const ns_summary *s = p->s;
    const ns_phase_totals *c = s->phases;
    ns_page_table(p->page, "<phase|time|share|callbacks|longest");
    phase_row(p, "before the loop", p->figures.before_ns, &c[NS_PHASE_MAIN]);
    phase_row(p, "timers", s->timers_ns, &c[NS_PHASE_TIMERS]);
    phase_row(p, "pending", s->pending_ns, &c[NS_PHASE_PENDING]);
    phase_row(p, "idle, prepare", s->idle_prepare_ns, NULL);
    phase_row(p, "poll, waiting", s->wait_ns, NULL);
    phase_row(p, "poll, callbacks", s->poll_ns, &c[NS_PHASE_POLL]);
    phase_row(p, "check", s->check_ns, &c[NS_PHASE_CHECK]);
    phase_row(p, "closing", s->close_ns, &c[NS_PHASE_CLOSING]);
    phase_row(p, "after the loop", p->figures.after_ns, &c[NS_PHASE_EXIT]);
    ns_page_table_end(p->page);
}

static void callbacks(run_page *p)
{
    if (p->s->top_count == 0)
        return;
    ns_buf_str(&p->page->html, "<h3>Longest callbacks</h3>\n");
    ns_page_table(p->page, "took|CPU|at|<phase|<kind|<function");
    for (int i = 0; i < p->s->top_count; i++) {
        const ns_top_callback *top = &p->s->top[i];
        ns_page_row(p->page);
        ns_page_duration(p->page, top->duration, false);
        ns_page_duration(p->page, top->cpu, false);
        ns_page_duration(p->page, top->start, false);
        ns_page_cell(p->page, ns_phase_name(top->phase));
        ns_page_cell(p->page, top->kind);
        ns_page_place(p->page, top->name, top->script, top->line);
    }
    ns_page_table_end(p->page);
}

static int loop(run_page *p)
{
    if (p->figures.no_rows)
        return NS_OK;
    ns_page_section(p->page, "loop", "Event loop");
    phases(p);
    int rc = picture(p, "loop", NULL);
    if (rc == NS_OK)
        rc = picture(p, "latency", "timer");
    if (rc == NS_OK)
        rc = picture(p, "latency", "measure");
    callbacks(p);
    return rc;
}

// -- Pool -----------------------------------------------------------------------------------------

static void pool_table(run_page *p)
{
    ns_page_table(p->page,
                  "<kind|tasks|queue p50|queue p99|queue max|service p50|service p99|thread time");
    for (int i = 0; i < p->s->kind_count; i++) {
        const ns_task_totals *k = &p->s->kinds[i];
        ns_page_row(p->page);
        ns_page_cell(p->page, k->kind);
        ns_page_number(p->page, "%lld", (long long)k->count);
        ns_page_duration(p->page, ns_hist_percentile(k->queue, 50), ns_hist_thin(k->queue, 50));
        ns_page_duration(p->page, ns_hist_percentile(k->queue, 99), ns_hist_thin(k->queue, 99));
        ns_page_duration(p->page, ns_hist_max(k->queue), false);
        ns_page_duration(p->page, ns_hist_percentile(k->service, 50), ns_hist_thin(k->service, 50));
        ns_page_duration(p->page, ns_hist_percentile(k->service, 99), ns_hist_thin(k->service, 99));
        ns_page_number(p->page, "%.1f%%", share(k->held_ns, p->figures.held_ns));
    }
    ns_page_table_end(p->page);
}

static int pool(run_page *p)
{
    if (p->s->tasks == 0)
        return NS_OK;
    ns_page_section(p->page, "pool", "Thread pool");
    ns_buf_printf(&p->page->html, "<p>%d thread%s, utilization %.1f%%", p->figures.threads,
                  p->figures.threads == 1 ? "" : "s", 100 * p->figures.pool_busy);
    if (p->figures.pool_full >= 0)
        ns_buf_printf(&p->page->html, ", all in use for %.1f%% of the run",
                      100 * p->figures.pool_full);
    ns_buf_str(&p->page->html, ".</p>\n");
    pool_table(p);
    int rc = picture(p, "pool", NULL);
    return rc == NS_OK ? picture(p, "latency", "pool") : rc;
}

// -- Heap and tiers -------------------------------------------------------------------------------

static void gc_row(run_page *p, const char *name, const ns_gc_totals *gc)
{
    if (gc->pauses.count == 0)
        return;
    ns_page_row(p->page);
    ns_page_cell(p->page, name);
    ns_page_number(p->page, "%lld", (long long)gc->pauses.count);
    ns_page_duration(p->page, gc->pauses.total, false);
    ns_page_duration(p->page, gc->pauses.longest, false);
    ns_page_number(p->page, "%.2f%%", share(gc->pauses.total, p->figures.virtual_ns));
    ns_page_number(p->page, "%.1f MB", mib(gc->survived));
    ns_page_number(p->page, "%.1f MB", mib(gc->promoted));
}

static void waits(run_page *p)
{
    const ns_heap_totals *h = &p->s->heap;
    int64_t pauses = p->s->gc[NS_GC_SCAVENGES].pauses.total + p->s->gc[NS_GC_FULL].pauses.total;
    if (!ns_waits_matter(h->waits.total, pauses))
        return;
    ns_buf_str(&p->page->html, "<p>Of the pauses ");
    ns_page_time(p->page, h->waits.total);
    ns_buf_printf(&p->page->html,
                  " waited for threads that compiled, in %lld of them; the longest ",
                  (long long)h->waits.count);
    ns_page_time(p->page, h->waits.longest);
    ns_buf_str(&p->page->html, ", for ");
    ns_page_text(p->page, h->compiled);
    ns_buf_str(&p->page->html, ".</p>\n");
}

static int heap(run_page *p)
{
    const ns_heap_totals *h = &p->s->heap;
    if (h->first == 0)
        return NS_OK;
    ns_page_section(p->page, "heap", "Heap");
    ns_page_table(p->page, "<collection|count|pauses|longest|of the run|survived|promoted");
    gc_row(p, "scavenge", &p->s->gc[NS_GC_SCAVENGES]);
    gc_row(p, "mark-compact", &p->s->gc[NS_GC_FULL]);
    ns_page_table_end(p->page);
    waits(p);
    int rc = picture(p, "gc", NULL);
    if (h->site_count > 0) {
        ns_buf_str(&p->page->html, "<h3>Where it allocates</h3>\n");
        ns_page_table(p->page, "bytes|share|<function");
        for (int i = 0; i < h->site_count; i++) {
            ns_page_row(p->page);
            ns_page_number(p->page, "%.1f MB", mib(h->sites[i].bytes));
            ns_page_number(p->page, "%.1f%%", share(h->sites[i].bytes, h->sampled));
            ns_page_place(p->page, h->sites[i].name, h->sites[i].script, h->sites[i].line);
        }
        ns_page_table_end(p->page);
    }
    return rc;
}

static void functions(run_page *p)
{
    const ns_tiers *t = &p->s->tiers;
    ns_page_table(p->page,
                  t->maglev
                      ? "Ignition|Sparkplug|Maglev|TurboFan|optimized|deopted|<function|<not "
                        "optimized"
                      : "Ignition|Sparkplug|TurboFan|optimized|deopted|<function|<not optimized");
    for (int i = 0; i < t->top_count && i < FUNCTIONS; i++) {
        const ns_tier_function *f = &t->top[i];
        ns_page_row(p->page);
        ns_page_duration(p->page, ns_run_time(f->ignition_ns, p->figures.speed), false);
        ns_page_duration(p->page, ns_run_time(f->sparkplug_ns, p->figures.speed), false);
        if (t->maglev)
            ns_page_duration(p->page, ns_run_time(f->maglev_ns, p->figures.speed), false);
        ns_page_duration(p->page, ns_run_time(f->turbofan_ns, p->figures.speed), false);
        ns_page_number(p->page, "%lld", (long long)f->optimizations);
        ns_page_number(p->page, "%lld", (long long)f->deopts);
        ns_page_place(p->page, f->name, f->script, f->line);
        ns_page_cell(p->page, f->why_not);
    }
    ns_page_table_end(p->page);
}

static void deopts(run_page *p)
{
    const ns_tiers *t = &p->s->tiers;
    if (t->row_count == 0)
        return;
    ns_buf_str(&p->page->html, "<h3>Deoptimizations</h3>\n");
    ns_page_table(p->page, "count|<at|<reason|<what came");
    for (int i = 0; i < t->row_count && i < DEOPTS; i++) {
        ns_page_row(p->page);
        ns_page_number(p->page, "%lld", (long long)t->rows[i].count);
        ns_page_cell(p->page, t->rows[i].site);
        ns_page_cell(p->page, t->rows[i].reason);
        ns_page_cell(p->page, t->rows[i].seen);
    }
    ns_page_table_end(p->page);
}

static int tiers(run_page *p)
{
    if (p->s->tiers.functions == 0)
        return NS_OK;
    ns_page_section(p->page, "tiers", "V8's tiers");
    int rc = picture(p, "tiers", NULL);
    functions(p);
    deopts(p);
    return rc;
}

// -- The page -------------------------------------------------------------------------------------

static void configuration(run_page *p)
{
    ns_page_section(p->page, "configuration", "Configuration");
    ns_buf_printf(
        &p->page->html,
        "<p class=\"muted\">Workload hash %016llx, event digest %016llx, %llu events, %llu "
        "ties. The same workload and seed give the same run.</p>\n",
        (unsigned long long)p->info.hash, (unsigned long long)p->info.digest,
        (unsigned long long)p->info.events, (unsigned long long)p->info.ties);
    ns_page_json(p->page, "Every key, with its defaults", p->info.config_json);
}

static int body(run_page *p)
{
    sqlite3 *db;
    sqlite3_stmt *row = NULL;
    ns_run_info info;
    int rc = ns_db_open(&db, p->page->db, p->err);
    if (rc != NS_OK)
        return rc;
    rc = ns_db_recorded_run(db, &p->run_id, &info, &row, p->err); // which one is the last
    sqlite3_finalize(row);
    head(p);
    if (rc == NS_OK)
        rc = requests(p, db);
    if (rc == NS_OK)
        rc = loop(p);
    if (rc == NS_OK)
        rc = pool(p);
    if (rc == NS_OK)
        rc = heap(p);
    if (rc == NS_OK)
        rc = tiers(p);
    if (rc == NS_OK) {
        configuration(p);
        ns_page_end(p->page);
    }
    sqlite3_close(db);
    return rc;
}

int ns_page_run(ns_page *page, int64_t run_id, ns_err *err)
{
    run_page p = {.page = page, .run_id = run_id, .err = err};
    int rc = ns_summary_new(&p.s, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_summary_load(p.s, &p.info, page->db, run_id, err);
    if (rc == NS_OK)
        rc = ns_figures_make(p.s, &p.info, &p.figures, &p.delay, err);
    if (rc == NS_OK)
        rc = body(&p);
    ns_summary_free(p.s);
    return rc;
}

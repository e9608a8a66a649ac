// The summary as text, for a person at 80 to 100 columns.
#include <stdio.h>
#include <string.h>

#include "report/aggregate.h"
#include "report/format.h"

typedef struct page {
    FILE *out;
    int colour;
} page;

static void heading(page *p, const char *text)
{
    fprintf(p->out, p->colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}

static const char *percentile(char out[48], const ns_hist *hist, double percent)
{
    char text[32];
    ns_format_time(text, ns_hist_percentile(hist, percent));
    snprintf(out, 48, "%s%s", text, ns_hist_thin(hist, percent) ? "*" : "");
    return out;
}

static void print_head(page *p, const ns_run_info *info)
{
    char virtual[32];
    ns_format_time(virtual, info->virtual_ns);
    fprintf(p->out, "%s: %s, exit code %d; %s of virtual time", info->workload, info->status,
            info->exit_code, virtual);
    if (info->host_seconds > 0)
        fprintf(p->out, " in %.2f s", info->host_seconds);
    fprintf(p->out, ", seed %llu\n", (unsigned long long)info->seed);
}

static void print_loop(page *p, const ns_summary *s, const ns_run_info *info)
{
    char a[48], b[48], c[48];
    heading(p, "Event loop");
    double busy = info->virtual_ns ? 1 - (double)info->idle_ns / (double)info->virtual_ns : 0;
    fprintf(p->out, "  %lld iterations, utilization %.1f%%, %lld callbacks\n",
            (long long)s->iterations, busy * 100, (long long)s->callbacks);
    fprintf(p->out, "  delay per iteration   p50 %s   p99 %s   max %s\n",
            percentile(a, s->loop_delay, 50), percentile(b, s->loop_delay, 99),
            percentile(c, s->loop_delay, 100));
    fputs("  time in JavaScript   ", p->out);
    for (int phase = 0; phase < NS_PHASES; phase++) {
        if (!s->phase_count[phase])
            continue;
        ns_format_time(a, s->phase_ns[phase]);
        fprintf(p->out, " %s %s", ns_phase_name((ns_phase)phase), a);
    }
    fputc('\n', p->out);
}

static void print_top(page *p, const ns_summary *s)
{
    if (!s->top_count)
        return;
    heading(p, "Longest callbacks");
    for (int i = 0; i < s->top_count; i++) {
        const ns_top_callback *t = &s->top[i];
        char duration[32], start[32], place[200] = "";
        ns_format_time(duration, t->duration);
        ns_format_time(start, t->start);
        if (t->script[0])
            snprintf(place, sizeof place, t->line ? "%s:%d" : "%s", t->script, t->line);
        fprintf(p->out, "  %9s at %-9s %-9s %-14s %s%s%s\n", duration, start,
                ns_phase_name(t->phase), t->kind, t->name, t->name[0] && place[0] ? " " : "",
                place);
    }
}

static void print_pool(page *p, const ns_summary *s, const ns_run_info *info)
{
    if (!s->tasks)
        return;
    char a[48], b[48], c[48], d[48];
    heading(p, "Thread pool");
    double span = (double)(info->pool_span_ns ? info->pool_span_ns : 1);
    fprintf(p->out, "  %d threads on %d cores, utilization %.0f%%, full for %.0f%% of the run\n",
            info->pool_threads, info->cores,
            100 * (double)info->pool_busy_ns /
                (span * (info->pool_threads ? info->pool_threads : 1)),
            info->virtual_ns ? 100 * (double)info->pool_full_ns / (double)info->virtual_ns : 0.0);
    fprintf(p->out, "  %-8s %8s   %12s %12s   %12s %12s\n", "kind", "tasks", "queue p50",
            "queue p99", "service p50", "service p99");
    for (int i = 0; i < s->kind_count; i++) {
        const ns_task_totals *k = &s->kinds[i];
        fprintf(p->out, "  %-8s %8lld   %12s %12s   %12s %12s\n", k->kind, (long long)k->count,
                percentile(a, k->queue, 50), percentile(b, k->queue, 99),
                percentile(c, k->service, 50), percentile(d, k->service, 99));
    }
}

static void print_requests(page *p, const ns_summary *s)
{
    if (!s->class_count)
        return;
    char a[48], b[48], c[48], d[48];
    heading(p, "Requests");
    fprintf(p->out, "  %-12s %7s %6s   %10s %10s %10s %10s\n", "class", "count", "errors", "p50",
            "p90", "p99", "max");
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *t = &s->classes[i];
        fprintf(p->out, "  %-12s %7lld %6lld   %10s %10s %10s %10s\n", t->cls, (long long)t->count,
                (long long)t->errors, percentile(a, t->latency, 50), percentile(b, t->latency, 90),
                percentile(c, t->latency, 99), percentile(d, t->latency, 100));
    }
    fputs("  where the time went (mean per request):\n", p->out);
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *t = &s->classes[i];
        if (!t->count)
            continue;
        fprintf(p->out, "  %-12s", t->cls);
        for (int part = 0; part < 7; part++) {
            if (!t->parts[part])
                continue;
            ns_format_time(a, t->parts[part] / t->count);
            fprintf(p->out, "  %s %s", ns_part_names[part], a);
        }
        fputc('\n', p->out);
    }
}

static bool any_thin(const ns_summary *s)
{
    bool thin = s->tasks && ns_hist_thin(s->queue, 99);
    thin |= ns_hist_thin(s->loop_delay, 99);
    for (int i = 0; i < s->class_count; i++)
        thin |= ns_hist_thin(s->classes[i].latency, 99);
    return thin;
}

int ns_summary_print(ns_summary *s, const ns_run_info *info, FILE *out, int colour, ns_err *err)
{
    page p = {out, colour};
    char text[4096];
    if (s->failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    print_head(&p, info);
    print_loop(&p, s, info);
    print_top(&p, s);
    print_pool(&p, s, info);
    print_requests(&p, s);
    ns_verdicts(s, info, text, sizeof text);
    if (text[0]) {
        heading(&p, "What to look at");
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            fprintf(out, colour ? "  \033[33m- %s\033[0m\n" : "  - %s\n", line);
    }
    if (any_thin(s))
        fputs("\n* fewer than ten samples lie beyond this percentile\n", out);
    return ferror(out) ? ns_fail(err, NS_EIO, "cannot write the summary") : NS_OK;
}

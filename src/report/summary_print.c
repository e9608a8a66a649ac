// The summary as text, for a person, at 80 to 100 columns.
#include <string.h>

#include "base/buf.h"
#include "report/format.h"
#include "report/verdict.h"

enum { WRAP = 92 };

typedef struct page {
    ns_buf text;
    bool colour, thin;
    const ns_summary *s;
    const ns_run_info *info;
    const ns_figures *f;
} page;

#define BOLD "\033[1m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

static void heading(page *p, const char *text)
{
    ns_buf_printf(&p->text, p->colour ? "\n" BOLD "%s" PLAIN "\n" : "\n%s\n", text);
}

// A duration, right-aligned; thin percentiles are starred, so that columns stay aligned.
static void add_time(page *p, int width, int64_t ns, bool thin)
{
    char text[32];
    ns_format_time(text, ns);
    ns_buf_printf(&p->text, "%*s%c", width, text, thin ? '*' : ' ');
    p->thin |= thin;
}

static void add_percentile(page *p, int width, const ns_hist *hist, double percentile)
{
    add_time(p, width, ns_hist_percentile(hist, percentile),
             percentile < 100 && ns_hist_thin(hist, percentile));
}

static void add_share(page *p, int64_t part, int64_t whole)
{
    ns_buf_printf(&p->text, "%7.1f%%", whole > 0 ? 100 * (double)part / (double)whole : 0.0);
}

static void end_line(page *p)
{
    while (p->text.len > 0 && p->text.data[p->text.len - 1] == ' ')
        p->text.data[--p->text.len] = '\0';
    ns_buf_char(&p->text, '\n');
}

// -- Head and verdicts ----------------------------------------------------------------------------

static void print_head(page *p)
{
    const ns_run_info *info = p->info;
    char time[32];
    ns_format_time(time, p->f->virtual_ns);
    ns_buf_printf(&p->text, p->colour ? BOLD "%s" PLAIN ": %s" : "%s: %s", info->workload,
                  info->status);
    if (strcmp(info->status, "incomplete") == 0)
        ns_buf_str(&p->text, " (nsim was killed: figures are of what was recorded)");
    else
        ns_buf_printf(&p->text, ", exit code %d", info->exit_code);
    ns_buf_printf(&p->text, "\n%s of virtual time", time);
    if (info->host_seconds >= 0)
        ns_buf_printf(&p->text, " in %.2f s", info->host_seconds);
    ns_buf_printf(&p->text, ", %d core%s, seed %llu\n", info->cores, info->cores == 1 ? "" : "s",
                  (unsigned long long)info->seed);
    if (info->drawn)
        ns_buf_printf(&p->text,
                      "%lld requests beyond those of the trace, drawn from its later half.\n",
                      (long long)info->drawn);
    if (p->f->no_rows)
        ns_buf_str(&p->text,
                   "The database has no callbacks, tasks and iterations: record.level was "
                   "summary.\n");
    else if (p->f->sampling < 1)
        ns_buf_printf(&p->text, "Of the callbacks, %g%% were recorded: record.sampling.\n",
                      p->f->sampling * 100);
}

static void add_wrapped(page *p, const char *text)
{
    int column = WRAP;
    for (const char *word = text; *word;) {
        int length = (int)strcspn(word, " ");
        if (column + 1 + length > WRAP) {
            ns_buf_str(&p->text, word == text ? "  - " : "\n    ");
            column = 4;
        } else {
            ns_buf_char(&p->text, ' ');
            column++;
        }
        ns_buf_add(&p->text, word, (size_t)length);
        column += length;
        word += length + (word[length] == ' ');
    }
    ns_buf_char(&p->text, '\n');
}

static void print_verdicts(page *p)
{
    ns_verdicts verdicts;
    ns_verdicts_make(p->s, p->info, p->f, &verdicts);
    if (verdicts.count == 0)
        return;
    heading(p, "What stands out");
    if (p->colour)
        ns_buf_str(&p->text, YELLOW);
    for (int i = 0; i < verdicts.count; i++)
        add_wrapped(p, verdicts.list[i].text);
    if (p->colour)
        ns_buf_str(&p->text, PLAIN);
}

// -- Event loop -----------------------------------------------------------------------------------

static void phase_row(page *p, const char *name, int64_t time, const ns_phase_totals *callbacks)
{
    if (time == 0 && (!callbacks || callbacks->count == 0))
        return;
    ns_buf_printf(&p->text, "  %-20s", name);
    add_time(p, 10, time, false);
    add_share(p, time, p->f->virtual_ns);
    if (callbacks && callbacks->count > 0) {
        ns_buf_printf(&p->text, "%12lld  ", (long long)callbacks->count);
        add_time(p, 10, callbacks->longest, false);
    }
    end_line(p);
}

static void print_phases(page *p)
{
    const ns_summary *s = p->s;
    const ns_phase_totals *c = s->phases;
    ns_buf_printf(&p->text, "\n  %-20s%10s %8s%12s  %10s\n", "phase", "time", "share", "callbacks",
                  "longest");
    phase_row(p, "before the loop", p->f->before_ns, NULL);
    phase_row(p, "  main script", c[NS_PHASE_MAIN].total, &c[NS_PHASE_MAIN]);
    phase_row(p, "timers", s->timers_ns, &c[NS_PHASE_TIMERS]);
    phase_row(p, "pending", s->pending_ns, &c[NS_PHASE_PENDING]);
    ns_phase_totals both = c[NS_PHASE_IDLE];
    both.count += c[NS_PHASE_PREPARE].count;
    if (c[NS_PHASE_PREPARE].longest > both.longest)
        both.longest = c[NS_PHASE_PREPARE].longest;
    phase_row(p, "idle, prepare", s->idle_prepare_ns, &both);
    phase_row(p, "poll, waiting", s->wait_ns, NULL);
    phase_row(p, "poll, callbacks", s->poll_ns, &c[NS_PHASE_POLL]);
    phase_row(p, "check", s->check_ns, &c[NS_PHASE_CHECK]);
    phase_row(p, "closing", s->close_ns, &c[NS_PHASE_CLOSING]);
    phase_row(p, "beforeExit", s->between_ns, NULL);
    phase_row(p, "after the loop", p->f->after_ns, &c[NS_PHASE_EXIT]);
    if (c[NS_PHASE_TICK].count + c[NS_PHASE_MICROTASK].count == 0)
        return;
    ns_buf_str(&p->text, "  in any phase:\n");
    phase_row(p, "  nextTick", c[NS_PHASE_TICK].total, &c[NS_PHASE_TICK]);
    phase_row(p, "  microtasks", c[NS_PHASE_MICROTASK].total, &c[NS_PHASE_MICROTASK]);
}

static void print_loop(page *p, const ns_delay *delay)
{
    static const struct {
        const char *name;
        double percentile;
    } columns[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"max", 100}};
    heading(p, "Event loop");
    if (p->s->iterations == 0)
        ns_buf_str(&p->text, "  the loop never ran\n");
    else
        ns_buf_printf(&p->text, "  %lld iteration%s, utilization %.1f%%\n",
                      (long long)p->s->iterations, p->s->iterations == 1 ? "" : "s",
                      p->f->utilization * 100);
    ns_buf_str(&p->text, "  delay of an event at a random moment:");
    for (int i = 0; i < 4; i++) {
        double at = columns[i].percentile;
        ns_buf_printf(&p->text, "  %s ", columns[i].name);
        add_time(p, 0, ns_delay_percentile(delay, at), at < 100 && ns_delay_thin(delay, at));
    }
    end_line(p);
    print_phases(p);
}

static void add_place(page *p, const ns_top_callback *top)
{
    enum { LONGEST = 44 };
    size_t length = strlen(top->script);
    const char *dots = length > LONGEST ? "..." : "";
    const char *tail = length > LONGEST ? top->script + length - LONGEST + 3 : top->script;
    if (top->script[0])
        ns_buf_printf(&p->text, top->line > 0 ? " (%s%s:%d)" : " (%s%s)", dots, tail, top->line);
}

static void print_top(page *p)
{
    const ns_summary *s = p->s;
    if (s->top_count == 0)
        return;
    heading(p, "Longest callbacks");
    for (int i = 0; i < s->top_count; i++) {
        const ns_top_callback *top = &s->top[i];
        char start[32];
        ns_format_time(start, top->start);
        add_time(p, 11, top->duration, false);
        ns_buf_printf(&p->text, " at %-9s %-9s %s%s%s", start, ns_phase_name(top->phase), top->kind,
                      top->name[0] ? " " : "", top->name);
        add_place(p, top);
        end_line(p);
    }
}

// -- Heap -----------------------------------------------------------------------------------------

static double mib(int64_t bytes)
{
    return (double)bytes / (1024 * 1024);
}

static void gc_row(page *p, const char *name, const ns_gc_totals *gc)
{
    if (gc->pauses.count == 0)
        return;
    ns_buf_printf(&p->text, "  %-14s%9lld  ", name, (long long)gc->pauses.count);
    add_time(p, 10, gc->pauses.total, false);
    add_time(p, 10, gc->pauses.longest, false);
    add_share(p, gc->pauses.total, p->f->virtual_ns);
    add_share(p, gc->survived, gc->allocated + gc->young);
    add_share(p, gc->promoted, gc->allocated + gc->young);
    end_line(p);
}

static void print_sites(page *p)
{
    const ns_heap_totals *heap = &p->s->heap;
    if (heap->site_count == 0)
        return;
    ns_buf_str(&p->text, "\n  where it allocates\n");
    for (int i = 0; i < heap->site_count; i++) {
        const ns_alloc_site *site = &heap->sites[i];
        if (site->bytes * 100 < heap->sampled)
            break; // less than 1%
        ns_buf_printf(&p->text, "  %9.1f MB", mib(site->bytes));
        add_share(p, site->bytes, heap->sampled);
        ns_buf_printf(&p->text, "  %s (%s:%d)\n", site->name[0] ? site->name : "(anonymous)",
                      site->script, (int)site->line);
    }
}

static void print_waits(page *p)
{
    const ns_heap_totals *heap = &p->s->heap;
    int64_t pauses = p->s->gc[NS_GC_SCAVENGES].pauses.total + p->s->gc[NS_GC_FULL].pauses.total;
    if (!ns_waits_matter(heap->waits.total, pauses))
        return;
    char total[32], longest[32];
    ns_format_time(total, heap->waits.total);
    ns_format_time(longest, heap->waits.longest);
    ns_buf_printf(&p->text,
                  "\n  %s of the pauses (%.0f%%) was waiting for threads that compiled, in %lld of "
                  "them;\n  longest %s, for the compilation of `%s`\n",
                  total, 100 * (double)heap->waits.total / (double)pauses,
                  (long long)heap->waits.count, longest, heap->compiled);
}

static void print_heap(page *p)
{
    const ns_summary *s = p->s;
    const ns_heap_totals *heap = &s->heap;
    int64_t allocated = s->gc[NS_GC_SCAVENGES].allocated + s->gc[NS_GC_FULL].allocated;
    if (heap->first == 0)
        return;
    heading(p, "Heap");
    ns_buf_printf(&p->text, "  %.1f MB after the last collection, at most %.1f MB",
                  mib(heap->after_last), mib(heap->largest));
    if (heap->last > heap->first)
        ns_buf_printf(&p->text, "; allocated at %.1f MB/s",
                      mib(allocated) / ((double)(heap->last - heap->first) / 1e9));
    int64_t concurrent = ns_run_time(heap->concurrent_ns, p->f->speed);
    if (concurrent >= NS_US) {
        ns_buf_str(&p->text, "; helper threads ");
        add_time(p, 0, concurrent, false);
    }
    end_line(p);
    ns_buf_printf(&p->text, "\n  %-14s%9s  %10s %10s %8s%8s%8s\n", "", "count", "pauses", "longest",
                  "of run", "survive", "promote");
    gc_row(p, "scavenge", &s->gc[NS_GC_SCAVENGES]);
    gc_row(p, "mark-compact", &s->gc[NS_GC_FULL]);
    print_waits(p);
    print_sites(p);
}

// -- Thread pool and requests ---------------------------------------------------------------------

static void kind_row(page *p, const ns_task_totals *k)
{
    ns_buf_printf(&p->text, "  %-8s%9lld  ", k->kind, (long long)k->count);
    add_percentile(p, 9, k->queue, 50);
    add_percentile(p, 9, k->queue, 99);
    add_percentile(p, 9, k->queue, 100);
    ns_buf_char(&p->text, ' ');
    add_percentile(p, 9, k->service, 50);
    add_percentile(p, 9, k->service, 99);
    ns_buf_char(&p->text, ' ');
    add_share(p, k->held_ns, p->f->held_ns);
    end_line(p);
}

static void print_pool(page *p)
{
    const ns_summary *s = p->s;
    if (s->tasks == 0)
        return;
    heading(p, "Thread pool");
    ns_buf_printf(&p->text, "  %d thread%s, utilization %.1f%%", p->f->threads,
                  p->f->threads == 1 ? "" : "s", p->f->pool_busy * 100);
    if (p->f->pool_full >= 0)
        ns_buf_printf(&p->text, ", full for %.1f%% of the run", p->f->pool_full * 100);
    if (p->f->core_wait_ns >= NS_US) {
        ns_buf_str(&p->text, "; waiting for a core ");
        add_time(p, 0, p->f->core_wait_ns, false);
    }
    end_line(p);
    ns_buf_printf(&p->text, "\n  %-8s%9s  %-30s %-20s %s\n", "", "", "        time in queue",
                  "       service", "thread");
    ns_buf_printf(&p->text, "  %-8s%9s  %9s %9s %9s  %9s %9s  %8s\n", "kind", "tasks", "p50", "p99",
                  "max", "p50", "p99", "time");
    for (int i = 0; i < s->kind_count; i++)
        kind_row(p, &s->kinds[i]);
}

// Few runs wait for compilations, and the others keep the room.
static bool split_has(const ns_summary *s, int part)
{
    return part != NS_PART_SAFEPOINT || ns_summary_waited(s, part);
}

static void print_requests(page *p)
{
    const ns_summary *s = p->s;
    if (s->class_count == 0)
        return;
    heading(p, "Requests");
    ns_buf_printf(&p->text, "  %-14s%8s%8s  %9s %9s %9s %9s\n", "class", "count", "errors", "p50",
                  "p90", "p99", "max");
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *c = &s->classes[i];
        ns_buf_printf(&p->text, "  %-14s%8lld%8lld  ", c->cls, (long long)c->count,
                      (long long)c->errors);
        for (int at = 0; at < 4; at++)
            add_percentile(p, 9, c->latency, ((double[]){50, 90, 99, 100})[at]);
        end_line(p);
    }
    ns_buf_printf(&p->text, "\n  %-13s", "mean split");
    for (int part = 0; part < NS_PARTS; part++)
        if (split_has(s, part))
            ns_buf_printf(&p->text, "%9s ", ns_part_names[part]);
    end_line(p);
    for (int i = 0; i < s->class_count; i++) {
        const ns_class_totals *c = &s->classes[i];
        if (c->count == 0)
            continue;
        ns_buf_printf(&p->text, "  %-13s", c->cls);
        for (int part = 0; part < NS_PARTS; part++)
            if (split_has(s, part))
                add_time(p, 9, c->parts[part] / c->count, false);
        end_line(p);
    }
}

int ns_summary_print(ns_summary *summary, const ns_run_info *info, FILE *out, int style,
                     ns_err *err)
{
    ns_figures figures;
    ns_delay delay;
    int rc = ns_figures_make(summary, info, &figures, &delay, err);
    if (rc != NS_OK)
        return rc;
    page p = {.colour = style & NS_STYLE_COLOUR, .s = summary, .info = info, .f = &figures};
    print_head(&p);
    print_verdicts(&p);
    if (!figures.no_rows) {
        print_loop(&p, &delay);
        print_top(&p);
        print_pool(&p);
    }
    print_heap(&p);
    print_requests(&p);
    if (summary->tiers.functions > 0) {
        heading(&p, "V8's tiers");
        ns_tiers_print(&summary->tiers, figures.speed, &p.text);
    }
    if (p.thin)
        ns_buf_str(&p.text, "\n  * fewer than ten samples lie beyond it\n");
    if (p.text.failed)
        rc = ns_fail(err, NS_ENOMEM, "no memory for the summary");
    else if (fwrite(p.text.data, 1, p.text.len, out) != p.text.len)
        rc = ns_fail(err, NS_EIO, "cannot write the summary");
    ns_buf_free(&p.text);
    return rc;
}

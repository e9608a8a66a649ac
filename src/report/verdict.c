// Plain sentences about what is wrong, each from the data, with its numbers and what to try.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/aggregate.h"
#include "report/format.h"

static void say(char *text, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void say(char *text, size_t size, const char *fmt, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(text + used, size - used, fmt, args);
    va_end(args);
    used = strlen(text);
    if (used + 1 < size)
        memcpy(text + used, "\n", 2);
}

// The API whose tasks waited longest in all.
static const ns_task_name *worst_name(const ns_summary *s)
{
    const ns_task_name *worst = NULL;
    for (int i = 0; i < s->name_count; i++)
        if (!worst || s->names[i].queue_ns > worst->queue_ns)
            worst = &s->names[i];
    return worst;
}

// The kind that held the threads longest.
static const ns_task_totals *holder(const ns_summary *s)
{
    const ns_task_totals *most = NULL;
    for (int i = 0; i < s->kind_count; i++)
        if (!most || s->kinds[i].held_ns > most->held_ns)
            most = &s->kinds[i];
    return most;
}

static void pool_verdict(const ns_summary *s, const ns_run_info *info, char *text, size_t size)
{
    double full = info->virtual_ns ? (double)info->pool_full_ns / (double)info->virtual_ns : 0;
    const ns_task_name *worst = worst_name(s);
    int64_t p99 = ns_hist_percentile(s->queue, 99);
    if (!worst || full < 0.05 || p99 < NS_MS || !worst->count)
        return;
    const ns_task_totals *held = holder(s);
    int64_t cpu = 0, span = 0;
    for (int i = 0; i < s->kind_count; i++) {
        cpu += s->kinds[i].cpu_ns;
        span += s->kinds[i].held_ns;
    }
    bool cpu_bound = cpu > span / 2;
    bool cores_short = info->pool_threads >= info->cores;
    char wait[32];
    ns_format_time(wait, worst->queue_ns / worst->count);
    const char *advice = cpu_bound && cores_short
                             ? "try more cores: the threads compute, and more of them "
                               "than cores only take turns"
                             : NULL;
    char more[96];
    snprintf(more, sizeof more, "try %d threads%s", info->pool_threads * 2,
             cpu_bound ? " or more cores" : "");
    say(text, size,
        "the pool was full for %.0f%% of the run (%s held its threads): %lld %s tasks waited %s on "
        "average; %s",
        full * 100, held->kind, (long long)worst->count, worst->name, wait, advice ? advice : more);
}

static void loop_verdicts(const ns_summary *s, const ns_run_info *info, char *text, size_t size)
{
    char a[32], b[32];
    const ns_top_callback *top = s->top_count ? &s->top[0] : NULL;
    if (top && top->duration >= 50 * NS_MS) {
        ns_format_time(a, top->duration);
        ns_format_time(b, top->cpu);
        say(text, size,
            "%s%s%s:%d held the loop for %s (%s of it on the CPU): nothing else could run "
            "meanwhile; "
            "split it up or move it off the main thread",
            top->name[0] ? top->name : "", top->name[0] ? " at " : "",
            top->script[0] ? top->script : top->kind, top->line, a, b);
    }
    if (s->sync_count && s->sync_ns >= NS_MS && s->sync_ns * 20 >= info->virtual_ns) {
        ns_format_time(a, s->sync_ns);
        ns_format_time(b, s->sync_max);
        say(text, size,
            "%lld synchronous file system calls froze the loop for %s in all, %s at worst; use the "
            "asynchronous forms after start-up",
            (long long)s->sync_count, a, b);
    }
    if (s->longest_tick_run >= 1000) {
        ns_format_time(a, s->longest_tick_run_ns);
        say(text, size,
            "%lld process.nextTick callbacks ran in a row for %s before the loop could go on: "
            "timers and "
            "I/O starved; use setImmediate to yield",
            (long long)s->longest_tick_run, a);
    }
}

void ns_verdicts(const ns_summary *s, const ns_run_info *info, char *text, size_t size)
{
    text[0] = '\0';
    pool_verdict(s, info, text, size);
    loop_verdicts(s, info, text, size);
}

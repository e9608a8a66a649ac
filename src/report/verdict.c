#include "report/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/format.h"
#include "report/reasons.h"

// From where on something is worth a sentence.
#define POOL_FULL_SHARE 0.05         // of the run
#define POOL_WAIT_NS NS_MS           // mean time in queue of an operation
#define CROWDED_RATIO 5              // mean time in queue, as a multiple of the service
#define MAIN_SCRIPT_NS (500 * NS_MS) // loading modules takes time in every program
#define DRAIN_TICKS 1000             // consecutive nextTick callbacks,
#define DRAIN_NS NS_BLOCKING_NS      // or so long with a tenth of them
#define CORE_WAIT_SHARE 0.2          // of the thread time in service
#define CORE_WAIT_NS (10 * NS_MS)
#define SYNC_NS (10 * NS_MS) // one synchronous call, or 5% of the run
#define SYNC_SHARE 0.05
#define SYNC_START_NS (20 * NS_MS) // one call in the main script; loading a module takes less
#define GC_PAUSES_NS (20 * NS_MS)
#define GC_PAUSES_SHARE 0.2    // of the run
#define GC_SURVIVE_SHARE 0.5   // of the young bytes
#define GC_WAIT_NS (5 * NS_MS) // of pauses, for threads that compile
#define GC_WAIT_SHARE 0.25     // of all pauses
#define BUSY_LOOP 0.9
#define BUSY_LOOP_NS NS_SEC // of looping, so that a short program is not called saturated

typedef struct judge {
    const ns_summary *s;
    const ns_run_info *info;
    const ns_figures *f;
    ns_verdicts *out;
} judge;

static void say(judge *j, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void say(judge *j, const char *id, const char *fmt, ...)
{
    if (j->out->count == NS_VERDICTS_MAX)
        return;
    ns_verdict *v = &j->out->list[j->out->count++];
    v->id = id;
    va_list args;
    va_start(args, fmt);
    vsnprintf(v->text, sizeof v->text, fmt, args);
    va_end(args);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

// -- Thread pool ----------------------------------------------------------------------------------

static const ns_task_name *worst_name(const ns_summary *s)
{
    const ns_task_name *worst = NULL;
    for (int i = 0; i < s->name_count; i++)
        if (!worst || s->names[i].queue_ns > worst->queue_ns)
            worst = &s->names[i];
    return worst;
}

static const ns_task_totals *holder(const ns_summary *s)
{
    const ns_task_totals *most = NULL;
    for (int i = 0; i < s->kind_count; i++)
        if (!most || s->kinds[i].held_ns > most->held_ns)
            most = &s->kinds[i];
    return most;
}

// Threads that compute need cores; threads that wait for a device only need to be more.
static void pool_advice(const judge *j, char *out, size_t size)
{
    int threads = j->f->threads, cores = j->info->cores;
    int64_t wait = 0;
    for (int i = 0; i < j->s->kind_count; i++)
        wait += j->s->kinds[i].wait_ns;
    bool computes = wait * 2 < j->f->held_ns;
    if (computes && cores > 0 && threads >= cores)
        snprintf(out, size,
                 "Its tasks compute, and %d thread%s share %d core%s: try more cores, and as many "
                 "threads",
                 threads, plural(threads), cores, plural(cores));
    else if (computes && cores > 0)
        snprintf(out, size, "Try UV_THREADPOOL_SIZE=%d: there are %d cores",
                 threads * 2 < cores ? threads * 2 : cores, cores);
    else
        snprintf(out, size, "Try UV_THREADPOOL_SIZE=%d: its tasks mostly wait for the device",
                 threads * 2);
}

static void judge_pool(judge *j)
{
    const ns_task_name *worst = worst_name(j->s);
    if (!worst || j->f->pool_full < POOL_FULL_SHARE)
        return;
    int64_t mean = worst->queue_ns / worst->count;
    if (mean < POOL_WAIT_NS)
        return;
    char wait[32], advice[160];
    ns_format_time(wait, mean);
    pool_advice(j, advice, sizeof advice);
    say(j, "pool-full",
        "The pool was full for %.0f%% of the run: %lld %s task%s waited %s on average for one of "
        "its %d thread%s. %s.",
        j->f->pool_full * 100, (long long)worst->count, worst->name, plural(worst->count), wait,
        j->f->threads, plural(j->f->threads), advice);
}

// One kind of task waits far longer than it takes, because another kind holds the threads.
static void judge_interference(judge *j)
{
    const ns_task_totals *held = holder(j->s);
    for (int i = 0; i < j->s->kind_count; i++) {
        const ns_task_totals *k = &j->s->kinds[i];
        int64_t ran = k->count - k->cancelled;
        if (k == held || ran == 0 || held->held_ns * 2 < j->f->held_ns)
            continue;
        if (k->queue_ns / ran < POOL_WAIT_NS || k->queue_ns < k->held_ns * CROWDED_RATIO)
            continue;
        char wait[32], service[32];
        ns_format_time(wait, k->queue_ns / ran);
        ns_format_time(service, k->held_ns / ran);
        say(j, "pool-crowded",
            "%lld %s task%s waited %s on average for %s of service: %s held the pool's threads, "
            "%.0f%% of their time in service. Limit how much %s runs at once, or add threads.",
            (long long)ran, k->kind, plural(ran), wait, service, held->kind,
            100 * (double)held->held_ns / (double)j->f->held_ns, held->kind);
    }
}

static void judge_cores(judge *j)
{
    const ns_figures *f = j->f;
    if (f->core_wait_ns < CORE_WAIT_NS ||
        (double)f->core_wait_ns < CORE_WAIT_SHARE * (double)f->held_ns)
        return;
    char wait[32];
    ns_format_time(wait, f->core_wait_ns);
    say(j, "cores-short",
        "Pool threads waited %s for a core, %.0f%% of their time in service: %d thread%s and the "
        "main thread share %d core%s. More cores help here; more threads do not.",
        wait, 100 * (double)f->core_wait_ns / (double)f->held_ns, f->threads, plural(f->threads),
        j->info->cores, plural(j->info->cores));
}

// -- Event loop -----------------------------------------------------------------------------------

static void name_place(const ns_top_callback *top, char *out, size_t size)
{
    const char *name = top->name[0] ? top->name : top->kind;
    if (top->script[0] && top->line > 0)
        snprintf(out, size, "%s (%s:%d)", name, top->script, top->line);
    else if (top->script[0])
        snprintf(out, size, "%s (%s)", name, top->script);
    else
        snprintf(out, size, "%s", name);
}

static const ns_top_callback *longest(const ns_summary *s, bool main)
{
    for (int i = 0; i < s->top_count; i++)
        if ((s->top[i].phase == NS_PHASE_MAIN) == main)
            return &s->top[i];
    return NULL;
}

static void judge_blocking(judge *j)
{
    int64_t count = 0, total = 0;
    for (int phase = 0; phase < NS_PHASES; phase++) {
        if (phase == NS_PHASE_MAIN)
            continue;
        count += j->s->phases[phase].blocking;
        total += j->s->phases[phase].blocking_ns;
    }
    const ns_top_callback *top = longest(j->s, false);
    if (count == 0 || !top)
        return;
    char sum[32], most[32], cpu[32], place[400];
    ns_format_time(sum, total);
    ns_format_time(most, top->duration);
    ns_format_time(cpu, top->cpu);
    name_place(top, place, sizeof place);
    if (count == 1)
        say(j, "loop-blocked",
            "%s blocked the loop for %s, %s of it CPU: no other callback could run. Split the work "
            "up, or move it to a worker thread.",
            place, most, cpu);
    else
        say(j, "loop-blocked",
            "%lld callbacks blocked the loop for 50 ms or more, %s in all; the longest was %s with "
            "%s, %s of it CPU. Split the work up, or move it to a worker thread.",
            (long long)count, sum, place, most, cpu);
}

static void judge_main(judge *j)
{
    const ns_top_callback *top = longest(j->s, true);
    if (!top || top->duration < MAIN_SCRIPT_NS)
        return;
    char time[32], cpu[32];
    ns_format_time(time, top->duration);
    ns_format_time(cpu, top->cpu);
    say(j, "main-script-blocked",
        "The main script ran for %s, %s of it CPU, before the loop began: no timer and no I/O "
        "could run meanwhile. Split the work up, or move it to a worker thread.",
        time, cpu);
}

static void judge_ticks(judge *j)
{
    const ns_drain *d = &j->s->longest_drain;
    int64_t span = d->end - d->start;
    if (d->ticks < DRAIN_TICKS && (d->ticks < DRAIN_TICKS / 10 || span < DRAIN_NS))
        return;
    char time[32];
    ns_format_time(time, span);
    say(j, "tick-starvation",
        "%lld process.nextTick callbacks ran in a row for %s: the loop stood still, and timers and "
        "I/O starved. Use setImmediate, which lets the loop go on in between.",
        (long long)d->ticks, time);
}

static void judge_sync(judge *j)
{
    const ns_call_totals *later = &j->s->sync_later, *start = &j->s->sync_start;
    char total[32], most[32];
    bool share = (double)later->total >= SYNC_SHARE * (double)j->f->virtual_ns;
    if (later->longest >= SYNC_NS || (later->total >= SYNC_NS && share)) {
        ns_format_time(total, later->total);
        ns_format_time(most, later->longest);
        say(j, "sync-fs",
            "%lld synchronous fs call%s froze the loop for %s in all, the longest for %s. Use the "
            "asynchronous forms once the program serves.",
            (long long)later->count, plural(later->count), total, most);
    }
    if (start->longest >= SYNC_START_NS) {
        ns_format_time(total, start->total);
        ns_format_time(most, start->longest);
        say(j, "sync-fs-start",
            "%lld synchronous fs call%s held up the main script for %s, the longest for %s. "
            "Asynchronous ones let other work go on meanwhile.",
            (long long)start->count, plural(start->count), total, most);
    }
}

static void judge_load(judge *j)
{
    const ns_summary *s = j->s;
    if (j->f->utilization < BUSY_LOOP || j->f->virtual_ns - s->loop_start < BUSY_LOOP_NS ||
        ns_hist_percentile(s->event_wait, 50) < NS_MS)
        return;
    char p50[32], p99[32];
    ns_format_time(p50, ns_hist_percentile(s->event_wait, 50));
    ns_format_time(p99, ns_hist_percentile(s->event_wait, 99));
    say(j, "loop-saturated",
        "The main thread was busy for %.0f%% of the time: ready events waited %s (p50) to %s (p99) "
        "for it. One thread can do no more: spend less CPU per event, or run several processes.",
        j->f->utilization * 100, p50, p99);
}

static void judge_waits(judge *j)
{
    const ns_heap_totals *heap = &j->s->heap;
    int64_t pauses = j->s->gc[NS_GC_SCAVENGES].pauses.total + j->s->gc[NS_GC_FULL].pauses.total;
    char total[32], all[32], most[32];
    if (heap->waits.total < GC_WAIT_NS ||
        (double)heap->waits.total < GC_WAIT_SHARE * (double)pauses)
        return;
    ns_format_time(total, heap->waits.total);
    ns_format_time(all, pauses);
    ns_format_time(most, heap->waits.longest);
    say(j, "gc-waits",
        "Garbage collection paused the program for %s, and %s of it was waiting for threads that "
        "compiled, the longest %s for `%s`: they share %d core%s with the main thread. More cores "
        "help, a larger semi-space, or less garbage while the program warms up.",
        all, total, most, heap->compiled, j->info->cores, plural(j->info->cores));
}

// What the program does about the collector: where it allocates most.
static void name_site(const judge *j, char *out, size_t size)
{
    const ns_alloc_site *most = j->s->heap.site_count > 0 ? &j->s->heap.sites[0] : NULL;
    if (most && j->s->heap.sampled > 0)
        snprintf(out, size, " Most was allocated by `%s` (%s:%d), %.0f%%.",
                 most->name[0] ? most->name : "(anonymous)", most->script, (int)most->line,
                 100 * (double)most->bytes / (double)j->s->heap.sampled);
    else
        out[0] = '\0';
}

static void judge_heap(judge *j)
{
    const ns_heap_totals *heap = &j->s->heap;
    const ns_gc_totals *young = &j->s->gc[NS_GC_SCAVENGES];
    int64_t pauses =
        young->pauses.total + j->s->gc[NS_GC_FULL].pauses.total - heap->waits.total; // judge_waits
    char site[420], time[32];
    name_site(j, site, sizeof site);
    if (strcmp(j->info->status, "out of memory") == 0) {
        say(j, "heap-limit",
            "The heap was full: %.0f MB were in use after the last collection.%s Raise the limit "
            "(--max-old-space-size in node.flags), or keep fewer objects alive.",
            (double)heap->after_last / (1 << 20), site);
        return;
    }
    if (pauses < GC_PAUSES_NS || (double)pauses < GC_PAUSES_SHARE * (double)j->f->virtual_ns)
        return;
    int64_t before = young->allocated + young->young;
    bool live = before > 0 && (double)young->survived > GC_SURVIVE_SHARE * (double)before;
    ns_format_time(time, pauses);
    say(j, "gc-pauses", "Garbage collection paused the program for %s, %.0f%% of the run.%s %s",
        time, 100 * (double)pauses / (double)j->f->virtual_ns, site,
        live
            ? "Most of it survives: what is kept is copied, and then marked. Keep less, or keep it "
              "outside of the heap, as in Buffers."
            : "Little of it survives: make fewer objects, or try a larger semi-space "
              "(--max-semi-space-size).");
}

// The deoptimization that came most often, when it makes a loop.
static void judge_deopts(judge *j)
{
    const ns_tiers *tiers = &j->s->tiers;
    const ns_tier_deopt *most = NULL;
    for (int i = 0; i < tiers->row_count; i++)
        if ((!most || tiers->rows[i].count > most->count) &&
            ns_reason_remedy(tiers->rows[i].reason, tiers->rows[i].seen))
            most = &tiers->rows[i];
    if (!most || most->count < NS_TIERS_LOOP)
        return;
    ns_buf hint = {0};
    ns_tiers_hint(tiers, most, &hint);
    say(j, "deopt-loop",
        "`%s` was optimized and deoptimized at %s again and again, %lld times (%s%s%s). To stop "
        "it, %s.",
        ns_tiers_name(tiers, most->function_id), most->site, (long long)most->count, most->reason,
        hint.data ? ": " : "", hint.data ? hint.data : "",
        ns_reason_remedy(most->reason, most->seen));
    ns_buf_free(&hint);
}

static void judge_requests(judge *j)
{
    for (int i = 0; i < j->s->class_count; i++) {
        const ns_class_totals *c = &j->s->classes[i];
        if (c->unfinished + c->errors == 0)
            continue;
        int64_t all = c->count + c->unfinished;
        say(j, "requests-failed",
            "Of %lld %s requests, %lld failed and %lld did not finish before the run ended.",
            (long long)all, c->cls, (long long)c->errors, (long long)c->unfinished);
    }
}

void ns_verdicts_make(const ns_summary *summary, const ns_run_info *info, const ns_figures *figures,
                      ns_verdicts *out)
{
    judge j = {summary, info, figures, out};
    out->count = 0;
    judge_pool(&j);
    judge_interference(&j);
    judge_cores(&j);
    judge_main(&j);
    judge_blocking(&j);
    judge_ticks(&j);
    judge_sync(&j);
    judge_load(&j);
    judge_heap(&j);
    judge_waits(&j);
    judge_deopts(&j);
    judge_requests(&j);
}

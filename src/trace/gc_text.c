#include "trace/gc_text.h"

#include <string.h>

enum { PID = 4242, ISOLATE = 0x5a5a000 };

static double mib(int64_t bytes)
{
    return (double)bytes / (1024 * 1024);
}

static double ms(int64_t ns)
{
    return (double)ns / 1e6;
}

void ns_gc_text(ns_buf *out, const ns_rec_gc_event *e)
{
    bool full = strcmp(e->kind, "scavenge") != 0;
    ns_buf_printf(out, "[%d:0x%x] %8.0f ms: %s %.1f (%.1f) -> %.1f (%.1f) MB, %.2f / 0.00 ms ", PID,
                  ISOLATE, ms(e->start_ns + e->pause_ns), full ? "Mark-Compact" : "Scavenge",
                  mib(e->before_bytes), mib(e->committed_before_bytes), mib(e->after_bytes),
                  mib(e->committed_after_bytes), ms(e->pause_ns));
    if (e->marking_ns > 0)
        ns_buf_printf(out,
                      " (+ %.1f ms in %lld steps since start of marking, biggest step %.1f ms, "
                      "walltime since start of marking %.0f ms)",
                      ms(e->steps_ns), (long long)e->steps, ms(e->longest_step_ns),
                      ms(e->marking_ns));
    ns_buf_printf(out, " (average mu = %.3f, current mu = %.3f) %s; %s\n", e->average_mu,
                  e->current_mu, e->reason, e->detail ? e->detail : "");
}

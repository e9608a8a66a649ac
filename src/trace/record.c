#include "trace/record.h"

#include <assert.h>

const char *ns_phase_name(ns_phase phase)
{
    static const char *const names[NS_PHASES] = {
        "main",  "timers",  "pending", "idle",      "prepare", "poll",
        "check", "closing", "tick",    "microtask", "exit",
    };
    assert(phase < NS_PHASES);
    return names[phase];
}

static void tee_emit(ns_sink *sink, const ns_record *record)
{
    ns_tee *tee = (ns_tee *)sink;
    for (int i = 0; i < tee->count; i++)
        ns_emit(tee->sinks[i], record);
}

void ns_tee_init(ns_tee *tee, ns_sink **sinks, int count)
{
    *tee = (ns_tee){.sink = {tee_emit}, .sinks = sinks, .count = count};
}

#include "node/tracer_private.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

int ns_tracer_new(ns_tracer **out, ns_err *err)
{
    *out = ns_calloc(1, sizeof **out);
    if (!*out)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    (*out)->task = NS_TRACER_NONE;
    (*out)->trace.unsupported = "";
    return NS_OK;
}

void ns_tracer_free(ns_tracer *t)
{
    if (!t)
        return;
    void *const tables[] = {t->sites,        t->spawns,      t->units,         t->requests,
                            t->loop_ends,    t->records,     t->last,          t->strings,
                            t->tree_units,   t->spawn_trees, t->spawn_origins, t->parents,
                            t->string_slots, t->site_slots,  t->firings,       t->compilations};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        ns_free(tables[i]);
    ns_free(t->deaths);
    ns_free(t->garbage.collections);
    tracer_free_heap(t);
    tracer_free_map(&t->timers);
    ns_buf_free(&t->host.ops);
    ns_buf_free(&t->fragment.ops);
    ns_buf_free(&t->ops);
    ns_arena_free(&t->arena);
    ns_free(t);
}

bool tracer_grow(ns_tracer *t, void *table, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? *capacity * 2 : 256;
    void **place = table, *grown = t->failed ? NULL : ns_realloc(*place, wanted * size);
    if (!grown) {
        t->failed = true;
        return false;
    }
    memset((char *)grown + *capacity * size, 0, (wanted - *capacity) * size);
    *place = grown;
    *capacity = wanted;
    return true;
}

void ns_tracer_unsupported(ns_tracer *t, const char *what)
{
    if (t && !*t->trace.unsupported)
        t->trace.unsupported = what;
}

void ns_tracer_status(ns_tracer *t, const char *status, int exit_code)
{
    if (!t)
        return;
    t->trace.status = status;
    t->trace.exit_code = exit_code;
    if (strcmp(status, "interrupted") == 0 || strcmp(status, "limit: host time") == 0)
        ns_tracer_unsupported(t, "was ended from outside");
}

void ns_tracer_pool_threads(ns_tracer *t, int threads)
{
    if (t)
        t->trace.pool_threads = threads;
}

// -- The result -----------------------------------------------------------------------------------

// Units lie in the order in which they were closed; in the trace they lie in their own.
static bool sort_units(ns_tracer *t)
{
    ns_buf sorted = {0};
    for (uint32_t i = 0; i < t->trace.unit_count; i++) {
        ns_nst_unit *unit = &t->units[i];
        size_t offset = sorted.len;
        ns_buf_add(&sorted, t->ops.data + unit->offset, unit->length);
        unit->offset = offset;
    }
    ns_buf_free(&t->ops);
    t->ops = sorted;
    return !sorted.failed;
}

ns_nst *ns_tracer_result(ns_tracer *t)
{
    ns_nst *trace = &t->trace;
    if (!t->finished) {
        t->finished = true;
        ns_tracer_close(t);
        t->failed |= !sort_units(t);
        tracer_sort_deaths(t);
        trace->first_last = trace->record_count;
        for (uint32_t i = 0; i < t->last_count; i++)
            if (tracer_grow(t, &t->records, trace->record_count, &t->record_capacity,
                            sizeof *t->records))
                t->records[trace->record_count++] = t->last[i];
    }
    trace->nsim_version = NSIM_VERSION;
    trace->sites = t->sites;
    trace->spawns = t->spawns;
    trace->units = t->units;
    trace->requests = t->requests;
    trace->loop_ends = t->loop_ends;
    trace->firings = t->firings;
    trace->records = t->records;
    trace->compilations = t->compilations;
    trace->deaths = t->deaths;
    trace->strings = t->strings;
    trace->cohorts = t->cohort + 1;
    trace->ops = (const uint8_t *)t->ops.data;
    trace->ops_size = t->ops.len;
    return t->failed ? NULL : trace;
}

#include "node/heap.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "load/requests.h"
#include "model/jit.h"
#include "node/env_private.h"
#include "node/life.h"
#include "node/performance.h"
#include "node/profiler.h"
#include "node/tracer.h"
#include "trace/gc_text.h"

enum { LAST_EVENTS = 2 };   // that a fatal error shows
enum { NS_TOP_SITES = 32 }; // that are recorded

// The sink of the model: it passes records on, and keeps what the process itself prints.
typedef struct gc_sink {
    ns_sink sink;
    ns_env *env;
    bool trace; // --trace-gc
    ns_buf last[LAST_EVENTS];
    unsigned count;
} gc_sink;

// Where a literal of the heap model is.
typedef struct ns_env_literal {
    uint32_t function, offset;
} ns_env_literal;

struct ns_env_heap {
    ns_heap *model;
    ns_env_literal *literals; // by their number, from 1
    gc_sink sink;
    bool profiled; // by allocation
    bool observed; // that, or traced for a replay
    uint64_t seen; // mark-compacts whose dead were reported to registries
};

// -- Hooks of the engine --------------------------------------------------------------------------

// Who looks at single lives, beside the model.
static void born(ns_env *env, const ns_life *life, uint16_t literal, bool optimized)
{
    if (env->tracer) {
        ns_tracer_page_ends(env->tracer, env->heap);
        ns_tracer_born(env->tracer, env->heap, life, literal, optimized);
        ns_env_ask_point(env);
    }
    if (env->priv->heap->profiled)
        ns_profiler_born(env->profiler, life);
}

static void allocated(void *opaque, ns_life *life, ns_alloc_kind kind, uint64_t count)
{
    ns_env *env = opaque;
    const ns_probe *probe = ns_engine_probe(env->engine);
    ns_heap_literal_allocated(env->heap, life, kind, count, probe->literal,
                              probe->literal_optimized);
    if (!env->priv->heap->observed)
        return;
    // As the model counts them (ns_heap_literal_allocated).
    bool counts = probe->literal_optimized ? kind != NS_ALLOC_BYTECODE
                                           : kind == NS_ALLOC_OBJECT || kind == NS_ALLOC_ARRAY;
    born(env, life, counts ? probe->literal : 0, probe->literal_optimized);
}

static void freed(void *opaque, const ns_life *life, bool held)
{
    ns_env *env = opaque;
    if (!env->priv->heap->observed) {
        ns_heap_freed(env->heap, life, held);
        return;
    }
    if (env->tracer) // what was old itself would not be held where it is young
        ns_tracer_died(env->tracer, life, held && !ns_heap_is_old(env->heap, life));
    ns_heap_freed(env->heap, life, held);
    if (env->priv->heap->profiled)
        ns_profiler_died(env->profiler, life);
}

static bool replaced(void *opaque, ns_life *life, ns_alloc_kind kind, uint64_t count)
{
    ns_env *env = opaque;
    bool old = ns_heap_is_old(env->heap, life);
    ns_life made = {0};
    if (old)
        ns_heap_old_allocated(env->heap, &made, kind, count);
    else
        ns_heap_allocated(env->heap, &made, kind, count);
    if (env->tracer) {
        ns_tracer_page_ends(env->tracer, env->heap);
        ns_tracer_behind(env->tracer, env->heap);
    }
    if (life->words) // what it held is copied: the collection that the new one calls for finds it
        freed(opaque, life, false);
    *life = made;
    if (env->priv->heap->observed)
        born(env, life, 0, false);
    return old;
}

static uint16_t literal(void *opaque, const ns_function *function, uint32_t offset)
{
    ns_env *env = opaque;
    struct ns_env_heap *h = env->priv->heap;
    uint16_t site = ns_heap_new_literal(env->heap);
    if (site == 0)
        return 0;
    ns_env_literal *grown = ns_realloc(h->literals, site * sizeof *grown);
    if (!grown)
        return 0;
    h->literals = grown;
    h->literals[site - 1] = (ns_env_literal){function->id, offset};
    return site;
}

static void moved(void *opaque, uintptr_t from, const ns_life *life)
{
    ns_env *env = opaque;
    if (env->tracer)
        ns_tracer_moved(env->tracer, from, life);
    if (env->priv->heap->profiled)
        ns_profiler_moved(env->profiler, from, life);
}

// A copy of elements is large: it is the array's from now on, or dies at once.
static void copied_large(ns_env *env, ns_life *life, int32_t words, int32_t garbage)
{
    int64_t bytes;
    ns_heap_life(life, &bytes);
    if (words != 0) {
        replaced(env, life, NS_ALLOC_SLOT, (uint64_t)(bytes / 8 + words));
        return;
    }
    ns_life made = {0};
    replaced(env, &made, NS_ALLOC_SLOT, (uint64_t)garbage);
    freed(env, &made, false);
}

static void resized(void *opaque, ns_life *life, int32_t words, int32_t garbage)
{
    ns_env *env = opaque;
    if (garbage > 0 && ns_heap_is_large((int64_t)words + garbage)) {
        copied_large(env, life, words, garbage);
        return;
    }
    if (!env->priv->heap->observed) {
        ns_heap_resized(env->heap, life, words, garbage);
        return;
    }
    int objects = ns_heap_resized(env->heap, life, words, garbage);
    if (env->tracer) {
        ns_tracer_page_ends(env->tracer, env->heap);
        ns_tracer_resized(env->tracer, env->heap, life, words, garbage, objects);
        ns_env_ask_point(env);
    }
    if (env->priv->heap->profiled)
        ns_profiler_born(env->profiler, life);
}

void ns_env_heap_garbage(ns_env *env, uint32_t words)
{
    ns_life none = {0};
    if (env->heap && ns_engine_probe(env->engine)->hooks.resized)
        resized(env, &none, 0, (int32_t)words);
}

// -- What the model asks for ----------------------------------------------------------------------

static void request(void *opaque)
{
    ns_engine_probe(((ns_env *)opaque)->engine)->budget = 0;
}

// For the recorder.
static void found(void *opaque, const ns_life *life)
{
    ns_tracer_garbage(((ns_env *)opaque)->tracer, life);
}

static size_t find_garbage(void *opaque)
{
    return ns_find_garbage(((ns_env *)opaque)->engine, found, opaque);
}

static void find_dead(void *opaque, bool young)
{
    ns_env *env = opaque;
    if (young)
        ns_collect_young(env->engine, env->tracer ? found : NULL, env);
    else
        ns_collect(env->engine);
    ns_tracer_found_dead(env->tracer, !young);
}

static void tenured(void *opaque, uint16_t site)
{
    ns_env *env = opaque;
    const ns_env_literal *of = &env->priv->heap->literals[site - 1];
    ns_tracer_in_collection(env->tracer, true);
    ns_jit_literal_changed(env->jit, of->function, of->offset);
    ns_tracer_in_collection(env->tracer, false);
}

static bool site(void *opaque, uint32_t *function, uint32_t *line)
{
    return ns_probe_site(ns_engine_probe(((ns_env *)opaque)->engine), function, line);
}

static void sampled(void *opaque, int64_t bytes)
{
    ns_profiler_allocated(((ns_env *)opaque)->profiler, bytes);
}

static void collected(void *opaque, const ns_heap_gc *gc)
{
    ns_env *env = opaque;
    ns_gc_kind kind = gc->kind == NS_HEAP_SCAVENGE ? NS_GC_MINOR : NS_GC_MAJOR;
    int64_t boot = ns_env_hrtime_now(env) - ns_sim_now(env->sim);
    ns_performance_gc(env, kind, 0, boot + gc->start, gc->end - gc->start);
    if (env->priv->requests)
        ns_requests_pause(env->priv->requests, gc);
    if (gc->kind != NS_HEAP_MARK_COMPACT)
        return;
    ns_tracer_in_collection(env->tracer, true);
    ns_jit_mark_compact(env->jit, gc->forced);
    ns_tracer_in_collection(env->tracer, false);
}

static void emit(ns_sink *base, const ns_record *record)
{
    gc_sink *sink = (gc_sink *)base;
    if (record->type == NS_REC_GC_EVENT) {
        ns_buf *line = &sink->last[sink->count++ % LAST_EVENTS];
        ns_buf_free(line);
        *line = (ns_buf){0};
        ns_gc_text(line, &record->gc_event);
        if (sink->trace && !line->failed)
            ns_env_output(sink->env, 1, line->data, line->len);
    }
    ns_emit(sink->env->options->sink, record);
}

// -- Life -----------------------------------------------------------------------------------------

static bool has_flag(const ns_env *env, const char *dashed, const char *scored)
{
    for (const char *const *flag = env->workload->flags; flag && *flag; flag++)
        if (strcmp(*flag, dashed) == 0 || strcmp(*flag, scored) == 0)
            return true;
    return false;
}

int ns_env_heap_start(ns_env *env, ns_err *err)
{
    struct ns_env_heap *h = ns_calloc(1, sizeof *h);
    if (!h)
        return ns_fail(err, NS_ENOMEM, "no memory for the heap model");
    env->priv->heap = h;
    h->sink = (gc_sink){.sink = {emit}, .env = env};
    h->profiled = ns_profiler_wants_heap(env->profiler);
    h->sink.trace = has_flag(env, "--trace-gc", "--trace_gc");
    ns_heap_options options = {
        .profile = env->profile,
        .sink = &h->sink.sink,
        .memory = env->workload->machine.memory,
        .flags = env->workload->flags,
        .safepoint = &env->priv->safepoint,
        .request = request,
        .find_dead = find_dead,
        .collected = collected,
        .tenured = tenured,
        .site = site,
        .sampled = h->profiled ? sampled : NULL,
        .opaque = env,
    };
    int rc = ns_heap_new(&h->model, env->sim, env->cpu, &options, err);
    if (rc != NS_OK)
        return rc;
    env->heap = h->model;
    ns_collect(env->engine); // what the bootstrap left is not the program's
    ns_probe *probe = ns_engine_probe(env->engine);
    probe->hooks.allocated = allocated;
    probe->hooks.literal = literal;
    probe->hooks.freed = freed;
    probe->hooks.replaced = replaced;
    probe->hooks.resized = resized;
    ns_tracer_set_find(env->tracer, find_garbage, env);
    h->observed = env->tracer || h->profiled;
    probe->hooks.moved = h->observed ? moved : NULL;
    return NS_OK;
}

static void emit_sites(ns_env *env)
{
    ns_heap_site sites[NS_TOP_SITES];
    const ns_probe *probe = ns_engine_probe(env->engine);
    int count = ns_heap_top_sites(env->heap, sites, NS_TOP_SITES);
    for (int i = 0; i < count; i++) {
        const ns_function *function = ns_probe_function(probe, sites[i].function);
        ns_record row = {
            .type = NS_REC_ALLOC_SITE,
            .alloc_site = {.name = function && function->name ? function->name : "",
                           .script = function && function->script ? function->script : "",
                           .line = (int32_t)sites[i].line,
                           .bytes = sites[i].bytes}};
        ns_emit(&env->priv->record_sink, &row);
    }
}

void ns_env_heap_stop(ns_env *env)
{
    ns_probe *probe = ns_engine_probe(env->engine);
    emit_sites(env);
    probe->hooks.allocated = NULL;
    probe->hooks.literal = NULL;
    probe->hooks.freed = NULL;
    probe->hooks.replaced = NULL;
    probe->hooks.resized = NULL;
    probe->hooks.moved = NULL;
}

void ns_env_heap_free(ns_env *env)
{
    struct ns_env_heap *h = env->priv->heap;
    if (!h)
        return;
    ns_heap_free(h->model);
    ns_free(h->literals);
    for (int i = 0; i < LAST_EVENTS; i++)
        ns_buf_free(&h->sink.last[i]);
    ns_free(h);
}

void ns_env_heap_stats(const ns_env *env, ns_heap_stats *out)
{
    *out = (ns_heap_stats){0};
    if (env->heap)
        ns_heap_get_stats(env->heap, out);
}

// -- Collecting -----------------------------------------------------------------------------------

// V8::FatalProcessOutOfMemory and node::OOMErrorHandler.
static void die(ns_env *env, const char *reason)
{
    const gc_sink *sink = &env->priv->heap->sink;
    ns_buf text = {0};
    ns_buf_str(&text, "\n<--- Last few GCs --->\n\n");
    for (unsigned i = sink->count < LAST_EVENTS ? 0 : sink->count - LAST_EVENTS; i < sink->count;
         i++)
        if (!sink->last[i % LAST_EVENTS].failed)
            ns_buf_str(&text, sink->last[i % LAST_EVENTS].data);
    ns_buf_printf(&text,
                  "\n\n<--- JS stacktrace --->\n\nFATAL ERROR: %s Allocation failed - JavaScript "
                  "heap out of memory\n",
                  reason);
    if (!text.failed)
        ns_env_output(env, 2, text.data, text.len);
    ns_buf_free(&text);
    env->priv->status = "out of memory";
    ns_env_exit(env, 134);
}

static bool check(ns_env *env)
{
    struct ns_env_heap *h = env->priv->heap;
    if (h->seen != ns_heap_mark_compacts(h->model)) {
        h->seen = ns_heap_mark_compacts(h->model);
        ns_env_post_cleanup(env);
    }
    const char *reason = ns_heap_out_of_memory(h->model);
    if (reason && !env->exiting)
        die(env, reason);
    return reason != NULL;
}

// Past the tracer: a replay has faults of its own.
static void charge_faults(ns_env *env)
{
    if (ns_heap_charge_faults(env->heap, env->thread))
        ns_profiler_charged(env->profiler);
}

bool ns_env_heap_collect(ns_env *env)
{
    if (!env->heap)
        return false;
    charge_faults(env);
    if (!ns_heap_due(env->heap))
        return false;
    ns_profiler_gc(env->profiler, true);
    ns_heap_collect(env->heap, env->thread);
    ns_profiler_gc(env->profiler, false);
    return check(env);
}

void ns_env_heap_tasks(ns_env *env, bool drain)
{
    if (!env->heap || env->exiting)
        return;
    ns_tracer_heap_tasks(env->tracer, drain);
    ns_env_heap_collect(env);
    ns_profiler_gc(env->profiler, true);
    ns_heap_run_tasks(env->heap, env->thread, drain);
    ns_profiler_gc(env->profiler, false);
    check(env);
}

void ns_env_heap_collect_all(ns_env *env)
{
    ns_env_sync(env);
    if (!env->heap || !env->priv->running) {
        ns_collect(env->engine);
        ns_env_post_cleanup(env);
        return;
    }
    ns_tracer_collect(env->tracer);
    charge_faults(env);
    ns_profiler_gc(env->profiler, true);
    ns_heap_collect_all(env->heap, env->thread);
    ns_profiler_gc(env->profiler, false);
    check(env);
}

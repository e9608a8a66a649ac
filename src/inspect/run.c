// The program's run: records of the compiler's model are kept, and the engine is looked into at its
// end.
#include <string.h>

#include "base/alloc.h"
#include "engine/inspect.h"
#include "inspect/record.h"
#include "node/node.h"
#include "report/reasons.h"
#include "report/report.h"

typedef struct recorder {
    ns_sink sink;
    const ns_inspect_options *options;
    double speed; // of the cores: records hold CPU demands on one of speed 1
    cJSON *data, *functions, *events, *waits;
    ns_calls *calls;
    bool failed;
} recorder;

bool ns_inspect_is_library(const char *script)
{
    return strncmp(script, "node:", 5) == 0;
}

static void add_time(const recorder *r, cJSON *row, const char *name, int64_t demand)
{
    cJSON_AddNumberToObject(row, name, (double)ns_run_time(demand, r->speed));
}

static void keep_function(const recorder *r, const ns_rec_jit_function *f)
{
    if (!r->options->library && ns_inspect_is_library(f->script))
        return;
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "id", (double)f->id);
    cJSON_AddStringToObject(row, "name", f->name);
    cJSON_AddStringToObject(row, "script", f->script);
    cJSON_AddNumberToObject(row, "line", f->line);
    cJSON_AddNumberToObject(row, "bytecode_size", (double)f->bytecode_size);
    cJSON_AddNumberToObject(row, "calls", (double)f->calls);
    cJSON_AddNumberToObject(row, "back_edges", (double)f->back_edges);
    cJSON_AddStringToObject(row, "tier", f->tier);
    cJSON_AddStringToObject(row, "not_optimized", f->not_optimized);
    cJSON_AddNumberToObject(row, "optimizations", (double)f->optimizations);
    cJSON_AddNumberToObject(row, "deopts", (double)f->deopts);
    add_time(r, row, "ignition_ns", f->ignition_ns);
    add_time(r, row, "sparkplug_ns", f->sparkplug_ns);
    add_time(r, row, "maglev_ns", f->maglev_ns);
    add_time(r, row, "turbofan_ns", f->turbofan_ns);
    cJSON_AddItemToArray(r->functions, row);
}

static void keep_event(const recorder *r, const ns_rec_jit_event *e)
{
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "t_ns", (double)e->t_ns);
    cJSON_AddNumberToObject(row, "function", (double)e->function_id);
    cJSON_AddStringToObject(row, "kind", e->kind);
    cJSON_AddStringToObject(row, "from", e->from_tier);
    cJSON_AddStringToObject(row, "to", e->to_tier);
    cJSON_AddStringToObject(row, "reason", e->reason);
    cJSON_AddStringToObject(row, "site", e->site);
    cJSON_AddStringToObject(row, "detail", e->detail);
    cJSON_AddStringToObject(row, "caller", e->caller);
    const ns_reason *reason = ns_reason_find(e->reason);
    if (reason) {
        cJSON_AddStringToObject(row, "words", reason->words);
        cJSON_AddStringToObject(row, "advice", ns_reason_advice(e->reason, e->detail));
    }
    cJSON_AddNumberToObject(row, "bytecode_offset", e->bytecode_offset);
    cJSON_AddNumberToObject(row, "opt_id", e->opt_id);
    cJSON_AddBoolToObject(row, "osr", e->osr);
    add_time(r, row, "prepare_ns", e->prepare_ns);
    add_time(r, row, "execute_ns", e->execute_ns);
    add_time(r, row, "finalize_ns", e->finalize_ns);
    cJSON_AddItemToArray(r->events, row);
}

// A collection that waited for a thread that compiles.
static void keep_wait(const recorder *r, const ns_rec_gc_event *e)
{
    int64_t waited = e->to_safepoint_ns + e->after_safepoint_ns;
    if (waited == 0)
        return;
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "t_ns", (double)e->start_ns);
    cJSON_AddStringToObject(row, "gc", e->kind);
    cJSON_AddStringToObject(row, "function", e->safepoint_function);
    cJSON_AddNumberToObject(row, "wait_ns", (double)waited);
    cJSON_AddNumberToObject(row, "pause_ns", (double)e->pause_ns);
    cJSON_AddItemToArray(r->waits, row);
}

static void emit(ns_sink *sink, const ns_record *record)
{
    recorder *r = (recorder *)sink;
    if (record->type == NS_REC_JIT_FUNCTION)
        keep_function(r, &record->jit_function);
    else if (record->type == NS_REC_JIT_EVENT)
        keep_event(r, &record->jit_event);
    else if (record->type == NS_REC_GC_EVENT)
        keep_wait(r, &record->gc_event);
}

static void started(void *opaque, ns_engine *engine, int64_t (*now)(void *clock), void *clock)
{
    recorder *r = opaque;
    if (r->options->views[NS_VIEW_MAPS] || r->options->views[NS_VIEW_FEEDBACK])
        ns_inspect_note_shapes(ns_engine_runtime(engine));
    if (!r->options->views[NS_VIEW_CALLS])
        return;
    r->calls = ns_calls_new(ns_engine_probe(engine), r->options->library, now, clock);
    r->failed = !r->calls;
}

static void ended(void *opaque, ns_engine *engine)
{
    recorder *r = opaque;
    const ns_probe *probe = ns_engine_probe(engine);
    bool feedback = r->options->views[NS_VIEW_FEEDBACK];
    if (feedback)
        cJSON_AddItemToObject(r->data, "slots", ns_inspect_slots(probe, r->options->library));
    if (feedback || r->options->views[NS_VIEW_MAPS])
        cJSON_AddItemToObject(r->data, "maps", ns_inspect_maps(ns_engine_runtime(engine), probe));
    if (r->options->views[NS_VIEW_MAPS])
        cJSON_AddItemToObject(r->data, "elements",
                              ns_inspect_kinds(ns_engine_runtime(engine), probe));
    if (r->calls)
        cJSON_AddItemToObject(r->data, "calls", ns_calls_json(r->calls));
    ns_calls_free(r->calls);
    r->calls = NULL;
}

// The program prints to its own streams; here they are those of ns_inspect_options.
static void output(void *opaque, int fd, const char *bytes, size_t len)
{
    const recorder *r = opaque;
    if (r->options->output)
        r->options->output(r->options->opaque, fd, bytes, len);
}

int ns_inspect_run(const ns_workload *workload, const ns_inspect_options *options, cJSON *data,
                   int *exit_code, ns_err *err)
{
    recorder r = {
        .sink = {emit}, .options = options, .speed = workload->machine.speed, .data = data};
    r.functions = cJSON_AddArrayToObject(data, "functions");
    r.events = cJSON_AddArrayToObject(data, "events");
    r.waits = cJSON_AddArrayToObject(data, "waits");
    const ns_node_options node = {
        .sink = &r.sink,
        .output = output,
        .opaque = &r,
        .interrupted = options->interrupted,
        .started = started,
        .ended = ended,
    };
    ns_node_result result = {0};
    int rc = ns_node_run(workload, &node, &result, err);
    ns_calls_free(r.calls);
    if (rc != NS_OK)
        return rc;
    if (r.failed)
        return ns_fail(err, NS_ENOMEM, "no memory for the calls");
    *exit_code = result.exit_code;
    cJSON_AddStringToObject(data, "status", result.status);
    cJSON_AddNumberToObject(data, "virtual_ns", (double)result.virtual_ns);
    return NS_OK;
}

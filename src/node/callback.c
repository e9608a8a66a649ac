// Entering JavaScript from C: node::InternalCallbackScope and MakeCallback (source:
// src/api/callback.cc) and the rows that a run's record keeps of it.
//
// A row is one callback in the reader's sense: what a Timeout, an Immediate, a nextTick, a finished
// request or a drain of microtasks ran. Timeouts, Immediates and ticks are run by Node's own
// JavaScript, many in one entry from C; their rows follow the pushes and pops of async contexts.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "load/requests.h"
#include "node/env_private.h"
#include "node/heap.h"
#include "node/tracer.h"

// What a property of a request of Node's library holds; no getter runs.
static JSValue held_by(ns_env *env, JSValueConst object, JSAtom atom)
{
    JSPropertyDescriptor found;
    if (!JS_IsObject(object) || JS_GetOwnProperty(env->ctx, &found, object, atom) <= 0)
        return JS_UNDEFINED;
    JS_FreeValue(env->ctx, found.getter);
    JS_FreeValue(env->ctx, found.setter);
    return found.value;
}

// The function that a row shows. Node's library completes requests in functions of its own, which
// then call the program's: that is the one that a reader looks for. It is held by the library's
// function, or is the property `callback` of the request or of its `context` (fs.readFile).
static JSValue shown_function(ns_env *env, JSValueConst fn, JSValueConst object)
{
    enum { DEPTH = 2 };
    ns_env_private *p = env->priv;
    JSValueConst own = ns_program_function(env->ctx, fn, DEPTH);
    if (!JS_IsUndefined(own))
        return JS_DupValue(env->ctx, own);
    JSValue context = held_by(env, object, p->atom_context);
    JSValueConst holders[] = {object, context};
    JSValue shown = JS_UNDEFINED;
    for (size_t i = 0; i < sizeof holders / sizeof holders[0] && JS_IsUndefined(shown); i++) {
        JSValue callback = held_by(env, holders[i], p->atom_callback);
        shown = JS_DupValue(env->ctx, ns_program_function(env->ctx, callback, DEPTH));
        JS_FreeValue(env->ctx, callback);
    }
    JS_FreeValue(env->ctx, context);
    return JS_IsUndefined(shown) ? JS_DupValue(env->ctx, fn) : shown;
}

void ns_record_begin(ns_env *env, ns_rec_callback *record, ns_phase phase, const char *kind,
                     JSValueConst fn, JSValueConst object)
{
    ns_env_private *p = env->priv;
    ns_env_sync(env);
    if (p->requests && p->record_depth++ == 0)
        ns_requests_busy(p->requests, true);
    *record = (ns_rec_callback){
        .id = ++p->last_callback_id,
        .phase = phase,
        .kind = kind,
        .name = "",
        .script = "",
        .start_ns = ns_sim_now(env->sim),
        .cpu_ns = -ns_thread_cpu(env->thread),
        .gc_ns = env->heap ? -ns_heap_gc_time(env->heap) : 0,
        .trigger_id = (int64_t)p->id_fields[NS_ID_TRIGGER],
        .async_id = (int64_t)p->id_fields[NS_ID_EXECUTION],
        .request_id = env->request_id,
    };
    int line = 0;
    if (env->options->sink && JS_IsFunction(env->ctx, fn)) {
        JSValue shown = shown_function(env, fn, object);
        if (ns_function_info(env->ctx, shown, &record->name, &record->script, &line))
            record->line = line;
        JS_FreeValue(env->ctx, shown);
    }
    env->callback_id = record->id;
    ns_tracer_row_begin(env->tracer);
}

void ns_record_end(ns_env *env, ns_rec_callback *record)
{
    ns_env_sync(env);
    if (env->priv->requests && --env->priv->record_depth == 0)
        ns_requests_busy(env->priv->requests, false);
    record->end_ns = ns_sim_now(env->sim);
    record->cpu_ns += ns_thread_cpu(env->thread);
    record->gc_ns += env->heap ? ns_heap_gc_time(env->heap) : 0;
    ns_tracer_row_end(env->tracer, record);
    ns_record row = {.type = NS_REC_CALLBACK, .callback = *record};
    ns_emit(env->options->sink, &row);
}

// -- Rows of JavaScript's own resources -----------------------------------------------------------

static const char *resource_kind(ns_env *env, JSValueConst resource, ns_phase *phase, JSValue *fn)
{
    static const struct {
        size_t atom;
        const char *kind;
    } kinds[] = {
        {offsetof(ns_env_private, atom_on_timeout), "Timeout"},
        {offsetof(ns_env_private, atom_on_immediate), "Immediate"},
        {offsetof(ns_env_private, atom_callback), "TickObject"},
    };
    if (!JS_IsObject(resource))
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        JSAtom atom = *(JSAtom *)((char *)env->priv + kinds[i].atom);
        JSPropertyDescriptor found;
        int has = JS_GetOwnProperty(env->ctx, &found, resource, atom);
        if (has <= 0)
            continue;
        *fn = JS_DupValue(env->ctx, found.value);
        JS_FreeValue(env->ctx, found.value);
        JS_FreeValue(env->ctx, found.getter);
        JS_FreeValue(env->ctx, found.setter);
        *phase = i == 2 ? NS_PHASE_TICK : ns_loop_phase(env->loop);
        return kinds[i].kind;
    }
    return NULL;
}

// How long after it was due a Timeout begins; the loop counts in ms.
static void record_lateness(ns_env *env, JSValueConst timeout, int64_t start_ns)
{
    const ns_env_private *p = env->priv;
    if (!env->options->sink)
        return;
    JSValue start = held_by(env, timeout, p->atom_idle_start);
    JSValue after = held_by(env, timeout, p->atom_idle_timeout);
    double from = 0, length = 0;
    bool known = JS_IsNumber(start) && JS_IsNumber(after) &&
                 JS_ToFloat64(env->ctx, &from, start) == 0 &&
                 JS_ToFloat64(env->ctx, &length, after) == 0 && from >= 0 && length >= 0;
    JS_FreeValue(env->ctx, start);
    JS_FreeValue(env->ctx, after);
    int64_t due = ((int64_t)from + (int64_t)length + (int64_t)p->timer_base) * NS_MS;
    ns_record row = {.type = NS_REC_SAMPLE};
    row.sample = (ns_rec_sample){start_ns, "timer.late", (double)(start_ns - due)};
    if (!known)
        return;
    ns_tracer_op(env->tracer, NS_OP_TIMER_LATE);
    ns_emit(env->options->sink, &row);
}

// The atoms under which Timeouts and Immediates keep their ids: symbols of Node's internal/timers,
// which no binding is told of.
static void find_timer_ids(ns_env *env, JSValueConst resource)
{
    ns_env_private *p = env->priv;
    JSPropertyEnum *names = NULL;
    uint32_t count = 0;
    if (JS_GetOwnPropertyNames(env->ctx, &names, &count, resource, JS_GPN_SYMBOL_MASK) < 0)
        return;
    for (uint32_t i = 0; i < count; i++) {
        const char *text = JS_AtomToCString(env->ctx, names[i].atom);
        JSAtom *to = !text                            ? NULL
                     : strcmp(text, "asyncId") == 0   ? &p->atom_timer_id
                     : strcmp(text, "triggerId") == 0 ? &p->atom_timer_trigger
                                                      : NULL;
        if (to && *to == JS_ATOM_NULL)
            *to = JS_DupAtom(env->ctx, names[i].atom);
        JS_FreeCString(env->ctx, text);
        JS_FreeAtom(env->ctx, names[i].atom);
    }
    js_free(env->ctx, names);
}

// The async id of a resource, or (`trigger`) that of what triggered it.
static JSValue id_of(ns_env *env, JSValueConst resource, bool tick, bool trigger)
{
    ns_env_private *p = env->priv;
    ns_symbol symbol = trigger ? NS_SYM_trigger_async_id_symbol : NS_SYM_async_id_symbol;
    if (tick)
        return JS_GetProperty(env->ctx, resource, ns_env_symbol_atom(env, symbol));
    if (p->atom_timer_id == JS_ATOM_NULL)
        find_timer_ids(env, resource);
    JSAtom atom = trigger ? p->atom_timer_trigger : p->atom_timer_id;
    return atom == JS_ATOM_NULL ? JS_UNDEFINED : JS_GetProperty(env->ctx, resource, atom);
}

void ns_rows_push(ns_env *env)
{
    ns_env_private *p = env->priv;
    uint32_t depth = p->hook_fields[NS_HOOK_STACK_LENGTH];
    if (p->row_count && p->rows[p->row_count - 1].depth == depth)
        return; // the same push, seen again
    JSValue resource = JS_GetPropertyUint32(env->ctx, p->resources, depth);
    JSValue fn = JS_UNDEFINED;
    ns_phase phase = NS_PHASE_MAIN;
    const char *kind = resource_kind(env, resource, &phase, &fn);
    if (kind && p->row_count == p->row_capacity) {
        size_t capacity = p->row_capacity ? p->row_capacity * 2 : 16;
        ns_open_row *rows = ns_realloc(p->rows, capacity * sizeof *rows);
        if (rows) {
            p->rows = rows;
            p->row_capacity = capacity;
        }
    }
    if (kind && p->row_count < p->row_capacity) {
        ns_open_row *row = &p->rows[p->row_count++];
        *row = (ns_open_row){
            .depth = depth, .outer_callback = env->callback_id, .outer_request = env->request_id};
        JSValue id = id_of(env, resource, phase == NS_PHASE_TICK, false);
        JSValue trigger = id_of(env, resource, phase == NS_PHASE_TICK, true);
        if (phase != NS_PHASE_TICK)
            ns_tracer_callback(env->tracer, (uintptr_t)JS_VALUE_GET_PTR(resource));
        ns_env_set_request(env, ns_env_request_of(env, id));
        ns_record_begin(env, &row->record, phase, kind, fn, JS_UNDEFINED);
        if (strcmp(kind, "Timeout") == 0)
            record_lateness(env, resource, row->record.start_ns);
        JS_ToInt64(env->ctx, &row->record.async_id, id);
        JS_ToInt64(env->ctx, &row->record.trigger_id, trigger);
        JS_FreeValue(env->ctx, id);
        JS_FreeValue(env->ctx, trigger);
    }
    JS_FreeValue(env->ctx, fn);
    JS_FreeValue(env->ctx, resource);
}

static void close_row(ns_env *env)
{
    ns_env_private *p = env->priv;
    ns_open_row row = p->rows[--p->row_count];
    ns_record_end(env, &row.record);
    env->callback_id = row.outer_callback;
    ns_env_set_request(env, row.outer_request);
}

void ns_rows_pop(ns_env *env)
{
    ns_env_private *p = env->priv;
    uint32_t depth = p->hook_fields[NS_HOOK_STACK_LENGTH];
    if (p->row_count && depth > 0 && p->rows[p->row_count - 1].depth == depth - 1)
        close_row(env);
}

void ns_rows_unwind(ns_env *env, uint32_t depth)
{
    ns_env_private *p = env->priv;
    while (p->row_count && p->rows[p->row_count - 1].depth >= depth)
        close_row(env);
}

// -- Calls ----------------------------------------------------------------------------------------

JSValue ns_call_top(ns_env *env, JSValueConst fn, JSValueConst self, int argc, JSValueConst *argv,
                    bool *failed)
{
    JSValue result = JS_Call(env->ctx, fn, self, argc, argv);
    if (!JS_IsException(result))
        return result;
    *failed = true;
    ns_uncaught(env);
    return JS_UNDEFINED;
}

void ns_drain_microtasks(ns_env *env)
{
    ns_env_private *p = env->priv;
    if (!ns_microtasks_pending(env->ctx) || env->exiting)
        return;
    ns_rec_callback record;
    int64_t outer = env->callback_id, request = env->request_id;
    if (p->running)
        ns_record_begin(env, &record, NS_PHASE_MICROTASK, "Microtasks", JS_UNDEFINED, JS_UNDEFINED);
    while (!env->exiting && ns_run_microtasks(env->ctx) < 0)
        ns_uncaught(env);
    if (p->running)
        ns_record_end(env, &record);
    env->callback_id = outer;
    ns_env_set_request(env, request);
}

void ns_scope_open_ids(ns_scope *scope, ns_env *env, JSValueConst resource, double async_id,
                       double trigger_id, bool skip_hooks)
{
    *scope = (ns_scope){.env = env, .async_id = async_id, .skip_hooks = skip_hooks};
    scope->outermost = env->priv->scope_depth++ == 0;
    if (env->exiting) {
        scope->failed = true;
        return;
    }
    ns_hooks_push(env, async_id, trigger_id, resource);
    scope->pushed = true;
    if (async_id != 0 && !skip_hooks)
        ns_hooks_emit_before(env, async_id);
}

void ns_scope_open(ns_scope *scope, ns_wrap *wrap)
{
    ns_env *env = wrap->env;
    ns_scope_open_ids(scope, env, wrap->object, wrap->async_id, wrap->trigger_async_id, false);
    scope->outer_callback = env->callback_id;
    scope->outer_request = env->request_id;
    ns_env_set_request(env, wrap->request_id);
    ns_record_begin(env, &scope->record, ns_loop_phase(env->loop), ns_provider_name(wrap->provider),
                    JS_UNDEFINED, JS_UNDEFINED);
    scope->recording = true;
}

static void run_ticks(ns_scope *scope)
{
    ns_env *env = scope->env;
    ns_env_private *p = env->priv;
    if (!p->tick_info[NS_TICK_SCHEDULED])
        ns_drain_microtasks(env);
    if (env->exiting || (!p->tick_info[NS_TICK_SCHEDULED] && !p->tick_info[NS_TICK_REJECTION]))
        return;
    JS_FreeValue(env->ctx, ns_call_top(env, p->tick_callback, p->process, 0, NULL, &scope->failed));
}

void ns_scope_close(ns_scope *scope)
{
    ns_env *env = scope->env;
    if (!env->exiting && !scope->failed && scope->async_id != 0 && !scope->skip_hooks)
        ns_hooks_emit_after(env, scope->async_id);
    if (scope->recording) {
        ns_record_end(env, &scope->record);
        env->callback_id = scope->outer_callback;
        ns_env_set_request(env, scope->outer_request);
    }
    // A failed callback's context was popped, with all others, when its exception was handled.
    if (scope->pushed && env->priv->hook_fields[NS_HOOK_STACK_LENGTH] > 0)
        ns_hooks_pop(env, scope->async_id);
    if (!scope->failed && scope->outermost && !env->exiting)
        run_ticks(scope);
    if (scope->outermost && env->priv->running)
        ns_env_heap_tasks(env, false);
    env->priv->scope_depth--;
}

static JSValue make_callback(ns_scope *scope, JSValueConst self, JSValueConst fn, int argc,
                             JSValueConst *argv, bool trampoline)
{
    ns_env *env = scope->env;
    if (!trampoline)
        return ns_call_top(env, fn, self, argc, argv, &scope->failed);
    JSValueConst *full = ns_malloc((size_t)(argc + 3) * sizeof *full);
    if (!full) {
        JS_ThrowOutOfMemory(env->ctx);
        scope->failed = true;
        ns_uncaught(env);
        return JS_UNDEFINED;
    }
    full[0] = JS_NewFloat64(env->ctx, scope->async_id);
    full[1] = self;
    full[2] = fn;
    for (int i = 0; i < argc; i++)
        full[i + 3] = argv[i];
    JSValue result = ns_call_top(env, env->priv->trampoline, self, argc + 3, full, &scope->failed);
    ns_free(full);
    return result;
}

static bool wants_trampoline(const ns_env *env)
{
    const ns_env_private *p = env->priv;
    return !JS_IsUndefined(p->trampoline) &&
           p->hook_fields[NS_HOOK_BEFORE] + p->hook_fields[NS_HOOK_AFTER] +
                   p->hook_fields[NS_HOOK_USES_EXECUTION_RESOURCE] >
               0;
}

JSValue ns_make_callback_ids(ns_env *env, JSValueConst object, JSValueConst fn, int argc,
                             JSValueConst *argv, double async_id, double trigger_id,
                             const char *kind, int64_t request_id)
{
    if (env->exiting)
        return JS_UNDEFINED;
    bool trampoline = wants_trampoline(env);
    ns_scope scope;
    ns_scope_open_ids(&scope, env, object, async_id, trigger_id, trampoline);
    scope.outer_callback = env->callback_id;
    scope.outer_request = env->request_id;
    if (kind) {
        ns_env_set_request(env, request_id);
        ns_record_begin(env, &scope.record, ns_loop_phase(env->loop), kind, fn, object);
        scope.recording = true;
    }
    JSValue result =
        scope.failed ? JS_UNDEFINED : make_callback(&scope, object, fn, argc, argv, trampoline);
    ns_scope_close(&scope);
    return result;
}

JSValue ns_make_callback_as(ns_env *env, JSValueConst object, JSValueConst fn, JSValueConst named,
                            double async_id, const char *kind, int64_t request_id)
{
    bool trampoline = wants_trampoline(env);
    ns_scope scope;
    ns_scope_open_ids(&scope, env, object, async_id, 0, trampoline);
    scope.outer_callback = env->callback_id;
    scope.outer_request = env->request_id;
    ns_env_set_request(env, request_id);
    ns_record_begin(env, &scope.record, ns_loop_phase(env->loop), kind, named, JS_UNDEFINED);
    scope.recording = true;
    JSValue result =
        scope.failed ? JS_UNDEFINED : make_callback(&scope, object, fn, 0, NULL, trampoline);
    ns_scope_close(&scope);
    return result;
}

JSValue ns_make_callback(ns_wrap *wrap, JSValueConst fn, int argc, JSValueConst *argv)
{
    JSValue object = JS_DupValue(wrap->env->ctx, wrap->object);
    ns_env *env = wrap->env;
    JSValue result =
        ns_make_callback_ids(env, object, fn, argc, argv, wrap->async_id, wrap->trigger_async_id,
                             ns_provider_name(wrap->provider), wrap->request_id);
    JS_FreeValue(env->ctx, object);
    return result;
}

JSValue ns_make_callback_name(ns_wrap *wrap, const char *name, int argc, JSValueConst *argv)
{
    ns_env *env = wrap->env;
    if (env->exiting)
        return JS_UNDEFINED;
    JSValue fn = JS_GetPropertyStr(env->ctx, wrap->object, name);
    if (JS_IsException(fn)) {
        ns_uncaught(env);
        return JS_UNDEFINED;
    }
    JSValue result = JS_UNDEFINED;
    if (JS_IsFunction(env->ctx, fn))
        result = ns_make_callback(wrap, fn, argc, argv);
    JS_FreeValue(env->ctx, fn);
    return result;
}

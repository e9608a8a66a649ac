// One simulated process: its making and unmaking, the passing of virtual time, limits, output.
#include "node/env.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "load/requests.h"
#include "model/jit.h"
#include "node/arrivals.h"
#include "node/env_private.h"
#include "node/flags.h"
#include "node/heap.h"
#include "node/life.h"
#include "node/profiler.h"
#include "node/tracer.h"
#include "node/vfs.h"

enum { ps_per_ns = 1000 };

// The simulated machine was booted one hour before the process starts, on 2024-01-01T00:00:00Z.
static const int64_t boot_ns = 3600 * NS_SEC;
static const int64_t start_wall_us = INT64_C(1704067200000000);

ns_env *ns_env_of(JSContext *ctx)
{
    return ns_engine_user(ctx);
}

// -- Time -----------------------------------------------------------------------------------------

void ns_env_charge(ns_env *env, ns_time cpu)
{
    if (!env->priv->running)
        return;
    ns_thread_charge(env->thread, cpu);
    ns_profiler_charged(env->profiler);
    ns_tracer_charge(env->tracer, cpu);
}

void ns_env_sync(ns_env *env)
{
    ns_env_private *p = env->priv;
    ns_probe *probe = ns_engine_probe(env->engine);
    if (!p->running) {
        p->charged_cost = probe->cost;
        return;
    }
    uint64_t ns = (probe->cost - p->charged_cost) / ps_per_ns;
    p->charged_cost += ns * ps_per_ns;
    ns_tracer_sync(env->tracer, (ns_time)ns);
    ns_thread_charge(env->thread, (ns_time)ns);
    ns_thread_sync(env->thread);
}

// A program that polls the clock is as slow as the clock's reading, and the time goes on by it.
static void read_clock(ns_env *env)
{
    ns_env_charge(env, env->priv->clock_read);
    ns_env_sync(env);
}

int64_t ns_env_hrtime(ns_env *env)
{
    read_clock(env);
    return boot_ns + ns_sim_now(env->sim);
}

int64_t ns_env_hrtime_now(const ns_env *env)
{
    return boot_ns + ns_sim_now(env->sim);
}

int64_t ns_env_wall_us(ns_env *env)
{
    read_clock(env);
    return start_wall_us + ns_sim_now(env->sim) / NS_US;
}

static void continuation_changed(JSContext *ctx, int64_t value);

// -- What requests.c asks for ---------------------------------------------------------------------

static void meet_cpu(void *opaque)
{
    ns_env_sync(opaque);
}

static double last_async_id(void *opaque)
{
    return ((const ns_env *)opaque)->priv->id_fields[NS_ID_COUNTER];
}

static int64_t wall_us(void *opaque)
{
    return ns_env_wall_us(opaque);
}

// -- Limits ---------------------------------------------------------------------------------------

static double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// The reason to end the run now, NULL to go on.
static const char *limit_reached(ns_env *env)
{
    const ns_workload *w = env->workload;
    if (env->options->interrupted && *env->options->interrupted)
        return "interrupted";
    const char *limit = ns_machine_limit(&env->priv->machine, w);
    if (limit)
        return limit;
    if (w->limits.host_time > 0 && host_seconds() - env->priv->host_start > w->limits.host_time)
        return "limit: host time";
    return NULL;
}

bool ns_env_check_limits(ns_env *env)
{
    ns_env_private *p = env->priv;
    if (env->exiting)
        return true;
    const char *reason = limit_reached(env);
    if (!reason)
        return false;
    p->status = reason;
    ns_env_exit(env, strcmp(reason, "interrupted") == 0 ? 130 : 3);
    return true;
}

// The recorder's budget: it is spent at once, and no other one is 1.
enum { POINT_BUDGET = 1 };

void ns_env_ask_point(ns_env *env)
{
    ns_probe *probe = ns_engine_probe(env->engine);
    if (!ns_tracer_point_due(env->tracer) || probe->cost >= probe->budget || probe->cost == 0)
        return; // it comes anyway
    env->priv->point_budget = probe->budget;
    probe->budget = POINT_BUDGET;
}

// A stack check for the recorder alone: the run goes on as if there had been none.
static bool only_point(ns_env *env)
{
    ns_probe *probe = ns_engine_probe(env->engine);
    uint64_t budget = env->priv->point_budget;
    env->priv->point_budget = 0;
    if (budget == 0 || probe->budget != POINT_BUDGET || probe->cost >= budget)
        return false;
    probe->budget = budget;
    ns_tracer_point(env->tracer, ns_env_accrued(env));
    return true;
}

static int quantum(void *opaque)
{
    ns_env *env = opaque;
    ns_probe *probe = ns_engine_probe(env->engine);
    if (only_point(env))
        return 0;
    ns_env_sync(env);
    probe->budget = probe->cost + (ns_jit_busy(env->jit) ? env->priv->quantum_cost_compiling
                                                         : env->priv->quantum_cost);
    if (!env->priv->running)
        return 0;
    ns_jit_poll(env->jit);
    ns_tracer_check(env->tracer);
    bool full = ns_env_heap_collect(env);
    return full || ns_env_check_limits(env);
}

// Every so often, while the loop waits, limits are looked at: a program may sleep for ever.
static void watch(ns_sim *sim, ns_event *event)
{
    ns_env *env = event->data;
    if (env->options->progress) {
        ns_sim_stats stats;
        ns_sim_get_stats(sim, &stats);
        env->options->progress(env->options->opaque, ns_sim_now(sim), stats.events);
    }
    if (ns_env_check_limits(env)) {
        ns_thread_wake(env->thread);
        return;
    }
    ns_sim_at(sim, event, ns_machine_next_watch(&env->priv->machine, env->workload),
              NS_CLASS_SAMPLE);
}

// -- Output ---------------------------------------------------------------------------------------

void ns_env_output(ns_env *env, int fd, const char *bytes, size_t len)
{
    if (env->options->output) {
        env->options->output(env->options->opaque, fd, bytes, len);
        return;
    }
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written <= 0)
            return;
        bytes += written;
        len -= (size_t)written;
    }
}

// -- Making and unmaking --------------------------------------------------------------------------

static int make_machine(ns_env *env, ns_thread_fn body, ns_err *err)
{
    ns_machine *m = &env->priv->machine;
    int rc = ns_machine_new(m, env->workload, env->options->sink, body, env, err);
    env->sim = m->sim;
    env->profile = m->profile;
    env->cpu = m->cpu;
    env->disk = m->disk;
    env->thread = m->thread;
    env->loop = m->loop;
    return rc;
}

static int64_t file_clock(void *opaque)
{
    return start_wall_us * NS_US + ns_sim_now(((ns_env *)opaque)->sim);
}

static void file_output(void *opaque, int fd, const char *bytes, size_t len)
{
    ns_env_output(opaque, fd, bytes, len);
}

static void file_forget(void *opaque, uint64_t inode)
{
    ns_env *env = opaque;
    ns_tracer_disk_effect(env->tracer, NS_OP_DISK_FORGET, inode, 0);
    ns_disk_forget(env->disk, inode);
}

static int make_vfs(ns_env *env, ns_err *err)
{
    const ns_workload *w = env->workload;
    ns_vfs_options options = {
        .dir = w->dir,
        .script = w->script,
        .hidden = env->options->database,
        .now = file_clock,
        .output = file_output,
        .forget = file_forget,
        .opaque = env,
        .seed = w->seed,
        .capacity = (int64_t)ns_profile_get(env->profile, "fs.capacity"),
    };
    int status = ns_vfs_new(&env->vfs, &options, err);
    for (int i = 0; !status && i < w->file_count; i++) {
        const ns_file *file = &w->files[i];
        int error = ns_vfs_add(env->vfs, file->path, file->content, file->size, file->fill);
        if (error) {
            ns_fail(err, NS_EINVAL, "cannot be made as %s: %s", file->path, ns_uv_message(error));
            ns_buf key = {0};
            ns_buf_printf(&key, "files.%s", file->key);
            status = ns_workload_blame(w, key.failed ? "files" : key.data, err);
            ns_buf_free(&key);
        }
    }
    if (!status && w->inline_source) {
        const char *script = ns_vfs_main_script(env->vfs);
        int error =
            ns_vfs_add(env->vfs, script, w->inline_source, (int64_t)strlen(w->inline_source), NULL);
        if (error)
            status = ns_fail(err, NS_EINVAL, "script: %s", ns_uv_message(error));
    }
    return status;
}

ns_time ns_env_accrued(void *opaque)
{
    const ns_env *env = opaque;
    const ns_probe *probe = ns_engine_probe(env->engine);
    return (ns_time)((probe->cost - env->priv->charged_cost) / ps_per_ns);
}

ns_time ns_env_thread_now(void *opaque)
{
    ns_env *env = opaque;
    return ns_sim_now(env->sim) + ns_env_accrued(env);
}

static void job_begins(JSContext *ctx, uint32_t origin, uint32_t other)
{
    ns_env *env = ns_env_of(ctx);
    if (env->priv->running)
        ns_tracer_job(env->tracer, origin, other, ns_env_accrued(env));
}

static void job_submitted(void *opaque, const ns_jit_compilation *compilation)
{
    ns_tracer_compilation(((ns_env *)opaque)->tracer, compilation);
}

static void job_installs(void *opaque, uint32_t number, bool begins)
{
    ns_tracer_installs(((ns_env *)opaque)->tracer, number, begins);
}

static void take_shifts(void *opaque)
{
    ns_jit_shifts(((ns_env *)opaque)->jit);
}

static void job_shifted(void *opaque, const ns_jit_shift *shift)
{
    ns_tracer_shift(((ns_env *)opaque)->tracer, shift);
}

// Records of the tiers and of the end: a replay has no other source for them.
static void emit_record(ns_sink *sink, const ns_record *record)
{
    ns_env *env = ns_list_entry(sink, ns_env_private, record_sink)->env;
    ns_tracer_record(env->tracer, record, ns_sim_now(env->sim));
    ns_emit(env->options->sink, record);
}

static int make_engine(ns_env *env, ns_err *err)
{
    ns_env_private *p = env->priv;
    ns_engine_options options = {.seed = env->workload->seed,
                                 .now_us = wall_us,
                                 .opaque = env,
                                 .memory_limit = (size_t)env->workload->limits.memory};
    if (ns_engine_new(&env->engine, &options, err))
        return err->code;
    env->ctx = ns_engine_context(env->engine);
    if (env->tracer) {
        ns_tracer_set_origin(env->tracer, ns_job_origin(env->ctx));
        ns_set_job_hook(env->ctx, job_begins);
    }
    ns_engine_set_user(env->engine, env);
    ns_probe *probe = ns_engine_probe(env->engine);
    uint32_t cost[NS_COST_CLASSES], work[NS_WORK_CLASSES];
    char name[64];
    ns_jit_ignition_costs(env->profile, cost);
    for (int i = 0; i < NS_WORK_CLASSES; i++) {
        snprintf(name, sizeof name, "engine.work.%s", ns_work_name((ns_work_class)i));
        work[i] = (uint32_t)ns_profile_get(env->profile, name);
    }
    ns_probe_set_costs(probe, cost, work);
    probe->hooks.opaque = env;
    probe->hooks.quantum = quantum;
    p->clock_read = ns_profile_ns(env->profile, "node.clock_read");
    p->quantum_cost = (uint64_t)ns_profile_get(env->profile, "node.sync_interval") * ps_per_ns;
    p->quantum_cost_compiling =
        (uint64_t)ns_profile_get(env->profile, "node.sync_interval_compiling") * ps_per_ns;
    probe->budget = UINT64_MAX;
    ns_safepoint_init(&p->safepoint, env->cpu, env->thread, env->profile);
    const ns_jit_options jit = {
        .sim = env->sim,
        .safepoint = &p->safepoint,
        .profile = env->profile,
        .probe = probe,
        .sink = env->options->sink || env->tracer ? &p->record_sink : NULL,
        .flags = env->workload->flags,
        .now = ns_env_thread_now,
        .submitted = env->tracer ? job_submitted : NULL,
        .installs = env->tracer ? job_installs : NULL,
        .shifted = env->tracer ? job_shifted : NULL,
        .opaque = env,
    };
    if (ns_jit_new(&env->jit, &jit, err) != NS_OK)
        return err->code;
    ns_tracer_set_shifts(env->tracer, take_shifts, env);
    return NS_OK;
}

static void init_values(ns_env_private *p)
{
    JSValue *values[] = {
        &p->process,        &p->primordials,   &p->exports,        &p->internal_binding,
        &p->require,        &p->tick_callback, &p->promise_reject, &p->prepare_stack_trace,
        &p->enhance_before, &p->enhance_after};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        *values[i] = JS_UNDEFINED;
}

int ns_env_new(ns_env **out, const ns_workload *workload, const ns_node_options *options,
               ns_thread_fn body, ns_err *err)
{
    ns_env *env = ns_calloc(1, sizeof *env);
    ns_env_private *p = ns_calloc(1, sizeof *p);
    *out = env;
    if (!env || !p) {
        ns_free(p);
        return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    env->priv = p;
    env->tracer = options->tracer;
    p->env = env;
    p->record_sink.emit = emit_record;
    env->workload = workload;
    env->options = options;
    p->host_start = host_seconds();
    p->umask = 022;
    p->time_origin = boot_ns;
    init_values(p);
    int status = ns_flags_check(workload, err);
    if (!status)
        status = make_machine(env, body, err);
    if (!status)
        status = make_vfs(env, err);
    if (!status)
        status = make_engine(env, err);
    if (status)
        return status;
    p->main_script = ns_vfs_main_script(env->vfs);
    p->atom_on_timeout = JS_NewAtom(env->ctx, "_onTimeout");
    p->atom_idle_start = JS_NewAtom(env->ctx, "_idleStart");
    p->atom_idle_timeout = JS_NewAtom(env->ctx, "_idleTimeout");
    p->atom_on_immediate = JS_NewAtom(env->ctx, "_onImmediate");
    p->atom_callback = JS_NewAtom(env->ctx, "callback");
    p->atom_context = JS_NewAtom(env->ctx, "context");
    p->atom_length = JS_NewAtom(env->ctx, "length");
    if (ns_symbols_init(env) < 0 || ns_hooks_init(env) < 0 || ns_timers_init(env) < 0)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (workload->arrival_count) {
        const ns_requests_options requests = {.sim = env->sim,
                                              .sink = options->sink,
                                              .sync = meet_cpu,
                                              .last_async_id = last_async_id,
                                              .opaque = env};
        if (ns_requests_new(&p->requests, &requests) < 0)
            return ns_fail(err, NS_ENOMEM, "out of memory");
        ns_set_continuation_hook(env->ctx, continuation_changed);
    }
    ns_event_init(&p->watch, watch, env);
    ns_sim_at(env->sim, &p->watch, ns_machine_next_watch(&env->priv->machine, env->workload),
              NS_CLASS_SAMPLE);
    return NS_OK;
}

static void free_engine(ns_env *env)
{
    ns_env_private *p = env->priv;
    env->exiting = true;
    for (int i = 0; i < p->cleanup_count; i++)
        p->cleanups[i].fn(env, p->cleanups[i].data);
    ns_free(p->cleanups);
    for (ns_wrap *wrap = p->wraps, *next; wrap; wrap = next) {
        next = wrap->next;
        if (wrap->held) {
            ns_wrap_release(wrap);
            next = p->wraps; // one release may free several
        }
    }
    JSValue values[] = {
        p->process,        p->primordials,   p->exports,        p->internal_binding,
        p->require,        p->tick_callback, p->promise_reject, p->prepare_stack_trace,
        p->enhance_before, p->enhance_after};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        JS_FreeValue(env->ctx, values[i]);
    ns_hooks_free(env);
    ns_timers_free(env);
    ns_symbols_free(env);
    JSAtom atoms[] = {p->atom_idle_start,   p->atom_idle_timeout, p->atom_on_timeout,
                      p->atom_on_immediate, p->atom_callback,     p->atom_context,
                      p->atom_length,       p->atom_timer_id,     p->atom_timer_trigger};
    for (size_t i = 0; i < sizeof atoms / sizeof atoms[0]; i++)
        JS_FreeAtom(env->ctx, atoms[i]);
}

void ns_env_free(ns_env *env)
{
    if (!env)
        return;
    ns_env_private *p = env->priv;
    if (p && env->engine) {
        if (env->ctx)
            free_engine(env);
        ns_jit_free(env->jit);
        ns_engine_free(env->engine);
    }
    if (p)
        ns_env_heap_free(env);
    ns_profiler_free(env->profiler);
    if (p) {
        ns_arrivals_free(p->arrivals);
        ns_requests_free(p->requests);
    }
    ns_pool_free(env->pool);
    ns_vfs_free(env->vfs);
    if (p) {
        ns_machine_free(&p->machine);
        for (size_t i = 0; i < p->retired_count; i++)
            ns_free(p->retired[i]);
        ns_free(p->retired);
        ns_free(p->destroy_ids);
        ns_free(p->rows);
        for (int i = 0; i < p->class_count; i++)
            ns_free(p->classes[i]);
        ns_free(p->classes);
        ns_free(p->modules);
    }
    ns_free(env->fs);
    ns_free(p);
    ns_free(env);
}

int ns_env_at_exit(ns_env *env, void (*fn)(ns_env *env, void *data), void *data)
{
    ns_env_private *p = env->priv;
    ns_cleanup *grown = ns_realloc(p->cleanups, (size_t)(p->cleanup_count + 1) * sizeof *grown);
    if (!grown)
        return -1;
    p->cleanups = grown;
    grown[p->cleanup_count++] = (ns_cleanup){fn, data};
    return 0;
}

// -- Requests -------------------------------------------------------------------------------------

void ns_env_set_request(ns_env *env, int64_t request_id)
{
    ns_env_private *p = env->priv;
    if (p->requests && p->running) {
        ns_requests_switch(p->requests, request_id);
        ns_tracer_switch(env->tracer, request_id);
    }
    env->request_id = request_id;
    int64_t *continuation = p->requests ? ns_continuation(env->ctx) : NULL;
    if (continuation)
        *continuation = request_id;
}

int64_t ns_env_request_of(ns_env *env, JSValueConst async_id)
{
    double id = 0;
    if (!env->priv->requests || JS_ToFloat64(env->ctx, &id, async_id) < 0)
        return 0;
    return ns_requests_of_async_id(env->priv->requests, id);
}

static void continuation_changed(JSContext *ctx, int64_t value)
{
    ns_env_set_request(ns_env_of(ctx), value);
}

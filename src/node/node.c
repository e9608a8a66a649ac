// The life of a process: bootstrap, main script, event loop, beforeExit, exit (source: node's
// src/api/embed_helpers.cc, api/hooks.cc).
#include "node/node.h"
#include "model/jit.h"

#include <string.h>

#include "load/machine.h"
#include "load/requests.h"
#include "node/arrivals.h"
#include "node/env_private.h"
#include "node/flags.h"
#include "node/heap.h"
#include "node/life.h"
#include "node/performance.h"
#include "node/profiler.h"
#include "node/tracer.h"

static void set_stack(ns_env *env)
{
    char *low, *high;
    ns_coro_stack(ns_thread_coro(env->thread), &low, &high);
    ns_engine_set_stack(env->engine, low, high);
}

// The loop has nothing to do. Whether it goes on.
static bool loop_ended(ns_env *env)
{
    ns_env_heap_tasks(env, true);
    if (ns_loop_alive(env->loop))
        return true;
    ns_hooks_run_destroys(env);
    return ns_process_emit(env, "beforeExit", ns_env_exit_code(env, 0)) == 0 &&
           ns_loop_alive(env->loop);
}

static void spin(ns_env *env)
{
    bool more = true;
    ns_performance_mark(env, NS_MILESTONE_LOOP_START);
    ns_tracer_close(env->tracer);
    while (more && !env->exiting) {
        ns_loop_run(env->loop, NS_RUN_DEFAULT);
        if (env->exiting)
            return;
        ns_tracer_open_loop_end(env->tracer);
        more = loop_ended(env);
        ns_tracer_close(env->tracer);
    }
    ns_tracer_open_final(env->tracer);
    ns_performance_mark(env, NS_MILESTONE_LOOP_EXIT);
}

static void exit_normally(ns_env *env)
{
    ns_env_private *p = env->priv;
    p->exit_info[NS_EXIT_EXITING] = 1;
    if (ns_process_emit(env, "exit", ns_env_exit_code(env, 0)) == 0 && !env->exiting)
        env->exit_code = ns_env_exit_code(env, 0);
}

// What a pending exception of the bootstrap says: it is a defect of nsim.
static void bootstrap_failed(ns_env *env)
{
    JSContext *ctx = env->ctx;
    JSValue error = JS_GetException(ctx);
    JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
    const char *text = JS_ToCString(ctx, error);
    const char *where = JS_ToCString(ctx, stack);
    ns_fail(&env->priv->error, NS_EINTERNAL, "node's bootstrap failed: %s\n%s", text ? text : "?",
            where ? where : "");
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, where);
    JS_FreeValue(ctx, stack);
    JS_FreeValue(ctx, error);
}

static void body(ns_thread *thread, void *arg)
{
    ns_env *env = arg;
    ns_env_private *p = env->priv;
    set_stack(env);
    if (ns_bootstrap(env) < 0) {
        bootstrap_failed(env);
    } else {
        ns_probe *probe = ns_engine_probe(env->engine);
        p->charged_cost = probe->cost;
        if (ns_profiler_start(&env->profiler, env, &p->error) != NS_OK) {
            p->finished = true;
            ns_sim_stop(env->sim);
            return;
        }
        if (ns_env_heap_start(env, &p->error) != NS_OK) {
            p->finished = true;
            ns_sim_stop(env->sim);
            return;
        }
        p->charged_cost = probe->cost;
        probe->budget = probe->cost + p->quantum_cost;
        if (ns_jit_start(env->jit, &p->error) != NS_OK) {
            p->finished = true;
            ns_sim_stop(env->sim);
            return;
        }
        p->running = true;
        if (env->options->started)
            env->options->started(env->options->opaque, env->engine, ns_env_thread_now, env);
        ns_tracer_open_main(env->tracer);
        // The real node starts from a snapshot: its bootstrap costs what the profile says.
        ns_env_charge(env, ns_profile_ns(env->profile, "node.bootstrap"));
        if (ns_run_main(env) == 0 && ns_arrivals_start(&p->arrivals, env, &p->error) == 0)
            spin(env);
        ns_tracer_open_final(env->tracer);
        if (!env->exiting)
            exit_normally(env);
        ns_env_sync(env);
        ns_heap_emit_samples(env->heap);
        ns_profiler_finish(env->profiler, p->error.code ? NULL : &p->error);
        ns_jit_finish(env->jit);
        if (p->requests)
            ns_requests_finish(p->requests);
        if (env->options->ended)
            env->options->ended(env->options->opaque, env->engine);
        ns_tracer_last_garbage(env->tracer);
        ns_tracer_close(env->tracer);
        p->running = false;
        ns_env_heap_stop(env);
    }
    p->finished = true;
    ns_sim_stop(env->sim);
}

int ns_node_check(const ns_workload *workload, ns_err *err)
{
    ns_profile *profile = NULL;
    int rc = ns_flags_check(workload, err);
    if (rc == NS_OK)
        rc = ns_machine_profile(&profile, workload, err);
    ns_profile_free(profile);
    return rc;
}

int ns_node_run(const ns_workload *workload, const ns_node_options *options, ns_node_result *result,
                ns_err *err)
{
    ns_env *env;
    int status = ns_env_new(&env, workload, options, body, err);
    if (!status) {
        ns_thread_start(env->thread);
        ns_sim_run(env->sim, NS_NEVER - 1);
        ns_env_private *p = env->priv;
        *result =
            (ns_node_result){.exit_code = env->exit_code, .status = p->status ? p->status : "ok"};
        ns_machine_result(&p->machine, env->pool, result);
        ns_tracer_status(env->tracer, result->status, result->exit_code);
        if (p->error.code) {
            *err = p->error;
            status = err->code;
        } else if (!p->finished) {
            status =
                ns_fail(err, NS_EINTERNAL, "the main thread never ended: the simulation ran dry");
        }
    }
    ns_env_free(env);
    return status;
}

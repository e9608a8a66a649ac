#include "replay/replay.h"

#include <string.h>

#include "base/alloc.h"
#include "replay/replay_private.h"

// -- The end --------------------------------------------------------------------------------------

void replay_exit(ns_replay *r, int code, const char *status)
{
    if (r->exiting)
        return;
    r->exiting = true;
    r->exit_code = code;
    if (*status)
        r->status = status;
    ns_loop_stop(r->machine.loop);
}

void replay_no_memory(ns_replay *r)
{
    if (!r->error.code)
        ns_fail(&r->error, NS_ENOMEM, "out of memory");
    replay_exit(r, 1, "");
}

bool replay_check_limits(ns_replay *r)
{
    if (r->exiting)
        return true;
    bool interrupted = r->options.interrupted && *r->options.interrupted;
    const char *limit = interrupted ? "interrupted" : ns_machine_limit(&r->machine, r->workload);
    if (limit)
        replay_exit(r, interrupted ? 130 : 3, limit);
    return limit != NULL;
}

static void watch(ns_sim *sim, ns_event *event)
{
    ns_replay *r = event->data;
    if (replay_check_limits(r)) {
        ns_thread_wake(r->machine.thread);
        return;
    }
    if (ns_sim_idle(sim) && !r->workload->limits.virtual_time) {
        ns_fail(&r->error, NS_EINVAL,
                "the replay waits at %.3f s for what never comes: make a full run (nsim run)",
                (double)ns_sim_now(sim) / (double)NS_SEC);
        ns_sim_stop(sim);
        return;
    }
    ns_sim_at(sim, event, ns_machine_next_watch(&r->machine, r->workload), NS_CLASS_SAMPLE);
}

// -- The process ----------------------------------------------------------------------------------

static void spin(ns_replay *r)
{
    const ns_nst *t = r->trace;
    uint32_t ends = 0;
    bool more = true;
    while (more && !r->exiting) {
        ns_loop_run(r->machine.loop, NS_RUN_DEFAULT);
        if (r->exiting)
            return;
        if (ends < t->loop_end_count)
            replay_run(r, &r->trees[0], t->loop_ends[ends++]);
        else
            replay_tasks(r, true);
        more = ns_loop_alive(r->machine.loop);
    }
}

static void emit_last(ns_replay *r)
{
    for (uint32_t i = r->trace->first_last; i < r->trace->record_count; i++) {
        ns_record record = r->trace->records[i];
        if (record.type == NS_REC_SAMPLE)
            record.sample.t_ns = ns_sim_now(r->machine.sim);
        ns_emit(r->options.sink, &record);
    }
}

static void body(ns_thread *thread, void *arg)
{
    ns_replay *r = arg;
    const ns_nst *t = r->trace;
    replay_run(r, &r->trees[0], 0);
    spin(r);
    if (t->final_unit)
        replay_run(r, &r->trees[0], t->final_unit - 1);
    ns_thread_sync(thread);
    ns_heap_emit_samples(r->heap);
    if (r->requests)
        ns_requests_finish(r->requests);
    emit_last(r);
    r->finished = true;
    ns_sim_stop(r->machine.sim);
}

// -- Requests -------------------------------------------------------------------------------------

void replay_deliver(void *opaque, const ns_load_request *request)
{
    ns_replay *r = opaque;
    if (r->exiting)
        return;
    ns_request_start(r->requests, request->id);
    int cls = request->cls;
    uint32_t number =
        request->order < (int64_t)r->class_counts[cls] ? r->classes[cls][request->order] : 0;
    replay_tree *tree = number ? &r->trees[number] : replay_draw(r, request);
    if (!tree) {
        if (!r->error.code)
            ns_fail(
                &r->error, NS_EINVAL,
                "arrivals.%s: the trace has %u requests of this class, none of which ended, and "
                "the replay needs more: record a longer run",
                r->workload->arrivals[cls].name, r->class_counts[cls]);
        replay_exit(r, 2, "");
        return;
    }
    tree->request = request->id;
    replay_run(r, tree, r->trace->requests[tree->number - 1].unit - 1);
    replay_release(tree);
}

static void sync(void *opaque)
{
    ns_thread_sync(((ns_replay *)opaque)->machine.thread);
}

static int index_requests(ns_replay *r, ns_err *err)
{
    const ns_nst *t = r->trace;
    size_t classes = (size_t)r->workload->arrival_count;
    r->classes = ns_calloc(classes + 1, sizeof *r->classes);
    r->class_counts = ns_calloc(classes + 1, sizeof *r->class_counts);
    if (!r->classes || !r->class_counts)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < t->request_count; i++)
        if (t->requests[i].cls < classes && t->requests[i].unit &&
            t->requests[i].order >= r->class_counts[t->requests[i].cls])
            r->class_counts[t->requests[i].cls] = t->requests[i].order + 1;
    for (size_t i = 0; i < classes; i++) {
        r->classes[i] = ns_calloc(r->class_counts[i] + 1, sizeof *r->classes[i]);
        if (!r->classes[i])
            return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < t->request_count; i++)
        if (t->requests[i].cls < classes && t->requests[i].unit)
            r->classes[t->requests[i].cls][t->requests[i].order] = i + 1;
    const ns_requests_options options = {
        .sim = r->machine.sim, .sink = r->options.sink, .sync = sync, .opaque = r};
    if (classes && ns_requests_new(&r->requests, &options) < 0)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    return NS_OK;
}

// -- Making and unmaking --------------------------------------------------------------------------

static int make(ns_replay *r, ns_err *err)
{
    const ns_nst *t = r->trace;
    int rc = ns_machine_new(&r->machine, r->workload, r->options.sink, body, r, err);
    if (rc != NS_OK)
        return rc;
    ns_safepoint_init(&r->safepoint, r->machine.cpu, r->machine.thread, r->machine.profile);
    r->trees = ns_calloc((size_t)t->request_count + 1, sizeof *r->trees);
    r->cohorts = ns_calloc((size_t)t->cohorts + 1, sizeof *r->cohorts);
    r->done = ns_calloc(t->unit_count, sizeof *r->done);
    r->waits = ns_calloc(t->unit_count, sizeof(replay_wait *));
    if (!r->trees || !r->cohorts || !r->done || !r->waits)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    for (uint32_t i = 0; i <= t->request_count; i++)
        r->trees[i] = (replay_tree){.replay = r, .number = i};
    replay_immediates_start(r);
    rc = replay_timers_start(r, err);
    if (rc == NS_OK)
        rc = index_requests(r, err);
    if (rc == NS_OK)
        rc = replay_copies_start(r, err);
    if (rc == NS_OK)
        rc = replay_heap_start(r, err);
    if (rc == NS_OK)
        rc = replay_tierups_start(r, err);
    if (rc != NS_OK)
        return rc;
    ns_event_init(&r->watch, watch, r);
    ns_sim_at(r->machine.sim, &r->watch, ns_machine_next_watch(&r->machine, r->workload),
              NS_CLASS_SAMPLE);
    return NS_OK;
}

static void unmake(ns_replay *r)
{
    ns_load_free(r->load);
    ns_requests_free(r->requests);
    replay_tierups_free(r);
    replay_immediates_free(r);
    replay_timers_free(r);
    replay_copies_free(r);
    replay_heap_free(r);
    ns_pool_free(r->pool);
    ns_machine_free(&r->machine);
    for (replay_task *block = r->tasks, *next; block; block = next) {
        next = block->next;
        ns_free(block);
    }
    for (uint32_t i = 0; r->waits && i < r->trace->unit_count; i++)
        for (replay_wait *wait = r->waits[i], *next; wait; wait = next) {
            next = wait->next;
            ns_free(wait);
        }
    ns_free(r->waits);
    ns_free(r->done);
    for (int i = 0; r->classes && i < r->workload->arrival_count; i++)
        ns_free(r->classes[i]);
    ns_free(r->classes);
    ns_free(r->class_counts);
    ns_free(r->trees);
    ns_free(r->rows);
}

int ns_replay_run(const ns_nst *trace, const ns_workload *workload,
                  const ns_replay_options *options, ns_run_result *result, ns_err *err)
{
    if (*trace->unsupported)
        return ns_fail(err, NS_EINVAL, "the trace cannot be replayed: the program used %s",
                       trace->unsupported);
    ns_replay r = {.trace = trace, .workload = workload, .options = *options};
    int rc = make(&r, err);
    if (rc == NS_OK) {
        ns_thread_start(r.machine.thread);
        ns_sim_run(r.machine.sim, NS_NEVER - 1);
        bool own = r.status != NULL;
        *result = (ns_run_result){.exit_code = own ? r.exit_code : trace->exit_code,
                                  .status = own ? r.status : trace->status};
        ns_machine_result(&r.machine, r.pool, result);
        result->drawn = r.drawn;
        if (r.error.code) {
            *err = r.error;
            rc = r.error.code;
        } else if (!r.finished) {
            rc = ns_fail(err, NS_EINTERNAL, "the main thread never ended: the simulation ran dry");
        }
    }
    unmake(&r);
    return rc;
}

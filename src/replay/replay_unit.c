// Units: the operations that a piece of JavaScript did, done again.
#include <assert.h>

#include "base/alloc.h"
#include "replay/replay_private.h"

// -- Rows -----------------------------------------------------------------------------------------

static void row_begin(ns_replay *r)
{
    if (r->row_count == r->row_capacity) {
        size_t capacity = r->row_capacity ? r->row_capacity * 2 : 16;
        replay_row *rows = ns_realloc(r->rows, capacity * sizeof *rows);
        if (!rows) {
            replay_no_memory(r);
            return;
        }
        r->rows = rows;
        r->row_capacity = capacity;
    }
    if (r->requests && r->record_depth++ == 0)
        ns_requests_busy(r->requests, true);
    replay_row *row = &r->rows[r->row_count++];
    row->outer_callback = r->callback_id;
    row->record = (ns_rec_callback){
        .id = ++r->last_callback_id,
        .phase = ns_loop_phase(r->machine.loop),
        .start_ns = ns_sim_now(r->machine.sim),
        .cpu_ns = -ns_thread_cpu(r->machine.thread),
        .gc_ns = -ns_heap_gc_time(r->heap),
        .request_id = r->request_id,
    };
    r->callback_id = row->record.id;
}

static void row_end(ns_replay *r, const ns_nst_site *site, int64_t async_id, int64_t trigger_id)
{
    if (r->row_count == 0)
        return;
    if (r->requests && --r->record_depth == 0)
        ns_requests_busy(r->requests, false);
    replay_row *row = &r->rows[--r->row_count];
    ns_record out = {.type = NS_REC_CALLBACK, .callback = row->record};
    ns_rec_callback *record = &out.callback;
    if (site->phase != NS_PHASES)
        record->phase = site->phase;
    record->kind = site->kind;
    record->name = site->name;
    record->script = site->script;
    record->line = site->line;
    record->end_ns = ns_sim_now(r->machine.sim);
    record->cpu_ns += ns_thread_cpu(r->machine.thread);
    record->gc_ns += ns_heap_gc_time(r->heap);
    record->async_id = async_id;
    record->trigger_id = trigger_id;
    r->callback_id = row->outer_callback;
    ns_emit(r->options.sink, &out);
    replay_row_ended(r);
}

// -- Tasks ----------------------------------------------------------------------------------------

static ns_disk_op disk_op(const ns_nst_disk *disk)
{
    return (ns_disk_op){.kind = (ns_disk_kind)disk->kind,
                        .direct = disk->direct,
                        .file = disk->file,
                        .offset = disk->offset,
                        .bytes = disk->bytes};
}

static void task_work(ns_task *task, ns_demand *demand)
{
    const replay_task *of = (const replay_task *)task;
    const ns_nst_spawn *spawn = of->spawn;
    ns_disk *disk = of->tree->replay->machine.disk;
    *demand = (ns_demand){.cpu = spawn->cpu, .wait = spawn->wait, .disk = disk_op(&spawn->disk)};
    if (spawn->effect.kind == NS_NST_WARM)
        ns_disk_warm(disk, spawn->effect.file, spawn->effect.bytes);
    else if (spawn->effect.kind == NS_NST_FORGET)
        ns_disk_forget(disk, spawn->effect.file);
}

static void task_done(ns_task *task, int status)
{
    (void)status;
    replay_task *of = (replay_task *)task;
    ns_replay *r = of->tree->replay;
    if (r->requests)
        ns_requests_task(r->requests, task);
    replay_tree *tree = of->tree;
    uint32_t unit = of->spawn->unit;
    of->next = r->free_tasks;
    r->free_tasks = of;
    if (unit)
        replay_run(r, tree, unit - 1);
    replay_release(tree);
}

static ns_pool *pool_of(ns_replay *r)
{
    if (r->pool)
        return r->pool;
    int threads = r->workload->threadpool;
    ns_pool_options options = {.threads = threads ? threads : r->trace->pool_threads};
    ns_pool_read_costs(&options, r->machine.profile);
    const ns_machine *m = &r->machine;
    if (ns_pool_new(&r->pool, m->sim, m->cpu, m->disk, m->loop, &options, r->options.sink,
                    &r->error) != NS_OK)
        replay_no_memory(r);
    return r->pool;
}

enum { TASK_BLOCK = 64 };

// Tasks come in blocks; the first of a block links the blocks.
static replay_task *new_task(ns_replay *r)
{
    if (!r->free_tasks) {
        replay_task *block = ns_calloc(TASK_BLOCK, sizeof *block);
        if (!block)
            return NULL;
        block[0].next = r->tasks;
        r->tasks = block;
        for (int i = 1; i < TASK_BLOCK; i++) {
            block[i].next = r->free_tasks;
            r->free_tasks = &block[i];
        }
    }
    replay_task *task = r->free_tasks;
    r->free_tasks = task->next;
    return task;
}

static void submit(ns_replay *r, replay_tree *tree, const ns_nst_spawn *spawn)
{
    ns_pool *pool = pool_of(r);
    replay_task *task = pool ? new_task(r) : NULL;
    if (!task) {
        replay_no_memory(r);
        return;
    }
    *task = (replay_task){.tree = tree, .spawn = spawn};
    replay_hold(tree);
    task->task = (ns_task){.kind = (ns_task_kind)spawn->task_kind,
                           .name = spawn->name,
                           .slow = spawn->slow,
                           .work = task_work,
                           .done = task_done,
                           .callback_id = r->callback_id,
                           .request_id = r->request_id};
    ns_pool_submit(pool, &task->task);
}

// -- Other operations -----------------------------------------------------------------------------

void replay_switch(ns_replay *r, int64_t request)
{
    if (r->requests)
        ns_requests_switch(r->requests, request);
    r->request_id = request;
}

static void disk_wait(ns_replay *r, ns_nst_cursor *c)
{
    ns_disk_op op = {.kind = (ns_disk_kind)ns_nst_get(c)};
    op.direct = ns_nst_get(c);
    op.file = ns_nst_get(c);
    op.offset = (int64_t)ns_nst_get(c);
    op.bytes = (int64_t)ns_nst_get(c);
    ns_time start = ns_sim_now(r->machine.sim);
    ns_time waited = ns_disk_wait(r->machine.disk, r->machine.thread, &op);
    if (waited == 0)
        return;
    ns_record row = {.type = NS_REC_SAMPLE, .sample = {start, "fs.sync", (double)waited}};
    ns_emit(r->options.sink, &row);
}

void replay_emit(ns_replay *r, uint32_t number, ns_time time)
{
    ns_record record = r->trace->records[number];
    if (record.type == NS_REC_SAMPLE)
        record.sample.t_ns = time;
    else
        record.jit_event.t_ns = time;
    ns_emit(r->options.sink, &record);
}

void replay_record(ns_replay *r, const replay_tree *tree, ns_nst_cursor *c)
{
    uint32_t number = (uint32_t)ns_nst_get(c);
    ns_time time = ns_sim_now(r->machine.sim) + ns_nst_get_signed(c);
    if (!tree->copy &&
        !replay_is_early(r, number)) // they are of the tiers, for the most part, and the trace's
        replay_emit(r, number, time);
}

static void start_load(ns_replay *r)
{
    if (r->workload->arrival_count == 0)
        return;
    const ns_load_options options = {.sim = r->machine.sim,
                                     .loop = r->machine.loop,
                                     .requests = r->requests,
                                     .workload = r->workload,
                                     .deliver = replay_deliver,
                                     .opaque = r};
    if (ns_load_start(&r->load, &options, &r->error) != NS_OK)
        replay_no_memory(r);
}

// -- Fragments ------------------------------------------------------------------------------------

// The unit that a fragment still has to wait for, plus 1; 0: none. Nobody waits for another
// request that has not come yet: it may never come.
static uint32_t missing(const ns_replay *r, uint32_t unit)
{
    const ns_nst_unit *of = &r->trace->units[unit];
    for (int i = 0; i < NS_NST_NEEDS && of->needs[i]; i++) {
        uint32_t need = of->needs[i] - 1, tree = r->trace->units[need].tree;
        bool comes = tree == 0 || tree == of->tree || r->trees[tree].request;
        if (!r->done[need] && comes)
            return need + 1;
    }
    return 0;
}

static void await(ns_replay *r, uint32_t need, uint32_t unit)
{
    replay_wait *wait = ns_malloc(sizeof *wait);
    if (!wait) {
        replay_no_memory(r);
        return;
    }
    *wait = (replay_wait){.unit = unit};
    replay_wait **place = &r->waits[need];
    while (*place)
        place = &(*place)->next;
    *place = wait;
}

static void fragment(ns_replay *r, replay_tree *host, uint32_t unit)
{
    const ns_nst_unit *of = &r->trace->units[unit];
    if (host->copy) {
        replay_copy_fragment(r, host->copy, unit);
        return;
    }
    uint32_t need = missing(r, unit);
    if (!need) {
        replay_run(r, &r->trees[of->tree], unit);
        return;
    }
    await(r, need - 1, unit);
}

static void run_waiting(ns_replay *r, uint32_t unit)
{
    while (r->waits[unit]) {
        replay_wait *wait = r->waits[unit];
        r->waits[unit] = wait->next;
        uint32_t waiting = wait->unit, need = missing(r, waiting);
        ns_free(wait);
        if (need)
            await(r, need - 1, waiting);
        else
            replay_run_apart(r, &r->trees[r->trace->units[waiting].tree], waiting);
    }
}

// -- The interpreter ------------------------------------------------------------------------------

static void run_timer_op(ns_replay *r, replay_tree *tree, ns_nst_op op, ns_nst_cursor *c)
{
    switch (op) {
    case NS_OP_IMMEDIATE:
    case NS_OP_NATIVE:
        replay_set_immediate(r, tree, (uint32_t)ns_nst_get(c), op == NS_OP_NATIVE);
        break;
    case NS_OP_IMMEDIATE_CLEAR:
        replay_clear_immediate(r, tree, (uint32_t)ns_nst_get(c));
        break;
    case NS_OP_IMMEDIATE_REFS:
        replay_immediate_refs(r, ns_nst_get_signed(c));
        break;
    case NS_OP_NATIVES_DONE:
        replay_natives_done(r);
        break;
    case NS_OP_OUTSTANDING:
        replay_outstanding(r);
        break;
    case NS_OP_TIMER:
        replay_timer_start(r, tree, (uint32_t)ns_nst_get(c));
        break;
    case NS_OP_TIMER_CLEAR: {
        uint32_t chain = (uint32_t)ns_nst_get(c);
        replay_timer_clear(r, tree, chain, ns_nst_get(c));
        break;
    }
    case NS_OP_TIMER_REFS:
        replay_timer_refs(r, ns_nst_get_signed(c));
        break;
    case NS_OP_TIMER_LATE:
        replay_timer_late(r);
        break;
    case NS_OP_TIMERS_DONE:
        replay_timers_done(r);
        break;
    default:
        assert(!"an operation");
    }
}

void replay_sync(ns_replay *r)
{
    ns_thread_charge(r->machine.thread, r->tail);
    r->tail = 0;
    ns_thread_sync(r->machine.thread);
}

// What of a demand was not met at a point already.
ns_time replay_left(ns_replay *r, ns_time demand)
{
    ns_time met = demand < r->ahead ? demand : r->ahead;
    r->ahead -= met;
    return demand - met;
}

void replay_charge(ns_replay *r, ns_time demand)
{
    ns_thread_charge(r->machine.thread, replay_left(r, demand));
}

static void syncs(ns_replay *r, ns_nst_cursor *c)
{
    uint64_t count = ns_nst_get(c), least = ns_nst_get(c), more = ns_nst_get(c);
    for (uint64_t i = 0; i < count; i++)
        replay_demand(r, (ns_time)(least + (more >> i & 1)));
}

static void run_ops(ns_replay *r, replay_tree *tree, ns_nst_cursor *c)
{
    const ns_nst *t = r->trace;
    ns_thread *thread = r->machine.thread;
    for (;;) {
        ns_nst_op op = (ns_nst_op)*c->at++;
        switch (op) {
        case NS_OP_END:
            return;
        case NS_OP_SYNC:
            replay_demand(r, (ns_time)ns_nst_get(c));
            break;
        case NS_OP_SYNCS:
            syncs(r, c);
            break;
        case NS_OP_CHARGE:
            replay_charge(r, (ns_time)ns_nst_get(c));
            break;
        case NS_OP_CHECK:
            replay_install(r);
            if (!replay_check(r))
                replay_check_limits(r);
            break;
        case NS_OP_POINT:
            replay_point(r, c);
            break;
        case NS_OP_ROW_BEGIN:
            row_begin(r);
            break;
        case NS_OP_ROW_END: {
            const ns_nst_site *site = &t->sites[ns_nst_get(c)];
            int64_t async_id = ns_nst_get_signed(c);
            row_end(r, site, async_id, ns_nst_get_signed(c));
            break;
        }
        case NS_OP_SWITCH:
            replay_switch(r, ns_nst_get(c) ? tree->request : 0);
            break;
        case NS_OP_REQUEST_END: {
            const char *status = t->strings[ns_nst_get(c)];
            if (r->load)
                ns_load_finish(r->load, tree->request, status);
            break;
        }
        case NS_OP_FRAGMENT:
            fragment(r, tree, (uint32_t)ns_nst_get(c));
            break;
        case NS_OP_SUBMIT:
            submit(r, tree, &t->spawns[ns_nst_get(c)]);
            break;
        case NS_OP_UPDATE_TIME:
            ns_loop_update_time(r->machine.loop);
            replay_time_updated(r);
            break;
        case NS_OP_SLEEP:
            ns_thread_sleep(thread, (ns_time)ns_nst_get(c) * NS_MS);
            break;
        case NS_OP_DISK_WAIT:
            disk_wait(r, c);
            break;
        case NS_OP_DISK_WARM: {
            uint64_t file = ns_nst_get(c);
            ns_disk_warm(r->machine.disk, file, (int64_t)ns_nst_get(c));
            break;
        }
        case NS_OP_DISK_FORGET:
            ns_disk_forget(r->machine.disk, ns_nst_get(c));
            break;
        case NS_OP_HEAP:
            replay_births(r, tree, c);
            break;
        case NS_OP_CYCLES: // here another collection finds it
            break;
        case NS_OP_TASKS:
            replay_tasks(r, ns_nst_get(c));
            break;
        case NS_OP_COLLECT:
            ns_heap_charge_faults(r->heap, thread);
            ns_heap_collect_all(r->heap, thread);
            break;
        case NS_OP_JIT_JOB:
            if (!tree->copy) // it is compiled once
                replay_compile(r, (uint32_t)ns_nst_get(c));
            else
                ns_nst_get(c);
            break;
        case NS_OP_SHIFT:
            replay_shift(r, c);
            break;
        case NS_OP_RECORD:
        case NS_OP_GC_RECORD:
            replay_record(r, tree, c);
            break;
        case NS_OP_EXIT: {
            int code = (int)ns_nst_get_signed(c);
            replay_exit(r, code, t->strings[ns_nst_get(c)]);
            break;
        }
        case NS_OP_START:
            start_load(r);
            break;
        case NS_OP_TAIL:
            r->tail += replay_left(r, (ns_time)ns_nst_get(c));
            break;
        default:
            run_timer_op(r, tree, op, c);
        }
    }
}

void replay_run(ns_replay *r, replay_tree *tree, uint32_t unit)
{
    ns_nst_cursor cursor = {r->trace->ops + r->trace->units[unit].offset}, *outer = r->cursor;
    replay_tree *outer_tree = r->current;
    ns_time ahead = r->ahead;
    r->cursor = &cursor;
    r->current = tree;
    r->ahead = 0;
    run_ops(r, tree, &cursor);
    r->ahead = ahead;
    r->cursor = outer;
    r->current = outer_tree;
    if (tree->copy) {
        replay_copy_did(r, tree->copy, unit);
    } else {
        r->done[unit] = true;
        run_waiting(r, unit);
    }
}

void replay_run_apart(ns_replay *r, replay_tree *tree, uint32_t unit)
{
    int64_t request = r->request_id;
    bool busy = r->requests && r->record_depth++ == 0;
    if (busy)
        ns_requests_busy(r->requests, true);
    replay_run(r, tree, unit);
    replay_switch(r, request);
    if (r->requests && --r->record_depth == 0)
        ns_requests_busy(r->requests, false);
}

// The operations of the unit that is open, and what it starts.
#include "node/tracer_private.h"

// -- The stream of operations ---------------------------------------------------------------------

static ns_buf *stream_of(ns_tracer *t)
{
    return t->fragment.open ? &t->fragment.ops : t->host.open ? &t->host.ops : NULL;
}

// Short steps of equal length come in great numbers from loops that poll the clock.
void tracer_flush_syncs(ns_tracer *t)
{
    ns_buf *ops = stream_of(t);
    uint32_t count = t->sync_count;
    t->sync_count = 0;
    if (!ops || count == 0)
        return;
    if (count == 1) {
        ns_nst_put(ops, NS_OP_SYNC);
        ns_nst_put(ops, (uint64_t)t->syncs[0]);
        return;
    }
    uint64_t more = 0;
    for (uint32_t i = 0; i < count; i++)
        more |= (uint64_t)(t->syncs[i] > t->least_sync) << i;
    ns_nst_put(ops, NS_OP_SYNCS);
    ns_nst_put(ops, count);
    ns_nst_put(ops, (uint64_t)t->least_sync);
    ns_nst_put(ops, more);
}

static void add_sync(ns_tracer *t, ns_time cpu)
{
    ns_time least = cpu < t->least_sync ? cpu : t->least_sync;
    ns_time most = cpu > t->most_sync ? cpu : t->most_sync;
    if (t->sync_count == 0 || t->sync_count == NS_NST_SYNCS || most - least > 1) {
        tracer_flush_syncs(t);
        least = most = cpu;
    }
    t->least_sync = least;
    t->most_sync = most;
    t->syncs[t->sync_count++] = cpu;
}

ns_buf *tracer_ops(ns_tracer *t)
{
    tracer_flush_syncs(t);
    return stream_of(t);
}

// -- Operations -----------------------------------------------------------------------------------

void tracer_put_op(ns_tracer *t, ns_nst_op op)
{
    ns_buf *ops = tracer_ops(t);
    t->fragment.fresh = false;
    if (ops)
        ns_nst_put(ops, op);
    else
        ns_tracer_unsupported(t, "JavaScript that is not entered from the loop");
}

void tracer_put(ns_tracer *t, uint64_t operand)
{
    ns_buf *ops = tracer_ops(t);
    if (ops)
        ns_nst_put(ops, operand);
}

void tracer_flush_charge(ns_tracer *t)
{
    if (!t->charged)
        return;
    tracer_put_op(t, NS_OP_CHARGE);
    tracer_put(t, (uint64_t)t->charged);
    t->charged = 0;
    t->dirty = true;
}

void ns_tracer_charge(ns_tracer *t, ns_time cpu)
{
    if (t)
        t->charged += cpu;
}

void ns_tracer_sync(ns_tracer *t, ns_time cpu)
{
    if (!t)
        return;
    tracer_take_shifts(t);
    cpu += t->charged - t->precharged;
    t->charged = t->precharged = 0;
    if (!stream_of(t)) { // nothing runs: for the next unit
        t->charged = cpu;
        return;
    }
    if (cpu == 0 && !t->dirty)
        return;
    t->dirty = false;
    t->fragment.fresh = false;
    add_sync(t, cpu);
}

void ns_tracer_op(ns_tracer *t, ns_nst_op op)
{
    if (!t)
        return;
    tracer_flush_charge(t);
    tracer_put_op(t, op);
    t->dirty |= op == NS_OP_START;
}

void ns_tracer_op1(ns_tracer *t, ns_nst_op op, uint64_t operand)
{
    if (!t)
        return;
    ns_tracer_op(t, op);
    tracer_put(t, operand);
}

void ns_tracer_op2(ns_tracer *t, ns_nst_op op, uint64_t first, uint64_t second)
{
    if (!t)
        return;
    ns_tracer_op1(t, op, first);
    tracer_put(t, second);
}

void ns_tracer_row_begin(ns_tracer *t)
{
    if (!t)
        return;
    ns_tracer_op(t, NS_OP_ROW_BEGIN);
    (t->fragment.open ? &t->fragment : &t->host)->rows++;
}

// A row ends in the unit in which it began: a drain of microtasks may end with work for another
// request.
void ns_tracer_row_end(ns_tracer *t, const ns_rec_callback *row)
{
    if (!t)
        return;
    tracer_flush_charge(t);
    tracer_flush_refs(t);
    if (t->fragment.open && t->fragment.rows == 0)
        tracer_close_stream(t, &t->fragment);
    (t->fragment.open ? &t->fragment : &t->host)->rows--;
    ns_tracer_op1(t, NS_OP_ROW_END, tracer_site(t, row));
    tracer_put(t, ns_nst_zigzag(row->async_id));
    tracer_put(t, ns_nst_zigzag(row->trigger_id));
}

void ns_tracer_disk_wait(ns_tracer *t, const ns_disk_op *op)
{
    if (!t)
        return;
    ns_tracer_op2(t, NS_OP_DISK_WAIT, op->kind, op->direct);
    tracer_put(t, op->file);
    tracer_put(t, (uint64_t)op->offset);
    tracer_put(t, (uint64_t)op->bytes);
}

void ns_tracer_disk_effect(ns_tracer *t, ns_nst_op op, uint64_t file, int64_t bytes)
{
    if (!t)
        return;
    if (t->task != NS_TRACER_NONE) {
        ns_nst_disk *effect = &t->spawns[t->task].effect;
        if (effect->kind)
            ns_tracer_unsupported(t, "a file operation that touches several files");
        *effect = (ns_nst_disk){.kind = op == NS_OP_DISK_WARM ? NS_NST_WARM : NS_NST_FORGET,
                                .file = file,
                                .bytes = bytes};
    } else if (t->host.open) {
        ns_tracer_op1(t, op, file);
        if (op == NS_OP_DISK_WARM)
            tracer_put(t, (uint64_t)bytes);
    }
}

void ns_tracer_exit(ns_tracer *t, int code, const char *status)
{
    if (!t || !t->host.open)
        return; // by a limit, while the loop waits: a replay has its own
    ns_tracer_op1(t, NS_OP_EXIT, ns_nst_zigzag(code));
    tracer_put(t, tracer_string(t, status ? status : ""));
}

// -- Spawns ---------------------------------------------------------------------------------------

int64_t tracer_new_spawn(ns_tracer *t, const ns_nst_spawn *spawn)
{
    uint32_t number = t->trace.spawn_count;
    if (!tracer_grow(t, &t->spawns, number, &t->spawn_capacity, sizeof *t->spawns) ||
        !tracer_grow(t, &t->spawn_trees, number, &t->spawn_tree_capacity, sizeof *t->spawn_trees) ||
        !tracer_grow(t, &t->spawn_origins, number, &t->spawn_origin_capacity,
                     sizeof *t->spawn_origins))
        return 0;
    const tracer_stream *at = t->fragment.open ? &t->fragment : &t->host;
    t->spawns[number] = *spawn;
    t->spawn_trees[number] = at->open ? (uint32_t)at->tree : 0;
    t->spawn_origins[number] = at->open ? at->unit + 1 : 0;
    t->trace.spawn_count++;
    return number;
}

int64_t ns_tracer_spawn(ns_tracer *t, ns_nst_spawn_kind kind, ns_nst_op op)
{
    if (!t)
        return NS_TRACER_NONE;
    int64_t number = tracer_new_spawn(t, &(ns_nst_spawn){.kind = kind});
    ns_tracer_op1(t, op, (uint64_t)number);
    return number;
}

int64_t ns_tracer_submit(ns_tracer *t, const ns_task *task)
{
    if (!t)
        return NS_TRACER_NONE;
    int64_t number = tracer_new_spawn(t, &(ns_nst_spawn){.kind = NS_NST_TASK,
                                                         .task_kind = (uint8_t)task->kind,
                                                         .slow = task->slow,
                                                         .name = task->name});
    ns_tracer_op1(t, NS_OP_SUBMIT, (uint64_t)number);
    t->dirty = true;
    return number;
}

void ns_tracer_task_begin(ns_tracer *t, int64_t spawn)
{
    if (t)
        t->task = spawn;
}

void ns_tracer_task_end(ns_tracer *t, const ns_demand *demand)
{
    if (!t || t->failed)
        return;
    ns_nst_spawn *spawn = &t->spawns[t->task];
    const ns_disk_op *disk = &demand->disk;
    spawn->cpu = demand->cpu;
    spawn->wait = demand->wait;
    spawn->disk = (ns_nst_disk){.kind = (int)disk->kind,
                                .direct = disk->direct,
                                .file = disk->file,
                                .offset = disk->offset,
                                .bytes = disk->bytes};
    t->task = NS_TRACER_NONE;
}

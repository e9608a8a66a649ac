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
                            t->string_slots, t->site_slots,  t->firings};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        ns_free(tables[i]);
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

// -- The stream of operations ---------------------------------------------------------------------

static ns_buf *stream_of(ns_tracer *t)
{
    return t->fragment.open ? &t->fragment.ops : t->host.open ? &t->host.ops : NULL;
}

// Short steps of equal length come in great numbers from loops that poll the clock.
static void flush_syncs(ns_tracer *t)
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
        flush_syncs(t);
        least = most = cpu;
    }
    t->least_sync = least;
    t->most_sync = most;
    t->syncs[t->sync_count++] = cpu;
}

ns_buf *tracer_ops(ns_tracer *t)
{
    flush_syncs(t);
    return stream_of(t);
}

// -- Units ----------------------------------------------------------------------------------------

uint32_t *tracer_last_of_tree(ns_tracer *t, int64_t tree)
{
    while ((size_t)tree >= t->tree_capacity)
        if (!tracer_grow(t, &t->tree_units, t->tree_capacity, &t->tree_capacity,
                         sizeof *t->tree_units))
            return NULL;
    return &t->tree_units[tree];
}

static void open_stream(ns_tracer *t, tracer_stream *stream, int64_t tree, uint32_t parent)
{
    uint32_t unit = t->trace.unit_count;
    assert(!stream->open);
    uint32_t *last = tracer_last_of_tree(t, tree);
    if (!last || !tracer_grow(t, &t->units, unit, &t->unit_capacity, sizeof *t->units) ||
        !tracer_grow(t, &t->parents, unit, &t->parent_capacity, sizeof *t->parents))
        return;
    t->units[unit] = (ns_nst_unit){.tree = (uint32_t)tree};
    t->parents[unit] = parent;
    *last = unit + 1;
    t->trace.unit_count++;
    stream->open = stream->fresh = true;
    stream->unit = unit;
    stream->tree = tree;
    stream->rows = 0;
    ns_buf_clear(&stream->ops);
    if (t->origin)
        *t->origin = unit + 1;
}

static void close_stream(ns_tracer *t, tracer_stream *stream)
{
    if (!stream->open)
        return;
    flush_syncs(t);
    tracer_flush_refs(t);
    ns_nst_put(&stream->ops, NS_OP_END);
    ns_nst_unit *unit = &t->units[stream->unit];
    unit->offset = t->ops.len;
    unit->length = stream->ops.len;
    ns_buf_add(&t->ops, stream->ops.data, stream->ops.len);
    t->failed |= stream->ops.failed || t->ops.failed;
    stream->open = false;
    if (t->origin)
        *t->origin = stream == &t->fragment && t->host.open ? t->host.unit + 1 : 0;
}

void tracer_open_unit(ns_tracer *t, int64_t tree, uint32_t parent)
{
    assert(!t->host.open && "units do not nest");
    t->dirty = true;
    open_stream(t, &t->host, tree, parent);
}

void ns_tracer_open_main(ns_tracer *t)
{
    if (t)
        tracer_open_unit(t, 0, 0);
}

void ns_tracer_open_spawn(ns_tracer *t, int64_t spawn)
{
    if (!t || t->failed)
        return;
    tracer_open_unit(t, t->spawn_trees[spawn], t->spawn_origins[spawn]);
    t->spawns[spawn].unit = t->host.unit + 1;
}

void ns_tracer_open_request(ns_tracer *t, int64_t id, int cls, int64_t order)
{
    if (!t || t->failed)
        return;
    while ((size_t)id > t->request_capacity)
        if (!tracer_grow(t, &t->requests, t->request_capacity, &t->request_capacity,
                         sizeof *t->requests))
            return;
    tracer_open_unit(t, id, 0);
    t->requests[id - 1] =
        (ns_nst_request){.cls = (uint32_t)cls, .order = (uint32_t)order, .unit = t->host.unit + 1};
    if (id > t->trace.request_count)
        t->trace.request_count = (uint32_t)id;
}

void ns_tracer_open_loop_end(ns_tracer *t)
{
    if (!t || !tracer_grow(t, &t->loop_ends, t->trace.loop_end_count, &t->loop_end_capacity,
                           sizeof *t->loop_ends))
        return;
    tracer_open_unit(t, 0, 0);
    t->loop_ends[t->trace.loop_end_count++] = t->host.unit;
}

void ns_tracer_open_final(ns_tracer *t)
{
    if (!t || t->trace.final_unit)
        return;
    ns_tracer_close(t); // of a main script that failed
    tracer_open_unit(t, 0, 0);
    t->trace.final_unit = t->host.unit + 1;
}

static void put_op(ns_tracer *t, ns_nst_op op);
static void put(ns_tracer *t, uint64_t operand);

void tracer_close_unit(ns_tracer *t)
{
    ns_time accrued = t->accrued ? t->accrued(t->accrued_opaque) : 0;
    tracer_flush_heap(t);
    tracer_flush_charge(t);
    if (accrued > t->precharged) {
        put_op(t, NS_OP_TAIL);
        put(t, (uint64_t)(accrued - t->precharged));
        t->precharged = accrued;
    }
    close_stream(t, &t->fragment);
    close_stream(t, &t->host);
}

void ns_tracer_close(ns_tracer *t)
{
    if (!t || !t->host.open)
        return;
    if (t->round)
        tracer_end_round(t);
    tracer_close_unit(t);
}

void ns_tracer_set_accrued(ns_tracer *t, ns_time (*accrued)(void *opaque), void *opaque)
{
    if (!t)
        return;
    t->accrued = accrued;
    t->accrued_opaque = opaque;
}

void ns_tracer_set_origin(ns_tracer *t, uint32_t *origin)
{
    if (t)
        t->origin = origin;
}

bool ns_tracer_is_open(const ns_tracer *t)
{
    return t && t->host.open;
}

void ns_tracer_unsupported(ns_tracer *t, const char *what)
{
    if (t && !*t->trace.unsupported)
        t->trace.unsupported = what;
}

// -- Operations -----------------------------------------------------------------------------------

static void put_op(ns_tracer *t, ns_nst_op op)
{
    ns_buf *ops = tracer_ops(t);
    t->fragment.fresh = false;
    if (ops)
        ns_nst_put(ops, op);
    else
        ns_tracer_unsupported(t, "JavaScript that is not entered from the loop");
}

static void put(ns_tracer *t, uint64_t operand)
{
    ns_buf *ops = tracer_ops(t);
    if (ops)
        ns_nst_put(ops, operand);
}

void tracer_flush_charge(ns_tracer *t)
{
    if (!t->charged)
        return;
    put_op(t, NS_OP_CHARGE);
    put(t, (uint64_t)t->charged);
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
    put_op(t, op);
    t->dirty |= op == NS_OP_START;
}

void ns_tracer_op1(ns_tracer *t, ns_nst_op op, uint64_t operand)
{
    if (!t)
        return;
    ns_tracer_op(t, op);
    put(t, operand);
}

void ns_tracer_op2(ns_tracer *t, ns_nst_op op, uint64_t first, uint64_t second)
{
    if (!t)
        return;
    ns_tracer_op1(t, op, first);
    put(t, second);
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
        close_stream(t, &t->fragment);
    (t->fragment.open ? &t->fragment : &t->host)->rows--;
    ns_tracer_op1(t, NS_OP_ROW_END, tracer_site(t, row));
    put(t, ns_nst_zigzag(row->async_id));
    put(t, ns_nst_zigzag(row->trigger_id));
}

// -- Fragments ------------------------------------------------------------------------------------

// Whether `unit` has run whenever `later` runs: looked for among what `later` follows from, not too
// far.
static bool comes_before(const ns_tracer *t, uint32_t unit, uint32_t later, int depth)
{
    while (later > unit && depth-- > 0) {
        const ns_nst_unit *of = &t->units[later];
        for (int i = 0; i < NS_NST_NEEDS && of->needs[i]; i++)
            if (comes_before(t, unit, of->needs[i] - 1, depth / 2))
                return true;
        if (!t->parents[later])
            return false;
        later = t->parents[later] - 1;
    }
    return later == unit;
}

// What runs from now on has other causes than the unit that is open: it is a fragment of its own.
static void open_fragment(ns_tracer *t, int64_t tree)
{
    flush_syncs(t);
    tracer_flush_refs(t);
    ns_nst_put(&t->host.ops, NS_OP_FRAGMENT);
    ns_nst_put(&t->host.ops, t->trace.unit_count);
    open_stream(t, &t->fragment, tree, t->host.unit + 1);
    if (t->fragment.open)
        t->units[t->fragment.unit].foreign = tree != t->host.tree;
    t->dirty = true;
}

static void need(ns_tracer *t, uint32_t before)
{
    ns_nst_unit *unit = &t->units[t->fragment.unit];
    for (int i = 0; i < NS_NST_NEEDS; i++) {
        if (unit->needs[i] && unit->needs[i] != before + 1)
            continue;
        unit->needs[i] = before + 1;
        return;
    }
}

// Work for another request is a fragment of its tree, whatever leads to it; it comes after what
// that request has done so far.
static void turn_to(ns_tracer *t, int64_t request)
{
    bool foreign = request != 0 && request != t->host.tree;
    if (t->fragment.open && foreign && t->fragment.tree == request)
        return;
    close_stream(t, &t->fragment);
    if (!foreign || !t->host.open)
        return;
    const uint32_t *last = tracer_last_of_tree(t, request);
    uint32_t before = last ? *last : 0;
    open_fragment(t, request);
    if (before && t->fragment.open)
        need(t, before - 1);
}

enum { FAR = 32 };

// Whether a microtask has no causes but those of `unit`.
static bool follows(const ns_tracer *t, const uint32_t causes[2], uint32_t unit)
{
    for (int i = 0; i < 2; i++)
        if (causes[i] && !comes_before(t, causes[i] - 1, unit, FAR))
            return false;
    return true;
}

static void open_job(ns_tracer *t, int64_t tree, const uint32_t causes[2])
{
    if (!t->fragment.open || !t->fragment.fresh || t->fragment.tree != tree) {
        close_stream(t, &t->fragment);
        open_fragment(t, tree);
        if (!t->fragment.open)
            return;
        if (t->request != 0) { // wherever it runs
            ns_nst_put(&t->fragment.ops, NS_OP_SWITCH);
            ns_nst_put(&t->fragment.ops, 1);
        }
    }
    memset(t->units[t->fragment.unit].needs, 0, sizeof t->units[0].needs);
    for (int i = 0; i < 2; i++)
        if (causes[i] && !comes_before(t, causes[i] - 1, t->host.unit, FAR))
            need(t, causes[i] - 1);
    t->fragment.fresh = false;
}

void ns_tracer_job(ns_tracer *t, uint32_t origin, uint32_t other, ns_time accrued)
{
    if (!t || !t->host.open || t->failed)
        return;
    const uint32_t causes[2] = {origin, other};
    bool own = t->request == 0 || t->request == t->host.tree, open = t->fragment.open;
    int64_t tree = own ? t->host.tree : t->request;
    bool in_host = own && follows(t, causes, t->host.unit);
    bool stays = in_host ? !open
                         : open && !t->fragment.fresh && t->fragment.tree == tree &&
                               follows(t, causes, t->fragment.unit);
    if (stays)
        return;
    // What has run so far belongs to what was open.
    if (!open || !t->fragment.fresh) {
        t->charged += accrued - t->precharged;
        t->precharged = accrued;
        tracer_flush_charge(t);
    }
    if (in_host)
        close_stream(t, &t->fragment);
    else
        open_job(t, tree, causes);
}

void ns_tracer_switch(ns_tracer *t, int64_t request)
{
    if (!t || request == t->request)
        return;
    tracer_flush_charge(t);
    t->request = request;
    if (!t->host.open)
        return;
    turn_to(t, request);
    bool fresh = t->fragment.open && t->fragment.fresh;
    put_op(t, NS_OP_SWITCH);
    put(t, request != 0);
    t->fragment.fresh = fresh;
}

void ns_tracer_request_end(ns_tracer *t, int64_t request, const char *status)
{
    if (!t)
        return;
    tracer_flush_charge(t);
    const tracer_stream *at = t->fragment.open ? &t->fragment : &t->host;
    bool other = at->tree != request;
    if (other)
        turn_to(t, request);
    if (!t->failed)
        t->requests[request - 1].ended = true;
    put_op(t, NS_OP_REQUEST_END);
    put(t, tracer_string(t, status));
    if (other)
        turn_to(t, t->request);
}

void ns_tracer_disk_wait(ns_tracer *t, const ns_disk_op *op)
{
    if (!t)
        return;
    ns_tracer_op2(t, NS_OP_DISK_WAIT, op->kind, op->direct);
    put(t, op->file);
    put(t, (uint64_t)op->offset);
    put(t, (uint64_t)op->bytes);
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
            put(t, (uint64_t)bytes);
    }
}

void ns_tracer_exit(ns_tracer *t, int code, const char *status)
{
    if (!t || !t->host.open)
        return; // by a limit, while the loop waits: a replay has its own
    ns_tracer_op1(t, NS_OP_EXIT, ns_nst_zigzag(code));
    put(t, tracer_string(t, status ? status : ""));
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
    trace->strings = t->strings;
    trace->cohorts = t->cohort + 1;
    trace->ops = (const uint8_t *)t->ops.data;
    trace->ops_size = t->ops.len;
    return t->failed ? NULL : trace;
}

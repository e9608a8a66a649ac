// Units as they are recorded: they open and close, and what has other causes is a fragment.
#include "node/tracer_private.h"

#include <assert.h>
#include <string.h>

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

void tracer_close_stream(ns_tracer *t, tracer_stream *stream)
{
    if (!stream->open)
        return;
    tracer_flush_syncs(t);
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

void tracer_close_unit(ns_tracer *t)
{
    ns_time accrued = t->accrued ? t->accrued(t->accrued_opaque) : 0;
    tracer_flush_heap(t);
    tracer_take_shifts(t);
    tracer_flush_charge(t);
    if (accrued > t->precharged) {
        tracer_put_op(t, NS_OP_TAIL);
        tracer_put(t, (uint64_t)(accrued - t->precharged));
        t->precharged = accrued;
    }
    tracer_close_stream(t, &t->fragment);
    tracer_close_stream(t, &t->host);
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
    tracer_flush_syncs(t);
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
    tracer_close_stream(t, &t->fragment);
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
        tracer_close_stream(t, &t->fragment);
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
        tracer_take_shifts(t);
        t->charged += accrued - t->precharged;
        t->precharged = accrued;
        tracer_flush_charge(t);
    }
    if (in_host)
        tracer_close_stream(t, &t->fragment);
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
    tracer_put_op(t, NS_OP_SWITCH);
    tracer_put(t, request != 0);
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
    tracer_put_op(t, NS_OP_REQUEST_END);
    tracer_put(t, tracer_string(t, status));
    if (other)
        turn_to(t, t->request);
}

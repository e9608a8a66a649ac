// Requests beyond those of the trace: one of the recorded ones is drawn, and its tree of units done
// again. Draws are from the later half of those that ended: their code had been compiled.
//
// A copy has what its request started. What it shared with others, such as answers that it waited
// for in their units, is there already: fragments of it that lie in other trees' units run as soon
// as what they need of their own tree has.
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "replay/replay_private.h"

// -- Drawing --------------------------------------------------------------------------------------

int replay_copies_start(ns_replay *r, ns_err *err)
{
    const ns_nst *t = r->trace;
    size_t classes = (size_t)r->workload->arrival_count;
    ns_list_init(&r->copies);
    r->drawable = ns_calloc(classes + 1, sizeof(uint32_t *));
    r->drawable_counts = ns_calloc(classes + 1, sizeof *r->drawable_counts);
    if (!r->drawable || !r->drawable_counts)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    for (size_t i = 0; i < classes; i++) {
        uint32_t count = 0, ended = 0, most = r->class_counts[i];
        uint32_t *list = r->drawable[i] = ns_calloc((size_t)most + 1, sizeof *list);
        if (!list)
            return ns_fail(err, NS_ENOMEM, "out of memory");
        for (uint32_t order = 0; order < most; order++) {
            uint32_t number = r->classes[i][order];
            if (number && t->requests[number - 1].ended)
                list[ended++] = number;
        }
        for (uint32_t from = ended / 2; from < ended; from++)
            list[count++] = list[from];
        r->drawable_counts[i] = count;
    }
    return NS_OK;
}

static uint32_t draw(const ns_replay *r, const ns_load_request *request)
{
    uint32_t count = r->drawable_counts[request->cls];
    if (count == 0)
        return 0;
    const char *name = r->workload->arrivals[request->cls].name;
    ns_stream stream = ns_stream_make(r->workload->seed, name, "replayed request");
    ns_draw from = ns_stream_op(stream, (uint64_t)request->order);
    return r->drawable[request->cls][ns_draw_below(&from, count)];
}

// -- Shapes ---------------------------------------------------------------------------------------

// Units by tree.
static bool index_units(ns_replay *r)
{
    const ns_nst *t = r->trace;
    if (r->next_of_tree)
        return true;
    r->next_of_tree = ns_calloc(t->unit_count, sizeof *r->next_of_tree);
    r->first_of_tree = ns_calloc((size_t)t->request_count + 1, sizeof *r->first_of_tree);
    if (!r->next_of_tree || !r->first_of_tree)
        return false;
    for (uint32_t i = t->unit_count; i-- > 0;) {
        r->next_of_tree[i] = r->first_of_tree[t->units[i].tree];
        r->first_of_tree[t->units[i].tree] = i + 1;
    }
    return true;
}

static void skip_numbers(ns_nst_cursor *c, uint64_t count)
{
    while (count-- > 0)
        ns_nst_get(c);
}

// The next operation; where it is one of births, `cohorts` has their first and their number.
static ns_nst_op next_op(ns_nst_cursor *c, uint32_t cohorts[2])
{
    ns_nst_op op = (ns_nst_op)ns_nst_get(c);
    cohorts[1] = 0;
    if (op == NS_OP_HEAP) {
        cohorts[0] = (uint32_t)ns_nst_get(c);
        skip_numbers(c, 5);
        skip_numbers(c, 2 * ns_nst_get(c));
        uint64_t literals = ns_nst_get(c);
        skip_numbers(c, 5 * literals);
        cohorts[1] = 1 + (uint32_t)literals;
        skip_numbers(c, 3 * ns_nst_get(c));
    } else {
        skip_numbers(c, strlen(ns_nst_operands(op)));
    }
    return op;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t find_cohorts(const ns_replay *r, const replay_shape *shape, uint32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < shape->unit_count; i++) {
        ns_nst_cursor c = {r->trace->ops + r->trace->units[shape->units[i]].offset};
        for (ns_nst_op op = NS_OPS; op != NS_OP_END;) {
            uint32_t cohorts[2];
            op = next_op(&c, cohorts);
            for (uint32_t at = 0; at < cohorts[1]; at++, count++)
                if (out)
                    out[count] = cohorts[0] + at;
        }
    }
    return count;
}

static replay_shape *shape_of(ns_replay *r, uint32_t number)
{
    replay_tree *tree = &r->trees[number];
    if (tree->shape)
        return tree->shape;
    replay_shape *shape = index_units(r) ? ns_calloc(1, sizeof *shape) : NULL;
    if (!shape)
        return NULL;
    tree->shape = shape;
    uint32_t units = 0;
    for (uint32_t at = r->first_of_tree[number]; at; at = r->next_of_tree[at - 1])
        units++;
    shape->units = ns_calloc((size_t)units + 1, sizeof *shape->units);
    shape->foreign = ns_calloc((size_t)units + 1, sizeof *shape->foreign);
    if (!shape->units || !shape->foreign)
        return NULL;
    for (uint32_t at = r->first_of_tree[number]; at; at = r->next_of_tree[at - 1]) {
        shape->units[shape->unit_count++] = at - 1;
        if (r->trace->units[at - 1].foreign)
            shape->foreign[shape->foreign_count++] = at - 1;
    }
    uint32_t cohorts = find_cohorts(r, shape, NULL);
    shape->cohorts = ns_calloc((size_t)cohorts + 1, sizeof *shape->cohorts);
    if (!shape->cohorts)
        return NULL;
    shape->cohort_count = find_cohorts(r, shape, shape->cohorts);
    qsort(shape->cohorts, shape->cohort_count, sizeof *shape->cohorts, ascending);
    return shape;
}

static void free_shape(replay_shape *shape)
{
    if (!shape)
        return;
    ns_free(shape->units);
    ns_free(shape->cohorts);
    ns_free(shape->foreign);
    ns_free(shape);
}

// The index of a number in a list, `count` when it is not there.
static uint32_t find(const uint32_t *list, uint32_t count, uint32_t number)
{
    const uint32_t *at = bsearch(&number, list, count, sizeof *list, ascending);
    return at ? (uint32_t)(at - list) : count;
}

// -- Copies ---------------------------------------------------------------------------------------

static void free_copy(replay_copy *copy)
{
    ns_list_remove(&copy->link);
    ns_free(copy->done);
    ns_free(copy->births);
    ns_free(copy->waiting);
    ns_free(copy);
}

replay_tree *replay_draw(ns_replay *r, const ns_load_request *request)
{
    uint32_t number = draw(r, request);
    if (!number)
        return NULL;
    const replay_shape *shape = shape_of(r, number);
    replay_copy *copy = shape ? ns_calloc(1, sizeof *copy) : NULL;
    if (!copy) {
        replay_no_memory(r);
        return NULL;
    }
    copy->tree = (replay_tree){.replay = r, .request = request->id, .number = number, .copy = copy};
    copy->shape = shape;
    copy->holders = 1;
    ns_list_push_back(&r->copies, &copy->link);
    copy->done = ns_calloc((size_t)shape->unit_count + 1, sizeof *copy->done);
    copy->births = ns_calloc((size_t)shape->cohort_count + 1, sizeof *copy->births);
    copy->waiting = ns_calloc((size_t)shape->unit_count + 1, sizeof *copy->waiting);
    if (!copy->done || !copy->births || !copy->waiting) {
        free_copy(copy);
        replay_no_memory(r);
        return NULL;
    }
    memcpy(copy->waiting, shape->foreign, shape->foreign_count * sizeof *copy->waiting);
    copy->waiting_count = shape->foreign_count;
    r->drawn++;
    return &copy->tree;
}

void replay_hold(replay_tree *tree)
{
    if (tree->copy)
        tree->copy->holders++;
}

void replay_release(replay_tree *tree)
{
    if (tree->copy && --tree->copy->holders == 0)
        free_copy(tree->copy);
}

// What it needs of its own tree has run.
static bool ready(const ns_replay *r, const replay_copy *copy, uint32_t unit)
{
    const ns_nst_unit *of = &r->trace->units[unit];
    for (int i = 0; i < NS_NST_NEEDS && of->needs[i]; i++) {
        uint32_t at = find(copy->shape->units, copy->shape->unit_count, of->needs[i] - 1);
        if (at < copy->shape->unit_count && !copy->done[at])
            return false;
    }
    return true;
}

void replay_copy_fragment(ns_replay *r, replay_copy *copy, uint32_t unit)
{
    if (r->trace->units[unit].foreign) // the other request was there before
        return;
    if (ready(r, copy, unit))
        replay_run(r, &copy->tree, unit);
    else if (copy->waiting_count < copy->shape->unit_count)
        copy->waiting[copy->waiting_count++] = unit;
}

void replay_copy_did(ns_replay *r, replay_copy *copy, uint32_t unit)
{
    uint32_t at = find(copy->shape->units, copy->shape->unit_count, unit);
    if (at < copy->shape->unit_count)
        copy->done[at] = true;
    for (uint32_t i = 0; i < copy->waiting_count && !r->exiting; i++) {
        uint32_t next = copy->waiting[i];
        if (!ready(r, copy, next))
            continue;
        copy->waiting[i] = copy->waiting[--copy->waiting_count];
        replay_run_apart(r, &copy->tree, next);
        i = UINT32_MAX; // it may have made any of them ready
    }
}

uint32_t *replay_copy_birth(replay_copy *copy, uint32_t cohort)
{
    uint32_t at = find(copy->shape->cohorts, copy->shape->cohort_count, cohort);
    return at < copy->shape->cohort_count ? &copy->births[at] : NULL;
}

void replay_copies_free(ns_replay *r)
{
    while (r->copies.next && !ns_list_empty(&r->copies))
        free_copy(ns_list_entry(r->copies.next, replay_copy, link));
    for (uint32_t i = 0; r->trees && i <= r->trace->request_count; i++)
        free_shape(r->trees[i].shape);
    for (int i = 0; r->drawable && i < r->workload->arrival_count; i++)
        ns_free(r->drawable[i]);
    ns_free(r->drawable);
    ns_free(r->drawable_counts);
    ns_free(r->next_of_tree);
    ns_free(r->first_of_tree);
}

// Lives of allocations in sums. A cohort is what is allocated between two operations on the heap;
// of each that dies later, the trace has the bytes by cohort, so that a replay knows how many
// collections they have survived. Where much is allocated without any operation, there are points:
// a replay may collect there.
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "node/tracer_private.h"

static void keep(ns_tracer *t, uintptr_t key, uint32_t cohort)
{
    if (!t->failed && !tracer_keep(&t->lives, key, cohort))
        t->failed = true;
}

static bool look_up(const ns_tracer *t, uintptr_t key, uint32_t *cohort)
{
    return !t->failed && tracer_look_up(&t->lives, key, cohort);
}

// -- Sums -----------------------------------------------------------------------------------------

static tracer_cohort *cohort_of(ns_tracer *t, uint32_t cohort)
{
    while (cohort >= t->cohort_capacity)
        if (!tracer_grow(t, &t->cohorts, t->cohort_capacity, &t->cohort_capacity,
                         sizeof *t->cohorts))
            return NULL;
    return &t->cohorts[cohort];
}

// `place`: or what else deaths have in a trace (trace/nst.h).
void tracer_die(ns_tracer *t, uint32_t cohort, int place, int64_t bytes)
{
    if ((place == NS_PLACE_YOUNG || place == NS_NST_OBJECTS) && cohort == t->cohort) {
        *(place == NS_PLACE_YOUNG ? &t->live : &t->objects) -= bytes;
        return;
    }
    if (cohort > t->cohort) {
        tracer_literal *of = &t->literals[cohort - t->cohort - 1];
        assert(place == NS_PLACE_YOUNG || place == NS_NST_OBJECTS);
        *(place == NS_PLACE_YOUNG ? &of->live : &of->objects) -= bytes;
        return;
    }
    tracer_cohort *of = cohort_of(t, cohort);
    if (!of)
        return;
    of->dead[place] += bytes;
    if (of->touched ||
        !tracer_grow(t, &t->touched, t->touched_count, &t->touched_capacity, sizeof *t->touched))
        return;
    of->touched = true;
    t->touched[t->touched_count++] = cohort;
}

// A point comes when GRAIN was allocated since the last, at once where the program has none in more
// than GAP. GRAIN is 1/128 of the least semi-space: where copies nearly fill one, it decides
// whether the next scavenge comes at once. Checks are seen every LOOK bytes.
enum { GRAIN = 8 * 1024, GAP = 4096, LOOK = 512 };
// Limits of what is outside of the heap are so many times those of new space.
enum { EXTERNAL_SHARE = 32 };

static void count(ns_tracer *t, int64_t bytes)
{
    if (bytes <= 0)
        return;
    t->unchecked += bytes;
    t->garbage.since += bytes;
}

bool ns_tracer_point_due(const ns_tracer *t)
{
    return t && t->unchecked >= LOOK;
}

static void add_young(ns_tracer *t, int64_t bytes)
{
    count(t, bytes);
    t->young += bytes;
    if (t->young > t->peak)
        t->peak = t->young;
}

// The cohort of what a literal made.
static uint32_t literal_born(ns_tracer *t, uint32_t code, int64_t bytes)
{
    uint32_t at = 0;
    while (at < t->literal_count && t->literals[at].code != code)
        at++;
    if (at == t->literal_count) {
        if (!tracer_grow(t, &t->literals, at, &t->literal_capacity, sizeof *t->literals))
            return t->cohort;
        t->literals[t->literal_count++] = (tracer_literal){.code = code};
    }
    tracer_literal *of = &t->literals[at];
    of->bytes += bytes;
    of->live += bytes;
    of->objects++;
    of->made++;
    return t->cohort + 1 + at;
}

void ns_tracer_page_ends(ns_tracer *t, ns_heap *heap)
{
    int64_t bytes = ns_heap_page_ends(heap);
    if (t && bytes != 0)
        add_young(t, bytes);
}

void ns_tracer_behind(ns_tracer *t, const ns_heap *heap)
{
    if (!t || t->behind == ns_heap_is_behind(heap))
        return;
    t->behind = !t->behind;
    if (t->behind)
        tracer_flush_heap(t);
}

void ns_tracer_born(ns_tracer *t, const ns_heap *heap, const ns_life *life, uint16_t site,
                    bool optimized)
{
    int64_t bytes;
    if (!t || (life->words == 0 && life->birth == 0))
        return;
    ns_heap_place place = ns_heap_life(life, &bytes);
    // Of an operation's births, the collection that a large one calls for comes before that one.
    bool external = place == NS_PLACE_EXTERNAL && ns_heap_is_behind(heap) && !t->behind;
    if (!external)
        ns_tracer_behind(t, heap);
    if (place == NS_PLACE_LARGE)
        tracer_flush_heap(t);
    uint32_t cohort = t->cohort;
    bool old = place == NS_PLACE_OLD, literal = site && (old || place == NS_PLACE_YOUNG);
    if (literal)
        cohort = literal_born(t,
                              (uint32_t)site << NS_NST_LITERAL_BITS |
                                  (optimized ? NS_NST_LITERAL_OPTIMIZED : 0) |
                                  (old ? NS_NST_LITERAL_OLD : 0),
                              bytes);
    if (place == NS_PLACE_YOUNG) {
        add_young(t, bytes);
        t->live += literal ? 0 : bytes;
        t->objects += !literal;
    } else if (old) {
        t->old += bytes;
        count(t, bytes);
    } else {
        count(t, place == NS_PLACE_LARGE ? bytes : bytes / EXTERNAL_SHARE);
        ns_nst_put(&t->pieces, place);
        ns_nst_put(&t->pieces, (uint64_t)bytes);
        t->piece_count++;
    }
    if (!old || literal)
        keep(t, (uintptr_t)life, cohort);
    if (place == NS_PLACE_LARGE || t->steps != ns_heap_steps(heap)) {
        t->steps = ns_heap_steps(heap);
        tracer_flush_heap(t);
    }
    if (external)
        ns_tracer_behind(t, heap);
}

void ns_tracer_moved(ns_tracer *t, uintptr_t from, const ns_life *life)
{
    uint32_t cohort;
    if (!t || !look_up(t, from, &cohort))
        return;
    tracer_forget(&t->lives, from);
    keep(t, (uintptr_t)life, cohort);
}

// Of a life that is old from its birth the cohort is not known, nor of what is older than the heap;
// what a literal made would be young in another run.
static ns_heap_place known_place(const ns_tracer *t, const ns_life *life, uint32_t *cohort,
                                 int64_t *bytes)
{
    ns_heap_place place = ns_heap_life(life, bytes);
    if (!look_up(t, (uintptr_t)life, cohort))
        return NS_PLACE_OLD;
    return place == NS_PLACE_OLD ? NS_PLACE_YOUNG : place;
}

void ns_tracer_died(ns_tracer *t, const ns_life *life, bool held)
{
    int64_t bytes;
    uint32_t cohort = 0;
    if (!t)
        return;
    ns_heap_place place = known_place(t, life, &cohort, &bytes);
    tracer_forget(&t->lives, (uintptr_t)life);
    if (cohort == TRACER_GARBAGE)
        return;
    if (place != NS_PLACE_YOUNG) {
        tracer_die(t, cohort, (int)place, bytes);
        return;
    }
    if (held && cohort > t->cohort)
        tracer_flush_heap(t); // of a cohort that is told
    tracer_die(t, cohort, held ? (int)NS_NST_HELD : (int)NS_PLACE_YOUNG, bytes);
    if (bytes > 0)
        tracer_die(t, cohort, held ? NS_NST_HELD_OBJECTS : NS_NST_OBJECTS,
                   ns_heap_life_objects(life));
}

void ns_tracer_resized(ns_tracer *t, const ns_heap *heap, const ns_life *life, int32_t words,
                       int32_t garbage, int objects)
{
    int64_t bytes;
    uint32_t cohort = 0;
    if (!t)
        return;
    ns_tracer_behind(t, heap);
    ns_heap_place place = known_place(t, life, &cohort, &bytes);
    if (cohort == TRACER_GARBAGE)
        return;
    tracer_die(t, cohort, (int)place, -(int64_t)words * 8);
    if (place == NS_PLACE_YOUNG && objects != 0)
        tracer_die(t, cohort, NS_NST_OBJECTS, -objects);
    add_young(t, ((int64_t)words + garbage) * 8);
    if (t->steps != ns_heap_steps(heap)) {
        t->steps = ns_heap_steps(heap);
        tracer_flush_heap(t);
    }
}

// -- Operations -----------------------------------------------------------------------------------

static void put_deaths(ns_tracer *t, ns_buf *ops)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->touched_count; i++)
        for (int place = 0; place < NS_NST_DEATHS; place++)
            count += t->cohorts[t->touched[i]].dead[place] != 0;
    ns_nst_put(ops, count);
    for (uint32_t i = 0; i < t->touched_count; i++) {
        tracer_cohort *cohort = &t->cohorts[t->touched[i]];
        for (int place = 0; place < NS_NST_DEATHS; place++) {
            if (cohort->dead[place] == 0)
                continue;
            ns_nst_put(ops, (uint64_t)place);
            ns_nst_put(ops, t->cohort - t->touched[i]);
            ns_nst_put(ops, ns_nst_zigzag(cohort->dead[place]));
        }
        *cohort = (tracer_cohort){.garbage = cohort->garbage};
    }
    t->touched_count = 0;
}

static void put_literals(ns_tracer *t, ns_buf *ops)
{
    ns_nst_put(ops, t->literal_count);
    for (uint32_t i = 0; i < t->literal_count; i++) {
        const tracer_literal *of = &t->literals[i];
        ns_nst_put(ops, of->code);
        ns_nst_put(ops, (uint64_t)of->bytes);
        ns_nst_put(ops, ns_nst_zigzag(of->live));
        ns_nst_put(ops, ns_nst_zigzag(of->objects));
        ns_nst_put(ops, of->made);
    }
}

void tracer_flush_heap(ns_tracer *t)
{
    // What a collection finds has come behind the last one: there is a cohort between them.
    if (t->cohort != t->garbage.young && t->young == 0 && t->peak == 0 && t->live == 0 &&
        t->objects == 0 && t->old == 0 && t->piece_count == 0 && t->literal_count == 0 &&
        t->touched_count == 0)
        return;
    ns_buf *ops = tracer_ops(t);
    if (!ops || t->failed)
        return;
    ns_nst_put(ops, NS_OP_HEAP);
    ns_nst_put(ops, t->cohort);
    ns_nst_put(ops, ns_nst_zigzag(t->young));
    ns_nst_put(ops, (uint64_t)(t->peak - t->young));
    ns_nst_put(ops, ns_nst_zigzag(t->live));
    ns_nst_put(ops, ns_nst_zigzag(t->objects));
    ns_nst_put(ops, (uint64_t)t->old);
    ns_nst_put(ops, t->piece_count);
    ns_buf_add(ops, t->pieces.data, t->pieces.len);
    put_literals(t, ops);
    put_deaths(t, ops);
    ns_buf_clear(&t->pieces);
    t->young = t->peak = t->live = t->objects = t->old = 0;
    t->cohort += 1 + t->literal_count;
    t->piece_count = t->literal_count = 0;
}

void ns_tracer_check(ns_tracer *t)
{
    if (!t)
        return;
    tracer_flush_heap(t);
    tracer_look_for_garbage(t);
    ns_tracer_op(t, NS_OP_CHECK);
    t->since_point = t->unchecked = 0;
}

void ns_tracer_point(ns_tracer *t, ns_time accrued)
{
    if (!t)
        return;
    int64_t gap = t->unchecked;
    t->since_point += gap;
    t->unchecked = 0;
    if (t->since_point < GRAIN && gap < GAP)
        return;
    tracer_flush_heap(t);
    ns_buf *ops = tracer_ops(t);
    if (!ops || t->failed)
        return;
    tracer_look_for_garbage(t);
    t->fragment.fresh = false;
    ns_nst_put(ops, NS_OP_POINT);
    ns_nst_put(ops, (uint64_t)(t->charged + accrued - t->precharged));
    t->since_point = 0;
}

void ns_tracer_collect(ns_tracer *t)
{
    if (!t)
        return;
    tracer_flush_heap(t);
    ns_tracer_op(t, NS_OP_COLLECT);
}

void ns_tracer_heap_tasks(ns_tracer *t, bool drain)
{
    if (!t)
        return;
    tracer_flush_heap(t);
    ns_tracer_op1(t, NS_OP_TASKS, drain);
    t->unchecked = 0;
}

void ns_tracer_in_collection(ns_tracer *t, bool inside)
{
    if (t)
        t->collecting = inside;
}

void tracer_free_heap(ns_tracer *t)
{
    tracer_free_map(&t->lives);
    ns_free(t->cohorts);
    ns_free(t->touched);
    ns_free(t->literals);
    ns_buf_free(&t->pieces);
}

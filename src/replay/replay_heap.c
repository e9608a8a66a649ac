// The heap of a replay: births and deaths come in sums, by cohorts.
#include "base/alloc.h"
#include "replay/replay_private.h"

// What the recorded collection did to code: when this one does it, or when it ends.
static void gc_records(ns_replay *r)
{
    ns_nst_cursor *c = r->cursor;
    while (c && *c->at == NS_OP_GC_RECORD) {
        c->at++;
        replay_record(r, r->current, c);
        r->code_changed = true;
    }
}

static void collected(void *opaque, const ns_heap_gc *gc)
{
    ns_replay *r = opaque;
    gc_records(r);
    if (r->requests)
        ns_requests_pause(r->requests, gc);
}

// As a budget of 0 in a run: what is due comes at the next point.
static void request(void *opaque)
{
    ((ns_replay *)opaque)->requested = true;
}

// Behind it stands what the recorded collection did, if it came at this place.
static void find_dead(void *opaque, bool young)
{
    ns_replay *r = opaque;
    ns_nst_cursor *c = r->cursor;
    r->code_changed = false;
    replay_find_garbage(r, young);
    if (c && *c->at == NS_OP_CYCLES)
        c->at++;
    ns_heap_clamp(r->heap);
}

// The code of a literal is made anew: until it is optimized again, its objects are counted. Here
// that lasts until the next collection, if the trace does not have it.
static void tenured(void *opaque, uint16_t site)
{
    ns_replay *r = opaque;
    gc_records(r);
    if (!r->code_changed)
        r->remade[site - 1] = ns_heap_epoch(r->heap) + 1;
}

int replay_heap_start(ns_replay *r, ns_err *err)
{
    const ns_heap_options options = {
        .profile = r->machine.profile,
        .sink = r->options.sink,
        .memory = r->workload->machine.memory,
        .flags = r->workload->flags,
        .safepoint = &r->safepoint,
        .request = request,
        .find_dead = find_dead,
        .collected = collected,
        .tenured = tenured,
        .opaque = r,
    };
    return ns_heap_new(&r->heap, r->machine.sim, r->machine.cpu, &options, err);
}

static void die(ns_replay *r, uint64_t place, uint16_t literal, uint32_t birth, int64_t count)
{
    if (place == NS_NST_OBJECTS) {
        ns_heap_add_object_deaths(r->heap, birth, count);
        if (literal)
            ns_heap_add_memento_deaths(r->heap, literal, birth, count);
    } else if (place == NS_NST_HELD) {
        ns_heap_add_held(r->heap, birth, count, 0);
    } else if (place == NS_NST_HELD_OBJECTS) {
        ns_heap_add_held(r->heap, birth, 0, count);
    } else {
        ns_heap_add_deaths(r->heap, (ns_heap_place)place, birth, count);
    }
}

// -- Changes --------------------------------------------------------------------------------------

// Part of an operation, which may have to be taken back.
static void change(ns_replay *r, const replay_change *what)
{
    if (r->change_count == r->change_capacity) {
        size_t capacity = r->change_capacity ? r->change_capacity * 2 : 64;
        replay_change *changes = ns_realloc(r->changes, capacity * sizeof *changes);
        if (!changes) {
            replay_no_memory(r);
            return;
        }
        r->changes = changes;
        r->change_capacity = capacity;
    }
    r->changes[r->change_count++] = *what;
    die(r, what->place, what->born ? 0 : what->literal, what->birth, what->count);
}

static void take_back(ns_replay *r)
{
    for (size_t i = 0; i < r->change_count; i++) {
        const replay_change *what = &r->changes[i];
        die(r, what->place, what->born ? 0 : what->literal, what->birth, -what->count);
    }
}

static void do_again(ns_replay *r, uint32_t epoch)
{
    for (size_t i = 0; i < r->change_count; i++) {
        replay_change *what = &r->changes[i];
        if (what->born) {
            what->birth = epoch;
            *what->born = what->birth + 1;
        } else if (what->of) { // which may be one of those
            what->birth = *what->of - 1;
        }
        die(r, what->place, what->born ? 0 : what->literal, what->birth, what->count);
    }
}

// -- Births and deaths ----------------------------------------------------------------------------

// What dies before it is born, as the units come in another order, dies at its birth; if that never
// comes, it was never there.
static void die_early(ns_replay *r, replay_cohort *cohort, uint64_t place, int64_t count)
{
    replay_early *early = ns_malloc(sizeof *early);
    if (!early) {
        replay_no_memory(r);
        return;
    }
    *early = (replay_early){.place = place, .count = count, .next = cohort->early};
    cohort->early = early;
}

static void born(ns_replay *r, replay_cohort *cohort)
{
    uint32_t epoch = ns_heap_epoch(r->heap);
    cohort->birth = epoch + 1;
    for (replay_early *early = cohort->early, *next; early; early = next) {
        next = early->next;
        die(r, early->place, cohort->literal, epoch, early->count);
        ns_free(early);
    }
    cohort->early = NULL;
}

// In a copy: its own, or what another request has left, for which one of another copy stands. More
// than copies have left does not die.
static void die_in_copy(ns_replay *r, replay_copy *copy, uint32_t cohort, uint64_t place,
                        int64_t count)
{
    const uint32_t *own = replay_copy_birth(copy, cohort);
    uint32_t birth = own ? *own : r->cohorts[cohort].birth;
    uint64_t kind = place == NS_NST_HELD           ? NS_PLACE_YOUNG
                    : place == NS_NST_HELD_OBJECTS ? NS_NST_OBJECTS
                                                   : place;
    if (!birth)
        return;
    if (!own && count > r->orphans[kind])
        count = r->orphans[kind];
    r->orphans[kind] -= count;
    if (count != 0)
        change(r, &(replay_change){.place = place, .birth = birth - 1, .count = count, .of = own});
}

// Where deaths of what a literal made in old space are; false: nowhere.
static bool in_old(uint64_t *place)
{
    if (*place == NS_NST_OBJECTS || *place == NS_NST_HELD_OBJECTS)
        return false;
    if (*place == NS_PLACE_YOUNG || *place == NS_NST_HELD)
        *place = NS_PLACE_OLD;
    return true;
}

void replay_die(ns_replay *r, replay_tree *tree, uint32_t cohort, uint64_t place, int64_t count)
{
    replay_cohort *from = &r->cohorts[cohort];
    if (from->tenured && !in_old(&place))
        return;
    if (tree->copy)
        die_in_copy(r, tree->copy, cohort, place, count);
    else if (from->birth)
        change(r, &(replay_change){.place = place,
                                   .birth = from->birth - 1,
                                   .of = &from->birth,
                                   .count = count,
                                   .literal = from->literal});
    else
        die_early(r, from, place, count);
}

static void deaths(ns_replay *r, replay_tree *tree, uint32_t cohort, ns_nst_cursor *c)
{
    for (uint64_t left = ns_nst_get(c); left > 0; left--) {
        uint64_t place = ns_nst_get(c);
        uint32_t number = cohort - (uint32_t)ns_nst_get(c);
        replay_die(r, tree, number, place, ns_nst_get_signed(c));
    }
}

void replay_heap_free(ns_replay *r)
{
    for (uint32_t i = 0; r->cohorts && i < r->trace->cohorts; i++)
        for (replay_early *early = r->cohorts[i].early, *next; early; early = next) {
            next = early->next;
            ns_free(early);
        }
    ns_free(r->cohorts);
    ns_free(r->changes);
    ns_free(r->remade);
    ns_free(r->garbage.items);
    ns_heap_free(r->heap);
}

static void live(ns_replay *r, uint32_t *born, int64_t bytes, int64_t objects)
{
    replay_change birth = {
        .place = NS_PLACE_YOUNG, .count = -bytes, .birth = ns_heap_epoch(r->heap), .born = born};
    if (bytes != 0)
        change(r, &birth);
    birth.place = NS_NST_OBJECTS;
    birth.count = -objects;
    if (objects != 0)
        change(r, &birth);
}

// The births of a cohort: where to keep their epoch.
static uint32_t *bear(ns_replay *r, replay_tree *tree, uint32_t cohort, int64_t bytes,
                      int64_t objects, int64_t old)
{
    uint32_t *copied = tree->copy ? replay_copy_birth(tree->copy, cohort) : NULL;
    if (copied) {
        *copied = ns_heap_epoch(r->heap) + 1;
        r->orphans[NS_PLACE_YOUNG] += bytes;
        r->orphans[NS_NST_OBJECTS] += objects;
        r->orphans[NS_PLACE_OLD] += old;
    } else {
        born(r, &r->cohorts[cohort]);
    }
    return copied ? copied : &r->cohorts[cohort].birth;
}

static void pieces(ns_replay *r, uint32_t *born, bool copied, ns_nst_cursor *c)
{
    for (uint64_t left = ns_nst_get(c); left > 0; left--) {
        ns_heap_place place = (ns_heap_place)ns_nst_get(c);
        int64_t bytes = (int64_t)ns_nst_get(c);
        // A large one has a cohort of its own (ns_tracer_born).
        *born = ns_heap_add_piece(r->heap, place, bytes) + 1;
        if (copied)
            r->orphans[place] += bytes;
    }
}

// Whether the heap has a literal of this number.
static bool know_literal(ns_replay *r, uint16_t site)
{
    while (r->literals < site) {
        if (r->literals == r->literal_capacity) {
            size_t capacity = r->literal_capacity ? r->literal_capacity * 2 : 64;
            uint32_t *remade = ns_realloc(r->remade, capacity * sizeof *remade);
            if (!remade)
                return false;
            r->remade = remade;
            r->literal_capacity = capacity;
        }
        if (!ns_heap_new_literal(r->heap))
            return false;
        r->remade[r->literals++] = 0;
    }
    return true;
}

// What a literal made. Of the operation's bytes, those move that optimized code allocates elsewhere
// than in the run: returns how many more are old.
static int64_t literal(ns_replay *r, replay_tree *tree, uint32_t cohort, ns_nst_cursor *c)
{
    uint32_t code = (uint32_t)ns_nst_get(c);
    int64_t bytes = (int64_t)ns_nst_get(c), alive = ns_nst_get_signed(c);
    int64_t objects = ns_nst_get_signed(c);
    uint32_t made = (uint32_t)ns_nst_get(c);
    uint16_t site = (uint16_t)(code >> NS_NST_LITERAL_BITS);
    if (!know_literal(r, site)) {
        replay_no_memory(r);
        return 0;
    }
    bool optimized = code & NS_NST_LITERAL_OPTIMIZED, was_old = code & NS_NST_LITERAL_OLD;
    bool old = optimized ? ns_heap_tenures(r->heap, site) : was_old;
    bool counted = !optimized || (!old && r->remade[site - 1] == ns_heap_epoch(r->heap));
    replay_cohort *of = &r->cohorts[cohort];
    of->literal = counted ? site : 0;
    of->tenured = old;
    if (counted)
        ns_heap_add_mementos(r->heap, site, made);
    if (counted && made > objects)
        ns_heap_add_memento_deaths(r->heap, site, ns_heap_epoch(r->heap), made - objects);
    uint32_t *born = bear(r, tree, cohort, old ? 0 : alive, old ? 0 : objects, 0);
    if (old)
        ns_heap_add_deaths(r->heap, NS_PLACE_OLD, 0, bytes - alive);
    else
        live(r, born, alive, objects);
    return (old ? bytes : 0) - (was_old ? bytes : 0);
}

void replay_births(ns_replay *r, replay_tree *tree, ns_nst_cursor *c)
{
    uint32_t cohort = (uint32_t)ns_nst_get(c);
    int64_t young = ns_nst_get_signed(c), back = (int64_t)ns_nst_get(c);
    int64_t alive = ns_nst_get_signed(c), objects = ns_nst_get_signed(c);
    int64_t old = (int64_t)ns_nst_get(c);
    bool was_behind = r->recent.behind && ns_heap_is_behind(r->heap);
    if (!was_behind) {
        r->change_count = 0;
        r->recent.bytes = 0;
    }
    uint32_t *born = bear(r, tree, cohort, alive, objects, old);
    live(r, born, alive, objects);
    ns_nst_cursor at_pieces = *c;
    for (uint64_t left = ns_nst_get(c); left > 0; left--) {
        ns_nst_get(c);
        ns_nst_get(c);
    }
    int64_t moved = 0;
    uint64_t literals = ns_nst_get(c);
    for (uint64_t i = 1; i <= literals; i++)
        moved += literal(r, tree, cohort + (uint32_t)i, c);
    young -= moved;
    if (literals == 0) // whose objects are in `young`, and not in `alive`
        young -= replay_spared(r, young - alive);
    ns_heap_add_births(r->heap, young + back, 0, 0, old + moved);
    if (back > 0)
        ns_heap_add_births(r->heap, -back, 0, 0, 0);
    r->recent.bytes += young;
    bool crossed = ns_heap_is_behind(r->heap);
    pieces(r, born, born != &r->cohorts[cohort].birth, &at_pieces);
    deaths(r, tree, cohort, c);
    replay_garbage_comes(r, tree, cohort, cohort + (uint32_t)literals);
    // What comes behind the piece that has called for a scavenge.
    r->recent.behind = ns_heap_is_behind(r->heap);
    if (r->recent.behind && !crossed) {
        r->change_count = 0;
        r->recent.bytes = 0;
    }
}

static bool out_of_memory(ns_replay *r)
{
    bool out = ns_heap_out_of_memory(r->heap) != NULL;
    if (out && !r->exiting)
        replay_exit(r, 134, "out of memory");
    return out;
}

// The collection that an object calls for comes before that object, here at the next point. Of what
// was allocated since, what did not fit is put off until it is over: all of it where the recorded
// run did collect (its CYCLES follow), as its operations are told apart there.
static bool collect(ns_replay *r)
{
    ns_heap_charge_faults(r->heap, r->machine.thread);
    if (!ns_heap_due(r->heap))
        return false;
    bool recorded = r->cursor && *r->cursor->at == NS_OP_CYCLES;
    int64_t late = ns_heap_overshoot(r->heap);
    late = recorded && r->recent.behind ? r->recent.bytes : late;
    if (!r->recent.behind || late == 0) {
        ns_heap_collect(r->heap, r->machine.thread);
        return out_of_memory(r);
    }
    uint32_t epoch = ns_heap_epoch(r->heap);
    // What the operations did comes when the larger part of what they allocated does.
    bool after = recorded || late * 2 > r->recent.bytes;
    ns_heap_add_births(r->heap, -late, 0, 0, 0);
    if (after)
        take_back(r);
    size_t changes = r->change_count;
    ns_heap_collect(r->heap, r->machine.thread);
    r->change_count = changes; // without those of cycles
    if (after)
        do_again(r, epoch + 1);
    ns_heap_add_births(r->heap, late, 0, 0, 0);
    if (ns_heap_is_behind(r->heap)) { // there was no room for that, either
        r->requested = false;
        ns_heap_collect(r->heap, r->machine.thread);
    }
    return out_of_memory(r);
}

bool replay_check(ns_replay *r)
{
    r->requested = false;
    bool out = collect(r);
    r->recent = (replay_recent){0};
    return out;
}

void replay_point(ns_replay *r, ns_nst_cursor *c)
{
    ns_time demand = (ns_time)ns_nst_get(c);
    if (r->requested) {
        r->requested = false;
        replay_charge(r, demand);
        r->ahead += demand;
        replay_sync(r);
        collect(r);
    }
    r->recent = (replay_recent){0};
}

void replay_tasks(ns_replay *r, bool drain)
{
    if (r->exiting)
        return;
    collect(r);
    r->recent = (replay_recent){0};
    ns_heap_run_tasks(r->heap, r->machine.thread, drain);
    out_of_memory(r);
}

#include "model/heap.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/heap_internal.h"

// kMaxRegularHeapObjectSize: half a page. What is larger has a space of its own.
#define MAX_REGULAR (NS_HEAP_PAGE / 2)
// What the ends of pages may lose to small objects is left out.
#define PAGE_END 1024

// -- Making and unmaking --------------------------------------------------------------------------

int ns_heap_new(ns_heap **out, ns_sim *sim, ns_cpu *cpu, const ns_heap_options *options,
                ns_err *err)
{
    ns_heap *heap = ns_calloc(1, sizeof *heap);
    *out = heap;
    if (!heap)
        return ns_fail(err, NS_ENOMEM, "no memory for the heap model");
    heap->sim = sim;
    heap->cpu = cpu;
    heap->options = *options;
    int rc = ns_heap_read_options(heap, err);
    if (rc != NS_OK) {
        ns_free(heap);
        *out = NULL;
        return rc;
    }
    // Lives that end before they began would be those of other engines.
    heap->epoch = 2;
    heap->current_mu = 1;
    heap->allocation_ms = -1;
    heap->semi_capacity = heap->flags.initial_semi;
    heap->old_limit = heap->initial_limit = heap->flags.initial_old;
    heap->old_configured = heap->flags.old_configured;
    heap->old_used = heap->start_old;
    heap->large_used = heap->start_large;
    heap->young_live[0] = heap->start_young_live;
    heap->semi_touched[0] = heap->new_used;
    heap->external_low = 0;
    heap->until_sample = heap->sample_bytes;
    heap->sample_state = 1;
    for (int i = 0; i < NS_HEAP_WORKERS_MAX; i++) {
        heap->workers[i].heap = heap;
        ns_cpu_job_init(&heap->workers[i].job, ns_heap_worker_done, &heap->workers[i]);
    }
    ns_heap_init_buffers(heap);
    ns_heap_open_new_space(heap);
    ns_heap_commit_old(heap);
    return NS_OK;
}

void ns_heap_free(ns_heap *heap)
{
    if (!heap)
        return;
    for (int i = 0; i < NS_HEAP_WORKERS_MAX; i++)
        ns_cpu_withdraw(heap->cpu, &heap->workers[i].job);
    ns_cpu_withdraw(heap->cpu, &heap->buffers.job);
    ns_free(heap->literals);
    ns_free(heap);
}

// -- Allocation and death -------------------------------------------------------------------------

void ns_heap_request(ns_heap *heap)
{
    if (!heap->collecting && heap->options.request)
        heap->options.request(heap->options.opaque);
}

// A share of the bytes is attributed to the place where they are allocated. The step is drawn, so
// that a loop with a fixed pattern of allocations is not always met at the same one.
static void sample_site(ns_heap *heap)
{
    uint64_t x = heap->sample_state += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    x ^= x >> 31;
    int64_t step = heap->sample_bytes / 2 + (int64_t)(x % (uint64_t)heap->sample_bytes);
    int64_t passed = heap->sample_bytes - heap->until_sample;
    heap->until_sample = step;
    if (heap->options.sampled)
        heap->options.sampled(heap->options.opaque, passed);
    uint32_t function, line;
    if (!heap->options.site || !heap->options.site(heap->options.opaque, &function, &line))
        return;
    uint32_t at = (function * 2654435761u ^ line * 40503u) % NS_HEAP_SITES;
    for (int tries = 0; tries < 16; tries++, at = (at + 1) % NS_HEAP_SITES) {
        ns_heap_site *site = &heap->sites[at];
        if (site->bytes && (site->function != function || site->line != line))
            continue;
        site->function = function;
        site->line = line;
        site->bytes += passed;
        return;
    }
}

static void react(ns_heap *heap, int64_t bytes)
{
    if (heap->until_sample <= 0)
        sample_site(heap);
    if (heap->marking) {
        heap->step_allocated += bytes;
        ns_heap_marking_step(heap);
    }
}

void ns_heap_count_step(ns_heap *heap, int64_t bytes)
{
    heap->until_sample -= bytes;
    react(heap, bytes);
}

// Something is to be done for the bytes that have just been counted.
static void react_to_young(ns_heap *heap, int64_t bytes)
{
    react(heap, bytes);
    ns_heap_pages_entered(heap);
    if (heap->new_used > ns_heap_semi_area(heap) && !heap->scavenge_due) {
        heap->scavenge_due = true;
        ns_heap_request(heap);
    }
}

// Called for each object: all that follows from it is rare.
static inline void count_young(ns_heap *heap, int64_t bytes)
{
    heap->new_used += bytes;
    heap->new_counter += bytes;
    heap->until_sample -= bytes;
    if (heap->until_sample <= 0 || heap->marking || heap->new_used > heap->new_watch)
        react_to_young(heap, bytes);
}

void ns_heap_count_young(ns_heap *heap, int64_t bytes)
{
    count_young(heap, bytes);
}

void ns_heap_count_old(ns_heap *heap, int64_t bytes)
{
    heap->old_used += bytes;
    heap->old_counter += bytes;
    ns_heap_commit_old(heap);
    if (heap->marking) {
        heap->old_step_allocated += bytes;
        ns_heap_marking_step(heap);
    }
    bool full = !ns_heap_can_expand_old(heap, 0);
    if ((full || (ns_heap_old_available(heap) == 0 && !heap->marking)) && !heap->full_due) {
        heap->full_due = true;
        ns_heap_request(heap);
    }
}

// NewLargeObjectSpace::AllocateRaw: one object always fits. V8 collects before it allocates the one
// that does not, and that one is there for the next scavenge to find.
bool ns_heap_count_large(ns_heap *heap, int64_t bytes)
{
    int64_t capacity = ns_heap_semi_area(heap);
    if (heap->large_young_used > 0 && heap->large_young_used + bytes > capacity &&
        !heap->scavenge_due)
        ns_heap_call_for_scavenge(heap);
    bool next = heap->scavenge_due;
    *(next ? &heap->next.large_used : &heap->large_young_used) += bytes;
    *(next ? &heap->next.large_live : &heap->large_young_live) += bytes;
    heap->new_counter += bytes;
    heap->until_sample -= bytes;
    if (heap->until_sample <= 0)
        sample_site(heap);
    return next;
}

// kExternalAllocationSoftLimit (include/v8-internal.h), and the limit of young backing stores in
// Heap::AllocateExternalBackingStore: twice kMaxSemiSpaceSize.
static const int64_t external_soft_limit = 64 * NS_HEAP_MIB;
static const int64_t external_young_limit = 32 * NS_HEAP_MIB;

void ns_heap_count_external(ns_heap *heap, int64_t bytes)
{
    heap->external_used += bytes;
    heap->external_young += bytes;
    ns_heap_count_store(heap, bytes);
    if (heap->external_young - bytes >= external_young_limit && !heap->scavenge_due) {
        heap->external_due = true;
        ns_heap_call_for_scavenge(heap);
    }
    if (heap->external_used > heap->external_low + external_soft_limit && !heap->marking &&
        !heap->full_due) {
        heap->full_due = heap->external_due = true;
        ns_heap_request(heap);
    }
}

bool ns_heap_is_large(int64_t words)
{
    return words * 8 > MAX_REGULAR;
}

static ns_heap_place place_of(ns_alloc_kind kind, uint64_t words)
{
    if (kind == NS_ALLOC_EXTERNAL)
        return NS_PLACE_EXTERNAL;
    if (kind == NS_ALLOC_BYTECODE)
        return NS_PLACE_OLD;
    return ns_heap_is_large((int64_t)words) ? NS_PLACE_LARGE : NS_PLACE_YOUNG;
}

static bool has_site(ns_heap_place place)
{
    return place == NS_PLACE_YOUNG || place == NS_PLACE_OLD;
}

static ns_heap_place life_place(const ns_life *life)
{
    return (ns_heap_place)(life->birth & ((1u << NS_PLACE_BITS) - 1));
}

static uint32_t life_words(const ns_life *life)
{
    return has_site(life_place(life)) ? life->words & ((1u << NS_WORDS_BITS) - 1) : life->words;
}

static bool has_parts(const ns_life *life)
{
    return life->birth >> (NS_PLACE_BITS + NS_EPOCH_BITS) == NS_SITE_PARTS >> 8 &&
           has_site(life_place(life));
}

static uint16_t life_site(const ns_life *life)
{
    if (!has_site(life_place(life)) || has_parts(life))
        return 0;
    return (uint16_t)(life->words >> NS_WORDS_BITS | life->birth >> (NS_PLACE_BITS + NS_EPOCH_BITS)
                                                                        << 8);
}

// ConsStrings and what they are made of have four words each, a few more or less.
int ns_heap_life_objects(const ns_life *life)
{
    enum { EACH = 4 };
    uint32_t words = life_words(life);
    return !has_parts(life) || words < 2 * EACH ? words > 0 : (int)(words / EACH);
}

// The age of what is born behind the scavenge that is due.
#define UNBORN ((1u << NS_EPOCH_BITS) - 1)

// Collections since it was born.
static uint32_t life_age(const ns_heap *heap, const ns_life *life)
{
    return (heap->epoch - (life->birth >> NS_PLACE_BITS)) & ((1u << NS_EPOCH_BITS) - 1);
}

static ns_life new_life(uint32_t epoch, uint64_t words, ns_heap_place place, uint16_t site)
{
    epoch &= (1u << NS_EPOCH_BITS) - 1;
    ns_life life = {(uint32_t)words, epoch << NS_PLACE_BITS | (uint32_t)place};
    if (has_site(place)) {
        assert(words < 1u << NS_WORDS_BITS);
        life.words |= (uint32_t)site << NS_WORDS_BITS;
        life.birth |= (uint32_t)(site >> 8) << (NS_PLACE_BITS + NS_EPOCH_BITS);
    }
    return life;
}

bool ns_heap_is_behind(const ns_heap *heap)
{
    return heap->scavenge_due;
}

int64_t ns_heap_page_ends(ns_heap *heap)
{
    int64_t bytes = heap->page_ends;
    heap->page_ends = 0;
    return bytes;
}

static void place(ns_heap *heap, ns_life *life, uint64_t words, ns_heap_place place, uint16_t site)
{
    int64_t bytes = (int64_t)words * 8;
    *life = new_life(heap->epoch, words, place, site);
    switch (place) {
    case NS_PLACE_YOUNG:
        if ((bytes > PAGE_END || heap->new_used + bytes > heap->new_end) &&
            !ns_heap_make_room(heap, bytes)) {
            *life = new_life(heap->epoch + 1, words, place, site);
            heap->next.live += bytes;
            heap->next.objects++;
            ns_heap_count_behind(heap, bytes);
            break;
        }
        heap->young_live[0] += bytes;
        heap->young_objects[0]++;
        count_young(heap, bytes);
        break;
    case NS_PLACE_OLD:
        heap->old_live += bytes;
        ns_heap_count_old(heap, bytes);
        break;
    case NS_PLACE_LARGE:
        if (ns_heap_count_large(heap, bytes))
            *life = new_life(heap->epoch + 1, words, place, site);
        break;
    case NS_PLACE_EXTERNAL:
        heap->external_live[0] += bytes;
        ns_heap_count_external(heap, bytes);
        break;
    }
}

void ns_heap_literal_allocated(ns_heap *heap, ns_life *life, ns_alloc_kind kind, uint64_t count,
                               uint16_t site, bool optimized)
{
    uint64_t words = ns_heap_words(kind, count);
    assert(words <= UINT32_MAX);
    if (words == 0)
        return;
    ns_heap_place at = place_of(kind, words);
    if (at == NS_PLACE_YOUNG && site) {
        if (optimized && heap->literals[site - 1].decision == NS_TENURE)
            at = NS_PLACE_OLD;
        if (!optimized && (kind == NS_ALLOC_OBJECT || kind == NS_ALLOC_ARRAY))
            ns_heap_memento(heap, site);
        else
            site = 0;
    }
    place(heap, life, words, at, site);
}

void ns_heap_allocated(ns_heap *heap, ns_life *life, ns_alloc_kind kind, uint64_t count)
{
    ns_heap_literal_allocated(heap, life, kind, count, 0, false);
}

void ns_heap_old_allocated(ns_heap *heap, ns_life *life, ns_alloc_kind kind, uint64_t count)
{
    uint64_t words = ns_heap_words(kind, count);
    ns_heap_place at = place_of(kind, words);
    place(heap, life, words, at == NS_PLACE_YOUNG ? NS_PLACE_OLD : at, 0);
}

bool ns_heap_is_old(const ns_heap *heap, const ns_life *life)
{
    uint32_t age = life_age(heap, life);
    return life->words == 0 || life_place(life) == NS_PLACE_OLD ||
           (age >= (life_place(life) == NS_PLACE_LARGE ? 1 : 2) && age != UNBORN);
}

int64_t *ns_heap_live(ns_heap *heap, ns_heap_place place, uint32_t birth)
{
    uint32_t age = (heap->epoch - birth) & ((1u << NS_EPOCH_BITS) - 1);
    switch (place) {
    case NS_PLACE_YOUNG:
        if (age == UNBORN)
            return &heap->next.live;
        return age < 2 ? &heap->young_live[age] : &heap->old_live;
    case NS_PLACE_OLD:
        return &heap->old_live;
    case NS_PLACE_LARGE:
        if (age == UNBORN)
            return &heap->next.large_live;
        return age < 1 ? &heap->large_young_live : &heap->large_live;
    case NS_PLACE_EXTERNAL:
        return age < 2 ? &heap->external_live[age] : &heap->external_old_live;
    }
    assert(!"a place");
    return NULL;
}

static int64_t *live_of(ns_heap *heap, const ns_life *life)
{
    return ns_heap_live(heap, life_place(life), life->birth >> NS_PLACE_BITS);
}

ns_heap_place ns_heap_life(const ns_life *life, int64_t *bytes)
{
    *bytes = (int64_t)life_words(life) * 8;
    return life_place(life);
}

void ns_heap_freed(ns_heap *heap, const ns_life *life, bool held)
{
    uint32_t age = life_age(heap, life);
    int64_t bytes = (int64_t)life_words(life) * 8;
    int objects = ns_heap_life_objects(life);
    bool young = life_place(life) == NS_PLACE_YOUNG && age < 2;
    if (held && young) {
        heap->young_held[age] += bytes;
        heap->young_objects_held[age] += objects;
        return;
    }
    if (young && heap->behind && !heap->finding) {
        ns_heap_dies_behind(heap, age, bytes, objects);
        return;
    }
    if (young) {
        heap->young_live[age] -= bytes;
        heap->young_objects[age] -= objects;
    } else {
        ns_heap_add_deaths(heap, life_place(life), life->birth >> NS_PLACE_BITS, bytes);
        if (age == UNBORN && life_place(life) == NS_PLACE_YOUNG)
            heap->next.objects -= objects;
    }
    uint16_t site = life_site(life);
    if (site && (age == 0 || age == UNBORN))
        ns_heap_memento_dies(heap, site);
}

static __attribute__((noinline)) void resize_other(ns_heap *heap, const ns_life *life,
                                                   int32_t words, int64_t bytes, int objects)
{
    uint32_t age = life_age(heap, life);
    bool young = life_place(life) == NS_PLACE_YOUNG;
    int64_t more = (int64_t)words * 8;
    ns_heap_count_garbage(heap, bytes);
    if (young && age < 2 && heap->behind) {
        ns_heap_dies_behind(heap, age, -more, -objects);
        return;
    }
    *live_of(heap, life) += more;
    if (young && objects && (age < 2 || age == UNBORN))
        *(age < 2 ? &heap->young_objects[age] : &heap->next.objects) += objects;
}

int ns_heap_resized(ns_heap *heap, ns_life *life, int32_t words, int32_t garbage)
{
    assert(!has_site(life_place(life)) || (int64_t)life_words(life) + words < 1 << NS_WORDS_BITS);
    uint32_t age = life_age(heap, life);
    int64_t bytes = ((int64_t)words + garbage) * 8;
    bool parts = has_parts(life), takes = words > 0 && garbage == -words;
    int before = ns_heap_life_objects(life);
    life->words = (uint32_t)((int64_t)life->words + words);
    if (takes && !parts && has_site(life_place(life)) && life_site(life) == 0) {
        life->birth |= (uint32_t)NS_SITE_PARTS >> 8 << (NS_PLACE_BITS + NS_EPOCH_BITS);
        parts = true;
    }
    // It turned out to be none of V8's. Its death is told only where its words hold a site.
    int objects = parts ? ns_heap_life_objects(life) - before : -(life_words(life) == 0);
    if (life_place(life) != NS_PLACE_YOUNG || age >= 2 || heap->new_used + bytes > heap->new_end) {
        resize_other(heap, life, words, bytes, objects);
        return objects;
    }
    heap->young_live[age] += (int64_t)words * 8;
    heap->young_objects[age] += objects;
    count_young(heap, bytes);
    return objects;
}

// Freeing the backing stores of array buffers that died.
#include "heap_bench.h"

enum { STORES = 16, SMALL = 1000 };

static ns_time price(const bench *b, const char *name)
{
    return ns_profile_ns(b->profile, name);
}

static ns_time unmapping(const bench *b, int64_t bytes)
{
    double each = ns_profile_get(b->profile, "heap.array_buffers.unmap_byte");
    return (ns_time)((double)bytes * each);
}

static void stores(bench *b, int count, int64_t bytes)
{
    for (int i = 0; i < count; i++) {
        ns_life life = allocate(b, NS_ALLOC_EXTERNAL, bytes);
        free_life(b, &life);
    }
}

static void scavenge(bench *b)
{
    ns_thread_sync(b->thread);
    b->heap->scavenge_due = true;
    ns_heap_collect(b->heap, b->thread);
}

// What a process begins with is promoted by then; the third scavenge finds nothing.
enum { BEFORE = 3 };

static void begin(bench *b)
{
    // test_heap.c asks what a cold cache costs, test_heap_young.c what pages do
    b->heap->costs.scavenge_cold = b->heap->costs.commit_page = b->heap->costs.commit_pooled = 0;
    for (int i = 0; i < BEFORE; i++)
        scavenge(b);
}

static ns_time pause(const bench *b, int event)
{
    return b->events[BEFORE + event].pause_ns - b->events[BEFORE - 1].pause_ns;
}

// A scavenge of what died, and at once another one.
static void mapped(bench *b)
{
    begin(b);
    stores(b, STORES, MIB);
    scavenge(b);
    scavenge(b);
}

static void near(ns_time found, ns_time expected)
{
    cr_expect(llabs(found - expected) <= 2 + expected / 1000, "%lld ns, not %lld", (long long)found,
              (long long)expected);
}

Test(heap_buffers, the_next_collection_waits_for_the_task_that_frees_stores)
{
    static bench b;
    run(&b, mapped, 2, NULL);
    ns_time work =
        STORES * price(&b, "heap.array_buffers.free_store") + unmapping(&b, STORES * MIB);
    near(pause(&b, 0), price(&b, "heap.array_buffers.post_task"));
    near(b.events[BEFORE].concurrent_ns, work);
    near(pause(&b, 1), work);
    finish(&b);
}

Test(heap_buffers, main_does_what_the_task_has_not_begun)
{
    static bench one, two;
    run(&one, mapped, 1, NULL);
    run(&two, mapped, 2, NULL);
    for (int i = 0; i < 2; i++)
        near(pause(&one, i), pause(&two, i));
    finish(&one);
    finish(&two);
}

Test(heap_buffers, without_a_task_they_are_freed_in_the_pause)
{
    static const char *const flags[] = {"--no-concurrent-array-buffer-sweeping",
                                        "--single-threaded-gc", "--v8-pool-size=0"};
    for (int i = 0; i < 3; i++) {
        static bench b;
        b = (bench){0};
        run(&b, mapped, 2, (const char *[]){flags[i], NULL});
        near(pause(&b, 0),
             STORES * price(&b, "heap.array_buffers.free_store") + unmapping(&b, STORES * MIB));
        near(pause(&b, 1), 0);
        finish(&b);
    }
}

// The first large ones have mappings of their own, those of that size that come later have not;
// larger ones have.
static void again(bench *b)
{
    static const int64_t sizes[] = {1024, MIB, MIB, MIB / 2, 2 * MIB, 40 * MIB, 40 * MIB};
    begin(b);
    for (int i = 0; i < 7; i++) {
        stores(b, 1, sizes[i]);
        scavenge(b);
    }
}

Test(heap_buffers, stores_have_mappings_from_the_largest_on_that_was_freed)
{
    static const int64_t unmapped[] = {0, MIB, 0, 0, 2 * MIB, 40 * MIB, 40 * MIB};
    static bench b;
    run(&b, again, 2, (const char *[]){"--single-threaded-gc", NULL});
    for (int i = 0; i < 7; i++)
        near(pause(&b, i), price(&b, "heap.array_buffers.free_store") + unmapping(&b, unmapped[i]));
    finish(&b);
}

// Half of them live: until the third scavenge, which does not find old ones; a mark-compact does.
static void half(bench *b)
{
    static ns_life lives[SMALL];
    begin(b);
    for (int i = 0; i < SMALL; i++)
        lives[i] = allocate(b, NS_ALLOC_EXTERNAL, 1024);
    for (int i = 0; i < SMALL / 2; i++)
        free_life(b, &lives[i]);
    for (int i = 0; i < 3; i++)
        scavenge(b);
    for (int i = SMALL / 2; i < SMALL; i++)
        free_life(b, &lives[i]);
    scavenge(b);
    ns_heap_collect_all(b->heap, b->thread);
    ns_heap_collect_all(b->heap, b->thread);
}

Test(heap_buffers, old_stores_are_freed_by_mark_compacts)
{
    static bench b;
    run(&b, half, 2, (const char *[]){"--single-threaded-gc", NULL});
    ns_time half_of_them = SMALL / 2 * price(&b, "heap.array_buffers.free_store");
    near(pause(&b, 0), half_of_them);
    for (int i = 1; i < 4; i++)
        near(pause(&b, i), 0);
    near(pause(&b, 4) - pause(&b, 5), half_of_them);
    finish(&b);
}

// Marking cannot start before the stores are freed.
static void mark(bench *b)
{
    stores(b, STORES, MIB);
    scavenge(b);
    ns_time before = ns_sim_now(b->sim);
    ns_heap_start_marking(b->heap, b->thread, "test");
    near(ns_sim_now(b->sim) - before, price(b, "heap.marking.start") +
                                          STORES * price(b, "heap.array_buffers.free_store") +
                                          unmapping(b, STORES * MIB));
}

Test(heap_buffers, marking_starts_when_they_are_freed)
{
    static bench b;
    run(&b, mark, 2, NULL);
    finish(&b);
}

// Pages of new space, and what comes behind the scavenge that is due.
#include "heap_bench.h"

enum { WORD = 8, HEADER = 2 * WORD, KIB = 1024 };

// Elements of so many bytes.
static ns_life elements(bench *b, int64_t bytes)
{
    return allocate(b, NS_ALLOC_ELEMENTS, (uint64_t)(bytes - HEADER) / WORD);
}

static int64_t pages(int64_t count)
{
    return count * NS_HEAP_PAGE_AREA;
}

static const int64_t large_part = 120 * KIB; // two of them to a page
static const int64_t rest = NS_HEAP_PAGE_AREA - 2 * 120 * KIB;

// From the start of a page: a scavenge leaves an empty new space, when nothing lives.
static void empty_new_space(bench *b)
{
    b->heap->young_live[0] = b->heap->young_live[1] = 0;
    b->heap->new_used = 0;
    ns_heap_open_new_space(b->heap);
}

static void parked(bench *b)
{
    empty_new_space(b);
    for (int i = 0; i < 8; i++) {
        ns_life life = elements(b, large_part);
        free_life(b, &life);
    }
    // The last page is as full as the others: smaller ones find the rests of the first three.
    cr_expect_eq(b->heap->new_used, pages(4) - rest);
    ns_life life = elements(b, 10 * KIB);
    free_life(b, &life);
    cr_expect_eq(b->heap->new_used, pages(4) - rest + 10 * KIB);
    for (int i = 0; i < 3; i++) {
        life = elements(b, 8 * KIB);
        free_life(b, &life);
        cr_expect_eq(b->heap->new_used, pages(4) - rest + 8 * KIB);
    }
    cr_expect_eq(b->heap->scavenges, 0);
    life = elements(b, 8 * KIB); // which no rest has room for any more
    cr_expect_eq(b->heap->scavenges, 1);
    cr_expect_eq(b->heap->new_used, 8 * KIB);
    free_life(b, &life);
}

Test(heap_new_space, rests_of_pages_are_used_before_it_is_full)
{
    static bench b;
    run(&b, parked, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

// A table that grows: the old one is copied by the scavenge that the new one calls for.
static void growing_table(bench *b)
{
    empty_new_space(b);
    ns_life old = elements(b, large_part), grown = {0}, small = {0};
    for (int i = 0; i < 7; i++) {
        ns_life life = elements(b, large_part);
        free_life(b, &life);
    }
    ns_heap_allocated(b->heap, &grown, NS_ALLOC_ELEMENTS, (large_part + KIB - HEADER) / WORD);
    free_life(b, &old);
    ns_heap_allocated(b->heap, &small, NS_ALLOC_OBJECT, 1);
    cr_assert(ns_heap_is_behind(b->heap));
    cr_expect_eq(b->heap->new_used, pages(4) - rest);
    ns_heap_collect(b->heap, b->thread);
    cr_expect_eq(b->events[0].survived_bytes, large_part);
    cr_expect_eq(b->heap->young_live[1], 0);
    cr_expect_eq(b->heap->young_live[0], large_part + KIB + 4 * WORD);
    cr_expect_eq(b->heap->young_objects[0], 2);
    cr_expect(!ns_heap_is_old(b->heap, &grown));
    free_life(b, &grown);
    free_life(b, &small);
    cr_expect_eq(b->heap->young_live[0], 0);
    cr_expect_eq(b->heap->young_objects[0], 0);
}

Test(heap_new_space, what_does_not_fit_comes_behind_the_scavenge)
{
    static bench b;
    run(&b, growing_table, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

// The same with a mark-compact, that gc() calls for meanwhile: what is young then, and what is
// born, die only behind it.
static void full_collection(bench *b)
{
    empty_new_space(b);
    int64_t old_live = b->heap->old_live;
    ns_life old = elements(b, large_part), grown = {0};
    for (int i = 0; i < 7; i++) {
        ns_life life = elements(b, large_part);
        free_life(b, &life);
    }
    ns_heap_allocated(b->heap, &grown, NS_ALLOC_ELEMENTS, (large_part + KIB - HEADER) / WORD);
    free_life(b, &old);
    ns_heap_collect_all(b->heap, b->thread);
    cr_expect_eq(b->heap->old_live, old_live);
    cr_expect_eq(b->events[0].survived_bytes, large_part);
    cr_expect(!ns_heap_is_old(b->heap, &grown));
    free_life(b, &grown);
    cr_expect_eq(b->heap->young_live[0] + b->heap->young_live[1], 0);
    cr_expect_eq(b->heap->old_live, old_live);
    cr_expect(!ns_heap_due(b->heap));
}

Test(heap_new_space, a_full_collection_comes_first_as_well)
{
    static bench b;
    run(&b, full_collection, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

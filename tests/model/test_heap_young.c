// Prices of scavenges beyond those of what they copy.
#include "heap_bench.h"

#include <math.h>

static double price(const bench *b, const char *name)
{
    return ns_profile_get(b->profile, name);
}

// What copying takes, of all that main and its helpers do.
static double copying(const bench *b, const ns_rec_gc_event *e)
{
    return (double)e->survived_bytes * price(b, "heap.scavenge.copy_byte") +
           (double)e->survived_objects * price(b, "heap.scavenge.copy_object") +
           (double)e->touched_bytes / NS_HEAP_OS_PAGE * price(b, "heap.scavenge.touch_page");
}

static void expect_pause(const bench *b, int event, double pages, double besides)
{
    const ns_rec_gc_event *e = &b->events[event];
    double expected = price(b, "heap.scavenge.base") + copying(b, e) +
                      pages * price(b, "heap.commit_page") + besides;
    cr_expect(fabs((double)e->pause_ns - expected) < 1.0, "%d: %lld, not %.0f", event,
              (long long)e->pause_ns, expected);
}

static void garbage(bench *b)
{
    while (b->count < 4) {
        ns_life life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        free_life(b, &life);
    }
}

// The first scavenge commits the other semi-space; the first that promotes, a page of old space.
Test(heap_young, a_scavenge_pays_for_the_pages_that_it_commits)
{
    static const struct {
        const char *flag;
        int pages;
    } cases[] = {{"--min-semi-space-size=1", 4}, {"--min-semi-space-size=4", 16}};
    for (int i = 0; i < 2; i++) {
        static bench b;
        b = (bench){0};
        run(&b, garbage, 2, (const char *[]){cases[i].flag, "--single-threaded-gc", NULL});
        expect_pause(&b, 0, cases[i].pages, price(&b, "heap.scavenge.first"));
        cr_expect_gt(b.events[1].promoted_bytes, 0);
        int64_t old = (b.events[1].committed_after_bytes - b.events[1].committed_before_bytes);
        expect_pause(&b, 1, (double)old / NS_HEAP_PAGE, price(&b, "heap.scavenge.first_promotion"));
        expect_pause(&b, 3, 0, 0);
        finish(&b);
    }
}

// Less than 1 MB/s: new space shrinks, and the other semi-space is committed anew each time, from
// the pool.
static void idle(bench *b)
{
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 8; k++) {
            ns_thread_charge(b->thread, 1000 * NS_MS);
            ns_life life = allocate(b, NS_ALLOC_OBJECT, 1000);
            free_life(b, &life);
        }
        ns_thread_sync(b->thread);
        b->heap->scavenge_due = true;
        ns_heap_collect(b->heap, b->thread);
    }
}

Test(heap_young, pages_that_were_given_back_come_from_the_pool)
{
    static bench b;
    run(&b, idle, 2, (const char *[]){"--single-threaded-gc", NULL});
    double pooled = 4 * price(&b, "heap.commit_pooled");
    expect_pause(&b, 3, 0, pooled);
    expect_pause(&b, 4, 0, pooled);
    finish(&b);
}

// Half of what fills new space lives, in objects of 64 bytes: it grows.
static void growing(bench *b)
{
    while (b->count < 6) {
        allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        ns_life life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        free_life(b, &life);
    }
}

Test(heap_young, new_space_grows_in_both_semi_spaces)
{
    static bench b;
    run(&b, growing, 2, (const char *[]){"--single-threaded-gc", NULL});
    int grown = 0;
    for (int i = 2; i < 6; i++) {
        const ns_rec_gc_event *e = &b.events[i];
        int64_t more = e->committed_after_bytes - e->committed_before_bytes;
        grown += more >= 8 * NS_HEAP_PAGE;
        expect_pause(&b, i, (double)more / NS_HEAP_PAGE, 0);
    }
    cr_expect_gt(grown, 0);
    finish(&b);
}

// Main wakes one thread where a scavenge promotes, one more for each 256 objects, and none of those
// that new space is too small for.
static void some_live(bench *b)
{
    static const int counts[] = {0, 0, 300, 600, 1100, 4000};
    static ns_life lives[4000];
    int live = 0;
    for (int last = 0; b->count < 6;) {
        ns_life life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        if (b->count > last) {
            for (; live > 0; live--)
                free_life(b, &lives[live - 1]);
            last = b->count;
        }
        if (last < 6 && live < counts[last])
            lives[live++] = life;
        else
            free_life(b, &life);
    }
}

Test(heap_young, main_wakes_threads_for_its_tasks)
{
    static const struct {
        const char *flag;
        int wakes[4];
    } cases[] = {{"--min-semi-space-size=16", {0, 1, 3, 4}},
                 {"--max-semi-space-size=1", {0, 1, 1, 1}}};
    for (int i = 0; i < 2; i++) {
        static bench b, alone;
        b = alone = (bench){0};
        run(&b, some_live, 2, (const char *[]){cases[i].flag, NULL});
        run(&alone, some_live, 2, (const char *[]){cases[i].flag, "--no-parallel-scavenge", NULL});
        double each = price(&b, "heap.array_buffers.post_task");
        for (int e = 2; e < 5; e++) {
            cr_assert_eq(b.events[e].survived_objects, alone.events[e].survived_objects);
            double more = (double)(b.events[e].pause_ns - alone.events[e].pause_ns);
            cr_expect(fabs(more - cases[i].wakes[e - 2] * each) < 1.0, "%d: %.0f", e, more / each);
        }
        finish(&b);
        finish(&alone);
    }
}

// Large objects that died: a thread of the platform unmaps them, or main does.
static void large(bench *b)
{
    while (b->count < 4) {
        ns_life life = allocate(b, NS_ALLOC_OBJECT, 300000 / 8);
        free_life(b, &life);
    }
}

Test(heap_young, large_garbage_is_unmapped_by_whoever_is_there)
{
    static const char *const flags[] = {"--v8-pool-size=4", "--v8-pool-size=0"};
    for (int i = 0; i < 2; i++) {
        static bench b;
        b = (bench){0};
        run(&b, large, 2, (const char *[]){flags[i], NULL});
        const ns_rec_gc_event *e = &b.events[3];
        double freed = (double)(e->before_bytes - e->after_bytes);
        cr_expect_gt(freed, 0.8 * MIB);
        double each = price(&b, "heap.scavenge.large_byte") +
                      (i == 1 ? price(&b, "heap.array_buffers.unmap_byte") : 0);
        expect_pause(&b, 3, 0, freed * each);
        finish(&b);
    }
}

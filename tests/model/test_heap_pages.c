// Page faults of the program.
#include "heap_bench.h"

// So much garbage; what the program was charged for.
static int64_t pages_of(bench *b, int64_t bytes)
{
    int64_t count = bytes / (OBJECT_WORDS * 8);
    ns_thread_sync(b->thread);
    ns_time before = b->heap->fault_time, start = ns_sim_now(b->sim);
    for (int64_t i = 0; i < count; i++) {
        ns_life life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        free_life(b, &life);
    }
    ns_time pauses = 0;
    for (int i = 0; i < b->count; i++)
        pauses += b->events[i].start_ns >= start ? b->events[i].pause_ns : 0;
    ns_heap_charge_faults(b->heap, b->thread);
    ns_thread_sync(b->thread);
    ns_heap_stats stats;
    ns_heap_get_stats(b->heap, &stats);
    cr_expect_eq(stats.faults, b->heap->fault_time);
    // It takes the program's time, and none of the collections.
    ns_time program = ns_sim_now(b->sim) - start - pauses - count * 50;
    cr_expect_eq(program, b->heap->fault_time - before, "%d", (int)program);
    double pages = (double)(b->heap->fault_time - before) / b->heap->costs.page_fault;
    return (int64_t)(pages + 0.5);
}

static int64_t pages_in(int64_t bytes)
{
    return bytes / NS_HEAP_OS_PAGE;
}

// Each of the two semi-spaces once, less what was there at the start.
static void garbage(bench *b)
{
    int64_t area = 4 * NS_HEAP_PAGE_AREA, pages = pages_of(b, 2 * area);
    int64_t expected = pages_in(2 * area - b->heap->start_young_live);
    cr_expect(llabs(pages - expected) < 12, "%d, not %d", (int)pages, (int)expected);
    cr_expect(pages_of(b, 8 * area) < 2);
    // A mark-compact leaves the program the other semi-space.
    ns_heap_collect_all(b->heap, b->thread);
    cr_expect_eq(pages_of(b, 8 * area), 0);
}

Test(heap_pages, the_program_pays_once_for_each_semi_space)
{
    static bench b;
    run(&b, garbage, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

// Half of a semi-space, then the loop's idle time shrinks nothing, and gc() flips.
static void flips(bench *b)
{
    int64_t half = 2 * NS_HEAP_PAGE_AREA;
    for (int i = 0; i < 4; i++) {
        int64_t pages = pages_of(b, half);
        int64_t expected = i < 2 ? pages_in(half) : 0;
        cr_expect(llabs(pages - expected) < 2, "%d: %d, not %d", i, (int)pages, (int)expected);
        ns_heap_collect_all(b->heap, b->thread);
    }
}

Test(heap_pages, a_full_collection_flips)
{
    static bench b;
    run(&b, flips, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

// Copies have touched what the program comes to behind them.
static void survivors(bench *b)
{
    static ns_life lives[4 * MIB / (OBJECT_WORDS * 8)];
    int count = (int)(3 * NS_HEAP_PAGE_AREA / (OBJECT_WORDS * 8));
    for (int i = 0; i < count; i++)
        ns_heap_allocated(b->heap, &lives[i], NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
    pages_of(b, NS_HEAP_PAGE_AREA); // until new space is full
    cr_assert_eq(b->count, 1);
    cr_expect_gt(b->events[0].survived_bytes, 2 * NS_HEAP_PAGE_AREA);
    int64_t copied = b->heap->new_used;
    for (int i = 0; i < count; i++)
        free_life(b, &lives[i]);
    int64_t left = ns_heap_semi_area(b->heap) - copied, pages = pages_of(b, left - 4096);
    cr_expect_eq(b->count, 1);
    cr_expect(llabs(pages - pages_in(left)) < 3, "%d", (int)pages);
}

Test(heap_pages, what_a_copy_has_touched_is_paid_for)
{
    static bench b;
    run(&b, survivors, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

static int requests;

static void request(void *opaque)
{
    (void)opaque;
    requests++;
}

// The program is asked to pay while it has not been for long.
static void asked(bench *b)
{
    b->heap->options.request = request;
    int64_t before = requests;
    pages_of(b, 64 * 1024);
    cr_expect(requests > before);
    cr_expect_eq(b->count, 0);
}

Test(heap_pages, the_program_is_asked_to_pay)
{
    static bench b;
    run(&b, asked, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

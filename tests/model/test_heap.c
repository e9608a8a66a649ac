// The heap model against V8's rules, with lives made up here.
#include "heap_bench.h"

#include <math.h>

// 64 MB of objects that die at once.
static void garbage(bench *b)
{
    for (int i = 0; i < 64 * MIB / (OBJECT_WORDS * 8); i++) {
        ns_life life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        free_life(b, &life);
    }
}

Test(heap, young_garbage_costs_a_scavenge_per_semi_space)
{
    static const struct {
        const char *flag;
        int scavenges;
    } cases[] = {{NULL, 65}, {"--min-semi-space-size=4", 16}, {"--min-semi-space-size=16", 4}};
    for (int i = 0; i < 3; i++) {
        static bench b;
        b = (bench){0};
        run(&b, garbage, 2, (const char *[]){cases[i].flag, NULL});
        cr_expect_leq(abs(b.count - cases[i].scavenges), 1, "%d", b.count);
        for (int e = 0; e < b.count; e++) {
            cr_expect_str_eq(b.events[e].kind, "scavenge");
            // The object that did not fit is there already; the process' own go at the second.
            int64_t promoted = b.events[e].promoted_bytes - (e == 1 ? b.heap->start_young_live : 0);
            cr_expect(promoted >= 0 && promoted <= OBJECT_WORDS * 8, "%d", (int)promoted);
        }
        cr_expect(b.find_young && !b.find_all);
        finish(&b);
    }
}

Test(heap, a_scavenge_behind_much_data_finds_a_cold_cache)
{
    // A part of the cache of 32 MiB: what of it is more than a quarter costs.
    static const struct {
        const char *flag;
        double cold;
    } cases[] = {{NULL, 0}, {"--min-semi-space-size=16", (16.0 / 32 - 0.25) / 0.75}};
    ns_time pause[2];
    for (int i = 0; i < 2; i++) {
        static bench b;
        b = (bench){0};
        run(&b, garbage, 2, (const char *[]){cases[i].flag, NULL});
        pause[i] = b.events[3].pause_ns; // the process' own objects are old then
        double cold = ns_profile_get(b.profile, "heap.scavenge.cold") * cases[i].cold;
        cr_expect(fabs((double)(pause[i] - pause[0]) - cold) < 0.05 * cold + 1, "%lld",
                  (long long)(pause[i] - pause[0]));
        finish(&b);
    }
}

// Strings that are put together of four: each stands for what it is made of.
static void strings(bench *b)
{
    enum { STRINGS = 1000, PARTS = 4, WORDS = 4 };
    static ns_life made[STRINGS];
    int64_t before = b->heap->young_objects[0];
    for (int i = 0; i < STRINGS; i++) {
        made[i] = allocate(b, NS_ALLOC_OBJECT, WORDS - 3);
        for (int part = 1; part < PARTS; part++) {
            ns_life taken = allocate(b, NS_ALLOC_OBJECT, WORDS - 3);
            free_life(b, &taken);
            ns_heap_resized(b->heap, &made[i], WORDS, -WORDS);
        }
        cr_expect_eq(ns_heap_life_objects(&made[i]), PARTS);
    }
    cr_expect_eq(b->heap->young_objects[0] - before, STRINGS * PARTS);
    for (int i = 0; i < STRINGS; i++)
        free_life(b, &made[i]);
    cr_expect_eq(b->heap->young_objects[0], before);
}

Test(heap, what_takes_over_others_stands_for_them)
{
    static bench b;
    run(&b, strings, 2, NULL);
    finish(&b);
}

// The loop turns when 79% of a semi-space are used, and when 81% are.
static void nearly_full(bench *b)
{
    static const int percent[] = {79, 81};
    for (int i = 0; i < 2; i++) {
        while (b->heap->new_used < b->heap->semi_capacity * percent[i] / 100) {
            ns_life life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
            free_life(b, &life);
        }
        ns_heap_run_tasks(b->heap, b->thread, false);
    }
}

Test(heap, a_task_scavenges_a_new_space_that_is_nearly_full)
{
    static const struct {
        const char *flag;
        int scavenges;
    } cases[] = {{NULL, 1}, {"--no-minor-gc-task", 0}, {"--minor-gc-task-trigger=50", 2}};
    for (int i = 0; i < 3; i++) {
        static bench b;
        b = (bench){0};
        run(&b, nearly_full, 2, (const char *[]){cases[i].flag, NULL});
        cr_expect_eq(b.count, cases[i].scavenges, "%d", b.count);
        for (int e = 0; e < b.count; e++)
            cr_expect_str_eq(b.events[e].reason, "task");
        finish(&b);
    }
}

// One object lives on: it is copied once and then promoted.
static void one_survivor(bench *b)
{
    allocate(b, NS_ALLOC_ELEMENTS, 1000 - 2);
    garbage(b);
}

Test(heap, the_second_survival_promotes)
{
    static bench none, one;
    run(&none, garbage, 2, NULL);
    run(&one, one_survivor, 2, NULL);
    cr_expect_eq(one.events[0].survived_bytes - none.events[0].survived_bytes, 8000);
    cr_expect_eq(one.events[0].promoted_bytes, 0);
    cr_expect_eq(one.events[1].promoted_bytes - none.events[1].promoted_bytes, 8000);
    cr_expect_eq(one.events[2].survived_bytes, none.events[2].survived_bytes);
    finish(&none);
    finish(&one);
}

// A scavenger knows nothing of the death of old objects: what they held survives and is promoted. A
// mark-compact finds it dead.
static void held_by_garbage(bench *b)
{
    ns_life life = allocate(b, NS_ALLOC_ELEMENTS, 1000 - 2);
    ns_heap_freed(b->heap, &life, true);
    garbage(b);
    ns_heap_stats before, after;
    ns_heap_get_stats(b->heap, &before);
    ns_heap_collect_all(b->heap, b->thread);
    ns_heap_get_stats(b->heap, &after);
    cr_expect_leq(after.used, before.used - 8000);
}

Test(heap, garbage_of_the_old_generation_holds_what_is_young)
{
    static bench none, one;
    run(&none, garbage, 2, NULL);
    run(&one, held_by_garbage, 2, NULL);
    cr_expect_eq(one.events[0].survived_bytes - none.events[0].survived_bytes, 8000);
    cr_expect_eq(one.events[1].promoted_bytes - none.events[1].promoted_bytes, 8000);
    finish(&none);
    finish(&one);
}

// The naive reference: every life is remembered, and its age counted at each scavenge.
enum { LIVES = 6000, ROUNDS = 40000 };

static void random_lives(bench *b)
{
    static ns_life lives[LIVES];
    static int ages[LIVES], seen;
    uint32_t x = 7;
    memset(lives, 0, sizeof lives);
    seen = 0;
    for (int i = 0; i < ROUNDS; i++) {
        x = x * 1664525 + 1013904223;
        int at = (int)(x >> 8) % LIVES;
        if (lives[at].words) {
            free_life(b, &lives[at]);
            lives[at].words = 0;
        }
        int64_t young[2] = {0}; // of this age, were there a scavenge now
        lives[at] = allocate(b, NS_ALLOC_OBJECT, 5 + (x >> 20) % 40);
        ages[at] = 0;
        if (b->count == seen)
            continue;
        // The object just made did not fit: it was not there when the collection ran.
        for (int k = 0; k < LIVES; k++)
            if (k != at && lives[k].words && ages[k] < 2)
                young[ages[k]++] += (int64_t)lives[k].words * 8;
        seen = b->count;
        if (seen <= 2)
            continue; // what was there at the start survives too
        const ns_rec_gc_event *e = &b->events[seen - 1];
        cr_expect_eq(e->promoted_bytes, young[1], "%d: %d", seen,
                     (int)(e->promoted_bytes - young[1]));
        cr_expect_eq(e->survived_bytes, young[0] + young[1]);
    }
    cr_expect_gt(seen, 5);
}

Test(heap, survivors_are_those_of_a_naive_count)
{
    static bench b;
    run(&b, random_lives, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    finish(&b);
}

static void growing(bench *b)
{
    for (int i = 0; i < 40 * MIB / (OBJECT_WORDS * 8); i++)
        allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
}

// SemiSpaceNewSpace::Grow: doubled when more survived than the space holds, to the flag's limit.
Test(heap, the_semi_space_doubles_to_its_limit)
{
    static bench b;
    run(&b, growing, 2, (const char *[]){"--max-semi-space-size=4", NULL});
    cr_expect_eq(b.heap->semi_capacity, 4 * MIB);
    finish(&b);
    b = (bench){0};
    run(&b, growing, 2, NULL);
    cr_expect_eq(b.heap->semi_capacity, 16 * MIB);
    finish(&b);
}

static void leak(bench *b)
{
    while (!ns_heap_out_of_memory(b->heap) && b->count < 4000)
        allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
}

Test(heap, a_leak_meets_the_limit)
{
    static bench b;
    run(&b, leak, 2, (const char *[]){"--max-old-space-size=50", NULL});
    const char *reason = ns_heap_out_of_memory(b.heap);
    cr_assert_not_null(reason);
    int full = 0;
    for (int i = 0; i < b.count; i++)
        full += strcmp(b.events[i].kind, "mark-compact") == 0;
    cr_expect_gt(full, 1);
    cr_expect(b.find_all);
    int64_t last = b.events[b.count - 1].after_bytes;
    cr_expect(last > 45 * (int64_t)MIB && last < 70 * (int64_t)MIB, "%d MB", (int)(last / MIB));
    finish(&b);
}

// Half of what is promoted dies: each mark-compact brings the heap back to what lives.
static void churn(bench *b)
{
    enum { KEPT = 200000 };
    static ns_life kept[KEPT];
    memset(kept, 0, sizeof kept);
    for (int i = 0; i < 10 * KEPT; i++) {
        ns_life *life = &kept[i % KEPT];
        if (life->words)
            free_life(b, life);
        *life = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
    }
}

Test(heap, mark_compact_frees_what_died_old)
{
    static bench b;
    run(&b, churn, 4, NULL);
    int full = 0;
    for (int i = 0; i < b.count; i++) {
        const ns_rec_gc_event *e = &b.events[i];
        if (strcmp(e->kind, "mark-compact") != 0)
            continue;
        full++;
        int64_t live = INT64_C(200000) * OBJECT_WORDS * 8 + b.heap->start_old +
                       b.heap->start_large + b.heap->code_used + b.heap->start_young_live;
        cr_expect_leq(llabs(e->after_bytes - live), OBJECT_WORDS * 8, "%d",
                      (int)(e->after_bytes - live));
        cr_expect_gt(e->marking_ns, 0, "marking was incremental");
    }
    cr_expect_gt(full, 0);
    finish(&b);
}

Test(heap, without_incremental_marking_the_pause_marks_everything)
{
    static bench with, without;
    run(&with, churn, 4, NULL);
    run(&without, churn, 4, (const char *[]){"--no-incremental-marking", NULL});
    for (int k = 0; k < 2; k++) {
        const bench *b = k ? &without : &with;
        for (int i = 0; i < b->count; i++) {
            const ns_rec_gc_event *e = &b->events[i];
            if (strcmp(e->kind, "mark-compact") != 0)
                continue;
            cr_expect_eq(e->marking_ns > 0, k == 0);
            // Workers have begun with what the roots give; the pause marks the rest.
            cr_expect_eq(e->marked_bytes < e->after_bytes, k == 0);
            cr_expect_gt(e->marked_bytes, e->after_bytes / 2);
        }
    }
    finish(&with);
    finish(&without);
}

// Helpers take cores: with one core, parallel scavenging cannot be faster than one thread.
Test(heap, helpers_compete_for_cores)
{
    static bench one, many, single;
    run(&one, growing, 1, NULL);
    run(&many, growing, 8, NULL);
    run(&single, growing, 8, (const char *[]){"--single-threaded-gc", NULL});
    cr_expect_gt(2 * ns_heap_gc_time(one.heap), 3 * ns_heap_gc_time(many.heap));
    cr_expect_gt(ns_heap_gc_time(one.heap), ns_heap_gc_time(single.heap));
    cr_expect_gt(ns_heap_gc_time(single.heap), ns_heap_gc_time(many.heap));
    finish(&one);
    finish(&many);
    finish(&single);
}

// What main does of their share, on the one core, takes as long as if it were its own.
Test(heap, on_faster_cores_pauses_are_shorter_by_as_much)
{
    static bench slow, fast;
    run_at(&slow, growing, 1, 1, NULL);
    run_at(&fast, growing, 1.6, 1, NULL);
    double ratio = (double)ns_heap_gc_time(slow.heap) / (double)ns_heap_gc_time(fast.heap);
    cr_expect_float_eq(ratio, 1.6, 0.001, "%g", ratio);
    finish(&slow);
    finish(&fast);
}

static void large(bench *b)
{
    ns_life kept = allocate(b, NS_ALLOC_ELEMENTS, 100000);
    ns_heap_space_stats stats;
    ns_heap_space_get_stats(b->heap, NS_HEAP_NEW_LARGE, &stats);
    cr_expect_eq(stats.used, 800016);
    b->parts = b->heap->large_used;
    garbage(b);
    ns_heap_space_get_stats(b->heap, NS_HEAP_NEW_LARGE, &stats);
    cr_expect_eq(stats.used, 0);
    cr_expect_eq(b->heap->large_used - b->parts, 800016);
    free_life(b, &kept);
}

Test(heap, large_objects_have_a_space_and_are_promoted_at_once)
{
    static bench b;
    run(&b, large, 2, NULL);
    finish(&b);
}

// Heap::UpdateSurvivalStatistics: large objects are of the young generation, too, of which
// survivors are a part.
static void large_survives(bench *b)
{
    allocate(b, NS_ALLOC_ELEMENTS, 400000);
    while (b->count == 0)
        allocate(b, NS_ALLOC_ELEMENTS, 10);
    // Heap::ConfigureInitialOldGenerationSize, behind each
    double limit = (double)b->heap->initial_limit, sum = 0;
    for (int i = 0; i < b->count; i++) {
        double young = 4.0 * NS_HEAP_PAGE_AREA + (i == 0 ? 3200016 : 0);
        sum += (double)b->events[i].survived_bytes / young;
        limit *= sum / (i + 1);
    }
    cr_expect_float_eq(ns_heap_average_survival(b->heap), 100 * sum / b->count, 0.1);
    cr_expect_float_eq((double)b->heap->old_limit, limit, limit / 1000);
}

Test(heap, survivors_are_a_part_of_the_young_generation_with_its_large_objects)
{
    static bench b;
    run(&b, large_survives, 2, (const char *[]){"--max-semi-space-size=4", NULL});
    finish(&b);
}

// Each of them is garbage when the next one calls for a scavenge, which finds none of them alive.
static void large_one_by_one(bench *b)
{
    ns_life kept = {0};
    b->parts = b->heap->large_used;
    for (int i = 0; i < 10; i++) {
        ns_life next = allocate(b, NS_ALLOC_ELEMENTS, 400000);
        if (i == 9)
            kept = next;
        else
            free_life(b, &next);
    }
    cr_expect_eq(b->heap->large_used, b->parts);
    // What it is copied to calls for the scavenge, so that both are there.
    ns_life grown = {0};
    ns_heap_allocated(b->heap, &grown, NS_ALLOC_ELEMENTS, 600000);
    free_life(b, &kept);
    cr_expect(ns_heap_due(b->heap));
    ns_heap_collect(b->heap, b->thread);
    cr_expect_eq(b->heap->large_used - b->parts, 3200016);
    cr_expect_eq(b->heap->large_young_live, 4800016);
    free_life(b, &grown);
    cr_expect_eq(b->heap->large_young_live, 0);
    cr_expect_eq(b->heap->large_live, 0);
}

Test(heap, a_large_object_is_allocated_behind_the_scavenge_that_it_calls_for)
{
    static bench b;
    run(&b, large_one_by_one, 2, NULL);
    cr_expect_eq(b.heap->scavenges, 10);
    finish(&b);
}

static void buffers(bench *b)
{
    for (int i = 0; i < 1000; i++) {
        ns_life life = allocate(b, NS_ALLOC_EXTERNAL, 1000000);
        free_life(b, &life);
    }
}

Test(heap, external_memory_calls_for_scavenges)
{
    static bench b;
    run(&b, buffers, 2, NULL);
    cr_expect(b.count >= 25 && b.count <= 35, "%d", b.count); // 1000 MB by 32 MiB
    cr_expect_str_eq(b.events[0].reason, "external memory pressure");
    finish(&b);
}

Test(heap, sizes_are_those_of_v8)
{
    static const struct {
        ns_alloc_kind kind;
        uint64_t count;
        uint64_t bytes;
    } sizes[] = {
        {NS_ALLOC_OBJECT, 4, 56},   {NS_ALLOC_ARRAY, 0, 32},      {NS_ALLOC_ELEMENTS, 17, 152},
        {NS_ALLOC_ONE_BYTE, 5, 24}, {NS_ALLOC_ONE_BYTE, 1, 0},    {NS_ALLOC_TWO_BYTE, 5, 32},
        {NS_ALLOC_CONS, 0, 32},     {NS_ALLOC_FUNCTION, 0, 56},   {NS_ALLOC_FUNCTION, 1, 64},
        {NS_ALLOC_CONTEXT, 1, 40},  {NS_ALLOC_MAP_TABLE, 4, 152}, {NS_ALLOC_DATE, 0, 96}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        cr_expect_eq(ns_heap_words(sizes[i].kind, sizes[i].count) * 8, sizes[i].bytes, "%d",
                     (int)sizes[i].kind);
}

Test(heap, limits_follow_the_memory_and_the_flags)
{
    static bench b;
    run(&b, buffers, 2, NULL);
    ns_heap_stats stats;
    ns_heap_get_stats(b.heap, &stats);
    cr_expect_eq(stats.limit, INT64_C(4345298944)); // as the real node's on 16 GiB and more
    finish(&b);
    ns_heap *heap;
    ns_err err = {0};
    ns_sim *sim;
    ns_profile *profile;
    ns_sim_options options = {.seed = 1};
    cr_assert_eq(ns_sim_new(&sim, &options, NULL), NS_OK);
    cr_assert_eq(ns_profile_load(&profile, "default", NULL), NS_OK);
    ns_heap_options wrong = {.profile = profile,
                             .memory = INT64_C(16) << 30,
                             .flags = (const char *[]){"--max-old-space-size=lots", NULL}};
    cr_expect_eq(ns_heap_new(&heap, sim, NULL, &wrong, &err), NS_EINVAL);
    cr_expect_not_null(strstr(err.msg, "max-old-space-size"));
    ns_profile_free(profile);
    ns_sim_free(sim);
}

// All of what fills the first semi-space lives: copied once, into memory that nobody has written
// to. The second time the same amount is copied to where the program has allocated before.
static void two_rounds(bench *b)
{
    enum { COUNT = 9000 };
    static ns_life lives[COUNT];
    for (int round = 0; round < 3; round++) {
        int before = b->count;
        for (int i = 0; i < COUNT; i++)
            lives[i] = allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
        while (b->count == before)
            garbage(b);
        for (int i = 0; i < COUNT; i++)
            free_life(b, &lives[i]);
        garbage(b);
    }
}

Test(heap, memory_is_touched_once)
{
    static bench b;
    run(&b, two_rounds, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    int64_t copied = b.events[0].survived_bytes, seen = 0, promoted = 0;
    cr_expect_geq(copied, 9000 * OBJECT_WORDS * 8);
    cr_expect_eq(b.events[0].touched_bytes, copied);
    for (int i = 1; i < b.count; i++) {
        const ns_rec_gc_event *e = &b.events[i];
        promoted += e->promoted_bytes;
        seen += e->touched_bytes;
    }
    // From then on only old space grows.
    cr_expect_eq(seen, promoted);
    finish(&b);
}

// Buffers of 32 KiB leave an eighth of each page: of a semi-space that lives as a whole a part is
// promoted at once, and counted once.
static void all_live(bench *b)
{
    for (int i = 0; b->count < 3; i++)
        allocate(b, NS_ALLOC_OBJECT, OBJECT_WORDS - 3);
}

Test(heap, copies_that_do_not_fit_are_promoted)
{
    static bench b;
    run(&b, all_live, 2, (const char *[]){"--max-semi-space-size=1", NULL});
    enum { ROOM = 4 * 7 * 32 * 1024 };
    const ns_rec_gc_event *first = &b.events[0], *second = &b.events[1];
    cr_expect_eq(first->survived_bytes - first->promoted_bytes, ROOM);
    cr_expect_gt(first->promoted_bytes, 0);
    // The second promotes what the first has copied; little fits beside it until then.
    cr_expect_leq(second->promoted_bytes, ROOM);
    cr_expect_geq(second->promoted_bytes, ROOM - 4096);
    cr_expect_leq(second->survived_bytes - second->promoted_bytes, 128 * 1024);
    finish(&b);
}

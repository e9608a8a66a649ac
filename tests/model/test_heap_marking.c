// When marking starts, and who does it.
#include "heap_bench.h"

static const ns_rec_gc_event *last_full(const bench *b)
{
    for (int i = b->count - 1; i >= 0; i--)
        if (!strcmp(b->events[i].kind, "mark-compact"))
            return &b->events[i];
    return NULL;
}

// All live, until marking is due in a task; then the loop is done.
static void until_task(bench *b)
{
    while (!b->heap->task_due) {
        allocate(b, NS_ALLOC_ELEMENTS, 1000 - 2);
        cr_assert_null(last_full(b));
        cr_assert(!b->heap->marking);
    }
}

static void turns(bench *b)
{
    until_task(b);
    ns_heap_run_tasks(b->heap, b->thread, false);
    cr_expect(b->heap->marking);
    cr_expect_null(last_full(b));
}

static void drains(bench *b)
{
    until_task(b);
    ns_heap_run_tasks(b->heap, b->thread, true);
    cr_expect(!b->heap->marking);
}

// node waits for the threads of the platform before it drains the tasks: nothing is left to mark.
Test(heap_marking, a_loop_that_is_done_waits_for_workers)
{
    static const struct {
        const char *flag;
        bool workers;
    } cases[] = {{NULL, true}, {"--no-concurrent-marking", false}};
    static bench b;
    run(&b, turns, 2, (const char *[]){"--initial-old-space-size=12", NULL});
    finish(&b);
    for (int i = 0; i < 2; i++) {
        b = (bench){0};
        run(&b, drains, 2, (const char *[]){"--initial-old-space-size=12", cases[i].flag, NULL});
        const ns_rec_gc_event *full = last_full(&b);
        cr_assert_not_null(full);
        cr_expect_str_eq(full->reason, "finalize incremental marking via task");
        cr_expect_eq(full->marked_bytes == 0, cases[i].workers, "%d", (int)full->marked_bytes);
        cr_expect_gt(full->marking_ns, full->pause_ns);
        finish(&b);
    }
}

// Code in old space, until the limit is used up.
static void fills(bench *b)
{
    while (ns_heap_old_available(b->heap) > 0 && b->count < 1)
        allocate(b, NS_ALLOC_BYTECODE, 1000);
    allocate(b, NS_ALLOC_BYTECODE, 1000);
}

// With 8 MiB or less marking cannot start: all is collected at once.
Test(heap_marking, little_is_collected_at_once)
{
    static const struct {
        const char *flag;
        bool at_once;
    } cases[] = {{"--initial-old-space-size=6", true}, {"--initial-old-space-size=10", false}};
    for (int i = 0; i < 2; i++) {
        static bench b;
        b = (bench){0};
        run(&b, fills, 2, (const char *[]){cases[i].flag, NULL});
        const ns_rec_gc_event *full = last_full(&b);
        cr_assert_eq(full != NULL, cases[i].at_once);
        cr_expect_eq(b.heap->marking, !cases[i].at_once);
        if (full)
            cr_expect_str_eq(full->reason, "allocation failure");
        finish(&b);
    }
}

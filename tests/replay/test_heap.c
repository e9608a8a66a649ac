// Where a replay's collections come: traces of one unit, made up here.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/heap_internal.h"
#include "replay/replay.h"

enum { KIB = 1024, EVENTS = 64 };

typedef struct bench {
    ns_sink sink;
    ns_buf ops;
    uint32_t cohort;
    ns_rec_gc_event events[EVENTS];
    int count;
    ns_time end;
} bench;

static void emit(ns_sink *sink, const ns_record *record)
{
    bench *b = (bench *)sink;
    if (record->type == NS_REC_GC_EVENT && b->count < EVENTS)
        b->events[b->count++] = record->gc_event;
}

static void put(bench *b, int count, const int64_t *numbers)
{
    for (int i = 0; i < count; i++)
        ns_nst_put(&b->ops, (uint64_t)numbers[i]);
}
#define PUT(b, ...)                                                                                \
    put(b, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__})

static int64_t z(int64_t value)
{
    return (int64_t)ns_nst_zigzag(value);
}

// Bytes that are allocated; of them live `live`; of what came `back` operations ago die `dead`.
static void allocate(bench *b, int64_t bytes, int64_t live, int64_t back, int64_t dead)
{
    PUT(b, NS_OP_HEAP, b->cohort, z(bytes), 0, z(live), z(live > 0), 0, 0, 0, dead > 0);
    if (dead > 0)
        PUT(b, NS_PLACE_YOUNG, back, z(dead));
    b->cohort++;
}

static void replay_with(bench *b, const char *flags, const ns_nst_death *deaths, uint32_t count)
{
    char path[] = "/tmp/nsim-test-XXXXXX.yaml", set[128];
    int fd = mkstemps(path, 5);
    cr_assert(fd >= 0);
    static const char text[] = "script: |\n  0\n";
    cr_assert(write(fd, text, sizeof text - 1) == sizeof text - 1);
    close(fd);
    snprintf(set, sizeof set, "node.flags=[%s]", flags);
    ns_workload *w;
    ns_err err = {0};
    cr_assert(eq(int, ns_workload_load(&w, path, (const char *[]){set, NULL}, &err), NS_OK), "%s",
              err.msg);
    PUT(b, NS_OP_END);
    const ns_nst_unit unit = {.length = b->ops.len};
    const ns_nst trace = {.unsupported = "",
                          .status = "ok",
                          .cohorts = b->cohort + 1,
                          .deaths = deaths,
                          .death_count = count,
                          .units = &unit,
                          .unit_count = 1,
                          .ops = (const uint8_t *)b->ops.data,
                          .ops_size = b->ops.len};
    b->sink.emit = emit;
    ns_run_result result;
    cr_assert(eq(int,
                 ns_replay_run(&trace, w, &(ns_replay_options){.sink = &b->sink}, &result, &err),
                 NS_OK),
              "%s", err.msg);
    b->end = result.virtual_ns;
    ns_workload_free(w);
    ns_buf_free(&b->ops);
    unlink(path);
}

static void replay(bench *b, const char *flags)
{
    replay_with(b, flags, NULL, 0);
}

static int64_t constant(const char *name)
{
    ns_profile *profile;
    cr_assert(eq(int, ns_profile_load(&profile, "default", NULL), NS_OK));
    int64_t value = (int64_t)ns_profile_get(profile, name);
    ns_profile_free(profile);
    return value;
}

// What fits into a semi-space of 1 MiB beside what the heap begins with.
static int64_t room(void)
{
    return 4 * NS_HEAP_PAGE_AREA - constant("heap.start.new_used");
}

// What it takes to be the first to touch so many bytes.
static ns_time faults(int64_t bytes)
{
    return (bytes + NS_HEAP_OS_PAGE - 1) / NS_HEAP_OS_PAGE * constant("heap.page_fault");
}

// Bytes that were allocated before the first collection.
static int64_t before_first(int64_t bytes, int count)
{
    bench empty = {0}, b = {0};
    PUT(&empty, NS_OP_COLLECT);
    replay(&empty, "--max-semi-space-size=1");
    cr_assert(eq(int, empty.count, 1));
    for (int i = 0; i < count; i++) {
        allocate(&b, bytes, 0, 0, 0);
        PUT(&b, NS_OP_POINT, 0);
    }
    replay(&b, "--max-semi-space-size=1");
    cr_assert(eq(int, b.count, 1));
    return b.events[0].before_bytes - empty.events[0].before_bytes;
}

Test(heap, what_did_not_fit_comes_behind_the_collection)
{
    cr_expect(eq(i64, before_first(32 * KIB, 40), room()));
    cr_expect(eq(i64, before_first(30000, 40), room()));
    // Wherever the point after it is.
    cr_expect(eq(i64, before_first(60 * KIB, 20), room()));
}

// The demand until the point is met before the collection, and no other time is added to it but
// that of page faults, in each semi-space its own.
Test(heap, the_demand_until_a_point_is_met_there)
{
    bench b = {0}, until = {0}, without = {0};
    int full = (int)(room() / (32 * KIB));
    for (int i = 0; i < 40; i++) {
        allocate(&b, 32 * KIB, 0, 0, 0);
        PUT(&b, NS_OP_POINT, i * 1000, NS_OP_CHARGE, i * 1000 + 500);
        PUT(&without, NS_OP_CHARGE, i * 1000 + 500);
        if (i <= full)
            PUT(&until, NS_OP_CHARGE, i < full ? i * 1000 + 500 : i * 1000);
    }
    PUT(&until, NS_OP_SYNC, 0, NS_OP_COLLECT);
    replay(&b, "--max-semi-space-size=1");
    replay(&until, "--max-semi-space-size=1");
    replay(&without, "--max-semi-space-size=1");
    cr_assert(eq(int, b.count, 1));
    cr_expect(eq(i64, b.events[0].start_ns, until.events[0].start_ns + faults(full * 32 * KIB)));
    ns_time other = b.events[0].pause_ns + faults(room()) + faults(40 * 32 * KIB - room());
    cr_expect(lt(i64, llabs(b.end - without.end - other), 100)); // switches
}

// The last operation is done before the collection when most of it was, else behind it: what it
// made and what died with it.
Test(heap, most_of_an_operation_decides_when_it_was_done)
{
    for (int most = 0; most < 2; most++) {
        bench b = {0};
        int before = (int)(room() / (100 * KIB));
        int64_t left = room() % (100 * KIB), last = most ? left + 1000 : 4 * left;
        for (int i = 0; i < before; i++)
            allocate(&b, 100 * KIB, i == before - 1 ? 10 * KIB : 0, 0, 0);
        PUT(&b, NS_OP_POINT, 0);
        allocate(&b, last, 3 * KIB, 1, 10 * KIB);
        PUT(&b, NS_OP_POINT, 0);
        replay(&b, "--max-semi-space-size=1");
        cr_assert(eq(int, b.count, 1));
        bench none = {0};
        allocate(&none, room() + 1, 0, 0, 0);
        PUT(&none, NS_OP_POINT, 0);
        replay(&none, "--max-semi-space-size=1");
        int64_t start = none.events[0].survived_bytes;
        cr_expect(eq(i64, b.events[0].survived_bytes - start, most ? 3 * KIB : 10 * KIB));
    }
}

// A literal whose objects live: optimized code allocates them in old space once V8 has decided.
static void literal(bench *b, int64_t bytes, bool optimized)
{
    int code = 1 << NS_NST_LITERAL_BITS | (optimized ? NS_NST_LITERAL_OPTIMIZED : 0);
    PUT(b, NS_OP_HEAP, b->cohort, z(bytes), 0, 0, 0, 0, 0, 1, code, bytes, z(bytes), z(1000), 1000,
        0);
    b->cohort += 2;
    PUT(b, NS_OP_POINT, 0);
}

static int collections_with(bool optimized)
{
    bench b = {0};
    for (int i = 0; i < 35; i++)
        literal(&b, 32 * KIB, false);
    for (int i = 0; i < 100; i++)
        literal(&b, 32 * KIB, optimized);
    replay(&b, "--max-semi-space-size=1");
    return b.count;
}

Test(heap, literals_that_live_are_allocated_old)
{
    int young = collections_with(false), old = collections_with(true);
    cr_expect(gt(int, young, 5), "%d", young);
    cr_expect(le(int, old, 4), "%d", old);
}

// Cyclic garbage: the collection that comes behind the cohort by which it was that finds it, an
// earlier one does not, wherever the recorded run collected.
Test(heap, garbage_is_found_from_its_time_on)
{
    int64_t survived[3], then[3];
    for (uint32_t i = 0; i < 3; i++) {
        bench b = {0};
        const ns_nst_death death = {
            .when = i == 1 ? 20 : 45, .cohort = 10, .place = NS_PLACE_YOUNG, .count = 20 * KIB};
        for (int at = 0; at < 70; at++) {
            allocate(&b, 32 * KIB, at == 10 ? 20 * KIB : 0, 0, 0);
            PUT(&b, NS_OP_POINT, 0);
        }
        replay_with(&b, "--max-semi-space-size=1", &death, i > 0);
        cr_assert(eq(int, b.count, 2));
        survived[i] = b.events[0].survived_bytes;
        then[i] = b.events[1].survived_bytes; // behind both times
    }
    cr_expect(eq(i64, survived[0] - survived[1], 20 * KIB));
    cr_expect(eq(i64, survived[0], survived[2]));
    cr_expect(eq(i64, then[0] - then[2], 20 * KIB));
    cr_expect(eq(i64, then[1], then[2]));
}

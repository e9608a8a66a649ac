#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "trace/nst_format.h"

// A trace of two units: the main script starts a timer, whose unit does nothing.
static void build_with(ns_buf *out, const uint8_t *ops, size_t size, const ns_nst_death *deaths,
                       uint32_t death_count)
{
    const ns_nst_unit units[] = {{.tree = 0, .length = size}, {.tree = 0, .length = 1}};
    const ns_nst_spawn spawns[] = {{.kind = NS_NST_TIMER, .unit = 2, .ms = 5}};
    const char *const strings[] = {"ok"};
    const ns_nst_compilation compilations[] = {
        {.demand = 700, .record_delay = 3, .function = 9, .maglev = true},
        {.demand = 800, .after = 1, .checks = 2}};
    uint8_t all[64];
    memcpy(all, ops, size);
    all[size] = NS_OP_END;
    const ns_nst trace = {.nsim_version = "1",
                          .workload = "/w.yaml",
                          .hash = 7,
                          .unsupported = "",
                          .status = "ok",
                          .cohorts = 3,
                          .deaths = deaths,
                          .death_count = death_count,
                          .spawns = spawns,
                          .spawn_count = 1,
                          .units = units,
                          .unit_count = 2,
                          .strings = strings,
                          .string_count = 1,
                          .compilations = compilations,
                          .compilation_count = 2,
                          .ops = all,
                          .ops_size = size + 1};
    ns_nst_encode(&trace, out);
    cr_assert(not(out->failed));
}

static void build(ns_buf *out, const uint8_t *ops, size_t size)
{
    static const ns_nst_death deaths[] = {{.when = 0, .cohort = 0, .place = 4, .count = 2},
                                          {.when = 2, .cohort = 1, .place = 0, .count = -70}};
    build_with(out, ops, size, deaths, 2);
}

static int parse(const ns_buf *bytes, ns_nst_file **file, ns_err *err)
{
    return ns_nst_parse(file, "a.nst", bytes->data, bytes->len, err);
}

static void expect_bad(const ns_buf *bytes, const char *text)
{
    ns_nst_file *file;
    ns_err err = {0};
    cr_expect(eq(int, parse(bytes, &file, &err), NS_EINVAL));
    cr_expect(file == NULL);
    cr_expect(strstr(err.msg, text) != NULL, "%s", err.msg);
}

static const uint8_t good[] = {NS_OP_SYNC, 9, NS_OP_TIMER, 0, NS_OP_TIMER_REFS, 2, NS_OP_END};

Test(nst, what_was_written_is_read)
{
    ns_buf bytes = {0};
    ns_nst_file *file;
    ns_err err = {0};
    build(&bytes, good, sizeof good);
    cr_assert(eq(int, parse(&bytes, &file, &err), NS_OK), "%s", err.msg);
    const ns_nst *t = ns_nst_of(file);
    cr_expect(eq(u32, t->unit_count, 2));
    cr_expect(eq(i32, t->spawns[0].ms, 5));
    cr_expect(eq(u32, t->spawns[0].unit, 2));
    cr_expect(eq(u64, t->hash, 7));
    cr_assert(eq(u32, t->compilation_count, 2));
    cr_expect(eq(i64, t->compilations[0].demand, 700));
    cr_expect(eq(i64, t->compilations[0].record_delay, 3));
    cr_expect(eq(u32, t->compilations[0].function, 9));
    cr_expect(t->compilations[0].maglev);
    cr_expect(eq(u32, t->compilations[1].after, 1));
    cr_expect(eq(u32, t->compilations[1].checks, 2));
    cr_assert(eq(u32, t->death_count, 2));
    cr_expect(eq(u32, t->deaths[1].when, 2));
    cr_expect(eq(u32, t->deaths[1].cohort, 1));
    cr_expect(eq(i64, t->deaths[1].count, -70));
    cr_expect(eq(u8, t->deaths[0].place, 4));
    cr_expect(memcmp(t->ops, good, sizeof good) == 0);
    ns_buf again = {0};
    ns_nst_encode(t, &again);
    cr_expect(again.len == bytes.len && memcmp(again.data, bytes.data, bytes.len) == 0);
    ns_buf_free(&again);
    ns_buf_free(&bytes);
    ns_nst_free(file);
}

Test(nst, damage_is_told)
{
    ns_buf bytes = {0};
    build(&bytes, good, sizeof good);
    size_t length = bytes.len;
    bytes.len = 0;
    expect_bad(&bytes, "is no trace");
    for (bytes.len = 1; bytes.len < length; bytes.len++)
        expect_bad(&bytes, "is cut off");
    bytes.len = length;
    for (size_t at = NS_NST_HEADER; at < length; at++) {
        bytes.data[at] ^= 1;
        expect_bad(&bytes, "its checksum does not fit");
        bytes.data[at] ^= 1;
    }
    bytes.data[NS_NST_MAGIC]++;
    expect_bad(&bytes, "of format");
    ns_buf_free(&bytes);
}

// Operations that a replay must not meet, in files whose checksum fits.
Test(nst, operations_are_checked)
{
    static const uint8_t bad[][16] = {
        {NS_OP_TIMER, 1, NS_OP_END},                 // no such spawn
        {NS_OP_TIMER, 0, NS_OP_TIMER, 0, NS_OP_END}, // started twice
        {NS_OP_SUBMIT, 0, NS_OP_END},                // no task
        {NS_OP_FRAGMENT, 0, NS_OP_END},              // of itself
        {NS_OP_ROW_END, 0, 0, 0, NS_OP_END},         // no site, no row
        {NS_OP_HEAP, 3, 0, 0, 0, 0, 0, NS_OP_END},   // no such cohort
        {NS_OP_SYNCS, 65, 1, 0, NS_OP_END},          // too many
        {NS_OP_SYNCS, 0, 1, 0, NS_OP_END},           // none
        {NS_OP_DISK_WAIT, 0, 0, 0, 0, 0, NS_OP_END}, // no kind
        {NS_OP_REQUEST_END, 99, NS_OP_END},          // no such string
        {NS_OP_JIT_JOB, 2, NS_OP_END},               // no such compilation
        {NS_OP_SHIFT, 0, 2, 0, 1, 1, NS_OP_END},     // neither earlier nor later
        {NS_OPS, NS_OP_END},                         // no operation
        {NS_OP_SYNC, 9, NS_OP_SYNC},                 // no end
        {NS_OP_POINT, NS_OP_END},                    // no demand
        // no cohort for a literal
        {NS_OP_HEAP, 2, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, NS_OP_END},
    };
    static const size_t sizes[] = {3, 5, 3, 3, 5, 8, 5, 5, 7, 3, 3, 7, 2, 3, 2, 16};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ns_buf bytes = {0};
        build(&bytes, bad[i], sizes[i]);
        expect_bad(&bytes, "is damaged");
        ns_buf_free(&bytes);
    }
}

// Garbage was born before, in a cohort that there is.
Test(nst, deaths_are_checked)
{
    static const ns_nst_death bad[] = {{.when = 3}, // no such cohort
                                       {.when = 1, .cohort = 2},
                                       {.place = NS_NST_DEATHS},
                                       {.count = INT64_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ns_buf bytes = {0};
        build_with(&bytes, good, sizeof good, &bad[i], 1);
        expect_bad(&bytes, "is damaged");
        ns_buf_free(&bytes);
    }
}

// A compilation waits for an earlier one, and its records are in the trace.
Test(nst, compilations_are_checked)
{
    const ns_nst_compilation bad[] = {{.after = 1},
                                      {.after = 2},
                                      {.record_count = 1},
                                      {.first_record = 1},
                                      {.demand = INT64_C(1) << 56},
                                      {.record_delay = -1}};
    const ns_nst_unit unit = {.length = 1};
    const uint8_t end[] = {NS_OP_END};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const ns_nst trace = {.nsim_version = "1",
                              .workload = "/w.yaml",
                              .unsupported = "",
                              .status = "ok",
                              .units = &unit,
                              .unit_count = 1,
                              .compilations = &bad[i],
                              .compilation_count = 1,
                              .ops = end,
                              .ops_size = sizeof end};
        ns_buf bytes = {0};
        ns_nst_encode(&trace, &bytes);
        expect_bad(&bytes, "is damaged");
        ns_buf_free(&bytes);
    }
}

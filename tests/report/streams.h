// Streams of records made by hand, and what the tests of the report share.
#ifndef TESTS_REPORT_STREAMS_H
#define TESTS_REPORT_STREAMS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "report/report.h"

#define MS INT64_C(1000000)

static inline int has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

// A fresh folder, and names of files in it.
static char test_folder[64];
static inline const char *test_path(const char *name)
{
    static char path[4][128];
    static int next;
    if (!test_folder[0]) {
        strcpy(test_folder, "/tmp/nsim-report-XXXXXX");
        if (!mkdtemp(test_folder))
            abort();
    }
    char *out = path[next++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", test_folder, name);
    return out;
}

static inline void remove_test_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "/bin/rm -rf '%s'", test_folder);
    if (test_folder[0] && system(command) != 0)
        perror(command);
}

static inline void emit_callback(ns_sink *sink, int64_t id, ns_phase phase, const char *kind,
                                 const char *name, int line, int64_t start, int64_t end)
{
    ns_emit(sink, &(ns_record){NS_REC_CALLBACK, .callback = {.id = id,
                                                             .phase = phase,
                                                             .kind = kind,
                                                             .name = name,
                                                             .script = line ? "/app/main.js" : "",
                                                             .line = line,
                                                             .start_ns = start,
                                                             .end_ns = end,
                                                             .cpu_ns = end - start}});
}

static inline void emit_task(ns_sink *sink, int64_t id, const char *kind, const char *name,
                             int thread, int64_t submit, int64_t start, int64_t end, int64_t cpu)
{
    ns_emit(sink, &(ns_record){NS_REC_POOL_TASK, .pool_task = {.id = id,
                                                               .kind = kind,
                                                               .name = name,
                                                               .submit_ns = submit,
                                                               .start_ns = start,
                                                               .end_ns = end,
                                                               .done_ns = end + MS / 100,
                                                               .thread = thread,
                                                               .cpu_ns = cpu,
                                                               .callback_id = 1}});
}

// An iteration that waits, then runs callbacks in poll for `poll_busy` and in check for `check`.
static inline void emit_iteration(ns_sink *sink, int64_t seq, int64_t start, int64_t wait,
                                  int64_t poll_busy, int64_t check, int64_t timers)
{
    ns_emit(sink,
            &(ns_record){NS_REC_LOOP_ITERATION, .loop_iteration = {.seq = seq,
                                                                   .start_ns = start,
                                                                   .poll_ns = wait + poll_busy,
                                                                   .poll_wait_ns = wait,
                                                                   .check_ns = check,
                                                                   .timers_ns = timers}});
}

// Five pbkdf2 of 200 ms on four threads and eight cores. The main script runs from 20 to 30 ms and
// submits all at 29 ms; four end at 229 ms, the fifth at 429 ms. Each callback takes 1 ms.
static inline void emit_five_pbkdf2(ns_sink *sink)
{
    emit_callback(sink, 1, NS_PHASE_MAIN, "MAIN", "", 0, 20 * MS, 30 * MS);
    for (int i = 0; i < 4; i++)
        emit_task(sink, i + 1, "crypto", "crypto.pbkdf2", i, 29 * MS, 29 * MS, 229 * MS, 200 * MS);
    for (int i = 0; i < 4; i++)
        emit_callback(sink, 2 + i, NS_PHASE_POLL, "PBKDF2REQUEST", "done", 7, (229 + i) * MS,
                      (230 + i) * MS);
    emit_iteration(sink, 1, 30 * MS, 199 * MS, 4 * MS, 0, 0);
    emit_task(sink, 5, "crypto", "crypto.pbkdf2", 0, 29 * MS, 229 * MS, 429 * MS, 200 * MS);
    emit_callback(sink, 6, NS_PHASE_POLL, "PBKDF2REQUEST", "done", 7, 429 * MS, 430 * MS);
    emit_iteration(sink, 2, 233 * MS, 196 * MS, 1 * MS, 0, 0);
}

static const ns_run_info five_pbkdf2 = {
    .workload = "five-pbkdf2",
    .config_json = "{\"machine\":{\"cores\":8,\"speed\":1}}",
    .profile = "default",
    .hash = 0x0123456789abcdef,
    .seed = UINT64_MAX,
    .status = "ok",
    .virtual_ns = 431 * MS,
    .host_seconds = 0.25,
    .digest = 0xfedcba9876543210,
    .events = 77,
    .ties = 3,
    .pool_threads = 4,
    .cores = 8,
    .idle_ns = 395 * MS,
    .pool_span_ns = 402 * MS,
    .pool_busy_ns = 1000 * MS,
    .pool_full_ns = 200 * MS,
};

// An allocator that fails from its Nth call on, or only at it.
typedef struct failing {
    long calls, fail_at;
    int forever;
} failing;

static inline void *failing_realloc(void *opaque, void *p, size_t size)
{
    failing *f = opaque;
    if (size == 0) {
        free(p);
        return NULL;
    }
    f->calls++;
    if (f->fail_at && (f->forever ? f->calls >= f->fail_at : f->calls == f->fail_at))
        return NULL;
    return realloc(p, size);
}

#endif

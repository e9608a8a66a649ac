// How many records per second the store takes: the mix of a busy server, per loop iteration one
// poller event, four callbacks and two pool tasks.
//
// usage: records FILE [MILLIONS]
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "report/report.h"

enum { PER_ITERATION = 8 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void emit_callback(ns_sink *sink, int64_t id, int64_t at)
{
    static const char *const names[] = {"onread", "", "handleRequest", "respond"};
    static const char *const kinds[] = {"FSREQCALLBACK", "TickObject", "HTTPINCOMINGMESSAGE",
                                        "Timeout"};
    ns_emit(sink, &(ns_record){NS_REC_CALLBACK,
                               .callback = {.id = id,
                                            .phase = id % 4 == 1 ? NS_PHASE_TICK : NS_PHASE_POLL,
                                            .kind = kinds[id % 4],
                                            .name = names[id % 4],
                                            .script = "/app/node_modules/server/lib/router.js",
                                            .line = (int)(id % 400),
                                            .start_ns = at,
                                            .end_ns = at + 20000,
                                            .cpu_ns = 19000,
                                            .trigger_id = id / 4,
                                            .async_id = id + 7,
                                            .request_id = id / 16}});
}

static void emit_task(ns_sink *sink, int64_t id, int64_t at)
{
    ns_emit(sink,
            &(ns_record){NS_REC_POOL_TASK, .pool_task = {.id = id,
                                                         .kind = "fs",
                                                         .name = id % 2 ? "fs.open" : "fs.read",
                                                         .submit_ns = at,
                                                         .start_ns = at + 5000,
                                                         .end_ns = at + 95000,
                                                         .done_ns = at + 99000,
                                                         .thread = (int)(id % 4),
                                                         .cpu_ns = 15000,
                                                         .wait_ns = 75000,
                                                         .callback_id = id * 2,
                                                         .request_id = id / 8}});
}

static void emit_iteration(ns_sink *sink, int64_t seq)
{
    int64_t at = seq * 100000;
    ns_emit(sink, &(ns_record){NS_REC_POLLER_EVENT, .poller_event = {at, seq, "async", at - 900}});
    for (int i = 0; i < 4; i++)
        emit_callback(sink, seq * 4 + i, at + i * 20000);
    for (int i = 0; i < 2; i++)
        emit_task(sink, seq * 2 + i, at);
    ns_emit(sink, &(ns_record){NS_REC_LOOP_ITERATION, .loop_iteration = {.seq = seq,
                                                                         .start_ns = at,
                                                                         .poll_ns = 95000,
                                                                         .poll_wait_ns = 15000,
                                                                         .check_ns = 5000}});
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: records FILE [MILLIONS]\n", stderr);
        return 2;
    }
    int64_t records = (argc > 2 ? atoll(argv[2]) : 4) * 1000000;
    ns_run_info info = {.workload = "bench", .config_json = "{}", .profile = "default"};
    ns_store *store;
    ns_err err = {0};
    double begin = now();
    if (ns_store_open(&store, argv[1], &info, &err) != NS_OK) {
        fprintf(stderr, "records: %s\n", err.msg);
        return 1;
    }
    for (int64_t seq = 1; seq <= records / PER_ITERATION; seq++)
        emit_iteration(ns_store_sink(store), seq);
    double emitted = now();
    info.status = "ok";
    if (ns_store_close(store, &info, &err) != NS_OK) {
        fprintf(stderr, "records: %s\n", err.msg);
        return 1;
    }
    double seconds = now() - begin;
    struct stat file;
    if (stat(argv[1], &file) != 0)
        return 1;
    printf("%lld records in %.2f s (%.2f s to close): %.0f records/s, %.1f bytes per record\n",
           (long long)records, seconds, now() - emitted, (double)records / seconds,
           (double)file.st_size / (double)records);
    return 0;
}

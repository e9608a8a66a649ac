#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

#include "streams.h"

TestSuite(summary, .fini = remove_test_folder);

static ns_summary *new_summary(void)
{
    ns_summary *summary;
    cr_assert(eq(int, ns_summary_new(&summary, NULL), NS_OK));
    return summary;
}

static char *json_text(ns_summary *summary, const ns_run_info *info)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert(eq(int, ns_summary_json(summary, info, out, NULL), NS_OK));
    fclose(out);
    return text;
}

static char *page_text(ns_summary *summary, const ns_run_info *info)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert(eq(int, ns_summary_print(summary, info, out, NS_STYLE_ASCII, NULL), NS_OK));
    fclose(out);
    return text;
}

// "pool.kinds.fs.tasks" of a tree; numbers index an array.
static const cJSON *at(const cJSON *node, const char *path)
{
    char part[64];
    while (*path) {
        size_t length = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        node = cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(part))
                                   : cJSON_GetObjectItemCaseSensitive(node, part);
        cr_assert(ne(ptr, (void *)node, NULL), "no %s", part);
        path += length + (path[length] == '.');
    }
    return node;
}

static double number(const cJSON *root, const char *path)
{
    return at(root, path)->valuedouble;
}

static cJSON *parsed(ns_summary *summary, const ns_run_info *info)
{
    char *text = json_text(summary, info);
    cJSON *root = cJSON_Parse(text);
    free(text);
    cr_assert(ne(ptr, root, NULL));
    return root;
}

// Numbers that a histogram rounds to three digits.
#define about(path, expected)                                                                      \
    cr_expect(epsilon_eq(dbl, number(root, path), (double)(expected), (double)(expected)*0.001),   \
              path)
#define exactly(path, expected)                                                                    \
    cr_expect(epsilon_eq(dbl, number(root, path), (double)(expected), 1e-9), path)

Test(summary, five_pbkdf2_on_four_threads)
{
    ns_summary *summary = new_summary();
    emit_five_pbkdf2(ns_summary_sink(summary));
    cJSON *root = parsed(summary, &five_pbkdf2);
    exactly("virtual_ns", 431e6);
    exactly("loop.iterations", 2);
    exactly("loop.utilization", (401. - 395) / 401);
    exactly("loop.phase_ns.before", 30e6);
    exactly("loop.phase_ns.poll_wait", 395e6);
    exactly("loop.phase_ns.poll", 5e6);
    exactly("loop.phase_ns.after", 1e6);
    // Stretches of 10, 4 and 2 ms in 411 ms since the main script: a hundredth of the time is
    // 4.11 ms, all of it in the first stretch.
    about("loop.delay.p99_ns", 5.89e6);
    exactly("loop.delay.p50_ns", 0);
    exactly("loop.delay.max_ns", 10e6);
    exactly("loop.callbacks.poll.count", 5);
    exactly("loop.callbacks.poll.total_ns", 5e6);
    exactly("loop.longest.0.duration_ns", 10e6);
    cr_expect(eq(str, at(root, "loop.longest.1.name")->valuestring, "done"));
    exactly("loop.longest.1.line", 7);
    exactly("pool.threads", 4);
    exactly("pool.tasks", 5);
    exactly("pool.utilization", 1000. / (4 * 402));
    exactly("pool.full_share", 200. / 431);
    exactly("pool.held_ns", 1000e6);
    exactly("pool.core_wait_ns", 0);
    exactly("pool.queue.p50_ns", 0);
    about("pool.queue.p99_ns", 200e6);
    about("pool.kinds.crypto.service.p50_ns", 200e6);
    cJSON_Delete(root);
    ns_summary_free(summary);
}

Test(summary, parts_of_the_run_sum_to_the_whole)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    emit_callback(sink, 1, NS_PHASE_MAIN, "MAIN", "", 0, 3, 17);
    int64_t now = 19;
    for (int64_t i = 1; i <= 100; i++) {
        ns_rec_loop_iteration row = {i, now, i % 7, i % 3, i % 5, 11 + i, i % 11, i % 13, i % 2};
        ns_emit(sink, &(ns_record){NS_REC_LOOP_ITERATION, .loop_iteration = row});
        now += row.timers_ns + row.pending_ns + row.idle_prepare_ns + row.poll_ns + row.check_ns +
               row.close_ns;
        now += i == 50 ? 23 : 0; // beforeExit, and the loop goes on
    }
    ns_run_info info = {.workload = "w", .status = "ok", .virtual_ns = now + 31};
    cJSON *root = parsed(summary, &info);
    double sum = 0;
    const cJSON *part;
    cJSON_ArrayForEach(part, at(root, "loop.phase_ns")) sum += part->valuedouble;
    cr_expect(epsilon_eq(dbl, sum, (double)(now + 31), 1e-9));
    exactly("loop.phase_ns.between", 23);
    exactly("loop.phase_ns.after", 31);
    cJSON_Delete(root);
    ns_summary_free(summary);
}

// -- Requests -------------------------------------------------------------------------------------

static void emit_request(ns_sink *sink, const char *cls, const char *status, int64_t latency,
                         bool warmup)
{
    ns_emit(sink, &(ns_record){NS_REC_REQUEST, .request = {.cls = cls,
                                                           .arrival_ns = 7,
                                                           .start_ns = 8,
                                                           .done_ns = 7 + latency,
                                                           .status = status,
                                                           .loop_wait_ns = latency / 4,
                                                           .device_ns = latency - latency / 4,
                                                           .warmup = warmup}});
}

Test(summary, requests_by_class)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    for (int i = 1; i <= 2000; i++)
        emit_request(sink, "cheap", "ok", i * MS / 10, false);
    for (int i = 1; i <= 50; i++)
        emit_request(sink, "login", i % 10 ? "ok" : "error", i * MS, false);
    emit_request(sink, "cheap", "ok", 999 * MS, true);
    emit_request(sink, "login", "unfinished", 0, false);
    ns_run_info info = {.workload = "w", .status = "ok", .virtual_ns = 1000 * MS};
    cJSON *root = parsed(summary, &info);
    exactly("requests.cheap.count", 2000);
    exactly("requests.cheap.warmup", 1);
    about("requests.cheap.latency.p50_ns", 100 * MS);
    about("requests.cheap.latency.p90_ns", 180 * MS);
    about("requests.cheap.latency.p99_ns", 198 * MS);
    about("requests.cheap.latency.max_ns", 200 * MS);
    exactly("requests.cheap.blame.loop_wait_ns", 2000 * 2001 / 2 * 100000. / 4);
    exactly("requests.cheap.blame.device_ns", 2000 * 2001 / 2 * 100000. * 3 / 4);
    cr_expect(cJSON_IsFalse(at(root, "requests.cheap.latency.p99_thin")));
    cr_expect(cJSON_IsTrue(at(root, "requests.login.latency.p99_thin")));
    cr_expect(cJSON_IsTrue(at(root, "requests.login.latency.p90_thin")));
    exactly("requests.login.errors", 5);
    exactly("requests.login.unfinished", 1);
    cr_expect(eq(str, at(root, "verdicts.0.id")->valuestring, "requests-failed"));
    char *page = page_text(summary, &info);
    cr_expect(has(page, "fewer than ten samples"));
    cr_expect(has(page, "49.5 ms*") + has(page, "50.0 ms*"), "%s", page);
    free(page);
    cJSON_Delete(root);
    ns_summary_free(summary);
}

// -- Verdicts -------------------------------------------------------------------------------------

// The ids of all verdicts, joined by spaces.
static const char *verdicts(ns_summary *summary, const ns_run_info *info)
{
    static char ids[256];
    cJSON *root = parsed(summary, info);
    const cJSON *verdict;
    ids[0] = '\0';
    cJSON_ArrayForEach(verdict, at(root, "verdicts"))
    {
        if (ids[0])
            strcat(ids, " ");
        strcat(ids, cJSON_GetObjectItem(verdict, "id")->valuestring);
    }
    cJSON_Delete(root);
    return ids;
}

static const char *verdict_text(ns_summary *summary, const ns_run_info *info)
{
    static char text[1024];
    cJSON *root = parsed(summary, info);
    snprintf(text, sizeof text, "%s", at(root, "verdicts.0.text")->valuestring);
    cJSON_Delete(root);
    return text;
}

static const ns_run_info quiet = {
    .workload = "w", .status = "ok", .virtual_ns = 1000 * MS, .cores = 4};

static void emit_sync(ns_sink *sink, int64_t at_ns, int64_t duration)
{
    ns_emit(sink, &(ns_record){NS_REC_SAMPLE, .sample = {at_ns, "fs.sync", (double)duration}});
}

Test(summary, nothing_wrong_nothing_said)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    emit_sync(sink, 21 * MS, 2 * MS);
    emit_callback(sink, 1, NS_PHASE_MAIN, "MAIN", "", 0, 20 * MS, 300 * MS);
    emit_sync(sink, 400 * MS, MS);
    for (int i = 0; i < 50; i++) {
        emit_callback(sink, 2 + 2 * i, NS_PHASE_POLL, "FSREQCALLBACK", "f", 3, (400 + i) * MS,
                      (401 + i) * MS);
        emit_callback(sink, 3 + 2 * i, NS_PHASE_TICK, "TickObject", "g", 4, (401 + i) * MS,
                      (401 + i) * MS);
        emit_task(sink, i + 1, "fs", "fs.read", i % 4, 400 * MS, 400 * MS + 100, 401 * MS,
                  MS - 100);
    }
    emit_iteration(sink, 1, 300 * MS, 600 * MS, 50 * MS, 0, 0);
    ns_run_info info = quiet;
    info.pool_threads = 4;
    info.pool_span_ns = 600 * MS;
    info.pool_full_ns = 30 * MS;
    cr_expect(eq(str, (char *)verdicts(summary, &info), ""));
    char *page = page_text(summary, &info);
    cr_expect(eq(int, has(page, "stands out"), 0));
    free(page);
    ns_summary_free(summary);
}

Test(summary, a_full_pool_and_what_to_try)
{
    ns_summary *summary = new_summary();
    emit_five_pbkdf2(ns_summary_sink(summary));
    cr_expect(eq(str, (char *)verdicts(summary, &five_pbkdf2), "pool-full"));
    cr_expect(eq(str, (char *)verdict_text(summary, &five_pbkdf2),
                 "The pool was full for 46% of the run: 5 crypto.pbkdf2 tasks waited 40.0 ms on "
                 "average for one of its 4 threads. Try UV_THREADPOOL_SIZE=8: there are 8 cores."));
    ns_run_info info = five_pbkdf2;
    info.cores = 4; // no idle core for a fifth thread
    cr_expect(has(verdict_text(summary, &info), "try more cores"));
    info.pool_full_ns = 0;
    cr_expect(eq(str, (char *)verdicts(summary, &info), ""));
    ns_summary_free(summary);
}

Test(summary, cores_too_few)
{
    ns_summary *summary = new_summary();
    for (int i = 0; i < 4; i++) // 4 threads on 2 cores: each needs 200 ms, and takes 400 ms
        emit_task(ns_summary_sink(summary), i + 1, "crypto", "crypto.pbkdf2", i, 0, 0, 400 * MS,
                  200 * MS);
    ns_run_info info = quiet;
    info.cores = 2;
    cr_expect(eq(str, (char *)verdicts(summary, &info), "cores-short"));
    cr_expect(has(verdict_text(summary, &info), "waited 800 ms for a core, 50% of their time"));
    // Cores of half the speed need twice the time: nobody waits for one.
    info.config_json = "{\"machine\":{\"speed\":0.5}}";
    cr_expect(eq(str, (char *)verdicts(summary, &info), ""));
    ns_summary_free(summary);
}

static void emit_gc(ns_sink *sink, int64_t start, int64_t pause, int64_t to, int64_t after)
{
    ns_emit(sink, &(ns_record){NS_REC_GC_EVENT,
                               .gc_event = {.kind = "scavenge",
                                            .reason = "allocation failure",
                                            .detail = "",
                                            .start_ns = start,
                                            .pause_ns = pause,
                                            .to_safepoint_ns = to,
                                            .after_safepoint_ns = after,
                                            .safepoint_function = to + after > 0 ? "f" : ""}});
}

Test(summary, collections_wait_for_compilations)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    emit_gc(sink, 10 * MS, 4 * MS, MS, 2 * MS);
    emit_gc(sink, 20 * MS, 4 * MS, 0, 0);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""), "3 ms");
    emit_gc(sink, 30 * MS, 4 * MS, 2 * MS, 0);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), "gc-waits"));
    cr_expect(eq(str, (char *)verdict_text(summary, &quiet),
                 "Garbage collection paused the program for 12.0 ms, and 5.00 ms of it was waiting "
                 "for threads that compiled, the longest 3.00 ms for `f`: they share 4 cores with "
                 "the main thread. More cores help, a larger semi-space, or less garbage while "
                 "the program warms up."));
    emit_gc(sink, 40 * MS, 9 * MS, 0, 0);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""), "less than a quarter");
    char *page = page_text(summary, &quiet);
    cr_expect(has(page, "5.00 ms of the pauses (24%) was waiting for threads that compiled, in 2"),
              "%s", page);
    cr_expect(has(page, "longest 3.00 ms, for the compilation of `f`"));
    free(page);
    ns_summary_free(summary);
}

Test(summary, pauses_that_take_much_of_the_run)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    ns_emit(sink,
            &(ns_record){
                NS_REC_ALLOC_SITE,
                .alloc_site = {.name = "load", .script = "/app/a.js", .line = 5, .bytes = 1000}});
    emit_gc(sink, 10 * MS, 199 * MS, 10000, 0);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""), "19.9%%");
    char *page = page_text(summary, &quiet);
    cr_expect(not(has(page, "that compiled")), "10 us are not worth a line");
    free(page);
    emit_gc(sink, 250 * MS, 3 * MS, MS, 2 * MS);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""), "waits are another matter");
    emit_gc(sink, 300 * MS, 2 * MS, 0, 0);
    cr_expect(eq(str, (char *)verdict_text(summary, &quiet),
                 "Garbage collection paused the program for 201 ms, 20% of the run. Most was "
                 "allocated by `load` (/app/a.js:5), 100%. Little of it survives: make fewer "
                 "objects, or try a larger semi-space (--max-semi-space-size)."));
    ns_run_info info = quiet;
    info.status = "out of memory";
    cr_expect(eq(str, (char *)verdicts(summary, &info), "heap-limit"));
    cr_expect(has(verdict_text(summary, &info), "Most was allocated by `load` (/app/a.js:5)"));
    ns_summary_free(summary);
}

Test(summary, one_kind_crowds_out_another)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    for (int i = 0; i < 4; i++)
        emit_task(sink, i + 1, "crypto", "crypto.scrypt", i, 0, 0, 300 * MS, 300 * MS);
    for (int i = 0; i < 10; i++)
        emit_task(sink, i + 5, "dns", "dns.lookup", 0, MS, 300 * MS, 301 * MS, 0);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), "pool-crowded"));
    cr_expect(has(verdict_text(summary, &quiet),
                  "10 dns tasks waited 299 ms on average for 1.00 ms of service: crypto held"),
              "%s", verdict_text(summary, &quiet));
    ns_summary_free(summary);
}

Test(summary, callbacks_that_block)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    emit_callback(sink, 1, NS_PHASE_MAIN, "MAIN", "", 0, 0, 499 * MS);
    emit_callback(sink, 2, NS_PHASE_POLL, "FSREQCALLBACK", "f", 3, 500 * MS, 549 * MS);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""));
    emit_callback(sink, 3, NS_PHASE_TIMERS, "Timeout", "compute", 12, 600 * MS, 680 * MS);
    cr_expect(has(verdict_text(summary, &quiet),
                  "compute (/app/main.js:12) blocked the loop for 80.0 ms, 80.0 ms of it CPU"),
              "%s", verdict_text(summary, &quiet));
    emit_callback(sink, 4, NS_PHASE_CHECK, "Immediate", "", 0, 700 * MS, 770 * MS);
    cr_expect(has(verdict_text(summary, &quiet),
                  "2 callbacks blocked the loop for 50 ms or more, 150 ms in all; the longest was "
                  "compute (/app/main.js:12) with 80.0 ms"),
              "%s", verdict_text(summary, &quiet));
    emit_callback(sink, 5, NS_PHASE_MAIN, "MAIN", "", 0, 800 * MS, 1400 * MS);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), "main-script-blocked loop-blocked"));
    ns_summary_free(summary);
}

Test(summary, next_tick_starvation)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    for (int i = 0; i < 999; i++)
        emit_callback(sink, i + 1, NS_PHASE_TICK, "TickObject", "f", 3, i * 1000, i * 1000 + 500);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""));
    emit_callback(sink, 1000, NS_PHASE_MICROTASK, "Microtasks", "", 0, 999000, 999500);
    emit_callback(sink, 1001, NS_PHASE_TICK, "TickObject", "f", 3, 1000000, 1000500);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), "tick-starvation"));
    cr_expect(has(verdict_text(summary, &quiet), "1000 process.nextTick callbacks ran in a row"));
    cr_expect(has(verdict_text(summary, &quiet), "for 1.00 ms"));
    ns_summary_free(summary);
    summary = new_summary(); // the same ticks, but the loop goes on in between
    for (int i = 0; i < 2000; i++)
        emit_callback(ns_summary_sink(summary), i + 1, i % 500 ? NS_PHASE_TICK : NS_PHASE_CHECK,
                      "TickObject", "f", 3, i * 1000, i * 1000 + 500);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""));
    ns_summary_free(summary);
}

Test(summary, synchronous_calls)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    for (int i = 0; i < 100; i++)
        emit_sync(sink, i * MS, 5 * MS); // loading modules
    emit_callback(sink, 1, NS_PHASE_MAIN, "MAIN", "", 0, 0, 490 * MS);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), ""));
    emit_sync(sink, 500 * MS, 11 * MS);
    emit_sync(sink, 600 * MS, MS);
    cr_expect(has(verdict_text(summary, &quiet),
                  "2 synchronous fs calls froze the loop for 12.0 ms in all, the longest for 11.0"),
              "%s", verdict_text(summary, &quiet));
    ns_summary_free(summary);
    summary = new_summary();
    emit_sync(ns_summary_sink(summary), MS, 40 * MS);
    emit_callback(ns_summary_sink(summary), 1, NS_PHASE_MAIN, "MAIN", "", 0, 0, 50 * MS);
    cr_expect(eq(str, (char *)verdicts(summary, &quiet), "sync-fs-start"));
    ns_summary_free(summary);
}

Test(summary, a_saturated_loop)
{
    ns_summary *summary = new_summary();
    ns_sink *sink = ns_summary_sink(summary);
    emit_iteration(sink, 1, 0, 50 * MS, 1950 * MS, 0, 0);
    for (int i = 0; i < 100; i++)
        ns_emit(sink, &(ns_record){NS_REC_POLLER_EVENT,
                                   .poller_event = {(i + 3) * MS, 1, "arrival", i * MS}});
    ns_run_info info = quiet;
    info.virtual_ns = 2000 * MS;
    cr_expect(eq(str, (char *)verdicts(summary, &info), "loop-saturated"));
    cr_expect(has(verdict_text(summary, &info), "busy for 98% of the time"));
    ns_summary_free(summary);
}

// -- From a database ------------------------------------------------------------------------------

static uint64_t state = 1;
static int64_t draw(int64_t below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (int64_t)((state >> 16) % (uint64_t)below);
}

// A stream that looks like a run, with a bit of everything.
static void emit_run(ns_sink *sink, int iterations)
{
    static const char *const kinds[] = {"fs", "dns", "crypto", "zlib"};
    int64_t now = 20 * MS, id = 1;
    emit_sync(sink, 22 * MS, 1000);
    emit_callback(sink, id++, NS_PHASE_MAIN, "MAIN", "", 0, now, now + 10 * MS);
    now += 11 * MS;
    for (int i = 1; i <= iterations; i++) {
        int64_t start = now, wait = draw(3 * MS), busy = 0;
        now += wait;
        for (int64_t n = draw(5); n > 0; n--) {
            int64_t length = draw(200000) + (draw(1000) == 0 ? 60 * MS : 0);
            emit_callback(sink, id++, draw(3) ? NS_PHASE_POLL : NS_PHASE_TICK, "FSREQCALLBACK",
                          draw(2) ? "onread" : "", (int)draw(9), now, now + length);
            ns_emit(sink, &(ns_record){NS_REC_POLLER_EVENT,
                                       .poller_event = {now, i, "async", now - draw(5000)}});
            int64_t queue = draw(2) * draw(MS), service = draw(2 * MS);
            emit_task(sink, id, kinds[draw(4)], draw(2) ? "fs.read" : "x", (int)draw(4),
                      now - queue - service, now - service, now, service / 2);
            if (draw(3) == 0)
                emit_request(sink, draw(2) ? "a" : "b", "ok", draw(9 * MS), draw(9) == 0);
            emit_sync(sink, now, draw(2000));
            now += length;
            busy += length;
        }
        emit_iteration(sink, i, start, wait, busy, 0, 0);
    }
    ns_emit(sink, &(ns_record){NS_REC_GC_EVENT,
                               .gc_event = {"scavenge", "allocation failure", "", 5, 300}});
}

Test(summary, a_database_gives_the_same_figures)
{
    const char *path = test_path("same.db");
    ns_summary *live = new_summary(), *loaded = new_summary();
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, path, &five_pbkdf2, NULL), NS_OK));
    ns_tee tee;
    ns_tee_init(&tee, (ns_sink *[]){ns_store_sink(store), ns_summary_sink(live)}, 2);
    emit_run(&tee.sink, 5000);
    ns_run_info info = five_pbkdf2, read;
    info.virtual_ns = 60000 * MS;
    cr_assert(eq(int, ns_store_close(store, &info, NULL), NS_OK));
    cr_assert(eq(int, ns_summary_load(loaded, &read, path, 0, NULL), NS_OK));
    info.host_seconds = -1;
    char *a = json_text(live, &info), *b = json_text(loaded, &read);
    cr_expect(eq(str, a, b));
    cr_expect(gt(int, (int)strlen(a), 3000));
    free(a);
    free(b);
    a = page_text(live, &info);
    b = page_text(loaded, &read);
    cr_expect(eq(str, a, b));
    for (char *line = strtok(a, "\n"); line; line = strtok(NULL, "\n"))
        cr_expect(le(int, (int)strlen(line), 100), "%s", line);
    free(a);
    free(b);
    ns_summary_free(live);
    ns_summary_free(loaded);
}

typedef struct collector {
    ns_sink sink;
    char metrics[512];
    int encoded;
} collector;

static void collect(ns_sink *sink, const ns_record *record)
{
    collector *c = (collector *)sink;
    cr_assert(eq(int, record->type, NS_REC_HISTOGRAM));
    strcat(strcat(c->metrics, record->histogram.metric), " ");
    c->encoded += strncmp(record->histogram.encoded, "HISTFAAA", 8) == 0; // V2, compressed
}

Test(summary, distributions_are_records_too)
{
    ns_summary *summary = new_summary();
    emit_run(ns_summary_sink(summary), 300);
    collector c = {{collect}, "", 0};
    cr_expect(eq(int, ns_summary_emit(summary, &c.sink, NULL), NS_OK));
    cr_expect(has(c.metrics, "poller.wait pool.queue pool.queue."), "%s", c.metrics);
    cr_expect(has(c.metrics, "pool.service.zlib "));
    cr_expect(has(c.metrics, "request.a "));
    cr_expect(eq(int, c.encoded, 2 + 2 * 4 + 2));
    ns_summary_free(summary);
}

Test(summary, a_database_without_rows_says_so)
{
    const char *path = test_path("level.db");
    ns_run_info info = five_pbkdf2, read;
    ns_store *store;
    static const struct {
        const char *config, *text;
        int has_pool;
    } cases[] = {
        {"{\"record\":{\"level\":\"summary\",\"sampling\":1}}", "record.level was summary", 0},
        {"{\"record\":{\"level\":\"full\",\"sampling\":0.1}}", "10% were recorded", 1},
        {"{\"record\":{\"level\":\"full\",\"sampling\":1}}", "Thread pool", 1}};
    for (int i = 0; i < 3; i++) {
        info.config_json = cases[i].config;
        cr_assert(eq(int, ns_store_open(&store, path, &info, NULL), NS_OK));
        emit_five_pbkdf2(ns_store_sink(store));
        cr_assert(eq(int, ns_store_close(store, &info, NULL), NS_OK));
        ns_summary *summary = new_summary();
        cr_assert(eq(int, ns_summary_load(summary, &read, path, 0, NULL), NS_OK));
        char *page = page_text(summary, &read);
        cr_expect(has(page, cases[i].text), "%s", page);
        cr_expect(eq(int, has(page, "Thread pool"), cases[i].has_pool));
        free(page);
        ns_summary_free(summary);
    }
}

// -- Failures -------------------------------------------------------------------------------------

static void *hook_malloc(size_t size)
{
    return ns_malloc(size);
}

Test(summary, every_allocation_may_fail)
{
    cJSON_InitHooks(&(cJSON_Hooks){hook_malloc, ns_free});
    FILE *nowhere = fopen("/dev/null", "w");
    failing f = {0};
    ns_set_allocator(failing_realloc, &f);
    for (f.fail_at = 1;; f.fail_at++) {
        ns_err err = {0};
        f.calls = 0;
        ns_summary *summary;
        int rc = ns_summary_new(&summary, &err);
        if (rc == NS_OK) {
            emit_run(ns_summary_sink(summary), 10);
            rc = ns_summary_print(summary, &five_pbkdf2, nowhere, 0, &err);
            if (rc == NS_OK)
                rc = ns_summary_json(summary, &five_pbkdf2, nowhere, &err);
            ns_summary_free(summary);
        }
        state = 1;
        if (f.calls < f.fail_at) {
            cr_expect(eq(int, rc, NS_OK), "%s", err.msg);
            break;
        }
        cr_expect(eq(int, rc, NS_ENOMEM), "allocation %ld: %s", f.fail_at, err.msg);
    }
    cr_expect(gt(long, f.fail_at, 100));
    fclose(nowhere);
}

// A database may have been edited: times that run backwards, numbers out of any range.
Test(summary, rows_that_make_no_sense_do_no_harm)
{
    static const int64_t odd[] = {0, -1, 1, INT64_MAX, INT64_MIN, 5 * MS, INT64_MAX / 2};
    ns_run_info info = {.workload = "w", .status = "ok", .virtual_ns = 100 * MS};
    const char *path = test_path("odd.db");
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, path, &info, NULL), NS_OK));
    ns_sink *sink = ns_store_sink(store);
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++) {
            emit_callback(sink, i, (ns_phase)(i % NS_PHASES), "k", "n", j, odd[i], odd[j]);
            emit_task(sink, i, "fs", "fs.read", (int)odd[j], odd[i], odd[j], odd[(i + j) % 7], 1);
            emit_iteration(sink, i, odd[i], odd[j], odd[j], odd[i], 3);
        }
    cr_assert(eq(int, ns_store_close(store, &info, NULL), NS_OK));
    ns_summary *summary = new_summary();
    cr_assert(eq(int, ns_summary_load(summary, &info, path, 0, NULL), NS_OK));
    free(page_text(summary, &info));
    free(json_text(summary, &info));
    ns_summary_free(summary);
    FILE *nowhere = fopen("/dev/null", "w");
    cr_expect(eq(int, ns_timeline_print(path, 0, 0, 0, 100, nowhere, 0, NULL), NS_OK));
    fclose(nowhere);
}

Test(summary, what_cannot_be_read_is_told)
{
    ns_summary *summary = new_summary();
    ns_run_info info;
    ns_err err;
    cr_expect(eq(int, ns_summary_load(summary, &info, test_path("none.db"), 0, &err), NS_EINVAL));
    cr_expect(has(err.msg, "none.db: No such file"), "%s", err.msg);
    ns_store *store;
    cr_assert(eq(int, ns_store_open(&store, test_path("v.db"), &five_pbkdf2, NULL), NS_OK));
    cr_assert(eq(int, ns_store_close(store, &five_pbkdf2, NULL), NS_OK));
    cr_expect(eq(int, ns_summary_load(summary, &info, test_path("v.db"), 7, &err), NS_EINVAL));
    cr_expect(has(err.msg, "there is no run 7"), "%s", err.msg);
    ns_summary_free(summary);
}

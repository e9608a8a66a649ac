#include "machine.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/disk.h"
#include "queueing.h"
#include "sim/dist.h"
#include "sim/random.h"
#include "sim/stats.h"

// The default profile with other constants of the preset "nvme".
static ns_profile *profile_with(const char *nvme)
{
    static char path[] = "/tmp/nsim-disk-XXXXXX";
    strcpy(path, "/tmp/nsim-disk-XXXXXX");
    int fd = mkstemp(path);
    cr_assert(ge(int, fd, 0));
    dprintf(fd, "{\"disk\": {\"nvme\": {%s}}}", nvme);
    close(fd);
    ns_profile *profile;
    ns_err err = {0};
    cr_assert(eq(int, ns_profile_load(&profile, path, &err), NS_OK), "%s", err.msg);
    unlink(path);
    return profile;
}

#define CONSTANT(name, ns)                                                                         \
    "\"" name "\": {\"mean\": {\"value\": " #ns "}, \"p99\": {\"value\": " #ns "}}"
#define BANDWIDTHS(bytes)                                                                          \
    "\"bandwidth\": {\"value\": " #bytes "}, \"mean\": {\"value\": 100000}, \"p99\": {\"value\": " \
    "100000}"

// Latencies of 100 us for all but flushes (1 ms), 1 byte/ns, two at a time.
#define SIMPLE                                                                                     \
    "\"depth\": {\"value\": 2}, \"read\": {" BANDWIDTHS(1e9) "}, \"write\": {" BANDWIDTHS(         \
        1e9) "}, " CONSTANT("meta", 100000) ", " CONSTANT("sync", 1000000)

typedef struct rig {
    ns_sim *sim;
    ns_profile *profile;
    ns_disk *disk;
} rig;

static rig make(const char *nvme, int64_t cache)
{
    rig r;
    ns_err err = {0};
    must(ns_sim_new(&r.sim, &(ns_sim_options){.seed = 11}, NULL));
    r.profile = profile_with(nvme);
    cr_assert(eq(int, ns_disk_new(&r.disk, r.sim, r.profile, "nvme", cache, &err), NS_OK), "%s",
              err.msg);
    return r;
}

static void destroy(rig *r)
{
    ns_disk_free(r->disk);
    ns_profile_free(r->profile);
    ns_sim_free(r->sim);
}

typedef struct request {
    ns_disk_request request;
    ns_sim *sim;
    ns_time end;
} request;

static void done(ns_disk_request *r)
{
    request *q = r->data;
    q->end = ns_sim_now(q->sim);
}

static bool submit(rig *r, request *q, ns_disk_op op)
{
    *q = (request){.sim = r->sim};
    q->request = (ns_disk_request){.done = done, .data = q, .op = op};
    return ns_disk_submit(r->disk, &q->request);
}

static ns_disk_op read_op(uint64_t file, int64_t offset, int64_t bytes)
{
    return (ns_disk_op){.kind = NS_DISK_READ, .file = file, .offset = offset, .bytes = bytes};
}

static ns_disk_op write_op(uint64_t file, int64_t offset, int64_t bytes)
{
    return (ns_disk_op){.kind = NS_DISK_WRITE, .file = file, .offset = offset, .bytes = bytes};
}

Test(disk, latencies_overlap_and_transfers_share_the_channel)
{
    rig r = make(SIMPLE, 0);
    request q[4];
    for (int i = 0; i < 4; i++)
        cr_assert(submit(&r, &q[i], read_op(1, 0, 50000)));
    ns_sim_run(r.sim, NS_NEVER);
    // two at a time: 100 us of latency each, then 50 us of the channel, one after the other
    cr_assert(eq(i64, q[0].end, 150 * NS_US));
    cr_assert(eq(i64, q[1].end, 200 * NS_US));
    cr_assert(eq(i64, q[2].request.start, 150 * NS_US));
    cr_assert(eq(i64, q[2].end, 300 * NS_US)); // 150 + 100 + 50
    cr_assert(eq(i64, q[3].end, 350 * NS_US));
    ns_disk_stats stats;
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(eq(u64, stats.operations, 4));
    cr_assert(eq(i64, stats.bytes_moved, 200000));
    // in service: 2 until 300, 1 until 350; waiting: 2 until 150, 1 until 200
    cr_assert(epsilon_eq(dbl, stats.utilization, 650.0 / 700, 1e-12));
    cr_assert(epsilon_eq(dbl, stats.queue, 350.0 / 350, 1e-12));
    destroy(&r);
}

Test(disk, cached_pages_cost_nothing)
{
    rig r = make(SIMPLE, 1 << 20);
    request q;
    cr_assert(submit(&r, &q, read_op(1, 0, 10000)));
    ns_sim_run(r.sim, NS_NEVER);
    cr_assert(eq(i64, q.end, 110 * NS_US));
    cr_assert(not(submit(&r, &q, read_op(1, 0, 10000))));
    cr_assert(submit(&r, &q, read_op(1, 0, 20000))); // 12,288..20,000 are missing
    ns_sim_run(r.sim, NS_NEVER);
    cr_assert(eq(i64, q.end, 110 * NS_US + 100 * NS_US + (20000 - 12288)));
    ns_disk_op direct = read_op(1, 0, 10000);
    direct.direct = true;
    cr_assert(submit(&r, &q, direct));
    ns_disk_warm(r.disk, 7, 50000);
    cr_assert(not(submit(&r, &q, read_op(7, 0, 50000))));
    cr_assert(not(submit(&r, &q, (ns_disk_op){.kind = NS_DISK_META, .file = 7})));
    cr_assert(submit(&r, &q, (ns_disk_op){.kind = NS_DISK_META, .file = 8}));
    cr_assert(not(submit(&r, &q, read_op(9, 0, 0)))); // nothing to read
    ns_disk_stats stats;
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(eq(u64, stats.cache_hits, 4));
    destroy(&r);
}

Test(disk, writes_are_buffered_and_fsync_pays)
{
    rig r = make(SIMPLE, 100 << 20);
    request q;
    cr_assert(not(submit(&r, &q, write_op(1, 0, 40960))));
    cr_assert(not(submit(&r, &q, write_op(2, 0, 4096))));
    cr_assert(submit(&r, &q, (ns_disk_op){.kind = NS_DISK_SYNC, .file = 1}));
    ns_sim_run(r.sim, NS_NEVER);
    cr_assert(eq(i64, q.end, NS_MS + 40960));
    cr_assert(
        submit(&r, &q, (ns_disk_op){.kind = NS_DISK_SYNC, .file = 1})); // clean: the flush only
    ns_sim_run(r.sim, NS_NEVER);
    cr_assert(eq(i64, q.end, 2 * NS_MS + 40960));
    ns_disk_stats stats;
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(eq(i64, stats.dirty, 4096));
    ns_disk_forget(r.disk, 2);
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(eq(i64, stats.dirty, 0));
    destroy(&r);
}

Test(disk, write_back_keeps_dirty_pages_below_the_background_limit)
{
    rig r = make(SIMPLE, 100 << 20); // background 10 MiB, limit 20 MiB
    request q[160];
    int waited = 0;
    for (int i = 0; i < 160; i++) // 40 MiB at once
        waited += submit(&r, &q[i], write_op(1, (int64_t)i << 18, 1 << 18));
    cr_assert(all(ge(int, waited, 50), le(int, waited, 100)), "%d writes waited", waited);
    ns_sim_run(r.sim, NS_NEVER);
    ns_disk_stats stats;
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(le(i64, stats.dirty, 10 << 20));
    cr_assert(eq(i64, stats.dirty + stats.bytes_moved, 40 << 20));
    cr_assert(eq(i64, stats.bytes_moved - stats.bytes_written_back, (int64_t)waited << 18));
    submit(&r, &q[0], write_op(2, 0, 12 << 20)); // freed with a write-back in flight
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(gt(dbl, stats.utilization, 0));
    destroy(&r);
}

Test(disk, old_dirty_pages_are_written_in_the_background)
{
    rig r = make(SIMPLE, 100 << 20);
    request q;
    ns_disk_stats stats;
    submit(&r, &q, write_op(1, 0, 4096));
    ns_sim_run(r.sim, 29 * NS_SEC);
    submit(&r, &q, read_op(5, 0, 1));
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(eq(i64, stats.dirty, 4096));
    ns_sim_run(r.sim, 30 * NS_SEC);
    submit(&r, &q, read_op(6, 0, 1));
    ns_disk_get_stats(r.disk, &stats);
    cr_assert(eq(i64, stats.dirty, 0));
    cr_assert(eq(i64, stats.bytes_written_back, 4096));
    destroy(&r);
}

// Latencies belong to the operation, not to the order in which operations are served.
Test(disk, draws_do_not_depend_on_the_order_of_other_files)
{
    ns_time end[2][8];
    for (int order = 0; order < 2; order++) {
        rig r = make("\"depth\": {\"value\": 64}", 0);
        request q[8];
        for (int i = 0; i < 8; i++) {
            int k = order ? 7 - i : i;
            submit(&r, &q[k], (ns_disk_op){.kind = NS_DISK_META, .file = (uint64_t)k + 1});
        }
        ns_sim_run(r.sim, NS_NEVER);
        for (int i = 0; i < 8; i++)
            end[order][i] = q[i].end;
        destroy(&r);
    }
    for (int i = 0; i < 8; i++) {
        cr_assert(eq(i64, end[0][i], end[1][i]));
        if (i > 0)
            cr_assert(ne(i64, end[0][i], end[0][i - 1]));
    }
}

Test(disk, cancelled_requests_free_their_place)
{
    rig r = make(SIMPLE, 0);
    request q[4];
    for (int i = 0; i < 4; i++)
        submit(&r, &q[i], read_op(1, 0, 0));
    ns_sim_run(r.sim, 50 * NS_US);
    ns_disk_cancel(r.disk, &q[0].request); // in service
    ns_disk_cancel(r.disk, &q[3].request); // waiting
    ns_sim_run(r.sim, NS_NEVER);
    cr_assert(all(eq(i64, q[0].end, 0), eq(i64, q[3].end, 0)));
    cr_assert(eq(i64, q[1].end, 100 * NS_US));
    cr_assert(eq(i64, q[2].end, 150 * NS_US));
    destroy(&r);
}

// Presets.

Test(disk, presets_have_their_mean_latency)
{
    const char *const presets[] = {"nvme", "ssd", "hdd", "network"};
    ns_profile *profile;
    must(ns_profile_load(&profile, "default", NULL));
    for (int p = 0; p < 4; p++) {
        ns_sim *sim;
        ns_disk *disk;
        char path[64];
        must(ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL));
        must(ns_disk_new(&disk, sim, profile, presets[p], 0, NULL));
        ns_moments latency = {0};
        int beyond = 0;
        snprintf(path, sizeof path, "disk.%s.meta.p99", presets[p]);
        double p99 = ns_profile_get(profile, path);
        for (int i = 0; i < 20000; i++) {
            request q = {.sim = sim};
            q.request = (ns_disk_request){
                .done = done, .data = &q, .op = {.kind = NS_DISK_META, .file = 1}};
            ns_time begin = ns_sim_now(sim);
            cr_assert(ns_disk_submit(disk, &q.request));
            ns_sim_run(sim, NS_NEVER);
            ns_moments_add(&latency, (double)(q.end - begin));
            beyond += (double)(q.end - begin) > p99;
        }
        snprintf(path, sizeof path, "disk.%s.meta.mean", presets[p]);
        double mean = ns_profile_get(profile, path);
        cr_assert(lt(dbl, fabs(latency.mean - mean), 1.5 * ns_moments_ci95(&latency)), "%s: %g",
                  presets[p], latency.mean);
        cr_assert(all(gt(int, beyond, 150), lt(int, beyond, 250)), "%s: %d", presets[p], beyond);
        ns_disk_free(disk);
        ns_sim_free(sim);
    }
    ns_profile_free(profile);
}

Test(disk, bad_presets_and_constants_are_refused)
{
    ns_sim *sim;
    ns_disk *disk;
    ns_err err = {0};
    must(ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL));
    const struct {
        const char *preset, *nvme, *message;
    } cases[] = {
        {"floppy", "", "there is no disk \"floppy\"; the presets are nvme, ssd, hdd and network"},
        {"cache", "", "there is no disk \"cache\"; the presets are nvme, ssd, hdd and network"},
        {"nvme", "\"depth\": {\"value\": 0}", "disk.nvme.depth: found 0, expected 1 to 65536"},
        {"nvme", "\"read\": {\"bandwidth\": {\"value\": 0}}",
         "disk.nvme.read.bandwidth: found 0, expected at least 1 byte/s"},
        {"nvme", "\"read\": {\"p99\": {\"value\": 1}}", NULL},
        {"nvme", "\"family\": {\"value\": \"poison\"}",
         "disk.nvme.family: there is no distribution \"poison\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ns_profile *profile = profile_with(cases[i].nvme);
        cr_assert(eq(int, ns_disk_new(&disk, sim, profile, cases[i].preset, 0, &err), NS_EINVAL));
        if (cases[i].message)
            cr_assert(eq(str, err.msg, (char *)cases[i].message));
        else // of the fit; the rest of the message is its own
            cr_assert(eq(int, strncmp(err.msg, "disk.nvme.read: ", 16), 0), "%s", err.msg);
        ns_profile_free(profile);
    }
    ns_sim_free(sim);
}

// Queueing: a depth of c and exponential latencies make an M/M/c queue.

typedef struct source {
    rig r;
    ns_event event;
    ns_dist between;
    ns_stream stream;
    int arrived, total;
    request *requests;
    ns_moments batches[20];
} source;

static void arrive(ns_sim *sim, ns_event *event)
{
    source *s = event->data;
    submit(&s->r, &s->requests[s->arrived],
           (ns_disk_op){.kind = NS_DISK_META, .file = (uint64_t)s->arrived});
    if (++s->arrived == s->total)
        return;
    ns_draw draw = ns_stream_op(s->stream, (uint64_t)s->arrived);
    ns_sim_after(sim, event, (ns_time)ns_dist_draw(&s->between, &draw), NS_CLASS_ARRIVAL);
}

Test(disk, queue_depth_makes_an_mmc_queue)
{
    enum { TOTAL = 200000 };
    const int depths[] = {1, 4, 32};
    for (int d = 0; d < 3; d++) {
        char nvme[256];
        snprintf(nvme, sizeof nvme,
                 "\"family\": {\"value\": \"exponential\"}, \"depth\": {\"value\": %d}, \"meta\": "
                 "{\"mean\": {\"value\": 1000000}}",
                 depths[d]);
        source s = {.r = make(nvme, 0), .total = TOTAL};
        s.requests = ns_calloc(TOTAL, sizeof *s.requests);
        must(ns_dist_exponential(&s.between, 1e6 / (0.8 * depths[d]), NULL));
        s.stream = ns_stream_make(1, "test", "arrivals");
        ns_event_init(&s.event, arrive, &s);
        ns_sim_at(s.r.sim, &s.event, 0, NS_CLASS_ARRIVAL);
        ns_sim_run(s.r.sim, NS_NEVER);
        ns_moments waits[20] = {0}, means = {0};
        for (int i = 0; i < TOTAL; i++)
            ns_moments_add(&waits[(int64_t)i * 20 / TOTAL],
                           (double)(s.requests[i].request.start - s.requests[i].request.submit));
        for (int i = 0; i < 20; i++)
            ns_moments_add(&means, waits[i].mean);
        double expected = 1e6 * erlang_c_wait(depths[d], 0.8), half = ns_moments_ci95(&means);
        cr_assert(lt(dbl, fabs(means.mean - expected), 1.5 * half), "depth %d: %g, expected %g",
                  depths[d], means.mean, expected);
        cr_assert(lt(dbl, half, 0.25 * expected), "the interval is too wide to mean much");
        ns_disk_stats stats;
        ns_disk_get_stats(s.r.disk, &stats);
        cr_assert(epsilon_eq(dbl, stats.utilization, 0.8, 0.02));
        ns_free(s.requests);
        destroy(&s.r);
    }
}

// A thread that reads synchronously.

static ns_disk *thread_disk;

static void read_sync(machine *m)
{
    ns_disk_op op = read_op(3, 0, 1000);
    ns_thread_wake(m->main); // remembered, and no reason to return early
    machine_log(m, "%lld", (long long)ns_disk_wait(thread_disk, m->main, &op));
    machine_log(m, "%lld", (long long)ns_disk_wait(thread_disk, m->main, &op)); // cached
    machine_log(m, "%lld", (long long)ns_sim_now(m->sim));
}

Test(disk, a_synchronous_read_blocks_its_thread)
{
    ns_profile *profile = profile_with(SIMPLE);
    for (int freed_early = 0; freed_early < 2; freed_early++) {
        machine m;
        machine_init(&m, 1, NULL, NULL, read_sync);
        must(ns_disk_new(&thread_disk, m.sim, profile, "nvme", 1 << 20, NULL));
        if (freed_early) { // the request lies on the thread's stack
            ns_thread_start(m.main);
            ns_sim_run(m.sim, 50 * NS_US);
            machine_free_thread(&m);
            ns_sim_run(m.sim, NS_NEVER);
            assert_log(&m, "");
        } else {
            machine_run(&m);
            assert_log(&m, "101000 0 101000 ");
        }
        ns_disk *disk = thread_disk;
        machine_free_thread(&m);
        ns_disk_free(disk);
        machine_free(&m);
    }
    ns_profile_free(profile);
}

static ns_profile *oom_profile;

static int make_disk(void)
{
    ns_sim *sim = NULL;
    ns_disk *disk = NULL;
    int result = ns_sim_new(&sim, &(ns_sim_options){.seed = 1}, NULL);
    if (result == NS_OK)
        result = ns_disk_new(&disk, sim, oom_profile, "ssd", 1 << 20, NULL);
    ns_disk_free(disk);
    ns_sim_free(sim);
    return result;
}

Test(disk, every_failed_allocation_is_reported)
{
    must(ns_profile_load(&oom_profile, "default", NULL));
    fail_every_allocation(make_disk);
    ns_profile_free(oom_profile);
}

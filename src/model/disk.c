#include "model/disk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/pagecache.h"
#include "sim/dist.h"
#include "sim/random.h"
#include "sim/stats.h"

enum {
    KINDS = (int)NS_DISK_SYNC + 1,
    COUNTERS = 4096, // of operations per file; files whose hashes are equal share one
    MAX_DEPTH = 65536
};

struct ns_disk {
    ns_sim *sim;
    int depth, in_service, queued;
    ns_list waiting;
    ns_dist latency[KINDS];
    ns_stream stream[KINDS];
    double read_ns, write_ns; // of the channel, per byte
    ns_time channel_free;     // when it has moved what it was given so far
    ns_pagecache *cache;      // NULL: none
    ns_time expire;
    int64_t background, batch; // write-back: begins above, and in requests of, so many bytes
    ns_disk_request write_back;
    bool writing_back;
    ns_disk_stats stats;
    ns_gauge busy_gauge, queue_gauge;
    uint32_t counter[KINDS][COUNTERS];
};

static const char *const kind_names[KINDS] = {[NS_DISK_READ] = "read",
                                              [NS_DISK_WRITE] = "write",
                                              [NS_DISK_META] = "meta",
                                              [NS_DISK_SYNC] = "sync"};

enum { MAX_PATH = 160, MAX_PRESET = 32 };

static double constant(const ns_profile *profile, const char *group, const char *name)
{
    char path[2 * MAX_PATH];
    snprintf(path, sizeof path, "disk.%s.%s", group, name);
    return ns_profile_get(profile, path);
}

static int read_latency(ns_disk *disk, const ns_profile *profile, const char *preset, int kind,
                        ns_err *err)
{
    char path[MAX_PATH];
    const char *name = kind_names[kind];
    snprintf(path, sizeof path, "disk.%s.family", preset);
    const char *text = ns_profile_text(profile, path);
    ns_dist_kind family;
    if (!ns_dist_kind_of(text, &family))
        return ns_fail(err, NS_EINVAL, "%s: there is no distribution \"%s\"", path, text);
    snprintf(path, sizeof path, "%s.%s", preset, name);
    double mean = constant(profile, path, "mean"), p99 = constant(profile, path, "p99");
    int result;
    if (mean == p99)
        result = ns_dist_constant(&disk->latency[kind], mean, err);
    else if (family == NS_DIST_EXPONENTIAL)
        result = ns_dist_exponential(&disk->latency[kind], mean, err);
    else
        result = ns_dist_fit(&disk->latency[kind], family, mean, p99, err);
    if (result != NS_OK)
        return err ? ns_err_prefix(err, "disk.%s: ", path) : result;
    disk->stream[kind] = ns_stream_make(ns_sim_seed(disk->sim), "disk", name);
    return NS_OK;
}

static int read_bandwidth(const ns_profile *profile, const char *preset, const char *name,
                          double *ns_per_byte, ns_err *err)
{
    double bandwidth = constant(profile, preset, name);
    if (!(bandwidth >= 1))
        return ns_fail(err, NS_EINVAL, "disk.%s.%s: found %g, expected at least 1 byte/s", preset,
                       name, bandwidth);
    *ns_per_byte = 1e9 / bandwidth;
    return NS_OK;
}

static int read_preset(ns_disk *disk, const ns_profile *profile, const char *preset, ns_err *err)
{
    char path[MAX_PATH];
    snprintf(path, sizeof path, "disk.%s.depth", preset);
    if (strlen(preset) > MAX_PRESET || !ns_profile_has(profile, path))
        return ns_fail(err, NS_EINVAL,
                       "there is no disk \"%s\"; the presets are nvme, ssd, hdd and network",
                       preset);
    double depth = constant(profile, preset, "depth");
    if (!(depth >= 1 && depth <= MAX_DEPTH))
        return ns_fail(err, NS_EINVAL, "%s: found %g, expected 1 to %d", path, depth, MAX_DEPTH);
    disk->depth = (int)depth;
    int result = read_bandwidth(profile, preset, "read.bandwidth", &disk->read_ns, err);
    if (result == NS_OK)
        result = read_bandwidth(profile, preset, "write.bandwidth", &disk->write_ns, err);
    for (int kind = NS_DISK_READ; kind < KINDS && result == NS_OK; kind++)
        result = read_latency(disk, profile, preset, kind, err);
    return result;
}

static int make_cache(ns_disk *disk, const ns_profile *profile, int64_t bytes, ns_err *err)
{
    disk->expire = (ns_time)constant(profile, "cache", "dirty_expire");
    disk->background = (int64_t)(constant(profile, "cache", "dirty_background") * (double)bytes);
    disk->batch = (int64_t)constant(profile, "cache", "write_back");
    double dirty = constant(profile, "cache", "dirty_limit") * (double)bytes;
    return ns_pagecache_new(&disk->cache, bytes, (int64_t)dirty, err);
}

static void write_back_done(ns_disk_request *request);

int ns_disk_new(ns_disk **out, ns_sim *sim, const ns_profile *profile, const char *preset,
                int64_t cache_bytes, ns_err *err)
{
    ns_disk *disk = ns_calloc(1, sizeof *disk);
    if (!disk)
        return ns_fail(err, NS_ENOMEM, "no memory for the disk");
    disk->sim = sim;
    disk->write_back.done = write_back_done;
    disk->write_back.data = disk;
    ns_list_init(&disk->waiting);
    int result = read_preset(disk, profile, preset, err);
    if (result == NS_OK && cache_bytes >= 4096)
        result = make_cache(disk, profile, cache_bytes, err);
    if (result != NS_OK) {
        ns_disk_free(disk);
        return result;
    }
    ns_gauge_set(&disk->busy_gauge, ns_sim_now(sim), 0);
    ns_gauge_set(&disk->queue_gauge, ns_sim_now(sim), 0);
    *out = disk;
    return NS_OK;
}

void ns_disk_free(ns_disk *disk)
{
    if (!disk)
        return;
    if (disk->writing_back)
        ns_disk_cancel(disk, &disk->write_back);
    ns_pagecache_free(disk->cache);
    ns_free(disk);
}

// The device.

static ns_time draw_latency(ns_disk *disk, const ns_disk_op *op)
{
    uint64_t hash = op->file * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t *counter = &disk->counter[op->kind][(hash >> 32) % COUNTERS];
    uint64_t operation = (hash ^ (hash >> 29)) * UINT64_C(0x94d049bb133111eb) + (*counter)++;
    ns_draw draw = ns_stream_op(disk->stream[op->kind], operation);
    return (ns_time)(ns_dist_draw(&disk->latency[op->kind], &draw) + 0.5);
}

static void set_gauges(ns_disk *disk)
{
    ns_time now = ns_sim_now(disk->sim);
    ns_gauge_set(&disk->busy_gauge, now, disk->in_service);
    ns_gauge_set(&disk->queue_gauge, now, disk->queued);
}

static void latency_over(ns_sim *sim, ns_event *event);

static void serve(ns_disk *disk, ns_disk_request *request)
{
    disk->in_service++;
    request->start = ns_sim_now(disk->sim);
    ns_event_init(&request->event, latency_over, request);
    ns_sim_after(disk->sim, &request->event, draw_latency(disk, &request->op), NS_CLASS_DEVICE);
}

static void give_up_place(ns_disk *disk)
{
    disk->in_service--;
    ns_list *node = ns_list_pop(&disk->waiting);
    if (node) {
        disk->queued--;
        serve(disk, ns_list_entry(node, ns_disk_request, link));
    }
    set_gauges(disk);
}

static void transfer_over(ns_sim *sim, ns_event *event)
{
    (void)sim;
    ns_disk_request *request = event->data;
    give_up_place(request->disk);
    request->done(request);
}

static void latency_over(ns_sim *sim, ns_event *event)
{
    ns_disk_request *request = event->data;
    ns_disk *disk = request->disk;
    if (request->bytes == 0) {
        transfer_over(sim, event);
        return;
    }
    double per_byte = request->op.kind == NS_DISK_READ ? disk->read_ns : disk->write_ns;
    ns_time now = ns_sim_now(sim);
    if (disk->channel_free < now)
        disk->channel_free = now;
    disk->channel_free += (ns_time)(per_byte * (double)request->bytes + 0.5);
    disk->stats.bytes_moved += request->bytes;
    event->fn = transfer_over;
    ns_sim_at(sim, event, disk->channel_free, NS_CLASS_DEVICE);
}

static void enter_device(ns_disk *disk, ns_disk_request *request, int64_t bytes)
{
    request->disk = disk;
    request->bytes = bytes;
    request->submit = ns_sim_now(disk->sim);
    if (disk->in_service < disk->depth) {
        serve(disk, request);
    } else {
        disk->queued++;
        ns_list_push_back(&disk->waiting, &request->link);
    }
    set_gauges(disk);
}

void ns_disk_cancel(ns_disk *disk, ns_disk_request *request)
{
    if (ns_list_linked(&request->link)) {
        ns_list_remove(&request->link);
        disk->queued--;
        set_gauges(disk);
    } else {
        assert(ns_event_pending(&request->event));
        ns_sim_cancel(disk->sim, &request->event);
        give_up_place(disk);
    }
}

// The page cache.

// Above the background limit, write the oldest dirty pages, one request at a time.
static void write_back(ns_disk *disk)
{
    if (disk->writing_back || ns_pagecache_dirty(disk->cache) <= disk->background)
        return;
    int64_t bytes = ns_pagecache_oldest(disk->cache, disk->batch);
    disk->writing_back = true;
    disk->stats.bytes_written_back += bytes;
    disk->write_back.op = (ns_disk_op){.kind = NS_DISK_WRITE, .direct = true, .file = UINT64_MAX};
    enter_device(disk, &disk->write_back, bytes);
}

static void write_back_done(ns_disk_request *request)
{
    ns_disk *disk = request->data;
    disk->writing_back = false;
    write_back(disk);
}

// What an operation needs of the device, in bytes; -1 when the cache answers it.
static int64_t look_up(ns_disk *disk, const ns_disk_op *op)
{
    ns_pagecache *cache = disk->cache;
    if (!cache || op->direct)
        return op->kind == NS_DISK_READ || op->kind == NS_DISK_WRITE ? op->bytes : 0;
    ns_time now = ns_sim_now(disk->sim);
    disk->stats.bytes_written_back += ns_pagecache_expired(cache, now - disk->expire);
    int64_t bytes = 0;
    switch (op->kind) {
    case NS_DISK_READ:
        bytes = ns_pagecache_read(cache, op->file, op->offset, op->bytes);
        return bytes > 0 ? bytes : -1;
    case NS_DISK_WRITE:
        bytes = ns_pagecache_write(cache, op->file, op->offset, op->bytes, now);
        write_back(disk);
        return bytes > 0 ? bytes : -1;
    case NS_DISK_META:
        return ns_pagecache_inode(cache, op->file) ? -1 : 0;
    default:
        return ns_pagecache_sync(cache, op->file);
    }
}

bool ns_disk_submit(ns_disk *disk, ns_disk_request *request)
{
    const ns_disk_op *op = &request->op;
    assert(op->kind > NS_DISK_NONE && (int)op->kind < KINDS && op->offset >= 0 && op->bytes >= 0);
    disk->stats.operations++;
    int64_t bytes = look_up(disk, op);
    if (bytes < 0) {
        disk->stats.cache_hits++;
        return false;
    }
    enter_device(disk, request, bytes);
    return true;
}

void ns_disk_warm(ns_disk *disk, uint64_t file, int64_t bytes)
{
    if (!disk->cache)
        return;
    ns_pagecache_inode(disk->cache, file);
    ns_pagecache_read(disk->cache, file, 0, bytes);
}

void ns_disk_forget(ns_disk *disk, uint64_t file)
{
    if (disk->cache)
        ns_pagecache_sync(disk->cache, file);
}

// A thread's synchronous operation.

static void resume_thread(ns_disk_request *request)
{
    ns_thread_resume(request->data);
}

static void abandon(void *arg)
{
    ns_disk_request *request = arg;
    ns_disk_cancel(request->disk, request);
}

ns_time ns_disk_wait(ns_disk *disk, ns_thread *thread, const ns_disk_op *op)
{
    ns_thread_sync(thread);
    ns_time begin = ns_sim_now(disk->sim);
    ns_disk_request request = {.done = resume_thread, .data = thread, .op = *op};
    if (op->kind == NS_DISK_NONE || !ns_disk_submit(disk, &request))
        return 0;
    ns_thread_suspend(thread, abandon, &request);
    return ns_sim_now(disk->sim) - begin;
}

void ns_disk_get_stats(const ns_disk *disk, ns_disk_stats *out)
{
    ns_time now = ns_sim_now(disk->sim);
    *out = disk->stats;
    if (disk->cache) {
        out->cached = ns_pagecache_used(disk->cache);
        out->dirty = ns_pagecache_dirty(disk->cache);
    }
    out->utilization = ns_gauge_average(&disk->busy_gauge, now) / disk->depth;
    out->queue = ns_gauge_average(&disk->queue_gauge, now);
}

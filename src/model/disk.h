// The disk: a number of requests in service at once (queue depth), FIFO beyond that, a latency
// distribution and a bandwidth per operation, and a page cache in front of it.
// Presets: nvme, ssd, hdd, network. Constants: profile "disk.<preset>.*".
#ifndef NS_MODEL_DISK_H
#define NS_MODEL_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/cpu.h"
#include "model/profile.h"

typedef enum ns_disk_kind {
    NS_DISK_NONE, // needs no device
    NS_DISK_READ,
    NS_DISK_WRITE,
    NS_DISK_META, // open, stat, readdir, unlink, rename, mkdir: inode and directory blocks
    NS_DISK_SYNC
} ns_disk_kind;

// One operation of a file. `file` identifies it for the page cache (an inode number); a read whose
// pages are cached costs no device time, a write goes to the cache unless `direct`.
typedef struct ns_disk_op {
    ns_disk_kind kind;
    bool direct;
    uint64_t file;
    int64_t offset, bytes;
} ns_disk_op;

typedef struct ns_disk ns_disk;
// preset: "nvme", "ssd", "hdd" or "network". cache_bytes: the page cache, 0 for none.
int ns_disk_new(ns_disk **out, ns_sim *sim, const ns_profile *profile, const char *preset,
                int64_t cache_bytes, ns_err *err);
void ns_disk_free(ns_disk *disk);

// A request in flight; caller-owned. `done` runs as a device event. When the page cache answers,
// ns_disk_submit returns false, `done` is not called, and no time passes.
typedef struct ns_disk_request ns_disk_request;
struct ns_disk_request {
    void (*done)(ns_disk_request *request);
    void *data;
    ns_disk_op op;
    ns_time submit, start;
    ns_event event;
    ns_disk_request *next;
};
bool ns_disk_submit(ns_disk *disk, ns_disk_request *request);
void ns_disk_cancel(ns_disk *disk, ns_disk_request *request); // of a request in flight: forget it

// A synchronous operation of a thread: it blocks for queue and service. Returns the time it waited.
ns_time ns_disk_wait(ns_disk *disk, ns_thread *thread, const ns_disk_op *op);

typedef struct ns_disk_stats {
    uint64_t operations, cache_hits;
    double utilization, queue; // time-weighted
} ns_disk_stats;
void ns_disk_get_stats(const ns_disk *disk, ns_disk_stats *out);

#endif

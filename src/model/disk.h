// The disk: a number of requests in service at once (queue depth), FIFO beyond that, a latency
// distribution per operation, one channel whose bandwidth all transfers share, and a page cache in
// front of it.
//
// A request waits for a place, draws its latency, and then moves its bytes over the channel, first
// come, first served; it holds its place for all of it. Latencies are drawn by file and by the how
// manyeth operation of its kind on that file it is, so they do not depend on the order of service.
//
// Presets: nvme, ssd, hdd, network. Constants: profile "disk.<preset>.*", and "disk.cache.*" for
// the page cache (source: Linux' vm.dirty_* defaults).
#ifndef NS_MODEL_DISK_H
#define NS_MODEL_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "model/cpu.h"
#include "model/profile.h"

typedef enum ns_disk_kind {
    NS_DISK_NONE, // needs no device
    NS_DISK_READ,
    NS_DISK_WRITE,
    NS_DISK_META, // open, stat, readdir, unlink, rename, mkdir: inode and directory blocks
    NS_DISK_SYNC  // fsync, fdatasync: what is dirty of the file, and a flush
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
// preset: "nvme", "ssd", "hdd" or "network". cache_bytes: the page cache, 0 for none. NS_EINVAL for
// another preset, and for constants that make no distribution.
int ns_disk_new(ns_disk **out, ns_sim *sim, const ns_profile *profile, const char *preset,
                int64_t cache_bytes, ns_err *err);
// After the threads and pools that use it.
void ns_disk_free(ns_disk *disk);

// Put a part of a file into the page cache, and its inode, in no time: what a run finds cached.
void ns_disk_warm(ns_disk *disk, uint64_t file, int64_t bytes);
// The file is gone: what is dirty of it need not be written.
void ns_disk_forget(ns_disk *disk, uint64_t file);

// A request in flight; caller-owned, zero-initialised. `done` runs as a device event. When the page
// cache answers, ns_disk_submit returns false, `done` is not called, and no time passes.
typedef struct ns_disk_request ns_disk_request;
struct ns_disk_request {
    void (*done)(ns_disk_request *request);
    void *data;
    ns_disk_op op;
    // Below: the disk's. submit and start may be read in `done`.
    ns_time submit, start;
    int64_t bytes; // still to be moved
    ns_disk *disk;
    ns_event event;
    ns_list link;
};
bool ns_disk_submit(ns_disk *disk, ns_disk_request *request);
void ns_disk_cancel(ns_disk *disk, ns_disk_request *request); // of a request in flight: forget it

// A synchronous operation of a thread, on the thread: it is suspended for queue and service.
// Returns the time it waited.
ns_time ns_disk_wait(ns_disk *disk, ns_thread *thread, const ns_disk_op *op);

typedef struct ns_disk_stats {
    uint64_t operations; // asked for, cache hits included
    uint64_t cache_hits;
    int64_t bytes_moved, bytes_written_back; // by requests; by write-back
    int64_t cached, dirty;                   // bytes, now
    double utilization;                      // requests in service / queue depth, time-weighted
    double queue;                            // requests waiting for a place, time-weighted
} ns_disk_stats;
void ns_disk_get_stats(const ns_disk *disk, ns_disk_stats *out);

#endif
